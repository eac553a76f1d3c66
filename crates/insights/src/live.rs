//! The live view: who is there now, on which page, and what happened last.
//!
//! It is a fold like the others, over the few persons with a recent event; bots are left out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hitmetrix_model::{Bots, Dimension, PersonKey, SessionId, VisitorId, limits};
use hitmetrix_store::Snapshot;
use serde::Serialize;

use crate::columns::{Column, Columns, EventRules, Needs, prepare};
use crate::engine::{Fold, Order, Rows, Scope, fold};
use crate::listing::{self, Found};
use crate::names::Kind;
use crate::query::Unmetered;
use crate::session::{NO_SESSION, SessionPlan, SessionTable};
use crate::timeline::Timeline;

/// A session with an event in the last five minutes is there now.
const THERE_MS: i64 = 5 * 60 * 1000;
/// How far back the last events go.
const RECENT_MS: i64 = 30 * 60 * 1000;
/// How many of them there are at most.
const RECENT_EVENTS: usize = 100;
/// How far back the facts of a session that is there are looked for.
const SESSION_MS: i64 = 24 * 3600 * 1000;

/// The live view of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Live {
    /// The time it shows, UTC, milliseconds since the epoch.
    pub now_ms: i64,
    /// What it was made from.
    pub data_version: String,
    /// Different persons with an event in the last five minutes.
    pub people_now: u64,
    /// Their sessions, the latest event first.
    pub sessions: Vec<LiveSession>,
    /// At most 100 events of the last 30 minutes, newest first, without measurements.
    pub recent: Vec<RecentEvent>,
}

/// A session that is there now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LiveSession {
    /// Its id.
    #[schema(value_type = String)]
    pub session: SessionId,
    /// The browser or device.
    #[schema(value_type = String)]
    pub visitor: VisitorId,
    /// The human.
    #[schema(value_type = String)]
    pub person: PersonKey,
    /// Path of the page it is on.
    pub page: String,
    /// Title of that page.
    pub title: String,
    /// Country code.
    pub country: String,
    /// Browser family.
    pub browser: String,
    /// Operating system.
    pub system: String,
    /// Kind of device.
    pub device: String,
    /// Channel of the arrival.
    pub channel: String,
    /// Source of the arrival.
    pub source: String,
    /// Time of the first event.
    pub started_ms: i64,
    /// Time of the last event.
    pub last_ms: i64,
    /// `pageview` events.
    pub pageviews: u32,
    /// Events but measurements.
    pub events: u32,
}

/// One of the last events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RecentEvent {
    /// UTC, milliseconds since the epoch.
    pub time_ms: i64,
    /// Its name.
    pub name: String,
    /// Path of the page.
    pub page: String,
    /// Its session.
    #[schema(value_type = String)]
    pub session: SessionId,
    /// Words that say more: the title of the page; the server adds what was clicked.
    pub text: String,
}

/// An event by (time, run, row), the oldest on top.
type Recent = BinaryHeap<Reverse<(i64, u32, u32)>>;

#[derive(Default)]
struct Work {
    table: SessionTable,
    people: u64,
    found: Vec<Found>,
    recent: Recent,
}

struct LiveFold<'q> {
    plan: &'q SessionPlan,
    now_ms: i64,
}

impl Fold for LiveFold<'_> {
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
        let before = work.found.len();
        for slot in 0..work.table.states.len() {
            if work.table.states[slot].end_ms > self.now_ms - THERE_MS {
                work.found
                    .push(Found::new(person, slot, &work.table, self.plan));
            }
        }
        work.people += u64::from(work.found.len() > before);
        for ((run, row), &slot) in timeline.rows().zip(&work.table.slot_of_event) {
            let of = &timeline.runs[run as usize];
            let time_ms = of.time_ms(row as usize);
            let shown = slot != NO_SESSION
                && time_ms > self.now_ms - RECENT_MS
                && of.kind(row as usize) != Kind::Measurement;
            if shown {
                keep(&mut work.recent, (time_ms, run, row));
            }
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.people += from.people;
        into.found.extend(from.found);
        for Reverse(event) in from.recent {
            keep(&mut into.recent, event);
        }
    }
}

