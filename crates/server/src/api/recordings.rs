//! Recordings: the list, one with its chunks, one chunk, removal. Which sessions pass conditions
//! the engine says, which of them have a recording the catalog. Looking at a recording asks its
//! recorder, if it still runs, to send each second.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use hitmetrix_model::{
    Bots, ChunkRow, Condition, Marked, Period, Question, QuestionKind, RecordingSummary, SessionId,
    SiteId, WindowId, limits, place_of,
};
use hitmetrix_store::settings::UserId;
use hitmetrix_store::{ChunkSpan, Pin, RecordingQuery};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Params, PathPart};
use super::collections::CollectionRow;
use super::notes::NoteRow;
use super::recording_missing::missing;
use super::route::Param;
use super::sessions::SessionPath;
use super::{ask, collections, notes};
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::Problem;

const ROWS: u32 = 50;
const ROWS_MAX: u32 = 200;

/// Parameters of the list.
pub const PARAMS: &[Param] = &[
    Param {
        name: "session",
        doc: "Only the recording of this session.",
    },
    Param {
        name: "sessions",
        doc: "Only the recordings of these sessions, joined by commas, at most 200.",
    },
    Param {
        name: "filters",
        doc: "Only those whose sessions pass these conditions, a JSON list as the `filters` of a \
              question, segments too. The sessions are those that begin from `from_ms` to \
              `to_ms`, all when these are absent, bots among them.",
    },
    Param {
        name: "seen",
        doc: "`true`: only those that the caller has seen; `false`: only the others.",
    },
    Param {
        name: "tag",
        doc: "Only those with this tag.",
    },
    Param {
        name: "collection",
        doc: "Only those in this collection, by its id.",
    },
    Param {
        name: "notes",
        doc: "`true`: only those with notes.",
    },
    Param {
        name: "path",
        doc: "Only those with a page whose path contains this.",
    },
    Param {
        name: "from_ms",
        doc: "Only those that began at or after this, UTC milliseconds.",
    },
    Param {
        name: "to_ms",
        doc: "Only those that began before this, UTC milliseconds.",
    },
    Param {
        name: "pinned",
        doc: "`true`: only those that are pinned; `false`: only the others.",
    },
    Param {
        name: "limit",
        doc: "Rows, 50 when absent, at most 200.",
    },
    Param {
        name: "offset",
        doc: "Rows to skip.",
    },
];

/// Parameters of the lines of chunks.
pub const CHUNK_PARAMS: &[Param] = &[
    Param {
        name: "last_sequence",
        doc: "All chunks from the one of the path up to this one; only the first when absent. What \
              comes is the same whether chunks lie by themselves or together.",
    },
    Param {
        name: "keyframe",
        doc: "`true`: begin with the full snapshot that the server worked out, where the first \
              chunk has one.",
    },
];

/// The query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    session: Option<SessionId>,
    sessions: Option<String>,
    filters: Option<String>,
    seen: Option<bool>,
    pinned: Option<bool>,
    tag: Option<String>,
    collection: Option<String>,
    #[serde(default)]
    notes: bool,
    path: Option<String>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    limit: Option<u32>,
    offset: Option<u32>,
}

/// One page of the list.
#[derive(Serialize, ToSchema)]
pub struct RecordingList {
    /// The newest first.
    recordings: Vec<RecordingRow>,
    /// How many there are in all.
    total: u64,
}

/// One recording with facts of its session.
#[derive(Serialize, ToSchema)]
pub struct RecordingRow {
    /// What the catalog knows.
    #[serde(flatten)]
    summary: RecordingSummary,
    country: String,
    browser: String,
    system: String,
    device: String,
    pageviews: usize,
    events: usize,
    errors: usize,
    rage_clicks: usize,
    /// Whether the caller has seen it; programs never have.
    seen: bool,
    /// By name.
    tags: Vec<String>,
    /// How many notes it has.
    notes: usize,
    /// Page loads that are known from events and of which nothing is recorded.
    pages_missing: usize,
    /// Page loads in which the visitor did something after the last that is recorded of them.
    pages_cut: usize,
}

/// One recording with its chunks.
#[derive(Serialize, ToSchema)]
pub struct RecordingDetail {
    /// What the catalog knows.
    summary: RecordingSummary,
    /// In the order in which they play.
    chunks: Vec<ChunkRow>,
    /// By their moments.
    notes: Vec<NoteRow>,
    /// By name.
    tags: Vec<String>,
    /// The collections that have it, by name.
    collections: Vec<CollectionRow>,
}

/// Parts of a chunk's path.
#[derive(Deserialize)]
pub struct ChunkPath {
    session: SessionId,
    window: WindowId,
    sequence: u32,
}

/// The query of the lines of chunks.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChunkSearch {
    last_sequence: Option<u32>,
    keyframe: Option<bool>,
}

