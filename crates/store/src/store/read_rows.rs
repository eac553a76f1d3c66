//! Rows of parts that were read last, whole, for those who look at the same again: a person's page
//! asks for what is known of them and for what they did, and both lie in the same places.
//!
//! A part never changes, so what is kept of one is right as long as the part is there, whatever came
//! since; a part that goes takes its rows along, so that what was erased is in no memory either.
//! Whoever reads a row has all of that person's in the part read with it: they lie side by side, and
//! what costs is to unpack what they lie in.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use crate::StoredEvent;
use crate::parts::{Part, PartError, bytes_of};
use crate::state::locked;

/// Of whom a part has more rows, only the wanted ones are read.
const STRETCH_ROWS: usize = 512;
/// Rows that are read for others beside the wanted ones, at most.
const BESIDE_ROWS: usize = 8192;

/// The kept rows of all parts.
pub(super) struct ReadRows {
    kept: Mutex<Kept>,
    bytes_max: usize,
}

#[derive(Default)]
struct Kept {
    /// By id of the part and number of the row.
    rows: FxHashMap<(u128, usize), Arc<StoredEvent>>,
    /// With the bytes of each; what was read first comes first.
    order: VecDeque<((u128, usize), usize)>,
    bytes: usize,
}

impl ReadRows {
    /// Keeps about so many bytes.
    pub(super) fn new(bytes_max: usize) -> Self {
        Self {
            kept: Mutex::default(),
            bytes_max,
        }
    }

    /// Some rows of a part, by ascending number, kept or read. One at a time reads a part: who comes
    /// second finds what the first has read.
    pub(super) fn read(&self, part: &Part, rows: &[usize]) -> Result<Vec<StoredEvent>, PartError> {
        let _reading = part.reading();
        if let Some(kept) = self.all(part, rows) {
            return Ok(kept.iter().map(|row| StoredEvent::clone(row)).collect());
        }
        let wider = with_neighbours(part, rows)?;
        let mut read = Vec::with_capacity(wider.len());
        part.look_up(&wider, |event| read.push(Arc::new(event)))?;
        self.keep(part, wider.iter().copied().zip(read.iter().cloned()));
        let places = rows.iter().map(|row| {
            let place = wider.binary_search(row);
            place.expect("the wanted rows are among those that are read")
        });
        Ok(places
            .map(|place| StoredEvent::clone(&read[place]))
            .collect())
    }

    /// Lets go of a part that is dead.
    pub(super) fn forget(&self, part: &Part) {
        let id = part.row().id;
        let mut kept = locked(&self.kept);
        kept.rows.retain(|(part, _), _| *part != id);
        kept.order.retain(|((part, _), _)| *part != id);
        kept.bytes = kept.order.iter().map(|(_, bytes)| bytes).sum();
    }

    /// The rows, when all are kept.
    fn all(&self, part: &Part, rows: &[usize]) -> Option<Vec<Arc<StoredEvent>>> {
        let id = part.row().id;
        let kept = locked(&self.kept);
        let found = rows.iter().map(|row| kept.rows.get(&(id, *row)).cloned());
        found.collect()
    }

    fn keep(&self, part: &Part, rows: impl Iterator<Item = (usize, Arc<StoredEvent>)>) {
        let id = part.row().id;
        let mut kept = locked(&self.kept);
        // Under the lock that who forgets it takes: dead before, it is kept no more.
        if part.is_dead() {
            return;
        }
        for (row, event) in rows {
            let bytes = bytes_of(&event);
            if kept.rows.insert((id, row), event).is_none() {
                kept.order.push_back(((id, row), bytes));
                kept.bytes += bytes;
            }
        }
        while kept.bytes > self.bytes_max {
            let Some((oldest, bytes)) = kept.order.pop_front() else {
                break;
            };
            kept.rows.remove(&oldest);
            kept.bytes -= bytes;
        }
    }

    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        locked(&self.kept).bytes
    }
}

/// The rows with all others of the same persons, ascending.
fn with_neighbours(part: &Part, rows: &[usize]) -> Result<Vec<usize>, PartError> {
    let mut wider: Vec<usize> = Vec::with_capacity(rows.len());
    for &row in rows {
        if wider.last().is_some_and(|last| *last >= row) {
            continue;
        }
        let stretch = part.stretch_of(row)?;
        match stretch.len() <= STRETCH_ROWS && wider.len() <= BESIDE_ROWS {
            true => wider.extend(stretch),
            false => wider.push(row),
        }
    }
    Ok(wider)
}
