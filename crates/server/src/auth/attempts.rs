//! Limits on failed sign-ins, per account and per network address, in memory only. What is held
//! is a keyed hash of either, so that a memory dump names nobody.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// How long a failure counts.
const WINDOW_MS: i64 = 15 * 60 * 1000;
/// Accounts and addresses that are remembered; those whose failures are oldest go first.
const REMEMBERED_MAX: usize = 20_000;

/// Failed sign-ins of the last quarter of an hour.
#[derive(Debug)]
pub struct Attempts {
    failures: Mutex<HashMap<u64, Vec<i64>>>,
    key: RandomState,
    account_max: usize,
    address_max: usize,
}

/// Who tries.
#[derive(Debug, Clone, Copy)]
pub struct Tried<'a> {
    /// The account, as its lower-case e-mail address.
    pub account: &'a str,
    /// The network address.
    pub address: IpAddr,
}

impl Attempts {
    /// So many failures of one account, and so many from one address.
    #[must_use]
    pub fn new(account_max: usize, address_max: usize) -> Self {
        Self {
            failures: Mutex::default(),
            key: RandomState::new(),
            account_max,
            address_max,
        }
    }

    /// Counts an attempt as failed before it is tried, so that many at once cannot slip through;
    /// [`Self::succeeded`] takes it back. `Err` holds the seconds to wait.
    ///
    /// # Errors
    /// When account or address has failed too often.
    pub fn begin(&self, tried: Tried<'_>, now_ms: i64) -> Result<(), u64> {
        let (account, address) = self.names(tried);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        forget(&mut failures, now_ms);
        for (name, max) in [(account, self.account_max), (address, self.address_max)] {
            let Some(times) = failures.get(&name) else {
                continue;
            };
            if let Some(first) = times.first().filter(|_| times.len() >= max) {
                let wait_ms = (first + WINDOW_MS - now_ms).max(1000);
                return Err(wait_ms.unsigned_abs().div_ceil(1000));
            }
        }
        for name in [account, address] {
            failures.entry(name).or_default().push(now_ms);
        }
        Ok(())
    }

    /// The attempt that began was right: the account's failures are forgotten, and this one of the
    /// address.
    pub fn succeeded(&self, tried: Tried<'_>) {
        let (account, address) = self.names(tried);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&account);
        if let Some(times) = failures.get_mut(&address) {
            times.pop();
        }
    }

    fn names(&self, tried: Tried<'_>) -> (u64, u64) {
        let network = match tried.address.to_canonical() {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            // One customer has a /64: its addresses count as one.
            IpAddr::V6(address) => address.to_bits() >> 64 | 1 << 127,
        };
        (
            self.key.hash_one(("account", tried.account)),
            self.key.hash_one(("address", network)),
        )
    }
}

fn forget(failures: &mut HashMap<u64, Vec<i64>>, now_ms: i64) {
    let is_recent = |at_ms: &i64| now_ms - at_ms < WINDOW_MS;
    if failures.len() >= REMEMBERED_MAX {
        failures.retain(|_, times| times.last().is_some_and(is_recent));
    }
    if failures.len() >= REMEMBERED_MAX {
        let mut newest: Vec<i64> = failures
            .values()
            .filter_map(|times| times.last().copied())
            .collect();
        newest.sort_unstable();
        let middle = newest.get(newest.len() / 2).copied().unwrap_or(now_ms);
        failures.retain(|_, times| times.last().is_some_and(|at_ms| *at_ms > middle));
    }
    for times in failures.values_mut() {
        times.retain(is_recent);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: &str = "ada@example.org";

    fn tried(account: &str, last: u8) -> Tried<'_> {
        Tried {
            account,
            address: IpAddr::from([198, 51, 100, last]),
        }
    }

    #[test]
    fn account_waits_after_too_many_failures_from_anywhere() {
        let attempts = Attempts::new(3, 100);
        for last in 0..3 {
            attempts.begin(tried(ADA, last), 0).unwrap();
        }
        assert_eq!(attempts.begin(tried(ADA, 9), 60_000), Err(14 * 60));
        assert!(attempts.begin(tried("eve@example.org", 9), 60_000).is_ok());
        assert!(attempts.begin(tried(ADA, 9), WINDOW_MS).is_ok());
    }

    #[test]
    fn address_waits_after_too_many_failures_on_any_account() {
        let attempts = Attempts::new(100, 3);
        for account in ["a", "b", "c"] {
            attempts.begin(tried(account, 1), 0).unwrap();
        }
        assert!(attempts.begin(tried("d", 1), 1).is_err());
        assert!(attempts.begin(tried("d", 2), 1).is_ok());
    }

    #[test]
    fn success_forgets_the_failures_of_the_account() {
        let attempts = Attempts::new(2, 100);
        for _ in 0..10 {
            attempts.begin(tried(ADA, 1), 0).unwrap();
            attempts.succeeded(tried(ADA, 1));
        }
    }
}
