//! API tokens of a site.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_model::limits;
use hitmetrix_store::settings::{Scope, Token, TokenSecret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{JsonBody, PathPart};
use super::room::room;
use super::site_input;
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::SiteAccess;
use crate::auth::subject::token_text;
use crate::problem::Problem;
use crate::secret;

/// The tokens of a site, without their secrets.
#[derive(Serialize, ToSchema)]
pub struct TokenList {
    /// Oldest first.
    tokens: Vec<TokenRow>,
}

/// One token.
#[derive(Serialize, ToSchema)]
pub struct TokenRow {
    /// Public id.
    id: String,
    /// What its owner calls it.
    name: String,
    /// `ingest`, `read` or `admin`.
    #[schema(value_type = String)]
    scope: Scope,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenDraft {
    /// What its owner calls it.
    name: String,
    /// `ingest`, `read` or `admin`.
    #[schema(value_type = String)]
    scope: Scope,
}

/// A token as it is shown once.
#[derive(Serialize, ToSchema)]
pub struct NewToken {
    /// Public id.
    id: String,
    /// What to send behind `Authorization: Bearer`.
    secret: String,
}

/// Parts of a token's path.
#[derive(Deserialize)]
pub struct TokenPath {
    token: String,
}

/// The tokens of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<TokenList>, Problem> {
    let tokens = app.settings().tokens().await?;
    let tokens = tokens
        .into_iter()
        .map(|secret| secret.token)
        .filter(|token| token.site == access.id())
        .map(|token| TokenRow {
            id: token.id,
            name: token.name,
            scope: token.scope,
            created_at_ms: token.created_at_ms,
        })
        .collect();
    Ok(Json(TokenList { tokens }))
}

/// Makes a token; its secret is in this answer and nowhere else.
///
/// # Errors
/// When the name is not valid or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(draft): JsonBody<TokenDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<NewToken>), Problem> {
    let tokens = app.settings().tokens().await?;
    let count = tokens
        .iter()
        .filter(|known| known.token.site == access.id())
        .count();
    let many = (count, limits::SITE_TOKENS);
    room(many, ("the site", "tokens"), "remove some")?;
    let secret = secret::random_secret(&*app.randomness);
    let token = Token {
        id: secret::random_id(&*app.randomness),
        site: access.id(),
        name: site_input::name(&draft.name)?,
        scope: draft.scope,
        created_at_ms: app.now_ms(),
    };
    let id = token.id.clone();
    let how = format!("{}, {}", token.name, token.scope.name());
    let told = Told::object(format!("token {id}"), how);
    let new = TokenSecret {
        token,
        secret_hash: secret::hash(&secret),
    };
    app.settings().create_token(&new).await?;
    app.settings_changed().await?;
    let secret = token_text(&id, &secret);
    Ok((
        StatusCode::CREATED,
        Extension(told),
        Json(NewToken { id, secret }),
    ))
}

/// Removes a token; it works no more from this answer on.
///
/// # Errors
/// When the site has no such token.
pub async fn remove(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<TokenPath>,
) -> Result<(StatusCode, Extension<Told>), Problem> {
    let known = app.sites.token(&path.token);
    let name = known.map_or_else(String::new, |known| known.token.name);
    app.settings()
        .remove_token(access.id(), &path.token)
        .await?;
    app.settings_changed().await?;
    Ok((StatusCode::NO_CONTENT, Extension(Told::detail(name))))
}
