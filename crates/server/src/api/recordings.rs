//! Recordings: the list, one with its chunks, one chunk, removal. Looking at a recording asks its
//! recorder, if it still runs, to send each second.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use hitmetrix_model::{ChunkRow, RecordingSummary, SessionId, SiteId, WindowId};
use hitmetrix_store::RecordingQuery;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Params, PathPart};
use super::route::Param;
use super::sessions::SessionPath;
use crate::app::App;
use crate::auth::access::SiteAccess;
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
        name: "limit",
        doc: "Rows, 50 when absent, at most 200.",
    },
    Param {
        name: "offset",
        doc: "Rows to skip.",
    },
];

/// The query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    session: Option<SessionId>,
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
}

/// One recording with its chunks.
#[derive(Serialize, ToSchema)]
pub struct RecordingDetail {
    /// What the catalog knows.
    summary: RecordingSummary,
    /// In the order in which they play.
    chunks: Vec<ChunkRow>,
}

/// Parts of a chunk's path.
#[derive(Deserialize)]
pub struct ChunkPath {
    session: SessionId,
    window: WindowId,
    sequence: u32,
}

/// Recordings of the site, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(search): Params<Search>,
) -> Result<Json<RecordingList>, Problem> {
    let query = RecordingQuery {
        session: search.session,
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
        recordings.push(row(&app, access.id(), summary).await?);
    }
    Ok(Json(RecordingList { recordings, total }))
}

async fn row(app: &App, site: SiteId, summary: RecordingSummary) -> Result<RecordingRow, Problem> {
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
    })
}

/// One recording.
///
/// # Errors
/// When there is none of this session on this site.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
) -> Result<Json<RecordingDetail>, Problem> {
    app.watched.look(access.id(), path.session, app.now_ms());
    let (summary, chunks) = app
        .store
        .recording(access.id(), path.session)
        .await?
        .ok_or_else(|| Problem::not_found("recording"))?;
    Ok(Json(RecordingDetail { summary, chunks }))
}

/// The recorder events of one chunk, one JSON a line.
///
/// # Errors
/// When there is no such chunk, or its key was erased.
pub async fn chunk(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<ChunkPath>,
) -> Result<([(HeaderName, &'static str); 2], Vec<u8>), Problem> {
    let bytes = app
        .store
        .chunk(access.id(), path.session, path.window, path.sequence)
        .await?
        .ok_or_else(|| Problem::not_found("chunk"))?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        // A chunk never changes; but it must not outlive its erasure in a shared cache.
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, bytes))
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
