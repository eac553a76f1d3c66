//! A user's own second factor: begun with the password, confirmed with a code, which also gives the
//! recovery codes, once. The owner may ask it of everybody, and reset another user's.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Extension, Json};
use hitmetrix_store::settings::{User, UserId};
use qrcodegen::{QrCode, QrCodeEcc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{JsonBody, PathPart};
use super::login::too_many_unless;
use super::users::{self, UserPath};
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::Caller;
use crate::auth::attempts::Tried;
use crate::auth::cookie;
use crate::auth::second_step;
use crate::auth::subject::Subject;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};
use crate::secret;

/// The user's password once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPassword {
    /// As at the sign-in.
    password: String,
}

/// A second factor that is not confirmed yet.
#[derive(Serialize, ToSchema)]
pub struct NewFactor {
    /// The secret in base 32, for those who type it into their app.
    secret: String,
    /// The same as an `otpauth:` address.
    address: String,
    /// The same as a picture: rows of a QR code, `1` dark and `0` light, without a margin.
    picture: Vec<String>,
}

/// A code of the app; to remove a second factor also a recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorCode {
    /// Six digits, or a recovery code.
    code: String,
}

/// The user's password once more, and a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAndCode {
    /// As at the sign-in.
    password: String,
    /// Six digits, or a recovery code.
    code: String,
}

/// The recovery codes of a second factor that was confirmed, or whose codes were made anew.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    /// Each signs in once in place of a code; they are in this answer and nowhere else.
    recovery_codes: Vec<String>,
}

/// Whether every user must have a second factor.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FactorRule {
    /// Who has none can do nothing but make one.
    required: bool,
}

/// Begins a second factor.
///
/// # Errors
/// When the password is wrong, or there is a confirmed one already.
pub async fn begin(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    address: ClientAddress,
    JsonBody(given): JsonBody<OwnPassword>,
) -> Result<Json<NewFactor>, Problem> {
    let user = user(&subject)?;
    let tried = Tried {
        account: &user.email,
        address: address.0,
    };
    check_password(&app, user, (given.password, tried)).await?;
    let known = app.settings().second_factor(user.id).await?;
    if known.is_some_and(|known| known.confirmed) {
        return Err(Problem::new(
            Code::Conflict,
            "there is a second factor already; remove it first",
        ));
    }
    let mut secret = [0; 20];
    app.randomness.fill(&mut secret);
    let now_ms = app.now_ms();
    app.settings()
        .begin_second_factor(user.id, &secret, now_ms)
        .await?;
    let address = second_step::address(&user.email, &secret);
    Ok(Json(NewFactor {
        secret: second_step::base32(&secret),
        picture: picture(&address)?,
        address,
    }))
}

/// Confirms a second factor: the sign-in asks for it from now on. Every other login of the user ends,
/// because it came about without one.
///
/// # Errors
/// When the code is wrong, or nothing was begun.
pub async fn confirm(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    address: ClientAddress,
    headers: HeaderMap,
    JsonBody(given): JsonBody<FactorCode>,
) -> Result<Json<Confirmed>, Problem> {
    let user = user(&subject)?;
    let known = app.settings().second_factor(user.id).await?;
    let known = known
        .filter(|known| !known.confirmed)
        .ok_or_else(|| Problem::not_found("second factor to be confirmed; begin one"))?;
    let tried = Tried {
        account: &user.email,
        address: address.0,
    };
    let now_ms = app.now_ms();
    too_many_unless(app.code_attempts.begin(tried, now_ms))?;
    let code: String = given
        .code
        .chars()
        .filter(|one| !one.is_whitespace())
        .collect();
    let step = second_step::step_of(&known, &code, now_ms)?.ok_or_else(second_step::wrong)?;
    app.code_attempts.succeeded(tried);
    let (recovery_codes, hashes) = second_step::recovery_codes(&app);
    let own_login = secret::hash(cookie::token(&headers).unwrap_or_default());
    app.settings()
        .confirm_second_factor(
            (user.id, &own_login),
            (step, now_ms),
            (&known.secret, &hashes),
        )
        .await?;
    Ok(Json(Confirmed { recovery_codes }))
}

