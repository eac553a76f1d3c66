//! What the store holds in memory: the list of parts, the unsealed tail, ledgers, losses; all at
//! one data version that moves under one lock.
//!
//! The log's thread adds to the tail when a group is durable; a seal or an exchange of parts
//! swaps lists after its transaction. A reader takes the lock only to clone a few pointers, so
//! that it sees the parts and the tail behind them at the same moment: nothing twice, nothing
//! missing. Locks are taken in the order `folded`, `State`, ledger.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hitmetrix_model::{Batch, ChunkFacts, ExternalId, LogPosition, PersonKey, SiteId, VisitorId};

use crate::StoredEvent;
use crate::catalog::LedgerRow;
use crate::fold::Folded;
use crate::identities::Ledger;
use crate::lanes::PersonCache;
use crate::log::{Accepted, ExternalIds, LookupError, Tail};
use crate::parts::Part;
use crate::snapshot::{LOST_BUCKET_MS, LostCounts, Snapshot};
use crate::stored_event::EventRef;

/// An acknowledged batch that is in no part yet.
#[derive(Debug)]
pub(crate) struct TailBatch {
    pub(crate) to: LogPosition,
    pub(crate) batch: Batch,
    /// Its identity changes that had an effect.
    pub(crate) identities: Vec<LedgerRow>,
}

impl TailBatch {
    /// One of its events, under the person that `person` gives its visitor.
    pub(crate) fn event_ref(
        &self,
        index: usize,
        person: impl FnOnce(VisitorId) -> PersonKey,
    ) -> EventRef<'_> {
        let event = &self.batch.events[index];
        let sender = &self.batch.senders[event.sender as usize];
        EventRef {
            received_at_ms: self.batch.received_at_ms,
            origin: self.batch.origin,
            person: person(sender.visitor),
            sender,
            event,
        }
    }

    /// One of its events, whole.
    pub(crate) fn event(&self, index: usize, person: PersonKey) -> StoredEvent {
        let mut event = self.batch.events[index].clone();
        let sender = self.batch.senders[event.sender as usize].clone();
        event.sender = 0;
        StoredEvent {
            received_at_ms: self.batch.received_at_ms,
            origin: self.batch.origin,
            person,
            sender,
            event,
        }
    }
}

/// An acknowledged chunk that is in no pack yet.
#[derive(Debug, Clone)]
pub(crate) struct TailChunk {
    pub(crate) from: LogPosition,
    pub(crate) to: LogPosition,
    pub(crate) facts: ChunkFacts,
    pub(crate) encrypted_bytes: u32,
}

/// Events of a site that may wait to be folded; they are what a question has to fold at most.
const AHEAD_EVENTS: usize = 16 << 10;
/// Sites that may wait for it.
const AHEAD_SITES: usize = 64;
/// Batches that share a pointer.
const BLOCK_BATCHES: usize = 256;

/// Some batches of the tail, in log order.
pub(crate) type BatchBlock = Arc<Vec<Arc<TailBatch>>>;

/// The batches of one site in log order, in blocks, so that a snapshot clones few pointers.
#[derive(Debug, Clone, Default)]
pub(crate) struct BatchList {
    blocks: Vec<BatchBlock>,
    length: usize,
}

