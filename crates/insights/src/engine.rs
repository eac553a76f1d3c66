//! The engine: one fold over the timelines of all persons, in parallel, with a mergeable result.
//!
//! Runs are sharded and sorted by person, and the persons of a shard are numbered over its runs. A
//! unit of work is a range of numbers: its rows in each run are gathered, put together by person
//! with a counting sort (`gather`), and each timeline is given to the fold. Persons whose visitors
//! moved since a run was sorted are left out of that, in all runs; their rows are gathered,
//! regrouped under the current person and folded once. So every person is folded exactly once, and
//! results of different units merge by adding.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hitmetrix_model::{PersonKey, limits};
use hitmetrix_store::Snapshot;
use hitmetrix_store::lanes::shard_of;
use rustc_hash::FxHashMap;

use crate::columns::QueryRun;
use crate::gather::{Gatherer, Shard};
use crate::named::{NamedRun, NamedUnit};
use crate::timeline::{OrderedRow, Timeline, TimelineMaker, push_row};
use crate::{AskError, Meter, Progress};

/// An insight's way through timelines.
pub(crate) trait Fold: Sync {
    /// State of one thread and, at the end, the result.
    type Result: Send;

    /// Whether the order of a person's events matters. Bringing them into it costs something
    /// where several runs have events of the person.
    fn order(&self) -> Order;

    /// Which rows matter.
    fn rows(&self) -> Rows;

    /// An empty result.
    fn begin(&self) -> Self::Result;

    /// Steps through one person's events, in time order, and adds what came out.
    fn person(&self, result: &mut Self::Result, person: u128, timeline: &Timeline<'_>);

    /// What is folded at once. Persons who moved come one by one in any case.
    fn units(&self) -> Units {
        Units::Persons
    }

    /// Adds the relevant events of a range of at most [`UNIT_PERSONS`] persons.
    fn named(&self, _result: &mut Self::Result, _unit: &NamedUnit<'_>) {}

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

/// What a fold takes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Units {
    /// The timeline of a person.
    Persons,
    /// The relevant events of a range of persons, in no order: for folds that look at name and time
    /// alone.
    Events,
    /// The same, where the name alone decides whether an event counts, so that the rows that runs
    /// keep by name may stand for the others.
    Named,
}

/// Which rows a fold wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    /// All of the span.
    All,
    /// Those whose name is relevant, and those that are left out: for folds that look at nothing
    /// else. Persons without such a row are not folded.
    Relevant,
}

/// Some runs, each with the persons under whom it was sorted: those are taken of which this says so,
/// and nobody has moved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsSorted<'s>(pub(crate) &'s [bool]);

/// What the engine goes through.
pub(crate) struct Scope<'s> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) runs: &'s [QueryRun<'s>],
    /// From, included, to, excluded.
    pub(crate) span_ms: (i64, i64),
    /// Only these persons, ascending.
    pub(crate) only: Option<&'s [u128]>,
    /// With `only`: not as things are, but as they were.
    pub(crate) as_sorted: Option<AsSorted<'s>>,
    pub(crate) meter: &'s dyn Meter,
}

/// A result and what it cost.
#[derive(Debug)]
pub(crate) struct Folded<R> {
    pub(crate) result: R,
    pub(crate) rows_scanned: u64,
}

/// A range of persons of one shard, given persons of it, or all who moved.
#[derive(Debug, Clone, Copy)]
enum Unit {
    Range { shard: usize, from: u32, to: u32 },
    Only { shard: usize },
    Moved,
}

/// How many persons are folded between two looks at the meter.
const METER_PERSONS: u32 = 1024;
/// Persons of a unit: few enough that what is gathered of them stays in the core's cache.
pub(crate) const UNIT_PERSONS: u32 = 4096;

/// Folds all persons of the scope.
pub(crate) fn fold<F: Fold>(scope: &Scope<'_>, fold: &F) -> Result<Folded<F::Result>, AskError> {
    let moved = moved_persons(scope);
    let rows: usize = scope.runs.iter().map(|run| run.times.len()).sum();
    // A thread costs about as much as folding some thousand rows.
    let threads = scope.meter.threads().clamp(1, rows / 8192 + 1);
    let shards = Shard::all(scope, &moved);
    let named = match fold.units() {
        _ if scope.only.is_some() => Vec::new(),
        Units::Persons => Vec::new(),
        Units::Events => scope.runs.iter().map(|_| None).collect(),
        Units::Named => NamedRun::all(scope.snapshot, scope.runs, scope.meter)?,
    };
    let shared = Shared {
        scope,
        fold,
        moved: &moved,
        shards: &shards,
        named: &named,
        units: &units(scope, &shards, &moved),
        next: AtomicUsize::new(0),
        done: AtomicUsize::new(0),
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
    let folded = folded?;
    scope.meter.progress(Progress::Folded);
    for part in folded {
        whole.rows_scanned += part.rows_scanned;
        fold.merge(&mut whole.result, part.result);
    }
    Ok(whole)
}

/// Persons that a move takes visitors from or gives them to, ascending.
fn moved_persons(scope: &Scope<'_>) -> Vec<u128> {
    match scope.as_sorted {
        Some(_) => Vec::new(),
        None => moved(scope.snapshot, scope.runs),
    }
}

/// The same of all runs of a query.
pub(crate) fn moved(snapshot: &Snapshot, runs: &[QueryRun<'_>]) -> Vec<u128> {
    let moves = runs.iter().flat_map(|run| snapshot.moves(run.index));
    let mut moved: Vec<u128> = moves.flat_map(|one| [one.from.0, one.to.0]).collect();
    moved.sort_unstable();
    moved.dedup();
    moved
}

fn units(scope: &Scope<'_>, shards: &[Shard], moved: &[u128]) -> Vec<Unit> {
    let mut units = match moved.is_empty() {
        true => Vec::new(),
        false => vec![Unit::Moved],
    };
    for (shard, of) in shards.iter().enumerate() {
        if scope.only.is_some() {
            units.push(Unit::Only { shard });
            continue;
        }
        let persons = of.persons.len() as u32;
        let starts = (0..persons).step_by(UNIT_PERSONS as usize);
        units.extend(starts.map(|from| Unit::Range {
            shard,
            from,
            to: persons.min(from + UNIT_PERSONS),
        }));
    }
    units
}

/// Whether a question may go on.
///
/// # Errors
/// When nobody waits for it any more, or it took too long.
pub fn go_on(meter: &dyn Meter) -> Result<(), AskError> {
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
    shards: &'a [Shard],
    /// One per run, for folds that take events of many persons at once; else none.
    named: &'a [Option<NamedRun>],
    units: &'a [Unit],
    next: AtomicUsize,
    /// Units that are done.
    done: AtomicUsize,
    stop: AtomicBool,
}

/// What one thread has.
struct Worker<R> {
    folded: Folded<R>,
    maker: TimelineMaker,
    gatherer: Gatherer,
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
            gatherer: Gatherer::default(),
            until_meter: 1,
        };
        while let Some(&unit) = self.units.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let done = match unit {
                Unit::Moved => self.moved(&mut worker),
                Unit::Range { shard, from, to } => self.range(shard, (from, to), &mut worker),
                Unit::Only { shard } => self.only(shard, &mut worker),
            };
            if let Err(error) = done {
                self.stop.store(true, Ordering::Relaxed);
                return Err(error);
            }
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            let progress = Progress::Units(done, self.units.len());
            self.scope.meter.progress(progress);
        }
        Ok(worker.folded)
    }

