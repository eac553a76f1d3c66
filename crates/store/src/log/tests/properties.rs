//! What holds for any cut of the log, any order and any repetition of what is sent.

use hitmetrix_model::{IdentityChange, limits};
use proptest::prelude::*;

use super::*;

/// Bytes of the only segment, and its name.
fn only_segment(world: &World) -> (PathBuf, Vec<u8>) {
    let mut files = world
        .disk
        .files()
        .into_iter()
        .filter(|(path, _)| path.starts_with(DIR));
    let found = files.next().unwrap();
    assert!(files.next().is_none());
    found
}

#[test]
fn any_cut_of_the_log_gives_a_prefix_of_its_frames() {
    let mut world = World::new(3);
    let mut run = world.start();
    let mut ends = Vec::new();
    for number in 0..8 {
        run.put_batch(batch(1, number * 2..number * 2 + 2));
        ends.push(usize::try_from(run.writer.end().0).unwrap());
    }
    let (path, bytes) = only_segment(&world);
    for cut in 0..=bytes.len() {
        let mut world = World::new(3);
        world.disk.plant(&path, bytes[..cut].to_vec());
        let run = world.start();
        let whole = u32::try_from(ends.iter().filter(|end| **end <= cut).count()).unwrap();
        let expected: Vec<Id> = (0..whole * 2)
            .map(|sequence| Id::Window(1, sequence))
            .collect();
        assert_eq!(run.tail_ids(), expected, "cut at {cut}");
        let last_whole = ends.iter().rfind(|end| **end <= cut).copied().unwrap_or(0);
        assert_eq!(
            run.report.torn_bytes,
            (cut - last_whole) as u64,
            "cut at {cut}"
        );
        assert_eq!(run.report.missing(), Vec::<String>::new(), "cut at {cut}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_order_and_repetition_counts_the_same_events(
        sent in prop::collection::vec((0u128..3, 0u32..30, 1u32..6), 1..30),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..60),
        restart_every in 3usize..20,
    ) {
        let mut expected = BTreeSet::new();
        for (window, from, count) in &sent {
            expected.extend((*from..from + count).map(|sequence| Id::Window(*window, sequence)));
        }
        let mut world = World::new(5);
        let mut run = world.start();
        let repeated = order.iter().map(|index| index.get(&sent));
        for (at, (window, from, count)) in repeated.chain(&sent).enumerate() {
            let (accepted, duplicates) = run.put_batch(batch(*window, *from..from + count));
            prop_assert_eq!(accepted + duplicates, *count);
            if at % restart_every == 0 {
                run = world.start();
            }
            if at % restart_every == 2 {
                let pin = run.writer.pin(NOW_MS);
                world.seal(&run, &pin);
                run.writer.cut(&pin);
            }
        }
        let counted = world.counted(&run);
        assert_once(&counted, "at the end");
        prop_assert_eq!(counted.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}

#[test]
fn an_id_twice_in_one_batch_counts_once() {
    let mut run = World::new(1).start();
    assert_eq!(run.put_batch(batch(1, [4, 4, 5])), (2, 1));
    assert_eq!(run.put_batch(external_batch([9, 9, 8])), (2, 1));
    assert_eq!(run.put_batch(external_batch([8, 7])), (1, 1));
    let expected = [
        Id::Window(1, 4),
        Id::Window(1, 5),
        Id::External(9),
        Id::External(8),
        Id::External(7),
    ];
    assert_eq!(run.tail_ids(), expected);
}

#[test]
fn ids_in_parts_count_once_too() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_batch(external_batch([1, 2]));
    let pin = run.writer.pin(NOW_MS);
    world.seal(&run, &pin);
    run.writer.cut(&pin);
    assert_eq!(run.put_batch(external_batch([2, 3])), (1, 1));
    assert_eq!(
        world.start().put_batch(external_batch([1, 2, 3, 4])),
        (1, 3)
    );
}

#[test]
fn a_pin_says_what_was_seen_at_exactly_its_end() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_batch(batch(1, 0..3));
    let pin = run.writer.pin(NOW_MS);
    world.seal(&run, &pin);
    // These are acknowledged before the cut, and belong to what follows.
    run.put_batch(batch(1, 3..5));
    run.writer.cut(&pin);
    let mut run = world.start();
    assert_eq!(run.tail_ids(), [Id::Window(1, 3), Id::Window(1, 4)]);
    assert_eq!(run.put_batch(batch(1, 0..6)), (1, 5));
    let pin = run.writer.pin(NOW_MS);
    assert_eq!(pin.windows.len(), 1);
    let again = run.writer.pin(NOW_MS);
    assert_eq!(
        again.windows, pin.windows,
        "rows come again until their pin is cut"
    );
    run.writer.cut(&again);
    assert!(run.writer.pin(NOW_MS).windows.is_empty());
}

