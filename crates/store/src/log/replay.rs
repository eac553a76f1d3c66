//! The start: reads the log from the sealed position on, checks every frame, and hands the tail
//! what it finds through the same path that live entries take.
//!
//! A torn end is cut. A damaged stretch is copied to the quarantine and reported, and reading
//! goes on at the next whole frame. Each frame tells where its group began, and everything before
//! a group was synced before the group was written; so a stretch that a later group, a later file
//! or a clean end vouches for was durable and counts as missing, while one that nothing vouches
//! for belongs to the last group before a crash.

use std::path::Path;

use hitmetrix_model::LogPosition;

use super::admit::{self, ChunkVerdict, locked};
use super::entry::{Accepted, Tail};
use super::error::LogError;
use super::frame::{self, HEADER_BYTES, Header, Kind, MAGIC, Parsed};
use super::quarantine::{self, Quarantined, Reason};
use super::segment::{self, Segment};
use super::writer::{Place, Shared};
use crate::disk::Disk;

/// How many accepted entries are handed to the tail at once.
const DELIVERY_ENTRIES: usize = 1024;
/// Granularity in which a file that cannot be read as a whole is read.
const SALVAGE_BYTES: usize = 4096;

/// What a start found in the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplayReport {
    /// End of the log: where the next frame will begin.
    pub end: LogPosition,
    /// Frames behind the sealed position.
    pub frames: u64,
    /// Events in them.
    pub events: u64,
    /// Whole chunks in them.
    pub chunks: u64,
    /// Bytes that were cut from the end: what a crash left of an unacknowledged group.
    pub torn_bytes: u64,
    /// Stretches that cannot be used, of this start and earlier ones, until their report is
    /// deleted from the quarantine folder.
    pub quarantined: Vec<Quarantined>,
}

impl ReplayReport {
    /// One line for each stretch whose acknowledged data is missing from every answer.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.quarantined
            .iter()
            .filter(|found| found.is_missing())
            .map(Quarantined::text)
            .collect()
    }
}

/// A frame or a stretch that is none, by offset in the segment.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Frame(usize, Header),
    Bad(usize, usize),
}

pub(super) struct Replay<'a> {
    pub(super) place: &'a Place,
    pub(super) quarantine: &'a Path,
    pub(super) covered: LogPosition,
    pub(super) shared: &'a Shared,
    pub(super) tail: &'a mut dyn Tail,
    pub(super) report: ReplayReport,
    pub(super) delivery: Vec<Accepted>,
}

