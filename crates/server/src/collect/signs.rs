//! What pages have asked and sent since the server started, as far as it tells whether a site's tag
//! works: by site the last time of each [`Sign`], and a word beside some. In memory, of a fixed size
//! for each site that there is, and without anything of who asked: of a foreign page only its host.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use hitmetrix_ingest::{address, bots};
use hitmetrix_model::SiteId;

use super::origin;
use crate::app::App;
use crate::problem::{Code, Problem};

/// Longest word that stands beside a sign: a host name.
const WORD_BYTES_MAX: usize = 253;

/// What a page did, or what became of what it sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A page of the site's domains loaded the script.
    Script,
    /// The script's address with the site's key in it was loaded.
    Tag,
    /// The same, and the address says that nothing is sent before a consent.
    TagNone,
    /// A page of the site's domains loaded the recorder.
    Recorder,
    /// The rules were fetched.
    Rules,
    /// A page of other domains used the site's key; the word is its host, empty when it has none.
    ForeignPage,
    /// A page of the site's domains used a key that no site has.
    UnknownKey,
    /// A page of the site's domains used the key of another site, which does not take it.
    OtherKey,
    /// Events that count were stored.
    Counted,
    /// The same, of a browser that refuses by Global Privacy Control or Do Not Track.
    CountedRefusing,
    /// Own traffic was stored, which is left out.
    Own,
    /// Events of automated browsers were stored, which are left out.
    Automated,
    /// Events of other bots were stored, which are left out.
    Bot,
    /// A body of events was refused for good; the word is the code.
    EventsRefused,
    /// Somebody was told to wait with events.
    EventsLater,
    /// An event out of a body was refused; the word is the code.
    EventRefused,
    /// A page said who somebody is, and the site's privacy mode takes no names from pages.
    NameRefused,
    /// A piece of a recording was stored.
    Recorded,
    /// A piece of a recording was refused for good; the word is the code.
    RecordingRefused,
    /// The site's recordings of the day were over its quota.
    OverQuota,
}

/// How many signs there are.
const SIGNS: usize = Sign::OverQuota as usize + 1;

/// When a sign was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// For the first time since the server started.
    pub first_ms: i64,
    /// For the last time.
    pub last_ms: i64,
    /// The longest time between one and the next.
    pub gap_ms_max: i64,
    /// What stands beside it the last time; may be empty.
    pub word: String,
}

/// Events that count and came since the last piece of a recording, of browsers that do not refuse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unrecorded {
    /// Bodies of events.
    pub bodies: u32,
    /// When the first came.
    pub first_ms: i64,
}

/// The signs of one site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SiteSigns {
    seen: [Option<Seen>; SIGNS],
    /// What came since the last piece of a recording.
    pub unrecorded: Unrecorded,
}

impl SiteSigns {
    /// When this sign was seen, if it was.
    #[must_use]
    pub fn get(&self, sign: Sign) -> Option<&Seen> {
        self.seen[sign as usize].as_ref()
    }

    /// The same without the signs that were seen for the last time at this moment or before.
    #[must_use]
    pub fn after(&self, ms: i64) -> Self {
        let mut left = self.clone();
        for seen in &mut left.seen {
            seen.take_if(|seen| seen.last_ms <= ms);
        }
        left
    }

    /// Notes a sign.
    pub fn note(&mut self, sign: Sign, word: &str, now_ms: i64) {
        let seen = self.seen[sign as usize].get_or_insert_with(|| Seen {
            first_ms: now_ms,
            last_ms: now_ms,
            ..Seen::default()
        });
        seen.gap_ms_max = seen.gap_ms_max.max(now_ms - seen.last_ms);
        seen.last_ms = now_ms;
        if seen.word != word {
            word.clone_into(&mut seen.word);
        }
        match sign {
            Sign::Recorded => self.unrecorded = Unrecorded::default(),
            Sign::Counted => {
                if self.unrecorded.bodies == 0 {
                    self.unrecorded.first_ms = now_ms;
                }
                self.unrecorded.bodies = self.unrecorded.bodies.saturating_add(1);
            }
            _ => {}
        }
    }
}

/// The signs of all sites.
#[derive(Debug)]
pub struct Signs {
    /// Since when they are noted.
    pub since_ms: i64,
    by_site: Mutex<HashMap<SiteId, SiteSigns>>,
}

/// A script that pages load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// `/t.js`, the first.
    Tracker,
    /// `/r.js`.
    Recorder,
}

impl Signs {
    /// Nothing seen yet.
    #[must_use]
    pub fn new(now_ms: i64) -> Self {
        Self {
            since_ms: now_ms,
            by_site: Mutex::default(),
        }
    }

