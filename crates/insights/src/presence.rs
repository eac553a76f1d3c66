//! Presence: in which intervals of a period a person has events, as bits.
//!
//! Who comes back, who stays away and how often somebody is there are questions about intervals,
//! not about events. So a person's events become one bit per interval and selection, and an
//! insight ([`Tally`]) adds what it makes of the bits to a dense list of counts. Where no
//! condition needs more than the event itself, the bits are made straight from names and times,
//! without a list of events in between; that is what makes these questions cheap.
//!
//! "Ever before" needs all time before the period: with [`Reach::Ever`] the fold begins with the
//! first event there is, and of what lies before the intervals only one bit is kept.

use std::ops::Range;

use hitmetrix_model::{CellAddress, Interval, ResolvedPeriod, Unit};

use crate::AskError;
use crate::columns::QueryRun;
use crate::count::BucketTable;
use crate::engine::{Fold, Order};
use crate::marks::{MarkWork, Marked, Marker, WantSlots};
use crate::people::{Contribution, People, number_key};
use crate::period::Buckets;
use crate::query::{Prepared, Query, Scanned, column};
use crate::timeline::{Stretch, Timeline};
use crate::wanted::Wanted;
use hitmetrix_store::lanes::Codes;

/// Intervals whose bits fit into one word.
const NARROW: usize = 64;
/// Slices of a [`Slices`] at most; few, so that they stay in the nearest cache.
const SLICES: u64 = 2048;
/// Most selections of a tally: what starts and what returns.
const SELECTIONS: usize = 2;

/// Which events a fold sees beside those of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// None.
    Period,
    /// All that were before.
    Ever,
}

impl Reach {
    fn period(self, query: &Query<'_>) -> ResolvedPeriod {
        match self {
            Self::Period => query.period(),
            Self::Ever => ResolvedPeriod {
                from_ms: i64::MIN,
                ..query.period()
            },
        }
    }

    /// Reads the columns of the runs that the fold will see.
    pub(crate) fn prepare<'q>(
        self,
        query: &Query<'q>,
        wanted: Wanted,
    ) -> Result<Prepared<'q>, AskError> {
        query.prepare_for(wanted, self.period(query))
    }
}

/// The intervals of a question: its own, or days.
pub(crate) fn intervals(query: &Query<'_>) -> Result<Buckets, AskError> {
    let interval = query.question.interval.unwrap_or(Interval::Day);
    if interval == Interval::Minute {
        let why = "who comes back is not counted by minutes; give `hour`, `day`, `week` or `month`";
        return Err(AskError::Contradiction { why }.at("interval"));
    }
    query.resolved.buckets(Some(interval))
}

/// The place of the interval that a cell's row names by its start.
pub(crate) fn row_of(starts: &[i64], cell: &CellAddress, column: &str) -> Result<usize, AskError> {
    let start_ms = number_key(cell, column)?;
    starts.binary_search(&start_ms).map_err(|_| {
        let column = column.to_owned();
        AskError::RowKey { column }
    })
}

/// In which intervals a person has events of one selection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bits {
    words: Vec<u64>,
    /// Whether there is an event before the first interval; known with [`Reach::Ever`] alone.
    pub(crate) before: bool,
}

impl Bits {
    fn of(intervals: usize) -> Self {
        Self {
            words: vec![0; intervals.div_ceil(64).max(1)],
            before: false,
        }
    }

    fn clear(&mut self) {
        self.words.fill(0);
        self.before = false;
    }

    fn set(&mut self, place: usize) {
        self.words[place >> 6] |= 1 << (place & 63);
    }

    /// The bits, 64 intervals a word, the first lowest.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether there is an event in an interval.
    pub(crate) fn has(&self, place: usize) -> bool {
        self.words[place >> 6] >> (place & 63) & 1 == 1
    }

    /// In how many intervals there is an event.
    pub(crate) fn count(&self) -> usize {
        self.words.iter().map(|one| one.count_ones() as usize).sum()
    }

