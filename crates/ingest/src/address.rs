//! The address rule: what may be kept of the address of a page or a link. Host and path stay, of
//! the query only keys on a fixed list and those of the site's rules, of the fragment only hash
//! routes where the site has those. What looks like a secret is taken out of what is left.

use std::borrow::Cow;

use hitmetrix_model::Rules;
use hitmetrix_model::limits::ADDRESS_BYTES;

use crate::scrub::scrub;
use crate::text::{cut, matches_pattern};

/// Query keys that are always kept, beside all that begin with `utm_`: they say where a visitor
/// came from, not who it is.
pub const QUERY_KEYS: &[&str] = &[
    "ref",
    "gclid",
    "gbraid",
    "wbraid",
    "gclsrc",
    "gad_source",
    "dclid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "yclid",
    "epik",
    "rdt_cid",
    "sccid",
    "igshid",
    "irclickid",
];
/// Longest host name that is kept.
const HOST_BYTES_MAX: usize = 253;
/// Parameters of a query that are looked at.
const PARAMETERS_MAX: usize = 256;

/// The parts of an absolute address, as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// Before `://`.
    pub scheme: &'a str,
    /// Without user and port.
    pub host: &'a str,
    /// Begins with `/` or is empty.
    pub path: &'a str,
    /// Without question mark.
    pub query: &'a str,
    /// Without `#`.
    pub fragment: &'a str,
}

/// Takes an absolute address with a host apart; nothing when it is none.
#[must_use]
pub fn split(address: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let is_scheme = !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !is_scheme {
        return None;
    }
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let host_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = match host_port.strip_prefix('[') {
        Some(v6) => &host_port[..v6.find(']')? + 2],
        None => host_port.split(':').next().unwrap_or(""),
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some(Parts {
        scheme,
        host,
        path,
        query,
        fragment,
    })
}

/// What is kept of a page's address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Host in lower case.
    pub host: String,
    /// Path, with the hash route behind it where the site has those.
    pub path: String,
    /// Allow-listed query, without question mark.
    pub query: String,
    /// Whether something was cut to its limit.
    pub cut: bool,
}

/// The address rule on the address of a web page; nothing when it is no http or https address.
#[must_use]
pub fn keep(address: &str, rules: &Rules) -> Option<Kept> {
    let parts = split(address)?;
    if !parts.scheme.eq_ignore_ascii_case("http") && !parts.scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    Some(keep_parts(&parts, rules))
}

/// The address rule on parts of an address.
#[must_use]
pub fn keep_parts(parts: &Parts<'_>, rules: &Rules) -> Kept {
    let mut path = keep_path(parts.path);
    if rules.hash_routes && (parts.fragment.starts_with('/') || parts.fragment.starts_with("!/")) {
        let route = parts.fragment.split('?').next().unwrap_or("");
        path.push('#');
        path.push_str(route);
    }
    let (path, path_cut) = cut(&scrub(&path), ADDRESS_BYTES);
    let (query, query_cut) = cut(&keep_query(parts.query, rules), ADDRESS_BYTES);
    let (host, host_cut) = cut(&parts.host.to_lowercase(), HOST_BYTES_MAX);
    Kept {
        host,
        path,
        query,
        cut: path_cut || query_cut || host_cut,
    }
}

/// The path without session ids that old servers put behind a semicolon.
fn keep_path(path: &str) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let path = path.replace('\\', "/");
    match path.to_ascii_lowercase().find(";jsessionid=") {
        Some(at) => path[..at].to_owned(),
        None => path,
    }
}

fn keep_query(query: &str, rules: &Rules) -> String {
    let mut kept = String::new();
    for parameter in query.split('&').take(PARAMETERS_MAX) {
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let folded = key.to_ascii_lowercase();
        let is_kept = folded.starts_with("utm_")
            || QUERY_KEYS.contains(&folded.as_str())
            || rules.query_keys.iter().any(|allowed| allowed == key);
        if !is_kept {
            continue;
        }
        if !kept.is_empty() {
            kept.push('&');
        }
        kept.push_str(key);
        kept.push('=');
        // Click ids are random by design; they name a click on an advertisement, not a person.
        let is_click_id = QUERY_KEYS.contains(&folded.as_str()) && folded != "ref";
        if is_click_id {
            kept.push_str(value);
        } else {
            kept.push_str(&scrub(value));
        }
    }
    kept
}

/// A link's target as one text: web addresses by the address rule, of others the scheme alone.
#[must_use]
pub fn keep_link(address: &str, rules: &Rules) -> (String, bool) {
    if let Some(kept) = keep(address, rules) {
        let scheme = if address.trim().as_bytes().get(4) == Some(&b':') {
            "http"
        } else {
            "https"
        };
        let mut text = format!("{scheme}://{}{}", kept.host, kept.path);
        if !kept.query.is_empty() {
            text.push('?');
            text.push_str(&kept.query);
        }
        let (text, over) = cut(&text, ADDRESS_BYTES);
        return (text, over || kept.cut);
    }
    let scheme = address.trim().split(':').next().unwrap_or("");
    let is_scheme = address.contains(':')
        && (1..=20).contains(&scheme.len())
        && scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_scheme {
        return (format!("{}:", scheme.to_ascii_lowercase()), false);
    }
    let path = address.split(['?', '#']).next().unwrap_or("");
    cut(&scrub(path), ADDRESS_BYTES)
}

