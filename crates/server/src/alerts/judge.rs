//! Whether a number is as it should be. Pure: numbers by time and a condition in, a verdict out.
//!
//! The band of an anomaly is the median of the same hours or days of up to eight weeks before, plus
//! and minus `width` robust standard deviations. One is 1.4826 times the median absolute deviation
//! (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993, who call a modified z-score over
//! 3.5 an outlier), and at least what chance alone does: the root of the median for counts, 5 % of
//! it for other numbers.

use hitmetrix_model::{AlertAgainst, AlertBucket, AlertCondition, AlertSide, Unit};

/// Weeks that an anomaly is held against.
const WEEKS: usize = 8;
/// With numbers of fewer weeks there is no band.
const WEEKS_MIN: usize = 4;
/// Makes the median absolute deviation of a normal distribution its standard deviation.
const MAD_TO_DEVIATION: f64 = 1.4826;
/// Least deviation of what is not counted, as a share of the median.
const DEVIATION_SHARE_MIN: f64 = 0.05;
/// Half of a band's width in deviations, when nobody says otherwise.
pub const WIDTH: f64 = 3.5;

/// A verdict on one bucket.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It can be told.
    Judged {
        /// Whether it fires.
        fires: bool,
        /// The lowest and the highest value that would not fire.
        expected: (Option<f64>, Option<f64>),
    },
    /// It cannot be told, and why.
    Unknown(String),
}

/// Buckets of one week.
#[must_use]
pub const fn of_week(bucket: AlertBucket) -> usize {
    match bucket {
        AlertBucket::Hour => 7 * 24,
        AlertBucket::Day => 7,
        AlertBucket::Week => 1,
    }
}

/// Buckets before a judged one that a condition looks at.
#[must_use]
pub fn looks_back(condition: &AlertCondition, bucket: AlertBucket) -> usize {
    match condition {
        AlertCondition::Threshold { .. } => 0,
        AlertCondition::Change { against, .. } => match against {
            AlertAgainst::Before => 1,
            AlertAgainst::WeekBefore => of_week(bucket),
        },
        AlertCondition::Anomaly { .. } => WEEKS * of_week(bucket),
    }
}

/// Judges the bucket at `place` of numbers by time, which are one unbroken row of buckets.
#[must_use]
pub fn judge(
    values: &[Option<f64>],
    place: usize,
    condition: &AlertCondition,
    (bucket, unit): (AlertBucket, Unit),
) -> Verdict {
    let Some(value) = values.get(place).copied().flatten() else {
        return Verdict::Unknown("there is no number for this time".to_owned());
    };
    let back = |buckets: usize| {
        let before = place.checked_sub(buckets)?;
        values.get(before).copied().flatten()
    };
    let (side, low, high) = match *condition {
        AlertCondition::Threshold { side, value } => (side, value, value),
        AlertCondition::Change {
            side,
            percent,
            against,
        } => {
            let buckets = match against {
                AlertAgainst::Before => 1,
                AlertAgainst::WeekBefore => of_week(bucket),
            };
            let Some(before) = back(buckets) else {
                return Verdict::Unknown("there is no number to hold it against".to_owned());
            };
            if before == 0.0 {
                let why = "the number that it is held against is 0; no percentage can be told";
                return Verdict::Unknown(why.to_owned());
            }
            let change = before.abs() * percent / 100.0;
            (side, before - change, before + change)
        }
        AlertCondition::Anomaly { side, width } => {
            let weeks = (1..=WEEKS).filter_map(|week| back(week * of_week(bucket)));
            let weeks: Vec<f64> = weeks.collect();
            let known = weeks.len();
            let Some((low, high)) = band(weeks, width.unwrap_or(WIDTH), unit) else {
                let why = format!(
                    "too little is known yet: {known} of the weeks before have a number, it takes \
                     {WEEKS_MIN}"
                );
                return Verdict::Unknown(why);
            };
            (side, low, high)
        }
    };
    let (is_low, is_high) = (value < low, value > high);
    Verdict::Judged {
        fires: match side {
            AlertSide::Above => is_high,
            AlertSide::Below => is_low,
            AlertSide::Either => is_low || is_high,
        },
        expected: (
            (side != AlertSide::Above).then_some(low),
            (side != AlertSide::Below).then_some(high),
        ),
    }
}

