//! The audit log. There is one way into it: the guard before every route of the API adds an entry
//! when what it let through has succeeded, with the action that the route's row names. What only a
//! handler knows, as a role that was given, it hangs on its answer as a [`Told`].
//!
//! No network address is kept, no name or address of a visitor: a person is a fingerprint.

mod action;

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use hitmetrix_model::SiteId;
use hitmetrix_store::settings::{NewAudit, User};

pub use action::Action;

use crate::app::App;
use crate::auth::subject::Subject;

/// Longest text of an entry; the rest is cut.
const TEXT_CHARACTERS_MAX: usize = 200;
const FINGERPRINT: &str = "hitmetrix 2026-11-27 person in the audit log";

/// What a route leaves in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audit {
    /// Nothing: it only reads.
    Nothing,
    /// This, when it has succeeded.
    Action(Action),
    /// This when it has succeeded, and a failed sign-in when not.
    SignIn(Action),
    /// Nothing though it is no GET, and why.
    Not(&'static str),
}

/// What a handler adds to the entry of its request, hung on its answer.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Who it was, where the request itself does not say it.
    pub user: Option<User>,
    /// On what, where the path does not say it.
    pub object: String,
    /// How.
    pub detail: String,
    /// True for an answer that asks for more and is neither good nor bad: it leaves no entry.
    pub is_half: bool,
}

impl Told {
    /// Who it was.
    #[must_use]
    pub fn user(user: Option<User>) -> Self {
        Self {
            user,
            ..Self::default()
        }
    }

    /// How something was done.
    pub fn detail(text: impl Into<String>) -> Self {
        Self {
            detail: text.into(),
            ..Self::default()
        }
    }

    /// On what, and how.
    pub fn object(object: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            object: object.into(),
            detail: detail.into(),
            ..Self::default()
        }
    }
}

/// Time in which somebody's further requests for one thing are not told again.
const AGAIN_MS: i64 = 3_600_000;
/// What is remembered of them; beyond it all is forgotten, and told once more.
const RECENT_MAX: usize = 20_000;

/// What was told a moment ago, of deeds that take many requests, as watching a recording does.
#[derive(Debug, Default)]
pub struct Recent {
    told: Mutex<HashMap<u64, i64>>,
    hasher: RandomState,
}

impl Recent {
    /// As after an hour.
    #[cfg(test)]
    pub fn forget(&self) {
        self.told.lock().unwrap().clear();
    }

    /// Whether this was not told within the last hour; from now on it was.
    fn is_first(&self, what: (&str, Option<SiteId>, &str), now_ms: i64) -> bool {
        let key = self
            .hasher
            .hash_one((what.0, what.1.map(|site| site.0), what.2));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = told
            .get(&key)
            .is_none_or(|at_ms| now_ms - at_ms >= AGAIN_MS);
        if is_first {
            if told.len() >= RECENT_MAX {
                told.clear();
            }
            told.insert(key, now_ms);
        }
        is_first
    }
}

/// A request that may leave an entry, as the guard saw it before its handler took it.
pub struct Asked {
    action: Action,
    is_sign_in: bool,
    who: (String, String),
    via: String,
    site: Option<SiteId>,
    object: String,
}

impl Asked {
    /// What has to be known of a request; none when its route leaves nothing.
    pub fn of(
        app: &App,
        audit: Audit,
        (subject, parts): (&Subject, &Parts),
        params: &[(String, String)],
    ) -> Option<Self> {
        let (action, is_sign_in) = match audit {
            Audit::Action(action) => (action, false),
            Audit::SignIn(action) => (action, true),
            Audit::Nothing | Audit::Not(_) => return None,
        };
        let site = match subject {
            Subject::Share(share) => Some(share.site),
            Subject::Reader(reader) => Some(reader.share.site),
            _ => site(params),
        };
        Some(Self {
            action,
            is_sign_in,
            who: who(subject),
            via: via(app, subject, &parts.headers),
            object: object(app, subject, params),
            site,
        })
    }

