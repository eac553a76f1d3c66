//! The journal of erasures: who and what was erased for good, so that a restore of an older backup
//! erases it again. It lies beside the keys and goes with their backup, never with that of the data.
//!
//! It names nobody: an entry is a hash of an id of 128 random bits, which only somebody who has that
//! id can recognise. The file is a row of 32-byte records, the first of which is `HMERASE1`; each
//! other one holds its kind, the hash, the time and a checksum over these and the record's number.
//! It only grows. What was begun and not finished is known when it is opened.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{ErrorKind, SessionId, SiteId, VisitorId};

use crate::disk::{self, Disk, DiskFile};
use crate::keys::KeyOwner;
use crate::state::locked;

const RECORD_BYTES: usize = 32;
const MAGIC: [u8; 8] = *b"HMERASE1";
const BEGUN: u8 = 1;
const DONE: u8 = 2;

type Record = [u8; RECORD_BYTES];

/// Something that was erased, unrecognisable without its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Erased([u8; 16]);

impl Erased {
    /// The owner of a key: a visitor, or a session of a cookieless one.
    pub(crate) fn owner(owner: KeyOwner) -> Self {
        match owner {
            KeyOwner::Visitor(site, visitor) => Self::hash(b'v', site, &visitor.to_bytes()),
            KeyOwner::Session(site, session) => Self::hash(b's', site, &session.to_bytes()),
            KeyOwner::Site(site) => Self::hash(b'S', site, &[]),
        }
    }

    /// One recording.
    pub(crate) fn recording(site: SiteId, session: SessionId) -> Self {
        Self::hash(b'r', site, &session.to_bytes())
    }

    /// All of a visitor: events, recordings, and what the ledger says of it.
    pub(crate) fn visitor(site: SiteId, visitor: VisitorId) -> Self {
        Self::hash(b'a', site, &visitor.to_bytes())
    }

    fn hash(kind: u8, site: SiteId, id: &[u8]) -> Self {
        let mut hash = blake3::Hasher::new();
        hash.update(b"hitmetrix erased ")
            .update(&[kind])
            .update(&site.0.to_be_bytes())
            .update(id);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize().as_bytes()[..16]);
        Self(bytes)
    }
}

/// The journal could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ErasuresError {
    /// The file cannot be opened, read or written.
    #[error("the journal of erasures {path}: {source}; nothing was erased, try again", path = .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// It is no journal.
    #[error("{path} is not a journal of erasures; restore it from the backup of the keys", path = .path.display())]
    NotOne {
        /// The file.
        path: PathBuf,
    },
}

impl ErasuresError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Disk { .. } => ErrorKind::Unavailable,
            Self::NotOne { .. } => ErrorKind::Corrupt,
        }
    }
}

struct State {
    /// None after a failed write, until the file was replaced.
    file: Option<Box<dyn DiskFile>>,
    entries: Vec<(u8, Erased, i64)>,
}

/// The journal.
pub(crate) struct Erasures {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    state: Mutex<State>,
}

impl Erasures {
    /// Opens the file, or makes an empty one. Blocks.
    pub(crate) fn open(disk: Arc<dyn Disk>, path: &Path) -> Result<Self, ErasuresError> {
        let failed = |source| ErasuresError::Disk {
            path: path.to_owned(),
            source,
        };
        let bytes = match disk::read_all(&*disk, path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let dir = path.parent().unwrap_or(Path::new("."));
                disk.create_dirs(dir).map_err(failed)?;
                disk::replace(&*disk, path, &header()).map_err(failed)?;
                header().to_vec()
            }
            Err(error) => return Err(failed(error)),
        };
        if bytes.get(..RECORD_BYTES) != Some(&header()[..]) {
            return Err(ErasuresError::NotOne {
                path: path.to_owned(),
            });
        }
        let (records, _torn) = bytes.as_chunks::<RECORD_BYTES>();
        // A record that does not fit was never synced: nothing was erased for it.
        let entries = (1..)
            .zip(&records[1..])
            .map_while(|(number, record)| decode(number, record))
            .collect();
        let journal = Self {
            disk,
            path: path.to_owned(),
            state: Mutex::new(State {
                file: None,
                entries,
            }),
        };
        // What was read may be in memory only: it is written once more as a whole.
        journal.whole_file(&mut locked(&journal.state))?;
        Ok(journal)
    }

    /// Notes what is going to be erased. When it returns, a restart and a restore know it. Blocks.
    pub(crate) fn begin(&self, erased: &[Erased], at_ms: i64) -> Result<(), ErasuresError> {
        self.append(BEGUN, erased, at_ms)
    }

    /// Notes that it is erased here.
    pub(crate) fn done(&self, erased: &[Erased], at_ms: i64) -> Result<(), ErasuresError> {
        self.append(DONE, erased, at_ms)
    }

    /// Everything that was ever erased, with the time at which that was last begun.
    pub(crate) fn all(&self) -> BTreeMap<Erased, i64> {
        let state = locked(&self.state);
        let begun = state.entries.iter().filter(|entry| entry.0 == BEGUN);
        begun.map(|(_, erased, at_ms)| (*erased, *at_ms)).collect()
    }

    /// What was begun and is not finished.
    pub(crate) fn pending(&self) -> BTreeMap<Erased, i64> {
        let mut pending = BTreeMap::new();
        for (kind, erased, at_ms) in &locked(&self.state).entries {
            match *kind {
                BEGUN => pending.insert(*erased, *at_ms),
                _ => pending.remove(erased),
            };
        }
        pending
    }

    /// Writes the journal to another file. Blocks.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), ErasuresError> {
        let bytes = image(&locked(&self.state).entries);
        disk::replace(&*self.disk, path, &bytes).map_err(|source| ErasuresError::Disk {
            path: path.to_owned(),
            source,
        })
    }

    fn append(&self, kind: u8, erased: &[Erased], at_ms: i64) -> Result<(), ErasuresError> {
        let state = &mut *locked(&self.state);
        if state.file.is_none() {
            self.whole_file(state)?;
        }
        let from = state.entries.len();
        let new = erased.iter().map(|erased| (kind, *erased, at_ms));
        state.entries.extend(new);
        let mut bytes = Vec::new();
        for (number, entry) in (1..).zip(&state.entries).skip(from) {
            bytes.extend_from_slice(&encode(number, entry));
        }
        let offset = (from as u64 + 1) * RECORD_BYTES as u64;
        let written = match &state.file {
            Some(file) => file.write_at(offset, &bytes).and_then(|()| file.sync()),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        written.map_err(|source| {
            state.entries.truncate(from);
            state.file = None;
            ErasuresError::Disk {
                path: self.path.clone(),
                source,
            }
        })
    }

    fn whole_file(&self, state: &mut State) -> Result<(), ErasuresError> {
        let failed = |source| ErasuresError::Disk {
            path: self.path.clone(),
            source,
        };
        disk::replace(&*self.disk, &self.path, &image(&state.entries)).map_err(failed)?;
        state.file = Some(self.disk.open(&self.path).map_err(failed)?);
        Ok(())
    }
}

