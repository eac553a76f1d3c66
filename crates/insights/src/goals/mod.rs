//! Goals: which of the counted sessions reach them, and what that is worth.
//!
//! Sessions count as everywhere: where they start, and when an event of theirs passes the
//! question's filters. A goal looks at all events of such a session, also at those that the
//! filters drop. What exactly is counted stands in docs/concepts/goals.md.

mod rows;
mod spec;

use hitmetrix_model::{self as model, Answer, CellAddress, Interval, ResolvedPeriod};
use rustc_hash::FxHashMap;

use crate::AskError;
use crate::buckets::BucketTable;
use crate::condition::{Node, Surroundings};
use crate::engine::{Fold, Order, Rows};
use crate::fact::FactSource;
use crate::people::{Contribution, People, number_key, text_key, unknown_column};
use crate::query::{Prepared, Query, Scanned};
use crate::session::{NO_SESSION, SessionTable};
use crate::timeline::Timeline;
use crate::top;

use rows::Values;
pub use spec::check_goal;
use spec::{Compiled, Worth, compile};

/// Millionths of one.
const MILLION: f64 = 1e6;
/// An amount beyond it, in millionths, counts as it: sums must not depend on their order.
const AMOUNT_MAX: f64 = 1e24;

/// Whose sessions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watched {
    /// All counted ones of a value.
    Sessions { value: usize },
    /// Those that reach a goal.
    Reached { value: usize, goal: usize },
}

/// What one goal has, for one value of the fact.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    reached: u64,
    persons: u64,
    /// Millionths.
    worth: i128,
    /// Number of the person who was counted last.
    last: u32,
}

/// A session on its way to a goal.
#[derive(Debug, Clone, Copy, Default)]
struct Way {
    /// Place in the timeline, and time, of the first event that is meant.
    first: Option<(u32, i64)>,
    /// An event passed the goal's filters.
    passed: bool,
    /// Millionths.
    worth: i128,
}

/// Counts sessions by value and goals.
struct Goals<'q> {
    prepared: &'q Prepared<'q>,
    period: ResolvedPeriod,
    compiled: &'q Compiled,
    /// None until it is known which values have rows: then sessions are counted by value.
    values: Option<&'q Values>,
    /// Over time the values are these.
    buckets: Option<&'q BucketTable>,
    watched: Option<Watched>,
    /// Whether a run has events that the question leaves out.
    leaves_some_out: bool,
}

#[derive(Debug, Default)]
struct Work {
    table: SessionTable,
    /// As many per session as there are goals.
    ways: Vec<Way>,
    /// Place in the timeline, session and time of those that reach a goal.
    reaching: Vec<(u32, usize, i64)>,
    /// Sessions by the code of their value, while it is not known which have rows.
    codes: FxHashMap<u32, u64>,
    /// Sessions of each value.
    sessions: Vec<u64>,
    /// As many per value as there are goals.
    tallies: Vec<Tally>,
    people: People,
    person: u32,
    left_out: u64,
}

/// The answer to a question of kind `goals`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let (spec, compiled, wanted) = compile(query)?;
    let prepared = query.prepare(wanted)?;
    let time = Time::of(query, spec)?;
    let values = values(query, (&prepared, &compiled), time.as_ref())?;
    let wide = if time.is_some() {
        "interval"
    } else {
        "goals.top"
    };
    top::check_rows(values.texts.len() * spec.goals.len(), wide)?;
    let by = (Some(&values), time.as_ref(), None);
    let (work, rows) = run(query, (&prepared, &compiled), by)?;
    let mut answer = query.answer(work.scanned(&prepared, rows));
    answer.interval = time.as_ref().map(|time| time.interval);
    rows::fill(&mut answer, spec, (&values, time.as_ref(), &work));
    Ok(answer)
}

/// Who stands behind a cell of it.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let (spec, compiled, wanted) = compile(query)?;
    let row_key = |column: &str| AskError::RowKey {
        column: column.to_owned(),
    };
    let label = text_key(cell, "goal")?;
    let goal = spec.goals.iter().position(|goal| goal.label == label);
    let goal = goal.ok_or_else(|| row_key("goal"))?;
    let prepared = query.prepare(wanted)?;
    let time = Time::of(query, spec)?;
    let values = values(query, (&prepared, &compiled), time.as_ref())?;
    let value = match (&spec.breakdown, &time) {
        (None, None) => 0,
        (_, Some(time)) => {
            let start = number_key(cell, "time")?;
            let starts = time.buckets.starts();
            let place = starts.iter().position(|&known| known == start);
            place.ok_or_else(|| row_key("time"))?
        }
        (Some(fact), None) => {
            let column = fact.column_name();
            let text = text_key(cell, &column)?;
            values.place(text).ok_or_else(|| row_key(&column))?
        }
    };
    let watched = match cell.column.as_str() {
        "sessions" => Watched::Sessions { value },
        "reached" | "persons" | "conversion_rate" => Watched::Reached { value, goal },
        _ => return Err(unknown_column(cell, &["sessions", "reached", "persons"])),
    };
    let (work, rows) = run(
        query,
        (&prepared, &compiled),
        (Some(&values), time.as_ref(), Some(watched)),
    )?;
    let scanned = work.scanned(&prepared, rows);
    Ok(work.people.answer(query, scanned, limit))
}

