//! Imports of recordings: rrweb events, as rrweb, other programs that build on it and our own
//! export write them, become one session with chunks and with the events that lists need.
//!
//! Events go through the same pass as those from a browser ([`crate::recording`]). A page load is a
//! window, as everywhere: one begins with each other address, with each new document, and where
//! the file says so (`hm-window`). Each snapshot begins a chunk, since a player begins there. Ids
//! come from the session, so that a second run of the same file gives the same ones.

mod forms;
mod head;
#[cfg(test)]
mod tests;
mod window;

use hitmetrix_model::{
    Batch, Chunk, Context, Mode, Origin, Page, Sender, SessionId, SiteId, VisitorId, WindowId,
};

use crate::access_log::{ImportFacts, event};
use crate::batches::Batches;
use crate::event_line::From;
use crate::recording::RecordingError;
use crate::{LineError, Rejected, address, ids};

pub use forms::{Events, FormError};
use head::Head;
use window::Window;

/// Name and version of what made the chunks, as recorders say theirs.
pub const RECORDER: &str = "rrweb-import/1";
/// Custom event at the beginning of our own exports: which session and visitor it was.
pub const SESSION_TAG: &str = "hm-session";
/// Custom event of our own exports: of which window the events behind it are.
pub const WINDOW_TAG: &str = "hm-window";
/// Page loads of one recording; beyond it what follows is of the last one.
const WINDOWS_MAX: usize = 10_000;

/// Whose recording it becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The session.
    pub session: SessionId,
    /// Its visitor.
    pub visitor: VisitorId,
    /// Counted up where the windows of an earlier import are used up: what was received of a
    /// window is never taken again, also when its recording was removed.
    pub attempt: u32,
}

impl Identity {
    /// Session and visitor that a file names, as our exports do; else those that its own name
    /// leads to. `first` is its first event.
    #[must_use]
    pub fn of(site: SiteId, file: &str, first: &[u8]) -> Self {
        let session = ids::imported_recording(site, file);
        let named = Head::read(first).and_then(|head| head.session);
        let (session, visitor) = named.unwrap_or((session, VisitorId(session.0)));
        Self {
            session,
            visitor,
            attempt: 0,
        }
    }

    /// The id of the window with this number, from zero.
    #[must_use]
    pub fn window(self, index: u32) -> WindowId {
        ids::imported_window(self.session, self.attempt, index)
    }
}

/// Time of an event as it stands there, in milliseconds; nothing when it is no event.
#[must_use]
pub fn time_of(event: &[u8]) -> Option<i64> {
    Head::read(event).map(|head| head.timestamp)
}

/// Where an import stands.
#[derive(Debug)]
pub struct State {
    identity: Identity,
    /// Where the first event is to be put, when not at its own time.
    at_ms: Option<i64>,
    shift_ms: Option<i64>,
    lines: usize,
    events: u32,
    windows: Vec<Window>,
    /// The window that events without a name of their own are of.
    current: usize,
    /// Signs of a new document that wait for what comes next.
    waiting: Vec<u8>,
}

impl State {
    /// Before the first event. `at_ms` puts that event at another time, and all others with it.
    #[must_use]
    pub fn new(identity: Identity, at_ms: Option<i64>) -> Self {
        Self {
            identity,
            at_ms,
            shift_ms: None,
            lines: 0,
            events: 0,
            windows: Vec::new(),
            current: 0,
            waiting: Vec::new(),
        }
    }

    /// Whose recording it becomes.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }
}

/// What came out of some events, to be stored in this order.
#[derive(Debug, Default)]
pub struct Imported {
    /// Chunks of the recording.
    pub chunks: Vec<Chunk>,
    /// The session's events.
    pub batches: Vec<Batch>,
    /// Events that are none of a recorder, or not taken for another reason.
    pub rejected: Vec<Rejected>,
    /// Events of kinds that are kept of no recording, as what draws on a canvas.
    pub left_out: u64,
}

impl Imported {
    /// Adds what came out of later events.
    pub fn extend(&mut self, more: Self) {
        self.chunks.extend(more.chunks);
        self.batches.extend(more.batches);
        self.rejected.extend(more.rejected);
        self.left_out += more.left_out;
    }
}

