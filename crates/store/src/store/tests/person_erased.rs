//! Erasing a person: nothing of them is found in any file, everybody else's events stay under the
//! right person, and neither a crash nor an older backup brings anything back.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{Batch, IdentityChange, PersonKey, Value, VisitorId};

use super::proof;
use super::world::{DAY_MS, SITE, World, batch, identify, rows_of, seen};
use crate::erasures::Erased;
use crate::lanes::shard_of;
use crate::parts::Part;
use crate::state::read;
use crate::store::{EraseStep, PersonErased, Store, StoreError};

const SECRET: &str = "alma-lives-in-graz";
const USER: &str = "alma@example.org";

async fn erase(store: &Store, visitors: &[u128]) -> PersonErased {
    let visitors: Vec<VisitorId> = visitors.iter().map(|&id| VisitorId(id)).collect();
    store.erase_person(SITE, &visitors, &|_| {}).await.unwrap()
}

fn undo(visitor: u128) -> IdentityChange {
    IdentityChange::Undo {
        visitor: VisitorId(visitor),
        time_ms: 0,
    }
}

/// Events that say a secret, and who it is.
fn secret(visitor: u128, window: u128) -> Batch {
    let mut batch = batch(visitor, window, 0..9);
    for event in &mut batch.events {
        let value = Value::Text(SECRET.to_owned());
        event.properties.insert("traits.home".to_owned(), value);
    }
    batch.identities = vec![identify(visitor, USER)];
    batch
}

/// Files of a folder, and how many of them have the needle in them.
fn count(folder: &Path, needle: &[u8]) -> (usize, usize) {
    let (mut files, mut found) = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let (inner, holding) = count(&path, needle);
            files += inner;
            found += holding;
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files += 1;
            found += usize::from(bytes.windows(needle.len()).any(|window| window == needle));
        }
    }
    (files, found)
}

fn holds(folder: &Path, needle: &[u8]) -> bool {
    count(folder, needle).1 > 0
}

/// A row of the proof: files, how often something of hers is found, and events of others.
fn counted(when: &str, world: &World, others: usize) -> Vec<String> {
    let (files, words) = count(&world.data(), SECRET.as_bytes());
    let (_, ids) = count(&world.data(), USER.as_bytes());
    proof::row(when, &[files, words + ids, others])
}

fn expect_gone(world: &World) {
    for needle in [SECRET, USER] {
        assert!(!holds(&world.data(), needle.as_bytes()), "{needle} is left");
    }
}

/// Alma on two devices, in parts of several weeks and in the log, and three others.
async fn filled(world: &World) -> Store {
    let store = world.open().await;
    store.append(secret(1, 10)).await.unwrap();
    store.append(secret(2, 20)).await.unwrap();
    store.append(batch(3, 30, 0..5)).await.unwrap();
    store.seal().await.unwrap();
    store.append(secret(2, 21)).await.unwrap();
    store.append(batch(4, 40, 0..5)).await.unwrap();
    store.seal().await.unwrap();
    store.append(secret(1, 11)).await.unwrap();
    store.append(batch(5, 50, 0..5)).await.unwrap();
    store
}

/// The rows of visitors, as they are told.
fn only(rows: &[String], visitors: &[u128]) -> Vec<String> {
    let is_of = |row: &&String| {
        let visitor: u128 = row.split(' ').nth(1).unwrap().parse().unwrap();
        visitors.contains(&visitor)
    };
    rows.iter().filter(is_of).cloned().collect()
}

