//! What was stored already: per window the sequences of its events and chunks, the ids of events
//! from elsewhere that still lie in the log, and who owns which session. A batch passes here
//! before it is written, and again when the log is replayed.
//!
//! Everything is taken in before the write and taken out again by [`Seen::revert`] when the write
//! or its sync fails, so that the sender's retry counts.

use std::collections::HashMap;

use hitmetrix_model::{
    Batch, ChunkFacts, Event, ExternalId, LogPosition, Mode, Origin, Sender, SessionId, SiteId,
    VisitorId, WindowId, limits,
};

use serde::{Deserialize, Serialize};

use super::error::LogError;
use super::ranges::{HOLES_MAX, Ranges};

/// How often windows that may be forgotten are looked for.
const PRUNE_EVERY_MS: i64 = 3_600_000;

/// What is remembered of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WindowRow {
    /// The site.
    pub site: SiteId,
    /// The page load; the key together with the site.
    pub window: WindowId,
    /// Visitor of its latest event.
    pub visitor: VisitorId,
    /// Session of its latest event.
    pub session: SessionId,
    /// Time of its latest event, UTC, milliseconds since the epoch.
    pub last_event_ms: i64,
    /// Server time of the latest receipt.
    pub last_receipt_ms: i64,
    /// Sequences of its events.
    pub events: Ranges,
    /// Sequences of its whole chunks.
    pub chunks: Ranges,
    /// Session in which a snapshot of it was stored last.
    pub snapshot_session: Option<SessionId>,
}

/// What is remembered of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The site.
    pub site: SiteId,
    /// The session; the key together with the site.
    pub session: SessionId,
    /// The visitor who was first seen with it.
    pub visitor: VisitorId,
    /// Whether that visitor is cookieless.
    pub mode: Mode,
    /// Time of its latest event.
    pub last_event_ms: i64,
    /// Server time of the latest receipt.
    pub last_receipt_ms: i64,
}

struct Remembered<R> {
    row: R,
    /// The generation whose dirty list names it last.
    changed: u64,
}

/// One thing that a group took in and that a failed write takes out again.
#[derive(Debug, Clone, Copy)]
pub(super) enum Undo {
    Event(SiteId, WindowId, u32),
    Chunk(SiteId, WindowId, u32),
    External(SiteId, ExternalId),
}

type WindowKey = (SiteId, WindowId);
type SessionKey = (SiteId, SessionId);
type Windows = HashMap<WindowKey, Remembered<WindowRow>>;

/// The memory of what was stored. Its maps hash with random seeds, since windows and sessions
/// are named by whoever sends.
#[derive(Default)]
pub(super) struct Seen {
    windows: Windows,
    sessions: HashMap<SessionKey, Remembered<SessionRow>>,
    cookieless: HashMap<(SiteId, VisitorId), SessionId>,
    /// Ids in the unsealed log, with the start of the group that brought them.
    externals: HashMap<(SiteId, ExternalId), LogPosition>,
    undo: Vec<Undo>,
    generation: u64,
    dirty_windows: Vec<(u64, WindowKey)>,
    dirty_sessions: Vec<(u64, SessionKey)>,
    pruned_at_ms: i64,
}

impl Seen {
    /// Takes in the rows that the seals stored, oldest first: a later one replaces an earlier.
    pub(super) fn load(windows: Vec<WindowRow>, sessions: Vec<SessionRow>) -> Self {
        let mut seen = Self {
            generation: 1,
            windows: HashMap::with_capacity(windows.len()),
            sessions: HashMap::with_capacity(sessions.len()),
            ..Self::default()
        };
        for row in windows {
            seen.windows
                .insert((row.site, row.window), Remembered { row, changed: 0 });
        }
        for row in sessions {
            seen.remember_cookieless(&row);
            seen.sessions
                .insert((row.site, row.session), Remembered { row, changed: 0 });
        }
        seen
    }

    /// Visitor, session and last event time of a window.
    pub(super) fn session_of_window(
        &self,
        site: SiteId,
        window: WindowId,
    ) -> Option<(VisitorId, SessionId, i64)> {
        let row = &self.windows.get(&(site, window))?.row;
        Some((row.visitor, row.session, row.last_event_ms))
    }

