//! Pieces: kept until their chunk is whole or ten minutes have passed, through starts and seals.

use hitmetrix_model::limits;

use super::*;

#[test]
fn the_last_piece_says_where_all_of_them_are() {
    let mut run = World::new(1).start();
    assert_eq!(run.put_chunk(piece(1, 0, (1, 3))).complete, None);
    assert!(run.put_chunk(piece(1, 0, (1, 3))).duplicate);
    assert_eq!(run.put_chunk(piece(1, 0, (0, 3))).complete, None);
    let complete = run.put_chunk(piece(1, 0, (2, 3))).complete.unwrap();
    assert_eq!(complete.len(), 3);
    assert!(
        complete[0] > complete[1] && complete[1] < complete[2],
        "in the order of the pieces"
    );
    let retried = run.put_chunk(piece(1, 0, (2, 3)));
    assert_eq!(
        (retried.duplicate, retried.complete),
        (true, Some(complete))
    );
    assert!(run.tail_ids().is_empty(), "pieces are not chunks");
    let whole = run.put_chunk(facts(1, 0));
    assert_eq!((whole.duplicate, whole.needs_snapshot), (false, false));
    let late = run.put_chunk(piece(1, 0, (2, 3)));
    assert_eq!((late.duplicate, late.complete), (true, None));
    assert_eq!(run.tail_ids(), [Id::Chunk(1, 0)]);
}

#[test]
fn pieces_survive_starts_and_seals() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_chunk(piece(1, 0, (0, 2)));
    let pin = run.writer.pin(NOW_MS);
    world.seal(&run, &pin);
    assert_eq!(
        run.writer.cut(&pin),
        0,
        "the file of a piece that waits stays"
    );
    world.disk.crash();
    let mut run = world.start();
    let complete = run.put_chunk(piece(1, 0, (1, 2))).complete;
    assert_eq!(complete.unwrap()[0], LogPosition(0));
    run.put_chunk(facts(1, 0));
    let pin = run.writer.pin(NOW_MS);
    world.seal(&run, &pin);
    assert!(run.writer.cut(&pin) > 0);
    assert!(world.log_files().is_empty());
    let run = world.start();
    assert_eq!(world.counted(&run), [Id::Chunk(1, 0)]);
}

#[test]
fn an_incomplete_set_is_dropped_after_ten_minutes_and_counted() {
    let mut world = World::new(1);
    let mut run = world.start();
    run.put_chunk(piece(1, 0, (0, 2)));
    let counts = |run: &Run| run.writer.shared().memory.lock().unwrap().pieces.counts();
    run.writer.pin(NOW_MS + limits::PIECES_WAIT_MS - 1);
    assert_eq!(counts(&run), (1, 0));
    run.writer.pin(NOW_MS + limits::PIECES_WAIT_MS);
    assert_eq!(counts(&run), (0, 1));
    assert_eq!(run.put_chunk(piece(1, 0, (1, 2))).complete, None);
}

#[test]
fn pieces_that_do_not_fit_are_refused() {
    let mut run = World::new(1).start();
    run.put_chunk(piece(1, 0, (0, 2)));
    for wrong in [(1, 3), (2, 2), (0, 1), (0, 0), (0, 161)] {
        let refused = run.put(chunk_entry(piece(1, 0, wrong), b"x"));
        assert!(
            matches!(refused, Err(LogError::PieceMismatch { .. })),
            "{wrong:?}"
        );
    }
    for window in 2..1 + super::super::pieces::PIECE_SETS_MAX as u128 {
        run.put_chunk(piece(window, 0, (0, 2)));
    }
    let refused = run.put(chunk_entry(piece(999, 0, (0, 2)), b"x"));
    assert!(
        matches!(refused, Err(LogError::TooManyPieces { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_snapshot_is_asked_for_when_a_player_could_start_nowhere() {
    let mut run = World::new(1).start();
    assert!(run.put_chunk(facts(1, 1)).needs_snapshot);
    assert!(!run.put_chunk(facts(1, 0)).needs_snapshot);
    assert!(!run.put_chunk(facts(1, 2)).needs_snapshot);
    // Another session in the same window begins with nothing.
    let next = ChunkFacts {
        session: SessionId(5),
        ..facts(1, 3)
    };
    assert!(run.put_chunk(next).needs_snapshot);
    // The snapshot is on its way.
    run.put_chunk(piece(2, 0, (0, 2)));
    assert!(!run.put_chunk(facts(2, 1)).needs_snapshot);
}
