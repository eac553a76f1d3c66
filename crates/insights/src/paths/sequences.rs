//! Whole paths: counted by the codes of their steps, one look into a hash map a session.
//!
//! Visitors choose where they go, so there may be nearly as many different paths as there are
//! sessions. Where the codes of all steps fit into 64 bits they are packed, which makes an entry
//! less than half as large; and how many entries all threads have together is bounded.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};

use hitmetrix_model::limits;
use rustc_hash::FxHashMap;

use crate::AskError;
use crate::engine::{Fold, Order};
use crate::people::People;
use crate::timeline::Timeline;

use super::steps::Steps;
use super::walk::{Step, WalkWork, Walker};

/// Most steps of a path.
const DEPTH_MAX: usize = limits::PATH_DEPTH;
/// What an entry of the map takes, free places and the old table while it grows included.
const ENTRY_BYTES: usize = 160;
/// How many different paths fit into the memory of a question.
pub(super) const SEQUENCES_MAX: usize = limits::QUESTION_BYTES / ENTRY_BYTES;
/// A thread tells the others of so many new entries at once.
const TOLD_AT_ONCE: usize = 1024;

/// The codes of a path's steps; unused places are 0, which is no step.
pub(super) type Codes = [u32; DEPTH_MAX];

/// A path as a key.
pub(super) trait Key: Copy + Eq + Hash + Send + Sync {
    /// Of codes that come one by one; each has at most so many bits.
    fn pack(codes: impl Iterator<Item = u32>, bits: u32) -> Self;

    /// The codes again.
    fn codes(self, bits: u32) -> Codes;
}

impl Key for u64 {
    fn pack(codes: impl Iterator<Item = u32>, bits: u32) -> Self {
        // The first step is lowest.
        let (mut key, mut shift) = (0, 0);
        for code in codes {
            key |= Self::from(code) << shift;
            shift += bits;
        }
        key
    }

    fn codes(self, bits: u32) -> Codes {
        let (mut left, mut codes) = (self, [0; DEPTH_MAX]);
        for code in &mut codes {
            *code = (left & ((1 << bits) - 1)) as u32;
            left >>= bits;
        }
        codes
    }
}

impl Key for Codes {
    fn pack(codes: impl Iterator<Item = u32>, _: u32) -> Self {
        let mut key = [0; DEPTH_MAX];
        for (place, code) in key.iter_mut().zip(codes) {
            *place = code;
        }
        key
    }

    fn codes(self, _: u32) -> Codes {
        self
    }
}

/// Bits of a code among so many.
pub(super) fn bits(codes: usize) -> u32 {
    (codes as u64).max(2).next_power_of_two().ilog2()
}

/// Whether paths fit into 64 bits.
pub(super) fn is_packed(depth: usize, bits: u32) -> bool {
    depth as u32 * bits <= u64::BITS
}

/// How often a path was taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) sessions: u32,
    pub(super) persons: u32,
    /// Number of the person who was counted last.
    last: u32,
}

/// Counts whole paths.
pub(super) struct Sequences<'q, K> {
    pub(super) walker: &'q Walker<'q>,
    pub(super) bits: u32,
    /// The path whose people are wanted; nothing is counted then.
    pub(super) watched: Option<K>,
    /// Entries of all threads.
    entries: AtomicUsize,
    entries_max: usize,
}

/// Paths of some persons.
#[derive(Debug)]
pub(super) struct Counted<K> {
    pub(super) walk: WalkWork,
    pub(super) tallies: FxHashMap<K, Tally>,
    /// Sessions with a path.
    pub(super) sessions: u64,
    pub(super) people: People,
    person: u32,
    told: usize,
    is_over: bool,
}

impl<'q, K: Key> Sequences<'q, K> {
    pub(super) fn new(
        walker: &'q Walker<'q>,
        (bits, watched): (u32, Option<K>),
        entries_max: usize,
    ) -> Self {
        Self {
            walker,
            bits,
            watched,
            entries: AtomicUsize::new(0),
            entries_max,
        }
    }

    fn key(&self, steps: &[Step]) -> K {
        K::pack(steps.iter().map(|step| step.code), self.bits)
    }

    /// Stops counting when all threads together have too many entries.
    fn tell(&self, counted: &mut Counted<K>) {
        let new = counted.tallies.len() - counted.told;
        if new < TOLD_AT_ONCE.min(self.entries_max) {
            return;
        }
        counted.told += new;
        let all = self.entries.fetch_add(new, Ordering::Relaxed) + new;
        counted.is_over = all > self.entries_max;
    }
}

