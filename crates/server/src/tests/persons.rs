//! Persons over the API: found by what is known of them, read from their first to their last event,
//! taken apart again, taken away as a file and erased; by whom, and how much at once.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::{SessionId, Site, VisitorId, limits};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::{NOON_MS, TestServer, Who};
use super::shares::record;
use crate::peer::Door;

const HOUR_MS: i64 = 3_600_000;

struct Persons {
    server: TestServer,
    site: Site,
    admin: Who,
}

impl Persons {
    /// Ada on two devices, of an account, with an order and a recording; and Bob.
    async fn new() -> Self {
        let server = TestServer::new().await;
        let site = server.site("one").await;
        let admin = server.member(&site, Role::Admin).await;
        let admin = server.signed_in(admin).await;
        let persons = Self {
            server,
            site,
            admin,
        };
        let event = |visitor: u128, hours: i64, name: &str, properties: Value| {
            json!({"event": name, "time": NOON_MS - hours * HOUR_MS, "visitor": VisitorId(visitor),
                "session": SessionId(visitor), "url": "https://shop.example.org/cart",
                "properties": properties})
        };
        persons
            .send(&[
                event(1, 9, "pageview", json!({})),
                event(1, 8, "identify", json!({"user": "ada-17", "traits": {"email": "ada@example.org", "plan": "free"}})),
                event(1, 8, "group", json!({"account": "acme"})),
                event(1, 7, "purchase", json!({"value": 49.9})),
                event(2, 3, "identify", json!({"user": "ada-17", "traits": {"email": "ada@example.org", "plan": "pro"}})),
                event(2, 2, "error", json!({"message": "pay is not a function"})),
                event(3, 2, "pageview", json!({})),
                event(3, 1, "identify", json!({"user": "bob-18"})),
            ])
            .await;
        record(&persons.server, &persons.site, SessionId(2)).await;
        persons
    }

    async fn send(&self, events: &[Value]) {
        let lines: String = events.iter().map(|event| format!("{event}\n")).collect();
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1/sites/{}/events", self.site.id))
            .body(Body::from(lines))
            .unwrap();
        let sent = self.server.send(request, Door::Control).await.json();
        assert_eq!(sent["accepted"], events.len(), "{sent}");
    }

    fn path(&self, tail: &str) -> String {
        format!("/api/v1/sites/{}/persons{tail}", self.site.id)
    }

    async fn listed(&self, list: Value) -> Value {
        let question = json!({"kind": "sessions", "period": {"last": "7d"}});
        let body = json!({"question": question, "list": list});
        let answered = self.server.post(&self.admin, &self.path(""), body).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        answered.json()
    }

    async fn get(&self, tail: &str) -> Value {
        let answered = self.server.get(&self.admin, &self.path(tail)).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        answered.json()
    }

    async fn erase(&self, who: &Who, name: &str) -> (StatusCode, Value) {
        let path = self.path("/ada-17");
        let body = json!({"name": name});
        let answered = self.server.call(who, Method::DELETE, &path, body).await;
        (answered.status, answered.json())
    }
}

/// The cells of a column.
fn column(answer: &Value, name: &str) -> Vec<Value> {
    let columns = answer["columns"].as_array().unwrap();
    let place = columns.iter().position(|column| column["name"] == name);
    let place = place.unwrap_or_else(|| panic!("no column {name} in {answer}"));
    let rows = answer["rows"].as_array().unwrap().iter();
    rows.map(|row| row[place].clone()).collect()
}

