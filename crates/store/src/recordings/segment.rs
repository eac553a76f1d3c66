//! Segments: consecutive chunks of one window in one encrypted blob. What it gives back are the
//! chunks as they came, byte for byte, each by itself, so that a player that knows them from before
//! they were merged goes on getting the same.
//!
//! Before encryption: one byte that says how the rest is packed (0 as `hitmetrix_recording` packs
//! lines without their assets, 1 zstd, for lines that the first does not give back); the bytes that
//! the keyframe's lines and each chunk's have once unpacked, as LEB128; the packed lines, those of
//! the keyframe first. It knows neither the catalog nor where bytes lie.

use std::collections::BTreeSet;
use std::sync::Arc;

use hitmetrix_model::{SessionId, SiteId, WindowId, limits};
use hitmetrix_recording::{
    Asset, AssetId, asset_references, pack, put_assets, take_assets, unpack,
};

use super::cipher::{lock, unlock};
use super::error::RecordingError;
use super::keyframes::KEYFRAME_BYTES_MAX;
use super::number;
use crate::Randomness;
use crate::keys::Key;

const AT_REST: u8 = 0;
const ZSTD: u8 = 1;
const ZSTD_LEVEL: i32 = 19;
/// The lines of a segment: it ends before they are this many bytes, but for those of its last chunk.
pub(crate) const LINES_BYTES_MAX: usize =
    limits::SEGMENT_BYTES + limits::CHUNK_DECODED_BYTES + KEYFRAME_BYTES_MAX;

/// What a segment is bound to: it opens as nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) site: SiteId,
    pub(crate) session: SessionId,
    pub(crate) window: WindowId,
    pub(crate) sequence: u32,
    pub(crate) last_sequence: u32,
    /// Number of the base, zero without.
    pub(crate) base: i64,
}

impl Bound {
    fn bytes(&self) -> Vec<u8> {
        let mut bound = b"hitmetrix segment 1".to_vec();
        bound.extend_from_slice(&self.site.0.to_be_bytes());
        bound.extend_from_slice(&self.session.to_bytes());
        bound.extend_from_slice(&self.window.to_bytes());
        bound.extend_from_slice(&self.sequence.to_be_bytes());
        bound.extend_from_slice(&self.last_sequence.to_be_bytes());
        bound.extend_from_slice(&self.base.to_be_bytes());
        bound
    }
}

/// The lines of a segment before they are packed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Lines {
    /// Lines that were worked out and stand before those of the chunks; empty without a keyframe.
    pub(crate) keyframe: Vec<u8>,
    /// Each chunk's.
    pub(crate) chunks: Vec<Vec<u8>>,
}

impl Lines {
    fn pieces(&self) -> impl Iterator<Item = &Vec<u8>> {
        std::iter::once(&self.keyframe).chain(&self.chunks)
    }
}

/// Lines without their assets, not encrypted yet.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    form: u8,
    /// Bytes of each piece of `taken`.
    lengths: Vec<usize>,
    /// What is packed; with references, as a base is made of them, unless that does not give the
    /// lines back.
    pub(crate) taken: Vec<u8>,
    pub(crate) assets: Vec<Asset>,
}

/// Takes the assets out of lines. `names` is the key of their names.
///
/// # Errors
/// When the codec fails.
pub(crate) fn prepare(lines: &Lines, names: &[u8; 32]) -> Result<Prepared, RecordingError> {
    let mut prepared = Prepared {
        form: AT_REST,
        lengths: Vec::with_capacity(lines.chunks.len() + 1),
        taken: Vec::new(),
        assets: Vec::new(),
    };
    for piece in lines.pieces() {
        let taken = take_assets(piece, names)?;
        let mut find = |id: AssetId| {
            let found = taken.assets.iter().find(|asset| asset.id == id)?;
            Some(Arc::from(found.bytes.as_slice()))
        };
        let (back, lost) = put_assets(&taken.lines, &mut find)?;
        if lost > 0 || back != *piece {
            return Ok(Prepared {
                form: ZSTD,
                lengths: lines.pieces().map(Vec::len).collect(),
                taken: lines.pieces().flatten().copied().collect(),
                assets: Vec::new(),
            });
        }
        prepared.lengths.push(taken.lines.len());
        prepared.taken.extend_from_slice(&taken.lines);
        for asset in taken.assets {
            if !prepared.assets.iter().any(|known| known.id == asset.id) {
                prepared.assets.push(asset);
            }
        }
    }
    Ok(prepared)
}

