//! Backup and restore: the same data elsewhere, and nothing that is not whole.

use hitmetrix_model::{SessionId, WindowId};

use super::recording::{chunk, lines};
use super::world::{SITE, World, batch, identify, seen};
use crate::store::{ChunkSpan, KeysRestored, Store, StoreConfig, StoreError};

async fn filled(world: &World) -> Store {
    let store = world.open().await;
    for visitor in 0..6 {
        let mut batch = batch(visitor, visitor, 0..6);
        batch.identities = vec![identify(visitor, &format!("user {}", visitor % 2))];
        store.append(batch).await.unwrap();
        if visitor == 3 {
            store.seal().await.unwrap();
        }
    }
    store.append_chunk(chunk(1, 0)).await.unwrap();
    store
}

fn config(world: &World, folder: &str) -> StoreConfig {
    StoreConfig {
        data: world.folder.path().join(folder),
        ..world.config()
    }
}

#[tokio::test]
async fn restored_store_is_the_same_and_retries_still_count_once() {
    let world = World::new();
    let store = filled(&world).await;
    let before = seen(&store);
    let (backup, keys) = (
        world.folder.path().join("backup"),
        world.folder.path().join("keys"),
    );
    let written = store.backup(&backup).await.unwrap();
    assert_eq!(written.events, before.len() as u64);
    store.backup_keys(&keys).await.unwrap();
    assert!(matches!(
        store.backup(&backup).await,
        Err(StoreError::NotEmpty { .. })
    ));
    store.append(batch(9, 9, 0..6)).await.unwrap();

    let to = config(&world, "restored");
    let report = Store::restore(&backup, Some(&keys), config(&world, "restored"))
        .await
        .unwrap();
    assert_eq!(
        (report.events, report.keys),
        (written.events, KeysRestored::Yes)
    );
    let restored = Store::open(to).await.unwrap();
    assert_eq!(seen(&restored), before);
    assert!(restored.doctor().await.is_empty());
    assert_eq!(lines(&restored, 1, 0).await, Some(chunk(1, 0).bytes));
    assert_eq!(
        restored.append(batch(1, 1, 0..7)).await.unwrap().duplicates,
        6
    );
    restored.seal().await.unwrap();
    assert_eq!(seen(&restored).len(), before.len() + 1);
    let refused = Store::restore(&backup, None, config(&world, "restored")).await;
    assert!(matches!(refused, Err(StoreError::NotEmpty { .. })));
}

#[tokio::test]
async fn without_keys_recordings_are_listed_but_cannot_be_read() {
    let world = World::new();
    let store = filled(&world).await;
    let backup = world.folder.path().join("backup");
    store.backup(&backup).await.unwrap();
    let to = config(&world, "restored");
    let report = Store::restore(&backup, None, config(&world, "restored"))
        .await
        .unwrap();
    assert_eq!(report.keys, KeysRestored::No);
    let restored = Store::open(to).await.unwrap();
    assert!(
        restored
            .recording(SITE, SessionId(1))
            .await
            .unwrap()
            .is_some()
    );
    let span = ChunkSpan {
        session: SessionId(1),
        window: WindowId(501),
        sequence: 0,
        last_sequence: 0,
        keyframe: false,
    };
    let refused = restored.chunk(SITE, span).await;
    assert!(
        matches!(refused, Err(StoreError::Recording(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn broken_or_evil_backup_is_refused() {
    let world = World::new();
    let store = filled(&world).await;
    let backup = world.folder.path().join("backup");
    store.backup(&backup).await.unwrap();
    let manifest = backup.join("MANIFEST.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let refused = async |text: &str, folder: &str| {
        std::fs::write(&manifest, text).unwrap();
        let refused = Store::restore(&backup, None, config(&world, folder)).await;
        assert!(
            matches!(refused, Err(StoreError::NoBackup { .. })),
            "{refused:?}"
        );
    };
    refused("{}", "a").await;
    refused(&text.replacen("catalog.db", "../evil", 1), "b").await;
    refused(&text.replacen("catalog.db", "hitmetrix.lock", 1), "c").await;
    refused(&text.replacen("\"events\": ", "\"events\": 9", 1), "d").await;
    let at = text.find("recordings/").unwrap();
    let pack = text[at..].split('"').next().unwrap();
    let mut bytes = std::fs::read(backup.join(pack)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(backup.join(pack), bytes).unwrap();
    refused(&text, "e").await;
    assert!(!world.folder.path().join("evil").exists());
}
