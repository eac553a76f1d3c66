//! The fold of series: each counted event is added to the cell of its group and bucket.
//!
//! A person is folded once, so that a stamp per cell says whether they were counted there; where
//! values are those of the period so far, a stamp per group, and the person counts where they were
//! first. A person has one account, which is noted with the person. Sessions are numbered within
//! the person.

use std::ops::Range;

use hitmetrix_model::{Aggregate, ResolvedPeriod};
use rustc_hash::FxHashMap;

use super::gathered::Gathered;
use super::plan::{OneSeries, Plan};
use crate::buckets::BucketTable;
use crate::budget::Budget;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marked, Marker};
use crate::people::{Contribution, People};
use crate::persons::PersonValues;
use crate::query::Prepared;
use crate::timeline::Timeline;

/// Codes of the facts; those that are not there are 0.
pub(super) type Key = [u32; 3];

/// Bytes that a group is thought to take while groups are looked for.
const GROUP_BYTES: usize = 128;

/// Which groups there are.
#[derive(Debug)]
pub(super) enum Groups {
    /// Nothing divides the answer.
    One,
    /// All that come up: a group for each combination of values.
    All,
    /// Some, by the code of the only fact. Others have [`NO_GROUP`], or a group together.
    OfCode(Vec<u32>),
    /// Some, by the codes of several facts, and the group of all others.
    OfKey(FxHashMap<Key, u32>, u32),
}

/// What is of no group is not counted.
pub(super) const NO_GROUP: u32 = u32::MAX;

/// Whose contributions are wanted.
#[derive(Debug, Clone)]
pub(super) struct Watched {
    /// The series that go into the value, as bits: several where it is a formula's.
    pub(super) series: u64,
    pub(super) group: u32,
    /// All that go into the value: more than one where it is cumulative or a mean.
    pub(super) buckets: Range<usize>,
}

/// One pass over the persons.
pub(super) struct Folding<'q> {
    pub(super) prepared: &'q Prepared<'q>,
    pub(super) marker: Marker<'q>,
    pub(super) plan: &'q Plan,
    /// What is counted; the marker may reach further back.
    pub(super) period: ResolvedPeriod,
    pub(super) buckets: &'q BucketTable,
    pub(super) groups: &'q Groups,
    pub(super) group_count: usize,
    /// The series that are folded, as bits.
    pub(super) series: u64,
    /// They count only each person's first event.
    pub(super) first_time: bool,
    /// Only the first series is added up; of the others it is noted which groups they have.
    pub(super) only_first: bool,
    pub(super) cumulative: bool,
    pub(super) accounts: Option<&'q PersonValues>,
    pub(super) budget: &'q Budget,
    pub(super) watched: Option<Watched>,
}

/// One thread's cells.
#[derive(Default)]
pub(super) struct Work {
    marks: MarkWork,
    /// By series.
    pub(super) gathered: Vec<Gathered>,
    /// By series and cell, or by series and group: the last person that was counted there.
    stamps: Vec<Vec<u32>>,
    person: u32,
    /// By cell, whether any series had an event there.
    pub(super) seen: Vec<bool>,
    /// Series, group, session and bucket of each session of the person.
    sessions: Vec<(u32, u32, u32, u32)>,
    /// The groups that came up, where all are wanted.
    pub(super) found: FxHashMap<Key, u32>,
    last: Option<(Key, u32)>,
    left_out: u64,
    pub(super) people: People,
}

/// Where an event belongs.
#[derive(Clone, Copy)]
struct Place {
    group: usize,
    bucket: usize,
    cell: usize,
}

