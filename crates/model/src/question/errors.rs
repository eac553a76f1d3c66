//! Errors of pages, grouped. What exactly is one group stands in docs/concepts/errors.md.

use serde::{Deserialize, Serialize};

/// What makes two errors one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorsBy {
    /// Message, script, line and column; message and script without what changes.
    #[default]
    Place,
    /// The message without what changes, wherever it came from.
    Message,
}

/// In which order groups of errors are listed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ErrorOrder {
    /// Those with the most sessions first.
    #[default]
    Sessions,
    /// Those with the most errors first.
    Errors,
    /// Those first that were seen for the first time most lately.
    Newest,
    /// Those first that were seen most lately.
    Latest,
}

/// How a question of kind `errors` lists them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorGroups {
    /// What makes two errors one; message and place when absent.
    #[serde(default)]
    pub by: ErrorsBy,
    /// In which order; those with the most sessions first when absent.
    #[serde(default)]
    pub order: ErrorOrder,
}
