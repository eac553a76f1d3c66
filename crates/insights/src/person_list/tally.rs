//! The sums of each person over the sessions that count, and the first rows of an order.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use hitmetrix_model::{PersonOrder, ResolvedPeriod};
use rustc_hash::FxHashMap;

use crate::engine::{Fold, Order, Rows};
use crate::persons::{PersonSet, PersonValues};
use crate::series::sum::ExactSum;
use crate::session::{NO_SESSION, SessionPlan, SessionTable};
use crate::timeline::Timeline;

/// What persons did in the period.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sums {
    pub(super) persons: u32,
    pub(super) sessions: u32,
    pub(super) events: u64,
    pub(super) pageviews: u64,
    pub(super) errors: u64,
    pub(super) engaged_ms: u64,
    pub(super) orders: u64,
    pub(super) value: ExactSum,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    /// First and last session of a person.
    pub(super) sessions_at: [u128; 2],
    /// One of the persons, the same whatever the order in which they come.
    pub(super) someone: u128,
}

impl Sums {
    fn merge(&mut self, other: &Self) {
        if other.sessions == 0 {
            return;
        }
        if self.sessions == 0 {
            *self = *other;
            return;
        }
        self.persons += other.persons;
        self.sessions += other.sessions;
        self.events += other.events;
        self.pageviews += other.pageviews;
        self.errors += other.errors;
        self.engaged_ms += other.engaged_ms;
        self.orders += other.orders;
        self.value.merge(other.value);
        self.first_ms = self.first_ms.min(other.first_ms);
        self.last_ms = self.last_ms.max(other.last_ms);
        self.someone = self.someone.min(other.someone);
    }
}

/// A row: a person, or one of the persons of an account, with the sums.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    rank: i64,
    pub(super) id: u128,
    pub(super) sums: Sums,
}

impl Kept {
    /// The greater of two comes first in the list.
    fn key(&self) -> (i64, Reverse<u128>) {
        (self.rank, Reverse(self.id))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[derive(Default)]
pub(super) struct Work {
    table: SessionTable,
    /// The last of the order on top.
    first: BinaryHeap<Reverse<Kept>>,
    accounts: FxHashMap<u32, Sums>,
    /// Rows before any limit.
    pub(super) total: u64,
    pub(super) left_out: u64,
}

impl Work {
    fn keep(&mut self, kept: Kept, most: usize) {
        if self.first.len() == most {
            let last = self.first.peek();
            if last.is_none_or(|Reverse(last)| kept < *last) {
                return;
            }
            self.first.pop();
        }
        self.first.push(Reverse(kept));
    }

    /// Makes rows of the accounts whose code is wanted.
    pub(super) fn keep_accounts(&mut self, tally: &Tally<'_>, wanted: impl Fn(u32) -> bool) {
        for (code, sums) in std::mem::take(&mut self.accounts) {
            if wanted(code) {
                self.total += 1;
                // Codes follow the order of the runs, which a seal changes between two pages.
                self.keep(tally.ranked(sums.someone, sums), tally.most);
            }
        }
    }

    /// The rows in their order.
    pub(super) fn kept(&mut self) -> Vec<Kept> {
        let sorted = std::mem::take(&mut self.first).into_sorted_vec();
        sorted.into_iter().map(|Reverse(kept)| kept).collect()
    }
}

/// The fold.
pub(super) struct Tally<'q> {
    pub(super) period: ResolvedPeriod,
    pub(super) plan: &'q SessionPlan,
    /// The property of orders, which are the events of the first selection.
    pub(super) number: Option<usize>,
    /// Only these.
    pub(super) among: Option<&'q PersonSet>,
    /// Sums are of accounts.
    pub(super) accounts: Option<&'q PersonValues>,
    pub(super) order: PersonOrder,
    pub(super) ascending: bool,
    /// Rows that are kept.
    pub(super) most: usize,
}

impl Tally<'_> {
    fn ranked(&self, id: u128, sums: Sums) -> Kept {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let rank = match self.order {
            PersonOrder::LastSeen => sums.last_ms,
            PersonOrder::FirstSeen => sums.first_ms,
            PersonOrder::Persons => i64::from(sums.persons),
            PersonOrder::Sessions => i64::from(sums.sessions),
            PersonOrder::Events => count(sums.events),
            PersonOrder::Pageviews => count(sums.pageviews),
            PersonOrder::Errors => count(sums.errors),
            PersonOrder::Orders => count(sums.orders),
            PersonOrder::Value => ordered(sums.value.value()),
        };
        let rank = if self.ascending { !rank } else { rank };
        Kept { rank, id, sums }
    }

