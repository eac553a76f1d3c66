//! The usual funnel, straight from the lanes: plain ordered steps that the event's name and filters
//! on the event decide, counted by persons.
//!
//! The same attempt counts as in `attempt`, but no list of events is made. Which chain an event
//! moves on is nothing that a processor can predict, so the loop over events has no branches: an
//! event that is no step moves a chain that nobody looks at. A chain is known by the key of its
//! first event, whose order is that of the timeline; the events between are looked up once, for
//! the attempt that counts.

use std::hint::select_unpredictable;
use std::ops::Range;

use hitmetrix_model::ResolvedPeriod;
use hitmetrix_store::lanes::Codes;

use super::attempt::{STEPS_MAX, Steps};
use crate::columns::QueryRun;
use crate::marks::Marked;
use crate::timeline::{Stretch, Timeline};

/// An event of a timeline: milliseconds since the period began, then its place in the timeline.
type Key = i64;

/// Bits of a key that are the place.
const PLACE_BITS: u32 = 24;
/// Below all keys, and longer ago than any window.
const NONE: Key = Key::MIN;
/// Longest period whose times fit a key, and longest window.
const SPAN_MS_MAX: i64 = 1 << (62 - PLACE_BITS);
/// Steps that a row may be, as far as the loop over rows is concerned: a power of two, so that no
/// index has to be checked.
const STEPS: usize = 32;
const _: () = assert!(STEPS_MAX < STEPS);

/// What finds attempts; made once for a question.
#[derive(Debug)]
pub(super) struct Quick {
    from_ms: i64,
    window_ms: i64,
    steps: u8,
    /// One per run of the question.
    names: Vec<Names>,
}

/// Which steps a run's events are, by the code of their name. One more than the last step stands
/// for none.
#[derive(Debug)]
struct Names {
    /// The last of the steps.
    last: Vec<u8>,
    /// The others, as bits; empty when no name is more than one step.
    others: Vec<u32>,
}

/// Attempts of one person under way.
struct Walk {
    window: Key,
    /// Behind each step the first event of the latest chain that got there; the first of all is
    /// the event that is looked at.
    chains: [Key; STEPS + 1],
    /// First event of the attempt that counts so far.
    start: Key,
    /// Rows that the question leaves out because of who sent them.
    left_out: u64,
}

/// The attempt of a person that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Its first event.
    start: Key,
    /// How many steps it got; none when no event is the first step.
    pub(super) depth: usize,
    /// Rows that the question leaves out because of who sent them.
    pub(super) left_out: u64,
}

