//! Properties that a question names and that runs may lack: a run has columns for a limited number
//! of names, and where it cannot look for others the answer says so instead of "not set".

use std::collections::BTreeMap;

use hitmetrix_model::limits;
use hitmetrix_store::lanes::Run;

/// Events that may have a property unseen, by its name.
pub(crate) struct Lacking<'n>(BTreeMap<&'n str, u64>);

impl<'n> Lacking<'n> {
    /// Of some properties, all that a query reads.
    pub(crate) fn of(properties: &[&'n str]) -> Self {
        Self(properties.iter().map(|name| (*name, 0)).collect())
    }

    /// Counts the events of a run whose columns were read.
    pub(crate) fn look_at(&mut self, run: &Run) {
        for (name, events) in &mut self.0 {
            *events += run.property_lacks(name).unwrap_or(0);
        }
    }

    /// What is to be told, in words.
    pub(crate) fn told(self) -> impl Iterator<Item = String> {
        let lacking = self.0.into_iter().filter(|(_, events)| *events > 0);
        lacking.map(|(name, events)| {
            format!(
                "the property `{name}` may be missing in up to {events} events: the site sends \
                 more than {} names of properties",
                limits::PROPERTY_NAMES
            )
        })
    }
}
