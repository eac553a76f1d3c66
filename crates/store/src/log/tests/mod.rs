//! Tests of the log: a catalog and clients in memory around the real writer and the real replay,
//! on a simulated disk.

mod damage;
mod faults;
mod handle;
mod pieces;
mod properties;
mod simulation;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{
    Batch, ChunkFacts, Context, Event, ExternalId, LogPosition, Mode, Origin, Page, Piece, Sender,
    SessionId, SiteId, VisitorId, WindowId,
};

use super::entry::{Accepted, ExternalIds, LookupError, Pin, Resume, Tail};
use super::error::LogError;
use super::replay::ReplayReport;
use super::seen::{SessionRow, WindowRow};
use super::writer::{Entry, Outcome, Writer};
use super::{EncryptedChunk, Log, LogConfig, frame};
use crate::disk::Disk;
use crate::disk::simulated::{SeededRandomness, SimulatedDisk};

pub(super) const SITE: SiteId = SiteId(1);
pub(super) const NOW_MS: i64 = 1_800_000_000_000;
const DIR: &str = "data/log";
const QUARANTINE: &str = "data/quarantine";

/// What makes an event one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Id {
    Window(u128, u32),
    External(u128),
    Chunk(u128, u32),
}

/// An event of a window.
pub(super) fn event(sequence: u32) -> Event {
    Event {
        sender: 0,
        name: "pageview".to_owned(),
        time_ms: NOW_MS + i64::from(sequence),
        sequence,
        external: None,
        page: Page {
            host: "shop.example".to_owned(),
            path: "/".to_owned(),
            ..Page::default()
        },
        referrer_host: String::new(),
        referrer_path: String::new(),
        channel: String::new(),
        source: String::new(),
        medium: String::new(),
        campaign: String::new(),
        term: String::new(),
        content: String::new(),
        unverified: false,
        cut: false,
        properties: BTreeMap::new(),
    }
}

pub(super) fn sender(window: u128) -> Sender {
    Sender {
        visitor: VisitorId(window + 1000),
        session: SessionId(window + 2000),
        window: WindowId(window),
        mode: Mode::Cookieless,
        context: Context::default(),
    }
}

/// Events of one window.
pub(super) fn batch(window: u128, sequences: impl IntoIterator<Item = u32>) -> Batch {
    Batch {
        site: SITE,
        received_at_ms: NOW_MS,
        origin: Origin::Browser,
        senders: vec![sender(window)],
        events: sequences.into_iter().map(event).collect(),
        identities: Vec::new(),
        lost: 0,
    }
}

/// Events of a server, by their own ids.
pub(super) fn external_batch(ids: impl IntoIterator<Item = u128>) -> Batch {
    let events = ids.into_iter().map(|id| Event {
        external: Some(ExternalId(id)),
        ..event(0)
    });
    Batch {
        origin: Origin::Server,
        events: events.collect(),
        ..batch(77, [])
    }
}

pub(super) fn facts(window: u128, sequence: u32) -> ChunkFacts {
    ChunkFacts {
        site: SITE,
        visitor: VisitorId(window + 1000),
        cookieless: true,
        session: SessionId(window + 2000),
        window: WindowId(window),
        sequence,
        recorder: "rrweb-2.1.6/1".to_owned(),
        first_ms: NOW_MS,
        last_ms: NOW_MS + 10,
        received_at_ms: NOW_MS,
        events: 3,
        snapshot: sequence == 0,
        path: "/".to_owned(),
        piece: None,
    }
}

pub(super) fn piece(window: u128, sequence: u32, (index, count): (u16, u16)) -> ChunkFacts {
    ChunkFacts {
        piece: Some(Piece { index, count }),
        ..facts(window, sequence)
    }
}

pub(super) fn entry(batch: Batch) -> Entry {
    Entry::Batch {
        payload: frame::encode_batch(&batch).unwrap(),
        batch,
    }
}

pub(super) fn chunk_entry(facts: ChunkFacts, bytes: &[u8]) -> Entry {
    let chunk = EncryptedChunk {
        facts,
        bytes: bytes.to_vec(),
    };
    let payload = frame::encode_chunk(&chunk).unwrap();
    Entry::Chunk {
        facts: chunk.facts,
        payload,
        encrypted_bytes: bytes.len().try_into().unwrap(),
    }
}

pub(super) fn ids_of(accepted: &Accepted) -> Vec<Id> {
    match accepted {
        Accepted::Batch { batch, .. } => batch_ids(batch),
        Accepted::Chunk { facts, .. } => vec![Id::Chunk(facts.window.0, facts.sequence)],
    }
}

pub(super) fn batch_ids(batch: &Batch) -> Vec<Id> {
    let id = |event: &Event| match event.external {
        Some(id) => Id::External(id.0),
        None => Id::Window(
            batch.senders[event.sender as usize].window.0,
            event.sequence,
        ),
    };
    batch.events.iter().map(id).collect()
}

#[derive(Clone, Default)]
pub(super) struct SharedTail(pub(super) Arc<Mutex<Vec<Accepted>>>);

