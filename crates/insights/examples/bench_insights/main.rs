//! The engine's side of `cargo xtask bench insights`: makes the data folder, asks the questions
//! of questions.json through [`ask`] as the server does, and writes answers and times as JSON.
//!
//! `bench_insights make FOLDER EVENTS SEED`: the folder, unless it was made from the same plan.
//! `bench_insights hot FOLDER OUT RUNS [ID]`: every question, or one (for a profiler), once to
//! warm up, then RUNS times.
//! `bench_insights cold FOLDER OUT ID`: one question, once, with the folder out of the page cache.
//! `bench_insights kernels FOLDER`: the bare loops under the first questions.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs
)]

mod answers;
mod kernels;
mod made;
mod memory;
mod visits;

use std::fs;
use std::path::Path;
use std::time::Instant;

use hitmetrix_insights::{Asked, Unmetered, ask};
use hitmetrix_model::{Answer, Question};
use hitmetrix_store::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::visits::{DAY_MS, DAYS, FROM_MS, Plan, SITE};

const QUESTIONS: &str = include_str!("questions.json");

/// What questions.json holds; `title` and `meaning` are for others.
#[derive(Deserialize)]
struct Listed {
    questions: Vec<Listing>,
}

#[derive(Deserialize)]
struct Listing {
    id: String,
    /// Asks about the first half of the days only.
    #[serde(default)]
    half: bool,
    /// A [`Question`] without its period.
    question: Value,
}

/// What is written.
#[derive(Serialize)]
struct Report {
    open_ms: f64,
    threads: usize,
    parts: usize,
    events: u64,
    parts_bytes: u64,
    lanes_bytes: u64,
    resident_bytes: u64,
    /// Resident memory that is no mapped file.
    anonymous_bytes: u64,
    memory_bytes_a_second: f64,
    questions: Vec<Measured>,
}

#[derive(Serialize)]
struct Measured {
    id: String,
    /// Why there is no answer.
    refused: Option<String>,
    rows: Vec<Vec<Value>>,
    rows_scanned: u64,
    ms: Vec<f64>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    match words[..] {
        ["make", folder, events, seed] => {
            let (events, seed) = (events.parse().unwrap(), seed.parse().unwrap());
            runtime.block_on(made::make(Path::new(folder), Plan { events, seed }));
        }
        ["hot", folder, out, runs, ref only @ ..] => {
            let runs = (1, runs.parse().unwrap());
            let asking = report(Path::new(folder), only.first().copied(), runs);
            let mut report = runtime.block_on(asking);
            report.memory_bytes_a_second = memory::bytes_a_second();
            fs::write(out, serde_json::to_vec(&report).unwrap()).unwrap();
        }
        ["cold", folder, out, id] => {
            memory::drop_from_cache(Path::new(folder));
            let report = runtime.block_on(report(Path::new(folder), Some(id), (0, 1)));
            fs::write(out, serde_json::to_vec(&report).unwrap()).unwrap();
        }
        ["kernels", folder] => runtime.block_on(kernels::kernels(Path::new(folder))),
        _ => panic!(
            "make FOLDER EVENTS SEED, hot FOLDER OUT RUNS [ID], cold FOLDER OUT ID or kernels FOLDER"
        ),
    }
}

/// Asks all questions or one: so often to warm up, then so often.
async fn report(folder: &Path, only: Option<&str>, times: (usize, usize)) -> Report {
    let listed: Listed = serde_json::from_str(QUESTIONS).unwrap();
    let started = Instant::now();
    let store = made::open(folder).await;
    let open_ms = millis(started);
    let mut questions = Vec::new();
    for listing in listed.questions {
        if only.is_none_or(|only| only == listing.id) {
            questions.push(measured(&store, listing, times));
        }
    }
    let usage = store.usage();
    let report = Report {
        open_ms,
        threads: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        parts: usage.parts as usize,
        events: usage.parts_events,
        parts_bytes: usage.parts_bytes,
        lanes_bytes: usage.lanes_bytes,
        resident_bytes: memory::resident_bytes("VmRSS"),
        anonymous_bytes: memory::resident_bytes("RssAnon"),
        memory_bytes_a_second: 0.0,
        questions,
    };
    store.close().await.unwrap();
    report
}

fn measured(store: &Store, listing: Listing, (warm_up, runs): (usize, usize)) -> Measured {
    let days = if listing.half { DAYS / 2 } else { DAYS };
    let mut json = listing.question;
    json["period"] = serde_json::json!({"from_ms": FROM_MS, "to_ms": FROM_MS + days * DAY_MS});
    let kind = json["kind"].as_str().unwrap_or_default().to_owned();
    let mut measured = Measured {
        id: listing.id,
        refused: None,
        rows: Vec::new(),
        rows_scanned: 0,
        ms: Vec::new(),
    };
    let question: Question = match serde_json::from_value(json) {
        Ok(question) => question,
        Err(error) => {
            measured.refused = Some(error.to_string());
            return measured;
        }
    };
    for run in 0..warm_up + runs {
        let started = Instant::now();
        let answer = asked(store, &question);
        let took_ms = millis(started);
        if run >= warm_up {
            measured.ms.push(took_ms);
        }
        match answer.and_then(|answer| {
            measured.rows_scanned = answer.rows_scanned;
            answers::canonical(&kind, &answer)
        }) {
            Ok(rows) => measured.rows = rows,
            Err(refused) => {
                measured.refused = Some(refused);
                return measured;
            }
        }
    }
    measured
}

/// As the server asks: a snapshot of its own for each question.
fn asked(store: &Store, question: &Question) -> Result<Answer, String> {
    let snapshot = store.snapshot(SITE).map_err(|error| error.to_string())?;
    let asked = Asked {
        question,
        site_time_zone: "UTC",
        session_idle_ms: 1_800_000,
        now_ms: FROM_MS + DAYS * DAY_MS,
    };
    let answer = ask(&snapshot, &asked, &Unmetered).map_err(|error| error.to_string())?;
    if answer.missing.is_empty() {
        Ok(answer)
    } else {
        Err(format!("missing: {}", answer.missing.join("; ")))
    }
}

fn millis(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}
