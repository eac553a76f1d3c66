//! The values that a question of goals is divided by, and its rows.

use hitmetrix_model::{Answer, Cell, Goals, Unit};
use rustc_hash::FxHashMap;

use crate::query::{Prepared, column};
use crate::top;

use super::{MILLION, Time, Work};

/// The values with rows, and which codes they are.
#[derive(Debug)]
pub(super) struct Values {
    /// Largest first; the last may be all others.
    pub(super) texts: Vec<String>,
    /// Codes to places in `texts`; no code is the first.
    pub(super) of_code: FxHashMap<u32, u32>,
}

impl Values {
    /// All sessions together.
    pub(super) fn one() -> Self {
        Self {
            texts: vec![String::new()],
            of_code: FxHashMap::default(),
        }
    }

    /// So many intervals.
    pub(super) fn of_buckets(count: usize) -> Self {
        let all = 0..count as u32;
        Self {
            texts: vec![String::new(); count],
            of_code: all.map(|code| (code, code)).collect(),
        }
    }

    /// The values with most sessions; codes of the same text are one value.
    pub(super) fn top(prepared: &Prepared<'_>, sessions: FxHashMap<u32, u64>, top: usize) -> Self {
        let text = |code| prepared.text(0, code);
        let (mut texts, mut of_code) = (Vec::new(), FxHashMap::default());
        for (place, (text, codes)) in (0..).zip(top::largest(sessions.into_iter(), text, top)) {
            texts.push(text);
            of_code.extend(codes.into_iter().map(|code| (code, place)));
        }
        Self { texts, of_code }
    }

    /// The place of a value.
    pub(super) fn place(&self, text: &str) -> Option<usize> {
        self.texts.iter().position(|known| known == text)
    }
}

fn share(of: u64, whole: u64) -> Cell {
    match whole {
        0 => Cell::MISSING,
        whole => Cell::Number(of as f64 / whole as f64),
    }
}

/// One row per value and goal.
pub(super) fn fill(
    answer: &mut Answer,
    spec: &Goals,
    (values, time, work): (&Values, Option<&Time>, &Work),
) {
    if time.is_some() {
        answer.columns.push(column("time", Unit::TimeMs));
    }
    if let Some(fact) = &spec.breakdown {
        answer.columns.push(column(&fact.column_name(), Unit::Text));
    }
    answer.columns.extend([
        column("goal", Unit::Text),
        column("sessions", Unit::Count),
        column("reached", Unit::Count),
        column("persons", Unit::Count),
        column("conversion_rate", Unit::Share),
        column("value", Unit::Ratio),
        column("value_per_session", Unit::Ratio),
    ]);
    let tallies = work.tallies.chunks(spec.goals.len());
    let all = values.texts.iter().zip(&work.sessions).zip(tallies);
    for (place, ((text, &sessions), tallies)) in all.enumerate() {
        for (goal, tally) in spec.goals.iter().zip(tallies) {
            let mut row = Vec::with_capacity(answer.columns.len());
            if let Some(time) = time {
                row.push(Cell::Count(time.buckets.starts()[place]));
            }
            if spec.breakdown.is_some() {
                row.push(Cell::Text(text.clone()));
            }
            let has_worth = goal.value_thousandths.is_some() || goal.value_property.is_some();
            let worth = tally.worth as f64 / MILLION;
            row.extend([
                Cell::Text(goal.label.clone()),
                Cell::Count(sessions as i64),
                Cell::Count(tally.reached as i64),
                Cell::Count(tally.persons as i64),
                share(tally.reached, sessions),
            ]);
            row.extend(match (has_worth, sessions) {
                (false, _) => [Cell::MISSING, Cell::MISSING],
                (true, 0) => [Cell::Number(worth), Cell::MISSING],
                (true, _) => [Cell::Number(worth), Cell::Number(worth / sessions as f64)],
            });
            answer.rows.push(row);
        }
    }
    answer.rows_total = answer.rows.len() as u64;
}
