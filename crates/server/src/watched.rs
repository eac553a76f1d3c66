//! Which sessions somebody is looking at right now: their recorders are asked to send each second
//! instead of each five. In memory only; a viewer says so again with every look.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::{SessionId, SiteId};

/// How long one look counts.
const LOOK_MS: i64 = 15_000;
/// Sessions that are remembered; the oldest looks go first.
const SESSIONS_MAX: usize = 1_000;

/// Sessions by the time of the last look at them.
#[derive(Debug, Default)]
pub struct Watched {
    looks: Mutex<HashMap<(SiteId, SessionId), i64>>,
}

impl Watched {
    /// Somebody looks at this session.
    pub fn look(&self, site: SiteId, session: SessionId, now_ms: i64) {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= SESSIONS_MAX {
            looks.retain(|_, at_ms| now_ms - *at_ms < LOOK_MS);
        }
        if looks.len() < SESSIONS_MAX {
            looks.insert((site, session), now_ms);
        }
    }

    /// Whether somebody looked at this session lately.
    #[must_use]
    pub fn is_watched(&self, site: SiteId, session: SessionId, now_ms: i64) -> bool {
        let looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        looks
            .get(&(site, session))
            .is_some_and(|at_ms| now_ms - at_ms < LOOK_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_counts_for_a_while_and_for_its_site_only() {
        let watched = Watched::default();
        watched.look(SiteId(1), SessionId(7), 1_000);
        assert!(watched.is_watched(SiteId(1), SessionId(7), 1_000 + LOOK_MS - 1));
        assert!(!watched.is_watched(SiteId(1), SessionId(7), 1_000 + LOOK_MS));
        assert!(!watched.is_watched(SiteId(2), SessionId(7), 1_000));
    }
}
