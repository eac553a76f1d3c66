//! Whole paths, counted by the codes of their steps.
//!
//! Visitors choose where they go, so there may be nearly as many different paths as there are
//! sessions: one hash map of them all would miss the processor's caches at each look. So a fold
//! only writes records down, sorted into parts by their keys, and the parts are counted after it,
//! each in a map that fits into the caches, on all threads. Where the codes of a path fit into 64
//! bits they are packed. When a thread has written down too much it puts together what is equal,
//! and gives up when that does not help.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};

use hitmetrix_model::limits;
use rustc_hash::FxHashMap;

use crate::engine::{Fold, Order, Rows, go_on};
use crate::people::People;
use crate::timeline::Timeline;
use crate::{AskError, Meter};

use super::quick::{Found, Quick};
use super::steps::Steps;
use super::walk::{WalkWork, Walker};

/// Most steps of a path.
const DEPTH_MAX: usize = limits::PATH_DEPTH;
/// Parts that records are sorted into, as bits of a hash.
const PART_BITS: u32 = 8;
/// Any odd number with many bits; not the one of the hash maps, whose places it must not share.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
/// Fewer records are counted on one thread.
const RECORDS_PER_THREAD: usize = 16 * 1024;

/// The codes of a path's steps; unused places are 0, which is no step.
pub(super) type Codes = [u32; DEPTH_MAX];

/// A path as a key.
pub(super) trait Key: Copy + Ord + Hash + Send + Sync {
    /// Of codes that come one by one; each has at most so many bits.
    fn pack(codes: impl Iterator<Item = u32>, bits: u32) -> Self;

    /// Of no step.
    const NONE: Self;

    /// The same with a code at a place where there is none yet.
    fn with(self, code: u32, place: u32, bits: u32) -> Self;

    /// The codes again.
    fn codes(self, bits: u32) -> Codes;

    /// Its part.
    fn part(self) -> usize;
}

impl Key for u64 {
    const NONE: Self = 0;

    #[inline]
    fn with(self, code: u32, place: u32, bits: u32) -> Self {
        self | Self::from(code) << (place * bits)
    }

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

    #[inline]
    fn part(self) -> usize {
        (self.wrapping_mul(MULTIPLIER) >> (Self::BITS - PART_BITS)) as usize
    }
}

impl Key for Codes {
    const NONE: Self = [0; DEPTH_MAX];

    #[inline]
    fn with(mut self, code: u32, place: u32, _: u32) -> Self {
        self[place as usize] = code;
        self
    }

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

    #[inline]
    fn part(self) -> usize {
        let mixed = self.iter().fold(0u64, |mixed, &code| {
            (mixed.rotate_left(5) ^ u64::from(code)).wrapping_mul(MULTIPLIER)
        });
        (mixed >> (u64::BITS - PART_BITS)) as usize
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

/// How many records fit into so many bytes: lists have up to as much room again to grow.
pub(super) const fn records_max<K>(bytes: usize) -> usize {
    bytes / (2 * size_of::<Record<K>>())
}

/// A path that somebody took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<K> {
    key: K,
    sessions: u32,
    persons: u32,
}

/// Sessions and persons by path.
type Tallies<K> = FxHashMap<K, (u32, u32)>;

fn add_up<K: Key>(tallies: &mut Tallies<K>, records: &[Record<K>]) {
    for record in records {
        let tally = tallies.entry(record.key).or_default();
        tally.0 += record.sessions;
        tally.1 += record.persons;
    }
}

/// Records, by part.
#[derive(Debug)]
struct Records<K> {
    parts: Vec<Vec<Record<K>>>,
    count: usize,
}

impl<K: Key> Records<K> {
    fn new() -> Self {
        Self {
            parts: (0..1 << PART_BITS).map(|_| Vec::new()).collect(),
            count: 0,
        }
    }

    #[inline]
    fn push(&mut self, record: Record<K>) {
        self.parts[record.key.part()].push(record);
        self.count += 1;
    }

