//! Imports of recordings: which session a file becomes, and what of it is stored already. A file
//! that was imported before doubles nothing, one whose recording was removed comes back, and the
//! export of a recording that is still there is left alone.

use std::collections::HashSet;
use std::sync::Arc;

use hitmetrix_ingest::access_log::ImportFacts;
use hitmetrix_ingest::rrweb::{self, Events, FormError, Identity, Importer};
use hitmetrix_model::{Chunk, ChunkRow, Origin, SessionId, WindowId};

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Imports of one recording within the time that received chunks are remembered, each after the
/// recording was removed.
const ATTEMPTS_MAX: u32 = 100;
/// Windows by which an import is known again.
const WINDOWS_LOOKED_AT: u32 = 16;
/// Bytes in which the first event is looked for at once.
const LOOK_BYTES: usize = 64 << 10;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// One recording that is being imported.
#[derive(Debug)]
pub struct Recording {
    at_ms: Option<i64>,
    begun: Option<Begun>,
}

/// What is known once the first event has come.
#[derive(Debug)]
struct Begun {
    state: rrweb::State,
    /// Chunks that an earlier import stored.
    stored: HashSet<(WindowId, u32)>,
    /// Whether the session has this recording from elsewhere.
    is_there: bool,
    /// Whether the session has events from elsewhere, so that it needs none of ours.
    has_events: bool,
}

/// A piece of a file.
pub struct Piece<'a> {
    /// Name of the import.
    pub file: &'a str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the file ends with it.
    pub last: bool,
}

/// A piece that was read.
pub struct Read {
    /// For the next piece.
    pub recording: Recording,
    /// What came out.
    pub imported: rrweb::Imported,
    /// How many events it had.
    pub lines: u64,
}

impl Recording {
    /// Before the first piece. `at_ms` puts the beginning at another time than its own.
    pub fn new(at_ms: Option<i64>) -> Self {
        Self { at_ms, begun: None }
    }

    /// The session that it becomes, once that is known.
    pub fn session(&self) -> Option<SessionId> {
        let begun = self.begun.as_ref()?;
        Some(begun.state.identity().session)
    }

    /// Stores a chunk of it. False when it is stored already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn store(&self, app: &App, chunk: Chunk) -> Result<bool, Problem> {
        let id = (chunk.facts.window, chunk.facts.sequence);
        let is_stored = self
            .begun
            .as_ref()
            .is_some_and(|begun| begun.is_there || begun.stored.contains(&id));
        if is_stored {
            return Ok(false);
        }
        Ok(!app.store.append_chunk(chunk).await?.duplicate)
    }
}

/// Reads a piece.
///
/// # Errors
/// When an event is too large, or the store fails.
pub async fn read(
    app: &Arc<App>,
    access: &SiteAccess,
    recording: Recording,
    piece: Piece<'_>,
) -> Result<Read, Problem> {
    let Recording { at_ms, begun } = recording;
    let begun = match begun {
        Some(begun) => begun,
        None => begin(app, access, (&piece, at_ms)).await?,
    };
    let (app, access) = (Arc::clone(app), access.clone());
    let (bytes, last) = (piece.bytes, piece.last);
    // Cleaning events takes a core for a while, which live requests must not wait for.
    let reading = tokio::task::spawn_blocking(move || {
        let known = access.known();
        let facts = ImportFacts {
            site: &known.site,
            secret: &known.secret,
            received_at_ms: app.now_ms(),
            lookups: &app.lookups,
        };
        let mut lines = 0;
        let mut importer = Importer::new(facts, begun.state);
        let form = each_event(&bytes, |event| {
            lines += 1;
            importer.push(event);
        });
        if let Err(error @ FormError::Event { .. }) = form {
            return Err(Problem::invalid(error.to_string()));
        }
        if let Err(error @ FormError::Unended) = form {
            importer.complain(&error);
        }
        let (mut imported, state) = importer.take();
        let mut begun = Begun { state, ..begun };
        if last {
            let identity = begun.state.identity();
            let left = std::mem::replace(&mut begun.state, rrweb::State::new(identity, None));
            imported.extend(Importer::new(facts, left).finish());
        }
        if begun.has_events || begun.is_there {
            imported.batches.clear();
        }
        let recording = Recording {
            at_ms,
            begun: Some(begun),
        };
        Ok(Read {
            recording,
            imported,
            lines,
        })
    });
    let read = reading.await;
    read.map_err(|_| Problem::internal("reading a piece of a recording panicked"))?
}

