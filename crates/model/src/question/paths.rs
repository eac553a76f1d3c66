//! Paths: what follows what within sessions. What exactly is counted stands in
//! docs/concepts/paths.md.

use serde::{Deserialize, Serialize};

use super::Condition;

/// What the steps of a path are.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PathSteps {
    /// Pages, by `pageview` events.
    #[default]
    Pages,
    /// Events by name, but measurements.
    Events,
}

/// Which rows the answer has.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PathRows {
    /// One row per edge: from one step to the next, and to the end.
    #[default]
    Edges,
    /// One row per whole path, largest first.
    Sequences,
}

/// A question of kind `paths`. With none of `from`, `to` and `through` paths begin where sessions
/// do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// What the steps are.
    #[serde(default)]
    pub steps: PathSteps,
    /// Paths that begin with this page or event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Paths that end with this page or event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Paths through this page or event: half of the depth before it, half after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Steps of a path, 2 to 10; 5 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// Patterns such as `/product/*`; what matches one is one step of that name. The first that
    /// matches counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Pages or events that are left out, as if they had not happened; patterns too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Conditions on the events that make steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
    /// Whether a step that follows itself is one step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub collapse: bool,
    /// Which rows.
    #[serde(default)]
    pub rows: PathRows,
}