fn keep(recent: &mut Recent, event: (i64, u32, u32)) {
    recent.push(Reverse(event));
    if recent.len() > RECENT_EVENTS {
        recent.pop();
    }
}

/// Who is there now. Quick: only persons with an event of the last 30 minutes are looked at.
#[must_use]
pub fn live(snapshot: &Snapshot, now_ms: i64) -> Live {
    let mut needs = Needs::default();
    let mut plan = listing::plan(&mut needs);
    let lanes = [Dimension::Event, Dimension::Page, Dimension::Title]
        .map(|dimension| needs.lane(Column::Dimension(dimension)));
    let span_ms = (now_ms - SESSION_MS, now_ms + limits::EVENT_AHEAD_MS + 1);
    let rules = EventRules::of_bots(Bots::Exclude);
    let mut columns = prepare((snapshot, &Unmetered), span_ms, &needs, &rules)
        .expect("nobody stops an unmetered fold");
    plan.compile_facts(&mut columns.dictionaries);
    let persons = recent_persons(snapshot, &columns, now_ms - RECENT_MS);
    let scope = Scope {
        snapshot,
        runs: &columns.runs,
        span_ms,
        only: Some(&persons),
        as_sorted: None,
        meter: &Unmetered,
    };
    let folded = fold(
        &scope,
        &LiveFold {
            plan: &plan,
            now_ms,
        },
    );
    let work = folded.expect("nobody stops an unmetered fold").result;
    let text = |lane: usize, (run, row): (u32, u32)| {
        let code = columns.runs[run as usize].lanes[lane].get(row as usize);
        columns.dictionaries[lane].text(code).to_owned()
    };
    let [name, page, title] = lanes;
    let session = |found: &Found| {
        let facts = found.facts(&plan, &columns);
        LiveSession {
            session: facts.session,
            visitor: facts.visitor,
            person: facts.person,
            page: text(page, found.state.page_at),
            title: text(title, found.state.page_at),
            country: facts.country,
            browser: facts.browser,
            system: facts.system,
            device: facts.device,
            channel: facts.channel,
            source: facts.source,
            started_ms: facts.started_ms,
            last_ms: facts.ended_ms,
            pageviews: facts.pageviews,
            events: facts.events,
        }
    };
    let mut sessions: Vec<LiveSession> = work.found.iter().map(session).collect();
    sessions.sort_unstable_by_key(|one| (Reverse(one.last_ms), one.session));
    let event = |Reverse((time_ms, run, row)): Reverse<(i64, u32, u32)>| RecentEvent {
        time_ms,
        name: text(name, (run, row)),
        page: text(page, (run, row)),
        session: SessionId(columns.runs[run as usize].sessions.get(row as usize)),
        text: text(title, (run, row)),
    };
    let recent = work
        .recent
        .into_sorted_vec()
        .into_iter()
        .map(event)
        .collect();
    let data_version = snapshot.version.to_string();
    Live {
        now_ms,
        data_version,
        people_now: work.people,
        sessions,
        recent,
    }
}

/// Persons whose last event in some run is later than a time, and all who moved; ascending.
fn recent_persons(snapshot: &Snapshot, columns: &Columns<'_>, after_ms: i64) -> Vec<u128> {
    let mut persons = Vec::new();
    for run in columns.runs.iter().filter(|run| run.span_ms.1 > after_ms) {
        for (person, end) in run.persons.iter().zip(&run.offsets[1..]) {
            if run.time_ms(*end as usize - 1) > after_ms {
                persons.push(*person);
            }
        }
        persons.extend(snapshot.moves(run.index).iter().map(|one| one.to.0));
    }
    persons.sort_unstable();
    persons.dedup();
    persons
}