    /// Puts together records of the same path.
    fn compact(&mut self) {
        let mut tallies = Tallies::default();
        for part in &mut self.parts {
            add_up(&mut tallies, part);
            part.clear();
            part.extend(tallies.drain().map(|(key, (sessions, persons))| Record {
                key,
                sessions,
                persons,
            }));
        }
        self.count = self.parts.iter().map(Vec::len).sum();
    }
}

/// Counts whole paths.
pub(super) struct Sequences<'q, K> {
    pub(super) walker: &'q Walker<'q>,
    pub(super) bits: u32,
    /// The path whose people are wanted; nothing is counted then.
    pub(super) watched: Option<K>,
    /// Finds paths straight from the lanes, where that is possible.
    pub(super) quick: Option<Quick>,
    /// How many records one thread may have.
    pub(super) records_max: usize,
}

/// Paths of some persons.
#[derive(Debug)]
pub(super) struct Counted<K> {
    pub(super) walk: WalkWork,
    /// Sessions with a path.
    pub(super) sessions: u64,
    pub(super) people: People,
    /// One for each thread; the first is one's own.
    records: Vec<Records<K>>,
    /// Paths of the person who is folded now.
    found: Found<K>,
    is_over: bool,
}

impl<K: Key> Sequences<'_, K> {
    /// Leaves a person's paths, or adds the person, where that is wanted.
    fn walk(&self, counted: &mut Counted<K>, person: u128, timeline: &Timeline<'_>) {
        let (keys, people) = (&mut counted.found.keys, &mut counted.people);
        keys.clear();
        self.walker
            .paths(&mut counted.walk, (person, timeline), |path| {
                let key = K::pack(path.steps.iter().map(|step| step.code), self.bits);
                if self.watched.is_none() {
                    keys.push(key);
                } else if self.watched == Some(key) {
                    people.add(path.steps[0].contribution(person, timeline.runs));
                }
            });
    }
}

impl<K: Key> Fold for Sequences<'_, K> {
    type Result = Counted<K>;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.walker.rows()
    }

    fn begin(&self) -> Counted<K> {
        Counted {
            walk: WalkWork::default(),
            sessions: 0,
            people: People::watching(self.watched.is_some()),
            records: vec![Records::new()],
            found: Found::new(),
            is_over: false,
        }
    }

    fn person(&self, counted: &mut Counted<K>, person: u128, timeline: &Timeline<'_>) {
        if counted.is_over {
            return;
        }
        let quick = self.quick.as_ref().filter(|_| self.watched.is_none());
        let found = &mut counted.found;
        if !quick.is_some_and(|quick| quick.keys(self.walker, timeline, found)) {
            self.walk(counted, person, timeline);
        }
        let keys = &mut counted.found.keys;
        counted.sessions += keys.len() as u64;
        keys.sort_unstable();
        let records = &mut counted.records[0];
        for of_one in keys.chunk_by(|left, right| left == right) {
            records.push(Record {
                key: of_one[0],
                sessions: of_one.len() as u32,
                persons: 1,
            });
        }
        if records.count > self.records_max {
            records.compact();
            // Less room than this would be full again soon.
            counted.is_over = records.count > self.records_max / 4 * 3;
        }
    }

    fn merge(&self, into: &mut Counted<K>, from: Counted<K>) {
        into.records.extend(from.records);
        into.sessions += from.sessions;
        into.walk.marks.left_out += from.walk.marks.left_out;
        into.is_over |= from.is_over;
        into.people.merge(from.people);
    }
}

/// The largest paths.
pub(super) struct Largest {
    /// Largest first; equal ones in the order of their steps' names.
    pub(super) rows: Vec<Row>,
    /// How many different ones there are.
    pub(super) different: u64,
}

/// One of the largest paths.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) sessions: u32,
    pub(super) persons: u32,
}

/// Paths by size, the smallest on top: sessions, the ranks of the steps' names, persons.
type Kept = BinaryHeap<(Reverse<u32>, Codes, u32)>;

/// What threads share that count the parts.
struct Parts<'c, K> {
    records: &'c [Records<K>],
    /// By code the place of its name among all names.
    ranks: Vec<u32>,
    bits: u32,
    count: usize,
    next: AtomicUsize,
    meter: &'c dyn Meter,
}

