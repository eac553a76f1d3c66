//! Errors of pages, grouped by what stays the same of them: how many there were, in how many
//! sessions and of how many persons, on which pages and in which browsers, and since when.
//!
//! One fold counts the errors of the period. When a group was seen first is asked of all that was
//! before the period by a second fold, which keeps nothing but a time per group. Texts are cut to
//! what stays once per different text, before anything is folded.

mod rows;

use hitmetrix_model::{
    Answer, CellAddress, Dimension, ErrorGroups, ErrorsBy, EventSelection, ResolvedPeriod,
};
use rustc_hash::FxHashMap;

use crate::AskError;
use crate::alike::alike;
use crate::budget::Budget;
use crate::columns::{Column, Dictionary, MATCHED_AT_ONCE, QueryRun};
use crate::engine::{self, Fold, Order, go_on};
use crate::marks::{MarkWork, Marked, Marker, WantSlots};
use crate::people::{Contribution, People, text_key, unknown_column};
use crate::query::{Prepared, Query, Scanned};
use crate::timeline::Timeline;

/// The event that pages report errors as.
const EVENT: &str = "error";
/// Its properties that tell one from another.
pub(crate) const PROPERTIES: [&str; 4] = ["message", "source", "line", "column"];
/// Of them, those of which changing parts are taken out.
const ALIKE: usize = 2;
/// Bytes that a group, or a page or browser of one, is thought to take.
const GROUP_BYTES: usize = 160;
const VALUE_BYTES: usize = 48;

/// What stays the same of message and script, and the codes of line and column.
type Key = [u32; 4];

/// What an error is told from others by.
struct Keys {
    by: ErrorsBy,
    /// The lanes of [`PROPERTIES`].
    lanes: [usize; 4],
    page: usize,
    browser: usize,
    /// By code of message and script the code of what stays of it.
    alike: [Vec<u32>; ALIKE],
    /// The texts of these codes.
    texts: [Dictionary<'static>; ALIKE],
}

/// What one group has.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    errors: u64,
    sessions: u64,
    persons: u64,
    first_ms: i64,
    last_ms: i64,
    /// Number of the person who was counted last.
    last: u32,
}

/// One pass over the persons.
struct Grouping<'q> {
    marker: Marker<'q>,
    keys: &'q Keys,
    budget: &'q Budget,
    /// Only these, and only when they were first.
    known: Option<&'q FxHashMap<Key, u32>>,
    watched: Option<Key>,
}

#[derive(Debug, Default)]
struct Work {
    marks: MarkWork,
    places: FxHashMap<Key, u32>,
    groups: Vec<Group>,
    /// Errors by group and page, and by group and browser.
    pages: FxHashMap<(u32, u32), u64>,
    browsers: FxHashMap<(u32, u32), u64>,
    /// For message alone: the places of each group.
    spots: FxHashMap<(u32, Key), ()>,
    /// Group and session of each error of the person.
    sessions: Vec<(u32, u32)>,
    person: u32,
    people: People,
}

/// The question, ready to be folded.
struct Asked<'q> {
    spec: ErrorGroups,
    prepared: Prepared<'q>,
    keys: Keys,
}

/// The answer to a question of kind `errors`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let asked = Asked::new(query)?;
    let (mut work, mut rows_scanned) = asked.fold(query, query.period(), (None, None))?;
    let before = ResolvedPeriod {
        from_ms: i64::MIN,
        to_ms: query.period().from_ms,
    };
    let (earlier, rows) = asked.fold(query, before, (Some(&work.places), None))?;
    rows_scanned += rows;
    for (key, place) in &earlier.places {
        let first_ms = earlier.groups[*place as usize].first_ms;
        work.groups[work.places[key] as usize].first_ms = first_ms;
    }
    let mut answer = query.answer(Scanned {
        rows: rows_scanned,
        left_out: work.marks.left_out,
        missing: &asked.prepared.columns.missing,
    });
    rows::fill(&mut answer, query, (&asked, work));
    Ok(answer)
}

/// Who stands behind a cell of it.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    const COLUMNS: [&str; 3] = ["errors", "sessions", "persons"];
    if !COLUMNS.contains(&cell.column.as_str()) {
        return Err(unknown_column(cell, &COLUMNS));
    }
    let asked = Asked::new(query)?;
    let key = asked.key_of(cell)?;
    let (work, rows) = asked.fold(query, query.period(), (None, Some(key)))?;
    let scanned = Scanned {
        rows,
        left_out: work.marks.left_out,
        missing: &asked.prepared.columns.missing,
    };
    Ok(work.people.answer(query, scanned, limit))
}

