//! Bytes that changed on the disk: always noticed, never another event than was sent, never more
//! lost than the damaged frame, and said to be missing when it was durable.

use super::super::quarantine::Reason;
use super::*;

/// A log of four frames in one segment; its name, bytes, and what it holds.
fn small_log(close: Closing) -> (PathBuf, Vec<u8>, Vec<Accepted>) {
    let mut world = World::new(4);
    let mut run = world.start();
    run.put_batch(batch(1, 0..2));
    run.put_batch(external_batch([5]));
    run.put_chunk(facts(1, 0));
    run.put_batch(batch(2, 0..1));
    if let Closing::InOrder = close {
        run.writer.close();
    }
    let (path, bytes) = world
        .disk
        .files()
        .into_iter()
        .find(|(path, _)| path.starts_with(DIR))
        .unwrap();
    let accepted = run.tail.0.lock().unwrap().clone();
    (path, bytes, accepted)
}

#[derive(Clone, Copy)]
enum Closing {
    InOrder,
    Killed,
}

fn start_with(path: &Path, bytes: Vec<u8>) -> (World, Run) {
    let mut world = World::new(4);
    world.disk.plant(path, bytes);
    let run = world.start();
    (world, run)
}

fn flip_each_bit_of_each_byte(close: Closing) {
    let (path, bytes, sent) = small_log(close);
    let frames = sent.len();
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            let (world, run) = start_with(&path, damaged);
            let context = format!("byte {at}, bit {bit}");
            let found = run.tail.0.lock().unwrap().clone();
            assert!(
                found.iter().all(|accepted| sent.contains(accepted)),
                "{context}"
            );
            assert!(
                found.len() + 1 >= frames,
                "{context}: more than one frame is lost"
            );
            let noticed = run.report.torn_bytes > 0 || !run.report.quarantined.is_empty();
            assert!(noticed, "{context}: not noticed");
            let vouched = matches!(close, Closing::InOrder) || found.len() == frames - 1;
            let last = found.last() != sent.last();
            if found.len() < frames && (vouched && !last || matches!(close, Closing::InOrder)) {
                assert_eq!(run.report.missing().len(), 1, "{context}");
                assert_eq!(world.quarantine_files(), 2, "{context}");
            }
        }
    }
}

#[test]
fn each_flipped_bit_is_noticed_after_a_kill() {
    flip_each_bit_of_each_byte(Closing::Killed);
}

#[test]
fn each_flipped_bit_is_noticed_after_a_clean_end() {
    flip_each_bit_of_each_byte(Closing::InOrder);
}

#[test]
fn damage_is_reported_at_each_start_and_copied_once() {
    let (path, mut bytes, sent) = small_log(Closing::InOrder);
    bytes[30] ^= 1;
    let (mut world, run) = start_with(&path, bytes);
    assert_eq!(run.report.quarantined[0].reason, Reason::Damaged);
    let again = world.start();
    assert_eq!(again.report.quarantined, run.report.quarantined);
    assert_eq!(world.quarantine_files(), 2);
    assert_eq!(again.tail.0.lock().unwrap().len(), sent.len() - 1);
}

#[test]
fn what_is_missing_is_said_until_its_report_is_deleted() {
    let (path, mut bytes, _) = small_log(Closing::InOrder);
    bytes[30] ^= 1;
    let (mut world, mut run) = start_with(&path, bytes);
    let missing = run.report.missing();
    assert_eq!(missing.len(), 1);
    let pin = run.writer.pin(NOW_MS);
    world.seal(&run, &pin);
    run.writer.cut(&pin);
    assert!(world.log_files().is_empty());
    assert_eq!(
        world.start().report.missing(),
        missing,
        "the seal does not hide it"
    );
    let reports = world
        .disk
        .files()
        .into_keys()
        .filter(|path| path.starts_with(QUARANTINE));
    for report in reports {
        world.disk.remove(&report).unwrap();
    }
    assert!(world.start().report.missing().is_empty());
}

#[test]
fn what_a_crash_left_unfinished_stays_unfinished() {
    let mut world = World::new(4);
    let mut run = world.start();
    run.writer.commit(vec![
        entry(batch(1, 0..2)),
        entry(batch(2, 0..2)),
        entry(batch(3, 0..2)),
    ]);
    let (path, mut bytes) = world.disk.files().into_iter().next().unwrap();
    bytes[40] ^= 1;
    let (mut world, mut run) = start_with(&path, bytes);
    assert_eq!(run.report.quarantined[0].reason, Reason::Unfinished);
    assert_eq!(run.report.missing(), Vec::<String>::new());
    assert_eq!(run.put_batch(batch(1, 0..2)), (2, 0), "its retry counts");
    let run = world.start();
    assert_eq!(run.report.missing(), Vec::<String>::new());
    assert_once(&run.tail_ids(), "after the retry");
    assert_eq!(run.tail_ids().len(), 6);
}

#[test]
fn a_file_that_is_gone_is_missed() {
    let mut world = World::new(4);
    world.segment_bytes = 1;
    let mut run = world.start();
    for window in 0..3 {
        run.put_batch(batch(window, 0..2));
    }
    let path = world.log_files().remove(1);
    world.disk.remove(&path).unwrap();
    let run = world.start();
    assert_eq!(run.tail_ids().len(), 4);
    assert_eq!(run.report.quarantined[0].reason, Reason::Absent);
    assert_eq!(run.report.missing().len(), 1);
}

#[test]
fn a_frame_is_nothing_elsewhere() {
    let (path, bytes, _) = small_log(Closing::Killed);
    let first = frame::HEADER_BYTES;
    // The same frames once more, at another position, as a payload could carry them.
    let mut forged = bytes.clone();
    forged[first] ^= 1;
    forged.extend_from_slice(&bytes);
    let (_, run) = start_with(&path, forged);
    assert_eq!(run.report.torn_bytes, bytes.len() as u64);
    assert_once(&run.tail_ids(), "forged");
}

#[test]
fn a_log_of_a_newer_version_is_refused_and_left_alone() {
    let (path, bytes, _) = small_log(Closing::Killed);
    let salt = u64::from_str_radix(
        &path.to_str().unwrap()[path.to_str().unwrap().len() - 20..][..16],
        16,
    );
    let newer = frame::of_version(&bytes, (salt.unwrap(), LogPosition(0)), frame::VERSION + 1);
    let mut world = World::new(4);
    world.disk.plant(&path, newer.clone());
    let refused = world.try_start().err().unwrap();
    assert!(matches!(refused, LogError::NewerFormat { .. }), "{refused}");
    assert_eq!(world.disk.files()[&path], newer);
}
