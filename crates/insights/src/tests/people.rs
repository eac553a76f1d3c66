//! The people behind cells of totals, trends and breakdowns: as many as the cell says, and those
//! whom a plain recount finds; and their sessions as a list of some that stand for all.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Bots, Cell, CellAddress, Compare, Dimension, Funnel, FunnelStep, Interval, Measure, Question,
    QuestionKind, SessionId, SessionList, SessionOrder,
};

use super::samples::{Dice, Threads, event, question, snapshot, span};
use super::world::{HOUR_MS, cases, random_condition, world};
use crate::{AskError, Asked, Listed, ask, people, sessions_behind};

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

/// Twelve who came to the cart: nine left it alike, two in anger, and one went on.
fn carts() -> Vec<hitmetrix_store::StoredEvent> {
    let mut events = Vec::new();
    for person in 1..=12_u128 {
        let at_ms = 1_000_000 + 60_000 * person as i64;
        events.push(event(person, at_ms, "pageview", "/lamps"));
        events.push(event(person, at_ms + 20_000, "cart", "/cart"));
        if person == 12 {
            events.push(event(person, at_ms + 40_000, "order", "/cart"));
        } else if person > 9 {
            events.push(event(person, at_ms + 30_000, "rage_click", "/cart"));
            events.push(event(person, at_ms + 50_000, "pageview", "/help"));
        }
    }
    events
}

/// (session, stands_for, at).
type LeftRow = (u128, i64, i64);

/// The sessions of who left the cart, in an order, and how many there are.
fn left(
    order: SessionOrder,
    limit: Option<u32>,
    among: Option<&BTreeSet<SessionId>>,
) -> Result<(Vec<LeftRow>, u64), AskError> {
    let step = |name: &str| FunnelStep {
        events: vec![name.to_owned()],
        ..FunnelStep::default()
    };
    let asked = Question {
        funnel: Some(Funnel {
            steps: vec![step("cart"), step("order")],
            ..Funnel::default()
        }),
        ..question(QuestionKind::Funnel, span(1_000_000, 2_000_000))
    };
    let asking = Asked {
        question: &asked,
        site_time_zone: "UTC",
        session_idle_ms: 1_800_000,
        now_ms: 10_000_000,
    };
    let cell: CellAddress =
        serde_json::from_str(r#"{"column": "dropped", "row": {"step": 2}}"#).unwrap();
    let snapshot = snapshot(&carts());
    let found = people(&snapshot, (&asking, &cell, Some(10_000)), &Threads(2))?;
    let list = SessionList {
        order,
        ..SessionList::default()
    };
    let listed = Listed {
        list: &list,
        limit,
        among,
    };
    let answer = sessions_behind(&snapshot, (&asking, found), listed, &Threads(2))?;
    assert_eq!(answer.persons_total, Some(11));
    let place = |name: &str| answer.columns.iter().position(|one| one.name == name);
    let number = |row: &[Cell], name: &str| match place(name).map(|at| &row[at]) {
        Some(Cell::Count(number)) => *number,
        _ => -1,
    };
    let rows = answer.rows.iter().map(|row| {
        let Cell::Text(session) = &row[0] else {
            panic!("the first column is the session")
        };
        let session: SessionId = session.parse().unwrap();
        (session.0, number(row, "stands_for"), number(row, "at"))
    });
    Ok((rows.collect(), answer.rows_total))
}

#[test]
fn a_few_sessions_stand_for_all_behind_a_cell() {
    let (rows, total) = left(SessionOrder::Representative, Some(2), None).unwrap();
    assert_eq!(total, 11);
    let [(one, alike, at), (other, angry, _)] = rows[..] else {
        panic!("{rows:?}")
    };
    assert!((1..=9).contains(&one) && (10..=11).contains(&other));
    assert_eq!((alike, angry), (9, 2));
    assert_eq!(at, 1_000_000 + 60_000 * one as i64 + 20_000, "the cart");

    let among = BTreeSet::from([3, 11, 12].map(SessionId));
    let (rows, total) = left(SessionOrder::Newest, None, Some(&among)).unwrap();
    assert_eq!(total, 2, "who went on did not leave");
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [11, 3]);

    let error = left(SessionOrder::Representative, Some(51), None).unwrap_err();
    assert_eq!(error.field().as_deref(), Some("limit"));
}