/// The intervals of goals over time.
struct Time {
    interval: Interval,
    buckets: BucketTable,
}

impl Time {
    fn of(query: &Query<'_>, spec: &model::Goals) -> Result<Option<Self>, AskError> {
        if !spec.over_time {
            return Ok(None);
        }
        let buckets = query.resolved.buckets(query.question.interval)?;
        Ok(Some(Self {
            interval: buckets.interval,
            buckets: BucketTable::new(buckets.starts, query.period().to_ms),
        }))
    }
}

/// Which values have rows: known once the sessions of each are counted.
fn values(
    query: &Query<'_>,
    (prepared, compiled): (&Prepared<'_>, &Compiled),
    time: Option<&Time>,
) -> Result<Values, AskError> {
    if let Some(time) = time {
        return Ok(Values::of_buckets(time.buckets.len()));
    }
    let Some(top) = compiled.top else {
        return Ok(Values::one());
    };
    let (work, _) = run(query, (prepared, compiled), (None, None, None))?;
    Ok(Values::top(prepared, work.codes, top))
}

/// What sessions are divided by, and whose are wanted.
type By<'v> = (Option<&'v Values>, Option<&'v Time>, Option<Watched>);

fn run(
    query: &Query<'_>,
    (prepared, compiled): (&Prepared<'_>, &Compiled),
    (values, time, watched): By<'_>,
) -> Result<(Work, u64), AskError> {
    let goals = Goals {
        buckets: time.map(|time| &time.buckets),
        prepared,
        period: query.period(),
        compiled,
        values,
        watched,
        leaves_some_out: prepared
            .columns
            .runs
            .iter()
            .any(|run| run.leaves_some_out()),
    };
    let folded = query.fold(prepared, (query.period(), query.margin_ms), &goals)?;
    Ok((folded.result, folded.rows_scanned))
}

impl Work {
    fn scanned<'p>(&self, prepared: &'p Prepared<'_>, rows: u64) -> Scanned<'p> {
        Scanned {
            rows,
            left_out: self.left_out,
            missing: &prepared.columns.missing,
        }
    }
}

impl Goals<'_> {
    /// The code of the value that a session belongs to.
    fn code(&self, table: &SessionTable, slot: usize, person: u128) -> u32 {
        if let Some(buckets) = self.buckets {
            return buckets.of(table.states[slot].start_ms) as u32;
        }
        match self.prepared.facts.first() {
            Some(FactSource::Session { place }) => table.fact(&self.prepared.plan, slot, *place),
            Some(FactSource::Person(values)) => values.code(person),
            // Facts of single events are refused before.
            Some(FactSource::Event { .. }) | None => 0,
        }
    }

    /// Holds all events of the counted sessions against the goals.
    fn go(&self, work: &mut Work, timeline: &Timeline<'_>) {
        let (table, goals) = (&work.table, &self.compiled.goals);
        let plan = &self.prepared.plan;
        work.ways.clear();
        work.ways
            .resize(table.states.len() * goals.len(), Way::default());
        for (place, (run_index, row)) in timeline.rows().enumerate() {
            let slot = table.slot_of_event[place];
            if slot == NO_SESSION {
                continue;
            }
            let (run, row, slot) = (
                &timeline.runs[run_index as usize],
                row as usize,
                slot as usize,
            );
            let marks = run.marks[run.names.get(row) as usize];
            let state = &table.states[slot];
            if marks == 0 || !state.counts_in(self.period) {
                continue;
            }
            let at = Surroundings {
                run,
                row,
                session: Some(table.session(plan, slot)),
                person: &table.person,
            };
            let holds = |bit: usize| {
                let node = &self.prepared.selections[bit].node;
                marks >> bit & 1 == 1 && (*node == Node::TRUE || plan.leaves.holds(node, &at))
            };
            let ways = &mut work.ways[slot * goals.len()..(slot + 1) * goals.len()];
            for (goal, way) in goals.iter().zip(ways) {
                if let Some(filters) = goal.filters
                    && !way.passed
                {
                    way.passed = holds(filters);
                }
                let Some(event) = goal.event else { continue };
                let adds_up = matches!(goal.worth, Worth::Property(_));
                if (way.first.is_some() && !adds_up) || !holds(event) {
                    continue;
                }
                way.first
                    .get_or_insert_with(|| (place as u32, run.time_ms(row)));
                if let Worth::Property(number) = goal.worth
                    && goal.priced.is_none_or(holds)
                {
                    way.worth += run.number(number, row).map_or(0, millionths);
                }
            }
        }
    }

    /// Adds the sessions of a person that reach a goal.
    fn reach(&self, work: &mut Work, goal: usize, who: (u128, &Timeline<'_>)) {
        let (spec, count) = (&self.compiled.goals[goal], self.compiled.goals.len());
        work.reaching.clear();
        for (slot, state) in work.table.states.iter().enumerate() {
            let way = &work.ways[slot * count + goal];
            if !state.counts_in(self.period) || (spec.filters.is_some() && !way.passed) {
                continue;
            }
            // Sessions are numbered in the order in which they start.
            let reached = match spec.event {
                Some(_) => way.first,
                None => Some((slot as u32, state.start_ms)),
            };
            if let Some((place, at_ms)) = reached {
                work.reaching.push((place, slot, at_ms));
            }
        }
        if let Some(number) = spec.sessions {
            work.reaching.sort_unstable();
            let nth = work.reaching.get(number as usize - 1).copied();
            work.reaching.clear();
            work.reaching.extend(nth);
        }
        let (person, timeline) = who;
        for &(_, slot, at_ms) in &work.reaching {
            let value = self.value(&work.table, slot, person);
            let tally = &mut work.tallies[value * count + goal];
            tally.reached += 1;
            tally.worth += match spec.worth {
                Worth::Nothing => 0,
                Worth::Fixed(millionths) => millionths,
                Worth::Property(_) => work.ways[slot * count + goal].worth,
            };
            if tally.last != work.person {
                tally.last = work.person;
                tally.persons += 1;
            }
            if self.watched == Some(Watched::Reached { value, goal }) {
                work.people.add(Contribution {
                    at_ms,
                    person,
                    session: work.table.states[slot].session(timeline.runs),
                });
            }
        }
    }

    /// The value that a session belongs to.
    fn value(&self, table: &SessionTable, slot: usize, person: u128) -> usize {
        let values = self.values.map(|values| &values.of_code);
        let code = self.code(table, slot, person);
        values
            .and_then(|values| values.get(&code))
            .map_or(0, |&value| value as usize)
    }
}

/// A number in millionths, so that sums are the same in any order.
fn millionths(number: f64) -> i128 {
    (number * MILLION).round().clamp(-AMOUNT_MAX, AMOUNT_MAX) as i128
}

impl Fold for Goals<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        Rows::All
    }

    fn begin(&self) -> Work {
        let values = self.values.map_or(0, |values| values.texts.len());
        Work {
            sessions: vec![0; values],
            tallies: vec![Tally::default(); values * self.compiled.goals.len()],
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        work.person += 1;
        work.table.fill(person, timeline, &self.prepared.plan);
        if self.leaves_some_out {
            work.left_out += timeline.left_out_in(self.period);
        }
        let mut counts = false;
        for slot in 0..work.table.states.len() {
            let state = &work.table.states[slot];
            if !state.counts_in(self.period) {
                continue;
            }
            counts = true;
            if self.values.is_none() {
                let code = self.code(&work.table, slot, person);
                *work.codes.entry(code).or_default() += 1;
                continue;
            }
            let value = self.value(&work.table, slot, person);
            work.sessions[value] += 1;
            if self.watched == Some(Watched::Sessions { value }) {
                work.people.add(Contribution {
                    at_ms: state.start_ms,
                    person,
                    session: state.session(timeline.runs),
                });
            }
        }
        if !counts || self.values.is_none() {
            return;
        }
        self.go(work, timeline);
        for goal in 0..self.compiled.goals.len() {
            self.reach(work, goal, (person, timeline));
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        for (code, sessions) in from.codes {
            *into.codes.entry(code).or_default() += sessions;
        }
        for (into, from) in into.sessions.iter_mut().zip(from.sessions) {
            *into += from;
        }
        for (into, from) in into.tallies.iter_mut().zip(from.tallies) {
            into.reached += from.reached;
            into.persons += from.persons;
            into.worth += from.worth;
        }
        into.left_out += from.left_out;
        into.people.merge(from.people);
    }
}
