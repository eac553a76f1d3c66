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

mod bits;
mod slices;

use std::ops::Range;

use hitmetrix_model::{Answer, CellAddress, Interval, ResolvedPeriod, Unit};
use hitmetrix_store::lanes::Codes;

use crate::AskError;
use crate::buckets::BucketTable;
use crate::columns::QueryRun;
use crate::engine::{Fold, Order, Rows, UNIT_PERSONS, Units};
use crate::marks::{MarkWork, Marked, Marker, WantSlots};
use crate::named::{Look, Named, NamedUnit};
use crate::people::{Contribution, People, number_key};
use crate::period::Buckets;
use crate::query::{Prepared, Query, Scanned, column, previous_name};
use crate::timeline::{Stretch, Timeline};
use crate::wanted::Wanted;

pub(crate) use bits::{Bits, Ones};
use slices::Slices;

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
    fn period(self, period: ResolvedPeriod) -> ResolvedPeriod {
        match self {
            Self::Period => period,
            Self::Ever => ResolvedPeriod {
                from_ms: i64::MIN,
                ..period
            },
        }
    }

    /// Reads the columns of the runs that the folds will see, of either period.
    pub(crate) fn prepare<'q>(
        self,
        query: &Query<'q>,
        wanted: Wanted,
    ) -> Result<Prepared<'q>, AskError> {
        match self {
            Self::Period => query.prepare(wanted),
            Self::Ever => query.prepare_for(wanted, self.period(query.period())),
        }
    }
}

/// The intervals that a tally is over: of the question's period, or of the one before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Over<'s> {
    /// First millisecond of each; those of a running period that have not begun are among them.
    pub(crate) starts: &'s [i64],
    pub(crate) reach: Reach,
    pub(crate) period: ResolvedPeriod,
    /// Where the last one ends.
    to_ms: i64,
}

