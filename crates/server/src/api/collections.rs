//! Collections: named lists of recordings, as for a meeting or a report, in an order of their own.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{SessionId, limits};
use hitmetrix_store::settings::Collection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::room::room;
use super::site_input;
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::{Code, Problem};
use crate::secret;

/// The collections of a site.
#[derive(Serialize, ToSchema)]
pub struct CollectionList {
    /// By name.
    collections: Vec<CollectionRow>,
}

/// One collection.
#[derive(Serialize, ToSchema)]
pub struct CollectionRow {
    /// Public id.
    id: String,
    /// Unique on the site.
    name: String,
    /// How many recordings it has.
    recordings: u32,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it: an e-mail address, which only admins of the site and that user see, the name
    /// of an API token, or `command line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
}

/// A collection with what is in it.
#[derive(Serialize, ToSchema)]
pub struct CollectionDetail {
    /// What it is.
    #[serde(flatten)]
    collection: CollectionRow,
    /// Its sessions, in its order.
    #[schema(value_type = Vec<String>)]
    sessions: Vec<SessionId>,
}

/// A collection to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionDraft {
    /// Unique on the site.
    name: String,
}

/// What is to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionPatch {
    /// Another name.
    name: Option<String>,
    /// Its sessions in another order. Those of it that are not named come behind, and none is
    /// added.
    #[schema(value_type = Option<Vec<String>>)]
    sessions: Option<Vec<SessionId>>,
}

/// Parts of a collection's path.
#[derive(Deserialize)]
pub struct CollectionPath {
    collection: String,
}

/// Parts of the path of a recording in a collection.
#[derive(Deserialize)]
pub struct MemberPath {
    collection: String,
    session: SessionId,
}

/// The collections of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<CollectionList>, Problem> {
    let collections = app.settings().collections(access.id()).await?;
    let collections = rows(&app, (&access, &subject), collections).await?;
    Ok(Json(CollectionList { collections }))
}

/// The collections that have a recording.
///
/// # Errors
/// When the database fails.
pub async fn rows_of(
    app: &App,
    caller: (&SiteAccess, &Subject),
    session: SessionId,
) -> Result<Vec<CollectionRow>, Problem> {
    let site = caller.0.id();
    let collections = app.settings().collections_of(site, session).await?;
    rows(app, caller, collections).await
}

/// Makes a collection.
///
/// # Errors
/// When the name is not valid or taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<CollectionDraft>,
) -> Result<(StatusCode, Json<CollectionRow>), Problem> {
    let count = app.settings().collections(access.id()).await?.len();
    let many = (count, limits::SITE_COLLECTIONS);
    room(many, ("the site", "collections"), "remove some")?;
    let collection = Collection {
        id: secret::random_id(&*app.randomness),
        name: site_input::name(&draft.name).map_err(|problem| problem.at("name"))?,
        created: touch(&app, &subject)?,
        recordings: 0,
    };
    app.settings()
        .create_collection(access.id(), &collection)
        .await?;
    let row = row(&app, (&access, &subject), collection).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// One collection with its sessions.
///
/// # Errors
/// When the site has no such collection.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<CollectionPath>,
) -> Result<Json<CollectionDetail>, Problem> {
    detail(&app, (&access, &subject), &path.collection)
        .await
        .map(Json)
}

/// Renames a collection, or orders it anew.
///
/// # Errors
/// When the site has no such collection, or the name is not valid or taken.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<CollectionPath>,
    JsonBody(patch): JsonBody<CollectionPatch>,
) -> Result<Json<CollectionDetail>, Problem> {
    let caller = (&access, &subject);
    let _changing = app.collection_changes.lock().await;
    let before = detail(&app, caller, &path.collection).await?;
    if let Some(name) = &patch.name {
        let name = site_input::name(name).map_err(|problem| problem.at("name"))?;
        app.settings()
            .rename_collection(access.id(), &path.collection, &name)
            .await?;
    }
    if let Some(wanted) = patch.sessions {
        let mut left: HashSet<SessionId> = before.sessions.iter().copied().collect();
        let mut sessions = wanted;
        sessions.retain(|session| left.remove(session));
        let rest = before.sessions.iter().copied();
        sessions.extend(rest.filter(|session| left.contains(session)));
        app.settings()
            .set_collection_sessions(access.id(), &path.collection, &sessions)
            .await?;
    }
    detail(&app, caller, &path.collection).await.map(Json)
}

/// Removes a collection; its recordings stay.
///
/// # Errors
/// When the site has no such collection.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<CollectionPath>,
) -> Result<StatusCode, Problem> {
    let _changing = app.collection_changes.lock().await;
    app.settings()
        .remove_collection(access.id(), &path.collection)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a recording at the end of a collection; once is as good as often.
///
/// # Errors
/// When there is no such collection or recording, or the collection is full.
pub async fn put_in(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<MemberPath>,
) -> Result<StatusCode, Problem> {
    let recording = app.store.recording(access.id(), path.session).await?;
    recording.ok_or_else(|| Problem::not_found("recording"))?;
    let _changing = app.collection_changes.lock().await;
    let mut known = detail(&app, (&access, &subject), &path.collection).await?;
    if known.sessions.contains(&path.session) {
        return Ok(StatusCode::NO_CONTENT);
    }
    if known.sessions.len() >= limits::COLLECTION_RECORDINGS {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "the collection has {} recordings, which is the limit; make another one",
                limits::COLLECTION_RECORDINGS
            ),
        ));
    }
    known.sessions.push(path.session);
    app.settings()
        .set_collection_sessions(access.id(), &path.collection, &known.sessions)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a recording out of a collection.
///
/// # Errors
/// When there is no such collection.
pub async fn take_out(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<MemberPath>,
) -> Result<StatusCode, Problem> {
    let _changing = app.collection_changes.lock().await;
    let mut known = detail(&app, (&access, &subject), &path.collection).await?;
    known.sessions.retain(|session| *session != path.session);
    app.settings()
        .set_collection_sessions(access.id(), &path.collection, &known.sessions)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn detail(
    app: &App,
    caller: (&SiteAccess, &Subject),
    id: &str,
) -> Result<CollectionDetail, Problem> {
    let site = caller.0.id();
    let collections = app.settings().collections(site).await?;
    let found = collections.into_iter().find(|known| known.id == id);
    let found = found.ok_or_else(|| Problem::not_found("collection"))?;
    Ok(CollectionDetail {
        collection: row(app, caller, found).await?,
        sessions: app.settings().collection_sessions(site, id).await?,
    })
}

async fn rows(
    app: &App,
    caller: (&SiteAccess, &Subject),
    collections: Vec<Collection>,
) -> Result<Vec<CollectionRow>, Problem> {
    let mut rows = Vec::with_capacity(collections.len());
    for collection in collections {
        rows.push(row(app, caller, collection).await?);
    }
    Ok(rows)
}

async fn row(
    app: &App,
    caller: (&SiteAccess, &Subject),
    collection: Collection,
) -> Result<CollectionRow, Problem> {
    Ok(CollectionRow {
        id: collection.id,
        name: collection.name,
        recordings: collection.recordings,
        created_at_ms: collection.created.at_ms,
        created_by: shown(app, caller, &collection.created.by).await?,
    })
}
