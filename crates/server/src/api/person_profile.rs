//! One person: who they are, what the site said of them and when that changed, and everything they
//! did, a page at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::{Level, Mode, Origin, PersonKey, VisitorId, limits};
use hitmetrix_store::{EventPlace, PersonLedger, RecordingQuery, StoredEvent, VisitorEvents};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::{Params, PathPart};
use super::persons::{LedgerEntry, PersonPath, find};
use super::route::Param;
use super::sessions::{SessionEvent, event_row, properties};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

/// Events that tell of persons and their accounts.
const TELLING: [&str; 3] = ["identify", "alias", "group"];
/// Properties of these events that are no facts: names, and what vouches for them.
const NO_FACTS: [&str; 3] = ["user", "signature", "account"];
/// Events of a page when nobody says how many.
const PAGE: usize = 200;

/// Who a person is.
#[derive(Serialize, ToSchema)]
pub struct PersonProfile {
    /// Its key now: the id of its first visitor.
    #[schema(value_type = String)]
    person: PersonKey,
    /// The site's own name of the user; empty when it gave none.
    user: String,
    /// Whether somebody with a secret vouched for that name.
    verified: bool,
    /// Its visitors now, in the order in which they joined.
    #[schema(value_type = Vec<String>)]
    visitors: Vec<VisitorId>,
    /// How the latest event came: a `cookieless` person lasts a day and is nobody the next.
    mode: Option<Mode>,
    /// The account of the latest `group`; empty when there is none.
    account: String,
    /// What the site said last, by name.
    properties: Vec<PersonFact>,
    /// When that changed, the latest first.
    changes: Vec<FactChange>,
    /// Whether there were more changes than are looked at.
    changes_cut: bool,
    /// Entries of the identity ledger of all visitors that are or were of this person, oldest first.
    entries: Vec<LedgerEntry>,
    /// How many recordings there are.
    recordings: u64,
    /// What could not be read, in words: facts and changes may be in it. Empty when nothing is
    /// missing.
    missing: Vec<String>,
}

/// A property of a person or of their account.
#[derive(Serialize, ToSchema)]
pub struct PersonFact {
    /// Its name, as `traits.plan`.
    name: String,
    /// `person` or `account`.
    of: Level,
    #[schema(value_type = Object)]
    value: serde_json::Value,
    /// Since when it has this value, UTC, milliseconds since the epoch.
    since_ms: i64,
}

/// A property got another value.
#[derive(Serialize, ToSchema)]
pub struct FactChange {
    /// UTC, milliseconds since the epoch.
    time_ms: i64,
    name: String,
    /// `person` or `account`.
    of: Level,
    /// The value before; null when there was none.
    #[schema(value_type = Object)]
    old: serde_json::Value,
    #[schema(value_type = Object)]
    new: serde_json::Value,
    /// The event that said it: `identify`, `alias` or `group`.
    event: String,
    /// Who sent it: a browser, a server or an import.
    #[schema(value_type = String)]
    origin: Origin,
    /// True when anybody with the public key could have sent it.
    unverified: bool,
}

