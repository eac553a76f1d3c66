//! Who may send with a site's public key: pages whose Origin has one of the site's domains as its
//! host. Scheme and port are free. This stops other sites' pages, not programs, which can claim
//! any Origin; buckets and quotas stand against those.

use axum::http::{HeaderMap, header};
use hitmetrix_ingest::address;
use hitmetrix_model::Site;

use crate::hosts::is_local;

/// Whether a page of this Origin may send. `null` (a sandboxed frame, a file) never may.
pub(super) fn is_allowed(origin: &str, site: &Site) -> bool {
    if !site.settings.check_origin {
        return true;
    }
    let Some(parts) = address::split(origin) else {
        return false;
    };
    let is_web = ["http", "https"]
        .iter()
        .any(|web| parts.scheme.eq_ignore_ascii_case(web));
    let is_bare = parts.path.is_empty() && parts.query.is_empty() && parts.fragment.is_empty();
    if !is_web || !is_bare {
        return false;
    }
    is_host_of(parts.host, site)
}

/// Whether a host is one of the site's domains.
fn is_host_of(host: &str, site: &Site) -> bool {
    (site.demo && is_local(host)) || address::is_of_site(host, &site.domains)
}

/// Where a request says that its page is: its Origin, else its Referer. Anybody can claim either.
pub(super) fn page_of(headers: &HeaderMap) -> Option<&str> {
    let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
    said(header::ORIGIN).or_else(|| said(header::REFERER))
}

#[cfg(test)]
mod tests {
    use hitmetrix_model::{SiteId, SiteSettings};

    use super::*;

    #[test]
    fn only_the_sites_domains_may_send() {
        let mut site = Site {
            id: SiteId(1),
            name: "Shop".to_owned(),
            domains: vec!["shop.example".to_owned(), "*.shop.example".to_owned()],
            key: "k".to_owned(),
            time_zone: "UTC".to_owned(),
            created_at_ms: 0,
            demo: false,
            settings: SiteSettings::default(),
        };
        for (origin, expected) in [
            ("https://shop.example", true),
            ("http://SHOP.example:8080", true),
            ("https://a.b.shop.example", true),
            ("https://shop.example.evil.example", false),
            ("https://evilshop.example", false),
            ("https://evil.example/shop.example", false),
            ("https://shop.example@evil.example", false),
            ("null", false),
            ("", false),
            ("file://shop.example", false),
            ("http://localhost:3000", false),
        ] {
            assert_eq!(is_allowed(origin, &site), expected, "{origin}");
        }
        site.demo = true;
        assert!(is_allowed("http://[::1]:8127", &site));
        assert!(is_allowed("http://localhost", &site));
        assert!(!is_allowed("null", &site));
        site.settings.check_origin = false;
        assert!(is_allowed("null", &site));
    }
}
