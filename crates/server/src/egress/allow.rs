//! To whom the owner lets messages go: hosts on the public internet by name, receivers in the
//! owner's own network by range of addresses, each at one port; and domains to whose addresses mail
//! may go. Nobody else is reached, whatever editors type.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use crate::cidr::Cidr;

/// Port of an entry that names none.
const PORT: u16 = 443;

/// The setting `egress_allow`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    hosts: Vec<(Host, u16)>,
    ranges: Vec<(Cidr, u16)>,
}

/// A host by name; with all names under it, or only itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    name: String,
    is_under: bool,
}

impl Allowed {
    /// Whether the host is listed by name at this port. It may then be reached at public addresses.
    #[must_use]
    pub fn host(&self, host: &str, port: u16) -> bool {
        let is_meant = |allowed: &Host| match allowed.is_under {
            false => allowed.name == host,
            true => host
                .strip_suffix(&allowed.name)
                .is_some_and(|left| left.len() > 1 && left.ends_with('.')),
        };
        let mut listed = self.hosts.iter();
        listed.any(|(allowed, at)| *at == port && is_meant(allowed))
    }

    /// Whether the address lies in a range that is listed at this port.
    #[must_use]
    pub fn address(&self, address: IpAddr, port: u16) -> bool {
        let mut listed = self.ranges.iter();
        listed.any(|(range, at)| *at == port && range.contains(address))
    }

    /// Whether a name that is not listed may lead into a range that is.
    #[must_use]
    pub fn has_range(&self, port: u16) -> bool {
        self.ranges.iter().any(|(_, at)| *at == port)
    }

    /// The hosts as the setting has them; ranges are the owner's own network and nobody's business.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let named = |(host, port): &(Host, u16)| {
            let star = if host.is_under { "*." } else { "" };
            match *port {
                PORT => format!("{star}{}", host.name),
                port => format!("{star}{}:{port}", host.name),
            }
        };
        self.hosts.iter().map(named).collect()
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
            let wrong = || {
                format!(
                    "`{part}` is neither a host name nor a range of addresses; write \
                     hooks.example.org, *.example.org, hooks.internal:8080 or 10.0.0.0/8:8080, \
                     without scheme"
                )
            };
            let (place, port) = place_and_port(part).ok_or_else(wrong)?;
            match place.parse() {
                Ok(range) => allowed.ranges.push((range, port)),
                Err(_) => allowed.hosts.push((host(place).ok_or_else(wrong)?, port)),
            }
        }
        Ok(allowed)
    }
}

/// An entry without its port, and the port.
fn place_and_port(part: &str) -> Option<(&str, u16)> {
    let port = |text: &str| text.parse().ok().filter(|port| *port != 0);
    if let Some(rest) = part.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(text) => Some((address, port(text)?)),
            None => rest.is_empty().then_some((address, PORT)),
        };
    }
    // Of an IPv6 address without brackets every colon is its own.
    let is_address = part.parse::<Cidr>().is_ok();
    match part.rsplit_once(':') {
        Some((place, text)) if !is_address => Some((place, port(text)?)),
        _ => Some((part, PORT)),
    }
}

fn host(text: &str) -> Option<Host> {
    let (name, is_under) = match text.strip_prefix("*.") {
        Some(name) => (name, true),
        None => (text, false),
    };
    let name = without_root(name);
    is_name(name).then(|| Host {
        name: name.to_ascii_lowercase(),
        is_under,
    })
}

/// A name without the dot that stands for the root of all names: destinations have none either.
fn without_root(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

fn is_name(text: &str) -> bool {
    text.len() <= 253
        && text.parse::<Ipv4Addr>().is_err()
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

/// The setting `mail_domains`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailDomains(Vec<String>);

impl MailDomains {
    /// Whether an e-mail address is of one of them.
    #[must_use]
    pub fn has(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|one| self.0.iter().any(|known| known.eq_ignore_ascii_case(one)))
    }

    /// They, as the setting has them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl FromStr for MailDomains {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|one| !one.is_empty());
        let read = |part: &str| match is_name(without_root(part)) {
            true => Ok(without_root(part).to_ascii_lowercase()),
            false => Err(format!("`{part}` is no domain; write it as example.org")),
        };
        Ok(Self(parts.map(read).collect::<Result<_, String>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ranges_are_told_apart_each_at_its_port() {
        let text =
            "Hooks.Example.org, *.office.test:8443, 10.0.0.0/8:8080,::1, [fd00::]:80, fd01::/16:81";
        let allowed: Allowed = text.parse().unwrap();
        assert!(allowed.host("hooks.example.org", 443));
        assert!(!allowed.host("hooks.example.org", 8080));
        assert!(!allowed.host("example.org", 443));
        assert!(allowed.host("a.b.office.test", 8443));
        assert!(!allowed.host("office.test", 8443));
        assert!(!allowed.host("badoffice.test", 8443));
        assert!(!allowed.host(".office.test", 8443));
        for (address, port, expected) in [
            ("10.2.3.4", 8080, true),
            ("10.2.3.4", 443, false),
            ("11.2.3.4", 8080, false),
            ("::1", 443, true),
            ("fd00::", 80, true),
            ("fd00::1", 80, false),
            ("fd01::1", 81, true),
            ("127.0.0.1", 443, false),
        ] {
            let is = allowed.address(address.parse().unwrap(), port);
            assert_eq!(is, expected, "{address} {port}");
        }
        assert_eq!(allowed.names(), ["hooks.example.org", "*.office.test:8443"]);
        let rooted: Allowed = "hooks.example.org., *.office.test.:8443".parse().unwrap();
        assert!(rooted.host("hooks.example.org", 443));
        assert!(rooted.host("a.office.test", 8443));
        assert_eq!(rooted.names(), allowed.names());
        for wrong in [
            ".",
            "http://x",
            "10.0.0.0/40",
            "a b",
            "host:0",
            "host:99999",
            "host:x",
            "1.2.3",
            "*",
            "*.*.a",
            "[::1",
            "[::1]x",
            "a/b",
        ] {
            assert!(wrong.parse::<Allowed>().is_err(), "{wrong}");
        }
        assert_eq!(Allowed::from_str("").unwrap(), Allowed::default());
    }

    #[test]
    fn mail_goes_to_listed_domains_and_not_to_those_under_them() {
        let domains: MailDomains = "Example.org, partner.test".parse().unwrap();
        assert!(domains.has("ada@example.ORG"));
        for other in [
            "ada@sub.example.org",
            "ada@example.org.evil.test",
            "ada",
            "@",
        ] {
            assert!(!domains.has(other), "{other}");
        }
        let rooted: MailDomains = "example.org.".parse().unwrap();
        assert!(rooted.has("ada@example.org"));
        for wrong in ["@example.org", "a b", "x/y"] {
            assert!(wrong.parse::<MailDomains>().is_err(), "{wrong}");
        }
    }
}
