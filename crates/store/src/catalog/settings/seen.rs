//! Which recordings each user has seen.

use std::collections::BTreeSet;

use hitmetrix_model::{SessionId, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Settings, SettingsError, UserId};

impl Settings {
    /// Notes that a user has seen the recording of a session; once is as good as often.
    pub async fn see_recording(
        &self,
        user: UserId,
        (site, session): (SiteId, SessionId),
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO seen_recordings (user_id, site, session) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind(user.0)
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets that a user has seen the recording of a session.
    pub async fn unsee_recording(
        &self,
        user: UserId,
        (site, session): (SiteId, SessionId),
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "DELETE FROM seen_recordings WHERE user_id = $1 AND site = $2 AND session = $3",
        )
        .bind(user.0)
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The sessions of a site whose recordings a user has seen.
    pub async fn seen_recordings(
        &self,
        user: UserId,
        site: SiteId,
    ) -> Result<BTreeSet<SessionId>, SettingsError> {
        let rows =
            sqlx::query("SELECT session FROM seen_recordings WHERE user_id = $1 AND site = $2")
                .bind(user.0)
                .bind(i64::from(site.0))
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(session_of).collect()
    }
}

/// The session that a row's column `session` names.
pub(super) fn session_of(row: &SqliteRow) -> Result<SessionId, SettingsError> {
    let bytes: Vec<u8> = row.try_get("session")?;
    let whole: Result<[u8; 16], Vec<u8>> = bytes.try_into();
    whole
        .map(SessionId::from_bytes)
        .map_err(|bytes| SettingsError::UnknownWord {
            what: "session of a recording",
            word: format!("{} bytes", bytes.len()),
        })
}
