//! Conditions: from the question's language to trees over numbered leaves, checked and compiled
//! once per question.
//!
//! A leaf is a test on one fact: of the event (a table over each run's dictionary), of the session
//! (a table over the query's codes, or a number), or of the person (a set of persons, found by a
//! fold of its own before the question's, see `persons`). Trees are held against single events in
//! their surroundings. What stands at the top of the question's own filters, all of which must
//! hold, is kept apart: tests on facts of the event and of the session alone are what nearly every
//! question has, and cost one look into a table each.

use hitmetrix_model::{
    Behaviour, Condition, Dimension, EventSelection, Level, Operator, PropertyFilter,
    SessionNumber, limits,
};
use hitmetrix_store::lanes::Codes;

use crate::AskError;
use crate::columns::{Column, QueryRun};
use crate::matcher::Matcher;
use crate::persons::{PersonSet, check_behaviour};
use crate::session::SessionState;
use crate::signals::Signals;

/// A condition whose leaves are numbered in [`Compiler`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    /// A fact of the event.
    Event(usize),
    /// A text of the session.
    Session(usize),
    /// A number of the session.
    Number(usize),
    /// A fact of the person.
    Person(usize),
    /// The session has an event for which a condition holds.
    SessionHas(usize),
}

impl Node {
    /// Holds for everything.
    pub(crate) const TRUE: Self = Self::All(Vec::new());

    /// Whether a leaf is about the session.
    pub(crate) fn needs_session(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(Self::needs_session),
            Self::Not(node) => node.needs_session(),
            Self::Session(_) | Self::Number(_) | Self::SessionHas(_) => true,
            Self::Event(_) | Self::Person(_) => false,
        }
    }

    /// Adds the leaves of a condition that says that several facts of the event all hold; false of any
    /// other condition.
    pub(crate) fn event_leaves(&self, leaves: &mut Vec<usize>) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.event_leaves(leaves)),
            Self::Event(leaf) => {
                leaves.push(*leaf);
                true
            }
            _ => false,
        }
    }

    /// Whether a leaf is about the person, those within conditions on the session's events aside:
    /// where sessions are made out the person is known too.
    pub(crate) fn needs_person(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(Self::needs_person),
            Self::Not(node) => node.needs_person(),
            Self::Person(_) => true,
            Self::Event(_) | Self::Session(_) | Self::Number(_) | Self::SessionHas(_) => false,
        }
    }
}

/// A test on a fact of the event.
#[derive(Debug, Clone)]
pub(crate) struct EventLeaf {
    pub(crate) column: Column,
    pub(crate) matcher: Matcher,
}

/// A test on a fact of the person.
#[derive(Debug, Clone)]
pub(crate) enum PersonLeaf {
    Property {
        filter: PropertyFilter,
        matcher: Matcher,
        /// Where its condition stands in the question.
        field: String,
    },
    Did {
        did: Behaviour,
        /// Where its condition stands in the question.
        field: String,
    },
}

/// Which names of events are meant.
#[derive(Debug, Clone)]
pub(crate) enum Names {
    /// All.
    Every,
    /// All but measurements: what somebody did.
    Acts,
    /// These.
    Of(Vec<String>),
}

/// Which events are meant, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Selection {
    pub(crate) names: Names,
    pub(crate) node: Node,
}

impl Selection {
    /// All events, measurements too.
    pub(crate) const EVERY: Self = Self {
        names: Names::Every,
        node: Node::TRUE,
    };
    /// Whatever somebody did.
    pub(crate) const ACTS: Self = Self {
        names: Names::Acts,
        node: Node::TRUE,
    };
}

/// Collects the leaves of all conditions of a question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compiler {
    pub(crate) events: Vec<EventLeaf>,
    pub(crate) sessions: Vec<(Dimension, Matcher)>,
    pub(crate) numbers: Vec<(SessionNumber, Matcher)>,
    pub(crate) persons: Vec<PersonLeaf>,
    /// Each only has leaves of this kind that stand before it.
    pub(crate) session_has: Vec<Node>,
    /// Properties of events that the question names, each with its place in the question.
    pub(crate) properties: Vec<(String, String)>,
    spent: Spent,
}

/// What a question has of that for which it has a limit, behaviours included.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    conditions: usize,
    patterns: usize,
}

