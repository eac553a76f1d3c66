//! What funnels do at their limits: of rows, of memory, and of values that have rows.

use std::collections::BTreeMap;

use hitmetrix_model::{
    Cell, CellAddress, Compare, CountedBy, Dimension, Fact, Funnel, FunnelRows, FunnelStep,
    Interval, Question, QuestionKind, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::cell_of;
use super::samples::{Threads, answer, days, event, ms, question, snapshot, words};
use crate::funnel::answer_within;
use crate::query::Query;
use crate::{AskError, Asked, people};

/// Persons who see a page of their own and buy.
fn buyers(pages: impl Iterator<Item = String>) -> Vec<StoredEvent> {
    let at = ms("2026-03-02T10:00:00Z");
    let two = (1..).zip(pages).map(|(person, page)| {
        [
            event(person, at, "pageview", &page),
            event(person, at + 1000, "purchase", &page),
        ]
    });
    two.flatten().collect()
}

fn of_buyers(top: u32, rows: FunnelRows) -> Question {
    let step = |name: &str| FunnelStep {
        events: vec![name.to_owned()],
        ..FunnelStep::default()
    };
    let mut asked = question(QuestionKind::Funnel, days("2026-03-01", "2026-03-05"));
    asked.interval = (rows == FunnelRows::OverTime).then_some(Interval::Hour);
    asked.funnel = Some(Funnel {
        steps: vec![step("pageview"), step("purchase")],
        breakdown: Some(Fact::dimension(Dimension::Page)),
        top: Some(top),
        rows,
        ..Funnel::default()
    });
    asked
}

#[test]
fn a_funnel_with_too_many_rows_is_refused_and_not_cut() {
    let of_pages = |count: u32| snapshot(&buyers((0..count).map(|page| format!("/{page}"))));
    let now_ms = ms("2026-03-06T00:00:00Z");
    for (top, rows, each) in [
        (83, FunnelRows::OverTime, 120),
        (5000, FunnelRows::Steps, 2),
        (10_000, FunnelRows::TimeToConvert, 1),
    ] {
        let asked = of_buyers(top, rows);
        let whole = answer(&of_pages(top), &asked, now_ms).unwrap();
        assert_eq!(whole.rows.len(), top as usize * each);
        // One more is the row of the others.
        let error = answer(&of_pages(top + 1), &asked, now_ms).unwrap_err();
        assert_eq!(error.code(), "too_many_rows");
        assert_eq!(error.field().as_deref(), Some("funnel.top"), "{error}");
    }
}

#[test]
fn funnels_that_do_not_fit_into_memory_are_refused() {
    let mut events = buyers((0..5000).map(|page| format!("/{page}")));
    for person in 1..=5000 {
        let mut one = event(person, ms("2026-03-02T09:00:00Z"), "group", "/");
        let account = Value::Text("acme".to_owned());
        one.event.properties.insert("account".to_owned(), account);
        events.push(one);
    }
    let snapshot = snapshot(&events);
    let now_ms = ms("2026-03-06T00:00:00Z");
    let within = |asked: &Question, threads: usize, bytes: usize| {
        let asked = Asked {
            question: asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms,
        };
        answer_within(
            &Query::new(&snapshot, &asked, &Threads(threads)).unwrap(),
            bytes,
        )
    };
    // 16 bytes for each of 120 hours and of 5000 pages are 10 million bytes; two persons in
    // different threads never see the same page.
    let over_time = of_buyers(10, FunnelRows::OverTime);
    let mut by_account = of_buyers(10, FunnelRows::Steps);
    by_account.funnel.as_mut().unwrap().by = CountedBy::Accounts;
    for threads in [1, 2] {
        assert!(within(&over_time, threads, 16 << 20).is_ok());
        let refused = within(&over_time, threads, 8 << 20).err();
        assert_eq!(refused, Some(AskError::TooMuchMemory), "{threads} threads");
        // Where there are no intervals, the same needs less.
        assert!(within(&of_buyers(10, FunnelRows::Steps), threads, 2 << 20).is_ok());
        // All events of an account are kept until those of all its persons are there: 10,000 of
        // 80 bytes.
        let whole = within(&by_account, threads, 3 << 20).unwrap();
        assert_eq!(whole.rows[0][3], Cell::Count(1));
        let refused = within(&by_account, threads, 700 << 10).err();
        assert_eq!(refused, Some(AskError::TooMuchMemory), "{threads} threads");
    }
}

#[test]
fn the_earlier_period_of_a_funnel_keeps_no_times() {
    const DAY_MS: i64 = 24 * 3_600_000;
    let mut events = buyers((0..4000).map(|_| "/".to_owned()));
    for one in events.iter_mut().skip(4000) {
        one.event.time_ms -= DAY_MS;
    }
    let snapshot = snapshot(&events);
    for breakdown in [None, Some(Fact::dimension(Dimension::Page))] {
        let mut asked = of_buyers(10, FunnelRows::Steps);
        let funnel = asked.funnel.as_mut().unwrap();
        funnel.top = breakdown.as_ref().and(funnel.top);
        funnel.breakdown = breakdown;
        asked.period = days("2026-03-02", "2026-03-02");
        asked.compare = Compare::Previous;
        let asked = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: ms("2026-03-03T00:00:00Z"),
        };
        // Two times of 8 bytes for each of the 2000 of one day.
        let query = Query::new(&snapshot, &asked, &Threads(1)).unwrap();
        let found = answer_within(&query, 44 << 10).unwrap();
        let row = found.rows.last().unwrap();
        for column in ["persons", "persons_previous", "median_time"] {
            let wanted = if column == "median_time" {
                Cell::Number(1000.0)
            } else {
                Cell::Count(2000)
            };
            assert_eq!(cell_of(&found, row, column), &wanted, "{column}");
        }
    }
}

#[test]
fn a_value_called_as_the_others_is_one_of_them() {
    let pages = ["(other)", "(other)", "(other)", "/a", "/a", "/b"];
    let snapshot = snapshot(&buyers(pages.into_iter().map(str::to_owned)));
    let now_ms = ms("2026-03-06T00:00:00Z");
    for (top, wanted) in [
        (1, vec![("/a", 2), ("(other)", 4)]),
        (9, vec![("/a", 2), ("/b", 1), ("(other)", 3)]),
    ] {
        let asked = of_buyers(top, FunnelRows::Steps);
        let found = answer(&snapshot, &asked, now_ms).unwrap();
        let first = found.rows.iter().step_by(2);
        let rows: Vec<String> = first
            .map(|row| words(&[&row[..1], &row[3..4]].concat()))
            .collect();
        let words: Vec<String> = wanted
            .iter()
            .map(|one| format!("{:?} {}", one.0, one.1))
            .collect();
        assert_eq!(rows, words);
        let asking = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms,
        };
        for (value, persons) in wanted {
            let cell = CellAddress {
                column: "persons".to_owned(),
                row: BTreeMap::from([
                    ("page".to_owned(), Cell::Text(value.to_owned())),
                    ("step".to_owned(), Cell::Count(1)),
                ]),
            };
            let behind = people(&snapshot, (&asking, &cell, None), &Threads(2)).unwrap();
            assert_eq!(behind.persons_total, Some(persons), "{value}, top {top}");
        }
    }
}
