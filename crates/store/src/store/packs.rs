//! The files that recordings lie in: new ones that no transaction names yet, those that are written
//! anew without what is gone, small ones that are merged. Readers that have a pack open finish with
//! it: its bytes leave the disk when the last of them lets go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hitmetrix_model::SiteId;

use super::reading::entry_of;
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::{NewPack, PackUse, Place, Swept};
use crate::paths::pack_name_beside;
use crate::recordings::pack;

/// A pack is written anew when at least one byte in so many is gone.
const GONE_PART: u64 = 4;
/// Small packs of one day that are merged.
const MERGE_PACKS: usize = 8;
/// A pack is small below.
const SMALL_BYTES: u64 = 8 << 20;
/// Bytes that a pack begins with, before its entries.
const HEAD_BYTES: u64 = 8;

/// When the bytes of what goes leave the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shrink {
    /// At once.
    Now,
    /// When enough of a pack is gone that writing it anew pays.
    WhenItPays,
}

/// What tidying did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TidyReport {
    /// Shared assets and bases that no recording names any more.
    pub shared: u64,
    /// Assets under visitors' own keys that are shared by now or that nothing names.
    pub copies: u64,
    /// Packs that went, into others or altogether.
    pub packs: u64,
}

impl Store {
    /// Lets go of assets and bases that no recording of a site names, writes packs anew of which
    /// much is gone, and merges small ones.
    ///
    /// # Errors
    /// When catalog or packs could not be changed; what was done before stays.
    pub async fn tidy_recordings(&self, site: SiteId) -> Result<TidyReport, StoreError> {
        let inner = &self.inner;
        let work = inner.work.lock().await;
        let (swept, gone) = inner.sweep(site).await?;
        let mut report = TidyReport {
            shared: swept.shared + swept.bases,
            copies: swept.copies,
            packs: gone.len() as u64,
        };
        inner.delete_packs(gone).await?;
        let uses = inner.catalog.pack_uses(site).await?;
        drop(work);
        let worth: Vec<&PackUse> = uses.iter().filter(|pack| pays(pack)).collect();
        for pack in worth {
            let _work = inner.work.lock().await;
            report.packs += inner.rewrite(vec![pack.name.clone()]).await?;
        }
        for group in small_packs(&uses) {
            let _work = inner.work.lock().await;
            report.packs += inner.rewrite(group).await?;
        }
        Ok(report)
    }
}

/// Whether writing a pack anew gives back enough.
fn pays(pack: &PackUse) -> bool {
    !pack.loose && gone_bytes(pack) * GONE_PART >= pack.bytes
}

fn gone_bytes(pack: &PackUse) -> u64 {
    pack.bytes.saturating_sub(HEAD_BYTES + pack.named_bytes)
}

/// Small packs of the same day, as many as are worth merging.
fn small_packs(uses: &[PackUse]) -> Vec<Vec<String>> {
    let mut days: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for pack in uses {
        if !pack.loose && !pays(pack) && pack.bytes < SMALL_BYTES {
            let day = pack.name.rsplit_once('-').map_or("", |(day, _)| day);
            days.entry(day).or_default().push(pack.name.clone());
        }
    }
    days.into_values()
        .filter(|packs| packs.len() >= MERGE_PACKS)
        .collect()
}

impl Inner {
    /// Forgets what no recording of a site names; the caller holds `work` and deletes the packs.
    pub(super) async fn sweep(&self, site: SiteId) -> Result<(Swept, Vec<String>), StoreError> {
        self.removals.fetch_add(1, Ordering::AcqRel);
        let _change = self.sheets_change(site);
        let now_ms = self.config.clock.now_ms();
        Ok(self.catalog.sweep(site, now_ms).await?)
    }

