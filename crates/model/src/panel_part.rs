//! What the panels of a board ask. Whoever reads a board by a link names a panel and a part of it,
//! never a question: the questions are made here, from what is saved, so that there is nothing that
//! a reader could widen. The dashboard asks the same of its own.

use serde::{Deserialize, Serialize};

use crate::board::{BoardCommon, PanelDisplay, PanelShows};
use crate::question::{Compare, Measure, Period, Question, QuestionKind};

/// The period of a panel that shows one number about all events, where the board has none.
const USUAL_PERIOD: &str = "30d";

/// What of a panel is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelPart {
    /// What the insight asks, as it was saved.
    Answer,
    /// The insight undivided.
    Whole,
    /// The one number: of a measure over the whole period; of a trend up to each interval, of a
    /// funnel undivided.
    Number,
    /// How the number went: the trend undivided and without comparison.
    Line,
}

impl PanelPart {
    /// The question, before what the board asks in common; none where the panel has no such part.
    #[must_use]
    pub fn question(self, shows: &PanelShows, insight: Option<&Question>) -> Option<Question> {
        match (shows, insight) {
            (PanelShows::Measure { measure }, _) => self.of_measure(*measure),
            (PanelShows::Insight { display, .. }, Some(question)) => self
                .fits(*display, question)
                .then(|| self.of_insight(question.clone()))?,
            (PanelShows::Insight { .. }, None) | (PanelShows::Text { .. }, _) => None,
        }
    }

    fn of_measure(self, measure: Measure) -> Option<Question> {
        let (kind, compare) = match self {
            Self::Number => (QuestionKind::Totals, Compare::Previous),
            Self::Line => (QuestionKind::Trend, Compare::None),
            Self::Answer | Self::Whole => return None,
        };
        let period = Period::Last {
            last: USUAL_PERIOD.to_owned(),
        };
        Some(Question {
            measures: vec![measure],
            compare,
            ..Question::new(kind, period)
        })
    }

    /// Whether a panel that shows an insight this way has the part: where one number is shown, the
    /// values that it is divided by are nobody's to read.
    fn fits(self, display: PanelDisplay, question: &Question) -> bool {
        match (display, question.kind) {
            // A trend of measures is undivided and has no number of its own.
            (PanelDisplay::Number, QuestionKind::Trend) if question.trend.is_some() => {
                matches!(self, Self::Number | Self::Line)
            }
            (PanelDisplay::Number, QuestionKind::Funnel) => self == Self::Number,
            (_, QuestionKind::Funnel) => matches!(self, Self::Answer | Self::Whole),
            _ => self == Self::Answer,
        }
    }

    fn of_insight(self, mut question: Question) -> Option<Question> {
        if self == Self::Answer {
            return Some(question);
        }
        match (question.kind, &mut question.trend, &mut question.funnel) {
            (QuestionKind::Trend, Some(trend), _) => {
                trend.breakdown = Vec::new();
                trend.top = None;
                if self == Self::Number {
                    trend.cumulative = true;
                    trend.moving_average = None;
                }
            }
            (QuestionKind::Funnel, _, Some(funnel)) if self != Self::Line => {
                funnel.breakdown = None;
                funnel.top = None;
            }
            _ => return None,
        }
        Some(question)
    }

