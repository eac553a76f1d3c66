//! The store as a whole: nothing lost, nothing doubled, the same answers whatever happens when.

mod backing;
mod concurrent;
mod erased;
mod keeping;
mod life;
mod named_events;
mod page_heat;
mod person_erased;
mod person_events;
mod pictures;
mod proof;
mod property;
mod read_rows;
mod recording;
mod repack_simulated;
mod repacking;
mod shared_sheets;
mod world;
