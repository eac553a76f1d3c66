//! What a site keeps, what of it goes when, and how much that frees.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_store::{ComingParts, ComingRecordings, GoingNow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Params;
use super::route::Param;
use super::site_input;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Parameters.
pub const PARAMS: &[Param] = &[
    Param {
        name: "recording_days",
        doc: "What would be so if recordings were kept for so many days.",
    },
    Param {
        name: "event_days",
        doc: "What would be so if events were kept for so many days; 0 keeps them all.",
    },
    Param {
        name: "recording_min_ms",
        doc: "What would be so if shorter recordings were not kept.",
    },
];

/// Settings that are thought of; absent ones are as they are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    recording_days: Option<u32>,
    event_days: Option<u32>,
    recording_min_ms: Option<u32>,
}

/// What is kept and what will become of it, under the settings as they are or are thought of.
#[derive(Serialize, ToSchema)]
pub struct StoragePlan {
    now: GoesNow,
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

/// What goes for good within minutes.
#[derive(Serialize, ToSchema)]
pub struct GoesNow {
    /// Recordings, too old or too short.
    recordings: u64,
    /// Bytes of their chunks.
    recording_bytes: u64,
    /// Events that are too old.
    events: u64,
    /// About how many bytes they take.
    event_bytes: u64,
}

impl From<GoingNow> for GoesNow {
    fn from(going: GoingNow) -> Self {
        Self {
            recordings: going.recordings,
            recording_bytes: going.recording_bytes,
            events: going.events,
            event_bytes: going.event_bytes,
        }
    }
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
/// When a setting that is thought of is out of bounds, or the store fails.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(draft): Params<Draft>,
) -> Result<Json<StoragePlan>, Problem> {
    let mut site = access.site().clone();
    let settings = &mut site.settings;
    settings.recording_days = draft.recording_days.unwrap_or(settings.recording_days);
    settings.event_days = draft.event_days.unwrap_or(settings.event_days);
    settings.recording_min_ms = draft.recording_min_ms.unwrap_or(settings.recording_min_ms);
    site_input::settings(settings)?;
    let plan = app.store.storage_plan(&site).await?;
    let now = app.store.going_now(&site).await?;
    let report = app.health.report();
    Ok(Json(StoragePlan {
        now: now.into(),
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
