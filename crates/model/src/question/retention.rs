//! Who comes back: retention, lifecycle and stickiness. What exactly is counted stands in
//! docs/concepts/retention.md.

use serde::{Deserialize, Serialize};

use super::EventSelection;

/// Who belongs to a cohort.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CohortMode {
    /// Whose first start event ever lies in the interval; each person is in one cohort.
    #[default]
    FirstTime,
    /// Who has a start event in the interval; a person may be in several cohorts.
    Recurring,
}

/// When somebody counts as returned.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ReturnOn {
    /// With a return event in just that interval.
    #[default]
    Exactly,
    /// With a return event in that interval or a later one.
    OnOrAfter,
}

/// A question of kind `retention`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// What makes a person part of a cohort; any event when absent.
    #[serde(default)]
    pub start: EventSelection,
    /// What counts as coming back; any event when absent.
    #[serde(default, rename = "return")]
    pub return_to: EventSelection,
    /// Who belongs to a cohort.
    #[serde(default)]
    pub mode: CohortMode,
    /// When somebody counts as returned.
    #[serde(default)]
    pub on: ReturnOn,
    /// How many intervals after the cohort's own are shown, 1 to 100; as many as the period has
    /// when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intervals: Option<u32>,
}

/// A question of kind `lifecycle`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// What makes a person active in an interval; any event when absent.
    #[serde(default)]
    pub active: EventSelection,
}

/// A question of kind `stickiness`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Stickiness {
    /// What makes a person active in an interval; any event when absent.
    #[serde(default)]
    pub active: EventSelection,
}
