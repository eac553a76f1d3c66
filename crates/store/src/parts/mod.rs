//! Parts: immutable Parquet files of events, of one site, one shard and one week, sorted by
//! (person, time, window, sequence).
//!
//! A part is written whole, synced, and only then named by the catalog; from there on it never
//! changes. Every byte that is read back is verified. A part that the catalog names no more is
//! deleted when its last reader lets go of it. Parts know neither SQL nor the log.

mod checked;
mod external;
mod files;
mod maker;
mod part;
mod read;
mod row_lanes;
mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_duckdb;
#[cfg(test)]
mod tests_properties;
#[cfg(test)]
mod tests_size;
mod write;

use std::io;
use std::path::PathBuf;

use arrow_schema::ArrowError;
use hitmetrix_model::ErrorKind;
use parquet::errors::ParquetError;

pub(crate) use checked::block_checksums;
pub(crate) use files::{PartFiles, orphans};
pub(crate) use part::Part;
pub(crate) use row_lanes::bytes_of;
pub(crate) use write::{FileWriter, PartWriter, WrittenPart};

use crate::lanes::LaneError;

/// Why a part could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// The file cannot be opened, or its bytes do not match their checksums.
    #[error("part {path}: {source}; restore it from a backup", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
    /// The disk or the object store refused.
    #[error("cannot write part {path}: {source}", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The object store refused.
    #[error("cannot write a part: {0}")]
    ObjectStore(#[from] object_store::Error),
    /// The Parquet is not what was written.
    #[error("a part cannot be read or written as Parquet: {0}")]
    Parquet(#[from] ParquetError),
    /// The columns do not fit together.
    #[error("a part's columns do not fit together: {0}")]
    Arrow(#[from] ArrowError),
    /// A newer version wrote it.
    #[error("a part has format `{found}`, this version reads `1`; use the newer version")]
    Format {
        /// The format, empty when it names none.
        found: String,
    },
    /// A column is missing, or has values that are none.
    #[error("column `{name}` of a part cannot be read; restore it from a backup")]
    Column {
        /// The column.
        name: &'static str,
    },
    /// Its lanes could not be made.
    #[error(transparent)]
    Lane(#[from] LaneError),
}

impl PartError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Write { .. } | Self::ObjectStore(_) => ErrorKind::Unavailable,
            Self::File { .. } | Self::Parquet(_) | Self::Arrow(_) | Self::Column { .. } => {
                ErrorKind::Corrupt
            }
            Self::Format { .. } => ErrorKind::Conflict,
            Self::Lane(error) => error.kind(),
        }
    }
}