fn each_event(bytes: &[u8], mut take: impl FnMut(&[u8])) -> Result<(), FormError> {
    let mut events = Events::default();
    events.push(bytes, &mut take)?;
    events.end(&mut take)
}

/// The first event of a piece; empty when it has none.
fn first_event(bytes: &[u8]) -> Vec<u8> {
    let mut first: Option<Vec<u8>> = None;
    let mut events = Events::default();
    for part in bytes.chunks(LOOK_BYTES) {
        let mut take = |event: &[u8]| {
            first.get_or_insert_with(|| event.to_vec());
        };
        if events.push(part, &mut take).is_err() || first.is_some() {
            return first.unwrap_or_default();
        }
    }
    let _ = events.end(&mut |event| {
        first.get_or_insert_with(|| event.to_vec());
    });
    first.unwrap_or_default()
}

/// Finds out whose recording it is and what is there of it.
async fn begin(
    app: &App,
    access: &SiteAccess,
    (piece, at_ms): (&Piece<'_>, Option<i64>),
) -> Result<Begun, Problem> {
    let site = access.id();
    let mut identity = Identity::of(site, piece.file, &first_event(&piece.bytes));
    let events = app.store.events_of_session(site, identity.session).await?;
    if let Some(first) = events.first() {
        identity.visitor = first.sender.visitor;
    }
    let recording = app.store.recording(site, identity.session).await?;
    let chunks = recording.map_or(Vec::new(), |(_, chunks)| chunks);
    let attempt = attempt(app, access, (identity, &chunks));
    identity.attempt = attempt.unwrap_or_default();
    Ok(Begun {
        state: rrweb::State::new(identity, at_ms),
        stored: chunks
            .iter()
            .map(|chunk| (chunk.window, chunk.sequence))
            .collect(),
        is_there: attempt.is_none(),
        has_events: events.iter().any(|stored| stored.origin != Origin::Import),
    })
}

/// The attempt to which the stored chunks belong; without any, one whose windows were never used.
/// None when the chunks came in another way.
fn attempt(
    app: &App,
    access: &SiteAccess,
    (identity, chunks): (Identity, &[ChunkRow]),
) -> Option<u32> {
    let is_of = |attempt: u32, has: &dyn Fn(WindowId) -> bool| {
        let identity = Identity {
            attempt,
            ..identity
        };
        (0..WINDOWS_LOOKED_AT).any(|index| has(identity.window(index)))
    };
    let received = |window| app.store.session_of_window(access.id(), window).is_some();
    let stored = |window| chunks.iter().any(|chunk| chunk.window == window);
    (0..ATTEMPTS_MAX).find(|&attempt| match chunks.is_empty() {
        true => !is_of(attempt, &received),
        false => is_of(attempt, &stored),
    })
}

/// What retention would remove at once is not imported: that would look like a loss.
///
/// # Errors
/// When a chunk is older than the site keeps recordings.
pub fn refuse_too_old(app: &App, access: &SiteAccess, chunks: &[Chunk]) -> Result<(), Problem> {
    let days = access.site().settings.recording_days;
    let oldest_ms = app.now_ms() - i64::from(days) * DAY_MS;
    match chunks.iter().map(|chunk| chunk.facts.last_ms).min() {
        Some(last_ms) if last_ms < oldest_ms => Err(Problem::invalid(format!(
            "the recording is of {}, and the site keeps recordings for {days} days; put it at \
             another time (--at, at_ms), or raise recording_days of the site",
            crate::cli::cell::time(last_ms)
        ))),
        _ => Ok(()),
    }
}