    /// Asks now and then whether to go on.
    fn check(&self, until_meter: &mut u32) -> Result<(), AskError> {
        self.check_after(until_meter, 1)
    }

    /// The same after so many persons.
    fn check_after(&self, until_meter: &mut u32, persons: u32) -> Result<(), AskError> {
        *until_meter = until_meter.saturating_sub(persons);
        if *until_meter > 0 {
            return Ok(());
        }
        *until_meter = METER_PERSONS;
        if self.stop.load(Ordering::Relaxed) {
            return Err(AskError::Cancelled);
        }
        go_on(self.scope.meter)
    }

    /// A range of persons of one shard.
    fn range(
        &self,
        shard: usize,
        (from, to): (u32, u32),
        worker: &mut Worker<F::Result>,
    ) -> Result<(), AskError> {
        let of = &self.shards[shard];
        let Worker {
            folded,
            maker,
            gatherer,
            until_meter,
        } = worker;
        let rows = (self.fold.rows(), self.named);
        folded.rows_scanned += gatherer.gather(self.scope, of, (from, to), rows);
        if !self.named.is_empty() {
            self.check_after(until_meter, to - from)?;
            let mut unit = NamedUnit::new(self.scope, from, gatherer.found());
            folded.rows_scanned += unit.add((self.scope, of), to, self.named);
            self.fold.named(&mut folded.result, &unit);
            return Ok(());
        }
        gatherer.sort(to - from);
        for ordinal in from..to {
            let gathered = gatherer.of(ordinal - from);
            if gathered.is_empty() {
                continue;
            }
            self.check(until_meter)?;
            if of.is_moved(ordinal) {
                continue;
            }
            let stretches = if of.overlaps && self.fold.order() == Order::Time {
                maker.stretches.clear();
                maker.stretches.extend_from_slice(gathered);
                maker.order(self.scope.runs);
                &maker.stretches
            } else {
                gathered
            };
            let timeline = Timeline {
                runs: self.scope.runs,
                stretches,
            };
            let person = of.persons.key(ordinal);
            self.fold.person(&mut folded.result, person, &timeline);
        }
        Ok(())
    }

    /// The given persons of one shard, each looked up in its runs.
    fn only(&self, shard: usize, worker: &mut Worker<F::Result>) -> Result<(), AskError> {
        let runs = self.scope.runs;
        let own = self.shards[shard].runs.first();
        let own = own.map(|(run, _)| runs[*run as usize].shard);
        for &person in self.scope.only.unwrap_or_default() {
            self.check(&mut worker.until_meter)?;
            let is_here = own == Some(shard_of(PersonKey(person)));
            if !is_here || self.moved.binary_search(&person).is_ok() {
                continue;
            }
            worker.maker.stretches.clear();
            for (run, _) in &self.shards[shard].runs {
                let AsSorted(taken) = self.scope.as_sorted.unwrap_or(AsSorted(&[]));
                if !taken.get(*run as usize).copied().unwrap_or(true) {
                    continue;
                }
                if let Ok(place) = runs[*run as usize].persons.binary_search(&person) {
                    let rows = worker.maker.add(runs, *run, place, self.scope.span_ms);
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
