//! Behind every number, the people: who contributed to one cell of an answer, in which session and
//! when.
//!
//! An insight adds up contributions. Asked for the people of a cell it folds the same way once
//! more and notes, where it would add to that cell, whose contribution it is. One row per person
//! and session with the time of the first contribution and the site's own name of the user, latest
//! first; more than the limit are counted, not kept.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hitmetrix_model::{
    Answer, Cell, CellAddress, PersonKey, QuestionKind, SessionId, Unit, limits,
};
use hitmetrix_store::Snapshot;

use crate::query::{Asked, Meter, Query, Scanned, column};
use crate::{
    AskError, correlation, distribution, errors, forms, funnel, goals, heatmap, lifecycle, paths,
    people_of_counts, retention, series, stickiness,
};

/// Rows when the question names no limit.
const ROWS: u32 = 100;

/// One contribution to a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Contribution {
    pub(crate) at_ms: i64,
    pub(crate) person: u128,
    pub(crate) session: u128,
}

/// Contributions to the watched cell.
#[derive(Debug, Default)]
pub(crate) struct People {
    watching: bool,
    /// Whether a person may be noted by several passes: then all are kept until the end.
    keeps_all: bool,
    /// Contributions of the person who is folded now.
    of_person: Vec<Contribution>,
    /// The oldest on top.
    latest: BinaryHeap<Reverse<Contribution>>,
    /// Pairs of person and session.
    total: u64,
    persons: u64,
}

impl People {
    /// Nobody yet; contributions are only kept when a cell is watched.
    pub(crate) fn watching(watching: bool) -> Self {
        Self {
            watching,
            ..Self::default()
        }
    }

    /// Nobody yet, where several passes add to the watched cell. Whoever notes contributions counts
    /// the memory.
    pub(crate) fn of_several_passes() -> Self {
        Self {
            keeps_all: true,
            ..Self::watching(true)
        }
    }

    /// Notes a contribution. All of one person come together.
    #[inline]
    pub(crate) fn add(&mut self, contribution: Contribution) {
        if !self.watching {
            return;
        }
        let last = self.of_person.last();
        if last.is_some_and(|last| last.person != contribution.person) {
            self.settle();
        }
        self.of_person.push(contribution);
    }

    /// Makes pairs of the last person's contributions.
    fn settle(&mut self) {
        if self.of_person.is_empty() {
            return;
        }
        self.persons += 1;
        let mut found = std::mem::take(&mut self.of_person);
        found.sort_unstable_by_key(|one| (one.session, one.at_ms));
        found.dedup_by_key(|one| one.session);
        self.total += found.len() as u64;
        for one in found.drain(..) {
            self.keep(one);
        }
        self.of_person = found;
    }

    fn keep(&mut self, one: Contribution) {
        self.latest.push(Reverse(one));
        if self.latest.len() > limits::ANSWER_ROWS && !self.keeps_all {
            self.latest.pop();
        }
    }

    /// Makes one pair of what several passes noted of the same person and session.
    fn join_passes(&mut self) {
        let all = std::mem::take(&mut self.latest).into_iter();
        let mut all: Vec<Contribution> = all.map(|one| one.0).collect();
        all.sort_unstable_by_key(|one| (one.person, one.session, one.at_ms));
        all.dedup_by_key(|one| (one.person, one.session));
        self.total = all.len() as u64;
        self.persons = all.chunk_by(|one, next| one.person == next.person).count() as u64;
        self.keeps_all = false;
        for one in all {
            self.keep(one);
        }
    }

    /// Adds those of other persons.
    pub(crate) fn merge(&mut self, mut from: Self) {
        self.settle();
        from.settle();
        self.total += from.total;
        self.persons += from.persons;
        for one in from.latest {
            self.keep(one.0);
        }
    }

