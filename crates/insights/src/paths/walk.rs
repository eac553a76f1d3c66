//! A person's timeline cut down to the steps of paths, session by session.
//!
//! Most questions have no condition beyond the name of the event; for them a step costs one look
//! into a table over the run's names and one over its texts, and a session is told by its code.
//! All others go through the marker.

use hitmetrix_store::lanes::Codes;

use crate::columns::QueryRun;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marker, candidates};
use crate::query::{Prepared, Query};
use crate::session::NO_SESSION;
use crate::timeline::{Slots, Timeline};
use crate::{AskError, people::Contribution};

use super::steps::{NO_STEP, Steps};

/// Where in its session a path lies. Steps are codes; one that no session has finds nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// It begins where the session begins.
    Start,
    /// It begins with the first such step.
    From(u32),
    /// It ends with the last such step.
    To(u32),
    /// It goes through the first such step.
    Through(u32),
}

/// How sessions become paths.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) anchor: Anchor,
    pub(super) depth: usize,
    pub(super) collapse: bool,
}

/// One step of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// Number of the session among the person's.
    slot: u32,
    pub(super) code: u32,
    run: u32,
    row: u32,
}

impl Step {
    /// Whose it is, and when.
    pub(super) fn contribution(&self, person: u128, runs: &[QueryRun<'_>]) -> Contribution {
        let (run, row) = (&runs[self.run as usize], self.row as usize);
        Contribution {
            at_ms: run.time_ms(row),
            person,
            session: run.sessions.get(row),
        }
    }
}

/// A path, and its place among `depth` positions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path<'w> {
    /// Position of its first step, from 0.
    pub(super) first: usize,
    pub(super) steps: &'w [Step],
}

impl Shape {
    /// The path of a session's steps; none when it lacks the step that the path is about.
    fn path<'w>(&self, steps: &'w [Step]) -> Option<Path<'w>> {
        let depth = self.depth;
        let is = |code: u32| move |step: &Step| step.code == code;
        let (first, from, to) = match self.anchor {
            Anchor::Start => (0, 0, depth.min(steps.len())),
            Anchor::From(code) => {
                let at = steps.iter().position(is(code))?;
                (0, at, (at + depth).min(steps.len()))
            }
            Anchor::To(code) => {
                let end = steps.iter().rposition(is(code))? + 1;
                let length = depth.min(end);
                (depth - length, end - length, end)
            }
            Anchor::Through(code) => {
                let at = steps.iter().position(is(code))?;
                let before = self.place_of_anchor();
                let length = before.min(at);
                let to = (at + depth - before).min(steps.len());
                (before - length, at - length, to)
            }
        };
        let steps = &steps[from..to];
        (!steps.is_empty()).then_some(Path { first, steps })
    }

    /// Position, from 0, of the step that paths go through.
    fn place_of_anchor(&self) -> usize {
        (self.depth - 1) / 2
    }

    /// Whether what lies behind a path of fewer steps is the session's end.
    pub(super) fn shows_end(&self) -> bool {
        !matches!(self.anchor, Anchor::To(_))
    }
}

/// One run's steps by its own codes.
#[derive(Debug)]
pub(super) struct RunSteps<'q> {
    /// None where no row has a text.
    pub(super) codes: Option<Codes<'q>>,
    pub(super) to_step: Vec<u32>,
}

/// Goes through timelines.
pub(super) struct Walker<'q> {
    pub(super) marker: Marker<'q>,
    pub(super) runs: Vec<RunSteps<'q>>,
    pub(super) shape: Shape,
    margin_ms: i64,
}

/// What one thread reuses from person to person.
#[derive(Debug, Default)]
pub(super) struct WalkWork {
    pub(super) marks: MarkWork,
    slots: Slots,
    steps: Vec<Step>,
}

