//! What the rows of a list of persons tell beside the sums: facts of the first and the last session
//! of the period, and over all time when somebody was first seen, and their account and properties.
//! Only the persons of the rows are looked at.

use std::collections::HashMap;

use hitmetrix_model::{Cell, Level, SessionId};
use hitmetrix_store::lanes::property_value;
use rustc_hash::FxHashMap;

use super::tally::Kept;
use super::{NO_SLOTS, no_plan};
use crate::AskError;
use crate::columns::{Column, EventRules, Needs, prepare};
use crate::condition::{Names, Node, Selection};
use crate::engine::{Fold, Order, Rows, Scope, fold};
use crate::listing::{self, Listing, SessionFacts};
use crate::marks::{MarkWork, Marked, Marker};
use crate::matcher::text_of;
use crate::persons::{ACCOUNT, EVER, OF_ACCOUNT, OF_PERSON, ever};
use crate::query::Query;
use crate::timeline::Timeline;

/// Columns on the sessions: the first two are of the first one, where they came from.
pub(super) const FACTS: [&str; 7] = [
    "channel",
    "source",
    "country",
    "device",
    "browser",
    "system",
    "last_page",
];

/// See the module.
pub(super) struct Told {
    first_ms: FxHashMap<u128, i64>,
    /// The account, and then the properties, in their order.
    cells: FxHashMap<u128, Vec<Cell>>,
    sessions: HashMap<SessionId, SessionFacts>,
    pub(super) rows_scanned: u64,
    pub(super) missing: Vec<String>,
}

impl Told {
    pub(super) fn of(
        query: &Query<'_>,
        shown: &[Kept],
        properties: &[String],
    ) -> Result<Self, AskError> {
        let mut told = Self {
            first_ms: FxHashMap::default(),
            cells: FxHashMap::default(),
            sessions: HashMap::new(),
            rows_scanned: 0,
            missing: Vec::new(),
        };
        let mut persons: Vec<u128> = shown.iter().map(|kept| kept.id).collect();
        persons.sort_unstable();
        if persons.is_empty() {
            return Ok(told);
        }
        told.look_at_sessions(query, shown, &persons)?;
        told.look_at_all_time(query, &persons, properties)?;
        Ok(told)
    }

    /// When somebody was first seen, ever.
    pub(super) fn first_seen(&self, person: u128) -> Cell {
        let first = self.first_ms.get(&person);
        first.map_or(Cell::MISSING, |first| Cell::Count(*first))
    }

    /// The account, as place 0, or a property.
    pub(super) fn cell(&self, person: u128, place: usize) -> Cell {
        let cells = self.cells.get(&person);
        cells.map_or(Cell::MISSING, |cells| cells[place].clone())
    }

    /// The cells of [`FACTS`].
    pub(super) fn facts(&self, kept: &Kept) -> [Cell; 7] {
        let [first, last] = kept
            .sums
            .sessions_at
            .map(|id| self.sessions.get(&SessionId(id)));
        let text = |facts: Option<&SessionFacts>, of: fn(&SessionFacts) -> &String| {
            facts.map_or(Cell::MISSING, |facts| Cell::Text(of(facts).clone()))
        };
        [
            text(first, |facts| &facts.channel),
            text(first, |facts| &facts.source),
            text(last, |facts| &facts.country),
            text(last, |facts| &facts.device),
            text(last, |facts| &facts.browser),
            text(last, |facts| &facts.system),
            text(last, |facts| &facts.exit_page),
        ]
    }

    fn look_at_sessions(
        &mut self,
        query: &Query<'_>,
        shown: &[Kept],
        persons: &[u128],
    ) -> Result<(), AskError> {
        let mut chosen: Vec<(u128, u128)> = shown
            .iter()
            .flat_map(|kept| kept.sums.sessions_at.map(|session| (kept.id, session)))
            .collect();
        chosen.sort_unstable();
        chosen.dedup();
        let mut wanted = query.wanted();
        wanted.plan = listing::plan(&mut wanted.needs);
        wanted.only = Some(persons.to_vec());
        let prepared = query.prepare(wanted)?;
        let period = query.period();
        let scope = Scope {
            snapshot: query.snapshot,
            runs: &prepared.columns.runs,
            span_ms: (
                period.from_ms.saturating_sub(query.margin_ms),
                period.to_ms.saturating_add(query.margin_ms),
            ),
            only: Some(persons),
            as_sorted: None,
            meter: query.meter,
        };
        let listing = Listing {
            plan: &prepared.plan,
            chosen: &chosen,
        };
        let folded = fold(&scope, &listing)?;
        self.rows_scanned += folded.rows_scanned;
        for found in folded.result.1 {
            let facts = found.facts(&prepared.plan, &prepared.columns);
            self.sessions.insert(facts.session, facts);
        }
        self.missing.extend(prepared.columns.missing);
        Ok(())
    }

