//! Recordings as others see them: chunks in, lists out, sealed or not.
//!
//! What the catalog knows of a session and what is still in the log are added up when somebody
//! asks. A chunk that a seal moves meanwhile is looked up again.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{Chunk, ChunkFacts, ChunkRow, RecordingSummary, SessionId, SiteId, WindowId};

use super::{Inner, Store, StoreError};
use crate::catalog::{RecordingQuery, RecordingRow, StoredChunk};
use crate::recordings::{ChunkReceipt, Shape, shape};
use crate::state::{TailChunk, read};

/// So many sessions are looked up one by one; of more, all recordings are gone through.
const BY_ID_MAX: usize = 200;

/// What becomes of a recording when it is old or the disk is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pin {
    /// It stays.
    Keep,
    /// It goes like the others.
    Release,
}

impl Store {
    /// Stores a chunk, or a piece when its facts say so; returns when it is durable.
    ///
    /// # Errors
    /// When it was not stored.
    pub async fn append_chunk(&self, chunk: Chunk) -> Result<ChunkReceipt, StoreError> {
        Ok(self.inner.intake.append(chunk).await?)
    }

    /// Stores the checked whole of a set of pieces, in their place.
    ///
    /// # Errors
    /// When it was not stored.
    pub async fn append_joined(&self, mut chunk: Chunk) -> Result<ChunkReceipt, StoreError> {
        chunk.facts.piece = None;
        self.append_chunk(chunk).await
    }

    /// Gives up the pieces of a chunk whose whole turned out to be no recording.
    pub fn abandon_pieces(&self, facts: &ChunkFacts) {
        self.inner.intake.abandon(facts);
    }