#[tokio::test]
async fn customer_is_found_and_listed_with_what_was_asked_for() {
    let persons = Persons::new().await;
    let list = persons
        .listed(json!({"properties": ["traits.plan"], "order": "value",
            "value": {"event": "purchase", "property": "value"}}))
        .await;
    assert_eq!(column(&list, "user"), ["ada-17", "bob-18"]);
    assert_eq!(column(&list, "visitors"), [2, 1]);
    assert_eq!(column(&list, "account"), [json!("acme"), Value::Null]);
    assert_eq!(
        column(&list, "property.traits.plan"),
        [json!("pro"), Value::Null]
    );
    assert_eq!(column(&list, "value"), [json!(49.9), json!(0.0)]);
    assert_eq!(column(&list, "errors"), [1, 0]);
    assert_eq!(column(&list, "first_seen")[0], NOON_MS - 9 * HOUR_MS);
    for search in ["ADA@example", "a-17", &VisitorId(2).to_string()] {
        let found = persons.listed(json!({"search": search})).await;
        assert_eq!(column(&found, "user"), ["ada-17"], "{search}");
    }
    let accounts = persons
        .listed(json!({"by": "accounts", "order": "sessions"}))
        .await;
    assert_eq!(column(&accounts, "account"), ["acme"]);
    assert_eq!(column(&accounts, "sessions"), [2]);
}

#[tokio::test]
async fn people_behind_a_number_have_names_and_their_sessions_can_be_listed() {
    let persons = Persons::new().await;
    let path = format!("/api/v1/sites/{}/people", persons.site.id);
    let asked = async |more: Value| {
        let question = json!({"kind": "totals", "period": {"last": "7d"}, "measures": ["persons"]});
        let mut body = json!({"question": question, "cell": {"column": "persons"}});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        persons.server.post(&persons.admin, &path, body).await
    };
    let all = asked(json!({})).await.json();
    assert_eq!(column(&all, "user"), ["bob-18", "ada-17", "ada-17"]);
    let recorded = json!({"sessions": {"order": "representative", "recordings": "recorded"}});
    let few = asked(recorded).await.json();
    assert_eq!(column(&few, "session"), [SessionId(2).to_string()]);
    assert_eq!(column(&few, "stands_for"), [1]);
    assert_eq!(column(&few, "at"), [NOON_MS - 3 * HOUR_MS]);
    assert_eq!(few["persons_total"], 2);
    let many = json!({"sessions": {"order": "representative"}, "limit": 51});
    assert_eq!(asked(many).await.json()["field"], "limit");
}

