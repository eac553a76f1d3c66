//! Properties that a question names and that runs may lack: a run has columns for a limited number
//! of names, and where it cannot look for others the answer says so instead of "not set".

use std::collections::BTreeMap;

use hitmetrix_model::limits;
use hitmetrix_store::lanes::Run;

use crate::columns::{Column, EventRules, Needs};

/// Events that may have a property unseen, by its name.
pub(crate) struct Lacking<'n>(BTreeMap<&'n str, u64>);

impl<'n> Lacking<'n> {
    /// Of all properties that a query reads.
    pub(crate) fn of(needs: &'n Needs, rules: &EventRules<'n>) -> Self {
        let tested = rules.leaves.iter().map(|leaf| &leaf.column);
        let columns = needs.columns.iter().chain(tested);
        let names = columns.filter_map(|column| match column {
            Column::Property(name) | Column::Entry(name) => Some(name),
            Column::Dimension(_) => None,
        });
        let names = names.chain(&needs.numbers);
        Self(names.map(|name| (name.as_str(), 0)).collect())
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
