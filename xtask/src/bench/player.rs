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
/// What the recorder takes of a session before it ends, in bytes of lines (`SESSION_BYTES_MAX`).
const RECORDED_BYTES_MAX: f64 = (48_u32 << 20) as f64;
/// Of a hundred times, how many a slow one is slower than.
const SLOW: usize = 95;

#[derive(Debug, Deserialize)]
struct Opening {
    first_ms: f64,
    loaded_bytes: f64,
}

/// What the page did during a seek, mean milliseconds.
#[derive(Debug, Deserialize)]
struct Profile {
    took_ms: f64,
    script_ms: f64,
    garbage_ms: f64,
    style_ms: f64,
    layout_ms: f64,
    tasks_ms: f64,
    chunks_ms: f64,
    chunks: f64,
    loaded_bytes: f64,
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
    /// Of further seeks under a profiler, and of the slowest of them.
    profile: Profile,
    slowest: Profile,
}

/// Of some times.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Spread {
    median: f64,
    /// So many of a hundred are at most this.
    slow: f64,
    slowest: f64,
}

fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let at = |place: usize| values.get(place).copied().unwrap_or_default();
    Spread {
        median: at(values.len() / 2),
        slow: at((values.len() * SLOW).div_ceil(100).saturating_sub(1)),
        slowest: values.last().copied().unwrap_or_default(),
    }
}

impl Measured {
    fn first(&self) -> Spread {
        spread(self.openings.iter().map(|one| one.first_ms).collect())
    }

    fn seek(&self) -> Spread {
        spread(self.seeks_ms.clone())
    }

    fn loaded(&self) -> f64 {
        spread(self.openings.iter().map(|one| one.loaded_bytes).collect()).median
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
    let mut rows = Vec::new();
    for (what, times, budget) in [
        ("first picture", measured.first(), FIRST_MS_MAX),
        ("seek", measured.seek(), SEEK_MS_MAX),
    ] {
        let name = |which: &str| format!("{what}, {which}");
        rows.push(Row::plain(name("median"), times.median, "ms"));
        rows.push(Row::at_most(name("95 of 100"), times.slow, "ms", budget));
        rows.push(Row::plain(name("slowest"), times.slowest, "ms"));
    }
    rows.push(Row::plain(
        "loaded until the first",
        measured.loaded() / 1e6,
        "MB",
    ));
    for (which, profile) in [
        ("mean", &measured.profile),
        ("of the slowest", &measured.slowest),
    ] {
        for (what, ms) in profile.parts() {
            rows.push(Row::plain(format!("a seek, {which}: {what}"), ms, "ms"));
        }
    }
    rows.push(Row::at_most(
        "lines of the session",
        measured.lines_bytes / 1e6,
        "MB",
        RECORDED_BYTES_MAX / 1e6,
    ));
    rows
}

impl Profile {
    /// Where the time goes, part by part; loading goes on beside the others.
    fn parts(&self) -> [(&'static str, f64); 7] {
        let known_ms = self.script_ms + self.garbage_ms + self.style_ms + self.layout_ms;
        [
            ("from the slider to the picture", self.took_ms),
            ("chunks on their way", self.chunks_ms),
            ("scripts", self.script_ms),
            ("collecting garbage", self.garbage_ms),
            ("working out styles", self.style_ms),
            ("layout", self.layout_ms),
            (
                "painting, taking the old picture apart, the rest",
                (self.tasks_ms - known_ms).max(0.0),
            ),
        ]
    }
}

/// The section of docs/benchmarks.md.
fn page(measured: &Measured, busy: f64) -> String {
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
        "| what | times | median, ms | 95 of 100, ms | slowest, ms | budget for 95 of 100, ms | |\n\
         |---|---:|---:|---:|---:|---:|---|"
    );
    for (what, count, times, budget) in [
        (
            "from the click to the first picture",
            measured.openings.len(),
            measured.first(),
            FIRST_MS_MAX,
        ),
        (
            "from the slider to the picture of a random moment",
            measured.seeks_ms.len(),
            measured.seek(),
            SEEK_MS_MAX,
        ),
    ] {
        let _ = writeln!(
            text,
            "| {what} | {count} | {:.0} | {:.0} | {:.0} | {budget} | {} |",
            times.median,
            times.slow,
            times.slowest,
            held(times.slow, budget)
        );
    }
    let _ = writeln!(
        text,
        "\nUntil the first picture {:.2} MB of the {:.1} MB of lines were loaded. The recorder takes \
         {:.1} MB of a session: {}.\n",
        measured.loaded() / 1e6,
        measured.lines_bytes / 1e6,
        RECORDED_BYTES_MAX / 1e6,
        match measured.lines_bytes <= RECORDED_BYTES_MAX {
            true => "this one would have been recorded to its end",
            false => "this one is longer, and was posted past it",
        }
    );
    let (all, slowest) = (&measured.profile, &measured.slowest);
    let _ = writeln!(
        text,
        "Where a seek's time goes, from the slider to the picture: mean of {} further ones, which a \
         profiler watched and slowed, and of the {} slowest of them. Chunks come while the page works, so the parts are more than the whole. They \
         loaded {:.1} chunks of {:.2} MB, the slowest {:.1} of {:.2} MB.\n\n\
         | part | all, ms | the slowest, ms |\n|---|---:|---:|",
        all.seeks,
        slowest.seeks,
        all.chunks,
        all.loaded_bytes / 1e6,
        slowest.chunks,
        slowest.loaded_bytes / 1e6
    );
    for ((what, mean), (_, slow)) in all.parts().into_iter().zip(slowest.parts()) {
        let _ = writeln!(text, "| {what} | {mean:.0} | {slow:.0} |");
    }
    text
}

fn held(slow: f64, budget: f64) -> String {
    match slow <= budget {
        true => "met".to_owned(),
        false => format!("missed by {:.1} times", slow / budget),
    }
}

#[cfg(test)]
mod tests {
    use super::{Spread, spread};

    #[test]
    fn the_middle_and_the_slow_are_of_any_order() {
        let (median, slow, slowest) = (3.0, 9.0, 9.0);
        let three = Spread {
            median,
            slow,
            slowest,
        };
        assert_eq!(spread(vec![3.0, 1.0, 9.0]), three);
        assert_eq!(spread(Vec::new()), Spread::default());
        let hundred = spread((1..=100).rev().map(f64::from).collect());
        assert_eq!((hundred.slow, hundred.slowest), (95.0, 100.0));
    }
}
