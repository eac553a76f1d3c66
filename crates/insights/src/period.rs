//! Periods: from "last 7 days" to two instants, the period that it is held against, and a trend's
//! buckets. All calendar rules are those of the question's time zone; see docs/concepts/periods.md.

use hitmetrix_model::{Compare, Interval, Period, ResolvedPeriod, limits};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use crate::{AskError, zone};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days to the year before: whole weeks, so that weekdays meet.
const YEAR_DAYS: i64 = 52 * 7;

/// How the earlier period lies before the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// From this day on, so many days or months: clock times are held against clock times.
    Days { first: Date, previous_first: Date },
    /// Plain milliseconds.
    Span,
}

/// A period of a question as instants.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) zone: TimeZone,
    pub(crate) period: ResolvedPeriod,
    /// Cut at the time that corresponds to now, if the period is running.
    pub(crate) previous: Option<ResolvedPeriod>,
    shape: Shape,
    /// The earlier period when this one is not running.
    earlier: ResolvedPeriod,
}

/// A trend's buckets and their counterparts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buckets {
    pub(crate) interval: Interval,
    /// First millisecond of each; the last ends with the period.
    pub(crate) starts: Vec<i64>,
    /// The same of the earlier period; empty without comparison.
    pub(crate) previous_starts: Vec<i64>,
    /// For each bucket the index of its counterpart.
    pub(crate) pairs: Vec<Option<usize>>,
}

/// Resolves a period at a given now.
pub(crate) fn resolve(
    period: &Period,
    zone: TimeZone,
    compare: Compare,
    now_ms: i64,
) -> Result<Resolved, AskError> {
    let mut resolved = match period {
        Period::Last { last } => resolve_last(last, zone, (compare, now_ms))?,
        Period::Days { from, to } => {
            let first = parse_day("period.from", from)?;
            let last = parse_day("period.to", to)?;
            if last < first {
                return Err(AskError::PeriodBackwards { from: from.clone() });
            }
            resolve_days((first, last), zone, compare)?
        }
        Period::Span { from_ms, to_ms } => resolve_span((*from_ms, *to_ms), zone, compare)?,
    };
    if compare != Compare::None {
        resolved.previous = Some(resolved.before(now_ms)?);
    }
    Ok(resolved)
}

/// A length of time of a question, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window(pub(crate) i64);

impl Window {
    /// No limit.
    pub(crate) const MAX: Self = Self(i64::MAX);
}

