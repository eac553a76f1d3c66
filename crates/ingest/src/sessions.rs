//! Sessions of imported events: an event belongs to its visitor's session when it lies no further
//! from it than the idle limit, and begins one otherwise. A session's id comes from the site, the
//! visitor and its first time, so that a second run gives the same ids. The state can be written
//! down with a resume point.

use std::collections::BTreeMap;

use hitmetrix_model::{SessionId, SiteId, VisitorId};
use serde::{Deserialize, Serialize};

use crate::ids;

/// How far behind the newest event a session stays open for late ones.
const LATE_MS_MAX: i64 = 3_600_000;
/// Sessions that are kept open; beyond it those that ended are forgotten.
const OPEN_MAX: usize = 200_000;

/// The open sessions of one site.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sessions {
    open: BTreeMap<VisitorId, Open>,
    newest_ms: i64,
    /// Size at which ended sessions are looked for.
    clean_at: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    session: SessionId,
    first_ms: i64,
    last_ms: i64,
}

impl Sessions {
    /// The session of a visitor's event at this time.
    pub fn session_of(
        &mut self,
        site: SiteId,
        visitor: VisitorId,
        time_ms: i64,
        idle_ms: u32,
    ) -> SessionId {
        let idle_ms = i64::from(idle_ms);
        self.newest_ms = self.newest_ms.max(time_ms);
        self.forget_ended(idle_ms);
        if let Some(open) = self.open.get_mut(&visitor) {
            let from_ms = open.first_ms.saturating_sub(idle_ms);
            let to_ms = open.last_ms.saturating_add(idle_ms);
            if (from_ms..=to_ms).contains(&time_ms) {
                open.first_ms = open.first_ms.min(time_ms);
                open.last_ms = open.last_ms.max(time_ms);
                return open.session;
            }
        }
        let session = ids::cut_session(site, visitor, time_ms);
        self.open.insert(
            visitor,
            Open {
                session,
                first_ms: time_ms,
                last_ms: time_ms,
            },
        );
        session
    }

    fn forget_ended(&mut self, idle_ms: i64) {
        if self.open.len() < self.clean_at.max(4096) {
            return;
        }
        let ended_ms = self.newest_ms.saturating_sub(idle_ms + LATE_MS_MAX);
        self.open.retain(|_, open| open.last_ms >= ended_ms);
        if self.open.len() > OPEN_MAX {
            self.open.clear();
        }
        self.clean_at = self.open.len() * 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDLE: u32 = 1_800_000;

    #[test]
    fn idle_time_cuts_and_a_second_run_gives_the_same_ids() {
        let run = || {
            let mut sessions = Sessions::default();
            [0, 1_000, 1_801_000, 3_601_001, 3_000_000]
                .map(|time| sessions.session_of(SiteId(1), VisitorId(1), time, IDLE))
        };
        let ids = run();
        assert_eq!(ids, run());
        assert_eq!(ids[0], ids[2]);
        assert_ne!(ids[2], ids[3]);
        assert_eq!(ids[3], ids[4], "a late event joins the open session");
    }

    #[test]
    fn state_reads_back() {
        let mut sessions = Sessions::default();
        sessions.session_of(SiteId(1), VisitorId(7), 5, IDLE);
        let json = serde_json::to_string(&sessions).unwrap();
        assert_eq!(serde_json::from_str::<Sessions>(&json).unwrap(), sessions);
    }

    #[test]
    fn memory_is_bounded() {
        let mut sessions = Sessions::default();
        for number in 0..50_000_u32 {
            let time_ms = i64::from(number) * 10_000;
            sessions.session_of(SiteId(1), VisitorId(number.into()), time_ms, IDLE);
        }
        assert!(sessions.open.len() < 10_000, "{}", sessions.open.len());
    }
}
