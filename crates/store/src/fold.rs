//! The unsealed tail of one site as runs: folded when somebody asks, kept for the next who does.
//!
//! Each snapshot turns the batches that came since the last one into small runs and merges
//! neighbours of similar length, so that a quarter of a million events in the tail are a handful
//! of runs. Rows stand under the person of the ledger version at which they were folded; when
//! visitors move later, their runs are either left alone, with the moves told to the reader, or,
//! once there are many such runs, settled together.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use hitmetrix_model::LogPosition;

use crate::identities::Ledger;
use crate::lanes::{Run, merge, settle, shard_of};
use crate::paths::week_of;
use crate::snapshot::Move;
use crate::state::{BatchList, TailBatch, read};
use crate::stored_event::EventRef;

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

    /// Folds further batches in. The ledger is locked for single look-ups only, since the log's
    /// thread waits for it when an identity changes. All runs of the tail come back with the visitors that moved
    /// away since they were folded.
    pub(crate) fn fold(
        &mut self,
        pending: &[Arc<TailBatch>],
        ledger: &RwLock<Ledger>,
        version: u64,
    ) -> Vec<(TailRun, Vec<Move>)> {
        let mut rows = Vec::new();
        for batch in pending {
            let person = |visitor| read(ledger).person_at(visitor, version);
            let events = 0..batch.batch.events.len();
            rows.extend(events.map(|index| batch.event_ref(index, person)));
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

    fn add(&mut self, rows: Vec<EventRef<'_>>, version: u64) {
        let mut groups: BTreeMap<(i64, u16), Vec<EventRef<'_>>> = BTreeMap::new();
        for row in rows {
            let group = (week_of(row.event.time_ms), shard_of(row.person));
            groups.entry(group).or_default().push(row);
        }
        for ((week_ms, shard), rows) in groups {
            let run = Arc::new(Run::from_refs(shard, rows));
            self.runs.push(TailRun {
                week_ms,
                run,
                version,
            });
        }
    }

    /// Brings runs without moved visitors to the present version, and settles a week that has
    /// too many others.
    fn catch_up(&mut self, ledger: &RwLock<Ledger>, version: u64) {
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
            for runs in neighbours(runs) {
                let run = match &runs[..] {
                    [alone] => Arc::clone(alone),
                    several => {
                        Arc::new(merge(shard, several).expect("runs in memory have all columns"))
                    }
                };
                self.runs.push(TailRun {
                    week_ms,
                    run,
                    version,
                });
            }
        }
    }
}

/// Groups runs of descending length so that each group has at least twice the rows of the next.
fn neighbours(runs: Vec<Arc<Run>>) -> Vec<Vec<Arc<Run>>> {
    let mut groups: Vec<(usize, Vec<Arc<Run>>)> = Vec::new();
    for run in runs {
        let mut last = (run.len(), vec![run]);
        while let Some((rows, mut group)) = groups.pop_if(|(rows, _)| *rows < 2 * last.0) {
            group.append(&mut last.1);
            last = (rows + last.0, group);
        }
        groups.push(last);
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn moves_of(tail: &TailRun, ledger: &RwLock<Ledger>, version: u64) -> Vec<Move> {
    read(ledger).moves(tail.version, version, |visitor| {
        tail.run.has_visitor(visitor)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoredEvent;
    use crate::lanes::samples::{MONDAY_MS, event};

    #[test]
    fn many_small_runs_become_few() {
        let mut folded = Folded::default();
        for start in 0..200u128 {
            let rows: Vec<StoredEvent> = (0..50)
                .map(|n| event(n, MONDAY_MS, start * 50 + n, 0))
                .collect();
            folded.add(rows.iter().map(StoredEvent::by_ref).collect(), 0);
            if start % 10 == 9 {
                folded.merge_neighbours();
            }
        }
        let rows: usize = folded.runs.iter().map(|tail| tail.run.len()).sum();
        assert_eq!(rows, 10_000);
        assert!(folded.runs.len() <= 4 * 8, "{} runs", folded.runs.len());
        let rows: Vec<StoredEvent> = (0..500)
            .map(|n| event(n, MONDAY_MS, 20_000 + n, 0))
            .collect();
        folded.add(rows.iter().map(StoredEvent::by_ref).collect(), 0);
        folded.merge_neighbours();
        assert!(folded.runs.len() <= 4 * 8, "{} runs", folded.runs.len());
    }
}
