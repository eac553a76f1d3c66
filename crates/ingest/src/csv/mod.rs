//! Imports of tables: a line becomes an event by a [`Mapping`] of columns to fields; from there it
//! is a record like a line of [`jsonl`](crate::jsonl). An event counts once by its mapped `id`, or
//! else by its line, that line's number among equal lines, and its name, so that one table may be
//! imported as two kinds of events. Pieces of the file may end anywhere; what is left of a line is
//! part of the resume point.

mod mapping;
mod numbers;
mod records;
mod times;

use std::borrow::Cow;

use hitmetrix_model::Origin;
use serde::{Deserialize, Serialize};

pub use self::mapping::{Mapping, MappingError};

use self::mapping::{Head, Layout};
use self::records::{Next, Records};
use crate::access_log::{ImportFacts, Imported};
use crate::batches::Batches;
use crate::envelope::Fields;
use crate::equal_lines::EqualLines;
use crate::record::Record;
use crate::{LineError, Rejected, Sessions, ids};

/// Longest first line, which may be a header of many columns.
const FIRST_LINE_BYTES_MAX: usize = 256 << 10;

/// Where an import stands; written down with the position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    mapping: Mapping,
    /// Unknown until the first line was read.
    head: Option<Head>,
    /// The beginning of a line whose end has not come yet.
    rest: Vec<u8>,
    /// What comes until the next line feed belongs to a line that was too long.
    is_skipping: bool,
    /// Line feeds read so far.
    lines: u64,
    sessions: Sessions,
    /// How often each line without id came.
    equal: EqualLines,
}

impl State {
    /// At the beginning of a file.
    #[must_use]
    pub fn new(mapping: Mapping) -> Self {
        Self {
            mapping,
            head: None,
            rest: Vec::new(),
            is_skipping: false,
            lines: 0,
            sessions: Sessions::default(),
            equal: EqualLines::default(),
        }
    }
}

/// Reads pieces of a file in their order.
pub struct Importer<'a> {
    facts: ImportFacts<'a>,
    state: State,
    table: Option<(Records, Layout)>,
    batches: Batches,
    rejected: Vec<Rejected>,
}

impl<'a> Importer<'a> {
    /// Begins, or goes on where another one stood.
    ///
    /// # Errors
    /// When the mapping does not fit the columns.
    pub fn new(facts: ImportFacts<'a>, state: State) -> Result<Self, MappingError> {
        let table = match &state.head {
            Some(head) => Some(table(&state.mapping, head)?),
            None => None,
        };
        let batches = Batches::new(facts.site.id, facts.received_at_ms, Origin::Import);
        Ok(Self {
            facts,
            state,
            table,
            batches,
            rejected: Vec::new(),
        })
    }

    /// Where the import stands, once everything taken so far is stored.
    #[must_use]
    pub fn into_state(self) -> State {
        self.state
    }

