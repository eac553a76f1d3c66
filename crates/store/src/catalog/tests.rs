//! Migrations, and what the transactions leave.

use hitmetrix_model::{ChunkFacts, SessionId, SiteId, VisitorId, WindowId};
use sqlx::Row;

use super::migrations::{MIGRATIONS, Migration, run};
use super::*;

async fn open(folder: &Path) -> Catalog {
    Catalog::open(&folder.join("catalog.db"), &folder.join("snapshots"))
        .await
        .unwrap()
}

fn part(id: u128) -> PartRow {
    PartRow {
        id,
        site: SiteId(3),
        week_ms: -7,
        shard: 2,
        rows: 10,
        bytes: 1 << 40,
        first_ms: -7,
        last_ms: 9,
        external_ids: 1,
        identity_version: 4,
        created_at_ms: 8,
        checksum: [9; 32],
        block_checksums: vec![1, 2, 3, 4],
    }
}

fn record(covered: u64) -> SealRecord {
    SealRecord {
        covered: LogPosition(covered),
        parts: Vec::new(),
        windows: Vec::new(),
        sessions: Vec::new(),
        forget_before_ms: 0,
        identity_version: 0,
        identities: Vec::new(),
        lost: Vec::new(),
        packs: Vec::new(),
        chunks: Vec::new(),
    }
}

fn chunk(session: u128, sequence: u32, first_ms: i64) -> PackedChunk {
    PackedChunk {
        facts: ChunkFacts {
            site: SiteId(3),
            visitor: VisitorId(1),
            cookieless: false,
            session: SessionId(session),
            window: WindowId(5),
            sequence,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms,
            last_ms: first_ms + 500,
            received_at_ms: first_ms + 600,
            events: 7,
            snapshot: sequence == 0,
            path: format!("/page/{sequence}"),
            piece: None,
        },
        place: Place {
            pack: format!("pack-{session}"),
            offset: u64::from(sequence) * 100,
            bytes: 100,
        },
    }
}

fn pack(name: &str) -> NewPack {
    NewPack {
        site: SiteId(3),
        name: name.to_owned(),
        bytes: 1000,
    }
}

#[tokio::test]
async fn catalog_opens_twice_and_keeps_what_a_seal_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(folder.path()).await;
    assert_eq!(catalog.state().await.unwrap().version, 0);
    let seal = SealRecord {
        parts: vec![part(1), part(2)],
        lost: vec![(SiteId(3), 0, 5)],
        ..record(77)
    };
    assert_eq!(catalog.seal(&seal, 0).await.unwrap(), 1);
    catalog.close().await;

    let catalog = open(folder.path()).await;
    let state = catalog.state().await.unwrap();
    assert_eq!((state.version, state.covered), (1, LogPosition(77)));
    assert_eq!(catalog.parts().await.unwrap(), [part(1), part(2)]);
    let change = PartsChange {
        added: vec![part(3)],
        removed: vec![1, 2],
        ..PartsChange::default()
    };
    assert_eq!(catalog.exchange(&change, 1).await.unwrap(), 2);
    assert!(
        catalog.exchange(&change, 2).await.is_err(),
        "parts that are gone cannot go again"
    );
    assert_eq!(catalog.parts().await.unwrap(), [part(3)]);
    catalog
        .seal(
            &SealRecord {
                lost: vec![(SiteId(3), 0, 2)],
                ..record(78)
            },
            2,
        )
        .await
        .unwrap();
    assert_eq!(catalog.lost().await.unwrap(), [(SiteId(3), 0, 7)]);
    assert!(catalog.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_was_seen_comes_back_latest_last_until_it_is_old() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(folder.path()).await;
    let window = |site: u32, window: u128, at_ms: i64, sequences: &[u32]| {
        let mut events = crate::log::Ranges::default();
        for &sequence in sequences {
            events.insert(sequence);
        }
        crate::log::WindowRow {
            site: SiteId(site),
            window: WindowId(window),
            visitor: VisitorId(u128::MAX),
            session: SessionId(window * 10),
            last_event_ms: at_ms,
            last_receipt_ms: at_ms,
            events,
            chunks: crate::log::Ranges::default(),
            snapshot_session: None,
        }
    };
    let first = [window(3, 1, 100, &[0, 1, 4]), window(4, 1, 900, &[7])];
    let second = [window(3, 1, 500, &[0, 1, 2, 4])];
    for (covered, rows) in [(5, first.to_vec()), (9, second.to_vec())] {
        let seal = SealRecord {
            windows: rows,
            ..record(covered)
        };
        let version = catalog.state().await.unwrap().version;
        catalog.seal(&seal, version).await.unwrap();
    }
    let seen = catalog.seen().await.unwrap().windows;
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[2], second[0], "the latest comes last");
    let forget = SealRecord {
        forget_before_ms: 600,
        ..record(12)
    };
    catalog.seal(&forget, 2).await.unwrap();
    assert_eq!(catalog.seen().await.unwrap().windows, first[1..]);
    sqlx::query("UPDATE seen SET entries = CAST(zeroblob(40) AS BLOB)")
        .execute(&catalog.writer)
        .await
        .unwrap();
    assert!(matches!(
        catalog.seen().await,
        Err(CatalogError::Unreadable { .. })
    ));
}

