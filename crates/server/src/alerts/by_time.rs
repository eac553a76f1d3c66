//! Questions whose answer has no time, as trends that come to the number people mean by them: of
//! stickiness how many days of the week (or hours of the day) a person was there, of a distribution
//! its middle, its mean and how many there are. What they count is the same; who asks is `series`.

use hitmetrix_model::{
    Aggregate, AlertBucket, Answer, Cell, Column, Distribution, EventSelection, Fact, Interval,
    Level, Question, QuestionKind, Series, TrendSeries, Unit, limits,
};

/// A distribution by time: of an event's property its numbers, of anything else each value's counts.
pub fn of_distribution(distribution: &Distribution) -> TrendSeries {
    let events = &distribution.events;
    let (series, breakdown) = match &distribution.fact {
        Fact::Property(property) if property.of == Level::Event => {
            let about = |label: &str, aggregate| Series {
                property: Some(property.property.clone()),
                ..counted(events, label, aggregate)
            };
            let series = vec![
                about("median", Aggregate::Median),
                about("average", Aggregate::Average),
                counted(events, "events", Aggregate::Count),
                counted(events, "persons", Aggregate::Persons),
            ];
            (series, Vec::new())
        }
        fact => {
            let first = match fact {
                Fact::Property(property) if property.of == Level::Account => {
                    Some(counted(events, "accounts", Aggregate::Accounts))
                }
                Fact::Property(_) => None,
                Fact::Dimension(_) => Some(counted(events, "events", Aggregate::Count)),
            };
            let persons = counted(events, "persons", Aggregate::Persons);
            let series = first.into_iter().chain([persons]).collect();
            (series, vec![fact.clone()])
        }
    };
    TrendSeries {
        top: (!breakdown.is_empty()).then_some(limits::ALERT_VALUES),
        series,
        breakdown,
        ..TrendSeries::default()
    }
}

/// Of a property of words no middle and no mean: puts how many events there are first then, where
/// there are any, so that what is watched unless something else is said has numbers.
pub fn words_by_count(answer: &mut Answer) {
    let at = |name: &str| answer.columns.iter().position(|one| one.name == name);
    let (Some(first), Some(events)) = (at("median"), at("events")) else {
        return;
    };
    let is_above_zero = |cell: &Cell| match cell {
        Cell::Count(count) => *count > 0,
        Cell::Number(number) => *number > 0.0,
        _ => false,
    };
    let is_missing = |cell: &Cell| matches!(cell, Cell::Missing(_));
    let came = answer
        .rows
        .iter()
        .any(|row| row.get(events).is_some_and(is_above_zero));
    let words = answer.rows.iter().all(|row| {
        row.get(first..events)
            .is_some_and(|row| row.iter().all(is_missing))
    });
    if !came || !words {
        return;
    }
    answer.columns[first..].rotate_left(events - first);
    for row in &mut answer.rows {
        row[first..].rotate_left(events - first);
    }
}

/// Who was active, by time.
pub fn of_stickiness(active: &EventSelection) -> TrendSeries {
    TrendSeries {
        series: vec![counted(active, "persons", Aggregate::Persons)],
        ..TrendSeries::default()
    }
}

fn counted(events: &EventSelection, label: &str, aggregate: Aggregate) -> Series {
    Series {
        label: Some(label.to_owned()),
        events: events.events.clone(),
        filters: events.filters.clone(),
        aggregate,
        ..Series::default()
    }
}

/// For stickiness: the same trend by the intervals that one bucket has several of, and what their
/// number a person is called; nothing for other kinds, and where a bucket has none.
pub fn finer(
    question: &Question,
    over: &Question,
    bucket: AlertBucket,
) -> Option<(Question, &'static str)> {
    let (interval, name) = match bucket {
        _ if question.kind != QuestionKind::Stickiness => return None,
        AlertBucket::Hour => return None,
        AlertBucket::Day => (Interval::Hour, "active_hours_per_person"),
        AlertBucket::Week => (Interval::Day, "active_days_per_person"),
    };
    let finer = Question {
        interval: Some(interval),
        ..over.clone()
    };
    Some((finer, name))
}

/// In how many of a bucket's intervals a person was active, who was in one at all: those of each
/// interval added up, over those of the bucket. Without anybody there is no number.
pub fn per_person(mut whole: Answer, finer: Answer, name: &str) -> Answer {
    let of = |cells: &[Cell]| match cells {
        [Cell::Count(at_ms), Cell::Count(persons), ..] => Some((*at_ms, *persons)),
        _ => None,
    };
    let parts: Vec<(i64, i64)> = finer.rows.iter().filter_map(|row| of(row)).collect();
    let starts: Vec<i64> = whole
        .rows
        .iter()
        .filter_map(|row| of(row).map(|(at_ms, _)| at_ms))
        .collect();
    for (place, row) in whole.rows.iter_mut().enumerate() {
        let Some((from_ms, persons)) = of(row) else {
            continue;
        };
        let to_ms = starts.get(place + 1).copied().unwrap_or(i64::MAX);
        let within = parts
            .iter()
            .filter(|(at_ms, _)| (from_ms..to_ms).contains(at_ms));
        let active: i64 = within.map(|(_, persons)| persons).sum();
        let value = match persons {
            0 => Cell::MISSING,
            _ => Cell::Number(active as f64 / persons as f64),
        };
        row.insert(1, value);
    }
    let column = Column {
        name: name.to_owned(),
        unit: Unit::Ratio,
    };
    whole.columns.insert(1, column);
    for what in finer.missing {
        if !whole.missing.contains(&what) {
            whole.missing.push(what);
        }
    }
    whole
}
