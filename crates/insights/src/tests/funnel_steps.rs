//! Funnels in any order and with optional steps by hand: which events of an attempt take its
//! steps, and when; and steps beside those of the day before.

use hitmetrix_model::{
    Compare, Condition, Dimension, Filter, Funnel, FunnelRows, FunnelStep, Operator, Question,
    QuestionKind, StepOrder,
};

use super::samples::{answer, days, event, ms, question, snapshot, words};

fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}:00Z"))
}

fn step(name: &str) -> FunnelStep {
    FunnelStep {
        events: vec![name.to_owned()],
        ..FunnelStep::default()
    }
}

fn asked(order: StepOrder, steps: Vec<FunnelStep>) -> Question {
    let mut asked = question(QuestionKind::Funnel, days("2026-03-02", "2026-03-02"));
    asked.funnel = Some(Funnel {
        steps,
        order,
        ..Funnel::default()
    });
    asked
}

/// Persons, share, share of the step before, dropped, and the time that it took.
fn rows(events: &[(&str, &str, &str)], question: &Question) -> Vec<String> {
    let events: Vec<_> = events
        .iter()
        .map(|(time, name, page)| event(1, at(time), name, page))
        .collect();
    let answer = answer(&snapshot(&events), question, at("20:00"));
    let rows = answer.unwrap().rows;
    rows.iter().map(|row| words(&row[2..])).collect()
}

#[test]
fn in_any_order_each_step_counts_as_early_as_it_was_taken() {
    let events = [
        ("09:00", "search", "/"),
        ("10:00", "search", "/"),
        ("10:10", "click", "/"),
        ("10:40", "click", "/"),
        ("10:50", "purchase", "/"),
    ];
    let steps = ["purchase", "click", "search"].map(step).to_vec();
    // It begins at 10:00, the latest search; the first click after it is the one at 10:10.
    assert_eq!(
        rows(&events, &asked(StepOrder::Any, steps)),
        [
            "1 1 1 0 - -",
            "1 1 1 0 600000 600000",
            "1 1 1 0 2400000 2400000",
        ]
    );
}

#[test]
fn in_any_order_one_event_is_one_step() {
    let shop = FunnelStep {
        filters: vec![Condition::Dimension(Filter {
            dimension: Dimension::Page,
            operator: Operator::Is,
            values: vec!["/shop".to_owned()],
        })],
        ..step("pageview")
    };
    let steps = vec![step("pageview"), shop];
    let once = [("10:00", "pageview", "/shop")];
    assert_eq!(
        rows(&once, &asked(StepOrder::Any, steps.clone())),
        ["1 1 1 0 - -", "0 0 0 1 - -"]
    );
    // The view of the shop is that of the shop, whichever page came first.
    let twice = [("10:00", "pageview", "/shop"), ("10:01", "pageview", "/")];
    assert_eq!(
        rows(&twice, &asked(StepOrder::Any, steps)),
        ["1 1 1 0 - -", "1 1 1 0 60000 60000"]
    );
    let again = vec![step("pageview"), step("pageview")];
    assert_eq!(
        rows(&once, &asked(StepOrder::Any, again)),
        ["1 1 1 0 - -", "0 0 0 1 - -"]
    );
}

#[test]
fn an_optional_step_counts_wherever_it_can_be_taken() {
    let events = [
        ("10:00", "search", "/"),
        ("10:10", "pageview", "/"),
        ("10:20", "signup", "/"),
        ("10:30", "pageview", "/"),
        ("10:50", "click", "/"),
    ];
    let mut steps = ["search", "signup", "pageview", "click"].map(step).to_vec();
    steps[1].optional = true;
    // The view at 10:10 is an earlier third step, but leaves the second one out.
    assert_eq!(
        rows(&events, &asked(StepOrder::Ordered, steps)),
        [
            "1 1 1 0 - -",
            "1 1 1 0 1200000 1200000",
            "1 1 1 0 600000 600000",
            "1 1 1 0 1200000 1200000",
        ]
    );
}

#[test]
fn a_funnel_stands_beside_that_of_the_day_before() {
    let on = |day: u32, person, name| {
        let time = ms(&format!("2026-03-{day:02}T10:00:00Z")) + i64::from(name == "order");
        event(person, time, name, "/shop")
    };
    let events = [
        on(2, 1, "pageview"),
        on(2, 1, "order"),
        on(2, 2, "pageview"),
        on(3, 3, "pageview"),
        on(3, 3, "order"),
        on(3, 4, "pageview"),
        on(3, 5, "pageview"),
        on(3, 6, "pageview"),
    ];
    let mut asked = question(QuestionKind::Funnel, days("2026-03-03", "2026-03-03"));
    asked.compare = Compare::Previous;
    asked.funnel = Some(Funnel {
        steps: vec![step("pageview"), step("order")],
        ..Funnel::default()
    });
    let now_ms = ms("2026-03-04T00:00:00Z");
    let found = answer(&snapshot(&events), &asked, now_ms).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(row)).collect();
    assert_eq!(
        rows,
        [
            "1 \"pageview\" 4 2 1 1 1 1 0 0 - -",
            "2 \"order\" 1 1 0.25 0.5 0.25 0.5 3 1 1 1",
        ]
    );
    let funnel = asked.funnel.as_mut().unwrap();
    funnel.rows = FunnelRows::TimeToConvert;
    let refused = answer(&snapshot(&events), &asked, now_ms).unwrap_err();
    assert_eq!(refused.field().as_deref(), Some("compare"), "{refused}");
}