/// The band around the median of the weeks before; none when there are too few.
fn band(mut before: Vec<f64>, width: f64, unit: Unit) -> Option<(f64, f64)> {
    if before.len() < WEEKS_MIN {
        return None;
    }
    let middle = median(&mut before);
    let mut apart: Vec<f64> = before.iter().map(|one| (one - middle).abs()).collect();
    let by_chance = match unit {
        Unit::Count => middle.abs().max(1.0).sqrt(),
        _ => middle.abs() * DEVIATION_SHARE_MIN,
    };
    let deviation = (MAD_TO_DEVIATION * median(&mut apart)).max(by_chance);
    let low = middle - width * deviation;
    // Counts, shares and durations are not below nothing; ratios of formulas may be.
    let low = if unit == Unit::Ratio {
        low
    } else {
        low.max(0.0)
    };
    Some((low, middle + width * deviation))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|one| Some(*one)).collect()
    }

    fn fires(
        values: &[Option<f64>],
        condition: AlertCondition,
        bucket: AlertBucket,
    ) -> Option<bool> {
        match judge(values, values.len() - 1, &condition, (bucket, Unit::Count)) {
            Verdict::Judged { fires, .. } => Some(fires),
            Verdict::Unknown(_) => None,
        }
    }

    #[test]
    fn threshold_fires_beyond_its_value_and_not_at_it() {
        let fires = |value: f64, side| {
            let condition = AlertCondition::Threshold { side, value: 10.0 };
            fires(&numbers(&[value]), condition, AlertBucket::Day).unwrap()
        };
        assert!(!fires(10.0, AlertSide::Above));
        assert!(fires(10.1, AlertSide::Above));
        assert!(!fires(9.0, AlertSide::Above));
        assert!(fires(9.0, AlertSide::Below));
        assert!(!fires(11.0, AlertSide::Below));
        assert!(fires(9.0, AlertSide::Either) && fires(11.0, AlertSide::Either));
    }

    #[test]
    fn change_is_in_percent_of_the_bucket_before_or_of_the_week_before() {
        let change = |side, percent, against| AlertCondition::Change {
            side,
            percent,
            against,
        };
        let week = numbers(&[200.0, 9.0, 9.0, 9.0, 9.0, 9.0, 100.0, 140.0]);
        let day = AlertBucket::Day;
        let before = AlertAgainst::Before;
        assert_eq!(
            fires(&week, change(AlertSide::Above, 39.0, before), day),
            Some(true)
        );
        assert_eq!(
            fires(&week, change(AlertSide::Above, 40.0, before), day),
            Some(false)
        );
        assert_eq!(
            fires(&week, change(AlertSide::Below, 10.0, before), day),
            Some(false)
        );
        let weekly = AlertAgainst::WeekBefore;
        assert_eq!(
            fires(&week, change(AlertSide::Below, 29.0, weekly), day),
            Some(true)
        );
        assert_eq!(
            fires(&week, change(AlertSide::Below, 31.0, weekly), day),
            Some(false)
        );
        assert_eq!(
            fires(&week[2..], change(AlertSide::Below, 1.0, weekly), day),
            None
        );
        let from_nothing = numbers(&[0.0, 5.0]);
        assert_eq!(
            fires(&from_nothing, change(AlertSide::Either, 1.0, before), day),
            None
        );
    }

    #[test]
    fn anomaly_is_held_against_the_same_days_and_one_odd_day_widens_nothing() {
        // Sundays are quiet: what is usual on a Monday is not on a Sunday.
        let mut days = Vec::new();
        for week in 0..8 {
            days.extend(
                [100.0, 101.0, 99.0, 100.0, 102.0, 60.0, 20.0].map(|one| one + f64::from(week % 2)),
            );
        }
        days[14] = 900.0;
        let anomaly = AlertCondition::Anomaly {
            side: AlertSide::Either,
            width: None,
        };
        let with = |next: &[f64]| {
            let mut all = days.clone();
            all.extend(next);
            fires(&numbers(&all), anomaly, AlertBucket::Day)
        };
        assert_eq!(with(&[100.0]), Some(false));
        assert_eq!(with(&[134.0]), Some(false));
        assert_eq!(with(&[137.0]), Some(true));
        assert_eq!(with(&[20.0]), Some(true));
        assert_eq!(
            with(&[100.0, 100.0, 100.0, 100.0, 100.0, 60.0, 20.0]),
            Some(false)
        );
        assert_eq!(
            with(&[100.0, 100.0, 100.0, 100.0, 100.0, 60.0, 100.0]),
            Some(true)
        );
        assert_eq!(
            fires(&numbers(&days[..22]), anomaly, AlertBucket::Day),
            None
        );
    }

    #[test]
    fn what_has_no_number_is_never_judged() {
        let condition = AlertCondition::Threshold {
            side: AlertSide::Below,
            value: 1.0,
        };
        assert_eq!(fires(&[None], condition, AlertBucket::Day), None);
    }
}
