//! The files of the log: their names, and which stretch of the log each of them holds.
//!
//! A segment's name tells the position of its first byte, a running number, and the salt of its
//! checksums. A segment ends where the next one begins: what lies in the file beyond that is what
//! a failed write or sync left there, and was never acknowledged.

use std::path::{Path, PathBuf};

use hitmetrix_model::LogPosition;

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) start: LogPosition,
    /// Grows with each segment: decides between two that begin at the same position, of which
    /// the first holds nothing.
    pub(super) number: u32,
    pub(super) salt: u64,
    /// End of what counts.
    pub(super) end: LogPosition,
}

impl Segment {
    /// Name of its file.
    pub(super) fn name(&self) -> String {
        format!(
            "{:020}-{:08}-{:016x}.log",
            self.start.0, self.number, self.salt
        )
    }

    pub(super) fn path(&self, dir: &Path) -> PathBuf {
        dir.join(self.name())
    }

    /// Reads a name that [`Self::name`] made; `length` is that of the file.
    fn parse(name: &str, length: u64) -> Option<Self> {
        let mut fields = name.strip_suffix(".log")?.split('-');
        let start = fields.next()?.parse().ok()?;
        let number = fields.next()?.parse().ok()?;
        let salt = u64::from_str_radix(fields.next()?, 16).ok()?;
        let segment = Self {
            start: LogPosition(start),
            number,
            salt,
            end: LogPosition(start + length),
        };
        (segment.name() == name).then_some(segment)
    }

    pub(super) fn length(&self) -> u64 {
        self.end.0 - self.start.0
    }
}

/// The segments among `files` in the order of the log, each ending at the latest where the next
/// one begins.
pub(super) fn in_order(files: &[(String, u64)]) -> Vec<Segment> {
    let mut segments: Vec<Segment> = files
        .iter()
        .filter_map(|(name, length)| Segment::parse(name, *length))
        .collect();
    segments.sort_by_key(|segment| segment.number);
    for at in 1..segments.len() {
        let next = segments[at].start;
        let before = &mut segments[at - 1];
        before.end = before.end.min(next).max(before.start);
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_ends_where_the_next_begins() {
        let one = Segment {
            start: LogPosition(0),
            number: 1,
            salt: 7,
            end: LogPosition(0),
        };
        let two = Segment {
            start: LogPosition(100),
            number: 2,
            salt: 8,
            end: LogPosition(0),
        };
        let files = [
            (two.name(), 50),
            (one.name(), 130),
            ("reserve".to_owned(), 9),
            ("00000000000000000000-1-7.log".to_owned(), 9),
        ];
        let segments = in_order(&files);
        assert_eq!(segments.len(), 2);
        assert_eq!((segments[0].start.0, segments[0].end.0), (0, 100));
        assert_eq!((segments[1].start.0, segments[1].end.0), (100, 150));
    }
}
