//! The survey that the demo site comes with: what kept visitors from ordering, asked of those who left
//! the checkout. It is paused, so that nobody who looks at the shop is asked; its id is fixed.

use hitmetrix_model::{SURVEY_ANSWERED, SURVEY_DISMISSED, SURVEY_SHOWN, Survey};
use hitmetrix_store::settings::{Author, KnownSurvey, SurveyState, Touch};

use super::visit::{Visit, properties, text};

const ID: &str = "de30000000002001";
const QUESTION: &str = "What keeps you from ordering today?";
/// Of those who leave the checkout so many are asked.
const ASKED: f64 = 0.6;
const CHOICES: [&str; 4] = [
    "I am only looking",
    "The price",
    "The delivery",
    "Something does not work",
];

/// Why somebody leaves the checkout, and what they write of it.
#[derive(Debug, Clone, Copy)]
pub enum Leaving {
    /// The payment throws.
    Payment,
    /// The postcode is refused.
    Postcode,
    /// The delivery is what it is.
    Delivery,
}

impl Leaving {
    fn choice(self) -> usize {
        match self {
            Self::Payment | Self::Postcode => 3,
            Self::Delivery => 2,
        }
    }

    /// Of those who are asked so many answer: whom a fault keeps from paying wants to say so.
    fn answers(self) -> f64 {
        match self {
            Self::Payment => 0.8,
            Self::Postcode | Self::Delivery => 0.45,
        }
    }

    /// What they write, each with how often.
    fn comments(self) -> &'static [(f64, &'static str)] {
        match self {
            Self::Payment => &[
                (3.0, "I press Pay now and nothing happens."),
                (
                    1.0,
                    "Tried three times, the button does nothing. On my iPhone.",
                ),
                (1.0, "Paying does not work."),
            ],
            Self::Postcode => &[
                (1.0, "It says my postcode is wrong. It is not."),
                (1.0, "My postcode has letters in it."),
            ],
            Self::Delivery => &[
                (1.0, "Two weeks is too long."),
                (1.0, "More for sending it than I thought."),
            ],
        }
    }
}

/// Somebody leaves, and may be asked.
pub fn ask(visit: &mut Visit<'_>, leaving: Leaving) {
    if !visit.dice.happens(ASKED) {
        return;
    }
    let asked = || properties([("survey", text(ID)), ("question", text(QUESTION))]);
    visit.act(SURVEY_SHOWN, asked());
    visit.wait(7.0);
    if !visit.dice.happens(leaving.answers()) {
        visit.act(SURVEY_DISMISSED, asked());
        return;
    }
    let mut said = asked();
    let choice = match visit.dice.happens(0.8) {
        true => leaving.choice(),
        false => 0,
    };
    said.insert("choice".to_owned(), text(CHOICES[choice]));
    if choice > 0 && visit.dice.happens(0.7) {
        let comment = visit.dice.pick(leaving.comments());
        said.insert("comment".to_owned(), text(comment));
    }
    visit.act(SURVEY_ANSWERED, said);
}

/// The demo's survey, made by the command line at a time.
///
/// # Panics
/// Never: what it is stands in this file.
#[must_use]
pub fn survey(now_ms: i64) -> KnownSurvey {
    let touch = Touch {
        at_ms: now_ms,
        by: Author::Control,
    };
    let survey: Survey = serde_json::from_value(serde_json::json!({
        "kind": "choice",
        "moment": "exit",
        "pages": ["/checkout*"],
        "choices": CHOICES,
        "words": {"question": QUESTION, "follow_up": "What happened?"},
    }))
    .expect("it is a survey");
    KnownSurvey {
        id: ID.to_owned(),
        name: "Leaving the checkout".to_owned(),
        survey,
        state: SurveyState::Paused,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    }
}
