//! How recordings go: one that somebody deletes, those that are too old or give way to a full disk,
//! and all of a visitor who is erased. Rows go first, then the keys that nothing needs any more,
//! then the bytes: packs are written anew without what is gone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hitmetrix_model::{ChunkFacts, RecordingGone, SessionId, SiteId, VisitorId};

use super::packs::Shrink;
use super::reading::{Whose, owner_id};
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::{HeatGoes, RecordingRow};
use crate::erasures::Erased;
use crate::keys::KeyOwner;
use crate::paths;
use crate::state::locked;

/// What became of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct EraseReport {
    /// Recordings that went.
    pub recordings: u64,
    /// Keys that went.
    pub keys: u64,
    /// Events that went, where those were erased too.
    pub events: u64,
}

/// Recordings that went, and what they held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Removed {
    /// How many.
    pub recordings: u64,
    /// Their bytes at rest, without what they share with others.
    pub bytes: u64,
}

impl Store {
    /// Removes a recording: from the catalog and the sums for heatmaps, and its bytes from their
    /// packs; a restore of an older backup removes it again. False when there is none.
    ///
    /// # Errors
    /// When journal, catalog or packs could not be changed.
    pub async fn remove_recording(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<bool, StoreError> {
        let inner = &self.inner;
        let _work = inner.work.lock().await;
        inner
            .seal_if_tail(site, |facts| facts.session == session)
            .await?;
        let Some(row) = inner.catalog.recording(site, session).await? else {
            return Ok(false);
        };
        let erased = vec![Erased::recording(site, session)];
        inner.note_begun(&erased).await?;
        let day = paths::day(row.ended_ms);
        inner
            .remove_recordings(
                site,
                std::slice::from_ref(&row),
                (Shrink::Now, HeatGoes::Wholly),
            )
            .await?;
        inner
            .note_gone(site, &[row], RecordingGone::Deleted)
            .await?;
        // What it was before it was merged, where that still lies in a pack of its day.
        let names = inner.packs_with_gaps(site, |pack| pack.contains(&day));
        inner.shrink_packs(names.await?, Shrink::Now).await?;
        inner.note_done(&erased).await?;
        Ok(true)
    }

    /// Removes the oldest recordings of a site that are not pinned, until they held `bytes`, at most
    /// `limit` of them; returns how many went and what they held. What they told stays in the sums
    /// for heatmaps.
    ///
    /// # Errors
    /// When catalog or packs could not be changed.
    pub async fn remove_oldest_recordings(
        &self,
        site: SiteId,
        (limit, bytes): (u32, u64),
    ) -> Result<Removed, StoreError> {
        let inner = &self.inner;
        let _work = inner.work.lock().await;
        let mut rows = inner.catalog.oldest_recordings(site, limit).await?;
        let mut removed = Removed::default();
        rows.retain(|row| {
            let goes = removed.bytes < bytes;
            removed.recordings += u64::from(goes);
            removed.bytes += if goes { row.stored_bytes } else { 0 };
            goes
        });
        inner
            .remove_recordings(site, &rows, (Shrink::Now, HeatGoes::BySession))
            .await?;
        inner
            .note_gone(site, &rows, RecordingGone::DiskFull)
            .await?;
        Ok(removed)
    }

    /// Erases all recordings of some visitors for good: their keys, rows, bytes, what they told in
    /// the sums for heatmaps, what lies under their keys alone, and all of it again whenever an
    /// older backup is restored.
    ///
    /// # Errors
    /// When something could not be changed; what was begun is finished at the next start, or by
    /// doing it again.
    pub async fn erase_recordings(
        &self,
        site: SiteId,
        visitors: &[VisitorId],
    ) -> Result<EraseReport, StoreError> {
        let inner = &self.inner;
        let _work = inner.work.lock().await;
        // What is in the log, readable with a key that somebody kept, leaves it.
        inner
            .seal_if_tail(site, |facts| visitors.contains(&facts.visitor))
            .await?;
        inner.erase_recordings_of(site, visitors).await
    }
}

impl Store {
    /// Why a session has no recording any more, where somebody deleted it or the disk was full.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn recording_gone(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Option<RecordingGone>, StoreError> {
        Ok(self.inner.catalog.gone(site, session).await?)
    }
}

impl Inner {
    async fn note_gone(
        &self,
        site: SiteId,
        rows: &[RecordingRow],
        reason: RecordingGone,
    ) -> Result<(), StoreError> {
        let now_ms = self.config.clock.now_ms();
        Ok(self.catalog.note_gone(site, rows, (reason, now_ms)).await?)
    }

    /// Seals when such a chunk is in the log; the caller holds `work`.
    pub(super) async fn seal_if_tail(
        self: &Arc<Self>,
        site: SiteId,
        wanted: impl Fn(&ChunkFacts) -> bool,
    ) -> Result<(), StoreError> {
        if !self.tail_chunks(site, wanted).is_empty() {
            self.seal().await?;
        }
        Ok(())
    }

