//! Erasing a person for good: their recordings with the keys, their events from every part, what the
//! ledger says of their visitors, and all of it again whenever an older backup is restored.
//!
//! Events leave the log first, by a seal. Then each part that has some of them is written anew
//! without them; all new parts, and the ledger without the visitors, come into force in one
//! transaction. A crash before it leaves orphans, and the journal of erasures has the rest done at
//! the next start. Others who once were one person with the erased stay as they are: where the
//! shorter ledger would tell another story of how they came to stand where they stand, their rows are
//! sorted anew with the rest.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, RwLock};

use hitmetrix_model::{SiteId, VisitorId};

use super::compact::{Task, written};
use super::removing::EraseReport;
use super::{Inner, Store, StoreError, blocking};
use crate::catalog::{LedgerRow, PartsChange};
use crate::erasures::Erased;
use crate::fold::Folded;
use crate::identities::Ledger;
use crate::parts::{Part, PartError};
use crate::paths::PartName;
use crate::snapshot::Move;
use crate::state::{locked, read, write};

/// What was erased of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PersonErased {
    /// Events.
    pub events: u64,
    /// Parts that were written anew, or went, for that.
    pub parts: u64,
    /// Entries of the ledger.
    pub entries: u64,
    /// Recordings.
    pub recordings: u64,
    /// Keys of recordings.
    pub keys: u64,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EraseStep {
    /// The log is sealed, and recordings and keys go.
    Recordings,
    /// Parts are written anew: how many of how many are done.
    Parts {
        /// Done.
        done: u64,
        /// All that have something of the person.
        all: u64,
    },
}

/// Visitors, each with the receipt up to which its events go, UTC milliseconds.
type Until = HashMap<VisitorId, i64>;

/// Parts that could not be read, each with the reason.
type Left = BTreeMap<String, String>;

/// An error that names what is left, when anything is.
fn all_erased(left: Left) -> Result<(), StoreError> {
    for (part, error) in &left {
        tracing::error!(
            part,
            error,
            "a part cannot be read, and may hold somebody who was erased"
        );
    }
    let mut parts = left.into_keys();
    let Some(first) = parts.next() else {
        return Ok(());
    };
    Err(StoreError::NotErased {
        part: first,
        others: parts.count(),
    })
}

impl Store {
    /// Erases some visitors for good: events, recordings, keys and what the ledger says of them.
    /// What comes of them later is new. `told` hears how far it is.
    ///
    /// # Errors
    /// When something could not be read or changed; what was begun is finished at the next start,
    /// or by doing it again.
    pub async fn erase_person(
        &self,
        site: SiteId,
        visitors: &[VisitorId],
        told: &(dyn Fn(EraseStep) + Send + Sync),
    ) -> Result<PersonErased, StoreError> {
        told(EraseStep::Recordings);
        let inner = &self.inner;
        let _work = inner.work.lock().await;
        // What is in the log would come back with the next replay: it leaves the log first.
        inner.seal().await?;
        let erased: Vec<Erased> = visitors
            .iter()
            .map(|visitor| Erased::visitor(site, *visitor))
            .collect();
        inner.note_begun(&erased).await?;
        let recordings = inner.erase_recordings_of(site, visitors).await?;
        let until = visitors
            .iter()
            .map(|visitor| (*visitor, i64::MAX))
            .collect();
        let (mut report, left) = inner.erase_events(site, until, told).await?;
        report.recordings = recordings.recordings;
        report.keys = recordings.keys;
        // What is left is tried again at the next start.
        all_erased(left)?;
        inner.note_done(&erased).await?;
        tracing::info!(
            events = report.events,
            recordings = report.recordings,
            parts = report.parts,
            "a person was erased"
        );
        Ok(report)
    }
}

impl Inner {
    /// Erases again the visitors that a journal names, up to when they were erased. The caller holds
    /// `work`. Fails at the end when there were parts that could not be read.
    pub(super) async fn erase_visitors_again(
        self: &Arc<Self>,
        erased: &BTreeMap<Erased, i64>,
    ) -> Result<EraseReport, StoreError> {
        let mut report = EraseReport::default();
        let mut left = Left::new();
        let sites: Vec<SiteId> = read(&self.state).sites.keys().copied().collect();
        for site in sites {
            let (this, erased) = (Arc::clone(self), erased.clone());
            let (until, unread) = blocking(move || Ok(this.erased_here(site, &erased))).await?;
            left.extend(unread);
            if !until.is_empty() {
                let (again, unread) = self.erase_events(site, until, &|_| {}).await?;
                report.events += again.events;
                left.extend(unread);
            }
        }
        all_erased(left)?;
        Ok(report)
    }

