//! `cargo xtask crash`: the real binary is killed at random moments while clients write and keep
//! a ledger of what was acknowledged. After each restart every acknowledged event must be there
//! once and no event twice; what was not acknowledged is sent again with the same ids.
//!
//! The seed is printed; `--seed N` repeats the same waits (not the same machine timing).

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::client::Client;
use crate::live_server::{DataFolder, LiveServer, ORIGIN};
use crate::report::value_of;
use crate::step::Failure;

const KILLS: u32 = 30;
const WRITERS: u64 = 4;
const BATCH_EVENTS: u64 = 8;
const START_MS_MAX: f64 = 5_000.0;
/// A kill comes between these after the start.
const KILL_AFTER_MS: (u64, u64) = (30, 500);

/// One batch as its writer remembers it.
#[derive(Clone, Copy)]
struct Sent {
    window: u128,
    first: u64,
    acknowledged: bool,
}

/// Runs the test and prints `kills, acknowledged, lost, doubled`.
pub fn crash(arguments: &[String]) -> Result<(), Failure> {
    let kills = number("--kills", arguments)?.map_or(KILLS, |kills| kills as u32);
    let seed = number("--seed", arguments)?.unwrap_or_else(time_seed);
    println!("crash test: {kills} kills, seed {seed}");
    let folder = DataFolder::create("crash-data", "debug")?;
    let ledger = Mutex::new(Vec::new());
    let mut random = seed;
    let mut slowest_start_ms: f64 = 0.0;
    for kill in 1..=kills {
        let mut server = folder.serve()?;
        slowest_start_ms = slowest_start_ms.max(server.start_ms);
        let outcome = verify(&folder, &ledger)?;
        if outcome.wrong() {
            return Err(outcome.failure(kill, seed));
        }
        write_until_killed(&folder, &mut server, &ledger, next(&mut random))?;
    }
    let server = folder.serve()?;
    slowest_start_ms = slowest_start_ms.max(server.start_ms);
    retry_unacknowledged(&folder, &server, &ledger)?;
    let last = verify(&folder, &ledger)?;
    if last.wrong() {
        return Err(last.failure(kills, seed));
    }
    println!(
        "kills {kills}, acknowledged {}, lost {}, doubled {}, slowest start {slowest_start_ms:.0} ms",
        last.acknowledged, last.lost, last.doubled
    );
    if last.acknowledged == 0 {
        return Err(Failure::new(
            "nothing was acknowledged, so nothing was tested",
        ));
    }
    if slowest_start_ms > START_MS_MAX {
        return Err(Failure::new(format!(
            "a start took {slowest_start_ms:.0} ms, the limit is 5000"
        )));
    }
    Ok(())
}

fn write_until_killed(
    folder: &DataFolder,
    server: &mut LiveServer,
    ledger: &Mutex<Vec<Sent>>,
    random: u64,
) -> Result<(), Failure> {
    let (least, most) = KILL_AFTER_MS;
    let wait = Duration::from_millis(least + random % (most - least));
    let stop = AtomicBool::new(false);
    let address = server.address.clone();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (address, stop) = (&address, &stop);
            let window = (u128::from(random) << 64) | u128::from(writer + 1);
            scope.spawn(move || write(folder, address, ledger, (window, stop)));
        }
        std::thread::sleep(wait);
        let killed = server.kill();
        stop.store(true, Ordering::SeqCst);
        killed
    })
}

/// Sends batch after batch until the connection breaks, and notes each before and after.
fn write(folder: &DataFolder, address: &str, ledger: &Mutex<Vec<Sent>>, job: (u128, &AtomicBool)) {
    let (window, stop) = job;
    let Ok(mut client) = Client::connect(address) else {
        return;
    };
    let mut first = 0;
    while !stop.load(Ordering::SeqCst) {
        let place = {
            let mut all = ledger
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            all.push(Sent {
                window,
                first,
                acknowledged: false,
            });
            all.len() - 1
        };
        match client.post(&format!("/e/{}", folder.key), ORIGIN, &body(window, first)) {
            Ok(response) if response.status == 200 => {
                let mut all = ledger
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                all[place].acknowledged = true;
            }
            // Refused: not stored, so the ledger stays right; wait for the bucket to fill.
            Ok(response) if response.status == 429 => std::thread::sleep(Duration::from_millis(5)),
            _ => return,
        }
        first += BATCH_EVENTS;
    }
}

