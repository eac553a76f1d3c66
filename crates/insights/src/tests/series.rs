//! Trends of series on random timelines against a plain recount, the people behind each cell, and
//! the worked example of docs/concepts/trends.md.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Aggregate, Answer, Bots, Cell, CellAddress, Compare, Dimension, EventSelection, Fact, Interval,
    Level, PropertyFact, Question, QuestionKind, ResolvedPeriod, Series, TrendSeries, Value,
};
use hitmetrix_store::StoredEvent;
use jiff::tz::TimeZone;

use super::oracle::{Oracle, Session, is_of_session, text, within};
use super::samples::{Dice, Threads, answer, days, event, ms, question, snapshot, span, words};
use super::world::{HOUR_MS, World, cases, random_condition, random_selection, value, world};
use crate::{AskError, Asked, ask, people};

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

const AGGREGATES: [Aggregate; 14] = [
    Aggregate::Count,
    Aggregate::Persons,
    Aggregate::Sessions,
    Aggregate::Accounts,
    Aggregate::Sum,
    Aggregate::Average,
    Aggregate::Minimum,
    Aggregate::Maximum,
    Aggregate::Median,
    Aggregate::P75,
    Aggregate::P90,
    Aggregate::P95,
    Aggregate::P99,
    Aggregate::PerPerson,
];

fn random_fact(dice: &mut Dice) -> Fact {
    let property = |name: &str, of| {
        Fact::Property(PropertyFact {
            property: name.to_owned(),
            of,
        })
    };
    dice.pick(&[
        Fact::dimension(Dimension::Page),
        Fact::dimension(Dimension::Source),
        Fact::dimension(Dimension::Country),
        property("plan", Level::Event),
        property("plan", Level::Person),
        property("amount", Level::Account),
        property("nothing", Level::Event),
    ])
}

fn random_series(dice: &mut Dice) -> Series {
    let selection = random_selection(dice, 1);
    let aggregate = dice.pick(&AGGREGATES);
    let optional = aggregate == Aggregate::PerPerson && dice.one_in(2);
    Series {
        label: None,
        events: match dice.one_in(3) {
            true => selection.events,
            false => Vec::new(),
        },
        filters: match dice.one_in(2) {
            true => selection.filters,
            false => Vec::new(),
        },
        aggregate,
        property: (aggregate.needs_property() || optional)
            .then(|| value(dice, &["amount", "amount", "plan", "engaged_ms"])),
        first_time: dice.one_in(5),
    }
}

fn random_spec(dice: &mut Dice) -> TrendSeries {
    let mut breakdown: Vec<Fact> = Vec::new();
    for _ in 0..dice.pick(&[0, 0, 1, 1, 2, 3]) {
        let fact = random_fact(dice);
        if !breakdown.contains(&fact) {
            breakdown.push(fact);
        }
    }
    TrendSeries {
        series: (0..=dice.below(3)).map(|_| random_series(dice)).collect(),
        formulas: match dice.one_in(2) {
            true => vec!["A / (A - 2)".to_owned()],
            false => Vec::new(),
        },
        breakdown,
        top: dice.pick(&[None, Some(1), Some(3)]),
        cumulative: dice.one_in(3),
        moving_average: dice.one_in(3).then(|| 1 + dice.below(5) as u32),
    }
}

/// An event of a series with what is known of it.
struct Counted<'a> {
    event: &'a StoredEvent,
    texts: Vec<String>,
    number: Option<f64>,
    account: Option<String>,
}

type Sessions<'a> = BTreeMap<(u128, u128), Session<'a>>;

/// What each series counts in a period.
type BySeries<'a> = Vec<Vec<Counted<'a>>>;

struct SeriesOracle<'a> {
    oracle: &'a Oracle<'a>,
    spec: &'a TrendSeries,
    interval: Interval,
    now: BySeries<'a>,
    before: Option<BySeries<'a>>,
    groups: Vec<Vec<String>>,
}

