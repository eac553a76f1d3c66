//! What questions are refused with, limits and cancelling, and what an answer says beside its rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hitmetrix_model::{
    Bots, Cell, Compare, Condition, Dimension, ErrorKind, Filter, Interval, Measure, Operator,
    PersonKey, Question, QuestionKind, SiteId, Unit, Value, VisitorId, limits,
};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Move, Snapshot};

use super::samples::{answer, event, question, snapshot, span, words};
use crate::{AnswerCache, AskError, Asked, Meter, Progress, Unmetered, ask};

fn totals() -> Question {
    Question {
        measures: vec![Measure::Persons],
        ..question(QuestionKind::Totals, span(0, 1000))
    }
}

fn filter(dimension: Dimension, values: usize) -> Condition {
    Condition::Dimension(Filter {
        dimension,
        operator: Operator::Is,
        values: vec![String::new(); values],
    })
}

#[test]
fn a_wrong_question_is_refused_with_the_field_and_the_way_out() {
    let sessions = question(QuestionKind::Sessions, span(0, 1));
    let breakdown = Question {
        kind: QuestionKind::Breakdown,
        ..totals()
    };
    let cases = [
        (
            Question {
                measures: vec![],
                ..totals()
            },
            "measures",
        ),
        (
            Question {
                measures: vec![Measure::Events; 2],
                ..totals()
            },
            "measures",
        ),
        (
            Question {
                interval: Some(Interval::Day),
                ..totals()
            },
            "interval",
        ),
        (
            Question {
                dimension: Some(Dimension::Page),
                ..totals()
            },
            "dimension",
        ),
        (
            Question {
                limit: Some(5),
                ..totals()
            },
            "limit",
        ),
        (breakdown.clone(), "dimension"),
        (
            Question {
                dimension: Some(Dimension::Page),
                limit: Some(limits::ANSWER_ROWS as u32 + 1),
                ..breakdown
            },
            "limit",
        ),
        (
            Question {
                measures: vec![Measure::Events],
                ..sessions.clone()
            },
            "measures",
        ),
        (
            Question {
                compare: Compare::Previous,
                ..sessions
            },
            "compare",
        ),
        (
            Question {
                filters: vec![filter(Dimension::Page, 0)],
                ..totals()
            },
            "filters[0]",
        ),
        (
            Question {
                filters: vec![filter(Dimension::Page, limits::FILTER_VALUES + 1)],
                ..totals()
            },
            "filters[0]",
        ),
        (
            Question {
                filters: vec![filter(Dimension::Page, 1); limits::QUESTION_FILTERS + 1],
                ..totals()
            },
            "filters",
        ),
        (
            Question {
                time_zone: Some("Mars/Olympus".to_owned()),
                ..totals()
            },
            "time_zone",
        ),
    ];
    for (question, field) in cases {
        let error = answer(&snapshot(&[]), &question, 0).unwrap_err();
        assert_eq!(error.field().as_deref(), Some(field), "{error}");
        assert_eq!(error.kind(), ErrorKind::Invalid);
        assert!(error.to_string().contains(';'), "no way out: {error}");
        assert!(
            error
                .to_string()
                .starts_with(|first: char| !first.is_uppercase())
        );
    }
}

#[test]
fn an_empty_site_answers_with_zeros_and_missing_values() {
    let asked = Question {
        measures: Measure::ALL.to_vec(),
        ..totals()
    };
    let found = answer(&snapshot(&[]), &asked, 0).unwrap();
    assert_eq!(words(&found.rows[0]), "0 0 0 0 0 - - - -");
    assert_eq!(found.rows_scanned, 0);
}

#[test]
fn columns_have_names_units_and_counterparts() {
    let asked = Question {
        compare: Compare::Previous,
        measures: vec![Measure::Persons, Measure::BounceRate],
        kind: QuestionKind::Trend,
        ..totals()
    };
    let found = answer(&snapshot(&[]), &asked, 0).unwrap();
    let columns: Vec<(&str, Unit)> = found
        .columns
        .iter()
        .map(|column| (column.name.as_str(), column.unit))
        .collect();
    assert_eq!(
        columns,
        [
            ("time", Unit::TimeMs),
            ("time_previous", Unit::TimeMs),
            ("persons", Unit::Count),
            ("persons_previous", Unit::Count),
            ("bounce_rate", Unit::Share),
            ("bounce_rate_previous", Unit::Share),
        ]
    );
}

