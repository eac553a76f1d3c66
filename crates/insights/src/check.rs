//! Whether a question has what its kind needs and nothing that its kind does not know, before
//! anything is resolved or read. What a kind's own field may say is checked by its insight.

use hitmetrix_model::{Compare, Question, QuestionKind, SessionOrder, limits};

use crate::AskError;

/// Refuses questions that lack what their kind needs or have what it does not know.
pub(crate) fn check(question: &Question) -> Result<(), AskError> {
    let kind = question.kind;
    let not_for_kind = |field| Err(AskError::NotForKind { field, kind });
    let wants_measures = match kind {
        QuestionKind::Totals | QuestionKind::Breakdown => true,
        QuestionKind::Trend => question.trend.is_none(),
        _ => false,
    };
    if wants_measures && question.measures.is_empty() {
        return Err(AskError::NoMeasures { kind });
    }
    if !wants_measures && !question.measures.is_empty() {
        return not_for_kind("measures");
    }
    for (index, &measure) in question.measures.iter().enumerate() {
        if question.measures[..index].contains(&measure) {
            return Err(AskError::RepeatedMeasure { measure });
        }
    }
    let compares = matches!(
        kind,
        QuestionKind::Totals
            | QuestionKind::Trend
            | QuestionKind::Breakdown
            | QuestionKind::Funnel
            | QuestionKind::Forms
            | QuestionKind::Retention
            | QuestionKind::Lifecycle
            | QuestionKind::Stickiness
            | QuestionKind::Distribution
    );
    if !compares && question.compare != Compare::None {
        return not_for_kind("compare");
    }
    let has_intervals = matches!(
        kind,
        QuestionKind::Trend
            | QuestionKind::Funnel
            | QuestionKind::Goals
            | QuestionKind::Retention
            | QuestionKind::Lifecycle
            | QuestionKind::Stickiness
    );
    if !has_intervals && question.interval.is_some() {
        return not_for_kind("interval");
    }
    if kind == QuestionKind::Breakdown {
        if question.dimension.is_none() {
            return Err(AskError::NoDimension);
        }
    } else if question.dimension.is_some() {
        return not_for_kind("dimension");
    }
    check_own(question)?;
    check_list(question)?;
    let has_no_limit = matches!(
        kind,
        QuestionKind::Totals
            | QuestionKind::Trend
            | QuestionKind::Distribution
            | QuestionKind::Goals
            | QuestionKind::Retention
            | QuestionKind::Lifecycle
            | QuestionKind::Stickiness
    );
    match question.limit {
        Some(_) if has_no_limit => not_for_kind("limit"),
        Some(given) if given as usize > limits::ANSWER_ROWS => Err(AskError::TooManyRows { given }),
        _ => Ok(()),
    }
}

/// Only few sessions can stand for all.
fn check_list(question: &Question) -> Result<(), AskError> {
    let order = question.sessions.as_ref().map(|list| list.order);
    match question.limit {
        Some(given)
            if order == Some(SessionOrder::Representative) && given > limits::REPRESENTATIVES =>
        {
            Err(AskError::OutOfBounds {
                given: i64::from(given),
                least: 0,
                most: i64::from(limits::REPRESENTATIVES),
            }
            .at("limit"))
        }
        _ => Ok(()),
    }
}

/// Each kind has its own field, and only that.
fn check_own(question: &Question) -> Result<(), AskError> {
    let kind = question.kind;
    let own = [
        (QuestionKind::Trend, "trend", question.trend.is_some()),
        (QuestionKind::Funnel, "funnel", question.funnel.is_some()),
        (
            QuestionKind::Retention,
            "retention",
            question.retention.is_some(),
        ),
        (QuestionKind::Paths, "paths", question.paths.is_some()),
        (
            QuestionKind::Lifecycle,
            "lifecycle",
            question.lifecycle.is_some(),
        ),
        (
            QuestionKind::Stickiness,
            "stickiness",
            question.stickiness.is_some(),
        ),
        (QuestionKind::Goals, "goals", question.goals.is_some()),
        (
            QuestionKind::Distribution,
            "distribution",
            question.distribution.is_some(),
        ),
        (
            QuestionKind::Correlation,
            "correlation",
            question.correlation.is_some(),
        ),
        (QuestionKind::Errors, "errors", question.errors.is_some()),
        (QuestionKind::Forms, "forms", question.forms.is_some()),
        (QuestionKind::Heatmap, "heatmap", question.heatmap.is_some()),
        (
            QuestionKind::Sessions,
            "sessions",
            question.sessions.is_some(),
        ),
    ];
    for (of, field, is_there) in own {
        if of != kind && is_there {
            return Err(AskError::NotForKind { field, kind });
        }
        let is_needed = matches!(
            kind,
            QuestionKind::Funnel
                | QuestionKind::Goals
                | QuestionKind::Distribution
                | QuestionKind::Correlation
                | QuestionKind::Heatmap
        );
        if of == kind && !is_there && is_needed {
            return Err(AskError::FieldMissing { field, kind });
        }
    }
    Ok(())
}
