//! What recordings tell of pages, at rest: a row a session and page, and the sums by day.

use hitmetrix_model::page_heat::PageHeat;
use hitmetrix_model::{SessionId, SiteId, WindowId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError, id128};

/// The newest recordings of a site, among which those of a page are looked for.
const NEWEST: i64 = 2000;

/// What one session's recording tells of one page.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatOfPage {
    /// Its path.
    pub page: String,
    /// Kind of the device.
    pub device: String,
    /// Days since 1970-01-01 in the site's time zone, of the session's beginning.
    pub day: i64,
    /// The page load in which it is to be seen best.
    pub window: WindowId,
    /// When it came up in that, UTC, milliseconds since the epoch.
    pub from_ms: i64,
    /// When it had settled there, or was left.
    pub at_ms: i64,
    /// What it tells.
    pub heat: PageHeat,
}

/// Where in a recording a page is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageView {
    /// The session.
    pub session: SessionId,
    /// Kind of its device.
    pub device: String,
    /// The page load.
    pub window: WindowId,
    /// When the page came up in it, UTC, milliseconds since the epoch.
    pub from_ms: i64,
    /// When it had settled, or was left.
    pub at_ms: i64,
}

/// What becomes of the sums when a recording goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeatGoes {
    /// It only grew old or gave way to others: they stay, because they tell of nobody.
    BySession,
    /// Somebody wants it gone: it leaves them too.
    Wholly,
}

/// Which sums are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeatQuery {
    /// Path of the page.
    pub page: String,
    /// Kind of the device; any when absent.
    pub device: Option<String>,
    /// First and last day.
    pub days: (i64, i64),
}

