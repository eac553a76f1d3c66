//! Rows that are kept say what the parts say, whatever became of these in between.

use std::ops::ControlFlow;

use hitmetrix_model::{SessionId, VisitorId};

use super::world::{SITE, World, batch, identify};
use crate::StoredEvent;
use crate::store::{EventPlace, Store, VisitorEvents};

/// What parts and log have of some visitors, the newest first, from a look at everything.
fn plain(store: &Store, visitors: &[VisitorId]) -> Vec<StoredEvent> {
    let snapshot = store.snapshot(SITE).unwrap();
    let mut found = Vec::new();
    let each = &mut |row: &StoredEvent| {
        if visitors.contains(&row.sender.visitor) {
            found.push(row.clone());
        }
        ControlFlow::Continue(())
    };
    store.export(&snapshot, each).unwrap();
    found.sort_by_key(|row| std::cmp::Reverse(EventPlace::of(row)));
    found
}

async fn looked_up(store: &Store, visitors: &[VisitorId], limit: usize) -> Vec<StoredEvent> {
    let wanted = VisitorEvents {
        visitors: visitors.to_vec(),
        limit,
        ..VisitorEvents::default()
    };
    let found = store.events_of_visitors(SITE, wanted).await.unwrap();
    assert!(found.missing.is_empty());
    found.events
}

/// Looks at several persons and sessions, twice, and holds them against the plain way.
async fn check(store: &Store, seed: u128, when: &str) {
    for visitor in [seed % 7 + 1, (seed * 3) % 7 + 1, 5] {
        let visitors = [VisitorId(visitor), VisitorId(visitor % 7 + 1)];
        let expected = plain(store, &visitors);
        for limit in [1000, 1 + (seed % 9) as usize] {
            let most = limit.min(expected.len());
            assert_eq!(
                looked_up(store, &visitors, limit).await,
                expected[..most],
                "{when}, seed {seed}, visitors {visitors:?}, limit {limit}"
            );
        }
        let sessions: Vec<SessionId> = expected.iter().map(|row| row.sender.session).collect();
        if let Some(session) = sessions.first() {
            let mut of_session: Vec<StoredEvent> = expected.clone();
            of_session.retain(|row| row.sender.session == *session);
            let places: Vec<EventPlace> = of_session.iter().rev().map(EventPlace::of).collect();
            let found = store.events_of_session(SITE, *session).await.unwrap();
            let found: Vec<EventPlace> = found.iter().map(EventPlace::of).collect();
            assert_eq!(found, places, "{when}, seed {seed}");
        }
    }
}

#[tokio::test]
async fn kept_rows_are_those_of_the_parts_in_any_world() {
    for seed in 1..=6u128 {
        let world = World::new();
        let store = world.open().await;
        for round in 0..8u128 {
            for visitor in 1..=7 {
                let window = 1000 * round + 10 * visitor + seed;
                let mut some = batch(
                    visitor,
                    window,
                    0..((seed + visitor + round) % 5 + 1) as u32,
                );
                if (visitor + round + seed).is_multiple_of(4) {
                    some.identities = vec![identify(visitor, &format!("user{}", visitor % 3))];
                }
                store.append(some).await.unwrap();
            }
            if round % 2 == seed % 2 {
                store.seal().await.unwrap();
            }
            check(&store, seed + round, "as it came").await;
            if round % 3 == 2 {
                store.compact().await.unwrap();
                check(&store, seed + round, "merged").await;
            }
        }
    }
}

#[tokio::test]
async fn what_is_erased_or_gone_with_its_part_is_kept_no_more() {
    let world = World::new();
    let store = world.open().await;
    for visitor in [1, 2, 3] {
        store
            .append(batch(visitor, visitor * 10, 0..9))
            .await
            .unwrap();
    }
    store.seal().await.unwrap();
    let all = [1, 2, 3].map(VisitorId);
    assert_eq!(looked_up(&store, &all, 100).await.len(), 27);
    let before = store.inner.read_rows.bytes();
    assert!(before > 27 * size_of::<StoredEvent>());
    let erased = store.erase_person(SITE, &[VisitorId(2)], &|_| ());
    erased.await.unwrap();
    let left = store.inner.read_rows.bytes();
    assert!(left < before, "{left} of {before} bytes");
    assert_eq!(looked_up(&store, &all, 100).await.len(), 18);
    store.erase_site(SITE).await.unwrap();
    assert_eq!(store.inner.read_rows.bytes(), 0);
}

#[tokio::test]
async fn kept_rows_have_a_limit() {
    let world = World::new();
    let store = world.open().await;
    for visitor in 1..=4 {
        store
            .append(batch(visitor, visitor * 10, 0..40))
            .await
            .unwrap();
    }
    store.seal().await.unwrap();
    let kept = crate::store::read_rows::ReadRows::new(20_000);
    let snapshot = store.snapshot(SITE).unwrap();
    for part in &snapshot.parts {
        let rows: Vec<usize> = (0..part.row().rows as usize).collect();
        for some in [&rows[..], &rows[3..9], &rows[..1]] {
            let plain: Vec<StoredEvent> =
                part.some_rows(some).unwrap().map(Result::unwrap).collect();
            assert_eq!(kept.read(part, some).unwrap(), plain);
        }
        assert!(kept.bytes() <= 20_000, "{} bytes", kept.bytes());
    }
    assert!(kept.bytes() > 0);
}