impl<'q> Asked<'q> {
    fn new(query: &Query<'q>) -> Result<Self, AskError> {
        let spec = query.question.errors.clone().unwrap_or_default();
        let mut wanted = query.wanted();
        let errors = EventSelection {
            events: vec![EVENT.to_owned()],
            ..EventSelection::default()
        };
        wanted.selection(&errors, "errors")?;
        // Not as what the asker names: a site without errors has none of these, and that is no
        // slip of the pen.
        let lanes = PROPERTIES.map(|name| wanted.needs.lane(Column::Property(name.to_owned())));
        let page = wanted.needs.lane(Column::Dimension(Dimension::Page));
        let browser = wanted.needs.lane(Column::Dimension(Dimension::Browser));
        let period = ResolvedPeriod {
            from_ms: i64::MIN,
            ..query.period()
        };
        let prepared = query.prepare_for(wanted, period)?;
        let (mut alike, mut texts) = (
            [const { Vec::new() }; ALIKE],
            [Dictionary::new(), Dictionary::new()],
        );
        for (place, lane) in lanes.into_iter().take(ALIKE).enumerate() {
            let dictionary = &prepared.columns.dictionaries[lane];
            (alike[place], texts[place]) = without_changes(query, dictionary)?;
        }
        let keys = Keys {
            by: spec.by,
            lanes,
            page,
            browser,
            alike,
            texts,
        };
        Ok(Self {
            spec,
            prepared,
            keys,
        })
    }

    fn fold(
        &self,
        query: &Query<'_>,
        period: ResolvedPeriod,
        (known, watched): (Option<&FxHashMap<Key, u32>>, Option<Key>),
    ) -> Result<(Work, u64), AskError> {
        let budget = Budget::default();
        let grouping = Grouping {
            marker: self.prepared.marker(period, WantSlots::Yes),
            keys: &self.keys,
            budget: &budget,
            known,
            watched,
        };
        let margin_ms = query.margin_of(&grouping.marker);
        let folded = query.fold(&self.prepared, (period, margin_ms), &grouping)?;
        budget.check()?;
        Ok((folded.result, folded.rows_scanned))
    }

    /// The key of the row that a cell names.
    fn key_of(&self, cell: &CellAddress) -> Result<Key, AskError> {
        let mut key = Key::default();
        let columns = match self.keys.by {
            ErrorsBy::Place => PROPERTIES.len(),
            ErrorsBy::Message => 1,
        };
        for (place, name) in PROPERTIES.iter().enumerate().take(columns) {
            let text = text_key(cell, name)?;
            let code = match self.keys.texts.get(place) {
                Some(texts) => texts.find(text),
                None => self.prepared.columns.dictionaries[self.keys.lanes[place]].find(text),
            };
            let column = (*name).to_owned();
            key[place] = code.ok_or(AskError::RowKey { column })?;
        }
        Ok(key)
    }

    /// The texts of a key.
    fn texts(&self, key: &Key) -> [&str; 4] {
        std::array::from_fn(|place| match self.keys.texts.get(place) {
            Some(texts) => texts.text(key[place]),
            None => self.prepared.columns.dictionaries[self.keys.lanes[place]].text(key[place]),
        })
    }
}

/// For each text the code of what stays of it. There may be very many.
fn without_changes(
    query: &Query<'_>,
    dictionary: &Dictionary<'_>,
) -> Result<(Vec<u32>, Dictionary<'static>), AskError> {
    let mut texts = Dictionary::new();
    let mut codes = Vec::with_capacity(dictionary.len());
    for code in 0..dictionary.len() as u32 {
        if code as usize % MATCHED_AT_ONCE == MATCHED_AT_ONCE - 1 {
            go_on(query.meter)?;
        }
        codes.push(texts.code(alike(dictionary.text(code)).into()));
    }
    Ok((codes, texts))
}

impl Keys {
    /// What an error is told from others by, wherever it came from.
    #[inline]
    fn place(&self, run: &QueryRun<'_>, row: usize) -> Key {
        let mut key = Key::default();
        for (place, code) in key.iter_mut().enumerate() {
            let of_run = run.lanes[self.lanes[place]].get(row);
            *code = match self.alike.get(place) {
                Some(alike) => alike[of_run as usize],
                None => of_run,
            };
        }
        key
    }

