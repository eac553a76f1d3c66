//! Links that open one board without a login: each is a capability for what that board's panels ask,
//! with an end, and can be revoked. Its secret is in the answer that makes it and nowhere else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_ingest::address;
use hitmetrix_model::limits;
use hitmetrix_store::settings::{BoardShare, KnownBoard, ShareSecret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::room::room;
use super::saved::{SavedPath, find};
use super::{links, site_input};
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::problem::{Code, Problem};
use crate::secret;

/// How long a link works unless somebody says otherwise.
const DAYS: u32 = 30;

/// The links to a board.
#[derive(Serialize, ToSchema)]
pub struct BoardShareList {
    /// The newest first, without those that were revoked.
    shares: Vec<BoardShareRow>,
}

/// One link, without its secret.
#[derive(Serialize, ToSchema)]
pub struct BoardShareRow {
    /// Public id, which stands in the link too.
    id: String,
    /// Whom it is for; may be empty.
    name: String,
    /// Whether it asks for a password.
    has_password: bool,
    /// So many days before today its readers may choose a period in; absent when they see the
    /// board's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    period_days: Option<u32>,
    /// Whether its readers see annotations.
    annotations: bool,
    /// Origins of the pages that may frame the board.
    origins: Vec<String>,
    /// UTC, milliseconds since the epoch.
    created_at_ms: i64,
    /// Who made it: an e-mail address, which only admins of the site and that user see, the name
    /// of an API token, or `command line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// Until when it works.
    ends_at_ms: i64,
    /// How often it was opened.
    opened: u32,
    /// When it was opened last, or last looked at by a page that stayed open, to half an hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    opened_at_ms: Option<i64>,
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardShareDraft {
    /// Whom it is for, as a note for those who make links; may be empty.
    #[serde(default)]
    name: String,
    /// How long it works, 1 to 366; 30 when absent.
    days: Option<u32>,
    /// A password that it asks for, at least 10 characters; none when absent.
    password: Option<String>,
    /// So many days before today, 1 to 1,830, its readers may choose a period in; the board's own
    /// and no other when absent.
    period_days: Option<u32>,
    /// Whether its readers see the site's annotations of the times that the board shows: their kind,
    /// words and times.
    #[serde(default)]
    annotations: bool,
    /// Origins of pages that may frame the board, as `https://intranet.example.org`; none when
    /// absent.
    #[serde(default)]
    origins: Vec<String>,
}

/// A new link.
#[derive(Serialize, ToSchema)]
pub struct NewBoardShare {
    /// Without its secret.
    #[serde(flatten)]
    share: BoardShareRow,
    /// The address.
    link: String,
    /// The address for a frame; absent when no origin may frame the board.
    #[serde(skip_serializing_if = "Option::is_none")]
    embed: Option<String>,
}

/// Parts of a link's path.
#[derive(Deserialize)]
pub struct BoardSharePath {
    board: String,
    share: String,
}

/// The links to a board.
///
/// # Errors
/// When the site has no such board.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Json<BoardShareList>, Problem> {
    let KnownBoard { board, .. } = find(&app, &access, &path.id).await?;
    let mut shares = Vec::new();
    for share in app.settings().board_shares(access.id(), &board.id).await? {
        shares.push(row(&app, (&access, &subject), share).await?);
    }
    Ok(Json(BoardShareList { shares }))
}

/// Makes a link.
///
/// # Errors
/// When the site has no such board, what is asked is beyond a limit, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<BoardShareDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<NewBoardShare>), Problem> {
    let found: KnownBoard = find(&app, &access, &path.id).await?;
    if found.archived_at_ms.is_some() {
        return Err(Problem::new(
            Code::Conflict,
            "the board is archived, so that no link to it works; bring it back first",
        ));
    }
    let board = found.board.id;
    let (site, count) = (
        access.id(),
        app.settings()
            .board_shares(access.id(), &board)
            .await?
            .len(),
    );
    let many = (count, limits::BOARD_SHARES);
    room(many, ("the board", "links"), "revoke some")?;
    let secret = secret::random_pass(&*app.randomness);
    let share = checked(&app, (&access, &subject), (board, draft)).await?;
    let new = ShareSecret {
        secret_hash: secret::hash(&secret),
        share,
    };
    app.settings().create_board_share(&new).await?;
    let share = new.share;
    tracing::info!(
        site = site.0,
        board = share.board,
        share = share.id,
        by = format!("{:?}", share.created.by),
        "link to a board made"
    );
    // Behind the `#`, so that no server and no proxy ever sees it.
    let at = |page: &str| format!("{}/{page}/board/{}#{secret}", app.config.origin(), share.id);
    let link = at("share");
    let embed = (!share.origins.is_empty()).then(|| at("embed"));
    let object = format!("board {} share {}", share.board, share.id);
    let told = Told::object(object, share.name.clone());
    let share = row(&app, (&access, &subject), share).await?;
    Ok((
        StatusCode::CREATED,
        Extension(told),
        Json(NewBoardShare { share, link, embed }),
    ))
}

