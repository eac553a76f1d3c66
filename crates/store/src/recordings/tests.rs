//! Recordings from the request to the pack and back, and how they go for good.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{
    ChunkFacts, ExternalId, LogPosition, Piece, SessionId, SiteId, VisitorId, WindowId,
};

use super::*;
use crate::disk::simulated::{Faults, Seeded, SeededRandomness, SimulatedDisk};
use crate::disk::{Disk, RealDisk};
use crate::keys::{Key, KeyOwner, Keys};
use crate::log::{
    Accepted, EncryptedChunk, ExternalIds, Log, LogConfig, LookupError, Resume, Tail,
};
use hitmetrix_model::Chunk;

const SECRET: &[u8] = b"{\"type\":4,\"data\":{\"href\":\"https://shop.example/secret-canary\"}}";

fn facts(window: u128, sequence: u32) -> ChunkFacts {
    ChunkFacts {
        site: SiteId(1),
        visitor: VisitorId(11),
        cookieless: false,
        session: SessionId(22),
        window: WindowId(window),
        sequence,
        recorder: "rrweb-2.1.6/1".to_owned(),
        first_ms: 1000,
        last_ms: 2000,
        received_at_ms: 3000,
        events: 2,
        snapshot: sequence == 0,
        path: "/cart".to_owned(),
        piece: None,
    }
}

fn encrypted(window: u128, sequence: u32, key: &Key) -> EncryptedChunk {
    let chunk = Chunk {
        facts: facts(window, sequence),
        bytes: SECRET.to_vec(),
    };
    cipher::encrypt(chunk, key, &SeededRandomness::new(u64::from(sequence))).unwrap()
}

fn some_key() -> Key {
    Key::random(&SeededRandomness::new(5))
}

#[test]
fn a_chunk_opens_with_its_key_and_its_facts_only() {
    let key = some_key();
    let chunk = encrypted(1, 2, &key);
    assert_eq!(cipher::decrypt(&chunk, &key).unwrap(), SECRET);
    let altered = |change: fn(&mut ChunkFacts)| {
        let mut other = chunk.clone();
        change(&mut other.facts);
        matches!(cipher::decrypt(&other, &key), Err(RecordingError::Altered))
    };
    assert!(altered(|facts| facts.site = SiteId(2)));
    assert!(altered(|facts| facts.session = SessionId(1)));
    assert!(altered(|facts| facts.window = WindowId(2)));
    assert!(altered(|facts| facts.sequence = 3));
    assert!(altered(
        |facts| facts.piece = Some(Piece { index: 0, count: 2 })
    ));
    let other_key = Key::random(&SeededRandomness::new(6));
    assert!(matches!(
        cipher::decrypt(&chunk, &other_key),
        Err(RecordingError::Altered)
    ));
    for at in 0..chunk.bytes.len() {
        let mut flipped = chunk.clone();
        flipped.bytes[at] ^= 1;
        assert!(matches!(
            cipher::decrypt(&flipped, &key),
            Err(RecordingError::Altered)
        ));
    }
}

#[test]
fn text_is_compressed_and_noise_is_kept_as_it_is() {
    let key = some_key();
    let seal = |bytes: Vec<u8>| {
        let chunk = Chunk {
            facts: facts(1, 0),
            bytes: bytes.clone(),
        };
        let sealed = cipher::encrypt(chunk, &key, &SeededRandomness::new(1)).unwrap();
        assert_eq!(cipher::decrypt(&sealed, &key).unwrap(), bytes);
        sealed.bytes.len()
    };
    assert!(seal(vec![b'a'; 100_000]) < 1000);
    let mut noise = vec![0; 10_000];
    crate::Randomness::fill(&SeededRandomness::new(7), &mut noise);
    assert!(seal(noise) <= 10_000 + 5 + 24 + 16);
    assert!(seal(Vec::new()) > 0);
}