/// Sends again what no answer came for, twice: ids must make it count once.
fn retry_unacknowledged(
    folder: &DataFolder,
    server: &LiveServer,
    ledger: &Mutex<Vec<Sent>>,
) -> Result<(), Failure> {
    let mut client = Client::connect(&server.address)?;
    let path = format!("/e/{}", folder.key);
    let mut all = ledger
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for sent in all.iter_mut().filter(|sent| !sent.acknowledged) {
        for _ in 0..2 {
            let response = client.post(&path, ORIGIN, &body(sent.window, sent.first))?;
            sent.acknowledged |= response.status == 200;
            if response.status == 429 {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }
    Ok(())
}

#[derive(Default)]
struct Outcome {
    acknowledged: u64,
    lost: u64,
    doubled: u64,
    unknown: u64,
}

impl Outcome {
    fn wrong(&self) -> bool {
        self.lost + self.doubled + self.unknown > 0
    }

    fn failure(&self, kill: u32, seed: u64) -> Failure {
        Failure::new(format!(
            "after kill {kill} (seed {seed}): {} acknowledged, {} lost, {} doubled, {} never sent",
            self.acknowledged, self.lost, self.doubled, self.unknown
        ))
    }
}

/// Holds what the server has against the ledger, through the export, which reads parts and log.
fn verify(folder: &DataFolder, ledger: &Mutex<Vec<Sent>>) -> Result<Outcome, Failure> {
    let file = folder.path.with_extension("export.jsonl");
    let _ = std::fs::remove_file(&file);
    let path = file.to_string_lossy().into_owned();
    folder.command(&[
        "export",
        "--site",
        &folder.site,
        "--format",
        "jsonl",
        "--out",
        &path,
    ])?;
    let mut stored: HashMap<(u128, u64), u64> = HashMap::new();
    for line in std::fs::read_to_string(&file)?.lines() {
        let event: serde_json::Value = serde_json::from_str(line)?;
        let window = event["window"]
            .as_str()
            .and_then(|hex| u128::from_str_radix(hex, 16).ok());
        let id = window.zip(event["sequence"].as_u64());
        let id = id.ok_or_else(|| Failure::new(format!("an exported event has no id: {line}")))?;
        *stored.entry(id).or_default() += 1;
    }
    let doubled = stored.values().filter(|count| **count > 1).count() as u64;
    let mut outcome = Outcome {
        doubled,
        ..Outcome::default()
    };
    let all = ledger
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    for sent in all.iter() {
        for sequence in sent.first..sent.first + BATCH_EVENTS {
            let there = stored.remove(&(sent.window, sequence)).is_some();
            if sent.acknowledged {
                outcome.acknowledged += 1;
                outcome.lost += u64::from(!there);
            }
        }
    }
    outcome.unknown = stored.len() as u64;
    Ok(outcome)
}

fn body(window: u128, first: u64) -> Vec<u8> {
    let sent_ms = unix_ms();
    let visitor = window ^ 0x5555;
    let session = window ^ 0x3333;
    let mut text = format!(
        "{{\"v\":1,\"window\":\"{window:032x}\",\"visitor\":\"{visitor:032x}\",\
         \"session\":\"{session:032x}\",\"mode\":\"persistent\",\"sent_ms\":{sent_ms}}}\n"
    );
    for sequence in first..first + BATCH_EVENTS {
        text.push_str(&format!(
            "{{\"name\":\"written\",\"sequence\":{sequence},\"time_ms\":{sent_ms},\
             \"url\":\"{ORIGIN}/page/{}\"}}\n",
            sequence % 7
        ));
    }
    text.into_bytes()
}

fn number(name: &str, arguments: &[String]) -> Result<Option<u64>, Failure> {
    value_of(name, arguments)
        .map(|text| {
            text.parse()
                .map_err(|_| Failure::new(format!("{name} {text}: not a number")))
        })
        .transpose()
}

fn time_seed() -> u64 {
    unix_ms() as u64
}

fn unix_ms() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_millis())
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
