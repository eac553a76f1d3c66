//! The recorder's lines of chunks, wherever they lie: in the log, in a pack as they came, or in a
//! segment whose assets and base lie elsewhere. Whatever a seal or a repack moves meanwhile is
//! looked up again; what comes out is the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::sync::{Arc, Mutex};

use hitmetrix_model::{ChunkFacts, SessionId, SiteId, WindowId, limits};
use hitmetrix_recording::{AssetDigest, AssetId, named_pictures, put_pictures};

use super::{Inner, Store, StoreError, blocking};
use crate::catalog::{AssetHash, BaseId, Form, OwnerId, Place, RecordingRow, StoredChunk};
use crate::keys::KeyOwner;
use crate::log::LogError;
use crate::recordings::blob::Blob;
use crate::recordings::segment::{self, Bound, Lines};
use crate::recordings::site_keys::SiteKeys;
use crate::recordings::{RecordingError, pack};
use crate::state::locked;

/// How often places are looked up again that moved while they were read.
pub(super) const TRIES: usize = 5;
/// Bases that are kept unpacked.
const BASES_BYTES: usize = 32 << 20;

/// Which lines of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSpan {
    /// The session.
    pub session: SessionId,
    /// The page load.
    pub window: WindowId,
    /// Sequence of the first chunk.
    pub sequence: u32,
    /// Sequence of the last.
    pub last_sequence: u32,
    /// Whether what was worked out to start from comes first, where the first chunk has it.
    pub keyframe: bool,
}

/// Whose recording something belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Whose {
    pub(super) site: SiteId,
    pub(super) session: SessionId,
    pub(super) owner: KeyOwner,
}

impl Whose {
    pub(super) fn of(site: SiteId, row: &RecordingRow) -> Self {
        let owner = match row.cookieless {
            true => KeyOwner::Session(site, row.session),
            false => KeyOwner::Visitor(site, row.visitor),
        };
        Self {
            site,
            session: row.session,
            owner,
        }
    }

    /// Of a chunk that is not in the catalog yet.
    pub(super) fn of_chunk(facts: &ChunkFacts) -> Self {
        Self {
            site: facts.site,
            session: facts.session,
            owner: KeyOwner::of(facts),
        }
    }

    /// As the catalog names the owner of copies of assets.
    pub(super) fn owner_id(&self) -> OwnerId {
        owner_id(self.owner)
    }
}

/// As the catalog names the owner of copies of assets.
pub(super) fn owner_id(owner: KeyOwner) -> OwnerId {
    match owner {
        KeyOwner::Visitor(_, visitor) => visitor.to_bytes(),
        KeyOwner::Session(_, session) => session.to_bytes(),
        KeyOwner::Site(_) => OwnerId::default(),
    }
}

impl Store {
    /// Those pictures, of the ones that a page of this sender named by their digests, which it has to send:
    /// neither does the site share them, nor do they lie under the sender's key.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn unknown_pictures(
        &self,
        facts: &ChunkFacts,
        digests: BTreeSet<AssetDigest>,
    ) -> Result<BTreeSet<AssetDigest>, StoreError> {
        if digests.is_empty() {
            return Ok(digests);
        }
        let whose = Whose::of_chunk(facts);
        let names = self
            .inner
            .names_of_pictures(facts.site, digests.clone())
            .await?;
        let wanted = names.values().copied().collect();
        let known = self.inner.catalog.assets(facts.site, &wanted).await?;
        let owner = whose.owner_id();
        let is_there = |digest: &AssetDigest| {
            let asset = names.get(digest).and_then(|name| known.get(name));
            asset.is_some_and(|asset| {
                asset.shared.is_some() || asset.copies.iter().any(|copy| copy.owner == owner)
            })
        };
        Ok(digests
            .into_iter()
            .filter(|digest| !is_there(digest))
            .collect())
    }

    /// The recorder events of some chunks as JSON lines, in order: the same whether they are in
    /// the log, sealed or merged. Nothing when none of them is stored.
    ///
    /// # Errors
    /// When they cannot be read, or their key is erased.
    pub async fn chunk(
        &self,
        site: SiteId,
        span: ChunkSpan,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let mut tried = 0;
        loop {
            tried += 1;
            match self.inner.lines_in(site, span).await {
                Err(error) if tried < TRIES && has_moved(&error) => {}
                other => return other,
            }
        }
    }
}

/// Whether something is not where it was a moment ago.
pub(super) fn has_moved(error: &StoreError) -> bool {
    match error {
        StoreError::Log(LogError::NotInLog { .. }) => true,
        StoreError::Recording(RecordingError::Pack { source, .. }) => {
            source.kind() == io::ErrorKind::NotFound
        }
        _ => false,
    }
}

