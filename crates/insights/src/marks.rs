//! Marks: a person's timeline cut down to the events that a question is about.
//!
//! Most insights look at a few kinds of events: the steps of a funnel, what starts and what
//! returns, what makes a person active. Each is a selection with a bit. A table over the run's
//! event names says which bits an event may have, so that one look per event leaves only those
//! that matter; filters and conditions are then held against these few. What comes out is a short
//! list in the order of time, and an insight is a state machine over it.

use hitmetrix_model::ResolvedPeriod;
use hitmetrix_store::lanes::Codes;

use crate::columns::QueryRun;
use crate::condition::{Node, Selection, Surroundings};
use crate::engine::Rows;
use crate::session::{NO_SESSION, SessionPlan, SessionTable};
use crate::timeline::{Slots, Stretch, Timeline};

/// How many selections a question may have: bits of [`Marked::marks`].
pub(crate) const SELECTIONS_MAX: usize = 64;

/// An event that belongs to at least one selection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) time_ms: i64,
    /// A bit per selection.
    pub(crate) marks: u64,
    /// Number of the session among the person's, where the marker was asked for it.
    pub(crate) slot: u32,
    pub(crate) run: u32,
    pub(crate) row: u32,
}

impl Marked {
    /// Whether it belongs to a selection.
    #[inline]
    pub(crate) fn is(&self, selection: usize) -> bool {
        self.marks >> selection & 1 == 1
    }

    /// The id of its session.
    pub(crate) fn session(&self, runs: &[QueryRun<'_>]) -> u128 {
        runs[self.run as usize].sessions.get(self.row as usize)
    }
}

/// Whether each event's session is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WantSlots {
    Yes,
    No,
}

/// Marks events of a period.
#[derive(Debug)]
pub(crate) struct Marker<'q> {
    pub(crate) plan: &'q SessionPlan,
    period: ResolvedPeriod,
    /// Selections with conditions beyond the name: bit and condition.
    conditions: Vec<(usize, Node)>,
    uses_table: bool,
    uses_person: bool,
    slots: WantSlots,
}

/// What one thread reuses from person to person.
#[derive(Debug, Default)]
pub(crate) struct MarkWork {
    pub(crate) table: SessionTable,
    pub(crate) marked: Vec<Marked>,
    slots: Slots,
    person: Vec<bool>,
    /// Events of the period that the question leaves out because of who sent them.
    pub(crate) left_out: u64,
}

impl<'q> Marker<'q> {
    pub(crate) fn new(
        plan: &'q SessionPlan,
        selections: &[Selection],
        period: ResolvedPeriod,
        slots: WantSlots,
    ) -> Self {
        debug_assert!(selections.len() <= SELECTIONS_MAX, "checked before");
        let conditions: Vec<(usize, Node)> = selections
            .iter()
            .enumerate()
            .filter(|(_, selection)| selection.node != Node::TRUE)
            .map(|(bit, selection)| (bit, selection.node.clone()))
            .collect();
        let needs = |of: fn(&Node) -> bool| {
            conditions.iter().any(|(_, node)| of(node)) || plan.nested.as_ref().is_some_and(of)
        };
        Self {
            plan,
            period,
            uses_table: needs(Node::needs_session)
                || !plan.tests.is_empty()
                || !plan.facts.is_empty(),
            uses_person: needs(Node::needs_person),
            conditions,
            slots,
        }
    }

    /// Makes out whole sessions, also where no condition needs them.
    pub(crate) fn over_sessions(self) -> Self {
        Self {
            uses_table: true,
            ..self
        }
    }

    /// Whether sessions have to be known as a whole, and so the scan must reach a margin beyond
    /// the period.
    pub(crate) fn uses_table(&self) -> bool {
        self.uses_table
    }

    /// Which rows a fold needs that sees marked events alone.
    pub(crate) fn rows(&self) -> Rows {
        if self.uses_table {
            Rows::All
        } else {
            Rows::Relevant
        }
    }

    /// Whether the event's name and the filters that its run knows decide alone.
    pub(crate) fn is_plain(&self) -> bool {
        !self.uses_table && self.conditions.is_empty() && self.plan.nested.is_none()
    }

