//! Recorder chunks on their way to the recording store.

use serde::{Deserialize, Serialize};

use crate::{SessionId, SiteId, VisitorId, WindowId};

/// One part of a chunk that was too large for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Counted from zero.
    pub index: u16,
    /// How many there are; at least two.
    pub count: u16,
}

/// What is known of a chunk without decrypting it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkFacts {
    /// The site.
    pub site: SiteId,
    /// The visitor, whose key encrypts it (the session's, when cookieless).
    pub visitor: VisitorId,
    /// True when the visitor is cookieless, so that the key belongs to the session.
    pub cookieless: bool,
    /// The session.
    pub session: SessionId,
    /// The page load.
    pub window: WindowId,
    /// Running number of chunks within the window, from zero.
    pub sequence: u32,
    /// `name/version` of the recorder and of our format, as `hitmetrix-1/1`.
    pub recorder: String,
    /// Corrected time of the first event, UTC, milliseconds since the epoch.
    pub first_ms: i64,
    /// Corrected time of the last event.
    pub last_ms: i64,
    /// Server time of receipt.
    pub received_at_ms: i64,
    /// How many events.
    pub events: u32,
    /// True when it holds a full snapshot, so that a player can start at it.
    pub snapshot: bool,
    /// Path of the page when the chunk began.
    pub path: String,
    /// Set on a piece that waits for the others: its bytes are a raw part of a body.
    pub piece: Option<Piece>,
}

/// A chunk with its plain bytes: recorder events as JSON, one a line, sanitised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// What is known of it.
    pub facts: ChunkFacts,
    /// JSON lines, or a raw part of a body when [`ChunkFacts::piece`] is set.
    pub bytes: Vec<u8>,
}
