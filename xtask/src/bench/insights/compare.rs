//! Whether all sides say the same.

use serde_json::Value;

use super::{Asked, Measured};
use crate::step::Failure;

/// Fails when two sides have different rows for a question.
pub(super) fn compare(measured: &Measured) -> Result<(), Failure> {
    for listing in &measured.listings {
        let id = &listing.id;
        let sides = std::iter::once(&measured.ours).chain(&measured.peers);
        let mut answers = sides.filter_map(|side| Some((side.name, sorted(side.asked(id)?))));
        let Some((first, rows)) = answers.next() else {
            continue;
        };
        for (other, others) in answers {
            if let Some(difference) = difference((first, &rows), (other, &others)) {
                return Err(Failure::new(format!("{id}: {difference}")));
            }
        }
        println!("{id}: {} rows, all agree", rows.len());
    }
    Ok(())
}

fn sorted(asked: &Asked) -> Vec<String> {
    let mut rows: Vec<String> = asked.rows.iter().map(Value::to_string).collect();
    rows.sort();
    rows
}

/// The first few rows that only one of two answers has.
fn difference(
    (one, rows): (&str, &[String]),
    (other, others): (&str, &[String]),
) -> Option<String> {
    let only = |rows: &[String], others: &[String]| -> Vec<String> {
        let missing = rows.iter().filter(|row| !others.contains(row));
        missing.take(3).cloned().collect()
    };
    if rows == others {
        return None;
    }
    Some(format!(
        "answers differ: only {one} says {:?}, only {other} says {:?}",
        only(rows, others),
        only(others, rows)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_side_only_are_named() {
        let rows = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        let (one, other) = (rows(&["[0,5]", "[1,6]"]), rows(&["[0,5]", "[1,7]"]));
        assert_eq!(difference(("a", &one), ("b", &one)), None);
        let told = difference(("a", &one), ("b", &other)).unwrap();
        assert!(told.contains("[1,6]") && told.contains("[1,7]") && !told.contains("[0,5]"));
    }
}
