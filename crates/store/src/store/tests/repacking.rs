//! Repacking: whatever came in whatever order, the lines are the same before, between and after;
//! assets and bases are shared when enough visitors sent them; what is gone leaves the disk.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use hitmetrix_model::{Chunk, ChunkFacts, SessionId, VisitorId, WindowId};
use proptest::prelude::*;

use super::world::{DAY_MS, SITE, World};
use crate::lanes::samples::MONDAY_MS;
use crate::store::{ChunkSpan, Store};

/// A style sheet that is long enough to be an asset.
pub(super) fn sheet(colour: &str) -> String {
    (0..60)
        .map(|index| format!(".c{index}{{color:{colour}}}"))
        .collect()
}

/// The lines of a page's first chunk: its size and its snapshot, with a style sheet and a text.
pub(super) fn page(sheet: &str, text: &str, at_ms: i64) -> String {
    let words: Vec<String> = (0..200)
        .map(|index| {
            let id = 10 + index;
            format!(
                r#"{{"type":2,"tagName":"li","attributes":{{"class":"row r{index}"}},"childNodes":[{{"type":3,"textContent":"entry {index} of the list","id":{}}}],"id":{id}}}"#,
                1000 + index
            )
        })
        .collect();
    format!(
        r#"{{"type":4,"data":{{"href":"https://shop.example/","width":1280,"height":800}},"timestamp":{at_ms}}}
{{"type":2,"data":{{"node":{{"type":0,"childNodes":[{{"type":2,"tagName":"html","attributes":{{}},"childNodes":[{{"type":2,"tagName":"link","attributes":{{"_cssText":"{sheet}"}},"childNodes":[],"id":3}},{{"type":3,"textContent":"{text}","id":4}},{}],"id":2}}],"id":1}},"initialOffset":{{"left":0,"top":0}}}},"timestamp":{at_ms}}}
"#,
        words.join(",")
    )
}

/// Some moves of the pointer.
pub(super) fn moves(at_ms: i64, count: u32) -> String {
    (0..count)
        .map(|index| {
            let at_ms = at_ms + i64::from(index);
            format!(
                r#"{{"type":3,"data":{{"source":1,"positions":[{{"x":{index},"y":7,"id":4,"timeOffset":0}}]}},"timestamp":{at_ms}}}
"#
            )
        })
        .collect()
}

/// A chunk of a session; its visitor has the session's number.
pub(super) fn chunk(session: u128, (window, sequence): (u128, u32), lines: String) -> Chunk {
    let first_ms = MONDAY_MS + window as i64 * 120_000 + i64::from(sequence) * 5000;
    Chunk {
        facts: ChunkFacts {
            site: SITE,
            visitor: VisitorId(session),
            cookieless: false,
            session: SessionId(session),
            window: WindowId(window),
            sequence,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms,
            last_ms: first_ms + 4900,
            received_at_ms: first_ms + 5000,
            events: lines.lines().count() as u32,
            snapshot: lines.contains(r#""type":2,"data""#),
            path: format!("/page/{window}"),
            piece: None,
        },
        bytes: lines.into_bytes(),
    }
}

pub(super) fn span(session: u128, window: u128, sequences: (u32, u32)) -> ChunkSpan {
    ChunkSpan {
        session: SessionId(session),
        window: WindowId(window),
        sequence: sequences.0,
        last_sequence: sequences.1,
        keyframe: false,
    }
}

/// What a store should have: the lines of each chunk.
type Expected = BTreeMap<(u128, u32), Vec<u8>>;

async fn check(store: &Store, session: u128, expected: &Expected) {
    let found = store.recording(SITE, SessionId(session)).await.unwrap();
    let Some((summary, rows)) = found else {
        assert!(expected.is_empty());
        return;
    };
    assert_eq!(summary.chunks as usize, expected.len());
    // The rows cover each chunk once.
    let mut covered = Vec::new();
    for row in &rows {
        covered.extend((row.sequence..=row.last_sequence).map(|at| (row.window.0, at)));
    }
    covered.sort_unstable();
    assert!(covered.iter().eq(expected.keys()), "{covered:?}");
    for ((window, sequence), lines) in expected {
        let one = span(session, *window, (*sequence, *sequence));
        let found = store.chunk(SITE, one).await.unwrap();
        assert_eq!(found.as_ref(), Some(lines), "{window} {sequence}");
    }
    for row in &rows {
        let all = span(session, row.window.0, (row.sequence, row.last_sequence));
        let found = store.chunk(SITE, all).await.unwrap().unwrap();
        let within = (row.window.0, row.sequence)..=(row.window.0, row.last_sequence);
        let lines: Vec<&[u8]> = expected.range(within).map(|one| &one.1[..]).collect();
        assert_eq!(found, lines.concat());
        let events = |lines: &&[u8]| String::from_utf8_lossy(lines).lines().count();
        assert_eq!(row.events as usize, lines.iter().map(events).sum::<usize>());
    }
}

#[derive(Debug, Clone)]
enum Step {
    Send(usize),
    Seal,
    Repack,
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0usize..24).prop_map(Step::Send),
        2 => Just(Step::Seal),
        2 => Just(Step::Repack),
        1 => Just(Step::Kill),
    ]
}

