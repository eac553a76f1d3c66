//! Notes at a time of a recording. One that is removed stays for a while, so that it can be
//! brought back as it was.

use hitmetrix_model::{SessionId, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::seen::session_of;
use super::sites::missing_unless;
use super::{Settings, SettingsError};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Public id.
    pub id: String,
    /// The session of the recording.
    pub session: SessionId,
    /// The moment it is about, UTC, milliseconds since the epoch.
    pub time_ms: i64,
    /// What it says.
    pub words: String,
    /// When and by whom it was made.
    pub created: Touch,
    /// When and by whom it was changed last; as `created`, if never.
    pub changed: Touch,
}

const COLUMNS: &str = "id, session, time_ms, words, created_at_ms, created_by, changed_at_ms, \
    changed_by";

impl Settings {
    /// The notes of a recording of this site, by their moments.
    pub async fn notes(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<Note>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM recording_notes WHERE site = $1 AND session = $2 \
             AND removed_at_ms IS NULL ORDER BY time_ms, created_at_ms, id"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read_note).collect()
    }

    /// A note of a recording of this site; with `removed` also one that was removed.
    pub async fn note(
        &self,
        (site, session): (SiteId, SessionId),
        id: &str,
        removed: Removed,
    ) -> Result<Note, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM recording_notes WHERE site = $1 AND session = $2 AND id = $3 \
             AND ($4 OR removed_at_ms IS NULL)"
        ));
        let row = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .bind(id)
            .bind(removed == Removed::Too)
            .fetch_optional(&self.pool)
            .await?;
        let row = row.ok_or(SettingsError::Missing { what: "note" })?;
        read_note(&row)
    }

    /// Makes a note on a recording of this site.
    pub async fn create_note(&self, site: SiteId, note: &Note) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO recording_notes (id, site, session, time_ms, words, created_at_ms, \
             created_by, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&note.id)
        .bind(i64::from(site.0))
        .bind(note.session.to_bytes().to_vec())
        .bind(note.time_ms)
        .bind(&note.words)
        .bind(note.created.at_ms)
        .bind(note.created.by.word())
        .bind(note.changed.at_ms)
        .bind(note.changed.by.word())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Puts words and moment of a note in the place of those it has.
    pub async fn change_note(&self, site: SiteId, note: &Note) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE recording_notes SET time_ms = $4, words = $5, changed_at_ms = $6, \
             changed_by = $7 WHERE site = $1 AND session = $2 AND id = $3 \
             AND removed_at_ms IS NULL",
        )
        .bind(i64::from(site.0))
        .bind(note.session.to_bytes().to_vec())
        .bind(&note.id)
        .bind(note.time_ms)
        .bind(&note.words)
        .bind(note.changed.at_ms)
        .bind(note.changed.by.word())
        .execute(&self.pool)
        .await?;
        missing_unless(changed.rows_affected(), "note")
    }

    /// Removes a note of a recording of this site, or with no time brings it back.
    pub async fn remove_note(
        &self,
        (site, session): (SiteId, SessionId),
        id: &str,
        removed_at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        let removed = sqlx::query(
            "UPDATE recording_notes SET removed_at_ms = $4 WHERE site = $1 AND session = $2 \
             AND id = $3 AND (removed_at_ms IS NULL) = ($4 IS NOT NULL)",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .bind(id)
        .bind(removed_at_ms)
        .execute(&self.pool)
        .await?;
        missing_unless(removed.rows_affected(), "note")
    }

    /// Forgets notes that were removed before a time.
    pub async fn forget_notes(&self, before_ms: i64) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM recording_notes WHERE removed_at_ms < $1")
            .bind(before_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Whether what was removed counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It does.
    Too,
    /// It does not.
    Not,
}

fn read_note(row: &SqliteRow) -> Result<Note, SettingsError> {
    Ok(Note {
        id: row.try_get("id")?,
        session: session_of(row)?,
        time_ms: row.try_get("time_ms")?,
        words: row.try_get("words")?,
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
    })
}