impl<K: Key> Parts<'_, K> {
    /// Counts parts until there is none left: how many different paths, and the largest.
    fn work(&self) -> Result<(u64, Kept), AskError> {
        let (mut different, mut kept) = (0, Kept::new());
        let mut tallies = Tallies::default();
        loop {
            let part = self.next.fetch_add(1, Ordering::Relaxed);
            if part >= 1 << PART_BITS {
                return Ok((different, kept));
            }
            go_on(self.meter)?;
            tallies.clear();
            for records in self.records {
                add_up(&mut tallies, &records.parts[part]);
            }
            different += tallies.len() as u64;
            for (key, &(sessions, persons)) in &tallies {
                let is_small = kept.peek().is_some_and(|top| sessions < top.0.0);
                if kept.len() < self.count || !is_small {
                    let ranks = key.codes(self.bits).map(|code| self.ranks[code as usize]);
                    self.keep(&mut kept, (Reverse(sessions), ranks, persons));
                }
            }
        }
    }

    fn keep(&self, kept: &mut Kept, path: (Reverse<u32>, Codes, u32)) {
        kept.push(path);
        if kept.len() > self.count {
            kept.pop();
        }
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

    /// Counts the parts and gives the largest paths.
    pub(super) fn largest(
        &self,
        (steps, bits): (&Steps, u32),
        count: usize,
        meter: &dyn Meter,
    ) -> Result<Largest, AskError> {
        let mut by_name: Vec<u32> = (0..steps.len() as u32).collect();
        by_name.sort_unstable_by_key(|&code| &steps.names[code as usize]);
        let mut ranks = vec![0; steps.len()];
        for (rank, &code) in by_name.iter().enumerate() {
            ranks[code as usize] = rank as u32;
        }
        let parts = Parts {
            records: &self.records,
            ranks,
            bits,
            count,
            next: AtomicUsize::new(0),
            meter,
        };
        let records: usize = self.records.iter().map(|one| one.count).sum();
        let threads = meter.threads().clamp(1, records / RECORDS_PER_THREAD + 1);
        let counted: Result<Vec<_>, AskError> = std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(|| parts.work())).collect();
            let own = parts.work();
            let joined = others.into_iter().map(|one| match one.join() {
                Ok(counted) => counted,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            std::iter::once(own).chain(joined).collect()
        });
        let (mut different, mut kept) = (0, Kept::new());
        for (number, of_thread) in counted? {
            different += number;
            for path in of_thread {
                parts.keep(&mut kept, path);
            }
        }
        let row = |(sessions, places, persons): (Reverse<u32>, Codes, u32)| {
            // No step has no name, and so the first rank.
            let taken = places.iter().take_while(|&&place| place != 0);
            let names: Vec<&str> = taken
                .map(|&place| steps.names[by_name[place as usize] as usize].as_str())
                .collect();
            Row {
                path: names.join(super::ARROW),
                sessions: sessions.0,
                persons,
            }
        };
        Ok(Largest {
            rows: kept.into_sorted_vec().into_iter().map(row).collect(),
            different,
        })
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

    #[test]
    fn parts_are_counted_together_by_all_threads() {
        let steps = Steps {
            of_text: Vec::new(),
            names: (0..1000).map(|code| format!("{code:04}")).collect(),
        };
        let mut counted = Counted {
            walk: WalkWork::default(),
            sessions: 0,
            people: People::default(),
            records: vec![Records::<u64>::new(), Records::new()],
            found: Found::new(),
            is_over: false,
        };
        let mut expected = std::collections::BTreeMap::new();
        for number in 0..100_000u64 {
            let first = 1 + (number * number) % 997;
            let second = (number * number * 7) % 500;
            let key = u64::pack([first as u32, second as u32].into_iter(), 10);
            counted.records[number as usize % 2].push(Record {
                key,
                sessions: 2,
                persons: 1,
            });
            *expected.entry((first, second)).or_insert(0) += 1;
        }
        counted.records[0].compact();
        let found = counted
            .largest((&steps, 10), 50, &crate::Unmetered)
            .unwrap();
        assert_eq!(found.different, expected.len() as u64);
        let mut sized: Vec<_> = expected.into_iter().collect();
        sized.sort_by_key(|&(path, persons)| (Reverse(persons), path));
        for (row, ((first, second), persons)) in found.rows.iter().zip(&sized[..50]) {
            let path = match second {
                0 => format!("{first:04}"),
                second => format!("{first:04} → {second:04}"),
            };
            assert_eq!(
                (&row.path, row.sessions, row.persons),
                (&path, 2 * persons, *persons)
            );
        }
    }
}
