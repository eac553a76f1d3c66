//! Segments of a site: saved conditions, checked when they are saved as a question would be. One
//! that uses others has them by id, so that a new name breaks nothing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_insights::{AskError, check_segment};
use hitmetrix_model::{Condition, Saved, Segment, SegmentOf, SiteId, limits};
use hitmetrix_store::settings::{KnownSegment, SettingsError};
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
use crate::problem::{Code, Problem};
use crate::secret;

/// Digits of an id.
const ID_DIGITS: usize = 16;

/// The segments of a site.
#[derive(Serialize, ToSchema)]
pub struct SegmentList {
    /// By name, archived ones too.
    segments: Vec<SegmentRow>,
}

/// One segment.
#[derive(Serialize, ToSchema)]
pub struct SegmentRow {
    /// Public id.
    id: String,
    /// Unique among those that are not archived.
    name: String,
    /// Whether sessions or persons are in it.
    of: SegmentOf,
    /// All must hold; other segments stand in them by id.
    conditions: Vec<Condition>,
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

/// A segment to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SegmentDraft {
    /// Unique among those that are not archived.
    name: String,
    /// Whether sessions or persons are in it.
    of: SegmentOf,
    /// At least one; all must hold. May use other segments by id or name.
    conditions: Vec<Condition>,
    /// The id that a removed segment had, to bring it back: addresses that name it hold again. A new
    /// one when absent; where a segment is changed, its own or none.
    #[serde(default)]
    id: Option<String>,
}

impl SavedThing for KnownSegment {
    const WHAT: &'static str = "segment";

    type Shown = SegmentRow;

    /// By its id, or by its name: that of one in use before that of an archived one.
    async fn look_up(app: &App, site: SiteId, wanted: &str) -> Result<Option<Self>, SettingsError> {
        let known = app.settings().segments(site).await?;
        let rank = |one: &Self| match one.segment.id == wanted {
            true => Some(0),
            false if one.segment.name != wanted => None,
            false => Some(1 + i32::from(one.archived_at_ms.is_some())),
        };
        let ranked = known.into_iter().filter(|one| rank(one).is_some());
        Ok(ranked.min_by_key(rank))
    }

    fn name(&self) -> &str {
        &self.segment.name
    }

    fn archived_at_ms(&self) -> Option<i64> {
        self.archived_at_ms
    }

    async fn shown(
        self,
        app: &App,
        (access, subject): (&SiteAccess, &Subject),
    ) -> Result<SegmentRow, Problem> {
        let Segment {
            id,
            name,
            of,
            conditions,
        } = self.segment;
        Ok(SegmentRow {
            id,
            name,
            of,
            conditions,
            created_at_ms: self.created.at_ms,
            created_by: shown(app, (access, subject), &self.created.by).await?,
            changed_at_ms: self.changed.at_ms,
            changed_by: shown(app, (access, subject), &self.changed.by).await?,
            archived_at_ms: self.archived_at_ms,
        })
    }

    async fn archive(&self, app: &App, site: SiteId, at_ms: Option<i64>) -> Result<(), Problem> {
        let settings = app.settings();
        settings.archive_segment(site, &self.segment, at_ms).await?;
        Ok(app.settings_changed().await?)
    }

    async fn remove(&self, app: &App, access: &SiteAccess) -> Result<(), Problem> {
        let Segment { id, name, .. } = &self.segment;
        unused(app, access, (Self::WHAT, id, name)).await?;
        app.settings().remove_segment(access.id(), id).await?;
        Ok(app.settings_changed().await?)
    }

    /// Names of segments are no part of the audit log.
    fn told(_how: String) -> Told {
        Told::default()
    }
}

/// The segments of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<SegmentList>, Problem> {
    let mut segments = Vec::new();
    for known in app.settings().segments(access.id()).await? {
        segments.push(known.shown(&app, (&access, &subject)).await?);
    }
    Ok(Json(SegmentList { segments }))
}

