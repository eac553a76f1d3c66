//! One session: who, from where, and everything that happened in it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::{
    Mode, Origin, PersonKey, Properties, RecordingGone, RecordingSummary, SessionId, SiteId, Value,
    VisitorId, WindowId,
};
use hitmetrix_store::StoredEvent;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::PathPart;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Parts of a session's path.
#[derive(Deserialize)]
pub struct SessionPath {
    /// The session.
    pub session: SessionId,
}

/// One session.
#[derive(Serialize, ToSchema)]
pub struct SessionDetail {
    #[schema(value_type = String)]
    pub(super) session: SessionId,
    #[schema(value_type = String)]
    pub(super) visitor: VisitorId,
    #[schema(value_type = String)]
    pub(super) person: PersonKey,
    pub(super) started_ms: i64,
    pub(super) ended_ms: i64,
    pub(super) mode: Mode,
    pub(super) country: String,
    pub(super) browser: String,
    pub(super) browser_version: String,
    pub(super) system: String,
    pub(super) system_version: String,
    pub(super) device: String,
    pub(super) language: String,
    pub(super) screen_px: [u16; 2],
    /// The pattern that made the sender a bot; empty for people.
    pub(super) bot: String,
    /// Host of the page that led here.
    pub(super) referrer: String,
    pub(super) channel: String,
    pub(super) source: String,
    pub(super) medium: String,
    pub(super) campaign: String,
    pub(super) term: String,
    pub(super) content: String,
    /// In the order of their times.
    pub(super) events: Vec<SessionEvent>,
    /// The recording, while there is one.
    pub(super) recording: Option<RecordingSummary>,
    /// Why there is none any more, where somebody deleted it or the disk was full.
    pub(super) recording_gone: Option<RecordingGone>,
}

/// One event of a session.
#[derive(Serialize, ToSchema)]
pub struct SessionEvent {
    pub(super) time_ms: i64,
    pub(super) name: String,
    pub(super) sequence: u32,
    #[schema(value_type = String)]
    pub(super) window: WindowId,
    pub(super) page: SessionPage,
    #[schema(value_type = Object)]
    pub(super) properties: serde_json::Value,
    /// Revenue or an identity that came with the public key alone.
    pub(super) unverified: bool,
    /// Who sent it: a browser, a server or an import.
    #[schema(value_type = String)]
    pub(super) origin: Origin,
}

/// The page of an event.
#[derive(Serialize, ToSchema)]
pub struct SessionPage {
    host: String,
    path: String,
    query: String,
    title: String,
}

/// One session of the site.
///
/// # Errors
/// When there is none with this id on this site.
pub async fn session(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SessionPath>,
) -> Result<Json<SessionDetail>, Problem> {
    let found = detail(&app, access.id(), path.session).await?;
    found.map(Json).ok_or_else(|| Problem::not_found("session"))
}

/// What is known of a session; nothing when it has no event.
///
/// # Errors
/// When the store fails.
pub async fn detail(
    app: &App,
    site: SiteId,
    session: SessionId,
) -> Result<Option<SessionDetail>, Problem> {
    let events = app.store.events_of_session(site, session).await?;
    let recording = app.store.recording(site, session).await?;
    let recording = recording.map(|(summary, _)| summary);
    let recording_gone = match &recording {
        Some(_) => None,
        None => app.store.recording_gone(site, session).await?,
    };
    let (Some(first), Some(last)) = (events.first(), events.last()) else {
        return Ok(None);
    };
    let arrival = events
        .iter()
        .map(|stored| &stored.event)
        .find(|event| !event.channel.is_empty());
    let of_arrival = |text: fn(&hitmetrix_model::Event) -> &String| {
        arrival.map(|event| text(event).clone()).unwrap_or_default()
    };
    let context = first.sender.context.clone();
    Ok(Some(SessionDetail {
        session,
        visitor: first.sender.visitor,
        person: first.person,
        started_ms: first.event.time_ms,
        ended_ms: last.event.time_ms,
        mode: first.sender.mode,
        country: context.country,
        browser: context.browser,
        browser_version: context.browser_version,
        system: context.system,
        system_version: context.system_version,
        device: context.device,
        language: context.language,
        screen_px: context.screen_px,
        bot: context.bot,
        referrer: of_arrival(|event| &event.referrer_host),
        channel: arrival.map_or_else(|| "Direct".to_owned(), |event| event.channel.clone()),
        source: of_arrival(|event| &event.source),
        medium: of_arrival(|event| &event.medium),
        campaign: of_arrival(|event| &event.campaign),
        term: of_arrival(|event| &event.term),
        content: of_arrival(|event| &event.content),
        events: events.iter().map(event_row).collect(),
        recording,
        recording_gone,
    }))
}

pub(super) fn event_row(stored: &StoredEvent) -> SessionEvent {
    let event = &stored.event;
    SessionEvent {
        time_ms: event.time_ms,
        name: event.name.clone(),
        sequence: event.sequence,
        window: stored.sender.window,
        page: SessionPage {
            host: event.page.host.clone(),
            path: event.page.path.clone(),
            query: event.page.query.clone(),
            title: event.page.title.clone(),
        },
        properties: properties(&event.properties),
        unverified: event.unverified,
        origin: stored.origin,
    }
}

/// Properties as plain JSON. (Their own serialisation names the kind of each value, for the log.)
#[must_use]
pub fn properties(properties: &Properties) -> serde_json::Value {
    let object = properties
        .iter()
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect();
    serde_json::Value::Object(object)
}

fn plain(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => serde_json::Value::from(text.as_str()),
        // Whole numbers without a point, as they came.
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            #[allow(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
            let whole = *number as i64;
            serde_json::Value::from(whole)
        }
        Value::Number(number) => serde_json::Value::from(*number),
        Value::Boolean(boolean) => serde_json::Value::from(*boolean),
        Value::List(values) => values.iter().map(plain).collect(),
    }
}
