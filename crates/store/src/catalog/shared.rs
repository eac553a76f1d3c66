//! What recordings of a site share, by how many of the latest of them have it.

use std::collections::HashMap;

use hitmetrix_model::SiteId;
use sqlx::Row;

use super::assets::{AssetHash, read_numbers};
use super::{Catalog, CatalogError, id128};

impl Catalog {
    /// Shared assets that the latest recordings of a site have, those first that most have, and of
    /// these the newer ones.
    pub(crate) async fn shared_lately(
        &self,
        site: SiteId,
        recordings: u32,
    ) -> Result<Vec<AssetHash>, CatalogError> {
        let rows = sqlx::query(
            "SELECT assets FROM recordings WHERE site = $1 AND assets <> x'' \
             ORDER BY started_ms DESC LIMIT $2",
        )
        .bind(i64::from(site.0))
        .bind(i64::from(recordings))
        .fetch_all(&self.reader)
        .await?;
        let mut uses: HashMap<i64, usize> = HashMap::new();
        for row in &rows {
            for number in read_numbers(row.try_get(0)?)? {
                *uses.entry(number.0).or_default() += 1;
            }
        }
        let numbers: Vec<String> = uses.keys().map(i64::to_string).collect();
        let rows = sqlx::query(
            "SELECT a.id, a.hash FROM json_each($2) AS wanted JOIN assets AS a ON a.id = wanted.value \
             WHERE a.site = $1 AND a.pack IS NOT NULL",
        )
        .bind(i64::from(site.0))
        .bind(format!("[{}]", numbers.join(",")))
        .fetch_all(&self.reader)
        .await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in &rows {
            let number: i64 = row.try_get(0)?;
            let hash = id128(row.try_get(1)?, "name of an asset")?.to_be_bytes();
            found.push((uses.get(&number).copied().unwrap_or_default(), number, hash));
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        Ok(found.into_iter().map(|(_, _, hash)| hash).collect())
    }
}
