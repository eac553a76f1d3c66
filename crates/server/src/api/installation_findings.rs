//! What is wrong with a site's installation, in plain sentences with the way out. Pure: it goes by
//! what the server has seen of the site's pages ([`SiteSigns`]) and by the site's settings, and where
//! that does not tell the cause, the sentence says so and names what to look for.

use hitmetrix_model::{Mode, SiteSettings};
use serde::Serialize;
use utoipa::ToSchema;

use crate::collect::signs::{Seen, Sign, SiteSigns};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// A page that has loaded the script has asked for the rules by then, and after those has sent.
const SETTLED_MS: i64 = 6_000;
/// A page that sends events has sent a piece of its recording by then.
const RECORDED_WITHIN_MS: i64 = 12_000;
/// Where recordings came, they have ended when events came for so long without a piece of one,
const UNRECORDED_MS: i64 = 3600 * 1000;
/// and in as many bodies: a visit that is over at once is not recorded, and nor is a page that is left.
const UNRECORDED_BODIES: f64 = 20.0;
/// A session sends so many bodies and more; a share of sessions has to be missed in as many sessions.
const BODIES_A_SESSION: f64 = 10.0;
/// What was refused longer ago is not told.
const TOLD_MS: i64 = DAY_MS;
/// Without an event that counts for so long, and for as many times the longest time between two, it is
/// silent.
const SILENT_MS: i64 = DAY_MS;
const SILENT_TIMES: i64 = 2;

/// One thing that is wrong or missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InstallationFinding {
    /// Stable name of the cause, as `foreign_page` or `recorder_missing`.
    code: &'static str,
    /// `events`: nothing counts. `silence`: events counted, and none does any more. `some_events`:
    /// events count, and others do not get here. `recordings`: events count, and nothing of them is
    /// recorded.
    affects: &'static str,
    /// What the server has seen, in one sentence.
    says: String,
    /// The way out.
    way_out: String,
    /// When it happened for the last time; absent for what has not happened.
    last_ms: Option<i64>,
}

/// What the findings go by.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// What the server has seen.
    pub signs: &'a SiteSigns,
    /// Since when.
    pub since_ms: i64,
    /// Since when without the server being away for long.
    pub resumed_ms: i64,
    /// Now.
    pub now_ms: i64,
    /// Time of the first event of the site.
    pub first_event_ms: Option<i64>,
    /// Time of the last one.
    pub last_event_ms: Option<i64>,
    /// The site's domains.
    pub domains: &'a [String],
    /// The site's public key.
    pub key: &'a str,
    /// The site's settings.
    pub settings: &'a SiteSettings,
    /// Address of this server.
    pub origin: &'a str,
}

/// What is wrong, the gravest first; empty when nothing is known to be.
#[must_use]
pub fn findings(known: &Known<'_>) -> Vec<InstallationFinding> {
    let mut found = known.refused();
    if known.is_silent() {
        found.splice(0..0, known.silence());
    } else if known.counted_ms().is_some() {
        found.extend(known.names());
        mark_as_some(&mut found);
        found.extend(known.recordings());
    } else if known.is_new() {
        let left_out = known.left_out();
        if left_out.is_empty() {
            found.extend(known.nothing_sent());
        }
        found.extend(left_out);
    } else {
        // The site has events of before the start; nothing says that none count.
        mark_as_some(&mut found);
    }
    found
}

/// Others than these events count.
fn mark_as_some(found: &mut [InstallationFinding]) {
    for one in found {
        one.affects = "some_events";
    }
}

