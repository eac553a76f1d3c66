//! Resume points of imports: how far a file was read, and what its reader must remember.

use hitmetrix_model::SiteId;
use sqlx::Row;

use super::{Settings, SettingsError};

/// How far an import of one file came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportPoint {
    /// Bytes of the file that are stored as events.
    pub bytes: u64,
    /// Lines of the file that were read.
    pub lines: u64,
    /// What the reader remembers, in a form of its own.
    pub state: Vec<u8>,
}

impl Settings {
    /// The resume point of a file, named by a digest of its beginning.
    pub async fn import_point(
        &self,
        site: SiteId,
        file: &str,
    ) -> Result<Option<ImportPoint>, SettingsError> {
        let row =
            sqlx::query("SELECT bytes, lines, state FROM imports WHERE site = $1 AND file = $2")
                .bind(i64::from(site.0))
                .bind(file)
                .fetch_optional(&self.pool)
                .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(ImportPoint {
            bytes: row.try_get::<i64, _>(0)?.unsigned_abs(),
            lines: row.try_get::<i64, _>(1)?.unsigned_abs(),
            state: row.try_get(2)?,
        }))
    }

    /// Moves the resume point of a file, after its events are stored.
    pub async fn set_import_point(
        &self,
        site: SiteId,
        file: &str,
        point: &ImportPoint,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO imports (site, file, bytes, lines, state) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (site, file) DO UPDATE SET \
             bytes = excluded.bytes, lines = excluded.lines, state = excluded.state",
        )
        .bind(i64::from(site.0))
        .bind(file)
        .bind(i64::try_from(point.bytes).unwrap_or(i64::MAX))
        .bind(i64::try_from(point.lines).unwrap_or(i64::MAX))
        .bind(&point.state[..])
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
