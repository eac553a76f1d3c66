//! Bytes to records: where one ends, and its cells without their quotes. Records are separated by
//! a character (RFC 4180, with line feeds inside quotes) or by runs of blanks without quotes. A
//! quote that is never closed, or that stands inside a quoted cell without being doubled, would
//! swallow the lines behind it; it costs its own line only, and reading goes on at the next one.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use serde::{Deserialize, Serialize};

use crate::LineError;

/// Longest record that is read.
const RECORD_BYTES_MAX: usize = 256 << 10;
/// Cells of one record that are read.
pub(super) const CELLS_MAX: usize = 1024;

/// What separates cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Separator {
    /// One character.
    Byte(u8),
    /// One or more blanks or tabs; those at the ends of a line separate nothing.
    Blanks,
}

/// What stands at the beginning of some bytes.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    /// A record of so many bytes; its cells can be taken.
    Record(usize),
    /// No whole record yet.
    More,
    /// No record; so many bytes are to be left out.
    Broken(usize, LineError),
}

/// Finds one record after the other.
pub(super) struct Records {
    separator: Separator,
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
}

impl Records {
    pub(super) fn new(separator: Separator) -> Self {
        let delimiter = match separator {
            Separator::Byte(byte) => byte,
            Separator::Blanks => b' ',
        };
        Self {
            separator,
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            text: Vec::new(),
            ends: vec![0; CELLS_MAX],
            cells: 0,
        }
    }

    /// Reads the record that begins with `input`, which begins with no line end. `is_all` says
    /// that nothing comes behind it.
    pub(super) fn next(&mut self, input: &[u8], is_all: bool) -> Next {
        let bytes = match self.separator {
            Separator::Byte(_) => self.quoted(input, is_all),
            Separator::Blanks => self.blanks(input, is_all),
        };
        match bytes {
            Ok(Some(bytes)) => Next::Record(bytes),
            Ok(None) => Next::More,
            Err(error) => Next::Broken(first_line(input), error),
        }
    }

    /// The cells of the record that was read last, without blanks around them.
    pub(super) fn cells(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let ends = self.ends.iter().take(self.cells);
        starts
            .zip(ends)
            .map(|(start, end)| String::from_utf8_lossy(self.text[start..*end].trim_ascii()))
    }

    /// How many cells the record that was read last has.
    pub(super) fn len(&self) -> usize {
        self.cells
    }

    fn quoted(&mut self, input: &[u8], is_all: bool) -> Result<Option<usize>, LineError> {
        let seen = &input[..input.len().min(RECORD_BYTES_MAX + 1)];
        self.text.resize(seen.len(), 0);
        self.reader.reset();
        let (mut result, mut bytes, texts, ends) =
            self.reader
                .read_record(seen, &mut self.text, &mut self.ends);
        self.cells = ends;
        if result == ReadRecordResult::InputEmpty {
            if seen.len() > RECORD_BYTES_MAX {
                return Err(too_long());
            }
            if !is_all {
                return Ok(None);
            }
            // A line end ends the last record, unless it stands inside quotes.
            self.text.resize(texts + 1, 0);
            let rest = &mut self.ends[ends..];
            let (last, _, _, more) = self
                .reader
                .read_record(b"\n", &mut self.text[texts..], rest);
            self.cells += more;
            if last == ReadRecordResult::InputEmpty {
                let message = "a quote opens here and is not closed; close it, or double it where \
                               it is part of the value";
                return Err(LineError::new("bad_quote", "line", message));
            }
            (result, bytes) = (last, seen.len());
        }
        if result == ReadRecordResult::OutputEndsFull {
            return Err(too_many_cells());
        }
        let Separator::Byte(separator) = self.separator else {
            return Ok(Some(bytes));
        };
        if has_stray_quote(&seen[..bytes], separator) {
            let message = "a quote inside a quoted value is not doubled; write it twice";
            return Err(LineError::new("bad_quote", "line", message));
        }
        Ok(Some(bytes))
    }

    fn blanks(&mut self, input: &[u8], is_all: bool) -> Result<Option<usize>, LineError> {
        let end = input.iter().position(|byte| *byte == b'\n');
        let bytes = match end {
            Some(end) => end + 1,
            None if is_all => input.len(),
            None if input.len() > RECORD_BYTES_MAX => return Err(too_long()),
            None => return Ok(None),
        };
        if bytes > RECORD_BYTES_MAX {
            return Err(too_long());
        }
        self.text.clear();
        self.cells = 0;
        let cells = input[..bytes].split(u8::is_ascii_whitespace);
        for cell in cells.filter(|cell| !cell.is_empty()) {
            if self.cells == CELLS_MAX {
                return Err(too_many_cells());
            }
            self.text.extend_from_slice(cell);
            self.ends[self.cells] = self.text.len();
            self.cells += 1;
        }
        Ok(Some(bytes))
    }
}

/// Bytes of the first line, with its line feed.
pub(super) fn first_line(input: &[u8]) -> usize {
    let end = input.iter().position(|byte| *byte == b'\n');
    end.map_or(input.len(), |end| end + 1)
}

/// The separator that the first line has most often outside quotes.
pub(super) fn guess(line: &[u8]) -> Separator {
    let mut is_quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in line {
        is_quoted ^= *byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(byte == separator && !is_quoted);
        }
    }
    // Of equal counts the last is taken: `1,5;2,5` has decimal commas.
    let most = counts.iter().max_by_key(|(_, count)| *count);
    Separator::Byte(most.map_or(b',', |(separator, _)| *separator))
}

/// Whether a quoted cell goes on behind its closing quote. The reader takes that as it is, and may
/// have taken the lines in between with it.
fn has_stray_quote(record: &[u8], separator: u8) -> bool {
    if !record.contains(&b'"') {
        return false;
    }
    let is_end =
        |byte: Option<&u8>| byte.is_none_or(|byte| [separator, b'\r', b'\n'].contains(byte));
    let mut at = 0;
    while at < record.len() {
        if record[at] == b'"' {
            at += 1;
            loop {
                match (record.get(at), record.get(at + 1)) {
                    (Some(b'"'), Some(b'"')) => at += 2,
                    (Some(b'"'), next) if is_end(next) => break,
                    (Some(b'"'), _) => return true,
                    (Some(_), _) => at += 1,
                    (None, _) => return false,
                }
            }
        }
        let next = record[at..].iter().position(|byte| *byte == separator);
        at = next.map_or(record.len(), |next| at + next + 1);
    }
    false
}

fn too_long() -> LineError {
    let message = format!(
        "line is over {RECORD_BYTES_MAX} bytes, which is the limit; if a quote opens here, close \
         it, or double it where it is part of the value"
    );
    LineError::new("line_too_long", "line", message)
}

fn too_many_cells() -> LineError {
    let message = format!("line has more than {CELLS_MAX} columns, which is the limit");
    LineError::new("too_many_columns", "line", message)
}
