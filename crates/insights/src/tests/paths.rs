//! Paths on random timelines against an oracle that writes every path out, the worked example of
//! docs/concepts/paths.md, and what is refused.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Cell, CellAddress, EventSelection, PathRows, PathSteps, Paths, Question, QuestionKind,
    SessionId,
};
use hitmetrix_store::StoredEvent;
use jiff::tz::TimeZone;

use super::asking::{answered, random_question};
use super::oracle::Oracle;
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, words};
use super::world::{World, cases, random_condition, value, world};
use crate::paths::answer_within;
use crate::query::Query;
use crate::{AskError, Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

/// Whether a text matches a pattern, letter by letter.
fn matches(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), _) => {
            matches(rest, text) || (!text.is_empty() && matches(pattern, &text[1..]))
        }
        (Some((one, rest)), Some((other, left))) => one == other && matches(rest, left),
        _ => false,
    }
}

fn takes(pattern: &str, text: &str) -> bool {
    let letters = |text: &str| text.chars().collect::<Vec<char>>();
    matches(&letters(pattern), &letters(text))
}

/// The step of a page or event.
fn step_of(spec: &Paths, text: &str) -> Option<String> {
    if text.is_empty() || spec.exclude.iter().any(|one| takes(one, text)) {
        return None;
    }
    let group = spec.groups.iter().find(|one| takes(one, text));
    Some(group.map_or(text.to_owned(), Clone::clone))
}

fn random_paths(dice: &mut Dice) -> Paths {
    let steps = dice.pick(&[PathSteps::Pages, PathSteps::Pages, PathSteps::Events]);
    let pages = ["/", "/a", "/b", "/Shop/Cart", "/nothing"];
    let events = ["pageview", "click", "purchase", "error", "nothing"];
    let patterns = [
        "/*", "/a*", "/Shop/*", "*", "p*e*", "click", "/", "/?", "*a*",
    ];
    let mut spec = Paths {
        steps,
        depth: dice.one_in(2).then(|| 2 + dice.below(9) as u32),
        groups: (0..dice.pick(&[0, 0, 1, 2]))
            .map(|_| value(dice, &patterns))
            .collect(),
        exclude: (0..dice.pick(&[0, 0, 0, 1]))
            .map(|_| value(dice, &["/b", "/S*", "error", "c*"]))
            .collect(),
        filters: (0..dice.below(5) / 4)
            .map(|_| random_condition(dice, 1))
            .collect(),
        collapse: dice.one_in(3),
        rows: dice.pick(&[PathRows::Edges, PathRows::Sequences]),
        ..Paths::default()
    };
    let name = match steps {
        PathSteps::Pages => value(dice, &pages),
        PathSteps::Events => value(dice, &events),
    };
    if let Some(name) = step_of(&spec, &name) {
        match dice.below(4) {
            0 => spec.from = Some(name),
            1 => spec.to = Some(name),
            2 => spec.through = Some(name),
            _ => {}
        }
    }
    spec
}

/// A path: the position of its first step, and its steps with their events.
struct Taken<'a> {
    first: usize,
    steps: Vec<(String, &'a StoredEvent)>,
}

