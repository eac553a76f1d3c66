//! What a link to a recording opens: that recording, for whoever has the link. Site and session
//! come from the link alone, so that nothing else can be asked for.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::{ChunkRow, WindowId};
use hitmetrix_store::settings::Share;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Params, PathPart};
use super::recordings::{self, ChunkSearch, Lines};
use super::sessions;
use super::shared_session::{Person, SharedSession};
use crate::app::App;
use crate::auth::access::Caller;
use crate::auth::subject::Subject;
use crate::problem::Problem;

/// A recording as a link shows it.
#[derive(Serialize, ToSchema)]
pub struct Shared {
    /// Name of the site.
    site: String,
    /// Its time zone.
    time_zone: String,
    /// Until when the link works, UTC, milliseconds since the epoch.
    ends_at_ms: i64,
    /// The session; none when it has no event.
    session: Option<SharedSession>,
    /// In the order in which they play.
    chunks: Vec<ChunkRow>,
}

/// Parts of a chunk's path.
#[derive(Deserialize)]
pub struct SharedChunkPath {
    window: WindowId,
    sequence: u32,
}

/// The recording that a link opens.
///
/// # Errors
/// When the recording is gone.
pub async fn shared(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
) -> Result<Json<Shared>, Problem> {
    let share = share(&subject)?;
    let gone = || Problem::not_found("recording");
    let known = app.sites.by_id(share.site).ok_or_else(gone)?;
    let recording = app.store.recording(share.site, share.session).await?;
    let (_, chunks) = recording.ok_or_else(gone)?;
    let detail = sessions::detail(&app, share.site, share.session).await?;
    let person = Person::hidden_if(share.person_hidden);
    let session = match detail {
        Some(detail) => Some(SharedSession::of(&app, share.site, (detail, person)).await?),
        None => None,
    };
    app.settings().open_share(&share.id, app.now_ms()).await?;
    tracing::info!(site = share.site.0, share = share.id, "share link opened");
    Ok(Json(Shared {
        site: known.site.name.clone(),
        time_zone: known.site.time_zone.clone(),
        ends_at_ms: share.ends_at_ms,
        session,
        chunks,
    }))
}

/// The recorder events of chunks of that recording that follow each other, one JSON a line.
///
/// # Errors
/// When it has no such chunk, they are too many, or their key was erased.
pub async fn chunk(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    PathPart(path): PathPart<SharedChunkPath>,
    Params(search): Params<ChunkSearch>,
) -> Result<Lines, Problem> {
    let share = share(&subject)?;
    let span = search.from((share.session, path.window), path.sequence)?;
    recordings::lines(&app, share.site, span).await
}

fn share(subject: &Subject) -> Result<&Share, Problem> {
    match subject {
        Subject::Share(share) => Ok(share),
        _ => Err(Problem::internal("a route for links let somebody else in")),
    }
}
