//! Backup and restore.
//!
//! A backup is a folder: a copy of the catalog, the parts and packs that it names, and
//! `MANIFEST.json`, written last, which lists every file with its length and BLAKE3. It stands
//! for the moment after a seal, so it needs no log. Keys of recordings are never in it: they are
//! backed up on their own, with the journal of erasures, and without them a restored recording
//! cannot be read, which is said. A restore erases again what the journal says was erased.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::open::{make_folder, take_lock};
use super::{Inner, Store, StoreConfig, StoreError, blocking};
use crate::catalog::{Catalog, PartRow};
use crate::paths::{PartName, Paths};
use crate::state::read;

const MANIFEST: &str = "MANIFEST.json";
const CATALOG: &str = "catalog.db";
const KEYS: &str = "recordings.keys";
const ERASURES: &str = "erasures.journal";
const FORMAT: u32 = 1;

/// What a backup wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BackupReport {
    /// Files beside the manifest.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events in the parts.
    pub events: u64,
}

/// What a restore wrote; every file was verified on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RestoreReport {
    /// Files that were copied.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events in the parts.
    pub events: u64,
    /// Whether keys were restored too; without them no recording can be read.
    pub keys: KeysRestored,
    /// Recordings that had been erased since the backup and were erased again.
    pub erased_again: u64,
}

/// Whether a restore brought the keys of recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeysRestored {
    /// No: the recordings that the catalog lists cannot be read.
    #[default]
    No,
    /// Yes.
    Yes,
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    created_at_ms: i64,
    catalog_version: u64,
    events: u64,
    files: Vec<ManifestFile>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ManifestFile {
    /// Below the backup folder, as below the data folder.
    path: String,
    bytes: u64,
    blake3: String,
}

impl Store {
    /// Writes a backup of everything but keys and salts to an empty or new folder. Events that
    /// come while it is written may or may not be in it.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], or what the disk says; without its manifest a folder is no
    /// backup.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        make_empty(to)?;
        let _work = self.inner.work.lock().await;
        // So that the parts hold all and no log is needed. The list of parts and packs stands
        // still while `work` is held.
        self.inner.seal().await?;
        self.inner.catalog.copy_to(&to.join(CATALOG)).await?;
        let packs = self.inner.catalog.packs().await?;
        let (inner, to) = (Arc::clone(&self.inner), to.to_owned());
        blocking(move || inner.copy_out(&to, &packs)).await
    }

    /// Writes the keys of recordings and the journal of erasures to an empty or new folder, which
    /// belongs somewhere else than the backup of the data.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], or what the disk says.
    pub async fn backup_keys(&self, to: &Path) -> Result<(), StoreError> {
        make_empty(to)?;
        let (inner, to) = (Arc::clone(&self.inner), to.to_owned());
        blocking(move || {
            inner.keys.copy_to(&to.join(KEYS))?;
            Ok(inner.erasures.copy_to(&to.join(ERASURES))?)
        })
        .await
    }

    /// Makes the data folder of `config` from a backup and, when given, a backup of its keys. Every
    /// file is verified against the manifest; what the journal beside the keys says was erased is
    /// erased again. Refused while a process owns the folder, and when there is anything in it.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::Locked`], [`StoreError::NoBackup`] for whatever is
    /// missing or broken, or what the disk says.
    pub async fn restore(
        from: &Path,
        keys: Option<&Path>,
        config: StoreConfig,
    ) -> Result<RestoreReport, StoreError> {
        let paths = Paths::new(&config.data);
        make_empty_but_lock(&paths)?;
        let lock = take_lock(&paths)?;
        let (from_folder, to_folder) = (from.to_owned(), config.data.clone());
        let mut report = blocking(move || copy_in(&from_folder, &to_folder)).await?;
        let catalog = Catalog::open(&paths.catalog(), &paths.migrations()).await?;
        let checked = check_restored(&catalog, from, &report).await;
        catalog.close().await;
        checked?;
        if let Some(keys) = keys {
            let (source, target) = (keys.join(KEYS), paths.keys());
            if let Some(folder) = target.parent() {
                make_folder(folder)?;
            }
            copy(&source, &target).map_err(StoreError::io(&source))?;
            report.keys = KeysRestored::Yes;
            let journal = keys.join(ERASURES);
            // Backups of keys from before there was a journal have none.
            if journal.exists() {
                copy(&journal, &paths.erasures()).map_err(StoreError::io(&journal))?;
            }
        }
        drop(lock);
        let store = Self::open(config).await?;
        let erased = store.inner.erasures.all();
        if !erased.is_empty() {
            report.erased_again = store.inner.apply_erasures(&erased).await?.recordings;
        }
        store.close().await?;
        Ok(report)
    }
}