    fn look_at_all_time(
        &mut self,
        query: &Query<'_>,
        persons: &[u128],
        properties: &[String],
    ) -> Result<(), AskError> {
        let mut lanes = vec![(Level::Account, ACCOUNT)];
        lanes.extend(properties.iter().map(|name| (Level::Person, name.as_str())));
        let latest = |lookup: &Lookup<'_>, columns: &crate::columns::Columns<'_>| {
            let scope = Scope {
                snapshot: query.snapshot,
                runs: &columns.runs,
                span_ms: EVER,
                only: Some(persons),
                as_sorted: None,
                meter: query.meter,
            };
            fold(&scope, lookup)
        };
        let (needs, places) = needs_of(&lanes);
        let selections = selections();
        let rules = EventRules {
            selections: &selections,
            only: Some(persons),
            ..EventRules::of_bots(query.question.bots)
        };
        let columns = prepare((query.snapshot, query.meter), EVER, &needs, &rules)?;
        let plan = no_plan();
        let lookup = Lookup {
            marker: Marker::new(&plan, &selections, ever(), NO_SLOTS),
            lanes: &places,
            rows: Rows::All,
            takes: None,
        };
        let folded = latest(&lookup, &columns)?;
        self.rows_scanned += folded.rows_scanned;
        for (person, first_ms, codes) in folded.result.found {
            let cell = |(&(_, lane), code): (&(Level, usize), u32)| match property_value(
                columns.dictionaries[lane].text(code),
            ) {
                Some(value) => Cell::Text(text_of(&value).into_owned()),
                None => Cell::MISSING,
            };
            self.first_ms.insert(person, first_ms);
            self.cells
                .insert(person, places.iter().zip(codes).map(cell).collect());
        }
        self.missing.extend(columns.missing);
        Ok(())
    }
}

/// The lanes of properties: whose each is, and its place.
pub(super) fn needs_of(properties: &[(Level, &str)]) -> (Needs, Vec<(Level, usize)>) {
    let mut needs = Needs::default();
    let lane = |(of, name): &(Level, &str)| (*of, needs.lane(Column::Entry((*name).to_owned())));
    let places = properties.iter().map(lane).collect();
    (needs, places)
}

/// What tells of persons, and what tells of accounts.
pub(super) fn selections() -> [Selection; 2] {
    let of = |names: &[&str]| Selection {
        names: Names::Of(names.iter().map(|name| (*name).to_owned()).collect()),
        node: Node::TRUE,
    };
    [of(&OF_PERSON), of(&[OF_ACCOUNT])]
}

/// Finds the latest values of several properties of persons, or who has a value that is looked for.
pub(super) struct Lookup<'q> {
    pub(super) marker: Marker<'q>,
    /// Whose a property is, and its lane.
    pub(super) lanes: &'q [(Level, usize)],
    pub(super) rows: Rows,
    /// For each lane which codes are looked for; all persons are told when there is none.
    pub(super) takes: Option<&'q [Vec<bool>]>,
}

#[derive(Default)]
pub(super) struct LookupWork {
    marks: MarkWork,
    codes: Vec<u32>,
    /// Person, first event, and the code of each lane, where all are told.
    pub(super) found: Vec<(u128, i64, Vec<u32>)>,
    /// Who has a value that is looked for.
    pub(super) persons: Vec<u128>,
}

impl Fold for Lookup<'_> {
    type Result = LookupWork;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> Rows {
        self.rows
    }

    fn begin(&self) -> LookupWork {
        LookupWork::default()
    }

    fn person(&self, work: &mut LookupWork, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let code = |lane: usize, marked: &Marked| {
            timeline.runs[marked.run as usize].lanes[lane].get(marked.row as usize)
        };
        work.codes.clear();
        for &(of, lane) in self.lanes {
            let selection = usize::from(of == Level::Account);
            let of_level = work
                .marks
                .marked
                .iter()
                .rev()
                .filter(|one| one.is(selection));
            let mut codes = of_level.map(|one| code(lane, one));
            work.codes.push(codes.find(|&code| code != 0).unwrap_or(0));
        }
        if let Some(takes) = self.takes {
            let is_taken = |(takes, &code): (&Vec<bool>, &u32)| takes[code as usize];
            if takes.iter().zip(&work.codes).any(is_taken) {
                work.persons.push(person);
            }
            return;
        }
        let counted =
            |(run, row): &(u32, u32)| !timeline.runs[*run as usize].is_left_out(*row as usize);
        if let Some((run, row)) = timeline.rows().find(counted) {
            let first_ms = timeline.runs[run as usize].time_ms(row as usize);
            work.found.push((person, first_ms, work.codes.clone()));
        }
    }

    fn merge(&self, into: &mut LookupWork, from: LookupWork) {
        into.found.extend(from.found);
        into.persons.extend(from.persons);
    }
}