impl Spent {
    /// Adds a single condition.
    fn add(&mut self, condition: &Condition) -> Result<(), AskError> {
        self.conditions += 1;
        if self.conditions > limits::CONDITIONS {
            return Err(AskError::TooManyConditions);
        }
        let (operator, values) = match condition {
            Condition::Dimension(filter) => (filter.operator, filter.values.len()),
            Condition::Property(filter) => (filter.operator, filter.values.len()),
            _ => return Ok(()),
        };
        if operator == Operator::Matches {
            self.patterns += values;
        }
        match self.patterns > limits::PATTERNS {
            true => Err(AskError::TooManyPatterns),
            false => Ok(()),
        }
    }
}

/// The question's own filters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    /// Leaves on facts of the event that stand alone.
    pub(crate) of_event: Vec<usize>,
    /// Leaves on texts of the session that stand alone.
    pub(crate) of_session: Vec<usize>,
    /// Everything else, if there is any.
    pub(crate) nested: Option<Node>,
    /// Whether the filters speak of event names.
    pub(crate) names_events: bool,
}

impl Compiler {
    /// Compiles the filters of a question.
    pub(crate) fn filters(&mut self, conditions: &[Condition]) -> Result<Filters, AskError> {
        if conditions.len() > limits::QUESTION_FILTERS {
            return Err(AskError::TooManyFilters {
                given: conditions.len(),
            });
        }
        let Node::All(nodes) = self.all(conditions, "filters")? else {
            unreachable!("several conditions are compiled to all of them")
        };
        let names_events = nodes.iter().any(|node| self.names_events(node));
        let mut filters = Filters {
            names_events,
            ..Filters::default()
        };
        let mut nested = Vec::new();
        for node in nodes {
            match node {
                Node::Event(leaf) => filters.of_event.push(leaf),
                Node::Session(leaf) => filters.of_session.push(leaf),
                other => nested.push(other),
            }
        }
        filters.nested = (!nested.is_empty()).then_some(Node::All(nested));
        Ok(filters)
    }

    /// Whether a condition speaks of the names of the events that it is held against.
    fn names_events(&self, node: &Node) -> bool {
        match node {
            Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(|node| self.names_events(node)),
            Node::Not(node) => self.names_events(node),
            Node::Event(leaf) => self.events[*leaf].column == Column::Dimension(Dimension::Event),
            _ => false,
        }
    }

    /// Compiles a selection of events; `field` is where it stands in the question.
    pub(crate) fn selection(
        &mut self,
        selection: &EventSelection,
        field: &str,
    ) -> Result<Selection, AskError> {
        Ok(Selection {
            names: match selection.events.is_empty() {
                true => Names::Acts,
                false => Names::Of(selection.events.clone()),
            },
            node: self.all(&selection.filters, &format!("{field}.filters"))?,
        })
    }

    /// Compiles several conditions, all of which must hold; `field` is the list's place.
    pub(crate) fn all(&mut self, conditions: &[Condition], field: &str) -> Result<Node, AskError> {
        self.list(conditions, field, 0).map(Node::All)
    }

    fn list(
        &mut self,
        conditions: &[Condition],
        field: &str,
        depth: usize,
    ) -> Result<Vec<Node>, AskError> {
        let compile = |(index, condition)| {
            let field = format!("{field}[{index}]");
            self.node(condition, &field, depth)
        };
        conditions.iter().enumerate().map(compile).collect()
    }

    fn node(&mut self, condition: &Condition, field: &str, depth: usize) -> Result<Node, AskError> {
        if depth >= limits::CONDITION_DEPTH {
            return Err(AskError::TooDeep.at(field));
        }
        let deeper = depth + 1;
        match condition {
            Condition::All { all } => self
                .list(all, &format!("{field}.all"), deeper)
                .map(Node::All),
            Condition::Any { any } => self
                .list(any, &format!("{field}.any"), deeper)
                .map(Node::Any),
            Condition::Not { not } => {
                let node = self.node(not, &format!("{field}.not"), deeper)?;
                Ok(Node::Not(Box::new(node)))
            }
            Condition::SessionHas { session_has } => {
                let nodes = self.list(session_has, &format!("{field}.session_has"), deeper)?;
                self.session_has.push(Node::All(nodes));
                Ok(Node::SessionHas(self.session_has.len() - 1))
            }
            leaf => {
                self.spent.add(leaf).map_err(|error| error.at(field))?;
                if let Condition::Did { did } = leaf {
                    self.check_behaviour(did, field, deeper)?;
                    return Ok(Node::Person(self.did(did, field)));
                }
                if let Condition::Property(filter) = leaf
                    && filter.of == Level::Event
                {
                    let place = (filter.property.clone(), field.to_owned());
                    self.properties.push(place);
                }
                self.leaf(leaf, field).map_err(|error| error.at(field))
            }
        }
    }

