//! What recordings of made-up visitors take at rest: `cargo run -p hitmetrix-store --example
//! recordings -- [SESSIONS]` (300 when absent). Each visits three of eight pages; a page has a
//! style sheet, a fixed text, a few words of its visitor's own, moves of a pointer as a random walk
//! and a few changes. Prints bytes a session: lines, chunks as they came, segments, what is shared,
//! the catalog. It says what headers and rows cost; what real pages cost, real recordings say.

#![allow(clippy::print_stdout, reason = "it speaks to a person at a terminal")]
#![allow(clippy::unwrap_used, reason = "what fails here ends the measurement")]
#![allow(clippy::disallowed_methods, reason = "it is timed for that person")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use hitmetrix_model::{
    Chunk, ChunkFacts, SessionId, Site, SiteId, SiteSettings, VisitorId, WindowId,
};
use hitmetrix_store::{Clock, Randomness, Store, StoreConfig};

const SITE: SiteId = SiteId(1);
const START_MS: i64 = 1_767_571_200_000;
const PAGES: u64 = 8;
const VISITED: u64 = 3;
const CHUNKS: u32 = 7;

struct At(i64);

impl Clock for At {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

/// SplitMix64.
struct Seeded(AtomicU64);

impl Seeded {
    fn next(&self) -> u64 {
        let mut mixed = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&self, bound: u64) -> u64 {
        self.next() % bound
    }
}

impl Randomness for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.next().to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

fn words(random: &Seeded, count: u64) -> String {
    let mut text = String::new();
    for _ in 0..count {
        let length = 2 + random.below(7);
        for _ in 0..length {
            text.push(char::from(b'a' + random.below(26) as u8));
        }
        text.push(' ');
    }
    text
}

fn sheet(page: u64) -> String {
    let random = Seeded(AtomicU64::new(1000 + page % 2));
    (0..300)
        .map(|rule| format!(".c{rule}{{margin:{}px}}", random.below(99)))
        .collect()
}

fn snapshot(page: u64, own: &str, at_ms: i64) -> String {
    let random = Seeded(AtomicU64::new(page));
    let mut nodes = String::new();
    for node in 0..400_u64 {
        let text = match node % 40 {
            7 => format!("{own} {node}"),
            _ => words(&random, 6),
        };
        write!(
            nodes,
            r#",{{"type":2,"tagName":"div","attributes":{{"class":"c{}"}},"childNodes":[{{"type":3,"textContent":"{text}","id":{}}}],"id":{}}}"#,
            random.below(300),
            1000 + node,
            10 + node
        )
        .unwrap();
    }
    format!(
        r#"{{"type":4,"data":{{"href":"https://shop.example/{page}","width":1280,"height":800}},"timestamp":{at_ms}}}
{{"type":2,"data":{{"node":{{"type":0,"childNodes":[{{"type":2,"tagName":"link","attributes":{{"_cssText":"{}"}},"childNodes":[],"id":3}}{nodes}],"id":1}},"initialOffset":{{"left":0,"top":0}}}},"timestamp":{at_ms}}}
"#,
        sheet(page)
    )
}

fn events(random: &Seeded, at_ms: i64) -> String {
    let mut lines = String::new();
    let (mut x, mut y) = (random.below(1000) as i64, random.below(700) as i64);
    for step in 0..10 {
        let at_ms = at_ms + step * 480;
        let mut positions = String::new();
        for offset in 0..6_i64 {
            x += random.below(41) as i64 - 20;
            y += random.below(31) as i64 - 15;
            let comma = if offset == 0 { "" } else { "," };
            let id = 10 + random.below(400);
            let back = (offset - 5) * 50;
            write!(
                positions,
                r#"{comma}{{"x":{x},"y":{y},"id":{id},"timeOffset":{back}}}"#
            )
            .unwrap();
        }
        writeln!(
            lines,
            r#"{{"type":3,"data":{{"source":1,"positions":[{positions}]}},"timestamp":{at_ms}}}"#
        )
        .unwrap();
    }
    let id = 10 + random.below(400);
    writeln!(
        lines,
        r#"{{"type":3,"data":{{"source":0,"texts":[],"attributes":[{{"id":{id},"attributes":{{"class":"c{} open"}}}}],"removes":[],"adds":[]}},"timestamp":{}}}"#,
        random.below(300),
        at_ms + 4900
    )
    .unwrap();
    lines
}

fn chunk(session: u64, (page, sequence): (u64, u32), lines: String, at_ms: i64) -> Chunk {
    Chunk {
        facts: ChunkFacts {
            site: SITE,
            visitor: VisitorId(u128::from(session) << 64 | 0x5eed_5eed_5eed_5eed),
            cookieless: false,
            session: SessionId(u128::from(session) << 70 | 0x1234_5678_9abc_def0),
            window: WindowId(u128::from(session * 16 + page) << 66 | 0x0fed_cba9_8765_4321),
            sequence,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms: at_ms,
            last_ms: at_ms + 4900,
            received_at_ms: at_ms + 5000,
            events: lines.lines().count() as u32,
            snapshot: sequence == 0,
            path: format!("/products/{page}"),
            piece: None,
        },
        bytes: lines.into_bytes(),
    }
}

fn bytes_below(folder: &Path) -> u64 {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => bytes_below(&entry.path()),
            false => entry.metadata().unwrap().len(),
        })
        .sum()
}