    /// The rows, latest first.
    pub(crate) fn answer(mut self, query: &Query<'_>, scanned: Scanned<'_>, limit: u32) -> Answer {
        self.settle();
        if self.keeps_all {
            self.join_passes();
        }
        let mut answer = query.answer(scanned);
        answer.columns = vec![
            column("person", Unit::Id),
            column("session", Unit::Id),
            column("at", Unit::TimeMs),
            column("user", Unit::Text),
        ];
        answer.rows_total = self.total;
        answer.persons_total = Some(self.persons);
        let mut found: Vec<Contribution> = self.latest.into_iter().map(|one| one.0).collect();
        found.sort_unstable_by_key(|one| (Reverse(one.at_ms), one.person, one.session));
        found.truncate(limit as usize);
        for one in found {
            let person = PersonKey(one.person);
            let (user, _) = query.snapshot.user_of_person(person);
            answer.rows.push(vec![
                Cell::Text(person.to_string()),
                Cell::Text(SessionId(one.session).to_string()),
                Cell::Count(one.at_ms),
                Cell::Text(user.unwrap_or_default()),
            ]);
        }
        answer
    }
}

/// Who stands behind a cell of a question's answer.
///
/// # Errors
/// As [`crate::ask`]; and when the answer has no such cell.
pub fn people(
    snapshot: &Snapshot,
    (asked, cell, limit): (&Asked<'_>, &CellAddress, Option<u32>),
    meter: &dyn Meter,
) -> Result<Answer, AskError> {
    let query = Query::new(snapshot, asked, meter)?;
    let limit = limit.unwrap_or(ROWS);
    if limit as usize > limits::ANSWER_ROWS {
        return Err(AskError::TooManyRows { given: limit });
    }
    let mut answer = match asked.question.kind {
        QuestionKind::Trend if asked.question.trend.is_some() => {
            series::people(&query, cell, limit)
        }
        QuestionKind::Totals | QuestionKind::Trend | QuestionKind::Breakdown => {
            people_of_counts::answer(&query, cell, limit)
        }
        QuestionKind::Funnel => funnel::people(&query, cell, limit),
        QuestionKind::Distribution => distribution::people(&query, cell, limit),
        QuestionKind::Correlation => correlation::people(&query, cell, limit),
        QuestionKind::Errors => errors::people(&query, cell, limit),
        QuestionKind::Forms => forms::people(&query, cell, limit),
        QuestionKind::Paths => paths::people(&query, cell, limit),
        QuestionKind::Goals => goals::people(&query, cell, limit),
        QuestionKind::Heatmap => heatmap::people(&query, cell, limit),
        QuestionKind::Retention => retention::people(&query, cell, limit),
        QuestionKind::Lifecycle => lifecycle::people(&query, cell, limit),
        QuestionKind::Stickiness => stickiness::people(&query, cell, limit),
        // Its rows are the people already.
        kind @ QuestionKind::Sessions => Err(AskError::NotForKind {
            field: "cell",
            kind,
        }),
    }?;
    answer.took_us = meter.elapsed_us();
    Ok(answer)
}

/// A cell of the row that names it, as a text.
pub(crate) fn text_key<'c>(cell: &'c CellAddress, column: &str) -> Result<&'c str, AskError> {
    match cell.row.get(column) {
        Some(Cell::Text(text)) => Ok(text),
        _ => Err(AskError::RowKey {
            column: column.to_owned(),
        }),
    }
}

/// A cell of the row that names it, as a whole number.
pub(crate) fn number_key(cell: &CellAddress, column: &str) -> Result<i64, AskError> {
    match cell.row.get(column) {
        Some(Cell::Count(number)) => Ok(*number),
        _ => Err(AskError::RowKey {
            column: column.to_owned(),
        }),
    }
}

/// That the cell's column has no people behind it.
pub(crate) fn unknown_column(cell: &CellAddress, known: &[&str]) -> AskError {
    AskError::UnknownColumn {
        given: cell.column.chars().take(100).collect(),
        known: known.join(", "),
    }
}
