//! Answers in the shape that is compared with the peers': rows of numbers and texts that say the
//! same whoever counted them.
//!
//! | kind | row |
//! |---|---|
//! | trend | day, counted from 0; each measure. Days of nothing are left out |
//! | breakdown | value; each measure |
//! | funnel | step, counted from 1; persons who reached it |
//! | retention | day of the start, counted from 0; days after it; persons. Zeros are left out |
//! | paths | pages with ` → ` between them; sessions |

use hitmetrix_model::{Answer, Cell};
use serde_json::Value;

use crate::visits::{DAY_MS, FROM_MS};

/// Brings an answer into the common shape.
pub fn canonical(kind: &str, answer: &Answer) -> Result<Vec<Vec<Value>>, String> {
    match kind {
        "trend" => Ok(answer.rows.iter().filter_map(|row| bucket(row)).collect()),
        "breakdown" => Ok(answer.rows.iter().map(|row| values(row)).collect()),
        "funnel" => funnel(answer),
        "retention" => retention(answer),
        "paths" => paths(answer),
        _ => Err(format!("nobody knows how to compare `{kind}`")),
    }
}

fn values(row: &[Cell]) -> Vec<Value> {
    row.iter()
        .map(|cell| serde_json::to_value(cell).unwrap())
        .collect()
}

fn count(cell: &Cell) -> i64 {
    match cell {
        Cell::Count(count) => *count,
        Cell::Number(number) => *number as i64,
        _ => 0,
    }
}

fn day(cell: &Cell) -> i64 {
    (count(cell) - FROM_MS) / DAY_MS
}

fn bucket(row: &[Cell]) -> Option<Vec<Value>> {
    let counts = &row[1..];
    let nothing = counts.iter().all(|cell| count(cell) == 0);
    let day = std::iter::once(Value::from(day(&row[0])));
    (!nothing).then(|| day.chain(values(counts)).collect())
}

fn place(answer: &Answer, name: &str) -> Result<usize, String> {
    let known: Vec<&str> = answer.columns.iter().map(|one| one.name.as_str()).collect();
    known
        .iter()
        .position(|&known| known == name)
        .ok_or_else(|| format!("no column `{name}` among {}", known.join(", ")))
}

fn funnel(answer: &Answer) -> Result<Vec<Vec<Value>>, String> {
    let persons = place(answer, "persons")?;
    let steps = answer.rows.iter().enumerate();
    Ok(steps
        .map(|(step, row)| vec![Value::from(step + 1), Value::from(count(&row[persons]))])
        .collect())
}

/// A row of the answer has a cohort and its persons after 0, 1, 2 and more days.
fn retention(answer: &Answer) -> Result<Vec<Vec<Value>>, String> {
    let (cohort, first) = (place(answer, "cohort")?, place(answer, "persons")?);
    let mut rows = Vec::new();
    for row in &answer.rows {
        for (after, cell) in row[first..].iter().enumerate() {
            if count(cell) > 0 {
                let numbers = [day(&row[cohort]), after as i64, count(cell)];
                rows.push(numbers.map(Value::from).to_vec());
            }
        }
    }
    Ok(rows)
}

fn paths(answer: &Answer) -> Result<Vec<Vec<Value>>, String> {
    let (path, sessions) = (place(answer, "path")?, place(answer, "sessions")?);
    let rows = answer.rows.iter();
    Ok(rows
        .map(|row| values(&[row[path].clone(), row[sessions].clone()]))
        .collect())
}
