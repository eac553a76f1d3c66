//! The list of recordings: one row a session, kept in step with its chunks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hitmetrix_model::{ChunkFacts, RecordingSummary, SessionId, SiteId, VisitorId};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection};

use super::assets::OwnerId;
use super::packs::{self, PackId};
use super::page_heat::{self, HeatGoes};
use super::{Catalog, CatalogError, id128, number};

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Sessions that one statement names.
const SESSIONS_MAX: usize = 500;

/// Number of a recording in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RecordingId(pub(crate) i64);

/// One row of the list of recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordingRow {
    /// None while it is only in the log.
    pub(crate) id: Option<RecordingId>,
    pub(crate) session: SessionId,
    pub(crate) visitor: VisitorId,
    pub(crate) cookieless: bool,
    pub(crate) started_ms: i64,
    pub(crate) ended_ms: i64,
    pub(crate) chunks: u32,
    pub(crate) snapshots: u32,
    pub(crate) stored_bytes: u64,
    pub(crate) path: String,
    pub(crate) pinned: bool,
}

impl RecordingRow {
    /// As the API tells it.
    pub(crate) fn summary(&self, chunks_missing: u32) -> RecordingSummary {
        RecordingSummary {
            session: self.session,
            visitor: self.visitor,
            started_ms: self.started_ms,
            ended_ms: self.ended_ms,
            chunks: self.chunks,
            chunks_missing,
            stored_bytes: self.stored_bytes,
            playable: self.snapshots > 0,
            path: self.path.clone(),
            pinned: self.pinned,
        }
    }

    /// Takes a further chunk in.
    pub(crate) fn add(&mut self, facts: &ChunkFacts, bytes: u64) {
        if facts.first_ms < self.started_ms {
            self.started_ms = facts.first_ms;
            self.path.clone_from(&facts.path);
        }
        self.ended_ms = self.ended_ms.max(facts.last_ms);
        self.chunks += 1;
        self.snapshots += u32::from(facts.snapshot);
        self.stored_bytes += bytes;
    }

    /// The row of a session's first chunk.
    pub(crate) fn of(facts: &ChunkFacts, bytes: u64) -> Self {
        Self {
            id: None,
            session: facts.session,
            visitor: facts.visitor,
            cookieless: facts.cookieless,
            started_ms: facts.first_ms,
            ended_ms: facts.last_ms,
            chunks: 1,
            snapshots: u32::from(facts.snapshot),
            stored_bytes: bytes,
            path: facts.path.clone(),
            pinned: false,
        }
    }
}

/// Which recordings; absent conditions hold for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingQuery {
    /// Only this session.
    pub session: Option<SessionId>,
    /// Only of these sessions.
    pub sessions: Option<Arc<BTreeSet<SessionId>>>,
    /// But none of these.
    pub but: Option<Arc<BTreeSet<SessionId>>>,
    /// Only this visitor.
    pub visitor: Option<VisitorId>,
    /// A page's path, of any chunk, contains this text.
    pub path_contains: Option<String>,
    /// Began at this time or later.
    pub from_ms: Option<i64>,
    /// Began before this time.
    pub to_ms: Option<i64>,
    /// At least this long.
    pub duration_min_ms: i64,
    /// Only those that are pinned, or only the others.
    pub pinned: Option<bool>,
    /// How many, newest first.
    pub limit: u32,
    /// How many of the newest to leave out.
    pub offset: u32,
}

impl RecordingQuery {
    /// Whether a recording with these facts and paths is meant.
    pub(crate) fn takes<'a>(
        &self,
        row: &RecordingRow,
        mut paths: impl Iterator<Item = &'a str>,
    ) -> bool {
        self.session.is_none_or(|session| session == row.session)
            && self.visitor.is_none_or(|visitor| visitor == row.visitor)
            && self.from_ms.is_none_or(|from_ms| row.started_ms >= from_ms)
            && self.to_ms.is_none_or(|to_ms| row.started_ms < to_ms)
            && row.ended_ms - row.started_ms >= self.duration_min_ms
            && self.pinned.is_none_or(|pinned| pinned == row.pinned)
            && self
                .path_contains
                .as_ref()
                .is_none_or(|text| paths.any(|path| path.contains(text)))
    }
}

