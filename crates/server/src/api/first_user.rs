//! One-time links: the first sign-in, which makes the owner; and invitations and new passwords.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use hitmetrix_store::settings::{Link, LinkPurpose, NewUser, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::JsonBody;
use super::{login, site_input};
use crate::app::App;
use crate::audit::Told;
use crate::auth::attempts::Tried;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};
use crate::secret;

/// What is sent from the page behind a one-time link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstUser {
    /// The link's token: what stands behind `#`.
    token: String,
    /// E-mail address; for an invitation the one that was invited.
    email: String,
    /// New password.
    password: String,
}

/// A one-time link, before anything is typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkLook {
    /// The link's token: what stands behind `#`.
    token: String,
}

/// What a one-time link is for.
#[derive(Serialize, ToSchema)]
pub struct LinkFound {
    /// `first_user`: it makes the owner. `password`: it sets the password of whom it was sent to.
    purpose: &'static str,
    /// Until when it works; UTC, milliseconds since the epoch.
    ends_at_ms: i64,
}

/// Whether a one-time link still works, and what for; nothing of whose it is. It stays unused.
///
/// # Errors
/// When it works no more.
pub async fn look(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    JsonBody(input): JsonBody<LinkLook>,
) -> Result<Json<LinkFound>, Problem> {
    let link = found(&app, address, &secret::hash(&input.token)).await?;
    let purpose = match link.purpose {
        LinkPurpose::FirstUser if app.settings().has_users().await? => return Err(used()),
        LinkPurpose::FirstUser => "first_user",
        LinkPurpose::Password(_) => "password",
    };
    let ends_at_ms = link.ends_at_ms;
    Ok(Json(LinkFound {
        purpose,
        ends_at_ms,
    }))
}

/// The link with this hash, if it still works.
///
/// # Errors
/// When it does not, or the address has tried too many that do not.
async fn found(app: &App, address: ClientAddress, hash: &[u8; 32]) -> Result<Link, Problem> {
    let tried = Tried {
        account: "one-time link",
        address: address.0,
    };
    // Only the address is limited: a link's token cannot be guessed, but asking costs a query.
    let now_ms = app.now_ms();
    let link = app.settings().link(hash).await?;
    let Some(link) = link.filter(|link| link.ends_at_ms > now_ms) else {
        login::too_many_unless(app.attempts.begin(tried, now_ms))?;
        return Err(used());
    };
    Ok(link)
}

/// Makes the owner, or sets a user's password, and signs in.
///
/// # Errors
/// When the link works no more, or the password is too short.
pub async fn first_user(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    JsonBody(input): JsonBody<FirstUser>,
) -> Result<Response, Problem> {
    let email = site_input::email(&input.email)?;
    let now_ms = app.now_ms();
    let hash = secret::hash(&input.token);
    let link = found(&app, address, &hash).await?;
    let password_hash = app.passwords.hash(input.password).await?;
    let user = match link.purpose {
        LinkPurpose::FirstUser => {
            app.settings().use_link(&hash).await.map_err(|_| used())?;
            if app.settings().has_users().await? {
                return Err(used());
            }
            let user = app
                .settings()
                .create_user(NewUser {
                    email,
                    password_hash: Some(password_hash),
                    owner: true,
                    created_at_ms: now_ms,
                })
                .await?;
            tracing::info!(user = user.id.0, "first user made");
            user.id
        }
        LinkPurpose::Password(user) => {
            let invited = app.settings().user(user).await?.ok_or_else(used)?;
            if invited.email != email {
                return Err(Problem::invalid("the link is for another e-mail address"));
            }
            app.settings().use_link(&hash).await.map_err(|_| used())?;
            app.settings().set_password(user, &password_hash).await?;
            tracing::info!(user = user.0, "password set by link");
            user
        }
    };
    // A new password is one step: the other one is the sign-in's.
    let factor = app.settings().second_factor(user).await?;
    if factor.is_some_and(|factor| factor.confirmed) {
        let told = Told::user(app.settings().user(user).await?);
        return Ok((Extension(told), StatusCode::NO_CONTENT).into_response());
    }
    let told = Told::user(app.settings().user(user).await?);
    let cookie = login::signed_in(&app, user).await?;
    Ok((Extension(told), cookie).into_response())
}

/// Makes a link for this purpose and gives its address, which is shown once.
///
/// # Errors
/// When the database fails.
pub async fn make_link(app: &Arc<App>, purpose: LinkPurpose) -> Result<String, Problem> {
    let token = secret::random_secret(&*app.randomness);
    let hours = i64::try_from(app.config.link_hours).unwrap_or(i64::MAX);
    let link = Link {
        purpose,
        ends_at_ms: app.now_ms().saturating_add(hours.saturating_mul(3_600_000)),
    };
    app.settings()
        .create_link(&secret::hash(&token), link)
        .await?;
    Ok(format!("{}/welcome#{token}", app.config.origin()))
}

/// A link that sets this user's password.
///
/// # Errors
/// When the database fails.
pub async fn password_link(app: &Arc<App>, user: UserId) -> Result<String, Problem> {
    make_link(app, LinkPurpose::Password(user)).await
}

fn used() -> Problem {
    Problem::new(
        Code::LinkUsed,
        "the link was used, is too old or never was; ask for a new one, or restart the server \
         for the first",
    )
}
