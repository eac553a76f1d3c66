//! Rows by page: sessions, pageviews and clicks of each of the meant pages.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, CellAddress, Heatmap, Unit};
use rustc_hash::{FxHashMap, FxHashSet};

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
    pages: FxHashMap<u32, Tally>,
    /// Of the person: pages and their sessions.
    met: FxHashSet<(u32, u32)>,
    people: People,
    allowance: Allowance,
}

/// One row per page.
pub(super) fn answer(query: &Query<'_>, spec: &Heatmap) -> Result<Answer, AskError> {
    let (ground, ()) = Ground::new(query, spec, PRESENCE, |_| ())?;
    let (mut work, rows) = list(query, &ground, None)?;
    let all = work.pages.remove(&EVERY).unwrap_or_default();
    let pages = ground.dictionary(ground.page);
    let of_page = |(page, tally): (u32, Tally)| {
        let sizes = (Reverse(tally.sessions), Reverse(tally.pageviews));
        (sizes, pages.text(page).to_owned(), tally)
    };
    let mut listed: Vec<_> = work.pages.into_iter().map(of_page).collect();
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
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let Work {
            marks,
            pages,
            met,
            people,
            allowance,
        } = work;
        met.clear();
        self.ground.each(marks, timeline, |at| {
            let of = match at.act.click() {
                Some(kind) => Of::Clicks(kind),
                None => Of::Pageviews,
            };
            for page in [EVERY, at.page] {
                if !pages.contains_key(&page) && !allowance.take(PAGE_BYTES, &self.ground.budget) {
                    continue;
                }
                let tally = pages.entry(page).or_default();
                tally.sessions += u64::from(met.insert((page, at.slot)));
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
        for (page, tally) in from.pages {
            let into = into.pages.entry(page).or_default();
            into.sessions += tally.sessions;
            into.pageviews += tally.pageviews;
            add(&mut into.counts, &tally.counts);
        }
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
