//! Ninety days of the demo shop, made up, with stories in them that can be found through the
//! screens: docs/guide/demo.md tells them. Pure but for the clock and the lookups that come in: the
//! same day gives the same visits, and every event has an id of its own, so that making them twice
//! counts nothing twice.

mod annotations;
mod behaviour;
mod dice;
mod goals;
mod recorded;
mod surveys;
mod visit;
mod world;

#[cfg(test)]
mod tests;

use hitmetrix_ingest::{Lookups, ids};
use hitmetrix_model::{Batch, Origin, SiteId, Value, VisitorId, limits};

pub use annotations::annotations;
use behaviour::{Plan, Reach, company_order, company_visit, go};
use dice::Dice;
pub use goals::goals;
pub use recorded::recorded;
pub use surveys::survey;
use visit::{Beginning, Made, Visit, Visitor, properties, text};
use world::{COUNTRIES, DEVICES, LAMPS, WAYS, Way, is_safari};

/// Days that are made.
pub const DAYS: i64 = 90;
/// Days before today on which the shop was changed: payments break in Safari, lamp pages get slow.
pub const RELEASE_DAYS_AGO: i64 = 21;
/// Days before today between which the campaign ran that brought nobody who bought.
pub const CAMPAIGN_DAYS_AGO: (i64, i64) = (50, 26);

pub(crate) const DAY_MS: i64 = 24 * 3600 * 1000;
/// When on its day the shop was changed, UTC.
const RELEASE_AT_MS: i64 = 9 * 3600 * 1000;
/// Visits of the first days; they grow by a quarter.
const VISITS_A_DAY: f64 = 110.0;
const CAMPAIGN_VISITS_A_DAY: i64 = 40;
/// Those who have been there before come again this often.
const AGAIN: f64 = 0.28;
/// Visitors who may come again.
const REMEMBERED_MAX: usize = 900;
/// Of the orders from a browser that has ordered nothing yet, so many are of an earlier customer.
const SAME_CUSTOMER: f64 = 0.12;

/// The campaign whose visitors never buy.
const CAMPAIGN: Way = Way {
    query: "utm_source=facebook&utm_medium=paid_social&utm_campaign=autumn-glow",
    referrer: "www.facebook.com",
    referrer_path: "/",
    eager: 0.0,
};
const DIRECT: &Way = &WAYS[0].1;
const SEARCH: &Way = &WAYS[1].1;

/// How likely a visit goes so far, of a hundred.
const REACHES: [(f64, Reach); 6] = [
    (46.0, Reach::Landing),
    (38.0, Reach::Lamps),
    (6.0, Reach::Cart),
    (2.6, Reach::Address),
    (1.2, Reach::Delivery),
    (7.2, Reach::Payment),
];

/// What the data is made for.
#[derive(Clone, Copy)]
pub struct Demo<'a> {
    /// The demo site.
    pub site: SiteId,
    /// Host of its pages.
    pub host: &'a str,
    /// Names of channels and sources.
    pub lookups: &'a Lookups,
    /// Nothing happens after this, UTC milliseconds.
    pub now_ms: i64,
    /// How many times as many visits as the shop has; the stories' shares stay.
    pub times: u32,
}

/// A visit of the company that comes back before it buys: days ago, which of its people, pages.
type CompanyVisit = (i64, usize, &'static [(&'static str, &'static str)]);

/// The user names of the company's people.
const COMPANY_USERS: [&str; 3] = [
    "harbour-hotels-design",
    "harbour-hotels-buying",
    "harbour-hotels-board",
];
const COMPANY_VISITS: [CompanyVisit; 8] = [
    (
        41,
        0,
        &[("/product/harbour", "Harbour"), ("/product/dusk", "Dusk")],
    ),
    (36, 0, &[("/product/harbour", "Harbour"), ("/help", "Help")]),
    (33, 1, &[("/product/harbour", "Harbour"), ("/cart", "Cart")]),
    (27, 1, &[("/help", "Help"), ("/product/harbour", "Harbour")]),
    (
        20,
        2,
        &[
            ("/", "Lamps for long evenings"),
            ("/product/harbour", "Harbour"),
        ],
    ),
    (15, 1, &[("/product/harbour", "Harbour"), ("/help", "Help")]),
    (
        12,
        0,
        &[("/product/harbour", "Harbour"), ("/product/arc", "Arc")],
    ),
    (9, 1, &[]),
];
/// How many lamps it orders at last.
const COMPANY_LAMPS: i64 = 24;

impl<'a> Demo<'a> {
    /// All events, in batches, day by day.
    pub fn batches(self) -> impl Iterator<Item = Batch> + 'a {
        let mut known: Vec<_> = (0..self.times).map(|_| Known::default()).collect();
        let today_ms = self.now_ms.div_euclid(DAY_MS) * DAY_MS;
        let rounds = move |days_ago| (0..self.times).map(move |round| (days_ago, round));
        let days = (0..=DAYS).rev().flat_map(rounds);
        days.flat_map(move |(days_ago, round)| {
            let day = Day {
                demo: self,
                days_ago,
                from_ms: today_ms - days_ago * DAY_MS,
                round,
            };
            day.batches(&mut known[round as usize])
        })
    }
}