impl Tail for SharedTail {
    fn deliver(&mut self, group: Vec<Accepted>) {
        self.0.lock().unwrap().extend(group);
    }
}

/// What a catalog keeps: it is never lost, and changes as a whole.
#[derive(Default)]
pub(super) struct Sealed {
    pub(super) ids: Mutex<Vec<Id>>,
    pub(super) set: Mutex<BTreeSet<Id>>,
}

impl ExternalIds for Sealed {
    fn contains(&self, _site: SiteId, id: ExternalId) -> Result<bool, LookupError> {
        Ok(self.set.lock().unwrap().contains(&Id::External(id.0)))
    }
}

/// One data folder through many starts.
pub(super) struct World {
    pub(super) disk: SimulatedDisk,
    pub(super) sealed: Arc<Sealed>,
    pub(super) covered: LogPosition,
    windows: BTreeMap<(u32, u128), WindowRow>,
    sessions: BTreeMap<(u32, u128), SessionRow>,
    pub(super) segment_bytes: u64,
    starts: u64,
}

/// One run of the program.
pub(super) struct Run {
    pub(super) writer: Writer,
    pub(super) tail: SharedTail,
    pub(super) report: ReplayReport,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            disk: SimulatedDisk::new(seed),
            sealed: Arc::default(),
            covered: LogPosition(0),
            windows: BTreeMap::new(),
            sessions: BTreeMap::new(),
            segment_bytes: 4096,
            starts: seed.wrapping_mul(1000),
        }
    }

    pub(super) fn config(&mut self) -> (LogConfig, Resume) {
        self.starts += 1;
        let config = LogConfig {
            disk: Arc::new(self.disk.clone()),
            dir: PathBuf::from(DIR),
            quarantine: PathBuf::from(QUARANTINE),
            randomness: Arc::new(SeededRandomness::new(self.starts)),
            external_ids: Arc::clone(&self.sealed) as Arc<dyn ExternalIds>,
            segment_bytes: self.segment_bytes,
        };
        let resume = Resume {
            covered: self.covered,
            windows: self.windows.values().cloned().collect(),
            sessions: self.sessions.values().cloned().collect(),
            now_ms: NOW_MS,
        };
        (config, resume)
    }

    pub(super) fn try_start(&mut self) -> Result<Run, LogError> {
        let (config, resume) = self.config();
        let tail = SharedTail::default();
        let mut boxed: Box<dyn Tail> = Box::new(tail.clone());
        let (writer, report) = Log::prepare(config, resume, &mut boxed)?.with_tail(boxed);
        Ok(Run {
            writer,
            tail,
            report,
        })
    }

    pub(super) fn start(&mut self) -> Run {
        self.try_start().unwrap()
    }

    /// The transaction of a seal: parts of what the tail has, rows and position.
    pub(super) fn seal(&mut self, run: &Run, pin: &Pin) {
        let mut tail = run.tail.0.lock().unwrap();
        let ids: Vec<Id> = tail.iter().flat_map(ids_of).collect();
        tail.clear();
        self.sealed.ids.lock().unwrap().extend(&ids);
        self.sealed.set.lock().unwrap().extend(&ids);
        self.covered = pin.position;
        for row in &pin.windows {
            self.windows.insert((row.site.0, row.window.0), row.clone());
        }
        for row in &pin.sessions {
            self.sessions
                .insert((row.site.0, row.session.0), row.clone());
        }
    }

    /// Everything that answers count, in no order.
    pub(super) fn counted(&self, run: &Run) -> Vec<Id> {
        let mut ids = self.sealed.ids.lock().unwrap().clone();
        ids.extend(run.tail.0.lock().unwrap().iter().flat_map(ids_of));
        ids
    }

    pub(super) fn log_files(&self) -> Vec<PathBuf> {
        let files = self.disk.files().into_keys();
        files.filter(|path| path.starts_with(DIR)).collect()
    }

    pub(super) fn quarantine_files(&self) -> usize {
        let files = self.disk.files().into_keys();
        files.filter(|path| path.starts_with(QUARANTINE)).count()
    }
}

impl Run {
    pub(super) fn put(&mut self, entry: Entry) -> Result<Outcome, LogError> {
        self.writer.commit(vec![entry]).pop().unwrap()
    }

    pub(super) fn put_batch(&mut self, batch: Batch) -> (u32, u32) {
        match self.put(entry(batch)) {
            Ok(Outcome::Batch(receipt)) => (receipt.accepted, receipt.duplicates),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn put_chunk(&mut self, facts: ChunkFacts) -> super::ChunkOutcome {
        match self.put(chunk_entry(facts, b"encrypted")) {
            Ok(Outcome::Chunk(outcome)) => outcome,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn tail_ids(&self) -> Vec<Id> {
        self.tail
            .0
            .lock()
            .unwrap()
            .iter()
            .flat_map(ids_of)
            .collect()
    }
}

/// No id twice.
pub(super) fn assert_once(ids: &[Id], context: &str) {
    let set: BTreeSet<&Id> = ids.iter().collect();
    assert_eq!(set.len(), ids.len(), "{context}: an event is counted twice");
}
