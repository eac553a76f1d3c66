//! The number of a line among equal lines, which is part of its event's id where the line names
//! none: two equal lines are two events, and the same two when the file is imported again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Different lines whose number is counted; beyond it counting begins anew.
const EQUAL_MAX: usize = 1_000_000;

/// How often each line came, by hash; part of a resume point.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct EqualLines(BTreeMap<u64, u32>);

impl EqualLines {
    /// How many equal lines came before this one.
    pub(crate) fn count(&mut self, line: &str) -> u32 {
        let hash = blake3::hash(line.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        if self.0.len() >= EQUAL_MAX {
            self.0.clear();
        }
        let count = self.0.entry(u64::from_le_bytes(first)).or_insert(0);
        *count += 1;
        *count - 1
    }
}
