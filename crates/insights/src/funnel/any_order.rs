//! Funnels in any order: how many steps the events of a list take, where one event is one step.
//!
//! An event may be several of the steps, as a view of the shop is where one step is any page; then
//! events have to be given to steps so that most are taken, which is a matching. It is only made
//! where more steps might be taken than before, and looks at no more events of a step than there
//! are steps: of more, one is always free. Cost: events times steps, and a matching per step.

use hitmetrix_model::limits;

use super::attempt::{Attempt, STEPS_MAX, Steps};
use crate::marks::Marked;

/// The last events of each step since the last exclusion, as many as there are steps.
struct Recent {
    /// By step; a ring each.
    places: [[u32; STEPS_MAX]; STEPS_MAX],
    /// How many there were.
    seen: [usize; STEPS_MAX],
    steps: usize,
}

impl Recent {
    fn new(steps: usize) -> Self {
        Self {
            places: [[0; STEPS_MAX]; STEPS_MAX],
            seen: [0; STEPS_MAX],
            steps,
        }
    }

    fn push(&mut self, place: u32, event: &Marked) {
        for step in (0..self.steps).filter(|&step| event.is(step)) {
            self.places[step][self.seen[step] % self.steps] = place;
            self.seen[step] += 1;
        }
    }

    fn forget(&mut self) {
        self.seen = [0; STEPS_MAX];
    }

    /// The events of a step, in no order.
    fn of(&self, step: usize) -> &[u32] {
        &self.places[step][..self.seen[step].min(self.steps)]
    }
}

/// Which event takes which step.
struct Taking<'e> {
    events: &'e [Marked],
    steps: usize,
    by_step: [Option<u32>; STEPS_MAX],
}

impl<'e> Taking<'e> {
    const fn new(events: &'e [Marked], steps: usize) -> Self {
        Self {
            events,
            steps,
            by_step: [None; STEPS_MAX],
        }
    }

    /// Gives an event a step if then all that have one keep one, though perhaps another.
    fn add(&mut self, place: u32, tried: &mut u32) -> bool {
        for step in 0..self.steps {
            if *tried >> step & 1 == 1 || !self.events[place as usize].is(step) {
                continue;
            }
            *tried |= 1 << step;
            if self.by_step[step].is_none_or(|other| self.add(other, tried)) {
                self.by_step[step] = Some(place);
                return true;
            }
        }
        false
    }
}

const _: () = assert!(limits::FUNNEL_STEPS <= u32::BITS as usize, "a bit per step");

impl Steps {
    /// The attempt of most steps, the first to get there, of these the one that began latest, and
    /// from there with each step as early as it was taken.
    pub(super) fn furthest_in_any_order(&self, events: &[Marked]) -> Option<Attempt> {
        let count = self.optional.len();
        let mut recent = Recent::new(count);
        let mut best: Option<Attempt> = None;
        for (place, event) in events.iter().enumerate() {
            let is_step = (0..count).any(|step| event.is(step));
            if !is_step {
                if self.excluding.iter().any(|one| event.is(one.bit)) {
                    recent.forget();
                }
                continue;
            }
            recent.push(place as u32, event);
            // One event more is at most one step more.
            let wanted = 1 + best.map_or(0, |best| best.depth + 1);
            let Some(start) = self.latest_start(events, &recent, (place, wanted)) else {
                continue;
            };
            best = Some(self.each_as_early(events, (start, place)));
            if wanted == count {
                return best;
            }
        }
        best
    }

    /// The latest event from which so many steps are taken up to another event; none when so many
    /// are not.
    fn latest_start(
        &self,
        events: &[Marked],
        recent: &Recent,
        (end, wanted): (usize, usize),
    ) -> Option<u32> {
        let count = self.optional.len();
        let end_ms = events[end].time_ms;
        let is_near = |place: &u32| end_ms - events[*place as usize].time_ms <= self.window_ms;
        let near = |step: usize| recent.of(step).iter().copied().filter(is_near);
        if (0..count)
            .filter(|&step| near(step).next().is_some())
            .count()
            < wanted
        {
            return None;
        }
        let mut places: Vec<u32> = (0..count).flat_map(near).collect();
        places.sort_unstable_by(|left, right| right.cmp(left));
        places.dedup();
        let mut taking = Taking::new(events, count);
        let mut taken = 0;
        places.into_iter().find(|&place| {
            taken += usize::from(taking.add(place, &mut 0));
            taken == wanted
        })
    }

    /// The attempt from a start to an end that takes each step as early as can be.
    fn each_as_early(&self, events: &[Marked], (start, end): (u32, usize)) -> Attempt {
        let mut taking = Taking::new(events, self.optional.len());
        let mut attempt: Option<Attempt> = None;
        for place in start..=end as u32 {
            if taking.add(place, &mut 0) {
                // The n-th row is of those who took n steps, whichever they were.
                attempt = Some(match attempt {
                    None => Attempt::begun(place, events[place as usize].time_ms),
                    Some(attempt) => attempt.moved_on(attempt.depth + 1, place),
                });
            }
        }
        attempt.expect("the start is an event of a step")
    }
}
