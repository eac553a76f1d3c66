//! Why a question has no answer. Texts are for whoever asked: they name the value, the limit and
//! the way out, and each error knows the field of the question that it is about.

use hitmetrix_model::{Dimension, ErrorKind, Interval, Measure, QuestionKind, limits};

/// What is wrong with a question, or what stopped it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// The time zone is not in the database.
    #[error("time zone `{given}` is not known; did you mean `{nearest}`?")]
    UnknownTimeZone {
        /// What was given.
        given: String,
        /// The known name that looks most like it.
        nearest: String,
    },
    /// `last` is not a number and a unit.
    #[error(
        "period `{given}` is not understood; give a number from 1 to 10000 and one of m, h, d, w, mo, y, as `7d`"
    )]
    PeriodText {
        /// What was given.
        given: String,
    },
    /// `from` or `to` is not a calendar day.
    #[error("`{given}` is not a calendar day; write it as 2026-01-31")]
    PeriodDay {
        /// `period.from` or `period.to`.
        field: &'static str,
        /// What was given.
        given: String,
    },
    /// The period ends before it begins.
    #[error("the period ends before it begins; give a later end than {from}")]
    PeriodBackwards {
        /// Its beginning.
        from: String,
    },
    /// The period leaves the calendar.
    #[error("the period leaves the years 0 to 9999; give a shorter or a nearer one")]
    PeriodOutOfRange,
    /// A trend would have too many rows.
    #[error("the period has more than {limit} buckets of one {}; ask for `{}` or a shorter period", interval.name(), wider.name(), limit = limits::TREND_BUCKETS)]
    TooManyBuckets {
        /// The width asked for.
        interval: Interval,
        /// A width that fits, or the widest there is.
        wider: Interval,
    },
    /// The question has too many filters.
    #[error(
        "the question has {given} filters, the limit is {}; join their values",
        limits::QUESTION_FILTERS
    )]
    TooManyFilters {
        /// How many.
        given: usize,
    },
    /// A filter has too many values.
    #[error(
        "the filter on `{dimension}` has {given} values, the limit is {}; use `contains`",
        limits::FILTER_VALUES
    )]
    TooManyValues {
        /// The filter's dimension.
        dimension: Dimension,
        /// How many.
        given: usize,
    },
    /// A filter has no value.
    #[error("the filter on `{dimension}` has no values; give one, the empty text for unknown")]
    NoValues {
        /// The filter's dimension.
        dimension: Dimension,
    },
    /// More rows were asked for than an answer may have.
    #[error(
        "{given} rows were asked for, the limit is {}; ask for fewer or filter",
        limits::ANSWER_ROWS
    )]
    TooManyRows {
        /// How many.
        given: u32,
    },
    /// Totals, trends and breakdowns are of something.
    #[error("a question of kind `{}` needs measures; give at least one, as `persons`", kind.name())]
    NoMeasures {
        /// The kind.
        kind: QuestionKind,
    },
    /// A measure stands twice.
    #[error("measure `{}` is asked for twice; leave one out", measure.name())]
    RepeatedMeasure {
        /// Which.
        measure: Measure,
    },
    /// A breakdown is by something.
    #[error("a breakdown needs a dimension; give one, as `page`")]
    NoDimension,
    /// A field has no meaning for this kind of question.
    #[error("`{field}` means nothing for a question of kind `{}`; leave it out", kind.name())]
    NotForKind {
        /// The field.
        field: &'static str,
        /// The kind.
        kind: QuestionKind,
    },
    /// A breakdown has too many different values to be counted.
    #[error(
        "`{dimension}` has {given} different values, the limit is {}; filter or shorten the period",
        limits::BREAKDOWN_VALUES
    )]
    TooManyDistinct {
        /// The dimension.
        dimension: Dimension,
        /// How many.
        given: usize,
    },
    /// The question took too long.
    #[error(
        "the question was stopped after {} ms; shorten the period or filter",
        limits::QUESTION_MS
    )]
    TimedOut,
    /// Whoever asked has gone.
    #[error("the question was cancelled; ask it again")]
    Cancelled,
}

impl AskError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TimedOut | Self::TooManyDistinct { .. } => ErrorKind::TooLarge,
            Self::Cancelled => ErrorKind::Unavailable,
            _ => ErrorKind::Invalid,
        }
    }

    /// The stable code of the error, for problem documents.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownTimeZone { .. } => "unknown_time_zone",
            Self::PeriodText { .. } => "period_not_understood",
            Self::PeriodDay { .. } => "period_day_not_understood",
            Self::PeriodBackwards { .. } => "period_backwards",
            Self::PeriodOutOfRange => "period_out_of_range",
            Self::TooManyBuckets { .. } => "too_many_buckets",
            Self::TooManyFilters { .. } => "too_many_filters",
            Self::TooManyValues { .. } => "too_many_filter_values",
            Self::NoValues { .. } => "filter_without_values",
            Self::TooManyRows { .. } => "too_many_rows",
            Self::NoMeasures { .. } => "no_measures",
            Self::RepeatedMeasure { .. } => "repeated_measure",
            Self::NoDimension => "no_dimension",
            Self::NotForKind { .. } => "not_for_this_kind",
            Self::TooManyDistinct { .. } => "too_many_distinct_values",
            Self::TimedOut => "question_timed_out",
            Self::Cancelled => "question_cancelled",
        }
    }

    /// The field of the question that the error is about, where there is one.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::UnknownTimeZone { .. } => Some("time_zone"),
            Self::PeriodText { .. } => Some("period.last"),
            Self::PeriodDay { field, .. } | Self::NotForKind { field, .. } => Some(field),
            Self::PeriodBackwards { .. } | Self::PeriodOutOfRange => Some("period"),
            Self::TooManyBuckets { .. } => Some("interval"),
            Self::TooManyFilters { .. } | Self::TooManyValues { .. } | Self::NoValues { .. } => {
                Some("filters")
            }
            Self::TooManyRows { .. } => Some("limit"),
            Self::NoMeasures { .. } | Self::RepeatedMeasure { .. } => Some("measures"),
            Self::NoDimension | Self::TooManyDistinct { .. } => Some("dimension"),
            Self::TimedOut | Self::Cancelled => None,
        }
    }
}
