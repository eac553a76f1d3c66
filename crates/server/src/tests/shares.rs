//! Links to recordings: each opens one, until it ends or is revoked, and nothing else.

use axum::http::{Method, StatusCode};
use hitmetrix_model::{Chunk, ChunkFacts, SessionId, Site, VisitorId, WindowId};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::{NOON_MS, TestServer, Who};
use crate::jobs;

const DAY_MS: i64 = 24 * 3600 * 1000;

pub async fn record(server: &TestServer, site: &Site, session: SessionId) {
    let facts = ChunkFacts {
        site: site.id,
        visitor: VisitorId(session.0),
        cookieless: false,
        session,
        window: WindowId(session.0),
        sequence: 0,
        recorder: "rrweb-2.1.6/1".to_owned(),
        first_ms: NOON_MS - 10,
        last_ms: NOON_MS,
        received_at_ms: NOON_MS,
        events: 1,
        snapshot: true,
        path: "/".to_owned(),
        piece: None,
    };
    let bytes = format!("{{\"of\":\"{session}\"}}\n").into_bytes();
    let stored = server.app.store.append_chunk(Chunk { facts, bytes }).await;
    stored.unwrap();
}

fn shares(site: &Site, session: SessionId) -> String {
    format!("/api/v1/sites/{}/recordings/{session}/shares", site.id)
}

/// What somebody with the link sends.
fn pass(made: &Value) -> Who {
    let link = made["link"].as_str().unwrap();
    let (_, rest) = link.split_once("/share/").unwrap();
    let (id, secret) = rest.split_once('#').unwrap();
    assert_eq!(secret.len(), 32, "128 bits: {link}");
    Who::Bearer(format!("hms_{id}_{secret}"))
}

#[tokio::test]
async fn link_opens_its_recording_and_no_other() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let (mine, other) = (SessionId(5), SessionId(6));
    record(&server, &site, mine).await;
    record(&server, &site, other).await;
    let editor = server
        .signed_in(server.member(&site, Role::Editor).await)
        .await;
    let made = server.post(&editor, &shares(&site, mine), json!({})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made = made.json();
    assert_eq!(made["ends_at_ms"], NOON_MS + 7 * DAY_MS);
    let who = pass(&made);
    let shared = server.get(&who, "/api/v1/shared").await;
    assert_eq!(shared.status, StatusCode::OK, "{}", shared.text());
    assert_eq!(shared.json()["chunks"].as_array().unwrap().len(), 1);
    assert!(!shared.text().contains("visitor"), "{}", shared.text());
    let chunk = |session: SessionId| format!("/api/v1/shared/chunks/{}/0", WindowId(session.0));
    assert!(
        server
            .get(&who, &chunk(mine))
            .await
            .text()
            .contains(&mine.to_string())
    );
    assert_eq!(
        server.get(&who, &chunk(other)).await.status,
        StatusCode::NOT_FOUND
    );
    let list = server.get(&editor, &shares(&site, mine)).await;
    assert!(list.json()["shares"][0].get("link").is_none());
    assert_eq!(list.json()["shares"][0]["opened"], 1);
    assert_eq!(
        server.get(&editor, &shares(&site, other)).await.json()["shares"],
        json!([])
    );
}

