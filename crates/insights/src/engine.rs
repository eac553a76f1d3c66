//! The engine: one fold over the timelines of all persons, in parallel, with a mergeable result.
//!
//! Runs are sharded and sorted by person. A unit of work is a range of persons of one shard; a
//! thread merges the runs of the shard over that range person by person and gives each timeline
//! to the fold. Persons whose visitors moved since a run was sorted are left out of that, in all
//! runs; their rows are gathered, regrouped under the current person and folded once. So every
//! person is folded exactly once, and results of different units merge by adding.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hitmetrix_model::limits;
use hitmetrix_store::Snapshot;
use rustc_hash::FxHashMap;

use crate::columns::QueryRun;
use crate::timeline::{OrderedRow, Timeline, TimelineMaker, push_row};
use crate::{AskError, Meter};

/// An insight's way through timelines.
pub(crate) trait Fold: Sync {
    /// State of one thread and, at the end, the result.
    type Result: Send;

    /// Whether the order of a person's events matters. Bringing them into it costs something
    /// where several runs have events of the person.
    fn order(&self) -> Order;

    /// An empty result.
    fn begin(&self) -> Self::Result;

    /// Steps through one person's events, in time order, and adds what came out.
    fn person(&self, result: &mut Self::Result, person: u128, timeline: &Timeline<'_>);

    /// Adds the result over other persons.
    fn merge(&self, into: &mut Self::Result, from: Self::Result);
}

/// In which order a fold wants a person's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// By (time, window, sequence).
    Time,
    /// Any.
    Any,
}

/// What the engine goes through.
pub(crate) struct Scope<'s> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) runs: &'s [QueryRun<'s>],
    /// From, included, to, excluded.
    pub(crate) span_ms: (i64, i64),
    /// Only these persons, ascending.
    pub(crate) only: Option<&'s [u128]>,
    pub(crate) meter: &'s dyn Meter,
}

/// A result and what it cost.
#[derive(Debug)]
pub(crate) struct Folded<R> {
    pub(crate) result: R,
    pub(crate) rows_scanned: u64,
}

/// A range of persons of one shard, or all who moved.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Range {
        shard: u16,
        from: u128,
        to: Option<u128>,
    },
    Moved,
}

/// How many persons are folded between two looks at the meter.
const METER_PERSONS: u32 = 1024;
/// Units per thread, so that threads end at about the same time.
const UNITS_PER_THREAD: usize = 8;

/// Folds all persons of the scope.
pub(crate) fn fold<F: Fold>(scope: &Scope<'_>, fold: &F) -> Result<Folded<F::Result>, AskError> {
    let moved = moved_persons(scope);
    let rows: usize = scope.runs.iter().map(|run| run.times.len()).sum();
    // A thread costs about as much as folding some thousand rows.
    let threads = scope.meter.threads().clamp(1, rows / 8192 + 1);
    let mut units = if moved.is_empty() {
        Vec::new()
    } else {
        vec![Unit::Moved]
    };
    ranges(scope, threads, &mut units);
    let shared = Shared {
        scope,
        fold,
        moved: &moved,
        units: &units,
        next: AtomicUsize::new(0),
        stop: AtomicBool::new(false),
    };
    let folded: Result<Vec<_>, AskError> = if threads == 1 {
        shared.work().map(|folded| vec![folded])
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads)
                .map(|_| scope.spawn(|| shared.work()))
                .collect();
            let results = workers.into_iter().map(|worker| match worker.join() {
                Ok(result) => result,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            // All are joined first; an error outweighs the cancelling that it caused elsewhere.
            let mut results: Vec<_> = results.collect();
            results.sort_by_key(|result| matches!(result, Err(AskError::Cancelled)));
            results.into_iter().collect()
        })
    };
    let mut whole = Folded {
        result: fold.begin(),
        rows_scanned: 0,
    };
    for part in folded? {
        whole.rows_scanned += part.rows_scanned;
        fold.merge(&mut whole.result, part.result);
    }
    Ok(whole)
}

/// Persons that a move takes visitors from or gives them to, ascending.
fn moved_persons(scope: &Scope<'_>) -> Vec<u128> {
    let moves = scope
        .runs
        .iter()
        .flat_map(|run| scope.snapshot.moves(run.index));
    let mut moved: Vec<u128> = moves.flat_map(|one| [one.from.0, one.to.0]).collect();
    moved.sort_unstable();
    moved.dedup();
    moved
}