#[test]
fn an_answer_says_what_it_left_out_and_what_was_lost() {
    let mut bot = event(2, 500, "pageview", "/");
    bot.sender.context.bot = "Googlebot".to_owned();
    let events = [event(1, 100, "pageview", "/"), bot];
    let snapshot = snapshot(&events).with_lost(200, 3);
    let found = answer(&snapshot, &totals(), 0).unwrap();
    assert_eq!(
        (found.bot_events, found.lost_events, found.rows_scanned),
        (1, 3, 2)
    );
    assert_eq!(words(&found.rows[0]), "1");
    let everybody = Question {
        bots: Bots::Include,
        ..totals()
    };
    let found = answer(&snapshot, &everybody, 0).unwrap();
    assert_eq!((words(&found.rows[0]).as_str(), found.bot_events), ("2", 0));
}

#[test]
fn what_the_snapshot_misses_is_in_the_answer() {
    let mut snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    snapshot.missing.push("part 7 is broken".to_owned());
    let found = answer(&snapshot, &totals(), 0).unwrap();
    assert_eq!(found.missing, ["part 7 is broken"]);
}

#[test]
fn measurements_are_events_only_where_the_question_names_events() {
    let events = [event(1, 1, "pageview", "/"), event(1, 2, "page_leave", "/")];
    let mut asked = Question {
        measures: vec![Measure::Events],
        ..totals()
    };
    assert_eq!(
        words(&answer(&snapshot(&events), &asked, 0).unwrap().rows[0]),
        "1"
    );
    asked.filters = vec![Condition::Dimension(Filter {
        dimension: Dimension::Event,
        operator: Operator::Is,
        values: vec!["page_leave".to_owned()],
    })];
    assert_eq!(
        words(&answer(&snapshot(&events), &asked, 0).unwrap().rows[0]),
        "1"
    );
    asked.filters.clear();
    asked.kind = QuestionKind::Breakdown;
    asked.dimension = Some(Dimension::Event);
    let found = answer(&snapshot(&events), &asked, 0).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(row)).collect();
    assert_eq!(rows, ["\"page_leave\" 1", "\"pageview\" 1"]);
}

#[test]
fn a_bucket_that_has_not_begun_has_no_value() {
    const HOUR_MS: i64 = 3_600_000;
    let events = [
        event(1, 10, "pageview", "/"),
        event(2, 3 * HOUR_MS + 5, "pageview", "/"),
    ];
    let asked = Question {
        kind: QuestionKind::Trend,
        period: span(0, 5 * HOUR_MS),
        interval: Some(Interval::Hour),
        ..totals()
    };
    let found = answer(&snapshot(&events), &asked, HOUR_MS + 5).unwrap();
    let cells: Vec<Cell> = found.rows.iter().map(|row| row[1].clone()).collect();
    // The fourth hour has an event from the future: it counts.
    assert_eq!(words(&cells), "1 0 - 1 -");
}

struct Stopped {
    cancelled: bool,
    elapsed_us: u64,
}

impl Meter for Stopped {
    fn cancelled(&self) -> bool {
        self.cancelled
    }

    fn elapsed_us(&self) -> u64 {
        self.elapsed_us
    }
}