/// The chunks of a session that are sent in any order: two windows of twelve, of which one has a
/// second snapshot, one has a chunk without a line feed at its end, and one an empty line.
fn session_chunks() -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for window in [1, 2] {
        for sequence in 0..12 {
            let at_ms = MONDAY_MS + i64::from(sequence);
            let lines = match (window, sequence) {
                (_, 0) | (1, 7) => page(&sheet("red"), &format!("w{window} é \u{fdd0}"), at_ms),
                (2, 5) => moves(at_ms, 3).trim_end().to_owned(),
                (2, 6) => format!("\nno json {{\n{}", moves(at_ms, 2)),
                _ => moves(at_ms, 5),
            };
            chunks.push(chunk(1, (window, sequence), lines));
        }
    }
    chunks
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Any order of arrival, duplicates, holes, late chunks, repacks and kills in between.
    #[test]
    fn lines_are_the_same_whatever_happens(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let world = World::new();
            let mut store = world.open().await;
            let all = session_chunks();
            let mut expected = Expected::new();
            for step in steps {
                match step {
                    Step::Send(index) => {
                        let chunk = all[index].clone();
                        let key = (chunk.facts.window.0, chunk.facts.sequence);
                        let bytes = chunk.bytes.clone();
                        let receipt = store.append_chunk(chunk).await.unwrap();
                        assert_eq!(receipt.duplicate, expected.insert(key, bytes).is_some());
                    }
                    Step::Seal => drop(store.seal().await.unwrap()),
                    Step::Repack => {
                        let report = store.repack(SITE, 0).await.unwrap();
                        assert_eq!(report.failed, 0);
                    }
                    Step::Kill => store = world.reopen(store).await,
                }
                if let Step::Repack | Step::Kill = step {
                    check(&store, 1, &expected).await;
                }
            }
            check(&store, 1, &expected).await;
            store.seal().await.unwrap();
            store.repack(SITE, 0).await.unwrap();
            check(&store, 1, &expected).await;
            assert_eq!(store.doctor().await, []);
            let again = store.repack(SITE, 0).await.unwrap();
            assert_eq!(again.recordings, 0, "what is in order stays as it is");
            let store = world.reopen(store).await;
            check(&store, 1, &expected).await;
            assert_eq!(store.doctor().await, []);
        });
    }
}

