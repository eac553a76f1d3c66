//! Random timelines for all tests against the oracle, cut into random runs in any order or into
//! runs that follow each other in time, with visitors that moved between persons, properties of
//! changing types and equal times.

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::{
    Behaviour, Condition, Dimension, EventSelection, Filter, Level, Operator, PersonKey,
    PropertyFilter, SessionFilter, SessionId, SessionNumber, SiteId, Value, VisitorId, WindowId,
};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Move, Snapshot, StoredEvent};

use super::samples::{Dice, event, ms};
use crate::matcher::number_of;

pub const HOUR_MS: i64 = 3_600_000;

/// Zones with a moment at which their clocks change, whole and half hours, at midnight, and not.
const PLACES: [(&str, &str); 11] = [
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("America/Santiago", "2026-04-05T03:00:00Z"),
    ("America/Santiago", "2026-09-06T04:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Asia/Kathmandu", "2026-06-30T18:15:00Z"),
    ("UTC", "2026-02-28T00:00:00Z"),
];

pub const NAMES: [&str; 16] = [
    "pageview",
    "pageview",
    "pageview",
    "page_leave",
    "click",
    "click",
    "web_vital",
    "purchase",
    "purchase",
    "error",
    "rage_click",
    "dead_click",
    "thrash",
    "consent",
    "identify",
    "group",
];

/// Random events, and the same as runs.
pub struct World {
    pub zone: &'static str,
    pub centre_ms: i64,
    /// As they stand now.
    pub events: Vec<StoredEvent>,
    pub snapshot: Snapshot,
}

pub fn value(dice: &mut Dice, of: &[&str]) -> String {
    dice.pick(of).to_owned()
}

fn random_event(
    dice: &mut Dice,
    (centre_ms, reach_ms, grain): (i64, i64, i64),
    sequence: u32,
) -> StoredEvent {
    let offset = dice.below(2 * reach_ms as u64) as i64 - reach_ms;
    let time_ms = centre_ms + offset / grain * grain;
    let mut stored = event(
        0,
        time_ms,
        NAMES[dice.below(NAMES.len() as u64) as usize],
        "",
    );
    stored.event.sequence = sequence;
    let page = &mut stored.event.page;
    page.path = value(dice, &["", "/", "/a", "/b", "/Shop/Cart"]);
    page.host = value(dice, &["", "shop.test", "www.test"]);
    page.title = value(dice, &["", "Home", "Straße"]);
    let event = &mut stored.event;
    if dice.one_in(3) {
        event.channel = value(dice, &["Organic search", "Email", "Direct"]);
        event.source = value(dice, &["", "google", "letter"]);
        event.medium = value(dice, &["", "cpc"]);
        event.campaign = value(dice, &["", "spring", "fall"]);
        event.term = value(dice, &["", "shoes"]);
        event.content = value(dice, &["", "top"]);
        event.referrer_host = value(dice, &["", "google.com"]);
    }
    if event.name == "page_leave" && !dice.one_in(5) {
        let engaged = Value::Number(dice.below(15_000) as f64);
        event.properties.insert("engaged_ms".to_owned(), engaged);
    }
    if event.name == "web_vital" {
        let metric = value(dice, &["LCP", "LCP", "INP"]);
        event
            .properties
            .insert("metric".to_owned(), Value::Text(metric));
        let took = Value::Number(dice.pick(&[900.0, 4000.0, 4000.5, 7000.0]));
        event.properties.insert("value".to_owned(), took);
    }
    if event.name == "error" {
        tell_error(event);
    }
    random_properties(dice, event);
    random_places(event);
    let context = &mut stored.sender.context;
    context.country = value(dice, &["", "AT", "DE"]);
    context.browser = value(dice, &["Chrome", "Firefox"]);
    context.browser_version = value(dice, &["", "120"]);
    context.system = value(dice, &["", "Windows"]);
    context.system_version = value(dice, &["", "11"]);
    context.device = value(dice, &["", "phone", "desktop"]);
    context.language = value(dice, &["", "de-at"]);
    if dice.one_in(8) {
        context.bot = value(dice, &["Googlebot", "headless"]);
    }
    stored
}

