//! Sessions: one row per session that counts in the period, newest first, or those first that are
//! worth watching, or a few that stand for all.
//!
//! Two folds: the first, with the columns that the filters need, finds the first sessions of the
//! order; the second goes through their persons alone, with all columns.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

use hitmetrix_model::{
    Answer, Cell, Column, PersonKey, ResolvedPeriod, SessionId, SessionList, SessionOrder,
    SessionSignal as Signal, Unit, limits,
};
use hitmetrix_store::Snapshot;

use crate::columns::Columns;
use crate::engine::{Fold, Order, Rows, Scope, fold};
use crate::listing::{self, Listing, SessionFacts};
use crate::query::{Query, Scanned, column};
use crate::reason::{Reason, ReasonLanes, Reasons};
use crate::representatives::{Words, representatives};
use crate::session::{SessionPlan, SessionTable};
use crate::signals::{Noted, Signals};
use crate::timeline::Timeline;
use crate::{AskError, Asked, Meter};

const ROWS: u32 = 100;
/// Sessions that stand for all, unless the question says how many.
const REPRESENTATIVES: u32 = 10;

/// The first sessions of the order that count.
struct First<'q> {
    period: ResolvedPeriod,
    plan: &'q SessionPlan,
    order: SessionOrder,
    reasons: Option<Reasons<'q>>,
    /// Only these.
    among: Option<&'q BTreeSet<SessionId>>,
    /// Only those of this person.
    of: Option<PersonKey>,
    limit: usize,
}

/// What a session is ordered by: how much it is worth watching, how long it lasted or how many errors
/// it had, where one of these matters, and its start; by chance where a sample is drawn.
type Rank = (i64, i64);

/// Session and person.
type Ids = (u128, u128);

/// Rank, then session and person to tell equal ones apart: the last kept is on top.
type Heap = BinaryHeap<Reverse<(Rank, Reverse<Ids>, Option<Reason>)>>;

#[derive(Default)]
struct Work {
    table: SessionTable,
    heap: Heap,
    sessions: u64,
    left_out: u64,
}

impl First<'_> {
    fn rank(&self, table: &SessionTable, slot: usize, session: u128) -> Rank {
        let state = &table.states[slot];
        if self.order == SessionOrder::Representative {
            return (drawn(session), 0);
        }
        let first = match (self.order, table.signals(slot)) {
            (SessionOrder::WorthWatching, Some(signals)) => signals.worth(state.engaged_ms),
            (SessionOrder::Longest, _) => state.end_ms - state.start_ms,
            (SessionOrder::MostErrors, _) => i64::from(state.errors),
            _ => 0,
        };
        (first, state.start_ms)
    }

    /// True when enough sessions before it are kept.
    fn is_too_late(&self, heap: &Heap, rank: Rank) -> bool {
        let last = heap.peek().map(|Reverse((rank, _, _))| *rank);
        heap.len() == self.limit && last.is_none_or(|last| rank < last)
    }

    fn keep(&self, heap: &mut Heap, session: (Rank, Reverse<Ids>, Option<Reason>)) {
        heap.push(Reverse(session));
        if heap.len() > self.limit {
            heap.pop();
        }
    }
}

impl Fold for First<'_> {
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
        if self.of.is_some_and(|of| of.0 != person) {
            return;
        }
        work.table.fill(person, timeline, self.plan);
        for slot in 0..work.table.states.len() {
            let state = &work.table.states[slot];
            if !state.counts_in(self.period) {
                continue;
            }
            let session = state.session(timeline.runs);
            if self
                .among
                .is_some_and(|among| !among.contains(&SessionId(session)))
            {
                continue;
            }
            work.sessions += 1;
            let rank = self.rank(&work.table, slot, session);
            if self.is_too_late(&work.heap, rank) {
                continue;
            }
            let ids = (session, person);
            let found = |reasons: &Reasons<'_>| reasons.find((&work.table, slot), timeline);
            let reason = self.reasons.as_ref().and_then(found);
            self.keep(&mut work.heap, (rank, Reverse(ids), reason));
        }
        work.left_out += timeline.left_out_in(self.period);
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.sessions += from.sessions;
        into.left_out += from.left_out;
        for Reverse(session) in from.heap {
            self.keep(&mut into.heap, session);
        }
    }
}

/// A number by chance that is always the same for a session.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "any bits will do"
)]
fn drawn(session: u128) -> i64 {
    // Half of SplitMix64's finaliser: ids that were counted up are spread as well.
    let mixed = (session ^ (session >> 64)) as u64;
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ (mixed >> 27)) as i64
}

pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let list = query.question.sessions.as_ref();
    let of_recordings = |list: &SessionList| match (list.recordings, list.marked.is_empty()) {
        (Some(_), _) => Some("sessions.recordings"),
        (None, false) => Some("sessions.marked"),
        (None, true) => None,
    };
    if let (Some(field), None) = (list.and_then(of_recordings), query.among) {
        let why = "which sessions are recorded is known where the recordings are; ask the server";
        return Err(AskError::Contradiction { why }.at(field));
    }
    let order = list.map(|list| list.order).unwrap_or_default();
    let rows = match order {
        SessionOrder::Representative => query.question.limit.unwrap_or(REPRESENTATIVES),
        _ => query.question.limit.unwrap_or(ROWS),
    };
    let mut wanted = query.wanted();
    let lanes = list.map(|_| ReasonLanes::want(&mut wanted.needs));
    if order == SessionOrder::WorthWatching {
        wanted.plan.want_signals(&mut wanted.needs);
    }
    let prepared = query.prepare(wanted)?;
    let (period, margin_ms) = (query.period(), query.margin_ms);
    let reasons = |lanes| {
        Reasons::of(
            &prepared.plan,
            (&query.filters, lanes),
            query.measurements(),
        )
    };
    let first = First {
        period,
        plan: &prepared.plan,
        order,
        reasons: lanes.map(reasons),
        among: query.among,
        of: list.and_then(|list| list.person),
        limit: match order {
            SessionOrder::Representative => limits::REPRESENTED_SESSIONS,
            _ => rows as usize,
        },
    };
    let folded = query.fold(&prepared, (period, margin_ms), &first)?;
    let work = folded.result;
    let kept: HashMap<Ids, Option<Reason>> = work
        .heap
        .into_iter()
        .map(|Reverse((_, Reverse(ids), reason))| (ids, reason))
        .collect();
    let chosen = kept.keys().map(|&(session, person)| (person, session));
    let (mut sessions, rows_read, mut missing) = listed(query, order, chosen.collect())?;
    missing.extend_from_slice(&prepared.columns.missing);
    missing.sort_unstable();
    missing.dedup();

    let mut answer = query.answer(Scanned {
        rows: folded.rows_scanned + rows_read,
        left_out: work.left_out,
        missing: &missing,
    });
    answer.rows_total = work.sessions;
    answer.columns = columns();
    if lanes.is_some() {
        answer.columns.extend(columns_of_signals());
    }
    if order == SessionOrder::Representative {
        sessions = standing_for_all(sessions, rows as usize, work.sessions);
        answer.columns.push(column("stands_for", Unit::Count));
    }
    let cells = |one: Listed| {
        let reason = kept[&(one.facts.session.0, one.facts.person.0)];
        let mut cells = row(one.facts);
        if let (Some(lanes), Some(signals)) = (lanes, &one.signals) {
            cells.extend(row_of_signals(
                signals,
                one.worth,
                (one.strongest, &one.page),
            ));
            cells.extend(row_of_reason(reason, (lanes, &prepared.columns)));
        }
        cells.extend(one.stands_for.map(|count| Cell::Count(count as i64)));
        cells
    };
    answer.rows = sessions.into_iter().map(cells).collect();
    Ok(answer)
}

/// All sessions that a question of kind `sessions` counts, whatever its limit.
///
/// # Errors
/// As [`crate::ask`].
pub fn counted_sessions(
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    among: Option<&BTreeSet<SessionId>>,
    meter: &dyn Meter,
) -> Result<BTreeSet<SessionId>, AskError> {
    let query = Query::new(snapshot, asked, meter)?;
    let prepared = query.prepare(query.wanted())?;
    let all = First {
        period: query.period(),
        plan: &prepared.plan,
        order: SessionOrder::Newest,
        reasons: None,
        among,
        of: query
            .question
            .sessions
            .as_ref()
            .and_then(|list| list.person),
        limit: usize::MAX,
    };
    let folded = query.fold(&prepared, (query.period(), query.margin_ms), &all)?;
    let kept = folded.result.heap.into_iter();
    Ok(kept
        .map(|Reverse((_, Reverse((session, _)), _))| SessionId(session))
        .collect())
}

/// A session with its facts and, where they are wanted, its signals.
struct Listed {
    facts: SessionFacts,
    signals: Option<Signals>,
    worth: i64,
    strongest: Option<(Signal, Noted)>,
    /// The page of the strongest signal.
    page: String,
    /// How many sessions it represents, where that was asked.
    stands_for: Option<u64>,
}

/// The few that represent a sample of all.
fn standing_for_all(sessions: Vec<Listed>, most: usize, total: u64) -> Vec<Listed> {
    let mut words = Words::default();
    let traits: Vec<_> = sessions
        .iter()
        .map(|one| {
            let signal = one.strongest.map_or("", |(signal, _)| signal.name());
            words.traits(&one.facts, signal)
        })
        .collect();
    let mut sessions: Vec<Option<Listed>> = sessions.into_iter().map(Some).collect();
    representatives(&traits, most, total)
        .into_iter()
        .filter_map(|(place, count)| {
            let one = sessions[place].take()?;
            Some(Listed {
                stands_for: Some(count),
                ..one
            })
        })
        .collect()
}

