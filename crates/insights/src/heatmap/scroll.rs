//! Rows by depth: how much of the page's height sessions saw. Each session counts once, with the
//! deepest that it told on leaving one of the pages.

use hitmetrix_model::{Answer, Cell, CellAddress, Heatmap, Unit};
use rustc_hash::FxHashMap;

use super::ground::{Act, At, Ground, any_order};
use crate::AskError;
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marker};
use crate::people::{People, number_key, unknown_column};
use crate::query::{Query, column};
use crate::timeline::Timeline;

/// The property of a `page_leave` that says how far somebody scrolled.
pub(super) const SCROLL_PERCENT: &str = "scroll_percent";

/// The whole page.
const PERCENT_MAX: usize = 100;

struct Measuring<'g> {
    ground: &'g Ground<'g>,
    /// Among the numbers.
    scroll_percent: usize,
    marker: Marker<'g>,
    /// Those who saw at least so much are wanted.
    watched: Option<usize>,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    /// Of the person: the deepest of each session.
    deepest: FxHashMap<u32, usize>,
    /// Sessions by the percent that they saw and no more.
    sessions: Vec<u64>,
    people: People,
}

/// One row per percent.
pub(super) fn answer(query: &Query<'_>, spec: &Heatmap) -> Result<Answer, AskError> {
    let (ground, scroll_percent) = ground(query, spec)?;
    let (work, rows) = fold(query, (&ground, scroll_percent), None)?;
    let mut answer = query.answer(ground.scanned(&work.marks, rows));
    answer.columns = vec![
        column("percent", Unit::Count),
        column("sessions", Unit::Count),
        column("share", Unit::Share),
    ];
    let all: u64 = work.sessions.iter().sum();
    let mut left = all;
    for (percent, stopped) in work.sessions.iter().enumerate() {
        answer.rows.push(vec![
            Cell::Count(percent as i64),
            Cell::Count(left as i64),
            match all {
                0 => Cell::MISSING,
                all => Cell::Number(left as f64 / all as f64),
            },
        ]);
        left -= stopped;
    }
    answer.rows_total = answer.rows.len() as u64;
    Ok(answer)
}

/// Who stands behind a cell of it.
pub(super) fn people(
    query: &Query<'_>,
    (spec, cell): (&Heatmap, &CellAddress),
    limit: u32,
) -> Result<Answer, AskError> {
    if !["sessions", "share"].contains(&cell.column.as_str()) {
        return Err(unknown_column(cell, &["sessions"]));
    }
    let percent = usize::try_from(number_key(cell, "percent")?).unwrap_or(usize::MAX);
    if percent > PERCENT_MAX {
        let column = "percent".to_owned();
        return Err(AskError::RowKey { column });
    }
    let (ground, scroll_percent) = ground(query, spec)?;
    let (work, rows) = fold(query, (&ground, scroll_percent), Some(percent))?;
    let scanned = ground.scanned(&work.marks, rows);
    Ok(work.people.answer(query, scanned, limit))
}

fn ground<'q>(query: &Query<'q>, spec: &Heatmap) -> Result<(Ground<'q>, usize), AskError> {
    Ground::new(query, spec, &[Act::PageLeave], |needs| {
        needs.number(SCROLL_PERCENT)
    })
}

fn fold(
    query: &Query<'_>,
    (ground, scroll_percent): (&Ground<'_>, usize),
    watched: Option<usize>,
) -> Result<(Work, u64), AskError> {
    let measuring = Measuring {
        ground,
        scroll_percent,
        marker: ground.marker(),
        watched,
    };
    let margin_ms = query.margin_of(&measuring.marker);
    let folded = query.fold(&ground.prepared, (query.period(), margin_ms), &measuring)?;
    Ok((folded.result, folded.rows_scanned))
}

impl Measuring<'_> {
    /// How much of the page was seen, in percent; none where that was not told.
    fn percent(&self, at: &At<'_>) -> Option<usize> {
        let told = at.run.number(self.scroll_percent, at.row)?;
        Some(told.round().clamp(0.0, PERCENT_MAX as f64) as usize)
    }
}

impl Fold for Measuring<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        any_order(&self.marker)
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work {
            sessions: vec![0; PERCENT_MAX + 1],
            people: People::watching(self.watched.is_some()),
            ..Work::default()
        }
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let Work {
            marks,
            deepest,
            sessions,
            people,
        } = work;
        deepest.clear();
        self.ground.each(marks, timeline, |at| {
            let Some(percent) = self.percent(&at) else {
                return;
            };
            let known = deepest.entry(at.slot).or_default();
            *known = percent.max(*known);
            if self.watched.is_some_and(|watched| percent >= watched) {
                people.add(at.contribution(person));
            }
        });
        for &percent in deepest.values() {
            sessions[percent] += 1;
        }
    }

    fn merge(&self, into: &mut Work, from: Work) {
        for (into, from) in into.sessions.iter_mut().zip(from.sessions) {
            *into += from;
        }
        into.marks.left_out += from.marks.left_out;
        into.people.merge(from.people);
    }
}
