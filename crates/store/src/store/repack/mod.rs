//! Repacking: when a session is over, and now and then while a long one goes on, its chunks are read, put in order by window and sequence,
//! merged into segments, rid of what recordings have alike, packed and encrypted again, and put in
//! the place of the old ones in one transaction. What they say stays the same, byte for byte.
//!
//! Reading and packing hold nobody up; only the transaction waits for seals. Whatever changed
//! meanwhile makes it void, and its packs go; the old packs go when it is in force. A crash at any
//! point leaves the old rows or the new ones, and files that nobody names.

mod alike;
mod bases;
mod shelves;
mod turn;

use std::sync::Arc;

use hitmetrix_model::SiteId;

use super::{Inner, Store, StoreError};
use crate::catalog::RecordingRow;
use turn::Turn;

/// Recordings that one transaction takes.
const TURN_RECORDINGS: u32 = 64;
/// Bytes of new packs after which a transaction takes no further recording.
const TURN_BYTES: u64 = 32 << 20;

/// What a repack did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RepackReport {
    /// Recordings that were put in order.
    pub recordings: u64,
    /// Segments that were written.
    pub segments: u64,
    /// Bytes of the chunks and segments before.
    pub bytes_before: u64,
    /// Bytes of the segments.
    pub bytes_after: u64,
    /// Bytes of assets that came with them, shared or under visitors' keys.
    pub asset_bytes: u64,
    /// Assets that became shared.
    pub assets_shared: u64,
    /// Bases that were made.
    pub bases: u64,
    /// Bytes of these.
    pub base_bytes: u64,
    /// Recordings that could not be read and wait for another try.
    pub failed: u64,
}

impl RepackReport {
    fn add(&mut self, other: &Self) {
        self.recordings += other.recordings;
        self.segments += other.segments;
        self.bytes_before += other.bytes_before;
        self.bytes_after += other.bytes_after;
        self.asset_bytes += other.asset_bytes;
        self.assets_shared += other.assets_shared;
        self.bases += other.bases;
        self.base_bytes += other.base_bytes;
        self.failed += other.failed;
    }
}

impl Store {
    /// Puts the recordings of a site in order whose last chunk came at least `idle_ms` ago, and those
    /// that have gone on for long since they were, until none is left. Meanwhile everything can be read and written.
    ///
    /// # Errors
    /// When catalog or packs could not be written; what was done before stays.
    pub async fn repack(&self, site: SiteId, idle_ms: i64) -> Result<RepackReport, StoreError> {
        let inner = &self.inner;
        let _one = inner.repacking.lock().await;
        let now_ms = inner.config.clock.now_ms();
        let mut report = RepackReport::default();
        loop {
            let due = inner
                .catalog
                .loose_recordings(site, (now_ms - idle_ms, now_ms), TURN_RECORDINGS)
                .await?;
            if due.is_empty() {
                return Ok(report);
            }
            let done = inner.turn(site, due, idle_ms).await?;
            report.add(&done);
            if done.recordings + done.failed == 0 {
                // Something that it rests on changed meanwhile; the next run finds it at rest.
                return Ok(report);
            }
        }
    }
}

impl Inner {
    async fn turn(
        self: &Arc<Self>,
        site: SiteId,
        due: Vec<RecordingRow>,
        idle_ms: i64,
    ) -> Result<RepackReport, StoreError> {
        let mut turn = Turn::begin(Arc::clone(self), site).await?;
        let mut failed = 0;
        for row in due {
            if turn.bytes() >= TURN_BYTES {
                break;
            }
            let Err(error) = turn.take(&row).await else {
                continue;
            };
            if !turn.can_go_on() || !is_its_own(&error) {
                return Err(error);
            }
            tracing::error!(site = site.0, %error, "a recording cannot be repacked");
            failed += 1;
            // Behind the others, and not again before one that is over would be due.
            let now_ms = self.config.clock.now_ms();
            if let Some(id) = row.id {
                self.catalog
                    .postpone_repack(id, now_ms + idle_ms.max(1))
                    .await?;
            }
        }
        let (mut report, pages) = turn.commit().await?;
        report.failed = failed;
        for page in pages {
            let made = bases::make(self, site, &page).await?;
            report.bases += made.len() as u64;
            report.base_bytes += made.iter().sum::<u64>();
        }
        Ok(report)
    }
}

/// Whether an error is of one recording, and no reason to leave the others.
fn is_its_own(error: &StoreError) -> bool {
    matches!(error, StoreError::Recording(_))
}
