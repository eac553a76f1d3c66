//! The sessions behind a cell, listed as a question of kind `sessions` lists them: so that a few can
//! stand for all of them, or those come first that are worth watching.
//!
//! Takes the people behind the cell as they were found and asks for their sessions alone. Whose
//! contribution counts is known to the insight that the cell is of, and to nobody here.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{Answer, Cell, Period, Question, QuestionKind, SessionId, SessionList, Unit};
use hitmetrix_store::Snapshot;

use crate::AskError;
use crate::query::{Asked, Meter, ask_among, column};

/// How long before the moment that counted a session may have begun.
const BEGAN_MS: i64 = 86_400_000;

/// Which sessions behind a cell are listed, and how.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'q> {
    /// In which order.
    pub list: &'q SessionList,
    /// How many rows at most.
    pub limit: Option<u32>,
    /// Only these, where not all are wanted.
    pub among: Option<&'q BTreeSet<SessionId>>,
}

/// The sessions of the people behind a cell, as [`crate::people`] found them for the same question:
/// the columns of a list of sessions, and at last `at`, the moment that counted.
///
/// # Errors
/// As [`crate::ask`]; fields are those of the list.
pub fn sessions_behind(
    snapshot: &Snapshot,
    (asked, people): (&Asked<'_>, Answer),
    listed: Listed<'_>,
    meter: &dyn Meter,
) -> Result<Answer, AskError> {
    let moments = moments(&people);
    let wanted = |session: &&SessionId| listed.among.is_none_or(|among| among.contains(session));
    let among: BTreeSet<SessionId> = moments.keys().filter(wanted).copied().collect();
    let question = Question {
        time_zone: asked.question.time_zone.clone(),
        bots: asked.question.bots,
        limit: listed.limit,
        sessions: Some(listed.list.clone()),
        ..Question::new(QuestionKind::Sessions, span(&people, &moments))
    };
    let of_sessions = Asked {
        question: &question,
        ..*asked
    };
    let mut answer = ask_among(snapshot, &of_sessions, &among, meter)?;
    answer.columns.push(column("at", Unit::TimeMs));
    for row in &mut answer.rows {
        let at = session_in(row, 0).and_then(|session| moments.get(&session));
        row.push(at.map_or(Cell::MISSING, |at| Cell::Count(*at)));
    }
    answer.period = people.period;
    answer.persons_total = people.persons_total;
    answer.rows_scanned += people.rows_scanned;
    answer.missing.extend(people.missing);
    answer.missing.sort_unstable();
    answer.missing.dedup();
    Ok(answer)
}

/// The first moment that counted of each session.
fn moments(people: &Answer) -> BTreeMap<SessionId, i64> {
    let mut moments = BTreeMap::new();
    for row in &people.rows {
        if let (Some(session), Some(Cell::Count(at))) = (session_in(row, 1), row.get(2)) {
            let first = moments.entry(session).or_insert(*at);
            *first = (*first).min(*at);
        }
    }
    moments
}

fn session_in(row: &[Cell], column: usize) -> Option<SessionId> {
    match row.get(column) {
        Some(Cell::Text(id)) => id.parse().ok(),
        _ => None,
    }
}

/// When the sessions began: what counts may lie beyond the question's period, as the later steps of
/// a funnel do.
fn span(people: &Answer, moments: &BTreeMap<SessionId, i64>) -> Period {
    let (first, last) = (moments.values().min(), moments.values().max());
    Period::Span {
        from_ms: first.map_or(people.period.from_ms, |first| first - BEGAN_MS),
        to_ms: last.map_or(people.period.to_ms, |last| last + 1),
    }
}
