//! What came to a recording since somebody looked last: asked for again and again by those who watch
//! a session while it happens, so nothing else of it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::{ChunkRow, WindowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Params, PathPart};
use super::route::Param;
use super::sessions::SessionPath;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Parameters of what came since.
pub const PARAMS: &[Param] = &[Param {
    name: "after",
    doc: "What one has: `WINDOW-SEQUENCE`, joined by commas, with the last sequence of each window; \
          all chunks when absent.",
}];

/// The query of what came since.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    #[serde(default)]
    after: String,
}

/// What came since.
#[derive(Serialize, ToSchema)]
pub struct NewChunks {
    /// In the order in which they play.
    chunks: Vec<ChunkRow>,
}

/// The chunks of a recording after those that one has.
///
/// # Errors
/// When there is no recording of this session on this site, or `after` cannot be read.
pub async fn since(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
    Params(search): Params<Search>,
) -> Result<Json<NewChunks>, Problem> {
    let known = last_known(&search.after)?;
    app.watched.look(access.id(), path.session, app.now_ms());
    let chunks = app
        .store
        .chunks_after((access.id(), path.session), &known)
        .await?
        .ok_or_else(|| Problem::not_found("recording"))?;
    Ok(Json(NewChunks { chunks }))
}

/// The last sequence that one has of each window.
fn last_known(text: &str) -> Result<BTreeMap<WindowId, u32>, Problem> {
    let unfit = |part: &str| {
        let why = format!("`{part}` in after is no WINDOW-SEQUENCE");
        Problem::invalid(why).at("after".to_owned())
    };
    let one = |part: &str| {
        let (window, sequence) = part.split_once('-').ok_or_else(|| unfit(part))?;
        match (window.parse(), sequence.parse()) {
            (Ok(window), Ok(sequence)) => Ok((window, sequence)),
            _ => Err(unfit(part)),
        }
    };
    text.split(',')
        .filter(|part| !part.is_empty())
        .map(one)
        .collect()
}
