//! Rows by zone: clicks, who clicked, and how long that took.
//!
//! Two folds: the first weighs the elements, so that it is known which have a row of their own; the
//! second counts by row, because a session that clicked two elements of one row is one session of it.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, CellAddress, Heatmap, HeatmapToldBy, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

use super::elements::{Elements, Lanes};
use super::ground::{Act, At, CLICKS, Counts, Ground, PRESENCE, add};
use super::zone::Zones;
use super::{ALL, ROWS};
use crate::AskError;
use crate::budget::Allowance;
use crate::columns::UNKNOWN;
use crate::engine::{self, Fold, Order};
use crate::marks::{MarkWork, Marker};
use crate::people::{Contribution, People, text_key, unknown_column};
use crate::query::{Query, column};
use crate::statistics::median;
use crate::timeline::Timeline;
use crate::top::OTHER;

/// What a person's visits to a page stand under, beside those to its zones.
const PAGE: u32 = u32::MAX;
/// Bytes that an entry of a map or set takes, roughly.
const ENTRY_BYTES: usize = 32;

/// Which elements have rows.
struct Rows {
    elements: Elements,
    /// Zone and words of each; of elements that are told by their path the words are not known yet.
    /// The first is all together; the last may be the others.
    names: Vec<(String, String)>,
    /// By element.
    of_element: Vec<u32>,
    told_by: HeatmapToldBy,
}

/// What is counted of one row.
#[derive(Debug, Clone, Default)]
struct Tally {
    counts: Counts,
    sessions: u64,
    /// From the pageview to the first click of each session, milliseconds.
    first_ms: Vec<i64>,
    /// How often each word was on it.
    texts: FxHashMap<u32, u64>,
}

/// Counts by row.
struct Counting<'g> {
    ground: &'g Ground<'g>,
    lanes: Lanes,
    zones: &'g Zones<'g>,
    rows: &'g Rows,
    marker: Marker<'g>,
    watched: Option<Watched>,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    tallies: Vec<Tally>,
    /// Sessions on the page.
    on_page: u64,
    people: People,
    allowance: Allowance,
    /// Of the person: rows and their sessions.
    met: FxHashSet<(u32, u32)>,
    /// Of the person: when each session last viewed each page.
    viewed: FxHashMap<(u32, u32), i64>,
}

/// Whose contributions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Watched {
    /// Of a kind of clicks, in a row.
    Clicks { row: u32, kind: usize },
    /// All who were on the page.
    Page,
}

/// One row per zone.
pub(super) fn answer(query: &Query<'_>, spec: &Heatmap) -> Result<Answer, AskError> {
    let (ground, lanes) = Ground::new(query, spec, PRESENCE, Lanes::want)?;
    let zones = Zones::of(ground.dictionary(lanes.path), query.meter)?;
    let rows = rows(query, (&ground, lanes), (&zones, spec))?;
    let (work, scanned) = count(query, (&ground, lanes), (&zones, &rows), None)?;
    let mut answer = query.answer(ground.scanned(&work.marks, scanned));
    answer.columns = vec![column("zone", Unit::Text), column("text", Unit::Text)];
    let counts = CLICKS.map(|name| column(name, Unit::Count));
    answer.columns.extend(counts);
    answer.columns.extend([
        column("click_share", Unit::Share),
        column("sessions", Unit::Count),
        column("session_share", Unit::Share),
        column("first_click", Unit::Ms),
        column("page_sessions", Unit::Count),
    ]);
    let all = work.tallies[0].counts[0];
    for ((name, words), tally) in rows.names.iter().zip(&work.tallies) {
        let text = match rows.told_by {
            HeatmapToldBy::Path => tally.text(&ground, lanes),
            HeatmapToldBy::Words => words.clone(),
        };
        let mut row = vec![Cell::Text(name.clone()), Cell::Text(text)];
        row.extend(tally.counts.map(|count| Cell::Count(count as i64)));
        row.extend([
            share(tally.counts[0], all),
            Cell::Count(tally.sessions as i64),
            share(tally.sessions, work.on_page),
            median(&tally.first_ms),
            Cell::Count(work.on_page as i64),
        ]);
        answer.rows.push(row);
    }
    answer.rows_total = rows.elements.all.len() as u64 + 1;
    Ok(answer)
}

