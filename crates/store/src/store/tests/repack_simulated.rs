//! Repacking, tidying and erasing on a disk that loses what was not synced, fails at any call and
//! fills up: what was acknowledged can be read after each crash, the same as it came, and nothing is
//! left that nobody names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hitmetrix_model::{SessionId, VisitorId};

use super::repacking::{chunk, moves, page, sheet, span};
use super::world::{SITE, World};
use crate::disk::simulated::{Faults, Seeded, SimulatedDisk};
use crate::lanes::samples::MONDAY_MS;
use crate::store::{Store, StoreConfig};

const SESSIONS: u128 = 6;

struct Run {
    world: World,
    disk: SimulatedDisk,
    store: Store,
    /// Lines of what was acknowledged and not erased, by session and sequence.
    expected: BTreeMap<(u128, u32), Vec<u8>>,
    next: BTreeMap<u128, u32>,
}

impl Run {
    async fn begin(seed: u64) -> Self {
        let world = World::new();
        let disk = SimulatedDisk::new(seed);
        let store = Store::open(config(&world, &disk)).await.unwrap();
        Self {
            world,
            disk,
            store,
            expected: BTreeMap::new(),
            next: BTreeMap::new(),
        }
    }

    async fn send(&mut self, session: u128) {
        let sequence = self.next.entry(session).or_default();
        let at_ms = MONDAY_MS + i64::from(*sequence);
        let lines = match *sequence % 4 {
            0 => page(&sheet("red"), &format!("session {session}"), at_ms),
            _ => moves(at_ms, 3),
        };
        let mut chunk = chunk(session, (session + 100, *sequence), lines);
        chunk.facts.path = "/".to_owned();
        let lines = chunk.bytes.clone();
        self.store.append_chunk(chunk).await.unwrap();
        self.expected.insert((session, *sequence), lines);
        *sequence += 1;
    }

    /// Some calls from now on fail, or the disk is nearly full.
    fn hurt(&self, random: &mut Seeded) {
        let calls = self.disk.calls();
        let mut soon = |done: u64| match random.once_in(3) {
            true => BTreeSet::from([done + random.below(12)]),
            false => BTreeSet::new(),
        };
        let mut faults = Faults {
            writes: soon(calls.writes),
            syncs: soon(calls.syncs),
            dir_syncs: soon(calls.dir_syncs),
            creates: soon(calls.creates),
            ..Faults::default()
        };
        if random.once_in(6) {
            let room = usize::try_from(random.below(4000)).unwrap();
            faults.capacity = Some(self.disk.used_bytes() + room);
        }
        self.disk.set_faults(faults);
    }

    /// Everything is as it was sent.
    async fn check(&self, what: &str) {
        for ((session, sequence), lines) in &self.expected {
            let one = span(*session, session + 100, (*sequence, *sequence));
            let found = self.store.chunk(SITE, one).await;
            let found =
                found.unwrap_or_else(|error| panic!("{what}: {session} {sequence}: {error}"));
            assert_eq!(found.as_ref(), Some(lines), "{what}: {session} {sequence}");
        }
    }

    /// The power fails, and the store is opened again.
    async fn crash(self) -> Self {
        drop(self.store);
        self.disk.crash();
        let store = Store::open(config(&self.world, &self.disk)).await.unwrap();
        Self { store, ..self }
    }

    /// No pack is there that the catalog does not name.
    async fn no_orphans(&self, what: &str) {
        let named = self.store.inner.catalog.packs().await.unwrap();
        let folder = self.world.data().join("recordings");
        let there: Vec<String> = self
            .disk
            .files()
            .into_keys()
            .filter_map(|path| Some(path.strip_prefix(&folder).ok()?.to_str()?.to_owned()))
            .collect();
        assert_eq!(there, named, "{what}");
    }
}

fn config(world: &World, disk: &SimulatedDisk) -> StoreConfig {
    StoreConfig {
        disk: Arc::new(disk.clone()),
        ..world.config()
    }
}

async fn simulate(seed: u64) -> u64 {
    let random = &mut Seeded::new(seed);
    let mut run = Run::begin(seed).await;
    let mut failed = 0;
    for step in 0..16 {
        let what = format!("seed {seed}, step {step}");
        for _ in 0..random.below(8) {
            run.send(1 + u128::from(random.below(SESSIONS as u64)))
                .await;
        }
        run.store.seal().await.unwrap();
        if random.once_in(2) {
            run.hurt(random);
        }
        let store = &run.store;
        let outcome = match random.below(8) {
            0 => store.tidy_recordings(SITE).await.map(drop),
            1 => {
                let session = 1 + u128::from(random.below(SESSIONS as u64));
                let visitor = VisitorId(session);
                let erased = store.erase_recordings(SITE, &[visitor]).await.map(drop);
                // Whether it says so or not: what was begun is done, at the next start at last.
                run.disk.set_faults(Faults::default());
                if erased.is_err() {
                    run = run.crash().await;
                    run.store.erase_recordings(SITE, &[visitor]).await.unwrap();
                }
                run.expected.retain(|key, _| key.0 != session);
                let gone = run.store.recording(SITE, SessionId(session)).await.unwrap();
                assert!(gone.is_none(), "{what}");
                erased
            }
            _ => store.repack(SITE, 0).await.map(drop),
        };
        run.disk.set_faults(Faults::default());
        failed += u64::from(outcome.is_err());
        run.check(&what).await;
        if random.once_in(4) {
            run = run.crash().await;
            run.check(&format!("{what}, after a crash")).await;
            run.no_orphans(&what).await;
        }
    }
    // In the end all is in order.
    let run = run.crash().await;
    run.store.repack(SITE, 0).await.unwrap();
    run.store.tidy_recordings(SITE).await.unwrap();
    run.check("at the end").await;
    run.no_orphans("at the end").await;
    assert_eq!(run.store.doctor().await, [], "seed {seed}");
    failed
}

#[tokio::test]
async fn recordings_survive_any_fault_while_they_are_repacked() {
    let mut failed = 0;
    for seed in 0..6 {
        failed += simulate(seed).await;
    }
    assert!(failed > 5, "the faults hit something: {failed}");
}
