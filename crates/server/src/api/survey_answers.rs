//! The answers to a survey one by one, the newest first: who, where, what, and the second of the
//! recording. The engine says whose answers count under period, segment and filters; their events are
//! then read whole, because comments are no lane.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_insights::{Asked, Meter, go_on, people as people_behind, resolve_segments};
use hitmetrix_model::{
    Answer, Bots, Cell, CellAddress, Condition, Dimension, Filter, Level, Measure, Operator,
    Period, PropertyFilter, Question, QuestionKind, SURVEY_ANSWERED, SessionId, Value, limits,
};
use hitmetrix_store::settings::KnownSurvey;
use hitmetrix_store::{EventPlace, NamedEvents, Snapshot, StoredEvent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask::Asking;
use super::body::{JsonBody, PathPart};
use super::saved::{SavedPath, find};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Answers of a page when the question says nothing of it, and at most.
const ROWS: u32 = 50;
const ROWS_MAX: u32 = 200;
/// What is asked about the number of answers, in words of our own.
const WHO_ANSWERED: &str = "who answered";

/// Which answers are wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersAsked {
    /// When they were given.
    period: Period,
    /// All must hold, as in questions; segments and goals too.
    #[serde(default)]
    filters: Vec<Condition>,
    /// Which senders count.
    #[serde(default)]
    bots: Bots,
    /// Only those in whose comment or choice this stands, whatever the case.
    #[serde(default)]
    find: String,
    /// Only those with a comment.
    #[serde(default)]
    commented: bool,
    /// Only those with one of these scores; any when empty.
    #[serde(default)]
    scores: Vec<u8>,
    /// Only those before this one: `next` of the page before.
    #[serde(default)]
    before: Option<String>,
    /// How many at most, 1 to 200; 50 when absent.
    #[serde(default)]
    limit: Option<u32>,
}

/// Answers, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerList {
    /// A page of them.
    answers: Vec<AnswerRow>,
    /// How many fit what was asked, pages before this one included.
    total: u64,
    /// Older answers that were not looked through because there are too many; of sessions beyond the
    /// limit at least one each.
    left_out: u64,
    /// What the next page must say as `before`; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// What could not be read, in words; empty when nothing is missing.
    missing: Vec<String>,
}

/// One answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswerRow {
    /// UTC, milliseconds since the epoch.
    time_ms: i64,
    #[schema(value_type = String)]
    person: hitmetrix_model::PersonKey,
    /// The site's own name of the user; empty when it gave none.
    user: String,
    #[schema(value_type = String)]
    session: SessionId,
    /// Path of the page.
    page: String,
    device: String,
    country: String,
    browser: String,
    system: String,
    /// What was asked then.
    question: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    /// What was chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    choices: Vec<String>,
    /// What was written.
    #[serde(skip_serializing_if = "String::is_empty")]
    comment: String,
    /// When the recording of the session begins, if there is one that plays; UTC, milliseconds
    /// since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_started_ms: Option<i64>,
}

/// The answers to a survey.
///
/// # Errors
/// When the site has no such survey, the question is not valid, or takes too long.
pub async fn answers(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(asked): JsonBody<AnswersAsked>,
) -> Result<Json<AnswerList>, Problem> {
    let KnownSurvey { id: survey, .. } = find(&app, &access, &path.id).await?;
    let before = match &asked.before {
        None => None,
        Some(text) => {
            let wrong = |error: hitmetrix_store::PlaceError| Problem::invalid(error.to_string());
            let place: EventPlace = text.parse().map_err(|error| wrong(error).at("before"))?;
            Some(place)
        }
    };
    let limit = asked.limit.unwrap_or(ROWS);
    if !(1..=ROWS_MAX).contains(&limit) {
        let why = format!("limit is {limit}, it must be 1 to {ROWS_MAX}; ask for pages");
        return Err(Problem::invalid(why).at("limit"));
    }
    let mut question = question(&survey, &asked);
    resolve_segments(&mut question, &app.sites.saved(access.id()))?;
    let looking = Looking {
        app: Arc::clone(&app),
        survey,
        asked,
        before,
        limit: limit as usize,
    };
    let mut asking = Asking::start(
        &app,
        access.known(),
        question,
        move |snapshot, asked, meter| looking.list(snapshot, (asked, meter)),
    )
    .await?;
    let mut list = asking.end().await?;
    for row in &mut list.answers {
        let recording = app.store.recording(access.id(), row.session).await?;
        let playable = recording.filter(|(summary, _)| summary.playable);
        row.recording_started_ms = playable.map(|(summary, _)| summary.started_ms);
    }
    Ok(Json(list))
}

/// How many answered, whoever that is.
fn question(survey: &str, asked: &AnswersAsked) -> Question {
    let is_answer = Condition::Dimension(Filter {
        dimension: Dimension::Event,
        operator: Operator::Is,
        values: vec![SURVEY_ANSWERED.to_owned()],
    });
    let of_survey = Condition::Property(PropertyFilter {
        property: "survey".to_owned(),
        of: Level::Event,
        operator: Operator::Is,
        values: vec![survey.to_owned()],
    });
    let mut filters = asked.filters.clone();
    filters.extend([is_answer, of_survey]);
    Question {
        filters,
        bots: asked.bots,
        measures: vec![Measure::Events],
        ..Question::new(QuestionKind::Totals, asked.period.clone())
    }
}

