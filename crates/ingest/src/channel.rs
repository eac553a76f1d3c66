//! Where an arrival came from: channel and source, from campaign parameters, click ids and the
//! referrer's host. The order of rules follows the default channel groups of Google Analytics 4
//! (public help page 9756891), with AI assistants as a channel of their own. Hosts come from
//! data/referrers.tsv.

use std::collections::HashMap;

use crate::address::parameter;
use crate::scrub::scrub;

const LIST: &str = include_str!("../data/referrers.tsv");
/// Longest campaign text that is kept.
const CAMPAIGN_BYTES_MAX: usize = 256;

/// Names of channels, as events carry them. `Direct` is what a session has when none of its
/// events is an arrival; no event carries it.
pub const CHANNELS: &[&str] = &[
    "Direct",
    "Organic search",
    "Paid search",
    "Organic social",
    "Paid social",
    "E-mail",
    "Affiliate",
    "Display",
    "AI assistant",
    "Referral",
    "Other campaign",
];

/// What kind of site a host belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Search engine.
    Search,
    /// Social network.
    Social,
    /// AI assistant.
    Assistant,
}

/// Who owns a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its kind.
    pub kind: Kind,
    /// Its name, as the list has it.
    pub name: &'static str,
}

/// The list by host.
pub(crate) struct Referrers {
    exact: HashMap<&'static str, Known>,
    /// Hosts with any country's ending, by what stands before it.
    any_ending: HashMap<&'static str, Known>,
    /// Hosts with any first label, by what stands behind it.
    any_subdomain: HashMap<&'static str, Known>,
}

impl Referrers {
    pub(crate) fn build() -> Self {
        let mut tables = Self {
            exact: HashMap::new(),
            any_ending: HashMap::new(),
            any_subdomain: HashMap::new(),
        };
        // Assistants stand last and win over a search engine on the same host.
        for line in LIST.lines() {
            let mut columns = line.split('\t');
            let (Some(kind), Some(name), Some(host)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            let kind = match kind {
                "search" => Kind::Search,
                "social" => Kind::Social,
                _ => Kind::Assistant,
            };
            let known = Known { kind, name };
            if let Some(before) = host.strip_suffix(".{}") {
                tables.any_ending.insert(before, known);
            } else if let Some(behind) = host.strip_prefix("{}.") {
                tables.any_subdomain.insert(behind, known);
            } else {
                tables.exact.insert(host, known);
            }
        }
        tables
    }

    pub(crate) fn find(&self, host: &str) -> Option<Known> {
        let host = host.strip_prefix("www.").unwrap_or(host);
        let mobile = host.strip_prefix("m.").unwrap_or(host);
        for host in [host, mobile] {
            if let Some(known) = self.exact.get(host).or_else(|| self.any_ending(host)) {
                return Some(*known);
            }
        }
        // Search engines have other services on their subdomains; networks and assistants are
        // themselves on all of theirs.
        let mut parent = host;
        while let Some((_, behind)) = parent.split_once('.') {
            if let (true, Some(known)) = (parent == host, self.any_subdomain.get(behind)) {
                return Some(*known);
            }
            if let Some(known) = self
                .exact
                .get(behind)
                .filter(|known| known.kind != Kind::Search)
            {
                return Some(*known);
            }
            parent = behind;
        }
        self.any_subdomain.get(host).copied()
    }

    /// `google.de`, `google.co.uk`: the ending is a country's two letters, `com`, or both.
    fn any_ending(&self, host: &str) -> Option<&Known> {
        let (before, last) = host.rsplit_once('.')?;
        let is_ending = last.len() == 2 || matches!(last, "com" | "org" | "net" | "cat");
        if let Some(known) = self.any_ending.get(before).filter(|_| is_ending) {
            return Some(known);
        }
        let (before, second) = before.rsplit_once('.')?;
        let is_second = matches!(second, "co" | "com") && last.len() == 2;
        self.any_ending.get(before).filter(|_| is_second)
    }
}

/// What an event tells of its arrival; all empty when it is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arrival {
    /// One of [`CHANNELS`].
    pub channel: String,
    /// As `google` or `newsletter`.
    pub source: String,
    /// `utm_medium`.
    pub medium: String,
    /// `utm_campaign`.
    pub campaign: String,
    /// `utm_term`.
    pub term: String,
    /// `utm_content`.
    pub content: String,
}

