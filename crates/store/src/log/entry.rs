//! What goes into the log and what comes out of it: receipts for the senders, accepted events
//! for the tail, and the pin by which a seal takes a prefix of the log.

use hitmetrix_model::{Batch, ChunkFacts, ExternalId, LogPosition, SiteId};

use super::seen::{SessionRow, WindowRow};

/// What became of a batch. Both counts are final: duplicates were stored before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Receipt {
    /// Events that are stored now and were not before.
    pub accepted: u32,
    /// Events that had been stored already.
    pub duplicates: u32,
}

/// What became of a chunk or of a piece of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkOutcome {
    /// It had been stored already.
    pub duplicate: bool,
    /// The window has no snapshot to start from in this session: the sender should make one.
    pub needs_snapshot: bool,
    /// Where the pieces of the now complete set lie, in order; set on the last piece, and on each
    /// retry of a piece until the whole was stored.
    pub complete: Option<Vec<LogPosition>>,
}

/// A chunk as the log and the packs keep it: facts in clear, bytes encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncryptedChunk {
    /// What is known of it without its key.
    pub facts: ChunkFacts,
    /// Nonce, ciphertext and tag, as [`crate::recordings::cipher`] makes them.
    pub bytes: Vec<u8>,
}

/// Something the log took for good. Pieces are not handed on: only the whole chunk is.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// Events without those that were duplicates; there may be none left beside identity changes.
    Batch {
        /// Where its frame begins.
        from: LogPosition,
        /// Where its frame ends.
        to: LogPosition,
        /// The events.
        batch: Batch,
    },
    /// A whole chunk; its bytes are read with [`super::Log::read_chunk`].
    Chunk {
        /// Where its frame begins.
        from: LogPosition,
        /// Where its frame ends.
        to: LogPosition,
        /// What is known of it.
        facts: ChunkFacts,
        /// Length of its encrypted bytes.
        encrypted_bytes: u32,
    },
}

/// Where accepted events go: the unsealed end of the data.
pub trait Tail: Send {
    /// Called on the log's thread, in log order, when `group` is durable and before any of its
    /// senders hears of it, so that what was acknowledged is in the next answer. Must be quick:
    /// no group is written meanwhile. Also called during [`super::Log::open`], for what the
    /// replay finds.
    fn deliver(&mut self, group: Vec<Accepted>);
}

/// Looks up ids of events in sealed parts.
pub trait ExternalIds: Send + Sync {
    /// Whether an event of `site` with this id lies in a part. Called on the log's thread.
    ///
    /// # Errors
    /// When it could not be found out; the batch is then refused as unavailable.
    fn contains(&self, site: SiteId, id: ExternalId) -> Result<bool, LookupError>;
}

/// An id could not be looked up.
#[derive(Debug, thiserror::Error)]
#[error("cannot look up an event id: {reason}")]
pub struct LookupError {
    /// What stood in the way.
    pub reason: String,
}

/// A prefix of the log, to be sealed, and what is known of duplicates at exactly its end.
///
/// The transaction that names the new parts stores `position`, appends `windows` and `sessions`,
/// and may forget the stored rows with `last_receipt_ms < forget_before_ms`; then
/// [`super::Log::cut`] takes the pin back. A pin whose transaction failed is simply dropped:
/// its rows come again with the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// End of the prefix: the end of the last acknowledged frame. Everything before it has been
    /// delivered to the tail, nothing after it has.
    pub position: LogPosition,
    /// Windows that changed since the last pin that was taken back.
    pub windows: Vec<WindowRow>,
    /// Sessions that changed since then.
    pub sessions: Vec<SessionRow>,
    /// Rows whose last receipt is older are no longer needed.
    pub forget_before_ms: i64,
    pub(super) generation: u64,
}

/// State of the log when it was opened last: from the catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resume {
    /// End of the sealed prefix; zero for a new data folder.
    pub covered: LogPosition,
    /// All stored rows, oldest seal first.
    pub windows: Vec<WindowRow>,
    /// All stored rows, oldest seal first.
    pub sessions: Vec<SessionRow>,
    /// Now, UTC, milliseconds since the epoch.
    pub now_ms: i64,
}
