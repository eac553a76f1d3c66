//! Annotations of a site: what happened beside the numbers, as a release or a campaign, drawn on
//! every time series. A deployment makes one with a token, a person by hand.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{Annotation, AnnotationKind, limits};
use hitmetrix_store::settings::KnownAnnotation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, Params, PathPart};
use super::room::room;
use super::route::Param;
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::Problem;
use crate::secret;

/// Rows of a list: what a chart can hold, many times over.
const ROWS_MAX: u32 = 1000;
/// Times beyond the year 9999 are mistakes.
const TIME_MAX_MS: i64 = 253_402_300_799_999;

/// Parameters of the list.
pub const PARAMS: &[Param] = &[
    Param {
        name: "from_ms",
        doc: "Only those that are not over before this, UTC milliseconds.",
    },
    Param {
        name: "to_ms",
        doc: "Only those that begin before this, UTC milliseconds.",
    },
];

/// Of which time annotations are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Between {
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

/// The annotations of a site.
#[derive(Serialize, ToSchema)]
pub struct AnnotationList {
    /// The latest 1,000 of that time, by when they begin.
    annotations: Vec<AnnotationRow>,
}

/// One annotation.
#[derive(Serialize, ToSchema)]
pub struct AnnotationRow {
    /// Public id.
    id: String,
    /// What kind of thing happened.
    kind: AnnotationKind,
    /// What happened, in plain text.
    text: String,
    /// When, or when it began; UTC, milliseconds since the epoch.
    from_ms: i64,
    /// When it was over; UTC, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_ms: Option<i64>,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it, as for segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// UTC, milliseconds since the epoch; when it was made, if it was never changed.
    changed_at_ms: i64,
}

/// An annotation to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnotationDraft {
    /// What kind of thing happened.
    #[serde(default)]
    kind: AnnotationKind,
    /// What happened, in plain text, as `Version 2.4`.
    text: String,
    /// When, or when it began; UTC, milliseconds since the epoch; now when absent.
    #[serde(default)]
    from_ms: Option<i64>,
    /// When it was over; UTC, milliseconds since the epoch.
    #[serde(default)]
    to_ms: Option<i64>,
}

/// Parts of an annotation's path.
#[derive(Deserialize)]
pub struct AnnotationPath {
    annotation: String,
}

/// The annotations of a site.
///
/// # Errors
/// When a parameter is no number.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    Params(between): Params<Between>,
) -> Result<Json<AnnotationList>, Problem> {
    let span = (
        between.from_ms.unwrap_or(i64::MIN),
        between.to_ms.unwrap_or(i64::MAX),
    );
    let known = app.settings();
    let known = known.annotations(access.id(), span, ROWS_MAX).await?;
    let mut annotations = Vec::with_capacity(known.len());
    for one in known {
        annotations.push(row(&app, (&access, &subject), one).await?);
    }
    Ok(Json(AnnotationList { annotations }))
}

/// Makes an annotation.
///
/// # Errors
/// When it is not valid, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<AnnotationDraft>,
) -> Result<(StatusCode, Json<AnnotationRow>), Problem> {
    let annotation = checked(draft, app.now_ms())?;
    let there = app.settings().annotation_count(access.id()).await?;
    let many = (there, limits::SITE_ANNOTATIONS);
    room(many, ("the site", "annotations"), "remove old ones")?;
    let touch = touch(&app, &subject)?;
    let known = KnownAnnotation {
        id: secret::random_id(&*app.randomness),
        annotation,
        created: touch.clone(),
        changed: touch,
    };
    app.settings()
        .create_annotation(access.id(), (&known.id, &known.annotation), &known.created)
        .await?;
    let row = row(&app, (&access, &subject), known).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Puts an annotation in the place of another.
///
/// # Errors
/// When it is not valid, or the site has no such annotation.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<AnnotationPath>,
    JsonBody(draft): JsonBody<AnnotationDraft>,
) -> Result<Json<AnnotationRow>, Problem> {
    let annotation = checked(draft, app.now_ms())?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .change_annotation(access.id(), (&path.annotation, &annotation), &touch)
        .await?;
    let known = app.settings().annotation(access.id(), &path.annotation);
    let known = known
        .await?
        .ok_or_else(|| Problem::not_found("annotation"))?;
    row(&app, (&access, &subject), known).await.map(Json)
}

/// Removes an annotation.
///
/// # Errors
/// When the site has no such annotation.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<AnnotationPath>,
) -> Result<StatusCode, Problem> {
    app.settings()
        .remove_annotation(access.id(), &path.annotation)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn checked(draft: AnnotationDraft, now_ms: i64) -> Result<Annotation, Problem> {
    let text = draft.text.trim();
    let characters = text.chars().count();
    let most = limits::ANNOTATION_CHARACTERS;
    if characters == 0 || characters > most || text.chars().any(char::is_control) {
        return Err(Problem::invalid(format!(
            "the text has {characters} characters; it must have 1 to {most}, none of them a \
             control character"
        ))
        .at("text"));
    }
    let from_ms = draft.from_ms.unwrap_or(now_ms);
    let in_time = |name: &str, ms: i64| {
        if (0..=TIME_MAX_MS).contains(&ms) {
            return Ok(());
        }
        let why = format!("{name} is {ms}; send milliseconds from 1970 to 9999");
        Err(Problem::invalid(why).at(name))
    };
    in_time("from_ms", from_ms)?;
    if let Some(to_ms) = draft.to_ms {
        in_time("to_ms", to_ms)?;
        if to_ms <= from_ms {
            let why =
                format!("to_ms is {to_ms}, not after from_ms, {from_ms}; send a later end or none");
            return Err(Problem::invalid(why).at("to_ms"));
        }
    }
    Ok(Annotation {
        kind: draft.kind,
        text: text.to_owned(),
        from_ms,
        to_ms: draft.to_ms,
    })
}

async fn row(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    known: KnownAnnotation,
) -> Result<AnnotationRow, Problem> {
    let created_by = shown(app, (access, subject), &known.created.by).await?;
    let Annotation {
        kind,
        text,
        from_ms,
        to_ms,
    } = known.annotation;
    Ok(AnnotationRow {
        id: known.id,
        kind,
        text,
        from_ms,
        to_ms,
        created_at_ms: known.created.at_ms,
        created_by,
        changed_at_ms: known.changed.at_ms,
    })
}