/// The arrival that a pageview with this kept query and this foreign referrer is. `referrer_host`
/// is empty when there is none or it is the site itself; without campaign it is then no arrival.
#[must_use]
pub fn arrival(query: &str, referrer_host: &str, lookups: &crate::Lookups) -> Arrival {
    if query.is_empty() && referrer_host.is_empty() {
        return Arrival::default();
    }
    let campaign_text = |key: &str| {
        let text = parameter(query, key);
        crate::text::cut(scrub(text.trim()).as_ref(), CAMPAIGN_BYTES_MAX).0
    };
    let mut arrival = Arrival {
        channel: String::new(),
        source: campaign_text("utm_source").to_lowercase(),
        medium: campaign_text("utm_medium").to_lowercase(),
        campaign: campaign_text("utm_campaign"),
        term: campaign_text("utm_term"),
        content: campaign_text("utm_content"),
    };
    if arrival.source.is_empty() {
        arrival.source = campaign_text("ref").to_lowercase();
    }
    let click = click_id(query);
    let by_host = known_referrer(referrer_host, lookups);
    let by_source = known_source(&arrival.source, lookups);
    let has_campaign = !arrival.medium.is_empty() || !arrival.campaign.is_empty();
    if arrival.source.is_empty() {
        arrival.source = match (by_host, click) {
            (Some(known), _) => known.name.to_lowercase(),
            (None, Some((_, name))) => name.to_owned(),
            (None, None) => bare_host(referrer_host),
        };
    }
    let kind = by_source.or(by_host).map(|known| known.kind);
    let channel = channel(&arrival.medium, kind, click);
    arrival.channel = match channel {
        Some(channel) => channel.to_owned(),
        None if !referrer_host.is_empty() => "Referral".to_owned(),
        None if has_campaign || !arrival.source.is_empty() => "Other campaign".to_owned(),
        None => String::new(),
    };
    arrival
}

/// The channel by medium, kind of site and click id; nothing when none of them says.
fn channel(medium: &str, kind: Option<Kind>, click: Option<(Click, &str)>) -> Option<&'static str> {
    let is_paid = matches!(
        medium,
        "cpc" | "ppc" | "cpm" | "cpv" | "cpa" | "cpp" | "retargeting"
    ) || medium.starts_with("paid")
        || medium.starts_with("ppc")
        || click.is_some_and(|(click, _)| click != Click::SocialLink);
    let is_mail = ["email", "e-mail", "e_mail", "e mail", "mail", "newsletter"].contains(&medium);
    if is_mail {
        return Some("E-mail");
    }
    if matches!(medium, "affiliate" | "affiliates" | "partner") {
        return Some("Affiliate");
    }
    if matches!(
        medium,
        "display" | "banner" | "expandable" | "interstitial" | "cpm"
    ) || click.is_some_and(|(click, _)| click == Click::Display)
    {
        return Some("Display");
    }
    let is_social = kind == Some(Kind::Social)
        || matches!(
            medium,
            "social"
                | "social-network"
                | "social-media"
                | "sm"
                | "social network"
                | "social media"
                | "paidsocial"
                | "paid-social"
                | "paid social"
                | "paid_social"
        )
        || click.is_some_and(|(click, _)| matches!(click, Click::PaidSocial | Click::SocialLink));
    let is_search = kind == Some(Kind::Search)
        || matches!(
            medium,
            "organic" | "cpc" | "ppc" | "paidsearch" | "paid-search" | "sem"
        )
        || click.is_some_and(|(click, _)| click == Click::PaidSearch);
    match (kind, is_paid) {
        (Some(Kind::Assistant), false) => Some("AI assistant"),
        _ if is_social && is_paid => Some("Paid social"),
        _ if is_social => Some("Organic social"),
        _ if is_search && is_paid => Some("Paid search"),
        _ if is_search => Some("Organic search"),
        _ if medium == "referral" => Some("Referral"),
        _ => None,
    }
}

/// What a click id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Click {
    PaidSearch,
    PaidSocial,
    Display,
    /// Set on every link that leaves the network, paid or not.
    SocialLink,
}

