//! Every call to the disk fails once: nothing that was acknowledged is lost, the log resumes by
//! itself, and the retries count once.

use super::*;
use crate::disk::simulated::{Calls, Faults};

const BATCHES: u32 = 12;

/// Twelve batches of three events, each sent until it is acknowledged; a seal in the middle.
/// Returns how many attempts failed, and what the disk was asked.
fn story(faults: Faults, context: &str) -> (u32, Calls) {
    let mut world = World::new(9);
    world.segment_bytes = 1500;
    let mut run = world.start();
    world.disk.set_faults(faults);
    let mut failed = 0;
    for number in 0..BATCHES {
        for attempt in 0.. {
            assert!(attempt < 4, "{context}: the log did not resume");
            let sequences = number * 3..number * 3 + 3;
            match run.put(entry(batch(1, sequences))) {
                Ok(_) => break,
                Err(error) => {
                    let kind = hitmetrix_model::ErrorKind::Unavailable;
                    assert_eq!(error.kind(), kind, "{context}: {error}");
                    failed += 1;
                }
            }
        }
        if number == BATCHES / 2 {
            let pin = run.writer.pin(NOW_MS);
            world.seal(&run, &pin);
            run.writer.cut(&pin);
        }
    }
    let calls = world.disk.calls();
    let check = |world: &World, run: &Run, when: &str| {
        let mut counted = world.counted(run);
        counted.sort();
        let expected: Vec<Id> = (0..BATCHES * 3)
            .map(|sequence| Id::Window(1, sequence))
            .collect();
        assert_eq!(counted, expected, "{context}, {when}");
    };
    check(&world, &run, "live");
    world.disk.crash();
    let run = world.start();
    check(&world, &run, "after a crash");
    assert_eq!(run.report.missing(), Vec::<String>::new(), "{context}");
    (failed, calls)
}

#[test]
fn each_write_sync_and_folder_change_may_fail() {
    let (failed, calls) = story(Faults::default(), "no fault");
    assert_eq!(failed, 0);
    for call in 0..calls.writes {
        let faults = Faults {
            writes: [call].into(),
            ..Faults::default()
        };
        story(faults, &format!("write {call} fails"));
        // And cutting off what was written fails too.
        let faults = Faults {
            writes: [call].into(),
            truncations: [0].into(),
            ..Faults::default()
        };
        story(faults, &format!("write {call} and truncation fail"));
    }
    for call in 0..calls.syncs {
        let faults = Faults {
            syncs: [call].into(),
            ..Faults::default()
        };
        story(faults, &format!("sync {call} fails"));
        let faults = Faults {
            syncs: [call, call + 1].into(),
            ..Faults::default()
        };
        story(faults, &format!("syncs {call} and the next fail"));
    }
    for call in 0..calls.dir_syncs {
        let faults = Faults {
            dir_syncs: [call].into(),
            ..Faults::default()
        };
        story(faults, &format!("folder sync {call} fails"));
    }
    for call in 0..calls.creates {
        let faults = Faults {
            creates: [call].into(),
            ..Faults::default()
        };
        story(faults, &format!("create {call} fails"));
    }
}

#[test]
fn a_failed_sync_is_never_retried_on_the_same_file() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_batch(batch(1, 0..3));
    let before = world.log_files();
    let sync = world.disk.calls().syncs;
    world.disk.set_faults(Faults {
        syncs: [sync].into(),
        ..Faults::default()
    });
    assert!(matches!(
        run.put(entry(batch(1, 3..6))),
        Err(LogError::Sync { .. })
    ));
    assert_eq!(
        run.tail_ids().len(),
        3,
        "a group whose sync failed is not visible"
    );
    run.put_batch(batch(1, 3..6));
    let after = world.log_files();
    assert_eq!(after.len(), before.len() + 1);
    world.disk.crash();
    let run = world.start();
    assert_eq!(run.tail_ids().len(), 6);
    assert_once(&run.tail_ids(), "after the crash");
}

#[test]
fn a_full_disk_refuses_and_resumes_by_itself() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_batch(batch(1, 0..3));
    for room in 0..900 {
        let capacity = Some(world.disk.used_bytes() + room);
        world.disk.set_faults(Faults {
            capacity,
            ..Faults::default()
        });
        match run.put(entry(batch(1, 3..9))) {
            Err(LogError::DiskFull) => assert_eq!(run.tail_ids().len(), 3),
            Ok(_) => break,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(run.tail_ids().len(), 9);
    world.disk.crash();
    assert_eq!(world.start().tail_ids().len(), 9);
}

#[test]
fn all_of_a_group_is_refused_when_its_sync_fails_duplicates_too() {
    let mut world = World::new(1);
    let mut run = world.start();
    world.disk.set_faults(Faults {
        syncs: [0].into(),
        ..Faults::default()
    });
    let outcomes = run
        .writer
        .commit(vec![entry(batch(1, 0..3)), entry(batch(1, 0..3))]);
    assert!(outcomes.iter().all(Result::is_err));
    let outcomes = run
        .writer
        .commit(vec![entry(batch(1, 0..3)), entry(batch(1, 0..3))]);
    let counts: Vec<_> = outcomes
        .into_iter()
        .map(|outcome| match outcome {
            Ok(Outcome::Batch(receipt)) => (receipt.accepted, receipt.duplicates),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counts, [(3, 0), (0, 3)]);
}