/// Recordings of the site, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    Params(search): Params<Search>,
) -> Result<Json<RecordingList>, Problem> {
    let seen = match &subject {
        Subject::User(user) => app.settings().seen_recordings(user.id, access.id()).await?,
        _ => BTreeSet::new(),
    };
    let mut sessions = meant(&app, &access, &search).await?;
    if search.seen == Some(true) {
        sessions = Some(match sessions {
            Some(sessions) => sessions.intersection(&seen).copied().collect(),
            None => seen.clone(),
        });
    }
    let but = (search.seen == Some(false)).then(|| Arc::new(seen.clone()));
    let query = RecordingQuery {
        session: search.session,
        sessions: sessions.map(Arc::new),
        but,
        pinned: search.pinned,
        path_contains: search.path.filter(|path| !path.is_empty()),
        from_ms: search.from_ms,
        to_ms: search.to_ms,
        limit: search.limit.unwrap_or(ROWS).min(ROWS_MAX),
        offset: search.offset.unwrap_or(0),
        ..RecordingQuery::default()
    };
    let (summaries, total) = app.store.recordings(access.id(), &query).await?;
    let mut recordings = Vec::with_capacity(summaries.len());
    for summary in summaries {
        let seen = seen.contains(&summary.session);
        recordings.push(row(&app, access.id(), (summary, seen)).await?);
    }
    Ok(Json(RecordingList { recordings, total }))
}

/// The sessions that a search names or describes; none when it is about all.
async fn meant(
    app: &Arc<App>,
    access: &SiteAccess,
    search: &Search,
) -> Result<Option<BTreeSet<SessionId>>, Problem> {
    let named = search.sessions.as_deref().map(named).transpose()?;
    let marked = Marked {
        tags: search.tag.iter().cloned().collect(),
        collection: search.collection.clone(),
        notes: search.notes,
    };
    let named = match marked.is_empty() {
        true => named,
        false => {
            let mut sessions = app.settings().marked_sessions(access.id(), &marked).await?;
            if let Some(named) = named {
                sessions.retain(|session| named.contains(session));
            }
            Some(sessions)
        }
    };
    let Some(filters) = &search.filters else {
        return Ok(named);
    };
    let question = question(filters, (search.from_ms, search.to_ms), app.now_ms())?;
    ask::counted(app, access, question, named).await.map(Some)
}

/// Sessions by their ids.
fn named(text: &str) -> Result<BTreeSet<SessionId>, Problem> {
    let ids: Vec<&str> = text.split(',').collect();
    if ids.len() > ROWS_MAX as usize {
        return Err(Problem::invalid(format!(
            "sessions has {} ids, the limit is {ROWS_MAX}; ask for fewer",
            ids.len()
        ))
        .at("sessions".to_owned()));
    }
    let id = |text: &str| {
        text.trim().parse::<SessionId>().map_err(|error| {
            Problem::invalid(format!("sessions does not fit: {error}")).at("sessions".to_owned())
        })
    };
    ids.into_iter().map(id).collect()
}

/// The question that counts the sessions which pass conditions.
fn question(
    filters: &str,
    (from_ms, to_ms): (Option<i64>, Option<i64>),
    now_ms: i64,
) -> Result<Question, Problem> {
    let filters: Vec<Condition> = serde_json::from_str(filters).map_err(|error| {
        let error = error.to_string();
        let (place, what) = place_of(&error);
        let place = match place.is_empty() {
            true => String::new(),
            false => format!(" at {place}"),
        };
        Problem::invalid(format!("filters do not fit{place}: {what}")).at("filters".to_owned())
    })?;
    let period = Period::Span {
        from_ms: from_ms.unwrap_or(0),
        to_ms: to_ms.unwrap_or(now_ms + limits::EVENT_AHEAD_MS + 1),
    };
    Ok(Question {
        filters,
        bots: Bots::Include,
        ..Question::new(QuestionKind::Sessions, period)
    })
}

async fn row(
    app: &App,
    site: SiteId,
    (summary, seen): (RecordingSummary, bool),
) -> Result<RecordingRow, Problem> {
    let events = app.store.events_of_session(site, summary.session).await?;
    let context = events
        .first()
        .map(|stored| stored.sender.context.clone())
        .unwrap_or_default();
    let count = |name: &str| {
        events
            .iter()
            .filter(|stored| stored.event.name == name)
            .count()
    };
    let tags = app.settings().tags_of(site, summary.session).await?;
    let notes = app.settings().notes(site, summary.session).await?.len();
    let windows = app.store.recorded_windows((site, summary.session)).await?;
    let missing = missing(&events, &windows, app.now_ms());
    Ok(RecordingRow {
        summary,
        country: context.country,
        browser: context.browser,
        system: context.system,
        device: context.device,
        pageviews: count("pageview"),
        events: events.len(),
        errors: count("error"),
        rage_clicks: count("rage_click"),
        seen,
        tags,
        notes,
        pages_missing: missing.pages,
        pages_cut: missing.cut,
    })
}

