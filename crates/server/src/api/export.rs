//! Every event of a site, as it comes out of the store: JSON lines, CSV, or Parquet files one
//! after the other. The store is read on a thread of its own, no faster than the client takes it,
//! and not further once the client has left.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderName, header};
use hitmetrix_model::{Cell, Unit, limits};
use hitmetrix_store::{Snapshot, Store, StoredEvent};
use hyper::body::Frame;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use super::body::Params;
use super::route::Param;
use super::sessions::properties;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::cli::cell;
use crate::problem::{Code, Problem};

/// Bytes that are sent at once.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks that may wait for the client.
const CHUNKS_WAITING: usize = 4;
/// Events of one Parquet file.
const FILE_EVENTS: usize = 250_000;
/// Seconds after which a refused export may be asked for again.
const RETRY_AFTER_S: u64 = 30;

/// Parameters of an export.
pub const PARAMS: &[Param] = &[Param {
    name: "format",
    doc: "`jsonl` (when absent), `csv`, or `parquet`: files, each with its length in 8 bytes, \
          little-endian, before it.",
}];

/// The query of an export.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    format: Option<Format>,
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON object a line.
    #[default]
    Jsonl,
    /// Comma-separated values with a head line.
    Csv,
    /// Parquet files.
    Parquet,
}

/// Every event of the site.
///
/// # Errors
/// When the store fails before anything is sent.
pub async fn export(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(wanted): Params<Wanted>,
) -> Result<([(HeaderName, &'static str); 1], Body), Problem> {
    let format = wanted.format.unwrap_or_default();
    let store = app.store.clone();
    let site = access.id();
    let slot = slot(&app)?;
    let (sender, body) = channel();
    tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let mut out = Out {
            sender,
            bytes: Vec::new(),
        };
        let outcome = store
            .snapshot(site)
            .map_err(ExportError::Store)
            .and_then(|snapshot| write(&store, &snapshot, format, &mut out));
        // When the client has left there is nobody to tell.
        let _ = match outcome {
            Ok(()) => out.sender.blocking_send(Piece::End),
            Err(ExportError::ClientLeft) => Ok(()),
            Err(ExportError::Store(error)) => {
                let problem = Problem::from(error);
                // The head is long sent: breaking off is the only way to say that it is not whole.
                let broken = Piece::Broken(problem.detail().to_owned());
                out.sender.blocking_send(broken)
            }
        };
    });
    let media = match format {
        Format::Jsonl => "application/x-ndjson",
        Format::Csv => "text/csv; charset=utf-8",
        Format::Parquet => "application/octet-stream",
    };
    Ok(([(header::CONTENT_TYPE, media)], body))
}

enum ExportError {
    Store(hitmetrix_store::StoreError),
    ClientLeft,
}

impl From<Infallible> for ExportError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