    /// Adds the entry of a request that was answered. What cannot be added is told to the log of the
    /// process: what was done is done, and its answer goes out.
    pub async fn answered(self, app: &App, (status, told): (StatusCode, Option<Told>)) {
        let action = match (status.is_success(), self.is_sign_in) {
            (true, _) => self.action,
            // A wrong password, and not what is refused before it is tried: that would fill the log.
            (false, true) if status == StatusCode::UNAUTHORIZED => Action::SignInFailed,
            (false, _) => return,
        };
        let told = told.unwrap_or_default();
        if told.is_half {
            return;
        }
        let (who, who_name) = match &told.user {
            Some(user) => (format!("user:{}", user.id.0), user.email.clone()),
            None => self.who,
        };
        let object = match told.object.is_empty() {
            true => self.object,
            false => told.object,
        };
        let at_ms = app.now_ms();
        if self.action.is_of_many_requests()
            && !app.told.is_first((&who, self.site, &object), at_ms)
        {
            return;
        }
        let new = NewAudit {
            at_ms,
            who,
            who_name: cut(&who_name),
            via: self.via,
            site: self.site,
            action: action.word(),
            object: cut(&object),
            detail: cut(&told.detail),
        };
        if let Err(error) = app.settings().add_audit(&new).await {
            app.counters.jobs_failed.add(1);
            tracing::error!(%error, action = action.word(), "an entry of the audit log is missing");
        }
    }
}

fn site(params: &[(String, String)]) -> Option<SiteId> {
    let (_, number) = params.iter().find(|(name, _)| name == "site")?;
    number.parse().ok().map(SiteId)
}

fn who(subject: &Subject) -> (String, String) {
    let named = |kind: &str, id: &str, name: &str| (format!("{kind}:{id}"), name.to_owned());
    match subject {
        Subject::User(user) | Subject::Enrolling(user) => {
            named("user", &user.id.0.to_string(), &user.email)
        }
        Subject::Token(token) => named("token", &token.id, &token.name),
        Subject::Control => ("control".to_owned(), "command line".to_owned()),
        Subject::Share(share) => named("link", &share.id, "link to a recording"),
        Subject::Reader(reader) if reader.share.name.is_empty() => {
            named("link", &reader.share.id, "link to a board")
        }
        Subject::Reader(reader) => named("link", &reader.share.id, &reader.share.name),
        Subject::Nobody => ("nobody".to_owned(), String::new()),
    }
}

/// Browser and system: enough to see that it was not the usual one, too little to find anybody.
fn via(app: &App, subject: &Subject, headers: &HeaderMap) -> String {
    if matches!(subject, Subject::Control) {
        return "command line".to_owned();
    }
    let text = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let agent = app.lookups.agent(text);
    match (agent.browser.as_str(), agent.system.as_str()) {
        ("", "") => "a program".to_owned(),
        ("", one) | (one, "") => one.to_owned(),
        (browser, system) => format!("{browser} on {system}"),
    }
}

/// What the path names but the site: `board 1f… share 2a…`. A person may be named by an address, so
/// that of it only a fingerprint under the site's secret is kept.
fn object(app: &App, subject: &Subject, params: &[(String, String)]) -> String {
    match subject {
        Subject::Share(share) => return format!("session {}", share.session),
        Subject::Reader(reader) => return format!("board {}", reader.share.board),
        _ => {}
    }
    // Which chunk of a recording tells nothing.
    let named = params
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "site" | "window" | "sequence"));
    let words = named.map(|(name, value)| match name.as_str() {
        "person" => format!("person {}", fingerprint(app, params, value)),
        // Tags and names are free texts, which may name a visitor and must not outlive an erasure.
        "tag" => "tag".to_owned(),
        "segment" if !value.bytes().all(|one| one.is_ascii_hexdigit()) => "segment".to_owned(),
        _ => format!("{name} {value}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn fingerprint(app: &App, params: &[(String, String)], name: &str) -> String {
    let known = site(params).and_then(|site| app.sites.by_id(site));
    let Some(known) = known else {
        return "unknown".to_owned();
    };
    let key = blake3::derive_key(FINGERPRINT, &known.secret);
    blake3::keyed_hash(&key, name.as_bytes()).to_hex()[..16].to_owned()
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|one| !one.is_control())
        .take(TEXT_CHARACTERS_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_deed_of_many_requests_is_told_once_an_hour() {
        let recent = Recent::default();
        let first = |who, object, at_ms| recent.is_first((who, Some(SiteId(1)), object), at_ms);
        assert!(first("user:1", "session a", 0));
        assert!(!first("user:1", "session a", AGAIN_MS - 1));
        assert!(first("user:2", "session a", 1));
        assert!(first("user:1", "session b", 1));
        assert!(first("user:1", "session a", AGAIN_MS));
    }
}
