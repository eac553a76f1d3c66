//! Heatmaps on random timelines against an oracle that looks at every event of every session, the
//! worked example of docs/concepts/heatmaps.md, and what is refused.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Answer, Bots, Cell, CellAddress, Condition, Dimension, Filter, Heatmap, HeatmapRows,
    HeatmapToldBy, Operator, Question, QuestionKind, SessionId, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::{answered, random_question};
use super::oracle::{Oracle, within};
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, words};
use super::world::{World, cases, value, world};
use crate::{Asked, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];
const CLICKS: [&str; 3] = ["click", "rage_click", "dead_click"];

fn random_heatmap(dice: &mut Dice) -> Heatmap {
    let patterns = ["*", "/", "/a", "/b", "/*a*", "*/Cart", "/nothing"];
    Heatmap {
        pages: (0..=dice.below(2))
            .map(|_| value(dice, &patterns))
            .collect(),
        rows: dice.pick(&[
            HeatmapRows::Zones,
            HeatmapRows::Zones,
            HeatmapRows::Points,
            HeatmapRows::Scroll,
            HeatmapRows::Pages,
        ]),
        told_by: dice.pick(&[HeatmapToldBy::Path, HeatmapToldBy::Words]),
    }
}

/// A pattern the slow way: each `*` tries every length.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| matches(rest, &text[at..])),
        Some((first, rest)) => text.first() == Some(first) && matches(rest, &text[1..]),
    }
}

pub(super) fn text<'e>(one: &'e StoredEvent, property: &str) -> &'e str {
    match one.event.properties.get(property) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

fn number(one: &StoredEvent, property: &str) -> Option<f64> {
    match one.event.properties.get(property) {
        Some(Value::Number(number)) => Some(*number),
        _ => None,
    }
}

/// The zone, told by the tags alone.
pub(super) fn zone(one: &StoredEvent) -> String {
    let path = text(one, "path");
    let steps: Vec<&str> = path.split('>').collect();
    let tag = |step: &&str| step.split(['#', ':']).next().unwrap().to_owned();
    let controls = ["a", "button", "label", "summary", "select"];
    let last = steps
        .iter()
        .rposition(|step| controls.contains(&tag(step).as_str()));
    let drawing = steps.iter().position(|step| tag(step) == "svg");
    let end = last.or(drawing);
    end.map_or_else(|| path.to_owned(), |end| steps[..=end].join(">"))
}

fn kind(one: &StoredEvent) -> Option<usize> {
    CLICKS.iter().position(|name| *name == one.event.name)
}

/// Person and session.
type Visit = (u128, u128);

fn visit(one: &StoredEvent) -> Visit {
    (one.person.0, one.sender.session.0)
}

fn visits<'a>(events: impl Iterator<Item = &'a &'a StoredEvent>) -> BTreeSet<Visit> {
    events.map(|one| visit(one)).collect()
}

struct HeatOracle<'a> {
    spec: &'a Heatmap,
    limit: usize,
    /// On the pages, in the period, passing the filters, in order.
    events: Vec<&'a StoredEvent>,
}

/// Path and words of an element, and the cell in it.
type Place<'a> = (&'a str, &'a str, Option<[i64; 2]>);

impl<'a> HeatOracle<'a> {
    fn new(oracle: &Oracle<'a>, spec: &'a Heatmap, usual: usize) -> Self {
        let sessions = oracle.sessions(oracle.period);
        let counts = |one: &&StoredEvent| {
            let page = &one.event.page.path;
            let pages = &spec.pages;
            !page.is_empty()
                && pages
                    .iter()
                    .any(|pattern| matches(pattern.as_bytes(), page.as_bytes()))
                && within(one.event.time_ms, oracle.period)
                && !oracle.is_left_out(one)
                && oracle.all_hold(&oracle.question.filters, one, &sessions[&visit(one)])
        };
        let mut events: Vec<&StoredEvent> = oracle.events.iter().filter(counts).collect();
        events.sort_by_key(|one| (one.event.time_ms, one.sender.window.0, one.event.sequence));
        Self {
            spec,
            limit: oracle.question.limit.map_or(usual, |limit| limit as usize),
            events,
        }
    }

