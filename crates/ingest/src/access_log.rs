//! Access logs in the combined (or common) format of Apache and nginx. Each line is a `request`
//! event; a page (GET, status below 400, no asset by its ending) is a `pageview` as well. The
//! visitor is a keyed hash of address and user agent under a secret of the site; the address
//! itself goes no further. Ids come from the line and its number among equal lines, so that a line
//! that is imported again counts once. Lines of servers come out of order by seconds; they are
//! held until they can be put in time order, and what is held is part of the resume point.

use std::collections::BTreeMap;

use hitmetrix_model::{Batch, Context, Event, Mode, Origin, Page, Properties, Sender, Site, Value};
use serde::{Deserialize, Serialize};

use crate::address::{self, Parts};
use crate::batches::Batches;
use crate::event_line::From;
use crate::facts::{Automated, bot_of};
use crate::{LineError, Lookups, Rejected, Sessions, ids, text};

/// Longest line that is read.
const LINE_BYTES_MAX: usize = 64 << 10;
/// How long a line is held so that earlier ones can come before it.
const HOLD_MS: i64 = 120_000;
/// Lines that are held at one time; beyond it the earliest go on.
const HELD_MAX: usize = 20_000;
/// How long equal lines are counted, in the log's own time.
const EQUAL_MS: i64 = 3_600_000;

/// Endings of paths that are no pages.
pub const ASSET_ENDINGS: &[&str] = &[
    "7z",
    "atom",
    "avi",
    "avif",
    "bmp",
    "bz2",
    "css",
    "csv",
    "deb",
    "dmg",
    "doc",
    "docx",
    "eot",
    "exe",
    "flv",
    "gif",
    "gz",
    "ico",
    "iso",
    "jar",
    "jpeg",
    "jpg",
    "js",
    "json",
    "map",
    "mjs",
    "mkv",
    "mov",
    "mp3",
    "mp4",
    "mpeg",
    "mpg",
    "ogg",
    "ogv",
    "otf",
    "pdf",
    "png",
    "ppt",
    "pptx",
    "rar",
    "rdf",
    "rpm",
    "rss",
    "svg",
    "swf",
    "tar",
    "tgz",
    "tif",
    "tiff",
    "ttf",
    "txt",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xls",
    "xlsx",
    "xml",
    "xz",
    "zip",
];

/// Whether a path's last part has the ending of an asset.
#[must_use]
pub fn is_asset(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or("");
    name.rsplit_once('.').is_some_and(|(_, ending)| {
        ASSET_ENDINGS
            .iter()
            .any(|asset| ending.eq_ignore_ascii_case(asset))
    })
}

/// What an import needs to know beside the lines.
#[derive(Clone, Copy)]
pub struct ImportFacts<'a> {
    /// The site; its first domain is the host of pages.
    pub site: &'a Site,
    /// Secret of the site, under which addresses become visitors.
    pub secret: &'a [u8; 32],
    /// Server time of the import.
    pub received_at_ms: i64,
    /// Tables of user agents, bots and referrers.
    pub lookups: &'a Lookups,
}

impl ImportFacts<'_> {
    /// The host of pages whose lines do not name one.
    pub(crate) fn host(&self) -> &str {
        let first = self.site.domains.first().map_or("", String::as_str);
        first.strip_prefix("*.").unwrap_or(first)
    }
}

/// Where an import stands; written down with the position in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    sessions: Sessions,
    /// Lines that wait for earlier ones, by time and line number.
    held: Vec<Held>,
    newest_ms: i64,
    /// How often each line of the last hour came, by time and hash.
    equal: Vec<(i64, u64, u32)>,
    lines: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Held {
    time_ms: i64,
    line: u64,
    repeat: u32,
    text: String,
}

/// What came out of some lines.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Imported {
    /// Batches to append, in this order, before the resume point is written.
    pub batches: Vec<Batch>,
    /// Lines that are none of the format.
    pub rejected: Vec<Rejected>,
}

