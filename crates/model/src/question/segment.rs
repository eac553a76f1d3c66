//! Segments: saved conditions with a name, on sessions or on persons. What exactly is in one
//! stands in docs/concepts/segments.md.

use serde::{Deserialize, Serialize};

use super::{Condition, SavedGoal};

/// What a segment is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentOf {
    /// Sessions: one is in it when all conditions hold for at least one of its events.
    Sessions,
    /// Persons: one is in it when all conditions hold for at least one of their events in the
    /// question's period.
    Persons,
}

impl SegmentOf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sessions, Self::Persons];

    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Persons => "persons",
        }
    }
}

/// Saved conditions, as questions use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Public id; never a name of another one's.
    pub id: String,
    /// Unique on its site.
    pub name: String,
    /// What it is of.
    pub of: SegmentOf,
    /// All must hold; may name other segments.
    pub conditions: Vec<Condition>,
}

/// What the conditions of one site may name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Saved {
    /// Its segments.
    pub segments: Vec<Segment>,
    /// Its goals, archived ones too.
    pub goals: Vec<SavedGoal>,
}
