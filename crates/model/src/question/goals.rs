//! Goals: conditions that a session reaches or not, with an optional value. What exactly is
//! counted stands in docs/concepts/goals.md.

use serde::{Deserialize, Serialize};

use super::{Condition, EventSelection, Fact};

/// One goal. A session reaches it when it has the events and passes the filters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// What it is called; no two goals alike.
    pub label: String,
    /// Id of a saved goal that is meant; then only the label stands beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// An event that the session must have, as a `pageview` with a condition on `page`; the first
    /// such event is when the goal is reached. Without it the session's start is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventSelection>,
    /// What the session must be: numbers such as `duration_ms` and `pageviews`, source, person.
    /// It passes when one of its events does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
    /// In how many sessions of the period a person must reach it; the session in which that
    /// number is reached counts, and no other. When absent every session that reaches it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<u32>,
    /// What reaching it is worth, in thousandths of the currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_thousandths: Option<i64>,
    /// Or the event's property that says what it is worth, as `amount`, added up over all such events
    /// of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value_property: Option<String>,
    /// In which currency the value is, as `EUR`: amounts of events whose property `currency` says
    /// another one are left out. When absent a fixed value is in the site's, and amounts of a
    /// property are added up in whatever currencies they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// A goal as conditions use it, `{"goal": ID}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedGoal {
    /// Public id.
    pub id: String,
    /// What reaches it.
    pub goal: Goal,
}

/// A question of kind `goals`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Goals {
    /// 1 to 20 goals.
    pub goals: Vec<Goal>,
    /// What they are divided by: a fact of the session, as the source, or of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<Fact>,
    /// How many values, by sessions; the others are one row `(other)`. 10 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    /// A row per interval and goal, by the time at which sessions start; in place of a breakdown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub over_time: bool,
}