impl Folding<'_> {
    /// Whether a series is added up, in this pass or another over the same groups.
    fn is_kept(&self, series: usize) -> bool {
        series == 0 || !self.only_first
    }

    /// Makes room for so many groups.
    fn resize(&self, work: &mut Work, groups: usize) {
        let cells = groups * self.buckets.len();
        let stamps = if self.cumulative { groups } else { cells };
        work.seen.resize(cells, false);
        for series in 0..self.plan.series.len() {
            if self.is_kept(series) && self.watched.is_none() {
                let uses = self.plan.series[series].uses;
                work.gathered[series].resize(uses, cells, self.budget);
                if uses.persons || uses.accounts {
                    work.stamps[series].resize(stamps, 0);
                }
            }
        }
    }

    #[inline]
    fn group(&self, work: &mut Work, at: (u128, &Timeline<'_>), marked: &Marked) -> u32 {
        let code = |work: &Work, fact: usize| self.prepared.code(fact, at, (&work.marks, marked));
        match self.groups {
            Groups::One => return 0,
            Groups::OfCode(groups) => return groups[code(work, 0) as usize],
            Groups::All | Groups::OfKey(..) => {}
        }
        let mut key: Key = [0; 3];
        for (fact, part) in key.iter_mut().enumerate().take(self.prepared.facts.len()) {
            *part = code(work, fact);
        }
        if let Some((last, group)) = work.last
            && last == key
        {
            return group;
        }
        let group = match self.groups {
            Groups::OfKey(groups, others) => groups.get(&key).copied().unwrap_or(*others),
            _ => self.found(work, key),
        };
        work.last = Some((key, group));
        group
    }

    /// The group of a combination, which is made where it is new.
    fn found(&self, work: &mut Work, key: Key) -> u32 {
        if let Some(&group) = work.found.get(&key) {
            return group;
        }
        if !self.budget.take(GROUP_BYTES) {
            return NO_GROUP;
        }
        let group = work.found.len();
        work.found.insert(key, group as u32);
        self.resize(work, group + 1);
        group as u32
    }

    /// Adds an event to the cells of its series.
    #[inline]
    fn add(
        &self,
        work: &mut Work,
        (person, timeline): (u128, &Timeline<'_>),
        (marked, mut series_bits): (&Marked, u64),
    ) {
        let group = self.group(work, (person, timeline), marked);
        if group == NO_GROUP {
            return;
        }
        let (group, bucket) = (group as usize, self.buckets.of(marked.time_ms));
        let cell = group * self.buckets.len() + bucket;
        let place = Place {
            group,
            bucket,
            cell,
        };
        if self.watched.is_some() {
            self.watch(work, (person, timeline), (marked, series_bits), place);
            return;
        }
        work.seen[cell] = true;
        while series_bits != 0 {
            let series = series_bits.trailing_zeros() as usize;
            series_bits &= series_bits - 1;
            if self.is_kept(series) {
                self.add_to(work, series, place, (person, timeline, marked));
            }
        }
    }

    #[inline]
    fn add_to(
        &self,
        work: &mut Work,
        series: usize,
        Place {
            group,
            bucket,
            cell,
        }: Place,
        (person, timeline, marked): (u128, &Timeline<'_>, &Marked),
    ) {
        let of = &self.plan.series[series];
        let uses = of.uses;
        let gathered = &mut work.gathered[series];
        if uses.persons || uses.accounts {
            let stamp = if self.cumulative { group } else { cell };
            if work.stamps[series][stamp] != work.person {
                work.stamps[series][stamp] = work.person;
                if uses.persons {
                    gathered.persons[cell] += 1;
                }
                if let Some(accounts) = self.accounts
                    && uses.accounts
                {
                    let account = accounts.code(person);
                    if account != 0 {
                        gathered.account(account, cell, self.budget);
                    }
                }
            }
        }
        if of.aggregate == Aggregate::Sessions {
            let one = (series as u32, group as u32, marked.slot, bucket as u32);
            if work.sessions.last() != Some(&one) {
                work.sessions.push(one);
            }
            return;
        }
        let Some(number) = of.number else {
            if uses.counts {
                gathered.counts[cell] += 1;
            }
            return;
        };
        let run = &timeline.runs[marked.run as usize];
        if let Some(number) = run.number(number, marked.row as usize) {
            if uses.counts {
                gathered.counts[cell] += 1;
            }
            gathered.number((uses, of.aggregate), (cell, number), self.budget);
        }
    }

    /// Counts each session of the person once per cell; of values so far where it was first.
    fn settle_sessions(&self, work: &mut Work) {
        work.sessions.sort_unstable();
        if self.cumulative {
            work.sessions
                .dedup_by_key(|&mut (series, group, slot, _)| (series, group, slot));
        } else {
            work.sessions.dedup();
        }
        for (series, group, _, bucket) in work.sessions.drain(..) {
            let cell = group as usize * self.buckets.len() + bucket as usize;
            work.gathered[series as usize].counts[cell] += 1;
        }
    }

    /// Whether another pass adds to the watched cell too: it counts all events of persons where
    /// this one counts their first, or the other way round.
    fn is_watched_elsewhere(&self) -> bool {
        let watched = self.watched.as_ref();
        watched.is_some_and(|watched| watched.series & !self.series != 0)
    }

    /// Notes whose event goes into the watched cell.
    fn watch(
        &self,
        work: &mut Work,
        (person, timeline): (u128, &Timeline<'_>),
        (marked, series_bits): (&Marked, u64),
        place: Place,
    ) {
        let Some(watched) = &self.watched else { return };
        let bits = series_bits & watched.series;
        if bits == 0
            || place.group != watched.group as usize
            || !watched.buckets.contains(&place.bucket)
        {
            return;
        }
        let run = &timeline.runs[marked.run as usize];
        let goes_in = |of: &OneSeries| match (of.aggregate, of.number) {
            (Aggregate::Accounts, _) => self
                .accounts
                .is_some_and(|accounts| accounts.code(person) != 0),
            (Aggregate::PerPerson, _) | (_, None) => true,
            (_, Some(number)) => run.number(number, marked.row as usize).is_some(),
        };
        let mut series = self.plan.series.iter().enumerate();
        let goes_in = series.any(|(place, of)| bits >> place & 1 != 0 && goes_in(of));
        let has_room = || self.budget.take(size_of::<Contribution>());
        if goes_in && (!self.is_watched_elsewhere() || has_room()) {
            work.people.add(Contribution {
                at_ms: marked.time_ms,
                person,
                session: marked.session(timeline.runs),
            });
        }
    }

    /// Events of the period that were left out because of who sent them.
    pub(super) fn left_out(&self, work: &Work) -> u64 {
        if self.first_time {
            work.left_out
        } else {
            work.marks.left_out
        }
    }
}

impl Fold for Folding<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        let any = !self.marker.uses_table() && !self.cumulative && !self.first_time;
        if any { Order::Any } else { Order::Time }
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        let series = self.plan.series.len();
        let mut work = Work {
            gathered: (0..series).map(|_| Gathered::default()).collect(),
            stamps: vec![Vec::new(); series],
            people: match self.is_watched_elsewhere() {
                true => People::of_several_passes(),
                false => People::watching(self.watched.is_some()),
            },
            ..Work::default()
        };
        self.resize(&mut work, self.group_count);
        work
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        work.person += 1;
        if self.first_time {
            work.left_out += timeline.left_out_in(self.period);
        }
        let mut left = self.series;
        for index in 0..work.marks.marked.len() {
            let marked = work.marks.marked[index];
            let series = marked.marks & left;
            if series == 0 {
                continue;
            }
            if self.first_time {
                left &= !series;
                if marked.time_ms < self.period.from_ms {
                    continue;
                }
            }
            self.add(work, (person, timeline), (&marked, series));
        }
        if !work.sessions.is_empty() {
            self.settle_sessions(work);
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.marks.left_out += from.marks.left_out;
        into.left_out += from.left_out;
        into.people.merge(from.people);
        let buckets = self.buckets.len();
        if buckets == 0 {
            // An earlier period of days that the zone left out.
            return;
        }
        let mut places: Vec<usize> = (0..from.seen.len().div_ceil(buckets)).collect();
        for (&key, &group) in &from.found {
            let here = into.found.len() as u32;
            let here = *into.found.entry(key).or_insert(here);
            places[group as usize] = here as usize;
        }
        if !into.found.is_empty() {
            self.resize(into, into.found.len());
        }
        let cell = |at: usize| places[at / buckets] * buckets + at % buckets;
        for (at, seen) in from.seen.into_iter().enumerate() {
            into.seen[cell(at)] |= seen;
        }
        let series = self.plan.series.iter().zip(from.gathered);
        for (into, (series, from)) in into.gathered.iter_mut().zip(series) {
            into.merge(series.aggregate, from, cell);
        }
    }
}
