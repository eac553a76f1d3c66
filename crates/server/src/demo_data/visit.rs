//! One made-up session, event by event, as the tracker of the demo shop would have sent it.

use hitmetrix_ingest::{Lookups, channel, ids};
use hitmetrix_model::{
    Context, Event, IdentityChange, Mode, Page, Properties, Sender, SessionId, SiteId, Value,
    VisitorId,
};

use super::dice::Dice;
use super::world::{Device, Way};

/// Somebody who may come again.
#[derive(Debug, Clone, Copy)]
pub struct Visitor {
    pub id: VisitorId,
    pub device: &'static Device,
    pub country: &'static str,
    pub language: &'static str,
}

/// Where and when a session begins.
pub struct Beginning<'a> {
    pub site: SiteId,
    pub host: &'a str,
    pub lookups: &'a Lookups,
    pub at_ms: i64,
    pub way: &'static Way,
}

/// A session that is being made.
pub struct Visit<'a> {
    pub dice: Dice,
    pub at_ms: i64,
    /// Factor on how long pages take to be painted.
    pub slowness: f64,
    beginning: &'a Beginning<'a>,
    sender: Sender,
    page: Page,
    entered_ms: i64,
    arrived: bool,
    events: Vec<Event>,
    identities: Vec<IdentityChange>,
}

/// What a session left.
pub struct Made {
    pub sender: Sender,
    pub events: Vec<Event>,
    pub identities: Vec<IdentityChange>,
}

