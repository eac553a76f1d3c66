//! The writer: takes a group of entries, drops what is a duplicate, writes the rest as frames,
//! syncs once, and only then hands it to the tail and tells the senders.
//!
//! It runs on one thread; everything about when something is durable is decided here. A failed
//! write is cut off again; after a failed sync the file is left for good and a new one begun,
//! since a second sync would prove nothing. In both cases nothing of the group counts, and what
//! the memory of duplicates took in is taken out again.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{Batch, ChunkFacts, LogPosition};

use super::admit::{self, ChunkVerdict, Memory, locked};
use super::entry::{Accepted, ChunkOutcome, ExternalIds, Pin, Receipt, Tail};
use super::error::LogError;
use super::frame::{self, Kind};
use super::segment::Segment;
use crate::Randomness;
use crate::disk::{Disk, DiskFile};

/// Something to be written, encoded by its sender's task so that the writer need not.
pub(super) enum Entry {
    Batch {
        batch: Batch,
        payload: Vec<u8>,
    },
    Chunk {
        facts: ChunkFacts,
        payload: Vec<u8>,
        encrypted_bytes: u32,
    },
}

impl Entry {
    pub(super) fn payload_bytes(&self) -> usize {
        let (Self::Batch { payload, .. } | Self::Chunk { payload, .. }) = self;
        payload.len()
    }
}

/// What became of an entry.
#[derive(Debug)]
pub(super) enum Outcome {
    Batch(Receipt),
    Chunk(ChunkOutcome),
}

/// What the writer shares with the readers.
pub(super) struct Shared {
    pub(super) memory: Mutex<Memory>,
    /// All segments that may still be read, in order, each up to what is durable.
    pub(super) segments: Mutex<Vec<Segment>>,
    pub(super) failed_writes: AtomicU64,
    pub(super) failed_syncs: AtomicU64,
}

/// Where the writer works and what it is given.
pub(super) struct Place {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) dir: PathBuf,
    pub(super) segment_bytes: u64,
    pub(super) randomness: Arc<dyn Randomness>,
    pub(super) external_ids: Arc<dyn ExternalIds>,
}

struct Open {
    file: Box<dyn DiskFile>,
    segment: Segment,
}

pub(super) struct Writer {
    place: Place,
    shared: Arc<Shared>,
    tail: Box<dyn Tail>,
    open: Option<Open>,
    /// End of what is durable.
    end: LogPosition,
    next_number: u32,
    buffer: Vec<u8>,
    duplicates: Vec<bool>,
}

/// Why nothing of a group was stored.
enum Failure {
    Write(io::Error),
    Sync(io::Error),
}

impl Failure {
    /// The error itself cannot be copied; each sender of the group gets its words.
    fn for_sender(&self) -> LogError {
        let (Self::Write(error) | Self::Sync(error)) = self;
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => LogError::DiskFull,
            _ if matches!(self, Self::Write(_)) => LogError::Write {
                reason: error.to_string(),
            },
            _ => LogError::Sync {
                reason: error.to_string(),
            },
        }
    }
}

impl Writer {
    /// Goes on behind what a replay found.
    pub(super) fn new(
        place: Place,
        shared: Arc<Shared>,
        tail: Box<dyn Tail>,
        (end, next_number): (LogPosition, u32),
    ) -> Self {
        Self {
            place,
            shared,
            tail,
            open: None,
            end,
            next_number,
            buffer: Vec::new(),
            duplicates: Vec::new(),
        }
    }

