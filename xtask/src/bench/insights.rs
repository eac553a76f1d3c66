//! `cargo xtask bench insights`: the questions of the design's table, asked of the engine, of
//! DuckDB and of ClickHouse over the same events; their answers must agree.
//!
//! The engine's side is an example of `crates/insights`, the peers' side a Python program in
//! `xtask/bench`; both write JSON of one shape. Nobody runs beside anybody else. What was made
//! (events, the peers' tables, the virtual environment) stays in a folder and is used again.

mod compare;
mod page;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::quiet;
use crate::report::{self, Row, value_of};
use crate::section;
use crate::step::{self, Failure};

/// What the budgets are about.
const EVENTS: u64 = 20_000_000;
const SHORT_EVENTS: u64 = 1_000_000;
/// With `--growth`, how many times as many events the second folder has.
const GROWTH: u64 = 5;
const SEED: u64 = 1;
const RUNS: usize = 5;
const COLD_RUNS: usize = 3;
/// At least as many times as fast as the faster peer.
const HOT_RATIO: f64 = 10.0;
const COLD_RATIO: f64 = 1.0;
const PEERS: [(&str, &str); 2] = [("duckdb", "DuckDB"), ("clickhouse", "ClickHouse")];
const QUESTIONS: &str = "crates/insights/examples/bench_insights/questions.json";
const PEER_FILES: [&str; 4] = [
    "peers.py",
    "plan.py",
    "peer_duckdb.py",
    "peer_clickhouse.py",
];

/// A question as `questions.json` lists it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Listing {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) meaning: String,
    /// Bytes of the lanes that its loop reads for an event.
    pub(super) lane_bytes: u64,
}

#[derive(Deserialize)]
struct Listed {
    questions: Vec<Listing>,
}

/// What one side says of one question.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Asked {
    pub(super) id: String,
    #[serde(default)]
    pub(super) refused: Option<String>,
    #[serde(default)]
    pub(super) rows: Vec<Value>,
    #[serde(default)]
    pub(super) rows_scanned: u64,
    /// Which of a peer's forms was the fastest.
    #[serde(default)]
    pub(super) form: String,
    /// Median of each form, or why it failed.
    #[serde(default)]
    pub(super) tried: BTreeMap<String, Value>,
    pub(super) ms: Vec<f64>,
    /// Median of the cold runs.
    #[serde(skip)]
    pub(super) cold_ms: Option<f64>,
}

/// What one side writes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Side {
    #[serde(skip)]
    pub(super) name: &'static str,
    pub(super) version: String,
    pub(super) open_ms: f64,
    pub(super) parts: u64,
    pub(super) events: u64,
    pub(super) parts_bytes: u64,
    pub(super) lanes_bytes: u64,
    pub(super) resident_bytes: u64,
    pub(super) anonymous_bytes: u64,
    pub(super) peak_bytes: u64,
    pub(super) memory_bytes_a_second: f64,
    pub(super) questions: Vec<Asked>,
}

/// What a load writes.
#[derive(Debug, Clone, Default, Deserialize)]
struct Loaded {
    /// Of a table with all columns of the parts.
    bytes: Option<u64>,
}

/// Everything that was measured.
pub(super) struct Measured {
    pub(super) events: u64,
    pub(super) listings: Vec<Listing>,
    pub(super) ours: Side,
    pub(super) peers: Vec<Side>,
    /// Of ClickHouse, an event, all columns.
    pub(super) peer_bytes: Option<f64>,
    /// The largest share of the cores that others had just before somebody was asked.
    pub(super) busy: f64,
    /// What the bare loops under the first questions printed.
    pub(super) kernels: String,
    /// Medians over [`GROWTH`] times as many events.
    pub(super) grown: Option<BTreeMap<String, f64>>,
}

/// What the command line wants.
struct Plan {
    events: u64,
    folder: PathBuf,
    growth: bool,
}

/// Makes the events, asks everybody, compares and prints.
pub fn insights(arguments: &[String]) -> Result<(), Failure> {
    let plan = Plan::of(arguments)?;
    fs::create_dir_all(&plan.folder)?;
    build()?;
    plan.make(plan.events)?;
    plan.python()?;
    let mut measured = plan.measure()?;
    compare::compare(&measured)?;
    if plan.growth {
        measured.grown = Some(plan.grown()?);
    }
    let rows = rows(&measured);
    report::publish(&rows, arguments)?;
    if plan.events == EVENTS {
        section::write_head(&page::page(&measured, plan.growth))?;
        println!("written to docs/benchmarks.md");
    } else {
        println!("docs/benchmarks.md is about {EVENTS} events and stays as it is");
    }
    Ok(())
}

fn build() -> Result<(), Failure> {
    let arguments = [
        "build",
        "--release",
        "--package",
        "hitmetrix-insights",
        "--example",
        "bench_insights",
    ];
    step::show("build the engine's side", &mut step::cargo(&arguments))
}

fn ours(arguments: &[&str]) -> Command {
    let file = format!("bench_insights{}", std::env::consts::EXE_SUFFIX);
    let program = step::target().join("release/examples").join(file);
    step::command(&program.to_string_lossy(), arguments)
}

