//! One event of another system as a JSON object on one line: what imports and servers send. Fields
//! `event, time?, id?, visitor?, person?, session?, url?, referrer?, user_agent?, properties?`.
//! Visitors and sessions may be any text; 32 hexadecimal digits are taken as our own ids.

use std::str::FromStr;

use hitmetrix_model::limits::{EVENT_DEPTH, NAME_BYTES};
use hitmetrix_model::{
    Event, IdentityChange, Mode, Page, Sender, SessionId, VisitorId, is_junk_user,
};

use crate::access_log::{ImportFacts, event, sender_context};
use crate::address::{self, Parts};
use crate::envelope::{Fields, TIME_MS_MAX, missing, whole_i64};
use crate::event_line::{From, Named, name_of, user_of};
use crate::json::Json;
use crate::{LineError, Sessions, ids, properties, text};

/// A record, before it has a session and an id.
pub(crate) struct Record {
    pub(crate) id: Option<String>,
    pub(crate) visitor: VisitorId,
    person: Option<String>,
    session: Option<String>,
    user_agent: String,
    pub(crate) event: Event,
}

impl Record {
    /// Reads one line. A record without time happened at `default_ms`; without that it is refused.
    pub(crate) fn read(
        line: &str,
        facts: &ImportFacts<'_>,
        default_ms: Option<i64>,
    ) -> Result<Self, LineError> {
        Self::of(Fields::read(line, EVENT_DEPTH)?, facts, default_ms)
    }

    /// The record with these fields.
    pub(crate) fn of(
        mut fields: Fields<'_>,
        facts: &ImportFacts<'_>,
        default_ms: Option<i64>,
    ) -> Result<Self, LineError> {
        let name = name_of(&mut fields, "event")?;
        let time_ms = time(fields.take("time"))?
            .or(default_ms)
            .ok_or_else(|| missing("time"))?;
        let id = short_text(&mut fields, "id")?;
        let visitor = short_text(&mut fields, "visitor")?;
        let person = short_text(&mut fields, "person")?;
        if person.as_deref().is_some_and(is_junk_user) {
            let message = "person is a placeholder such as null or anonymous; send the user's id";
            return Err(LineError::new("junk_user", "person", message));
        }
        let mut properties = properties::read(fields.take("properties"))?;
        let person = match person {
            Some(person) => Some(person),
            None => user_of(&name, &mut properties)?,
        };
        let site = facts.site.id;
        let visitor = match (&visitor, &person) {
            (Some(name), _) => {
                VisitorId::from_str(name).unwrap_or_else(|_| ids::named_visitor(site, name))
            }
            (None, Some(person)) => ids::named_visitor(site, &format!("person {person}")),
            (None, None) => {
                let message = "visitor and person are both missing; send one of them";
                return Err(LineError::new("missing_field", "visitor", message));
            }
        };
        let session = short_text(&mut fields, "session")?;
        let (page, page_cut) = page(&mut fields, facts)?;
        let referrer = fields.text("referrer")?.unwrap_or_default();
        let from = if name == "pageview" {
            From::read(&referrer, &page, &facts.site.domains, facts.lookups)
        } else {
            From::default()
        };
        let user_agent = fields.text("user_agent")?.unwrap_or_default().into_owned();
        let mut event = event(&name, time_ms, page, from);
        event.properties = properties;
        event.cut |= page_cut;
        Ok(Self {
            id,
            visitor,
            person,
            session,
            user_agent,
            event,
        })
    }

    /// The sender, with the session that the record names or that its time falls into.
    pub(crate) fn sender(&self, facts: &ImportFacts<'_>, sessions: &mut Sessions) -> Sender {
        let site = facts.site.id;
        let session = match &self.session {
            Some(name) => SessionId::from_str(name)
                .unwrap_or_else(|_| ids::named_session(site, self.visitor, name)),
            None => {
                let idle_ms = facts.site.settings.session_idle_ms;
                sessions.session_of(site, self.visitor, self.event.time_ms, idle_ms)
            }
        };
        let context = if self.user_agent.is_empty() {
            hitmetrix_model::Context::default()
        } else {
            sender_context(&self.user_agent, "", facts)
        };
        Sender {
            visitor: self.visitor,
            session,
            window: ids::session_window(session),
            mode: Mode::Persistent,
            context,
        }
    }

    /// What the record says of the human behind the visitor; it came with a secret, so it is
    /// believed.
    pub(crate) fn identity(&self) -> Option<IdentityChange> {
        let named = Named {
            is_alias: self.event.name == "alias",
            user: self.person.clone()?,
            time_ms: self.event.time_ms,
            unverified: false,
        };
        Some(named.change(self.visitor))
    }
}

/// RFC 3339, or milliseconds since the epoch.
fn time(json: Json<'_>) -> Result<Option<i64>, LineError> {
    let wrong = || {
        let message =
            "time is neither RFC 3339, as 2026-01-31T12:00:00Z, nor milliseconds since 1970";
        LineError::new("bad_time", "time", message)
    };
    match json {
        Json::Null => Ok(None),
        Json::Number(number) if number.abs() <= TIME_MS_MAX => Ok(Some(whole_i64(number))),
        Json::Text(text) => {
            let time: jiff::Timestamp = text.trim().parse().map_err(|_| wrong())?;
            Ok(Some(time.as_millisecond()))
        }
        _ => Err(wrong()),
    }
}

/// A text of at most the length of names; numbers count as texts, because ids often are numbers.
fn short_text(fields: &mut Fields<'_>, name: &str) -> Result<Option<String>, LineError> {
    let text = match fields.take(name) {
        Json::Null => return Ok(None),
        Json::Text(text) => text.trim().to_owned(),
        Json::Number(number) => number.to_string(),
        other => {
            let message = format!("{name} is {}; send a text", other.kind());
            return Err(LineError::new("wrong_type", name, message));
        }
    };
    if text.len() > NAME_BYTES {
        let message = format!("{name} has {} bytes, the limit is {NAME_BYTES}", text.len());
        return Err(LineError::new("text_too_long", name, message));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// The page of an absolute address or of a path on the site's first domain; without one none.
fn page(fields: &mut Fields<'_>, facts: &ImportFacts<'_>) -> Result<(Page, bool), LineError> {
    let Some(url) = fields.text("url")? else {
        return Ok((Page::default(), false));
    };
    let rules = &facts.site.settings.rules;
    let kept = if url.starts_with('/') {
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let path = path.split('#').next().unwrap_or("");
        let parts = Parts {
            scheme: "https",
            host: facts.host(),
            path,
            query,
            fragment: "",
        };
        address::keep_parts(&parts, rules)
    } else {
        address::keep(&url, rules).ok_or_else(|| {
            let message = "url is neither an absolute http or https address nor a path";
            LineError::new("bad_url", "url", message)
        })?
    };
    let page = Page {
        host: kept.host,
        path: kept.path,
        query: kept.query,
        title: String::new(),
    };
    Ok((page, kept.cut || text::cut(&url, 1 << 16).1))
}
