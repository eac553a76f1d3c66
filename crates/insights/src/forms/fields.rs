//! The fields of one form: in which order people go through them, how long they are in each, what
//! they fill more than once, what was shown to be wrong, and after which field they leave.

use hitmetrix_model::{Answer, Cell, CellAddress, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::AskError;
use crate::budget::Budget;
use crate::engine::{self, Fold, Order};
use crate::marks::{MarkWork, Marker};
use crate::people::{Contribution, People, text_key, unknown_column};
use crate::query::{Query, column};
use crate::statistics::median;
use crate::timeline::Timeline;

use super::ways::{self, Act, Form, Step, Way};
use super::{Asked, PAGE, ROWS};

/// Bytes that a field is thought to take.
const FIELD_BYTES: usize = 176;
/// And a kind of error at one.
const KIND_BYTES: usize = 48;

/// A column with people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Sessions,
    Refilled,
    Returned,
    Corrected,
    Blank,
    Left,
    Errors,
}

impl Of {
    const ALL: [(&'static str, Self); 7] = [
        ("sessions", Self::Sessions),
        ("refilled", Self::Refilled),
        ("returned", Self::Returned),
        ("corrected", Self::Corrected),
        ("blank", Self::Blank),
        ("left", Self::Left),
        ("errors", Self::Errors),
    ];
}

/// What one session did in one field.
#[derive(Debug, Clone, Copy)]
struct Touched {
    field: u32,
    first_ms: i64,
    /// How often it was entered from elsewhere.
    entries: u32,
    changes: u32,
    /// When it was changed after the form was sent.
    corrected_ms: Option<i64>,
    time_ms: i64,
    /// An end of the time in it is known.
    is_timed: bool,
}

impl Touched {
    const fn new(field: u32, first_ms: i64) -> Self {
        Self {
            field,
            first_ms,
            entries: 0,
            changes: 0,
            corrected_ms: None,
            time_ms: 0,
            is_timed: false,
        }
    }
}

/// An error that was shown at a field.
#[derive(Debug, Clone, Copy)]
struct Shown {
    field: u32,
    kind: u32,
    time_ms: i64,
    /// The session's first one there.
    is_first: bool,
}

/// The field that somebody is in.
#[derive(Debug, Clone, Copy)]
struct Inside {
    field: u32,
    window: u128,
    since_ms: i64,
    changed_ms: Option<i64>,
}

/// A session on its way through the form.
#[derive(Debug, Default)]
struct Walk {
    way: Option<Way>,
    /// In the order in which the fields were touched first.
    touched: Vec<Touched>,
    /// In the order of time.
    errors: Vec<Shown>,
    /// Fields with one.
    wrong: FxHashSet<u32>,
    inside: Option<Inside>,
    last: Option<u32>,
}

impl Walk {
    fn go(&mut self, session: &[Step], form: Form) {
        self.way = None;
        self.touched.clear();
        self.errors.clear();
        self.wrong.clear();
        self.inside = None;
        self.last = None;
        for step in session {
            let is_of_form = step.form == Some(form);
            match step.act {
                Act::Error if is_of_form => self.errors.push(Shown {
                    field: step.field,
                    kind: step.kind,
                    time_ms: step.time_ms,
                    is_first: self.wrong.insert(step.field),
                }),
                // What the page shows takes nobody out of a field.
                Act::Show | Act::Error => {}
                _ if is_of_form => self.step(step),
                // Another form of the page has the focus now, or the page is gone.
                _ => self.leave(step),
            }
        }
        self.forget();
    }

    fn step(&mut self, step: &Step) {
        match step.act {
            Act::Submit => self.leave(step),
            _ => self.touch(step),
        }
        let form = step.form.expect("a step of the form");
        let way = self.way.get_or_insert(Way::new(form, step.time_ms));
        way.step(step);
    }