fn click_id(query: &str) -> Option<(Click, &'static str)> {
    const IDS: &[(&str, Click, &str)] = &[
        ("gclid", Click::PaidSearch, "google"),
        ("gbraid", Click::PaidSearch, "google"),
        ("wbraid", Click::PaidSearch, "google"),
        ("msclkid", Click::PaidSearch, "bing"),
        ("yclid", Click::PaidSearch, "yandex"),
        ("dclid", Click::Display, "google"),
        ("ttclid", Click::PaidSocial, "tiktok"),
        ("twclid", Click::PaidSocial, "x"),
        ("li_fat_id", Click::PaidSocial, "linkedin"),
        ("epik", Click::PaidSocial, "pinterest"),
        ("rdt_cid", Click::PaidSocial, "reddit"),
        ("sccid", Click::PaidSocial, "snapchat"),
        ("fbclid", Click::SocialLink, "facebook"),
        ("igshid", Click::SocialLink, "instagram"),
    ];
    query
        .split('&')
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(key, value)| !value.is_empty() && !key.starts_with("utm_"))
        .find_map(|(key, _)| IDS.iter().find(|(id, ..)| id.eq_ignore_ascii_case(key)))
        .map(|(_, click, name)| (*click, *name))
}

fn known_referrer(host: &str, lookups: &crate::Lookups) -> Option<Known> {
    // An Android app as referrer is named by its package.
    match host {
        "" => None,
        "com.google.android.googlequicksearchbox" => lookups.referrer("google.com"),
        "com.google.android.gm" => None,
        host => lookups.referrer(host),
    }
}

/// Who a `utm_source` names: `google`, `facebook.com`, `ig`.
fn known_source(source: &str, lookups: &crate::Lookups) -> Option<Known> {
    match source {
        "" => None,
        "fb" => lookups.referrer("facebook.com"),
        "ig" => lookups.referrer("instagram.com"),
        source if source.contains('.') => lookups.referrer(source),
        source => lookups.referrer(&format!("{source}.com")),
    }
}

fn bare_host(host: &str) -> String {
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_and_sources_follow_the_rules() {
        let lookups = crate::Lookups::new();
        for (query, host, expected) in [
            ("", "", " / "),
            ("", "www.google.com", "Organic search / google"),
            ("", "google.co.uk", "Organic search / google"),
            (
                "",
                "com.google.android.googlequicksearchbox",
                "Organic search / google",
            ),
            ("", "duckduckgo.com", "Organic search / duckduckgo"),
            ("", "de.search.yahoo.com", "Organic search / yahoo!"),
            ("", "mail.google.com", "Referral / mail.google.com"),
            ("", "google.evil.example", "Referral / google.evil.example"),
            ("", "l.facebook.com", "Organic social / facebook"),
            ("", "m.facebook.com", "Organic social / facebook"),
            ("", "chatgpt.com", "AI assistant / chatgpt"),
            ("", "www.perplexity.ai", "AI assistant / perplexity"),
            ("", "news.example.org", "Referral / news.example.org"),
            ("gclid=x", "www.google.com", "Paid search / google"),
            ("gclid=x", "", "Paid search / google"),
            (
                "utm_source=google&utm_medium=cpc",
                "",
                "Paid search / google",
            ),
            ("fbclid=x", "", "Organic social / facebook"),
            (
                "utm_source=facebook&utm_medium=cpc",
                "",
                "Paid social / facebook",
            ),
            (
                "utm_source=Newsletter&utm_medium=email",
                "",
                "E-mail / newsletter",
            ),
            ("utm_source=x&utm_medium=affiliate", "", "Affiliate / x"),
            (
                "utm_source=x.example&utm_medium=banner",
                "",
                "Display / x.example",
            ),
            ("utm_source=chatgpt.com", "", "AI assistant / chatgpt.com"),
            ("utm_campaign=spring", "", "Other campaign / "),
            ("ref=partnersite", "", "Other campaign / partnersite"),
        ] {
            let arrival = arrival(query, host, &lookups);
            assert_eq!(
                format!("{} / {}", arrival.channel, arrival.source),
                expected,
                "{query} {host}"
            );
            assert!(arrival.channel.is_empty() || CHANNELS.contains(&arrival.channel.as_str()));
        }
    }

    #[test]
    fn campaign_texts_are_unescaped_and_scrubbed() {
        let lookups = crate::Lookups::new();
        let query =
            "utm_source=a&utm_campaign=Spring%20Sale&utm_term=ada%40example.org&utm_content=b+c";
        let arrival = arrival(query, "", &lookups);
        assert_eq!(arrival.campaign, "Spring Sale");
        assert_eq!(arrival.term, "[email]");
        assert_eq!(arrival.content, "b c");
    }
}
