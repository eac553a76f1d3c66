//! Recordings at rest: one row a session for lists, one row a chunk that says where its bytes are.

use std::collections::BTreeSet;
use std::sync::Arc;

use hitmetrix_model::{
    ChunkFacts, ChunkRow, RecordingSummary, SessionId, SiteId, VisitorId, WindowId,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::{Catalog, CatalogError, id128, number};

/// A chunk and the place of its encrypted bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackedChunk {
    pub(crate) facts: ChunkFacts,
    /// Name of the pack.
    pub(crate) pack: String,
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
}

/// One row of the list of recordings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordingRow {
    pub(crate) session: SessionId,
    pub(crate) visitor: VisitorId,
    pub(crate) cookieless: bool,
    pub(crate) started_ms: i64,
    pub(crate) ended_ms: i64,
    pub(crate) chunks: u32,
    pub(crate) snapshots: u32,
    pub(crate) stored_bytes: u64,
    pub(crate) path: String,
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
            session: facts.session,
            visitor: facts.visitor,
            cookieless: facts.cookieless,
            started_ms: facts.first_ms,
            ended_ms: facts.last_ms,
            chunks: 1,
            snapshots: u32::from(facts.snapshot),
            stored_bytes: bytes,
            path: facts.path.clone(),
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
    AND ($7 IS NULL OR EXISTS (SELECT 1 FROM chunks AS c WHERE c.site = r.site \
         AND c.session = r.session AND instr(c.path, $7) > 0))";

const COLUMNS: &str = "SELECT r.session, r.visitor, r.cookieless, r.started_ms, r.ended_ms, \
    r.chunks, r.snapshots, r.stored_bytes, r.path";

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
}