impl Known<'_> {
    fn seen(&self, sign: Sign) -> Option<&Seen> {
        self.signs.get(sign)
    }

    fn last_ms(&self, sign: Sign) -> Option<i64> {
        self.seen(sign).map(|seen| seen.last_ms)
    }

    /// When an event that counts came for the last time.
    fn counted_ms(&self) -> Option<i64> {
        let refusing = self.last_ms(Sign::CountedRefusing);
        self.last_ms(Sign::Counted).max(refusing)
    }

    /// Whether all events of the site came since signs are noted.
    fn is_new(&self) -> bool {
        self.first_event_ms
            .is_none_or(|first_ms| first_ms >= self.since_ms)
    }

    /// Since when no event counts, where some did.
    fn silent_since_ms(&self) -> Option<i64> {
        let before = self.last_event_ms.filter(|_| !self.is_new());
        let before = before.map(|last_ms| last_ms.max(self.since_ms));
        let silent_ms = self.counted_ms().or(before);
        // What came while the server was away, nobody has seen.
        silent_ms.map(|since_ms| since_ms.max(self.resumed_ms))
    }

    /// Whether that is long, and longer than usual.
    fn is_silent(&self) -> bool {
        let usual = self
            .seen(Sign::Counted)
            .or(self.seen(Sign::CountedRefusing));
        let usual_ms = usual.map_or(0, |seen| seen.gap_ms_max);
        self.silent_since_ms().is_some_and(|since_ms| {
            let silent_ms = self.now_ms - since_ms;
            silent_ms >= SILENT_MS && silent_ms > SILENT_TIMES * usual_ms
        })
    }

    /// That it is silent, and what pages did meanwhile.
    fn silence(&self) -> Vec<InstallationFinding> {
        let since_ms = self.silent_since_ms().unwrap_or(self.now_ms);
        let says = match (self.now_ms - since_ms) / DAY_MS {
            1 => "No event has counted for a day.".to_owned(),
            days => format!("No event has counted for {days} days."),
        };
        let way_out = format!("If visitors came meanwhile: {}", self.where_to_look());
        let silent = finding(("silent", "silence"), says, way_out, self.counted_ms());
        let signs = match self.counted_ms() {
            Some(counted_ms) => &self.signs.after(counted_ms),
            None => self.signs,
        };
        let meanwhile = Known { signs, ..*self };
        let mut found = vec![silent];
        found.extend(meanwhile.left_out());
        if found.len() == 1 {
            found.extend(meanwhile.station().filter(|one| meanwhile.is_left(one)));
        }
        found
    }

    fn pages(&self) -> String {
        match self.domains {
            [one] => format!("A page of {one}"),
            _ => "A page of the site's domains".to_owned(),
        }
    }

    /// What came and was not taken, lately: anybody can claim to be a page.
    fn refused(&self) -> Vec<InstallationFinding> {
        let lately = self.signs.after(self.now_ms - TOLD_MS);
        let told = |sign, code, says: String, way_out: String| {
            lately.get(sign).map(|seen| InstallationFinding {
                code,
                affects: "events",
                says,
                way_out,
                last_ms: Some(seen.last_ms),
            })
        };
        let word = |sign| self.seen(sign).map_or("", |seen| seen.word.as_str());
        let (foreign, foreign_way) = foreign(word(Sign::ForeignPage));
        let key = format!(
            "The key of this site is {}. Copy the code again, and see that no tag manager puts another \
             key in.",
            self.key
        );
        let (refused, refused_way) = events_refused(word(Sign::EventsRefused));
        let (dropped, dropped_way) = event_refused(word(Sign::EventRefused));
        [
            told(Sign::ForeignPage, "foreign_page", foreign, foreign_way),
            told(
                Sign::UnknownKey,
                "unknown_key",
                format!("{} carries a key that no site has.", self.pages()),
                key.clone(),
            ),
            told(
                Sign::OtherKey,
                "other_key",
                format!(
                    "{} carries the key of another site, which does not take it.",
                    self.pages()
                ),
                key,
            ),
            told(Sign::EventsRefused, "events_refused", refused, refused_way),
            told(
                Sign::EventsLater,
                "too_many",
                "So many requests came at once that some were told to wait.".to_owned(),
                "Pages try again by themselves. If all visitors come through one proxy, name it in the \
                 server's setting trusted_proxy: else they count as one sender."
                    .to_owned(),
            ),
            told(Sign::EventRefused, "event_refused", dropped, dropped_way),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// That pages name their visitors, on a site that takes no names from pages.
    fn names(&self) -> Option<InstallationFinding> {
        let lately = self.signs.after(self.now_ms - TOLD_MS);
        let seen = lately
            .get(Sign::NameRefused)
            .filter(|_| self.settings.mode == Mode::Cookieless)?;
        let says = "Pages call identify(), alias() or group(), and these are refused: the site's \
                    privacy mode is cookieless, so nobody is known by what a page says.";
        let way_out = "Take the calls out of the pages, or choose another privacy mode under Recording \
                       and masking. A server that knows who it is may send `person` with a secret token."
            .to_owned();
        let last_ms = Some(seen.last_ms);
        Some(finding(("names_refused", "events"), says, way_out, last_ms))
    }

    /// Why what is stored does not count; the last cause first.
    fn left_out(&self) -> Vec<InstallationFinding> {
        let causes = [
            (
                Sign::Own,
                "only_own",
                "What came is own traffic: it is from an address that the site leaves out.",
                "Look from elsewhere, as with a phone on its mobile network, or take your address off \
                 the list under Own traffic.",
            ),
            (
                Sign::Automated,
                "only_automated",
                "What came is from browsers that a program drives, and the site leaves those out.",
                "Open the page in an ordinary browser. For a test site, switch on “Count automated \
                 browsers as people” under Counting and keeping.",
            ),
            (
                Sign::Bot,
                "only_bots",
                "What came is from crawlers and other bots, which reports leave out.",
                "Open the page in an ordinary browser; the light turns on with its first event.",
            ),
        ];
        let mut found: Vec<_> = causes
            .into_iter()
            .filter_map(|(sign, code, says, way_out)| {
                let last_ms = Some(self.last_ms(sign)?);
                Some(finding((code, "events"), says, way_out.to_owned(), last_ms))
            })
            .collect();
        found.sort_by_key(|one| std::cmp::Reverse(one.last_ms));
        found
    }

    /// When a page of the site, or who claims to be one, sent what was not taken.
    fn not_taken_ms(&self) -> Option<i64> {
        let refusals = [
            Sign::UnknownKey,
            Sign::OtherKey,
            Sign::EventsRefused,
            Sign::EventsLater,
            Sign::EventRefused,
        ];
        let refusals = refusals.into_iter();
        refusals.filter_map(|sign| self.last_ms(sign)).max()
    }

    /// Whether a page was left at this station: it had time, and no refusal says how it went on.
    fn is_left(&self, station: &InstallationFinding) -> bool {
        let is_settled = |last_ms| self.now_ms - last_ms >= SETTLED_MS;
        station.last_ms.is_some_and(is_settled) && station.last_ms > self.not_taken_ms()
    }

    /// How far pages have got, when nothing was sent; nothing where a refusal says it.
    fn nothing_sent(&self) -> Option<InstallationFinding> {
        if let Some(station) = self.station() {
            return Some(station).filter(|station| self.is_left(station));
        }
        let not_taken_ms = self.not_taken_ms();
        let told_ms = self.now_ms - TOLD_MS;
        match not_taken_ms {
            Some(last_ms) if last_ms > told_ms => None,
            Some(_) => Some(self.nothing_asked("for a day")),
            None => Some(self.nothing_asked("so far")),
        }
    }

    /// The furthest that a page has got before it sends.
    fn station(&self) -> Option<InstallationFinding> {
        let origin = self.origin;
        if let Some(last_ms) = self.last_ms(Sign::Rules) {
            let rules = self.settings.rules.blocked.len();
            let blocked = match rules {
                0 => String::new(),
                rules => format!(
                    "The page may be one of the {rules} on which nothing is sent (Counting and \
                     keeping). "
                ),
            };
            let way_out = format!(
                "This server cannot see why. {blocked}A blocker in the browser may stop {origin}/e/: \
                 its list of requests shows that."
            );
            let says = "A page has fetched the site's rules, and no event came after that.";
            return Some(finding(
                ("rules_only", "events"),
                says,
                way_out,
                Some(last_ms),
            ));
        }
        let (tag, none) = (self.last_ms(Sign::Tag), self.last_ms(Sign::TagNone));
        let says_none = none.filter(|_| none > tag);
        if let Some(last_ms) = self.last_ms(Sign::Script) {
            let found = match says_none {
                Some(_) => finding(
                    ("mode_none", "events"),
                    "The address of the tag says mode=none, so nothing is sent before a consent.",
                    "Call hitmetrix.consent(\"cookieless\") or hitmetrix.consent(\"persistent\") when \
                     the visitor agrees, or take mode=none off the address."
                        .to_owned(),
                    Some(last_ms),
                ),
                None => finding(
                    ("script_only", "events"),
                    format!("{} loads the script and asks for nothing more.", self.pages()),
                    format!(
                        "This server cannot see which of these it is: the tag says data-mode=\"none\" \
                         and nothing has called hitmetrix.consent() yet; the page's content security \
                         policy has no {origin} in connect-src; or you have marked this browser as \
                         own traffic."
                    ),
                    Some(last_ms),
                ),
            };
            return Some(found);
        }
        let last_ms = tag.max(none)?;
        let way_out = format!(
            "This server cannot see why; most often the page's content security policy stops it. \
             Allow {origin} in script-src, or add 'strict-dynamic' to a policy with a nonce."
        );
        let says = "The address of the tag is loaded, and the script that it brings is not.";
        Some(finding(
            ("tag_only", "events"),
            says,
            way_out,
            Some(last_ms),
        ))
    }

    fn nothing_asked(&self, since: &str) -> InstallationFinding {
        let pages = match self.domains {
            [one] => format!("page of {one}"),
            _ => "page of the site's domains".to_owned(),
        };
        let says = format!("No {pages} was seen that asked this server for anything {since}.");
        let way_out = self.where_to_look();
        let way_out = way_out[..1].to_uppercase() + &way_out[1..];
        finding(("nothing_asked", "events"), says, way_out, None)
    }

    fn where_to_look(&self) -> String {
        let origin = self.origin;
        format!(
            "open a page of the site and look into its source for /t.js or /tag/. Not there: the line \
             is not published, or a cache serves the page of before. There: the browser's console \
             says whether a content security policy stops it (script-src and connect-src must have \
             {origin}), and a blocker may stop the address. A page with Referrer-Policy: no-referrer \
             does not say where it is when it loads the script, and a browser that has the script in \
             its cache does not ask for it: neither is seen here."
        )
    }

    /// Why events come and no recordings. Browsers that refuse are not recorded, so their events say
    /// nothing as long as others come.
    fn recordings(&self) -> Option<InstallationFinding> {
        let counted = self
            .seen(Sign::Counted)
            .or(self.seen(Sign::CountedRefusing))?;
        let is_missing = match self.seen(Sign::Recorded) {
            Some(_) => {
                let lasted_ms = counted.last_ms - self.signs.unrecorded.first_ms;
                self.are_enough() && lasted_ms >= UNRECORDED_MS
            }
            None => self.now_ms - counted.first_ms >= RECORDED_WITHIN_MS,
        };
        is_missing.then(|| self.not_recorded())
    }

    /// Whether so many bodies of events came since the last piece of a recording that one of them
    /// should have been of a session that is recorded.
    fn are_enough(&self) -> bool {
        let sample = self.settings.rules.sample;
        let needed = match sample {
            some if some > 0.0 && some < 1.0 => UNRECORDED_BODIES * BODIES_A_SESSION / some,
            _ => UNRECORDED_BODIES,
        };
        f64::from(self.signs.unrecorded.bodies) >= needed
    }

    fn not_recorded(&self) -> InstallationFinding {
        let rules = &self.settings.rules;
        let where_set = "under Recording and masking";
        let told = |code, says: &str, way_out: String, last_ms| {
            finding((code, "recordings"), says, way_out, last_ms)
        };
        if !rules.record {
            let way_out = format!("Switch on “Record sessions” {where_set}, if you want them.");
            return told(
                "recording_off",
                "Events come; recordings are off.",
                way_out,
                None,
            );
        }
        if rules.sample <= 0.0 {
            let says = "Events come; the share of sessions to record is 0 %.";
            return told("sample", says, format!("Raise it {where_set}."), None);
        }
        let recorded_ms = self.last_ms(Sign::Recorded);
        let later = self.signs.after(recorded_ms.unwrap_or(i64::MIN));
        let later = |sign, since_ms| later.get(sign).filter(|seen| seen.last_ms >= since_ms);
        let today_ms = self.now_ms - self.now_ms.rem_euclid(DAY_MS);
        if let Some(seen) = later(Sign::OverQuota, today_ms) {
            let way_out = format!(
                "They go on with the next day (UTC). Raise “At most a day” {where_set} if the disk has \
                 room."
            );
            let says = "The recordings of the day are over the site's limit of bytes.";
            return told("quota", says, way_out, Some(seen.last_ms));
        }
        if let Some(seen) = later(Sign::RecordingRefused, self.now_ms - TOLD_MS) {
            let says = format!("Pieces of recordings were refused: {}.", words(&seen.word));
            let way_out = "Losses has how many there were and why.".to_owned();
            return told("recording_refused", &says, way_out, Some(seen.last_ms));
        }
        if let (None, Some(last_ms)) = (
            self.seen(Sign::Counted),
            self.last_ms(Sign::CountedRefusing),
        ) {
            let says = "Every browser so far refuses by Global Privacy Control or Do Not Track, so none \
                        is recorded.";
            let way_out = format!(
                "Try one that does not. Whether Do Not Track counts is set {where_set}; Global Privacy \
                 Control always does."
            );
            return told("refusing", says, way_out, Some(last_ms));
        }
        self.recorder(told)
    }

    fn recorder(
        &self,
        told: impl Fn(&'static str, &str, String, Option<i64>) -> InstallationFinding,
    ) -> InstallationFinding {
        let origin = self.origin;
        let sample = self.settings.rules.sample;
        if let Some(recorded_ms) = self.last_ms(Sign::Recorded) {
            let says = "Recordings came, and events go on without them.";
            let way_out = format!(
                "This server cannot see why. Look for what changed on the pages since then: a content \
                 security policy must have {origin} as a whole in script-src and connect-src, and a \
                 blocker may stop {origin}/r/."
            );
            return told("recorder_stopped", says, way_out, Some(recorded_ms));
        }
        if sample < 1.0 && !self.are_enough() {
            let says = format!(
                "{} % of sessions are recorded, and none of those that came so far.",
                (sample * 1000.0).round() / 10.0
            );
            let way_out =
                "Wait for more visits, or raise the share under Recording and masking.".to_owned();
            return told("sample", &says, way_out, self.counted_ms());
        }
        let Some(loaded_ms) = self.last_ms(Sign::Recorder) else {
            let says = "Pages send events, and none has fetched the recorder.";
            let way_out = format!(
                "This server cannot see why. A content security policy that names /t.js alone stops \
                 {origin}/x.js and {origin}/r.js: allow {origin} as a whole in script-src. A blocker \
                 may stop them too. Or the visits were over before the page was idle: stay on it for \
                 some seconds."
            );
            return told("recorder_missing", says, way_out, self.counted_ms());
        };
        let says = "The recorder was loaded, and no piece of a recording came.";
        let way_out = format!(
            "This server cannot see why. A blocker may stop {origin}/r/: the browser's list of requests \
             shows that. Or the visit was over at once: stay on the page for some seconds."
        );
        told("recorder_silent", says, way_out, Some(loaded_ms))
    }
}

fn finding(
    (code, affects): (&'static str, &'static str),
    says: impl Into<String>,
    way_out: String,
    last_ms: Option<i64>,
) -> InstallationFinding {
    InstallationFinding {
        code,
        affects,
        says: says.into(),
        way_out,
        last_ms,
    }
}

fn foreign(host: &str) -> (String, String) {
    if host.is_empty() {
        return (
            "A page without an address of its own wanted to send.".to_owned(),
            "That is a file opened from a disk, or a frame in a sandbox. Open the page from its address \
             on the web."
                .to_owned(),
        );
    }
    (
        format!("A page on {host} wanted to send, and {host} is none of the site's domains."),
        format!("Add {host} to the domains of the site, if it is yours."),
    )
}

fn events_refused(code: &str) -> (String, String) {
    let way_out = match code {
        "forbidden" => {
            "A session belongs to the browser that began it: the page, or something between, mixes up \
             what several visitors send. A cached page must not hold what the tracker has sent."
        }
        "too_large" => "Send smaller properties with track(); the limits stand in the reference.",
        _ => {
            "Something other than the present script sends, or a proxy changes what it sends. Load \
             /t.js from this server, not a copy of it."
        }
    };
    let says = format!("Events were refused as a whole: {}.", words(code));
    (says, way_out.to_owned())
}

fn event_refused(code: &str) -> (String, String) {
    let way_out = match code {
        "blocked_page" => {
            "Their page is one of “Pages on which nothing is sent” under Counting and keeping; take it \
             off that list if it should count."
        }
        "too_old" => {
            "They had waited in a browser for more than 7 days before it could send them; nothing is to \
             be done, unless the clock of this server is wrong."
        }
        _ => "Losses has how many there were and why.",
    };
    (
        format!("Some events were refused: {}.", words(code)),
        way_out.to_owned(),
    )
}

/// A code of a refusal in words.
fn words(code: &str) -> String {
    match code {
        "forbidden" => "the session is another visitor's, or the visitor refuses".to_owned(),
        "invalid" => "they cannot be understood".to_owned(),
        "too_large" => "they are larger than a body may be".to_owned(),
        "blocked_page" => "their page is blocked by a rule of the site".to_owned(),
        "too_old" => "they are older than 7 days".to_owned(),
        code => code.replace('_', " "),
    }
}

#[cfg(test)]
mod tests;
