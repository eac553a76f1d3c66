//! Parts are plain Parquet: DuckDB reads the same rows out of one. Skipped, and said so, where
//! Python's `duckdb` package is not installed.

use std::process::Command;

use hitmetrix_model::Value;

use crate::StoredEvent;
use crate::lanes::samples::{MONDAY_MS, event};

const QUERY: &str = "
import duckdb, sys
rows = duckdb.sql(f'''select lower(hex(person)), lower(hex(\"window\")), sequence,
    epoch_ms(time), epoch_ms(received_at), name, path, title, country, unverified,
    coalesce(engaged_ms, -1), coalesce(value, -1), coalesce(currency, '-'),
    properties->>'$.currency'
    from read_parquet('{sys.argv[1]}') order by person, time, \"window\", sequence''').fetchall()
for row in rows:
    print('|'.join(str(cell) for cell in row))
";

fn line(row: &StoredEvent) -> String {
    let property = |name: &str| row.event.properties.get(name);
    let number = |name: &str| match property(name) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    };
    let currency = match property("currency") {
        Some(Value::Text(currency)) => Some(currency.as_str()),
        _ => None,
    };
    format!(
        "{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{:?}|{}|{}",
        row.person,
        row.sender.window,
        row.event.sequence,
        row.event.time_ms,
        row.received_at_ms,
        row.event.name,
        row.event.page.path,
        row.event.page.title,
        row.sender.context.country,
        if row.event.unverified {
            "True"
        } else {
            "False"
        },
        number("engaged_ms").map_or(-1, |ms| ms as i64),
        number("value").unwrap_or(-1.0),
        currency.unwrap_or("-"),
        currency.unwrap_or("None"),
    )
}

#[test]
fn duckdb_reads_the_same_rows() {
    let python = std::env::var("HITMETRIX_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let known = Command::new(&python).args(["-c", "import duckdb"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        println!("skipped: {python} has no package duckdb; set HITMETRIX_PYTHON to one that has");
        return;
    }
    let mut rows: Vec<StoredEvent> = (0..5000u128)
        .map(|n| {
            let mut row = event(n % 300, MONDAY_MS + n as i64 * 61, n / 3, n as u32 % 5);
            if n % 7 == 0 {
                row.event.unverified = true;
                row.event
                    .properties
                    .insert("value".to_owned(), Value::Number(n as f64 / 8.0));
                row.event
                    .properties
                    .insert("currency".to_owned(), Value::Text("EUR".to_owned()));
            }
            row
        })
        .collect();
    rows.sort_by(StoredEvent::order);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.parquet");
    std::fs::write(&path, crate::parquet_file(&rows).unwrap()).unwrap();
    let output = Command::new(&python)
        .args(["-c", QUERY])
        .arg(&path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found = String::from_utf8(output.stdout).unwrap();
    let expected: Vec<String> = rows.iter().map(line).collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
}
