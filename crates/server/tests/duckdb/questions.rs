//! The questions: every kind, every form of it, with random periods, conditions and selections.

use serde_json::{Value, json};

use crate::conditions::{condition, conditions, fact, selection};
use crate::dice::Dice;
use crate::world::{DAY_MS, HOUR_MS, World};

const MEASURES: [&str; 9] = [
    "persons",
    "visitors",
    "sessions",
    "pageviews",
    "events",
    "bounce_rate",
    "engaged_time",
    "pages_per_session",
    "session_duration",
];
const AGGREGATES: [&str; 14] = [
    "count",
    "persons",
    "sessions",
    "accounts",
    "sum",
    "average",
    "minimum",
    "maximum",
    "median",
    "p75",
    "p90",
    "p95",
    "p99",
    "per_person",
];

/// How many of each kind.
const ROUNDS: usize = 6;

/// All questions about a world.
pub fn questions(dice: &mut Dice, world: &World) -> Vec<Value> {
    let mut asked = Vec::new();
    let makers: [fn(&mut Dice, &World) -> Value; 13] = [
        totals,
        trend,
        breakdown,
        sessions,
        funnel,
        funnel,
        retention,
        paths,
        presence,
        goals,
        distribution,
        correlation,
        heatmap,
    ];
    for _ in 0..ROUNDS {
        for make in makers {
            asked.push(make(dice, world));
        }
    }
    for aggregate in AGGREGATES {
        asked.push(series(dice, world, aggregate));
    }
    asked
}

/// A question of a kind with a period around the clock change, a zone, conditions and bots.
fn asked(dice: &mut Dice, world: &World, kind: &str) -> Value {
    let days = *dice.pick(&[1, 2, 3, 7, 14]);
    let first = world.middle_ms + DAY_MS / 2 - (dice.below(days + 1) as i64) * DAY_MS;
    let last = first + (days as i64 - 1) * DAY_MS;
    let period = if dice.one_in(3) {
        let from = first - dice.below(24) as i64 * HOUR_MS + 7;
        json!({"from_ms": from, "to_ms": from + days as i64 * DAY_MS - HOUR_MS / 2})
    } else {
        json!({"from": date(first), "to": date(last)})
    };
    let zone = *dice.pick(&[world.zone, world.zone, world.zone, "UTC", "Asia/Kathmandu"]);
    json!({
        "kind": kind,
        "period": period,
        "time_zone": zone,
        "filters": conditions(dice),
        "bots": dice.pick(&["exclude", "exclude", "exclude", "include", "only"]),
    })
}

fn date(ms: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms).unwrap();
    time.strftime("%F").to_string()
}

fn measures(dice: &mut Dice) -> Value {
    let mut measures = MEASURES.to_vec();
    measures.rotate_left(dice.below(9) as usize);
    measures.truncate(1 + dice.below(9) as usize);
    json!(measures)
}

/// Sometimes the whole month of the clock change.
fn of_month(dice: &mut Dice, world: &World, question: &mut Value) {
    if dice.one_in(4) {
        let middle = jiff::Timestamp::from_millisecond(world.middle_ms).unwrap();
        let day = middle.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (from, to) = (day.first_of_month(), day.last_of_month());
        question["period"] = json!({"from": from.to_string(), "to": to.to_string()});
    }
}

fn compared(dice: &mut Dice, question: &mut Value) {
    if dice.one_in(2) {
        question["compare"] = json!("previous");
    }
}

fn totals(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "totals");
    question["measures"] = json!(MEASURES);
    of_month(dice, world, &mut question);
    compared(dice, &mut question);
    question
}

fn trend(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "trend");
    question["measures"] = measures(dice);
    question["interval"] = json!(dice.pick(&["hour", "day", "week", "month"]));
    compare_intervals(dice, &mut question);
    question
}

/// Hours are held against those of the same clock time, which is told by days without a clock
/// change.
fn compare_intervals(dice: &mut Dice, question: &mut Value) {
    compared(dice, question);
    if question["interval"] == "hour" && question.get("compare").is_some() {
        question["time_zone"] = json!("UTC");
    }
}

fn breakdown(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "breakdown");
    // Rows without anything counted are left out by what is counted, so the first is a count.
    let first = *dice.pick(&["persons", "visitors", "sessions", "pageviews", "events"]);
    let mut all = vec![first];
    all.extend(MEASURES.iter().filter(|name| **name != first));
    all.truncate(1 + dice.below(9) as usize);
    question["measures"] = json!(all);
    let dimensions = [
        "event",
        "page",
        "host",
        "source",
        "channel",
        "medium",
        "campaign",
        "referrer",
        "browser",
        "browser_version",
        "device",
        "system",
        "entry_page",
        "exit_page",
        "bot",
    ];
    question["dimension"] = json!(dice.pick(&dimensions));
    of_month(dice, world, &mut question);
    question["limit"] = json!(1 + dice.below(12));
    compared(dice, &mut question);
    question
}

