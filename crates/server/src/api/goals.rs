//! Saved goals of a site: checked when they are saved as a question with them would be, worked out
//! whenever they are asked for. Segments in their conditions stand by id, so that a new name breaks
//! nothing.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_insights::{check_goal, resolve_goal};
use hitmetrix_model::{Condition, EventSelection, Goal, Saved, SavedGoal, SiteId, limits};
use hitmetrix_store::settings::{KnownGoal, SettingsError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::insights::name_by_id;
use super::room::room;
use super::saved::{SavedPath, SavedThing, find};
use super::site_input;
use super::users_of::unused;
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::Problem;
use crate::secret;

/// The goals of a site.
#[derive(Serialize, ToSchema)]
pub struct GoalList {
    /// By name, archived ones too.
    goals: Vec<GoalRow>,
}

/// One saved goal.
#[derive(Serialize, ToSchema)]
pub struct GoalRow {
    /// Public id.
    id: String,
    /// Unique among those that are not archived.
    name: String,
    /// An event that the session must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<EventSelection>,
    /// What the session must be.
    filters: Vec<Condition>,
    /// In how many sessions of the period a person must reach it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions: Option<u32>,
    /// What reaching it is worth, in thousandths of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_thousandths: Option<i64>,
    /// Or the event's property that says what it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_property: Option<String>,
    /// In which currency that is, as `EUR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// Whether it stands on the overview.
    on_overview: bool,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it, as for segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// UTC, milliseconds since the epoch; when it was made, if it was never changed.
    changed_at_ms: i64,
    /// Who changed it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<String>,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at_ms: Option<i64>,
}

/// A goal to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalDraft {
    /// Unique among those that are not archived.
    name: String,
    /// An event that the session must have, as a `pageview` with a condition on `page`.
    #[serde(default)]
    event: Option<EventSelection>,
    /// What the session must be: numbers such as `duration_ms` and `pageviews`, source, person.
    #[serde(default)]
    filters: Vec<Condition>,
    /// In how many sessions of the period a person must reach it; every session when absent.
    #[serde(default)]
    sessions: Option<u32>,
    /// What reaching it is worth, in thousandths of the currency.
    #[serde(default)]
    value_thousandths: Option<i64>,
    /// Or the event's property that says what it is worth.
    #[serde(default)]
    value_property: Option<String>,
    /// In which currency that is, three capital letters, as `EUR`. Amounts of events whose property
    /// `currency` says another one are left out. Without it every amount is added up.
    #[serde(default)]
    currency: Option<String>,
    /// Whether it stands on the overview.
    #[serde(default)]
    on_overview: bool,
}

impl SavedThing for KnownGoal {
    const WHAT: &'static str = "goal";

    type Shown = GoalRow;

    async fn look_up(app: &App, site: SiteId, id: &str) -> Result<Option<Self>, SettingsError> {
        app.settings().goal(site, id).await
    }

    fn name(&self) -> &str {
        &self.goal.label
    }

    fn archived_at_ms(&self) -> Option<i64> {
        self.archived_at_ms
    }

    async fn shown(
        self,
        app: &App,
        (access, subject): (&SiteAccess, &Subject),
    ) -> Result<GoalRow, Problem> {
        let Goal {
            label,
            goal: _,
            event,
            filters,
            sessions,
            value_thousandths,
            value_property,
            currency,
        } = self.goal;
        Ok(GoalRow {
            id: self.id,
            name: label,
            event,
            filters,
            sessions,
            value_thousandths,
            value_property,
            currency,
            on_overview: self.on_overview,
            created_at_ms: self.created.at_ms,
            created_by: shown(app, (access, subject), &self.created.by).await?,
            changed_at_ms: self.changed.at_ms,
            changed_by: shown(app, (access, subject), &self.changed.by).await?,
            archived_at_ms: self.archived_at_ms,
        })
    }

    async fn archive(&self, app: &App, site: SiteId, at_ms: Option<i64>) -> Result<(), Problem> {
        Ok(app.settings().archive_goal(site, self, at_ms).await?)
    }

