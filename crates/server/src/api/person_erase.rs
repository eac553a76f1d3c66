//! Erasing one person from the dashboard and by the API. The name is typed again, since nothing
//! brings anybody back. What was begun goes on when the client leaves.
//!
//! Who accepts `application/x-ndjson` gets lines while it happens: `{"progress": …}` for each step,
//! and at last `{"erased": …}` or `{"problem": …}`.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hitmetrix_store::{EraseStep, PersonErased, PersonLedger};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;

use super::ask_lines;
use super::body::{JsonBody, PathPart};
use super::export::{Piece, channel};
use super::person_profile::named;
use super::persons::{PersonPath, find};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// The lines, in words.
pub const WHAT: &str = "One JSON a line: {\"progress\": {\"step\": \"recordings\"}} or {\"progress\": \
     {\"step\": \"parts\", \"done\": 3, \"all\": 8}} while it happens, and at last {\"erased\": …} or \
     {\"problem\": …}. The status is 200 in any case.";

/// That somebody means it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseConfirmation {
    /// The site's own name of the user; the person's key where it gave none.
    name: String,
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub struct ErasedPerson {
    /// Events.
    events: u64,
    /// Recordings.
    recordings: u64,
    /// Keys of recordings, without which no copy of them can be read.
    keys: u64,
    /// Entries of the identity ledger.
    entries: u64,
    /// Visitors that were this person.
    visitors: u64,
    /// Files of events that were written anew without them.
    parts: u64,
}

/// Erases a person for good: events, recordings with their keys, notes and tags, and who they were.
///
/// # Errors
/// When nobody has this name, another name was typed, or the store fails: what was begun is finished
/// at the next start.
pub async fn erase(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
    headers: HeaderMap,
    JsonBody(confirmation): JsonBody<EraseConfirmation>,
) -> Result<Response, Problem> {
    let found = find(&app, &access, path.name()).await?;
    let (user, _) = named(&found);
    let wanted = if user.is_empty() {
        found.person.to_string()
    } else {
        user
    };
    if confirmation.name != wanted {
        return Err(Problem::invalid(
            "the name is not that of the person; type it as it stands, or its key where it has none",
        ));
    }
    let (sender, body) = channel();
    let erasing = tokio::spawn(erasing(app, access, (found, sender.clone())));
    let accepts = headers.get_all(header::ACCEPT).iter();
    if !accepts
        .filter_map(|value| value.to_str().ok())
        .any(ask_lines::is_among)
    {
        drop((sender, body));
        let erased = erasing.await;
        let erased = erased.map_err(|_| Problem::internal("an erasure panicked"))?;
        return erased.map(|erased| Json(erased).into_response());
    }
    tokio::spawn(async move {
        let last = match erasing.await {
            Ok(Ok(erased)) => json!({"erased": erased}),
            Ok(Err(problem)) => json!({"problem": problem.document()}),
            Err(_) => {
                let problem = Problem::internal("an erasure panicked");
                json!({"problem": problem.document()})
            }
        };
        // When the client has left there is nobody to tell.
        let _ = sender.send(line(&last)).await;
        let _ = sender.send(Piece::End).await;
    });
    let headers = [
        (header::CONTENT_TYPE, ask_lines::MEDIA),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::new(body)).into_response())
}

async fn erasing(
    app: Arc<App>,
    access: SiteAccess,
    (found, sender): (PersonLedger, Sender<Piece>),
) -> Result<ErasedPerson, Problem> {
    let told = |step: EraseStep| {
        let progress = match step {
            EraseStep::Recordings => json!({"step": "recordings"}),
            EraseStep::Parts { done, all } => json!({"step": "parts", "done": done, "all": all}),
        };
        // A line of progress too few is no loss.
        let _ = sender.try_send(line(&json!({"progress": progress})));
    };
    let erased = app
        .store
        .erase_person(access.id(), &found.visitors, &told)
        .await?;
    app.answers.forget(access.id());
    let PersonErased {
        events,
        parts,
        entries,
        recordings,
        keys,
    } = erased;
    Ok(ErasedPerson {
        events,
        recordings,
        keys,
        entries,
        visitors: found.visitors.len() as u64,
        parts,
    })
}

fn line(value: &Value) -> Piece {
    Piece::Bytes(Bytes::from(format!("{value}\n")))
}