/// Reads lines in the order of the file.
pub struct Importer<'a> {
    facts: ImportFacts<'a>,
    state: State,
    held: BTreeMap<(i64, u64), Held>,
    equal: BTreeMap<(i64, u64), u32>,
    rejected: Vec<Rejected>,
}

impl<'a> Importer<'a> {
    /// Begins, or goes on where another one stood.
    #[must_use]
    pub fn new(facts: ImportFacts<'a>, mut state: State) -> Self {
        let held = std::mem::take(&mut state.held)
            .into_iter()
            .map(|held| ((held.time_ms, held.line), held))
            .collect();
        let equal = std::mem::take(&mut state.equal)
            .into_iter()
            .map(|(time_ms, hash, count)| ((time_ms, hash), count))
            .collect();
        Self {
            facts,
            state,
            held,
            equal,
            rejected: Vec::new(),
        }
    }

    /// Where the import stands after the batches taken so far.
    #[must_use]
    pub fn state(&self) -> State {
        let mut state = self.state.clone();
        state.held = self.held.values().cloned().collect();
        state.equal = self
            .equal
            .iter()
            .map(|((time, hash), count)| (*time, *hash, *count))
            .collect();
        state
    }

    /// Reads one line, without its line feed.
    pub fn push(&mut self, line: &[u8]) {
        self.state.lines += 1;
        let line = String::from_utf8_lossy(line.trim_ascii());
        if line.is_empty() {
            return;
        }
        match parse(&line) {
            Ok(hit) => {
                let repeat = self.count_equal(hit.time_ms, &line);
                self.state.newest_ms = self.state.newest_ms.max(hit.time_ms);
                let number = self.state.lines;
                let (time_ms, text) = (hit.time_ms, line.into_owned());
                let held = Held {
                    time_ms,
                    line: number,
                    repeat,
                    text,
                };
                self.held.insert((time_ms, number), held);
            }
            Err(error) => {
                let number = usize::try_from(self.state.lines).unwrap_or(usize::MAX);
                self.rejected.push(error.at(number));
            }
        }
    }

    /// The events of lines that no earlier line can come before any more.
    pub fn take(&mut self) -> Imported {
        let ready_ms = self.state.newest_ms.saturating_sub(HOLD_MS);
        self.take_until(ready_ms)
    }

    /// The events of all lines that are left.
    pub fn finish(&mut self) -> Imported {
        self.take_until(i64::MAX)
    }

    fn take_until(&mut self, ready_ms: i64) -> Imported {
        let facts = self.facts;
        let mut batches = Batches::new(facts.site.id, facts.received_at_ms, Origin::Import);
        while let Some(entry) = self.held.first_entry() {
            let over = entry.get().time_ms > ready_ms;
            let held = entry.remove();
            if over && self.held.len() < HELD_MAX {
                self.held.insert((held.time_ms, held.line), held);
                break;
            }
            if let Ok(hit) = parse(&held.text) {
                self.add(&held, &hit, &mut batches);
            }
        }
        Imported {
            batches: batches.finish(),
            rejected: std::mem::take(&mut self.rejected),
        }
    }