/// The conditions of a [`RecordingQuery`]; `instr` looks for text without patterns.
const CONDITIONS: &str = " FROM recordings AS r WHERE r.site = $1 \
    AND ($2 IS NULL OR r.session = $2) \
    AND ($3 IS NULL OR r.visitor = $3) \
    AND ($4 IS NULL OR r.started_ms >= $4) \
    AND ($5 IS NULL OR r.started_ms < $5) \
    AND r.ended_ms - r.started_ms >= $6 \
    AND ($7 IS NULL OR EXISTS (SELECT 1 FROM chunks AS c WHERE c.recording = r.id \
         AND instr(c.paths, $7) > 0)) \
    AND ($8 IS NULL OR (r.pinned_at_ms IS NOT NULL) = $8)";

pub(super) const COLUMNS: &str = "SELECT r.id, r.session, r.visitor, r.cookieless, r.started_ms, \
    r.ended_ms, r.chunks, r.snapshots, r.stored_bytes, r.path, r.pinned_at_ms";

/// What retention takes away of a site: site, end before, shorter than, and ended before.
const EXPIRED: &str = "FROM recordings AS r WHERE r.site = $1 AND r.pinned_at_ms IS NULL \
    AND (r.ended_ms < $2 OR (r.ended_ms - r.started_ms < $3 AND r.ended_ms < $4))";

type Query<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bound<'q>(query: Query<'q>, site: SiteId, asked: &RecordingQuery) -> Query<'q> {
    query
        .bind(i64::from(site.0))
        .bind(asked.session.map(|session| session.to_bytes().to_vec()))
        .bind(asked.visitor.map(|visitor| visitor.to_bytes().to_vec()))
        .bind(asked.from_ms)
        .bind(asked.to_ms)
        .bind(asked.duration_min_ms)
        .bind(asked.path_contains.clone())
        .bind(asked.pinned.map(i64::from))
}

impl Catalog {
    /// Sessions of a site whose stored recordings can be played.
    pub(crate) async fn playable_sessions(
        &self,
        site: SiteId,
    ) -> Result<BTreeSet<SessionId>, CatalogError> {
        let rows = sqlx::query("SELECT session FROM recordings WHERE site = $1 AND snapshots > 0")
            .bind(i64::from(site.0))
            .fetch_all(&self.reader)
            .await?;
        let session = |row: &SqliteRow| {
            let id = id128(row.try_get("session")?, "session of a recording")?;
            Ok(SessionId(id))
        };
        rows.iter().map(session).collect()
    }

    /// How many stored recordings without a full snapshot began on each day UTC, from `from_ms` on
    /// and before `to_ms`; those of `but` are left out.
    pub(crate) async fn unplayable_days(
        &self,
        site: SiteId,
        (from_ms, to_ms): (i64, i64),
        but: &[SessionId],
    ) -> Result<BTreeMap<i64, u64>, CatalogError> {
        const OF_DAYS: &str = "SELECT started_ms / $4 AS day, COUNT(*) AS many FROM recordings \
             WHERE site = $1 AND snapshots = 0 AND started_ms >= $2 AND started_ms < $3";
        const BY_DAY: &str = " GROUP BY started_ms / $4";
        let asked = (site, from_ms, to_ms);
        // All in one state of the catalog: a seal meanwhile must not be taken off that was not counted.
        let mut transaction = self.reader.begin().await?;
        let all = format!("{OF_DAYS}{BY_DAY}");
        let mut days = counted(&mut transaction, all, asked, &[]).await?;
        for sessions in but.chunks(SESSIONS_MAX) {
            let places: Vec<String> = (0..sessions.len())
                .map(|at| format!("${}", at + 5))
                .collect();
            let query = format!("{OF_DAYS} AND session IN ({}){BY_DAY}", places.join(", "));
            for (day_ms, many) in counted(&mut transaction, query, asked, sessions).await? {
                let left = days.entry(day_ms).or_default();
                *left = left.saturating_sub(many);
            }
        }
        days.retain(|_, many| *many > 0);
        Ok(days)
    }

