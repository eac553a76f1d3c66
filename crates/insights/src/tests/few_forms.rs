//! Forms of few persons: the worked example of docs/concepts/forms.md, what makes a form seen, and
//! what is held against the day before.

use hitmetrix_model::{Cell, Compare, Forms, Measure, Question, QuestionKind, SessionId, Value};
use hitmetrix_store::StoredEvent;

use super::asking::cell_of;
use super::samples::{Threads, answer, days, event, ms, question, snapshot, words};
use crate::forms::answer_within;
use crate::query::Query;
use crate::{AskError, Asked};

fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}Z"))
}

fn act(person: u128, time: &str, name: &str, field: &str) -> StoredEvent {
    let mut act = event(person, at(time), name, "/checkout");
    act.sender.session = SessionId(person);
    let told = [("form", "pay"), ("field", field)].into_iter();
    let told = told.filter(|(_, text)| name.starts_with("form_") && !text.is_empty());
    act.event
        .properties
        .extend(told.map(|(name, text)| (name.to_owned(), Value::Text(text.to_owned()))));
    act
}

fn shown(person: u128, time: &str, field: &str, kind: &str) -> StoredEvent {
    let mut error = act(person, time, "form_error", field);
    let kind = Value::Text(kind.to_owned());
    error.event.properties.insert("kind".to_owned(), kind);
    error
}

/// The six persons of docs/concepts/forms.md.
fn six_persons() -> Vec<StoredEvent> {
    vec![
        act(1, "10:00:00", "pageview", ""),
        act(1, "10:00:05", "form_view", ""),
        act(1, "10:00:10", "form_focus", "mail"),
        act(1, "10:00:20", "form_change", "mail"),
        act(1, "10:00:20", "form_focus", "card"),
        act(1, "10:00:50", "form_change", "card"),
        act(1, "10:01:00", "form_submit", ""),
        act(2, "11:00:00", "pageview", ""),
        act(2, "11:00:05", "form_view", ""),
        act(2, "11:00:10", "form_focus", "mail"),
        act(2, "11:00:16", "form_change", "mail"),
        act(2, "11:00:16", "form_focus", "card"),
        act(2, "11:01:16", "form_change", "card"),
        act(2, "11:01:20", "form_submit", ""),
        shown(2, "11:01:21", "card", "aria"),
        act(2, "11:01:30", "form_focus", "card"),
        act(2, "11:01:40", "form_change", "card"),
        act(2, "11:01:45", "form_submit", ""),
        act(3, "12:00:00", "pageview", ""),
        act(3, "12:00:03", "form_view", ""),
        act(3, "12:00:05", "form_focus", "mail"),
        act(3, "12:00:15", "form_change", "mail"),
        act(3, "12:00:15", "form_focus", "card"),
        shown(3, "12:01:00", "card", "patternMismatch"),
        shown(3, "12:01:40", "card", "patternMismatch"),
        act(3, "12:02:15", "page_leave", ""),
        act(4, "13:00:00", "pageview", ""),
        act(5, "22:50:00", "pageview", ""),
        act(5, "22:50:10", "form_view", ""),
        act(5, "22:50:30", "form_focus", "mail"),
        act(6, "14:00:00", "pageview", ""),
        act(6, "14:00:08", "form_view", ""),
    ]
}