    /// The question as the board asks it; none where the panel has no such part.
    #[must_use]
    pub fn asked(
        self,
        (shows, insight): (&PanelShows, Option<&Question>),
        common: &BoardCommon,
    ) -> Option<Question> {
        let mut question = common.put_on(self.question(shows, insight)?);
        if self == Self::Line {
            question.compare = Compare::None;
        }
        Some(question)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(part: PanelPart, shows: Value, insight: Option<Value>) -> Option<Value> {
        let shows: PanelShows = serde_json::from_value(shows).unwrap();
        let insight: Option<Question> =
            insight.map(|question| serde_json::from_value(question).unwrap());
        let common: BoardCommon =
            serde_json::from_value(json!({"period": {"last": "7d"}, "compare": "previous"}))
                .unwrap();
        part.asked((&shows, insight.as_ref()), &common)
            .map(|question| serde_json::to_value(question).unwrap())
    }

    fn trend() -> Value {
        json!({"kind": "trend", "period": {"last": "90d"}, "trend": {"moving_average": 7,
            "series": [{"events": ["order"]}], "breakdown": [{"dimension": "device"}], "top": 6}})
    }

    #[test]
    fn each_part_of_a_trend_is_made_of_the_saved_question() {
        let shown = |display: &str| json!({"insight": "1", "display": display});
        let whole = asked(PanelPart::Answer, shown("chart"), Some(trend())).unwrap();
        let part = |part| asked(part, shown("number"), Some(trend())).unwrap();
        assert_eq!(whole["trend"]["top"], 6);
        assert_eq!(whole["period"], json!({"last": "7d"}));
        let number = part(PanelPart::Number);
        assert_eq!(number["trend"]["cumulative"], true);
        assert_eq!(number["compare"], "previous");
        for gone in ["breakdown", "top", "moving_average"] {
            assert_eq!(number["trend"].get(gone), None, "{gone}");
        }
        let line = part(PanelPart::Line);
        assert_eq!(line["compare"], "none");
        assert_eq!(line["trend"]["moving_average"], 7);
        assert_eq!(line["trend"].get("breakdown"), None);
    }

    #[test]
    fn what_is_shown_as_a_number_does_not_give_out_what_it_is_divided_by() {
        use PanelPart::{Answer, Line, Number, Whole};
        let funnel = json!({"kind": "funnel", "period": {"last": "30d"}, "funnel": {"steps": [
            {"events": ["a"]}, {"events": ["b"]}], "breakdown": {"dimension": "device"}}});
        let plain = json!({"kind": "trend", "period": {"last": "30d"}, "measures": ["events"]});
        let table = json!({"kind": "breakdown", "period": {"last": "30d"}, "measures": ["events"],
            "dimension": "page"});
        let cases: [(&str, &Value, &[PanelPart]); 10] = [
            ("number", &trend(), &[Number, Line]),
            ("chart", &trend(), &[Answer]),
            ("table", &trend(), &[Answer]),
            ("number", &funnel, &[Number]),
            ("chart", &funnel, &[Answer, Whole]),
            ("table", &funnel, &[Answer, Whole]),
            ("number", &plain, &[Answer]),
            ("chart", &plain, &[Answer]),
            ("number", &table, &[Answer]),
            ("table", &table, &[Answer]),
        ];
        for (display, question, expected) in cases {
            let shows = json!({"insight": "1", "display": display});
            for part in [Answer, Whole, Number, Line] {
                let made = asked(part, shows.clone(), Some(question.clone()));
                let what = format!("{part:?} of {display} {question}");
                assert_eq!(made.is_some(), expected.contains(&part), "{what}");
                if let (Number, Some(made)) = (part, made) {
                    assert!(!made.to_string().contains("breakdown"), "{what}");
                }
            }
        }
    }

    #[test]
    fn panel_has_no_other_parts_than_it_shows() {
        let measure = json!({"measure": "sessions"});
        let number = asked(PanelPart::Number, measure.clone(), None).unwrap();
        assert_eq!(number["kind"], "totals");
        assert_eq!(number["compare"], "previous");
        let line = asked(PanelPart::Line, measure.clone(), None).unwrap();
        assert_eq!(line["kind"], "trend");
        assert_eq!(line["compare"], "none");
        for part in [PanelPart::Answer, PanelPart::Whole] {
            assert_eq!(asked(part, measure.clone(), None), None);
        }
        let retention = json!({"kind": "retention", "period": {"last": "30d"}, "retention": {
            "start": {"events": ["a"]}, "return": {"events": ["b"]}}});
        for part in [PanelPart::Whole, PanelPart::Number, PanelPart::Line] {
            let shows = json!({"insight": "1"});
            assert_eq!(asked(part, shows, Some(retention.clone())), None);
            assert_eq!(asked(part, json!({"text": "words"}), None), None);
        }
    }
}