    /// Visitors with events or entries whom a journal names, and parts that do not say whom they have.
    fn erased_here(&self, site: SiteId, erased: &BTreeMap<Erased, i64>) -> (Until, Left) {
        let (mut until, mut left) = (Until::new(), Left::new());
        let (parts, ledger) = {
            let state = read(&self.state);
            let Some(data) = state.sites.get(&site) else {
                return (until, left);
            };
            (Arc::clone(&data.parts), Arc::clone(&data.ledger))
        };
        let mut look = |visitor: VisitorId| {
            if let Some(at_ms) = erased.get(&Erased::visitor(site, visitor)) {
                until.insert(visitor, *at_ms);
            }
        };
        read(&ledger).named().for_each(&mut look);
        for part in parts.iter() {
            match visitors_in(part) {
                Ok(here) => here.into_iter().for_each(|id| look(VisitorId(id))),
                Err(error) => drop(left.insert(place(part), error.to_string())),
            }
        }
        (until, left)
    }

    /// Takes events and entries of visitors away, but for what is in parts that cannot be read. The
    /// caller holds `work`.
    async fn erase_events(
        self: &Arc<Self>,
        site: SiteId,
        until: Until,
        told: &(dyn Fn(EraseStep) + Send + Sync),
    ) -> Result<(PersonErased, Left), StoreError> {
        let visitors: Vec<VisitorId> = until.keys().copied().collect();
        let stored = Arc::new(self.catalog.identities_of_site(site).await?);
        let until = Arc::new(until);
        let mut left = Left::new();
        let (plan, exchanged) = loop {
            let (this, stored, until) = (Arc::clone(self), Arc::clone(&stored), Arc::clone(&until));
            let known = left.clone();
            let plan =
                blocking(move || Ok(this.erase_plan(site, (&stored, &until), known))).await?;
            match self.written_anew(&plan, told).await? {
                Ok(exchanged) => {
                    left.clone_from(&plan.left);
                    break (plan, exchanged);
                }
                // What goes from the ledger may depend on which parts are left as they are.
                Err((part, error)) => {
                    left.clone_from(&plan.left);
                    left.insert(part, error);
                }
            }
        };
        let report = PersonErased {
            events: exchanged.events,
            parts: exchanged.old.len() as u64,
            entries: plan.forgotten.len() as u64,
            ..PersonErased::default()
        };
        let change = PartsChange {
            added: exchanged
                .added
                .iter()
                .map(|part| part.row().clone())
                .collect(),
            removed: exchanged.old.iter().map(|part| part.row().id).collect(),
            forgotten: plan.forgotten,
            // Parts may name it from now on; a restart must not give it to an entry that comes.
            identity_version: read(&self.state).identity_version + 1,
        };
        self.commit_erasure(site, (change, plan.staying), exchanged.added)
            .await?;
        self.bury(&exchanged.old);
        self.catalog.checkpoint().await?;
        crate::catalog::forget_visitors_in_copies(&self.paths.migrations(), (site, &visitors))
            .await?;
        Ok((report, left))
    }

    /// Carries a plan out, but for the exchange; or says which part cannot be read, and why.
    async fn written_anew(
        self: &Arc<Self>,
        plan: &Plan,
        told: &(dyn Fn(EraseStep) + Send + Sync),
    ) -> Result<Result<Exchanged, (String, String)>, StoreError> {
        let mut exchanged = Exchanged::default();
        let all = plan.tasks.len() as u64;
        for (done, task) in (0..).zip(&plan.tasks) {
            told(EraseStep::Parts { done, all });
            let part = Arc::clone(&task.parts[0]);
            let row = part.row();
            let one = Arc::clone(task);
            let runs = match blocking(move || Ok(written(&one)?)).await {
                Ok(runs) => runs,
                Err(StoreError::Part(error)) => return Ok(Err((place(&part), error.to_string()))),
                Err(error) => return Err(error),
            };
            exchanged.events += row.rows;
            for one in runs {
                exchanged.events -= one.run.len() as u64;
                let name = PartName {
                    id: self.random_id(),
                    site: row.site,
                    week_ms: row.week_ms,
                    shard: one.run.shard(),
                };
                let put = self.put_part(name, task.identity_version, one);
                exchanged.added.push(put.await?);
            }
            exchanged.old.push(part);
        }
        told(EraseStep::Parts { done: all, all });
        Ok(Ok(exchanged))
    }

