//! The transactions that change what the data is: a seal, an exchange of parts, the end of a
//! site. Each raises the catalog version; a crash leaves all of it or nothing.

use hitmetrix_model::{LogPosition, SiteId};
use sqlx::{Row, SqliteConnection};

use super::lost::LostRow;
use super::{
    Catalog, CatalogError, LedgerRow, NewPack, PackedChunk, PartRow, chunks, identities, lost,
    number, packs, parts, seen,
};
use crate::log::{SessionRow, WindowRow};

/// Parts that come and parts that go.
#[derive(Debug, Clone, Default)]
pub(crate) struct PartsChange {
    pub(crate) added: Vec<PartRow>,
    pub(crate) removed: Vec<u128>,
    /// Entries of the ledger that go, by their version.
    pub(crate) forgotten: Vec<u64>,
    /// What the version of the ledger is raised to, when it is lower.
    pub(crate) identity_version: u64,
}

/// Everything that one seal writes down.
#[derive(Debug, Clone)]
pub(crate) struct SealRecord {
    /// Where the sealed prefix of the log ends.
    pub(crate) covered: LogPosition,
    pub(crate) parts: Vec<PartRow>,
    pub(crate) windows: Vec<WindowRow>,
    pub(crate) sessions: Vec<SessionRow>,
    /// Remembered windows and sessions of older receipts go.
    pub(crate) forget_before_ms: i64,
    /// Version of the ledger at `covered`.
    pub(crate) identity_version: u64,
    pub(crate) identities: Vec<LedgerRow>,
    pub(crate) lost: Vec<LostRow>,
    /// The packs of the chunks.
    pub(crate) packs: Vec<NewPack>,
    pub(crate) chunks: Vec<PackedChunk>,
}

impl Catalog {
    /// Writes a seal down that was made of version `after`. Returns the new catalog version.
    pub(crate) async fn seal(&self, record: &SealRecord, after: u64) -> Result<u64, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        for part in &record.parts {
            parts::insert(&mut transaction, part).await?;
        }
        let seen = (&record.windows[..], &record.sessions[..]);
        seen::append(&mut transaction, record.covered, seen).await?;
        seen::forget(&mut transaction, record.forget_before_ms).await?;
        identities::insert(&mut transaction, &record.identities).await?;
        lost::add(&mut transaction, &record.lost).await?;
        let packs = packs::insert_all(&mut transaction, &record.packs).await?;
        chunks::insert(&mut transaction, &record.chunks, &packs).await?;
        sqlx::query("UPDATE state SET covered_position = $1 WHERE id = 1")
            .bind(record.covered.0 as i64)
            .execute(&mut *transaction)
            .await?;
        raise_identities(&mut transaction, record.identity_version).await?;
        let version = next_version(&mut transaction, Some(after)).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Exchanges parts of version `after`. Returns the new catalog version.
    pub(crate) async fn exchange(
        &self,
        change: &PartsChange,
        after: u64,
    ) -> Result<u64, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        for part in &change.removed {
            parts::delete(&mut transaction, *part).await?;
        }
        for part in &change.added {
            parts::insert(&mut transaction, part).await?;
        }
        for version in &change.forgotten {
            identities::delete(&mut transaction, *version).await?;
        }
        raise_identities(&mut transaction, change.identity_version).await?;
        let version = next_version(&mut transaction, Some(after)).await?;
        transaction.commit().await?;
        Ok(version)
    }

    /// Forgets all data of a site; its settings are another matter. Returns the new version.
    pub(crate) async fn erase_site(&self, site: SiteId) -> Result<u64, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        for statement in [
            "DELETE FROM parts WHERE site = $1",
            "DELETE FROM seen WHERE site = $1",
            "DELETE FROM identities WHERE site = $1",
            "DELETE FROM lost WHERE site = $1",
            "DELETE FROM chunks WHERE recording IN (SELECT id FROM recordings WHERE site = $1)",
            "DELETE FROM recordings WHERE site = $1",
            "DELETE FROM recordings_gone WHERE site = $1",
            "DELETE FROM asset_copies WHERE asset IN (SELECT id FROM assets WHERE site = $1)",
            "DELETE FROM assets WHERE site = $1",
            "DELETE FROM bases WHERE site = $1",
            "DELETE FROM packs WHERE site = $1",
            "DELETE FROM page_heat WHERE site = $1",
            "DELETE FROM page_heat_days WHERE site = $1",
            "DELETE FROM page_heat_read WHERE site = $1",
        ] {
            sqlx::query(statement)
                .bind(i64::from(site.0))
                .execute(&mut *transaction)
                .await?;
        }
        let version = next_version(&mut transaction, None).await?;
        transaction.commit().await?;
        Ok(version)
    }
}

/// Raises the version of the ledger. It never falls: parts may name the one that was, and an entry
/// that got it again would count as one that they have.
async fn raise_identities(connection: &mut SqliteConnection, to: u64) -> Result<(), CatalogError> {
    sqlx::query("UPDATE state SET identity_version = MAX(identity_version, $1) WHERE id = 1")
        .bind(to as i64)
        .execute(connection)
        .await?;
    Ok(())
}

/// Raises the version. A commit that seemed to fail may be in force all the same; whoever still
/// goes by the version before it would then name the same events twice, and is refused.
async fn next_version(
    connection: &mut SqliteConnection,
    after: Option<u64>,
) -> Result<u64, CatalogError> {
    let row = sqlx::query(
        "UPDATE state SET catalog_version = catalog_version + 1 WHERE id = 1 \
         RETURNING catalog_version",
    )
    .fetch_one(connection)
    .await?;
    let version = number(row.try_get(0)?, "catalog version")?;
    match after {
        Some(after) if version != after + 1 => Err(CatalogError::Moved {
            known: after,
            found: version - 1,
        }),
        _ => Ok(version),
    }
}
