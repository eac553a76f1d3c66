//! Links that open one recording without a login. A link is found by its public id; of its secret
//! only the hash lies here. The caller looks at its time.

use hitmetrix_model::{SessionId, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::whole;
use super::seen::session_of;
use super::sites::{missing_unless, site_id};
use super::{Settings, SettingsError};

/// A link to one recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Public id.
    pub id: String,
    /// The site of the recording.
    pub site: SiteId,
    /// Its session.
    pub session: SessionId,
    /// Whether it says nothing of who it was.
    pub person_hidden: bool,
    /// When and by whom it was made.
    pub created: Touch,
    /// Until when it works, UTC, milliseconds since the epoch.
    pub ends_at_ms: i64,
    /// How often it was opened.
    pub opened: u32,
    /// When it was opened last.
    pub opened_at_ms: Option<i64>,
}

/// A link with the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareSecret<T> {
    /// The link.
    pub share: T,
    /// Hash of the secret.
    pub secret_hash: [u8; 32],
}

const COLUMNS: &str = "id, site, session, secret_hash, person_hidden, created_at_ms, created_by, \
    ends_at_ms, opened, opened_at_ms";

impl Settings {
    /// Remembers a link.
    pub async fn create_share(&self, new: &ShareSecret<Share>) -> Result<(), SettingsError> {
        let share = &new.share;
        sqlx::query(
            "INSERT INTO recording_shares (id, site, session, secret_hash, person_hidden, \
             created_at_ms, created_by, ends_at_ms, opened) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        )
        .bind(&share.id)
        .bind(i64::from(share.site.0))
        .bind(share.session.to_bytes().to_vec())
        .bind(&new.secret_hash[..])
        .bind(i64::from(share.person_hidden))
        .bind(share.created.at_ms)
        .bind(share.created.by.word())
        .bind(share.ends_at_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The links to a recording of this site, the newest first.
    pub async fn shares(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<Share>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM recording_shares WHERE site = $1 AND session = $2 \
             ORDER BY created_at_ms DESC, id"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .fetch_all(&self.pool)
            .await?;
        let share = |row: &SqliteRow| read_share(row).map(|known| known.share);
        rows.iter().map(share).collect()
    }

    /// The link with this public id.
    pub async fn share(&self, id: &str) -> Result<Option<ShareSecret<Share>>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM recording_shares WHERE id = $1"
        ));
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(read_share).transpose()
    }

    /// Notes that a link was opened.
    pub async fn open_share(&self, id: &str, now_ms: i64) -> Result<(), SettingsError> {
        sqlx::query(
            "UPDATE recording_shares SET opened = opened + 1, opened_at_ms = $2 WHERE id = $1",
        )
        .bind(id)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Revokes a link to this recording of this site.
    pub async fn remove_share(
        &self,
        (site, session): (SiteId, SessionId),
        id: &str,
    ) -> Result<(), SettingsError> {
        let removed = sqlx::query(
            "DELETE FROM recording_shares WHERE site = $1 AND session = $2 AND id = $3",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .bind(id)
        .execute(&self.pool)
        .await?;
        missing_unless(removed.rows_affected(), "share link")
    }

    /// Forgets links that ended before a time.
    pub async fn remove_old_shares(&self, before_ms: i64) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM recording_shares WHERE ends_at_ms < $1")
            .bind(before_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn read_share(row: &SqliteRow) -> Result<ShareSecret<Share>, SettingsError> {
    let opened: i64 = row.try_get("opened")?;
    Ok(ShareSecret {
        share: Share {
            id: row.try_get("id")?,
            site: site_id(row.try_get("site")?)?,
            session: session_of(row)?,
            person_hidden: row.try_get::<i64, _>("person_hidden")? != 0,
            created: read_touch(row, "created")?,
            ends_at_ms: row.try_get("ends_at_ms")?,
            opened: u32::try_from(opened).unwrap_or(u32::MAX),
            opened_at_ms: row.try_get("opened_at_ms")?,
        },
        secret_hash: whole("hash of a share link", row.try_get("secret_hash")?)?,
    })
}