fn header() -> Record {
    let mut record = [0; RECORD_BYTES];
    record[..MAGIC.len()].copy_from_slice(&MAGIC);
    record
}

fn image(entries: &[(u8, Erased, i64)]) -> Vec<u8> {
    let mut bytes = header().to_vec();
    for (number, entry) in (1..).zip(entries) {
        bytes.extend_from_slice(&encode(number, entry));
    }
    bytes
}

fn encode(number: u32, (kind, erased, at_ms): &(u8, Erased, i64)) -> Record {
    let mut record = [0; RECORD_BYTES];
    record[0] = *kind;
    record[4..20].copy_from_slice(&erased.0);
    record[20..28].copy_from_slice(&at_ms.to_le_bytes());
    let crc = checksum(number, &record);
    record[28..].copy_from_slice(&crc.to_le_bytes());
    record
}

fn decode(number: u32, record: &Record) -> Option<(u8, Erased, i64)> {
    let crc = u32::from_le_bytes(*record[28..].first_chunk()?);
    let known = matches!(record[0], BEGUN | DONE) && crc == checksum(number, record);
    let at_ms = i64::from_le_bytes(*record[20..].first_chunk()?);
    known.then_some((record[0], Erased(*record[4..].first_chunk()?), at_ms))
}

fn checksum(number: u32, record: &Record) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&number.to_le_bytes()), &record[..28])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::{Faults, SimulatedDisk};

    fn erased(visitor: u128) -> Erased {
        Erased::owner(KeyOwner::Visitor(SiteId(1), VisitorId(visitor)))
    }

    fn open(disk: &SimulatedDisk) -> Erasures {
        Erasures::open(Arc::new(disk.clone()), Path::new("keys/erasures.journal")).unwrap()
    }

    #[test]
    fn what_was_begun_is_pending_until_it_is_done_whatever_crashes() {
        const SOMEBODY: u128 = 0x1234_5678_9abc_def0_1122_3344_5566_7788;
        let disk = SimulatedDisk::new(1);
        let journal = open(&disk);
        let (one, other) = (erased(SOMEBODY), erased(2));
        journal.begin(&[one, other], 5).unwrap();
        disk.crash();
        let journal = open(&disk);
        assert_eq!(journal.pending(), [(one, 5), (other, 5)].into());
        journal.done(&[one], 6).unwrap();
        disk.crash();
        let journal = open(&disk);
        assert_eq!(journal.pending(), [(other, 5)].into());
        assert_eq!(journal.all(), [(one, 5), (other, 5)].into());
        assert!(!disk.holds(&SOMEBODY.to_be_bytes()), "it names nobody");
    }

    #[test]
    fn an_entry_that_was_not_stored_is_not_there_and_the_next_one_is() {
        for fault in 0..2 {
            let disk = SimulatedDisk::new(fault);
            let journal = open(&disk);
            let calls = disk.calls();
            disk.set_faults(match fault {
                0 => Faults {
                    writes: [calls.writes].into(),
                    ..Faults::default()
                },
                _ => Faults {
                    syncs: [calls.syncs].into(),
                    ..Faults::default()
                },
            });
            assert!(journal.begin(&[erased(1)], 5).is_err());
            assert!(journal.all().is_empty());
            journal.begin(&[erased(2)], 5).unwrap();
            disk.crash();
            assert_eq!(open(&disk).all(), [(erased(2), 5)].into());
        }
    }

    #[test]
    fn another_file_is_no_journal() {
        let disk = SimulatedDisk::new(1);
        let path = Path::new("keys/erasures.journal");
        disk.plant(path, vec![7; 64]);
        let refused = Erasures::open(Arc::new(disk), path);
        assert!(matches!(refused, Err(ErasuresError::NotOne { .. })));
    }
}