    /// Stored recordings, newest first: the first `limit` of them, and how many there are.
    pub(crate) async fn recordings(
        &self,
        site: SiteId,
        asked: &RecordingQuery,
        limit: u64,
    ) -> Result<(Vec<RecordingRow>, u64), CatalogError> {
        let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*){CONDITIONS}"));
        let total = bound(sqlx::query(count), site, asked)
            .fetch_one(&self.reader)
            .await?;
        let list = sqlx::AssertSqlSafe(format!(
            "{COLUMNS}{CONDITIONS} ORDER BY r.started_ms DESC, r.session LIMIT $9"
        ));
        let rows = bound(sqlx::query(list), site, asked)
            .bind(limit as i64)
            .fetch_all(&self.reader)
            .await?;
        let rows: Result<Vec<_>, _> = rows.iter().map(read_recording).collect();
        Ok((rows?, number(total.try_get(0)?, "count of recordings")?))
    }

    /// The stored row of one session.
    pub(crate) async fn recording(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Option<RecordingRow>, CatalogError> {
        let asked = RecordingQuery {
            session: Some(session),
            ..RecordingQuery::default()
        };
        Ok(self.recordings(site, &asked, 1).await?.0.pop())
    }

    /// Recordings that ended before a time, and those shorter than `short.0` that ended before
    /// `short.1`, but for the pinned: what retention takes away.
    pub(crate) async fn recordings_to_expire(
        &self,
        site: SiteId,
        before_ms: i64,
        short: (i64, i64),
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} {EXPIRED}"));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(before_ms)
            .bind(short.0)
            .bind(short.1)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_recording).collect()
    }

    /// How many recordings the same takes away, and their bytes.
    pub(crate) async fn sum_to_expire(
        &self,
        site: SiteId,
        before_ms: i64,
        short: (i64, i64),
    ) -> Result<(u64, u64), CatalogError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT COUNT(*), COALESCE(SUM(r.stored_bytes), 0) {EXPIRED}"
        ));
        let row = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(before_ms)
            .bind(short.0)
            .bind(short.1)
            .fetch_one(&self.reader)
            .await?;
        Ok((
            number(row.try_get(0)?, "count of recordings")?,
            number(row.try_get(1)?, "bytes of recordings")?,
        ))
    }

    /// All recordings of some visitors.
    pub(crate) async fn recordings_of(
        &self,
        site: SiteId,
        visitors: &[VisitorId],
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let mut found = Vec::new();
        for visitor in visitors {
            let sql = sqlx::AssertSqlSafe(format!(
                "{COLUMNS} FROM recordings AS r WHERE r.site = $1 AND r.visitor = $2"
            ));
            let rows = sqlx::query(sql)
                .bind(i64::from(site.0))
                .bind(visitor.to_bytes().to_vec())
                .fetch_all(&self.reader)
                .await?;
            for row in &rows {
                found.push(read_recording(row)?);
            }
        }
        Ok(found)
    }

    /// The oldest recordings that are not pinned, at most `limit`.
    pub(crate) async fn oldest_recordings(
        &self,
        site: SiteId,
        limit: u32,
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{COLUMNS} FROM recordings AS r WHERE r.site = $1 AND r.pinned_at_ms IS NULL \
             ORDER BY r.ended_ms, r.session LIMIT $2"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(i64::from(limit))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_recording).collect()
    }

    /// Pins a recording since a time, or lets it go again. False when there is none.
    pub(crate) async fn pin_recording(
        &self,
        (site, session): (SiteId, SessionId),
        since_ms: Option<i64>,
    ) -> Result<bool, CatalogError> {
        let changed =
            sqlx::query("UPDATE recordings SET pinned_at_ms = $1 WHERE site = $2 AND session = $3")
                .bind(since_ms)
                .bind(i64::from(site.0))
                .bind(session.to_bytes().to_vec())
                .execute(&self.writer)
                .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// How many recordings a persistent visitor has: while there is one its key stays.
    pub(crate) async fn recordings_of_visitor(
        &self,
        site: SiteId,
        visitor: VisitorId,
    ) -> Result<u64, CatalogError> {
        let row = sqlx::query(
            "SELECT COUNT(*) FROM recordings WHERE site = $1 AND visitor = $2 AND cookieless = 0",
        )
        .bind(i64::from(site.0))
        .bind(visitor.to_bytes().to_vec())
        .fetch_one(&self.reader)
        .await?;
        number(row.try_get(0)?, "count of recordings")
    }

    /// Sites that have recordings.
    pub(crate) async fn sites_with_recordings(&self) -> Result<Vec<SiteId>, CatalogError> {
        let rows = sqlx::query("SELECT DISTINCT site FROM recordings ORDER BY site")
            .fetch_all(&self.reader)
            .await?;
        rows.iter()
            .map(|row| Ok(SiteId(number(row.try_get(0)?, "site of a recording")?)))
            .collect()
    }

    /// All recordings of a site.
    pub(crate) async fn all_recordings(
        &self,
        site: SiteId,
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let all = RecordingQuery::default();
        Ok(self.recordings(site, &all, i64::MAX as u64).await?.0)
    }

    /// Takes recordings out of the catalog, and the assets that lie under the keys of `owners`.
    pub(crate) async fn remove_recordings(
        &self,
        site: SiteId,
        (sessions, heat): (&[SessionId], HeatGoes),
        owners: &[OwnerId],
    ) -> Result<Removed, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let mut touched = BTreeSet::new();
        let mut touch = |rows: Vec<SqliteRow>| -> Result<(), CatalogError> {
            for row in rows {
                touched.insert(PackId(row.try_get(0)?));
            }
            Ok(())
        };
        for session in sessions {
            let key = session.to_bytes().to_vec();
            let packs = sqlx::query(
                "DELETE FROM chunks WHERE recording = (SELECT id FROM recordings \
                 WHERE site = $1 AND session = $2) RETURNING pack",
            )
            .bind(i64::from(site.0))
            .bind(key.clone())
            .fetch_all(&mut *transaction)
            .await?;
            touch(packs)?;
            for statement in [
                "DELETE FROM recordings WHERE site = $1 AND session = $2",
                "DELETE FROM seen_recordings WHERE site = $1 AND session = $2",
                "DELETE FROM recording_shares WHERE site = $1 AND session = $2",
                "DELETE FROM recording_notes WHERE site = $1 AND session = $2",
                "DELETE FROM recording_tags WHERE site = $1 AND session = $2",
                "DELETE FROM collection_recordings WHERE site = $1 AND session = $2",
            ] {
                sqlx::query(statement)
                    .bind(i64::from(site.0))
                    .bind(key.clone())
                    .execute(&mut *transaction)
                    .await?;
            }
            page_heat::take_out(&mut transaction, site, *session, heat).await?;
        }
        for owner in owners {
            let packs = sqlx::query(
                "DELETE FROM asset_copies WHERE owner = $1 \
                 AND asset IN (SELECT id FROM assets WHERE site = $2) RETURNING pack",
            )
            .bind(owner.to_vec())
            .bind(i64::from(site.0))
            .fetch_all(&mut *transaction)
            .await?;
            touch(packs)?;
        }
        let mut touched = packs::names(&mut transaction, &touched).await?;
        let gone = packs::drop_unnamed(&mut transaction).await?;
        transaction.commit().await?;
        touched.retain(|name| !gone.contains(name));
        Ok(Removed { touched, gone })
    }
}

