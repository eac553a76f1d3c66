//! What recordings tell of pages: kept a session, summed by day, read again, taken out, forgotten.

use std::collections::BTreeMap;

use hitmetrix_model::page_heat::{PageHeat, RowView};
use hitmetrix_model::{SessionId, SiteId, VisitorId, WindowId};

use super::recording::{chunk, site};
use super::world::{DAY_MS, SITE, World};
use crate::lanes::samples::MONDAY_MS;
use crate::store::{Store, StoreConfig};
use crate::{HeatOfPage, HeatQuery};

const S1: SessionId = SessionId(1);
const S2: SessionId = SessionId(2);

fn heat(ms: u64) -> PageHeat {
    PageHeat {
        sessions: 1,
        windows: BTreeMap::from([(40, 1)]),
        rows: vec![RowView { ms, sessions: 1 }],
        moves: BTreeMap::from([((0, 3), ms)]),
    }
}

fn of(page: &str, device: &str, day: i64, ms: u64) -> HeatOfPage {
    HeatOfPage {
        page: page.to_owned(),
        device: device.to_owned(),
        day,
        window: WindowId(u128::from(ms)),
        from_ms: 1000,
        at_ms: 1000 + ms as i64,
        heat: heat(ms),
    }
}

fn query(device: Option<&str>, days: (i64, i64)) -> HeatQuery {
    HeatQuery {
        page: "/a".to_owned(),
        device: device.map(str::to_owned),
        days,
    }
}

/// Sessions and milliseconds of the first row of `/a`.
async fn sum(store: &Store, device: Option<&str>, days: (i64, i64)) -> (u64, u64) {
    let sum = store
        .page_heat_sum(SITE, &query(device, days))
        .await
        .unwrap();
    (sum.sessions, sum.rows.first().map_or(0, |row| row.ms))
}

/// The same by session.
async fn by_session(store: &Store) -> Vec<(u128, u64)> {
    let query = query(None, (0, 100));
    let found = store.page_heat_by_session(SITE, &query).await.unwrap();
    let mut found: Vec<(u128, u64)> = found
        .iter()
        .map(|(session, heat)| (session.0, heat.rows[0].ms))
        .collect();
    found.sort_unstable();
    found
}

/// Sealed recordings of sessions 1 and 2, each of a visitor of its own.
async fn recorded(world: &World) -> Store {
    let store = world.open().await;
    store.append_chunk(chunk(1, 0)).await.unwrap();
    store.append_chunk(chunk(2, 0)).await.unwrap();
    store.seal().await.unwrap();
    store
}

#[tokio::test]
async fn what_is_read_is_summed_by_page_device_and_day() {
    let world = World::new();
    let store = recorded(&world).await;
    let first = [of("/a", "desktop", 7, 100), of("/b", "desktop", 7, 5000)];
    store.put_page_heat(SITE, (S1, 1000), &first).await.unwrap();
    let second = [of("/a", "phone", 8, 30)];
    store
        .put_page_heat(SITE, (S2, 1000), &second)
        .await
        .unwrap();
    assert_eq!(sum(&store, None, (0, 100)).await, (2, 130));
    assert_eq!(sum(&store, Some("phone"), (0, 100)).await, (1, 30));
    assert_eq!(sum(&store, None, (7, 7)).await, (1, 100));
    assert_eq!(sum(&store, None, (9, 100)).await, (0, 0));
    assert_eq!(by_session(&store).await, [(1, 100), (2, 30)]);
}

#[tokio::test]
async fn a_recording_that_goes_on_is_read_again_and_counted_once() {
    let world = World::new();
    let store = recorded(&world).await;
    assert_eq!(store.read_until(SITE, S1).await.unwrap(), None);
    let first = [of("/a", "desktop", 7, 100)];
    store.put_page_heat(SITE, (S1, 1000), &first).await.unwrap();
    let more = [of("/a", "desktop", 7, 250)];
    store.put_page_heat(SITE, (S1, 2000), &more).await.unwrap();
    assert_eq!(sum(&store, None, (0, 100)).await, (1, 250));
    assert_eq!(store.read_until(SITE, S1).await.unwrap(), Some(2000));
}

