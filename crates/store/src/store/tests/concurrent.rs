//! Everything at once: senders, a sealer, a compactor and readers. No reader ever sees an event
//! twice, misses one that was acknowledged before it looked, or finds a file gone; and what a
//! failed commit leaves behind loses nothing either.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sqlx::SqlitePool;

use super::world::{SITE, World, batch, identify, seen};
use crate::Snapshot;
use crate::store::Store;

const SENDERS: u128 = 3;
const BATCHES: u128 = 60;
const EVENTS: u32 = 8;

#[derive(Default)]
struct Progress {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    done: AtomicBool,
}

/// Sends each batch twice; every fourth also says who the visitor is.
async fn send(store: Store, sender: u128, progress: Arc<Progress>) {
    for number in 0..BATCHES {
        let window = sender * BATCHES + number;
        let mut one = batch(number % 17, window, 0..EVENTS);
        if number % 4 == 0 {
            one.identities = vec![identify(number % 17, &format!("user {}", number % 5))];
        }
        progress.sent.fetch_add(u64::from(EVENTS), Ordering::SeqCst);
        let receipt = store.append(one.clone()).await.unwrap();
        assert_eq!((receipt.accepted, receipt.duplicates), (EVENTS, 0));
        progress
            .acknowledged
            .fetch_add(u64::from(EVENTS), Ordering::SeqCst);
        let again = store.append(one).await.unwrap();
        assert_eq!((again.accepted, again.duplicates), (0, EVENTS));
    }
}

fn counted(snapshot: &Snapshot) -> u64 {
    assert!(snapshot.missing.is_empty(), "{:?}", snapshot.missing);
    let mut ids = BTreeSet::new();
    for run in &snapshot.runs {
        for row in 0..run.len() {
            let id = (
                run.windows().unwrap().get(row),
                run.sequences().unwrap()[row],
            );
            assert!(ids.insert(id), "event {id:?} is there twice");
        }
    }
    ids.len() as u64
}

fn look(store: &Store, progress: &Progress) {
    let mut last: Option<(Snapshot, u64)> = None;
    let mut most = 0;
    while !progress.done.load(Ordering::SeqCst) {
        let floor = progress.acknowledged.load(Ordering::SeqCst);
        let snapshot = store.snapshot(SITE).unwrap();
        let found = counted(&snapshot);
        assert!(
            found >= floor,
            "{floor} were acknowledged, {found} are seen"
        );
        assert!(found >= most, "{most} were seen before, {found} now");
        assert!(found <= progress.sent.load(Ordering::SeqCst));
        most = found;
        // The one before is still whole, whatever was merged and deleted meanwhile.
        if let Some((before, count)) = last.replace((snapshot, found)) {
            let mut exported = 0;
            let export = store.export(&before, &mut |_| {
                exported += 1;
                ControlFlow::Continue(())
            });
            export.unwrap();
            assert_eq!(exported, count);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn nobody_sees_an_event_twice_or_misses_one() {
    let world = World::new();
    let store = world.open().await;
    let progress = Arc::new(Progress::default());
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (store, progress) = (store.clone(), Arc::clone(&progress));
            tokio::task::spawn_blocking(move || look(&store, &progress))
        })
        .collect();
    let (sealing, sealer) = (store.clone(), Arc::clone(&progress));
    let sealer = tokio::spawn(async move {
        while !sealer.done.load(Ordering::SeqCst) {
            sealing.seal().await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let (compacting, compactor) = (store.clone(), Arc::clone(&progress));
    let compactor = tokio::spawn(async move {
        while !compactor.done.load(Ordering::SeqCst) {
            compacting.compact().await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| tokio::spawn(send(store.clone(), sender, Arc::clone(&progress))))
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    progress.done.store(true, Ordering::SeqCst);
    sealer.await.unwrap();
    compactor.await.unwrap();
    for reader in readers {
        reader.await.unwrap();
    }
    let all = SENDERS as usize * BATCHES as usize * EVENTS as usize;
    let rows = seen(&store);
    assert_eq!(rows.len(), all);
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
    assert!(store.doctor().await.is_empty());
}

/// Lets every further commit of a seal fail, or no more.
async fn forbid_seals(data: &Path, statement: &'static str) {
    let url = format!("sqlite://{}/catalog.db", data.display());
    let database = SqlitePool::connect(&url).await.unwrap();
    sqlx::query(statement).execute(&database).await.unwrap();
    database.close().await;
}

fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    let count = |path: std::path::PathBuf| if path.is_dir() { files_below(&path) } else { 1 };
    entries.map(|entry| count(entry.unwrap().path())).sum()
}

#[tokio::test]
async fn a_commit_that_failed_loses_and_doubles_nothing() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(1, 1, 0..6)).await.unwrap();
    store.append(batch(2, 2, 0..6)).await.unwrap();
    let rows = seen(&store);
    let parts = world.data().join("parts");
    let forbid = "CREATE TRIGGER no_seal BEFORE UPDATE ON state \
                  BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END";
    forbid_seals(&world.data(), forbid).await;
    assert!(store.seal().await.is_err());
    assert_eq!(seen(&store), rows);
    let kept = files_below(&parts);
    assert!(
        kept > 0,
        "a crash could bring the commit back, so its parts stay"
    );
    forbid_seals(&world.data(), "DROP TRIGGER no_seal").await;
    let again = store.append(batch(1, 1, 0..6)).await.unwrap();
    assert_eq!(again.duplicates, 6);
    store.seal().await.unwrap();
    assert_eq!(seen(&store), rows);
    assert_eq!(
        files_below(&parts),
        kept,
        "those of the failed commit are gone"
    );
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
    let again = store.append(batch(2, 2, 0..6)).await.unwrap();
    assert_eq!(
        again.duplicates, 6,
        "the memory of duplicates came back too"
    );
}

#[tokio::test]
async fn a_version_that_moved_unheard_stops_seals_until_a_restart() {
    let world = World::new();
    let store = world.open().await;
    store.append(batch(1, 1, 0..6)).await.unwrap();
    let rows = seen(&store);
    let moved = "UPDATE state SET catalog_version = catalog_version + 1";
    forbid_seals(&world.data(), moved).await;
    assert!(store.seal().await.is_err());
    assert_eq!(seen(&store), rows);
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
    store.seal().await.unwrap();
    assert_eq!(seen(&store), rows);
}
