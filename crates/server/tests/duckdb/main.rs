//! Every kind of question, asked of the real program over random events and computed once more by
//! DuckDB from the same parts: two programs that share nothing but docs/concepts and Parquet.
//!
//! [`world`] makes the events, with merges, late ones and duplicates between seals; [`questions`]
//! asks; `compare.py` beside this file computes every answer in SQL and tells what differs, cell
//! by cell. `HITMETRIX_TEST_CASES` sets how many questions there are at most. Where Python or its package `duckdb` is
//! missing, it is installed into a folder of the build's own; where that cannot be done either,
//! the test says so and ends. `HITMETRIX_PYTHON` names a Python that has it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(
    clippy::print_stdout,
    reason = "what was skipped and why is said to whoever reads the run"
)]

mod conditions;
mod dice;
mod questions;
mod world;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use axum::body::Body;
use axum::http::Method;
use hitmetrix_server::app::App;
use hitmetrix_server::client::{Client, request};
use hitmetrix_server::config::Config;
use serde_json::{Value, json};
use tempfile::TempDir;

use dice::Dice;
use world::World;

/// Worlds of a run, unless `HITMETRIX_TEST_CASES` says otherwise.
const WORLDS: u64 = 5;
/// So many cases are one world: about as many questions are asked of each.
const CASES_A_WORLD: u64 = 100;
/// Seeds that once found a difference.
const PINNED: [u64; 0] = [];

#[test]
fn every_kind_of_question_agrees_with_duckdb_over_the_same_parts() {
    let Some(python) = python() else { return };
    let worlds = std::env::var("HITMETRIX_TEST_CASES")
        .ok()
        .and_then(|count| count.parse::<u64>().ok())
        .map_or(WORLDS, |cases| (cases / CASES_A_WORLD).max(1));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut differences = String::new();
    // DuckDB counts in one world while the next is made.
    let mut running: Option<Comparison> = None;
    for seed in PINNED.into_iter().chain(0..worlds) {
        let folder = tempfile::tempdir().unwrap();
        let asked = runtime.block_on(asked(seed, folder.path()));
        let next = Comparison::start(&python, seed, folder, &asked);
        if let Some(before) = running.replace(next) {
            before.end(&mut differences);
        }
    }
    if let Some(last) = running {
        last.end(&mut differences);
    }
    assert!(differences.is_empty(), "\n{differences}");
}

/// DuckDB at work on one world.
struct Comparison {
    seed: u64,
    child: Child,
    /// What it reads; gone when it has ended.
    _folder: TempDir,
}

impl Comparison {
    fn start(python: &Path, seed: u64, folder: TempDir, asked: &Value) -> Self {
        let file = folder.path().join("asked.json");
        std::fs::write(&file, asked.to_string()).unwrap();
        let child = Command::new(python)
            .arg(scripts().join("compare.py"))
            .arg(&file)
            .arg(folder.path().join("parts"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONIOENCODING", "utf-8")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Self {
            seed,
            child: child.unwrap(),
            _folder: folder,
        }
    }

    /// Waits for it and adds what differs.
    fn end(self, differences: &mut String) {
        let output = self.child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let seed = self.seed;
        println!("seed {seed}: {}", said.lines().last().unwrap_or_default());
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            differences.push_str(&format!("seed {seed}\n{said}{errors}\n"));
        }
    }
}

/// A world in a data folder, questions about it, and what the program answers; in the end all of
/// it lies in parts.
async fn asked(seed: u64, data: &Path) -> Value {
    let mut dice = Dice::new(seed);
    let world = World::new(&mut dice);
    let data_text = data.to_str().unwrap();
    let config = Config::resolve(&|setting| (setting.name == "data").then(|| data_text.to_owned()));
    let client = Client::open(config.unwrap()).await.unwrap();
    let Client::Here { app, .. } = &client else {
        panic!("nobody else has this folder");
    };
    let app = Arc::clone(app);
    let draft = json!({"name": "Shop", "domains": ["shop.test"], "time_zone": world.zone});
    let site: Value = client
        .call((Method::POST, "/api/v1/sites"), &draft)
        .await
        .unwrap();
    let site = format!("/api/v1/sites/{}", site["id"]);
    store(&client, &app, &site, &world).await;
    // Some worlds are asked while their last events lie in the log only, some after all was
    // sealed and parts of merged persons were settled.
    if seed % 3 == 1 {
        app.store.seal().await.unwrap();
        app.store.compact().await.unwrap();
    }
    let segments = conditions::segments(&mut dice);
    for segment in segments.as_array().unwrap() {
        let path = format!("{site}/segments");
        let saved: Value = client.call((Method::POST, &path), segment).await.unwrap();
        assert_eq!(saved["name"], segment["name"]);
    }
    let mut answers = Vec::new();
    for question in questions::questions(&mut dice, &world) {
        let path = format!("{site}/ask");
        let answer = client.ask(&path, &question, |_| {}).await;
        let answer = answer.unwrap_or_else(|error| panic!("seed {seed}: {error}\n{question:#}"));
        answers.push(json!({"question": question, "answer": answer}));
    }
    app.store.seal().await.unwrap();
    drop(app);
    client.close().await.unwrap();
    json!({"zone": world.zone, "events": world.events(), "identities": world.identities(), "segments": segments, "asked": answers})
}

/// Imports the world's rounds with seals between them, and undoes one join.
async fn store(client: &Client, app: &App, site: &str, world: &World) {
    for (round, lines) in world.rounds.iter().enumerate() {
        if round > 0 {
            app.store.seal().await.unwrap();
        }
        let path =
            format!("{site}/imports/jsonl-{round:032x}?format=jsonl&from=0&last=true&mapping=");
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let sending = request(Method::POST, &path, Body::from(text));
        let response = client.send(sending).await.unwrap();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        let point: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(point["rejected"], 0, "{point:#}");
    }
    if let Some(visitor) = &world.undone {
        let path = format!("{site}/persons/{visitor}/undo");
        let body = json!({"visitor": visitor});
        client
            .call::<()>((Method::POST, &path), &body)
            .await
            .unwrap();
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/duckdb")
}

/// A Python with the package, or nothing, having said why.
fn python() -> Option<PathBuf> {
    let told = std::env::var_os("HITMETRIX_PYTHON").map(PathBuf::from);
    let first = told.clone().unwrap_or_else(|| "python3".into());
    if has_duckdb(&first) {
        return Some(first);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("duckdb");
    let own = folder.join("bin/python");
    if told.is_none() && (has_duckdb(&own) || (install(&first, &folder) && has_duckdb(&own))) {
        return Some(own);
    }
    println!(
        "skipped: {} has no package duckdb, and it could not be installed; set HITMETRIX_PYTHON \
         to a Python that has it",
        first.display()
    );
    None
}

fn has_duckdb(python: &Path) -> bool {
    let output = Command::new(python).args(["-c", "import duckdb"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// A virtual environment with the version that the benchmarks use.
fn install(python: &Path, folder: &Path) -> bool {
    let requirements = scripts().join("../../../../xtask/bench/requirements.txt");
    let wanted = std::fs::read_to_string(requirements).unwrap();
    let package = wanted
        .lines()
        .find(|line| line.starts_with("duckdb=="))
        .unwrap();
    let ran = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    ran(Command::new(python).args(["-m", "venv"]).arg(folder))
        && ran(Command::new(folder.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", package]))
}