    fn touch(&mut self, step: &Step) {
        let known = self.touched.iter().position(|one| one.field == step.field);
        let place = known.unwrap_or_else(|| {
            self.touched.push(Touched::new(step.field, step.time_ms));
            self.touched.len() - 1
        });
        if self.last != Some(step.field) {
            self.touched[place].entries += 1;
        }
        self.last = Some(step.field);
        if step.act == Act::Focus {
            self.leave(step);
            self.forget();
            self.inside = Some(Inside {
                field: step.field,
                window: step.window,
                since_ms: step.time_ms,
                changed_ms: None,
            });
            return;
        }
        let one = &mut self.touched[place];
        one.changes += 1;
        if self.way.is_some_and(|way| way.sent_ms.is_some()) {
            one.corrected_ms.get_or_insert(step.time_ms);
        }
        if let Some(inside) = &mut self.inside
            && inside.field == step.field
            && inside.window == step.window
        {
            inside.changed_ms = Some(step.time_ms);
        }
    }

    /// Something else begins in this window.
    fn leave(&mut self, step: &Step) {
        if let Some(inside) = self.inside.take_if(|inside| inside.window == step.window) {
            self.end(inside, inside.changed_ms.unwrap_or(step.time_ms));
        }
    }

    /// Where nothing in its window tells when it was left, the last change does.
    fn forget(&mut self) {
        if let Some(inside) = self.inside.take()
            && let Some(changed_ms) = inside.changed_ms
        {
            self.end(inside, changed_ms);
        }
    }

    fn end(&mut self, inside: Inside, at_ms: i64) {
        let one = self
            .touched
            .iter_mut()
            .find(|one| one.field == inside.field);
        if let Some(one) = one {
            one.time_ms += at_ms - inside.since_ms;
            one.is_timed = true;
        }
    }

    /// When the session counts for a column of a field; none when it does not.
    fn at_ms(&self, field: u32, of: Of, closed_before_ms: i64) -> Option<i64> {
        if of == Of::Errors {
            let mut errors = self.errors.iter().filter(|error| error.field == field);
            return errors.next().map(|error| error.time_ms);
        }
        let way = self.way.as_ref()?;
        let one = self.touched.iter().find(|one| one.field == field);
        let first_ms =
            |holds: fn(&Touched) -> bool| one.filter(|one| holds(one)).map(|one| one.first_ms);
        match of {
            Of::Sessions => first_ms(|_| true),
            Of::Refilled => first_ms(|one| one.changes > 1),
            Of::Returned => first_ms(|one| one.entries > 1),
            Of::Corrected => one.and_then(|one| one.corrected_ms),
            Of::Blank => way
                .sent_ms
                .filter(|_| one.is_none_or(|one| one.changes == 0)),
            Of::Left => (way.last_field == Some(field) && way.is_left(closed_before_ms))
                .then_some(way.touched_ms),
            Of::Errors => None,
        }
    }
}

/// What all sessions did in one field.
#[derive(Debug, Default)]
struct Field {
    sessions: u64,
    /// Sum of the places at which it was touched first.
    places: u64,
    refilled: u64,
    returned: u64,
    corrected: u64,
    /// Sessions that sent the form and changed it.
    sent: u64,
    left: u64,
    /// Sessions that were shown an error at it, and how often.
    errors: u64,
    errors_shown: u64,
    times_ms: Vec<i64>,
}

struct Fields<'q> {
    asked: &'q Asked<'q>,
    marker: Marker<'q>,
    budget: &'q Budget,
    form: Form,
    watched: Option<(u32, Of)>,
}

#[derive(Debug, Default)]
struct Work {
    marks: MarkWork,
    steps: Vec<Step>,
    walk: Walk,
    places: FxHashMap<u32, u32>,
    fields: Vec<Field>,
    /// How often an error of a kind was shown, by field and kind.
    kinds: FxHashMap<(u32, u32), u64>,
    /// Sessions that sent the form.
    sent: u64,
    people: People,
}

/// The answer with `form`; none of a form that nobody used.
pub(super) fn answer(
    query: &Query<'_>,
    asked: &Asked<'_>,
    form: Option<Form>,
) -> Result<Answer, AskError> {
    let (work, rows) = match form {
        None => (Work::default(), 0),
        Some(form) => fold(query, asked, (form, None))?,
    };
    let mut answer = query.answer(asked.scanned(rows, work.marks.left_out));
    fill(&mut answer, query, asked, (form, &work));
    Ok(answer)
}

