//! Saved insights of a site: a question under a name. It is checked when it is saved as it will be
//! when it is asked, but for what only the site's data can tell; segments stand in it by id.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_insights::{Asked, Unmetered, ask, resolve_segments};
use hitmetrix_model::{Answer, PanelShows, Question, QuestionKind, Segment, SiteId, limits};
use hitmetrix_store::settings::{Insight, KnownInsight, KnownSite, SettingsError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::room::room;
use super::saved::{SavedPath, SavedThing, find};
use super::site_input;
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::{Code, Problem};
use crate::secret;

/// The site whose data every question may be checked on: it is built in and has no events.
const EMPTY: SiteId = SiteId(0);

/// The saved insights of a site.
#[derive(Serialize, ToSchema)]
pub struct InsightList {
    /// By name, archived ones too.
    insights: Vec<InsightRow>,
}

/// One insight, without its question.
#[derive(Serialize, ToSchema)]
pub struct InsightRow {
    /// Public id.
    id: String,
    /// Unique among those that are not archived.
    name: String,
    /// What it is for, in plain text.
    description: String,
    /// Kind of its question.
    kind: QuestionKind,
    /// The search part of the address under which Explore shows it, without question mark; empty
    /// where it was not made there.
    address: String,
    /// On how many boards it stands, archived ones too.
    boards: u32,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it: an e-mail address, which only admins of the site and that user see, the name
    /// of an API token, or `command line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// UTC, milliseconds since the epoch; when it was made, if it was never changed.
    changed_at_ms: i64,
    /// Who changed it last, as `created_by`.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<String>,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at_ms: Option<i64>,
}

/// One insight with its question.
#[derive(Serialize, ToSchema)]
pub struct InsightDetail {
    /// What the list says of it.
    #[serde(flatten)]
    row: InsightRow,
    /// The question; other segments stand in it by id.
    question: Question,
}

/// An insight to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InsightDraft {
    /// Unique among those that are not archived.
    name: String,
    /// What it is for, in plain text.
    #[serde(default)]
    description: String,
    /// The search part of the address under which Explore shows it, without question mark. Without
    /// one the dashboard shows the insight as a table.
    #[serde(default)]
    address: String,
    /// Any question but a list of sessions. May use segments by id or name.
    question: Question,
}

impl SavedThing for KnownInsight {
    const WHAT: &'static str = "insight";

    type Shown = InsightDetail;

    async fn look_up(app: &App, site: SiteId, id: &str) -> Result<Option<Self>, SettingsError> {
        app.settings().insight(site, id).await
    }

    fn name(&self) -> &str {
        &self.insight.name
    }

    fn archived_at_ms(&self) -> Option<i64> {
        self.archived_at_ms
    }

    async fn shown(
        self,
        app: &App,
        (access, subject): (&SiteAccess, &Subject),
    ) -> Result<InsightDetail, Problem> {
        let boards = app.settings().boards(access.id()).await?;
        let boards = boards
            .iter()
            .filter(|board| shown_on(&board.board.panels).any(|id| id == self.insight.id))
            .count();
        let boards = u32::try_from(boards).unwrap_or(u32::MAX);
        Ok(InsightDetail {
            row: row(app, (access, subject), &self, boards).await?,
            question: self.insight.question,
        })
    }

    async fn archive(&self, app: &App, site: SiteId, at_ms: Option<i64>) -> Result<(), Problem> {
        if at_ms.is_some() {
            unwatched(app, site, &self.insight).await?;
        }
        let settings = app.settings();
        Ok(settings.archive_insight(site, &self.insight, at_ms).await?)
    }

