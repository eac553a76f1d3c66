//! The worked examples of docs/concepts/retention.md, lifecycle.md and stickiness.md: five persons
//! in one week of March 2026.

use std::collections::BTreeMap;

use hitmetrix_model::{
    Cell, CellAddress, CohortMode, EventSelection, Interval, Question, QuestionKind, Retention,
    ReturnOn, SessionId,
};
use hitmetrix_store::StoredEvent;

use super::samples::{Threads, answer, days, event, ms, question, snapshot, words};
use crate::{AskError, Asked, people};

fn at(day: u32, time: &str) -> i64 {
    ms(&format!("2026-03-{day:02}T{time}:00Z"))
}

/// An event in the person's session of that day.
fn visit(person: u128, day: u32, time: &str, name: &str) -> StoredEvent {
    let mut stored = event(person, at(day, time), name, "/");
    stored.sender.session = SessionId(person * 100 + u128::from(day));
    stored
}

/// Days of March on which each person was there; on those with a name something else happened.
fn five_persons() -> Vec<StoredEvent> {
    let visits: [(u128, &[u32]); 5] = [
        (1, &[2, 3, 5]),
        (2, &[2, 4]),
        (3, &[1, 3, 4, 5]),
        (4, &[3]),
        (5, &[4, 5]),
    ];
    let mut events: Vec<StoredEvent> = visits
        .into_iter()
        .flat_map(|(person, days)| {
            days.iter()
                .map(move |&day| visit(person, day, "09:00", "pageview"))
        })
        .collect();
    events.push(visit(1, 5, "09:05", "purchase"));
    events.push(visit(5, 5, "09:05", "purchase"));
    events
}

/// Monday to Friday, asked on Thursday at noon.
fn asked(kind: QuestionKind) -> Question {
    question(kind, days("2026-03-02", "2026-03-06"))
}

fn rows(asked: &Question) -> Vec<String> {
    let found = answer(&snapshot(&five_persons()), asked, at(5, "12:00")).unwrap();
    let cells = |row: &Vec<Cell>| {
        let Cell::Count(first) = row[0] else {
            panic!("a number")
        };
        let day = (first - at(1, "00:00")) / 86_400_000 + 1;
        match first > 1_000_000 {
            true => format!("{day}: {}", words(&row[1..])),
            false => format!("{first}: {}", words(&row[1..])),
        }
    };
    found.rows.iter().map(cells).collect()
}

/// Person and time of those behind a cell, latest first.
fn behind(asked: &Question, column: &str, (key, row): (&str, i64)) -> Vec<String> {
    let asking = Asked {
        question: asked,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms: at(5, "12:00"),
    };
    let cell = CellAddress {
        column: column.to_owned(),
        row: BTreeMap::from([(key.to_owned(), Cell::Count(row))]),
    };
    let world = snapshot(&five_persons());
    let found = people(&world, (&asking, &cell, None), &Threads(2)).unwrap();
    let row = |row: &Vec<Cell>| match (&row[0], &row[2]) {
        (Cell::Text(person), Cell::Count(at_ms)) => {
            let person = person.trim_start_matches('0');
            format!(
                "{person} {}",
                jiff::Timestamp::from_millisecond(*at_ms).unwrap()
            )
        }
        _ => panic!("a person and a time"),
    };
    found.rows.iter().map(row).collect()
}

#[test]
fn five_persons_give_the_retention_of_the_documentation() {
    let mut asked = asked(QuestionKind::Retention);
    assert_eq!(
        rows(&asked),
        [
            "2: 2 1 1 1 -",
            "3: 1 0 0 - -",
            "4: 1 1 - - -",
            "5: 0 - - - -",
            "6: - - - - -"
        ]
    );
    let monday = ("cohort", at(2, "00:00"));
    assert_eq!(
        behind(&asked, "persons", monday),
        ["1 2026-03-02T09:00:00Z", "2 2026-03-02T09:00:00Z"]
    );
    assert_eq!(
        behind(&asked, "interval_3", monday),
        ["1 2026-03-05T09:00:00Z"]
    );
    asked.retention = Some(Retention {
        on: ReturnOn::OnOrAfter,
        intervals: Some(3),
        ..Retention::default()
    });
    assert_eq!(rows(&asked)[0], "2: 2 2 2 1");
    assert_eq!(
        behind(&asked, "interval_2", monday),
        ["1 2026-03-05T09:00:00Z", "2 2026-03-04T09:00:00Z"]
    );
    asked.retention = Some(Retention {
        mode: CohortMode::Recurring,
        ..Retention::default()
    });
    assert_eq!(
        rows(&asked),
        [
            "2: 2 1 1 1 -",
            "3: 3 1 2 - -",
            "4: 3 2 - - -",
            "5: 3 - - - -",
            "6: - - - - -"
        ]
    );
    asked.retention = Some(Retention {
        return_to: EventSelection {
            events: vec!["purchase".to_owned()],
            ..EventSelection::default()
        },
        ..Retention::default()
    });
    assert_eq!(rows(&asked)[0], "2: 2 0 0 1 -");
}

