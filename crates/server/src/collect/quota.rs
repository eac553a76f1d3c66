//! Recorder bytes that each site took today (UTC), so that a flood of recordings with a public
//! key cannot fill the disk. In memory: a restart begins the day's count anew, and the disk mark
//! stands behind it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::SiteId;

pub(super) const DAY_MS: i64 = 24 * 3600 * 1000;

/// Bytes by site, of one day.
#[derive(Debug, Default)]
pub struct Quota {
    taken: Mutex<(i64, HashMap<SiteId, u64>)>,
}

impl Quota {
    /// Counts the bytes; else the seconds until the next day begins.
    ///
    /// # Errors
    /// The seconds to wait, when the site would have more than `bytes_max` today.
    pub fn take(&self, site: SiteId, bytes: u64, bytes_max: u64, now_ms: i64) -> Result<(), u64> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let day = now_ms.div_euclid(DAY_MS);
        if taken.0 != day {
            *taken = (day, HashMap::new());
        }
        let sum = taken.1.entry(site).or_insert(0);
        if sum.saturating_add(bytes) > bytes_max {
            let left_ms = DAY_MS - now_ms.rem_euclid(DAY_MS);
            return Err(u64::try_from(left_ms).unwrap_or(0).div_ceil(1000));
        }
        *sum += bytes;
        Ok(())
    }
}

impl Quota {
    /// Takes back what was counted today of bytes that were not stored, or had been before.
    pub fn give_back(&self, site: SiteId, bytes: u64, now_ms: i64) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.0 == now_ms.div_euclid(DAY_MS)
            && let Some(sum) = taken.1.get_mut(&site)
        {
            *sum = sum.saturating_sub(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quota_is_of_one_site_and_one_day() {
        let quota = Quota::default();
        assert_eq!(quota.take(SiteId(1), 60, 100, 0), Ok(()));
        assert_eq!(quota.take(SiteId(1), 41, 100, DAY_MS - 1_500), Err(2));
        assert_eq!(
            quota.take(SiteId(1), 40, 100, 0),
            Ok(()),
            "what was refused does not count"
        );
        assert_eq!(quota.take(SiteId(2), 100, 100, 0), Ok(()));
        assert_eq!(quota.take(SiteId(1), 100, 100, DAY_MS), Ok(()));
        quota.give_back(SiteId(1), 60, DAY_MS);
        assert_eq!(quota.take(SiteId(1), 60, 100, DAY_MS), Ok(()));
        quota.give_back(SiteId(1), 60, 0);
        assert_eq!(
            quota.take(SiteId(1), 1, 100, DAY_MS),
            Err(DAY_MS as u64 / 1000),
            "another day's bytes give nothing back"
        );
    }
}
