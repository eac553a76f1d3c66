//! What is said when an alert fires: one document, which webhooks get as it is and from which mails
//! are written. It names no visitor; its link leads to the insight, and through it to the people.

use hitmetrix_model::{AlertBucket, AlertCondition, AlertSide, AlertWatch, Site, Unit};
use hitmetrix_store::settings::{Insight, KnownAlert};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::judge::Verdict;
use super::series::{Numbers, Point};
use crate::app::App;
use crate::egress::mail::{Block, Mail};

const HOUR_MS: i64 = 3_600_000;
/// Buckets before the judged one that the link shows.
const SHOWN_BEFORE: i64 = 30;
/// Parts of Explore's address that say which time is shown.
const PERIOD_PARTS: [&str; 5] = ["last", "from", "to", "from_ms", "to_ms"];

/// Something with an id and a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Named {
    /// Public id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// The body of a webhook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AlertMessage {
    /// `alert.fired`, or `alert.test` for a message that somebody asked for to try it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The alert.
    pub alert: Named,
    /// The site; its id is a number.
    pub site: Named,
    /// The insight.
    pub insight: Named,
    /// The column that is watched.
    pub column: String,
    /// The number, in the column's unit.
    pub value: Option<f64>,
    /// The unit.
    pub unit: Unit,
    /// What happened, in a sentence.
    pub said: String,
    /// Start of the bucket; UTC, milliseconds since the epoch.
    pub from_ms: i64,
    /// Its end; UTC, milliseconds since the epoch.
    pub to_ms: i64,
    /// The insight in the dashboard, over the time around it.
    pub link: String,
}

impl AlertMessage {
    /// The message of an alert about a point.
    #[must_use]
    pub fn of(
        app: &App,
        (known, insight, site): (&KnownAlert, &Insight, &Site),
        (numbers, point): (&Numbers, &Point),
        said: &str,
    ) -> Self {
        Self {
            kind: "alert.fired".to_owned(),
            alert: Named {
                id: known.id.clone(),
                name: known.alert.name.clone(),
            },
            site: Named {
                id: site.id.to_string(),
                name: site.name.clone(),
            },
            insight: Named {
                id: insight.id.clone(),
                name: insight.name.clone(),
            },
            column: numbers.watch.column.clone(),
            value: point.value,
            unit: numbers.unit,
            said: said.to_owned(),
            from_ms: point.from_ms,
            to_ms: point.to_ms,
            link: link(app, (site, insight), point),
        }
    }

    /// The same as a mail.
    #[must_use]
    pub fn mail(&self) -> Mail {
        let test = if self.kind == "alert.test" {
            "Test: "
        } else {
            ""
        };
        Mail {
            subject: format!("{test}{} ({})", self.alert.name, self.site.name),
            blocks: vec![
                Block::Text(self.said.clone()),
                Block::Link(format!("Open “{}”", self.insight.name), self.link.clone()),
                Block::Text(format!(
                    "The alert “{}” of the site {} sent this. Whoever may edit the site can mute \
                     or change it under Alerts.",
                    self.alert.name, self.site.name
                )),
            ],
        }
    }
}

/// The insight in the dashboard, up to the end of the point.
fn link(app: &App, (site, insight): (&Site, &Insight), point: &Point) -> String {
    let width_ms = (point.to_ms - point.from_ms).max(HOUR_MS);
    let from_ms = point.from_ms - SHOWN_BEFORE * width_ms;
    let mut link = format!(
        "{}/sites/{}/explore?insight={}",
        app.config.origin(),
        site.id,
        insight.id
    );
    let parts = insight.address.split('&').filter(|part| {
        let name = part.split('=').next().unwrap_or(part);
        !part.is_empty() && !PERIOD_PARTS.contains(&name)
    });
    for part in parts {
        link.push('&');
        link.push_str(part);
    }
    link.push_str(&format!("&from_ms={from_ms}&to_ms={}", point.to_ms));
    link
}

