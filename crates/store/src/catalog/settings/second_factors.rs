//! Second factors: the secret that a user's phone has too, the last code that was taken, and hashes
//! of recovery codes. The secret lies here as it is, because it must be known to check a code.

use sqlx::{Row, SqliteConnection};

use super::columns::whole;
use super::sites::missing_unless;
use super::{Settings, SettingsError, UserId};

const REQUIRED: &str = "second_factor_required";

/// A user's second factor.
#[derive(Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// 20 random bytes.
    pub secret: [u8; 20],
    /// Whether a code of it was given: before that it asks for nothing.
    pub confirmed: bool,
}

impl std::fmt::Debug for SecondFactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SecondFactor")
            .field("confirmed", &self.confirmed)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The second factor of a user, confirmed or not.
    pub async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, SettingsError> {
        let row =
            sqlx::query("SELECT secret, confirmed_at_ms FROM second_factors WHERE user_id = $1")
                .bind(user.0)
                .fetch_optional(&self.pool)
                .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(SecondFactor {
            secret: whole("secret of a second factor", row.try_get("secret")?)?,
            confirmed: row.try_get::<Option<i64>, _>("confirmed_at_ms")?.is_some(),
        }))
    }

    /// Puts a secret that is not confirmed yet in the place of an earlier one; never of one that is
    /// confirmed.
    pub async fn begin_second_factor(
        &self,
        user: UserId,
        secret: &[u8; 20],
        now_ms: i64,
    ) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "INSERT INTO second_factors (user_id, secret, created_at_ms, last_step) \
             VALUES ($1, $2, $3, 0) ON CONFLICT (user_id) DO UPDATE \
             SET secret = $2, created_at_ms = $3, last_step = 0 \
             WHERE second_factors.confirmed_at_ms IS NULL",
        )
        .bind(user.0)
        .bind(&secret[..])
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        missing_unless(changed.rows_affected(), "second factor to be confirmed")
    }

    /// Confirms a second factor with the step of a code of this secret, puts these recovery codes in the
    /// place of earlier ones, and ends every other login of the user.
    pub async fn confirm_second_factor(
        &self,
        (user, own_login): (UserId, &[u8; 32]),
        (step, now_ms): (i64, i64),
        (secret, code_hashes): (&[u8], &[[u8; 32]]),
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query(
            "UPDATE second_factors SET confirmed_at_ms = $2, last_step = $3 \
             WHERE user_id = $1 AND confirmed_at_ms IS NULL AND secret = $4",
        )
        .bind(user.0)
        .bind(now_ms)
        .bind(step)
        .bind(secret)
        .execute(&mut *transaction)
        .await?;
        missing_unless(changed.rows_affected(), "second factor to be confirmed")?;
        sqlx::query("DELETE FROM logins WHERE user_id = $1 AND token_hash <> $2")
            .bind(user.0)
            .bind(&own_login[..])
            .execute(&mut *transaction)
            .await?;
        put_codes(&mut transaction, user, code_hashes).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Puts these recovery codes in the place of earlier ones of a second factor with this secret that is
    /// confirmed.
    pub async fn renew_recovery_codes(
        &self,
        (user, secret): (UserId, &[u8]),
        code_hashes: &[[u8; 32]],
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let found = sqlx::query(
            "SELECT 1 FROM second_factors \
             WHERE user_id = $1 AND secret = $2 AND confirmed_at_ms IS NOT NULL",
        )
        .bind(user.0)
        .bind(secret)
        .fetch_optional(&mut *transaction)
        .await?;
        missing_unless(u64::from(found.is_some()), "second factor")?;
        put_codes(&mut transaction, user, code_hashes).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Takes a code's step, once and in order; false when one as late was taken before.
    pub async fn take_step(&self, user: UserId, step: i64) -> Result<bool, SettingsError> {
        let taken = sqlx::query(
            "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2",
        )
        .bind(user.0)
        .bind(step)
        .execute(&self.pool)
        .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Uses a recovery code up; false when the user has no such one.
    pub async fn use_recovery_code(
        &self,
        user: UserId,
        hash: &[u8; 32],
    ) -> Result<bool, SettingsError> {
        let used = sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2")
            .bind(user.0)
            .bind(&hash[..])
            .execute(&self.pool)
            .await?;
        Ok(used.rows_affected() == 1)
    }

    /// How many recovery codes a user has left.
    pub async fn recovery_codes_left(&self, user: UserId) -> Result<u32, SettingsError> {
        let row = sqlx::query("SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1")
            .bind(user.0)
            .fetch_one(&self.pool)
            .await?;
        Ok(u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX))
    }

    /// Removes a user's second factor with its recovery codes.
    pub async fn remove_second_factor(&self, user: UserId) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *transaction)
            .await?;
        let removed = sqlx::query("DELETE FROM second_factors WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *transaction)
            .await?;
        missing_unless(removed.rows_affected(), "second factor")?;
        transaction.commit().await?;
        Ok(())
    }

    /// Users with a confirmed second factor.
    pub async fn users_with_second_factor(&self) -> Result<Vec<UserId>, SettingsError> {
        let rows = sqlx::query(
            "SELECT user_id FROM second_factors WHERE confirmed_at_ms IS NOT NULL ORDER BY user_id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(UserId(row.try_get(0)?))).collect()
    }

    /// Whether every user must have a second factor.
    pub async fn second_factor_required(&self) -> Result<bool, SettingsError> {
        let row = sqlx::query("SELECT value FROM installation WHERE name = $1")
            .bind(REQUIRED)
            .fetch_optional(&self.pool)
            .await?;
        Ok(match row {
            Some(row) => row.try_get::<String, _>(0)? == "yes",
            None => false,
        })
    }

    /// Sets whether every user must have a second factor.
    pub async fn require_second_factor(&self, required: bool) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO installation (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = $2",
        )
        .bind(REQUIRED)
        .bind(if required { "yes" } else { "no" })
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Puts recovery codes in the place of earlier ones.
async fn put_codes(
    connection: &mut SqliteConnection,
    user: UserId,
    code_hashes: &[[u8; 32]],
) -> Result<(), SettingsError> {
    sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
        .bind(user.0)
        .execute(&mut *connection)
        .await?;
    for hash in code_hashes {
        sqlx::query("INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)")
            .bind(user.0)
            .bind(&hash[..])
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
