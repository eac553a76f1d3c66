//! What a question reads: the runs of one site, pinned at one data version.
//!
//! A snapshot never changes. It holds the parts' files, so that compaction may replace them
//! meanwhile; they go when the last snapshot lets go of them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use hitmetrix_model::{DataVersion, Event, PersonKey, Sender, SiteId, VisitorId};

use crate::fold::TailRun;
use crate::identities::Ledger;
use crate::lanes::{
    PersonCache, PropertiesLeftOut, PropertyKinds, PropertySeen, Run, ShardPersons,
};
use crate::parts::{Part, PartError};
use crate::state::{BatchList, SharedState, locked, read};

/// A visitor whose person has changed since a run was sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// The visitor whose rows belong elsewhere.
    pub visitor: VisitorId,
    /// The person under whom the run has them.
    pub from: PersonKey,
    /// The person to whom they belong.
    pub to: PersonKey,
}

/// Reports of lost events and chunks, by quarter hour of receipt.
pub(crate) type LostCounts = BTreeMap<i64, u64>;

/// Width of the buckets in which lost events are kept.
pub(crate) const LOST_BUCKET_MS: i64 = 15 * 60 * 1000;

/// Runs of a tail, each with the moves since it was made.
type TailRuns = Vec<(TailRun, Vec<Move>)>;

/// One site's events at one data version.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The site.
    pub site: SiteId,
    /// What an answer from this snapshot names.
    pub version: DataVersion,
    /// The runs: parts and the unsealed tail, in no particular order.
    pub runs: Vec<Arc<Run>>,
    /// What could not be read, in words; empty when nothing is missing.
    pub missing: Vec<String>,
    moves: Vec<Arc<Vec<Move>>>,
    lost: Arc<LostCounts>,
    /// The parts behind the first runs, and those that cannot be read.
    pub(crate) parts: Vec<Arc<Part>>,
    /// The unsealed batches.
    pub(crate) batches: BatchList,
    ledger: Arc<RwLock<Ledger>>,
    /// Ids of the parts behind the first runs, in their order.
    part_ids: Vec<u128>,
    persons: Arc<PersonCache>,
}

impl Snapshot {
    /// A snapshot of runs in memory, at version zero, without moves and losses: for folds that
    /// are tried without a store.
    #[must_use]
    pub fn of_runs(site: SiteId, runs: Vec<Arc<Run>>) -> Self {
        let moves = runs.iter().map(|_| Arc::default()).collect();
        Self {
            site,
            version: DataVersion::default(),
            runs,
            missing: Vec::new(),
            moves,
            lost: Arc::default(),
            parts: Vec::new(),
            batches: BatchList::default(),
            ledger: Arc::default(),
            part_ids: Vec::new(),
            persons: Arc::default(),
        }
    }

    /// The same with the first `count` runs taken for parts: what is kept of parts beyond a
    /// question is kept of them.
    #[must_use]
    pub fn with_parts(mut self, count: usize) -> Self {
        self.part_ids = (1..=count.min(self.runs.len()) as u128).collect();
        self
    }

    /// Whether a run is that of a part, and not of the unsealed tail.
    #[must_use]
    pub fn is_of_part(&self, run: usize) -> bool {
        run < self.part_ids.len()
    }

    /// The id of the part behind a run; none of the unsealed tail.
    #[must_use]
    pub fn part_id(&self, run: usize) -> Option<u128> {
        self.part_ids.get(run).copied()
    }

    /// Pins the present version of a site.
    pub(crate) fn take(shared: &SharedState, site: SiteId) -> Self {
        let Some((mut snapshot, tail)) = Self::without_parts(shared, site) else {
            let mut empty = Self::of_runs(site, Vec::new());
            empty.version.catalog = read(shared).version;
            return empty;
        };
        snapshot.add_parts();
        for (tail, moves) in tail {
            snapshot.runs.push(tail.run);
            snapshot.moves.push(Arc::new(moves));
        }
        snapshot
    }

    /// Whole events of the last `batches_max` batches that are in no part yet, in the order of
    /// their receipt: for what runs have no lane for.
    pub fn unsealed(&self, batches_max: usize) -> impl Iterator<Item = (&Sender, &Event)> {
        let first = self.batches.len().saturating_sub(batches_max);
        self.batches.from(first).flat_map(|batch| {
            let sender = |event: &Event| &batch.batch.senders[event.sender as usize];
            batch
                .batch
                .events
                .iter()
                .map(move |event| (sender(event), event))
        })
    }

