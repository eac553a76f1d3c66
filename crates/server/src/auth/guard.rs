//! The guard before every API route: who asks, whether a state change comes from our own page,
//! and whether the route's needs are met. Runs before the handler sees anything of the request.

use std::sync::Arc;

use axum::RequestExt;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use hitmetrix_model::SiteId;
use hitmetrix_store::settings::{KnownSite, Role, Scope};

use super::access::{Caller, Needs, SiteAccess};
use super::subject::Subject;
use crate::app::App;
use crate::audit::{self, Audit, Told};
use crate::problem::{Code, Problem};

/// What the guard of one route knows.
#[derive(Clone)]
pub struct Guard {
    /// The server.
    pub app: Arc<App>,
    /// What the route needs.
    pub needs: Needs,
    /// What it leaves in the audit log.
    pub audit: Audit,
}

/// Lets a request through to its handler, or answers why not.
///
/// # Errors
/// When the request may not pass.
pub async fn guard(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let Guard { app, needs, audit } = guard;
    let params = request
        .extract_parts::<RawPathParams>()
        .await
        .map_err(|_| Problem::invalid("the path is not UTF-8"))?;
    let params: Vec<(String, String)> = params
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let site = params.iter().find(|(name, _)| name == "site");
    let (mut parts, body) = request.into_parts();
    let subject = Subject::of(&app, &parts).await?;
    if changes_state(&parts.method) && is_browser(&subject) {
        check_own_page(&parts.headers)?;
    }
    let known = site
        .and_then(|(_, text)| text.parse().ok())
        .and_then(|number| app.sites.by_id(SiteId(number)));
    if let Some(access) = check(&app, &subject, needs, known).await? {
        parts.extensions.insert(access);
    }
    let asked = audit::Asked::of(&app, audit, (&subject, &parts), &params);
    parts.extensions.insert(Caller(subject));
    let request = Request::from_parts(parts, body);
    let Some(asked) = asked else {
        return Ok(next.run(request).await);
    };
    // In a task of its own: whoever hangs up must not keep what was done out of the audit log.
    let work = tokio::spawn(async move {
        // In one of its own once more, so that what breaks on the way is told too.
        let ran = tokio::spawn(next.run(request)).await;
        let panicked = |_| Problem::internal("a route of the API panicked").into_response();
        let mut response = ran.unwrap_or_else(panicked);
        let told = response.extensions_mut().remove::<Told>();
        match asked.answered(&app, (response.status(), told)).await {
            Err(error) if asked.is_read() => Problem::from(error).into_response(),
            _ => response,
        }
    });
    work.await
        .map_err(|_| Problem::internal("an entry of the audit log panicked"))
}

/// What the needs allow: access to a site where the route has one.
async fn check(
    app: &Arc<App>,
    subject: &Subject,
    needs: Needs,
    known: Option<Arc<KnownSite>>,
) -> Result<Option<SiteAccess>, Problem> {
    let met = match needs {
        Needs::Site(role, scope) => {
            return site_access(app, subject, known, (role, scope))
                .await
                .map(Some);
        }
        Needs::Nothing => true,
        Needs::SignedIn => matches!(
            subject,
            Subject::User(_) | Subject::Enrolling(_) | Subject::Control
        ),
        Needs::User => matches!(subject, Subject::User(_) | Subject::Control),
        Needs::Owner | Needs::SiteOwner => subject.is_owner(),
        Needs::Control | Needs::SiteControl => matches!(subject, Subject::Control),
        Needs::Numbers => match subject {
            Subject::Token(token) => token.scope != Scope::Ingest,
            other => other.is_owner(),
        },
        Needs::Share => matches!(subject, Subject::Share(_)),
        Needs::BoardLink => matches!(subject, Subject::Reader(_)),
        Needs::Board => match subject {
            Subject::Reader(reader) if !reader.unlocked => return Err(locked()),
            other => matches!(other, Subject::Reader(_)),
        },
    };
    match (met, subject) {
        (true, _) => {}
        (false, Subject::Nobody) => return Err(sign_in_first()),
        (false, Subject::Reader(_)) => return Err(board_only()),
        (false, Subject::Enrolling(_)) => return Err(enrol_first()),
        (false, _) => return Err(Problem::new(Code::Forbidden, reason(needs))),
    }
    if matches!(needs, Needs::SiteOwner | Needs::SiteControl) {
        let known = known.ok_or_else(|| Problem::not_found("site"))?;
        return Ok(Some(SiteAccess::new(known, Role::Admin)));
    }
    Ok(None)
}