#[test]
fn a_question_stops_when_nobody_waits_or_its_time_is_over() {
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    let question = totals();
    let asked = Asked {
        question: &question,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    let gone = Stopped {
        cancelled: true,
        elapsed_us: 0,
    };
    assert_eq!(ask(&snapshot, &asked, &gone), Err(AskError::Cancelled));
    let late = Stopped {
        cancelled: false,
        elapsed_us: (limits::QUESTION_MS + 1) * 1000,
    };
    assert_eq!(ask(&snapshot, &asked, &late), Err(AskError::TimedOut));
}

/// Writes down what it is told.
#[derive(Default)]
struct Told(std::sync::Mutex<Vec<Progress>>);

impl Meter for Told {
    fn cancelled(&self) -> bool {
        false
    }

    fn elapsed_us(&self) -> u64 {
        0
    }

    fn progress(&self, progress: Progress) {
        self.0.lock().unwrap().push(progress);
    }
}

#[test]
fn as_many_folds_are_done_as_were_expected() {
    let events: Vec<_> = (0..100)
        .map(|person| event(person, 100, "pageview", "/"))
        .collect();
    let snapshot = snapshot(&events);
    let mut question = totals();
    question.compare = hitmetrix_model::Compare::Previous;
    let did = r#"{"did":{"sequence":[{"filters":[{"did":{"sequence":[{}]}}]}]}}"#;
    question.filters = vec![serde_json::from_str(did).unwrap()];
    let asked = Asked {
        question: &question,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    let told = Told::default();
    ask(&snapshot, &asked, &told).unwrap();
    let told = told.0.into_inner().unwrap();
    let expected = told.iter().map(|one| match one {
        Progress::Expects(folds) => *folds,
        _ => 0,
    });
    let folded = told.iter().filter(|one| **one == Progress::Folded);
    assert_eq!((expected.sum::<usize>(), folded.count()), (4, 4));
    let whole = |one: &Progress| matches!(one, Progress::Units(done, all) if done == all);
    assert_eq!(told.iter().filter(|one| whole(one)).count(), 4);
}

/// Nobody waits any more from the n-th look on; with how many threads there are.
struct GoneAfter(AtomicU32, usize);

impl Meter for GoneAfter {
    fn cancelled(&self) -> bool {
        let left = |left: u32| left.checked_sub(1);
        let before = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        before.is_err()
    }

    fn elapsed_us(&self) -> u64 {
        0
    }

    fn threads(&self) -> usize {
        self.1
    }
}

#[test]
fn a_question_looks_up_while_it_reads_runs_and_gathers_who_moved() {
    let persons = 5000;
    let events: Vec<_> = (0..persons)
        .map(|person| event(person, 100, "pageview", "/"))
        .collect();
    let mut snapshot = snapshot(&events);
    let moves: Vec<Vec<Move>> = snapshot
        .runs
        .iter()
        .map(|run| {
            let to = PersonKey(1);
            let moved = |&id: &u128| Move {
                visitor: VisitorId(id),
                from: PersonKey(id),
                to,
            };
            run.persons().iter().map(moved).collect()
        })
        .collect();
    for (run, moves) in moves.into_iter().enumerate() {
        snapshot = snapshot.with_moves(run, moves);
    }
    let question = totals();
    let asked = Asked {
        question: &question,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    let stops = |looks: u32| {
        let meter = GoneAfter(AtomicU32::new(looks), 1);
        ask(&snapshot, &asked, &meter) == Err(AskError::Cancelled)
    };
    let looks = (0..100).find(|&looks| !stops(looks)).unwrap();
    // One a run, and one for each thousand of the moved persons of each run.
    assert!(looks as usize > snapshot.runs.len() + 4, "{looks} looks");
    assert!((0..looks).all(stops));
}

#[test]
fn a_person_of_many_sessions_and_runs_is_counted_once() {
    let events: Vec<_> = (0..3000)
        .map(|number| {
            let mut stored = event(1, number, "pageview", "/");
            stored.sender.session.0 = u128::from((number % 700) as u64);
            stored
        })
        .collect();
    let shard = shard_of(events[0].person);
    let runs = events
        .chunks(100)
        .map(|rows| Arc::new(Run::from_rows(shard, rows.to_vec())));
    let snapshot = Snapshot::of_runs(SiteId(1), runs.collect());
    let measures = vec![Measure::Persons, Measure::Sessions, Measure::Pageviews];
    let asked = Question {
        period: span(0, 3000),
        measures,
        ..totals()
    };
    assert_eq!(
        words(&answer(&snapshot, &asked, 0).unwrap().rows[0]),
        "1 700 3000"
    );
}

#[test]
fn the_cache_gives_the_same_answer_and_keeps_within_its_bounds() {
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    let cache = AnswerCache::new(3 << 10, 0);
    for round in 0..3 {
        for end in 0..5 {
            let question = Question {
                period: span(0, 101 + end),
                ..totals()
            };
            let asked = Asked {
                question: &question,
                site_time_zone: "UTC",
                session_idle_ms: 1,
                now_ms: 0,
            };
            let found = cache.ask(&snapshot, &asked, &Unmetered).unwrap();
            assert_eq!(
                found,
                ask(&snapshot, &asked, &Unmetered).unwrap(),
                "{round} {end}"
            );
        }
    }
    assert_eq!(cache.len(), 2, "two answers of more than 1 KiB fit into 3");
    let long = Question {
        filters: vec![filter(Dimension::Page, 900)],
        ..totals()
    };
    let asked = Asked {
        question: &long,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    cache.ask(&snapshot, &asked, &Unmetered).unwrap();
    assert_eq!(cache.len(), 2, "a question that is too long is not kept");
}

#[test]
fn what_is_asked_beside_a_question_is_kept_by_its_words() {
    let snapshot = snapshot(&[event(1, 100, "pageview", "/")]);
    let cache = AnswerCache::new(1 << 20, 0);
    let question = totals();
    let asked = Asked {
        question: &question,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    let found = Cell::Count(0);
    let asks = std::cell::Cell::new(0);
    let find = |beside: &str| {
        let of = (&snapshot, &asked);
        let answer = cache.beside(of, beside, || {
            asks.set(asks.get() + 1);
            let mut answer = ask(&snapshot, &asked, &Unmetered)?;
            answer.rows = vec![vec![Cell::Text(beside.to_owned()), found.clone()]];
            Ok::<_, AskError>(answer)
        });
        answer.unwrap().rows[0][0].clone()
    };
    for beside in ["people", "persons", "people"] {
        assert_eq!(find(beside), Cell::Text(beside.to_owned()));
    }
    assert_eq!(asks.get(), 2);
    let plain = cache.ask(&snapshot, &asked, &Unmetered).unwrap();
    assert_eq!(
        plain.rows,
        [[Cell::Count(1)]],
        "not what was asked beside it"
    );
}

#[test]
fn a_question_of_mere_counts_looks_up_for_each_run() {
    let events: Vec<_> = (0..100)
        .map(|person| event(person, 100, "pageview", "/"))
        .collect();
    let question = Question {
        measures: vec![Measure::Events],
        ..question(QuestionKind::Totals, span(0, 900_000))
    };
    let asked = Asked {
        question: &question,
        site_time_zone: "UTC",
        session_idle_ms: 1,
        now_ms: 0,
    };
    // On one thread and on several, of runs that nobody asked before.
    for threads in [1, 2] {
        let stops = |looks: u32| {
            let snapshot = snapshot(&events);
            let meter = GoneAfter(AtomicU32::new(looks), threads);
            let stops = ask(&snapshot, &asked, &meter) == Err(AskError::Cancelled);
            let counted = snapshot.runs.iter().filter(|run| run.has_quarter_counts());
            (stops, counted.count(), snapshot.runs.len())
        };
        let looks = (0..100).find(|&looks| !stops(looks).0).unwrap();
        let (_, counted, runs) = stops(looks);
        assert_eq!(counted, runs);
        // One as its columns are read, one as its counts are made, one as they are added.
        assert_eq!(looks as usize, 3 * runs);
        let counted = (0..=runs).map(|more| stops((runs + more) as u32).1);
        assert_eq!(counted.collect::<Vec<_>>(), (0..=runs).collect::<Vec<_>>());
    }
}

#[test]
fn a_property_that_a_run_may_have_left_out_is_told_as_missing() {
    let mut events = Vec::new();
    for n in 0..4 {
        let mut many = event(1, 100 + n, "pageview", "/");
        let names = (0..limits::PROPERTY_NAMES).map(|n| (format!("made up {n}"), 1.0));
        many.event.properties = names.map(|(name, n)| (name, Value::Number(n))).collect();
        events.push(many);
    }
    let mut bought = event(1, 200, "pageview", "/");
    let coupon = ("coupon".to_owned(), Value::Text("spring".to_owned()));
    bought.event.properties.extend([coupon]);
    events.push(bought);
    let snapshot = snapshot(&events);
    let told = |property: &str| {
        [
            format!(r#"{{"property":"{property}","operator":"is","values":["spring"]}}"#),
            format!(
                r#"{{"did":{{"sequence":[{{"filters":[
                {{"property":"{property}","operator":"is","values":["spring"]}}]}}]}}}}"#
            ),
        ]
        .map(|condition| {
            let asked = Question {
                filters: vec![serde_json::from_str(&condition).unwrap()],
                ..totals()
            };
            answer(&snapshot, &asked, 0).unwrap().missing
        })
    };
    let sentence = "the property `coupon` may be missing in up to 1 events: the site sends more \
                    than 2000 names of properties";
    assert_eq!(told("coupon"), [[sentence], [sentence]]);
    assert!(told("made up 7").iter().all(Vec::is_empty));
}

#[test]
fn runs_of_few_events_over_a_long_time_are_counted_from_their_rows() {
    let mut bot = event(2, 5_000_000, "pageview", "/");
    bot.sender.context.bot = "Googlebot".to_owned();
    let events = [
        event(1, 100, "pageview", "/"),
        event(1, 900_000 * 50, "signup", "/"),
        event(1, 900_000 * 50 + 1, "page_leave", "/"),
        event(1, 900_000 * 99, "pageview", "/"),
        bot,
    ];
    let snapshot = snapshot(&events);
    for run in &snapshot.runs {
        let few = run.len() > 1;
        assert_eq!(run.quarter_counts().unwrap().is_none(), few);
    }
    let asked = Question {
        measures: vec![Measure::Events, Measure::Pageviews],
        ..question(QuestionKind::Totals, span(0, 900_000 * 60))
    };
    let found = answer(&snapshot, &asked, 0).unwrap();
    assert_eq!(
        (
            words(&found.rows[0]).as_str(),
            found.bot_events,
            found.rows_scanned
        ),
        ("2 1", 1, 4)
    );
}