impl Inner {
    async fn lines_in(
        self: &Arc<Self>,
        site: SiteId,
        span: ChunkSpan,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let wanted = span.sequence..=span.last_sequence;
        let is_meant = |facts: &ChunkFacts| {
            facts.session == span.session
                && facts.window == span.window
                && wanted.contains(&facts.sequence)
        };
        // The tail first: what a seal moves meanwhile is then seen twice rather than not at all.
        let tail = self.tail_chunks(site, is_meant);
        let mut found: BTreeMap<u32, Vec<u8>> = BTreeMap::new();
        let mut keyframe = Vec::new();
        if let Some(row) = self.catalog.recording(site, span.session).await? {
            let whose = Whose::of(site, &row);
            let mut stored = self.catalog.chunks(site, span.session).await?;
            stored.retain(|chunk| {
                let row = &chunk.row;
                row.window == span.window
                    && row.sequence <= span.last_sequence
                    && row.last_sequence >= span.sequence
            });
            for chunk in stored {
                let (lines, lost) = self.lines_of(&whose, &chunk).await?;
                if lost > 0 {
                    tracing::error!(site = site.0, lost, "a recording lacks assets");
                }
                if span.keyframe && chunk.row.sequence == span.sequence {
                    keyframe = lines.keyframe;
                }
                let each = (chunk.row.sequence..).zip(lines.chunks);
                found.extend(each.filter(|(sequence, _)| wanted.contains(sequence)));
            }
        }
        for chunk in tail {
            let sequence = chunk.facts.sequence;
            if found.contains_key(&sequence) {
                continue;
            }
            let this = Arc::clone(self);
            let read = move || Ok(this.intake.open(&this.log.read_chunk(chunk.from)?)?);
            let whose = Whose::of_chunk(&chunk.facts);
            let lines = self.with_pictures(&whose, blocking(read).await?).await?;
            found.insert(sequence, lines);
        }
        if found.is_empty() {
            return Ok(None);
        }
        let mut lines = keyframe;
        found.into_values().for_each(|chunk| lines.extend(chunk));
        Ok(Some(lines))
    }

    /// The lines of one stored row, and how many places an asset is lost from.
    pub(super) async fn lines_of(
        self: &Arc<Self>,
        whose: &Whose,
        chunk: &StoredChunk,
    ) -> Result<(Lines, u32), StoreError> {
        match chunk.form {
            Form::Loose => {
                let (this, place) = (Arc::clone(self), chunk.place.clone());
                let read = move || {
                    let path = this.paths.pack(&place.pack);
                    let chunk = pack::read(&*this.disk, &path, entry_of(&place))?;
                    Ok(this.intake.open(&chunk)?)
                };
                let lines = blocking(read).await?;
                let lines = Lines {
                    keyframe: Vec::new(),
                    chunks: vec![self.with_pictures(whose, lines).await?],
                };
                Ok((lines, 0))
            }
            Form::Segment => {
                let opened = self.open_segment(whose, chunk).await?;
                let wanted = opened.references();
                let assets = self.asset_bytes((whose.site, whose.owner), &wanted).await?;
                blocking(move || Ok(opened.finish(&mut |id| assets.get(&id.0).cloned())?)).await
            }
        }
    }

    /// A segment, decrypted and unpacked, without its assets.
    pub(super) async fn open_segment(
        self: &Arc<Self>,
        whose: &Whose,
        chunk: &StoredChunk,
    ) -> Result<segment::Opened, StoreError> {
        let base = match chunk.base {
            None => None,
            Some(base) => Some(self.base(whose.site, base).await?),
        };
        let bound = Bound {
            site: whose.site,
            session: whose.session,
            window: chunk.row.window,
            sequence: chunk.row.sequence,
            last_sequence: chunk.row.last_sequence,
            base: chunk.base.map_or(0, |base| base.0),
        };
        let key = self.keys.key(whose.owner).ok_or(RecordingError::NoKey)?;
        let (this, place) = (Arc::clone(self), chunk.place.clone());
        blocking(move || {
            let bytes = this.payload(&place)?;
            let base = base.as_deref().map(|base| &base[..]);
            Ok(segment::open(&bytes, (&bound, base), &key)?)
        })
        .await
    }

    /// The lines of a chunk as it came, with the pictures that it names.
    async fn with_pictures(
        self: &Arc<Self>,
        whose: &Whose,
        lines: Vec<u8>,
    ) -> Result<Vec<u8>, StoreError> {
        let named = named_pictures(&lines);
        if named.is_empty() {
            return Ok(lines);
        }
        let names = self.names_of_pictures(whose.site, named).await?;
        let assets = self
            .asset_bytes(
                (whose.site, whose.owner),
                &names.values().copied().collect(),
            )
            .await?;
        blocking(move || {
            Ok(put_pictures(&lines, &mut |digest| {
                assets.get(names.get(&digest)?).cloned()
            }))
        })
        .await
    }

