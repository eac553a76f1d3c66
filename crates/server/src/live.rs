//! What happened in the last half hour, in memory, for the live view: fed with each batch that the
//! log acknowledged, bounded in events, gone with the process. Answers come from `insights`; this
//! is a window, not a count.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use hitmetrix_model::{Batch, Context, Event, SessionId, SiteId, VisitorId};

/// How far back the live view looks.
pub const RECENT_MS: i64 = 30 * 60 * 1000;
/// How long after its last event a session still counts as being there.
pub const PRESENT_MS: i64 = 5 * 60 * 1000;
/// Events kept per site; the oldest go first.
const EVENTS_MAX: usize = 5_000;
/// Sessions kept per site; those seen longest ago go first.
const SESSIONS_MAX: usize = 2_000;

/// One event of the live view.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveEvent {
    /// Event time.
    pub time_ms: i64,
    /// Event name.
    pub name: String,
    /// Path of its page.
    pub page: String,
    /// Its session.
    pub session: SessionId,
    /// What was clicked, where that is known.
    pub text: String,
}

/// One session of the live view.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveSession {
    /// The session.
    pub session: SessionId,
    /// Its visitor.
    pub visitor: VisitorId,
    /// Path of the page it is on.
    pub page: String,
    /// Title of that page.
    pub title: String,
    /// Browser, system, country.
    pub context: Context,
    /// Channel of the arrival.
    pub channel: String,
    /// Source of the arrival.
    pub source: String,
    /// First event.
    pub started_ms: i64,
    /// Last event.
    pub last_ms: i64,
    /// Pageviews so far.
    pub pageviews: u32,
    /// Events so far.
    pub events: u32,
}

#[derive(Debug, Default)]
struct LiveSite {
    recent: VecDeque<LiveEvent>,
    sessions: HashMap<SessionId, LiveSession>,
}

/// The live view of all sites.
#[derive(Debug, Default)]
pub struct Live {
    sites: Mutex<HashMap<SiteId, LiveSite>>,
}

impl Live {
    /// Takes in a batch that is on stable storage. A batch that the log knew already must not
    /// come here.
    pub fn note(&self, batch: &Batch) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let site = sites.entry(batch.site).or_default();
        for event in &batch.events {
            let Some(sender) = batch.senders.get(event.sender as usize) else {
                continue;
            };
            if !sender.context.bot.is_empty() || batch.received_at_ms - event.time_ms > RECENT_MS {
                continue;
            }
            let session = site.sessions.entry(sender.session).or_insert_with(|| LiveSession {
                session: sender.session,
                visitor: sender.visitor,
                page: String::new(),
                title: String::new(),
                context: sender.context.clone(),
                channel: String::new(),
                source: String::new(),
                started_ms: event.time_ms,
                last_ms: event.time_ms,
                pageviews: 0,
                events: 0,
            });
            session.take(event);
            site.recent.push_back(LiveEvent {
                time_ms: event.time_ms,
                name: event.name.clone(),
                page: event.page.path.clone(),
                session: sender.session,
                text: click_text(event),
            });
        }
        site.forget(batch.received_at_ms);
    }

    /// Sessions seen in the last five minutes, the newest first, and the newest events.
    #[must_use]
    pub fn of(
        &self,
        site: SiteId,
        now_ms: i64,
        events_max: usize,
    ) -> (Vec<LiveSession>, Vec<LiveEvent>) {
        let sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(site) = sites.get(&site) else {
            return (Vec::new(), Vec::new());
        };
        let mut sessions: Vec<LiveSession> = site
            .sessions
            .values()
            .filter(|session| now_ms - session.last_ms < PRESENT_MS)
            .cloned()
            .collect();
        sessions.sort_by_key(|session| (std::cmp::Reverse(session.last_ms), session.session));
        let mut recent: Vec<LiveEvent> = site
            .recent
            .iter()
            .filter(|event| now_ms - event.time_ms < RECENT_MS)
            .cloned()
            .collect();
        recent.sort_by_key(|event| std::cmp::Reverse(event.time_ms));
        recent.truncate(events_max);
        (sessions, recent)
    }

    /// Forgets a removed site.
    pub fn forget_site(&self, site: SiteId) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.remove(&site);
    }
}

impl LiveSession {
    fn take(&mut self, event: &Event) {
        self.events += 1;
        self.pageviews += u32::from(event.name == "pageview");
        self.started_ms = self.started_ms.min(event.time_ms);
        if self.channel.is_empty() && !event.channel.is_empty() {
            self.channel.clone_from(&event.channel);
            self.source.clone_from(&event.source);
        }
        if event.time_ms >= self.last_ms {
            self.last_ms = event.time_ms;
            if !event.page.path.is_empty() {
                self.page.clone_from(&event.page.path);
                self.title.clone_from(&event.page.title);
            }
        }
    }
}

impl LiveSite {
    fn forget(&mut self, now_ms: i64) {
        while self.recent.len() > EVENTS_MAX
            || self
                .recent
                .front()
                .is_some_and(|event| now_ms - event.time_ms > RECENT_MS)
        {
            self.recent.pop_front();
        }
        if self.sessions.len() > SESSIONS_MAX {
            self.sessions
                .retain(|_, session| now_ms - session.last_ms < PRESENT_MS);
        }
        while self.sessions.len() > SESSIONS_MAX * 2 {
            let oldest = self.sessions.values().min_by_key(|session| session.last_ms);
            let Some(oldest) = oldest.map(|session| session.session) else {
                return;
            };
            self.sessions.remove(&oldest);
        }
    }
}

fn click_text(event: &Event) -> String {
    match event.properties.get("text") {
        Some(hitmetrix_model::Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}
