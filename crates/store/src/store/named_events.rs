//! The events of one name in some sessions, whole: what a list of answers to a survey is made of.
//! Lanes tell which rows they are; only those are read from the parts, one at a time and the latest
//! first, and only as many kept as are wanted.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};

use hitmetrix_model::Dimension;

use super::{EventPlace, Store};
use crate::StoredEvent;
use crate::parts::{Part, PartError};
use crate::snapshot::{Snapshot, lacking};

/// Which events of which sessions, and how many at most.
#[derive(Clone, Copy)]
pub struct NamedEvents<'a> {
    /// Their name.
    pub name: &'a str,
    /// From, included, to, excluded; UTC milliseconds.
    pub span_ms: (i64, i64),
    /// The ids of the sessions.
    pub sessions: &'a HashSet<u128>,
    /// Which of them, by what lanes do not tell.
    pub takes: &'a dyn Fn(&StoredEvent) -> bool,
    /// Only those before this one.
    pub before: Option<EventPlace>,
    /// How many at most: the newest ones.
    pub most: usize,
    /// Whether older ones beside these are counted; if not, they are not looked for.
    pub counts_left_out: bool,
    /// True when nobody waits any more; asked before each part.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// The newest of them.
#[derive(Debug, Default)]
pub struct FoundEvents {
    /// By time, the oldest first.
    pub events: Vec<StoredEvent>,
    /// How many older ones there are beside these, where they are counted.
    pub left_out: u64,
    /// What could not be read, in words.
    pub missing: Vec<String>,
}

impl Store {
    /// The newest events of a snapshot, under the persons of its ledger version. Parts that cannot be
    /// read are passed over; those of another time are not looked into. Never holds more than the
    /// most that are wanted. Ends early when nobody waits any more; what is found by then is not all.
    #[must_use]
    pub fn events_of_name(&self, snapshot: &Snapshot, wanted: NamedEvents<'_>) -> FoundEvents {
        let mut found = Newest {
            wanted,
            events: BTreeMap::new(),
            left_out: 0,
        };
        let mut missing = snapshot.missing.clone();
        for batch in snapshot.batches.iter() {
            for (index, event) in batch.batch.events.iter().enumerate() {
                let sender = &batch.batch.senders[event.sender as usize];
                let is_wanted = event.name == wanted.name
                    && wanted.holds(event.time_ms)
                    && wanted.sessions.contains(&sender.session.0);
                if is_wanted {
                    found.add(batch.event(index, sender.visitor.into()));
                }
            }
        }
        let mut parts: Vec<&Part> = snapshot.parts.iter().map(AsRef::as_ref).collect();
        parts.sort_by_key(|part| Reverse(part.row().last_ms));
        for part in parts {
            if (wanted.cancelled)() {
                break;
            }
            if found.needs_none_to(part.row().last_ms) {
                continue;
            }
            if let Err(error) = found.add_part(part) {
                missing.push(lacking(part, &error));
            }
        }
        missing.sort_unstable();
        missing.dedup();
        let mut events: Vec<StoredEvent> = found.events.into_values().collect();
        for event in &mut events {
            event.person = snapshot.person_of_visitor(event.sender.visitor);
        }
        FoundEvents {
            events,
            left_out: found.left_out,
            missing,
        }
    }
}

impl NamedEvents<'_> {
    fn holds(&self, time_ms: i64) -> bool {
        (self.span_ms.0..self.span_ms.1).contains(&time_ms)
    }
}

/// The newest events so far, by their place.
struct Newest<'a> {
    wanted: NamedEvents<'a>,
    events: BTreeMap<EventPlace, StoredEvent>,
    left_out: u64,
}

impl Newest<'_> {
    /// Whether no event up to a time is among the newest any more, and nobody counts them.
    fn needs_none_to(&self, last_ms: i64) -> bool {
        let is_full = self.events.len() == self.wanted.most;
        let oldest = self.events.first_key_value();
        !self.wanted.counts_left_out
            && is_full
            && oldest.is_some_and(|(place, _)| place.time_ms > last_ms)
    }

    fn add(&mut self, event: StoredEvent) {
        let is_before = |before| EventPlace::of(&event) < before;
        if !self.wanted.before.is_none_or(is_before) || !(self.wanted.takes)(&event) {
            return;
        }
        self.events.insert(EventPlace::of(&event), event);
        if self.events.len() > self.wanted.most {
            self.events.pop_first();
            self.left_out += u64::from(self.wanted.counts_left_out);
        }
    }

    fn add_part(&mut self, part: &Part) -> Result<(), PartError> {
        let wanted = self.wanted;
        let run = part.run()?;
        let (first_ms, last_ms) = run.span_ms();
        if last_ms < wanted.span_ms.0 || first_ms >= wanted.span_ms.1 {
            return Ok(());
        }
        let names = run.column(Dimension::Event)?;
        let Some(code) = names.texts.iter().position(|name| name == wanted.name) else {
            return Ok(());
        };
        let sessions = run.sessions()?;
        let theirs: Vec<bool> = sessions
            .ids
            .iter()
            .map(|id| wanted.sessions.contains(id))
            .collect();
        let rows: Vec<usize> = (0..run.len())
            .filter(|&row| {
                names.codes.get(row) as usize == code
                    && theirs[sessions.codes.get(row) as usize]
                    && wanted.holds(run.start_ms() + i64::from(run.times()[row]))
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        part.look_up(&rows, |event| self.add(event))?;
        Ok(())
    }
}