/// All sessions' paths.
fn taken<'a>(oracle: &Oracle<'a>, spec: &Paths) -> Vec<Taken<'a>> {
    let selection = EventSelection {
        label: None,
        events: match spec.steps {
            PathSteps::Pages => vec!["pageview".to_owned()],
            PathSteps::Events => vec![],
        },
        filters: spec.filters.clone(),
    };
    let mut sessions: BTreeMap<_, Vec<(String, &StoredEvent)>> = BTreeMap::new();
    for one in oracle.selected(&selection, oracle.period, &oracle.question.filters) {
        let text = match spec.steps {
            PathSteps::Pages => &one.event.page.path,
            PathSteps::Events => &one.event.name,
        };
        let Some(step) = step_of(spec, text) else {
            continue;
        };
        let session = sessions
            .entry((one.person, one.sender.session))
            .or_default();
        let repeats = session.last().is_some_and(|(last, _)| *last == step);
        if !(spec.collapse && repeats) {
            session.push((step, one));
        }
    }
    let depth = spec.depth.unwrap_or(5) as usize;
    let place = |steps: &[(String, &StoredEvent)], name: &str| {
        steps.iter().position(|(step, _)| step == name)
    };
    let mut found = Vec::new();
    for mut steps in sessions.into_values() {
        let mut first = 0;
        if let Some(from) = &spec.from {
            let Some(at) = place(&steps, from) else {
                continue;
            };
            steps.drain(..at);
        } else if let Some(to) = &spec.to {
            let Some(last) = steps.iter().rposition(|(step, _)| step == to) else {
                continue;
            };
            steps.truncate(last + 1);
            while steps.len() > depth {
                steps.remove(0);
            }
            first = depth - steps.len();
        } else if let Some(through) = &spec.through {
            let Some(at) = place(&steps, through) else {
                continue;
            };
            // Depth 2: 0 before and 1 after; 3: 1 and 1; 4: 1 and 2; 5: 2 and 2.
            let before = depth.div_ceil(2) - 1;
            steps.drain(..at.saturating_sub(before));
            first = before - before.min(at);
        }
        steps.truncate(depth - first);
        found.push(Taken { first, steps });
    }
    found
}

/// What a row counts: sessions with their persons, and who they are.
#[derive(Default)]
struct Behind {
    sessions: i64,
    persons: BTreeSet<String>,
    rows: BTreeSet<String>,
}

impl Behind {
    fn add(&mut self, event: &StoredEvent) {
        self.sessions += 1;
        self.persons.insert(event.person.to_string());
        self.rows.insert(format!(
            "\"{}\" \"{}\" {}",
            event.person, event.sender.session, event.event.time_ms
        ));
    }
}

type Edge = (usize, String, String);

