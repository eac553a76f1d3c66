//! What taking recorded sessions costs the server, and how soon the longest of them is seen. The
//! measuring is e2e/bench/ingested.bench.ts, which sends what was kept to a new server; this runs it
//! while nobody else computes, and words its figures.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::super::{machine, quiet};
use crate::node;
use crate::report::Row;
use crate::step::{self, Failure};

/// Milliseconds to the first picture of a session, and to that of a moment.
const FIRST_MS_MAX: f64 = 500.0;
const SEEK_MS_MAX: f64 = 300.0;
const MEGABYTE: f64 = 1e6;

/// What one site's sessions cost; bytes and milliseconds of all of them.
#[derive(Debug, Clone, Deserialize)]
struct Site {
    name: String,
    sessions: f64,
    bodies: f64,
    wire_bytes: f64,
    decoded_bytes: f64,
    take_ms: f64,
    order_ms: f64,
}

/// The session that lasted longest.
#[derive(Debug, Deserialize)]
struct Longest {
    site: String,
    duration_ms: f64,
    page_loads: u64,
    events: u64,
    lines_bytes: f64,
    first_ms: Vec<f64>,
    seek_ms: Vec<f64>,
}

#[derive(Debug, Deserialize)]
struct Measured {
    taken: Vec<Site>,
    longest: Longest,
}

/// What was measured, and how busy the machine was with other things when it began.
#[derive(Debug)]
pub(super) struct Taken {
    measured: Measured,
    busy: f64,
}

/// Sends what lies in the folder to a new server.
pub(super) fn take(folder: &Path, chromium: &Path) -> Result<Taken, Failure> {
    let out = step::target().join("bench-recordings.json");
    let _ = fs::remove_file(&out);
    let busy = quiet::wait();
    let words = ["run", "--root", "e2e", "--config", "bench.config.ts"];
    let mut command = node::tool("vitest", &words);
    command
        .arg("bench/ingested.bench.ts")
        .env("HITMETRIX_BENCH_FOLDER", folder)
        .env("HITMETRIX_BENCH_REPORT", &out)
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("release"));
    step::show("take sessions, open and seek", &mut command)?;
    let measured = serde_json::from_slice(&fs::read(&out)?)?;
    Ok(Taken { measured, busy })
}

impl Site {
    /// Of all sites together.
    fn sum(sites: &[Self]) -> Self {
        let of = |of: fn(&Self) -> f64| sites.iter().map(of).sum::<f64>();
        Self {
            name: "all sites".to_owned(),
            sessions: of(|one| one.sessions),
            bodies: of(|one| one.bodies),
            wire_bytes: of(|one| one.wire_bytes),
            decoded_bytes: of(|one| one.decoded_bytes),
            take_ms: of(|one| one.take_ms),
            order_ms: of(|one| one.order_ms),
        }
    }

    fn a_session(&self, of: f64) -> f64 {
        of / self.sessions.max(1.0)
    }

    /// Decoded megabytes that a second of processor time takes in.
    fn rate(&self) -> f64 {
        self.decoded_bytes / MEGABYTE / (self.take_ms / 1000.0).max(0.001)
    }
}

/// The middle and the last of some times.
fn spread(times: &[f64]) -> (f64, f64) {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let at = |place: usize| times.get(place).copied().unwrap_or_default();
    (at(times.len() / 2), at(times.len().saturating_sub(1)))
}

impl Taken {
    pub(super) fn rows(&self) -> Vec<Row> {
        let Measured { taken, longest } = &self.measured;
        let mut rows = Vec::new();
        for site in taken.iter().chain([&Site::sum(taken)]) {
            let name = |what: &str| format!("{}: {what}", site.name);
            rows.extend([
                Row::plain(name("processor, taken"), site.a_session(site.take_ms), "ms"),
                Row::plain(
                    name("processor, in order"),
                    site.a_session(site.order_ms),
                    "ms",
                ),
                Row::plain(name("taken"), site.rate(), "MB/s"),
            ]);
        }
        let (first, first_slowest) = spread(&longest.first_ms);
        let (seek, seek_slowest) = spread(&longest.seek_ms);
        rows.extend([
            Row::at_most("longest: first picture", first, "ms", FIRST_MS_MAX),
            Row::plain("longest: first picture, slowest", first_slowest, "ms"),
            Row::at_most("longest: seek", seek, "ms", SEEK_MS_MAX),
            Row::plain("longest: seek, slowest", seek_slowest, "ms"),
        ]);
        rows
    }

    /// The part of the section after what lies on disk.
    pub(super) fn page(&self) -> String {
        let mut text = String::new();
        self.cost(&mut text);
        self.longest(&mut text);
        text
    }

