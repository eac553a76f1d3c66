//! The rows of a question of errors: one per group, with its most frequent page and browser.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, ErrorOrder, ErrorsBy, Unit};
use rustc_hash::FxHashMap;

use crate::query::{Query, column};

use super::{Asked, Group, Key, PROPERTIES, Work};

/// Rows when the question names no limit.
const ROWS: u32 = 100;

/// The most frequent of some values, and how many there are.
#[derive(Debug, Clone, Copy, Default)]
struct Values {
    different: u64,
    most: Option<(u32, u64)>,
}

/// Adds columns and rows.
pub(super) fn fill(answer: &mut Answer, query: &Query<'_>, (asked, work): (&Asked<'_>, Work)) {
    let columns = match asked.keys.by {
        ErrorsBy::Place => PROPERTIES.len(),
        ErrorsBy::Message => 1,
    };
    for name in &PROPERTIES[..columns] {
        answer.columns.push(column(name, Unit::Text));
    }
    answer.columns.extend([
        column("errors", Unit::Count),
        column("sessions", Unit::Count),
        column("persons", Unit::Count),
        column("first_seen", Unit::TimeMs),
        column("last_seen", Unit::TimeMs),
        column("pages", Unit::Count),
        column("page", Unit::Text),
        column("page_share", Unit::Share),
        column("browsers", Unit::Count),
        column("browser", Unit::Text),
        column("browser_share", Unit::Share),
    ]);
    if asked.keys.by == ErrorsBy::Message {
        answer.columns.push(column("places", Unit::Count));
    }
    let count = work.groups.len();
    let dictionaries = &asked.prepared.columns.dictionaries;
    let text = |lane: usize, code: u32| dictionaries[lane].text(code);
    let pages = most(&work.pages, count, |code| text(asked.keys.page, code));
    let browsers = most(&work.browsers, count, |code| text(asked.keys.browser, code));
    let mut spots = vec![0_u64; count];
    for (place, _) in work.spots.keys() {
        spots[*place as usize] += 1;
    }
    let mut found: Vec<(Key, u32)> = work.places.into_iter().collect();
    found.sort_by_cached_key(|(key, place)| {
        let group = &work.groups[*place as usize];
        (order(asked.spec.order, group), asked.texts(key))
    });
    answer.rows_total = found.len() as u64;
    let limit = query.question.limit.unwrap_or(ROWS) as usize;
    for (key, place) in found.into_iter().take(limit) {
        let place = place as usize;
        let group = &work.groups[place];
        let texts = asked.texts(&key);
        let mut row: Vec<Cell> = texts[..columns]
            .iter()
            .map(|text| Cell::Text((*text).to_owned()))
            .collect();
        row.extend([
            Cell::Count(group.errors as i64),
            Cell::Count(group.sessions as i64),
            Cell::Count(group.persons as i64),
            Cell::Count(group.first_ms),
            Cell::Count(group.last_ms),
        ]);
        for (values, lane) in [
            (&pages[place], asked.keys.page),
            (&browsers[place], asked.keys.browser),
        ] {
            let (code, errors) = values.most.unwrap_or_default();
            row.extend([
                Cell::Count(values.different as i64),
                Cell::Text(text(lane, code).to_owned()),
                Cell::Number(errors as f64 / group.errors as f64),
            ]);
        }
        if asked.keys.by == ErrorsBy::Message {
            row.push(Cell::Count(spots[place] as i64));
        }
        answer.rows.push(row);
    }
}

/// What groups are ordered by before their texts.
fn order(order: ErrorOrder, group: &Group) -> (Reverse<i64>, Reverse<u64>, Reverse<u64>) {
    let first = match order {
        ErrorOrder::Sessions => group.sessions as i64,
        ErrorOrder::Errors => group.errors as i64,
        ErrorOrder::Newest => group.first_ms,
        ErrorOrder::Latest => group.last_ms,
    };
    (
        Reverse(first),
        Reverse(group.sessions),
        Reverse(group.errors),
    )
}

/// By group its most frequent value, of equal ones the first by its text.
fn most<'t>(
    counts: &FxHashMap<(u32, u32), u64>,
    groups: usize,
    text: impl Fn(u32) -> &'t str,
) -> Vec<Values> {
    let mut all = vec![Values::default(); groups];
    for (&(place, code), &errors) in counts {
        let values = &mut all[place as usize];
        values.different += 1;
        let is_more = values.most.is_none_or(|(known, most)| {
            errors > most || (errors == most && text(code) < text(known))
        });
        if is_more {
            values.most = Some((code, errors));
        }
    }
    all
}
