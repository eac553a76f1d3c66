//! Rows by place: where within each element clicks were, on a grid.
//!
//! Places are counted on the finest grid. Where that gives more rows than are wanted, each step
//! joins four cells to one, so that nothing is left out before every element has one cell.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, Heatmap, Unit, limits};
use rustc_hash::FxHashMap;

use super::ground::{Act, At, CLICKS, Counts, Ground, add, any_order};
use super::zone::zone_of;
use crate::AskError;
use crate::budget::Allowance;
use crate::columns::{Column, Needs};
use crate::engine::{Fold, Order, Rows};
use crate::marks::{MarkWork, Marker};
use crate::query::{Query, column};
use crate::timeline::Timeline;

/// Cells on each side of an element: a power of two.
const CELLS: u16 = 256;
/// For clicks that do not tell where in the element they were.
const NOWHERE: u16 = u16::MAX;
/// What a cell takes in memory, roughly.
const CELL_BYTES: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Lanes {
    path: usize,
    /// Among the numbers.
    x: usize,
    y: usize,
}

impl Lanes {
    fn want(needs: &mut Needs) -> Self {
        Self {
            path: needs.lane(Column::Property("path".to_owned())),
            x: needs.number("x"),
            y: needs.number("y"),
        }
    }
}

/// The code of an element's path, and a cell of its grid.
type Place = (u32, u16, u16);

/// Clicks by place.
type Places = FxHashMap<Place, Counts>;

struct Placing<'g> {
    ground: &'g Ground<'g>,
    lanes: Lanes,
    marker: Marker<'g>,
}

#[derive(Default)]
struct Work {
    marks: MarkWork,
    places: Places,
    allowance: Allowance,
}

/// One row per place, those with most clicks first.
pub(super) fn answer(query: &Query<'_>, spec: &Heatmap) -> Result<Answer, AskError> {
    let acts = &[Act::Click, Act::RageClick, Act::DeadClick];
    let (ground, lanes) = Ground::new(query, spec, acts, Lanes::want)?;
    let placing = Placing {
        ground: &ground,
        lanes,
        marker: ground.marker(),
    };
    let margin_ms = query.margin_of(&placing.marker);
    let folded = query.fold(&ground.prepared, (query.period(), margin_ms), &placing)?;
    ground.budget.check()?;
    let work = folded.result;
    let limit = query
        .question
        .limit
        .map_or(limits::ANSWER_ROWS, |limit| limit as usize);
    let (places, cells) = coarsened(work.places, limit);
    let mut answer = query.answer(ground.scanned(&work.marks, folded.rows_scanned));
    answer.rows_total = places.len() as u64;
    answer.columns = vec![
        column("element", Unit::Text),
        column("zone", Unit::Text),
        column("x", Unit::Share),
        column("y", Unit::Share),
    ];
    let counts = CLICKS.map(|name| column(name, Unit::Count));
    answer.columns.extend(counts);
    let paths = ground.dictionary(lanes.path);
    let of_path =
        |((path, x, y), counts): (Place, Counts)| (Reverse(counts), paths.text(path), x, y);
    let mut sorted: Vec<_> = places.into_iter().map(of_path).collect();
    sorted.sort_unstable();
    sorted.truncate(limit);
    // The middle of the cell.
    let share = |cell: u16| match cell {
        NOWHERE => Cell::MISSING,
        cell => Cell::Number((f64::from(cell) + 0.5) / f64::from(cells)),
    };
    for (Reverse(counts), path, x, y) in sorted {
        let text = |text: &str| Cell::Text(text.to_owned());
        let mut row = vec![text(path), text(zone_of(path)), share(x), share(y)];
        row.extend(counts.map(|count| Cell::Count(count as i64)));
        answer.rows.push(row);
    }
    Ok(answer)
}

/// The finest grid on which there are at most so many places, and how many cells its sides have.
fn coarsened(mut places: Places, most: usize) -> (Places, u16) {
    let mut cells = CELLS;
    while places.len() > most && cells > 1 {
        cells /= 2;
        let mut coarser = Places::default();
        let half = |cell: u16| if cell == NOWHERE { cell } else { cell / 2 };
        for ((path, x, y), counts) in places {
            add(
                coarser.entry((path, half(x), half(y))).or_default(),
                &counts,
            );
        }
        places = coarser;
    }
    (places, cells)
}

impl Placing<'_> {
    fn place(&self, at: &At<'_>) -> Place {
        let path = at.code(self.lanes.path);
        let number = |place| {
            at.run
                .number(place, at.row)
                .filter(|share| share.is_finite())
        };
        let cell = |share: f64| ((share.max(0.0) * f64::from(CELLS)) as u16).min(CELLS - 1);
        match (number(self.lanes.x), number(self.lanes.y)) {
            (Some(x), Some(y)) => (path, cell(x), cell(y)),
            _ => (path, NOWHERE, NOWHERE),
        }
    }
}

impl Fold for Placing<'_> {
    type Result = Work;

    fn order(&self) -> Order {
        any_order(&self.marker)
    }

    fn rows(&self) -> Rows {
        self.marker.rows()
    }

    fn begin(&self) -> Work {
        Work::default()
    }

    fn person(&self, work: &mut Work, person: u128, timeline: &Timeline<'_>) {
        self.marker.mark(&mut work.marks, person, timeline);
        let Work {
            marks,
            places,
            allowance,
        } = work;
        self.ground.each(marks, timeline, |at| {
            let Some(kind) = at.act.click() else { return };
            let place = self.place(&at);
            if let Some(counts) = places.get_mut(&place) {
                counts[kind] += 1;
            } else if allowance.take(CELL_BYTES, &self.ground.budget) {
                places.entry(place).or_default()[kind] += 1;
            }
        });
    }

    fn merge(&self, into: &mut Work, from: Work) {
        for (place, counts) in from.places {
            add(into.places.entry(place).or_default(), &counts);
        }
        into.marks.left_out += from.marks.left_out;
    }
}
