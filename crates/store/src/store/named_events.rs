//! The events of one name in some sessions, whole: what a list of answers to a survey is made of.
//! Lanes tell which rows they are; only those are read from the parts.

use std::collections::HashSet;

use hitmetrix_model::Dimension;

use super::{Store, StoreError};
use crate::StoredEvent;
use crate::parts::{Part, PartError};
use crate::snapshot::{Snapshot, lacking};

/// Which events of which sessions.
#[derive(Debug, Clone, Copy)]
pub struct NamedEvents<'a> {
    /// Their name.
    pub name: &'a str,
    /// From, included, to, excluded; UTC milliseconds.
    pub span_ms: (i64, i64),
    /// The ids of the sessions.
    pub sessions: &'a HashSet<u128>,
}

impl Store {
    /// The events of a snapshot in no order, under the persons of its ledger version, and what
    /// could not be read, in words. Parts that cannot be read are passed over.
    ///
    /// # Errors
    /// None at present.
    pub fn events_of_name(
        &self,
        snapshot: &Snapshot,
        wanted: NamedEvents<'_>,
    ) -> Result<(Vec<StoredEvent>, Vec<String>), StoreError> {
        let mut missing = snapshot.missing.clone();
        let mut events = Vec::new();
        for part in &snapshot.parts {
            match in_part(part, wanted) {
                Ok(found) => events.extend(found),
                Err(error) => missing.push(lacking(part, &error)),
            }
        }
        for batch in snapshot.batches.iter() {
            for (index, event) in batch.batch.events.iter().enumerate() {
                let sender = &batch.batch.senders[event.sender as usize];
                let is_wanted = event.name == wanted.name
                    && wanted.holds(event.time_ms)
                    && wanted.sessions.contains(&sender.session.0);
                if is_wanted {
                    events.push(batch.event(index, sender.visitor.into()));
                }
            }
        }
        for event in &mut events {
            event.person = snapshot.person_of_visitor(event.sender.visitor);
        }
        missing.sort_unstable();
        missing.dedup();
        Ok((events, missing))
    }
}

impl NamedEvents<'_> {
    fn holds(&self, time_ms: i64) -> bool {
        (self.span_ms.0..self.span_ms.1).contains(&time_ms)
    }
}

fn in_part(part: &Part, wanted: NamedEvents<'_>) -> Result<Vec<StoredEvent>, PartError> {
    let run = part.run()?;
    let names = run.column(Dimension::Event)?;
    let Some(code) = names.texts.iter().position(|name| name == wanted.name) else {
        return Ok(Vec::new());
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
        return Ok(Vec::new());
    }
    part.some_rows(&rows)?.collect()
}
