//! Totals, trends, breakdowns and lists of sessions on random timelines against the oracle.
//! `HITMETRIX_TEST_CASES` sets how many cases; a failing seed is printed and belongs into
//! [`PINNED`].

use hitmetrix_model::{
    Answer, Bots, Cell, Compare, Condition, Dimension, Filter, Interval, Measure, Operator, Period,
    Question, QuestionKind, SessionList, SessionOrder, SessionSignal,
};

use hitmetrix_store::Snapshot;

use super::asking::answered;
use super::oracle::Oracle;
use super::samples::{Dice, Threads, days, question, span, words};
use super::world::{HOUR_MS, NAMES, World, cases, random_condition, value, world};
use crate::kept::Keeper;
use crate::query::ask_keeping;
use crate::{Asked, ask, ask_together};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

fn random_question(dice: &mut Dice, world: &World) -> Question {
    let from_ms = world.centre_ms - dice.below(100) as i64 * HOUR_MS / 2;
    let length = dice.pick(&[HOUR_MS, 5 * HOUR_MS / 2, 24 * HOUR_MS, 7 * 24 * HOUR_MS]);
    let day = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms)
            .unwrap()
            .strftime("%F")
            .to_string()
    };
    let last = ["30m", "24h", "1d", "7d", "2w", "1mo"];
    let period = match dice.below(3) {
        0 => span(from_ms, from_ms + length),
        1 => days(&day(from_ms), &day(from_ms + length)),
        _ => hitmetrix_model::Period::Last {
            last: value(dice, &last),
        },
    };
    let kind = dice.pick(&[
        QuestionKind::Totals,
        QuestionKind::Trend,
        QuestionKind::Breakdown,
        QuestionKind::Sessions,
    ]);
    let mut asked = question(kind, period);
    asked.time_zone = Some(world.zone.to_owned());
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Exclude, Bots::Include, Bots::Only]);
    asked.filters = (0..dice.below(4))
        .map(|_| random_condition(dice, 2))
        .collect();
    if kind != QuestionKind::Sessions {
        asked.compare = dice.pick(&[Compare::None, Compare::Previous, Compare::Year]);
        let mut measures = Measure::ALL.to_vec();
        measures.rotate_left(dice.below(9) as usize);
        measures.truncate(1 + dice.below(9) as usize);
        asked.measures = measures;
    }
    match kind {
        QuestionKind::Trend => {
            let intervals = [
                Interval::Hour,
                Interval::Day,
                Interval::Week,
                Interval::Month,
            ];
            asked.interval = (!dice.one_in(3)).then(|| dice.pick(&intervals));
        }
        QuestionKind::Breakdown => {
            asked.dimension = Some(dice.pick(&Dimension::ALL));
            asked.limit = Some(1 + dice.below(6) as u32);
        }
        QuestionKind::Sessions => {
            asked.limit = dice.pick(&[None, Some(0), Some(3)]);
            let orders = [
                SessionOrder::Newest,
                SessionOrder::WorthWatching,
                SessionOrder::Longest,
                SessionOrder::MostErrors,
            ];
            asked.sessions = (!dice.one_in(3)).then(|| SessionList {
                order: dice.pick(&orders),
                signals: (0..dice.below(3))
                    .map(|_| dice.pick(&SessionSignal::ALL))
                    .collect(),
                ..SessionList::default()
            });
        }
        _ => {}
    }
    if kind != QuestionKind::Sessions && dice.one_in(4) {
        // What most people ask: counts of events of some names, or of all.
        asked.measures = dice.pick(&[
            vec![Measure::Persons],
            vec![Measure::Events, Measure::Persons],
            vec![Measure::Persons, Measure::Pageviews],
        ]);
        asked.filters = (0..dice.below(4) / 2)
            .map(|_| {
                let names = (0..1 + dice.below(3)).map(|_| value(dice, &NAMES));
                Condition::Dimension(Filter {
                    dimension: Dimension::Event,
                    operator: Operator::Is,
                    values: names.collect(),
                })
            })
            .collect();
    }
    asked
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed);
    let world = world(&mut dice);
    let question = random_question(&mut dice, &world);
    let now_ms = world.centre_ms + dice.below(48 * 3600) as i64 * 1000 - 24 * HOUR_MS;
    let of = (&world, &question, now_ms);
    let (_, answer, oracle) = answered(of, (&mut dice, seed));
    let expected = expected(&oracle, &answer);
    let shown = |rows: &[Vec<Cell>]| {
        rows.iter()
            .map(|row| words(row))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        shown(&answer.rows),
        shown(&expected),
        "engine on the left, oracle on the right\nseed {seed}, {} events, {question:#?}",
        world.events.len()
    );
    assert!(
        answer
            .rows
            .iter()
            .all(|row| row.len() == answer.columns.len()),
        "seed {seed}"
    );
    assert_eq!(
        answer.bot_events,
        oracle.bot_events(answer.period),
        "seed {seed}"
    );
}

fn expected(oracle: &Oracle<'_>, answer: &Answer) -> Vec<Vec<Cell>> {
    let (now, before) = (answer.period, answer.previous);
    let limited = |mut rows: Vec<Vec<Cell>>, usual: u32| {
        assert_eq!(answer.rows_total, rows.len() as u64);
        rows.truncate(oracle.question.limit.unwrap_or(usual) as usize);
        rows
    };
    match oracle.question.kind {
        QuestionKind::Totals => vec![oracle.totals(now, before)],
        QuestionKind::Breakdown => limited(oracle.breakdown(now, before), 10),
        QuestionKind::Sessions => limited(oracle.list(now), 100),
        QuestionKind::Trend => {
            let row = |row: &Vec<Cell>| {
                let Cell::Count(start) = row[0] else {
                    panic!("a time")
                };
                let previous = match (before, &row[1]) {
                    (Some(_), Cell::Count(at)) => Some(*at),
                    _ => None,
                };
                let times = if before.is_some() { 2 } else { 1 };
                let mut cells = row[..times].to_vec();
                let interval = answer.interval.unwrap();
                cells.extend(oracle.bucket(now, before, interval, (start, previous)));
                cells
            };
            answer.rows.iter().map(row).collect()
        }
        other => panic!("no question of kind {} is made here", other.name()),
    }
}