/// Cuts each shard into ranges of about equally many rows, by its largest run.
fn ranges(scope: &Scope<'_>, threads: usize, units: &mut Vec<Unit>) {
    let rows: usize = scope.runs.iter().map(|run| run.times.len()).sum();
    for shard in scope.runs.chunk_by(|left, right| left.shard == right.shard) {
        let largest = shard
            .iter()
            .max_by_key(|run| run.times.len())
            .expect("chunks hold a run");
        let shard_rows: usize = shard.iter().map(|run| run.times.len()).sum();
        let share = threads * UNITS_PER_THREAD * shard_rows / rows.max(1);
        let pieces = if threads == 1 {
            1
        } else {
            share.clamp(1, largest.persons.len())
        };
        let mut from = 0;
        for piece in 1..=pieces {
            let row = (largest.times.len() * piece / pieces) as u32;
            let person = largest.offsets.partition_point(|&offset| offset < row);
            let to = if piece == pieces {
                None
            } else {
                largest.persons.get(person).copied()
            };
            if to.is_some_and(|to| to <= from) {
                continue;
            }
            units.push(Unit::Range {
                shard: largest.shard,
                from,
                to,
            });
            let Some(next) = to else { break };
            from = next;
        }
    }
}

/// Whether a question may go on.
pub(crate) fn go_on(meter: &dyn Meter) -> Result<(), AskError> {
    if meter.cancelled() {
        return Err(AskError::Cancelled);
    }
    if meter.elapsed_us() / 1000 > limits::QUESTION_MS {
        return Err(AskError::TimedOut);
    }
    Ok(())
}

/// What the threads of one fold share.
struct Shared<'a, F> {
    scope: &'a Scope<'a>,
    fold: &'a F,
    moved: &'a [u128],
    units: &'a [Unit],
    next: AtomicUsize,
    stop: AtomicBool,
}

/// What one thread has.
struct Worker<R> {
    folded: Folded<R>,
    maker: TimelineMaker,
    until_meter: u32,
}