    /// Latest session of a cookieless visitor, and its last event time.
    pub(super) fn session_of_visitor(
        &self,
        site: SiteId,
        visitor: VisitorId,
    ) -> Option<(SessionId, i64)> {
        let session = *self.cookieless.get(&(site, visitor))?;
        let row = &self.sessions.get(&(site, session))?.row;
        Some((session, row.last_event_ms))
    }

    /// The visitor who was first seen with a session.
    pub(super) fn owner_of_session(&self, site: SiteId, session: SessionId) -> Option<VisitorId> {
        self.sessions
            .get(&(site, session))
            .map(|known| known.row.visitor)
    }

    /// Whether the unsealed log has an event with this id.
    pub(super) fn has_external(&self, site: SiteId, id: ExternalId) -> bool {
        self.externals.contains_key(&(site, id))
    }

    /// Whether a chunk was stored as a whole.
    pub(super) fn has_chunk(&self, site: SiteId, window: WindowId, sequence: u32) -> bool {
        self.windows
            .get(&(site, window))
            .is_some_and(|known| known.row.chunks.contains(sequence))
    }

    /// Whether a window has a snapshot to start from in `session`.
    pub(super) fn has_snapshot(&self, site: SiteId, window: WindowId, session: SessionId) -> bool {
        self.windows
            .get(&(site, window))
            .is_some_and(|known| known.row.snapshot_session == Some(session))
    }

    /// Takes in the events of `batch` and marks in `duplicates`, which comes with true for each
    /// event whose id lies in a part, those that were seen before, earlier in the same batch too.
    /// Returns how many they are. `group` is where the group begins in the log.
    ///
    /// # Errors
    /// When an event names no sender of the batch or a window has too many holes; then nothing of
    /// the batch is taken in.
    pub(super) fn admit(
        &mut self,
        batch: &Batch,
        group: LogPosition,
        duplicates: &mut [bool],
    ) -> Result<usize, LogError> {
        let mark = self.undo.len();
        let admitted = self.admit_runs(batch, group, duplicates);
        if admitted.is_err() {
            self.revert_to(mark);
        }
        admitted
    }

    fn admit_runs(
        &mut self,
        batch: &Batch,
        group: LogPosition,
        duplicates: &mut [bool],
    ) -> Result<usize, LogError> {
        let mut found = 0;
        let mut at = 0;
        for run in batch.events.chunk_by(|one, next| one.sender == next.sender) {
            let marks = &mut duplicates[at..at + run.len()];
            at += run.len();
            let index = run[0].sender;
            let sender = usize::try_from(index)
                .ok()
                .and_then(|index| batch.senders.get(index))
                .ok_or(LogError::UnknownSender { index })?;
            found += self.admit_run(batch, sender, run, (group, &mut *marks))?;
        }
        Ok(found)
    }

    /// Events of one sender that stand together.
    fn admit_run(
        &mut self,
        batch: &Batch,
        sender: &Sender,
        run: &[Event],
        (group, marks): (LogPosition, &mut [bool]),
    ) -> Result<usize, LogError> {
        let mut found = 0;
        let mut last_event_ms = None;
        let Self {
            windows,
            dirty_windows,
            externals,
            undo,
            generation,
            ..
        } = self;
        let mut window = run
            .iter()
            .find(|event| event.external.is_none())
            .map(|first| {
                let key = (batch.site, sender.window);
                let new = || new_window(batch, sender, first.time_ms);
                Self::window((windows, dirty_windows, *generation), key, new)
            });
        for (event, duplicate) in run.iter().zip(marks) {
            match (event.external, &mut window) {
                (Some(id), _) => {
                    if !*duplicate {
                        *duplicate = externals.insert((batch.site, id), group).is_some();
                    }
                    if !*duplicate {
                        undo.push(Undo::External(batch.site, id));
                    }
                }
                (None, Some(row)) => {
                    *duplicate = !row.events.insert(event.sequence);
                    if row.events.holes() > HOLES_MAX {
                        row.events.remove(event.sequence);
                        return Err(LogError::TooManyHoles { limit: HOLES_MAX });
                    }
                    if !*duplicate {
                        undo.push(Undo::Event(batch.site, sender.window, event.sequence));
                    }
                    row.last_receipt_ms = row.last_receipt_ms.max(batch.received_at_ms);
                    if !*duplicate && event.time_ms >= row.last_event_ms {
                        row.last_event_ms = event.time_ms;
                        (row.visitor, row.session) = (sender.visitor, sender.session);
                    }
                }
                (None, None) => {}
            }
            found += usize::from(*duplicate);
            if !*duplicate {
                last_event_ms = last_event_ms.max(Some(event.time_ms));
            }
        }
        // An import's sessions are named by us and are nobody's to take over.
        if let (Some(last_event_ms), true) = (last_event_ms, batch.origin != Origin::Import) {
            self.touch_session(SessionRow {
                site: batch.site,
                session: sender.session,
                visitor: sender.visitor,
                mode: sender.mode,
                last_event_ms,
                last_receipt_ms: batch.received_at_ms,
            });
        }
        Ok(found)
    }