/// Properties from pairs.
pub fn properties<const N: usize>(pairs: [(&str, Value); N]) -> Properties {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A text as a value.
pub fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

impl<'a> Visit<'a> {
    /// A visitor arrives; the first page is still to be opened.
    pub fn begin(visitor: &Visitor, beginning: &'a Beginning<'a>, dice: Dice) -> Self {
        let (site, at_ms) = (beginning.site, beginning.at_ms);
        let session = ids::cut_session(site, visitor.id, at_ms);
        let device = visitor.device;
        let context = Context {
            country: visitor.country.to_owned(),
            browser: device.browser.to_owned(),
            browser_version: device.browser_version.to_owned(),
            system: device.system.to_owned(),
            system_version: device.system_version.to_owned(),
            device: device.kind.to_owned(),
            language: visitor.language.to_owned(),
            screen_px: device.screen_px,
            bot: String::new(),
        };
        Self {
            dice,
            at_ms,
            slowness: 1.0,
            beginning,
            sender: Sender {
                visitor: visitor.id,
                session,
                window: ids::session_window(session),
                mode: Mode::Persistent,
                context,
            },
            page: Page::default(),
            entered_ms: at_ms,
            arrived: false,
            events: Vec::new(),
            identities: Vec::new(),
        }
    }

    /// The session.
    pub fn session(&self) -> SessionId {
        self.sender.session
    }

    /// Some time passes.
    pub fn wait(&mut self, seconds: f64) {
        let took_ms = 1000.0 * self.dice.around(seconds);
        self.at_ms += whole(took_ms);
    }

    /// Something happens on the page.
    pub fn act(&mut self, name: &str, properties: Properties) {
        let sequence = u32::try_from(self.events.len()).unwrap_or(u32::MAX);
        let (site, session) = (self.beginning.site, self.sender.session);
        let event = Event {
            sender: 0,
            name: name.to_owned(),
            time_ms: self.at_ms,
            sequence,
            external: Some(ids::named_event(
                site,
                &format!("demo {session} {sequence}"),
            )),
            page: self.page.clone(),
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: String::new(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties,
        };
        self.events.push(event);
    }

    /// Opens a page with a load of its own: the last one is left, and this one is measured.
    pub fn open(&mut self, path: &str, title: &str) {
        self.step(path, title);
        let slow = self.slowness * if self.is_phone() { 1.35 } else { 1.0 };
        let paint_ms = 1000.0 * self.dice.around(1.25) * slow;
        self.vital("LCP", paint_ms, (2500.0, 4000.0));
        let shift = 0.04 * self.dice.around(1.0);
        self.vital("CLS", shift, (0.1, 0.25));
        let answer_ms = 90.0 * self.dice.around(1.0) * slow;
        self.vital("INP", answer_ms, (200.0, 500.0));
    }

    /// Goes to a page within the one that is loaded.
    pub fn step(&mut self, path: &str, title: &str) {
        self.leave();
        let query = if self.arrived {
            ""
        } else {
            self.beginning.way.query
        };
        self.page = Page {
            host: self.beginning.host.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            title: format!("{title} · Glimt"),
        };
        self.entered_ms = self.at_ms;
        self.act("pageview", Properties::new());
        if !self.arrived {
            self.arrive();
        }
        self.arrived = true;
        self.at_ms += self.dice.between(300, 900);
    }

    fn arrive(&mut self) {
        let way = self.beginning.way;
        let arrival = channel::arrival(way.query, way.referrer, self.beginning.lookups);
        let Some(event) = self.events.last_mut() else {
            return;
        };
        way.referrer.clone_into(&mut event.referrer_host);
        way.referrer_path.clone_into(&mut event.referrer_path);
        event.channel = arrival.channel;
        event.source = arrival.source;
        event.medium = arrival.medium;
        event.campaign = arrival.campaign;
        event.term = arrival.term;
        event.content = arrival.content;
    }

    /// Whether a page is open.
    pub fn is_on(&self, path: &str) -> bool {
        self.page.path == path
    }

    /// A click on an element, somewhere about its middle.
    pub fn click(&mut self, path: &str, label: &str) {
        let mut place = || {
            let sum: i64 = (0..3).map(|_| self.dice.between(50, 950)).sum();
            Value::Number((sum / 3) as f64 / 1000.0)
        };
        let (x, y) = (place(), place());
        let mut what = properties([("path", text(path)), ("x", x), ("y", y)]);
        if !label.is_empty() {
            what.insert("text".to_owned(), text(label));
        }
        self.act("click", what);
    }

    /// What became of the last click: the same place once more, under another name.
    pub fn again<const N: usize>(&mut self, name: &str, more: [(&str, Value); N]) {
        let clicked = self.events.iter().rfind(|event| event.name == "click");
        let Some(mut what) = clicked.map(|event| event.properties.clone()) else {
            return;
        };
        what.extend(more.map(|(name, value)| (name.to_owned(), value)));
        self.act(name, what);
    }

    /// The last page is left, after the attention that it got.
    pub fn leave(&mut self) {
        if self.page.path.is_empty() {
            return;
        }
        let there_ms = self.at_ms - self.entered_ms;
        let engaged_ms = (there_ms as f64 * (0.6 + 0.4 * self.dice.share())).round();
        let scrolled = 30 + self.dice.between(0, 70).max(self.dice.between(0, 70));
        let left = [
            ("engaged_ms", Value::Number(engaged_ms)),
            ("scroll_percent", Value::Number(scrolled as f64)),
        ];
        self.act("page_leave", properties(left));
    }

    /// The site says who it is.
    pub fn identify(&mut self, user: &str, properties: Properties) {
        self.act("identify", properties);
        self.identities.push(IdentityChange::Identify {
            visitor: self.sender.visitor,
            user: user.to_owned(),
            time_ms: self.at_ms,
            unverified: false,
        });
    }

    /// The end of the session.
    pub fn end(mut self) -> Made {
        self.leave();
        Made {
            sender: self.sender,
            events: self.events,
            identities: self.identities,
        }
    }

    fn is_phone(&self) -> bool {
        self.sender.context.device == "phone"
    }

    fn vital(&mut self, metric: &str, value: f64, (good, poor): (f64, f64)) {
        let rating = match value {
            value if value <= good => "good",
            value if value <= poor => "needs-improvement",
            _ => "poor",
        };
        let told = [
            ("metric", text(metric)),
            ("value", Value::Number((value * 1000.0).round() / 1000.0)),
            ("rating", text(rating)),
        ];
        self.act("web_vital", properties(told));
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a few hours at most")]
fn whole(ms: f64) -> i64 {
    ms.round() as i64
}
