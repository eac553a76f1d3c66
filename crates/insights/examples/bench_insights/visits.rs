//! Seeded events that a shop could have had: visits of persons by a power law over 30 days, each
//! with a page of its own and events by Zipf's law.
//!
//! Everything comes from the seed and a running number, so that a folder can be made again bit
//! for bit. Visits of one person never overlap and are more than 30 minutes apart, and no person
//! has two events in one millisecond: so every engine sees the same sessions and the same order.

use hitmetrix_model::{
    Batch, Context, Event, Mode, Origin, Page, Properties, Sender, SessionId, SiteId, Value,
    VisitorId, WindowId,
};

/// The only site.
pub const SITE: SiteId = SiteId(1);
/// Monday, 5 January 2026, 0:00 UTC.
pub const FROM_MS: i64 = 1_767_571_200_000;
/// How many days.
pub const DAYS: i64 = 30;
/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 3600 * 1000;

const PATHS: usize = 2000;
const MEAN_EVENTS: f64 = 8.0;
const VISIT_EVENTS_MAX: u32 = 60;
const PERSON_EVENTS_MEAN: u64 = 20;
const PAUSE_MS: i64 = 31 * 60 * 1000;
/// Visits begin before 22:00 UTC, so that a day's last ones end with the day.
const BEGIN_MS: i64 = 22 * 3600 * 1000;

/// By rank. `page_leave` and `web_vital`, which some measures leave out, are not among them.
const NAMES: [&str; 40] = [
    "pageview",
    "click",
    "add_to_cart",
    "search",
    "form_focus",
    "view_gallery",
    "form_change",
    "begin_checkout",
    "video_play",
    "form_submit",
    "filter",
    "read_reviews",
    "purchase",
    "sign_in",
    "choose_size",
    "compare",
    "remove_from_cart",
    "outbound",
    "download",
    "add_to_list",
    "rage_click",
    "share",
    "apply_coupon",
    "open_chat",
    "sort",
    "zoom",
    "dead_click",
    "error",
    "choose_store",
    "sign_up",
    "newsletter",
    "rate",
    "ask_question",
    "print",
    "form_abandon",
    "change_language",
    "gift_wrap",
    "return_item",
    "refer_friend",
    "sign_out",
];
/// Names whose events have a value.
const VALUED: [&str; 4] = ["add_to_cart", "begin_checkout", "purchase", "gift_wrap"];

/// How many events, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Events in all.
    pub events: u64,
    /// Equal seeds give equal events.
    pub seed: u64,
}

/// One visit: a session of one person in one window.
#[derive(Debug, Clone, Copy)]
struct Visit {
    number: u64,
    person: u64,
    start_ms: i64,
    events: u32,
}

/// Makes the events of a plan, batch by batch, about in the order of time.
pub struct Visits {
    plan: Plan,
    persons: u64,
    names: Zipf,
    paths: Zipf,
    /// Before which no further visit of a person may begin.
    free_ms: Vec<i64>,
    day: i64,
    number: u64,
    made: u64,
    waiting: std::vec::IntoIter<Visit>,
}

/// Finds ranks by Zipf's law with exponent 1.
struct Zipf(Vec<f64>);

impl Zipf {
    fn new(values: usize) -> Self {
        let mut sum = 0.0;
        let mut sums: Vec<f64> = (1..=values)
            .map(|rank| {
                sum += 1.0 / rank as f64;
                sum
            })
            .collect();
        sums.iter_mut().for_each(|part| *part /= sum);
        Self(sums)
    }

    fn rank(&self, share: f64) -> usize {
        self.0
            .partition_point(|&part| part < share)
            .min(self.0.len() - 1)
    }
}

/// The finaliser of SplitMix64.
pub fn mixed(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 0 to 1 out of a dice.
fn share(dice: u64) -> f64 {
    (dice >> 11) as f64 / (1u64 << 53) as f64
}

fn pick<'a>(of: &[&'a str], dice: u64) -> &'a str {
    // The first ones are more frequent.
    of[(share(dice).powi(2) * of.len() as f64) as usize % of.len()]
}