/// Who a person is.
///
/// # Errors
/// When nobody has this name, or the store fails.
pub async fn profile(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
) -> Result<Json<PersonProfile>, Problem> {
    let found = find(&app, &access, path.name()).await?;
    let events = |names: &[&str], limit| {
        let wanted = VisitorEvents {
            visitors: found.visitors.clone(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            before: None,
            limit,
        };
        app.store.events_of_visitors(access.id(), wanted)
    };
    let recorded = async {
        let mut recordings = 0;
        for &visitor in &found.visitors {
            let query = RecordingQuery {
                visitor: Some(visitor),
                ..RecordingQuery::default()
            };
            recordings += app.store.recordings(access.id(), &query).await?.1;
        }
        Ok(recordings)
    };
    let (told, latest, recordings) = tokio::try_join!(
        events(&TELLING, limits::PERSON_EVENTS),
        events(&[], 1),
        recorded
    )?;
    let (telling, mut missing) = (told.events, told.missing);
    missing.extend(latest.missing);
    missing.sort_unstable();
    missing.dedup();
    let (user, verified) = named(&found);
    let account = telling.iter().find_map(account_of).unwrap_or_default();
    let mut history = History::default();
    telling.iter().rev().for_each(|event| history.add(event));
    history.changes.reverse();
    let changes_cut =
        telling.len() == limits::PERSON_EVENTS || history.changes.len() > limits::PERSON_CHANGES;
    history.changes.truncate(limits::PERSON_CHANGES);
    Ok(Json(PersonProfile {
        person: found.person,
        user,
        verified,
        visitors: found.visitors,
        mode: latest.events.first().map(|event| event.sender.mode),
        account,
        properties: history.facts(),
        changes: history.changes,
        changes_cut,
        entries: found.entries.iter().map(LedgerEntry::from).collect(),
        recordings,
        missing,
    }))
}

/// The user of the latest entry that names one and holds, and whether it is verified.
pub(super) fn named(ledger: &PersonLedger) -> (String, bool) {
    let holds = |change: &&hitmetrix_model::IdentityChange| {
        let undone = ledger.entries.iter().any(|other| {
            other.visitor() == change.visitor()
                && other.named().is_none()
                && other.time_ms() >= change.time_ms()
        });
        ledger.visitors.contains(&change.visitor()) && !undone
    };
    let held = ledger.entries.iter().filter(holds);
    let named = held.filter_map(|change| change.named());
    let mut last = None;
    let mut vouched = false;
    for (user, unverified) in named {
        last = Some(user.to_owned());
        vouched |= !unverified;
    }
    (last.unwrap_or_default(), vouched)
}

fn account_of(stored: &StoredEvent) -> Option<String> {
    let value =
        (stored.event.name == "group").then(|| stored.event.properties.get("account"))??;
    let json = properties(&[("account".to_owned(), value.clone())].into());
    match &json["account"] {
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What was said, in the order of time.
#[derive(Default)]
struct History {
    /// The account that facts of an account are of.
    account: Option<String>,
    latest: BTreeMap<(Level, String), (serde_json::Value, i64)>,
    changes: Vec<FactChange>,
}

impl History {
    fn add(&mut self, stored: &StoredEvent) {
        let event = &stored.event;
        let of = match event.name.as_str() {
            "group" => Level::Account,
            _ => Level::Person,
        };
        let serde_json::Value::Object(said) = properties(&event.properties) else {
            return;
        };
        if let Some(account) = account_of(stored) {
            let before = self.account.replace(account);
            if before.is_some() && before != self.account {
                self.latest.retain(|(of, _), _| *of != Level::Account);
            }
        }
        for (name, new) in said {
            if NO_FACTS.contains(&name.as_str()) {
                continue;
            }
            let key = (of, name.clone());
            let old = self.latest.get(&key).map(|(old, _)| old.clone());
            if old.as_ref() == Some(&new) {
                continue;
            }
            self.latest.insert(key, (new.clone(), event.time_ms));
            self.changes.push(FactChange {
                time_ms: event.time_ms,
                name,
                of,
                old: old.unwrap_or_default(),
                new,
                event: event.name.clone(),
                origin: stored.origin,
                unverified: event.unverified,
            });
        }
    }

    fn facts(&mut self) -> Vec<PersonFact> {
        let latest = std::mem::take(&mut self.latest);
        latest
            .into_iter()
            .map(|((of, name), (value, since_ms))| PersonFact {
                name,
                of,
                value,
                since_ms,
            })
            .collect()
    }
}

/// Parameters of a page of events.
pub const PARAMS: &[Param] = &[
    Param {
        name: "before",
        doc: "`next` of the page before, as it is; the newest events when absent.",
    },
    Param {
        name: "limit",
        doc: "How many, at most 2,000; 200 when absent.",
    },
];

/// The query of a page of events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageWanted {
    before: Option<String>,
    limit: Option<usize>,
}

/// A page of what a person did, the newest first.
#[derive(Serialize, ToSchema)]
pub struct PersonEvents {
    events: Vec<PersonEvent>,
    /// What `before` of the next page is; null when there is none.
    next: Option<String>,
    /// What could not be read, in words, and may have had some of them; empty when nothing is
    /// missing.
    missing: Vec<String>,
}

/// One event with whose it is.
#[derive(Serialize, ToSchema)]
pub struct PersonEvent {
    #[schema(value_type = String)]
    session: hitmetrix_model::SessionId,
    #[schema(value_type = String)]
    visitor: VisitorId,
    device: String,
    #[serde(flatten)]
    event: SessionEvent,
}

/// Everything that a person did, the newest first, a page at a time.
///
/// # Errors
/// When nobody has this name, the page is not understood, or the store fails.
pub async fn events(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<PersonPath>,
    Params(wanted): Params<PageWanted>,
) -> Result<Json<PersonEvents>, Problem> {
    let limit = wanted.limit.unwrap_or(PAGE);
    if !(1..=limits::PERSON_EVENTS).contains(&limit) {
        return Err(Problem::invalid(format!(
            "limit is {limit}, a page has 1 to {} events",
            limits::PERSON_EVENTS
        )));
    }
    let before: Option<EventPlace> =
        match wanted.before {
            Some(text) => Some(text.parse().map_err(|error: hitmetrix_store::PlaceError| {
                Problem::invalid(error.to_string())
            })?),
            None => None,
        };
    let found = find(&app, &access, path.name()).await?;
    let wanted = VisitorEvents {
        visitors: found.visitors,
        names: Vec::new(),
        before,
        limit,
    };
    let found = app.store.events_of_visitors(access.id(), wanted).await?;
    let (events, missing) = (found.events, found.missing);
    let next = match events.last() {
        Some(last) if events.len() == limit => Some(EventPlace::of(last).to_string()),
        _ => None,
    };
    let row = |stored: &StoredEvent| PersonEvent {
        session: stored.sender.session,
        visitor: stored.sender.visitor,
        device: stored.sender.context.device.clone(),
        event: event_row(stored),
    };
    Ok(Json(PersonEvents {
        events: events.iter().map(row).collect(),
        next,
        missing,
    }))
}