fn write(
    store: &Store,
    snapshot: &Snapshot,
    format: Format,
    out: &mut Out,
) -> Result<(), ExportError> {
    if matches!(format, Format::Csv) {
        out.add(csv_head().as_bytes())?;
    }
    let mut rows: Vec<StoredEvent> = Vec::new();
    let mut failed = None;
    store
        .export(snapshot, &mut |stored| {
            let written = match format {
                Format::Jsonl => out.add(format!("{}\n", event_json(stored)).as_bytes()),
                Format::Csv => out.add(csv_row(stored).as_bytes()),
                Format::Parquet => {
                    rows.push(stored.clone());
                    if rows.len() >= FILE_EVENTS {
                        add_file(&mut rows, out)
                    } else {
                        Ok(())
                    }
                }
            };
            match written {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        })
        .map_err(ExportError::Store)?;
    if let Some(error) = failed {
        return Err(error);
    }
    if !rows.is_empty() {
        add_file(&mut rows, out)?;
    }
    out.flush()
}

fn add_file(rows: &mut Vec<StoredEvent>, out: &mut Out) -> Result<(), ExportError> {
    rows.sort_by(StoredEvent::order);
    let file = hitmetrix_store::parquet_file(rows).map_err(ExportError::Store)?;
    rows.clear();
    out.add(&(file.len() as u64).to_le_bytes())?;
    out.add(&file)
}

/// One event as JSON: what came in by the wire, and what was found out about its sender.
pub(super) fn event_json(stored: &StoredEvent) -> Value {
    let StoredEvent { event, sender, .. } = stored;
    let context = &sender.context;
    json!({
        "event": event.name,
        "time": cell::time(event.time_ms),
        "time_ms": event.time_ms,
        "received_at_ms": stored.received_at_ms,
        "origin": stored.origin,
        "person": stored.person,
        "visitor": sender.visitor,
        "session": sender.session,
        "window": sender.window,
        "sequence": event.sequence,
        "id": event.external,
        "mode": sender.mode,
        "host": event.page.host,
        "path": event.page.path,
        "query": event.page.query,
        "title": event.page.title,
        "referrer_host": event.referrer_host,
        "referrer_path": event.referrer_path,
        "channel": event.channel,
        "source": event.source,
        "medium": event.medium,
        "campaign": event.campaign,
        "term": event.term,
        "content": event.content,
        "country": context.country,
        "browser": context.browser,
        "browser_version": context.browser_version,
        "system": context.system,
        "system_version": context.system_version,
        "device": context.device,
        "language": context.language,
        "screen_px": context.screen_px,
        "bot": context.bot,
        "unverified": event.unverified,
        "cut": event.cut,
        "properties": properties(&event.properties),
    })
}

/// The columns of CSV: those of the JSON, in its order.
fn csv_head() -> String {
    let empty = StoredEvent {
        received_at_ms: 0,
        origin: hitmetrix_model::Origin::Browser,
        person: hitmetrix_model::PersonKey(0),
        sender: hitmetrix_model::Sender {
            visitor: hitmetrix_model::VisitorId(0),
            session: hitmetrix_model::SessionId(0),
            window: hitmetrix_model::WindowId(0),
            mode: hitmetrix_model::Mode::Cookieless,
            context: hitmetrix_model::Context::default(),
        },
        event: hitmetrix_model::Event {
            sender: 0,
            name: String::new(),
            time_ms: 0,
            sequence: 0,
            external: None,
            page: hitmetrix_model::Page::default(),
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: String::new(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties: hitmetrix_model::Properties::new(),
        },
    };
    let names: Vec<String> = fields(&empty)
        .map(|(name, _)| cell::csv_text(&name))
        .collect();
    format!("{}\r\n", names.join(","))
}

fn csv_row(stored: &StoredEvent) -> String {
    let cells: Vec<String> = fields(stored)
        .map(|(_, value)| match value {
            Value::Null => String::new(),
            Value::String(text) => cell::for_csv(&Cell::Text(text), Unit::Text),
            Value::Number(number) => number.to_string(),
            Value::Bool(boolean) => boolean.to_string(),
            nested => cell::csv_text(&nested.to_string()),
        })
        .collect();
    format!("{}\r\n", cells.join(","))
}

fn fields(stored: &StoredEvent) -> impl Iterator<Item = (String, Value)> {
    let Value::Object(object) = event_json(stored) else {
        return serde_json::Map::new().into_iter();
    };
    object.into_iter()
}

/// What the reader of the store sends. An export is whole only when its end came, so that a thread that
/// dies is no short export.
pub(super) enum Piece {
    /// The next bytes.
    Bytes(Bytes),
    /// It cannot go on, and why.
    Broken(String),
    /// All is sent.
    End,
}

/// Bytes on their way to the client.
struct Out {
    sender: mpsc::Sender<Piece>,
    bytes: Vec<u8>,
}

impl Out {
    fn add(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= CHUNK_BYTES {
            return self.flush();
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ExportError> {
        let bytes = Bytes::from(std::mem::take(&mut self.bytes));
        self.sender
            .blocking_send(Piece::Bytes(bytes))
            .map_err(|_| ExportError::ClientLeft)
    }
}

/// A body of what comes through a channel.
struct Chunks {
    receiver: mpsc::Receiver<Piece>,
}

/// A way for what reads the store, and the body that it fills no faster than the client takes it.
pub(super) fn channel() -> (mpsc::Sender<Piece>, Body) {
    let (sender, receiver) = mpsc::channel(CHUNKS_WAITING);
    (sender, Body::new(Chunks { receiver }))
}

/// A place among the exports that run at one time.
///
/// # Errors
/// When all are taken.
pub(super) fn slot(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&app.exports).try_acquire_owned().map_err(|_| {
        Problem::new(
            Code::TooMany,
            format!(
                "{} exports run already; wait for one of them to end",
                limits::EXPORTS
            ),
        )
        .retry_after(RETRY_AFTER_S)
    })
}

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        self.receiver.poll_recv(context).map(|piece| {
            let detail = match piece {
                Some(Piece::Bytes(bytes)) => return Some(Ok(Frame::data(bytes))),
                Some(Piece::End) => return None,
                Some(Piece::Broken(detail)) => detail,
                None => "its thread ended early".to_owned(),
            };
            Some(Err(BrokenOff { detail }))
        })
    }
}

/// The export cannot be ended; what was sent is not whole.
#[derive(Debug, thiserror::Error)]
#[error("the export broke off: {detail}")]
struct BrokenOff {
    detail: String,
}
