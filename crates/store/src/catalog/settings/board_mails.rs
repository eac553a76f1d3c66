//! Boards that are sent by mail: when, to whom, and what became of each mail. A turn is claimed as a
//! check of an alert is, and its mails are written in one transaction with the time of the next.

use hitmetrix_model::{SiteId, limits};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::alert_checks::{Delivery, add_delivery, read_delivery};
use super::authors::{Touch, read_touch};
use super::columns::{from_json, named};
use super::sites::{json, missing_unless, site_id};
use super::{Settings, SettingsError};

/// On which days a board is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardMailDay {
    /// Every day.
    Daily,
    /// One day of the week, Monday is 0.
    Weekly(u8),
    /// The first of the month.
    Monthly,
}

impl BoardMailDay {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Daily,
        Self::Weekly(0),
        Self::Weekly(1),
        Self::Weekly(2),
        Self::Weekly(3),
        Self::Weekly(4),
        Self::Weekly(5),
        Self::Weekly(6),
        Self::Monthly,
    ];

    /// As it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly(0) => "monday",
            Self::Weekly(1) => "tuesday",
            Self::Weekly(2) => "wednesday",
            Self::Weekly(3) => "thursday",
            Self::Weekly(4) => "friday",
            Self::Weekly(5) => "saturday",
            Self::Weekly(_) => "sunday",
            Self::Monthly => "monthly",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// When a board is sent, and to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardMail {
    /// The board.
    pub board: String,
    /// Its site.
    pub site: SiteId,
    /// E-mail addresses.
    pub recipients: Vec<String>,
    /// On which days.
    pub day: BoardMailDay,
    /// At which hour of the site's time zone, 0 to 23.
    pub hour: u8,
    /// When it is due next; UTC, milliseconds since the epoch.
    pub due_at_ms: i64,
    /// When it was set so.
    pub changed: Touch,
}

impl Settings {
    /// When a board of this site is sent; none when it is not.
    pub async fn board_mail(
        &self,
        site: SiteId,
        board: &str,
    ) -> Result<Option<BoardMail>, SettingsError> {
        let row = sqlx::query("SELECT * FROM board_mails WHERE site = $1 AND board = $2")
            .bind(i64::from(site.0))
            .bind(board)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read_board_mail).transpose()
    }

    /// Has a board be sent so, in place of how it was.
    pub async fn put_board_mail(&self, mail: &BoardMail) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO board_mails (board, site, recipients, day, hour, due_at_ms, \
             changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (board) DO UPDATE SET recipients = $3, day = $4, hour = $5, \
             due_at_ms = $6, changed_at_ms = $7, changed_by = $8",
        )
        .bind(&mail.board)
        .bind(i64::from(mail.site.0))
        .bind(json(&mail.recipients))
        .bind(mail.day.name())
        .bind(i64::from(mail.hour))
        .bind(mail.due_at_ms)
        .bind(mail.changed.at_ms)
        .bind(mail.changed.by.word())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends the mails of a board of this site.
    pub async fn remove_board_mail(&self, site: SiteId, board: &str) -> Result<(), SettingsError> {
        let removed = sqlx::query("DELETE FROM board_mails WHERE site = $1 AND board = $2")
            .bind(i64::from(site.0))
            .bind(board)
            .execute(&self.pool)
            .await?;
        missing_unless(removed.rows_affected(), "schedule")
    }

    /// Boards that are due, the longest due first; at most so many. Archived ones are not sent.
    pub async fn due_board_mails(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<BoardMail>, SettingsError> {
        let rows = sqlx::query(
            "SELECT m.* FROM board_mails m JOIN boards b ON b.id = m.board \
             WHERE m.due_at_ms <= $1 AND b.archived_at_ms IS NULL \
             ORDER BY m.due_at_ms, m.board LIMIT $2",
        )
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_board_mail).collect()
    }

    /// Takes the turn of a board: true for one caller.
    pub async fn claim_board_mail(
        &self,
        mail: &BoardMail,
        until_ms: i64,
    ) -> Result<bool, SettingsError> {
        let claimed = sqlx::query(
            "UPDATE board_mails SET due_at_ms = $3 WHERE board = $1 AND due_at_ms = $2",
        )
        .bind(&mail.board)
        .bind(mail.due_at_ms)
        .bind(until_ms)
        .execute(&self.pool)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// Writes the mails of a turn that was claimed until then, and when the next is due. Nothing is
    /// written, and false is told, when the schedule was changed, or the board archived, meanwhile.
    pub async fn board_mailed(
        &self,
        (board, claimed_until_ms): (&str, i64),
        (deliveries, made_at_ms): (&[Delivery], i64),
        next_ms: i64,
    ) -> Result<bool, SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query(
            "UPDATE board_mails SET due_at_ms = $3 WHERE board = $1 AND due_at_ms = $2 \
             AND board IN (SELECT id FROM boards WHERE archived_at_ms IS NULL)",
        )
        .bind(board)
        .bind(claimed_until_ms)
        .bind(next_ms)
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        add_mails(&mut transaction, board, (deliveries, made_at_ms)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Adds mails of a board that come from no turn, as one that somebody asked for.
    pub async fn add_board_mails(
        &self,
        board: &str,
        (deliveries, made_at_ms): (&[Delivery], i64),
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        add_mails(&mut transaction, board, (deliveries, made_at_ms)).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The mails of a board of this site with when they were made, the latest first; at most so many.
    pub async fn board_mail_log(
        &self,
        (site, board): (SiteId, &str),
        limit: u32,
    ) -> Result<Vec<(i64, Delivery)>, SettingsError> {
        let rows = sqlx::query(
            "SELECT d.* FROM deliveries d JOIN boards b ON b.id = d.board \
             WHERE b.site = $1 AND b.id = $2 ORDER BY d.made_at_ms DESC, d.destination LIMIT $3",
        )
        .bind(i64::from(site.0))
        .bind(board)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok((row.try_get("made_at_ms")?, read_delivery(row)?)))
            .collect()
    }
}

/// Adds mails of a board, and removes the oldest that are over the limit of its log and wait for
/// nothing.
async fn add_mails(
    transaction: &mut Transaction<'_, Sqlite>,
    board: &str,
    (deliveries, made_at_ms): (&[Delivery], i64),
) -> Result<(), SettingsError> {
    for delivery in deliveries {
        let of = (None, None, Some(board));
        add_delivery(transaction, of, (delivery, made_at_ms)).await?;
    }
    sqlx::query(
        "DELETE FROM deliveries WHERE board = $1 AND due_at_ms IS NULL AND made_at_ms < \
         (SELECT made_at_ms FROM deliveries WHERE board = $1 \
          ORDER BY made_at_ms DESC LIMIT 1 OFFSET $2)",
    )
    .bind(board)
    .bind(limits::BOARD_MAIL_LOG as i64)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

fn read_board_mail(row: &SqliteRow) -> Result<BoardMail, SettingsError> {
    Ok(BoardMail {
        board: row.try_get("board")?,
        site: site_id(row.try_get("site")?)?,
        recipients: from_json("recipients of a board", row.try_get("recipients")?)?,
        day: named(
            ("day of a board's mail", row.try_get("day")?),
            BoardMailDay::ALL,
            BoardMailDay::name,
        )?,
        hour: u8::try_from(row.try_get::<i64, _>("hour")?).unwrap_or(0),
        due_at_ms: row.try_get("due_at_ms")?,
        changed: read_touch(row, "changed")?,
    })
}
