//! Links that open one recording without a login: each is a capability for that recording, with an
//! end, and can be revoked. Its secret is in the answer that makes it and nowhere else.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{SessionId, limits};
use hitmetrix_store::settings::{Share, ShareSecret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::links;
use super::room::room;
use super::sessions::SessionPath;
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::Problem;
use crate::secret;

/// How long a link works unless somebody says otherwise.
const DAYS: u32 = 7;

/// The links to a recording.
#[derive(Serialize, ToSchema)]
pub struct ShareList {
    /// The newest first.
    shares: Vec<ShareRow>,
}

/// One link, without its secret.
#[derive(Serialize, ToSchema)]
pub struct ShareRow {
    /// Public id, which stands in the link too.
    id: String,
    /// Whether it says nothing of who it was.
    hide_person: bool,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it: an e-mail address, which only admins of the site and that user see, the name
    /// of an API token, or `command line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// Until when it works.
    ends_at_ms: i64,
    /// How often it was opened.
    opened: u32,
    /// When it was opened last.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at_ms: Option<i64>,
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareDraft {
    /// How long it works, 1 to 90; 7 when absent.
    days: Option<u32>,
    /// Whether it says nothing of who it was: no name, no properties, no country. What the
    /// recorded pages show stays as it is.
    #[serde(default)]
    hide_person: bool,
}

/// A new link.
#[derive(Serialize, ToSchema)]
pub struct NewShare {
    /// Without its secret.
    #[serde(flatten)]
    share: ShareRow,
    /// The address; `&t=83` at its end begins at that second.
    link: String,
}

/// Parts of a link's path.
#[derive(Deserialize)]
pub struct SharePath {
    session: SessionId,
    share: String,
}

/// The links to a recording.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SessionPath>,
) -> Result<Json<ShareList>, Problem> {
    let mut shares = Vec::new();
    for share in app.settings().shares(access.id(), path.session).await? {
        shares.push(row(&app, (&access, &subject), share).await?);
    }
    Ok(Json(ShareList { shares }))
}

/// Makes a link.
///
/// # Errors
/// When there is no such recording, it would work for too long, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SessionPath>,
    JsonBody(draft): JsonBody<ShareDraft>,
) -> Result<(StatusCode, Json<NewShare>), Problem> {
    let wanted = ("days", draft.days.unwrap_or(DAYS));
    let days = links::days(wanted, limits::SHARE_DAYS)?;
    let (site, session) = (access.id(), path.session);
    let recording = app.store.recording(site, session).await?;
    recording.ok_or_else(|| Problem::not_found("recording"))?;
    let count = app.settings().shares(site, session).await?.len();
    let many = (count, limits::RECORDING_SHARES);
    room(many, ("the recording", "links"), "revoke some")?;
    let pass = secret::random_pass(&*app.randomness);
    let created = touch(&app, &subject)?;
    let new = ShareSecret {
        secret_hash: secret::hash(&pass),
        share: Share {
            id: secret::random_id(&*app.randomness),
            site,
            session,
            person_hidden: draft.hide_person,
            ends_at_ms: links::ends_at_ms(created.at_ms, days),
            created,
            opened: 0,
            opened_at_ms: None,
        },
    };
    app.settings().create_share(&new).await?;
    let by = format!("{:?}", new.share.created.by);
    tracing::info!(site = site.0, %session, share = new.share.id, by, days, "share link made");
    // Behind the `#`, so that no server and no proxy ever sees it.
    let link = format!("{}/share/{}#{pass}", app.config.origin(), new.share.id);
    let share = row(&app, (&access, &subject), new.share).await?;
    Ok((StatusCode::CREATED, Json(NewShare { share, link })))
}

/// Revokes a link.
///
/// # Errors
/// When the recording has no such link.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SharePath>,
) -> Result<StatusCode, Problem> {
    let of = (access.id(), path.session);
    app.settings().remove_share(of, &path.share).await?;
    let by = format!("{:?}", touch(&app, &subject)?.by);
    let (site, session) = (of.0.0, path.session);
    tracing::info!(site, %session, share = path.share, by, "share link revoked");
    Ok(StatusCode::NO_CONTENT)
}

async fn row(
    app: &App,
    caller: (&SiteAccess, &Subject),
    share: Share,
) -> Result<ShareRow, Problem> {
    Ok(ShareRow {
        id: share.id,
        hide_person: share.person_hidden,
        created_at_ms: share.created.at_ms,
        created_by: shown(app, caller, &share.created.by).await?,
        ends_at_ms: share.ends_at_ms,
        opened: share.opened,
        opened_at_ms: share.opened_at_ms,
    })
}