#[test]
fn every_question_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(2000)) {
        check(seed);
    }
}

/// Some questions, most of them of the same events as the first.
fn random_questions(dice: &mut Dice, world: &World) -> Vec<Question> {
    let first = random_question(dice, world);
    let more = (0..1 + dice.below(6)).map(|_| {
        let other = random_question(dice, world);
        if first.kind == QuestionKind::Sessions || other.kind == QuestionKind::Sessions {
            return other;
        }
        if dice.one_in(5) {
            return other;
        }
        Question {
            kind: other.kind,
            measures: other.measures,
            interval: other.interval,
            dimension: other.dimension,
            limit: other.limit,
            ..first.clone()
        }
    });
    let mut all: Vec<Question> = more.collect();
    all.insert(dice.below(all.len() as u64 + 1) as usize, first.clone());
    if dice.one_in(4) {
        // One that is refused does not stop the others.
        all.push(Question {
            measures: Vec::new(),
            ..first
        });
    }
    all
}

#[test]
fn questions_asked_together_are_answered_as_each_alone() {
    for seed in 0..cases(600) {
        let mut dice = Dice::new(seed);
        let world = world(&mut dice);
        let questions = random_questions(&mut dice, &world);
        let threads = Threads(1 + dice.below(3) as usize);
        let asked = |question| Asked {
            question,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: world.centre_ms,
        };
        let all: Vec<Asked<'_>> = questions.iter().map(asked).collect();
        let together = ask_together(&world.snapshot, &all, &threads);
        assert_eq!(together.len(), questions.len());
        for (one, answered) in all.iter().zip(together) {
            // How many events a pass looks at depends on what else it counts.
            let same = |answer: Answer| Answer {
                rows_scanned: 0,
                ..answer
            };
            let alone = ask(&world.snapshot, one, &threads);
            assert_eq!(
                answered.map(same),
                alone.map(same),
                "seed {seed}, {:#?} of {questions:#?}",
                one.question
            );
        }
    }
}

/// A world's snapshot as it was when only so many of its runs were there, as many of them parts, and
/// with or without the moves.
fn earlier(world: &World, (runs, parts): (usize, usize), has_moved: bool) -> Snapshot {
    let all = &world.snapshot;
    let mut snapshot = Snapshot::of_runs(all.site, all.runs[..runs].to_vec()).with_parts(parts);
    for run in (0..runs).filter(|_| has_moved) {
        snapshot = snapshot.with_moves(run, all.moves(run).to_vec());
    }
    snapshot
}

#[test]
fn counts_that_were_kept_give_the_same_answers_later() {
    let mut brought_up = 0;
    for seed in 0..cases(600) {
        let mut dice = Dice::new(seed);
        let world = world(&mut dice);
        let mut questions = random_questions(&mut dice, &world);
        // The same from the same moment on, with another end.
        for place in 0..questions.len() {
            let mut other = questions[place].clone();
            if let Period::Span { from_ms, to_ms } = &mut other.period {
                *to_ms += dice.pick(&[HOUR_MS, 24 * HOUR_MS]);
                if dice.one_in(2) {
                    *to_ms = (*from_ms + HOUR_MS).max(*to_ms - 48 * HOUR_MS);
                }
                questions.push(other);
            }
        }
        let keeper = Keeper::new(1 << 30).with_open_share(1);
        let threads = Threads(1 + dice.below(3) as usize);
        let all = world.snapshot.runs.len();
        let (mut runs, mut parts) = (0, 0);
        let mut has_moved = dice.one_in(2);
        let mut now_ms = world.centre_ms - HOUR_MS;
        for step in 0..4 {
            runs += dice.below((all - runs) as u64 + 1) as usize;
            parts += dice.below((runs - parts) as u64 + 1) as usize;
            has_moved |= dice.one_in(4);
            now_ms += dice.pick(&[0, 1, 60_000, HOUR_MS]);
            let snapshot = earlier(&world, (runs, parts), has_moved);
            // Not the same ones each time, and not always together.
            let asked: Vec<Asked<'_>> = questions
                .iter()
                .filter(|_| !dice.one_in(3))
                .map(|question| Asked {
                    question,
                    site_time_zone: "UTC",
                    session_idle_ms: 30 * 60 * 1000,
                    now_ms,
                })
                .collect();
            let keeping = ask_keeping(&snapshot, &asked, (&threads, Some(&keeper)));
            let counted = ask_together(&snapshot, &asked, &threads);
            for (one, (answered, anew)) in asked.iter().zip(keeping.into_iter().zip(counted)) {
                let looked_at = |answer: &Answer| answer.rows_scanned;
                let rows = (
                    answered.as_ref().map(looked_at),
                    anew.as_ref().map(looked_at),
                );
                brought_up += usize::from(rows.0 != rows.1);
                let same = |answer: Answer| Answer {
                    rows_scanned: 0,
                    ..answer
                };
                assert_eq!(
                    answered.map(same),
                    anew.map(same),
                    "seed {seed}, step {step}: {runs} runs, {parts} of them parts, {:#?}",
                    one.question
                );
            }
        }
    }
    assert!(
        brought_up > 500,
        "kept counts were used for {brought_up} answers"
    );
}
