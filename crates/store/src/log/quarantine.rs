//! What is kept of damaged bytes: a copy beside the log and a report that says where they were,
//! so that a person can look, and so that no answer is silently short.

use std::path::Path;

use hitmetrix_model::LogPosition;
use serde::{Deserialize, Serialize};

use super::error::LogError;
use crate::disk::{self, Disk};

/// Why a stretch of the log cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was durable and does not match its checksum any more.
    Damaged,
    /// It belongs to the last group before a crash, which nobody may have heard of.
    Unfinished,
    /// It is not there: a file is missing or too short.
    Absent,
}

/// A stretch of the log that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantined {
    /// Its first byte.
    pub from: LogPosition,
    /// Its end.
    pub to: LogPosition,
    /// What is wrong.
    pub reason: Reason,
}

impl Quarantined {
    fn name(&self) -> String {
        format!("log-{:020}-{:020}", self.from.0, self.to.0)
    }

    /// Whether acknowledged data may be missing, so that answers have to say it.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.reason != Reason::Unfinished
    }

    /// One line for those who read an answer.
    #[must_use]
    pub fn text(&self) -> String {
        let what = match self.reason {
            Reason::Damaged => "damaged",
            Reason::Unfinished => "unfinished",
            Reason::Absent => "missing",
        };
        format!(
            "{} bytes of the log from position {} are {what}: quarantine/{}.json",
            self.to.0 - self.from.0,
            self.from.0,
            self.name()
        )
    }
}

/// Whether an earlier start reported the same stretch; its verdict stays.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn is_known(disk: &dyn Disk, dir: &Path, found: &Quarantined) -> Result<bool, LogError> {
    let path = dir.join(format!("{}.json", found.name()));
    match disk::read_all(disk, &path) {
        Ok(bytes) => Ok(serde_json::from_slice::<Quarantined>(&bytes).is_ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(LogError::Read {
            name: found.name(),
            source,
        }),
    }
}

/// All reports in the folder, in log order.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn all(disk: &dyn Disk, dir: &Path) -> Result<Vec<Quarantined>, LogError> {
    let failed = |source| LogError::Read {
        name: dir.display().to_string(),
        source,
    };
    let files = match disk.list(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(failed)?,
    };
    let mut reports = Vec::new();
    for (name, _) in files {
        if name.starts_with("log-") && name.ends_with(".json") {
            let bytes = disk::read_all(disk, &dir.join(&name)).map_err(failed)?;
            reports.extend(serde_json::from_slice::<Quarantined>(&bytes));
        }
    }
    Ok(reports)
}

/// Copies the bytes and writes the report, both durably.
///
/// # Errors
/// When the disk cannot take them.
pub(super) fn keep(
    disk: &dyn Disk,
    dir: &Path,
    found: &Quarantined,
    bytes: &[u8],
) -> Result<(), LogError> {
    let failed = |source| LogError::Read {
        name: found.name(),
        source,
    };
    disk.create_dirs(dir).map_err(failed)?;
    let report = serde_json::to_vec(found).map_err(|error| failed(std::io::Error::other(error)))?;
    if !bytes.is_empty() {
        disk::replace(disk, &dir.join(format!("{}.bytes", found.name())), bytes).map_err(failed)?;
    }
    disk::replace(disk, &dir.join(format!("{}.json", found.name())), &report).map_err(failed)
}
