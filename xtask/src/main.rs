//! The project's own commands, in Rust so that they run wherever the project builds:
//! `cargo xtask run | test | bench | proof | screenshots | demo-recordings | sizes |
//! tidy | answers | gen`.
//!
//! They only start other programs and read files of the checkout; nothing of the product links
//! this crate. Every command can run twice in a row, and without network once dependencies are
//! there.

#![allow(
    clippy::print_stdout,
    reason = "these commands speak to a person at a terminal"
)]
#![allow(clippy::disallowed_methods, reason = "steps are timed for that person")]

mod bench;
mod chromium;
mod client;
mod crash;
mod demo_recordings;
mod generate;
mod live_server;
mod node;
mod proof;
mod report;
mod run;
mod screenshots;
mod section;
mod sizes;
mod step;
mod test;
mod tidy;

use std::process::ExitCode;

use step::Failure;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  run [ARGS]        build the web parts and the server (release) and start it with data in ./data;
                    ARGS go to `hitmetrix serve`, as --demo or --listen 127.0.0.1:9000
  test [PART…]      set up and run everything; parts: rust, web, browser
  bench ingest [--json FILE] [--short]
                    measure against the budgets, on the release build
  bench insights [--json FILE] [--short | --events N] [--growth] [--folder DIR]
                    ask the engine, DuckDB and ClickHouse the same over 20,000,000 events (short:
                    1,000,000; growth: also over 5 times as many) and write docs/benchmarks.md;
                    needs Python 3.9 or newer; what it makes is kept in target/bench-insights
  bench player [--json FILE] [--minutes N]
                    how soon a session of an hour is seen and sought in a real browser
  bench recordings [--json FILE] [--sessions N] [--reuse DIR]
                    record 100 sessions on each of five sites in a browser and measure what they
                    take at rest; writes its section of docs/benchmarks.md; what was recorded is
                    kept in target/bench-recordings, and DIR measures what an earlier run kept
  bench recorder [--json FILE] [--short] [--nodes N,…] [--repeats N] [--slow N] [--only WORD]
                    what recording costs a page of 1,000 to 50,000 nodes, in Chromium with and
                    without the recorder (slow: on a processor so many times as slow); half an
                    hour, writes its section of docs/benchmarks.md (short: two minutes)
  bench screens [--json FILE] [--times N] [--only WORD]
                    how soon each screen is there in a real browser, with the demo's visits 90
                    times, which are 20 million events; writes its section of docs/benchmarks.md;
                    what it makes is kept in target/bench-data
  crash [--kills N] [--seed N]
                    kill the real server while it is written to; nothing acknowledged is lost
  proof [secrets] [hostile] [fidelity] [erasing]
                    no secret of a page leaves it or is kept, under every option and every two of
                    them; no recording acts; replays look as pages did; nothing is left of what was
                    erased or expired: those that are named, or all; half an hour, most of it in a
                    browser, and each writes its section of docs/recording-proofs.md
  screenshots [WORD…] [--looks LOOKS] [--states STATES] [--guide] [--out DIR]
                    every screen in every state, light and dark, on a desktop, a laptop and a phone,
                    of the demo in a real browser, into target/screenshots, with a page to look at
                    them; those of docs/guide are written anew (WORD: only what is named so; guide:
                    only those of docs/guide)
  demo-recordings   visit the demo shop in a real browser and keep what was sent, for
                    `hitmetrix demo` to tell again
  sizes [--json FILE]
                    every shipped script against its budget
  answers           ask every route of a server with the demo's visits and keep the answers as
                    examples of the API document; then gen
  tidy              the rules of the tree that no compiler checks
  gen               write the generated pages and types anew";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &arguments[..]),
    };
    let outcome = match command {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "crash" => crash::crash(rest),
        "proof" => proof::proof(rest),
        "screenshots" => screenshots::screenshots(rest),
        "demo-recordings" => demo_recordings::demo_recordings(),
        "sizes" => sizes::sizes(rest),
        "tidy" => tidy::tidy(),
        "answers" => generate::answers(),
        "gen" => generate::generate(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => Err(Failure::new(format!(
            "there is no command `{other}`\n\n{USAGE}"
        ))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
