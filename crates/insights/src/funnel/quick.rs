//! The usual funnel, straight from the lanes: plain ordered steps that the event's name and filters
//! on the event decide, counted by persons.
//!
//! The same attempt counts as in `attempt`, but no list of events is made: a step is one look
//! into a table over names. A chain is known by its first event and its time; the events between are looked up once, for the attempt that counts.

use hitmetrix_model::StepOrder;
use hitmetrix_store::lanes::Codes;

use super::attempt::{STEPS_MAX, Steps};
use crate::columns::QueryRun;
use crate::marks::Marked;
use crate::timeline::Timeline;

/// Place of an event in a timeline: stretch, then row, so that places follow each other in time.
type Place = u64;

const NONE: Place = u64::MAX;

/// Attempts under way.
struct Walk<'a> {
    steps: &'a Steps,
    timeline: &'a Timeline<'a>,
    /// Bits of the steps.
    of_steps: u64,
    /// By step the first event of the latest chain that got there.
    starts: [Place; STEPS_MAX],
    /// And its time.
    starts_ms: [i64; STEPS_MAX],
    /// First event and step of the attempt that counts so far.
    best: (Place, usize),
}

impl Steps {
    /// Whether attempts can be found by [`Self::quickly`], as far as the steps are concerned.
    pub(super) fn are_plain(&self) -> bool {
        self.order == StepOrder::Ordered
            && self.excluding.is_empty()
            && !self.optional.contains(&true)
    }

    /// Leaves the events of the attempt that counts, one per step, in `events`; they are none
    /// when no event is the first step. Rows of the timeline lie in the period, and none is left
    /// out because of who sent it.
    pub(super) fn quickly(&self, timeline: &Timeline<'_>, events: &mut Vec<Marked>) {
        events.clear();
        let mut walk = Walk {
            steps: self,
            timeline,
            of_steps: (1u64 << self.optional.len()) - 1,
            starts: [NONE; STEPS_MAX],
            starts_ms: [0; STEPS_MAX],
            best: (NONE, 0),
        };
        let last = self.optional.len() - 1;
        for (index, stretch) in timeline.stretches.iter().enumerate() {
            let run = &timeline.runs[stretch.run as usize];
            let rows = stretch.from as usize..stretch.to as usize;
            let first = (index as u64) << 32 | u64::from(stretch.from);
            match run.names {
                Codes::U8(codes) => walk.codes(&codes[rows], run, first),
                Codes::U16(codes) => walk.codes(&codes[rows], run, first),
                Codes::U32(codes) => walk.codes(&codes[rows], run, first),
            }
            if walk.best.0 != NONE && walk.best.1 == last {
                break;
            }
        }
        if walk.best.0 != NONE {
            walk.chain(events);
        }
    }
}

impl Walk<'_> {
    #[inline]
    fn codes<T: Copy + Into<u32>>(&mut self, codes: &[T], run: &QueryRun<'_>, first: Place) {
        let last = self.steps.optional.len() - 1;
        let from = first as u32 as usize;
        let times = &run.times[from..from + codes.len()];
        let all_pass = run.is_plain();
        for (offset, (&code, &time)) in codes.iter().zip(times).enumerate() {
            let steps = run.marks[code.into() as usize] & self.of_steps;
            if steps == 0 || !(all_pass || run.passes(from + offset)) {
                continue;
            }
            let time_ms = run.start_ms + i64::from(time);
            self.event(steps, first + offset as u64, time_ms);
            if self.best.1 == last {
                return;
            }
        }
    }

    #[inline]
    fn event(&mut self, mut steps: u64, place: Place, time_ms: i64) {
        while steps > 1 {
            let step = (steps.ilog2() as usize).min(STEPS_MAX - 1);
            steps ^= 1 << step;
            let start = self.starts[step - 1];
            // One more makes "none" the least of all places.
            if self.starts[step].wrapping_add(1) >= start.wrapping_add(1)
                || time_ms - self.starts_ms[step - 1] > self.steps.window_ms
            {
                continue;
            }
            self.starts[step] = start;
            self.starts_ms[step] = self.starts_ms[step - 1];
            if step > self.best.1 {
                self.best = (start, step);
            }
        }
        if steps == 1 {
            self.starts[0] = place;
            self.starts_ms[0] = time_ms;
            if self.best.0 == NONE {
                self.best = (place, 0);
            }
        }
    }

    /// Finds the events from the first to the furthest step, each as early as can be.
    fn chain(&self, events: &mut Vec<Marked>) {
        let (start, depth) = self.best;
        events.push(self.marked(start, 0));
        let first = (start >> 32) as usize;
        let stretches = self.timeline.stretches[first..].iter().enumerate();
        for (index, stretch) in stretches {
            let run = &self.timeline.runs[stretch.run as usize];
            for row in stretch.from..stretch.to {
                let place = ((first + index) as u64) << 32 | u64::from(row);
                let step = events.len();
                if step > depth {
                    return;
                }
                let marks = run.marks[run.names.get(row as usize) as usize];
                if place > start && marks >> step & 1 == 1 && run.passes(row as usize) {
                    events.push(self.marked(place, step));
                }
            }
        }
    }

    fn marked(&self, place: Place, step: usize) -> Marked {
        Marked {
            time_ms: self.time_ms(place),
            marks: 1 << step,
            slot: 0,
            run: self.timeline.stretches[(place >> 32) as usize].run,
            row: place as u32,
        }
    }

    #[inline]
    fn time_ms(&self, place: Place) -> i64 {
        let stretch = self.timeline.stretches[(place >> 32) as usize];
        self.timeline.runs[stretch.run as usize].time_ms(place as u32 as usize)
    }
}