/// Who has been there.
#[derive(Default)]
struct Known {
    visitors: Vec<Visitor>,
    /// Visitors who ordered, with their names as users.
    customers: Vec<(VisitorId, String)>,
}

impl Known {
    /// The user of a visitor who orders: the same as before, or that of a customer who orders from
    /// another browser now, or a new one.
    fn customer(&mut self, visitor: VisitorId, dice: &mut Dice) -> String {
        if let Some((_, user)) = self.customers.iter().find(|(id, _)| *id == visitor) {
            return user.clone();
        }
        let user = match self.customers.len() {
            count if count > 0 && dice.happens(SAME_CUSTOMER) => {
                let place = dice.between(0, count as i64 - 1);
                self.customers[usize::try_from(place).unwrap_or(0)]
                    .1
                    .clone()
            }
            _ => format!("customer-{}", &visitor.to_string()[..8]),
        };
        self.customers.push((visitor, user.clone()));
        user
    }
}

struct Day<'a> {
    demo: Demo<'a>,
    days_ago: i64,
    from_ms: i64,
    /// Which of the times that the day's visits are made; each has visitors of its own.
    round: u32,
}

impl Day<'_> {
    fn batches(&self, known: &mut Known) -> Vec<Batch> {
        let day = u64::try_from(self.from_ms.div_euclid(DAY_MS)).unwrap_or(0);
        let mut dice = Dice::new(day | (u64::from(self.round) << 32));
        let mut made = Vec::new();
        for number in 0..self.visits() {
            let way = dice.pick(&WAYS);
            made.extend(self.visit(number, way, known, &mut dice));
        }
        let (from, to) = CAMPAIGN_DAYS_AGO;
        if (to..=from).contains(&self.days_ago) {
            for number in 0..CAMPAIGN_VISITS_A_DAY {
                made.extend(self.visit(
                    10_000 + number,
                    &CAMPAIGN,
                    &mut Known::default(),
                    &mut dice,
                ));
            }
        }
        for visit in COMPANY_VISITS
            .iter()
            .filter(|(ago, ..)| self.round == 0 && *ago == self.days_ago)
        {
            made.extend(self.of_company(visit, &mut dice));
        }
        self.batched(made)
    }

    /// Fewer at weekends, and more from week to week.
    #[allow(clippy::cast_possible_truncation, reason = "some dozens")]
    fn visits(&self) -> i64 {
        let grown = 1.0 + 0.25 * (DAYS - self.days_ago) as f64 / DAYS as f64;
        // 1 January 1970 was a Thursday.
        let weekday = (self.from_ms.div_euclid(DAY_MS) + 3).rem_euclid(7);
        let share = if weekday >= 5 { 0.7 } else { 1.0 };
        (VISITS_A_DAY * grown * share) as i64
    }

    /// Most come in the evening, few at night.
    fn time_of_day(dice: &mut Dice) -> i64 {
        const HOURS: [(f64, i64); 8] = [
            (2.0, 0),
            (1.0, 3),
            (8.0, 6),
            (14.0, 9),
            (15.0, 12),
            (17.0, 15),
            (25.0, 18),
            (12.0, 21),
        ];
        let hour = *dice.pick(&HOURS);
        hour * 3_600_000 + dice.between(0, 3 * 3_600_000 - 1)
    }

    fn visit(
        &self,
        number: i64,
        way: &'static Way,
        known: &mut Known,
        dice: &mut Dice,
    ) -> Option<Made> {
        let at_ms = self.from_ms + Self::time_of_day(dice);
        let visitor = self.visitor(number, &mut known.visitors, dice);
        let after_release = at_ms >= self.released_ms();
        let plan = Plan {
            reach: reach(way, dice),
            payment_is_broken: after_release && is_safari(visitor.device) && dice.happens(0.95),
            postcode_is_refused: false,
        };
        // Of those who come to the postcode, three of ten give up there.
        let refused = plan.reach >= Reach::Address && dice.happens(0.3);
        let plan = Plan {
            postcode_is_refused: refused,
            ..plan
        };
        let beginning = self.beginning(at_ms, way);
        let mut visit = Visit::begin(&visitor, &beginning, dice.clone());
        dice.share();
        if after_release && visitor.device.kind == "phone" {
            visit.slowness = 1.7;
        }
        if let Some(euros) = go(&mut visit, plan) {
            let user = known.customer(visitor.id, dice);
            let tier = if euros > 200.0 { "large" } else { "small" };
            let traits = [("user", text(&user)), ("traits.first_order", text(tier))];
            visit.identify(&user, properties(traits));
        }
        (visit.at_ms < self.demo.now_ms).then(|| visit.end())
    }

    fn released_ms(&self) -> i64 {
        self.from_ms + (self.days_ago - RELEASE_DAYS_AGO) * DAY_MS + RELEASE_AT_MS
    }

    fn beginning(&self, at_ms: i64, way: &'static Way) -> Beginning<'_> {
        Beginning {
            site: self.demo.site,
            host: self.demo.host,
            lookups: self.demo.lookups,
            at_ms,
            way,
        }
    }

    /// Somebody new, or somebody who has been there.
    fn visitor(&self, number: i64, known: &mut Vec<Visitor>, dice: &mut Dice) -> Visitor {
        if !known.is_empty() && dice.happens(AGAIN) {
            let place = dice.between(0, known.len() as i64 - 1);
            return known[usize::try_from(place).unwrap_or(0)];
        }
        let (country, language) = *dice.pick(&COUNTRIES);
        let visitor = Visitor {
            id: self.named(&self.name(number)),
            device: dice.pick(&DEVICES),
            country,
            language,
        };
        if known.len() == REMEMBERED_MAX {
            known.remove(0);
        }
        known.push(visitor);
        visitor
    }

    /// Name of a visitor of this day.
    fn name(&self, number: i64) -> String {
        match self.round {
            0 => format!("day {} visitor {number}", self.from_ms),
            round => format!("day {} visitor {number} round {round}", self.from_ms),
        }
    }

    fn named(&self, name: &str) -> VisitorId {
        ids::named_visitor(self.demo.site, &format!("demo {name}"))
    }

    /// A visit of the company; the last one is the order.
    fn of_company(&self, (_, who, pages): &CompanyVisit, dice: &mut Dice) -> Option<Made> {
        let user = COMPANY_USERS[*who];
        let visitor = Visitor {
            id: self.named(user),
            device: &DEVICES[*who].1,
            country: "DE",
            language: "de-de",
        };
        let is_first = self.days_ago == COMPANY_VISITS[0].0;
        let at_ms = self.from_ms + 10 * 3_600_000 + dice.between(0, 5 * 3_600_000);
        let beginning = self.beginning(at_ms, if is_first { SEARCH } else { DIRECT });
        let mut visit = Visit::begin(&visitor, &beginning, dice.clone());
        let open = pages.first().unwrap_or(&("/product/harbour", "Harbour"));
        visit.open(open.0, open.1);
        visit.wait(20.0);
        let traits = [
            ("user", text(user)),
            (
                "traits.role",
                text(user.rsplit('-').next().unwrap_or_default()),
            ),
        ];
        visit.identify(user, properties(traits));
        let account = [
            ("account", text("harbour-hotels")),
            ("traits.name", text("Harbour Hotels")),
            ("traits.rooms", Value::Number(240.0)),
        ];
        visit.act("group", properties(account));
        company_visit(&mut visit, pages.get(1..).unwrap_or_default());
        if pages.is_empty() {
            company_order(&mut visit, &LAMPS[2].1, COMPANY_LAMPS);
        }
        (visit.at_ms < self.demo.now_ms).then(|| visit.end())
    }

    /// Sessions in batches of at most as many events as a batch may have.
    fn batched(&self, made: Vec<Made>) -> Vec<Batch> {
        let mut batches: Vec<Batch> = Vec::new();
        for mut session in made {
            let fits = batches.last().is_some_and(|batch| {
                batch.events.len() + session.events.len() <= limits::BATCH_EVENTS
            });
            if !fits {
                batches.push(Batch {
                    site: self.demo.site,
                    received_at_ms: self.demo.now_ms,
                    origin: Origin::Import,
                    senders: Vec::new(),
                    events: Vec::new(),
                    identities: Vec::new(),
                    lost: 0,
                });
            }
            let Some(batch) = batches.last_mut() else {
                continue;
            };
            let sender = u32::try_from(batch.senders.len()).unwrap_or(u32::MAX);
            for event in &mut session.events {
                event.sender = sender;
            }
            batch.senders.push(session.sender);
            batch.events.extend(session.events);
            batch.identities.extend(session.identities);
        }
        batches
    }
}

/// How far a visit of this way comes.
fn reach(way: &Way, dice: &mut Dice) -> Reach {
    if way.eager == 0.0 {
        return *dice.pick(&[
            (76.0, Reach::Landing),
            (22.0, Reach::Lamps),
            (2.0, Reach::Cart),
        ]);
    }
    let reach = *dice.pick(&REACHES);
    // Those of a better way have further chances to come further.
    let more = (way.eager - 1.0).max(0.0);
    let again = if dice.happens(more.min(1.0)) {
        *dice.pick(&REACHES)
    } else {
        reach
    };
    let further = reach.max(again);
    if way.eager < 1.0 && further > Reach::Lamps && dice.happens(1.0 - way.eager) {
        return Reach::Lamps;
    }
    further
}
