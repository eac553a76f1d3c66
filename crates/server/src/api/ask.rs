//! Questions over a site's events, and the people behind the cells of their answers. Each is
//! computed on a thread of its own, at most so many at one time, and stops when its client has
//! left. Segments are put in before: the engine knows only conditions.
//!
//! Who accepts `application/x-ndjson` gets lines while the question is computed: `{"progress":
//! 0.4}` now and then, and at last `{"answer": …}` or `{"problem": …}`.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use hitmetrix_insights::{
    AskError, Asked, Listed, Meter, ask_among, counted_sessions, people as people_behind,
    person_list, resolve_segments, sessions_behind,
};
use hitmetrix_model::{
    Answer, PeopleQuestion, PersonListQuestion, Question, RecordingsAsked, SessionId, SessionList,
    limits,
};
use hitmetrix_store::Snapshot;
use hitmetrix_store::settings::KnownSite;
use tokio::task::{JoinError, JoinHandle};

use super::ask_lines;
use super::body::JsonBody;
use crate::app::App;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::Problem;
use crate::questions::{ClientHere, Gauge, QuestionMeter};

/// People whose sessions are looked at where these are to be listed.
#[allow(clippy::cast_possible_truncation, reason = "it is ten thousand")]
const MOST_PEOPLE: u32 = limits::ANSWER_ROWS as u32;

/// Answers a question.
///
/// # Errors
/// When the question is not valid, too many are asked, or it takes too long.
pub async fn ask(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    headers: HeaderMap,
    JsonBody(mut question): JsonBody<Question>,
) -> Result<Response, Problem> {
    resolve_segments(&mut question, &app.sites.saved(access.id()))?;
    let list = question.sessions.as_ref();
    let among = among(&app, (&access, &subject), list).await?;
    let answers = Arc::clone(&app);
    let asking = Asking::start(
        &app,
        access.known(),
        question,
        move |snapshot, asked, meter| {
            let answer = match &among {
                // Not kept: who has seen what is no part of the data's version.
                Some(among) => ask_among(snapshot, asked, among, meter),
                None => answers.answers.ask(snapshot, asked, meter),
            };
            answer.map_err(Problem::from)
        },
    );
    asking.await?.respond(&headers).await
}

/// The sessions whose recordings are as a list asks; none when it asks nothing of them.
async fn among(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    list: Option<&SessionList>,
) -> Result<Option<BTreeSet<SessionId>>, Problem> {
    let Some(list) = list else {
        return Ok(None);
    };
    let site = access.id();
    let marked = match list.marked.is_empty() {
        true => None,
        false => Some(app.settings().marked_sessions(site, &list.marked).await?),
    };
    let Some(asked) = list.recordings else {
        return Ok(marked);
    };
    let mut sessions = app.store.playable_sessions(site).await?;
    if let Some(marked) = marked {
        sessions.retain(|session| marked.contains(session));
    }
    if asked == RecordingsAsked::Unseen
        && let Subject::User(user) = subject
    {
        let seen = app.settings().seen_recordings(user.id, site).await?;
        sessions.retain(|session| !seen.contains(session));
    }
    Ok(Some(sessions))
}

/// The people behind a cell of a question's answer, or their sessions as they are to be listed.
///
/// # Errors
/// As [`ask`]; and when the answer has no such cell.
pub async fn people(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    headers: HeaderMap,
    JsonBody(people): JsonBody<PeopleQuestion>,
) -> Result<Response, Problem> {
    let PeopleQuestion {
        mut question,
        cell,
        limit,
        sessions,
    } = people;
    if let Some(given) = limit.filter(|given| *given as usize > limits::ANSWER_ROWS) {
        return Err(AskError::TooManyRows { given }.into());
    }
    let in_question = |error: AskError| Problem::of_question(&error, "question");
    resolve_segments(&mut question, &app.sites.saved(access.id())).map_err(in_question)?;
    let among = among(&app, (&access, &subject), sessions.as_ref()).await?;
    let rows = sessions.as_ref().map_or(limit, |_| Some(MOST_PEOPLE));
    let words = |what| {
        let words = serde_json::to_string(&what);
        words.map_err(|_| Problem::internal("a cell that is no JSON"))
    };
    let of_list = words(("people", &cell, limit, sessions.as_ref()))?;
    let of_people = words(("people", &cell, rows, None))?;
    let answers = Arc::clone(&app);
    let asking = Asking::start(
        &app,
        access.known(),
        question,
        move |snapshot, asked, meter| {
            let find_people =
                || people_behind(snapshot, (asked, &cell, rows), meter).map_err(in_question);
            let list_of = |people| {
                let Some(list) = &sessions else {
                    return Ok(people);
                };
                let listed = Listed {
                    list,
                    limit,
                    among: among.as_ref(),
                };
                sessions_behind(snapshot, (asked, people), listed, meter).map_err(Problem::from)
            };
            let (kept, asking) = (&answers.answers, (snapshot, asked));
            match among {
                // Not kept: who has seen what is no part of the data's version. The people are.
                Some(_) => list_of(kept.beside(asking, &of_people, find_people)?),
                None => kept.beside(asking, &of_list, || list_of(find_people()?)),
            }
        },
    );
    asking.await?.respond(&headers).await
}

