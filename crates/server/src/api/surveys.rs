//! Surveys of a site: a question to visitors, where and when it is asked. A new one is a draft; pages
//! have it once it is switched on, within the minute for which they keep the rules.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{PageSurvey, SiteId, Survey, limits};
use hitmetrix_store::settings::{KnownSurvey, SettingsError, SurveyState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::room::room;
use super::saved::{SavedPath, SavedThing, find};
use super::{site_input, survey_input};
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::{Code, Problem};
use crate::secret;

/// The surveys of a site.
#[derive(Serialize, ToSchema)]
pub struct SurveyList {
    /// By name, archived ones too.
    surveys: Vec<SurveyRow>,
}

/// One survey.
#[derive(Serialize, ToSchema)]
pub struct SurveyRow {
    /// Public id, which its events carry as the property `survey`.
    id: String,
    /// Unique among those that are not archived; visitors never see it.
    name: String,
    /// What is asked, where and when.
    survey: Survey,
    /// `draft` while it was never switched on, `active` while pages have it, else `paused`.
    state: &'static str,
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

/// A survey to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyDraft {
    /// Unique among those that are not archived; visitors never see it.
    name: String,
    /// What is asked, where and when.
    survey: Survey,
}

impl SavedThing for KnownSurvey {
    const WHAT: &'static str = "survey";

    type Shown = SurveyRow;

    async fn look_up(app: &App, site: SiteId, id: &str) -> Result<Option<Self>, SettingsError> {
        app.settings().survey(site, id).await
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn archived_at_ms(&self) -> Option<i64> {
        self.archived_at_ms
    }

    async fn shown(
        self,
        app: &App,
        (access, subject): (&SiteAccess, &Subject),
    ) -> Result<SurveyRow, Problem> {
        Ok(SurveyRow {
            id: self.id,
            name: self.name,
            survey: self.survey,
            state: self.state.name(),
            created_at_ms: self.created.at_ms,
            created_by: shown(app, (access, subject), &self.created.by).await?,
            changed_at_ms: self.changed.at_ms,
            changed_by: shown(app, (access, subject), &self.changed.by).await?,
            archived_at_ms: self.archived_at_ms,
        })
    }

    async fn archive(&self, app: &App, site: SiteId, at_ms: Option<i64>) -> Result<(), Problem> {
        if at_ms.is_none() && self.archived_at_ms.is_none() {
            // It is where it should be, and stays switched on if it is.
            return Ok(());
        }
        app.settings().archive_survey(site, self, at_ms).await?;
        Ok(app.settings_changed().await?)
    }

    async fn remove(&self, app: &App, access: &SiteAccess) -> Result<(), Problem> {
        // Its answers are events: they stay, and go as events do.
        Ok(app.settings().remove_survey(access.id(), &self.id).await?)
    }

    fn told(_how: String) -> Told {
        Told::default()
    }
}

/// The surveys of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<SurveyList>, Problem> {
    let mut surveys = Vec::new();
    for known in app.settings().surveys(access.id()).await? {
        surveys.push(known.shown(&app, (&access, &subject)).await?);
    }
    Ok(Json(SurveyList { surveys }))
}

/// Saves a new survey as a draft.
///
/// # Errors
/// When it is not valid, the name is taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<SurveyDraft>,
) -> Result<(StatusCode, Json<SurveyRow>), Problem> {
    let (name, survey) = checked(draft)?;
    let _saving = app.segment_changes.lock().await;
    let there = app.settings().surveys(access.id()).await?.len();
    let many = (there, limits::SITE_SURVEYS);
    room(many, ("the site", "surveys"), "remove archived ones")?;
    let touch = touch(&app, &subject)?;
    let known = KnownSurvey {
        id: secret::random_id(&*app.randomness),
        name,
        survey,
        state: SurveyState::Draft,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    };
    app.settings().create_survey(access.id(), &known).await?;
    let row = known.shown(&app, (&access, &subject)).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Puts a survey in the place of another; its state stays.
///
/// # Errors
/// As [`create`]; when the site has no such survey, what it asks for is another although it was
/// switched on once, or it is switched on and becomes too long.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<SurveyDraft>,
) -> Result<Json<SurveyRow>, Problem> {
    let (name, survey) = checked(draft)?;
    let _saving = app.segment_changes.lock().await;
    let before: KnownSurvey = find(&app, &access, &path.id).await?;
    if before.survey.kind != survey.kind && before.state != SurveyState::Draft {
        return Err(Problem::new(
            Code::Conflict,
            format!(
                "the survey `{}` was switched on, so what it asks for stays: its answers would be \
                 counted as others; save a new one",
                before.name
            ),
        ));
    }
    let known = KnownSurvey {
        name,
        survey,
        changed: touch(&app, &subject)?,
        ..before
    };
    if known.is_asked() {
        let all = app.settings().surveys(access.id()).await?;
        check_asked(&all, &known)?;
    }
    app.settings().change_survey(access.id(), &known).await?;
    app.settings_changed().await?;
    known.shown(&app, (&access, &subject)).await.map(Json)
}

