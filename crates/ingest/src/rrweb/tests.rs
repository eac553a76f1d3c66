//! Recordings of other programs become windows, chunks and events, the same at each run.

use hitmetrix_model::{Site, SiteSettings};
use serde_json::{Value, json};

use super::*;
use crate::Lookups;

const FILE: &str = "a recording";

fn site() -> Site {
    let mut settings = SiteSettings::default();
    settings.rules.blocked = vec!["/secret*".to_owned()];
    Site {
        id: SiteId(3),
        name: "Shop".to_owned(),
        domains: vec!["shop.example".to_owned()],
        key: "k".to_owned(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings,
    }
}

/// Imports events, given to the importer in so many pieces.
fn import(events: &[Value], at_ms: Option<i64>, pieces: usize) -> Imported {
    let (site, lookups) = (site(), Lookups::new());
    let facts = ImportFacts {
        site: &site,
        secret: &[0; 32],
        received_at_ms: 99,
        lookups: &lookups,
    };
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    let first = lines.first().map_or(&b""[..], |line| line.as_bytes());
    let mut state = State::new(Identity::of(site.id, FILE, first), at_ms);
    let mut all = Imported::default();
    for piece in lines.chunks(lines.len().div_ceil(pieces).max(1)) {
        let mut importer = Importer::new(facts, state);
        piece.iter().for_each(|line| importer.push(line.as_bytes()));
        let (imported, next) = importer.take();
        all.extend(imported);
        state = next;
    }
    all.extend(Importer::new(facts, state).finish());
    all
}

fn meta(href: &str, timestamp: i64) -> Value {
    json!({"type": 4, "data": {"href": href, "width": 800, "height": 600}, "timestamp": timestamp})
}

fn picture(timestamp: i64) -> Value {
    json!({"type": 2, "timestamp": timestamp, "data": {
        "node": {"type": 0, "id": 1, "childNodes": []}, "initialOffset": {"left": 0, "top": 0}}})
}

fn scroll(timestamp: i64) -> Value {
    json!({"type": 3, "data": {"source": 3, "id": 1, "x": 0, "y": 9}, "timestamp": timestamp})
}

fn plain(kind: u8, timestamp: i64) -> Value {
    json!({"type": kind, "data": {}, "timestamp": timestamp})
}

fn of_window(window: u128) -> Value {
    json!({"type": 5, "data": {"tag": "hm-window", "payload": {"window": WindowId(window)}}, "timestamp": 1})
}

/// Number of the window, sequence, whether it has a snapshot, times and path of each chunk.
type Told = (usize, u32, bool, i64, i64, String);

fn chunks(imported: &Imported) -> Vec<Told> {
    let mut windows = Vec::new();
    let told = imported.chunks.iter().map(|chunk| {
        let facts = &chunk.facts;
        let known = windows.iter().position(|window| *window == facts.window);
        let window = known.unwrap_or_else(|| {
            windows.push(facts.window);
            windows.len() - 1
        });
        let path = facts.path.clone();
        (
            window,
            facts.sequence,
            facts.snapshot,
            facts.first_ms,
            facts.last_ms,
            path,
        )
    });
    told.collect()
}

fn events(imported: &Imported) -> Vec<(String, i64, String)> {
    let events = imported.batches.iter().flat_map(|batch| &batch.events);
    let told = |event: &hitmetrix_model::Event| {
        let page = format!("{}{}", event.page.host, event.page.path);
        (event.name.clone(), event.time_ms, page)
    };
    events.map(told).collect()
}

#[test]
fn pages_become_windows_chunks_and_events() {
    let imported = import(
        &[
            plain(0, 1000),
            plain(1, 1050),
            meta("https://shop.example/?utm_source=n&q=1", 1100),
            picture(1101),
            scroll(1500),
            // The same page once more, as recorders do now and then.
            meta("https://shop.example/?utm_source=n&q=1", 2000),
            picture(2000),
            scroll(2500),
            // Another one.
            meta("https://shop.example/cart", 3000),
            picture(3001),
            scroll(40_000),
            // The same address, but loaded anew.
            plain(0, 41_000),
            meta("https://shop.example/cart", 41_010),
            picture(41_020),
            plain(1, 41_030),
            scroll(41_500),
        ],
        None,
        1,
    );
    let expected = [
        (0, 0, true, 1000, 1500, "/"),
        (0, 1, true, 2000, 2500, "/"),
        (1, 0, true, 3000, 3001, "/cart"),
        (1, 1, false, 40_000, 40_000, "/cart"),
        (2, 0, true, 41_000, 41_500, "/cart"),
    ];
    let expected = expected.map(|(window, sequence, snapshot, first, last, path)| {
        (window, sequence, snapshot, first, last, path.to_owned())
    });
    assert_eq!(chunks(&imported), expected);
    let expected = [
        ("pageview", 1100, "shop.example/"),
        ("page_leave", 2500, "shop.example/"),
        ("pageview", 3000, "shop.example/cart"),
        ("page_leave", 40_000, "shop.example/cart"),
        ("pageview", 41_010, "shop.example/cart"),
        ("page_leave", 41_500, "shop.example/cart"),
    ];
    let expected =
        expected.map(|(name, time_ms, page)| (name.to_owned(), time_ms, page.to_owned()));
    assert_eq!(events(&imported), expected);
    let first = &imported.batches[0];
    assert_eq!(first.events[0].page.query, "utm_source=n");
    assert_eq!(first.senders.len(), 1);
    let session = first.senders[0].session;
    assert!(
        imported
            .chunks
            .iter()
            .all(|chunk| chunk.facts.session == session)
    );
    assert!(imported.rejected.is_empty(), "{:?}", imported.rejected);
}

#[test]
fn pieces_change_nothing_and_ids_come_from_the_file() {
    let recording = || {
        let mut events = vec![meta("http://a.example/", 0), picture(1)];
        events.extend((0..400).map(|number| scroll(number * 500)));
        events.push(meta("http://a.example/x", 200_000));
        events.push(picture(200_001));
        events
    };
    let whole = import(&recording(), None, 1);
    assert!(whole.chunks.len() > 6, "{}", whole.chunks.len());
    for pieces in [2, 7, 402] {
        let again = import(&recording(), None, pieces);
        assert_eq!(again.chunks, whole.chunks);
        let ids = |imported: &Imported| -> Vec<_> {
            let events = imported.batches.iter().flat_map(|batch| &batch.events);
            events.map(|event| event.external.unwrap()).collect()
        };
        assert_eq!(ids(&again), ids(&whole));
    }
}

#[test]
fn large_events_get_chunks_of_their_own() {
    let text = "word ".repeat(40_000);
    let mutation = |timestamp: i64| {
        json!({"type": 3, "timestamp": timestamp, "data": {"source": 0, "adds": [], "removes": [],
            "attributes": [], "texts": [{"id": 3, "value": text}]}})
    };
    let events = [
        meta("http://a.example/", 1),
        picture(2),
        mutation(3),
        mutation(4),
        scroll(5),
    ];
    let imported = import(&events, None, 1);
    let sizes: Vec<usize> = imported
        .chunks
        .iter()
        .map(|chunk| chunk.bytes.len())
        .collect();
    assert_eq!(sizes.len(), 2, "{sizes:?}");
    let stored: u32 = imported.chunks.iter().map(|chunk| chunk.facts.events).sum();
    assert_eq!(stored, 5);
}

#[test]
fn our_own_export_keeps_session_visitor_and_windows() {
    let (session, visitor) = (SessionId(7), VisitorId(8));
    let named = json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-session",
        "payload": {"session": session, "visitor": visitor}}});
    let imported = import(
        &[
            named,
            of_window(1),
            meta("http://a.example/1", 1),
            picture(2),
            of_window(2),
            meta("http://a.example/2", 3),
            picture(4),
            of_window(1),
            scroll(5),
            meta("http://a.example/1", 6),
            picture(6),
        ],
        None,
        1,
    );
    let mut told = chunks(&imported);
    told.sort();
    let places: Vec<_> = told
        .iter()
        .map(|chunk| (chunk.0, chunk.1, chunk.4))
        .collect();
    assert_eq!(places, [(0, 0, 5), (0, 1, 6), (1, 0, 4)]);
    let facts = &imported.chunks[0].facts;
    assert_eq!((facts.session, facts.visitor), (session, visitor));
}

