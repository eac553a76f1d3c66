//! Goals on random timelines against an oracle that looks at every session of every person, the
//! worked example of docs/concepts/goals.md, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Bots, Cell, CellAddress, Condition, Dimension, EventSelection, Fact, Goal, Goals,
    Interval, Level, Operator, PropertyFact, Question, QuestionKind, Saved, SavedGoal,
    SessionFilter, SessionNumber, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, random_question};
use super::oracle::{Oracle, Session, is_measurement, within};
use super::samples::{
    Dice, Threads, answer, days, event, ms, page_leave, question, snapshot, words,
};
use super::world::{World, cases, random_condition, random_selection, value, world};
use crate::{Asked, check_goal, people, resolve_segments};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

fn random_goal(dice: &mut Dice, label: usize) -> Goal {
    let mut goal = Goal {
        label: format!("goal {label}"),
        event: (!dice.one_in(3)).then(|| random_selection(dice, 1)),
        filters: (0..dice.below(3) / 2)
            .map(|_| random_condition(dice, 1))
            .collect(),
        sessions: dice.pick(&[None, None, Some(1), Some(2)]),
        ..Goal::default()
    };
    match dice.below(3) {
        0 => goal.value_thousandths = Some(dice.pick(&[0, 49_900, 1_001, -5])),
        1 if goal.event.is_some() => {
            goal.value_property = Some(value(dice, &["amount", "plan", "nothing"]));
        }
        _ => {}
    }
    let has_value = goal.value_thousandths.is_some() || goal.value_property.is_some();
    if has_value && dice.one_in(2) {
        goal.currency = Some("EUR".to_owned());
    }
    goal
}

fn property(name: &str, of: Level) -> Fact {
    Fact::Property(PropertyFact {
        property: name.to_owned(),
        of,
    })
}

fn random_goals(dice: &mut Dice) -> Goals {
    let breakdown = dice.pick(&[
        None,
        Some(Fact::dimension(Dimension::Source)),
        Some(Fact::dimension(Dimension::EntryPage)),
        Some(Fact::dimension(Dimension::Country)),
        Some(property("plan", Level::Person)),
        Some(property("account", Level::Account)),
    ]);
    Goals {
        goals: (0..=dice.below(3))
            .map(|label| random_goal(dice, label as usize))
            .collect(),
        top: (breakdown.is_some() && dice.one_in(2)).then(|| dice.below(3) as u32),
        over_time: breakdown.is_none() && dice.one_in(2),
        breakdown,
    }
}

/// A session that counts.
struct Counted<'a> {
    value: String,
    person: u128,
    id: u128,
    session: &'a Session<'a>,
}

type Place = (i64, u128, u32);

fn place(one: &StoredEvent) -> Place {
    (one.event.time_ms, one.sender.window.0, one.event.sequence)
}

struct GoalOracle<'a> {
    oracle: &'a Oracle<'a>,
    spec: &'a Goals,
    /// Over time the intervals of the answer.
    starts: Vec<i64>,
}