    /// Which parts are to be written anew, and how, and what goes from the ledger. Parts in `left`
    /// are known to be broken.
    fn erase_plan(
        &self,
        site: SiteId,
        (stored, until): (&[LedgerRow], &Arc<Until>),
        mut left: Left,
    ) -> Plan {
        let (parts, ledger, version) = {
            let state = read(&self.state);
            let Some(data) = state.sites.get(&site) else {
                return Plan::default();
            };
            // Entries in the log are not in `stored`: for what is written now they are yet to come.
            let version = state.identities_at(state.covered);
            (Arc::clone(&data.parts), Arc::clone(&data.ledger), version)
        };
        let mut whole: Vec<(&Arc<Part>, HashSet<u128>)> = Vec::new();
        for part in parts.iter() {
            if left.contains_key(&place(part)) {
                continue;
            }
            match visitors_in(part) {
                Ok(here) => whole.push((part, here)),
                Err(error) => drop(left.insert(place(part), error.to_string())),
            }
        }
        let visitors: Vec<VisitorId> = until.keys().copied().collect();
        let related: Vec<VisitorId> = read(&ledger).ever_with(&visitors);
        // A part that is left as it is may have others where only the whole ledger finds them.
        let keeps = !left.is_empty() && related.iter().any(|one| !until.contains_key(one));
        let goes = |row: &&LedgerRow| {
            let at_ms = until.get(&row.change.visitor());
            !keeps && at_ms.is_some_and(|at_ms| row.change.time_ms() <= *at_ms)
        };
        let (gone, staying): (Vec<&LedgerRow>, Vec<&LedgerRow>) = stored.iter().partition(goes);
        let staying: Vec<LedgerRow> = staying.into_iter().cloned().collect();
        // Before the ledger is held: what comes in holds the state and waits for the ledger.
        let asked = self.asked_of(site);
        let (ledger, shorter) = (read(&ledger), ledger_of(&staying));
        let mut plan = Plan {
            forgotten: gone.iter().map(|row| row.version).collect(),
            ..Plan::default()
        };
        for (part, here) in whole {
            let theirs: Vec<VisitorId> = related
                .iter()
                .filter(|one| here.contains(&one.0))
                .copied()
                .collect();
            let moves = moves_anew(
                (&ledger, &shorter),
                (part, version),
                (&here, &theirs, until),
            );
            let Some(moves) = moves else { continue };
            plan.tasks.push(Arc::new(Task {
                site,
                week_ms: part.row().week_ms,
                shard: part.row().shard,
                parts: vec![Arc::clone(part)],
                moves: vec![Arc::new(moves)],
                identity_version: version,
                asked: Arc::clone(&asked),
                gone: Arc::clone(until),
            }));
        }
        (plan.staying, plan.left) = (staying, left);
        plan
    }

    /// Commits, and lets the new parts and the shorter ledger come into force at one moment.
    async fn commit_erasure(
        &self,
        site: SiteId,
        (change, staying): (PartsChange, Vec<LedgerRow>),
        added: Vec<Arc<Part>>,
    ) -> Result<(), StoreError> {
        let version = self.commit_exchange(&change, &added).await?;
        added.iter().for_each(|part| part.name());
        let Some(folded) = read(&self.state)
            .sites
            .get(&site)
            .map(|data| Arc::clone(&data.folded))
        else {
            return Ok(());
        };
        // Whoever takes a snapshot holds this while it pins the state.
        let mut folded = locked(&folded);
        let mut state = write(&self.state);
        state.exchange(site, added, &change.removed);
        state.version = version;
        // Moves that somebody worked out before are of the longer ledger.
        state.identity_version += 1;
        let data = state.sites.entry(site).or_default();
        let mut ledger = ledger_of(&staying);
        for row in data.batches.iter().flat_map(|batch| &batch.identities) {
            ledger.apply(row.version, &row.change);
        }
        data.ledger = Arc::new(RwLock::new(ledger));
        *folded = Folded::default();
        Ok(())
    }
}

#[derive(Default)]
struct Plan {
    tasks: Vec<Arc<Task>>,
    /// Entries of the ledger that go, by their version.
    forgotten: Vec<u64>,
    staying: Vec<LedgerRow>,
    left: Left,
}

/// Parts that were written anew, and those in whose place they come.
#[derive(Default)]
struct Exchanged {
    added: Vec<Arc<Part>>,
    old: Vec<Arc<Part>>,
    /// Events that went.
    events: u64,
}

/// The moves with which a part is written anew, when it has to be: `theirs` are the visitors in it
/// who ever were one person with the erased.
fn moves_anew(
    (ledger, shorter): (&Ledger, &Ledger),
    (part, version): (&Part, u64),
    (here, theirs, until): (&HashSet<u128>, &[VisitorId], &Until),
) -> Option<Vec<Move>> {
    let since = part.row().identity_version;
    let told_anew = |visitor: &VisitorId| {
        let differs = |at| ledger.person_at(*visitor, at) != shorter.person_at(*visitor, at);
        until.contains_key(visitor) || differs(since) || differs(version)
    };
    if !theirs.iter().any(told_anew) {
        return None;
    }
    let moved = ledger.moves(since, version, |visitor| here.contains(&visitor.0));
    let mut persons: BTreeMap<VisitorId, Move> = BTreeMap::new();
    for visitor in moved.iter().map(|one| &one.visitor).chain(theirs) {
        let one = Move {
            visitor: *visitor,
            from: ledger.person_at(*visitor, since),
            to: shorter.person_at(*visitor, version),
        };
        if one.from != one.to {
            persons.insert(*visitor, one);
        }
    }
    Some(persons.into_values().collect())
}

/// What an error calls a part.
fn place(part: &Part) -> String {
    part.path().display().to_string()
}

fn visitors_in(part: &Part) -> Result<HashSet<u128>, PartError> {
    Ok(part.run()?.visitors()?.ids.iter().copied().collect())
}

fn ledger_of(rows: &[LedgerRow]) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows {
        ledger.apply(row.version, &row.change);
    }
    ledger
}
