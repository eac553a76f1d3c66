//! Counts that are kept beyond a data version, so that the same question later counts anew only
//! those persons for whom something may have changed.
//!
//! What is kept stands for the parts as they were, without the persons who had other events or had
//! moved: persons who are *open*. Later the open ones are those with an event outside the kept
//! parts, who have moved since, or who have an event between the ends of the two periods, where
//! the period's end moves with the clock. Because a person's events are counted for that person
//! alone, the answer then is
//!
//! > what was kept − the newly open in the kept parts as they were + all who are open, in all runs
//!
//! which costs a look at some persons instead of at all. It holds for whatever is a sum over persons:
//! all that [`Counts`] has. Questions about who did what are not kept: their conditions look at all
//! persons and at the clock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hitmetrix_model::{Bots, Condition, Dimension, Measure, ResolvedPeriod, SiteId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::AskError;
use crate::cache::{OVERHEAD_BYTES, bytes_asked};
use crate::columns::{Dictionary, QueryRun};
use crate::count::{Counting, GroupBy, Together};
use crate::counts::Counts;
use crate::engine::{AsSorted, go_on};
use crate::query::{Prepared, Query};

/// See [`Keeper::open_share`].
const OPEN_SHARE: usize = 8;
/// Times that are looked through between two looks at the meter.
const TIMES_AT_ONCE: usize = 1 << 20;

/// What is counted: everything that decides it but the clock, the events, and who is whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    site: SiteId,
    filters: Vec<Condition>,
    bots: Bots,
    measures: Vec<Measure>,
    by: By,
    from_ms: i64,
    /// The period's end where the clock does not cut it.
    end_ms: i64,
    /// How far sessions are followed over both ends; none where they do not matter.
    margin_ms: i64,
}

impl Key {
    /// About the memory that it takes.
    fn bytes(&self) -> usize {
        let starts = match &self.by {
            By::Time(starts) => starts.len(),
            By::Nothing | By::Values(_) => 0,
        };
        bytes_asked(&self.filters) + size_of::<i64>() * starts
    }
}

/// What it is divided by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum By {
    Nothing,
    /// The starts of buckets.
    Time(Vec<i64>),
    Values(Dimension),
}

/// Which parts and persons counts are of.
#[derive(Debug)]
struct Base {
    /// Parts that were there, ascending.
    parts: Vec<u128>,
    /// Those of them with events of the time, ascending.
    within: Vec<u128>,
    /// Persons who are not among the counted ones, ascending.
    open: Vec<u128>,
    to_ms: i64,
}

/// Counts of one question in one period.
#[derive(Debug)]
struct KeptCounts {
    counts: Counts,
    /// The texts of the groups' values, in the order of the groups; none for other groups.
    texts: Vec<String>,
}

#[derive(Debug)]
struct Kept {
    base: Arc<Base>,
    counts: Arc<KeptCounts>,
    bytes: usize,
    used: u64,
}

#[derive(Debug, Default)]
struct Shelf {
    kept: FxHashMap<Key, Kept>,
    bytes: usize,
    clock: u64,
}

/// Keeps counts, those asked for least recently going first.
#[derive(Debug)]
pub(crate) struct Keeper {
    shelf: Mutex<Shelf>,
    bytes_max: usize,
    /// One of so many persons may be open; with more of them all are counted.
    open_share: usize,
}

impl Keeper {
    /// Keeps about so many bytes.
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self {
            shelf: Mutex::default(),
            bytes_max,
            open_share: OPEN_SHARE,
        }
    }

    /// The same with another share of open persons.
    #[cfg(test)]
    pub(crate) fn with_open_share(self, open_share: usize) -> Self {
        Self { open_share, ..self }
    }

    /// Lets go of all counts of a site.
    pub(crate) fn forget(&self, site: SiteId) {
        let mut shelf = self.lock();
        shelf.kept.retain(|key, _| key.site != site);
        shelf.bytes = shelf.kept.values().map(|kept| kept.bytes).sum();
    }

    fn lock(&self) -> MutexGuard<'_, Shelf> {
        // A panic while the lock was held leaves at worst counts too few.
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, key: Key, mut kept: Kept) {
        if kept.bytes > self.bytes_max {
            return;
        }
        let mut shelf = self.lock();
        shelf.clock += 1;
        kept.used = shelf.clock;
        shelf.bytes += kept.bytes;
        if let Some(before) = shelf.kept.insert(key, kept) {
            shelf.bytes -= before.bytes;
        }
        while shelf.bytes > self.bytes_max {
            let oldest = shelf.kept.iter().min_by_key(|(_, kept)| kept.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                break;
            };
            if let Some(gone) = shelf.kept.remove(&oldest) {
                shelf.bytes -= gone.bytes;
            }
        }
    }
}