impl Replay<'_> {
    /// Reads all segments. Returns them, each up to what counts.
    ///
    /// # Errors
    /// When a file cannot be read at all, a newer version wrote it, or the end of the log cannot
    /// be made durable: then nothing can be promised, and nothing is changed but the torn end.
    pub(super) fn run(&mut self) -> Result<Vec<Segment>, LogError> {
        let name = || self.place.dir.display().to_string();
        let files = self
            .place
            .disk
            .list(&self.place.dir)
            .map_err(|source| LogError::Read {
                name: name(),
                source,
            })?;
        let mut segments = segment::in_order(&files);
        let mut end = self.covered;
        let last = segments.len().saturating_sub(1);
        for (at, segment) in segments.iter_mut().enumerate() {
            if segment.start > end {
                self.set_aside((end, segment.start, Reason::Absent), &[])?;
            }
            self.segment(segment, at == last)?;
            end = end.max(segment.end);
        }
        self.deliver();
        self.report.end = end;
        // Also those of earlier starts: a seal goes past what is damaged, and it stays missing.
        self.report.quarantined = quarantine::all(&*self.place.disk, self.quarantine)?;
        Ok(segments)
    }

    fn segment(&mut self, segment: &mut Segment, is_last: bool) -> Result<(), LogError> {
        if segment.length() == 0 {
            return Ok(());
        }
        let path = segment.path(&self.place.dir);
        let failed = |source| LogError::Read {
            name: segment.name(),
            source,
        };
        let length = usize::try_from(segment.length())
            .map_err(|error| failed(std::io::Error::other(error)))?;
        let bytes = read_what_can_be(&*self.place.disk, &path, length).map_err(failed)?;
        let found = scan(&bytes, segment.salt, segment.start)?;
        // Behind this offset nothing vouches for what is there.
        let vouched = if is_last {
            last_group(&found)
        } else {
            bytes.len()
        };
        for item in found {
            match item {
                Found::Frame(offset, header) => {
                    let payload = &bytes[offset + HEADER_BYTES..][..header.payload_bytes];
                    self.frame(segment.start, (offset, header.kind), payload)?;
                }
                Found::Bad(from, to) if is_last && to == bytes.len() => {
                    self.report.torn_bytes += (to - from) as u64;
                    segment.end = LogPosition(segment.start.0 + from as u64);
                }
                Found::Bad(from, to) => {
                    let position = |offset: usize| LogPosition(segment.start.0 + offset as u64);
                    let reason = if from < vouched {
                        Reason::Damaged
                    } else {
                        Reason::Unfinished
                    };
                    self.set_aside((position(from), position(to), reason), &bytes[from..to])?;
                }
            }
        }
        if is_last {
            // What was read may be in memory only, and after a sync that failed in an earlier run
            // it may look clean while it never reached the disk. So the bytes that nothing
            // vouches for are written once more before they are synced and counted.
            let kept = usize::try_from(segment.length()).unwrap_or(length);
            let settle = || -> std::io::Result<()> {
                let file = self.place.disk.open(&path)?;
                if kept < length {
                    file.set_length(segment.length())?;
                }
                if vouched < kept {
                    file.write_at(vouched as u64, &bytes[vouched..kept])?;
                }
                file.sync()?;
                self.place.disk.sync_dir(&self.place.dir)
            };
            settle().map_err(|error| LogError::Sync {
                reason: error.to_string(),
            })?;
        }
        Ok(())
    }

    /// Takes in one whole frame, if the seal does not cover it. Pieces are taken in from before
    /// the seal too: they are why the file is still there.
    fn frame(
        &mut self,
        start: LogPosition,
        (offset, kind): (usize, Kind),
        payload: &[u8],
    ) -> Result<(), LogError> {
        let from = LogPosition(start.0 + offset as u64);
        let to = LogPosition(from.0 + (HEADER_BYTES + payload.len()) as u64);
        let covered = to <= self.covered;
        self.report.frames += u64::from(!covered);
        let understood = match kind {
            Kind::Closed => true,
            Kind::Batch => covered || self.batch((from, to), payload)?,
            Kind::Chunk => self.chunk((from, to), payload, covered)?,
        };
        if !understood {
            self.set_aside((from, to, Reason::Damaged), payload)?;
        }
        if self.delivery.len() >= DELIVERY_ENTRIES {
            self.deliver();
        }
        Ok(())
    }

    fn batch(
        &mut self,
        (from, to): (LogPosition, LogPosition),
        payload: &[u8],
    ) -> Result<bool, LogError> {
        let Some(mut batch) = frame::decode_batch(payload) else {
            return Ok(false);
        };
        let mut duplicates = Vec::new();
        let ids = &*self.place.external_ids;
        let found =
            match admit::admit_batch(&self.shared.memory, ids, (&batch, from), &mut duplicates) {
                Err(LogError::UnknownSender { .. }) => return Ok(false),
                other => other?,
            };
        locked(&self.shared.memory).keep();
        if found > 0 {
            batch = admit::without(batch, &duplicates);
        }
        self.report.events += batch.events.len() as u64;
        self.delivery.push(Accepted::Batch { from, to, batch });
        Ok(true)
    }

    fn chunk(
        &mut self,
        (from, to): (LogPosition, LogPosition),
        payload: &[u8],
        covered: bool,
    ) -> Result<bool, LogError> {
        let Some((facts, encrypted)) = frame::decode_chunk(payload) else {
            return Ok(false);
        };
        if covered && facts.piece.is_none() {
            return Ok(true);
        }
        let encrypted_bytes = u32::try_from(encrypted.len()).unwrap_or(u32::MAX);
        let memory = &mut *locked(&self.shared.memory);
        match admit::admit_chunk(memory, &facts) {
            Ok(ChunkVerdict::Whole) => {
                self.report.chunks += 1;
                self.delivery.push(Accepted::Chunk {
                    from,
                    to,
                    facts,
                    encrypted_bytes,
                });
            }
            Ok(ChunkVerdict::Piece(piece)) => {
                memory.pieces.put(&facts, piece, from);
            }
            // A duplicate, or a piece whose set went on without it.
            Ok(ChunkVerdict::Duplicate(_)) | Err(_) => {}
        }
        memory.keep();
        Ok(true)
    }

    /// Keeps a stretch that cannot be used, unless the seal covers it. The verdict of an earlier
    /// start stays, since that one knew better what was the end of the log.
    fn set_aside(
        &mut self,
        (from, to, reason): (LogPosition, LogPosition, Reason),
        bytes: &[u8],
    ) -> Result<(), LogError> {
        if to <= self.covered {
            return Ok(());
        }
        let found = Quarantined { from, to, reason };
        let disk = &*self.place.disk;
        if !quarantine::is_known(disk, self.quarantine, &found)? {
            quarantine::keep(disk, self.quarantine, &found, bytes)?;
            tracing::error!(from = from.0, to = to.0, ?reason, "log stretch set aside");
        }
        Ok(())
    }

    fn deliver(&mut self) {
        if !self.delivery.is_empty() {
            self.tail.deliver(std::mem::take(&mut self.delivery));
        }
    }
}

