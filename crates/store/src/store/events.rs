//! Whole events again: those of one session, and all of a snapshot.

use std::ops::ControlFlow;

use hitmetrix_model::{SessionId, SiteId};

use super::{Store, StoreError, blocking};
use crate::StoredEvent;
use crate::lanes::{LaneError, Run};
use crate::snapshot::Snapshot;

impl Store {
    /// The events of a session in the order of time, window and sequence; none when there is no
    /// such session on this site.
    ///
    /// # Errors
    /// When a part that has some of them cannot be read.
    pub async fn events_of_session(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let store = self.clone();
        blocking(move || {
            let snapshot = store.snapshot(site)?;
            let mut events = Vec::new();
            for part in &snapshot.parts {
                let rows = rows_of_session(&*part.run()?, session)?;
                if !rows.is_empty() {
                    events.extend(store.inner.read_rows.read(part, &rows)?);
                }
            }
            for batch in snapshot.batches.iter() {
                let of_session =
                    |sender: u32| batch.batch.senders[sender as usize].session == session;
                for (index, event) in batch.batch.events.iter().enumerate() {
                    if of_session(event.sender) {
                        let visitor = batch.batch.senders[event.sender as usize].visitor;
                        events.push(batch.event(index, visitor.into()));
                    }
                }
            }
            for event in &mut events {
                event.person = snapshot.person_of_visitor(event.sender.visitor);
            }
            events.sort_by_key(|row| (row.event.time_ms, row.sender.window, row.event.sequence));
            Ok(events)
        })
        .await
    }

    /// Visits every event of a snapshot, part by part and then the tail, until `visit` breaks.
    /// Persons are those of the snapshot's ledger version.
    ///
    /// # Errors
    /// When a part cannot be read.
    pub fn export(
        &self,
        snapshot: &Snapshot,
        visit: &mut dyn FnMut(&StoredEvent) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        for part in &snapshot.parts {
            for row in part.rows()? {
                let mut row = row?;
                row.person = snapshot.person_of_visitor(row.sender.visitor);
                if visit(&row).is_break() {
                    return Ok(());
                }
            }
        }
        for batch in snapshot.batches.iter() {
            for (index, event) in batch.batch.events.iter().enumerate() {
                let visitor = batch.batch.senders[event.sender as usize].visitor;
                if visit(&batch.event(index, snapshot.person_of_visitor(visitor))).is_break() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The rows of a session, ascending.
fn rows_of_session(run: &Run, session: SessionId) -> Result<Vec<usize>, LaneError> {
    let sessions = run.sessions()?;
    let Some(code) = sessions.ids.iter().position(|id| *id == session.0) else {
        return Ok(Vec::new());
    };
    let rows = (0..run.len()).filter(|&row| sessions.codes.get(row) == code as u32);
    Ok(rows.collect())
}
