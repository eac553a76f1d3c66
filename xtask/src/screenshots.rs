//! `cargo xtask screenshots`: pictures of every screen in every state, taken by e2e/screenshots in a
//! real Chromium of the real server with the demo in it. They go to target/screenshots, with a page
//! to look at them; those that docs/guide shows are written there.

use crate::report::value_of;
use crate::step::{self, Failure, show};
use crate::{chromium, node, test};

/// Takes the pictures of the screens whose names have one of the given words in them, of all without
/// words; in every look and state, or in those that `--looks` (`light-1440,dark-390`) and `--states`
/// (`full,empty`) name.
pub fn screenshots(arguments: &[String]) -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    test::build_server()?;
    let out = match value_of("--out", arguments) {
        Some(folder) => step::root().join(folder),
        None => step::target().join("screenshots"),
    };
    let words: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .take_while(|word| !word.starts_with("--"))
        .collect();
    let run = ["run", "--root", "e2e", "--config", "bench.config.ts"];
    let mut command = node::tool("vitest", &run);
    command
        .arg("screenshots/screenshots.bench.ts")
        .env("HITMETRIX_SCREENSHOTS", &out)
        .env("HITMETRIX_SCREENSHOTS_ONLY", words.join(" "))
        .env("HITMETRIX_SCREENSHOTS_LOOKS", listed("--looks", arguments))
        .env(
            "HITMETRIX_SCREENSHOTS_STATES",
            listed("--states", arguments),
        )
        .env(
            "HITMETRIX_SCREENSHOTS_GUIDE",
            if arguments.iter().any(|word| word == "--guide") {
                "1"
            } else {
                "0"
            },
        )
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("debug"));
    show("take pictures", &mut command)?;
    println!("look at them: {}", out.join("index.html").display());
    Ok(())
}

/// The values of a flag, with blanks in place of commas.
fn listed(flag: &str, arguments: &[String]) -> String {
    value_of(flag, arguments)
        .unwrap_or_default()
        .replace(',', " ")
}
