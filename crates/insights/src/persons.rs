//! Facts of persons, found by folds of their own before the question's: who did something, and
//! what is known of a person or an account.
//!
//! A property of a person has the value of the latest event by which the site told it: `identify`
//! and `alias` for persons, `group` for accounts; a person's account is the one of their latest
//! `group`. Latest is by time, window and sequence, over all time, so that a question about last
//! year answers with what is known today.

use hitmetrix_model::{Behaviour, Level, ResolvedPeriod, Value, limits};
use hitmetrix_store::lanes::property_value;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::columns::{Column, Columns, EventRules, MATCHED_AT_ONCE, Needs, prepare};
use crate::condition::{Compiler, Filters, Names, Node, PersonLeaf, Selection};
use crate::engine::{Fold, Order, Rows, Scope, fold, go_on};
use crate::marks::{MarkWork, Marked, Marker, WantSlots};
use crate::matcher::{Matcher, text_of};
use crate::period::{Window, window_ms};
use crate::query::{Progress, Query};
use crate::session::SessionPlan;
use crate::timeline::Timeline;
use crate::wanted::Wanted;
use crate::{AskError, Meter, known};

/// The events that tell of persons.
pub(crate) const OF_PERSON: [&str; 2] = ["identify", "alias"];
/// The event that tells of accounts.
pub(crate) const OF_ACCOUNT: &str = "group";
/// Its property that names the account.
pub(crate) const ACCOUNT: &str = "account";

/// All time.
pub(crate) const EVER: (i64, i64) = (i64::MIN, i64::MAX);

/// Some persons, or all but some.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonSet {
    persons: FxHashSet<u128>,
    all_but: bool,
}

impl PersonSet {
    /// These.
    pub(crate) fn of(persons: impl IntoIterator<Item = u128>) -> Self {
        Self {
            persons: persons.into_iter().collect(),
            all_but: false,
        }
    }

    /// All of them, ascending, when they are few enough to be looked up one by one.
    pub(crate) fn few(&self) -> Option<Vec<u128>> {
        const LOOKED_UP: usize = 1000;
        if self.all_but || self.persons.len() > LOOKED_UP {
            return None;
        }
        let mut persons: Vec<u128> = self.persons.iter().copied().collect();
        persons.sort_unstable();
        Some(persons)
    }

    /// Everybody.
    pub(crate) fn everybody() -> Self {
        Self {
            persons: FxHashSet::default(),
            all_but: true,
        }
    }

    /// Whether a person is in it.
    #[inline]
    pub(crate) fn contains(&self, person: u128) -> bool {
        self.persons.contains(&person) != self.all_but
    }
}

/// A value of each person that has one.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonValues {
    codes: FxHashMap<u128, u32>,
    /// By code; the first is "not set".
    values: Vec<Option<Value>>,
}

impl PersonValues {
    /// The code of a person's value; 0 when there is none.
    #[inline]
    pub(crate) fn code(&self, person: u128) -> u32 {
        self.codes.get(&person).copied().unwrap_or(0)
    }

    /// A value as people read it; empty when there is none.
    pub(crate) fn text(&self, code: u32) -> String {
        match &self.values[code as usize] {
            Some(value) => text_of(value).into_owned(),
            None => String::new(),
        }
    }

    /// A value as it was sent; none when there is none.
    pub(crate) fn value(&self, code: u32) -> Option<&Value> {
        self.values[code as usize].as_ref()
    }

    /// How many values, "not set" among them.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// With one code for all values that are written the same, as the number 10 and the text
    /// "10": answers are divided by what people read.
    pub(crate) fn by_text(mut self) -> Self {
        let mut first: FxHashMap<String, u32> = FxHashMap::default();
        let codes: Vec<u32> = (0..self.values.len() as u32)
            .map(|code| *first.entry(self.text(code)).or_insert(code))
            .collect();
        self.codes
            .values_mut()
            .for_each(|code| *code = codes[*code as usize]);
        self
    }