impl Plan {
    fn dice(&self, what: u64, number: u64) -> u64 {
        mixed(mixed(self.seed ^ (what << 56)).wrapping_add(number))
    }

    fn id(&self, what: u64, number: u64) -> u128 {
        u128::from(self.dice(what, number)) << 64 | u128::from(self.dice(what + 1, number))
    }

    /// How many persons there are to be drawn.
    pub fn persons(&self) -> u64 {
        (self.events / PERSON_EVENTS_MEAN).max(1)
    }

    fn pause_ms(&self, visit: u64, event: u32) -> i64 {
        1000 + (self.dice(20, visit * u64::from(VISIT_EVENTS_MAX) + u64::from(event)) % 79_000)
            as i64
    }
}

impl Visits {
    /// From the beginning.
    pub fn new(plan: Plan) -> Self {
        let persons = plan.persons();
        Self {
            plan,
            persons,
            names: Zipf::new(NAMES.len()),
            paths: Zipf::new(PATHS),
            free_ms: vec![0; persons as usize],
            day: 0,
            number: 0,
            made: 0,
            waiting: Vec::new().into_iter(),
        }
    }

    /// A batch of about `events_min` events of whole visits; none when all were made.
    pub fn batch(&mut self, events_min: usize) -> Option<Batch> {
        let mut batch = Batch {
            site: SITE,
            received_at_ms: 0,
            origin: Origin::Browser,
            senders: Vec::new(),
            events: Vec::new(),
            identities: Vec::new(),
            lost: 0,
        };
        while batch.events.len() < events_min {
            let Some(visit) = self.visit() else { break };
            let sender = batch.senders.len() as u32;
            batch.senders.push(self.sender(visit));
            self.add_events(visit, sender, &mut batch.events);
        }
        let last_ms = batch.events.iter().map(|event| event.time_ms).max()?;
        batch.received_at_ms = last_ms + 500;
        Some(batch)
    }

    fn visit(&mut self) -> Option<Visit> {
        loop {
            if let Some(visit) = self.waiting.next() {
                return Some(visit);
            }
            if self.day == DAYS {
                return None;
            }
            self.waiting = self.visits_of_day().into_iter();
            self.day += 1;
        }
    }

    /// Visits of the next day, in the order of their time.
    fn visits_of_day(&mut self) -> Vec<Visit> {
        let until = self.plan.events * (self.day as u64 + 1) / DAYS as u64;
        let day_ms = FROM_MS + self.day * DAY_MS;
        let mut drawn = Vec::new();
        let mut wanted = until - self.made;
        while wanted > 0 {
            let number = self.number;
            self.number += 1;
            let length = -(1.0 - share(self.plan.dice(21, number))).ln() * (MEAN_EVENTS - 0.5);
            let events = (1 + length as u32).min(VISIT_EVENTS_MAX);
            let events = u64::from(events).min(wanted) as u32;
            wanted -= u64::from(events);
            drawn.push(Visit {
                number,
                person: self.person(number),
                start_ms: day_ms + (share(self.plan.dice(22, number)) * BEGIN_MS as f64) as i64,
                events,
            });
        }
        self.made = until;
        drawn.sort_unstable_by_key(|visit| (visit.start_ms, visit.number));
        drawn.retain_mut(|visit| {
            let free_ms = &mut self.free_ms[visit.person as usize];
            visit.start_ms = visit.start_ms.max(*free_ms);
            let pauses = (1..visit.events).map(|event| self.plan.pause_ms(visit.number, event));
            let last_ms = visit.start_ms + pauses.sum::<i64>();
            *free_ms = last_ms + PAUSE_MS;
            // Nearly none: who comes that often has waited for days.
            last_ms < FROM_MS + DAYS * DAY_MS
        });
        drawn
    }

