//! A data folder, a clock that stands, random bytes from a seed, and ways to look at a store.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use hitmetrix_model::{Batch, Dimension, Event, IdentityChange, Origin, SiteId, VisitorId};

use crate::lanes::samples::{MONDAY_MS, event};
use crate::lanes::shard_of;
use crate::store::{Store, StoreConfig};
use crate::{Clock, Randomness, Snapshot, StoredEvent};

pub(super) const SITE: SiteId = SiteId(1);
pub(super) const DAY_MS: i64 = 24 * 3600 * 1000;

pub(super) struct TestClock(pub(super) AtomicI64);

impl Clock for TestClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// SplitMix64.
pub(super) struct TestRandomness(pub(super) AtomicU64);

impl Randomness for TestRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^= mixed >> 31;
            chunk.copy_from_slice(&mixed.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A folder in which stores are opened one after the other.
pub(super) struct World {
    pub(super) folder: tempfile::TempDir,
    pub(super) clock: Arc<TestClock>,
    pub(super) randomness: Arc<TestRandomness>,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Arc::new(TestClock(AtomicI64::new(MONDAY_MS + 3 * DAY_MS))),
            randomness: Arc::new(TestRandomness(AtomicU64::new(1))),
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn config(&self) -> StoreConfig {
        let clock: Arc<dyn Clock> = self.clock.clone();
        StoreConfig::new(self.data(), clock, self.randomness.clone())
    }

    pub(super) async fn open(&self) -> Store {
        Store::open(self.config()).await.unwrap()
    }

    /// Opens without a clean end before: what a killed process leaves.
    pub(super) async fn reopen(&self, store: Store) -> Store {
        drop(store);
        self.open().await
    }
}

/// Some page views of a visitor in one window, with sequences `from..to`.
pub(super) fn batch(visitor: u128, window: u128, sequences: std::ops::Range<u32>) -> Batch {
    let rows: Vec<StoredEvent> = sequences
        .map(|sequence| {
            let time_ms = MONDAY_MS
                + (visitor as i64 * 37 % 16) * DAY_MS
                + (window as i64 % 1000) * 60_000
                + i64::from(sequence) * 1000;
            event(visitor, time_ms, window, sequence)
        })
        .collect();
    Batch {
        site: SITE,
        received_at_ms: MONDAY_MS + 3 * DAY_MS,
        origin: Origin::Browser,
        senders: vec![rows[0].sender.clone()],
        events: rows
            .into_iter()
            .map(|row| Event {
                sender: 0,
                ..row.event
            })
            .collect(),
        identities: Vec::new(),
        lost: 0,
    }
}

pub(super) fn identify(visitor: u128, user: &str) -> IdentityChange {
    IdentityChange::Identify {
        visitor: VisitorId(visitor),
        user: user.to_owned(),
        time_ms: MONDAY_MS,
        unverified: true,
    }
}

/// Every row that the runs of a snapshot tell, under the person after the moves, sorted. Checks
/// on the way that runs keep their promises.
pub(super) fn rows_of(snapshot: &Snapshot) -> Vec<String> {
    assert!(snapshot.missing.is_empty(), "{:?}", snapshot.missing);
    let mut rows = Vec::new();
    for (index, run) in snapshot.runs.iter().enumerate() {
        let moves: BTreeMap<(u128, u128), u128> = snapshot
            .moves(index)
            .iter()
            .map(|moved| ((moved.visitor.0, moved.from.0), moved.to.0))
            .collect();
        assert!(run.persons().is_sorted());
        for (person, span) in run.persons().iter().zip(run.offsets().windows(2)) {
            assert_eq!(shard_of(hitmetrix_model::PersonKey(*person)), run.shard());
            let mut last = None;
            for row in span[0] as usize..span[1] as usize {
                let key = (
                    run.times()[row],
                    run.windows().unwrap().get(row),
                    run.sequences().unwrap()[row],
                );
                assert!(last <= Some(key));
                last = Some(key);
                let visitor = run.visitors().unwrap().get(row);
                let person = moves.get(&(visitor, *person)).unwrap_or(person);
                assert_eq!(*person, snapshot.person_of_visitor(VisitorId(visitor)).0);
                rows.push(format!(
                    "{person} {visitor} {} {} {} {} {} {} {}",
                    run.start_ms() + i64::from(run.times()[row]),
                    run.windows().unwrap().get(row),
                    run.sequences().unwrap()[row],
                    run.sessions().unwrap().get(row),
                    run.engaged_ms().unwrap()[row],
                    run.column(Dimension::Page).unwrap().get(row),
                    run.column(Dimension::Country).unwrap().get(row),
                ));
            }
        }
    }
    rows.sort();
    rows
}

/// The same rows from the whole events.
pub(super) fn exported(store: &Store, snapshot: &Snapshot) -> Vec<String> {
    let mut rows = Vec::new();
    store
        .export(snapshot, &mut |row| {
            let run = crate::lanes::Run::from_rows(0, vec![row.clone()]);
            rows.push(format!(
                "{} {} {} {} {} {} {} {} {}",
                row.person.0,
                row.sender.visitor.0,
                row.event.time_ms,
                row.sender.window.0,
                row.event.sequence,
                row.sender.session.0,
                run.engaged_ms().unwrap()[0],
                row.event.page.path,
                row.sender.context.country,
            ));
            ControlFlow::Continue(())
        })
        .unwrap();
    rows.sort();
    rows
}

/// What a site holds, seen both ways.
pub(super) fn seen(store: &Store) -> Vec<String> {
    let snapshot = store.snapshot(SITE).unwrap();
    let rows = rows_of(&snapshot);
    assert_eq!(exported(store, &snapshot), rows);
    rows
}