impl<K: Key> Fold for Sequences<'_, K> {
    type Result = Counted<K>;

    fn order(&self) -> Order {
        Order::Time
    }

    fn begin(&self) -> Counted<K> {
        Counted {
            walk: WalkWork::default(),
            tallies: FxHashMap::default(),
            sessions: 0,
            people: People::watching(self.watched.is_some()),
            person: 0,
            told: 0,
            is_over: false,
        }
    }

    fn person(&self, counted: &mut Counted<K>, person: u128, timeline: &Timeline<'_>) {
        if counted.is_over {
            return;
        }
        counted.person += 1;
        let (tallies, people) = (&mut counted.tallies, &mut counted.people);
        let (sessions, number) = (&mut counted.sessions, counted.person);
        self.walker
            .paths(&mut counted.walk, (person, timeline), |path| {
                let key = self.key(path.steps);
                if let Some(watched) = self.watched {
                    if watched == key {
                        people.add(path.steps[0].contribution(person, timeline.runs));
                    }
                    return;
                }
                *sessions += 1;
                let tally = tallies.entry(key).or_default();
                tally.sessions += 1;
                if tally.last != number {
                    tally.last = number;
                    tally.persons += 1;
                }
            });
        self.tell(counted);
    }

    fn merge(&self, into: &mut Counted<K>, mut from: Counted<K>) {
        if into.tallies.len() < from.tallies.len() {
            std::mem::swap(&mut into.tallies, &mut from.tallies);
        }
        for (key, tally) in from.tallies {
            let sum = into.tallies.entry(key).or_default();
            sum.sessions += tally.sessions;
            sum.persons += tally.persons;
        }
        into.sessions += from.sessions;
        into.walk.marks.left_out += from.walk.marks.left_out;
        into.is_over |= from.is_over;
        into.people.merge(from.people);
    }
}

impl<K: Key> Counted<K> {
    /// That all of it was counted.
    pub(super) fn whole(self) -> Result<Self, AskError> {
        match self.is_over {
            true => Err(AskError::TooMuchMemory),
            false => Ok(self),
        }
    }

    /// The largest paths with what they have; equal ones in the order of their steps' names.
    pub(super) fn largest(
        &self,
        (steps, bits): (&Steps, u32),
        count: usize,
    ) -> Vec<(String, Tally)> {
        let mut by_name: Vec<u32> = (0..steps.len() as u32).collect();
        by_name.sort_unstable_by_key(|&code| &steps.names[code as usize]);
        let mut ranks = vec![0; steps.len()];
        for (rank, &code) in by_name.iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        // The smallest of those kept is on top.
        let mut kept: BinaryHeap<(Reverse<u32>, Codes, u32)> = BinaryHeap::new();
        for (key, tally) in &self.tallies {
            let is_full = kept.len() >= count;
            if is_full && kept.peek().is_none_or(|top| tally.sessions < top.0.0) {
                continue;
            }
            let places = key.codes(bits).map(|code| ranks[code as usize]);
            kept.push((Reverse(tally.sessions), places, tally.persons));
            if is_full {
                kept.pop();
            }
        }
        let named = kept
            .into_sorted_vec()
            .into_iter()
            .map(|(sessions, places, persons)| {
                // No step has no name, and so the first rank.
                let taken = places.iter().take_while(|&&place| place != 0);
                let names: Vec<&str> = taken
                    .map(|&place| steps.names[by_name[place as usize] as usize].as_str())
                    .collect();
                let tally = Tally {
                    sessions: sessions.0,
                    persons,
                    last: 0,
                };
                (names.join(super::ARROW), tally)
            });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_codes() {
        assert_eq!(
            [bits(1), bits(2), bits(3), bits(4), bits(5)],
            [1, 1, 2, 2, 3]
        );
        for (count, depth) in [(5, 10), (2000, 5), (64, 10)] {
            let bits = bits(count);
            assert!(is_packed(depth, bits));
            let mut codes = [0; DEPTH_MAX];
            for (place, code) in codes.iter_mut().enumerate().take(depth) {
                *code = (count - 1 - place % (count - 1)) as u32;
            }
            let taken = codes.iter().copied().take(depth);
            assert_eq!(u64::pack(taken.clone(), bits).codes(bits), codes);
            assert_eq!(Codes::pack(taken, bits).codes(bits), codes);
        }
        assert!(!is_packed(10, bits(100)));
    }
}
