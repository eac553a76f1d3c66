//! Why a session is in a list: the events that passed what was asked of events.
//!
//! Filters on facts of events alone say which events are meant. Where there are none, a condition
//! on other events of the session does, as a segment of sessions is one. Filters on sessions and
//! persons point to no event.

use hitmetrix_model::Dimension;

use crate::columns::{Column, Columns, Needs};
use crate::condition::{Filters, Node, Surroundings};
use crate::count::Measurements;
use crate::names::Kind;
use crate::session::{SessionPlan, SessionTable};
use crate::timeline::Timeline;

/// Which events are the reason.
#[derive(Debug, Clone, Copy)]
enum Meant<'p> {
    /// Those that pass the question's filters.
    Passing,
    /// Those for which a condition holds.
    Holding(&'p Node),
}

/// Finds the events that put sessions into a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reasons<'p> {
    plan: &'p SessionPlan,
    meant: Option<Meant<'p>>,
    lanes: ReasonLanes,
    measurements: Measurements,
}

/// The events that put one session into a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reason {
    pub(crate) events: u32,
    /// Whether all have the name and the page of the first.
    pub(crate) alike: bool,
    /// Run and row of the first.
    first: (u32, u32),
}

/// Lanes of what is said of a reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReasonLanes {
    name: usize,
    page: usize,
}

impl ReasonLanes {
    pub(crate) fn want(needs: &mut Needs) -> Self {
        Self {
            name: needs.lane(Column::Dimension(Dimension::Event)),
            page: needs.lane(Column::Dimension(Dimension::Page)),
        }
    }

    /// Name, page and time of the first event.
    pub(crate) fn words(self, reason: Reason, columns: &Columns<'_>) -> (String, String, i64) {
        let (run, row) = (reason.first.0 as usize, reason.first.1 as usize);
        let text = |lane: usize| {
            let code = columns.runs[run].lanes[lane].get(row);
            columns.dictionaries[lane].text(code).to_owned()
        };
        (
            text(self.name),
            text(self.page),
            columns.runs[run].time_ms(row),
        )
    }
}

impl<'p> Reasons<'p> {
    pub(crate) fn of(
        plan: &'p SessionPlan,
        (filters, lanes): (&Filters, ReasonLanes),
        measurements: Measurements,
    ) -> Self {
        let nested = plan.nested.as_ref();
        let passing = !filters.of_event.is_empty() || nested.is_some_and(asks_of_events);
        let meant = match passing {
            true => Some(Meant::Passing),
            false => nested
                .and_then(|node| within_session(node, &plan.leaves.session_has))
                .map(Meant::Holding),
        };
        Self {
            plan,
            meant,
            lanes,
            measurements,
        }
    }

    /// The events of a session of the person whose sessions are in the table.
    pub(crate) fn find(
        &self,
        (table, slot): (&SessionTable, usize),
        timeline: &Timeline<'_>,
    ) -> Option<Reason> {
        let meant = self.meant?;
        let mut found: Option<(Reason, [u32; 2])> = None;
        let rows = timeline.rows().zip(&table.slot_of_event).enumerate();
        for (place, ((run, row), _)) in rows.filter(|(_, (_, of))| **of as usize == slot) {
            let of = &timeline.runs[run as usize];
            let counts = match meant {
                Meant::Passing => of.passes(row as usize) && table.passes_nested(place),
                Meant::Holding(node) => {
                    let at = Surroundings {
                        run: of,
                        row: row as usize,
                        session: Some(table.session(self.plan, slot)),
                        person: &table.person,
                    };
                    self.plan.leaves.holds(node, &at)
                }
            };
            let is_act = of.kind(row as usize) != Kind::Measurement;
            if counts && (is_act || self.measurements == Measurements::Count) {
                let codes =
                    [self.lanes.name, self.lanes.page].map(|lane| of.lanes[lane].get(row as usize));
                let first = Reason {
                    events: 0,
                    alike: true,
                    first: (run, row),
                };
                let (reason, codes_of_first) = found.get_or_insert((first, codes));
                reason.events += 1;
                reason.alike &= codes == *codes_of_first;
            }
        }
        found.map(|(reason, _)| reason)
    }
}

/// Whether a fact of the event stands in a condition, other than to rule events out.
fn asks_of_events(node: &Node) -> bool {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(asks_of_events),
        Node::Event(_) => true,
        _ => false,
    }
}

/// The first condition on other events of the session that asks something of them.
fn within_session<'p>(node: &'p Node, session_has: &'p [Node]) -> Option<&'p Node> {
    match node {
        Node::All(nodes) | Node::Any(nodes) => nodes
            .iter()
            .find_map(|node| within_session(node, session_has)),
        Node::SessionHas(leaf) => {
            let condition = &session_has[*leaf];
            match asks_of_events(condition) {
                true => Some(condition),
                false => within_session(condition, session_has),
            }
        }
        _ => None,
    }
}
