//! Breakdown: one row per value of a dimension with each measure, largest first.
//!
//! The row of a value equals the totals of the same question with the filter `dimension is value`.
//! A value has a row when one of the measures counted something in the period; rows are ordered
//! by the first measure, equal ones by their text.

use std::cmp::Ordering;

use hitmetrix_model::{Answer, Cell, Dimension, Unit};

use crate::columns::Column;
use crate::counts::Counts;
use crate::query::{Counted, Prepared, Query, column};
use crate::wanted::Wanted;

const ROWS: u32 = 10;

/// The rows of a question that was counted; `lane` is whose dictionary has the values' texts.
pub(crate) fn rows(
    query: &Query<'_>,
    prepared: &Prepared<'_>,
    (counted, lane): (&Counted, usize),
) -> Answer {
    let dictionary = &prepared.columns.dictionaries[lane];
    let values = dictionary.len();
    let measures = &query.question.measures;
    let something = |counts: &Counts, group| {
        let cells = measures.iter().map(|&measure| counts.cell(group, measure));
        cells
            .into_iter()
            .any(|cell| !matches!(cell, Cell::Count(0) | Cell::Missing(_)))
    };
    let mut groups: Vec<(f64, &str, usize)> = (0..values)
        .filter(|&group| something(&counted.now, group))
        .map(|group| {
            let first = size(&counted.now.cell(group, measures[0]));
            (first, dictionary.text(group as u32), group)
        })
        .collect();
    let mut answer = query.answer_of(prepared, counted);
    answer.rows_total = groups.len() as u64;
    let largest_first = |left: &(f64, &str, usize), right: &(f64, &str, usize)| -> Ordering {
        right.0.total_cmp(&left.0).then_with(|| left.1.cmp(right.1))
    };
    let limit = query.question.limit.unwrap_or(ROWS) as usize;
    if limit < groups.len() && limit > 0 {
        groups.select_nth_unstable_by(limit - 1, largest_first);
    }
    groups.truncate(limit);
    groups.sort_unstable_by(largest_first);

    let dimension = query.question.dimension.map_or("", Dimension::name);
    answer.columns.push(column(dimension, Unit::Text));
    answer.columns.extend(query.measure_columns());
    for (_, text, group) in groups {
        let mut row = vec![Cell::Text(text.to_owned())];
        row.extend(counted.cells(measures, group, Some(group)));
        answer.rows.push(row);
    }
    answer
}

/// Where the values come from: the place among the session's facts, if they are such, and the
/// lane whose dictionary has their texts.
pub(crate) fn lane_of(dimension: Dimension, wanted: &mut Wanted) -> (Option<usize>, usize) {
    if dimension.is_of_session() {
        let place = wanted.plan.want(dimension, &mut wanted.needs);
        (Some(place), wanted.plan.facts[place].lane)
    } else {
        (None, wanted.needs.lane(Column::Dimension(dimension)))
    }
}

/// What rows are ordered by; no value is smaller than any.
fn size(cell: &Cell) -> f64 {
    match cell {
        Cell::Count(count) => *count as f64,
        Cell::Number(number) => *number,
        Cell::Boolean(_) | Cell::Text(_) | Cell::Missing(_) => f64::NEG_INFINITY,
    }
}
