//! What a site keeps, what of it goes when, and how much that frees.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_store::{ComingParts, ComingRecordings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// What is kept and what will become of it, as the settings are now.
#[derive(Serialize, ToSchema)]
pub struct StoragePlan {
    recordings: RecordingsKept,
    events: EventsKept,
    disk: Option<DiskMark>,
}

/// What recordings take.
#[derive(Serialize, ToSchema)]
pub struct RecordingsKept {
    /// Days that they are kept.
    days: u32,
    /// How many, the pinned too.
    count: u64,
    /// Bytes of their chunks.
    bytes: u64,
    /// How many are pinned: these stay.
    pinned: u64,
    /// Bytes of these.
    pinned_bytes: u64,
    /// How many no player can show, for want of a full snapshot.
    unplayable: u64,
    /// Bytes of style sheets, images and pages that recordings have alike; each goes with the last
    /// recording that needs it.
    shared_bytes: u64,
    /// Bytes of style sheets and images that too few visitors sent to share them.
    own_bytes: u64,
    /// Those that will go, the first day first.
    coming: Vec<Coming>,
}

/// What events take.
#[derive(Serialize, ToSchema)]
pub struct EventsKept {
    /// Days that they are kept; 0 for ever.
    days: u32,
    /// How many lie in parts.
    count: u64,
    /// Bytes of the parts.
    bytes: u64,
    /// Those that will go, the first week first; none while all are kept.
    coming: Vec<Coming>,
}

/// What goes together.
#[derive(Serialize, ToSchema)]
pub struct Coming {
    /// Recordings: start of the day, UTC, on which they go. Events: when the last of their week is
    /// gone.
    at_ms: i64,
    /// How many.
    count: u64,
    /// Bytes that this frees.
    bytes: u64,
}

/// When recordings go before their time.
#[derive(Serialize, ToSchema)]
pub struct DiskMark {
    /// How full the disk is, in percent.
    used_percent: u64,
    /// From where on recordings go: of the site that takes most, the oldest that are not pinned.
    mark_percent: u64,
}

impl From<ComingRecordings> for Coming {
    fn from(coming: ComingRecordings) -> Self {
        Self {
            at_ms: coming.at_ms,
            count: coming.recordings,
            bytes: coming.bytes,
        }
    }
}

impl From<ComingParts> for Coming {
    fn from(coming: ComingParts) -> Self {
        Self {
            at_ms: coming.at_ms,
            count: coming.events,
            bytes: coming.bytes,
        }
    }
}

/// What the site keeps and when it goes.
///
/// # Errors
/// When the store fails.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<StoragePlan>, Problem> {
    let site = access.site();
    let plan = app.store.storage_plan(site).await?;
    let report = app.health.report();
    Ok(Json(StoragePlan {
        recordings: RecordingsKept {
            days: site.settings.recording_days,
            count: plan.recordings,
            bytes: plan.recording_bytes,
            pinned: plan.pinned,
            pinned_bytes: plan.pinned_bytes,
            unplayable: plan.unplayable,
            shared_bytes: plan.shared_bytes,
            own_bytes: plan.own_bytes,
            coming: plan
                .coming_recordings
                .into_iter()
                .map(Coming::from)
                .collect(),
        },
        events: EventsKept {
            days: site.settings.event_days,
            count: plan.events,
            bytes: plan.event_bytes,
            coming: plan.coming_events.into_iter().map(Coming::from).collect(),
        },
        disk: report.map(|report| DiskMark {
            used_percent: report.disk_used_percent(),
            mark_percent: app.config.disk_mark_percent,
        }),
    }))
}
