//! The fold of a correlation: each person who started is a case, and what they have of each kind
//! is counted, apart for those who converted.

use hitmetrix_model::{Fact, Level};

use crate::columns::UNKNOWN;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marked, Marker};
use crate::people::{Contribution, People};
use crate::query::Prepared;
use crate::timeline::Timeline;

/// Bits of the selections.
pub(super) const START: usize = 0;
pub(super) const GOAL: usize = 1;

/// Where a fact comes from, and so of which events it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Event,
    Session,
    Person,
}

impl Source {
    pub(super) const fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Dimension(fact) if fact.dimension.is_of_session() => Self::Session,
            Fact::Dimension(_) => Self::Event,
            Fact::Property(fact) => match fact.of {
                Level::Event => Self::Event,
                Level::Person | Level::Account => Self::Person,
            },
        }
    }
}

/// Names of events, or the values of one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Names,
    Fact(usize),
}

/// Which cell's people are wanted.
pub(super) struct Watched {
    pub(super) kind: Kind,
    /// Its codes, ascending: different values may be written the same.
    pub(super) codes: Vec<u32>,
    pub(super) with: bool,
    pub(super) converted: bool,
}

pub(super) struct Compiled<'q> {
    pub(super) prepared: &'q Prepared<'q>,
    pub(super) marker: Marker<'q>,
    /// The lane of events' names.
    pub(super) names: usize,
    pub(super) sources: &'q [Source],
    pub(super) watched: Option<Watched>,
}

/// By code how many persons have the value, and how many of these converted.
pub(super) type Counts = Vec<[u64; 2]>;

#[derive(Default)]
pub(super) struct Work {
    pub(super) marks: MarkWork,
    /// Persons with a start, and how many of these converted.
    pub(super) all: [u64; 2],
    pub(super) names: Counts,
    pub(super) facts: Vec<Counts>,
    /// By name the last person who had it, by their number among this thread's.
    last: Vec<u32>,
    person: u32,
    pub(super) people: People,
}

/// One case: the events from the person's start on, and the place of the goal among them.
#[derive(Clone, Copy)]
struct Case<'m> {
    since_start: &'m [Marked],
    goal: Option<usize>,
}

impl<'m> Case<'m> {
    fn of(marked: &'m [Marked]) -> Option<Self> {
        let start = marked.iter().position(|one| one.is(START))?;
        let since_start = &marked[start..];
        let goal = since_start.iter().position(|one| one.is(GOAL));
        Some(Self { since_start, goal })
    }

    /// Events that may explain why the goal was reached or not.
    fn before_goal(self) -> &'m [Marked] {
        &self.since_start[..self.goal.unwrap_or(self.since_start.len())]
    }

    /// The same, but for one whose start is the goal that event: its session had begun.
    fn sessions(self) -> &'m [Marked] {
        &self.since_start[..self.goal.unwrap_or(self.since_start.len()).max(1)]
    }
}

impl Compiled<'_> {
    fn name(&self, timeline: &Timeline<'_>, marked: &Marked) -> u32 {
        timeline.runs[marked.run as usize].lanes[self.names].get(marked.row as usize)
    }

    /// The code of a fact's value for a case, and the event that has it.
    fn value<'m>(
        &self,
        fact: usize,
        at: (u128, &Timeline<'_>),
        (marks, case): (&MarkWork, Case<'m>),
    ) -> Option<(u32, &'m Marked)> {
        let looked_at = match self.sources[fact] {
            Source::Event => case.before_goal(),
            Source::Session => case.sessions(),
            Source::Person => &case.since_start[..1],
        };
        looked_at
            .iter()
            .map(|marked| (self.prepared.code(fact, at, (marks, marked)), marked))
            .find(|&(code, _)| code != UNKNOWN)
    }

    /// Notes the person if the watched cell counts them.
    fn watch(
        &self,
        watched: &Watched,
        (person, timeline): (u128, &Timeline<'_>),
        (marks, case): (&MarkWork, Case<'_>),
    ) -> Option<Contribution> {
        let is_it = |code: u32| watched.codes.binary_search(&code).is_ok();
        let has = match watched.kind {
            Kind::Names => {
                let mut before = case.before_goal().iter();
                before.find(|marked| is_it(self.name(timeline, marked)))
            }
            Kind::Fact(fact) => self
                .value(fact, (person, timeline), (marks, case))
                .filter(|&(code, _)| is_it(code))
                .map(|(_, marked)| marked),
        };
        if has.is_some() != watched.with {
            return None;
        }
        let event = match watched.converted {
            true => &case.since_start[case.goal?],
            false => has.unwrap_or(&case.since_start[0]),
        };
        Some(Contribution {
            at_ms: event.time_ms,
            person,
            session: event.session(timeline.runs),
        })
    }
}

impl Fold for Compiled<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        let names = self.prepared.columns.dictionaries[self.names].len();
        let facts = 0..self.sources.len();
        Work {
            names: vec![[0; 2]; names],
            facts: facts
                .map(|fact| vec![[0; 2]; self.prepared.values(fact)])
                .collect(),
            last: vec![0; names],
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let Some(case) = Case::of(&work.marks.marked) else {
            return;
        };
        let at = (person, timeline);
        let converted = u64::from(case.goal.is_some());
        work.person += 1;
        work.all[0] += 1;
        work.all[1] += converted;
        for marked in case.before_goal() {
            let name = self.name(timeline, marked) as usize;
            if work.last[name] != work.person {
                work.last[name] = work.person;
                work.names[name][0] += 1;
                work.names[name][1] += converted;
            }
        }
        for (fact, counts) in work.facts.iter_mut().enumerate() {
            if let Some((code, _)) = self.value(fact, at, (&work.marks, case)) {
                counts[code as usize][0] += 1;
                counts[code as usize][1] += converted;
            }
        }
        if let Some(watched) = &self.watched
            && let Some(contribution) = self.watch(watched, at, (&work.marks, case))
        {
            work.people.add(contribution);
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        let add = |into: &mut Counts, from: &Counts| {
            for (into, from) in into.iter_mut().zip(from) {
                into[0] += from[0];
                into[1] += from[1];
            }
        };
        add(&mut into.names, &from.names);
        for (into, from) in into.facts.iter_mut().zip(&from.facts) {
            add(into, from);
        }
        into.all[0] += from.all[0];
        into.all[1] += from.all[1];
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
