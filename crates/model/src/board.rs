//! Boards: panels on a grid of twelve columns, and what they are asked in common in place of their
//! own. How a common question changes the one of a panel is decided here, once for the server; the
//! dashboard does the same before it opens a panel in Explore, and both are held against
//! `testdata/board_common.json`.

use serde::{Deserialize, Serialize};

use crate::cohort;
use crate::question::{
    Bots, Compare, Condition, Fact, FunnelRows, Measure, Period, PropertyFact, Question,
    QuestionKind,
};

/// Columns of the grid.
pub const BOARD_COLUMNS: u16 = 12;

/// Where a panel stands, in cells from the left and the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PanelPlace {
    /// First column, from 0.
    pub x: u16,
    /// First row, from 0.
    pub y: u16,
    /// Columns, at least 1; the grid has 12.
    pub width: u16,
    /// Rows, at least 1.
    pub height: u16,
}

impl PanelPlace {
    /// Whether the two have a cell in common.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// How an insight is shown on a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelDisplay {
    /// As Explore draws it.
    #[default]
    Chart,
    /// The rows of its answer.
    Table,
    /// One number: of a trend its first series over the whole period, of a funnel the share that
    /// gets through.
    Number,
}

/// What a panel shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "a panel shows {\"insight\": \"ID\"}, {\"measure\": \"sessions\"} or {\"text\": \"…\"}"
)]
pub enum PanelShows {
    /// A saved insight.
    Insight {
        /// Its id.
        insight: String,
        /// How.
        #[serde(default)]
        display: PanelDisplay,
    },
    /// One number about all events.
    Measure {
        /// Which.
        measure: Measure,
    },
    /// Plain text; addresses in it become links.
    Text {
        /// The text.
        text: String,
    },
}

/// One panel of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// Unique on its board: 1 to 16 lower-case letters and digits.
    pub id: String,
    /// In place of the insight's or measure's name; of a text its heading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Where it stands.
    pub place: PanelPlace,
    /// What it shows.
    pub shows: PanelShows,
}

/// What all panels of a board are asked in common; what is absent each panel has its own.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardCommon {
    /// In place of each panel's period; its interval goes with it, and where the kind needs one it is
    /// about a twelfth of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// In place of each panel's comparison, where its kind can be compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<Compare>,
    /// In place of each panel's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bots: Option<Bots>,
    /// Single conditions on dimensions or properties, and at most one segment or goal, which may
    /// be missed. One that is about
    /// the same as a panel's own stands in its place; the panel's others hold too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Condition>,
}

/// What a single condition is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum About {
    Fact(Fact),
    /// Or a goal, reached or missed: the dashboard has one place for all of them.
    Segment,
}

/// Nothing where a condition is not about one thing alone.
fn about(condition: &Condition) -> Option<About> {
    match condition {
        Condition::Dimension(filter) => Some(About::Fact(Fact::dimension(filter.dimension))),
        Condition::Property(filter) => Some(About::Fact(Fact::Property(PropertyFact {
            property: filter.property.clone(),
            of: filter.of,
        }))),
        Condition::Segment { .. } | Condition::Goal { .. } => Some(About::Segment),
        Condition::Not { not } if matches!(**not, Condition::Goal { .. }) => Some(About::Segment),
        Condition::Session(_)
        | Condition::All { .. }
        | Condition::Any { .. }
        | Condition::Not { .. }
        | Condition::Did { .. }
        | Condition::SessionHas { .. } => None,
    }
}

impl BoardCommon {
    /// The first filter that a board cannot have: one that is not about one thing alone, or a
    /// second segment or goal.
    #[must_use]
    pub fn misfit(&self) -> Option<usize> {
        let mut segments = 0;
        self.filters.iter().position(|filter| match about(filter) {
            Some(About::Segment) => {
                segments += 1;
                segments > 1
            }
            found => found.is_none(),
        })
    }

    /// A panel's question as the board asks it.
    #[must_use]
    pub fn put_on(&self, mut question: Question) -> Question {
        if let Some(period) = &self.period {
            question.period = period.clone();
            question.interval = None;
        }
        if let Some(compare) = self.compare.filter(|_| compares(&question)) {
            question.compare = compare;
        }
        if let Some(bots) = self.bots {
            question.bots = bots;
        }
        let replaced: Vec<About> = self.filters.iter().filter_map(about).collect();
        question
            .filters
            .retain(|own| about(own).is_none_or(|own| !replaced.contains(&own)));
        question.filters.extend(self.filters.iter().cloned());
        cohort::put_interval(&mut question);
        question
    }
}

/// A divided trend or funnel could be compared, but not be drawn with it; of a funnel only its
/// steps are, and of forms only the list.
fn compares(question: &Question) -> bool {
    match question.kind {
        QuestionKind::Totals
        | QuestionKind::Breakdown
        | QuestionKind::Retention
        | QuestionKind::Lifecycle
        | QuestionKind::Stickiness
        | QuestionKind::Distribution => true,
        QuestionKind::Trend => {
            let series = question.trend.as_ref();
            series.is_none_or(|trend| trend.breakdown.is_empty())
        }
        QuestionKind::Funnel => question
            .funnel
            .as_ref()
            .is_some_and(|funnel| funnel.breakdown.is_none() && funnel.rows == FunnelRows::Steps),
        QuestionKind::Forms => {
            let forms = question.forms.as_ref();
            forms.is_none_or(|forms| forms.form.is_none())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Case {
        name: String,
        question: Question,
        common: BoardCommon,
        asked: Question,
    }

    #[test]
    fn common_question_stands_in_place_of_the_panels_own() {
        let cases: Vec<Case> =
            serde_json::from_str(include_str!("../testdata/board_common.json")).unwrap();
        assert!(cases.len() >= 8);
        for case in cases {
            assert_eq!(case.common.misfit(), None, "{}", case.name);
            assert_eq!(
                case.common.put_on(case.question),
                case.asked,
                "{}",
                case.name
            );
        }
    }

    #[test]
    fn filter_of_a_board_is_about_one_thing() {
        let common = |filters: &str| BoardCommon {
            filters: serde_json::from_str(filters).unwrap(),
            ..BoardCommon::default()
        };
        let single = r#"{"dimension":"page","operator":"is","values":["/"]}"#;
        let segment = r#"{"segment":"Buyers"}"#;
        assert_eq!(common(&format!("[{single},{segment}]")).misfit(), None);
        let nested = format!(r#"[{single},{{"not":{single}}}]"#);
        assert_eq!(common(&nested).misfit(), Some(1));
        assert_eq!(common(&format!("[{segment},{segment}]")).misfit(), Some(1));
    }

    #[test]
    fn panels_overlap_where_they_share_a_cell() {
        let place = |x, y, width, height| PanelPlace {
            x,
            y,
            width,
            height,
        };
        let first = place(2, 2, 4, 3);
        for (other, expected) in [
            (place(0, 0, 2, 9), false),
            (place(6, 2, 1, 1), false),
            (place(2, 5, 4, 1), false),
            (place(5, 4, 1, 1), true),
            (place(0, 0, 12, 12), true),
        ] {
            assert_eq!(first.overlaps(other), expected, "{other:?}");
            assert_eq!(other.overlaps(first), expected, "{other:?}");
        }
    }
}
