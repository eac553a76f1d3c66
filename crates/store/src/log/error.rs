//! What can go wrong in the log, and what the sender does about it.

use std::io;

use hitmetrix_model::{ErrorKind, LogPosition};

use super::entry::LookupError;

/// Why the log did not do as asked. Whatever is `Unavailable` was not stored.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// More requests or bytes wait than may.
    #[error("{waiting_requests} requests wait for the log; try again in a second")]
    QueueFull {
        /// How many wait.
        waiting_requests: usize,
    },
    /// The disk has no room.
    #[error("the disk is full, nothing was stored; free some space and try again")]
    DiskFull,
    /// A write did not reach the disk.
    #[error("the log could not be written, nothing was stored: {reason}; try again")]
    Write {
        /// What the disk said; the error itself is shared by all requests of the group.
        reason: String,
    },
    /// A sync failed; the file it concerns is not used again.
    #[error("the log could not be synced, nothing counts as stored: {reason}; try again")]
    Sync {
        /// What the disk said.
        reason: String,
    },
    /// A folder or file of the log could not be opened or read.
    #[error("cannot read {name} of the log: {source}")]
    Read {
        /// The file or folder.
        name: String,
        /// What the disk said.
        source: io::Error,
    },
    /// The log is closed.
    #[error("the log is closed; the server is stopping")]
    Closed,
    /// An entry is larger than a frame may be.
    #[error("the entry has {bytes} bytes, a frame of the log takes {limit}; send smaller batches")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A window with more holes in its sequences than any tracker leaves.
    #[error("window has more than {limit} holes in its sequences; send its events in order")]
    TooManyHoles {
        /// The limit.
        limit: usize,
    },
    /// More incomplete sets of pieces than may wait.
    #[error("{waiting_sets} chunks wait for their pieces; complete those first")]
    TooManyPieces {
        /// How many wait.
        waiting_sets: usize,
    },
    /// A piece that does not fit to the others of its set.
    #[error("piece {index} of {count} does not fit to the set it belongs to; send the chunk anew")]
    PieceMismatch {
        /// Its index.
        index: u16,
        /// Its count.
        count: u16,
    },
    /// An event that points to no sender of its batch: a defect of who made the batch.
    #[error("an event names sender {index}, which its batch does not have")]
    UnknownSender {
        /// What the event says.
        index: u32,
    },
    /// Part of a batch could not be compared with what is stored.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A position that is no longer, or never was, in the log.
    #[error("position {} is not in the log any more; look it up again", .position.0)]
    NotInLog {
        /// The position.
        position: LogPosition,
    },
    /// Bytes that do not match their checksum.
    #[error("the log is damaged at position {}: {what}", .position.0)]
    Damaged {
        /// Where.
        position: LogPosition,
        /// What does not fit.
        what: &'static str,
    },
    /// A log that a newer version wrote.
    #[error("the log has format {found}, this version reads up to {known}; use the newer version")]
    NewerFormat {
        /// Its format.
        found: u8,
        /// The newest known.
        known: u8,
    },
    /// An entry that cannot be written in the log's encoding: a defect.
    #[error("an entry cannot be encoded: {source}")]
    Encode {
        /// The encoder's words.
        source: postcard::Error,
    },
    /// The log's thread is gone or could not be started.
    #[error("the log's thread is not running: {reason}; restart the server")]
    Thread {
        /// Why.
        reason: String,
    },
}

impl LogError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::QueueFull { .. }
            | Self::DiskFull
            | Self::Write { .. }
            | Self::Sync { .. }
            | Self::Read { .. }
            | Self::Closed
            | Self::Lookup(_) => ErrorKind::Unavailable,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::TooManyPieces { .. } => ErrorKind::TooMany,
            Self::TooManyHoles { .. } | Self::PieceMismatch { .. } => ErrorKind::Invalid,
            Self::NotInLog { .. } => ErrorKind::NotFound,
            Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::NewerFormat { .. } => ErrorKind::Conflict,
            Self::UnknownSender { .. } | Self::Encode { .. } | Self::Thread { .. } => {
                ErrorKind::Internal
            }
        }
    }
}