/// Who stands behind a cell of a field.
pub(super) fn people(
    query: &Query<'_>,
    asked: &Asked<'_>,
    (form, cell): (Option<Form>, &CellAddress),
    limit: u32,
) -> Result<Answer, AskError> {
    let of = Of::ALL.iter().find(|(name, _)| *name == cell.column);
    let Some(&(_, of)) = of else {
        return Err(unknown_column(cell, &Of::ALL.map(|(name, _)| name)));
    };
    let text = text_key(cell, "field")?;
    let dictionary = &asked.prepared.columns.dictionaries[asked.reader.field];
    let column = "field".to_owned();
    let found = form.zip(dictionary.find(text));
    let (form, field) = found.ok_or(AskError::RowKey { column })?;
    let (work, rows) = fold(query, asked, (form, Some((field, of))))?;
    let scanned = asked.scanned(rows, work.marks.left_out);
    Ok(work.people.answer(query, scanned, limit))
}

fn fold(
    query: &Query<'_>,
    asked: &Asked<'_>,
    (form, watched): (Form, Option<(u32, Of)>),
) -> Result<(Work, u64), AskError> {
    let budget = Budget::default();
    let fields = Fields {
        asked,
        marker: asked.marker(asked.period),
        budget: &budget,
        form,
        watched,
    };
    let margin_ms = query.margin_of(&fields.marker);
    let folded = query.fold(&asked.prepared, (asked.period, margin_ms), &fields)?;
    budget.check()?;
    Ok((folded.result, folded.rows_scanned))
}

impl Fields<'_> {
    fn place(&self, work: &mut Work, field: u32) -> Option<usize> {
        if let Some(&place) = work.places.get(&field) {
            return Some(place as usize);
        }
        if !self.budget.take(FIELD_BYTES) {
            return None;
        }
        let place = work.fields.len();
        work.places.insert(field, place as u32);
        work.fields.push(Field::default());
        Some(place)
    }

    fn kind(&self, kinds: &mut FxHashMap<(u32, u32), u64>, of: (u32, u32), times: u64) {
        match kinds.get_mut(&of) {
            Some(count) => *count += times,
            None if self.budget.take(KIND_BYTES) => {
                kinds.insert(of, times);
            }
            None => {}
        }
    }

    fn add_errors(&self, work: &mut Work, walk: &Walk) {
        for error in &walk.errors {
            let Some(place) = self.place(work, error.field) else {
                return;
            };
            let field = &mut work.fields[place];
            field.errors += u64::from(error.is_first);
            field.errors_shown += 1;
            self.kind(&mut work.kinds, (error.field, error.kind), 1);
        }
    }

    fn add(&self, work: &mut Work, walk: &Walk) {
        self.add_errors(work, walk);
        let Some(way) = &walk.way else { return };
        let is_sent = way.sent_ms.is_some();
        work.sent += u64::from(is_sent);
        for (order, one) in (1..).zip(&walk.touched) {
            let Some(place) = self.place(work, one.field) else {
                return;
            };
            let has_room = self.budget.take(size_of::<i64>());
            let field = &mut work.fields[place];
            field.sessions += 1;
            field.places += order;
            field.refilled += u64::from(one.changes > 1);
            field.returned += u64::from(one.entries > 1);
            field.corrected += u64::from(one.corrected_ms.is_some());
            field.sent += u64::from(is_sent && one.changes > 0);
            if one.is_timed && has_room {
                field.times_ms.push(one.time_ms);
            }
            let is_last = way.last_field == Some(one.field);
            field.left += u64::from(is_last && way.is_left(self.asked.closed_before_ms));
        }
    }
}

