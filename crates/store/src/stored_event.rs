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
        self.by_ref().order_key().cmp(&other.by_ref().order_key())
    }

    /// The same event, borrowed.
    pub(crate) fn by_ref(&self) -> EventRef<'_> {
        EventRef {
            received_at_ms: self.received_at_ms,
            origin: self.origin,
            person: self.person,
            sender: &self.sender,
            event: &self.event,
        }
    }
}

/// A [`StoredEvent`] whose texts lie elsewhere, in a batch of the tail for instance: an event has
/// two dozen texts, and to clone them costs more than all else that becomes of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EventRef<'a> {
    pub(crate) received_at_ms: i64,
    pub(crate) origin: Origin,
    pub(crate) person: PersonKey,
    pub(crate) sender: &'a Sender,
    pub(crate) event: &'a Event,
}

impl EventRef<'_> {
    /// What [`StoredEvent::order`] compares.
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

/// Brings rows into the order of [`StoredEvent::order`].
pub(crate) fn sort(rows: &mut [EventRef<'_>]) {
    rows.sort_by(|one, other| {
        // Most rows differ in what lies side by side; only equal ones look at their texts' owners.
        let first = one.person.0.cmp(&other.person.0);
        first.then_with(|| one.order_key().cmp(&other.order_key()))
    });
}
