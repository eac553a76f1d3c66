//! The identity ledger at rest: entries that had an effect, oldest first.

use hitmetrix_model::{IdentityChange, SiteId, VisitorId};
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError, id128, inserted_rows, number};

/// One entry with its place in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LedgerRow {
    pub(crate) version: u64,
    pub(crate) site: SiteId,
    pub(crate) change: IdentityChange,
}

/// Rows a statement inserts.
const ROWS_MAX: usize = 1000;

impl Catalog {
    /// The whole ledger of all sites, oldest first.
    pub(crate) async fn identities(&self) -> Result<Vec<LedgerRow>, CatalogError> {
        let rows = sqlx::query(
            "SELECT version, site, visitor, user_name, time_ms, unverified FROM identities \
             ORDER BY version",
        )
        .fetch_all(&self.reader)
        .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let visitor = VisitorId(id128(row.try_get("visitor")?, "visitor of an identity")?);
            let time_ms = row.try_get("time_ms")?;
            let change = match row.try_get::<Option<String>, _>("user_name")? {
                Some(user) => IdentityChange::Identify {
                    visitor,
                    user,
                    time_ms,
                    unverified: row.try_get::<i64, _>("unverified")? != 0,
                },
                None => IdentityChange::Undo { visitor, time_ms },
            };
            entries.push(LedgerRow {
                version: number(row.try_get("version")?, "version of an identity")?,
                site: SiteId(number(row.try_get("site")?, "site of an identity")?),
                change,
            });
        }
        Ok(entries)
    }
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    entries: &[LedgerRow],
) -> Result<(), CatalogError> {
    const HEAD: &str =
        "INSERT INTO identities (version, site, visitor, user_name, time_ms, unverified)";
    for entries in entries.chunks(ROWS_MAX) {
        let mut query = sqlx::query(inserted_rows(HEAD, 6, entries.len()));
        for entry in entries {
            let (visitor, user, time_ms, unverified) = match &entry.change {
                IdentityChange::Identify {
                    visitor,
                    user,
                    time_ms,
                    unverified,
                } => (visitor, Some(user.as_str()), *time_ms, *unverified),
                IdentityChange::Undo { visitor, time_ms } => (visitor, None, *time_ms, false),
            };
            query = query
                .bind(entry.version as i64)
                .bind(i64::from(entry.site.0))
                .bind(visitor.to_bytes().to_vec())
                .bind(user)
                .bind(time_ms)
                .bind(i64::from(unverified));
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
