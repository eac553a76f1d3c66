//! The data folder of the benchmark: made through the store's own door, sealed and compacted as
//! a server does, and used again when it was made from the same plan.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use hitmetrix_model::limits;
use hitmetrix_store::{Clock, Randomness, Store, StoreConfig};

use crate::visits::{DAY_MS, DAYS, FROM_MS, Plan, Visits, mixed};

/// Changed with everything that changes the events of a plan.
const GENERATION: u32 = 1;
/// Says from which plan a folder was made; written last.
const MARK: &str = "made.json";
/// Events of a batch; with the last visit at most as many as a body may hold.
const BATCH_EVENTS: usize = 440;
/// Batches that are sent at once.
const SENDERS: usize = 64;
/// Seals after which the parts are compacted.
const SEALS: u64 = 16;

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

/// Opens the folder as of the day after the last event.
pub async fn open(folder: &Path) -> Store {
    store(folder, FROM_MS + (DAYS + 9) * DAY_MS).await.0
}

async fn store(folder: &Path, now_ms: i64) -> (Store, Arc<SetClock>) {
    let clock = Arc::new(SetClock(AtomicI64::new(now_ms)));
    let config = StoreConfig::new(
        folder.to_owned(),
        clock.clone(),
        Arc::new(Seeded(AtomicU64::new(7))),
    );
    (Store::open(config).await.unwrap(), clock)
}

/// Makes the folder, unless it is there.
pub async fn make(folder: &Path, plan: Plan) {
    let mark = serde_json::json!({
        "generation": GENERATION, "events": plan.events, "seed": plan.seed,
    })
    .to_string();
    if fs::read_to_string(folder.join(MARK)).is_ok_and(|made| made == mark) {
        println!("{} is there", folder.display());
        return;
    }
    if folder.exists() {
        println!("{} was made otherwise, it is made anew", folder.display());
        fs::remove_dir_all(folder).unwrap();
    }
    fill(folder, plan).await;
    fs::write(folder.join(MARK), mark).unwrap();
}

async fn fill(folder: &Path, plan: Plan) {
    let started = Instant::now();
    let (store, clock) = store(folder, FROM_MS).await;
    let mut visits = Visits::new(plan);
    let (mut stored, mut sealed, mut seals) = (0, 0, 0);
    loop {
        let batches: Vec<_> = (0..SENDERS)
            .map_while(|_| visits.batch(BATCH_EVENTS))
            .collect();
        let Some(last) = batches.last() else { break };
        clock.0.fetch_max(last.received_at_ms, Ordering::Relaxed);
        let sends: Vec<_> = batches
            .into_iter()
            .map(|batch| {
                let store = store.clone();
                tokio::spawn(async move { store.append(batch).await.unwrap() })
            })
            .collect();
        for send in sends {
            stored += u64::from(send.await.unwrap().accepted);
        }
        // Not by age, as the server does too: the clock runs through a month in minutes.
        if stored - sealed < limits::TAIL_EVENTS as u64 {
            continue;
        }
        store.seal().await.unwrap();
        sealed = stored;
        seals += 1;
        if seals % SEALS == 0 {
            store.compact().await.unwrap();
            let seconds = started.elapsed().as_secs_f64();
            println!("{stored} of {} events in {seconds:.0} s", plan.events);
        }
    }
    store.seal().await.unwrap();
    clock
        .0
        .store(FROM_MS + (DAYS + 9) * DAY_MS, Ordering::Relaxed);
    store.compact().await.unwrap();
    store.close().await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    println!("{stored} events stored, sealed and compacted in {seconds:.0} s");
}