/// Reads recorder events in the order of the file.
pub struct Importer<'a> {
    facts: ImportFacts<'a>,
    state: State,
    chunks: Vec<Chunk>,
    batches: Batches,
    rejected: Vec<Rejected>,
    left_out: u64,
}

impl<'a> Importer<'a> {
    /// Begins, or goes on where another one stood.
    #[must_use]
    pub fn new(facts: ImportFacts<'a>, state: State) -> Self {
        Self {
            batches: Batches::new(facts.site.id, facts.received_at_ms, Origin::Import),
            facts,
            state,
            chunks: Vec::new(),
            rejected: Vec::new(),
            left_out: 0,
        }
    }

    /// Reads one event.
    pub fn push(&mut self, line: &[u8]) {
        self.state.lines += 1;
        let Some(head) = Head::read(line) else {
            let message = "this is no rrweb event; one has type, data and timestamp";
            return self.reject(LineError::new("no_recorder_event", "type", message));
        };
        match head.kind {
            head::CUSTOM if head.session.is_some() => {}
            head::CUSTOM if head.window.is_some() => self.enter(head.window),
            head::DOM_CONTENT_LOADED | head::LOAD => {
                self.state.waiting.extend_from_slice(line);
                self.state.waiting.push(b'\n');
                self.shift(head.timestamp);
            }
            head::META => self.meta(&head, line),
            _ => {
                let waiting = std::mem::take(&mut self.state.waiting);
                self.window().add(&waiting);
                self.add(&head, line);
            }
        }
    }

    /// Tells what is wrong with the file itself.
    pub fn complain(&mut self, error: &FormError) {
        self.reject(LineError::new("bad_form", "file", error.to_string()));
    }

    /// What is whole by now.
    #[must_use]
    pub fn take(mut self) -> (Imported, State) {
        (self.imported(), self.state)
    }

    /// Everything that is left; the file is over.
    #[must_use]
    pub fn finish(mut self) -> Imported {
        for index in 0..self.state.windows.len() {
            self.leave(index);
        }
        self.imported()
    }

    fn imported(&mut self) -> Imported {
        let facts = self.facts;
        let next = Batches::new(facts.site.id, facts.received_at_ms, Origin::Import);
        Imported {
            chunks: std::mem::take(&mut self.chunks),
            batches: std::mem::replace(&mut self.batches, next).finish(),
            rejected: std::mem::take(&mut self.rejected),
            left_out: std::mem::take(&mut self.left_out),
        }
    }

    /// Milliseconds to be added to the file's times; the first time decides.
    fn shift(&mut self, timestamp: i64) -> i64 {
        let at_ms = self.state.at_ms.unwrap_or(timestamp);
        let shift_ms = || at_ms.saturating_sub(timestamp);
        *self.state.shift_ms.get_or_insert_with(shift_ms)
    }

    /// The window that events are added to.
    fn window(&mut self) -> &mut Window {
        if self.state.windows.is_empty() {
            self.state.windows.push(Window::default());
        }
        &mut self.state.windows[self.state.current]
    }

    /// The file says of which window the next events are.
    fn enter(&mut self, name: Option<WindowId>) {
        let windows = &mut self.state.windows;
        if windows.len() >= WINDOWS_MAX && windows.iter().all(|window| window.name != name) {
            let message = format!("the recording has over {WINDOWS_MAX} page loads, the limit");
            return self.reject(LineError::new("too_many_windows", "window", message));
        }
        let known = windows.iter().position(|window| window.name == name);
        self.state.current = known.unwrap_or_else(|| {
            windows.push(Window::named(name));
            windows.len() - 1
        });
    }

    /// A page and its size: the beginning of a window, or of another picture of the same page.
    fn meta(&mut self, head: &Head, line: &[u8]) {
        let time_ms = head.timestamp.saturating_add(self.shift(head.timestamp));
        let href = head.href.clone().unwrap_or_default();
        let waiting = std::mem::take(&mut self.state.waiting);
        let is_full = self.state.windows.len() >= WINDOWS_MAX;
        let window = self.window();
        let is_other = window.href.as_ref().is_some_and(|known| *known != href);
        let is_new = is_other || head::begins_document(&waiting);
        if window.name.is_none() && window.pictures > 0 && is_new && !is_full {
            let index = self.state.current;
            self.leave(index);
            self.state.windows.push(Window::default());
            self.state.current = self.state.windows.len() - 1;
        }
        if self.window().href.as_deref() != Some(href.as_str()) {
            self.visit(&href, time_ms);
        }
        if self.window().pictures > 0 {
            self.cut(self.state.current);
        }
        self.window().add(&waiting);
        self.add(head, line);
    }

