//! Users: somebody who signs in. A user without a password has not opened the invitation yet.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::sites::missing_unless;
use super::{Settings, SettingsError};

/// Number of a user.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct UserId(pub i64);

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// The number.
    pub id: UserId,
    /// Lower-case e-mail address, unique.
    pub email: String,
    /// Whether everything of the installation is allowed.
    pub owner: bool,
    /// PHC string of the password; none until the invitation was opened.
    pub password_hash: Option<String>,
    /// UTC, milliseconds since the epoch.
    pub created_at_ms: i64,
}

impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("User")
            .field("id", &self.id)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

/// A user to be made.
#[derive(Clone)]
pub struct NewUser {
    /// Lower-case e-mail address.
    pub email: String,
    /// PHC string, or none for an invitation.
    pub password_hash: Option<String>,
    /// Whether everything of the installation is allowed.
    pub owner: bool,
    /// UTC, milliseconds since the epoch.
    pub created_at_ms: i64,
}

impl Settings {
    /// Whether anybody can sign in yet.
    pub async fn has_users(&self) -> Result<bool, SettingsError> {
        let row = sqlx::query("SELECT COUNT(*) FROM users WHERE password_hash IS NOT NULL")
            .fetch_one(&self.pool)
            .await?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    /// All users, oldest first.
    pub async fn users(&self) -> Result<Vec<User>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, email, owner, password_hash, created_at_ms FROM users ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_user).collect()
    }

    /// The user with this number.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, SettingsError> {
        let row = sqlx::query(
            "SELECT id, email, owner, password_hash, created_at_ms FROM users WHERE id = $1",
        )
        .bind(id.0)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_user).transpose()
    }

    /// The user with this lower-case address.
    pub async fn user_by_email(&self, email: &str) -> Result<Option<User>, SettingsError> {
        let row = sqlx::query(
            "SELECT id, email, owner, password_hash, created_at_ms FROM users WHERE email = $1",
        )
        .bind(email)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(read_user).transpose()
    }

    /// Makes a user.
    pub async fn create_user(&self, new: NewUser) -> Result<User, SettingsError> {
        let row = sqlx::query(
            "INSERT INTO users (email, owner, password_hash, created_at_ms) \
             VALUES ($1, $2, $3, $4) RETURNING id",
        )
        .bind(&new.email)
        .bind(i64::from(new.owner))
        .bind(&new.password_hash)
        .bind(new.created_at_ms)
        .fetch_one(&self.pool)
        .await
        .map_err(|error| {
            if SettingsError::is_taken(&error) {
                return SettingsError::EmailTaken;
            }
            error.into()
        })?;
        Ok(User {
            id: UserId(row.try_get(0)?),
            email: new.email,
            owner: new.owner,
            password_hash: new.password_hash,
            created_at_ms: new.created_at_ms,
        })
    }

    /// Sets a password and ends all logins of its user.
    pub async fn set_password(&self, user: UserId, hash: &str) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
            .bind(user.0)
            .bind(hash)
            .execute(&mut *transaction)
            .await?;
        missing_unless(changed.rows_affected(), "user")?;
        sqlx::query("DELETE FROM logins WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Sets a password and ends all logins of its user but the one with this hash.
    pub async fn change_password(
        &self,
        user: UserId,
        password_hash: &str,
        own_login: &[u8; 32],
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query("UPDATE users SET password_hash = $2 WHERE id = $1")
            .bind(user.0)
            .bind(password_hash)
            .execute(&mut *transaction)
            .await?;
        missing_unless(changed.rows_affected(), "user")?;
        sqlx::query("DELETE FROM logins WHERE user_id = $1 AND token_hash <> $2")
            .bind(user.0)
            .bind(&own_login[..])
            .execute(&mut *transaction)
            .await?;
        // A link that somebody else may hold would set another one.
        sqlx::query("DELETE FROM links WHERE user_id = $1")
            .bind(user.0)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Makes a user who has a password an owner.
    pub async fn make_owner(&self, user: UserId) -> Result<(), SettingsError> {
        let changed =
            sqlx::query("UPDATE users SET owner = 1 WHERE id = $1 AND password_hash IS NOT NULL")
                .bind(user.0)
                .execute(&self.pool)
                .await?;
        missing_unless(changed.rows_affected(), "user with a password")
    }

    /// Makes an owner a user like others; never the last one who can sign in.
    pub async fn unmake_owner(&self, user: UserId) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE users SET owner = 0 WHERE id = $1 AND EXISTS (SELECT 1 FROM users AS other \
             WHERE other.owner = 1 AND other.password_hash IS NOT NULL AND other.id <> $1)",
        )
        .bind(user.0)
        .execute(&self.pool)
        .await?;
        if changed.rows_affected() > 0 {
            return Ok(());
        }
        match self.user(user).await? {
            Some(_) => Err(SettingsError::LastOwner),
            None => Err(SettingsError::Missing { what: "user" }),
        }
    }

    /// Removes a user with their logins, memberships and links; never the last owner.
    pub async fn remove_user(&self, user: UserId) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let owners: i64 = sqlx::query(
            "SELECT COUNT(*) FROM users \
             WHERE owner = 1 AND password_hash IS NOT NULL AND id <> $1",
        )
        .bind(user.0)
        .fetch_one(&mut *transaction)
        .await?
        .try_get(0)?;
        if owners == 0 {
            return Err(SettingsError::LastOwner);
        }
        for statement in [
            "DELETE FROM logins WHERE user_id = $1",
            "DELETE FROM members WHERE user_id = $1",
            "DELETE FROM links WHERE user_id = $1",
            "DELETE FROM seen_recordings WHERE user_id = $1",
            "DELETE FROM recovery_codes WHERE user_id = $1",
            "DELETE FROM second_factors WHERE user_id = $1",
        ] {
            sqlx::query(statement)
                .bind(user.0)
                .execute(&mut *transaction)
                .await?;
        }
        let removed = sqlx::query("DELETE FROM users WHERE id = $1")
            .bind(user.0)
            .execute(&mut *transaction)
            .await?;
        missing_unless(removed.rows_affected(), "user")?;
        transaction.commit().await?;
        Ok(())
    }
}

pub(super) fn read_user(row: &SqliteRow) -> Result<User, SettingsError> {
    Ok(User {
        id: UserId(row.try_get("id")?),
        email: row.try_get("email")?,
        owner: row.try_get::<i64, _>("owner")? != 0,
        password_hash: row.try_get("password_hash")?,
        created_at_ms: row.try_get("created_at_ms")?,
    })
}
