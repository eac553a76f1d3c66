//! Notes at a moment of a recording. Who made one may change and remove it, and admins of the site
//! any; what was removed can be brought back for a day.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{SessionId, limits};
use hitmetrix_store::settings::{Author, Note, Removed, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::room::room;
use super::sessions::SessionPath;
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::{Code, Problem};
use crate::secret;

/// How far after the last recorded event a note may stand: a recording may still grow.
const AFTER_MS: i64 = 60_000;

/// One note.
#[derive(Serialize, ToSchema)]
pub struct NoteRow {
    /// Public id.
    id: String,
    /// The moment it is about, UTC, milliseconds since the epoch.
    time_ms: i64,
    /// What it says.
    text: String,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it: an e-mail address, which only admins of the site and that user see, the name
    /// of an API token, or `command line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// When it was changed last; when it was made, if never.
    changed_at_ms: i64,
    /// Whether the caller may change and remove it.
    changeable: bool,
}

/// A note to be made, or what one is to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteDraft {
    /// The moment it is about, within the recording, UTC, milliseconds since the epoch.
    time_ms: i64,
    /// What it says, at most 4,096 bytes.
    text: String,
}

/// Parts of a note's path.
#[derive(Deserialize)]
pub struct NotePath {
    session: SessionId,
    note: String,
}

/// The notes of a recording, by their moments.
///
/// # Errors
/// When the database fails.
pub async fn rows(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    session: SessionId,
) -> Result<Vec<NoteRow>, Problem> {
    let mut rows = Vec::new();
    for note in app.settings().notes(access.id(), session).await? {
        rows.push(row(app, (access, subject), note).await?);
    }
    Ok(rows)
}

/// Makes a note.
///
/// # Errors
/// When there is no such recording, the note does not fit it, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SessionPath>,
    JsonBody(draft): JsonBody<NoteDraft>,
) -> Result<(StatusCode, Json<NoteRow>), Problem> {
    let words = checked(&app, (&access, path.session), &draft).await?;
    let count = app.settings().notes(access.id(), path.session).await?.len();
    let many = (count, limits::RECORDING_NOTES);
    room(many, ("the recording", "notes"), "remove some")?;
    let touch = touch(&app, &subject)?;
    let note = Note {
        id: secret::random_id(&*app.randomness),
        session: path.session,
        time_ms: draft.time_ms,
        words,
        created: touch.clone(),
        changed: touch,
    };
    app.settings().create_note(access.id(), &note).await?;
    let row = row(&app, (&access, &subject), note).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Changes a note.
///
/// # Errors
/// When the recording has no such note, or it is another's.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<NotePath>,
    JsonBody(draft): JsonBody<NoteDraft>,
) -> Result<Json<NoteRow>, Problem> {
    let mut note = own(&app, (&access, &subject), (&path, Removed::Not)).await?;
    note.words = checked(&app, (&access, path.session), &draft).await?;
    note.time_ms = draft.time_ms;
    note.changed = touch(&app, &subject)?;
    app.settings().change_note(access.id(), &note).await?;
    row(&app, (&access, &subject), note).await.map(Json)
}

/// Removes a note.
///
/// # Errors
/// As [`change`].
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<NotePath>,
) -> Result<StatusCode, Problem> {
    own(&app, (&access, &subject), (&path, Removed::Not)).await?;
    let of = (access.id(), path.session);
    let now_ms = app.now_ms();
    app.settings()
        .remove_note(of, &path.note, Some(now_ms))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings a note back that was removed.
///
/// # Errors
/// When the recording never had such a note, it was removed too long ago, or it is another's.
pub async fn restore(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<NotePath>,
) -> Result<StatusCode, Problem> {
    own(&app, (&access, &subject), (&path, Removed::Too)).await?;
    let of = (access.id(), path.session);
    app.settings().remove_note(of, &path.note, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The words of a draft that fits the recording.
async fn checked(
    app: &App,
    (access, session): (&SiteAccess, SessionId),
    draft: &NoteDraft,
) -> Result<String, Problem> {
    let words = draft.text.trim();
    if words.is_empty() {
        return Err(Problem::invalid("the note has no words").at("text"));
    }
    if words.len() > limits::NOTE_BYTES {
        return Err(Problem::invalid(format!(
            "the note has {} bytes, the limit is {}; make two of it",
            words.len(),
            limits::NOTE_BYTES
        ))
        .at("text"));
    }
    let recording = app.store.recording(access.id(), session).await?;
    let (summary, _) = recording.ok_or_else(|| Problem::not_found("recording"))?;
    let within = summary.started_ms..=summary.ended_ms.saturating_add(AFTER_MS);
    if !within.contains(&draft.time_ms) {
        return Err(Problem::invalid(format!(
            "time_ms is {}, the recording goes from {} to {}",
            draft.time_ms, summary.started_ms, summary.ended_ms
        ))
        .at("time_ms"));
    }
    Ok(words.to_owned())
}

/// A note that the caller may change.
async fn own(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    (path, removed): (&NotePath, Removed),
) -> Result<Note, Problem> {
    let of = (access.id(), path.session);
    let note = app.settings().note(of, &path.note, removed).await?;
    if !is_changeable((access, subject), &note) {
        return Err(Problem::new(
            Code::Forbidden,
            "the note is another's; an admin of the site may change it",
        ));
    }
    Ok(note)
}

fn is_changeable((access, subject): (&SiteAccess, &Subject), note: &Note) -> bool {
    let is_own = match (subject, &note.created.by) {
        (Subject::User(user), Author::User(id)) => user.id == *id,
        (Subject::Token(token), Author::Token(id)) => token.id == *id,
        _ => false,
    };
    is_own || access.role() >= Role::Admin
}

async fn row(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    note: Note,
) -> Result<NoteRow, Problem> {
    Ok(NoteRow {
        changeable: is_changeable((access, subject), &note),
        id: note.id,
        time_ms: note.time_ms,
        text: note.words,
        created_at_ms: note.created.at_ms,
        created_by: shown(app, (access, subject), &note.created.by).await?,
        changed_at_ms: note.changed.at_ms,
    })
}