    /// The first interval with an event.
    pub(crate) fn first(&self) -> Option<usize> {
        self.ones(0).next()
    }

    /// The last interval with an event.
    pub(crate) fn last(&self) -> Option<usize> {
        let index = self.words.iter().rposition(|&word| word != 0)?;
        Some(index * 64 + self.words[index].ilog2() as usize)
    }

    /// The intervals with an event, from one on.
    pub(crate) fn ones(&self, from: usize) -> Ones<'_> {
        let words = self.words.get(from >> 6..).unwrap_or_default();
        Ones {
            base: from & !63,
            word: words.first().map_or(0, |word| word & (!0 << (from & 63))),
            rest: words.get(1..).unwrap_or_default(),
        }
    }
}

/// Places of bits, ascending.
#[derive(Debug, Clone)]
pub(crate) struct Ones<'b> {
    base: usize,
    word: u64,
    rest: &'b [u64],
}

impl<'b> Ones<'b> {
    /// Those of one word.
    pub(crate) fn of(word: u64, base: usize) -> Self {
        Self {
            base,
            word,
            rest: &[],
        }
    }
}

impl Iterator for Ones<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.word == 0 {
            let (&word, rest) = self.rest.split_first()?;
            self.word = word;
            self.rest = rest;
            self.base += 64;
        }
        let place = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(place)
    }
}

/// A person's events and bits, where the people behind a cell are wanted.
pub(crate) struct Seen<'a> {
    /// In the order of time.
    pub(crate) marked: &'a [Marked],
    /// One per selection.
    pub(crate) bits: &'a [Bits],
    table: &'a BucketTable,
    first_ms: i64,
}

impl<'a> Seen<'a> {
    fn of(
        &self,
        selection: usize,
        places: Range<usize>,
    ) -> impl DoubleEndedIterator<Item = &'a Marked> {
        self.marked.iter().filter(move |marked| {
            marked.is(selection)
                && marked.time_ms >= self.first_ms
                && places.contains(&self.table.of(marked.time_ms))
        })
    }

    /// The first event of a selection in some intervals.
    pub(crate) fn first(&self, selection: usize, places: Range<usize>) -> Option<&'a Marked> {
        self.of(selection, places).next()
    }

    /// The last event of a selection in some intervals.
    pub(crate) fn last(&self, selection: usize, places: Range<usize>) -> Option<&'a Marked> {
        self.of(selection, places).next_back()
    }
}

/// What an insight makes of the intervals in which persons have events.
pub(crate) trait Tally: Sync {
    /// How many counts there are.
    fn cells(&self) -> usize;

    /// Adds one person, whose bits are given by selection.
    fn add(&self, counts: &mut [u64], bits: &[Bits]);

    /// Whether the people behind a cell are wanted in place of counts.
    fn watches(&self) -> bool;

    /// Finds the events by which a person belongs to the watched cell.
    fn contribute<'s>(&self, seen: &Seen<'s>, found: &mut Vec<&'s Marked>);
}

/// Counts and people over all persons.
pub(crate) struct Tallied {
    pub(crate) counts: Vec<u64>,
    pub(crate) people: People,
    left_out: u64,
    rows: u64,
}

impl Tallied {
    /// What was seen, for the answer.
    pub(crate) fn scanned<'p>(&self, prepared: &'p Prepared<'_>) -> Scanned<'p> {
        Scanned {
            rows: self.rows,
            left_out: self.left_out,
            missing: &prepared.columns.missing,
        }
    }
}

