//! How much there is, and whether the store works at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::{Store, StoreError, blocking};
use crate::log::LogUsage;
use crate::state::read;

/// Bytes by kind, and counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// Bytes of all parts.
    pub parts_bytes: u64,
    /// How many parts.
    pub parts: u64,
    /// Events in parts.
    pub parts_events: u64,
    /// Bytes of all lanes.
    pub lanes_bytes: u64,
    /// Bytes of all packs of recordings.
    pub recordings_bytes: u64,
    /// Bytes of the catalog with its write-ahead log.
    pub catalog_bytes: u64,
    /// Bytes of the log.
    pub log_bytes: u64,
    /// How the log is doing.
    pub log: LogUsage,
    /// Events that are in no part yet.
    pub tail_events: u64,
    /// Chunks that are in no pack yet.
    pub tail_chunks: u64,
}

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProbeReport {
    /// Free bytes on the data folder's disk, for us.
    pub disk_free_bytes: u64,
    /// Its size.
    pub disk_total_bytes: u64,
}

impl Store {
    /// How much there is. Goes through the folders of lanes and packs.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let inner = &*self.inner;
        let log = inner.log.usage();
        let mut usage = Usage {
            log_bytes: log.bytes,
            log,
            lanes_bytes: bytes_below(&inner.paths.lanes()),
            recordings_bytes: bytes_below(&inner.paths.recordings()),
            catalog_bytes: catalog_bytes(&inner.paths.catalog()),
            ..Usage::default()
        };
        let state = read(&inner.state);
        usage.tail_events = state.tail_events;
        for site in state.sites.values() {
            usage.tail_chunks += site.chunks.len() as u64;
            for part in site.parts.iter() {
                usage.parts += 1;
                usage.parts_bytes += part.row().bytes;
                usage.parts_events += part.row().rows;
            }
        }
        usage
    }

    /// Syncs a few bytes beside the log, asks the catalog, and looks at the disk.
    ///
    /// # Errors
    /// When one of these fails.
    pub async fn probe(&self) -> Result<ProbeReport, StoreError> {
        let inner = Arc::clone(&self.inner);
        let now_ms = inner.config.clock.now_ms();
        let report = blocking(move || {
            let path = inner.paths.probe();
            let synced = File::create(&path)
                .and_then(|mut file| file.write_all(&now_ms.to_le_bytes()).map(|()| file))
                .and_then(|file| file.sync_data());
            synced.map_err(StoreError::io(&path))?;
            let disk = rustix::fs::statvfs(inner.paths.data())
                .map_err(|error| StoreError::io(inner.paths.data())(error.into()))?;
            Ok(ProbeReport {
                disk_free_bytes: disk.f_bavail * disk.f_frsize,
                disk_total_bytes: disk.f_blocks * disk.f_frsize,
            })
        })
        .await?;
        self.inner.catalog.probe().await?;
        Ok(report)
    }
}

fn catalog_bytes(path: &Path) -> u64 {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    [path, Path::new(&wal)]
        .iter()
        .filter_map(|path| fs::metadata(path).ok())
        .map(|facts| facts.len())
        .sum()
}

/// Bytes of all files below a folder; what cannot be read counts nothing.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, facts)| {
            if facts.is_dir() {
                bytes_below(&path)
            } else {
                facts.len()
            }
        })
        .sum()
}
