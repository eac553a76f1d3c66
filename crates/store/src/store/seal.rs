//! Sealing: a prefix of the log, all sites, shards and chunks, becomes parts and packs.
//!
//! Pin the log's end; write parts and packs of everything before it; name them, with all that
//! depends on the position, in one transaction; swap the state; cut the log. A failure before
//! the transaction leaves files that nobody names, and the tail as it was.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use hitmetrix_model::{LogPosition, SiteId};
use tokio::task::JoinSet;

use super::packs::NewPacks;
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::{LedgerRow, NewPack, PackedChunk, PartRow, Place, SealRecord};
use crate::identities::Ledger;
use crate::lanes::{AskedColumns, shard_of};
use crate::log::Pin;
use crate::parts::{Part, PartWriter, WrittenPart};
use crate::paths::{PartName, pack_name, week_of};
use crate::recordings::pack;
use crate::state::{BatchBlock, BatchList, TailBatch, TailChunk, lost_bucket, read, write};
use crate::stored_event::{EventRef, sort};

/// Width of a pack's period: retention then deletes whole packs.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// What a seal did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SealReport {
    /// Events that are in parts now.
    pub events: u64,
    /// Chunks that are in packs now.
    pub chunks: u64,
    /// New parts.
    pub parts: u64,
    /// Bytes that left the log.
    pub log_bytes_freed: u64,
}

/// The tail of one site, up to a pin.
struct SiteTail {
    site: SiteId,
    batches: BatchBlock,
    chunks: Vec<TailChunk>,
    ledger: Arc<RwLock<Ledger>>,
}

impl Store {
    /// Turns what is in the log now into parts and packs. Nothing happens when it is empty.
    ///
    /// # Errors
    /// When parts, packs or the catalog could not be written; the tail is then as it was.
    pub async fn seal(&self) -> Result<SealReport, StoreError> {
        let _work = self.inner.work.lock().await;
        self.inner.seal().await
    }
}

impl Inner {
    /// Seals; the caller holds `work`.
    pub(super) async fn seal(self: &Arc<Self>) -> Result<SealReport, StoreError> {
        let now_ms = self.config.clock.now_ms();
        let pin = self.log.pin(now_ms).await?;
        let tails = self.tails_before(pin.position);
        if tails.is_empty() && pin.position == read(&self.state).covered {
            return Ok(SealReport::default());
        }
        let mut record = self.record_of(&pin, &tails);
        let mut parts = Vec::new();
        let mut packs = Vec::new();
        let mut report = SealReport::default();
        for tail in tails {
            report.events += tail
                .batches
                .iter()
                .map(|b| b.batch.events.len() as u64)
                .sum::<u64>();
            report.chunks += tail.chunks.len() as u64;
            let (new, chunks, written) = self.write_packs(tail.chunks.clone()).await?;
            record.packs.extend(new);
            record.chunks.extend(chunks);
            packs.push(written);
            parts.extend(self.write_parts(tail, record.identity_version).await?);
        }
        report.parts = parts.len() as u64;
        record.parts = parts.iter().map(|part| part.row().clone()).collect();
        // From here on the transaction may be in force, whatever is heard of it.
        packs.into_iter().for_each(NewPacks::keep);
        let version = self.commit_seal(&record, &parts).await?;
        let gone = self.swap(version, parts, pin.position);
        // Freeing a quarter of a million events takes a while.
        drop(tokio::task::spawn_blocking(move || drop(gone)));
        report.log_bytes_freed = self.log.cut(pin).await?;
        tracing::info!(
            events = report.events,
            chunks = report.chunks,
            parts = report.parts,
            "log sealed"
        );
        Ok(report)
    }

    /// Everything of the tail that ends at `position` or before.
    fn tails_before(&self, position: LogPosition) -> Vec<SiteTail> {
        let state = read(&self.state);
        let mut tails = Vec::new();
        for (site, data) in &state.sites {
            let count = data.batches.count_until(position);
            let batches: Vec<Arc<TailBatch>> = data.batches.iter().take(count).cloned().collect();
            let chunks: Vec<TailChunk> = data
                .chunks
                .iter()
                .filter(|chunk| chunk.to <= position)
                .cloned()
                .collect();
            if !batches.is_empty() || !chunks.is_empty() {
                tails.push(SiteTail {
                    site: *site,
                    batches: Arc::new(batches),
                    chunks,
                    ledger: Arc::clone(&data.ledger),
                });
            }
        }
        tails.sort_by_key(|tail| tail.site);
        tails
    }

