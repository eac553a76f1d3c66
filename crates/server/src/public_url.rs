//! The address under which browsers reach the server: scheme, host and port, nothing else.

use std::fmt;
use std::str::FromStr;

/// `http(s)://host[:port]`, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// Whether the scheme is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let uri: axum::http::Uri = text
            .parse()
            .map_err(|_| "this is no address; write it as https://stats.example.org".to_owned())?;
        let scheme = uri.scheme_str().unwrap_or_default();
        if scheme != "http" && scheme != "https" {
            return Err("the scheme must be http or https".to_owned());
        }
        let Some(authority) = uri.authority().filter(|part| !part.as_str().contains('@')) else {
            return Err("the host is missing or has a user before it".to_owned());
        };
        if uri
            .path_and_query()
            .is_some_and(|rest| rest.as_str() != "/")
        {
            return Err(
                "path and query are not allowed; serve it at the root of a host".to_owned(),
            );
        }
        Ok(Self(format!(
            "{scheme}://{}",
            authority.as_str().to_ascii_lowercase()
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_is_scheme_host_and_port() {
        let url: PublicUrl = "https://Stats.example.org:8443/".parse().unwrap();
        assert_eq!(url.to_string(), "https://stats.example.org:8443");
        assert!(url.is_https());
    }

    #[test]
    fn what_is_more_or_less_is_refused() {
        for text in [
            "",
            "stats.example.org",
            "ftp://example.org",
            "https://user@example.org",
            "https://example.org/path",
            "https://example.org?x=1",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
