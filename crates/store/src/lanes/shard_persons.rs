//! The persons of one shard over all its runs, numbered without gaps: what lets a fold put the rows
//! of a person together, from as many runs as there are, by an index into an array.
//!
//! Numbers of persons in parts follow the order of their keys and are kept as long as the parts
//! stay the same. Persons who are only in the unsealed tail get the numbers behind them. Like
//! lanes they are a cache; numbers mean nothing beyond the snapshot that gave them.

use std::sync::{Arc, Mutex, PoisonError};

use super::SHARDS;

/// Numbers of the persons of some runs.
#[derive(Debug, Default)]
pub(crate) struct Numbered {
    /// Ascending.
    keys: Vec<u128>,
    /// One list per run, in the order of its persons, ascending.
    ordinals: Vec<Vec<u32>>,
}

impl Numbered {
    /// Numbers the persons of runs, each list ascending.
    fn of(runs: &[&[u128]]) -> Self {
        let mut keys: Vec<u128> = Vec::new();
        let mut lists: Vec<&[u128]> = runs.to_vec();
        lists.sort_by_key(|list| std::cmp::Reverse(list.len()));
        for list in lists {
            keys = union(&keys, list);
        }
        let ordinals = runs.iter().map(|run| places(&keys, run)).collect();
        Self { keys, ordinals }
    }
}

fn union(left: &[u128], right: &[u128]) -> Vec<u128> {
    let mut all = Vec::with_capacity(left.len() + right.len() / 2);
    let (mut at, mut to) = (0, 0);
    while at < left.len() && to < right.len() {
        let (one, other) = (left[at], right[to]);
        all.push(one.min(other));
        at += usize::from(one <= other);
        to += usize::from(other <= one);
    }
    all.extend_from_slice(&left[at..]);
    all.extend_from_slice(&right[to..]);
    all
}

/// Where each of `some` stands in `all`, both ascending.
fn places(all: &[u128], some: &[u128]) -> Vec<u32> {
    let mut place = 0;
    some.iter()
        .map(|one| {
            while all[place] < *one {
                place += 1;
            }
            place as u32
        })
        .collect()
}

/// The persons of one shard of a snapshot.
#[derive(Debug, Clone, Default)]
pub struct ShardPersons {
    parts: Arc<Numbered>,
    /// Of the tail's runs: number and place of each person, by number.
    tail_places: Vec<Vec<(u32, u32)>>,
    /// Keys of the persons who are only in the tail.
    tail_keys: Vec<u128>,
}

impl ShardPersons {
    /// How many persons: numbers are below it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.keys.len() + self.tail_keys.len()
    }

    /// True without persons.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of a person.
    ///
    /// # Panics
    /// When there is no such number.
    #[must_use]
    pub fn key(&self, ordinal: u32) -> u128 {
        let ordinal = ordinal as usize;
        match self.parts.keys.get(ordinal) {
            Some(key) => *key,
            None => self.tail_keys[ordinal - self.parts.keys.len()],
        }
    }

    /// The number of a key; none when no run has it.
    #[must_use]
    pub fn ordinal(&self, key: u128) -> Option<u32> {
        match self.parts.keys.binary_search(&key) {
            Ok(place) => Some(place as u32),
            Err(_) => {
                let place = self.tail_keys.binary_search(&key).ok()?;
                Some((self.parts.keys.len() + place) as u32)
            }
        }
    }

    /// The persons of a run with their numbers: `run` counts the shard's runs in the order of the
    /// snapshot.
    ///
    /// # Panics
    /// When the shard has no such run.
    #[must_use]
    pub fn of_run(&self, run: usize) -> RunPersons<'_> {
        let parts = self.parts.ordinals.len();
        match run < parts {
            true => RunPersons::InOrder(&self.parts.ordinals[run]),
            false => RunPersons::Placed(&self.tail_places[run - parts]),
        }
    }

    fn with_tail(parts: Arc<Numbered>, tail: &[&[u128]]) -> Self {
        let mut tail_keys: Vec<u128> = tail
            .iter()
            .flat_map(|run| run.iter().copied())
            .filter(|key| parts.keys.binary_search(key).is_err())
            .collect();
        tail_keys.sort_unstable();
        tail_keys.dedup();
        let mut shard = Self {
            parts,
            tail_keys,
            tail_places: Vec::new(),
        };
        let place = |(place, key): (usize, &u128)| {
            let ordinal = shard.ordinal(*key);
            let ordinal = ordinal.expect("every person of the runs is numbered");
            (ordinal, place as u32)
        };
        shard.tail_places = tail
            .iter()
            .map(|run| {
                let mut places: Vec<(u32, u32)> = run.iter().enumerate().map(place).collect();
                places.sort_unstable();
                places
            })
            .collect();
        shard
    }
}

