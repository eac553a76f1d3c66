//! Style sheets that recordings of a site share, as far as its pages need not send them again:
//! which they are told of, and what takes the place of one that a chunk names. Only what five
//! visitors sent is ever looked at, so that nobody learns what one visitor was shown. Digests are
//! held in memory alone: on the disk a sheet has no name but its keyed hash.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{SiteId, limits};
use hitmetrix_recording::{AssetId, SheetDigest, sheet_json};

use super::reading::{TRIES, has_moved};
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::AssetHash;
use crate::keys::KeyOwner;
use crate::recordings::site_keys::SiteKeys;
use crate::state::locked;

/// Latest recordings of a site that say which sheets its pages have.
const RECORDINGS: u32 = 100;
/// Bytes of assets that are read in one look, one asset after the other; further ones in the next.
const LOOK_BYTES: usize = 32 << 20;

/// What is known of each site's sheets.
pub(super) type SharedSheets = Mutex<HashMap<SiteId, Arc<SheetsOfSite>>>;

/// What is known of the sheets of one site.
#[derive(Default)]
pub(super) struct SheetsOfSite {
    /// How often what its recordings share may have changed.
    changes: AtomicU64,
    told: Mutex<Told>,
    /// Held by whoever looks.
    read: Arc<tokio::sync::Mutex<ReadAssets>>,
}

/// What pages are told.
#[derive(Default)]
struct Told {
    /// How many changes there had been when it was looked; none while there is more to look at.
    as_of: Option<u64>,
    /// The most used first.
    sheets: Vec<SheetDigest>,
}

/// Shared assets that were read, with what names them if they are sheets.
type ReadAssets = HashMap<AssetHash, Option<Sheet>>;

/// A sheet that is shared.
#[derive(Debug, Clone, Copy)]
struct Sheet {
    digest: SheetDigest,
    /// Bytes of its JSON.
    bytes: usize,
}

/// A shared asset.
struct ReadAsset {
    bytes: usize,
    /// None when it is no sheet.
    json: Option<Vec<u8>>,
}

/// Something that changes what recordings of a site share. Whatever becomes of it, even if nobody
/// waits for its end any more, what was known before is looked up again after it.
pub(super) struct SheetsChange(Arc<SheetsOfSite>);

impl Drop for SheetsChange {
    fn drop(&mut self) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
    }
}

impl SheetsOfSite {
    fn is_as_of_now(&self) -> bool {
        locked(&self.told).as_of == Some(self.changes.load(Ordering::Acquire))
    }

    /// Forgets sheets that are not there any more, or cannot be read.
    async fn forget(&self, gone: &HashMap<AssetHash, SheetDigest>) {
        let mut read = self.read.lock().await;
        read.retain(|hash, _| !gone.contains_key(hash));
        let gone: HashSet<&SheetDigest> = gone.values().collect();
        let mut told = locked(&self.told);
        told.sheets.retain(|digest| !gone.contains(digest));
    }
}

impl Store {
    /// The sheets that pages of a site may name instead of sending them, as far as they are known
    /// by now: nobody waits for it. If that is not the latest, it is looked up meanwhile.
    #[must_use]
    pub fn shared_sheets(&self, site: SiteId) -> Vec<SheetDigest> {
        let of_site = self.inner.sheets_of(site);
        if !of_site.is_as_of_now()
            && let Ok(mut read) = Arc::clone(&of_site.read).try_lock_owned()
        {
            let (inner, of_site) = (Arc::clone(&self.inner), Arc::clone(&of_site));
            tokio::spawn(async move {
                if let Err(error) = inner.look_at_sheets(site, &of_site, &mut read).await {
                    tracing::warn!(site = site.0, %error, "which style sheets pages need not send is not known");
                }
            });
        }
        let told = locked(&of_site.told);
        told.sheets.clone()
    }

    /// The JSON of those sheets, of the ones that a chunk of a site names, that its recordings share;
    /// together at most as much as a chunk may have.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn sheets(
        &self,
        site: SiteId,
        named: &BTreeSet<SheetDigest>,
    ) -> Result<HashMap<SheetDigest, Vec<u8>>, StoreError> {
        self.inner.json_of_sheets(site, named).await
    }
}

impl Inner {
    /// To be held while something changes what recordings of a site share.
    pub(super) fn sheets_change(&self, site: SiteId) -> SheetsChange {
        SheetsChange(self.sheets_of(site))
    }

    fn sheets_of(&self, site: SiteId) -> Arc<SheetsOfSite> {
        Arc::clone(locked(&self.sheets).entry(site).or_default())
    }