    /// Recordings, newest first, and how many there are without limit and offset.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn recordings(
        &self,
        site: SiteId,
        query: &RecordingQuery,
    ) -> Result<(Vec<RecordingSummary>, u64), StoreError> {
        let inner = &*self.inner;
        let mut unsealed: BTreeMap<SessionId, Vec<TailChunk>> = BTreeMap::new();
        for chunk in inner.tail_chunks(site, |_| true) {
            unsealed.entry(chunk.facts.session).or_default().push(chunk);
        }
        if let Some(sessions) = &query.sessions {
            unsealed.retain(|session, _| sessions.contains(session));
        }
        let (mut rows, mut total) = self.stored(site, query, unsealed.len() as u64).await?;
        for (session, chunks) in unsealed {
            let stored = inner.catalog.recording(site, session).await?;
            let as_stored = RecordingQuery {
                session: Some(session),
                ..query.clone()
            };
            let listed = match (&stored, query.session.is_none_or(|asked| asked == session)) {
                (Some(_), true) => inner.catalog.recordings(site, &as_stored, 1).await?.1 > 0,
                _ => false,
            };
            rows.retain(|row| row.session != session);
            total -= u64::from(listed);
            let path_in_catalog = listed && query.path_contains.is_some();
            let row = merged(stored, &chunks).expect("there is at least one chunk");
            let asked = if path_in_catalog {
                RecordingQuery {
                    path_contains: None,
                    ..query.clone()
                }
            } else {
                query.clone()
            };
            if asked.takes(&row, chunks.iter().map(|chunk| chunk.facts.path.as_str())) {
                total += 1;
                rows.push(row);
            }
        }
        if let Some(sessions) = &query.sessions {
            rows.retain(|row| sessions.contains(&row.session));
            total = rows.len() as u64;
        }
        if let Some(but) = &query.but {
            rows.retain(|row| !but.contains(&row.session));
            total = rows.len() as u64;
        }
        rows.sort_by_key(|row| (std::cmp::Reverse(row.started_ms), row.session));
        let page = rows
            .into_iter()
            .skip(query.offset as usize)
            .take(query.limit as usize);
        let mut summaries = Vec::new();
        for row in page {
            let chunks = inner.chunk_rows(site, row.session).await?;
            let shape = shape_of(&chunks);
            summaries.push(row.summary(shape.chunks_missing));
        }
        Ok((summaries, total))
    }

    /// Sessions of a site that have a recording which can be played.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn playable_sessions(&self, site: SiteId) -> Result<BTreeSet<SessionId>, StoreError> {
        // The tail first: what a seal moves meanwhile is then seen twice rather than not at all.
        let unsealed = self.inner.tail_chunks(site, |facts| facts.snapshot);
        let mut sessions = self.inner.catalog.playable_sessions(site).await?;
        sessions.extend(unsealed.iter().map(|chunk| chunk.facts.session));
        Ok(sessions)
    }

    /// How many recordings began on each day UTC of which no full snapshot came, in a span of time;
    /// those that are only in the log may get theirs yet and are left out.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn unplayable_days(
        &self,
        site: SiteId,
        span_ms: (i64, i64),
    ) -> Result<BTreeMap<i64, u64>, StoreError> {
        let inner = &self.inner;
        let unsealed = inner.tail_chunks(site, |facts| facts.snapshot);
        let coming: BTreeSet<SessionId> =
            unsealed.iter().map(|chunk| chunk.facts.session).collect();
        let coming: Vec<SessionId> = coming.into_iter().collect();
        Ok(inner
            .catalog
            .unplayable_days(site, span_ms, &coming)
            .await?)
    }

    /// The stored recordings that may come before the end of the page, with `more` of them, and how
    /// many there are.
    async fn stored(
        &self,
        site: SiteId,
        query: &RecordingQuery,
        more: u64,
    ) -> Result<(Vec<RecordingRow>, u64), StoreError> {
        let catalog = &self.inner.catalog;
        let few = query.sessions.as_ref();
        if let Some(sessions) = few.filter(|sessions| sessions.len() <= BY_ID_MAX) {
            let mut rows = Vec::new();
            for &session in sessions.iter() {
                let one = RecordingQuery {
                    session: Some(session),
                    ..query.clone()
                };
                if query.session.is_none_or(|asked| asked == session) {
                    rows.extend(catalog.recordings(site, &one, 1).await?.0);
                }
            }
            let total = rows.len() as u64;
            return Ok((rows, total));
        }
        let wanted = match query.sessions.is_some() || query.but.is_some() {
            true => u64::from(u32::MAX),
            false => u64::from(query.offset) + u64::from(query.limit) + more,
        };
        Ok(catalog.recordings(site, query, wanted).await?)
    }

    /// One recording with its chunks, by first time of the window, window and sequence.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn recording(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Option<(RecordingSummary, Vec<ChunkRow>)>, StoreError> {
        let unsealed = self
            .inner
            .tail_chunks(site, |facts| facts.session == session);
        let stored = self.inner.catalog.recording(site, session).await?;
        let Some(row) = merged(stored, &unsealed) else {
            return Ok(None);
        };
        let chunks = self.inner.chunk_rows(site, session).await?;
        let shape = shape_of(&chunks);
        Ok(Some((row.summary(shape.chunks_missing), chunks)))
    }

    /// The chunks of a recording after what one has, in the order in which they play: the last
    /// sequence of each window that one knows. None when there is no such recording.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn chunks_after(
        &self,
        (site, session): (SiteId, SessionId),
        known: &BTreeMap<WindowId, u32>,
    ) -> Result<Option<Vec<ChunkRow>>, StoreError> {
        let inner = &self.inner;
        let unsealed = inner.tail_chunks(site, |facts| facts.session == session);
        if unsealed.is_empty() && inner.catalog.recording(site, session).await?.is_none() {
            return Ok(None);
        }
        let stored = inner.catalog.chunks_after((site, session), known).await?;
        let mut rows = in_order(&unsealed, stored);
        rows.retain(|row| {
            let last = known.get(&row.window);
            last.is_none_or(|last| row.last_sequence > *last)
        });
        Ok(Some(rows))
    }

    /// The windows of which a recording has anything, with the time of the last event of each.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn recorded_windows(
        &self,
        (site, session): (SiteId, SessionId),
    ) -> Result<BTreeMap<WindowId, i64>, StoreError> {
        let inner = &self.inner;
        let unsealed = inner.tail_chunks(site, |facts| facts.session == session);
        let mut windows = inner.catalog.recorded_windows((site, session)).await?;
        for chunk in unsealed {
            let last = windows.entry(chunk.facts.window).or_insert(i64::MIN);
            *last = chunk.facts.last_ms.max(*last);
        }
        Ok(windows)
    }

    /// Pins a recording, so that neither its age nor a full disk takes it away, or lets it go
    /// again. False when there is none.
    ///
    /// # Errors
    /// When the catalog could not be changed.
    pub async fn pin_recording(
        &self,
        (site, session): (SiteId, SessionId),
        pin: Pin,
    ) -> Result<bool, StoreError> {
        let inner = &self.inner;
        let _work = inner.work.lock().await;
        inner
            .seal_if_tail(site, |facts| facts.session == session)
            .await?;
        let since_ms = match pin {
            Pin::Keep => Some(inner.config.clock.now_ms()),
            Pin::Release => None,
        };
        let catalog = &inner.catalog;
        Ok(catalog.pin_recording((site, session), since_ms).await?)
    }
}

