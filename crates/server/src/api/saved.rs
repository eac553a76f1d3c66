//! What is the same of all that a site saves under a name and can archive: goals, segments,
//! surveys, boards, insights and alerts. They are shown, archived, brought back and removed alike; each kind knows
//! what it is made of, and what has to hold before it goes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::SiteId;
use hitmetrix_store::settings::SettingsError;
use serde::{Deserialize, Serialize};
use tokio::sync::MutexGuard;

use super::body::PathPart;
use crate::app::App;
use crate::audit::{Done, Told};
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::{Code, Problem};

/// The part of a path that names a saved thing.
#[derive(Deserialize)]
pub struct SavedPath {
    /// Its public id.
    #[serde(
        alias = "alert",
        alias = "board",
        alias = "goal",
        alias = "insight",
        alias = "segment",
        alias = "survey"
    )]
    pub id: String,
}

/// A kind of saved thing.
pub trait SavedThing: Sized + Send + Sync {
    /// What it is called.
    const WHAT: &'static str;

    /// One as the API shows it.
    type Shown: Serialize + Send;

    /// The one of a site with this id.
    fn look_up(
        app: &App,
        site: SiteId,
        id: &str,
    ) -> impl Future<Output = Result<Option<Self>, SettingsError>> + Send;

    /// Its name.
    fn name(&self) -> &str;

    /// Since when it is archived.
    fn archived_at_ms(&self) -> Option<i64>;

    /// It as the caller may see it.
    fn shown(
        self,
        app: &App,
        caller: (&SiteAccess, &Subject),
    ) -> impl Future<Output = Result<Self::Shown, Problem>> + Send;

    /// Archives it, or with `None` brings it back.
    fn archive(
        &self,
        app: &App,
        site: SiteId,
        at_ms: Option<i64>,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Removes it for good, now that it is archived.
    fn remove(
        &self,
        app: &App,
        access: &SiteAccess,
    ) -> impl Future<Output = Result<(), Problem>> + Send;

    /// What the audit log says of what was done to it, beside its id.
    fn told(how: String) -> Told {
        Told::detail(how)
    }
}

/// One of a site.
///
/// # Errors
/// When the site has no such thing.
pub async fn find<T: SavedThing>(app: &App, access: &SiteAccess, id: &str) -> Result<T, Problem> {
    let found = T::look_up(app, access.id(), id).await?;
    found.ok_or_else(|| Problem::not_found(T::WHAT))
}

/// Shows one.
///
/// # Errors
/// When the site has no such thing.
pub async fn get<T: SavedThing>(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Json<T::Shown>, Problem> {
    let known: T = find(&app, &access, &path.id).await?;
    known.shown(&app, (&access, &subject)).await.map(Json)
}

/// One of a site to be changed, and the place of whoever changes what is saved: until it is given up no
/// other change comes between what is checked and what is written.
///
/// # Errors
/// When the site has no such thing.
async fn hold<'a, T: SavedThing>(
    app: &'a App,
    access: &SiteAccess,
    id: &str,
) -> Result<(MutexGuard<'a, ()>, T), Problem> {
    let saving = app.segment_changes.lock().await;
    let known = find(app, access, id).await?;
    Ok((saving, known))
}

/// Archives one: it leaves the lists, and its name is free again.
///
/// # Errors
/// When the site has no such thing, or something holds it.
pub async fn archive<T: SavedThing>(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Done, Problem> {
    let (_saving, known) = hold::<T>(&app, &access, &path.id).await?;
    let now_ms = app.now_ms();
    known.archive(&app, access.id(), Some(now_ms)).await?;
    Ok(T::told(known.name().to_owned()).done())
}

/// Brings an archived one back.
///
/// # Errors
/// When the site has no such thing, another has its name by now, or it could not be used.
pub async fn bring_back<T: SavedThing>(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Done, Problem> {
    let (_saving, known) = hold::<T>(&app, &access, &path.id).await?;
    known.archive(&app, access.id(), None).await?;
    let told = match T::told(known.name().to_owned()) {
        told if told.detail.is_empty() => Told::detail("brought back"),
        told => Told::detail(format!("{}, brought back", told.detail)),
    };
    Ok(told.done())
}

/// Removes an archived one for good.
///
/// # Errors
/// When the site has no such thing, it is not archived, or something uses it.
pub async fn remove<T: SavedThing>(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Done, Problem> {
    let (_saving, known) = hold::<T>(&app, &access, &path.id).await?;
    if known.archived_at_ms().is_none() {
        let (what, name) = (T::WHAT, known.name());
        let why = format!("the {what} `{name}` is in use; archive it first");
        return Err(Problem::new(Code::Conflict, why));
    }
    known.remove(&app, &access).await?;
    Ok(T::told(known.name().to_owned()).done())
}
