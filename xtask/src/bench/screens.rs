//! `cargo xtask bench screens`: how soon every screen of the dashboard is there with 20 million events
//! behind it. The measuring is e2e/bench/screens.bench.ts, in the release build and a real Chromium;
//! this runs it, holds the figures against the budget and writes them down. `--times N` takes another
//! multiple of the demo; `--only WORD` takes some screens and writes nothing.

use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;

use super::{machine, quiet};
use crate::report::{self, Row, value_of};
use crate::section;
use crate::step::{self, Failure};
use crate::{chromium, node};

/// Milliseconds from the click to the whole screen.
const SCREEN_MS_MAX: f64 = 200.0;
/// How many times the demo's visits the budget's 20 million events are.
const TIMES: &str = "90";

/// What it took to get to a screen once.
#[derive(Debug, Clone, Deserialize)]
struct Going {
    all_ms: f64,
    slowest: String,
    slowest_ms: f64,
    requests: u64,
}

#[derive(Debug, Deserialize)]
struct Timed {
    name: String,
    first: Going,
    anew: Vec<Going>,
    again: Vec<Going>,
}

#[derive(Debug, Deserialize)]
struct Measured {
    chromium: String,
    events: f64,
    timed: Vec<Timed>,
}

/// The median one; none of none.
fn middle(goings: &[Going]) -> Option<&Going> {
    let mut sorted: Vec<&Going> = goings.iter().collect();
    sorted.sort_by(|one, other| one.all_ms.total_cmp(&other.all_ms));
    sorted.get(sorted.len() / 2).copied()
}

/// Builds, measures, prints and writes.
pub fn screens(arguments: &[String]) -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    let build = ["build", "--release", "--package", "hitmetrix"];
    step::show("build the server", &mut step::cargo(&build))?;
    let times = value_of("--times", arguments).unwrap_or(TIMES);
    let only = value_of("--only", arguments);
    let out = step::target().join("bench-screens.json");
    let made = step::target().join(format!("bench-data/demo-{times}"));
    let _ = fs::remove_file(&out);
    let busy = quiet::wait();
    let words = ["run", "--root", "e2e", "--config", "bench.config.ts"];
    let mut command = node::tool("vitest", &words);
    command
        .arg("bench/screens.bench.ts")
        .env("HITMETRIX_BENCH_TIMES", times)
        .env("HITMETRIX_BENCH_ONLY", only.unwrap_or_default())
        .env("HITMETRIX_BENCH_MADE", made)
        .env("HITMETRIX_BENCH_REPORT", &out)
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("release"));
    step::show("go to every screen", &mut command)?;
    let measured: Measured = serde_json::from_slice(&fs::read(&out)?)?;
    report::publish(&rows(&measured), arguments)?;
    if times == TIMES && only.is_none() {
        return section::write("screens", &page(&measured, busy));
    }
    println!("docs/benchmarks.md is about all screens and {TIMES} times, and stays as it is");
    Ok(())
}

fn rows(measured: &Measured) -> Vec<Row> {
    let row = |one: &Timed| {
        let name = format!("{}, warm", one.name);
        middle(&one.again).map(|warm| Row::at_most(name, warm.all_ms, "ms", SCREEN_MS_MAX))
    };
    measured.timed.iter().filter_map(row).collect()
}

/// The section of docs/benchmarks.md.
fn page(measured: &Measured, busy: f64) -> String {
    let mut text = String::from("# How soon a screen is there\n\n");
    let times = measured.timed.first().map_or(0, |one| one.again.len());
    let _ = writeln!(
        text,
        "Written by `cargo xtask bench screens`. The demo with {TIMES} times as many visits, {:.1} \
         million events of 90 days, in the release build on loopback; every screen of thirty days is \
         gone to in the dashboard in Chromium {}, as a link goes there, at 1440 by 900. A time ends \
         with the last change of the page. *First* is the first time since the server started; *anew* \
         asks for thirty days that nobody has asked for, *again* for the same as before, each the \
         median of {times}. The budget of {SCREEN_MS_MAX:.0} ms is for what is warm. The request that \
         took longest is of the median time anew, or again where there is no period. {}, {}, of which \
         others used {:.0} % of the cores when it began.\n",
        measured.events / 1e6,
        measured.chromium,
        machine::processor(),
        machine::memory(),
        busy * 100.0
    );
    text.push_str(
        "| screen | first, ms | anew, ms | again, ms | | requests | the longest | its ms |\n\
         |---|---:|---:|---:|---|---:|---|---:|\n",
    );
    for one in &measured.timed {
        let Some(again) = middle(&one.again) else {
            continue;
        };
        let anew = middle(&one.anew);
        let shown = anew.map_or(String::new(), |going| format!("{:.0}", going.all_ms));
        let of = anew.unwrap_or(again);
        let _ = writeln!(
            text,
            "| {} | {:.0} | {shown} | {:.0} | {} | {} | {} | {:.0} |",
            one.name,
            one.first.all_ms,
            again.all_ms,
            held(again.all_ms),
            of.requests,
            of.slowest,
            of.slowest_ms
        );
    }
    text
}

fn held(ms: f64) -> String {
    match ms <= SCREEN_MS_MAX {
        true => "met".to_owned(),
        false => format!("missed by {:.1} times", ms / SCREEN_MS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::{Going, Measured, Timed, page};

    fn going(all_ms: f64) -> Going {
        Going {
            all_ms,
            slowest: "/ask".to_owned(),
            slowest_ms: all_ms / 2.0,
            requests: 3,
        }
    }

    #[test]
    fn the_page_has_medians_and_says_what_is_missed() {
        let timed = Timed {
            name: "people".to_owned(),
            first: going(900.0),
            anew: vec![going(9.0), going(700.0), going(500.0)],
            again: vec![going(400.0), going(100.0), going(500.0)],
        };
        let measured = Measured {
            chromium: "1".to_owned(),
            events: 2e7,
            timed: vec![timed],
        };
        let text = page(&measured, 0.0);
        let row = "| people | 900 | 500 | 400 | missed by 2.0 times | 3 | /ask | 250 |";
        assert!(text.contains(row), "{text}");
    }
}
