//! Who is at the other end: a network address, or the control socket. The address is held for the
//! time of one request, for limits and for the daily hash of cookieless visitors; it is never
//! logged and never stored.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::app::App;
use crate::cidr::Cidr;
use crate::problem::Problem;

/// The door a request came in by. Listeners put it into the request's extensions; nothing that a
/// client sends can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// A network listener.
    Network(IpAddr),
    /// The socket in the data folder, which only its owner can open; or this very process.
    Control,
}

/// The address of the browser: that of the connection, or what a trusted proxy says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl std::fmt::Debug for ClientAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientAddress(not shown)")
    }
}

impl ClientAddress {
    /// The address of a request that came in by this door with these headers.
    #[must_use]
    pub fn of(door: Option<Door>, headers: &HeaderMap, trusted: &[Cidr]) -> Self {
        let Some(Door::Network(peer)) = door else {
            return Self(IpAddr::V4(Ipv4Addr::LOCALHOST));
        };
        let mut address = peer.to_canonical();
        let is_trusted = |address| trusted.iter().any(|range| range.contains(address));
        if !is_trusted(address) {
            return Self(address);
        }
        // Proxies append: the last entry is what the nearest one saw. Walking back ends at the
        // first address that no trusted proxy vouches for.
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        for hop in hops.into_iter().rev() {
            let Ok(hop) = hop.parse::<IpAddr>() else {
                break;
            };
            address = hop.to_canonical();
            if !is_trusted(address) {
                break;
            }
        }
        Self(address)
    }
}

impl FromRequestParts<Arc<App>> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let door = parts.extensions.get::<Door>().copied();
        Ok(Self::of(door, &parts.headers, &app.config.trusted_proxy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &str, trusted: &str) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        let trusted: Vec<Cidr> = trusted
            .split(' ')
            .filter_map(|part| part.parse().ok())
            .collect();
        let door = Door::Network(peer.parse().unwrap());
        ClientAddress::of(Some(door), &headers, &trusted)
            .0
            .to_string()
    }

    #[test]
    fn forwarded_address_counts_only_from_a_trusted_proxy() {
        assert_eq!(seen("203.0.113.9", "198.51.100.1", ""), "203.0.113.9");
        assert_eq!(
            seen("203.0.113.9", "198.51.100.1", "10.0.0.0/8"),
            "203.0.113.9"
        );
        assert_eq!(
            seen("10.0.0.1", "198.51.100.1", "10.0.0.0/8"),
            "198.51.100.1"
        );
    }

    #[test]
    fn what_the_client_put_before_the_proxys_word_is_ignored() {
        assert_eq!(
            seen("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "10.0.0.0/8"),
            "198.51.100.1"
        );
        assert_eq!(
            seen("10.0.0.1", "1.1.1.1, unknown", "10.0.0.0/8"),
            "10.0.0.1"
        );
    }
}
