//! The frame: how one entry of the log stands on disk, written and checked here only.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | magic `HMF1` |
//! | 1 | format version |
//! | 1 | kind: 1 batch, 2 encrypted chunk, 3 end of a clean run |
//! | 2 | zero |
//! | 4 | length of the payload |
//! | 4 | bytes back to the start of the group that the frame was written with |
//! | 4 | crc32c of the payload |
//! | 4 | crc32c of the header up to here |
//!
//! Numbers are little-endian. Both checksums begin with the segment's secret salt and the frame's
//! position: bytes that a sender put into a payload, or that an old file left on the disk, are
//! never taken for a frame. The header's own checksum makes its length trustworthy when only the
//! payload is damaged. A batch's payload is postcard; a chunk's is the length of its facts, the
//! facts as postcard, and the encrypted bytes.

use hitmetrix_model::{Batch, ChunkFacts, LogPosition};

use super::entry::EncryptedChunk;
use super::error::LogError;

pub(super) const MAGIC: [u8; 4] = *b"HMF1";
pub(super) const VERSION: u8 = 1;
pub(super) const HEADER_BYTES: usize = 24;
/// The largest payload: the largest recording body after decompression, incompressible, and room
/// for its facts.
pub(super) const PAYLOAD_BYTES_MAX: usize = 48 << 20;

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Batch,
    Chunk,
    /// Written when the log is closed in order: everything before it is known to be durable.
    Closed,
}

impl Kind {
    fn code(self) -> u8 {
        match self {
            Self::Batch => 1,
            Self::Chunk => 2,
            Self::Closed => 3,
        }
    }

    fn of(code: u8) -> Option<Self> {
        [Self::Batch, Self::Chunk, Self::Closed]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A header that matched its checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: Kind,
    pub(super) payload_bytes: usize,
    /// Bytes back to the start of its group.
    pub(super) group_back: u32,
    payload_crc: u32,
}

/// What stands at a place of a segment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// A whole frame; its payload is `bytes[HEADER_BYTES..][..payload_bytes]`.
    Frame(Header),
    /// A header that is right, with a payload that is damaged or cut off.
    BadPayload(Header),
    /// Nothing that is a header.
    NoHeader,
}

fn seed(salt: u64, position: LogPosition) -> u32 {
    crc32c::crc32c_append(
        crc32c::crc32c(&salt.to_le_bytes()),
        &position.0.to_le_bytes(),
    )
}

/// Appends a frame at `position` to `out`.
pub(super) fn write(
    out: &mut Vec<u8>,
    (kind, payload): (Kind, &[u8]),
    (salt, position, group_back): (u64, LogPosition, u32),
) {
    let seed = seed(salt, position);
    let begin = out.len();
    let payload_bytes = u32::try_from(payload.len()).expect("callers keep to PAYLOAD_BYTES_MAX");
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&[VERSION, kind.code(), 0, 0]);
    out.extend_from_slice(&payload_bytes.to_le_bytes());
    out.extend_from_slice(&group_back.to_le_bytes());
    out.extend_from_slice(&crc32c::crc32c_append(seed, payload).to_le_bytes());
    let header_crc = crc32c::crc32c_append(seed, &out[begin..]);
    out.extend_from_slice(&header_crc.to_le_bytes());
    out.extend_from_slice(payload);
}