impl GoalOracle<'_> {
    fn value(&self, person: u128, session: &Session<'_>) -> String {
        match &self.spec.breakdown {
            None if self.spec.over_time => {
                let start = session.start_ms();
                let bucket = self.starts.iter().rfind(|&&known| known <= start);
                bucket.unwrap().to_string()
            }
            None => String::new(),
            Some(Fact::Dimension(fact)) => session.fact(fact.dimension),
            Some(Fact::Property(fact)) => {
                let events = self.oracle.events.iter();
                let of_person = events.clone().find(|one| one.person.0 == person).unwrap();
                let found = self.oracle.property(of_person, fact.of, &fact.property);
                found.map_or(String::new(), |value| {
                    crate::matcher::text_of(value).into_owned()
                })
            }
        }
    }

    fn counted<'a>(&self, sessions: &'a BTreeMap<(u128, u128), Session<'a>>) -> Vec<Counted<'a>> {
        let oracle = self.oracle;
        let filters = &oracle.question.filters;
        let mut counted: Vec<Counted<'_>> = sessions
            .iter()
            .filter(|(_, session)| {
                within(session.start_ms(), oracle.period)
                    && session
                        .events
                        .iter()
                        .any(|one| oracle.all_hold(filters, one, session))
            })
            .map(|(&(person, id), session)| Counted {
                value: self.value(person, session),
                person,
                id,
                session,
            })
            .collect();
        if self.spec.breakdown.is_some() {
            let mut sizes: BTreeMap<String, i64> = BTreeMap::new();
            for one in &counted {
                *sizes.entry(one.value.clone()).or_default() -= 1;
            }
            let mut sized: Vec<(i64, String)> =
                sizes.into_iter().map(|(text, size)| (size, text)).collect();
            sized.sort();
            let top = self.spec.top.unwrap_or(10) as usize;
            let others: BTreeSet<String> = sized.into_iter().skip(top).map(|one| one.1).collect();
            for one in &mut counted {
                if others.contains(&one.value) {
                    one.value = "(other)".to_owned();
                }
            }
        }
        counted
    }

    /// The events of a session by which it reaches a goal; none when it does not.
    fn reaching<'a>(&self, session: &'a Session<'a>, goal: &Goal) -> Vec<&'a StoredEvent> {
        let passes = goal.filters.is_empty()
            || session
                .events
                .iter()
                .any(|one| self.oracle.all_hold(&goal.filters, one, session));
        if !passes {
            return Vec::new();
        }
        let Some(selection) = &goal.event else {
            return vec![session.events[0]];
        };
        let events = session.events.iter().copied();
        let meant = events.filter(|one| {
            let name = &one.event.name;
            let named = match selection.events.is_empty() {
                true => !is_measurement(name),
                false => selection.events.contains(name),
            };
            named && self.oracle.all_hold(&selection.filters, one, session)
        });
        meant.collect()
    }

    /// Sessions that reach a goal, with the events by which they do.
    fn reached<'a>(
        &self,
        counted: &'a [Counted<'a>],
        goal: &Goal,
    ) -> Vec<(&'a Counted<'a>, Vec<&'a StoredEvent>)> {
        let mut found: Vec<_> = counted
            .iter()
            .map(|one| (one, self.reaching(one.session, goal)))
            .filter(|(_, events)| !events.is_empty())
            .collect();
        let Some(number) = goal.sessions else {
            return found;
        };
        found.sort_by_key(|(one, events)| (one.person, place(events[0])));
        let of_persons = found.chunk_by(|left, right| left.0.person == right.0.person);
        of_persons
            .filter_map(|of_one| of_one.get(number as usize - 1).cloned())
            .collect()
    }
}

