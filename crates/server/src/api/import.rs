//! Imports, as the command line sends them: pieces of a file, whole lines each, in order. The
//! events of a piece are stored first and the resume point after them, so that a crash in between
//! reads some lines again, which count once all the same. Imports yield to live events. Recordings
//! (`rrweb`) go their own way, which stands in `import_rrweb`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use hitmetrix_ingest::access_log::{self, ImportFacts, Imported};
use hitmetrix_ingest::csv::{self, MappingError};
use hitmetrix_ingest::{Rejected, jsonl};
use hitmetrix_model::{Batch, SessionId, SiteId, limits};
use hitmetrix_store::settings::ImportPoint;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{self, Params, PathPart};
use super::import_rrweb::{self, Recording};
use super::route::Param;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::clock::Stopwatch;
use crate::problem::{Code, Problem};

/// The resume point is written this often, because what a reader remembers can be large.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// Rejected lines that are told.
const TOLD_MAX: usize = 10;
/// An import waits at most this long for live events, so that it always goes on.
const YIELD_MAX: Duration = Duration::from_millis(500);
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Parameters of a piece.
pub const PARAMS: &[Param] = &[
    Param {
        name: "format",
        doc: "`access_log`, `csv`, `jsonl` or `rrweb`.",
    },
    Param {
        name: "mapping",
        doc: "How columns become fields, as JSON; with `csv`.",
    },
    Param {
        name: "from",
        doc: "Position of the piece in the file, in bytes.",
    },
    Param {
        name: "last",
        doc: "`true` when the file ends with it.",
    },
    Param {
        name: "at_ms",
        doc: "Where the beginning of a recording is put, UTC milliseconds; at its own time when \
              absent. With `rrweb`.",
    },
];

/// Readers between two pieces.
#[derive(Debug, Default)]
pub struct Imports {
    running: Mutex<HashMap<(SiteId, String), Running>>,
}

/// One file that is being read.
#[derive(Debug)]
struct Running {
    bytes: u64,
    lines: u64,
    reader: ReaderState,
    saved: Stopwatch,
}

/// What a reader remembers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReaderState {
    AccessLog(access_log::State),
    Csv(Box<csv::State>),
    Jsonl(jsonl::State),
    /// Has no resume point: a recording is read from its beginning again.
    #[serde(skip)]
    Rrweb(Box<Recording>),
}

/// Formats of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// An access log.
    AccessLog,
    /// A table.
    Csv,
    /// JSON lines.
    Jsonl,
    /// Recorder events: a recording.
    Rrweb,
}

/// The query of a piece.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    format: Format,
    from: u64,
    #[serde(default)]
    last: bool,
    #[serde(default)]
    mapping: String,
    at_ms: Option<i64>,
}

impl Piece {
    /// The most bytes that one may have: a recording's picture of a page is one event.
    fn bytes_max(&self) -> usize {
        match self.format {
            Format::Rrweb => limits::CHUNK_DECODED_BYTES,
            Format::AccessLog | Format::Csv | Format::Jsonl => limits::IMPORT_PIECE_BYTES,
        }
    }

    /// A reader at the beginning of a file.
    fn reader(&self) -> Result<ReaderState, Problem> {
        Ok(match self.format {
            Format::AccessLog => ReaderState::AccessLog(access_log::State::default()),
            Format::Csv => {
                let mapping = serde_json::from_str(&self.mapping)
                    .map_err(|error| Problem::invalid(format!("mapping does not fit: {error}")))?;
                ReaderState::Csv(Box::new(csv::State::new(mapping)))
            }
            Format::Jsonl => ReaderState::Jsonl(jsonl::State::default()),
            Format::Rrweb => ReaderState::Rrweb(Box::new(Recording::new(self.at_ms))),
        })
    }
}

/// Parts of an import's path.
#[derive(Deserialize)]
pub struct ImportPath {
    file: String,
}

/// How far an import came, and what became of the last piece.
#[derive(Default, Serialize, ToSchema)]
pub struct Progress {
    /// Where the next piece begins.
    bytes: u64,
    /// Lines read so far.
    lines: u64,
    /// Events of this piece that are stored now; of a recording its recorder events.
    pub(super) accepted: u64,
    /// Events of this piece that were stored before.
    pub(super) duplicates: u64,
    /// Lines of this piece that are no event.
    rejected: u64,
    /// Recorder events of this piece of kinds that are kept of no recording, as what draws on a
    /// canvas.
    left_out: u64,
    /// The session that a recording became.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    session: Option<SessionId>,
    /// The first of what was rejected, in words.
    problems: Vec<String>,
}

impl Progress {
    fn at(bytes: u64, lines: u64) -> Self {
        Self {
            bytes,
            lines,
            ..Self::default()
        }
    }

