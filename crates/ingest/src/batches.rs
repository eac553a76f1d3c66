//! Puts events that were read one by one into batches of at most the limit, each with its senders
//! named once.

use std::collections::HashMap;

use hitmetrix_model::limits::BATCH_EVENTS;
use hitmetrix_model::{Batch, Event, IdentityChange, Origin, Sender, SessionId, SiteId, VisitorId};

/// Builds batches of one site.
pub(crate) struct Batches {
    site: SiteId,
    received_at_ms: i64,
    origin: Origin,
    done: Vec<Batch>,
    open: Option<Batch>,
    senders: HashMap<(VisitorId, SessionId), u32>,
}

impl Batches {
    pub(crate) fn new(site: SiteId, received_at_ms: i64, origin: Origin) -> Self {
        Self {
            site,
            received_at_ms,
            origin,
            done: Vec::new(),
            open: None,
            senders: HashMap::new(),
        }
    }

    /// Adds an event of this sender.
    pub(crate) fn push(&mut self, sender: Sender, mut event: Event) {
        if self
            .open
            .as_ref()
            .is_some_and(|batch| batch.events.len() >= BATCH_EVENTS)
        {
            self.close();
        }
        let senders = &mut self.senders;
        let batch = self.open.get_or_insert_with(|| Batch {
            site: self.site,
            received_at_ms: self.received_at_ms,
            origin: self.origin,
            senders: Vec::new(),
            events: Vec::new(),
            identities: Vec::new(),
            lost: 0,
        });
        let index = *senders
            .entry((sender.visitor, sender.session))
            .or_insert_with(|| {
                batch.senders.push(sender);
                u32::try_from(batch.senders.len() - 1).unwrap_or(u32::MAX)
            });
        event.sender = index;
        batch.events.push(event);
    }

    /// Adds an identity change to the batch of the event that was added last.
    pub(crate) fn identify(&mut self, change: IdentityChange) {
        if let Some(batch) = &mut self.open
            && !batch.identities.contains(&change)
        {
            batch.identities.push(change);
        }
    }

    fn close(&mut self) {
        self.senders.clear();
        self.done.extend(self.open.take());
    }

    /// All batches, in the order of their events.
    pub(crate) fn finish(mut self) -> Vec<Batch> {
        self.close();
        self.done
    }
}