/// One recording.
///
/// # Errors
/// When there is none of this session on this site.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SessionPath>,
) -> Result<Json<RecordingDetail>, Problem> {
    app.watched.look(access.id(), path.session, app.now_ms());
    let (summary, chunks) = app
        .store
        .recording(access.id(), path.session)
        .await?
        .ok_or_else(|| Problem::not_found("recording"))?;
    let caller = (&access, &subject);
    Ok(Json(RecordingDetail {
        summary,
        chunks,
        notes: notes::rows(&app, caller, path.session).await?,
        tags: app.settings().tags_of(access.id(), path.session).await?,
        collections: collections::rows_of(&app, caller, path.session).await?,
    }))
}

/// The recorder events of chunks that follow each other, one JSON a line.
///
/// # Errors
/// When there is no such chunk, they are too many, or their key was erased.
pub async fn chunk(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<ChunkPath>,
    Params(search): Params<ChunkSearch>,
) -> Result<Lines, Problem> {
    let span = search.from((path.session, path.window), path.sequence)?;
    lines(&app, access.id(), span).await
}

impl ChunkSearch {
    /// The chunks that are asked for, from this one on.
    ///
    /// # Errors
    /// When they are too many.
    pub fn from(
        &self,
        (session, window): (SessionId, WindowId),
        sequence: u32,
    ) -> Result<ChunkSpan, Problem> {
        let last_sequence = self.last_sequence.unwrap_or(sequence);
        let chunks = last_sequence.saturating_sub(sequence);
        if last_sequence < sequence || chunks >= limits::CHUNKS_AT_ONCE {
            return Err(Problem::invalid(format!(
                "last_sequence {last_sequence} is not within {} chunks from {sequence}; ask for \
                 fewer",
                limits::CHUNKS_AT_ONCE
            ))
            .at("last_sequence".to_owned()));
        }
        Ok(ChunkSpan {
            session,
            window,
            sequence,
            last_sequence,
            keyframe: self.keyframe.unwrap_or(false),
        })
    }
}

/// Lines as they are answered.
pub type Lines = ([(HeaderName, &'static str); 2], Vec<u8>);

/// The lines of chunks that follow each other.
///
/// # Errors
/// When there is no such chunk, or their key was erased.
pub async fn lines(app: &App, site: SiteId, span: ChunkSpan) -> Result<Lines, Problem> {
    let bytes = app
        .store
        .chunk(site, span)
        .await?
        .ok_or_else(|| Problem::not_found("chunk"))?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        // A chunk never changes; but it must not outlive its erasure in a shared cache.
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, bytes))
}

/// Notes that the caller has seen a recording.
///
/// # Errors
/// When there is none of this session on this site, or the caller is a program.
pub async fn see(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SessionPath>,
) -> Result<StatusCode, Problem> {
    let user = viewer(&subject)?;
    let recording = app.store.recording(access.id(), path.session).await?;
    recording.ok_or_else(|| Problem::not_found("recording"))?;
    let settings = app.settings();
    settings
        .see_recording(user, (access.id(), path.session))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets that the caller has seen a recording.
///
/// # Errors
/// When the caller is a program.
pub async fn unsee(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SessionPath>,
) -> Result<StatusCode, Problem> {
    let user = viewer(&subject)?;
    let settings = app.settings();
    settings
        .unsee_recording(user, (access.id(), path.session))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The user who has seen something.
fn viewer(subject: &Subject) -> Result<UserId, Problem> {
    match subject {
        Subject::User(user) => Ok(user.id),
        _ => Err(Problem::invalid(
            "a program sees no recordings; sign in as a user",
        )),
    }
}

/// Pins a recording: it stays when it is old and when the disk is over its mark.
///
/// # Errors
/// When there is none of this session on this site.
pub async fn pin(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
) -> Result<StatusCode, Problem> {
    set_pin(&app, &access, (path.session, Pin::Keep)).await
}

/// Lets a pinned recording go like the others.
///
/// # Errors
/// When there is none of this session on this site.
pub async fn unpin(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
) -> Result<StatusCode, Problem> {
    set_pin(&app, &access, (path.session, Pin::Release)).await
}

async fn set_pin(
    app: &App,
    access: &SiteAccess,
    (session, pin): (SessionId, Pin),
) -> Result<StatusCode, Problem> {
    let found = app.store.pin_recording((access.id(), session), pin).await?;
    match found {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_found("recording")),
    }
}

/// Removes a recording.
///
/// # Errors
/// When there is none of this session on this site.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
) -> Result<StatusCode, Problem> {
    if app
        .store
        .remove_recording(access.id(), path.session)
        .await?
    {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found("recording"))
}