    /// What the transaction will say, but for parts and chunks.
    fn record_of(&self, pin: &Pin, tails: &[SiteTail]) -> SealRecord {
        let mut identities: Vec<LedgerRow> = Vec::new();
        let mut lost: BTreeMap<(SiteId, i64), u64> = BTreeMap::new();
        for tail in tails {
            for batch in tail.batches.iter() {
                identities.extend(batch.identities.iter().cloned());
                if batch.batch.lost > 0 {
                    let bucket = lost_bucket(batch.batch.received_at_ms);
                    *lost.entry((tail.site, bucket)).or_default() += u64::from(batch.batch.lost);
                }
            }
        }
        identities.sort_by_key(|entry| entry.version);
        let identity_version = read(&self.state).identities_at(pin.position);
        SealRecord {
            covered: pin.position,
            parts: Vec::new(),
            windows: pin.windows.clone(),
            sessions: pin.sessions.clone(),
            forget_before_ms: pin.forget_before_ms,
            identity_version,
            identities,
            lost: lost
                .into_iter()
                .map(|((site, bucket), count)| (site, bucket, count))
                .collect(),
            packs: Vec::new(),
            chunks: Vec::new(),
        }
    }

    async fn write_packs(
        self: &Arc<Self>,
        chunks: Vec<TailChunk>,
    ) -> Result<(Vec<NewPack>, Vec<PackedChunk>, NewPacks), StoreError> {
        let mut written = NewPacks {
            inner: Arc::clone(self),
            names: Vec::new(),
        };
        if chunks.is_empty() {
            return Ok((Vec::new(), Vec::new(), written));
        }
        let this = Arc::clone(self);
        blocking(move || {
            let mut days: BTreeMap<i64, Vec<TailChunk>> = BTreeMap::new();
            for chunk in chunks {
                days.entry(chunk.facts.last_ms.div_euclid(DAY_MS) * DAY_MS)
                    .or_default()
                    .push(chunk);
            }
            let (mut new, mut packed) = (Vec::new(), Vec::new());
            for (day_ms, chunks) in days {
                let site = chunks[0].facts.site;
                let name = pack_name(site, day_ms, this.random_id());
                written.names.push(name.clone());
                let disk = Arc::clone(&this.disk);
                let mut writer = pack::Writer::new(disk, &this.paths.pack(&name))?;
                for chunk in chunks {
                    let entry = writer.add(&this.log.read_chunk(chunk.from)?)?;
                    packed.push(PackedChunk {
                        facts: chunk.facts,
                        place: Place {
                            pack: name.clone(),
                            offset: entry.offset,
                            bytes: entry.bytes,
                        },
                    });
                }
                let bytes = writer.finish()?.bytes;
                new.push(NewPack { site, name, bytes });
            }
            Ok((new, packed, written))
        })
        .await
    }

    /// The parts of one site's tail, one for each week and shard, on disk and not yet named. As
    /// many are written at once as there are cores.
    async fn write_parts(
        self: &Arc<Self>,
        tail: SiteTail,
        identity_version: u64,
    ) -> Result<Vec<Arc<Part>>, StoreError> {
        let tail = Arc::new(tail);
        let (this, grouped) = (Arc::clone(self), Arc::clone(&tail));
        let look = move || {
            Ok((
                this.asked_of(grouped.site),
                grouped.groups(identity_version),
            ))
        };
        let (asked, groups) = blocking(look).await?;
        let mut groups = groups.into_iter();
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut writing = JoinSet::new();
        let (mut parts, mut failed) = (Vec::new(), None);
        loop {
            while writing.len() < cores && failed.is_none() {
                let Some(((week_ms, shard), events)) = groups.next() else {
                    break;
                };
                let name = PartName {
                    id: self.random_id(),
                    site: tail.site,
                    week_ms,
                    shard,
                };
                let (this, tail) = (Arc::clone(self), Arc::clone(&tail));
                let asked = Arc::clone(&asked);
                writing.spawn(async move {
                    let write = move || tail.part((shard, identity_version), &events, asked);
                    let written = blocking(write).await?;
                    this.put_part(name, identity_version, written).await
                });
            }
            // All are waited for, also after a failure: none may go on writing behind it.
            match writing.join_next().await {
                None => break,
                Some(Ok(Ok(part))) => parts.push(part),
                Some(Ok(Err(error))) => failed = Some(error),
                Some(Err(_)) => failed = Some(StoreError::Stopped),
            }
        }
        failed.map_or(Ok(parts), Err)
    }