    /// Who passes.
    fn matching(&self, matcher: &Matcher, meter: &dyn Meter) -> Result<PersonSet, AskError> {
        let mut takes = Vec::with_capacity(self.values.len());
        for values in self.values.chunks(MATCHED_AT_ONCE) {
            go_on(meter)?;
            takes.extend(values.iter().map(|one| matcher.takes_value(one.as_ref())));
        }
        // Persons without a value are not listed: they are in the set when "not set" passes.
        let all_but = takes[0];
        let listed = self.codes.iter();
        Ok(PersonSet {
            persons: listed
                .filter(|(_, code)| takes[**code as usize] != all_but)
                .map(|(person, _)| *person)
                .collect(),
            all_but,
        })
    }
}

/// Memory of one person in a set or with a value, the table's free places included.
const ENTRY_BYTES: usize = 40;

/// How many persons in sets and with values a question may still hold.
#[derive(Debug)]
struct Budget {
    left: usize,
}

impl Budget {
    const fn new() -> Self {
        Self {
            left: limits::QUESTION_BYTES / ENTRY_BYTES,
        }
    }

    fn take(&mut self, entries: usize) -> Result<(), AskError> {
        let left = self.left.checked_sub(entries);
        self.left = left.ok_or(AskError::TooMuchMemory)?;
        Ok(())
    }
}

/// The sets that a question's conditions on persons are about, by leaf.
pub(crate) fn sets(query: &Query<'_>, leaves: &[PersonLeaf]) -> Result<Vec<PersonSet>, AskError> {
    query.meter.progress(Progress::Expects(leaves.len()));
    let mut budget = Budget::new();
    let set = |leaf: &PersonLeaf| {
        let set = match leaf {
            PersonLeaf::Property {
                filter,
                matcher,
                field,
            } => {
                let values = values(query, filter.of, &filter.property);
                let values = values.map_err(|error| match error {
                    AskError::UnknownProperty { .. } => error.at(field),
                    error => error,
                })?;
                values.matching(matcher, query.meter)?
            }
            PersonLeaf::Did { did, field } => who_did(query, did, field)?,
        };
        budget.take(set.persons.len())?;
        Ok(set)
    };
    leaves.iter().map(set).collect()
}

/// The value of a property for each person.
///
/// # Errors
/// When the name looks like a slip, and what stops a fold.
pub(crate) fn values(query: &Query<'_>, of: Level, name: &str) -> Result<PersonValues, AskError> {
    let names: Vec<String> = match of {
        Level::Account => vec![OF_ACCOUNT.to_owned()],
        Level::Event | Level::Person => OF_PERSON.map(str::to_owned).to_vec(),
    };
    let mut needs = Needs::default();
    let value = needs.lane(Column::Entry(name.to_owned()));
    let account = needs.lane(Column::Entry(ACCOUNT.to_owned()));
    let selections = [Selection {
        names: Names::Of(names),
        node: Node::TRUE,
    }];
    let rules = EventRules {
        selections: &selections,
        ..EventRules::of_bots(query.question.bots)
    };
    let mut columns = prepare((query.snapshot, query.meter), EVER, &needs, &rules)?;
    query.note(&columns.missing);
    keep_marked(&mut columns);
    let plan = SessionPlan::default();
    let latest = Latest {
        marker: Marker::new(&plan, &selections, ever(), WantSlots::No),
        value,
        account: (of == Level::Account).then_some(account),
    };
    let told = fold(&scope(query, &columns, EVER), &latest)?.result.told;
    let is_told = match of {
        Level::Account => !told.accounts.is_empty(),
        Level::Event | Level::Person => !told.persons.is_empty(),
    };
    if !is_told {
        let all = (query.snapshot, query.meter);
        known::check_told(all, &columns.runs, (of, name))?;
    }
    let values: Vec<Option<Value>> = (0..columns.dictionaries[value].len() as u32)
        .map(|code| property_value(columns.dictionaries[value].text(code)))
        .collect();
    let codes: FxHashMap<u128, u32> = match of {
        Level::Account => {
            let of_account = |account: u32| told.accounts.get(&account).map(|told| told.code);
            let persons = told.persons.iter();
            persons
                .filter_map(|(person, account)| Some((*person, of_account(*account)?)))
                .collect()
        }
        Level::Event | Level::Person => told.persons,
    };
    Budget::new().take(codes.len() + values.len())?;
    Ok(PersonValues { codes, values })
}

