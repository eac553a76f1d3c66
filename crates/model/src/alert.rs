//! Alerts: what of a saved insight is watched, when somebody is told, and who. How it is judged
//! stands in docs/concepts/alerts.md.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Cell;

/// Width of the buckets that an alert looks at.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertBucket {
    /// Clock hours.
    Hour,
    /// Calendar days of the question's time zone.
    #[default]
    Day,
    /// Seven days from Monday.
    Week,
}

impl AlertBucket {
    /// The word, as in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// Its width; days and weeks in which the clock changes are an hour longer or shorter.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        match self {
            Self::Hour => 60,
            Self::Day => 24 * 60,
            Self::Week => 7 * 24 * 60,
        }
    }
}

/// On which side of what is expected a number has to be.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertSide {
    /// Only above it.
    Above,
    /// Only below it.
    Below,
    /// On either side.
    #[default]
    Either,
}

/// What a changed number is held against.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertAgainst {
    /// The bucket before.
    #[default]
    Before,
    /// The same hour or day of the week before; for weeks the week before.
    WeekBefore,
}

/// When an alert fires.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum AlertCondition {
    /// The number of the last full bucket is above or below a value; `either` means unequal.
    Threshold {
        /// Which side fires.
        side: AlertSide,
        /// The value, in the unit of the column: shares are 0 to 1, durations milliseconds.
        value: f64,
    },
    /// It changed by more than so many percent.
    Change {
        /// Which direction fires.
        #[serde(default)]
        side: AlertSide,
        /// Percent, more than 0.
        percent: f64,
        /// Against what.
        #[serde(default)]
        against: AlertAgainst,
    },
    /// It lies outside the band of the same hours or days of the weeks before.
    Anomaly {
        /// Which side fires.
        #[serde(default)]
        side: AlertSide,
        /// Half of the band's width in robust standard deviations, 1 to 20; 3.5 when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<f64>,
    },
}

/// What is watched of an insight: a column of its answer over time, and which of its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertWatch {
    /// Id of a saved insight.
    pub insight: String,
    /// A column of its answer with a row per time: `sessions`, `A`, of a funnel `share`, of goals
    /// `conversion_rate`, of retention `interval_1`, which is the share that came back.
    pub column: String,
    /// Cells that tell the row of one time from the others, as `{"goal": "Order"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(value_type = Object)]
    pub row: BTreeMap<String, Cell>,
    /// Width of the buckets.
    #[serde(default)]
    pub bucket: AlertBucket,
    /// When it fires.
    pub condition: AlertCondition,
}

/// An alert without its destinations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Unique among those of its site that are not archived.
    pub name: String,
    /// What is watched.
    pub watch: AlertWatch,
    /// Minutes between two checks.
    pub every_minutes: u32,
    /// Hours after a message in which no other is sent.
    pub cool_down_hours: u32,
    /// E-mail addresses that are told.
    pub emails: Vec<String>,
}

/// How an alert stands after its last check.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// Not checked yet.
    #[default]
    New,
    /// The number is as it should be.
    Ok,
    /// It is not.
    Firing,
    /// It cannot be told.
    Unknown,
}

impl AlertState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::New, Self::Ok, Self::Firing, Self::Unknown];

    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ok => "ok",
            Self::Firing => "firing",
            Self::Unknown => "unknown",
        }
    }
}