struct Looking {
    app: Arc<App>,
    survey: String,
    asked: AnswersAsked,
    before: Option<EventPlace>,
    limit: usize,
}

impl Looking {
    fn list(
        &self,
        snapshot: &Snapshot,
        (asked, meter): (&Asked<'_>, &dyn Meter),
    ) -> Result<AnswerList, Problem> {
        let cell = CellAddress {
            column: Measure::Events.name().to_owned(),
            row: BTreeMap::new(),
        };
        let most = u32::try_from(limits::SURVEY_ANSWERS).unwrap_or(u32::MAX);
        let people = self
            .app
            .answers
            .beside((snapshot, asked), WHO_ANSWERED, || {
                people_behind(snapshot, (asked, &cell, Some(most)), meter)
            })?;
        let sessions: HashSet<u128> = people
            .rows
            .iter()
            .filter_map(|row| match row.get(1) {
                Some(Cell::Text(id)) => id.parse::<SessionId>().ok().map(|id| id.0),
                _ => None,
            })
            .collect();
        // Where nothing is asked of what the answers say, those of the page are enough, and all are
        // counted without being read.
        let all_are_there = people.rows_total == people.rows.len() as u64;
        let counted = match self.is_of_all() && all_are_there {
            true => Some(self.app.answers.ask(snapshot, asked, meter)?),
            false => None,
        };
        let found = self.app.store.events_of_name(
            snapshot,
            NamedEvents {
                name: SURVEY_ANSWERED,
                span_ms: (people.period.from_ms, people.period.to_ms),
                sessions: &sessions,
                takes: &|stored| text(stored, "survey") == self.survey,
                before: self.before.filter(|_| counted.is_some()),
                most: match counted {
                    Some(_) => self.limit + 1,
                    None => limits::SURVEY_ANSWERS,
                },
                counts_left_out: counted.is_none(),
                cancelled: &|| go_on(meter).is_err(),
            },
        );
        go_on(meter)?;
        let mut fitting: Vec<&StoredEvent> = found
            .events
            .iter()
            .filter(|stored| self.takes(stored))
            .collect();
        fitting.reverse();
        let total = match counted
            .as_ref()
            .and_then(|answer| answer.rows.first()?.first())
        {
            Some(Cell::Count(count)) => u64::try_from(*count).unwrap_or(0),
            _ => fitting.len() as u64,
        };
        fitting.retain(|stored| {
            self.before
                .is_none_or(|before| EventPlace::of(stored) < before)
        });
        let has_more = fitting.len() > self.limit;
        fitting.truncate(self.limit);
        Ok(AnswerList {
            next: fitting
                .last()
                .filter(|_| has_more)
                .map(|last| EventPlace::of(last).to_string()),
            answers: fitting
                .into_iter()
                .map(|stored| row(stored, snapshot))
                .collect(),
            total,
            left_out: people.rows_total.saturating_sub(people.rows.len() as u64) + found.left_out,
            missing: missing(found.missing, counted),
        })
    }

    fn is_of_all(&self) -> bool {
        let AnswersAsked {
            filters,
            find,
            commented,
            scores,
            ..
        } = &self.asked;
        // A filter may hold for some answers of a session and not for others; all are listed.
        filters.is_empty() && find.trim().is_empty() && !commented && scores.is_empty()
    }

    fn takes(&self, stored: &StoredEvent) -> bool {
        let comment = text(stored, "comment");
        let has_score = |wanted: &u8| score(stored) == Some(f64::from(*wanted));
        if self.asked.commented && comment.is_empty()
            || !self.asked.scores.is_empty() && !self.asked.scores.iter().any(has_score)
        {
            return false;
        }
        let wanted = self.asked.find.trim().to_lowercase();
        wanted.is_empty()
            || comment.to_lowercase().contains(&wanted)
            || choices(stored)
                .iter()
                .any(|choice| choice.to_lowercase().contains(&wanted))
    }
}

/// What could not be read by either.
fn missing(mut found: Vec<String>, counted: Option<Answer>) -> Vec<String> {
    found.extend(counted.into_iter().flat_map(|answer| answer.missing));
    found.sort_unstable();
    found.dedup();
    found
}

fn text<'a>(stored: &'a StoredEvent, name: &str) -> &'a str {
    match stored.event.properties.get(name) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}

fn score(stored: &StoredEvent) -> Option<f64> {
    match stored.event.properties.get("score") {
        Some(Value::Number(score)) => Some(*score),
        _ => None,
    }
}

fn choices(stored: &StoredEvent) -> Vec<String> {
    match stored.event.properties.get("choice") {
        Some(Value::Text(one)) => vec![one.clone()],
        Some(Value::List(several)) => several
            .iter()
            .filter_map(|one| match one {
                Value::Text(one) => Some(one.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn row(stored: &StoredEvent, snapshot: &Snapshot) -> AnswerRow {
    let context = &stored.sender.context;
    let (user, _) = snapshot.user_of_person(stored.person);
    AnswerRow {
        time_ms: stored.event.time_ms,
        person: stored.person,
        user: user.unwrap_or_default(),
        session: stored.sender.session,
        page: stored.event.page.path.clone(),
        device: context.device.clone(),
        country: context.country.clone(),
        browser: context.browser.clone(),
        system: context.system.clone(),
        question: text(stored, "question").to_owned(),
        score: score(stored),
        choices: choices(stored),
        comment: text(stored, "comment").to_owned(),
        recording_started_ms: None,
    }
}
