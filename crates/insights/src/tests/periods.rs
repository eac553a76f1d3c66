//! Periods and clock changes by hand: the expected instants are written down, not computed.

use std::collections::BTreeMap;

use hitmetrix_model::{Cell, CellAddress, Compare, Interval, Measure, Period, QuestionKind};

use super::samples::{Threads, days, event, ms, question, snapshot, span};
use crate::period::{Resolved, resolve};
use crate::zone;
use crate::{AskError, Asked, ask, people};

fn resolved(period: &Period, zone: &str, now: &str) -> Resolved {
    resolve(
        period,
        zone::find(zone).unwrap(),
        Compare::Previous,
        ms(now),
    )
    .unwrap()
}

/// From and to of the same a year before.
#[track_caller]
fn check_year(period: &Period, now: &str, expected: [&str; 2]) {
    let zone = zone::find("Europe/Berlin").unwrap();
    let resolved = resolve(period, zone, Compare::Year, ms(now)).unwrap();
    let year = resolved.previous.unwrap();
    let found = [year.from_ms, year.to_ms]
        .map(|at| jiff::Timestamp::from_millisecond(at).unwrap().to_string());
    assert_eq!(found, expected);
}

fn last(text: &str) -> Period {
    Period::Last {
        last: text.to_owned(),
    }
}

/// From and to of the period and of the one before.
#[track_caller]
fn check(period: &Period, zone: &str, now: &str, expected: [&str; 4]) {
    let resolved = resolved(period, zone, now);
    let previous = resolved.previous.unwrap();
    let found = [
        resolved.period.from_ms,
        resolved.period.to_ms,
        previous.from_ms,
        previous.to_ms,
    ];
    let found = found.map(|at| jiff::Timestamp::from_millisecond(at).unwrap().to_string());
    assert_eq!(found, expected);
}

fn hours(zone: &str, day: &str, interval: Interval) -> Vec<String> {
    let resolved = resolved(&days(day, day), zone, "2020-01-01T00:00:00Z");
    let buckets = resolved.buckets(Some(interval)).unwrap();
    let shown = buckets.starts.iter().map(|&at| {
        let at = jiff::Timestamp::from_millisecond(at).unwrap();
        at.to_zoned(resolved.zone.clone())
            .strftime("%H:%M%:z")
            .to_string()
    });
    shown.collect()
}

#[test]
fn last_days_are_whole_days_that_end_with_today_and_are_compared_up_to_the_same_time() {
    check(
        &last("7d"),
        "Europe/Berlin",
        "2026-11-23T14:07:00Z",
        [
            "2026-11-16T23:00:00Z",
            "2026-11-23T23:00:00Z",
            "2026-11-09T23:00:00Z",
            "2026-11-16T14:07:00Z",
        ],
    );
    check(
        &last("1d"),
        "Asia/Kathmandu",
        "2026-11-23T18:14:59Z",
        [
            "2026-11-22T18:15:00Z",
            "2026-11-23T18:15:00Z",
            "2026-11-21T18:15:00Z",
            "2026-11-22T18:14:59Z",
        ],
    );
}

#[test]
fn the_year_before_has_the_same_weekdays_or_the_same_months() {
    // Monday to Sunday, up to the same time of Sunday.
    check_year(
        &last("7d"),
        "2026-11-22T14:07:00Z",
        ["2025-11-16T23:00:00Z", "2025-11-23T14:07:00Z"],
    );
    check_year(
        &days("2026-02-09", "2026-02-15"),
        "2026-11-22T14:07:00Z",
        ["2025-02-09T23:00:00Z", "2025-02-16T23:00:00Z"],
    );
    // A February before one of 29 days, and a quarter.
    check_year(
        &days("2024-02-01", "2024-02-29"),
        "2026-11-22T14:07:00Z",
        ["2023-01-31T23:00:00Z", "2023-02-28T23:00:00Z"],
    );
    check_year(
        &days("2026-07-01", "2026-09-30"),
        "2026-11-22T14:07:00Z",
        ["2025-06-30T22:00:00Z", "2025-09-30T22:00:00Z"],
    );
    // Hours are held against those 364 days before.
    check_year(
        &last("24h"),
        "2026-11-22T14:07:00Z",
        ["2025-11-22T15:00:00Z", "2025-11-23T14:07:00Z"],
    );
}