impl Catalog {
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
            "{COLUMNS}{CONDITIONS} ORDER BY r.started_ms DESC, r.session LIMIT $8"
        ));
        let rows = bound(sqlx::query(list), site, asked)
            .bind(limit as i64)
            .fetch_all(&self.reader)
            .await?;
        let rows: Result<Vec<_>, _> = rows.iter().map(read_recording).collect();
        Ok((rows?, number(total.try_get(0)?, "count of recordings")?))
    }

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

    /// Recordings that ended before a time, and those shorter than `min_ms` that ended before
    /// `short_before_ms`: what retention takes away.
    pub(crate) async fn recordings_to_expire(
        &self,
        site: SiteId,
        before_ms: i64,
        short: (i64, i64),
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{COLUMNS} FROM recordings AS r WHERE r.site = $1 AND (r.ended_ms < $2 \
             OR (r.ended_ms - r.started_ms < $3 AND r.ended_ms < $4))"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(before_ms)
            .bind(short.0)
            .bind(short.1)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_recording).collect()
    }

    /// The stored chunks of one session, by first time of the window, window and sequence.
    pub(crate) async fn chunks(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<(ChunkRow, ChunkPlace)>, CatalogError> {
        let rows = sqlx::query(
            "SELECT window_id, sequence, recorder, path, first_ms, last_ms, events, snapshot, \
             pack, pack_offset, pack_bytes FROM chunks WHERE site = $1 AND session = $2 \
             ORDER BY window_id, sequence",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_chunk).collect()
    }

    /// Takes recordings out of the catalog and names the packs that had their chunks.
    pub(crate) async fn remove_recordings(
        &self,
        site: SiteId,
        sessions: &[SessionId],
    ) -> Result<Vec<String>, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let mut touched = std::collections::BTreeSet::new();
        for session in sessions {
            let key = session.to_bytes().to_vec();
            let packs =
                sqlx::query("DELETE FROM chunks WHERE site = $1 AND session = $2 RETURNING pack")
                    .bind(i64::from(site.0))
                    .bind(key.clone())
                    .fetch_all(&mut *transaction)
                    .await?;
            for pack in packs {
                touched.insert(pack.try_get::<String, _>(0)?);
            }
            for statement in [
                "DELETE FROM recordings WHERE site = $1 AND session = $2",
                "DELETE FROM seen_recordings WHERE site = $1 AND session = $2",
            ] {
                sqlx::query(statement)
                    .bind(i64::from(site.0))
                    .bind(key.clone())
                    .execute(&mut *transaction)
                    .await?;
            }
        }
        transaction.commit().await?;
        Ok(touched.into_iter().collect())
    }

    /// The chunks in a pack that the catalog names, by offset.
    pub(crate) async fn chunks_of_pack(&self, pack: &str) -> Result<Vec<ChunkPlace>, CatalogError> {
        let rows = sqlx::query(
            "SELECT pack, pack_offset, pack_bytes FROM chunks WHERE pack = $1 ORDER BY pack_offset",
        )
        .bind(pack)
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_place).collect()
    }

    /// Says that the chunks of a pack lie in another one: old and new offsets.
    pub(crate) async fn move_chunks(
        &self,
        old: &str,
        new: &str,
        offsets: &[(u64, u64)],
    ) -> Result<(), CatalogError> {
        let mut transaction = self.writer.begin().await?;
        for (from, to) in offsets {
            sqlx::query(
                "UPDATE chunks SET pack = $1, pack_offset = $2 WHERE pack = $3 AND pack_offset = $4",
            )
            .bind(new)
            .bind(*to as i64)
            .bind(old)
            .bind(*from as i64)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether a visitor (or, when cookieless, a session) has recordings left: its key stays.
    pub(crate) async fn visitor_is_recorded(
        &self,
        site: SiteId,
        visitor: VisitorId,
    ) -> Result<bool, CatalogError> {
        let row = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM recordings WHERE site = $1 AND visitor = $2 \
             AND cookieless = 0)",
        )
        .bind(i64::from(site.0))
        .bind(visitor.to_bytes().to_vec())
        .fetch_one(&self.reader)
        .await?;
        Ok(row.try_get::<i64, _>(0)? != 0)
    }

    /// All packs that hold a chunk.
    pub(crate) async fn packs(&self) -> Result<Vec<String>, CatalogError> {
        let rows = sqlx::query("SELECT DISTINCT pack FROM chunks ORDER BY pack")
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

/// Where a chunk's encrypted bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkPlace {
    pub(crate) pack: String,
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    chunks: &[PackedChunk],
) -> Result<(), CatalogError> {
    for chunk in chunks {
        let facts = &chunk.facts;
        let (site, session) = (i64::from(facts.site.0), facts.session.to_bytes().to_vec());
        let inserted = sqlx::query(
            "INSERT INTO chunks (site, session, window_id, sequence, recorder, path, first_ms, \
             last_ms, received_at_ms, events, snapshot, pack, pack_offset, pack_bytes) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT DO NOTHING",
        )
        .bind(site)
        .bind(session.clone())
        .bind(facts.window.to_bytes().to_vec())
        .bind(i64::from(facts.sequence))
        .bind(&facts.recorder)
        .bind(&facts.path)
        .bind(facts.first_ms)
        .bind(facts.last_ms)
        .bind(facts.received_at_ms)
        .bind(i64::from(facts.events))
        .bind(i64::from(facts.snapshot))
        .bind(&chunk.pack)
        .bind(chunk.offset as i64)
        .bind(i64::from(chunk.bytes))
        .execute(&mut *connection)
        .await?;
        if inserted.rows_affected() == 0 {
            continue;
        }
        sqlx::query(
            "INSERT INTO recordings (site, session, visitor, cookieless, started_ms, ended_ms, \
             chunks, snapshots, stored_bytes, path) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9) \
             ON CONFLICT (site, session) DO UPDATE SET \
             path = CASE WHEN excluded.started_ms < recordings.started_ms \
                    THEN excluded.path ELSE recordings.path END, \
             started_ms = MIN(recordings.started_ms, excluded.started_ms), \
             ended_ms = MAX(recordings.ended_ms, excluded.ended_ms), \
             chunks = recordings.chunks + 1, \
             snapshots = recordings.snapshots + excluded.snapshots, \
             stored_bytes = recordings.stored_bytes + excluded.stored_bytes",
        )
        .bind(site)
        .bind(session)
        .bind(facts.visitor.to_bytes().to_vec())
        .bind(i64::from(facts.cookieless))
        .bind(facts.first_ms)
        .bind(facts.last_ms)
        .bind(i64::from(facts.snapshot))
        .bind(i64::from(chunk.bytes))
        .bind(&facts.path)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn read_recording(row: &SqliteRow) -> Result<RecordingRow, CatalogError> {
    Ok(RecordingRow {
        session: SessionId(id128(row.try_get("session")?, "session of a recording")?),
        visitor: VisitorId(id128(row.try_get("visitor")?, "visitor of a recording")?),
        cookieless: row.try_get::<i64, _>("cookieless")? != 0,
        started_ms: row.try_get("started_ms")?,
        ended_ms: row.try_get("ended_ms")?,
        chunks: number(row.try_get("chunks")?, "chunks of a recording")?,
        snapshots: number(row.try_get("snapshots")?, "snapshots of a recording")?,
        stored_bytes: number(row.try_get("stored_bytes")?, "bytes of a recording")?,
        path: row.try_get("path")?,
    })
}

fn read_chunk(row: &SqliteRow) -> Result<(ChunkRow, ChunkPlace), CatalogError> {
    let place = read_place(row)?;
    let chunk = ChunkRow {
        window: WindowId(id128(row.try_get("window_id")?, "window of a chunk")?),
        sequence: number(row.try_get("sequence")?, "sequence of a chunk")?,
        first_ms: row.try_get("first_ms")?,
        last_ms: row.try_get("last_ms")?,
        events: number(row.try_get("events")?, "events of a chunk")?,
        snapshot: row.try_get::<i64, _>("snapshot")? != 0,
        stored_bytes: place.bytes,
        path: row.try_get("path")?,
        recorder: row.try_get("recorder")?,
    };
    Ok((chunk, place))
}

fn read_place(row: &SqliteRow) -> Result<ChunkPlace, CatalogError> {
    Ok(ChunkPlace {
        pack: row.try_get("pack")?,
        offset: number(row.try_get("pack_offset")?, "place of a chunk")?,
        bytes: number(row.try_get("pack_bytes")?, "length of a chunk")?,
    })
}
