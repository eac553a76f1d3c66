//! Rows by place: where within each element clicks were, on a grid.
//!
//! Places are counted on the finest grid. Where that gives more rows than are wanted, each step
//! joins four cells to one, so that nothing is left out before every element has one cell.

use std::cmp::Reverse;

use hitmetrix_model::{Answer, Cell, Heatmap, HeatmapToldBy, Unit, limits};
use rustc_hash::FxHashMap;

use super::elements::{self, Elements};
use super::ground::{Act, At, CLICKS, Counts, Ground, add, any_order};
use super::zone::{Zones, zone_of};
use crate::AskError;
use crate::budget::Allowance;
use crate::columns::Needs;
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
pub(super) struct Lanes {
    element: elements::Lanes,
    /// Among the numbers.
    x: usize,
    y: usize,
}

impl Lanes {
    pub(super) fn want(needs: &mut Needs) -> Self {
        Self {
            element: elements::Lanes::want(needs),
            x: needs.number("x"),
            y: needs.number("y"),
        }
    }
}

/// The code of a path, the element that it leads into where words tell it, and a cell of its grid.
type Place = (u32, u32, u16, u16);

/// Clicks by place.
type Places = FxHashMap<Place, Counts>;

struct Placing<'g> {
    ground: &'g Ground<'g>,
    lanes: Lanes,
    /// What tells them, where not their path alone.
    elements: Option<(&'g Zones<'g>, &'g Elements)>,
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
    let is_worded = spec.told_by == HeatmapToldBy::Words;
    let acts = &[Act::Click, Act::RageClick, Act::DeadClick];
    let (ground, lanes) = Ground::new(query, spec, acts, Lanes::want)?;
    let elements = match is_worded {
        true => {
            let zones = Zones::of(ground.dictionary(lanes.element.path), query.meter)?;
            let elements = Elements::new(query, (&ground, lanes.element), &zones, spec.told_by)?;
            Some((zones, elements))
        }
        false => None,
    };
    let placing = Placing {
        ground: &ground,
        lanes,
        elements: elements.as_ref().map(|(zones, elements)| (zones, elements)),
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
    let names = ["element", "zone", "text"];
    let names = &names[..2 + usize::from(is_worded)];
    answer.columns = names.iter().map(|name| column(name, Unit::Text)).collect();
    let places_in = ["x", "y"].map(|name| column(name, Unit::Share));
    answer.columns.extend(places_in);
    let counts = CLICKS.map(|name| column(name, Unit::Count));
    answer.columns.extend(counts);
    let paths = ground.dictionary(lanes.element.path);
    let texts = ground.dictionary(lanes.element.text);
    let words = |element: u32| {
        let of = elements
            .as_ref()
            .map(|(_, elements)| &elements.all[element as usize]);
        of.map_or("", |of| texts.text(of.text))
    };
    let of_path = |((path, element, x, y), counts): (Place, Counts)| {
        (Reverse(counts), (paths.text(path), words(element)), x, y)
    };
    let mut sorted: Vec<_> = places.into_iter().map(of_path).collect();
    sorted.sort_unstable();
    sorted.truncate(limit);
    // The middle of the cell.
    let share = |cell: u16| match cell {
        NOWHERE => Cell::MISSING,
        cell => Cell::Number((f64::from(cell) + 0.5) / f64::from(cells)),
    };
    for (Reverse(counts), (path, words), x, y) in sorted {
        let told = [path, zone_of(path), words].into_iter().take(names.len());
        let mut row: Vec<Cell> = told.map(|text| Cell::Text(text.to_owned())).collect();
        row.extend([share(x), share(y)]);
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
        for ((path, element, x, y), counts) in places {
            let place = (path, element, half(x), half(y));
            add(coarser.entry(place).or_default(), &counts);
        }
        places = coarser;
    }
    (places, cells)
}

impl Placing<'_> {
    /// None of what was not weighed, which there is none of.
    fn place(&self, at: &At<'_>) -> Option<Place> {
        let path = at.code(self.lanes.element.path);
        let words = at.code(self.lanes.element.text);
        let element = match self.elements {
            Some((zones, elements)) => elements.element(zones.zone(path), words)?,
            None => 0,
        };
        let number = |place| {
            at.run
                .number(place, at.row)
                .filter(|share| share.is_finite())
        };
        let cell = |share: f64| ((share.max(0.0) * f64::from(CELLS)) as u16).min(CELLS - 1);
        Some(match (number(self.lanes.x), number(self.lanes.y)) {
            (Some(x), Some(y)) => (path, element, cell(x), cell(y)),
            _ => (path, element, NOWHERE, NOWHERE),
        })
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
            let Some(place) = self.place(&at) else { return };
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
