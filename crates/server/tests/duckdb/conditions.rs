//! Random conditions of the language of docs/concepts/filters.md, every form and operator of it.

use serde_json::{Value, json};

use crate::dice::Dice;

/// Names of events that are selected.
const EVENTS: [&str; 8] = [
    "pageview",
    "click",
    "signup",
    "add_to_cart",
    "purchase",
    "search",
    "error",
    "page_leave",
];

/// What texts are held against.
const TEXTS: [(&str, &[&str]); 13] = [
    ("page", &["/", "/shop", "/cart", "/product/1", "/help", ""]),
    ("event", &["pageview", "purchase", "click", "page_leave"]),
    ("host", &["shop.test", "www.shop.test", ""]),
    ("browser", &["Chrome", "Firefox", "safari", ""]),
    ("device", &["desktop", "phone", ""]),
    ("system", &["Windows", "iOS", "Linux", ""]),
    ("source", &["Direct", "letter", "google", "news.test"]),
    ("channel", &["Direct", "E-mail", "Organic search", "paid"]),
    ("medium", &["cpc", "email", ""]),
    ("campaign", &["spring", "FALL", ""]),
    (
        "referrer",
        &["news.test", "www.google.com", "google.com", ""],
    ),
    ("entry_page", &["/", "/shop", "/cart", "/product/2", ""]),
    ("exit_page", &["/", "/cart", "/blog/a", ""]),
];

/// Expressions that both programs read alike.
const PATTERNS: [&str; 7] = [
    "^/product/[12]$",
    "o",
    "(?i)^/h",
    "a$|^b",
    "^$",
    "[0-9]+",
    "^.{3,6}$",
];

/// Some conditions, mostly few.
pub fn conditions(dice: &mut Dice) -> Value {
    let count = *dice.pick(&[0, 0, 0, 1, 1, 2]);
    (0..count).map(|_| condition(dice, 2)).collect()
}

/// Two segments that conditions name: one of sessions, and one of persons that uses the other.
pub fn segments(dice: &mut Dice) -> Value {
    json!([
        {"name": "Visits", "of": "sessions", "conditions": [condition(dice, 0)]},
        {"name": "People", "of": "persons", "conditions": [
            {"any": [{"segment": "Visits"}, condition(dice, 0)]}, condition(dice, 0)
        ]},
    ])
}

/// One condition, nested at most so deep.
pub fn condition(dice: &mut Dice, depth: u32) -> Value {
    let nested = |dice: &mut Dice| -> Vec<Value> {
        let count = 1 + dice.below(3);
        (0..count).map(|_| condition(dice, depth - 1)).collect()
    };
    match dice.below(if depth > 0 { 12 } else { 6 }) {
        0..=2 => on_dimension(dice),
        3..=4 => on_property(dice),
        5 => on_session(dice),
        6 => json!({"all": nested(dice)}),
        7 => json!({"any": nested(dice)}),
        8 => json!({"not": condition(dice, depth - 1)}),
        9 => json!({"session_has": nested(dice)}),
        10 => json!({"segment": dice.pick(&["Visits", "People"])}),
        _ => json!({"did": did(dice)}),
    }
}

fn on_dimension(dice: &mut Dice) -> Value {
    if dice.one_in(8) {
        let (operator, values) = of_numbers(dice, &["17", "120", "100", "125.0"]);
        return json!({"dimension": "browser_version", "operator": operator, "values": values});
    }
    let (dimension, texts) = *dice.pick(&TEXTS);
    let (operator, values) = of_texts(dice, texts);
    json!({"dimension": dimension, "operator": operator, "values": values})
}

fn on_property(dice: &mut Dice) -> Value {
    let (of, name) = *dice.pick(&[
        ("event", "plan"),
        ("event", "plan"),
        ("event", "when"),
        ("event", "amount"),
        ("event", "score"),
        ("person", "tier"),
        ("person", "seats"),
        ("account", "tier"),
        ("account", "seats"),
        ("account", "account"),
    ]);
    let (operator, values) = if dice.one_in(2) {
        let numbers = ["10", "2.5", "0", "30", "2026-03-28", "2026-03-28T12:00:00Z"];
        of_numbers(dice, &numbers)
    } else {
        let texts = [
            "free", "pro", "team", "10", "true", "x", "3", "acme", "bolt", "soon", "",
        ];
        of_texts(dice, &texts)
    };
    json!({"property": name, "of": of, "operator": operator, "values": values})
}

