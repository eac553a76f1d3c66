//! Which sites the host of a page belongs to: one look-up for each part of the name, however many
//! sites there are, because anybody may claim to be any page.

use std::collections::HashMap;

use hitmetrix_model::{Site, SiteId};

/// Hosts of pages on the machine itself, which the demo site takes.
const LOCAL: &[&str] = &["localhost", "127.0.0.1", "[::1]"];

/// Whether a page of this host is on the machine itself.
pub(crate) fn is_local(host: &str) -> bool {
    LOCAL.iter().any(|local| host.eq_ignore_ascii_case(local))
}

/// The sites by their domains.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    exact: HashMap<String, Vec<SiteId>>,
    /// By what stands behind `*.`.
    below: HashMap<String, Vec<SiteId>>,
    demo: Vec<SiteId>,
}

impl Hosts {
    /// Those of some sites.
    pub(crate) fn of<'s>(sites: impl Iterator<Item = &'s Site>) -> Self {
        let mut hosts = Self::default();
        for site in sites {
            if site.demo {
                hosts.demo.push(site.id);
            }
            for domain in &site.domains {
                let domain = domain.to_lowercase();
                let of_domain = match domain.strip_prefix("*.") {
                    Some(parent) => hosts.below.entry(parent.to_owned()),
                    None => hosts.exact.entry(domain),
                };
                of_domain.or_default().push(site.id);
            }
        }
        hosts
    }

    /// The sites that a host belongs to, each once, ascending.
    pub(crate) fn sites(&self, host: &str) -> Vec<SiteId> {
        let host = host.to_lowercase();
        let dots = host.match_indices('.').filter(|(at, _)| *at > 0);
        let below = dots.filter_map(|(at, _)| self.below.get(&host[at + 1..]));
        let mut found: Vec<SiteId> = self
            .exact
            .get(&host)
            .into_iter()
            .chain(below)
            .chain(is_local(&host).then_some(&self.demo))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use hitmetrix_ingest::address;
    use hitmetrix_model::SiteSettings;

    use super::*;

    fn site(id: u32, domains: &[&str], demo: bool) -> Site {
        Site {
            id: SiteId(id),
            name: String::new(),
            domains: domains.iter().map(|one| (*one).to_owned()).collect(),
            key: String::new(),
            time_zone: "UTC".to_owned(),
            created_at_ms: 0,
            demo,
            settings: SiteSettings::default(),
        }
    }

    #[test]
    fn look_up_finds_what_a_walk_over_all_sites_finds() {
        let sites = [
            site(1, &["shop.example", "*.shop.example"], false),
            site(2, &["SHOP.example"], true),
            site(3, &["*.example"], false),
            site(4, &["*.a.shop.example", "127.0.0.1"], false),
            site(5, &[], false),
        ];
        let hosts = Hosts::of(sites.iter());
        for host in [
            "shop.example",
            "Shop.Example",
            "www.shop.example",
            "b.a.shop.example",
            ".shop.example",
            "..shop.example",
            "evilshop.example",
            "example",
            "shop.example.",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "",
            ".",
        ] {
            let walked: Vec<SiteId> = sites
                .iter()
                .filter(|site| {
                    (site.demo && is_local(host)) || address::is_of_site(host, &site.domains)
                })
                .map(|site| site.id)
                .collect();
            assert_eq!(hosts.sites(host), walked, "{host}");
        }
    }
}
