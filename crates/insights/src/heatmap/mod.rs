//! Heatmap: where on a page visitors click, what of it happens in anger or without effect, and how
//! far they scroll.
//!
//! All four kinds of rows look at the same few events on the meant pages, each with its session:
//! `ground` finds them, `elements` says what they were on, and a fold a file counts them by zone, by
//! place in the element, by depth or by page. What exactly is counted stands in docs/concepts/heatmaps.md.

mod elements;
mod ground;
mod pages;
mod points;
mod scroll;
mod zone;
mod zones;

use hitmetrix_model::{Answer, CellAddress, Heatmap, HeatmapRows, limits};

use crate::AskError;
use crate::query::Query;

/// Rows of zones and pages when the question names no limit.
const ROWS: u32 = 100;
/// What the first row is called, of everything together.
const ALL: &str = "(all)";

/// The answer to a question of kind `heatmap`.
pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let spec = checked(query)?;
    match spec.rows {
        HeatmapRows::Zones => zones::answer(query, spec),
        HeatmapRows::Points => points::answer(query, spec),
        HeatmapRows::Scroll => scroll::answer(query, spec),
        HeatmapRows::Pages => pages::answer(query, spec),
    }
}

/// Who stands behind a cell of it.
pub(crate) fn people(
    query: &Query<'_>,
    cell: &CellAddress,
    limit: u32,
) -> Result<Answer, AskError> {
    let spec = checked(query)?;
    match spec.rows {
        HeatmapRows::Zones => zones::people(query, (spec, cell), limit),
        HeatmapRows::Points => {
            let why = "places within an element have no people of their own; ask for those of its \
                       zone with the rows `zones`";
            Err(AskError::Contradiction { why }.at("heatmap.rows"))
        }
        HeatmapRows::Scroll => scroll::people(query, (spec, cell), limit),
        HeatmapRows::Pages => pages::people(query, (spec, cell), limit),
    }
}

/// How many elements are told apart with no more memory than this.
#[cfg(test)]
pub(crate) fn elements_within(query: &Query<'_>, bytes: usize) -> Result<usize, AskError> {
    let spec = checked(query)?;
    let acts = &[ground::Act::Click];
    let (mut ground, lanes) = ground::Ground::new(query, spec, acts, elements::Lanes::want)?;
    ground.budget = crate::budget::Budget::new(bytes);
    let zones = zone::Zones::of(ground.dictionary(lanes.path), query.meter)?;
    let found = elements::Elements::new(query, (&ground, lanes), &zones, spec.told_by)?;
    Ok(found.all.len())
}

/// Reads all that heatmaps read of events.
#[cfg(test)]
pub(crate) fn want_all(needs: &mut crate::columns::Needs) {
    points::Lanes::want(needs);
    needs.number(scroll::SCROLL_PERCENT);
}

/// The question's own part, checked.
fn checked<'q>(query: &Query<'q>) -> Result<&'q Heatmap, AskError> {
    let spec = query.question.heatmap.as_ref().expect("checked before");
    let given = spec.pages.len();
    if !(1..=limits::HEATMAP_PAGES).contains(&given) {
        return Err(AskError::OutOfBounds {
            given: given as i64,
            least: 1,
            most: limits::HEATMAP_PAGES as i64,
        }
        .at("heatmap.pages"));
    }
    match (spec.rows, query.question.limit) {
        (HeatmapRows::Scroll, Some(_)) => {
            let why = "there is a row for each percent of the page; leave the limit out";
            Err(AskError::Contradiction { why }.at("limit"))
        }
        // Beside them stand one row of all and one of the others.
        (HeatmapRows::Zones | HeatmapRows::Pages, Some(given))
            if given as usize + 2 > limits::ANSWER_ROWS =>
        {
            Err(AskError::TooManyRows { given })
        }
        _ => Ok(spec),
    }
}
