//! Series of a trend: what is counted of which events, formulas over them, and how the answer is
//! divided.

use serde::{Deserialize, Serialize};

use super::{Condition, Fact};

/// What is counted of the events of a series.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// The events.
    #[default]
    Count,
    /// Different persons.
    Persons,
    /// Different sessions with such an event.
    Sessions,
    /// Different accounts.
    Accounts,
    /// Sum of the property.
    Sum,
    /// Mean of the property over the events that have it as a number.
    Average,
    /// Least value of the property.
    Minimum,
    /// Greatest value of the property.
    Maximum,
    /// Middle value of the property; between two, their mean.
    Median,
    /// Value of the property below which 75 % lie (nearest rank).
    P75,
    /// As `p75`, 90 %.
    P90,
    /// As `p75`, 95 %.
    P95,
    /// As `p75`, 99 %.
    P99,
    /// Events a person; with a property its sum a person.
    PerPerson,
}

impl Aggregate {
    /// True when it is about a property's numbers and makes no sense without one.
    #[must_use]
    pub const fn needs_property(self) -> bool {
        matches!(
            self,
            Self::Sum
                | Self::Average
                | Self::Minimum
                | Self::Maximum
                | Self::Median
                | Self::P75
                | Self::P90
                | Self::P95
                | Self::P99
        )
    }
}

/// One series.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// What its column is called; `A`, `B`, … by position when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Names of events; any event but measurements when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
    /// What is counted.
    #[serde(default)]
    pub aggregate: Aggregate,
    /// The event's property whose numbers are looked at; for `sum`, `average`, `minimum`,
    /// `maximum`, `median`, the percentiles, and if wanted `per_person`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// Only each person's first such event ever, before the period too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first_time: bool,
}

/// For `trend` in place of `measures`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrendSeries {
    /// 1 to 26 series, named `A`, `B`, … in formulas.
    pub series: Vec<Series>,
    /// Columns computed from the series: `A / B`, `(A - B) * 100`. A division by zero has no
    /// value. They are computed from the values as the row shows them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formulas: Vec<String>,
    /// Up to three facts; one row per interval and combination of values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breakdown: Vec<Fact>,
    /// How many combinations, by the first series over the whole period; the others are one row
    /// `(other)`. 10 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    /// Each value is that of the period up to and including the interval: sums and counts are
    /// added up, unique counts are counted anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cumulative: bool,
    /// One row for the whole period in place of one per interval.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
    /// Each value is the mean of so many intervals that end with its own, fewer at the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moving_average: Option<u32>,
}
