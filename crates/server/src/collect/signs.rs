//! What pages have asked and sent, as far as it tells whether a site's tag works: by site the last time
//! of each [`Sign`], and a word beside some. Of a fixed size for each site that there is, and without
//! anything of who asked: of a foreign page only its host. In memory; what changed goes into SQL
//! within half a minute and when the server stops, so that a restart forgets nothing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use hitmetrix_ingest::{address, bots};
use hitmetrix_model::SiteId;
use hitmetrix_store::settings::{SignsNoted, SignsRow};
use serde::{Deserialize, Serialize};

use super::origin;
use crate::app::App;
use crate::problem::{Code, Problem};

/// Longest word that stands beside a sign: a host name.
const WORD_BYTES_MAX: usize = 253;
/// A server that was away for longer has missed what happened meanwhile, so that no silence can be told
/// from that.
const AWAY_MS: i64 = 3600 * 1000;
/// Where nothing happens, so often is written that the server was there.
const NOTED_EVERY_MS: i64 = 10 * 60 * 1000;

/// What a page did, or what became of what it sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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

/// All signs, each at its own place.
const ALL: [Sign; SIGNS] = [
    Sign::Script,
    Sign::Tag,
    Sign::TagNone,
    Sign::Recorder,
    Sign::Rules,
    Sign::ForeignPage,
    Sign::UnknownKey,
    Sign::OtherKey,
    Sign::Counted,
    Sign::CountedRefusing,
    Sign::Own,
    Sign::Automated,
    Sign::Bot,
    Sign::EventsRefused,
    Sign::EventsLater,
    Sign::EventRefused,
    Sign::NameRefused,
    Sign::Recorded,
    Sign::RecordingRefused,
    Sign::OverQuota,
];

/// When a sign was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// For the first time since signs are noted.
    pub first_ms: i64,
    /// For the last time.
    pub last_ms: i64,
    /// The longest time between one and the next.
    pub gap_ms_max: i64,
    /// What stands beside it the last time; may be empty.
    pub word: String,
}

/// Events that count and came since the last piece of a recording, of browsers that do not refuse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
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
    /// What the server missed before this is no gap.
    resumed_ms: i64,
}

/// The signs of a site at rest.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// By name, so that a program that knows other signs reads those that it knows.
    seen: BTreeMap<String, Seen>,
    unrecorded: Unrecorded,
}

impl SiteSigns {
    /// As it is kept.
    fn to_text(&self) -> String {
        let seen = ALL.into_iter().filter_map(|sign| {
            let name = serde_json::to_value(sign).ok()?;
            Some((name.as_str()?.to_owned(), self.get(sign)?.clone()))
        });
        let kept = Kept {
            seen: seen.collect(),
            unrecorded: self.unrecorded,
        };
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// From what was kept; what cannot be read was not seen.
    fn of_text(text: &str, resumed_ms: i64) -> Self {
        let mut signs = Self {
            resumed_ms,
            ..Self::default()
        };
        let Ok(kept) = serde_json::from_str::<Kept>(text) else {
            return signs;
        };
        signs.unrecorded = kept.unrecorded;
        for (name, seen) in kept.seen {
            if let Ok(sign) = serde_json::from_value::<Sign>(name.into()) {
                signs.seen[sign as usize] = Some(seen);
            }
        }
        signs
    }

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
        let resumed_ms = self.resumed_ms;
        let seen = self.seen[sign as usize].get_or_insert_with(|| Seen {
            first_ms: now_ms,
            last_ms: now_ms,
            ..Seen::default()
        });
        let since_ms = seen.last_ms.max(resumed_ms);
        seen.gap_ms_max = seen.gap_ms_max.max(now_ms - since_ms);
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
    /// Since when without the server being away for long.
    pub resumed_ms: i64,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    by_site: HashMap<SiteId, SiteSigns>,
    /// Not written yet.
    changed: HashSet<SiteId>,
    /// When they were written for the last time.
    noted_ms: i64,
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
    /// What was kept, as the server starts.
    #[must_use]
    pub fn kept((noted, rows): (Option<SignsNoted>, Vec<SignsRow>), now_ms: i64) -> Self {
        let since_ms = noted.map_or(now_ms, |noted| noted.since_ms);
        let resumed_ms = match noted {
            Some(noted) if now_ms - noted.noted_ms <= AWAY_MS => noted.resumed_ms,
            _ => now_ms,
        };
        let of = |row: SignsRow| (row.site, SiteSigns::of_text(&row.signs, resumed_ms));
        Self {
            since_ms,
            resumed_ms,
            held: Mutex::new(Held {
                by_site: rows.into_iter().map(of).collect(),
                ..Held::default()
            }),
        }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what has changed.
    ///
    /// # Errors
    /// When the database fails; what has changed is written the next time.
    pub async fn keep(&self, app: &App) -> Result<(), Problem> {
        let now_ms = app.now_ms();
        let rows: Vec<SignsRow> = {
            let mut held = self.held();
            if held.changed.is_empty() && now_ms - held.noted_ms < NOTED_EVERY_MS {
                return Ok(());
            }
            let changed = std::mem::take(&mut held.changed);
            let row = |site| {
                let signs = held.by_site.get(&site)?.to_text();
                Some(SignsRow { site, signs })
            };
            changed.into_iter().filter_map(row).collect()
        };
        let noted = SignsNoted {
            since_ms: self.since_ms,
            resumed_ms: self.resumed_ms,
            noted_ms: now_ms,
        };
        let kept = app.settings().keep_signs(noted, &rows).await;
        let mut held = self.held();
        match kept {
            Ok(()) => held.noted_ms = now_ms,
            Err(error) => {
                held.changed.extend(rows.iter().map(|row| row.site));
                return Err(error.into());
            }
        }
        Ok(())
    }

    /// Notes a sign of a site that there is.
    pub fn note(&self, (site, now_ms): (SiteId, i64), sign: Sign, word: &str) {
        let word = match word.len() <= WORD_BYTES_MAX {
            true => word,
            false => "",
        };
        let mut held = self.held();
        let signs = held.by_site.entry(site).or_default();
        signs.note(sign, word, now_ms);
        held.changed.insert(site);
    }

    /// What was seen of a site.
    #[must_use]
    pub fn of(&self, site: SiteId) -> SiteSigns {
        self.held().by_site.get(&site).cloned().unwrap_or_default()
    }

    /// Forgets a site that is removed.
    pub fn forget(&self, site: SiteId) {
        let mut held = self.held();
        held.by_site.remove(&site);
        held.changed.remove(&site);
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

    /// Notes a sign for every site, but for one, that the page's host belongs to.
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
        let sites = app.sites.table().of_host(&host);
        for site in sites.into_iter().filter(|site| Some(*site) != but) {
            self.note((site, now_ms), sign, "");
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
