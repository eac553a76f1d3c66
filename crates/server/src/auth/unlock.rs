//! The password of a link to a board: who gave it gets a text that says so for some hours, and sends
//! it with each request. Nothing of it is kept: it is a keyed hash over the link, its password and
//! the time at which it ends, so it is worth nothing once one of these is gone.

use axum::http::HeaderMap;
use hitmetrix_store::settings::BoardShare;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::secret;

/// The header that carries the text.
pub const HEADER: &str = "hitmetrix-unlocked";
/// How long a password opens its link.
pub const OPEN_MS: i64 = 12 * 3600 * 1000;
const CONTEXT: &str = "hitmetrix 2026-11-27 password of a link to a board";

/// The text that opens a link until then; nothing when its site is gone.
#[must_use]
pub fn text(app: &App, share: &BoardShare, ends_at_ms: i64) -> Option<String> {
    let known = app.sites.by_id(share.site)?;
    let password = share.password_hash.as_deref().unwrap_or_default();
    let key = blake3::derive_key(CONTEXT, &known.secret);
    let what = format!("{}\n{ends_at_ms}\n{password}", share.id);
    let hash = blake3::keyed_hash(&key, what.as_bytes());
    Some(format!("{ends_at_ms}.{}", secret::hex(hash.as_bytes())))
}

/// Whether a request may see what its link shows.
#[must_use]
pub fn is_open(app: &App, share: &BoardShare, headers: &HeaderMap) -> bool {
    if share.password_hash.is_none() {
        return true;
    }
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
    let Some(given) = given else {
        return false;
    };
    let ends_at_ms = given.split_once('.').and_then(|(ms, _)| ms.parse().ok());
    let Some(ends_at_ms) = ends_at_ms.filter(|ends_at_ms| app.now_ms() < *ends_at_ms) else {
        return false;
    };
    text(app, share, ends_at_ms)
        .is_some_and(|right| bool::from(right.as_bytes().ct_eq(given.as_bytes())))
}
