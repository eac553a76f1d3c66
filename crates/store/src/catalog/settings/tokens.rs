//! API tokens: one site, one scope. A token is found by its public id; of its secret only the
//! hash lies here.

use hitmetrix_model::SiteId;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::columns::{named, whole};
use super::sites::{missing_unless, site_id};
use super::{Settings, SettingsError};

/// What a token may do on its site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Send events, nothing else.
    Ingest,
    /// Read what a viewer reads.
    Read,
    /// Everything that an admin of the site may do, and both others.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Ingest, Self::Read, Self::Admin];

    /// The word in API and database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }

    fn from_name(word: &str) -> Result<Self, SettingsError> {
        named(("scope of a token", word), Self::ALL, Self::name)
    }
}

/// An API token without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Public id.
    pub id: String,
    /// Its site.
    pub site: SiteId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scope: Scope,
    /// UTC, milliseconds since the epoch.
    pub created_at_ms: i64,
}

/// A token with the hash of its secret.
#[derive(Debug, Clone)]
pub struct TokenSecret {
    /// The token.
    pub token: Token,
    /// Hash of the secret.
    pub secret_hash: [u8; 32],
}

impl Settings {
    /// All tokens of all sites, oldest first.
    pub async fn tokens(&self) -> Result<Vec<TokenSecret>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, site, name, scope, secret_hash, created_at_ms FROM tokens \
             ORDER BY created_at_ms, id",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut tokens = Vec::with_capacity(rows.len());
        for row in rows {
            tokens.push(TokenSecret {
                token: Token {
                    id: row.try_get("id")?,
                    site: site_id(row.try_get("site")?)?,
                    name: row.try_get("name")?,
                    scope: Scope::from_name(row.try_get("scope")?)?,
                    created_at_ms: row.try_get("created_at_ms")?,
                },
                secret_hash: whole("hash of a token", row.try_get("secret_hash")?)?,
            });
        }
        Ok(tokens)
    }

    /// Remembers a token.
    pub async fn create_token(&self, new: &TokenSecret) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO tokens (id, site, name, scope, secret_hash, created_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&new.token.id)
        .bind(i64::from(new.token.site.0))
        .bind(&new.token.name)
        .bind(new.token.scope.name())
        .bind(&new.secret_hash[..])
        .bind(new.token.created_at_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Removes a token of this site.
    pub async fn remove_token(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        let removed = sqlx::query("DELETE FROM tokens WHERE site = $1 AND id = $2")
            .bind(i64::from(site.0))
            .bind(id)
            .execute(&self.pool)
            .await?;
        missing_unless(removed.rows_affected(), "token")
    }
}
