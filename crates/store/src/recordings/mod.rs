//! Recordings: how a chunk is encrypted before the log sees it, how pieces become a chunk, how
//! chunks lie in packs once they are sealed, how they become segments, and how they are read again.
//!
//! A chunk is compressed, then encrypted under the key of its owner, then logged; a seal copies
//! it, encrypted as it is, from the log into a pack; when its session is over, a repack merges it
//! with its neighbours. So erasing one key makes a visitor's recordings unreadable wherever their
//! bytes are. Where chunks are is the catalog's to know; who may see them, the server's.

pub(crate) mod blob;
pub mod cipher;
mod error;
pub(crate) mod extent;
mod gaps;
mod intake;
pub(crate) mod keyframes;
mod number;
pub mod pack;
pub(crate) mod page;
pub(crate) mod segment;
pub(crate) mod site_keys;

#[cfg(test)]
mod tests;

pub use error::RecordingError;
pub use gaps::{Shape, shape};
pub use intake::{ChunkReceipt, Intake};
