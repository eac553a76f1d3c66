//! The keys of recordings: one file of mode 0600, outside every backup that does not ask for it.
//! Erasing a key here makes everything that was encrypted with it unreadable, wherever it lies.
//!
//! The file is a row of 64-byte slots, which no sector of a disk cuts in two: slot 0 is
//! `HMKEYS01`, each other one is free (zeros) or holds kind, format, site, owner, key and a
//! checksum over these and the slot's number. An erased key is overwritten in place and synced.
//! What a disk that copies on write keeps of the old bytes is out of reach from here.
//!
//! A new key is durable before anybody gets it. A file whose sync failed is replaced as a whole.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hitmetrix_model::{ChunkFacts, ErrorKind, SessionId, SiteId, VisitorId};

use crate::Randomness;
use crate::disk::{self, Disk, DiskFile};

const SLOT_BYTES: usize = 64;
const MAGIC: [u8; 8] = *b"HMKEYS01";
const FORMAT: u8 = 1;
const KIND_VISITOR: u8 = 1;
const KIND_SESSION: u8 = 2;
const KIND_SITE: u8 = 3;

type Slot = [u8; SLOT_BYTES];

/// Why a key could not be given or erased.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be opened or read.
    #[error("cannot read the key file {name}: {source}", name = .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// It is no key file.
    #[error("{path} is not a key file; restore it from its backup", path = .path.display())]
    NotKeys {
        /// The file.
        path: PathBuf,
    },
    /// A change did not reach the disk.
    #[error("the key file could not be written: {source}; try again")]
    Write {
        /// What the disk said.
        source: io::Error,
    },
    /// Another request's sync failed and took this one's new key with it.
    #[error("the key file could not be synced; try again")]
    NotStored,
}

impl KeysError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Read { .. } | Self::Write { .. } | Self::NotStored => ErrorKind::Unavailable,
            Self::NotKeys { .. } => ErrorKind::Corrupt,
        }
    }
}

/// Whose recordings a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyOwner {
    /// All of a persistent visitor's.
    Visitor(SiteId, VisitorId),
    /// One session of a cookieless visitor.
    Session(SiteId, SessionId),
    /// What the recordings of a site have alike.
    Site(SiteId),
}

