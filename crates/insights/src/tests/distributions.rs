//! Distributions on random timelines against a plain recount, and the worked example of
//! docs/concepts/distribution.md.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Cell, CellAddress, Dimension, Distribution, EventSelection, Fact, Level, PropertyFact,
    Question, QuestionKind, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, cell_of, compared, random_question};
use super::oracle::{Oracle, is_of_session, text};
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, words};
use super::world::{World, cases, random_selection, world};
use crate::{Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

pub fn property(name: &str, of: Level) -> Fact {
    Fact::Property(PropertyFact {
        property: name.to_owned(),
        of,
    })
}

fn random_fact(dice: &mut Dice) -> Fact {
    dice.pick(&[
        Fact::dimension(Dimension::Page),
        Fact::dimension(Dimension::Event),
        Fact::dimension(Dimension::Source),
        Fact::dimension(Dimension::ExitPage),
        property("plan", Level::Event),
        property("plan", Level::Event),
        property("amount", Level::Event),
        property("amount", Level::Event),
        property("nothing", Level::Event),
        property("plan", Level::Person),
        property("amount", Level::Person),
        property("amount", Level::Account),
        property("account", Level::Account),
    ])
}

/// What a value is counted as.
#[derive(Debug, Clone, PartialEq)]
enum Had {
    Number(f64),
    Text(String),
}

/// A value of an event, a person or an account; the unit has it once.
struct Instance<'a> {
    unit: String,
    had: Had,
    event: &'a StoredEvent,
}

fn had(value: Option<&Value>) -> Had {
    match value {
        Some(Value::Number(number)) => Had::Number(*number),
        Some(value) => Had::Text(crate::matcher::text_of(value).into_owned()),
        None => Had::Text(String::new()),
    }
}

/// All values that count, with the event by which they do.
fn instances<'a>(oracle: &Oracle<'a>, spec: &Distribution) -> Vec<Instance<'a>> {
    let sessions = oracle.sessions(oracle.period);
    let events = oracle.selected(&spec.events, oracle.period, &oracle.question.filters);
    let instance = |(place, event): (usize, &'a StoredEvent)| {
        let person = event.person.to_string();
        let (unit, had) = match &spec.fact {
            Fact::Dimension(fact) if is_of_session(fact.dimension) => {
                let session = &sessions[&(event.person.0, event.sender.session.0)];
                (place.to_string(), Had::Text(session.fact(fact.dimension)))
            }
            Fact::Dimension(fact) => {
                let text = text(event, fact.dimension).to_owned();
                (place.to_string(), Had::Text(text))
            }
            Fact::Property(fact) => {
                let unit = match fact.of {
                    Level::Event => place.to_string(),
                    Level::Person => person,
                    // Who has no account is of none.
                    Level::Account => oracle
                        .property(event, Level::Account, "account")
                        .map(|account| format!("{account:?}"))
                        .unwrap_or_default(),
                };
                (unit, had(oracle.property(event, fact.of, &fact.property)))
            }
        };
        Instance { unit, had, event }
    };
    events.into_iter().enumerate().map(instance).collect()
}

fn number(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        Cell::Count(count) => *count as f64,
        _ => panic!("a number, not {cell:?}"),
    }
}