impl Catalog {
    /// Recordings that ended before a time and were not read to their end, the newest first.
    pub(crate) async fn recordings_to_read(
        &self,
        site: SiteId,
        before_ms: i64,
        limit: u32,
    ) -> Result<Vec<(SessionId, i64)>, CatalogError> {
        let rows = sqlx::query(
            "SELECT r.session, r.ended_ms FROM recordings AS r LEFT JOIN page_heat_read AS h \
             ON h.site = r.site AND h.session = r.session WHERE r.site = $1 AND r.ended_ms < $2 \
             AND (h.ended_ms IS NULL OR h.ended_ms < r.ended_ms) \
             ORDER BY r.ended_ms DESC LIMIT $3",
        )
        .bind(i64::from(site.0))
        .bind(before_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        let read = |row: &SqliteRow| Ok((session(row)?, row.try_get("ended_ms")?));
        rows.iter().map(read).collect()
    }

    /// The same, of those that were on a page, among the newest recordings of the site.
    pub(crate) async fn unread_on_page(
        &self,
        site: SiteId,
        page: &str,
        (before_ms, limit): (i64, u32),
    ) -> Result<Vec<SessionId>, CatalogError> {
        let rows = sqlx::query(
            "SELECT r.session FROM (SELECT id, site, session, ended_ms FROM recordings \
             WHERE site = $1 AND ended_ms < $2 ORDER BY ended_ms DESC LIMIT $3) AS r \
             LEFT JOIN page_heat_read AS h ON h.site = r.site AND h.session = r.session \
             WHERE (h.ended_ms IS NULL OR h.ended_ms < r.ended_ms) AND EXISTS \
             (SELECT 1 FROM chunks AS c WHERE c.recording = r.id \
             AND instr(char(10) || c.paths || char(10), char(10) || $4 || char(10)) > 0) \
             ORDER BY r.ended_ms DESC LIMIT $5",
        )
        .bind(i64::from(site.0))
        .bind(before_ms)
        .bind(NEWEST)
        .bind(page)
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(session).collect()
    }

    /// Where a page is to be seen, the newest first; on any device when none is named.
    pub(crate) async fn page_views(
        &self,
        site: SiteId,
        (page, device, span): (&str, Option<&str>, (i64, i64)),
        limit: u32,
    ) -> Result<Vec<PageView>, CatalogError> {
        let rows = sqlx::query(
            "SELECT session, device, window_id, from_ms, at_ms FROM page_heat \
             WHERE site = $1 AND page = $2 AND ($3 IS NULL OR device = $3) \
             AND from_ms >= $5 AND from_ms < $6 \
             ORDER BY day DESC, at_ms DESC LIMIT $4",
        )
        .bind(i64::from(site.0))
        .bind(page)
        .bind(device)
        .bind(i64::from(limit))
        .bind(span.0)
        .bind(span.1)
        .fetch_all(&self.reader)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(PageView {
                session: session(row)?,
                device: row.try_get("device")?,
                window: window(row)?,
                from_ms: row.try_get("from_ms")?,
                at_ms: row.try_get("at_ms")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Until when a recording was read.
    pub(crate) async fn read_until(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Option<i64>, CatalogError> {
        let row =
            sqlx::query("SELECT ended_ms FROM page_heat_read WHERE site = $1 AND session = $2")
                .bind(i64::from(site.0))
                .bind(session.to_bytes().to_vec())
                .fetch_optional(&self.reader)
                .await?;
        row.map(|row| Ok(row.try_get("ended_ms")?)).transpose()
    }

    /// Puts what a recording tells in the place of what it told before, in the sums too; nothing of
    /// one that went while it was read. Whether it is still unsealed is asked once nobody else writes.
    pub(crate) async fn put_page_heat(
        &self,
        site: SiteId,
        (session, ended_ms): (SessionId, i64),
        (pages, is_unsealed): (&[HeatOfPage], impl Fn() -> bool + Send),
    ) -> Result<(), CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let connection = &mut *transaction;
        take_out(connection, site, session, HeatGoes::Wholly).await?;
        let stored = sqlx::query("SELECT 1 FROM recordings WHERE site = $1 AND session = $2")
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .fetch_optional(&mut *connection)
            .await?;
        if stored.is_none() && !is_unsealed() {
            transaction.commit().await?;
            return Ok(());
        }
        for of in pages {
            sqlx::query(
                "INSERT INTO page_heat \
                 (site, session, page, device, day, window_id, from_ms, at_ms, heat) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            )
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .bind(&of.page)
            .bind(&of.device)
            .bind(of.day)
            .bind(of.window.to_bytes().to_vec())
            .bind(of.from_ms)
            .bind(of.at_ms)
            .bind(of.heat.to_bytes())
            .execute(&mut *connection)
            .await?;
            let day = (site, of.page.as_str(), of.device.as_str(), of.day);
            change_day(connection, day, |sum| sum.add(&of.heat)).await?;
        }
        sqlx::query(
            "INSERT INTO page_heat_read (site, session, ended_ms) VALUES ($1, $2, $3) \
             ON CONFLICT (site, session) DO UPDATE SET ended_ms = excluded.ended_ms",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .bind(ended_ms)
        .execute(&mut *connection)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Lets go of the sums of a site before a day.
    pub(crate) async fn expire_page_heat(
        &self,
        site: SiteId,
        before_day: i64,
    ) -> Result<u64, CatalogError> {
        let done = sqlx::query("DELETE FROM page_heat_days WHERE site = $1 AND day < $2")
            .bind(i64::from(site.0))
            .bind(before_day)
            .execute(&self.writer)
            .await?;
        Ok(done.rows_affected())
    }

    /// The sums of a page over some days.
    pub(crate) async fn page_heat_sum(
        &self,
        site: SiteId,
        query: &HeatQuery,
    ) -> Result<PageHeat, CatalogError> {
        let rows = sqlx::query(
            "SELECT heat FROM page_heat_days WHERE site = $1 AND page = $2 \
             AND ($3 IS NULL OR device = $3) AND day >= $4 AND day <= $5",
        )
        .bind(i64::from(site.0))
        .bind(&query.page)
        .bind(&query.device)
        .bind(query.days.0)
        .bind(query.days.1)
        .fetch_all(&self.reader)
        .await?;
        let mut sum = PageHeat::default();
        for row in &rows {
            sum.add(&heat(row)?);
        }
        Ok(sum)
    }

    /// What each recording that is still there tells of a page over some days.
    pub(crate) async fn page_heat_by_session(
        &self,
        site: SiteId,
        query: &HeatQuery,
    ) -> Result<Vec<(SessionId, PageHeat)>, CatalogError> {
        let rows = sqlx::query(
            "SELECT session, heat FROM page_heat WHERE site = $1 AND page = $2 \
             AND ($3 IS NULL OR device = $3) AND day >= $4 AND day <= $5",
        )
        .bind(i64::from(site.0))
        .bind(&query.page)
        .bind(&query.device)
        .bind(query.days.0)
        .bind(query.days.1)
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| Ok((session(row)?, heat(row)?)))
            .collect()
    }
}

/// Forgets what a session told; where it goes wholly, it is taken out of the sums too.
pub(super) async fn take_out(
    connection: &mut SqliteConnection,
    site: SiteId,
    session: SessionId,
    goes: HeatGoes,
) -> Result<(), CatalogError> {
    let rows = sqlx::query(
        "DELETE FROM page_heat WHERE site = $1 AND session = $2 RETURNING page, device, day, heat",
    )
    .bind(i64::from(site.0))
    .bind(session.to_bytes().to_vec())
    .fetch_all(&mut *connection)
    .await?;
    for row in rows.iter().filter(|_| goes == HeatGoes::Wholly) {
        let (page, device): (String, String) = (row.try_get("page")?, row.try_get("device")?);
        let told = heat(row)?;
        let day = (site, page.as_str(), device.as_str(), row.try_get("day")?);
        change_day(connection, day, |sum| sum.subtract(&told)).await?;
    }
    sqlx::query("DELETE FROM page_heat_read WHERE site = $1 AND session = $2")
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Changes the sum of a page, device and day; one without sessions goes.
async fn change_day(
    connection: &mut SqliteConnection,
    (site, page, device, day): (SiteId, &str, &str, i64),
    change: impl FnOnce(&mut PageHeat),
) -> Result<(), CatalogError> {
    let known = sqlx::query(
        "SELECT heat FROM page_heat_days WHERE site = $1 AND page = $2 AND device = $3 AND day = $4",
    )
    .bind(i64::from(site.0))
    .bind(page)
    .bind(device)
    .bind(day)
    .fetch_optional(&mut *connection)
    .await?;
    let mut sum = known.as_ref().map(heat).transpose()?.unwrap_or_default();
    change(&mut sum);
    let statement = match sum.sessions {
        0 => {
            "DELETE FROM page_heat_days WHERE site = $1 AND page = $2 AND device = $3 AND day = $4"
        }
        _ => {
            "INSERT INTO page_heat_days (site, page, device, day, heat) \
             VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (site, page, device, day) DO UPDATE SET heat = excluded.heat"
        }
    };
    let query = sqlx::query(statement)
        .bind(i64::from(site.0))
        .bind(page)
        .bind(device)
        .bind(day);
    let query = match sum.sessions {
        0 => query,
        _ => query.bind(sum.to_bytes()),
    };
    query.execute(&mut *connection).await?;
    Ok(())
}

fn session(row: &SqliteRow) -> Result<SessionId, CatalogError> {
    Ok(SessionId(id128(
        row.try_get("session")?,
        "session of a page's heat",
    )?))
}

fn window(row: &SqliteRow) -> Result<WindowId, CatalogError> {
    Ok(WindowId(id128(
        row.try_get("window_id")?,
        "window of a page's heat",
    )?))
}

fn heat(row: &SqliteRow) -> Result<PageHeat, CatalogError> {
    let bytes: Vec<u8> = row.try_get("heat")?;
    PageHeat::from_bytes(&bytes).ok_or(CatalogError::Unreadable {
        what: "heat of a page",
    })
}
