//! Correlations on random timelines against a plain recount of every table, with the formulas
//! written anew, and the worked example of docs/concepts/correlation.md.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Cell, CellAddress, Correlation, Dimension, EventSelection, Fact, Level, PropertyFact,
    Question, QuestionKind, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, random_question};
use super::distributions::property;
use super::oracle::{Oracle, is_of_session, text};
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, words};
use super::world::{World, cases, random_selection, value, world};
use crate::{Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

fn named(names: &[&str]) -> EventSelection {
    EventSelection {
        events: names.iter().map(|&name| name.to_owned()).collect(),
        ..EventSelection::default()
    }
}

fn random_correlation(dice: &mut Dice) -> Correlation {
    let facts = [
        Fact::dimension(Dimension::Page),
        Fact::dimension(Dimension::Source),
        Fact::dimension(Dimension::Device),
        Fact::dimension(Dimension::ExitPage),
        property("plan", Level::Event),
        property("amount", Level::Event),
        property("plan", Level::Person),
        property("account", Level::Account),
    ];
    let goal = value(dice, &["purchase", "click", "error", "pageview"]);
    let mut spec = Correlation {
        start: match dice.below(3) {
            0 => EventSelection::default(),
            1 => named(&["pageview"]),
            _ => random_selection(dice, 1),
        },
        goal: named(&[&goal]),
        facts: facts.into_iter().filter(|_| dice.one_in(3)).collect(),
        cases_min: Some(1 + dice.below(3) as u32),
    };
    if dice.one_in(4) {
        spec.goal = random_selection(dice, 1);
        if spec.goal.events.is_empty() {
            spec.goal.events.push(goal);
        }
    }
    spec
}

/// One person who started.
struct Person<'a> {
    start: &'a StoredEvent,
    goal: Option<&'a StoredEvent>,
    /// From the start on and before the goal.
    before: Vec<&'a StoredEvent>,
}

fn place(one: &StoredEvent) -> (i64, u128, u32) {
    (one.event.time_ms, one.sender.window.0, one.event.sequence)
}

fn persons<'a>(oracle: &Oracle<'a>, spec: &Correlation) -> Vec<Person<'a>> {
    let selected = |selection| oracle.selected(selection, oracle.period, &oracle.question.filters);
    let (starts, goals) = (selected(&spec.start), selected(&spec.goal));
    let mut looked_at = selected(&EventSelection::default());
    looked_at.extend(starts.iter().copied());
    looked_at.sort_by_key(|one| place(one));
    let keys: BTreeSet<u128> = starts.iter().map(|one| one.person.0).collect();
    let person = |key: u128| {
        let start = *starts.iter().find(|one| one.person.0 == key).unwrap();
        let is_since = |one: &StoredEvent| one.person.0 == key && place(one) >= place(start);
        let goal = goals.iter().copied().find(|one| is_since(one));
        let is_before = |one: &StoredEvent| goal.is_none_or(|goal| place(one) < place(goal));
        let before = looked_at.iter().copied();
        Person {
            start,
            goal,
            before: before
                .filter(|one| is_since(one) && is_before(one))
                .collect(),
        }
    };
    keys.into_iter().map(person).collect()
}

fn written(value: Option<&Value>) -> String {
    let value = value.map(|value| crate::matcher::text_of(value).into_owned());
    value.unwrap_or_default()
}

/// What a person has of a kind, each with the first event by which they do.
fn had<'a>(
    oracle: &Oracle<'a>,
    spec: &Correlation,
    kind: &str,
    person: &Person<'a>,
) -> Vec<(String, &'a StoredEvent)> {
    if kind == "event" {
        let mut names: Vec<(String, &StoredEvent)> = Vec::new();
        for &one in &person.before {
            let name = &one.event.name;
            let known = names.iter().any(|known| known.0 == *name);
            let is_own = spec.start.events.contains(name) || spec.goal.events.contains(name);
            if !known && !is_own {
                names.push((name.clone(), one));
            }
        }
        return names;
    }
    let fact = spec.facts.iter().find(|fact| fact.column_name() == kind);
    let sessions = oracle.sessions(oracle.period);
    let of_event = |read: &dyn Fn(&'a StoredEvent) -> String, also: &[&'a StoredEvent]| {
        let looked_at = also.iter().chain(&person.before);
        let mut found = looked_at.map(|&one| (read(one), one));
        found.find(|(text, _)| !text.is_empty())
    };
    let start = person.start;
    let found = match fact.unwrap() {
        Fact::Dimension(fact) if is_of_session(fact.dimension) => of_event(
            &|one| sessions[&(one.person.0, one.sender.session.0)].fact(fact.dimension),
            &[start],
        ),
        Fact::Dimension(fact) => of_event(&|one| text(one, fact.dimension).to_owned(), &[]),
        Fact::Property(PropertyFact {
            property,
            of: Level::Event,
        }) => of_event(&|one| written(one.event.properties.get(property)), &[]),
        Fact::Property(fact) => {
            let text = written(oracle.property(start, fact.of, &fact.property));
            (!text.is_empty()).then_some((text, start))
        }
    };
    found.into_iter().collect()
}

