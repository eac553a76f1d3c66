//! The live view: who is there now and what happened last.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_insights::{Live, LiveSession, RecentEvent};
use hitmetrix_model::{SessionId, Value};
use hitmetrix_store::{RecordingQuery, Snapshot};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

const RECORDINGS_MAX: u32 = 1_000;
/// A recording begins and ends about when its session does.
const MARGIN_MS: i64 = 5 * 60 * 1000;

/// Batches in which the words of clicks are looked for.
const WORDS_BATCHES_MAX: usize = 4_096;

/// What is going on.
#[derive(Serialize, ToSchema)]
pub struct LiveView {
    /// Time of the server, UTC, milliseconds since the epoch.
    now_ms: i64,
    /// What it was made from.
    data_version: String,
    /// Different persons with an event in the last five minutes.
    people_now: u64,
    /// Their sessions, the latest event first.
    sessions: Vec<LiveSessionRow>,
    /// Events of the last half hour, the newest first, at most 100.
    recent: Vec<RecentEvent>,
}

/// One session that is there.
#[derive(Serialize, ToSchema)]
pub struct LiveSessionRow {
    /// The session.
    #[serde(flatten)]
    facts: LiveSession,
    /// Whether a recording of it is stored.
    recorded: bool,
}

/// What is going on on the site.
///
/// # Errors
/// When the store fails.
pub async fn live(
    State(app): State<Arc<App>>,
    access: SiteAccess,
) -> Result<Json<LiveView>, Problem> {
    let now_ms = app.now_ms();
    let (store, site) = (app.store.clone(), access.id());
    let folding = tokio::task::spawn_blocking(move || {
        let snapshot = store.snapshot(site)?;
        let mut live = hitmetrix_insights::live(&snapshot, now_ms);
        add_words(&mut live.recent, &snapshot);
        Ok::<_, Problem>(live)
    });
    let live = folding
        .await
        .map_err(|_| Problem::internal("the live view panicked"))??;
    let recorded = recorded(&app, &access, &live).await?;
    let sessions = live.sessions.into_iter().map(|facts| LiveSessionRow {
        recorded: recorded.contains(&facts.session),
        facts,
    });
    Ok(Json(LiveView {
        now_ms: live.now_ms,
        data_version: live.data_version,
        people_now: live.people_now,
        sessions: sessions.collect(),
        recent: live.recent,
    }))
}

/// Says what was clicked, as far as the events are too young to be in a part: runs have no lane
/// for it, and what just happened is young.
fn add_words(recent: &mut [RecentEvent], snapshot: &Snapshot) {
    let mut places: HashMap<(SessionId, i64), Vec<usize>> = HashMap::new();
    for (place, event) in recent.iter().enumerate() {
        let key = (event.session, event.time_ms);
        places.entry(key).or_default().push(place);
    }
    for (sender, event) in snapshot.unsealed(WORDS_BATCHES_MAX) {
        let Some(Value::Text(words)) = event.properties.get("text") else {
            continue;
        };
        for &place in places
            .get(&(sender.session, event.time_ms))
            .into_iter()
            .flatten()
        {
            if recent[place].name == event.name {
                recent[place].text.clone_from(words);
            }
        }
    }
}

/// Which of the sessions have a recording.
async fn recorded(
    app: &App,
    access: &SiteAccess,
    live: &Live,
) -> Result<HashSet<SessionId>, Problem> {
    let Some(first_ms) = live.sessions.iter().map(|session| session.started_ms).min() else {
        return Ok(HashSet::new());
    };
    let query = RecordingQuery {
        from_ms: Some(first_ms - MARGIN_MS),
        to_ms: Some(live.now_ms + MARGIN_MS),
        limit: RECORDINGS_MAX,
        ..RecordingQuery::default()
    };
    let (recordings, _) = app.store.recordings(access.id(), &query).await?;
    Ok(recordings
        .into_iter()
        .map(|summary| summary.session)
        .collect())
}
