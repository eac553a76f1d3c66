//! Lists of sessions: segments in them, signals of frustration, order, and why a session is there.
//! `HITMETRIX_TEST_CASES` sets how many random cases.

use std::collections::BTreeSet;

use hitmetrix_model::{
    Answer, Cell, Condition, Dimension, Filter, Operator, PersonKey, Question, QuestionKind,
    RecordingsAsked, Saved, Segment, SegmentOf, SessionId, SessionList, SessionOrder, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, random_question};
use super::oracle::{Oracle, is_measurement, within};
use super::samples::{Dice, answer, event, page_leave, question, snapshot, span, words};
use super::world::{NAMES, cases, random_condition, value, world};
use crate::{Asked, Unmetered, ask_among, resolve_segments};

/// A list in an order, with filters as JSON.
fn listed(order: SessionOrder, filters: &str) -> Question {
    Question {
        sessions: Some(SessionList {
            order,
            ..SessionList::default()
        }),
        filters: serde_json::from_str(filters).unwrap(),
        ..question(QuestionKind::Sessions, span(0, 1_000_000))
    }
}

/// The named cells of each row.
fn cells(answer: &Answer, names: &[&str]) -> Vec<String> {
    let places: Vec<usize> = names
        .iter()
        .map(|name| {
            let named = |column: &hitmetrix_model::Column| column.name == *name;
            answer.columns.iter().position(named).unwrap()
        })
        .collect();
    let of_row = |row: &Vec<Cell>| {
        let chosen: Vec<Cell> = places.iter().map(|&place| row[place].clone()).collect();
        words(&chosen)
    };
    answer.rows.iter().map(of_row).collect()
}

fn slow(person: u128, time_ms: i64, path: &str, took_ms: f64) -> StoredEvent {
    let mut stored = event(person, time_ms, "web_vital", path);
    let properties = &mut stored.event.properties;
    properties.insert("metric".to_owned(), Value::Text("LCP".to_owned()));
    properties.insert("value".to_owned(), Value::Number(took_ms));
    stored
}

/// Which sessions are in a segment, from the events one by one.
fn in_segment(oracle: &Oracle<'_>, of: SegmentOf, conditions: &[Condition]) -> BTreeSet<u128> {
    let sessions = oracle.sessions(oracle.period);
    let mut persons = BTreeSet::new();
    for ((person, _), session) in &sessions {
        let holds = session.events.iter().any(|one| {
            within(one.event.time_ms, oracle.period)
                && !is_measurement(&one.event.name)
                && oracle.all_hold(conditions, one, session)
        });
        if holds {
            persons.insert(*person);
        }
    }
    let is_in = |person: u128, session: &super::oracle::Session<'_>| match of {
        SegmentOf::Persons => persons.contains(&person),
        SegmentOf::Sessions => session
            .events
            .iter()
            .any(|one| oracle.all_hold(conditions, one, session)),
    };
    sessions
        .iter()
        .filter(|(_, session)| within(session.start_ms(), oracle.period))
        .filter(|((person, _), session)| is_in(*person, session))
        .map(|((_, id), _)| *id)
        .collect()
}

#[test]
fn a_list_with_a_segment_has_exactly_its_sessions() {
    let (mut some, mut all) = (0, 0);
    for seed in 0..cases(600) {
        let mut dice = Dice::new(seed);
        let world = world(&mut dice);
        let of = dice.pick(&[SegmentOf::Sessions, SegmentOf::Persons]);
        // Few random conditions tell sessions apart; the name of an event mostly does.
        let condition = match dice.one_in(2) {
            true => random_condition(&mut dice, 2),
            false => Condition::Dimension(Filter {
                dimension: Dimension::Event,
                operator: Operator::Is,
                values: vec![value(&mut dice, &NAMES)],
            }),
        };
        let segment = Segment {
            id: "5".to_owned(),
            name: "Those".to_owned(),
            of,
            conditions: vec![condition],
        };
        let mut asked = random_question(&mut dice, &world, QuestionKind::Sessions);
        let named = Condition::Segment {
            segment: dice.pick(&["5", "Those"]).to_owned(),
        };
        let turned = dice.one_in(3);
        asked.filters = vec![match turned {
            true => Condition::Not {
                not: Box::new(named),
            },
            false => named,
        }];
        asked.limit = Some(1000);
        let saved = Saved {
            segments: vec![segment.clone()],
            ..Saved::default()
        };
        resolve_segments(&mut asked, &saved).unwrap();
        let (_, answer, oracle) = answered((&world, &asked, world.centre_ms), (&mut dice, seed));
        let found: BTreeSet<u128> = answer
            .rows
            .iter()
            .map(|row| match &row[0] {
                Cell::Text(id) => u128::from_str_radix(id, 16).unwrap(),
                _ => panic!("an id"),
            })
            .collect();
        let mut expected = in_segment(&oracle, of, &segment.conditions);
        let everybody = in_segment(&oracle, SegmentOf::Sessions, &[]);
        if turned {
            expected = everybody.difference(&expected).copied().collect();
        }
        assert_eq!(
            found, expected,
            "seed {seed}, turned {turned}, {segment:#?}"
        );
        assert_eq!(answer.rows_total, expected.len() as u64, "seed {seed}");
        some += usize::from(!expected.is_empty() && expected.len() < everybody.len());
        all += 1;
    }
    assert!(
        some * 10 > all,
        "{some} of {all} segments told sessions apart"
    );
}

