//! The log as its users hold it: many tasks, a real disk, its own thread.

use hitmetrix_model::limits;

use super::*;
use crate::disk::RealDisk;

fn open(dir: &Path) -> (Log, SharedTail, ReplayReport) {
    let tail = SharedTail::default();
    let config = LogConfig {
        disk: Arc::new(RealDisk),
        dir: dir.join("log"),
        quarantine: dir.join("quarantine"),
        randomness: Arc::new(SeededRandomness::new(1)),
        external_ids: Arc::new(Sealed::default()),
        segment_bytes: limits::LOG_SEGMENT_BYTES,
    };
    let (log, report) = Log::open(config, Resume::default(), Box::new(tail.clone())).unwrap();
    (log, tail, report)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_tasks_share_groups_and_each_sees_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let (log, tail, _) = open(dir.path());
    let log = Arc::new(log);
    let tasks: Vec<_> = (0..40u128)
        .map(|window| {
            let (log, tail) = (Arc::clone(&log), tail.clone());
            tokio::spawn(async move {
                for number in 0..10 {
                    let receipt = log.append(batch(window, number * 5..number * 5 + 5)).await;
                    assert_eq!(receipt.unwrap().accepted, 5);
                    let visible = tail
                        .0
                        .lock()
                        .unwrap()
                        .iter()
                        .flat_map(ids_of)
                        .any(|id| id == Id::Window(window, number * 5 + 4));
                    assert!(visible, "what was acknowledged is in the tail");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let end = log.end();
    assert_eq!(log.usage().bytes, end.0);
    log.close().await.unwrap();
    assert!(matches!(
        log.append(batch(1, 0..1)).await,
        Err(LogError::Closed)
    ));
    let (_log, tail, report) = open(dir.path());
    assert_eq!(report.events, 2000);
    assert_eq!(report.torn_bytes, 0);
    assert!(report.end > end, "the mark of a clean end is a frame");
    assert_once(
        &tail
            .0
            .lock()
            .unwrap()
            .iter()
            .flat_map(ids_of)
            .collect::<Vec<_>>(),
        "replay",
    );
}

#[tokio::test]
async fn a_chunk_is_read_back_until_its_prefix_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let (log, tail, _) = open(dir.path());
    let chunk = EncryptedChunk {
        facts: facts(1, 0),
        bytes: vec![9; 5000],
    };
    log.append(batch(1, 0..3)).await.unwrap();
    log.append_chunk(chunk.clone()).await.unwrap();
    let Accepted::Chunk {
        from,
        encrypted_bytes,
        ..
    } = tail.0.lock().unwrap()[1].clone()
    else {
        panic!("the chunk is in the tail")
    };
    assert_eq!(encrypted_bytes, 5000);
    assert_eq!(log.read_chunk(from).unwrap(), chunk);
    let wrong = log.read_chunk(LogPosition(from.0 + 1));
    assert!(matches!(wrong, Err(LogError::Damaged { .. })), "{wrong:?}");
    let pin = log.pin(NOW_MS).await.unwrap();
    assert_eq!(pin.position, log.end());
    assert!(log.cut(pin).await.unwrap() > 5000);
    let gone = log.read_chunk(from);
    assert!(matches!(gone, Err(LogError::NotInLog { .. })), "{gone:?}");
    assert_eq!(
        std::fs::read_dir(dir.path().join("log")).unwrap().count(),
        0
    );
    log.append(batch(1, 3..4)).await.unwrap();
}

#[tokio::test]
async fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (log, _, _) = open(dir.path());
    log.append(batch(1, 0..1)).await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = dir.path().join("log");
    assert_eq!(mode(&folder), 0o700);
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    assert_eq!(mode(&file.path()), 0o600);
}