/// A verdict in a sentence: the number, its time, and what it is held against.
#[must_use]
pub fn sentence(
    (insight, watch): (&str, &AlertWatch),
    (numbers, point): (&Numbers, &Point),
    verdict: &Verdict,
) -> String {
    let when = time(point, watch.bucket, &numbers.time_zone);
    let what = format!("{insight}{}", words(numbers));
    let (fires, expected) = match verdict {
        Verdict::Unknown(why) => return format!("{what}, {when}: {why}"),
        Verdict::Judged { fires, expected } => (*fires, *expected),
    };
    let said = |value: f64| number(value, numbers.unit);
    let value = point.value.map_or_else(|| "no number".to_owned(), said);
    let limit = match expected {
        (Some(low), _) if point.value.is_some_and(|value| value < low) => {
            Some(format!("below {}", said(low)))
        }
        (_, Some(high)) if point.value.is_some_and(|value| value > high) => {
            Some(format!("above {}", said(high)))
        }
        _ => None,
    };
    let against = match watch.condition {
        AlertCondition::Threshold { .. } => String::new(),
        AlertCondition::Change { percent, side, .. } => {
            let change = match side {
                AlertSide::Above => "a rise",
                AlertSide::Below => "a fall",
                AlertSide::Either => "a change",
            };
            format!(", {change} of more than {percent} %")
        }
        AlertCondition::Anomaly { .. } => ", outside its usual range".to_owned(),
    };
    match (fires, limit) {
        (true, Some(limit)) => format!("{what}: {value} {when}, {limit}{against}"),
        _ => format!("{what}: {value} {when}, as it should be"),
    }
}

/// The column and the row, where there are several.
fn words(numbers: &Numbers) -> String {
    let watch = &numbers.watch;
    let mut text = String::new();
    if numbers.columns.len() > 1 {
        text.push_str(&format!(", {}", watch.column.replace('_', " ")));
    }
    for cell in watch.row.values().filter(|_| numbers.rows.len() > 1) {
        if let hitmetrix_model::Cell::Text(word) = cell {
            text.push_str(&format!(" of {word}"));
        }
    }
    text
}

/// A number with its unit as people read it.
#[must_use]
pub fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{:.1} %", value * 100.0),
        Unit::Ms if value.abs() >= 60_000.0 => format!("{:.1} min", value / 60_000.0),
        Unit::Ms if value.abs() >= 1000.0 => format!("{:.1} s", value / 1000.0),
        Unit::Ms => format!("{value:.0} ms"),
        _ if value.fract() == 0.0 && value.abs() < 1e15 => grouped(value),
        _ => format!("{value:.2}"),
    }
}

/// A whole number with a comma every three digits.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 {
        format!("-{text}")
    } else {
        text
    }
}

fn time(point: &Point, bucket: AlertBucket, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let at = |ms: i64, form: &str| {
        let at = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
        at.to_zoned(zone.clone()).strftime(form).to_string()
    };
    match bucket {
        AlertBucket::Hour => format!(
            "from {} to {}",
            at(point.from_ms, "%a %-d %b, %H:%M"),
            at(point.to_ms, "%H:%M")
        ),
        AlertBucket::Day => format!("on {}", at(point.from_ms, "%a %-d %b")),
        AlertBucket::Week => format!("in the week of {}", at(point.from_ms, "%a %-d %b")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_with_their_units() {
        for (value, unit, expected) in [
            (1_234_567.0, Unit::Count, "1,234,567"),
            (-999.0, Unit::Ratio, "-999"),
            (0.1234, Unit::Share, "12.3 %"),
            (1_500.0, Unit::Ms, "1.5 s"),
            (90_000.0, Unit::Ms, "1.5 min"),
            (2.345, Unit::Ratio, "2.35"),
        ] {
            assert_eq!(number(value, unit), expected);
        }
    }
}
