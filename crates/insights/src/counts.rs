//! What countings come to: counts per group, which are added up over persons and can be taken apart by
//! them.

use hitmetrix_model::{Cell, Measure};

use crate::names::Kind;

/// Counts per group. Those that no measure needs stay empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    pub(crate) persons: Vec<u64>,
    pub(crate) visitors: Vec<u64>,
    pub(crate) pageviews: Vec<u64>,
    pub(crate) events: Vec<u64>,
    pub(crate) sessions: Vec<u64>,
    pub(crate) bounced: Vec<u64>,
    pub(crate) session_pageviews: Vec<u64>,
    /// Group and engaged milliseconds of each session.
    pub(crate) engaged: Vec<(u32, u32)>,
    /// Group and milliseconds from the first to the last event of each session.
    pub(crate) durations: Vec<(u32, u32)>,
    /// Events that the question leaves out because of who sent them.
    pub(crate) left_out: u64,
}

impl Counts {
    fn columns(&self) -> [&[u64]; 7] {
        [
            &self.persons,
            &self.visitors,
            &self.pageviews,
            &self.events,
            &self.sessions,
            &self.bounced,
            &self.session_pageviews,
        ]
    }

    fn columns_mut(&mut self) -> [&mut Vec<u64>; 7] {
        [
            &mut self.persons,
            &mut self.visitors,
            &mut self.pageviews,
            &mut self.events,
            &mut self.sessions,
            &mut self.bounced,
            &mut self.session_pageviews,
        ]
    }

    /// Changes each count by that of other counts with the same groups.
    fn each(&mut self, other: &Self, change: impl Fn(u64, u64) -> u64) {
        for (column, others) in self.columns_mut().into_iter().zip(other.columns()) {
            for (count, &other) in column.iter_mut().zip(others) {
                *count = change(*count, other);
            }
        }
        self.left_out = change(self.left_out, other.left_out);
    }

    /// Adds the counts of other persons, while neither is finished.
    pub(crate) fn merge(&mut self, from: Self) {
        self.each(&from, |count, more| count + more);
        self.engaged.extend(from.engaged);
        self.durations.extend(from.durations);
    }

    /// The same where both are finished, as is the result.
    pub(crate) fn add(&mut self, other: &Self) {
        self.each(other, |count, more| count + more);
        with_more(&mut self.engaged, &other.engaged);
        with_more(&mut self.durations, &other.durations);
    }

    /// Takes the counts of some of the persons away; both are finished, as is the result.
    pub(crate) fn remove(&mut self, some: &Self) {
        self.each(some, u64::saturating_sub);
        without(&mut self.engaged, &some.engaged);
        without(&mut self.durations, &some.durations);
    }

    /// The same by other groups: each has a new number, or none, where it has nothing counted.
    pub(crate) fn renumbered(&self, numbers: &[Option<u32>], groups: usize) -> Self {
        let mut new = Self {
            left_out: self.left_out,
            ..Self::default()
        };
        for (column, old) in new.columns_mut().into_iter().zip(self.columns()) {
            if old.is_empty() {
                continue;
            }
            column.resize(groups, 0);
            for (number, &count) in numbers.iter().zip(old) {
                if let Some(number) = number {
                    column[*number as usize] = count;
                }
            }
        }
        let times = |old: &[(u32, u32)]| -> Vec<(u32, u32)> {
            let renumber = |&(group, ms): &(u32, u32)| Some((numbers[group as usize]?, ms));
            old.iter().filter_map(renumber).collect()
        };
        new.engaged = times(&self.engaged);
        new.durations = times(&self.durations);
        new.finish()
    }

    /// The memory that they take.
    pub(crate) fn bytes(&self) -> usize {
        let counts: usize = self.columns().iter().map(|column| column.len()).sum();
        let times = self.engaged.len() + self.durations.len();
        size_of::<u64>() * counts + size_of::<(u32, u32)>() * times
    }

    /// Adds events of one kind to a group; `is_event` when they count as such.
    pub(crate) fn add_events(&mut self, group: usize, (is_event, kind): (bool, Kind), more: u64) {
        if let Some(events) = self.events.get_mut(group) {
            *events += if is_event { more } else { 0 };
        }
        if let Some(pageviews) = self.pageviews.get_mut(group) {
            *pageviews += if kind == Kind::Pageview { more } else { 0 };
        }
    }

    /// Brings the sessions' times into order, before [`Self::cell`] is asked.
    pub(crate) fn finish(mut self) -> Self {
        self.engaged.sort_unstable();
        self.durations.sort_unstable();
        self
    }

    /// A measure of a group.
    pub(crate) fn cell(&self, group: usize, measure: Measure) -> Cell {
        let count = |column: &[u64]| Cell::Count(column[group] as i64);
        let share = |column: &[u64]| match self.sessions[group] {
            0 => Cell::MISSING,
            sessions => Cell::Number(column[group] as f64 / sessions as f64),
        };
        match measure {
            Measure::Persons => count(&self.persons),
            Measure::Visitors => count(&self.visitors),
            Measure::Sessions => count(&self.sessions),
            Measure::Pageviews => count(&self.pageviews),
            Measure::Events => count(&self.events),
            Measure::BounceRate => share(&self.bounced),
            Measure::PagesPerSession => share(&self.session_pageviews),
            Measure::EngagedTime => median_of(&self.engaged, group as u32),
            Measure::SessionDuration => median_of(&self.durations, group as u32),
        }
    }
}

/// Adds values to others; both are in order, as is the result.
fn with_more(into: &mut Vec<(u32, u32)>, more: &[(u32, u32)]) {
    if more.is_empty() {
        return;
    }
    let old = std::mem::take(into);
    into.reserve_exact(old.len() + more.len());
    let mut more = more.iter().copied().peekable();
    for one in old {
        while let Some(earlier) = more.next_if(|other| *other < one) {
            into.push(earlier);
        }
        into.push(one);
    }
    into.extend(more);
}

/// Takes values out of others that have them; both are in order.
fn without(from: &mut Vec<(u32, u32)>, some: &[(u32, u32)]) {
    let mut some = some.iter().copied().peekable();
    from.retain(|one| {
        while some.next_if(|other| other < one).is_some() {}
        some.next_if_eq(one).is_none()
    });
}

/// The middle of a group's values, which are in order, or the mean of the two in the middle.
fn median_of(values: &[(u32, u32)], group: u32) -> Cell {
    let from = values.partition_point(|&(of, _)| of < group);
    let to = values.partition_point(|&(of, _)| of <= group);
    let sorted = &values[from..to];
    let Some(&(_, upper)) = sorted.get(sorted.len() / 2) else {
        return Cell::MISSING;
    };
    let lower = sorted[(sorted.len() - 1) / 2].1;
    Cell::Number((f64::from(lower) + f64::from(upper)) / 2.0)
}