    /// Takes in a whole chunk; false when it was seen before.
    ///
    /// # Errors
    /// When the window has too many holes.
    pub(super) fn admit_chunk(&mut self, facts: &ChunkFacts) -> Result<bool, LogError> {
        let row = self.window_of_chunk(facts);
        if !row.chunks.insert(facts.sequence) {
            return Ok(false);
        }
        if row.chunks.holes() > HOLES_MAX {
            row.chunks.remove(facts.sequence);
            return Err(LogError::TooManyHoles { limit: HOLES_MAX });
        }
        if facts.snapshot {
            row.snapshot_session = Some(facts.session);
        }
        self.undo
            .push(Undo::Chunk(facts.site, facts.window, facts.sequence));
        self.touch_chunk_session(facts);
        Ok(true)
    }

    /// Takes in that a piece came: its window and session are known from now on.
    pub(super) fn touch_chunk(&mut self, facts: &ChunkFacts) {
        self.window_of_chunk(facts);
        self.touch_chunk_session(facts);
    }

    /// The row of a chunk's window. A chunk that is later than the window's last event and of
    /// another session begins that session there; otherwise only events move a window.
    fn window_of_chunk(&mut self, facts: &ChunkFacts) -> &mut WindowRow {
        let row = Self::window(
            (&mut self.windows, &mut self.dirty_windows, self.generation),
            (facts.site, facts.window),
            || WindowRow {
                site: facts.site,
                window: facts.window,
                visitor: facts.visitor,
                session: facts.session,
                last_event_ms: facts.last_ms,
                last_receipt_ms: facts.received_at_ms,
                events: Ranges::default(),
                chunks: Ranges::default(),
                snapshot_session: None,
            },
        );
        if facts.session != row.session && facts.last_ms > row.last_event_ms {
            (row.visitor, row.session) = (facts.visitor, facts.session);
            row.last_event_ms = facts.last_ms;
        }
        row.last_receipt_ms = row.last_receipt_ms.max(facts.received_at_ms);
        row
    }

    /// A chunk makes a session known but does not prolong it: only events do.
    fn touch_chunk_session(&mut self, facts: &ChunkFacts) {
        if !self.sessions.contains_key(&(facts.site, facts.session)) {
            self.touch_session(SessionRow {
                site: facts.site,
                session: facts.session,
                visitor: facts.visitor,
                mode: if facts.cookieless {
                    Mode::Cookieless
                } else {
                    Mode::Persistent
                },
                last_event_ms: facts.last_ms,
                last_receipt_ms: facts.received_at_ms,
            });
        }
    }