#[tokio::test]
async fn a_change_of_a_version_that_is_gone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(folder.path()).await;
    catalog.seal(&record(5), 0).await.unwrap();
    let stale = SealRecord {
        parts: vec![part(1)],
        ..record(9)
    };
    assert!(matches!(
        catalog.seal(&stale, 0).await,
        Err(CatalogError::Moved { known: 0, found: 1 })
    ));
    assert!(catalog.parts().await.unwrap().is_empty());
    assert_eq!(catalog.state().await.unwrap().covered, LogPosition(5));
}

#[tokio::test]
async fn database_is_copied_before_a_migration_and_a_newer_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = folder.path().join("snapshots");
    let catalog = open(folder.path()).await;
    assert!(!snapshots.exists(), "a new database needs no copy");
    catalog
        .seal(
            &SealRecord {
                parts: vec![part(1)],
                ..record(5)
            },
            0,
        )
        .await
        .unwrap();

    let last = MIGRATIONS.last().unwrap().number;
    let next = Migration {
        number: last + 1,
        sql: "CREATE TABLE later (x BIGINT); DROP TABLE parts",
    };
    let all: Vec<Migration> = MIGRATIONS
        .iter()
        .map(|known| Migration {
            number: known.number,
            sql: known.sql,
        })
        .chain([next])
        .collect();
    run(&catalog.writer, &snapshots, &all).await.unwrap();
    assert!(catalog.parts().await.is_err());
    catalog.close().await;

    let copy = snapshots.join(format!("catalog-schema-{last}.db"));
    let refused = Catalog::open(&folder.path().join("catalog.db"), &snapshots).await;
    assert!(matches!(refused, Err(CatalogError::NewerSchema { .. })));
    let old = Catalog::open(&copy, &snapshots).await.unwrap();
    assert_eq!(old.parts().await.unwrap(), [part(1)]);
}

#[tokio::test]
async fn failed_migration_leaves_the_old_schema() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(folder.path()).await;
    let last = MIGRATIONS.last().unwrap().number;
    let broken = [Migration {
        number: last + 1,
        sql: "CREATE TABLE half (x BIGINT); NONSENSE",
    }];
    assert!(
        run(&catalog.writer, &folder.path().join("s"), &broken)
            .await
            .is_err()
    );
    let row = sqlx::query("SELECT COUNT(*) FROM sqlite_master WHERE name = 'half'")
        .fetch_one(&catalog.writer)
        .await
        .unwrap();
    assert_eq!(row.get::<i64, _>(0), 0);
}