/// What a page tells of an error, by the event's number: some alike, some without a place.
fn tell_error(event: &mut hitmetrix_model::Event) {
    const MESSAGES: [&str; 7] = [
        "order 17 is gone",
        "order 18 is gone",
        "pay is not a function",
        "Uncaught pay is not a function",
        "",
        "(other)",
        "x is null",
    ];
    const SOURCES: [&str; 4] = ["/app.3f9c2b1a.js", "/app.0a1b2c3d.js", "/shop.js", ""];
    let of = |list: &[&'static str], step: u32| list[(event.sequence / step) as usize % list.len()];
    let told = [
        ("message", Value::Text(of(&MESSAGES, 1).to_owned())),
        ("source", Value::Text(of(&SOURCES, 7).to_owned())),
        ("line", Value::Number(f64::from(1 + event.sequence / 3 % 2))),
        ("column", Value::Number(f64::from(event.sequence / 5 % 2))),
    ];
    if event.sequence % 11 != 10 {
        let told = told.map(|(name, value)| (name.to_owned(), value));
        event.properties.extend(told);
    }
}

/// Properties whose types change, and those that tell of persons and accounts.
fn random_properties(dice: &mut Dice, event: &mut hitmetrix_model::Event) {
    let text = |text: &str| Value::Text(text.to_owned());
    if dice.one_in(2) {
        let plan = dice.pick(&[
            text("free"),
            text("pro"),
            text("10"),
            Value::Number(10.0),
            Value::Number(2.5),
            Value::Boolean(true),
            text("2026-03-28"),
            Value::List(vec![text("pro"), Value::Number(3.0)]),
            Value::List(vec![]),
        ]);
        event.properties.insert("plan".to_owned(), plan);
    }
    if dice.one_in(2) {
        let amount = dice.below(400) as f64 / 4.0 - 20.0;
        event
            .properties
            .insert("amount".to_owned(), Value::Number(amount));
        if amount.fract() != 0.0 {
            let currency = text(if amount > 20.0 { "EUR" } else { "USD" });
            event.properties.insert("currency".to_owned(), currency);
        }
    }
    if event.name == "group" && !dice.one_in(5) {
        let account = dice.pick(&[text("acme"), text("bolt"), Value::Number(7.0)]);
        event.properties.insert("account".to_owned(), account);
    }
}

/// Where on the page it was. Of dice of its own, so that the worlds stay what they were.
fn random_places(event: &mut hitmetrix_model::Event) {
    let mut dice = Dice::new(u64::from(event.sequence) ^ event.time_ms as u64);
    let mut put = |name: &str, value: Value| {
        event.properties.insert(name.to_owned(), value);
    };
    if event.name == "page_leave" && !dice.one_in(6) {
        let percent = dice.pick(&[0.0, 12.0, 12.4, 60.0, 100.0, 140.0, -3.0]);
        put("scroll_percent", Value::Number(percent));
    }
    if !matches!(event.name.as_str(), "click" | "rage_click" | "dead_click") || dice.one_in(9) {
        return;
    }
    let paths = [
        "button#buy",
        "button#buy>b",
        "html>body>a:nth-of-type(2)>img",
        "html>body>a:nth-of-type(2)",
        "html>body>a:nth-of-type(3)",
        "html>body>p",
        "html>body>shop-card>>>label>i",
        "div#picture>svg>path",
        "div#picture>svg",
        "(all)",
        "(other)",
    ];
    put("path", Value::Text(value(&mut dice, &paths)));
    if !dice.one_in(3) {
        put(
            "text",
            Value::Text(value(
                &mut dice,
                &["Buy", "Buy now", "buy 5", "Buy (6)", "5", ""],
            )),
        );
    }
    if !dice.one_in(7) {
        let mut share =
            || Value::Number(dice.pick(&[0.0, 0.25, 0.251, 0.5, 0.999, 1.0, 1.7, -1.0]));
        let (x, y) = (share(), share());
        put("x", x);
        put("y", y);
    }
}

/// Visitors, their sessions, and persons before and after the moves.
pub fn world(dice: &mut Dice) -> World {
    world_with(dice, |_| {})
}

/// The same with each event changed.
pub fn world_with(dice: &mut Dice, change: impl Fn(&mut StoredEvent)) -> World {
    let (zone, centre) = dice.pick(&PLACES);
    let centre_ms = ms(centre);
    let reach_ms = dice.pick(&[1, 3, 30, 24 * 6]) * HOUR_MS;
    // Where times are coarse, equal ones are common.
    let grain = dice.pick(&[1, 1000, HOUR_MS / 4, HOUR_MS]);
    let visitors: Vec<u128> = (0..=dice.below(12)).map(|_| dice.id()).collect();
    // A person has the key of a visitor.
    let before: BTreeMap<u128, u128> = visitors.iter().map(|&one| (one, one)).collect();
    let after: BTreeMap<u128, u128> = visitors
        .iter()
        .map(|&one| {
            (
                one,
                if dice.one_in(3) {
                    dice.pick(&visitors)
                } else {
                    one
                },
            )
        })
        .collect();
    let sessions: BTreeMap<u128, Vec<u128>> = visitors
        .iter()
        .map(|&one| {
            let most = dice.pick(&[1, 4, 4, 40]);
            (one, (0..=dice.below(most)).map(|_| dice.id()).collect())
        })
        .collect();
    let count = dice.pick(&[0, 1, 10, 60, 250]);
    let mut events = Vec::new();
    // Which ledger each run was sorted under, and its rows.
    let run_count = 1 + dice.below(5);
    let old: Vec<bool> = (0..run_count).map(|_| dice.one_in(2)).collect();
    let mut drawn: Vec<(u64, StoredEvent)> = Vec::new();
    for sequence in 0..count {
        let mut stored = random_event(dice, (centre_ms, reach_ms, grain), sequence);
        let visitor = dice.pick(&visitors);
        stored.sender.visitor = VisitorId(visitor);
        stored.sender.session = SessionId(dice.pick(&sessions[&visitor]));
        stored.sender.window = WindowId(dice.below(3).into());
        stored.person = PersonKey(after[&visitor]);
        change(&mut stored);
        events.push(stored.clone());
        drawn.push((dice.below(run_count), stored));
    }
    // Every third world is cut by time, as weeks are: then runs follow each other.
    if visitors[0].is_multiple_of(3) {
        drawn.sort_by_key(|(_, stored)| stored.event.time_ms);
        let all = drawn.len() as u64;
        for (place, (run, _)) in (0..).zip(&mut drawn) {
            *run = place * run_count / all;
        }
    }
    let mut runs: BTreeMap<(u64, u16), Vec<StoredEvent>> = BTreeMap::new();
    for (run, mut stored) in drawn {
        let visitor = stored.sender.visitor.0;
        if old[run as usize] {
            stored.person = PersonKey(before[&visitor]);
        }
        runs.entry((run, shard_of(stored.person)))
            .or_default()
            .push(stored);
    }
    let mut runs: Vec<((u64, u16), Vec<StoredEvent>)> = runs.into_iter().collect();
    if dice.one_in(2) {
        runs.reverse();
    }
    let made = runs
        .iter()
        .map(|((_, shard), rows)| Arc::new(Run::from_rows(*shard, rows.clone())));
    let mut snapshot = Snapshot::of_runs(SiteId(7), made.collect());
    snapshot = snapshot.with_parts(dice.below(runs.len() as u64 + 1) as usize);
    for (index, ((run, _), rows)) in runs.iter().enumerate() {
        if old[*run as usize] {
            let mut moves: Vec<Move> = rows
                .iter()
                .map(|row| row.sender.visitor)
                .filter(|visitor| before[&visitor.0] != after[&visitor.0])
                .map(|visitor| Move {
                    visitor,
                    from: PersonKey(before[&visitor.0]),
                    to: PersonKey(after[&visitor.0]),
                })
                .collect();
            moves.sort_unstable();
            moves.dedup();
            snapshot = snapshot.with_moves(index, moves);
        }
    }
    World {
        zone,
        centre_ms,
        events,
        snapshot,
    }
}

/// Texts that dimensions and properties may have.
const TEXTS: [&str; 24] = [
    "",
    "/",
    "/a",
    "pageview",
    "page_leave",
    "click",
    "AT",
    "Chrome",
    "Direct",
    "google",
    "Email",
    "spring",
    "shop",
    "HOME",
    "Googlebot",
    "o",
    "strasse",
    "STRASSE",
    "phone",
    "pro",
    "10",
    "true",
    "free",
    "acme",
];

fn texts(dice: &mut Dice) -> Vec<String> {
    (0..=dice.below(3)).map(|_| value(dice, &TEXTS)).collect()
}

/// An operator with values that it takes.
fn comparison(dice: &mut Dice) -> (Operator, Vec<String>) {
    let operator = dice.pick(&Operator::ALL);
    let number = |dice: &mut Dice| {
        dice.pick(&["0", "2.5", "10", "-3", "60", "2026-03-28"])
            .to_owned()
    };
    let values = match operator {
        Operator::Set | Operator::NotSet => Vec::new(),
        Operator::Greater | Operator::Less => vec![number(dice)],
        Operator::Between => {
            let mut values = vec![number(dice), number(dice)];
            values.sort_by(|a, b| number_of(a).partial_cmp(&number_of(b)).unwrap());
            values
        }
        Operator::Matches => {
            vec![value(dice, &["^/", "[0-9]+", "o|a$", "(?i)PRO", "^$"])]
        }
        _ => texts(dice),
    };
    (operator, values)
}

/// A condition on any level, nested up to `depth`.
pub fn random_condition(dice: &mut Dice, depth: u32) -> Condition {
    let nested = |dice: &mut Dice| -> Vec<Condition> {
        (0..dice.below(3))
            .map(|_| random_condition(dice, depth - 1))
            .collect()
    };
    let forms = if depth == 0 { 6 } else { 12 };
    match dice.below(forms) {
        0..=2 => {
            let (operator, values) = comparison(dice);
            let dimension = dice.pick(&Dimension::ALL);
            Condition::Dimension(Filter {
                dimension,
                operator,
                values,
            })
        }
        3 | 4 => {
            let (operator, values) = comparison(dice);
            Condition::Property(PropertyFilter {
                property: value(dice, &["plan", "amount", "account", "nothing"]),
                of: dice.pick(&[Level::Event, Level::Event, Level::Person, Level::Account]),
                operator,
                values,
            })
        }
        5 => Condition::Session(SessionFilter {
            session: dice.pick(&[
                SessionNumber::DurationMs,
                SessionNumber::EngagedMs,
                SessionNumber::Pageviews,
                SessionNumber::Events,
                SessionNumber::Errors,
                SessionNumber::RageClicks,
                SessionNumber::DeadClicks,
                SessionNumber::ErrorClicks,
                SessionNumber::Thrashes,
                SessionNumber::UTurns,
                SessionNumber::SlowPages,
            ]),
            operator: dice.pick(&[Operator::Greater, Operator::Less, Operator::Is]),
            values: vec![value(dice, &["0", "1", "2", "5000", "600000"])],
        }),
        6 => Condition::All { all: nested(dice) },
        7 => Condition::Any { any: nested(dice) },
        8 => Condition::Not {
            not: Box::new(random_condition(dice, depth - 1)),
        },
        9 | 10 => Condition::SessionHas {
            session_has: nested(dice),
        },
        _ => Condition::Did {
            did: random_behaviour(dice, depth),
        },
    }
}

fn random_behaviour(dice: &mut Dice, depth: u32) -> Behaviour {
    let steps = dice.pick(&[1, 1, 2, 3]);
    let mut did = Behaviour {
        sequence: (0..steps)
            .map(|_| random_selection(dice, depth - 1))
            .collect(),
        last: dice.one_in(2).then(|| value(dice, &["1h", "2d", "30d"])),
        ..Behaviour::default()
    };
    if steps == 1 {
        did.at_least = dice.one_in(2).then(|| dice.below(4) as u32);
        did.at_most = dice.one_in(4).then(|| 3 + dice.below(4) as u32);
    } else {
        did.within = dice.one_in(2).then(|| value(dice, &["10m", "5h", "3d"]));
    }
    did
}

/// Some events, seldom with conditions of their own.
pub fn random_selection(dice: &mut Dice, depth: u32) -> EventSelection {
    let names = [
        "pageview",
        "click",
        "purchase",
        "page_leave",
        "error",
        "nothing",
    ];
    EventSelection {
        label: None,
        events: (0..dice.below(3)).map(|_| value(dice, &names)).collect(),
        filters: match dice.one_in(3) {
            true => vec![random_condition(dice, depth)],
            false => Vec::new(),
        },
    }
}

/// How many random cases a test has: `HITMETRIX_TEST_CASES`, or else so many.
pub fn cases(usual: u64) -> u64 {
    let given = std::env::var("HITMETRIX_TEST_CASES").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(usual)
}
