//! The audit log. There is one way into it: the guard before every route of the API adds an entry
//! when what it let through has succeeded, or has broken and may have been done, with the action that
//! the route's row names. What only a handler knows, as a role that was given, it hangs on its answer
//! as a [`Told`]. What people would see or take out stays where it is when its entry cannot be added.
//!
//! No network address is kept, no name or address of a visitor: a person is a fingerprint.

mod action;

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, PoisonError};

use axum::Extension;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use hitmetrix_model::{SiteId, limits};
use hitmetrix_store::settings::{NewAudit, SettingsError, User};

pub use action::Action;

use crate::app::App;
use crate::auth::subject::Subject;

/// Longest text of an entry; the rest is cut.
const TEXT_CHARACTERS_MAX: usize = 200;
/// Who is not known.
const NOBODY: &str = "nobody";
/// How a deed is told whose request ended in an error of the server.
const MAYBE: &str = "may have been done, the server failed";
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
    /// True for a sign-in whose password was right, and that is asked for a code.
    pub is_half: bool,
}

/// An answer without a body, and how it is told.
pub type Done = (StatusCode, Extension<Told>);

impl Told {
    /// An answer without a body that is told so.
    pub fn done(self) -> Done {
        (StatusCode::NO_CONTENT, Extension(self))
    }

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

/// Events and recordings of each site that went because of their age, since a day.
#[derive(Debug, Default)]
struct Expired {
    day: i64,
    of: BTreeMap<SiteId, (u64, u64)>,
}

/// Failed sign-ins of nobody who is known, in one hour.
#[derive(Debug, Default)]
struct Flood {
    hour: i64,
    told: u64,
    left_out: u64,
}

/// Whether a failed sign-in of nobody who is known is told.
#[derive(Debug, PartialEq, Eq)]
enum Admitted {
    /// It is, after so many of an earlier hour that were not.
    Yes(u64),
    /// It is counted.
    No,
}

/// What was told a moment ago, of deeds that take many requests, as watching a recording does.
#[derive(Debug, Default)]
pub struct Recent {
    told: Mutex<HashMap<u64, i64>>,
    hasher: RandomState,
    flood: Mutex<Flood>,
    expired: Mutex<Expired>,
}

impl Recent {
    /// As after an hour.
    #[cfg(test)]
    pub fn forget(&self) {
        self.told.lock().unwrap().clear();
    }

    /// Adds events and recordings that went because of their age.
    pub fn expired(&self, site: SiteId, (events, recordings): (u64, u64)) {
        if events + recordings == 0 {
            return;
        }
        let mut expired = self.expired.lock().unwrap_or_else(PoisonError::into_inner);
        let of_site = expired.of.entry(site).or_default();
        of_site.0 += events;
        of_site.1 += recordings;
    }

    /// What went since it was taken last, once a day.
    fn take_expired(&self, now_ms: i64) -> BTreeMap<SiteId, (u64, u64)> {
        let day = now_ms.div_euclid(24 * AGAIN_MS);
        let mut expired = self.expired.lock().unwrap_or_else(PoisonError::into_inner);
        if expired.day == day {
            return BTreeMap::new();
        }
        expired.day = day;
        std::mem::take(&mut expired.of)
    }

    /// Counts a failed sign-in of nobody who is known.
    fn admit(&self, now_ms: i64) -> Admitted {
        let before = self.left_out_before(now_ms);
        let mut flood = self.flood.lock().unwrap_or_else(PoisonError::into_inner);
        if flood.told >= limits::AUDIT_NOBODY_HOUR {
            flood.left_out += 1;
            return Admitted::No;
        }
        flood.told += 1;
        Admitted::Yes(before)
    }

    /// How many were not told in an hour that is over; they are told now.
    fn left_out_before(&self, now_ms: i64) -> u64 {
        let hour = now_ms.div_euclid(AGAIN_MS);
        let mut flood = self.flood.lock().unwrap_or_else(PoisonError::into_inner);
        if flood.hour == hour {
            return 0;
        }
        let before = flood.left_out;
        *flood = Flood {
            hour,
            ..Flood::default()
        };
        before
    }

    /// Takes back that it was told.
    fn take_back(&self, what: (&str, Option<SiteId>, &str)) {
        let key = self.key(what);
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.remove(&key);
    }

    fn key(&self, what: (&str, Option<SiteId>, &str)) -> u64 {
        self.hasher
            .hash_one((what.0, what.1.map(|site| site.0), what.2))
    }