    async fn look_at_sheets(
        self: &Arc<Self>,
        site: SiteId,
        of_site: &SheetsOfSite,
        read: &mut ReadAssets,
    ) -> Result<(), StoreError> {
        // Before the catalog is asked: what changes from here on is looked up again.
        let as_of = of_site.changes.load(Ordering::Acquire);
        let mut lately = self.catalog.shared_lately(site, RECORDINGS).await?;
        lately.truncate(limits::SHARED_SHEETS_KNOWN);
        let is_all = self.read_further(site, &lately, read).await?;
        let sheets = lately.iter().filter_map(|hash| *read.get(hash)?);
        let sheets = sheets
            .filter(|sheet| sheet.bytes >= limits::SHARED_SHEET_BYTES)
            .map(|sheet| sheet.digest)
            .take(limits::SHARED_SHEETS_TOLD)
            .collect();
        *locked(&of_site.told) = Told {
            as_of: is_all.then_some(as_of),
            sheets,
        };
        Ok(())
    }

    /// Reads assets that were not read yet; false when some are left for the next time.
    async fn read_further(
        self: &Arc<Self>,
        site: SiteId,
        lately: &[AssetHash],
        read: &mut ReadAssets,
    ) -> Result<bool, StoreError> {
        let unread = lately.iter().filter(|hash| !read.contains_key(*hash));
        let unread: Vec<AssetHash> = unread.copied().collect();
        if read.len() + unread.len() > limits::SHARED_SHEETS_KNOWN {
            let lately: HashSet<&AssetHash> = lately.iter().collect();
            read.retain(|hash, _| lately.contains(hash));
        }
        let mut room = LOOK_BYTES;
        for hash in unread {
            if room == 0 {
                return Ok(false);
            }
            let Some(asset) = self.read_shared(site, hash).await? else {
                continue;
            };
            room = room.saturating_sub(asset.bytes);
            let sheet = asset.json.map(|json| Sheet {
                digest: SheetDigest::of(&json),
                bytes: json.len(),
            });
            read.insert(hash, sheet);
        }
        Ok(true)
    }

    /// Reads a shared asset; none when it is not there, or cannot be read.
    async fn read_shared(
        self: &Arc<Self>,
        site: SiteId,
        hash: AssetHash,
    ) -> Result<Option<ReadAsset>, StoreError> {
        let (whose, wanted) = ((site, KeyOwner::Site(site)), BTreeSet::from([hash]));
        let mut tried = 0;
        let found = loop {
            tried += 1;
            match self.asset_bytes(whose, &wanted).await {
                Err(error) if has_moved(&error) && tried < TRIES => {}
                Err(error) if has_moved(&error) => {
                    tracing::error!(site = site.0, %error, "a shared asset cannot be read");
                    return Ok(None);
                }
                found => break found?.remove(&hash),
            }
        };
        let Some(bytes) = found else {
            return Ok(None);
        };
        let this = Arc::clone(self);
        blocking(move || {
            let keys = SiteKeys::of(&this.keys, site);
            Ok(keys.map(|keys| ReadAsset {
                bytes: bytes.len(),
                json: sheet_json(AssetId(hash), &bytes, keys.names()),
            }))
        })
        .await
    }

    async fn json_of_sheets(
        self: &Arc<Self>,
        site: SiteId,
        named: &BTreeSet<SheetDigest>,
    ) -> Result<HashMap<SheetDigest, Vec<u8>>, StoreError> {
        let of_site = self.sheets_of(site);
        let mut wanted = self.shared_of(site, &of_site, named).await?;
        let mut found = HashMap::new();
        for (hash, digest) in wanted.clone() {
            let asset = self.read_shared(site, hash).await?;
            if let Some(json) = asset.and_then(|asset| asset.json) {
                found.insert(digest, json);
                wanted.remove(&hash);
            }
        }
        if !wanted.is_empty() {
            of_site.forget(&wanted).await;
        }
        Ok(found)
    }

    /// Which of the named sheets are shared, as far as a chunk has room for them.
    async fn shared_of(
        self: &Arc<Self>,
        site: SiteId,
        of_site: &SheetsOfSite,
        named: &BTreeSet<SheetDigest>,
    ) -> Result<HashMap<AssetHash, SheetDigest>, StoreError> {
        let mut read = of_site.read.lock().await;
        if !of_site.is_as_of_now() {
            self.look_at_sheets(site, of_site, &mut read).await?;
        }
        let mut room = limits::CHUNK_DECODED_BYTES;
        let mut shared = HashMap::new();
        for (hash, sheet) in read.iter() {
            if let Some(sheet) = sheet
                && named.contains(&sheet.digest)
                && sheet.bytes <= room
            {
                room -= sheet.bytes;
                shared.insert(*hash, sheet.digest);
            }
        }
        Ok(shared)
    }
}