impl<'s> Over<'s> {
    /// Those of the question's period.
    pub(crate) fn period(query: &Query<'_>, (starts, reach): (&'s [i64], Reach)) -> Self {
        let period = query.period();
        Self {
            starts,
            reach,
            period,
            to_ms: period.to_ms,
        }
    }

    /// Those of the period before; none where the question compares nothing.
    pub(crate) fn previous(query: &Query<'_>, (starts, reach): (&'s [i64], Reach)) -> Option<Self> {
        Some(Self {
            starts,
            reach,
            period: query.resolved.previous?,
            to_ms: query.resolved.earlier_to_ms(),
        })
    }

    /// Whether an interval has begun at a time: of the period before, as far as this one has come.
    pub(crate) fn has_begun(&self, place: usize, now_ms: i64) -> bool {
        let until_ms = match self.period.to_ms < self.to_ms {
            true => self.period.to_ms - 1,
            false => now_ms,
        };
        self.starts
            .get(place)
            .is_some_and(|&start| start <= until_ms)
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

    /// Whether persons with an event of the first selection before the first interval count for
    /// nothing.
    fn is_only_of_new(&self) -> bool {
        false
    }

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
    pub(crate) rows: u64,
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

/// Folds all persons through a tally over some intervals.
pub(crate) fn tally<T: Tally>(
    query: &Query<'_>,
    prepared: &Prepared<'_>,
    over: Over<'_>,
    tally: &T,
) -> Result<Tallied, AskError> {
    let Over {
        starts,
        reach,
        to_ms,
        ..
    } = over;
    // The only day of the period may be one that the zone's calendar left out.
    let Some(&first_ms) = starts.first() else {
        return Ok(Tallied {
            counts: vec![0; tally.cells()],
            people: People::watching(tally.watches()),
            left_out: 0,
            rows: 0,
        });
    };
    let period = reach.period(over.period);
    let marker = prepared.marker(period, WantSlots::No);
    let margin_ms = query.margin_of(&marker);
    let presence = Presence {
        is_plain: marker.is_plain() && !tally.watches(),
        is_by_name: prepared.filters_names_only,
        needs_order: marker.uses_table() || tally.watches(),
        marker,
        table: BucketTable::new(starts.to_vec(), to_ms),
        slices: Slices::new(starts, to_ms),
        first_ms,
        period: over.period,
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

/// Columns of counts, each with that of the period before behind it where one is compared.
pub(crate) fn counts(
    query: &Query<'_>,
    names: &[&str],
) -> impl Iterator<Item = hitmetrix_model::Column> {
    let compares = query.resolved.previous.is_some();
    names.iter().flat_map(move |name| {
        let before = compares.then(|| column(&previous_name(name), Unit::Count));
        [Some(column(name, Unit::Count)), before]
            .into_iter()
            .flatten()
    })
}

/// The column of a row's interval, with that of its counterpart where one is compared.
pub(crate) fn times(
    query: &Query<'_>,
    name: &str,
) -> impl Iterator<Item = hitmetrix_model::Column> {
    let before = query.resolved.previous;
    let before = before.map(|_| column(&previous_name(name), Unit::TimeMs));
    [Some(column(name, Unit::TimeMs)), before]
        .into_iter()
        .flatten()
}

/// The column of a cell as it is called without a comparison, and whether the period before is meant.
pub(crate) fn named_column<'c>(query: &Query<'_>, cell: &'c CellAddress) -> (&'c str, bool) {
    let column = cell.column.as_str();
    match column.strip_suffix("_previous") {
        Some(now) if query.resolved.previous.is_some() => (now, true),
        _ => (column, false),
    }
}

/// Nobody: an interval without a counterpart in the period before.
pub(crate) fn nobody(query: &Query<'_>, prepared: &Prepared<'_>, limit: u32) -> Answer {
    let scanned = Scanned {
        rows: 0,
        left_out: 0,
        missing: &prepared.columns.missing,
    };
    People::default().answer(query, scanned, limit)
}

/// The fold; see the module.
struct Presence<'q, T> {
    marker: Marker<'q>,
    /// Whether name and filters on facts of the event decide alone.
    is_plain: bool,
    /// Whether the name does.
    is_by_name: bool,
    needs_order: bool,
    table: BucketTable,
    slices: Option<Slices>,
    first_ms: i64,
    period: ResolvedPeriod,
    selections: usize,
    tally: &'q T,
}

/// What one thread has.
struct Work {
    counts: Vec<u64>,
    people: People,
    marks: MarkWork,
    bits: Vec<Bits>,
    /// By person of a unit a word for each selection, and whether there was an event of the first
    /// selection before the intervals.
    words: Vec<[u64; SELECTIONS]>,
    before: Vec<u64>,
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
    fn of_rows(&self, work: &mut Work, run: &QueryRun<'_>, stretch: Stretch) {
        let (from, to) = (stretch.from as usize, stretch.to as usize);
        let bits = &mut work.bits;
        let counted = |row: usize| match run.marks[run.names.get(row) as usize] {
            marks if marks != 0 && !run.is_left_out(row) && run.passes(row) => marks,
            _ => 0,
        };
        let from = from + self.rows_before(run, from..to);
        if !bits[0].before {
            let mut before = stretch.from as usize..from;
            bits[0].before = before.any(|row| counted(row) & 1 == 1);
        }
        let left_out = self.left_out(run, from..to);
        work.left_out += left_out.of_period;
        if bits[0].before && self.tally.is_only_of_new() {
            return;
        }
        let takes_all = !left_out.some && run.passes_all();
        if let Some(slices) = self.slices.as_ref().filter(|_| takes_all) {
            let times = &run.times[from..to];
            let found = match run.names {
                Codes::U8(codes) => slices.gather(run, (&codes[from..to], times)),
                Codes::U16(codes) => slices.gather(run, (&codes[from..to], times)),
                Codes::U32(codes) => slices.gather(run, (&codes[from..to], times)),
            };
            for (bits, found) in bits.iter_mut().zip(found) {
                bits.add_word(found);
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

    /// How many rows of a stretch lie before the first interval.
    fn rows_before(&self, run: &QueryRun<'_>, rows: Range<usize>) -> usize {
        if run.span_ms.0 >= self.first_ms {
            return 0;
        }
        let is_before = |&time: &u32| run.start_ms + i64::from(time) < self.first_ms;
        run.times[rows].partition_point(is_before)
    }

    /// What the question leaves out of some rows because of who sent it.
    fn left_out(&self, run: &QueryRun<'_>, rows: Range<usize>) -> LeftOut {
        let mut left_out = LeftOut::default();
        if run.leaves_some_out() {
            for row in rows.filter(|&row| run.is_left_out(row)) {
                left_out.some = true;
                left_out.of_period += u64::from(run.time_ms(row) >= self.period.from_ms);
            }
        }
        left_out
    }
}

/// Events left out of a stretch of rows.
#[derive(Debug, Clone, Copy, Default)]
struct LeftOut {
    some: bool,
    of_period: u64,
}

/// Makes words of the events of a unit.
struct Looking<'w> {
    slices: &'w Slices,
    first_ms: i64,
    /// Where the period begins.
    from_ms: i64,
    words: &'w mut [[u64; SELECTIONS]],
    before: &'w mut [u64],
    left_out: u64,
}

impl<'g> Look<'g> for Looking<'_> {
    #[inline(always)]
    fn event(&mut self, event: Named<'g>) {
        let (person, marks) = (event.person, event.run.marks[event.name as usize]);
        if event.time_ms < self.first_ms {
            self.before[person / 64] |= (marks & 1) << (person % 64);
            return;
        }
        let place = self.slices.of(event.time_ms);
        let [first, second] = &mut self.words[person];
        *first |= (marks & 1) << place;
        *second |= (marks >> 1 & 1) << place;
    }

    #[inline(always)]
    fn left_out(&mut self, time_ms: i64) {
        self.left_out += u64::from(time_ms >= self.from_ms);
    }
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

    fn rows(&self) -> Rows {
        self.marker.rows()
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
            words: Vec::new(),
            before: Vec::new(),
            left_out: 0,
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        let runs = timeline.runs;
        work.bits.iter_mut().for_each(Bits::clear);
        if self.is_plain {
            for stretch in timeline.stretches {
                self.of_rows(work, &runs[stretch.run as usize], *stretch);
            }
        } else {
            // The marker's own count is of all time where the fold is.
            work.left_out += timeline.left_out_in(self.period);
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

    fn units(&self) -> Units {
        match self.is_plain && self.is_by_name && self.slices.is_some() {
            true => Units::Named,
            false => Units::Persons,
        }
    }

    fn named(&self, work: &mut Work, unit: &NamedUnit<'_>) {
        let Work {
            words,
            before,
            bits,
            ..
        } = work;
        let Some(slices) = &self.slices else { return };
        words.clear();
        words.resize(UNIT_PERSONS as usize, [0; SELECTIONS]);
        before.clear();
        before.resize(UNIT_PERSONS as usize / 64, 0);
        let mut look = Looking {
            slices,
            first_ms: self.first_ms,
            from_ms: self.period.from_ms,
            words: &mut *words,
            before,
            left_out: 0,
        };
        unit.each(&mut look);
        work.left_out += look.left_out;
        for (person, words) in words.iter().enumerate() {
            let before = before[person / 64] >> (person % 64) & 1 == 1;
            if *words == [0; SELECTIONS] && !before {
                continue;
            }
            for (bits, word) in bits.iter_mut().zip(words) {
                bits.clear();
                bits.add_word(*word);
            }
            bits[0].before = before;
            self.tally.add(&mut work.counts, bits);
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
