//! Totals: one row with each measure over the whole period.

use hitmetrix_model::Answer;

use crate::AskError;
use crate::count::GroupBy;
use crate::query::Query;

pub(crate) fn answer(query: &Query<'_>) -> Result<Answer, AskError> {
    let prepared = query.prepare(query.wanted())?;
    let counted = query.count(&prepared, GroupBy::All, GroupBy::All)?;
    let mut answer = query.answer_of(&prepared, &counted);
    answer.columns = query.measure_columns();
    answer.rows = vec![counted.cells(&query.question.measures, 0, Some(0))];
    answer.rows_total = 1;
    Ok(answer)
}
