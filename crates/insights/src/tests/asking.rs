//! What every test against the oracle begins with: a random question, its answer, and an oracle
//! that knows what was asked.

use hitmetrix_model::{Answer, Cell, Compare, Question, QuestionKind};
use jiff::tz::TimeZone;

use super::oracle::Oracle;
use super::samples::{Dice, Threads, question, span};
use super::world::{HOUR_MS, World, random_condition};
use crate::{Asked, ask};

/// A question over some hours or days about the middle of a world, mostly without filters.
pub fn random_question(dice: &mut Dice, world: &World, kind: QuestionKind) -> Question {
    let from_ms = world.centre_ms - dice.below(100) as i64 * HOUR_MS / 2;
    let length = dice.pick(&[5 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS]);
    let mut asked = question(kind, span(from_ms, from_ms + length));
    asked.filters = (0..dice.below(4) / 3)
        .map(|_| random_condition(dice, 1))
        .collect();
    asked
}

/// Asks a question at a time, on a random number of threads.
pub fn answered<'a>(
    (world, question, now_ms): (&'a World, &'a Question, i64),
    (dice, seed): (&mut Dice, u64),
) -> (Asked<'a>, Answer, Oracle<'a>) {
    let asked = Asked {
        question,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms,
    };
    let threads = Threads(1 + dice.below(3) as usize);
    let answer = ask(&world.snapshot, &asked, &threads)
        .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{question:#?}"));
    let zone = question.time_zone.as_deref();
    let oracle = Oracle {
        question,
        events: &world.events,
        zone: TimeZone::get(zone.unwrap_or(asked.site_time_zone)).unwrap(),
        now_ms,
        period: answer.period,
    };
    (asked, answer, oracle)
}

/// A question held against the period before, and the question that asks for that period alone;
/// none where nothing of it has passed yet, and none where it is asked who did something: that is told
/// by the question's own period, for both.
pub fn compared(
    (world, question, now_ms): (&World, &Question, i64),
    (dice, seed): (&mut Dice, u64),
) -> Option<(Question, Answer, Question)> {
    let asks_who_did = serde_json::to_string(question).unwrap();
    if asks_who_did.contains("\"did\":") {
        return None;
    }
    let held = Question {
        compare: Compare::Previous,
        ..question.clone()
    };
    let (_, answer, _) = answered((world, &held, now_ms), (dice, seed));
    let previous = answer.previous.unwrap();
    let earlier = Question {
        period: span(previous.from_ms, previous.to_ms),
        ..question.clone()
    };
    (previous.from_ms < previous.to_ms).then_some((held, answer, earlier))
}

/// The cell of a row in a column.
pub fn cell_of<'a>(answer: &Answer, row: &'a [Cell], column: &str) -> &'a Cell {
    let at = answer.columns.iter().position(|one| one.name == column);
    &row[at.unwrap_or_else(|| panic!("no column {column}"))]
}
