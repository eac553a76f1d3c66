//! Members of a site: users with a role on it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_model::SiteId;
use hitmetrix_store::settings::{Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{JsonBody, PathPart};
use super::users;
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::problem::Problem;

/// How long who took a member away may bring them back.
const UNDO_MS: i64 = 10 * 60 * 1000;
/// Removals that are remembered; of more the oldest are forgotten.
const REMOVED_MAX: usize = 1000;

/// Members that an admin removed a moment ago, in memory: an admin may bring these back to what they
/// were, though only an owner brings others, also those whom an owner has removed. Admins have seen
/// the address before, so it tells them nothing.
#[derive(Debug, Default)]
pub struct Removed(Mutex<VecDeque<Gone>>);

#[derive(Debug, Clone, Copy)]
struct Gone {
    site: SiteId,
    user: i64,
    role: Role,
    at_ms: i64,
}

impl Removed {
    fn note(&self, gone: Gone) {
        let mut removed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        removed.push_back(gone);
        if removed.len() > REMOVED_MAX {
            removed.pop_front();
        }
    }

    /// What a member was until a moment ago.
    fn role(&self, site: SiteId, user: i64, now_ms: i64) -> Option<Role> {
        let removed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_meant =
            |gone: &&Gone| (gone.site, gone.user) == (site, user) && now_ms - gone.at_ms < UNDO_MS;
        removed.iter().rev().find(is_meant).map(|gone| gone.role)
    }
}

/// The members of a site.
#[derive(Serialize, ToSchema)]
pub struct MemberList {
    /// By e-mail address.
    members: Vec<MemberRow>,
}

/// One member.
#[derive(Serialize, ToSchema)]
pub struct MemberRow {
    /// Number of the user.
    user: i64,
    /// E-mail address.
    email: String,
    /// `viewer`, `editor` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// A role to be given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// `viewer`, `editor` or `admin`.
    #[schema(value_type = String)]
    role: Role,
}

/// Parts of a member's path.
#[derive(Deserialize)]
pub struct MemberPath {
    user: i64,
}

/// The members of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<MemberList>, Problem> {
    let members = app.settings().members(access.id()).await?;
    let members = members
        .into_iter()
        .map(|member| MemberRow {
            user: member.user.0,
            email: member.email,
            role: member.role,
        })
        .collect();
    Ok(Json(MemberList { members }))
}

/// Gives a user a role on the site.
///
/// # Errors
/// When there is no such user, or one that only the owner of the installation may bring here.
pub async fn set(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<MemberPath>,
    JsonBody(new): JsonBody<NewRole>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    let role = app.settings().role(access.id(), UserId(path.user)).await?;
    // The list of members shows addresses: by trying numbers an admin of one site would learn who
    // else has a login here.
    let was_here = || {
        let before = app
            .members_removed
            .role(access.id(), path.user, app.now_ms());
        before.is_some_and(|before| new.role <= before)
    };
    if role.is_none() && !subject.is_owner() && !was_here() {
        return Err(Problem::not_found(
            "member; the owner of the installation brings users to a site",
        ));
    }
    app.settings()
        .set_role(access.id(), UserId(path.user), new.role)
        .await?;
    let email = users::email(&app, path.user).await?;
    let told = Told::detail(format!("{email} is {}", new.role.name()));
    Ok((StatusCode::NO_CONTENT, Extension(told)))
}

/// Takes a user's role on the site away.
///
/// # Errors
/// When the user is no member.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<MemberPath>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    let role = app.settings().role(access.id(), UserId(path.user)).await?;
    app.settings()
        .remove_member(access.id(), UserId(path.user))
        .await?;
    if let Some(role) = role.filter(|_| !subject.is_owner()) {
        app.members_removed.note(Gone {
            site: access.id(),
            user: path.user,
            role,
            at_ms: app.now_ms(),
        });
    }
    let told = Told::detail(users::email(&app, path.user).await?);
    Ok((StatusCode::NO_CONTENT, Extension(told)))
}
