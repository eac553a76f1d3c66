//! Errors of random timelines against a plain recount, who stands behind each group, and the
//! worked example of docs/concepts/errors.md.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Cell, CellAddress, ErrorGroups, ErrorOrder, ErrorsBy, EventSelection, Question,
    QuestionKind, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, random_question};
use super::oracle::Oracle;
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, words};
use super::world::{World, cases, world};
use crate::alike::alike;
use crate::{Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

/// As they stand in the rows.
fn key(one: &StoredEvent, by: ErrorsBy) -> Vec<String> {
    let property = |name: &str| {
        let value = one.event.properties.get(name);
        value.map_or(String::new(), |value| {
            crate::matcher::text_of(value).into_owned()
        })
    };
    let message = alike(&property("message"));
    match by {
        ErrorsBy::Message => vec![message],
        ErrorsBy::Place => vec![
            message,
            alike(&property("source")),
            property("line"),
            property("column"),
        ],
    }
}

/// Number of different values, the most frequent one, and its share.
fn most(values: Vec<String>) -> Vec<Cell> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for value in &values {
        *counts.entry(value).or_default() += 1;
    }
    // The first of equal ones, by their texts.
    let (value, most) = counts.iter().rev().max_by_key(|one| one.1).unwrap();
    vec![
        Cell::Count(counts.len() as i64),
        Cell::Text((*value).to_owned()),
        Cell::Number(*most as f64 / values.len() as f64),
    ]
}

struct Found<'a> {
    groups: BTreeMap<Vec<String>, Vec<&'a StoredEvent>>,
    first: BTreeMap<Vec<String>, i64>,
}

fn found<'a>(oracle: &Oracle<'a>, spec: &ErrorGroups) -> Found<'a> {
    let selection = EventSelection {
        events: vec!["error".to_owned()],
        ..EventSelection::default()
    };
    let filters = &oracle.question.filters;
    let mut groups: BTreeMap<Vec<String>, Vec<&StoredEvent>> = BTreeMap::new();
    for one in oracle.selected(&selection, oracle.period, filters) {
        groups.entry(key(one, spec.by)).or_default().push(one);
    }
    let mut ever = oracle.period;
    ever.from_ms = -1_000_000_000_000_000;
    let mut first = BTreeMap::new();
    for one in oracle.selected(&selection, ever, filters) {
        first.entry(key(one, spec.by)).or_insert(one.event.time_ms);
    }
    Found { groups, first }
}

fn rows(found: &Found<'_>, spec: &ErrorGroups) -> Vec<Vec<Cell>> {
    let mut sized = Vec::new();
    for (key, events) in &found.groups {
        let different = |of: &dyn Fn(&StoredEvent) -> u128| {
            let all: BTreeSet<u128> = events.iter().map(|one| of(one)).collect();
            all.len() as i64
        };
        let sessions: BTreeSet<_> = events
            .iter()
            .map(|one| (one.person, one.sender.session))
            .collect();
        let (errors, sessions) = (events.len() as i64, sessions.len() as i64);
        let first = found.first[key];
        let last = events.last().unwrap().event.time_ms;
        let mut row: Vec<Cell> = key.iter().map(|text| Cell::Text(text.clone())).collect();
        row.extend(
            [
                errors,
                sessions,
                different(&|one| one.person.0),
                first,
                last,
            ]
            .map(Cell::Count),
        );
        let texts = |of: &dyn Fn(&StoredEvent) -> &String| -> Vec<String> {
            events.iter().map(|one| of(one).clone()).collect()
        };
        row.extend(most(texts(&|one| &one.event.page.path)));
        row.extend(most(texts(&|one| &one.sender.context.browser)));
        if spec.by == ErrorsBy::Message {
            let places: BTreeSet<_> = events
                .iter()
                .map(|one| self::key(one, ErrorsBy::Place))
                .collect();
            row.push(Cell::Count(places.len() as i64));
        }
        let size = match spec.order {
            ErrorOrder::Sessions => sessions,
            ErrorOrder::Errors => errors,
            ErrorOrder::Newest => first,
            ErrorOrder::Latest => last,
        };
        sized.push(((Reverse((size, sessions, errors)), key.clone()), row));
    }
    sized.sort_by(|left, right| left.0.cmp(&right.0));
    sized.into_iter().map(|one| one.1).collect()
}

