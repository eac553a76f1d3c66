//! One transaction's worth of repacking: some recordings, the packs they are written to, and what
//! they bring of assets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hitmetrix_model::{SiteId, WindowId};

use super::super::reading::Whose;
use super::super::{Inner, StoreError, blocking};
use super::RepackReport;
use super::alike::Alike;
use super::shelves::{Shelf, Shelves};
use crate::catalog::{
    AssetHash, BaseId, BaseRow, BaseWeight, Form, PageKey, RecordingRow, RepackRecord,
    RepackedRecording, Sender, StoredChunk,
};
use crate::recordings::extent::Extent;
use crate::recordings::keyframes::Keyframes;
use crate::recordings::segment::{self, Bound, Lines};
use crate::recordings::site_keys::SiteKeys;
use crate::recordings::{RecordingError, page};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// What is being repacked.
pub(super) struct Turn {
    inner: Arc<Inner>,
    site: SiteId,
    keys: SiteKeys,
    /// How often something was removed before this began.
    removals: u64,
    shelves: Shelves,
    alike: Alike,
    bases: BTreeMap<PageKey, Option<BaseRow>>,
    weights: BTreeMap<BaseId, BaseWeight>,
    recordings: Vec<RepackedRecording>,
    report: RepackReport,
}

/// A recording while it is taken.
struct Taking {
    whose: Whose,
    sender: Sender,
    day_ms: i64,
    before: Vec<StoredChunk>,
    after: Vec<StoredChunk>,
    assets: BTreeSet<AssetHash>,
}

/// What is known of a window while its segments are written.
#[derive(Default)]
struct Window {
    keyframes: Keyframes,
    /// What its last snapshot was packed against: what comes after it resembles the page too.
    base: Option<BaseId>,
}

/// A segment while it grows.
struct Growing {
    extent: Extent,
    chunks: Vec<Vec<u8>>,
    /// What it was packed against before.
    base: Option<BaseId>,
    /// It begins with a chunk as it came, and no segment.
    is_new: bool,
}

impl Turn {
    pub(super) async fn begin(inner: Arc<Inner>, site: SiteId) -> Result<Self, StoreError> {
        let removals = inner.removals.load(Ordering::Acquire);
        let this = Arc::clone(&inner);
        let keys = blocking(move || Ok(SiteKeys::of_or_new(&this.keys, site)?)).await?;
        Ok(Self {
            site,
            removals,
            shelves: Shelves::new(Arc::clone(&inner), site),
            alike: Alike::new(keys.clone()),
            keys,
            bases: BTreeMap::new(),
            weights: BTreeMap::new(),
            recordings: Vec::new(),
            report: RepackReport::default(),
            inner,
        })
    }

    /// Bytes written so far.
    pub(super) fn bytes(&self) -> u64 {
        self.shelves.bytes()
    }

    /// Whether the packs are whole.
    pub(super) fn can_go_on(&self) -> bool {
        !self.shelves.is_broken()
    }

    /// Takes a recording in.
    ///
    /// # Errors
    /// When it cannot be read: the others are not touched by that. When it cannot be written.
    pub(super) async fn take(&mut self, row: &RecordingRow) -> Result<(), StoreError> {
        let Some(id) = row.id else { return Ok(()) };
        let mut taking = Taking {
            whose: Whose::of(self.site, row),
            sender: Sender {
                visitor: row.visitor,
                day: row.cookieless.then(|| row.started_ms.div_euclid(DAY_MS)),
            },
            day_ms: row.ended_ms.div_euclid(DAY_MS) * DAY_MS,
            before: Vec::new(),
            after: Vec::new(),
            assets: BTreeSet::new(),
        };
        let mut windows: BTreeMap<WindowId, Vec<StoredChunk>> = BTreeMap::new();
        for chunk in self.inner.catalog.chunks(self.site, row.session).await? {
            windows.entry(chunk.row.window).or_default().push(chunk);
        }
        let mut keeps = false;
        for chunks in windows.into_values() {
            if self.is_settled(&chunks).await? {
                keeps = true;
            } else {
                self.take_window(&mut taking, chunks).await?;
            }
        }
        let assets_of_kept = match keeps {
            true => self.inner.catalog.assets_of(id).await?,
            false => BTreeSet::new(),
        };
        let bytes = |chunks: &[StoredChunk]| -> u64 {
            let each = chunks.iter().map(|chunk| u64::from(chunk.place.bytes));
            each.sum()
        };
        self.report.recordings += 1;
        self.report.segments += taking.after.len() as u64;
        self.report.bytes_before += bytes(&taking.before);
        self.report.bytes_after += bytes(&taking.after);
        self.recordings.push(RepackedRecording {
            id,
            before: taking.before,
            after: taking.after,
            assets: taking.assets,
            assets_of_kept,
        });
        Ok(())
    }

