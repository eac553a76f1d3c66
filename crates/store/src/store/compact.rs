//! Compaction: parts of one week and shard become fewer and larger, and visitors whose person
//! changed come to stand where they belong. Answers do not change.
//!
//! Sizes are tiered: the smallest parts are merged once a few of similar size have gathered, so
//! that a row is rewritten as many times as the size has powers, not as there are seals; a week
//! that is over is merged as far as the limit of a part allows. Everything streams: no more than
//! a batch of each part and the moved rows are in memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use hitmetrix_model::{PersonKey, SiteId, VisitorId, limits};

use super::{Inner, Store, StoreError, blocking};
use crate::StoredEvent;
use crate::catalog::PartsChange;
use crate::lanes::{AskedColumns, SHARDS, shard_of};
use crate::parts::{Part, PartError, PartWriter, WrittenPart};
use crate::paths::PartName;
use crate::snapshot::Move;
use crate::state::{read, write};

/// Parts of similar size that are merged.
const TIER_PARTS: usize = 4;
/// Parts that are merged at once.
const MERGE_PARTS: usize = 32;
/// A week this long over gets few further events.
const SETTLED_AFTER_MS: i64 = 24 * 3600 * 1000;

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompactReport {
    /// Parts that went.
    pub parts_merged: u64,
    /// Parts that came.
    pub parts_made: u64,
    /// Events in the latter.
    pub events: u64,
}

/// Parts of one week and shard, to become one.
pub(super) struct Task {
    pub(super) site: SiteId,
    pub(super) week_ms: i64,
    pub(super) shard: u16,
    pub(super) parts: Vec<Arc<Part>>,
    /// Visitors that moved since each part was sorted.
    pub(super) moves: Vec<Arc<Vec<Move>>>,
    pub(super) identity_version: u64,
    /// Columns whose lanes the new parts are written with.
    pub(super) asked: Arc<AskedColumns>,
    /// Visitors whose events go, up to the receipt that stands here, UTC milliseconds.
    pub(super) gone: Arc<HashMap<VisitorId, i64>>,
}

impl Task {
    fn is_gone(&self, row: &StoredEvent) -> bool {
        is_gone(&self.gone, row)
    }

    /// The rows without those that go.
    fn staying(
        &self,
        rows: impl Iterator<Item = Result<StoredEvent, PartError>> + 'static,
    ) -> Rows {
        if self.gone.is_empty() {
            return Box::new(rows);
        }
        let gone = Arc::clone(&self.gone);
        Box::new(rows.filter(move |row| row.as_ref().map_or(true, |row| !is_gone(&gone, row))))
    }
}

fn is_gone(gone: &HashMap<VisitorId, i64>, row: &StoredEvent) -> bool {
    let until_ms = gone.get(&row.sender.visitor);
    until_ms.is_some_and(|until_ms| row.received_at_ms <= *until_ms)
}

impl Store {
    /// Merges parts until none is worth it. Seals may come in between.
    ///
    /// # Errors
    /// When a part cannot be read or written; what was done before stays.
    pub async fn compact(&self) -> Result<CompactReport, StoreError> {
        let mut report = CompactReport::default();
        let mut failed = HashSet::new();
        loop {
            let _work = self.inner.work.lock().await;
            let inner = Arc::clone(&self.inner);
            let skipped = failed.clone();
            let Some(task) = blocking(move || Ok(inner.next_task(&skipped))).await? else {
                return Ok(report);
            };
            let group = (task.site, task.week_ms, task.shard);
            let merged = task.parts.len() as u64;
            match self.inner.merge(task).await {
                Ok(made) => {
                    report.parts_merged += merged;
                    report.parts_made += made.len() as u64;
                    report.events += made.iter().map(|part| part.row().rows).sum::<u64>();
                }
                Err(StoreError::Part(error)) => {
                    // A broken part must not keep the others from being merged.
                    tracing::error!(%error, "parts cannot be merged");
                    failed.insert(group);
                }
                Err(error) => return Err(error),
            }
        }
    }
}

