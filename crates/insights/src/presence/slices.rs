//! From names and times to bits with one look into a small table per event.
//!
//! This is the loop in which questions about who comes back spend their time: about 1.3 ns an
//! event where a search among the intervals takes 2.1.

use super::SELECTIONS;
use crate::columns::QueryRun;

/// Intervals whose bits fit into one word.
const NARROW: usize = 64;
/// Slices at most; few, so that they stay in the nearest cache.
const SLICES: u64 = 2048;

/// Finds the interval of a time with one look and no branch, for intervals that fit into a word
/// and are of about the same length.
#[derive(Debug)]
pub(super) struct Slices {
    first_ms: i64,
    shift: u32,
    /// Of 2^shift milliseconds each, at most as long as the shortest interval between two others,
    /// so that at most one interval begins within a slice.
    slices: Vec<Slice>,
}

#[derive(Debug, Clone, Copy)]
struct Slice {
    /// Milliseconds after the first at which the next interval begins.
    next: u64,
    /// The interval at the beginning of the slice.
    place: u32,
}

impl Slices {
    /// None where the intervals are too many or of too different lengths.
    pub(super) fn new(starts: &[i64], to_ms: i64) -> Option<Self> {
        let first_ms = starts[0];
        let length = (to_ms - first_ms) as u64;
        let gaps = starts[1..]
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as u64);
        let shift = gaps.min().unwrap_or(length).max(1).ilog2();
        if starts.len() > NARROW || length >> shift >= SLICES {
            return None;
        }
        let slice = |index: u64| {
            let begun = |&start: &i64| (start - first_ms) as u64 <= index << shift;
            let next = starts.partition_point(begun);
            let after = |&start: &i64| (start - first_ms) as u64;
            Slice {
                next: starts.get(next).map_or(u64::MAX, after),
                place: next as u32 - 1,
            }
        };
        Some(Self {
            first_ms,
            shift,
            slices: (0..=length >> shift).map(slice).collect(),
        })
    }

    /// The interval of a time within the span.
    #[inline]
    pub(super) fn of(&self, time_ms: i64) -> u32 {
        let after = (time_ms - self.first_ms) as u64;
        let slice = &self.slices[(after >> self.shift) as usize];
        slice.place + u32::from(after >= slice.next)
    }

    /// One word of bits for each selection, without a branch per event.
    #[inline]
    pub(super) fn gather<C: Copy + Into<u32>>(
        &self,
        run: &QueryRun<'_>,
        (codes, times): (&[C], &[u32]),
    ) -> [u64; SELECTIONS] {
        let mut found = [0; SELECTIONS];
        for (&code, &time) in codes.iter().zip(times) {
            let marks = run.marks[code.into() as usize];
            let place = self.of(run.start_ms + i64::from(time));
            found[0] |= (marks & 1) << place;
            found[1] |= (marks >> 1 & 1) << place;
        }
        found
    }
}
