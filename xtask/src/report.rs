//! Rows of measurements: printed as a table against their budgets, and written as JSON for
//! whoever wants to follow them over time.

use std::fs;

use serde::Serialize;

use crate::step::Failure;

/// One measured value.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub name: String,
    pub value: f64,
    pub unit: &'static str,
    /// In words, as `at most 3072`; empty where nothing was promised.
    pub budget: String,
    /// Whether the budget holds; absent where there is none.
    pub holds: Option<bool>,
}

impl Row {
    /// A value without budget.
    pub fn plain(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            budget: String::new(),
            holds: None,
        }
    }

    /// A value that must not be larger than `limit`.
    pub fn at_most(name: impl Into<String>, value: f64, unit: &'static str, limit: f64) -> Self {
        let budget = format!("at most {}", number(limit));
        Self {
            name: name.into(),
            value,
            unit,
            budget,
            holds: Some(value <= limit),
        }
    }

    /// A value that must not be smaller than `limit`.
    pub fn at_least(name: impl Into<String>, value: f64, unit: &'static str, limit: f64) -> Self {
        let budget = format!("at least {}", number(limit));
        Self {
            name: name.into(),
            value,
            unit,
            budget,
            holds: Some(value >= limit),
        }
    }
}

/// Prints the table and writes the JSON file that `--json FILE` names. Budgets that are missed
/// are said, never a reason to fail.
pub fn publish(rows: &[Row], arguments: &[String]) -> Result<(), Failure> {
    let width = rows
        .iter()
        .map(|row| row.name.chars().count())
        .max()
        .unwrap_or(0);
    println!(
        "\n{:width$}  {:>12}  {:<10} {:<22} holds",
        "what", "value", "unit", "budget"
    );
    for row in rows {
        let holds = match row.holds {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        let value = number(row.value);
        println!(
            "{:width$}  {value:>12}  {:<10} {:<22} {holds}",
            row.name, row.unit, row.budget
        );
    }
    let missed = rows.iter().filter(|row| row.holds == Some(false)).count();
    println!(
        "\n{missed} of {} budgets missed",
        rows.iter().filter(|row| row.holds.is_some()).count()
    );
    if let Some(path) = value_of("--json", arguments) {
        fs::write(path, serde_json::to_vec_pretty(rows)?)?;
    }
    Ok(())
}

/// The word behind `name`.
pub fn value_of<'a>(name: &str, arguments: &'a [String]) -> Option<&'a str> {
    let place = arguments.iter().position(|argument| argument == name)?;
    arguments.get(place + 1).map(String::as_str)
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 1000.0 {
        let digits = format!("{:.0}", value.abs());
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        if value < 0.0 {
            format!("-{text}")
        } else {
            text
        }
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_thousands_and_two_decimals_below() {
        assert_eq!(number(3072.0), "3,072");
        assert_eq!(number(1_234_567.4), "1,234,567");
        assert_eq!(number(12.345), "12.35");
        assert_eq!(number(0.0), "0");
    }

    #[test]
    fn a_budget_holds_up_to_its_limit() {
        assert_eq!(Row::at_most("x", 3.0, "ms", 3.0).holds, Some(true));
        assert_eq!(Row::at_least("x", 2.9, "ms", 3.0).holds, Some(false));
    }
}
