//! The outside ids of a part's events as a sorted lane, so that an import that is run again is
//! found out without reading the part. It holds the whole ids, not hashes of them: a hit is a
//! hit.

use crate::lanes::{LaneError, LaneFile, LaneFolder, LaneHeader, Narrow, Section};

const LANE: &str = "external_ids";

/// Sorted ids, mapped or in memory.
#[derive(Debug)]
pub(crate) struct ExternalLane {
    ids: Narrow<u128>,
}

impl ExternalLane {
    /// Maps the lane.
    pub(crate) fn open(folder: &LaneFolder) -> Result<Self, LaneError> {
        let file = LaneFile::open(&folder.path(LANE), folder.part)?;
        Ok(Self {
            ids: file.narrow(0)?,
        })
    }

    /// Writes the lane of ascending ids and maps it; keeps it in memory when that fails.
    pub(crate) fn make(folder: &LaneFolder, ids: Vec<u128>) -> Self {
        let written = Self::write(folder, &ids).and_then(|()| Self::open(folder));
        written.unwrap_or_else(|_| Self { ids: ids.into() })
    }

    /// Writes the lane of ascending ids.
    pub(crate) fn write(folder: &LaneFolder, ids: &[u128]) -> Result<(), LaneError> {
        folder.create()?;
        let header = LaneHeader {
            part: folder.part,
            rows: ids.len() as u64,
            start_ms: 0,
            span_ms: (0, 0),
        };
        let section = Section {
            width: 16,
            bytes: bytemuck::cast_slice(ids),
        };
        LaneFile::write(&folder.path(LANE), &header, &[section])
    }

    /// Whether the part has an event with this id.
    pub(crate) fn contains(&self, id: u128) -> bool {
        self.ids.as_slice().binary_search(&id).is_ok()
    }
}
