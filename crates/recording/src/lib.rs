//! What recorder events mean, apart from where they come from and where they lie: JSON lines as
//! trees that no depth overflows. Pure: no clock, disk, network, randomness. `ingest` makes hostile
//! events safe with it, `store` keeps them.

mod tree;
mod write;

pub use tree::{At, Tree, TreeError, Value};
pub use write::write;
