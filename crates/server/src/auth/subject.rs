//! Who sends a request: found once per request, before anything else happens.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use hitmetrix_store::settings::{BoardShare, Login, Share, Token, User};

use super::{cookie, unlock};
use crate::app::App;
use crate::peer::Door;
use crate::problem::{Code, Problem};
use crate::secret;

/// The use of a login is noted this often, so that looking at a page does not write each time.
const TOUCH_MS: i64 = 5 * 60 * 1000;
const DAY_MS: i64 = 24 * 3600 * 1000;
/// What every API token begins with, so that a leaked one is recognised.
pub const TOKEN_PREFIX: &str = "hm_";
/// What the pass of every share link begins with.
pub const SHARE_PREFIX: &str = "hms_";

/// What the pass of every link to a board begins with.
pub const BOARD_PREFIX: &str = "hmb_";

/// Who asks.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Nobody who is known.
    Nobody,
    /// The owner of the data folder, over the control socket.
    Control,
    /// A user with a login.
    User(User),
    /// A user with a login who has to make a second factor first: everybody must have one here.
    Enrolling(User),
    /// A program with an API token.
    Token(Token),
    /// Somebody with a link to one recording.
    Share(Box<Share>),
    /// Somebody with a link to one board.
    Reader(Box<Reader>),
}

/// Somebody with a link to one board.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The link.
    pub share: BoardShare,
    /// False while the link asks for a password that was not given.
    pub unlocked: bool,
}

impl Subject {
    /// Whether everything of the installation is allowed.
    #[must_use]
    pub fn is_owner(&self) -> bool {
        match self {
            Self::Control => true,
            Self::User(user) => user.owner,
            Self::Nobody
            | Self::Enrolling(_)
            | Self::Token(_)
            | Self::Share(_)
            | Self::Reader(_) => false,
        }
    }

    /// Who sends this request.
    ///
    /// # Errors
    /// When there are credentials, but not valid ones: a wrong token never falls back to less.
    pub async fn of(app: &Arc<App>, parts: &Parts) -> Result<Self, Problem> {
        if parts.extensions.get::<Door>() == Some(&Door::Control) {
            return Ok(Self::Control);
        }
        if let Some(token) = bearer(&parts.headers)? {
            if let Some(pass) = token.strip_prefix(BOARD_PREFIX) {
                return reader_subject(app, &parts.headers, pass).await;
            }
            return match token.strip_prefix(SHARE_PREFIX) {
                Some(pass) => share_subject(app, pass).await,
                None => token_subject(app, token),
            };
        }
        match cookie::token(&parts.headers) {
            Some(token) => login_subject(app, token).await,
            None => Ok(Self::Nobody),
        }
    }
}

/// The text of an API token: its public id and its secret.
#[must_use]
pub fn token_text(id: &str, secret: &str) -> String {
    format!("{TOKEN_PREFIX}{id}_{secret}")
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| Some(token.trim()))
        .ok_or_else(|| {
            Problem::new(
                Code::Unauthorized,
                "the Authorization header must read `Bearer` and an API token",
            )
        })
}

fn token_subject(app: &Arc<App>, text: &str) -> Result<Subject, Problem> {
    let unknown = || {
        Problem::new(
            Code::Unauthorized,
            "the API token is not known; make a new one",
        )
    };
    let (id, secret) = text
        .strip_prefix(TOKEN_PREFIX)
        .and_then(|rest| rest.split_once('_'))
        .ok_or_else(unknown)?;
    let known = app.sites.token(id).ok_or_else(unknown)?;
    if !secret::matches(secret, &known.secret_hash) {
        return Err(unknown());
    }
    Ok(Subject::Token(known.token))
}

/// Who has a link that works. What is wrong with one that does not is not told.
async fn share_subject(app: &Arc<App>, pass: &str) -> Result<Subject, Problem> {
    let unknown = || {
        Problem::new(
            Code::Unauthorized,
            "the link to the recording has ended, was revoked, or never was; ask for a new one",
        )
    };
    let (id, secret) = pass.split_once('_').ok_or_else(unknown)?;
    let known = app.settings().share(id).await?.ok_or_else(unknown)?;
    let is_right = secret::matches(secret, &known.secret_hash);
    if !is_right || app.now_ms() >= known.share.ends_at_ms {
        return Err(unknown());
    }
    Ok(Subject::Share(Box::new(known.share)))
}

/// Who has a link to a board that works. Whoever has its secret learns why it does not; anybody else
/// learns nothing.
async fn reader_subject(
    app: &Arc<App>,
    headers: &HeaderMap,
    pass: &str,
) -> Result<Subject, Problem> {
    let unknown = || {
        Problem::new(
            Code::Unauthorized,
            "the link to the board is not known; ask for a new one",
        )
    };
    let (id, secret) = pass.split_once('_').ok_or_else(unknown)?;
    let known = app.settings().board_share(id).await?.ok_or_else(unknown)?;
    if !secret::matches(secret, &known.secret_hash) {
        return Err(unknown());
    }
    let share = known.share;
    // One that has ended is taken off its list by revoking it; it has ended all the same.
    if app.now_ms() >= share.ends_at_ms {
        return Err(Problem::new(
            Code::LinkEnded,
            "the link to the board has ended; ask who gave it to you for a new one",
        ));
    }
    if share.revoked_at_ms.is_some() {
        return Err(Problem::new(
            Code::LinkRevoked,
            "the link to the board was revoked; ask who gave it to you",
        ));
    }
    let unlocked = unlock::is_open(app, &share, headers);
    Ok(Subject::Reader(Box::new(Reader { share, unlocked })))
}

async fn login_subject(app: &Arc<App>, token: &str) -> Result<Subject, Problem> {
    let hash = secret::hash(token);
    let Some(login) = app.settings().login(&hash).await? else {
        return Ok(Subject::Nobody);
    };
    let now_ms = app.now_ms();
    if has_ended(&login, now_ms, app.config.login_idle_days) {
        app.settings().remove_login(&hash).await?;
        return Ok(Subject::Nobody);
    }
    if now_ms - login.used_at_ms > TOUCH_MS {
        app.settings().touch_login(&hash, now_ms).await?;
    }
    if app.second_factor_required.load(Ordering::Relaxed) && !login.has_second_factor {
        return Ok(Subject::Enrolling(login.user));
    }
    Ok(Subject::User(login.user))
}

fn has_ended(login: &Login, now_ms: i64, idle_days: u64) -> bool {
    let idle_ms = i64::try_from(idle_days)
        .unwrap_or(i64::MAX)
        .saturating_mul(DAY_MS);
    now_ms >= login.ends_at_ms || now_ms - login.used_at_ms >= idle_ms
}