fn words(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let bytes =
        fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    Ok(serde_json::from_slice(&bytes)?)
}

impl Plan {
    fn of(arguments: &[String]) -> Result<Self, Failure> {
        let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
        let events = match value_of("--events", arguments) {
            Some(text) => text
                .parse()
                .map_err(|_| Failure::new(format!("--events {text}: give a number")))?,
            None if has("--short") => SHORT_EVENTS,
            None => EVENTS,
        };
        let folder = value_of("--folder", arguments)
            .map_or_else(|| step::target().join("bench-insights"), PathBuf::from);
        Ok(Self {
            events,
            folder: std::path::absolute(folder)?,
            growth: has("--growth"),
        })
    }

    fn engine(&self, events: u64) -> PathBuf {
        self.folder.join(format!("engine-{events}"))
    }

    fn peers(&self) -> PathBuf {
        self.folder.join(format!("peers-{}", self.events))
    }

    fn out(&self) -> PathBuf {
        self.folder.join("out.json")
    }

    fn make(&self, events: u64) -> Result<(), Failure> {
        let (folder, count, seed) = (words(&self.engine(events)), events.to_string(), SEED);
        step::show(
            &format!("make {events} events"),
            &mut ours(&["make", &folder, &count, &seed.to_string()]),
        )
    }

    /// A virtual environment with the peers, unless it is there.
    fn python(&self) -> Result<(), Failure> {
        let wanted = fs::read_to_string(step::root().join("xtask/bench/requirements.txt"))?;
        let venv = self.folder.join("venv");
        let mark = venv.join("installed.txt");
        if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        step::show(
            "make a virtual environment",
            &mut step::command("python3", &["-m", "venv", &words(&venv)]),
        )?;
        let pip = words(&venv.join("bin/pip"));
        let arguments = ["install", "--quiet", "--requirement"];
        step::show(
            "install DuckDB and chdb",
            step::command(&pip, &arguments).arg("xtask/bench/requirements.txt"),
        )?;
        fs::write(mark, wanted)?;
        Ok(())
    }