    /// Those that are of a page for who was there.
    fn presence(&self) -> Vec<&'a StoredEvent> {
        let is_presence = |one: &&StoredEvent| one.event.name == "pageview" || kind(one).is_some();
        self.events.iter().copied().filter(is_presence).collect()
    }

    fn clicks(&self) -> Vec<&'a StoredEvent> {
        let clicks = self.events.iter().copied();
        clicks.filter(|one| kind(one).is_some()).collect()
    }

    /// From the latest view of the page in the session to its first click.
    fn first_clicks(&self, clicks: &[&StoredEvent]) -> Vec<i64> {
        let mut first: BTreeMap<Visit, &StoredEvent> = BTreeMap::new();
        for one in clicks.iter().filter(|one| one.event.name == "click") {
            first.entry(visit(one)).or_insert(one);
        }
        let place =
            |one: &StoredEvent| (one.event.time_ms, one.sender.window.0, one.event.sequence);
        let since_view = |click: &&StoredEvent| {
            let views = self.events.iter().filter(|one| {
                one.event.name == "pageview"
                    && one.event.page.path == click.event.page.path
                    && visit(one) == visit(click)
                    && place(one) < place(click)
            });
            let view = views.max_by_key(|one| place(one))?;
            Some(click.event.time_ms - view.event.time_ms)
        };
        first.values().filter_map(since_view).collect()
    }

    /// By zone and words, the words by which the element is told.
    fn elements(&self) -> BTreeMap<(String, String), String> {
        let clicks = self.clicks();
        match self.spec.told_by {
            HeatmapToldBy::Path => {
                let said = clicks.iter().map(|one| (zone(one), text(one, "text")));
                said.map(|(zone, text)| ((zone, text.to_owned()), String::new()))
                    .collect()
            }
            HeatmapToldBy::Words => super::heatmap_words::elements(&clicks),
        }
    }

    /// Rows of zones: the name, and its events.
    fn zones(&self) -> (Vec<(String, Vec<&'a StoredEvent>)>, usize) {
        let mut by_zone: BTreeMap<(String, String), Vec<&StoredEvent>> = BTreeMap::new();
        let elements = self.elements();
        for one in self.clicks() {
            let words = &elements[&(zone(one), text(one, "text").to_owned())];
            let element = (zone(one), words.clone());
            by_zone.entry(element).or_default().push(one);
        }
        let total = by_zone.len();
        let counts = |events: &[&StoredEvent]| {
            [0, 1, 2].map(|of| events.iter().filter(|one| kind(one) == Some(of)).count())
        };
        let mut sized: Vec<_> = by_zone.into_iter().collect();
        sized.sort_by_key(|(name, events)| (Reverse(counts(events)), name.clone()));
        let mut rows = vec![("(all)".to_owned(), self.clicks())];
        let mut others = Vec::new();
        for ((name, _), events) in sized {
            match rows.len() > self.limit || name == "(all)" || name == "(other)" {
                true => others.extend(events),
                false => rows.push((name, events)),
            }
        }
        if !others.is_empty() {
            others.sort_by_key(|one| (one.event.time_ms, one.sender.window.0, one.event.sequence));
            rows.push(("(other)".to_owned(), others));
        }
        (rows, total + 1)
    }

    fn zone_row(&self, name: &str, events: &[&StoredEvent]) -> Vec<Cell> {
        let of = |of: usize| events.iter().filter(move |one| kind(one) == Some(of));
        let mut words: BTreeMap<&str, i64> = BTreeMap::new();
        if name != "(all)" && name != "(other)" {
            for one in events.iter().filter(|one| !text(one, "text").is_empty()) {
                *words.entry(text(one, "text")).or_default() -= 1;
            }
        }
        let word = words.iter().min_by_key(|(word, count)| (**count, **word));
        let share = |part: usize, whole: usize| match whole {
            0 => Cell::MISSING,
            whole => Cell::Number(part as f64 / whole as f64),
        };
        let clicked = visits(of(0)).len();
        let on_page = visits(self.presence().iter()).len();
        let all = self
            .clicks()
            .iter()
            .filter(|one| kind(one) == Some(0))
            .count();
        let mut row = vec![
            Cell::Text(name.to_owned()),
            Cell::Text(word.map_or("", |(word, _)| *word).to_owned()),
        ];
        row.extend([0, 1, 2].map(|kind| Cell::Count(of(kind).count() as i64)));
        row.extend([
            share(of(0).count(), all),
            Cell::Count(clicked as i64),
            share(clicked, on_page),
            crate::statistics::median(&self.first_clicks(events)),
            Cell::Count(on_page as i64),
        ]);
        row
    }

    fn points(&self) -> (Vec<Vec<Cell>>, usize) {
        let elements = self.elements();
        let mut cells = 256.0;
        let places = |cells: f64| {
            let mut places: BTreeMap<Place<'_>, [i64; 3]> = BTreeMap::new();
            for one in self.clicks() {
                let fine = |share: f64| ((share * 256.0).floor() as i64).clamp(0, 255);
                let cell = |share: f64| fine(share) / (256.0 / cells) as i64;
                let at = match (number(one, "x"), number(one, "y")) {
                    (Some(x), Some(y)) => Some([cell(x), cell(y)]),
                    _ => None,
                };
                let words = &elements[&(zone(one), text(one, "text").to_owned())];
                let place = (text(one, "path"), words.as_str(), at);
                places.entry(place).or_default()[kind(one).unwrap()] += 1;
            }
            places
        };
        let mut found = places(cells);
        while found.len() > self.limit && cells > 1.0 {
            cells /= 2.0;
            found = places(cells);
        }
        let total = found.len();
        let mut rows: Vec<_> = found.into_iter().collect();
        rows.sort_by_key(|((path, words, at), counts)| {
            let name = (path.to_string(), words.to_string());
            (counts.map(Reverse), name, at.unwrap_or([i64::MAX; 2]))
        });
        rows.truncate(self.limit);
        let row = |((path, words, at), counts): (Place<'_>, [i64; 3])| {
            let mut one = event(1, 0, "click", "/");
            let path = Value::Text(path.to_owned());
            one.event.properties.insert("path".to_owned(), path);
            let mut row = vec![
                Cell::Text(text(&one, "path").to_owned()),
                Cell::Text(zone(&one)),
            ];
            if self.spec.told_by == HeatmapToldBy::Words {
                row.push(Cell::Text(words.to_owned()));
            }
            let middle = |cell: i64| Cell::Number((cell as f64 + 0.5) / cells);
            row.extend(at.map_or([Cell::MISSING, Cell::MISSING], |at| at.map(middle)));
            row.extend(counts.map(Cell::Count));
            row
        };
        (rows.into_iter().map(row).collect(), total)
    }

    /// Sessions that saw so much, and when they first told so.
    fn reached(&self, percent: i64) -> BTreeMap<Visit, i64> {
        let mut reached = BTreeMap::new();
        for one in self
            .events
            .iter()
            .filter(|one| one.event.name == "page_leave")
        {
            let told = number(one, "scroll_percent").map(|told| told.round().clamp(0.0, 100.0));
            if told.is_some_and(|told| told as i64 >= percent) {
                reached.entry(visit(one)).or_insert(one.event.time_ms);
            }
        }
        reached
    }

    fn pages(&self) -> Vec<(String, Vec<&'a StoredEvent>)> {
        let mut by_page: BTreeMap<String, Vec<&StoredEvent>> = BTreeMap::new();
        for one in self.presence() {
            by_page
                .entry(one.event.page.path.clone())
                .or_default()
                .push(one);
        }
        let mut rows: Vec<_> = by_page.into_iter().collect();
        rows.sort_by_key(|(page, events)| {
            let views = events.iter().filter(|one| one.event.name == "pageview");
            let sizes = (visits(events.iter()).len(), views.count());
            (Reverse(sizes), page.clone())
        });
        rows.insert(0, ("(all)".to_owned(), self.presence()));
        rows
    }
}