impl Prepared {
    /// Packs the lines, against a base where there is one, and encrypts them.
    ///
    /// # Errors
    /// When the compressor fails.
    pub(crate) fn seal(
        &self,
        (bound, base): (&Bound, Option<&[u8]>),
        key: &Key,
        randomness: &dyn Randomness,
    ) -> Result<Vec<u8>, RecordingError> {
        let packed = match self.form {
            AT_REST => pack(&self.taken, base)?,
            _ => zstd::bulk::compress(&self.taken, ZSTD_LEVEL)
                .map_err(|source| RecordingError::Compress { source })?,
        };
        let mut plain = vec![self.form];
        self.lengths
            .iter()
            .for_each(|length| number::write(*length, &mut plain));
        plain.extend_from_slice(&packed);
        Ok(lock((&plain, &bound.bytes()), key, randomness))
    }
}

/// An opened segment whose assets are not back in their places yet.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    form: u8,
    /// Bytes of each piece of `taken`: the keyframe, then the chunks.
    lengths: Vec<usize>,
    /// As in [`Prepared`].
    pub(crate) taken: Vec<u8>,
}

/// Decrypts and unpacks.
///
/// # Errors
/// When key, facts, base and bytes do not belong together.
pub(crate) fn open(
    bytes: &[u8],
    (bound, base): (&Bound, Option<&[u8]>),
    key: &Key,
) -> Result<Opened, RecordingError> {
    let plain = unlock(bytes, &bound.bytes(), key)?;
    let (form, mut rest) = plain.split_first().ok_or(RecordingError::Altered)?;
    let chunks = (bound.last_sequence - bound.sequence) as usize + 1;
    let lengths: Option<Vec<usize>> = (0..=chunks).map(|_| number::read(&mut rest)).collect();
    let lengths = lengths.ok_or(RecordingError::Altered)?;
    let bytes = lengths.iter().sum::<usize>();
    if bytes > LINES_BYTES_MAX {
        return Err(RecordingError::Altered);
    }
    let taken = match *form {
        AT_REST => unpack(rest, base, bytes)?,
        ZSTD => zstd::bulk::decompress(rest, bytes).map_err(|_| RecordingError::Altered)?,
        _ => return Err(RecordingError::Altered),
    };
    if bytes != taken.len() {
        return Err(RecordingError::Altered);
    }
    Ok(Opened {
        form: *form,
        lengths,
        taken,
    })
}

impl Opened {
    /// Names of the assets that its lines refer to.
    pub(crate) fn references(&self) -> BTreeSet<[u8; 16]> {
        match self.form {
            AT_REST => asset_references(&self.taken).map(|id| id.0).collect(),
            _ => BTreeSet::new(),
        }
    }

    /// Puts the assets back; gives the lines and how many places an asset is lost from.
    ///
    /// # Errors
    /// When the codec fails.
    pub(crate) fn finish(
        &self,
        lookup: &mut dyn FnMut(AssetId) -> Option<Arc<[u8]>>,
    ) -> Result<(Lines, u32), RecordingError> {
        let mut lost = 0;
        let mut pieces = Vec::with_capacity(self.lengths.len());
        let mut rest = &self.taken[..];
        for length in &self.lengths {
            let (piece, after) = rest.split_at(*length);
            rest = after;
            pieces.push(match self.form {
                AT_REST => {
                    let (lines, missing) = put_assets(piece, lookup)?;
                    lost += missing;
                    lines
                }
                _ => piece.to_vec(),
            });
        }
        let keyframe = pieces.remove(0);
        let chunks = pieces;
        Ok((Lines { keyframe, chunks }, lost))
    }
}
