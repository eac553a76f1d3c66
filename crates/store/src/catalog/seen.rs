//! What is known of duplicates at the covered position: the log's memory at rest.

use hitmetrix_model::{Mode, SessionId, SiteId, VisitorId, WindowId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError, id128, inserted_rows, number};
use crate::log::{Ranges, SessionRow, WindowRow};

/// Rows a statement inserts.
const ROWS_MAX: usize = 1000;

impl Catalog {
    /// All remembered windows.
    pub(crate) async fn seen_windows(&self) -> Result<Vec<WindowRow>, CatalogError> {
        let rows = sqlx::query(
            "SELECT site, window_id, visitor, session, last_event_ms, last_receipt_ms, events, \
             chunks, snapshot_session FROM seen_windows",
        )
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_window).collect()
    }

    /// All remembered sessions.
    pub(crate) async fn seen_sessions(&self) -> Result<Vec<SessionRow>, CatalogError> {
        let rows = sqlx::query(
            "SELECT site, session, visitor, cookieless, last_event_ms, last_receipt_ms \
             FROM seen_sessions",
        )
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_session).collect()
    }
}

fn read_window(row: &SqliteRow) -> Result<WindowRow, CatalogError> {
    let snapshot_session: Option<&[u8]> = row.try_get("snapshot_session")?;
    Ok(WindowRow {
        site: SiteId(number(row.try_get("site")?, "site of a window")?),
        window: WindowId(id128(row.try_get("window_id")?, "window")?),
        visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of a window")?),
        session: SessionId(id128(row.try_get("session")?, "session of a window")?),
        last_event_ms: row.try_get("last_event_ms")?,
        last_receipt_ms: row.try_get("last_receipt_ms")?,
        events: ranges(row.try_get("events")?)?,
        chunks: ranges(row.try_get("chunks")?)?,
        snapshot_session: snapshot_session
            .map(|bytes| id128(bytes, "snapshot of a window").map(SessionId))
            .transpose()?,
    })
}

fn read_session(row: &SqliteRow) -> Result<SessionRow, CatalogError> {
    let cookieless = row.try_get::<i64, _>("cookieless")? != 0;
    Ok(SessionRow {
        site: SiteId(number(row.try_get("site")?, "site of a session")?),
        session: SessionId(id128(row.try_get("session")?, "session")?),
        visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of a session")?),
        mode: if cookieless {
            Mode::Cookieless
        } else {
            Mode::Persistent
        },
        last_event_ms: row.try_get("last_event_ms")?,
        last_receipt_ms: row.try_get("last_receipt_ms")?,
    })
}

fn ranges(bytes: &[u8]) -> Result<Ranges, CatalogError> {
    Ranges::from_bytes(bytes).ok_or(CatalogError::Unreadable {
        what: "sequences of a window",
    })
}

pub(super) async fn put_windows(
    connection: &mut SqliteConnection,
    rows: &[WindowRow],
) -> Result<(), CatalogError> {
    const HEAD: &str = "INSERT OR REPLACE INTO seen_windows (site, window_id, visitor, session, \
         last_event_ms, last_receipt_ms, events, chunks, snapshot_session)";
    for rows in rows.chunks(ROWS_MAX) {
        let mut query = sqlx::query(inserted_rows(HEAD, 9, rows.len()));
        for row in rows {
            query = query
                .bind(i64::from(row.site.0))
                .bind(row.window.to_bytes().to_vec())
                .bind(row.visitor.to_bytes().to_vec())
                .bind(row.session.to_bytes().to_vec())
                .bind(row.last_event_ms)
                .bind(row.last_receipt_ms)
                .bind(row.events.to_bytes())
                .bind(row.chunks.to_bytes())
                .bind(
                    row.snapshot_session
                        .map(|session| session.to_bytes().to_vec()),
                );
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn put_sessions(
    connection: &mut SqliteConnection,
    rows: &[SessionRow],
) -> Result<(), CatalogError> {
    const HEAD: &str = "INSERT OR REPLACE INTO seen_sessions (site, session, visitor, \
         cookieless, last_event_ms, last_receipt_ms)";
    for rows in rows.chunks(ROWS_MAX) {
        let mut query = sqlx::query(inserted_rows(HEAD, 6, rows.len()));
        for row in rows {
            query = query
                .bind(i64::from(row.site.0))
                .bind(row.session.to_bytes().to_vec())
                .bind(row.visitor.to_bytes().to_vec())
                .bind(i64::from(row.mode == Mode::Cookieless))
                .bind(row.last_event_ms)
                .bind(row.last_receipt_ms);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn forget(
    connection: &mut SqliteConnection,
    before_ms: i64,
) -> Result<(), CatalogError> {
    for statement in [
        "DELETE FROM seen_windows WHERE last_receipt_ms < $1",
        "DELETE FROM seen_sessions WHERE last_receipt_ms < $1",
    ] {
        sqlx::query(statement)
            .bind(before_ms)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