/// All time, as a period.
pub(crate) fn ever() -> ResolvedPeriod {
    ResolvedPeriod {
        from_ms: EVER.0,
        to_ms: EVER.1,
    }
}

/// Leaves out runs in which no name has a mark: most have no `identify`.
pub(crate) fn keep_marked(columns: &mut Columns<'_>) {
    columns
        .runs
        .retain(|run| run.marks.iter().any(|&marks| marks != 0));
}

fn scope<'s>(query: &Query<'s>, columns: &'s Columns<'_>, span_ms: (i64, i64)) -> Scope<'s> {
    Scope {
        snapshot: query.snapshot,
        runs: &columns.runs,
        span_ms,
        only: None,
        as_sorted: None,
        meter: query.meter,
    }
}

/// The latest values that persons or accounts were told to have.
struct Latest<'q> {
    marker: Marker<'q>,
    value: usize,
    /// The lane of the account's name, where the value is the account's.
    account: Option<usize>,
}

/// Something told of an account, and when.
#[derive(Debug, Clone, Copy)]
struct Told {
    at: (i64, u128, u32),
    code: u32,
}

#[derive(Debug, Default)]
struct LatestTold {
    /// The value of a person, or their account.
    persons: FxHashMap<u128, u32>,
    accounts: FxHashMap<u32, Told>,
}

impl LatestTold {
    fn tell(&mut self, account: u32, told: Told) {
        let known = self.accounts.entry(account).or_insert(told);
        if known.at < told.at {
            *known = told;
        }
    }
}

#[derive(Default)]
struct LatestWork {
    marks: MarkWork,
    told: LatestTold,
}

impl Fold for Latest<'_> {
    type Result = LatestWork;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> LatestWork {
        LatestWork::default()
    }

    fn person(&self, work: &mut LatestWork, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let lane = |lane: usize, marked: &Marked| {
            timeline.runs[marked.run as usize].lanes[lane].get(marked.row as usize)
        };
        let last = |wanted: usize| {
            let codes = work.marks.marked.iter().rev().map(|one| lane(wanted, one));
            codes.into_iter().find(|&code| code != 0)
        };
        if let Some(code) = last(self.account.unwrap_or(self.value)) {
            work.told.persons.insert(person, code);
        }
        let Some(account) = self.account else { return };
        for marked in &work.marks.marked {
            let code = lane(self.value, marked);
            if code != 0 {
                let run = &timeline.runs[marked.run as usize];
                let row = marked.row as usize;
                let at = (marked.time_ms, run.windows.get(row), run.sequences[row]);
                work.told.tell(lane(account, marked), Told { at, code });
            }
        }
    }

    fn merge(&self, into: &mut LatestWork, from: LatestWork) {
        into.told.persons.extend(from.told.persons);
        for (account, told) in from.told.accounts {
            into.told.tell(account, told);
        }
    }
}

/// How often a behaviour is meant, at least and at most, and within how many milliseconds.
type Bounds = ((u32, u32), i64);

/// Checks a behaviour, but for the conditions on its events.
pub(crate) fn check_behaviour(behaviour: &Behaviour) -> Result<Bounds, AskError> {
    let at = |error: AskError, field: &str| error.at(&format!("did.{field}"));
    let steps = behaviour.sequence.len();
    if steps == 0 || steps > limits::FUNNEL_STEPS {
        return Err(at(AskError::SequenceLength { given: steps }, "sequence"));
    }
    let counted = behaviour.at_least.is_some() || behaviour.at_most.is_some();
    if steps > 1 && counted {
        return Err(at(AskError::CountOfSequence, "at_least"));
    }
    if steps == 1 && behaviour.within.is_some() {
        let why = "`within` goes from the first to the last event of a sequence, this one has one; \
                   leave it out, or give `last`";
        return Err(at(AskError::Contradiction { why }, "within"));
    }
    let least = behaviour
        .at_least
        .unwrap_or(u32::from(behaviour.at_most.is_none()));
    let most = behaviour.at_most.unwrap_or(u32::MAX);
    if least > most {
        return Err(at(AskError::LeastOverMost { least, most }, "at_most"));
    }
    if let Some(last) = &behaviour.last {
        window_ms(last).map_err(|error| at(error, "last"))?;
    }
    let within_ms = match &behaviour.within {
        Some(within) => window_ms(within).map_err(|error| at(error, "within"))?,
        None => Window::MAX,
    };
    Ok(((least, most), within_ms.0))
}

