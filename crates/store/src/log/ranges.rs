//! A set of running numbers as ranges: a window's sequences come nearly without holes, so a
//! window costs a few bytes however long it lives.

use serde::{Deserialize, Serialize};

/// Holes that one window may have; a tracker leaves a few, a forger as many as it likes.
pub(crate) const HOLES_MAX: usize = 4096;

/// Numbers as ascending, separate, inclusive ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// Whether `number` is in.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        let after = self.0.partition_point(|range| range.0 <= number);
        after > 0 && number <= self.0[after - 1].1
    }

    /// Puts `number` in; false when it was in already.
    pub fn insert(&mut self, number: u32) -> bool {
        let after = self.0.partition_point(|range| range.0 <= number);
        if after > 0 && number <= self.0[after - 1].1 {
            return false;
        }
        let joins_before = after > 0 && self.0[after - 1].1 + 1 == number;
        let joins_after = after < self.0.len() && self.0[after].0 == number + 1;
        match (joins_before, joins_after) {
            (true, true) => {
                self.0[after - 1].1 = self.0[after].1;
                self.0.remove(after);
            }
            (true, false) => self.0[after - 1].1 = number,
            (false, true) => self.0[after].0 = number,
            (false, false) => self.0.insert(after, (number, number)),
        }
        true
    }

    /// Takes `number` out again.
    pub fn remove(&mut self, number: u32) {
        let after = self.0.partition_point(|range| range.0 <= number);
        if after == 0 || number > self.0[after - 1].1 {
            return;
        }
        let (first, last) = self.0[after - 1];
        match (first == number, last == number) {
            (true, true) => {
                self.0.remove(after - 1);
            }
            (true, false) => self.0[after - 1].0 = number + 1,
            (false, true) => self.0[after - 1].1 = number - 1,
            (false, false) => {
                self.0[after - 1].1 = number - 1;
                self.0.insert(after, (number + 1, last));
            }
        }
    }

    /// How many holes there are between the ranges.
    #[must_use]
    pub fn holes(&self) -> usize {
        self.0.len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_are_a_set(steps in prop::collection::vec((any::<bool>(), 0u32..40), 0..200)) {
            let mut ranges = Ranges::default();
            let mut set = BTreeSet::new();
            for (insert, number) in steps {
                if insert {
                    prop_assert_eq!(ranges.insert(number), set.insert(number));
                } else {
                    ranges.remove(number);
                    set.remove(&number);
                }
                for candidate in 0..41 {
                    prop_assert_eq!(ranges.contains(candidate), set.contains(&candidate));
                }
            }
        }
    }

    #[test]
    fn numbers_at_both_ends_are_taken() {
        let mut ranges = Ranges::default();
        assert!(ranges.insert(u32::MAX));
        assert!(ranges.insert(0));
        assert!(!ranges.insert(u32::MAX));
        assert!(ranges.contains(0) && !ranges.contains(1));
    }
}
