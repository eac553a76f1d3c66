//! What can go wrong with the catalog.

use std::io;
use std::path::PathBuf;

use hitmetrix_model::ErrorKind;

/// The catalog could not be opened, read or changed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database failed.
    #[error("the catalog database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A newer version of the program has migrated it.
    #[error(
        "the catalog has schema {found}, this version knows up to {known}; use the newer version of hitmetrix, or restore a backup"
    )]
    NewerSchema {
        /// Schema of the file.
        found: i64,
        /// Newest schema known.
        known: i64,
    },
    /// A stored value is out of its range.
    #[error("stored {what} cannot be read; run `hitmetrix doctor`, or restore a backup")]
    Unreadable {
        /// Which value.
        what: &'static str,
    },
    /// A commit that seemed to fail is in force all the same.
    #[error(
        "the catalog is at version {found}, this process knows version {known}; restart hitmetrix, nothing is lost"
    )]
    Moved {
        /// The version that this process goes by.
        known: u64,
        /// The version of the database.
        found: u64,
    },
    /// SQLite wants paths as text.
    #[error("path {path} is not valid UTF-8; choose another folder", path = path.display())]
    PathNotText {
        /// The path.
        path: PathBuf,
    },
    /// The copy before a migration could not be made.
    #[error("cannot copy the catalog to {path} before its migration: {source}", path = path.display())]
    Copy {
        /// Where to.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
}

impl CatalogError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Database(_) | Self::Copy { .. } | Self::Moved { .. } => ErrorKind::Unavailable,
            Self::NewerSchema { .. } => ErrorKind::Conflict,
            Self::Unreadable { .. } => ErrorKind::Corrupt,
            Self::PathNotText { .. } => ErrorKind::Invalid,
        }
    }
}
