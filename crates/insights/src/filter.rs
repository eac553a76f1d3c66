//! Filters: checked and compiled once per question.
//!
//! Filters on facts of an event become one test per dimension, which each run turns into a table
//! over its dictionary; filters on facts of a session become tables over the query's codes.

use hitmetrix_model::{Dimension, Filter, Operator, Question, limits};

use crate::AskError;

/// One filter, ready to be held against texts.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    operator: Operator,
    /// Lower-case for `contains`.
    values: Vec<String>,
}

impl Matcher {
    fn new(filter: &Filter) -> Self {
        let folds = matches!(
            filter.operator,
            Operator::Contains | Operator::DoesNotContain
        );
        let fold = |value: &String| {
            if folds {
                value.to_lowercase()
            } else {
                value.clone()
            }
        };
        Self {
            operator: filter.operator,
            values: filter.values.iter().map(fold).collect(),
        }
    }

    /// Whether a text passes. The empty text is "unknown": a filter names it by an empty value,
    /// and `contains` finds an empty value in nothing else.
    pub(crate) fn takes(&self, text: &str) -> bool {
        match self.operator {
            Operator::Is => self.values.iter().any(|value| value == text),
            Operator::IsNot => self.values.iter().all(|value| value != text),
            Operator::Contains => self.is_contained(text),
            Operator::DoesNotContain => !self.is_contained(text),
        }
    }

    fn is_contained(&self, text: &str) -> bool {
        let folded = text.to_lowercase();
        let holds = |value: &String| {
            if value.is_empty() {
                folded.is_empty()
            } else {
                folded.contains(value.as_str())
            }
        };
        self.values.iter().any(holds)
    }
}

/// All filters on one dimension of the event.
#[derive(Debug, Clone)]
pub(crate) struct EventTest {
    pub(crate) dimension: Dimension,
    matchers: Vec<Matcher>,
}

impl EventTest {
    /// Whether an event with this value passes.
    pub(crate) fn takes(&self, text: &str) -> bool {
        self.matchers.iter().all(|matcher| matcher.takes(text))
    }
}

/// The filters of a question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filters {
    pub(crate) of_event: Vec<EventTest>,
    pub(crate) of_session: Vec<(Dimension, Matcher)>,
}

impl Filters {
    /// Compiles the filters of a question.
    pub(crate) fn compile(question: &Question) -> Result<Self, AskError> {
        if question.filters.len() > limits::QUESTION_FILTERS {
            return Err(AskError::TooManyFilters {
                given: question.filters.len(),
            });
        }
        let mut filters = Self::default();
        for filter in &question.filters {
            filters.add(filter)?;
        }
        Ok(filters)
    }

    fn add(&mut self, filter: &Filter) -> Result<(), AskError> {
        let (dimension, given) = (filter.dimension, filter.values.len());
        if given == 0 {
            return Err(AskError::NoValues { dimension });
        }
        if given > limits::FILTER_VALUES {
            return Err(AskError::TooManyValues { dimension, given });
        }
        let matcher = Matcher::new(filter);
        if dimension.is_of_session() {
            self.of_session.push((dimension, matcher));
        } else if let Some(test) = self
            .of_event
            .iter_mut()
            .find(|test| test.dimension == dimension)
        {
            test.matchers.push(matcher);
        } else {
            self.of_event.push(EventTest {
                dimension,
                matchers: vec![matcher],
            });
        }
        Ok(())
    }

    /// True when the question itself speaks of event names.
    pub(crate) fn names_events(&self) -> bool {
        self.of_event
            .iter()
            .any(|test| test.dimension == Dimension::Event)
    }
}