#[tokio::test]
async fn nothing_of_a_person_is_left_and_all_of_the_others() {
    let world = World::new();
    let store = filled(&world).await;
    let before = seen(&store);
    assert!(holds(&world.data(), SECRET.as_bytes()), "the log has it");
    let others = only(&before, &[3, 4, 5]);
    let mut rows = vec![counted("before", &world, others.len())];
    let old = store.snapshot(SITE).unwrap();
    let steps = Mutex::new(Vec::new());
    let visitors = [VisitorId(1), VisitorId(2)];
    let told = |step| steps.lock().unwrap().push(step);
    let report = store.erase_person(SITE, &visitors, &told).await.unwrap();
    assert_eq!(report.events, 36);
    assert_eq!(report.entries, 2);
    assert_eq!(seen(&store), others);
    drop(old);
    expect_gone(&world);
    rows.push(counted("after erasing", &world, seen(&store).len()));
    let steps = steps.into_inner().unwrap();
    let all = report.parts;
    assert_eq!(steps[0], EraseStep::Recordings);
    assert_eq!(steps.last(), Some(&EraseStep::Parts { done: all, all }));
    assert!(store.person_ledger(SITE, USER).await.unwrap().is_none());

    let store = world.reopen(store).await;
    assert_eq!(seen(&store), others);
    rows.push(counted("after a restart", &world, seen(&store).len()));
    store.compact().await.unwrap();
    assert_eq!(seen(&store), others);
    expect_gone(&world);
    rows.push(counted("after compaction", &world, seen(&store).len()));
    proof::tell("person", &rows);
    assert_eq!(erase(&store, &[1, 2]).await, PersonErased::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_meanwhile_sees_all_of_the_person_or_nothing() {
    let world = World::new();
    let store = filled(&world).await;
    // Of the same week as hers, and so many that some stand in the same parts.
    let neighbours: Vec<u128> = (1..=60).map(|number| 1 + 16 * number).collect();
    for &visitor in &neighbours {
        store
            .append(batch(visitor, 1000 + visitor, 0..1))
            .await
            .unwrap();
    }
    let (reader, done) = (store.clone(), Arc::new(AtomicBool::new(false)));
    let before = only(&seen(&store), &[1, 2]);
    let others = only(&seen(&store), &neighbours);
    let is_done = Arc::clone(&done);
    let (begins, begun) = tokio::sync::oneshot::channel();
    let reading = tokio::task::spawn_blocking(move || {
        let (mut whole, mut empty) = (0, 0);
        let mut begins = Some(begins);
        while !is_done.load(Ordering::Acquire) || empty == 0 {
            let rows = seen(&reader);
            assert_eq!(only(&rows, &neighbours), others);
            match only(&rows, &[1, 2]) {
                theirs if theirs.is_empty() => empty += 1,
                theirs => {
                    assert_eq!(theirs, before);
                    assert_eq!(empty, 0, "nobody comes back");
                    whole += 1;
                    if let Some(begins) = begins.take() {
                        begins.send(()).unwrap();
                    }
                }
            }
        }
        (whole, empty)
    });
    begun.await.unwrap();
    erase(&store, &[1, 2]).await;
    done.store(true, Ordering::Release);
    let (whole, empty) = reading.await.unwrap();
    assert!(whole > 0 && empty > 0, "{whole} {empty}");
}

#[tokio::test]
async fn who_was_erased_may_come_again_and_is_somebody_new() {
    let world = World::new();
    let store = filled(&world).await;
    erase(&store, &[1, 2]).await;
    store.append(secret(2, 22)).await.unwrap();
    let rows = only(&seen(&store), &[1, 2]);
    assert_eq!(rows.len(), 9);
    assert!(rows.iter().all(|row| row.starts_with("2 2 ")), "{rows:?}");
    store.seal().await.unwrap();
    assert_eq!(only(&seen(&store), &[1, 2]), rows);
}

#[tokio::test]
async fn a_crash_in_the_middle_is_made_good_at_the_next_start() {
    let world = World::new();
    let store = filled(&world).await;
    let others = only(&seen(&store), &[3, 4, 5]);
    store.seal().await.unwrap();
    let begun = [1, 2].map(|visitor| Erased::visitor(SITE, VisitorId(visitor)));
    store.inner.note_begun(&begun).await.unwrap();
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), others);
    assert!(store.inner.erasures.pending().is_empty());
    expect_gone(&world);
}

#[tokio::test]
async fn an_older_backup_brings_nobody_back_but_who_came_after_the_erasure() {
    let world = World::new();
    let store = filled(&world).await;
    let others = only(&seen(&store), &[3, 4, 5]);
    let [old, new, keys] = ["old", "new", "keys"].map(|name| world.folder.path().join(name));
    store.backup(&old).await.unwrap();
    erase(&store, &[1, 2]).await;
    world.clock.0.fetch_add(DAY_MS, Ordering::Relaxed);
    let mut again = secret(2, 22);
    again.received_at_ms = world.clock.0.load(Ordering::Relaxed);
    store.append(again).await.unwrap();
    store.backup(&new).await.unwrap();
    store.backup_keys(&keys).await.unwrap();
    store.close().await.unwrap();
    for (backup, left) in [(&old, 0), (&new, 9)] {
        let other = World::new();
        let restored = Store::restore(backup, Some(&keys), other.config()).await;
        restored.unwrap();
        let store = other.open().await;
        let rows = seen(&store);
        assert_eq!(only(&rows, &[3, 4, 5]), others);
        assert_eq!(only(&rows, &[1, 2]).len(), left, "{rows:?}");
        if left == 0 {
            expect_gone(&other);
        }
    }
}

