//! What happened beside the numbers of a board that a link opens, where those who made it show that: of
//! the times that its lines span, or that its readers may choose, and no other; what, when, and not by
//! whom.

use std::sync::Arc;

use hitmetrix_model::{
    Annotation, AnnotationKind, Measure, PanelPart, PanelShows, Period, Question, QuestionKind,
    limits,
};
use hitmetrix_store::settings::BoardShare;
use serde::Serialize;
use utoipa::ToSchema;

use super::insights::check_question;
use super::shared_board::{DAY_MS, Opened};
use crate::app::App;
use crate::problem::Problem;

/// An annotation as readers of a link see it.
#[derive(Serialize, ToSchema)]
pub struct SharedAnnotation {
    /// What kind of thing happened.
    kind: AnnotationKind,
    /// What happened, in plain text.
    text: String,
    /// When, or when it began; UTC, milliseconds since the epoch.
    from_ms: i64,
    /// When it was over; UTC, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_ms: Option<i64>,
}

/// Those that the link shows, by when they begin.
///
/// # Errors
/// When the database fails.
pub async fn shown(
    app: &Arc<App>,
    share: &BoardShare,
    opened: &Opened,
) -> Result<Vec<SharedAnnotation>, Problem> {
    if !share.annotations {
        return Ok(Vec::new());
    }
    let mut found: Vec<(String, Annotation)> = Vec::new();
    for span in spans(app, share, opened).await? {
        let known = app.settings();
        for one in known
            .annotations(share.site, span, limits::SHARED_ANNOTATIONS)
            .await?
        {
            if found.iter().all(|(id, _)| *id != one.id) {
                found.push((one.id, one.annotation));
            }
        }
    }
    found.sort_by(|(one, a), (other, b)| (a.from_ms, one).cmp(&(b.from_ms, other)));
    let shown = found.into_iter().map(|(_, annotation)| SharedAnnotation {
        kind: annotation.kind,
        text: annotation.text,
        from_ms: annotation.from_ms,
        to_ms: annotation.to_ms,
    });
    Ok(shown.collect())
}

/// The times that the lines of the board span, and that its readers may choose.
async fn spans(
    app: &Arc<App>,
    share: &BoardShare,
    opened: &Opened,
) -> Result<Vec<(i64, i64)>, Problem> {
    let lines = lines_of(opened);
    let mut spans = Vec::with_capacity(lines.len() + 1);
    if let (Some(days), false) = (share.period_days, lines.is_empty()) {
        let now_ms = app.now_ms();
        spans.push((now_ms - (i64::from(days) + 1) * DAY_MS, now_ms));
    }
    for (period, time_zone) in lines {
        let question = Question {
            measures: vec![Measure::Events],
            time_zone,
            ..Question::new(QuestionKind::Totals, period)
        };
        // A period that cannot be asked any more has no line to stand on.
        let Ok(answer) = check_question(app, &opened.known, (&question, "period")).await else {
            continue;
        };
        spans.push((answer.period.from_ms, answer.period.to_ms));
    }
    Ok(spans)
}

/// Period and time zone of each panel that draws lines over time, each once.
fn lines_of(opened: &Opened) -> Vec<(Period, Option<String>)> {
    let board = &opened.board.board;
    let mut lines: Vec<(Period, Option<String>)> = Vec::new();
    for panel in &board.panels {
        let PanelShows::Insight { .. } = &panel.shows else {
            continue;
        };
        let asked = opened.question((&panel.id, PanelPart::Answer), &board.common);
        let Some(question) = asked else { continue };
        let is_line = matches!(question.kind, QuestionKind::Trend | QuestionKind::Lifecycle);
        let line = (question.period, question.time_zone);
        if is_line && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}