#[test]
fn a_recording_can_be_put_at_another_time() {
    let imported = import(&[meta("http://a.example/", 5), picture(7)], Some(1_000), 1);
    assert_eq!(
        (chunks(&imported)[0].3, chunks(&imported)[0].4),
        (1_000, 1_002)
    );
    assert_eq!(events(&imported)[0].1, 1_000);
}

#[test]
fn blocked_pages_are_left_out_and_pages_without_an_address_are_not() {
    let imported = import(
        &[
            meta("http://a.example/secret/1", 1),
            picture(2),
            scroll(3),
            meta("about:blank", 4),
            picture(5),
        ],
        None,
        1,
    );
    assert_eq!(chunks(&imported), [(0, 0, true, 4, 5, "/".to_owned())]);
    assert_eq!(events(&imported)[0].2, "shop.example/");
    assert_eq!(imported.rejected[0].code, "blocked_page");
    assert_eq!(imported.rejected[0].line, 1);
}

#[test]
fn what_is_no_event_is_told_and_what_is_hostile_goes() {
    let script = json!({"type": 2, "timestamp": 2, "data": {"node": {"type": 0, "id": 1,
        "childNodes": [{"type": 2, "id": 2, "tagName": "script", "attributes": {"src": "x"}, "childNodes": []}]}}});
    let canvas = json!({"type": 3, "timestamp": 3, "data": {"source": 9, "id": 1, "commands": []}});
    let imported = import(
        &[
            meta("http://a.example/", 1),
            script,
            canvas,
            json!("packed"),
            json!({"type": 3}),
        ],
        None,
        1,
    );
    assert_eq!(imported.left_out, 1);
    let lines: Vec<u32> = imported
        .rejected
        .iter()
        .map(|rejected| rejected.line)
        .collect();
    assert_eq!(lines, [4, 5]);
    let text = String::from_utf8(imported.chunks[0].bytes.clone()).unwrap();
    assert!(!text.contains("script"), "{text}");
}
