//! Several questions in one request, as a screen of many panels asks them: those that count the same
//! events are counted in one pass. They take one slot and stop when their client has left.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_insights::{Asked, resolve_segments};
use hitmetrix_model::{Answer, Question, limits};
use serde::{Deserialize, Serialize};
use tokio::task::JoinError;
use utoipa::ToSchema;

use super::body::JsonBody;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::{Code, Problem, ProblemDocument};
use crate::questions::QuestionMeter;

/// Questions that are asked at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionsTogether {
    /// 1 to 32.
    questions: Vec<Question>,
}

/// What came of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswersTogether {
    /// One for each question, in their order.
    answers: Vec<AnswerOrProblem>,
}

/// What came of one question: an answer, or what was wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerOrProblem {
    /// As if it had been asked alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Answer>,
    /// Its status too is as if it had been asked alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemDocument>,
}

impl From<Result<Answer, Problem>> for AnswerOrProblem {
    fn from(result: Result<Answer, Problem>) -> Self {
        let (answer, problem) = match result {
            Ok(answer) => (Some(answer), None),
            Err(problem) => (None, Some(problem.document())),
        };
        Self { answer, problem }
    }
}

/// Answers them.
///
/// # Errors
/// When there are none or too many, or too many questions wait already. What is wrong with one of
/// them stands in its place.
pub async fn ask_together(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(QuestionsTogether { mut questions }): JsonBody<QuestionsTogether>,
) -> Result<Json<AnswersTogether>, Problem> {
    let (given, most) = (questions.len(), limits::QUESTIONS_TOGETHER);
    if given == 0 || given > most {
        let detail =
            format!("{given} questions are asked together, 1 to {most} may be; ask in parts");
        return Err(Problem::new(Code::Invalid, detail).at("questions"));
    }
    let saved = app.sites.saved(access.id());
    let resolved: Vec<Result<(), Problem>> = questions
        .iter_mut()
        .map(|question| resolve_segments(question, &saved).map_err(Problem::from))
        .collect();
    let slot = app.questions.take().await?;
    let (meter, client_here, _) = QuestionMeter::start();
    let known = Arc::clone(access.known());
    let now_ms = app.now_ms();
    let answering = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let snapshot = app.store.snapshot(known.site.id)?;
        let asked: Vec<Asked<'_>> = questions
            .iter()
            .zip(&resolved)
            .filter(|(_, resolved)| resolved.is_ok())
            .map(|(question, _)| Asked {
                question,
                site_time_zone: &known.site.time_zone,
                session_idle_ms: known.site.settings.session_idle_ms,
                now_ms,
            })
            .collect();
        let mut found = app
            .answers
            .ask_together(&snapshot, &asked, &meter)
            .into_iter();
        app.counters.questions_answered.add(asked.len() as u64);
        let answers = resolved.into_iter().map(|resolved| {
            resolved?;
            let answer = found
                .next()
                .expect("each question that is asked has an answer");
            answer.map_err(Problem::from)
        });
        Ok(answers.map(AnswerOrProblem::from).collect())
    });
    let answered: Result<Result<_, Problem>, JoinError> = answering.await;
    drop(client_here);
    let answers = answered.map_err(|_| Problem::internal("a question panicked"))??;
    Ok(Json(AnswersTogether { answers }))
}
