//! `cargo xtask bench player`: how soon a long session is seen, in the dashboard of the release build
//! in a real Chromium: from the click in the list to the first picture, and from a move of the slider
//! to the picture of that moment. The measuring is e2e/bench/player.bench.ts; this runs it, holds the
//! figures against the budgets and writes them down. `--minutes N` takes a shorter session.

use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;

use super::{machine, quiet};
use crate::report::{self, Row, value_of};
use crate::section;
use crate::step::{self, Failure};
use crate::{chromium, node};

/// Milliseconds to the first picture of a session, and to that of a moment.
const FIRST_MS_MAX: f64 = 500.0;
const SEEK_MS_MAX: f64 = 300.0;
/// The session that the budgets are about.
const MINUTES: &str = "60";

#[derive(Debug, Deserialize)]
struct Opening {
    first_ms: f64,
    loaded_bytes: f64,
}

/// What the page did during a seek, mean milliseconds.
#[derive(Debug, Deserialize)]
struct Profile {
    script_ms: f64,
    garbage_ms: f64,
    style_ms: f64,
    layout_ms: f64,
    tasks_ms: f64,
    chunks_ms: f64,
    seeks: u64,
}

#[derive(Debug, Deserialize)]
struct Measured {
    chromium: String,
    minutes: u64,
    events: u64,
    lines_bytes: f64,
    stored_bytes: f64,
    segments: u64,
    keyframes: u64,
    repack_ms: f64,
    openings: Vec<Opening>,
    seeks_ms: Vec<f64>,
    profile: Profile,
}

/// Median and largest.
fn spread(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let middle = values.get(values.len() / 2).copied();
    (
        middle.unwrap_or_default(),
        values.last().copied().unwrap_or_default(),
    )
}

impl Measured {
    fn first(&self) -> (f64, f64) {
        spread(self.openings.iter().map(|one| one.first_ms).collect())
    }

    fn seek(&self) -> (f64, f64) {
        spread(self.seeks_ms.clone())
    }

    fn loaded(&self) -> f64 {
        spread(self.openings.iter().map(|one| one.loaded_bytes).collect()).0
    }
}

/// Builds, measures, prints and writes.
pub fn player(arguments: &[String]) -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    let build = ["build", "--release", "--package", "hitmetrix"];
    step::show("build the server", &mut step::cargo(&build))?;
    // Works out the state of the recorded minute at its end.
    let example = ["build", "--package", "hitmetrix-recording", "--examples"];
    step::show("build the examples", &mut step::cargo(&example))?;
    let minutes = value_of("--minutes", arguments).unwrap_or(MINUTES);
    let out = step::target().join("bench-player.json");
    let _ = fs::remove_file(&out);
    let busy = quiet::wait();
    let words = ["run", "--root", "e2e", "--config", "bench.config.ts"];
    let mut command = node::tool("vitest", &words);
    command
        .arg("bench/player.bench.ts")
        .env("HITMETRIX_BENCH_MINUTES", minutes)
        .env("HITMETRIX_BENCH_REPORT", &out)
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("release"))
        .env("HITMETRIX_EXAMPLES", step::target().join("debug/examples"));
    step::show("open and seek", &mut command)?;
    let measured: Measured = serde_json::from_slice(&fs::read(&out)?)?;
    report::publish(&rows(&measured), arguments)?;
    if minutes == MINUTES {
        return section::write("player", &page(&measured, busy));
    }
    println!("docs/benchmarks.md is about {MINUTES} minutes and stays as it is");
    Ok(())
}

fn rows(measured: &Measured) -> Vec<Row> {
    let (first, first_slowest) = measured.first();
    let (seek, seek_slowest) = measured.seek();
    vec![
        Row::at_most("first picture, median", first, "ms", FIRST_MS_MAX),
        Row::plain("first picture, slowest", first_slowest, "ms"),
        Row::plain("loaded until then", measured.loaded() / 1e6, "MB"),
        Row::at_most("seek, median", seek, "ms", SEEK_MS_MAX),
        Row::plain("seek, slowest", seek_slowest, "ms"),
    ]
}

/// The section of docs/benchmarks.md.
fn page(measured: &Measured, busy: f64) -> String {
    let (first, first_slowest) = measured.first();
    let (seek, seek_slowest) = measured.seek();
    let mut text = String::from("# How soon a long session is seen\n\n");
    let _ = writeln!(
        text,
        "Written by `cargo xtask bench player`. A session of {} minutes on a page of ten thousand \
         nodes, of which about a thousand change each minute ({} events, {:.1} MB of lines), is put \
         in order by the server in {:.1} s: {} segments of {:.2} MB together, {} with a keyframe. \
         Then it is opened from the list of sessions and sought with the slider, in the dashboard of \
         the release build on loopback, in Chromium {}; a time ends when what is meant to be seen is \
         drawn. {}, {}, of which others used {:.0} % of the cores when it began.\n",
        measured.minutes,
        measured.events,
        measured.lines_bytes / 1e6,
        measured.repack_ms / 1000.0,
        measured.segments,
        measured.stored_bytes / 1e6,
        measured.keyframes,
        measured.chromium,
        machine::processor(),
        machine::memory(),
        busy * 100.0
    );
    let _ = writeln!(
        text,
        "| what | times | median, ms | slowest, ms | budget | |\n|---|---:|---:|---:|---:|---|\n\
         | from the click to the first picture | {} | {first:.0} | {first_slowest:.0} | {FIRST_MS_MAX} | {} |\n\
         | from the slider to the picture of a random moment | {} | {seek:.0} | {seek_slowest:.0} | {SEEK_MS_MAX} | {} |\n",
        measured.openings.len(),
        held(first, FIRST_MS_MAX),
        measured.seeks_ms.len(),
        held(seek, SEEK_MS_MAX),
    );
    let _ = writeln!(
        text,
        "Until the first picture {:.2} MB of the {:.1} MB of lines were loaded.",
        measured.loaded() / 1e6,
        measured.lines_bytes / 1e6
    );
    let Profile {
        script_ms,
        garbage_ms,
        style_ms,
        layout_ms,
        tasks_ms,
        chunks_ms,
        seeks,
    } = measured.profile;
    let rest_ms = (tasks_ms - script_ms - garbage_ms - style_ms - layout_ms).max(0.0);
    let _ = writeln!(
        text,
        "\nWhere a seek's time goes, mean of {seeks}: chunks are on their way for {chunks_ms:.0} ms; \
         the page's main thread works for {tasks_ms:.0} ms, of which {script_ms:.0} in scripts, \
         {garbage_ms:.0} in collecting garbage, {style_ms:.0} in working out styles, {layout_ms:.0} \
         in layout and {rest_ms:.0} in what is left (painting, taking the old picture apart). What \
         comes after the picture is drawn, such as loading what is next, is among it."
    );
    text
}

fn held(median: f64, budget: f64) -> String {
    match median <= budget {
        true => "met".to_owned(),
        false => format!("missed by {:.1} times", median / budget),
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn the_middle_and_the_slowest_are_of_any_order() {
        assert_eq!(spread(vec![3.0, 1.0, 9.0]), (3.0, 9.0));
        assert_eq!(spread(Vec::new()), (0.0, 0.0));
    }
}
