//! Trends of series on random timelines against a plain recount, and the people behind each cell.

use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::{
    Aggregate, Answer, Bots, Cell, CellAddress, Compare, Dimension, EventSelection, Fact, Interval,
    Level, PropertyFact, Question, QuestionKind, ResolvedPeriod, Series, TrendSeries, Value,
};
use hitmetrix_store::StoredEvent;

use super::asking::answered;
use super::oracle::{Oracle, Session, is_of_session, text, within};
use super::samples::{Dice, Threads, days, question, span, words};
use super::world::{HOUR_MS, World, cases, random_condition, random_selection, value, world};
use crate::period::Buckets;
use crate::{Asked, people};

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

/// Formulas with the places of their series.
const FORMULAS: [(&str, &[usize]); 4] = [
    ("A / (A - 2)", &[0]),
    ("(A + B) * 2", &[0, 1]),
    ("C - B", &[1, 2]),
    ("0.5", &[]),
];

/// The value of one of them.
fn formula(text: &str, series: &[Option<f64>]) -> Option<f64> {
    let value = match text {
        "A / (A - 2)" => series[0]? / (series[0]? - 2.0),
        "(A + B) * 2" => (series[0]? + series[1]?) * 2.0,
        "C - B" => series[2]? - series[1]?,
        _ => 0.5,
    };
    value.is_finite().then_some(value + 0.0)
}

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
    let series: Vec<Series> = (0..=dice.below(3)).map(|_| random_series(dice)).collect();
    let mut formulas = FORMULAS.to_vec();
    formulas.retain(|(_, places)| places.iter().all(|&place| place < series.len()));
    formulas.retain(|_| dice.one_in(2));
    let whole = dice.one_in(4);
    TrendSeries {
        series,
        formulas: formulas.iter().map(|one| one.0.to_owned()).collect(),
        breakdown,
        top: dice.pick(&[None, Some(1), Some(3)]),
        cumulative: !whole && dice.one_in(3),
        whole,
        moving_average: (!whole && dice.one_in(3)).then(|| 1 + dice.below(5) as u32),
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
    interval: Option<Interval>,
    now: BySeries<'a>,
    before: Option<BySeries<'a>>,
    groups: Vec<Vec<String>>,
}

