//! Times as tables write them: with a time zone or in one that is said beside, as numbers since
//! 1970, or by a pattern.

use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

use super::MappingError;
use crate::envelope::{TIME_MS_MAX, whole_i64};

/// Reads times.
#[derive(Debug, Clone)]
pub(super) struct Times {
    format: Format,
    zone: TimeZone,
}

#[derive(Debug, Clone)]
enum Format {
    Iso,
    EpochSeconds,
    EpochMilliseconds,
    Pattern(String),
}

impl Times {
    pub(super) fn new(format: &str, zone: &str) -> Result<Self, MappingError> {
        let known = TimeZoneDatabase::bundled().get(zone);
        let zone = known.map_err(|_| MappingError::TimeZone(zone.to_owned()))?;
        let format = match format {
            "iso" => Format::Iso,
            "epoch-s" => Format::EpochSeconds,
            "epoch-ms" => Format::EpochMilliseconds,
            pattern => {
                // What cannot be written and read back would refuse every line.
                let sample = Zoned::new(Timestamp::UNIX_EPOCH, zone.clone());
                let written = strtime::format(pattern, &sample).ok();
                let read = written.and_then(|text| pattern_time(pattern, &text, &zone));
                if read.is_none() {
                    return Err(MappingError::TimeFormat(pattern.to_owned()));
                }
                Format::Pattern(pattern.to_owned())
            }
        };
        Ok(Self { format, zone })
    }

    /// UTC milliseconds since the epoch.
    pub(super) fn read(&self, text: &str) -> Option<i64> {
        match &self.format {
            Format::Iso => {
                let exact = text.parse::<Timestamp>().ok();
                exact
                    .or_else(|| in_zone(text.parse().ok()?, &self.zone))
                    .map(Timestamp::as_millisecond)
            }
            Format::EpochSeconds => epoch(text, 1000.0),
            Format::EpochMilliseconds => epoch(text, 1.0),
            Format::Pattern(pattern) => {
                pattern_time(pattern, text, &self.zone).map(Timestamp::as_millisecond)
            }
        }
    }

    /// What a time should look like, and what else could be meant.
    pub(super) fn wanted(&self) -> String {
        let wanted = match &self.format {
            Format::Iso => "like 2026-01-31T12:00:00Z or 2026-01-31 12:00:00",
            Format::EpochSeconds => "in seconds since 1970",
            Format::EpochMilliseconds => "in milliseconds since 1970",
            Format::Pattern(pattern) => {
                return format!("of the pattern {pattern}; mend it, or say another --time-format");
            }
        };
        format!("{wanted}; say what it is with --time-format, as %d.%m.%Y or epoch-s")
    }
}

fn epoch(text: &str, ms: f64) -> Option<i64> {
    let number: f64 = text.parse().ok()?;
    let time_ms = (number * ms).round();
    (time_ms.abs() <= TIME_MS_MAX).then(|| whole_i64(time_ms))
}

fn pattern_time(pattern: &str, text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let parsed = BrokenDownTime::parse(pattern, text).ok()?;
    // A time with an offset, or one counted since the epoch, needs no zone.
    let exact = parsed.to_timestamp().ok();
    exact.or_else(|| in_zone(parsed.to_datetime().ok()?, zone))
}

/// The instant of a time of day; where clocks are put back the first of the two, where they are
/// put forward as much later as the gap is long.
fn in_zone(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(time).compatible().ok()
}
