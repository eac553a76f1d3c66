//! The events of some visitors, the newest first and a page at a time: what a person's timeline and
//! their export are made of. Lanes tell which rows they are; only the rows of the page are read from
//! the parts, so that a page costs as much however long somebody has been known.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hitmetrix_model::{Dimension, Event, PersonKey, Sender, SiteId, VisitorId, WindowId};
use rustc_hash::FxHashSet;

use super::read_rows::ReadRows;
use super::{Store, StoreError, blocking};
use crate::StoredEvent;
use crate::parts::{Part, PartError};
use crate::snapshot::lacking;

/// Where an event stands among all of a site: its time, window and sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventPlace {
    /// UTC, milliseconds since the epoch.
    pub time_ms: i64,
    /// The page load, or what stands for it.
    pub window: WindowId,
    /// Its number there.
    pub sequence: u32,
}

impl EventPlace {
    /// The place of an event.
    #[must_use]
    pub fn of(stored: &StoredEvent) -> Self {
        Self::among(&stored.event, &stored.sender)
    }

    fn among(event: &Event, sender: &Sender) -> Self {
        Self {
            time_ms: event.time_ms,
            window: sender.window,
            sequence: event.sequence,
        }
    }
}

/// `TIME-WINDOW-SEQUENCE`.
impl fmt::Display for EventPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}-{}", self.time_ms, self.window, self.sequence)
    }
}

/// A text is no place of an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no place of an event; give `next` of the page before, as it is")]
pub struct PlaceError {
    given: String,
}

impl FromStr for EventPlace {
    type Err = PlaceError;

    fn from_str(text: &str) -> Result<Self, PlaceError> {
        let place = || {
            let (rest, sequence) = text.rsplit_once('-')?;
            let (time_ms, window) = rest.rsplit_once('-')?;
            Some(Self {
                time_ms: time_ms.parse().ok()?,
                window: window.parse().ok()?,
                sequence: sequence.parse().ok()?,
            })
        };
        place().ok_or_else(|| PlaceError {
            given: text.chars().take(100).collect(),
        })
    }
}

/// Which events of which visitors.
#[derive(Debug, Clone, Default)]
pub struct VisitorEvents {
    /// Whose.
    pub visitors: Vec<VisitorId>,
    /// Their names; any when empty.
    pub names: Vec<String>,
    /// Only those before this one.
    pub before: Option<EventPlace>,
    /// At most so many.
    pub limit: usize,
}

/// What was found of some visitors.
#[derive(Debug, Clone, Default)]
pub struct EventsOfVisitors {
    /// The newest first.
    pub events: Vec<StoredEvent>,
    /// What could not be read, in words, of anybody: theirs may be in it. Empty when nothing is
    /// missing.
    pub missing: Vec<String>,
}

impl Store {
    /// The newest events of some visitors, the newest first, under the persons of today. Parts
    /// that cannot be read are passed over and named; a page is filled from the others.
    ///
    /// # Errors
    /// None at present.
    pub async fn events_of_visitors(
        &self,
        site: SiteId,
        wanted: VisitorEvents,
    ) -> Result<EventsOfVisitors, StoreError> {
        let store = self.clone();
        blocking(move || {
            let snapshot = store.snapshot(site)?;
            let visitors: FxHashSet<u128> = wanted.visitors.iter().map(|id| id.0).collect();
            let persons = snapshot.persons_ever(&wanted.visitors);
            let whose = Whose {
                visitors: &visitors,
                persons: &persons,
            };
            let mut missing = snapshot.missing.clone();
            let parts = (&*snapshot.parts, &store.inner.read_rows);
            let mut events = of_parts(parts, (whose, &wanted), &mut missing);
            for batch in snapshot.batches.iter() {
                let batch = &batch;
                for (index, event) in batch.batch.events.iter().enumerate() {
                    let sender = &batch.batch.senders[event.sender as usize];
                    let place = EventPlace::among(event, sender);
                    if visitors.contains(&sender.visitor.0)
                        && wanted.before.is_none_or(|before| place < before)
                        && wanted.names_it(&event.name)
                    {
                        events.push(batch.event(index, sender.visitor.into()));
                    }
                }
            }
            events.sort_by_key(|stored| Reverse(EventPlace::of(stored)));
            events.truncate(wanted.limit);
            for event in &mut events {
                event.person = snapshot.person_of_visitor(event.sender.visitor);
            }
            missing.sort_unstable();
            missing.dedup();
            Ok(EventsOfVisitors { events, missing })
        })
        .await
    }
}