#[test]
fn signals_are_counted_with_time_and_page_of_the_strongest() {
    let events = [
        // Two u-turns: /b for /a, and /a for /b.
        event(1, 1_000, "pageview", "/a"),
        event(1, 20_000, "pageview", "/b"),
        event(1, 29_999, "pageview", "/a"),
        event(1, 30_000, "pageview", "/b"),
        // Ten seconds are none.
        event(2, 1_000, "pageview", "/a"),
        event(2, 2_000, "pageview", "/b"),
        event(2, 12_000, "pageview", "/a"),
        // An error a second after a click is the click's, a later one is not.
        event(3, 1_000, "click", "/pay"),
        event(3, 2_000, "error", "/pay"),
        event(3, 5_000, "click", "/pay"),
        event(3, 6_001, "error", "/pay"),
        // A page is slow when it is entered.
        event(4, 1_000, "pageview", "/slow"),
        slow(4, 90_000, "/slow", 4_001.0),
        event(5, 1_000, "pageview", "/fast"),
        slow(5, 90_000, "/fast", 4_000.0),
    ];
    let found = answer(
        &snapshot(&events),
        &listed(SessionOrder::WorthWatching, "[]"),
        0,
    )
    .unwrap();
    let columns = [
        "errors",
        "dead_clicks",
        "error_clicks",
        "u_turns",
        "slow_pages",
        "worth",
        "signal",
        "signal_count",
        "signal_at",
        "signal_page",
        "signal_alike",
    ];
    assert_eq!(
        cells(&found, &columns),
        [
            r#"2 0 1 0 0 12 "error_click" 1 1000 "/pay" true"#,
            r#"0 0 0 2 0 4 "u_turn" 2 29999 "/b" false"#,
            r#"0 0 0 0 1 2 "slow_page" 1 1000 "/slow" true"#,
            r#"0 0 0 0 0 0 "" 0 - "" false"#,
            r#"0 0 0 0 0 0 "" 0 - "" false"#,
        ]
    );
}

#[test]
fn what_is_worth_watching_comes_first_and_many_of_a_kind_count_as_five() {
    let mut events = vec![
        event(1, 900_000, "pageview", "/"),
        event(2, 1_000, "rage_click", "/cart"),
        page_leave(3, 1_000, "/long", 60_000 * 30),
    ];
    events.extend((0..40).map(|at| event(4, 2_000 + at, "dead_click", "/menu")));
    let snapshot = snapshot(&events);
    let found = answer(&snapshot, &listed(SessionOrder::WorthWatching, "[]"), 0).unwrap();
    let columns = ["worth", "signal", "signal_count"];
    assert_eq!(
        cells(&found, &columns),
        [
            r#"15 "dead_click" 40"#,
            r#"8 "rage_click" 1"#,
            r#"5 "" 0"#,
            r#"0 "" 0"#
        ]
    );
    let newest = answer(&snapshot, &listed(SessionOrder::Newest, "[]"), 0).unwrap();
    assert_eq!(cells(&newest, &["worth"]), ["0", "15", "8", "5"]);
    let mut two = listed(SessionOrder::WorthWatching, "[]");
    two.limit = Some(2);
    let two = answer(&snapshot, &two, 0).unwrap();
    assert_eq!(
        (cells(&two, &["worth"]), two.rows_total),
        (vec!["15".to_owned(), "8".to_owned()], 4)
    );
}

/// The worked example of docs/concepts/frustration.md: Ada, Bea and Cyn.
#[test]
fn three_persons_are_worth_what_the_documentation_says() {
    let events = [
        event(1, 1_000, "pageview", "/checkout"),
        event(1, 9_000, "rage_click", "/checkout"),
        event(1, 12_000, "rage_click", "/checkout"),
        event(1, 15_000, "rage_click", "/checkout"),
        event(1, 20_000, "click", "/checkout"),
        event(1, 20_500, "error", "/checkout"),
        event(2, 1_000, "pageview", "/help"),
        event(2, 31_000, "pageview", "/checkout"),
        event(2, 35_000, "pageview", "/help"),
        event(3, 1_000, "pageview", "/checkout"),
        slow(3, 9_000, "/checkout", 6_100.0),
    ];
    let asked = listed(SessionOrder::WorthWatching, "[]");
    let found = answer(&snapshot(&events), &asked, 0).unwrap();
    let columns = [
        "rage_clicks",
        "error_clicks",
        "errors",
        "u_turns",
        "slow_pages",
        "worth",
        "signal",
        "signal_count",
        "signal_page",
    ];
    assert_eq!(
        cells(&found, &columns),
        [
            r#"3 1 1 0 0 33 "rage_click" 3 "/checkout""#,
            r#"0 0 0 1 0 2 "u_turn" 1 "/checkout""#,
            r#"0 0 0 0 1 2 "slow_page" 1 "/checkout""#,
        ]
    );
}

