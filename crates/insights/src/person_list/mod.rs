//! Lists of persons and accounts: one row each, with what they did in the period, in the order that
//! was asked for.
//!
//! A person is in the list when one of their sessions counts, as in a list of sessions. One fold over
//! all timelines adds up each person's sessions (`tally`) and keeps the first rows of the order
//! alone, so that memory depends on the rows that are shown and not on how many persons there are;
//! of accounts a sum each. What a row tells beside these sums is looked up for the shown persons
//! only (`told`): facts of their first and last session, and over all time when they were first seen,
//! their properties and their account. A search makes a set of persons before (`search`).

mod search;
mod tally;
mod told;

use hitmetrix_model::{
    Answer, Cell, Column, EventSelection, Level, ListedBy, PersonKey, PersonList, PersonOrder,
    QuestionKind, Unit, limits,
};
use hitmetrix_store::Snapshot;

use self::tally::{Kept, Sums, Tally};
use self::told::Told;
use crate::AskError;
use crate::engine::{Scope, fold};
use crate::marks::WantSlots;
use crate::matcher::text_of;
use crate::persons::{ACCOUNT, PersonSet, PersonValues, values};
use crate::query::{Asked, Meter, Query, Scanned, column};
use crate::session::SessionPlan;

/// Rows when the question names no limit.
const ROWS: u32 = 100;
/// Where the list stands in what was asked.
const FIELD: &str = "list";

/// Lists who of a site counts in a question of kind `sessions`.
///
/// # Errors
/// As [`crate::ask`]; fields of the list stand below `list`.
pub fn person_list(
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    list: &PersonList,
    meter: &dyn Meter,
) -> Result<Answer, AskError> {
    check(asked, list)?;
    let query = Query::new(snapshot, asked, meter)?;
    let among = match (&list.search, list.by) {
        (Some(text), ListedBy::Persons) => Some(search::persons(&query, text)?),
        _ => None,
    };
    let accounts = match list.by {
        ListedBy::Accounts => Some(values(&query, Level::Account, ACCOUNT)?.by_text()),
        ListedBy::Persons => None,
    };
    let listed = Listed::of(&query, list, (among.as_ref(), accounts.as_ref()))?;
    match &accounts {
        Some(accounts) => listed.accounts(&query, list, accounts),
        None => listed.persons(&query, list),
    }
}

fn check(asked: &Asked<'_>, list: &PersonList) -> Result<(), AskError> {
    let question = asked.question;
    let wrong = |why, field: &str| Err(AskError::Contradiction { why }.at(field));
    if question.kind != QuestionKind::Sessions || question.sessions.is_some() {
        let why = "who is listed is said by a question of kind `sessions` without `sessions`";
        return wrong(why, "question.kind");
    }
    let bounds = |given: usize, most: usize, field: &str| match given <= most {
        true => Ok(()),
        false => Err(AskError::OutOfBounds {
            given: given as i64,
            least: 0,
            most: most as i64,
        }
        .at(&format!("{FIELD}.{field}"))),
    };
    let rows = question.limit.unwrap_or(ROWS) as usize;
    bounds(rows + list.offset as usize, limits::ANSWER_ROWS, "offset")?;
    bounds(list.properties.len(), limits::PERSON_COLUMNS, "properties")?;
    let search = list.search.as_deref().unwrap_or_default();
    bounds(search.len(), limits::PERSON_SEARCH_BYTES, "search")?;
    if list.by == ListedBy::Persons && list.order == PersonOrder::Persons {
        let why = "persons cannot be ordered by how many they are; order accounts by it";
        return wrong(why, "list.order");
    }
    let by_value = matches!(list.order, PersonOrder::Orders | PersonOrder::Value);
    if by_value && list.value.is_none() {
        let why = "the list is ordered by orders; say in `list.value` which event is one";
        return wrong(why, "list.order");
    }
    Ok(())
}

/// What the fold over all persons found.
struct Listed {
    /// The rows that are shown, in their order.
    shown: Vec<Kept>,
    total: u64,
    rows_scanned: u64,
    left_out: u64,
    missing: Vec<String>,
}

impl Listed {
    fn of(
        query: &Query<'_>,
        list: &PersonList,
        (among, accounts): (Option<&PersonSet>, Option<&PersonValues>),
    ) -> Result<Self, AskError> {
        let mut wanted = query.wanted();
        let mut number = None;
        if let Some(value) = &list.value {
            let selection = EventSelection {
                label: None,
                events: vec![value.event.clone()],
                filters: Vec::new(),
            };
            wanted.selection(&selection, "list.value")?;
            wanted.property(&value.property, "list.value.property");
            number = Some(wanted.needs.number(&value.property));
        }
        let few = among.and_then(PersonSet::few);
        wanted.only.clone_from(&few);
        let prepared = query.prepare(wanted)?;
        let (period, margin_ms) = (query.period(), query.margin_ms);
        let rows = query.question.limit.unwrap_or(ROWS) as usize;
        let tally = Tally {
            period,
            plan: &prepared.plan,
            number,
            among,
            accounts,
            order: list.order,
            ascending: list.ascending,
            most: list.offset as usize + rows,
        };
        let scope = Scope {
            snapshot: query.snapshot,
            runs: &prepared.columns.runs,
            span_ms: (
                period.from_ms.saturating_sub(margin_ms),
                period.to_ms.saturating_add(margin_ms),
            ),
            only: few.as_deref(),
            as_sorted: None,
            meter: query.meter,
        };
        let folded = fold(&scope, &tally)?;
        let mut work = folded.result;
        if let Some(accounts) = accounts {
            let text = list.search.as_deref().unwrap_or_default();
            work.keep_accounts(&tally, |code| search::is_in(text, &accounts.text(code)));
        }
        let mut shown: Vec<Kept> = work.kept();
        shown.drain(..shown.len().min(list.offset as usize));
        Ok(Self {
            shown,
            total: work.total,
            rows_scanned: folded.rows_scanned,
            left_out: work.left_out,
            missing: prepared.columns.missing,
        })
    }

