//! Packs: immutable files of encrypted bytes, of one site and one day of recordings. The catalog
//! knows what lies where.
//!
//! A pack begins with `HMPACK01`. Each entry: magic `HMPE`, length of its payload, crc32c over
//! the entry's offset, its length and its payload, then the payload. That of a chunk as it came is
//! the payload of the log's frame: its facts in clear and its encrypted bytes; all else is
//! encrypted bytes alone. Numbers are little-endian `u32`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::RecordingError;
use crate::disk::{Disk, DiskFile, read_all};
use crate::log::{EncryptedChunk, frame};

const PACK_MAGIC: [u8; 8] = *b"HMPACK01";
const ENTRY_MAGIC: [u8; 4] = *b"HMPE";
const ENTRY_HEADER_BYTES: usize = 12;

/// Where an entry lies in its pack, its header included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// First byte.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u32,
}

/// What a finished pack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    /// Its length.
    pub bytes: u64,
    /// BLAKE3 of the whole file, for transfers and the scrub.
    pub blake3: [u8; 32],
}

/// A pack that is being written. It has its name only when it is finished; of one that is dropped
/// before, or that a crash cuts short, a file `….new` may be left, which goes at the next start.
pub struct Writer {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    unfinished: PathBuf,
    file: Box<dyn DiskFile>,
    offset: u64,
    hash: blake3::Hasher,
    is_finished: bool,
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.is_finished {
            // What cannot be deleted now is found as an orphan when the store is opened next.
            let _ = self.disk.remove(&self.unfinished);
        }
    }
}

impl Writer {
    /// Begins a pack; makes its folder where it is missing.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn new(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, RecordingError> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let unfinished = PathBuf::from(unfinished);
        let begin = || {
            if let Some(dir) = path.parent() {
                disk.create_dirs(dir)?;
            }
            match disk.remove(&unfinished) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            disk.create(&unfinished)
        };
        let file = begin().map_err(|source| failed(path, source))?;
        let mut writer = Self {
            disk,
            path: path.to_owned(),
            unfinished: unfinished.clone(),
            file,
            offset: 0,
            hash: blake3::Hasher::new(),
            is_finished: false,
        };
        writer.write(&PACK_MAGIC)?;
        Ok(writer)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RecordingError> {
        self.file
            .write_at(self.offset, bytes)
            .map_err(|source| failed(&self.path, source))?;
        self.hash.update(bytes);
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Adds a chunk; returns where it lies.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn add(&mut self, chunk: &EncryptedChunk) -> Result<Entry, RecordingError> {
        self.add_payload(&frame::encode_chunk(chunk)?)
    }

    /// Adds encrypted bytes; returns where they lie.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn add_payload(&mut self, payload: &[u8]) -> Result<Entry, RecordingError> {
        let length = u32::try_from(payload.len()).expect("a frame's payload is far below 4 GiB");
        let offset = self.offset;
        let mut entry = Vec::with_capacity(ENTRY_HEADER_BYTES + payload.len());
        entry.extend_from_slice(&ENTRY_MAGIC);
        entry.extend_from_slice(&length.to_le_bytes());
        entry.extend_from_slice(&checksum(offset, length, payload).to_le_bytes());
        entry.extend_from_slice(payload);
        self.write(&entry)?;
        Ok(Entry {
            offset,
            bytes: length + ENTRY_HEADER_BYTES as u32,
        })
    }

    /// Makes the pack durable under its name; the names of new folders above it too.
    ///
    /// # Errors
    /// Whatever the disk says; then there is no pack.
    pub fn finish(mut self) -> Result<Finished, RecordingError> {
        let finish = || {
            self.file.sync()?;
            self.disk.rename(&self.unfinished, &self.path)?;
            // The folder, its site's and that of all recordings.
            for dir in self.path.ancestors().skip(1).take(3) {
                self.disk.sync_dir(dir)?;
            }
            Ok(())
        };
        finish().map_err(|source| failed(&self.path, source))?;
        self.is_finished = true;
        Ok(Finished {
            bytes: self.offset,
            blake3: *self.hash.finalize().as_bytes(),
        })
    }

    /// Bytes so far.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.offset
    }
}

/// Reads one chunk as it came. Blocks.
///
/// # Errors
/// When the pack cannot be read or the entry does not match its checksum.
pub fn read(disk: &dyn Disk, path: &Path, entry: Entry) -> Result<EncryptedChunk, RecordingError> {
    let payload = read_payload(disk, path, entry)?;
    let (facts, encrypted) = frame::decode_chunk(&payload)
        .ok_or_else(|| damaged(path, entry.offset, "entry is not a chunk"))?;
    Ok(EncryptedChunk {
        facts,
        bytes: encrypted.to_vec(),
    })
}