#[test]
fn a_pack_gives_back_each_chunk_and_every_flipped_byte_is_noticed() {
    let disk = SimulatedDisk::new(1);
    let path = PathBuf::from("recordings/site=1/day=2026-01-05/1.pack");
    let chunks: Vec<_> = (0..3)
        .map(|sequence| encrypted(1, sequence, &some_key()))
        .collect();
    let mut writer = pack::Writer::new(Arc::new(disk.clone()), &path).unwrap();
    let entries: Vec<_> = chunks
        .iter()
        .map(|chunk| writer.add(chunk).unwrap())
        .collect();
    assert!(
        disk.open(&path).is_err(),
        "a pack has its name only when it is finished"
    );
    let finished = writer.finish().unwrap();
    disk.crash();
    let bytes = disk.files()[&path].clone();
    assert_eq!(finished.bytes, bytes.len() as u64);
    assert_eq!(finished.blake3, *blake3::hash(&bytes).as_bytes());
    for (chunk, entry) in chunks.iter().zip(&entries) {
        assert_eq!(pack::read(&disk, &path, *entry).unwrap(), *chunk);
    }
    let verified = pack::verify(&disk, &path).unwrap();
    assert_eq!(verified, entries);
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        disk.plant(&path, damaged);
        assert!(pack::verify(&disk, &path).is_err(), "byte {at}");
        let wrong = entries
            .iter()
            .filter(|entry| pack::read(&disk, &path, **entry).is_err());
        assert_eq!(wrong.count(), usize::from(at >= 8), "byte {at}");
    }
}

#[test]
fn a_removed_pack_leaves_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("site=1/day=2026-01-05/1.pack");
    for _ in 0..2 {
        let mut writer = pack::Writer::new(Arc::new(RealDisk), &path).unwrap();
        writer.add(&encrypted(1, 0, &some_key())).unwrap();
        writer.finish().unwrap();
    }
    let folder = path.parent().unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
    pack::remove(&RealDisk, &path).unwrap();
    pack::remove(&RealDisk, &path).unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

struct NoParts;

impl ExternalIds for NoParts {
    fn contains(&self, _: SiteId, _: ExternalId) -> Result<bool, LookupError> {
        Ok(false)
    }
}

#[derive(Clone, Default)]
struct Chunks(Arc<Mutex<Vec<(LogPosition, ChunkFacts)>>>);

impl Tail for Chunks {
    fn deliver(&mut self, group: Vec<Accepted>) {
        for accepted in group {
            if let Accepted::Chunk { from, facts, .. } = accepted {
                self.0.lock().unwrap().push((from, facts));
            }
        }
    }
}

struct Place {
    disk: SimulatedDisk,
    log: Arc<Log>,
    keys: Arc<Keys>,
    intake: Intake,
    chunks: Chunks,
}

fn place(disk: &SimulatedDisk) -> Place {
    place_with(disk, 3)
}

fn place_with(disk: &SimulatedDisk, seed: u64) -> Place {
    let randomness = Arc::new(SeededRandomness::new(seed));
    let chunks = Chunks::default();
    let config = LogConfig {
        disk: Arc::new(disk.clone()),
        dir: PathBuf::from("data/log"),
        quarantine: PathBuf::from("data/quarantine"),
        randomness: Arc::clone(&randomness) as _,
        external_ids: Arc::new(NoParts),
        segment_bytes: 1 << 20,
    };
    let (log, _) = Log::open(config, Resume::default(), Box::new(chunks.clone())).unwrap();
    let shared = Arc::new(disk.clone());
    let path = Path::new("data/keys/keys");
    let (keys, _) = Keys::open(shared, path, Arc::clone(&randomness) as _).unwrap();
    let (log, keys) = (Arc::new(log), Arc::new(keys));
    let intake = Intake::new(Arc::clone(&log), Arc::clone(&keys), randomness);
    Place {
        disk: disk.clone(),
        log,
        keys,
        intake,
        chunks,
    }
}

#[tokio::test]
async fn nothing_can_be_read_once_the_key_is_erased() {
    let place = place(&SimulatedDisk::new(1));
    let chunk = Chunk {
        facts: facts(1, 0),
        bytes: SECRET.to_vec(),
    };
    let receipt = place.intake.append(chunk.clone()).await.unwrap();
    assert_eq!(receipt, ChunkReceipt::default());
    assert!(place.intake.append(chunk).await.unwrap().duplicate);
    assert!(
        !place.disk.holds(b"secret-canary"),
        "plain bytes never reach the disk"
    );
    let position = place.chunks.0.lock().unwrap()[0].0;
    let stored = place.log.read_chunk(position).unwrap();
    assert_eq!(place.intake.open(&stored).unwrap(), SECRET);

    let path = Path::new("recordings/1.pack");
    let mut writer = pack::Writer::new(Arc::new(place.disk.clone()), path).unwrap();
    let entry = writer.add(&stored).unwrap();
    writer.finish().unwrap();
    let packed = pack::read(&place.disk, path, entry).unwrap();
    assert_eq!(place.intake.open(&packed).unwrap(), SECRET);

    let key = place.keys.key(KeyOwner::of(&packed.facts)).unwrap();
    place.keys.erase(&[KeyOwner::of(&packed.facts)]).unwrap();
    for chunk in [&stored, &packed] {
        assert!(matches!(
            place.intake.open(chunk),
            Err(RecordingError::NoKey)
        ));
    }
    assert!(!place.disk.holds(key.bytes()));
    // The same visitor's next chunk gets another key; the old ones stay closed.
    let next = Chunk {
        facts: facts(1, 1),
        bytes: SECRET.to_vec(),
    };
    place.intake.append(next).await.unwrap();
    assert!(matches!(
        place.intake.open(&packed),
        Err(RecordingError::Altered)
    ));
}

