//! Trend: one row per bucket of time with each measure.
//!
//! A bucket that has not begun has no values, unless something was counted in it. The earlier
//! period's buckets stand beside their counterparts; of a running period only as far as it is
//! held against. Series of a trend are counted in `series`.

use hitmetrix_model::{Answer, Cell, Unit};

use crate::AskError;
use crate::buckets::BucketTable;
use crate::count::GroupBy;
use crate::query::{Query, column};
use crate::series;

pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    if query.question.trend.is_some() {
        return series::answer(query);
    }
    let buckets = query.resolved.buckets(query.question.interval)?;
    let period = query.period();
    let prepared = query.prepare(query.wanted())?;
    let table = |starts: &[i64], to_ms| GroupBy::Time(BucketTable::new(starts.to_vec(), to_ms));
    let now = table(&buckets.starts, period.to_ms);
    let before = table(&buckets.previous_starts, query.resolved.earlier_to_ms());
    let counted = query.count(&prepared, now, before)?;

    let mut answer = query.answer_of(&prepared, &counted);
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
    Ok(answer)
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
