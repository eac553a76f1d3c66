//! Every route that answers is asked about the demo shop, with the bodies of the OpenAPI document
//! where they fit: what it answers must be what its schema says. The answers are the document's
//! examples; `cargo xtask answers` has this test write them.

use std::collections::BTreeMap;

use axum::http::Method;
use hitmetrix_store::settings::LinkPurpose;
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use super::schema;
use super::second_factor::code;
use crate::alerts::check;
use crate::api::route::Content;
use crate::api::{answers, first_user, openapi, routes};
use crate::{demo, jobs};

/// Where the answers are written, when that is asked for.
const WRITE: &str = "HITMETRIX_ANSWERS";
const PASSWORD: &str = "a long enough password";
const DAY_MS: i64 = 24 * 3600 * 1000;
/// Rows of a list that are shown; of plain values more.
const ROWS_SHOWN: usize = 2;
const VALUES_SHOWN: usize = 12;
const TEXT_SHOWN: usize = 400;
const LINES_SHOWN: usize = 4;

/// Settings with which everything can be asked for.
const SETTINGS: &[(&str, &str)] = &[
    ("public_url", "https://stats.example.org"),
    ("smtp_host", "127.0.0.1"),
    ("smtp_tls", "none"),
    ("smtp_from", "Hitmetrix <stats@example.org>"),
    ("mail_domains", "example.org"),
];

/// Asks, and keeps what was answered.
struct Walk {
    server: TestServer,
    owner: Who,
    /// What stands for the names in paths.
    names: BTreeMap<&'static str, String>,
    /// What stands for ids in the document's bodies.
    ids: BTreeMap<&'static str, String>,
    answers: BTreeMap<String, Vec<Value>>,
}

impl Walk {
    /// The answer to a request. `route` is a method, a path of the table, and what its query says.
    async fn ask_as(&mut self, who: &Who, route: &str, body: Value) -> Answered {
        let (name, query) = route.split_once('?').unwrap_or((route, ""));
        let (method, path) = name.split_once(' ').unwrap();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut path = path.to_owned();
        for (word, value) in &self.names {
            path = path.replace(&format!("{{{word}}}"), value);
        }
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        let mut body = body.to_string();
        for (id, value) in &self.ids {
            body = body.replace(id, value);
        }
        let body = serde_json::from_str(&body).unwrap();
        let answered = self.server.call(who, method, &path, body).await;
        let told = answered.text();
        assert!(answered.status.is_success(), "{route}: {told}");
        let kept = if answered
            .header("content-type")
            .starts_with("application/json")
        {
            shown(answered.json())
        } else {
            let lines: Vec<&str> = told.lines().take(LINES_SHOWN).collect();
            Value::String(cut(&lines.join("\n")))
        };
        self.answers.entry(name.to_owned()).or_default().push(kept);
        answered
    }

    async fn ask(&mut self, route: &str, body: Value) -> Value {
        let owner = self.owner.clone();
        self.ask_as(&owner, route, body).await.json()
    }

    async fn get_all(&mut self, routes: &[&str]) {
        for route in routes {
            self.ask(route, Value::Null).await;
        }
    }

    /// Every body that the document has for a route.
    async fn ask_examples(&mut self, route: &str) {
        for body in bodies(route) {
            self.ask(route, body).await;
        }
    }

    /// Makes something, and names it in paths from now on.
    async fn make(&mut self, route: &str, word: &'static str, body: Value) -> Value {
        let made = self.ask(route, body).await;
        self.names.insert(word, text(&made["id"]));
        made
    }

    /// What a one-time link opens.
    async fn welcomed(&mut self, link: &str, email: &str) -> Who {
        let token = link.split_once('#').unwrap().1;
        let look = "POST /api/v1/first-user/look";
        let looked = self
            .ask_as(&Who::Nobody, look, json!({"token": token}))
            .await;
        assert_eq!(looked.status, 200);
        let body = json!({"token": token, "email": email, "password": PASSWORD});
        let welcomed = self.server.post(&Who::Nobody, "/api/v1/first-user", body);
        let welcomed = welcomed.await;
        let cookie = welcomed.header("set-cookie").split(';').next().unwrap();
        assert!(!cookie.is_empty(), "{}", welcomed.text());
        Who::Cookie(cookie.to_owned())
    }
}

