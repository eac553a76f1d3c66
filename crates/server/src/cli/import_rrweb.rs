//! `hitmetrix import rrweb`: the command takes the events out of the file, whatever its form, and
//! sends them one a line. The file's digest is its name, so that it becomes the same session each
//! time.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use axum::body::Body;
use axum::http::Method;
use hitmetrix_ingest::rrweb::{Events, FormError};
use hitmetrix_model::SiteId;
use serde::Deserialize;

use super::arguments::ImportRrweb;
use super::import::send;
use super::progress::Progress;
use super::{CommandError, cell, print, site};
use crate::client::{Client, request};

/// Bytes that are read and sent at once; one event may be larger.
const PIECE_BYTES: usize = 1 << 20;
/// Bad events that are shown.
const SHOWN_MAX: usize = 10;

/// What became of a piece.
#[derive(Deserialize)]
struct Answer {
    accepted: u64,
    duplicates: u64,
    rejected: u64,
    left_out: u64,
    session: Option<String>,
    problems: Vec<String>,
}

/// What became of a file.
#[derive(Default)]
struct Sums {
    accepted: u64,
    duplicates: u64,
    rejected: u64,
    left_out: u64,
    session: Option<String>,
    problems: Vec<String>,
}

pub async fn run(client: &Client, command: ImportRrweb) -> Result<(), CommandError> {
    let site = site::find(client, &command.site).await?;
    for path in &command.files {
        let route = route(site.id, path, command.at)?;
        let sums = import(client, &route, path).await?;
        report(path, &sums)?;
    }
    Ok(())
}

fn failed(path: &Path, source: std::io::Error) -> CommandError {
    CommandError::File {
        action: "read",
        path: path.to_owned(),
        source,
    }
}

/// Where the events of a file go to, but for their position.
fn route(site: SiteId, path: &Path, at_ms: Option<i64>) -> Result<String, CommandError> {
    let mut digest = blake3::Hasher::new();
    let file = File::open(path).map_err(|source| failed(path, source))?;
    digest
        .update_reader(file)
        .map_err(|source| failed(path, source))?;
    let name = &digest.finalize().to_hex()[..32];
    let at = at_ms.map_or(String::new(), |at_ms| format!("&at_ms={at_ms}"));
    Ok(format!(
        "/api/v1/sites/{site}/imports/rrweb-{name}?format=rrweb{at}"
    ))
}

async fn import(client: &Client, route: &str, path: &Path) -> Result<Sums, CommandError> {
    let failed = |source| failed(path, source);
    let mut file = File::open(path).map_err(failed)?;
    let total = file.metadata().map_err(failed)?.len();
    let mut progress = Progress::start("import", total, 0);
    let (mut sums, mut events) = (Sums::default(), Events::default());
    let (mut lines, mut read_all, mut from) = (Vec::new(), 0, 0);
    let mut part = vec![0; PIECE_BYTES];
    loop {
        let read = file.read(&mut part).map_err(failed)?;
        read_all += read as u64;
        let mut take = |event: &[u8]| {
            lines.extend_from_slice(event);
            lines.push(b'\n');
        };
        let is_last = read == 0;
        let form = match is_last {
            true => std::mem::take(&mut events).end(&mut take),
            false => events.push(&part[..read], &mut take),
        };
        match form {
            Ok(()) => {}
            Err(FormError::Unended) => sums.problems.push(FormError::Unended.to_string()),
            Err(error) => return Err(CommandError::Usage(error.to_string())),
        }
        if is_last || lines.len() >= PIECE_BYTES {
            let bytes = lines.len();
            let path = format!("{route}&from={from}&last={is_last}");
            let body = Body::from(std::mem::take(&mut lines));
            let answer: Answer = send(client, request(Method::POST, &path, body)).await?;
            from += bytes as u64;
            sums.add(answer);
            progress.at(read_all, &format!("{} events", sums.accepted));
        }
        if is_last {
            progress.end(&format!("{} events", sums.accepted));
            return Ok(sums);
        }
    }
}

impl Sums {
    fn add(&mut self, answer: Answer) {
        self.accepted += answer.accepted;
        self.duplicates += answer.duplicates;
        self.rejected += answer.rejected;
        self.left_out += answer.left_out;
        self.session = self.session.take().or(answer.session);
        let room = SHOWN_MAX.saturating_sub(self.problems.len());
        self.problems.extend(answer.problems.into_iter().take(room));
    }
}

fn report(path: &Path, sums: &Sums) -> Result<(), CommandError> {
    let mut parts = vec![format!("{} recorder events imported", sums.accepted)];
    let further = [
        (sums.duplicates, "were there already"),
        (sums.left_out, "of kinds that are not kept"),
        (sums.rejected, "rejected"),
    ];
    let further = further.iter().filter(|(count, _)| *count > 0);
    parts.extend(further.map(|(count, what)| format!("{count} {what}")));
    if sums.accepted + sums.duplicates > 0
        && let Some(session) = &sums.session
    {
        parts.push(format!("session {session}"));
    }
    let path = cell::printable(&path.display().to_string());
    let mut text = format!("{path}: {}\n", cell::printable(&parts.join(", ")));
    for problem in &sums.problems {
        text.push_str(&format!("  {}\n", cell::printable(problem)));
    }
    print(&text)
}