    /// The row of a window, made where it is missing, and marked as changed. Takes the fields
    /// apart, so that the caller can go on using the others.
    fn window<'a>(
        (windows, dirty, generation): (&'a mut Windows, &mut Vec<(u64, WindowKey)>, u64),
        key: WindowKey,
        new: impl FnOnce() -> WindowRow,
    ) -> &'a mut WindowRow {
        let known = windows.entry(key).or_insert_with(|| Remembered {
            row: new(),
            changed: 0,
        });
        if known.changed != generation {
            known.changed = generation;
            dirty.push((generation, key));
        }
        &mut known.row
    }

    fn touch_session(&mut self, now: SessionRow) {
        let key = (now.site, now.session);
        let known = self.sessions.entry(key).or_insert_with(|| Remembered {
            row: now.clone(),
            changed: 0,
        });
        known.row.last_event_ms = known.row.last_event_ms.max(now.last_event_ms);
        known.row.last_receipt_ms = known.row.last_receipt_ms.max(now.last_receipt_ms);
        if known.changed != self.generation {
            known.changed = self.generation;
            self.dirty_sessions.push((self.generation, key));
        }
        let row = known.row.clone();
        self.remember_cookieless(&row);
    }

    fn remember_cookieless(&mut self, row: &SessionRow) {
        if row.mode != Mode::Cookieless {
            return;
        }
        let before = self.session_of_visitor(row.site, row.visitor);
        if before.is_none_or(|(_, last_event_ms)| last_event_ms <= row.last_event_ms) {
            self.cookieless.insert((row.site, row.visitor), row.session);
        }
    }

    /// The group is durable: nothing of it will be taken out again.
    pub(super) fn keep(&mut self) {
        self.undo.clear();
    }

    /// The group failed: takes out what it brought, so that its retries count.
    pub(super) fn revert(&mut self) {
        self.revert_to(0);
    }

    /// How far the group is taken in, for [`Self::revert_to`].
    pub(super) fn mark(&self) -> usize {
        self.undo.len()
    }

    /// Takes out what came after `mark`.
    pub(super) fn revert_to(&mut self, mark: usize) {
        for undo in self.undo.drain(mark..).rev() {
            match undo {
                Undo::Event(site, window, sequence) => {
                    if let Some(known) = self.windows.get_mut(&(site, window)) {
                        known.row.events.remove(sequence);
                    }
                }
                Undo::Chunk(site, window, sequence) => {
                    if let Some(known) = self.windows.get_mut(&(site, window)) {
                        known.row.chunks.remove(sequence);
                    }
                }
                Undo::External(site, id) => {
                    self.externals.remove(&(site, id));
                }
            }
        }
    }

    /// Rows that changed since the last pin that was cut, the generation they belong to, and the
    /// time before which stored rows are no longer needed.
    pub(super) fn pin(&mut self, now_ms: i64) -> (Vec<WindowRow>, Vec<SessionRow>, u64, i64) {
        let forget_before_ms = now_ms - limits::WINDOW_SEEN_MS;
        if now_ms - self.pruned_at_ms >= PRUNE_EVERY_MS {
            self.pruned_at_ms = now_ms;
            self.windows
                .retain(|_, known| known.row.last_receipt_ms >= forget_before_ms);
            self.sessions
                .retain(|_, known| known.row.last_receipt_ms >= forget_before_ms);
            let sessions = &self.sessions;
            self.cookieless
                .retain(|key, session| sessions.contains_key(&(key.0, *session)));
        }
        let generation = self.generation;
        self.generation += 1;
        let windows = changed(&self.dirty_windows, &self.windows);
        let sessions = changed(&self.dirty_sessions, &self.sessions);
        (windows, sessions, generation, forget_before_ms)
    }

    /// The rows of `generation` are stored, and the log is sealed up to `position`.
    pub(super) fn sealed(&mut self, generation: u64, position: LogPosition) {
        self.dirty_windows.retain(|dirty| dirty.0 > generation);
        self.dirty_sessions.retain(|dirty| dirty.0 > generation);
        self.externals.retain(|_, group| *group >= position);
    }

    /// Forgets a site that was erased.
    pub(super) fn forget_site(&mut self, site: SiteId) {
        self.windows.retain(|key, _| key.0 != site);
        self.sessions.retain(|key, _| key.0 != site);
        self.cookieless.retain(|key, _| key.0 != site);
        self.externals.retain(|key, _| key.0 != site);
    }
}

fn new_window(batch: &Batch, sender: &Sender, time_ms: i64) -> WindowRow {
    WindowRow {
        site: batch.site,
        window: sender.window,
        visitor: sender.visitor,
        session: sender.session,
        last_event_ms: time_ms,
        last_receipt_ms: batch.received_at_ms,
        events: Ranges::default(),
        chunks: Ranges::default(),
        snapshot_session: None,
    }
}

/// Each changed row once, as it is now.
fn changed<K: Copy + Eq + std::hash::Hash, R: Clone>(
    dirty: &[(u64, K)],
    rows: &HashMap<K, Remembered<R>>,
) -> Vec<R> {
    dirty
        .iter()
        .filter_map(|(generation, key)| {
            rows.get(key)
                .filter(|known| known.changed == *generation)
                .map(|known| known.row.clone())
        })
        .collect()
}
