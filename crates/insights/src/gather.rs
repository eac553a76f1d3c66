//! Puts the rows of persons together, from all runs of a shard, for a range of persons at a time.
//!
//! Each run gives stretches of rows with the number of their person; a counting sort by that
//! number leaves each person's stretches side by side, in the order of the runs. So a person costs
//! a few instructions per run that has rows of them, and nothing per run that has none.

use hitmetrix_store::lanes::{RunPersons, ShardPersons};

use crate::columns::QueryRun;
use crate::engine::{Rows, Scope};
use crate::named::NamedRun;
use crate::scan::{self, Wanted};
use crate::timeline::Stretch;

/// One shard of a scope.
#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) persons: ShardPersons,
    /// Index into the scope's runs, and which rows matter where not all do; in the order of time.
    pub(crate) runs: Vec<(u32, RunScan)>,
    /// The place of each among all runs of the shard in the snapshot.
    places: Vec<usize>,
    /// Whether two of the runs overlap in time.
    pub(crate) overlaps: bool,
    /// Persons who are not folded with the others, ascending.
    pub(crate) moved: Vec<u32>,
}

/// What is looked for in a run's names and bots.
#[derive(Debug)]
pub(crate) struct RunScan {
    names: Wanted,
    bots: Option<Wanted>,
    /// Whether so few rows are relevant that to find them one by one is quicker than to take all.
    pays: bool,
}

/// Rows that are looked at to see how many are relevant.
const SAMPLED: usize = 512;
/// Of which at most so many may be, for looking for them to pay.
const SAMPLED_RELEVANT: usize = SAMPLED / 6;

/// Whether few rows of a run are relevant, as far as some rows tell.
fn is_rare(run: &QueryRun<'_>) -> bool {
    let rows = run.times.len();
    let step = (rows / SAMPLED).max(1);
    let sampled = (0..rows).step_by(step).take(SAMPLED);
    let relevant = sampled.filter(|&row| run.relevant[run.names.get(row) as usize]);
    relevant.count() <= SAMPLED_RELEVANT.min(rows)
}

/// Has the persons of shards numbered that nobody asked for yet, several shards at once.
fn number_persons(scope: &Scope<'_>) {
    let mut shards: Vec<u16> = scope.runs.iter().map(|run| run.shard).collect();
    shards.dedup();
    shards.retain(|&shard| !scope.snapshot.has_numbers(shard));
    if scope.only.is_some() || shards.len() < 2 || scope.meter.threads() < 2 {
        return;
    }
    std::thread::scope(|threads| {
        for shard in shards {
            threads.spawn(move || scope.snapshot.persons_of_shard(shard));
        }
    });
}

impl Shard {
    /// The shards of a scope.
    pub(crate) fn all(scope: &Scope<'_>, moved: &[u128]) -> Vec<Self> {
        number_persons(scope);
        let mut shards: Vec<Self> = Vec::new();
        let mut last = None;
        for (index, run) in scope.runs.iter().enumerate() {
            if last != Some(run.shard) {
                last = Some(run.shard);
                shards.push(Self::of(scope, run.shard, moved));
            }
            let shard = shards.last_mut().expect("one was pushed");
            shard.push(scope, index, run);
        }
        shards
    }

    fn of(scope: &Scope<'_>, shard: u16, moved: &[u128]) -> Self {
        // Given persons are looked up by key.
        let persons = match scope.only {
            Some(_) => ShardPersons::default(),
            None => scope.snapshot.persons_of_shard(shard),
        };
        let mut moved: Vec<u32> = moved
            .iter()
            .filter_map(|&key| persons.ordinal(key))
            .collect();
        moved.sort_unstable();
        Self {
            persons,
            runs: Vec::new(),
            places: Vec::new(),
            overlaps: false,
            moved,
        }
    }

