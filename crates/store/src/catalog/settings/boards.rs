//! Boards: panels on a grid and what they are asked in common. Two who change one at the same time
//! do not undo each other: a change says of which version it is.

use hitmetrix_model::{BoardCommon, Panel, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::alert_checks::withdraw;
use super::authors::{Touch, read_touch};
use super::columns::from_json;
use super::sites::json;
use super::table::Table;
use super::{Settings, SettingsError};

/// A board.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Public id.
    pub id: String,
    /// Unique among those of its site that are not archived.
    pub name: String,
    /// What it is for, in plain text; may be empty.
    pub description: String,
    /// Counts its changes, from 1.
    pub version: i64,
    /// What all panels are asked in common.
    pub common: BoardCommon,
    /// The panels.
    pub panels: Vec<Panel>,
}

/// A board with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownBoard {
    /// The board.
    pub board: Board,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    pub archived_at_ms: Option<i64>,
}

const BOARDS: Table = Table {
    name: "boards",
    what: "board",
    one: "a board",
};

impl Settings {
    /// The boards of a site by name, archived ones too.
    pub async fn boards(&self, site: SiteId) -> Result<Vec<KnownBoard>, SettingsError> {
        let rows = BOARDS.by_name(&self.pool, site).await?;
        rows.iter().map(read_board).collect()
    }

    /// One board of this site.
    pub async fn board(&self, site: SiteId, id: &str) -> Result<Option<KnownBoard>, SettingsError> {
        let row = BOARDS.row(&self.pool, (site, id)).await?;
        row.as_ref().map(read_board).transpose()
    }

    /// Makes a board of this site; its version is 1.
    pub async fn create_board(
        &self,
        site: SiteId,
        board: &Board,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO boards (id, site, name, description, version, common, panels, \
             created_at_ms, created_by, changed_at_ms, changed_by) \
             VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $7, $8)",
        )
        .bind(&board.id)
        .bind(i64::from(site.0))
        .bind(&board.name)
        .bind(&board.description)
        .bind(json(&board.common))
        .bind(json(&board.panels))
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (BOARDS.one, &board.name)))?;
        Ok(())
    }

    /// Puts a board of this site in the place of the one with its id and version; its version
    /// becomes the next one.
    pub async fn change_board(
        &self,
        site: SiteId,
        board: &Board,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query(
            "UPDATE boards SET name = $4, description = $5, version = version + 1, common = $6, \
             panels = $7, changed_at_ms = $8, changed_by = $9 \
             WHERE site = $1 AND id = $2 AND version = $3",
        )
        .bind(i64::from(site.0))
        .bind(&board.id)
        .bind(board.version)
        .bind(&board.name)
        .bind(&board.description)
        .bind(json(&board.common))
        .bind(json(&board.panels))
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&mut *transaction)
        .await
        .map_err(|error| SettingsError::taken(error, (BOARDS.one, &board.name)))?;
        if changed.rows_affected() == 0 {
            let found = sqlx::query("SELECT version FROM boards WHERE site = $1 AND id = $2")
                .bind(i64::from(site.0))
                .bind(&board.id)
                .fetch_optional(&mut *transaction)
                .await?;
            return Err(match found {
                Some(row) => SettingsError::Outdated {
                    what: "board",
                    given: board.version,
                    found: row.try_get(0)?,
                },
                None => SettingsError::Missing { what: "board" },
            });
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Archives a board of this site, or with `None` brings it back. Mails of it that wait to be sent
    /// are taken back.
    pub async fn archive_board(
        &self,
        site: SiteId,
        board: &Board,
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        BOARDS
            .archive(&mut *transaction, (site, &board.id, &board.name), at_ms)
            .await?;
        if let Some(now_ms) = at_ms {
            let why = "withdrawn: the board was archived";
            withdraw(&mut transaction, (None, Some(&board.id)), (now_ms, why)).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes a board of this site for good, with the links to it.
    pub async fn remove_board(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        for statement in [
            "DELETE FROM board_shares WHERE site = $1 AND board = $2",
            "DELETE FROM deliveries WHERE board IN \
             (SELECT id FROM boards WHERE site = $1 AND id = $2)",
            "DELETE FROM board_mails WHERE site = $1 AND board = $2",
        ] {
            sqlx::query(statement)
                .bind(i64::from(site.0))
                .bind(id)
                .execute(&mut *transaction)
                .await?;
        }
        BOARDS.remove(&mut *transaction, (site, id)).await?;
        transaction.commit().await?;
        Ok(())
    }
}

fn read_board(row: &SqliteRow) -> Result<KnownBoard, SettingsError> {
    Ok(KnownBoard {
        board: Board {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            version: row.try_get("version")?,
            common: from_json("questions of a board", row.try_get("common")?)?,
            panels: from_json("panels of a board", row.try_get("panels")?)?,
        },
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
        archived_at_ms: row.try_get("archived_at_ms")?,
    })
}
