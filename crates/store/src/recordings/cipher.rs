//! Encryption of what recordings are made of: XChaCha20-Poly1305 with a random nonce, bound to what
//! the bytes are, so that nothing passes for another thing. Encrypted bytes are 24 bytes of nonce,
//! then the ciphertext with its tag.
//!
//! One chunk as it came is compressed before, and bound to its site, session, window, sequence and
//! piece: one byte that says how the rest is packed (0 as it is, 1 zstd), the plain length as
//! little-endian `u32`, the rest.

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hitmetrix_model::{Chunk, ChunkFacts, limits};

use super::error::RecordingError;
use crate::Randomness;
use crate::keys::Key;
use crate::log::EncryptedChunk;

const NONCE_BYTES: usize = 24;
const AS_IT_IS: u8 = 0;
const ZSTD: u8 = 1;
const ZSTD_LEVEL: i32 = 3;

/// Compresses and encrypts.
///
/// # Errors
/// When the chunk is larger than a chunk may be.
pub fn encrypt(
    chunk: Chunk,
    key: &Key,
    randomness: &dyn Randomness,
) -> Result<EncryptedChunk, RecordingError> {
    let Chunk { facts, bytes } = chunk;
    let too_large = || RecordingError::TooLarge {
        bytes: bytes.len(),
        limit: limits::CHUNK_DECODED_BYTES,
    };
    let plain_bytes = u32::try_from(bytes.len()).map_err(|_| too_large())?;
    if bytes.len() > limits::CHUNK_DECODED_BYTES {
        return Err(too_large());
    }
    let packed = zstd::bulk::compress(&bytes, ZSTD_LEVEL)
        .map_err(|source| RecordingError::Compress { source })?;
    let (how, rest) = if packed.len() < bytes.len() {
        (ZSTD, &packed)
    } else {
        (AS_IT_IS, &bytes)
    };
    let mut plain = Vec::with_capacity(5 + rest.len());
    plain.push(how);
    plain.extend_from_slice(&plain_bytes.to_le_bytes());
    plain.extend_from_slice(rest);
    let bytes = lock((&plain, &bound_to(&facts)), key, randomness);
    Ok(EncryptedChunk { facts, bytes })
}

/// Encrypts bytes that are bound to what the second slice says.
pub(crate) fn lock(
    (plain, bound): (&[u8], &[u8]),
    key: &Key,
    randomness: &dyn Randomness,
) -> Vec<u8> {
    let mut nonce = [0; NONCE_BYTES];
    randomness.fill(&mut nonce);
    let payload = Payload {
        msg: plain,
        aad: bound,
    };
    let ciphertext = XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("only beyond 256 GiB does the cipher refuse");
    let mut bytes = Vec::with_capacity(NONCE_BYTES + ciphertext.len());
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&ciphertext);
    bytes
}

/// Gives back what [`lock`] took.
///
/// # Errors
/// [`RecordingError::Altered`] when key, bytes and what they are bound to do not belong together.
pub(crate) fn unlock(bytes: &[u8], bound: &[u8], key: &Key) -> Result<Vec<u8>, RecordingError> {
    let (nonce, ciphertext) = bytes
        .split_first_chunk::<NONCE_BYTES>()
        .ok_or(RecordingError::Altered)?;
    let payload = Payload {
        msg: ciphertext,
        aad: bound,
    };
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(&XNonce::from(*nonce), payload)
        .map_err(|_| RecordingError::Altered)
}

/// Gives the plain bytes back.
///
/// # Errors
/// [`RecordingError::Altered`] when key, facts and bytes do not belong together.
pub fn decrypt(chunk: &EncryptedChunk, key: &Key) -> Result<Vec<u8>, RecordingError> {
    let plain = unlock(&chunk.bytes, &bound_to(&chunk.facts), key)?;
    let (head, rest) = plain
        .split_first_chunk::<5>()
        .ok_or(RecordingError::Altered)?;
    let [how, a, b, c, d] = *head;
    let plain_bytes = u32::from_le_bytes([a, b, c, d]) as usize;
    let bytes = match how {
        AS_IT_IS => rest.to_vec(),
        ZSTD if plain_bytes <= limits::CHUNK_DECODED_BYTES => {
            zstd::bulk::decompress(rest, plain_bytes).map_err(|_| RecordingError::Altered)?
        }
        _ => return Err(RecordingError::Altered),
    };
    if bytes.len() == plain_bytes {
        Ok(bytes)
    } else {
        Err(RecordingError::Altered)
    }
}

fn bound_to(facts: &ChunkFacts) -> Vec<u8> {
    let (index, count) = facts
        .piece
        .map_or((0, 0), |piece| (piece.index, piece.count));
    let mut bound = b"hitmetrix chunk 1".to_vec();
    bound.extend_from_slice(&facts.site.0.to_be_bytes());
    bound.extend_from_slice(&facts.session.to_bytes());
    bound.extend_from_slice(&facts.window.to_bytes());
    bound.extend_from_slice(&facts.sequence.to_be_bytes());
    bound.extend_from_slice(&index.to_be_bytes());
    bound.extend_from_slice(&count.to_be_bytes());
    bound
}
