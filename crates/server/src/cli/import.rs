//! `hitmetrix import`: the command opens the file itself, with its caller's rights, and sends its
//! lines over the control socket. The server keeps the resume point, in step with what is stored.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use axum::body::Body;
use axum::http::{Method, header};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::arguments::ImportCommand;
use super::progress::Progress;
use super::{CommandError, cell, import_rrweb, mapping, print, site};
use crate::client::{Client, ClientError, encoded, request};

/// Bytes that are sent at once, cut behind the last whole line.
const CHUNK_BYTES: usize = 1 << 20;
/// Bytes of the beginning of a file that name it: a log that grows stays the same file.
const NAME_BYTES: u64 = 4096;
/// Bad lines that are shown.
const SHOWN_MAX: usize = 10;

/// How far the import of a file came.
#[derive(Deserialize)]
struct Point {
    bytes: u64,
    #[serde(default)]
    accepted: u64,
    #[serde(default)]
    duplicates: u64,
    #[serde(default)]
    rejected: u64,
    #[serde(default)]
    problems: Vec<String>,
}

#[derive(Default)]
struct Sums {
    accepted: u64,
    duplicates: u64,
    rejected: u64,
    problems: Vec<String>,
}

pub async fn run(client: &Client, command: ImportCommand) -> Result<(), CommandError> {
    let (format, file, mapping) = match command {
        ImportCommand::AccessLog(file) => ("access_log", file, String::new()),
        ImportCommand::Csv(mut csv) => {
            let file = std::mem::take(&mut csv.file);
            let mapping = serde_json::to_string(&mapping::of(*csv)?).map_err(ClientError::from)?;
            ("csv", file, mapping)
        }
        ImportCommand::Jsonl(file) => ("jsonl", file, String::new()),
        ImportCommand::Rrweb(files) => return import_rrweb::run(client, files).await,
    };
    let (path, wanted) = (file.file, file.site);
    let failed = |source| CommandError::File {
        action: "read",
        path: path.clone(),
        source,
    };
    let site = site::find(client, &wanted).await?;
    let mut file = File::open(&path).map_err(failed)?;
    let total = file.metadata().map_err(failed)?.len();
    let name = name_of(&mut file, &mapping).map_err(failed)?;
    let route = format!("/api/v1/sites/{}/imports/{format}-{name}", site.id);
    let mut point: Point = client.get(&route).await?;
    if point.bytes > total {
        point.bytes = 0;
    }
    if point.bytes < total && is_within_a_line(&mut file, point.bytes).map_err(failed)? {
        // The last line was not yet whole when the file was read: what was imported counts once
        // however often it is read, so the whole file is.
        point.bytes = 0;
    }
    if point.bytes == total {
        return print("every line of this file was imported before; nothing to do\n");
    }
    if point.bytes > 0 {
        print(&format!(
            "resuming after {} of {total} bytes\n",
            point.bytes
        ))?;
    }
    let mut progress = Progress::start("import", total, point.bytes);
    let mut sums = Sums::default();
    let mut chunk = vec![0; CHUNK_BYTES];
    while point.bytes < total {
        file.seek(SeekFrom::Start(point.bytes)).map_err(failed)?;
        let read = read_full(&mut file, &mut chunk).map_err(failed)?;
        let reaches_end = point.bytes + read as u64 >= total;
        let lines = whole_lines(&chunk[..read], reaches_end);
        if lines.is_empty() {
            return Err(CommandError::Usage(format!(
                "a line at byte {} is over {CHUNK_BYTES} bytes; cut it out and go on",
                point.bytes
            )));
        }
        let path = format!(
            "{route}?format={format}&from={}&last={reaches_end}&mapping={}",
            point.bytes,
            encoded(&mapping)
        );
        let sending = request(Method::POST, &path, Body::from(lines.to_vec()));
        point = send(client, sending).await?;
        sums.add(&mut point);
        progress.at(point.bytes, &format!("{} events", sums.accepted));
    }
    progress.end(&format!("{} events", sums.accepted));
    report(&sums)
}

/// Whether a file that has grown goes on in the middle of a line here.
fn is_within_a_line(file: &mut File, position: u64) -> std::io::Result<bool> {
    let Some(before) = position.checked_sub(1) else {
        return Ok(false);
    };
    let mut around = [0; 2];
    file.seek(SeekFrom::Start(before))?;
    file.read_exact(&mut around)?;
    Ok(!around.contains(&b'\n'))
}

/// Sends a piece and gives what became of it.
pub(super) async fn send<T: DeserializeOwned>(
    client: &Client,
    mut sending: axum::http::Request<Body>,
) -> Result<T, CommandError> {
    sending.headers_mut().insert(
        header::CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/octet-stream"),
    );
    let response = client.send(sending).await?;
    let body = response.into_body().collect().await;
    let bytes = body
        .map_err(|error| ClientError::Broken(error.into()))?
        .to_bytes();
    Ok(serde_json::from_slice(&bytes).map_err(ClientError::from)?)
}

impl Sums {
    fn add(&mut self, point: &mut Point) {
        self.accepted += point.accepted;
        self.duplicates += point.duplicates;
        self.rejected += point.rejected;
        let room = SHOWN_MAX.saturating_sub(self.problems.len());
        self.problems.extend(point.problems.drain(..).take(room));
    }
}

fn report(sums: &Sums) -> Result<(), CommandError> {
    let mut text = format!(
        "{} events imported, {} were there already, {} lines rejected\n",
        sums.accepted, sums.duplicates, sums.rejected
    );
    for problem in &sums.problems {
        text.push_str(&format!("  {}\n", cell::printable(problem)));
    }
    print(&text)
}

/// The file's name for resuming: a digest of its beginning and of how its columns are read. A
/// short file that grows gets another name and is read from its start again, where nothing
/// doubles.
fn name_of(file: &mut File, mapping: &str) -> std::io::Result<String> {
    let mut start = Vec::new();
    file.by_ref().take(NAME_BYTES).read_to_end(&mut start)?;
    start.extend_from_slice(mapping.as_bytes());
    Ok(blake3::hash(&start).to_hex()[..32].to_owned())
}

fn read_full(file: &mut File, chunk: &mut [u8]) -> std::io::Result<usize> {
    let mut read = 0;
    while read < chunk.len() {
        match file.read(&mut chunk[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

/// Cuts behind the last line end; the last line of a file needs none.
fn whole_lines(bytes: &[u8], is_last: bool) -> &[u8] {
    if is_last {
        return bytes;
    }
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    &bytes[..end]
}