/// Who stands behind each row, that of the limit too.
fn check_people(
    (world, asked): (&World, &Asked<'_>),
    (answer, found): (&Answer, &Found<'_>),
    seed: u64,
) {
    for row in &answer.rows {
        let keys = answer.columns.iter().zip(row);
        let keys = keys.take_while(|(column, _)| column.name != "errors");
        let texts: Vec<String> = keys
            .clone()
            .map(|(_, cell)| match cell {
                Cell::Text(text) => text.clone(),
                _ => panic!("a text"),
            })
            .collect();
        let mut earliest: BTreeMap<(String, String), i64> = BTreeMap::new();
        for one in &found.groups[&texts] {
            let who = (one.person.to_string(), one.sender.session.to_string());
            earliest.entry(who).or_insert(one.event.time_ms);
        }
        let expected: BTreeSet<String> = earliest
            .into_iter()
            .map(|((person, session), at)| format!("\"{person}\" \"{session}\" {at}"))
            .collect();
        let cell = CellAddress {
            column: "sessions".to_owned(),
            row: keys
                .map(|(column, cell)| (column.name.clone(), cell.clone()))
                .collect(),
        };
        let behind = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
        let behind: BTreeSet<String> = behind.rows.iter().map(|row| words(&row[..3])).collect();
        assert_eq!(behind, expected, "seed {seed}, {texts:?}");
    }
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0xe77_0725);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Errors);
    let spec = ErrorGroups {
        by: dice.pick(&[ErrorsBy::Place, ErrorsBy::Message]),
        order: dice.pick(&[
            ErrorOrder::Sessions,
            ErrorOrder::Errors,
            ErrorOrder::Newest,
            ErrorOrder::Latest,
        ]),
    };
    asked.errors = (spec != ErrorGroups::default()).then(|| spec.clone());
    asked.limit = dice.pick(&[None, None, Some(2)]);
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let found = found(&oracle, &spec);
    let mut expected = rows(&found, &spec);
    assert_eq!(answer.rows_total, expected.len() as u64, "seed {seed}");
    expected.truncate(asked.limit.unwrap_or(100) as usize);
    let shown = |rows: &[Vec<Cell>]| {
        let rows: Vec<String> = rows.iter().map(|row| words(row)).collect();
        rows.join("\n")
    };
    assert_eq!(
        shown(&answer.rows),
        shown(&expected),
        "engine on the left, oracle on the right\nseed {seed}, {asked:#?}"
    );
    for row in &answer.rows {
        assert_eq!(row.len(), answer.columns.len(), "seed {seed}");
    }
    let bots = oracle.bot_events(answer.period);
    assert_eq!(answer.bot_events, bots, "seed {seed}");
    check_people((&world, &asking), (&answer, &found), seed);
}

#[test]
fn every_group_of_errors_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1500)) {
        check(seed);
    }
}

