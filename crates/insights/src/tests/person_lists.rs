//! Lists of persons and accounts: against the list of sessions, event by event where that has no
//! column, and by hand for search, pages and bounds. `HITMETRIX_TEST_CASES` sets how many random
//! cases.

use std::collections::BTreeMap;

use hitmetrix_model::{
    Answer, Cell, ListedBy, OrderValue, PersonList, PersonOrder, Question, QuestionKind, SiteId,
    Value, limits,
};
use hitmetrix_store::{Snapshot, StoredEvent};

use super::asking::{answered, random_question};
use super::samples::{Dice, Threads, event, question, snapshot, span};
use super::world::{cases, world};
use crate::matcher::text_of;
use crate::{AskError, Asked, Unmetered, person_list};

fn asked(question: &Question) -> Asked<'_> {
    Asked {
        question,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms: 2_000_000,
    }
}

fn place(answer: &Answer, name: &str) -> usize {
    let named = answer.columns.iter().position(|column| column.name == name);
    named.unwrap_or_else(|| panic!("no column {name}"))
}

fn texts(answer: &Answer, name: &str) -> Vec<String> {
    let place = place(answer, name);
    let cell = |row: &Vec<Cell>| match &row[place] {
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    answer.rows.iter().map(cell).collect()
}

fn count(row: &[Cell], place: usize) -> i64 {
    match row[place] {
        Cell::Count(count) => count,
        ref other => panic!("{other:?} is no count"),
    }
}

/// Sums by person: first, last, sessions, events, pageviews, errors, engaged.
type Sums = BTreeMap<String, [i64; 7]>;

/// What a list of the sessions says of each person.
fn sums_of(sessions: &Answer) -> Sums {
    let at = |name: &str| place(sessions, name);
    let [started, duration] = [at("started"), at("duration")];
    let [events, pageviews, errors, engaged] =
        ["events", "pageviews", "errors", "engaged_time"].map(at);
    let mut sums = Sums::new();
    for row in &sessions.rows {
        let Cell::Text(person) = &row[at("person")] else {
            panic!("a person is an id");
        };
        let start_ms = count(row, started);
        let end_ms = start_ms + count(row, duration);
        let sum = sums
            .entry(person.clone())
            .or_insert([start_ms, end_ms, 0, 0, 0, 0, 0]);
        sum[0] = sum[0].min(start_ms);
        sum[1] = sum[1].max(end_ms);
        sum[2] += 1;
        for (place, column) in [(3, events), (4, pageviews), (5, errors), (6, engaged)] {
            sum[place] += count(row, column);
        }
    }
    sums
}

fn sums_in(list: &Answer) -> Sums {
    let names = [
        "first_seen_in_period",
        "last_seen",
        "sessions",
        "events",
        "pageviews",
        "errors",
        "engaged_time",
    ];
    let places = names.map(|name| place(list, name));
    let rows = list.rows.iter();
    rows.map(|row| {
        let Cell::Text(id) = &row[0] else {
            panic!("a row has a name");
        };
        (id.clone(), places.map(|place| count(row, place)))
    })
    .collect()
}

#[test]
fn sums_of_persons_are_those_of_their_sessions_in_every_order() {
    let (mut some, mut several) = (0, 0);
    for seed in 0..cases(500) {
        let mut dice = Dice::new(seed);
        let world = world(&mut dice);
        let mut question = random_question(&mut dice, &world, QuestionKind::Sessions);
        question.limit = Some(limits::ANSWER_ROWS as u32);
        let asking = (&world, &question, world.centre_ms);
        let (asked, sessions, _) = answered(asking, (&mut dice, seed));
        let expected = sums_of(&sessions);
        let order = dice.pick(&[
            PersonOrder::LastSeen,
            PersonOrder::FirstSeen,
            PersonOrder::Sessions,
            PersonOrder::Events,
            PersonOrder::Pageviews,
            PersonOrder::Errors,
        ]);
        let list = PersonList {
            order,
            ascending: dice.one_in(2),
            ..PersonList::default()
        };
        let threads = Threads(1 + dice.below(3) as usize);
        let whole = person_list(&world.snapshot, &asked, &list, &threads).unwrap();
        assert_eq!(sums_in(&whole), expected, "seed {seed}");
        assert_eq!(whole.rows_total, expected.len() as u64, "seed {seed}");
        assert_eq!(whole.bot_events, sessions.bot_events, "seed {seed}");
        let by = match order {
            PersonOrder::FirstSeen => 0,
            PersonOrder::LastSeen => 1,
            PersonOrder::Sessions => 2,
            PersonOrder::Events => 3,
            PersonOrder::Pageviews => 4,
            _ => 5,
        };
        let ranked: Vec<i64> = texts(&whole, "person")
            .iter()
            .map(|person| expected[person][by])
            .collect();
        assert!(match list.ascending {
            true => ranked.is_sorted(),
            false => ranked.is_sorted_by(|one, next| one >= next),
        });
        some += usize::from(!expected.is_empty());
        several += usize::from(expected.len() > 2);

        // Any page is that part of the whole.
        let offset = dice.below(4) as u32;
        let limit = 1 + dice.below(3) as u32;
        let mut paged = question.clone();
        paged.limit = Some(limit);
        let page_asked = Asked {
            question: &paged,
            ..asked
        };
        let list = PersonList { offset, ..list };
        let page = person_list(&world.snapshot, &page_asked, &list, &threads).unwrap();
        let part = whole.rows.iter().skip(offset as usize).take(limit as usize);
        assert_eq!(page.rows, part.cloned().collect::<Vec<_>>(), "seed {seed}");
    }
    assert!(some > 150 && several > 60, "{some} {several}");
}

#[test]
fn first_seen_account_property_and_orders_are_what_the_events_say() {
    let (mut accounts, mut plans, mut orders) = (0, 0, 0);
    for seed in 0..cases(400) {
        let mut dice = Dice::new(seed);
        let world = world(&mut dice);
        let mut question = random_question(&mut dice, &world, QuestionKind::Sessions);
        question.limit = Some(limits::ANSWER_ROWS as u32);
        let asking = (&world, &question, world.centre_ms);
        let (asked, sessions, oracle) = answered(asking, (&mut dice, seed));
        let list = PersonList {
            properties: vec!["plan".to_owned()],
            value: Some(OrderValue {
                event: "purchase".to_owned(),
                property: "amount".to_owned(),
            }),
            order: PersonOrder::Value,
            ..PersonList::default()
        };
        let answer = person_list(&world.snapshot, &asked, &list, &Threads(2)).unwrap();
        let counted: Vec<String> = texts(&sessions, "session");
        let within = oracle.sessions(oracle.period);
        for row in &answer.rows {
            let Cell::Text(person) = &row[0] else {
                panic!("a person is an id");
            };
            let theirs: Vec<&StoredEvent> = world
                .events
                .iter()
                .filter(|one| one.person.to_string() == *person && !oracle.is_left_out(one))
                .collect();
            let first = theirs.iter().map(|one| one.event.time_ms).min().unwrap();
            assert_eq!(
                count(row, place(&answer, "first_seen")),
                first,
                "seed {seed}"
            );
            let latest = |names: &[&str], property: &str| {
                let told = theirs.iter().filter(|one| {
                    names.contains(&one.event.name.as_str())
                        && one.event.properties.contains_key(property)
                });
                let last = told
                    .max_by_key(|one| (one.event.time_ms, one.sender.window, one.event.sequence));
                last.map_or(Cell::MISSING, |one| {
                    let value: &Value = &one.event.properties[property];
                    Cell::Text(text_of(value).into_owned())
                })
            };
            let account = latest(&["group"], "account");
            let plan = latest(&["identify", "alias"], "plan");
            accounts += usize::from(account != Cell::MISSING);
            plans += usize::from(plan != Cell::MISSING);
            assert_eq!(row[place(&answer, "account")], account, "seed {seed}");
            assert_eq!(row[place(&answer, "property.plan")], plan, "seed {seed}");

            let bought: Vec<f64> = within
                .iter()
                .filter(|((of, id), _)| {
                    format!("{of:032x}") == *person && counted.contains(&format!("{id:032x}"))
                })
                .flat_map(|(_, session)| &session.events)
                .filter(|one| one.event.name == "purchase")
                .map(|one| match one.event.properties.get("amount") {
                    Some(Value::Number(number)) => *number,
                    _ => 0.0,
                })
                .collect();
            orders += bought.len();
            let sum: f64 = bought.iter().sum();
            assert_eq!(count(row, place(&answer, "orders")), bought.len() as i64);
            assert_eq!(
                row[place(&answer, "value")],
                Cell::Number(sum),
                "seed {seed}"
            );
        }
        let values: Vec<f64> = texts(&answer, "value")
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        assert!(values.is_sorted_by(|one, next| one >= next), "seed {seed}");
    }
    assert!(
        accounts > 100 && plans > 100 && orders > 300,
        "{accounts} {plans} {orders}"
    );
}

#[test]
fn accounts_have_the_sums_of_their_persons() {
    let mut several = 0;
    for seed in 0..cases(400) {
        let mut dice = Dice::new(seed);
        let world = world(&mut dice);
        let mut question = random_question(&mut dice, &world, QuestionKind::Sessions);
        question.limit = Some(limits::ANSWER_ROWS as u32);
        let asked = Asked {
            now_ms: world.centre_ms,
            ..asked(&question)
        };
        let ask = |by, order| {
            let list = PersonList {
                by,
                order,
                ..PersonList::default()
            };
            person_list(&world.snapshot, &asked, &list, &Threads(3)).unwrap()
        };
        let persons = ask(ListedBy::Persons, PersonOrder::LastSeen);
        let accounts = ask(ListedBy::Accounts, PersonOrder::Persons);
        let mut expected: BTreeMap<String, (i64, [i64; 7])> = BTreeMap::new();
        let of = sums_in(&persons);
        for row in &persons.rows {
            let (Cell::Text(person), Cell::Text(account)) =
                (&row[0], &row[place(&persons, "account")])
            else {
                continue;
            };
            let sums = of[person];
            let all = expected
                .entry(account.clone())
                .or_insert((0, [sums[0], sums[1], 0, 0, 0, 0, 0]));
            all.0 += 1;
            all.1[0] = all.1[0].min(sums[0]);
            all.1[1] = all.1[1].max(sums[1]);
            (2..7).for_each(|place| all.1[place] += sums[place]);
        }
        several += usize::from(expected.values().any(|(persons, _)| *persons > 1));
        let found: BTreeMap<String, (i64, [i64; 7])> = sums_in(&accounts)
            .into_iter()
            .zip(BTreeMap::from_iter(
                texts(&accounts, "account").into_iter().zip(&accounts.rows),
            ))
            .map(|((account, sums), (_, row))| (account, (count(row, 1), sums)))
            .collect();
        assert_eq!(found, expected, "seed {seed}");
        assert_eq!(accounts.rows_total, expected.len() as u64);
    }
    assert!(several > 30, "{several}");
}

#[test]
fn pages_of_accounts_fit_together_whatever_the_order_of_runs() {
    let persons = 1..=12_u128;
    let events: Vec<StoredEvent> = persons
        .clone()
        .map(|person| {
            let account = format!("account {}", person * 7 % 13);
            known(person << 64, 1000, "group", &[("account", &account)])
        })
        .collect();
    let snapshot = snapshot(&events);
    let mut reversed = snapshot.runs.clone();
    assert!(reversed.len() > 1, "{} runs", reversed.len());
    reversed.reverse();
    let snapshots = [&snapshot, &Snapshot::of_runs(SiteId(1), reversed)];
    let mut question = question(QuestionKind::Sessions, span(0, 2_000_000));
    question.limit = Some(4);
    let page = |number: u32| {
        let list = PersonList {
            by: ListedBy::Accounts,
            order: PersonOrder::Sessions,
            offset: number * 4,
            ..PersonList::default()
        };
        let snapshot = snapshots[number as usize % 2];
        let answer = person_list(snapshot, &asked(&question), &list, &Unmetered).unwrap();
        texts(&answer, "account")
    };
    let listed: Vec<String> = (0..3).flat_map(page).collect();
    let mut accounts = listed.clone();
    accounts.sort_unstable();
    accounts.dedup();
    assert_eq!(accounts.len(), persons.count(), "{listed:?}");
}

fn known(person: u128, time_ms: i64, name: &str, facts: &[(&str, &str)]) -> StoredEvent {
    let mut stored = event(person, time_ms, name, "/");
    for (property, value) in facts {
        let value = Value::Text((*value).to_owned());
        stored
            .event
            .properties
            .insert((*property).to_owned(), value);
    }
    stored
}

#[test]
fn somebody_is_found_by_what_is_known_of_them_today() {
    let snapshot = snapshot(&[
        known(
            1,
            1_000,
            "identify",
            &[("user", "u-17"), ("traits.email", "Ada@Example.org")],
        ),
        known(
            2,
            1_000,
            "identify",
            &[("user", "u-18"), ("traits.email", "ada@old.test")],
        ),
        known(
            2,
            2_000,
            "identify",
            &[("user", "u-18"), ("traits.email", "bob@new.test")],
        ),
        known(3, 1_000, "group", &[("account", "Adams Ltd")]),
        known(4, 1_000, "purchase", &[("traits.email", "ada@example.org")]),
    ]);
    let question = question(QuestionKind::Sessions, span(0, 1_000_000));
    let found = |text: &str| {
        let list = PersonList {
            search: Some(text.to_owned()),
            order: PersonOrder::FirstSeen,
            ..PersonList::default()
        };
        let answer = person_list(&snapshot, &asked(&question), &list, &Unmetered).unwrap();
        assert_eq!(answer.rows_total, answer.rows.len() as u64);
        let ids = texts(&answer, "person");
        ids.iter()
            .map(|id| u128::from_str_radix(id, 16).unwrap())
            .collect::<Vec<u128>>()
    };
    assert_eq!(
        found("ada@example"),
        [1],
        "in any case, and only what identify said"
    );
    assert_eq!(found("ADA"), [1, 3], "not what somebody once was");
    assert_eq!(found(" u-18 "), [2]);
    assert_eq!(found(&format!("{:032x}", 4)), [4], "by an id");
    assert_eq!(found(&format!("{:032x}", 9)), [0_u128; 0]);
    assert_eq!(found(""), [1, 2, 3, 4]);
    assert_eq!(found("nobody"), [0_u128; 0]);
}

#[test]
fn what_cannot_be_listed_is_refused_with_its_place() {
    let snapshot = snapshot(&[event(1, 1_000, "pageview", "/")]);
    let refused = |question: &Question, list: PersonList| {
        let error = person_list(&snapshot, &asked(question), &list, &Unmetered).unwrap_err();
        (error.field().unwrap_or_default().into_owned(), error.code())
    };
    let sessions = question(QuestionKind::Sessions, span(0, 1_000_000));
    let list = PersonList::default;
    let cases: [(PersonList, &str); 5] = [
        (
            PersonList {
                offset: 9_901,
                ..list()
            },
            "list.offset",
        ),
        (
            PersonList {
                properties: vec!["a".to_owned(); limits::PERSON_COLUMNS + 1],
                ..list()
            },
            "list.properties",
        ),
        (
            PersonList {
                search: Some("a".repeat(limits::PERSON_SEARCH_BYTES + 1)),
                ..list()
            },
            "list.search",
        ),
        (
            PersonList {
                order: PersonOrder::Value,
                ..list()
            },
            "list.order",
        ),
        (
            PersonList {
                order: PersonOrder::Persons,
                ..list()
            },
            "list.order",
        ),
    ];
    for (list, field) in cases {
        assert_eq!(refused(&sessions, list).0, field);
    }
    let forms = question(QuestionKind::Forms, span(0, 1_000_000));
    assert_eq!(
        refused(&forms, list()),
        ("question.kind".to_owned(), "contradiction")
    );
    let stopped = person_list(&snapshot, &asked(&sessions), &list(), &Cancelled).unwrap_err();
    assert_eq!(stopped, AskError::Cancelled);
}

struct Cancelled;

impl crate::Meter for Cancelled {
    fn cancelled(&self) -> bool {
        true
    }

    fn elapsed_us(&self) -> u64 {
        0
    }

    fn threads(&self) -> usize {
        1
    }
}
