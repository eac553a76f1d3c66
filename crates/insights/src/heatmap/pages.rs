//! Rows by page: sessions, pageviews and clicks of each of the meant pages.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, CellAddress, Heatmap, Unit};
use rustc_hash::FxHashSet;

use super::ground::{Act, CLICKS, Counts, Ground, PRESENCE, add, any_order};
use super::{ALL, ROWS};
use crate::AskError;
use crate::budget::Allowance;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marker};
use crate::people::{People, text_key, unknown_column};
use crate::query::{Query, column};
use crate::timeline::Timeline;

/// Stands for all pages together.
const EVERY: u32 = u32::MAX;
/// What a page takes in memory, roughly.
const PAGE_BYTES: usize = 128;

/// What is counted of one page.
#[derive(Debug, Clone, Default)]
struct Tally {
    page: u32,
    /// Number of the person, and their session, of the event before.
    last: (u32, u32),
    sessions: u64,
    pageviews: u64,
    counts: Counts,
}

/// What of a page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Sessions,
    Pageviews,
    Clicks(usize),
}

struct Listing<'g> {
    ground: &'g Ground<'g>,
    marker: Marker<'g>,
    /// A page, and whose contributions to it.
    watched: Option<(u32, Of)>,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    /// Of everything together, and then of each page that came up.
    tallies: Vec<Tally>,
    /// By code of a page the place of its tally; 0 while it has none.
    places: Vec<u32>,
    /// How many persons were folded, this one among them.
    person: u32,
    /// Of the person: places of tallies, and sessions.
    met: FxHashSet<(u32, u32)>,
    people: People,
    allowance: Allowance,
}

/// One row per page.
pub(super) fn answer(query: &Query<'_>, spec: &Heatmap) -> Result<Answer, AskError> {
    let (ground, ()) = Ground::new(query, spec, PRESENCE, |_| ())?;
    let (work, rows) = list(query, &ground, None)?;
    let mut tallies = work.tallies.into_iter();
    let all = tallies.next().unwrap_or_default();
    let pages = ground.dictionary(ground.page);
    let of_page = |tally: Tally| {
        let sizes = (Reverse(tally.sessions), Reverse(tally.pageviews));
        (sizes, pages.text(tally.page).to_owned(), tally)
    };
    let mut listed: Vec<_> = tallies.map(of_page).collect();
    listed.sort_unstable_by(|left, right| (&left.0, &left.1).cmp(&(&right.0, &right.1)));
    let mut answer = query.answer(ground.scanned(&work.marks, rows));
    answer.rows_total = listed.len() as u64 + 1;
    answer.columns = vec![
        column("page", Unit::Text),
        column("sessions", Unit::Count),
        column("pageviews", Unit::Count),
    ];
    let counts = CLICKS.map(|name| column(name, Unit::Count));
    answer.columns.extend(counts);
    listed.truncate(query.question.limit.unwrap_or(ROWS) as usize);
    let listed = listed.into_iter().map(|(_, page, tally)| (page, tally));
    for (page, tally) in std::iter::once((ALL.to_owned(), all)).chain(listed) {
        let mut row = vec![
            Cell::Text(page),
            Cell::Count(tally.sessions as i64),
            Cell::Count(tally.pageviews as i64),
        ];
        row.extend(tally.counts.map(|count| Cell::Count(count as i64)));
        answer.rows.push(row);
    }
    Ok(answer)
}

/// Who stands behind a cell of it.
pub(super) fn people(
    query: &Query<'_>,
    (spec, cell): (&Heatmap, &CellAddress),
    limit: u32,
) -> Result<Answer, AskError> {
    let of = match cell.column.as_str() {
        "sessions" => Of::Sessions,
        "pageviews" => Of::Pageviews,
        name => match CLICKS.iter().position(|known| *known == name) {
            Some(kind) => Of::Clicks(kind),
            None => {
                let known = [&["sessions", "pageviews"], &CLICKS[..]].concat();
                return Err(unknown_column(cell, &known));
            }
        },
    };
    let name = text_key(cell, "page")?;
    let (ground, ()) = Ground::new(query, spec, PRESENCE, |_| ())?;
    let pages = ground.dictionary(ground.page);
    let page = match name {
        ALL => Some(EVERY),
        name => (0..pages.len() as u32).find(|&page| pages.text(page) == name),
    };
    let page = page.ok_or_else(|| AskError::RowKey {
        column: "page".to_owned(),
    })?;
    let (work, rows) = list(query, &ground, Some((page, of)))?;
    let scanned = ground.scanned(&work.marks, rows);
    Ok(work.people.answer(query, scanned, limit))
}

fn list(
    query: &Query<'_>,
    ground: &Ground<'_>,
    watched: Option<(u32, Of)>,
) -> Result<(Work, u64), AskError> {
    let listing = Listing {
        ground,
        marker: ground.marker(),
        watched,
    };
    let margin_ms = query.margin_of(&listing.marker);
    let folded = query.fold(&ground.prepared, (query.period(), margin_ms), &listing)?;
    ground.budget.check()?;
    Ok((folded.result, folded.rows_scanned))
}

impl Fold for Listing<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        any_order(&self.marker)
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            tallies: vec![Tally::of(EVERY)],
            places: vec![0; self.ground.dictionary(self.ground.page).len()],
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let Work {
            marks,
            tallies,
            places,
            person: number,
            met,
            people,
            allowance,
        } = work;
        *number += 1;
        met.clear();
        self.ground.each(marks, timeline, |at| {
            let of = match at.act.click() {
                Some(kind) => Of::Clicks(kind),
                None => Of::Pageviews,
            };
            let place = &mut places[at.page as usize];
            if *place == 0 && allowance.take(PAGE_BYTES, &self.ground.budget) {
                *place = tallies.len() as u32;
                tallies.push(Tally::of(at.page));
            }
            for (page, place) in [(EVERY, 0), (at.page, *place)] {
                if page != EVERY && place == 0 {
                    continue;
                }
                let tally = &mut tallies[place as usize];
                // Most events are of the session of the one before.
                let session = (*number, at.slot);
                if tally.last != session {
                    tally.last = session;
                    tally.sessions += u64::from(met.insert((place, at.slot)));
                }
                tally.pageviews += u64::from(at.act == Act::Pageview);
                if let Some(kind) = at.act.click() {
                    tally.counts[kind] += 1;
                }
                if self.watched == Some((page, of)) || self.watched == Some((page, Of::Sessions)) {
                    people.add(at.contribution(person));
                }
            }
        });
    }

    fn merge(&self, into: &mut Work, from: Work) {
        for tally in from.tallies {
            let place = match tally.page {
                EVERY => 0,
                page => {
                    let place = &mut into.places[page as usize];
                    if *place == 0 {
                        *place = into.tallies.len() as u32;
                        into.tallies.push(Tally::of(page));
                    }
                    *place
                }
            };
            let into = &mut into.tallies[place as usize];
            into.sessions += tally.sessions;
            into.pageviews += tally.pageviews;
            add(&mut into.counts, &tally.counts);
        }
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}

impl Tally {
    /// Nothing yet of a page.
    fn of(page: u32) -> Self {
        Self {
            page,
            ..Self::default()
        }
    }
}
