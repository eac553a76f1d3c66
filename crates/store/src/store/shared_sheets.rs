//! Style sheets that recordings of a site share, as far as its pages need not send them again:
//! which they are told of, and what takes the place of one that a chunk names. Only what five
//! visitors sent is ever looked at, so that nobody learns what one visitor was shown. Digests are
//! held in memory alone: on the disk a sheet has no name but its keyed hash.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use hitmetrix_model::{SiteId, limits};
use hitmetrix_recording::{AssetId, SheetDigest, sheet_json};
use tokio::sync::OwnedMutexGuard;

use super::reading::{TRIES, has_moved};
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::AssetHash;
use crate::keys::KeyOwner;
use crate::recordings::site_keys::SiteKeys;
use crate::state::locked;

/// Latest recordings of a site that say which sheets its pages have.
const RECORDINGS: u32 = 100;
/// Assets that are read in one look; further ones in the next.
const READ_AT_ONCE: usize = 128;

/// What is known of each site's sheets, shared between those who ask.
pub(super) type SharedSheets = Mutex<HashMap<SiteId, Arc<tokio::sync::Mutex<SheetsOfSite>>>>;

/// What is known of the sheets of one site.
#[derive(Default)]
pub(super) struct SheetsOfSite {
    /// How many repacks and removals there had been when it was looked.
    as_of: Option<u64>,
    /// Shared assets that were read, with what names them if they are sheets.
    read: HashMap<AssetHash, Option<Sheet>>,
    /// Those that pages are told of, the most used first.
    told: Vec<SheetDigest>,
}

/// A sheet that is shared.
#[derive(Debug, Clone, Copy)]
struct Sheet {
    digest: SheetDigest,
    /// Bytes of its JSON.
    bytes: usize,
}

impl Store {
    /// The sheets that pages of a site may name instead of sending them.
    ///
    /// # Errors
    /// When the catalog or a pack cannot be read.
    pub async fn shared_sheets(&self, site: SiteId) -> Result<Vec<SheetDigest>, StoreError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.inner.sheets_of(site).await {
                Err(error) if tried < TRIES && has_moved(&error) => {}
                known => return Ok(known?.told.clone()),
            }
        }
    }

    /// The JSON of those sheets, of the ones that a chunk of a site names, that its recordings share;
    /// together at most as much as a chunk may have.
    ///
    /// # Errors
    /// When the catalog or a pack cannot be read.
    pub async fn sheets(
        &self,
        site: SiteId,
        named: &BTreeSet<SheetDigest>,
    ) -> Result<HashMap<SheetDigest, Vec<u8>>, StoreError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.inner.json_of_sheets(site, named).await {
                Err(error) if tried < TRIES && has_moved(&error) => {}
                other => return other,
            }
        }
    }
}

impl Inner {
    /// What is known of a site's sheets by now: looked up again when recordings were repacked or
    /// removed since.
    async fn sheets_of(
        self: &Arc<Self>,
        site: SiteId,
    ) -> Result<OwnedMutexGuard<SheetsOfSite>, StoreError> {
        let of_site = Arc::clone(locked(&self.sheets).entry(site).or_default());
        let mut known = of_site.lock_owned().await;
        let as_of = self.repacks.load(Ordering::Acquire) + self.removals.load(Ordering::Acquire);
        if known.as_of != Some(as_of) {
            self.look_at_sheets(site, &mut known).await?;
            known.as_of = Some(as_of);
        }
        Ok(known)
    }

    async fn look_at_sheets(
        self: &Arc<Self>,
        site: SiteId,
        known: &mut SheetsOfSite,
    ) -> Result<(), StoreError> {
        let lately = self.catalog.shared_lately(site, RECORDINGS).await?;
        let unread = lately.iter().filter(|hash| !known.read.contains_key(*hash));
        let unread: BTreeSet<AssetHash> = unread.take(READ_AT_ONCE).copied().collect();
        for (hash, json) in self.read_sheets(site, &unread).await? {
            let sheet = json.map(|json| Sheet {
                digest: SheetDigest::of(&json),
                bytes: json.len(),
            });
            known.read.insert(hash, sheet);
        }
        if known.read.len() > limits::SHARED_SHEETS_KNOWN {
            let lately: BTreeSet<&AssetHash> = lately.iter().collect();
            known.read.retain(|hash, _| lately.contains(hash));
        }
        let sheets = lately.iter().filter_map(|hash| *known.read.get(hash)?);
        known.told = sheets
            .filter(|sheet| sheet.bytes >= limits::SHARED_SHEET_BYTES)
            .map(|sheet| sheet.digest)
            .take(limits::SHARED_SHEETS_TOLD)
            .collect();
        Ok(())
    }

    /// Reads shared assets: the JSON of those that are sheets, and nothing of others.
    async fn read_sheets(
        self: &Arc<Self>,
        site: SiteId,
        assets: &BTreeSet<AssetHash>,
    ) -> Result<Vec<(AssetHash, Option<Vec<u8>>)>, StoreError> {
        let found = self
            .asset_bytes((site, KeyOwner::Site(site)), assets)
            .await?;
        let this = Arc::clone(self);
        blocking(move || {
            let Some(keys) = SiteKeys::of(&this.keys, site) else {
                return Ok(Vec::new());
            };
            let json = |(hash, bytes): (AssetHash, Arc<[u8]>)| {
                (hash, sheet_json(AssetId(hash), &bytes, keys.names()))
            };
            Ok(found.into_iter().map(json).collect())
        })
        .await
    }

    async fn json_of_sheets(
        self: &Arc<Self>,
        site: SiteId,
        named: &BTreeSet<SheetDigest>,
    ) -> Result<HashMap<SheetDigest, Vec<u8>>, StoreError> {
        let mut room = limits::CHUNK_DECODED_BYTES;
        let mut wanted: HashMap<AssetHash, SheetDigest> = HashMap::new();
        for (hash, sheet) in &self.sheets_of(site).await?.read {
            if let Some(sheet) = sheet
                && named.contains(&sheet.digest)
                && sheet.bytes <= room
            {
                room -= sheet.bytes;
                wanted.insert(*hash, sheet.digest);
            }
        }
        let assets = wanted.keys().copied().collect();
        let read = self.read_sheets(site, &assets).await?;
        let found = read
            .into_iter()
            .filter_map(|(hash, json)| Some((*wanted.get(&hash)?, json?)));
        Ok(found.collect())
    }
}
