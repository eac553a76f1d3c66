//! The write-ahead log: the first place where an acknowledged event is on disk.
//!
//! Requests come from many tasks through a bounded queue to one thread, which writes them as one
//! group and syncs once. When [`Log::append`] returns, the events are on stable storage, count
//! once however often they are sent, and are in the tail. When it fails with a kind of
//! `Unavailable`, nothing of the request counts and sending it again is safe.
//!
//! The log knows batches and encrypted chunks, not what they mean; it knows neither parts nor
//! SQL. A seal takes a prefix: [`Log::pin`], the catalog's transaction, [`Log::cut`].

mod admit;
mod entry;
mod error;
pub(crate) mod frame;
mod pieces;
mod quarantine;
mod ranges;
mod replay;
mod seen;
mod segment;
mod thread;
mod writer;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{Batch, ChunkFacts, LogPosition, SessionId, SiteId, VisitorId, WindowId};

pub use entry::{
    Accepted, ChunkOutcome, EncryptedChunk, ExternalIds, LookupError, Pin, Receipt, Resume, Tail,
};
pub use error::LogError;
pub use quarantine::{Quarantined, Reason};
pub use ranges::Ranges;
pub use replay::ReplayReport;
pub use seen::{SessionRow, WindowRow};

use admit::{Memory, locked};
use pieces::Pieces;
use replay::Replay;
use seen::Seen;
use thread::{Control, Thread};
use writer::{Entry, Outcome, Place, Shared, Writer};

use crate::Randomness;
use crate::disk::Disk;

/// Where the log lies and what it is given.
pub struct LogConfig {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// Folder of the segments; made where it is missing.
    pub dir: PathBuf,
    /// Folder for damaged stretches; made when there is one.
    pub quarantine: PathBuf,
    /// For the salts of segments.
    pub randomness: Arc<dyn Randomness>,
    /// Looks into sealed parts.
    pub external_ids: Arc<dyn ExternalIds>,
    /// Size at which a segment ends; [`hitmetrix_model::limits::LOG_SEGMENT_BYTES`] unless a test says otherwise.
    pub segment_bytes: u64,
}

/// How the log is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LogUsage {
    /// Bytes of all segments.
    pub bytes: u64,
    /// How many segments there are.
    pub segments: usize,
    /// Writes that failed since the start; their groups were refused.
    pub failed_writes: u64,
    /// Syncs that failed since the start; their groups were refused.
    pub failed_syncs: u64,
    /// Chunks that wait for pieces.
    pub waiting_sets: usize,
    /// Chunks that were dropped since the start because pieces never came.
    pub dropped_sets: u64,
}

/// The log. Shared by reference; its thread ends with [`Log::close`] or when it is dropped.
pub struct Log {
    shared: Arc<Shared>,
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    thread: Thread,
}

impl Log {
    /// Replays the log from `resume.covered` into `tail` and starts its thread. Blocks.
    ///
    /// # Errors
    /// When the folder cannot be read or written, or a newer version wrote it. Damage is no
    /// error: it is set aside and reported.
    pub fn open(
        config: LogConfig,
        resume: Resume,
        mut tail: Box<dyn Tail>,
    ) -> Result<(Self, ReplayReport), LogError> {
        let (writer, report) = Self::prepare(config, resume, &mut tail)?.with_tail(tail);
        let (disk, dir) = writer.place_of_reading();
        let shared = writer.shared();
        let thread = Thread::start(writer)?;
        Ok((
            Self {
                shared,
                disk,
                dir,
                thread,
            },
            report,
        ))
    }