impl<'a> SeriesOracle<'a> {
    fn new(oracle: &'a Oracle<'a>, spec: &'a TrendSeries, found: &Answer) -> Self {
        let mut whole = Self {
            oracle,
            spec,
            interval: found.interval.unwrap(),
            now: Vec::new(),
            before: None,
            groups: Vec::new(),
        };
        let of = |period| -> BySeries<'a> {
            let series = spec.series.iter();
            series.map(|one| whole.counted(one, period)).collect()
        };
        let (now, before) = (of(found.period), found.previous.map(of));
        (whole.now, whole.before) = (now, before);
        whole.groups = whole.groups();
        whole
    }

    fn fact(&self, event: &'a StoredEvent, fact: &Fact, sessions: &Sessions<'a>) -> String {
        match fact {
            Fact::Dimension(fact) if is_of_session(fact.dimension) => {
                sessions[&(event.person.0, event.sender.session.0)].fact(fact.dimension)
            }
            Fact::Dimension(fact) => text(event, fact.dimension).to_owned(),
            Fact::Property(fact) => {
                let value = self.oracle.property(event, fact.of, &fact.property);
                value.map_or(String::new(), |one| {
                    crate::matcher::text_of(one).into_owned()
                })
            }
        }
    }

    /// The events that a series counts in a period, in order.
    fn counted(&self, series: &Series, period: ResolvedPeriod) -> Vec<Counted<'a>> {
        let selection = EventSelection {
            label: None,
            events: series.events.clone(),
            filters: series.filters.clone(),
        };
        let mut span = period;
        if series.first_time {
            span.from_ms = -1_000_000_000_000_000;
        }
        let filters = &self.oracle.question.filters;
        let mut events = self.oracle.selected(&selection, span, filters);
        if series.first_time {
            let mut known = BTreeSet::new();
            events.retain(|one| known.insert(one.person));
        }
        events.retain(|one| within(one.event.time_ms, period));
        let sessions = self.oracle.sessions(span);
        let known = |event| Counted {
            event,
            number: self.number(series, event),
            account: self.account(event),
            texts: self
                .spec
                .breakdown
                .iter()
                .map(|fact| self.fact(event, fact, &sessions))
                .collect(),
        };
        events.into_iter().map(known).collect()
    }

    /// The number that an event adds, if the series is of numbers.
    fn number(&self, series: &Series, event: &StoredEvent) -> Option<f64> {
        match event.event.properties.get(series.property.as_ref()?) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    fn account(&self, event: &'a StoredEvent) -> Option<String> {
        let account = self.oracle.property(event, Level::Account, "account");
        account.map(|account| format!("{account:?}"))
    }

    /// The aggregate over some events.
    fn aggregate(&self, series: &Series, events: &[&Counted<'a>]) -> Option<f64> {
        let different = |of: &dyn Fn(&Counted<'a>) -> Option<String>| {
            let found: BTreeSet<String> = events.iter().filter_map(|one| of(one)).collect();
            found.len() as f64
        };
        let persons = different(&|one| Some(one.event.person.to_string()));
        let mut numbers: Vec<f64> = events.iter().filter_map(|one| one.number).collect();
        numbers.sort_by(f64::total_cmp);
        let count = numbers.len();
        let sum: f64 = numbers.iter().sum::<f64>() + 0.0;
        let rank = |percent: f64| {
            let rank = (count as f64 * percent / 100.0).ceil() as usize;
            numbers.get(rank.max(1) - 1).copied()
        };
        match series.aggregate {
            Aggregate::Count => Some(events.len() as f64),
            Aggregate::Persons => Some(persons),
            Aggregate::Sessions => Some(different(&|one| {
                let session = one.event.sender.session;
                Some(format!("{} {session}", one.event.person))
            })),
            Aggregate::Accounts => Some(different(&|one| one.account.clone())),
            Aggregate::Sum => Some(sum),
            Aggregate::Average => (count > 0).then(|| sum / count as f64),
            Aggregate::Minimum => numbers.first().copied(),
            Aggregate::Maximum => numbers.last().copied(),
            Aggregate::Median => {
                (count > 0).then(|| (numbers[(count - 1) / 2] + numbers[count / 2]) / 2.0)
            }
            Aggregate::P75 => rank(75.0),
            Aggregate::P90 => rank(90.0),
            Aggregate::P95 => rank(95.0),
            Aggregate::P99 => rank(99.0),
            Aggregate::PerPerson => (persons > 0.0).then(|| match series.property {
                Some(_) => sum / persons,
                None => events.len() as f64 / persons,
            }),
        }
    }

    /// Whether an event goes into a series' value, and not only into what it is divided by.
    fn goes_in(&self, series: &Series, one: &Counted<'_>) -> bool {
        match series.aggregate {
            Aggregate::Accounts => one.account.is_some(),
            aggregate if aggregate.needs_property() => one.number.is_some(),
            _ => true,
        }
    }

    /// The texts of the rows' groups, in order; the last stands for all others.
    fn groups(&self) -> Vec<Vec<String>> {
        if self.spec.breakdown.is_empty() {
            return vec![Vec::new()];
        }
        let all = &self.now;
        let texts: BTreeSet<Vec<String>> =
            all.iter().flatten().map(|one| one.texts.clone()).collect();
        let mut sized: Vec<(f64, Vec<String>)> = texts
            .into_iter()
            .map(|texts| {
                let of: Vec<&Counted<'_>> =
                    all[0].iter().filter(|one| one.texts == texts).collect();
                let size = self.aggregate(&self.spec.series[0], &of);
                (size.unwrap_or(f64::NEG_INFINITY), texts)
            })
            .collect();
        sized.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        let top = self.spec.top.unwrap_or(10) as usize;
        let has_others = sized.len() > top;
        sized.truncate(top);
        let mut groups: Vec<Vec<String>> = sized.into_iter().map(|one| one.1).collect();
        if has_others {
            groups.push(vec!["(other)".to_owned(); self.spec.breakdown.len()]);
        }
        groups
    }

    fn is_of_group(&self, one: &Counted<'_>, group: &[String]) -> bool {
        if group.first().is_some_and(|text| text == "(other)") {
            return !self.groups.contains(&one.texts);
        }
        one.texts == group
    }

    /// By bucket the value of a series in a group; `starts` are the buckets, of which those from
    /// `end_ms` on have no values unless something happened in them.
    fn values(
        &self,
        place: usize,
        (all, starts, end_ms): (&BySeries<'a>, &[i64], i64),
        group: &[String],
    ) -> Vec<Option<f64>> {
        let of_group = |place: usize| -> Vec<&Counted<'a>> {
            let events = all[place].iter();
            events.filter(|one| self.is_of_group(one, group)).collect()
        };
        let bucket = |one: &Counted<'_>| {
            let at = one.event.event.time_ms;
            starts.iter().rposition(|&start| start <= at).unwrap()
        };
        let events = of_group(place);
        let all: Vec<&Counted<'a>> = (0..self.spec.series.len()).flat_map(of_group).collect();
        let is_there = |at: usize| starts[at] < end_ms || all.iter().any(|one| bucket(one) == at);
        let plain = (0..starts.len()).map(|at| {
            let here: Vec<&Counted<'a>> = events
                .iter()
                .copied()
                .filter(|one| bucket(one) == at || self.spec.cumulative && bucket(one) < at)
                .collect();
            is_there(at).then(|| self.aggregate(&self.spec.series[place], &here))?
        });
        let plain: Vec<Option<f64>> = plain.collect();
        let Some(length) = self.spec.moving_average else {
            return plain;
        };
        let mean = |at: usize| {
            let from = (at + 1).saturating_sub(length as usize);
            let there: Vec<f64> = plain[from..=at].iter().flatten().copied().collect();
            let sum: f64 = there.iter().sum();
            (is_there(at) && !there.is_empty()).then(|| sum / there.len() as f64)
        };
        (0..plain.len()).map(mean).collect()
    }

    fn cell(&self, aggregate: Aggregate, value: Option<f64>) -> Cell {
        let counts = [
            Aggregate::Count,
            Aggregate::Persons,
            Aggregate::Sessions,
            Aggregate::Accounts,
        ];
        match value {
            None => Cell::MISSING,
            Some(value) if counts.contains(&aggregate) && self.spec.moving_average.is_none() => {
                Cell::Count(value as i64)
            }
            Some(value) => Cell::Number(value),
        }
    }

    /// All rows; the times are the engine's, which other tests hold against the calendar.
    fn rows(
        &self,
        answer: &Answer,
        (times, earlier): (&[(i64, Option<i64>)], &[i64]),
    ) -> Vec<Vec<Cell>> {
        let groups = &self.groups;
        let starts: Vec<i64> = times.iter().map(|one| one.0).collect();
        let series = 0..self.spec.series.len();
        let mut by_group = Vec::new();
        for group in groups {
            let now_ms = self.oracle.now_ms + 1;
            let now: Vec<_> = series
                .clone()
                .map(|one| {
                    let of = (&self.now, &starts[..], now_ms);
                    self.values(one, of, group)
                })
                .collect();
            let before: Option<Vec<_>> = answer.previous.map(|previous| {
                let values = series.clone().map(|one| {
                    let of = (self.before.as_ref().unwrap(), earlier, previous.to_ms);
                    self.values(one, of, group)
                });
                values.collect()
            });
            by_group.push((now, before));
        }
        let mut rows = Vec::new();
        for (bucket, (start, pair)) in times.iter().enumerate() {
            for (texts, (now, before)) in groups.iter().zip(&by_group) {
                let mut row = vec![Cell::Count(*start)];
                if answer.previous.is_some() {
                    row.push(pair.map_or(Cell::MISSING, Cell::Count));
                }
                row.extend(texts.iter().map(|text| Cell::Text(text.clone())));
                let pair = pair.map(|pair| earlier.iter().position(|&at| at == pair).unwrap());
                for (place, series) in self.spec.series.iter().enumerate() {
                    row.push(self.cell(series.aggregate, now[place][bucket]));
                    if let Some(before) = before {
                        let value = pair.and_then(|pair| before[place][pair]);
                        row.push(self.cell(series.aggregate, value));
                    }
                }
                for _ in &self.spec.formulas {
                    // A / (A - 2)
                    let formula = |value: Option<f64>| match value {
                        None => Cell::MISSING,
                        Some(2.0) => Cell::MISSING,
                        Some(value) => Cell::Number(value / (value - 2.0) + 0.0),
                    };
                    row.push(formula(now[0][bucket]));
                    if let Some(before) = before {
                        row.push(formula(pair.and_then(|pair| before[0][pair])));
                    }
                }
                rows.push(row);
            }
        }
        rows
    }

    /// Who stands behind a cell.
    fn behind(
        &self,
        place: usize,
        (answer, starts): (&Answer, &[i64]),
        (bucket, group): (usize, &[String]),
    ) -> BTreeSet<String> {
        let series = &self.spec.series[place];
        let first = match self.spec.moving_average {
            _ if self.spec.cumulative => 0,
            Some(length) => (bucket + 1).saturating_sub(length as usize),
            None => bucket,
        };
        let from = starts[first];
        let to = starts.get(bucket + 1).copied();
        let to = to.unwrap_or(answer.period.to_ms);
        let mut first: BTreeMap<(String, String), i64> = BTreeMap::new();
        for one in &self.now[place] {
            let at = one.event.event.time_ms;
            if (from..to).contains(&at) && self.is_of_group(one, group) && self.goes_in(series, one)
            {
                let who = (
                    one.event.person.to_string(),
                    one.event.sender.session.to_string(),
                );
                let known = first.entry(who).or_insert(at);
                *known = at.min(*known);
            }
        }
        first
            .into_iter()
            .map(|((person, session), at)| format!("\"{person}\" \"{session}\" {at}"))
            .collect()
    }
}

