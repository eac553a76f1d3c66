//! Recorder events as they come from anywhere with the public key, made safe to store and to
//! rebuild: JSON lines in, canonical JSON lines out, with the facts that the catalog needs.
//!
//! Only what is named here passes: kinds of events, their members, attributes by what they can do.
//! Nothing active is left (scripts, handlers, frames by address, active schemes), and texts go
//! through a second pass that removes what looks like a card number, an e-mail address or a token;
//! it never adds or reveals anything. A line that is no event costs itself; what is over a limit
//! costs the chunk. Pure; never recurses over the depth of its input; what it gave out it gives
//! out again unchanged.

mod asset;
mod attributes;
mod custom;
#[cfg(test)]
mod custom_tests;
mod event;
mod joined;
mod members;
mod node;
mod sheets;
mod style;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hitmetrix_model::{Chunk, ChunkFacts, ErrorKind, limits};
use hitmetrix_recording::{Tree, TreeError, brought_pictures, named_pictures, put_pictures};

pub use hitmetrix_recording::{AssetDigest, SheetDigest};
pub use sheets::{WithSheets, named_sheets, with_sheets};

/// Why a chunk was refused as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// No line of it is a recorder event.
    #[error("chunk of {lines} lines has no recorder event; send rrweb events, one a line")]
    NoEvents {
        /// How many lines it had.
        lines: usize,
    },
    /// A document is nested too deeply.
    #[error("recorded document is over {limit} levels deep; block the part that is")]
    Depth {
        /// The limit.
        limit: usize,
    },
    /// One text is too long.
    #[error("a recorded text is {bytes} bytes, the limit is {limit}; block the element it is in")]
    Text {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A snapshot has too many nodes.
    #[error("a snapshot has over {limit} nodes; block a part of the page")]
    Nodes {
        /// The limit.
        limit: usize,
    },
    /// With the sheets that it names it is too large.
    #[error("chunk is over {limit} bytes with the style sheets that it names; send smaller chunks")]
    Sheets {
        /// The limit.
        limit: usize,
    },
    /// An event has too many values.
    #[error("a recorder event has over {limit} values; send smaller events")]
    Values {
        /// The limit.
        limit: usize,
    },
}

impl RecordingError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(self) -> ErrorKind {
        match self {
            Self::NoEvents { .. } => ErrorKind::Invalid,
            Self::Depth { .. }
            | Self::Text { .. }
            | Self::Nodes { .. }
            | Self::Sheets { .. }
            | Self::Values { .. } => ErrorKind::TooLarge,
        }
    }

    /// Stable code, as docs/reference/wire.md lists it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoEvents { .. } => "no_recorder_events",
            Self::Depth { .. } => "recording_too_deep",
            Self::Text { .. } => "recording_text_too_long",
            Self::Nodes { .. } => "snapshot_too_large",
            Self::Sheets { .. } => "named_sheets_too_large",
            Self::Values { .. } => "recorder_event_too_large",
        }
    }
}

/// A chunk that is safe to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanitised {
    /// One event a line, each line with its line feed.
    pub lines: Vec<u8>,
    /// Corrected time of the earliest event, UTC, milliseconds since the epoch.
    pub first_ms: i64,
    /// Corrected time of the latest event.
    pub last_ms: i64,
    /// How many events.
    pub events: u32,
    /// Lines that were left out, because they are no events of a kind that is kept.
    pub dropped: u32,
    /// Whether a player can start here.
    pub snapshot: bool,
    /// Path of the page, when the chunk says it.
    pub path: Option<String>,
    /// Pictures that the page has named and not sent.
    pub pictures: BTreeSet<AssetDigest>,
    /// Those that it sent.
    pub brought: BTreeSet<AssetDigest>,
}

/// Lines into which pictures were put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithPictures {
    /// As [`Sanitised::lines`].
    pub lines: Vec<u8>,
    /// How many bytes longer they are.
    pub put: usize,
    /// What they still name.
    pub named: BTreeSet<AssetDigest>,
}

impl Sanitised {
    /// The lines with pictures that the page named, as far as there is room for them.
    #[must_use]
    pub fn with_pictures(&self, known: &BTreeMap<AssetDigest, Arc<[u8]>>) -> WithPictures {
        let mut room = limits::CHUNK_DECODED_BYTES.saturating_sub(self.lines.len());
        room = room.min(limits::SESSION_PICTURES_BYTES);
        let lines = put_pictures(&self.lines, &mut |digest| {
            let text = known.get(&digest).filter(|text| text.len() <= room)?;
            room -= text.len();
            Some(Arc::clone(text))
        });
        WithPictures {
            put: lines.len().saturating_sub(self.lines.len()),
            named: named_pictures(&lines),
            lines,
        }
    }

    /// The chunk to store, with what its events say of it in place of what `facts` says.
    #[must_use]
    pub fn chunk(self, facts: ChunkFacts) -> Chunk {
        Chunk {
            facts: ChunkFacts {
                first_ms: self.first_ms,
                last_ms: self.last_ms,
                events: self.events,
                snapshot: self.snapshot,
                piece: None,
                ..facts
            },
            bytes: self.lines,
        }
    }
}

/// Makes a chunk's lines safe. `clock_offset_ms` is added to every time: receipt minus the
/// sender's clock at sending.
///
/// # Errors
/// When the chunk is over a limit, or none of its lines is an event.
pub fn sanitise(lines: &[u8], clock_offset_ms: i64) -> Result<Sanitised, RecordingError> {
    let mut out = Sanitised {
        lines: Vec::with_capacity(lines.len()),
        first_ms: i64::MAX,
        last_ms: i64::MIN,
        events: 0,
        dropped: 0,
        snapshot: false,
        path: None,
        pictures: BTreeSet::new(),
        brought: BTreeSet::new(),
    };
    let mut count = 0;
    for line in lines.split(|byte| *byte == b'\n') {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        count += 1;
        let kept = match std::str::from_utf8(line) {
            Ok(line) => take_line(line, clock_offset_ms, &mut out)?,
            Err(_) => false,
        };
        if !kept {
            out.dropped = out.dropped.saturating_add(1);
        }
    }
    if out.events == 0 {
        return Err(RecordingError::NoEvents { lines: count });
    }
    out.pictures = named_pictures(&out.lines);
    out.brought = brought_pictures(&out.lines).into_keys().collect();
    Ok(out)
}

/// Takes one line; whether it was an event that is kept.
fn take_line(
    line: &str,
    clock_offset_ms: i64,
    out: &mut Sanitised,
) -> Result<bool, RecordingError> {
    let mut tree = match Tree::parse(line) {
        Ok(tree) => tree,
        Err(TreeError::Syntax) => return Ok(false),
        Err(TreeError::Depth) => {
            return Err(RecordingError::Depth {
                limit: limits::RECORDING_DEPTH,
            });
        }
        Err(TreeError::Text { bytes }) => {
            return Err(RecordingError::Text {
                bytes,
                limit: limits::RECORDING_TEXT_BYTES,
            });
        }
        Err(TreeError::Values { limit }) => return Err(RecordingError::Values { limit }),
    };
    let Some(facts) = event::sanitise(&mut tree, clock_offset_ms)? else {
        return Ok(false);
    };
    hitmetrix_recording::write(&tree, &mut out.lines);
    out.lines.push(b'\n');
    out.events = out.events.saturating_add(1);
    out.first_ms = out.first_ms.min(facts.time_ms);
    out.last_ms = out.last_ms.max(facts.time_ms);
    out.snapshot |= facts.snapshot;
    if out.path.is_none() {
        out.path = facts.path;
    }
    Ok(true)
}