    /// Everything of [`Log::open`] but the thread.
    fn prepare(
        config: LogConfig,
        resume: Resume,
        tail: &mut Box<dyn Tail>,
    ) -> Result<Prepared, LogError> {
        let place = Place {
            disk: config.disk,
            dir: config.dir,
            segment_bytes: config.segment_bytes,
            randomness: config.randomness,
            external_ids: config.external_ids,
        };
        place
            .disk
            .create_dirs(&place.dir)
            .map_err(|source| LogError::Read {
                name: place.dir.display().to_string(),
                source,
            })?;
        let shared = Arc::new(Shared {
            memory: Mutex::new(Memory {
                seen: Seen::load(resume.windows, resume.sessions),
                pieces: Pieces::default(),
            }),
            segments: Mutex::new(Vec::new()),
            failed_writes: AtomicU64::new(0),
            failed_syncs: AtomicU64::new(0),
        });
        let mut replay = Replay {
            place: &place,
            quarantine: &config.quarantine,
            covered: resume.covered,
            shared: &shared,
            tail: &mut **tail,
            report: ReplayReport::default(),
            delivery: Vec::new(),
        };
        let segments = replay.run()?;
        let report = replay.report;
        locked(&shared.memory).pieces.expire(resume.now_ms);
        let next_number = segments.last().map_or(1, |last| last.number + 1);
        *locked(&shared.segments) = segments;
        Ok(Prepared {
            place,
            shared,
            report,
            next_number,
        })
    }

    /// Stores a batch; events that were stored before are counted as duplicates. Returns when it
    /// is durable and in the tail.
    ///
    /// # Errors
    /// When nothing of it was stored.
    pub async fn append(&self, batch: Batch) -> Result<Receipt, LogError> {
        let payload = frame::encode_batch(&batch)?;
        match self.thread.append(Entry::Batch { batch, payload }).await? {
            Outcome::Batch(receipt) => Ok(receipt),
            Outcome::Chunk(_) => Err(LogError::Closed),
        }
    }

    /// Stores a chunk or a piece of one. Returns when it is durable and, when whole, in the tail.
    ///
    /// # Errors
    /// When it was not stored.
    pub async fn append_chunk(&self, chunk: EncryptedChunk) -> Result<ChunkOutcome, LogError> {
        let payload = frame::encode_chunk(&chunk)?;
        let encrypted_bytes = u32::try_from(chunk.bytes.len()).unwrap_or(u32::MAX);
        let entry = Entry::Chunk {
            facts: chunk.facts,
            payload,
            encrypted_bytes,
        };
        match self.thread.append(entry).await? {
            Outcome::Chunk(outcome) => Ok(outcome),
            Outcome::Batch(_) => Err(LogError::Closed),
        }
    }