    /// Folds what came to a site's tail since the last time.
    pub(crate) fn fold_tail(shared: &SharedState, site: SiteId) {
        drop(Self::without_parts(shared, site));
    }

    /// The pinned version and the runs of its tail; none when there is no such site.
    fn without_parts(shared: &SharedState, site: SiteId) -> Option<(Self, TailRuns)> {
        let folded = Arc::clone(&read(shared).sites.get(&site)?.folded);
        // Held while the version is pinned, so that versions come to the runs in order.
        let mut folded = locked(&folded);
        let (snapshot, pending) = {
            let state = read(shared);
            let data = state.sites.get(&site)?;
            let pending = folded.pending(state.covered, &data.batches);
            let last = data.batches.last().map_or(state.covered, |batch| batch.to);
            let mut snapshot = Self::of_runs(site, Vec::new());
            snapshot.version = DataVersion {
                catalog: state.version,
                log: last.max(state.covered),
                identities: state.identity_version,
            };
            snapshot.lost = Arc::clone(&data.lost);
            snapshot.parts = data.parts.to_vec();
            snapshot.batches = data.batches.clone();
            snapshot.ledger = Arc::clone(&data.ledger);
            snapshot.persons = Arc::clone(&data.persons);
            (snapshot, pending)
        };
        let tail = folded.fold(&pending, &snapshot.ledger, snapshot.version.identities);
        Some((snapshot, tail))
    }

    fn add_parts(&mut self) {
        let ledger = Arc::clone(&self.ledger);
        let version = self.version.identities;
        map_runs(&self.parts);
        for part in &self.parts {
            let run = match part.run() {
                Ok(run) => run,
                Err(error) => {
                    self.missing.push(lacking(part, &error));
                    continue;
                }
            };
            let moves = part.moves(version, |since| {
                read(&ledger).moves(since, version, |visitor| run.has_visitor(visitor))
            });
            self.runs.push(run);
            self.moves.push(moves);
            self.part_ids.push(part.row().id);
        }
    }

    /// The properties that the site's events have, by name, over all runs. Runs that cannot be
    /// read are skipped. The first call after a part was made goes through its properties.
    #[must_use]
    pub fn properties(&self) -> Vec<PropertySeen> {
        let mut known: BTreeMap<&str, (u64, PropertyKinds)> = BTreeMap::new();
        for run in &self.runs {
            for seen in run.property_names().unwrap_or_default() {
                let (rows, kinds) = known.entry(&seen.name).or_default();
                *rows += seen.rows;
                *kinds = kinds.or(seen.kinds);
            }
        }
        let seen = known.into_iter().map(|(name, (rows, kinds))| PropertySeen {
            name: name.to_owned(),
            rows,
            kinds,
        });
        seen.collect()
    }

    /// What the limit on names has left out of [`Self::properties`], over all runs.
    #[must_use]
    pub fn properties_left_out(&self) -> PropertiesLeftOut {
        let mut left_out = PropertiesLeftOut::default();
        for run in &self.runs {
            left_out.add(run.properties_left_out().unwrap_or_default());
        }
        left_out
    }

    /// Whether the persons of a shard's parts are numbered already.
    #[must_use]
    pub fn has_numbers(&self, shard: u16) -> bool {
        let of_shard = self.part_ids.iter().zip(&self.runs);
        let ids = of_shard.filter(|(_, run)| run.shard() == shard);
        self.persons.has(shard, ids.map(|(id, _)| *id))
    }

    /// The persons of a shard over all its runs; [`ShardPersons::of_run`] counts the runs of the
    /// shard in the order of [`Self::runs`].
    #[must_use]
    pub fn persons_of_shard(&self, shard: u16) -> ShardPersons {
        let of_shard = |run: &&Arc<Run>| run.shard() == shard;
        let (parts, tail) = self.runs.split_at(self.part_ids.len());
        let parts: Vec<(u128, &[u128])> = self
            .part_ids
            .iter()
            .zip(parts)
            .filter(|(_, run)| of_shard(run))
            .map(|(id, run)| (*id, run.persons()))
            .collect();
        let tail: Vec<&[u128]> = tail
            .iter()
            .filter(of_shard)
            .map(|run| run.persons())
            .collect();
        self.persons.shard(shard, &parts, &tail)
    }