#[tokio::test]
async fn list_says_which_part_of_it_is_wrong() {
    let persons = Persons::new().await;
    let refused = async |question: Value, list: Value| {
        let body = json!({"question": question, "list": list});
        let answered = persons
            .server
            .post(&persons.admin, &persons.path(""), body)
            .await;
        let problem = answered.json();
        (
            answered.status,
            problem["field"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let good = json!({"kind": "sessions", "period": {"last": "7d"}});
    let long = "a".repeat(limits::PERSON_SEARCH_BYTES + 1);
    for (question, list, field) in [
        (good.clone(), json!({"search": long}), "list.search"),
        (good.clone(), json!({"offset": 10_000}), "list.offset"),
        (good, json!({"order": "value"}), "list.order"),
        (
            json!({"kind": "totals", "period": {"last": "7d"}}),
            json!({}),
            "question.kind",
        ),
        (
            json!({"kind": "sessions", "period": {"last": "never"}}),
            json!({}),
            "question.period.last",
        ),
    ] {
        let (status, found) = refused(question, list).await;
        assert_eq!((status, found.as_str()), (StatusCode::BAD_REQUEST, field));
    }
}

#[tokio::test]
async fn profile_tells_what_changed_when_and_who_said_so() {
    let persons = Persons::new().await;
    let profile = persons.get("/ada-17").await;
    assert_eq!(profile["user"], "ada-17");
    assert_eq!(profile["verified"], true);
    assert_eq!(profile["account"], "acme");
    assert_eq!(profile["mode"], "persistent");
    assert_eq!(profile["recordings"], 1);
    assert_eq!(profile["visitors"].as_array().unwrap().len(), 2);
    let changes: Vec<(&str, &Value, &Value)> = profile["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), &one["old"], &one["new"]))
        .collect();
    assert_eq!(changes[0], ("traits.plan", &json!("free"), &json!("pro")));
    assert_eq!(
        changes.len(),
        3,
        "what did not change is no change: {changes:?}"
    );
    assert_eq!(profile["changes"][0]["origin"], "server");
    assert_eq!(profile["properties"][1]["value"], "pro");
    assert_eq!(profile["properties"][1]["since_ms"], NOON_MS - 3 * HOUR_MS);
    // The same person by any of its names.
    let key = VisitorId(1).to_string();
    for name in [VisitorId(2).to_string(), key.clone()] {
        assert_eq!(persons.get(&format!("/{name}")).await["person"], key);
    }
}

#[tokio::test]
async fn who_changes_the_account_leaves_what_was_said_of_the_old_one() {
    let persons = Persons::new().await;
    let group = |hours: i64, properties: Value| {
        json!({"event": "group", "time": NOON_MS - hours * HOUR_MS, "visitor": VisitorId(3),
            "session": SessionId(3), "url": "https://shop.example.org/", "properties": properties})
    };
    let acme = json!({"account": "acme", "traits": {"plan": "pro", "seats": 5}});
    let beta = json!({"account": "beta", "traits": {"seats": 5}});
    persons
        .send(&[
            group(6, acme),
            group(5, json!({"account": "acme"})),
            group(4, beta),
        ])
        .await;
    let profile = persons.get("/bob-18").await;
    assert_eq!(profile["account"], "beta");
    let facts = profile["properties"].as_array().unwrap();
    let of_account = facts.iter().filter(|one| one["of"] == "account");
    let names: Vec<(&Value, &Value)> = of_account
        .map(|one| (&one["name"], &one["since_ms"]))
        .collect();
    let since = json!(NOON_MS - 4 * HOUR_MS);
    assert_eq!(names, [(&json!("traits.seats"), &since)], "{profile}");
}

#[tokio::test]
async fn events_come_a_page_at_a_time_and_not_too_many() {
    let persons = Persons::new().await;
    let mut names = Vec::new();
    let mut tail = "/ada-17/events?limit=4".to_owned();
    loop {
        let page = persons.get(&tail).await;
        let events = page["events"].as_array().unwrap();
        assert!(events.len() <= 4);
        assert_eq!(page["missing"], json!([]));
        assert!(names.len() < 6, "a page comes twice: {names:?}");
        names.extend(
            events
                .iter()
                .map(|one| one["name"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(next) => tail = format!("/ada-17/events?limit=4&before={next}"),
            None => break,
        }
    }
    assert_eq!(names.len(), 6);
    assert_eq!(names[..2], ["error", "identify"]);
    assert_eq!(names[5], "pageview");
    for wrong in ["limit=0", "limit=2001", "before=yesterday"] {
        let path = persons.path(&format!("/ada-17/events?{wrong}"));
        let answered = persons.server.get(&persons.admin, &path).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn file_of_a_person_has_everything_of_them_and_nothing_of_others() {
    let persons = Persons::new().await;
    persons.server.app.store.seal().await.unwrap();
    let file = persons
        .server
        .get(&persons.admin, &persons.path("/ada-17/export"))
        .await;
    assert_eq!(file.header("content-type"), "application/x-ndjson");
    assert!(file.header("content-disposition").contains("person-"));
    let lines: Vec<Value> = file
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!(
        [of("person"), of("identity"), of("event"), of("recording")],
        [1, 2, 6, 1]
    );
    assert_eq!(lines.len(), 10);
    assert_eq!(lines[0]["user"], "ada-17");
    let recording = &lines[9];
    assert_eq!(recording["session"], SessionId(2).to_string());
    let events = recording["events"].as_array().unwrap();
    assert!(
        events.contains(&json!({"of": SessionId(2).to_string()})),
        "{recording}"
    );
    assert!(!file.text().contains("bob-18"));
}

#[tokio::test]
async fn file_of_a_person_has_no_name_of_who_was_taken_apart_from_them() {
    let persons = Persons::new().await;
    let body = json!({"visitor": VisitorId(2)});
    let path = persons.path("/ada-17/undo");
    let undone = persons.server.post(&persons.admin, &path, body).await;
    assert_eq!(undone.status, StatusCode::NO_CONTENT, "{}", undone.text());
    let named = json!({"event": "identify", "time": NOON_MS, "visitor": VisitorId(2),
        "session": SessionId(2), "url": "https://shop.example.org/cart",
        "properties": {"user": "eve@example.org"}});
    persons.send(&[named]).await;
    for sealed in [false, true] {
        if sealed {
            persons.server.app.store.seal().await.unwrap();
        }
        let path = persons.path("/ada-17/export");
        let file = persons.server.get(&persons.admin, &path).await.text();
        assert!(file.contains("ada-17"), "{file}");
        assert!(!file.contains("eve@example.org"), "{file}");
        assert!(!file.contains(&VisitorId(2).to_string()), "{file}");
    }
}

#[tokio::test]
async fn visitor_is_taken_apart_again_and_its_numbers_with_it() {
    let persons = Persons::new().await;
    let body = json!({"visitor": VisitorId(2)});
    let path = persons.path("/ada-17/undo");
    let undone = persons.server.post(&persons.admin, &path, body).await;
    assert_eq!(undone.status, StatusCode::NO_CONTENT, "{}", undone.text());
    let list = persons.listed(json!({"order": "first_seen"})).await;
    assert_eq!(column(&list, "user"), ["bob-18", "", "ada-17"]);
    let alone = persons.get(&format!("/{}", VisitorId(2))).await;
    assert_eq!(alone["user"], "", "an undone entry names nobody");
    assert_eq!(persons.get("/ada-17").await["recordings"], 0);
}

#[tokio::test]
async fn who_is_erased_is_nowhere_and_the_others_are() {
    let persons = Persons::new().await;
    let editor = persons.server.member(&persons.site, Role::Editor).await;
    let editor = persons.server.signed_in(editor).await;
    assert_eq!(
        persons.erase(&editor, "ada-17").await.0,
        StatusCode::FORBIDDEN
    );
    let (status, problem) = persons.erase(&persons.admin, "ada").await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    assert_eq!(persons.get("/ada-17").await["user"], "ada-17");

    let (status, erased) = persons.erase(&persons.admin, "ada-17").await;
    assert_eq!(status, StatusCode::OK, "{erased}");
    assert_eq!(
        [
            &erased["events"],
            &erased["recordings"],
            &erased["visitors"]
        ],
        [6, 1, 2]
    );
    for tail in [
        "/ada-17",
        "/ada-17/events",
        "/ada-17/export",
        "/ada-17/ledger",
    ] {
        let answered = persons
            .server
            .get(&persons.admin, &persons.path(tail))
            .await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{tail}");
    }
    let list = persons.listed(json!({})).await;
    assert_eq!(column(&list, "user"), ["bob-18"]);
    let recording = format!(
        "/api/v1/sites/{}/recordings/{}",
        persons.site.id,
        SessionId(2)
    );
    let gone = persons.server.get(&persons.admin, &recording).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn progress_of_an_erasure_is_told_and_at_last_what_went() {
    let persons = Persons::new().await;
    let Who::Cookie(cookie) = &persons.admin else {
        panic!("an admin signs in");
    };
    let request = Request::builder()
        .method(Method::DELETE)
        .uri(persons.path("/ada-17"))
        .header("cookie", cookie)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/json")
        .header("accept", "application/x-ndjson")
        .body(Body::from(r#"{"name":"ada-17"}"#))
        .unwrap();
    let door = Door::Network(std::net::IpAddr::from([198, 51, 100, 7]));
    let answered = persons.server.send(request, door).await;
    let lines: Vec<Value> = answered
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines[0]["progress"]["step"], "recordings");
    assert_eq!(lines.last().unwrap()["erased"]["events"], 6, "{lines:?}");
}
