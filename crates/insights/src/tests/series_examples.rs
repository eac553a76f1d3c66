//! The worked example of docs/concepts/trends.md, and what series are refused with.

use std::sync::Arc;

use hitmetrix_model::{
    Aggregate, Cell, Compare, Condition, Dimension, Fact, Interval, Level, Measure, Operator,
    PropertyFact, PropertyFilter, Question, QuestionKind, Series, SiteId, TrendSeries, Value,
};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Snapshot, StoredEvent};

use super::samples::{answer, days, event, ms, question, snapshot, span, words};
use super::world::HOUR_MS;
use crate::AskError;

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

/// Each event in a run of its own, so that runs may lie outside of a period.
fn five_runs() -> Snapshot {
    let runs = five_persons().into_iter().map(|one| {
        let shard = shard_of(one.person);
        Arc::new(Run::from_rows(shard, vec![one]))
    });
    Snapshot::of_runs(SiteId(1), runs.collect())
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
    let found = answer(&five_runs(), asked, ms("2026-03-09T12:00:00Z")).unwrap();
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
    // Also where the first order lies days before the period.
    let mut wednesday = asked(trend.clone());
    wednesday.period = days("2026-03-04", "2026-03-04");
    assert_eq!(rows(&wednesday), ["0 27.5 40"]);
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
    let found = answer(&five_runs(), &question, ms("2026-03-09T12:00:00Z"));
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
fn an_account_of_two_persons_counts_once_up_to_now() {
    let mut events = five_persons();
    for person in [1, 2, 3] {
        let mut group = event(person, ms("2026-02-01T00:00:00Z"), "group", "");
        let account = Value::Text(if person < 3 { "acme" } else { "bolt" }.to_owned());
        group.event.properties.insert("account".to_owned(), account);
        events.push(group);
    }
    let mut trend = TrendSeries {
        series: vec![orders(Aggregate::Accounts)],
        ..TrendSeries::default()
    };
    let rows = |trend: &TrendSeries| {
        let found = answer(
            &snapshot(&events),
            &asked(trend.clone()),
            ms("2026-03-09T12:00:00Z"),
        )
        .unwrap();
        let cells: Vec<Cell> = found.rows.iter().map(|row| row[1].clone()).collect();
        words(&cells)
    };
    assert_eq!(rows(&trend), "1 2 1");
    trend.cumulative = true;
    assert_eq!(rows(&trend), "1 2 2");
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
                whole: true,
                cumulative: true,
                ..of(vec![orders(Aggregate::Count)])
            },
            "trend.whole",
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
        let found = answer(&five_runs(), &asked(trend), 0);
        let error = found.unwrap_err();
        assert_eq!(error.field().as_deref(), Some(field), "{error}");
    }
    let error = answer(&five_runs(), &asked(property("valu")), 0).unwrap_err();
    assert_eq!(error.code(), "unknown_property");
    assert_eq!(
        error.to_string(),
        "trend.series[0].property: no event has a property `valu`; did you mean `value`?"
    );
    let error = answer(&five_runs(), &asked(with_formula("A / 2 +")), 0);
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

#[test]
fn a_slip_in_the_name_of_a_property_is_told_wherever_it_stands() {
    let condition = |property: &str| {
        Condition::Property(PropertyFilter {
            property: property.to_owned(),
            of: Level::Event,
            operator: Operator::Set,
            values: Vec::new(),
        })
    };
    let mut series = orders(Aggregate::Count);
    series.filters = vec![Condition::Not {
        not: Box::new(condition("vale")),
    }];
    let in_series = asked(TrendSeries {
        series: vec![series],
        ..TrendSeries::default()
    });
    let mut in_filter = question(QuestionKind::Totals, days("2026-03-02", "2026-03-04"));
    in_filter.measures = vec![Measure::Persons];
    in_filter.filters = vec![condition("value"), condition("Value")];
    let cases = [
        (in_series, "trend.series[0].filters[0].not"),
        (in_filter.clone(), "filters[1]"),
    ];
    for (question, field) in cases {
        let error = answer(&five_runs(), &question, 0).unwrap_err();
        assert_eq!(
            (error.code(), error.field().as_deref()),
            ("unknown_property", Some(field))
        );
    }
    // Known to the site, though no event of the period has it.
    in_filter.filters = vec![condition("value")];
    in_filter.period = days("2025-01-01", "2025-01-02");
    assert!(answer(&five_runs(), &in_filter, 0).is_ok());
}

#[test]
fn the_largest_of_many_values_have_rows() {
    let events: Vec<StoredEvent> = (0..60u32)
        .flat_map(|page| (0..page * 37 % 60).map(move |nth| (page, nth)))
        .map(|(page, nth)| event(nth.into(), i64::from(nth), "order", &format!("/{page}")))
        .collect();
    let mut question = asked(TrendSeries {
        series: vec![orders(Aggregate::Count), orders(Aggregate::Persons)],
        breakdown: vec![Fact::dimension(Dimension::Page)],
        top: Some(3),
        ..TrendSeries::default()
    });
    question.period = span(0, HOUR_MS);
    let found = answer(&snapshot(&events), &question, HOUR_MS).unwrap();
    let rows: Vec<String> = found.rows.iter().map(|row| words(&row[1..])).collect();
    let page = |count: u32| (0..60).find(|page| page * 37 % 60 == count).unwrap();
    let top = [59, 58, 57].map(|count| format!("\"/{}\" {count} {count}", page(count)));
    assert_eq!(rows[..3], top);
    // Who has several of the others is one person.
    let others: u32 = (0..57).sum();
    assert_eq!(rows[3], format!("\"(other)\" {others} 56"));
}

#[test]
fn nine_page_loads_give_the_speed_of_the_documentation() {
    let loads = |day: u32, values: &[f64]| -> Vec<StoredEvent> {
        let one = |(person, value): (u128, &f64)| {
            let at = ms(&format!("2026-03-{day:02}T12:00:00Z"));
            let mut vital = event(person, at, "web_vital", "/");
            let told = [
                ("metric", Value::Text("LCP".to_owned())),
                ("value", Value::Number(*value)),
            ];
            let told = told.map(|(name, value)| (name.to_owned(), value));
            vital.event.properties.extend(told);
            vital
        };
        (1..).zip(values).map(one).collect()
    };
    let mut events = loads(2, &[900.0, 1200.0, 2400.0, 2600.0, 5100.0]);
    events.extend(loads(3, &[800.0, 900.0, 1000.0, 1100.0]));
    let page = include_str!("../../../../docs/concepts/speed.md");
    let json = page.split("```").nth(1).unwrap();
    let asked: Question = serde_json::from_str(json.strip_prefix("json").unwrap()).unwrap();
    let p75 = |from: &str, to: &str| {
        let asked = Question {
            period: days(from, to),
            ..asked.clone()
        };
        let found = answer(&snapshot(&events), &asked, ms("2026-03-09T00:00:00Z")).unwrap();
        assert_eq!(found.rows.len(), 1, "one page, one row");
        assert_eq!(found.interval, None);
        words(&found.rows[0][1..])
    };
    assert_eq!(p75("2026-03-02", "2026-03-02"), "\"/\" 2600");
    assert_eq!(p75("2026-03-03", "2026-03-03"), "\"/\" 1000");
    assert_eq!(p75("2026-03-02", "2026-03-03"), "\"/\" 2400");
}