    fn leaf(&mut self, condition: &Condition, field: &str) -> Result<Node, AskError> {
        match condition {
            Condition::Dimension(filter) => {
                let dimension = filter.dimension;
                let matcher = Matcher::new(dimension.name(), filter.operator, &filter.values)?;
                if dimension.is_of_session() {
                    self.sessions.push((dimension, matcher));
                    return Ok(Node::Session(self.sessions.len() - 1));
                }
                Ok(self.event(Column::Dimension(dimension), matcher))
            }
            Condition::Property(filter) => self.property(filter, field),
            Condition::Session(filter) => {
                let matcher = Matcher::of_number("session", filter.operator, &filter.values)?;
                self.numbers.push((filter.session, matcher));
                Ok(Node::Number(self.numbers.len() - 1))
            }
            Condition::Segment { segment } => Err(AskError::UnknownSegment {
                given: segment.chars().take(100).collect(),
            }),
            Condition::Goal { goal } => Err(AskError::UnknownGoal {
                given: goal.chars().take(100).collect(),
            }),
            Condition::All { .. }
            | Condition::Any { .. }
            | Condition::Not { .. }
            | Condition::Did { .. }
            | Condition::SessionHas { .. } => {
                unreachable!("nested conditions are taken apart before")
            }
        }
    }

    fn property(&mut self, filter: &PropertyFilter, field: &str) -> Result<Node, AskError> {
        let matcher = Matcher::new(&filter.property, filter.operator, &filter.values)?;
        let name = filter.property.clone();
        if filter.of == Level::Event {
            return Ok(self.event(Column::Property(name), matcher));
        }
        let is_same = |leaf: &PersonLeaf| matches!(leaf, PersonLeaf::Property { filter: known, .. } if known == filter);
        let filter = filter.clone();
        Ok(Node::Person(self.person(is_same, || {
            PersonLeaf::Property {
                filter,
                matcher,
                field: field.to_owned(),
            }
        })))
    }

    fn did(&mut self, did: &Behaviour, field: &str) -> usize {
        let is_same =
            |leaf: &PersonLeaf| matches!(leaf, PersonLeaf::Did { did: known, .. } if known == did);
        self.person(is_same, || PersonLeaf::Did {
            did: did.clone(),
            field: field.to_owned(),
        })
    }

    /// The same persons are looked for once, as a segment may stand in each step of a funnel.
    fn person(
        &mut self,
        is_same: impl Fn(&PersonLeaf) -> bool,
        leaf: impl FnOnce() -> PersonLeaf,
    ) -> usize {
        let known = self.persons.iter().position(is_same);
        known.unwrap_or_else(|| {
            self.persons.push(leaf());
            self.persons.len() - 1
        })
    }

    /// Checks a behaviour with all that is in it before anything is looked for. Its conditions
    /// have leaves of their own, which are made again when it is their turn; here they only count.
    fn check_behaviour(
        &mut self,
        did: &Behaviour,
        field: &str,
        depth: usize,
    ) -> Result<(), AskError> {
        check_behaviour(did).map_err(|error| error.at(field))?;
        let mut inner = Self {
            spent: self.spent,
            ..Self::default()
        };
        for (index, event) in did.sequence.iter().enumerate() {
            let field = format!("{field}.did.sequence[{index}]");
            check_names(event).map_err(|error| error.at(&field))?;
            inner.list(&event.filters, &format!("{field}.filters"), depth)?;
        }
        self.spent = inner.spent;
        Ok(())
    }

    fn event(&mut self, column: Column, matcher: Matcher) -> Node {
        self.events.push(EventLeaf { column, matcher });
        Node::Event(self.events.len() - 1)
    }
}

/// Checks conditions as a question that has them would, but for what only its data can tell.
///
/// # Errors
/// What is wrong, and where: the fields begin with `conditions`.
pub fn check_conditions(conditions: &[Condition]) -> Result<(), AskError> {
    Compiler::default().all(conditions, "conditions").map(drop)
}

/// Refuses a selection of too many names.
pub(crate) fn check_names(selection: &EventSelection) -> Result<(), AskError> {
    let given = selection.events.len();
    if given > limits::FILTER_VALUES {
        let subject = "events".to_owned();
        return Err(AskError::TooManyValues { subject, given });
    }
    Ok(())
}

