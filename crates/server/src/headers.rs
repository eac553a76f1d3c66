//! Security headers on every answer. A handler may set a stricter or a different one where it must
//! (the player's frame, the public scripts); what it leaves out gets the strictest here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::app::App;

/// Answers that are no pages: nothing may be loaded or framed.
const NOTHING: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The dashboard: its own files only. Charts place their parts through the style object of their
/// nodes, which needs no exception.
pub const DASHBOARD: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; \
     connect-src 'self'; frame-src 'self'; manifest-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'self'";

/// The dashboard's policy for a page that pages of these origins may frame; nobody when there are
/// none. Only the page of an embedded board has it.
#[must_use]
pub fn framed_by(origins: &[String]) -> String {
    if origins.is_empty() {
        return DASHBOARD.to_owned();
    }
    let ancestors = format!("frame-ancestors {};", origins.join(" "));
    DASHBOARD.replace("frame-ancestors 'none';", &ancestors)
}

/// The documentation: text, pictures and one style sheet.
pub const DOCS: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'none'";

/// The document a recording is rebuilt in: it runs nothing and fetches nothing.
pub const PLAYER_FRAME: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; \
     font-src data: blob:; media-src blob:; form-action 'none'; base-uri 'none'; \
     frame-ancestors 'self'";

/// One year, under https only.
const TRANSPORT: &str = "max-age=31536000";

/// Adds what the answer does not have yet.
pub async fn secure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let defaults = [
        (header::CONTENT_SECURITY_POLICY, NOTHING),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in defaults {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if app.config.is_https() {
        headers
            .entry(header::STRICT_TRANSPORT_SECURITY)
            .or_insert(HeaderValue::from_static(TRANSPORT));
    }
    response
}