    /// Whether nothing of a window would change: all of it is in segments, and no base of its page
    /// came since.
    async fn is_settled(&mut self, chunks: &[StoredChunk]) -> Result<bool, StoreError> {
        for chunk in chunks {
            if chunk.form == Form::Loose {
                return Ok(false);
            }
            if let Some(page) = page_of(chunk.viewport, &chunk.paths)
                && let Some(base) = self.base_of(&page).await?
                && chunk.base < Some(base.id)
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn take_window(
        &mut self,
        taking: &mut Taking,
        chunks: Vec<StoredChunk>,
    ) -> Result<(), StoreError> {
        let mut window = Window::default();
        let mut growing: Option<Growing> = None;
        for chunk in chunks {
            let (lines, lost) = self.inner.lines_of(&taking.whose, &chunk).await?;
            if lost > 0 {
                return Err(RecordingError::Incomplete { what: "an asset" }.into());
            }
            let bytes = lines.chunks.iter().map(Vec::len).sum();
            let next = Extent::of(&chunk, bytes);
            let (base, is_new) = (chunk.base, chunk.form == Form::Loose);
            taking.before.push(chunk);
            match &mut growing {
                Some(segment) if segment.extent.takes(&next) => {
                    segment.extent.add(&next);
                    segment.chunks.extend(lines.chunks);
                }
                _ => {
                    let new = Growing {
                        extent: next,
                        chunks: lines.chunks,
                        base,
                        is_new,
                    };
                    if let Some(full) = growing.replace(new) {
                        self.write(taking, full, &mut window).await?;
                    }
                }
            }
        }
        match growing {
            Some(last) => self.write(taking, last, &mut window).await,
            None => Ok(()),
        }
    }

    /// Writes a segment and what it brings of assets.
    async fn write(
        &mut self,
        taking: &mut Taking,
        segment: Growing,
        window: &mut Window,
    ) -> Result<(), StoreError> {
        let Growing {
            extent,
            chunks,
            base: before,
            is_new,
        } = segment;
        let names = *self.keys.names();
        let mut keyframes = std::mem::take(&mut window.keyframes);
        let (mut prepared, has_keyframe, keyframes) = blocking(move || {
            let keyframe = keyframes.before(&chunks);
            let has_keyframe = keyframe.is_some();
            let lines = Lines {
                keyframe: keyframe.unwrap_or_default(),
                chunks,
            };
            let prepared = segment::prepare(&lines, &names)?;
            Ok((prepared, has_keyframe, keyframes))
        })
        .await?;
        window.keyframes = keyframes;
        let viewport = match extent.row.snapshot {
            true => page::viewport_class(&prepared.taken),
            false => None,
        };
        let (present, before) = match page_of(viewport, &extent.paths) {
            Some(page) => (self.base_of(&page).await?, before),
            None if extent.row.snapshot => (None, None),
            None => (None, window.base),
        };
        let assets = std::mem::take(&mut prepared.assets);
        let named = self
            .alike
            .place(
                (&self.inner, &mut self.shelves),
                (&taking.whose, taking.sender, taking.day_ms),
                assets,
            )
            .await?;
        taking.assets.extend(named);
        let (bytes, base) = self
            .seal(
                &taking.whose,
                (&extent, prepared),
                (present, before, is_new),
            )
            .await?;
        if extent.row.snapshot {
            window.base = base;
        }
        let place = self.shelves.put(Shelf::Day(taking.day_ms), bytes).await?;
        let mut row = extent.row;
        row.keyframe = has_keyframe;
        row.stored_bytes = place.bytes;
        taking.after.push(StoredChunk {
            row,
            form: Form::Segment,
            paths: extent.paths,
            viewport,
            base,
            place,
        });
        Ok(())
    }

    /// Packs and encrypts: a snapshot against the page's present base, against the one of before,
    /// or alone, whatever is shortest; what follows a snapshot as that was.
    async fn seal(
        &mut self,
        whose: &Whose,
        (extent, prepared): (&Extent, segment::Prepared),
        (present, before, is_new): (Option<BaseRow>, Option<BaseId>, bool),
    ) -> Result<(Vec<u8>, Option<BaseId>), StoreError> {
        let bound = Bound {
            site: whose.site,
            session: whose.session,
            window: extent.row.window,
            sequence: extent.row.sequence,
            last_sequence: extent.row.last_sequence,
            base: 0,
        };
        let mut bases = Vec::new();
        if let Some(present) = present {
            let known = self.weights.get(&present.id).copied();
            let weight = known.unwrap_or(present.weight);
            let bytes = self.inner.base(self.site, present.id).await?;
            bases.push((present.id, bytes, Some(weight)));
        }
        if let Some(before) = before
            && bases.iter().all(|(known, ..)| *known != before)
        {
            let bytes = self.inner.base(self.site, before).await?;
            bases.push((before, bytes, None));
        }
        let key = self.inner.keys.key(whose.owner);
        let key = key.ok_or(RecordingError::NoKey)?;
        let (inner, starts) = (Arc::clone(&self.inner), extent.row.snapshot);
        let (bytes, used, weighed) = blocking(move || {
            let randomness = &*inner.config.randomness;
            let (mut weighed, mut shortest) = (None, None);
            let mut hopeful = !starts && !bases.is_empty();
            for (id, base, weight) in bases {
                let with_base = Bound {
                    base: id.0,
                    ..bound
                };
                let sealed = prepared.seal((&with_base, Some(&base)), &key, randomness)?;
                if let Some(weight) = weight {
                    let weight = weight.with(&prepared.taken, &base)?;
                    hopeful = weight.is_hopeful(base.len());
                    weighed = Some((id, weight));
                }
                shorter(&mut shortest, (sealed, Some(id)));
            }
            if !hopeful {
                let alone = prepared.seal((&bound, None), &key, randomness)?;
                shorter(&mut shortest, (alone, None));
            }
            let (bytes, used) = shortest.expect("without a base it was packed alone");
            Ok((bytes, used, weighed))
        })
        .await?;
        // One that was packed against this base before has been weighed against it.
        let is_first = |(id, _): &(BaseId, BaseWeight)| is_new || before != Some(*id);
        self.weights.extend(weighed.filter(is_first));
        Ok((bytes, used))
    }

    /// The present base of a page: of its class of viewports, or of all.
    async fn base_of(&mut self, page: &PageKey) -> Result<Option<BaseRow>, StoreError> {
        if let Some(of_class) = self.exact_base_of(page).await? {
            return Ok(Some(of_class));
        }
        let all = PageKey {
            path: page.path.clone(),
            viewport: None,
        };
        self.exact_base_of(&all).await
    }

    async fn exact_base_of(&mut self, page: &PageKey) -> Result<Option<BaseRow>, StoreError> {
        if let Some(known) = self.bases.get(page) {
            return Ok(known.clone());
        }
        let base = self.inner.catalog.base_of_page(self.site, page).await?;
        self.bases.insert(page.clone(), base.clone());
        Ok(base)
    }

    /// Writes everything down. Gives what was done, and the pages whose snapshots were seen.
    /// Nothing is done when something that this rests on is not there any more.
    pub(super) async fn commit(self) -> Result<(RepackReport, BTreeSet<PageKey>), StoreError> {
        let nothing = || (RepackReport::default(), BTreeSet::new());
        if self.recordings.is_empty() {
            return Ok(nothing());
        }
        let mut report = self.report;
        report.asset_bytes = self.alike.bytes;
        report.assets_shared = self.alike.shared;
        let (packs, files) = self.shelves.finish().await?;
        let (assets, known_assets) = self.alike.finish();
        let record = RepackRecord {
            site: self.site,
            packs,
            recordings: self.recordings,
            assets,
            known_assets,
            bases: self.weights.into_iter().collect(),
        };
        let _work = self.inner.work.lock().await;
        if self.inner.removals.load(Ordering::Acquire) != self.removals {
            return Ok(nothing());
        }
        let change = self.inner.sheets_change(self.site);
        let repacked = self.inner.catalog.repack(&record).await;
        drop(change);
        match repacked {
            Ok(Some(gone)) => {
                files.keep();
                self.inner.delete_packs(gone).await?;
                let pages = self.bases.into_keys();
                let pages = pages.filter(|page| page.viewport.is_some());
                Ok((report, pages.collect()))
            }
            Ok(None) => Ok(nothing()),
            Err(error) => {
                // The transaction may be in force all the same, and then its files must stay; if
                // it is not, they are orphans and go at the next start.
                files.keep();
                Err(error.into())
            }
        }
    }
}

/// Keeps the shorter of two packed forms.
fn shorter(known: &mut Option<(Vec<u8>, Option<BaseId>)>, other: (Vec<u8>, Option<BaseId>)) {
    if known
        .as_ref()
        .is_none_or(|(bytes, _)| other.0.len() < bytes.len())
    {
        *known = Some(other);
    }
}

/// The page that a segment begins with a snapshot of.
fn page_of(viewport: Option<u8>, paths: &str) -> Option<PageKey> {
    Some(PageKey {
        path: paths.lines().next().unwrap_or_default().to_owned(),
        viewport: Some(viewport?),
    })
}
