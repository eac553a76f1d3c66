//! Why a question has no answer. Texts are for whoever asked: they name the value, the limit and
//! the way out, and each error knows the field of the question that it is about.

use std::borrow::Cow;

use hitmetrix_model::{
    Dimension, ErrorKind, Interval, Level, Measure, Operator, QuestionKind, limits,
};

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
        "the condition on `{subject}` has {given} values, the limit is {}; use `contains` or \
         `matches`",
        limits::FILTER_VALUES
    )]
    TooManyValues {
        /// What it is about.
        subject: String,
        /// How many.
        given: usize,
    },
    /// A filter has no value.
    #[error("the condition on `{subject}` has no values; give one, the empty text for unknown")]
    NoValues {
        /// What it is about.
        subject: String,
    },
    /// `set` and `not_set` compare with nothing.
    #[error("operator `{}` on `{subject}` takes no values; leave them out", operator.name())]
    NoValuesWanted {
        /// What the condition is about.
        subject: String,
        /// The operator.
        operator: Operator,
    },
    /// `greater` and `less` take one value, `between` two.
    #[error("operator `{}` takes {wanted} values, {given} were given", operator.name())]
    ValueCount {
        /// The operator.
        operator: Operator,
        /// How many it takes.
        wanted: usize,
        /// How many there were.
        given: usize,
    },
    /// A value that should be a number is none.
    #[error("`{given}` is no number; write it as 12.5, or a time as 2026-01-31T08:00:00Z")]
    NotANumber {
        /// What was given.
        given: String,
    },
    /// A regular expression is not one.
    #[error("`{given}` is no regular expression: {why}")]
    Pattern {
        /// What was given.
        given: String,
        /// What the parser said.
        why: String,
    },
    /// The regular expressions of one condition are too large together.
    #[error(
        "the regular expressions of the condition on `{subject}` need more than {} KiB when \
         compiled; use fewer or simpler ones, as `[a-z]` for `\\w`, or smaller repetitions",
        limits::PATTERN_BYTES >> 10
    )]
    PatternsTooLarge {
        /// What the condition is about.
        subject: String,
    },
    /// The question has too many regular expressions.
    #[error(
        "the question has more than {} regular expressions; join them with `|`, or use `is`, \
         `starts` or `contains`",
        limits::PATTERNS
    )]
    TooManyPatterns,
    /// A number is compared as a text.
    #[error(
        "operator `{}` compares texts, `{subject}` has numbers; use `is`, `is_not`, `greater`, \
         `less` or `between`",
        operator.name()
    )]
    OperatorOfTexts {
        /// What the condition is about.
        subject: String,
        /// The operator.
        operator: Operator,
    },
    /// `between` with the larger value first.
    #[error(
        "`between` goes from the first value to the second, and {to} is less than {from}; swap them"
    )]
    BetweenBackwards {
        /// The first value.
        from: String,
        /// The second value.
        to: String,
    },
    /// Conditions are nested too deep.
    #[error(
        "the conditions are nested deeper than {} levels; flatten them",
        limits::CONDITION_DEPTH
    )]
    TooDeep,
    /// The question has too many conditions.
    #[error(
        "the question has more than {} conditions; join their values",
        limits::CONDITIONS
    )]
    TooManyConditions,
    /// The question selects too many kinds of events.
    #[error("the question selects more than 64 kinds of events; leave some out")]
    TooManySelections,
    /// Retention would have too many columns.
    #[error(
        "the period has {given} intervals after the first, the limit is {}; give `intervals`, a \
         wider `interval` or a shorter period",
        limits::RETENTION_INTERVALS
    )]
    TooManyIntervals {
        /// How many.
        given: usize,
    },
    /// There is no such segment.
    #[error("there is no segment `{given}`; `GET /api/v1/sites/SITE/segments` lists them")]
    UnknownSegment {
        /// What was given.
        given: String,
    },
    /// There is no such saved goal.
    #[error("there is no goal with the id `{given}`; `GET /api/v1/sites/SITE/goals` lists them")]
    UnknownGoal {
        /// What was given.
        given: String,
    },
    /// A segment or a goal is made of itself.
    #[error("`{name}` uses itself: {way}; take one of them out")]
    SegmentCycle {
        /// Its name.
        name: String,
        /// The names on the way from it to itself.
        way: String,
    },
    /// Segments within segments within segments.
    #[error(
        "segments are nested deeper than {} at `{name}`; write out the conditions of one",
        limits::SEGMENT_DEPTH
    )]
    SegmentsTooDeep {
        /// Name of the one that is too deep.
        name: String,
    },
    /// The segments stand for too many conditions.
    #[error(
        "the segments stand for more than {} conditions; use fewer or smaller ones",
        limits::SEGMENT_CONDITIONS
    )]
    SegmentsTooLarge,
    /// A property that no event, person or account has, but for one of nearly the same name.
    #[error("no {of} has a property `{given}`; did you mean `{nearest}`?", of = of_level(*of))]
    UnknownProperty {
        /// What it would be a property of.
        of: Level,
        /// What was given.
        given: String,
        /// The known name that looks most like it.
        nearest: String,
    },
    /// A sequence of events has none or too many.
    #[error(
        "a sequence has 1 to {} events, this one {given}",
        limits::FUNNEL_STEPS
    )]
    SequenceLength {
        /// How many.
        given: usize,
    },
    /// Counts of a sequence of several events.
    #[error("`at_least` and `at_most` count one event; leave them out or give a sequence of one")]
    CountOfSequence,
    /// More at least than at most.
    #[error("`at_least` is {least}, more than `at_most`, {most}")]
    LeastOverMost {
        /// At least.
        least: u32,
        /// At most.
        most: u32,
    },
    /// A window is not a number and a unit.
    #[error(
        "`{given}` is not understood; give a number from 1 to 10000 and one of s, m, h, d, w, mo, \
         y, as `7d`"
    )]
    WindowText {
        /// What was given.
        given: String,
    },
    /// A number of the question is outside its bounds.
    #[error("{given} is outside {least} to {most}")]
    OutOfBounds {
        /// What was given.
        given: i64,
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// Two parts of the question exclude each other.
    #[error("{why}")]
    Contradiction {
        /// Which, and what to do.
        why: &'static str,
    },
    /// A formula is not understood.
    #[error("`{given}` has {found} as character {place}, where {wanted} should be")]
    Formula {
        /// The formula.
        given: String,
        /// Where, from 1.
        place: usize,
        /// What stands there.
        found: String,
        /// What should.
        wanted: String,
    },
    /// Two columns of the answer would have one name.
    #[error("two columns would be called `{name}`; give a label of its own")]
    EqualNames {
        /// The name.
        name: String,
    },
    /// The answer has no such column or row key.
    #[error("the answer has no column `{given}` with people behind it; it has {known}")]
    UnknownColumn {
        /// What was given.
        given: String,
        /// The columns that have people.
        known: String,
    },
    /// A row is not told by its cells.
    #[error("the cell's row needs `{column}`; copy it from the answer")]
    RowKey {
        /// The column that is missing or not of its kind.
        column: String,
    },
    /// What the question counts does not fit into memory.
    #[error(
        "the question needs more than {} MiB; shorten the period, filter, or ask for fewer values",
        limits::QUESTION_BYTES >> 20
    )]
    TooMuchMemory,
    /// A kind of question needs its own field.
    #[error("a question of kind `{}` needs the field `{field}`", kind.name())]
    FieldMissing {
        /// The field.
        field: &'static str,
        /// The kind.
        kind: QuestionKind,
    },
    /// What is wrong stands deeper in the question.
    #[error("{field}: {source}")]
    At {
        /// Its place, as `funnel.steps[1].filters[0]`.
        field: String,
        /// What is wrong.
        source: Box<AskError>,
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

/// What has properties of a level.
const fn of_level(of: Level) -> &'static str {
    match of {
        Level::Event => "event",
        Level::Person => "person",
        Level::Account => "account",
    }
}

