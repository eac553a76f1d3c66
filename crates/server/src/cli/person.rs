//! `hitmetrix person`.

use axum::http::Method;
use hitmetrix_model::{PersonKey, VisitorId};
use serde::Deserialize;
use serde_json::json;

use super::arguments::{PersonCommand, PersonErase, PersonShow, PersonUndo};
use super::table::{TableCell, draw};
use super::{CommandError, cell, print, site};
use crate::client::{Client, encoded};

#[derive(Deserialize)]
struct Ledger {
    person: PersonKey,
    visitors: Vec<VisitorId>,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    time_ms: i64,
    visitor: VisitorId,
    reason: String,
    user: String,
    verified: bool,
}

pub async fn run(client: &Client, command: PersonCommand) -> Result<(), CommandError> {
    match command {
        PersonCommand::Show(show) => show_person(client, &show).await,
        PersonCommand::Undo(undo) => undo_visitor(client, &undo).await,
        PersonCommand::Erase(erase) => erase_person(client, &erase).await,
        PersonCommand::EraseRecordings(erase) => erase_recordings(client, &erase).await,
    }
}

async fn show_person(client: &Client, show: &PersonShow) -> Result<(), CommandError> {
    let site = site::find(client, &show.site).await?;
    let name = encoded(&show.person);
    let path = format!("/api/v1/sites/{}/persons/{name}/ledger", site.id);
    if show.json {
        let ledger: serde_json::Value = client.get(&path).await?;
        return print(&format!("{ledger}\n"));
    }
    let ledger: Ledger = client.get(&path).await?;
    let visitors: Vec<String> = ledger.visitors.iter().map(ToString::to_string).collect();
    let mut text = format!("person    {}\nvisitors  ", ledger.person);
    text.push_str(&visitors.join("\n          "));
    text.push('\n');
    if !ledger.entries.is_empty() {
        text.push('\n');
        text.push_str(&table(&ledger.entries));
    }
    print(&text)
}

fn table(entries: &[Entry]) -> String {
    let head = ["time", "visitor", "reason", "user", "verified"].map(str::to_owned);
    let rows: Vec<Vec<TableCell>> = entries
        .iter()
        .map(|entry| {
            vec![
                TableCell::text(cell::time(entry.time_ms)),
                TableCell::text(entry.visitor.to_string()),
                TableCell::text(&entry.reason),
                TableCell::text(cell::printable(&entry.user)),
                TableCell::text(if entry.verified { "yes" } else { "no" }),
            ]
        })
        .collect();
    draw(&head, &rows)
}

#[derive(Deserialize)]
struct Profile {
    person: PersonKey,
    user: String,
}

#[derive(Deserialize)]
struct Erased {
    events: u64,
    recordings: u64,
    visitors: u64,
}

async fn erase_person(client: &Client, erase: &PersonErase) -> Result<(), CommandError> {
    confirmed(erase, "them")?;
    let site = site::find(client, &erase.site).await?;
    let name = encoded(&erase.person);
    let path = format!("/api/v1/sites/{}/persons/{name}", site.id);
    let profile: Profile = client.get(&path).await?;
    let name = match profile.user.is_empty() {
        true => profile.person.to_string(),
        false => profile.user,
    };
    let body = json!({"name": name});
    let erased: Erased = client.call((Method::DELETE, &path), &body).await?;
    print(&format!(
        "{} events and {} recordings of {} visitors are erased\n",
        erased.events, erased.recordings, erased.visitors
    ))
}

/// The person was said twice.
fn confirmed(erase: &PersonErase, what: &str) -> Result<(), CommandError> {
    if erase.confirm == erase.person {
        return Ok(());
    }
    Err(CommandError::Usage(format!(
        "--confirm is `{}`, not `{}`; say the person twice to erase {what}",
        cell::printable(&erase.confirm),
        cell::printable(&erase.person)
    )))
}

#[derive(Deserialize)]
struct ErasedRecordings {
    recordings: u64,
}

async fn erase_recordings(client: &Client, erase: &PersonErase) -> Result<(), CommandError> {
    confirmed(erase, "their recordings")?;
    let site = site::find(client, &erase.site).await?;
    let name = encoded(&erase.person);
    let path = format!("/api/v1/sites/{}/persons/{name}/recordings", site.id);
    let erased: ErasedRecordings = client.call((Method::DELETE, &path), &()).await?;
    print(&format!("{} recordings are erased\n", erased.recordings))
}

async fn undo_visitor(client: &Client, undo: &PersonUndo) -> Result<(), CommandError> {
    let site = site::find(client, &undo.site).await?;
    let path = format!("/api/v1/sites/{}/persons/{}/undo", site.id, undo.visitor);
    let body = json!({"visitor": undo.visitor});
    client.call::<()>((Method::POST, &path), &body).await?;
    print(&format!(
        "Visitor {} is a person of its own again.\n",
        undo.visitor
    ))
}