#[test]
fn days_across_a_clock_change_are_longer_or_shorter_and_are_compared_by_the_clock() {
    // Berlin, 29 March 2026: 23 hours. At 10:00 summer time the day before is cut at 10:00.
    check(
        &last("1d"),
        "Europe/Berlin",
        "2026-03-29T08:00:00Z",
        [
            "2026-03-28T23:00:00Z",
            "2026-03-29T22:00:00Z",
            "2026-03-27T23:00:00Z",
            "2026-03-28T09:00:00Z",
        ],
    );
    // 25 October 2026: 25 hours.
    check(
        &days("2026-10-25", "2026-10-25"),
        "Europe/Berlin",
        "2027-01-01T00:00:00Z",
        [
            "2026-10-24T22:00:00Z",
            "2026-10-25T23:00:00Z",
            "2026-10-23T22:00:00Z",
            "2026-10-24T22:00:00Z",
        ],
    );
    // Santiago's clocks jump from midnight to one: the day begins at one.
    check(
        &days("2026-09-06", "2026-09-06"),
        "America/Santiago",
        "2027-01-01T00:00:00Z",
        [
            "2026-09-06T04:00:00Z",
            "2026-09-07T03:00:00Z",
            "2026-09-05T04:00:00Z",
            "2026-09-06T04:00:00Z",
        ],
    );
}

#[test]
fn whole_months_are_held_against_whole_months() {
    check(
        &days("2026-11-01", "2026-11-30"),
        "UTC",
        "2026-11-23T15:00:00Z",
        [
            "2026-11-01T00:00:00Z",
            "2026-12-01T00:00:00Z",
            "2026-10-01T00:00:00Z",
            "2026-10-23T15:00:00Z",
        ],
    );
    // On 31 March all of February has passed.
    check(
        &days("2026-03-01", "2026-03-31"),
        "UTC",
        "2026-03-31T15:00:00Z",
        [
            "2026-03-01T00:00:00Z",
            "2026-04-01T00:00:00Z",
            "2026-02-01T00:00:00Z",
            "2026-03-01T00:00:00Z",
        ],
    );
    check(
        &days("2025-01-01", "2025-12-31"),
        "UTC",
        "2026-11-23T15:00:00Z",
        [
            "2025-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
            "2024-01-01T00:00:00Z",
            "2025-01-01T00:00:00Z",
        ],
    );
    // Not a whole month: thirty days against thirty days.
    check(
        &days("2026-11-02", "2026-12-01"),
        "UTC",
        "2027-01-01T00:00:00Z",
        [
            "2026-11-02T00:00:00Z",
            "2026-12-02T00:00:00Z",
            "2026-10-03T00:00:00Z",
            "2026-11-02T00:00:00Z",
        ],
    );
}

#[test]
fn last_weeks_months_and_years_end_with_today() {
    check(
        &last("2w"),
        "UTC",
        "2026-11-23T15:00:00Z",
        [
            "2026-11-10T00:00:00Z",
            "2026-11-24T00:00:00Z",
            "2026-10-27T00:00:00Z",
            "2026-11-09T15:00:00Z",
        ],
    );
    check(
        &last("1mo"),
        "UTC",
        "2026-11-23T15:00:00Z",
        [
            "2026-10-24T00:00:00Z",
            "2026-11-24T00:00:00Z",
            "2026-09-23T00:00:00Z",
            "2026-10-23T15:00:00Z",
        ],
    );
    check(
        &last("1y"),
        "UTC",
        "2026-11-23T15:00:00Z",
        [
            "2025-11-24T00:00:00Z",
            "2026-11-24T00:00:00Z",
            "2024-11-24T00:00:00Z",
            "2025-11-23T15:00:00Z",
        ],
    );
}

#[test]
fn last_minutes_and_hours_end_with_the_running_one() {
    check(
        &last("30m"),
        "UTC",
        "2026-11-23T15:07:30Z",
        [
            "2026-11-23T14:38:00Z",
            "2026-11-23T15:08:00Z",
            "2026-11-23T14:08:00Z",
            "2026-11-23T14:37:30Z",
        ],
    );
    // Clock hours of a zone at half past.
    check(
        &last("2h"),
        "Asia/Kolkata",
        "2026-11-23T15:07:30Z",
        [
            "2026-11-23T13:30:00Z",
            "2026-11-23T15:30:00Z",
            "2026-11-23T11:30:00Z",
            "2026-11-23T13:07:30Z",
        ],
    );
}

