//! Edges of paths: first how often each step is at each position, for the names that have rows of
//! their own; then, in a second pass, how often one follows the other. The second pass knows which
//! steps are `(other)`, so that the persons of an edge are exact, and counts into a small dense
//! table.

use std::cmp::Reverse;

use hitmetrix_model::limits;

use crate::AskError;
use crate::engine::{Fold, Order, Rows};
use crate::people::People;
use crate::timeline::Timeline;
use crate::top::OTHER;

use super::steps::{NO_STEP, Steps};
use super::walk::{Path, Shape, WalkWork, Walker};

/// Place of "no step": a session's beginning, or its end.
const NOWHERE: u8 = 0;

/// How often each step is at each position.
pub(super) struct Nodes<'q> {
    pub(super) walker: &'q Walker<'q>,
    pub(super) depth: usize,
    pub(super) steps: usize,
}

/// Counts of [`Nodes`], by position and then by step.
#[derive(Debug)]
pub(super) struct NodeCounts {
    walk: WalkWork,
    sessions: Vec<u32>,
}

impl Nodes<'_> {
    /// That the tables of all threads fit into memory.
    pub(super) fn check(&self, threads: usize) -> Result<(), AskError> {
        let bytes = (self.depth * self.steps * (size_of::<u32>() + 1)).saturating_mul(threads);
        match bytes > limits::QUESTION_BYTES {
            true => Err(AskError::TooMuchMemory),
            false => Ok(()),
        }
    }
}

impl Fold for Nodes<'_> {
    type Result = NodeCounts;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.walker.rows()
    }

    fn begin(&self) -> NodeCounts {
        NodeCounts {
            walk: WalkWork::default(),
            sessions: vec![0; self.depth * self.steps],
        }
    }

    fn person(&self, counts: &mut NodeCounts, person: u128, timeline: &Timeline<'_>) {
        let sessions = &mut counts.sessions;
        self.walker
            .paths(&mut counts.walk, (person, timeline), |path| {
                let mut from = path.first * self.steps;
                for step in path.steps {
                    sessions[from + step.code as usize] += 1;
                    from += self.steps;
                }
            });
    }

    fn merge(&self, into: &mut NodeCounts, from: NodeCounts) {
        for (into, from) in into.sessions.iter_mut().zip(from.sessions) {
            *into += from;
        }
    }
}

/// Which steps have names at which position.
#[derive(Debug)]
pub(super) struct Names {
    /// By position and step: 0 for no step, then those with names, last `(other)`.
    places: Vec<u8>,
    steps: usize,
    /// Names at each position, the first empty, the last `(other)`.
    named: Vec<Vec<String>>,
    /// Places at a position.
    width: usize,
}

impl Names {
    /// The most frequent steps at each position; equal ones in the order of their names. A step
    /// may be called as the others are: it is one of them.
    pub(super) fn of(counts: &NodeCounts, steps: &Steps, most: usize) -> Self {
        let (mut places, mut named) = (Vec::new(), Vec::new());
        for sessions in counts.sessions.chunks(steps.len()) {
            let mut found: Vec<u32> = (1..steps.len() as u32)
                .filter(|&code| sessions[code as usize] > 0 && steps.names[code as usize] != OTHER)
                .collect();
            let order = |&code: &u32| {
                let code = code as usize;
                (Reverse(sessions[code]), &steps.names[code])
            };
            if found.len() > most && most > 0 {
                found
                    .select_nth_unstable_by(most - 1, |left, right| order(left).cmp(&order(right)));
            }
            found.truncate(most);
            found.sort_unstable_by(|left, right| order(left).cmp(&order(right)));
            let mut of_position = vec![most as u8 + 1; steps.len()];
            of_position[NO_STEP as usize] = NOWHERE;
            let mut names = vec![String::new(); most + 2];
            for (place, &code) in found.iter().enumerate() {
                of_position[code as usize] = place as u8 + 1;
                names[place + 1].clone_from(&steps.names[code as usize]);
            }
            names[most + 1] = OTHER.to_owned();
            places.extend(of_position);
            named.push(names);
        }
        Self {
            places,
            steps: steps.len(),
            named,
            width: most + 2,
        }
    }

    /// The place of a name at a position.
    pub(super) fn place(&self, position: usize, name: &str) -> Option<u8> {
        let place = self
            .named
            .get(position)?
            .iter()
            .position(|known| known == name)?;
        Some(place as u8)
    }

