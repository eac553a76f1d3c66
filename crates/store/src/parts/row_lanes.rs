//! What lanes tell of single rows of a part, so that it need not be read from the file: ids, times,
//! and the texts whose lanes are at hand. A lane has what its column has, so that a row is the same
//! from either.

use hitmetrix_model::{Dimension, PersonKey, SessionId, Value, VisitorId, WindowId};

use super::read::Spared;
use super::schema::{TEXTS, TextField, column_of};
use crate::StoredEvent;
use crate::lanes::{Ids, LaneError, Run, TextColumn};

/// Lanes of one run.
pub(super) struct RowLanes<'r> {
    run: &'r Run,
    sequences: &'r [u32],
    windows: Ids<'r>,
    sessions: Ids<'r>,
    visitors: Ids<'r>,
    texts: Vec<(&'static TextField, TextColumn<'r>)>,
}

impl<'r> RowLanes<'r> {
    /// The base lanes, and the texts that somebody asked for before: none is made for this.
    pub(super) fn of(run: &'r Run) -> Result<Self, LaneError> {
        let at_hand = Dimension::ALL
            .into_iter()
            .filter(|one| run.has_column(*one));
        let mut texts = Vec::new();
        for dimension in at_hand {
            let name = column_of(dimension);
            if let Some(field) = TEXTS.iter().find(|text| Some(text.name) == name) {
                texts.push((field, run.column(dimension)?));
            }
        }
        Ok(Self {
            run,
            sequences: run.sequences()?,
            windows: run.windows()?,
            sessions: run.sessions()?,
            visitors: run.visitors()?,
            texts,
        })
    }

    /// What need not be read.
    pub(super) fn spared(&self) -> Spared {
        Spared {
            base: true,
            texts: self.texts.iter().map(|(field, _)| field.name).collect(),
        }
    }

    /// Adds to a row what was spared.
    pub(super) fn tell(&self, event: &mut StoredEvent, row: usize) {
        let run = self.run;
        event.person = PersonKey(run.persons()[place_of(run.offsets(), row)]);
        event.sender.visitor = VisitorId(self.visitors.get(row));
        event.sender.session = SessionId(self.sessions.get(row));
        event.sender.window = WindowId(self.windows.get(row));
        event.event.time_ms = run.start_ms() + i64::from(run.times()[row]);
        event.event.sequence = self.sequences[row];
        for (field, column) in &self.texts {
            (field.set)(event).push_str(column.get(row));
        }
    }
}

/// The number of the person whose rows have this one among them.
pub(super) fn place_of(offsets: &[u32], row: usize) -> usize {
    offsets.partition_point(|&offset| offset as usize <= row) - 1
}

/// About the memory that a row takes.
pub(crate) fn bytes_of(event: &StoredEvent) -> usize {
    let texts = TEXTS.iter().map(|text| (text.get)(event.by_ref()).len());
    let properties = event.event.properties.iter();
    let properties = properties
        .map(|(name, value)| size_of::<(String, Value)>() + name.len() + bytes_of_value(value));
    size_of::<StoredEvent>() + texts.sum::<usize>() + properties.sum::<usize>()
}

fn bytes_of_value(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Number(_) | Value::Boolean(_) => 0,
        Value::List(values) => {
            let values = values
                .iter()
                .map(|one| size_of::<Value>() + bytes_of_value(one));
            values.sum()
        }
    }
}
