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
use crate::parts::Part;
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
        let mut report = inner.erase_events(site, until, told).await?;
        report.recordings = recordings.recordings;
        report.keys = recordings.keys;
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
    /// `work`, and there is nothing of before that in the log.
    pub(super) async fn erase_visitors_again(
        self: &Arc<Self>,
        erased: &BTreeMap<Erased, i64>,
    ) -> Result<EraseReport, StoreError> {
        let mut report = EraseReport::default();
        let sites: Vec<SiteId> = read(&self.state).sites.keys().copied().collect();
        for site in sites {
            let (this, erased) = (Arc::clone(self), erased.clone());
            let until = blocking(move || this.erased_here(site, &erased)).await?;
            if !until.is_empty() {
                let again = self.erase_events(site, until, &|_| {}).await?;
                report.events += again.events;
            }
        }
        Ok(report)
    }

    /// Visitors with events or entries whom a journal names.
    fn erased_here(
        &self,
        site: SiteId,
        erased: &BTreeMap<Erased, i64>,
    ) -> Result<Until, StoreError> {
        let (parts, ledger) = {
            let state = read(&self.state);
            let Some(data) = state.sites.get(&site) else {
                return Ok(Until::new());
            };
            (Arc::clone(&data.parts), Arc::clone(&data.ledger))
        };
        let mut until = Until::new();
        let mut look = |visitor: VisitorId| {
            if let Some(at_ms) = erased.get(&Erased::visitor(site, visitor)) {
                until.insert(visitor, *at_ms);
            }
        };
        read(&ledger).named().for_each(&mut look);
        for part in parts.iter() {
            let run = part.run()?;
            run.visitors()?
                .ids
                .iter()
                .for_each(|id| look(VisitorId(*id)));
        }
        Ok(until)
    }

    /// Takes events and entries of visitors away. The caller holds `work`.
    async fn erase_events(
        self: &Arc<Self>,
        site: SiteId,
        until: Until,
        told: &(dyn Fn(EraseStep) + Send + Sync),
    ) -> Result<PersonErased, StoreError> {
        let visitors: Vec<VisitorId> = until.keys().copied().collect();
        let stored = self.catalog.identities_of_site(site).await?;
        let goes = |row: &LedgerRow| {
            let at_ms = until.get(&row.change.visitor());
            at_ms.is_some_and(|at_ms| row.change.time_ms() <= *at_ms)
        };
        let (gone, staying): (Vec<LedgerRow>, Vec<LedgerRow>) = stored.into_iter().partition(goes);
        let (this, until) = (Arc::clone(self), Arc::new(until));
        let plan = {
            let (staying, until) = (staying.clone(), Arc::clone(&until));
            blocking(move || this.erase_plan(site, (&staying, &until))).await?
        };
        let mut report = PersonErased {
            parts: plan.tasks.len() as u64,
            entries: gone.len() as u64,
            ..PersonErased::default()
        };
        let (mut added, mut old) = (Vec::new(), Vec::new());
        let all = report.parts;
        for (done, task) in (0..).zip(plan.tasks) {
            told(EraseStep::Parts { done, all });
            let part = Arc::clone(&task.parts[0]);
            let (week_ms, version) = (part.row().week_ms, task.identity_version);
            let before = part.row().rows;
            let mut after = 0;
            for one in blocking(move || Ok(written(&task)?)).await? {
                after += one.run.len() as u64;
                let name = PartName {
                    id: self.random_id(),
                    site,
                    week_ms,
                    shard: one.run.shard(),
                };
                added.push(self.put_part(name, version, one).await?);
            }
            report.events += before - after;
            old.push(part);
        }
        told(EraseStep::Parts { done: all, all });
        let change = PartsChange {
            added: added.iter().map(|part| part.row().clone()).collect(),
            removed: old.iter().map(|part| part.row().id).collect(),
            forgotten: gone.iter().map(|row| row.version).collect(),
        };
        self.commit_erasure(site, (change, staying), added).await?;
        old.iter().for_each(|part| part.bury());
        self.catalog.checkpoint().await?;
        crate::catalog::forget_visitors_in_copies(&self.paths.migrations(), (site, &visitors))
            .await?;
        Ok(report)
    }

    /// Which parts are to be written anew, and how.
    fn erase_plan(
        &self,
        site: SiteId,
        (staying, until): (&[LedgerRow], &Arc<Until>),
    ) -> Result<Plan, StoreError> {
        let (parts, ledger, version) = {
            let state = read(&self.state);
            let Some(data) = state.sites.get(&site) else {
                return Ok(Plan::default());
            };
            let version = state.identity_version;
            (Arc::clone(&data.parts), Arc::clone(&data.ledger), version)
        };
        let shorter = ledger_of(staying);
        let visitors: Vec<VisitorId> = until.keys().copied().collect();
        let related: Vec<VisitorId> = read(&ledger).ever_with(&visitors);
        let mut plan = Plan::default();
        for part in parts.iter() {
            let run = part.run()?;
            let here: HashSet<u128> = run.visitors()?.ids.iter().copied().collect();
            let since = part.row().identity_version;
            let ledger = read(&ledger);
            let told_anew = |visitor: &VisitorId| {
                let differs =
                    |at| ledger.person_at(*visitor, at) != shorter.person_at(*visitor, at);
                until.contains_key(visitor) || differs(since) || differs(version)
            };
            let theirs = related.iter().filter(|one| here.contains(&one.0));
            if !theirs.clone().any(told_anew) {
                continue;
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
            plan.tasks.push(Task {
                site,
                week_ms: part.row().week_ms,
                shard: part.row().shard,
                parts: vec![Arc::clone(part)],
                moves: vec![Arc::new(persons.into_values().collect())],
                identity_version: version,
                gone: Arc::clone(until),
            });
        }
        Ok(plan)
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
    tasks: Vec<Task>,
}

fn ledger_of(rows: &[LedgerRow]) -> Ledger {
    let mut ledger = Ledger::default();
    for row in rows {
        ledger.apply(row.version, &row.change);
    }
    ledger
}