/// Reads a window such as `30m` or `7d`; a month is 30 days, a year 365.
pub(crate) fn window_ms(text: &str) -> Result<Window, AskError> {
    let bad = || AskError::WindowText {
        given: text.chars().take(100).collect(),
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().map_err(|_| bad())?;
    if !(1..=10_000).contains(&number) {
        return Err(bad());
    }
    let unit_ms = match unit {
        "s" => 1000,
        "m" => MINUTE_MS,
        "h" => HOUR_MS,
        "d" => DAY_MS,
        "w" => 7 * DAY_MS,
        "mo" => 30 * DAY_MS,
        "y" => 365 * DAY_MS,
        _ => return Err(bad()),
    };
    Ok(Window(number * unit_ms))
}

fn parse_day(field: &'static str, given: &str) -> Result<Date, AskError> {
    let bad = || AskError::PeriodDay {
        field,
        given: given.chars().take(100).collect(),
    };
    // Only the plain form: the parser would also take times and zones behind the day.
    if given.len() != 10 {
        return Err(bad());
    }
    given.parse().map_err(|_| bad())
}

fn resolve_last(
    last: &str,
    zone: TimeZone,
    (compare, now_ms): (Compare, i64),
) -> Result<Resolved, AskError> {
    let bad = || AskError::PeriodText {
        given: last.chars().take(100).collect(),
    };
    let digits = last.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = last.split_at(digits);
    let number: i64 = number.parse().map_err(|_| bad())?;
    if !(1..=10_000).contains(&number) {
        return Err(bad());
    }
    let unit_ms = match unit {
        "m" => MINUTE_MS,
        "h" => HOUR_MS,
        _ => {
            let today = zone.to_datetime(zone::timestamp(now_ms)?).date();
            let first = match unit {
                "d" => zone::plus_days(today, 1 - number)?,
                "w" => zone::plus_days(today, 1 - 7 * number)?,
                "mo" => zone::plus_days(zone::minus_months(today, number)?, 1)?,
                "y" => zone::plus_days(zone::minus_months(today, 12 * number)?, 1)?,
                _ => return Err(bad()),
            };
            return resolve_days((first, today), zone, compare);
        }
    };
    let running = zone::start_of_unit(&zone, now_ms, unit_ms)?;
    let span = (running - (number - 1) * unit_ms, running + unit_ms);
    resolve_span(span, zone, compare)
}

fn resolve_days(
    (first, last): (Date, Date),
    zone: TimeZone,
    compare: Compare,
) -> Result<Resolved, AskError> {
    let days = days_between(first, last) + 1;
    let months =
        i64::from(last.year() - first.year()) * 12 + i64::from(last.month() - first.month()) + 1;
    let whole_months = first.day() == 1 && last == last.last_of_month();
    let end = zone::plus_days(last, 1)?;
    let (previous_first, previous_end) = match (compare, whole_months) {
        (Compare::Year, true) => (zone::minus_months(first, 12)?, zone::minus_months(end, 12)?),
        (Compare::Year, false) => (
            zone::plus_days(first, -YEAR_DAYS)?,
            zone::plus_days(end, -YEAR_DAYS)?,
        ),
        (_, true) => (zone::minus_months(first, months)?, first),
        (_, false) => (zone::plus_days(first, -days)?, first),
    };
    let day = |date| zone::start_of_day(&zone, date);
    let period = ResolvedPeriod {
        from_ms: day(first)?,
        to_ms: day(end)?,
    };
    let earlier = ResolvedPeriod {
        from_ms: day(previous_first)?,
        to_ms: day(previous_end)?,
    };
    Ok(Resolved {
        zone,
        period,
        previous: None,
        shape: Shape::Days {
            first,
            previous_first,
        },
        earlier,
    })
}

fn resolve_span(
    (from_ms, to_ms): (i64, i64),
    zone: TimeZone,
    compare: Compare,
) -> Result<Resolved, AskError> {
    zone::timestamp(from_ms)?;
    zone::timestamp(to_ms)?;
    if to_ms <= from_ms {
        return Err(AskError::PeriodBackwards {
            from: from_ms.to_string(),
        });
    }
    let back_ms = match compare {
        Compare::Year => YEAR_DAYS * DAY_MS,
        Compare::Previous | Compare::None => to_ms - from_ms,
    };
    let earlier = ResolvedPeriod {
        from_ms: from_ms - back_ms,
        to_ms: to_ms - back_ms,
    };
    zone::timestamp(earlier.from_ms)?;
    Ok(Resolved {
        zone,
        period: ResolvedPeriod { from_ms, to_ms },
        previous: None,
        shape: Shape::Span,
        earlier,
    })
}

fn days_between(first: Date, last: Date) -> i64 {
    // Dates are at most 20,000 years apart.
    i64::from((last - first).get_days())
}

impl Resolved {
    /// End of the earlier period when this one is not running: of its buckets.
    pub(crate) fn earlier_to_ms(&self) -> i64 {
        self.earlier.to_ms
    }

    /// The period before; of a running one as much as has passed of it.
    fn before(&self, now_ms: i64) -> Result<ResolvedPeriod, AskError> {
        let ResolvedPeriod { from_ms, to_ms } = self.period;
        let mut earlier = self.earlier;
        if (from_ms..to_ms).contains(&now_ms) {
            let until_ms = earlier.to_ms.min(self.earlier_than(now_ms)?);
            earlier.to_ms = until_ms.max(earlier.from_ms);
        }
        Ok(earlier)
    }

    /// The instant of the earlier period that corresponds to one of this: as many days after its
    /// first, at the same clock time.
    fn earlier_than(&self, at_ms: i64) -> Result<i64, AskError> {
        let Shape::Days {
            first,
            previous_first,
        } = self.shape
        else {
            return Ok(at_ms - (self.period.from_ms - self.earlier.from_ms));
        };
        let at = self.zone.to_datetime(zone::timestamp(at_ms)?);
        let day = zone::plus_days(previous_first, days_between(first, at.date()))?;
        zone::instant_of(&self.zone, DateTime::from_parts(day, at.time()))
    }

    /// The buckets of a trend.
    pub(crate) fn buckets(&self, asked: Option<Interval>) -> Result<Buckets, AskError> {
        let ResolvedPeriod { from_ms, to_ms } = self.period;
        let interval = asked.unwrap_or_else(|| self.usual_interval());
        let starts = self.starts(from_ms, to_ms, interval)?;
        let Some(_) = self.previous else {
            let pairs = vec![None; starts.len()];
            return Ok(Buckets {
                interval,
                starts,
                previous_starts: Vec::new(),
                pairs,
            });
        };
        let previous_starts = self.starts(self.earlier.from_ms, self.earlier.to_ms, interval)?;
        let pairs = self.pairs(&starts, &previous_starts, interval)?;
        Ok(Buckets {
            interval,
            starts,
            previous_starts,
            pairs,
        })
    }

    /// The period as one bucket, and the earlier one as its counterpart.
    pub(crate) fn whole(&self) -> Buckets {
        let previous_starts: Vec<i64> = self.previous.iter().map(|one| one.from_ms).collect();
        Buckets {
            interval: self.usual_interval(),
            starts: vec![self.period.from_ms],
            pairs: vec![previous_starts.first().map(|_| 0)],
            previous_starts,
        }
    }

    fn usual_interval(&self) -> Interval {
        match self.period.to_ms - self.period.from_ms {
            length if length <= 2 * HOUR_MS => Interval::Minute,
            length if length <= 50 * HOUR_MS => Interval::Hour,
            length if length <= 93 * DAY_MS => Interval::Day,
            length if length <= 732 * DAY_MS => Interval::Week,
            _ => Interval::Month,
        }
    }

    fn starts(&self, from_ms: i64, to_ms: i64, interval: Interval) -> Result<Vec<i64>, AskError> {
        let limit = limits::TREND_BUCKETS;
        if let Some(starts) = zone::bucket_starts(&self.zone, (from_ms, to_ms), interval, limit)? {
            return Ok(starts);
        }
        let width_ms = |interval| match interval {
            Interval::Minute => MINUTE_MS,
            Interval::Hour => HOUR_MS,
            Interval::Day => DAY_MS,
            Interval::Week => 7 * DAY_MS,
            Interval::Month => 31 * DAY_MS,
        };
        let wider = [
            Interval::Hour,
            Interval::Day,
            Interval::Week,
            Interval::Month,
        ]
        .into_iter()
        .find(|&wider| (to_ms - from_ms) / width_ms(wider) < limit as i64 - 1)
        .unwrap_or(Interval::Month);
        Err(AskError::TooManyBuckets { interval, wider })
    }

    /// The n-th bucket is held against the n-th, but hours and minutes of calendar days against
    /// the same clock time, so that a clock change does not shift all that follows it.
    fn pairs(
        &self,
        starts: &[i64],
        previous: &[i64],
        interval: Interval,
    ) -> Result<Vec<Option<usize>>, AskError> {
        let Shape::Days {
            first,
            previous_first,
        } = self.shape
        else {
            return Ok((0..starts.len())
                .map(|i| (i < previous.len()).then_some(i))
                .collect());
        };
        if !matches!(interval, Interval::Minute | Interval::Hour) {
            return Ok((0..starts.len())
                .map(|i| (i < previous.len()).then_some(i))
                .collect());
        }
        let keys = self.clock_keys(previous, previous_first)?;
        let by_key: FxHashMap<ClockKey, usize> = keys
            .into_iter()
            .enumerate()
            .map(|(index, key)| (key, index))
            .collect();
        let keys = self.clock_keys(starts, first)?;
        Ok(keys.iter().map(|key| by_key.get(key).copied()).collect())
    }

    fn clock_keys(&self, starts: &[i64], first: Date) -> Result<Vec<ClockKey>, AskError> {
        let mut seen: FxHashMap<(i64, Time), u32> = FxHashMap::default();
        let key = |&start: &i64| {
            let at = self.zone.to_datetime(zone::timestamp(start)?);
            let day = days_between(first, at.date());
            let times = seen.entry((day, at.time())).or_insert(0);
            *times += 1;
            Ok((day, at.time(), *times))
        };
        starts.iter().map(key).collect()
    }
}

/// Days since the period's first, clock time, and which of the two when the clock shows it twice.
type ClockKey = (i64, Time, u32);
