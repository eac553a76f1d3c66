//! Time zones: names to rules, and the two questions that clock changes make hard, where a
//! calendar time lies on the line of instants and where an hour ends.

use hitmetrix_model::Interval;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use strsim::osa_distance;

use crate::AskError;

/// The rules of a named zone, from the database inside the program.
pub(crate) fn find(name: &str) -> Result<TimeZone, AskError> {
    let database = TimeZoneDatabase::bundled();
    database.get(name).map_err(|_| AskError::UnknownTimeZone {
        given: name.chars().take(100).collect(),
        nearest: nearest(name, &database),
    })
}

/// The known name with the fewest edits, in whole or in its last piece (`berlin`).
fn nearest(given: &str, database: &TimeZoneDatabase) -> String {
    let given: String = given.to_lowercase().chars().take(40).collect();
    let distance = |known: &str| {
        let whole = known.to_lowercase();
        let city = whole.rsplit('/').next().unwrap_or(&whole);
        osa_distance(&given, &whole).min(osa_distance(&given, city))
    };
    let names = database.available().map(|name| name.to_string());
    names
        .min_by_key(|name| (distance(name), name.clone()))
        .unwrap_or_else(|| "UTC".to_owned())
}

/// The instant of UTC milliseconds.
pub(crate) fn timestamp(ms: i64) -> Result<Timestamp, AskError> {
    Timestamp::from_millisecond(ms).map_err(|_| AskError::PeriodOutOfRange)
}

/// When the clocks of the zone show a calendar time: the first of two times, and for a time that
/// a clock change leaves out, the moment of the change.
pub(crate) fn instant_of(zone: &TimeZone, time: DateTime) -> Result<i64, AskError> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    let offset = ambiguous.offset();
    let earlier = ambiguous
        .earlier()
        .map_err(|_| AskError::PeriodOutOfRange)?;
    if matches!(offset, AmbiguousOffset::Gap { .. })
        && let Some(change) = zone.following(earlier).next()
    {
        return Ok(change.timestamp().as_millisecond());
    }
    Ok(earlier.as_millisecond())
}

/// The first instant of a calendar day.
pub(crate) fn start_of_day(zone: &TimeZone, day: Date) -> Result<i64, AskError> {
    instant_of(zone, day.to_datetime(jiff::civil::Time::midnight()))
}

/// A day so many days later.
pub(crate) fn plus_days(day: Date, days: i64) -> Result<Date, AskError> {
    let span = jiff::Span::new()
        .try_days(days)
        .map_err(|_| AskError::PeriodOutOfRange)?;
    day.checked_add(span)
        .map_err(|_| AskError::PeriodOutOfRange)
}

/// A day so many months earlier; the last of the month where there is no such day.
pub(crate) fn minus_months(day: Date, months: i64) -> Result<Date, AskError> {
    let span = jiff::Span::new()
        .try_months(months)
        .map_err(|_| AskError::PeriodOutOfRange)?;
    day.checked_sub(span)
        .map_err(|_| AskError::PeriodOutOfRange)
}

/// Milliseconds that the zone's clocks are ahead of UTC.
fn offset_ms(zone: &TimeZone, at: Timestamp) -> i64 {
    i64::from(zone.to_offset(at).seconds()) * 1000
}

/// The next change of the zone's offset after an instant.
fn next_change_ms(zone: &TimeZone, after: Timestamp) -> Option<i64> {
    let before = zone.to_offset(after);
    let change = zone
        .following(after)
        .find(|change| change.offset() != before)?;
    Some(change.timestamp().as_millisecond())
}

/// The beginning of the clock minute or hour around an instant. A clock change begins a new one.
pub(crate) fn start_of_unit(zone: &TimeZone, at_ms: i64, unit_ms: i64) -> Result<i64, AskError> {
    let at = timestamp(at_ms)?;
    let offset = offset_ms(zone, at);
    let start = (at_ms + offset).div_euclid(unit_ms) * unit_ms - offset;
    let change = next_change_ms(zone, timestamp(start - 1)?);
    Ok(change
        .filter(|&change| change <= at_ms)
        .map_or(start, |change| change.max(start)))
}

/// The beginnings of the buckets of a span: its first millisecond and each boundary within.
/// None when there are more than `limit`.
pub(crate) fn bucket_starts(
    zone: &TimeZone,
    (from_ms, to_ms): (i64, i64),
    interval: Interval,
    limit: usize,
) -> Result<Option<Vec<i64>>, AskError> {
    let mut starts = Vec::new();
    let mut at_ms = from_ms;
    let mut change = None;
    while at_ms < to_ms {
        if starts.len() == limit {
            return Ok(None);
        }
        starts.push(at_ms);
        at_ms = match interval {
            Interval::Minute => end_of_unit(zone, at_ms, 60_000, &mut change)?,
            Interval::Hour => end_of_unit(zone, at_ms, 3_600_000, &mut change)?,
            Interval::Day | Interval::Week | Interval::Month => end_of_days(zone, at_ms, interval)?,
        };
    }
    Ok(Some(starts))
}

/// The end of the clock minute or hour that an instant begins or lies in. `change` carries the
/// next clock change from call to call.
fn end_of_unit(
    zone: &TimeZone,
    at_ms: i64,
    unit_ms: i64,
    change: &mut Option<i64>,
) -> Result<i64, AskError> {
    let at = timestamp(at_ms)?;
    if change.is_none_or(|change| change <= at_ms) {
        *change = Some(next_change_ms(zone, at).unwrap_or(i64::MAX));
    }
    let offset = offset_ms(zone, at);
    let end = ((at_ms + offset).div_euclid(unit_ms) + 1) * unit_ms - offset;
    Ok(change.map_or(end, |change| change.min(end)))
}

/// The end of the calendar day, week or month that an instant lies in. Days that a zone leaves
/// out altogether have no bucket.
fn end_of_days(zone: &TimeZone, at_ms: i64, interval: Interval) -> Result<i64, AskError> {
    let day = zone.to_datetime(timestamp(at_ms)?).date();
    let mut next = match interval {
        Interval::Week => plus_days(day, 7 - i64::from(day.weekday().to_monday_zero_offset()))?,
        Interval::Month => plus_days(day.last_of_month(), 1)?,
        _ => plus_days(day, 1)?,
    };
    loop {
        let end = start_of_day(zone, next)?;
        if end > at_ms {
            return Ok(end);
        }
        next = next
            .checked_add(1.day())
            .map_err(|_| AskError::PeriodOutOfRange)?;
    }
}