fn edges(taken: &[Taken<'_>], spec: &Paths, most: usize) -> BTreeMap<Edge, Behind> {
    let depth = spec.depth.unwrap_or(5) as usize;
    let named: Vec<BTreeSet<String>> = (0..depth)
        .map(|position| {
            let mut counts: BTreeMap<&String, i64> = BTreeMap::new();
            for path in taken {
                let at = position.checked_sub(path.first);
                if let Some((step, _)) = at.and_then(|at| path.steps.get(at)) {
                    *counts.entry(step).or_default() -= 1;
                }
            }
            let mut sized: Vec<(i64, &String)> = counts
                .into_iter()
                .map(|(step, count)| (count, step))
                .collect();
            sized.sort();
            sized
                .into_iter()
                .take(most)
                .map(|one| one.1.clone())
                .collect()
        })
        .collect();
    let name = |position: usize, step: &String| match named[position].contains(step) {
        true => step.clone(),
        false => "(other)".to_owned(),
    };
    let mut found: BTreeMap<Edge, Behind> = BTreeMap::new();
    for Taken { first, steps } in taken {
        if *first > 0 {
            let (step, event) = &steps[0];
            let edge = (*first, String::new(), name(*first, step));
            found.entry(edge).or_default().add(event);
        }
        for (at, (step, event)) in steps.iter().enumerate() {
            let position = first + at;
            let target = match steps.get(at + 1) {
                Some((next, _)) => name(position + 1, next),
                None if position + 1 < depth => String::new(),
                None => continue,
            };
            let edge = (position + 1, name(position, step), target);
            found.entry(edge).or_default().add(event);
        }
    }
    found
}

fn sequences(taken: &[Taken<'_>]) -> BTreeMap<Vec<String>, Behind> {
    let mut found: BTreeMap<Vec<String>, Behind> = BTreeMap::new();
    for path in taken {
        let names = path.steps.iter().map(|one| one.0.clone()).collect();
        found.entry(names).or_default().add(path.steps[0].1);
    }
    found
}

/// The rows of the answer in words, with what stands behind each.
fn expected(taken: &[Taken<'_>], asked: &Question) -> (Vec<(String, BTreeSet<String>)>, usize) {
    let spec = asked.paths.as_ref().unwrap();
    let counts = |behind: &Behind, whole: i64| {
        words(&[
            Cell::Count(behind.sessions),
            Cell::Count(behind.persons.len() as i64),
            Cell::Number(behind.sessions as f64 / whole as f64),
        ])
    };
    if spec.rows == PathRows::Sequences {
        let found = sequences(taken);
        let mut rows: Vec<_> = found.into_iter().collect();
        rows.sort_by_key(|(steps, behind)| (-behind.sessions, steps.clone()));
        let total = rows.len();
        rows.truncate(asked.limit.unwrap_or(20) as usize);
        let row = |(steps, behind): (Vec<String>, Behind)| {
            let words = format!(
                "{:?} {}",
                steps.join(" → "),
                counts(&behind, taken.len() as i64)
            );
            (words, behind.rows)
        };
        return (rows.into_iter().map(row).collect(), total);
    }
    let found = edges(taken, spec, asked.limit.unwrap_or(10) as usize);
    let mut of_source: BTreeMap<(usize, String), i64> = BTreeMap::new();
    for ((step, source, _), behind) in &found {
        *of_source.entry((*step, source.clone())).or_default() += behind.sessions;
    }
    let mut rows: Vec<_> = found.into_iter().collect();
    rows.sort_by_key(|((step, source, target), behind)| {
        (*step, -behind.sessions, source.clone(), target.clone())
    });
    let total = rows.len();
    let row = |((step, source, target), behind): (Edge, Behind)| {
        let whole = of_source[&(step, source.clone())];
        let words = format!("{step} {source:?} {target:?} {}", counts(&behind, whole));
        (words, behind.rows)
    };
    (rows.into_iter().map(row).collect(), total)
}

/// Who stands behind a row, as (person, session, time).
fn behind(world: &World, asked: &Asked<'_>, (answer, row): (&Answer, usize)) -> BTreeSet<String> {
    let names = answer.columns.iter().map(|one| one.name.clone());
    let cell = CellAddress {
        column: "sessions".to_owned(),
        row: names.zip(answer.rows[row].iter().cloned()).collect(),
    };
    let found = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
    assert_eq!(found.rows_total as usize, found.rows.len());
    found.rows.iter().map(|row| words(&row[..3])).collect()
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0x9a_7457);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Paths);
    asked.bots = dice.pick(&[
        hitmetrix_model::Bots::Exclude,
        hitmetrix_model::Bots::Include,
    ]);
    asked.paths = Some(random_paths(&mut dice));
    asked.limit = dice.pick(&[None, Some(0), Some(1), Some(2), Some(30)]);
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let taken = taken(&oracle, asked.paths.as_ref().unwrap());
    let (rows, total) = expected(&taken, &asked);
    let shown: Vec<String> = answer.rows.iter().map(|row| words(row)).collect();
    let wanted: Vec<String> = rows.iter().map(|row| row.0.clone()).collect();
    assert_eq!(
        shown.join("\n"),
        wanted.join("\n"),
        "engine on the left, oracle on the right\nseed {seed}, {asked:#?}"
    );
    assert_eq!(answer.rows_total, total as u64, "seed {seed}");
    assert_eq!(
        answer.bot_events,
        oracle.bot_events(answer.period),
        "seed {seed}"
    );
    for _ in 0..3.min(rows.len()) {
        let row = dice.below(rows.len() as u64) as usize;
        assert_eq!(
            behind(&world, &asking, (&answer, row)),
            rows[row].1,
            "seed {seed}, behind {}, {asked:#?}",
            rows[row].0
        );
    }
}

#[test]
fn all_paths_equal_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(2000)) {
        check(seed);
    }
}

/// Persons who wander over so many pages that no path fits into 64 bits, and mostly none is
/// taken twice.
fn wanderers(dice: &mut Dice) -> Vec<StoredEvent> {
    let wander = |place: u64| {
        let page = format!(
            "/page/{}",
            dice.below(if place.is_multiple_of(3) { 2 } else { 300 })
        );
        let person = u128::from(place % 40);
        let mut one = event(person, at("10:00") + place as i64 * 500, "pageview", &page);
        one.sender.session = SessionId(person * 1000 + u128::from(dice.below(9)));
        one
    };
    (0..2500).map(wander).collect()
}

