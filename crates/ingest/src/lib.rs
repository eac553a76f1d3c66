//! Untrusted bytes to valid, typed batches, or a rejection that says what and why.
//!
//! The second station of an event's way, between HTTP and the log. One file per wire format:
//! [`wire`] for the tracker and the recorder, [`server_events`] for servers with a secret token,
//! [`access_log`], [`jsonl`], [`csv`] and [`rrweb`] for imports. Everything here is pure: no clock, no
//! disk, no network and no global state; time, rules, secrets and lookup tables are passed in.
//! Nothing here panics on any input, and what comes out keeps every limit of
//! `hitmetrix_model::limits`.

pub mod access_log;
pub mod address;
mod body;
pub mod bots;
pub mod channel;
pub mod country;
pub mod csv;
mod envelope;
mod equal_lines;
mod error;
mod event_line;
mod facts;
pub mod ids;
mod json;
pub mod jsonl;
pub mod language;
mod lookups;
mod properties;
pub mod recording;
pub mod rrweb;
pub mod scrub;
pub mod server_events;
mod sessions;
mod signature;
mod text;
pub mod user_agent;
pub mod wire;

mod batches;
mod record;

pub use error::{LineError, Rejected, Rejection};
pub use event_line::{IDENTITY_REFUSED, TOO_OLD};
pub use facts::{ClientHints, Facts, Signals};
pub use lookups::Lookups;
pub use properties::is_watched;
pub use sessions::Sessions;
pub use signature::sign_user;
