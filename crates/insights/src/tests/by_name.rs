//! Rows by name against rows that are looked at: the same runs, taken once for parts and once for
//! the unsealed tail, give the same answers. There are so many persons that a shard has several
//! ranges of them; names and bots are not in all runs, and some visitors moved to other shards.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::{
    Bots, Condition, Dimension, EventSelection, Filter, Interval, Lifecycle, Measure, Operator,
    PersonKey, Question, QuestionKind, Retention, SiteId, Stickiness,
};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Move, Snapshot, StoredEvent};

use super::samples::{Dice, answer, event, ms, question, span, words};
use super::world::HOUR_MS;
use crate::engine::UNIT_PERSONS;

const PERSONS: usize = 6 * UNIT_PERSONS as usize;
const HOURS: u64 = 80;

/// Three weeks' worth of runs within 80 hours, which overlap by some hours.
fn weeks(dice: &mut Dice, start_ms: i64) -> Vec<Vec<StoredEvent>> {
    let persons: Vec<u128> = (0..PERSONS).map(|_| dice.id()).collect();
    let names = [
        ["view", "cart", "help"],
        ["view", "cart", "order"],
        ["view", "view", "order"],
    ];
    let week = |(week, names): (u64, &[&str; 3])| {
        let events = (0..PERSONS as u64 / 2).map(|_| {
            let hour = week * HOURS / 4 + dice.below(HOURS / 2);
            let time_ms = start_ms + hour as i64 * HOUR_MS + dice.below(4) as i64 * HOUR_MS / 4;
            let mut stored = event(dice.pick(&persons), time_ms, dice.pick(names), "/");
            if week == 1 && dice.one_in(9) {
                stored.sender.context.bot = "headless".to_owned();
            }
            stored
        });
        events.collect()
    };
    (0..).zip(&names).map(week).collect()
}

/// Runs of all weeks; every 97th visitor of the first moved to the next one's person.
fn world(dice: &mut Dice, start_ms: i64) -> Snapshot {
    let mut runs: BTreeMap<(usize, u16), Vec<StoredEvent>> = BTreeMap::new();
    for (week, events) in weeks(dice, start_ms).into_iter().enumerate() {
        for stored in events {
            let run = runs.entry((week, shard_of(stored.person)));
            run.or_default().push(stored);
        }
    }
    let made = runs.iter().map(|((_, shard), rows)| {
        let run = Run::from_rows(*shard, rows.clone());
        Arc::new(run)
    });
    let mut snapshot = Snapshot::of_runs(SiteId(1), made.collect());
    let visitors = runs.values().flatten().map(|row| row.sender.visitor);
    let visitors: Vec<_> = visitors.collect();
    let moved: BTreeMap<_, _> = visitors
        .iter()
        .zip(&visitors[1..])
        .step_by(97)
        .map(|(from, to)| (*from, PersonKey(to.0)))
        .collect();
    for (index, rows) in runs.values().enumerate() {
        let of_run: BTreeMap<_, _> = rows
            .iter()
            .filter_map(|row| Some((row.sender.visitor, *moved.get(&row.sender.visitor)?)))
            .collect();
        let moves = of_run.into_iter().map(|(visitor, to)| Move {
            visitor,
            from: PersonKey(visitor.0),
            to,
        });
        snapshot = snapshot.with_moves(index, moves.collect());
    }
    snapshot
}

fn of(names: &[&str]) -> EventSelection {
    EventSelection {
        events: names.iter().map(|&name| name.to_owned()).collect(),
        ..EventSelection::default()
    }
}

fn questions(dice: &mut Dice, start_ms: i64) -> Vec<Question> {
    let names: [&[&str]; 4] = [&["order"], &["view", "help"], &["help"], &["nothing"]];
    let mut questions = Vec::new();
    // A word of bits has room for 64 intervals.
    for (from, hours) in [(-3, 64), (5, 63), (0, 65), (17, 20), (40, 64)] {
        let from_ms = start_ms + from * HOUR_MS + dice.below(3) as i64 * HOUR_MS / 2;
        let period = span(from_ms, from_ms + hours * HOUR_MS);
        for kind in [
            QuestionKind::Totals,
            QuestionKind::Trend,
            QuestionKind::Retention,
            QuestionKind::Lifecycle,
            QuestionKind::Stickiness,
        ] {
            let mut asked = question(kind, period.clone());
            asked.bots = dice.pick(&[Bots::Exclude, Bots::Exclude, Bots::Include, Bots::Only]);
            let chosen = dice.pick(&names);
            if kind != QuestionKind::Totals {
                asked.interval = Some(Interval::Hour);
            }
            match kind {
                QuestionKind::Retention => {
                    asked.retention = Some(Retention {
                        start: of(&["view"]),
                        return_to: of(chosen),
                        intervals: Some(9),
                        ..Retention::default()
                    });
                }
                QuestionKind::Lifecycle => asked.lifecycle = Some(Lifecycle { active: of(chosen) }),
                QuestionKind::Stickiness => {
                    asked.stickiness = Some(Stickiness { active: of(chosen) });
                }
                _ => {
                    asked.measures = vec![Measure::Persons, Measure::Events];
                    asked.filters = vec![Condition::Dimension(Filter {
                        dimension: Dimension::Event,
                        operator: Operator::Is,
                        values: of(chosen).events,
                    })];
                }
            }
            questions.push(asked);
        }
    }
    questions
}

#[test]
fn rows_by_name_give_what_rows_that_are_looked_at_give() {
    let mut dice = Dice::new(5);
    let start_ms = ms("2026-03-02T00:00:00Z");
    let world = world(&mut dice, start_ms);
    let runs = world.runs.len();
    for (place, asked) in questions(&mut dice, start_ms).iter().enumerate() {
        let answers = [0, runs / 2, runs].map(|parts| {
            let snapshot = world.clone().with_parts(parts);
            let answer = answer(&snapshot, asked, start_ms + 200 * HOUR_MS).unwrap();
            let rows: Vec<String> = answer.rows.iter().map(|row| words(row)).collect();
            (rows, answer.bot_events)
        });
        let [looked_at, half, by_name] = answers;
        assert_eq!(half, looked_at, "question {place}, {asked:#?}");
        assert_eq!(by_name, looked_at, "question {place}, {asked:#?}");
    }
}
