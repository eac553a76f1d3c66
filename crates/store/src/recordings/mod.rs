//! Recordings: how a chunk is encrypted before the log sees it, how pieces become a chunk, how
//! chunks lie in packs once they are sealed, and how they are read again.
//!
//! A chunk is compressed, then encrypted under the key of its owner, then logged; a seal copies
//! it, encrypted as it is, from the log into a pack. So erasing one key makes a visitor's
//! recordings unreadable wherever their bytes are. Where chunks are is the catalog's to know; who
//! may see them, the server's.

pub mod cipher;
mod error;
mod gaps;
mod intake;
pub mod pack;

#[cfg(test)]
mod tests;

pub use error::RecordingError;
pub use gaps::{Shape, shape};
pub use intake::{ChunkReceipt, Intake};
