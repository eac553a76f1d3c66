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
    /// One row per edge: from one step to the next, and to the end, which has no name.
    #[default]
    Edges,
    /// One row per whole path, largest first.
    Sequences,
}

/// A question of kind `paths`. With none of `from`, `to` and `through` paths begin where sessions
/// do; more than one of them is refused. `limit` of the question is, of edges, how many steps
/// have a name at each position (10 when absent; the others are `(other)`), and of sequences how
/// many rows there are (20 when absent).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// What the steps are.
    #[serde(default)]
    pub steps: PathSteps,
    /// Paths that begin with this page, event or group, where a session has it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Paths that end with this page, event or group, where a session has it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Paths through this page, event or group, where a session has it first: half of the other
    /// steps before it, half after it, of an odd number one more after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Steps of a path, 2 to 10; 5 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depth: Option<u32>,
    /// Patterns such as `/product/*`, where `*` is any run of characters; what matches one is one
    /// step of that name. The first that matches counts.
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