/// Folds all persons through a tally over intervals that begin at `starts`.
pub(crate) fn tally<T: Tally>(
    query: &Query<'_>,
    prepared: &Prepared<'_>,
    (starts, reach): (&[i64], Reach),
    tally: &T,
) -> Result<Tallied, AskError> {
    let period = reach.period(query);
    let marker = prepared.marker(period, WantSlots::No);
    let margin_ms = query.margin_of(&marker);
    let presence = Presence {
        is_plain: marker.is_plain() && !tally.watches(),
        needs_order: marker.uses_table() || tally.watches(),
        marker,
        table: BucketTable::new(starts.to_vec(), query.period().to_ms),
        slices: Slices::new(starts, query.period().to_ms),
        first_ms: starts[0],
        period: query.period(),
        selections: prepared.selections.len(),
        tally,
    };
    let folded = query.fold(prepared, (period, margin_ms), &presence)?;
    Ok(Tallied {
        counts: folded.result.counts,
        people: folded.result.people,
        left_out: folded.result.left_out,
        rows: folded.rows_scanned,
    })
}

/// Columns of counts.
pub(crate) fn counts(names: &[&str]) -> impl Iterator<Item = hitmetrix_model::Column> {
    names.iter().map(|name| column(name, Unit::Count))
}

/// The fold; see the module.
struct Presence<'q, T> {
    marker: Marker<'q>,
    /// Whether name and filters on facts of the event decide alone.
    is_plain: bool,
    needs_order: bool,
    table: BucketTable,
    slices: Option<Slices>,
    first_ms: i64,
    period: ResolvedPeriod,
    selections: usize,
    tally: &'q T,
}

/// Finds the interval of a time with one look and no branch, which takes half the time of a
/// [`BucketTable`]: for intervals that fit into a word and are of about the same length.
#[derive(Debug)]
struct Slices {
    first_ms: i64,
    shift: u32,
    /// Of 2^shift milliseconds each, at most as long as the shortest interval between two others,
    /// so that at most one interval begins within a slice.
    slices: Vec<Slice>,
}

#[derive(Debug, Clone, Copy)]
struct Slice {
    /// Milliseconds after the first at which the next interval begins.
    next: u64,
    /// The interval at the beginning of the slice.
    place: u32,
}

impl Slices {
    fn new(starts: &[i64], to_ms: i64) -> Option<Self> {
        let first_ms = starts[0];
        let length = (to_ms - first_ms) as u64;
        let gaps = starts[1..]
            .windows(2)
            .map(|pair| (pair[1] - pair[0]) as u64);
        let shift = gaps.min().unwrap_or(length).max(1).ilog2();
        if starts.len() > NARROW || length >> shift >= SLICES {
            return None;
        }
        let slice = |index: u64| {
            let begun = |&start: &i64| (start - first_ms) as u64 <= index << shift;
            let next = starts.partition_point(begun);
            let after = |&start: &i64| (start - first_ms) as u64;
            Slice {
                next: starts.get(next).map_or(u64::MAX, after),
                place: next as u32 - 1,
            }
        };
        Some(Self {
            first_ms,
            shift,
            slices: (0..=length >> shift).map(slice).collect(),
        })
    }

    /// The interval of a time within the span.
    #[inline]
    fn of(&self, time_ms: i64) -> u32 {
        let after = (time_ms - self.first_ms) as u64;
        let slice = &self.slices[(after >> self.shift) as usize];
        slice.place + u32::from(after >= slice.next)
    }
}

/// What one thread has.
struct Work {
    counts: Vec<u64>,
    people: People,
    marks: MarkWork,
    bits: Vec<Bits>,
    left_out: u64,
}

