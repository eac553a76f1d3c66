//! Events, as they are once ingest has found them valid: what the log keeps and parts are made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ExternalId, SessionId, SiteId, VisitorId, WindowId};

/// How much a page may remember of its visitor.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing is stored on the device; the visitor is a keyed hash that lives one UTC day.
    #[default]
    Cookieless,
    /// A first-party cookie names the visitor.
    Persistent,
}

/// The door an event came in by; it decides what is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A browser with the site's public key: revenue and identities are unverified.
    Browser,
    /// A server with a secret token.
    Server,
    /// The command line.
    Import,
}

/// A property's value. Text is at most [`crate::limits::TEXT_BYTES`] long, numbers are finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// Text.
    Text(String),
    /// A finite number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A list of texts, numbers and booleans.
    List(Vec<Value>),
}

/// Properties by name, in the order of their names.
pub type Properties = BTreeMap<String, Value>;

/// What is known of the sender of some events of a batch: the same for all events of one page
/// load, and for all hits of one visitor in an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sender {
    /// The browser or device.
    pub visitor: VisitorId,
    /// The session all these events belong to.
    pub session: SessionId,
    /// The page load; for imports and servers a number that keeps their events together.
    pub window: WindowId,
    /// What the page was allowed to remember.
    pub mode: Mode,
    /// What the request told of its browser.
    pub context: Context,
}

/// Facts derived from the request, not from the page. Unknown facts are empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Context {
    /// ISO 3166-1 alpha-2 code in capitals, of the network address, which itself is not kept.
    pub country: String,
    /// Browser family, as `Chrome`, `Safari`, `Firefox`.
    pub browser: String,
    /// Its version, at most two numbers.
    pub browser_version: String,
    /// Operating system, as `Windows`, `macOS`, `Android`.
    pub system: String,
    /// Its version, at most two numbers.
    pub system_version: String,
    /// `desktop`, `phone`, `tablet`, `tv`, or empty.
    pub device: String,
    /// BCP 47 tag of the browser's first language, lower-case, as `de-at`.
    pub language: String,
    /// Width and height of the screen in CSS pixels; zero when unknown.
    pub screen_px: [u16; 2],
    /// The pattern or rule that made this sender a bot; empty for people.
    pub bot: String,
}

/// The page an event happened on. Addresses are already cut to what may be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Page {
    /// Host name in lower case, without scheme and port.
    pub host: String,
    /// Path, starting with `/`, with the hash route behind it where the site has those.
    pub path: String,
    /// Allow-listed query, without the question mark.
    pub query: String,
    /// Title; empty when it could not be kept.
    pub title: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Index into [`Batch::senders`].
    pub sender: u32,
    /// `pageview`, `click`, …, or the site's own name.
    pub name: String,
    /// UTC, milliseconds since the epoch, corrected by the sender's clock error.
    pub time_ms: i64,
    /// Running number within the window; with the window it makes the event's id and decides
    /// the order of equal times.
    pub sequence: u32,
    /// Present on events that do not come from a tracker window: counts once by this id.
    pub external: Option<ExternalId>,
    /// Where it happened.
    pub page: Page,
    /// Host of the page that led here; empty when there was none, it is unknown, or it is the
    /// site itself.
    pub referrer_host: String,
    /// Path of the referring page, without query.
    pub referrer_path: String,
    /// Channel of this arrival (`Organic search`, …); empty on events that are no arrival, so
    /// that a session's channel is that of its first event that has one, else `Direct`.
    pub channel: String,
    /// Source of this arrival, as `google` or `newsletter`; empty like `channel`.
    pub source: String,
    /// `utm_medium`.
    pub medium: String,
    /// `utm_campaign`.
    pub campaign: String,
    /// `utm_term`.
    pub term: String,
    /// `utm_content`.
    pub content: String,
    /// True for revenue or an identity that came with the public key alone.
    pub unverified: bool,
    /// True when a time or a text was cut to its limit.
    pub cut: bool,
    /// Everything else.
    pub properties: Properties,
}

/// Valid events of one site that arrived together: one frame of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// The site.
    pub site: SiteId,
    /// Server time of receipt, UTC, milliseconds since the epoch.
    pub received_at_ms: i64,
    /// The door.
    pub origin: Origin,
    /// The senders that the events point to.
    pub senders: Vec<Sender>,
    /// At most [`crate::limits::BATCH_EVENTS`] events, in the sender's order.
    pub events: Vec<Event>,
    /// Identity changes that came with the events.
    pub identities: Vec<crate::IdentityChange>,
    /// Events and chunks that the sender says it lost since it last said so.
    pub lost: u32,
}