fn choose(of: u64, some: u64) -> f64 {
    (0..some)
        .map(|one| (of - one) as f64 / (one + 1) as f64)
        .product()
}

/// The exact test with binomial coefficients, as textbooks have it.
fn exact([a, b, c, d]: [u64; 4]) -> f64 {
    let (with, yes, all) = (a + b, a + c, a + b + c + d);
    let likely = |both: u64| choose(yes, both) * choose(all - yes, with - both) / choose(all, with);
    let possible = (with + yes).saturating_sub(all)..=with.min(yes);
    let observed = likely(a);
    possible
        .map(likely)
        .filter(|&one| one <= observed * (1.0 + 1e-7))
        .sum()
}

/// Odds ratio and both ends of its interval.
fn odds(cells: [u64; 4]) -> [f64; 3] {
    let some_is_zero = cells.contains(&0);
    let [a, b, c, d] = cells.map(|cell| cell as f64 + if some_is_zero { 0.5 } else { 0.0 });
    let ratio = (a / b) / (c / d);
    let error = (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    let factor = (1.959_964 * error).exp();
    [ratio, ratio / factor, ratio * factor]
}

struct Expected {
    cells: [u64; 4],
    p_value: f64,
    adjusted_p: f64,
}

/// All rows, by kind and value.
fn expected(
    oracle: &Oracle<'_>,
    spec: &Correlation,
    persons: &[Person<'_>],
) -> BTreeMap<(String, String), Expected> {
    let mut kinds = vec!["event".to_owned()];
    kinds.extend(spec.facts.iter().map(Fact::column_name));
    let mut tables = BTreeMap::new();
    for kind in kinds {
        let had: Vec<Vec<String>> = persons
            .iter()
            .map(|person| had(oracle, spec, &kind, person))
            .map(|had| had.into_iter().map(|one| one.0).collect())
            .collect();
        let values: BTreeSet<&String> = had.iter().flatten().collect();
        for value in values {
            let mut cells = [0; 4];
            for (person, had) in persons.iter().zip(&had) {
                let row = if had.contains(value) { 0 } else { 2 };
                cells[row + usize::from(person.goal.is_none())] += 1;
            }
            let enough = u64::from(spec.cases_min.unwrap());
            if cells[0] + cells[1] >= enough && cells[2] + cells[3] >= enough {
                tables.insert((kind.clone(), value.clone()), cells);
            }
        }
    }
    let p_values: Vec<f64> = tables.values().map(|&cells| exact(cells)).collect();
    let adjusted = |p_value: f64| {
        let larger = p_values
            .iter()
            .filter(|&&other| other >= p_value * (1.0 - 1e-12));
        let of_larger = larger.map(|&other| {
            let up_to = p_values.iter().filter(|&&one| one <= other * (1.0 + 1e-12));
            other * p_values.len() as f64 / up_to.count() as f64
        });
        of_larger.fold(1.0, f64::min)
    };
    let rows = tables
        .iter()
        .zip(&p_values)
        .map(|((key, &cells), &p_value)| {
            let adjusted_p = adjusted(p_value);
            let expected = Expected {
                cells,
                p_value,
                adjusted_p,
            };
            (key.clone(), expected)
        });
    rows.collect()
}

fn close(cell: &Cell, expected: f64) -> bool {
    let Cell::Number(found) = cell else {
        return false;
    };
    (found - expected).abs() <= 1e-6 * expected.abs()
}

fn key(row: &[Cell]) -> (String, String) {
    match row {
        [Cell::Text(kind), Cell::Text(value), ..] => (kind.clone(), value.clone()),
        _ => panic!("no key: {row:?}"),
    }
}

fn check_rows(
    answer: &Answer,
    expected: &BTreeMap<(String, String), Expected>,
    (limit, seed): (usize, u64),
) {
    assert_eq!(answer.rows_total as usize, expected.len(), "seed {seed}");
    assert_eq!(answer.rows.len(), expected.len().min(limit), "seed {seed}");
    for row in &answer.rows {
        let known = &expected[&key(row)];
        let [a, b, c, d] = known.cells;
        let count = |count: u64| Cell::Count(count as i64);
        assert_eq!(
            [&row[2], &row[3], &row[5], &row[6]],
            [&count(a + b), &count(a), &count(c + d), &count(c)],
            "seed {seed}, {row:?}"
        );
        let [ratio, low, high] = odds(known.cells);
        let numbers = [
            (4, a as f64 / (a + b) as f64),
            (7, c as f64 / (c + d) as f64),
            (8, ratio),
            (9, low),
            (10, high),
            (11, known.p_value),
            (12, known.adjusted_p),
        ];
        for (place, number) in numbers {
            assert!(
                close(&row[place], number),
                "seed {seed}, {number} in {place} of {row:?}"
            );
        }
        // Where it is the limit itself rounding decides.
        if (known.adjusted_p - 0.05).abs() > 1e-9 {
            let significant = Cell::Boolean(known.adjusted_p < 0.05);
            assert_eq!(row[13], significant, "seed {seed}, {row:?}");
        }
    }
    if expected
        .values()
        .any(|one| (one.adjusted_p - 0.05).abs() <= 1e-9)
    {
        return;
    }
    let mut strengths: Vec<(bool, f64)> = expected
        .values()
        .map(|one| (one.adjusted_p > 0.05, -odds(one.cells)[0].ln().abs()))
        .collect();
    strengths.sort_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)));
    for (row, strength) in answer.rows.iter().zip(strengths) {
        let known = &expected[&key(row)];
        let own = -odds(known.cells)[0].ln().abs();
        assert_eq!(known.adjusted_p > 0.05, strength.0, "seed {seed}, {row:?}");
        assert!((own - strength.1).abs() < 1e-9, "seed {seed}, {row:?}");
    }
}

