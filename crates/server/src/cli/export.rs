//! `hitmetrix export`: the command opens its files itself, with its caller's rights.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use axum::body::{Body, Bytes};
use axum::http::Method;
use http_body_util::BodyExt;

use super::arguments::{Export, ExportCommand, ExportFormat, ExportRecording};
use super::{CommandError, print, site};
use crate::client::{Client, ClientError, request};

/// Bytes of a length before a file.
const LENGTH_BYTES: usize = 8;

pub async fn run(client: &Client, export: Export) -> Result<(), CommandError> {
    match (export.command, export.events) {
        (Some(ExportCommand::Recording(recording)), _) => of_recording(client, &recording).await,
        (None, Some(events)) => {
            let site = site::find(client, &events.site).await?;
            let format = events.format.name();
            let path = format!("/api/v1/sites/{}/export?format={format}", site.id);
            let kind = match events.format {
                ExportFormat::Parquet => SinkKind::Folder,
                ExportFormat::Jsonl | ExportFormat::Csv => SinkKind::File,
            };
            write(client, &path, (&events.out, kind)).await
        }
        (None, None) => Err(CommandError::Usage(
            "say what to export: --site and --out, or `recording` and a session".to_owned(),
        )),
    }
}

async fn of_recording(client: &Client, export: &ExportRecording) -> Result<(), CommandError> {
    let site = site::find(client, &export.site).await?;
    let path = format!(
        "/api/v1/sites/{}/recordings/{}/export?format={}&hide_person={}",
        site.id,
        export.session,
        export.format.name(),
        export.hide_person
    );
    write(client, &path, (&export.out, SinkKind::File)).await
}

/// Whether one file comes, or a row of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SinkKind {
    File,
    Folder,
}

/// Asks for an export and writes it as it comes.
async fn write(
    client: &Client,
    path: &str,
    (out, kind): (&Path, SinkKind),
) -> Result<(), CommandError> {
    let mut sink = Sink::new(out, kind)?;
    let response = client
        .send(request(Method::GET, path, Body::empty()))
        .await?;
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ClientError::Broken(error.into()))?;
        if let Ok(bytes) = frame.into_data() {
            sink.add(&bytes)?;
        }
    }
    let bytes = sink.end()?;
    print(&format!("{bytes} bytes are in {}\n", out.display()))
}

/// Where an export goes.
enum Sink {
    /// One file.
    File {
        path: PathBuf,
        file: File,
        bytes: u64,
    },
    /// A folder of Parquet files, each of which came with its length before it.
    Folder {
        path: PathBuf,
        waiting: Vec<u8>,
        files: u32,
        bytes: u64,
    },
}

impl Sink {
    fn new(out: &Path, kind: SinkKind) -> Result<Self, CommandError> {
        let path = out.to_owned();
        if kind == SinkKind::Folder {
            std::fs::create_dir(&path)
                .map_err(|source| failed("make the folder", &path, source))?;
            return Ok(Self::Folder {
                path,
                waiting: Vec::new(),
                files: 0,
                bytes: 0,
            });
        }
        let file = File::create_new(&path).map_err(|source| failed("make", &path, source))?;
        Ok(Self::File {
            path,
            file,
            bytes: 0,
        })
    }

    fn add(&mut self, chunk: &Bytes) -> Result<(), CommandError> {
        match self {
            Self::File { path, file, bytes } => {
                *bytes += chunk.len() as u64;
                file.write_all(chunk)
                    .map_err(|source| failed("write", path, source))
            }
            Self::Folder {
                path,
                waiting,
                files,
                bytes,
            } => {
                waiting.extend_from_slice(chunk);
                while let Some(file) = take_file(waiting) {
                    *files += 1;
                    *bytes += file.len() as u64;
                    let path = path.join(format!("events-{files:05}.parquet"));
                    write_whole(&path, &file)?;
                }
                Ok(())
            }
        }
    }

    /// Everything on stable storage; how many bytes it was.
    fn end(self) -> Result<u64, CommandError> {
        match self {
            Self::File { path, file, bytes } => {
                file.sync_all()
                    .map_err(|source| failed("write", &path, source))?;
                Ok(bytes)
            }
            Self::Folder {
                path,
                waiting,
                bytes,
                ..
            } => {
                if waiting.is_empty() {
                    return Ok(bytes);
                }
                let cut = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
                Err(failed("end", &path, cut))
            }
        }
    }
}

/// The next file, when all of it is there.
fn take_file(waiting: &mut Vec<u8>) -> Option<Vec<u8>> {
    let length: [u8; LENGTH_BYTES] = waiting.get(..LENGTH_BYTES)?.try_into().ok()?;
    let end = usize::try_from(u64::from_le_bytes(length))
        .ok()?
        .checked_add(LENGTH_BYTES)?;
    if waiting.len() < end {
        return None;
    }
    let rest = waiting.split_off(end);
    let mut file = std::mem::replace(waiting, rest);
    file.drain(..LENGTH_BYTES);
    Some(file)
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    File::create_new(path)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(|source| failed("write", path, source))
}

fn failed(action: &'static str, path: &Path, source: std::io::Error) -> CommandError {
    CommandError::File {
        action,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_apart_wherever_the_bytes_were_cut() {
        let mut whole = Vec::new();
        for file in [b"first".as_slice(), b"", b"second"] {
            whole.extend_from_slice(&(file.len() as u64).to_le_bytes());
            whole.extend_from_slice(file);
        }
        for cut in 0..whole.len() {
            let mut waiting = whole[..cut].to_vec();
            let mut files = Vec::new();
            files.extend(std::iter::from_fn(|| take_file(&mut waiting)));
            waiting.extend_from_slice(&whole[cut..]);
            files.extend(std::iter::from_fn(|| take_file(&mut waiting)));
            assert_eq!(
                files,
                [b"first".to_vec(), Vec::new(), b"second".to_vec()],
                "{cut}"
            );
            assert!(waiting.is_empty());
        }
    }
}
