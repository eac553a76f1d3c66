//! `cargo xtask bench recorder`: what recording costs the page, in a real Chromium, with and
//! without the recorder in one run. The measuring is a Node program in `xtask/bench`; this runs
//! it, holds the figures against the budget and writes them down.

use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;

use super::{machine, quiet};
use crate::report::{self, Row, value_of};
use crate::section;
use crate::step::{self, Failure, show};
use crate::{chromium, node};

/// Longest task of the recorder's own after the first snapshot, and the page it is about.
const OWN_MS_MAX: f64 = 50.0;
const BUDGET_NODES: u64 = 10_000;
/// A first picture of everything has no budget; a new body is one.
const PICTURES: [&str; 2] = ["load and first snapshot", "whole body replaced"];

/// One kind of work on one page, as medians.
#[derive(Debug, Clone, Deserialize)]
struct Work {
    nodes: u64,
    name: String,
    with: Side,
    without: Side,
}

/// What the page's main thread did.
#[derive(Debug, Clone, Deserialize)]
struct Side {
    longest_ms: f64,
    busy_ms: f64,
    own_longest_ms: f64,
    own_ms: f64,
    sent_bytes: f64,
    #[serde(default)]
    inp_ms: Option<f64>,
}

#[derive(Debug, Clone, Deserialize)]
struct Measured {
    chromium: String,
    repeats: u64,
    slow: f64,
    rows: Vec<Work>,
}

impl Work {
    fn is_in_budget(&self) -> bool {
        self.nodes == BUDGET_NODES && !PICTURES.contains(&self.name.as_str())
    }
}

/// Builds the scripts, measures, prints and writes.
pub fn recorder(arguments: &[String]) -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    let short = arguments.iter().any(|argument| argument == "--short");
    let (nodes, repeats) = if short {
        ("10000", "1")
    } else {
        ("1000,10000,50000", "5")
    };
    let out = step::target().join("bench-recorder.json");
    let busy = quiet::wait();
    let mut command = step::command("node", &["xtask/bench/recorder.mjs"]);
    command
        .args(["--nodes", value_of("--nodes", arguments).unwrap_or(nodes)])
        .args([
            "--repeats",
            value_of("--repeats", arguments).unwrap_or(repeats),
        ])
        .args(["--slow", value_of("--slow", arguments).unwrap_or("1")])
        .arg("--out")
        .arg(&out)
        .env("HITMETRIX_CHROMIUM", chromium);
    if let Some(word) = value_of("--only", arguments) {
        command.args(["--only", word]);
    }
    show("measure in the browser", &mut command)?;
    let measured: Measured = serde_json::from_slice(&fs::read(&out)?)?;
    report::publish(&rows(&measured), arguments)?;
    if short || value_of("--only", arguments).is_some() {
        println!("docs/benchmarks.md is about the whole run and stays as it is");
        return Ok(());
    }
    section::write("recorder", &page(&measured, busy))
}

fn rows(measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for work in &measured.rows {
        let title = format!("{} nodes, {}", work.nodes, work.name);
        let own = format!("{title}: longest task of the recorder");
        rows.push(if work.is_in_budget() {
            Row::at_most(own, work.with.own_longest_ms, "ms", OWN_MS_MAX)
        } else {
            Row::plain(own, work.with.own_longest_ms, "ms")
        });
        let ratio = work.with.busy_ms / work.without.busy_ms;
        rows.push(Row::plain(
            format!("{title}: main thread, with to without"),
            ratio,
            "times",
        ));
        if let (Some(with), Some(without)) = (work.with.inp_ms, work.without.inp_ms) {
            rows.push(Row::plain(format!("{title}: INP"), with, "ms"));
            rows.push(Row::plain(format!("{title}: INP without"), without, "ms"));
        }
    }
    rows
}

/// The section of docs/benchmarks.md.
fn page(measured: &Measured, busy: f64) -> String {
    let mut text = String::from("# What recording costs the page\n\n");
    let slow = if measured.slow > 1.0 {
        format!(", made {} times as slow", measured.slow)
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "Written by `cargo xtask bench recorder`. The same page does the same in Chromium {} with \
         and without the recorder, in turn, median of {}; {}{slow}, {}, of \
         which others used {:.0} % of the cores when it began. *Own* is the time in the recorder's scripts, by \
         samples of the stack, what the browser does for them included; *main thread* is the sum \
         of all tasks of the page. Times are processor time of the page's thread, and each row lasts until \
         the page is idle and what was recorded is sent, which goes every second here, as while somebody \
         watches. Budget: no task of the recorder's own over {OWN_MS_MAX} ms at \
         {BUDGET_NODES} nodes, but for pictures of the whole page.\n",
        measured.chromium,
        measured.repeats,
        machine::processor(),
        machine::memory(),
        busy * 100.0
    );
    let _ = writeln!(
        text,
        "| nodes | what happens | longest own task, ms | own, ms | longest task, with / without, ms \
         | main thread, with / without, ms | times | sent, bytes | INP, with / without, ms | |\n\
         |---:|---|---:|---:|---:|---:|---:|---:|---:|---|"
    );
    for work in &measured.rows {
        let Work { with, without, .. } = work;
        let inp = match (with.inp_ms, without.inp_ms) {
            (Some(with), Some(without)) => format!("{with:.0} / {without:.0}"),
            _ => String::new(),
        };
        let held = match (work.is_in_budget(), with.own_longest_ms <= OWN_MS_MAX) {
            (false, _) => "",
            (true, true) => "met",
            (true, false) => "missed",
        };
        let _ = writeln!(
            text,
            "| {} | {} | {:.1} | {:.0} | {:.0} / {:.0} | {:.0} / {:.0} | {:.2} | {:.0} | {inp} | {held} |",
            work.nodes,
            work.name,
            with.own_longest_ms,
            with.own_ms,
            with.longest_ms,
            without.longest_ms,
            with.busy_ms,
            without.busy_ms,
            with.busy_ms / without.busy_ms,
            with.sent_bytes,
        );
    }
    text
}
