//! What the sequences of a recording's chunks tell: how many are missing, and whether a player
//! has anywhere to start.

use std::collections::BTreeMap;

use hitmetrix_model::WindowId;

/// What the chunks of one session add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// Chunks that are known to be missing: holes in the sequences of each window, and one, at
    /// least, where a window does not begin with a snapshot. What came before a session's first
    /// chunk in a window cannot be counted, since it may belong to the session before.
    pub chunks_missing: u32,
    /// Whether some window has a whole chunk with a full snapshot; it plays from there.
    pub playable: bool,
}

/// Looks at the chunks of one session, in any order: window, first and last sequence, has a
/// snapshot.
#[must_use]
pub fn shape(chunks: impl IntoIterator<Item = (WindowId, u32, u32, bool)>) -> Shape {
    let mut windows: BTreeMap<WindowId, BTreeMap<u32, (u32, bool)>> = BTreeMap::new();
    for (window, sequence, last_sequence, snapshot) in chunks {
        windows
            .entry(window)
            .or_default()
            .insert(sequence, (last_sequence, snapshot));
    }
    let mut shape = Shape::default();
    for chunks in windows.values() {
        let Some((first, (_, snapshot))) = chunks.first_key_value() else {
            continue;
        };
        let mut missing = u32::from(!snapshot);
        let mut expected = *first;
        for (sequence, (last, _)) in chunks {
            missing = missing.saturating_add(sequence.saturating_sub(expected));
            expected = expected.max(last.saturating_add(1));
        }
        shape.chunks_missing = shape.chunks_missing.saturating_add(missing);
        shape.playable |= chunks.values().any(|(_, snapshot)| *snapshot);
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_and_a_missing_beginning_are_counted() {
        let check = |chunks: &[(u128, u32, u32, bool)], missing, playable| {
            let found = shape(
                chunks
                    .iter()
                    .map(|chunk| (WindowId(chunk.0), chunk.1, chunk.2, chunk.3)),
            );
            assert_eq!(
                found,
                Shape {
                    chunks_missing: missing,
                    playable
                },
                "{chunks:?}"
            );
        };
        check(&[], 0, false);
        check(
            &[(1, 0, 0, true), (1, 1, 1, false), (1, 2, 2, false)],
            0,
            true,
        );
        check(
            &[(1, 3, 3, false), (1, 0, 0, true), (1, 1, 1, false)],
            1,
            true,
        );
        check(&[(1, 1, 1, false), (1, 2, 2, true)], 1, true);
        check(&[(1, 57, 57, true), (1, 58, 58, false)], 0, true);
        check(&[(1, 0, 0, false), (2, 1, 1, false)], 2, false);
        check(&[(1, 9, 12, false), (1, 0, 4, true)], 4, true);
        check(&[(1, 0, 4, true), (1, 5, u32::MAX, false)], 0, true);
    }
}
