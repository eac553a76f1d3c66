//! One page load of an imported recording, and its chunk that is still open.

use hitmetrix_model::limits::CHUNK_BYTES;
use hitmetrix_model::{Chunk, ChunkFacts, Page, WindowId};

use crate::recording::{self, RecordingError};

/// What a chunk holds at most in time, so that a player need not load much before it can show a
/// moment.
const CHUNK_MS: i64 = 30_000;

/// A page load.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// Its id in the file, when that has some.
    pub(super) name: Option<WindowId>,
    /// The address as the file has it.
    pub(super) href: Option<String>,
    /// What is kept of it.
    pub(super) page: Page,
    /// Whether the site's rules block it.
    pub(super) is_blocked: bool,
    /// Whether it was said that the page was left.
    pub(super) is_left: bool,
    /// Full snapshots so far.
    pub(super) pictures: u32,
    /// Number of the open chunk.
    pub(super) sequence: u32,
    /// Corrected time of the open chunk's first event.
    pub(super) first_ms: Option<i64>,
    /// Corrected time of the latest event.
    pub(super) last_ms: Option<i64>,
    /// Whether the open chunk has more than what stands before a snapshot.
    pub(super) begun: bool,
    open: Vec<u8>,
}

impl Window {
    /// One that the file names.
    pub(super) fn named(name: Option<WindowId>) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// Adds lines to the open chunk.
    pub(super) fn add(&mut self, lines: &[u8]) {
        self.open.extend_from_slice(lines);
    }

    /// Whether nothing stands in the open chunk but what belongs before a snapshot.
    pub(super) fn awaits_picture(&self) -> bool {
        !self.begun
    }

    /// Whether the open chunk ends before an event of so many bytes at that time. What stands
    /// before a snapshot stays with it.
    pub(super) fn is_full(&self, bytes: usize, time_ms: i64) -> bool {
        let lasts_ms = self.first_ms.map_or(0, |first_ms| time_ms - first_ms);
        self.begun && (self.open.len() + bytes > CHUNK_BYTES || lasts_ms > CHUNK_MS)
    }

    /// Ends the open chunk: its events made safe, and how many of them were left out. None when
    /// there are none, or the page is blocked.
    pub(super) fn cut(
        &mut self,
        shift_ms: i64,
        facts: impl FnOnce(&Self) -> ChunkFacts,
    ) -> Result<Option<(Chunk, u32)>, RecordingError> {
        let lines = std::mem::take(&mut self.open);
        self.begun = false;
        self.first_ms = None;
        if self.is_blocked || lines.trim_ascii().is_empty() {
            return Ok(None);
        }
        let clean = match recording::sanitise(&lines, shift_ms) {
            Err(error @ RecordingError::NoEvents { .. }) => return Err(error),
            clean => {
                // Also a chunk that is refused has its number: what is missing is a gap.
                let facts = facts(self);
                self.sequence += 1;
                clean.map(|clean| (facts, clean))?
            }
        };
        let (facts, clean) = clean;
        let dropped = clean.dropped;
        Ok(Some((clean.chunk(facts), dropped)))
    }
}