fn check_people(
    (world, asked, oracle): (&World, &Asked<'_>, &Oracle<'_>),
    answer: &Answer,
    persons: &[Person<'_>],
    seed: u64,
) {
    let spec = asked.question.correlation.as_ref().unwrap();
    for row in &answer.rows {
        let (kind, value) = key(row);
        for (column, with, converted) in [
            ("persons", true, false),
            ("converted", true, true),
            ("persons_without", false, false),
            ("converted_without", false, true),
        ] {
            let mut expected = BTreeSet::new();
            for person in persons {
                let had = had(oracle, spec, &kind, person);
                let by = had.iter().find(|one| one.0 == value).map(|one| one.1);
                if by.is_some() != with || (converted && person.goal.is_none()) {
                    continue;
                }
                let event = match converted {
                    true => person.goal.unwrap(),
                    false => by.unwrap_or(person.start),
                };
                let (session, time_ms) = (event.sender.session, event.event.time_ms);
                expected.insert(format!("\"{}\" \"{session}\" {time_ms}", event.person));
            }
            let keys = ["kind", "value"].map(str::to_owned);
            let cell = CellAddress {
                column: column.to_owned(),
                row: keys.into_iter().zip(row.iter().cloned()).collect(),
            };
            let threads = Threads(2);
            let found = people(&world.snapshot, (asked, &cell, Some(10_000)), &threads).unwrap();
            let found: BTreeSet<String> = found.rows.iter().map(|row| words(&row[..3])).collect();
            assert_eq!(
                found, expected,
                "seed {seed}, {column} of {kind} {value}, {spec:#?}"
            );
        }
    }
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0xc0_44e1);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Correlation);
    let spec = random_correlation(&mut dice);
    asked.correlation = Some(spec.clone());
    asked.limit = dice.pick(&[None, Some(3), Some(1000)]);
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let persons = persons(&oracle, &spec);
    let expected = expected(&oracle, &spec, &persons);
    let limit = asked.limit.unwrap_or(20) as usize;
    check_rows(&answer, &expected, (limit, seed));
    // Each cell asks once more: a few rows of each world are enough.
    let mut few = answer.clone();
    few.rows.truncate(4);
    check_people((&world, &asking, &oracle), &few, &persons, seed);
}

#[test]
fn every_correlation_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1500)) {
        check(seed);
    }
}

fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}:00Z"))
}

/// The five persons of docs/concepts/correlation.md.
fn five_persons() -> Vec<StoredEvent> {
    let signup = |person, source: &str| {
        let mut signup = event(person, at("10:00"), "signup", "/");
        signup.event.channel = "Paid".to_owned();
        signup.event.source = source.to_owned();
        signup
    };
    vec![
        signup(1, "google"),
        event(1, at("10:05"), "video", "/"),
        event(1, at("10:10"), "order", "/"),
        event(1, at("10:15"), "review", "/"),
        signup(2, "google"),
        event(2, at("10:05"), "video", "/"),
        event(2, at("10:10"), "order", "/"),
        signup(3, "letter"),
        event(3, at("10:05"), "video", "/"),
        signup(4, "google"),
        event(4, at("09:00"), "video", "/"),
        event(4, at("10:20"), "help", "/"),
        event(5, at("10:00"), "video", "/"),
        event(5, at("10:05"), "order", "/"),
    ]
}

