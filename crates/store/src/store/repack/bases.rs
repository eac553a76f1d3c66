//! Bases of pages: made when enough different visitors' snapshots of one are there, made anew when
//! the page has changed so much that they no longer help.

use std::collections::BTreeSet;
use std::sync::Arc;

use hitmetrix_model::{SessionId, SiteId};
use hitmetrix_recording::{VISITORS_MIN, base, pack};

use super::super::reading::Whose;
use super::super::{Inner, StoreError, blocking};
use super::alike::enough;
use super::shelves::{Shelf, Shelves};
use crate::catalog::{BaseId, BaseWeight, NewBase, PageKey, PageSnapshot, Sender};
use crate::keys::KeyOwner;
use crate::recordings::RecordingError;
use crate::recordings::blob::Blob;
use crate::recordings::page::{from_snapshot, snapshot_line};
use crate::recordings::site_keys::SiteKeys;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// The latest snapshots of a page that are looked at.
const LOOKED_AT: u32 = 64;
/// Snapshots of different visitors that a base is made of.
const MADE_OF: usize = 8;
/// Snapshots of a class of viewports that make a base of its own worth its bytes.
const CLASS_SNAPSHOTS: usize = 40;
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

/// Makes the bases of a page where there should be some and are none, or that no longer serve: one
/// for all viewports, soon, and later one for a class of which there are many. Returns their bytes
/// at rest.
pub(super) async fn make(
    inner: &Arc<Inner>,
    site: SiteId,
    page: &PageKey,
) -> Result<Vec<u64>, StoreError> {
    let all = PageKey {
        path: page.path.clone(),
        viewport: None,
    };
    let mut made = Vec::new();
    made.extend(make_one(inner, (site, &all), None).await?);
    let general = inner.catalog.base_of_page(site, &all).await?;
    if page.viewport.is_some()
        && let Some(general) = general
    {
        made.extend(make_one(inner, (site, page), Some(general.id)).await?);
    }
    Ok(made)
}

/// One base, for all viewports or, beside the one for all, for a class. Its bytes at rest, when
/// one was made.
async fn make_one(
    inner: &Arc<Inner>,
    (site, page): (SiteId, &PageKey),
    general: Option<BaseId>,
) -> Result<Option<u64>, StoreError> {
    let catalog = &inner.catalog;
    let present = catalog.base_of_page(site, page).await?;
    if present
        .as_ref()
        .is_some_and(|base| !base.weight.has_grown())
    {
        return Ok(None);
    }
    let mut looked_at = Vec::new();
    let served_by = present.as_ref().map(|base| base.id).or(general);
    for base in [None, served_by]
        .into_iter()
        .take(1 + usize::from(served_by.is_some()))
    {
        let found = catalog.snapshots_of_page((site, page), base, LOOKED_AT);
        looked_at.extend(found.await?);
    }
    looked_at.sort_by_key(|one| std::cmp::Reverse(one.chunk.row.first_ms));
    looked_at.truncate(LOOKED_AT as usize);
    let is_first_of_class = present.is_none() && general.is_some();
    if is_first_of_class && looked_at.len() < CLASS_SNAPSHOTS {
        return Ok(None);
    }
    let chosen = different(&looked_at);
    if chosen.len() < VISITORS_MIN {
        return Ok(None);
    }
    let mut visits: Vec<Vec<u8>> = Vec::new();
    for snapshot in chosen {
        // One that cannot be read is none; the others may be enough.
        let opened = inner
            .open_segment(&whose(site, snapshot), &snapshot.chunk)
            .await;
        if let Ok(opened) = opened
            && let Some(lines) = from_snapshot(&opened.taken)
        {
            visits.push(lines.to_vec());
        }
    }
    // The oldest first.
    visits.reverse();
    let made = blocking(move || {
        let visits: Vec<&[u8]> = visits.iter().map(|lines| &lines[..]).collect();
        Ok(base(&visits).map_err(RecordingError::from)?)
    });
    let Some(bytes) = made.await? else {
        return Ok(None);
    };
    // Those that waited for it, and those that another one may serve better than theirs.
    let sessions = looked_at.iter().map(|snapshot| snapshot.session).collect();
    store(inner, (site, page), (bytes, sessions)).await
}

/// Writes a base down.
async fn store(
    inner: &Arc<Inner>,
    (site, page): (SiteId, &PageKey),
    (bytes, recordings): (Vec<u8>, BTreeSet<SessionId>),
) -> Result<Option<u64>, StoreError> {
    let this = Arc::clone(inner);
    let locked = blocking(move || {
        let keys = SiteKeys::of_or_new(&this.keys, site)?;
        let randomness = &*this.config.randomness;
        Ok(Blob::Base.lock((site, &bytes), keys.shared(), randomness)?)
    })
    .await?;
    let mut shelves = Shelves::new(Arc::clone(inner), site);
    let place = shelves.put(Shelf::Alike, locked).await?;
    let stored = u64::from(place.bytes);
    let (mut packs, files) = shelves.finish().await?;
    let Some(pack) = packs.pop() else {
        return Ok(None);
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
    Ok(Some(stored))
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
