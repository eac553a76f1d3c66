//! `hitmetrix ask`: a question from a file, its answer as table, JSON or CSV.

use std::io::Read;

use axum::http::Method;
use hitmetrix_model::Answer;

use super::arguments::Ask;
use super::table::draw;
use super::{CommandError, cell, print, site};
use crate::client::Client;

pub async fn run(client: &Client, ask: Ask) -> Result<(), CommandError> {
    let text = read(&ask).map_err(|source| CommandError::File {
        action: "read",
        path: ask.question.clone(),
        source,
    })?;
    let question: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| CommandError::Usage(format!("the question is not JSON: {error}")))?;
    let site = site::find(client, &ask.site).await?;
    let path = format!("/api/v1/sites/{}/ask", site.id);
    if ask.json {
        let answer: serde_json::Value = client.call((Method::POST, &path), &question).await?;
        return print(&format!("{answer:#}\n"));
    }
    let answer: Answer = client.call((Method::POST, &path), &question).await?;
    print(&if ask.csv {
        csv(&answer)
    } else {
        table(&answer)
    })
}

fn read(ask: &Ask) -> std::io::Result<String> {
    if ask.question.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(&ask.question)
}

/// The rows, and under them what was counted and what may be missing.
fn table(answer: &Answer) -> String {
    let head: Vec<String> = answer
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let rows: Vec<_> = answer
        .rows
        .iter()
        .map(|row| {
            row.iter()
                .zip(&answer.columns)
                .map(|(value, column)| cell::for_table(value, column.unit))
                .collect()
        })
        .collect();
    let mut text = draw(&head, &rows);
    text.push_str(&format!(
        "\n{} of {} rows, {} to {} ({}), data version {}, {} events in {:.1} ms\n",
        answer.rows.len(),
        answer.rows_total,
        cell::time(answer.period.from_ms),
        cell::time(answer.period.to_ms),
        answer.time_zone,
        answer.data_version,
        answer.rows_scanned,
        answer.took_us as f64 / 1000.0,
    ));
    if answer.bot_events > 0 {
        text.push_str(&format!("left out: {} events of bots\n", answer.bot_events));
    }
    if answer.lost_events > 0 {
        text.push_str(&format!("lost on the way: {} events\n", answer.lost_events));
    }
    for missing in &answer.missing {
        text.push_str(&format!("missing: {}\n", cell::printable(missing)));
    }
    text
}

fn csv(answer: &Answer) -> String {
    let names: Vec<String> = answer
        .columns
        .iter()
        .map(|column| cell::csv_text(&column.name))
        .collect();
    let mut text = names.join(",");
    text.push_str("\r\n");
    for row in &answer.rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&answer.columns)
            .map(|(value, column)| cell::for_csv(value, column.unit))
            .collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}