impl Quick {
    /// None where attempts are not found this way. The steps are the first selections.
    pub(super) fn new(
        steps: &Steps,
        runs: &[QueryRun<'_>],
        period: ResolvedPeriod,
    ) -> Option<Self> {
        let longest_ms = steps.window_ms.max(period.to_ms - period.from_ms);
        (steps.are_plain() && longest_ms < SPAN_MS_MAX).then(|| Self {
            from_ms: period.from_ms,
            window_ms: steps.window_ms,
            steps: steps.optional.len() as u8,
            names: runs
                .iter()
                .map(|run| Names::of(&run.marks, steps.optional.len()))
                .collect(),
        })
    }

    /// The attempt of a person that counts; none where the timeline is too long for keys. Rows of
    /// the timeline lie in the period.
    pub(super) fn find(&self, timeline: &Timeline<'_>) -> Option<Found> {
        let mut walk = Walk {
            window: self.window_ms << PLACE_BITS,
            chains: [NONE; STEPS + 1],
            start: NONE,
            left_out: 0,
        };
        // A row that is no step moves no chain on.
        walk.chains[usize::from(self.steps) + 1] = Key::MAX;
        let mut place = 0;
        for stretch in timeline.stretches {
            if place + u64::from(stretch.to - stretch.from) > 1 << PLACE_BITS {
                return None;
            }
            self.stretch(&mut walk, timeline, (*stretch, place));
            place += u64::from(stretch.to - stretch.from);
        }
        let reached = walk.chains[1..=usize::from(self.steps)].iter();
        Some(Found {
            start: walk.start,
            depth: reached.take_while(|&&chain| chain != NONE).count(),
            left_out: walk.left_out,
        })
    }

    /// When an attempt began: UTC milliseconds.
    pub(super) fn start_ms(&self, found: &Found) -> i64 {
        self.from_ms + (found.start >> PLACE_BITS)
    }

    /// Leaves the events of an attempt, one per step, in `events`.
    pub(super) fn events(&self, timeline: &Timeline<'_>, found: &Found, events: &mut Vec<Marked>) {
        events.clear();
        self.chain(timeline, found, |step, (run, row)| {
            events.push(Marked {
                time_ms: timeline.runs[run as usize].time_ms(row as usize),
                marks: 1 << step,
                slot: 0,
                run,
                row,
            });
        });
    }

    fn stretch(&self, walk: &mut Walk, timeline: &Timeline<'_>, (stretch, place): (Stretch, u64)) {
        let run = &timeline.runs[stretch.run as usize];
        let names = &self.names[stretch.run as usize];
        let rows = stretch.from as usize..stretch.to as usize;
        let times = &run.times[rows.clone()];
        let from = (run.start_ms - self.from_ms) << PLACE_BITS;
        if names.are_single() && run.counts_all(rows.clone()) {
            let from = (from, place as Key);
            return match run.names {
                Codes::U8(codes) => walk.rows(from, (&codes[rows], times), names),
                Codes::U16(codes) => walk.rows(from, (&codes[rows], times), names),
                Codes::U32(codes) => walk.rows(from, (&codes[rows], times), names),
            };
        }
        for ((row, &time), place) in rows.zip(times).zip(place as Key..) {
            if run.is_left_out(row) {
                walk.left_out += 1;
            } else if run.passes(row) {
                let code = run.names.get(row);
                walk.row((from, place), time, names.last(code));
                // From the last step to the first, so that an event moves a chain on only once.
                let mut others = names.others(code);
                while others != 0 {
                    let step = others.ilog2();
                    others ^= 1 << step;
                    walk.row((from, place), time, step as u8);
                }
            }
        }
    }

    /// Calls `took` with each step of an attempt, from 0, and the run and row that took it, each
    /// as early as can be.
    #[inline]
    pub(super) fn chain(
        &self,
        timeline: &Timeline<'_>,
        found: &Found,
        mut took: impl FnMut(usize, (u32, u32)),
    ) {
        let mut place = (found.start & ((1 << PLACE_BITS) - 1)) as u32;
        let mut step = 0;
        for stretch in timeline.stretches {
            let rows = stretch.to - stretch.from;
            if place >= rows {
                place -= rows;
                continue;
            }
            let run = &timeline.runs[stretch.run as usize];
            let names = &self.names[stretch.run as usize];
            let mut row = stretch.from + place;
            while step < found.depth {
                let Some(found) = names.next(run, row..stretch.to, step) else {
                    break;
                };
                took(step, (stretch.run, found));
                step += 1;
                row = found + 1;
            }
            if step == found.depth {
                return;
            }
            place = 0;
        }
    }
}

impl Names {
    fn of(marks: &[u64], steps: usize) -> Self {
        let of_steps = (1u64 << steps) - 1;
        let last = |marks: &u64| (marks & of_steps).checked_ilog2();
        let others = |marks: &u64| {
            let bit = last(marks).map_or(0, |step| 1 << step);
            (marks & of_steps & !bit) as u32
        };
        let others: Vec<u32> = marks.iter().map(others).collect();
        let any = others.iter().any(|&others| others != 0);
        let last = marks
            .iter()
            .map(|marks| last(marks).map_or(steps, |step| step as usize) as u8);
        let mut last: Vec<u8> = last.collect();
        // All that fits a code of one byte.
        last.resize(last.len().max(1 << 8), steps as u8);
        Self {
            last,
            others: if any { others } else { Vec::new() },
        }
    }

    fn are_single(&self) -> bool {
        self.others.is_empty()
    }

    #[inline]
    fn last(&self, code: u32) -> u8 {
        self.last[code as usize]
    }

    #[inline]
    fn others(&self, code: u32) -> u32 {
        self.others.get(code as usize).copied().unwrap_or(0)
    }

    /// The first of some rows that counts as a step.
    #[inline]
    fn next(&self, run: &QueryRun<'_>, rows: Range<u32>, step: usize) -> Option<u32> {
        if let (Codes::U8(codes), true, true) = (run.names, run.is_plain(), self.are_single()) {
            let codes = &codes[rows.start as usize..rows.end as usize];
            let found = codes
                .iter()
                .position(|&code| usize::from(self.last[usize::from(code)]) == step);
            return found.map(|offset| rows.start + offset as u32);
        }
        rows.into_iter().find(|&row| {
            let (code, row) = (run.names.get(row as usize), row as usize);
            (usize::from(self.last(code)) == step || self.others(code) >> step & 1 == 1)
                && !run.is_left_out(row)
                && run.passes(row)
        })
    }
}

impl Walk {
    /// Rows that follow each other and all count; `from` is the key of time zero of their run and
    /// the place of the first.
    #[inline]
    fn rows<T: Copy + Into<u32>>(
        &mut self,
        (from, place): (Key, Key),
        (codes, times): (&[T], &[u32]),
        names: &Names,
    ) {
        for ((&code, &time), place) in codes.iter().zip(times).zip(place..) {
            self.row((from, place), time, names.last(code.into()));
        }
    }

    #[inline]
    fn row(&mut self, (from, place): (Key, Key), time: u32, step: u8) {
        let at = from + (Key::from(time) << PLACE_BITS);
        let step = usize::from(step) % STEPS;
        self.chains[0] = at + place;
        let (before, here) = (self.chains[step], self.chains[step + 1]);
        let moves = (before > here) & (before >= at - self.window);
        self.chains[step + 1] = select_unpredictable(moves, before, here);
        self.start = select_unpredictable(moves & (here == NONE), before, self.start);
    }
}