impl<T: Tally> Presence<'_, T> {
    /// Makes bits of the events that the marker found.
    fn of_marked(&self, work: &mut Work) {
        for marked in &work.marks.marked {
            let place = (marked.time_ms >= self.first_ms).then(|| self.table.of(marked.time_ms));
            set(&mut work.bits, marked.marks, place);
        }
    }

    /// Makes bits of names and times. The rows are those of the fold's period.
    fn of_rows(&self, bits: &mut [Bits], run: &QueryRun<'_>, stretch: Stretch) {
        let (mut from, to) = (stretch.from as usize, stretch.to as usize);
        let counted = |row: usize| match run.marks[run.names.get(row) as usize] {
            marks if marks != 0 && !run.is_left_out(row) && run.passes(row) => marks,
            _ => 0,
        };
        if run.span_ms.0 < self.first_ms {
            let is_before = |&time: &u32| run.start_ms + i64::from(time) < self.first_ms;
            let split = from + run.times[from..to].partition_point(is_before);
            for row in from..split {
                if bits.iter().all(|bits| bits.before) {
                    break;
                }
                set(bits, counted(row), None);
            }
            from = split;
        }
        if let Some(slices) = self.slices.as_ref().filter(|_| run.takes_all()) {
            let times = &run.times[from..to];
            let found = match run.names {
                Codes::U8(codes) => gather(slices, run, (&codes[from..to], times)),
                Codes::U16(codes) => gather(slices, run, (&codes[from..to], times)),
                Codes::U32(codes) => gather(slices, run, (&codes[from..to], times)),
            };
            for (bits, found) in bits.iter_mut().zip(found) {
                bits.words[0] |= found;
            }
            return;
        }
        for row in from..to {
            let marks = counted(row);
            if marks != 0 {
                set(bits, marks, Some(self.table.of(run.time_ms(row))));
            }
        }
    }
}

/// One word of bits for each selection, without a branch per event.
#[inline]
fn gather<C: Copy + Into<u32>>(
    slices: &Slices,
    run: &QueryRun<'_>,
    (codes, times): (&[C], &[u32]),
) -> [u64; SELECTIONS] {
    let mut found = [0; SELECTIONS];
    for (&code, &time) in codes.iter().zip(times) {
        let marks = run.marks[code.into() as usize];
        let place = slices.of(run.start_ms + i64::from(time));
        found[0] |= (marks & 1) << place;
        found[1] |= (marks >> 1 & 1) << place;
    }
    found
}

/// Notes an event of some selections, in an interval or before the first.
#[inline]
fn set(bits: &mut [Bits], marks: u64, place: Option<usize>) {
    for (selection, bits) in bits.iter_mut().enumerate() {
        if marks >> selection & 1 == 1 {
            match place {
                Some(place) => bits.set(place),
                None => bits.before = true,
            }
        }
    }
}

impl<T: Tally> Fold for Presence<'_, T> {
    type Result = Work;

    fn order(&self) -> Order {
        if self.needs_order {
            Order::Time
        } else {
            Order::Any
        }
    }

    fn begin(&self) -> Work {
        debug_assert!(
            self.selections <= SELECTIONS,
            "{} selections",
            self.selections
        );
        Work {
            counts: vec![0; self.tally.cells()],
            people: People::watching(self.tally.watches()),
            marks: MarkWork::default(),
            bits: vec![Bits::of(self.table.len()); self.selections],
            left_out: 0,
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        let runs = timeline.runs;
        let run_of = |stretch: &Stretch| &runs[stretch.run as usize];
        // The marker's own count is of all time where the fold is.
        if timeline
            .stretches
            .iter()
            .any(|one| run_of(one).leaves_some_out())
        {
            work.left_out += timeline.left_out_in(self.period);
        }
        work.bits.iter_mut().for_each(Bits::clear);
        if self.is_plain {
            for stretch in timeline.stretches {
                self.of_rows(&mut work.bits, run_of(stretch), *stretch);
            }
        } else {
            self.marker.mark(&mut work.marks, person, timeline);
            self.of_marked(work);
        }
        if !self.tally.watches() {
            self.tally.add(&mut work.counts, &work.bits);
            return;
        }
        let seen = Seen {
            marked: &work.marks.marked,
            bits: &work.bits,
            table: &self.table,
            first_ms: self.first_ms,
        };
        let mut found = Vec::new();
        self.tally.contribute(&seen, &mut found);
        for marked in found {
            work.people.add(Contribution {
                at_ms: marked.time_ms,
                person,
                session: marked.session(runs),
            });
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        for (into, from) in into.counts.iter_mut().zip(from.counts) {
            *into += from;
        }
        into.people.merge(from.people);
        into.left_out += from.left_out;
    }
}
