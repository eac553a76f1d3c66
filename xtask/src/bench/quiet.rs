//! Times mean something only while nobody else computes: waits a while for that, and says how it
//! was.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// Share of all cores below which a machine is quiet.
const QUIET: f64 = 0.1;
const WAIT: Duration = Duration::from_secs(90);
const LOOK: Duration = Duration::from_secs(2);

/// Waits until the machine is quiet, but not for ever; the share of the cores that is busy then.
pub(super) fn wait() -> f64 {
    let started = Instant::now();
    loop {
        let busy = busy();
        if busy < QUIET || started.elapsed() > WAIT {
            println!("\nothers use {:.0} % of the cores", busy * 100.0);
            return busy;
        }
    }
}

fn busy() -> f64 {
    let (idle, all) = ticks();
    thread::sleep(LOOK);
    let (idle_then, all_then) = ticks();
    let passed = (all_then - idle_then).saturating_sub(all - idle);
    passed as f64 / (all_then - all).max(1) as f64
}

/// Idle ticks and all ticks since the start of the machine; none where nobody counts them.
fn ticks() -> (u64, u64) {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    // The last two, time given to guests, are counted among the others already.
    let ticks = first.split_whitespace().skip(1).take(8);
    let ticks: Vec<u64> = ticks.filter_map(|number| number.parse().ok()).collect();
    let idle = ticks.get(3..5).map_or(0, |idle| idle.iter().sum());
    (idle, ticks.iter().sum())
}
