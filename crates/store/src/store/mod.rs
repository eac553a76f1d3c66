//! The store as others see it: open, append, snapshot, seal.
//!
//! The way of an event: [`Store::append`] returns when it is durable in the log and visible to
//! [`Store::snapshot`]; [`Store::seal`] turns a prefix of the log into parts, named together with
//! the position they cover in one transaction of the catalog, and only then cuts the log;
//! [`Store::compact`] merges parts. A crash at any point loses and doubles nothing: what a
//! transaction does not name is an orphan and goes at the next start.

mod asked;
mod backup;
mod compact;
mod doctor;
mod erase_person;
mod error;
mod events;
mod expire;
mod named_events;
mod open;
mod packs;
mod page_heat;
mod person_events;
mod persons;
mod read_rows;
mod reading;
mod recordings;
mod removing;
mod repack;
mod seal;
mod session_pictures;
mod shared_sheets;
mod storage;
#[cfg(test)]
mod tests;
mod usage;

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use hitmetrix_model::{Batch, SessionId, SiteId, VisitorId, WindowId, limits};

pub use backup::{BackupReport, KeysRestored, RestoreReport};
pub use compact::CompactReport;
pub use doctor::Finding;
pub use erase_person::{EraseStep, PersonErased};
pub use error::StoreError;
pub use expire::ExpireReport;
pub use named_events::{FoundEvents, NamedEvents};
pub use packs::TidyReport;
pub use person_events::{EventPlace, EventsOfVisitors, PlaceError, VisitorEvents};
pub use persons::PersonLedger;
pub use reading::ChunkSpan;
pub use recordings::Pin;
pub use removing::{EraseReport, Removed};
pub use repack::RepackReport;
pub use seal::SealReport;
pub use storage::{ComingParts, ComingRecordings, GoingNow, RecordingsKept, StoragePlan};
pub use usage::{ProbeReport, Usage};

use crate::catalog::Catalog;
use crate::catalog::settings::Settings;
use crate::disk::{Disk, RealDisk};
use crate::erasures::Erasures;
use crate::keys::Keys;
use crate::lanes::AskedColumns;
use crate::log::{Log, Receipt, ReplayReport};
use crate::parts::{FileWriter, Part, PartFiles};
use crate::paths::Paths;
use crate::recordings::Intake;
use crate::snapshot::Snapshot;
use crate::state::{SharedState, locked, read};
use crate::{Clock, Randomness};

/// What a store is given.
pub struct StoreConfig {
    /// The data folder; made where it is missing.
    pub data: PathBuf,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Gives random bytes.
    pub randomness: Arc<dyn Randomness>,
    /// Where log, keys and packs lie; parts and the catalog lie on the system's own.
    pub disk: Arc<dyn Disk>,
    /// Events in the log at which [`Store::wants_seal`] says so.
    pub tail_events: u64,
    /// Bytes in the log at which it says so.
    pub tail_bytes: u64,
    /// Age of the oldest unsealed receipt at which it says so.
    pub tail_age_ms: i64,
    /// Rows of one part; compaction stops growing a part there.
    pub part_rows: u64,
}

impl StoreConfig {
    /// A store in a folder, with the limits of the reference page.
    #[must_use]
    pub fn new(data: PathBuf, clock: Arc<dyn Clock>, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            data,
            clock,
            randomness,
            disk: Arc::new(RealDisk),
            tail_events: limits::TAIL_EVENTS as u64,
            tail_bytes: limits::TAIL_BYTES,
            tail_age_ms: limits::TAIL_AGE_MS,
            part_rows: limits::PART_ROWS as u64,
        }
    }
}

/// The store of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    config: StoreConfig,
    paths: Paths,
    disk: Arc<dyn Disk>,
    catalog: Catalog,
    settings: Settings,
    state: SharedState,
    log: Arc<Log>,
    keys: Arc<Keys>,
    /// What was erased for good.
    erasures: Erasures,
    intake: Intake,
    files: PartFiles,
    /// Held by whatever changes the list of parts or packs: seals, compaction, expiry, backup, the
    /// end of a repack.
    work: tokio::sync::Mutex<()>,
    /// Held by a repack, of which there is one at a time; taken before `work`.
    repacking: tokio::sync::Mutex<()>,
    /// Counts removals of recordings, keys and assets: a repack that began before one is void.
    removals: AtomicU64,
    /// Bases that were needed last.
    bases: reading::SharedBases,
    /// By site, what is known of the sheets that its recordings share.
    sheets: shared_sheets::SharedSheets,
    /// Which chunks brought pictures that their sessions may name.
    pictures: session_pictures::SessionPictures,
    /// By site, columns that somebody has said will be asked for.
    expected: Mutex<HashMap<SiteId, AskedColumns>>,
    /// Rows of parts that were read last.
    read_rows: read_rows::ReadRows,
    /// Parts of commits that failed. A crash may bring such a commit back from the database's own
    /// log until a later one has overwritten it, so their files stay until then.
    unsure: Mutex<Vec<Arc<Part>>>,
    /// What the log's replay found when the store was opened.
    replay: ReplayReport,
    /// The lock of the data folder, for as long as the store lives.
    _lock: File,
}