fn worth(goal: &Goal, reached: &[(&Counted<'_>, Vec<&StoredEvent>)]) -> Option<f64> {
    if let Some(thousandths) = goal.value_thousandths {
        return Some((thousandths * reached.len() as i64) as f64 / 1000.0);
    }
    let property = goal.value_property.as_ref()?;
    let amounts = reached.iter().flat_map(|one| &one.1).map(|event| {
        let properties = &event.event.properties;
        let currency = match properties.get("currency") {
            Some(Value::Text(currency)) => Some(currency),
            _ => None,
        };
        let other =
            goal.currency.is_some() && currency.is_some() && currency != goal.currency.as_ref();
        match properties.get(property) {
            Some(Value::Number(number)) if !other => *number,
            _ => 0.0,
        }
    });
    Some(amounts.sum::<f64>() + 0.0)
}

fn line(person: u128, session: u128, at_ms: i64) -> String {
    format!("\"{person:032x}\" \"{session:032x}\" {at_ms}")
}

/// Who stands behind a cell, as (person, session, time).
fn behind(
    world: &World,
    asked: &Asked<'_>,
    (answer, row, column): (&Answer, &[Cell], &str),
) -> BTreeSet<String> {
    let names = answer.columns.iter().map(|one| one.name.clone());
    let cell = CellAddress {
        column: column.to_owned(),
        row: names.zip(row.iter().cloned()).collect(),
    };
    let found = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
    assert_eq!(found.rows_total as usize, found.rows.len());
    found.rows.iter().map(|row| words(&row[..3])).collect()
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0x60a1);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Goals);
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Include]);
    asked.goals = Some(random_goals(&mut dice));
    if asked.goals.as_ref().is_some_and(|goals| goals.over_time) {
        asked.interval = dice.pick(&[None, Some(Interval::Hour), Some(Interval::Day)]);
        asked.time_zone = Some(world.zone.to_owned());
    }
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let spec = asked.goals.as_ref().unwrap();
    let mut starts: Vec<i64> = Vec::new();
    if spec.over_time {
        starts.extend(answer.rows.iter().filter_map(|row| match row[0] {
            Cell::Count(start) => Some(start),
            _ => None,
        }));
        starts.dedup();
    }
    let of_goals = GoalOracle {
        oracle: &oracle,
        spec,
        starts,
    };
    let sessions = oracle.sessions(oracle.period);
    let counted = of_goals.counted(&sessions);
    // Each session starts in the interval whose clock it shows.
    if let Some(interval) = answer.interval {
        for one in &counted {
            let clock = |ms| oracle.clock(interval, ms);
            let start = one.value.parse().unwrap();
            assert_eq!(clock(start), clock(one.session.start_ms()), "seed {seed}");
        }
    }
    let mut sizes: BTreeMap<&String, i64> = BTreeMap::new();
    for one in &counted {
        *sizes.entry(&one.value).or_default() -= 1;
    }
    let nothing = String::new();
    if spec.breakdown.is_none() && !spec.over_time {
        sizes.entry(&nothing).or_default();
    }
    let all: Vec<String> = of_goals.starts.iter().map(i64::to_string).collect();
    for start in &all {
        sizes.insert(start, 0);
    }
    let mut values: Vec<(bool, i64, &String)> = sizes
        .into_iter()
        .map(|(value, size)| (value == "(other)", size, value))
        .collect();
    values.sort();
    let wanted = values
        .iter()
        .flat_map(|value| spec.goals.iter().map(move |goal| (value.2, goal)));
    let wanted: Vec<(&String, &Goal)> = wanted.collect();
    assert_eq!(answer.rows.len(), wanted.len(), "seed {seed}, {asked:#?}");
    for (row, (value, goal)) in answer.rows.iter().zip(wanted) {
        let of_value = || counted.iter().filter(|one| one.value == *value);
        let count = of_value().count() as i64;
        let mut reached = of_goals.reached(&counted, goal);
        reached.retain(|one| one.0.value == *value);
        let persons: BTreeSet<u128> = reached.iter().map(|one| one.0.person).collect();
        let per_session = |number: f64| match count {
            0 => Cell::MISSING,
            _ => Cell::Number(number / count as f64),
        };
        let worth = worth(goal, &reached);
        let mut expected = vec![
            Cell::Text(goal.label.clone()),
            Cell::Count(count),
            Cell::Count(reached.len() as i64),
            Cell::Count(persons.len() as i64),
            per_session(reached.len() as f64),
            worth.map_or(Cell::MISSING, Cell::Number),
            worth.map_or(Cell::MISSING, per_session),
        ];
        if spec.breakdown.is_some() {
            expected.insert(0, Cell::Text(value.clone()));
        }
        if spec.over_time {
            expected.insert(0, Cell::Count(value.parse().unwrap()));
        }
        assert_eq!(
            words(row),
            words(&expected),
            "engine on the left, oracle on the right\nseed {seed}, {asked:#?}"
        );
        let expected: BTreeSet<String> = reached
            .iter()
            .map(|(one, events)| line(one.person, one.id, events[0].event.time_ms))
            .collect();
        let found = behind(&world, &asking, (&answer, row, "reached"));
        assert_eq!(found, expected, "seed {seed}, reached, {goal:#?}");
        let expected: BTreeSet<String> = of_value()
            .map(|one| line(one.person, one.id, one.session.start_ms()))
            .collect();
        let found = behind(&world, &asking, (&answer, row, "sessions"));
        assert_eq!(found, expected, "seed {seed}, sessions");
    }
    assert_eq!(
        answer.bot_events,
        oracle.bot_events(answer.period),
        "seed {seed}"
    );
    check_condition((&world, &asked, spec), &answer, (&mut dice, seed));
}

