//! Assets in a repack: what is shared already, what lies under the visitor's key already, and what
//! comes now. One becomes shared when enough different visitors sent it, and not before.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use hitmetrix_model::VisitorId;
use hitmetrix_recording::{Asset, VISITORS_MIN};

use super::super::reading::Whose;
use super::super::{Inner, StoreError, blocking};
use super::shelves::{Shelf, Shelves};
use crate::catalog::{AssetCopy, AssetHash, AssetNumber, NewAsset, Place, Sender};
use crate::recordings::RecordingError;
use crate::recordings::blob::Blob;
use crate::recordings::site_keys::SiteKeys;

/// What is known of an asset, in the catalog and since.
#[derive(Debug, Default)]
struct Known {
    number: Option<AssetNumber>,
    shared: Option<Place>,
    copies: Vec<AssetCopy>,
    /// What of it the catalog does not know yet.
    new_shared: bool,
    new_copies: Vec<AssetCopy>,
}

/// The assets of a repack.
pub(super) struct Alike {
    keys: SiteKeys,
    known: HashMap<AssetHash, Known>,
    /// Bytes that came.
    pub(super) bytes: u64,
    /// How many became shared.
    pub(super) shared: u64,
}

/// Whether so many different visitors sent something that it may be shared. A cookieless visitor
/// is another one on the next day, and may be a persistent one on the same: so only visitors of one
/// kind, and of one day, are known to be different.
pub(super) fn enough(senders: impl IntoIterator<Item = Sender>) -> bool {
    let mut kinds: BTreeMap<Option<i64>, BTreeSet<VisitorId>> = BTreeMap::new();
    for sender in senders {
        kinds.entry(sender.day).or_default().insert(sender.visitor);
    }
    kinds
        .values()
        .any(|visitors| visitors.len() >= VISITORS_MIN)
}

impl Alike {
    pub(super) fn new(keys: SiteKeys) -> Self {
        Self {
            keys,
            known: HashMap::new(),
            bytes: 0,
            shared: 0,
        }
    }

    /// Sees to it that each of these assets lies somewhere where this recording finds it; gives
    /// their names.
    pub(super) async fn place(
        &mut self,
        (inner, shelves): (&Arc<Inner>, &mut Shelves),
        (whose, sender, day_ms): (&Whose, Sender, i64),
        assets: Vec<Asset>,
    ) -> Result<BTreeSet<AssetHash>, StoreError> {
        let names: BTreeSet<AssetHash> = assets.iter().map(|asset| asset.id.0).collect();
        let unknown = names.iter().filter(|name| !self.known.contains_key(*name));
        let unknown: BTreeSet<AssetHash> = unknown.copied().collect();
        for (hash, row) in inner.catalog.assets(whose.site, &unknown).await? {
            let known = Known {
                number: Some(row.number),
                shared: row.shared,
                copies: row.copies,
                ..Known::default()
            };
            self.known.insert(hash, known);
        }
        let owner = whose.owner_id();
        for asset in assets {
            let hash = asset.id.0;
            let known = self.known.entry(hash).or_default();
            if known.shared.is_some() || known.copies.iter().any(|copy| copy.owner == owner) {
                continue;
            }
            let senders = known.copies.iter().map(|copy| copy.sender);
            let (shelf, key, blob) = match enough(senders.chain([sender])) {
                true => (Shelf::Alike, self.keys.shared().clone(), Blob::Asset(hash)),
                false => {
                    let key = inner.keys.key(whose.owner).ok_or(RecordingError::NoKey)?;
                    (Shelf::Day(day_ms), key, Blob::OwnAsset(hash))
                }
            };
            let (this, site) = (Arc::clone(inner), whose.site);
            let locked = blocking(move || {
                let randomness = &*this.config.randomness;
                Ok(blob.lock((site, &asset.bytes), &key, randomness)?)
            })
            .await?;
            let place = shelves.put(shelf, locked).await?;
            self.bytes += u64::from(place.bytes);
            let known = self.known.entry(hash).or_default();
            if shelf == Shelf::Alike {
                self.shared += 1;
                known.shared = Some(place);
                known.new_shared = true;
                known.new_copies.clear();
            } else {
                let copy = AssetCopy {
                    owner,
                    sender,
                    place,
                };
                known.copies.push(copy.clone());
                known.new_copies.push(copy);
            }
        }
        Ok(names)
    }

    /// What the catalog is to be told, and the numbers that it knows.
    pub(super) fn finish(self) -> (Vec<NewAsset>, BTreeMap<AssetHash, AssetNumber>) {
        let (mut new, mut numbers) = (Vec::new(), BTreeMap::new());
        for (hash, known) in self.known {
            numbers.extend(known.number.map(|number| (hash, number)));
            if known.new_shared || !known.new_copies.is_empty() {
                new.push(NewAsset {
                    hash,
                    shared: known.shared.filter(|_| known.new_shared),
                    copies: known.new_copies,
                });
            }
        }
        (new, numbers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_visitors_that_are_surely_different_count() {
        let sender = |visitor: u128, day| Sender {
            visitor: VisitorId(visitor),
            day,
        };
        let persistent = |count: u128| (0..count).map(move |visitor| sender(visitor, None));
        assert!(!enough(persistent(4)));
        assert!(enough(persistent(5)));
        assert!(!enough(persistent(4).chain(persistent(4))));
        // Somebody who comes without cookies on five days is five visitors and one person.
        let days = (0..5).map(|day| sender(day as u128, Some(day)));
        assert!(!enough(days));
        let one_day = (0..5).map(|visitor| sender(visitor, Some(7)));
        assert!(enough(one_day));
        // Who consents later comes once without and once with.
        let both = persistent(4).chain([sender(100, Some(7))]);
        assert!(!enough(both));
    }
}