impl<'q> Walker<'q> {
    /// Through timelines of a prepared query; `lane` is that of the steps' texts.
    pub(super) fn new(
        query: &Query<'_>,
        (prepared, marker, lane): (&'q Prepared<'q>, Marker<'q>, usize),
        (steps, shape): (&Steps, Shape),
    ) -> Self {
        let runs = prepared.columns.runs.iter().map(|run| {
            let (codes, to_query) = run.lanes[lane].table();
            RunSteps {
                codes,
                to_step: to_query
                    .iter()
                    .map(|&text| steps.of_text[text as usize])
                    .collect(),
            }
        });
        Self {
            runs: runs.collect(),
            shape,
            margin_ms: query.margin_of(&marker),
            marker,
        }
    }

    /// Which rows it needs.
    pub(super) fn rows(&self) -> Rows {
        self.marker.rows()
    }

    /// Folds all persons.
    pub(super) fn fold<F: Fold>(
        &self,
        query: &Query<'_>,
        prepared: &Prepared<'_>,
        what: &F,
    ) -> Result<(F::Result, u64), AskError> {
        debug_assert_eq!(what.order(), Order::Time);
        let folded = query.fold(prepared, (query.period(), self.margin_ms), what)?;
        Ok((folded.result, folded.rows_scanned))
    }

    /// Gives each path of a person to `each`.
    #[inline]
    pub(super) fn paths(
        &self,
        work: &mut WalkWork,
        (person, timeline): (u128, &Timeline<'_>),
        mut each: impl FnMut(Path<'_>),
    ) {
        work.steps.clear();
        let in_order = if self.marker.is_plain() {
            self.walk(work, timeline)
        } else {
            self.take_marked(work, person, timeline);
            work.steps.is_sorted_by_key(|step| step.slot)
        };
        // Sessions overlap where two browsers are used at once; within one the order stays.
        if !in_order {
            work.steps.sort_by_key(|step| step.slot);
        }
        if self.shape.collapse {
            work.steps
                .dedup_by(|next, step| (next.slot, next.code) == (step.slot, step.code));
        }
        for of_one in work.steps.chunk_by(|left, right| left.slot == right.slot) {
            if let Some(path) = self.shape.path(of_one) {
                each(path);
            }
        }
    }

    /// Leaves a person's steps; says whether their sessions follow each other.
    fn walk(&self, work: &mut WalkWork, timeline: &Timeline<'_>) -> bool {
        work.slots.clear();
        let one_run = timeline.is_of_one_run();
        let (mut highest, mut in_order) = (0, true);
        for stretch in timeline.stretches {
            let run = &timeline.runs[stretch.run as usize];
            if run.leaves_some_out() {
                work.marks.count_left_out(run, *stretch, &self.marker);
            }
            let of = &self.runs[stretch.run as usize];
            let Some(codes) = of.codes else { continue };
            let (mut last_code, mut slot) = (NO_SESSION, NO_SESSION);
            let (from, to) = (stretch.from as usize, stretch.to as usize);
            let mut found = |offset: usize, _| {
                let row = from + offset;
                let code = of.to_step[codes.get(row) as usize];
                if code == NO_STEP || run.is_left_out(row) || !run.passes(row) {
                    return;
                }
                let session = run.sessions.codes.get(row);
                if session != last_code || slot == NO_SESSION {
                    // Within one run the code stands for the id and saves looking it up.
                    slot = work.slots.of(if one_run {
                        u128::from(session)
                    } else {
                        run.sessions.ids[session as usize]
                    });
                    last_code = session;
                    in_order &= slot >= highest;
                    highest = highest.max(slot);
                }
                work.steps.push(Step {
                    slot,
                    code,
                    run: stretch.run,
                    row: row as u32,
                });
            };
            match run.names {
                Codes::U8(names) => candidates(&names[from..to], &run.marks, &mut found),
                Codes::U16(names) => candidates(&names[from..to], &run.marks, &mut found),
                Codes::U32(names) => candidates(&names[from..to], &run.marks, &mut found),
            }
        }
        in_order
    }

    /// The same, where events have to be held against conditions.
    fn take_marked(&self, work: &mut WalkWork, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        for marked in &work.marks.marked {
            let of = &self.runs[marked.run as usize];
            let Some(codes) = of.codes else { continue };
            let code = of.to_step[codes.get(marked.row as usize) as usize];
            if code != NO_STEP {
                work.steps.push(Step {
                    slot: marked.slot,
                    code,
                    run: marked.run,
                    row: marked.row,
                });
            }
        }
    }
}
