//! One comparison, ready to be held against values: an operator with its values, checked and
//! parsed once per question.
//!
//! Everything is compared as text, as it is written: a property that was the number 10 and later
//! became the text "10" passes the same filter. Numbers are read from texts too, and times as
//! RFC 3339 or as days are numbers of milliseconds, so that `greater` and `between` work on them.

use std::borrow::Cow;

use hitmetrix_model::{Operator, Value, limits};
use regex::{RegexBuilder, RegexSet, RegexSetBuilder};
use rustc_hash::FxHashSet;

use crate::AskError;
use crate::alike::alike;

/// Values compared one by one up to so many; more are looked up in a set.
const COMPARED: usize = 8;
/// What matching may remember beside the compiled expressions; beyond it it starts anew.
const PATTERN_CACHE_BYTES: usize = 1 << 20;

/// An operator with its values.
#[derive(Debug, Clone)]
pub(crate) struct Matcher {
    operator: Operator,
    /// Lower-case for `contains`.
    texts: Vec<String>,
    /// The texts again, where an equal one is looked for among many.
    set: FxHashSet<String>,
    /// What the values are as numbers, those that are one.
    numbers: Vec<f64>,
    patterns: RegexSet,
}

impl Matcher {
    /// Checks the values; `subject` names in errors what is looked at.
    pub(crate) fn new(
        subject: &str,
        operator: Operator,
        values: &[String],
    ) -> Result<Self, AskError> {
        let subject = || subject.to_owned();
        let given = values.len();
        if matches!(operator, Operator::Set | Operator::NotSet) {
            if given > 0 {
                return Err(AskError::NoValuesWanted {
                    subject: subject(),
                    operator,
                });
            }
        } else if given == 0 {
            return Err(AskError::NoValues { subject: subject() });
        }
        if given > limits::FILTER_VALUES {
            return Err(AskError::TooManyValues {
                subject: subject(),
                given,
            });
        }
        let mut matcher = Self {
            operator,
            texts: Vec::new(),
            set: FxHashSet::default(),
            numbers: Vec::new(),
            patterns: RegexSet::empty(),
        };
        match operator {
            Operator::Greater | Operator::Less | Operator::Between => {
                let wanted = if operator == Operator::Between { 2 } else { 1 };
                if given != wanted {
                    return Err(AskError::ValueCount {
                        operator,
                        wanted,
                        given,
                    });
                }
                for value in values {
                    let number = number_of(value)
                        .ok_or_else(|| AskError::NotANumber { given: cut(value) })?;
                    matcher.numbers.push(number);
                }
                if operator == Operator::Between && matcher.numbers[1] < matcher.numbers[0] {
                    return Err(AskError::BetweenBackwards {
                        from: cut(&values[0]),
                        to: cut(&values[1]),
                    });
                }
            }
            Operator::Matches => matcher.patterns = patterns(&subject(), values)?,
            Operator::Alike => matcher.texts = values.iter().map(|value| alike(value)).collect(),
            Operator::Contains | Operator::DoesNotContain => {
                matcher.texts = values.iter().map(|value| value.to_lowercase()).collect();
            }
            _ => {
                matcher.texts = values.to_vec();
                if given > COMPARED && matches!(operator, Operator::Is | Operator::IsNot) {
                    matcher.set = values.iter().cloned().collect();
                }
            }
        }
        Ok(matcher)
    }

    /// The same for something that always is a number.
    pub(crate) fn of_number(
        subject: &str,
        operator: Operator,
        values: &[String],
    ) -> Result<Self, AskError> {
        let is_equality = matches!(operator, Operator::Is | Operator::IsNot);
        if !is_equality && !operator.is_numeric() {
            return Err(AskError::OperatorOfTexts {
                subject: subject.to_owned(),
                operator,
            });
        }
        let mut matcher = Self::new(subject, operator, values)?;
        if is_equality {
            matcher.numbers = values.iter().filter_map(|value| number_of(value)).collect();
        }
        Ok(matcher)
    }

    /// Whether it takes what is a number by its size alone.
    pub(crate) fn compares_numbers(&self) -> bool {
        self.operator.is_numeric()
    }

    /// True for operators that hold when the opposite one does not.
    fn is_negative(&self) -> bool {
        matches!(
            self.operator,
            Operator::IsNot | Operator::DoesNotContain | Operator::NotSet
        )
    }

    /// Whether a text passes. The empty text is "unknown": a filter names it by an empty value,
    /// and `contains` finds an empty value in nothing else.
    pub(crate) fn takes(&self, text: &str) -> bool {
        self.finds(text) != self.is_negative()
    }

