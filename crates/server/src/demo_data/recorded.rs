//! Real visits of the demo shop, recorded once in a browser (`cargo xtask demo-recordings`) and told
//! again on each of the last days. What was sent goes through the same reading as everything that
//! comes; only the ids and the times are others, the same for the same day.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::GzDecoder;
use hitmetrix_ingest::recording::sanitise;
use hitmetrix_ingest::{ClientHints, Facts, Signals, ids, wire};
use hitmetrix_model::{Batch, Chunk, ChunkFacts, Origin, SessionId, Site, VisitorId, WindowId};
use serde::Deserialize;

use super::dice::Dice;
use super::{DAY_MS, Day, Demo};

/// A line about each visit, then a line for each body that it sent.
const BYTES: &[u8] = include_bytes!("recorded.jsonl.gz");
/// Days on which they are told, the last of which is today.
const DAYS: i64 = 14;
/// Every visit is told once in so many days.
const EVERY: i64 = 4;

/// Who came.
#[derive(Debug, Deserialize)]
struct Head {
    country: String,
    language: String,
    agent: String,
}

/// What it sent, and when after its beginning.
#[derive(Debug, Deserialize)]
struct Body {
    at_ms: i64,
    to: To,
    body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum To {
    #[serde(rename = "e")]
    Events,
    #[serde(rename = "r")]
    Recording,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Line {
    Body(Body),
    Head(Head),
}

/// A visit of the file.
#[derive(Debug)]
struct Visit {
    head: Head,
    bodies: Vec<Body>,
}

/// One visit on one day.
#[derive(Debug, PartialEq)]
pub struct Told {
    /// Its session.
    pub session: SessionId,
    /// Its events.
    pub batches: Vec<Batch>,
    /// Its recording; empty where the site's rules forbid it.
    pub chunks: Vec<Chunk>,
}

/// The recorded visits of the last days that are over by now, by time.
pub fn recorded(demo: Demo<'_>, site: &Site) -> impl Iterator<Item = Told> {
    let visits = visits();
    let today_ms = demo.now_ms.div_euclid(DAY_MS) * DAY_MS;
    (0..DAYS).rev().flat_map(move |days_ago| {
        let from_ms = today_ms - days_ago * DAY_MS;
        told_on(demo, site, (from_ms, &visits))
    })
}

fn told_on(demo: Demo<'_>, site: &Site, (from_ms, visits): (i64, &[Visit])) -> Vec<Told> {
    let day = from_ms.div_euclid(DAY_MS);
    let mut dice = Dice::new(u64::try_from(day).unwrap_or(0) ^ 0x5ec0_4ded);
    let mut told = Vec::new();
    for (number, visit) in (0_i64..).zip(visits) {
        let at_ms = from_ms + Day::time_of_day(&mut dice);
        let lasted_ms = visit.bodies.iter().map(|body| body.at_ms).max();
        let ended_ms = at_ms + lasted_ms.unwrap_or_default();
        if (day + number).rem_euclid(EVERY) == 0 && ended_ms < demo.now_ms {
            let name = format!("demo recorded {number} on {day}");
            told.push(tell(demo, site, (visit, at_ms, &name)));
        }
    }
    told.sort_by_key(|told| told.batches.first().map(|batch| batch.received_at_ms));
    told
}

/// What a visit would have sent at this time.
fn tell(demo: Demo<'_>, site: &Site, (visit, at_ms, name): (&Visit, i64, &str)) -> Told {
    let visitor = ids::named_visitor(demo.site, name);
    let session = ids::named_session(demo.site, visitor, name);
    let mut windows = Windows::new(session);
    let mut told = Told {
        session,
        batches: Vec::new(),
        chunks: Vec::new(),
    };
    for body in &visit.bodies {
        let facts = Facts {
            site,
            received_at_ms: at_ms + body.at_ms,
            user_agent: &visit.head.agent,
            hints: ClientHints::default(),
            accept_language: &visit.head.language,
            country: &visit.head.country,
            signals: Signals::default(),
            identify_key: None,
            own: false,
            lookups: demo.lookups,
        };
        match body.to {
            To::Events => told
                .batches
                .extend(batch(&body.body, &facts, (visitor, &mut windows))),
            To::Recording => told
                .chunks
                .extend(chunk(&body.body, &facts, (visitor, &mut windows))),
        }
    }
    told
}

fn batch(
    body: &str,
    facts: &Facts<'_>,
    (visitor, windows): (VisitorId, &mut Windows),
) -> Option<Batch> {
    let inbound = wire::events(body.as_bytes(), facts).ok()?;
    let window = windows.of(inbound.window);
    let mut batch = inbound.into_batch(visitor, windows.session);
    batch.origin = Origin::Import;
    for sender in &mut batch.senders {
        sender.window = window;
    }
    // What a page sent again as it closed had come already.
    batch
        .events
        .retain(|event| windows.seen.insert((window, event.sequence)));
    for event in &mut batch.events {
        let name = format!("demo {window} {}", event.sequence);
        event.external = Some(ids::named_event(batch.site, &name));
    }
    (!batch.events.is_empty()).then_some(batch)
}

fn chunk(
    body: &str,
    facts: &Facts<'_>,
    (visitor, windows): (VisitorId, &mut Windows),
) -> Option<Chunk> {
    let inbound = wire::chunk(body.as_bytes(), facts).ok()?;
    let clean = sanitise(&inbound.bytes, inbound.shift_ms).ok()?;
    let facts = ChunkFacts {
        window: windows.of(inbound.window),
        ..inbound.facts(visitor, windows.session)
    };
    Some(clean.chunk(facts))
}

/// Page loads of one session by their numbers in the file.
struct Windows {
    session: SessionId,
    known: BTreeMap<WindowId, WindowId>,
    /// Events that have come.
    seen: BTreeSet<(WindowId, u32)>,
}

impl Windows {
    fn new(session: SessionId) -> Self {
        Self {
            session,
            known: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    fn of(&mut self, window: WindowId) -> WindowId {
        let index = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let session = self.session;
        *self
            .known
            .entry(window)
            .or_insert_with(|| ids::imported_window(session, 0, index))
    }
}

/// The visits of the file, as far as it can be read.
fn visits() -> Vec<Visit> {
    let mut text = String::new();
    let _ = GzDecoder::new(BYTES).read_to_string(&mut text);
    let mut visits: Vec<Visit> = Vec::new();
    for line in text.lines() {
        match (serde_json::from_str(line), visits.last_mut()) {
            (Ok(Line::Head(head)), _) => visits.push(Visit {
                head,
                bodies: Vec::new(),
            }),
            (Ok(Line::Body(body)), Some(visit)) => visit.bodies.push(body),
            _ => {}
        }
    }
    visits
}

#[cfg(test)]
mod tests {
    use hitmetrix_ingest::Lookups;
    use hitmetrix_model::{SiteId, SiteSettings};

    use super::*;

    /// 2026-11-26T15:00:00Z.
    const NOW_MS: i64 = 1_795_705_200_000;

    fn told(site: &Site) -> Vec<Told> {
        let lookups = Lookups::new();
        let demo = Demo {
            site: SiteId(1),
            host: "localhost",
            lookups: &lookups,
            now_ms: NOW_MS,
            times: 1,
        };
        recorded(demo, site).collect()
    }

    fn site() -> Site {
        Site {
            id: SiteId(1),
            name: "Demo shop".to_owned(),
            domains: vec!["localhost".to_owned()],
            key: "k".to_owned(),
            time_zone: "UTC".to_owned(),
            created_at_ms: 0,
            demo: true,
            settings: SiteSettings {
                count_automated: true,
                ..SiteSettings::default()
            },
        }
    }

    #[test]
    fn every_visit_of_the_file_is_told_with_events_and_a_recording() {
        let all = told(&site());
        assert_eq!(all, told(&site()));
        assert!((30..60).contains(&all.len()), "{} visits", all.len());
        let sessions: BTreeSet<_> = all.iter().map(|one| one.session).collect();
        assert_eq!(sessions.len(), all.len());
        for one in &all {
            assert!(one.chunks.iter().any(|chunk| chunk.facts.snapshot));
            let mut windows: BTreeSet<_> = one.chunks.iter().map(|one| one.facts.window).collect();
            for sender in one.batches.iter().flat_map(|batch| &batch.senders) {
                assert_eq!(
                    (sender.session, sender.context.bot.as_str()),
                    (one.session, "")
                );
                windows.remove(&sender.window);
            }
            assert_eq!(windows.len(), 0, "recorded without events");
            let last_ms = one.chunks.iter().map(|chunk| chunk.facts.last_ms).max();
            assert!(
                last_ms.is_some_and(|last_ms| last_ms < NOW_MS && last_ms > NOW_MS - 15 * DAY_MS)
            );
        }
    }

    #[test]
    fn payments_that_fail_are_among_them_and_orders_too() {
        let all = told(&site());
        let count = |name: &str, word: &str| {
            let has = |batch: &Batch| {
                batch.events.iter().any(|event| {
                    event.name == name && format!("{:?}", event.properties).contains(word)
                })
            };
            all.iter().filter(|one| one.batches.iter().any(has)).count()
        };
        assert!(count("error", "card.scheme.name") >= 6);
        assert!(count("rage_click", "") >= 6);
        assert!(count("order", "EUR") >= 4);
    }

    #[test]
    fn a_site_that_records_nothing_has_their_events_alone() {
        let mut site = site();
        site.settings.rules.record = false;
        let all = told(&site);
        assert!(
            all.iter()
                .all(|one| one.chunks.is_empty() && !one.batches.is_empty())
        );
    }
}