impl Inner {
    /// Copies parts and packs beside the copied catalog, and writes the manifest.
    fn copy_out(&self, to: &Path, packs: &[String]) -> Result<BackupReport, StoreError> {
        let (parts, catalog_version): (Vec<PartRow>, u64) = {
            let state = read(&self.state);
            let parts = state.sites.values().flat_map(|site| site.parts.iter());
            (
                parts.map(|part| part.row().clone()).collect(),
                state.version,
            )
        };
        let mut manifest = Manifest {
            format: FORMAT,
            created_at_ms: self.config.clock.now_ms(),
            catalog_version,
            events: parts.iter().map(|part| part.rows).sum(),
            files: vec![describe(to, CATALOG)?],
        };
        for row in &parts {
            let name = PartName {
                id: row.id,
                site: row.site,
                week_ms: row.week_ms,
                shard: row.shard,
            };
            copy_file(self.paths.data(), to, &name.key())?;
            let file = describe(to, &name.key())?;
            if file.blake3 != blake3::Hash::from_bytes(row.checksum).to_hex().as_str() {
                let what = format!("part {} does not match its checksum", name.key());
                return Err(StoreError::NoBackup {
                    path: to.to_owned(),
                    what,
                });
            }
            manifest.files.push(file);
        }
        for name in packs {
            let key = format!("recordings/{name}");
            copy_file(self.paths.data(), to, &key)?;
            manifest.files.push(describe(to, &key)?);
        }
        let text = serde_json::to_string_pretty(&manifest)
            .expect("a manifest has text keys and whole numbers");
        let path = to.join(MANIFEST);
        File::create(&path)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
            })
            .and_then(|()| File::open(to)?.sync_all())
            .map_err(StoreError::io(&path))?;
        Ok(BackupReport {
            files: manifest.files.len() as u64,
            bytes: manifest.files.iter().map(|file| file.bytes).sum(),
            events: manifest.events,
        })
    }
}

/// The backup's catalog must name exactly what the backup brought.
async fn check_restored(
    catalog: &Catalog,
    from: &Path,
    report: &RestoreReport,
) -> Result<(), StoreError> {
    let broken = |what: String| StoreError::NoBackup {
        path: from.to_owned(),
        what,
    };
    let parts = catalog.parts().await?;
    let named = parts.len() as u64 + catalog.packs().await?.len() as u64 + 1;
    if named != report.files {
        return Err(broken(format!(
            "the catalog names {named} files, there are {}",
            report.files
        )));
    }
    let events: u64 = parts.iter().map(|part| part.rows).sum();
    if events != report.events {
        return Err(broken(format!(
            "the catalog has {events} events, not {}",
            report.events
        )));
    }
    Ok(())
}

/// Copies everything that the manifest lists, verifying it.
fn copy_in(from: &Path, to: &Path) -> Result<RestoreReport, StoreError> {
    let broken = |what: String| StoreError::NoBackup {
        path: from.to_owned(),
        what,
    };
    let text = fs::read_to_string(from.join(MANIFEST))
        .map_err(|error| broken(format!("{MANIFEST} cannot be read: {error}")))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| broken(format!("{MANIFEST} is not one: {error}")))?;
    if manifest.format != FORMAT {
        return Err(broken(format!(
            "it has format {}, not {FORMAT}",
            manifest.format
        )));
    }
    let mut report = RestoreReport {
        events: manifest.events,
        ..RestoreReport::default()
    };
    let mut seen = BTreeSet::new();
    for file in &manifest.files {
        if !is_ours(&file.path) || !seen.insert(&file.path) {
            return Err(broken(format!(
                "{MANIFEST} names a file that is none of a backup"
            )));
        }
        copy_file(from, to, &file.path)?;
        let found = describe(to, &file.path)?;
        if (found.bytes, &found.blake3) != (file.bytes, &file.blake3) {
            return Err(broken(format!("{} does not match its checksum", file.path)));
        }
        report.files += 1;
        report.bytes += file.bytes;
    }
    Ok(report)
}

/// Whether a manifest may name a path: below the folder, and where a backup has files.
fn is_ours(path: &str) -> bool {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    plain && (path == CATALOG || path.starts_with("parts/") || path.starts_with("recordings/"))
}

fn describe(folder: &Path, path: &str) -> Result<ManifestFile, StoreError> {
    let full = folder.join(path);
    let mut hasher = blake3::Hasher::new();
    let bytes = File::open(&full)
        .and_then(|file| {
            let bytes = file.metadata()?.len();
            hasher.update_reader(file)?;
            Ok(bytes)
        })
        .map_err(StoreError::io(&full))?;
    let blake3 = hasher.finalize().to_hex().to_string();
    Ok(ManifestFile {
        path: path.to_owned(),
        bytes,
        blake3,
    })
}

fn copy_file(from: &Path, to: &Path, path: &str) -> Result<(), StoreError> {
    let target = to.join(path);
    if let Some(folder) = target.parent() {
        make_folder(folder)?;
    }
    let source = from.join(path);
    copy(&source, &target).map_err(StoreError::io(&source))
}

/// Copies bytes, not links: a backup shares no disk block with what it saves.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    File::open(to)?.sync_all()?;
    match to.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn make_empty(folder: &Path) -> Result<(), StoreError> {
    make_folder(folder)?;
    refuse_unless_only(folder, None)
}

/// The lock file of a data folder may be there from an earlier try.
fn make_empty_but_lock(paths: &Paths) -> Result<(), StoreError> {
    make_folder(paths.data())?;
    refuse_unless_only(paths.data(), Some(paths.lock()))
}

fn refuse_unless_only(folder: &Path, allowed: Option<PathBuf>) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(StoreError::io(folder))? {
        let entry = entry.map_err(StoreError::io(folder))?;
        if Some(entry.path()) != allowed {
            return Err(StoreError::NotEmpty {
                path: folder.to_owned(),
            });
        }
    }
    Ok(())
}