/// Who stands behind a cell of it.
pub(super) fn people(
    query: &Query<'_>,
    (spec, cell): (&Heatmap, &CellAddress),
    limit: u32,
) -> Result<Answer, AskError> {
    let (ground, lanes) = Ground::new(query, spec, PRESENCE, Lanes::want)?;
    let zones = Zones::of(ground.dictionary(lanes.path), query.meter)?;
    let rows = rows(query, (&ground, lanes), (&zones, spec))?;
    let row = rows.row(cell)?;
    let clicks = |kind| Watched::Clicks { row, kind };
    let watched = match cell.column.as_str() {
        "clicks" | "click_share" | "sessions" | "session_share" | "first_click" => clicks(0),
        "rage_clicks" => clicks(1),
        "dead_clicks" => clicks(2),
        "page_sessions" => Watched::Page,
        _ => {
            let known = [&CLICKS[..], &["sessions", "page_sessions"]].concat();
            return Err(unknown_column(cell, &known));
        }
    };
    let (work, scanned) = count(query, (&ground, lanes), (&zones, &rows), Some(watched))?;
    let scanned = ground.scanned(&work.marks, scanned);
    Ok(work.people.answer(query, scanned, limit))
}

/// Weighs the elements: those most clicked have rows, of equal ones those with more rage and dead
/// clicks, then by zone and words.
fn rows(
    query: &Query<'_>,
    (ground, lanes): (&Ground<'_>, Lanes),
    (zones, spec): (&Zones<'_>, &Heatmap),
) -> Result<Rows, AskError> {
    let elements = Elements::new(query, (ground, lanes), zones, spec.told_by)?;
    let texts = ground.dictionary(lanes.text);
    let mut sized: Vec<(Reverse<Counts>, &str, &str, usize)> = Vec::new();
    for (number, element) in elements.all.iter().enumerate() {
        let (zone, text) = (zones.name(element.zone), texts.text(element.text));
        sized.push((Reverse(element.counts), zone, text, number));
    }
    sized.sort_unstable();
    let top = query.question.limit.unwrap_or(ROWS) as usize;
    let mut names = vec![(ALL.to_owned(), String::new())];
    let mut of_element = vec![0; sized.len()];
    let mut others = Vec::new();
    for (_, zone, text, number) in sized {
        // Strangers may call an element as our own rows are called.
        if names.len() > top || zone == ALL || zone == OTHER {
            others.push(number);
            continue;
        }
        of_element[number] = names.len() as u32;
        names.push((zone.to_owned(), text.to_owned()));
    }
    if !others.is_empty() {
        for number in others {
            of_element[number] = names.len() as u32;
        }
        names.push((OTHER.to_owned(), String::new()));
    }
    Ok(Rows {
        elements,
        names,
        of_element,
        told_by: spec.told_by,
    })
}

fn count(
    query: &Query<'_>,
    (ground, lanes): (&Ground<'_>, Lanes),
    (zones, rows): (&Zones<'_>, &Rows),
    watched: Option<Watched>,
) -> Result<(Work, u64), AskError> {
    let counting = Counting {
        ground,
        lanes,
        zones,
        rows,
        marker: ground.marker(),
        watched,
    };
    let margin_ms = query.margin_of(&counting.marker);
    let folded = query.fold(&ground.prepared, (query.period(), margin_ms), &counting)?;
    ground.budget.check()?;
    Ok((folded.result, folded.rows_scanned))
}

fn share(of: u64, whole: u64) -> Cell {
    match whole {
        0 => Cell::MISSING,
        whole => Cell::Number(of as f64 / whole as f64),
    }
}

impl Tally {
    /// The words that were clicked most, of equal ones the first by their letters.
    fn text(&self, ground: &Ground<'_>, lanes: Lanes) -> String {
        let texts = ground.dictionary(lanes.text);
        let sized = self.texts.iter();
        let most = sized.map(|(&code, &count)| (Reverse(count), texts.text(code)));
        most.min()
            .map_or_else(String::new, |(_, text)| text.to_owned())
    }

    fn merge(&mut self, from: Self) {
        add(&mut self.counts, &from.counts);
        self.sessions += from.sessions;
        self.first_ms.extend(from.first_ms);
        for (text, count) in from.texts {
            *self.texts.entry(text).or_default() += count;
        }
    }
}

impl Counting<'_> {
    /// Counts one event.
    fn count(&self, work: &mut Work, person: u128, at: &At<'_>) {
        let mut watch = |watched: Watched| {
            if self.watched == Some(watched) {
                let contribution: Contribution = at.contribution(person);
                work.people.add(contribution);
            }
        };
        watch(Watched::Page);
        if work.met.insert((PAGE, at.slot)) {
            work.on_page += 1;
        }
        let Some(kind) = at.act.click() else {
            if at.act == Act::Pageview {
                work.viewed.insert((at.slot, at.page), at.time_ms);
            }
            return;
        };
        let text = at.code(self.lanes.text);
        let row = self
            .rows
            .of(self.zones.zone(at.code(self.lanes.path)), text);
        let viewed_ms = work.viewed.get(&(at.slot, at.page));
        for row in [0, row] {
            watch(Watched::Clicks { row, kind });
            let tally = &mut work.tallies[row as usize];
            tally.counts[kind] += 1;
            if at.act != Act::Click || !work.met.insert((row, at.slot)) {
                continue;
            }
            tally.sessions += 1;
            if let Some(viewed_ms) = viewed_ms
                && work
                    .allowance
                    .take(2 * size_of::<i64>(), &self.ground.budget)
            {
                tally.first_ms.push(at.time_ms - viewed_ms);
            }
        }
        if text == UNKNOWN || !self.rows.wants_texts(row) {
            return;
        }
        let texts = &mut work.tallies[row as usize].texts;
        if let Some(count) = texts.get_mut(&text) {
            *count += 1;
        } else if work.allowance.take(ENTRY_BYTES, &self.ground.budget) {
            texts.insert(text, 1);
        }
    }
}

impl Rows {
    /// The row of a click.
    #[inline]
    fn of(&self, zone: u32, text: u32) -> u32 {
        let element = self.elements.element(zone, text);
        element.map_or(0, |element| self.of_element[element as usize])
    }

    /// The row that a cell is of.
    fn row(&self, cell: &CellAddress) -> Result<u32, AskError> {
        let missing = |column: &str| AskError::RowKey {
            column: column.to_owned(),
        };
        let name = text_key(cell, "zone")?;
        let words = match (self.told_by, cell.row.get("text")) {
            (HeatmapToldBy::Words, Some(Cell::Text(words))) => Some(words),
            _ => None,
        };
        let is_meant = |known: &&(usize, &(String, String))| {
            known.1.0 == name && words.is_none_or(|words| *words == known.1.1)
        };
        let rows: Vec<_> = self.names.iter().enumerate().collect();
        let mut meant = rows.iter().filter(is_meant);
        let (row, _) = meant.next().ok_or_else(|| missing("zone"))?;
        match meant.next() {
            None => Ok(*row as u32),
            Some(_) => Err(missing("text")),
        }
    }

    /// Whether the words of a row are still to be found: of zones told by their path, but for
    /// those without a row of their own.
    fn wants_texts(&self, row: u32) -> bool {
        let is_last = row as usize + 1 == self.names.len();
        let is_of_others = is_last && self.names.last().is_some_and(|last| last.0 == OTHER);
        self.told_by == HeatmapToldBy::Path && !is_of_others
    }
}

impl Fold for Counting<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        Order::Time
    }

    fn rows(&self) -> engine::Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            tallies: vec![Tally::default(); self.rows.names.len()],
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        work.met.clear();
        work.viewed.clear();
        let marks = std::mem::take(&mut work.marks);
        self.ground
            .each(&marks, timeline, |at| self.count(work, person, &at));
        work.marks = marks;
    }

    fn merge(&self, into: &mut Work, from: Work) {
        for (into, from) in into.tallies.iter_mut().zip(from.tallies) {
            into.merge(from);
        }
        into.on_page += from.on_page;
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