#[tokio::test]
async fn recordings_are_listed_newest_first_and_go_with_their_packs() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = open(folder.path()).await;
    let chunks = vec![
        chunk(1, 1, 2000),
        chunk(1, 0, 1000),
        chunk(2, 3, 5000),
        chunk(1, 0, 1000),
    ];
    catalog
        .seal(
            &SealRecord {
                packs: vec![pack("pack-1"), pack("pack-2")],
                chunks,
                ..record(1)
            },
            0,
        )
        .await
        .unwrap();

    let (rows, total) = catalog
        .recordings(SiteId(3), &RecordingQuery::default(), 10)
        .await
        .unwrap();
    assert_eq!(total, 2);
    assert_eq!(rows[0].session, SessionId(2));
    assert_eq!(
        (rows[1].started_ms, rows[1].ended_ms, rows[1].chunks),
        (1000, 2500, 2)
    );
    assert_eq!(
        (rows[1].path.as_str(), rows[1].stored_bytes),
        ("/page/0", 200)
    );
    let asked = RecordingQuery {
        path_contains: Some("page/3".into()),
        ..Default::default()
    };
    assert_eq!(
        catalog.recordings(SiteId(3), &asked, 10).await.unwrap().1,
        1
    );
    let asked = RecordingQuery {
        from_ms: Some(1000),
        to_ms: Some(5000),
        ..Default::default()
    };
    assert_eq!(
        catalog.recordings(SiteId(3), &asked, 10).await.unwrap().0[0].session,
        SessionId(1)
    );
    let other = catalog
        .recordings(SiteId(4), &RecordingQuery::default(), 10)
        .await
        .unwrap();
    assert_eq!(other.1, 0);

    let chunks = catalog.chunks(SiteId(3), SessionId(1)).await.unwrap();
    assert_eq!(
        chunks
            .iter()
            .map(|chunk| chunk.row.sequence)
            .collect::<Vec<_>>(),
        [0, 1]
    );
    let removed = catalog
        .remove_recordings(SiteId(3), (&[SessionId(1)], HeatGoes::Wholly), &[])
        .await
        .unwrap();
    assert_eq!(removed.gone, ["pack-1"]);
    assert!(removed.touched.is_empty());
    assert!(
        catalog
            .recording(SiteId(3), SessionId(1))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(catalog.packs().await.unwrap(), ["pack-2"]);
}

#[tokio::test]
async fn recordings_of_before_segments_are_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let snapshots = folder.path().join("snapshots");
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let before: Vec<Migration> = MIGRATIONS
        .iter()
        .filter(|known| known.number < 7)
        .map(|known| Migration {
            number: known.number,
            sql: known.sql,
        })
        .collect();
    run(&pool, &snapshots, &before).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO recordings VALUES (3, x'00000000000000000000000000000001', \
         x'00000000000000000000000000000009', 0, 10, 90, 2, 1, 300, '/a'); \
         INSERT INTO chunks VALUES (3, x'00000000000000000000000000000001', \
         x'00000000000000000000000000000005', 0, 'r', '/a', 10, 40, 50, 7, 1, 'one', 8, 100); \
         INSERT INTO chunks VALUES (3, x'00000000000000000000000000000001', \
         x'00000000000000000000000000000005', 1, 'r', '/b', 50, 90, 99, 2, 0, 'two', 8, 200)",
    )
    .execute(&pool)
    .await
    .unwrap();
    pool.close().await;
    let catalog = open(folder.path()).await;
    let row = catalog.recording(SiteId(3), SessionId(1)).await.unwrap();
    let row = row.unwrap();
    assert_eq!((row.visitor, row.chunks), (VisitorId(9), 2));
    let chunks = catalog.chunks(SiteId(3), SessionId(1)).await.unwrap();
    let found: Vec<_> = chunks
        .iter()
        .map(|chunk| (chunk.row.last_sequence, chunk.form, chunk.place.clone()))
        .collect();
    let place = |pack: &str, bytes| Place {
        pack: pack.to_owned(),
        offset: 8,
        bytes,
    };
    let expected = [
        (0, Form::Loose, place("one", 100)),
        (1, Form::Loose, place("two", 200)),
    ];
    assert_eq!(found, expected);
    assert_eq!(catalog.packs().await.unwrap(), ["one", "two"]);
    let due = |until_ms| catalog.loose_recordings(SiteId(3), (until_ms, until_ms), 9);
    assert_eq!(due(98).await.unwrap().len(), 0);
    assert_eq!(due(99).await.unwrap().len(), 1);
}