fn sessions(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "sessions");
    question["limit"] = json!(5000);
    question
}

/// A trend with what is counted of some events, beside others for a formula.
fn series(dice: &mut Dice, world: &World, aggregate: &str) -> Value {
    let mut question = asked(dice, world, "trend");
    question["interval"] = json!(dice.pick(&["hour", "day", "day", "week", "month"]));
    compare_intervals(dice, &mut question);
    let mut made = vec![one_series(dice, aggregate)];
    for _ in 0..dice.below(3) {
        let other = *dice.pick(&AGGREGATES);
        made.push(one_series(dice, other));
    }
    let formula = match made.len() {
        1 => "A * 100 - 1",
        2 => "A / B",
        _ => "(A - B) / C",
    };
    let mut trend = json!({"series": made, "formulas": [formula]});
    if dice.one_in(3) {
        trend["cumulative"] = json!(true);
    }
    if dice.one_in(3) {
        trend["moving_average"] = json!(2 + dice.below(3));
    }
    if dice.one_in(2) {
        let facts: Vec<Value> = (0..=dice.below(2)).map(|_| fact(dice)).collect();
        if facts.len() < 2 || facts[0] != facts[1] {
            trend["breakdown"] = json!(facts);
            trend["top"] = json!(1 + dice.below(6));
        }
    }
    question["trend"] = trend;
    question
}

fn one_series(dice: &mut Dice, aggregate: &str) -> Value {
    let mut series = selection(dice);
    series["aggregate"] = json!(aggregate);
    let is_of_numbers =
        !["count", "persons", "sessions", "accounts", "per_person"].contains(&aggregate);
    if is_of_numbers || (aggregate == "per_person" && dice.one_in(2)) {
        series["property"] = json!(dice.pick(&["amount", "amount", "score", "plan"]));
    }
    if dice.one_in(4) {
        series["first_time"] = json!(true);
    }
    series
}

fn funnel(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "funnel");
    let order = *dice.pick(&["ordered", "ordered", "ordered", "strict", "any"]);
    let names = [
        "pageview",
        "click",
        "add_to_cart",
        "purchase",
        "search",
        "signup",
    ];
    let count = 2 + dice.below(3) as usize;
    let turn = dice.below(names.len() as u64) as usize;
    let mut steps: Vec<Value> = (0..count)
        .map(|place| {
            // In any order the steps are of different events, so that each is of one step.
            let name = if order == "any" || dice.one_in(2) {
                names[(turn + place) % names.len()]
            } else {
                *dice.pick(&names)
            };
            let mut step = json!({"events": [name]});
            if dice.one_in(5) {
                step["filters"] = json!([condition(dice, 1)]);
            }
            step
        })
        .collect();
    let mut funnel = json!({
        "order": order,
        "window": dice.pick(&["10m", "1h", "1d", "7d", "30d"]),
        "by": dice.pick(&["persons", "persons", "sessions", "accounts"]),
        "rows": dice.pick(&["steps", "steps", "steps", "over_time", "time_to_convert"]),
    });
    let optional = order == "ordered" && count > 2 && dice.one_in(3);
    if optional {
        steps[1]["optional"] = json!(true);
    }
    if dice.one_in(3) {
        let mut exclusion = json!({"events": [dice.pick(&["error", "search", "rage_click"])]});
        if order == "any" {
            exclusion["events"] = json!(["error"]);
        }
        if count > 2 && !optional && order != "any" && dice.one_in(2) {
            exclusion["after"] = json!(2);
            exclusion["before"] = json!(3);
        }
        funnel["exclusions"] = json!([exclusion]);
    }
    funnel["steps"] = json!(steps);
    if dice.one_in(2) {
        funnel["breakdown"] = fact(dice);
        funnel["attribution"] = dice
            .pick(&[json!("first"), json!("last"), json!({"step": 2})])
            .clone();
        funnel["top"] = json!(1 + dice.below(5));
    }
    if funnel["rows"] == "steps" && funnel.get("breakdown").is_none() {
        compared(dice, &mut question);
    }
    if funnel["rows"] == "over_time" {
        question["interval"] = json!(dice.pick(&["hour", "day", "week"]));
    }
    question["funnel"] = funnel;
    question
}

fn retention(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "retention");
    question["interval"] = json!(dice.pick(&["day", "day", "week", "month"]));
    compared(dice, &mut question);
    let mut retention = json!({
        "start": selection(dice),
        "return": selection(dice),
        "mode": dice.pick(&["first_time", "recurring"]),
        "on": dice.pick(&["exactly", "on_or_after"]),
    });
    if dice.one_in(3) {
        retention["intervals"] = json!(1 + dice.below(5));
    }
    question["retention"] = retention;
    question
}