/// Start of the latest group: what lies before it was synced before the group was written.
fn last_group(found: &[Found]) -> usize {
    let groups = found.iter().filter_map(|item| match item {
        Found::Frame(offset, header) => offset.checked_sub(header.group_back as usize),
        Found::Bad(..) => None,
    });
    groups.max().unwrap_or(0)
}

/// Takes a segment apart. The stretches follow each other without gaps.
fn scan(bytes: &[u8], salt: u64, start: LogPosition) -> Result<Vec<Found>, LogError> {
    let position = |offset: usize| LogPosition(start.0 + offset as u64);
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let search_from = match frame::parse(&bytes[at..], salt, position(at))? {
            Parsed::Frame(header) => {
                found.push(Found::Frame(at, header));
                at += HEADER_BYTES + header.payload_bytes;
                continue;
            }
            Parsed::BadPayload(header) => at + HEADER_BYTES + header.payload_bytes,
            Parsed::NoHeader => at + 1,
        };
        let next = next_frame(bytes, salt, (start, search_from))?;
        found.push(Found::Bad(at, next));
        at = next;
    }
    Ok(found)
}

/// Offset of the next whole frame, or the end.
fn next_frame(
    bytes: &[u8],
    salt: u64,
    (start, from): (LogPosition, usize),
) -> Result<usize, LogError> {
    let mut at = from;
    while let Some(rest) = bytes.get(at..) {
        let Some(magic) = rest.windows(MAGIC.len()).position(|window| window == MAGIC) else {
            break;
        };
        at += magic;
        let parsed = frame::parse(&bytes[at..], salt, LogPosition(start.0 + at as u64))?;
        match parsed {
            Parsed::Frame(_) => return Ok(at),
            Parsed::BadPayload(header) => at += HEADER_BYTES + header.payload_bytes,
            Parsed::NoHeader => at += 1,
        }
    }
    Ok(bytes.len())
}

/// Reads a file; where the disk refuses, block by block with zeros for what it refuses, which
/// then match no checksum.
fn read_what_can_be(disk: &dyn Disk, path: &Path, length: usize) -> std::io::Result<Vec<u8>> {
    let file = disk.open(path)?;
    let mut bytes = vec![0; length];
    if file.read_at(0, &mut bytes).is_ok() {
        return Ok(bytes);
    }
    for (at, block) in bytes.chunks_mut(SALVAGE_BYTES).enumerate() {
        if let Err(error) = file.read_at((at * SALVAGE_BYTES) as u64, block) {
            tracing::error!(%error, block = at, "a block of the log cannot be read");
            block.fill(0);
        }
    }
    Ok(bytes)
}
