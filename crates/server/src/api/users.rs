//! Users of the installation.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_store::settings::{NewUser, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{JsonBody, PathPart};
use super::{first_user, site_input};
use crate::app::App;
use crate::audit::Told;
use crate::problem::{Code, Problem};

/// All users.
#[derive(Serialize, ToSchema)]
pub struct UserList {
    /// Oldest first.
    users: Vec<UserRow>,
}

/// One user.
#[derive(Serialize, ToSchema)]
pub struct UserRow {
    /// Number.
    id: i64,
    /// E-mail address.
    email: String,
    /// Whether everything of the installation is allowed.
    owner: bool,
    /// Whether the invitation was not opened yet.
    invited: bool,
    /// Whether their sign-in asks for a code.
    second_factor: bool,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
}

/// Somebody to be invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// E-mail address; nothing is sent to it.
    email: String,
}

/// A one-time link, to be handed over.
#[derive(Serialize, ToSchema)]
pub struct OneTimeLink {
    /// The address.
    link: String,
}

/// Parts of a user's path.
#[derive(Deserialize)]
pub struct UserPath {
    /// The user's number.
    pub user: i64,
}

/// All users.
///
/// # Errors
/// When the database fails.
pub async fn list(State(app): State<Arc<App>>) -> Result<Json<UserList>, Problem> {
    let users = app.settings().users().await?;
    let with_factor = app.settings().users_with_second_factor().await?;
    let users = users
        .into_iter()
        .map(|user| UserRow {
            id: user.id.0,
            email: user.email,
            owner: user.owner,
            invited: user.password_hash.is_none(),
            second_factor: with_factor.contains(&user.id),
            created_at_ms: user.created_at_ms,
        })
        .collect();
    Ok(Json(UserList { users }))
}

/// Makes a user without password, and a link that sets one.
///
/// # Errors
/// When the address is taken.
pub async fn create(
    State(app): State<Arc<App>>,
    JsonBody(invitation): JsonBody<Invitation>,
) -> Result<(StatusCode, Extension<Told>, Json<OneTimeLink>), Problem> {
    let user = app
        .settings()
        .create_user(NewUser {
            email: site_input::email(&invitation.email)?,
            password_hash: None,
            owner: false,
            created_at_ms: app.now_ms(),
        })
        .await?;
    let link = first_user::password_link(&app, user.id).await?;
    tracing::info!(user = user.id.0, "user invited");
    let told = Told::object(format!("user {}", user.id.0), user.email);
    Ok((
        StatusCode::CREATED,
        Extension(told),
        Json(OneTimeLink { link }),
    ))
}

/// Removes a user with all their logins.
///
/// # Errors
/// When there is no such user, or no other owner.
pub async fn remove(
    State(app): State<Arc<App>>,
    PathPart(path): PathPart<UserPath>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    let told = email(&app, path.user).await?;
    app.settings().remove_user(UserId(path.user)).await?;
    tracing::info!(user = path.user, "user removed");
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(told))))
}

/// The user's address again, so that nobody becomes an owner by a slip.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerConfirmation {
    /// The user's e-mail address.
    email: String,
}

/// Makes a user an owner, who may do everything here.
///
/// # Errors
/// When there is no such user, the address is another's, or the invitation was not opened yet.
pub async fn make_owner(
    State(app): State<Arc<App>>,
    PathPart(path): PathPart<UserPath>,
    JsonBody(confirmation): JsonBody<OwnerConfirmation>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    let user = app
        .settings()
        .user(UserId(path.user))
        .await?
        .ok_or_else(|| Problem::not_found("user"))?;
    if confirmation.email != user.email {
        let detail = "the address is not that of the user; type it as it stands";
        return Err(Problem::invalid(detail).at("email"));
    }
    if user.password_hash.is_none() {
        return Err(Problem::new(
            Code::Conflict,
            "the user has not opened the invitation yet; an owner must be able to sign in",
        ));
    }
    app.settings().make_owner(user.id).await?;
    tracing::info!(user = path.user, "owner made");
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(user.email))))
}

/// Makes an owner a user like others, at once and for all their logins.
///
/// # Errors
/// When there is no such user, or no other owner.
pub async fn unmake_owner(
    State(app): State<Arc<App>>,
    PathPart(path): PathPart<UserPath>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    app.settings().unmake_owner(UserId(path.user)).await?;
    tracing::info!(user = path.user, "owner unmade");
    let told = email(&app, path.user).await?;
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(told))))
}

/// Makes a link that sets a new password; the old one works until then.
///
/// # Errors
/// When there is no such user.
pub async fn reset(
    State(app): State<Arc<App>>,
    PathPart(path): PathPart<UserPath>,
) -> Result<(StatusCode, Extension<Told>, Json<OneTimeLink>), Problem> {
    let user = app
        .settings()
        .user(UserId(path.user))
        .await?
        .ok_or_else(|| Problem::not_found("user"))?;
    let link = first_user::password_link(&app, user.id).await?;
    let told = Told::detail(user.email);
    Ok((
        StatusCode::CREATED,
        Extension(told),
        Json(OneTimeLink { link }),
    ))
}

/// A user's address, for the audit log; empty when there is no such user.
///
/// # Errors
/// When the database fails.
pub async fn email(app: &App, user: i64) -> Result<String, Problem> {
    let user = app.settings().user(UserId(user)).await?;
    Ok(user.map_or_else(String::new, |user| user.email))
}
