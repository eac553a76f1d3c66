//! Elements of heatmaps told by their words: the oracle, which looks at every two words of a place,
//! and what a page of another version looks like.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Cell, CellAddress, Heatmap, HeatmapRows, HeatmapToldBy, Question, QuestionKind, Value,
};
use hitmetrix_store::StoredEvent;

use super::heatmaps::{text, zone};
use super::samples::{Threads, answer, days, event, ms, question, snapshot, words};
use crate::heatmap::elements_within;
use crate::query::Query;
use crate::{AskError, Asked, people};

fn letters(words: &str) -> String {
    let mut kept = String::new();
    for each in words.chars() {
        match each.is_alphabetic() {
            true => kept.extend(each.to_lowercase()),
            false if !kept.is_empty() && !kept.ends_with(' ') => kept.push(' '),
            false => {}
        }
    }
    kept.trim_end().to_owned()
}

fn shape(zone: &str) -> String {
    let steps = zone.split('>').map(|step| step.split(":nth").next());
    steps.map(Option::unwrap).collect::<Vec<_>>().join(">")
}

/// By zone and words, the words by which the element is told.
pub(super) fn elements(clicks: &[&StoredEvent]) -> BTreeMap<(String, String), String> {
    let mut said: BTreeMap<(String, String), u64> = BTreeMap::new();
    for one in clicks {
        *said
            .entry((zone(one), text(one, "text").to_owned()))
            .or_default() += 1;
    }
    // A person, a page load and a page, and the place.
    let mut views: BTreeMap<(u128, u128, &str, String), BTreeSet<&str>> = BTreeMap::new();
    let mut begun: BTreeMap<(u128, u128, &str, String), (i64, &str)> = BTreeMap::new();
    for click in clicks.iter().filter(|one| !text(one, "text").is_empty()) {
        let page = click.event.page.path.as_str();
        let view = (click.person.0, click.sender.window.0, page, zone(click));
        let said = (click.event.time_ms, text(click, "text"));
        let first = begun.entry(view.clone()).or_insert(said);
        *first = said.min(*first);
        views.entry(view).or_default().insert(said.1);
    }
    let first = |said: &(String, String)| {
        let of_zone = begun.iter().filter(|(view, _)| view.3 == said.0);
        of_zone.filter(|(_, first)| first.1 == said.1).count()
    };
    let is_one = |of: &str, one: &str, other: &str| {
        let is_series = |words: &str| {
            let alike = said.keys().filter(|(zone, text)| {
                shape(zone) == shape(of) && !text.is_empty() && letters(text) == letters(words)
            });
            alike.map(|(zone, _)| zone).collect::<BTreeSet<_>>().len() > 1
        };
        let key = |words: &str| match is_series(words) {
            true => words.to_lowercase(),
            false => letters(words),
        };
        let of_zone = || views.iter().filter(|(view, _)| view.3 == of);
        let with = |words: &str| of_zone().filter(|(_, said)| said.contains(words)).count();
        let both = of_zone()
            .filter(|(_, said)| said.len() <= 4 && said.contains(one) && said.contains(other));
        let both = both.count();
        key(one) == key(other) || both > 0 && 2 * both >= with(one).min(with(other))
    };
    let mut classes: Vec<BTreeSet<(String, String)>> = Vec::new();
    for one in said.keys().filter(|(_, text)| !text.is_empty()) {
        let mut joined = BTreeSet::from([one.clone()]);
        classes.retain(|class| {
            let is_joined = class
                .iter()
                .any(|other| other.0 == one.0 && is_one(&one.0, &one.1, &other.1));
            if is_joined {
                joined.extend(class.iter().cloned());
            }
            !is_joined
        });
        classes.push(joined);
    }
    let mut told = BTreeMap::new();
    for class in &classes {
        let most = class.iter().min_by_key(|one| {
            let first = first(one);
            (Reverse(first), Reverse(said[*one]), &one.1)
        });
        for one in class {
            told.insert(one.clone(), most.unwrap().1.clone());
        }
    }
    for (zone, _) in said.keys().filter(|(_, text)| text.is_empty()) {
        let of_zone: BTreeSet<String> = told
            .iter()
            .filter(|((other, _), _)| other == zone)
            .map(|(_, words)| words.clone())
            .collect();
        let words = of_zone.first().filter(|_| of_zone.len() == 1);
        let words = words.cloned().unwrap_or_default();
        told.insert((zone.clone(), String::new()), words);
    }
    told
}

fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}Z"))
}

fn click(person: u128, time: &str, (path, words): (&str, &str)) -> StoredEvent {
    let mut one = event(person, at(time), "click", "/shop");
    let properties = &mut one.event.properties;
    properties.insert("path".to_owned(), Value::Text(path.to_owned()));
    if !words.is_empty() {
        properties.insert("text".to_owned(), Value::Text(words.to_owned()));
    }
    one
}

fn asked(rows: HeatmapRows) -> Question {
    let mut asked = question(QuestionKind::Heatmap, days("2026-03-02", "2026-03-02"));
    asked.heatmap = Some(Heatmap {
        pages: vec!["/shop".to_owned()],
        rows,
        told_by: HeatmapToldBy::Words,
    });
    asked
}

/// Zone, words and clicks of each row but that of all together.
fn rows(events: &[StoredEvent]) -> Vec<String> {
    let found: Answer = answer(
        &snapshot(events),
        &asked(HeatmapRows::Zones),
        at("23:00:00"),
    )
    .unwrap();
    let rows = found.rows.iter().skip(1);
    rows.map(|row| words(&row[..3])).collect()
}

const SECOND: &str = "nav>a:nth-of-type(2)";
const THIRD: &str = "nav>a:nth-of-type(3)";

#[test]
fn what_stood_in_one_place_one_after_the_other_is_two_elements() {
    // A link came into the menu at noon: what was second is third.
    let events = [
        click(1, "10:00:00", (SECOND, "Prices")),
        click(2, "10:10:00", (SECOND, "Prices")),
        click(3, "13:00:00", (SECOND, "Docs")),
        click(4, "13:10:00", (THIRD, "Prices")),
        // It told no words, and may have been either.
        click(5, "13:20:00", (SECOND, "")),
    ];
    assert_eq!(
        rows(&events),
        [
            format!(r#""{SECOND}" "Prices" 2"#),
            format!(r#""{SECOND}" "" 1"#),
            format!(r#""{SECOND}" "Docs" 1"#),
            format!(r#""{THIRD}" "Prices" 1"#),
        ]
    );
}

#[test]
fn words_that_change_by_themselves_are_one_element() {
    let events = [
        // A counter.
        click(1, "10:00:00", (SECOND, "Cart (1)")),
        click(2, "10:10:00", (SECOND, "Cart (3)")),
        click(3, "10:20:00", (SECOND, "Cart (3)")),
        click(4, "10:30:00", (SECOND, "")),
        // What is switched on, and off again.
        click(5, "11:00:00", ("button", "Show all")),
        click(5, "11:00:02", ("button", "Show less")),
        click(6, "11:10:00", ("button", "Show all")),
        click(6, "11:10:02", ("button", "Less")),
        click(6, "11:10:04", ("button", "Show all")),
        click(6, "11:10:06", ("button", "Less")),
        click(6, "11:10:07", ("button", "Less")),
        click(6, "11:10:08", ("button", "Less")),
    ];
    assert_eq!(
        rows(&events),
        [
            r#""button" "Show all" 8"#.to_owned(),
            format!(r#""{SECOND}" "Cart (3)" 4"#),
        ]
    );
}

#[test]
fn numbers_tell_the_elements_of_a_series_apart() {
    let events = [
        click(1, "10:00:00", (SECOND, "Size 41")),
        click(2, "10:10:00", (THIRD, "Size 42")),
        click(3, "13:00:00", (SECOND, "Size 40")),
    ];
    assert_eq!(rows(&events).len(), 3);
}

#[test]
fn a_list_that_moves_while_somebody_clicks_it_is_not_one_element() {
    let name = ["Ash", "Birch", "Cedar", "Damson", "Elm"];
    let clicks = name
        .iter()
        .enumerate()
        .map(|(second, words)| click(1, &format!("10:00:0{second}"), (SECOND, words)));
    assert_eq!(rows(&clicks.collect::<Vec<_>>()).len(), 5);
}

#[test]
fn places_have_their_words() {
    let events = [
        click(1, "10:00:00", (SECOND, "Prices")),
        click(2, "13:00:00", ("nav>a:nth-of-type(2)>b", "Docs")),
    ];
    let found = answer(
        &snapshot(&events),
        &asked(HeatmapRows::Points),
        at("23:00:00"),
    )
    .unwrap();
    assert_eq!(found.columns[2].name, "text");
    let told: Vec<String> = found.rows.iter().map(|row| words(&row[..3])).collect();
    assert_eq!(
        told,
        [
            format!(r#""{SECOND}" "{SECOND}" "Prices""#),
            format!(r#""{SECOND}>b" "{SECOND}" "Docs""#),
        ]
    );
}

#[test]
fn a_row_is_named_by_its_zone_and_its_words() {
    let events = [
        click(1, "10:00:00", (SECOND, "Prices")),
        click(2, "13:00:00", (SECOND, "Docs")),
        click(3, "13:00:00", (THIRD, "Prices")),
    ];
    let asked = asked(HeatmapRows::Zones);
    let asking = Asked {
        question: &asked,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms: at("23:00:00"),
    };
    let behind = |named: &[(&str, &str)]| -> Result<Vec<String>, AskError> {
        let named = named.iter();
        let cell = CellAddress {
            column: "clicks".to_owned(),
            row: named
                .map(|(name, text)| ((*name).to_owned(), Cell::Text((*text).to_owned())))
                .collect(),
        };
        let found = people(&snapshot(&events), (&asking, &cell, None), &Threads(1))?;
        Ok(found.rows.iter().map(|row| words(&row[2..3])).collect())
    };
    let docs = behind(&[("zone", SECOND), ("text", "Docs")]).unwrap();
    assert_eq!(docs, [at("13:00:00").to_string()]);
    assert_eq!(behind(&[("zone", THIRD)]).unwrap().len(), 1);
    let told = behind(&[("zone", SECOND)]).unwrap_err().to_string();
    assert!(told.contains("`text`"), "{told}");
    assert!(behind(&[("zone", SECOND), ("text", "Gone")]).is_err());
}

#[test]
fn elements_that_do_not_fit_into_memory_are_refused() {
    let within = |events: &[StoredEvent], bytes: usize| {
        let asked = asked(HeatmapRows::Zones);
        let asked = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: at("23:00:00"),
        };
        let snapshot = snapshot(events);
        let query = Query::new(&snapshot, &asked, &Threads(1)).unwrap();
        elements_within(&query, bytes)
    };
    // Somebody who clicks without end.
    let restless: Vec<StoredEvent> = (0..20_000)
        .map(|number| {
            let mut one = click(1, "10:00:00", ("button", "Again"));
            one.event.time_ms += i64::from(number);
            one
        })
        .collect();
    assert_eq!(within(&restless, 8 << 20), Ok(1));
    assert_eq!(within(&restless, 1 << 20), Err(AskError::TooMuchMemory));
    // Words without end.
    let wordy: Vec<StoredEvent> = (0..2000)
        .map(|number| {
            let words = format!("{number} {}", "word ".repeat(80));
            click(number + 1, "10:00:00", ("button", &words))
        })
        .collect();
    assert!(within(&wordy, 8 << 20).is_ok());
    assert_eq!(within(&wordy, 1 << 20), Err(AskError::TooMuchMemory));
}
