//! Sites: list, make, change, remove.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_model::{Site, SiteSettings};
use hitmetrix_store::settings::{KnownSite, NewSite, SiteChange};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::body::JsonBody;
use super::{me, site_input, site_patch};
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::problem::Problem;
use crate::secret;

/// All sites of the caller.
#[derive(Serialize, ToSchema)]
pub struct SiteList {
    /// Oldest first.
    sites: Vec<Site>,
}

/// A site to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteDraft {
    /// Unique name.
    pub name: String,
    /// Host names that may send.
    pub domains: Vec<String>,
    /// IANA time zone; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Everything else; the defaults when absent.
    #[serde(default)]
    pub settings: Option<SiteSettings>,
}

/// What of a site changes; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SitePatch {
    /// New name.
    #[serde(default)]
    name: Option<String>,
    /// New domains.
    #[serde(default)]
    domains: Option<Vec<String>>,
    /// New time zone.
    #[serde(default)]
    time_zone: Option<String>,
    /// Settings that change, as the site has them; those that are not named stay, rules too.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    settings: Option<Value>,
    /// The same settings as the sender found them: when somebody else has changed one of them since,
    /// nothing is saved and the answer is a conflict that names it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    was: Option<Value>,
    /// The site's name as it is, for settings under which stored data goes sooner: fewer days, or a
    /// longer shortest recording. `GET /api/v1/sites/{site}/storage` says what that erases.
    #[serde(default)]
    confirm: Option<String>,
}

/// The site's name again, so that nobody removes the wrong one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    /// The site's name.
    name: String,
}

/// All sites of the caller.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
) -> Result<Json<SiteList>, Problem> {
    Ok(Json(SiteList {
        sites: me::sites(&app, &subject).await?,
    }))
}

/// Makes a site.
///
/// # Errors
/// When the draft is not valid or the name is taken.
pub async fn create(
    State(app): State<Arc<App>>,
    JsonBody(draft): JsonBody<SiteDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<Site>), Problem> {
    let mut settings = draft.settings.unwrap_or_default();
    settings.group = site_input::group(&settings.group)?;
    settings.currency = site_input::currency(&settings.currency)?;
    site_input::settings(&settings)?;
    let new = NewSite {
        name: site_input::name(&draft.name)?,
        domains: site_input::domains(&draft.domains)?,
        time_zone: site_input::time_zone(draft.time_zone.as_deref().unwrap_or("UTC"))?,
        settings,
        ..blank(&app)
    };
    let site = app.settings().create_site(new).await?;
    app.settings_changed().await?;
    tracing::info!(site = site.id.0, "site made");
    let told = Told::object(format!("site {}", site.id), site.name.clone());
    Ok((StatusCode::CREATED, Extension(told), Json(site)))
}

/// A site with random key and secret, and nothing else yet.
#[must_use]
pub fn blank(app: &App) -> NewSite {
    let mut secret = [0; 32];
    app.randomness.fill(&mut secret);
    NewSite {
        name: String::new(),
        domains: Vec::new(),
        time_zone: "UTC".to_owned(),
        key: secret::random_id(&*app.randomness),
        secret,
        demo: false,
        settings: SiteSettings::default(),
        created_at_ms: app.now_ms(),
    }
}

/// One site.
///
/// # Errors
/// Never by itself.
pub async fn get(access: SiteAccess) -> Result<Json<Site>, Problem> {
    Ok(Json(me::shown(access.site(), access.role())))
}

/// Changes a site.
///
/// # Errors
/// When the change is not valid, the name is taken, or somebody else changed the same meanwhile.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(patch): JsonBody<SitePatch>,
) -> Result<(Extension<Told>, Json<Site>), Problem> {
    let _alone = app.site_changes.lock().await;
    let before = known(&app, &access)?;
    let settings = match &patch.settings {
        Some(change) => {
            let mut settings =
                site_patch::merged(&before.site.settings, change, patch.was.as_ref())?;
            settings.group = site_input::group(&settings.group)?;
            settings.currency = site_input::currency(&settings.currency)?;
            site_input::settings(&settings)?;
            let is_named = patch.confirm.as_ref() == Some(&before.site.name);
            if site_patch::keeps_less(&before.site.settings, &settings) && !is_named {
                return Err(Problem::invalid(
                    "this keeps less than before, and what is older or shorter is erased for good \
                     within minutes; send the site's name as `confirm` if it is meant",
                )
                .at("confirm"));
            }
            Some(settings)
        }
        None => None,
    };
    let change = SiteChange {
        name: patch.name.as_deref().map(site_input::name).transpose()?,
        domains: patch
            .domains
            .as_deref()
            .map(site_input::domains)
            .transpose()?,
        time_zone: patch
            .time_zone
            .as_deref()
            .map(site_input::time_zone)
            .transpose()?,
        settings,
    };
    let told = Told::detail(changed(&before.site, &change));
    app.settings().change_site(access.id(), &change).await?;
    app.settings_changed().await?;
    let after = known(&app, &access)?;
    Ok((Extension(told), Json(after.site.clone())))
}

/// The site as it is now: another change may have come since the request was let in.
fn known(app: &App, access: &SiteAccess) -> Result<Arc<KnownSite>, Problem> {
    app.sites
        .by_id(access.id())
        .ok_or_else(|| Problem::not_found("site"))
}

/// What of a site a change changes, by name: of its rules and settings those that differ.
fn changed(site: &Site, change: &SiteChange) -> String {
    let mut names: Vec<String> = Vec::new();
    let plain = [
        ("name", differs(change.name.as_ref(), &site.name)),
        ("domains", differs(change.domains.as_ref(), &site.domains)),
        (
            "time zone",
            differs(change.time_zone.as_ref(), &site.time_zone),
        ),
    ];
    names.extend(
        plain
            .into_iter()
            .filter(|(_, is_changed)| *is_changed)
            .map(|(name, _)| name.to_owned()),
    );
    let json = |settings| serde_json::to_value(settings).unwrap_or_default();
    let (before, after) = (
        json(Some(&site.settings)),
        json(change.settings.as_ref().or(Some(&site.settings))),
    );
    let mut differing = Vec::new();
    differ((&before, &after), "", &mut differing);
    names.extend(differing);
    names.join(", ")
}

fn differs<T: PartialEq>(given: Option<&T>, now: &T) -> bool {
    given.is_some_and(|given| given != now)
}

fn differ((before, after): (&Value, &Value), at: &str, names: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in after {
                let was = before.get(name).unwrap_or(&Value::Null);
                let place = match at {
                    "" => name.clone(),
                    at => format!("{at}.{name}"),
                };
                differ((was, value), &place, names);
            }
        }
        (before, after) if before != after => names.push(at.to_owned()),
        _ => {}
    }
}

/// Removes a site with all its events and recordings.
///
/// # Errors
/// When the name is not the site's.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(confirmation): JsonBody<Confirmation>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    if confirmation.name != access.site().name {
        return Err(Problem::invalid(
            "the name is not that of the site; type it as it stands",
        ));
    }
    // First nobody can send or ask any more, then the data goes. A crash in between leaves data
    // of a site that the settings do not know; the retention job erases it after the next start.
    app.settings().remove_site(access.id()).await?;
    app.settings_changed().await?;
    app.collect.signs.forget(access.id());
    app.store.erase_site(access.id()).await?;
    app.answers.forget(access.id());
    tracing::info!(site = access.id().0, "site removed");
    let told = Told::detail(confirmation.name);
    Ok((StatusCode::NO_CONTENT, Extension(told)))
}
