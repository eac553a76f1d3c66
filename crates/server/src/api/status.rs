//! How the server is: for its owner, for a load balancer, for Prometheus.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hitmetrix_model::SiteId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::Caller;
use crate::counters::{Metric, write_metric};
use crate::health::{Report, Word};
use crate::problem::Problem;

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// Version of the server.
    version: String,
    /// Seconds since its start.
    uptime_s: u64,
    /// What the last probe found.
    health: Option<Report>,
    /// Share of the disk above which recordings give way, in percent.
    disk_mark_percent: u64,
    /// What is stored, by kind.
    stored: Stored,
    /// What the sites keep, the one that keeps most first.
    sites: Vec<StoredOfSite>,
}

/// What one site keeps.
#[derive(Serialize, ToSchema)]
pub struct StoredOfSite {
    /// Its number.
    site: SiteId,
    /// Its name.
    name: String,
    /// Events in parts.
    events: u64,
    /// Bytes of the parts.
    events_bytes: u64,
    /// Recordings, the pinned too.
    recordings: u64,
    /// Bytes of recordings, with what they have alike.
    recordings_bytes: u64,
}

/// What is stored.
#[derive(Serialize, ToSchema)]
pub struct Stored {
    /// Bytes of parts.
    parts_bytes: u64,
    /// Bytes of lanes.
    lanes_bytes: u64,
    /// Bytes of the log.
    log_bytes: u64,
    /// Bytes of recordings.
    recordings_bytes: u64,
    /// Bytes of the settings and catalog database.
    catalog_bytes: u64,
    /// Parts.
    parts: u64,
    /// Events in the log that are in no part yet.
    tail_events: u64,
}

/// How the server is.
///
/// # Errors
/// When the catalog cannot be read.
pub async fn status(State(app): State<Arc<App>>) -> Result<Json<Status>, Problem> {
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        uptime_s: app.uptime.elapsed().as_secs(),
        health: app.health.report(),
        disk_mark_percent: app.config.disk_mark_percent,
        stored: stored(&app),
        sites: by_site(&app).await?,
    }))
}

async fn by_site(app: &App) -> Result<Vec<StoredOfSite>, Problem> {
    let mut all = Vec::new();
    for known in app.sites.all() {
        let id = known.site.id;
        let recordings = app.store.recordings_kept(id).await?;
        let (events, events_bytes) = app.store.events_kept(id);
        all.push(StoredOfSite {
            site: id,
            name: known.site.name.clone(),
            events,
            events_bytes,
            recordings: recordings.recordings,
            recordings_bytes: recordings.bytes,
        });
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.events_bytes + one.recordings_bytes));
    Ok(all)
}

fn stored(app: &App) -> Stored {
    let usage = app.store.usage();
    Stored {
        parts_bytes: usage.parts_bytes,
        lanes_bytes: usage.lanes_bytes,
        log_bytes: usage.log_bytes,
        recordings_bytes: usage.recordings_bytes,
        catalog_bytes: usage.catalog_bytes,
        parts: usage.parts,
        tail_events: usage.tail_events,
    }
}

/// One word; 503 when nothing can be stored. The owner gets the reasons.
pub async fn healthz(State(app): State<Arc<App>>, Caller(subject): Caller) -> Response {
    let word = app.health.word();
    let status = match word {
        Word::Ok | Word::Degraded => StatusCode::OK,
        Word::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    match app.health.report().filter(|_| subject.is_owner()) {
        Some(report) => (status, no_store, Json(report)).into_response(),
        None => (status, no_store, format!("{}\n", word.name())).into_response(),
    }
}

/// Numbers about the process.
pub async fn metrics(State(app): State<Arc<App>>) -> ([(HeaderName, &'static str); 1], String) {
    let mut text = app.counters.to_prometheus();
    let stored = stored(&app);
    let word = app.health.word();
    let gauges = [
        (
            "hitmetrix_up",
            "Whether events can be stored.",
            u64::from(word != Word::Unavailable),
        ),
        (
            "hitmetrix_degraded",
            "Whether the disk is over its mark.",
            u64::from(word == Word::Degraded),
        ),
        (
            "hitmetrix_uptime_seconds",
            "Seconds since the start.",
            app.uptime.elapsed().as_secs(),
        ),
        (
            "hitmetrix_parts_bytes",
            "Bytes of parts.",
            stored.parts_bytes,
        ),
        (
            "hitmetrix_lanes_bytes",
            "Bytes of lanes.",
            stored.lanes_bytes,
        ),
        ("hitmetrix_log_bytes", "Bytes of the log.", stored.log_bytes),
        (
            "hitmetrix_recordings_bytes",
            "Bytes of recordings.",
            stored.recordings_bytes,
        ),
        ("hitmetrix_parts", "Parts.", stored.parts),
        (
            "hitmetrix_tail_events",
            "Events that are in no part yet.",
            stored.tail_events,
        ),
    ];
    for (name, doc, value) in gauges {
        write_metric(
            &mut text,
            &Metric {
                name,
                kind: "gauge",
                doc,
                value,
            },
        );
    }
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        text,
    )
}
