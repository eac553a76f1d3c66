//! Lists of sessions: in which order, with the signals of frustration. What the signals are and
//! what is worth watching stands in docs/concepts/frustration.md.

use serde::{Deserialize, Serialize};

use crate::PersonKey;

/// In which order sessions are listed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum SessionOrder {
    /// The newest first.
    #[default]
    Newest,
    /// Those with the most and the worst signals first, of equal ones the newest.
    WorthWatching,
    /// Those that lasted longest first, of equal ones the newest.
    Longest,
    /// Those with the most errors that nobody caught first, of equal ones the newest.
    MostErrors,
    /// A few that stand for all, the one that stands for most first: at most
    /// [`REPRESENTATIVES`](crate::limits::REPRESENTATIVES), ten when no limit is given.
    Representative,
}

/// What is asked of the recordings of listed sessions. Only whoever has the recordings can answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordingsAsked {
    /// There is one that can be played.
    Recorded,
    /// There is one that can be played and the asking user has not seen it.
    Unseen,
}

/// A kind of signal of frustration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionSignal {
    /// Several clicks in one place, one soon after the other.
    RageClick,
    /// A click that an error follows within a second.
    ErrorClick,
    /// An error that nobody caught.
    Error,
    /// A click without effect.
    DeadClick,
    /// The pointer shaken to and fro.
    Thrash,
    /// A page left within ten seconds for the page before.
    UTurn,
    /// A page whose largest part was painted after more than four seconds.
    SlowPage,
}

impl SessionSignal {
    /// Every kind; of equal strength the first one is named.
    pub const ALL: [Self; 7] = [
        Self::RageClick,
        Self::ErrorClick,
        Self::Error,
        Self::DeadClick,
        Self::Thrash,
        Self::UTurn,
        Self::SlowPage,
    ];

    /// The name in the JSON and in answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RageClick => "rage_click",
            Self::ErrorClick => "error_click",
            Self::Error => "error",
            Self::DeadClick => "dead_click",
            Self::Thrash => "thrash",
            Self::UTurn => "u_turn",
            Self::SlowPage => "slow_page",
        }
    }
}

/// What people did with the recordings of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Marked {
    /// Recordings that have all these tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Recordings in this collection, by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collection: Option<String>,
    /// Recordings with notes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub notes: bool,
}

impl Marked {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.collection.is_none() && !self.notes
    }
}

/// How a question of kind `sessions` lists them. With it the answer has the columns on signals of
/// frustration and on what made each session pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionList {
    /// In which order; newest first when absent.
    #[serde(default)]
    pub order: SessionOrder,
    /// Of which signals each row tells the strongest, where it has one of them; of all when empty.
    /// For lists that are filtered by signals, so that rows speak of those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SessionSignal>,
    /// Only sessions whose recordings are so; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recordings: Option<RecordingsAsked>,
    /// Only sessions whose recordings are marked so; all when nothing is asked.
    #[serde(default, skip_serializing_if = "Marked::is_empty")]
    pub marked: Marked,
    /// Only sessions of this person, by its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonKey>,
}