impl Store {
    /// Stores a batch; returns when it is durable and in the next snapshot.
    ///
    /// # Errors
    /// When nothing of it was stored.
    pub async fn append(&self, batch: Batch) -> Result<Receipt, StoreError> {
        Ok(self.inner.log.append(batch).await?)
    }

    /// Pins the present data of a site. The first one after a start maps the lanes of its parts.
    ///
    /// # Errors
    /// None at present: parts that cannot be read are named in [`Snapshot::missing`].
    pub fn snapshot(&self, site: SiteId) -> Result<Snapshot, StoreError> {
        let mut snapshot = Snapshot::take(&self.inner.state, site);
        snapshot.missing.extend(self.inner.replay.missing());
        Ok(snapshot)
    }

    /// Visitor and session of a window's latest event, and its time, UTC, milliseconds since the
    /// epoch.
    #[must_use]
    pub fn session_of_window(
        &self,
        site: SiteId,
        window: WindowId,
    ) -> Option<(VisitorId, SessionId, i64)> {
        self.inner.log.session_of_window(site, window)
    }

    /// Latest session of a cookieless visitor, and the time of its last event.
    #[must_use]
    pub fn session_of_visitor(&self, site: SiteId, visitor: VisitorId) -> Option<(SessionId, i64)> {
        self.inner.log.session_of_visitor(site, visitor)
    }

    /// The visitor who was first seen with a session.
    #[must_use]
    pub fn owner_of_session(&self, site: SiteId, session: SessionId) -> Option<VisitorId> {
        self.inner.log.owner_of_session(site, session)
    }

    /// The control plane.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What the log's replay found when the store was opened.
    #[must_use]
    pub fn replay(&self) -> &ReplayReport {
        &self.inner.replay
    }

    /// Whether the tail is long or old enough for [`Store::seal`].
    #[must_use]
    pub fn wants_seal(&self) -> bool {
        let inner = &*self.inner;
        let state = read(&inner.state);
        let waits = state
            .tail_since_ms
            .is_some_and(|since| inner.config.clock.now_ms() - since >= inner.config.tail_age_ms);
        waits
            || state.tail_events >= inner.config.tail_events
            || state.end.0 - state.covered.0 >= inner.config.tail_bytes
    }

    /// Writes what waits, stops the log's thread and closes the catalog. What is not sealed
    /// stays in the log.
    ///
    /// # Errors
    /// When it is closed already.
    pub async fn close(&self) -> Result<(), StoreError> {
        let _work = self.inner.work.lock().await;
        self.inner.log.close().await?;
        self.inner.catalog.close().await;
        Ok(())
    }
}

impl Inner {
    /// Keeps the files of parts whose commit failed.
    fn keep_unsure(&self, parts: &[Arc<Part>]) {
        parts.iter().for_each(|part| part.name());
        locked(&self.unsure).extend(parts.iter().cloned());
    }

    /// A commit went through: those that failed before it will not come back.
    fn drop_unsure(&self) {
        let parts = std::mem::take(&mut *locked(&self.unsure));
        parts.iter().for_each(|part| part.bury());
    }

    /// Parts that the catalog names no more: their files go with the last reader, and what was read
    /// of them at once.
    fn bury(&self, parts: &[Arc<Part>]) {
        for part in parts {
            part.bury();
            self.read_rows.forget(part);
        }
    }

    /// A fresh random id.
    fn random_id(&self) -> u128 {
        let mut bytes = [0; 16];
        self.config.randomness.fill(&mut bytes);
        u128::from_be_bytes(bytes)
    }
}

/// Events as a Parquet file with the columns of a part; they must be in the order of
/// [`StoredEvent::order`](crate::StoredEvent::order).
///
/// # Errors
/// When the encoder fails.
pub fn parquet_file(rows: &[crate::StoredEvent]) -> Result<Vec<u8>, StoreError> {
    let mut writer = FileWriter::new(0)?;
    for row in rows {
        writer.push(row.by_ref())?;
    }
    Ok(writer.finish()?)
}

/// Runs what computes or waits for the disk where it holds nobody up.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| StoreError::Stopped)?
}
