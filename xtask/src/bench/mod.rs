//! `cargo xtask bench …`: the budgets of the design, measured on the release build of this
//! checkout on this machine. Printed, never asserted.

mod ingest;
mod insights;
mod machine;
mod player;
mod quiet;
mod recorder;
mod recordings;
mod screens;

use crate::step::Failure;

/// Runs the named benchmark.
pub fn bench(arguments: &[String]) -> Result<(), Failure> {
    match arguments.first().map(String::as_str) {
        Some("ingest") => ingest::ingest(&arguments[1..]),
        Some("insights") => insights::insights(&arguments[1..]),
        Some("player") => player::player(&arguments[1..]),
        Some("recorder") => recorder::recorder(&arguments[1..]),
        Some("recordings") => recordings::recordings(&arguments[1..]),
        Some("screens") => screens::screens(&arguments[1..]),
        _ => Err(Failure::new(
            "name a benchmark: ingest, insights, player, recorder, recordings, screens",
        )),
    }
}