    async fn remove(&self, app: &App, access: &SiteAccess) -> Result<(), Problem> {
        let Insight { id, name, .. } = &self.insight;
        let boards = app.settings().boards(access.id()).await?;
        let users: Vec<String> = boards
            .iter()
            .filter(|known| shown_on(&known.board.panels).any(|shown| shown == id))
            .map(|known| format!("`{}`", known.board.name))
            .collect();
        if !users.is_empty() {
            return Err(Problem::new(
                Code::Conflict,
                format!(
                    "the insight `{name}` stands on the boards {}; take it off them first",
                    users.join(", ")
                ),
            ));
        }
        unwatched(app, access.id(), &self.insight).await?;
        Ok(app.settings().remove_insight(access.id(), id).await?)
    }
}

/// The insights of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<InsightList>, Problem> {
    let mut used: HashMap<String, u32> = HashMap::new();
    for known in app.settings().boards(access.id()).await? {
        for id in shown_on(&known.board.panels) {
            *used.entry(id.to_owned()).or_default() += 1;
        }
    }
    let mut insights = Vec::new();
    for known in app.settings().insights(access.id()).await? {
        let boards = used.get(&known.insight.id).copied().unwrap_or_default();
        insights.push(row(&app, (&access, &subject), &known, boards).await?);
    }
    Ok(Json(InsightList { insights }))
}

/// Saves a question as a new insight.
///
/// # Errors
/// When it is not valid, the name is taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<InsightDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<InsightDetail>), Problem> {
    let there = app.settings().insights(access.id()).await?.len();
    let many = (there, limits::SITE_INSIGHTS);
    room(many, ("the site", "saved insights"), "remove archived ones")?;
    let id = secret::random_id(&*app.randomness);
    let insight = checked(&app, &access, id, draft).await?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .create_insight(access.id(), &insight, &touch)
        .await?;
    let made = KnownInsight {
        insight,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    };
    let object = format!("insight {}", made.insight.id);
    let told = Told::object(object, made.insight.name.clone());
    let made = made.shown(&app, (&access, &subject)).await?;
    Ok((StatusCode::CREATED, Extension(told), Json(made)))
}

/// Puts an insight in the place of another.
///
/// # Errors
/// As [`create`]; when the site has no such insight.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<InsightDraft>,
) -> Result<(Extension<Told>, Json<InsightDetail>), Problem> {
    let known: KnownInsight = find(&app, &access, &path.id).await?;
    let insight = checked(&app, &access, known.insight.id, draft).await?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .change_insight(access.id(), &insight, &touch)
        .await?;
    let changed = KnownInsight {
        insight,
        created: known.created,
        changed: touch,
        archived_at_ms: known.archived_at_ms,
    };
    let told = Told::detail(changed.insight.name.clone());
    let changed = changed.shown(&app, (&access, &subject)).await?;
    Ok((Extension(told), Json(changed)))
}

/// No alert falls silent because its insight is put away.
async fn unwatched(app: &App, site: SiteId, insight: &Insight) -> Result<(), Problem> {
    let alerts = app.settings().alerts(site).await?;
    let watching: Vec<String> = alerts
        .iter()
        .filter(|one| one.archived_at_ms.is_none() && one.alert.watch.insight == insight.id)
        .map(|one| format!("`{}`", one.alert.name))
        .collect();
    if watching.is_empty() {
        return Ok(());
    }
    Err(Problem::new(
        Code::Conflict,
        format!(
            "the insight `{}` is watched by the alerts {}; archive them first, or have them watch \
             another",
            insight.name,
            watching.join(", ")
        ),
    ))
}

/// Ids of the insights that panels show, each once.
pub fn shown_on(panels: &[hitmetrix_model::Panel]) -> impl Iterator<Item = &str> {
    let mut ids: Vec<&str> = panels
        .iter()
        .filter_map(|panel| match &panel.shows {
            PanelShows::Insight { insight, .. } => Some(insight.as_str()),
            PanelShows::Measure { .. } | PanelShows::Text { .. } => None,
        })
        .collect();
    ids.sort_unstable();
    ids.dedup();
    ids.into_iter()
}

