//! Sessions: one row per session that counts in the period, newest first.
//!
//! Two folds: the first, with the columns that the filters need, finds the newest sessions; the
//! second goes through their persons alone, with all columns.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hitmetrix_model::{Answer, Cell, Column, ResolvedPeriod, Unit};

use crate::AskError;
use crate::engine::{Fold, Order, Rows, Scope, fold};
use crate::listing::{self, Listing, SessionFacts};
use crate::query::{Query, Scanned, column};
use crate::session::{SessionPlan, SessionTable};
use crate::timeline::Timeline;

const ROWS: u32 = 100;

/// The newest sessions that count.
struct Newest<'q> {
    period: ResolvedPeriod,
    plan: &'q SessionPlan,
    limit: usize,
}

/// Start, then session and person to tell equal starts apart: the oldest kept is on top.
type Heap = BinaryHeap<Reverse<(i64, Reverse<(u128, u128)>)>>;

#[derive(Default)]
struct Work {
    table: SessionTable,
    heap: Heap,
    sessions: u64,
    left_out: u64,
}

impl Newest<'_> {
    /// True when enough newer sessions are kept, so that ids need not be looked up.
    fn is_too_old(&self, heap: &Heap, start_ms: i64) -> bool {
        let oldest = heap.peek().map(|Reverse((start_ms, _))| *start_ms);
        heap.len() == self.limit && oldest.is_none_or(|oldest| start_ms < oldest)
    }

    fn keep(&self, heap: &mut Heap, start_ms: i64, ids: (u128, u128)) {
        heap.push(Reverse((start_ms, Reverse(ids))));
        if heap.len() > self.limit {
            heap.pop();
        }
    }
}

impl Fold for Newest<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        Rows::All
    }

    fn begin(&self) -> Work {
        Work::default()
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        work.table.fill(person, timeline, self.plan);
        for state in work
            .table
            .states
            .iter()
            .filter(|state| state.counts_in(self.period))
        {
            work.sessions += 1;
            if self.is_too_old(&work.heap, state.start_ms) {
                continue;
            }
            self.keep(
                &mut work.heap,
                state.start_ms,
                (state.session(timeline.runs), person),
            );
        }
        work.left_out += timeline.left_out_in(self.period);
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.sessions += from.sessions;
        into.left_out += from.left_out;
        for Reverse((start_ms, Reverse(ids))) in from.heap {
            self.keep(&mut into.heap, start_ms, ids);
        }
    }
}

pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let prepared = query.prepare(query.wanted())?;
    let (period, margin_ms) = (query.period(), query.margin_ms);
    let limit = query.question.limit.unwrap_or(ROWS) as usize;
    let newest = Newest {
        period,
        plan: &prepared.plan,
        limit,
    };
    let folded = query.fold(&prepared, (period, margin_ms), &newest)?;
    let work = folded.result;
    let ids = work
        .heap
        .into_iter()
        .map(|Reverse((_, Reverse((session, person))))| (person, session));
    let (sessions, rows, mut missing) = facts(query, ids.collect())?;
    missing.extend_from_slice(&prepared.columns.missing);
    missing.sort_unstable();
    missing.dedup();

    let mut answer = query.answer(Scanned {
        rows: folded.rows_scanned + rows,
        left_out: work.left_out,
        missing: &missing,
    });
    answer.rows_total = work.sessions;
    answer.columns = columns();
    answer.rows = sessions.into_iter().map(row).collect();
    Ok(answer)
}

/// The facts of sessions, given as (person, session), newest first, how many rows were read, and
/// the runs that lack a column of these facts.
fn facts(
    query: &Query<'_>,
    mut chosen: Vec<(u128, u128)>,
) -> Result<(Vec<SessionFacts>, u64, Vec<String>), AskError> {
    chosen.sort_unstable();
    let mut persons: Vec<u128> = chosen.iter().map(|(person, _)| *person).collect();
    persons.dedup();
    let mut wanted = query.wanted();
    wanted.plan = listing::plan(&mut wanted.needs);
    let prepared = query.prepare(wanted)?;
    let period = query.period();
    let scope = Scope {
        snapshot: query.snapshot,
        runs: &prepared.columns.runs,
        span_ms: (
            period.from_ms - query.margin_ms,
            period.to_ms + query.margin_ms,
        ),
        only: Some(&persons),
        meter: query.meter,
    };
    let folded = fold(
        &scope,
        &Listing {
            plan: &prepared.plan,
            chosen: &chosen,
        },
    )?;
    let found = folded.result.1.iter();
    let mut facts: Vec<SessionFacts> = found
        .map(|found| found.facts(&prepared.plan, &prepared.columns))
        .collect();
    facts.sort_unstable_by_key(|one| (Reverse(one.started_ms), one.session, one.person));
    Ok((facts, folded.rows_scanned, prepared.columns.missing))
}

fn columns() -> Vec<Column> {
    const COLUMNS: [(&str, Unit); 28] = [
        ("session", Unit::Id),
        ("visitor", Unit::Id),
        ("person", Unit::Id),
        ("started", Unit::TimeMs),
        ("duration", Unit::Ms),
        ("engaged_time", Unit::Ms),
        ("pageviews", Unit::Count),
        ("events", Unit::Count),
        ("errors", Unit::Count),
        ("rage_clicks", Unit::Count),
        ("bounced", Unit::Boolean),
        ("entry_page", Unit::Text),
        ("exit_page", Unit::Text),
        ("channel", Unit::Text),
        ("source", Unit::Text),
        ("medium", Unit::Text),
        ("campaign", Unit::Text),
        ("term", Unit::Text),
        ("content", Unit::Text),
        ("referrer", Unit::Text),
        ("country", Unit::Text),
        ("browser", Unit::Text),
        ("browser_version", Unit::Text),
        ("system", Unit::Text),
        ("system_version", Unit::Text),
        ("device", Unit::Text),
        ("language", Unit::Text),
        ("bot", Unit::Text),
    ];
    COLUMNS
        .into_iter()
        .map(|(name, unit)| column(name, unit))
        .collect()
}

/// The cells of [`columns`].
fn row(facts: SessionFacts) -> Vec<Cell> {
    vec![
        Cell::Text(facts.session.to_string()),
        Cell::Text(facts.visitor.to_string()),
        Cell::Text(facts.person.to_string()),
        Cell::Count(facts.started_ms),
        Cell::Count(facts.ended_ms - facts.started_ms),
        Cell::Count(facts.engaged_ms as i64),
        Cell::Count(i64::from(facts.pageviews)),
        Cell::Count(i64::from(facts.events)),
        Cell::Count(i64::from(facts.errors)),
        Cell::Count(i64::from(facts.rage_clicks)),
        Cell::Boolean(facts.bounced),
        Cell::Text(facts.entry_page),
        Cell::Text(facts.exit_page),
        Cell::Text(facts.channel),
        Cell::Text(facts.source),
        Cell::Text(facts.medium),
        Cell::Text(facts.campaign),
        Cell::Text(facts.term),
        Cell::Text(facts.content),
        Cell::Text(facts.referrer),
        Cell::Text(facts.country),
        Cell::Text(facts.browser),
        Cell::Text(facts.browser_version),
        Cell::Text(facts.system),
        Cell::Text(facts.system_version),
        Cell::Text(facts.device),
        Cell::Text(facts.language),
        Cell::Text(facts.bot),
    ]
}
