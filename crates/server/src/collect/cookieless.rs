//! Sessions of cookieless visitors, which the server gives because nothing is kept on the device:
//! by (site, window), else by (site, visitor) seen within the idle time, else a new random one.
//! What lives here is a memory of the last hours; after a restart the store, which has read its
//! log, stands in for it. A session ends 30 minutes after the UTC midnight that follows the day of
//! its visitor's salt, because from then on nobody can know the visitor again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::{SessionId, SiteId, VisitorId, WindowId};
use hitmetrix_store::Randomness;

use super::quota::DAY_MS;
use super::salts::GRACE_MS;

/// Windows in each of the two generations of the memory, and as many visitors.
const REMEMBERED_MAX: usize = 100_000;

/// Visitor and session of a cookieless page load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) visitor: VisitorId,
    pub(super) session: SessionId,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    given: Given,
    /// UTC day of the visitor's salt.
    day: i64,
    last_ms: i64,
}

/// What a request is known by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asking {
    pub(super) site: SiteId,
    pub(super) window: WindowId,
    /// Under today's salt.
    pub(super) visitor: VisitorId,
    /// Under yesterday's, in the first half hour of a day.
    pub(super) visitor_before: Option<VisitorId>,
    pub(super) idle_ms: i64,
    pub(super) now_ms: i64,
    /// Time of the first and the last event.
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
}

/// What the store remembers, for the time after a restart.
pub(super) trait Remembered {
    /// Visitor, session and last time of a window.
    fn window(&self, site: SiteId, window: WindowId) -> Option<(VisitorId, SessionId, i64)>;
    /// Session and last time of a visitor.
    fn visitor(&self, site: SiteId, visitor: VisitorId) -> Option<(SessionId, i64)>;
}

/// The memory.
#[derive(Debug, Default)]
pub(super) struct Cookieless {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    windows: Generations<(SiteId, WindowId)>,
    visitors: Generations<(SiteId, VisitorId)>,
}

/// When the young generation is full it becomes the old one and the old one is forgotten.
#[derive(Debug)]
struct Generations<K> {
    young: HashMap<K, Entry>,
    old: HashMap<K, Entry>,
}

impl<K> Default for Generations<K> {
    fn default() -> Self {
        Self {
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }
}

impl<K: std::hash::Hash + Eq> Generations<K> {
    fn get(&self, key: &K) -> Option<Entry> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn put(&mut self, key: K, entry: Entry) {
        if self.young.len() >= REMEMBERED_MAX {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, entry);
    }
}

impl Cookieless {
    /// Visitor and session of a request. Two requests of one window at the same time get the same.
    pub(super) fn give(
        &self,
        asking: &Asking,
        remembered: &dyn Remembered,
        randomness: &dyn Randomness,
    ) -> Given {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let known = asking.by_window(&memory, remembered);
        let continued = known
            .filter(|entry| asking.continues(entry))
            .or_else(|| asking.by_visitor(&memory, remembered));
        let entry = match continued {
            Some(entry) => Entry {
                last_ms: entry.last_ms.max(asking.last_ms),
                ..entry
            },
            None => asking.new_entry(known, randomness),
        };
        memory.windows.put((asking.site, asking.window), entry);
        memory
            .visitors
            .put((asking.site, entry.given.visitor), entry);
        entry.given
    }

    /// The session that [`Cookieless::give`] would go on with, if there is one.
    pub(super) fn running(
        &self,
        asking: &Asking,
        remembered: &dyn Remembered,
    ) -> Option<SessionId> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        asking
            .by_window(&memory, remembered)
            .filter(|entry| asking.continues(entry))
            .or_else(|| asking.by_visitor(&memory, remembered))
            .map(|entry| entry.given.session)
    }
}

impl Asking {
    fn by_window(&self, memory: &Memory, remembered: &dyn Remembered) -> Option<Entry> {
        memory
            .windows
            .get(&(self.site, self.window))
            .or_else(|| self.remembered_window(remembered))
    }

    fn today(&self) -> i64 {
        self.now_ms.div_euclid(DAY_MS)
    }

    fn is_over(&self, entry: &Entry) -> bool {
        self.now_ms
            >= (entry.day + 1)
                .saturating_mul(DAY_MS)
                .saturating_add(GRACE_MS)
    }

    /// Whether these events belong to that session. Events before its last one do: they are late
    /// or sent again.
    fn continues(&self, entry: &Entry) -> bool {
        !self.is_over(entry) && self.first_ms.saturating_sub(entry.last_ms) <= self.idle_ms
    }

    /// The day whose salt gives this visitor for this request.
    fn day_of(&self, visitor: VisitorId) -> Option<i64> {
        if visitor == self.visitor {
            Some(self.today())
        } else if Some(visitor) == self.visitor_before {
            Some(self.today() - 1)
        } else {
            None
        }
    }

    /// What the store knows of the window, if it was this cookieless visitor's: a window that was
    /// persistent before a refusal must not lead back to its lasting visitor.
    fn remembered_window(&self, remembered: &dyn Remembered) -> Option<Entry> {
        let (visitor, session, last_ms) = remembered.window(self.site, self.window)?;
        let day = self.day_of(visitor)?;
        Some(Entry {
            given: Given { visitor, session },
            day,
            last_ms,
        })
    }

