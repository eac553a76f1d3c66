//! A trend of a board's mail is asked once where its intervals add up to the whole period: how often
//! something happened does, how many people there were does not.

use hitmetrix_model::{Aggregate, Answer, Cell, Column, Interval, Question, Series, Unit};

use super::panel::{is_key, value};

/// Whether the intervals of a trend add up to the whole: what is counted or added up, and neither
/// people, who come again, nor means.
pub(super) fn adds_up(line: &Question) -> bool {
    let is_added = |one: &Series| {
        matches!(one.aggregate, Aggregate::Count | Aggregate::Sum) && !one.first_time
    };
    line.trend.as_ref().is_some_and(|trend| {
        trend.formulas.is_empty()
            && !trend.cumulative
            && trend.moving_average.is_none()
            && trend.series.iter().all(is_added)
    })
}

/// The intervals of an answer added up, by what its rows are divided by; none of hours, which may have
/// no counterpart in the time before.
pub(super) fn summed(line: &Answer) -> Option<Answer> {
    if !matches!(
        line.interval?,
        Interval::Day | Interval::Week | Interval::Month
    ) {
        return None;
    }
    let is_time = |column: &Column| column.unit == Unit::TimeMs;
    let kept: Vec<usize> = (0..line.columns.len())
        .filter(|&place| !is_time(&line.columns[place]))
        .collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for row in &line.rows {
        let row: Vec<&Cell> = kept.iter().map(|&place| &row[place]).collect();
        let is_same = |known: &&mut Vec<Cell>| {
            let mut cells = kept.iter().zip(known.iter().zip(&row));
            cells.all(|(&place, (known, cell))| !is_key(&line.columns[place]) || known == *cell)
        };
        match rows.iter_mut().find(is_same) {
            None => rows.push(row.into_iter().cloned().collect()),
            Some(known) => {
                for (&place, (known, cell)) in kept.iter().zip(known.iter_mut().zip(row)) {
                    if !is_key(&line.columns[place]) {
                        *known = added(known, cell);
                    }
                }
            }
        }
    }
    Some(Answer {
        columns: kept
            .iter()
            .map(|&place| line.columns[place].clone())
            .collect(),
        rows_total: rows.len() as u64,
        rows,
        ..line.clone()
    })
}

/// Both together; what has no value adds nothing.
fn added(one: &Cell, other: &Cell) -> Cell {
    match (one, other) {
        (Cell::Count(one), Cell::Count(other)) => Cell::Count(one + other),
        (Cell::Missing(_), cell) | (cell, Cell::Missing(_)) => cell.clone(),
        (one, other) => match (value(one), value(other)) {
            (Some(one), Some(other)) => Cell::Number(one + other),
            _ => one.clone(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::board_mail::panel::tests::answer_of;

    #[test]
    fn intervals_add_up_by_what_divides_them() {
        let line = answer_of(
            &[
                ("time", "time_ms"),
                ("time_previous", "time_ms"),
                ("channel", "text"),
                ("A", "count"),
                ("A_previous", "count"),
                ("B", "ratio"),
            ],
            json!([
                [1, -9, "Direct", 3, 4, 1.5],
                [1, -9, "Paid", 1, 0, null],
                [2, -8, "Direct", 2, 1, 2.25],
                [2, -8, "Paid", null, null, null]
            ]),
        );
        let whole = summed(&line).unwrap();
        let names: Vec<&str> = whole.columns.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["channel", "A", "A_previous", "B"]);
        assert_eq!(
            serde_json::to_value(&whole.rows).unwrap(),
            json!([["Direct", 5, 5, 3.75], ["Paid", 1, 0, null]])
        );
        let hourly = Answer {
            interval: Some(Interval::Hour),
            ..line
        };
        assert_eq!(summed(&hourly), None);
    }

    #[test]
    fn only_what_is_counted_adds_up() {
        let trend = |trend: Value| -> Question {
            let question = json!({"kind": "trend", "period": {"last": "7d"}, "interval": "day",
                                  "trend": trend});
            serde_json::from_value(question).unwrap()
        };
        let of = |aggregate: &str| {
            json!({"events": ["order"], "aggregate": aggregate, "property":
            if aggregate == "sum" { json!("value") } else { Value::Null }})
        };
        assert!(adds_up(&trend(json!({"series": [of("count"), of("sum")]}))));
        for other in ["persons", "sessions"] {
            assert!(!adds_up(&trend(
                json!({"series": [of("count"), of(other)]})
            )));
        }
        let running = json!({"series": [of("count")], "cumulative": true});
        assert!(!adds_up(&trend(running)));
    }
}
