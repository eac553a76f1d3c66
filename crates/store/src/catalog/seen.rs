//! What is known of duplicates at the covered position: the log's memory at rest.
//!
//! Each seal appends what changed since the one before, a row a site: the entries in postcard
//! behind their CRC-32C. A start reads them in the order of the log, the latest entry of a window
//! or session holds. A row goes when all its entries are too old to be asked for.

use std::collections::BTreeMap;

use hitmetrix_model::{LogPosition, SiteId};
use serde::{Deserialize, Serialize};
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError};
use crate::log::{SessionRow, WindowRow};

/// Windows and sessions, of one seal or of all.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entries {
    pub(crate) windows: Vec<WindowRow>,
    pub(crate) sessions: Vec<SessionRow>,
}

impl Entries {
    fn last_receipt_ms(&self) -> i64 {
        let windows = self.windows.iter().map(|row| row.last_receipt_ms);
        let sessions = self.sessions.iter().map(|row| row.last_receipt_ms);
        windows.chain(sessions).max().unwrap_or(i64::MIN)
    }

    fn to_bytes(&self) -> Vec<u8> {
        let entries = postcard::to_stdvec(self).expect("plain numbers always encode");
        let mut bytes = crc32c::crc32c(&entries).to_le_bytes().to_vec();
        bytes.extend_from_slice(&entries);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (checksum, entries) = bytes.split_first_chunk::<4>()?;
        if u32::from_le_bytes(*checksum) != crc32c::crc32c(entries) {
            return None;
        }
        postcard::from_bytes(entries).ok()
    }
}

impl Catalog {
    /// All remembered windows and sessions, oldest first; of those that stand there repeatedly
    /// the last holds.
    pub(crate) async fn seen(&self) -> Result<Entries, CatalogError> {
        let rows = sqlx::query("SELECT entries FROM seen ORDER BY covered_position")
            .fetch_all(&self.reader)
            .await?;
        let mut all = Entries::default();
        for row in &rows {
            let mut entries =
                Entries::from_bytes(row.try_get("entries")?).ok_or(CatalogError::Unreadable {
                    what: "memory of duplicates",
                })?;
            all.windows.append(&mut entries.windows);
            all.sessions.append(&mut entries.sessions);
        }
        Ok(all)
    }
}

pub(super) async fn append(
    connection: &mut SqliteConnection,
    covered: LogPosition,
    (windows, sessions): (&[WindowRow], &[SessionRow]),
) -> Result<(), CatalogError> {
    let mut sites: BTreeMap<SiteId, Entries> = BTreeMap::new();
    for row in windows {
        sites.entry(row.site).or_default().windows.push(row.clone());
    }
    for row in sessions {
        sites
            .entry(row.site)
            .or_default()
            .sessions
            .push(row.clone());
    }
    for (site, entries) in sites {
        sqlx::query(
            "INSERT INTO seen (site, covered_position, last_receipt_ms, entries) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(i64::from(site.0))
        .bind(covered.0 as i64)
        .bind(entries.last_receipt_ms())
        .bind(entries.to_bytes())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub(super) async fn forget(
    connection: &mut SqliteConnection,
    before_ms: i64,
) -> Result<(), CatalogError> {
    sqlx::query("DELETE FROM seen WHERE last_receipt_ms < $1")
        .bind(before_ms)
        .execute(connection)
        .await?;
    Ok(())
}
