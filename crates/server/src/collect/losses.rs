//! What the public endpoints refuse, counted by site, day and reason: in memory at first, so that no
//! refusal costs a write, and in SQL within half a minute and when the server stops. A crash loses
//! what was not written yet; it never counts anything twice.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::{SiteId, WindowId};
use hitmetrix_store::settings::LossRow;

use super::quota::DAY_MS;
use crate::app::App;
use crate::problem::{Code, Problem};

/// Sums that are held at one time; beyond it all reasons of a day and kind are one.
const HELD_MAX: usize = 10_000;
/// The reason in place of one too many.
const OTHER: &str = "other";

/// What was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// One event of a body that was taken.
    Event,
    /// A body of events as a whole.
    Events,
    /// A body of a recording.
    Recording,
}

impl What {
    /// The stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Events => "events",
            Self::Recording => "recording",
        }
    }
}

/// Batches in each of the two generations that are remembered for having been told already.
const TOLD_MAX: usize = 10_000;

type Sums = BTreeMap<(SiteId, i64, What, String), u64>;

/// Sums since they were written last, and which batches had rows that were told.
#[derive(Debug, Default)]
pub struct Losses {
    sums: Mutex<Sums>,
    told: Mutex<Told>,
}

/// When the young generation is full it becomes the old one, and the old one is forgotten.
#[derive(Debug, Default)]
struct Told {
    young: HashSet<Batch>,
    old: HashSet<Batch>,
}

/// The lines of a batch: its site, its window and what [`Inbound::lines_hash`] says.
///
/// [`Inbound::lines_hash`]: hitmetrix_ingest::wire::Inbound::lines_hash
pub type Batch = (SiteId, WindowId, u64);

impl Losses {
    /// Counts one refusal.
    pub fn note(&self, (site, now_ms): (SiteId, i64), what: What, reason: &str) {
        let day_ms = now_ms.div_euclid(DAY_MS) * DAY_MS;
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (site, day_ms, what, reason.to_owned());
        let key = if sums.len() < HELD_MAX || sums.contains_key(&key) {
            key
        } else {
            (site, day_ms, what, OTHER.to_owned())
        };
        *sums.entry(key).or_default() += 1;
    }

    /// Whether the refused rows of a batch were told already, so far as it is remembered: a page that
    /// did not hear of it sends the same lines again.
    pub fn were_told(&self, batch: &Batch) -> bool {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.young.contains(batch) || told.old.contains(batch)
    }

    /// Remembers that they were.
    pub fn have_told(&self, batch: Batch) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.young.len() >= TOLD_MAX {
            told.old = std::mem::take(&mut told.young);
        }
        told.young.insert(batch);
    }

    /// Counts a refused body, when the key is that of a site. What asks to be sent again is not lost.
    pub fn refused(&self, app: &App, key: &str, (what, problem): (What, &Problem)) {
        let will_come_again = matches!(
            problem.code(),
            Code::Unavailable | Code::TooSlow | Code::TooMany | Code::Internal
        );
        if let Some(known) = app.sites.by_key(key).filter(|_| !will_come_again) {
            let site = (known.site.id, app.now_ms());
            self.note(site, what, problem.code().name());
        }
    }

    /// What is not written yet.
    #[must_use]
    pub fn held(&self) -> Vec<LossRow> {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        sums.iter().map(row).collect()
    }

    /// Writes what is held.
    ///
    /// # Errors
    /// When the database fails; what was held is held again.
    pub async fn keep(&self, app: &App) -> Result<(), Problem> {
        let taken = std::mem::take(&mut *self.sums.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let rows: Vec<LossRow> = taken.iter().map(row).collect();
        if let Err(error) = app.settings().add_losses(&rows).await {
            let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, count) in taken {
                *sums.entry(key).or_default() += count;
            }
            return Err(error.into());
        }
        Ok(())
    }
}

fn row((key, count): (&(SiteId, i64, What, String), &u64)) -> LossRow {
    let (site, day_ms, what, reason) = key;
    LossRow {
        site: *site,
        day_ms: *day_ms,
        what: what.word().to_owned(),
        reason: reason.clone(),
        count: *count,
    }
}
