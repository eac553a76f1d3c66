//! A person's timeline: stretches of rows of one or more runs, in the order of time.
//!
//! Rows of one person lie together in each run of the person's shard, so a timeline is a list of
//! ranges. Where the runs do not overlap in time the ranges follow each other; where they do,
//! the rows are merged by (time, window, sequence).

use hitmetrix_model::ResolvedPeriod;
use rustc_hash::FxHashMap;

use crate::columns::QueryRun;

/// Rows of one run that follow each other in a timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// Index into [`Timeline::runs`].
    pub(crate) run: u32,
    pub(crate) from: u32,
    pub(crate) to: u32,
}

/// One person's events of the asked span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeline<'a> {
    pub(crate) runs: &'a [QueryRun<'a>],
    pub(crate) stretches: &'a [Stretch],
}

impl<'a> Timeline<'a> {
    /// Run and row of each event, in the order of time.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (u32, u32)> + use<'a> {
        self.stretches
            .iter()
            .flat_map(|one| (one.from..one.to).map(|row| (one.run, row)))
    }

    /// How many events of a period the question leaves out because of who sent them.
    pub(crate) fn left_out_in(&self, period: ResolvedPeriod) -> u64 {
        let is_left_out = |(run, row): &(u32, u32)| {
            let of = &self.runs[*run as usize];
            of.is_left_out(*row as usize)
                && (period.from_ms..period.to_ms).contains(&of.time_ms(*row as usize))
        };
        self.rows().filter(is_left_out).count() as u64
    }

    /// True when all rows are of one run, whose id codes may then stand for the ids.
    pub(crate) fn is_of_one_run(&self) -> bool {
        let mut runs = self.stretches.iter().map(|stretch| stretch.run);
        let first = runs.next();
        runs.all(|run| Some(run) == first)
    }
}

/// A row with what it is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderedRow {
    pub(crate) time_ms: i64,
    pub(crate) window: u128,
    pub(crate) sequence: u32,
    pub(crate) run: u32,
    pub(crate) row: u32,
}

impl OrderedRow {
    pub(crate) fn new(runs: &[QueryRun<'_>], run: u32, row: u32) -> Self {
        let of = &runs[run as usize];
        Self {
            time_ms: of.time_ms(row as usize),
            window: of.windows.get(row as usize),
            sequence: of.sequences[row as usize],
            run,
            row,
        }
    }
}

/// Makes timelines; one per thread, so that nothing is allocated per person.
#[derive(Debug, Default)]
pub(crate) struct TimelineMaker {
    pub(crate) stretches: Vec<Stretch>,
    /// Time, run and row.
    rows: Vec<(i64, u32, u32)>,
}

impl TimelineMaker {
    /// Cuts a person's rows in one run to a span and adds them; returns how many remain.
    pub(crate) fn add(
        &mut self,
        runs: &[QueryRun<'_>],
        run: u32,
        person: usize,
        (from_ms, to_ms): (i64, i64),
    ) -> u64 {
        let of = &runs[run as usize];
        let (mut from, mut to) = (of.offsets[person] as usize, of.offsets[person + 1] as usize);
        let (first, last) = of.span_ms;
        if last >= to_ms {
            let end = (to_ms - of.start_ms).clamp(0, i64::from(u32::MAX)) as u32;
            to = from + of.times[from..to].partition_point(|&time| time < end);
        }
        if first < from_ms {
            let begin = (from_ms - of.start_ms).clamp(0, i64::from(u32::MAX)) as u32;
            from += of.times[from..to].partition_point(|&time| time < begin);
        }
        if from < to {
            self.stretches.push(Stretch {
                run,
                from: from as u32,
                to: to as u32,
            });
        }
        (to - from) as u64
    }

    /// Brings what was added into the order of time.
    pub(crate) fn order(&mut self, runs: &[QueryRun<'_>]) {
        if self.stretches.len() < 2 {
            return;
        }
        let first_ms =
            |stretch: &Stretch| runs[stretch.run as usize].time_ms(stretch.from as usize);
        let last_ms =
            |stretch: &Stretch| runs[stretch.run as usize].time_ms(stretch.to as usize - 1);
        let follow = |pair: &[Stretch]| {
            (pair[0].run == pair[1].run && pair[0].to <= pair[1].from)
                || last_ms(&pair[0]) < first_ms(&pair[1])
        };
        if self.stretches.windows(2).all(follow) {
            return;
        }
        self.stretches.sort_unstable_by_key(first_ms);
        if self.stretches.windows(2).all(follow) {
            return;
        }
        self.rows.clear();
        for stretch in &self.stretches {
            let run = &runs[stretch.run as usize];
            let rows = stretch.from..stretch.to;
            self.rows
                .extend(rows.map(|row| (run.time_ms(row as usize), stretch.run, row)));
        }
        // Windows and sequences are looked up where times are equal, and only there.
        let whole = |&(_, run, row): &(i64, u32, u32)| OrderedRow::new(runs, run, row);
        self.rows.sort_unstable_by(|left, right| {
            let by_time = left.0.cmp(&right.0);
            by_time.then_with(|| whole(left).cmp(&whole(right)))
        });
        self.stretches.clear();
        for &(_, run, row) in &self.rows {
            push_row(&mut self.stretches, run, row);
        }
    }
}

/// Adds a row behind the last stretch or as a new one.
pub(crate) fn push_row(stretches: &mut Vec<Stretch>, run: u32, row: u32) {
    match stretches.last_mut() {
        Some(last) if last.run == run && last.to == row => last.to += 1,
        _ => stretches.push(Stretch {
            run,
            from: row,
            to: row + 1,
        }),
    }
}

/// Small numbers for the ids of one person's sessions or visitors, in the order of appearance.
///
/// Most persons have few, and an event mostly has the id of the one before; so the ids are
/// searched from the back, and only beyond 16 is a hash map made.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    ids: Vec<u128>,
    by_id: FxHashMap<u128, u32>,
}

const SEARCHED: usize = 16;

impl Slots {
    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.ids.clear();
        if !self.by_id.is_empty() {
            self.by_id.clear();
        }
    }

    /// The number of an id; the next one when it is new.
    #[inline]
    pub(crate) fn of(&mut self, id: u128) -> u32 {
        if self.ids.last() == Some(&id) {
            return self.ids.len() as u32 - 1;
        }
        self.search(id)
    }

    fn search(&mut self, id: u128) -> u32 {
        let tail = self.ids.len().saturating_sub(SEARCHED);
        if let Some(place) = self.ids[tail..].iter().rposition(|&known| known == id) {
            return (tail + place) as u32;
        }
        if tail > 0 {
            for (slot, &id) in self.ids.iter().enumerate().skip(self.by_id.len()) {
                self.by_id.insert(id, slot as u32);
            }
            if let Some(&slot) = self.by_id.get(&id) {
                return slot;
            }
        }
        self.ids.push(id);
        self.ids.len() as u32 - 1
    }
}