/// Sessions, given as (person, session), in order, how many rows were read, and the runs that lack
/// a column of their facts.
fn listed(
    query: &Query<'_>,
    order: SessionOrder,
    mut chosen: Vec<(u128, u128)>,
) -> Result<(Vec<Listed>, u64, Vec<String>), AskError> {
    chosen.sort_unstable();
    let mut persons: Vec<u128> = chosen.iter().map(|(person, _)| *person).collect();
    persons.dedup();
    let mut wanted = query.wanted();
    wanted.plan = listing::plan(&mut wanted.needs);
    if query.question.sessions.is_some() {
        wanted.plan.want_signals(&mut wanted.needs);
    }
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
        as_sorted: None,
        meter: query.meter,
    };
    let folded = fold(
        &scope,
        &Listing {
            plan: &prepared.plan,
            chosen: &chosen,
        },
    )?;
    let page = prepared.plan.signals.map(|plan| plan.page);
    let list = query.question.sessions.as_ref();
    let named = list.map_or(&[][..], |list| &list.signals);
    let one = |found: listing::Found| {
        let strongest = found
            .signals
            .as_ref()
            .and_then(|signals| signals.strongest(named));
        let of_page = page.zip(strongest).map(|(lane, (_, noted))| {
            let pages = &prepared.columns.dictionaries[lane];
            pages.text(noted.page).to_owned()
        });
        Listed {
            facts: found.facts(&prepared.plan, &prepared.columns),
            worth: found
                .signals
                .as_ref()
                .map_or(0, |signals| signals.worth(found.state.engaged_ms)),
            strongest,
            page: of_page.unwrap_or_default(),
            signals: found.signals,
            stands_for: None,
        }
    };
    let mut sessions: Vec<Listed> = folded.result.1.into_iter().map(one).collect();
    sessions.sort_unstable_by_key(|one| {
        let facts = &one.facts;
        let first = match order {
            SessionOrder::WorthWatching => one.worth,
            SessionOrder::Longest => facts.ended_ms - facts.started_ms,
            SessionOrder::MostErrors => i64::from(facts.errors),
            SessionOrder::Newest | SessionOrder::Representative => 0,
        };
        (
            Reverse((first, facts.started_ms)),
            facts.session,
            facts.person,
        )
    });
    Ok((sessions, folded.rows_scanned, prepared.columns.missing))
}

/// What is added where the question says how to list sessions.
fn columns_of_signals() -> impl Iterator<Item = Column> {
    const COLUMNS: [(&str, Unit); 16] = [
        ("dead_clicks", Unit::Count),
        ("error_clicks", Unit::Count),
        ("thrashes", Unit::Count),
        ("u_turns", Unit::Count),
        ("slow_pages", Unit::Count),
        ("worth", Unit::Count),
        ("signal", Unit::Text),
        ("signal_count", Unit::Count),
        ("signal_at", Unit::TimeMs),
        ("signal_page", Unit::Text),
        ("signal_alike", Unit::Boolean),
        ("matched_event", Unit::Text),
        ("matched_count", Unit::Count),
        ("matched_at", Unit::TimeMs),
        ("matched_page", Unit::Text),
        ("matched_alike", Unit::Boolean),
    ];
    COLUMNS.into_iter().map(|(name, unit)| column(name, unit))
}

/// The first cells of [`columns_of_signals`].
fn row_of_signals(
    signals: &Signals,
    worth: i64,
    (strongest, page): (Option<(Signal, Noted)>, &str),
) -> Vec<Cell> {
    let shown = [
        Signal::DeadClick,
        Signal::ErrorClick,
        Signal::Thrash,
        Signal::UTurn,
        Signal::SlowPage,
    ];
    let mut cells: Vec<Cell> = shown
        .map(|signal| Cell::Count(i64::from(signals.of(signal).count)))
        .to_vec();
    cells.push(Cell::Count(worth));
    match strongest {
        Some((signal, noted)) => cells.extend([
            Cell::Text(signal.name().to_owned()),
            Cell::Count(i64::from(noted.count)),
            Cell::Count(noted.first_ms),
            Cell::Text(page.to_owned()),
            Cell::Boolean(!noted.elsewhere),
        ]),
        None => cells.extend(nothing()),
    }
    cells
}

/// The last cells of [`columns_of_signals`].
fn row_of_reason(
    reason: Option<Reason>,
    (lanes, columns): (ReasonLanes, &Columns<'_>),
) -> [Cell; 5] {
    let Some(reason) = reason else {
        return nothing();
    };
    let (name, page, first_ms) = lanes.words(reason, columns);
    [
        Cell::Text(name),
        Cell::Count(i64::from(reason.events)),
        Cell::Count(first_ms),
        Cell::Text(page),
        Cell::Boolean(reason.alike),
    ]
}

/// What is said of an event that there is not.
fn nothing() -> [Cell; 5] {
    [
        Cell::Text(String::new()),
        Cell::Count(0),
        Cell::MISSING,
        Cell::Text(String::new()),
        Cell::Boolean(false),
    ]
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
