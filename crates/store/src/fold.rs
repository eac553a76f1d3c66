//! The unsealed tail of one site as runs: folded when somebody asks, kept for the next who does.
//!
//! Each snapshot turns the batches that came since the last one into small runs and merges
//! neighbours of similar length, so that a quarter of a million events in the tail are a handful
//! of runs. Rows stand under the person of the ledger version at which they were folded; when
//! visitors move later, their runs are either left alone, with the moves told to the reader, or,
//! once there are many such runs, settled together.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::LogPosition;

use crate::StoredEvent;
use crate::identities::Ledger;
use crate::lanes::{Run, merge, settle, shard_of};
use crate::paths::week_of;
use crate::snapshot::Move;
use crate::state::{BatchList, TailBatch};

/// Events that are turned into rows at once: bounds the memory of a first snapshot.
const FOLD_EVENTS: usize = 16 << 10;
/// Runs of one week beyond which those under different ledger versions are settled.
const WEEK_RUNS: usize = 64;

/// One run of the tail.
#[derive(Debug, Clone)]
pub(crate) struct TailRun {
    pub(crate) week_ms: i64,
    pub(crate) run: Arc<Run>,
    /// Ledger version under which its rows stand.
    pub(crate) version: u64,
}

/// What was folded since the last seal.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    /// The covered position for which this holds.
    covered: LogPosition,
    /// How many batches of the tail are in the runs.
    taken: usize,
    runs: Vec<TailRun>,
}

impl Folded {
    /// The batches that are not folded yet, when the tail begins at `covered`. Forgets what was
    /// sealed meanwhile.
    pub(crate) fn pending(
        &mut self,
        covered: LogPosition,
        batches: &BatchList,
    ) -> Vec<Arc<TailBatch>> {
        if self.covered != covered {
            *self = Self {
                covered,
                ..Self::default()
            };
        }
        let pending = batches.from(self.taken).cloned().collect();
        self.taken = batches.len();
        pending
    }

    /// Folds further batches in. All runs of the tail come back with the visitors that moved
    /// away since they were folded.
    pub(crate) fn fold(
        &mut self,
        pending: &[Arc<TailBatch>],
        ledger: &Ledger,
        version: u64,
    ) -> Vec<(TailRun, Vec<Move>)> {
        let mut rows = Vec::new();
        for batch in pending {
            for (index, event) in batch.batch.events.iter().enumerate() {
                let visitor = batch.batch.senders[event.sender as usize].visitor;
                rows.push(batch.event(index, ledger.person_at(visitor, version)));
            }
            if rows.len() >= FOLD_EVENTS {
                self.add(std::mem::take(&mut rows), version);
            }
        }
        self.add(rows, version);
        self.catch_up(ledger, version);
        self.merge_neighbours();
        self.runs
            .iter()
            .map(|tail| (tail.clone(), moves_of(tail, ledger, version)))
            .collect()
    }

    fn add(&mut self, rows: Vec<StoredEvent>, version: u64) {
        let mut groups: BTreeMap<(i64, u16), Vec<StoredEvent>> = BTreeMap::new();
        for row in rows {
            let group = (week_of(row.event.time_ms), shard_of(row.person));
            groups.entry(group).or_default().push(row);
        }
        for ((week_ms, shard), rows) in groups {
            let run = Arc::new(Run::from_rows(shard, rows));
            self.runs.push(TailRun {
                week_ms,
                run,
                version,
            });
        }
    }

    /// Brings runs without moved visitors to the present version, and settles a week that has
    /// too many others.
    fn catch_up(&mut self, ledger: &Ledger, version: u64) {
        for tail in &mut self.runs {
            if moves_of(tail, ledger, version).is_empty() {
                tail.version = version;
            }
        }
        let mut weeks: BTreeMap<i64, usize> = BTreeMap::new();
        for tail in self.runs.iter().filter(|tail| tail.version != version) {
            *weeks.entry(tail.week_ms).or_default() += 1;
        }
        for (week_ms, _) in weeks.into_iter().filter(|(_, runs)| *runs > WEEK_RUNS) {
            let (of_week, others): (Vec<TailRun>, Vec<TailRun>) = std::mem::take(&mut self.runs)
                .into_iter()
                .partition(|tail| tail.week_ms == week_ms);
            let inputs: Vec<_> = of_week
                .iter()
                .map(|tail| (Arc::clone(&tail.run), moves_of(tail, ledger, version)))
                .collect();
            let settled = settle(&inputs).expect("runs in memory have all columns");
            self.runs = others;
            self.runs.extend(settled.into_iter().map(|run| TailRun {
                week_ms,
                run: Arc::new(run),
                version,
            }));
        }
    }

    /// Merges runs of one week, shard and version until each is at least twice as long as the
    /// next: as many runs as the length has binary digits.
    fn merge_neighbours(&mut self) {
        let mut groups: BTreeMap<(i64, u16, u64), Vec<Arc<Run>>> = BTreeMap::new();
        for tail in self.runs.drain(..) {
            let group = (tail.week_ms, tail.run.shard(), tail.version);
            groups.entry(group).or_default().push(tail.run);
        }
        for ((week_ms, shard, version), mut runs) in groups {
            runs.sort_by_key(|run| std::cmp::Reverse(run.len()));
            let mut from = runs.len();
            let mut merged_rows = 0;
            while from > 0 && (merged_rows == 0 || runs[from - 1].len() < 2 * merged_rows) {
                from -= 1;
                merged_rows += runs[from].len();
            }
            if runs.len() - from > 1 {
                let run = merge(shard, &runs[from..]).expect("runs in memory have all columns");
                runs.truncate(from);
                runs.push(Arc::new(run));
            }
            self.runs.extend(runs.into_iter().map(|run| TailRun {
                week_ms,
                run,
                version,
            }));
        }
    }
}

fn moves_of(tail: &TailRun, ledger: &Ledger, version: u64) -> Vec<Move> {
    ledger.moves(tail.version, version, |visitor| {
        tail.run.has_visitor(visitor)
    })
}