    fn count_equal(&mut self, time_ms: i64, line: &str) -> u32 {
        let hash = blake3::hash(line.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        let count = self
            .equal
            .entry((time_ms, u64::from_le_bytes(first)))
            .or_insert(0);
        let repeat = *count;
        *count += 1;
        let forgotten_ms = self.state.newest_ms.saturating_sub(EQUAL_MS);
        while let Some(entry) = self.equal.first_entry() {
            if entry.key().0 >= forgotten_ms {
                break;
            }
            entry.remove();
        }
        repeat
    }

    fn add(&mut self, held: &Held, hit: &Hit<'_>, batches: &mut Batches) {
        let facts = self.facts;
        let site = facts.site;
        let visitor = ids::logged_visitor(facts.secret, hit.address, &hit.user_agent);
        let idle_ms = site.settings.session_idle_ms;
        let session = self
            .state
            .sessions
            .session_of(site.id, visitor, hit.time_ms, idle_ms);
        let sender = Sender {
            visitor,
            session,
            window: ids::session_window(session),
            // The id lasts longer than a day.
            mode: Mode::Persistent,
            context: context(hit, &facts),
        };
        let page = page(hit, &facts);
        let is_page =
            hit.method == "GET" && (100..400).contains(&hit.status) && !is_asset(&page.path);
        let number = u32::try_from(held.line & 0x3fff_ffff).unwrap_or(0) * 2;
        // What is no page is on none: files, failures and calls are not among the pages of reports.
        let on = if is_page {
            page.clone()
        } else {
            Page::default()
        };
        let request = Event {
            sequence: number,
            external: Some(ids::line_event(site.id, &held.text, held.repeat, "request")),
            properties: hit.properties(&page.path),
            ..event("request", hit.time_ms, on, From::default())
        };
        batches.push(sender.clone(), request);
        if is_page {
            let from = From::read(&hit.referrer, &page, &site.domains, facts.lookups);
            let view = Event {
                sequence: number + 1,
                external: Some(ids::line_event(
                    site.id,
                    &held.text,
                    held.repeat,
                    "pageview",
                )),
                ..event("pageview", hit.time_ms, page, from)
            };
            batches.push(sender, view);
        }
    }
}

/// An event with this name, time, page and arrival, and nothing else.
pub(crate) fn event(name: &str, time_ms: i64, page: Page, from: From) -> Event {
    Event {
        sender: 0,
        name: name.to_owned(),
        time_ms,
        sequence: 0,
        external: None,
        page,
        referrer_host: from.host,
        referrer_path: from.path,
        channel: from.arrival.channel,
        source: from.arrival.source,
        medium: from.arrival.medium,
        campaign: from.arrival.campaign,
        term: from.arrival.term,
        content: from.arrival.content,
        unverified: false,
        cut: from.cut,
        properties: Properties::new(),
    }
}

/// What a user agent and a country say of a sender.
pub(crate) fn sender_context(user_agent: &str, country: &str, facts: &ImportFacts<'_>) -> Context {
    let agent = facts.lookups.agent(user_agent);
    let bot = bot_of(&agent, user_agent, Automated::No, &facts.site.settings);
    Context {
        country: country.to_owned(),
        browser: agent.browser.clone(),
        browser_version: agent.browser_version.clone(),
        system: agent.system.clone(),
        system_version: agent.system_version.clone(),
        device: if bot.is_empty() {
            agent.device.clone()
        } else {
            String::new()
        },
        bot,
        ..Context::default()
    }
}

fn context(hit: &Hit<'_>, facts: &ImportFacts<'_>) -> Context {
    let country = hit.address.parse().map_or("", crate::country::of);
    sender_context(&hit.user_agent, country, facts)
}

fn page(hit: &Hit<'_>, facts: &ImportFacts<'_>) -> Page {
    let rules = &facts.site.settings.rules;
    let target = hit.target.split('#').next().unwrap_or("");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let relative = Parts {
        scheme: "http",
        host: facts.host(),
        path,
        query,
        fragment: "",
    };
    let parts = address::split(target)
        .filter(|_| !target.starts_with('/'))
        .unwrap_or(relative);
    let kept = address::keep_parts(&parts, rules);
    let path = if kept.path.starts_with('/') {
        kept.path
    } else {
        format!("/{}", kept.path)
    };
    Page {
        host: kept.host,
        path: text::cut(&path, 2048).0,
        query: kept.query,
        title: String::new(),
    }
}

/// One line, taken apart.
#[derive(Debug, Clone, PartialEq)]
struct Hit<'a> {
    address: &'a str,
    time_ms: i64,
    /// Empty when the request is none of HTTP.
    method: &'a str,
    target: String,
    status: u16,
    bytes: f64,
    referrer: String,
    user_agent: String,
}

