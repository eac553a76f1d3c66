//! Surveys: one question to visitors, where and when it is asked, and its words. A page gets what it
//! needs of the active ones with its rules; answers are events like any other.

use serde::{Deserialize, Serialize};

/// Name of the event of a survey that a visitor was shown.
pub const SURVEY_SHOWN: &str = "survey_shown";
/// Name of the event of an answer.
pub const SURVEY_ANSWERED: &str = "survey_answered";
/// Name of the event of a survey that was closed without an answer.
pub const SURVEY_DISMISSED: &str = "survey_dismissed";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurveyKind {
    /// A score from 1 to 5.
    Rating,
    /// A score from 0 to 10, for the net promoter score.
    Nps,
    /// One of the choices, or several.
    Choice,
    /// A text.
    Text,
}

/// A class of devices, as the dimension `device` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurveyDevice {
    /// Computers.
    Desktop,
    /// Tablets.
    Tablet,
    /// Phones.
    Phone,
}

/// When a page asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SurveyMoment {
    /// `{"seconds": 20}`: so long after the page was opened.
    Seconds(u32),
    /// `{"event": "order"}`: after an event of this name.
    Event(String),
    /// `"exit"`: when somebody seems to leave.
    Exit,
    /// `"tab"`: never by itself; a small tab at the edge of the page opens it.
    Tab,
}

/// The words of a survey. What is empty has a usual word in the survey's language, or is left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyWords {
    /// What is asked.
    pub question: String,
    /// Asked after a score or choice, for a comment; without it nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub follow_up: String,
    /// What the lowest score means, as `Very poor`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub low: String,
    /// What the highest score means.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub high: String,
    /// What the answer's button says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub send: String,
    /// What the closing button is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub close: String,
    /// What the tab says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tab: String,
    /// What is said after an answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thanks: String,
}

impl SurveyWords {
    /// Each text with its name.
    #[must_use]
    pub fn all(&self) -> [(&'static str, &String); 8] {
        [
            ("question", &self.question),
            ("follow_up", &self.follow_up),
            ("low", &self.low),
            ("high", &self.high),
            ("send", &self.send),
            ("close", &self.close),
            ("tab", &self.tab),
            ("thanks", &self.thanks),
        ]
    }
}

const fn all_visitors() -> u8 {
    100
}

/// A survey as pages have it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// What is asked for.
    pub kind: SurveyKind,
    /// Its words.
    pub words: SurveyWords,
    /// What can be chosen, for `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// Whether several can be chosen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
    /// Language of the words, as `de` or `pt-BR`; that of the page when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// When it is asked.
    pub moment: SurveyMoment,
    /// Path patterns (`*` matches any run of characters) of pages where it is asked; anywhere when
    /// empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
    /// Devices on which it is asked; any when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<SurveyDevice>,
    /// Share of visitors who are asked, 1 to 100 percent; decided from the visitor, so that it is
    /// the same on each visit.
    #[serde(default = "all_visitors")]
    pub share_percent: u8,
}

/// An active survey among the rules of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PageSurvey {
    /// Public id, which its events carry as the property `survey`.
    pub id: String,
    /// The survey.
    #[serde(flatten)]
    pub survey: Survey,
}
