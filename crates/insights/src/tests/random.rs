//! Random timelines, cut into random runs in any order, with visitors that moved between persons,
//! against the oracle. `HITMETRIX_TEST_CASES` sets how many cases; a failing seed is printed and
//! belongs into [`PINNED`].

use std::collections::BTreeMap;
use std::sync::Arc;

use hitmetrix_model::{
    Answer, Bots, Cell, Compare, Dimension, Filter, Interval, Measure, Operator, PersonKey,
    Question, QuestionKind, SessionId, SiteId, Value, VisitorId, WindowId,
};
use hitmetrix_store::lanes::{Run, shard_of};
use hitmetrix_store::{Move, Snapshot, StoredEvent};
use jiff::tz::TimeZone;

use super::oracle::Oracle;
use super::samples::{Dice, Threads, days, event, ms, question, span, words};
use crate::{Asked, ask};

const HOUR_MS: i64 = 3_600_000;

/// Seeds that once failed.
const PINNED: [u64; 0] = [];

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

const NAMES: [&str; 10] = [
    "pageview",
    "pageview",
    "pageview",
    "page_leave",
    "click",
    "web_vital",
    "purchase",
    "error",
    "rage_click",
    "consent",
];

struct World {
    zone: &'static str,
    centre_ms: i64,
    /// As they stand now.
    events: Vec<StoredEvent>,
    snapshot: Snapshot,
}

fn value(dice: &mut Dice, of: &[&str]) -> String {
    dice.pick(of).to_owned()
}