fn random_question(dice: &mut Dice, world: &World) -> Question {
    let from_ms = world.centre_ms - dice.below(100) as i64 * HOUR_MS / 2;
    let day = |ms: i64| {
        let at = jiff::Timestamp::from_millisecond(ms).unwrap();
        at.strftime("%F").to_string()
    };
    let length = dice.pick(&[5 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS]);
    let period = match dice.below(3) {
        0 => days(&day(from_ms), &day(from_ms + length)),
        1 => hitmetrix_model::Period::Last {
            last: value(dice, &["5h", "1d", "7d"]),
        },
        _ => span(from_ms, from_ms + length),
    };
    let mut asked = question(QuestionKind::Trend, period);
    asked.time_zone = Some(world.zone.to_owned());
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Exclude, Bots::Include]);
    asked.compare = dice.pick(&[Compare::None, Compare::Previous]);
    asked.filters = (0..dice.below(4) / 3)
        .map(|_| random_condition(dice, 1))
        .collect();
    asked.interval = match length {
        length if length > 24 * HOUR_MS => Some(Interval::Day),
        _ => dice.pick(&[
            None,
            Some(Interval::Hour),
            Some(Interval::Week),
            Some(Interval::Month),
        ]),
    };
    asked.trend = Some(random_spec(dice));
    asked
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0x5e_71e5);
    let world = world(&mut dice);
    let asked = random_question(&mut dice, &world);
    let now_ms = world.centre_ms + dice.below(48 * 3600) as i64 * 1000 - 24 * HOUR_MS;
    let asking = Asked {
        question: &asked,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms,
    };
    let threads = Threads(1 + dice.below(3) as usize);
    let found = ask(&world.snapshot, &asking, &threads)
        .unwrap_or_else(|error| panic!("seed {seed}: {error}\n{asked:#?}"));
    let oracle = Oracle {
        question: &asked,
        events: &world.events,
        zone: TimeZone::get(world.zone).unwrap(),
        now_ms,
        period: found.period,
    };
    let spec = asked.trend.as_ref().unwrap();
    let of_series = SeriesOracle::new(&oracle, spec, &found);
    let resolved =
        crate::period::resolve(&asked.period, oracle.zone.clone(), asked.compare, now_ms).unwrap();
    let buckets = resolved.buckets(asked.interval).unwrap();
    let times: Vec<(i64, Option<i64>)> = buckets
        .starts
        .iter()
        .zip(&buckets.pairs)
        .map(|(&start, pair)| (start, pair.map(|pair| buckets.previous_starts[pair])))
        .collect();
    // Each event lies in the bucket whose clock it shows.
    for one in &world.events {
        let at = one.event.time_ms;
        if within(at, found.period) {
            let start = buckets.starts.iter().rfind(|&&start| start <= at).unwrap();
            let clock = |ms| oracle.clock(of_series.interval, ms);
            assert_eq!(clock(*start), clock(at), "seed {seed}");
        }
    }
    let expected = of_series.rows(&found, (&times, &buckets.previous_starts));
    let shown = |rows: &[Vec<Cell>]| {
        let rows: Vec<String> = rows.iter().map(|row| words(row)).collect();
        rows.join("\n")
    };
    assert_eq!(
        shown(&found.rows),
        shown(&expected),
        "engine on the left, oracle on the right\nseed {seed}, {} events, {asked:#?}",
        world.events.len()
    );
    assert_eq!(
        found.bot_events,
        oracle.bot_events(found.period),
        "seed {seed}"
    );
    for row in &found.rows {
        assert_eq!(row.len(), found.columns.len(), "seed {seed}");
    }
    check_people(
        &mut dice,
        (&world, &asking),
        (&of_series, &found),
        (&buckets.starts, seed),
    );
}

