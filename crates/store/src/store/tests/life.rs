//! Opening, sealing, retention, the end of a site; readers that hold on while things change.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hitmetrix_model::{
    Dimension, ExternalId, IdentityChange, Origin, PersonKey, Rules, SessionId, Site, SiteId,
    SiteSettings, Value, VisitorId,
};

use super::world::{DAY_MS, SITE, World, batch, exported, identify, rows_of, seen};
use crate::lanes::AskedColumns;
use crate::lanes::samples::MONDAY_MS;
use crate::parts::Part;
use crate::store::{GoingNow, PersonLedger, Store, StoreError};

fn site(settings: SiteSettings) -> Site {
    Site {
        id: SITE,
        name: "shop".to_owned(),
        domains: Vec::new(),
        key: String::new(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings {
            rules: Rules::default(),
            ..settings
        },
    }
}

#[tokio::test]
async fn second_store_in_the_same_folder_is_refused() {
    let world = World::new();
    let store = world.open().await;
    let refused = Store::open(world.config()).await;
    assert!(matches!(refused, Err(StoreError::Locked { .. })));
    store.close().await.unwrap();
    drop(store);
    world.open().await;
}

#[tokio::test]
async fn acknowledged_event_is_in_the_next_snapshot_and_retries_count_once() {
    let world = World::new();
    let store = world.open().await;
    assert!(seen(&store).is_empty());
    let receipt = store.append(batch(1, 1, 0..3)).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (3, 0));
    assert_eq!(seen(&store).len(), 3);
    let before = store.snapshot(SITE).unwrap().version;
    assert_eq!(store.snapshot(SITE).unwrap().version, before);
    let receipt = store.append(batch(1, 1, 1..5)).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (2, 2));
    assert_eq!(seen(&store).len(), 5);
    assert_ne!(store.snapshot(SITE).unwrap().version, before);
    store.seal().await.unwrap();
    let receipt = store.append(batch(1, 1, 0..5)).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (0, 5));
    let store = world.reopen(store).await;
    let receipt = store.append(batch(1, 1, 0..6)).await.unwrap();
    assert_eq!((receipt.accepted, receipt.duplicates), (1, 5));
    assert_eq!(seen(&store).len(), 6);
    assert!(store.snapshot(SiteId(9)).unwrap().runs.is_empty());
}

#[tokio::test]
async fn merged_parts_have_the_lanes_that_were_asked_for() {
    let world = World::new();
    let store = world.open().await;
    for visitor in 0..20 {
        store.append(batch(visitor, visitor, 0..6)).await.unwrap();
        store.seal().await.unwrap();
    }
    let asked = [Dimension::Title, Dimension::Country];
    let snapshot = store.snapshot(SITE).unwrap();
    let property = snapshot.properties().first().map(|seen| seen.name.clone());
    let property = property.expect("events have properties");
    for run in &snapshot.runs {
        for dimension in asked {
            assert!(run.column(dimension).is_ok());
        }
        run.property(&property)
            .unwrap()
            .expect("every event has it");
    }
    world.clock.0.fetch_add(60 * DAY_MS, Ordering::Relaxed);
    let report = store.compact().await.unwrap();
    assert!(report.parts_made > 0, "{report:?}");
    let merged = store.snapshot(SITE).unwrap();
    assert!(merged.runs.len() < snapshot.runs.len());
    for part in &merged.parts {
        let has = part.asked();
        assert!(
            asked.iter().all(|one| has.dimensions.contains(one)),
            "{has:?}"
        );
        assert!(has.properties.contains(&property), "{has:?}");
        assert!(
            !has.dimensions.contains(&Dimension::Term),
            "nobody asked for it: {has:?}"
        );
    }
}

#[tokio::test]
async fn new_parts_have_the_lanes_that_were_asked_for_or_will_be() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(1, 1, 0..6)).await.unwrap();
    store.seal().await.unwrap();
    let snapshot = store.snapshot(SITE).unwrap();
    let property = "engaged_ms";
    for run in &snapshot.runs {
        assert!(run.column(Dimension::Title).is_ok());
        assert!(run.property(property).unwrap().is_some());
    }
    drop(snapshot);
    let store = world.reopen(store).await;
    let mut coming = batch(2, 2, 0..6);
    for event in &mut coming.events {
        let value = Value::Text("basic".to_owned());
        event.properties.insert("plan".to_owned(), value);
    }
    let expected = AskedColumns {
        dimensions: [Dimension::Term].into(),
        properties: ["plan".to_owned(), "never seen".to_owned()].into(),
    };
    store.expect_columns(SITE, expected);
    store.append(coming).await.unwrap();
    store.seal().await.unwrap();
    let snapshot = store.snapshot(SITE).unwrap();
    let of_visitor = |part: &&Arc<Part>| part.run().unwrap().has_visitor(VisitorId(2));
    let new = snapshot.parts.iter().find(of_visitor).unwrap();
    let has = new.asked();
    for dimension in [Dimension::Title, Dimension::Term] {
        assert!(has.dimensions.contains(&dimension), "{has:?}");
    }
    assert!(!has.dimensions.contains(&Dimension::Language), "{has:?}");
    let properties: Vec<&str> = has.properties.iter().map(String::as_str).collect();
    assert_eq!(properties, [property, "plan"]);
}

