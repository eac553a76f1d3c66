//! Opens a data folder: lock, catalog, orphans, keys, log. Reads no part, so that a start takes as
//! long as the log's tail is, not as the data is.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, RwLock};

use hitmetrix_model::SiteId;

use super::read_rows::ReadRows;
use super::{Inner, Store, StoreConfig, StoreError, blocking};
use crate::catalog::{Catalog, PartRow};
use crate::disk::Disk;
use crate::erasures::Erasures;
use crate::keys::Keys;
use crate::log::{Log, LogConfig, Resume};
use crate::parts::{Part, PartFiles, orphans};
use crate::paths::Paths;
use crate::recordings::Intake;
use crate::state::{SealedIds, SharedState, SiteState, State, StateTail, write};
use hitmetrix_model::limits;

impl Store {
    /// Opens a data folder, or makes it; replays the log.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while another process has it; else what the disk, the catalog or
    /// the log say.
    pub async fn open(config: StoreConfig) -> Result<Self, StoreError> {
        let paths = Paths::new(&config.data);
        for folder in [
            config.data.clone(),
            paths.parts(),
            paths.lanes(),
            paths.recordings(),
        ] {
            make_folder(&folder)?;
        }
        let lock = take_lock(&paths)?;
        let catalog = Catalog::open(&paths.catalog(), &paths.migrations()).await?;
        let disk = Arc::clone(&config.disk);
        let parts = catalog.parts().await?;
        remove_orphans(&paths, &parts)?;
        remove_pack_orphans(&paths, &*disk, &catalog.packs().await?)?;

        let resumed = catalog.state().await?;
        let state: SharedState = Arc::new(RwLock::new(State {
            version: resumed.version,
            covered: resumed.covered,
            end: resumed.covered,
            identity_version: resumed.identity_version,
            sites: sites_of(parts, &catalog, &paths).await?,
            ..State::default()
        }));
        let seen = catalog.seen().await?;
        let resume = Resume {
            covered: resumed.covered,
            windows: seen.windows,
            sessions: seen.sessions,
            now_ms: config.clock.now_ms(),
        };
        let log_config = LogConfig {
            disk: Arc::clone(&disk),
            dir: paths.log(),
            quarantine: paths.quarantine(),
            randomness: Arc::clone(&config.randomness),
            external_ids: Arc::new(SealedIds(Arc::clone(&state))),
            segment_bytes: limits::LOG_SEGMENT_BYTES,
        };
        let (keys_disk, keys_path) = (Arc::clone(&disk), paths.keys());
        let erasures_path = paths.erasures();
        let randomness = Arc::clone(&config.randomness);
        let tail = StateTail::start(Arc::clone(&state)).map_err(StoreError::io(paths.data()))?;
        let tail = Box::new(tail);
        let (keys, erasures, log, replay) = blocking(move || {
            let erasures = Erasures::open(Arc::clone(&keys_disk), &erasures_path)?;
            let (keys, report) = Keys::open(keys_disk, &keys_path, randomness)?;
            if report.damaged_slots > 0 {
                tracing::error!(
                    slots = report.damaged_slots,
                    "keys of recordings are damaged"
                );
            }
            let (log, replay) = Log::open(log_config, resume, tail)?;
            Ok((Arc::new(keys), erasures, Arc::new(log), replay))
        })
        .await?;
        let end = write(&state).end.max(replay.end);
        write(&state).end = end;
        tracing::info!(
            events = replay.events,
            chunks = replay.chunks,
            torn_bytes = replay.torn_bytes,
            "log replayed"
        );
        let files = PartFiles::local(&paths)?;
        let intake = Intake::new(
            Arc::clone(&log),
            Arc::clone(&keys),
            Arc::clone(&config.randomness),
        );
        let settings = catalog.settings();
        let work = tokio::sync::Mutex::new(());
        let inner = Inner {
            config,
            paths,
            disk,
            catalog,
            settings,
            state,
            log,
            keys,
            erasures,
            intake,
            files,
            work,
            repacking: tokio::sync::Mutex::new(()),
            removals: AtomicU64::new(0),
            bases: Mutex::default(),
            sheets: Mutex::default(),
            pictures: Mutex::default(),
            expected: Mutex::default(),
            read_rows: ReadRows::new(limits::READ_ROWS_BYTES),
            unsure: Mutex::default(),
            replay,
            _lock: lock,
        };
        let inner = Arc::new(inner);
        let pending = inner.erasures.pending();
        if !pending.is_empty() {
            // Nobody is served better by a server that does not start: it is tried again next time.
            match inner.apply_erasures(&pending).await {
                Ok(report) => tracing::info!(?report, "an interrupted erasure was finished"),
                Err(error) => {
                    tracing::error!(%error, "an interrupted erasure is still not finished")
                }
            }
        }
        Ok(Self { inner })
    }
}

