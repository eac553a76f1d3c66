//! Events of one name: the newest only, whether they are in parts or in the log, and no further than
//! somebody waits.

use std::cell::Cell;
use std::collections::HashSet;

use hitmetrix_model::Batch;

use super::world::{SITE, World, batch};
use crate::store::{EventPlace, FoundEvents, NamedEvents, Store};

fn answers(visitor: u128, window: u128) -> Batch {
    let mut answers = batch(visitor, window, 0..6);
    for event in &mut answers.events {
        "answer".clone_into(&mut event.name);
    }
    answers
}

fn times(found: &FoundEvents) -> Vec<i64> {
    found.events.iter().map(|one| one.event.time_ms).collect()
}

/// What is found of all sessions, with so many parts looked at before nobody waits any more.
fn find(store: &Store, (span_ms, most): ((i64, i64), usize), parts: usize) -> FoundEvents {
    let snapshot = store.snapshot(SITE).unwrap();
    let sessions: HashSet<u128> = snapshot
        .runs
        .iter()
        .flat_map(|run| run.sessions().unwrap().ids.to_vec())
        .collect();
    let looked = Cell::new(0);
    store.events_of_name(
        &snapshot,
        NamedEvents {
            name: "answer",
            span_ms,
            sessions: &sessions,
            takes: &|stored| stored.event.sequence % 2 == 0,
            before: None,
            most,
            counts_left_out: true,
            cancelled: &|| looked.replace(looked.get() + 1) >= parts,
        },
    )
}

#[tokio::test]
async fn newest_events_are_kept_and_older_ones_counted() {
    let world = World::new();
    let store = world.open().await;
    for visitor in [1, 2] {
        store.append(answers(visitor, visitor * 10)).await.unwrap();
        store.seal().await.unwrap();
    }
    store.append(answers(3, 30)).await.unwrap();
    let always = (i64::MIN, i64::MAX);
    let all = find(&store, (always, 100), usize::MAX);
    assert_eq!((all.events.len(), all.left_out), (9, 0));
    assert!(all.events.is_sorted_by_key(EventPlace::of));
    let some = find(&store, (always, 4), usize::MAX);
    assert_eq!(times(&some), times(&all)[5..]);
    assert_eq!(some.left_out, 5);
    // Only what the log holds, when nobody waits for the parts.
    let log = find(&store, (always, 100), 0);
    assert_eq!(log.events.len(), 3);
    let last_ms = times(&all)[8];
    let last = find(&store, ((last_ms, last_ms + 1), 100), usize::MAX);
    assert_eq!(times(&last), [last_ms]);
}

#[tokio::test]
async fn a_page_of_the_newest_looks_into_no_older_part() {
    let world = World::new();
    let store = world.open().await;
    for visitor in [1, 2, 3] {
        store.append(answers(visitor, visitor * 10)).await.unwrap();
        store.seal().await.unwrap();
    }
    let always = (i64::MIN, i64::MAX);
    let all = find(&store, (always, 100), usize::MAX);
    let snapshot = store.snapshot(SITE).unwrap();
    let sessions: HashSet<u128> = snapshot
        .runs
        .iter()
        .flat_map(|run| run.sessions().unwrap().ids.to_vec())
        .collect();
    let mut before = None;
    let mut paged: Vec<EventPlace> = Vec::new();
    loop {
        let page = store.events_of_name(
            &snapshot,
            NamedEvents {
                name: "answer",
                span_ms: always,
                sessions: &sessions,
                takes: &|stored| stored.event.sequence % 2 == 0,
                before,
                most: 2,
                counts_left_out: false,
                cancelled: &|| false,
            },
        );
        assert_eq!(page.left_out, 0);
        let places = page.events.iter().map(EventPlace::of).rev();
        paged.extend(places);
        let Some(last) = page.events.first() else {
            break;
        };
        before = Some(EventPlace::of(last));
    }
    paged.reverse();
    let whole: Vec<EventPlace> = all.events.iter().map(EventPlace::of).collect();
    assert_eq!(paged, whole);
}
