//! Lanes: what questions read.
//!
//! A [`Run`] is a sorted piece of one site's events as narrow columns: one per part, mapped from
//! files beside the part, and some in memory for events that are still in the log. Both have
//! the same face. A lane is a cache: it carries the id of the part it was made from, it is
//! verified when it is first mapped, replaced by rename and never changed, and whoever deletes
//! it loses nothing but the time to make it again.
//!
//! Lanes know neither SQL nor the log. The order within a run is that of parts: (person, time,
//! window, sequence).

mod build;
mod columns;
mod file;
mod map;
mod merge;
mod name_rows;
mod narrow;
mod properties;
mod property_build;
mod property_file;
mod property_merge;
mod quarter_counts;
mod run;
#[cfg(test)]
pub(crate) mod samples;
mod shard_persons;
mod stored;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_properties;

use std::io;
use std::path::PathBuf;

use hitmetrix_model::{Dimension, ErrorKind, PersonKey};

pub(crate) use build::{Interned, RunBuilder};
pub use columns::{Codes, Ids, TextColumn, Texts};
pub(crate) use columns::{IdLane, TextLane};
pub(crate) use file::{LaneFile, LaneHeader, Section};
pub(crate) use merge::{merge, settle};
pub(crate) use narrow::Narrow;
pub(crate) use properties::PropertyNames;
pub use properties::{Numbers, PropertiesLeftOut, PropertyKinds, PropertySeen, property_value};
pub(crate) use property_build::PropertyLimits;
pub(crate) use property_build::{HeldColumns, MadeProperties, NameCounter, PropertiesOfPart};
pub(crate) use run::{IdsLane, LaneMaker, NumberLane, PropertyLanes};

pub use name_rows::{NameRows, RowsOf};
pub use quarter_counts::{QUARTER_MS, QuarterCounts};
pub use run::{AskedColumns, Run};
pub(crate) use shard_persons::PersonCache;
pub use shard_persons::{RunPersons, ShardPersons};
pub(crate) use stored::LaneFolder;

/// Into how many shards the persons of a site are divided.
pub const SHARDS: u16 = 4;

/// The shard of a person: the same for ever, on every machine.
///
/// Ids are usually random, but imports may bring others, so the bits are mixed first (the
/// finaliser of SplitMix64 over both halves).
#[must_use]
pub fn shard_of(person: PersonKey) -> u16 {
    let halves = (person.0 as u64) ^ ((person.0 >> 64) as u64).rotate_left(32);
    let mut mixed = halves.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    (mixed % u64::from(SHARDS)) as u16
}

/// Why a lane could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The dimension is derived from the session's events and has no column.
    #[error("dimension `{dimension}` has no lane; derive it from the events of the session")]
    Derived {
        /// The dimension.
        dimension: Dimension,
    },
    /// The file system refused.
    #[error("lane {path}: {source}", path = path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The file is not what was written.
    #[error("lane {path} is broken: {what}; delete it and it will be made again", path = path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The part that the lane is made from cannot be read.
    #[error("lane `{lane}` cannot be made from its part: {source}")]
    Part {
        /// Name of the lane.
        lane: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl LaneError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Derived { .. } => ErrorKind::Invalid,
            Self::Io { .. } => ErrorKind::Unavailable,
            Self::Corrupt { .. } | Self::Part { .. } => ErrorKind::Corrupt,
        }
    }
}
