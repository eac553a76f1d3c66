//! What a route needs, and the proof that a request has it.
//!
//! Handlers take [`SiteAccess`] or [`Caller`] as an argument. Only the guard can make them, so a
//! handler that works on a site cannot be reached without the right to, and cannot work on
//! another site than the authorised one.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use hitmetrix_model::{Site, SiteId};
use hitmetrix_store::settings::{KnownSite, Role, Scope};

use super::subject::Subject;
use crate::app::App;
use crate::problem::Problem;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Anybody at all.
    Nothing,
    /// Anybody who is signed in.
    User,
    /// The same, also before they have made the second factor that everybody must have.
    SignedIn,
    /// The owner of the installation.
    Owner,
    /// The command line over the control socket.
    Control,
    /// Numbers about the process: the owner, or a token that may read.
    Numbers,
    /// At least this role on the site of the path; or a token of that site with this scope.
    Site(Role, Scope),
    /// The owner of the installation, on the site of the path.
    SiteOwner,
    /// The command line over the control socket, on the site of the path.
    SiteControl,
    /// A link to one recording, which opens that and nothing else.
    Share,
    /// A link to one board, also before its password was given.
    BoardLink,
    /// A link to one board whose password, if it has one, was given.
    Board,
}

/// The right to a site, as the guard found it.
#[derive(Debug, Clone)]
pub struct SiteAccess {
    known: Arc<KnownSite>,
    role: Role,
}

impl SiteAccess {
    /// Only the guard gives access.
    pub(super) fn new(known: Arc<KnownSite>, role: Role) -> Self {
        Self { known, role }
    }

    /// The site's number.
    #[must_use]
    pub fn id(&self) -> SiteId {
        self.known.site.id
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.known.site
    }

    /// The site with its secret.
    #[must_use]
    pub fn known(&self) -> &Arc<KnownSite> {
        &self.known
    }

    /// The caller's role on it.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }
}

impl FromRequestParts<Arc<App>> for SiteAccess {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal("a route without a site has a handler with one"))
    }
}

/// Who sends the request, as the guard found it.
#[derive(Debug, Clone)]
pub struct Caller(pub Subject);

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::internal("a route without a guard has a handler with a caller"))
    }
}
