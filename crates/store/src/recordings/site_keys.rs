//! What the key of a site is used for: names of assets, and the bytes of what recordings share. A
//! disk without the key file shows neither what is kept nor whether a guess of it is kept.

use hitmetrix_model::SiteId;

use crate::keys::{Key, KeyOwner, Keys, KeysError};

/// The keys that a site's recordings have alike.
#[derive(Debug, Clone)]
pub(crate) struct SiteKeys {
    names: Key,
    shared: Key,
}

impl SiteKeys {
    /// Those of a site, if its key is there.
    pub(crate) fn of(keys: &Keys, site: SiteId) -> Option<Self> {
        keys.key(KeyOwner::Site(site)).map(|key| Self::derive(&key))
    }

    /// Those of a site; its key is made when there is none. Blocks.
    ///
    /// # Errors
    /// When a new key could not be made durable.
    pub(crate) fn of_or_new(keys: &Keys, site: SiteId) -> Result<Self, KeysError> {
        let key = keys.key_or_new(KeyOwner::Site(site))?;
        Ok(Self::derive(&key))
    }

    fn derive(key: &Key) -> Self {
        Self {
            names: key.derived("hitmetrix recordings: names of assets"),
            shared: key.derived("hitmetrix recordings: shared bytes"),
        }
    }

    /// The key of assets' names.
    pub(crate) fn names(&self) -> &[u8; 32] {
        self.names.bytes()
    }

    /// The key of shared bytes.
    pub(crate) fn shared(&self) -> &Key {
        &self.shared
    }
}
