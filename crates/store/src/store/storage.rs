//! What a site keeps, what of it will go when, and how much that frees.

use std::collections::BTreeMap;

use hitmetrix_model::{Site, SiteId, limits};

use super::expire::Cutoffs;
use super::{Store, StoreError, blocking};
use crate::lanes::Run;
use crate::state::read;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Recordings that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComingRecordings {
    /// Start of the day UTC on which they go, each as long after its end as the site keeps them.
    pub at_ms: i64,
    /// How many.
    pub recordings: u64,
    /// Bytes that their chunks take.
    pub bytes: u64,
}

/// Events that go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ComingParts {
    /// When the last of them has gone: from the day after their week ended on, day by day.
    pub at_ms: i64,
    /// How many.
    pub events: u64,
    /// Bytes of their parts.
    pub bytes: u64,
}

/// What a site keeps and what will become of it, as its settings are now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoragePlan {
    /// Stored recordings, the pinned too.
    pub recordings: u64,
    /// Bytes of their chunks.
    pub recording_bytes: u64,
    /// Recordings that are pinned: they stay.
    pub pinned: u64,
    /// Bytes of these.
    pub pinned_bytes: u64,
    /// Recordings that no player can show, for want of a snapshot.
    pub unplayable: u64,
    /// Bytes of what recordings have alike; each goes with the last recording that names it.
    pub shared_bytes: u64,
    /// Bytes of style sheets and images that too few visitors sent to share them.
    pub own_bytes: u64,
    /// Recordings that will go, the first day first.
    pub coming_recordings: Vec<ComingRecordings>,
    /// Events in parts.
    pub events: u64,
    /// Bytes of the parts.
    pub event_bytes: u64,
    /// Events that will go, the first week first; none while the site keeps them all.
    pub coming_events: Vec<ComingParts>,
}

/// What retention takes the next time it runs, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GoingNow {
    /// Recordings, too old or too short.
    pub recordings: u64,
    /// Bytes of their chunks.
    pub recording_bytes: u64,
    /// Events, those in the log too.
    pub events: u64,
    /// Bytes that they take in parts: their share of all.
    pub event_bytes: u64,
}

/// What the recordings of a site take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RecordingsKept {
    /// Stored ones, the pinned too.
    pub recordings: u64,
    /// Pinned ones.
    pub pinned: u64,
    /// Bytes of all, what they have alike too.
    pub bytes: u64,
}

impl Store {
    /// What the stored recordings of a site take.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn recordings_kept(&self, site: SiteId) -> Result<RecordingsKept, StoreError> {
        let kept = self.inner.catalog.kept(site).await?;
        Ok(RecordingsKept {
            recordings: kept.recordings,
            pinned: kept.pinned,
            bytes: kept.bytes + kept.shared_bytes + kept.own_bytes,
        })
    }

    /// Events of a site in parts, and the bytes of these.
    #[must_use]
    pub fn events_kept(&self, site: SiteId) -> (u64, u64) {
        let state = read(&self.inner.state);
        let parts = state.sites.get(&site);
        let rows = parts.iter().flat_map(|site| site.parts.iter());
        rows.map(|part| (part.row().rows, part.row().bytes))
            .fold((0, 0), |(events, bytes), (more, larger)| {
                (events + more, bytes + larger)
            })
    }

    /// What would go at once if the site had these settings.
    ///
    /// # Errors
    /// When the catalog or the lanes cannot be read.
    pub async fn going_now(&self, site: &Site) -> Result<GoingNow, StoreError> {
        let inner = &self.inner;
        let cutoffs = Cutoffs::of(&site.settings, inner.config.clock.now_ms());
        let (recordings, recording_bytes) = inner
            .catalog
            .sum_to_expire(site.id, cutoffs.recordings_ms, cutoffs.short)
            .await?;
        let mut going = GoingNow {
            recordings,
            recording_bytes,
            ..GoingNow::default()
        };
        if let Some(cutoff_ms) = cutoffs.events_ms {
            let (store, id) = (self.clone(), site.id);
            let (before, all) = blocking(move || {
                let runs = store.snapshot(id)?.runs;
                let all: u64 = runs.iter().map(|run| run.len() as u64).sum();
                let before = runs.iter().map(|run| events_before(run, cutoff_ms)).sum();
                Ok((before, all))
            })
            .await?;
            let bytes: u64 = read(&inner.state).sites.get(&site.id).map_or(0, |site| {
                site.parts.iter().map(|part| part.row().bytes).sum()
            });
            going.events = before;
            let share = u128::from(bytes) * u128::from(before) / u128::from(all.max(1));
            going.event_bytes = u64::try_from(share).unwrap_or(bytes);
        }
        Ok(going)
    }

    /// What a site keeps, and when it goes.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn storage_plan(&self, site: &Site) -> Result<StoragePlan, StoreError> {
        let inner = &self.inner;
        let settings = &site.settings;
        let kept = inner.catalog.kept(site.id).await?;
        let keep_ms = i64::from(settings.recording_days) * DAY_MS;
        let days = inner.catalog.coming_days(site.id).await?;
        let mut plan = StoragePlan {
            recordings: kept.recordings,
            recording_bytes: kept.bytes,
            pinned: kept.pinned,
            pinned_bytes: kept.pinned_bytes,
            unplayable: kept.unplayable,
            shared_bytes: kept.shared_bytes,
            own_bytes: kept.own_bytes,
            coming_recordings: days
                .into_iter()
                .map(|day| ComingRecordings {
                    at_ms: day.day_ms + keep_ms,
                    recordings: day.recordings,
                    bytes: day.bytes,
                })
                .collect(),
            ..StoragePlan::default()
        };
        let mut weeks: BTreeMap<i64, ComingParts> = BTreeMap::new();
        let state = read(&inner.state);
        let parts = state.sites.get(&site.id);
        for part in parts.iter().flat_map(|site| site.parts.iter()) {
            let row = part.row();
            plan.events += row.rows;
            plan.event_bytes += row.bytes;
            let ends_ms = row.week_ms + limits::PART_SPAN_MS;
            let at_ms = ends_ms + i64::from(settings.event_days) * DAY_MS;
            let week = weeks.entry(row.week_ms).or_insert(ComingParts {
                at_ms,
                events: 0,
                bytes: 0,
            });
            week.events += row.rows;
            week.bytes += row.bytes;
        }
        if settings.event_days > 0 {
            plan.coming_events = weeks.into_values().collect();
        }
        Ok(plan)
    }
}

/// Events of a run from before a time.
fn events_before(run: &Run, cutoff_ms: i64) -> u64 {
    let (first_ms, last_ms) = run.span_ms();
    if run.is_empty() || first_ms >= cutoff_ms {
        return 0;
    }
    if last_ms < cutoff_ms {
        return run.len() as u64;
    }
    let start_ms = run.start_ms();
    let is_old = |time: &&u32| start_ms + i64::from(**time) < cutoff_ms;
    run.times().iter().filter(is_old).count() as u64
}