impl Inner {
    /// The next thing worth doing, but not in the groups of `skipped`.
    fn next_task(&self, skipped: &HashSet<(SiteId, i64, u16)>) -> Option<Task> {
        let now_ms = self.config.clock.now_ms();
        let mut groups: BTreeMap<(SiteId, i64, u16), Vec<Arc<Part>>> = BTreeMap::new();
        let identity_version = {
            let state = read(&self.state);
            for part in state.sites.values().flat_map(|site| site.parts.iter()) {
                let row = part.row();
                let group = (row.site, row.week_ms, row.shard);
                groups.entry(group).or_default().push(Arc::clone(part));
            }
            state.identities_at(state.covered)
        };
        for (group, mut parts) in groups {
            if skipped.contains(&group) {
                continue;
            }
            parts.sort_by_key(|part| (part.row().rows, part.row().id));
            let is_over = group.1 + limits::PART_SPAN_MS + SETTLED_AFTER_MS < now_ms;
            let rows: Vec<u64> = parts.iter().map(|part| part.row().rows).collect();
            let mut chosen = worth_merging(&rows, self.config.part_rows, is_over);
            let moves: Vec<Arc<Vec<Move>>> = parts
                .iter()
                .map(|part| self.moves_of(part, identity_version))
                .collect();
            if chosen == 0 {
                let moved = moves.iter().position(|moves| !moves.is_empty());
                let Some(moved) = moved else { continue };
                parts.swap(0, moved);
                chosen = 1;
            }
            parts.truncate(chosen);
            let moves = parts
                .iter()
                .map(|part| self.moves_of(part, identity_version))
                .collect();
            let (site, week_ms, shard) = group;
            return Some(Task {
                site,
                week_ms,
                shard,
                parts,
                moves,
                identity_version,
                asked: self.asked_of(site),
                gone: Arc::default(),
            });
        }
        None
    }

    fn moves_of(&self, part: &Part, version: u64) -> Arc<Vec<Move>> {
        let ledger = read(&self.state)
            .sites
            .get(&part.site())
            .map(|site| Arc::clone(&site.ledger));
        let Some(ledger) = ledger else {
            return Arc::default();
        };
        // Most often nobody moved, and then no lane needs to be looked at.
        if read(&ledger)
            .moves(part.row().identity_version, version, |_| true)
            .is_empty()
        {
            return Arc::default();
        }
        // A part whose lanes cannot be had is found out when it is merged.
        let Ok(run) = part.run() else {
            return Arc::default();
        };
        part.moves(version, |since| {
            read(&ledger).moves(since, version, |visitor| run.has_visitor(visitor))
        })
    }

    async fn merge(self: &Arc<Self>, task: Task) -> Result<Vec<Arc<Part>>, StoreError> {
        let (site, week_ms, version) = (task.site, task.week_ms, task.identity_version);
        let removed: Vec<u128> = task.parts.iter().map(|part| part.row().id).collect();
        let old = task.parts.clone();
        let written = blocking(move || Ok(written(&task)?)).await?;
        let mut made = Vec::new();
        for part in written {
            let shard = part.run.shard();
            let name = PartName {
                id: self.random_id(),
                site,
                week_ms,
                shard,
            };
            made.push(self.put_part(name, version, part).await?);
        }
        self.exchange_parts(site, &made, &removed).await?;
        self.bury(&old);
        Ok(made)
    }

    /// Commits an exchange of parts and swaps them. The caller holds `work`, and buries the old
    /// parts.
    pub(super) async fn exchange_parts(
        &self,
        site: SiteId,
        added: &[Arc<Part>],
        removed: &[u128],
    ) -> Result<(), StoreError> {
        let change = PartsChange {
            added: added.iter().map(|part| part.row().clone()).collect(),
            removed: removed.to_vec(),
            ..PartsChange::default()
        };
        let version = self.commit_exchange(&change, added).await?;
        added.iter().for_each(|part| part.name());
        let mut state = write(&self.state);
        state.exchange(site, added.to_vec(), removed);
        state.version = version;
        Ok(())
    }
}

impl Inner {
    /// Commits an exchange of parts; returns the new version. The caller holds `work`, and swaps.
    pub(super) async fn commit_exchange(
        &self,
        change: &PartsChange,
        added: &[Arc<Part>],
    ) -> Result<u64, StoreError> {
        let before = read(&self.state).version;
        let version = match self.catalog.exchange(change, before).await {
            Ok(version) => version,
            // A commit that failed may be on disk all the same; then its files must not go.
            Err(error) => match self.catalog.state().await {
                Ok(state) if state.version > before => state.version,
                _ => {
                    self.keep_unsure(added);
                    return Err(error.into());
                }
            },
        };
        self.drop_unsure();
        Ok(version)
    }
}