/// Rows of the list of forms.
fn listed(events: &[StoredEvent]) -> Vec<String> {
    let asked = question(QuestionKind::Forms, days("2026-03-02", "2026-03-02"));
    let found = answer(&snapshot(events), &asked, at("23:00:00")).unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

fn of_six(json: &str) -> Vec<String> {
    let asked: Question = serde_json::from_str(json).unwrap();
    let asked = Question {
        period: days("2026-03-02", "2026-03-02"),
        ..asked
    };
    let found = answer(&snapshot(&six_persons()), &asked, at("23:00:00")).unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

#[test]
fn six_persons_give_the_forms_of_the_documentation() {
    let page = include_str!("../../../../docs/concepts/forms.md");
    let mut json = page
        .split("```json")
        .skip(1)
        .map(|part| part.split("```").next().unwrap());
    assert_eq!(
        of_six(json.next().unwrap()),
        ["\"pay\" \"\" 1 5 4 2 2 1 72500 \"card\" 1"]
    );
    assert_eq!(
        of_six(json.next().unwrap()),
        [
            "\"mail\" 1 4 10000 0 0 0 0 0 0 0 \"\"",
            "\"card\" 2 3 70000 1 0 1 0 1 2 3 \"patternMismatch\"",
        ]
    );
}

#[test]
fn a_form_that_is_seen_and_never_touched_is_there_and_no_event_of_its_visitors() {
    let events: Vec<StoredEvent> = (1..=3)
        .flat_map(|person| {
            let page = act(person, "10:00:00", "pageview", "");
            [page, act(person, "10:00:02", "form_view", "")]
        })
        .chain([act(4, "10:00:00", "pageview", "")])
        .collect();
    assert_eq!(
        listed(&events),
        ["\"pay\" \"\" 1 3 0 0 0 0 - \"\" 0"],
        "who did not scroll so far did not see it"
    );
    let counted = question(QuestionKind::Totals, days("2026-03-02", "2026-03-02"));
    let counted = Question {
        measures: vec![Measure::Events],
        ..counted
    };
    let found = answer(&snapshot(&events), &counted, at("23:00:00")).unwrap();
    assert_eq!(words(&found.rows[0]), "4");
}

#[test]
fn what_trackers_told_nothing_of_is_counted_by_its_pages() {
    let before = [
        act(1, "10:00:00", "pageview", ""),
        act(2, "10:10:00", "pageview", ""),
        act(2, "10:10:10", "form_focus", "mail"),
    ];
    let views = |events: &[StoredEvent]| {
        let rows = listed(events);
        rows[0].split(' ').nth(3).map(str::to_owned)
    };
    assert_eq!(views(&before).as_deref(), Some("2"));
    // From the first view on that is told, a page is none.
    let after = [
        act(3, "11:00:00", "pageview", ""),
        act(4, "12:00:00", "pageview", ""),
        act(4, "12:00:05", "form_view", ""),
        act(4, "12:00:09", "form_focus", "mail"),
        act(5, "13:00:00", "pageview", ""),
    ];
    let both = [&before[..], &after[..]].concat();
    assert_eq!(views(&both).as_deref(), Some("4"));
    assert_eq!(views(&after).as_deref(), Some("1"));
}

#[test]
fn an_error_alone_makes_no_form_seen_nor_its_page() {
    // A script asks a form in a closed dialog.
    let events = [
        act(1, "10:00:00", "pageview", ""),
        shown(1, "10:00:01", "mail", "valueMissing"),
        act(2, "10:10:00", "pageview", ""),
    ];
    assert!(listed(&events).is_empty());
    let mut elsewhere = shown(1, "10:00:01", "mail", "valueMissing");
    elsewhere.event.page.path = "/cart".to_owned();
    let events = [
        act(1, "10:00:00", "pageview", ""),
        elsewhere,
        act(2, "10:10:00", "pageview", ""),
        act(2, "10:10:05", "form_focus", "mail"),
    ];
    assert_eq!(listed(&events), ["\"pay\" \"\" 1 2 1 0 0 1 - \"mail\" 1"]);
}

#[test]
fn a_touch_in_a_page_from_before_the_period_does_not_make_pages_views() {
    let mut before = act(1, "00:00:00", "pageview", "");
    before.event.time_ms -= 60_000;
    let mut told = act(1, "00:00:00", "form_view", "");
    told.event.time_ms -= 59_000;
    let today = [
        act(1, "00:00:05", "form_focus", "mail"),
        act(2, "01:00:00", "pageview", ""),
        act(3, "02:00:00", "pageview", ""),
        act(3, "02:00:05", "form_view", ""),
    ];
    let views = |events: &[StoredEvent]| listed(events)[0].split(' ').nth(3).map(str::to_owned);
    let straddling = [&[before, told][..], &today[..]].concat();
    assert_eq!(views(&straddling).as_deref(), Some("2"));
    // Nor does one that comes after the first that was told.
    let mut late = today.to_vec();
    late.extend([
        act(4, "03:00:00", "pageview", ""),
        act(4, "03:00:05", "form_change", "mail"),
    ]);
    assert_eq!(views(&late).as_deref(), Some("3"));
}

#[test]
fn views_by_pages_are_not_held_against_views_that_were_told() {
    let of_before = [
        act(1, "10:00:00", "pageview", ""),
        act(2, "10:10:00", "pageview", ""),
        act(2, "10:10:10", "form_focus", "mail"),
    ];
    let told = [
        act(3, "11:00:00", "pageview", ""),
        act(3, "11:00:05", "form_view", ""),
    ];
    let json =
        r#"{"kind":"forms","period":{"from":"2026-03-02","to":"2026-03-02"},"compare":"previous"}"#;
    let asked: Question = serde_json::from_str(json).unwrap();
    let rows = |before: &[StoredEvent], now: &[StoredEvent]| {
        let earlier = before.iter().cloned().map(|mut one| {
            one.event.time_ms -= 24 * 3_600_000;
            one
        });
        let both: Vec<StoredEvent> = earlier.chain(now.iter().cloned()).collect();
        let found = answer(&snapshot(&both), &asked, ms("2026-03-03T00:00:00Z")).unwrap();
        let row = &found.rows[0];
        ["views", "views_previous", "starts_previous"]
            .map(|name| cell_of(&found, row, name).clone())
    };
    let count = Cell::Count;
    assert_eq!(rows(&of_before, &told), [count(1), Cell::MISSING, count(1)]);
    // What was told, and what never is, can be.
    assert_eq!(rows(&told, &told), [count(1), count(1), count(0)]);
    assert_eq!(rows(&of_before, &of_before), [count(2), count(2), count(1)]);
    // Nothing is known of a day on which nothing was told.
    assert_eq!(rows(&[], &told), [count(1), Cell::MISSING, count(0)]);
}

#[test]
fn both_periods_of_many_forms_share_the_memory_of_a_question() {
    let events: Vec<StoredEvent> = (0..200)
        .map(|number| {
            let mut one = act(number, "10:00:00", "form_view", "");
            one.event.time_ms -= if number % 2 == 0 { 0 } else { 24 * 3_600_000 };
            let form = Value::Text(format!("row{number}"));
            one.event.properties.insert("form".to_owned(), form);
            one
        })
        .collect();
    let snapshot = snapshot(&events);
    let within = |compare: Compare| {
        let day = days("2026-03-02", "2026-03-02");
        let asked = Question {
            compare,
            ..question(QuestionKind::Forms, day)
        };
        let asked = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: ms("2026-03-03T00:00:00Z"),
        };
        let query = Query::new(&snapshot, &asked, &Threads(1)).unwrap();
        // A hundred forms of 160 bytes and pages of 48, then who saw them, each counted once more
        // when what threads found is put together.
        answer_within(&query, 96 << 10).map(|found| found.rows_total)
    };
    assert_eq!(within(Compare::None), Ok(100));
    assert_eq!(within(Compare::Previous), Err(AskError::TooMuchMemory));
}

#[test]
fn forms_stand_beside_those_of_the_day_before() {
    let mut events = six_persons();
    let of_monday = events.clone();
    for one in &mut events {
        one.event.time_ms += 24 * 3_600_000;
    }
    // On Tuesday the fifth saw nothing, and there is another form.
    events.retain(|one| one.person.0 != 5);
    let mut news = act(7, "10:00:00", "form_view", "");
    news.event.time_ms += 24 * 3_600_000;
    news.event
        .properties
        .insert("form".to_owned(), Value::Text("news".to_owned()));
    events.push(news);
    let both = [of_monday, events].concat();
    let json =
        r#"{"kind":"forms","period":{"from":"2026-03-03","to":"2026-03-03"},"compare":"previous"}"#;
    let asked: Question = serde_json::from_str(json).unwrap();
    let found = answer(&snapshot(&both), &asked, ms("2026-03-04T00:00:00Z")).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(row)).collect();
    assert_eq!(
        rows,
        [
            "\"pay\" \"\" 1 4 5 3 4 2 2 2 2 1 2 72500 \"card\" 1",
            "\"news\" \"\" 1 1 0 0 0 0 0 0 0 0 0 - \"\" 0",
        ]
    );
    let of_fields = Question {
        forms: Some(Forms {
            form: Some("pay".to_owned()),
            page: None,
        }),
        ..asked
    };
    let refused = answer(&snapshot(&both), &of_fields, 0).unwrap_err();
    assert_eq!(refused.field().as_deref(), Some("compare"));
}

