//! Sets of pieces that wait for the rest of their chunk. Only positions are kept here: the bytes
//! lie, encrypted, in the log, which is not deleted beyond the oldest piece that waits.

use std::collections::HashMap;

use hitmetrix_model::{ChunkFacts, LogPosition, Piece, SiteId, WindowId, limits};

use super::error::LogError;

/// Incomplete sets that one site may have waiting.
pub(crate) const PIECE_SETS_MAX: usize = 256;

/// Site, window and sequence of the chunk.
pub(super) type ChunkKey = (SiteId, WindowId, u32);

/// The chunk that `facts` speak of.
pub(super) fn key_of(facts: &ChunkFacts) -> ChunkKey {
    (facts.site, facts.window, facts.sequence)
}

struct Set {
    began_at_ms: i64,
    positions: Vec<Option<LogPosition>>,
}

impl Set {
    fn complete(&self) -> Option<Vec<LogPosition>> {
        self.positions.iter().copied().collect()
    }
}

/// All sets that wait.
#[derive(Default)]
pub(super) struct Pieces {
    sets: HashMap<ChunkKey, Set>,
    undo: Vec<(ChunkKey, u16)>,
    finished: Vec<ChunkKey>,
    dropped: u64,
}

impl Pieces {
    /// Whether this piece is new, and if not, the positions of its set when that is complete.
    ///
    /// # Errors
    /// When it does not fit to its set, or too many sets wait.
    pub(super) fn look_up(
        &self,
        key: ChunkKey,
        piece: Piece,
    ) -> Result<(bool, Option<Vec<LogPosition>>), LogError> {
        let fits = (2..=limits::CHUNK_PIECES).contains(&usize::from(piece.count))
            && piece.index < piece.count;
        let mismatch = LogError::PieceMismatch {
            index: piece.index,
            count: piece.count,
        };
        match self.sets.get(&key) {
            _ if !fits => Err(mismatch),
            Some(set) if set.positions.len() != usize::from(piece.count) => Err(mismatch),
            Some(set) => Ok((
                set.positions[usize::from(piece.index)].is_none(),
                set.complete(),
            )),
            None => {
                let waiting_sets = self.sets.keys().filter(|other| other.0 == key.0).count();
                if waiting_sets >= PIECE_SETS_MAX {
                    return Err(LogError::TooManyPieces { waiting_sets });
                }
                Ok((true, None))
            }
        }
    }

    /// Takes in where a piece lies. Returns all positions of its set when it is complete now.
    pub(super) fn put(
        &mut self,
        facts: &ChunkFacts,
        piece: Piece,
        position: LogPosition,
    ) -> Option<Vec<LogPosition>> {
        let key = key_of(facts);
        let set = self.sets.entry(key).or_insert_with(|| Set {
            began_at_ms: facts.received_at_ms,
            positions: vec![None; usize::from(piece.count)],
        });
        if let Some(place) = set.positions.get_mut(usize::from(piece.index)) {
            *place = Some(position);
            self.undo.push((key, piece.index));
        }
        set.complete()
    }

    /// Whether a chunk of this window waits for its pieces.
    pub(super) fn waits_for(&self, site: SiteId, window: WindowId) -> bool {
        self.sets.keys().any(|key| (key.0, key.1) == (site, window))
    }

    /// The whole is being stored: its pieces go when the group is durable.
    pub(super) fn finish(&mut self, key: ChunkKey) {
        self.finished.push(key);
    }

    /// The whole was refused: its pieces are no longer needed.
    pub(super) fn remove(&mut self, key: ChunkKey) {
        self.sets.remove(&key);
    }

    /// Drops and counts the sets that waited too long.
    pub(super) fn expire(&mut self, now_ms: i64) {
        let before = self.sets.len();
        self.sets
            .retain(|_, set| now_ms - set.began_at_ms < limits::PIECES_WAIT_MS);
        self.dropped += (before - self.sets.len()) as u64;
    }

    /// Position of the oldest piece that waits.
    pub(super) fn oldest(&self) -> Option<LogPosition> {
        self.sets
            .values()
            .flat_map(|set| set.positions.iter().flatten().copied())
            .min()
    }

    /// Sets that wait, and sets that were dropped since the start.
    pub(super) fn counts(&self) -> (usize, u64) {
        (self.sets.len(), self.dropped)
    }

    /// The group is durable.
    pub(super) fn keep(&mut self) {
        self.undo.clear();
        for key in self.finished.drain(..) {
            self.sets.remove(&key);
        }
    }

    /// The group failed: forgets the pieces it brought.
    pub(super) fn revert(&mut self) {
        self.finished.clear();
        for (key, index) in self.undo.drain(..) {
            let Some(set) = self.sets.get_mut(&key) else {
                continue;
            };
            if let Some(place) = set.positions.get_mut(usize::from(index)) {
                *place = None;
            }
            if set.positions.iter().all(Option::is_none) {
                self.sets.remove(&key);
            }
        }
    }

    /// Forgets a site that was erased.
    pub(super) fn forget_site(&mut self, site: SiteId) {
        self.sets.retain(|key, _| key.0 != site);
    }
}