/// Saves conditions as a new segment.
///
/// # Errors
/// When they are not valid, the name is taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<SegmentDraft>,
) -> Result<(StatusCode, Json<SegmentRow>), Problem> {
    let _saving = app.segment_changes.lock().await;
    let known = app.sites.saved(access.id());
    let many = (known.segments.len(), limits::SITE_SEGMENTS);
    room(many, ("the site", "segments"), "remove archived ones")?;
    let id = match &draft.id {
        Some(given) => returning_id(given, &known)?,
        None => secret::random_id(&*app.randomness),
    };
    let segment = checked_aside(draft, id, known).await?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .create_segment(access.id(), &segment, &touch)
        .await?;
    app.settings_changed().await?;
    let made = KnownSegment {
        segment,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    };
    let row = made.shown(&app, (&access, &subject)).await?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Puts a segment in the place of another.
///
/// # Errors
/// As [`create`]; when the site has no such segment, or one that uses it would not be valid.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<SegmentDraft>,
) -> Result<Json<SegmentRow>, Problem> {
    let _saving = app.segment_changes.lock().await;
    let known: KnownSegment = find(&app, &access, &path.id).await?;
    if draft.id.as_ref().is_some_and(|id| *id != known.segment.id) {
        return Err(Problem::invalid("a segment keeps its id; leave it out").at("id"));
    }
    let others = app.sites.saved(access.id());
    let segment = checked_aside(draft, known.segment.id.clone(), others).await?;
    let touch = touch(&app, &subject)?;
    app.settings()
        .change_segment(access.id(), &segment, &touch)
        .await?;
    app.settings_changed().await?;
    let changed = KnownSegment {
        segment,
        changed: touch,
        ..known
    };
    changed.shown(&app, (&access, &subject)).await.map(Json)
}

/// The id of a segment that comes back.
fn returning_id(given: &str, known: &Saved) -> Result<String, Problem> {
    let is_id = given.len() == ID_DIGITS
        && given
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_id {
        let why = "an id has 16 digits from 0 to 9 and a to f; leave it out for a new segment";
        return Err(Problem::invalid(why).at("id"));
    }
    if known.segments.iter().any(|one| one.id == given) {
        let why = "a segment has this id; change it, or leave the id out for a new one";
        return Err(Problem::new(Code::Conflict, why).at("id"));
    }
    Ok(given.to_owned())
}

/// As [`checked`], on a thread that may take its time: the conditions of all segments of the site
/// are compiled, patterns among them.
async fn checked_aside(
    draft: SegmentDraft,
    id: String,
    known: Arc<Saved>,
) -> Result<Segment, Problem> {
    tokio::task::spawn_blocking(move || checked(draft, id, &known))
        .await
        .map_err(|_| Problem::internal("the check of a segment ended early"))?
}

/// A draft as a segment that can be saved beside the known ones, in the place of the one with its
/// id.
fn checked(draft: SegmentDraft, id: String, known: &Saved) -> Result<Segment, Problem> {
    let name = site_input::name(&draft.name).map_err(|problem| problem.at("name"))?;
    let is_id_like = name.len() == id.len() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id_like {
        return Err(Problem::invalid(
            "the name looks like the id of a segment; choose another name",
        )
        .at("name"));
    }
    if draft.conditions.is_empty() {
        return Err(Problem::invalid("a segment needs at least one condition").at("conditions"));
    }
    let mut segment = Segment {
        id,
        name,
        of: draft.of,
        conditions: draft.conditions,
    };
    let mut after = known.clone();
    after.segments.retain(|one| one.id != segment.id);
    after.segments.push(segment.clone());
    check_segment(&segment, &after)?;
    for one in &after.segments {
        if one.id != segment.id && check_segment(one, known).is_ok() {
            check_segment(one, &after).map_err(|error| breaks(one, &error))?;
        }
    }
    for condition in &mut segment.conditions {
        condition.visit_segments(&mut |used| {
            name_by_id(used, &after.segments);
        });
    }
    Ok(segment)
}

/// A segment cannot be changed because another one that uses it would not be valid.
fn breaks(user: &Segment, error: &AskError) -> Problem {
    Problem::new(
        Code::Conflict,
        format!("the segment `{}`, which uses it: {error}", user.name),
    )
}
