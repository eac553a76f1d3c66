//! Whole paths, straight from the lanes: from the start of sessions, where the event's name decides
//! alone.
//!
//! Which event is a step and where a session ends is nothing that a processor can predict, so
//! neither is a branch: rows of steps are written down one behind the other, and of these each
//! adds to a path or begins the next. Sessions that return after another one, which happens where
//! two browsers are used at once or a session goes on in the next run, are left to the walker.

use std::hint::select_unpredictable;

use hitmetrix_store::lanes::Codes;

use crate::columns::QueryRun;
use crate::timeline::{Stretch, Timeline};

use super::sequences::Key;
use super::steps::NO_STEP;
use super::walk::{Anchor, Walker};

/// Rows at a time.
const ROWS: usize = 256;
/// Sessions of a person over several runs, beyond which they are not compared one by one.
const SESSIONS_MAX: usize = 64;

/// What finds paths; made once for a question.
#[derive(Debug)]
pub(super) struct Quick {
    /// One per run: by code of the name one for steps, else zero.
    steps: Vec<Vec<u8>>,
    depth: u32,
    bits: u32,
}

/// Paths of a person; one per thread.
#[derive(Debug)]
pub(super) struct Found<K> {
    pub(super) keys: Vec<K>,
    /// Of each the code of its session in the run, and the id where there are several runs.
    codes: Vec<u32>,
    sessions: Vec<u128>,
    /// Rows that are steps.
    rows: [u32; ROWS],
}

impl Quick {
    /// None where paths are not found this way.
    pub(super) fn new(walker: &Walker<'_>, runs: &[QueryRun<'_>], bits: u32) -> Option<Self> {
        let shape = walker.shape;
        if !walker.marker.is_plain()
            || shape.anchor != Anchor::Start
            || shape.collapse
            || !runs.iter().all(QueryRun::passes_all)
        {
            return None;
        }
        let steps = runs.iter().map(|run| {
            let mut steps: Vec<u8> = run
                .marks
                .iter()
                .map(|&marks| u8::from(marks != 0))
                .collect();
            // All that fits a code of one byte.
            steps.resize(steps.len().max(1 << 8), 0);
            steps
        });
        Some(Self {
            steps: steps.collect(),
            depth: shape.depth as u32,
            bits,
        })
    }

    /// Leaves a person's paths in `found`; `false` where the walker has to find them.
    pub(super) fn keys<K: Key>(
        &self,
        walker: &Walker<'_>,
        timeline: &Timeline<'_>,
        found: &mut Found<K>,
    ) -> bool {
        found.clear();
        let several = timeline.stretches.len() > 1;
        for stretch in timeline.stretches {
            if !self.stretch((walker, timeline), *stretch, found) {
                return false;
            }
            if several && !found.name_sessions(&timeline.runs[stretch.run as usize]) {
                return false;
            }
        }
        true
    }

    /// Adds the paths of rows that follow each other; `false` where a session returns
    /// or not all rows count.
    fn stretch<K: Key>(
        &self,
        (walker, timeline): (&Walker<'_>, &Timeline<'_>),
        stretch: Stretch,
        found: &mut Found<K>,
    ) -> bool {
        let run = &timeline.runs[stretch.run as usize];
        let of = &walker.runs[stretch.run as usize];
        let steps = &self.steps[stretch.run as usize];
        if !run.counts_all(stretch.from as usize..stretch.to as usize) {
            return false;
        }
        // Rows without a text are no steps.
        let Some(texts) = &of.codes else { return true };
        let mut making = Making {
            key: K::NONE,
            steps: 0,
            session: None,
        };
        let mut in_order = true;
        for from in (stretch.from..stretch.to).step_by(ROWS) {
            let to = stretch.to.min(from + ROWS as u32);
            let range = from as usize..to as usize;
            let rows = &mut found.rows;
            let count = match run.names {
                Codes::U8(names) => taken(&names[range], (from, steps), rows),
                Codes::U16(names) => taken(&names[range], (from, steps), rows),
                Codes::U32(names) => taken(&names[range], (from, steps), rows),
            };
            let before = found.keys.len();
            // The first step may go on with the path of the rows before.
            let mut path = before.wrapping_sub(1);
            found.keys.resize(before + count, K::NONE);
            found.codes.resize(before + count, 0);
            for &row in &found.rows[..count] {
                let code = of.to_step[texts.get(row as usize) as usize];
                // Hardly ever.
                if code == NO_STEP {
                    continue;
                }
                let session = run.sessions.codes.get(row as usize);
                let (begins, follows) = making.turn(session);
                // A session that returns has a code that is not above all before.
                in_order &= follows;
                path = path.wrapping_add(usize::from(begins));
                making.add(code, self);
                found.keys[path] = making.key;
                found.codes[path] = session;
            }
            found.keys.truncate(path.wrapping_add(1));
            found.codes.truncate(path.wrapping_add(1));
        }
        in_order
    }
}

/// The path that is being made.
struct Making<K> {
    key: K,
    steps: u32,
    /// Code of its session; none at first.
    session: Option<u32>,
}

impl<K: Key> Making<K> {
    /// Turns to the session of the next step: whether it is another one, and whether it has not
    /// been there before.
    #[inline]
    fn turn(&mut self, session: u32) -> (bool, bool) {
        let begins = self.session != Some(session);
        let follows = self.session.is_none_or(|last| last <= session);
        self.session = Some(session);
        self.steps = select_unpredictable(begins, 0, self.steps);
        self.key = select_unpredictable(begins, K::NONE, self.key);
        (begins, follows)
    }

    #[inline]
    fn add(&mut self, code: u32, quick: &Quick) {
        if self.steps < quick.depth {
            self.key = self.key.with(code, self.steps, quick.bits);
            self.steps += 1;
        }
    }
}

impl<K> Found<K> {
    pub(super) const fn new() -> Self {
        Self {
            keys: Vec::new(),
            codes: Vec::new(),
            sessions: Vec::new(),
            rows: [0; ROWS],
        }
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.codes.clear();
        self.sessions.clear();
    }

    /// Looks up the sessions of the paths that a run has added; `false` where one of them was
    /// there before, or where there are too many to tell.
    fn name_sessions(&mut self, run: &QueryRun<'_>) -> bool {
        if self.codes.len() > SESSIONS_MAX {
            return false;
        }
        let before = self.sessions.len();
        for &code in &self.codes[before..] {
            self.sessions.push(run.sessions.ids[code as usize]);
        }
        let (before, added) = self.sessions.split_at(before);
        !added.iter().any(|session| before.contains(session))
    }
}

/// Writes the rows of steps down and returns how many there are.
#[inline]
fn taken<T: Copy + Into<u32>>(
    names: &[T],
    (from, steps): (u32, &[u8]),
    rows: &mut [u32; ROWS],
) -> usize {
    let mut count = 0;
    for (&name, row) in names.iter().zip(from..) {
        rows[count % ROWS] = row;
        count += usize::from(steps[name.into() as usize]);
    }
    count
}
