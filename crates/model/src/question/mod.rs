//! Questions and answers: the one language of dashboard, API, command line and engine.
//!
//! A question is plain data; nothing in it is computed before it is asked. Times in an answer are
//! UTC milliseconds, and each column says its unit.

mod answer;
mod condition;
mod distribution;
mod errors;
mod forms;
mod funnel;
mod goals;
mod heatmap;
mod listing;
mod paths;
mod person_list;
mod retention;
mod segment;
mod series;
mod walk;

use serde::{Deserialize, Serialize};

use crate::Dimension;

pub use answer::{Answer, Cell, CellAddress, Column, PeopleQuestion, ResolvedPeriod, Unit};
pub use condition::{
    Behaviour, Condition, DimensionFact, EventSelection, Fact, Filter, Level, Operator,
    PropertyFact, PropertyFilter, SessionFilter, SessionNumber, join_places, place_of,
};
pub use distribution::{Correlation, Distribution};
pub use errors::{ErrorGroups, ErrorOrder, ErrorsBy};
pub use forms::Forms;
pub use funnel::{Attribution, CountedBy, Exclusion, Funnel, FunnelRows, FunnelStep, StepOrder};
pub use goals::{Goal, Goals, SavedGoal};
pub use heatmap::{Heatmap, HeatmapRows, HeatmapToldBy};
pub use listing::{Marked, RecordingsAsked, SessionList, SessionOrder, SessionSignal};
pub use paths::{PathRows, PathSteps, Paths};
pub use person_list::{ListedBy, OrderValue, PersonList, PersonListQuestion, PersonOrder};
pub use retention::{CohortMode, Lifecycle, Retention, ReturnOn, Stickiness};
pub use segment::{Saved, Segment, SegmentOf};
pub use series::{Aggregate, Series, TrendSeries};

/// What kind of answer is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// One row with each measure over the whole period.
    Totals,
    /// One row per interval with each measure, or with each of `trend.series`.
    Trend,
    /// One row per value of a dimension with each measure, largest first.
    Breakdown,
    /// One row per session, newest first unless `sessions` says otherwise.
    Sessions,
    /// How many go through steps in order; see `funnel`.
    Funnel,
    /// Who comes back after a first event; see `retention`.
    Retention,
    /// What follows what; see `paths`.
    Paths,
    /// New, returning, resurrecting and dormant persons per interval; see `lifecycle`.
    Lifecycle,
    /// How many persons were active in how many intervals; see `stickiness`.
    Stickiness,
    /// Sessions that reach goals; see `goals`.
    Goals,
    /// How the values of a property are distributed; see `distribution`.
    Distribution,
    /// What tells those who converted from those who did not; see `correlation`.
    Correlation,
    /// Errors of pages, grouped; see `errors`.
    Errors,
    /// Forms and their fields; see `forms`.
    Forms,
    /// Where on pages visitors click and how far they scroll; see `heatmap`.
    Heatmap,
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
            Self::Funnel => "funnel",
            Self::Retention => "retention",
            Self::Paths => "paths",
            Self::Lifecycle => "lifecycle",
            Self::Stickiness => "stickiness",
            Self::Goals => "goals",
            Self::Distribution => "distribution",
            Self::Correlation => "correlation",
            Self::Errors => "errors",
            Self::Forms => "forms",
            Self::Heatmap => "heatmap",
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
    /// All events but the measurements `page_leave`, `web_vital` and `form_view`, which count too
    /// when the question filters or breaks down by event.
    Events,
    /// Share of sessions with one pageview, less than 10 s engaged and no event of the site's own.
    BounceRate,
    /// Median over sessions of the engaged time.
    EngagedTime,
    /// Pageviews a session.
    PagesPerSession,
    /// Median over sessions of the time from the first to the last event.
    SessionDuration,
}

impl Measure {
    /// Every measure, in a stable order.
    pub const ALL: [Self; 9] = [
        Self::Persons,
        Self::Visitors,
        Self::Sessions,
        Self::Pageviews,
        Self::Events,
        Self::BounceRate,
        Self::EngagedTime,
        Self::PagesPerSession,
        Self::SessionDuration,
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
            Self::SessionDuration => "session_duration",
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
            Self::EngagedTime | Self::SessionDuration => Unit::Ms,
            Self::PagesPerSession => Unit::Ratio,
        }
    }

    /// True for numbers about whole sessions, which count where they start.
    #[must_use]
    pub const fn is_of_sessions(self) -> bool {
        matches!(
            self,
            Self::Sessions
                | Self::BounceRate
                | Self::EngagedTime
                | Self::PagesPerSession
                | Self::SessionDuration
        )
    }
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
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a period is {\"last\": \"7d\"}, {\"from\": \"2026-01-01\", \"to\": \"2026-01-31\"} or \
                 {\"from_ms\": …, \"to_ms\": …}"
)]
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
    /// The same of the year before: 364 days earlier, so that weekdays meet, for whole calendar
    /// months the same months; of a running period up to the same time of it.
    Year,
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
    /// For `trend`, and funnels and goals over time, chosen by the length of the period when
    /// absent; for
    /// `retention`, `lifecycle` and `stickiness`, days when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// For `breakdown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Dimension>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
    /// Which senders count.
    #[serde(default)]
    pub bots: Bots,
    /// Rows of a breakdown (10 when absent), or of a list of sessions, errors or forms, or of a
    /// heatmap (100 when absent).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// For `trend`, in place of `measures`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<TrendSeries>,
    /// For `funnel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funnel: Option<Funnel>,
    /// For `retention`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// For `paths`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Paths>,
    /// For `lifecycle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// For `stickiness`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stickiness: Option<Stickiness>,
    /// For `goals`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goals: Option<Goals>,
    /// For `distribution`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// For `correlation`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Correlation>,
    /// For `errors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<ErrorGroups>,
    /// For `forms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forms: Option<Forms>,
    /// For `heatmap`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heatmap: Option<Heatmap>,
    /// For `sessions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<SessionList>,
}

impl Question {
    /// A question that has only a kind and a period.
    #[must_use]
    pub fn new(kind: QuestionKind, period: Period) -> Self {
        Self {
            kind,
            period,
            time_zone: None,
            compare: Compare::None,
            measures: Vec::new(),
            interval: None,
            dimension: None,
            filters: Vec::new(),
            bots: Bots::Exclude,
            limit: None,
            trend: None,
            funnel: None,
            retention: None,
            paths: None,
            lifecycle: None,
            stickiness: None,
            goals: None,
            distribution: None,
            correlation: None,
            errors: None,
            forms: None,
            heatmap: None,
            sessions: None,
        }
    }
}