    fn push(&mut self, scope: &Scope<'_>, index: usize, run: &QueryRun<'_>) {
        if let Some((last, _)) = self.runs.last() {
            // Runs come in the order of their first event.
            let earlier = scope.runs[..=*last as usize].iter();
            let end = earlier
                .filter(|one| one.shard == run.shard)
                .map(|one| one.span_ms.1)
                .max();
            self.overlaps |= end.is_some_and(|end| end >= run.span_ms.0);
        }
        let before = scope.snapshot.runs[..run.index].iter();
        self.places
            .push(before.filter(|one| one.shard() == run.shard).count());
        let scan = RunScan {
            names: Wanted::of(&run.relevant),
            bots: run.bots.as_ref().map(|(_, out)| Wanted::of(out)),
            pays: is_rare(run),
        };
        self.runs.push((index as u32, scan));
    }

    /// Its runs by their place in the scope, each with the numbers of its persons in the order of
    /// the run, where they are known.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (u32, Option<&[u32]>)> {
        let numbers = |place: &usize| match self.persons.of_run(*place) {
            RunPersons::InOrder(numbers) => Some(numbers),
            RunPersons::Placed(_) => None,
        };
        self.runs
            .iter()
            .zip(&self.places)
            .map(move |((index, _), place)| (*index, numbers(place)))
    }

    /// About where rows of a person, by number, lie in a list of rows by person.
    pub(crate) fn guess(&self, number: u32, list: &[u32]) -> usize {
        (u64::from(number) * list.len() as u64 / self.persons.len().max(1) as u64) as usize
    }

    /// Those of some persons who are folded elsewhere.
    pub(crate) fn moved_in(&self, from: u32, to: u32) -> &[u32] {
        let from = self.moved.partition_point(|&number| number < from);
        let count = self.moved[from..].partition_point(|&number| number < to);
        &self.moved[from..from + count]
    }

    /// Whether a person is folded elsewhere.
    #[inline]
    pub(crate) fn is_moved(&self, ordinal: u32) -> bool {
        !self.moved.is_empty() && self.moved.binary_search(&ordinal).is_ok()
    }
}

/// Stretches of a range of persons; one per thread.
#[derive(Debug, Default)]
pub(crate) struct Gatherer {
    /// In the order of the runs, with the person's place in the range.
    found: Vec<(u32, Stretch)>,
    /// By person.
    sorted: Vec<Stretch>,
    /// Where each person's begin.
    starts: Vec<u32>,
}

/// A run's part in one gathering.
struct Source<'g> {
    index: u32,
    run: &'g QueryRun<'g>,
    scan: Option<&'g RunScan>,
    /// From, included, to, excluded, as the run counts times.
    span: Option<(u32, u32)>,
}

impl Gatherer {
    /// Gathers the rows of persons `from..to`, but not of runs that `named` has rows by name of,
    /// and returns how many rows were looked at.
    pub(crate) fn gather(
        &mut self,
        scope: &Scope<'_>,
        shard: &Shard,
        (from, to): (u32, u32),
        (rows, named): (Rows, &[Option<NamedRun>]),
    ) -> u64 {
        self.found.clear();
        let mut scanned = 0;
        for ((index, scan), place) in shard.runs.iter().zip(&shard.places) {
            if named.get(*index as usize).is_some_and(Option::is_some) {
                continue;
            }
            let run = &scope.runs[*index as usize];
            let source = Source {
                index: *index,
                run,
                scan: (rows == Rows::Relevant && scan.pays).then_some(scan),
                span: span_in(run, scope.span_ms),
            };
            scanned += match shard.persons.of_run(*place) {
                RunPersons::InOrder(numbers) => self.in_order(&source, numbers, (from, to)),
                RunPersons::Placed(places) => self.placed(&source, places, (from, to)),
            };
        }
        scanned
    }

    /// Persons, by their place in the range, and rows, in the order of the runs.
    pub(crate) fn found(&self) -> &[(u32, Stretch)] {
        &self.found
    }

    /// The stretches of one person of the range.
    #[inline]
    pub(crate) fn of(&self, person: u32) -> &[Stretch] {
        let from = self.starts[person as usize] as usize;
        let to = self.starts[person as usize + 1] as usize;
        &self.sorted[from..to]
    }