/// A few cells and who stands behind them.
fn check_people(
    dice: &mut Dice,
    (world, asked): (&World, &Asked<'_>),
    (of_series, found): (&SeriesOracle<'_>, &Answer),
    (starts, seed): (&[i64], u64),
) {
    if found.rows.is_empty() {
        return;
    }
    let facts = of_series.spec.breakdown.len();
    let groups = found.rows.len() / starts.len();
    let times = if found.previous.is_some() { 2 } else { 1 };
    for _ in 0..3 {
        let index = dice.below(found.rows.len() as u64) as usize;
        let row = &found.rows[index];
        let place = dice.below(of_series.spec.series.len() as u64) as usize;
        let mut keys = BTreeMap::from([("time".to_owned(), row[0].clone())]);
        let mut texts = Vec::new();
        for fact in times..times + facts {
            keys.insert(found.columns[fact].name.clone(), row[fact].clone());
            let Cell::Text(text) = &row[fact] else {
                panic!("a text")
            };
            texts.push(text.clone());
        }
        let cell = CellAddress {
            column: found.columns[times + facts + place * times].name.clone(),
            row: keys,
        };
        let behind = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
        let behind: BTreeSet<String> = behind.rows.iter().map(|row| words(row)).collect();
        let expected = of_series.behind(place, (found, starts), (index / groups, &texts));
        assert_eq!(
            behind, expected,
            "seed {seed}, {cell:#?}, {:#?}",
            of_series.spec
        );
    }
}

#[test]
fn every_series_equals_the_oracle_on_random_timelines() {
    for seed in PINNED.into_iter().chain(0..cases(1000)) {
        check(seed);
    }
}

fn order(person: u128, at: &str, value: f64) -> StoredEvent {
    let at = ms(&format!("2026-03-{at}:00Z"));
    let mut order = event(person, at, "order", "/checkout");
    order
        .event
        .properties
        .insert("value".to_owned(), Value::Number(value));
    order
}

/// Monday is 2 March 2026.
fn five_persons() -> Vec<StoredEvent> {
    let view = |person, at: &str| event(person, ms(&format!("2026-03-{at}:00Z")), "pageview", "/");
    let mut events = vec![
        view(1, "02T10:00"),
        order(1, "02T10:05", 20.0),
        order(1, "04T09:00", 40.0),
        view(2, "02T11:00"),
        order(2, "03T12:00", 10.0),
        view(3, "03T08:00"),
        order(3, "03T08:30", 60.0),
        order(4, "01T15:00", 5.0),
        order(4, "04T10:00", 15.0),
        view(5, "04T18:00"),
    ];
    for one in &mut events {
        let of_person = ["AT", "AT", "DE", "DE", "AT"];
        one.sender.context.country = of_person[one.person.0 as usize - 1].to_owned();
    }
    events
}

/// Orders by an aggregate of their value, or without it.
fn orders(aggregate: Aggregate) -> Series {
    Series {
        events: vec!["order".to_owned()],
        aggregate,
        property: aggregate.needs_property().then(|| "value".to_owned()),
        ..Series::default()
    }
}

fn asked(trend: TrendSeries) -> Question {
    Question {
        trend: Some(trend),
        interval: Some(Interval::Day),
        ..question(QuestionKind::Trend, days("2026-03-02", "2026-03-04"))
    }
}

fn rows(asked: &Question) -> Vec<String> {
    let found = answer(
        &snapshot(&five_persons()),
        asked,
        ms("2026-03-09T12:00:00Z"),
    )
    .unwrap();
    let after_time = |row: &Vec<Cell>| words(&row[1..]);
    found.rows.iter().map(after_time).collect()
}

fn four_series() -> TrendSeries {
    TrendSeries {
        series: vec![
            orders(Aggregate::Count),
            orders(Aggregate::Persons),
            orders(Aggregate::Sum),
            orders(Aggregate::Average),
        ],
        ..TrendSeries::default()
    }
}

#[test]
fn five_persons_give_the_series_of_the_documentation() {
    let mut trend = four_series();
    trend.formulas = vec!["C / A".to_owned()];
    assert_eq!(
        rows(&asked(trend.clone())),
        ["1 1 20 20 20", "2 2 70 35 35", "2 2 55 27.5 27.5"]
    );
    trend.formulas.clear();
    trend.cumulative = true;
    assert_eq!(
        rows(&asked(trend.clone())),
        ["1 1 20 20", "3 3 90 30", "5 4 145 29"]
    );
    trend.cumulative = false;
    trend.moving_average = Some(2);
    assert_eq!(
        rows(&asked(trend)),
        ["1 1 20 20", "1.5 1.5 45 27.5", "2 2 62.5 31.25"]
    );
}

#[test]
fn five_persons_give_the_first_orders_and_the_countries_of_the_documentation() {
    let mut first = orders(Aggregate::Count);
    first.first_time = true;
    let mut trend = TrendSeries {
        series: vec![first, orders(Aggregate::Median), orders(Aggregate::P90)],
        ..TrendSeries::default()
    };
    assert_eq!(
        rows(&asked(trend.clone())),
        ["1 20 20", "2 35 60", "0 27.5 40"]
    );
    trend.series = vec![orders(Aggregate::Count), orders(Aggregate::PerPerson)];
    trend.breakdown = vec![Fact::dimension(Dimension::Country)];
    trend.top = Some(1);
    let mut question = asked(trend);
    assert_eq!(
        rows(&question),
        [
            "\"AT\" 1 1",
            "\"(other)\" 0 -",
            "\"AT\" 1 1",
            "\"(other)\" 1 1",
            "\"AT\" 1 1",
            "\"(other)\" 1 1"
        ]
    );
    question.interval = Some(Interval::Week);
    assert_eq!(rows(&question), ["\"AT\" 3 1.5", "\"(other)\" 2 1"]);
    question.trend.as_mut().unwrap().breakdown.clear();
    assert_eq!(rows(&question), ["5 1.25"]);
}

#[test]
fn five_persons_give_the_comparison_of_the_documentation() {
    let mut question = asked(TrendSeries {
        series: vec![orders(Aggregate::Count)],
        formulas: vec!["A * 10".to_owned()],
        ..TrendSeries::default()
    });
    question.period = days("2026-03-03", "2026-03-04");
    question.compare = Compare::Previous;
    let found = answer(
        &snapshot(&five_persons()),
        &question,
        ms("2026-03-09T12:00:00Z"),
    );
    let found = found.unwrap();
    let names: Vec<&str> = found.columns.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "time",
            "time_previous",
            "A",
            "A_previous",
            "A * 10",
            "A * 10_previous"
        ]
    );
    let rows: Vec<String> = found.rows.iter().map(|row| words(&row[2..])).collect();
    assert_eq!(rows, ["2 1 20 10", "2 1 20 10"]);
}