impl KeyOwner {
    /// The owner of a chunk's key.
    #[must_use]
    pub fn of(facts: &ChunkFacts) -> Self {
        if facts.cookieless {
            Self::Session(facts.site, facts.session)
        } else {
            Self::Visitor(facts.site, facts.visitor)
        }
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> SiteId {
        let (Self::Visitor(site, _) | Self::Session(site, _) | Self::Site(site)) = self;
        *site
    }
}

/// A key. It is not shown by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of random bytes.
    #[must_use]
    pub fn random(randomness: &dyn Randomness) -> Self {
        let mut bytes = [0; 32];
        randomness.fill(&mut bytes);
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Another key that nobody can work out without this one, for one use.
    pub(crate) fn derived(&self, purpose: &'static str) -> Self {
        Self(blake3::derive_key(purpose, &self.0))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// What opening the file found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeysReport {
    /// Keys that can be used.
    pub keys: usize,
    /// Slots that do not match their checksum: recordings under these keys cannot be read.
    pub damaged_slots: usize,
}

struct Known {
    key: Key,
    slot: u32,
    /// The write that put it into the file; durable once that is synced.
    write: u64,
}

/// What the file holds, or will with the next sync.
struct State {
    known: HashMap<KeyOwner, Known>,
    free: Vec<u32>,
    slots: u32,
    /// None after a failed sync, until the file was replaced.
    file: Option<Arc<dyn DiskFile>>,
    writes: u64,
}

/// The key file, and its keys in memory.
pub struct Keys {
    disk: Arc<dyn Disk>,
    path: PathBuf,
    randomness: Arc<dyn Randomness>,
    state: Mutex<State>,
    /// The last write that is durable.
    durable: AtomicU64,
    /// Held during a sync, so that one sync serves all who wait; taken before `state`.
    syncing: Mutex<()>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keys {
    /// Opens the file, or makes an empty one. Blocks.
    ///
    /// # Errors
    /// When it cannot be read or is no key file.
    pub fn open(
        disk: Arc<dyn Disk>,
        path: &Path,
        randomness: Arc<dyn Randomness>,
    ) -> Result<(Self, KeysReport), KeysError> {
        let failed = |source| KeysError::Read {
            path: path.to_owned(),
            source,
        };
        match disk.open(path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let dir = path.parent().unwrap_or(Path::new("."));
                disk.create_dirs(dir).map_err(failed)?;
                disk::replace(&*disk, path, &header()).map_err(failed)?;
            }
            Err(error) => return Err(failed(error)),
        }
        let bytes = disk::read_all(&*disk, path).map_err(failed)?;
        if bytes.get(..SLOT_BYTES) != Some(&header()[..]) {
            return Err(KeysError::NotKeys {
                path: path.to_owned(),
            });
        }
        let file: Arc<dyn DiskFile> = disk.open(path).map_err(failed)?.into();
        // What was read may be in memory only, and after a sync that failed in an earlier run it
        // may look clean while it never reached the disk: so it is written once more.
        file.write_at(0, &bytes).map_err(failed)?;
        file.sync().map_err(failed)?;
        let (state, report) = read_slots(&bytes, file);
        let keys = Self {
            disk,
            path: path.to_owned(),
            randomness,
            state: Mutex::new(state),
            durable: AtomicU64::new(0),
            syncing: Mutex::new(()),
        };
        Ok((keys, report))
    }

    /// The key of an owner.
    #[must_use]
    pub fn key(&self, owner: KeyOwner) -> Option<Key> {
        locked(&self.state)
            .known
            .get(&owner)
            .map(|known| known.key.clone())
    }

    /// The key of an owner, made if there is none. It is durable. Blocks.
    ///
    /// # Errors
    /// When a new key could not be made durable.
    pub fn key_or_new(&self, owner: KeyOwner) -> Result<Key, KeysError> {
        self.whole_file()?;
        let (key, write) = {
            let mut state = locked(&self.state);
            match state.known.get(&owner) {
                Some(known) => (known.key.clone(), known.write),
                None => self.put(&mut state, owner)?,
            }
        };
        self.sync(write)?;
        let state = locked(&self.state);
        // Gone when a sync failed, or when the owner was erased meanwhile.
        let stays = state
            .known
            .get(&owner)
            .is_some_and(|known| known.key == key);
        stays.then_some(key).ok_or(KeysError::NotStored)
    }

    fn put(&self, state: &mut State, owner: KeyOwner) -> Result<(Key, u64), KeysError> {
        let key = Key::random(&*self.randomness);
        let slot = state.free.pop().unwrap_or(state.slots);
        state.slots = state.slots.max(slot + 1);
        let file = state.file.as_ref().ok_or(KeysError::NotStored)?;
        if let Err(source) = file.write_at(place(slot), &encode(slot, owner, &key)) {
            // Whatever is there now was given to nobody; the next key overwrites it.
            state.free.push(slot);
            return Err(KeysError::Write { source });
        }
        state.writes += 1;
        let write = state.writes;
        state.known.insert(
            owner,
            Known {
                key: key.clone(),
                slot,
                write,
            },
        );
        Ok((key, write))
    }

    /// Erases keys. When it returns they are gone from memory and from the disk. Returns how many
    /// there were. Blocks.
    ///
    /// # Errors
    /// When the disk could not be made to forget them; they are not given out any more, and
    /// erasing again tries again.
    pub fn erase(&self, owners: &[KeyOwner]) -> Result<usize, KeysError> {
        let wanted: std::collections::HashSet<_> = owners.iter().collect();
        self.erase_where(|owner| wanted.contains(owner))
    }

    /// Erases all keys of a site.
    ///
    /// # Errors
    /// As [`Self::erase`].
    pub fn erase_site(&self, site: SiteId) -> Result<usize, KeysError> {
        self.erase_where(|owner| owner.site() == site)
    }

    fn erase_where(&self, condemned: impl Fn(&KeyOwner) -> bool) -> Result<usize, KeysError> {
        let (erased, overwritten, write) = {
            let mut state = locked(&self.state);
            let slots: Vec<u32> = state
                .known
                .iter()
                .filter(|(owner, _)| condemned(owner))
                .map(|(_, known)| known.slot)
                .collect();
            state.known.retain(|owner, _| !condemned(owner));
            let overwritten = match &state.file {
                None => Err(io::Error::other("the file is to be replaced")),
                Some(file) => slots
                    .iter()
                    .try_for_each(|slot| file.write_at(place(*slot), &[0; SLOT_BYTES])),
            };
            state.writes += 1;
            if overwritten.is_ok() {
                state.free.extend(&slots);
            } else {
                state.file = None;
            }
            (slots.len(), overwritten, state.writes)
        };
        match overwritten.and_then(|()| self.sync(write).map_err(io::Error::other)) {
            Ok(()) => Ok(erased),
            // Without them, as a new file.
            Err(_) => {
                locked(&self.state).file = None;
                self.whole_file().map(|()| erased)
            }
        }
    }

    /// Owners of all keys.
    #[must_use]
    pub fn owners(&self) -> Vec<KeyOwner> {
        locked(&self.state).known.keys().copied().collect()
    }

    /// Writes all keys to another file, for a backup that asks for them.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn copy_to(&self, path: &Path) -> Result<(), KeysError> {
        let image = image(
            &mut locked(&self.state)
                .known
                .iter()
                .map(|(owner, known)| (*owner, &known.key)),
        );
        disk::replace(&*self.disk, path, &image).map_err(|source| KeysError::Write { source })
    }

    /// Waits until `write` is durable. After a failure the file is given up: what was written
    /// since the last sync counts as not written.
    fn sync(&self, write: u64) -> Result<(), KeysError> {
        let is_durable = || self.durable.load(Ordering::Acquire) >= write;
        if is_durable() {
            return Ok(());
        }
        let _syncing = locked(&self.syncing);
        if is_durable() {
            return Ok(());
        }
        let (file, writes) = {
            let state = locked(&self.state);
            (state.file.clone(), state.writes)
        };
        let Some(file) = file else {
            return Err(KeysError::NotStored);
        };
        let result = file.sync();
        if result.is_ok() {
            self.durable.store(writes, Ordering::Release);
        } else {
            let mut state = locked(&self.state);
            state.file = None;
            let durable = self.durable.load(Ordering::Acquire);
            state.known.retain(|_, known| known.write <= durable);
        }
        result.map_err(|source| KeysError::Write { source })
    }

    /// Replaces a file that was given up.
    fn whole_file(&self) -> Result<(), KeysError> {
        if locked(&self.state).file.is_some() {
            return Ok(());
        }
        let _syncing = locked(&self.syncing);
        let mut state = locked(&self.state);
        if state.file.is_some() {
            return Ok(());
        }
        let failed = |source| KeysError::Write { source };
        let mut slot = 0;
        let owners: Vec<KeyOwner> = state.known.keys().copied().collect();
        for owner in &owners {
            slot += 1;
            if let Some(known) = state.known.get_mut(owner) {
                known.slot = slot;
            }
        }
        let bytes = image(
            &mut owners
                .iter()
                .filter_map(|owner| state.known.get(owner).map(|known| (*owner, &known.key))),
        );
        disk::replace(&*self.disk, &self.path, &bytes).map_err(failed)?;
        state.file = Some(self.disk.open(&self.path).map_err(failed)?.into());
        state.slots = slot + 1;
        state.free.clear();
        self.durable.store(state.writes, Ordering::Release);
        Ok(())
    }
}

fn header() -> Slot {
    let mut slot = [0; SLOT_BYTES];
    slot[..MAGIC.len()].copy_from_slice(&MAGIC);
    slot
}

fn place(slot: u32) -> u64 {
    u64::from(slot) * SLOT_BYTES as u64
}

fn encode(slot: u32, owner: KeyOwner, key: &Key) -> Slot {
    let (kind, site, id) = match owner {
        KeyOwner::Visitor(site, visitor) => (KIND_VISITOR, site, visitor.to_bytes()),
        KeyOwner::Session(site, session) => (KIND_SESSION, site, session.to_bytes()),
        KeyOwner::Site(site) => (KIND_SITE, site, [0; 16]),
    };
    let mut bytes = [0; SLOT_BYTES];
    bytes[0] = kind;
    bytes[1] = FORMAT;
    bytes[4..8].copy_from_slice(&site.0.to_le_bytes());
    bytes[8..24].copy_from_slice(&id);
    bytes[24..56].copy_from_slice(&key.0);
    let crc = checksum(slot, &bytes);
    bytes[60..].copy_from_slice(&crc.to_le_bytes());
    bytes
}

fn checksum(slot: u32, bytes: &Slot) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&slot.to_le_bytes()), &bytes[..60])
}

