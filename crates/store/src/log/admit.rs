//! The one path by which entries become part of the data, live and in a replay: compared with
//! what was seen, stripped of duplicates.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hitmetrix_model::{Batch, ChunkFacts, LogPosition, Piece};

use super::entry::{ChunkOutcome, ExternalIds};
use super::error::LogError;
use super::pieces::{Pieces, key_of};
use super::seen::Seen;

/// What the log remembers; shared with the lookups of sessions.
pub(super) struct Memory {
    pub(super) seen: Seen,
    pub(super) pieces: Pieces,
}

impl Memory {
    pub(super) fn keep(&mut self) {
        self.seen.keep();
        self.pieces.keep();
    }

    pub(super) fn revert(&mut self) {
        self.seen.revert();
        self.pieces.revert();
    }
}

/// Locks, also after a panic elsewhere: what is behind these locks is changed by single steps.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes in a batch. `duplicates` then has a mark for each event; returns how many are true.
///
/// # Errors
/// As [`Seen::admit`]; or when an id could not be looked up.
pub(super) fn admit_batch(
    memory: &Mutex<Memory>,
    ids: &dyn ExternalIds,
    (batch, group): (&Batch, LogPosition),
    duplicates: &mut Vec<bool>,
) -> Result<usize, LogError> {
    duplicates.clear();
    duplicates.resize(batch.events.len(), false);
    for (event, duplicate) in batch.events.iter().zip(duplicates.iter_mut()) {
        // First the log, then the parts: a seal moves ids from here to there, in this order.
        if let Some(id) = event.external
            && !locked(memory).seen.has_external(batch.site, id)
        {
            *duplicate = ids.contains(batch.site, id)?;
        }
    }
    locked(memory).seen.admit(batch, group, duplicates)
}

/// The batch without the events marked as duplicates, and without the identity changes that came
/// with them. A change belongs to the event of its visitor and time; where there is none, it
/// stays as long as any event does. The count of losses goes when nothing else is left, since
/// then the whole batch is a retry.
pub(super) fn without(mut batch: Batch, duplicates: &[bool]) -> Batch {
    let senders = &batch.senders;
    let events = &batch.events;
    let any_left = duplicates.iter().any(|duplicate| !duplicate);
    batch.identities.retain(|change| {
        let mut matches = events.iter().zip(duplicates).filter(|(event, _)| {
            let sender = usize::try_from(event.sender)
                .ok()
                .and_then(|index| senders.get(index));
            event.time_ms == change.time_ms()
                && sender.is_some_and(|sender| sender.visitor == change.visitor())
        });
        match matches.next() {
            Some((_, first)) => !first || matches.any(|(_, duplicate)| !duplicate),
            None => any_left,
        }
    });
    let mut marks = duplicates.iter();
    batch
        .events
        .retain(|_| !marks.next().copied().unwrap_or(false));
    if !any_left {
        batch.lost = 0;
    }
    batch
}

/// What becomes of a chunk or piece.
pub(super) enum ChunkVerdict {
    /// To be written; a piece is then put among its set.
    Whole,
    Piece(Piece),
    /// Stored already.
    Duplicate(ChunkOutcome),
}

/// Takes in a whole chunk, or looks a piece up.
///
/// # Errors
/// When it fits to nothing, or its window or site has too much waiting.
pub(super) fn admit_chunk(
    memory: &mut Memory,
    facts: &ChunkFacts,
) -> Result<ChunkVerdict, LogError> {
    memory.pieces.expire(facts.received_at_ms);
    if memory
        .seen
        .has_chunk(facts.site, facts.window, facts.sequence)
    {
        let outcome = ChunkOutcome {
            duplicate: true,
            needs_snapshot: needs_snapshot(memory, facts),
            complete: None,
        };
        return Ok(ChunkVerdict::Duplicate(outcome));
    }
    let Some(piece) = facts.piece else {
        memory.seen.admit_chunk(facts)?;
        memory.pieces.finish(key_of(facts));
        return Ok(ChunkVerdict::Whole);
    };
    let (new, complete) = memory.pieces.look_up(key_of(facts), piece)?;
    if new {
        memory.seen.touch_chunk(facts);
        return Ok(ChunkVerdict::Piece(piece));
    }
    let outcome = ChunkOutcome {
        duplicate: true,
        needs_snapshot: false,
        complete,
    };
    Ok(ChunkVerdict::Duplicate(outcome))
}

/// Whether a player could start nowhere in this window and session, and nothing is on its way
/// that would change that.
pub(super) fn needs_snapshot(memory: &Memory, facts: &ChunkFacts) -> bool {
    facts.piece.is_none()
        && !memory
            .seen
            .has_snapshot(facts.site, facts.window, facts.session)
        && !memory.pieces.waits_for(facts.site, facts.window)
}