#[test]
fn spans_are_held_against_the_same_length_before() {
    let period = span(ms("2026-11-23T10:00:00Z"), ms("2026-11-23T16:00:00Z"));
    check(
        &period,
        "Europe/Berlin",
        "2026-11-23T15:00:00Z",
        [
            "2026-11-23T10:00:00Z",
            "2026-11-23T16:00:00Z",
            "2026-11-23T04:00:00Z",
            "2026-11-23T09:00:00Z",
        ],
    );
}

#[test]
fn the_repeated_hour_is_two_buckets_and_the_lost_one_none() {
    let spring = hours("Europe/Berlin", "2026-03-29", Interval::Hour);
    assert_eq!(spring.len(), 23);
    assert_eq!(spring[1..3], ["01:00+01:00", "03:00+02:00"]);
    let autumn = hours("Europe/Berlin", "2026-10-25", Interval::Hour);
    assert_eq!(autumn.len(), 25);
    assert_eq!(autumn[2..5], ["02:00+02:00", "02:00+01:00", "03:00+01:00"]);
    // Lord Howe Island changes by half an hour.
    let spring = hours("Australia/Lord_Howe", "2026-10-04", Interval::Hour);
    assert_eq!(spring[1..4], ["01:00+10:30", "02:30+11:00", "03:00+11:00"]);
    let autumn = hours("Australia/Lord_Howe", "2026-04-05", Interval::Hour);
    assert_eq!(autumn[1..4], ["01:00+11:00", "01:30+10:30", "02:00+10:30"]);
    assert_eq!(
        hours("Europe/Berlin", "2026-10-25", Interval::Minute).len(),
        25 * 60
    );
}

#[test]
fn a_day_that_a_zone_left_out_has_no_bucket() {
    let resolved = resolved(
        &days("2011-12-29", "2012-01-01"),
        "Pacific/Apia",
        "2020-01-01T00:00:00Z",
    );
    let buckets = resolved.buckets(Some(Interval::Day)).unwrap();
    let expected = [
        "2011-12-29T10:00:00Z",
        "2011-12-30T10:00:00Z",
        "2011-12-31T10:00:00Z",
    ];
    assert_eq!(buckets.starts, expected.map(ms));
}

#[test]
fn weeks_begin_on_monday_and_months_on_the_first_and_the_ends_are_cut() {
    let resolved = resolved(
        &days("2026-10-28", "2026-11-10"),
        "UTC",
        "2027-01-01T00:00:00Z",
    );
    let weeks = resolved.buckets(Some(Interval::Week)).unwrap();
    let expected = [
        "2026-10-28T00:00:00Z",
        "2026-11-02T00:00:00Z",
        "2026-11-09T00:00:00Z",
    ];
    assert_eq!(weeks.starts, expected.map(ms));
    let months = resolved.buckets(Some(Interval::Month)).unwrap();
    assert_eq!(
        months.starts,
        ["2026-10-28T00:00:00Z", "2026-11-01T00:00:00Z"].map(ms)
    );
}

#[test]
fn hours_are_held_against_the_same_clock_time_across_a_clock_change() {
    // Saturday has 24 hours, the Sunday after it 23: Sunday's 03:00 stands beside Saturday's.
    let resolved = resolved(
        &days("2026-03-29", "2026-03-29"),
        "Europe/Berlin",
        "2027-01-01T00:00:00Z",
    );
    let buckets = resolved.buckets(Some(Interval::Hour)).unwrap();
    assert_eq!(buckets.pairs[1..3], [Some(1), Some(3)]);
    // And the hour that autumn repeats has nothing beside it the second time.
    let resolved = super::periods::resolved(
        &days("2026-10-25", "2026-10-25"),
        "Europe/Berlin",
        "2027-01-01T00:00:00Z",
    );
    let buckets = resolved.buckets(Some(Interval::Hour)).unwrap();
    assert_eq!(buckets.pairs[1..5], [Some(1), Some(2), None, Some(3)]);
}

#[test]
fn the_interval_follows_the_length_when_none_is_asked_for() {
    for (text, interval) in [
        ("1h", Interval::Minute),
        ("24h", Interval::Hour),
        ("1d", Interval::Hour),
        ("7d", Interval::Day),
        ("90d", Interval::Day),
        ("1y", Interval::Week),
        ("5y", Interval::Month),
    ] {
        let resolved = resolved(&last(text), "Europe/Berlin", "2026-11-23T14:07:00Z");
        assert_eq!(resolved.buckets(None).unwrap().interval, interval, "{text}");
    }
}