/// What a removal left of packs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Removed {
    /// Packs that had bytes of it and hold others too.
    pub(crate) touched: Vec<String>,
    /// Packs that are named no more.
    pub(crate) gone: Vec<String>,
}

/// Copies of the database that were made before migrations, each with its schema.
fn copies(folder: &Path) -> Vec<(PathBuf, i64)> {
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let copy = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?;
        let schema = name.strip_prefix("catalog-schema-")?.parse().ok()?;
        path.extension()
            .is_some_and(|end| end == "db")
            .then_some((path, schema))
    };
    files
        .flatten()
        .filter_map(|file| copy(file.path()))
        .collect()
}

/// Takes recordings out of the copies of the database that were made before migrations.
pub(crate) async fn forget_in_copies(
    folder: &Path,
    (site, sessions): (SiteId, &[SessionId]),
) -> Result<(), CatalogError> {
    for (path, schema) in copies(folder) {
        forget_in_copy(&path, schema, (site, sessions)).await?;
    }
    Ok(())
}

/// Takes what the ledger says of visitors out of the same copies.
pub(crate) async fn forget_visitors_in_copies(
    folder: &Path,
    of: (SiteId, &[VisitorId]),
) -> Result<(), CatalogError> {
    let statement = "DELETE FROM identities WHERE site = $1 AND visitor = $2";
    delete_in_copies(folder, (0, statement), of).await
}

/// Takes why recordings of visitors went out of the same copies.
pub(crate) async fn forget_gone_in_copies(
    folder: &Path,
    of: (SiteId, &[VisitorId]),
) -> Result<(), CatalogError> {
    let statement = "DELETE FROM recordings_gone WHERE site = $1 AND visitor = $2";
    delete_in_copies(folder, (SCHEMA_WITH_GONE, statement), of).await
}