impl<F: Fold> Shared<'_, F> {
    fn work(&self) -> Result<Folded<F::Result>, AskError> {
        let mut worker = Worker {
            folded: Folded {
                result: self.fold.begin(),
                rows_scanned: 0,
            },
            maker: TimelineMaker::default(),
            until_meter: 1,
        };
        while let Some(&unit) = self.units.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let done = match unit {
                Unit::Moved => self.moved(&mut worker),
                Unit::Range { shard, from, to } => self.range(shard, (from, to), &mut worker),
            };
            if let Err(error) = done {
                self.stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(worker.folded)
    }

    /// Asks now and then whether to go on.
    fn check(&self, until_meter: &mut u32) -> Result<(), AskError> {
        *until_meter -= 1;
        if *until_meter > 0 {
            return Ok(());
        }
        *until_meter = METER_PERSONS;
        if self.stop.load(Ordering::Relaxed) {
            return Err(AskError::Cancelled);
        }
        go_on(self.scope.meter)
    }

    /// Persons of one shard, merged over its runs.
    fn range(
        &self,
        shard: u16,
        (from, to): (u128, Option<u128>),
        worker: &mut Worker<F::Result>,
    ) -> Result<(), AskError> {
        if let Some(only) = self.scope.only {
            return self.only(only, shard, (from, to), worker);
        }
        let runs = self.scope.runs;
        let place = |persons: &[u128], key: u128| persons.partition_point(|&one| one < key);
        let mut cursors: Vec<Cursor<'_>> = Vec::new();
        for (index, run) in runs
            .iter()
            .enumerate()
            .filter(|(_, run)| run.shard == shard)
        {
            let end = to.map_or(run.persons.len(), |to| place(run.persons, to));
            let next = place(run.persons, from);
            if next < end {
                cursors.push(Cursor::at(index as u32, &run.persons[..end], next));
            }
        }
        while let Some(person) = cursors.iter().map(|cursor| cursor.person).min() {
            self.check(&mut worker.until_meter)?;
            let wanted = self.moved.is_empty() || self.moved.binary_search(&person).is_err();
            worker.maker.stretches.clear();
            cursors.retain_mut(|cursor| {
                if cursor.person != person {
                    return true;
                }
                if wanted {
                    let rows = worker
                        .maker
                        .add(runs, cursor.run, cursor.place, self.scope.span_ms);
                    worker.folded.rows_scanned += rows;
                }
                cursor.advance()
            });
            self.step(person, worker);
        }
        Ok(())
    }

    /// A few given persons of one shard, each looked up in its runs.
    fn only(
        &self,
        only: &[u128],
        shard: u16,
        (from, to): (u128, Option<u128>),
        worker: &mut Worker<F::Result>,
    ) -> Result<(), AskError> {
        let runs = self.scope.runs;
        let begin = only.partition_point(|&one| one < from);
        let end = to.map_or(only.len(), |to| only.partition_point(|&one| one < to));
        for &person in only[begin..end].iter() {
            self.check(&mut worker.until_meter)?;
            if self.moved.binary_search(&person).is_ok() {
                continue;
            }
            worker.maker.stretches.clear();
            for (index, run) in runs
                .iter()
                .enumerate()
                .filter(|(_, run)| run.shard == shard)
            {
                if let Ok(place) = run.persons.binary_search(&person) {
                    let rows = worker
                        .maker
                        .add(runs, index as u32, place, self.scope.span_ms);
                    worker.folded.rows_scanned += rows;
                }
            }
            self.step(person, worker);
        }
        Ok(())
    }

    /// Folds the person whose rows were added, if any.
    fn step(&self, person: u128, worker: &mut Worker<F::Result>) {
        if worker.maker.stretches.is_empty() {
            return;
        }
        let runs = self.scope.runs;
        if self.fold.order() == Order::Time {
            worker.maker.order(runs);
        }
        let timeline = Timeline {
            runs,
            stretches: &worker.maker.stretches,
        };
        self.fold
            .person(&mut worker.folded.result, person, &timeline);
    }

    /// Persons who moved: their rows of all shards, under whom they belong to now.
    fn moved(&self, worker: &mut Worker<F::Result>) -> Result<(), AskError> {
        let runs = self.scope.runs;
        let mut rows: Vec<(u128, OrderedRow)> = Vec::new();
        for (index, run) in runs.iter().enumerate() {
            let moves = self.scope.snapshot.moves(run.index).iter();
            let moves: FxHashMap<u128, u128> = moves.map(|one| (one.visitor.0, one.to.0)).collect();
            for stored in self.moved {
                // There may be as many as there are persons, in each of a hundred runs.
                self.check(&mut worker.until_meter)?;
                let Ok(place) = run.persons.binary_search(stored) else {
                    continue;
                };
                worker.maker.stretches.clear();
                worker
                    .maker
                    .add(runs, index as u32, place, self.scope.span_ms);
                for row in worker
                    .maker
                    .stretches
                    .iter()
                    .flat_map(|one| one.from..one.to)
                {
                    let visitor = run.visitors.get(row as usize);
                    let person = moves.get(&visitor).copied().unwrap_or(*stored);
                    if self
                        .scope
                        .only
                        .is_none_or(|only| only.binary_search(&person).is_ok())
                    {
                        rows.push((person, OrderedRow::new(runs, index as u32, row)));
                    }
                }
            }
        }
        rows.sort_unstable();
        worker.folded.rows_scanned += rows.len() as u64;
        for of_person in rows.chunk_by(|left, right| left.0 == right.0) {
            self.check(&mut worker.until_meter)?;
            worker.maker.stretches.clear();
            for (_, row) in of_person {
                push_row(&mut worker.maker.stretches, row.run, row.row);
            }
            let timeline = Timeline {
                runs,
                stretches: &worker.maker.stretches,
            };
            self.fold
                .person(&mut worker.folded.result, of_person[0].0, &timeline);
        }
        Ok(())
    }
}

/// A place in one run's directory of persons.
struct Cursor<'a> {
    run: u32,
    persons: &'a [u128],
    place: usize,
    person: u128,
}

impl<'a> Cursor<'a> {
    /// A cursor at a place before the end.
    fn at(run: u32, persons: &'a [u128], place: usize) -> Self {
        Self {
            run,
            persons,
            place,
            person: persons[place],
        }
    }

    /// Goes on to the next person; false at the end.
    #[inline]
    fn advance(&mut self) -> bool {
        self.place += 1;
        match self.persons.get(self.place) {
            Some(&person) => {
                self.person = person;
                true
            }
            None => false,
        }
    }
}