#[test]
fn too_many_buckets_are_refused_with_a_width_that_fits() {
    let resolved = resolved(&last("1y"), "UTC", "2026-11-23T14:07:00Z");
    let error = resolved.buckets(Some(Interval::Minute)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the period has more than 4000 buckets of one minute; ask for `day` or a shorter period"
    );
}

#[test]
fn an_unknown_zone_is_refused_with_the_nearest_known_one() {
    for (given, nearest) in [
        ("Europe/Berln", "Europe/Berlin"),
        ("berlin", "Europe/Berlin"),
        ("America/NewYork", "America/New_York"),
        ("Kolkatta", "Asia/Kolkata"),
    ] {
        // The database takes names in any case, so `berlin` alone is unknown.
        let error = zone::find(given).unwrap_err();
        let nearest = nearest.to_owned();
        assert_eq!(
            error,
            AskError::UnknownTimeZone {
                given: given.to_owned(),
                nearest
            }
        );
    }
}

#[test]
fn periods_that_are_not_understood_say_how_to_write_them() {
    let utc = || zone::find("UTC").unwrap();
    for text in [
        "",
        "7",
        "d",
        "0d",
        "7 d",
        "-7d",
        "7D",
        "10001d",
        "99999999999999999999d",
    ] {
        let error = resolve(&last(text), utc(), Compare::None, 0).unwrap_err();
        assert_eq!(
            error,
            AskError::PeriodText {
                given: text.to_owned()
            },
            "{text:?}"
        );
    }
    for day in ["2026-2-1", "2026-02-30", "yesterday", "2026-01-01T00:00:00"] {
        let error = resolve(&days(day, "2026-12-31"), utc(), Compare::None, 0).unwrap_err();
        let given = day.to_owned();
        assert_eq!(
            error,
            AskError::PeriodDay {
                field: "period.from",
                given
            },
            "{day}"
        );
    }
    let backwards = resolve(&days("2026-02-02", "2026-02-01"), utc(), Compare::None, 0);
    assert!(matches!(
        backwards.unwrap_err(),
        AskError::PeriodBackwards { .. }
    ));
    let empty = resolve(&span(5, 5), utc(), Compare::None, 0);
    assert!(matches!(
        empty.unwrap_err(),
        AskError::PeriodBackwards { .. }
    ));
    for ends in [(i64::MIN, i64::MAX), (0, i64::MAX), (i64::MIN, 0)] {
        let far = resolve(&span(ends.0, ends.1), utc(), Compare::Previous, 0);
        assert_eq!(far.unwrap_err(), AskError::PeriodOutOfRange);
    }
}

#[test]
fn a_period_of_only_a_day_that_the_zone_left_out_has_no_rows_and_nobody_behind_them() {
    for (kind, key, column) in [
        (QuestionKind::Stickiness, "intervals", "persons"),
        (QuestionKind::Retention, "cohort", "persons"),
        (QuestionKind::Lifecycle, "time", "new"),
        (QuestionKind::Trend, "time", "persons"),
    ] {
        let mut asked = question(kind, days("2011-12-30", "2011-12-30"));
        if kind == QuestionKind::Trend {
            asked.measures = vec![Measure::Persons];
        }
        let asked = Asked {
            question: &asked,
            site_time_zone: "Pacific/Apia",
            session_idle_ms: 30 * 60 * 1000,
            now_ms: ms("2020-01-01T00:00:00Z"),
        };
        let seen = snapshot(&[
            event(1, ms("2011-12-30T09:30:00Z"), "page_view", "/"),
            event(1, ms("2011-12-30T10:30:00Z"), "page_view", "/"),
        ]);
        let answer = ask(&seen, &asked, &Threads(1)).unwrap();
        assert!(answer.rows.is_empty(), "{kind:?}: {:?}", answer.rows);
        assert!(
            answer.columns.iter().any(|one| one.name == column),
            "{kind:?}"
        );
        let cell = CellAddress {
            column: column.to_owned(),
            row: BTreeMap::from([(key.to_owned(), Cell::Count(ms("2011-12-30T10:00:00Z")))]),
        };
        let behind = people(&seen, (&asked, &cell, None), &Threads(1)).unwrap_err();
        assert_eq!(
            behind,
            AskError::RowKey {
                column: key.to_owned()
            },
            "{kind:?}"
        );
    }
}
