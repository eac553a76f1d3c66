//! `cargo xtask bench ingest`: events a second through HTTP with fsync, how long an
//! acknowledgement takes at half that load, memory, start time and bytes an event.
//!
//! Clients run on the same cores as the server, as the budget says. Bodies are made before the
//! clock starts, so that what is measured is the server and the socket.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::client::Client;
use crate::live_server::{DataFolder, LiveServer, ORIGIN};
use crate::report::{self, Row};
use crate::step::{self, Failure};

const CONNECTIONS: usize = 8;
const PAGES: &[&str] = &[
    "/",
    "/lamps",
    "/lamps/arc",
    "/lamps/reef",
    "/cart",
    "/checkout",
    "/help",
];

/// What one load run gave.
struct Load {
    events: u64,
    refused: u64,
    seconds: f64,
    /// Ascending.
    acknowledged_ms: Vec<f64>,
}

/// One load run.
struct Plan {
    batches: usize,
    batch_events: usize,
    /// Events a second over all connections; as fast as it goes when absent.
    rate: Option<f64>,
    salt: u64,
}

/// Measures and prints the table.
pub fn ingest(arguments: &[String]) -> Result<(), Failure> {
    let short = arguments.iter().any(|argument| argument == "--short");
    let scale = if short { 1 } else { 5 };
    step::show(
        "build the server",
        &mut step::cargo(&["build", "--release", "--package", "hitmetrix"]),
    )?;
    let folder = DataFolder::create("bench-ingest", "release")?;
    let server = folder.serve()?;
    let mut rows = vec![
        Row::at_most("start, empty data folder", server.start_ms, "ms", 1_000.0),
        Row::at_most(
            "resident, idle and empty",
            mib(server.resident_bytes()?),
            "MiB",
            60.0,
        ),
    ];
    let full = load(&folder, &server, &plan(400 * scale, 100, None))?;
    let rate = full.rate();
    rows.push(Row::at_least(
        "events/s, batches of 100",
        rate,
        "events/s",
        100_000.0,
    ));
    rows.push(Row::plain(
        "acknowledgement p50, full load",
        full.quantile(0.5),
        "ms",
    ));
    rows.push(Row::plain(
        "acknowledgement p99, full load",
        full.quantile(0.99),
        "ms",
    ));
    rows.push(Row::plain(
        "resident, after full load",
        mib(server.resident_bytes()?),
        "MiB",
    ));
    let half = load(&folder, &server, &plan(150 * scale, 100, Some(rate / 2.0)))?;
    rows.push(Row::plain(
        "acknowledgement p50, half load",
        half.quantile(0.5),
        "ms",
    ));
    rows.push(Row::at_most(
        "acknowledgement p99, half load",
        half.quantile(0.99),
        "ms",
        50.0,
    ));
    let small = load(&folder, &server, &plan(800 * scale, 5, None))?;
    rows.push(Row::plain(
        "events/s, batches of 5",
        small.rate(),
        "events/s",
    ));
    rows.push(Row::plain(
        "refused requests",
        (full.refused + half.refused + small.refused) as f64,
        "requests",
    ));
    drop(server);
    let events = full.events + half.events + small.events;
    at_rest(&folder, events, &mut rows)?;
    report::publish(&rows, arguments)
}

/// Seals, and looks at what an event takes on disk and at a start with these events.
fn at_rest(folder: &DataFolder, events: u64, rows: &mut Vec<Row>) -> Result<(), Failure> {
    folder.command(&["doctor", "--seal"])?;
    let bytes = |part: &str| folder.bytes_of(part) as f64 / events as f64;
    rows.push(Row::plain("parts, an event", bytes("parts"), "bytes"));
    rows.push(Row::plain("lanes, an event", bytes("lanes"), "bytes"));
    let again = folder.serve()?;
    rows.push(Row::plain("events stored", events as f64, "events"));
    rows.push(Row::at_most(
        "start with them",
        again.start_ms,
        "ms",
        2_000.0,
    ));
    rows.push(Row::plain(
        "resident, after that start",
        mib(again.resident_bytes()?),
        "MiB",
    ));
    Ok(())
}

fn plan(batches: usize, batch_events: usize, rate: Option<f64>) -> Plan {
    let salt = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_nanos() as u64);
    Plan {
        batches,
        batch_events,
        rate,
        salt,
    }
}

impl Load {
    fn rate(&self) -> f64 {
        self.events as f64 / self.seconds
    }