    /// Puts a part on disk, with its lanes. Nobody names it yet: it is deleted when it is dropped
    /// before [`Part::name`] was called.
    pub(super) async fn put_part(
        self: &Arc<Self>,
        name: PartName,
        identity_version: u64,
        mut written: WrittenPart,
    ) -> Result<Arc<Part>, StoreError> {
        let this = Arc::clone(self);
        let (part, file, written) = blocking(move || {
            let (first_ms, last_ms) = written.run.span_ms();
            let file = std::mem::take(&mut written.file);
            let row = PartRow {
                id: name.id,
                site: name.site,
                week_ms: name.week_ms,
                shard: name.shard,
                rows: written.run.len() as u64,
                bytes: file.len() as u64,
                first_ms,
                last_ms,
                external_ids: written.external_ids.len() as u64,
                identity_version,
                created_at_ms: this.config.clock.now_ms(),
                checksum: *blake3::hash(&file).as_bytes(),
                block_checksums: crate::parts::block_checksums(&file),
            };
            Ok((Arc::new(Part::new(row, &this.paths)), file, written))
        })
        .await?;
        part.bury();
        self.files.put(&name, file).await?;
        let lanes_of = Arc::clone(&part);
        blocking(move || {
            if let Err(error) = lanes_of.write_lanes(&written) {
                tracing::warn!(%error, "lanes not written; they are made when they are asked for");
            }
            Ok(())
        })
        .await?;
        Ok(part)
    }

    /// Commits, and finds out what became of a commit that failed: it may be on disk all the
    /// same, and then its files must not go.
    async fn commit_seal(
        &self,
        record: &SealRecord,
        parts: &[Arc<Part>],
    ) -> Result<u64, StoreError> {
        let before = read(&self.state).version;
        let failed = match self.catalog.seal(record, before).await {
            Ok(version) => return Ok(version),
            Err(error) => error,
        };
        match self.catalog.state().await {
            Ok(state) if state.covered == record.covered && state.version > before => {
                Ok(state.version)
            }
            _ => {
                self.keep_unsure(parts);
                Err(failed.into())
            }
        }
    }

    /// Names the parts and cuts the tail, which comes back.
    fn swap(&self, version: u64, parts: Vec<Arc<Part>>, covered: LogPosition) -> Vec<BatchList> {
        self.drop_unsure();
        let mut of_site: BTreeMap<SiteId, Vec<Arc<Part>>> = BTreeMap::new();
        for part in parts {
            part.name();
            of_site.entry(part.site()).or_default().push(part);
        }
        let mut state = write(&self.state);
        for (site, parts) in of_site {
            state.exchange(site, parts, &[]);
        }
        state.version = version;
        state.cut_tail(covered)
    }
}

impl SiteTail {
    /// Places of the events of each week and shard: batch and index.
    fn groups(&self, identity_version: u64) -> BTreeMap<(i64, u16), Vec<(u32, u32)>> {
        let mut groups: BTreeMap<(i64, u16), Vec<(u32, u32)>> = BTreeMap::new();
        for (at, batch) in self.batches.iter().enumerate() {
            for (index, event) in batch.batch.events.iter().enumerate() {
                let visitor = batch.batch.senders[event.sender as usize].visitor;
                let shard = shard_of(read(&self.ledger).person_at(visitor, identity_version));
                let group = groups.entry((week_of(event.time_ms), shard)).or_default();
                group.push((at as u32, index as u32));
            }
        }
        groups
    }

    /// One group as a part.
    fn part(
        &self,
        (shard, identity_version): (u16, u64),
        events: &[(u32, u32)],
        asked: Arc<AskedColumns>,
    ) -> Result<WrittenPart, StoreError> {
        let person = |visitor| read(&self.ledger).person_at(visitor, identity_version);
        let row =
            |&(at, index): &(u32, u32)| self.batches[at as usize].event_ref(index as usize, person);
        let mut rows: Vec<EventRef<'_>> = events.iter().map(row).collect();
        sort(&mut rows);
        let mut writer = PartWriter::new(shard, identity_version)?.making(asked);
        for row in rows {
            writer.push(row)?;
        }
        Ok(writer.finish()?)
    }
}
