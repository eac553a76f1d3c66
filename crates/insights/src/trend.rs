//! Trend: one row per bucket of time with each measure.
//!
//! A bucket that has not begun has no values, unless something was counted in it. The earlier
//! period's buckets stand beside their counterparts; of a running period only as far as it is
//! held against. Series of a trend are counted in `series`.

use hitmetrix_model::{Answer, Cell, Unit};

use crate::period::Buckets;
use crate::query::{Counted, Prepared, Query, column};

/// The rows of a question that was counted.
pub(crate) fn rows(
    query: &Query<'_>,
    prepared: &Prepared<'_>,
    (counted, buckets): (&Counted, &Buckets),
) -> Answer {
    let mut answer = query.answer_of(prepared, counted);
    answer.interval = Some(buckets.interval);
    answer.columns.push(column("time", Unit::TimeMs));
    if query.resolved.previous.is_some() {
        answer.columns.push(column("time_previous", Unit::TimeMs));
    }
    answer.columns.extend(query.measure_columns());
    let measures = &query.question.measures;
    for (bucket, (&start, &pair)) in buckets.starts.iter().zip(&buckets.pairs).enumerate() {
        let mut row = vec![Cell::Count(start)];
        let mut pair = pair;
        if let Some(previous) = query.resolved.previous {
            let at = pair.map(|pair| buckets.previous_starts[pair]);
            row.push(at.map_or(Cell::MISSING, Cell::Count));
            pair = pair.filter(|_| at.is_some_and(|at| at < previous.to_ms));
        }
        let mut cells = counted.cells(measures, bucket, pair);
        if start > query.now_ms {
            blank_if_nothing(&mut cells, if counted.before.is_some() { 2 } else { 1 });
        }
        row.extend(cells);
        answer.rows.push(row);
    }
    answer.rows_total = answer.rows.len() as u64;
    answer
}

/// Makes the period's own cells, every `step`-th, missing when none of them counted anything.
fn blank_if_nothing(cells: &mut [Cell], step: usize) {
    let nothing = |cell: &Cell| matches!(cell, Cell::Count(0) | Cell::Missing(_));
    if cells.iter().step_by(step).all(nothing) {
        cells
            .iter_mut()
            .step_by(step)
            .for_each(|cell| *cell = Cell::MISSING);
    }
}
