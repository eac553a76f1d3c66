//! Random runs of clients that retry, seals, faults and crashes. What was acknowledged is
//! counted, nothing is counted twice, nothing is made up. A failing seed is printed.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::disk::simulated::{Faults, Seeded};

/// What was sent and what became of it, as the clients know it.
#[derive(Default)]
struct Ledger {
    acknowledged: BTreeSet<Id>,
    sent: BTreeSet<Id>,
    batches: Vec<Batch>,
    chunks: Vec<ChunkFacts>,
    next_sequence: BTreeMap<u128, u32>,
    next_external: u128,
    /// Pieces that were acknowledged: window, which one. Each window sends one set.
    pieces: BTreeSet<(u128, u16)>,
}

const PIECES: u16 = 4;
/// Windows that send pieces, apart from the others.
const PIECE_WINDOWS: std::ops::Range<u128> = 100..103;

impl Ledger {
    /// A new batch, or one that was sent before, whole or in part.
    fn batch(&mut self, random: &mut Seeded) -> Batch {
        if !self.batches.is_empty() && random.once_in(3) {
            let at = usize::try_from(random.below(self.batches.len() as u64)).unwrap();
            let mut again = self.batches[at].clone();
            if random.once_in(3) {
                let from = usize::try_from(random.below(again.events.len() as u64)).unwrap();
                again.events.drain(..from);
            }
            return again;
        }
        let count = u32::try_from(random.below(12)).unwrap() + 1;
        let new = if random.once_in(4) {
            let from = self.next_external;
            self.next_external += u128::from(count);
            external_batch(from..self.next_external)
        } else {
            let window = u128::from(random.below(5));
            let from = self.next_sequence.entry(window).or_default();
            // Sometimes out of order: the hole is filled later or never.
            *from += u32::from(random.once_in(5));
            let sequences = *from..*from + count;
            *from += count;
            batch(window, sequences)
        };
        self.sent.extend(batch_ids(&new));
        self.batches.push(new.clone());
        new
    }

    fn chunk(&mut self, random: &mut Seeded) -> ChunkFacts {
        if !self.chunks.is_empty() && random.once_in(3) {
            let at = usize::try_from(random.below(self.chunks.len() as u64)).unwrap();
            return self.chunks[at].clone();
        }
        let new = facts(
            u128::from(random.below(5)),
            u32::try_from(self.chunks.len()).unwrap(),
        );
        self.sent.insert(Id::Chunk(new.window.0, new.sequence));
        self.chunks.push(new.clone());
        new
    }
}

fn random_faults(random: &mut Seeded, disk: &SimulatedDisk) -> Faults {
    let calls = disk.calls();
    let mut faults = Faults::default();
    let soon = |random: &mut Seeded, done: u64| -> BTreeSet<u64> {
        (0..random.below(3))
            .map(|_| done + random.below(12))
            .collect()
    };
    faults.writes = soon(random, calls.writes);
    faults.syncs = soon(random, calls.syncs);
    if random.once_in(3) {
        faults.dir_syncs = soon(random, calls.dir_syncs);
        faults.creates = soon(random, calls.creates);
        faults.truncations = soon(random, calls.truncations);
    }
    if random.once_in(4) {
        let room = usize::try_from(random.below(6000)).unwrap();
        faults.capacity = Some(disk.used_bytes() + room);
    }
    faults
}

/// One group of requests; what was acknowledged must be visible at once.
fn group(run: &mut Run, ledger: &mut Ledger, random: &mut Seeded) {
    let mut entries = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..=random.below(4) {
        if random.once_in(4) {
            let facts = ledger.chunk(random);
            ids.push(vec![Id::Chunk(facts.window.0, facts.sequence)]);
            let length = usize::try_from(random.below(900)).unwrap();
            entries.push(chunk_entry(facts, &vec![7; length]));
        } else {
            let batch = ledger.batch(random);
            ids.push(batch_ids(&batch));
            entries.push(entry(batch));
        }
    }
    let sent_piece = random.once_in(3).then(|| {
        let window = PIECE_WINDOWS.start + u128::from(random.below(3));
        (
            window,
            u16::try_from(random.below(u64::from(PIECES))).unwrap(),
        )
    });
    if let Some((window, index)) = sent_piece {
        entries.push(chunk_entry(piece(window, 0, (index, PIECES)), &[8; 300]));
    }
    let mut outcomes = run.writer.commit(entries);
    if let Some(sent) = sent_piece
        && outcomes.pop().unwrap().is_ok()
    {
        ledger.pieces.insert(sent);
    }
    for (ids, outcome) in ids.into_iter().zip(outcomes) {
        if outcome.is_ok() {
            ledger.acknowledged.extend(ids);
        }
    }
}