/// A leaf on a fact of the event, for one run.
#[derive(Debug)]
pub(crate) enum Mask<'s> {
    /// The same for all its rows.
    Always(bool),
    /// By code.
    Table(Codes<'s>, Vec<bool>),
}

impl Mask<'_> {
    /// Whether a row passes.
    #[inline]
    pub(crate) fn takes(&self, row: usize) -> bool {
        match self {
            Self::Always(takes) => *takes,
            Self::Table(codes, takes) => takes[codes.get(row) as usize],
        }
    }
}

/// What the conditions of all selections leave of an event's marks, where each of them says that some
/// facts of the event hold: one look for each column, however many conditions there are on it.
#[derive(Debug)]
pub(crate) struct MarkTests<'s> {
    /// Selections that some event of the run may belong to.
    some: u64,
    /// By code of a column the selections that its value is right for.
    tables: Vec<(Codes<'s>, Vec<u64>)>,
    /// Selections and their leaves on columns with so many values that a table would take more than it
    /// spares: they are asked one by one, where the tables have left the selection.
    asked: Vec<(usize, usize)>,
}

impl<'s> MarkTests<'s> {
    /// Those of one run; none where a condition says anything else. `masks` are of `leaves`. Of a
    /// column with more than `tested_values` there is no table.
    pub(crate) fn of(
        selections: &[Selection],
        leaves: &[EventLeaf],
        masks: &[Mask<'s>],
        tested_values: usize,
    ) -> Option<Self> {
        let mut tests = Self {
            some: u64::MAX,
            tables: Vec::new(),
            asked: Vec::new(),
        };
        let mut columns: Vec<&Column> = Vec::new();
        let mut of_selection = Vec::new();
        for (bit, selection) in selections.iter().enumerate() {
            of_selection.clear();
            if !selection.node.event_leaves(&mut of_selection) {
                return None;
            }
            for &leaf in &of_selection {
                let (codes, takes) = match &masks[leaf] {
                    Mask::Always(true) => continue,
                    Mask::Always(false) => {
                        tests.some &= !(1 << bit);
                        continue;
                    }
                    Mask::Table(_, takes) if takes.len() > tested_values => {
                        tests.asked.push((bit, leaf));
                        continue;
                    }
                    Mask::Table(codes, takes) => (codes, takes),
                };
                let column = &leaves[leaf].column;
                let known = columns.iter().position(|known| *known == column);
                let place = known.unwrap_or_else(|| {
                    columns.push(column);
                    tests.tables.push((*codes, vec![u64::MAX; takes.len()]));
                    columns.len() - 1
                });
                for (left, takes) in tests.tables[place].1.iter_mut().zip(takes) {
                    *left &= !(u64::from(!takes) << bit);
                }
            }
        }
        Some(tests)
    }

    /// What is left of the marks of an event of the run with these masks.
    #[inline]
    pub(crate) fn left(&self, masks: &[Mask<'_>], row: usize, marks: u64) -> u64 {
        let mut left = marks & self.some;
        for (codes, table) in &self.tables {
            if left == 0 {
                return 0;
            }
            left &= table[codes.get(row) as usize];
        }
        for &(bit, leaf) in &self.asked {
            if left >> bit & 1 == 1 && !masks[leaf].takes(row) {
                left &= !(1 << bit);
            }
        }
        left
    }
}

/// The leaves on sessions and persons, ready to be looked at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leaves {
    /// The fact's place in the session plan, and which codes pass.
    pub(crate) sessions: Vec<(usize, Vec<bool>)>,
    pub(crate) numbers: Vec<(SessionNumber, Matcher)>,
    pub(crate) persons: Vec<PersonSet>,
    /// Conditions of which each session knows whether one of its events passes.
    pub(crate) session_has: Vec<Node>,
}

/// A session with what is known of it as a whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InSession<'a> {
    pub(crate) state: &'a SessionState,
    /// The codes of its facts.
    pub(crate) facts: &'a [u32],
    /// By leaf, whether one of its events passes.
    pub(crate) has: &'a [bool],
    /// Where a condition is on them.
    pub(crate) signals: Option<&'a Signals>,
}

impl InSession<'_> {
    /// One of its numbers.
    fn number(&self, number: SessionNumber) -> f64 {
        let of_signals = self.signals.and_then(|signals| signals.number(number));
        of_signals.map_or_else(|| self.state.number(number), f64::from)
    }
}

/// An event with what surrounds it.
pub(crate) struct Surroundings<'a> {
    pub(crate) run: &'a QueryRun<'a>,
    pub(crate) row: usize,
    /// None where no leaf needs it.
    pub(crate) session: Option<InSession<'a>>,
    /// Which sets the person is in, by leaf.
    pub(crate) person: &'a [bool],
}

