//! What stays and what goes: pins, retention, a full disk, pages that change; and readers beside it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hitmetrix_model::{RecordingGone, SessionId};

use super::proof;
use super::recording::site;
use super::repacking::{chunk, moves, page, sheet, span};
use super::world::{DAY_MS, SITE, World};
use crate::catalog::RecordingQuery;
use crate::lanes::samples::MONDAY_MS;
use crate::store::{Pin, Store};

/// A session of one page that begins some days after Monday.
async fn visit(store: &Store, session: u128, days: i64, lines: String) {
    let mut one = chunk(session, (session + 100, 0), lines);
    one.facts.path = "/".to_owned();
    one.facts.first_ms = MONDAY_MS + days * DAY_MS;
    one.facts.last_ms = one.facts.first_ms + 4000;
    store.append_chunk(one).await.unwrap();
}

fn disk_bytes(world: &World) -> u64 {
    let folder = world.data().join("recordings/site=1");
    let Ok(files) = std::fs::read_dir(folder) else {
        return 0;
    };
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

async fn sessions(store: &Store, pinned: Option<bool>) -> Vec<u128> {
    let query = RecordingQuery {
        limit: 100,
        pinned,
        ..RecordingQuery::default()
    };
    let (rows, total) = store.recordings(SITE, &query).await.unwrap();
    assert_eq!(total, rows.len() as u64);
    let mut found: Vec<u128> = rows.iter().map(|row| row.session.0).collect();
    found.sort_unstable();
    found
}

/// Tells what something that went was said to free, and what it freed.
async fn told((world, store): (&World, &Store), what: &str, (went, said, before): (u64, u64, u64)) {
    let plan = store.storage_plan(&site()).await.unwrap();
    let named = plan.recording_bytes + plan.own_bytes + plan.shared_bytes;
    let numbers = [went, said, before, disk_bytes(world), named];
    proof::tell(
        "retention",
        &[proof::row(what, &numbers.map(|number| number as usize))],
    );
}

#[tokio::test]
async fn recordings_without_a_picture_are_counted_by_day_until_it_is_in_the_log() {
    let world = World::new();
    let store = world.open().await;
    for (session, days) in [(1, 0), (2, 2), (3, 2)] {
        visit(&store, session, days, moves(MONDAY_MS, 3)).await;
    }
    let lines = page(&sheet("seen"), "hello", MONDAY_MS);
    visit(&store, 4, 2, lines.clone()).await;
    store.seal().await.unwrap();
    let days = async || {
        let days = store.unplayable_days(SITE, (0, i64::MAX)).await.unwrap();
        let day = |(day_ms, many)| ((day_ms - MONDAY_MS) / DAY_MS, many);
        days.into_iter().map(day).collect::<Vec<_>>()
    };
    assert_eq!(days().await, [(0, 1), (2, 2)]);
    for session in [1, 3, 4] {
        let mut late = chunk(session, (session + 100, 1), lines.clone());
        late.facts.first_ms = MONDAY_MS + 2 * DAY_MS + 5000;
        store.append_chunk(late).await.unwrap();
    }
    assert_eq!(days().await, [(2, 1)]);
}

#[tokio::test]
async fn pinned_recordings_stay_and_the_bytes_of_the_others_leave_the_disk() {
    let world = World::new();
    let store = world.open().await;
    for session in 1..=6 {
        let lines = page(&sheet(&format!("c{session}")), "hello", MONDAY_MS);
        visit(&store, session, session as i64 / 3, lines).await;
    }
    // One that cannot be played.
    visit(&store, 7, 2, moves(MONDAY_MS, 3)).await;
    // In the log or in a pack: it is pinned all the same.
    assert!(
        store
            .pin_recording((SITE, SessionId(1)), Pin::Keep)
            .await
            .unwrap()
    );
    assert!(
        !store
            .pin_recording((SITE, SessionId(70)), Pin::Keep)
            .await
            .unwrap()
    );
    store.repack(SITE, 0).await.unwrap();
    let site = site();
    let plan = store.storage_plan(&site).await.unwrap();
    assert_eq!((plan.recordings, plan.pinned, plan.unplayable), (7, 1, 1));
    let all = (0, i64::MAX);
    let days = store.unplayable_days(SITE, all).await.unwrap();
    let day_ms = MONDAY_MS + 2 * DAY_MS;
    assert_eq!(days.into_iter().collect::<Vec<_>>(), [(day_ms, 1)]);
    let before = store.unplayable_days(SITE, (0, MONDAY_MS)).await.unwrap();
    assert!(before.is_empty());
    let coming: Vec<(i64, u64)> = plan
        .coming_recordings
        .iter()
        .map(|day| ((day.at_ms - MONDAY_MS) / DAY_MS, day.recordings))
        .collect();
    assert_eq!(coming, [(30, 1), (31, 3), (32, 2)]);
    let bytes: u64 = plan.coming_recordings.iter().map(|day| day.bytes).sum();
    assert_eq!(bytes + plan.pinned_bytes, plan.recording_bytes);
    let (summary, _) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
    assert!(summary.pinned);
    assert_eq!(sessions(&store, Some(true)).await, [1]);
    assert_eq!(sessions(&store, Some(false)).await, [2, 3, 4, 5, 6, 7]);

    // Thirty days after Monday 2 goes, and what is freed is at least what was said.
    let before = disk_bytes(&world);
    let at = |days: i64| MONDAY_MS + days * DAY_MS + 3_600_000;
    world.clock.0.store(at(30), Ordering::Relaxed);
    let going = store.going_now(&site).await.unwrap();
    assert_eq!(going.recordings, 1);
    assert_eq!(going.recording_bytes, plan.coming_recordings[0].bytes);
    let mut shorter = site.clone();
    shorter.settings.recording_min_ms = 5000;
    assert_eq!(store.going_now(&shorter).await.unwrap().recordings, 6);
    assert_eq!(store.expire(&site).await.unwrap().recordings, 1);
    assert_eq!(sessions(&store, None).await, [1, 3, 4, 5, 6, 7]);
    let freed = plan.coming_recordings[0].bytes;
    assert!(disk_bytes(&world) + freed <= before);
    told(
        (&world, &store),
        "one of seven is thirty days old",
        (1, freed, before),
    )
    .await;
    // The disk is full: the oldest goes before its time, but not the pinned one.
    let removed = store
        .remove_oldest_recordings(SITE, (2, u64::MAX))
        .await
        .unwrap();
    assert_eq!(removed.recordings, 2);
    // Why they went is known of these, and of those that somebody deletes; age tells of itself.
    let mut reasons = Vec::new();
    for session in [2, 3, 4, 5] {
        let gone = store.recording_gone(SITE, SessionId(session)).await;
        reasons.push(gone.unwrap());
    }
    let disk = Some(RecordingGone::DiskFull);
    assert_eq!(reasons, [None, disk, disk, None]);
    assert_eq!(sessions(&store, None).await, [1, 5, 6, 7]);
    world.clock.0.store(at(90), Ordering::Relaxed);
    let before = disk_bytes(&world);
    let plan = store.storage_plan(&site).await.unwrap();
    let said: u64 = plan.coming_recordings.iter().map(|day| day.bytes).sum();
    store.expire(&site).await.unwrap();
    assert_eq!(sessions(&store, None).await, [1]);
    told(
        (&world, &store),
        "all but the pinned one are",
        (3, said, before),
    )
    .await;
    let removed = store
        .remove_oldest_recordings(SITE, (2, u64::MAX))
        .await
        .unwrap();
    assert_eq!(removed.recordings, 0);
    store.tidy_recordings(SITE).await.unwrap();
    let plan = store.storage_plan(&site).await.unwrap();
    // Its segment, its sheet, and the base of its page, each in a pack of its own.
    let named = plan.recording_bytes + plan.own_bytes + plan.shared_bytes;
    assert_eq!(disk_bytes(&world), 3 * 8 + named);
    assert_eq!(store.doctor().await, []);
    let before = disk_bytes(&world);
    // Released, it is as old as the others were.
    assert!(
        store
            .pin_recording((SITE, SessionId(1)), Pin::Release)
            .await
            .unwrap()
    );
    store.expire(&site).await.unwrap();
    store.tidy_recordings(SITE).await.unwrap();
    assert_eq!(sessions(&store, None).await, []);
    assert_eq!(disk_bytes(&world), 0);
    told(
        (&world, &store),
        "the pinned one is released",
        (1, named, before),
    )
    .await;
}

/// Pinned recordings keep the pack of their day, but nothing in it that went: not for good, however
/// little it is.
#[tokio::test]
async fn what_is_past_retention_leaves_a_pack_that_pinned_recordings_keep() {
    let world = World::new();
    let store = world.open().await;
    for session in 1..=8 {
        let lines = page(&sheet("red"), &format!("hello {session}"), MONDAY_MS);
        visit(&store, session, 0, lines).await;
        if session != 5 {
            let pinned = (SITE, SessionId(session));
            assert!(store.pin_recording(pinned, Pin::Keep).await.unwrap());
        }
    }
    store.repack(SITE, 0).await.unwrap();
    store.tidy_recordings(SITE).await.unwrap();
    let site = site();
    let plan = store.storage_plan(&site).await.unwrap();
    let said = plan.coming_recordings[0].bytes;
    let before = disk_bytes(&world);
    let gaps = async || store.inner.packs_with_gaps(SITE, |_| true).await.unwrap();
    assert_eq!(gaps().await, Vec::<String>::new());
    // An eighth of the pack: as long as more of its day may go, it is not worth writing anew.
    let at = |days: i64| MONDAY_MS + days * DAY_MS + 3_600_000;
    world.clock.0.store(at(30), Ordering::Relaxed);
    assert_eq!(store.expire(&site).await.unwrap().recordings, 1);
    assert_eq!(gaps().await.len(), 1);
    assert_eq!(disk_bytes(&world), before);
    world.clock.0.store(at(31), Ordering::Relaxed);
    assert_eq!(store.expire(&site).await.unwrap().recordings, 0);
    assert_eq!(gaps().await, Vec::<String>::new());
    assert!(said > 0 && disk_bytes(&world) + said <= before);
    let what = "one of eight, of which seven are pinned";
    told((&world, &store), what, (1, said, before)).await;
    assert_eq!(sessions(&store, None).await, [1, 2, 3, 4, 6, 7, 8]);
    assert_eq!(store.doctor().await, []);
}

#[tokio::test]
async fn a_page_that_changes_gets_a_new_base_and_the_old_one_goes_with_its_last_recording() {
    let world = World::new();
    let store = world.open().await;
    let (mut bases, mut large) = (Vec::new(), 0);
    let long = |version: u128| -> String {
        (0..400_u128)
            .map(|word| {
                format!(
                    "{:x} ",
                    (version << 20 | word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
                )
            })
            .collect()
    };
    // The page is new from the tenth visitor on.
    for session in 1..=36_u128 {
        let version = u128::from(session >= 10);
        let lines = page(&sheet("red"), &long(version), MONDAY_MS);
        visit(&store, session, i64::from(session >= 10) * 5, lines).await;
        store.seal().await.unwrap();
        if store.repack(SITE, 0).await.unwrap().bases > 0 {
            bases.push(session);
        } else if session == 12 {
            let found = store.recording(SITE, SessionId(12)).await.unwrap();
            large = found.unwrap().0.stored_bytes;
        }
    }
    assert_eq!(bases.len(), 2, "{bases:?}");
    assert_eq!(bases[0], 5);
    assert!(bases[1] > 14, "the new page was shown to five: {bases:?}");
    let stored = async |session| {
        let found = store.recording(SITE, SessionId(session)).await.unwrap();
        found.unwrap().0.stored_bytes
    };
    assert!(stored(36).await * 3 < large, "{large}");
    assert!(stored(12).await * 3 < large, "it waited for the new one");
    // Only the first base's recordings go.
    let of_site = async || store.inner.catalog.bases(SITE).await.unwrap().len();
    assert_eq!(of_site().await, 2);
    let site = site();
    world
        .clock
        .0
        .store(MONDAY_MS + 32 * DAY_MS, Ordering::Relaxed);
    store.expire(&site).await.unwrap();
    store.tidy_recordings(SITE).await.unwrap();
    let on_the_old: Vec<u128> = sessions(&store, None).await;
    assert_eq!(on_the_old.len(), 27);
    world
        .clock
        .0
        .store(MONDAY_MS + 40 * DAY_MS, Ordering::Relaxed);
    store.expire(&site).await.unwrap();
    store.tidy_recordings(SITE).await.unwrap();
    assert_eq!(of_site().await, 0);
    assert_eq!(disk_bytes(&world), 0);
}

/// Whoever reads while recordings are put in order, packs merged and others removed, gets the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_never_notice_what_is_moved_beside_them() {
    let world = World::new();
    let store = world.open().await;
    let lines = |session: u128, sequence: u32| match sequence {
        0 => page(&sheet("red"), &format!("Hello {session}"), MONDAY_MS),
        _ => moves(MONDAY_MS + i64::from(sequence), 3),
    };
    let over = Arc::new(AtomicBool::new(false));
    for session in 1..=8 {
        for sequence in 0..3 {
            let one = chunk(session, (session + 100, sequence), lines(session, sequence));
            store.append_chunk(one).await.unwrap();
        }
    }
    let reader = {
        let (store, over) = (store.clone(), Arc::clone(&over));
        tokio::spawn(async move {
            let mut reads = 0;
            while !over.load(Ordering::Relaxed) || reads < 100 {
                for session in 1..=6 {
                    let all = span(session, session + 100, (0, 2));
                    let found = store.chunk(SITE, all).await.unwrap();
                    let expected: String = (0..3).map(|at| lines(session, at)).collect();
                    assert_eq!(found.as_deref(), Some(expected.as_bytes()));
                    reads += 1;
                }
            }
        })
    };
    for late in 3..12 {
        for session in 1..=8 {
            let one = chunk(session, (session + 100, late), moves(MONDAY_MS, 2));
            store.append_chunk(one).await.unwrap();
            if session % 3 == 0 {
                store.seal().await.unwrap();
            }
        }
        store.repack(SITE, 0).await.unwrap();
        store.tidy_recordings(SITE).await.unwrap();
        if late == 6 {
            store.remove_recording(SITE, SessionId(7)).await.unwrap();
            let eighth = hitmetrix_model::VisitorId(8);
            store.erase_recordings(SITE, &[eighth]).await.unwrap();
        }
    }
    over.store(true, Ordering::Relaxed);
    reader.await.unwrap();
    assert_eq!(store.doctor().await, []);
}