impl Hit<'_> {
    fn properties(&self, path: &str) -> Properties {
        let mut properties = Properties::new();
        properties.insert("target".to_owned(), Value::Text(path.to_owned()));
        if !self.method.is_empty() {
            properties.insert("method".to_owned(), Value::Text(self.method.to_owned()));
        }
        properties.insert("status".to_owned(), Value::Number(f64::from(self.status)));
        properties.insert("bytes".to_owned(), Value::Number(self.bytes));
        properties
    }
}

fn bad(field: &str, message: &str) -> LineError {
    LineError::new("bad_log_line", field, message)
}

fn parse(line: &str) -> Result<Hit<'_>, LineError> {
    if line.len() > LINE_BYTES_MAX {
        let message = format!(
            "line has {} bytes, the limit is {LINE_BYTES_MAX}",
            line.len()
        );
        return Err(LineError::new("line_too_long", "line", message));
    }
    let (address, rest) = line
        .split_once(' ')
        .ok_or_else(|| bad("address", "line is none of the combined log format"))?;
    let (_, rest) = rest
        .split_once('[')
        .ok_or_else(|| bad("time", "line has no [time]"))?;
    let (time, rest) = rest
        .split_once(']')
        .ok_or_else(|| bad("time", "line has no [time]"))?;
    let time_ms = parse_time(time)
        .ok_or_else(|| bad("time", "time is not like 17/May/2015:10:05:03 +0000"))?;
    let (request, rest) =
        quoted(rest).ok_or_else(|| bad("request", "line has no quoted request"))?;
    let mut columns = rest.trim_start().splitn(3, ' ');
    let status = columns.next().unwrap_or("");
    let status = status
        .parse()
        .map_err(|_| bad("status", "status is no number"))?;
    let bytes = columns
        .next()
        .and_then(|bytes| bytes.parse::<u64>().ok())
        .unwrap_or(0);
    let rest = columns.next().unwrap_or("");
    let (referrer, rest) = quoted(rest).unwrap_or_default();
    let (user_agent, _) = quoted(rest).unwrap_or_default();
    let (method, target) = request_parts(line, &request);
    let known = |text: String| if text == "-" { String::new() } else { text };
    #[allow(
        clippy::cast_precision_loss,
        reason = "answers of over 2^53 bytes do not happen"
    )]
    let bytes = bytes as f64;
    let (user_agent, _) = text::cut(
        &known(user_agent),
        hitmetrix_model::limits::USER_AGENT_BYTES,
    );
    Ok(Hit {
        address,
        time_ms,
        method,
        target,
        status,
        bytes,
        referrer: known(referrer),
        user_agent,
    })
}

/// Method and target of a request line; both empty when it is none of HTTP. The method is
/// borrowed from the line, where it stands unescaped.
fn request_parts<'a>(line: &'a str, request: &str) -> (&'a str, String) {
    let mut words = request.split_ascii_whitespace();
    let method = words.next().unwrap_or("");
    let is_method =
        (1..=16).contains(&method.len()) && method.bytes().all(|b| b.is_ascii_uppercase());
    let (Some(target), true) = (words.next(), is_method) else {
        return ("", String::new());
    };
    let at = line.find(method).unwrap_or(0);
    (
        line.get(at..at + method.len()).unwrap_or(""),
        target.to_owned(),
    )
}

/// The next quoted text, and what stands behind it. A backslash takes the next character with it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let start = text.find('"')? + 1;
    let mut value = String::new();
    let mut characters = text[start..].char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[start + at + 1..])),
            '\\' => match characters.next() {
                Some((_, next @ ('"' | '\\'))) => value.push(next),
                Some((_, other)) => value.extend(['\\', other]),
                None => return None,
            },
            other => value.push(other),
        }
    }
    None
}

/// `17/May/2015:10:05:03 +0000`
fn parse_time(text: &str) -> Option<i64> {
    let parsed = jiff::fmt::strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).ok()?;
    parsed
        .to_timestamp()
        .ok()
        .map(jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests;
