//! What can go wrong with recordings at rest.

use hitmetrix_model::ErrorKind;

/// Why lines were not packed, or packed bytes not unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RestError {
    /// The bytes are not what [`super::pack`] gave, or belong to another base.
    #[error("packed recording is damaged: {what}")]
    Spoiled {
        /// What does not fit.
        what: &'static str,
    },
    /// They were packed against a base, and none is given.
    #[error("packed recording needs the base that it was packed against")]
    NoBase,
    /// Unpacked, it would be over the limit that the caller gave.
    #[error("packed recording is over {limit} bytes when it is unpacked")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The compressor failed: a defect.
    #[error("recording of {bytes} bytes cannot be compressed")]
    Compress {
        /// How much there was to compress.
        bytes: usize,
    },
}

impl RestError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::Spoiled { .. } | Self::NoBase => ErrorKind::Corrupt,
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::Compress { .. } => ErrorKind::Internal,
        }
    }
}