/// A question's counts in one period.
pub(crate) struct Task<'q> {
    pub(crate) query: &'q Query<'q>,
    pub(crate) counting: Counting<'q>,
}

/// Counts each task over a period, from what was kept where that pays; and how many events were
/// looked at. `end_ms` is the period's end where the clock does not cut it.
pub(crate) fn count<'q>(
    (prepared, period, end_ms): (&'q Prepared<'q>, ResolvedPeriod, i64),
    tasks: Vec<Task<'q>>,
) -> Result<(Vec<Counts>, u64), AskError> {
    let pass = Pass {
        query: tasks[0].query,
        prepared,
        period,
        end_ms,
    };
    let keeper = pass.query.keeper.filter(|_| prepared.may_be_kept());
    let Some(keeper) = keeper else {
        return pass.whole(tasks.into_iter().map(|task| task.counting).collect());
    };
    let keys: Vec<Key> = tasks.iter().map(|task| pass.key(task)).collect();
    let mut counted: Vec<Option<Counts>> = tasks.iter().map(|_| None).collect();
    let mut rows = 0;
    for held in pass.held(keeper, (&keys, &tasks)) {
        let places = held.places.clone();
        if let Some((counts, looked_at)) = pass.brought_up(held, keeper.open_share)? {
            rows += looked_at;
            for (place, counts) in places.into_iter().zip(counts) {
                counted[place] = Some(counts);
            }
        }
    }
    let open: Vec<usize> = (0..tasks.len())
        .filter(|&place| counted[place].is_none())
        .collect();
    if !open.is_empty() {
        let countings: Vec<Counting<'q>> = open
            .iter()
            .map(|&place| tasks[place].counting.clone())
            .collect();
        let keys = open.iter().map(|&place| keys[place].clone()).collect();
        let (counts, looked_at) = pass.whole(countings.clone())?;
        rows += looked_at;
        // An answer that is there is not lost because it could not be kept in time.
        let _ = pass.keep(keeper, (keys, countings), &counts);
        for (place, counts) in open.into_iter().zip(counts) {
            counted[place] = Some(counts);
        }
    }
    Ok((counted.into_iter().flatten().collect(), rows))
}

/// What was kept of some tasks, all of one base.
struct Held<'q> {
    base: Arc<Base>,
    /// The tasks' places.
    places: Vec<usize>,
    countings: Vec<Counting<'q>>,
    counts: Vec<Arc<KeptCounts>>,
}

/// One period of a prepared question.
struct Pass<'q> {
    query: &'q Query<'q>,
    prepared: &'q Prepared<'q>,
    period: ResolvedPeriod,
    end_ms: i64,
}

impl<'q> Pass<'q> {
    fn key(&self, task: &Task<'_>) -> Key {
        let question = task.query.question;
        Key {
            site: self.query.snapshot.site,
            filters: question.filters.clone(),
            bots: question.bots,
            measures: question.measures.clone(),
            by: match task.counting.group_by() {
                GroupBy::All => By::Nothing,
                GroupBy::Time(buckets) => By::Time(buckets.starts().to_vec()),
                GroupBy::EventValue { .. } | GroupBy::SessionValue { .. } => {
                    question.dimension.map_or(By::Nothing, By::Values)
                }
            },
            from_ms: self.period.from_ms,
            end_ms: self.end_ms,
            margin_ms: match task.counting.needs_table() {
                true => self.query.margin_ms,
                false => 0,
            },
        }
    }

    /// Counts all persons.
    fn whole(&self, countings: Vec<Counting<'q>>) -> Result<(Vec<Counts>, u64), AskError> {
        let together = Together::new(countings, &self.prepared.plan);
        let span = (self.period, together.margin_ms(self.query.margin_ms));
        let folded = self.query.fold(self.prepared, span, &together)?;
        Ok((finished(folded.result), folded.rows_scanned))
    }

    /// Counts some persons, in all runs or in some as they were sorted.
    fn some(
        &self,
        countings: Vec<Counting<'q>>,
        (persons, as_sorted): (&[u128], Option<AsSorted<'_>>),
        period: ResolvedPeriod,
    ) -> Result<(Vec<Counts>, u64), AskError> {
        let countings = countings.into_iter().map(|one| one.over(period)).collect();
        let together = Together::new(countings, &self.prepared.plan);
        let of = (persons, as_sorted);
        let span = (period, together.margin_ms(self.query.margin_ms));
        let folded = self.query.fold_some(self.prepared, span, (of, &together))?;
        Ok((finished(folded.result), folded.rows_scanned))
    }

    fn runs(&self) -> &'q [QueryRun<'q>] {
        &self.prepared.columns.runs
    }