    fn answer(&self, query: &Query<'_>, rows_more: u64, missing: &[String]) -> Answer {
        let mut missing = [&self.missing[..], missing].concat();
        missing.sort_unstable();
        missing.dedup();
        let mut answer = query.answer(Scanned {
            rows: self.rows_scanned + rows_more,
            left_out: self.left_out,
            missing: &missing,
        });
        answer.rows_total = self.total;
        answer.took_us = query.meter.elapsed_us();
        answer
    }

    fn persons(self, query: &Query<'_>, list: &PersonList) -> Result<Answer, AskError> {
        let told = Told::of(query, &self.shown, &list.properties)?;
        let mut answer = self.answer(query, told.rows_scanned, &told.missing);
        answer.columns = columns_of_persons(&list.properties);
        let row = |kept: &Kept| {
            let person = PersonKey(kept.id);
            let (user, visitors) = query.snapshot.user_of_person(person);
            let mut cells = vec![
                Cell::Text(person.to_string()),
                Cell::Text(user.unwrap_or_default()),
                Cell::Count(visitors as i64),
                told.cell(kept.id, 0),
                told.first_seen(kept.id),
            ];
            cells.extend(sums(&kept.sums, list.value.is_some()));
            cells.extend(told.facts(kept));
            cells.extend((1..=list.properties.len()).map(|place| told.cell(kept.id, place)));
            cells
        };
        answer.rows = self.shown.iter().map(row).collect();
        Ok(answer)
    }

    fn accounts(
        self,
        query: &Query<'_>,
        list: &PersonList,
        accounts: &PersonValues,
    ) -> Result<Answer, AskError> {
        let of_properties: Vec<PersonValues> = list
            .properties
            .iter()
            .map(|name| values(query, Level::Account, name))
            .collect::<Result<_, _>>()
            .map_err(|error| error.at("list.properties"))?;
        let mut answer = self.answer(query, 0, &[]);
        answer.columns = columns_of_accounts(&list.properties);
        let row = |kept: &Kept| {
            let account = accounts.text(accounts.code(kept.sums.someone));
            let mut cells = vec![
                Cell::Text(account),
                Cell::Count(i64::from(kept.sums.persons)),
            ];
            cells.extend(sums(&kept.sums, list.value.is_some()));
            cells.extend(of_properties.iter().map(|values| {
                let value = values.value(values.code(kept.sums.someone));
                value.map_or(Cell::MISSING, |value| {
                    Cell::Text(text_of(value).into_owned())
                })
            }));
            cells
        };
        answer.rows = self.shown.iter().map(row).collect();
        Ok(answer)
    }
}

const SUMS: [(&str, Unit); 9] = [
    ("first_seen_in_period", Unit::TimeMs),
    ("last_seen", Unit::TimeMs),
    ("sessions", Unit::Count),
    ("events", Unit::Count),
    ("pageviews", Unit::Count),
    ("errors", Unit::Count),
    ("engaged_time", Unit::Ms),
    ("orders", Unit::Count),
    ("value", Unit::Ratio),
];

/// The cells of [`SUMS`].
fn sums(sums: &Sums, has_value: bool) -> [Cell; 9] {
    let valued = |cell: Cell| if has_value { cell } else { Cell::MISSING };
    [
        Cell::Count(sums.first_ms),
        Cell::Count(sums.last_ms),
        Cell::Count(i64::from(sums.sessions)),
        Cell::Count(sums.events as i64),
        Cell::Count(sums.pageviews as i64),
        Cell::Count(sums.errors as i64),
        Cell::Count(sums.engaged_ms as i64),
        valued(Cell::Count(sums.orders as i64)),
        valued(Cell::Number(sums.value.value())),
    ]
}

fn columns_of_persons(properties: &[String]) -> Vec<Column> {
    let mut columns = vec![
        column("person", Unit::Id),
        column("user", Unit::Text),
        column("visitors", Unit::Count),
        column("account", Unit::Text),
        column("first_seen", Unit::TimeMs),
    ];
    columns.extend(SUMS.map(|(name, unit)| column(name, unit)));
    columns.extend(told::FACTS.map(|name| column(name, Unit::Text)));
    columns.extend(of_properties(properties));
    columns
}

fn columns_of_accounts(properties: &[String]) -> Vec<Column> {
    let mut columns = vec![
        column("account", Unit::Text),
        column("persons", Unit::Count),
    ];
    columns.extend(SUMS.map(|(name, unit)| column(name, unit)));
    columns.extend(of_properties(properties));
    columns
}

/// Properties may be called as a column of ours.
fn of_properties(names: &[String]) -> impl Iterator<Item = Column> {
    names
        .iter()
        .map(|name| column(&format!("property.{name}"), Unit::Text))
}

/// A plan that looks at nothing.
fn no_plan() -> SessionPlan {
    SessionPlan::default()
}

/// Marks need no sessions here.
const NO_SLOTS: WantSlots = WantSlots::No;