impl Leaves {
    /// Whether a condition holds for an event.
    pub(crate) fn holds(&self, node: &Node, at: &Surroundings<'_>) -> bool {
        match node {
            Node::All(nodes) => nodes.iter().all(|node| self.holds(node, at)),
            Node::Any(nodes) => nodes.iter().any(|node| self.holds(node, at)),
            Node::Not(node) => !self.holds(node, at),
            Node::Event(leaf) => at.run.masks[*leaf].takes(at.row),
            Node::Session(leaf) => at.session.is_some_and(|session| {
                let (place, takes) = &self.sessions[*leaf];
                takes[session.facts[*place] as usize]
            }),
            Node::Number(leaf) => at.session.is_some_and(|session| {
                let (number, matcher) = &self.numbers[*leaf];
                matcher.takes_number(session.number(*number))
            }),
            Node::Person(leaf) => at.person[*leaf],
            Node::SessionHas(leaf) => at.session.is_some_and(|session| session.has[*leaf]),
        }
    }

    /// Which sets a person is in.
    pub(crate) fn person(&self, person: u128, bits: &mut Vec<bool>) {
        bits.clear();
        bits.extend(self.persons.iter().map(|set| set.contains(person)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_persons_are_looked_for_once() {
        let plan = |value: &str| {
            let text = format!(
                r#"{{"property":"plan","of":"person","operator":"is","values":["{value}"]}}"#
            );
            serde_json::from_str::<Condition>(&text).unwrap()
        };
        let mut compiler = Compiler::default();
        let conditions = [plan("pro"), plan("free"), plan("pro")];
        let node = compiler.all(&conditions, "filters").unwrap();
        let leaves = [0, 1, 0].map(Node::Person);
        assert_eq!(node, Node::All(leaves.to_vec()));
        assert_eq!(compiler.persons.len(), 2);
    }

    #[test]
    fn marks_are_what_leaf_by_leaf_leaves_of_them_with_tables_and_without() {
        let leaf = |column: &str| EventLeaf {
            column: Column::Entry(column.to_owned()),
            matcher: Matcher::new(column, Operator::Set, &[]).unwrap(),
        };
        let leaves = ["few", "few", "many", "many", "every", "none"].map(leaf);
        let few: Vec<u8> = (0..300usize).map(|row| (row % 3) as u8).collect();
        let many: Vec<u16> = (0..300usize).map(|row| (row * 7 % 100) as u16).collect();
        let of_few = |takes: [bool; 3]| Mask::Table(Codes::U8(&few), takes.to_vec());
        let of_many = |takes: fn(usize) -> bool| {
            Mask::Table(Codes::U16(&many), (0..100).map(takes).collect())
        };
        let masks = [
            of_few([true, false, true]),
            of_few([false, false, true]),
            of_many(|code| code % 2 == 0),
            of_many(|code| code > 60),
            Mask::Always(true),
            Mask::Always(false),
        ];
        let of_leaves: [&[usize]; 9] = [
            &[],
            &[0],
            &[0, 1],
            &[2],
            &[2, 3],
            &[1, 3],
            &[4, 0, 2],
            &[5],
            &[3, 5, 1],
        ];
        let selection = |leaves: &[usize]| Selection {
            names: Names::Every,
            node: Node::All(leaves.iter().copied().map(Node::Event).collect()),
        };
        let selections = of_leaves.map(selection);
        for (tested_values, tables) in [(0, 0), (4, 1), (usize::MAX, 2)] {
            let tests = MarkTests::of(&selections, &leaves, &masks, tested_values).unwrap();
            assert_eq!(tests.tables.len(), tables);
            for (row, marks) in (0..300).flat_map(|row| [(row, u64::MAX >> 55), (row, 0b1_0110)]) {
                let holds =
                    |bit: &usize| of_leaves[*bit].iter().all(|&leaf| masks[leaf].takes(row));
                let bits = (0..of_leaves.len()).filter(|bit| marks >> bit & 1 == 1);
                let expected = bits.filter(holds).fold(0, |bits, bit| bits | 1 << bit);
                assert_eq!(tests.left(&masks, row, marks), expected, "row {row}");
            }
        }
        let not = Selection {
            names: Names::Every,
            node: Node::Not(Box::new(Node::Event(0))),
        };
        assert!(MarkTests::of(&[not], &leaves, &masks, 4).is_none());
    }
}
