//! What the public endpoints refused, summed by site, day, what it was and why.

use hitmetrix_model::SiteId;
use sqlx::Row;

use super::sites::site_id;
use super::{Settings, SettingsError};

/// One sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LossRow {
    /// Whose pages sent it.
    pub site: SiteId,
    /// Start of the day UTC on which it came.
    pub day_ms: i64,
    /// What was refused, as `event` or `recording`.
    pub what: String,
    /// Why, as a stable code.
    pub reason: String,
    /// How often.
    pub count: u64,
}

impl Settings {
    /// Adds to the sums, all or none.
    pub async fn add_losses(&self, rows: &[LossRow]) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        for row in rows {
            sqlx::query(
                "INSERT INTO losses (site, day_ms, what, reason, count) \
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT (site, day_ms, what, reason) \
                 DO UPDATE SET count = losses.count + excluded.count",
            )
            .bind(i64::from(row.site.0))
            .bind(row.day_ms)
            .bind(&row.what)
            .bind(&row.reason)
            .bind(i64::try_from(row.count).unwrap_or(i64::MAX))
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The sums of a site from one time to another, the first day first.
    pub async fn losses(
        &self,
        site: SiteId,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Vec<LossRow>, SettingsError> {
        let rows = sqlx::query(
            "SELECT site, day_ms, what, reason, count FROM losses \
             WHERE site = $1 AND day_ms >= $2 AND day_ms < $3 ORDER BY day_ms, what, reason",
        )
        .bind(i64::from(site.0))
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(LossRow {
                    site: site_id(row.try_get("site")?)?,
                    day_ms: row.try_get("day_ms")?,
                    what: row.try_get("what")?,
                    reason: row.try_get("reason")?,
                    count: u64::try_from(row.try_get::<i64, _>("count")?).unwrap_or(0),
                })
            })
            .collect()
    }

    /// Forgets the sums of days before a time.
    pub async fn remove_old_losses(&self, before_ms: i64) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM losses WHERE day_ms < $1")
            .bind(before_ms)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
