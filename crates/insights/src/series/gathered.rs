//! What a series has gathered: for each cell, which is a group and a bucket, as much as its
//! aggregate needs, and how it becomes values.
//!
//! Counts, sums and extremes are dense. Percentiles keep every number, and different accounts
//! every account of a cell: these grow with the data, so their memory is counted.

use hitmetrix_model::Aggregate;

use super::sum::ExactSum;
use crate::budget::{Budget, grow};

/// Numbers of a cell, and accounts, for which there is room at first.
const NUMBERS_LEAST: usize = 2;
const ACCOUNTS_LEAST: usize = 1024;

/// Which of the accumulators an aggregate uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uses {
    /// Events; of averages those with a number; of sessions the sessions.
    pub(super) counts: bool,
    pub(super) persons: bool,
    pub(super) accounts: bool,
    pub(super) sums: bool,
    pub(super) extremes: bool,
    pub(super) values: bool,
}

impl Uses {
    /// Of an aggregate, with or without a property.
    pub(super) fn of(aggregate: Aggregate, has_property: bool) -> Self {
        use Aggregate as A;
        let per_person = aggregate == A::PerPerson;
        Self {
            counts: matches!(aggregate, A::Count | A::Sessions | A::Average)
                || (per_person && !has_property),
            persons: matches!(aggregate, A::Persons) || per_person,
            accounts: aggregate == A::Accounts,
            sums: matches!(aggregate, A::Sum | A::Average) || (per_person && has_property),
            extremes: matches!(aggregate, A::Minimum | A::Maximum),
            values: matches!(aggregate, A::Median) || percent(aggregate).is_some(),
        }
    }
}

/// What is asked of a percentile.
const fn percent(aggregate: Aggregate) -> Option<usize> {
    match aggregate {
        Aggregate::P75 => Some(75),
        Aggregate::P90 => Some(90),
        Aggregate::P95 => Some(95),
        Aggregate::P99 => Some(99),
        _ => None,
    }
}

/// By cell; those that the aggregate does not use stay empty.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub(super) counts: Vec<u64>,
    pub(super) persons: Vec<u64>,
    sums: Vec<ExactSum>,
    /// Not a number while there is none.
    extremes: Vec<f64>,
    /// All numbers of each cell.
    values: Vec<Vec<f64>>,
    /// Account and cell, the account in the upper half.
    accounts: Vec<u64>,
}

impl Gathered {
    /// Makes room for so many cells. Lists of numbers take memory while they are empty: a percentile
    /// may have many cells with few numbers each.
    pub(super) fn resize(&mut self, uses: Uses, cells: usize, budget: &Budget) {
        let room = |wanted: bool| if wanted { cells } else { 0 };
        let more = room(uses.values).saturating_sub(self.values.len());
        budget.take(more * size_of::<Vec<f64>>());
        self.counts.resize(room(uses.counts), 0);
        self.persons.resize(room(uses.persons), 0);
        self.sums.resize(room(uses.sums), ExactSum::default());
        self.extremes.resize(room(uses.extremes), f64::NAN);
        self.values.resize_with(room(uses.values), Vec::new);
    }

    /// Adds a number to a cell.
    #[inline]
    pub(super) fn number(
        &mut self,
        (uses, aggregate): (Uses, Aggregate),
        (cell, number): (usize, f64),
        budget: &Budget,
    ) {
        if uses.sums {
            self.sums[cell].add(number);
        }
        if uses.extremes {
            // Negative zero is zero.
            let extreme = extreme(aggregate, self.extremes[cell], number + 0.0);
            self.extremes[cell] = extreme;
        }
        if uses.values {
            let values = &mut self.values[cell];
            if values.len() == values.capacity() && !grow(values, NUMBERS_LEAST, budget) {
                return;
            }
            values.push(number + 0.0);
        }
    }

    /// Adds an account to a cell. Of a person it comes once per cell.
    pub(super) fn account(&mut self, account: u32, cell: usize, budget: &Budget) {
        if self.accounts.len() == self.accounts.capacity() {
            self.accounts.sort_unstable();
            self.accounts.dedup();
            let is_full = self.accounts.len() * 2 > self.accounts.capacity();
            if is_full && !grow(&mut self.accounts, ACCOUNTS_LEAST, budget) {
                return;
            }
        }
        self.accounts.push(u64::from(account) << 32 | cell as u64);
    }