    /// A page is seen for the first time in its window.
    fn visit(&mut self, href: &str, time_ms: i64) {
        let rules = &self.facts.site.settings.rules;
        let page = match address::keep(href, rules) {
            Some(kept) => Page {
                host: kept.host,
                path: kept.path,
                query: kept.query,
                title: String::new(),
            },
            // A page of a test or of an app: it has no address that could be kept.
            None => Page {
                host: self.facts.host().to_owned(),
                path: "/".to_owned(),
                ..Page::default()
            },
        };
        let is_blocked = address::is_blocked(&page.path, rules);
        let window = self.window();
        window.href = Some(href.to_owned());
        window.page = page.clone();
        window.is_blocked = is_blocked;
        if is_blocked {
            let message = "the site's rules block this page, so nothing of it is taken";
            self.reject(LineError::new("blocked_page", "href", message));
        } else {
            self.say("pageview", page, time_ms);
        }
    }

    /// Adds an event of the session.
    fn say(&mut self, name: &str, page: Page, time_ms: i64) {
        let Identity {
            session, visitor, ..
        } = self.state.identity;
        let number = self.state.events;
        self.state.events += 1;
        let mut said = event(name, time_ms, page, From::default());
        let id = format!("recording {session} {number}");
        said.external = Some(ids::named_event(self.facts.site.id, &id));
        said.sequence = number;
        let sender = Sender {
            visitor,
            session,
            window: ids::session_window(session),
            mode: Mode::Persistent,
            context: Context::default(),
        };
        self.batches.push(sender, said);
    }

    fn add(&mut self, head: &Head, line: &[u8]) {
        let time_ms = head.timestamp.saturating_add(self.shift(head.timestamp));
        let is_picture = head.kind == head::FULL_SNAPSHOT;
        if is_picture && !self.window().awaits_picture() {
            self.cut(self.state.current);
        }
        if self.window().is_full(line.len(), time_ms) {
            self.cut(self.state.current);
        }
        let window = self.window();
        window.pictures += u32::from(is_picture);
        window.begun |= !matches!(
            head.kind,
            head::DOM_CONTENT_LOADED | head::LOAD | head::META
        );
        window.last_ms = Some(window.last_ms.unwrap_or(time_ms).max(time_ms));
        window.first_ms.get_or_insert(time_ms);
        window.add(line);
        window.add(b"\n");
    }

    /// The window is over.
    fn leave(&mut self, index: usize) {
        self.cut(index);
        let window = &mut self.state.windows[index];
        let page = window.page.clone();
        let is_told = window.href.is_some() && !window.is_blocked && !window.is_left;
        window.is_left = true;
        if let (Some(last_ms), true) = (window.last_ms, is_told) {
            self.say("page_leave", page, last_ms);
        }
    }

    /// Ends the open chunk of a window.
    fn cut(&mut self, index: usize) {
        let shift_ms = self.state.shift_ms.unwrap_or(0);
        let identity = self.state.identity;
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let received_at_ms = self.facts.received_at_ms;
        let chunk = self.state.windows[index].cut(shift_ms, |window| hitmetrix_model::ChunkFacts {
            site: self.facts.site.id,
            visitor: identity.visitor,
            cookieless: false,
            session: identity.session,
            window: identity.window(number),
            sequence: window.sequence,
            recorder: RECORDER.to_owned(),
            first_ms: 0,
            last_ms: 0,
            received_at_ms,
            events: 0,
            snapshot: false,
            path: window.page.path.clone(),
            piece: None,
        });
        match chunk {
            Ok(None) => {}
            Ok(Some((chunk, dropped))) => {
                self.chunks.push(chunk);
                self.left_out += u64::from(dropped);
            }
            Err(RecordingError::NoEvents { lines }) => self.left_out += lines as u64,
            Err(error) => self.reject(LineError::new(error.code(), "data", error.to_string())),
        }
    }

    fn reject(&mut self, error: LineError) {
        self.rejected.push(error.at(self.state.lines));
    }
}
