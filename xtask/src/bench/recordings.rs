//! `cargo xtask bench recordings`: what recordings take at rest, beside what others store. Sessions
//! are recorded by e2e/bench in a real browser through the real server and kept as JSON lines;
//! the measuring side is an example of `crates/recording`, which reads them. `--sessions N` records
//! fewer than 100 a site, `--reuse DIR` measures what an earlier run kept in DIR and records only
//! what is missing there when `--sessions` says so. In the end all is sent once more to a new server
//! without a browser beside it, to see what taking it costs, and the longest session is looked at.

mod page;
mod taken;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::report::{self, Row, value_of};
use crate::section;
use crate::step::{self, Failure};
use crate::{chromium, node};

const SESSIONS: usize = 100;
/// How many of the last sessions the budget is about.
const LAST: usize = 10;
/// Gzipped JSON is at least this many times as large.
const RATIO_MIN: f64 = 15.0;

/// Bytes by what they are for, as the measuring side names them.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
struct Bytes {
    snapshots: usize,
    keyframes: usize,
    incremental: usize,
    assets: usize,
    bases: usize,
    sealed: usize,
    rows: usize,
}

impl Bytes {
    fn total(&self) -> usize {
        self.snapshots
            + self.keyframes
            + self.incremental
            + self.assets
            + self.bases
            + self.sealed
            + self.rows
    }
}

/// One session as it came.
#[derive(Debug, Deserialize)]
struct Session {
    site_ms: u64,
    windows: usize,
    events: usize,
    json: usize,
    gzip: usize,
    /// Without pictures and fonts, which other recorders do not send.
    gzip_plain: usize,
    zstd: usize,
    ours: Bytes,
    pack_ms: f64,
    unpack_ms: f64,
}

/// One site.
#[derive(Debug, Deserialize)]
struct Site {
    name: String,
    sessions: Vec<Session>,
    bases: usize,
    shared_assets: usize,
    in_the_end: Bytes,
}

/// Records, measures, prints and writes the page.
pub fn recordings(arguments: &[String]) -> Result<(), Failure> {
    let wanted = match value_of("--sessions", arguments) {
        Some(text) => text
            .parse()
            .map_err(|_| Failure::new(format!("--sessions takes a number, not `{text}`")))?,
        None => SESSIONS,
    };
    let reused = value_of("--reuse", arguments).map(|folder| step::root().join(folder));
    let records = reused.is_none() || value_of("--sessions", arguments).is_some();
    let folder = match reused {
        Some(folder) => folder,
        None => {
            let folder = step::target().join("bench-recordings");
            let _ = fs::remove_dir_all(&folder);
            folder
        }
    };
    let chromium = prepare()?;
    if records {
        record(&folder, wanted, &chromium)?;
    }
    let sites = measure(&folder)?;
    let taken = taken::take(&folder, &chromium)?;
    let mut all = rows(&sites);
    all.extend(taken.rows());
    report::publish(&all, arguments)?;
    if sites.iter().all(|site| site.sessions.len() >= SESSIONS) {
        let text = page::page(&sites) + &taken.page();
        section::write("recordings", &text)
    } else {
        println!("docs/benchmarks.md is about {SESSIONS} sessions a site and stays as it is");
        Ok(())
    }
}

/// Builds what is measured; where Chromium is.
fn prepare() -> Result<PathBuf, Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    let build = ["build", "--release", "--package", "hitmetrix"];
    step::show("build the server", &mut step::cargo(&build))?;
    Ok(chromium)
}

fn record(folder: &Path, sessions: usize, chromium: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let arguments = ["run", "--root", "e2e", "--config", "bench.config.ts"];
    let mut command = node::tool("vitest", &arguments);
    command
        .arg("bench/recordings.bench.ts")
        .env("HITMETRIX_BENCH_SESSIONS", sessions.to_string())
        .env("HITMETRIX_BENCH_FOLDER", folder)
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("release"));
    step::show("record sessions", &mut command)
}

fn measure(folder: &Path) -> Result<Vec<Site>, Failure> {
    let example = "bench_recordings";
    let build = [
        "build",
        "--release",
        "--package",
        "hitmetrix-recording",
        "--example",
        example,
    ];
    step::show("build the measuring side", &mut step::cargo(&build))?;
    let file = format!("{example}{}", std::env::consts::EXE_SUFFIX);
    let program = step::target().join("release/examples").join(file);
    step::timed("measure", || {
        let output = Command::new(program)
            .arg(folder)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()?;
        if output.status.success() {
            Ok(serde_json::from_slice(&output.stdout)?)
        } else {
            Err(Failure::new("what was recorded could not be measured"))
        }
    })
}

/// Mean of something over sessions.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn mean(sessions: &[Session], of: impl Fn(&Session) -> f64) -> f64 {
    sessions.iter().map(of).sum::<f64>() / sessions.len().max(1) as f64
}

#[allow(
    clippy::cast_precision_loss,
    reason = "bytes of sessions are far below 2^52"
)]
fn bytes(count: usize) -> f64 {
    count as f64
}

impl Site {
    fn last(&self) -> &[Session] {
        &self.sessions[self.sessions.len().saturating_sub(LAST)..]
    }

    /// How many times as large gzipped JSON is, of the last sessions.
    fn ratio(&self) -> f64 {
        let ours = mean(self.last(), |session| bytes(session.ours.total()));
        mean(self.last(), |session| bytes(session.gzip_plain)) / ours
    }
}

fn rows(sites: &[Site]) -> Vec<Row> {
    let mut rows = Vec::new();
    for site in sites {
        let name = |what: &str| format!("{}: {what}", site.name);
        let of = |of: &dyn Fn(&Session) -> f64| mean(site.last(), of);
        rows.extend([
            Row::plain(name("gzip -6"), of(&|one| bytes(one.gzip)), "bytes"),
            Row::plain(
                name("gzip -6 without files"),
                of(&|one| bytes(one.gzip_plain)),
                "bytes",
            ),
            Row::plain(name("zstd -3"), of(&|one| bytes(one.zstd)), "bytes"),
            Row::plain(name("ours"), of(&|one| bytes(one.ours.total())), "bytes"),
            Row::at_least(name("gzip to ours"), site.ratio(), "times", RATIO_MIN),
        ]);
    }
    rows.push(Row::at_least(
        "all sites: gzip to ours",
        page::ratio_of_all(sites),
        "times",
        RATIO_MIN,
    ));
    rows
}
