//! Annotations: what happened beside the numbers.

use serde::{Deserialize, Serialize};

/// What kind of thing happened.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationKind {
    /// Another version of the site.
    Release,
    /// Advertising, a newsletter, a sale.
    Campaign,
    /// Anything else.
    #[default]
    Other,
}

impl AnnotationKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Release, Self::Campaign, Self::Other];

    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Campaign => "campaign",
            Self::Other => "other",
        }
    }
}

/// What happened, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Annotation {
    /// What kind of thing.
    #[serde(default)]
    pub kind: AnnotationKind,
    /// What, in plain text, as "Version 2.4".
    pub text: String,
    /// When, or when it began; UTC, milliseconds since the epoch.
    pub from_ms: i64,
    /// When it was over; UTC, milliseconds since the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
}
