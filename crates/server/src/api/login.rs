//! Signing in and out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hitmetrix_store::settings::{User, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::JsonBody;
use crate::app::App;
use crate::audit::Told;
use crate::auth::attempts::Tried;
use crate::auth::{cookie, second_step};
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};
use crate::secret;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// E-mail address and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// E-mail address.
    email: String,
    /// Password.
    password: String,
    /// The code of the second factor, six digits, or a recovery code; only for those who have one.
    #[serde(default)]
    code: Option<String>,
}

/// An answer without body that sets or clears the login cookie.
pub type WithCookie = (StatusCode, [(header::HeaderName, HeaderValue); 1]);

/// Signs in.
///
/// # Errors
/// When address or password is wrong, or too many were.
pub async fn login(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, Problem> {
    let email = credentials.email.trim().to_lowercase();
    let tried = Tried {
        account: &email,
        address: address.0,
    };
    too_many_unless(app.attempts.begin(tried, app.now_ms()))?;
    let user = app.settings().user_by_email(&email).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    // Unknown accounts take the same way, so that the time does not tell them apart.
    let right = app.passwords.verify(credentials.password, stored).await?;
    match user {
        Some(user) if right => {
            app.attempts.succeeded(tried);
            if let Some(refused) = second_step_of(&app, &user, (credentials.code, tried)).await? {
                return Ok(refused);
            }
            let cookie = signed_in(&app, user.id).await?;
            Ok((Extension(Told::user(Some(user))), cookie).into_response())
        }
        user => {
            app.counters.sign_ins_failed.add(1);
            let problem = Problem::new(
                Code::WrongPassword,
                "the e-mail address or the password is wrong",
            );
            // What was typed for an address that nobody has may be a password.
            Ok((Extension(Told::user(user)), problem).into_response())
        }
    }
}

/// What is answered where the second step is not taken: a question for the code, or that it is wrong.
async fn second_step_of(
    app: &App,
    user: &User,
    (code, tried): (Option<String>, Tried<'_>),
) -> Result<Option<Response>, Problem> {
    let factor = app.settings().second_factor(user.id).await?;
    let Some(factor) = factor.filter(|factor| factor.confirmed) else {
        return Ok(None);
    };
    let Some(code) = code else {
        let problem = Problem::new(
            Code::FactorNeeded,
            "the password is right; send the code of the second factor too",
        );
        let told = Told {
            is_half: true,
            ..Told::user(Some(user.clone()))
        };
        return Ok(Some((Extension(told), problem).into_response()));
    };
    let taken = second_step::take_code(app, (user.id, &factor), (&code, tried)).await;
    let Err(problem) = taken else {
        return Ok(None);
    };
    app.counters.sign_ins_failed.add(1);
    let told = Told {
        detail: "second factor".to_owned(),
        ..Told::user(Some(user.clone()))
    };
    Ok(Some((Extension(told), problem).into_response()))
}

/// Signs out: the login is removed, not only its cookie.
///
/// # Errors
/// When the database fails.
pub async fn logout(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<WithCookie, Problem> {
    if let Some(token) = cookie::token(&headers) {
        app.settings().remove_login(&secret::hash(token)).await?;
    }
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie::clear(&app.config))],
    ))
}

/// Begins a login and answers with its cookie.
///
/// # Errors
/// When the database fails.
pub async fn signed_in(app: &Arc<App>, user: UserId) -> Result<WithCookie, Problem> {
    let token = secret::random_secret(&*app.randomness);
    let now_ms = app.now_ms();
    let days = i64::try_from(app.config.login_days).unwrap_or(i64::MAX);
    let ends_at_ms = now_ms.saturating_add(days.saturating_mul(DAY_MS));
    app.settings()
        .create_login(&secret::hash(&token), user, now_ms, ends_at_ms)
        .await?;
    Ok((
        StatusCode::NO_CONTENT,
        [(header::SET_COOKIE, cookie::set(&token, &app.config))],
    ))
}

/// Turns the seconds to wait into an answer.
///
/// # Errors
/// When there are any.
pub fn too_many_unless(begun: Result<(), u64>) -> Result<(), Problem> {
    begun.map_err(|seconds| {
        Problem::new(
            Code::TooMany,
            format!("too many failed sign-ins; try again in {seconds} s"),
        )
        .retry_after(seconds)
    })
}
