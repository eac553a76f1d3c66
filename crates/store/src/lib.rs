//! The store: log, parts, lanes, recordings, catalog and settings.
//!
//! It stands between `ingest`, whose batches it makes durable, and `insights`, which reads its
//! snapshots. It is the only crate that knows paths, SQL and the object store; it knows neither
//! HTTP nor what a question means, and reads no clock: time and randomness are passed in.

mod catalog;
pub mod disk;
mod erasures;
mod fold;
mod identities;
pub mod keys;
pub mod lanes;
pub mod log;
mod outside;
mod parts;
mod paths;
mod property_json;
pub mod recordings;
mod snapshot;
mod state;
mod store;
mod stored_event;

pub use catalog::{CatalogError, HeatOfPage, HeatQuery, PageView, RecordingQuery, settings};
pub use erasures::ErasuresError;
pub use log::Receipt;
pub use outside::{Clock, Randomness};
pub use paths::is_data_folder;
pub use recordings::ChunkReceipt;
pub use snapshot::{Move, Snapshot};
pub use store::{
    BackupReport, ChunkSpan, ComingParts, ComingRecordings, CompactReport, EraseReport, EraseStep,
    EventPlace, EventsOfVisitors, ExpireReport, Finding, FoundEvents, GoingNow, KeysRestored,
    NamedEvents, PersonErased, PersonLedger, Pin, PlaceError, ProbeReport, RecordingsKept, Removed,
    RepackReport, RestoreReport, SealReport, StoragePlan, Store, StoreConfig, StoreError,
    TidyReport, Usage, VisitorEvents, parquet_file,
};
pub use stored_event::StoredEvent;