    /// Leaves the marked events of the period in `work.marked`, in the order of the timeline.
    pub(crate) fn mark(&self, work: &mut MarkWork, person: u128, timeline: &Timeline<'_>) {
        work.marked.clear();
        if self.uses_table {
            work.table.fill(person, timeline, self.plan);
            self.mark_in_sessions(work, timeline);
            return;
        }
        if self.uses_person {
            self.plan.leaves.person(person, &mut work.person);
        }
        for stretch in timeline.stretches {
            let run = &timeline.runs[stretch.run as usize];
            if run.leaves_some_out() {
                work.count_left_out(run, *stretch, self);
            }
            let (from, to) = (stretch.from as usize, stretch.to as usize);
            let mut found = |offset: usize, marks: u64| {
                let row = from + offset;
                self.found(work, run, (stretch.run, row), marks);
            };
            match run.names {
                Codes::U8(codes) => candidates(&codes[from..to], &run.marks, &mut found),
                Codes::U16(codes) => candidates(&codes[from..to], &run.marks, &mut found),
                Codes::U32(codes) => candidates(&codes[from..to], &run.marks, &mut found),
            }
        }
        if self.slots == WantSlots::Yes {
            work.number_sessions(timeline.runs);
        }
    }

    /// Holds filters and conditions against an event whose name is right.
    fn found(&self, work: &mut MarkWork, run: &QueryRun<'_>, at: (u32, usize), marks: u64) {
        let row = at.1;
        let time_ms = run.time_ms(row);
        if !self.is_in_period(time_ms) || run.is_left_out(row) || !run.passes(row) {
            return;
        }
        let marks = if let (Some(tests), None) = (&run.mark_tests, &self.plan.nested) {
            tests.left(&run.masks, row, marks)
        } else {
            let surroundings = Surroundings {
                run,
                row,
                session: None,
                person: &work.person,
            };
            self.conditioned(&surroundings, marks)
        };
        if marks != 0 {
            work.marked.push(Marked {
                time_ms,
                marks,
                slot: NO_SESSION,
                run: at.0,
                row: row as u32,
            });
        }
    }

    /// The marks that remain once all conditions are held against the event.
    fn conditioned(&self, at: &Surroundings<'_>, marks: u64) -> u64 {
        let leaves = &self.plan.leaves;
        let nested = self.plan.nested.as_ref();
        // In sessions the table has held the nested filters against the event already.
        if at.session.is_none() && nested.is_some_and(|nested| !leaves.holds(nested, at)) {
            return 0;
        }
        if let Some(tests) = &at.run.mark_tests {
            return tests.left(&at.run.masks, at.row, marks);
        }
        let mut left = marks;
        for (bit, condition) in &self.conditions {
            if left >> bit & 1 == 1 && !leaves.holds(condition, at) {
                left &= !(1 << bit);
            }
        }
        left
    }

    fn mark_in_sessions(&self, work: &mut MarkWork, timeline: &Timeline<'_>) {
        let table = &work.table;
        for (place, (run_index, row_index)) in timeline.rows().enumerate() {
            let (run, row) = (&timeline.runs[run_index as usize], row_index as usize);
            let time_ms = run.time_ms(row);
            if !self.is_in_period(time_ms) {
                continue;
            }
            let slot = table.slot_of_event[place];
            if slot == NO_SESSION {
                work.left_out += 1;
                continue;
            }
            let marks = run.marks[run.names.get(row) as usize];
            let state = &table.states[slot as usize];
            if marks == 0 || !state.kept || !table.passes_nested(place) || !run.passes(row) {
                continue;
            }
            let surroundings = Surroundings {
                run,
                row,
                session: Some(table.session(self.plan, slot as usize)),
                person: &table.person,
            };
            let marks = self.conditioned(&surroundings, marks);
            if marks != 0 {
                work.marked.push(Marked {
                    time_ms,
                    marks,
                    slot,
                    run: run_index,
                    row: row_index,
                });
            }
        }
    }

    #[inline]
    fn is_in_period(&self, time_ms: i64) -> bool {
        (self.period.from_ms..self.period.to_ms).contains(&time_ms)
    }
}

impl MarkWork {
    /// Counts the events of the period that the question leaves out.
    pub(crate) fn count_left_out(
        &mut self,
        run: &QueryRun<'_>,
        stretch: Stretch,
        marker: &Marker<'_>,
    ) {
        let rows = stretch.from as usize..stretch.to as usize;
        let out = rows.filter(|&row| run.is_left_out(row));
        let in_period = out.filter(|&row| marker.is_in_period(run.time_ms(row)));
        self.left_out += in_period.count() as u64;
    }

    fn number_sessions(&mut self, runs: &[QueryRun<'_>]) {
        self.slots.clear();
        for marked in &mut self.marked {
            marked.slot = self.slots.of(marked.session(runs));
        }
    }
}

/// Finds the codes that may have a mark.
#[inline]
pub(crate) fn candidates<T: Copy + Into<u32>>(
    codes: &[T],
    marks: &[u64],
    found: &mut impl FnMut(usize, u64),
) {
    for (offset, &code) in codes.iter().enumerate() {
        let marks = marks[code.into() as usize];
        if marks != 0 {
            found(offset, marks);
        }
    }
}
