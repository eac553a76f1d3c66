//! The transactions of repacking: segments take the place of chunks, assets and bases come. A
//! crash leaves all of one or nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hitmetrix_model::{SiteId, limits};
use sqlx::{Row, SqliteConnection};

use super::assets::{self, AssetHash, AssetNumber, BaseWeight, NewAsset, PageKey};
use super::chunks::{BaseId, Place, StoredChunk};
use super::packs::{self, NewPack, PackId, known};
use super::recordings::{COLUMNS, RecordingId, RecordingRow, read_recording};
use super::{Catalog, CatalogError};

/// Everything that one repack writes down.
#[derive(Debug, Clone)]
pub(crate) struct RepackRecord {
    pub(crate) site: SiteId,
    pub(crate) packs: Vec<NewPack>,
    pub(crate) recordings: Vec<RepackedRecording>,
    pub(crate) assets: Vec<NewAsset>,
    /// Numbers of the named assets that were there before.
    pub(crate) known_assets: BTreeMap<AssetHash, AssetNumber>,
    pub(crate) bases: Vec<(BaseId, BaseWeight)>,
}

/// One recording with its chunks in segments.
#[derive(Debug, Clone)]
pub(crate) struct RepackedRecording {
    pub(crate) id: RecordingId,
    /// The rows that go.
    pub(crate) before: Vec<StoredChunk>,
    /// The rows that come.
    pub(crate) after: Vec<StoredChunk>,
    /// The assets that these name.
    pub(crate) assets: BTreeSet<AssetHash>,
    /// Numbers of assets that rows name which stay.
    pub(crate) assets_of_kept: BTreeSet<AssetNumber>,
}

/// A base that is on the disk.
#[derive(Debug, Clone)]
pub(crate) struct NewBase {
    pub(crate) site: SiteId,
    pub(crate) page: PageKey,
    pub(crate) made_at_ms: i64,
    pub(crate) pack: NewPack,
    pub(crate) place: Place,
    /// Recordings that are to be packed against it.
    pub(crate) recordings: BTreeSet<hitmetrix_model::SessionId>,
}

