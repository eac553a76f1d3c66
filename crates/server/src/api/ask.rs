//! Questions over a site's events. Each is computed on a thread of its own, at most so many at
//! one time, and stops when its client has left.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_insights::Asked;
use hitmetrix_model::{Answer, Question};

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
    JsonBody(question): JsonBody<Question>,
) -> Result<Json<Answer>, Problem> {
    let slot = app.questions.take().await?;
    // Dropped with this future when the client leaves, which stops the fold.
    let (meter, _client_here) = QuestionMeter::start();
    let answering = Arc::clone(&app);
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
        answering
            .answers
            .ask(&snapshot, &asked, &meter)
            .map_err(|error| Problem::from_error(error.kind(), &error))
    });
    let answer = folding
        .await
        .map_err(|_| Problem::internal("a question panicked"))??;
    app.counters.questions_answered.add(1);
    Ok(Json(answer))
}