    fn cost(&self, text: &mut String) {
        let _ = writeln!(
            text,
            "### What taking a session costs the server\n\n\
             The same chunks once more, packed as the recorder packs them, sent to a new server of the \
             release build, one after the other, each session by a visitor of its own: those who show \
             the same pictures name them, and send them when they are asked to. Processor time of the \
             server, all its threads, as the system counts it: until everything is acknowledged \
             (unpacked, checked, cleaned, encrypted, synced to disk), and for putting the sessions in \
             order at once with `hitmetrix repack`, which otherwise happens in the background. MB are \
             millions of decoded bytes a second of one core until they are acknowledged. {}, {}, of \
             which others used {:.0} % of the cores when it began.\n\n\
             | site | sessions | bodies a session | on the wire, KB | decoded, KB | taken, ms | in order, ms | MB/s |\n\
             |---|---:|---:|---:|---:|---:|---:|---:|",
            machine::processor(),
            machine::memory(),
            self.busy * 100.0
        );
        let taken = &self.measured.taken;
        for site in taken.iter().chain([&Site::sum(taken)]) {
            let of = |sum: f64| site.a_session(sum);
            let _ = writeln!(
                text,
                "| {} | {:.0} | {:.1} | {:.0} | {:.0} | {:.1} | {:.1} | {:.0} |",
                site.name,
                site.sessions,
                of(site.bodies),
                of(site.wire_bytes) / 1e3,
                of(site.decoded_bytes) / 1e3,
                of(site.take_ms),
                of(site.order_ms),
                site.rate()
            );
        }
        let _ = writeln!(text);
    }

    fn longest(&self, text: &mut String) {
        let longest = &self.measured.longest;
        let _ = writeln!(
            text,
            "### How soon the longest is seen\n\n\
             Of these sessions the longest lasted {:.0} s on {}: {} page loads, {} events, {:.2} MB of \
             lines. It is opened from the list of sessions and sought with the slider to random \
             moments, in the dashboard on loopback; a time ends when the picture is drawn. A session of \
             an hour has a section of its own, *How soon a long session is seen*.\n\n\
             | what | times | median, ms | slowest, ms | budget | |\n\
             |---|---:|---:|---:|---:|---|",
            longest.duration_ms / 1000.0,
            longest.site,
            longest.page_loads,
            longest.events,
            longest.lines_bytes / MEGABYTE
        );
        for (what, times, budget) in [
            (
                "from the click to the first picture",
                &longest.first_ms,
                FIRST_MS_MAX,
            ),
            (
                "from the slider to the picture of a random moment",
                &longest.seek_ms,
                SEEK_MS_MAX,
            ),
        ] {
            let (median, slowest) = spread(times);
            let held = match median <= budget {
                true => "met".to_owned(),
                false => format!("missed by {:.1} times", median / budget),
            };
            let _ = writeln!(
                text,
                "| {what} | {} | {median:.0} | {slowest:.0} | {budget} | {held} |",
                times.len()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Measured, Site, Taken, spread};

    /// As e2e/bench/ingested.bench.ts writes it.
    const TOLD: &str = r#"{
        "taken": [{"name": "demo-shop", "sessions": 2, "bodies": 34, "wire_bytes": 53712,
            "decoded_bytes": 140167, "take_ms": 40, "order_ms": 50}],
        "longest": {"site": "demo-shop", "duration_ms": 107117, "page_loads": 2, "events": 106,
            "lines_bytes": 870851, "first_ms": [540.5, 381.1, 487.3], "seek_ms": [247.7, 26.9]}}"#;

    #[test]
    fn the_section_has_what_was_measured() -> Result<(), serde_json::Error> {
        let measured: Measured = serde_json::from_str(TOLD)?;
        let taken = Taken {
            measured,
            busy: 0.0,
        };
        let page = taken.page();
        for row in [
            "| demo-shop | 2 | 17.0 | 27 | 70 | 20.0 | 25.0 | 4 |",
            "| from the click to the first picture | 3 | 487 | 540 | 500 | met |",
        ] {
            assert!(page.contains(row), "{row} is not in\n{page}");
        }
        let missed = taken
            .rows()
            .into_iter()
            .filter(|row| row.holds == Some(false));
        assert_eq!(missed.count(), 0);
        Ok(())
    }

    #[test]
    fn all_sites_weigh_by_their_sessions_and_bytes() {
        let site = |sessions: f64, decoded_bytes: f64, take_ms: f64| Site {
            name: String::new(),
            sessions,
            bodies: 0.0,
            wire_bytes: 0.0,
            decoded_bytes,
            take_ms,
            order_ms: 0.0,
        };
        let all = Site::sum(&[site(10.0, 30e6, 1000.0), site(30.0, 10e6, 1000.0)]);
        assert!((all.a_session(all.take_ms) - 50.0).abs() < 1e-9);
        assert!((all.rate() - 20.0).abs() < 1e-9);
    }

    #[test]
    fn the_middle_and_the_last_are_of_any_order() {
        assert_eq!(spread(&[3.0, 1.0, 2.0]), (2.0, 3.0));
        assert_eq!(spread(&[]), (0.0, 0.0));
    }
}
