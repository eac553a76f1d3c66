//! The identity ledger as an admin reads it: which visitors are a person, and every entry that made
//! or unmade that, with its reason.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use hitmetrix_model::{IdentityChange, PersonKey, SiteId, VisitorId, limits};

use super::{Store, StoreError, blocking};
use crate::state::{BatchList, read};

/// A person with its entries of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLedger {
    /// Its key now.
    pub person: PersonKey,
    /// Its visitors now, in the order in which they joined.
    pub visitors: Vec<VisitorId>,
    /// The last entries of all visitors that are or were of it, oldest first.
    pub entries: Vec<IdentityChange>,
}

/// Whether a visitor was ever there.
enum Seen {
    Yes,
    /// Events are missing, which may be theirs.
    Perhaps,
    No,
}

impl Store {
    /// The person whose key or one of whose visitors `name` is, or else whom the site calls that;
    /// nothing when it is none of these. Who has neither an event nor an entry is nobody; where
    /// events are missing, any visitor may have been there.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn person_ledger(
        &self,
        site: SiteId,
        name: &str,
    ) -> Result<Option<PersonLedger>, StoreError> {
        // What is in no part yet; a seal may put it into the catalog meanwhile. The state is let go
        // before the ledger is gone through, so that nobody waits who has events to add.
        let (ledger, waiting) = {
            let state = read(&self.inner.state);
            let Some(data) = state.sites.get(&site) else {
                return Ok(None);
            };
            (Arc::clone(&data.ledger), data.batches.clone())
        };
        // A visitor's id goes before a user's name: who identifies as the key of somebody else must
        // not be found in their place.
        let visitor = VisitorId::from_str(name).ok();
        let is_named = visitor.is_some_and(|visitor| read(&ledger).names(visitor));
        let seen = match visitor {
            Some(_) if is_named => Seen::Yes,
            Some(visitor) => self.has_events(site, visitor).await?,
            None => Seen::No,
        };
        let (person, visitors, mut others) = {
            let ledger = read(&ledger);
            let of_visitor = visitor.map(|visitor| ledger.person_at(visitor, u64::MAX));
            let of_user = ledger.person_of_user(name);
            let person = match seen {
                Seen::Yes => of_visitor,
                Seen::Perhaps => of_user.or(of_visitor),
                Seen::No => of_user,
            };
            let Some(person) = person else {
                return Ok(None);
            };
            let visitors = ledger.visitors_of(person);
            let others = ledger.ever_with(&visitors);
            (person, visitors, others)
        };
        let waiting = waiting_of(&waiting, &others);
        others.truncate(limits::LEDGER_ENTRIES);
        let mut entries = self
            .with_sealed(site, (waiting, &others), limits::LEDGER_ENTRIES)
            .await?;
        while entries.len() > limits::LEDGER_ENTRIES {
            entries.pop_first();
        }
        Ok(Some(PersonLedger {
            person,
            visitors,
            entries: entries.into_values().collect(),
        }))
    }

    /// Every entry of these visitors and of nobody else, oldest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn entries_of(
        &self,
        site: SiteId,
        visitors: &[VisitorId],
    ) -> Result<Vec<IdentityChange>, StoreError> {
        let mut visitors = visitors.to_vec();
        visitors.sort_unstable();
        let batches = {
            let state = read(&self.inner.state);
            let data = state.sites.get(&site);
            data.map(|data| data.batches.clone()).unwrap_or_default()
        };
        let waiting = waiting_of(&batches, &visitors);
        let all = usize::MAX;
        let entries = self.with_sealed(site, (waiting, &visitors), all).await?;
        Ok(entries.into_values().collect())
    }

    /// Adds what the catalog has of these visitors, the last so many entries, to what waits.
    async fn with_sealed(
        &self,
        site: SiteId,
        (mut entries, visitors): (BTreeMap<u64, IdentityChange>, &[VisitorId]),
        count: usize,
    ) -> Result<BTreeMap<u64, IdentityChange>, StoreError> {
        let sealed = self.inner.catalog.identities_of(site, visitors, count);
        for row in sealed.await? {
            entries.insert(row.version, row.change);
        }
        Ok(entries)
    }

    /// Whether a visitor has events, or may have some that cannot be read.
    async fn has_events(&self, site: SiteId, visitor: VisitorId) -> Result<Seen, StoreError> {
        let store = self.clone();
        blocking(move || {
            let snapshot = store.snapshot(site)?;
            let persons = snapshot.persons_ever(&[visitor]);
            for run in &snapshot.runs {
                let of_persons = persons.iter().filter_map(|one| run.rows_of(*one));
                for row in of_persons.flatten() {
                    if run.visitors()?.get(row) == visitor.0 {
                        return Ok(Seen::Yes);
                    }
                }
            }
            Ok(match snapshot.missing.is_empty() {
                true => Seen::No,
                false => Seen::Perhaps,
            })
        })
        .await
    }

    /// Whether a visitor was joined to a user, so that there is something to undo.
    #[must_use]
    pub fn has_user(&self, site: SiteId, visitor: VisitorId) -> bool {
        let state = read(&self.inner.state);
        let data = state.sites.get(&site);
        data.is_some_and(|data| read(&data.ledger).has_user(visitor))
    }
}

/// The entries of some visitors, ascending, that are in no part yet, by version.
fn waiting_of(batches: &BatchList, visitors: &[VisitorId]) -> BTreeMap<u64, IdentityChange> {
    let rows = batches.iter().flat_map(|batch| &batch.identities);
    rows.filter(|row| visitors.binary_search(&row.change.visitor()).is_ok())
        .map(|row| (row.version, row.change.clone()))
        .collect()
}