    /// Whether a property's value passes; none is "not set" and compares as the empty text. A
    /// list passes when one of its entries does, and a negative operator when none does.
    pub(crate) fn takes_value(&self, value: Option<&Value>) -> bool {
        let found = match value {
            None => self.finds(""),
            Some(Value::List(entries)) => {
                matches!(self.operator, Operator::Set | Operator::NotSet)
                    || entries.iter().any(|entry| self.finds(&text_of(entry)))
            }
            Some(value) => {
                matches!(self.operator, Operator::Set | Operator::NotSet)
                    || self.finds(&text_of(value))
            }
        };
        found != self.is_negative()
    }

    /// Whether a number passes; the matcher is one [`Self::of_number`] or compares numbers.
    pub(crate) fn takes_number(&self, number: f64) -> bool {
        let found = match self.operator {
            Operator::Greater => number > self.numbers[0],
            Operator::Less => number < self.numbers[0],
            Operator::Between => (self.numbers[0]..=self.numbers[1]).contains(&number),
            Operator::Is | Operator::IsNot => self.numbers.contains(&number),
            Operator::Set | Operator::NotSet => true,
            _ => return self.takes(&number_text(number)),
        };
        found != self.is_negative()
    }

    /// The positive form of the operator.
    fn finds(&self, text: &str) -> bool {
        match self.operator {
            Operator::Is | Operator::IsNot if self.set.is_empty() => {
                self.texts.iter().any(|value| value == text)
            }
            Operator::Is | Operator::IsNot => self.set.contains(text),
            Operator::Contains | Operator::DoesNotContain => self.is_contained(text),
            Operator::Starts => self
                .texts
                .iter()
                .any(|value| !text.is_empty() && text.starts_with(value.as_str())),
            Operator::Matches => self.patterns.is_match(text),
            Operator::Alike => {
                let text = alike(text);
                self.texts.contains(&text)
            }
            Operator::Set | Operator::NotSet => !text.is_empty(),
            Operator::Greater | Operator::Less | Operator::Between => {
                number_of(text).is_some_and(|number| self.takes_number(number))
            }
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
        self.texts.iter().any(holds)
    }
}

/// The regular expressions of one condition, compiled together within one limit.
fn patterns(subject: &str, values: &[String]) -> Result<RegexSet, AskError> {
    let built = RegexSetBuilder::new(values)
        .size_limit(limits::PATTERN_BYTES)
        .dfa_size_limit(PATTERN_CACHE_BYTES)
        .build();
    built.map_err(|error| {
        let too_large = || AskError::PatternsTooLarge {
            subject: subject.to_owned(),
        };
        if matches!(error, regex::Error::CompiledTooBig(_)) {
            return too_large();
        }
        // The error of a set does not tell of which expression it is.
        let wrong = values.iter().find_map(|value| {
            let built = RegexBuilder::new(value)
                .size_limit(limits::PATTERN_BYTES)
                .build();
            Some((value, built.err()?))
        });
        wrong.map_or_else(too_large, |(value, error)| AskError::Pattern {
            given: cut(value),
            why: last_line(&error.to_string()),
        })
    })
}

/// A value as it is written in filters, answers and tables.
pub(crate) fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Text(text) => Cow::Borrowed(text),
        Value::Number(number) => Cow::Owned(number_text(*number)),
        Value::Boolean(true) => Cow::Borrowed("true"),
        Value::Boolean(false) => Cow::Borrowed("false"),
        Value::List(entries) => {
            let texts: Vec<Cow<'_, str>> = entries.iter().map(text_of).collect();
            Cow::Owned(texts.join(", "))
        }
    }
}

/// Whole numbers without a fraction, as people write them.
fn number_text(number: f64) -> String {
    // Negative zero is written as zero.
    format!("{}", number + 0.0)
}

/// The number that a text is: a plain number, or a time or a day as UTC milliseconds.
pub(crate) fn number_of(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return number.is_finite().then_some(number);
    }
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond() as f64);
    }
    let day = text.parse::<jiff::civil::Date>().ok()?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(start.timestamp().as_millisecond() as f64)
}

fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