    /// Deletes the files of packs that are named no more.
    pub(super) async fn delete_packs(
        self: &Arc<Self>,
        names: Vec<String>,
    ) -> Result<(), StoreError> {
        if names.is_empty() {
            return Ok(());
        }
        let this = Arc::clone(self);
        blocking(move || {
            for name in names {
                pack::remove(&*this.disk, &this.paths.pack(&name))?;
            }
            Ok(())
        })
        .await
    }

    /// Those of some packs of a site in which something is gone.
    pub(super) async fn packs_with_gaps(
        &self,
        site: SiteId,
        among: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, StoreError> {
        let uses = self.catalog.pack_uses(site).await?;
        let with_gaps = uses.into_iter().filter(|pack| gone_bytes(pack) > 0);
        let names = with_gaps.map(|pack| pack.name);
        Ok(names.filter(|name| among(name)).collect())
    }

    /// Writes packs anew without what is named no more. The caller holds `work`.
    pub(super) async fn shrink_packs(
        self: &Arc<Self>,
        names: Vec<String>,
        shrink: Shrink,
    ) -> Result<(), StoreError> {
        for name in names {
            let worth = match shrink {
                Shrink::Now => true,
                Shrink::WhenItPays => self.catalog.pack_use(&name).await?.is_some_and(|pack| {
                    // Of one that still holds chunks as they came the rest goes soon anyway.
                    pays(&pack)
                }),
            };
            if worth {
                self.rewrite(vec![name]).await?;
            }
        }
        Ok(())
    }

    /// Puts what is named in some packs of one site into a new one; they go. Returns how many
    /// went. The caller holds `work`.
    async fn rewrite(self: &Arc<Self>, names: Vec<String>) -> Result<u64, StoreError> {
        let mut places = Vec::new();
        let mut site = SiteId(0);
        for name in &names {
            let (of, entries) = self.catalog.entries_of_pack(name).await?;
            if !entries.is_empty() {
                site = of;
            }
            places.extend(entries);
        }
        if places.is_empty() {
            let gone = self.catalog.drop_unnamed_packs().await?;
            let count = gone.len() as u64;
            self.delete_packs(gone).await?;
            return Ok(count);
        }
        let this = Arc::clone(self);
        let (new, moved) = blocking(move || this.copy_entries(site, places)).await?;
        // From here on the transaction may be in force, whatever is heard of it.
        let gone = self.catalog.move_entries(&new, &moved).await?;
        let count = gone.len() as u64;
        self.delete_packs(gone).await?;
        Ok(count)
    }

    /// Copies entries into a new pack, as they are. Blocks.
    fn copy_entries(
        &self,
        site: SiteId,
        places: Vec<Place>,
    ) -> Result<(NewPack, Vec<(Place, u64)>), StoreError> {
        let name = pack_name_beside(&places[0].pack, self.random_id());
        let mut writer = pack::Writer::new(Arc::clone(&self.disk), &self.paths.pack(&name))?;
        let mut moved = Vec::with_capacity(places.len());
        for place in places {
            let path = self.paths.pack(&place.pack);
            let entry = pack::copy(&*self.disk, (&path, entry_of(&place)), &mut writer)?;
            moved.push((place, entry.offset));
        }
        let finished = writer.finish()?;
        let new = NewPack {
            site,
            name,
            bytes: finished.bytes,
        };
        Ok((new, moved))
    }
}

/// Packs that no transaction names yet; deleted when they are dropped before [`Self::keep`], so
/// that what fails on a full disk does not make it fuller with each try.
pub(super) struct NewPacks {
    pub(super) inner: Arc<Inner>,
    pub(super) names: Vec<String>,
}

impl NewPacks {
    pub(super) fn keep(mut self) {
        self.names.clear();
    }
}

impl Drop for NewPacks {
    fn drop(&mut self) {
        for name in &self.names {
            // What cannot be deleted now is found as an orphan when the store is opened next.
            if let Err(error) = pack::remove(&*self.inner.disk, &self.inner.paths.pack(name)) {
                tracing::warn!(%error, "an unfinished pack could not be deleted");
            }
        }
    }
}