#[tokio::test]
async fn link_ends_is_revoked_and_goes_with_its_recording() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let session = SessionId(5);
    record(&server, &site, session).await;
    let path = shares(&site, session);
    let make = async |body: Value| server.post(&Who::Control, &path, body).await.json();
    let status = async |who: &Who| server.get(who, "/api/v1/shared").await.status;
    let (short, long) = (
        make(json!({"days": 1})).await,
        make(json!({"days": 90})).await,
    );
    let (gone, kept) = (make(json!({})).await, make(json!({"days": 30})).await);
    let revoke = format!("{path}/{}", gone["id"].as_str().unwrap());
    let revoked = server
        .call(&Who::Control, Method::DELETE, &revoke, Value::Null)
        .await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    assert_eq!(status(&pass(&gone)).await, StatusCode::UNAUTHORIZED);
    server.pass_ms(DAY_MS - 1);
    assert_eq!(status(&pass(&short)).await, StatusCode::OK);
    server.pass_ms(1);
    assert_eq!(status(&pass(&short)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&pass(&long)).await, StatusCode::OK);
    // Another's id with one's own secret, a secret cut short, and words.
    let (Who::Bearer(one), Who::Bearer(two)) = (pass(&long), pass(&kept)) else {
        panic!("links are bearer tokens");
    };
    let mixed = format!("{}_{}", &one[..20], &two[21..]);
    for wrong in [mixed.as_str(), &one[..52], "hms_", "hms_x_y", "hms_'--"] {
        let who = Who::Bearer(wrong.to_owned());
        assert_eq!(status(&who).await, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    // Ended ones are listed for a while, then they are forgotten.
    let count = async || {
        let list = server.get(&Who::Control, &path).await.json();
        list["shares"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 3);
    server.pass_ms(29 * DAY_MS);
    let keep = json!({"settings": {"recording_days": 3650}});
    let patched = server
        .call(
            &Who::Control,
            Method::PATCH,
            &format!("/api/v1/sites/{}", site.id),
            keep,
        )
        .await;
    assert_eq!(patched.status, StatusCode::OK, "{}", patched.text());
    server.pass_ms(DAY_MS + 1);
    jobs::expire(&server.app).await;
    assert_eq!(count().await, 2);

    let recording = format!("/api/v1/sites/{}/recordings/{session}", site.id);
    let removed = server
        .call(&Who::Control, Method::DELETE, &recording, Value::Null)
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(count().await, 0);
    assert_eq!(status(&pass(&long)).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn link_has_limits_and_its_secret_is_not_kept() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let session = SessionId(5);
    let path = shares(&site, session);
    let none = server.post(&Who::Control, &path, json!({})).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    record(&server, &site, session).await;
    for days in [0, 91] {
        let refused = server
            .post(&Who::Control, &path, json!({"days": days}))
            .await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["field"], "days");
    }
    let mut secrets = Vec::new();
    for _ in 0..50 {
        let made = server.post(&Who::Control, &path, json!({})).await.json();
        let Who::Bearer(text) = pass(&made) else {
            panic!("a link is a bearer token");
        };
        secrets.push(text.rsplit('_').next().unwrap().to_owned());
    }
    let over = server.post(&Who::Control, &path, json!({})).await;
    assert_eq!(over.code(), "conflict");
    let mut kept = String::new();
    for entry in std::fs::read_dir(server.folder.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            kept.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    assert!(
        kept.contains("recording_shares"),
        "the database was looked at"
    );
    assert!(secrets.iter().all(|secret| !kept.contains(secret.as_str())));
}

#[tokio::test]
async fn hidden_person_is_not_told() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let session = SessionId(5);
    record(&server, &site, session).await;
    let said = |name: &str, properties: Value| {
        json!({"event": name, "time": NOON_MS - 5, "visitor": session, "session": session,
            "url": "https://shop.example.org/", "properties": properties})
    };
    let told = [
        said(
            "identify",
            json!({"user": "ada-17", "traits": {"plan": "pro"}}),
        ),
        said("order", json!({"buyer": "Ada Lovelace"})),
        said("click", json!({"text": "Pay now"})),
    ];
    let lines: String = told.iter().map(|line| format!("{line}\n")).collect();
    let request = axum::http::Request::builder()
        .method(Method::POST)
        .uri(format!("/api/v1/sites/{}/events", site.id))
        .body(axum::body::Body::from(lines))
        .unwrap();
    let sent = server.send(request, crate::peer::Door::Control).await;
    assert_eq!(sent.json()["accepted"], 3, "{}", sent.text());
    let path = shares(&site, session);
    let open = async |body: Value| {
        let made = server.post(&Who::Control, &path, body).await.json();
        server.get(&pass(&made), "/api/v1/shared").await.text()
    };
    let shown = open(json!({})).await;
    let hidden = open(json!({"hide_person": true})).await;
    for secret in ["ada-17", "pro\"", "Ada Lovelace"] {
        assert!(shown.contains(secret), "{secret}: {shown}");
        assert!(!hidden.contains(secret), "{secret}: {hidden}");
    }
    assert!(
        hidden.contains("\"order\"") && hidden.contains("Pay now"),
        "{hidden}"
    );
}

#[tokio::test]
async fn shared_session_has_no_name_of_who_was_taken_apart_from_its_person() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let (session, other) = (SessionId(5), SessionId(6));
    record(&server, &site, session).await;
    let identify = async |visitor: SessionId, user: &str| {
        let event = json!({"event": "identify", "time": NOON_MS - 5, "visitor": visitor,
            "session": visitor, "url": "https://shop.example.org/", "properties": {"user": user}});
        let request = axum::http::Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1/sites/{}/events", site.id))
            .body(axum::body::Body::from(event.to_string()))
            .unwrap();
        let sent = server.send(request, crate::peer::Door::Control).await;
        assert_eq!(sent.json()["accepted"], 1, "{}", sent.text());
    };
    identify(session, "ada-17").await;
    identify(other, "ada-17").await;
    let undo = format!("/api/v1/sites/{}/persons/ada-17/undo", site.id);
    let undone = server.post(&Who::Control, &undo, json!({"visitor": other}));
    assert!(undone.await.status.is_success());
    identify(other, "eve@example.org").await;
    let path = shares(&site, session);
    let made = server.post(&Who::Control, &path, json!({})).await.json();
    let shared = server.get(&pass(&made), "/api/v1/shared").await.text();
    assert!(shared.contains("ada-17"), "{shared}");
    assert!(!shared.contains("eve@example.org"), "{shared}");
}