fn line((person, session): Visit, at_ms: i64) -> String {
    format!("\"{person:032x}\" \"{session:032x}\" {at_ms}")
}

/// Sessions of events, each with the first of them.
fn lines(events: &[&StoredEvent]) -> BTreeSet<String> {
    let mut first: BTreeMap<Visit, i64> = BTreeMap::new();
    for one in events {
        first.entry(visit(one)).or_insert(one.event.time_ms);
    }
    first
        .into_iter()
        .map(|(visit, at_ms)| line(visit, at_ms))
        .collect()
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
    let mut dice = Dice::new(seed ^ 0x4ea7);
    let world = world(&mut dice);
    let mut asked = random_question(&mut dice, &world, QuestionKind::Heatmap);
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Include]);
    asked.heatmap = Some(random_heatmap(&mut dice));
    let spec = asked.heatmap.clone().unwrap();
    if spec.rows != HeatmapRows::Scroll && !dice.one_in(3) {
        asked.limit = Some(dice.below(5) as u32);
    }
    let of = (&world, &asked, world.centre_ms);
    let (asking, answer, oracle) = answered(of, (&mut dice, seed));
    let usual = if spec.rows == HeatmapRows::Points {
        10_000
    } else {
        100
    };
    let oracle = HeatOracle::new(&oracle, &spec, usual);
    let told = format!("seed {seed}, {asked:#?}");
    let same = |expected: &[Vec<Cell>]| {
        let shown =
            |rows: &[Vec<Cell>]| -> Vec<String> { rows.iter().map(|row| words(row)).collect() };
        let (found, expected) = (shown(&answer.rows), shown(expected));
        assert_eq!(
            found, expected,
            "engine on the left, oracle on the right\n{told}"
        );
    };
    let people_of = |row: &[Cell], column: &str, events: &[&StoredEvent]| {
        let found = behind(&world, &asking, (&answer, row, column));
        assert_eq!(found, lines(events), "{column} of {row:?}\n{told}");
    };
    match spec.rows {
        HeatmapRows::Zones => {
            let (rows, total) = oracle.zones();
            let cells = |(name, events): &(String, Vec<_>)| oracle.zone_row(name, events);
            same(&rows.iter().map(cells).collect::<Vec<_>>());
            assert_eq!(answer.rows_total, total as u64, "{told}");
            for (row, (_, events)) in answer.rows.iter().zip(&rows) {
                for (of, column) in ["clicks", "rage_clicks", "dead_clicks"].iter().enumerate() {
                    let mut events = events.clone();
                    events.retain(|one| kind(one) == Some(of));
                    people_of(row, column, &events);
                }
                people_of(row, "page_sessions", &oracle.presence());
            }
        }
        HeatmapRows::Points => {
            let (rows, total) = oracle.points();
            same(&rows);
            assert_eq!(answer.rows_total, total as u64, "{told}");
        }
        HeatmapRows::Scroll => {
            let all = oracle.reached(0).len();
            let row = |percent| {
                let sessions = oracle.reached(percent).len();
                let share = match all {
                    0 => Cell::MISSING,
                    all => Cell::Number(sessions as f64 / all as f64),
                };
                vec![Cell::Count(percent), Cell::Count(sessions as i64), share]
            };
            same(&(0..=100).map(row).collect::<Vec<_>>());
            for percent in [0, 12, 13, 60, 100] {
                let row = &answer.rows[percent];
                let found = behind(&world, &asking, (&answer, row, "sessions"));
                let reached = oracle.reached(percent as i64);
                let expected = reached.into_iter().map(|(visit, at_ms)| line(visit, at_ms));
                assert_eq!(found, expected.collect(), "{percent} %, {told}");
            }
        }
        HeatmapRows::Pages => check_pages(&oracle, &answer, (&same, &people_of)),
    }
}