#[test]
fn windows_are_forgotten_eight_days_after_their_last_receipt() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_batch(batch(1, 0..3));
    let pin = run.writer.pin(NOW_MS + limits::WINDOW_SEEN_MS);
    assert_eq!((pin.windows.len(), pin.forget_before_ms), (1, NOW_MS));
    let pin = run.writer.pin(NOW_MS + 2 * limits::WINDOW_SEEN_MS);
    assert!(pin.windows.is_empty());
    assert_eq!(run.put_batch(batch(1, 0..3)), (3, 0));
}

#[test]
fn a_retry_brings_no_identity_change_twice() {
    let mut run = World::new(1).start();
    let identify = |sequence: u32| IdentityChange::Identify {
        visitor: sender(1).visitor,
        user: "ada".to_owned(),
        time_ms: NOW_MS + i64::from(sequence),
        unverified: true,
    };
    let first = Batch {
        identities: vec![identify(1)],
        lost: 2,
        ..batch(1, 0..3)
    };
    run.put_batch(first.clone());
    assert_eq!(run.put_batch(first.clone()), (0, 3));
    let mut more = first;
    more.events.push(event(3));
    more.identities.push(identify(3));
    run.put_batch(more);
    let tail = run.tail.0.lock().unwrap();
    let changes: Vec<_> = tail
        .iter()
        .flat_map(|accepted| match accepted {
            Accepted::Batch { batch, .. } => batch.identities.clone(),
            Accepted::Chunk { .. } => Vec::new(),
        })
        .collect();
    assert_eq!(changes, [identify(1), identify(3)]);
    assert_eq!(tail.len(), 2, "a batch of duplicates alone writes nothing");
}

#[test]
fn sessions_are_known_again_after_a_start() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_batch(batch(1, 0..3));
    let pin = run.writer.pin(NOW_MS);
    world.seal(&run, &pin);
    run.writer.cut(&pin);
    run.put_batch(batch(2, 0..3));
    let run = world.start();
    let shared = run.writer.shared();
    let seen = &shared.memory.lock().unwrap().seen;
    for window in [1, 2] {
        let Sender {
            visitor, session, ..
        } = sender(window);
        let last_ms = NOW_MS + 2;
        let found = seen.session_of_window(SITE, WindowId(window));
        assert_eq!(found, Some((visitor, session, last_ms)));
        assert_eq!(
            seen.session_of_visitor(SITE, visitor),
            Some((session, last_ms))
        );
        assert_eq!(seen.owner_of_session(SITE, session), Some(visitor));
    }
    assert_eq!(seen.session_of_window(SiteId(2), WindowId(1)), None);
}

#[test]
fn a_chunk_of_a_later_session_moves_its_window() {
    let mut run = World::new(1).start();
    run.put_batch(batch(1, 0..3));
    let later = |last_ms| ChunkFacts {
        session: SessionId(5),
        last_ms,
        ..facts(1, 0)
    };
    let of_window = |run: &Run| {
        let shared = run.writer.shared();
        let found = shared
            .memory
            .lock()
            .unwrap()
            .seen
            .session_of_window(SITE, WindowId(1));
        found.unwrap().1
    };
    run.put_chunk(later(NOW_MS + 1));
    assert_eq!(
        of_window(&run),
        sender(1).session,
        "older than the last event"
    );
    run.put_chunk(ChunkFacts {
        sequence: 1,
        ..later(NOW_MS + 99)
    });
    assert_eq!(of_window(&run), SessionId(5));
}

#[test]
fn a_window_of_holes_is_refused_and_takes_nothing_in() {
    let mut run = World::new(1).start();
    let holes = u32::try_from(super::super::ranges::HOLES_MAX).unwrap();
    for from in (0..holes).step_by(512) {
        run.put_batch(batch(1, (from..from + 512).map(|number| number * 2)));
    }
    run.put_batch(batch(1, [holes * 2]));
    let refused = run.put(entry(batch(1, [1, holes * 2 + 2, holes * 2 + 4])));
    assert!(
        matches!(refused, Err(LogError::TooManyHoles { .. })),
        "{refused:?}"
    );
    assert_eq!(run.put_batch(batch(1, [1])), (1, 0));
}
