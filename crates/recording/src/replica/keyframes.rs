//! Keyframes of one window while its segments go by: where a player may want to start, and only
//! where that pays. Segments are told in order; the keyframe of one is the state before it.
//!
//! Times of lines may step back where one chunk ends and the next begins, because each chunk's clock
//! is corrected by itself; a player holds them at the latest time so far, and so does this.

use super::Replica;
use crate::tree::Tree;

/// What marks a keyframe for a player: a remark of this name in front of it, which says how many
/// lines after it are made and not recorded.
pub const KEYFRAME_TAG: &str = "hm-keyframe";

/// A keyframe is worth its bytes after about a minute; segments are up to a minute long, some a
/// little less.
const AFTER_MS: i64 = 45_000;
/// Or after so many bytes of lines, which take a player time to repeat.
const AFTER_BYTES: usize = 512 << 10;
/// What changes little is cheap to repeat: until so much time has passed, the lines since the last
/// start must be at least a part of what a keyframe takes.
const QUIET_MS: i64 = 5 * 60_000;
const QUIET_PART: usize = 8;
/// Bytes of all keyframes of one window beyond what was recorded of it, and how often they may be
/// what was recorded: whoever sends a large page and then little for hours does not fill the disk,
/// and a page that changes much for hours can be started anywhere.
const ALL_BYTES: usize = 64 << 20;
const ALL_TIMES: usize = 8;

/// The state of one window, and what was spent on keyframes of it.
#[derive(Debug, Default)]
pub struct Keyframes {
    replica: Replica,
    /// The latest time so far.
    now_ms: Option<i64>,
    /// The last snapshot or keyframe.
    start: Option<Start>,
    recorded_bytes: usize,
    made_bytes: usize,
}

/// Where a player can start, and what came since.
#[derive(Debug)]
struct Start {
    time_ms: i64,
    /// Bytes of the snapshot or keyframe.
    bytes: usize,
    bytes_since: usize,
    is_changed: bool,
}

impl Keyframes {
    /// Takes in the lines of the next segment, chunk by chunk. The keyframe before it, lines with
    /// their line feeds, of which the first is the remark: where the page changed since the last
    /// start and beginning here pays. None where the first chunk brings a snapshot of its own, and
    /// where the page outgrew its limits, until its next snapshot.
    pub fn before(&mut self, segment: &[Vec<u8>]) -> Option<Vec<u8>> {
        let keyframe = self.due(segment);
        if let Some((time_ms, lines)) = &keyframe {
            self.made_bytes += lines.len();
            self.start = Some(Start {
                time_ms: *time_ms,
                bytes: lines.len(),
                bytes_since: 0,
                is_changed: false,
            });
        }
        segment
            .iter()
            .flat_map(|chunk| lines_of(chunk))
            .for_each(|line| self.apply(line));
        keyframe.map(|(_, lines)| lines)
    }

    fn due(&self, segment: &[Vec<u8>]) -> Option<(i64, Vec<u8>)> {
        let start = self.start.as_ref().filter(|start| start.is_changed)?;
        let first = segment.first()?;
        if lines_of(first).any(is_snapshot) {
            return None;
        }
        let first_ms = lines_of(first).find_map(time_of)?;
        let time_ms = self.now_ms.map_or(first_ms, |now_ms| now_ms.max(first_ms));
        let passed_ms = time_ms.saturating_sub(start.time_ms);
        let is_long = passed_ms >= AFTER_MS || start.bytes_since >= AFTER_BYTES;
        let is_worth = start.bytes_since >= start.bytes / QUIET_PART || passed_ms >= QUIET_MS;
        let recorded = self.recorded_bytes;
        let all = (ALL_BYTES + recorded).min(recorded.saturating_mul(ALL_TIMES));
        if !is_long || !is_worth || self.made_bytes + start.bytes > all {
            return None;
        }
        let events = self.replica.keyframe(time_ms)?;
        if self.made_bytes + events.len() > all {
            return None;
        }
        let count = events.iter().filter(|byte| **byte == b'\n').count();
        let mut lines = format!(
            r#"{{"type":5,"data":{{"tag":"{KEYFRAME_TAG}","payload":{{"lines":{count}}}}},"timestamp":{time_ms}}}"#
        )
        .into_bytes();
        lines.push(b'\n');
        lines.extend_from_slice(&events);
        Some((time_ms, lines))
    }

    fn apply(&mut self, line: &str) {
        self.recorded_bytes += line.len();
        match self.replica.apply(line) {
            Ok(None) => {}
            Ok(Some(applied)) => {
                let now_ms = self
                    .now_ms
                    .map_or(applied.time_ms, |now| now.max(applied.time_ms));
                self.now_ms = Some(now_ms);
                if applied.is_snapshot {
                    self.start = Some(Start {
                        time_ms: now_ms,
                        bytes: line.len(),
                        bytes_since: 0,
                        is_changed: false,
                    });
                } else if let Some(start) = &mut self.start {
                    start.bytes_since += line.len();
                    start.is_changed |= applied.is_change;
                }
            }
            // It waits for the next snapshot, and says so by having no keyframe.
            Err(_) => self.start = None,
        }
    }
}

/// Lines of a chunk that are text.
fn lines_of(chunk: &[u8]) -> impl Iterator<Item = &str> {
    let lines = chunk.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| std::str::from_utf8(line).ok())
        .filter(|line| !line.is_empty())
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

/// Whether a player starts here by itself. Lines that were sanitised begin so.
fn is_snapshot(line: &str) -> bool {
    line.starts_with(r#"{"type":2,"#)
}
