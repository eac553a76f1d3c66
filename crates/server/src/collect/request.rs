//! What a request says of its browser, in a form that can go to another thread, where bodies are
//! unpacked and read.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use hitmetrix_ingest::ids::cookieless_visitor;
use hitmetrix_ingest::{ClientHints, Facts, Rejection, Signals, country};
use hitmetrix_model::{Mode, SessionId, SiteId, VisitorId, WindowId};
use hitmetrix_store::Store;
use hitmetrix_store::settings::KnownSite;

use super::cookieless::{Asking, Given, Remembered};
use super::door::Admitted;
use crate::app::App;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};

/// Bytes of a header that are kept.
const HEADER_BYTES_MAX: usize = 1024;

/// One admitted request, without its body.
pub(super) struct Incoming {
    pub(super) app: Arc<App>,
    pub(super) known: Arc<KnownSite>,
    pub(super) now_ms: i64,
    address: IpAddr,
    /// Whether the site leaves this address out; it is compared here and goes no further.
    own: bool,
    user_agent: String,
    accept_language: String,
    brands: String,
    mobile: String,
    platform: String,
    platform_version: String,
    signals: Signals,
}

impl Incoming {
    pub(super) fn new(
        app: &Arc<App>,
        admitted: Admitted,
        address: ClientAddress,
        headers: &HeaderMap,
    ) -> Self {
        let text = |name: &str| {
            let bytes = headers.get(name).map_or(&[][..], |value| value.as_bytes());
            String::from_utf8_lossy(&bytes[..bytes.len().min(HEADER_BYTES_MAX)]).into_owned()
        };
        Self {
            app: Arc::clone(app),
            own: app.sites.is_excluded(admitted.known.site.id, address.0),
            known: admitted.known,
            now_ms: admitted.now_ms,
            address: address.0,
            user_agent: text("user-agent"),
            accept_language: text("accept-language"),
            brands: text("sec-ch-ua"),
            mobile: text("sec-ch-ua-mobile"),
            platform: text("sec-ch-ua-platform"),
            platform_version: text("sec-ch-ua-platform-version"),
            signals: Signals {
                gpc: text("sec-gpc").trim() == "1",
                dnt: text("dnt").trim() == "1",
            },
        }
    }

    /// What ingest needs to know.
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            site: &self.known.site,
            received_at_ms: self.now_ms,
            user_agent: &self.user_agent,
            hints: ClientHints {
                brands: &self.brands,
                mobile: &self.mobile,
                platform: &self.platform,
                platform_version: &self.platform_version,
            },
            accept_language: &self.accept_language,
            country: country::of(self.address),
            signals: self.signals,
            identify_key: Some(&self.known.secret),
            own: self.own,
            lookups: &self.app.lookups,
        }
    }

    /// Visitor and session: what the browser claims if that is its own, or what the server gives.
    ///
    /// # Errors
    /// When the session is another visitor's, or the salts cannot be written.
    pub(super) fn sender(&self, asked: &Asked) -> Result<Given, Problem> {
        let site = self.known.site.id;
        match (asked.mode, asked.claimed) {
            (Mode::Persistent, Some((visitor, session))) => {
                let owner = self.app.store.owner_of_session(site, session);
                if owner.is_some_and(|owner| owner != visitor) {
                    return Err(Problem::new(
                        Code::Forbidden,
                        "the session is another visitor's; begin a new session",
                    ));
                }
                Ok(Given { visitor, session })
            }
            _ => self.cookieless(asked),
        }
    }

    /// The cookieless session that would have gone on if this request had not named its own.
    ///
    /// # Errors
    /// When the salts cannot be written.
    pub(super) fn session_before(&self, asked: &Asked) -> Result<Option<SessionId>, Problem> {
        let asking = self.asking(asked)?;
        let app = &self.app;
        Ok(app
            .collect
            .cookieless
            .running(&asking, &FromStore(&app.store)))
    }

    fn cookieless(&self, asked: &Asked) -> Result<Given, Problem> {
        let asking = self.asking(asked)?;
        let app = &self.app;
        Ok(app
            .collect
            .cookieless
            .give(&asking, &FromStore(&app.store), &*app.randomness))
    }

    /// What a cookieless visitor is known by.
    fn asking(&self, asked: &Asked) -> Result<Asking, Problem> {
        let site = self.known.site.id;
        let salts = self
            .app
            .collect
            .salts
            .current(self.now_ms)
            .map_err(|error| {
                Problem::from_error(hitmetrix_model::ErrorKind::Unavailable, &error)
            })?;
        let hash = |salt| cookieless_visitor(salt, site, self.address, &self.user_agent);
        Ok(Asking {
            site,
            window: asked.window,
            visitor: hash(&salts.today),
            visitor_before: salts.yesterday.as_ref().map(hash),
            idle_ms: i64::from(self.known.site.settings.session_idle_ms),
            now_ms: self.now_ms,
            first_ms: asked.first_ms,
            last_ms: asked.last_ms,
        })
    }
}

/// What visitor and session are decided by.
pub(super) struct Asked {
    pub(super) window: WindowId,
    pub(super) mode: Mode,
    pub(super) claimed: Option<(VisitorId, SessionId)>,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
}

/// The store as the memory behind the memory.
struct FromStore<'a>(&'a Store);

impl Remembered for FromStore<'_> {
    fn window(&self, site: SiteId, window: WindowId) -> Option<(VisitorId, SessionId, i64)> {
        self.0.session_of_window(site, window)
    }

    fn visitor(&self, site: SiteId, visitor: VisitorId) -> Option<(SessionId, i64)> {
        self.0.session_of_visitor(site, visitor)
    }
}

/// A refused body as the outside sees it.
pub(super) fn refused(rejection: &Rejection) -> Problem {
    Problem::from_error(rejection.kind(), rejection)
}