    /// Erases the sealed recordings of visitors with their keys. The caller holds `work`.
    pub(super) async fn erase_recordings_of(
        self: &Arc<Self>,
        site: SiteId,
        visitors: &[VisitorId],
    ) -> Result<EraseReport, StoreError> {
        let rows = self.catalog.recordings_of(site, visitors).await?;
        let of_visitor = |visitor: &VisitorId| KeyOwner::Visitor(site, *visitor);
        let mut owners: BTreeSet<KeyOwner> = visitors.iter().map(of_visitor).collect();
        owners.extend(rows.iter().map(|row| Whose::of(site, row).owner));
        let owners: Vec<KeyOwner> = owners.into_iter().collect();
        let erased: Vec<Erased> = owners.iter().copied().map(Erased::owner).collect();
        self.note_begun(&erased).await?;
        self.forget_gone(site, visitors).await?;
        let report = self.erase_all_of(site, (&rows, &owners)).await?;
        self.note_done(&erased).await?;
        Ok(report)
    }

    pub(super) async fn note_begun(self: &Arc<Self>, erased: &[Erased]) -> Result<(), StoreError> {
        let (this, erased) = (Arc::clone(self), erased.to_vec());
        let now_ms = self.config.clock.now_ms();
        blocking(move || Ok(this.erasures.begin(&erased, now_ms)?)).await
    }

    pub(super) async fn note_done(self: &Arc<Self>, erased: &[Erased]) -> Result<(), StoreError> {
        let (this, erased) = (Arc::clone(self), erased.to_vec());
        let now_ms = self.config.clock.now_ms();
        blocking(move || Ok(this.erasures.done(&erased, now_ms)?)).await
    }

    /// Takes recordings away: from the catalog, the keys that nothing needs any more, and from
    /// the packs; from the sums for heatmaps as it is said. The caller holds `work`.
    pub(super) async fn remove_recordings(
        self: &Arc<Self>,
        site: SiteId,
        rows: &[RecordingRow],
        how: (Shrink, HeatGoes),
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        let unneeded = self.unneeded_owners(site, rows).await?;
        self.take_out(site, rows, (&unneeded, how)).await?;
        Ok(())
    }

    /// Rows, keys, bytes. Returns how many keys there were.
    async fn take_out(
        self: &Arc<Self>,
        site: SiteId,
        rows: &[RecordingRow],
        (owners, (shrink, heat)): (&[KeyOwner], (Shrink, HeatGoes)),
    ) -> Result<usize, StoreError> {
        // What a repack read before this is not to be written down after it.
        self.removals.fetch_add(1, Ordering::AcqRel);
        let sessions: Vec<SessionId> = rows.iter().map(|row| row.session).collect();
        let gone: HashSet<SessionId> = sessions.iter().copied().collect();
        locked(&self.pictures).retain(site, |session| !gone.contains(&session));
        let ids: Vec<[u8; 16]> = owners.iter().copied().map(owner_id).collect();
        let change = self.sheets_change(site);
        let removed = self
            .catalog
            .remove_recordings(site, (&sessions, heat), &ids)
            .await?;
        drop(change);
        let (keys, owners) = (Arc::clone(&self.keys), owners.to_vec());
        let erased = blocking(move || Ok(keys.erase(&owners)?)).await?;
        self.delete_packs(removed.gone).await?;
        self.shrink_packs(removed.touched, shrink).await?;
        Ok(erased)
    }

    /// Owners of keys that open nothing once these recordings are gone.
    async fn unneeded_owners(
        &self,
        site: SiteId,
        rows: &[RecordingRow],
    ) -> Result<Vec<KeyOwner>, StoreError> {
        let mut going: BTreeMap<VisitorId, u64> = BTreeMap::new();
        let mut unneeded = Vec::new();
        for row in rows {
            match row.cookieless {
                true => unneeded.push(KeyOwner::Session(site, row.session)),
                false => *going.entry(row.visitor).or_default() += 1,
            }
        }
        for (visitor, count) in going {
            let unsealed = self.tail_chunks(site, |facts| facts.visitor == visitor);
            let stored = self.catalog.recordings_of_visitor(site, visitor).await?;
            if unsealed.is_empty() && stored <= count {
                unneeded.push(KeyOwner::Visitor(site, visitor));
            }
        }
        Ok(unneeded)
    }

    /// Erases recordings and keys so that nothing of them can be found: not in free pages of the
    /// catalog, its write-ahead log or its copies, not in packs. The caller holds `work`.
    async fn erase_all_of(
        self: &Arc<Self>,
        site: SiteId,
        (rows, owners): (&[RecordingRow], &[KeyOwner]),
    ) -> Result<EraseReport, StoreError> {
        let how = (Shrink::Now, HeatGoes::Wholly);
        let keys = self.take_out(site, rows, (owners, how)).await?;
        let (_, gone) = self.sweep(site).await?;
        self.delete_packs(gone).await?;
        // What was merged or went by its age before may still lie where nothing names it.
        let names = self.packs_with_gaps(site, |_| true).await?;
        self.shrink_packs(names, Shrink::Now).await?;
        self.catalog.checkpoint().await?;
        let sessions: Vec<SessionId> = rows.iter().map(|row| row.session).collect();
        crate::catalog::forget_in_copies(&self.paths.migrations(), (site, &sessions)).await?;
        Ok(EraseReport {
            recordings: rows.len() as u64,
            keys: keys as u64,
            events: 0,
        })
    }