    /// Names of pictures by their digests; none when the site has no key yet.
    async fn names_of_pictures(
        self: &Arc<Self>,
        site: SiteId,
        digests: BTreeSet<AssetDigest>,
    ) -> Result<BTreeMap<AssetDigest, AssetHash>, StoreError> {
        let this = Arc::clone(self);
        blocking(move || {
            let Some(keys) = SiteKeys::of(&this.keys, site) else {
                return Ok(BTreeMap::new());
            };
            let name = |digest| (digest, AssetId::of_digest(digest, keys.names()).0);
            Ok(digests.into_iter().map(name).collect())
        })
        .await
    }

    /// The bytes of those assets that are there: shared ones, and the owner's own.
    pub(super) async fn asset_bytes(
        self: &Arc<Self>,
        (site, owner): (SiteId, KeyOwner),
        wanted: &BTreeSet<AssetHash>,
    ) -> Result<HashMap<AssetHash, Arc<[u8]>>, StoreError> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let known = self.catalog.assets(site, wanted).await?;
        let own_id = owner_id(owner);
        let mut places: Vec<(AssetHash, Place, KeyOwner)> = Vec::new();
        for (hash, asset) in known {
            let own = asset.copies.into_iter().find(|copy| copy.owner == own_id);
            match (asset.shared, own) {
                (Some(place), _) => places.push((hash, place, KeyOwner::Site(site))),
                (None, Some(copy)) => places.push((hash, copy.place, owner)),
                (None, None) => {}
            }
        }
        let this = Arc::clone(self);
        blocking(move || {
            let mut found = HashMap::new();
            for (hash, place, owner) in places {
                match this.blob(Blob::Asset(hash), (site, owner), &place) {
                    Ok(bytes) => {
                        found.insert(hash, Arc::from(bytes));
                    }
                    Err(error) if has_moved(&error) => return Err(error),
                    Err(error) => tracing::error!(%error, "an asset cannot be read"),
                }
            }
            Ok(found)
        })
        .await
    }

    /// A base, unpacked.
    pub(super) async fn base(
        self: &Arc<Self>,
        site: SiteId,
        base: BaseId,
    ) -> Result<Arc<Vec<u8>>, StoreError> {
        if let Some(known) = locked(&self.bases).get(base) {
            return Ok(known);
        }
        let place = self.catalog.base_place(base).await?;
        let place = place.ok_or(RecordingError::Incomplete { what: "a base" })?;
        let this = Arc::clone(self);
        blocking(move || {
            let bytes = this.blob(Blob::Base, (site, KeyOwner::Site(site)), &place)?;
            let bytes = Arc::new(bytes);
            locked(&this.bases).put(base, Arc::clone(&bytes));
            Ok(bytes)
        })
        .await
    }

    /// Reads and decrypts what lies by itself. Blocks.
    pub(super) fn blob(
        &self,
        blob: Blob,
        (site, owner): (SiteId, KeyOwner),
        place: &Place,
    ) -> Result<Vec<u8>, StoreError> {
        let key = match owner {
            KeyOwner::Site(site) => {
                SiteKeys::of(&self.keys, site).map(|keys| keys.shared().clone())
            }
            owner => self.keys.key(owner),
        };
        let key = key.ok_or(RecordingError::NoKey)?;
        let bytes = self.payload(place)?;
        let limit = limits::CHUNK_DECODED_BYTES;
        Ok(blob.unlock((site, &bytes, limit), &key)?)
    }

    /// The payload of an entry. Blocks.
    pub(super) fn payload(&self, place: &Place) -> Result<Vec<u8>, StoreError> {
        let path = self.paths.pack(&place.pack);
        Ok(pack::read_payload(&*self.disk, &path, entry_of(place))?)
    }
}

/// Where in its pack something lies.
pub(super) fn entry_of(place: &Place) -> pack::Entry {
    pack::Entry {
        offset: place.offset,
        bytes: place.bytes,
    }
}

/// Bases that were needed last, unpacked. Numbers are never given twice, so none is ever stale.
#[derive(Default)]
pub(super) struct Bases {
    known: HashMap<BaseId, Arc<Vec<u8>>>,
    bytes: usize,
}

impl Bases {
    fn get(&self, base: BaseId) -> Option<Arc<Vec<u8>>> {
        self.known.get(&base).cloned()
    }

    fn put(&mut self, base: BaseId, bytes: Arc<Vec<u8>>) {
        if self.bytes + bytes.len() > BASES_BYTES {
            self.clear();
        }
        self.bytes += bytes.len();
        self.known.insert(base, bytes);
    }

    /// Lets go of all.
    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.bytes = 0;
    }
}

/// The bases, shared between readers.
pub(super) type SharedBases = Mutex<Bases>;