/// How many of the smallest parts, by ascending rows, are worth merging; zero when none are.
fn worth_merging(rows: &[u64], part_rows: u64, is_over: bool) -> usize {
    let (mut sum, mut count) = (0, 0);
    for &next in rows.iter().take(MERGE_PARTS) {
        let similar = is_over || count == 0 || next <= sum.max(1) * 2;
        if !similar || sum + next > part_rows {
            break;
        }
        sum += next;
        count += 1;
    }
    let enough = if is_over { 2 } else { TIER_PARTS };
    if count >= enough { count } else { 0 }
}

type Rows = Box<dyn Iterator<Item = Result<StoredEvent, PartError>>>;

/// The rows of a task as parts, one for each shard that gets any.
pub(super) fn written(task: &Task) -> Result<Vec<WrittenPart>, PartError> {
    let mut moved: Vec<Vec<StoredEvent>> = (0..SHARDS).map(|_| Vec::new()).collect();
    let mut sources: Vec<Rows> = Vec::new();
    for (part, moves) in task.parts.iter().zip(&task.moves) {
        if moves.is_empty() {
            sources.push(task.staying(part.rows()?));
            continue;
        }
        let persons: BTreeMap<u128, PersonKey> = moves
            .iter()
            .map(|moved| (moved.visitor.0, moved.to))
            .collect();
        for row in part.some_rows(&rows_of(part, &persons)?)? {
            let mut row = row?;
            if task.is_gone(&row) {
                continue;
            }
            row.person = persons[&row.sender.visitor.0];
            moved[usize::from(shard_of(row.person))].push(row);
        }
        sources.push(Box::new(task.staying(part.rows()?).filter(move |row| {
            row.as_ref()
                .map_or(true, |row| !persons.contains_key(&row.sender.visitor.0))
        })));
    }
    for rows in &mut moved {
        rows.sort_by(StoredEvent::order);
    }
    let staying = std::mem::take(&mut moved[usize::from(task.shard)]);
    sources.push(Box::new(staying.into_iter().map(Ok)));
    let mut written = vec![merge_sorted(task, task.shard, sources)?];
    for (shard, rows) in (0..SHARDS).zip(moved) {
        let rows: Rows = Box::new(rows.into_iter().map(Ok));
        written.push(merge_sorted(task, shard, vec![rows])?);
    }
    written.retain(|part| !part.run.is_empty());
    Ok(written)
}

/// Numbers of the rows of some visitors.
fn rows_of(part: &Part, visitors: &BTreeMap<u128, PersonKey>) -> Result<Vec<usize>, PartError> {
    let run = part.run()?;
    let column = run.visitors()?;
    let wanted: HashSet<u32> = (0u32..)
        .zip(column.ids)
        .filter(|(_, id)| visitors.contains_key(id))
        .map(|(code, _)| code)
        .collect();
    Ok((0..run.len())
        .filter(|&row| wanted.contains(&column.codes.get(row)))
        .collect())
}

fn merge_sorted(task: &Task, shard: u16, mut sources: Vec<Rows>) -> Result<WrittenPart, PartError> {
    let writer = PartWriter::new(shard, task.identity_version)?;
    let mut writer = writer.making(Arc::clone(&task.asked));
    let mut heads: Vec<Option<StoredEvent>> = Vec::with_capacity(sources.len());
    for source in &mut sources {
        heads.push(source.next().transpose()?);
    }
    loop {
        let first = heads
            .iter()
            .enumerate()
            .filter_map(|(source, head)| Some((head.as_ref()?.by_ref().order_key(), source)))
            .min();
        let Some((_, source)) = first else { break };
        if let Some(row) = heads[source].take() {
            writer.push(row.by_ref())?;
        }
        heads[source] = sources[source].next().transpose()?;
    }
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::worth_merging;

    #[test]
    fn few_parts_of_similar_size_are_merged() {
        let check = |rows: &[u64], is_over, expected| {
            assert_eq!(worth_merging(rows, 1000, is_over), expected, "{rows:?}");
        };
        check(&[10, 10, 10], false, 0);
        check(&[10, 10, 10, 10], false, 4);
        check(&[10, 10, 10, 10, 500], false, 4);
        check(&[10, 10, 10, 10, 70], false, 5);
        check(&[1, 500, 500], false, 0);
        check(&[400, 400, 400, 400], false, 0);
        check(&[10, 900], true, 2);
        check(&[10, 995], true, 0);
        check(&[10], true, 0);
    }
}