/// Sessions that reach a goal are those that a condition on it keeps, and the others those that
/// its opposite keeps.
fn check_condition(
    (world, asked, spec): (&World, &Question, &Goals),
    answer: &Answer,
    (dice, seed): (&mut Dice, u64),
) {
    let goal = &spec.goals[0];
    if spec.breakdown.is_some() || spec.over_time || goal.sessions.is_some() {
        return;
    }
    let saved = Saved {
        goals: vec![SavedGoal {
            id: "7".to_owned(),
            goal: goal.clone(),
        }],
        ..Saved::default()
    };
    let named = Condition::Goal {
        goal: "7".to_owned(),
    };
    let missed = Condition::Not {
        not: Box::new(named.clone()),
    };
    let count = |place: usize| match answer.rows[0][place] {
        Cell::Count(count) => count,
        _ => panic!("a count"),
    };
    let (sessions, reached) = (count(1), count(2));
    for (condition, expected) in [(named, reached), (missed, sessions - reached)] {
        let mut among = asked.clone();
        among.filters.push(condition);
        resolve_segments(&mut among, &saved).unwrap();
        let (_, found, _) = answered((world, &among, world.centre_ms), (dice, seed));
        assert_eq!(
            found.rows[0][1],
            Cell::Count(expected),
            "seed {seed}, {among:#?}"
        );
    }
}

#[test]
fn all_goals_equal_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1500)) {
        check(seed);
    }
}

fn at(day: u32, time: &str) -> i64 {
    ms(&format!("2026-03-{day:02}T{time}:00Z"))
}

/// The five persons of docs/concepts/goals.md.
fn five_persons() -> Vec<StoredEvent> {
    let bought = |person: u128, time_ms: i64, amount: f64| {
        let mut one = event(person, time_ms, "purchase", "/cart");
        let amount = Value::Number(amount);
        one.event.properties.insert("amount".to_owned(), amount);
        one
    };
    let arrived = |person: u128, time_ms: i64, source: &str, page: &str| {
        let mut one = event(person, time_ms, "pageview", page);
        one.event.channel = "Email".to_owned();
        one.event.source = source.to_owned();
        one
    };
    let second = |mut one: StoredEvent| {
        one.sender.session = hitmetrix_model::SessionId(6);
        one
    };
    vec![
        arrived(1, at(2, "10:00"), "letter", "/"),
        event(1, at(2, "10:01"), "pageview", "/pricing"),
        second(event(1, at(2, "18:00"), "pageview", "/pricing")),
        second(bought(1, at(2, "18:05"), 20.0)),
        second(bought(1, at(2, "18:06"), 9.9)),
        arrived(2, at(2, "11:00"), "letter", "/pricing"),
        event(2, at(2, "11:07"), "pageview", "/"),
        event(3, at(2, "12:00"), "pageview", "/"),
        page_leave(3, at(2, "12:01"), "/", 30_000),
        // Begins on Monday, buys on Tuesday.
        event(4, at(2, "23:55"), "pageview", "/"),
        bought(4, at(3, "00:05"), 50.0),
        // Began on Sunday.
        event(5, at(1, "23:50"), "pageview", "/"),
        bought(5, at(2, "00:10"), 70.0),
    ]
}

