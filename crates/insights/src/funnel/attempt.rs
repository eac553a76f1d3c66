//! One attempt at a funnel: which events of a list took which steps.
//!
//! All attempts of a list go forward together: for each step the state keeps one chain of events
//! that got there, that with the latest first step, because it has most of the window left, and
//! of these the one with the latest optional steps. An event that is a step moves the chain of the
//! step before on; an exclusion ends chains in its range. The attempt that counts is the first to reach the furthest step. Cost: events times
//! steps, whatever the list.

use std::ops::Range;

use hitmetrix_model::{StepOrder, limits};

use crate::marks::Marked;

/// Most steps of a funnel.
pub(super) const STEPS_MAX: usize = limits::FUNNEL_STEPS;

/// Events that end attempts.
#[derive(Debug, Clone)]
pub(super) struct Excluding {
    /// Bit of the selection.
    pub(super) bit: usize,
    /// Steps, from 0, at which an attempt has to stand to be ended.
    pub(super) states: Range<usize>,
}

/// The steps of a funnel.
#[derive(Debug, Clone)]
pub(super) struct Steps {
    /// One per step; its place is its bit.
    pub(super) optional: Vec<bool>,
    pub(super) order: StepOrder,
    pub(super) window_ms: i64,
    pub(super) excluding: Vec<Excluding>,
}

/// Events, by place in the list, that took steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Attempt {
    start_ms: i64,
    /// The furthest step, from 0.
    pub(super) depth: usize,
    /// A bit per step that was taken.
    taken: u32,
    pub(super) events: [u32; STEPS_MAX],
}

impl Attempt {
    pub(super) fn begun(event: u32, start_ms: i64) -> Self {
        let mut events = [0; STEPS_MAX];
        events[0] = event;
        Self {
            start_ms,
            depth: 0,
            taken: 1,
            events,
        }
    }

    /// The attempt whose steps are the events of a list, one each; none of no events.
    pub(super) fn through(events: &[Marked]) -> Option<Self> {
        let mut attempt = Self::begun(0, events.first()?.time_ms);
        for step in 1..events.len() {
            attempt = attempt.moved_on(step, step as u32);
        }
        Some(attempt)
    }

    pub(super) fn moved_on(mut self, step: usize, event: u32) -> Self {
        self.depth = step;
        self.taken |= 1 << step;
        self.events[step] = event;
        self
    }

    /// Whether a step was taken.
    pub(super) fn took(&self, step: usize) -> bool {
        self.taken >> step & 1 == 1
    }

    /// What makes one of two ways to a step the better one: the later beginning, and then the
    /// later optional steps.
    const fn rank(&self) -> (u32, u32) {
        (self.events[0], self.taken)
    }

    /// The event that took a step.
    pub(super) fn event(&self, step: usize) -> usize {
        self.events[step] as usize
    }

    /// The steps taken and when, in order; in any order of steps they are numbered by time.
    pub(super) fn in_order(&self, events: &[Marked]) -> impl Iterator<Item = (usize, i64)> {
        (0..=self.depth)
            .filter(|&step| self.took(step))
            .map(|step| (step, events[self.event(step)].time_ms))
    }
}

/// Attempts under way; one per thread.
#[derive(Debug, Default)]
pub(super) struct Chains {
    now: Vec<Option<Attempt>>,
    next: Vec<Option<Attempt>>,
}

impl Steps {
    /// The last step before this one that is not optional.
    pub(super) fn required_before(&self, step: usize) -> usize {
        (0..step)
            .rev()
            .find(|&before| !self.optional[before])
            .unwrap_or(0)
    }

    /// The attempt that counts; none when no event is the first step.
    pub(super) fn furthest(&self, chains: &mut Chains, events: &[Marked]) -> Option<Attempt> {
        match self.order {
            StepOrder::Any => self.furthest_in_any_order(events),
            StepOrder::Ordered if self.are_plain() => self.furthest_plainly(events),
            StepOrder::Ordered | StepOrder::Strict => self.furthest_in_order(chains, events),
        }
    }

    /// Whether nothing matters but that each step comes after the one before.
    pub(super) fn are_plain(&self) -> bool {
        self.order == StepOrder::Ordered
            && self.excluding.is_empty()
            && !self.optional.contains(&true)
    }