fn last_line(text: &str) -> String {
    let line = text.lines().last().unwrap_or_default();
    line.trim_start_matches("error: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(operator: Operator, values: &[&str]) -> Matcher {
        let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
        Matcher::new("x", operator, &values).unwrap()
    }

    #[test]
    fn numbers_are_compared_wherever_a_text_is_one() {
        let over = matcher(Operator::Greater, &["10"]);
        assert!(over.takes("10.5") && !over.takes("10") && !over.takes("many"));
        assert!(over.takes_value(Some(&Value::Number(11.0))));
        assert!(!over.takes_value(None));
        let between = matcher(Operator::Between, &["2026-01-01", "2026-01-31T00:00:00Z"]);
        assert!(between.takes("2026-01-15T10:00:00+02:00") && !between.takes("2026-02-01"));
    }

    #[test]
    fn a_changed_type_passes_the_same_filter() {
        let ten = matcher(Operator::Is, &["10"]);
        assert!(ten.takes_value(Some(&Value::Number(10.0))));
        assert!(ten.takes_value(Some(&Value::Text("10".to_owned()))));
        let yes = matcher(Operator::Is, &["true"]);
        assert!(yes.takes_value(Some(&Value::Boolean(true))));
    }

    #[test]
    fn a_list_passes_by_one_entry_and_a_negation_by_none() {
        let list = Value::List(vec![
            Value::Text("a".to_owned()),
            Value::Text("b".to_owned()),
        ]);
        assert!(matcher(Operator::Is, &["b"]).takes_value(Some(&list)));
        assert!(!matcher(Operator::IsNot, &["b"]).takes_value(Some(&list)));
        assert!(matcher(Operator::IsNot, &["c"]).takes_value(Some(&list)));
    }

    #[test]
    fn set_and_not_set_are_opposites() {
        let (set, not) = (matcher(Operator::Set, &[]), matcher(Operator::NotSet, &[]));
        for value in [
            None,
            Some(Value::Text("x".to_owned())),
            Some(Value::Boolean(false)),
            Some(Value::List(vec![])),
        ] {
            assert_eq!(set.takes_value(value.as_ref()), value.is_some());
            assert_ne!(
                set.takes_value(value.as_ref()),
                not.takes_value(value.as_ref())
            );
        }
    }

    #[test]
    fn numbers_equal_numbers_however_they_are_written() {
        let values = ["2.0".to_owned(), " 7".to_owned(), "many".to_owned()];
        let is = Matcher::of_number("pageviews", Operator::Is, &values).unwrap();
        assert!(is.takes_number(2.0) && is.takes_number(7.0) && !is.takes_number(3.0));
        let not = Matcher::of_number("pageviews", Operator::IsNot, &values).unwrap();
        assert!(!not.takes_number(2.0) && not.takes_number(3.0));
        for operator in Operator::ALL {
            let given = ["1".to_owned(), "2".to_owned()];
            let given = &given[..1 + usize::from(operator == Operator::Between)];
            let is_refused = Matcher::of_number("pageviews", operator, given).is_err();
            let takes = matches!(operator, Operator::Is | Operator::IsNot);
            assert_eq!(is_refused, !takes && !operator.is_numeric(), "{operator:?}");
        }
    }

    #[test]
    fn many_values_are_compared_as_few_are() {
        let values: Vec<String> = (0..1000).map(|value| format!("/{value}")).collect();
        let is = Matcher::new("x", Operator::Is, &values).unwrap();
        let not = Matcher::new("x", Operator::IsNot, &values).unwrap();
        for text in ["/0", "/999", "/1000", "", "/"] {
            let is_there = values.iter().any(|value| value == text);
            assert_eq!((is.takes(text), not.takes(text)), (is_there, !is_there));
        }
        assert_eq!(is.set.len(), 1000, "not one by one");
    }

    #[test]
    fn patterns_of_one_condition_have_one_limit_together() {
        let pattern = |value| format!("\\w{{15}}{value}");
        let values: Vec<String> = (0..3).map(pattern).collect();
        assert!(Matcher::new("x", Operator::Matches, &values[..1]).is_ok());
        let error = Matcher::new("x", Operator::Matches, &values).unwrap_err();
        assert_eq!(error.code(), "patterns_too_large");
        assert!(error.to_string().contains("1024 KiB"), "{error}");
    }

    #[test]
    fn bad_values_are_refused_with_the_way_out() {
        let refused = |operator, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|&value| value.to_owned()).collect();
            Matcher::new("x", operator, &values)
                .unwrap_err()
                .to_string()
        };
        assert!(refused(Operator::Matches, &["a(b"]).contains("unclosed group"));
        let of_two = refused(Operator::Matches, &["(?i)fine", "a(b"]);
        assert!(of_two.starts_with("`a(b`"), "{of_two}");
        assert!(refused(Operator::Between, &["1"]).contains("2 values"));
        let backwards = refused(Operator::Between, &["10", "9.5"]);
        assert!(
            backwards.contains("9.5 is less than 10; swap"),
            "{backwards}"
        );
        assert!(refused(Operator::Greater, &["much"]).contains("`much`"));
        assert!(refused(Operator::Set, &["1"]).contains("takes no values"));
        assert!(refused(Operator::Is, &[]).contains("no values"));
    }
}
