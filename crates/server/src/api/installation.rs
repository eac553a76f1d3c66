//! Whether a site's snippet works: the light that turns on at the first event, and what is wrong in
//! words.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::installation_findings::{InstallationFinding, Known, findings};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// What the snippet needs, whether anything came, and what is wrong.
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
    /// Since when the server notes what the findings go by; restarts forget nothing of it.
    seen_since_ms: i64,
    /// What is known to be wrong or missing, the gravest first.
    findings: Vec<InstallationFinding>,
}

/// What the snippet needs, whether anything came, and what is wrong.
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
    let first_event_ms = spans.iter().map(|(first, _)| *first).min();
    let last_event_ms = spans.iter().map(|(_, last)| *last).max();
    let signs = &app.collect.signs;
    let site = access.site();
    let origin = app.config.origin();
    let found = findings(&Known {
        signs: &signs.of(site.id),
        since_ms: signs.since_ms,
        resumed_ms: signs.resumed_ms,
        now_ms: app.now_ms(),
        first_event_ms,
        last_event_ms,
        domains: &site.domains,
        key: &site.key,
        settings: &site.settings,
        origin: &origin,
    });
    Ok(Json(Installation {
        first_event_ms,
        last_event_ms,
        key: site.key.clone(),
        seen_since_ms: signs.since_ms,
        findings: found,
        origin,
    }))
}
