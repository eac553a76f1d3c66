//! Ids that are computed rather than drawn: keyed hashes of visitors whose address must not be
//! kept, and ids of imported things, which must come out the same when the import runs again.
//! All are the first 128 bits of BLAKE3 over length-prefixed fields, so that no two different
//! lists of fields are the same bytes.

use std::net::IpAddr;

use hitmetrix_model::{ExternalId, SessionId, SiteId, VisitorId, WindowId};

/// 256 bits that make a hash unguessable; drawn and destroyed by the server.
pub type Salt = [u8; 32];

/// A cookieless visitor: site, address and user agent under a salt that lives one UTC day.
#[must_use]
pub fn cookieless_visitor(
    salt: &Salt,
    site: SiteId,
    address: IpAddr,
    user_agent: &str,
) -> VisitorId {
    let address = match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    };
    let fields = [
        &site.0.to_le_bytes()[..],
        &address.octets(),
        user_agent.as_bytes(),
    ];
    VisitorId(digest(blake3::Hasher::new_keyed(salt), &fields))
}

/// A visitor of an access log: address and user agent under a secret of the site.
#[must_use]
pub fn logged_visitor(secret: &Salt, address: &str, user_agent: &str) -> VisitorId {
    let fields = [
        &b"access log"[..],
        address.as_bytes(),
        user_agent.as_bytes(),
    ];
    VisitorId(digest(blake3::Hasher::new_keyed(secret), &fields))
}

/// A visitor that another system names by a text.
#[must_use]
pub fn named_visitor(site: SiteId, name: &str) -> VisitorId {
    VisitorId(derived(
        "visitor",
        &[&site.0.to_le_bytes(), name.as_bytes()],
    ))
}

/// A session that another system names by a text. Part of it is the visitor, so that no name
/// makes a session of two visitors.
#[must_use]
pub fn named_session(site: SiteId, visitor: VisitorId, name: &str) -> SessionId {
    let fields = [
        &site.0.to_le_bytes()[..],
        &visitor.to_bytes(),
        name.as_bytes(),
    ];
    SessionId(derived("named session", &fields))
}

/// A session cut from imported events: by the time of its first event.
#[must_use]
pub fn cut_session(site: SiteId, visitor: VisitorId, first_ms: i64) -> SessionId {
    let fields = [
        &site.0.to_le_bytes()[..],
        &visitor.to_bytes(),
        &first_ms.to_le_bytes(),
    ];
    SessionId(derived("cut session", &fields))
}

/// The number that keeps the events of an imported session together.
#[must_use]
pub fn session_window(session: SessionId) -> WindowId {
    WindowId(derived("window", &[&session.to_bytes()]))
}

/// The session of an imported recording, by the name of its file.
#[must_use]
pub fn imported_recording(site: SiteId, file: &str) -> SessionId {
    let fields = [&site.0.to_le_bytes()[..], file.as_bytes()];
    SessionId(derived("imported recording", &fields))
}

/// A page load of an imported recording. `attempt` tells imports apart between which the
/// recording was removed.
#[must_use]
pub fn imported_window(session: SessionId, attempt: u32, index: u32) -> WindowId {
    let fields = [
        &session.to_bytes()[..],
        &attempt.to_le_bytes(),
        &index.to_le_bytes(),
    ];
    WindowId(derived("imported window", &fields))
}

/// An event that another system named.
#[must_use]
pub fn named_event(site: SiteId, id: &str) -> ExternalId {
    ExternalId(derived("event", &[&site.0.to_le_bytes(), id.as_bytes()]))
}

/// An event of an imported line: the line, its number among equal lines, and which of the line's
/// events it is.
#[must_use]
pub fn line_event(site: SiteId, line: &str, number: u32, event: &str) -> ExternalId {
    let fields = [
        &site.0.to_le_bytes()[..],
        line.as_bytes(),
        &number.to_le_bytes(),
        event.as_bytes(),
    ];
    ExternalId(derived("line", &fields))
}

/// An event of a request with an `Idempotency-Key`.
#[must_use]
pub fn keyed_event(site: SiteId, key: &str, line: u32) -> ExternalId {
    let fields = [
        &site.0.to_le_bytes()[..],
        key.as_bytes(),
        &line.to_le_bytes(),
    ];
    ExternalId(derived("idempotency key", &fields))
}

fn derived(kind: &str, fields: &[&[u8]]) -> u128 {
    let mut hasher = blake3::Hasher::new_derive_key("hitmetrix ingest ids, version 1");
    hasher.update(&(kind.len() as u64).to_le_bytes());
    hasher.update(kind.as_bytes());
    digest(hasher, fields)
}

fn digest(mut hasher: blake3::Hasher, fields: &[&[u8]]) -> u128 {
    for field in fields {
        hasher.update(&(field.len() as u64).to_le_bytes());
        hasher.update(field);
    }
    let mut bytes = [0; 16];
    hasher.finalize_xof().fill(&mut bytes);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookieless_visitor_depends_on_every_part() {
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let other: IpAddr = "203.0.113.10".parse().unwrap();
        let mapped: IpAddr = "::ffff:203.0.113.9".parse().unwrap();
        let first = cookieless_visitor(&[1; 32], SiteId(1), address, "a");
        assert_eq!(first, cookieless_visitor(&[1; 32], SiteId(1), mapped, "a"));
        for changed in [
            cookieless_visitor(&[2; 32], SiteId(1), address, "a"),
            cookieless_visitor(&[1; 32], SiteId(2), address, "a"),
            cookieless_visitor(&[1; 32], SiteId(1), other, "a"),
            cookieless_visitor(&[1; 32], SiteId(1), address, "b"),
        ] {
            assert_ne!(first, changed);
        }
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let secret = [0; 32];
        assert_ne!(
            logged_visitor(&secret, "ab", "c"),
            logged_visitor(&secret, "a", "bc")
        );
        assert_ne!(
            line_event(SiteId(1), "x", 0, "request"),
            line_event(SiteId(1), "x", 0, "pageview")
        );
        assert_ne!(
            line_event(SiteId(1), "x", 0, "request"),
            line_event(SiteId(1), "x", 1, "request")
        );
    }
}