#[test]
fn five_persons_give_the_lifecycle_of_the_documentation() {
    let asked = asked(QuestionKind::Lifecycle);
    assert_eq!(
        rows(&asked),
        [
            "2: 2 0 0 1",
            "3: 1 1 1 1",
            "4: 1 1 1 2",
            "5: 0 2 1 1",
            "6: - - - -"
        ]
    );
    let wednesday = ("time", at(4, "00:00"));
    assert_eq!(
        behind(&asked, "resurrecting", wednesday),
        ["2 2026-03-04T09:00:00Z"]
    );
    assert_eq!(
        behind(&asked, "dormant", wednesday),
        ["1 2026-03-03T09:00:00Z", "4 2026-03-03T09:00:00Z"]
    );
    assert!(behind(&asked, "dormant", ("time", at(6, "00:00"))).is_empty());
}

#[test]
fn five_persons_give_the_stickiness_of_the_documentation() {
    let asked = asked(QuestionKind::Stickiness);
    assert_eq!(
        rows(&asked),
        ["1: 1 5", "2: 2 4", "3: 2 2", "4: 0 0", "5: 0 0"]
    );
    assert_eq!(
        behind(&asked, "persons", ("intervals", 2)),
        [
            "5 2026-03-05T09:00:00Z",
            "2 2026-03-04T09:00:00Z",
            "5 2026-03-04T09:00:00Z",
            "2 2026-03-02T09:00:00Z"
        ]
    );
}

#[test]
fn wrong_questions_about_who_comes_back_are_refused_with_the_field() {
    let refused = |asked: &Question| {
        let error = answer(&snapshot(&[]), asked, 0).unwrap_err();
        (error.code(), error.field().unwrap_or_default().into_owned())
    };
    let with = |intervals| Question {
        retention: Some(Retention {
            intervals: Some(intervals),
            ..Retention::default()
        }),
        ..asked(QuestionKind::Retention)
    };
    let field = "retention.intervals".to_owned();
    assert_eq!(refused(&with(0)), ("out_of_bounds", field.clone()));
    assert_eq!(refused(&with(101)), ("out_of_bounds", field.clone()));
    let year = question(QuestionKind::Retention, days("2026-01-01", "2026-12-31"));
    assert_eq!(refused(&year), ("too_many_intervals", field));
    for kind in [
        QuestionKind::Retention,
        QuestionKind::Lifecycle,
        QuestionKind::Stickiness,
    ] {
        let minutes = Question {
            interval: Some(Interval::Minute),
            ..asked(kind)
        };
        assert_eq!(refused(&minutes), ("contradiction", "interval".to_owned()));
        let limited = Question {
            limit: Some(3),
            ..asked(kind)
        };
        assert_eq!(refused(&limited), ("not_for_this_kind", "limit".to_owned()));
    }
}

#[test]
fn a_cell_that_is_not_there_has_no_people() {
    let asked = asked(QuestionKind::Retention);
    let asking = Asked {
        question: &asked,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    let refused = |column: &str, row: i64| {
        let cell = CellAddress {
            column: column.to_owned(),
            row: BTreeMap::from([("cohort".to_owned(), Cell::Count(row))]),
        };
        let found = people(&snapshot(&[]), (&asking, &cell, None), &Threads(1));
        found.unwrap_err()
    };
    let monday = at(2, "00:00");
    for column in ["interval_0", "interval_5", "interval_01", "cohort", "new"] {
        let error = refused(column, monday);
        assert!(matches!(error, AskError::UnknownColumn { .. }), "{column}");
    }
    assert_eq!(refused("persons", monday + 1).code(), "row_key_missing");
}
