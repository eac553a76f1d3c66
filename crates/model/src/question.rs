//! Questions and answers: the one language of dashboard, API, command line and engine.
//!
//! A question is plain data; nothing in it is computed before it is asked. Times in an answer are
//! UTC milliseconds, and each column says its unit.

use serde::{Deserialize, Serialize};

use crate::Dimension;

/// What kind of answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One row with each measure over the whole period.
    Totals,
    /// One row per interval with each measure.
    Trend,
    /// One row per value of a dimension with each measure, largest first.
    Breakdown,
    /// One row per session, newest first.
    Sessions,
}

impl QuestionKind {
    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Totals => "totals",
            Self::Trend => "trend",
            Self::Breakdown => "breakdown",
            Self::Sessions => "sessions",
        }
    }
}

/// A number about events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Exact number of different persons with a counted event.
    Persons,
    /// Exact number of different visitors (browsers) with a counted event.
    Visitors,
    /// Sessions, counted where they start.
    Sessions,
    /// `pageview` events.
    Pageviews,
    /// All events but the measurements `page_leave` and `web_vital`, which count too when the
    /// question filters or breaks down by event.
    Events,
    /// Share of sessions with one pageview, less than 10 s engaged and no event of the site's own.
    BounceRate,
    /// Median over sessions of the engaged time.
    EngagedTime,
    /// Pageviews a session.
    PagesPerSession,
}

impl Measure {
    /// Every measure, in a stable order.
    pub const ALL: [Self; 8] = [
        Self::Persons,
        Self::Visitors,
        Self::Sessions,
        Self::Pageviews,
        Self::Events,
        Self::BounceRate,
        Self::EngagedTime,
        Self::PagesPerSession,
    ];

    /// The name in questions and of the answer's column.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Persons => "persons",
            Self::Visitors => "visitors",
            Self::Sessions => "sessions",
            Self::Pageviews => "pageviews",
            Self::Events => "events",
            Self::BounceRate => "bounce_rate",
            Self::EngagedTime => "engaged_time",
            Self::PagesPerSession => "pages_per_session",
        }
    }

    /// The unit of its column.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Persons | Self::Visitors | Self::Sessions | Self::Pageviews | Self::Events => {
                Unit::Count
            }
            Self::BounceRate => Unit::Share,
            Self::EngagedTime => Unit::Ms,
            Self::PagesPerSession => Unit::Ratio,
        }
    }

    /// True for numbers about whole sessions, which count where they start.
    #[must_use]
    pub const fn is_of_sessions(self) -> bool {
        matches!(
            self,
            Self::Sessions | Self::BounceRate | Self::EngagedTime | Self::PagesPerSession
        )
    }
}

/// Unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole number of things.
    Count,
    /// 0 to 1.
    Share,
    /// Milliseconds of duration.
    Ms,
    /// UTC milliseconds since the epoch.
    TimeMs,
    /// A number without unit.
    Ratio,
    /// Words.
    Text,
    /// An id of 32 hexadecimal digits.
    Id,
    /// True or false.
    Boolean,
}

/// Width of a trend's buckets, in the question's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Sixty seconds.
    Minute,
    /// Clock hour; the hour that a clock change repeats is two buckets.
    Hour,
    /// Calendar day.
    Day,
    /// Seven days from Monday.
    Week,
    /// Calendar month.
    Month,
}

impl Interval {
    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

/// Which time is asked about. Calendar days are those of the question's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Period {
    /// `{"last": "7d"}`: a number and `m`, `h`, `d`, `w`, `mo` or `y`, up to now: whole minutes or
    /// hours that end with the running one; the others are whole calendar days that end with
    /// today.
    Last {
        /// The span.
        last: String,
    },
    /// `{"from": "2026-01-01", "to": "2026-01-31"}`: calendar days, both included.
    Days {
        /// First day.
        from: String,
        /// Last day.
        to: String,
    },
    /// `{"from_ms": …, "to_ms": …}`: from, included, to, excluded.
    Span {
        /// UTC, milliseconds since the epoch.
        from_ms: i64,
        /// UTC, milliseconds since the epoch.
        to_ms: i64,
    },
}

/// What the period is held against.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// Nothing.
    #[default]
    None,
    /// The period of equal length just before, for whole calendar months as many months; of a
    /// running period up to the same time of it.
    Previous,
}

/// Which senders count.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Bots {
    /// People only.
    #[default]
    Exclude,
    /// Everybody.
    Include,
    /// Bots only.
    Only,
}

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal to one of the values.
    Is,
    /// Equal to none of the values.
    IsNot,
    /// Contains one of the values, case-insensitively.
    Contains,
    /// Contains none of the values.
    DoesNotContain,
}

/// One condition. A filter on a fact of the session keeps or drops whole sessions; filters on
/// facts of an event (event, host, page, title) keep single events, and a session counts when one
/// of its events passes all of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// What is looked at.
    pub dimension: Dimension,
    /// How.
    pub operator: Operator,
    /// With what; an empty text stands for "unknown".
    pub values: Vec<String>,
}

/// A question over the events of one site.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What kind of answer.
    pub kind: QuestionKind,
    /// Which time.
    pub period: Period,
    /// IANA time zone; the site's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// What it is held against.
    #[serde(default)]
    pub compare: Compare,
    /// Which numbers; for `sessions` none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// For `trend`; chosen by the length of the period when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// For `breakdown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// Which senders count.
    #[serde(default)]
    pub bots: Bots,
    /// Rows of a breakdown (10 when absent) or of a list of sessions (100 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// One column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Column {
    /// `sessions`, `channel`, …; the compared period's column ends in `_previous`.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
}

/// One value of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Cell {
    /// A whole number.
    Count(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Words.
    Text(String),
    /// There is no value, as the bounce rate of no sessions.
    Missing(Option<()>),
}

impl Cell {
    /// No value.
    pub const MISSING: Self = Self::Missing(None);
}

/// A period after "last 7 days" has become two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResolvedPeriod {
    /// First millisecond.
    pub from_ms: i64,
    /// First millisecond after it.
    pub to_ms: i64,
}

/// What was asked, what came out, and what it was counted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answer {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has one cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// Rows before the limit.
    pub rows_total: u64,
    /// The period that was counted.
    pub period: ResolvedPeriod,
    /// The period that it is held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<ResolvedPeriod>,
    /// Time zone of days, weeks and months.
    pub time_zone: String,
    /// Width of a trend's buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// What it was counted on; equal versions give equal answers.
    pub data_version: String,
    /// Events that were looked at.
    pub rows_scanned: u64,
    /// Events of bots that were left out.
    pub bot_events: u64,
    /// Events and chunks that senders reported lost in the period.
    pub lost_events: u64,
    /// Time the engine took, in microseconds.
    pub took_us: u64,
    /// What could not be read, in words; empty when the answer is whole.
    pub missing: Vec<String>,
}
