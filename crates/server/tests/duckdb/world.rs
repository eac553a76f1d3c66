//! Random events of some weeks around a clock change, as the JSON lines of three imports: late
//! events, lines that are sent again, visitors that turn out to be one person, accounts, bots,
//! equal times, properties of every kind and of changing kinds.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::dice::Dice;

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Zones with a clock change, and the midnight UTC before it.
const PLACES: [(&str, i64); 4] = [
    ("Europe/Berlin", 1_774_742_400_000),
    ("America/New_York", 1_772_928_000_000),
    ("Europe/Berlin", 1_761_436_800_000),
    ("Australia/Lord_Howe", 1_775_260_800_000),
];
const ROUNDS: usize = 3;
const VISITORS: u64 = 160;
const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
     Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
     Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0",
];
const BOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
/// More often written, more often drawn.
const NAMES: [&str; 21] = [
    "pageview",
    "pageview",
    "pageview",
    "pageview",
    "pageview",
    "pageview",
    "pageview",
    "page_leave",
    "page_leave",
    "click",
    "click",
    "web_vital",
    "signup",
    "add_to_cart",
    "add_to_cart",
    "purchase",
    "purchase",
    "error",
    "rage_click",
    "dead_click",
    "search",
];
const PAGES: [&str; 10] = [
    "/",
    "/",
    "/shop",
    "/product/1",
    "/product/2",
    "/product/3",
    "/cart",
    "/blog/a",
    "/blog/b",
    "/Help",
];
/// Elements that are clicked: some in a link or a button.
const PATHS: [&str; 10] = [
    "button#buy",
    "button#buy>b",
    "html>body>a:nth-of-type(2)>img",
    "html>body>a:nth-of-type(2)",
    "html>body>article>p",
    "html>body>shop-card>>>label>i",
    "main#shop>figure>img",
    "div#picture>svg>g>svg>path",
    "div#picture>svg>circle",
    "div#map>svg>a>path",
];
const QUERIES: [&str; 8] = [
    "",
    "",
    "",
    "",
    "",
    "?utm_source=letter&utm_medium=email&utm_campaign=spring",
    "?utm_source=google&utm_medium=cpc&utm_campaign=fall&utm_term=shoes",
    "?utm_source=partner&utm_medium=referral",
];

/// What is sent.
pub struct World {
    pub zone: &'static str,
    /// Midnight UTC before the clocks change.
    pub middle_ms: i64,
    /// Lines of each import.
    pub rounds: Vec<Vec<Value>>,
    /// The visitor whose join is taken back in the end.
    pub undone: Option<String>,
}

/// One visitor's browsing while it lasts.
struct Browsing {
    visitor: String,
    session: String,
    agent: &'static str,
    user: Option<String>,
    time_ms: i64,
}

impl World {
    pub fn new(dice: &mut Dice) -> Self {
        let (zone, middle_ms) = *dice.pick(&PLACES);
        let mut world = Self {
            zone,
            middle_ms,
            rounds: vec![Vec::new(); ROUNDS],
            undone: None,
        };
        let visitors = VISITORS / 2 + dice.below(VISITORS);
        for number in 0..visitors {
            world.add_visitor(dice, number);
        }
        for round in &mut world.rounds {
            round.sort_by_key(|line| line["time"].as_i64());
        }
        for round in 1..ROUNDS {
            // A sender that did not hear of its success sends once more.
            let again: Vec<Value> = world.rounds[round - 1]
                .iter()
                .step_by(17)
                .cloned()
                .collect();
            world.rounds[round].splice(0..0, again);
        }
        let joined = world.identities();
        world.undone = joined.last().map(|one| one[0].as_str().unwrap().to_owned());
        world
    }

    fn add_visitor(&mut self, dice: &mut Dice, number: u64) {
        let visitor = dice.id();
        // Fewer users than visitors, so that some are one person; few change their mind.
        let user = (!dice.one_in(3)).then(|| format!("user-{}", number % 45));
        let is_bot = dice.one_in(12);
        for session in 0..=dice.below(9) {
            let reach = (18 * DAY_MS) as u64;
            let mut start = self.middle_ms + DAY_MS / 2 - 9 * DAY_MS + dice.below(reach) as i64;
            if dice.one_in(2) {
                // Around the clock change itself.
                start = self.middle_ms - 6 * HOUR_MS + dice.below(36 * HOUR_MS as u64) as i64;
            }
            if session == 0 && dice.one_in(5) {
                start -= 40 * DAY_MS;
            }
            let agent = *dice.pick(&AGENTS);
            let mut browsing = Browsing {
                visitor: visitor.clone(),
                session: dice.id(),
                agent: if is_bot { BOT } else { agent },
                user: user.clone(),
                time_ms: start / 1000 * 1000,
            };
            let most = *dice.pick(&[1, 4, 14]);
            for _ in 0..=dice.below(most) {
                self.add_event(dice, &mut browsing);
            }
        }
    }

