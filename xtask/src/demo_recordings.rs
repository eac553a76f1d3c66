//! `cargo xtask demo-recordings`: visits of the demo shop in a real Chromium, for the demo to tell
//! again. The visits are those of e2e/bench/demo_visits.ts; the file is part of the server.

use std::fs;

use crate::step::{self, Failure, show};
use crate::{chromium, node, test};

const FILE: &str = "crates/server/src/demo_data/recorded.jsonl.gz";
/// What the program is to grow by at most.
const BYTES_MAX: u64 = 1 << 20;

/// Records, and writes the file.
pub fn demo_recordings() -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    test::build_server()?;
    let file = step::root().join(FILE);
    let words = ["run", "--root", "e2e", "--config", "bench.config.ts"];
    let mut command = node::tool("vitest", &words);
    command
        .arg("bench/demo.bench.ts")
        .env("HITMETRIX_DEMO_FILE", &file)
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("debug"));
    show("visit the shop", &mut command)?;
    let bytes = fs::metadata(&file)?.len();
    if bytes > BYTES_MAX {
        return Err(Failure::new(format!(
            "{FILE} has {bytes} bytes, over the limit of {BYTES_MAX}; record fewer visits"
        )));
    }
    println!("{FILE}: {bytes} bytes");
    Ok(())
}
