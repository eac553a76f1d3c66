//! Which parts there are.

use hitmetrix_model::SiteId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError, id128, number};

/// What the catalog knows of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartRow {
    pub(crate) id: u128,
    pub(crate) site: SiteId,
    /// Start of its period of 7 days.
    pub(crate) week_ms: i64,
    pub(crate) shard: u16,
    pub(crate) rows: u64,
    /// Length of the file.
    pub(crate) bytes: u64,
    pub(crate) first_ms: i64,
    pub(crate) last_ms: i64,
    /// How many of its events carry an outside id.
    pub(crate) external_ids: u64,
    /// Version of the ledger under which it is sorted.
    pub(crate) identity_version: u64,
    pub(crate) created_at_ms: i64,
    /// BLAKE3 of the whole file.
    pub(crate) checksum: [u8; 32],
    /// CRC-32C of each block of the file, little-endian; see `parts::checked`.
    pub(crate) block_checksums: Vec<u8>,
}

impl Catalog {
    /// All parts of all sites.
    pub(crate) async fn parts(&self) -> Result<Vec<PartRow>, CatalogError> {
        let rows = sqlx::query(
            "SELECT id, site, week_ms, shard, rows, bytes, first_ms, last_ms, external_ids, \
             identity_version, created_at_ms, checksum, block_checksums FROM parts \
             ORDER BY site, week_ms, shard, id",
        )
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<PartRow, CatalogError> {
    let checksum: Vec<u8> = row.try_get("checksum")?;
    Ok(PartRow {
        id: id128(row.try_get("id")?, "id of a part")?,
        site: SiteId(number(row.try_get("site")?, "site of a part")?),
        week_ms: row.try_get("week_ms")?,
        shard: number(row.try_get("shard")?, "shard of a part")?,
        rows: number(row.try_get("rows")?, "rows of a part")?,
        bytes: number(row.try_get("bytes")?, "length of a part")?,
        first_ms: row.try_get("first_ms")?,
        last_ms: row.try_get("last_ms")?,
        external_ids: number(row.try_get("external_ids")?, "ids of a part")?,
        identity_version: number(row.try_get("identity_version")?, "ledger version of a part")?,
        created_at_ms: row.try_get("created_at_ms")?,
        checksum: checksum.try_into().map_err(|_| CatalogError::Unreadable {
            what: "checksum of a part",
        })?,
        block_checksums: row.try_get("block_checksums")?,
    })
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    part: &PartRow,
) -> Result<(), CatalogError> {
    sqlx::query(
        "INSERT INTO parts (id, site, week_ms, shard, rows, bytes, first_ms, last_ms, \
         external_ids, identity_version, created_at_ms, checksum, block_checksums) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(&part.id.to_be_bytes()[..])
    .bind(i64::from(part.site.0))
    .bind(part.week_ms)
    .bind(i64::from(part.shard))
    .bind(part.rows as i64)
    .bind(part.bytes as i64)
    .bind(part.first_ms)
    .bind(part.last_ms)
    .bind(part.external_ids as i64)
    .bind(part.identity_version as i64)
    .bind(part.created_at_ms)
    .bind(&part.checksum[..])
    .bind(&part.block_checksums)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    part: u128,
) -> Result<(), CatalogError> {
    let deleted = sqlx::query("DELETE FROM parts WHERE id = $1")
        .bind(&part.to_be_bytes()[..])
        .execute(connection)
        .await?;
    if deleted.rows_affected() != 1 {
        return Err(CatalogError::Unreadable {
            what: "list of parts",
        });
    }
    Ok(())
}
