//! What a store does with sessions, in small: assets lie with each visitor until the fifth brings
//! the same, then once; a base of a page is made of what its first five visitors were shown, whose
//! sessions are then packed again. Every session is another visitor's.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use hitmetrix_recording::replica::Keyframes;
use hitmetrix_recording::{
    Asset, AssetId, VISITORS_MIN, base, pack, put_assets, take_assets, unpack,
};
use serde::Serialize;

use super::fastest;
use super::kept::{Session, minutes};

/// Nonce and tag of XChaCha20-Poly1305, and an entry's head in a pack file.
const SEALED: usize = 24 + 16 + 12;
/// A row of the catalog: ids, times, place and length.
const ROW: usize = 100;
const KEY: [u8; 32] = [1; 32];
const LINES_MAX: usize = 64 << 20;

/// Bytes by what they are for.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Bytes {
    /// Lines from full snapshots, packed; see [`Shelf::put`].
    pub snapshots: usize,
    /// What the server works out for players to start from, packed.
    pub keyframes: usize,
    /// All other lines, packed.
    pub incremental: usize,
    /// New assets, private or shared.
    pub assets: usize,
    /// New bases.
    pub bases: usize,
    /// Nonces, tags and heads.
    pub sealed: usize,
    /// Rows of the catalog.
    pub rows: usize,
}

impl Bytes {
    fn add(&mut self, other: Self) {
        self.snapshots += other.snapshots;
        self.keyframes += other.keyframes;
        self.incremental += other.incremental;
        self.assets += other.assets;
        self.bases += other.bases;
        self.sealed += other.sealed;
        self.rows += other.rows;
    }
}

struct Segment {
    session: usize,
    page: String,
    packed: Vec<u8>,
    base: Option<usize>,
    bytes: Bytes,
    packing: Duration,
}

#[derive(Default)]
struct Waiting {
    visitors: HashSet<usize>,
    snapshots: Vec<Vec<u8>>,
}

/// An asset that is kept.
struct Kept {
    /// Who brought it.
    visitors: HashSet<usize>,
    /// Its size on the disk.
    packed: usize,
    bytes: Arc<[u8]>,
}

/// Everything of one site.
#[derive(Default)]
pub struct Shelf {
    segments: Vec<Segment>,
    bases: Vec<(String, Vec<u8>)>,
    waiting: BTreeMap<String, Waiting>,
    assets: HashMap<AssetId, Kept>,
    total: Bytes,
}

impl Shelf {
    /// Puts a session there; gives the bytes that came with it and how long packing took. What it shares counts as its own
    /// when it is what makes it shared; what others no longer keep is not taken off.
    ///
    /// The bytes of a segment are told apart by packing it without its other lines as well: what it
    /// takes then are the snapshots.
    pub fn put(
        &mut self,
        visitor: usize,
        session: &Session,
    ) -> Result<(Bytes, Duration), Box<dyn Error>> {
        let mut bytes = Bytes::default();
        let mut packing = Duration::ZERO;
        for window in &session.windows {
            let (taken, taking) = fastest(|| Ok(take_assets(&window.lines, &KEY)?))?;
            packing += taking;
            for asset in &taken.assets {
                bytes.add(self.keep(visitor, asset)?);
            }
            let page = window.path.clone();
            let at = self.base_for(&page);
            let mut segment = self.segment(visitor, page.clone(), &taken.lines, at)?;
            segment.bytes.keyframes = self.keyframes(&window.lines, at)?;
            packing += segment.packing;
            bytes.add(segment.bytes);
            self.segments.push(segment);
            let has_base = self.bases.iter().any(|(of, _)| *of == page);
            let mut lines = taken.lines.split_inclusive(|byte| *byte == b'\n');
            if lines.any(is_snapshot) && !has_base {
                let waiting = self.waiting.entry(page.clone()).or_default();
                if waiting.visitors.insert(visitor) {
                    waiting.snapshots.push(taken.lines.clone());
                }
                if waiting.snapshots.len() >= VISITORS_MIN {
                    bytes.add(self.make_base(&page)?);
                }
            }
        }
        self.total.add(bytes);
        Ok((bytes, packing))
    }

    /// The base of the page.
    fn base_for(&self, page: &str) -> Option<usize> {
        self.bases.iter().position(|(of, _)| of == page)
    }

    /// Bytes of the keyframes of a page load. Their assets are those of its own lines.
    fn keyframes(&self, lines: &[u8], base: Option<usize>) -> Result<usize, Box<dyn Error>> {
        let with = base.map(|at| self.bases[at].1.as_slice());
        let mut keyframes = Keyframes::default();
        let mut bytes = 0;
        for minute in minutes(lines)? {
            if let Some(keyframe) = keyframes.before(&[minute]) {
                bytes += pack(&take_assets(&keyframe, &KEY)?.lines, with)?.len();
            }
        }
        Ok(bytes)
    }