/// Revokes a link.
///
/// # Errors
/// When the board has no such link.
pub async fn revoke(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<BoardSharePath>,
) -> Result<StatusCode, Problem> {
    let of = (access.id(), path.board.as_str());
    app.settings()
        .revoke_board_share(of, &path.share, app.now_ms())
        .await?;
    let site = access.id().0;
    let by = format!("{:?}", touch(&app, &subject)?.by);
    tracing::info!(
        site,
        board = path.board,
        share = path.share,
        by,
        "link to a board revoked"
    );
    Ok(StatusCode::NO_CONTENT)
}

async fn checked(
    app: &App,
    (access, subject): (&SiteAccess, &Subject),
    (board, draft): (String, BoardShareDraft),
) -> Result<BoardShare, Problem> {
    let name = match draft.name.trim() {
        "" => String::new(),
        name => site_input::name(name).map_err(|problem| problem.at("name"))?,
    };
    let wanted = ("days", draft.days.unwrap_or(DAYS));
    let days = links::days(wanted, limits::BOARD_SHARE_DAYS)?;
    let period_days = draft
        .period_days
        .map(|days| links::days(("period_days", days), limits::BOARD_SHARE_PERIOD_DAYS))
        .transpose()?;
    let origins = origins(&draft.origins).map_err(|problem| problem.at("origins"))?;
    let password_hash = match draft.password {
        Some(password) => {
            let hashed = app.passwords.hash(password).await;
            Some(hashed.map_err(|problem| problem.at("password"))?)
        }
        None => None,
    };
    let created = touch(app, subject)?;
    Ok(BoardShare {
        id: secret::random_id(&*app.randomness),
        site: access.id(),
        board,
        name,
        password_hash,
        period_days,
        annotations: draft.annotations,
        origins,
        ends_at_ms: links::ends_at_ms(created.at_ms, days),
        created,
        revoked_at_ms: None,
        opened: 0,
        opened_at_ms: None,
    })
}

/// Origins as browsers write them. They become part of a policy, so nothing else may stand in them.
fn origins(texts: &[String]) -> Result<Vec<String>, Problem> {
    if texts.len() > limits::BOARD_SHARE_ORIGINS {
        return Err(Problem::invalid(format!(
            "there are {} origins, the limit is {}; make another link",
            texts.len(),
            limits::BOARD_SHARE_ORIGINS
        )));
    }
    let mut origins: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        let origin = origin(text).ok_or_else(|| {
            Problem::invalid(format!(
                "`{}` is no origin; write it as https://intranet.example.org, without a path",
                text.chars().take(80).collect::<String>()
            ))
        })?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

fn origin(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let parts = address::split(&text)?;
    let is_web = matches!(parts.scheme, "http" | "https");
    let is_bare = parts.path.is_empty() && parts.query.is_empty() && parts.fragment.is_empty();
    let (_, rest) = text.split_once("://")?;
    let (host, port) = match rest.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (rest, None),
    };
    // Policies know no addresses in brackets.
    let is_host = host.split('.').all(|label| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    });
    let is_port = port.is_none_or(|port| {
        port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
    });
    (is_web && is_bare && is_host && is_port).then(|| text.clone())
}

async fn row(
    app: &App,
    caller: (&SiteAccess, &Subject),
    share: BoardShare,
) -> Result<BoardShareRow, Problem> {
    Ok(BoardShareRow {
        created_by: shown(app, caller, &share.created.by).await?,
        id: share.id,
        name: share.name,
        has_password: share.password_hash.is_some(),
        period_days: share.period_days,
        annotations: share.annotations,
        origins: share.origins,
        created_at_ms: share.created.at_ms,
        ends_at_ms: share.ends_at_ms,
        opened: share.opened,
        opened_at_ms: share.opened_at_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_scheme_host_and_port_alone() {
        for (text, expected) in [
            (
                "https://Intranet.example.org",
                Some("https://intranet.example.org"),
            ),
            (" https://a.example/ ", Some("https://a.example")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("https://a-b.example:1", Some("https://a-b.example:1")),
            ("http://[::1]:8080", None),
            ("http://[::1]", None),
            ("https://a:", None),
            ("https://a:+1", None),
            ("https://a.example:99999", None),
            ("https://a.example:1:2", None),
            ("https://a..b", None),
            ("https://a.example.", None),
            ("https://.example", None),
            ("https://a.example/path", None),
            ("https://a.example;", None),
            ("https://a.example 'self'", None),
            ("https://*.example.org", None),
            ("https://user@a.example", None),
            ("ftp://a.example", None),
            ("a.example", None),
            ("*", None),
            ("https://", None),
            ("null", None),
        ] {
            assert_eq!(origin(text).as_deref(), expected, "{text}");
        }
    }
}