#[tokio::test]
async fn snapshot_stays_as_it_was_while_parts_are_exchanged() {
    let world = World::new();
    let store = world.open().await;
    for visitor in 0..20 {
        store.append(batch(visitor, visitor, 0..6)).await.unwrap();
        if visitor % 3 == 0 {
            store.seal().await.unwrap();
        }
    }
    let held = store.snapshot(SITE).unwrap();
    let rows = rows_of(&held);
    world.clock.0.fetch_add(60 * DAY_MS, Ordering::Relaxed);
    store.append(batch(50, 50, 0..2)).await.unwrap();
    store.seal().await.unwrap();
    let report = store.compact().await.unwrap();
    assert!(report.parts_merged > report.parts_made, "{report:?}");
    assert_eq!(rows_of(&held), rows);
    assert_eq!(exported(&store, &held), rows);
    let files = |world: &World| {
        let mut found = Vec::new();
        let mut folders = vec![world.data().join("parts")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path)
                } else {
                    found.push(path)
                }
            }
        }
        found.len() as u64
    };
    assert!(files(&world) > store.usage().parts);
    drop(held);
    assert_eq!(files(&world), store.usage().parts);
    assert_eq!(seen(&store).len(), rows.len() + 2);
}

#[tokio::test]
async fn what_a_crash_left_beside_the_catalog_goes_at_the_next_start() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(1, 1, 0..6)).await.unwrap();
    store.seal().await.unwrap();
    let orphan = world.data().join("parts/site=1/week=2026-01-05/shard=0");
    std::fs::create_dir_all(&orphan).unwrap();
    let orphan = orphan.join("000000000000000000000000000000ff.parquet");
    std::fs::write(&orphan, b"half a part").unwrap();
    let pack = world.data().join("recordings/site=1");
    std::fs::create_dir_all(&pack).unwrap();
    std::fs::write(pack.join("2026-01-05-ff.pack.new"), b"half a pack").unwrap();
    let store = world.reopen(store).await;
    assert!(!orphan.exists());
    assert_eq!(std::fs::read_dir(&pack).unwrap().count(), 0);
    assert_eq!(seen(&store).len(), 6);
}

#[tokio::test]
async fn import_that_is_run_again_doubles_nothing() {
    let world = World::new();
    let store = world.open().await;
    let import = |sealed: u128| {
        let mut batch = batch(1, 7, 0..50);
        batch.origin = Origin::Import;
        for (index, event) in batch.events.iter_mut().enumerate() {
            event.external = Some(ExternalId((index as u128 + 1) << 80 | sealed));
        }
        batch
    };
    assert_eq!(store.append(import(0)).await.unwrap().accepted, 50);
    assert_eq!(store.append(import(0)).await.unwrap().duplicates, 50);
    store.seal().await.unwrap();
    assert_eq!(store.append(import(0)).await.unwrap().duplicates, 50);
    let store = world.reopen(store).await;
    std::fs::remove_dir_all(world.data().join("lanes")).unwrap();
    assert_eq!(store.append(import(0)).await.unwrap().duplicates, 50);
    assert_eq!(
        store
            .snapshot(SITE)
            .unwrap()
            .runs
            .iter()
            .map(|run| run.len())
            .sum::<usize>(),
        50
    );
}

