//! Totals: one row with each measure over the whole period.

use hitmetrix_model::Answer;

use crate::query::{Counted, Prepared, Query};

/// The row of a question that was counted.
pub(crate) fn rows(query: &Query<'_>, prepared: &Prepared<'_>, counted: &Counted) -> Answer {
    let mut answer = query.answer_of(prepared, counted);
    answer.columns = query.measure_columns();
    answer.rows = vec![counted.cells(&query.question.measures, 0, Some(0))];
    answer.rows_total = 1;
    answer
}