    fn sums(&self, table: &SessionTable, timeline: &Timeline<'_>) -> Option<Sums> {
        let mut sums = Sums::default();
        for state in table.states.iter().filter(|one| one.counts_in(self.period)) {
            let first = sums.sessions == 0 || state.start_ms < sums.first_ms;
            let last = sums.sessions == 0 || state.end_ms >= sums.last_ms;
            if first || last {
                let session = state.session(timeline.runs);
                if first {
                    sums.first_ms = state.start_ms;
                    sums.sessions_at[0] = session;
                }
                if last {
                    sums.last_ms = state.end_ms;
                    sums.sessions_at[1] = session;
                }
            }
            sums.sessions += 1;
            sums.events += u64::from(state.events);
            sums.pageviews += u64::from(state.pageviews);
            sums.errors += u64::from(state.errors);
            sums.engaged_ms += state.engaged_ms;
        }
        if sums.sessions == 0 {
            return None;
        }
        sums.persons = 1;
        if let Some(number) = self.number {
            for ((run, row), &slot) in timeline.rows().zip(&table.slot_of_event) {
                let (run, row) = (&timeline.runs[run as usize], row as usize);
                let is_order = run.marks[run.names.get(row) as usize] != 0;
                let counts = is_order
                    && slot != NO_SESSION
                    && table.states[slot as usize].counts_in(self.period);
                if counts {
                    sums.orders += 1;
                    sums.value.add(run.number(number, row).unwrap_or(0.0));
                }
            }
        }
        Some(sums)
    }
}

/// A number so that whole numbers are in its order.
#[allow(clippy::cast_possible_wrap, reason = "the bits are what is ordered")]
const fn ordered(number: f64) -> i64 {
    let bits = number.to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

impl Fold for Tally<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        Rows::All
    }

    fn begin(&self) -> Work {
        Work::default()
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        if self.among.is_some_and(|among| !among.contains(person)) {
            return;
        }
        work.table.fill(person, timeline, self.plan);
        work.left_out += timeline.left_out_in(self.period);
        let Some(mut sums) = self.sums(&work.table, timeline) else {
            return;
        };
        sums.someone = person;
        match self.accounts.map(|accounts| accounts.code(person)) {
            None => {
                work.total += 1;
                work.keep(self.ranked(person, sums), self.most);
            }
            Some(0) => {}
            Some(account) => work.accounts.entry(account).or_default().merge(&sums),
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        into.total += from.total;
        into.left_out += from.left_out;
        for Reverse(kept) in from.first {
            into.keep(kept, self.most);
        }
        for (account, sums) in from.accounts {
            into.accounts.entry(account).or_default().merge(&sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ordered;

    #[test]
    fn numbers_are_in_their_order() {
        let numbers = [f64::NEG_INFINITY, -2.5, -0.5, 0.0, 1e-300, 0.1, 49.9, 1e300];
        assert!(numbers.is_sorted_by_key(|&number| ordered(number)));
        let distinct: std::collections::BTreeSet<i64> =
            numbers.iter().map(|&number| ordered(number)).collect();
        assert_eq!(distinct.len(), numbers.len());
    }
}