impl BatchList {
    pub(crate) fn push(&mut self, batch: Arc<TailBatch>) {
        if self.length.is_multiple_of(BLOCK_BATCHES) {
            self.blocks
                .push(Arc::new(Vec::with_capacity(BLOCK_BATCHES)));
        }
        if let Some(last) = self.blocks.last_mut() {
            Arc::make_mut(last).push(batch);
            self.length += 1;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn last(&self) -> Option<&Arc<TailBatch>> {
        self.blocks.last()?.last()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<TailBatch>> {
        self.from(0)
    }

    /// How many of the batches end at `position` or before.
    pub(crate) fn count_until(&self, position: LogPosition) -> usize {
        let ends = |batch: &Arc<TailBatch>| batch.to <= position;
        let whole = self
            .blocks
            .partition_point(|block| block.last().is_some_and(ends));
        let begun = self.blocks.get(whole);
        whole * BLOCK_BATCHES + begun.map_or(0, |block| block.partition_point(ends))
    }

    /// The batches from number `start` on.
    pub(crate) fn from(&self, start: usize) -> impl Iterator<Item = &Arc<TailBatch>> {
        let blocks = self.blocks.iter().skip(start / BLOCK_BATCHES);
        blocks
            .flat_map(|block| block.iter())
            .skip(start % BLOCK_BATCHES)
    }
}

/// One site's data.
#[derive(Debug, Default)]
pub(crate) struct SiteState {
    pub(crate) parts: Arc<Vec<Arc<Part>>>,
    pub(crate) batches: BatchList,
    pub(crate) chunks: Vec<TailChunk>,
    pub(crate) ledger: Arc<RwLock<Ledger>>,
    pub(crate) lost: Arc<LostCounts>,
    /// Runs of the tail, made ahead and when somebody asks.
    pub(crate) folded: Arc<Mutex<Folded>>,
    /// Numbers of the persons in parts, kept while the parts stay.
    pub(crate) persons: Arc<PersonCache>,
    /// Events that came since folding ahead was asked for.
    unfolded: usize,
}

impl SiteState {
    /// Adds a report of losses.
    pub(crate) fn add_lost(&mut self, at_ms: i64, count: u64) {
        if count > 0 {
            *Arc::make_mut(&mut self.lost)
                .entry(lost_bucket(at_ms))
                .or_default() += count;
        }
    }
}

/// Start of the quarter hour in which a report is counted.
pub(crate) fn lost_bucket(at_ms: i64) -> i64 {
    at_ms.div_euclid(LOST_BUCKET_MS) * LOST_BUCKET_MS
}

/// All data, at one version.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Version of the list of parts.
    pub(crate) version: u64,
    /// End of the sealed prefix of the log.
    pub(crate) covered: LogPosition,
    /// End of what was delivered.
    pub(crate) end: LogPosition,
    /// Version of the last ledger entry of all sites.
    pub(crate) identity_version: u64,
    pub(crate) sites: HashMap<SiteId, SiteState>,
    /// Events in no part yet.
    pub(crate) tail_events: u64,
    /// Earliest receipt in no part yet.
    pub(crate) tail_since_ms: Option<i64>,
}

impl State {
    fn deliver(&mut self, accepted: Accepted) {
        match accepted {
            Accepted::Batch { to, batch, .. } => self.deliver_batch(to, batch),
            Accepted::Chunk {
                from,
                to,
                facts,
                encrypted_bytes,
            } => {
                self.note_receipt(facts.received_at_ms);
                self.end = self.end.max(to);
                let site = self.sites.entry(facts.site).or_default();
                site.chunks.push(TailChunk {
                    from,
                    to,
                    facts,
                    encrypted_bytes,
                });
            }
        }
    }

    fn deliver_batch(&mut self, to: LogPosition, mut batch: Batch) {
        self.note_receipt(batch.received_at_ms);
        self.end = self.end.max(to);
        self.tail_events += batch.events.len() as u64;
        let site = self.sites.entry(batch.site).or_default();
        site.add_lost(batch.received_at_ms, u64::from(batch.lost));
        site.unfolded += batch.events.len();
        let mut identities = Vec::new();
        if !batch.identities.is_empty() {
            let mut ledger = write(&site.ledger);
            for change in std::mem::take(&mut batch.identities) {
                let version = self.identity_version + 1;
                if ledger.apply(version, &change) {
                    self.identity_version = version;
                    identities.push(LedgerRow {
                        version,
                        site: batch.site,
                        change,
                    });
                }
            }
        }
        site.batches.push(Arc::new(TailBatch {
            to,
            batch,
            identities,
        }));
    }

    /// Version of the ledger at a position of the log. The state's own counts entries behind it, which
    /// nothing that is stored may count: they are numbered anew when the log is replayed.
    pub(crate) fn identities_at(&self, position: LogPosition) -> u64 {
        let batches = self.sites.values().flat_map(|site| site.batches.iter());
        batches
            .filter(|batch| batch.to > position)
            .filter_map(|batch| batch.identities.first())
            .map(|entry| entry.version - 1)
            .min()
            .unwrap_or(self.identity_version)
    }

    fn note_receipt(&mut self, at_ms: i64) {
        self.tail_since_ms = Some(self.tail_since_ms.map_or(at_ms, |since| since.min(at_ms)));
    }

    /// Takes what a seal covered out of the tail. The caller drops it when it has let go of the
    /// lock: that takes long, and the log's thread would wait.
    #[must_use]
    pub(crate) fn cut_tail(&mut self, covered: LogPosition) -> Vec<BatchList> {
        self.covered = covered;
        self.end = self.end.max(covered);
        self.tail_events = 0;
        self.tail_since_ms = None;
        let mut since: Option<i64> = None;
        let mut note = |at_ms: i64| since = Some(since.map_or(at_ms, |since| since.min(at_ms)));
        let mut gone = Vec::new();
        for site in self.sites.values_mut() {
            let mut kept = BatchList::default();
            for batch in site.batches.from(site.batches.count_until(covered)) {
                self.tail_events += batch.batch.events.len() as u64;
                note(batch.batch.received_at_ms);
                kept.push(Arc::clone(batch));
            }
            gone.push(std::mem::replace(&mut site.batches, kept));
            site.chunks.retain(|chunk| chunk.to > covered);
            site.chunks
                .iter()
                .for_each(|chunk| note(chunk.facts.received_at_ms));
        }
        self.tail_since_ms = since;
        gone
    }

    /// Replaces parts of one site.
    pub(crate) fn exchange(&mut self, site: SiteId, added: Vec<Arc<Part>>, removed: &[u128]) {
        let site = self.sites.entry(site).or_default();
        let mut parts: Vec<Arc<Part>> = site
            .parts
            .iter()
            .filter(|part| !removed.contains(&part.row().id))
            .cloned()
            .collect();
        parts.extend(added);
        parts.sort_by_key(|part| {
            let row = part.row();
            (row.week_ms, row.shard, row.id)
        });
        site.parts = Arc::new(parts);
    }
}

/// The state, shared between the log's thread, seals and readers.
pub(crate) type SharedState = Arc<RwLock<State>>;

pub(crate) fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the log delivers.
pub(crate) struct StateTail {
    state: SharedState,
    /// To the thread that folds ahead.
    ahead: SyncSender<SiteId>,
}

impl StateTail {
    /// Starts the thread that folds the tail while it grows, so that the first question to a
    /// full tail does not wait. It ends when the tail is dropped.
    pub(crate) fn start(state: SharedState) -> std::io::Result<Self> {
        let (ahead, sites) = sync_channel(AHEAD_SITES);
        let theirs = Arc::clone(&state);
        std::thread::Builder::new()
            .name("fold".to_owned())
            .spawn(move || {
                for site in sites {
                    Snapshot::fold_tail(&theirs, site);
                }
            })?;
        Ok(Self { state, ahead })
    }
}

impl Tail for StateTail {
    fn deliver(&mut self, group: Vec<Accepted>) {
        let mut state = write(&self.state);
        group
            .into_iter()
            .for_each(|accepted| state.deliver(accepted));
        for (id, site) in &mut state.sites {
            // A full channel is tried again with the next group.
            if site.unfolded >= AHEAD_EVENTS && self.ahead.try_send(*id).is_ok() {
                site.unfolded = 0;
            }
        }
    }
}

/// Looks up outside ids in the parts that the state names.
pub(crate) struct SealedIds(pub(crate) SharedState);

impl ExternalIds for SealedIds {
    fn contains(&self, site: SiteId, id: ExternalId) -> Result<bool, LookupError> {
        let parts = read(&self.0)
            .sites
            .get(&site)
            .map(|site| Arc::clone(&site.parts));
        for part in parts.iter().flat_map(|parts| parts.iter()) {
            let found = part.has_external(id.0);
            if found.map_err(|error| LookupError {
                reason: error.to_string(),
            })? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