/// Lifecycle or stickiness.
fn presence(dice: &mut Dice, world: &World) -> Value {
    let kind = *dice.pick(&["lifecycle", "stickiness"]);
    let mut question = asked(dice, world, kind);
    question["interval"] = json!(dice.pick(&["hour", "day", "day", "week", "month"]));
    compare_intervals(dice, &mut question);
    if !dice.one_in(3) {
        question[kind] = json!({"active": selection(dice)});
    }
    question
}

fn paths(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "paths");
    let steps = *dice.pick(&["pages", "pages", "events"]);
    let rows = *dice.pick(&["edges", "edges", "sequences"]);
    let mut paths = json!({
        "steps": steps,
        "rows": rows,
        "depth": 2 + dice.below(5),
        "collapse": dice.one_in(2),
    });
    if dice.one_in(2) {
        paths["groups"] = json!(["/product/*", "*blog*", "rage*"]);
    }
    if dice.one_in(3) {
        paths["exclude"] = json!(["/cart", "cl*"]);
    }
    if dice.one_in(4) {
        paths["filters"] = json!([condition(dice, 1)]);
    }
    let end = *dice.pick(&["", "", "from", "to", "through"]);
    if !end.is_empty() {
        paths[end] = json!(if steps == "pages" { "/shop" } else { "search" });
    }
    // Among sequences of the same size those that are shown go by their text.
    question["limit"] = json!(if rows == "edges" {
        1 + dice.below(8)
    } else {
        3 + dice.below(300)
    });
    question["paths"] = paths;
    question
}

fn goals(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "goals");
    let goals: Vec<Value> = (0..=dice.below(3))
        .map(|place| {
            let mut goal = json!({"label": format!("goal {place}")});
            if !dice.one_in(4) {
                goal["event"] = selection(dice);
                if dice.one_in(2) {
                    goal["value_property"] = json!(dice.pick(&["amount", "score"]));
                }
            }
            if goal.get("event").is_none() || dice.one_in(3) {
                goal["filters"] = json!([condition(dice, 1)]);
            }
            if dice.one_in(3) {
                goal["sessions"] = json!(1 + dice.below(3));
            }
            if goal.get("value_property").is_none() && dice.one_in(2) {
                goal["value_thousandths"] = json!(1500);
            }
            if goal.get("value_property").is_some() && dice.one_in(2) {
                goal["currency"] = json!("EUR");
            }
            goal
        })
        .collect();
    let mut spec = json!({"goals": goals});
    if dice.one_in(2) {
        let facts = [
            json!({"dimension": "source"}),
            json!({"dimension": "entry_page"}),
            json!({"dimension": "browser"}),
            json!({"property": "tier", "of": "person"}),
            json!({"property": "account", "of": "account"}),
        ];
        spec["breakdown"] = dice.pick(&facts).clone();
        spec["top"] = json!(1 + dice.below(5));
    } else if dice.one_in(2) {
        spec["over_time"] = json!(true);
        question["interval"] = json!(dice.pick(&["hour", "day", "week"]));
    }
    question["goals"] = spec;
    question
}

fn distribution(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "distribution");
    let fact = if dice.one_in(3) {
        json!({"property": "amount"})
    } else {
        fact(dice)
    };
    question["distribution"] = json!({
        "fact": fact,
        "events": selection(dice),
        "classes": 1 + dice.below(100),
    });
    question
}

fn correlation(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "correlation");
    let goal = *dice.pick(&["purchase", "signup", "search", "add_to_cart"]);
    let mut facts: Vec<Value> = Vec::new();
    for _ in 0..dice.below(4) {
        let one = fact(dice);
        if one != json!({"dimension": "event"}) && !facts.contains(&one) {
            facts.push(one);
        }
    }
    let mut correlation = json!({
        "goal": {"events": [goal]},
        "facts": facts,
        "cases_min": 1 + dice.below(8),
    });
    if dice.one_in(2) {
        correlation["start"] = selection(dice);
    }
    question["limit"] = json!(1000);
    question["correlation"] = correlation;
    question
}

fn heatmap(dice: &mut Dice, world: &World) -> Value {
    let mut question = asked(dice, world, "heatmap");
    let rows = *dice.pick(&["zones", "zones", "points", "scroll", "pages"]);
    let patterns = ["*", "/product/*", "/shop", "/*e*", "/blog/?", "/"];
    let pages: Vec<&str> = (0..=dice.below(2)).map(|_| *dice.pick(&patterns)).collect();
    question["heatmap"] = json!({"pages": pages, "rows": rows});
    if matches!(rows, "zones" | "pages") && dice.one_in(2) {
        question["limit"] = json!(dice.below(5));
    }
    question
}
