//! Pictures and fonts that a session's pages need not send again before the session is put in order, when
//! they lie under their sender's key: which of its chunks brought each. Held in memory alone; after
//! a restart pages are asked once more.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use hitmetrix_model::{ChunkFacts, SessionId, SiteId, WindowId, limits};
use hitmetrix_recording::{AssetDigest, brought_pictures};

use super::Store;
use super::reading::ChunkSpan;
use crate::state::locked;

/// Chunks that are read for one that names pictures, and their lines together: a page load's own are
/// in a dozen at most.
const CHUNKS: usize = 16;
const READ_BYTES: usize = 2 * limits::SESSION_PICTURES_BYTES;

/// Which chunk of a session brought a picture.
pub(super) type SessionPictures = Mutex<Brought>;

type Picture = (SiteId, SessionId, AssetDigest);

/// A chunk of the session, and the bytes of its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bringer {
    window: WindowId,
    sequence: u32,
    bytes: usize,
}

/// In two halves: when the young one is full, the old one is forgotten and the young one is old.
#[derive(Default)]
pub(super) struct Brought {
    young: HashMap<Picture, Bringer>,
    old: HashMap<Picture, Bringer>,
}

impl Brought {
    fn put(&mut self, picture: Picture, bringer: Bringer) {
        if self.young.len() >= limits::SESSION_PICTURES_KNOWN / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(picture, bringer);
    }

    fn get(&self, picture: &Picture) -> Option<Bringer> {
        let found = self.young.get(picture).or_else(|| self.old.get(picture));
        found.copied()
    }

    /// Forgets what sessions of a site brought: all that are not kept.
    pub(super) fn retain(&mut self, site: SiteId, is_kept: impl Fn(SessionId) -> bool) {
        for half in [&mut self.young, &mut self.old] {
            half.retain(|(of, session, _), _| *of != site || is_kept(*session));
        }
    }
}

impl Store {
    /// Remembers that a chunk, which was just stored with so many bytes of lines, brought these pictures.
    pub fn remember_pictures(
        &self,
        facts: &ChunkFacts,
        lines_bytes: usize,
        digests: impl IntoIterator<Item = AssetDigest>,
    ) {
        if lines_bytes > limits::SESSION_PICTURES_BYTES {
            return;
        }
        let bringer = Bringer {
            window: facts.window,
            sequence: facts.sequence,
            bytes: lines_bytes,
        };
        let mut brought = locked(&self.inner.pictures);
        for digest in digests {
            brought.put((facts.site, facts.session, digest), bringer);
        }
    }

    /// Those pictures, of the ones that a chunk names, that earlier chunks of its session brought, as
    /// text; none whose chunk is not there any more.
    pub async fn session_pictures(
        &self,
        facts: &ChunkFacts,
        named: &BTreeSet<AssetDigest>,
    ) -> BTreeMap<AssetDigest, Arc<[u8]>> {
        let bringers: BTreeSet<Bringer> = {
            let brought = locked(&self.inner.pictures);
            let of = |digest| brought.get(&(facts.site, facts.session, digest));
            named.iter().filter_map(|digest| of(*digest)).collect()
        };
        let mut found = BTreeMap::new();
        let mut room = READ_BYTES;
        for bringer in bringers.into_iter().take(CHUNKS) {
            let Some(left) = room.checked_sub(bringer.bytes) else {
                continue;
            };
            room = left;
            let span = ChunkSpan {
                session: facts.session,
                window: bringer.window,
                sequence: bringer.sequence,
                last_sequence: bringer.sequence,
                keyframe: false,
            };
            match self.chunk(facts.site, span).await {
                Ok(lines) => found.extend(brought_pictures(&lines.unwrap_or_default())),
                // Its key is erased, or its pack was: the page has the picture.
                Err(error) => {
                    tracing::debug!(site = facts.site.0, %error, "a picture is not there")
                }
            }
        }
        found.retain(|digest, _| named.contains(digest));
        found
    }
}
