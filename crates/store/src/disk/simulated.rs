//! A disk in memory for tests, driven by a seed: what was not synced is lost or half lost in a
//! crash, sector by sector; writes, syncs and folder changes fail on demand; it can fill up.
//!
//! It is harsher than most real ones: the name of a file is durable only with a sync of its
//! folder, and after a failed sync the lost sectors look clean, so that a second sync succeeds
//! and saves nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Disk, DiskFile};
use crate::Randomness;

const SECTOR_BYTES: usize = 512;

/// Numbers from a seed: SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Seeded(u64);

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

/// Random bytes from a seed.
pub(crate) struct SeededRandomness(Mutex<Seeded>);

impl SeededRandomness {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(Seeded::new(seed)))
    }
}

impl Randomness for SeededRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        let mut seeded = self.0.lock().unwrap();
        for chunk in bytes.chunks_mut(8) {
            let next = seeded.next().to_le_bytes();
            chunk.copy_from_slice(&next[..chunk.len()]);
        }
    }
}

/// What fails, by the number of the call, counted from zero over all files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    pub(crate) writes: BTreeSet<u64>,
    pub(crate) syncs: BTreeSet<u64>,
    pub(crate) dir_syncs: BTreeSet<u64>,
    pub(crate) creates: BTreeSet<u64>,
    pub(crate) truncations: BTreeSet<u64>,
    /// Bytes that all files together may have.
    pub(crate) capacity: Option<usize>,
}

/// How often each kind of call was made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Calls {
    pub(crate) writes: u64,
    pub(crate) syncs: u64,
    pub(crate) dir_syncs: u64,
    pub(crate) creates: u64,
    pub(crate) truncations: u64,
}

#[derive(Default, Clone)]
struct Inode {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    /// Sectors that a failed sync lost: they look clean.
    lost: BTreeSet<usize>,
}

#[derive(Clone)]
enum NameChange {
    Put(PathBuf, usize),
    Take(PathBuf),
    Rename(PathBuf, PathBuf),
}

struct State {
    random: Seeded,
    inodes: Vec<Inode>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    /// Changes of names since the last sync, by folder: a crash keeps a prefix of each.
    changes: BTreeMap<PathBuf, Vec<NameChange>>,
    faults: Faults,
    calls: Calls,
}

/// The disk. Clones are the same disk.
#[derive(Clone)]
pub(crate) struct SimulatedDisk(Arc<Mutex<State>>);

fn fault(name: &str) -> io::Error {
    io::Error::other(format!("simulated fault: {name}"))
}