#[test]
fn sessions_are_filtered_by_their_signals() {
    let events = [
        event(1, 1_000, "dead_click", "/"),
        event(2, 1_000, "click", "/"),
        event(2, 1_500, "error", "/"),
        event(3, 1_000, "pageview", "/a"),
        event(3, 2_000, "pageview", "/b"),
        event(3, 3_000, "pageview", "/a"),
        slow(4, 1_000, "/", 9_000.0),
        event(4, 2_000, "pageview", "/"),
        event(5, 1_000, "pageview", "/"),
        event(6, 1_000, "thrash", "/"),
    ];
    let snapshot = snapshot(&events);
    for (number, person) in [
        ("dead_clicks", 1),
        ("error_clicks", 2),
        ("u_turns", 3),
        ("slow_pages", 4),
        ("thrashes", 6),
    ] {
        let filters = format!(r#"[{{"session":"{number}","operator":"greater","values":[0]}}]"#);
        let found = answer(&snapshot, &listed(SessionOrder::Newest, &filters), 0).unwrap();
        assert_eq!(
            cells(&found, &["session"]),
            [format!("\"{person:032x}\"")],
            "{number}"
        );
    }
}

#[test]
fn a_row_says_which_events_put_it_into_the_list() {
    let events = [
        event(1, 1_000, "pageview", "/checkout"),
        event(1, 2_000, "rage_click", "/help"),
        event(1, 3_000, "rage_click", "/checkout"),
        event(1, 4_000, "rage_click", "/checkout"),
        page_leave(1, 5_000, "/checkout", 10),
    ];
    let snapshot = snapshot(&events);
    let columns = [
        "matched_event",
        "matched_count",
        "matched_at",
        "matched_page",
        "matched_alike",
    ];
    let why = |filters: &str| {
        let found = answer(&snapshot, &listed(SessionOrder::Newest, filters), 0).unwrap();
        cells(&found, &columns).join("\n")
    };
    let rage = r#"{"dimension":"event","operator":"is","values":["rage_click"]}"#;
    let page = r#"{"dimension":"page","operator":"is","values":["/checkout"]}"#;
    let both = r#""rage_click" 2 3000 "/checkout" true"#;
    assert_eq!(why(&format!("[{rage},{page}]")), both);
    assert_eq!(
        why(&format!(r#"[{{"session_has":[{rage},{page}]}}]"#)),
        both
    );
    assert_eq!(
        why(&format!("[{rage}]")),
        r#""rage_click" 3 2000 "/help" false"#
    );
    // Leaving a page is no act: it is a reason only where events are named.
    assert_eq!(
        why(&format!("[{page}]")),
        r#""pageview" 3 1000 "/checkout" false"#
    );
    // Facts of the session point to no event, and neither does what must not be.
    assert_eq!(
        why(r#"[{"session":"rage_clicks","operator":"greater","values":[0]}]"#),
        r#""" 0 - "" false"#
    );
    assert_eq!(
        why(r#"[{"not":{"dimension":"page","operator":"is","values":["/x"]}}]"#),
        r#""" 0 - "" false"#
    );
}

#[test]
fn only_lists_are_told_how_to_list() {
    let mut asked = question(QuestionKind::Totals, span(0, 1));
    asked.measures = vec![hitmetrix_model::Measure::Persons];
    asked.sessions = Some(SessionList::default());
    let error = answer(&snapshot(&[]), &asked, 0).unwrap_err();
    assert_eq!(error.field().as_deref(), Some("sessions"));
}

/// Six that left a page at once, three that clicked in anger, one that read for an hour.
fn three_kinds() -> Vec<StoredEvent> {
    let mut events = Vec::new();
    for person in 1..=6 {
        events.push(event(person, 1000 * person as i64, "pageview", "/news"));
    }
    for person in 11..=13 {
        let at_ms = 20_000 + 100 * person as i64;
        events.push(event(person, at_ms, "pageview", "/checkout"));
        events.push(event(person, at_ms + 9_000, "rage_click", "/checkout"));
        events.push(event(person, at_ms + 30_000, "pageview", "/help"));
    }
    for place in 0..40 {
        let page = if place % 2 == 0 { "/a" } else { "/b" };
        events.push(event(21, 30_000 + 20_000 * place, "pageview", page));
    }
    events
}

#[test]
fn few_sessions_stand_for_all() {
    let stand_for = |events: &[StoredEvent], limit| {
        let asked = Question {
            limit,
            ..listed(SessionOrder::Representative, "[]")
        };
        let answer = answer(&snapshot(events), &asked, 0).unwrap();
        assert_eq!(answer.rows_total, 10);
        cells(&answer, &["entry_page", "signal", "stands_for"])
    };
    let of_three = [
        r#""/news" "" 6"#,
        r#""/checkout" "rage_click" 3"#,
        r#""/a" "" 1"#,
    ];
    assert_eq!(stand_for(&three_kinds(), Some(3)), of_three);
    // The further ones of a kind differ by minutes at most, so they are not shown again.
    let all: Vec<String> = stand_for(&three_kinds(), None);
    assert_eq!(all, of_three);
    let mut backwards = three_kinds();
    backwards.reverse();
    assert_eq!(stand_for(&backwards, Some(3)), of_three);
    assert_eq!(stand_for(&three_kinds(), Some(1)), [r#""/news" "" 10"#]);
}

#[test]
fn more_sessions_than_are_compared_are_drawn_and_scaled() {
    let mut events = Vec::new();
    for person in 0..3000_u128 {
        let page = if person % 3 == 0 { "/rare" } else { "/often" };
        events.push(event(person + 1, person as i64, "pageview", page));
    }
    let asked = Question {
        limit: Some(2),
        ..listed(SessionOrder::Representative, "[]")
    };
    let answer = answer(&snapshot(&events), &asked, 0).unwrap();
    assert_eq!(answer.rows_total, 3000);
    let counts: Vec<(String, i64)> = answer
        .rows
        .iter()
        .map(|row| {
            let Some(Cell::Count(count)) = row.last() else {
                panic!("the last column counts")
            };
            (words(&row[11..12]), *count)
        })
        .collect();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<i64>(), 3000);
    let [(often, most), (rare, rest)] = &counts[..] else {
        panic!("{counts:?}")
    };
    assert_eq!(
        (often.as_str(), rare.as_str()),
        (r#""/often""#, r#""/rare""#)
    );
    // A sample of a thousand is off by 1.5 of a hundred; three times that is rare.
    assert!(
        (most - 2000).abs() < 140 && (rest - 1000).abs() < 140,
        "{counts:?}"
    );
}

#[test]
fn sessions_are_listed_among_those_with_recordings() {
    let asked = |order| {
        let mut asked = listed(order, "[]");
        let list = asked.sessions.as_mut().expect("it is a list");
        list.recordings = Some(RecordingsAsked::Recorded);
        asked
    };
    let events = snapshot(&three_kinds());
    let question = asked(SessionOrder::Newest);
    let error = answer(&events, &question, 0).unwrap_err();
    assert_eq!(error.field().as_deref(), Some("sessions.recordings"));
    let among = BTreeSet::from([SessionId(2), SessionId(12), SessionId(99)]);
    for order in [
        SessionOrder::Newest,
        SessionOrder::WorthWatching,
        SessionOrder::Representative,
    ] {
        let question = asked(order);
        let asking = Asked {
            question: &question,
            site_time_zone: "UTC",
            session_idle_ms: 1_800_000,
            now_ms: 0,
        };
        let answer = ask_among(&events, &asking, &among, &Unmetered).unwrap();
        assert_eq!(answer.rows_total, 2);
        let mut pages = cells(&answer, &["entry_page"]);
        pages.sort();
        assert_eq!(pages, [r#""/checkout""#, r#""/news""#]);
    }
}

#[test]
fn sessions_of_one_person_are_listed() {
    let events = snapshot(&three_kinds());
    let of = |order, person| {
        let mut asked = listed(order, "[]");
        asked.sessions.as_mut().expect("it is a list").person = Some(PersonKey(person));
        answer(&events, &asked, 0).unwrap()
    };
    for order in [SessionOrder::Newest, SessionOrder::WorthWatching] {
        let one = of(order, 12);
        assert_eq!(one.rows_total, 1);
        assert_eq!(cells(&one, &["entry_page"]), [r#""/checkout""#]);
        assert_eq!(of(order, 99).rows_total, 0);
    }
}

#[test]
fn no_more_than_fifty_stand_for_all() {
    let asked = Question {
        limit: Some(51),
        ..listed(SessionOrder::Representative, "[]")
    };
    let error = answer(&snapshot(&[]), &asked, 0).unwrap_err();
    assert_eq!(error.field().as_deref(), Some("limit"));
    assert!(error.to_string().contains("0 to 50"), "{error}");
}
