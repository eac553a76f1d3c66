//! The check of an installation: what pages ask and send, and the sentence that comes of it.

use axum::body::Body;
use axum::http::{Method, Request};
use hitmetrix_model::Site;
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use super::web::with_web_parts;
use crate::peer::Door;

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
const PAGE: &str = "https://shop.example.org/";
const ORIGIN: &str = "https://shop.example.org";

async fn found(server: &TestServer, who: &Who, site: &Site) -> Vec<Value> {
    let path = format!("/api/v1/sites/{}/installation", site.id);
    let answer = server.get(who, &path).await.json();
    answer["findings"].as_array().unwrap().clone()
}

async fn codes(server: &TestServer, who: &Who, site: &Site) -> Vec<String> {
    let found = found(server, who, site).await;
    let code = |one: &Value| one["code"].as_str().unwrap().to_owned();
    found.iter().map(code).collect()
}

/// One event as a page of this origin sends it.
async fn send(server: &TestServer, key: &str, origin: &str, more: Value) -> Answered {
    let mut head = json!({"v": 1, "window": "d".repeat(32), "sent_ms": NOON_MS});
    head.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let event = json!({"name": "pageview", "sequence": 0, "time_ms": NOON_MS, "url": PAGE});
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/e/{key}"))
        .header("origin", origin)
        .header("user-agent", CHROME)
        .body(Body::from(format!("{head}\n{event}\n")))
        .unwrap();
    let door = Door::Network([198, 51, 100, 7].into());
    server.send(request, door).await
}

#[tokio::test]
async fn each_step_that_a_page_takes_is_seen_and_the_next_one_missed() {
    let (server, _web) = with_web_parts().await;
    let site = server.site("one").await;
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    assert_eq!(codes(&server, &owner, &site).await, ["nothing_asked"]);
    // A page of elsewhere, and one that does not say where it is, are nobody's.
    for headers in [&[("referer", "https://other.example/")][..], &[]] {
        server.plain("/t.js", headers).await;
    }
    assert_eq!(codes(&server, &owner, &site).await, ["nothing_asked"]);

    server
        .plain(&format!("/tag/{}.js?mode=none", site.key), &[])
        .await;
    server.pass_ms(60_000);
    assert_eq!(codes(&server, &owner, &site).await, ["tag_only"]);
    server.plain("/t.js", &[("referer", PAGE)]).await;
    assert_eq!(
        codes(&server, &owner, &site).await,
        [""; 0],
        "wait a little"
    );
    server.pass_ms(60_000);
    assert_eq!(codes(&server, &owner, &site).await, ["mode_none"]);
    server.plain(&format!("/tag/{}.js", site.key), &[]).await;
    assert_eq!(codes(&server, &owner, &site).await, ["script_only"]);

    let rules = format!("/c/{}", site.key);
    server.plain(&rules, &[("origin", ORIGIN)]).await;
    server.pass_ms(60_000);
    assert_eq!(codes(&server, &owner, &site).await, ["rules_only"]);
    let sent = send(&server, &site.key, ORIGIN, json!({"automated": true})).await;
    assert_eq!(sent.json()["accepted"], 1, "{}", sent.text());
    assert_eq!(codes(&server, &owner, &site).await, ["only_automated"]);
    send(
        &server,
        &site.key,
        ORIGIN,
        json!({"window": "e".repeat(32)}),
    )
    .await;
    assert_eq!(codes(&server, &owner, &site).await, [""; 0]);
    server.pass_ms(60_000);
    assert_eq!(codes(&server, &owner, &site).await, ["recorder_missing"]);
    server.plain("/r.js", &[("origin", ORIGIN)]).await;
    // The script that is not there was not loaded.
    assert_eq!(codes(&server, &owner, &site).await, ["recorder_missing"]);
}

#[tokio::test]
async fn wrong_keys_and_foreign_pages_are_told_where_they_can_be_mended() {
    let (server, _web) = with_web_parts().await;
    let site = server.site("one").await;
    let mut other = crate::api::sites::blank(&server.app);
    other.name = "two".to_owned();
    other.domains = vec!["elsewhere.example".to_owned()];
    let other = server.app.settings().create_site(other).await.unwrap();
    server.app.settings_changed().await.unwrap();
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    server.plain("/c/nobodyskey", &[("origin", ORIGIN)]).await;
    assert_eq!(codes(&server, &owner, &site).await, ["unknown_key"]);
    assert_eq!(codes(&server, &owner, &other).await, ["nothing_asked"]);
    // A page of one site with the key of the other: each is told its part.
    assert_eq!(
        send(&server, &other.key, ORIGIN, json!({})).await.status,
        403
    );
    assert_eq!(
        codes(&server, &owner, &site).await,
        ["unknown_key", "other_key"]
    );
    let foreign = &found(&server, &owner, &other).await[0];
    assert_eq!(foreign["code"], "foreign_page");
    assert_eq!(foreign["affects"], "events");
    assert_eq!(foreign["last_ms"], NOON_MS);
    assert!(
        foreign["says"]
            .as_str()
            .unwrap()
            .starts_with("A page on shop.example.org wanted to send")
    );
    // Anybody can claim an Origin; what is no host is not shown.
    let strange = "https://<b>shop</b>";
    send(&server, &other.key, strange, json!({})).await;
    let foreign = found(&server, &owner, &other).await[0].to_string();
    assert!(!foreign.contains("<b>"), "{foreign}");
    assert!(!foreign.contains("198.51.100.7"), "{foreign}");
}

#[tokio::test]
async fn own_traffic_and_refusing_browsers_have_their_sentence() {
    let (server, _web) = with_web_parts().await;
    let site = server.site("one").await;
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let path = format!("/api/v1/sites/{}", site.id);
    let settings = json!({"settings": {"excluded_addresses": ["198.51.100.0/24"]}});
    server.call(&owner, Method::PATCH, &path, settings).await;
    send(&server, &site.key, ORIGIN, json!({})).await;
    assert_eq!(codes(&server, &owner, &site).await, ["only_own"]);
    let settings = json!({"settings": {"excluded_addresses": []}});
    server.call(&owner, Method::PATCH, &path, settings).await;
    let refusing = json!({"gpc": true, "window": "e".repeat(32)});
    send(&server, &site.key, ORIGIN, refusing).await;
    server.pass_ms(60_000);
    assert_eq!(codes(&server, &owner, &site).await, ["refusing"]);
    let settings = json!({"settings": {"rules": {"record": false}}});
    server.call(&owner, Method::PATCH, &path, settings).await;
    assert_eq!(codes(&server, &owner, &site).await, ["recording_off"]);
}