/// Reads the payload of one entry. Blocks.
///
/// # Errors
/// As [`read`].
pub fn read_payload(disk: &dyn Disk, path: &Path, entry: Entry) -> Result<Vec<u8>, RecordingError> {
    let mut bytes = vec![0; entry.bytes as usize];
    let file = disk.open(path).map_err(|source| failed(path, source))?;
    file.read_at(entry.offset, &mut bytes)
        .map_err(|source| failed(path, source))?;
    let (payload, rest) =
        parse(&bytes, entry.offset).map_err(|what| damaged(path, entry.offset, what))?;
    if !rest.is_empty() {
        return Err(damaged(path, entry.offset, "entry has another length"));
    }
    Ok(payload.to_vec())
}

/// Copies an entry into another pack, encrypted as it is. One that is damaged stays recognisably
/// so: it must not keep its neighbours from leaving a pack. Blocks.
///
/// # Errors
/// Whatever the disk says.
pub fn copy(
    disk: &dyn Disk,
    (path, entry): (&Path, Entry),
    into: &mut Writer,
) -> Result<Entry, RecordingError> {
    match read_payload(disk, path, entry) {
        Ok(payload) => into.add_payload(&payload),
        Err(RecordingError::Damaged { .. }) => {
            tracing::error!(pack = name_of(path), offset = entry.offset, "damaged entry");
            let mut bytes = vec![0; entry.bytes as usize];
            let file = disk.open(path).map_err(|source| failed(path, source))?;
            file.read_at(entry.offset, &mut bytes)
                .map_err(|source| failed(path, source))?;
            let offset = into.offset;
            into.write(&bytes)?;
            Ok(Entry {
                offset,
                bytes: entry.bytes,
            })
        }
        Err(error) => Err(error),
    }
}

/// Reads a whole pack and checks every byte of it; gives the places of its entries. Blocks.
///
/// # Errors
/// As [`read`], for the first entry that is wrong.
pub fn verify(disk: &dyn Disk, path: &Path) -> Result<Vec<Entry>, RecordingError> {
    let bytes = read_all(disk, path).map_err(|source| failed(path, source))?;
    let mut rest = bytes
        .strip_prefix(&PACK_MAGIC)
        .ok_or_else(|| damaged(path, 0, "file does not begin like a pack"))?;
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let offset = (bytes.len() - rest.len()) as u64;
        let (_, after) = parse(rest, offset).map_err(|what| damaged(path, offset, what))?;
        let length = u32::try_from(rest.len() - after.len()).unwrap_or(u32::MAX);
        entries.push(Entry {
            offset,
            bytes: length,
        });
        rest = after;
    }
    Ok(entries)
}

/// Takes a pack from the disk, durably.
///
/// # Errors
/// Whatever the disk says; a pack that is not there is no error.
pub fn remove(disk: &dyn Disk, path: &Path) -> Result<(), RecordingError> {
    match disk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(|source| failed(path, source))?,
    }
    path.parent()
        .map_or(Ok(()), |dir| disk.sync_dir(dir))
        .map_err(|source| failed(path, source))
}

/// Payload of the entry that `bytes` begin with, and what comes behind it.
fn parse(bytes: &[u8], offset: u64) -> Result<(&[u8], &[u8]), &'static str> {
    let (header, rest) = bytes
        .split_first_chunk::<ENTRY_HEADER_BYTES>()
        .ok_or("entry is cut off")?;
    let number = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    if header[..4] != ENTRY_MAGIC {
        return Err("no entry begins here");
    }
    let (payload, rest) = rest
        .split_at_checked(number(4) as usize)
        .ok_or("entry is cut off")?;
    if checksum(offset, number(4), payload) != number(8) {
        return Err("entry does not match its checksum");
    }
    Ok((payload, rest))
}

fn checksum(offset: u64, length: u32, payload: &[u8]) -> u32 {
    let crc = crc32c::crc32c(&offset.to_le_bytes());
    crc32c::crc32c_append(crc32c::crc32c_append(crc, &length.to_le_bytes()), payload)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn failed(path: &Path, source: io::Error) -> RecordingError {
    RecordingError::Pack {
        name: name_of(path),
        source,
    }
}

fn damaged(path: &Path, offset: u64, what: &'static str) -> RecordingError {
    RecordingError::Damaged {
        name: name_of(path),
        offset,
        what,
    }
}
