//! Boards by mail: when, to whom, and what became of it. Recipients are for editors' eyes.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::limits;
use hitmetrix_store::settings::{BoardMail, BoardMailDay, KnownBoard, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alerts::DeliveryRow;
use super::authors::touch;
use super::body::{JsonBody, PathPart};
use super::saved::{SavedPath, find};
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::board_mail;
use crate::problem::{Code, Problem};
use crate::questions::Asker;
use crate::recipients::Recipients;

/// Mails of the log that are shown.
const LOG_SHOWN: u32 = 100;

/// How a board is sent.
#[derive(Serialize, ToSchema)]
pub struct BoardMailView {
    /// When it is; none when it is not sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    schedule: Option<BoardSchedule>,
    /// Whether this server can send mail; the setting `smtp_host` says by whom.
    mail: bool,
    /// The last mails, the latest first.
    log: Vec<BoardMailed>,
}

/// When a board is sent.
#[derive(Serialize, ToSchema)]
pub struct BoardSchedule {
    /// `daily`, a day of the week as `monday`, or `monthly`: the first of the month.
    day: String,
    /// Hour in the site's time zone, 0 to 23.
    hour: u8,
    /// To whom; for editors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipients: Option<Vec<String>>,
    /// When it is due next; UTC, milliseconds since the epoch.
    due_at_ms: i64,
}

/// One mail.
#[derive(Serialize, ToSchema)]
pub struct BoardMailed {
    /// When the board was counted; UTC, milliseconds since the epoch.
    at_ms: i64,
    /// To whom, and what came of it.
    delivery: DeliveryRow,
}

/// How a board is to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardMailDraft {
    /// 1 to 50 e-mail addresses.
    recipients: Vec<String>,
    /// `daily`, a day of the week as `monday`, or `monthly`: the first of the month.
    day: String,
    /// Hour in the site's time zone, 0 to 23.
    hour: u8,
}

/// When a board is sent.
///
/// # Errors
/// When the site has no such board.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Json<BoardMailView>, Problem> {
    let KnownBoard { board, .. } = find(&app, &access, &path.id).await?;
    view(&app, &access, &board.id).await.map(Json)
}

/// Has a board be sent.
///
/// # Errors
/// When the site has no such board, or an address, day or hour is none.
pub async fn set(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<BoardMailDraft>,
) -> Result<Json<BoardMailView>, Problem> {
    let KnownBoard { board, .. } = find(&app, &access, &path.id).await?;
    let count = draft.recipients.len();
    let most = limits::BOARD_RECIPIENTS;
    if count == 0 || count > most {
        let why = format!("there are {count} recipients; a board is sent to 1 to {most}");
        return Err(Problem::invalid(why).at("recipients"));
    }
    let may = Recipients::of(&app, access.id()).await?;
    let recipients = may.typed("recipients", &draft.recipients)?;
    let day = BoardMailDay::named(&draft.day).ok_or_else(|| {
        let why = "the day is `daily`, a day of the week as `monday`, or `monthly`";
        Problem::invalid(why).at("day")
    })?;
    if draft.hour > 23 {
        let why = format!("the hour is {}; it is 0 to 23", draft.hour);
        return Err(Problem::invalid(why).at("hour"));
    }
    let changed = touch(&app, &subject)?;
    let zone = &access.site().time_zone;
    let schedule = BoardMail {
        board: board.id.clone(),
        site: access.id(),
        recipients,
        day,
        hour: draft.hour,
        due_at_ms: board_mail::next_ms((day, draft.hour), zone, changed.at_ms),
        changed,
    };
    app.settings().put_board_mail(&schedule).await?;
    view(&app, &access, &board.id).await.map(Json)
}

/// Ends the mails of a board.
///
/// # Errors
/// When the site has no such board, or it is not sent.
pub async fn end(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<StatusCode, Problem> {
    app.settings()
        .remove_board_mail(access.id(), &path.id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a board to its recipients now.
///
/// # Errors
/// When the site has no such board, or it is archived or not sent.
pub async fn now(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<StatusCode, Problem> {
    let known: KnownBoard = find(&app, &access, &path.id).await?;
    let board = known.board;
    if known.archived_at_ms.is_some() {
        let why = format!(
            "the board `{}` is archived and not sent; bring it back first",
            board.name
        );
        return Err(Problem::new(Code::Conflict, why));
    }
    let schedule = app.settings().board_mail(access.id(), &board.id).await?;
    let Some(schedule) = schedule else {
        let why = "the board is not sent to anybody; say to whom first";
        return Err(Problem::new(Code::Conflict, why));
    };
    app.messages
        .take(access.id(), schedule.recipients.len(), app.now_ms())?;
    let written = board_mail::write(&app, access.known(), &board, Asker::Person).await;
    let deliveries = board_mail::deliveries(&app, &schedule, &written).await?;
    app.settings()
        .add_board_mails(&board.id, (&deliveries, app.now_ms()))
        .await?;
    Ok(StatusCode::ACCEPTED)
}

async fn view(app: &App, access: &SiteAccess, board: &str) -> Result<BoardMailView, Problem> {
    let is_editor = access.role() >= Role::Editor;
    let schedule = app.settings().board_mail(access.id(), board).await?;
    let log = app
        .settings()
        .board_mail_log((access.id(), board), LOG_SHOWN)
        .await?;
    let mailed = log.into_iter().map(|(at_ms, delivery)| BoardMailed {
        at_ms,
        delivery: DeliveryRow::of(delivery, is_editor),
    });
    Ok(BoardMailView {
        schedule: schedule.map(|known| BoardSchedule {
            day: known.day.name().to_owned(),
            hour: known.hour,
            recipients: is_editor.then_some(known.recipients),
            due_at_ms: known.due_at_ms,
        }),
        mail: app.mailer.is_some(),
        log: mailed.collect(),
    })
}