/// Whether the site's rules block a page, given by the path that is kept of it.
#[must_use]
pub fn is_blocked(path: &str, rules: &Rules) -> bool {
    rules
        .blocked
        .iter()
        .any(|pattern| matches_pattern(pattern, path))
}

/// Whether a host is one of the site's domains; `*.example.org` stands for all subdomains.
#[must_use]
pub fn is_of_site(host: &str, domains: &[String]) -> bool {
    let host = lower(host);
    domains.iter().any(|domain| {
        let domain = lower(domain);
        match domain.strip_prefix("*.") {
            Some(parent) => host
                .strip_suffix(parent)
                .is_some_and(|sub| sub.len() > 1 && sub.ends_with('.')),
            None => host == domain,
        }
    })
}

/// In lower case; copied only where it is not.
fn lower(text: &str) -> Cow<'_, str> {
    let is_lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    match text.bytes().all(is_lower) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(text.to_lowercase()),
    }
}

/// The first value of a query's key, unescaped.
#[must_use]
pub fn parameter(query: &str, key: &str) -> String {
    query
        .split('&')
        .take(PARAMETERS_MAX)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, value)| name.eq_ignore_ascii_case(key) && !value.is_empty())
        .map_or_else(String::new, |(_, value)| unescape(value))
}

/// Percent escapes and plus signs as the characters they stand for.
#[must_use]
pub fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |offset: usize| {
            bytes
                .get(at + offset)
                .and_then(|digit| char::from(*digit).to_digit(16))
        };
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                at += 3;
            }
            (byte, ..) => {
                plain.push(if byte == b'+' { b' ' } else { byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(address: &str, rules: &Rules) -> String {
        keep(address, rules).map_or_else(
            || "none".to_owned(),
            |kept| format!("{} {} {}", kept.host, kept.path, kept.query),
        )
    }

    #[test]
    fn address_rule_keeps_path_and_listed_keys_only() {
        let rules = Rules {
            query_keys: vec!["q".to_owned()],
            ..Rules::default()
        };
        for (address, expected) in [
            (
                "https://Shop.Example:8443/a/b?x=1&utm_source=N&q=hat&gclid=AbC123#top",
                "shop.example /a/b utm_source=N&q=hat&gclid=AbC123",
            ),
            ("http://user:pass@example.org", "example.org / "),
            (
                "https://example.org?UTM_Medium=cpc",
                "example.org / UTM_Medium=cpc",
            ),
            ("https://[::1]:80/x", "[::1] /x "),
            (
                "https://example.org/u/ada@example.org?ref=ada%40example.org",
                "example.org /u/[email] ref=[email]",
            ),
            ("https://example.org/a;jsessionid=1F?b", "example.org /a "),
            ("https://example.org/#/cart?x=1", "example.org / "),
            ("https://example.org./x", "example.org /x "),
            ("file:///etc/passwd", "none"),
            ("javascript:alert(1)", "none"),
            ("/relative", "none"),
            ("https://[::1", "none"),
            ("https:// /", "none"),
            ("", "none"),
        ] {
            assert_eq!(kept(address, &rules), expected, "{address}");
        }
    }

    #[test]
    fn hash_routes_are_part_of_the_path_where_the_site_has_them() {
        let rules = Rules {
            hash_routes: true,
            ..Rules::default()
        };
        assert_eq!(
            kept("https://a.example/app#/cart?id=7", &rules),
            "a.example /app#/cart "
        );
        assert_eq!(kept("https://a.example/app#top", &rules), "a.example /app ");
    }

    #[test]
    fn long_addresses_are_cut_and_marked() {
        let kept = keep(
            &format!("https://a.example/{}", "é".repeat(4000)),
            &Rules::default(),
        );
        let kept = kept.unwrap();
        assert!(kept.cut && kept.path.len() <= ADDRESS_BYTES);
    }

    #[test]
    fn links_that_are_no_pages_keep_their_scheme() {
        let rules = Rules::default();
        assert_eq!(keep_link("mailto:ada@example.org", &rules).0, "mailto:");
        assert_eq!(
            keep_link("HTTPS://x.example/a?b=1", &rules).0,
            "https://x.example/a"
        );
        assert_eq!(keep_link("http://x.example", &rules).0, "http://x.example/");
        assert_eq!(keep_link("/a?b#c", &rules).0, "/a");
    }

    #[test]
    fn subdomains_count_only_under_a_star() {
        let domains = ["example.org".to_owned(), "*.shop.example".to_owned()];
        for (host, expected) in [
            ("EXAMPLE.org", true),
            ("www.example.org", false),
            ("a.shop.example", true),
            ("a.b.shop.example", true),
            ("shop.example", false),
            ("evilshop.example", false),
            (".shop.example", false),
        ] {
            assert_eq!(is_of_site(host, &domains), expected, "{host}");
        }
    }

    #[test]
    fn escapes_are_read() {
        assert_eq!(
            parameter("a=1&utm_term=blue%20hat+%C3%A9%zz", "utm_term"),
            "blue hat é%zz"
        );
    }
}
