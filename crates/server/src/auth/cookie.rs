//! The login cookie: an opaque token that no script can read and no other site's page can send
//! along with a state change.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::config::Config;

/// Name of the cookie.
pub const NAME: &str = "hitmetrix_login";

/// The login token of a request.
#[must_use]
pub fn token(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == NAME)
        .map(|(_, value)| value)
}

/// Sets the cookie for as long as the login may last.
#[must_use]
pub fn set(token: &str, config: &Config) -> HeaderValue {
    cookie(token, config.login_days * 24 * 3600, config)
}

/// Takes the cookie away.
#[must_use]
pub fn clear(config: &Config) -> HeaderValue {
    cookie("", 0, config)
}

fn cookie(value: &str, seconds: u64, config: &Config) -> HeaderValue {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let text = format!("{NAME}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).expect("a token has hexadecimal digits only")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_found_among_other_cookies() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            "a=b; hitmetrix_login=abc; c=d".parse().unwrap(),
        );
        assert_eq!(token(&headers), Some("abc"));
        headers.insert(header::COOKIE, "xhitmetrix_login=abc".parse().unwrap());
        assert_eq!(token(&headers), None);
    }

    #[test]
    fn cookie_is_secure_under_https_only() {
        let plain = Config::resolve(&|_| None).unwrap();
        let https = Config::resolve(&|setting| {
            (setting.name == "public_url").then(|| "https://stats.example.org".to_owned())
        })
        .unwrap();
        assert!(!set("abc", &plain).to_str().unwrap().contains("Secure"));
        let cookie = set("abc", &https);
        let cookie = cookie.to_str().unwrap();
        assert!(
            cookie.contains("; Secure") && cookie.contains("; HttpOnly"),
            "{cookie}"
        );
    }
}