    async fn remove(&self, app: &App, access: &SiteAccess) -> Result<(), Problem> {
        unused(app, access, (Self::WHAT, &self.id, self.name())).await?;
        app.settings().remove_goal(access.id(), &self.id).await?;
        Ok(app.settings_changed().await?)
    }
}

/// The goals of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<GoalList>, Problem> {
    let mut goals = Vec::new();
    for known in app.settings().goals(access.id()).await? {
        goals.push(known.shown(&app, (&access, &subject)).await?);
    }
    Ok(Json(GoalList { goals }))
}

/// Saves a new goal.
///
/// # Errors
/// When it is not valid, the name is taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<GoalDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<GoalRow>), Problem> {
    let _saving = app.segment_changes.lock().await;
    let saved = app.sites.saved(access.id());
    let there = saved.goals.len();
    let many = (there, limits::SITE_GOALS);
    room(many, ("the site", "goals"), "remove archived ones")?;
    let id = secret::random_id(&*app.randomness);
    let on_overview = draft.on_overview;
    let goal = checked_aside(draft, id.clone(), saved).await?;
    let touch = touch(&app, &subject)?;
    let known = KnownGoal {
        id,
        goal,
        on_overview,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    };
    app.settings().create_goal(access.id(), &known).await?;
    app.settings_changed().await?;
    let told = Told::object(format!("goal {}", known.id), known.goal.label.clone());
    let row = known.shown(&app, (&access, &subject)).await?;
    Ok((StatusCode::CREATED, Extension(told), Json(row)))
}

/// Puts a goal in the place of another.
///
/// # Errors
/// As [`create`]; when the site has no such goal.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<GoalDraft>,
) -> Result<(Extension<Told>, Json<GoalRow>), Problem> {
    let _saving = app.segment_changes.lock().await;
    let known: KnownGoal = find(&app, &access, &path.id).await?;
    let on_overview = draft.on_overview;
    let saved = app.sites.saved(access.id());
    let changed = KnownGoal {
        goal: checked_aside(draft, known.id.clone(), saved).await?,
        on_overview,
        changed: touch(&app, &subject)?,
        ..known
    };
    app.settings().change_goal(access.id(), &changed).await?;
    app.settings_changed().await?;
    let told = Told::detail(changed.goal.label.clone());
    let row = changed.shown(&app, (&access, &subject)).await?;
    Ok((Extension(told), Json(row)))
}

/// As [`checked`], on a thread that may take its time: conditions are compiled.
async fn checked_aside(draft: GoalDraft, id: String, saved: Arc<Saved>) -> Result<Goal, Problem> {
    tokio::task::spawn_blocking(move || checked(draft, id, &saved))
        .await
        .map_err(|_| Problem::internal("the check of a goal ended early"))?
}

/// A draft as a goal that can be saved in the place of the one with its id.
fn checked(draft: GoalDraft, id: String, saved: &Saved) -> Result<Goal, Problem> {
    let mut goal = Goal {
        label: site_input::name(&draft.name).map_err(|problem| problem.at("name"))?,
        goal: None,
        event: draft.event,
        filters: draft.filters,
        sessions: draft.sessions,
        value_thousandths: draft.value_thousandths,
        value_property: draft.value_property,
        currency: draft.currency,
    };
    if goal.event.is_none() && goal.filters.is_empty() {
        return Err(Problem::invalid(
            "a goal needs an event or a filter, or every session would reach it",
        )
        .at("event"));
    }
    let mut after = saved.clone();
    after.goals.retain(|one| one.id != id);
    after.goals.push(SavedGoal {
        id: id.clone(),
        goal: goal.clone(),
    });
    let mut resolved = goal.clone();
    resolve_goal(&mut resolved, &id, &after)?;
    check_goal(&resolved)?;
    let named: Result<(), Infallible> = goal.visit_conditions("", &mut |conditions, _| {
        for condition in conditions {
            condition.visit_segments(&mut |used| name_by_id(used, &saved.segments));
        }
        Ok(())
    });
    let Ok(()) = named;
    Ok(goal)
}
