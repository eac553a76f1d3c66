//! What a full tail, seals, compaction and a start cost.
//!
//! `cargo run --release -p hitmetrix-store --example scale -- FOLDER 5000000` fills a folder that
//! does not exist yet through the store's own door and prints what each step took. Ten events a
//! window, thirty a session, all received within a week: what a start remembers of 5,000,000 such
//! events is what it would remember of 20,000,000 over a month.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hitmetrix_model::{
    Batch, Context, Event, Mode, Origin, Page, Properties, Sender, SessionId, SiteId, Value,
    VisitorId, WindowId,
};
use hitmetrix_store::{Clock, Randomness, Store, StoreConfig};

const SITE: SiteId = SiteId(1);
const MONDAY_MS: i64 = 1_767_571_200_000;
const WEEK_MS: i64 = 7 * 24 * 3600 * 1000;
const TAIL_EVENTS: u64 = 250_000;
const EVENTS_A_WINDOW: u64 = 10;
const WINDOWS_A_BATCH: u64 = 10;

struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Seeded(AtomicU64);

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let dice = mixed(self.0.fetch_add(1, Ordering::Relaxed));
            chunk.copy_from_slice(&dice.to_le_bytes()[..chunk.len()]);
        }
    }
}

fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn id(what: u64, number: u64) -> u128 {
    u128::from(mixed(number ^ (what << 56))) << 64 | u128::from(mixed(number + (what << 48)))
}

fn pick<'a>(of: &[&'a str], dice: u64) -> &'a str {
    of[dice as usize % of.len()]
}

fn sender(window: u64) -> Sender {
    let session = window / 3;
    let visitor = mixed(session) % 200_000;
    let dice = mixed(visitor ^ 77);
    Sender {
        visitor: VisitorId(id(1, visitor)),
        session: SessionId(id(2, session)),
        window: WindowId(id(3, window)),
        mode: Mode::Persistent,
        context: Context {
            country: pick(&["DE", "AT", "CH", "FR", "US", ""], dice).to_owned(),
            browser: pick(&["Chrome", "Firefox", "Safari"], dice >> 8).to_owned(),
            browser_version: format!("{}.0", 100 + (dice >> 16) % 40),
            system: pick(&["Windows", "macOS", "Android", "iOS"], dice >> 24).to_owned(),
            system_version: format!("{}", 10 + (dice >> 32) % 8),
            device: pick(&["desktop", "phone", "tablet"], dice >> 40).to_owned(),
            language: pick(&["de", "en", "fr"], dice >> 48).to_owned(),
            screen_px: [1440, 900],
            ..Context::default()
        },
    }
}

fn event(index: u32, window: u64, sequence: u32, time_ms: i64) -> Event {
    let dice = mixed(window * EVENTS_A_WINDOW + u64::from(sequence));
    let first = sequence == 0;
    let name = match sequence {
        0 => "pageview",
        9 => "page_leave",
        _ => pick(&["click", "pageview", "web_vital", "form_focus"], dice),
    };
    let properties = match name {
        "page_leave" => Properties::from([
            (
                "engaged_ms".to_owned(),
                Value::Number((dice % 90_000) as f64),
            ),
            (
                "scroll_percent".to_owned(),
                Value::Number((dice % 101) as f64),
            ),
        ]),
        "click" => Properties::from([
            (
                "path".to_owned(),
                Value::Text(format!("main>div:nth-child({})>a", dice % 9)),
            ),
            ("text".to_owned(), Value::Text("Add to cart".to_owned())),
            ("x".to_owned(), Value::Number((dice % 1000) as f64 / 1000.0)),
            ("y".to_owned(), Value::Number((dice % 997) as f64 / 1000.0)),
        ]),
        _ => Properties::new(),
    };
    Event {
        sender: index,
        name: name.to_owned(),
        time_ms: time_ms + i64::from(sequence) * 4000,
        sequence,
        external: None,
        page: Page {
            host: "shop.example".to_owned(),
            path: format!("/product/{}", (dice >> 20) % 3000),
            query: String::new(),
            title: format!("Product {} in the shop", (dice >> 20) % 3000),
        },
        referrer_host: if first { "search.example" } else { "" }.to_owned(),
        referrer_path: String::new(),
        channel: if first { "Organic search" } else { "" }.to_owned(),
        source: if first { "google" } else { "" }.to_owned(),
        medium: String::new(),
        campaign: String::new(),
        term: String::new(),
        content: String::new(),
        unverified: false,
        cut: false,
        properties,
    }
}

/// Batch number `number` of `batches`: ten windows of ten events.
fn batch(number: u64, batches: u64) -> Batch {
    let at_ms = MONDAY_MS + (number as i64 * (WEEK_MS / batches as i64 - 1));
    let windows = number * WINDOWS_A_BATCH..(number + 1) * WINDOWS_A_BATCH;
    let events = windows.clone().enumerate().flat_map(|(index, window)| {
        (0..EVENTS_A_WINDOW as u32)
            .map(move |sequence| event(index as u32, window, sequence, at_ms))
    });
    Batch {
        site: SITE,
        received_at_ms: at_ms + 50_000,
        origin: Origin::Browser,
        senders: windows.clone().map(sender).collect(),
        events: events.collect(),
        identities: Vec::new(),
        lost: 0,
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
        .unwrap_or(0)
        / 1024
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("give a folder"));
    let events: u64 = arguments
        .next()
        .map_or(1_000_000, |count| count.parse().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run(folder, events));
}

