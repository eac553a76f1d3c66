//! Where one segment ends and the next begins.

use hitmetrix_model::{ChunkRow, limits};

use crate::catalog::StoredChunk;

/// What a segment holds so far: chunks of one window without a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) row: ChunkRow,
    /// Paths of its chunks, each once, a line each.
    pub(crate) paths: String,
    /// Bytes of its lines.
    pub(crate) lines_bytes: usize,
}

impl Extent {
    /// What one stored row holds.
    pub(crate) fn of(chunk: &StoredChunk, lines_bytes: usize) -> Self {
        Self {
            row: ChunkRow {
                keyframe: false,
                ..chunk.row.clone()
            },
            paths: chunk.paths.clone(),
            lines_bytes,
        }
    }

    /// Whether what comes next belongs into the same segment: it follows without a hole, does not
    /// begin with a snapshot, and both together are neither too long nor too large.
    pub(crate) fn takes(&self, next: &Self) -> bool {
        let (row, other) = (&self.row, &next.row);
        let span_ms = row.last_ms.max(other.last_ms) - row.first_ms.min(other.first_ms);
        row.window == other.window
            && row.last_sequence.checked_add(1) == Some(other.sequence)
            && !other.snapshot
            && row.recorder == other.recorder
            && span_ms <= limits::SEGMENT_MS
            && self.lines_bytes + next.lines_bytes <= limits::SEGMENT_BYTES
    }

    /// Takes in what [`Self::takes`] says.
    pub(crate) fn add(&mut self, next: &Self) {
        let row = &mut self.row;
        row.last_sequence = next.row.last_sequence;
        row.first_ms = row.first_ms.min(next.row.first_ms);
        row.last_ms = row.last_ms.max(next.row.last_ms);
        row.events = row.events.saturating_add(next.row.events);
        self.lines_bytes += next.lines_bytes;
        for path in next.paths.lines() {
            if !self.paths.lines().any(|known| known == path) {
                self.paths.push('\n');
                self.paths.push_str(path);
            }
        }
    }
}