#[tokio::test]
async fn events_of_a_session_come_from_parts_and_tail_in_order() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(2, 1, 3..5)).await.unwrap();
    store.append(batch(3, 2, 0..4)).await.unwrap();
    store.seal().await.unwrap();
    store.append(batch(2, 1, 0..3)).await.unwrap();
    let session = SessionId(2001);
    let events = store.events_of_session(SITE, session).await.unwrap();
    let sequences: Vec<u32> = events.iter().map(|row| row.event.sequence).collect();
    assert_eq!(sequences, [0, 1, 2, 3, 4]);
    assert!(
        store
            .events_of_session(SiteId(2), session)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn old_events_expire_by_whole_days() {
    let world = World::new();
    let store = world.open().await;
    for visitor in 0..16 {
        store.append(batch(visitor, visitor, 0..6)).await.unwrap();
    }
    store.seal().await.unwrap();
    let all = seen(&store).len();
    world
        .clock
        .0
        .store(MONDAY_MS + 20 * DAY_MS + 5, Ordering::Relaxed);
    let site = site(SiteSettings {
        event_days: 10,
        ..SiteSettings::default()
    });
    let going = store.going_now(&site).await.unwrap();
    let plan = store.storage_plan(&site).await.unwrap();
    let report = store.expire(&site).await.unwrap();
    // What was said before is what went.
    assert_eq!(going.events, report.events);
    assert!(0 < going.event_bytes && going.event_bytes < plan.event_bytes);
    assert_eq!(store.going_now(&site).await.unwrap(), GoingNow::default());
    assert!(report.parts > 0 && report.parts_rewritten > 0, "{report:?}");
    let left = seen(&store);
    assert_eq!(left.len() as u64 + report.events, all as u64);
    let snapshot = store.snapshot(SITE).unwrap();
    let first = snapshot
        .runs
        .iter()
        .map(|run| run.span_ms().0)
        .min()
        .unwrap();
    assert!(first >= MONDAY_MS + 10 * DAY_MS);
    assert_eq!(store.expire(&site).await.unwrap().events, 0);
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), left);
}

#[tokio::test]
async fn erased_site_does_not_come_back() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(1, 1, 0..6)).await.unwrap();
    store.seal().await.unwrap();
    store.append(batch(1, 1, 6..8)).await.unwrap();
    let mut other = batch(5, 5, 0..4);
    other.site = SiteId(2);
    store.append(other).await.unwrap();
    assert_eq!(store.sites_with_data(), [SITE, SiteId(2)]);
    store.erase_site(SITE).await.unwrap();
    assert!(seen(&store).is_empty());
    let store = world.reopen(store).await;
    assert!(seen(&store).is_empty());
    assert_eq!(store.sites_with_data(), [SiteId(2)]);
    assert_eq!(rows_of(&store.snapshot(SiteId(2)).unwrap()).len(), 4);
    assert_eq!(store.append(batch(1, 1, 0..6)).await.unwrap().accepted, 6);
}

#[tokio::test]
async fn losses_are_told_by_the_time_of_their_report() {
    let world = World::new();
    let store = world.open().await;
    let mut lossy = batch(1, 1, 0..1);
    lossy.lost = 5;
    let at_ms = lossy.received_at_ms;
    store.append(lossy).await.unwrap();
    assert_eq!(store.snapshot(SITE).unwrap().lost(at_ms, at_ms + 1), 5);
    store.seal().await.unwrap();
    let store = world.reopen(store).await;
    let snapshot = store.snapshot(SITE).unwrap();
    assert_eq!(snapshot.lost(at_ms, at_ms + 1), 5);
    assert_eq!(snapshot.lost(at_ms + DAY_MS, at_ms + 2 * DAY_MS), 0);
    assert_eq!(snapshot.lost(0, at_ms - DAY_MS), 0);
}

#[tokio::test]
async fn broken_part_is_named_and_the_rest_is_answered() {
    let world = World::new();
    let store = world.open().await;
    for visitor in 0..8 {
        store.append(batch(visitor, visitor, 0..6)).await.unwrap();
    }
    store.seal().await.unwrap();
    store.close().await.unwrap();
    drop(store);
    let week = std::fs::read_dir(world.data().join("parts/site=1"))
        .unwrap()
        .next()
        .unwrap();
    let shard = std::fs::read_dir(week.unwrap().path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let part = std::fs::read_dir(shard.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bytes = std::fs::read(&part).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&part, bytes).unwrap();
    std::fs::remove_dir_all(world.data().join("lanes")).unwrap();
    let store = world.open().await;
    let snapshot = store.snapshot(SITE).unwrap();
    assert_eq!(snapshot.missing.len(), 1, "{:?}", snapshot.missing);
    assert!(!snapshot.runs.is_empty());
    let findings = store.doctor().await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].place.ends_with(".parquet"));
    store.compact().await.unwrap();
}