#[tokio::test]
async fn who_once_was_the_same_person_stays_and_stands_alone() {
    let world = World::new();
    let store = filled(&world).await;
    let mut batch = batch(3, 31, 0..5);
    batch.identities = vec![identify(3, USER)];
    store.append(batch).await.unwrap();
    // Sealed under the key of visitor 1.
    store.seal().await.unwrap();
    assert!(
        only(&seen(&store), &[3])
            .iter()
            .any(|row| row.starts_with("1 3 "))
    );
    let mut split = super::world::batch(3, 32, 0..1);
    split.identities = vec![undo(3)];
    store.append(split).await.unwrap();
    erase(&store, &[1, 2]).await;
    let rows = seen(&store);
    assert_eq!(only(&rows, &[3]).len(), 11);
    assert!(only(&rows, &[3]).iter().all(|row| row.starts_with("3 3 ")));
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
}

/// Whatever happens before and after, in any order: the rows of who was erased are gone, and all
/// others are there once, under the person that the ledger says.
#[tokio::test]
async fn random_lives_with_erasures_leave_exactly_the_others() {
    for seed in 0..12_u64 {
        let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut below = |end: u64| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice % end
        };
        let world = World::new();
        let mut store = world.open().await;
        let mut expected: BTreeSet<(u128, u128)> = BTreeSet::new();
        for window in 100..130_u128 {
            match below(10) {
                0 => drop(store.seal().await.unwrap()),
                1 => drop(store.compact().await.unwrap()),
                2 => store = world.reopen(store).await,
                3 => {
                    let visitor = 1 + u128::from(below(5));
                    let ledger = store
                        .person_ledger(SITE, &VisitorId(visitor).to_string())
                        .await;
                    if let Some(person) = ledger.unwrap() {
                        let theirs: Vec<u128> = person.visitors.iter().map(|one| one.0).collect();
                        erase(&store, &theirs).await;
                        expected.retain(|(visitor, _)| !theirs.contains(visitor));
                    }
                }
                kind => {
                    let visitor = 1 + u128::from(below(5));
                    let mut batch = batch(visitor, window, 0..3);
                    let user = ["ada", "bob"][below(2) as usize];
                    match kind {
                        4 | 5 => batch.identities = vec![identify(visitor, user)],
                        6 => batch.identities = vec![undo(visitor)],
                        _ => {}
                    }
                    store.append(batch).await.unwrap();
                    expected.insert((visitor, window));
                }
            }
            // Checks on the way that each row stands under its person.
            let rows = seen(&store);
            assert_eq!(
                rows.len(),
                expected.len() * 3,
                "seed {seed}, window {window}"
            );
        }
    }
}

/// A visitor whose events of the same days stand in the same part as those of another.
fn neighbour(of: u128, number: usize) -> u128 {
    let shard = |visitor| shard_of(PersonKey(visitor));
    (1..)
        .map(|step| of + 16 * step)
        .filter(|&visitor| shard(visitor) == shard(of))
        .nth(number)
        .unwrap()
}

/// Alma, with two others in her part, and Bob.
async fn with_neighbours(world: &World) -> (Store, [u128; 2]) {
    let store = world.open().await;
    let others = [neighbour(1, 0), neighbour(1, 1)];
    store.append(secret(1, 10)).await.unwrap();
    for visitor in others {
        store
            .append(batch(visitor, 1000 + visitor, 0..3))
            .await
            .unwrap();
    }
    let mut bob = batch(4, 40, 0..5);
    bob.identities = vec![identify(4, "bob")];
    store.append(bob).await.unwrap();
    store.seal().await.unwrap();
    (store, others)
}

/// The visitor turns out to be Bob.
async fn join_bob(store: &Store, visitor: u128) {
    let mut batch = batch(visitor, 2000 + visitor, 0..2);
    batch.identities = vec![identify(visitor, "bob")];
    store.append(batch).await.unwrap();
}

#[tokio::test]
async fn who_is_joined_while_somebody_is_erased_comes_to_stand_under_the_right_person() {
    for compacts in [false, true] {
        let world = World::new();
        let (store, [other, _]) = with_neighbours(&world).await;
        // Behind the seal of the erasure, and before it looks at the parts.
        join_bob(&store, other).await;
        if compacts {
            store.compact().await.unwrap();
        }
        let erased = [(Erased::visitor(SITE, VisitorId(1)), i64::MAX)].into();
        let work = store.inner.work.lock().await;
        let report = store.inner.erase_visitors_again(&erased).await.unwrap();
        drop(work);
        assert_eq!(report.events, 9);
        let rows = seen(&store);
        let theirs = only(&rows, &[other]);
        assert_eq!(theirs.len(), 5);
        let are_bobs = theirs.iter().all(|row| row.starts_with("4 "));
        assert!(are_bobs, "{theirs:?}");
        let store = world.reopen(store).await;
        assert_eq!(seen(&store), rows);
        store.compact().await.unwrap();
        assert_eq!(seen(&store), rows);
        store.seal().await.unwrap();
        assert_eq!(seen(&store), rows);
        store.compact().await.unwrap();
        let store = world.reopen(store).await;
        assert_eq!(seen(&store), rows);
    }
}

