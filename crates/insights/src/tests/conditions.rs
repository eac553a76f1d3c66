//! What conditions are refused with, inside behaviours too, and what they may cost.

use std::sync::atomic::{AtomicUsize, Ordering};

use hitmetrix_model::{Cell, Measure, Question, QuestionKind, Value, limits};
use hitmetrix_store::StoredEvent;
use serde_json::{Value as Json, json};

use super::samples::{answer, event, question, snapshot, span};
use crate::{Asked, Meter, ask, check_conditions};

fn asking(filters: &Json) -> Question {
    Question {
        measures: vec![Measure::Persons],
        filters: serde_json::from_value(filters.clone()).unwrap(),
        ..question(QuestionKind::Totals, span(0, 1000))
    }
}

/// The code and the field of the error that a question with these filters is refused with.
fn refused(filters: &Json) -> (&'static str, String) {
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    let error = answer(&snapshot, &asking(filters), 0).unwrap_err();
    let field = error.field().unwrap_or_default().into_owned();
    (error.code(), field)
}

fn is(code: &'static str, field: &str) -> (&'static str, String) {
    (code, field.to_owned())
}

fn page(operator: &str, values: usize) -> Json {
    let values: Vec<String> = (0..values).map(|value| format!("/{value}")).collect();
    json!({"dimension": "page", "operator": operator, "values": values})
}

fn did(filters: &Json) -> Json {
    json!({"did": {"sequence": [{}, {"filters": filters}]}})
}

#[test]
fn numbers_of_sessions_are_compared_as_numbers() {
    let pageviews = |operator: &str, value| json!([{"session": "pageviews", "operator": operator, "values": [value]}]);
    for operator in ["contains", "does_not_contain", "starts", "matches"] {
        let refused = refused(&pageviews(operator, json!("1")));
        assert_eq!(refused, is("operator_of_texts", "filters[0]"));
    }
    let set = json!([{"session": "pageviews", "operator": "set"}]);
    assert_eq!(refused(&set), is("operator_of_texts", "filters[0]"));
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    for (value, persons) in [(json!("1.0"), 1), (json!(1), 1), (json!("2"), 0)] {
        let question = asking(&pageviews("is", value));
        let answer = answer(&snapshot, &question, 0).unwrap();
        assert_eq!(answer.rows[0][0], Cell::Count(persons));
    }
}

#[test]
fn what_says_nothing_is_refused() {
    let within = json!([{"did": {"sequence": [{}], "within": "1d"}}]);
    assert_eq!(
        refused(&within),
        is("contradiction", "filters[0].did.within")
    );
    let between = json!([{"property": "n", "operator": "between", "values": [10, 9.5]}]);
    assert_eq!(refused(&between), is("between_backwards", "filters[0]"));
}

#[test]
fn patterns_of_a_question_are_counted_in_behaviours_too() {
    let patterns = limits::PATTERNS;
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    let all = json!([
        page("matches", patterns - 1),
        did(&json!([page("matches", 1)]))
    ]);
    assert!(answer(&snapshot, &asking(&all), 0).is_ok());
    let more = json!([
        page("matches", patterns - 1),
        did(&json!([page("matches", 2)]))
    ]);
    let place = "filters[1].did.sequence[1].filters[0]";
    assert_eq!(refused(&more), is("too_many_patterns", place));
    let more = json!([page("matches", 1), page("matches", patterns)]);
    assert_eq!(refused(&more), is("too_many_patterns", "filters[1]"));
}

#[test]
fn conditions_of_a_question_are_counted_in_behaviours_too() {
    let some = |count| json!({"all": vec![page("is", 1); count]});
    // A behaviour is a condition itself.
    let within = json!([some(limits::CONDITIONS - 11), did(&json!([some(10)]))]);
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    assert!(answer(&snapshot, &asking(&within), 0).is_ok());
    let beyond = json!([some(limits::CONDITIONS - 11), did(&json!([some(11)]))]);
    let place = "filters[1].did.sequence[1].filters[0].all[10]";
    assert_eq!(refused(&beyond), is("too_many_conditions", place));
}