    /// Reads the next piece of the file.
    ///
    /// # Errors
    /// When it is the first one and the mapping does not fit what is in it.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), MappingError> {
        self.read(piece, false)
    }

    /// Reads what is left: the last line needs no end.
    ///
    /// # Errors
    /// When it is the first one and the mapping does not fit.
    pub fn finish(&mut self) -> Result<(), MappingError> {
        self.read(b"", true)
    }

    /// Everything that was read since the last time.
    pub fn take(&mut self) -> Imported {
        let facts = self.facts;
        let next = Batches::new(facts.site.id, facts.received_at_ms, Origin::Import);
        Imported {
            batches: std::mem::replace(&mut self.batches, next).finish(),
            rejected: std::mem::take(&mut self.rejected),
        }
    }

    fn read(&mut self, piece: &[u8], is_all: bool) -> Result<(), MappingError> {
        let mut bytes = std::mem::take(&mut self.state.rest);
        bytes.extend_from_slice(piece);
        let mut at = 0;
        if self.table.is_none() {
            match self.read_head(&bytes, is_all)? {
                Some(used) => at = used,
                None => {
                    self.state.rest = bytes;
                    return Ok(());
                }
            }
        }
        if let Some((mut records, layout)) = self.table.take() {
            at += self.read_records(&bytes[at..], is_all, (&mut records, &layout));
            self.table = Some((records, layout));
        }
        bytes.drain(..at);
        self.state.rest = bytes;
        Ok(())
    }

    /// Finds the columns in the first line; gives how many bytes were used for it, or nothing
    /// until the whole line is there.
    fn read_head(&mut self, bytes: &[u8], is_all: bool) -> Result<Option<usize>, MappingError> {
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(MappingError::Utf16);
        }
        let mark = if bytes.starts_with("\u{feff}".as_bytes()) {
            3
        } else {
            0
        };
        let at = mark + line_ends(&bytes[mark..]);
        let line = &bytes[at..at + records::first_line(&bytes[at..])];
        let is_whole = is_all || line.ends_with(b"\n") || line.len() > FIRST_LINE_BYTES_MAX;
        if line.is_empty() || !is_whole {
            return Ok(None);
        }
        let separator = self.state.mapping.separator(line)?;
        let mut records = Records::new(separator);
        let used = match records.next(&bytes[at..], is_all) {
            Next::Record(used) => used,
            Next::More => return Ok(None),
            Next::Broken(_, error) => return Err(MappingError::FirstLine(error.message)),
        };
        let has_header = self.state.mapping.header;
        let names = if has_header {
            records.cells().map(Cow::into_owned).collect()
        } else {
            (1..=records.len())
                .map(|number| number.to_string())
                .collect()
        };
        let head = Head { separator, names };
        self.table = Some(table(&self.state.mapping, &head)?);
        self.state.head = Some(head);
        let used = if has_header { at + used } else { at };
        self.state.lines += line_feeds(&bytes[..used]);
        Ok(Some(used))
    }

    /// Reads the whole records among some bytes and gives how many bytes that were.
    fn read_records(
        &mut self,
        bytes: &[u8],
        is_all: bool,
        (records, layout): (&mut Records, &Layout),
    ) -> usize {
        let mut at = 0;
        if self.state.is_skipping {
            at = records::first_line(bytes);
            self.state.lines += line_feeds(&bytes[..at]);
            self.state.is_skipping = !bytes[..at].ends_with(b"\n");
        }
        loop {
            let blank = line_ends(&bytes[at..]);
            self.state.lines += line_feeds(&bytes[at..at + blank]);
            at += blank;
            let rest = &bytes[at..];
            if rest.is_empty() {
                return at;
            }
            let (used, outcome) = match records.next(rest, is_all) {
                Next::More => return at,
                Next::Record(used) => (used, self.add(&rest[..used], records, layout)),
                Next::Broken(used, error) => {
                    self.state.is_skipping = !rest[..used].ends_with(b"\n");
                    (used, Err(error))
                }
            };
            if let Err(error) = outcome {
                let number = usize::try_from(self.state.lines + 1).unwrap_or(usize::MAX);
                self.rejected.push(layout.with_column(error).at(number));
            }
            self.state.lines += line_feeds(&rest[..used]);
            at += used;
        }
    }

    fn add(&mut self, line: &[u8], records: &Records, layout: &Layout) -> Result<(), LineError> {
        // Spreadsheets write empty rows below the last one.
        if records.cells().all(|cell| cell.is_empty()) {
            return Ok(());
        }
        if records.len() != layout.columns() {
            let message = format!(
                "line has {} columns, the first line has {}; put a value that contains the \
                 delimiter into quotes",
                records.len(),
                layout.columns()
            );
            return Err(LineError::new("wrong_columns", "line", message));
        }
        let cells: Vec<Cow<'_, str>> = records.cells().collect();
        let fields = Fields::of(layout.members(&cells)?);
        let mut record = Record::of(fields, &self.facts, None)?;
        let site = self.facts.site.id;
        record.event.external = Some(match &record.id {
            Some(id) => ids::named_event(site, id),
            None => {
                let line = String::from_utf8_lossy(line.trim_ascii());
                let number = self.state.equal.count(&line);
                ids::line_event(site, &line, number, &record.event.name)
            }
        });
        let number = self.state.lines + 1;
        record.event.sequence = u32::try_from(number & 0x7fff_ffff).unwrap_or(0);
        let sender = record.sender(&self.facts, &mut self.state.sessions);
        let identity = record.identity();
        self.batches.push(sender, record.event);
        if let Some(change) = identity {
            self.batches.identify(change);
        }
        Ok(())
    }
}

fn table(mapping: &Mapping, head: &Head) -> Result<(Records, Layout), MappingError> {
    let layout = mapping.layout(&head.names)?;
    Ok((Records::new(head.separator), layout))
}

/// How many bytes of line ends stand at the beginning.
fn line_ends(bytes: &[u8]) -> usize {
    let end = bytes.iter().position(|byte| !b"\r\n".contains(byte));
    end.unwrap_or(bytes.len())
}

fn line_feeds(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests;
