//! What a question reads: the runs of one site, pinned at one data version.
//!
//! A snapshot never changes. It holds the parts' files, so that compaction may replace them
//! meanwhile; they go when the last snapshot lets go of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::{DataVersion, PersonKey, SiteId, VisitorId};

use crate::lanes::Run;

/// A visitor whose person has changed since a run was sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The visitor whose rows belong elsewhere.
    pub visitor: VisitorId,
    /// The person under whom the run has them.
    pub from: PersonKey,
    /// The person to whom they belong.
    pub to: PersonKey,
}

/// Reports of lost events and chunks, by quarter hour of receipt.
pub(crate) type LostCounts = BTreeMap<i64, u64>;

/// Width of the buckets in which lost events are kept.
pub(crate) const LOST_BUCKET_MS: i64 = 15 * 60 * 1000;

/// One site's events at one data version.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The site.
    pub site: SiteId,
    /// What an answer from this snapshot names.
    pub version: DataVersion,
    /// The runs: parts and the unsealed tail, in no particular order.
    pub runs: Vec<Arc<Run>>,
    /// What could not be read, in words; empty when nothing is missing.
    pub missing: Vec<String>,
    pub(crate) moves: Vec<Vec<Move>>,
    pub(crate) lost: Arc<LostCounts>,
}

impl Snapshot {
    /// A snapshot of runs in memory, at version zero, without moves and losses: for folds that
    /// are tried without a store.
    #[must_use]
    pub fn of_runs(site: SiteId, runs: Vec<Arc<Run>>) -> Self {
        let moves = runs.iter().map(|_| Vec::new()).collect();
        let (version, missing, lost) = (DataVersion::default(), Vec::new(), Arc::default());
        Self {
            site,
            version,
            runs,
            missing,
            moves,
            lost,
        }
    }

    /// The same with visitors of one run that moved to other persons.
    ///
    /// # Panics
    /// When there is no such run.
    #[must_use]
    pub fn with_moves(mut self, run: usize, mut moves: Vec<Move>) -> Self {
        moves.sort_unstable();
        self.moves[run] = moves;
        self
    }

    /// The same with a report of lost events, received at `at_ms`.
    #[must_use]
    pub fn with_lost(mut self, at_ms: i64, count: u64) -> Self {
        let bucket = at_ms.div_euclid(LOST_BUCKET_MS) * LOST_BUCKET_MS;
        *Arc::make_mut(&mut self.lost).entry(bucket).or_default() += count;
        self
    }

    /// Visitors in `runs[run]` whose person has changed since it was sorted, by visitor. Their
    /// rows are to be folded under [`Move::to`], whose shard may be another.
    #[must_use]
    pub fn moves(&self, run: usize) -> &[Move] {
        self.moves.get(run).map_or(&[], Vec::as_slice)
    }

    /// Events and chunks that senders reported lost, from, included, to, excluded, by quarter
    /// hour of the report.
    #[must_use]
    pub fn lost(&self, from_ms: i64, to_ms: i64) -> u64 {
        if from_ms >= to_ms {
            return 0;
        }
        let first = from_ms.div_euclid(LOST_BUCKET_MS) * LOST_BUCKET_MS;
        self.lost.range(first..to_ms).map(|(_, count)| count).sum()
    }
}
