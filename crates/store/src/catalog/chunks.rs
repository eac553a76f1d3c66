//! Chunks of recordings: which there are and in which pack each lies, as they came or merged into
//! segments.

use std::collections::{BTreeMap, HashMap};

use hitmetrix_model::{ChunkFacts, ChunkRow, SessionId, SiteId, WindowId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::packs::{PackId, known};
use super::recordings::RecordingId;
use super::{Catalog, CatalogError, id128, number};

/// A chunk and the place of its encrypted bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackedChunk {
    pub(crate) facts: ChunkFacts,
    pub(crate) place: Place,
}

/// Where encrypted bytes are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// Name of the pack.
    pub(crate) pack: String,
    pub(crate) offset: u64,
    pub(crate) bytes: u32,
}

/// How the bytes of a row are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One chunk as it came.
    Loose,
    /// A segment.
    Segment,
}

impl Form {
    pub(super) fn code(self) -> i64 {
        match self {
            Self::Loose => 0,
            Self::Segment => 1,
        }
    }

    fn of_code(code: i64) -> Result<Self, CatalogError> {
        match code {
            0 => Ok(Self::Loose),
            1 => Ok(Self::Segment),
            _ => Err(CatalogError::Unreadable {
                what: "form of a chunk",
            }),
        }
    }
}

/// Number of a base in the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BaseId(pub(crate) i64);

/// One row of chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredChunk {
    pub(crate) row: ChunkRow,
    pub(crate) form: Form,
    /// Paths of its chunks, each once, a line each.
    pub(crate) paths: String,
    /// Class of the viewport of a segment that begins with a snapshot.
    pub(crate) viewport: Option<u8>,
    /// What it was packed against.
    pub(crate) base: Option<BaseId>,
    pub(crate) place: Place,
}

/// The columns of a [`StoredChunk`] and where they come from.
pub(super) const CHUNKS: &str = "SELECT c.window_id, c.sequence, c.last_sequence, c.form, \
    c.recorder, c.paths, c.first_ms, c.last_ms, c.events, c.snapshot, c.keyframe, c.viewport, \
    c.base, p.name AS pack, c.pack_offset, c.pack_bytes \
    FROM chunks AS c JOIN packs AS p ON p.id = c.pack";

impl Catalog {
    /// The stored chunks of one session, by window and sequence.
    pub(crate) async fn chunks(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<StoredChunk>, CatalogError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{CHUNKS} WHERE c.recording = (SELECT id FROM recordings WHERE site = $1 \
             AND session = $2) ORDER BY c.window_id, c.sequence"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_chunk).collect()
    }

    /// The windows of a recording, with the time of the last event that is stored of each.
    pub(crate) async fn recorded_windows(
        &self,
        (site, session): (SiteId, SessionId),
    ) -> Result<BTreeMap<WindowId, i64>, CatalogError> {
        let rows = sqlx::query(
            "SELECT window_id, MAX(last_ms) AS last_ms FROM chunks WHERE recording = \
             (SELECT id FROM recordings WHERE site = $1 AND session = $2) GROUP BY window_id",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| {
                let window = id128(row.try_get("window_id")?, "window of a chunk")?;
                Ok((WindowId(window), row.try_get("last_ms")?))
            })
            .collect()
    }

    /// Those of a recording after what one has: the last sequence of each window that one knows.
    /// Nothing of what one has is gone through.
    pub(crate) async fn chunks_after(
        &self,
        (site, session): (SiteId, SessionId),
        known: &BTreeMap<WindowId, u32>,
    ) -> Result<Vec<StoredChunk>, CatalogError> {
        let known: Vec<String> = known
            .iter()
            .map(|(window, last)| format!("\"{:032x}\":{last}", window.0))
            .collect();
        let rows = sqlx::query(sqlx::AssertSqlSafe(after_sql()))
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .bind(format!("{{{}}}", known.join(",")))
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_chunk).collect()
    }
}

/// The windows of a recording, one found after the other; where in each what is new begins: with
/// the last row that begins before it, which may reach beyond; and the rows from there on.
fn after_sql() -> String {
    let recording = "(SELECT id FROM recordings WHERE site = $1 AND session = $2)";
    let columns = CHUNKS.replacen(
        "FROM chunks AS c",
        "FROM starts AS s CROSS JOIN chunks AS c",
        1,
    );
    format!(
        "WITH RECURSIVE windows(id) AS (\
         SELECT (SELECT MIN(window_id) FROM chunks WHERE recording = {recording}) UNION ALL \
         SELECT (SELECT MIN(c.window_id) FROM chunks AS c WHERE c.recording = {recording} \
         AND c.window_id > windows.id) FROM windows WHERE windows.id IS NOT NULL), \
         known(window_id, last) AS (SELECT unhex(key), value FROM json_each($3)), \
         starts(window_id, last, first) AS (\
         SELECT w.id, COALESCE(k.last, -1), COALESCE((SELECT MAX(c.sequence) FROM chunks AS c \
         WHERE c.recording = {recording} AND c.window_id = w.id AND c.sequence <= k.last), 0) \
         FROM windows AS w LEFT JOIN known AS k ON k.window_id = w.id WHERE w.id IS NOT NULL) \
         {columns} WHERE c.recording = {recording} AND c.window_id = s.window_id \
         AND c.sequence >= s.first AND c.last_sequence > s.last ORDER BY c.window_id, c.sequence"
    )
}

