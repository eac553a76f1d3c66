//! Where a webhook goes: an address that somebody typed, read once as browsers read it, so that
//! `0x7f.1`, `2130706433` or a full-width digit is the address that it stands for before anything
//! is decided about it.

use std::fmt;
use std::net::IpAddr;

use hitmetrix_model::limits;
use url::{Host, Url};

use super::EgressError;

/// An address of http or https without anything that could mislead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    url: Url,
    host: String,
    address: Option<IpAddr>,
    port: u16,
}

impl Destination {
    /// Reads an address; whether it may be reached is not decided here.
    ///
    /// # Errors
    /// When it is none, too long, has another scheme, or a user name.
    pub fn read(text: &str) -> Result<Self, EgressError> {
        let refused = |why: &'static str| Err(EgressError::Address { why });
        if text.len() > limits::WEBHOOK_ADDRESS_BYTES {
            return refused("it is longer than the limit, 2048 bytes");
        }
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return refused("it has spaces or control characters");
        }
        if text.contains('\\') {
            return refused("it has a backslash");
        }
        let Ok(url) = Url::parse(text) else {
            return refused("it is none; write it as https://hooks.example.org/alerts");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refused("it begins with neither https:// nor http://");
        }
        if !url.username().is_empty() || url.password().is_some() || text_has_user(text) {
            return refused("it has a user name before the host; leave it out");
        }
        if url.fragment().is_some() {
            return refused("it has a part after #, which is never sent; leave it out");
        }
        let (host, address) = match url.host() {
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.').to_owned();
                if name.is_empty() {
                    return refused("its host is empty");
                }
                (name, None)
            }
            Some(Host::Ipv4(address)) => (address.to_string(), Some(IpAddr::V4(address))),
            Some(Host::Ipv6(address)) => (address.to_string(), Some(IpAddr::V6(address))),
            None => return refused("it has no host"),
        };
        let port = match url.port_or_known_default() {
            Some(port) if port != 0 => port,
            _ => return refused("its port is 0"),
        };
        Ok(Self {
            url,
            host,
            address,
            port,
        })
    }

    /// Whether it goes encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host's name in lower case without a dot at its end, or its address.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address, where the host is one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as the header `Host` has them.
    #[must_use]
    pub fn authority(&self) -> String {
        let host = match self.address {
            Some(IpAddr::V6(address)) => format!("[{address}]"),
            _ => self.host.clone(),
        };
        match self.url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }

    /// Path and query.
    #[must_use]
    pub fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }
}

/// An empty user name, as in `https://@host`, is dropped by the reader, but not meant kindly.
fn text_has_user(text: &str) -> bool {
    let after = text.split_once("//").map_or(text, |(_, after)| after);
    let authority = after.split(['/', '?', '#']).next().unwrap_or(after);
    authority.contains('@')
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}