impl<'a> SeriesOracle<'a> {
    fn new(oracle: &'a Oracle<'a>, spec: &'a TrendSeries, found: &Answer) -> Self {
        let mut whole = Self {
            oracle,
            spec,
            interval: found.interval,
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
                for text in &self.spec.formulas {
                    let cell = |values: &[Option<f64>]| {
                        formula(text, values).map_or(Cell::MISSING, Cell::Number)
                    };
                    let at = |values: &[Vec<Option<f64>>], bucket: Option<usize>| -> Vec<_> {
                        let values = values.iter();
                        values.map(|one| bucket.and_then(|at| one[at])).collect()
                    };
                    row.push(cell(&at(now, Some(bucket))));
                    if let Some(before) = before {
                        row.push(cell(&at(before, pair)));
                    }
                }
                rows.push(row);
            }
        }
        rows
    }

    /// The places of the series behind a column of values.
    fn places(&self, column: usize) -> Vec<usize> {
        let Some(place) = column.checked_sub(self.spec.series.len()) else {
            return vec![column];
        };
        let text = &self.spec.formulas[place];
        let known = FORMULAS.iter().find(|(known, _)| known == text);
        known.unwrap().1.to_vec()
    }

    /// Who stands behind a cell of a column over some series, of which each event is looked at;
    /// `starts` are the buckets of the column's period, of which the last ends at `end_ms`.
    fn behind(
        &self,
        (all, places): (&BySeries<'a>, &[usize]),
        (starts, end_ms): (&[i64], i64),
        (bucket, group): (usize, &[String]),
    ) -> BTreeSet<String> {
        let first = match self.spec.moving_average {
            _ if self.spec.cumulative => 0,
            Some(length) => (bucket + 1).saturating_sub(length as usize),
            None => bucket,
        };
        let to = starts.get(bucket + 1).copied().unwrap_or(end_ms);
        let mut found: BTreeMap<(String, String), i64> = BTreeMap::new();
        for &place in places {
            let series = &self.spec.series[place];
            for one in &all[place] {
                let at = one.event.event.time_ms;
                let is_there = (starts[first]..to).contains(&at) && self.is_of_group(one, group);
                if !is_there || !self.goes_in(series, one) {
                    continue;
                }
                let who = (
                    one.event.person.to_string(),
                    one.event.sender.session.to_string(),
                );
                let known = found.entry(who).or_insert(at);
                *known = at.min(*known);
            }
        }
        found
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
    asked.compare = dice.pick(&[Compare::None, Compare::Previous, Compare::Year]);
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
    let spec = random_spec(dice);
    if spec.whole {
        asked.interval = None;
    }
    asked.trend = Some(spec);
    asked
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed ^ 0x5e_71e5);
    let world = world(&mut dice);
    let asked = random_question(&mut dice, &world);
    let now_ms = world.centre_ms + dice.below(48 * 3600) as i64 * 1000 - 24 * HOUR_MS;
    let of = (&world, &asked, now_ms);
    let (asking, found, oracle) = answered(of, (&mut dice, seed));
    let spec = asked.trend.as_ref().unwrap();
    let of_series = SeriesOracle::new(&oracle, spec, &found);
    let resolved =
        crate::period::resolve(&asked.period, oracle.zone.clone(), asked.compare, now_ms).unwrap();
    let buckets = match spec.whole {
        true => Buckets {
            interval: Interval::Day,
            starts: vec![found.period.from_ms],
            previous_starts: found.previous.iter().map(|one| one.from_ms).collect(),
            pairs: vec![found.previous.map(|_| 0)],
        },
        false => resolved.buckets(asked.interval).unwrap(),
    };
    let times: Vec<(i64, Option<i64>)> = buckets
        .starts
        .iter()
        .zip(&buckets.pairs)
        .map(|(&start, pair)| (start, pair.map(|pair| buckets.previous_starts[pair])))
        .collect();
    // Each event lies in the bucket whose clock it shows.
    for one in &world.events {
        let at = one.event.time_ms;
        if let Some(interval) = of_series.interval
            && within(at, found.period)
        {
            let start = buckets.starts.iter().rfind(|&&start| start <= at).unwrap();
            let clock = |ms| oracle.clock(interval, ms);
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
        (&buckets, seed),
    );
}

/// A few cells and who stands behind them.
fn check_people(
    dice: &mut Dice,
    (world, asked): (&World, &Asked<'_>),
    (of_series, found): (&SeriesOracle<'_>, &Answer),
    (buckets, seed): (&Buckets, u64),
) {
    if found.rows.is_empty() {
        return;
    }
    let facts = of_series.spec.breakdown.len();
    let groups = found.rows.len() / buckets.starts.len();
    let times = if found.previous.is_some() { 2 } else { 1 };
    for _ in 0..4 {
        let index = dice.below(found.rows.len() as u64) as usize;
        let row = &found.rows[index];
        let mut keys = BTreeMap::from([("time".to_owned(), row[0].clone())]);
        let mut texts = Vec::new();
        let columns = found.columns.iter().zip(row);
        for (column, key) in columns.skip(times).take(facts) {
            keys.insert(column.name.clone(), key.clone());
            let Cell::Text(text) = key else {
                panic!("a text")
            };
            texts.push(text.clone());
        }
        let first = times + facts;
        let column = dice.below((found.columns.len() - first) as u64) as usize;
        let cell = CellAddress {
            column: found.columns[first + column].name.clone(),
            row: keys,
        };
        let behind = people(&world.snapshot, (asked, &cell, Some(10_000)), &Threads(2)).unwrap();
        let persons: BTreeSet<String> = behind.rows.iter().map(|row| words(&row[..1])).collect();
        let totals = (behind.rows_total, behind.persons_total);
        let expected = (behind.rows.len() as u64, Some(persons.len() as u64));
        assert_eq!(totals, expected, "seed {seed}");
        let behind: BTreeSet<String> = behind.rows.iter().map(|row| words(&row[..3])).collect();
        let places = of_series.places(column / times);
        let (bucket, all, period) = match column % times {
            0 => (
                Some(index / groups),
                Some(&of_series.now),
                (&buckets.starts[..], found.period.to_ms),
            ),
            _ => (
                buckets.pairs[index / groups],
                of_series.before.as_ref(),
                (&buckets.previous_starts[..], found.period.from_ms),
            ),
        };
        let expected = bucket.map_or_else(BTreeSet::new, |bucket| {
            of_series.behind((all.unwrap(), &places), period, (bucket, &texts))
        });
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
