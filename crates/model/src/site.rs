//! A site and its settings.

use serde::{Deserialize, Serialize};

use crate::{Mode, Rules, SiteId};

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Site {
    /// Its number.
    pub id: SiteId,
    /// Its name, unique in the installation.
    pub name: String,
    /// Host names that may send; `*.example.org` allows all subdomains.
    pub domains: Vec<String>,
    /// The public write key, as it stands in the snippet.
    pub key: String,
    /// IANA time zone, as `Europe/Berlin`.
    pub time_zone: String,
    /// Time of creation, UTC, milliseconds since the epoch.
    pub created_at_ms: i64,
    /// True for the built-in demo site.
    pub demo: bool,
    /// Everything an admin can change beside name, domains and time zone.
    pub settings: SiteSettings,
}

/// Settings of one site. New fields have defaults, so that stored settings stay readable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SiteSettings {
    /// What pages are told.
    pub rules: Rules,
    /// The privacy mode: the most that visitors' browsers are asked to keep. With `persistent` it is as
    /// the tag and consents say; with `cookieless` nothing is kept whatever they say, and nobody is
    /// known for longer than a day.
    pub mode: Mode,
    /// Idle time that ends a session.
    pub session_idle_ms: u32,
    /// Days that recordings are kept.
    pub recording_days: u32,
    /// Days that events are kept; 0 keeps them until the owner sets a limit.
    pub event_days: u32,
    /// Shorter recordings are not listed and go at their session's end.
    pub recording_min_ms: u32,
    /// Recorder bytes a day before chunks are refused.
    pub recording_bytes_a_day: u64,
    /// Whether the Origin of requests must be one of the domains.
    pub check_origin: bool,
    /// Whether automated browsers count as people.
    pub count_automated: bool,
    /// Whether `identify` with the public key alone counts.
    pub unverified_identify: bool,
    /// Addresses and networks of those who work on the site, as `198.51.100.7` or `2001:db8::/32`:
    /// what comes from there is own traffic, which answers leave out as they leave out bots. Only
    /// admins of the site are told them.
    pub excluded_addresses: Vec<String>,
    /// The group under which lists of sites have it, as a client or a country; empty for none.
    pub group: String,
    /// The currency of fixed values of goals that have none of their own, a code of ISO 4217 as `EUR`;
    /// empty for plain numbers.
    pub currency: String,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self {
            rules: Rules::default(),
            mode: Mode::Persistent,
            session_idle_ms: 30 * 60 * 1000,
            recording_days: 30,
            event_days: 0,
            recording_min_ms: 0,
            recording_bytes_a_day: 4 * 1024 * 1024 * 1024,
            check_origin: true,
            count_automated: false,
            unverified_identify: true,
            excluded_addresses: Vec::new(),
            group: String::new(),
            currency: String::new(),
        }
    }
}