    /// Adds what another thread gathered; `cell` says where its cells are here.
    pub(super) fn merge(
        &mut self,
        aggregate: Aggregate,
        from: Self,
        cell: impl Fn(usize) -> usize,
    ) {
        for (at, count) in from.counts.into_iter().enumerate() {
            self.counts[cell(at)] += count;
        }
        for (at, count) in from.persons.into_iter().enumerate() {
            self.persons[cell(at)] += count;
        }
        for (at, sum) in from.sums.into_iter().enumerate() {
            self.sums[cell(at)].merge(sum);
        }
        for (at, number) in from.extremes.into_iter().enumerate() {
            let at = cell(at);
            self.extremes[at] = extreme(aggregate, self.extremes[at], number);
        }
        for (at, mut numbers) in from.values.into_iter().enumerate() {
            let values = &mut self.values[cell(at)];
            match values.is_empty() {
                true => *values = numbers,
                false => values.append(&mut numbers),
            }
        }
        let accounts = from.accounts.into_iter().map(|pair| {
            let at = cell(pair as u32 as usize);
            pair >> 32 << 32 | at as u64
        });
        self.accounts.extend(accounts);
    }

    /// Brings what was kept into order, before values are asked for.
    pub(super) fn finish(mut self, (uses, buckets): (Uses, usize), cumulative: bool) -> Self {
        if uses.accounts {
            let mut pairs = std::mem::take(&mut self.accounts);
            pairs.sort_unstable();
            // Up to an interval an account counts where it was first.
            let width = if cumulative { buckets as u64 } else { 1 };
            pairs.dedup_by_key(|pair| (*pair >> 32, (*pair & u64::from(u32::MAX)) / width));
            let cells = pairs.iter().map(|pair| *pair as u32 as usize);
            for cell in cells {
                if self.counts.len() <= cell {
                    self.counts.resize(cell + 1, 0);
                }
                self.counts[cell] += 1;
            }
        }
        self
    }
}

/// The lesser or the greater of two, of which the first may not be a number.
fn extreme(aggregate: Aggregate, left: f64, right: f64) -> f64 {
    if aggregate == Aggregate::Minimum {
        left.min(right)
    } else {
        left.max(right)
    }
}

/// How a series' cells become values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Valuing {
    pub(super) aggregate: Aggregate,
    pub(super) has_property: bool,
    pub(super) buckets: usize,
    pub(super) cumulative: bool,
}

impl Valuing {
    /// The value of each bucket of a group; none where there is none, as the mean of nothing.
    pub(super) fn values(self, gathered: &Gathered, group: usize) -> Vec<Option<f64>> {
        use Aggregate as A;
        let cells = group * self.buckets..(group + 1) * self.buckets;
        let counts = || self.counts(cells.clone().map(|cell| gathered.counts.get(cell)));
        let persons = || self.counts(cells.clone().map(|cell| gathered.persons.get(cell)));
        let quotient = |above: Vec<f64>, below: Vec<f64>| {
            let pairs = above.into_iter().zip(below);
            pairs
                .map(|(above, below)| (below > 0.0).then_some(above / below))
                .collect()
        };
        match self.aggregate {
            A::Count | A::Sessions | A::Accounts => counts().into_iter().map(Some).collect(),
            A::Persons => persons().into_iter().map(Some).collect(),
            A::Sum => self.sums(gathered, cells).into_iter().map(Some).collect(),
            A::Average => quotient(self.sums(gathered, cells.clone()), counts()),
            A::PerPerson if self.has_property => {
                quotient(self.sums(gathered, cells.clone()), persons())
            }
            A::PerPerson => quotient(counts(), persons()),
            A::Minimum | A::Maximum => self.extremes(&gathered.extremes[cells]),
            A::Median | A::P75 | A::P90 | A::P95 | A::P99 => {
                let of_group = &gathered.values[cells];
                if self.cumulative {
                    self.percentiles_so_far(of_group)
                } else {
                    self.percentiles(of_group)
                }
            }
        }
    }

