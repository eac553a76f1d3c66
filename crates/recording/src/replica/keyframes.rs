//! Keyframes of one window's lines, at most as many as pay: one after each stretch of time in which
//! the tree or its styles changed, none where nothing did.
//!
//! Lines come in the order in which they were recorded. Their times may step back where one chunk
//! ends and the next begins, because each chunk's clock is corrected by itself; a player holds them
//! at the latest time so far, and so does this.

use super::{Replica, ReplicaError};
use crate::tree::Tree;

/// What marks a keyframe for a player: a remark of this name in front of it, which says how many
/// lines after it are made and not recorded.
pub const KEYFRAME_TAG: &str = "hm-keyframe";

/// Bytes of all keyframes of one window; when there are more, every second one goes.
const ALL_BYTES: usize = 64 << 20;

/// The state of a page before one of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyframe {
    /// The line that comes after it, counted from 0.
    pub before_line: usize,
    /// Its time: that of the line after it, and not before any earlier one; UTC, milliseconds since
    /// the epoch.
    pub time_ms: i64,
    /// Recorder events, one a line, each with its line feed; the first is the remark.
    pub lines: Vec<u8>,
}

/// The keyframes of one window's lines, in order. There is one before a line when at least
/// `every_ms` passed since the last snapshot or keyframe and the page changed meanwhile.
///
/// Where a page outgrows its limits there are none until its next snapshot. Of more than 64 MiB
/// every second one is left out, and they come half as often from there on.
///
/// # Errors
/// When there is none because the page outgrew a limit.
pub fn keyframes(lines: &[u8], every_ms: u64) -> Result<Vec<Keyframe>, ReplicaError> {
    let mut all = Keyframes::new(lines, every_ms);
    let mut kept: Vec<Keyframe> = Vec::new();
    let mut bytes = 0;
    while let Some(keyframe) = all.next() {
        bytes += keyframe.lines.len();
        kept.push(keyframe);
        if bytes > ALL_BYTES && kept.len() > 1 {
            let mut index = 0;
            kept.retain(|_| {
                index += 1;
                index % 2 == 0
            });
            bytes = kept.iter().map(|keyframe| keyframe.lines.len()).sum();
            all.every_ms = all.every_ms.saturating_mul(2);
        }
    }
    match all.outgrown {
        Some(error) if kept.is_empty() => Err(error),
        _ => Ok(kept),
    }
}

/// Keyframes one by one, so that no more than one is held; see [`keyframes`].
#[derive(Debug)]
pub struct Keyframes<'a> {
    /// What was not looked at yet, and the number of its first line.
    rest: Option<&'a [u8]>,
    number: usize,
    /// The latest time so far.
    now_ms: i64,
    every_ms: i64,
    /// Time of the last snapshot or keyframe, and whether the page changed since.
    base_ms: Option<i64>,
    is_changed: bool,
    outgrown: Option<ReplicaError>,
    replica: Replica,
}

impl<'a> Keyframes<'a> {
    /// Looks at the lines of one window, in the order of its chunks.
    #[must_use]
    pub fn new(lines: &'a [u8], every_ms: u64) -> Self {
        Self {
            rest: Some(lines),
            number: 0,
            now_ms: i64::MIN,
            every_ms: i64::try_from(every_ms).unwrap_or(i64::MAX),
            base_ms: None,
            is_changed: false,
            outgrown: None,
            replica: Replica::new(),
        }
    }

    /// The keyframe before a line, if one is due and pays.
    fn due(&mut self, before_line: usize, line: &str) -> Option<Keyframe> {
        let time_ms = self.now_ms.max(time_of(line)?);
        let passed_ms = time_ms.saturating_sub(self.base_ms?);
        if !self.is_changed || passed_ms < self.every_ms || is_start(line) {
            return None;
        }
        let events = self.replica.keyframe(time_ms)?;
        let count = events.iter().filter(|byte| **byte == b'\n').count();
        let mut lines = format!(
            r#"{{"type":5,"data":{{"tag":"{KEYFRAME_TAG}","payload":{{"lines":{count}}}}},"timestamp":{time_ms}}}"#
        )
        .into_bytes();
        lines.push(b'\n');
        lines.extend_from_slice(&events);
        self.base_ms = Some(time_ms);
        self.is_changed = false;
        Some(Keyframe {
            before_line,
            time_ms,
            lines,
        })
    }

    fn apply(&mut self, line: &str) {
        match self.replica.apply(line) {
            Ok(Some(applied)) => {
                self.now_ms = self.now_ms.max(applied.time_ms);
                if applied.is_snapshot {
                    self.base_ms = Some(self.now_ms);
                    self.is_changed = false;
                } else {
                    self.is_changed |= applied.is_change;
                }
            }
            Ok(None) => {}
            Err(error) => {
                self.base_ms = None;
                self.outgrown = self.outgrown.or(Some(error));
            }
        }
    }
}

impl Iterator for Keyframes<'_> {
    type Item = Keyframe;

    fn next(&mut self) -> Option<Keyframe> {
        loop {
            let rest = self.rest?;
            let end = rest.iter().position(|byte| *byte == b'\n');
            let line = &rest[..end.unwrap_or(rest.len())];
            self.rest = end.map(|end| &rest[end + 1..]);
            self.number += 1;
            let Ok(line) = std::str::from_utf8(line) else {
                continue;
            };
            let due = self.due(self.number - 1, line);
            self.apply(line);
            if due.is_some() {
                return due;
            }
        }
    }
}

/// The time of an event. Lines that were sanitised end with it; others are read as a whole.
fn time_of(line: &str) -> Option<i64> {
    let quick = line
        .strip_suffix('}')
        .and_then(|rest| rest.rsplit_once(r#","timestamp":"#))
        .and_then(|(_, digits)| digits.parse().ok());
    quick.or_else(|| {
        let tree = Tree::parse(line).ok()?;
        tree.member(tree.root(), "timestamp")
            .and_then(|time| tree.whole(time))
    })
}

/// Whether a player starts here by itself: with the size of a page, which comes before its snapshot,
/// or with the snapshot.
fn is_start(line: &str) -> bool {
    line.starts_with(r#"{"type":2,"#) || line.starts_with(r#"{"type":4,"#)
}