    /// The person of a visitor at this version.
    #[must_use]
    pub fn person_of_visitor(&self, visitor: VisitorId) -> PersonKey {
        read(&self.ledger).person_at(visitor, self.version.identities)
    }

    /// The persons that some visitors ever were of, as of now, ascending: under one of them each
    /// run has their events.
    pub(crate) fn persons_ever(&self, visitors: &[VisitorId]) -> Vec<PersonKey> {
        let ledger = read(&self.ledger);
        let persons = visitors.iter().flat_map(|one| ledger.persons_ever(*one));
        let mut persons: Vec<PersonKey> = persons.collect();
        persons.sort_unstable();
        persons.dedup();
        persons
    }

    /// The person whom the site calls `user`, as of now.
    #[must_use]
    pub fn person_of_user(&self, user: &str) -> Option<PersonKey> {
        read(&self.ledger).person_of_user(user)
    }

    /// What the site calls a person, as of now, and how many visitors it is.
    #[must_use]
    pub fn user_of_person(&self, person: PersonKey) -> (Option<String>, usize) {
        let ledger = read(&self.ledger);
        let user = ledger.user_of(VisitorId(person.0)).map(str::to_owned);
        (user, ledger.visitors_of(person).len())
    }

    /// Persons whom the site calls by a name that `takes` takes, as of now; at most `most` and one
    /// more, so that who asks sees that there are too many. The ledger is let go in between, so that
    /// nobody waits who has events to add.
    #[must_use]
    pub fn persons_of_users(&self, takes: &dyn Fn(&str) -> bool, most: usize) -> Vec<PersonKey> {
        const USERS_AT_ONCE: usize = 64 << 10;
        let mut found = Vec::new();
        let mut from = 0;
        loop {
            let next = read(&self.ledger).users_from((from, USERS_AT_ONCE), takes, &mut found);
            match next {
                Some(next) if found.len() <= most => from = next,
                _ => break,
            }
        }
        found.truncate(most + 1);
        found
    }

    /// The same with visitors of one run that moved to other persons.
    ///
    /// # Panics
    /// When there is no such run.
    #[must_use]
    pub fn with_moves(mut self, run: usize, mut moves: Vec<Move>) -> Self {
        moves.sort_unstable();
        self.moves[run] = Arc::new(moves);
        self
    }

    /// The same with a report of lost events, received at `at_ms`.
    #[must_use]
    pub fn with_lost(mut self, at_ms: i64, count: u64) -> Self {
        let bucket = at_ms.div_euclid(LOST_BUCKET_MS) * LOST_BUCKET_MS;
        *Arc::make_mut(&mut self.lost).entry(bucket).or_default() += count;
        self
    }

    /// Visitors in `runs[run]` whose person has changed since it was sorted, by visitor. Their
    /// rows are to be folded under [`Move::to`], whose shard may be another.
    #[must_use]
    pub fn moves(&self, run: usize) -> &[Move] {
        self.moves.get(run).map_or(&[], |moves| moves)
    }

    /// Events and chunks that senders reported lost, from, included, to, excluded, by quarter
    /// hour of the report.
    #[must_use]
    pub fn lost(&self, from_ms: i64, to_ms: i64) -> u64 {
        if from_ms >= to_ms {
            return 0;
        }
        let first = from_ms.div_euclid(LOST_BUCKET_MS) * LOST_BUCKET_MS;
        self.lost.range(first..to_ms).map(|(_, count)| count).sum()
    }
}

/// Maps the lanes of parts that nobody asked for yet, several at once: to read them is most of what
/// a first question costs.
fn map_runs(parts: &[Arc<Part>]) {
    let unmapped: Vec<&Part> = parts
        .iter()
        .map(Arc::as_ref)
        .filter(|part| !part.has_run())
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    if unmapped.len() < 2 || threads == 1 {
        return;
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(unmapped.len()) {
            scope.spawn(|| {
                while let Some(part) = unmapped.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // A part that cannot be read is told where its run is taken.
                    let _ = part.run();
                }
            });
        }
    });
}

/// What an answer lacks when a part cannot be read, in words.
pub(crate) fn lacking(part: &Part, error: &PartError) -> String {
    let day = crate::paths::day(part.row().week_ms);
    let rows = part.row().rows;
    format!("{rows} events of the week of {day}: {error}")
}
