//! What a recording lacks as far as the events of its session tell: chunks that never came leave
//! holes in the numbers of a page load, but not where all of it is lost, nor where its end is.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{Origin, WindowId};
use hitmetrix_store::StoredEvent;

/// What only somebody does who has the page in front, so that a recorder sees it too.
const ACTS: &[&str] = &[
    "click",
    "rage_click",
    "dead_click",
    "thrash",
    "form_focus",
    "form_change",
    "form_submit",
    "outbound",
    "download",
];
/// Events and chunks are sent at different moments, each corrected by itself.
const SLACK_MS: i64 = 3_000;
/// What happened so lately may be on its way yet.
const ON_ITS_WAY_MS: i64 = 15_000;

/// Page loads that a recording lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missing {
    /// Nothing is recorded of them.
    pub pages: usize,
    /// The visitor did something after the last that is recorded of them.
    pub cut: usize,
}

/// Compares the events of a session with what is recorded: the time of the last event of each
/// window.
#[must_use]
pub fn missing(events: &[StoredEvent], recorded: &BTreeMap<WindowId, i64>, now_ms: i64) -> Missing {
    let mut pages = BTreeSet::new();
    let mut cut = BTreeSet::new();
    // What other programs tell has no page load of its own.
    let past = events.iter().filter(|stored| {
        stored.origin == Origin::Browser && stored.event.time_ms < now_ms - ON_ITS_WAY_MS
    });
    for StoredEvent { sender, event, .. } in past {
        let name = event.name.as_str();
        match recorded.get(&sender.window) {
            None if name == "pageview" => drop(pages.insert(sender.window)),
            Some(last_ms) if event.time_ms > last_ms + SLACK_MS && ACTS.contains(&name) => {
                cut.insert(sender.window);
            }
            _ => {}
        }
    }
    Missing {
        pages: pages.len(),
        cut: cut.len(),
    }
}