    fn tell(&mut self, rejected: &[Rejected]) {
        self.rejected = rejected.len() as u64;
        let told = rejected.iter().take(TOLD_MAX);
        self.problems = told
            .map(|line| format!("line {}: {}: {}", line.line, line.field, line.message))
            .collect();
    }
}

/// How far the import of a file came.
///
/// # Errors
/// When the database fails.
pub async fn point(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<ImportPath>,
) -> Result<Json<Progress>, Problem> {
    let point = app.settings().import_point(access.id(), &path.file).await?;
    let (bytes, lines) = point.map_or((0, 0), |point| (point.bytes, point.lines));
    Ok(Json(Progress::at(bytes, lines)))
}

/// Imports the next lines of a file.
///
/// # Errors
/// When the piece does not follow the one before, an event is older than the site keeps events,
/// or the store fails. Nothing is lost: the same piece can be sent again.
pub async fn lines(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<ImportPath>,
    Params(piece): Params<Piece>,
    request: Request,
) -> Result<Json<Progress>, Problem> {
    let bytes = body::read(
        request.into_body(),
        piece.bytes_max(),
        app.config.body_ms_max,
    )
    .await?;
    let name = (access.id(), path.file);
    let running = take(&app, &name, &piece).await?;
    if matches!(running.reader, ReaderState::Rrweb(_)) {
        return recorded(&app, &access, (name, running), (bytes, piece.last)).await;
    }
    let read = {
        // Understanding a piece takes a core for a while, which live requests must not wait for.
        let (app, access) = (Arc::clone(&app), access.clone());
        let reading = move || read_lines(&app, &access, running, (&bytes, piece.last));
        let reading = tokio::task::spawn_blocking(reading).await;
        reading.map_err(|_| Problem::internal("reading a piece of an import panicked"))?
    };
    let mut read = read.map_err(|error| Problem::invalid(error.to_string()))?;
    refuse_too_old(&app, &access, &read.imported.batches)?;
    let mut progress = Progress::at(read.running.bytes, read.running.lines);
    for batch in std::mem::take(&mut read.imported.batches) {
        append(&app, batch, &mut progress).await?;
    }
    progress.tell(&read.imported.rejected);
    keep(&app, name, read.running, piece.last).await?;
    Ok(Json(progress))
}

/// Imports the next events of a recording.
async fn recorded(
    app: &Arc<App>,
    access: &SiteAccess,
    (name, mut running): ((SiteId, String), Running),
    (bytes, last): (Vec<u8>, bool),
) -> Result<Json<Progress>, Problem> {
    let ReaderState::Rrweb(recording) = running.reader else {
        return Err(Problem::internal(
            "a reader of another format reads a recording",
        ));
    };
    running.bytes += bytes.len() as u64;
    let piece = import_rrweb::Piece {
        file: &name.1,
        bytes,
        last,
    };
    let mut read = import_rrweb::read(app, access, *recording, piece).await?;
    running.lines += read.lines;
    let mut progress = Progress::at(running.bytes, running.lines);
    progress.session = read.recording.session();
    refuse_too_old(app, access, &read.imported.batches)?;
    import_rrweb::refuse_too_old(app, access, &read.imported.chunks)?;
    for chunk in std::mem::take(&mut read.imported.chunks) {
        let events = u64::from(chunk.facts.events);
        let is_new = {
            let live = Live::begin(app);
            let is_new = read.recording.store(app, chunk).await?;
            live.give_way(app).await?;
            is_new
        };
        match is_new {
            true => progress.accepted += events,
            false => progress.duplicates += events,
        }
    }
    // What lists need comes after what they lead to; it is not among the numbers.
    let mut aside = Progress::default();
    for batch in std::mem::take(&mut read.imported.batches) {
        append(app, batch, &mut aside).await?;
    }
    progress.left_out = read.imported.left_out;
    progress.tell(&read.imported.rejected);
    running.reader = ReaderState::Rrweb(Box::new(read.recording));
    keep(app, name, running, last).await?;
    Ok(Json(progress))
}

/// The reader where the piece begins: the one in memory, or one from the resume point.
async fn take(app: &App, name: &(SiteId, String), piece: &Piece) -> Result<Running, Problem> {
    let in_memory = {
        let mut running = app
            .imports
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        running.remove(name)
    };
    if let Some(running) = in_memory.filter(|running| running.bytes == piece.from) {
        return Ok(running);
    }
    let point = app.settings().import_point(name.0, &name.1).await?;
    let (bytes, lines, reader) = match point {
        Some(point) if point.bytes == piece.from => {
            let reader: ReaderState = serde_json::from_slice(&point.state)
                .map_err(|_| Problem::internal("a resume point cannot be read"))?;
            (point.bytes, point.lines, reader)
        }
        _ if piece.from == 0 => (0, 0, piece.reader()?),
        point => {
            let bytes = point.map_or(0, |point| point.bytes);
            return Err(Problem::new(
                Code::Conflict,
                format!(
                    "the piece begins at byte {}, the import stands at {bytes}; begin there",
                    piece.from
                ),
            ));
        }
    };
    Ok(Running {
        bytes,
        lines,
        reader,
        saved: Stopwatch::start(),
    })
}