fn files(world: &World) -> Vec<(String, u64)> {
    let folder = world.data().join("recordings/site=1");
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<(String, u64)> = entries
        .map(|file| file.unwrap())
        .map(|file| {
            let name = file.file_name().into_string().unwrap();
            (name, file.metadata().unwrap().len())
        })
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn a_session_becomes_few_segments_and_its_old_packs_leave_the_disk() {
    let world = World::new();
    let store = world.open().await;
    let mut expected = Expected::new();
    for sequence in 0..36 {
        let lines = match sequence {
            0 | 20 => page(&sheet("red"), "hello", MONDAY_MS),
            _ => moves(MONDAY_MS, 4),
        };
        // One that is lost, and one that comes late.
        if sequence == 8 || sequence == 9 {
            continue;
        }
        let chunk = chunk(1, (1, sequence), lines);
        expected.insert((1, sequence), chunk.bytes.clone());
        store.append_chunk(chunk).await.unwrap();
        if sequence % 10 == 0 {
            store.seal().await.unwrap();
        }
    }
    store.seal().await.unwrap();
    assert_eq!(files(&world).len(), 5);
    let early = store.repack(SITE, 10 * DAY_MS).await.unwrap();
    assert_eq!(early.recordings, 0, "it is not over yet");
    let report = store.repack(SITE, 0).await.unwrap();
    // 0 to 7, 10 to 19, 20 with its snapshot to 31 (a minute), the rest.
    assert_eq!((report.recordings, report.segments), (1, 4));
    assert!(report.bytes_after * 3 < report.bytes_before, "{report:?}");
    assert_eq!(files(&world).len(), 1);
    let rows = |rows: Vec<hitmetrix_model::ChunkRow>| -> Vec<(u32, u32, bool)> {
        let each = rows.iter();
        each.map(|row| (row.sequence, row.last_sequence, row.snapshot))
            .collect()
    };
    let (summary, found) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
    let segments = [
        (0, 7, true),
        (10, 19, false),
        (20, 31, true),
        (32, 35, false),
    ];
    assert_eq!(rows(found), segments);
    assert_eq!(summary.chunks_missing, 2);
    check(&store, 1, &expected).await;

    let late = chunk(1, (1, 9), moves(MONDAY_MS, 1));
    expected.insert((1, 9), late.bytes.clone());
    store.append_chunk(late).await.unwrap();
    check(&store, 1, &expected).await;
    store.seal().await.unwrap();
    check(&store, 1, &expected).await;
    let (summary, found) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
    assert_eq!(rows(found)[1], (9, 9, false), "it is its own row");
    assert_eq!(summary.chunks_missing, 1);
    store.repack(SITE, 0).await.unwrap();
    let (_, found) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
    assert_eq!(
        rows(found)[1],
        (9, 19, false),
        "now it is part of the segment"
    );
    check(&store, 1, &expected).await;
    // What is left of the first pack is the sheet; the rest of its bytes goes when it is tidied.
    store.tidy_recordings(SITE).await.unwrap();
    check(&store, 1, &expected).await;
    let plan = store.storage_plan(&super::recording::site()).await.unwrap();
    let bytes: u64 = files(&world).iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(bytes, 2 * 8 + plan.recording_bytes + plan.own_bytes);
}

async fn stored_bytes(store: &Store, session: u128) -> u64 {
    let found = store.recording(SITE, SessionId(session)).await.unwrap();
    found.unwrap().0.stored_bytes
}

#[tokio::test]
async fn a_sheet_is_shared_and_a_page_has_a_base_from_the_fifth_visitor_on() {
    let world = World::new();
    let store = world.open().await;
    let sheet = sheet("red");
    let mut expected: BTreeMap<u128, Vec<u8>> = BTreeMap::new();
    for session in 1..=7 {
        let mut page_of = chunk(
            session,
            (session + 100, 0),
            page(&sheet, &format!("Hello {session}"), MONDAY_MS),
        );
        page_of.facts.path = "/".to_owned();
        expected.insert(session, page_of.bytes.clone());
        store.append_chunk(page_of).await.unwrap();
        store.seal().await.unwrap();
        let report = store.repack(SITE, 0).await.unwrap();
        let shared = u64::from(session == 5);
        assert_eq!((report.assets_shared, report.bases), (shared, shared));
        if session < 5 {
            assert!(report.asset_bytes > 0, "each of the first has its own");
        } else if session > 5 {
            assert_eq!(report.asset_bytes, 0);
        }
    }
    let first = stored_bytes(&store, 1).await;
    let last = stored_bytes(&store, 7).await;
    assert!(last < 400, "{last}");
    assert!(
        first < 400,
        "those who waited are packed against it too: {first}"
    );
    store.tidy_recordings(SITE).await.unwrap();
    for session in 1..=7 {
        let found = store.chunk(SITE, span(session, session + 100, (0, 0)));
        assert_eq!(found.await.unwrap().as_ref(), expected.get(&session));
    }
    assert_eq!(store.doctor().await, []);
    // The visitors' own copies are gone, and all that is shared lies in packs of its own.
    let site = super::recording::site();
    let plan = store.storage_plan(&site).await.unwrap();
    assert_eq!(plan.own_bytes, 0);
    assert!(plan.shared_bytes > 0);
    let names = files(&world);
    assert!(names.iter().any(|(name, _)| name.starts_with("shared-")));
    // Without any recording that names it, what is shared goes too.
    world
        .clock
        .0
        .store(MONDAY_MS + 40 * DAY_MS, Ordering::Relaxed);
    assert_eq!(store.expire(&site).await.unwrap().recordings, 7);
    store.tidy_recordings(SITE).await.unwrap();
    assert_eq!(files(&world), []);
}

#[tokio::test]
async fn a_recording_that_cannot_be_read_does_not_keep_the_others_from_being_repacked() {
    let world = World::new();
    let store = world.open().await;
    for session in 1..=3 {
        let lines = page(&sheet("red"), "hello", MONDAY_MS);
        let one = chunk(session, (session + 100, 0), lines);
        store.append_chunk(one).await.unwrap();
        store.seal().await.unwrap();
    }
    // The bytes of the second are damaged, the pack of the third is lost.
    let catalog = &store.inner.catalog;
    let place = async |session| {
        let chunks = catalog.chunks(SITE, SessionId(session)).await.unwrap();
        chunks[0].place.clone()
    };
    let path = store.inner.paths.pack(&place(2).await.pack);
    let mut bytes = std::fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    std::fs::remove_file(store.inner.paths.pack(&place(3).await.pack)).unwrap();
    let report = store.repack(SITE, 0).await.unwrap();
    assert_eq!((report.recordings, report.failed), (1, 2));
    let again = store.repack(SITE, 0).await.unwrap();
    assert_eq!(
        (again.recordings, again.failed),
        (0, 0),
        "not at once again"
    );
    world.clock.0.fetch_add(1, Ordering::Relaxed);
    assert_eq!(store.repack(SITE, 0).await.unwrap().failed, 2);
    assert_eq!(store.doctor().await.len(), 2);
}

/// A change of the page's own text.
fn change(at_ms: i64, text: &str) -> String {
    format!(
        r#"{{"type":3,"data":{{"source":0,"texts":[{{"id":4,"value":"{text}"}}],"attributes":[],"removes":[],"adds":[]}},"timestamp":{at_ms}}}
"#
    )
}

#[tokio::test]
async fn a_long_session_is_put_in_order_while_it_goes_on() {
    const IDLE_MS: i64 = 1_800_000;
    let world = World::new();
    let store = world.open().await;
    let mut expected = Expected::new();
    // Chunks of five seconds up to a number, and how many recordings are put in order then.
    for (until, recordings) in [
        (100, 0),
        (130, 1),
        (130, 0),
        (150, 0),
        (260, 1),
        (380, 1),
        (490, 0),
    ] {
        for sequence in expected.len() as u32..until {
            let at_ms = MONDAY_MS + i64::from(sequence) * 5000;
            let lines = match sequence {
                0 => page(&sheet("red"), "hello", at_ms),
                _ => change(at_ms, &format!("{sequence}")),
            };
            let chunk = chunk(1, (1, sequence), lines);
            world
                .clock
                .0
                .store(chunk.facts.received_at_ms + 1000, Ordering::Relaxed);
            expected.insert((1, sequence), chunk.bytes.clone());
            store.append_chunk(chunk).await.unwrap();
        }
        store.seal().await.unwrap();
        let report = store.repack(SITE, IDLE_MS).await.unwrap();
        assert_eq!(
            (report.recordings, report.failed),
            (recordings, 0),
            "{until}"
        );
        check(&store, 1, &expected).await;
    }
    let (_, rows) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
    let last = rows.iter().rfind(|row| row.keyframe).unwrap();
    assert!((300..380).contains(&last.sequence), "{}", last.sequence);
    assert_eq!(store.doctor().await, []);
}

#[tokio::test]
async fn a_segment_in_the_middle_of_a_page_load_has_a_keyframe_for_whoever_asks() {
    let world = World::new();
    let store = world.open().await;
    let mut expected = Expected::new();
    // Five minutes: something changes in the first and the third.
    for sequence in (0..60).filter(|sequence| *sequence != 25) {
        let at_ms = MONDAY_MS + i64::from(sequence) * 5000;
        let lines = match sequence {
            0 => page(&sheet("red"), "hello", at_ms),
            1..12 | 24..36 => (0..40)
                .map(|index| change(at_ms, &format!("{sequence}.{index}")))
                .collect(),
            _ => moves(at_ms, 4),
        };
        let chunk = chunk(1, (1, sequence), lines);
        expected.insert((1, sequence), chunk.bytes.clone());
        store.append_chunk(chunk).await.unwrap();
    }
    store.seal().await.unwrap();
    store.repack(SITE, 0).await.unwrap();
    let rows = async || {
        let (_, rows) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
        let each = rows.into_iter();
        each.map(|row| (row.sequence, row.snapshot, row.keyframe))
            .collect::<Vec<_>>()
    };
    let before = [
        (0, true, false),
        (12, false, true),
        (24, false, false),
        (26, false, true),
        (38, false, true),
        (50, false, false),
    ];
    assert_eq!(rows().await, before);
    check(&store, 1, &expected).await;
    let asked = async |sequence, last_sequence| {
        let span = ChunkSpan {
            keyframe: true,
            ..span(1, 1, (sequence, last_sequence))
        };
        String::from_utf8(store.chunk(SITE, span).await.unwrap().unwrap()).unwrap()
    };
    let with = asked(12, 23).await;
    let own: Vec<u8> = (12..24)
        .flat_map(|sequence| expected[&(1, sequence)].clone())
        .collect();
    let made = with
        .strip_suffix(std::str::from_utf8(&own).unwrap())
        .expect("its own lines follow");
    let remark = made.lines().next().unwrap();
    let count = made.lines().count() - 1;
    assert!(
        remark.contains(&format!(
            r#""tag":"hm-keyframe","payload":{{"lines":{count}}}"#
        )),
        "{remark}"
    );
    assert!(made.contains("11.39") && made.contains(".c59{color:red}"));
    // Not before other chunks of the segment, and not where there is none.
    assert_eq!(
        asked(13, 23).await.into_bytes(),
        own[expected[&(1, 12)].len()..]
    );
    assert_eq!(asked(0, 0).await.into_bytes(), expected[&(1, 0)]);

    // What came late is in it once the recording is put in order again.
    let late = chunk(1, (1, 25), change(MONDAY_MS + 125_000, "late"));
    expected.insert((1, 25), late.bytes.clone());
    store.append_chunk(late).await.unwrap();
    store.seal().await.unwrap();
    store.repack(SITE, 0).await.unwrap();
    assert_eq!(rows().await, before);
    assert!(
        asked(26, 37)
            .await
            .lines()
            .nth(2)
            .unwrap()
            .contains("\"late\"")
    );
    check(&store, 1, &expected).await;
    assert_eq!(store.doctor().await, []);
}
