//! Events, snapshots and random numbers for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::{
    Answer, Cell, Context, Event, Mode, Origin, Page, Period, PersonKey, Question, QuestionKind,
    Sender, SessionId, SiteId, Value, VisitorId, WindowId,
};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Snapshot, StoredEvent};

use crate::{AskError, Asked, Meter, ask};

/// SplitMix64: small, seeded, good enough to vary tests.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xd134_2543_de82_ef95))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }

    pub fn id(&mut self) -> u128 {
        (u128::from(self.next()) << 64) | u128::from(self.next())
    }
}

/// A meter with a number of threads.
pub struct Threads(pub usize);

impl Meter for Threads {
    fn cancelled(&self) -> bool {
        false
    }

    fn elapsed_us(&self) -> u64 {
        0
    }

    fn threads(&self) -> usize {
        self.0
    }
}

/// An event of a person with one visitor and one session of the same number.
pub fn event(person: u128, time_ms: i64, name: &str, path: &str) -> StoredEvent {
    StoredEvent {
        received_at_ms: time_ms,
        origin: Origin::Browser,
        person: PersonKey(person),
        sender: Sender {
            visitor: VisitorId(person),
            session: SessionId(person),
            window: WindowId(person),
            mode: Mode::Persistent,
            context: Context::default(),
        },
        event: Event {
            sender: 0,
            name: name.to_owned(),
            time_ms,
            sequence: (time_ms % 1_000_000_000) as u32,
            external: None,
            page: Page {
                path: path.to_owned(),
                ..Page::default()
            },
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: String::new(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties: BTreeMap::new(),
        },
    }
}

/// The same with engaged time.
pub fn page_leave(person: u128, time_ms: i64, path: &str, engaged_ms: u32) -> StoredEvent {
    let mut stored = event(person, time_ms, "page_leave", path);
    let engaged = Value::Number(f64::from(engaged_ms));
    stored
        .event
        .properties
        .insert("engaged_ms".to_owned(), engaged);
    stored
}

/// A snapshot with one run per shard.
pub fn snapshot(events: &[StoredEvent]) -> Snapshot {
    let mut shards: BTreeMap<u16, Vec<StoredEvent>> = BTreeMap::new();
    for event in events {
        shards
            .entry(shard_of(event.person))
            .or_default()
            .push(event.clone());
    }
    let runs = shards
        .into_iter()
        .map(|(shard, rows)| Arc::new(Run::from_rows(shard, rows)));
    Snapshot::of_runs(SiteId(1), runs.collect())
}

/// A question without anything but its kind and period.
pub fn question(kind: QuestionKind, period: Period) -> Question {
    Question::new(kind, period)
}

pub fn span(from_ms: i64, to_ms: i64) -> Period {
    Period::Span { from_ms, to_ms }
}

pub fn days(from: &str, to: &str) -> Period {
    Period::Days {
        from: from.to_owned(),
        to: to.to_owned(),
    }
}

/// Asks with UTC as the site's zone.
pub fn answer(snapshot: &Snapshot, question: &Question, now_ms: i64) -> Result<Answer, AskError> {
    let asked = Asked {
        question,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms,
    };
    ask(snapshot, &asked, &Threads(2))
}

/// UTC milliseconds of a time like `2026-03-29T01:00:00Z`.
pub fn ms(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

/// Cells as a person would write them.
pub fn words(cells: &[Cell]) -> String {
    let word = |cell: &Cell| match cell {
        Cell::Count(count) => count.to_string(),
        Cell::Number(number) => format!("{number}"),
        Cell::Boolean(boolean) => boolean.to_string(),
        Cell::Text(text) => format!("{text:?}"),
        Cell::Missing(_) => "-".to_owned(),
    };
    cells.iter().map(word).collect::<Vec<_>>().join(" ")
}