impl Catalog {
    /// Recordings with chunks as they came whose latest receipt is not after `until_ms`, the longest
    /// over first; and those that go on by `now_ms`, once so much came that was not put in order:
    /// [`limits::LIVE_REPACK_MS`] of it, and a quarter of all.
    pub(crate) async fn loose_recordings(
        &self,
        site: SiteId,
        (until_ms, now_ms): (i64, i64),
        limit: u32,
    ) -> Result<Vec<RecordingRow>, CatalogError> {
        const IN_ORDER_MS: &str = "COALESCE((SELECT MAX(c.last_ms) FROM chunks AS c \
             WHERE c.recording = r.id AND c.form <> 0), r.started_ms)";
        let sql = sqlx::AssertSqlSafe(format!(
            "{COLUMNS} FROM recordings AS r WHERE r.site = $1 AND r.loose_since_ms IS NOT NULL \
             AND (r.loose_since_ms <= $2 OR (r.loose_since_ms <= $4 \
                 AND r.ended_ms - r.started_ms >= $5 \
                 AND r.ended_ms - {IN_ORDER_MS} >= $5 \
                 AND (r.ended_ms - {IN_ORDER_MS}) * 4 >= r.ended_ms - r.started_ms)) \
             ORDER BY r.loose_since_ms LIMIT $3"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(until_ms)
            .bind(i64::from(limit))
            .bind(now_ms)
            .bind(limits::LIVE_REPACK_MS)
            .fetch_all(&self.reader)
            .await?;
        rows.iter().map(read_recording).collect()
    }

    /// Lets a recording that cannot be repacked wait as if a chunk had come at a time.
    pub(crate) async fn postpone_repack(
        &self,
        recording: RecordingId,
        since_ms: i64,
    ) -> Result<(), CatalogError> {
        sqlx::query(
            "UPDATE recordings SET loose_since_ms = $1 \
             WHERE id = $2 AND loose_since_ms IS NOT NULL",
        )
        .bind(since_ms)
        .bind(recording.0)
        .execute(&self.writer)
        .await?;
        Ok(())
    }

    /// Puts segments in the place of chunks. Gives the packs that are named no more; nothing, and
    /// nothing is changed, when a chunk is not there any more as it was read.
    pub(crate) async fn repack(
        &self,
        record: &RepackRecord,
    ) -> Result<Option<Vec<String>>, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let connection = &mut *transaction;
        let numbers = packs::insert_all(connection, &record.packs).await?;
        let new = assets::insert(connection, (record.site, &record.assets), &numbers).await?;
        for recording in &record.recordings {
            for chunk in &recording.before {
                if !delete(connection, recording.id, chunk).await? {
                    return Ok(None);
                }
            }
            for segment in &recording.after {
                insert_segment(connection, recording.id, (segment, &numbers)).await?;
            }
            let mut named = recording.assets_of_kept.clone();
            for hash in &recording.assets {
                let number = new.get(hash).or_else(|| record.known_assets.get(hash));
                named.insert(*number.ok_or(CatalogError::Unreadable {
                    what: "asset of a recording",
                })?);
            }
            settle(connection, recording.id, &named).await?;
        }
        for (base, weight) in &record.bases {
            sqlx::query(
                "UPDATE bases SET snapshots = $1, first_bytes = $2, recent_bytes = $3 \
                 WHERE id = $4",
            )
            .bind(weight.snapshots as i64)
            .bind(weight.first_bytes as i64)
            .bind(weight.recent_bytes as i64)
            .bind(base.0)
            .execute(&mut *connection)
            .await?;
        }
        let gone = packs::drop_unnamed(connection).await?;
        transaction.commit().await?;
        Ok(Some(gone))
    }

    /// Takes in a base; the recordings that it was made for are due at once.
    pub(crate) async fn insert_base(&self, base: &NewBase) -> Result<BaseId, CatalogError> {
        let mut transaction = self.writer.begin().await?;
        let pack = packs::insert(&mut transaction, &base.pack).await?;
        let row = sqlx::query(
            "INSERT INTO bases (site, page, viewport, made_at_ms, snapshots, first_bytes, \
             recent_bytes, pack, pack_offset, pack_bytes) \
             VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $6, $7) RETURNING id",
        )
        .bind(i64::from(base.site.0))
        .bind(&base.page.path)
        .bind(base.page.viewport_code())
        .bind(base.made_at_ms)
        .bind(pack.0)
        .bind(base.place.offset as i64)
        .bind(i64::from(base.place.bytes))
        .fetch_one(&mut *transaction)
        .await?;
        for session in &base.recordings {
            sqlx::query(
                "UPDATE recordings SET loose_since_ms = COALESCE(loose_since_ms, 0) \
                 WHERE site = $1 AND session = $2",
            )
            .bind(i64::from(base.site.0))
            .bind(session.to_bytes().to_vec())
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(BaseId(row.try_get(0)?))
    }
}

/// Takes a row out, if it is still what was read.
async fn delete(
    connection: &mut SqliteConnection,
    recording: RecordingId,
    chunk: &StoredChunk,
) -> Result<bool, CatalogError> {
    let deleted = sqlx::query(
        "DELETE FROM chunks WHERE recording = $1 AND window_id = $2 AND sequence = $3 \
         AND last_sequence = $4 AND pack_offset = $5 \
         AND pack = (SELECT id FROM packs WHERE name = $6)",
    )
    .bind(recording.0)
    .bind(chunk.row.window.to_bytes().to_vec())
    .bind(i64::from(chunk.row.sequence))
    .bind(i64::from(chunk.row.last_sequence))
    .bind(chunk.place.offset as i64)
    .bind(&chunk.place.pack)
    .execute(connection)
    .await?;
    Ok(deleted.rows_affected() == 1)
}

async fn insert_segment(
    connection: &mut SqliteConnection,
    recording: RecordingId,
    (segment, packs): (&StoredChunk, &HashMap<String, PackId>),
) -> Result<(), CatalogError> {
    let row = &segment.row;
    sqlx::query(
        "INSERT INTO chunks (recording, window_id, sequence, last_sequence, form, recorder, paths, \
         first_ms, last_ms, events, snapshot, keyframe, viewport, base, pack, pack_offset, \
         pack_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         $16, $17)",
    )
    .bind(recording.0)
    .bind(row.window.to_bytes().to_vec())
    .bind(i64::from(row.sequence))
    .bind(i64::from(row.last_sequence))
    .bind(segment.form.code())
    .bind(&row.recorder)
    .bind(&segment.paths)
    .bind(row.first_ms)
    .bind(row.last_ms)
    .bind(i64::from(row.events))
    .bind(i64::from(row.snapshot))
    .bind(i64::from(row.keyframe))
    .bind(segment.viewport.map(i64::from))
    .bind(segment.base.map(|base| base.0))
    .bind(known(packs, &segment.place)?.0)
    .bind(segment.place.offset as i64)
    .bind(i64::from(segment.place.bytes))
    .execute(connection)
    .await?;
    Ok(())
}

/// What a recording is after its chunks went: chunks that came meanwhile keep it due.
async fn settle(
    connection: &mut SqliteConnection,
    recording: RecordingId,
    named: &BTreeSet<AssetNumber>,
) -> Result<(), CatalogError> {
    sqlx::query(
        "UPDATE recordings SET assets = $2, \
         stored_bytes = (SELECT SUM(pack_bytes) FROM chunks WHERE recording = $1), \
         loose_since_ms = CASE WHEN EXISTS \
             (SELECT 1 FROM chunks WHERE recording = $1 AND form = 0) \
             THEN loose_since_ms END \
         WHERE id = $1",
    )
    .bind(recording.0)
    .bind(assets::write_numbers(named))
    .execute(connection)
    .await?;
    Ok(())
}
