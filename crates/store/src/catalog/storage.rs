//! What recordings take and when they are over, in figures.

use hitmetrix_model::SiteId;
use sqlx::Row;

use super::{Catalog, CatalogError, number};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Recordings that ended on one day UTC and are not pinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ComingDay {
    /// Start of the day.
    pub(crate) day_ms: i64,
    pub(crate) recordings: u64,
    pub(crate) bytes: u64,
}

/// What a site's recordings take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Kept {
    pub(crate) recordings: u64,
    pub(crate) bytes: u64,
    pub(crate) pinned: u64,
    pub(crate) pinned_bytes: u64,
    /// Recordings without any full snapshot.
    pub(crate) unplayable: u64,
    /// Assets and bases under the site's key.
    pub(crate) shared_bytes: u64,
    /// Assets under visitors' own keys.
    pub(crate) own_bytes: u64,
}

impl Catalog {
    /// Sums over all of a site's stored recordings.
    pub(crate) async fn kept(&self, site: SiteId) -> Result<Kept, CatalogError> {
        let row = sqlx::query(
            "SELECT COUNT(*), COALESCE(SUM(stored_bytes), 0), COUNT(pinned_at_ms), \
             COALESCE(SUM(CASE WHEN pinned_at_ms IS NOT NULL THEN stored_bytes END), 0), \
             COALESCE(SUM(snapshots = 0), 0), \
             (SELECT COALESCE(SUM(pack_bytes), 0) FROM assets WHERE site = $1) \
             + (SELECT COALESCE(SUM(pack_bytes), 0) FROM bases WHERE site = $1), \
             (SELECT COALESCE(SUM(c.pack_bytes), 0) FROM asset_copies AS c \
             JOIN assets AS a ON a.id = c.asset WHERE a.site = $1) \
             FROM recordings WHERE site = $1",
        )
        .bind(i64::from(site.0))
        .fetch_one(&self.reader)
        .await?;
        let figure = |at: usize| number(row.try_get(at)?, "sum over recordings");
        Ok(Kept {
            recordings: figure(0)?,
            bytes: figure(1)?,
            pinned: figure(2)?,
            pinned_bytes: figure(3)?,
            unplayable: figure(4)?,
            shared_bytes: figure(5)?,
            own_bytes: figure(6)?,
        })
    }

    /// Recordings that are not pinned by the day on which they ended, the first day first.
    pub(crate) async fn coming_days(&self, site: SiteId) -> Result<Vec<ComingDay>, CatalogError> {
        let rows = sqlx::query(
            "SELECT ended_ms / $2, COUNT(*), SUM(stored_bytes) FROM recordings \
             WHERE site = $1 AND pinned_at_ms IS NULL GROUP BY 1 ORDER BY 1",
        )
        .bind(i64::from(site.0))
        .bind(DAY_MS)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(ComingDay {
                    day_ms: row.try_get::<i64, _>(0)? * DAY_MS,
                    recordings: number(row.try_get(1)?, "count of recordings")?,
                    bytes: number(row.try_get(2)?, "bytes of recordings")?,
                })
            })
            .collect()
    }
}
