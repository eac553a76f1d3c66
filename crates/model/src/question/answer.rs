//! Answers: columns with their units, rows, and what they were counted on.

use serde::{Deserialize, Serialize};

use super::{Interval, Question, SessionList};

/// Unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole number of things.
    Count,
    /// 0 to 1.
    Share,
    /// Milliseconds of duration.
    Ms,
    /// UTC milliseconds since the epoch.
    TimeMs,
    /// A number without unit.
    Ratio,
    /// Words.
    Text,
    /// An id of 32 hexadecimal digits.
    Id,
    /// True or false.
    Boolean,
}

/// One column of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Column {
    /// `sessions`, `channel`, …; the compared period's column ends in `_previous`.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
}

/// One value of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Cell {
    /// A whole number.
    Count(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// Words.
    Text(String),
    /// There is no value, as the bounce rate of no sessions.
    Missing(Option<()>),
}

impl Cell {
    /// No value.
    pub const MISSING: Self = Self::Missing(None);
}

/// A period after "last 7 days" has become two times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResolvedPeriod {
    /// First millisecond.
    pub from_ms: i64,
    /// First millisecond after it.
    pub to_ms: i64,
}

/// What was asked, what came out, and what it was counted on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answer {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has one cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// Rows before the limit.
    pub rows_total: u64,
    /// Different persons behind all rows, where the rows are the people behind a cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persons_total: Option<u64>,
    /// The period that was counted.
    pub period: ResolvedPeriod,
    /// The period that it is held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<ResolvedPeriod>,
    /// Time zone of days, weeks and months.
    pub time_zone: String,
    /// Width of a trend's buckets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// What it was counted on; equal versions give equal answers.
    pub data_version: String,
    /// Events that were looked at.
    pub rows_scanned: u64,
    /// Events of bots that were left out.
    pub bot_events: u64,
    /// Events and chunks that senders reported lost in the period.
    pub lost_events: u64,
    /// Time the engine took, in microseconds.
    pub took_us: u64,
    /// What could not be read, in words; empty when the answer is whole.
    pub missing: Vec<String>,
}

/// One cell of an answer: its column, and its row by the cells of the columns that name it, as
/// `{"column": "persons", "row": {"page": "/cart"}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CellAddress {
    /// Name of the column.
    pub column: String,
    /// Cells of the row that tell it from the others; further ones are ignored. Without any, all
    /// cohorts of a retention are meant.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub row: std::collections::BTreeMap<String, Cell>,
}

/// Who stands behind a cell of an answer: the same question, and the cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleQuestion {
    /// The question whose answer has the cell.
    pub question: Question,
    /// The cell.
    pub cell: CellAddress,
    /// How many rows at most; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Lists the sessions behind the cell as a question of kind `sessions` does, in place of pairs
    /// of person and session, with the moment that counted as last column. Of more than
    /// [`ANSWER_ROWS`](crate::limits::ANSWER_ROWS) the latest are looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<SessionList>,
}