/// What holds an answer against the rows it should have, and a cell against its people.
type Held<'h> = (
    &'h dyn Fn(&[Vec<Cell>]),
    &'h dyn Fn(&[Cell], &str, &[&StoredEvent]),
);

fn check_pages(oracle: &HeatOracle<'_>, answer: &Answer, (same, people_of): Held<'_>) {
    let all = oracle.pages();
    assert_eq!(answer.rows_total, all.len() as u64);
    let rows = &all[..all.len().min(oracle.limit + 1)];
    let cells = |(page, events): &(String, Vec<&StoredEvent>)| {
        let of = |name: &str| events.iter().filter(|one| one.event.name == name).count();
        let mut row = vec![
            Cell::Text(page.clone()),
            Cell::Count(visits(events.iter()).len() as i64),
            Cell::Count(of("pageview") as i64),
        ];
        row.extend(CLICKS.map(|name| Cell::Count(of(name) as i64)));
        row
    };
    same(&rows.iter().map(cells).collect::<Vec<_>>());
    for (row, (_, events)) in answer.rows.iter().zip(rows) {
        people_of(row, "sessions", events);
        for (column, name) in [("pageviews", "pageview"), ("dead_clicks", "dead_click")] {
            let mut events = events.clone();
            events.retain(|one| one.event.name == name);
            people_of(row, column, &events);
        }
    }
    assert!(oracle.spec.rows == HeatmapRows::Pages);
}

#[test]
fn all_heatmaps_equal_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1500)) {
        check(seed);
    }
}

fn at(time: &str) -> i64 {
    ms(&format!("2026-03-02T{time}Z"))
}

