//! The identity ledger as an admin reads it: which visitors are a person, and every entry that made
//! or unmade that, with its reason.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use hitmetrix_model::{IdentityChange, PersonKey, SiteId, VisitorId, limits};

use super::{Store, StoreError, blocking};
use crate::state::read;

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

impl Store {
    /// The person that the site calls `name`, or whose key or one of whose visitors that is;
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
        let mut entries = BTreeMap::new();
        // What is in no part yet; a seal may put it into the catalog meanwhile. The state is let go
        // before the ledger is gone through, so that nobody waits who has events to add.
        let (ledger, waiting) = {
            let state = read(&self.inner.state);
            let Some(data) = state.sites.get(&site) else {
                return Ok(None);
            };
            (Arc::clone(&data.ledger), data.batches.clone())
        };
        let visitor = VisitorId::from_str(name).ok();
        let is_named = {
            let ledger = read(&ledger);
            let of_ledger = visitor.is_some_and(|visitor| ledger.names(visitor));
            of_ledger || ledger.person_of_user(name).is_some()
        };
        if let (Some(visitor), false) = (visitor, is_named)
            && !self.has_events(site, visitor).await?
        {
            return Ok(None);
        }
        let (person, visitors, mut others) = {
            let ledger = read(&ledger);
            let of_visitor = visitor.map(|visitor| ledger.person_at(visitor, u64::MAX));
            let Some(person) = ledger.person_of_user(name).or(of_visitor) else {
                return Ok(None);
            };
            let visitors = ledger.visitors_of(person);
            let others = ledger.ever_with(&visitors);
            (person, visitors, others)
        };
        for row in waiting.iter().flat_map(|batch| &batch.identities) {
            if others.binary_search(&row.change.visitor()).is_ok() {
                entries.insert(row.version, row.change.clone());
            }
        }
        others.truncate(limits::LEDGER_ENTRIES);
        let sealed = self
            .inner
            .catalog
            .identities_of(site, &others, limits::LEDGER_ENTRIES);
        for row in sealed.await? {
            entries.insert(row.version, row.change);
        }
        while entries.len() > limits::LEDGER_ENTRIES {
            entries.pop_first();
        }
        Ok(Some(PersonLedger {
            person,
            visitors,
            entries: entries.into_values().collect(),
        }))
    }

    /// Whether a visitor has events, or may have some that cannot be read.
    async fn has_events(&self, site: SiteId, visitor: VisitorId) -> Result<bool, StoreError> {
        let store = self.clone();
        blocking(move || {
            let snapshot = store.snapshot(site)?;
            for run in &snapshot.runs {
                if run.visitors()?.ids.contains(&visitor.0) {
                    return Ok(true);
                }
            }
            Ok(!snapshot.missing.is_empty())
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