/// Values with rows of their own, largest first, and those that have none.
fn largest(instances: &[Instance<'_>], most: usize) -> (Vec<String>, BTreeSet<String>) {
    let mut units: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in instances {
        if let Had::Text(text) = &one.had
            && !text.is_empty()
        {
            let of_text = units.entry(text).or_default();
            if !one.unit.is_empty() {
                of_text.insert(&one.unit);
            }
        }
    }
    let mut sized: Vec<(i64, &str)> = units
        .iter()
        .map(|(text, units)| (-(units.len() as i64), *text))
        .collect();
    sized.sort();
    let mut texts: Vec<String> = sized.into_iter().map(|one| one.1.to_owned()).collect();
    let others = texts.split_off(most.min(texts.len()));
    (texts, others.into_iter().collect())
}

/// Which instances a row of the answer is about.
fn is_of_row(row: &[Cell], others: &BTreeSet<String>, one: &Instance<'_>) -> bool {
    match (&row[0], &one.had) {
        (Cell::Text(value), Had::Text(text)) if value == "(other)" => others.contains(text),
        (Cell::Text(value), Had::Text(text)) => value == text,
        (Cell::Missing(_), Had::Number(value)) => {
            number(&row[1]) <= *value && *value < number(&row[2])
        }
        _ => false,
    }
}

/// That classes follow each other, are equally wide, and are neither too many nor beside the
/// numbers.
fn check_classes(answer: &Answer, numbers: &[f64], classes: usize, seed: u64) {
    let rows: Vec<_> = answer
        .rows
        .iter()
        .filter(|row| matches!(row[0], Cell::Missing(_)))
        .collect();
    assert_eq!(rows.is_empty(), numbers.is_empty(), "seed {seed}");
    assert!(
        rows.len() <= classes + 1,
        "seed {seed}: {} classes",
        rows.len()
    );
    let Some((first, last)) = rows.first().zip(rows.last()) else {
        return;
    };
    let least = numbers.iter().copied().fold(f64::MAX, f64::min);
    let greatest = numbers.iter().copied().fold(f64::MIN, f64::max);
    assert!(
        (number(&first[1])..number(&first[2])).contains(&least),
        "seed {seed}"
    );
    assert!(
        (number(&last[1])..number(&last[2])).contains(&greatest),
        "seed {seed}"
    );
    let width = number(&first[2]) - number(&first[1]);
    for pair in rows.windows(2) {
        assert_eq!(pair[0][2], pair[1][1], "seed {seed}");
        let other = number(&pair[1][2]) - number(&pair[1][1]);
        assert!((width - other).abs() < width * 1e-9, "seed {seed}");
    }
}

fn counting_columns(fact: &Fact) -> &'static [&'static str] {
    match fact {
        Fact::Property(fact) if fact.of == Level::Person => &["persons"],
        Fact::Property(fact) if fact.of == Level::Account => &["accounts", "persons"],
        _ => &["events", "persons"],
    }
}