fn example() -> Question {
    let mut asked = question(QuestionKind::Goals, days("2026-03-02", "2026-03-02"));
    let selection = |name: &str, filters: Vec<Condition>| EventSelection {
        label: None,
        events: vec![name.to_owned()],
        filters,
    };
    let pricing = Condition::Dimension(hitmetrix_model::Filter {
        dimension: Dimension::Page,
        operator: Operator::Is,
        values: vec!["/pricing".to_owned()],
    });
    let goal = |label: &str| Goal {
        label: label.to_owned(),
        ..Goal::default()
    };
    let goals = vec![
        Goal {
            event: Some(selection("pageview", vec![pricing.clone()])),
            value_thousandths: Some(1_500),
            ..goal("saw prices")
        },
        Goal {
            event: Some(selection("pageview", vec![pricing])),
            sessions: Some(2),
            ..goal("saw prices again")
        },
        Goal {
            event: Some(selection("purchase", vec![])),
            value_property: Some("amount".to_owned()),
            ..goal("bought")
        },
        Goal {
            filters: vec![Condition::Session(SessionFilter {
                session: SessionNumber::DurationMs,
                operator: Operator::Greater,
                values: vec!["300000".to_owned()],
            })],
            ..goal("stayed")
        },
    ];
    asked.goals = Some(Goals {
        goals,
        ..Goals::default()
    });
    asked
}

fn rows(asked: &Question) -> Vec<String> {
    let found = answer(&snapshot(&five_persons()), asked, at(9, "12:00")).unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

#[test]
fn five_persons_reach_the_goals_of_the_documentation() {
    assert_eq!(
        rows(&example()),
        [
            r#""saw prices" 5 3 2 0.6 4.5 0.9"#,
            r#""saw prices again" 5 1 1 0.2 - -"#,
            r#""bought" 5 2 2 0.4 79.9 15.98"#,
            r#""stayed" 5 3 3 0.6 - -"#,
        ]
    );
}

#[test]
fn five_persons_reach_goals_by_source_as_in_the_documentation() {
    let mut asked = example();
    let spec = asked.goals.as_mut().unwrap();
    spec.goals.truncate(1);
    spec.breakdown = Some(Fact::dimension(Dimension::Source));
    assert_eq!(
        rows(&asked),
        [
            r#""Direct" "saw prices" 3 1 1 0.3333333333333333 1.5 0.5"#,
            r#""letter" "saw prices" 2 2 2 1 3 1.5"#,
        ]
    );
}

/// Persons who come from a source of their own each.
fn arrivals<'s>(sources: impl Iterator<Item = &'s str>) -> Vec<StoredEvent> {
    let arrived = |(person, source): (u128, &str)| {
        let mut one = event(person, at(2, "10:00"), "pageview", "/");
        one.event.channel = "Email".to_owned();
        one.event.source = source.to_owned();
        one
    };
    (1..).zip(sources).map(arrived).collect()
}

