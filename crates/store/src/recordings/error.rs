//! What can go wrong with a recording.

use std::io;

use hitmetrix_model::ErrorKind;

use crate::keys::KeysError;
use crate::log::LogError;

/// Why a chunk was not stored or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The log did not take or give it.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Its key could not be made durable.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// Nobody has its key any more: it was erased, or the keys were not restored.
    #[error("the key of this recording is erased or was not restored, so nothing can read it")]
    NoKey,
    /// Its bytes do not fit to the key and to what is said of them.
    #[error("the recording does not fit to its key; it was altered or mixed up")]
    Altered,
    /// Larger than a chunk may be.
    #[error("chunk has {bytes} bytes, the limit is {limit}; send it in pieces")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// What it is packed as at rest does not fit.
    #[error(transparent)]
    AtRest(#[from] hitmetrix_recording::RestError),
    /// What it refers to is not there.
    #[error("the recording needs {what}, which is not there; restore a backup")]
    Incomplete {
        /// What is missing.
        what: &'static str,
    },
    /// Compression failed: a defect.
    #[error("a chunk cannot be compressed: {source}")]
    Compress {
        /// The compressor's words.
        source: io::Error,
    },
    /// A pack cannot be read or written.
    #[error("pack {name}: {source}")]
    Pack {
        /// Its file.
        name: String,
        /// What the disk said.
        source: io::Error,
    },
    /// A pack's bytes do not match their checksum.
    #[error("pack {name} is damaged at byte {offset}: {what}")]
    Damaged {
        /// Its file.
        name: String,
        /// Where.
        offset: u64,
        /// What does not fit.
        what: &'static str,
    },
    /// A task was stopped before it was done.
    #[error("the server is stopping; try again")]
    Stopped,
}

impl RecordingError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Log(error) => error.kind(),
            Self::Keys(error) => error.kind(),
            Self::NoKey => ErrorKind::NotFound,
            Self::AtRest(error) => error.kind(),
            Self::Incomplete { .. } | Self::Altered | Self::Damaged { .. } => ErrorKind::Corrupt,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::Compress { .. } => ErrorKind::Internal,
            Self::Pack { .. } | Self::Stopped => ErrorKind::Unavailable,
        }
    }
}
