//! The interval of retention, lifecycle and stickiness where a question names none: about a dozen for
//! its period. The dashboard chooses the same (`cohortInterval` in explore/asked.ts), so that a board
//! shows equal numbers with a login and by a link; both are held against
//! `testdata/board_common.json`.

use crate::question::{Interval, Period, Question, QuestionKind};

const DAY_MS: f64 = 86_400_000.0;

/// Gives such a question its interval.
pub(crate) fn put_interval(question: &mut Question) {
    let is_cohort = matches!(
        question.kind,
        QuestionKind::Retention | QuestionKind::Lifecycle | QuestionKind::Stickiness
    );
    // Who comes back is not counted by minutes.
    let is_named = question
        .interval
        .is_some_and(|named| named != Interval::Minute);
    if !is_cohort || is_named {
        return;
    }
    question.interval = Some(match days_of(&question.period) {
        Some(days) if days <= 2.0 => Interval::Hour,
        Some(days) if days <= 16.0 => Interval::Day,
        Some(days) if days <= 190.0 => Interval::Week,
        _ => Interval::Month,
    });
}

/// How long a period is in days, without its time zone; none when it cannot be read.
fn days_of(period: &Period) -> Option<f64> {
    match period {
        Period::Last { last } => {
            let digits = last.bytes().take_while(u8::is_ascii_digit).count();
            let (number, unit) = last.split_at(digits);
            let unit_days = match unit {
                "m" => 1.0 / 1440.0,
                "h" => 1.0 / 24.0,
                "d" => 1.0,
                "w" => 7.0,
                "mo" => 30.4,
                "y" => 365.0,
                _ => return None,
            };
            Some(number.parse::<f64>().ok()? * unit_days)
        }
        Period::Days { from, to } => Some((day_number(to)? - day_number(from)? + 1) as f64),
        Period::Span { from_ms, to_ms } => Some(to_ms.checked_sub(*from_ms)? as f64 / DAY_MS),
    }
}

/// Days of a date `2026-01-31` since a fixed one. The year begins in March, so that the day that some
/// years have more is its last.
fn day_number(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let is_early = month <= 2;
    let year = year.checked_sub(i64::from(is_early))?;
    let month = if is_early { month + 9 } else { month - 3 };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    Some(year.checked_mul(365)? + leap_days + (153 * month + 2) / 5 + day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_months_and_leap_years() {
        for (from, to, expected) in [
            ("2026-01-01", "2026-01-01", 1.0),
            ("2026-02-28", "2026-03-01", 2.0),
            ("2024-02-28", "2024-03-01", 3.0),
            ("2025-12-31", "2026-01-01", 2.0),
            ("2024-01-01", "2024-12-31", 366.0),
            ("1900-02-01", "1900-03-01", 29.0),
        ] {
            let period = Period::Days {
                from: from.to_owned(),
                to: to.to_owned(),
            };
            assert_eq!(days_of(&period), Some(expected), "{from} to {to}");
        }
    }
}