fn number(bytes: &[u8; HEADER_BYTES], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Reads a header alone; none when the bytes are not one.
///
/// # Errors
/// When a newer version wrote it.
pub(super) fn header(
    bytes: &[u8],
    salt: u64,
    position: LogPosition,
) -> Result<Option<Header>, LogError> {
    let Some(bytes) = bytes.first_chunk::<HEADER_BYTES>() else {
        return Ok(None);
    };
    let crc = crc32c::crc32c_append(seed(salt, position), &bytes[..HEADER_BYTES - 4]);
    if bytes[..4] != MAGIC || number(bytes, HEADER_BYTES - 4) != crc {
        return Ok(None);
    }
    let newer = LogError::NewerFormat {
        found: bytes[4],
        known: VERSION,
    };
    let (Some(kind), VERSION) = (Kind::of(bytes[5]), bytes[4]) else {
        return Err(newer);
    };
    Ok(Some(Header {
        kind,
        payload_bytes: number(bytes, 8) as usize,
        group_back: number(bytes, 12),
        payload_crc: number(bytes, 16),
    }))
}

/// Whether `payload` is what the header was written for.
pub(super) fn payload_fits(
    header: &Header,
    payload: &[u8],
    (salt, position): (u64, LogPosition),
) -> bool {
    crc32c::crc32c_append(seed(salt, position), payload) == header.payload_crc
}

/// Looks at what stands at the start of `bytes`, which lie at `position`.
///
/// # Errors
/// When a newer version wrote it.
pub(super) fn parse(bytes: &[u8], salt: u64, position: LogPosition) -> Result<Parsed, LogError> {
    let Some(header) = header(bytes, salt, position)? else {
        return Ok(Parsed::NoHeader);
    };
    let payload = bytes.get(HEADER_BYTES..HEADER_BYTES + header.payload_bytes);
    Ok(match payload {
        Some(payload) if payload_fits(&header, payload, (salt, position)) => Parsed::Frame(header),
        _ => Parsed::BadPayload(header),
    })
}

/// Encodes a batch as a payload.
///
/// # Errors
/// When it is too large for a frame.
pub(super) fn encode_batch(batch: &Batch) -> Result<Vec<u8>, LogError> {
    let expected_bytes = 256 + 256 * batch.events.len();
    let payload = postcard::to_extend(batch, Vec::with_capacity(expected_bytes))
        .map_err(|source| LogError::Encode { source })?;
    checked(payload)
}

/// Reads what [`encode_batch`] wrote.
pub(super) fn decode_batch(payload: &[u8]) -> Option<Batch> {
    postcard::from_bytes(payload).ok()
}

/// Encodes a chunk as a payload; an entry of a pack holds the same bytes.
///
/// # Errors
/// When it is too large for a frame.
pub(crate) fn encode_chunk(chunk: &EncryptedChunk) -> Result<Vec<u8>, LogError> {
    let facts = postcard::to_stdvec(&chunk.facts).map_err(|source| LogError::Encode { source })?;
    let facts_bytes = u32::try_from(facts.len()).map_err(|_| LogError::TooLarge {
        bytes: facts.len(),
        limit: PAYLOAD_BYTES_MAX,
    })?;
    let mut payload = Vec::with_capacity(4 + facts.len() + chunk.bytes.len());
    payload.extend_from_slice(&facts_bytes.to_le_bytes());
    payload.extend_from_slice(&facts);
    payload.extend_from_slice(&chunk.bytes);
    checked(payload)
}

/// Reads what [`encode_chunk`] wrote: the facts, and where the encrypted bytes begin.
pub(crate) fn decode_chunk(payload: &[u8]) -> Option<(ChunkFacts, &[u8])> {
    let (length, rest) = payload.split_first_chunk::<4>()?;
    let (facts, encrypted) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((postcard::from_bytes(facts).ok()?, encrypted))
}

fn checked(payload: Vec<u8>) -> Result<Vec<u8>, LogError> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(LogError::TooLarge {
            bytes: payload.len(),
            limit: PAYLOAD_BYTES_MAX,
        });
    }
    Ok(payload)
}

/// The same frames, with a header that another version would write first.
#[cfg(test)]
pub(super) fn of_version(
    bytes: &[u8],
    (salt, position): (u64, LogPosition),
    version: u8,
) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[4] = version;
    let end = HEADER_BYTES - 4;
    let crc = crc32c::crc32c_append(seed(salt, position), &bytes[..end]);
    bytes[end..HEADER_BYTES].copy_from_slice(&crc.to_le_bytes());
    bytes
}