    fn counts<'g>(self, counts: impl Iterator<Item = Option<&'g u64>>) -> Vec<f64> {
        let mut so_far = 0;
        let counts = counts.map(|count| {
            let count = count.copied().unwrap_or(0);
            so_far = if self.cumulative {
                so_far + count
            } else {
                count
            };
            so_far as f64
        });
        counts.collect()
    }

    fn sums(self, gathered: &Gathered, cells: std::ops::Range<usize>) -> Vec<f64> {
        let mut so_far = ExactSum::default();
        let sums = gathered.sums[cells].iter().map(|&sum| {
            if !self.cumulative {
                return sum.value();
            }
            so_far.merge(sum);
            so_far.value()
        });
        sums.collect()
    }

    fn extremes(self, extremes: &[f64]) -> Vec<Option<f64>> {
        let mut so_far = f64::NAN;
        let found = extremes.iter().map(|&number| {
            so_far = match self.cumulative {
                true => extreme(self.aggregate, so_far, number),
                false => number,
            };
            (!so_far.is_nan()).then_some(so_far)
        });
        found.collect()
    }

    /// The wanted one of so many numbers in order; `number` gives one by its place.
    fn percentile(self, count: usize, mut number: impl FnMut(usize) -> f64) -> Option<f64> {
        if count == 0 {
            return None;
        }
        let Some(percent) = percent(self.aggregate) else {
            let (lower, upper) = (number((count - 1) / 2), number(count / 2));
            return Some(lower / 2.0 + upper / 2.0);
        };
        Some(number((count * percent).div_ceil(100) - 1))
    }

    /// Of each cell one number is looked for, which costs less than all in order.
    fn percentiles(self, of_group: &[Vec<f64>]) -> Vec<Option<f64>> {
        let mut numbers: Vec<f64> = Vec::new();
        let found = of_group.iter().map(|of_cell| {
            numbers.clear();
            numbers.extend(of_cell);
            self.percentile(of_cell.len(), |place| {
                *numbers.select_nth_unstable_by(place, f64::total_cmp).1
            })
        });
        found.collect()
    }

    fn percentiles_so_far(self, of_group: &[Vec<f64>]) -> Vec<Option<f64>> {
        let numbers: Vec<f64> = of_group.iter().flatten().copied().collect();
        let mut by_number: Vec<u32> = (0..numbers.len() as u32).collect();
        let number = |place: &u32| numbers[*place as usize];
        by_number.sort_unstable_by(|left, right| number(left).total_cmp(&number(right)));
        let mut ranks = vec![0; numbers.len()];
        for (rank, &place) in by_number.iter().enumerate() {
            ranks[place as usize] = rank;
        }
        let mut seen = Ranks::new(numbers.len());
        let mut next = 0;
        let found = of_group.iter().map(|of_cell| {
            for &rank in &ranks[next..next + of_cell.len()] {
                seen.add(rank);
            }
            next += of_cell.len();
            self.percentile(next, |place| number(&by_number[seen.nth(place)]))
        });
        found.collect()
    }
}

/// Which ranks were seen, as a tree of counts: adding one and finding the n-th of them takes as
/// many looks as the number of ranks has digits.
struct Ranks {
    counts: Vec<u32>,
}

impl Ranks {
    fn new(ranks: usize) -> Self {
        Self {
            counts: vec![0; ranks + 1],
        }
    }

    fn add(&mut self, rank: usize) {
        let mut at = rank + 1;
        while at < self.counts.len() {
            self.counts[at] += 1;
            at += at & at.wrapping_neg();
        }
    }

    /// The n-th seen rank, from 0.
    fn nth(&self, n: usize) -> usize {
        let (mut at, mut left) = (0, n as u32);
        let mut step = self.counts.len().next_power_of_two();
        while step > 0 {
            let next = at + step;
            if next < self.counts.len() && self.counts[next] <= left {
                at = next;
                left -= self.counts[next];
            }
            step /= 2;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_seen_rank_is_found() {
        let mut seen = Ranks::new(100);
        let mut plain: Vec<usize> = Vec::new();
        for step in 0..100 {
            let rank = step * 37 % 100;
            seen.add(rank);
            plain.push(rank);
            plain.sort_unstable();
            for (n, &rank) in plain.iter().enumerate() {
                assert_eq!(seen.nth(n), rank);
            }
        }
    }

    #[test]
    fn lists_of_few_numbers_take_what_they_are() {
        let uses = Uses::of(Aggregate::Median, true);
        let within = |bytes: usize| {
            let budget = Budget::new(bytes);
            let mut gathered = Gathered::default();
            for cells in [60, 100] {
                gathered.resize(uses, cells, &budget);
            }
            for number in 0..200 {
                let place = (number % 100, number as f64);
                gathered.number((uses, Aggregate::Median), place, &budget);
            }
            budget.check().is_ok()
        };
        let bytes = 100 * size_of::<Vec<f64>>() + 200 * size_of::<f64>();
        assert!(within(bytes));
        assert!(!within(bytes - 1));
    }

    #[test]
    fn memory_that_is_used_up_stays_used_up() {
        let budget = Budget::new(5000);
        let mut gathered = Gathered::default();
        let uses = Uses::of(Aggregate::Accounts, false);
        gathered.resize(uses, 1, &budget);
        for account in 0..1000 {
            gathered.account(account % 300, 0, &budget);
        }
        assert!(budget.check().is_err(), "1024 pairs are 8192 bytes");
        assert!(!budget.take(1));
        let budget = Budget::new(8192);
        for account in 0..10_000 {
            gathered.account(account % 300, 0, &budget);
        }
        assert!(budget.check().is_ok(), "equal pairs are kept once");
        let finished = gathered.finish((uses, 1), false);
        assert_eq!(finished.counts, [300]);
    }
}