impl Fold for Fields<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> engine::Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let (mut steps, mut walk) = (
            std::mem::take(&mut work.steps),
            std::mem::take(&mut work.walk),
        );
        let reader = &self.asked.reader;
        reader.read(&mut steps, timeline, &work.marks.marked);
        for session in ways::sessions(&steps) {
            if !session.iter().any(|step| step.form == Some(self.form)) {
                continue;
            }
            walk.go(session, self.form);
            let Some((field, of)) = self.watched else {
                self.add(work, &walk);
                continue;
            };
            if let Some(at_ms) = walk.at_ms(field, of, self.asked.closed_before_ms) {
                work.people.add(Contribution {
                    at_ms,
                    person,
                    session: session[0].session,
                });
            }
        }
        work.steps = steps;
        work.walk = walk;
    }

    fn merge(&self, into: &mut Work, mut from: Work) {
        for (code, place) in std::mem::take(&mut from.places) {
            let Some(here) = self.place(into, code) else {
                continue;
            };
            let field = std::mem::take(&mut from.fields[place as usize]);
            let here = &mut into.fields[here];
            here.sessions += field.sessions;
            here.places += field.places;
            here.refilled += field.refilled;
            here.returned += field.returned;
            here.corrected += field.corrected;
            here.sent += field.sent;
            here.left += field.left;
            here.errors += field.errors;
            here.errors_shown += field.errors_shown;
            here.times_ms.extend(field.times_ms);
        }
        for (of, times) in from.kinds {
            self.kind(&mut into.kinds, of, times);
        }
        into.sent += from.sent;
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}

fn fill(
    answer: &mut Answer,
    query: &Query<'_>,
    asked: &Asked<'_>,
    (form, work): (Option<Form>, &Work),
) {
    answer.columns = vec![
        column("field", Unit::Text),
        column("position", Unit::Ratio),
        column("sessions", Unit::Count),
        column("time", Unit::Ms),
        column("refilled", Unit::Count),
        column("returned", Unit::Count),
        column("corrected", Unit::Count),
        column("blank", Unit::Count),
        column("left", Unit::Count),
        column("errors", Unit::Count),
        column("errors_shown", Unit::Count),
        column("error", Unit::Text),
    ];
    let is_of_page = form.is_some_and(|form| asked.texts(form).0 == PAGE);
    let usual = usual_kinds(asked, work);
    let mut fields: Vec<(f64, &str, u32, &Field)> = work
        .places
        .iter()
        .map(|(&code, &place)| {
            let field = &work.fields[place as usize];
            let position = match field.sessions {
                // It was shown to be wrong, and nobody came to it.
                0 => f64::INFINITY,
                sessions => field.places as f64 / sessions as f64,
            };
            (position, asked.field(code), code, field)
        })
        .collect();
    fields.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(right.1)));
    answer.rows_total = fields.len() as u64;
    let limit = query.question.limit.unwrap_or(ROWS) as usize;
    for (position, name, code, field) in fields.into_iter().take(limit) {
        let count = |count: u64| Cell::Count(count as i64);
        // What is outside of a form cannot be sent.
        let sent = |number: u64| match is_of_page {
            true => Cell::MISSING,
            false => count(number),
        };
        answer.rows.push(vec![
            Cell::Text(name.to_owned()),
            match position.is_finite() {
                true => Cell::Number(position),
                false => Cell::MISSING,
            },
            count(field.sessions),
            median(&field.times_ms),
            count(field.refilled),
            count(field.returned),
            sent(field.corrected),
            sent(work.sent - field.sent),
            sent(field.left),
            count(field.errors),
            count(field.errors_shown),
            Cell::Text(usual.get(&code).map_or("", |kind| kind.1).to_owned()),
        ]);
    }
}

/// By field the kind of error that was shown there most often, with how often.
fn usual_kinds<'a>(asked: &'a Asked<'_>, work: &Work) -> FxHashMap<u32, (u64, &'a str)> {
    let mut usual: FxHashMap<u32, (u64, &str)> = FxHashMap::default();
    for (&(field, kind), &times) in &work.kinds {
        let text = asked.error_kind(kind);
        let most = usual.entry(field).or_insert((0, ""));
        if times > most.0 || (times == most.0 && text < most.1) {
            *most = (times, text);
        }
    }
    usual
}