/// The bodies that the document has for a route.
fn bodies(name: &str) -> Vec<Value> {
    let all = routes::all();
    let route = all.iter().find(|route| answers::name(route) == name);
    let examples = route
        .unwrap_or_else(|| panic!("{name} is no route"))
        .examples;
    let parsed = examples.iter().map(|(_, body)| serde_json::from_str(body));
    parsed.collect::<Result<_, _>>().unwrap()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(TEXT_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// An answer as the document shows it: long lists and texts cut, and what differs from run to run
/// always the same.
fn shown(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(cut(&text)),
        Value::Array(mut values) => {
            let nested = values.iter().any(|one| one.is_array() || one.is_object());
            values.truncate(if nested { ROWS_SHOWN } else { VALUES_SHOWN });
            values.into_iter().map(shown).collect()
        }
        Value::Object(object) => Value::Object(object.into_iter().map(shown_entry).collect()),
        other => other,
    }
}

fn shown_entry((name, value): (String, Value)) -> (String, Value) {
    let value = match (name.as_str(), value) {
        // Rows have a cell a column.
        ("columns", Value::Array(columns)) => Value::Array(columns),
        ("took_us", _) => json!(1_800),
        ("disk_free_bytes", _) => json!(81_604_378_624_u64),
        ("disk_total_bytes", _) => json!(128_849_018_880_u64),
        ("uptime_s", _) => json!(86_400),
        (_, value) => shown(value),
    };
    (name, value)
}

/// A server that somebody owns, with the demo site.
async fn begin() -> Walk {
    let server = TestServer::repeatable(SETTINGS).await;
    demo::make_site(&server.app).await.unwrap();
    let demo = demo::site(&server.app).unwrap().site.id;
    let link = first_user::make_link(&server.app, LinkPurpose::FirstUser).await;
    let mut walk = Walk {
        server,
        owner: Who::Nobody,
        names: BTreeMap::from([("site", demo.to_string())]),
        ids: BTreeMap::new(),
        answers: BTreeMap::new(),
    };
    walk.owner = walk.welcomed(&link.unwrap(), "owner@example.org").await;
    walk
}

async fn of_site(walk: &mut Walk) {
    walk.ask("POST /api/v1/sites/{site}/demo-data", Value::Null)
        .await;
    let line = json!({"id": "order-1007", "event": "order", "visitor": "v-17",
                      "properties": {"value": 239, "currency": "EUR"}});
    walk.ask("POST /api/v1/sites/{site}/events", line).await;
    let line = json!({"event": "pageview", "time": NOON_MS - DAY_MS, "visitor": "v-18",
                      "url": "https://shop.example.org/"});
    walk.names.insert("file", "visits.jsonl".to_owned());
    let import = "POST /api/v1/sites/{site}/imports/{file}?format=jsonl&from=0&last=true";
    walk.ask_as(&Who::Control, import, line).await;
    let point = "GET /api/v1/sites/{site}/imports/{file}";
    walk.ask_as(&Who::Control, point, Value::Null).await;
    let from_ms = NOON_MS - 90 * DAY_MS;
    let between = format!("from_ms={from_ms}&to_ms={NOON_MS}");
    walk.get_all(&[
        "GET /api/v1/sites/{site}",
        "GET /api/v1/sites/{site}/installation",
        "GET /api/v1/sites/{site}/losses",
        "GET /api/v1/sites/{site}/live",
        "GET /api/v1/sites/{site}/properties",
        "GET /api/v1/sites/{site}/storage",
        "GET /api/v1/sites/{site}/heatmaps/picture?page=/",
        &format!("GET /api/v1/sites/{{site}}/heatmaps/recorded?page=/&{between}"),
    ])
    .await;
}

async fn of_saved(walk: &mut Walk) {
    let buyers = json!({"name": "Buyers", "of": "persons", "conditions": [
        {"dimension": "event", "operator": "is", "values": ["order"]}]});
    let all = "POST /api/v1/sites/{site}/segments";
    walk.make(all, "segment", buyers.clone()).await;
    walk.ask("PUT /api/v1/sites/{site}/segments/{segment}", buyers)
        .await;
    let sessions = json!({"name": "Sessions a day", "question": {"kind": "trend",
        "period": {"last": "30d"}, "interval": "day", "measures": ["sessions"]}});
    let all = "POST /api/v1/sites/{site}/insights";
    walk.make(all, "insight", sessions.clone()).await;
    walk.ask("PUT /api/v1/sites/{site}/insights/{insight}", sessions)
        .await;
    let goal = json!({"name": "A lamp", "event": {"events": ["order"]}});
    let all = "POST /api/v1/sites/{site}/goals";
    walk.make(all, "goal", goal.clone()).await;
    walk.ask("PUT /api/v1/sites/{site}/goals/{goal}", goal)
        .await;
    let release = "POST /api/v1/sites/{site}/annotations";
    let body = bodies(release).remove(0);
    walk.make(release, "annotation", body).await;
    let campaign = "PUT /api/v1/sites/{site}/annotations/{annotation}";
    walk.ask(campaign, bodies(campaign).remove(1)).await;
    walk.get_all(&[
        "GET /api/v1/sites/{site}/segments",
        "GET /api/v1/sites/{site}/segments/{segment}",
        "GET /api/v1/sites/{site}/insights",
        "GET /api/v1/sites/{site}/insights/{insight}",
        "GET /api/v1/sites/{site}/goals",
        "GET /api/v1/sites/{site}/goals/{goal}",
        "GET /api/v1/sites/{site}/annotations",
    ])
    .await;
    let (insight, goal) = (walk.names["insight"].clone(), walk.names["goal"].clone());
    walk.ids.insert("3f0c9a1b2d4e5f60", insight);
    walk.ids.insert("c0ffee0000000001", goal);
}

async fn of_questions(walk: &mut Walk) {
    for route in [
        "POST /api/v1/sites/{site}/ask",
        "POST /api/v1/sites/{site}/ask-together",
        "POST /api/v1/sites/{site}/people",
        "POST /api/v1/sites/{site}/persons",
    ] {
        walk.ask_examples(route).await;
    }
}

async fn of_surveys(walk: &mut Walk) {
    let listed = walk
        .ask("GET /api/v1/sites/{site}/surveys", Value::Null)
        .await;
    let asked = "POST /api/v1/sites/{site}/surveys/{survey}/answers";
    walk.names
        .insert("survey", text(&listed["surveys"][0]["id"]));
    walk.ask(asked, json!({"period": {"last": "90d"}})).await;
    let all = "POST /api/v1/sites/{site}/surveys";
    let body = bodies(all).remove(0);
    walk.make(all, "survey", body.clone()).await;
    walk.ask("PUT /api/v1/sites/{site}/surveys/{survey}", body)
        .await;
    walk.get_all(&["GET /api/v1/sites/{site}/surveys/{survey}"])
        .await;
}

async fn of_alerts(walk: &mut Walk) {
    let all = "POST /api/v1/sites/{site}/alerts";
    let body = bodies(all).remove(0);
    walk.make(all, "alert", body.clone()).await;
    walk.ask("PUT /api/v1/sites/{site}/alerts/{alert}", body)
        .await;
    check::check_due(&walk.server.app).await.unwrap();
    walk.ask_examples("POST /api/v1/sites/{site}/alerts/preview")
        .await;
    walk.get_all(&[
        "GET /api/v1/sites/{site}/alerts",
        "GET /api/v1/sites/{site}/alerts/{alert}",
        "GET /api/v1/sites/{site}/alerts/{alert}/log",
    ])
    .await;
}

async fn of_boards(walk: &mut Walk) {
    // The board of the document shows a saved insight by the id that questions have for a goal.
    let insight = walk.names["insight"].clone();
    let goal = walk.ids.insert("c0ffee0000000001", insight).unwrap();
    let all = "POST /api/v1/sites/{site}/boards";
    let mut body = bodies(all).remove(0);
    let made = walk.make(all, "board", body.clone()).await;
    body["version"] = made["version"].clone();
    walk.ask("PUT /api/v1/sites/{site}/boards/{board}", body)
        .await;
    walk.ids.insert("c0ffee0000000001", goal);
    let mail = "PUT /api/v1/sites/{site}/boards/{board}/mail";
    walk.ask_examples(mail).await;
    let shares = "POST /api/v1/sites/{site}/boards/{board}/shares";
    let body = bodies(shares).remove(1);
    let open = walk.ask(shares, body).await;
    let reader = pass(&open, "/share/board/", "hmb_");
    let unlock = "POST /api/v1/shared/board/unlock";
    walk.ask_as(&reader, unlock, bodies(unlock).remove(0)).await;
    for route in ["GET /api/v1/shared/board", "GET /api/v1/shared/board/now"] {
        walk.ask_as(&reader, route, Value::Null).await;
    }
    let asked = json!({"panel": "d", "part": "answer"});
    walk.ask_as(&reader, "POST /api/v1/shared/board/ask", asked)
        .await;
    walk.get_all(&[
        "GET /api/v1/sites/{site}/boards",
        "GET /api/v1/sites/{site}/boards/{board}",
        "GET /api/v1/sites/{site}/boards/{board}/mail",
        "GET /api/v1/sites/{site}/boards/{board}/shares",
    ])
    .await;
}

/// What somebody with a link sends.
fn pass(made: &Value, before: &str, prefix: &str) -> Who {
    let link = made["link"].as_str().unwrap();
    let (id, secret) = link
        .split_once(before)
        .and_then(|(_, rest)| rest.split_once('#'))
        .unwrap();
    Who::Bearer(format!("{prefix}{id}_{secret}"))
}

async fn of_recordings(walk: &mut Walk) {
    let listed = walk
        .ask("GET /api/v1/sites/{site}/recordings", Value::Null)
        .await;
    let session = text(&listed["recordings"][0]["session"]);
    walk.names.insert("session", session.clone());
    let note = "POST /api/v1/sites/{site}/recordings/{session}/notes";
    let at_ms = listed["recordings"][0]["started_ms"].as_i64().unwrap() + 1_000;
    let body = json!({"time_ms": at_ms, "text": "Pays twice, because nothing says that it worked"});
    walk.make(note, "note", body.clone()).await;
    let change = "PUT /api/v1/sites/{site}/recordings/{session}/notes/{note}";
    walk.ask(change, body).await;
    walk.names.insert("tag", "checkout".to_owned());
    let tag = "PUT /api/v1/sites/{site}/recordings/{session}/tags/{tag}";
    walk.ask(tag, Value::Null).await;
    let collections = "POST /api/v1/sites/{site}/collections";
    let body = bodies(collections).remove(0);
    walk.make(collections, "collection", body).await;
    let put = "PUT /api/v1/sites/{site}/collections/{collection}/recordings/{session}";
    walk.ask(put, Value::Null).await;
    let patch = "PATCH /api/v1/sites/{site}/collections/{collection}";
    walk.ask(patch, bodies(patch).remove(0)).await;
    let one = "GET /api/v1/sites/{site}/recordings/{session}";
    let detail = walk.ask(one, Value::Null).await;
    for (word, of) in [("window", "window"), ("sequence", "sequence")] {
        walk.names.insert(word, text(&detail["chunks"][0][of]));
    }
    let shares = "POST /api/v1/sites/{site}/recordings/{session}/shares";
    let open = walk.ask(shares, bodies(shares).remove(0)).await;
    let reader = pass(&open, "/share/", "hms_");
    for route in [
        "GET /api/v1/shared",
        "GET /api/v1/shared/chunks/{window}/{sequence}",
    ] {
        walk.ask_as(&reader, route, Value::Null).await;
    }
    walk.get_all(&[
        "GET /api/v1/sites/{site}/recordings/{session}/chunks",
        "GET /api/v1/sites/{site}/recordings/{session}/chunks/{window}/{sequence}",
        "GET /api/v1/sites/{site}/recordings/{session}/shares",
        "GET /api/v1/sites/{site}/tags",
        "GET /api/v1/sites/{site}/collections",
        "GET /api/v1/sites/{site}/collections/{collection}",
    ])
    .await;
}

async fn of_persons(walk: &mut Walk) {
    let one = "GET /api/v1/sites/{site}/sessions/{session}";
    let session = walk.ask(one, Value::Null).await;
    walk.names.insert("person", text(&session["person"]));
    let one = "GET /api/v1/sites/{site}/persons/{person}";
    let profile = walk.ask(one, Value::Null).await;
    walk.get_all(&[
        "GET /api/v1/sites/{site}/persons/{person}/events?limit=3",
        "GET /api/v1/sites/{site}/persons/{person}/export",
        "GET /api/v1/sites/{site}/persons/{person}/ledger",
    ])
    .await;
    let recordings = "DELETE /api/v1/sites/{site}/persons/{person}/recordings";
    walk.ask(recordings, Value::Null).await;
    let user = text(&profile["user"]);
    let name = if user.is_empty() {
        text(&session["person"])
    } else {
        user
    };
    let erase = "DELETE /api/v1/sites/{site}/persons/{person}";
    walk.ask(erase, json!({"name": name})).await;
}

async fn of_access(walk: &mut Walk) {
    let tokens = "POST /api/v1/sites/{site}/tokens";
    let body = bodies(tokens).remove(0);
    walk.ask(tokens, body).await;
    let users = "POST /api/v1/users";
    let body = bodies(users).remove(0);
    let invited = walk.ask(users, body).await;
    let listed = walk.ask("GET /api/v1/users", Value::Null).await;
    let rows = listed["users"].as_array().unwrap();
    let row = rows.iter().find(|row| row["owner"] == false).unwrap();
    walk.names.insert("user", text(&row["id"]));
    let role = "PUT /api/v1/sites/{site}/members/{user}";
    walk.ask_examples(role).await;
    let link = text(&invited["link"]);
    let editor = walk.welcomed(&link, "editor@example.org").await;
    of_second_factor(walk, &editor).await;
    let reset = "POST /api/v1/users/{user}/reset";
    walk.ask(reset, Value::Null).await;
    jobs::probe(&walk.server.app).await;
    walk.get_all(&[
        "GET /api/v1/sites/{site}/tokens",
        "GET /api/v1/sites/{site}/members",
        "GET /api/v1/sites/{site}/audit",
        "GET /api/v1/audit",
        "GET /api/v1/second-factor-rule",
        "GET /api/v1/me",
        "GET /api/v1/me/address",
        "GET /api/v1/status",
        "GET /healthz",
        "GET /metrics",
    ])
    .await;
    for route in ["POST /api/v1/repack", "GET /api/v1/doctor"] {
        walk.ask_as(&Who::Control, route, Value::Null).await;
    }
    let sites = "POST /api/v1/sites";
    let body = bodies(sites).remove(0);
    walk.make(sites, "site", body).await;
    walk.ask_examples("PATCH /api/v1/sites/{site}").await;
    walk.get_all(&["GET /api/v1/sites"]).await;
}

async fn of_second_factor(walk: &mut Walk, who: &Who) {
    let begin = "POST /api/v1/me/second-factor";
    let password = json!({"password": PASSWORD});
    let begun = walk.ask_as(who, begin, password).await.json();
    let secret = begun["secret"].as_str().unwrap();
    let now = json!({"code": code(&walk.server, secret, 0)});
    let confirm = "POST /api/v1/me/second-factor/confirm";
    walk.ask_as(who, confirm, now).await;
    let next = json!({"password": PASSWORD, "code": code(&walk.server, secret, 1)});
    let renew = "POST /api/v1/me/second-factor/recovery-codes";
    walk.ask_as(who, renew, next).await;
}

/// What of the answers is not as the schemas of their routes say; a route without any is told too.
fn faults(answers: &BTreeMap<String, Vec<Value>>) -> Vec<String> {
    let document = openapi::document();
    let mut found = Vec::new();
    for route in routes::all() {
        let Content::Json(json) = route.gives else {
            continue;
        };
        let name = answers::name(&route);
        let schema = json!((json.reference)());
        let answers = answers.get(&name).map_or(&[][..], Vec::as_slice);
        if answers.is_empty() {
            found.push(format!("{name}: no answer"));
        }
        let all = answers.iter();
        let faults = all.flat_map(|answer| schema::faults(&document, &schema, answer));
        found.extend(faults.map(|fault| format!("{name}: {fault}")));
    }
    found
}

#[tokio::test]
async fn every_route_answers_as_its_schema_says() {
    let mut walk = begin().await;
    of_site(&mut walk).await;
    of_saved(&mut walk).await;
    of_questions(&mut walk).await;
    of_surveys(&mut walk).await;
    of_alerts(&mut walk).await;
    of_boards(&mut walk).await;
    of_recordings(&mut walk).await;
    of_persons(&mut walk).await;
    of_access(&mut walk).await;
    for route in routes::all() {
        let name = answers::name(&route);
        if matches!(route.gives, Content::Nothing) {
            walk.answers.remove(&name);
        } else if let Some(all) = walk.answers.get_mut(&name)
            && all.len() != route.examples.len()
        {
            // One for each body, or the first.
            all.truncate(1);
        }
    }
    if let Some(file) = std::env::var_os(WRITE) {
        let text = serde_json::to_string_pretty(&walk.answers).unwrap();
        std::fs::write(file, text + "\n").unwrap();
    }
    assert_eq!(faults(&walk.answers), Vec::<String>::new());
}

#[test]
fn every_answer_of_the_document_has_an_example_that_fits_its_schema() {
    let recorded: BTreeMap<String, Vec<Value>> =
        serde_json::from_value(Value::Object(answers::recorded())).unwrap();
    let found = faults(&recorded);
    assert_eq!(found, Vec::<String>::new(), "run `cargo xtask answers`");
    let known: Vec<String> = routes::all().iter().map(answers::name).collect();
    let gone: Vec<&String> = recorded
        .keys()
        .filter(|name| !known.contains(name))
        .collect();
    assert!(gone.is_empty(), "{gone:?}: run `cargo xtask answers`");
}