impl AskError {
    /// The same, with the place of what is wrong.
    #[must_use]
    pub fn at(self, field: &str) -> Self {
        match self {
            Self::At {
                field: inner,
                source,
            } => {
                let whole = if inner.starts_with(field) {
                    inner
                } else {
                    format!("{field}.{inner}")
                };
                Self::At {
                    field: whole,
                    source,
                }
            }
            Self::TimedOut | Self::Cancelled | Self::TooMuchMemory => self,
            other => Self::At {
                field: field.to_owned(),
                source: Box::new(other),
            },
        }
    }

    /// The same, at another place in place of its own.
    #[must_use]
    pub(crate) fn moved_to(self, field: &str) -> Self {
        match self {
            Self::At { source, .. } => source.at(field),
            other => other.at(field),
        }
    }

    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TimedOut | Self::TooMuchMemory | Self::TooManyDistinct { .. } => {
                ErrorKind::TooLarge
            }
            Self::At { source, .. } => source.kind(),
            Self::Cancelled => ErrorKind::Unavailable,
            _ => ErrorKind::Invalid,
        }
    }

    /// Every code, in the order of the alphabet.
    pub const CODES: &[&str] = &[
        "bad_pattern",
        "between_backwards",
        "conditions_too_deep",
        "contradiction",
        "count_of_sequence",
        "equal_names",
        "field_missing",
        "filter_without_values",
        "formula_not_understood",
        "least_over_most",
        "no_dimension",
        "no_measures",
        "no_values_wanted",
        "not_a_number",
        "not_for_this_kind",
        "operator_of_texts",
        "out_of_bounds",
        "patterns_too_large",
        "period_backwards",
        "period_day_not_understood",
        "period_not_understood",
        "period_out_of_range",
        "question_cancelled",
        "question_timed_out",
        "question_too_large",
        "repeated_measure",
        "row_key_missing",
        "segment_cycle",
        "segments_too_deep",
        "segments_too_large",
        "sequence_length",
        "too_many_buckets",
        "too_many_conditions",
        "too_many_distinct_values",
        "too_many_filter_values",
        "too_many_filters",
        "too_many_intervals",
        "too_many_patterns",
        "too_many_rows",
        "too_many_selections",
        "unknown_column",
        "unknown_goal",
        "unknown_property",
        "unknown_segment",
        "unknown_time_zone",
        "window_not_understood",
        "wrong_number_of_values",
    ];

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
            Self::NoValuesWanted { .. } => "no_values_wanted",
            Self::ValueCount { .. } => "wrong_number_of_values",
            Self::NotANumber { .. } => "not_a_number",
            Self::Pattern { .. } => "bad_pattern",
            Self::PatternsTooLarge { .. } => "patterns_too_large",
            Self::TooManyPatterns => "too_many_patterns",
            Self::OperatorOfTexts { .. } => "operator_of_texts",
            Self::BetweenBackwards { .. } => "between_backwards",
            Self::TooDeep => "conditions_too_deep",
            Self::TooManyConditions => "too_many_conditions",
            Self::TooManySelections => "too_many_selections",
            Self::TooManyIntervals { .. } => "too_many_intervals",
            Self::UnknownSegment { .. } => "unknown_segment",
            Self::UnknownGoal { .. } => "unknown_goal",
            Self::SegmentCycle { .. } => "segment_cycle",
            Self::SegmentsTooDeep { .. } => "segments_too_deep",
            Self::SegmentsTooLarge => "segments_too_large",
            Self::UnknownProperty { .. } => "unknown_property",
            Self::SequenceLength { .. } => "sequence_length",
            Self::CountOfSequence => "count_of_sequence",
            Self::LeastOverMost { .. } => "least_over_most",
            Self::WindowText { .. } => "window_not_understood",
            Self::OutOfBounds { .. } => "out_of_bounds",
            Self::Contradiction { .. } => "contradiction",
            Self::Formula { .. } => "formula_not_understood",
            Self::EqualNames { .. } => "equal_names",
            Self::UnknownColumn { .. } => "unknown_column",
            Self::RowKey { .. } => "row_key_missing",
            Self::TooMuchMemory => "question_too_large",
            Self::FieldMissing { .. } => "field_missing",
            Self::At { source, .. } => source.code(),
            Self::TimedOut => "question_timed_out",
            Self::Cancelled => "question_cancelled",
        }
    }

    /// The field of the question that the error is about, where there is one.
    #[must_use]
    pub fn field(&self) -> Option<Cow<'_, str>> {
        let field = match self {
            Self::At { field, .. } => return Some(Cow::Borrowed(field)),
            Self::UnknownTimeZone { .. } => "time_zone",
            Self::PeriodText { .. } => "period.last",
            Self::PeriodDay { field, .. }
            | Self::NotForKind { field, .. }
            | Self::FieldMissing { field, .. } => field,
            Self::PeriodBackwards { .. } | Self::PeriodOutOfRange => "period",
            Self::TooManyBuckets { .. } => "interval",
            Self::TooManyFilters { .. } => "filters",
            Self::TooManyRows { .. } => "limit",
            Self::NoMeasures { .. } | Self::RepeatedMeasure { .. } => "measures",
            Self::NoDimension | Self::TooManyDistinct { .. } => "dimension",
            Self::UnknownColumn { .. } => "cell.column",
            Self::RowKey { .. } => "cell.row",
            _ => return None,
        };
        Some(Cow::Borrowed(field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed() {
        let source = include_str!("error.rs");
        let (_, code) = source.split_once("pub fn code(").unwrap();
        let (code, _) = code.split_once("\n    }\n").unwrap();
        let mut given: Vec<&str> = code
            .split("=> \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        given.sort_unstable();
        assert_eq!(given, AskError::CODES);
    }
}
