//! Token buckets: how many requests a key or an address may make. A bucket fills evenly and holds
//! a few seconds' worth, so that a burst passes and a flood does not. In memory only, and bounded:
//! buckets that are full again are forgotten first.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Seconds' worth that a full bucket holds.
const BURST_S: u64 = 5;
/// Buckets of one kind.
const BUCKETS_MAX: usize = 100_000;

/// Buckets of one kind.
#[derive(Debug)]
pub struct Buckets<K> {
    per_second: u64,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    /// Thousandths of a request that are left.
    left_milli: u64,
    at_ms: i64,
}

impl<K: Eq + Hash> Buckets<K> {
    /// Buckets that take this many requests a second.
    #[must_use]
    pub fn new(per_second: u64) -> Self {
        Self {
            per_second: per_second.max(1),
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one request; else the seconds after which there is one again.
    ///
    /// # Errors
    /// The seconds to wait, at least one.
    pub fn take(&self, key: K, now_ms: i64) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= BUCKETS_MAX && !buckets.contains_key(&key) {
            let full = self.full_milli();
            buckets.retain(|_, bucket| self.filled(bucket, now_ms) < full);
            if buckets.len() >= BUCKETS_MAX {
                buckets.clear();
            }
        }
        let full = Bucket {
            left_milli: self.full_milli(),
            at_ms: now_ms,
        };
        let bucket = buckets.entry(key).or_insert(full);
        bucket.left_milli = self.filled(bucket, now_ms);
        // A clock that jumps back fills nothing and takes nothing.
        bucket.at_ms = now_ms;
        if bucket.left_milli >= 1000 {
            bucket.left_milli -= 1000;
            return Ok(());
        }
        let missing = 1000 - bucket.left_milli;
        Err(missing.div_ceil(self.per_second * 1000).max(1))
    }

    fn full_milli(&self) -> u64 {
        self.per_second.saturating_mul(BURST_S * 1000)
    }

    fn filled(&self, bucket: &Bucket, now_ms: i64) -> u64 {
        let passed_ms = u64::try_from(now_ms.saturating_sub(bucket.at_ms)).unwrap_or(0);
        let added = passed_ms.saturating_mul(self.per_second);
        bucket
            .left_milli
            .saturating_add(added)
            .min(self.full_milli())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn burst_passes_flood_waits_and_time_refills() {
        let buckets = Buckets::new(2);
        for _ in 0..10 {
            assert_eq!(buckets.take("a", 0), Ok(()));
        }
        assert_eq!(buckets.take("a", 0), Err(1));
        assert_eq!(buckets.take("b", 0), Ok(()), "another key has its own");
        assert_eq!(buckets.take("a", 499), Err(1));
        assert_eq!(buckets.take("a", 500), Ok(()));
        assert_eq!(
            buckets.take("a", 400),
            Err(1),
            "a clock that goes back gives nothing"
        );
    }

    #[test]
    fn buckets_are_bounded() {
        let buckets = Buckets::new(1);
        for key in 0..3 * BUCKETS_MAX {
            let _ = buckets.take(key, 0);
        }
        assert!(buckets.buckets.lock().unwrap().len() <= BUCKETS_MAX);
    }
}
