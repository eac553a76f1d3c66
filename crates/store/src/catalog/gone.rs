//! Why sessions have no recording any more, for as long as somebody may ask.

use hitmetrix_model::{RecordingGone, SessionId, SiteId, VisitorId};
use sqlx::Row;

use super::{Catalog, CatalogError, RecordingRow, id128, number};

/// What is noted of a recording that went, beside why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GoneRow {
    pub(crate) site: SiteId,
    pub(crate) session: SessionId,
    pub(crate) visitor: VisitorId,
    /// When it went, UTC, milliseconds since the epoch.
    pub(crate) at_ms: i64,
}

fn name(reason: RecordingGone) -> &'static str {
    match reason {
        RecordingGone::Deleted => "deleted",
        RecordingGone::DiskFull => "disk_full",
    }
}

impl Catalog {
    /// Notes why recordings went.
    pub(crate) async fn note_gone(
        &self,
        site: SiteId,
        rows: &[RecordingRow],
        (reason, now_ms): (RecordingGone, i64),
    ) -> Result<(), CatalogError> {
        let mut transaction = self.writer.begin().await?;
        for row in rows {
            sqlx::query(
                "INSERT INTO recordings_gone (site, session, visitor, reason, at_ms) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site, session) \
                 DO UPDATE SET reason = excluded.reason, at_ms = excluded.at_ms",
            )
            .bind(i64::from(site.0))
            .bind(row.session.to_bytes().to_vec())
            .bind(row.visitor.to_bytes().to_vec())
            .bind(name(reason))
            .bind(now_ms)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Forgets what was noted before a time.
    pub(crate) async fn forget_old_gone(
        &self,
        site: SiteId,
        before_ms: i64,
    ) -> Result<(), CatalogError> {
        sqlx::query("DELETE FROM recordings_gone WHERE site = $1 AND at_ms < $2")
            .bind(i64::from(site.0))
            .bind(before_ms)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// All that is noted, of all sites.
    pub(crate) async fn all_gone(&self) -> Result<Vec<GoneRow>, CatalogError> {
        let rows = sqlx::query("SELECT site, session, visitor, at_ms FROM recordings_gone")
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(GoneRow {
                    site: SiteId(number(row.try_get("site")?, "site of a recording")?),
                    session: SessionId(id128(row.try_get("session")?, "session of a recording")?),
                    visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of a recording")?),
                    at_ms: row.try_get("at_ms")?,
                })
            })
            .collect()
    }

    /// Why a session has no recording any more, if that was noted.
    pub(crate) async fn gone(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Option<RecordingGone>, CatalogError> {
        let row =
            sqlx::query("SELECT reason FROM recordings_gone WHERE site = $1 AND session = $2")
                .bind(i64::from(site.0))
                .bind(session.to_bytes().to_vec())
                .fetch_optional(&self.reader)
                .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let noted: String = row.try_get("reason")?;
        let known = [RecordingGone::Deleted, RecordingGone::DiskFull];
        Ok(known.into_iter().find(|reason| name(*reason) == noted))
    }

    /// Forgets it of visitors who are erased.
    pub(crate) async fn forget_gone(
        &self,
        site: SiteId,
        visitors: &[VisitorId],
    ) -> Result<(), CatalogError> {
        for visitor in visitors {
            sqlx::query("DELETE FROM recordings_gone WHERE site = $1 AND visitor = $2")
                .bind(i64::from(site.0))
                .bind(visitor.to_bytes().to_vec())
                .execute(&self.writer)
                .await?;
        }
        Ok(())
    }
}
