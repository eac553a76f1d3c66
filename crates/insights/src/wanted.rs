//! What an insight wants to read: the question's compiled filters, its own selections of events,
//! facts, numbers and columns. Collected first, so that all of it is had in one go.

use hitmetrix_model::{EventSelection, Fact, Level, PropertyFact};

use crate::AskError;
use crate::columns::{Column, Needs, Spared};
use crate::condition::{Compiler, Filters, Selection, check_names};
use crate::fact::WantedFact;
use crate::marks::SELECTIONS_MAX;
use crate::session::SessionPlan;

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) compiler: Compiler,
    pub(crate) filters: Filters,
    pub(crate) needs: Needs,
    pub(crate) plan: SessionPlan,
    pub(crate) selections: Vec<Selection>,
    pub(crate) facts: Vec<WantedFact>,
    /// What several questions spare together, where it is not for one alone to say.
    pub(crate) spares: Option<Spared>,
    /// The only persons who are looked at, ascending.
    pub(crate) only: Option<Vec<u128>>,
}

impl Wanted {
    /// The filters alone.
    pub(crate) fn of(compiler: Compiler, filters: Filters) -> Self {
        Self {
            compiler,
            filters,
            needs: Needs::default(),
            plan: SessionPlan::default(),
            selections: Vec::new(),
            facts: Vec::new(),
            spares: None,
            only: None,
        }
    }

    /// Adds a selection of events; `field` is where it stands in the question. Returns its bit.
    pub(crate) fn selection(
        &mut self,
        selection: &EventSelection,
        field: &str,
    ) -> Result<usize, AskError> {
        check_names(selection).map_err(|error| error.at(field))?;
        let compiled = self.compiler.selection(selection, field)?;
        self.push(compiled, field)
    }

    /// Adds a compiled selection of events. Returns its bit.
    pub(crate) fn push(&mut self, selection: Selection, field: &str) -> Result<usize, AskError> {
        if self.selections.len() >= SELECTIONS_MAX {
            return Err(AskError::TooManySelections.at(field));
        }
        self.selections.push(selection);
        Ok(self.selections.len() - 1)
    }

    /// Adds a fact whose values are wanted as they were sent, which tells a number from a text.
    /// Returns its place.
    pub(crate) fn fact_as_sent(&mut self, fact: &Fact) -> usize {
        match fact {
            Fact::Property(PropertyFact {
                property,
                of: Level::Event,
            }) => {
                self.property(property, "");
                let lane = self.needs.lane(Column::Entry(property.clone()));
                self.facts.push(WantedFact::Event { lane });
                self.facts.len() - 1
            }
            Fact::Property(PropertyFact { property, of }) => {
                self.facts.push(WantedFact::PersonAsSent {
                    of: *of,
                    name: property.clone(),
                });
                self.facts.len() - 1
            }
            Fact::Dimension(_) => self.fact(fact),
        }
    }

    /// Notes that the question names a property of events, so that a slip of the pen is told;
    /// `field` is where, empty where that is not known.
    pub(crate) fn property(&mut self, name: &str, field: &str) {
        let place = (name.to_owned(), field.to_owned());
        self.compiler.properties.push(place);
    }

    /// Adds a fact that the answer is divided by. Returns its place.
    pub(crate) fn fact(&mut self, fact: &Fact) -> usize {
        let wanted = match fact {
            Fact::Dimension(fact) if fact.dimension.is_of_session() => WantedFact::Session {
                place: self.plan.want(fact.dimension, &mut self.needs),
            },
            Fact::Dimension(fact) => WantedFact::Event {
                lane: self.needs.lane(Column::Dimension(fact.dimension)),
            },
            Fact::Property(fact) if fact.of == Level::Event => {
                self.property(&fact.property, "");
                WantedFact::Event {
                    lane: self.needs.lane(Column::Property(fact.property.clone())),
                }
            }
            Fact::Property(fact) => WantedFact::Person {
                of: fact.of,
                name: fact.property.clone(),
            },
        };
        self.facts.push(wanted);
        self.facts.len() - 1
    }
}
