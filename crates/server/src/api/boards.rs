//! Boards of a site: panels on a grid, and what they are asked in common. A board is changed whole,
//! and the change says of which version it is, so that two who arrange it at the same time do not
//! undo each other.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_model::{BoardCommon, Panel, Question, QuestionKind, SiteId, limits};
use hitmetrix_store::settings::{Board, KnownBoard, KnownInsight, SettingsError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::board_input;
use super::body::{JsonBody, PathPart};
use super::insights::shown_on;
use super::room::room;
use super::saved::{SavedPath, SavedThing, find};
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::Problem;
use crate::secret;

/// The boards of a site.
#[derive(Serialize, ToSchema)]
pub struct BoardList {
    /// By name, archived ones too.
    boards: Vec<BoardRow>,
}

/// One board, without what stands on it.
#[derive(Serialize, ToSchema)]
pub struct BoardRow {
    /// Public id.
    id: String,
    /// Unique among those that are not archived.
    name: String,
    /// What it is for, in plain text.
    description: String,
    /// How many panels stand on it.
    panel_count: u32,
    /// Counts its changes, from 1.
    version: i64,
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

/// One board with its panels, and the insights that these show.
#[derive(Serialize, ToSchema)]
pub struct BoardDetail {
    /// What the list says of it.
    #[serde(flatten)]
    row: BoardRow,
    /// What all panels are asked in common.
    common: BoardCommon,
    /// The panels.
    panels: Vec<Panel>,
    /// Each insight that a panel shows, once.
    insights: Vec<BoardInsight>,
}

/// An insight as a board needs it.
#[derive(Serialize, ToSchema)]
pub struct BoardInsight {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for, in plain text.
    pub description: String,
    /// Kind of its question.
    pub kind: QuestionKind,
    /// The search part of the address under which Explore shows it; may be empty.
    pub address: String,
    /// The question, before what the board asks in common.
    pub question: Question,
    /// True when it is archived.
    pub archived: bool,
}

/// A board to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardDraft {
    /// Unique among those that are not archived.
    pub name: String,
    /// What it is for, in plain text.
    #[serde(default)]
    pub description: String,
    /// What all panels are asked in common; each its own when absent.
    #[serde(default)]
    pub common: BoardCommon,
    /// At most 40, none on another; none when absent.
    #[serde(default)]
    pub panels: Vec<Panel>,
    /// For a change: the version that it is of. The board must be at it.
    #[serde(default)]
    pub version: Option<i64>,
}

impl SavedThing for KnownBoard {
    const WHAT: &'static str = "board";

    type Shown = BoardDetail;

    async fn look_up(app: &App, site: SiteId, id: &str) -> Result<Option<Self>, SettingsError> {
        app.settings().board(site, id).await
    }

    fn name(&self) -> &str {
        &self.board.name
    }

    fn archived_at_ms(&self) -> Option<i64> {
        self.archived_at_ms
    }

    async fn shown(
        self,
        app: &App,
        (access, subject): (&SiteAccess, &Subject),
    ) -> Result<BoardDetail, Problem> {
        let row = row(app, (access, subject), &self).await?;
        let Board { common, panels, .. } = self.board;
        let wanted: BTreeSet<&str> = shown_on(&panels).collect();
        let all = app.settings().insights(access.id()).await?;
        let insights = all
            .into_iter()
            .filter(|known| wanted.contains(known.insight.id.as_str()))
            .map(board_insight)
            .collect();
        Ok(BoardDetail {
            row,
            common,
            panels,
            insights,
        })
    }

    async fn archive(&self, app: &App, site: SiteId, at_ms: Option<i64>) -> Result<(), Problem> {
        let settings = app.settings();
        Ok(settings.archive_board(site, &self.board, at_ms).await?)
    }

    async fn remove(&self, app: &App, access: &SiteAccess) -> Result<(), Problem> {
        let settings = app.settings();
        Ok(settings.remove_board(access.id(), &self.board.id).await?)
    }
}

/// The boards of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<BoardList>, Problem> {
    let mut boards = Vec::new();
    for known in app.settings().boards(access.id()).await? {
        boards.push(row(&app, (&access, &subject), &known).await?);
    }
    Ok(Json(BoardList { boards }))
}

/// Saves a new board.
///
/// # Errors
/// When something on it is not valid, the name is taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<BoardDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<BoardDetail>), Problem> {
    let there = app.settings().boards(access.id()).await?.len();
    let many = (there, limits::SITE_BOARDS);
    room(many, ("the site", "boards"), "remove archived ones")?;
    let id = secret::random_id(&*app.randomness);
    let board = board_input::checked(&app, &access, (id, 1), draft).await?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .create_board(access.id(), &board, &touch)
        .await?;
    let made = KnownBoard {
        board,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    };
    let object = format!("board {}", made.board.id);
    let told = Told::object(object, made.board.name.clone());
    let made = made.shown(&app, (&access, &subject)).await?;
    Ok((StatusCode::CREATED, Extension(told), Json(made)))
}

/// Puts a board in the place of another.
///
/// # Errors
/// As [`create`]; when the site has no such board, or it was changed meanwhile.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<BoardDraft>,
) -> Result<(Extension<Told>, Json<BoardDetail>), Problem> {
    let known: KnownBoard = find(&app, &access, &path.id).await?;
    let version = draft.version.ok_or_else(|| {
        Problem::invalid("a change needs the version that it is of, as the board was read with it")
            .at("version")
    })?;
    let board = board_input::checked(&app, &access, (known.board.id, version), draft).await?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .change_board(access.id(), &board, &touch)
        .await?;
    let changed = KnownBoard {
        board: Board {
            version: version + 1,
            ..board
        },
        created: known.created,
        changed: touch,
        archived_at_ms: known.archived_at_ms,
    };
    let told = Told::detail(changed.board.name.clone());
    let changed = changed.shown(&app, (&access, &subject)).await?;
    Ok((Extension(told), Json(changed)))
}

async fn row(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    known: &KnownBoard,
) -> Result<BoardRow, Problem> {
    let board = &known.board;
    Ok(BoardRow {
        id: board.id.clone(),
        name: board.name.clone(),
        description: board.description.clone(),
        panel_count: u32::try_from(board.panels.len()).unwrap_or(u32::MAX),
        version: board.version,
        created_at_ms: known.created.at_ms,
        created_by: shown(app, (access, subject), &known.created.by).await?,
        changed_at_ms: known.changed.at_ms,
        changed_by: shown(app, (access, subject), &known.changed.by).await?,
        archived_at_ms: known.archived_at_ms,
    })
}

/// An insight as a board needs it.
#[must_use]
pub fn board_insight(known: KnownInsight) -> BoardInsight {
    let insight = known.insight;
    BoardInsight {
        id: insight.id,
        name: insight.name,
        description: insight.description,
        kind: insight.question.kind,
        address: insight.address,
        question: insight.question,
        archived: known.archived_at_ms.is_some(),
    }
}
