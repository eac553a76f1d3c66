//! Keyframes: where a segment begins in the middle of a page load, a full snapshot that is worked
//! out from what came before lets a player start there.
//!
//! A repack calls [`Keyframes::before`] with the lines of each segment of one window, in order. What
//! comes back is put before the segment's own lines, in their form, and marked on its row, so that
//! whoever wants only what was recorded leaves it out.

use hitmetrix_model::limits;
use hitmetrix_recording::replica;

/// A snapshot that is worked out is no larger than the largest that may be sent.
pub(crate) const KEYFRAME_BYTES_MAX: usize = limits::CHUNK_DECODED_BYTES;

/// The state of one window while its segments go by.
#[derive(Debug, Default)]
pub(crate) struct Keyframes {
    of: replica::Keyframes,
}

impl Keyframes {
    /// Takes in the lines of the next segment. Lines that lead to the state before it: a full
    /// snapshot and what belongs to it. None where nothing is needed, as when the segment begins
    /// with a snapshot of its own, or where nothing can be worked out. Computes for a while.
    pub(crate) fn before(&mut self, segment: &[Vec<u8>]) -> Option<Vec<u8>> {
        let keyframe = self.of.before(segment)?;
        (keyframe.len() <= KEYFRAME_BYTES_MAX).then_some(keyframe)
    }
}