fn of_five() -> Question {
    Question {
        correlation: Some(Correlation {
            start: named(&["signup"]),
            goal: named(&["order"]),
            facts: vec![Fact::dimension(Dimension::Source)],
            cases_min: Some(1),
        }),
        ..question(QuestionKind::Correlation, days("2026-03-02", "2026-03-02"))
    }
}

#[test]
fn five_persons_give_the_correlation_of_the_documentation() {
    let found = answer(&snapshot(&five_persons()), &of_five(), at("23:00")).unwrap();
    let rows: Vec<String> = found
        .rows
        .iter()
        .map(|row| {
            let rounded = row.iter().map(|cell| match cell {
                Cell::Number(number) => Cell::Number((number * 100.0).round() / 100.0),
                other => other.clone(),
            });
            words(&rounded.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        rows,
        [
            "\"event\" \"help\" 1 0 0 3 2 0.67 0.2 0 8.82 1 1 false",
            "\"event\" \"video\" 3 2 0.67 1 0 0 5 0.11 220.62 1 1 false",
            "\"source\" \"google\" 3 2 0.67 1 0 0 5 0.11 220.62 1 1 false",
            "\"source\" \"letter\" 1 0 0 3 2 0.67 0.2 0 8.82 1 1 false",
        ]
    );
}

#[test]
fn a_correlation_that_cannot_be_is_refused() {
    let snapshot = snapshot(&five_persons());
    let refused = |change: &dyn Fn(&mut Correlation)| {
        let mut asked = of_five();
        change(asked.correlation.as_mut().unwrap());
        answer(&snapshot, &asked, at("23:00"))
            .unwrap_err()
            .to_string()
    };
    assert!(refused(&|spec| spec.goal.events.clear()).contains("correlation.goal"));
    assert!(refused(&|spec| spec.cases_min = Some(0)).contains("correlation.cases_min"));
    let event = Fact::dimension(Dimension::Event);
    assert!(refused(&|spec| spec.facts.push(event.clone())).contains("correlation.facts[1]"));
    let source = Fact::dimension(Dimension::Source);
    assert!(refused(&|spec| spec.facts.push(source.clone())).contains("correlation.facts[1]"));
}

/// 400 persons, of whom 200 saw the video; many enough for chi-square and to be significant.
#[test]
fn many_persons_give_significant_rows_of_known_numbers() {
    let mut events = Vec::new();
    for person in 0..400u128 {
        let (saw, ordered) = (
            person % 2 == 0,
            person % 10 < if person % 2 == 0 { 6 } else { 3 },
        );
        events.push(event(person, at("10:00"), "signup", "/"));
        if saw {
            events.push(event(person, at("10:05"), "video", "/"));
        }
        if person % 3 == 0 {
            events.push(event(person, at("10:06"), "help", "/"));
        }
        if ordered {
            events.push(event(person, at("10:10"), "order", "/"));
        }
    }
    let mut asked = of_five();
    let spec = asked.correlation.as_mut().unwrap();
    (spec.cases_min, spec.facts) = (None, Vec::new());
    let found = answer(&snapshot(&events), &asked, at("23:00")).unwrap();
    let keys: Vec<_> = found.rows.iter().map(|row| key(row).1).collect();
    assert_eq!(keys, ["video", "help"]);
    let [video, help] = &found.rows[..] else {
        panic!("two rows");
    };
    // SciPy 1.17: `chi2_contingency([[120, 80], [40, 160]])`, and of [[53, 81], [107, 159]].
    assert!(close(&video[11], 7.450_319_165_841_333e-16), "{video:?}");
    assert!(
        close(&video[12], 2.0 * 7.450_319_165_841_333e-16),
        "{video:?}"
    );
    assert!(close(&help[11], 0.982_748_082_415_220_9), "{help:?}");
    assert_eq!(words(&video[2..8]), "200 120 0.6 200 40 0.2");
    assert_eq!(words(&video[13..]), "true");
    assert_eq!(words(&help[13..]), "false");
}

#[test]
fn the_question_of_the_documentation_is_understood() {
    let page = include_str!("../../../../docs/concepts/correlation.md");
    let json = page.split("```").nth(1).unwrap();
    let asked: Question = serde_json::from_str(json.strip_prefix("json").unwrap()).unwrap();
    answer(&snapshot(&five_persons()), &asked, at("23:00")).unwrap();
}
