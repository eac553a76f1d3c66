//! Facts that answers are divided by: a value of the event, of its session or of its person, as
//! codes of the query while it is folded and as texts in the answer.

use std::borrow::Cow;

use hitmetrix_model::{Fact, Level, Value};
use hitmetrix_store::lanes::property_value;

use crate::AskError;
use crate::marks::{MarkWork, Marked};
use crate::persons::{self, PersonValues};
use crate::query::{Prepared, Query};
use crate::timeline::Timeline;

/// A fact before anything was read.
#[derive(Debug, Clone)]
pub(crate) enum WantedFact {
    /// A lane of events.
    Event { lane: usize },
    /// A fact of the session plan.
    Session { place: usize },
    /// A property of the person or their account.
    Person { of: Level, name: String },
    /// The same as it was sent: the number 10 and the text "10" are two values.
    PersonAsSent { of: Level, name: String },
}

/// Where a fact's value comes from.
#[derive(Debug, Clone)]
pub(crate) enum FactSource {
    Event { lane: usize },
    Session { place: usize },
    Person(PersonValues),
}

impl FactSource {
    pub(crate) fn of(query: &Query<'_>, wanted: WantedFact) -> Result<Self, AskError> {
        Ok(match wanted {
            WantedFact::Event { lane } => Self::Event { lane },
            WantedFact::Session { place } => Self::Session { place },
            WantedFact::Person { of, name } => {
                Self::Person(persons::values(query, of, &name)?.by_text())
            }
            WantedFact::PersonAsSent { of, name } => {
                Self::Person(persons::values(query, of, &name)?)
            }
        })
    }
}

impl Prepared<'_> {
    /// The code of a fact's value for a marked event of a person.
    #[inline]
    pub(crate) fn code(
        &self,
        fact: usize,
        (person, timeline): (u128, &Timeline<'_>),
        (work, marked): (&MarkWork, &Marked),
    ) -> u32 {
        match &self.facts[fact] {
            FactSource::Event { lane } => {
                timeline.runs[marked.run as usize].lanes[*lane].get(marked.row as usize)
            }
            FactSource::Session { place } => {
                work.table.fact(&self.plan, marked.slot as usize, *place)
            }
            FactSource::Person(values) => values.code(person),
        }
    }

    /// The text of a fact's code; empty for "unknown" and "not set".
    pub(crate) fn text(&self, fact: usize, code: u32) -> Cow<'_, str> {
        match &self.facts[fact] {
            FactSource::Event { lane } => self.columns.dictionaries[*lane].text(code).into(),
            FactSource::Session { place } => {
                let dictionaries = &self.columns.dictionaries;
                self.plan.text(*place, code, dictionaries).into()
            }
            FactSource::Person(values) => values.text(code).into(),
        }
    }

    /// The value of a code of a fact that was wanted as it was sent; none for "unknown" and "not
    /// set".
    pub(crate) fn value_as_sent(&self, (fact, of): (usize, &Fact), code: u32) -> Option<Value> {
        match (&self.facts[fact], of) {
            (FactSource::Person(values), _) => values.value(code).cloned(),
            (FactSource::Event { lane }, Fact::Property(_)) => {
                property_value(self.columns.dictionaries[*lane].text(code))
            }
            _ => Some(Value::Text(self.text(fact, code).into_owned())),
        }
    }

    /// How many codes a fact has.
    pub(crate) fn values(&self, fact: usize) -> usize {
        match &self.facts[fact] {
            FactSource::Event { lane } => self.columns.dictionaries[*lane].len(),
            FactSource::Session { place } => {
                let lane = self.plan.facts[*place].lane;
                self.columns.dictionaries[lane].len()
            }
            FactSource::Person(values) => values.len(),
        }
    }
}
