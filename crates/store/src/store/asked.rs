//! Which lanes a part is written with beside those that every part has: those that questions asked for
//! before, so that what an import or a day brings is as quick to ask as what was there, and those
//! that somebody has said will be asked for.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::{SiteId, limits};

use super::{Inner, Store};
use crate::lanes::AskedColumns;
use crate::state::{locked, read};

impl Store {
    /// Says which columns of a site will be asked for, in place of what was said before: parts that
    /// are written from now on have their lanes. Of properties as many as [`limits::LANES_AHEAD`].
    pub fn expect_columns(&self, site: SiteId, mut columns: AskedColumns) {
        while columns.properties.len() > limits::LANES_AHEAD {
            columns.properties.pop_last();
        }
        locked(&self.inner.expected).insert(site, columns);
    }
}

impl Inner {
    /// The columns that new parts of a site are written with: what is expected, and what other parts
    /// were asked for; of many properties those that most parts have. Looks into folders, the first
    /// time.
    pub(super) fn asked_of(&self, site: SiteId) -> Arc<AskedColumns> {
        let expected = locked(&self.expected).get(&site).cloned();
        let mut asked = expected.unwrap_or_default();
        let parts = {
            let state = read(&self.state);
            let data = state.sites.get(&site);
            data.map(|data| Arc::clone(&data.parts)).unwrap_or_default()
        };
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for part in parts.iter() {
            let AskedColumns {
                dimensions,
                properties,
            } = part.asked();
            asked.dimensions.extend(dimensions);
            for property in properties {
                *known.entry(property).or_default() += 1;
            }
        }
        let mut known: Vec<(String, usize)> = known.into_iter().collect();
        // Stable: of equally many those first in the alphabet.
        known.sort_by_key(|(_, parts)| Reverse(*parts));
        for (property, _) in known {
            if asked.properties.len() >= limits::LANES_AHEAD {
                break;
            }
            asked.properties.insert(property);
        }
        Arc::new(asked)
    }
}