fn check(world: &World, run: &Run, ledger: &Ledger, context: &str) {
    let counted = world.counted(run);
    assert_once(&counted, context);
    let counted: BTreeSet<Id> = counted.into_iter().collect();
    let lost: Vec<_> = ledger.acknowledged.difference(&counted).collect();
    assert!(
        lost.is_empty(),
        "{context}: acknowledged but not counted: {lost:?}"
    );
    let invented: Vec<_> = counted.difference(&ledger.sent).collect();
    assert!(
        invented.is_empty(),
        "{context}: counted but never sent: {invented:?}"
    );
}

fn seal(world: &mut World, run: &mut Run, random: &mut Seeded) {
    let pin = run.writer.pin(NOW_MS);
    if random.once_in(4) {
        return; // The transaction failed, or the power did.
    }
    world.seal(run, &pin);
    if !random.once_in(4) {
        run.writer.cut(&pin);
    }
}

fn simulate(seed: u64) {
    let random = &mut Seeded::new(seed);
    let mut world = World::new(seed);
    world.segment_bytes = 512 + random.below(6000);
    let mut ledger = Ledger::default();
    let mut run = world.start();
    for step in 0..60 {
        let context = format!("seed {seed}, step {step}");
        match random.below(20) {
            0 | 1 => {
                world.disk.crash();
                run = world.start();
                assert_eq!(run.report.missing(), Vec::<String>::new(), "{context}");
            }
            // Only the process dies.
            2 => run = restart(&mut world, run, &context),
            3 => seal(&mut world, &mut run, random),
            4 => {
                let faults = random_faults(random, &world.disk);
                world.disk.set_faults(faults);
            }
            5 => world.disk.set_faults(Faults::default()),
            6 => {
                run.writer.close();
                run = restart(&mut world, run, &context);
            }
            _ => group(&mut run, &mut ledger, random),
        }
        check(&world, &run, &ledger, &context);
    }
    // Everything is sent once more, until it is acknowledged: then all of it is there.
    world.disk.crash();
    let mut run = world.start();
    for batch in ledger.batches.clone() {
        run.put_batch(batch);
    }
    for facts in ledger.chunks.clone() {
        run.put_chunk(facts);
    }
    for window in PIECE_WINDOWS {
        finish_set(&mut run, &ledger, (window, seed));
    }
    ledger.acknowledged = ledger.sent.clone();
    check(&world, &run, &ledger, &format!("seed {seed}, at last"));
}

/// Sends a whole set once more: what was acknowledged is a duplicate, and the set is complete.
fn finish_set(run: &mut Run, ledger: &Ledger, (window, seed): (u128, u64)) {
    let mut complete = None;
    for index in 0..PIECES {
        let outcome = run.put_chunk(piece(window, 0, (index, PIECES)));
        let known = ledger.pieces.contains(&(window, index));
        assert!(
            outcome.duplicate || !known,
            "seed {seed}: piece {index} of {window} is lost"
        );
        complete = outcome.complete;
    }
    let positions: BTreeSet<LogPosition> = complete.unwrap().into_iter().collect();
    assert_eq!(positions.len(), usize::from(PIECES), "seed {seed}");
}

/// A start while the disk may fail: the old run goes on when it cannot be made.
fn restart(world: &mut World, old: Run, context: &str) -> Run {
    match world.try_start() {
        Ok(run) => {
            assert_eq!(run.report.missing(), Vec::<String>::new(), "{context}");
            run
        }
        Err(_) => {
            drop(old);
            world.disk.crash();
            world.start()
        }
    }
}

/// `HITMETRIX_TEST_SEEDS` asks for more. Seed 461 once showed that a sync which failed before a
/// kill made the next start believe what was only in memory.
#[test]
fn what_was_acknowledged_is_counted_once_through_faults_and_crashes() {
    let seeds = std::env::var("HITMETRIX_TEST_SEEDS")
        .ok()
        .and_then(|text| text.parse().ok());
    for seed in 0..seeds.unwrap_or(480) {
        if let Err(panic) = std::panic::catch_unwind(|| simulate(seed)) {
            eprintln!("failing seed: {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}