    fn quantile(&self, share: f64) -> f64 {
        let last = self.acknowledged_ms.len().saturating_sub(1);
        let place = (last as f64 * share).round() as usize;
        self.acknowledged_ms.get(place).copied().unwrap_or(f64::NAN)
    }
}

fn load(folder: &DataFolder, server: &LiveServer, plan: &Plan) -> Result<Load, Failure> {
    let path = format!("/e/{}", folder.key);
    let bodies: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS)
        .map(|connection| {
            (0..plan.batches)
                .map(|batch| body(plan, connection, batch))
                .collect()
        })
        .collect();
    let started = Instant::now();
    let results: Vec<Result<Load, Failure>> = thread::scope(|scope| {
        let threads: Vec<_> = bodies
            .iter()
            .map(|bodies| scope.spawn(|| send(server, &path, bodies, plan)))
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(Failure::new("a client panicked")))
            })
            .collect()
    });
    let mut sum = Load {
        events: 0,
        refused: 0,
        seconds: started.elapsed().as_secs_f64(),
        acknowledged_ms: Vec::new(),
    };
    for result in results {
        let one = result?;
        sum.events += one.events;
        sum.refused += one.refused;
        sum.acknowledged_ms.extend(one.acknowledged_ms);
    }
    sum.acknowledged_ms.sort_by(f64::total_cmp);
    Ok(sum)
}

fn send(server: &LiveServer, path: &str, bodies: &[Vec<u8>], plan: &Plan) -> Result<Load, Failure> {
    let mut client = Client::connect(&server.address)?;
    let mut load = Load {
        events: 0,
        refused: 0,
        seconds: 0.0,
        acknowledged_ms: Vec::new(),
    };
    let pause = plan
        .rate
        .map(|rate| Duration::from_secs_f64(plan.batch_events as f64 * CONNECTIONS as f64 / rate));
    let started = Instant::now();
    for (number, body) in bodies.iter().enumerate() {
        if let Some(pause) = pause {
            // An open model: a late answer does not slow the load down, it counts as late.
            let due = started + pause * number as u32;
            thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        let sent = Instant::now();
        let response = client.post(path, ORIGIN, body)?;
        match response.status {
            200 => {
                load.acknowledged_ms
                    .push(sent.elapsed().as_secs_f64() * 1000.0);
                load.events += plan.batch_events as u64;
            }
            429 | 503 => load.refused += 1,
            other => {
                let text = String::from_utf8_lossy(&response.body).into_owned();
                return Err(Failure::new(format!("the server answered {other}: {text}")));
            }
        }
    }
    Ok(load)
}

/// One page load's worth of events, as the tracker sends them.
fn body(plan: &Plan, connection: usize, batch: usize) -> Vec<u8> {
    let now_ms = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_millis());
    let number = (connection * plan.batches + batch) as u64;
    let window = (u128::from(plan.salt) << 64) | u128::from(number);
    // Some visitors come back, so that timelines are longer than a batch.
    let visitor = (u128::from(plan.salt) << 64) | u128::from(number / 3) | (1 << 63);
    let mut text = format!(
        "{{\"v\":1,\"window\":\"{window:032x}\",\"visitor\":\"{visitor:032x}\",\
         \"session\":\"{window:032x}\",\"mode\":\"persistent\",\"sent_ms\":{now_ms},\
         \"screen\":[1920,1080],\"tracker\":\"1\"}}\n"
    );
    for sequence in 0..plan.batch_events {
        let path = PAGES[(sequence + batch) % PAGES.len()];
        let time_ms = now_ms - (plan.batch_events - sequence) as u128 * 700;
        let (name, properties) = match sequence % 4 {
            0 => ("pageview", String::new()),
            3 => (
                "page_leave",
                ",\"properties\":{\"engaged_ms\":4100,\"scroll_percent\":60}".into(),
            ),
            _ => (
                "click",
                format!(
                    ",\"properties\":{{\"path\":\"main>div:nth-of-type({})>a\",\"x\":0.4,\"y\":0.6,\"text\":\"To the cart\"}}",
                    sequence % 9
                ),
            ),
        };
        text.push_str(&format!(
            "{{\"name\":\"{name}\",\"sequence\":{sequence},\"time_ms\":{time_ms},\
             \"url\":\"{ORIGIN}{path}\"{properties}}}\n"
        ));
    }
    text.into_bytes()
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}
