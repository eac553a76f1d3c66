//! Funnels by accounts: the events of an account are those of all its persons, so they are kept
//! until all are folded, as far as there is memory.

use super::{Compiled, Work};
use crate::budget::grow;
use crate::marks::Marked;
use crate::timeline::Timeline;

/// Events for which there is room at first.
const GATHERED_LEAST: usize = 1024;

/// An event of an account, until those of all its persons are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gathered {
    account: u32,
    time_ms: i64,
    window: u128,
    sequence: u32,
    person: u128,
    value: u32,
    marks: u64,
    run: u32,
    row: u32,
}

impl Compiled<'_> {
    /// Keeps the marked events of a person who belongs to an account.
    pub(super) fn gather(
        &self,
        work: &mut Work,
        account: u32,
        (person, timeline): (u128, &Timeline<'_>),
    ) {
        if account == 0 {
            return;
        }
        let marks = &work.marks;
        for marked in &marks.marked {
            let gathered = &mut work.gathered;
            if gathered.len() == gathered.capacity() && !grow(gathered, GATHERED_LEAST, self.budget)
            {
                break;
            }
            let (run, row) = (&timeline.runs[marked.run as usize], marked.row as usize);
            gathered.push(Gathered {
                account,
                time_ms: marked.time_ms,
                window: run.windows.get(row),
                sequence: run.sequences[row],
                person,
                value: self.code((person, timeline), marks, marked),
                marks: marked.marks,
                run: marked.run,
                row: marked.row,
            });
        }
    }

    /// Adds what another thread gathered of accounts, if there is memory for both.
    pub(super) fn join(&self, into: &mut Vec<Gathered>, from: Vec<Gathered>) {
        if into.is_empty() {
            *into = from;
            return;
        }
        let [more, held] = [from.len(), from.capacity()].map(|count| count * size_of::<Gathered>());
        if self.budget.take(more) {
            into.reserve_exact(from.len());
            into.extend(from);
            self.budget.give_back(held);
        }
    }

    /// Finds the attempts, once all persons are there.
    pub(super) fn fold_accounts(&self, work: &mut Work) {
        let mut gathered = std::mem::take(&mut work.gathered);
        gathered.sort_unstable();
        let runs = &self.prepared.columns.runs;
        for of_one in gathered.chunk_by(|left, right| left.account == right.account) {
            let events: Vec<Marked> = of_one.iter().map(Gathered::marked).collect();
            if let Some(attempt) = self.steps.furthest(&mut work.chains, &events) {
                self.add(
                    &mut work.tallies,
                    (&attempt, &events),
                    |event| of_one[event].value,
                    |event| (of_one[event].person, events[event].session(runs)),
                );
            }
        }
    }
}

impl Gathered {
    fn marked(&self) -> Marked {
        Marked {
            time_ms: self.time_ms,
            marks: self.marks,
            slot: 0,
            run: self.run,
            row: self.row,
        }
    }
}
