//! What came to a recording after what somebody has.

use hitmetrix_model::VisitorId;

use super::*;

const RECORDING: (SiteId, SessionId) = (SiteId(3), SessionId(7));

async fn catalog(folder: &std::path::Path) -> Catalog {
    Catalog::open(&folder.join("catalog.db"), &folder.join("snapshots"))
        .await
        .unwrap()
}

/// A recording of three windows, and one of somebody else with the same windows: rows that begin at
/// these sequences and reach to the next.
async fn fill(catalog: &Catalog, windows: &[(u128, &[u32])]) {
    let mut writer = catalog.writer.acquire().await.unwrap();
    sqlx::query("INSERT INTO packs (site, name, bytes) VALUES (3, 'a-pack', 100000)")
        .execute(&mut *writer)
        .await
        .unwrap();
    for session in [7_u128, 8] {
        let facts = ChunkFacts {
            site: SiteId(3),
            visitor: VisitorId(1),
            cookieless: false,
            session: SessionId(session),
            window: WindowId(5),
            sequence: 0,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms: 0,
            last_ms: 500,
            received_at_ms: 600,
            events: 7,
            snapshot: true,
            path: "/".to_owned(),
            piece: None,
        };
        let recording = recording_of(&mut writer, &facts).await.unwrap();
        for (window, starts) in windows {
            for pair in starts.windows(2) {
                sqlx::query(
                    "INSERT INTO chunks (recording, window_id, sequence, last_sequence, form, \
                     recorder, paths, first_ms, last_ms, events, snapshot, keyframe, pack, \
                     pack_offset, pack_bytes) \
                     VALUES ($1, $2, $3, $4, 0, 'r', '/', 0, 1, 1, 0, 0, 1, 0, 10)",
                )
                .bind(recording.0)
                .bind(WindowId(*window).to_bytes().to_vec())
                .bind(i64::from(pair[0]))
                .bind(i64::from(pair[1]) - 1)
                .execute(&mut *writer)
                .await
                .unwrap();
            }
        }
    }
}

const WINDOWS: &[(u128, &[u32])] = &[
    (1, &[0, 1, 2, 5, 9, 10]),
    (2, &[3, 4, 8]),
    (u128::MAX, &[0, 60]),
];

#[tokio::test]
async fn what_came_since_is_what_one_does_not_have() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog(folder.path()).await;
    fill(&catalog, WINDOWS).await;
    let all = catalog.chunks(RECORDING.0, RECORDING.1).await.unwrap();
    assert_eq!(all.len(), 8);
    let lasts = [None, Some(0), Some(3), Some(4), Some(7), Some(9), Some(70)];
    for tried in 0..lasts.len().pow(3) {
        let last = |place: u32| lasts[tried / lasts.len().pow(place) % lasts.len()];
        let given = [
            (1, last(0)),
            (2, last(1)),
            (u128::MAX, last(2)),
            (9, Some(4)),
        ];
        let known: BTreeMap<WindowId, u32> = given
            .into_iter()
            .filter_map(|(window, last)| Some((WindowId(window), last?)))
            .collect();
        let found = catalog.chunks_after(RECORDING, &known).await.unwrap();
        let expected: Vec<&StoredChunk> = all
            .iter()
            .filter(|chunk| {
                let last = known.get(&chunk.row.window);
                last.is_none_or(|last| chunk.row.last_sequence > *last)
            })
            .collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{known:?}");
    }
    let nobody = (SiteId(4), SessionId(7));
    let none = catalog.chunks_after(nobody, &BTreeMap::new()).await;
    assert_eq!(none.unwrap(), []);
}

/// Each table is sought in, and nothing is gone through but what one knows, and the windows.
#[tokio::test]
async fn nothing_is_read_of_what_one_has() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = catalog(folder.path()).await;
    fill(&catalog, WINDOWS).await;
    let sql = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", after_sql()));
    let rows = sqlx::query(sql)
        .bind(3_i64)
        .bind(RECORDING.1.to_bytes().to_vec())
        .bind("{}")
        .fetch_all(&catalog.reader)
        .await
        .unwrap();
    let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
    let reads = |step: &&String| step.contains(" c ") || step.contains("chunks");
    let chunks: Vec<&String> = plan.iter().filter(reads).collect();
    assert!(chunks.len() >= 4, "{plan:#?}");
    for step in chunks {
        assert!(step.starts_with("SEARCH"), "{step} of {plan:#?}");
    }
    let last = "SEARCH c USING PRIMARY KEY (recording=? AND window_id=? AND sequence>?)";
    assert!(plan.iter().any(|step| step == last), "{plan:#?}");
}