/// Switches a survey on.
///
/// # Errors
/// When the site has no such survey, it is archived, or too many or too long ones are switched on.
pub async fn switch_on(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
) -> Result<StatusCode, Problem> {
    let _saving = app.segment_changes.lock().await;
    let known: KnownSurvey = find(&app, &access, &path.id).await?;
    let refused = |why: String| Err(Problem::new(Code::Conflict, why));
    if known.archived_at_ms.is_some() {
        return refused(format!(
            "the survey `{}` is archived; bring it back first",
            known.name
        ));
    }
    let all = app.settings().surveys(access.id()).await?;
    check_asked(&all, &known)?;
    put(&app, (&access, &subject), (known, SurveyState::Active)).await
}

/// Whether pages may have this one beside the others that are switched on.
fn check_asked(all: &[KnownSurvey], known: &KnownSurvey) -> Result<(), Problem> {
    let refused = |why: String| Err(Problem::new(Code::Conflict, why));
    let mut asked: Vec<PageSurvey> = all
        .iter()
        .filter(|one| one.is_asked() && one.id != known.id)
        .map(on_page)
        .collect();
    if asked.len() >= limits::ACTIVE_SURVEYS {
        return refused(format!(
            "{} surveys are switched on, the limit is {}; pause one first",
            asked.len(),
            limits::ACTIVE_SURVEYS
        ));
    }
    asked.push(on_page(known));
    let bytes = serde_json::to_vec(&asked).map_or(usize::MAX, |json| json.len());
    if bytes > limits::ACTIVE_SURVEYS_BYTES {
        return refused(format!(
            "with this one the surveys that are switched on are {bytes} bytes that each page loads, \
             the limit is {}; pause one or shorten its words",
            limits::ACTIVE_SURVEYS_BYTES
        ));
    }
    Ok(())
}

fn on_page(known: &KnownSurvey) -> PageSurvey {
    PageSurvey {
        id: known.id.clone(),
        survey: known.survey.clone(),
    }
}

/// Pauses a survey: pages do not have it any more.
///
/// # Errors
/// When the site has no such survey.
pub async fn pause(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
) -> Result<StatusCode, Problem> {
    let _saving = app.segment_changes.lock().await;
    let known: KnownSurvey = find(&app, &access, &path.id).await?;
    let state = match known.state {
        SurveyState::Draft => SurveyState::Draft,
        SurveyState::Active | SurveyState::Paused => SurveyState::Paused,
    };
    put(&app, (&access, &subject), (known, state)).await
}

async fn put(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    (known, state): (KnownSurvey, SurveyState),
) -> Result<StatusCode, Problem> {
    let known = KnownSurvey {
        state,
        changed: touch(app, subject)?,
        ..known
    };
    app.settings().change_survey(access.id(), &known).await?;
    app.settings_changed().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A draft's name and survey, as they can be saved.
///
/// # Errors
/// When something of it is out of bounds; the problem names the field.
pub(super) fn checked(draft: SurveyDraft) -> Result<(String, Survey), Problem> {
    let name = site_input::name(&draft.name).map_err(|problem| problem.at("name"))?;
    Ok((name, survey_input::checked(draft.survey)?))
}
