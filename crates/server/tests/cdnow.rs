//! Real purchases of a shop through the real binary: the CDNOW sample (January 1997 to June 1998),
//! imported as a table without header. What the engine counts per calendar month equals what a
//! plain loop counts in the same file, and a second run doubles nothing.
//!
//! The file is not part of the project (see `real`). Without it the test says so and ends.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::print_stdout,
    reason = "what was skipped and why is said to whoever reads the run"
)]

mod real;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use real::{hitmetrix, input};

/// One line: who bought when, in cents.
struct Purchase {
    customer: String,
    /// As `1997-01`.
    month: String,
    cents: i64,
}

#[test]
fn imported_purchases_equal_a_plain_count_of_the_file() {
    let Some(file) = input("commerce/CDNOW_sample.txt") else {
        return;
    };
    let purchases = purchases(&file);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    hitmetrix(data, &["site", "add", "CDs", "--domain", "cds.test"]);
    for run in 0..2 {
        let said = import(data, &file);
        let told_first = format!(
            "{} events imported, 0 were there already, 0 lines",
            purchases.len()
        );
        assert!(run > 0 || said.contains(&told_first), "{said}");
        let counted: BTreeMap<String, (usize, usize)> = months(data)
            .into_iter()
            .map(|row| {
                let count = |place: usize| row[place].as_u64().unwrap() as usize;
                (month(&row[0]), (count(1), count(2)))
            })
            .collect();
        assert_eq!(counted, plain_months(&purchases));
    }
    let customers: BTreeSet<&str> = purchases.iter().map(|one| one.customer.as_str()).collect();
    let totals = ask(
        data,
        r#""kind": "totals", "measures": ["events", "persons"]"#,
    );
    assert_eq!(
        totals[0],
        [purchases.len().into(), Value::from(customers.len())]
    );
    assert_eq!(exported_cents(data), plain_cents(&purchases));
    assert_eq!(counted_cents(data), plain_cents(&purchases));
    assert_eq!(counted_retention(data), plain_retention(&purchases));
}

fn import(data: &Path, file: &Path) -> String {
    let words = "import csv --site CDs --no-header --delimiter space --time-format %Y%m%d \
                 --map visitor=1 --map time=3 --map property.cds=4 --map property.value=5 \
                 --set event=purchase --number 5";
    let mut words: Vec<&str> = words.split_whitespace().collect();
    words.push(file.to_str().unwrap());
    hitmetrix(data, &words)
}

/// Events and customers by month.
fn plain_months(purchases: &[Purchase]) -> BTreeMap<String, (usize, usize)> {
    let mut months: BTreeMap<String, (usize, BTreeSet<&str>)> = BTreeMap::new();
    for purchase in purchases {
        let (events, customers) = months.entry(purchase.month.clone()).or_default();
        *events += 1;
        customers.insert(&purchase.customer);
    }
    let months = months.into_iter();
    months
        .map(|(month, (events, customers))| (month, (events, customers.len())))
        .collect()
}

/// Revenue by month.
fn plain_cents(purchases: &[Purchase]) -> BTreeMap<String, i64> {
    let mut months = BTreeMap::new();
    for purchase in purchases {
        *months.entry(purchase.month.clone()).or_default() += purchase.cents;
    }
    months
}

/// Customers by month of first purchase, and how many of them bought in each month from it on.
fn plain_retention(purchases: &[Purchase]) -> BTreeMap<String, Vec<i64>> {
    let number = |month: &str| {
        let (year, month) = month.split_once('-').unwrap();
        year.parse::<usize>().unwrap() * 12 + month.parse::<usize>().unwrap() - 1
    };
    let mut bought: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for purchase in purchases {
        let months = bought.entry(&purchase.customer).or_default();
        months.insert(&purchase.month);
    }
    let last = purchases.iter().map(|one| number(&one.month)).max();
    let mut cohorts: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for months in bought.values() {
        let first = *months.first().unwrap();
        let row = cohorts
            .entry(first.to_owned())
            .or_insert_with(|| vec![0; last.unwrap() - number(first) + 1]);
        for month in months {
            row[number(month) - number(first)] += 1;
        }
    }
    cohorts
}

/// The same from the engine; months beyond the period have no value.
fn counted_retention(data: &Path) -> BTreeMap<String, Vec<i64>> {
    let rows = ask(
        data,
        r#""kind": "retention", "interval": "month", "retention": {"start": {"events": ["purchase"]}, "return": {"events": ["purchase"]}}"#,
    );
    let cohorts = rows.iter().map(|row| {
        let counts = row[1..].iter().filter_map(Value::as_i64);
        (month(&row[0]), counts.collect::<Vec<i64>>())
    });
    // Months without a new customer are rows of zeros.
    cohorts
        .filter(|(_, counts)| counts.first() != Some(&0))
        .collect()
}

/// Revenue by month from the engine.
fn counted_cents(data: &Path) -> BTreeMap<String, i64> {
    let rows = ask(
        data,
        r#""kind": "trend", "interval": "month", "trend": {"series": [{"events": ["purchase"], "aggregate": "sum", "property": "value"}]}"#,
    );
    rows.iter()
        .map(|row| {
            let dollars = row[1].as_f64().unwrap();
            (month(&row[0]), (dollars * 100.0).round() as i64)
        })
        .collect()
}

/// The month that a time in milliseconds lies in, as `1997-01`.
fn month(time_ms: &Value) -> String {
    let time = jiff::Timestamp::from_millisecond(time_ms.as_i64().unwrap()).unwrap();
    time.to_string()[..7].to_owned()
}

/// Revenue by month of what the store gives out again.
fn exported_cents(data: &Path) -> BTreeMap<String, i64> {
    let out = data.join("out.jsonl");
    let words = [
        "export",
        "--site",
        "CDs",
        "--format",
        "jsonl",
        "--out",
        out.to_str().unwrap(),
    ];
    hitmetrix(data, &words);
    let mut months = BTreeMap::new();
    for line in std::fs::read_to_string(out).unwrap().lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let month = event["time"].as_str().unwrap()[..7].to_owned();
        let dollars = event["properties"]["value"].as_f64().unwrap();
        *months.entry(month).or_default() += (dollars * 100.0).round() as i64;
    }
    months
}

fn months(data: &Path) -> Vec<Vec<Value>> {
    ask(
        data,
        r#""kind": "trend", "interval": "month", "measures": ["events", "persons"]"#,
    )
}

fn ask(data: &Path, question: &str) -> Vec<Vec<Value>> {
    let question = format!(
        r#"{{{question}, "period": {{"from": "1997-01-01", "to": "1998-06-30"}}, "time_zone": "UTC"}}"#
    );
    let file = data.join("question.json");
    std::fs::write(&file, question).unwrap();
    let words = ["ask", "--site", "CDs", "--json", file.to_str().unwrap()];
    let answer: Value = serde_json::from_str(&hitmetrix(data, &words)).unwrap();
    serde_json::from_value(answer["rows"].clone()).unwrap()
}

fn purchases(file: &Path) -> Vec<Purchase> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let (dollars, cents) = columns[4].split_once('.').unwrap_or((columns[4], "0"));
            let hundredths: i64 = format!("{cents:0<2}").parse().unwrap();
            Purchase {
                customer: columns[0].to_owned(),
                month: format!("{}-{}", &columns[2][..4], &columns[2][4..6]),
                cents: dollars.parse::<i64>().unwrap_or(0) * 100 + hundredths,
            }
        })
        .collect()
}
