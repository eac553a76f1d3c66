//! From events to answers: server events, questions, sessions, the live view, numbers.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use hitmetrix_model::{Chunk, ChunkFacts, SessionId, VisitorId, WindowId};
use hitmetrix_store::settings::{Role, Scope};
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use crate::jobs;
use crate::peer::Door;
use crate::relief;

pub(super) async fn send_events(
    server: &TestServer,
    who: &Who,
    site: u32,
    lines: &[Value],
) -> Answered {
    let Who::Bearer(token) = who else {
        panic!("events are sent with a token");
    };
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let request = Request::builder()
        .method("POST")
        .uri(format!("/api/v1/sites/{site}/events"))
        .header("authorization", format!("Bearer {token}"))
        .body(Body::from(body))
        .unwrap();
    server
        .send(request, Door::Network([198, 51, 100, 7].into()))
        .await
}

fn purchases() -> Vec<Value> {
    let time = |minute: i64| NOON_MS - minute * 60_000;
    vec![
        json!({"id": "1", "event": "pageview", "time": time(3), "visitor": "a", "url": "https://shop.example.org/"}),
        json!({"id": "2", "event": "purchase", "time": time(2), "visitor": "a", "properties": {"value": 5}}),
        json!({"id": "3", "event": "pageview", "time": time(1), "visitor": "b", "url": "https://shop.example.org/cart"}),
    ]
}

#[tokio::test]
async fn server_events_are_counted_once_and_asked_for_at_once() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    let viewer = server
        .signed_in(server.member(&site, Role::Viewer).await)
        .await;
    let first = send_events(&server, &token, site.id.0, &purchases()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!(
        (&first.json()["accepted"], &first.json()["duplicates"]),
        (&json!(3), &json!(0))
    );
    let again = send_events(&server, &token, site.id.0, &purchases())
        .await
        .json();
    assert_eq!(
        (&again["accepted"], &again["duplicates"]),
        (&json!(0), &json!(3))
    );
    let question = json!({
        "kind": "totals",
        "period": {"last": "1d"},
        "measures": ["visitors", "pageviews"],
        "bots": "include",
    });
    let path = format!("/api/v1/sites/{}/ask", site.id);
    let answer = server.post(&viewer, &path, question).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    assert_eq!(answer.json()["rows"], json!([[2, 2]]));
}

#[tokio::test]
async fn bad_line_costs_only_itself() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    let lines = [
        json!({"event": "ok", "visitor": "a"}),
        json!({"no": "event"}),
        json!(17),
    ];
    let answer = send_events(&server, &token, site.id.0, &lines).await.json();
    assert_eq!(answer["accepted"], 1);
    let rejected: Vec<u64> = answer["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    assert_eq!(rejected, [2, 3]);
    assert_eq!(answer["without_id"], 1);
}

#[tokio::test]
async fn merge_is_explained_and_taken_back() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    let editor = server
        .signed_in(server.member(&site, Role::Editor).await)
        .await;
    let lines = [
        json!({"event": "order", "time": NOON_MS - 3, "visitor": "a", "person": "ada/1"}),
        json!({"event": "alias", "time": NOON_MS - 2, "visitor": "b", "properties": {"user": "ada/1"}}),
        json!({"event": "identify", "time": NOON_MS - 1, "visitor": "c", "properties": {"user": "guest"}}),
        json!({"event": "group", "time": NOON_MS, "visitor": "c", "properties": {"account": "null"}}),
    ];
    let sent = send_events(&server, &token, site.id.0, &lines).await.json();
    assert_eq!(sent["accepted"], 2, "{sent}");
    let persons = format!("/api/v1/sites/{}/persons", site.id);
    let path = format!("{persons}/ada%2F1/ledger");
    let ledger = server.get(&editor, &path).await.json();
    let told = |ledger: &Value| -> Vec<(String, String, bool)> {
        let entries = ledger["entries"].as_array().unwrap().iter();
        entries
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap().to_owned();
                (text("reason"), text("user"), entry["verified"] == true)
            })
            .collect()
    };
    let entry = |reason: &str, user: &str| (reason.to_owned(), user.to_owned(), true);
    let joined = [entry("identify", "ada/1"), entry("alias", "ada/1")];
    assert_eq!(told(&ledger), joined);
    let (first, second) = (&ledger["visitors"][0], &ledger["visitors"][1]);
    assert_eq!(&ledger["person"], first);
    assert_eq!(ledger["entries"][1]["visitor"], *second);
    let undo = format!("{persons}/ada%2F1/undo");
    let undone = server
        .post(&editor, &undo, json!({"visitor": second}))
        .await;
    assert_eq!(undone.status, StatusCode::NO_CONTENT, "{}", undone.text());
    let ledger = server.get(&editor, &path).await.json();
    assert_eq!(ledger["visitors"], json!([first]));
    assert_eq!(told(&ledger).last(), Some(&entry("undo", "")));
    let path = format!("{persons}/{}/ledger", second.as_str().unwrap());
    let alone = server.get(&editor, &path).await.json();
    assert_eq!(alone["visitors"], json!([second]));
    let again = server
        .post(&editor, &undo, json!({"visitor": second}))
        .await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.text());
}

