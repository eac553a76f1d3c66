//! Conditions: what a filter, a segment, a step of a funnel or a goal asks of events, sessions
//! and people. One language for all of them, nested as deep as [`crate::limits::CONDITION_DEPTH`].
//!
//! A condition is held against single events, each in its surroundings: a fact of the event is
//! its own, a fact of the session is that of its session, a fact of the person that of its
//! person. An event passes when the whole condition is true for it, a session when one of its
//! events does, a person when one of theirs does. So the levels may be mixed and nested freely.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};

use crate::Dimension;

/// How a filter compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal to one of the values.
    Is,
    /// Equal to none of the values.
    IsNot,
    /// Contains one of the values, case-insensitively.
    Contains,
    /// Contains none of the values.
    DoesNotContain,
    /// Starts with one of the values, letter by letter.
    Starts,
    /// One of the values, as a regular expression, is found in it. Matching takes time in
    /// proportion to the text, whatever the expression (syntax of the Rust crate `regex`).
    Matches,
    /// The same as one of the values once what changes from time to time is taken out of both:
    /// numbers, ids, quoted texts; see docs/concepts/errors.md.
    Alike,
    /// A number greater than the value.
    Greater,
    /// A number less than the value.
    Less,
    /// A number from the first value to the second, both included.
    Between,
    /// Has a value; takes no values.
    Set,
    /// Has no value; takes no values.
    NotSet,
}

impl Operator {
    /// Every operator, in a stable order.
    pub const ALL: [Self; 12] = [
        Self::Is,
        Self::IsNot,
        Self::Contains,
        Self::DoesNotContain,
        Self::Starts,
        Self::Matches,
        Self::Alike,
        Self::Greater,
        Self::Less,
        Self::Between,
        Self::Set,
        Self::NotSet,
    ];

    /// The name in the JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is_not",
            Self::Contains => "contains",
            Self::DoesNotContain => "does_not_contain",
            Self::Starts => "starts",
            Self::Matches => "matches",
            Self::Alike => "alike",
            Self::Greater => "greater",
            Self::Less => "less",
            Self::Between => "between",
            Self::Set => "set",
            Self::NotSet => "not_set",
        }
    }

    /// True for those that compare numbers.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Greater | Self::Less | Self::Between)
    }
}

/// Whose property it is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The event's own.
    #[default]
    Event,
    /// The person's: the latest value that an `identify` of theirs gave.
    Person,
    /// The person's account's: the latest value that a `group` with that account gave.
    Account,
}

/// A number of a whole session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionNumber {
    /// From its first to its last event, in milliseconds.
    DurationMs,
    /// Engaged time of all its pages, in milliseconds.
    EngagedMs,
    /// `pageview` events.
    Pageviews,
    /// Events but measurements.
    Events,
    /// `error` events.
    Errors,
    /// `rage_click` events.
    RageClicks,
    /// `dead_click` events.
    DeadClicks,
    /// `click` events that an `error` follows within a second.
    ErrorClicks,
    /// `thrash` events.
    Thrashes,
    /// Pages left within ten seconds for the page before.
    UTurns,
    /// Pages whose largest part was painted after more than four seconds.
    SlowPages,
}

impl SessionNumber {
    /// True for those that are only found out where a question asks for them.
    #[must_use]
    pub const fn is_signal(self) -> bool {
        matches!(
            self,
            Self::DeadClicks | Self::ErrorClicks | Self::Thrashes | Self::UTurns | Self::SlowPages
        )
    }
}

/// A condition on a dimension. On a fact of the session it keeps or drops whole sessions; on a
/// fact of an event (event, host, page, title) it keeps single events.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// What is looked at.
    pub dimension: Dimension,
    /// How.
    pub operator: Operator,
    /// With what; an empty text stands for "unknown".
    #[serde(default, deserialize_with = "texts")]
    pub values: Vec<String>,
}

/// A condition on a property.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PropertyFilter {
    /// Its name.
    pub property: String,
    /// Whose it is; the event's when absent.
    #[serde(default)]
    pub of: Level,
    /// How it is compared.
    pub operator: Operator,
    /// With what: texts, numbers, true or false, compared as they are written. A list passes
    /// when one of its entries does.
    #[serde(default, deserialize_with = "texts")]
    pub values: Vec<String>,
}

/// A condition on a number of the session.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionFilter {
    /// Which number.
    pub session: SessionNumber,
    /// `is`, `is_not`, `greater`, `less` or `between`.
    pub operator: Operator,
    /// With what.
    #[serde(default, deserialize_with = "texts")]
    pub values: Vec<String>,
}

/// Which events are meant: those with one of the names that pass all filters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSelection {
    /// What it is called in the answer; the names when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Names of events; any event but measurements when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// All must hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub filters: Vec<Condition>,
}