    fn segment(
        &self,
        session: usize,
        page: String,
        lines: &[u8],
        base: Option<usize>,
    ) -> Result<Segment, Box<dyn Error>> {
        let with = base.map(|at| self.bases[at].1.as_slice());
        let (packed, packing) = fastest(|| Ok(pack(lines, with)?))?;
        let snapshots: Vec<u8> = lines
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| is_snapshot(line))
            .flatten()
            .copied()
            .collect();
        let snapshots = match snapshots.is_empty() {
            true => 0,
            false => pack(&snapshots, with)?.len().min(packed.len()),
        };
        let bytes = Bytes {
            snapshots,
            incremental: packed.len() - snapshots,
            sealed: SEALED,
            rows: ROW,
            ..Bytes::default()
        };
        Ok(Segment {
            session,
            page,
            packed,
            base,
            bytes,
            packing,
        })
    }

    fn keep(&mut self, visitor: usize, asset: &Asset) -> Result<Bytes, Box<dyn Error>> {
        let bytes = |assets| Bytes {
            assets,
            sealed: SEALED,
            rows: ROW,
            ..Bytes::default()
        };
        let kept = match self.assets.entry(asset.id) {
            Entry::Occupied(kept) => kept.into_mut(),
            Entry::Vacant(place) => place.insert(Kept {
                visitors: HashSet::new(),
                packed: zstd::bulk::compress(&asset.bytes, 19)?.len(),
                bytes: Arc::from(asset.bytes.as_slice()),
            }),
        };
        if kept.visitors.len() >= VISITORS_MIN || !kept.visitors.insert(visitor) {
            return Ok(Bytes::default());
        }
        Ok(bytes(kept.packed))
    }

    /// Makes the base of a page, and packs again what came before it.
    fn make_base(&mut self, page: &str) -> Result<Bytes, Box<dyn Error>> {
        let Some(waiting) = self.waiting.remove(page) else {
            return Ok(Bytes::default());
        };
        let snapshots: Vec<&[u8]> = waiting.snapshots.iter().map(Vec::as_slice).collect();
        let Some(made) = base(&snapshots)? else {
            return Ok(Bytes::default());
        };
        let bases = pack(&made, None)?.len();
        self.bases.push((page.to_owned(), made));
        let at = self.bases.len() - 1;
        for index in 0..self.segments.len() {
            let segment = &self.segments[index];
            if segment.page != page {
                continue;
            }
            let lines = self.lines_of(segment)?;
            let keyframes = segment.bytes.keyframes;
            let mut again = self.segment(segment.session, page.to_owned(), &lines, Some(at))?;
            again.bytes.keyframes = keyframes;
            self.segments[index] = again;
        }
        Ok(Bytes {
            bases,
            sealed: SEALED,
            rows: ROW,
            ..Bytes::default()
        })
    }

    fn lines_of(&self, segment: &Segment) -> Result<Vec<u8>, Box<dyn Error>> {
        let with = segment.base.map(|at| self.bases[at].1.as_slice());
        Ok(unpack(&segment.packed, with, LINES_MAX)?)
    }

    /// A session's lines.
    pub fn get(&self, session: usize) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut lines = Vec::new();
        for segment in self
            .segments
            .iter()
            .filter(|segment| segment.session == session)
        {
            let rest = self.lines_of(segment)?;
            let mut lookup = |id| self.assets.get(&id).map(|kept| kept.bytes.clone());
            let (whole, lost) = put_assets(&rest, &mut lookup)?;
            if lost > 0 {
                return Err("an asset is lost".into());
            }
            lines.extend(whole);
        }
        Ok(lines)
    }

    /// How many bases and shared assets there are.
    pub fn shared(&self) -> (usize, usize) {
        let shared = self
            .assets
            .values()
            .filter(|kept| kept.visitors.len() >= VISITORS_MIN);
        (self.bases.len(), shared.count())
    }

    /// Everything that lies there: once what is shared, with each visitor what is not.
    pub fn total(&self) -> Bytes {
        let mut total = Bytes {
            bases: self.total.bases,
            ..Bytes::default()
        };
        for segment in &self.segments {
            total.add(segment.bytes);
        }
        total.sealed += self.bases.len() * SEALED;
        total.rows += self.bases.len() * ROW;
        for kept in self.assets.values() {
            let copies = if kept.visitors.len() >= VISITORS_MIN {
                1
            } else {
                kept.visitors.len()
            };
            total.assets += copies * kept.packed;
            total.sealed += copies * SEALED;
            total.rows += copies * ROW;
        }
        total
    }
}

fn is_snapshot(line: &[u8]) -> bool {
    line.starts_with(b"{\"type\":2,")
}