    /// Persons by a power law with exponent 0.8, flattened at its head: the busiest of a million
    /// has about 170 visits of 2.5 million, half of all visits are by a tenth of the persons.
    fn person(&self, number: u64) -> u64 {
        let persons = self.persons as f64;
        let head = (persons / 1000.0).max(1.0);
        let (first, last) = (head.powf(0.2), (persons + head).powf(0.2));
        let place = (share(self.plan.dice(23, number)) * (last - first) + first).powi(5) - head;
        (place.max(0.0) as u64).min(self.persons - 1)
    }

    fn sender(&self, visit: Visit) -> Sender {
        let dice = |what| self.plan.dice(what, visit.person);
        let session = self.plan.id(4, visit.number);
        Sender {
            visitor: VisitorId(self.plan.id(2, visit.person)),
            session: SessionId(session),
            window: WindowId(session),
            mode: Mode::Persistent,
            context: Context {
                country: pick(
                    &["DE", "AT", "CH", "FR", "US", "GB", "NL", "IT", "PL", ""],
                    dice(30),
                )
                .to_owned(),
                browser: pick(
                    &["Chrome", "Safari", "Edge", "Firefox", "Samsung"],
                    dice(31),
                )
                .to_owned(),
                device: pick(&["phone", "desktop", "tablet"], dice(32)).to_owned(),
                ..Context::default()
            },
        }
    }

    fn add_events(&self, visit: Visit, sender: u32, events: &mut Vec<Event>) {
        let (mut time_ms, mut path) = (visit.start_ms, String::new());
        for sequence in 0..visit.events {
            let place = visit.number * u64::from(VISIT_EVENTS_MAX) + u64::from(sequence);
            let dice = |what| self.plan.dice(what, place);
            let name = match sequence {
                0 => NAMES[0],
                _ => NAMES[self.names.rank(share(dice(40)))],
            };
            if sequence > 0 {
                time_ms += self.plan.pause_ms(visit.number, sequence);
            }
            if name == NAMES[0] {
                path = match self.paths.rank(share(dice(41))) {
                    0 => "/".to_owned(),
                    rank => format!("/product/{rank}"),
                };
            }
            let mut event = event(sender, name, time_ms, sequence);
            event.page.path.clone_from(&path);
            if VALUED.contains(&name) {
                let value = (dice(42) % 20_000) as f64 / 100.0;
                event.properties = Properties::from([("value".to_owned(), Value::Number(value))]);
            }
            if sequence == 0 {
                self.arrive(visit, &mut event);
            }
            events.push(event);
        }
    }

    /// Where the visit came from; a third came by a campaign.
    fn arrive(&self, visit: Visit, event: &mut Event) {
        let dice = |what| self.plan.dice(what, visit.number);
        if !dice(50).is_multiple_of(3) {
            event.channel = "Direct".to_owned();
            return;
        }
        let campaign = (share(dice(51)).powi(2) * 50.0) as u64;
        let source = ["google", "newsletter", "facebook", "bing", "partner"];
        let medium = ["cpc", "email", "social", "cpc", "referral"];
        let of = (campaign % 5) as usize;
        event.channel = "Campaign".to_owned();
        event.source = source[of].to_owned();
        event.medium = medium[of].to_owned();
        event.campaign = format!("campaign-{campaign}");
        event.term = format!("term-{}", (share(dice(52)).powi(2) * 200.0) as u64);
        event.content = format!("content-{}", (share(dice(53)).powi(2) * 30.0) as u64);
    }
}

fn event(sender: u32, name: &str, time_ms: i64, sequence: u32) -> Event {
    Event {
        sender,
        name: name.to_owned(),
        time_ms,
        sequence,
        external: None,
        page: Page {
            host: "shop.example".to_owned(),
            ..Page::default()
        },
        referrer_host: String::new(),
        referrer_path: String::new(),
        channel: String::new(),
        source: String::new(),
        medium: String::new(),
        campaign: String::new(),
        term: String::new(),
        content: String::new(),
        unverified: false,
        cut: false,
        properties: Properties::new(),
    }
}
