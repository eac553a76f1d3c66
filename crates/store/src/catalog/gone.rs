//! Why sessions have no recording any more, for as long as somebody may ask.

use hitmetrix_model::{RecordingGone, SessionId, SiteId, VisitorId, limits};
use sqlx::Row;

use super::{Catalog, CatalogError, RecordingRow};

fn name(reason: RecordingGone) -> &'static str {
    match reason {
        RecordingGone::Deleted => "deleted",
        RecordingGone::DiskFull => "disk_full",
    }
}

impl Catalog {
    /// Notes why recordings went, and forgets what was noted long ago.
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
        sqlx::query("DELETE FROM recordings_gone WHERE site = $1 AND at_ms < $2")
            .bind(i64::from(site.0))
            .bind(now_ms - limits::RECORDING_GONE_MS)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(())
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
