//! What only the command line on the server itself may ask for: backup, check, seal, repack.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::JsonBody;
use crate::app::App;
use crate::audit::Told;
use crate::problem::Problem;

/// What to back up, and where to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupTo {
    /// Everything but the keys of recordings, or these.
    part: BackupPart,
    /// Absolute path of a folder on the server's machine; empty or not there yet.
    #[schema(value_type = String)]
    folder: PathBuf,
}

/// The two halves of a backup, which are to be kept apart.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BackupPart {
    /// Everything but the keys of recordings.
    Data,
    /// The keys of recordings and the journal of erasures.
    Keys,
}

/// What a check found.
#[derive(Serialize, ToSchema)]
pub struct Findings {
    /// One line each; none when everything is sound.
    findings: Vec<String>,
}

/// Writes a backup.
///
/// # Errors
/// When the folder cannot be written or is not empty.
pub async fn backup(
    State(app): State<Arc<App>>,
    JsonBody(to): JsonBody<BackupTo>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    if !to.folder.is_absolute() {
        return Err(Problem::invalid("the folder must be an absolute path"));
    }
    let what = match to.part {
        BackupPart::Data => {
            let report = app.store.backup(&to.folder).await?;
            tracing::info!(?report, "backup written");
            "everything but keys"
        }
        BackupPart::Keys => {
            app.store.backup_keys(&to.folder).await?;
            tracing::info!("backup of keys written");
            "keys of recordings"
        }
    };
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(what))))
}

/// Checks everything that is stored.
pub async fn doctor(State(app): State<Arc<App>>) -> Json<Findings> {
    let findings = app.store.doctor().await;
    Json(Findings {
        findings: findings.iter().map(ToString::to_string).collect(),
    })
}

/// Makes parts of everything in the log, and compacts them.
///
/// # Errors
/// When the store fails.
pub async fn seal(State(app): State<Arc<App>>) -> Result<StatusCode, Problem> {
    app.seal().await?;
    app.store.compact().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of recordings.
#[derive(Serialize, ToSchema)]
pub struct Repacked {
    /// How many were put in order.
    recordings: u64,
    /// Their bytes before.
    bytes_before: u64,
    /// Their bytes now.
    bytes_after: u64,
    /// Bytes that came beside them: style sheets, images, bases of pages.
    bytes_beside: u64,
    /// Recordings that cannot be read; the log says why.
    failed: u64,
}

/// Puts all recordings in order, also those of sessions that may go on.
///
/// # Errors
/// When the store fails.
pub async fn repack(State(app): State<Arc<App>>) -> Result<Json<Repacked>, Problem> {
    app.store.seal().await?;
    let mut all = Repacked {
        recordings: 0,
        bytes_before: 0,
        bytes_after: 0,
        bytes_beside: 0,
        failed: 0,
    };
    for known in app.sites.all() {
        let report = app.store.repack(known.site.id, 0).await?;
        app.store.tidy_recordings(known.site.id).await?;
        all.recordings += report.recordings;
        all.bytes_before += report.bytes_before;
        all.bytes_after += report.bytes_after;
        all.bytes_beside += report.asset_bytes + report.base_bytes;
        all.failed += report.failed;
    }
    Ok(Json(all))
}