fn on_session(dice: &mut Dice) -> Value {
    let numbers = [
        ("duration_ms", ["60000", "300000", "1200000"]),
        ("engaged_ms", ["1000", "5000", "10000"]),
        ("pageviews", ["1", "2", "4"]),
        ("events", ["2", "4", "7"]),
        ("errors", ["0", "1", "2"]),
        ("rage_clicks", ["0", "1", "2"]),
    ];
    let (name, numbers) = *dice.pick(&numbers);
    let operator = *dice.pick(&["is", "is_not", "greater", "less", "between"]);
    let values: &[&str] = match operator {
        "between" => &numbers[..2],
        _ => &numbers[1..2],
    };
    json!({"session": name, "operator": operator, "values": values})
}

fn of_texts(dice: &mut Dice, texts: &[&str]) -> (&'static str, Vec<String>) {
    let operator = *dice.pick(&[
        "is",
        "is",
        "is_not",
        "contains",
        "does_not_contain",
        "starts",
        "matches",
        "set",
        "not_set",
    ]);
    let count = 1 + dice.below(3);
    let values = match operator {
        "set" | "not_set" => Vec::new(),
        "matches" => (0..count)
            .map(|_| (*dice.pick(&PATTERNS)).to_owned())
            .collect(),
        _ => (0..count).map(|_| (*dice.pick(texts)).to_owned()).collect(),
    };
    (operator, values)
}

fn of_numbers(dice: &mut Dice, numbers: &[&str]) -> (&'static str, Vec<String>) {
    let operator = *dice.pick(&["greater", "less", "between"]);
    let value = (*dice.pick(numbers)).to_owned();
    let values = match operator {
        // The second is not less than the first, whichever way they are read.
        "between" => vec![
            "2".to_owned(),
            if value == "0" { "2".to_owned() } else { value },
        ],
        _ => vec![value],
    };
    (operator, values)
}

/// Some events, by name and conditions; mostly by name.
pub fn selection(dice: &mut Dice) -> Value {
    let count = *dice.pick(&[0, 1, 1, 1, 2]);
    let events: Vec<&str> = (0..count).map(|_| *dice.pick(&EVENTS)).collect();
    let mut selection = json!({"events": events});
    if dice.one_in(4) {
        selection["filters"] = json!([condition(dice, 1)]);
    }
    selection
}

fn did(dice: &mut Dice) -> Value {
    let count = *dice.pick(&[1, 1, 2, 3]);
    let sequence: Vec<Value> = (0..count)
        .map(|_| {
            let mut one = json!({"events": [dice.pick(&EVENTS)]});
            if dice.one_in(4) {
                one["filters"] = json!([condition(dice, 0)]);
            }
            one
        })
        .collect();
    let mut did = json!({"sequence": sequence});
    if count == 1 {
        match dice.below(4) {
            0 => did["at_least"] = json!(1 + dice.below(3)),
            1 => did["at_most"] = json!(dice.below(3)),
            2 => {
                did["at_least"] = json!(1);
                did["at_most"] = json!(1 + dice.below(2));
            }
            _ => {}
        }
    } else if dice.one_in(2) {
        did["within"] = json!(dice.pick(&["5m", "1h", "3d"]));
    }
    if dice.one_in(3) {
        did["last"] = json!(dice.pick(&["12h", "3d", "30d"]));
    }
    did
}

/// What an answer is divided by.
pub fn fact(dice: &mut Dice) -> Value {
    dice.pick(&[
        json!({"dimension": "page"}),
        json!({"dimension": "event"}),
        json!({"dimension": "source"}),
        json!({"dimension": "browser"}),
        json!({"dimension": "entry_page"}),
        json!({"property": "plan"}),
        json!({"property": "score"}),
        json!({"property": "tier", "of": "person"}),
        json!({"property": "seats", "of": "account"}),
    ])
    .clone()
}