    /// The same without optional steps and exclusions, as most funnels are: of each chain only
    /// the first event is kept, and the chain that counts is looked up in the end.
    fn furthest_plainly(&self, events: &[Marked]) -> Option<Attempt> {
        const NONE: u32 = u32::MAX;
        let last = self.optional.len() - 1;
        let of_steps = (2u64 << last) - 1;
        let mut starts = [NONE; STEPS_MAX];
        let mut best = (NONE, 0);
        for (place, event) in events.iter().enumerate() {
            let mut steps = event.marks & of_steps;
            // From the last step to the first, so that an event moves a chain on only once.
            while steps > 1 {
                let step = steps.ilog2() as usize;
                steps ^= 1 << step;
                let start = starts[step - 1];
                if start == NONE || (starts[step] != NONE && starts[step] >= start) {
                    continue;
                }
                if event.time_ms - events[start as usize].time_ms > self.window_ms {
                    continue;
                }
                starts[step] = start;
                if step > best.1 {
                    best = (start, step);
                    if step == last {
                        return Some(self.chain(events, best));
                    }
                }
            }
            if steps == 1 {
                starts[0] = place as u32;
                if best.0 == NONE {
                    best = (place as u32, 0);
                }
            }
        }
        (best.0 != NONE).then(|| self.chain(events, best))
    }

    /// The chain from an event to a step, each step as early as can be.
    fn chain(&self, events: &[Marked], (start, depth): (u32, usize)) -> Attempt {
        let mut attempt = Attempt::begun(start, events[start as usize].time_ms);
        let mut place = start as usize;
        for step in 1..=depth {
            let after = events[place + 1..].iter();
            let further = after.take_while(|event| !event.is(step)).count();
            place += 1 + further;
            attempt = attempt.moved_on(step, place as u32);
        }
        attempt
    }

    fn furthest_in_order(&self, chains: &mut Chains, events: &[Marked]) -> Option<Attempt> {
        let count = self.optional.len();
        let mut best: Option<Attempt> = None;
        chains.now.clear();
        chains.now.resize(count, None);
        let of_steps = (1u64 << count) - 1;
        for (place, event) in events.iter().enumerate() {
            if self.order == StepOrder::Ordered
                && self.excluding.is_empty()
                && event.marks & of_steps == 0
            {
                continue;
            }
            chains.next.clear();
            chains.next.resize(count, None);
            for step in 1..count {
                if event.is(step) {
                    chains.next[step] = self.moved_on(&chains.now, step, (place, event));
                }
            }
            if event.is(0) {
                chains.next[0] = Some(Attempt::begun(place as u32, event.time_ms));
            }
            for chain in chains.next.iter().rev().flatten() {
                if best.is_none_or(|best| best.depth < chain.depth) {
                    best = Some(*chain);
                }
            }
            if best.is_some_and(|best| best.depth == count - 1) {
                return best;
            }
            self.settle(chains, event);
        }
        best
    }

    /// The chain that an event moves on to a step: of the step before, or beyond optional ones.
    fn moved_on(
        &self,
        now: &[Option<Attempt>],
        step: usize,
        (place, event): (usize, &Marked),
    ) -> Option<Attempt> {
        let mut latest: Option<Attempt> = None;
        for before in (0..step).rev() {
            if let Some(chain) = now[before]
                && event.time_ms - chain.start_ms <= self.window_ms
                && latest.is_none_or(|latest| latest.rank() < chain.rank())
            {
                latest = Some(chain);
            }
            if !self.optional[before] {
                break;
            }
        }
        latest.map(|chain| chain.moved_on(step, place as u32))
    }

    /// Makes the next states the present ones.
    fn settle(&self, chains: &mut Chains, event: &Marked) {
        let Chains { now, next } = chains;
        if self.order == StepOrder::Strict {
            std::mem::swap(now, next);
            return;
        }
        for excluding in &self.excluding {
            if event.is(excluding.bit) {
                now[excluding.states.clone()].fill(None);
            }
        }
        for (now, next) in now.iter_mut().zip(next) {
            let is_later = |next: &Attempt| now.is_none_or(|now| now.rank() < next.rank());
            if let Some(next) = next.filter(is_later) {
                *now = Some(next);
            }
        }
    }
}