/// Only the owner may look into the data folder.
pub(super) fn make_folder(path: &Path) -> Result<(), StoreError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(StoreError::io(path))
}

/// Takes the lock file. The lock goes with the process, however it ends.
pub(super) fn take_lock(paths: &Paths) -> Result<File, StoreError> {
    let path = paths.lock();
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(StoreError::io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: paths.data().to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(StoreError::Io { path, source }),
    }
}

async fn sites_of(
    parts: Vec<PartRow>,
    catalog: &Catalog,
    paths: &Paths,
) -> Result<HashMap<SiteId, SiteState>, StoreError> {
    let mut lists: HashMap<SiteId, Vec<Arc<Part>>> = HashMap::new();
    for row in parts {
        lists
            .entry(row.site)
            .or_default()
            .push(Arc::new(Part::new(row, paths)));
    }
    let mut sites: HashMap<SiteId, SiteState> = HashMap::new();
    for (site, parts) in lists {
        sites.entry(site).or_default().parts = Arc::new(parts);
    }
    for (site, bucket_ms, count) in catalog.lost().await? {
        sites.entry(site).or_default().add_lost(bucket_ms, count);
    }
    for entry in catalog.identities().await? {
        let site = sites.entry(entry.site).or_default();
        write(&site.ledger).apply(entry.version, &entry.change);
    }
    Ok(sites)
}

/// Deletes parts that a crash left before the catalog named them, or after it no longer did.
fn remove_orphans(paths: &Paths, parts: &[PartRow]) -> Result<(), StoreError> {
    let known: BTreeSet<u128> = parts.iter().map(|part| part.id).collect();
    let found = orphans(paths, |id| known.contains(&id)).map_err(StoreError::io(paths.parts()))?;
    for path in &found {
        let removed = if path.is_dir() {
            fs::remove_dir_all(path)
        } else {
            fs::remove_file(path)
        };
        removed.map_err(StoreError::io(path))?;
    }
    if !found.is_empty() {
        tracing::info!(parts = found.len(), "orphans removed");
    }
    Ok(())
}

/// Deletes packs for the same reasons.
fn remove_pack_orphans(paths: &Paths, disk: &dyn Disk, packs: &[String]) -> Result<(), StoreError> {
    let known: BTreeSet<&str> = packs.iter().map(String::as_str).collect();
    let failed = |path: &Path| StoreError::io(path.to_owned());
    let folder = paths.recordings();
    let mut removed = 0;
    for site in disk.list_folders(&folder).map_err(failed(&folder))? {
        let folder = folder.join(site);
        for (file, _) in disk.list(&folder).map_err(failed(&folder))? {
            let path = folder.join(file);
            let name = paths.pack_name(&path);
            if !name.is_some_and(|name| known.contains(name.as_str())) {
                disk.remove(&path).map_err(failed(&path))?;
                removed += 1;
            }
        }
    }
    if removed > 0 {
        tracing::info!(packs = removed, "orphans removed");
    }
    Ok(())
}
