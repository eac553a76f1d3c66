//! One-time links: the first sign-in, an invitation, a new password. Only the hash of the token
//! lies here; a link works once and until it ends.

use sqlx::Row;

use super::sites::missing_unless;
use super::{Settings, SettingsError, UserId};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the first user, the owner.
    FirstUser,
    /// Sets the password of this user.
    Password(UserId),
}

/// A link that was found by the hash of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// UTC, milliseconds since the epoch.
    pub ends_at_ms: i64,
}

impl Settings {
    /// Remembers a link in place of those that were made for the same before.
    pub async fn create_link(&self, hash: &[u8; 32], link: Link) -> Result<(), SettingsError> {
        let user = match link.purpose {
            LinkPurpose::FirstUser => None,
            LinkPurpose::Password(user) => Some(user.0),
        };
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM links WHERE user_id IS NOT DISTINCT FROM $1")
            .bind(user)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO links (token_hash, user_id, ends_at_ms) VALUES ($1, $2, $3)")
            .bind(&hash[..])
            .bind(user)
            .bind(link.ends_at_ms)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The link whose token has this hash; the caller looks at its time.
    pub async fn link(&self, hash: &[u8; 32]) -> Result<Option<Link>, SettingsError> {
        let row = sqlx::query("SELECT user_id, ends_at_ms FROM links WHERE token_hash = $1")
            .bind(&hash[..])
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let purpose = match row.try_get::<Option<i64>, _>(0)? {
            Some(user) => LinkPurpose::Password(UserId(user)),
            None => LinkPurpose::FirstUser,
        };
        Ok(Some(Link {
            purpose,
            ends_at_ms: row.try_get(1)?,
        }))
    }

    /// Uses a link up. Of two who try at once the second finds it missing.
    pub async fn use_link(&self, hash: &[u8; 32]) -> Result<(), SettingsError> {
        let used = sqlx::query("DELETE FROM links WHERE token_hash = $1")
            .bind(&hash[..])
            .execute(&self.pool)
            .await?;
        missing_unless(used.rows_affected(), "link")
    }
}
