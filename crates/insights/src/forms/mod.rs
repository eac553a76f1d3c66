//! Forms: which were seen, used, sent, and left unfinished, and at which field.
//!
//! Nobody sets a form up: one is there when the tracker told of it. What a session did in a form
//! is its way through it, and most is counted from these ways. The list of forms needs two folds:
//! whose tracker did not tell yet what comes into view saw the forms of its pages, and these are
//! known only when all who used them were seen. What is counted of a form stands in `list`, of its fields
//! in `fields`, and how events become ways in `ways`.

mod fields;
mod list;
mod ways;

use hitmetrix_model::{Answer, CellAddress, Compare, EventSelection, ResolvedPeriod, limits};

use crate::AskError;
use crate::budget::Budget;
use crate::marks::{Marker, WantSlots};
use crate::people::text_key;
use crate::query::{Prepared, Query, Scanned};

use ways::{Form, Reader};

/// What the tracker says of forms; the place is the bit of its selection.
const ACTS: [&[&str]; 7] = [
    &["form_focus"],
    &["form_change"],
    &["form_submit"],
    &["pageview"],
    &["page_leave", "form_abandon"],
    &["form_view"],
    &["form_error"],
];
/// Fields outside of any form are told as those of this one.
const PAGE: &str = "page";
/// Rows when the question names no limit.
const ROWS: u32 = 100;

/// The question, ready to be folded.
struct Asked<'q> {
    prepared: Prepared<'q>,
    reader: Reader,
    period: ResolvedPeriod,
    /// Who touched a form later than this may still be at it.
    closed_before_ms: i64,
    /// The form whose fields are wanted; none inside when nobody ever saw it.
    form: Option<Option<Form>>,
}

/// Reads all that forms read of events.
#[cfg(test)]
pub(crate) fn want_all(needs: &mut crate::columns::Needs) {
    Reader::wanted(needs);
}

/// The answer to a question of kind `forms`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    answer_within(query, limits::QUESTION_BYTES)
}

/// The same with so much memory, where all forms are counted.
pub(crate) fn answer_within(query: &Query<'_>, bytes: usize) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    match &asked.form {
        None => list::answer(query, &asked, &Budget::new(bytes)),
        Some(form) => fields::answer(query, &asked, *form),
    }
}

/// Who stands behind a cell of it.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    match asked.form {
        None => {
            let name = (text_key(cell, "form")?, text_key(cell, "page")?);
            let column = "form".to_owned();
            let form = asked.find(name).ok_or(AskError::RowKey { column })?;
            list::people(query, &asked, (form, cell), limit)
        }
        Some(form) => fields::people(query, &asked, (form, cell), limit),
    }
}

impl<'q> Asked<'q> {
    fn new(query: &Query<'q>) -> Result<Self, AskError> {
        let spec = query.question.forms.clone().unwrap_or_default();
        let mut wanted = query.wanted();
        for names in ACTS {
            let selection = EventSelection {
                events: names.iter().map(|&name| name.to_owned()).collect(),
                ..EventSelection::default()
            };
            wanted.selection(&selection, "forms")?;
        }
        let reader = Reader::wanted(&mut wanted.needs);
        let prepared = query.prepare(wanted)?;
        let reader = reader.with(&prepared.columns.dictionaries);
        let mut asked = Self {
            prepared,
            reader,
            period: query.period(),
            closed_before_ms: query.now_ms - i64::from(query.asked.session_idle_ms),
            form: None,
        };
        if spec.form.is_some() && query.question.compare != Compare::None {
            let why = "forms are held against another period, their fields are not; leave \
                       `compare` out, or the form";
            return Err(AskError::Contradiction { why }.at("compare"));
        }
        let Some(form) = spec.form else {
            return match spec.page {
                None => Ok(asked),
                Some(_) => {
                    let why = "a page tells which of several forms is meant; name the form too, \
                               or filter by `page`";
                    Err(AskError::Contradiction { why }.at("forms.page"))
                }
            };
        };
        let page = match (ways::has_only_a_place(&form), spec.page) {
            (true, None) => {
                let why = "this form has no name but a place in its page; say which page";
                return Err(AskError::Contradiction { why }.at("forms.page"));
            }
            (false, Some(_)) => {
                let why = "a form with a name is one form on all its pages; leave the page out, \
                           or filter by `page`";
                return Err(AskError::Contradiction { why }.at("forms.page"));
            }
            (_, page) => page.unwrap_or_default(),
        };
        asked.form = Some(asked.find((&form, &page)));
        Ok(asked)
    }

    /// A form by its name and page, if there ever was one of that name on such a page.
    fn find(&self, (form, page): (&str, &str)) -> Option<Form> {
        let dictionaries = &self.prepared.columns.dictionaries;
        let form_code = dictionaries[self.reader.form].find(form)?;
        let page_code = match ways::has_only_a_place(form) {
            true => dictionaries[self.reader.page].find(page)?,
            false => ways::ALL_PAGES,
        };
        Some(Form {
            form: form_code,
            page: page_code,
        })
    }

    /// Name and page of a form, as rows have them.
    fn texts(&self, form: Form) -> (&str, &str) {
        let dictionaries = &self.prepared.columns.dictionaries;
        let page = match form.page {
            ways::ALL_PAGES => "",
            page => dictionaries[self.reader.page].text(page),
        };
        (dictionaries[self.reader.form].text(form.form), page)
    }

    fn field(&self, code: u32) -> &str {
        self.prepared.columns.dictionaries[self.reader.field].text(code)
    }

    fn error_kind(&self, code: u32) -> &str {
        self.prepared.columns.dictionaries[self.reader.kind].text(code)
    }

    fn marker(&self, period: ResolvedPeriod) -> Marker<'_> {
        self.prepared.marker(period, WantSlots::Yes)
    }

    fn scanned(&self, rows: u64, left_out: u64) -> Scanned<'_> {
        Scanned {
            rows,
            left_out,
            missing: &self.prepared.columns.missing,
        }
    }
}
