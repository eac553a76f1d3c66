//! Admission: which site a key belongs to, whether the page may send, and whether it sends too
//! often. What is refused here has cost nothing but its headers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, header};
use hitmetrix_store::settings::KnownSite;

use super::{address_group, origin};
use crate::app::App;
use crate::peer::ClientAddress;
use crate::problem::{Code, Problem};

/// Longest public key that is looked up.
const KEY_BYTES_MAX: usize = 64;

/// A request that may go on.
pub(super) struct Admitted {
    pub(super) known: Arc<KnownSite>,
    pub(super) now_ms: i64,
}

/// What is known of a request before its body.
pub(super) struct Knock<'a> {
    pub(super) method: &'a Method,
    pub(super) key: &'a str,
    pub(super) address: ClientAddress,
    pub(super) headers: &'a HeaderMap,
}

/// The Origin to echo: that of the request, when it may send.
pub(super) fn allowed_origin(app: &App, key: &str, headers: &HeaderMap) -> Option<HeaderValue> {
    let given = headers.get(header::ORIGIN)?;
    let known = app.sites.by_key(key)?;
    let may_send = given
        .to_str()
        .is_ok_and(|text| origin::is_allowed(text, &known.site));
    may_send.then(|| given.clone())
}

/// Lets a request in or says why not.
///
/// # Errors
/// Unknown key, foreign page, or too many requests.
pub(super) fn admit(app: &App, knock: &Knock<'_>) -> Result<Admitted, Problem> {
    let known = Some(knock.key)
        .filter(|key| key.len() <= KEY_BYTES_MAX)
        .and_then(|key| app.sites.by_key(key))
        .ok_or_else(|| {
            app.collect.signs.unknown_key(app, knock.headers);
            Problem::new(
                Code::NotFound,
                "no site has this key; copy the snippet from the site's Get code",
            )
        })?;
    check_origin(&known, knock).inspect_err(|_| {
        let signs = &app.collect.signs;
        signs.foreign_page(app, known.site.id, knock.headers);
    })?;
    let now_ms = app.now_ms();
    let address = knock.address.0;
    if !stands_for_many(app, address) {
        let group = address_group(address);
        app.collect
            .by_address
            .take(group, now_ms)
            .map_err(|seconds| too_many(app, seconds))?;
    }
    app.collect
        .by_site
        .take(known.site.id, now_ms)
        .map_err(|seconds| too_many(app, seconds))?;
    Ok(Admitted { known, now_ms })
}

/// A page says its Origin with every POST; with a GET of its own origin it says none.
fn check_origin(known: &KnownSite, knock: &Knock<'_>) -> Result<(), Problem> {
    let given = knock
        .headers
        .get(header::ORIGIN)
        .map(|value| value.to_str().unwrap_or("null"));
    let is_allowed = match given {
        Some(text) => origin::is_allowed(text, &known.site),
        None => !known.site.settings.check_origin || knock.method == Method::GET,
    };
    if is_allowed {
        return Ok(());
    }
    Err(Problem::new(
        Code::OriginRefused,
        "the page's Origin is none of the site's domains; add its host name to the site",
    ))
}

/// This machine and trusted proxies that named nobody behind them.
fn stands_for_many(app: &App, address: IpAddr) -> bool {
    address.is_loopback()
        || app
            .config
            .trusted_proxy
            .iter()
            .any(|range| range.contains(address))
}

/// The refusal of a request that came too soon.
pub(super) fn too_many(app: &App, seconds: u64) -> Problem {
    app.counters.refused_too_many.add(1);
    let detail = format!("too many requests; send the next one in {seconds} s");
    Problem::new(Code::TooMany, detail).retry_after(seconds)
}