/// The replay numbers what is in the log anew after an erasure: no part may have counted it.
#[tokio::test]
async fn what_was_compacted_before_an_erasure_is_told_right_after_a_restart() {
    let world = World::new();
    let (store, _) = with_neighbours(&world).await;
    store.append(batch(5, 50, 0..3)).await.unwrap();
    store.seal().await.unwrap();
    join_bob(&store, 5).await;
    store.compact().await.unwrap();
    let erased = [(Erased::visitor(SITE, VisitorId(1)), i64::MAX)].into();
    let work = store.inner.work.lock().await;
    store.inner.erase_visitors_again(&erased).await.unwrap();
    drop(work);
    let mut split = batch(5, 51, 0..1);
    split.identities = vec![undo(5)];
    store.append(split).await.unwrap();
    let rows = seen(&store);
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
    store.seal().await.unwrap();
    store.compact().await.unwrap();
    assert_eq!(seen(&store), rows);
}

#[tokio::test]
async fn who_is_joined_after_an_erasure_and_a_restart_is_joined_everywhere() {
    let world = World::new();
    let (store, [gone, other]) = with_neighbours(&world).await;
    erase(&store, &[1]).await;
    // The part is written under the version to which the first erasure raised it.
    erase(&store, &[gone]).await;
    let store = world.reopen(store).await;
    join_bob(&store, other).await;
    let rows = seen(&store);
    let theirs = only(&rows, &[other]);
    assert_eq!(theirs.len(), 5);
    let are_bobs = theirs.iter().all(|row| row.starts_with("4 "));
    assert!(are_bobs, "{theirs:?}");
    store.seal().await.unwrap();
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
}

/// The part in which a visitor stands under a person.
fn part_with(store: &Store, visitor: u128, person: u128) -> Arc<Part> {
    let state = read(&store.inner.state);
    let has = |part: &&Arc<Part>| {
        let run = part.run().unwrap();
        run.has_visitor(VisitorId(visitor)) && run.persons().contains(&person)
    };
    state.sites[&SITE].parts.iter().find(has).cloned().unwrap()
}

#[tokio::test]
async fn a_part_that_cannot_be_read_keeps_no_server_from_starting_and_is_made_good_later() {
    let world = World::new();
    let store = filled(&world).await;
    // Somebody who once was the same person, and stands under it where it cannot be read.
    let mut joined = batch(3, 31, 0..5);
    joined.identities = vec![identify(3, USER)];
    store.append(joined).await.unwrap();
    store.seal().await.unwrap();
    let mut split = batch(3, 32, 0..1);
    split.identities = vec![undo(3)];
    store.append(split).await.unwrap();
    store.seal().await.unwrap();
    let part = part_with(&store, 3, 1);
    let (path, lanes) = (part.path().clone(), part.lanes().folder.clone());
    drop(part);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, vec![7; whole.len()]).unwrap();

    let visitors = [VisitorId(1), VisitorId(2)];
    let refused = store.erase_person(SITE, &visitors, &|_| {}).await;
    let Err(StoreError::NotErased { part, others: 0 }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(part, path.display().to_string());

    std::fs::remove_dir_all(&lanes).unwrap();
    let store = world.reopen(store).await;
    assert!(!store.inner.erasures.pending().is_empty());
    let mut snapshot = store.snapshot(SITE).unwrap();
    assert_eq!(snapshot.missing.len(), 1);
    snapshot.missing.clear();
    let readable = rows_of(&snapshot);
    assert!(!readable.is_empty());
    assert!(only(&readable, &[1, 2]).is_empty());

    std::fs::write(&path, whole).unwrap();
    let store = world.reopen(store).await;
    assert!(store.inner.erasures.pending().is_empty());
    let rows = seen(&store);
    assert!(only(&rows, &[1, 2]).is_empty());
    let theirs = only(&rows, &[3]);
    assert_eq!(theirs.len(), 11);
    assert!(theirs.iter().all(|row| row.starts_with("3 3 ")));
    assert!(store.person_ledger(SITE, USER).await.unwrap().is_none());
    let store = world.reopen(store).await;
    assert_eq!(seen(&store), rows);
    // The name of the user is in the entry of the one who stays.
    assert!(!holds(&world.data(), SECRET.as_bytes()));
}