fn apply(names: &mut BTreeMap<PathBuf, usize>, change: &NameChange) {
    match change {
        NameChange::Put(path, inode) => {
            names.insert(path.clone(), *inode);
        }
        NameChange::Take(path) => {
            names.remove(path);
        }
        NameChange::Rename(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
    }
}

impl SimulatedDisk {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            random: Seeded::new(seed),
            inodes: Vec::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            changes: BTreeMap::new(),
            faults: Faults::default(),
            calls: Calls::default(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn set_faults(&self, faults: Faults) {
        self.state().faults = faults;
    }

    pub(crate) fn calls(&self) -> Calls {
        self.state().calls
    }

    /// Bytes that all named files have together.
    pub(crate) fn used_bytes(&self) -> usize {
        self.state().used_bytes()
    }

    /// The power fails: of what was not synced, any part may be there afterwards.
    pub(crate) fn crash(&self) {
        let state = &mut *self.state();
        for inode in &mut state.inodes {
            inode.crash(&mut state.random);
        }
        for (_, changes) in std::mem::take(&mut state.changes) {
            let kept = state.random.below(changes.len() as u64 + 1);
            for change in changes.iter().take(usize::try_from(kept).unwrap()) {
                apply(&mut state.durable_names, change);
            }
        }
        state.names = state.durable_names.clone();
        state.faults = Faults::default();
    }

    /// All files with their bytes.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let state = self.state();
        let bytes = |inode: &usize| state.inodes[*inode].bytes.clone();
        state
            .names
            .iter()
            .map(|(path, inode)| (path.clone(), bytes(inode)))
            .collect()
    }

    /// Puts a file there as if it had always been.
    pub(crate) fn plant(&self, path: &Path, bytes: Vec<u8>) {
        let mut state = self.state();
        let inode = state.inodes.len();
        state.inodes.push(Inode {
            durable: bytes.clone(),
            bytes,
            lost: BTreeSet::new(),
        });
        state.names.insert(path.to_owned(), inode);
        state.durable_names.insert(path.to_owned(), inode);
    }

    /// Whether the bytes stand anywhere on the disk, in a file or in what a crash could bring
    /// back.
    pub(crate) fn holds(&self, wanted: &[u8]) -> bool {
        let state = self.state();
        let inodes: BTreeSet<usize> = state
            .names
            .values()
            .chain(state.durable_names.values())
            .copied()
            .collect();
        let within = |bytes: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
        inodes.iter().any(|inode| {
            within(&state.inodes[*inode].bytes) || within(&state.inodes[*inode].durable)
        })
    }
}

impl State {
    fn used_bytes(&self) -> usize {
        self.names
            .values()
            .map(|inode| self.inodes[*inode].bytes.len())
            .sum()
    }

    fn change(&mut self, path: &Path, change: NameChange) {
        apply(&mut self.names, &change);
        let dir = path.parent().unwrap_or(Path::new("")).to_owned();
        self.changes.entry(dir).or_default().push(change);
    }
}

impl Inode {
    fn crash(&mut self, random: &mut Seeded) {
        let (short, long) = {
            let lengths = (self.durable.len(), self.bytes.len());
            (lengths.0.min(lengths.1), lengths.0.max(lengths.1))
        };
        let length = match random.below(3) {
            0 => self.durable.len(),
            1 => self.bytes.len(),
            _ => short + usize::try_from(random.below((long - short) as u64 + 1)).unwrap(),
        };
        let mut after = self.durable.clone();
        after.resize(length, 0);
        for (sector, place) in after.chunks_mut(SECTOR_BYTES).enumerate() {
            let from = sector * SECTOR_BYTES;
            let Some(new) = self.bytes.get(from..) else {
                continue;
            };
            if !self.lost.contains(&sector) && random.once_in(2) {
                let count = place.len().min(new.len());
                place[..count].copy_from_slice(&new[..count]);
            }
        }
        self.bytes = after.clone();
        self.durable = after;
        self.lost.clear();
    }

    fn sync(&mut self) {
        let mut after = self.bytes.clone();
        for sector in &self.lost {
            let from = sector * SECTOR_BYTES;
            let to = (from + SECTOR_BYTES).min(after.len());
            let Some(place) = after.get_mut(from..to) else {
                continue;
            };
            for (at, byte) in (from..).zip(place) {
                *byte = self.durable.get(at).copied().unwrap_or(0);
            }
        }
        self.durable = after;
    }

    /// Some dirty sectors reach the disk, the others look clean and do not.
    fn fail_sync(&mut self, random: &mut Seeded) {
        for sector in 0..self.bytes.len().div_ceil(SECTOR_BYTES) {
            let from = sector * SECTOR_BYTES;
            let to = (from + SECTOR_BYTES).min(self.bytes.len());
            if self.durable.get(from..to) != Some(&self.bytes[from..to]) && random.once_in(2) {
                self.lost.insert(sector);
            }
        }
        self.sync();
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) {
        let end = offset + bytes.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[offset..end].copy_from_slice(bytes);
        for sector in offset / SECTOR_BYTES..end.div_ceil(SECTOR_BYTES) {
            self.lost.remove(&sector);
        }
    }
}

impl Disk for SimulatedDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let mut state = self.state();
        let call = state.calls.creates;
        state.calls.creates += 1;
        if state.faults.creates.contains(&call) {
            return Err(fault("create"));
        }
        if state.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = state.inodes.len();
        state.inodes.push(Inode::default());
        state.change(path, NameChange::Put(path.to_owned(), inode));
        Ok(Box::new(SimulatedFile {
            disk: self.clone(),
            inode,
        }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        match self.state().names.get(path) {
            Some(inode) => Ok(Box::new(SimulatedFile {
                disk: self.clone(),
                inode: *inode,
            })),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn create_dirs(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<(String, u64)>> {
        let state = self.state();
        Ok(state
            .names
            .iter()
            .filter(|(path, _)| path.parent() == Some(dir))
            .map(|(path, inode)| {
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, state.inodes[*inode].bytes.len() as u64)
            })
            .collect())
    }

    fn list_folders(&self, dir: &Path) -> io::Result<Vec<String>> {
        let state = self.state();
        let below = state.names.keys().filter_map(|path| {
            let below = path.strip_prefix(dir).ok()?;
            let mut parts = below.components();
            let first = parts.next()?;
            parts.next()?;
            Some(first.as_os_str().to_str()?.to_owned())
        });
        Ok(below.collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        if !state.names.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change(path, NameChange::Take(path.to_owned()));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state();
        if !state.names.contains_key(from) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.change(to, NameChange::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        let state = &mut *self.state();
        let call = state.calls.dir_syncs;
        state.calls.dir_syncs += 1;
        if state.faults.dir_syncs.contains(&call) {
            return Err(fault("sync of a folder"));
        }
        for change in state.changes.remove(dir).unwrap_or_default() {
            apply(&mut state.durable_names, &change);
        }
        Ok(())
    }
}

struct SimulatedFile {
    disk: SimulatedDisk,
    inode: usize,
}

impl DiskFile for SimulatedFile {
    fn length(&self) -> io::Result<u64> {
        Ok(self.disk.state().inodes[self.inode].bytes.len() as u64)
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let state = self.disk.state();
        let offset = usize::try_from(offset).unwrap();
        let found = state.inodes[self.inode]
            .bytes
            .get(offset..offset + bytes.len());
        bytes.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let state = &mut *self.disk.state();
        let call = state.calls.writes;
        state.calls.writes += 1;
        let offset = usize::try_from(offset).unwrap();
        let length = state.inodes[self.inode].bytes.len();
        let grows = (offset + bytes.len()).saturating_sub(length);
        let room = state
            .faults
            .capacity
            .map(|capacity| capacity.saturating_sub(state.used_bytes()));
        let full = room.is_some_and(|room| grows > room);
        let fails = state.faults.writes.contains(&call);
        let written = match (fails, full) {
            (true, _) => usize::try_from(state.random.below(bytes.len() as u64 + 1)).unwrap(),
            (_, true) => bytes.len() - (grows - room.unwrap_or(0)),
            _ => bytes.len(),
        };
        state.inodes[self.inode].write(offset, &bytes[..written]);
        match (fails, full) {
            (true, _) => Err(fault("write")),
            (_, true) => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        let state = &mut *self.disk.state();
        let call = state.calls.truncations;
        state.calls.truncations += 1;
        if state.faults.truncations.contains(&call) {
            return Err(fault("truncation"));
        }
        state.inodes[self.inode]
            .bytes
            .resize(usize::try_from(length).unwrap(), 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        let state = &mut *self.disk.state();
        let call = state.calls.syncs;
        state.calls.syncs += 1;
        if state.faults.syncs.contains(&call) {
            state.inodes[self.inode].fail_sync(&mut state.random);
            return Err(fault("sync"));
        }
        state.inodes[self.inode].sync();
        Ok(())
    }
}
