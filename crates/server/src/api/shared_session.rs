//! A session as those see it who get only its recording: in a file, or by a link. Never its ids;
//! and, where the person is hidden, nothing by which one could tell who it was.

use hitmetrix_ingest::is_watched;
use hitmetrix_model::{SURVEY_ANSWERED, SiteId};
use serde::Serialize;
use utoipa::ToSchema;

use super::person_profile::named;
use super::sessions::{SessionDetail, SessionEvent};
use crate::app::App;
use crate::problem::Problem;

/// Events that say who somebody is.
const NAMING: &[&str] = &["identify", "alias", "group"];

/// Whether one learns who it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// As in the dashboard.
    Shown,
    /// No name, no properties, no country, no language.
    Hidden,
}

impl Person {
    /// Hidden when asked for.
    #[must_use]
    pub fn hidden_if(hide: bool) -> Self {
        match hide {
            true => Self::Hidden,
            false => Self::Shown,
        }
    }
}

/// A session without its ids.
#[derive(Serialize, ToSchema)]
pub struct SharedSession {
    /// The site's own name of the user; empty when it has none, or when the person is hidden.
    user: String,
    /// True when nothing tells who it was.
    person_hidden: bool,
    started_ms: i64,
    ended_ms: i64,
    /// Empty when the person is hidden.
    country: String,
    browser: String,
    browser_version: String,
    system: String,
    system_version: String,
    device: String,
    /// Empty when the person is hidden.
    language: String,
    screen_px: [u16; 2],
    /// Host of the page that led here.
    referrer: String,
    channel: String,
    source: String,
    campaign: String,
    /// In the order of their times.
    events: Vec<SessionEvent>,
}

impl SharedSession {
    /// What may be seen of a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(
        app: &App,
        site: SiteId,
        (detail, person): (SessionDetail, Person),
    ) -> Result<Self, Problem> {
        let user = match person {
            Person::Shown => user(app, site, &detail).await?,
            Person::Hidden => String::new(),
        };
        let shown = |text: String| match person {
            Person::Shown => text,
            Person::Hidden => String::new(),
        };
        let events = match person {
            Person::Shown => detail.events,
            Person::Hidden => detail.events.into_iter().filter_map(nameless).collect(),
        };
        Ok(Self {
            user,
            person_hidden: person == Person::Hidden,
            started_ms: detail.started_ms,
            ended_ms: detail.ended_ms,
            country: shown(detail.country),
            browser: detail.browser,
            browser_version: detail.browser_version,
            system: detail.system,
            system_version: detail.system_version,
            device: detail.device,
            language: shown(detail.language),
            screen_px: detail.screen_px,
            referrer: detail.referrer,
            channel: detail.channel,
            source: detail.source,
            campaign: detail.campaign,
            events,
        })
    }
}

/// What the site calls the session's person last.
async fn user(app: &App, site: SiteId, detail: &SessionDetail) -> Result<String, Problem> {
    let name = detail.person.to_string();
    let ledger = app.store.person_ledger(site, &name).await?;
    Ok(ledger.map_or_else(String::new, |ledger| named(&ledger).0))
}

/// An event without what could tell who it was; nothing is left of those that say it.
fn nameless(mut event: SessionEvent) -> Option<SessionEvent> {
    if NAMING.contains(&event.name.as_str()) {
        return None;
    }
    // What watchers collect is of the page; what the site passes and what somebody wrote in a survey
    // may be of the person.
    if !is_watched(&event.name) || event.name == SURVEY_ANSWERED {
        event.properties = serde_json::Value::Object(serde_json::Map::new());
    }
    Some(event)
}
