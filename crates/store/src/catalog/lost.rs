//! Reports of lost events at rest.

use hitmetrix_model::SiteId;
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError, number};

/// One site, the start of a quarter hour, and how many were reported lost in it.
pub(crate) type LostRow = (SiteId, i64, u64);

impl Catalog {
    /// All reports.
    pub(crate) async fn lost(&self) -> Result<Vec<LostRow>, CatalogError> {
        let rows = sqlx::query("SELECT site, bucket_ms, count FROM lost")
            .fetch_all(&self.reader)
            .await?;
        let read = |row: sqlx::sqlite::SqliteRow| {
            Ok((
                SiteId(number(row.try_get("site")?, "site of a loss")?),
                row.try_get("bucket_ms")?,
                number(row.try_get("count")?, "count of a loss")?,
            ))
        };
        rows.into_iter().map(read).collect()
    }
}

pub(super) async fn add(
    connection: &mut SqliteConnection,
    rows: &[LostRow],
) -> Result<(), CatalogError> {
    for (site, bucket_ms, count) in rows {
        sqlx::query(
            "INSERT INTO lost (site, bucket_ms, count) VALUES ($1, $2, $3) \
             ON CONFLICT (site, bucket_ms) DO UPDATE SET count = lost.count + excluded.count",
        )
        .bind(i64::from(site.0))
        .bind(bucket_ms)
        .bind(*count as i64)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
