//! Questions over a site's events, and the people behind the cells of their answers. Each is
//! computed on a thread of its own, at most so many at one time, and stops when its client has
//! left. Segments are put in before: the engine knows only conditions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_insights::{AskError, Asked, Meter, people as people_behind, resolve_segments};
use hitmetrix_model::{Answer, PeopleQuestion, Question, limits};
use hitmetrix_store::Snapshot;

use super::body::JsonBody;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;
use crate::questions::QuestionMeter;

/// Answers a question.
///
/// # Errors
/// When the question is not valid, too many are asked, or it takes too long.
pub async fn ask(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(mut question): JsonBody<Question>,
) -> Result<Json<Answer>, Problem> {
    resolve_segments(&mut question, &app.sites.segments(access.id()))?;
    let answers = Arc::clone(&app);
    let answer = answered(&app, &access, question, move |snapshot, asked, meter| {
        answers.answers.ask(snapshot, asked, meter)
    });
    answer.await?.map(Json).map_err(Problem::from)
}

/// The people behind a cell of a question's answer.
///
/// # Errors
/// As [`ask`]; and when the answer has no such cell.
pub async fn people(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(people): JsonBody<PeopleQuestion>,
) -> Result<Json<Answer>, Problem> {
    let PeopleQuestion {
        mut question,
        cell,
        limit,
    } = people;
    let in_question = |error: &AskError| Problem::of_question(error, "question");
    if let Some(given) = limit.filter(|given| *given as usize > limits::ANSWER_ROWS) {
        return Err(AskError::TooManyRows { given }.into());
    }
    resolve_segments(&mut question, &app.sites.segments(access.id()))
        .map_err(|error| in_question(&error))?;
    let answer = answered(&app, &access, question, move |snapshot, asked, meter| {
        people_behind(snapshot, (asked, &cell, limit), meter)
    });
    answer.await?.map(Json).map_err(|error| in_question(&error))
}

/// Takes a slot and has a question answered on a thread of its own.
async fn answered<F>(
    app: &Arc<App>,
    access: &SiteAccess,
    question: Question,
    answer: F,
) -> Result<Result<Answer, AskError>, Problem>
where
    F: FnOnce(&Snapshot, &Asked<'_>, &dyn Meter) -> Result<Answer, AskError> + Send + 'static,
{
    let slot = app.questions.take().await?;
    // Dropped with this future when the client leaves, which stops the fold.
    let (meter, _client_here) = QuestionMeter::start();
    let answering = Arc::clone(app);
    let known = Arc::clone(access.known());
    let now_ms = app.now_ms();
    let folding = tokio::task::spawn_blocking(move || {
        let _slot = slot;
        let snapshot = answering.store.snapshot(known.site.id)?;
        let asked = Asked {
            question: &question,
            site_time_zone: &known.site.time_zone,
            session_idle_ms: known.site.settings.session_idle_ms,
            now_ms,
        };
        Ok(answer(&snapshot, &asked, &meter))
    });
    let answer = folding
        .await
        .map_err(|_| Problem::internal("a question panicked"))?
        .map_err(|error: hitmetrix_store::StoreError| Problem::from(error))?;
    if answer.is_ok() {
        app.counters.questions_answered.add(1);
    }
    Ok(answer)
}
