//! The catalog: every statement of SQL in the project stands in this module.
//!
//! It opens the database with write-ahead logging and `synchronous = FULL`, so that a committed
//! transaction is on stable storage, brings its tables up to date, and gives what the store
//! needs of them in the store's own words. Statements use `$1` placeholders, which SQLite and
//! PostgreSQL both take. One connection writes; a few read beside it.

mod assets;
mod chunks;
mod error;
mod gone;
mod identities;
mod lost;
mod migrations;
mod packs;
mod page_heat;
mod parts;
mod recordings;
mod repack;
mod seal;
mod seen;
pub mod settings;
mod shared;
mod storage;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Row, SqlitePool};

pub(crate) use assets::{
    AssetCopy, AssetHash, AssetNumber, BaseRow, BaseWeight, NewAsset, OwnerId, PageKey,
    PageSnapshot, Sender, Swept,
};
pub(crate) use chunks::{BaseId, Form, PackedChunk, Place, StoredChunk};
pub use error::CatalogError;
pub(crate) use identities::LedgerRow;
pub(crate) use packs::{NewPack, PackUse};
pub(crate) use page_heat::HeatGoes;
pub use page_heat::{HeatOfPage, HeatQuery, PageView};
pub(crate) use parts::PartRow;
pub use recordings::RecordingQuery;
pub(crate) use recordings::{
    RecordingId, RecordingRow, forget_gone_in_copies, forget_in_copies, forget_visitors_in_copies,
};
pub(crate) use repack::{NewBase, RepackRecord, RepackedRecording};
pub(crate) use seal::{PartsChange, SealRecord};

use hitmetrix_model::LogPosition;

/// Connections that only read.
const READERS: u32 = 3;
/// How long a statement waits for a lock of another process, as `sqlite3` on the file.
const BUSY_WAIT: Duration = Duration::from_secs(10);

/// The open database.
#[derive(Debug, Clone)]
pub(crate) struct Catalog {
    writer: SqlitePool,
    reader: SqlitePool,
}

/// Which log position the parts cover, and the version of their list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CatalogState {
    pub(crate) version: u64,
    pub(crate) covered: LogPosition,
    /// Of the ledger's last entry at the covered position.
    pub(crate) identity_version: u64,
}

impl Catalog {
    /// Opens the database at `path`, or makes it, and migrates it. Before a migration a copy of
    /// the database is put into `snapshots`.
    pub(crate) async fn open(path: &Path, snapshots: &Path) -> Result<Self, CatalogError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What is deleted is overwritten, so that an erased visitor is not in free pages.
            .pragma("secure_delete", "ON")
            .busy_timeout(BUSY_WAIT);
        let writer = untended()
            .max_connections(1)
            .connect_with(options.clone())
            .await?;
        migrations::migrate(&writer, snapshots).await?;
        let reader = untended()
            .max_connections(READERS)
            .connect_with(options.create_if_missing(false))
            .await?;
        Ok(Self { writer, reader })
    }

    /// The control plane. It shares the one writing connection, so that a read followed by a
    /// write in one of its transactions never meets another writer. The audit log, which is long, is
    /// read by the others.
    pub(crate) fn settings(&self) -> settings::Settings {
        settings::Settings::new(self.writer.clone(), self.reader.clone())
    }

    /// Version and covered position.
    pub(crate) async fn state(&self) -> Result<CatalogState, CatalogError> {
        let row = sqlx::query(
            "SELECT catalog_version, covered_position, identity_version FROM state WHERE id = 1",
        )
        .fetch_one(&self.reader)
        .await?;
        Ok(CatalogState {
            version: number(row.try_get(0)?, "catalog version")?,
            covered: LogPosition(number(row.try_get(1)?, "covered position")?),
            identity_version: number(row.try_get(2)?, "ledger version")?,
        })
    }

    /// The smallest query there is: whether the database answers.
    pub(crate) async fn probe(&self) -> Result<(), CatalogError> {
        sqlx::query("SELECT catalog_version FROM state WHERE id = 1")
            .fetch_one(&self.reader)
            .await?;
        Ok(())
    }

    /// Writes a consistent copy of the database, as of now, to a path that does not exist yet.
    pub(crate) async fn copy_to(&self, path: &Path) -> Result<(), CatalogError> {
        copy(&self.writer, path).await
    }

    /// What SQLite's own check finds, one line each; nothing when the file is sound.
    pub(crate) async fn check(&self) -> Result<Vec<String>, CatalogError> {
        let rows = sqlx::query("PRAGMA integrity_check")
            .fetch_all(&self.reader)
            .await?;
        let lines: Result<Vec<String>, _> = rows.iter().map(|row| row.try_get(0)).collect();
        Ok(lines?.into_iter().filter(|line| line != "ok").collect())
    }

    /// Folds the write-ahead log into the database file and cuts it to nothing, so that no older
    /// state of a row is left in it.
    pub(crate) async fn checkpoint(&self) -> Result<(), CatalogError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_all(&self.writer)
            .await?;
        Ok(())
    }

    /// Closes all connections; the write-ahead log is folded into the database file.
    pub(crate) async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A pool whose connections live as long as it does: a file of our own has no server that drops
/// them. The task that would look after their age can count idle ones wrongly while the pool
/// closes (sqlx 0.9.0: a subtraction that races with the close goes below zero) and then spins
/// for ever, so that a command does not end; without ages there is no such task.
fn untended() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Copies the database of `pool`.
async fn copy(pool: &SqlitePool, path: &Path) -> Result<(), CatalogError> {
    let Some(name) = path.to_str() else {
        return Err(CatalogError::PathNotText {
            path: path.to_owned(),
        });
    };
    sqlx::query("VACUUM INTO $1")
        .bind(name)
        .execute(pool)
        .await?;
    Ok(())
}

/// A number that SQL keeps signed and that is never negative.
fn number<T: TryFrom<i64>>(value: i64, what: &'static str) -> Result<T, CatalogError> {
    T::try_from(value).map_err(|_| CatalogError::Unreadable { what })
}

/// An id of 16 bytes.
fn id128(bytes: &[u8], what: &'static str) -> Result<u128, CatalogError> {
    let bytes: [u8; 16] = bytes
        .try_into()
        .map_err(|_| CatalogError::Unreadable { what })?;
    Ok(u128::from_be_bytes(bytes))
}

/// `($3, $4), ($5, $6), …`: the values of a statement that inserts several rows, and of nothing
/// else: no text from outside comes near it.
fn inserted_rows(head: &str, columns: usize, rows: usize) -> AssertSqlSafe<String> {
    let mut sql = String::from(head);
    for row in 0..rows {
        sql.push_str(if row == 0 { " VALUES (" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                sql.push_str(", ");
            }
            sql.push('$');
            sql.push_str(&(row * columns + column + 1).to_string());
        }
        sql.push(')');
    }
    AssertSqlSafe(sql)
}
