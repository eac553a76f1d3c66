//! Pictures that a page names by their digests: who has to send them, and that the lines are the
//! same as if it had sent them, wherever they lie.

use std::collections::BTreeSet;

use hitmetrix_recording::{AssetDigest, picture_digest};

use super::repacking::{chunk, page, sheet, span};
use super::world::{SITE, World};
use crate::lanes::samples::MONDAY_MS;
use crate::store::Store;

fn picture(of: &str) -> String {
    format!("iVBORw0KGgoA{}", of.repeat(800))
}

fn line(member: &str, value: &str) -> String {
    format!(
        r#"{{"type":5,"data":{{"tag":"hm-asset","payload":{{"href":"https://shop.example/~1","type":"image/png","{member}":"{value}"}}}},"timestamp":{MONDAY_MS}}}
"#
    )
}

fn sent(of: &str) -> String {
    line("data", &picture(of))
}

fn named(of: &str) -> String {
    let digest = u128::from_be_bytes(digest(of));
    line("digest", &format!("{digest:032x}"))
}

fn digest(of: &str) -> AssetDigest {
    picture_digest(picture(of).as_bytes())
}

/// A session's only chunk: a page, and this line about a picture.
async fn visit(store: &Store, session: u128, about: &str) {
    let lines = page(&sheet("red"), "Hello", MONDAY_MS) + about;
    let chunk = chunk(session, (session, 0), lines);
    store.append_chunk(chunk).await.unwrap();
}

async fn at_rest(store: &Store) {
    store.seal().await.unwrap();
    store.repack(SITE, 0).await.unwrap();
}

/// Which of the pictures "a" and "b" a visitor has to send.
async fn unknown(store: &Store, visitor: u128) -> BTreeSet<AssetDigest> {
    let facts = chunk(visitor, (visitor, 0), String::new()).facts;
    let both = BTreeSet::from([digest("a"), digest("b")]);
    store.unknown_pictures(&facts, both).await.unwrap()
}

async fn last_line(store: &Store, session: u128) -> String {
    let lines = store.chunk(SITE, span(session, session, (0, 0))).await;
    let lines = String::from_utf8(lines.unwrap().unwrap()).unwrap();
    lines.lines().last().unwrap().to_owned() + "\n"
}

#[tokio::test]
async fn who_has_to_send_a_picture() {
    let world = World::new();
    let store = world.open().await;
    let (a, b) = (digest("a"), digest("b"));
    assert_eq!(unknown(&store, 1).await, BTreeSet::from([a, b]));
    for visitor in 1..=5 {
        assert_eq!(unknown(&store, visitor).await, BTreeSet::from([a, b]));
        visit(&store, visitor, &sent("a")).await;
        at_rest(&store).await;
        // Its own it need not send again; nobody is told of other visitors' before five sent it.
        assert_eq!(unknown(&store, visitor).await, BTreeSet::from([b]));
    }
    assert_eq!(unknown(&store, 6).await, BTreeSet::from([b]));
}

#[tokio::test]
async fn a_named_picture_is_in_the_lines_wherever_they_lie() {
    let world = World::new();
    let store = world.open().await;
    for visitor in 1..=5 {
        visit(&store, visitor, &sent("a")).await;
    }
    at_rest(&store).await;
    visit(&store, 6, &named("a")).await;
    visit(&store, 7, &named("b")).await;
    for place in ["log", "pack", "segment"] {
        assert_eq!(last_line(&store, 6).await, sent("a"), "{place}");
        // Nobody has it: the line stays, and the player shows a box.
        assert_eq!(last_line(&store, 7).await, named("b"), "{place}");
        match place {
            "log" => drop(store.seal().await.unwrap()),
            _ => drop(store.repack(SITE, 0).await.unwrap()),
        }
    }
    // It is kept once, and for as long as a recording shows it.
    let bytes = |session| {
        let store = &store;
        async move {
            let found = store.recording(SITE, hitmetrix_model::SessionId(session));
            found.await.unwrap().unwrap().0.stored_bytes
        }
    };
    assert!(bytes(6).await < 1000, "{}", bytes(6).await);
    let sessions: Vec<_> = (1..=5).map(hitmetrix_model::SessionId).collect();
    for session in sessions {
        store.remove_recording(SITE, session).await.unwrap();
    }
    store.tidy_recordings(SITE).await.unwrap();
    assert_eq!(last_line(&store, 6).await, sent("a"));
    assert_eq!(store.doctor().await, []);
}

#[tokio::test]
async fn a_session_need_not_send_what_it_sent() {
    let world = World::new();
    let store = world.open().await;
    let first = chunk(
        1,
        (1, 0),
        page(&sheet("red"), "Hello", MONDAY_MS) + &sent("a"),
    );
    let facts = first.facts.clone();
    let bytes = first.bytes.len();
    store.append_chunk(first).await.unwrap();
    store.remember_pictures(&facts, bytes, [digest("a")]);
    let both = BTreeSet::from([digest("a"), digest("b")]);
    let is_known = |session, window| {
        let (store, both) = (&store, &both);
        async move {
            let facts = chunk(session, (window, 7), String::new()).facts;
            let found = store.session_pictures(&facts, both).await;
            let expected = (digest("a"), std::sync::Arc::from(picture("a").as_bytes()));
            assert!(found.is_empty() || found == [expected.clone()].into());
            !found.is_empty()
        }
    };
    for place in ["log", "pack", "segment"] {
        assert!(is_known(1, 2).await, "{place}");
        assert!(!is_known(2, 1).await, "{place}: somebody else's");
        match place {
            "log" => drop(store.seal().await.unwrap()),
            _ => drop(store.repack(SITE, 0).await.unwrap()),
        }
    }
    let session = hitmetrix_model::SessionId(1);
    store.remove_recording(SITE, session).await.unwrap();
    assert!(!is_known(1, 2).await, "it was removed");
}

#[tokio::test]
async fn a_large_chunk_is_not_read_again_for_a_picture() {
    let world = World::new();
    let store = world.open().await;
    let large = chunk(1, (1, 0), sent("a"));
    let facts = large.facts.clone();
    store.append_chunk(large).await.unwrap();
    let limit = hitmetrix_model::limits::SESSION_PICTURES_BYTES;
    let named = BTreeSet::from([digest("a")]);
    for (bytes, found) in [(limit + 1, 0), (limit, 1)] {
        store.remember_pictures(&facts, bytes, [digest("a")]);
        assert_eq!(store.session_pictures(&facts, &named).await.len(), found);
    }
}
