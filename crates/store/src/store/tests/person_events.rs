//! Events of visitors come newest first, each once, whether they are in parts or in the log.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use hitmetrix_model::{IdentityChange, VisitorId, WindowId};

use super::world::{SITE, World, batch, identify};
use crate::lanes::samples::MONDAY_MS;
use crate::store::{EventPlace, Store, VisitorEvents};

async fn pages(store: &Store, visitors: &[u128], limit: usize) -> Vec<EventPlace> {
    let mut wanted = VisitorEvents {
        visitors: visitors.iter().map(|&id| VisitorId(id)).collect(),
        limit,
        ..VisitorEvents::default()
    };
    let mut places = Vec::new();
    loop {
        let page = store
            .events_of_visitors(SITE, wanted.clone())
            .await
            .unwrap()
            .events;
        assert!(page.len() <= limit);
        assert!(
            page.iter()
                .all(|one| visitors.contains(&one.sender.visitor.0))
        );
        places.extend(page.iter().map(EventPlace::of));
        match page.last() {
            Some(last) if page.len() == limit => wanted.before = Some(EventPlace::of(last)),
            _ => return places,
        }
    }
}

#[tokio::test]
async fn pages_together_have_every_event_once_and_in_order() {
    let world = World::new();
    let store = world.open().await;
    let mut joined = batch(2, 20, 0..5);
    joined.identities = vec![identify(1, "ada"), identify(2, "ada")];
    store.append(joined).await.unwrap();
    store.append(batch(1, 10, 0..7)).await.unwrap();
    store.append(batch(3, 30, 0..4)).await.unwrap();
    store.seal().await.unwrap();
    store.append(batch(1, 11, 0..6)).await.unwrap();
    store.append(batch(3, 31, 0..4)).await.unwrap();
    for limit in [1, 2, 3, 100] {
        let places = pages(&store, &[1, 2], limit).await;
        assert_eq!(places.len(), 18, "limit {limit}");
        assert!(places.is_sorted_by(|one, next| one > next), "limit {limit}");
    }
    let named = |name: &str| VisitorEvents {
        visitors: vec![VisitorId(1)],
        names: vec![name.to_owned()],
        limit: 100,
        ..VisitorEvents::default()
    };
    let of = |wanted| store.events_of_visitors(SITE, wanted);
    let some = of(named("pageview")).await.unwrap().events;
    assert!(some.iter().all(|one| one.event.name == "pageview"));
    assert!(of(named("nothing")).await.unwrap().events.is_empty());
    assert_eq!(some[0].person.0, 1);
}

/// The same by looking at every row of every run.
fn plainly(store: &Store, visitors: &[u128]) -> Vec<EventPlace> {
    let snapshot = store.snapshot(SITE).unwrap();
    let mut places = Vec::new();
    for run in &snapshot.runs {
        let (of, windows) = (run.visitors().unwrap(), run.windows().unwrap());
        let theirs = (0..run.len()).filter(|row| visitors.contains(&of.get(*row)));
        places.extend(theirs.map(|row| EventPlace {
            time_ms: run.start_ms() + i64::from(run.times()[row]),
            window: WindowId(windows.get(row)),
            sequence: run.sequences().unwrap()[row],
        }));
    }
    places.sort_unstable_by(|one, other| other.cmp(one));
    places
}

#[tokio::test]
async fn events_are_found_under_every_person_that_a_visitor_ever_was_of() {
    let world = World::new();
    let store = world.open().await;
    let undo = |visitor: u128| IdentityChange::Undo {
        visitor: VisitorId(visitor),
        time_ms: MONDAY_MS,
    };
    // Each change of who is whom is sealed with events before and after it.
    let changes = [
        vec![],
        vec![identify(1, "ada"), identify(2, "ada"), identify(3, "bob")],
        vec![identify(4, "bob"), undo(2)],
        vec![undo(1), identify(2, "eve"), identify(5, "ada")],
        vec![undo(3)],
    ];
    for (round, identities) in changes.into_iter().enumerate() {
        for visitor in 1..=5 {
            let window = visitor * 100 + round as u128;
            store.append(batch(visitor, window, 0..3)).await.unwrap();
        }
        let mut changing = batch(6, 600 + round as u128, 0..1);
        changing.identities = identities;
        store.append(changing).await.unwrap();
        if round < 4 {
            store.seal().await.unwrap();
        }
        for visitors in [&[1][..], &[2], &[3, 4], &[1, 2, 3, 4, 5], &[7]] {
            let found = pages(&store, visitors, 100).await;
            assert_eq!(
                found,
                plainly(&store, visitors),
                "{visitors:?}, round {round}"
            );
            let key = VisitorId(visitors[0]).to_string();
            let ledger = store.person_ledger(SITE, &key).await.unwrap();
            assert_eq!(ledger.is_some(), !found.is_empty());
        }
    }
}

#[tokio::test]
async fn part_that_cannot_be_read_is_named_and_the_page_is_filled_from_the_others() {
    for (damaged, with_lanes) in [(0, true), (1, true), (0, false), (1, false)] {
        let world = World::new();
        let store = world.open().await;
        for visitor in [1, 2] {
            store
                .append(batch(visitor, visitor * 10, 0..6))
                .await
                .unwrap();
            store.seal().await.unwrap();
        }
        store.close().await.unwrap();
        drop(store);
        let mut parts = parquet_below(&world.data().join("parts"));
        parts.sort_unstable();
        assert_eq!(parts.len(), 2, "{parts:?}");
        let length = std::fs::metadata(&parts[damaged]).unwrap().len();
        std::fs::write(&parts[damaged], vec![0; length as usize]).unwrap();
        if !with_lanes {
            std::fs::remove_dir_all(world.data().join("lanes")).unwrap();
        }
        let store = world.open().await;
        for limit in [6, 12] {
            let wanted = VisitorEvents {
                visitors: vec![VisitorId(1), VisitorId(2)],
                limit,
                ..VisitorEvents::default()
            };
            let found = store.events_of_visitors(SITE, wanted).await.unwrap();
            let of = found.events.iter().map(|one| one.sender.visitor.0);
            let of: HashSet<u128> = of.collect();
            let counts = (found.events.len(), of.len());
            assert_eq!(counts, (6, 1), "part {damaged}, lanes {with_lanes}");
            // A page that is full without it needs nothing of a part whose lanes can be read.
            let is_named = found.missing.len() == 1;
            assert!(is_named || limit == 6, "{:?}", found.missing);
        }
    }
}

fn parquet_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(parquet_below(&path)),
            false => found.push(path),
        }
    }
    found
}