#[test]
fn a_wrong_series_is_refused_with_its_place() {
    let labelled = |label: &str| Series {
        label: Some(label.to_owned()),
        ..orders(Aggregate::Count)
    };
    let of = |series: Vec<Series>| TrendSeries {
        series,
        ..TrendSeries::default()
    };
    let with_formula = |formula: &str| TrendSeries {
        formulas: vec![formula.to_owned()],
        ..of(vec![orders(Aggregate::Count)])
    };
    let property = |name: &str| {
        let mut series = orders(Aggregate::Sum);
        series.property = Some(name.to_owned());
        of(vec![series])
    };
    let mut needless = orders(Aggregate::Persons);
    needless.property = Some("value".to_owned());
    let by = |name: &str| TrendSeries {
        breakdown: vec![Fact::Property(PropertyFact {
            property: name.to_owned(),
            of: Level::Event,
        })],
        ..of(vec![orders(Aggregate::Count)])
    };
    let cases = [
        (of(vec![]), "trend.series"),
        (of(vec![orders(Aggregate::Count); 27]), "trend.series"),
        (
            of(vec![labelled("x"), labelled("x")]),
            "trend.series[1].label",
        ),
        (
            of(vec![labelled("B"), orders(Aggregate::Count)]),
            "trend.series[1].label",
        ),
        (of(vec![labelled("time")]), "trend.series[0].label"),
        (of(vec![labelled(" ")]), "trend.series[0].label"),
        (of(vec![needless]), "trend.series[0].property"),
        (property("valu"), "trend.series[0].property"),
        (by("values"), "trend.breakdown[0]"),
        (with_formula("A / B"), "trend.formulas[0]"),
        (with_formula("A"), "trend.formulas[0]"),
        (
            TrendSeries {
                moving_average: Some(0),
                ..of(vec![orders(Aggregate::Count)])
            },
            "trend.moving_average",
        ),
        (
            TrendSeries {
                top: Some(0),
                ..of(vec![orders(Aggregate::Count)])
            },
            "trend.top",
        ),
    ];
    let mut without = orders(Aggregate::P99);
    without.property = None;
    let cases = cases
        .into_iter()
        .chain([(of(vec![without]), "trend.series[0].property")]);
    for (trend, field) in cases {
        let found = answer(&snapshot(&five_persons()), &asked(trend), 0);
        let error = found.unwrap_err();
        assert_eq!(error.field().as_deref(), Some(field), "{error}");
    }
    let error = answer(&snapshot(&five_persons()), &asked(property("valu")), 0).unwrap_err();
    assert_eq!(error.code(), "unknown_property");
    assert_eq!(
        error.to_string(),
        "trend.series[0].property: no event has a property `valu`; did you mean `value`?"
    );
    let error = answer(
        &snapshot(&five_persons()),
        &asked(with_formula("A / 2 +")),
        0,
    );
    assert!(matches!(error, Err(AskError::At { .. })));
}