/// Lists the persons or accounts that count in a question of kind `sessions`.
///
/// # Errors
/// As [`ask`]; fields of the list stand below `list`.
pub async fn persons(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    headers: HeaderMap,
    JsonBody(listing): JsonBody<PersonListQuestion>,
) -> Result<Response, Problem> {
    let PersonListQuestion { mut question, list } = listing;
    let in_place = |error: AskError| {
        let of_list = |field: &str| field.starts_with("list.") || field.starts_with("question.");
        let within = match error.field() {
            Some(field) if of_list(&field) => "",
            _ => "question",
        };
        Problem::of_question(&error, within)
    };
    resolve_segments(&mut question, &app.sites.saved(access.id())).map_err(in_place)?;
    let beside = serde_json::to_string(&("persons", &list));
    let beside = beside.map_err(|_| Problem::internal("a list that is no JSON"))?;
    let answers = Arc::clone(&app);
    let asking = Asking::start(
        &app,
        access.known(),
        question,
        move |snapshot, asked, meter| {
            answers.answers.beside((snapshot, asked), &beside, || {
                person_list(snapshot, asked, &list, meter).map_err(in_place)
            })
        },
    );
    asking.await?.respond(&headers).await
}

/// The sessions that a question of kind `sessions` counts: of some, or of all there are.
///
/// # Errors
/// As [`ask`].
pub async fn counted(
    app: &Arc<App>,
    access: &SiteAccess,
    mut question: Question,
    among: Option<BTreeSet<SessionId>>,
) -> Result<BTreeSet<SessionId>, Problem> {
    resolve_segments(&mut question, &app.sites.saved(access.id()))?;
    let count = move |snapshot: &Snapshot, asked: &Asked<'_>, meter: &dyn Meter| {
        counted_sessions(snapshot, asked, among.as_ref(), meter).map_err(Problem::from)
    };
    let asking = Asking::start(app, access.known(), question, count);
    asking.await?.end().await
}

/// The answer to a question of a site, from the kept ones where it is there.
///
/// # Errors
/// As [`ask`].
pub async fn answer_of(
    app: &Arc<App>,
    known: &Arc<KnownSite>,
    mut question: Question,
) -> Result<Answer, Problem> {
    resolve_segments(&mut question, &app.sites.saved(known.site.id))?;
    let answers = Arc::clone(app);
    let asking = Asking::start(app, known, question, move |snapshot, asked, meter| {
        let answer = answers.answers.ask(snapshot, asked, meter);
        answer.map_err(Problem::from)
    });
    asking.await?.end().await
}

/// A question that is being answered. Dropped, it is stopped.
pub struct Asking<A = Answer> {
    folding: JoinHandle<Result<A, Problem>>,
    /// How far it has come.
    pub gauge: Arc<Gauge>,
    _client_here: ClientHere,
}

impl<A: Send + 'static> Asking<A> {
    /// Takes a slot and has a question answered on a thread of its own.
    ///
    /// # Errors
    /// When too many questions wait already.
    pub async fn start<F>(
        app: &Arc<App>,
        known: &Arc<KnownSite>,
        question: Question,
        answer: F,
    ) -> Result<Self, Problem>
    where
        F: FnOnce(&Snapshot, &Asked<'_>, &dyn Meter) -> Result<A, Problem> + Send + 'static,
    {
        let slot = app.questions.take().await?;
        let (meter, client_here, gauge) = QuestionMeter::start();
        let app = Arc::clone(app);
        let known = Arc::clone(known);
        let now_ms = app.now_ms();
        let folding = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            let snapshot = app.store.snapshot(known.site.id)?;
            let asked = Asked {
                question: &question,
                site_time_zone: &known.site.time_zone,
                session_idle_ms: known.site.settings.session_idle_ms,
                now_ms,
            };
            let answer = answer(&snapshot, &asked, &meter)?;
            app.counters.questions_answered.add(1);
            Ok(answer)
        });
        Ok(Self {
            folding,
            gauge,
            _client_here: client_here,
        })
    }

    /// The answer, once it is there.
    pub async fn end(&mut self) -> Result<A, Problem> {
        let ended: Result<_, JoinError> = (&mut self.folding).await;
        ended.map_err(|_| Problem::internal("a question panicked"))?
    }
}

impl Asking {
    async fn respond(mut self, headers: &HeaderMap) -> Result<Response, Problem> {
        let accepts = headers.get_all(header::ACCEPT).iter();
        if accepts
            .filter_map(|value| value.to_str().ok())
            .any(ask_lines::is_among)
        {
            return Ok(ask_lines::respond(self));
        }
        self.end().await.map(|answer| Json(answer).into_response())
    }

    /// A question that is never answered, and its meter.
    #[cfg(test)]
    pub fn for_ever() -> (Self, QuestionMeter) {
        let (meter, client_here, gauge) = QuestionMeter::start();
        let asking = Self {
            folding: tokio::spawn(std::future::pending()),
            gauge,
            _client_here: client_here,
        };
        (asking, meter)
    }
}
