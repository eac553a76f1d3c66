//! What the store needs from outside and never takes by itself: the time and random bytes. Only
//! `server` has real ones; tests pass their own, so that every run can be repeated.

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, UTC, milliseconds since the epoch.
    fn now_ms(&self) -> i64;
}

/// Gives random bytes, for keys, nonces and names.
pub trait Randomness: Send + Sync {
    /// Fills `bytes` with bytes that nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}