/// Deletes rows of visitors in the copies that have such a table, those of a schema or later.
async fn delete_in_copies(
    folder: &Path,
    (since, statement): (i64, &'static str),
    (site, visitors): (SiteId, &[VisitorId]),
) -> Result<(), CatalogError> {
    for (path, schema) in copies(folder) {
        if schema < since {
            continue;
        }
        let mut connection = open_copy(&path).await?;
        for visitor in visitors {
            sqlx::query(statement)
                .bind(i64::from(site.0))
                .bind(visitor.to_bytes().to_vec())
                .execute(&mut connection)
                .await?;
        }
        connection.close().await?;
    }
    Ok(())
}

async fn open_copy(path: &Path) -> Result<SqliteConnection, CatalogError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .pragma("secure_delete", "ON")
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full);
    Ok(options.connect().await?)
}

/// Schema from which on chunks name their recording by its number.
const SCHEMA_WITH_NUMBERS: i64 = 7;
/// Schema from which on it is noted why recordings went.
const SCHEMA_WITH_GONE: i64 = 23;
/// What goes with a recording, and the schema from which on there is such a table.
const WITH_IT: &[(i64, &str)] = &[
    (1, "DELETE FROM recordings WHERE site = $1 AND session = $2"),
    (9, "DELETE FROM page_heat WHERE site = $1 AND session = $2"),
    (
        9,
        "DELETE FROM page_heat_read WHERE site = $1 AND session = $2",
    ),
    (
        10,
        "DELETE FROM recording_shares WHERE site = $1 AND session = $2",
    ),
    (
        10,
        "DELETE FROM recording_notes WHERE site = $1 AND session = $2",
    ),
    (
        10,
        "DELETE FROM recording_tags WHERE site = $1 AND session = $2",
    ),
    (
        10,
        "DELETE FROM collection_recordings WHERE site = $1 AND session = $2",
    ),
];

async fn forget_in_copy(
    path: &Path,
    schema: i64,
    (site, sessions): (SiteId, &[SessionId]),
) -> Result<(), CatalogError> {
    let mut connection = open_copy(path).await?;
    let chunks = match schema < SCHEMA_WITH_NUMBERS {
        true => "DELETE FROM chunks WHERE site = $1 AND session = $2",
        false => {
            "DELETE FROM chunks WHERE recording = \
             (SELECT id FROM recordings WHERE site = $1 AND session = $2)"
        }
    };
    let there = |(since, _): &&(i64, &str)| schema >= *since;
    for session in sessions {
        let others = WITH_IT
            .iter()
            .filter(there)
            .map(|(_, statement)| *statement);
        for statement in std::iter::once(chunks).chain(others) {
            sqlx::query(statement)
                .bind(i64::from(site.0))
                .bind(session.to_bytes().to_vec())
                .execute(&mut connection)
                .await?;
        }
    }
    connection.close().await?;
    Ok(())
}

pub(super) fn read_recording(row: &SqliteRow) -> Result<RecordingRow, CatalogError> {
    Ok(RecordingRow {
        id: Some(RecordingId(row.try_get("id")?)),
        session: SessionId(id128(row.try_get("session")?, "session of a recording")?),
        visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of a recording")?),
        cookieless: row.try_get::<i64, _>("cookieless")? != 0,
        started_ms: row.try_get("started_ms")?,
        ended_ms: row.try_get("ended_ms")?,
        chunks: number(row.try_get("chunks")?, "chunks of a recording")?,
        snapshots: number(row.try_get("snapshots")?, "snapshots of a recording")?,
        stored_bytes: number(row.try_get("stored_bytes")?, "bytes of a recording")?,
        path: row.try_get("path")?,
        pinned: row.try_get::<Option<i64>, _>("pinned_at_ms")?.is_some(),
    })
}

/// Rows of a day's number and a count, by the day's beginning.
async fn counted(
    connection: &mut SqliteConnection,
    query: String,
    (site, from_ms, to_ms): (SiteId, i64, i64),
    sessions: &[SessionId],
) -> Result<BTreeMap<i64, u64>, CatalogError> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(query))
        .bind(i64::from(site.0))
        .bind(from_ms)
        .bind(to_ms)
        .bind(DAY_MS);
    for session in sessions {
        query = query.bind(session.to_bytes().to_vec());
    }
    let rows = query.fetch_all(connection).await?;
    let day = |row: &SqliteRow| {
        let day: i64 = row.try_get("day")?;
        Ok((
            day * DAY_MS,
            number(row.try_get("many")?, "recordings of a day")?,
        ))
    };
    rows.iter().map(day).collect()
}
