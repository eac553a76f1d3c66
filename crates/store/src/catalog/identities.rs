//! The identity ledger at rest: entries that had an effect, oldest first.

use hitmetrix_model::{IdentityChange, SiteId, VisitorId};
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row, SqliteConnection};

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
/// Visitors that a statement asks for.
const VISITORS_MAX: usize = 500;
const COLUMNS: &str = "version, site, visitor, user_name, time_ms, unverified, reason";

impl Catalog {
    /// The whole ledger of all sites, oldest first.
    pub(crate) async fn identities(&self) -> Result<Vec<LedgerRow>, CatalogError> {
        let query = format!("SELECT {COLUMNS} FROM identities ORDER BY version");
        let rows = sqlx::query(AssertSqlSafe(query))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(ledger_row).collect()
    }

    /// The whole ledger of one site, oldest first.
    pub(crate) async fn identities_of_site(
        &self,
        site: SiteId,
    ) -> Result<Vec<LedgerRow>, CatalogError> {
        let query = format!("SELECT {COLUMNS} FROM identities WHERE site = $1 ORDER BY version");
        let rows = sqlx::query(AssertSqlSafe(query))
            .bind(i64::from(site.0))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(ledger_row).collect()
    }

    /// The last entries of some visitors of a site, at most `count` for each few hundred of them,
    /// in no order.
    pub(crate) async fn identities_of(
        &self,
        site: SiteId,
        visitors: &[VisitorId],
        count: usize,
    ) -> Result<Vec<LedgerRow>, CatalogError> {
        let mut entries = Vec::new();
        for visitors in visitors.chunks(VISITORS_MAX) {
            let places: Vec<String> = (0..visitors.len())
                .map(|at| format!("${}", at + 3))
                .collect();
            let query = format!(
                "SELECT {COLUMNS} FROM identities WHERE site = $1 AND visitor IN ({}) \
                 ORDER BY version DESC LIMIT $2",
                places.join(", ")
            );
            let mut query = sqlx::query(AssertSqlSafe(query))
                .bind(i64::from(site.0))
                .bind(i64::try_from(count).unwrap_or(i64::MAX));
            for visitor in visitors {
                query = query.bind(visitor.to_bytes().to_vec());
            }
            for row in query.fetch_all(&self.reader).await? {
                entries.push(ledger_row(&row)?);
            }
        }
        Ok(entries)
    }
}

fn ledger_row(row: &SqliteRow) -> Result<LedgerRow, CatalogError> {
    let visitor = VisitorId(id128(row.try_get("visitor")?, "visitor of an identity")?);
    let time_ms = row.try_get("time_ms")?;
    let unverified = row.try_get::<i64, _>("unverified")? != 0;
    let change = match row.try_get::<Option<String>, _>("user_name")? {
        Some(user) if row.try_get::<&str, _>("reason")? == "alias" => IdentityChange::Alias {
            visitor,
            user,
            time_ms,
            unverified,
        },
        Some(user) => IdentityChange::Identify {
            visitor,
            user,
            time_ms,
            unverified,
        },
        None => IdentityChange::Undo { visitor, time_ms },
    };
    Ok(LedgerRow {
        version: number(row.try_get("version")?, "version of an identity")?,
        site: SiteId(number(row.try_get("site")?, "site of an identity")?),
        change,
    })
}

pub(super) async fn delete(
    connection: &mut SqliteConnection,
    version: u64,
) -> Result<(), CatalogError> {
    sqlx::query("DELETE FROM identities WHERE version = $1")
        .bind(version as i64)
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    entries: &[LedgerRow],
) -> Result<(), CatalogError> {
    let head = format!("INSERT INTO identities ({COLUMNS})");
    for entries in entries.chunks(ROWS_MAX) {
        let mut query = sqlx::query(inserted_rows(&head, 7, entries.len()));
        for entry in entries {
            let named = entry.change.named();
            query = query
                .bind(entry.version as i64)
                .bind(i64::from(entry.site.0))
                .bind(entry.change.visitor().to_bytes().to_vec())
                .bind(named.map(|(user, _)| user))
                .bind(entry.change.time_ms())
                .bind(i64::from(named.is_some_and(|(_, unverified)| unverified)))
                .bind(entry.change.reason());
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
