//! The store: log, parts, lanes, recordings, catalog and settings.
//!
//! It stands between `ingest`, whose batches it makes durable, and `insights`, which reads its
//! snapshots. It is the only crate that knows paths, SQL and the object store; it knows neither
//! HTTP nor what a question means, and reads no clock: time and randomness are passed in.

mod catalog;
pub mod lanes;
mod log {
    #![allow(dead_code)]
    mod ranges;
    pub use ranges::Ranges;
    use hitmetrix_model::*;
/// What is remembered of a window: one row of a table of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Sequences of its events; [`Ranges::to_bytes`] for a column.
    pub events: Ranges,
    /// Sequences of its whole chunks.
    pub chunks: Ranges,
    /// Session in which a snapshot of it was stored last.
    pub snapshot_session: Option<SessionId>,
}

/// What is remembered of a session: one row of a table of the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
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

}
mod outside;
mod snapshot;
mod stored_event;

pub use catalog::{CatalogError, RecordingQuery, settings};
pub use outside::{Clock, Randomness};
pub use snapshot::{Move, Snapshot};
pub use stored_event::StoredEvent;
