//! How fast the engine folds: a few usual questions over random events in memory.
//!
//! `cargo run --release -p hitmetrix-insights --example fold_speed -- 5000000` prints the median
//! of five runs of each. Events lie in runs of one shard and one week, as parts do.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs
)]

use std::sync::Arc;
use std::time::Instant;

use hitmetrix_insights::{Asked, Unmetered, ask};
use hitmetrix_model::{
    Context, Event, Mode, Origin, Page, PersonKey, Properties, Question, Sender, SessionId, SiteId,
    VisitorId, WindowId,
};
use hitmetrix_store::lanes::{Run, SHARDS, shard_of};
use hitmetrix_store::{Snapshot, StoredEvent};

const WEEK_MS: i64 = 7 * 24 * 3600 * 1000;
const WEEKS: i64 = 4;
const FROM_MS: i64 = 1_767_225_600_000;

fn mixed(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An event of a power law over persons, pages and names; about eight in a session.
fn event(number: u64, week: i64, persons: u64) -> StoredEvent {
    let dice = |what: u64| mixed(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (what << 56));
    let share = |what: u64| (dice(what) >> 11) as f64 / (1u64 << 53) as f64;
    let person = u128::from(mixed((share(1).powi(3) * persons as f64) as u64 + 1)) << 64;
    let hour = dice(2) % (7 * 24);
    let time_ms = FROM_MS + week * WEEK_MS + hour as i64 * 3_600_000 + (dice(3) % 1_800_000) as i64;
    let session = person | (u128::from(week as u64) << 32) | u128::from(hour / 12);
    let names = [
        "pageview",
        "pageview",
        "click",
        "page_leave",
        "purchase",
        "form_focus",
    ];
    let arrives = dice(8).is_multiple_of(8);
    let text = |of: &[&str], what| of[dice(what) as usize % of.len()].to_owned();
    StoredEvent {
        received_at_ms: time_ms,
        origin: Origin::Browser,
        person: PersonKey(person),
        sender: Sender {
            visitor: VisitorId(person),
            session: SessionId(session),
            window: WindowId(session),
            mode: Mode::Persistent,
            context: Context {
                country: text(&["AT", "DE", "CH", "US", "FR"], 9),
                browser: text(&["Chrome", "Safari", "Firefox"], 10),
                ..Context::default()
            },
        },
        event: Event {
            sender: 0,
            name: text(&names, 4),
            time_ms,
            sequence: number as u32,
            external: None,
            page: Page {
                path: format!("/page/{}", (share(5).powi(3) * 2000.0) as u32),
                ..Page::default()
            },
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: if arrives {
                text(&["Email", "Organic search"], 6)
            } else {
                String::new()
            },
            source: if arrives {
                text(&["letter", "google"], 7)
            } else {
                String::new()
            },
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties: Properties::new(),
        },
    }
}

fn runs(events: u64) -> Vec<Arc<Run>> {
    let mut runs = Vec::new();
    let weekly = events / WEEKS as u64;
    for week in 0..WEEKS {
        let mut shards = vec![Vec::new(); usize::from(SHARDS)];
        for number in 0..weekly {
            let event = event(week as u64 * weekly + number, week, events / 20);
            shards[usize::from(shard_of(event.person))].push(event);
        }
        for (shard, rows) in shards.into_iter().enumerate() {
            runs.push(Arc::new(Run::from_rows(shard as u16, rows)));
        }
    }
    runs
}

fn main() {
    let events = std::env::args()
        .nth(1)
        .map_or(2_000_000, |text| text.parse().unwrap());
    let snapshot = Snapshot::of_runs(SiteId(1), runs(events));
    let period = format!(
        r#""period": {{"from_ms": {FROM_MS}, "to_ms": {}}}"#,
        FROM_MS + WEEKS * WEEK_MS
    );
    let questions = [
        (
            "events per day of one name",
            r#""kind": "trend", "interval": "day", "measures": ["events"], "filters": [{"dimension": "event", "operator": "is", "values": ["purchase"]}]"#,
        ),
        (
            "the same with unique persons",
            r#""kind": "trend", "interval": "day", "measures": ["events", "persons"], "filters": [{"dimension": "event", "operator": "is", "values": ["purchase"]}]"#,
        ),
        (
            "top 20 pages by unique persons",
            r#""kind": "breakdown", "dimension": "page", "limit": 20, "measures": ["persons"]"#,
        ),
        (
            "all totals",
            r#""kind": "totals", "measures": ["persons", "visitors", "sessions", "pageviews", "events", "bounce_rate", "engaged_time", "pages_per_session"]"#,
        ),
        (
            "sources by sessions, bounce rate",
            r#""kind": "breakdown", "dimension": "source", "measures": ["sessions", "bounce_rate"]"#,
        ),
        (
            "countries by persons",
            r#""kind": "breakdown", "dimension": "country", "measures": ["persons"]"#,
        ),
        (
            "entry pages by sessions",
            r#""kind": "breakdown", "dimension": "entry_page", "measures": ["sessions"]"#,
        ),
        ("newest 100 sessions", r#""kind": "sessions""#),
    ];
    println!(
        "{events} events in {} runs, milliseconds, median of 5",
        snapshot.runs.len()
    );
    for (name, rest) in questions {
        let question: Question = serde_json::from_str(&format!("{{{period}, {rest}}}")).unwrap();
        let asked = Asked {
            question: &question,
            site_time_zone: "Europe/Berlin",
            session_idle_ms: 1_800_000,
            now_ms: FROM_MS + WEEKS * WEEK_MS,
        };
        let mut took: Vec<f64> = (0..5)
            .map(|_| {
                let start = Instant::now();
                let answer = ask(&snapshot, &asked, &Unmetered).unwrap();
                assert!(!answer.rows.is_empty());
                start.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        took.sort_by(f64::total_cmp);
        println!("{name:36} {:8.1}", took[2]);
    }
}