/// Who did something; `field` is where its condition stands in the question.
fn who_did(query: &Query<'_>, behaviour: &Behaviour, field: &str) -> Result<PersonSet, AskError> {
    let (count, within_ms) = check_behaviour(behaviour)?;
    let steps = behaviour.sequence.len();
    let period = behaviour_period(query, behaviour)?;

    let mut wanted = Wanted::of(Compiler::default(), Filters::default());
    for (index, selection) in behaviour.sequence.iter().enumerate() {
        wanted.selection(selection, &format!("{field}.did.sequence[{index}]"))?;
    }
    let prepared = query.prepare_for(wanted, period)?;
    query.note(&prepared.columns.missing);
    let marker = prepared.marker(period, WantSlots::No);
    let doing = Doing {
        steps,
        count,
        within_ms,
        all_but: count.0 == 0,
        marker,
    };
    let margin_ms = query.margin_of(&doing.marker);
    let folded = query.fold(&prepared, (period, margin_ms), &doing)?;
    Ok(PersonSet {
        persons: folded.result.persons,
        all_but: doing.all_but,
    })
}

fn behaviour_period(query: &Query<'_>, behaviour: &Behaviour) -> Result<ResolvedPeriod, AskError> {
    let mut period = query.period();
    if let Some(last) = &behaviour.last {
        period.from_ms = period.to_ms.saturating_sub(window_ms(last)?.0);
    }
    Ok(period)
}

struct Doing<'q> {
    marker: Marker<'q>,
    steps: usize,
    count: (u32, u32),
    within_ms: i64,
    /// Persons are collected who are not in the set, because those without an event are.
    all_but: bool,
}

#[derive(Default)]
struct DoingWork {
    marks: MarkWork,
    persons: FxHashSet<u128>,
    starts: Vec<Option<i64>>,
}

impl Doing<'_> {
    fn did(&self, work: &mut DoingWork) -> bool {
        if self.steps == 1 {
            let count = work.marks.marked.len() as u32;
            return (self.count.0..=self.count.1).contains(&count);
        }
        // For each step the latest start of a sequence that got there.
        work.starts.clear();
        work.starts.resize(self.steps, None);
        for marked in &work.marks.marked {
            for step in (1..self.steps).rev() {
                let Some(start) = work.starts[step - 1] else {
                    continue;
                };
                if marked.is(step) && marked.time_ms - start <= self.within_ms {
                    work.starts[step] = work.starts[step].max(Some(start));
                }
            }
            if marked.is(0) {
                work.starts[0] = Some(marked.time_ms);
            }
        }
        work.starts[self.steps - 1].is_some()
    }
}

impl Fold for Doing<'_> {
    type Result = DoingWork;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> DoingWork {
        DoingWork::default()
    }

    fn person(&self, work: &mut DoingWork, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        if self.did(work) != self.all_but {
            work.persons.insert(person);
        }
    }

    fn merge(&self, into: &mut DoingWork, from: DoingWork) {
        into.persons.extend(from.persons);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_of_all_sets_together_are_bounded() {
        let most = limits::QUESTION_BYTES / ENTRY_BYTES;
        let mut budget = Budget::new();
        assert_eq!(budget.take(most - 1), Ok(()));
        assert_eq!(budget.take(1), Ok(()));
        assert_eq!(budget.take(1), Err(AskError::TooMuchMemory));
    }
}