/// Says where sealed chunks are; one that is known already is left out. `packs` are the numbers of
/// the packs by name.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    chunks: &[PackedChunk],
    packs: &HashMap<String, PackId>,
) -> Result<(), CatalogError> {
    let mut recordings: HashMap<(SiteId, SessionId), RecordingId> = HashMap::new();
    for chunk in chunks {
        let facts = &chunk.facts;
        let key = (facts.site, facts.session);
        let recording = match recordings.get(&key) {
            Some(known) => *known,
            None => {
                let id = recording_of(connection, facts).await?;
                recordings.insert(key, id);
                id
            }
        };
        let pack = known(packs, &chunk.place)?;
        if insert_loose(connection, (recording, pack), chunk).await? {
            add_to_recording(connection, recording, chunk).await?;
        }
    }
    Ok(())
}

/// The number of a chunk's recording, made where it is missing.
async fn recording_of(
    connection: &mut SqliteConnection,
    facts: &ChunkFacts,
) -> Result<RecordingId, CatalogError> {
    let row = sqlx::query(
        "INSERT INTO recordings (site, session, visitor, cookieless, started_ms, ended_ms, chunks, \
         snapshots, stored_bytes, path) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7) \
         ON CONFLICT (site, session) DO UPDATE SET site = excluded.site RETURNING id",
    )
    .bind(i64::from(facts.site.0))
    .bind(facts.session.to_bytes().to_vec())
    .bind(facts.visitor.to_bytes().to_vec())
    .bind(i64::from(facts.cookieless))
    .bind(facts.first_ms)
    .bind(facts.last_ms)
    .bind(&facts.path)
    .fetch_one(connection)
    .await?;
    Ok(RecordingId(row.try_get(0)?))
}

async fn insert_loose(
    connection: &mut SqliteConnection,
    (recording, pack): (RecordingId, PackId),
    chunk: &PackedChunk,
) -> Result<bool, CatalogError> {
    let facts = &chunk.facts;
    let inserted = sqlx::query(
        "INSERT INTO chunks (recording, window_id, sequence, last_sequence, form, recorder, paths, \
         first_ms, last_ms, events, snapshot, keyframe, pack, pack_offset, pack_bytes) \
         SELECT $1, $2, $3, $3, 0, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12 \
         WHERE NOT EXISTS (SELECT 1 FROM chunks WHERE recording = $1 AND window_id = $2 \
             AND sequence <= $3 AND last_sequence >= $3)",
    )
    .bind(recording.0)
    .bind(facts.window.to_bytes().to_vec())
    .bind(i64::from(facts.sequence))
    .bind(&facts.recorder)
    .bind(&facts.path)
    .bind(facts.first_ms)
    .bind(facts.last_ms)
    .bind(i64::from(facts.events))
    .bind(i64::from(facts.snapshot))
    .bind(pack.0)
    .bind(chunk.place.offset as i64)
    .bind(i64::from(chunk.place.bytes))
    .execute(connection)
    .await?;
    Ok(inserted.rows_affected() > 0)
}

async fn add_to_recording(
    connection: &mut SqliteConnection,
    recording: RecordingId,
    chunk: &PackedChunk,
) -> Result<(), CatalogError> {
    let facts = &chunk.facts;
    sqlx::query(
        "UPDATE recordings SET path = CASE WHEN $2 < started_ms THEN $3 ELSE path END, \
         started_ms = MIN(started_ms, $2), ended_ms = MAX(ended_ms, $4), chunks = chunks + 1, \
         snapshots = snapshots + $5, stored_bytes = stored_bytes + $6, \
         loose_since_ms = MAX(COALESCE(loose_since_ms, $7), $7) WHERE id = $1",
    )
    .bind(recording.0)
    .bind(facts.first_ms)
    .bind(&facts.path)
    .bind(facts.last_ms)
    .bind(i64::from(facts.snapshot))
    .bind(i64::from(chunk.place.bytes))
    .bind(facts.received_at_ms)
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) fn read_chunk(row: &SqliteRow) -> Result<StoredChunk, CatalogError> {
    let place = read_place(row)?;
    let paths: String = row.try_get("paths")?;
    let viewport: Option<i64> = row.try_get("viewport")?;
    let chunk = ChunkRow {
        window: WindowId(id128(row.try_get("window_id")?, "window of a chunk")?),
        sequence: number(row.try_get("sequence")?, "sequence of a chunk")?,
        last_sequence: number(row.try_get("last_sequence")?, "sequence of a chunk")?,
        first_ms: row.try_get("first_ms")?,
        last_ms: row.try_get("last_ms")?,
        events: number(row.try_get("events")?, "events of a chunk")?,
        snapshot: row.try_get::<i64, _>("snapshot")? != 0,
        keyframe: row.try_get::<i64, _>("keyframe")? != 0,
        stored_bytes: place.bytes,
        path: paths.lines().next().unwrap_or_default().to_owned(),
        recorder: row.try_get("recorder")?,
    };
    Ok(StoredChunk {
        row: chunk,
        form: Form::of_code(row.try_get("form")?)?,
        paths,
        viewport: viewport
            .map(|class| number(class, "viewport of a chunk"))
            .transpose()?,
        base: row.try_get::<Option<i64>, _>("base")?.map(BaseId),
        place,
    })
}

pub(super) fn read_place(row: &SqliteRow) -> Result<Place, CatalogError> {
    Ok(Place {
        pack: row.try_get("pack")?,
        offset: number(row.try_get("pack_offset")?, "place of a chunk")?,
        bytes: number(row.try_get("pack_bytes")?, "length of a chunk")?,
    })
}

#[cfg(test)]
#[path = "chunks_tests.rs"]
mod tests;