#[test]
fn an_error_at_a_field_that_nobody_came_to_has_its_row_after_the_others() {
    let events = [
        act(1, "10:00:00", "form_focus", "mail"),
        shown(1, "10:00:05", "zip", "valueMissing"),
        shown(2, "11:00:00", "zip", "aria"),
        shown(2, "11:00:09", "zip", "aria"),
    ];
    let asked = Question {
        forms: Some(Forms {
            form: Some("pay".to_owned()),
            page: None,
        }),
        ..question(QuestionKind::Forms, days("2026-03-02", "2026-03-02"))
    };
    let found = answer(&snapshot(&events), &asked, at("23:00:00")).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(row)).collect();
    assert_eq!(
        rows,
        [
            "\"mail\" 1 1 - 0 0 0 0 1 0 0 \"\"",
            "\"zip\" - 0 - 0 0 0 0 0 2 3 \"aria\"",
        ]
    );
}

#[test]
fn a_form_that_nobody_saw_has_no_fields_and_a_place_needs_its_page() {
    let with = |form: &str, page: Option<&str>| Question {
        forms: Some(Forms {
            form: Some(form.to_owned()),
            page: page.map(str::to_owned),
        }),
        ..question(QuestionKind::Forms, days("2026-03-02", "2026-03-02"))
    };
    let snapshot = snapshot(&six_persons());
    let rows = |asked: &Question| answer(&snapshot, asked, at("23:00:00")).map(|found| found.rows);
    assert!(rows(&with("newsletter", None)).unwrap().is_empty());
    let refused = rows(&with("html>body>form", None)).unwrap_err();
    assert_eq!(refused.field().as_deref(), Some("forms.page"));
    let refused = rows(&with("pay", Some("/checkout"))).unwrap_err();
    assert_eq!(refused.field().as_deref(), Some("forms.page"));
}