/// The persons of one run with their numbers in the shard, by ascending number.
#[derive(Debug, Clone, Copy)]
pub enum RunPersons<'a> {
    /// The number of each person, in the order of the run.
    InOrder(&'a [u32]),
    /// Number, and place in the run.
    Placed(&'a [(u32, u32)]),
}

/// The numbers of a site's persons in parts, as long as the parts stay.
#[derive(Debug)]
pub(crate) struct PersonCache {
    /// Per shard the parts and their numbers.
    shards: [Mutex<(Vec<u128>, Arc<Numbered>)>; SHARDS as usize],
}

impl Default for PersonCache {
    fn default() -> Self {
        Self {
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl PersonCache {
    /// Whether the persons of just these parts are numbered.
    pub(crate) fn has(&self, shard: u16, parts: impl Iterator<Item = u128>) -> bool {
        let kept = self.shards[usize::from(shard)]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        parts.eq(kept.0.iter().copied())
    }

    /// The persons of a shard: of parts, each with its id, and of runs of the tail.
    pub(crate) fn shard(
        &self,
        shard: u16,
        parts: &[(u128, &[u128])],
        tail: &[&[u128]],
    ) -> ShardPersons {
        let ids: Vec<u128> = parts.iter().map(|(id, _)| *id).collect();
        // Who comes second waits, and finds them.
        let mut kept = self.shards[usize::from(shard)]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if kept.0 != ids {
            let runs: Vec<&[u128]> = parts.iter().map(|(_, persons)| *persons).collect();
            *kept = (ids, Arc::new(Numbered::of(&runs)));
        }
        let numbered = Arc::clone(&kept.1);
        drop(kept);
        ShardPersons::with_tail(numbered, tail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_of_parts_and_tail_are_numbered_without_gaps() {
        let cache = PersonCache::default();
        let parts: [(u128, &[u128]); 2] = [(7, &[2, 5, 9]), (8, &[1, 5])];
        let tail: [&[u128]; 2] = [&[3, 5], &[3, 10]];
        let shard = cache.shard(0, &parts, &tail);
        assert_eq!(shard.len(), 6);
        let keys: Vec<u128> = (0..6).map(|ordinal| shard.key(ordinal)).collect();
        assert_eq!(keys, [1, 2, 5, 9, 3, 10]);
        let in_order = |run| match shard.of_run(run) {
            RunPersons::InOrder(numbers) => numbers.to_vec(),
            RunPersons::Placed(_) => panic!("a part"),
        };
        let placed = |run| match shard.of_run(run) {
            RunPersons::Placed(places) => places.to_vec(),
            RunPersons::InOrder(_) => panic!("a run of the tail"),
        };
        assert_eq!(in_order(0), [1, 2, 3]);
        assert_eq!(in_order(1), [0, 2]);
        assert_eq!(
            placed(2),
            [(2, 1), (4, 0)],
            "a person of the parts comes first"
        );
        assert_eq!(placed(3), [(4, 0), (5, 1)]);
        assert_eq!(shard.ordinal(10), Some(5));
        assert_eq!(shard.ordinal(4), None);
        let other = cache.shard(0, &parts[..1], &[]);
        assert_eq!(other.len(), 3, "other parts are numbered anew");
    }
}
