//! A bounded cache of answers: the same question on the same data is not folded twice; and of counts,
//! from which the same question on later data begins (`kept`).
//!
//! The key holds everything an answer depends on: site, data version, question, the site's own
//! time zone and idle time, and the time of asking as far as it matters, to the minute; the
//! caller's clock moves an answer of a running period by at most that.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hitmetrix_model::{Answer, Cell, DataVersion, Question, SiteId};
use hitmetrix_store::Snapshot;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::kept::Keeper;
use crate::query::ask_keeping;
use crate::{AskError, Asked, Meter};

const MINUTE_MS: i64 = 60_000;
/// What is taken beside an answer's cells, or beside counts.
pub(crate) const OVERHEAD_BYTES: usize = 1 << 10;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    site: SiteId,
    version: DataVersion,
    question: Question,
    /// What is asked about its answer, in words of the asker's; empty for the answer itself.
    beside: String,
    time_zone: String,
    session_idle_ms: u32,
    minute: i64,
}

impl Key {
    fn of(snapshot: &Snapshot, asked: &Asked<'_>, beside: &str) -> Self {
        Self {
            site: snapshot.site,
            version: snapshot.version,
            question: asked.question.clone(),
            beside: beside.to_owned(),
            time_zone: asked.site_time_zone.to_owned(),
            session_idle_ms: asked.session_idle_ms,
            minute: asked.now_ms.div_euclid(MINUTE_MS),
        }
    }
}

#[derive(Debug, Default)]
struct Kept {
    answers: FxHashMap<Key, Answer>,
    /// Oldest first.
    order: VecDeque<(Key, usize)>,
    bytes: usize,
}

/// Answers of the last questions. Shared by reference; asks outside its lock, so that two who ask
/// the same at once both fold, and nobody waits for another's question.
#[derive(Debug)]
pub struct AnswerCache {
    kept: Mutex<Kept>,
    bytes_max: usize,
    counts: Keeper,
}

impl AnswerCache {
    /// A cache that keeps questions and answers of about so many bytes together, and counts of so
    /// many, from which later answers begin.
    #[must_use]
    pub fn new(bytes_max: usize, counts_bytes_max: usize) -> Self {
        Self {
            kept: Mutex::default(),
            bytes_max,
            counts: Keeper::new(counts_bytes_max),
        }
    }

    /// The kept answer, or a new one. A kept one says that it took no time.
    ///
    /// # Errors
    /// As [`ask`].
    pub fn ask(
        &self,
        snapshot: &Snapshot,
        asked: &Asked<'_>,
        meter: &dyn Meter,
    ) -> Result<Answer, AskError> {
        if let Some(answer) = self.kept(snapshot, asked, "") {
            return Ok(answer);
        }
        let answers = ask_keeping(snapshot, &[*asked], (meter, Some(&self.counts)));
        let answer = answers
            .into_iter()
            .next()
            .expect("one question has one answer")?;
        self.keep((snapshot, asked, ""), &answer);
        Ok(answer)
    }

    /// The kept answers, and new ones to the other questions, as [`ask_together`].
    pub fn ask_together(
        &self,
        snapshot: &Snapshot,
        asked: &[Asked<'_>],
        meter: &dyn Meter,
    ) -> Vec<Result<Answer, AskError>> {
        let mut answers: Vec<Option<_>> = asked
            .iter()
            .map(|one| self.kept(snapshot, one, "").map(Ok))
            .collect();
        let is_open = |answer: &Option<_>| answer.is_none();
        let open: Vec<Asked<'_>> = asked
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| is_open(answer))
            .map(|(one, _)| *one)
            .collect();
        let found = ask_keeping(snapshot, &open, (meter, Some(&self.counts)));
        let places = answers.iter_mut().filter(|answer| is_open(answer));
        for ((place, one), answer) in places.zip(&open).zip(found) {
            if let Ok(answer) = &answer {
                self.keep((snapshot, one, ""), answer);
            }
            *place = Some(answer);
        }
        answers.into_iter().flatten().collect()
    }

    /// The kept answer to what is asked about a question's answer, as the people behind a cell of it,
    /// or a new one, which `find` gives. `beside` says what is asked: equal words, equal answers.
    ///
    /// # Errors
    /// As `find`.
    pub fn beside<E>(
        &self,
        (snapshot, asked): (&Snapshot, &Asked<'_>),
        beside: &str,
        find: impl FnOnce() -> Result<Answer, E>,
    ) -> Result<Answer, E> {
        if let Some(answer) = self.kept(snapshot, asked, beside) {
            return Ok(answer);
        }
        let answer = find()?;
        self.keep((snapshot, asked, beside), &answer);
        Ok(answer)
    }

    /// Lets go of all that is kept of a site: what was erased stays in no answer.
    pub fn forget(&self, site: SiteId) {
        self.counts.forget(site);
        let mut kept = self.lock();
        kept.answers.retain(|key, _| key.site != site);
        kept.order.retain(|(key, _)| key.site != site);
        kept.bytes = kept.order.iter().map(|(_, bytes)| bytes).sum();
    }

    /// How many answers are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().answers.len()
    }

    /// True when nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A kept answer says that it took no time.
    fn kept(&self, snapshot: &Snapshot, asked: &Asked<'_>, beside: &str) -> Option<Answer> {
        let key = Key::of(snapshot, asked, beside);
        let kept = self.lock();
        let answer = kept.answers.get(&key)?;
        Some(Answer {
            took_us: 0,
            ..answer.clone()
        })
    }

    fn keep(&self, (snapshot, asked, beside): (&Snapshot, &Asked<'_>, &str), answer: &Answer) {
        // What is missing may be there again at the same version.
        if !answer.missing.is_empty() {
            return;
        }
        let key = Key::of(snapshot, asked, beside);
        let bytes = bytes_of(&key.question, answer) + 2 * beside.len();
        if bytes > self.bytes_max {
            return;
        }
        let mut kept = self.lock();
        if kept.answers.insert(key.clone(), answer.clone()).is_some() {
            return;
        }
        kept.order.push_back((key, bytes));
        kept.bytes += bytes;
        while kept.bytes > self.bytes_max {
            let Some((oldest, bytes)) = kept.order.pop_front() else {
                break;
            };
            kept.answers.remove(&oldest);
            kept.bytes -= bytes;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // A panic while the lock was held leaves at worst an answer too few.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About the memory of what was asked for, or of a part of it. It is chosen by whoever asks and may
/// be longer than any answer.
pub(crate) fn bytes_asked(asked: &impl Serialize) -> usize {
    2 * serde_json::to_vec(asked).map_or(usize::MAX / 4, |json| json.len())
}

/// About what is kept of a question and its answer.
fn bytes_of(question: &Question, answer: &Answer) -> usize {
    let cell = |cell: &Cell| {
        let text = match cell {
            Cell::Text(text) => text.len(),
            _ => 0,
        };
        size_of::<Cell>() + text
    };
    let cells: usize = answer.rows.iter().flatten().map(cell).sum();
    OVERHEAD_BYTES + bytes_asked(question) + cells
}