    /// Stores a group. When it returns, everything with an `Ok` is durable and in the tail, and
    /// nothing of anything with an `Err` counts.
    pub(super) fn commit(&mut self, group: Vec<Entry>) -> Vec<Result<Outcome, LogError>> {
        if let Err(failure) = self.ensure_open() {
            return group.iter().map(|_| Err(failure.for_sender())).collect();
        }
        self.buffer.clear();
        let mut delivery = Vec::with_capacity(group.len());
        let mut outcomes: Vec<_> = group
            .into_iter()
            .map(|entry| self.take(entry, &mut delivery))
            .collect();
        if self.buffer.is_empty() {
            locked(&self.shared.memory).keep();
            return outcomes;
        }
        match self.write_group() {
            Ok(()) => {
                locked(&self.shared.memory).keep();
                self.tail.deliver(delivery);
            }
            Err(failure) => {
                locked(&self.shared.memory).revert();
                for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_ok()) {
                    *outcome = Err(failure.for_sender());
                }
            }
        }
        outcomes
    }

    fn take(&mut self, entry: Entry, delivery: &mut Vec<Accepted>) -> Result<Outcome, LogError> {
        match entry {
            Entry::Batch { batch, payload } => self.take_batch(batch, &payload, delivery),
            Entry::Chunk {
                facts,
                payload,
                encrypted_bytes,
            } => self.take_chunk(facts, (&payload, encrypted_bytes), delivery),
        }
    }

    fn take_batch(
        &mut self,
        batch: Batch,
        payload: &[u8],
        delivery: &mut Vec<Accepted>,
    ) -> Result<Outcome, LogError> {
        let mark = locked(&self.shared.memory).seen.mark();
        let found = admit::admit_batch(
            &self.shared.memory,
            &*self.place.external_ids,
            (&batch, self.end),
            &mut self.duplicates,
        )?;
        let events = batch.events.len();
        let count = |events: usize| u32::try_from(events).unwrap_or(u32::MAX);
        let receipt = Receipt {
            accepted: count(events - found),
            duplicates: count(found),
        };
        if found == 0 {
            if !is_empty(&batch) {
                let (from, to) = self.frame(Kind::Batch, payload);
                delivery.push(Accepted::Batch { from, to, batch });
            }
            return Ok(Outcome::Batch(receipt));
        }
        let batch = admit::without(batch, &self.duplicates);
        if !is_empty(&batch) {
            let payload = frame::encode_batch(&batch)
                .inspect_err(|_| locked(&self.shared.memory).seen.revert_to(mark))?;
            let (from, to) = self.frame(Kind::Batch, &payload);
            delivery.push(Accepted::Batch { from, to, batch });
        }
        Ok(Outcome::Batch(receipt))
    }

    fn take_chunk(
        &mut self,
        facts: ChunkFacts,
        (payload, encrypted_bytes): (&[u8], u32),
        delivery: &mut Vec<Accepted>,
    ) -> Result<Outcome, LogError> {
        let verdict = admit::admit_chunk(&mut locked(&self.shared.memory), &facts)?;
        let mut outcome = ChunkOutcome::default();
        match verdict {
            ChunkVerdict::Duplicate(outcome) => return Ok(Outcome::Chunk(outcome)),
            ChunkVerdict::Whole => {
                let (from, to) = self.frame(Kind::Chunk, payload);
                outcome.needs_snapshot =
                    admit::needs_snapshot(&locked(&self.shared.memory), &facts);
                delivery.push(Accepted::Chunk {
                    from,
                    to,
                    facts,
                    encrypted_bytes,
                });
            }
            ChunkVerdict::Piece(piece) => {
                let (from, _) = self.frame(Kind::Chunk, payload);
                outcome.complete = locked(&self.shared.memory).pieces.put(&facts, piece, from);
            }
        }
        Ok(Outcome::Chunk(outcome))
    }

    /// Appends a frame to the group's buffer; returns where it begins and ends.
    fn frame(&mut self, kind: Kind, payload: &[u8]) -> (LogPosition, LogPosition) {
        let salt = self.open.as_ref().map_or(0, |open| open.segment.salt);
        let from = LogPosition(self.end.0 + self.buffer.len() as u64);
        let group_back =
            u32::try_from(self.buffer.len()).expect("a group is far smaller than 4 GiB");
        frame::write(&mut self.buffer, (kind, payload), (salt, from, group_back));
        (from, LogPosition(self.end.0 + self.buffer.len() as u64))
    }

    /// Writes and syncs the buffer.
    fn write_group(&mut self) -> Result<(), Failure> {
        let Some(open) = &mut self.open else {
            return Err(Failure::Write(io::Error::from(io::ErrorKind::NotFound)));
        };
        let offset = open.segment.length();
        if let Err(error) = open.file.write_at(offset, &self.buffer) {
            self.shared.failed_writes.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(%error, "log write failed");
            if open.file.set_length(offset).is_err() {
                self.open = None;
            }
            return Err(Failure::Write(error));
        }
        if let Err(error) = open.file.sync() {
            self.shared.failed_syncs.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "log sync failed; going on in a new file");
            // Only spares the next start some bytes: the next segment's name cuts them off.
            let _ = open.file.set_length(offset);
            self.open = None;
            return Err(Failure::Sync(error));
        }
        self.end = LogPosition(self.end.0 + self.buffer.len() as u64);
        open.segment.end = self.end;
        if let Some(last) = locked(&self.shared.segments).last_mut() {
            last.end = self.end;
        }
        Ok(())
    }

    /// Begins a new segment where there is none or the last one is full.
    fn ensure_open(&mut self) -> Result<(), Failure> {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.segment.length() < self.place.segment_bytes)
        {
            return Ok(());
        }
        self.open = None;
        let mut salt = [0; 8];
        self.place.randomness.fill(&mut salt);
        let segment = Segment {
            start: self.end,
            number: self.next_number,
            salt: u64::from_le_bytes(salt),
            end: self.end,
        };
        self.next_number += 1;
        let path = segment.path(&self.place.dir);
        let file = self.place.disk.create(&path).map_err(Failure::Write)?;
        if let Err(error) = self.place.disk.sync_dir(&self.place.dir) {
            self.shared.failed_syncs.fetch_add(1, Ordering::Relaxed);
            let _ = self.place.disk.remove(&path);
            return Err(Failure::Sync(error));
        }
        locked(&self.shared.segments).push(segment.clone());
        self.open = Some(Open { file, segment });
        Ok(())
    }

    /// Ends the prefix that a seal takes, and its segment with it, so that the cut can delete it.
    pub(super) fn pin(&mut self, now_ms: i64) -> Pin {
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.segment.length() > 0)
        {
            self.open = None;
        }
        let mut memory = locked(&self.shared.memory);
        memory.pieces.expire(now_ms);
        let (windows, sessions, generation, forget_before_ms) = memory.seen.pin(now_ms);
        Pin {
            position: self.end,
            windows,
            sessions,
            forget_before_ms,
            generation,
        }
    }

    /// Deletes the segments that the seal of `pin` made superfluous.
    pub(super) fn cut(&mut self, pin: &Pin) -> u64 {
        let bound = {
            let mut memory = locked(&self.shared.memory);
            memory.seen.sealed(pin.generation, pin.position);
            memory
                .pieces
                .oldest()
                .map_or(pin.position, |oldest| oldest.min(pin.position))
        };
        let open = self.open.as_ref().map(|open| open.segment.number);
        let mut freed_bytes = 0;
        let mut segments = locked(&self.shared.segments);
        let mut waits = false;
        segments.retain(|segment| {
            // Only a prefix goes: what is left must be without gaps.
            waits |= segment.end > bound || open == Some(segment.number);
            if waits {
                return true;
            }
            match self.place.disk.remove(&segment.path(&self.place.dir)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, "a sealed log file could not be deleted");
                    waits = true;
                    true
                }
                _ => {
                    freed_bytes += segment.length();
                    false
                }
            }
        });
        drop(segments);
        if let Err(error) = self.place.disk.sync_dir(&self.place.dir) {
            tracing::warn!(%error, "the log's folder could not be synced after a cut");
        }
        freed_bytes
    }

    /// Writes the mark of a clean end, so that the next start knows everything was durable.
    pub(super) fn close(&mut self) {
        self.buffer.clear();
        if self
            .open
            .as_ref()
            .is_some_and(|open| open.segment.length() > 0)
        {
            self.frame(Kind::Closed, &[]);
            // Without the mark nothing is lost; the failure is counted and logged.
            let _ = self.write_group();
        }
        self.open = None;
    }

    /// What the readers share.
    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Disk and folder, for the readers.
    pub(super) fn place_of_reading(&self) -> (Arc<dyn Disk>, PathBuf) {
        (Arc::clone(&self.place.disk), self.place.dir.clone())
    }

    /// End of what is durable.
    pub(super) fn end(&self) -> LogPosition {
        self.end
    }
}

fn is_empty(batch: &Batch) -> bool {
    batch.events.is_empty() && batch.identities.is_empty() && batch.lost == 0
}