#[test]
fn long_paths_over_many_pages_equal_the_oracle() {
    for seed in 0..cases(40) / 10 {
        let mut dice = Dice::new(seed);
        let events = wanderers(&mut dice);
        let mut asked = question(QuestionKind::Paths, days("2026-03-02", "2026-03-02"));
        asked.limit = Some(dice.pick(&[3, 400]));
        asked.paths = Some(Paths {
            depth: Some(dice.pick(&[2, 7, 8, 10])),
            rows: PathRows::Sequences,
            ..Paths::default()
        });
        let found = answer(&snapshot(&events), &asked, at("23:00")).unwrap();
        let oracle = Oracle {
            question: &asked,
            events: &events,
            zone: TimeZone::UTC,
            now_ms: at("23:00"),
            period: found.period,
        };
        let taken = taken(&oracle, asked.paths.as_ref().unwrap());
        let (rows, total) = expected(&taken, &asked);
        let shown: Vec<String> = found.rows.iter().map(|row| words(row)).collect();
        let wanted: Vec<String> = rows.into_iter().map(|row| row.0).collect();
        assert_eq!(shown, wanted, "seed {seed}");
        assert_eq!(found.rows_total, total as u64, "seed {seed}");
    }
}

#[test]
fn an_event_called_as_the_others_is_one_of_them() {
    let names = ["(other)", "(other)", "a", "b"];
    let events = (1..).zip(names);
    let events: Vec<StoredEvent> = events
        .map(|(person, name)| event(person, at("10:00"), name, "/"))
        .collect();
    let mut asked = question(QuestionKind::Paths, days("2026-03-02", "2026-03-02"));
    asked.limit = Some(1);
    asked.paths = Some(Paths {
        steps: PathSteps::Events,
        depth: Some(2),
        ..Paths::default()
    });
    let found = answer(&snapshot(&events), &asked, at("23:00")).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(&row[1..4])).collect();
    assert_eq!(rows, [r#""(other)" "" 3"#, r#""a" "" 1"#]);
}

#[test]
fn paths_that_do_not_fit_into_memory_are_refused_only_when_they_differ() {
    let snapshot = snapshot(&wanderers(&mut Dice::new(1)));
    let within = |groups: &[&str], bytes: usize| {
        let mut asked = question(QuestionKind::Paths, days("2026-03-02", "2026-03-02"));
        asked.paths = Some(Paths {
            rows: PathRows::Sequences,
            groups: groups.iter().map(|&group| group.to_owned()).collect(),
            ..Paths::default()
        });
        let asked = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: at("23:00"),
        };
        let query = Query::new(&snapshot, &asked, &Threads(2)).unwrap();
        answer_within(&query, bytes)
    };
    assert!(within(&[], 1 << 20).unwrap().rows_total > 200);
    let refused = within(&[], 5 << 10).unwrap_err();
    assert_eq!(refused, AskError::TooMuchMemory);
    // Where many are equal, what is equal is put together before it is too much.
    let whole = within(&["/page/*"], 1 << 20).unwrap();
    let tight = within(&["/page/*"], 1 << 10).unwrap();
    assert!(whole.rows_total < 6);
    assert_eq!(whole.rows, tight.rows);
}

/// Monday, 2 March 2026.
fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}:00Z"))
}

/// The five persons of docs/concepts/paths.md.
fn five_persons() -> Vec<StoredEvent> {
    let visit = |person: u128, session: u128, pages: &[(&str, &str)]| -> Vec<StoredEvent> {
        let pages = pages.iter().map(|(time, page)| {
            let mut one = event(person, at(time), "pageview", page);
            one.sender.session = SessionId(session);
            one
        });
        pages.collect()
    };
    let mut events = visit(
        1,
        1,
        &[
            ("10:00", "/"),
            ("10:01", "/product/7"),
            ("10:02", "/cart"),
            ("10:03", "/thanks"),
        ],
    );
    events.push(event(1, at("10:02"), "click", "/cart"));
    // Two browsers at once.
    events.extend(visit(1, 6, &[("10:01", "/"), ("10:02", "/help")]));
    events.extend(visit(
        2,
        2,
        &[
            ("11:00", "/"),
            ("11:01", "/product/7"),
            ("11:02", "/product/9"),
            ("11:05", "/cart"),
        ],
    ));
    events.extend(visit(3, 3, &[("12:00", "/"), ("12:01", "/product/9")]));
    events.extend(visit(
        4,
        4,
        &[("13:00", "/blog/a"), ("13:04", "/"), ("13:05", "/help")],
    ));
    events.extend(visit(
        5,
        5,
        &[("14:00", "/cart"), ("14:01", "/cart"), ("14:02", "/thanks")],
    ));
    events
}

