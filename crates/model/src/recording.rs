//! What the catalog tells of recordings.

use serde::{Deserialize, Serialize};

use crate::{SessionId, VisitorId, WindowId};

/// One session's recording, in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecordingSummary {
    /// The session.
    #[schema(value_type = String)]
    pub session: SessionId,
    /// Its visitor.
    #[schema(value_type = String)]
    pub visitor: VisitorId,
    /// Time of its first recorded event, UTC, milliseconds since the epoch.
    pub started_ms: i64,
    /// Time of its last recorded event.
    pub ended_ms: i64,
    /// Chunks that are stored.
    pub chunks: u32,
    /// Chunks that are known to be missing, from holes in the sequences.
    pub chunks_missing: u32,
    /// Bytes at rest.
    pub stored_bytes: u64,
    /// Whether a player can show it: some window has a full snapshot.
    pub playable: bool,
    /// Path of the first recorded page.
    pub path: String,
    /// Whether it stays when it is old and when the disk is over its mark.
    pub pinned: bool,
}

/// Why a session has no recording any more, where its age and its length do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingGone {
    /// Somebody deleted it.
    Deleted,
    /// The disk was over its mark.
    DiskFull,
}

/// Chunks that are stored together, as a player needs them: ordered by (first time of window,
/// window, sequence). While a session goes on that is one chunk as it came; afterwards it is up to
/// a minute of consecutive ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChunkRow {
    /// The page load.
    #[schema(value_type = String)]
    pub window: WindowId,
    /// Running number of the first within the window.
    pub sequence: u32,
    /// Running number of the last.
    pub last_sequence: u32,
    /// Time of its first event, UTC, milliseconds since the epoch.
    pub first_ms: i64,
    /// Time of its last event.
    pub last_ms: i64,
    /// How many events.
    pub events: u32,
    /// Whether it holds a full snapshot that the recorder made; then it begins with its chunk.
    pub snapshot: bool,
    /// Whether a full snapshot that the server worked out can be had before it, to start from.
    pub keyframe: bool,
    /// Bytes at rest.
    pub stored_bytes: u32,
    /// Path of the page when it began.
    pub path: String,
    /// Recorder that made it.
    pub recorder: String,
}
