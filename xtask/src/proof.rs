//! `cargo xtask proof`: that no secret of a page leaves it or is kept, under every option and every
//! two of them, and that no recording does anything to who looks at it. The browser tests do the
//! work; this only asks them for all of it, and lets them write docs/recording-proofs.md.

use crate::step::{self, Failure, show};
use crate::{chromium, node, test};

/// Runs the whole proof, which takes about ten minutes.
pub fn proof() -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    test::build_server()?;
    let arguments = [
        "run",
        "--root",
        "e2e",
        "tests/recording_secrets.test.ts",
        "tests/hostile_corpus.test.ts",
    ];
    let mut command = node::tool("vitest", &arguments);
    command
        .env("HITMETRIX_PROOF", "all")
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("debug"));
    show("proof of recordings", &mut command)
}
