//! The packs that one repack writes: one for each day on which its recordings ended, so that
//! retention takes whole packs, and one for what they have alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::SiteId;

use super::super::packs::NewPacks;
use super::super::{Inner, StoreError, blocking};
use crate::catalog::{NewPack, Place};
use crate::paths::{pack_name, shared_pack_name};
use crate::recordings::pack;

/// Where something goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shelf {
    /// With the recordings that ended on the day that begins then.
    Day(i64),
    /// With what recordings have alike.
    Alike,
}

struct Open {
    name: String,
    /// Gone after a failure.
    writer: Option<pack::Writer>,
}

/// Packs that are being written.
pub(super) struct Shelves {
    inner: Arc<Inner>,
    site: SiteId,
    open: BTreeMap<Shelf, Open>,
    bytes: u64,
    broken: bool,
}

impl Shelves {
    pub(super) fn new(inner: Arc<Inner>, site: SiteId) -> Self {
        Self {
            inner,
            site,
            open: BTreeMap::new(),
            bytes: 0,
            broken: false,
        }
    }

    /// Bytes written so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether a write failed: then nothing of this can be used.
    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    /// Writes encrypted bytes; where they lie.
    pub(super) async fn put(
        &mut self,
        shelf: Shelf,
        payload: Vec<u8>,
    ) -> Result<Place, StoreError> {
        let open = match self.open.entry(shelf) {
            std::collections::btree_map::Entry::Occupied(open) => open.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let id = self.inner.random_id();
                let name = match shelf {
                    Shelf::Day(day_ms) => pack_name(self.site, day_ms, id),
                    Shelf::Alike => shared_pack_name(self.site, id),
                };
                place.insert(Open { name, writer: None })
            }
        };
        let (inner, name) = (Arc::clone(&self.inner), open.name.clone());
        let writer = open.writer.take();
        self.broken = true;
        let (writer, entry) = blocking(move || {
            let mut writer = match writer {
                Some(writer) => writer,
                None => pack::Writer::new(Arc::clone(&inner.disk), &inner.paths.pack(&name))?,
            };
            let entry = writer.add_payload(&payload)?;
            Ok((writer, entry))
        })
        .await?;
        self.broken = false;
        open.writer = Some(writer);
        self.bytes += u64::from(entry.bytes);
        Ok(Place {
            pack: open.name.clone(),
            offset: entry.offset,
            bytes: entry.bytes,
        })
    }

    /// Makes the packs durable. They go when the guard is dropped before it is told to keep them.
    pub(super) async fn finish(self) -> Result<(Vec<NewPack>, NewPacks), StoreError> {
        let mut written = NewPacks {
            inner: Arc::clone(&self.inner),
            names: Vec::new(),
        };
        blocking(move || {
            let mut new = Vec::new();
            for open in self.open.into_values() {
                let Some(writer) = open.writer else { continue };
                written.names.push(open.name.clone());
                let bytes = writer.finish()?.bytes;
                new.push(NewPack {
                    site: self.site,
                    name: open.name,
                    bytes,
                });
            }
            Ok((new, written))
        })
        .await
    }
}
