//! Retention: what is older than a site keeps goes, whole parts and packs first; and the end of
//! a site.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hitmetrix_model::{Site, SiteId, SiteSettings, limits};

use super::packs::Shrink;
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::HeatGoes;
use crate::parts::{Part, PartWriter};
use crate::paths::{self, PartName, day_of_pack};
use crate::recordings::pack;
use crate::state::{SiteState, locked, read, write};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// What retention took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExpireReport {
    /// Events.
    pub events: u64,
    /// Parts that went as a whole.
    pub parts: u64,
    /// Parts that were written anew without their oldest events.
    pub parts_rewritten: u64,
    /// Recordings, too old or too short.
    pub recordings: u64,
}

/// From when on a site keeps what it has, as its settings are at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cutoffs {
    /// Recordings that ended before go.
    pub(super) recordings_ms: i64,
    /// Recordings shorter than the first that ended before the second go too.
    pub(super) short: (i64, i64),
    /// Events from before go; none goes without it.
    pub(super) events_ms: Option<i64>,
}

impl Cutoffs {
    pub(super) fn of(settings: &SiteSettings, now_ms: i64) -> Self {
        let today_ms = now_ms.div_euclid(DAY_MS) * DAY_MS;
        Self {
            recordings_ms: now_ms - i64::from(settings.recording_days) * DAY_MS,
            short: (
                i64::from(settings.recording_min_ms),
                now_ms - i64::from(settings.session_idle_ms),
            ),
            events_ms: (settings.event_days > 0)
                .then(|| today_ms - i64::from(settings.event_days) * DAY_MS),
        }
    }
}

impl Store {
    /// Applies a site's retention: recordings to the millisecond, events by whole days UTC.
    ///
    /// # Errors
    /// When catalog, parts or packs could not be changed; what was done before stays.
    pub async fn expire(&self, site: &Site) -> Result<ExpireReport, StoreError> {
        let _work = self.inner.work.lock().await;
        let now_ms = self.inner.config.clock.now_ms();
        let mut report = ExpireReport::default();
        let cutoffs = Cutoffs::of(&site.settings, now_ms);
        let old = self
            .inner
            .catalog
            .recordings_to_expire(site.id, cutoffs.recordings_ms, cutoffs.short)
            .await?;
        report.recordings = old.len() as u64;
        let inner = &self.inner;
        inner
            .remove_recordings(site.id, &old, (Shrink::WhenItPays, HeatGoes::BySession))
            .await?;
        inner.shrink_past(site.id, cutoffs.recordings_ms).await?;
        let told_ms = now_ms.saturating_sub(limits::RECORDING_GONE_MS);
        let before_ms = cutoffs
            .events_ms
            .map_or(told_ms, |cutoff_ms| cutoff_ms.max(told_ms));
        inner.catalog.forget_old_gone(site.id, before_ms).await?;
        if let Some(cutoff_ms) = cutoffs.events_ms {
            inner
                .catalog
                .expire_page_heat(site.id, cutoff_ms.div_euclid(DAY_MS))
                .await?;
            self.inner
                .expire_events(site.id, cutoff_ms, &mut report)
                .await?;
        }
        Ok(report)
    }