/// Whose events are looked for.
#[derive(Clone, Copy)]
struct Whose<'v> {
    visitors: &'v FxHashSet<u128>,
    /// Under whom runs may have them, each once.
    persons: &'v [PersonKey],
}

/// The newest events in parts, in no order; parts that cannot be read are added to `missing`.
fn of_parts(
    (parts, kept): (&[Arc<Part>], &ReadRows),
    (whose, wanted): (Whose<'_>, &VisitorEvents),
    missing: &mut Vec<String>,
) -> Vec<StoredEvent> {
    let mut unread: HashSet<usize> = HashSet::new();
    // Where the rows of a part turn out not to be readable, others take their places.
    loop {
        let mut newest = Newest::default();
        for (number, part) in parts.iter().enumerate() {
            if unread.contains(&number) {
                continue;
            }
            if let Err(error) = newest.look_into((number, part), whose, wanted) {
                unread.insert(number);
                missing.push(lacking(part, &error));
            }
        }
        match newest.read(parts, kept) {
            Ok(events) => return events,
            Err((number, error)) => {
                unread.insert(number);
                missing.push(lacking(&parts[number], &error));
            }
        }
    }
}

impl VisitorEvents {
    fn names_it(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|known| known == name)
    }
}

/// Place, number of the part, and row; the oldest on top.
#[derive(Default)]
struct Newest(BinaryHeap<Reverse<(EventPlace, usize, usize)>>);

impl Newest {
    fn look_into(
        &mut self,
        (number, part): (usize, &Arc<Part>),
        whose: Whose<'_>,
        wanted: &VisitorEvents,
    ) -> Result<(), PartError> {
        let run = part.run()?;
        let stretches = whose.persons.iter().filter_map(|one| run.rows_of(*one));
        let mut rows = stretches.flatten().peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        let of = run.visitors()?;
        let (windows, sequences) = (run.windows()?, run.sequences()?);
        let names = run.column(Dimension::Event)?;
        for row in rows.filter(|&row| whose.visitors.contains(&of.get(row))) {
            let place = EventPlace {
                time_ms: run.start_ms() + i64::from(run.times()[row]),
                window: WindowId(windows.get(row)),
                sequence: sequences[row],
            };
            let is_wanted = wanted.before.is_none_or(|before| place < before)
                && wanted.names_it(names.get(row));
            if !is_wanted {
                continue;
            }
            self.0.push(Reverse((place, number, row)));
            if self.0.len() > wanted.limit {
                self.0.pop();
            }
        }
        Ok(())
    }

    /// The rows, or the number of a part that does not give its own. Several parts are read at once.
    fn read(
        self,
        parts: &[Arc<Part>],
        kept: &ReadRows,
    ) -> Result<Vec<StoredEvent>, (usize, PartError)> {
        let mut rows: Vec<(usize, usize)> = self
            .0
            .into_iter()
            .map(|Reverse((_, part, row))| (part, row))
            .collect();
        rows.sort_unstable();
        let of_parts: Vec<&[(usize, usize)]> = rows.chunk_by(|one, next| one.0 == next.0).collect();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut events = Vec::new();
            while let Some(of_part) = of_parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                let number = of_part[0].0;
                let rows: Vec<usize> = of_part.iter().map(|(_, row)| *row).collect();
                let read = kept.read(&parts[number], &rows);
                events.extend(read.map_err(|error| (number, error))?);
            }
            Ok(events)
        };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..cores.min(of_parts.len()))
                .map(|_| scope.spawn(work))
                .collect();
            let mut events: Vec<StoredEvent> = work()?;
            for other in others {
                match other.join() {
                    Ok(read) => events.extend(read?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(events)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        for time_ms in [-5, 0, 1_767_268_800_000] {
            let place = EventPlace {
                time_ms,
                window: WindowId(0xabc),
                sequence: 7,
            };
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for wrong in ["", "1-2", "a-b-c", "1--1"] {
            assert!(wrong.parse::<EventPlace>().is_err(), "{wrong}");
        }
    }
}