#[tokio::main]
async fn main() {
    let sessions: u64 = std::env::args()
        .nth(1)
        .map_or(300, |count| count.parse().unwrap());
    let folder = std::env::temp_dir().join(format!("recordings-{}", std::process::id()));
    let random = Arc::new(Seeded(AtomicU64::new(7)));
    let clock = Arc::new(At(START_MS + 30 * 24 * 3_600_000));
    let store = Store::open(StoreConfig::new(folder.clone(), clock, random.clone()))
        .await
        .unwrap();
    let (mut lines_bytes, mut came_bytes, mut repack_s) = (0_u64, 0_u64, 0.0);
    let mut last = (0_u64, 0_u64);
    for session in 1..=sessions {
        let mut at_ms = START_MS + session as i64 * 60_000;
        for visit in 0..VISITED {
            let page = (session + visit * 3 + random.below(2)) % PAGES;
            for sequence in 0..CHUNKS {
                let lines = match sequence {
                    0 => snapshot(page, &format!("Visitor {session}"), at_ms),
                    _ => events(&random, at_ms),
                };
                lines_bytes += lines.len() as u64;
                let window = visit * 8 + page;
                let chunk = chunk(session, (window, sequence), lines, at_ms);
                store.append_chunk(chunk).await.unwrap();
                at_ms += 5000;
            }
        }
        if session % 20 == 0 || session == sessions {
            store.seal().await.unwrap();
            let begun = Instant::now();
            let report = store.repack(SITE, 0).await.unwrap();
            repack_s += begun.elapsed().as_secs_f64();
            came_bytes += report.bytes_before;
            last = (
                report.bytes_after + report.asset_bytes + report.base_bytes,
                report.recordings,
            );
        }
    }
    store.tidy_recordings(SITE).await.unwrap();
    let plan = store.storage_plan(&site()).await.unwrap();
    let backup = folder.join("backup");
    store.backup(&backup).await.unwrap();
    let catalog = std::fs::metadata(backup.join("catalog.db")).unwrap().len();
    let each = |bytes: u64| bytes / sessions;
    println!("{sessions} sessions of {VISITED} pages, {CHUNKS} chunks each; bytes a session:");
    println!("lines                       {:>8}", each(lines_bytes));
    println!("read by repacks             {:>8}", each(came_bytes));
    println!(
        "segments                    {:>8}",
        each(plan.recording_bytes)
    );
    println!("shared assets and bases     {:>8}", each(plan.shared_bytes));
    println!("assets under visitors' keys {:>8}", each(plan.own_bytes));
    println!(
        "packs on disk               {:>8}",
        each(bytes_below(&folder.join("recordings")))
    );
    println!("catalog                     {:>8}", each(catalog));
    println!(
        "the last {} sessions         {:>8}",
        last.1,
        last.0 / last.1.max(1)
    );
    println!("seconds of repacking        {repack_s:>8.1}");
    drop(store);
    std::fs::remove_dir_all(&folder).unwrap();
}

fn site() -> Site {
    Site {
        id: SITE,
        name: "shop".to_owned(),
        domains: Vec::new(),
        key: String::new(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings::default(),
    }
}
