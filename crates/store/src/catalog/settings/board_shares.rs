//! Links that open one board without a login. A link is found by its public id; of its secret only
//! the hash lies here, of its password an argon2 string. The caller looks at its time.

use hitmetrix_model::SiteId;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::{from_json, whole};
use super::shares::ShareSecret;
use super::sites::{json, missing_unless, site_id};
use super::{Settings, SettingsError};

/// A link to one board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardShare {
    /// Public id.
    pub id: String,
    /// The site of the board.
    pub site: SiteId,
    /// The board.
    pub board: String,
    /// Whom it is for; may be empty.
    pub name: String,
    /// PHC string of the password that it asks for.
    pub password_hash: Option<String>,
    /// So many days before now its readers may choose a period in; the board's own when none.
    pub period_days: Option<u32>,
    /// Whether its readers see the site's annotations of the times that the board shows.
    pub annotations: bool,
    /// Origins of the pages that may frame the board, as `https://www.example.org`.
    pub origins: Vec<String>,
    /// When and by whom it was made.
    pub created: Touch,
    /// Until when it works, UTC, milliseconds since the epoch.
    pub ends_at_ms: i64,
    /// When it was revoked.
    pub revoked_at_ms: Option<i64>,
    /// How often it was opened.
    pub opened: u32,
    /// When it was opened last, or last looked at by a page that stayed open, to half an hour.
    pub opened_at_ms: Option<i64>,
}

/// A page that stays open is noted this often, so that looking at it does not write each minute.
const LOOK_MS: i64 = 30 * 60 * 1000;

const COLUMNS: &str = "id, site, board, name, secret_hash, password_hash, period_days, annotations, \
    origins, created_at_ms, created_by, ends_at_ms, revoked_at_ms, opened, opened_at_ms";

impl Settings {
    /// Remembers a link.
    pub async fn create_board_share(
        &self,
        new: &ShareSecret<BoardShare>,
    ) -> Result<(), SettingsError> {
        let share = &new.share;
        sqlx::query(
            "INSERT INTO board_shares (id, site, board, name, secret_hash, password_hash, \
             period_days, annotations, origins, created_at_ms, created_by, ends_at_ms, opened) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)",
        )
        .bind(&share.id)
        .bind(i64::from(share.site.0))
        .bind(&share.board)
        .bind(&share.name)
        .bind(&new.secret_hash[..])
        .bind(&share.password_hash)
        .bind(share.period_days.map(i64::from))
        .bind(i64::from(share.annotations))
        .bind(json(&share.origins))
        .bind(share.created.at_ms)
        .bind(share.created.by.word())
        .bind(share.ends_at_ms)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The links to a board of this site, the newest first, without those that were revoked.
    pub async fn board_shares(
        &self,
        site: SiteId,
        board: &str,
    ) -> Result<Vec<BoardShare>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM board_shares \
             WHERE site = $1 AND board = $2 AND revoked_at_ms IS NULL \
             ORDER BY created_at_ms DESC, id"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(board)
            .fetch_all(&self.pool)
            .await?;
        let share = |row: &SqliteRow| read_share(row).map(|known| known.share);
        rows.iter().map(share).collect()
    }

    /// The link with this public id, also one that was revoked.
    pub async fn board_share(
        &self,
        id: &str,
    ) -> Result<Option<ShareSecret<BoardShare>>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM board_shares WHERE id = $1"));
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.pool).await?;
        row.as_ref().map(read_share).transpose()
    }

    /// Notes that a link was opened.
    pub async fn open_board_share(&self, id: &str, now_ms: i64) -> Result<(), SettingsError> {
        sqlx::query("UPDATE board_shares SET opened = opened + 1, opened_at_ms = $2 WHERE id = $1")
            .bind(id)
            .bind(now_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that a page that has a link open looked at it again, which is no further opening.
    pub async fn look_at_board_share(&self, id: &str, now_ms: i64) -> Result<(), SettingsError> {
        sqlx::query(
            "UPDATE board_shares SET opened_at_ms = $2 \
             WHERE id = $1 AND (opened_at_ms IS NULL OR opened_at_ms <= $3)",
        )
        .bind(id)
        .bind(now_ms)
        .bind(now_ms.saturating_sub(LOOK_MS))
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Revokes a link to this board of this site.
    pub async fn revoke_board_share(
        &self,
        (site, board): (SiteId, &str),
        id: &str,
        now_ms: i64,
    ) -> Result<(), SettingsError> {
        let revoked = sqlx::query(
            "UPDATE board_shares SET revoked_at_ms = $4 \
             WHERE site = $1 AND board = $2 AND id = $3 AND revoked_at_ms IS NULL",
        )
        .bind(i64::from(site.0))
        .bind(board)
        .bind(id)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        missing_unless(revoked.rows_affected(), "link to the board")
    }

    /// Forgets links that ended or were revoked before a time.
    pub async fn remove_old_board_shares(&self, before_ms: i64) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM board_shares WHERE ends_at_ms < $1 OR revoked_at_ms < $1")
            .bind(before_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

fn read_share(row: &SqliteRow) -> Result<ShareSecret<BoardShare>, SettingsError> {
    let opened: i64 = row.try_get("opened")?;
    let period_days: Option<i64> = row.try_get("period_days")?;
    Ok(ShareSecret {
        share: BoardShare {
            id: row.try_get("id")?,
            site: site_id(row.try_get("site")?)?,
            board: row.try_get("board")?,
            name: row.try_get("name")?,
            password_hash: row.try_get("password_hash")?,
            period_days: period_days.map(|days| u32::try_from(days).unwrap_or(0)),
            annotations: row.try_get::<i64, _>("annotations")? != 0,
            origins: from_json("origins of a link", row.try_get("origins")?)?,
            created: read_touch(row, "created")?,
            ends_at_ms: row.try_get("ends_at_ms")?,
            revoked_at_ms: row.try_get("revoked_at_ms")?,
            opened: u32::try_from(opened).unwrap_or(u32::MAX),
            opened_at_ms: row.try_get("opened_at_ms")?,
        },
        secret_hash: whole("hash of a link to a board", row.try_get("secret_hash")?)?,
    })
}