/// A click of some kind on an element.
fn click(
    person: u128,
    time: &str,
    (name, path, words): (&str, &str, &str),
    (x, y): (f64, f64),
) -> StoredEvent {
    let mut one = event(person, at(time), name, "/product/arc");
    let properties = &mut one.event.properties;
    properties.insert("path".to_owned(), Value::Text(path.to_owned()));
    if !words.is_empty() {
        properties.insert("text".to_owned(), Value::Text(words.to_owned()));
    }
    properties.insert("x".to_owned(), Value::Number(x));
    properties.insert("y".to_owned(), Value::Number(y));
    one
}

fn left(person: u128, time: &str, percent: f64) -> StoredEvent {
    let mut one = event(person, at(time), "page_leave", "/product/arc");
    let percent = Value::Number(percent);
    one.event
        .properties
        .insert("scroll_percent".to_owned(), percent);
    one
}

/// The five persons of docs/concepts/heatmaps.md.
fn five_persons() -> Vec<StoredEvent> {
    let view = |person, time: &str| event(person, at(time), "pageview", "/product/arc");
    let add = ("click", "main#shop>button", "Add to cart");
    let picture = ("click", "main#shop>figure>img", "");
    let words = ("click", "main#shop>button>b", "Add to cart");
    let second = |mut one: StoredEvent| {
        one.sender.session = SessionId(6);
        one
    };
    vec![
        view(1, "10:00:00"),
        click(1, "10:00:06", picture, (0.5, 0.5)),
        click(1, "10:00:06", ("dead_click", picture.1, ""), (0.5, 0.5)),
        click(1, "10:00:41", words, (0.1, 0.4)),
        left(1, "10:01:00", 80.0),
        view(2, "11:00:00"),
        click(2, "11:00:02", picture, (0.501, 0.5)),
        click(2, "11:00:03", picture, (0.502, 0.5)),
        click(2, "11:00:03", picture, (0.503, 0.5)),
        click(2, "11:00:03", ("rage_click", picture.1, ""), (0.501, 0.5)),
        left(2, "11:01:00", 40.0),
        view(3, "12:00:00"),
        left(3, "12:00:05", 40.0),
        left(3, "12:00:50", 100.0),
        second(view(3, "18:00:00")),
        second(click(3, "18:00:20", add, (0.5, 0.5))),
        event(4, at("13:00:00"), "pageview", "/"),
        // The page was open since yesterday.
        click(5, "09:00:00", add, (0.5, 0.5)),
    ]
}

fn example(rows: HeatmapRows) -> Question {
    let mut asked = question(QuestionKind::Heatmap, days("2026-03-02", "2026-03-02"));
    asked.heatmap = Some(Heatmap {
        pages: vec!["/product/*".to_owned()],
        rows,
        told_by: HeatmapToldBy::Path,
    });
    asked
}

fn rows(asked: &Question) -> Vec<String> {
    let found = answer(&snapshot(&five_persons()), asked, at("23:00:00")).unwrap();
    found.rows.iter().map(|row| words(row)).collect()
}