fn decode(slot: u32, bytes: &Slot) -> Option<(KeyOwner, Key)> {
    let site = SiteId(u32::from_le_bytes(*bytes[4..].first_chunk()?));
    let id: [u8; 16] = *bytes[8..].first_chunk()?;
    let key = Key(*bytes[24..].first_chunk()?);
    let crc = u32::from_le_bytes(*bytes[60..].first_chunk()?);
    let owner = match bytes[0] {
        KIND_VISITOR => KeyOwner::Visitor(site, VisitorId::from_bytes(id)),
        KIND_SESSION => KeyOwner::Session(site, SessionId::from_bytes(id)),
        KIND_SITE if id == [0; 16] => KeyOwner::Site(site),
        _ => return None,
    };
    (bytes[1] == FORMAT && crc == checksum(slot, bytes)).then_some((owner, key))
}

/// A file with these keys in the slots from 1 on.
fn image(keys: &mut dyn Iterator<Item = (KeyOwner, &Key)>) -> Vec<u8> {
    let mut bytes = header().to_vec();
    for (slot, (owner, key)) in (1..).zip(keys) {
        bytes.extend_from_slice(&encode(slot, owner, key));
    }
    bytes
}

fn read_slots(bytes: &[u8], file: Arc<dyn DiskFile>) -> (State, KeysReport) {
    let (slots, torn) = bytes.as_chunks::<SLOT_BYTES>();
    let mut report = KeysReport::default();
    let mut state = State {
        known: HashMap::new(),
        free: Vec::new(),
        // What is behind the last whole slot was never synced; the next key overwrites it.
        slots: u32::try_from(slots.len()).unwrap_or(u32::MAX),
        file: Some(file),
        writes: 0,
    };
    if !torn.is_empty() {
        tracing::warn!(bytes = torn.len(), "the key file ends within a slot");
    }
    for (slot, bytes) in (0..).zip(slots).skip(1) {
        match decode(slot, bytes) {
            Some((owner, key)) => {
                report.keys += 1;
                state.known.insert(
                    owner,
                    Known {
                        key,
                        slot,
                        write: 0,
                    },
                );
            }
            None if bytes.iter().all(|byte| *byte == 0) => state.free.push(slot),
            None => report.damaged_slots += 1,
        }
    }
    (state, report)
}

#[cfg(test)]
mod tests;