    fn in_order(&mut self, source: &Source<'_>, numbers: &[u32], range: (u32, u32)) -> u64 {
        let first = numbers.partition_point(|&number| number < range.0);
        let count = numbers[first..].partition_point(|&number| number < range.1);
        let numbers = &numbers[first..first + count];
        if numbers.is_empty() {
            return 0;
        }
        let offsets = &source.run.offsets[first..=first + count];
        let ends = (offsets[0] as usize, offsets[count] as usize);
        let Some(scan) = source.scan else {
            for (number, pair) in numbers.iter().zip(offsets.windows(2)) {
                self.push(source, number - range.0, (pair[0], pair[1]));
            }
            return (ends.1 - ends.0) as u64;
        };
        let mut person = 0;
        source.each(scan, ends, |row| {
            while offsets[person + 1] <= row {
                person += 1;
            }
            self.push(source, numbers[person] - range.0, (row, row + 1));
        });
        (ends.1 - ends.0) as u64
    }

    fn placed(&mut self, source: &Source<'_>, places: &[(u32, u32)], range: (u32, u32)) -> u64 {
        let first = places.partition_point(|place| place.0 < range.0);
        let count = places[first..].partition_point(|place| place.0 < range.1);
        let mut scanned = 0;
        for &(number, place) in &places[first..first + count] {
            let offsets = &source.run.offsets[place as usize..place as usize + 2];
            let (from, to) = (offsets[0], offsets[1]);
            scanned += u64::from(to - from);
            match source.scan {
                None => self.push(source, number - range.0, (from, to)),
                Some(scan) => source.each(scan, (from as usize, to as usize), |row| {
                    self.push(source, number - range.0, (row, row + 1));
                }),
            }
        }
        scanned
    }

    /// Adds rows of a person, cut to the span.
    #[inline]
    fn push(&mut self, source: &Source<'_>, person: u32, (mut from, mut to): (u32, u32)) {
        if let Some((begin, end)) = source.span {
            let times = &source.run.times[from as usize..to as usize];
            let skipped = times.partition_point(|&time| time < begin);
            let kept = times[skipped..].partition_point(|&time| time < end);
            from += skipped as u32;
            to = from + kept as u32;
            if from == to {
                return;
            }
        }
        match self.found.last_mut() {
            Some((last, stretch))
                if *last == person && stretch.to == from && stretch.run == source.index =>
            {
                stretch.to = to;
            }
            _ => self.found.push((
                person,
                Stretch {
                    run: source.index,
                    from,
                    to,
                },
            )),
        }
    }

    /// Puts the stretches of each of so many persons together.
    pub(crate) fn sort(&mut self, persons: u32) {
        self.starts.clear();
        self.starts.resize(persons as usize + 2, 0);
        for (person, _) in &self.found {
            self.starts[*person as usize + 2] += 1;
        }
        for person in 2..self.starts.len() {
            self.starts[person] += self.starts[person - 1];
        }
        let empty = Stretch {
            run: 0,
            from: 0,
            to: 0,
        };
        self.sorted.clear();
        self.sorted.resize(self.found.len(), empty);
        // While stretches are laid down, each start moves to where the next person's begin.
        for (person, stretch) in &self.found {
            let place = &mut self.starts[*person as usize + 1];
            self.sorted[*place as usize] = *stretch;
            *place += 1;
        }
    }
}

impl Source<'_> {
    #[inline]
    fn each(&self, scan: &RunScan, (from, to): (usize, usize), mut found: impl FnMut(u32)) {
        let names = (self.run.names, &scan.names);
        match (&self.run.bots, &scan.bots) {
            (Some((codes, _)), Some(bots)) => {
                scan::each(&[names, (*codes, bots)], (from, to), |row| {
                    found(row as u32)
                });
            }
            _ if scan.names.is_empty() => {}
            _ => scan::each(&[names], (from, to), |row| found(row as u32)),
        }
    }
}

/// The span as the run counts times; none when all its rows lie within.
pub(crate) fn span_in(run: &QueryRun<'_>, (from_ms, to_ms): (i64, i64)) -> Option<(u32, u32)> {
    let (first, last) = run.span_ms;
    if first >= from_ms && last < to_ms {
        return None;
    }
    let offset = |at_ms: i64| {
        let offset = at_ms.saturating_sub(run.start_ms);
        offset.clamp(0, i64::from(u32::MAX)) as u32
    };
    Some((offset(from_ms), offset(to_ms)))
}
