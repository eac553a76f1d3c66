//! Recordings through the store: lists, chunks, removal, retention; sealed and unsealed alike.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use hitmetrix_model::{Chunk, ChunkFacts, SessionId, Site, SiteSettings, VisitorId, WindowId};

use super::world::{DAY_MS, SITE, World};
use crate::catalog::RecordingQuery;
use crate::lanes::samples::MONDAY_MS;
use crate::store::{ChunkSpan, Store};

pub(super) fn chunk(session: u128, sequence: u32) -> Chunk {
    let first_ms = MONDAY_MS + session as i64 * 60_000 + i64::from(sequence) * 5000;
    Chunk {
        facts: ChunkFacts {
            site: SITE,
            visitor: VisitorId(session + 100),
            cookieless: false,
            session: SessionId(session),
            window: WindowId(session + 500),
            sequence,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms,
            last_ms: first_ms + 4000,
            received_at_ms: first_ms + 4100,
            events: 3,
            snapshot: sequence == 0,
            path: format!("/page/{sequence}"),
            piece: None,
        },
        bytes: format!("{{\"session\":{session},\"sequence\":{sequence}}}\n").into_bytes(),
    }
}

pub(super) fn site() -> Site {
    Site {
        id: SITE,
        name: "shop".to_owned(),
        domains: Vec::new(),
        key: String::new(),
        time_zone: "UTC".to_owned(),
        created_at_ms: 0,
        demo: false,
        settings: SiteSettings::default(),
    }
}

/// The lines of one chunk.
pub(super) async fn lines(store: &Store, session: u128, sequence: u32) -> Option<Vec<u8>> {
    let span = ChunkSpan {
        session: SessionId(session),
        window: WindowId(session + 500),
        sequence,
        last_sequence: sequence,
        keyframe: false,
    };
    store.chunk(SITE, span).await.unwrap()
}

fn all() -> RecordingQuery {
    RecordingQuery {
        limit: 10,
        ..RecordingQuery::default()
    }
}

async fn listed(store: &Store, query: &RecordingQuery) -> (Vec<u128>, u64) {
    let (rows, total) = store.recordings(SITE, query).await.unwrap();
    (rows.iter().map(|row| row.session.0).collect(), total)
}

#[tokio::test]
async fn recording_is_the_same_in_the_log_in_a_pack_and_in_both() {
    let world = World::new();
    let store = world.open().await;
    store.append_chunk(chunk(1, 0)).await.unwrap();
    store.append_chunk(chunk(1, 2)).await.unwrap();
    store.append_chunk(chunk(2, 1)).await.unwrap();
    let check = async |store: &Store, missing: u32, chunks: usize| {
        assert_eq!(listed(store, &all()).await, (vec![2, 1], 2));
        let (summary, rows) = store.recording(SITE, SessionId(1)).await.unwrap().unwrap();
        assert_eq!(
            (summary.chunks, summary.chunks_missing),
            (chunks as u32, missing)
        );
        assert!(summary.playable);
        assert_eq!(summary.path, "/page/0");
        assert_eq!(rows.len(), chunks);
        let (other, _) = store.recording(SITE, SessionId(2)).await.unwrap().unwrap();
        assert!(!other.playable);
        assert_eq!(lines(store, 1, 2).await, Some(chunk(1, 2).bytes));
        assert_eq!(lines(store, 1, 7).await, None);
        let by_path = RecordingQuery {
            path_contains: Some("page/0".to_owned()),
            ..all()
        };
        assert_eq!(listed(store, &by_path).await, (vec![1], 1));
        let some = RecordingQuery {
            sessions: Some(Arc::new([SessionId(1), SessionId(7)].into())),
            ..all()
        };
        assert_eq!(listed(store, &some).await, (vec![1], 1));
        let none = RecordingQuery {
            sessions: Some(Arc::default()),
            ..all()
        };
        assert_eq!(listed(store, &none).await, (vec![], 0));
        let others = RecordingQuery {
            but: Some(Arc::new([SessionId(1)].into())),
            ..all()
        };
        assert_eq!(listed(store, &others).await, (vec![2], 1));
        let second = RecordingQuery {
            limit: 1,
            offset: 1,
            ..all()
        };
        assert_eq!(listed(store, &second).await, (vec![1], 2));
        let long = RecordingQuery {
            duration_min_ms: 5000,
            ..all()
        };
        assert_eq!(listed(store, &long).await, (vec![1], 1));
    };
    check(&store, 1, 2).await;
    store.seal().await.unwrap();
    check(&store, 1, 2).await;
    assert!(store.append_chunk(chunk(1, 2)).await.unwrap().duplicate);
    store.append_chunk(chunk(1, 1)).await.unwrap();
    check(&store, 0, 3).await;
    let store = world.reopen(store).await;
    check(&store, 0, 3).await;
    store.seal().await.unwrap();
    check(&store, 0, 3).await;
    assert!(store.doctor().await.is_empty());
}

#[tokio::test]
async fn removed_recording_is_gone_and_its_neighbours_play() {
    let world = World::new();
    let store = world.open().await;
    for session in 1..4 {
        store.append_chunk(chunk(session, 0)).await.unwrap();
    }
    store.seal().await.unwrap();
    store.append_chunk(chunk(2, 1)).await.unwrap();
    assert!(store.remove_recording(SITE, SessionId(2)).await.unwrap());
    assert!(!store.remove_recording(SITE, SessionId(2)).await.unwrap());
    assert_eq!(listed(&store, &all()).await, (vec![3, 1], 2));
    assert!(store.recording(SITE, SessionId(2)).await.unwrap().is_none());
    for session in [1, 3] {
        assert_eq!(
            lines(&store, session, 0).await,
            Some(chunk(session, 0).bytes)
        );
    }
    let store = world.reopen(store).await;
    assert_eq!(listed(&store, &all()).await, (vec![3, 1], 2));
    assert!(store.doctor().await.is_empty());
}

#[tokio::test]
async fn old_and_short_recordings_expire_with_their_packs() {
    let world = World::new();
    let store = world.open().await;
    store.append_chunk(chunk(1, 0)).await.unwrap();
    store.append_chunk(chunk(2, 0)).await.unwrap();
    store.append_chunk(chunk(2, 9)).await.unwrap();
    store.seal().await.unwrap();
    let mut site = site();
    site.settings.recording_min_ms = 10_000;
    world.clock.0.store(MONDAY_MS + DAY_MS, Ordering::Relaxed);
    assert_eq!(store.expire(&site).await.unwrap().recordings, 1);
    assert_eq!(listed(&store, &all()).await, (vec![2], 1));
    site.settings.recording_min_ms = 0;
    world
        .clock
        .0
        .store(MONDAY_MS + 32 * DAY_MS, Ordering::Relaxed);
    assert_eq!(store.expire(&site).await.unwrap().recordings, 1);
    assert_eq!(listed(&store, &all()).await, (vec![], 0));
    let packs = std::fs::read_dir(world.data().join("recordings/site=1"))
        .unwrap()
        .count();
    assert_eq!(packs, 0);
}
