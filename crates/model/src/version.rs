//! The data version: what an answer was computed on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Byte position in the one log of the installation, counted over all its files.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogPosition(pub u64);

/// What a query pins before it reads. Two answers with equal versions saw the same events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct DataVersion {
    /// Grows with each transaction that changes the list of parts.
    pub catalog: u64,
    /// End of the last event that the answer counts.
    pub log: LogPosition,
    /// Grows with each change of the identity ledger.
    pub identities: u64,
}

impl fmt::Display for DataVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}.{}.{}",
            self.catalog, self.log.0, self.identities
        )
    }
}
