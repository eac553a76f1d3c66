//! Logins: one sign-in each, named by a random token of which only the hash lies here.

use sqlx::Row;

use super::users::read_user;
use super::{Settings, SettingsError, User, UserId};

/// One sign-in.
#[derive(Debug, Clone)]
pub struct Login {
    /// Who.
    pub user: User,
    /// Last time it was used, UTC, milliseconds since the epoch; kept to a few minutes.
    pub used_at_ms: i64,
    /// When it ends however much it is used.
    pub ends_at_ms: i64,
    /// Whether its user has a confirmed second factor.
    pub has_second_factor: bool,
}

impl Settings {
    /// Ends every login of a user.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_logins(&self, user: UserId) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM logins WHERE user_id = $1")
            .bind(user.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Remembers a sign-in.
    pub async fn create_login(
        &self,
        hash: &[u8; 32],
        user: UserId,
        now_ms: i64,
        ends_at_ms: i64,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO logins (token_hash, user_id, created_at_ms, used_at_ms, ends_at_ms) \
             VALUES ($1, $2, $3, $3, $4)",
        )
        .bind(&hash[..])
        .bind(user.0)
        .bind(now_ms)
        .bind(ends_at_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The sign-in whose token has this hash; the caller looks at its times.
    pub async fn login(&self, hash: &[u8; 32]) -> Result<Option<Login>, SettingsError> {
        let row = sqlx::query(
            "SELECT users.id, users.email, users.owner, users.password_hash, users.created_at_ms, \
             logins.used_at_ms, logins.ends_at_ms, second_factors.confirmed_at_ms \
             FROM logins JOIN users ON users.id = logins.user_id \
             LEFT JOIN second_factors ON second_factors.user_id = logins.user_id \
             WHERE logins.token_hash = $1",
        )
        .bind(&hash[..])
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(Login {
            user: read_user(&row)?,
            used_at_ms: row.try_get("used_at_ms")?,
            ends_at_ms: row.try_get("ends_at_ms")?,
            has_second_factor: row.try_get::<Option<i64>, _>("confirmed_at_ms")?.is_some(),
        }))
    }

    /// Notes that a sign-in was used.
    pub async fn touch_login(&self, hash: &[u8; 32], now_ms: i64) -> Result<(), SettingsError> {
        sqlx::query("UPDATE logins SET used_at_ms = $2 WHERE token_hash = $1")
            .bind(&hash[..])
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a sign-in.
    pub async fn remove_login(&self, hash: &[u8; 32]) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM logins WHERE token_hash = $1")
            .bind(&hash[..])
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Removes the sign-ins that ended, or were not used since `idle_before_ms`.
    pub async fn remove_old_logins(
        &self,
        now_ms: i64,
        idle_before_ms: i64,
    ) -> Result<u64, SettingsError> {
        let removed = sqlx::query("DELETE FROM logins WHERE ends_at_ms <= $1 OR used_at_ms < $2")
            .bind(now_ms)
            .bind(idle_before_ms)
            .execute(&self.pool)
            .await?;
        Ok(removed.rows_affected())
    }
}
