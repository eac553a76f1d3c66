//! The people behind cells of totals, trends and breakdowns: as many as the cell says, and those
//! whom a plain recount finds.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Bots, Cell, CellAddress, Compare, Dimension, Interval, Measure, Question, QuestionKind,
};

use super::samples::{Dice, Threads, question, span};
use super::world::{HOUR_MS, cases, random_condition, world};
use crate::{Asked, ask, people};

fn random_question(dice: &mut Dice, from_ms: i64) -> Question {
    let kind = dice.pick(&[
        QuestionKind::Totals,
        QuestionKind::Trend,
        QuestionKind::Breakdown,
    ]);
    let length = dice.pick(&[3, 24, 24 * 5]) * HOUR_MS;
    let mut asked = question(kind, span(from_ms, from_ms + length));
    asked.compare = dice.pick(&[Compare::None, Compare::Previous, Compare::Year]);
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Include]);
    asked.filters = (0..dice.below(3))
        .map(|_| random_condition(dice, 1))
        .collect();
    asked.measures = vec![Measure::Persons, Measure::Sessions, Measure::Pageviews];
    match kind {
        QuestionKind::Trend => asked.interval = Some(Interval::Hour),
        QuestionKind::Breakdown => asked.dimension = Some(dice.pick(&Dimension::ALL)),
        _ => {}
    }
    asked
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0x9e0_91e);
    let world = world(&mut dice);
    let from_ms = world.centre_ms - dice.below(48) as i64 * HOUR_MS;
    let asked = random_question(&mut dice, from_ms);
    let asking = Asked {
        question: &asked,
        site_time_zone: world.zone,
        session_idle_ms: 30 * 60 * 1000,
        // Some periods are running, so that the earlier one is cut.
        now_ms: world.centre_ms + dice.pick(&[0, 30 * 24]) * HOUR_MS,
    };
    let answer = ask(&world.snapshot, &asking, &Threads(2))
        .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let periods = if asked.compare != Compare::None { 2 } else { 1 };
    let keys = answer.columns.len() - asked.measures.len() * periods;
    for row in answer.rows.iter().take(40) {
        let mut address = CellAddress {
            column: String::new(),
            row: BTreeMap::new(),
        };
        for (column, cell) in answer.columns.iter().zip(row).take(keys) {
            address.row.insert(column.name.clone(), cell.clone());
        }
        for (place, column) in answer.columns[keys..].iter().enumerate() {
            let measure = asked.measures[place / periods];
            address.column = column.name.clone();
            let cell = (&asking, &address, Some(10_000));
            let found = people(&world.snapshot, cell, &Threads(2))
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let persons: BTreeSet<String> = found
                .rows
                .iter()
                .map(|row| format!("{:?}", row[0]))
                .collect();
            assert_eq!(
                found.persons_total,
                Some(persons.len() as u64),
                "seed {seed}"
            );
            let number = match row[keys + place] {
                Cell::Count(number) => number,
                Cell::Missing(_) => 0,
                _ => panic!("a count"),
            };
            let told = format!("seed {seed}, {address:?}, {asked:#?}");
            match measure {
                Measure::Persons => assert_eq!(persons.len() as i64, number, "{told}"),
                Measure::Sessions => assert_eq!(found.rows.len() as i64, number, "{told}"),
                _ => assert!(found.rows.len() as i64 <= number, "{told}"),
            }
            assert_eq!(found.rows.is_empty(), number == 0, "{told}");
        }
    }
}

#[test]
fn cells_of_counts_have_as_many_people_as_they_say() {
    for seed in 0..cases(300) {
        check(seed);
    }
}