    fn by_visitor(&self, memory: &Memory, remembered: &dyn Remembered) -> Option<Entry> {
        [Some(self.visitor), self.visitor_before]
            .into_iter()
            .flatten()
            .find_map(|visitor| {
                let from_store = || {
                    let (session, last_ms) = remembered.visitor(self.site, visitor)?;
                    let day = self.day_of(visitor)?;
                    Some(Entry {
                        given: Given { visitor, session },
                        day,
                        last_ms,
                    })
                };
                memory
                    .visitors
                    .get(&(self.site, visitor))
                    .or_else(from_store)
                    .filter(|entry| self.continues(entry))
            })
    }

    /// A new session; of the same visitor when the window has one whose day is not over.
    fn new_entry(&self, known: Option<Entry>, randomness: &dyn Randomness) -> Entry {
        let mut session = [0; 16];
        randomness.fill(&mut session);
        let (visitor, day) = known
            .filter(|entry| entry.day == self.today())
            .map_or((self.visitor, self.today()), |entry| {
                (entry.given.visitor, entry.day)
            });
        let session = SessionId::from_bytes(session);
        Entry {
            given: Given { visitor, session },
            day,
            last_ms: self.last_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;

    const IDLE: i64 = 1_800_000;

    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }

    #[derive(Default)]
    struct Store {
        window: Option<(VisitorId, SessionId, i64)>,
        visitor: Option<(SessionId, i64)>,
    }

    impl Remembered for Store {
        fn window(&self, _: SiteId, _: WindowId) -> Option<(VisitorId, SessionId, i64)> {
            self.window
        }

        fn visitor(&self, _: SiteId, visitor: VisitorId) -> Option<(SessionId, i64)> {
            self.visitor.filter(|_| visitor == VisitorId(1))
        }
    }

    fn asking(window: u128, visitor: u128, time_ms: i64) -> Asking {
        Asking {
            site: SiteId(1),
            window: WindowId(window),
            visitor: VisitorId(visitor),
            visitor_before: None,
            idle_ms: IDLE,
            now_ms: time_ms,
            first_ms: time_ms,
            last_ms: time_ms,
        }
    }

    fn give(cookieless: &Cookieless, asking: &Asking, random: &Counting) -> Given {
        cookieless.give(asking, &Store::default(), random)
    }

    #[test]
    fn window_then_visitor_then_a_new_one() {
        let (cookieless, random) = (Cookieless::default(), Counting::default());
        let first = give(&cookieless, &asking(1, 1, 1_000), &random);
        assert_eq!(first.visitor, VisitorId(1));
        assert_eq!(
            give(&cookieless, &asking(2, 1, 2_000), &random),
            first,
            "by visitor"
        );
        let moved = give(&cookieless, &asking(1, 9, 3_000), &random);
        assert_eq!(moved, first, "by window, though the address changed");
        assert_ne!(
            give(&cookieless, &asking(3, 9, 3_000), &random).session,
            first.session
        );
        let other_site = Asking {
            site: SiteId(2),
            ..asking(1, 1, 3_000)
        };
        assert_ne!(
            give(&cookieless, &other_site, &random).session,
            first.session
        );
    }

    #[test]
    fn idle_time_ends_a_session_but_a_retry_does_not() {
        let (cookieless, random) = (Cookieless::default(), Counting::default());
        let first = give(&cookieless, &asking(1, 1, 0), &random);
        let late = Asking {
            now_ms: 10 * IDLE,
            ..asking(1, 1, 0)
        };
        assert_eq!(give(&cookieless, &late, &random), first);
        assert_eq!(give(&cookieless, &asking(1, 1, IDLE), &random), first);
        let next = give(&cookieless, &asking(1, 1, 2 * IDLE + 1), &random);
        assert_ne!(next.session, first.session);
        assert_eq!(next.visitor, first.visitor);
    }

    #[test]
    fn half_an_hour_after_midnight_the_session_ends() {
        let (cookieless, random) = (Cookieless::default(), Counting::default());
        let first = give(&cookieless, &asking(1, 1, DAY_MS - 60_000), &random);
        let over_midnight = |window, time| Asking {
            visitor_before: Some(VisitorId(1)),
            ..asking(window, 2, time)
        };
        let night = give(&cookieless, &over_midnight(1, DAY_MS + 60_000), &random);
        assert_eq!(night, first);
        let other_tab = give(&cookieless, &over_midnight(5, DAY_MS + 70_000), &random);
        assert_eq!(other_tab, first);
        let last = give(
            &cookieless,
            &over_midnight(1, DAY_MS + GRACE_MS - 1),
            &random,
        );
        assert_eq!(last, first);
        let next = give(&cookieless, &asking(1, 2, DAY_MS + GRACE_MS), &random);
        assert_eq!(next.visitor, VisitorId(2));
        assert_ne!(next.session, first.session);
    }

    #[test]
    fn after_a_restart_the_store_remembers() {
        let random = Counting::default();
        let store = Store {
            window: Some((VisitorId(1), SessionId(77), 500)),
            visitor: Some((SessionId(78), 500)),
        };
        let by_window = Cookieless::default().give(&asking(1, 1, 1_000), &store, &random);
        assert_eq!(by_window.session, SessionId(77));
        // The window was a persistent visitor's, who has refused since.
        let store = Store {
            window: Some((VisitorId(55), SessionId(77), 500)),
            ..store
        };
        let by_visitor = Cookieless::default().give(&asking(1, 1, 1_000), &store, &random);
        assert_eq!(
            by_visitor,
            Given {
                visitor: VisitorId(1),
                session: SessionId(78)
            }
        );
        let nobody = Cookieless::default().give(&asking(1, 2, 1_000), &store, &random);
        assert_eq!(nobody.visitor, VisitorId(2));
        assert!(![77, 78].contains(&nobody.session.0));
    }
}