#[test]
fn behaviours_nest_as_deep_as_conditions() {
    let deep = |levels: usize| {
        let inner = page("is", 1);
        json!([(1..levels).fold(inner, |inner, _| did(&json!([inner])))])
    };
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    assert!(answer(&snapshot, &asking(&deep(limits::CONDITION_DEPTH)), 0).is_ok());
    let (code, field) = refused(&deep(limits::CONDITION_DEPTH + 1));
    assert_eq!(code, "conditions_too_deep");
    let place = ".did.sequence[1].filters[0]".repeat(limits::CONDITION_DEPTH);
    assert_eq!(field, format!("filters[0]{place}"));
}

#[test]
fn what_is_wrong_in_a_behaviour_is_told_with_its_place() {
    let wrong = page("matches", 0);
    let place = "filters[0].did.sequence[1].filters[0]";
    assert_eq!(
        refused(&json!([did(&json!([wrong]))])),
        is("filter_without_values", place)
    );
    let inner = json!([did(&json!([{"not": did(&json!([wrong]))}]))]);
    let place = format!("{place}.not.did.sequence[1].filters[0]");
    assert_eq!(refused(&inner), is("filter_without_values", &place));
    let empty = json!([{"all": [{"did": {"sequence": []}}]}]);
    assert_eq!(
        refused(&empty),
        is("sequence_length", "filters[0].all[0].did.sequence")
    );
    let names = vec!["x"; limits::FILTER_VALUES + 1];
    let names = json!([{"did": {"sequence": [{"events": names}]}}]);
    let place = "filters[0].did.sequence[0]";
    assert_eq!(refused(&names), is("too_many_filter_values", place));
    let conditions: Vec<_> = serde_json::from_value(inner).unwrap();
    let error = check_conditions(&conditions).unwrap_err();
    let place = "conditions[0].did.sequence[1].filters[0].not.did.sequence[1].filters[0]";
    assert_eq!(error.field().as_deref(), Some(place));
}

#[test]
fn a_slip_in_a_behaviour_is_told_with_its_place() {
    let mut told = event(1, 100, "purchase", "/");
    let amount = Value::Number(5.0);
    told.event.properties = [("amount".to_owned(), amount)].into_iter().collect();
    let slip = json!([did(&json!([{"property": "amuont", "operator": "set"}]))]);
    let error = answer(&snapshot(&[told]), &asking(&slip), 0).unwrap_err();
    assert_eq!(error.code(), "unknown_property");
    let place = "filters[0].did.sequence[1].filters[0]";
    assert_eq!(error.field().as_deref(), Some(place));
}

/// An event with properties, all of them texts.
fn telling(person: u128, name: &str, properties: &[(&str, &str)]) -> StoredEvent {
    let mut told = event(person, 100, name, "/");
    let properties = properties.iter();
    let properties =
        properties.map(|&(name, text)| (name.to_owned(), Value::Text(text.to_owned())));
    told.event.properties = properties.collect();
    told
}

