//! The way of a chunk into the log: its key made durable, the bytes encrypted, the frame synced;
//! and, when the last piece of a set has come, the way of the joined bytes back to the caller.

use std::sync::Arc;

use hitmetrix_model::{Chunk, ChunkFacts};

use super::cipher;
use super::error::RecordingError;
use crate::Randomness;
use crate::keys::{KeyOwner, Keys};
use crate::log::{EncryptedChunk, Log};

/// What became of a chunk or of a piece of one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkReceipt {
    /// It had been stored already.
    pub duplicate: bool,
    /// The sender should make a full snapshot: there is none to start from.
    pub needs_snapshot: bool,
    /// The joined bytes when this piece made its set complete, and again on each retry of a piece
    /// until the whole is stored by [`Intake::append`] or given up by [`Intake::abandon`].
    pub complete: Option<Vec<u8>>,
}

/// Takes chunks in. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    log: Arc<Log>,
    keys: Arc<Keys>,
    randomness: Arc<dyn Randomness>,
}

impl Intake {
    /// Between a log and its keys.
    #[must_use]
    pub fn new(log: Arc<Log>, keys: Arc<Keys>, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            log,
            keys,
            randomness,
        }
    }

    /// Stores a chunk, or a piece when its facts say so. A whole replaces the pieces of the same
    /// window and sequence. Returns when it is durable.
    ///
    /// # Errors
    /// When it was not stored; or, after the last piece, when the set cannot be read back.
    pub async fn append(&self, chunk: Chunk) -> Result<ChunkReceipt, RecordingError> {
        let this = self.clone();
        let encrypted = blocking(move || {
            let key = this.keys.key_or_new(KeyOwner::of(&chunk.facts))?;
            cipher::encrypt(chunk, &key, &*this.randomness)
        })
        .await?;
        let outcome = self.log.append_chunk(encrypted).await?;
        let complete = match outcome.complete {
            None => None,
            Some(positions) => {
                let this = self.clone();
                let join = move || {
                    let mut joined = Vec::new();
                    for position in positions {
                        joined.extend(this.open(&this.log.read_chunk(position)?)?);
                    }
                    Ok(joined)
                };
                Some(blocking(join).await?)
            }
        };
        Ok(ChunkReceipt {
            duplicate: outcome.duplicate,
            needs_snapshot: outcome.needs_snapshot,
            complete,
        })
    }

    /// Gives up the pieces of a chunk whose whole turned out to be no recording.
    pub fn abandon(&self, facts: &ChunkFacts) {
        self.log.abandon_pieces(facts);
    }

    /// Decrypts a chunk that was read from the log or a pack.
    ///
    /// # Errors
    /// When its key is erased, or it was altered.
    pub fn open(&self, chunk: &EncryptedChunk) -> Result<Vec<u8>, RecordingError> {
        let key = self
            .keys
            .key(KeyOwner::of(&chunk.facts))
            .ok_or(RecordingError::NoKey)?;
        cipher::decrypt(chunk, &key)
    }
}

/// Runs what computes or waits for the disk where it holds nobody up.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RecordingError> + Send + 'static,
) -> Result<T, RecordingError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| RecordingError::Stopped)?
}
