//! `hitmetrix ask`: a question from a file, its answer as table, JSON or CSV.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;

use hitmetrix_model::Answer;
use serde_json::Value;

use super::arguments::{AnswerForm, Ask};
use super::table::draw;
use super::{CommandError, cell, print, site};
use crate::client::{Client, ClientError};

pub async fn run(client: &Client, ask: Ask) -> Result<(), CommandError> {
    let question = read_json(&ask.question, "the question")?;
    let site = site::find(client, &ask.site).await?;
    let path = format!("/api/v1/sites/{}/ask", site.id);
    show(asked(client, &path, &question).await?, ask.form)
}

/// The answer, with a line on a terminal that says how far it has come.
pub async fn asked(client: &Client, path: &str, body: &Value) -> Result<Value, CommandError> {
    let is_terminal = std::io::stderr().is_terminal();
    let mut said = false;
    let say = |share: f64| {
        // What is there at once needs no line.
        if is_terminal && (said || share > 0.0) {
            said = true;
            let _ = write!(std::io::stderr(), "\r\x1b[Kcounted {:.0} %", share * 100.0);
        }
    };
    let answer = client.ask(path, body, say).await;
    if said {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    Ok(answer?)
}

/// Prints an answer.
pub fn show(answer: Value, form: AnswerForm) -> Result<(), CommandError> {
    if form.json {
        return print(&format!("{answer:#}\n"));
    }
    let answer: Answer = serde_json::from_value(answer).map_err(ClientError::from)?;
    print(&if form.csv {
        csv(&answer)
    } else {
        table(&answer)
    })
}

/// The JSON of a file; `-` is standard input.
pub fn read_json(path: &Path, what: &'static str) -> Result<Value, CommandError> {
    let text = read(path).map_err(|source| CommandError::File {
        action: "read",
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text)
        .map_err(|error| CommandError::Usage(format!("{what} is not JSON: {error}")))
}

fn read(path: &Path) -> std::io::Result<String> {
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
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
    if let Some(persons) = answer.persons_total {
        text.push_str(&format!("{persons} persons\n"));
    }
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
