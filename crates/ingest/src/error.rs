//! What is wrong with a body or with one of its lines. A line's error costs only that line and is
//! told to the sender; a rejection costs the whole body. Texts name the value, the limit and the
//! way out; they never repeat what a visitor typed.

use hitmetrix_model::ErrorKind;
use serde::{Deserialize, Serialize};

/// Why a whole body was refused. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The body as it came is over its limit.
    #[error("body is {bytes} bytes, the limit is {limit}; send smaller batches")]
    WireTooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// The body is over its limit once it is unpacked.
    #[error("body is over {limit} bytes once unpacked, which is the limit; send smaller batches")]
    DecodedTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The body begins like gzip and then is not.
    #[error("body begins like gzip but cannot be unpacked; send it again, or plain")]
    Gzip,
    /// The body has no envelope.
    #[error("body is empty; its first line must be the envelope")]
    Empty,
    /// The envelope is wrong.
    #[error("envelope, {field}: {message}")]
    Envelope {
        /// Which field; `line` when the line is no JSON object.
        field: String,
        /// What is wrong with it, and the way out.
        message: String,
    },
    /// The envelope is of a version that this server does not know.
    #[error("envelope has version {version}, this server reads version 1; update the server")]
    Version {
        /// The version as it came.
        version: String,
    },
    /// The page or the browser refuses recordings.
    #[error("the browser asks not to be tracked, so nothing is recorded; stop the recorder")]
    RecordingRefused,
    /// Recordings are off, or the page is one that the site's rules block.
    #[error("the site's rules do not record this page; fetch the rules again")]
    RecordingBlocked,
    /// The numbers of a piece contradict each other.
    #[error("piece {index} of {count} cannot be; a chunk has 2 to {limit} pieces, counted from 0")]
    Piece {
        /// Its number.
        index: u64,
        /// How many there are said to be.
        count: u64,
        /// The most there can be.
        limit: usize,
    },
}

impl Rejection {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::WireTooLarge { .. } | Self::DecodedTooLarge { .. } => ErrorKind::TooLarge,
            Self::RecordingRefused | Self::RecordingBlocked => ErrorKind::Forbidden,
            Self::Gzip
            | Self::Empty
            | Self::Envelope { .. }
            | Self::Version { .. }
            | Self::Piece { .. } => ErrorKind::Invalid,
        }
    }

    /// Stable code, as docs/reference/wire.md lists it.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WireTooLarge { .. } => "body_too_large",
            Self::DecodedTooLarge { .. } => "decoded_body_too_large",
            Self::Gzip => "bad_gzip",
            Self::Empty => "empty_body",
            Self::Envelope { .. } => "bad_envelope",
            Self::Version { .. } => "unknown_version",
            Self::RecordingRefused => "recording_refused",
            Self::RecordingBlocked => "recording_blocked",
            Self::Piece { .. } => "bad_piece",
        }
    }
}

/// What is wrong with one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Stable code, as docs/reference/wire.md lists it.
    pub code: &'static str,
    /// The field or the limit.
    pub field: String,
    /// What is wrong, and the way out.
    pub message: String,
}

impl LineError {
    /// An error of one field.
    pub(crate) fn new(code: &'static str, field: &str, message: impl Into<String>) -> Self {
        Self {
            code,
            field: crate::text::cut(field, hitmetrix_model::limits::NAME_BYTES).0,
            message: message.into(),
        }
    }

    /// The answer's row for line number `line`, counted from one.
    pub(crate) fn at(self, line: usize) -> Rejected {
        Rejected {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            code: self.code.to_owned(),
            field: self.field,
            message: self.message,
        }
    }
}

impl From<LineError> for Rejection {
    fn from(error: LineError) -> Self {
        Self::Envelope {
            field: error.field,
            message: error.message,
        }
    }
}

/// One line that was not taken, as the answer lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its number in the body, counted from one; the envelope is line 1.
    pub line: u32,
    /// Stable code.
    pub code: String,
    /// The field or the limit.
    pub field: String,
    /// What is wrong, and the way out.
    pub message: String,
}