fn random_event(
    dice: &mut Dice,
    (centre_ms, reach_ms, grain): (i64, i64, i64),
    sequence: u32,
) -> StoredEvent {
    let offset = dice.below(2 * reach_ms as u64) as i64 - reach_ms;
    let time_ms = centre_ms + offset / grain * grain;
    let mut stored = event(0, time_ms, NAMES[dice.below(9) as usize], "");
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

/// Visitors, their sessions, and persons before and after the moves.
fn world(dice: &mut Dice) -> World {
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
    let mut runs: BTreeMap<(u64, u16), Vec<StoredEvent>> = BTreeMap::new();
    for sequence in 0..count {
        let mut stored = random_event(dice, (centre_ms, reach_ms, grain), sequence);
        let visitor = dice.pick(&visitors);
        stored.sender.visitor = VisitorId(visitor);
        stored.sender.session = SessionId(dice.pick(&sessions[&visitor]));
        stored.sender.window = WindowId(dice.below(3).into());
        stored.person = PersonKey(after[&visitor]);
        events.push(stored.clone());
        let run = dice.below(run_count);
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

fn random_filter(dice: &mut Dice) -> Filter {
    let texts = [
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
    ];
    Filter {
        dimension: dice.pick(&Dimension::ALL),
        operator: dice.pick(&[
            Operator::Is,
            Operator::IsNot,
            Operator::Contains,
            Operator::DoesNotContain,
        ]),
        values: (0..=dice.below(3)).map(|_| value(dice, &texts)).collect(),
    }
}

fn random_question(dice: &mut Dice, world: &World) -> Question {
    let from_ms = world.centre_ms - dice.below(100) as i64 * HOUR_MS / 2;
    let length = dice.pick(&[HOUR_MS, 5 * HOUR_MS / 2, 24 * HOUR_MS, 7 * 24 * HOUR_MS]);
    let day = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms)
            .unwrap()
            .strftime("%F")
            .to_string()
    };
    let last = ["30m", "24h", "1d", "7d", "2w", "1mo"];
    let period = match dice.below(3) {
        0 => span(from_ms, from_ms + length),
        1 => days(&day(from_ms), &day(from_ms + length)),
        _ => hitmetrix_model::Period::Last {
            last: value(dice, &last),
        },
    };
    let kind = dice.pick(&[
        QuestionKind::Totals,
        QuestionKind::Trend,
        QuestionKind::Breakdown,
        QuestionKind::Sessions,
    ]);
    let mut asked = question(kind, period);
    asked.time_zone = Some(world.zone.to_owned());
    asked.bots = dice.pick(&[Bots::Exclude, Bots::Exclude, Bots::Include, Bots::Only]);
    asked.filters = (0..dice.below(4)).map(|_| random_filter(dice)).collect();
    if kind != QuestionKind::Sessions {
        asked.compare = dice.pick(&[Compare::None, Compare::Previous]);
        let mut measures = Measure::ALL.to_vec();
        measures.rotate_left(dice.below(8) as usize);
        measures.truncate(1 + dice.below(8) as usize);
        asked.measures = measures;
    }
    match kind {
        QuestionKind::Trend => {
            let intervals = [
                Interval::Hour,
                Interval::Day,
                Interval::Week,
                Interval::Month,
            ];
            asked.interval = (!dice.one_in(3)).then(|| dice.pick(&intervals));
        }
        QuestionKind::Breakdown => {
            asked.dimension = Some(dice.pick(&Dimension::ALL));
            asked.limit = Some(1 + dice.below(6) as u32);
        }
        QuestionKind::Sessions => asked.limit = dice.pick(&[None, Some(0), Some(3)]),
        QuestionKind::Totals => {}
    }
    asked
}

fn check(seed: u64) {
    let mut dice = Dice::new(seed);
    let world = world(&mut dice);
    let question = random_question(&mut dice, &world);
    let now_ms = world.centre_ms + dice.below(48 * 3600) as i64 * 1000 - 24 * HOUR_MS;
    let asked = Asked {
        question: &question,
        site_time_zone: "UTC",
        session_idle_ms: 30 * 60 * 1000,
        now_ms,
    };
    let threads = Threads(1 + dice.below(3) as usize);
    let answer = ask(&world.snapshot, &asked, &threads).unwrap_or_else(|error| {
        panic!("seed {seed}: {error}\n{question:#?}");
    });
    let zone = TimeZone::get(world.zone).unwrap();
    let oracle = Oracle {
        question: &question,
        events: &world.events,
        zone,
        now_ms,
    };
    let expected = expected(&oracle, &answer);
    let shown = |rows: &[Vec<Cell>]| {
        rows.iter()
            .map(|row| words(row))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        shown(&answer.rows),
        shown(&expected),
        "engine on the left, oracle on the right\nseed {seed}, {} events, {question:#?}",
        world.events.len()
    );
    assert!(
        answer
            .rows
            .iter()
            .all(|row| row.len() == answer.columns.len()),
        "seed {seed}"
    );
    assert_eq!(
        answer.bot_events,
        oracle.bot_events(answer.period),
        "seed {seed}"
    );
}

fn expected(oracle: &Oracle<'_>, answer: &Answer) -> Vec<Vec<Cell>> {
    let (now, before) = (answer.period, answer.previous);
    let limited = |mut rows: Vec<Vec<Cell>>, usual: u32| {
        assert_eq!(answer.rows_total, rows.len() as u64);
        rows.truncate(oracle.question.limit.unwrap_or(usual) as usize);
        rows
    };
    match oracle.question.kind {
        QuestionKind::Totals => vec![oracle.totals(now, before)],
        QuestionKind::Breakdown => limited(oracle.breakdown(now, before), 10),
        QuestionKind::Sessions => limited(oracle.list(now), 100),
        QuestionKind::Trend => {
            let row = |row: &Vec<Cell>| {
                let Cell::Count(start) = row[0] else {
                    panic!("a time")
                };
                let previous = match (before, &row[1]) {
                    (Some(_), Cell::Count(at)) => Some(*at),
                    _ => None,
                };
                let times = if before.is_some() { 2 } else { 1 };
                let mut cells = row[..times].to_vec();
                let interval = answer.interval.unwrap();
                cells.extend(oracle.bucket(now, before, interval, (start, previous)));
                cells
            };
            answer.rows.iter().map(row).collect()
        }
    }
}

#[test]
fn every_question_equals_the_oracle_on_random_timelines() {
    let cases = std::env::var("HITMETRIX_TEST_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    for seed in PINNED.into_iter().chain(0..cases.unwrap_or(2000)) {
        check(seed);
    }
}