    fn len(&self) -> usize {
        (self.named.len() - 1) * self.width * self.width
    }

    fn edge(&self, (position, source, target): Edge) -> usize {
        (position * self.width + source as usize) * self.width + target as usize
    }
}

/// Position of the source, and the places of source and target.
pub(super) type Edge = (usize, u8, u8);

/// How often one step follows another.
pub(super) struct Edges<'q> {
    pub(super) walker: &'q Walker<'q>,
    pub(super) shape: Shape,
    pub(super) names: &'q Names,
    /// The edge whose people are wanted.
    pub(super) watched: Option<Edge>,
}

/// What one edge has.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    sessions: u64,
    persons: u64,
    /// Number of the person who was counted last.
    last: u32,
}

#[derive(Debug)]
pub(super) struct EdgeCounts {
    pub(super) walk: WalkWork,
    pub(super) people: People,
    tallies: Vec<Tally>,
    person: u32,
}

/// One edge of the answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'n> {
    pub(super) position: usize,
    pub(super) source: &'n str,
    pub(super) target: &'n str,
    pub(super) sessions: u64,
    pub(super) persons: u64,
    /// Sessions with this source at this position.
    pub(super) of: u64,
}

impl Edges<'_> {
    /// Gives each edge of a path to `each`, with the place in the path of the step that it is
    /// told by.
    fn edges(&self, path: Path<'_>, mut each: impl FnMut(Edge, usize)) {
        let place = |at: usize| {
            let position = path.first + at;
            self.names.places[position * self.names.steps + path.steps[at].code as usize]
        };
        if path.first > 0 {
            each((path.first - 1, NOWHERE, place(0)), 0);
        }
        let mut source = place(0);
        for at in 1..path.steps.len() {
            let target = place(at);
            each((path.first + at - 1, source, target), at - 1);
            source = target;
        }
        let end = path.first + path.steps.len();
        if end < self.shape.depth && self.shape.shows_end() {
            each((end - 1, source, NOWHERE), path.steps.len() - 1);
        }
    }
}

impl Fold for Edges<'_> {
    type Result = EdgeCounts;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.walker.rows()
    }

    fn begin(&self) -> EdgeCounts {
        EdgeCounts {
            walk: WalkWork::default(),
            people: People::watching(self.watched.is_some()),
            tallies: vec![Tally::default(); self.names.len()],
            person: 0,
        }
    }

    fn person(&self, counts: &mut EdgeCounts, person: u128, timeline: &Timeline<'_>) {
        counts.person += 1;
        let (tallies, people, number) = (&mut counts.tallies, &mut counts.people, counts.person);
        self.walker
            .paths(&mut counts.walk, (person, timeline), |path| {
                self.edges(path, |edge, at| {
                    let tally = &mut tallies[self.names.edge(edge)];
                    tally.sessions += 1;
                    if tally.last != number {
                        tally.last = number;
                        tally.persons += 1;
                    }
                    if self.watched == Some(edge) {
                        people.add(path.steps[at].contribution(person, timeline.runs));
                    }
                });
            });
    }

    fn merge(&self, into: &mut EdgeCounts, from: EdgeCounts) {
        for (into, from) in into.tallies.iter_mut().zip(from.tallies) {
            into.sessions += from.sessions;
            into.persons += from.persons;
        }
        into.walk.marks.left_out += from.walk.marks.left_out;
        into.people.merge(from.people);
    }
}

impl EdgeCounts {
    /// The edges with sessions, by position and then largest first.
    pub(super) fn rows<'n>(&self, names: &'n Names) -> Vec<Row<'n>> {
        let mut rows = Vec::new();
        let width = names.width;
        for (position, of_position) in self.tallies.chunks(width * width).enumerate() {
            for (source, of_source) in of_position.chunks(width).enumerate() {
                let of = of_source.iter().map(|tally| tally.sessions).sum();
                for (target, tally) in of_source.iter().enumerate() {
                    if tally.sessions > 0 {
                        rows.push(Row {
                            position,
                            source: &names.named[position][source],
                            target: &names.named[position + 1][target],
                            sessions: tally.sessions,
                            persons: tally.persons,
                            of,
                        });
                    }
                }
            }
        }
        rows.sort_by_key(|row| (row.position, Reverse(row.sessions), row.source, row.target));
        rows
    }
}