/// The five persons of docs/concepts/errors.md.
fn five_persons() -> Vec<StoredEvent> {
    let error = |(person, session): (u128, u128), time: &str, told: (&str, &str, f64)| {
        let mut error = event(
            person,
            ms(&format!("2026-{time}:00Z")),
            "error",
            "/checkout",
        );
        error.sender.session = hitmetrix_model::SessionId(session);
        let (message, source, line) = told;
        let properties = [
            ("message", Value::Text(message.to_owned())),
            ("source", Value::Text(source.to_owned())),
            ("line", Value::Number(line)),
            ("column", Value::Number(7.0)),
        ];
        let properties = properties.map(|(name, value)| (name.to_owned(), value));
        error.event.properties.extend(properties);
        error.sender.context.browser = match person {
            1 | 2 => "Safari".to_owned(),
            _ => "Firefox".to_owned(),
        };
        error
    };
    let pay = |message| (message, "/app.3f9c2b1a.js", 12.0);
    vec![
        error(
            (1, 1),
            "02-20T09:00",
            pay("Uncaught TypeError: pay is null"),
        ),
        error(
            (1, 2),
            "03-02T10:00",
            pay("Uncaught TypeError: pay is null"),
        ),
        error(
            (1, 2),
            "03-02T10:01",
            pay("Uncaught TypeError: pay is null"),
        ),
        error(
            (2, 3),
            "03-02T11:00",
            ("TypeError: pay is null", "/app.77aa0b3c.js", 12.0),
        ),
        error(
            (3, 4),
            "03-02T12:00",
            ("TypeError: pay is null", "/app.77aa0b3c.js", 80.0),
        ),
        error(
            (4, 5),
            "03-02T13:00",
            ("order 1007 is unknown", "/app.77aa0b3c.js", 5.0),
        ),
        error(
            (5, 6),
            "03-02T14:00",
            ("order 1012 is unknown", "/app.77aa0b3c.js", 5.0),
        ),
    ]
}

fn of_five(by: ErrorsBy) -> Vec<String> {
    let asked = Question {
        errors: Some(ErrorGroups {
            by,
            ..ErrorGroups::default()
        }),
        ..question(QuestionKind::Errors, days("2026-03-02", "2026-03-02"))
    };
    let found = answer(
        &snapshot(&five_persons()),
        &asked,
        ms("2026-03-02T23:00:00Z"),
    )
    .unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

#[test]
fn five_persons_give_the_errors_of_the_documentation() {
    let at = |time: &str| ms(&format!("2026-{time}:00Z"));
    let tail = |browser: &str| format!("1 \"/checkout\" 1 1 \"{browser}\" 1");
    assert_eq!(
        of_five(ErrorsBy::Place),
        [
            format!(
                "\"TypeError: pay is null\" \"/app.….js\" \"12\" \"7\" 3 2 2 {} {} {}",
                at("02-20T09:00"),
                at("03-02T11:00"),
                tail("Safari")
            ),
            format!(
                "\"order … is unknown\" \"/app.….js\" \"5\" \"7\" 2 2 2 {} {} {}",
                at("03-02T13:00"),
                at("03-02T14:00"),
                tail("Firefox")
            ),
            format!(
                "\"TypeError: pay is null\" \"/app.….js\" \"80\" \"7\" 1 1 1 {} {} {}",
                at("03-02T12:00"),
                at("03-02T12:00"),
                tail("Firefox")
            ),
        ]
    );
    assert_eq!(
        of_five(ErrorsBy::Message)[0],
        format!(
            "\"TypeError: pay is null\" 4 3 3 {} {} 1 \"/checkout\" 1 2 \"Safari\" 0.75 2",
            at("02-20T09:00"),
            at("03-02T12:00")
        )
    );
}

#[test]
fn a_site_without_errors_has_an_empty_answer() {
    let asked = question(QuestionKind::Errors, days("2026-03-02", "2026-03-02"));
    let mut seen = event(1, ms("2026-03-02T10:00:00Z"), "pageview", "/");
    // Nearly the name of a property of errors, and no slip of the pen.
    let massage = ("massage".to_owned(), Value::Text("yes".to_owned()));
    seen.event.properties.extend([massage]);
    let found = answer(&snapshot(&[seen]), &asked, ms("2026-03-02T23:00:00Z")).unwrap();
    assert!(
        found.rows.is_empty() && found.missing.is_empty(),
        "{found:?}"
    );
}

#[test]
fn the_question_of_the_documentation_is_understood() {
    let page = include_str!("../../../../docs/concepts/errors.md");
    let json = page.split("```").nth(1).unwrap();
    let asked: Question = serde_json::from_str(json.strip_prefix("json").unwrap()).unwrap();
    answer(
        &snapshot(&five_persons()),
        &asked,
        ms("2026-03-02T23:00:00Z"),
    )
    .unwrap();
}
