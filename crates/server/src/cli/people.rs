//! `hitmetrix people`: who stands behind a cell of a question's answer.

use std::collections::BTreeMap;

use hitmetrix_model::Cell;
use serde_json::{Value, json};

use super::arguments::People;
use super::{CommandError, ask, site};
use crate::client::Client;

pub async fn run(client: &Client, people: People) -> Result<(), CommandError> {
    let question = ask::read_json(&people.question, "the question")?;
    let cell = match (&people.cell, &people.column) {
        (Some(file), _) => ask::read_json(file, "the cell")?,
        (None, Some(column)) => {
            let row = people.row.iter().map(|text| key(text));
            let row: BTreeMap<String, Cell> = row.collect::<Result<_, CommandError>>()?;
            json!({"column": column, "row": row})
        }
        (None, None) => {
            return Err(CommandError::Usage(
                "name the cell: --column persons --row page=/cart, or --cell FILE".to_owned(),
            ));
        }
    };
    let mut body = json!({"question": question, "cell": cell});
    if let Some(limit) = people.limit {
        body["limit"] = Value::from(limit);
    }
    let site = site::find(client, &people.site).await?;
    let path = format!("/api/v1/sites/{}/people", site.id);
    ask::show(ask::asked(client, &path, &body).await?, people.form)
}

/// `page=/cart` as a name and a cell.
fn key(text: &str) -> Result<(String, Cell), CommandError> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        CommandError::Usage(format!(
            "`{text}` is no cell of a row; write --row page=/cart"
        ))
    })?;
    Ok((name.to_owned(), cell(value)))
}

/// What a text looks like: a number, true or false, no value, a time as the table shows it, or
/// else a text. In JSON's quotes it is a text, whatever it looks like.
fn cell(text: &str) -> Cell {
    let as_json = serde_json::from_str::<Cell>(text);
    if let Ok(cell) = as_json {
        return cell;
    }
    let time: Result<jiff::Timestamp, _> = text.parse();
    match time {
        Ok(time) => Cell::Count(time.as_millisecond()),
        Err(_) if text == "–" => Cell::MISSING,
        Err(_) => Cell::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cell_of_a_row_is_what_it_looks_like() {
        let text = |text: &str| Cell::Text(text.to_owned());
        let cases = [
            ("page=/cart", ("page", text("/cart"))),
            ("page=", ("page", text(""))),
            ("page=/a?b=c", ("page", text("/a?b=c"))),
            ("step=2", ("step", Cell::Count(2))),
            ("share=0.5", ("share", Cell::Number(0.5))),
            ("plan=\"10\"", ("plan", text("10"))),
            ("new=true", ("new", Cell::Boolean(true))),
            ("name=null", ("name", Cell::MISSING)),
            ("name=–", ("name", Cell::MISSING)),
            (
                "at=2026-01-01T12:00:00Z",
                ("at", Cell::Count(1_767_268_800_000)),
            ),
        ];
        for (given, (name, expected)) in cases {
            assert_eq!(key(given).unwrap(), (name.to_owned(), expected), "{given}");
        }
        assert!(key("/cart").is_err());
    }
}