#[test]
fn five_persons_click_as_in_the_documentation() {
    assert_eq!(
        rows(&example(HeatmapRows::Zones)),
        [
            r#""(all)" "" 7 1 1 1 4 0.8 6000 5"#,
            r#""main#shop>figure>img" "" 4 1 1 0.5714285714285714 2 0.4 4000 5"#,
            r#""main#shop>button" "Add to cart" 3 0 0 0.42857142857142855 3 0.6 30500 5"#,
        ]
    );
    assert_eq!(
        rows(&example(HeatmapRows::Pages)),
        [r#""(all)" 5 4 7 1 1"#, r#""/product/arc" 5 4 7 1 1"#]
    );
}

#[test]
fn five_persons_click_where_the_documentation_says_and_less_finely_with_fewer_rows() {
    let mut asked = example(HeatmapRows::Points);
    let picture = r#""main#shop>figure>img" "main#shop>figure>img""#;
    assert_eq!(
        rows(&asked),
        [
            format!("{picture} 0.501953125 0.501953125 4 1 1"),
            r#""main#shop>button" "main#shop>button" 0.501953125 0.501953125 2 0 0"#.to_owned(),
            r#""main#shop>button>b" "main#shop>button" 0.099609375 0.400390625 1 0 0"#.to_owned(),
        ]
    );
    asked.limit = Some(2);
    assert_eq!(
        rows(&asked)[0],
        format!("{picture} 0.5 0.5 4 1 1"),
        "one cell an element"
    );
}

#[test]
fn five_persons_scroll_as_in_the_documentation() {
    let rows = rows(&example(HeatmapRows::Scroll));
    assert_eq!(rows.len(), 101);
    for (percent, line) in [
        (0, "0 3 1"),
        (40, "40 3 1"),
        (41, "41 2 0.6666666666666666"),
        (80, "80 2 0.6666666666666666"),
        (81, "81 1 0.3333333333333333"),
        (100, "100 1 0.3333333333333333"),
    ] {
        assert_eq!(rows[percent], line);
    }
}

#[test]
fn who_reached_a_goal_is_asked_with_a_condition_on_the_session() {
    let mut events = five_persons();
    events.push(event(1, at("10:02:00"), "order", "/cart"));
    let order = Condition::SessionHas {
        session_has: vec![Condition::Dimension(Filter {
            dimension: Dimension::Event,
            operator: Operator::Is,
            values: vec!["order".to_owned()],
        })],
    };
    let first = |filters: Vec<Condition>| {
        let mut asked = example(HeatmapRows::Zones);
        asked.filters = filters;
        let found = answer(&snapshot(&events), &asked, at("23:00:00")).unwrap();
        words(&found.rows[0][2..5])
    };
    assert_eq!(first(vec![order.clone()]), "2 0 1");
    let not = Condition::Not {
        not: Box::new(order),
    };
    assert_eq!(first(vec![not]), "5 1 0");
}

fn refused(change: impl Fn(&mut Question, &mut Heatmap)) -> (String, String) {
    let mut asked = example(HeatmapRows::Zones);
    let mut spec = asked.heatmap.take().unwrap();
    change(&mut asked, &mut spec);
    asked.heatmap = Some(spec);
    let error = answer(&snapshot(&[]), &asked, at("12:00:00")).unwrap_err();
    let field = error.field().unwrap_or_default().into_owned();
    (field, error.to_string())
}

#[test]
fn heatmaps_that_say_too_much_or_too_little_are_refused_with_the_way_out() {
    let (field, text) = refused(|_, spec| spec.pages.clear());
    assert_eq!(field, "heatmap.pages");
    assert!(text.contains("1 to 20"), "{text}");
    let (field, _) = refused(|_, spec| spec.pages = vec!["/*".to_owned(); 21]);
    assert_eq!(field, "heatmap.pages");
    let (field, text) = refused(|asked, spec| {
        spec.rows = HeatmapRows::Scroll;
        asked.limit = Some(5);
    });
    assert_eq!(field, "limit");
    assert!(text.contains("leave the limit out"), "{text}");
    let (field, _) = refused(|asked, _| asked.limit = Some(9_999));
    assert_eq!(field, "limit");
    let nothing = question(QuestionKind::Heatmap, days("2026-03-02", "2026-03-02"));
    let error = answer(&snapshot(&[]), &nothing, at("12:00:00")).unwrap_err();
    assert_eq!(error.code(), "field_missing");
}

#[test]
fn people_behind_points_and_unknown_cells_are_refused() {
    let refused = |rows, column: &str, key: (&str, Cell)| {
        let asked = example(rows);
        let asking = Asked {
            question: &asked,
            site_time_zone: "UTC",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: at("23:00:00"),
        };
        let cell = CellAddress {
            column: column.to_owned(),
            row: BTreeMap::from([(key.0.to_owned(), key.1)]),
        };
        let snapshot = snapshot(&five_persons());
        let error = people(&snapshot, (&asking, &cell, None), &Threads(1)).unwrap_err();
        error.field().unwrap_or_default().into_owned()
    };
    let text = |text: &str| Cell::Text(text.to_owned());
    let (points, zones) = (HeatmapRows::Points, HeatmapRows::Zones);
    assert_eq!(
        refused(points, "clicks", ("element", text("a"))),
        "heatmap.rows"
    );
    assert_eq!(refused(zones, "clicks", ("zone", text("a"))), "cell.row");
    assert_eq!(
        refused(zones, "text", ("zone", text("(all)"))),
        "cell.column"
    );
    let percent = ("percent", Cell::Count(101));
    assert_eq!(
        refused(HeatmapRows::Scroll, "sessions", percent),
        "cell.row"
    );
    let page = ("page", text("/product/none"));
    assert_eq!(refused(HeatmapRows::Pages, "sessions", page), "cell.row");
}