impl EventSelection {
    /// What it is called: its label, else its names, else `any event`.
    #[must_use]
    pub fn title(&self) -> String {
        match &self.label {
            Some(label) => label.clone(),
            None if self.events.is_empty() => "any event".to_owned(),
            None => self.events.join(" or "),
        }
    }
}

/// Something that a person did: an event so and so often, or events in order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    /// The events, each later than the one before; often just one.
    pub sequence: Vec<EventSelection>,
    /// How often at least, for a sequence of one; once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// How often at most, for a sequence of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// Within which time up to the end of the question's period, as `30d`; within the period
    /// itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
    /// Within which time from the first to the last event of a sequence, as `7d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// One condition; see the module.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Condition {
    /// On a dimension.
    Dimension(Filter),
    /// On a property.
    Property(PropertyFilter),
    /// On a number of the session.
    Session(SessionFilter),
    /// All of several.
    #[schema(no_recursion)]
    All {
        /// The conditions.
        all: Vec<Condition>,
    },
    /// At least one of several.
    #[schema(no_recursion)]
    Any {
        /// The conditions.
        any: Vec<Condition>,
    },
    /// Not.
    #[schema(no_recursion)]
    Not {
        /// The condition that must not hold.
        not: Box<Condition>,
    },
    /// The person did something.
    Did {
        /// What.
        did: Behaviour,
    },
    /// The session has an event for which all of several hold, measurements too. So conditions on
    /// different events of one session can be joined, as "saw the prices and had an error".
    #[schema(no_recursion)]
    SessionHas {
        /// The conditions.
        session_has: Vec<Condition>,
    },
    /// In a saved segment.
    Segment {
        /// Its id or name.
        segment: String,
    },
    /// The session reaches a saved goal, however often its person reached it before.
    Goal {
        /// Its id.
        goal: String,
    },
}

impl From<Filter> for Condition {
    fn from(filter: Filter) -> Self {
        Self::Dimension(filter)
    }
}

impl<'de> Deserialize<'de> for Condition {
    /// By the key that tells the form, so that an error is about the form that was meant.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct All {
            all: Vec<Condition>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Any {
            any: Vec<Condition>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Not {
            not: Box<Condition>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Did {
            did: Behaviour,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct SessionHas {
            session_has: Vec<Condition>,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Segment {
            segment: String,
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Goal {
            goal: String,
        }
        let map = Map::deserialize(deserializer)?;
        let has = |key: &str| map.contains_key(key);
        let condition = if has("dimension") {
            form(map).map(Self::Dimension)
        } else if has("property") {
            form(map).map(Self::Property)
        } else if has("session") {
            form(map).map(Self::Session)
        } else if has("all") {
            form(map).map(|All { all }| Self::All { all })
        } else if has("any") {
            form(map).map(|Any { any }| Self::Any { any })
        } else if has("not") {
            form(map).map(|Not { not }| Self::Not { not })
        } else if has("did") {
            form(map).map(|Did { did }| Self::Did { did })
        } else if has("session_has") {
            form(map).map(|SessionHas { session_has }| Self::SessionHas { session_has })
        } else if has("segment") {
            form(map).map(|Segment { segment }| Self::Segment { segment })
        } else if has("goal") {
            form(map).map(|Goal { goal }| Self::Goal { goal })
        } else {
            return Err(D::Error::custom(
                "a condition has one of the fields `dimension`, `property`, `session`, `all`, \
                 `any`, `not`, `did`, `session_has`, `segment`, `goal`",
            ));
        };
        condition.map_err(D::Error::custom)
    }
}

/// The error begins with the place inside the condition, as [`place_of`] finds it again.
fn form<T: for<'de> Deserialize<'de>>(map: Map<String, Json>) -> Result<T, String> {
    serde_path_to_error::deserialize(Json::Object(map)).map_err(|error| {
        let path = error.path().to_string();
        format!("{PLACE}{path}: {}", error.into_inner())
    })
}

/// What the errors of conditions begin with.
const PLACE: &str = "in ";

/// Takes the place inside a condition, as `all[1].values`, off an error's text.
///
/// A condition's form is told by its keys, so it is read as a whole before it is taken apart, and
/// a reader of JSON sees it as one thing. This is how the error gets out where in it.
#[must_use]
pub fn place_of(error: &str) -> (String, &str) {
    let (mut place, mut rest) = (String::new(), error);
    while let Some((inner, after)) = rest
        .strip_prefix(PLACE)
        .and_then(|text| text.split_once(": "))
        .filter(|(inner, _)| !inner.contains(' '))
    {
        join_places(&mut place, inner);
        rest = after;
    }
    (place, rest)
}

/// Adds the place inside something to the place of it; `.` is the thing itself.
pub fn join_places(place: &mut String, inner: &str) {
    if inner == "." || inner.is_empty() {
        return;
    }
    if !place.is_empty() && !inner.starts_with('[') {
        place.push('.');
    }
    place.push_str(inner);
}

/// Texts, numbers and booleans as texts, numbers as those of events are written: `10.0` as 10.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = Vec::<Json>::deserialize(deserializer)?;
    values
        .into_iter()
        .map(|value| match value {
            Json::String(text) => Ok(text),
            Json::Number(number) => Ok(match number.as_f64() {
                // Negative zero is written as zero.
                Some(number) => (number + 0.0).to_string(),
                None => number.to_string(),
            }),
            Json::Bool(flag) => Ok(flag.to_string()),
            Json::Null => Ok(String::new()),
            Json::Array(_) | Json::Object(_) => Err(D::Error::custom(
                "a value is a text, a number, true, false or null",
            )),
        })
        .collect()
}

/// What an answer is divided by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(
    untagged,
    expecting = "a fact is {\"dimension\": \"page\"} or {\"property\": \"plan\", \"of\": \"event\"}"
)]
pub enum Fact {
    /// A dimension.
    Dimension(DimensionFact),
    /// A property.
    Property(PropertyFact),
}

/// A dimension as a fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DimensionFact {
    /// Which.
    pub dimension: Dimension,
}

