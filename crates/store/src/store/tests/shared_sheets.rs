//! Sheets that pages need not send again: which they are told of, in which order, and what a chunk
//! gets that names one.

use std::collections::BTreeSet;

use hitmetrix_model::{SessionId, limits};
use hitmetrix_recording::SheetDigest;

use super::repacking::{chunk, page, sheet};
use super::world::{SITE, World};
use crate::lanes::samples::MONDAY_MS;
use crate::store::Store;

/// A sheet of over so many bytes.
fn large(colour: &str, bytes: usize) -> String {
    format!(".c{{color:{colour}}}").repeat(bytes / 10)
}

fn digest(sheet: &str) -> SheetDigest {
    SheetDigest::of(format!("\"{sheet}\"").as_bytes())
}

/// A session's only chunk: a page whose first sheet is small, and these beside it.
async fn visit(store: &Store, session: u128, sheets: &[String]) {
    let mut lines = page(&sheet("red"), "Hello", MONDAY_MS);
    for (index, sheet) in sheets.iter().enumerate() {
        let id = 3 + index;
        lines += &format!(
            "{{\"type\":3,\"data\":{{\"source\":0,\"texts\":[],\"attributes\":[{{\"id\":{id},\"attributes\":\
             {{\"_cssText\":\"{sheet}\"}}}}],\"removes\":[],\"adds\":[]}},\"timestamp\":{MONDAY_MS}}}\n"
        );
    }
    let chunk = chunk(session, (session, 0), lines);
    store.append_chunk(chunk).await.unwrap();
}

async fn at_rest(store: &Store) {
    store.seal().await.unwrap();
    store.repack(SITE, 0).await.unwrap();
}

async fn told(store: &Store) -> Vec<SheetDigest> {
    // Whoever asks for a sheet waits until all is known.
    store.sheets(SITE, &BTreeSet::new()).await.unwrap();
    store.shared_sheets(SITE)
}

#[tokio::test]
async fn pages_are_told_of_large_sheets_that_five_visitors_sent() {
    let world = World::new();
    let store = world.open().await;
    assert_eq!(told(&store).await, []);
    let (often, seldom) = (large("blue", 4000), large("pink", 4000));
    let (few, path) = (large("grey", 4000), "M1 1".repeat(500));
    for visitor in 1..=8 {
        let mut sheets = vec![often.clone(), path.clone()];
        sheets.extend((visitor <= 5).then(|| seldom.clone()));
        sheets.extend((visitor <= 4).then(|| few.clone()));
        visit(&store, visitor, &sheets).await;
        at_rest(&store).await;
        let shared: &[SheetDigest] = match visitor {
            1..=4 => &[],
            _ => &[digest(&often), digest(&seldom), digest(&path)],
        };
        let known: BTreeSet<SheetDigest> = told(&store).await.into_iter().collect();
        assert_eq!(known, shared.iter().copied().collect(), "{visitor}");
    }
    // Those first that most recordings have, and never one that fewer than five visitors sent.
    assert_eq!(told(&store).await.last(), Some(&digest(&seldom)));
    let named = BTreeSet::from([digest(&often), digest(&few), digest(&sheet("red"))]);
    let found = store.sheets(SITE, &named).await.unwrap();
    assert_eq!(found[&digest(&often)], format!("\"{often}\"").into_bytes());
    assert!(!found.contains_key(&digest(&few)));
    // When its recordings are gone, so is it.
    for session in 1..=8 {
        store
            .remove_recording(SITE, SessionId(session))
            .await
            .unwrap();
    }
    store.tidy_recordings(SITE).await.unwrap();
    assert_eq!(told(&store).await, []);
    assert!(store.sheets(SITE, &named).await.unwrap().is_empty());
}

/// A store in which five visitors share a sheet.
async fn sharing(world: &World, sheet: &str) -> Store {
    let store = world.open().await;
    for visitor in 1..=5 {
        visit(&store, visitor, &[sheet.to_owned()]).await;
    }
    at_rest(&store).await;
    store
}

#[tokio::test]
async fn nobody_waits_for_what_pages_are_told() {
    let world = World::new();
    let blue = large("blue", 4000);
    let store = sharing(&world, &blue).await;
    assert_eq!(store.shared_sheets(SITE), []);
    for _ in 0..1000 {
        if store.shared_sheets(SITE) == [digest(&blue)] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("it is not looked up meanwhile");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_not_told_of_what_was_erased_while_it_was_looked_up() {
    let world = World::new();
    let store = sharing(&world, &large("blue", 4000)).await;
    let asker = store.clone();
    let asking = tokio::spawn(async move {
        loop {
            told(&asker).await;
            tokio::task::yield_now().await;
        }
    });
    for session in 1..=5 {
        store
            .remove_recording(SITE, SessionId(session))
            .await
            .unwrap();
    }
    store.tidy_recordings(SITE).await.unwrap();
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    assert_eq!(told(&store).await, []);
}

#[tokio::test]
async fn pages_are_told_no_more_of_a_sheet_that_cannot_be_read() {
    for is_gone in [false, true] {
        let world = World::new();
        let blue = large("blue", 4000);
        let store = sharing(&world, &blue).await;
        assert_eq!(told(&store).await, [digest(&blue)]);
        for pack in store.inner.catalog.packs().await.unwrap() {
            let path = store.inner.paths.pack(&pack);
            match is_gone {
                true => std::fs::remove_file(&path).unwrap(),
                false => std::fs::write(&path, vec![0; 10_000]).unwrap(),
            }
        }
        let named = BTreeSet::from([digest(&blue)]);
        assert!(store.sheets(SITE, &named).await.unwrap().is_empty());
        assert_eq!(store.shared_sheets(SITE), []);
    }
}

#[tokio::test]
async fn pages_are_told_of_so_many_sheets_and_no_more() {
    let world = World::new();
    let store = world.open().await;
    let count = limits::SHARED_SHEETS_TOLD + 5;
    let sheets: Vec<String> = (0..count)
        .map(|at| large(&format!("c{at}"), 2000))
        .collect();
    for visitor in 1..=5 {
        visit(&store, visitor, &sheets).await;
    }
    at_rest(&store).await;
    assert_eq!(told(&store).await.len(), limits::SHARED_SHEETS_TOLD);
    // One that they are not told of may be named all the same: the list of before was another.
    let named: BTreeSet<SheetDigest> = sheets.iter().map(|sheet| digest(sheet)).collect();
    assert_eq!(store.sheets(SITE, &named).await.unwrap().len(), count);
}
