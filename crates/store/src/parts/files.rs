//! Puts parts where they belong, and finds those that nobody names.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::PartError;
use crate::paths::{PartName, Paths};

/// Where parts are put.
#[derive(Debug, Clone)]
pub(crate) struct PartFiles {
    store: Arc<dyn ObjectStore>,
    paths: Paths,
}

impl PartFiles {
    /// Parts in the data folder.
    pub(crate) fn local(paths: &Paths) -> Result<Self, PartError> {
        let store = LocalFileSystem::new_with_prefix(paths.data())?;
        Ok(Self {
            store: Arc::new(store),
            paths: paths.clone(),
        })
    }

    /// Writes a part; when this returns, it survives a power loss.
    pub(crate) async fn put(&self, name: &PartName, bytes: Vec<u8>) -> Result<(), PartError> {
        let key = ObjectPath::from(name.key());
        self.store.put(&key, PutPayload::from(bytes)).await?;
        let path = self.paths.part(name);
        sync(&path, self.paths.data()).map_err(|source| PartError::Write { path, source })
    }
}

/// Syncs a file and the folders above it, up to and with `top`.
fn sync(path: &Path, top: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    for folder in path.ancestors().skip(1) {
        File::open(folder)?.sync_all()?;
        if folder == top {
            break;
        }
    }
    Ok(())
}

/// Files below `parts/`, and folders below `lanes/`, whose id is not `known`: what a crash
/// between a file and its transaction left.
pub(crate) fn orphans(paths: &Paths, known: impl Fn(u128) -> bool) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![paths.parts()];
    while let Some(folder) = folders.pop() {
        for (path, is_folder) in entries(&folder)? {
            if is_folder {
                folders.push(path);
            } else if !id_of(&path).is_some_and(&known) {
                found.push(path);
            }
        }
    }
    for (path, _) in entries(&paths.lanes())? {
        if !id_of(&path).is_some_and(&known) {
            found.push(path);
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    entries
        .map(|entry| {
            let entry = entry?;
            Ok((entry.path(), entry.file_type()?.is_dir()))
        })
        .collect()
}

/// The id in a name like `ID.parquet` or `ID`.
fn id_of(path: &Path) -> Option<u128> {
    let stem = path.file_stem()?.to_str()?;
    if stem.len() != 32 {
        return None;
    }
    u128::from_str_radix(stem, 16).ok()
}