#[tokio::test]
async fn recordings_are_to_be_read_when_they_are_over_and_once() {
    let world = World::new();
    let store = world.open().await;
    store.append_chunk(chunk(1, 0)).await.unwrap();
    store.append_chunk(chunk(2, 0)).await.unwrap();
    store.seal().await.unwrap();
    let ended = |session: i64| MONDAY_MS + session * 60_000 + 4000;
    let unread = async |before_ms: i64, limit: u32| -> Vec<(u128, i64)> {
        let found = store
            .recordings_to_read(SITE, before_ms, limit)
            .await
            .unwrap();
        found
            .iter()
            .map(|(session, ended_ms)| (session.0, *ended_ms))
            .collect()
    };
    assert_eq!(unread(ended(2), 9).await, [(1, ended(1))]);
    assert_eq!(
        unread(ended(2) + 1, 9).await,
        [(2, ended(2)), (1, ended(1))]
    );
    assert_eq!(unread(ended(2) + 1, 1).await, [(2, ended(2))]);
    store
        .put_page_heat(SITE, (S2, ended(2)), &[])
        .await
        .unwrap();
    assert_eq!(
        unread(ended(2) + 1, 9).await,
        [(1, ended(1))],
        "one that told nothing too"
    );
    store.append_chunk(chunk(2, 1)).await.unwrap();
    store.seal().await.unwrap();
    assert_eq!(
        unread(ended(9), 1).await,
        [(2, ended(2) + 5000)],
        "it went on"
    );
}