    /// Removes all data of a site: events, recordings, keys, identities. Its settings are
    /// removed before, so that nothing further comes.
    ///
    /// # Errors
    /// When catalog or keys could not be changed; doing it again goes on.
    pub async fn erase_site(&self, site: SiteId) -> Result<(), StoreError> {
        let _work = self.inner.work.lock().await;
        // What is in the log would come back with the next replay: it leaves the log first.
        self.inner.seal().await?;
        let inner = Arc::clone(&self.inner);
        blocking(move || Ok(inner.keys.erase_site(site)?)).await?;
        self.inner.removals.fetch_add(1, Ordering::AcqRel);
        let packs = self.inner.catalog.packs().await?;
        let version = self.inner.catalog.erase_site(site).await?;
        locked(&self.inner.bases).clear();
        locked(&self.inner.sheets).remove(&site);
        locked(&self.inner.pictures).retain(site, |_| false);
        self.inner.log.forget_site(site);
        let gone = {
            let mut state = write(&self.inner.state);
            state.version = version;
            state.sites.remove(&site).unwrap_or_default()
        };
        let SiteState { parts, .. } = gone;
        self.inner.bury(&parts);
        let left = self.inner.catalog.packs().await?;
        let inner = Arc::clone(&self.inner);
        blocking(move || {
            for name in packs.into_iter().filter(|name| !left.contains(name)) {
                pack::remove(&*inner.disk, &inner.paths.pack(&name))?;
            }
            Ok(())
        })
        .await
    }

    /// Sites that have data, whatever the settings say: one that the settings do not know was
    /// being erased when the process ended.
    #[must_use]
    pub fn sites_with_data(&self) -> Vec<SiteId> {
        let mut sites: Vec<SiteId> = read(&self.inner.state).sites.keys().copied().collect();
        sites.sort_unstable();
        sites
    }
}

impl Inner {
    /// Writes the packs of days that are past retention anew without what is gone from them, however
    /// little that is: pinned recordings keep such a pack for good, and nothing else goes from it
    /// that it could wait for. The caller holds `work`.
    async fn shrink_past(self: &Arc<Self>, site: SiteId, before_ms: i64) -> Result<(), StoreError> {
        let is_past =
            |pack: &str| day_of_pack(pack).is_some_and(|day| day < paths::day(before_ms).as_str());
        let names = self.packs_with_gaps(site, is_past).await?;
        self.shrink_packs(names, Shrink::Now).await
    }

    async fn expire_events(
        self: &Arc<Self>,
        site: SiteId,
        cutoff_ms: i64,
        report: &mut ExpireReport,
    ) -> Result<(), StoreError> {
        let parts: Vec<Arc<Part>> = match read(&self.state).sites.get(&site) {
            Some(site) => site.parts.iter().cloned().collect(),
            None => return Ok(()),
        };
        let (mut old, mut added) = (Vec::new(), Vec::new());
        for part in parts
            .into_iter()
            .filter(|part| part.row().first_ms < cutoff_ms)
        {
            let row = part.row().clone();
            if row.last_ms < cutoff_ms {
                report.parts += 1;
                report.events += row.rows;
            } else {
                let rewritten = self.without_old(&part, cutoff_ms).await?;
                report.parts_rewritten += 1;
                report.events += row.rows - rewritten.row().rows;
                added.push(rewritten);
            }
            old.push(part);
        }
        if old.is_empty() {
            return Ok(());
        }
        let removed: Vec<u128> = old.iter().map(|part| part.row().id).collect();
        self.exchange_parts(site, &added, &removed).await?;
        self.bury(&old);
        Ok(())
    }

    /// A part with only the events from `cutoff_ms` on, under the same ledger version.
    async fn without_old(
        self: &Arc<Self>,
        part: &Arc<Part>,
        cutoff_ms: i64,
    ) -> Result<Arc<Part>, StoreError> {
        let row = part.row().clone();
        let (this, source) = (Arc::clone(self), Arc::clone(part));
        let written = blocking(move || {
            let row = source.row();
            let writer = PartWriter::new(row.shard, row.identity_version)?;
            let mut writer = writer.making(this.asked_of(row.site));
            for event in source.rows()? {
                let event = event?;
                if event.event.time_ms >= cutoff_ms {
                    writer.push(event.by_ref())?;
                }
            }
            Ok(writer.finish()?)
        })
        .await?;
        let name = PartName {
            id: self.random_id(),
            site: row.site,
            week_ms: row.week_ms,
            shard: row.shard,
        };
        self.put_part(name, row.identity_version, written).await
    }
}