#[tokio::test]
async fn ledger_of_nobody_is_not_found_and_of_somebody_without_merge_is_empty() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    let editor = server
        .signed_in(server.member(&site, Role::Editor).await)
        .await;
    let persons = format!("/api/v1/sites/{}/persons", site.id);
    let stranger = "0123456789abcdef0123456789abcdef";
    // Before the site has any event, and after.
    for lines in [vec![], vec![json!({"event": "order", "visitor": "a"})]] {
        if !lines.is_empty() {
            send_events(&server, &token, site.id.0, &lines).await;
        }
        for name in ["somebody", stranger] {
            let found = server
                .get(&editor, &format!("{persons}/{name}/ledger"))
                .await;
            assert_eq!(found.status, StatusCode::NOT_FOUND, "{}", found.text());
            assert_eq!(found.json()["code"], "not_found");
            let told = format!(
                "nobody on this site is `{name}`; name a person by its user, its key or one of its \
                 visitors"
            );
            assert_eq!(found.json()["detail"], told);
            let undo = format!("{persons}/{name}/undo");
            let undone = server
                .post(&editor, &undo, json!({"visitor": stranger}))
                .await;
            assert_eq!(undone.status, StatusCode::NOT_FOUND, "{}", undone.text());
            assert_eq!(undone.json()["detail"], told);
        }
    }
    let sessions = json!({"kind": "sessions", "period": {"last": "1d"}, "bots": "include"});
    let path = format!("/api/v1/sites/{}/ask", site.id);
    let asked = server.post(&editor, &path, sessions).await.json();
    let columns = asked["columns"].as_array().unwrap();
    let place = columns
        .iter()
        .position(|column| column["name"] == "person")
        .unwrap();
    let person = &asked["rows"][0][place];
    let path = format!("{persons}/{}/ledger", person.as_str().unwrap());
    let ledger = server.get(&editor, &path).await;
    assert_eq!(ledger.status, StatusCode::OK, "{}", ledger.text());
    let expected = json!({"person": person, "visitors": [person], "entries": []});
    assert_eq!(ledger.json(), expected);
}

#[tokio::test]
async fn body_over_the_limit_is_refused_with_the_limit() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    let lines = [json!({"event": "x", "properties": {"text": "x".repeat(2 << 20)}})];
    let answer = send_events(&server, &token, site.id.0, &lines).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("1048576"), "{}", answer.text());
}

#[tokio::test]
async fn question_that_is_none_says_what_is_wrong() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let viewer = server
        .signed_in(server.member(&site, Role::Viewer).await)
        .await;
    let path = format!("/api/v1/sites/{}/ask", site.id);
    let question = json!({"kind": "totals", "period": {"last": "1d"}, "measures": ["horses"]});
    let answer = server.post(&viewer, &path, question).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text().contains("horses"), "{}", answer.text());
}