    fn part(&self, run: &QueryRun<'_>) -> Option<u128> {
        self.query.snapshot.part_id(run.index)
    }

    /// Whether a run has events of the time that is looked at.
    fn reaches(&self, run: &QueryRun<'_>) -> bool {
        let (first, last) = run.span_ms;
        first < self.period.to_ms.saturating_add(self.query.margin_ms)
            && last >= self.period.from_ms.saturating_sub(self.query.margin_ms)
    }

    fn most_open(&self, open_share: usize) -> usize {
        let persons = self.runs().iter().map(|run| run.persons.len());
        persons.sum::<usize>() / open_share
    }

    /// Persons with events in runs that `is_other` says, and all who moved; none when they are too
    /// many.
    fn open(&self, most: usize, is_other: impl Fn(&QueryRun<'_>) -> bool) -> Option<Vec<u128>> {
        let mut open = self.query.moved(self.prepared);
        for run in self.runs() {
            if self.reaches(run) && is_other(run) {
                open.extend_from_slice(run.persons);
            }
            if open.len() > most {
                open.sort_unstable();
                open.dedup();
            }
            if open.len() > most {
                return None;
            }
        }
        open.sort_unstable();
        open.dedup();
        Some(open)
    }

    /// What is kept of the tasks, by base.
    fn held(&self, keeper: &Keeper, (keys, tasks): (&[Key], &[Task<'q>])) -> Vec<Held<'q>> {
        let mut shelf = keeper.lock();
        shelf.clock += 1;
        let clock = shelf.clock;
        let mut all: Vec<Held<'q>> = Vec::new();
        for (place, (key, task)) in keys.iter().zip(tasks).enumerate() {
            let Some(kept) = shelf.kept.get_mut(key) else {
                continue;
            };
            kept.used = clock;
            let known = all
                .iter()
                .position(|held| Arc::ptr_eq(&held.base, &kept.base));
            let at = known.unwrap_or_else(|| {
                all.push(Held {
                    base: Arc::clone(&kept.base),
                    places: Vec::new(),
                    countings: Vec::new(),
                    counts: Vec::new(),
                });
                all.len() - 1
            });
            all[at].places.push(place);
            all[at].countings.push(task.counting.clone());
            all[at].counts.push(Arc::clone(&kept.counts));
        }
        all
    }

    /// What was kept, brought up to now; none where that does not pay.
    fn brought_up(
        &self,
        held: Held<'q>,
        open_share: usize,
    ) -> Result<Option<(Vec<Counts>, u64)>, AskError> {
        let Held {
            base,
            countings,
            counts,
            ..
        } = held;
        let parts: FxHashSet<u128> = self
            .runs()
            .iter()
            .filter_map(|run| self.part(run))
            .collect();
        if !base.within.iter().all(|id| parts.contains(id)) {
            return Ok(None);
        }
        let is_of_base = |run: &QueryRun<'_>| {
            let id = self.part(run);
            id.is_some_and(|id| base.parts.binary_search(&id).is_ok())
        };
        let most = self.most_open(open_share);
        let Some(mut open) = self.open(most, |run| !is_of_base(run)) else {
            return Ok(None);
        };
        if !self.between((base.to_ms, most), &mut open)? {
            return Ok(None);
        }
        let newly: Vec<u128> = open
            .iter()
            .filter(|person| base.open.binary_search(person).is_err())
            .copied()
            .collect();
        open.extend_from_slice(&base.open);
        open.sort_unstable();
        open.dedup();
        if open.len() > most {
            return Ok(None);
        }
        let mut rows = 0;
        let dictionaries = &self.prepared.columns.dictionaries;
        let mut found: Vec<Counts> = counts
            .iter()
            .zip(&countings)
            .map(|(kept, counting)| kept.as_of(counting, dictionaries))
            .collect();
        if !newly.is_empty() {
            let taken: Vec<bool> = self.runs().iter().map(is_of_base).collect();
            let before = ResolvedPeriod {
                to_ms: base.to_ms,
                ..self.period
            };
            let of = (&newly[..], Some(AsSorted(&taken)));
            let (gone, looked_at) = self.some(countings.clone(), of, before)?;
            rows += looked_at;
            for (counts, gone) in found.iter_mut().zip(&gone) {
                counts.remove(gone);
            }
        }
        let (added, looked_at) = self.some(countings, (&open, None), self.period)?;
        rows += looked_at;
        for (counts, added) in found.iter_mut().zip(added) {
            counts.add(&added);
        }
        Ok(Some((found, rows)))
    }

    /// Adds the persons with an event between two ends of the period, or of what is looked at
    /// beyond them; false when they are too many.
    fn between(
        &self,
        (before_ms, most): (i64, usize),
        open: &mut Vec<u128>,
    ) -> Result<bool, AskError> {
        let (from_ms, to_ms) = (
            before_ms.min(self.period.to_ms),
            before_ms.max(self.period.to_ms),
        );
        if from_ms == to_ms {
            return Ok(true);
        }
        for beyond_ms in [0, self.query.margin_ms] {
            let span = (
                from_ms.saturating_add(beyond_ms),
                to_ms.saturating_add(beyond_ms),
            );
            for run in self.runs() {
                if run.span_ms.1 < span.0 || run.span_ms.0 >= span.1 {
                    continue;
                }
                let offset =
                    |at_ms: i64| (at_ms - run.start_ms).clamp(0, i64::from(u32::MAX)) as u32;
                let (from, to) = (offset(span.0), offset(span.1));
                for (place, times) in run.times.chunks(TIMES_AT_ONCE).enumerate() {
                    go_on(self.query.meter)?;
                    let first = place * TIMES_AT_ONCE;
                    // Rows of a person stand side by side.
                    let mut end = 0;
                    for (row, &time) in (first..).zip(times) {
                        if row >= end && time >= from && time < to {
                            let behind = run.offsets.partition_point(|&at| at as usize <= row);
                            open.push(run.persons[behind - 1]);
                            end = run
                                .offsets
                                .get(behind)
                                .map_or(usize::MAX, |&at| at as usize);
                        }
                    }
                    if open.len() > most {
                        open.sort_unstable();
                        open.dedup();
                    }
                    if open.len() > most {
                        return Ok(false);
                    }
                }
            }
        }
        open.sort_unstable();
        open.dedup();
        Ok(true)
    }

    /// Keeps counts of all persons without those who are open now.
    fn keep(
        &self,
        keeper: &Keeper,
        (keys, countings): (Vec<Key>, Vec<Counting<'q>>),
        counts: &[Counts],
    ) -> Result<(), AskError> {
        let most = self.most_open(keeper.open_share);
        let Some(open) = self.open(most, |run| self.part(run).is_none()) else {
            return Ok(());
        };
        let (gone, _) = self.some(countings.clone(), (&open, None), self.period)?;
        let mut parts: Vec<u128> = self
            .runs()
            .iter()
            .filter_map(|run| self.part(run))
            .collect();
        parts.sort_unstable();
        let reaching = self.runs().iter().filter(|run| self.reaches(run));
        let mut within: Vec<u128> = reaching.filter_map(|run| self.part(run)).collect();
        within.sort_unstable();
        let base = Arc::new(Base {
            parts,
            within,
            open,
            to_ms: self.period.to_ms,
        });
        for ((key, counting), (counts, gone)) in keys
            .into_iter()
            .zip(countings)
            .zip(counts.iter().zip(&gone))
        {
            let mut kept = counts.clone();
            kept.remove(gone);
            let texts = match counting.lane_of_values() {
                Some(lane) => self.prepared.columns.dictionaries[lane].texts(),
                None => Vec::new(),
            };
            let words: usize = texts
                .iter()
                .map(|text| size_of::<String>() + text.len())
                .sum();
            let ids = base.parts.len() + base.within.len() + base.open.len();
            // The base is counted with each, though it is shared: rather too much than too little.
            let ids = size_of::<u128>() * ids;
            let bytes = OVERHEAD_BYTES + key.bytes() + words + ids + kept.bytes();
            let counts = KeptCounts {
                counts: kept,
                texts,
            };
            keeper.put(
                key,
                Kept {
                    base: Arc::clone(&base),
                    counts: Arc::new(counts),
                    bytes,
                    used: 0,
                },
            );
        }
        Ok(())
    }
}

fn finished(work: crate::count::TogetherWork) -> Vec<Counts> {
    let counts = work.works.into_iter().map(|work| work.counts.finish());
    counts.collect()
}

impl KeptCounts {
    /// The counts by the groups of a query.
    fn as_of(&self, counting: &Counting<'_>, dictionaries: &[Dictionary<'_>]) -> Counts {
        let Some(lane) = counting.lane_of_values() else {
            return self.counts.clone();
        };
        let dictionary = &dictionaries[lane];
        // A value that no run has any more was in no event of the time, and has nothing counted.
        let codes: Vec<Option<u32>> = self
            .texts
            .iter()
            .map(|text| dictionary.find(text))
            .collect();
        self.counts.renumbered(&codes, counting.groups())
    }
}
