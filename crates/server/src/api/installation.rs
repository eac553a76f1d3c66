//! Whether a site's snippet works: the light that turns on at the first event.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// What the snippet needs, and whether anything came.
#[derive(Serialize, ToSchema)]
pub struct Installation {
    /// Time of the first event, UTC, milliseconds since the epoch.
    first_event_ms: Option<i64>,
    /// Time of the last event.
    last_event_ms: Option<i64>,
    /// Address of this server.
    origin: String,
    /// Public key of the site.
    key: String,
}

/// What the snippet needs, and whether anything came.
///
/// # Errors
/// When the store fails.
pub async fn installation(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<Installation>, Problem> {
    let store = app.store.clone();
    let site = access.id();
    let spans = tokio::task::spawn_blocking(move || {
        let snapshot = store.snapshot(site)?;
        let spans: Vec<(i64, i64)> = snapshot
            .runs
            .iter()
            .filter(|run| !run.is_empty())
            .map(|run| run.span_ms())
            .collect();
        Ok::<_, Problem>(spans)
    })
    .await
    .map_err(|_| Problem::internal("looking for the first event panicked"))??;
    Ok(Json(Installation {
        first_event_ms: spans.iter().map(|(first, _)| *first).min(),
        last_event_ms: spans.iter().map(|(_, last)| *last).max(),
        origin: app.config.origin(),
        key: access.site().key.clone(),
    }))
}
