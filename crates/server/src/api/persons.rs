//! Persons and how they came to be: the entries of the identity ledger, and taking one back.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use hitmetrix_model::{Batch, IdentityChange, Origin, PersonKey, VisitorId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{JsonBody, PathPart};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::{Code, Problem};

/// Parts of a person's path.
#[derive(Deserialize)]
pub struct PersonPath {
    /// The site's own name of the user, the person's key, or the id of one of its visitors.
    person: String,
}

impl PersonPath {
    /// The name as it was given.
    pub(super) fn name(&self) -> &str {
        &self.person
    }
}

/// A person and how it came to be.
#[derive(Serialize, ToSchema)]
pub struct PersonLedger {
    /// Its key now: the id of its first visitor.
    #[schema(value_type = String)]
    person: PersonKey,
    /// Its visitors now, in the order in which they joined.
    #[schema(value_type = Vec<String>)]
    visitors: Vec<VisitorId>,
    /// Entries of all visitors that are or were of this person, oldest first.
    entries: Vec<LedgerEntry>,
}

/// One entry of the identity ledger.
#[derive(Serialize, ToSchema)]
pub struct LedgerEntry {
    time_ms: i64,
    #[schema(value_type = String)]
    visitor: VisitorId,
    /// `identify`, `alias` or `undo`.
    reason: &'static str,
    /// The site's own name of the user; empty for an undo.
    user: String,
    /// Whether it came with a secret token, a signature, an import, or from an editor.
    verified: bool,
}

impl From<&IdentityChange> for LedgerEntry {
    fn from(change: &IdentityChange) -> Self {
        let named = change.named();
        Self {
            time_ms: change.time_ms(),
            visitor: change.visitor(),
            reason: change.reason(),
            user: named.map_or_else(String::new, |(user, _)| user.to_owned()),
            verified: named.is_none_or(|(_, unverified)| !unverified),
        }
    }
}

/// Which visitor is to be a person of its own again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    #[schema(value_type = String)]
    visitor: VisitorId,
}

/// How a person came to be.
///
/// # Errors
/// When nobody has this name, or the database fails.
pub async fn ledger(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
) -> Result<Json<PersonLedger>, Problem> {
    let found = find(&app, &access, &path.person).await?;
    Ok(Json(PersonLedger {
        person: found.person,
        visitors: found.visitors,
        entries: found.entries.iter().map(LedgerEntry::from).collect(),
    }))
}

/// Takes back what joined a visitor to a person. Pages that identify on each load do not join it
/// again; what comes with a secret does.
///
/// # Errors
/// When the visitor is not one of the person, or nothing joined it, or nothing can be stored now.
pub async fn undo(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
    JsonBody(undo): JsonBody<Undo>,
) -> Result<StatusCode, Problem> {
    let found = find(&app, &access, &path.person).await?;
    if !found.visitors.contains(&undo.visitor) {
        return Err(Problem::not_found("visitor of this person"));
    }
    if !app.store.has_user(access.id(), undo.visitor) {
        return Err(Problem::new(
            Code::Conflict,
            "nothing joined this visitor to anybody, so there is nothing to undo",
        ));
    }
    let now_ms = app.now_ms();
    let change = IdentityChange::Undo {
        visitor: undo.visitor,
        time_ms: now_ms,
    };
    let batch = Batch {
        site: access.id(),
        received_at_ms: now_ms,
        origin: Origin::Server,
        senders: Vec::new(),
        events: Vec::new(),
        identities: vec![change],
        lost: 0,
    };
    app.store.append(batch).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was erased.
#[derive(Serialize, ToSchema)]
pub struct ErasedRecordings {
    /// How many recordings.
    recordings: u64,
}

/// Erases all recordings of a person: keys, rows, bytes, and again whenever a backup is restored.
/// Its events stay.
///
/// # Errors
/// When nobody has this name, or the store fails: what was begun is finished when it can be.
pub async fn erase_recordings(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
) -> Result<Json<ErasedRecordings>, Problem> {
    let found = find(&app, &access, &path.person).await?;
    let store = &app.store;
    let report = store.erase_recordings(access.id(), &found.visitors).await?;
    Ok(Json(ErasedRecordings {
        recordings: report.recordings,
    }))
}

pub(super) async fn find(
    app: &App,
    access: &SiteAccess,
    name: &str,
) -> Result<hitmetrix_store::PersonLedger, Problem> {
    let found = app.store.person_ledger(access.id(), name).await?;
    found.ok_or_else(|| {
        let name: String = name.chars().take(100).collect();
        Problem::new(
            Code::NotFound,
            format!(
                "nobody on this site is `{name}`; name a person by its user, its key or one of its \
                 visitors"
            ),
        )
    })
}
