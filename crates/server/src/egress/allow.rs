//! What the owner allows beyond https to the public internet: host names and ranges of addresses
//! of receivers in their own network, which may then be reached there and by plain http.

use std::net::IpAddr;
use std::str::FromStr;

use crate::cidr::Cidr;

/// The setting `egress_allow`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    hosts: Vec<String>,
    ranges: Vec<Cidr>,
}

impl Allowed {
    /// Whether the host is allowed by name, whatever its address is.
    #[must_use]
    pub fn host(&self, host: &str) -> bool {
        self.hosts.iter().any(|allowed| allowed == host)
    }

    /// Whether the address lies in an allowed range.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(address))
    }

    /// Whether nothing is allowed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty() && self.ranges.is_empty()
    }
}

impl FromStr for Allowed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut allowed = Self::default();
        for part in text.split(',').map(str::trim) {
            if part.is_empty() {
                continue;
            }
            if let Ok(range) = part.parse() {
                allowed.ranges.push(range);
                continue;
            }
            let is_name = part.len() <= 253
                && part.bytes().any(|byte| byte.is_ascii_alphabetic())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
            if !is_name {
                return Err(format!(
                    "`{part}` is neither a host name nor a range of addresses; write \
                     alerts.internal or 10.0.0.0/8, without scheme and port"
                ));
            }
            allowed.hosts.push(part.to_ascii_lowercase());
        }
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ranges_are_told_apart() {
        let allowed: Allowed = "Hooks.Internal, 10.0.0.0/8,::1".parse().unwrap();
        assert!(allowed.host("hooks.internal"));
        assert!(!allowed.host("other.internal"));
        assert!(allowed.address("10.2.3.4".parse().unwrap()));
        assert!(allowed.address("::1".parse().unwrap()));
        assert!(!allowed.address("127.0.0.1".parse().unwrap()));
        for wrong in ["http://x", "10.0.0.0/40", "a b", "host:80", "1.2.3"] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
        assert!(Allowed::from_str("").unwrap().is_empty());
    }
}