    /// Notes a sign of a site that there is.
    pub fn note(&self, (site, now_ms): (SiteId, i64), sign: Sign, word: &str) {
        let word = match word.len() <= WORD_BYTES_MAX {
            true => word,
            false => "",
        };
        let mut by_site = self.by_site.lock().unwrap_or_else(PoisonError::into_inner);
        by_site.entry(site).or_default().note(sign, word, now_ms);
    }

    /// What was seen of a site.
    #[must_use]
    pub fn of(&self, site: SiteId) -> SiteSigns {
        let by_site = self.by_site.lock().unwrap_or_else(PoisonError::into_inner);
        by_site.get(&site).cloned().unwrap_or_default()
    }

    /// Forgets a site that is removed.
    pub fn forget(&self, site: SiteId) {
        let mut by_site = self.by_site.lock().unwrap_or_else(PoisonError::into_inner);
        by_site.remove(&site);
    }

    /// Notes that a page loaded a script. The request has no key, so it counts for the sites that the
    /// page's host belongs to; a page that does not say where it is counts for none.
    pub fn loaded(&self, app: &App, script: Script, headers: &axum::http::HeaderMap) {
        let sign = match script {
            Script::Tracker => Sign::Script,
            Script::Recorder => Sign::Recorder,
        };
        self.note_page(app, headers, (sign, None));
    }

    /// Notes that the script's address with this site's key in it was loaded.
    pub fn tagged(&self, app: &App, site: SiteId, mode: &str) {
        let sign = match mode {
            "none" => Sign::TagNone,
            _ => Sign::Tag,
        };
        self.note((site, app.now_ms()), sign, "");
    }

    /// Notes that a page used a key that no site has.
    pub fn unknown_key(&self, app: &App, headers: &axum::http::HeaderMap) {
        self.note_page(app, headers, (Sign::UnknownKey, None));
    }

    /// Notes that the site's key was used from a page that is not the site's.
    pub fn foreign_page(&self, app: &App, site: SiteId, headers: &axum::http::HeaderMap) {
        let host = host_of(headers);
        self.note(
            (site, app.now_ms()),
            Sign::ForeignPage,
            host.as_deref().unwrap_or_default(),
        );
        self.note_page(app, headers, (Sign::OtherKey, Some(site)));
    }

    /// Notes stored events: whether they count, and why not.
    pub fn stored(&self, site: (SiteId, i64), bot: &str, is_refusing: bool) {
        let sign = match (bot, is_refusing) {
            ("", false) => Sign::Counted,
            ("", true) => Sign::CountedRefusing,
            (bots::OWN, _) => Sign::Own,
            (bots::AUTOMATED, _) => Sign::Automated,
            _ => Sign::Bot,
        };
        self.note(site, sign, "");
    }

    /// Notes a refused body, when the key is that of a site; pages that are not the site's were noted
    /// at the door.
    pub fn refused(&self, app: &App, key: &str, (sign, problem): (Sign, &Problem)) {
        let Some(known) = app.sites.by_key(key) else {
            return;
        };
        let site = (known.site.id, app.now_ms());
        match problem.code() {
            Code::OriginRefused | Code::NotFound => {}
            Code::TooMany if sign == Sign::EventsRefused => {
                self.note(site, Sign::EventsLater, "");
            }
            // What is to be sent again is not lost, and the server's own troubles are told elsewhere.
            Code::TooMany | Code::Unavailable | Code::TooSlow | Code::Internal => {}
            code => self.note(site, sign, code.name()),
        }
    }

    /// Notes a sign for every site, but for one, that the page's host belongs to. Whoever claims to be
    /// such a page asks for a walk over all sites, so the page is read once, and each domain costs one
    /// comparison.
    fn note_page(
        &self,
        app: &App,
        headers: &axum::http::HeaderMap,
        (sign, but): (Sign, Option<SiteId>),
    ) {
        let Some(host) = host_of(headers) else {
            return;
        };
        let now_ms = app.now_ms();
        let sites = app.sites.table();
        let sites = sites.in_order().filter(|known| Some(known.site.id) != but);
        for known in sites.filter(|known| origin::is_host_of(&host, &known.site)) {
            self.note((known.site.id, now_ms), sign, "");
        }
    }
}

/// Host of the page that sends, in lower case; nothing when that cannot be the name of a host.
fn host_of(headers: &axum::http::HeaderMap) -> Option<String> {
    let parts = address::split(origin::page_of(headers)?)?;
    let is_host = parts.host.len() <= WORD_BYTES_MAX && parts.host.bytes().all(is_of_a_host);
    is_host.then(|| parts.host.to_lowercase())
}

fn is_of_a_host(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte)
}