async fn checked(
    app: &Arc<App>,
    access: &SiteAccess,
    id: String,
    draft: InsightDraft,
) -> Result<Insight, Problem> {
    let mut question = draft.question;
    if question.kind == QuestionKind::Sessions {
        return Err(Problem::invalid(
            "a list of sessions is no insight; save its filters as a segment",
        )
        .at("question.kind"));
    }
    let name = site_input::name(&draft.name).map_err(|problem| problem.at("name"))?;
    let description =
        site_input::description(&draft.description).map_err(|problem| problem.at("description"))?;
    let address = address(draft.address).map_err(|problem| problem.at("address"))?;
    check_question(app, access.known(), (&question, "question")).await?;
    name_segments_by_id(&mut question, &app.sites.saved(access.id()).segments);
    Ok(Insight {
        id,
        name,
        description,
        address,
        question,
    })
}

/// Asks a question where there are no events: whatever is wrong with the question itself comes out.
/// Where the question stands in the body is told with it. The answer has its period as times.
///
/// # Errors
/// What is wrong with the question.
pub async fn check_question(
    app: &Arc<App>,
    known: &Arc<KnownSite>,
    (question, within): (&Question, &'static str),
) -> Result<Answer, Problem> {
    let mut question = question.clone();
    resolve_segments(&mut question, &app.sites.saved(known.site.id))
        .map_err(|error| Problem::of_question(&error, within))?;
    let (store, now_ms) = (app.store.clone(), app.now_ms());
    let known = Arc::clone(known);
    let checking = tokio::task::spawn_blocking(move || {
        let asked = Asked {
            question: &question,
            site_time_zone: &known.site.time_zone,
            session_idle_ms: known.site.settings.session_idle_ms,
            now_ms,
        };
        let snapshot = store.snapshot(EMPTY)?;
        ask(&snapshot, &asked, &Unmetered).map_err(|error| Problem::of_question(&error, within))
    });
    checking
        .await
        .map_err(|_| Problem::internal("the check of a question ended early"))?
}

/// Segments can get other names; what is kept has them by id.
pub fn name_segments_by_id(question: &mut Question, segments: &[Segment]) {
    let visited: Result<(), Infallible> = question.visit_conditions(&mut |conditions, _| {
        for condition in conditions {
            condition.visit_segments(&mut |used| name_by_id(used, segments));
        }
        Ok(())
    });
    let Ok(()) = visited;
}

/// A segment's name becomes its id; an id stays.
pub fn name_by_id(used: &mut String, segments: &[Segment]) {
    let is_id = segments.iter().any(|one| one.id == *used);
    let named = segments.iter().find(|one| !is_id && one.name == *used);
    if let Some(named) = named {
        used.clone_from(&named.id);
    }
}

/// The search part of an address, as browsers write it.
fn address(text: String) -> Result<String, Problem> {
    let bytes = text.len();
    if bytes > limits::INSIGHT_ADDRESS_BYTES {
        return Err(Problem::invalid(format!(
            "the address has {bytes} bytes, the limit is {}; leave it out",
            limits::INSIGHT_ADDRESS_BYTES
        )));
    }
    let is_search = !text.starts_with('?')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#');
    if !is_search {
        return Err(Problem::invalid(
            "the address must be the search part of Explore's address, without question mark, \
             as `kind=funnel&step=order`",
        ));
    }
    Ok(text)
}

async fn row(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    known: &KnownInsight,
    boards: u32,
) -> Result<InsightRow, Problem> {
    let Insight {
        id,
        name,
        description,
        address,
        question,
    } = &known.insight;
    Ok(InsightRow {
        id: id.clone(),
        name: name.clone(),
        description: description.clone(),
        kind: question.kind,
        address: address.clone(),
        boards,
        created_at_ms: known.created.at_ms,
        created_by: shown(app, (access, subject), &known.created.by).await?,
        changed_at_ms: known.changed.at_ms,
        changed_by: shown(app, (access, subject), &known.changed.by).await?,
        archived_at_ms: known.archived_at_ms,
    })
}