impl Inner {
    pub(super) fn tail_chunks(
        &self,
        site: SiteId,
        wanted: impl Fn(&ChunkFacts) -> bool,
    ) -> Vec<TailChunk> {
        let state = read(&self.state);
        let chunks = state.sites.get(&site).map_or(&[][..], |site| &site.chunks);
        chunks
            .iter()
            .filter(|chunk| wanted(&chunk.facts))
            .cloned()
            .collect()
    }

    /// Stored and unsealed chunks of a session, each once, in the order in which they play.
    async fn chunk_rows(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<ChunkRow>, StoreError> {
        // The tail first: what a seal moves meanwhile is then seen twice rather than not at all.
        let unsealed = self.tail_chunks(site, |facts| facts.session == session);
        Ok(in_order(
            &unsealed,
            self.catalog.chunks(site, session).await?,
        ))
    }
}

/// Each once, by first time of the window, window and sequence.
fn in_order(unsealed: &[TailChunk], stored: Vec<StoredChunk>) -> Vec<ChunkRow> {
    let mut rows: BTreeMap<(WindowId, u32), ChunkRow> = BTreeMap::new();
    for chunk in unsealed {
        let row = row_of(chunk);
        rows.insert((row.window, row.sequence), row);
    }
    for StoredChunk { row, .. } in stored {
        let covered = (row.window, row.sequence)..=(row.window, row.last_sequence);
        let twice: Vec<_> = rows.range(covered).map(|(key, _)| *key).collect();
        twice.iter().for_each(|key| drop(rows.remove(key)));
        rows.insert((row.window, row.sequence), row);
    }
    let mut starts: BTreeMap<WindowId, i64> = BTreeMap::new();
    for row in rows.values() {
        let start = starts.entry(row.window).or_insert(row.first_ms);
        *start = row.first_ms.min(*start);
    }
    let mut rows: Vec<ChunkRow> = rows.into_values().collect();
    rows.sort_by_key(|row| (starts[&row.window], row.window, row.sequence));
    rows
}

fn merged(stored: Option<RecordingRow>, unsealed: &[TailChunk]) -> Option<RecordingRow> {
    let mut row = stored;
    for chunk in unsealed {
        let bytes = u64::from(chunk.encrypted_bytes);
        match &mut row {
            Some(row) => row.add(&chunk.facts, bytes),
            None => row = Some(RecordingRow::of(&chunk.facts, bytes)),
        }
    }
    row
}

fn shape_of(chunks: &[ChunkRow]) -> Shape {
    let each = |chunk: &ChunkRow| {
        let (first, last) = (chunk.sequence, chunk.last_sequence);
        (chunk.window, first, last, chunk.snapshot)
    };
    shape(chunks.iter().map(each))
}

fn row_of(chunk: &TailChunk) -> ChunkRow {
    let facts = &chunk.facts;
    ChunkRow {
        window: facts.window,
        sequence: facts.sequence,
        last_sequence: facts.sequence,
        first_ms: facts.first_ms,
        last_ms: facts.last_ms,
        events: facts.events,
        snapshot: facts.snapshot,
        keyframe: false,
        stored_bytes: chunk.encrypted_bytes,
        path: facts.path.clone(),
        recorder: facts.recorder.clone(),
    }
}
