//! Bases of pages: made when enough different visitors' snapshots of one are there, made anew when
//! the page has changed so much that they no longer help.

use std::collections::BTreeSet;
use std::sync::Arc;

use hitmetrix_model::SiteId;
use hitmetrix_recording::{VISITORS_MIN, base, pack};

use super::super::reading::Whose;
use super::super::{Inner, StoreError, blocking};
use super::alike::enough;
use super::shelves::{Shelf, Shelves};
use crate::catalog::{BaseId, BaseWeight, NewBase, PageKey, PageSnapshot, Sender};
use crate::keys::KeyOwner;
use crate::recordings::RecordingError;
use crate::recordings::blob::Blob;
use crate::recordings::page::snapshot_line;
use crate::recordings::site_keys::SiteKeys;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// The latest snapshots of a page that are looked at.
const LOOKED_AT: u32 = 64;
/// Snapshots of different visitors that a base is made of.
const MADE_OF: usize = 8;
const LEVEL: i32 = 19;
/// Snapshots whose size against a new base is what is to be expected of it.
const WEIGHED_FIRST: u64 = 5;
/// Of the later ones one in so many is weighed.
const WEIGHED_ONE_IN: u64 = 8;
/// Weight of one snapshot in the running mean: one in so many.
const RUNNING_MEAN: u64 = 4;
/// A base is given up when snapshots take so many times what the first took, …
const GROWN_TIMES: u64 = 2;
/// … and so many bytes more.
const GROWN_BYTES: u64 = 1 << 10;
/// A snapshot that takes less than one in so many bytes of its base is well served by it.
const HOPEFUL_PART: usize = 8;

impl BaseWeight {
    /// With one more snapshot, which is weighed or not.
    pub(super) fn with(mut self, taken: &[u8], base: &[u8]) -> Result<Self, RecordingError> {
        let weighs =
            self.snapshots < WEIGHED_FIRST || self.snapshots.is_multiple_of(WEIGHED_ONE_IN);
        let Some(line) = snapshot_line(taken).filter(|_| weighs) else {
            self.snapshots += u64::from(!weighs);
            return Ok(self);
        };
        let bytes = pack(line, Some(base))?.len() as u64;
        if self.snapshots < WEIGHED_FIRST {
            let before = self.first_bytes * self.snapshots;
            self.first_bytes = (before + bytes) / (self.snapshots + 1);
            self.recent_bytes = self.first_bytes;
        } else {
            let kept = self.recent_bytes * (RUNNING_MEAN - 1);
            self.recent_bytes = (kept + bytes) / RUNNING_MEAN;
        }
        self.snapshots += 1;
        Ok(self)
    }

    /// Whether snapshots are so much smaller than their base that without it they would be larger.
    pub(super) fn is_hopeful(&self, base_bytes: usize) -> bool {
        self.recent_bytes * (HOPEFUL_PART as u64) < base_bytes as u64
    }

    /// Whether the page has moved away from its base.
    fn has_grown(&self) -> bool {
        self.snapshots > 2 * WEIGHED_FIRST
            && self.recent_bytes > GROWN_TIMES * self.first_bytes + GROWN_BYTES
    }
}

/// Makes a base of a page where there should be one and is none, or one that no longer serves.
/// Returns its bytes at rest; zero when none was made.
pub(super) async fn make(
    inner: &Arc<Inner>,
    site: SiteId,
    page: &PageKey,
) -> Result<u64, StoreError> {
    let present = inner.catalog.base_of_page(site, page).await?;
    let of: Option<BaseId> = match &present {
        Some(base) if !base.weight.has_grown() => return Ok(0),
        present => present.as_ref().map(|base| base.id),
    };
    let looked_at = inner
        .catalog
        .snapshots_of_page((site, page), of, LOOKED_AT)
        .await?;
    let chosen = different(&looked_at);
    if chosen.len() < VISITORS_MIN {
        return Ok(0);
    }
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut sessions = BTreeSet::new();
    for snapshot in chosen {
        let whose = whose(site, snapshot);
        // One that cannot be read is none; the others may be enough.
        if let Ok(opened) = inner.open_segment(&whose, &snapshot.chunk).await
            && let Some(line) = snapshot_line(&opened.taken)
        {
            lines.push(line.to_vec());
            sessions.insert(snapshot.session);
        }
    }
    // The oldest first.
    lines.reverse();
    let made = blocking(move || {
        let lines: Vec<&[u8]> = lines.iter().map(|line| &line[..]).collect();
        Ok(base(&lines).map_err(RecordingError::from)?)
    });
    let Some(bytes) = made.await? else {
        return Ok(0);
    };
    // Those that waited for it, and those that another one may serve better than theirs.
    sessions.extend(looked_at.iter().map(|snapshot| snapshot.session));
    store(inner, (site, page), (bytes, sessions)).await
}

/// Writes a base down.
async fn store(
    inner: &Arc<Inner>,
    (site, page): (SiteId, &PageKey),
    (bytes, recordings): (Vec<u8>, BTreeSet<hitmetrix_model::SessionId>),
) -> Result<u64, StoreError> {
    let this = Arc::clone(inner);
    let locked = blocking(move || {
        let keys = SiteKeys::of_or_new(&this.keys, site)?;
        let randomness = &*this.config.randomness;
        Ok(Blob::Base.lock((site, &bytes, LEVEL), keys.shared(), randomness)?)
    })
    .await?;
    let mut shelves = Shelves::new(Arc::clone(inner), site);
    let place = shelves.put(Shelf::Alike, locked).await?;
    let stored = u64::from(place.bytes);
    let (mut packs, files) = shelves.finish().await?;
    let Some(pack) = packs.pop() else {
        return Ok(0);
    };
    let base = NewBase {
        site,
        page: page.clone(),
        made_at_ms: inner.config.clock.now_ms(),
        pack,
        place,
        recordings,
    };
    let _work = inner.work.lock().await;
    // From here on the transaction may be in force, whatever is heard of it.
    files.keep();
    inner.catalog.insert_base(&base).await?;
    Ok(stored)
}

/// The latest snapshots of visitors that are surely different; none when they are too few.
fn different(snapshots: &[PageSnapshot]) -> Vec<&PageSnapshot> {
    let kinds: BTreeSet<Option<i64>> = snapshots.iter().map(|one| sender(one).day).collect();
    for kind in kinds {
        let mut seen = BTreeSet::new();
        let mut of_kind: Vec<&PageSnapshot> = snapshots
            .iter()
            .filter(|one| sender(one).day == kind && seen.insert(one.visitor))
            .collect();
        of_kind.truncate(MADE_OF);
        if enough(of_kind.iter().map(|one| sender(one))) {
            return of_kind;
        }
    }
    Vec::new()
}

fn sender(snapshot: &PageSnapshot) -> Sender {
    let day = snapshot.started_ms.div_euclid(DAY_MS);
    Sender {
        visitor: snapshot.visitor,
        day: snapshot.cookieless.then_some(day),
    }
}

fn whose(site: SiteId, snapshot: &PageSnapshot) -> Whose {
    let owner = match snapshot.cookieless {
        true => KeyOwner::Session(site, snapshot.session),
        false => KeyOwner::Visitor(site, snapshot.visitor),
    };
    Whose {
        site,
        session: snapshot.session,
        owner,
    }
}