#[tokio::test]
async fn session_is_found_with_its_events_and_by_its_site_only() {
    let server = TestServer::new().await;
    let (site, other) = (server.site("one").await, server.site("other").await);
    let token = server.token(&site, Scope::Ingest).await;
    send_events(&server, &token, site.id.0, &purchases()).await;
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let live = server
        .get(&owner, &format!("/api/v1/sites/{}/live", site.id))
        .await
        .json();
    let session = live["sessions"][0]["session"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert_eq!(session.len(), 32, "{live}");
    assert_eq!(live["sessions"][0]["recorded"], false);
    let path = format!("/api/v1/sites/{}/sessions/{session}", site.id);
    let detail = server.get(&owner, &path).await;
    assert_eq!(detail.status, StatusCode::OK, "{}", detail.text());
    assert!(!detail.json()["events"].as_array().unwrap().is_empty());
    assert_eq!(detail.json()["recording"], Value::Null);
    let path = format!("/api/v1/sites/{}/sessions/{session}", other.id);
    assert_eq!(
        server.get(&owner, &path).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn installation_tells_when_the_first_event_came() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let path = format!("/api/v1/sites/{}/installation", site.id);
    let before = server.get(&owner, &path).await.json();
    assert_eq!(before["first_event_ms"], Value::Null);
    assert_eq!(before["key"], site.key);
    let token = server.token(&site, Scope::Ingest).await;
    send_events(&server, &token, site.id.0, &purchases()).await;
    let after = server.get(&owner, &path).await.json();
    assert_eq!(after["first_event_ms"], NOON_MS - 180_000);
    assert_eq!(after["last_event_ms"], NOON_MS - 60_000);
}

#[tokio::test]
async fn site_is_changed_within_bounds_and_removed_by_its_name() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    server.site("two").await;
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let path = format!("/api/v1/sites/{}", site.id);
    let patch = async |body: Value| {
        server
            .call(&owner, axum::http::Method::PATCH, &path, body)
            .await
    };
    let changed = patch(json!({"name": "Shop", "time_zone": "Europe/Berlin"}))
        .await
        .json();
    assert_eq!(
        (&changed["name"], &changed["time_zone"]),
        (&json!("Shop"), &json!("Europe/Berlin"))
    );
    assert_eq!(
        patch(json!({"name": "two"})).await.status,
        StatusCode::CONFLICT
    );
    for wrong in [
        json!({"time_zone": "Mars"}),
        json!({"domains": ["a b"]}),
        json!({"name": " "}),
        json!({"settings": {"rules": {"sample": 2}}}),
        json!({"horses": 1}),
    ] {
        assert_eq!(
            patch(wrong.clone()).await.status,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    let remove = async |name: &str| {
        server
            .call(
                &owner,
                axum::http::Method::DELETE,
                &path,
                json!({"name": name}),
            )
            .await
            .status
    };
    assert_eq!(remove("one").await, StatusCode::BAD_REQUEST);
    assert_eq!(remove("Shop").await, StatusCode::NO_CONTENT);
    assert_eq!(
        server.get(&owner, &path).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(server.app.sites.by_key(&site.key).is_none());
}

#[tokio::test]
async fn health_says_one_word_and_its_reasons_to_the_owner() {
    let server = TestServer::new().await;
    let before = server.plain("/healthz", &[]).await;
    assert_eq!(
        before.status,
        StatusCode::SERVICE_UNAVAILABLE,
        "nothing was probed yet"
    );
    jobs::probe(&server.app).await;
    let anonymous = server.plain("/healthz", &[]).await;
    assert_eq!(anonymous.status, StatusCode::OK);
    assert!(["ok\n", "degraded\n"].contains(&anonymous.text().as_str()));
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let report = server.get(&owner, "/healthz").await.json();
    assert!(report["disk_free_bytes"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn disk_over_its_mark_is_degraded() {
    let server = TestServer::with(&[("disk_mark_percent", "0")]).await;
    jobs::probe(&server.app).await;
    let answered = server.plain("/healthz", &[]).await;
    assert_eq!(
        (answered.status, answered.text()),
        (StatusCode::OK, "degraded\n".to_owned())
    );
}

#[tokio::test]
async fn metrics_are_prometheus_text() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Read).await;
    let answered = server.get(&token, "/metrics").await;
    assert!(
        answered
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    for line in answered.text().lines() {
        let ok = line.starts_with("# ")
            || line.split_once(' ').is_some_and(|(name, value)| {
                name.starts_with("hitmetrix_") && value.parse::<u64>().is_ok()
            });
        assert!(ok, "{line}");
    }
}

#[tokio::test]
async fn recordings_give_way_oldest_first_and_events_stay() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    send_events(&server, &token, site.id.0, &purchases()).await;
    let relieve = async |over_bytes| relief::relieve(&server.app, over_bytes).await.unwrap();
    assert_eq!(relieve(u64::MAX).await, []);
    for number in 1..=25_u32 {
        let first_ms = NOON_MS - 3_600_000 + i64::from(number) * 1_000;
        let facts = ChunkFacts {
            site: site.id,
            visitor: VisitorId(u128::from(number)),
            cookieless: false,
            session: SessionId(u128::from(number)),
            window: WindowId(u128::from(number)),
            sequence: 0,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms,
            last_ms: first_ms + 10,
            received_at_ms: first_ms + 10,
            events: 1,
            snapshot: true,
            path: "/".to_owned(),
            piece: None,
        };
        let bytes = b"{\"type\":2}\n".to_vec();
        server
            .app
            .store
            .append_chunk(Chunk { facts, bytes })
            .await
            .unwrap();
    }
    server.app.store.seal().await.unwrap();
    let kept = server.app.store.recordings_kept(site.id).await.unwrap();
    // All are of the same size: four fifths of the bytes are twenty of them.
    let gone = |recordings| relief::Relieved {
        site: site.id,
        recordings,
    };
    assert_eq!(relieve(kept.bytes / 25 * 20).await, [gone(20)]);
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let path = format!("/api/v1/sites/{}/recordings", site.id);
    let left = server.get(&owner, &path).await.json();
    assert_eq!(left["total"], 5);
    let oldest = left["recordings"].as_array().unwrap().last().unwrap();
    assert_eq!(oldest["session"], SessionId(21).to_string());
    assert_eq!(relieve(u64::MAX).await, [gone(5)]);
    assert_eq!(server.get(&owner, &path).await.json()["total"], 0);
    let again = send_events(&server, &token, site.id.0, &purchases())
        .await
        .json();
    assert_eq!(again["duplicates"], 3);
}

#[tokio::test]
async fn data_of_a_site_that_is_gone_is_erased_by_the_next_retention() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let token = server.token(&site, Scope::Ingest).await;
    send_events(&server, &token, site.id.0, &purchases()).await;
    // As after a crash between the two steps of a removal.
    server.app.settings().remove_site(site.id).await.unwrap();
    server.app.settings_changed().await.unwrap();
    assert_eq!(server.app.store.sites_with_data(), [site.id]);
    jobs::expire(&server.app).await;
    assert!(server.app.store.sites_with_data().is_empty());
}
