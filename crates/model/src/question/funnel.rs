//! Funnels: steps in order, within a window. What exactly is counted stands in
//! docs/concepts/funnels.md.

use serde::{Deserialize, Serialize};

use super::{Condition, Fact};

/// What goes through a funnel.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CountedBy {
    /// Persons, over all their sessions.
    #[default]
    Persons,
    /// Sessions; all steps within one.
    Sessions,
    /// Accounts, over all their persons.
    Accounts,
}

/// In which order steps are taken.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StepOrder {
    /// In the given order, with anything between them.
    #[default]
    Ordered,
    /// In the given order, with no other event between them but measurements.
    Strict,
    /// In any order.
    Any,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelStep {
    /// What it is called; the names when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Names of events, any of which will do; any event but measurements when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
    /// A step that may be left out; it is counted, but nobody is lost at it. Neither the first
    /// nor the last, and not with `any` order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// Events that end an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Names of events; any event but measurements when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
    /// After this step, from 1; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u32>,
    /// And before this one; the last when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u32>,
}

/// Which event gives the value by which a funnel is divided.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Attribution {
    /// That of the first step.
    #[default]
    First,
    /// That of the last step reached.
    Last,
    /// That of a given step; who has not reached it has no value.
    Step(u32),
}

/// Which rows a funnel answers with.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FunnelRows {
    /// One row per step.
    #[default]
    Steps,
    /// One row per interval in which attempts began, with entered, converted and their share.
    OverTime,
    /// One row per class of the time from the first to the last step.
    TimeToConvert,
}

/// A question of kind `funnel`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Funnel {
    /// 2 to 20 steps.
    pub steps: Vec<FunnelStep>,
    /// Their order.
    #[serde(default)]
    pub order: StepOrder,
    /// Time from the first to the last step at most, as `30m`, `7d`, `3mo` (a month is 30 days,
    /// a year 365); 14 days when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// Events that end an attempt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// What goes through it.
    #[serde(default)]
    pub by: CountedBy,
    /// What it is divided by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Fact>,
    /// Which event gives that value.
    #[serde(default)]
    pub attribution: Attribution,
    /// How many values, by the number that entered; the others are one row `(other)`. 10 when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    /// Which rows.
    #[serde(default)]
    pub rows: FunnelRows,
}