fn reason(needs: Needs) -> &'static str {
    match needs {
        Needs::Owner | Needs::SiteOwner => "only the owner of the installation may do this",
        Needs::Control | Needs::SiteControl => {
            "only the command line on the server itself may do this"
        }
        Needs::Numbers => "this needs the owner, or a token with the scope read",
        Needs::Share => "this needs a link to a recording",
        Needs::BoardLink | Needs::Board => "this needs a link to a board",
        Needs::Nothing | Needs::User | Needs::SignedIn | Needs::Site(..) => {
            "this needs a user's login, not a token"
        }
    }
}

async fn site_access(
    app: &Arc<App>,
    subject: &Subject,
    known: Option<Arc<KnownSite>>,
    (role, scope): (Role, Scope),
) -> Result<SiteAccess, Problem> {
    // A site that is not there and one that is not the caller's answer alike, so that numbers
    // tell nothing.
    let no_site = || Problem::not_found("site");
    let held = match subject {
        Subject::Nobody => return Err(sign_in_first()),
        Subject::Control => Role::Admin,
        Subject::Share(_) => {
            return Err(Problem::new(
                Code::Forbidden,
                "a link to a recording opens that recording and nothing else",
            ));
        }
        Subject::Reader(_) => return Err(board_only()),
        Subject::Enrolling(_) => return Err(enrol_first()),
        Subject::User(user) if user.owner => Role::Admin,
        Subject::User(user) => {
            let site = known.as_ref().ok_or_else(no_site)?.site.id;
            app.settings()
                .role(site, user.id)
                .await?
                .ok_or_else(no_site)?
        }
        Subject::Token(token) => {
            if known.as_ref().map(|known| known.site.id) != Some(token.site) {
                return Err(no_site());
            }
            if token.scope != scope && token.scope != Scope::Admin {
                return Err(Problem::new(
                    Code::Forbidden,
                    format!(
                        "the token has the scope {}, this needs {}",
                        token.scope.name(),
                        scope.name()
                    ),
                ));
            }
            match token.scope {
                Scope::Admin => Role::Admin,
                // The scope was matched: an ingest token reaches ingest routes only.
                Scope::Read | Scope::Ingest => role,
            }
        }
    };
    let known = known.ok_or_else(no_site)?;
    if held < role {
        return Err(Problem::new(
            Code::Forbidden,
            format!(
                "your role on this site is {}, this needs {}",
                held.name(),
                role.name()
            ),
        ));
    }
    Ok(SiteAccess::new(known, held))
}

fn enrol_first() -> Problem {
    Problem::new(
        Code::FactorRequired,
        "everybody has a second factor here; make yours under Account first",
    )
}

fn board_only() -> Problem {
    Problem::new(
        Code::Forbidden,
        "a link to a board shows that board and nothing else",
    )
}

fn locked() -> Problem {
    Problem::new(
        Code::Locked,
        "the link asks for a password; send it to /api/v1/shared/board/unlock",
    )
}

fn sign_in_first() -> Problem {
    Problem::new(Code::Unauthorized, "sign in, or send an API token")
}

fn changes_state(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers attach cookies by themselves; tokens and the control socket are attached by hand.
fn is_browser(subject: &Subject) -> bool {
    matches!(
        subject,
        Subject::User(_) | Subject::Enrolling(_) | Subject::Nobody
    )
}

/// A state change must come from a page of this very origin. A page on another port is same-site,
/// shares our cookies and is refused. Browsers leave `Sec-Fetch-Site` out where neither https nor
/// loopback is used; there the page's Origin must be the host that was asked.
fn check_own_page(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = || {
        Problem::new(
            Code::CrossOrigin,
            "a state change needs Sec-Fetch-Site `same-origin` or `none`; \
             programs send an API token instead",
        )
    };
    match headers.get("sec-fetch-site") {
        Some(value) if value == "same-origin" || value == "none" => Ok(()),
        Some(_) => Err(refused()),
        None => {
            let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
            let host = text(header::HOST).ok_or_else(refused)?;
            let origin = text(header::ORIGIN)
                .and_then(|origin| origin.split_once("://"))
                .ok_or_else(refused)?
                .1;
            if origin.eq_ignore_ascii_case(host) {
                return Ok(());
            }
            Err(refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_change_needs_a_page_of_this_origin() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[], false),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://a:1"),
                    ("host", "a:1"),
                ],
                false,
            ),
            (&[("origin", "http://a:1"), ("host", "a:1")], true),
            (&[("origin", "http://a:2"), ("host", "a:1")], false),
            (&[("origin", "null"), ("host", "a:1")], false),
            (&[("host", "a:1")], false),
        ];
        for (pairs, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in *pairs {
                headers.insert(
                    axum::http::HeaderName::try_from(*name).unwrap(),
                    value.parse().unwrap(),
                );
            }
            assert_eq!(check_own_page(&headers).is_ok(), *expected, "{pairs:?}");
        }
    }
}