fn check_rows(answer: &Answer, instances: &[Instance<'_>], spec: &Distribution, seed: u64) {
    let most = spec.classes.unwrap_or(20) as usize;
    let numbers: Vec<f64> = instances
        .iter()
        .filter_map(|one| match one.had {
            Had::Number(number) => Some(number),
            Had::Text(_) => None,
        })
        .collect();
    check_classes(answer, &numbers, most, seed);
    let (mut texts, others) = largest(instances, most);
    if !others.is_empty() {
        texts.push("(other)".to_owned());
    }
    if instances
        .iter()
        .any(|one| one.had == Had::Text(String::new()))
    {
        texts.push(String::new());
    }
    let shown: Vec<String> = answer
        .rows
        .iter()
        .filter_map(|row| match &row[0] {
            Cell::Text(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(shown, texts, "seed {seed}, {spec:#?}");
    let columns = counting_columns(&spec.fact);
    let units = |of: &dyn Fn(&Instance<'_>) -> bool| {
        let units = instances
            .iter()
            .filter(|one| of(one) && !one.unit.is_empty());
        units
            .map(|one| one.unit.clone())
            .collect::<BTreeSet<_>>()
            .len()
    };
    let all = units(&|_| true);
    for row in &answer.rows {
        let of_row = |one: &Instance<'_>| is_of_row(row, &others, one);
        let persons: BTreeSet<_> = instances
            .iter()
            .filter(|one| of_row(one))
            .map(|one| one.event.person)
            .collect();
        let mut expected = vec![Cell::Count(units(&of_row) as i64)];
        if columns.len() == 2 {
            expected.push(Cell::Count(persons.len() as i64));
        }
        expected.push(match all {
            0 => Cell::MISSING,
            all => Cell::Number(units(&of_row) as f64 / all as f64),
        });
        assert_eq!(row[3..], expected, "seed {seed}, {row:?} of {spec:#?}");
    }
}

fn check_people(
    (world, asked): (&World, &Asked<'_>),
    (answer, column): (&Answer, &str),
    (instances, others): (&[Instance<'_>], &BTreeSet<String>),
    seed: u64,
) {
    let spec = asked.question.distribution.as_ref().unwrap();
    for row in &answer.rows {
        let mut earliest: BTreeMap<(String, String), i64> = BTreeMap::new();
        for one in instances.iter().filter(|one| is_of_row(row, others, one)) {
            let key = (
                one.event.person.to_string(),
                one.event.sender.session.to_string(),
            );
            let time_ms = one.event.event.time_ms;
            let at = earliest.entry(key).or_insert(time_ms);
            *at = time_ms.min(*at);
        }
        let expected: BTreeSet<String> = earliest
            .into_iter()
            .map(|((person, session), at)| format!("\"{person}\" \"{session}\" {at}"))
            .collect();
        let names = ["value", "from", "to"].map(str::to_owned);
        let cell = CellAddress {
            column: column.to_owned(),
            row: names.into_iter().zip(row.iter().cloned()).collect(),
        };
        // As it comes over the wire.
        let cell = serde_json::from_str(&serde_json::to_string(&cell).unwrap()).unwrap();
        let found = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
        let found: BTreeSet<String> = found.rows.iter().map(|row| words(&row[..3])).collect();
        assert_eq!(found, expected, "seed {seed}, {row:?} of {spec:#?}");
    }
}

/// What stands beside the numbers is counted in the period before, in rows that are of both.
fn check_compared(
    of: (&World, &Question, i64),
    now: &[Instance<'_>],
    (dice, seed): (&mut Dice, u64),
) {
    let (world, _, now_ms) = of;
    let Some((held, found, earlier)) = compared(of, (dice, seed)) else {
        return;
    };
    let spec = held.distribution.as_ref().unwrap();
    let (asking, _, oracle) = answered((world, &earlier, now_ms), (dice, seed));
    let before = instances(&oracle, spec);
    // Sizes are those of now; what only the period before has is there too.
    let unsized_before = before.iter().map(|one| Instance {
        unit: String::new(),
        had: one.had.clone(),
        event: one.event,
    });
    let unchanged = now.iter().map(|one| Instance {
        unit: one.unit.clone(),
        had: one.had.clone(),
        event: one.event,
    });
    let both: Vec<Instance<'_>> = unchanged.chain(unsized_before).collect();
    let (_, others) = largest(&both, spec.classes.unwrap_or(20) as usize);
    let column = counting_columns(&spec.fact)[0];
    let mut counted = [0, 0];
    for row in &found.rows {
        let periods = [
            (now, column.to_owned()),
            (&before, format!("{column}_previous")),
        ];
        for (at, (instances, name)) in periods.into_iter().enumerate() {
            let of_row = instances.iter().filter(|one| is_of_row(row, &others, one));
            let units: BTreeSet<&str> = of_row
                .map(|one| one.unit.as_str())
                .filter(|unit| !unit.is_empty())
                .collect();
            let told = cell_of(&found, row, &name);
            assert_eq!(
                *told,
                Cell::Count(units.len() as i64),
                "seed {seed}, {name} of {row:?}"
            );
            counted[at] += units.len();
        }
    }
    let all = |instances: &[Instance<'_>]| {
        let units = instances.iter().map(|one| one.unit.clone());
        let units: BTreeSet<String> = units.filter(|unit| !unit.is_empty()).collect();
        units.len()
    };
    assert!(
        counted[0] >= all(now) && counted[1] >= all(&before),
        "seed {seed}"
    );
    let asked = Asked {
        question: &held,
        ..asking
    };
    let previous = format!("{column}_previous");
    check_people(
        (world, &asked),
        (&found, &previous),
        (&before, &others),
        seed,
    );
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0xd157_4b17);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Distribution);
    let spec = Distribution {
        fact: random_fact(&mut dice),
        events: random_selection(&mut dice, 1),
        classes: dice.pick(&[None, Some(1), Some(2), Some(7)]),
    };
    asked.distribution = Some(spec.clone());
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let instances = instances(&oracle, &spec);
    check_rows(&answer, &instances, &spec, seed);
    let (_, others) = largest(&instances, spec.classes.unwrap_or(20) as usize);
    let column = counting_columns(&spec.fact)[0];
    let of_column = (&answer, column);
    check_people((&world, &asking), of_column, (&instances, &others), seed);
    check_compared(of, &instances, (&mut dice, seed));
}

#[test]
fn every_distribution_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1500)) {
        check(seed);
    }
}

fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}:00Z"))
}

/// The five persons of docs/concepts/distribution.md.
fn five_persons() -> Vec<StoredEvent> {
    let order = |person, time, amount: Value| {
        let mut order = event(person, at(time), "order", "/thanks");
        order.event.properties.insert("amount".to_owned(), amount);
        order
    };
    let identify = |person, plan: &str| {
        let mut identify = event(person, at("08:00"), "identify", "/");
        let plan = Value::Text(plan.to_owned());
        identify.event.properties.insert("plan".to_owned(), plan);
        identify
    };
    vec![
        identify(1, "pro"),
        order(1, "10:00", Value::Number(20.0)),
        order(1, "11:00", Value::Number(35.5)),
        identify(2, "free"),
        order(2, "10:00", Value::Number(29.99)),
        identify(3, "free"),
        order(3, "10:00", Value::Number(80.0)),
        order(4, "10:00", Value::Text("unknown".to_owned())),
        event(5, at("10:00"), "order", "/thanks"),
    ]
}

fn of_five(spec: Distribution) -> Vec<String> {
    let asked = Question {
        distribution: Some(spec),
        ..question(QuestionKind::Distribution, days("2026-03-02", "2026-03-02"))
    };
    let found = answer(&snapshot(&five_persons()), &asked, at("23:00")).unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

fn orders() -> EventSelection {
    EventSelection {
        events: vec!["order".to_owned()],
        ..EventSelection::default()
    }
}

#[test]
fn five_persons_give_the_distribution_of_the_documentation() {
    let rows = of_five(Distribution {
        fact: property("amount", Level::Event),
        events: orders(),
        classes: Some(4),
    });
    let share = |events: f64| events / 6.0;
    assert_eq!(
        rows,
        [
            format!("- 20 40 3 2 {}", share(3.0)),
            "- 40 60 0 0 0".to_owned(),
            "- 60 80 0 0 0".to_owned(),
            format!("- 80 100 1 1 {}", share(1.0)),
            format!("\"unknown\" - - 1 1 {}", share(1.0)),
            format!("\"\" - - 1 1 {}", share(1.0)),
        ]
    );
    let rows = of_five(Distribution {
        fact: property("plan", Level::Person),
        events: orders(),
        classes: None,
    });
    assert_eq!(
        rows,
        ["\"free\" - - 2 0.4", "\"pro\" - - 1 0.2", "\"\" - - 2 0.4"]
    );
}

#[test]
fn a_cell_that_the_answer_does_not_have_has_no_people() {
    let mut asked = question(QuestionKind::Distribution, days("2026-03-02", "2026-03-02"));
    asked.distribution = Some(Distribution {
        fact: property("amount", Level::Event),
        events: orders(),
        classes: Some(4),
    });
    let snapshot = snapshot(&five_persons());
    let refused = |column: &str, key: &str, cell: Cell| {
        let asking = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: at("23:00"),
        };
        let cell = CellAddress {
            column: column.to_owned(),
            row: BTreeMap::from([(key.to_owned(), cell)]),
        };
        let error = people(&snapshot, (&asking, &cell, None), &Threads(1)).unwrap_err();
        error.to_string()
    };
    assert!(refused("accounts", "from", Cell::Count(20)).contains("`accounts`"));
    assert!(refused("events", "from", Cell::Count(30)).contains("`from`"));
    assert!(refused("events", "value", Cell::Text("never".to_owned())).contains("`value`"));
    assert!(refused("events", "else", Cell::Count(1)).contains("`value`"));
}

#[test]
fn the_question_of_the_documentation_is_understood() {
    let page = include_str!("../../../../docs/concepts/distribution.md");
    let json = page.split("```").nth(1).unwrap();
    let asked: Question = serde_json::from_str(json.strip_prefix("json").unwrap()).unwrap();
    answer(&snapshot(&five_persons()), &asked, at("23:00")).unwrap();
}