struct Read {
    running: Running,
    imported: Imported,
}

fn read_lines(
    app: &App,
    access: &SiteAccess,
    before: Running,
    (bytes, last): (&[u8], bool),
) -> Result<Read, MappingError> {
    let known = access.known();
    let facts = ImportFacts {
        site: &known.site,
        secret: &known.secret,
        received_at_ms: app.now_ms(),
        lookups: &app.lookups,
    };
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let count = lines.clone().count() as u64;
    let lines = lines.map(|line| line.strip_suffix(b"\n").unwrap_or(line));
    let (imported, reader) = match before.reader {
        ReaderState::AccessLog(state) => {
            let mut importer = access_log::Importer::new(facts, state);
            lines.for_each(|line| importer.push(line));
            let imported = if last {
                importer.finish()
            } else {
                importer.take()
            };
            (imported, ReaderState::AccessLog(importer.state()))
        }
        ReaderState::Csv(state) => {
            let mut importer = csv::Importer::new(facts, *state)?;
            importer.push(bytes)?;
            if last {
                importer.finish()?;
            }
            (
                importer.take(),
                ReaderState::Csv(Box::new(importer.into_state())),
            )
        }
        ReaderState::Jsonl(state) => {
            let mut importer = jsonl::Importer::new(facts, state);
            lines.for_each(|line| importer.push(line));
            (importer.take(), ReaderState::Jsonl(importer.state()))
        }
        // Read elsewhere.
        ReaderState::Rrweb(recording) => (Imported::default(), ReaderState::Rrweb(recording)),
    };
    let running = Running {
        bytes: before.bytes + bytes.len() as u64,
        lines: before.lines + count,
        reader,
        saved: before.saved,
    };
    Ok(Read { running, imported })
}

/// Events that retention would remove at once are not imported: that would look like a loss.
fn refuse_too_old(app: &App, access: &SiteAccess, batches: &[Batch]) -> Result<(), Problem> {
    let days = access.site().settings.event_days;
    if days == 0 {
        return Ok(());
    }
    let oldest_ms = app.now_ms() - i64::from(days) * DAY_MS;
    let events = batches.iter().flat_map(|batch| &batch.events);
    match events.map(|event| event.time_ms).min() {
        Some(time_ms) if time_ms < oldest_ms => Err(Problem::invalid(format!(
            "an event is of {}, and the site keeps events for {days} days; raise event_days of \
             the site, or set it to 0 to keep all, and run the import again",
            crate::cli::cell::time(time_ms)
        ))),
        _ => Ok(()),
    }
}

/// Stores a batch.
async fn append(app: &App, batch: Batch, progress: &mut Progress) -> Result<(), Problem> {
    let live = Live::begin(app);
    let receipt = app.store.append(batch).await?;
    progress.accepted += u64::from(receipt.accepted);
    progress.duplicates += u64::from(receipt.duplicates);
    live.give_way(app).await
}

/// Work of an import beside which live events may come in.
struct Live {
    before: u64,
    stopwatch: Stopwatch,
}

impl Live {
    fn begin(app: &App) -> Self {
        Self {
            before: app.counters.events_accepted.get(),
            stopwatch: Stopwatch::start(),
        }
    }

    /// Where live events came in meanwhile, leaves them as much time as the work took.
    async fn give_way(self, app: &App) -> Result<(), Problem> {
        // Where no server runs, nobody else would make parts of what has come so far.
        if app.store.wants_seal() {
            app.seal().await?;
        }
        if app.counters.events_accepted.get() != self.before {
            tokio::time::sleep(self.stopwatch.elapsed().min(YIELD_MAX)).await;
        }
        Ok(())
    }
}

/// Keeps the reader for the next piece, and writes the resume point now and then.
async fn keep(
    app: &App,
    name: (SiteId, String),
    mut running: Running,
    last: bool,
) -> Result<(), Problem> {
    let has_point = !matches!(running.reader, ReaderState::Rrweb(_));
    if has_point && (last || running.saved.elapsed() >= SAVE_EVERY) {
        let state = serde_json::to_vec(&running.reader)
            .map_err(|_| Problem::internal("a reader's state cannot be written"))?;
        let point = ImportPoint {
            bytes: running.bytes,
            lines: running.lines,
            state,
        };
        app.settings()
            .set_import_point(name.0, &name.1, &point)
            .await?;
        running.saved = Stopwatch::start();
    }
    if !last {
        let mut all = app
            .imports
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // A reader that is not here is read back from its resume point.
        if all.len() >= limits::IMPORTS {
            all.clear();
        }
        all.insert(name, running);
    }
    Ok(())
}