#[tokio::test]
async fn the_last_piece_brings_the_joined_bytes_until_the_whole_is_stored() {
    let place = place(&SimulatedDisk::new(1));
    let body: Vec<u8> = (0..40_000u32).flat_map(u32::to_le_bytes).collect();
    let parts: Vec<&[u8]> = body.chunks(body.len() / 3 + 1).collect();
    let piece = |index: u16| {
        let facts = ChunkFacts {
            piece: Some(Piece { index, count: 3 }),
            snapshot: false,
            ..facts(1, 0)
        };
        Chunk {
            facts,
            bytes: parts[usize::from(index)].to_vec(),
        }
    };
    for index in [2, 0] {
        let receipt = place.intake.append(piece(index)).await.unwrap();
        assert_eq!(receipt.complete, None);
    }
    for retry in 0..2 {
        let receipt = place.intake.append(piece(1)).await.unwrap();
        assert_eq!(receipt.duplicate, retry == 1);
        assert!(receipt.complete.is_some_and(|joined| joined == body));
    }
    let whole = Chunk {
        facts: facts(1, 0),
        bytes: SECRET.to_vec(),
    };
    let receipt = place.intake.append(whole).await.unwrap();
    assert_eq!((receipt.duplicate, receipt.needs_snapshot), (false, false));
    assert_eq!(place.intake.append(piece(1)).await.unwrap().complete, None);
    assert_eq!(place.chunks.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_set_whose_whole_is_refused_is_given_up() {
    let place = place(&SimulatedDisk::new(1));
    let piece = |index: u16| {
        let facts = ChunkFacts {
            piece: Some(Piece { index, count: 2 }),
            ..facts(1, 0)
        };
        Chunk {
            facts,
            bytes: vec![1, 2, 3],
        }
    };
    place.intake.append(piece(0)).await.unwrap();
    assert!(
        place
            .intake
            .append(piece(1))
            .await
            .unwrap()
            .complete
            .is_some()
    );
    place.intake.abandon(&facts(1, 0));
    assert_eq!(place.log.usage().waiting_sets, 0);
}

/// A chunk that was acknowledged can be read after any crash: its key was durable before.
#[tokio::test]
async fn what_was_acknowledged_can_be_read_after_a_crash() {
    for seed in 0..40 {
        let random = &mut Seeded::new(seed);
        let disk = SimulatedDisk::new(seed);
        let mut runs = vec![place(&disk)];
        let mut acknowledged = Vec::new();
        for step in 0..24u32 {
            let current = runs.last().unwrap();
            let calls = disk.calls();
            if random.once_in(3) {
                disk.set_faults(Faults {
                    writes: [calls.writes + random.below(4)].into(),
                    syncs: [calls.syncs + random.below(4)].into(),
                    ..Faults::default()
                });
            }
            let visitor = VisitorId(u128::from(random.below(6)));
            let facts = ChunkFacts {
                visitor,
                ..facts(u128::from(step), 0)
            };
            let bytes = format!("chunk {step}").into_bytes();
            if current
                .intake
                .append(Chunk {
                    facts,
                    bytes: bytes.clone(),
                })
                .await
                .is_ok()
            {
                acknowledged.push((WindowId(u128::from(step)), bytes));
            }
            if random.once_in(6) {
                disk.crash();
                runs.push(place_with(&disk, seed * 1000 + u64::from(step)));
            }
        }
        disk.crash();
        let last = place_with(&disk, seed + 77);
        let stored = last.chunks.0.lock().unwrap().clone();
        for (window, bytes) in acknowledged {
            let found = stored.iter().find(|(_, facts)| facts.window == window);
            let position = found
                .unwrap_or_else(|| panic!("seed {seed}: {window} is lost"))
                .0;
            let read = last.intake.open(&last.log.read_chunk(position).unwrap());
            assert_eq!(read.unwrap(), bytes, "seed {seed}, {window}");
        }
    }
}