#[test]
fn a_slip_in_a_property_of_persons_or_accounts_is_told() {
    let mut bot = telling(4, "identify", &[("robots", "yes")]);
    bot.sender.context.bot = "Googlebot".to_owned();
    let snapshot = snapshot(&[
        telling(1, "identify", &[("plan", "pro"), ("robot", "no")]),
        telling(2, "alias", &[("newsletter", "yes")]),
        telling(2, "group", &[("account", "acme"), ("industry", "steel")]),
        telling(3, "purchase", &[("plen", "pro"), ("robot", "1")]),
        bot,
    ]);
    let asked = |of: &str, name: &str| {
        let filter = json!([{"not": {"property": name, "of": of, "operator": "set"}}]);
        let mut question = asking(&filter);
        // Long after anybody was told anything.
        question.period = span(10_000, 20_000);
        answer(&snapshot, &question, 0).map(|answer| answer.rows)
    };
    let slips = [
        (
            "person",
            "plen",
            "no person has a property `plen`; did you mean `plan`?",
        ),
        (
            "person",
            "newsleter",
            "no person has a property `newsleter`; did you mean `newsletter`?",
        ),
        (
            "account",
            "industri",
            "no account has a property `industri`; did you mean `industry`?",
        ),
    ];
    for (of, name, text) in slips {
        let error = asked(of, name).unwrap_err();
        assert_eq!(error.field().as_deref(), Some("filters[0].not"));
        assert_eq!(error.to_string(), format!("filters[0].not: {text}"));
        assert_eq!(error.code(), "unknown_property");
    }
    let known = [
        ("person", "plan"),
        ("person", "newsletter"),
        ("account", "industry"),
        ("account", "robos"),
        ("person", "industri"),
        ("person", "favourite"),
        ("person", "robots"),
    ];
    for (of, name) in known {
        assert_eq!(
            asked(of, name),
            Ok(vec![vec![Cell::Count(0)]]),
            "{of} {name}"
        );
    }
}

#[test]
fn only_some_of_many_near_names_are_looked_for_among_what_was_told() {
    let sent: Vec<String> = ('a'..='z').map(|last| format!("industr{last}")).collect();
    let sent: Vec<(&str, &str)> = sent.iter().map(|name| (name.as_str(), "1")).collect();
    let told = telling(1, "group", &[("account", "acme"), ("industries", "steel")]);
    let asked = |sent: &[(&str, &str)]| {
        let filter = json!([{"property": "industre", "of": "account", "operator": "set"}]);
        let events = [told.clone(), telling(2, "click", sent)];
        answer(&snapshot(&events), &asking(&filter), 0)
    };
    let error = asked(&sent[..10]).unwrap_err();
    assert!(error.to_string().ends_with("did you mean `industries`?"));
    assert!(asked(&sent).is_ok());
}

#[test]
fn a_slip_in_what_an_answer_is_divided_by_is_told() {
    let snapshot = snapshot(&[telling(1, "identify", &[("plan", "pro")])]);
    let asked = |name: &str| {
        let text = json!({
            "kind": "trend",
            "period": {"last": "1d"},
            "trend": {"series": [{}], "breakdown": [{"property": name, "of": "person"}]},
        });
        let question: Question = serde_json::from_value(text).unwrap();
        answer(&snapshot, &question, 1000)
    };
    let error = asked("plna").unwrap_err();
    assert_eq!(
        error.to_string(),
        "no person has a property `plna`; did you mean `plan`?"
    );
    assert!(asked("plan").is_ok() && asked("tariff").is_ok());
}

/// Counts how often it is asked.
#[derive(Default)]
struct Asking(AtomicUsize);

impl Meter for Asking {
    fn cancelled(&self) -> bool {
        self.0.fetch_add(1, Ordering::Relaxed);
        false
    }

    fn elapsed_us(&self) -> u64 {
        0
    }
}

#[test]
fn the_meter_is_asked_between_conditions_and_many_texts() {
    let pages: Vec<String> = (0..1000).map(|page| format!("/{page}")).collect();
    let events = pages.iter().zip(0..);
    let events: Vec<_> = events
        .map(|(page, person)| event(person, 100, "pageview", page))
        .collect();
    let snapshot = snapshot(&events);
    let looks = |filters: &Json| {
        let question = asking(filters);
        let asked = Asked {
            question: &question,
            site_time_zone: "UTC",
            session_idle_ms: 1,
            now_ms: 0,
        };
        let meter = Asking::default();
        ask(&snapshot, &asked, &meter).unwrap();
        meter.0.into_inner()
    };
    let some = |count| json!([{"any": vec![page("contains", 1); count]}]);
    let more = looks(&some(100)) - looks(&some(1));
    assert!(more >= 99 * snapshot.runs.len(), "{more} looks");
}
