//! An event as the store gives it back: whole, with its sender, its receipt and its person.
//!
//! The log keeps batches and parts keep columns; between them, and on the way out (sessions,
//! exports), an event travels in this shape.

use std::cmp::Ordering;

use hitmetrix_model::{Event, Origin, PersonKey, Sender};

/// One event with everything that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Server time of receipt, UTC, milliseconds since the epoch.
    pub received_at_ms: i64,
    /// The door it came in by.
    pub origin: Origin,
    /// The human, under the ledger version that the reader named.
    pub person: PersonKey,
    /// Who sent it. [`Event::sender`] means nothing here and is zero.
    pub sender: Sender,
    /// What happened.
    pub event: Event,
}

impl StoredEvent {
    /// The order of parts and runs: person, time, window, sequence. What is equal in all four
    /// (a defective sender) is ordered by its outside id, so that the order never depends on
    /// the way the events took.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        self.order_key().cmp(&other.order_key())
    }

    /// What [`Self::order`] compares.
    pub(crate) fn order_key(&self) -> (u128, i64, u128, u32, u128) {
        (
            self.person.0,
            self.event.time_ms,
            self.sender.window.0,
            self.event.sequence,
            self.event.external.map_or(0, |external| external.0),
        )
    }
}