#[tokio::test]
async fn tail_says_when_it_wants_to_be_sealed() {
    let world = World::new();
    let store = Store::open(crate::store::StoreConfig {
        tail_events: 4,
        ..world.config()
    })
    .await
    .unwrap();
    assert!(!store.wants_seal());
    store.append(batch(1, 1, 0..3)).await.unwrap();
    assert!(!store.wants_seal());
    world.clock.0.fetch_add(10 * 60 * 1000, Ordering::Relaxed);
    assert!(store.wants_seal(), "old enough");
    store.seal().await.unwrap();
    assert!(!store.wants_seal());
    store.append(batch(1, 1, 3..8)).await.unwrap();
    assert!(store.wants_seal(), "long enough");
    let probe = store.probe().await.unwrap();
    assert!(probe.disk_free_bytes <= probe.disk_total_bytes);
    assert_eq!(store.usage().tail_events, 5);
}

#[tokio::test]
async fn ledger_of_a_person_is_the_same_before_and_after_a_seal() {
    let world = World::new();
    let store = world.open().await;
    let alias = IdentityChange::Alias {
        visitor: VisitorId(2),
        user: "ada".to_owned(),
        time_ms: MONDAY_MS + 1,
        unverified: false,
    };
    let undo = IdentityChange::Undo {
        visitor: VisitorId(1),
        time_ms: MONDAY_MS + 2,
    };
    let changes = [identify(1, "ada"), alias, identify(3, "bob"), undo];
    for (visitor, change) in (1..).zip(&changes) {
        let mut batch = batch(visitor, visitor, 0..1);
        batch.identities = vec![change.clone()];
        store.append(batch).await.unwrap();
    }
    let [first, second, _, last] = changes;
    let wanted = PersonLedger {
        person: PersonKey(2),
        visitors: vec![VisitorId(2)],
        entries: vec![first, second, last],
    };
    let found = store.person_ledger(SITE, "ada").await.unwrap();
    assert_eq!(found, Some(wanted.clone()));
    store.seal().await.unwrap();
    let store = world.reopen(store).await;
    let key = VisitorId(2).to_string();
    let found = store.person_ledger(SITE, &key).await.unwrap();
    assert_eq!(found, Some(wanted));
    assert!(store.has_user(SITE, VisitorId(2)) && !store.has_user(SITE, VisitorId(1)));
    assert_eq!(store.person_ledger(SITE, "eve").await.unwrap(), None);
}

#[tokio::test]
async fn who_is_called_as_somebody_elses_key_is_not_found_in_their_place() {
    let world = World::new();
    let store = world.open().await;
    let (ada, nobody) = (VisitorId(7).to_string(), VisitorId(8).to_string());
    store.append(batch(7, 1, 0..1)).await.unwrap();
    let mut called = batch(1, 2, 0..1);
    called.identities = vec![identify(1, &ada)];
    store.append(called).await.unwrap();
    let mut called = batch(2, 3, 0..1);
    called.identities = vec![identify(2, &nobody)];
    store.append(called).await.unwrap();
    for _ in 0..2 {
        let found = store.person_ledger(SITE, &ada).await.unwrap().unwrap();
        assert_eq!(found.visitors, [VisitorId(7)]);
        // Where no visitor has that id, it is a name like another.
        let found = store.person_ledger(SITE, &nobody).await.unwrap().unwrap();
        assert_eq!(found.visitors, [VisitorId(2)]);
        store.seal().await.unwrap();
    }
}

#[tokio::test]
async fn who_has_events_alone_is_somebody_with_an_empty_ledger() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(7, 1, 0..1)).await.unwrap();
    let (key, stranger) = (VisitorId(7).to_string(), VisitorId(8).to_string());
    let nothing = PersonLedger {
        person: PersonKey(7),
        visitors: vec![VisitorId(7)],
        entries: Vec::new(),
    };
    let found = store.person_ledger(SITE, &key).await.unwrap();
    assert_eq!(found, Some(nothing.clone()));
    store.seal().await.unwrap();
    let store = world.reopen(store).await;
    let found = store.person_ledger(SITE, &key).await.unwrap();
    assert_eq!(found, Some(nothing));
    assert_eq!(store.person_ledger(SITE, &stranger).await.unwrap(), None);
    // Without events, but named in the ledger.
    let mut named = batch(7, 2, 0..1);
    named.identities = vec![identify(9, "ada")];
    store.append(named).await.unwrap();
    let found = store.person_ledger(SITE, &VisitorId(9).to_string()).await;
    assert_eq!(found.unwrap().unwrap().entries, [identify(9, "ada")]);
}
