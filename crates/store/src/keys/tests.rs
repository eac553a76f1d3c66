//! Keys through faults and crashes: given out only when durable, gone when erased.

use std::path::PathBuf;

use super::*;
use crate::disk::simulated::{Faults, Seeded, SeededRandomness, SimulatedDisk};

fn path() -> PathBuf {
    PathBuf::from("data/keys/keys")
}

fn open(disk: &SimulatedDisk, seed: u64) -> (Keys, KeysReport) {
    try_open(disk, seed).unwrap()
}

fn try_open(disk: &SimulatedDisk, seed: u64) -> Result<(Keys, KeysReport), KeysError> {
    Keys::open(
        Arc::new(disk.clone()),
        &path(),
        Arc::new(SeededRandomness::new(seed)),
    )
}

fn visitor(number: u128) -> KeyOwner {
    KeyOwner::Visitor(SiteId(1), VisitorId(number))
}

#[test]
fn a_key_is_made_once_and_found_again() {
    let disk = SimulatedDisk::new(1);
    let (keys, _) = open(&disk, 1);
    let one = keys.key_or_new(visitor(1)).unwrap();
    let session = keys
        .key_or_new(KeyOwner::Session(SiteId(1), SessionId(1)))
        .unwrap();
    assert_ne!(one, session);
    assert_eq!(keys.key_or_new(visitor(1)).unwrap(), one);
    assert_eq!(keys.key(visitor(2)), None);
    disk.crash();
    let (keys, report) = open(&disk, 2);
    assert_eq!(
        report,
        KeysReport {
            keys: 2,
            damaged_slots: 0
        }
    );
    assert_eq!(keys.key(visitor(1)), Some(one));
    assert_eq!(format!("{:?}", keys.key(visitor(1))), "Some(Key(…))");
}

#[test]
fn an_erased_key_leaves_the_disk_and_its_slot_is_used_again() {
    let disk = SimulatedDisk::new(1);
    let (keys, _) = open(&disk, 1);
    let condemned: Vec<Key> = (0..3)
        .map(|number| keys.key_or_new(visitor(number)).unwrap())
        .collect();
    let stays = keys.key_or_new(visitor(9)).unwrap();
    let length = disk.files()[&path()].len();
    assert_eq!(
        keys.erase(&[visitor(0), visitor(1), visitor(2), visitor(77)])
            .unwrap(),
        3
    );
    for key in &condemned {
        assert!(
            !disk.holds(key.bytes()),
            "the key can still be found on the disk"
        );
    }
    assert!(disk.holds(stays.bytes()));
    let anew = keys.key_or_new(visitor(0)).unwrap();
    assert_ne!(anew, condemned[0]);
    assert_eq!(disk.files()[&path()].len(), length);
    assert_eq!(keys.erase_site(SiteId(1)).unwrap(), 2);
    assert_eq!(open(&disk, 2).1.keys, 0);
}

#[test]
fn each_flipped_byte_of_a_slot_costs_that_key_only_and_is_reported() {
    let disk = SimulatedDisk::new(1);
    let (keys, _) = open(&disk, 1);
    let all: Vec<Key> = (0..3)
        .map(|number| keys.key_or_new(visitor(number)).unwrap())
        .collect();
    let bytes = disk.files()[&path()].clone();
    for at in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        let disk = SimulatedDisk::new(1);
        disk.plant(&path(), damaged);
        match try_open(&disk, 2) {
            Err(error) => assert!(at < SLOT_BYTES, "byte {at}: {error}"),
            Ok((keys, report)) => {
                assert_eq!(
                    report,
                    KeysReport {
                        keys: 2,
                        damaged_slots: 1
                    },
                    "byte {at}"
                );
                let found = (0..3).filter_map(|number| keys.key(visitor(number)));
                assert!(found.into_iter().all(|key| all.contains(&key)), "byte {at}");
            }
        }
    }
}

/// What was given out is there after each crash; what was erased never comes back.
fn simulate(seed: u64) {
    let random = &mut Seeded::new(seed);
    let disk = SimulatedDisk::new(seed);
    let (mut keys, _) = open(&disk, seed);
    let mut given: HashMap<KeyOwner, Key> = HashMap::new();
    let mut erased: Vec<Key> = Vec::new();
    for step in 0..40 {
        let owner = visitor(u128::from(random.below(8)));
        match random.below(10) {
            0 => {
                disk.crash();
                keys = open(&disk, seed * 1000 + step).0;
            }
            1 => {
                let calls = disk.calls();
                let soon = |random: &mut Seeded, done| [done + random.below(4)].into();
                disk.set_faults(Faults {
                    writes: soon(random, calls.writes),
                    syncs: soon(random, calls.syncs),
                    ..Faults::default()
                });
            }
            2 | 3 => {
                if keys.erase(&[owner]).is_ok() {
                    erased.extend(given.remove(&owner));
                } else {
                    // Neither there nor gone for sure: erased again until it is.
                    disk.set_faults(Faults::default());
                    keys.erase(&[owner]).unwrap();
                    erased.extend(given.remove(&owner));
                }
            }
            _ => {
                if let Ok(key) = keys.key_or_new(owner) {
                    let known = given.entry(owner).or_insert_with(|| key.clone());
                    assert_eq!(*known, key, "seed {seed}, step {step}");
                }
            }
        }
        for (owner, key) in &given {
            assert_eq!(
                keys.key(*owner).as_ref(),
                Some(key),
                "seed {seed}, step {step}"
            );
        }
        for key in &erased {
            assert!(
                !disk.holds(key.bytes()),
                "seed {seed}, step {step}: an erased key is back"
            );
        }
    }
}

#[test]
fn keys_keep_their_promises_through_faults_and_crashes() {
    for seed in 0..300 {
        if let Err(panic) = std::panic::catch_unwind(|| simulate(seed)) {
            eprintln!("failing seed: {seed}");
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn a_file_that_is_no_key_file_is_refused_and_left_alone() {
    let disk = SimulatedDisk::new(1);
    disk.plant(&path(), b"something else".to_vec());
    assert!(matches!(try_open(&disk, 1), Err(KeysError::NotKeys { .. })));
    assert_eq!(disk.files()[&path()], b"something else");
}

#[test]
fn a_copy_opens_as_a_key_file() {
    let disk = SimulatedDisk::new(1);
    let (keys, _) = open(&disk, 1);
    let key = keys.key_or_new(visitor(4)).unwrap();
    let copy = PathBuf::from("backup/keys");
    keys.copy_to(&copy).unwrap();
    let randomness = Arc::new(SeededRandomness::new(2));
    let (copied, report) = Keys::open(Arc::new(disk), &copy, randomness).unwrap();
    assert_eq!((report.keys, copied.key(visitor(4))), (1, Some(key)));
}
