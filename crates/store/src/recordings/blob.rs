//! What lies by itself beside the segments: an asset or a base, compressed and encrypted. Before
//! encryption: one byte that says how the rest is packed (0 as it is, 1 zstd with the length before
//! it, as LEB128, 2 like the lines of recordings), the rest.

use hitmetrix_model::SiteId;
use hitmetrix_recording::{pack, unpack};

use super::cipher::{lock, unlock};
use super::error::RecordingError;
use super::number;
use crate::Randomness;
use crate::keys::Key;

/// What a blob is, so that none opens as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blob {
    /// A shared asset of this name.
    Asset([u8; 16]),
    /// One that lies under a visitor's own key.
    OwnAsset([u8; 16]),
    /// A base of a page.
    Base,
}

const AS_IT_IS: u8 = 0;
const ZSTD: u8 = 1;
const LINES: u8 = 2;
/// Of an asset that is packed once for each of its first visitors.
const OWN_LEVEL: i32 = 9;
/// Of a shared one, which is packed once.
const SHARED_LEVEL: i32 = 19;

impl Blob {
    fn bound(self, site: SiteId) -> Vec<u8> {
        let mut bound = b"hitmetrix shared 1".to_vec();
        bound.extend_from_slice(&site.0.to_be_bytes());
        match self {
            Self::Asset(name) | Self::OwnAsset(name) => bound.extend_from_slice(&name),
            Self::Base => bound.extend_from_slice(b"base"),
        }
        bound
    }

    /// Compresses, where that makes it shorter, and encrypts.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(crate) fn lock(
        self,
        (site, bytes): (SiteId, &[u8]),
        key: &Key,
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, RecordingError> {
        let mut plain = Vec::new();
        let level = match self {
            Self::Asset(_) => SHARED_LEVEL,
            Self::OwnAsset(_) => OWN_LEVEL,
            Self::Base => {
                plain.push(LINES);
                plain.extend_from_slice(&pack(bytes, None)?);
                return Ok(lock((&plain, &self.bound(site)), key, randomness));
            }
        };
        let packed = zstd::bulk::compress(bytes, level)
            .map_err(|source| RecordingError::Compress { source })?;
        if packed.len() < bytes.len() {
            plain.push(ZSTD);
            number::write(bytes.len(), &mut plain);
            plain.extend_from_slice(&packed);
        } else {
            plain.push(AS_IT_IS);
            plain.extend_from_slice(bytes);
        }
        Ok(lock((&plain, &self.bound(site)), key, randomness))
    }

    /// Gives the bytes back, at most `bytes_max`.
    ///
    /// # Errors
    /// When it is not what it should be.
    pub(crate) fn unlock(
        self,
        (site, bytes, bytes_max): (SiteId, &[u8], usize),
        key: &Key,
    ) -> Result<Vec<u8>, RecordingError> {
        let plain = unlock(bytes, &self.bound(site), key)?;
        match plain.split_first() {
            Some((&AS_IT_IS, rest)) => Ok(rest.to_vec()),
            Some((&ZSTD, mut rest)) => {
                let length = number::read(&mut rest).filter(|length| *length <= bytes_max);
                let length = length.ok_or(RecordingError::Altered)?;
                zstd::bulk::decompress(rest, length).map_err(|_| RecordingError::Altered)
            }
            Some((&LINES, rest)) => Ok(unpack(rest, None, bytes_max)?),
            _ => Err(RecordingError::Altered),
        }
    }
}
