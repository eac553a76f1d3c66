//! How the server is, from a probe that it runs every few seconds, so that asking costs nothing
//! and an answer is never older than the probe.

use std::sync::{Mutex, PoisonError};

use hitmetrix_model::limits;
use serde::Serialize;

/// One word on how the server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Everything works.
    Ok,
    /// It works, but the disk is over its mark.
    Degraded,
    /// Nothing can be stored or asked.
    Unavailable,
}

impl Word {
    /// As it stands in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What a probe found.
#[derive(Debug, Clone, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Report {
    /// The word.
    pub word: Word,
    /// Why, in words; empty when everything works.
    pub reasons: Vec<String>,
    /// Free bytes of the disk with the data folder.
    pub disk_free_bytes: u64,
    /// All its bytes.
    pub disk_total_bytes: u64,
    /// When it was probed, UTC, milliseconds since the epoch.
    pub probed_at_ms: i64,
}

impl Report {
    /// How full the disk is, in percent; zero when nothing is known of it.
    #[must_use]
    pub fn disk_used_percent(&self) -> u64 {
        self.disk_total_bytes
            .saturating_sub(self.disk_free_bytes)
            .saturating_mul(100)
            .checked_div(self.disk_total_bytes)
            .unwrap_or(0)
    }

    /// Bytes that have to go until the disk is just below its mark, a share of it in percent; zero
    /// below it, and when nothing is known of the disk.
    #[must_use]
    pub fn disk_over_bytes(&self, mark_percent: u64) -> u64 {
        if self.disk_total_bytes == 0 || self.disk_used_percent() < mark_percent {
            return 0;
        }
        let used = self.disk_total_bytes.saturating_sub(self.disk_free_bytes);
        let mark = u128::from(self.disk_total_bytes) * u128::from(mark_percent) / 100;
        used.saturating_sub(u64::try_from(mark).unwrap_or(u64::MAX)) + 1
    }

    /// Whether there is so little room that it is kept for events.
    #[must_use]
    pub fn keeps_room_for_events(&self) -> bool {
        self.disk_total_bytes > 0 && self.disk_free_bytes < limits::RECORDING_DISK_FREE_BYTES
    }
}

/// The newest report.
#[derive(Debug, Default)]
pub struct Health {
    newest: Mutex<Option<Report>>,
}

impl Health {
    /// The newest report; none before the first probe has ended.
    #[must_use]
    pub fn report(&self) -> Option<Report> {
        self.newest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts a report in place of the one before, and says whether its word is another.
    pub fn set(&self, report: Report) -> Option<Word> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let before = newest.as_ref().map(|report| report.word);
        let word = report.word;
        *newest = Some(report);
        (before != Some(word)).then_some(word)
    }

    /// Whether there is so little room on the disk that it is kept for events.
    #[must_use]
    pub fn keeps_room_for_events(&self) -> bool {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.as_ref().is_some_and(Report::keeps_room_for_events)
    }

    /// The word; before the first probe nothing is known to work.
    #[must_use]
    pub fn word(&self) -> Word {
        self.report()
            .map_or(Word::Unavailable, |report| report.word)
    }
}