    /// Reads a chunk or piece from where [`Accepted::Chunk`] or [`ChunkOutcome::complete`] said it
    /// begins. Blocks.
    ///
    /// # Errors
    /// [`LogError::NotInLog`] when a seal took it meanwhile: the catalog then knows its pack.
    pub fn read_chunk(&self, at: LogPosition) -> Result<EncryptedChunk, LogError> {
        let segment = locked(&self.shared.segments)
            .iter()
            .find(|segment| segment.start <= at && at < segment.end)
            .cloned()
            .ok_or(LogError::NotInLog { position: at })?;
        let failed = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::NotFound => LogError::NotInLog { position: at },
            _ => LogError::Read {
                name: segment.name(),
                source,
            },
        };
        let damaged = |what| LogError::Damaged { position: at, what };
        let file = self.disk.open(&segment.path(&self.dir)).map_err(failed)?;
        let offset = at.0 - segment.start.0;
        let mut header = [0; frame::HEADER_BYTES];
        file.read_at(offset, &mut header).map_err(failed)?;
        let header =
            frame::header(&header, segment.salt, at)?.ok_or_else(|| damaged("no frame header"))?;
        let mut payload = vec![0; header.payload_bytes];
        file.read_at(offset + frame::HEADER_BYTES as u64, &mut payload)
            .map_err(failed)?;
        if !frame::payload_fits(&header, &payload, (segment.salt, at)) {
            return Err(damaged("payload does not match its checksum"));
        }
        let (facts, bytes) =
            frame::decode_chunk(&payload).ok_or_else(|| damaged("frame is not a chunk"))?;
        let bytes = bytes.to_vec();
        Ok(EncryptedChunk { facts, bytes })
    }

    /// Ends the prefix that the next seal takes. What comes back was exact at its end.
    ///
    /// # Errors
    /// When the log is closed.
    pub async fn pin(&self, now_ms: i64) -> Result<Pin, LogError> {
        self.thread
            .control(|reply| Control::Pin(now_ms, reply))
            .await
    }

    /// Takes a pin back after the transaction that stored its rows and named its parts: deletes
    /// the files of the prefix, but for those with pieces that still wait. Returns the bytes that
    /// left the disk. The ids of the prefix must be found by [`ExternalIds`] before this is
    /// called.
    ///
    /// # Errors
    /// When the log is closed.
    pub async fn cut(&self, pin: Pin) -> Result<u64, LogError> {
        self.thread.control(|reply| Control::Cut(pin, reply)).await
    }

    /// End of what is durable.
    #[must_use]
    pub fn end(&self) -> LogPosition {
        self.thread.end()
    }

    /// Visitor and session of a window's latest event, and its time, UTC, milliseconds since the
    /// epoch.
    #[must_use]
    pub fn session_of_window(
        &self,
        site: SiteId,
        window: WindowId,
    ) -> Option<(VisitorId, SessionId, i64)> {
        locked(&self.shared.memory)
            .seen
            .session_of_window(site, window)
    }

    /// Latest session of a cookieless visitor, and the time of its last event.
    #[must_use]
    pub fn session_of_visitor(&self, site: SiteId, visitor: VisitorId) -> Option<(SessionId, i64)> {
        locked(&self.shared.memory)
            .seen
            .session_of_visitor(site, visitor)
    }

    /// The visitor who was first seen with a session.
    #[must_use]
    pub fn owner_of_session(&self, site: SiteId, session: SessionId) -> Option<VisitorId> {
        locked(&self.shared.memory)
            .seen
            .owner_of_session(site, session)
    }

    /// Lets go of the pieces of a chunk whose whole was refused.
    pub fn abandon_pieces(&self, facts: &ChunkFacts) {
        locked(&self.shared.memory)
            .pieces
            .remove(pieces::key_of(facts));
    }

    /// Forgets what was seen of a site that was erased. Its entries leave the log with the next
    /// seal.
    pub fn forget_site(&self, site: SiteId) {
        let memory = &mut *locked(&self.shared.memory);
        memory.seen.forget_site(site);
        memory.pieces.forget_site(site);
    }

    /// How the log is doing.
    #[must_use]
    pub fn usage(&self) -> LogUsage {
        let (waiting_sets, dropped_sets) = locked(&self.shared.memory).pieces.counts();
        let segments = locked(&self.shared.segments);
        LogUsage {
            bytes: segments.iter().map(segment::Segment::length).sum(),
            segments: segments.len(),
            failed_writes: self.shared.failed_writes.load(Ordering::Relaxed),
            failed_syncs: self.shared.failed_syncs.load(Ordering::Relaxed),
            waiting_sets,
            dropped_sets,
        }
    }

    /// Writes what waits, marks a clean end, and stops the thread.
    ///
    /// # Errors
    /// When it is closed already.
    pub async fn close(&self) -> Result<(), LogError> {
        self.thread.control(Control::Close).await
    }
}

/// A replayed log before its thread runs.
struct Prepared {
    place: Place,
    shared: Arc<Shared>,
    report: ReplayReport,
    next_number: u32,
}

impl Prepared {
    fn with_tail(self, tail: Box<dyn Tail>) -> (Writer, ReplayReport) {
        let end = self.report.end;
        (
            Writer::new(self.place, self.shared, tail, (end, self.next_number)),
            self.report,
        )
    }
}