#[test]
fn a_property_that_was_never_seen_counts_nothing() {
    let mut sum = orders(Aggregate::Sum);
    sum.property = Some("weight".to_owned());
    let mut median = orders(Aggregate::Median);
    median.property = Some("weight".to_owned());
    let trend = TrendSeries {
        series: vec![sum, median],
        breakdown: vec![Fact::Property(PropertyFact {
            property: "colour".to_owned(),
            of: Level::Event,
        })],
        ..TrendSeries::default()
    };
    assert_eq!(rows(&asked(trend)), ["\"\" 0 -"; 3]);
}

#[test]
fn an_answer_of_too_many_rows_is_refused_where_it_can_be_made_smaller() {
    let events: Vec<StoredEvent> = (0..200)
        .map(|person| event(person, 1000, "order", &format!("/{person}")))
        .collect();
    let mut question = asked(TrendSeries {
        series: vec![orders(Aggregate::Count)],
        breakdown: vec![Fact::dimension(Dimension::Page)],
        top: Some(100),
        ..TrendSeries::default()
    });
    question.period = span(0, 200 * HOUR_MS);
    question.interval = Some(Interval::Hour);
    let error = answer(&snapshot(&events), &question, 0).unwrap_err();
    assert_eq!(error.field().as_deref(), Some("trend.top"));
    assert_eq!(error.code(), "too_many_rows");
}