fn example(spec: Paths) -> Vec<String> {
    let mut asked = question(QuestionKind::Paths, days("2026-03-02", "2026-03-02"));
    asked.paths = Some(Paths {
        groups: vec!["/product/*".to_owned(), "/blog/*".to_owned()],
        depth: Some(3),
        ..spec
    });
    let found = answer(&snapshot(&five_persons()), &asked, at("23:00")).unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

#[test]
fn five_persons_take_the_edges_of_the_documentation() {
    assert_eq!(
        example(Paths::default()),
        [
            r#"1 "/" "/product/*" 3 3 0.75"#,
            r#"1 "/" "/help" 1 1 0.25"#,
            r#"1 "/blog/*" "/" 1 1 1"#,
            r#"1 "/cart" "/cart" 1 1 1"#,
            r#"2 "/" "/help" 1 1 1"#,
            r#"2 "/cart" "/thanks" 1 1 1"#,
            r#"2 "/help" "" 1 1 1"#,
            r#"2 "/product/*" "" 1 1 0.3333333333333333"#,
            r#"2 "/product/*" "/cart" 1 1 0.3333333333333333"#,
            r#"2 "/product/*" "/product/*" 1 1 0.3333333333333333"#,
        ]
    );
}

#[test]
fn five_persons_take_the_paths_of_the_documentation() {
    let spec = Paths {
        rows: PathRows::Sequences,
        collapse: true,
        ..Paths::default()
    };
    let rows = example(Paths {
        from: Some("/".to_owned()),
        ..spec.clone()
    });
    assert_eq!(
        rows,
        [
            r#""/ → /help" 2 2 0.4"#,
            r#""/ → /product/* → /cart" 2 2 0.4"#,
            r#""/ → /product/*" 1 1 0.2"#,
        ]
    );
    let rows = example(Paths {
        to: Some("/cart".to_owned()),
        rows: PathRows::Edges,
        ..spec
    });
    assert_eq!(
        rows,
        [
            r#"1 "/" "/product/*" 2 2 1"#,
            r#"2 "/product/*" "/cart" 2 2 1"#,
            r#"2 "" "/cart" 1 1 1"#,
        ]
    );
}

fn refused(change: impl Fn(&mut Question, &mut Paths)) -> (String, String) {
    let mut asked = question(QuestionKind::Paths, days("2026-03-02", "2026-03-02"));
    let mut spec = Paths::default();
    change(&mut asked, &mut spec);
    asked.paths = Some(spec);
    let error = answer(&snapshot(&[]), &asked, at("23:00")).unwrap_err();
    let field = error.field().unwrap_or_default().into_owned();
    (field, error.to_string())
}

#[test]
fn what_makes_no_paths_is_refused_with_the_way_out() {
    let (field, text) = refused(|_, spec| spec.depth = Some(11));
    assert_eq!(
        (&*field, &*text),
        ("paths.depth", "paths.depth: 11 is outside 2 to 10")
    );
    let (field, text) = refused(|_, spec| {
        spec.from = Some("/".to_owned());
        spec.to = Some("/a".to_owned());
    });
    assert_eq!(field, "paths.to");
    assert!(text.contains("leave the others out"));
    let (field, text) = refused(|_, spec| {
        spec.through = Some("/product/7".to_owned());
        spec.groups = vec!["/product/*".to_owned()];
    });
    assert_eq!(field, "paths.through");
    assert!(text.contains("name the group"));
    let (_, text) = refused(|_, spec| {
        spec.from = Some("/a".to_owned());
        spec.exclude = vec!["/*".to_owned()];
    });
    assert!(text.contains("`exclude`"));
    let (field, _) = refused(|asked, _| asked.limit = Some(31));
    assert_eq!(field, "limit");
    let (field, _) = refused(|_, spec| spec.groups = vec!["/".to_owned(); 101]);
    assert_eq!(field, "paths.groups");
}