#[test]
fn a_source_called_as_the_others_is_one_of_them() {
    let sources = ["(other)", "(other)", "(other)", "a", "a", "b"];
    let snapshot = snapshot(&arrivals(sources.into_iter()));
    let mut asked = example();
    let spec = asked.goals.as_mut().unwrap();
    spec.goals.truncate(1);
    spec.breakdown = Some(Fact::dimension(Dimension::Source));
    for (top, wanted) in [
        (1, vec![r#""a" 2"#, r#""(other)" 4"#]),
        (9, vec![r#""a" 2"#, r#""b" 1"#, r#""(other)" 3"#]),
    ] {
        asked.goals.as_mut().unwrap().top = Some(top);
        let found = answer(&snapshot, &asked, at(9, "12:00")).unwrap();
        let cells = found
            .rows
            .iter()
            .map(|row| [&row[..1], &row[2..3]].concat());
        let rows: Vec<String> = cells.map(|cells| words(&cells)).collect();
        assert_eq!(rows, wanted);
    }
}

#[test]
fn goals_with_too_many_rows_are_refused_and_not_cut() {
    let sources: Vec<String> = (0..2501).map(|source| format!("s{source}")).collect();
    let mut asked = example();
    let spec = asked.goals.as_mut().unwrap();
    spec.breakdown = Some(Fact::dimension(Dimension::Source));
    spec.top = Some(2500);
    let of = |count: usize| snapshot(&arrivals(sources[..count].iter().map(String::as_str)));
    let whole = answer(&of(2500), &asked, at(9, "12:00")).unwrap();
    assert_eq!(whole.rows.len(), 10_000);
    let error = answer(&of(2501), &asked, at(9, "12:00")).unwrap_err();
    assert_eq!(error.code(), "too_many_rows");
    assert_eq!(error.field().as_deref(), Some("goals.top"));
}

fn refused(change: impl Fn(&mut Question, &mut Goals)) -> (String, String) {
    let mut asked = example();
    let mut spec = asked.goals.take().unwrap();
    change(&mut asked, &mut spec);
    asked.goals = Some(spec);
    let error = answer(&snapshot(&[]), &asked, at(9, "12:00")).unwrap_err();
    let field = error.field().unwrap_or_default().into_owned();
    (field, error.to_string())
}

#[test]
fn goals_that_say_too_much_or_too_little_are_refused_with_the_way_out() {
    let (field, _) = refused(|_, spec| spec.goals.clear());
    assert_eq!(field, "goals.goals");
    let (field, text) = refused(|_, spec| spec.goals[1].label = "saw prices".to_owned());
    assert_eq!(field, "goals.goals[1].label");
    assert!(text.contains("two goals"));
    let (field, _) = refused(|_, spec| spec.goals[1].sessions = Some(0));
    assert_eq!(field, "goals.goals[1].sessions");
    let (field, _) = refused(|_, spec| spec.goals[2].value_thousandths = Some(1));
    assert_eq!(field, "goals.goals[2].value_property");
    let (field, text) = refused(|_, spec| spec.goals[2].event = None);
    assert_eq!(field, "goals.goals[2].value_property");
    assert!(text.contains("say which event"));
    let (field, text) = refused(|_, spec| {
        spec.breakdown = Some(Fact::dimension(Dimension::Page));
    });
    assert_eq!(field, "goals.breakdown");
    assert!(text.contains("`entry_page`"));
    let (field, _) = refused(|_, spec| spec.top = Some(3));
    assert_eq!(field, "goals.top");
    let (field, _) = refused(|asked, _| asked.interval = Some(Interval::Day));
    assert_eq!(field, "interval");
    let (field, _) = refused(|_, spec| {
        spec.over_time = true;
        spec.breakdown = Some(Fact::dimension(Dimension::Source));
    });
    assert_eq!(field, "goals.over_time");
    let (field, _) = refused(|asked, _| asked.limit = Some(3));
    assert_eq!(field, "limit");
}

#[test]
fn a_goal_is_checked_alone_as_a_question_with_it_would_be() {
    let spec = example().goals.unwrap();
    assert!(spec.goals.iter().all(|goal| check_goal(goal).is_ok()));
    let wrong = |change: fn(&mut Goal)| {
        let mut goal = spec.goals[2].clone();
        change(&mut goal);
        let error = check_goal(&goal).unwrap_err();
        error.field().unwrap_or_default().into_owned()
    };
    assert_eq!(wrong(|goal| goal.sessions = Some(0)), "sessions");
    assert_eq!(wrong(|goal| goal.event = None), "value_property");
    assert_eq!(
        wrong(|goal| goal.currency = Some("Euro".to_owned())),
        "currency"
    );
    let field = wrong(|goal| {
        goal.value_property = None;
        goal.currency = Some("EUR".to_owned());
    });
    assert_eq!(field, "currency");
    let field = wrong(|goal| {
        goal.filters = vec![Condition::Session(SessionFilter {
            session: SessionNumber::DurationMs,
            operator: Operator::Contains,
            values: vec!["5".to_owned()],
        })];
    });
    assert_eq!(field, "filters[0]");
}