    /// Whether this was not told within the last hour; from now on it was.
    fn is_first(&self, what: (&str, Option<SiteId>, &str), now_ms: i64) -> bool {
        let key = self.key(what);
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
    is_read: bool,
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
            is_read: parts.method == Method::GET,
            who: who(subject),
            via: via(app, subject, &parts.headers),
            object: object(app, subject, params),
            site,
        })
    }

    /// Whether what was answered must not go out without its entry: nothing was changed yet, and
    /// somebody would see or take away what nobody could tell later.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.is_read
    }

    /// What is told of an answer, and how; none where nothing is.
    fn outcome(&self, status: StatusCode, told: &Told) -> Option<(Action, String)> {
        let detail = || told.detail.clone();
        if status.is_success() {
            return Some((self.action, detail()));
        }
        if self.is_sign_in {
            // A wrong password, and not what is refused before it is tried: that would fill the log.
            let is_tried = status == StatusCode::UNAUTHORIZED;
            let action = match told.is_half {
                true => Action::CodeAsked,
                false => Action::SignInFailed,
            };
            return is_tried.then(|| (action, detail()));
        }
        self.is_doubtful(status).then(|| {
            let mut said = MAYBE.to_owned();
            if !told.detail.is_empty() {
                said.push_str(": ");
                said.push_str(&told.detail);
            }
            (self.action, said)
        })
    }

    /// Whether nobody knows how far it came before it broke. What is to be sent again later has not
    /// begun.
    fn is_doubtful(&self, status: StatusCode) -> bool {
        let is_broken = status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE;
        is_broken && !self.is_read
    }

    /// Adds the entry of a request that was answered. What cannot be added is told to the log of the
    /// process too.
    ///
    /// # Errors
    /// When it cannot be added.
    pub async fn answered(
        &self,
        app: &App,
        (status, told): (StatusCode, Option<Told>),
    ) -> Result<(), SettingsError> {
        let told = told.unwrap_or_default();
        let Some((action, detail)) = self.outcome(status, &told) else {
            return Ok(());
        };
        let (who, who_name) = match told.user {
            Some(user) => (format!("user:{}", user.id.0), user.email),
            None => self.who.clone(),
        };
        let object = match told.object.is_empty() {
            true => self.object.clone(),
            false => told.object,
        };
        let at_ms = app.now_ms();
        // Who asks again and again for what breaks is told once an hour too.
        let is_doubtful = self.is_doubtful(status);
        let again = match is_doubtful {
            true => (who.clone(), format!("{MAYBE} {} {object}", action.word())),
            false => (who.clone(), object.clone()),
        };
        let again = (again.0.as_str(), self.site, again.1.as_str());
        let is_folded = action.is_of_many_requests() || is_doubtful;
        if is_folded && !app.told.is_first(again, at_ms) {
            return Ok(());
        }
        if action == Action::SignInFailed && who == NOBODY {
            match app.told.admit(at_ms) {
                Admitted::No => return Ok(()),
                Admitted::Yes(0) => {}
                Admitted::Yes(more) => add(app, &left_out(more, at_ms)).await?,
            }
        }
        let new = NewAudit {
            at_ms,
            who,
            who_name: cut(&who_name),
            via: self.via.clone(),
            site: self.site,
            action: action.word(),
            object: cut(&object),
            detail: cut(&detail),
        };
        let added = add(app, &new).await;
        if added.is_err() {
            app.told.take_back(again);
        }
        added
    }
}

/// Tells how many failed sign-ins were not told, once their hour is over.
///
/// # Errors
/// When it cannot be told.
pub async fn tell_left_out(app: &App) -> Result<(), SettingsError> {
    let now_ms = app.now_ms();
    match app.told.left_out_before(now_ms) {
        0 => Ok(()),
        more => add(app, &left_out(more, now_ms)).await,
    }
}

/// Tells what went because of its age, once a day for each site: it goes all day long.
///
/// # Errors
/// When it cannot be told.
pub async fn tell_expired(app: &App) -> Result<(), SettingsError> {
    for (site, (events, recordings)) in app.told.take_expired(app.now_ms()) {
        let said = format!("{events} events, {recordings} recordings");
        let told = (String::new(), said);
        by_system(app, (Action::DataExpired, site), told).await?;
    }
    Ok(())
}

fn left_out(more: u64, at_ms: i64) -> NewAudit {
    NewAudit {
        at_ms,
        who: NOBODY.to_owned(),
        who_name: String::new(),
        via: String::new(),
        site: None,
        action: Action::SignInFailed.word(),
        object: String::new(),
        detail: format!("{more} more in an hour, which are not told one by one"),
    }
}

/// Tells what a job did: nobody asked for it.
///
/// # Errors
/// When it cannot be told.
pub async fn by_system(
    app: &App,
    (action, site): (Action, SiteId),
    (object, detail): (String, String),
) -> Result<(), SettingsError> {
    let new = NewAudit {
        at_ms: app.now_ms(),
        who: "system".to_owned(),
        who_name: "the server itself".to_owned(),
        via: "a job".to_owned(),
        site: Some(site),
        action: action.word(),
        object: cut(&object),
        detail: cut(&detail),
    };
    add(app, &new).await
}

/// Adds an entry; what cannot be added is told to the log of the process.
async fn add(app: &App, new: &NewAudit) -> Result<(), SettingsError> {
    let added = app.settings().add_audit(new).await;
    if let Err(error) = &added {
        app.counters.jobs_failed.add(1);
        tracing::error!(%error, action = new.action, "an entry of the audit log is missing");
    }
    added
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
        Subject::Nobody => (NOBODY.to_owned(), String::new()),
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

    #[test]
    fn of_many_failed_sign_ins_of_an_hour_the_rest_is_counted() {
        let recent = Recent::default();
        for _ in 0..limits::AUDIT_NOBODY_HOUR {
            assert_eq!(recent.admit(1), Admitted::Yes(0));
        }
        assert_eq!(recent.admit(2), Admitted::No);
        assert_eq!(recent.admit(AGAIN_MS - 1), Admitted::No);
        assert_eq!(recent.left_out_before(AGAIN_MS - 1), 0);
        assert_eq!(recent.admit(AGAIN_MS), Admitted::Yes(2));
        assert_eq!(recent.admit(AGAIN_MS), Admitted::Yes(0));
    }
}