    /// The key of the group that errors of a place are in.
    #[inline]
    fn group(&self, place: Key) -> Key {
        match self.by {
            ErrorsBy::Place => place,
            ErrorsBy::Message => [place[0], 0, 0, 0],
        }
    }
}

impl Grouping<'_> {
    /// The group of a key, which is made where it is new and there is memory.
    fn found(&self, work: &mut Work, key: Key, time_ms: i64) -> Option<u32> {
        if let Some(&place) = work.places.get(&key) {
            return Some(place);
        }
        if !self.budget.take(GROUP_BYTES) {
            return None;
        }
        let place = work.groups.len() as u32;
        work.places.insert(key, place);
        work.groups.push(Group {
            first_ms: time_ms,
            last_ms: time_ms,
            ..Group::default()
        });
        Some(place)
    }

    fn count(&self, map: &mut FxHashMap<(u32, u32), u64>, key: (u32, u32), errors: u64) {
        match map.get_mut(&key) {
            Some(count) => *count += errors,
            None if self.budget.take(VALUE_BYTES) => {
                map.insert(key, errors);
            }
            None => {}
        }
    }

    fn spot(&self, spots: &mut FxHashMap<(u32, Key), ()>, spot: (u32, Key)) {
        if !spots.contains_key(&spot) && self.budget.take(VALUE_BYTES) {
            spots.insert(spot, ());
        }
    }

    fn add(&self, work: &mut Work, timeline: &Timeline<'_>, marked: &Marked) {
        let (run, row) = (&timeline.runs[marked.run as usize], marked.row as usize);
        let spot = self.keys.place(run, row);
        let key = self.keys.group(spot);
        if self.known.is_some_and(|known| !known.contains_key(&key)) {
            return;
        }
        let time_ms = marked.time_ms;
        let Some(place) = self.found(work, key, time_ms) else {
            return;
        };
        let group = &mut work.groups[place as usize];
        group.first_ms = group.first_ms.min(time_ms);
        group.last_ms = group.last_ms.max(time_ms);
        if self.known.is_some() {
            return;
        }
        group.errors += 1;
        if group.last != work.person {
            group.last = work.person;
            group.persons += 1;
        }
        if work.sessions.last() != Some(&(place, marked.slot)) {
            work.sessions.push((place, marked.slot));
        }
        let page = run.lanes[self.keys.page].get(row);
        self.count(&mut work.pages, (place, page), 1);
        let browser = run.lanes[self.keys.browser].get(row);
        self.count(&mut work.browsers, (place, browser), 1);
        if self.keys.by == ErrorsBy::Message {
            self.spot(&mut work.spots, (place, spot));
        }
    }
}

impl Fold for Grouping<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        match self.marker.uses_table() {
            true => Order::Time,
            false => Order::Any,
        }
    }

    fn rows(&self) -> engine::Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        work.person += 1;
        let marked = std::mem::take(&mut work.marks.marked);
        for one in &marked {
            let Some(watched) = &self.watched else {
                self.add(work, timeline, one);
                continue;
            };
            let run = &timeline.runs[one.run as usize];
            if self.keys.group(self.keys.place(run, one.row as usize)) == *watched {
                work.people.add(Contribution {
                    at_ms: one.time_ms,
                    person,
                    session: one.session(timeline.runs),
                });
            }
        }
        work.marks.marked = marked;
        work.sessions.sort_unstable();
        work.sessions.dedup();
        for (place, _) in work.sessions.drain(..) {
            work.groups[place as usize].sessions += 1;
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        let mut places = vec![None; from.groups.len()];
        for (key, &place) in &from.places {
            let group = from.groups[place as usize];
            let Some(here) = self.found(into, *key, group.first_ms) else {
                continue;
            };
            places[place as usize] = Some(here);
            let here = &mut into.groups[here as usize];
            here.first_ms = here.first_ms.min(group.first_ms);
            here.last_ms = here.last_ms.max(group.last_ms);
            here.errors += group.errors;
            here.sessions += group.sessions;
            here.persons += group.persons;
        }
        let there = |place: u32| places[place as usize];
        for (map, from) in [
            (&mut into.pages, from.pages),
            (&mut into.browsers, from.browsers),
        ] {
            for ((place, value), errors) in from {
                if let Some(here) = there(place) {
                    self.count(map, (here, value), errors);
                }
            }
        }
        for (place, spot) in from.spots.into_keys() {
            if let Some(here) = there(place) {
                self.spot(&mut into.spots, (here, spot));
            }
        }
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