/// Notes what both recordings tell of `/a`.
async fn told(store: &Store) {
    for (session, ms) in [(S1, 100), (S2, 30)] {
        let told = [of("/a", "desktop", 7, ms)];
        store
            .put_page_heat(SITE, (session, MONDAY_MS), &told)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn the_sums_stay_when_recordings_give_way() {
    let world = World::new();
    let store = recorded(&world).await;
    told(&store).await;
    let removed = store
        .remove_oldest_recordings(SITE, (1, u64::MAX))
        .await
        .unwrap();
    assert_eq!(removed.recordings, 1);
    assert_eq!(by_session(&store).await, [(2, 30)]);
    assert_eq!(store.read_until(SITE, S1).await.unwrap(), None);
    assert_eq!(sum(&store, None, (0, 100)).await, (2, 130));
    store.erase_site(SITE).await.unwrap();
    assert_eq!(sum(&store, None, (0, 100)).await, (0, 0));
}

#[tokio::test]
async fn what_somebody_removes_or_erases_leaves_the_sums() {
    let world = World::new();
    let store = recorded(&world).await;
    told(&store).await;
    store.remove_recording(SITE, S1).await.unwrap();
    assert_eq!(by_session(&store).await, [(2, 30)]);
    assert_eq!(sum(&store, None, (0, 100)).await, (1, 30));
    let backup = world.folder.path().join("backup");
    store.backup(&backup).await.unwrap();
    store
        .erase_recordings(SITE, &[VisitorId(102)])
        .await
        .unwrap();
    assert_eq!(by_session(&store).await, []);
    assert_eq!(sum(&store, None, (0, 100)).await, (0, 0));

    // A backup from before, with the journal of now.
    let keys = world.folder.path().join("keys");
    store.backup_keys(&keys).await.unwrap();
    let config = || StoreConfig {
        data: world.folder.path().join("restored"),
        ..world.config()
    };
    Store::restore(&backup, Some(&keys), config())
        .await
        .unwrap();
    let store = Store::open(config()).await.unwrap();
    assert_eq!(by_session(&store).await, []);
    assert_eq!(sum(&store, None, (0, 100)).await, (0, 0));
}

#[tokio::test]
async fn what_was_read_while_its_recording_went_is_not_noted() {
    let world = World::new();
    let store = recorded(&world).await;
    store
        .erase_recordings(SITE, &[VisitorId(101)])
        .await
        .unwrap();
    told(&store).await;
    assert_eq!(by_session(&store).await, [(2, 30)]);
    assert_eq!(sum(&store, None, (0, 100)).await, (1, 30));
    // One in the log alone is there too.
    store.append_chunk(chunk(1, 1)).await.unwrap();
    told(&store).await;
    assert_eq!(sum(&store, None, (0, 100)).await, (2, 130));
}

#[tokio::test]
async fn sums_go_when_events_of_their_days_do() {
    let world = World::new();
    let store = recorded(&world).await;
    let today = (MONDAY_MS + 3 * DAY_MS) / DAY_MS;
    let days = [
        of("/a", "desktop", today - 31, 5),
        of("/b", "desktop", today - 30, 5),
    ];
    store
        .put_page_heat(SITE, (S1, MONDAY_MS), &days)
        .await
        .unwrap();
    let mut site = site();
    site.settings.recording_days = 365;
    site.settings.event_days = 30;
    store.expire(&site).await.unwrap();
    assert_eq!(sum(&store, None, (0, today)).await, (0, 0));
    let mut other = query(None, (0, today));
    other.page = "/b".to_owned();
    assert_eq!(store.page_heat_sum(SITE, &other).await.unwrap().sessions, 1);
}

#[tokio::test]
async fn unread_recordings_of_a_page_are_found_in_the_log_and_in_packs() {
    let world = World::new();
    let store = recorded(&world).await;
    store.append_chunk(chunk(1, 1)).await.unwrap();
    let mut third = chunk(3, 0);
    third.facts.path = "/page/1".to_owned();
    store.append_chunk(third).await.unwrap();
    let found = async |page: &str, before_ms: i64, limit: u32| -> Vec<u128> {
        let found = store.unread_on_page(SITE, page, (before_ms, limit)).await;
        found.unwrap().iter().map(|session| session.0).collect()
    };
    let late = MONDAY_MS + DAY_MS;
    assert_eq!(found("/page/1", late, 9).await, [1, 3]);
    assert_eq!(found("/page/0", late, 9).await, [1, 2]);
    assert_eq!(found("/page/0", late, 1).await, [2], "the newest");
    assert_eq!(
        found("/page/1", late, 1).await,
        [3],
        "the newest in the log"
    );
    assert_eq!(
        found("/page", late, 9).await,
        [],
        "a page is no part of another"
    );
    store.seal().await.unwrap();
    assert_eq!(found("/page/1", late, 9).await, [1, 3]);
    assert_eq!(found("/page/1", MONDAY_MS + 60_000, 9).await, []);
    store.put_page_heat(SITE, (S1, late), &[]).await.unwrap();
    assert_eq!(found("/page/1", late, 9).await, [3]);
    let other = store.unread_on_page(SiteId(99), "/page/1", (late, 9)).await;
    assert_eq!(other.unwrap(), []);
}

#[tokio::test]
async fn where_a_page_is_to_be_seen_is_told_by_device_the_newest_first() {
    let world = World::new();
    let store = recorded(&world).await;
    let first = [of("/a", "desktop", 8, 100)];
    store.put_page_heat(SITE, (S1, 1), &first).await.unwrap();
    let second = [of("/a", "phone", 7, 300), of("/b", "phone", 7, 20)];
    store.put_page_heat(SITE, (S2, 1), &second).await.unwrap();
    let within = async |page: &str, device: Option<&str>, span| -> Vec<(u128, u128, i64)> {
        let views = store.page_views(SITE, (page, device, span), 9).await;
        let views = views.unwrap();
        views
            .iter()
            .map(|view| (view.session.0, view.window.0, view.at_ms))
            .collect()
    };
    let found =
        async |page: &str, device: Option<&str>| within(page, device, (i64::MIN, i64::MAX)).await;
    assert_eq!(found("/a", None).await, [(1, 100, 1100), (2, 300, 1300)]);
    assert_eq!(found("/a", Some("phone")).await, [(2, 300, 1300)]);
    assert_eq!(found("/c", None).await, []);
}