    /// Forgets of visitors why their recordings went, in the copies of the catalog too.
    async fn forget_gone(&self, site: SiteId, visitors: &[VisitorId]) -> Result<(), StoreError> {
        self.catalog.forget_gone(site, visitors).await?;
        let copies = self.paths.migrations();
        Ok(crate::catalog::forget_gone_in_copies(&copies, (site, visitors)).await?)
    }

    /// The same of all whom a journal names, as far as it was noted before they were erased.
    async fn forget_gone_again(&self, erased: &BTreeMap<Erased, i64>) -> Result<(), StoreError> {
        let mut theirs: BTreeMap<SiteId, Vec<VisitorId>> = BTreeMap::new();
        for row in self.catalog.all_gone().await? {
            let again = [
                Erased::visitor(row.site, row.visitor),
                Erased::owner(KeyOwner::Visitor(row.site, row.visitor)),
                Erased::owner(KeyOwner::Session(row.site, row.session)),
            ];
            let at_ms = again.iter().filter_map(|erasure| erased.get(erasure)).max();
            if at_ms.is_some_and(|at_ms| row.at_ms <= *at_ms) {
                theirs.entry(row.site).or_default().push(row.visitor);
            }
        }
        for (site, visitors) in theirs {
            self.forget_gone(site, &visitors).await?;
        }
        Ok(())
    }

    /// Erases again what a journal says, whatever brought it back, and what is left of it in packs.
    /// What came later than it was erased stays: somebody who was erased may come again.
    pub(super) async fn apply_erasures(
        self: &Arc<Self>,
        erased: &BTreeMap<Erased, i64>,
    ) -> Result<EraseReport, StoreError> {
        let _work = self.work.lock().await;
        let mut report = EraseReport::default();
        let mut sites: BTreeSet<SiteId> = self.keys.owners().iter().map(KeyOwner::site).collect();
        sites.extend(self.catalog.sites_with_recordings().await?);
        for site in sites {
            let mut rows = self.catalog.all_recordings(site).await?;
            rows.retain(|row| {
                let again = [
                    Erased::visitor(site, row.visitor),
                    Erased::owner(KeyOwner::Visitor(site, row.visitor)),
                    Erased::owner(KeyOwner::Session(site, row.session)),
                    Erased::recording(site, row.session),
                ];
                let at_ms = again.iter().filter_map(|erasure| erased.get(erasure)).max();
                at_ms.is_some_and(|at_ms| row.started_ms <= *at_ms)
            });
            let mut owners = self.unneeded_owners(site, &rows).await?;
            for owner in self.keys.owners() {
                let whole = match owner {
                    KeyOwner::Visitor(site, visitor) => Erased::visitor(site, visitor),
                    KeyOwner::Session(..) | KeyOwner::Site(_) => Erased::owner(owner),
                };
                let again = [Erased::owner(owner), whole];
                let at_ms = again.iter().filter_map(|erasure| erased.get(erasure)).max();
                let Some(at_ms) = at_ms.filter(|_| owner.site() == site) else {
                    continue;
                };
                if !self.is_needed(owner, (&rows, *at_ms)).await? {
                    owners.push(owner);
                }
            }
            owners.sort_unstable();
            owners.dedup();
            let one = self.erase_all_of(site, (&rows, &owners)).await?;
            report.recordings += one.recordings;
            report.keys += one.keys;
        }
        self.forget_gone_again(erased).await?;
        report.events = self.erase_visitors_again(erased).await?.events;
        let erased: Vec<Erased> = erased.keys().copied().collect();
        self.note_done(&erased).await?;
        Ok(report)
    }

    /// Whether a key opens anything but these recordings and what was begun up to then.
    async fn is_needed(
        &self,
        owner: KeyOwner,
        (going, until_ms): (&[RecordingRow], i64),
    ) -> Result<bool, StoreError> {
        let site = owner.site();
        let unsealed = self.tail_chunks(site, |facts| {
            let is_theirs = match owner {
                KeyOwner::Visitor(_, visitor) => facts.visitor == visitor,
                KeyOwner::Session(_, session) => facts.session == session,
                KeyOwner::Site(_) => false,
            };
            is_theirs && facts.first_ms > until_ms
        });
        if !unsealed.is_empty() {
            return Ok(true);
        }
        let mine = |row: &&RecordingRow| Whose::of(site, row).owner == owner;
        let going = going.iter().filter(mine).count() as u64;
        Ok(match owner {
            KeyOwner::Visitor(_, visitor) => {
                self.catalog.recordings_of_visitor(site, visitor).await? > going
            }
            KeyOwner::Session(_, session) => {
                let row = self.catalog.recording(site, session).await?;
                row.is_some() && going == 0
            }
            KeyOwner::Site(_) => true,
        })
    }
}