    fn peer(&self, arguments: &[&str]) -> Command {
        let python = words(&self.folder.join("venv/bin/python"));
        let mut command = step::command(&python, &["xtask/bench/peers.py"]);
        command.args(arguments).env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    /// Loads a peer's tables, unless they were loaded from the same parts by the same program.
    fn load(&self, peer: &str) -> Result<Loaded, Failure> {
        let mut source = fs::read_to_string(self.engine(self.events).join("made.json"))?;
        for file in PEER_FILES.iter().filter(|file| **file != "peers.py") {
            source += &fs::read_to_string(step::root().join("xtask/bench").join(file))?;
        }
        source += &fs::read_to_string(step::root().join("xtask/bench/requirements.txt"))?;
        let report = self.peers().join(format!("{peer}.json"));
        let mark = self.peers().join(format!("{peer}.source"));
        if fs::read_to_string(&mark).is_ok_and(|loaded| loaded == source) {
            return read(&report);
        }
        fs::create_dir_all(self.peers())?;
        let parts = words(&self.engine(self.events).join("parts"));
        let (peers, out) = (words(&self.peers()), words(&report));
        step::show(
            &format!("load {peer}"),
            &mut self.peer(&["load", peer, &peers, &parts, &out]),
        )?;
        fs::write(mark, source)?;
        read(&report)
    }

    fn measure(&self) -> Result<Measured, Failure> {
        let listed: Listed = read(&step::root().join(QUESTIONS))?;
        let mut measured = Measured {
            events: self.events,
            listings: listed.questions,
            ours: Side::default(),
            peers: Vec::new(),
            peer_bytes: None,
            busy: 0.0,
            kernels: String::new(),
            grown: None,
        };
        for (peer, _) in PEERS {
            if let Some(bytes) = self.load(peer)?.bytes {
                measured.peer_bytes = Some(bytes as f64 / self.events as f64);
            }
        }
        measured.busy = quiet::wait();
        measured.ours = self.hot_ours(self.events)?;
        let folder = words(&self.engine(self.events));
        let (done, kernels) =
            step::show_and_keep("the bare loops", &mut ours(&["kernels", &folder]));
        done?;
        measured.kernels = kernels;
        let out = words(&self.out());
        self.cold("Hitmetrix", &mut measured.ours, |asked| {
            ours(&["cold", &folder, &out, &asked.id])
        })?;
        let peers = words(&self.peers());
        for (peer, name) in PEERS {
            measured.busy = measured.busy.max(quiet::wait());
            let runs = RUNS.to_string();
            step::show(
                &format!("ask {name}, hot"),
                &mut self.peer(&["hot", peer, &peers, QUESTIONS, &out, &runs]),
            )?;
            let mut side: Side = read(&self.out())?;
            side.name = name;
            self.cold(name, &mut side, |asked| {
                self.peer(&[
                    "cold",
                    peer,
                    &peers,
                    QUESTIONS,
                    &out,
                    &asked.id,
                    &asked.form,
                ])
            })?;
            measured.peers.push(side);
        }
        Ok(measured)
    }

    fn hot_ours(&self, events: u64) -> Result<Side, Failure> {
        let (folder, out) = (words(&self.engine(events)), words(&self.out()));
        step::show(
            "ask Hitmetrix, hot",
            &mut ours(&["hot", &folder, &out, &RUNS.to_string()]),
        )?;
        let mut side: Side = read(&self.out())?;
        side.name = "Hitmetrix";
        Ok(side)
    }

    /// Each question in processes of its own, with the files out of the page cache.
    fn cold(
        &self,
        name: &str,
        side: &mut Side,
        command: impl Fn(&Asked) -> Command,
    ) -> Result<(), Failure> {
        step::timed(&format!("ask {name}, cold"), || {
            for asked in side
                .questions
                .iter_mut()
                .filter(|one| one.refused.is_none())
            {
                let mut times = Vec::new();
                for _ in 0..COLD_RUNS {
                    let status = command(asked).status()?;
                    if !status.success() {
                        return Err(Failure::new(format!("{}: {status}", asked.id)));
                    }
                    let cold: Side = read(&self.out())?;
                    times.extend(cold.questions.iter().flat_map(|one| one.ms.clone()));
                }
                asked.cold_ms = Some(median(&times));
            }
            Ok(())
        })
    }

    fn grown(&self) -> Result<BTreeMap<String, f64>, Failure> {
        self.make(self.events * GROWTH)?;
        let side = self.hot_ours(self.events * GROWTH)?;
        let answered = side.questions.iter().filter(|one| one.refused.is_none());
        Ok(answered
            .map(|asked| (asked.id.clone(), median(&asked.ms)))
            .collect())
    }
}

impl Side {
    /// The answer to a question, where there is one.
    pub(super) fn asked(&self, id: &str) -> Option<&Asked> {
        let answered = |asked: &&Asked| asked.id == id && asked.refused.is_none();
        self.questions.iter().find(answered)
    }
}

impl Measured {
    /// The faster peer's time, by whatever `time` says.
    pub(super) fn faster(&self, id: &str, time: impl Fn(&Asked) -> f64) -> f64 {
        let times = self.peers.iter().filter_map(|side| side.asked(id));
        times.map(time).fold(f64::INFINITY, f64::min)
    }
}

/// The middle of some times.
pub(super) fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Hot median.
pub(super) fn hot_ms(asked: &Asked) -> f64 {
    median(&asked.ms)
}

/// Cold median.
pub(super) fn cold_ms(asked: &Asked) -> f64 {
    asked.cold_ms.unwrap_or(f64::NAN)
}

/// The table that is printed.
fn rows(measured: &Measured) -> Vec<Row> {
    let mut rows = Vec::new();
    for listing in &measured.listings {
        let (id, title) = (&listing.id, &listing.title);
        for side in &measured.peers {
            if let Some(asked) = side.asked(id) {
                rows.push(Row::plain(
                    format!("{title}: {}", side.name),
                    hot_ms(asked),
                    "ms",
                ));
            }
        }
        let Some(ours) = measured.ours.asked(id) else {
            rows.push(Row::plain(
                format!("{title}: not answered yet"),
                f64::NAN,
                "",
            ));
            continue;
        };
        rows.push(Row::plain(
            format!("{title}: Hitmetrix"),
            hot_ms(ours),
            "ms",
        ));
        let hot = measured.faster(id, hot_ms) / hot_ms(ours);
        let cold = measured.faster(id, cold_ms) / cold_ms(ours);
        rows.push(Row::at_least(
            "… hot, ratio to the faster peer",
            hot,
            "times",
            HOT_RATIO,
        ));
        rows.push(Row::at_least(
            "… cold, ratio to the faster peer",
            cold,
            "times",
            COLD_RATIO,
        ));
        if let Some(grown) = measured.grown.as_ref().and_then(|grown| grown.get(id)) {
            let growth = grown / hot_ms(ours);
            let limit = GROWTH as f64;
            rows.push(Row::at_most(
                format!("… time over {GROWTH} times the events"),
                growth,
                "times",
                limit,
            ));
        }
    }
    let (ours, events) = (&measured.ours, measured.events as f64);
    let parts = ours.parts_bytes as f64 / events;
    rows.push(match measured.peer_bytes {
        Some(limit) => Row::at_most("parts, an event", parts, "bytes", limit),
        None => Row::plain("parts, an event", parts, "bytes"),
    });
    rows.push(Row::plain(
        "lanes, an event",
        ours.lanes_bytes as f64 / events,
        "bytes",
    ));
    for side in std::iter::once(ours).chain(&measured.peers) {
        let mib = side.resident_bytes as f64 / (1024.0 * 1024.0);
        rows.push(Row::plain(
            format!("resident, hot: {}", side.name),
            mib,
            "MiB",
        ));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_five_is_the_third() {
        assert_eq!(median(&[5.0, 1.0, 9.0, 2.0, 3.0]), 3.0);
    }
}
