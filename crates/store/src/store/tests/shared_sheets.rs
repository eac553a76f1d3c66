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
    store.shared_sheets(SITE).await.unwrap()
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