/// Puts new recovery codes in the place of one's own; those of before sign nobody in any more.
///
/// # Errors
/// When password or code is wrong, or there is no second factor.
pub async fn renew_codes(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    address: ClientAddress,
    JsonBody(given): JsonBody<PasswordAndCode>,
) -> Result<Json<Confirmed>, Problem> {
    let user = user(&subject)?;
    let tried = Tried {
        account: &user.email,
        address: address.0,
    };
    check_password(&app, user, (given.password, tried)).await?;
    let known = app.settings().second_factor(user.id).await?;
    let known = known
        .filter(|known| known.confirmed)
        .ok_or_else(|| Problem::not_found("second factor; make one first"))?;
    second_step::take_code(&app, (user.id, &known), (&given.code, tried)).await?;
    let (recovery_codes, hashes) = second_step::recovery_codes(&app);
    app.settings()
        .renew_recovery_codes((user.id, &known.secret), &hashes)
        .await?;
    Ok(Json(Confirmed { recovery_codes }))
}

/// The password once more, as often as at the sign-in.
async fn check_password(
    app: &App,
    user: &User,
    (password, tried): (String, Tried<'_>),
) -> Result<(), Problem> {
    too_many_unless(app.attempts.begin(tried, app.now_ms()))?;
    let stored = user.password_hash.clone();
    if !app.passwords.verify(password, stored).await? {
        return Err(Problem::new(Code::Invalid, "the password is wrong").at("password"));
    }
    app.attempts.succeeded(tried);
    Ok(())
}

/// Removes one's own second factor.
///
/// # Errors
/// When the code is wrong, or there is none.
pub async fn remove(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    address: ClientAddress,
    JsonBody(given): JsonBody<FactorCode>,
) -> Result<StatusCode, Problem> {
    let user = user(&subject)?;
    let known = app.settings().second_factor(user.id).await?;
    if let Some(known) = known.filter(|known| known.confirmed) {
        let tried = Tried {
            account: &user.email,
            address: address.0,
        };
        second_step::take_code(&app, (user.id, &known), (&given.code, tried)).await?;
    }
    app.settings().remove_second_factor(user.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes another user's second factor, with their logins: for somebody who lost phone and codes.
///
/// # Errors
/// When there is no such user, or they have none, or it is one's own, which takes a code of it.
pub async fn reset(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    PathPart(path): PathPart<UserPath>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    if matches!(&subject, Subject::User(user) if user.id.0 == path.user) {
        let why =
            "your own second factor is removed with a code of it, on the page of your account";
        return Err(Problem::new(Code::Conflict, why));
    }
    let told = users::email(&app, path.user).await?;
    app.settings()
        .remove_second_factor(UserId(path.user))
        .await?;
    app.settings().end_logins(UserId(path.user)).await?;
    tracing::info!(user = path.user, "second factor reset");
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(told))))
}

/// Whether every user must have a second factor.
///
/// # Errors
/// Never by itself.
pub async fn rule(State(app): State<Arc<App>>) -> Json<FactorRule> {
    let required = app.second_factor_required.load(Ordering::Relaxed);
    Json(FactorRule { required })
}

/// Sets whether every user must have a second factor.
///
/// # Errors
/// When an owner who has none would ask it of everybody, or the database fails.
pub async fn require(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    JsonBody(rule): JsonBody<FactorRule>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    if rule.required
        && let Subject::User(user) = &subject
    {
        let own = app.settings().second_factor(user.id).await?;
        if !own.is_some_and(|own| own.confirmed) {
            return Err(Problem::new(
                Code::Conflict,
                "make a second factor of your own before you ask it of everybody",
            ));
        }
    }
    app.settings().require_second_factor(rule.required).await?;
    app.second_factor_required
        .store(rule.required, Ordering::Relaxed);
    let told = match rule.required {
        true => "asked of everybody",
        false => "left to each user",
    };
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(told))))
}

fn user(subject: &Subject) -> Result<&User, Problem> {
    match subject {
        Subject::User(user) | Subject::Enrolling(user) => Ok(user),
        _ => Err(Problem::new(
            Code::Forbidden,
            "only a user has a second factor; the command line resets one",
        )),
    }
}

fn picture(text: &str) -> Result<Vec<String>, Problem> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)
        .map_err(|_| Problem::internal("an otpauth address is too long for a picture"))?;
    let row = |y| {
        let module = |x| if code.get_module(x, y) { '1' } else { '0' };
        (0..code.size()).map(module).collect()
    };
    Ok((0..code.size()).map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picture_is_square_and_has_its_three_corners() {
        let rows = picture("otpauth://totp/Hitmetrix:a@b.c?secret=GEZDGNBV").unwrap();
        assert!(rows.iter().all(|row| row.len() == rows.len()));
        let last = rows.len() - 7;
        for corner in [&rows[0][..7], &rows[0][last..], &rows[last][..7]] {
            assert_eq!(corner, "1111111");
        }
    }
}
