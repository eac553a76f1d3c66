//! Tags of recordings: free words, with those that are in use as suggestions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{SessionId, limits};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::PathPart;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::{Code, Problem};

/// The tags of a site.
#[derive(Serialize, ToSchema)]
pub struct TagList {
    /// The most used first.
    tags: Vec<TagRow>,
}

/// One tag.
#[derive(Serialize, ToSchema)]
pub struct TagRow {
    /// The words.
    tag: String,
    /// How many recordings have it.
    recordings: u32,
}

/// Parts of a tag's path.
#[derive(Deserialize)]
pub struct TagPath {
    session: SessionId,
    tag: String,
}

/// The tags of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<TagList>, Problem> {
    let tags = app.settings().tags(access.id()).await?;
    let row = |(tag, recordings)| TagRow { tag, recordings };
    Ok(Json(TagList {
        tags: tags.into_iter().map(row).collect(),
    }))
}

/// Tags a recording. Words that differ in case alone from a tag in use become that tag.
///
/// # Errors
/// When there is no such recording, the tag is no word, or there are too many.
pub async fn add(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<TagPath>,
) -> Result<StatusCode, Problem> {
    let words: Vec<&str> = path.tag.split_whitespace().collect();
    let tag = words.join(" ");
    if tag.is_empty() || tag.contains(char::is_control) {
        return Err(Problem::invalid("the tag has no words").at("tag"));
    }
    if tag.len() > limits::TAG_BYTES {
        return Err(Problem::invalid(format!(
            "the tag has {} bytes, the limit is {}",
            tag.len(),
            limits::TAG_BYTES
        ))
        .at("tag"));
    }
    let of = (access.id(), path.session);
    let recording = app.store.recording(of.0, of.1).await?;
    recording.ok_or_else(|| Problem::not_found("recording"))?;
    let known = app.settings().tags(of.0).await?;
    let folded = tag.to_lowercase();
    let same = known
        .iter()
        .find(|(known, _)| known.to_lowercase() == folded);
    if same.is_none() && known.len() >= limits::SITE_TAGS {
        return Err(too_many("site", limits::SITE_TAGS));
    }
    let tags = app.settings().tags_of(of.0, of.1).await?;
    let tag = same.map_or(tag, |(known, _)| known.clone());
    if tags.len() >= limits::RECORDING_TAGS && !tags.contains(&tag) {
        return Err(too_many("recording", limits::RECORDING_TAGS));
    }
    app.settings().add_tag(of, &tag).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn too_many(what: &str, limit: usize) -> Problem {
    let detail = format!("the {what} has {limit} tags, which is the limit; take some away");
    Problem::new(Code::Conflict, detail)
}

/// Takes a tag from a recording.
///
/// # Errors
/// When the database fails.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<TagPath>,
) -> Result<StatusCode, Problem> {
    let of = (access.id(), path.session);
    app.settings().remove_tag(of, &path.tag).await?;
    Ok(StatusCode::NO_CONTENT)
}