    fn add_event(&mut self, dice: &mut Dice, browsing: &mut Browsing) {
        // Some come late. Equal times are of one round, where the order of the lines tells.
        let round = if dice.one_in(8) {
            dice.below(ROUNDS as u64) as usize
        } else {
            usize::from(browsing.time_ms > self.middle_ms)
        };
        let step = *dice.pick(&[0, 1, 5, 30, 120, 700]);
        browsing.time_ms += step * 1000;
        let agent = if dice.one_in(40) { BOT } else { browsing.agent };
        let mut name = *dice.pick(&NAMES);
        let mut properties = properties(dice, name);
        if let Some(user) = &browsing.user {
            if dice.one_in(12) {
                name = if dice.one_in(5) { "alias" } else { "identify" };
                let stranger = format!("user-{}", dice.below(45));
                let user = if dice.one_in(10) { &stranger } else { user };
                properties = facts(dice, &json!({"user": user}));
            } else if dice.one_in(20) {
                name = "group";
                let account = *dice.pick(&["acme", "bolt", "corp", "dune", "echo"]);
                properties = facts(dice, &json!({"account": account}));
            }
        }
        let mut line = json!({
            "id": dice.id(),
            "event": name,
            "time": browsing.time_ms + round as i64,
            "visitor": browsing.visitor,
            "session": browsing.session,
            "user_agent": agent,
            "properties": properties,
        });
        if !dice.one_in(6) {
            let path = *dice.pick(&PAGES);
            let query = if name == "pageview" {
                *dice.pick(&QUERIES)
            } else {
                ""
            };
            let host = *dice.pick(&["shop.test", "shop.test", "www.shop.test"]);
            line["url"] = json!(format!("https://{host}{path}{query}"));
        }
        if name == "pageview" && dice.one_in(8) {
            line["referrer"] =
                json!(dice.pick(&["https://www.google.com/", "https://news.test/x"]));
        }
        if name == "purchase"
            && dice.one_in(10)
            && let Some(user) = &browsing.user
        {
            line["person"] = json!(user);
        }
        self.rounds[round].push(line);
    }

    /// Different events.
    pub fn events(&self) -> usize {
        let ids: BTreeSet<&str> = self
            .rounds
            .iter()
            .flatten()
            .filter_map(|line| line["id"].as_str())
            .collect();
        ids.len()
    }

    /// Visitor and user of every line that names both, in the order in which they come; those of
    /// the visitor that was undone are left out.
    pub fn identities(&self) -> Vec<Value> {
        let lines = self.rounds.iter().flatten();
        lines
            .filter(|line| line["visitor"].as_str() != self.undone.as_deref())
            .filter_map(|line| {
                let user = match line["event"].as_str() {
                    Some("identify" | "alias") => &line["properties"]["user"],
                    _ => line.get("person")?,
                };
                Some(json!([line["visitor"], user]))
            })
            .collect()
    }
}

/// What an `identify` or a `group` tells.
fn facts(dice: &mut Dice, of: &Value) -> Value {
    let mut facts = of.clone();
    if !dice.one_in(3) {
        facts["tier"] = json!(dice.pick(&["free", "pro", "team"]));
    }
    if !dice.one_in(3) {
        facts["seats"] = json!(dice.below(40));
    }
    facts
}

/// Properties of every kind, and of kinds that change.
fn properties(dice: &mut Dice, name: &str) -> Value {
    let mut properties = Map::new();
    if name == "page_leave" && !dice.one_in(5) {
        properties.insert("engaged_ms".to_owned(), json!(dice.below(6000)));
    }
    if name == "page_leave" && !dice.one_in(5) {
        properties.insert("scroll_percent".to_owned(), json!(dice.below(101)));
    }
    if matches!(name, "click" | "rage_click" | "dead_click") && !dice.one_in(9) {
        properties.insert("path".to_owned(), json!(dice.pick(&PATHS)));
        properties.insert("x".to_owned(), json!(dice.below(1001) as f64 / 1000.0));
        properties.insert("y".to_owned(), json!(dice.below(1001) as f64 / 1000.0));
        if dice.one_in(2) {
            properties.insert(
                "text".to_owned(),
                json!(dice.pick(&["Buy", "More", "Über uns"])),
            );
        }
    }
    if matches!(name, "purchase" | "add_to_cart") && !dice.one_in(6) {
        let amount = dice.below(800) as f64 / 4.0 - 20.0;
        properties.insert("amount".to_owned(), json!(amount));
        if amount.fract() != 0.0 {
            let currency = if amount > 60.0 { "EUR" } else { "USD" };
            properties.insert("currency".to_owned(), json!(currency));
        }
    }
    if dice.one_in(2) {
        let plan = [
            json!("free"),
            json!("Pro"),
            json!("10"),
            json!(10),
            json!(2.5),
            json!(true),
            json!(""),
            json!(["pro", 3, "x"]),
            json!([]),
        ];
        properties.insert("plan".to_owned(), dice.pick(&plan).clone());
    }
    if dice.one_in(3) {
        let when = [
            "2026-03-28",
            "2026-03-28T08:30:00+02:00",
            "2026-03-29T00:00:00Z",
            "soon",
        ];
        properties.insert("when".to_owned(), json!(dice.pick(&when)));
    }
    if dice.one_in(3) {
        properties.insert("score".to_owned(), json!(dice.below(60)));
    }
    Value::Object(properties)
}