/// Appends one after the other until told to stop; how long each took.
async fn probe(store: Store, stop: Arc<AtomicBool>, from: u64) -> Vec<Duration> {
    let mut times = Vec::new();
    let mut number = from;
    while !stop.load(Ordering::Relaxed) {
        let mut one = batch(number, 1 << 22);
        one.events.truncate(5);
        one.senders.truncate(1);
        let started = Instant::now();
        store.append(one).await.unwrap();
        times.push(started.elapsed());
        number += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    times
}

async fn run(folder: PathBuf, events: u64) {
    let clock = Arc::new(SetClock(AtomicI64::new(MONDAY_MS)));
    let config = || {
        StoreConfig::new(
            folder.clone(),
            clock.clone(),
            Arc::new(Seeded(AtomicU64::new(7))),
        )
    };
    if !folder.exists() {
        fill(Store::open(config()).await.unwrap(), &clock, events).await;
    }
    clock.0.store(MONDAY_MS + WEEK_MS, Ordering::Relaxed);
    let mut opens = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        let store = Store::open(config()).await.unwrap();
        opens.push(started.elapsed());
        let started = Instant::now();
        let snapshot = store.snapshot(SITE).unwrap();
        let rows: usize = snapshot.runs.iter().map(|run| run.len()).sum();
        println!(
            "open {:?}; first snapshot of {rows} events {:?}",
            opens.last().unwrap(),
            started.elapsed()
        );
        drop(snapshot);
        store.close().await.unwrap();
    }
    println!(
        "open, median of 5: {:?}; {} MiB resident",
        median(&mut opens),
        resident_mib()
    );
}

async fn fill(store: Store, clock: &SetClock, events: u64) {
    let batches = events / (EVENTS_A_WINDOW * WINDOWS_A_BATCH);
    let (mut snapshots, mut seals, mut waits) = (Vec::new(), Vec::new(), Vec::new());
    let (mut number, mut appending, mut tail) = (0, Duration::ZERO, 0);
    let mut probed = 1 << 40;
    while number < batches {
        // Eight senders at once, as few browsers would.
        let made: Vec<Batch> = (number..(number + 64).min(batches))
            .map(|at| batch(at, batches))
            .collect();
        number += made.len() as u64;
        clock.0.store(made[0].received_at_ms, Ordering::Relaxed);
        let started = Instant::now();
        let sends: Vec<_> = made
            .into_iter()
            .map(|batch| {
                let store = store.clone();
                tokio::spawn(async move { store.append(batch).await.unwrap() })
            })
            .collect();
        for send in sends {
            tail += u64::from(send.await.unwrap().accepted);
        }
        appending += started.elapsed();
        if tail < TAIL_EVENTS && number < batches {
            continue;
        }
        tail = 0;
        let started = Instant::now();
        let snapshot = store.snapshot(SITE).unwrap();
        snapshots.push(started.elapsed());
        drop(snapshot);
        let stop = Arc::new(AtomicBool::new(false));
        let prober = tokio::spawn(probe(store.clone(), stop.clone(), probed));
        let started = Instant::now();
        store.seal().await.unwrap();
        seals.push(started.elapsed());
        stop.store(true, Ordering::Relaxed);
        let times = prober.await.unwrap();
        probed += times.len() as u64;
        waits.extend(times);
    }
    println!(
        "appended {events} events, {:.0} a second",
        events as f64 / appending.as_secs_f64()
    );
    println!(
        "first snapshot of a tail of {TAIL_EVENTS}: median {:?}, worst {:?}",
        median(&mut snapshots),
        snapshots.last().unwrap()
    );
    println!(
        "seal of {TAIL_EVENTS}: median {:?}, worst {:?}",
        median(&mut seals),
        seals.last().unwrap()
    );
    waits.sort();
    let at = |share: usize| waits[waits.len() * share / 1000];
    println!(
        "acknowledgement during seals, {} of them: p50 {:?}, p99 {:?}, p99.9 {:?}, worst {:?}",
        waits.len(),
        at(500),
        at(990),
        at(999),
        waits.last().unwrap()
    );
    println!("{} MiB resident", resident_mib());
    let started = Instant::now();
    let report = store.compact().await.unwrap();
    let micros = started.elapsed().as_micros() as f64 / report.events.max(1) as f64;
    println!(
        "compaction: {:?}, {} parts to {}, {micros:.1} us an event; {} MiB resident",
        started.elapsed(),
        report.parts_merged,
        report.parts_made,
        resident_mib()
    );
    let usage = store.usage();
    let share = |bytes: u64| bytes as f64 / usage.parts_events.max(1) as f64;
    println!(
        "bytes an event: parts {:.1}, lanes {:.1}, catalog {:.1}",
        share(usage.parts_bytes),
        share(usage.lanes_bytes),
        share(usage.catalog_bytes)
    );
    store.close().await.unwrap();
}
