//! Distribution of a property, and correlation: what tells those who converted from those who did
//! not. What exactly is counted stands in docs/concepts/distribution.md and correlation.md.

use serde::{Deserialize, Serialize};

use super::{EventSelection, Fact};

/// A question of kind `distribution`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Distribution {
    /// Of what: numbers go into classes, anything else is counted by value. A property of the
    /// person counts once a person, one of the account once an account.
    pub fact: Fact,
    /// Of which events; any when absent.
    #[serde(default)]
    pub events: EventSelection,
    /// About how many classes of equal width, 1 to 200; 20 when absent. Their bounds are readable
    /// numbers, so there are mostly fewer, and at most one more. For other values how many rows,
    /// the others being one row `(other)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<u32>,
}

/// A question of kind `correlation`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Correlation {
    /// Who is looked at: persons with such an event; all with an event when absent.
    #[serde(default)]
    pub start: EventSelection,
    /// What converting is: such an event at or after the person's first start, within the period.
    pub goal: EventSelection,
    /// Facts whose values are held against converting, beside the names of events, at most
    /// [`crate::limits::CORRELATION_FACTS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// How many persons must have had a value, and how many must not have, 1 to 1,000,000; 30 when
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cases_min: Option<u32>,
}
