//! One's own password: changed with the old one, which ends every other login of the user.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::JsonBody;
use super::login::too_many_unless;
use crate::app::App;
use crate::auth::access::Caller;
use crate::auth::attempts::Tried;
use crate::auth::cookie;
use crate::auth::subject::Subject;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};
use crate::secret;

/// The password as it is and as it will be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// As at the sign-in.
    old: String,
    /// At least 10 characters.
    new: String,
}

/// Changes one's own password. Every other login of the user ends: whoever had the old one is out.
///
/// # Errors
/// When the old one is wrong, was tried too often, or the new one is too short or the same.
pub async fn change(
    State(app): State<Arc<App>>,
    Caller(subject): Caller,
    address: ClientAddress,
    headers: HeaderMap,
    JsonBody(given): JsonBody<PasswordChange>,
) -> Result<StatusCode, Problem> {
    let Subject::User(user) = &subject else {
        return Err(Problem::new(
            Code::Forbidden,
            "only a user has a password; the command line makes a link that sets one",
        ));
    };
    let tried = Tried {
        account: &user.email,
        address: address.0,
    };
    too_many_unless(app.attempts.begin(tried, app.now_ms()))?;
    let is_same = given.old == given.new;
    let stored = user.password_hash.clone();
    if !app.passwords.verify(given.old, stored).await? {
        return Err(Problem::new(Code::Invalid, "the old password is wrong").at("old"));
    }
    app.attempts.succeeded(tried);
    if is_same {
        return Err(Problem::invalid("the new password is the old one; choose another").at("new"));
    }
    let hash = app
        .passwords
        .hash(given.new)
        .await
        .map_err(|problem| problem.at("new"))?;
    let own_login = secret::hash(cookie::token(&headers).unwrap_or_default());
    app.settings()
        .change_password(user.id, &hash, &own_login)
        .await?;
    tracing::info!(user = user.id.0, "password changed");
    Ok(StatusCode::NO_CONTENT)
}
