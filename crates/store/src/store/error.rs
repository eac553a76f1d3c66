//! What can go wrong in the store as a whole: the errors of its stations, and a few of its own.

use std::io;
use std::path::PathBuf;

use hitmetrix_model::ErrorKind;

use crate::catalog::CatalogError;
use crate::catalog::settings::SettingsError;
use crate::erasures::ErasuresError;
use crate::keys::KeysError;
use crate::lanes::LaneError;
use crate::log::LogError;
use crate::parts::PartError;
use crate::recordings::RecordingError;

/// The store could not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process owns the data folder.
    #[error("data folder {path} is in use by another hitmetrix; stop it, or choose another folder", path = path.display())]
    Locked {
        /// The folder.
        path: PathBuf,
    },
    /// A file or folder of the data folder.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// The folder to restore into, or to back up to, has something in it.
    #[error("folder {path} is not empty; choose an empty or new one", path = path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The folder to restore from is no backup, or not whole.
    #[error("{path} is no whole backup: {what}; use another one", path = path.display())]
    NoBackup {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The store's own work was stopped.
    #[error("the store is stopping; try again when it runs")]
    Stopped,
    /// Somebody was erased but for what may be in parts that cannot be read.
    #[error(
        "part {part} and {others} others cannot be read, and may hold events of who was erased; all else of them is gone; restore the parts, or a backup, and start again: the rest is then erased"
    )]
    NotErased {
        /// The first of them.
        part: String,
        /// How many others there are.
        others: usize,
    },
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The catalog.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A part.
    #[error(transparent)]
    Part(#[from] PartError),
    /// A lane.
    #[error(transparent)]
    Lane(#[from] LaneError),
    /// A recording.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The keys of recordings.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The journal of erasures.
    #[error(transparent)]
    Erasures(#[from] ErasuresError),
}

impl StoreError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Locked { .. } | Self::NotEmpty { .. } => ErrorKind::Conflict,
            Self::Io { .. } | Self::Stopped => ErrorKind::Unavailable,
            Self::NoBackup { .. } => ErrorKind::Invalid,
            Self::NotErased { .. } => ErrorKind::Corrupt,
            Self::Log(error) => error.kind(),
            Self::Catalog(error) => error.kind(),
            Self::Settings(error) => error.kind(),
            Self::Part(error) => error.kind(),
            Self::Lane(error) => error.kind(),
            Self::Recording(error) => error.kind(),
            Self::Keys(error) => error.kind(),
            Self::Erasures(error) => error.kind(),
        }
    }

    /// Wraps what the disk said about a path.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