/// A property as a fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PropertyFact {
    /// Its name.
    pub property: String,
    /// Whose it is; the event's when absent.
    #[serde(default)]
    pub of: Level,
}

impl Fact {
    /// A dimension as a fact.
    #[must_use]
    pub const fn dimension(dimension: Dimension) -> Self {
        Self::Dimension(DimensionFact { dimension })
    }

    /// The name of its column in answers: `page`, `plan`, `person.plan`, `account.plan`.
    #[must_use]
    pub fn column_name(&self) -> String {
        match self {
            Self::Dimension(fact) => fact.dimension.name().to_owned(),
            Self::Property(fact) => match fact.of {
                Level::Event => fact.property.clone(),
                Level::Person => format!("person.{}", fact.property),
                Level::Account => format!("account.{}", fact.property),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_survives_json() {
        let forms = [
            r#"{"dimension":"page","operator":"is","values":["/a"]}"#,
            r#"{"property":"plan","of":"person","operator":"is_not","values":["free"]}"#,
            r#"{"session":"duration_ms","operator":"greater","values":["60000"]}"#,
            r#"{"all":[{"any":[]},{"not":{"segment":"buyers"}}]}"#,
            r#"{"did":{"sequence":[{"events":["order"]}],"at_least":3,"last":"30d"}}"#,
            r#"{"session_has":[{"dimension":"page","operator":"is","values":["/a"]}]}"#,
        ];
        for form in forms {
            let condition: Condition = serde_json::from_str(form).unwrap();
            assert_eq!(serde_json::to_string(&condition).unwrap(), form);
        }
    }

    #[test]
    fn numbers_and_booleans_are_values_as_they_are_written() {
        let form = r#"{"property":"n","operator":"is","values":[1.5,10,true,null,"x"]}"#;
        let Condition::Property(filter) = serde_json::from_str(form).unwrap() else {
            panic!("a property");
        };
        assert_eq!(filter.values, ["1.5", "10", "true", "", "x"]);
    }

    #[test]
    fn numbers_are_written_as_those_of_events() {
        let form = r#"{"property":"n","operator":"is","values":[10.0,1e1,-0.0,1.50,1e21,"10.0"]}"#;
        let Condition::Property(filter) = serde_json::from_str(form).unwrap() else {
            panic!("a property");
        };
        let large = "1000000000000000000000";
        assert_eq!(filter.values, ["10", "10", "0", "1.5", large, "10.0"]);
    }

    #[test]
    fn errors_tell_the_place_inside_the_condition() {
        let text = r#"{"not":{"all":[{"any":[]},{"property":"x","operator":"is","values":[[]]}]}}"#;
        let error = serde_json::from_str::<Condition>(text).unwrap_err();
        let error = error.to_string();
        let (place, rest) = place_of(&error);
        assert_eq!(place, "not.all[1].values");
        assert!(rest.starts_with("a value is a text"), "{rest}");
        assert_eq!(place_of("in short: no"), ("short".to_owned(), "no"));
        assert_eq!(
            place_of("missing field `a`"),
            (String::new(), "missing field `a`")
        );
    }

    #[test]
    fn errors_are_about_the_form_that_was_meant() {
        let error = |text| {
            serde_json::from_str::<Condition>(text)
                .unwrap_err()
                .to_string()
        };
        assert!(error(r#"{"dimension":"page","op":"is"}"#).contains("unknown field `op`"));
        assert!(
            error(r#"{"not":{"all":[{"property":"x"}]}}"#).contains("missing field `operator`")
        );
        assert!(error(r#"{"page":"/"}"#).contains("one of the fields `dimension`"));
    }
}
