//! Settings of a site, changed by several people at once.

use axum::http::{Method, StatusCode};
use hitmetrix_model::Site;
use hitmetrix_store::settings::{Role, Scope};
use serde_json::{Value, json};

use super::data::send_events;
use super::harness::{Answered, NOON_MS, TestServer, Who};
use crate::collect::losses::What;
use crate::jobs;

async fn patch(server: &TestServer, site: &Site, body: Value) -> Answered {
    let path = format!("/api/v1/sites/{}", site.id);
    server.call(&Who::Control, Method::PATCH, &path, body).await
}

#[tokio::test]
async fn a_change_of_settings_leaves_what_it_does_not_name() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let masked = json!({"settings": {"rules": {"mask": [".name"], "record": false}}});
    assert_eq!(patch(&server, &site, masked).await.status, StatusCode::OK);
    let kept = json!({"settings": {"recording_days": 60}, "was": {"recording_days": 30}});
    let after = patch(&server, &site, kept).await.json();
    assert_eq!(after["settings"]["recording_days"], 60);
    assert_eq!(after["settings"]["rules"]["mask"], json!([".name"]));
    assert_eq!(after["settings"]["rules"]["record"], false);
}

#[tokio::test]
async fn what_somebody_else_changed_meanwhile_is_a_conflict_that_names_it() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let theirs = json!({"settings": {"rules": {"mask": [".theirs"]}}});
    assert_eq!(patch(&server, &site, theirs).await.status, StatusCode::OK);
    let change = json!({"rules": {"mask": [".mine"]}});
    let was = json!({"rules": {"mask": []}});
    let body = json!({"settings": change, "was": was});
    let refused = patch(&server, &site, body).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let problem = refused.json();
    assert_eq!(problem["field"], "settings.rules.mask");
    assert!(
        refused
            .text()
            .contains("somebody else has changed rules.mask")
    );
    // Who has seen it may put something else in its place, and so may who does not ask.
    let was = json!({"rules": {"mask": [".theirs"]}});
    let seen = patch(&server, &site, json!({"settings": change, "was": was})).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text());
    let plain = patch(&server, &site, json!({"settings": {"rules": {"mask": []}}})).await;
    assert_eq!(plain.json()["settings"]["rules"]["mask"], json!([]));
}

#[tokio::test]
async fn a_group_is_a_short_text_without_space_around_it() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    for (typed, kept) in [("  Client A ", "Client A"), ("Größe", "Größe"), ("  ", "")] {
        let saved = patch(&server, &site, json!({"settings": {"group": typed}})).await;
        assert_eq!(saved.json()["settings"]["group"], kept, "{}", saved.text());
    }
    for wrong in ["x".repeat(101), "a\nb".to_owned()] {
        let refused = patch(&server, &site, json!({"settings": {"group": wrong}})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["field"], "settings.group");
    }
}

#[tokio::test]
async fn changes_at_the_same_time_are_all_kept() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    for round in 1..=20 {
        let days = json!({"settings": {"recording_days": 30 + round}});
        let rules = json!({"settings": {"rules": {"mask": [format!(".round-{round}")]}}});
        let name = json!({"name": format!("Shop {round}")});
        let (a, b, c) = tokio::join!(
            patch(&server, &site, days),
            patch(&server, &site, rules),
            patch(&server, &site, name)
        );
        for answered in [a, b, c] {
            assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        }
        let now = server
            .get(&Who::Control, &format!("/api/v1/sites/{}", site.id))
            .await;
        let now = now.json();
        assert_eq!(now["name"], format!("Shop {round}"));
        assert_eq!(now["settings"]["recording_days"], 30 + round);
        assert_eq!(
            now["settings"]["rules"]["mask"],
            json!([format!(".round-{round}")])
        );
    }
}

#[tokio::test]
async fn a_setting_that_does_not_exist_or_fit_is_refused_by_its_place() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let cases = [
        (json!({"horses": 1}), "settings.horses"),
        (json!({"rules": {"maks": []}}), "settings.rules.maks"),
        (json!({"recording_days": "many"}), "settings.recording_days"),
    ];
    for (settings, field) in cases {
        let refused = patch(&server, &site, json!({"settings": settings})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["field"], field, "{}", refused.text());
    }
}

/// Three events of forty days ago and one of today.
async fn old_events(server: &TestServer, site: &Site) {
    let token = server.token(site, Scope::Ingest).await;
    let lines: Vec<Value> = [40, 40, 40, 0]
        .into_iter()
        .enumerate()
        .map(|(id, days)| {
            let time = NOON_MS - days * 24 * 3_600_000;
            json!({"id": id.to_string(), "event": "order", "time": time, "visitor": "ada"})
        })
        .collect();
    let sent = send_events(server, &token, site.id.0, &lines).await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
}

#[tokio::test]
async fn keeping_less_is_told_before_and_asks_for_the_name_of_the_site() {
    let server = TestServer::new().await;
    let site = server.site("Shop").await;
    old_events(&server, &site).await;
    server.app.store.seal().await.unwrap();
    let storage = format!("/api/v1/sites/{}/storage", site.id);
    let goes = async |query: &str| {
        let plan = server
            .get(&Who::Control, &format!("{storage}{query}"))
            .await;
        assert_eq!(plan.status, StatusCode::OK, "{}", plan.text());
        plan.json()["now"]["events"].clone()
    };
    assert_eq!(goes("").await, 0);
    assert_eq!(goes("?event_days=60").await, 0);
    assert_eq!(goes("?event_days=39").await, 3);
    let wrong = server
        .get(&Who::Control, &format!("{storage}?recording_days=0"))
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);

    let less = json!({"event_days": 39});
    for confirm in [Value::Null, json!("shop")] {
        let body = json!({"settings": less, "confirm": confirm});
        let refused = patch(&server, &site, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["field"], "confirm", "{}", refused.text());
    }
    jobs::expire(&server.app).await;
    let kept = server.get(&Who::Control, &storage).await.json();
    assert_eq!(kept["events"]["count"], 4);
    let named = patch(&server, &site, json!({"settings": less, "confirm": "Shop"})).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.text());
    jobs::expire(&server.app).await;
    let kept = server.get(&Who::Control, &storage).await.json();
    assert_eq!(kept["events"]["count"], 1);
    // More asks for nothing.
    let more = patch(&server, &site, json!({"settings": {"event_days": 0}})).await;
    assert_eq!(more.status, StatusCode::OK, "{}", more.text());
}

#[tokio::test]
async fn excluded_addresses_are_addresses_or_networks_and_limited() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let put = async |ranges: Value| {
        let body = json!({"settings": {"excluded_addresses": ranges}});
        patch(&server, &site, body).await
    };
    let good = json!([
        "198.51.100.7",
        "203.0.113.0/24",
        "2001:db8::1",
        "2001:db8::/32"
    ]);
    let saved = put(good.clone()).await;
    assert_eq!(saved.json()["settings"]["excluded_addresses"], good);
    for wrong in ["office", "198.51.100.0/33", "2001:db8::/129", "198.51.100"] {
        let refused = put(json!(["198.51.100.7", wrong])).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(refused.json()["field"], "settings.excluded_addresses[1]");
    }
    let many: Vec<String> = (0..=100).map(|host| format!("198.51.100.{host}")).collect();
    let refused = put(json!(many)).await;
    assert!(
        refused.text().contains("the limit is 100"),
        "{}",
        refused.text()
    );
    assert_eq!(put(json!(many[..100])).await.status, StatusCode::OK);
    // The audit log says that they changed, not to what.
    let audit = server.get(&Who::Control, "/api/v1/audit").await;
    assert!(
        audit.text().contains("excluded_addresses"),
        "{}",
        audit.text()
    );
    assert!(!audit.text().contains("198.51.100"));
    // Whoever asks is told where they are seen to be.
    let owner = server.user("owner@example.org", true).await;
    let owner = server.signed_in(owner).await;
    let mine = server.get(&owner, "/api/v1/me/address").await;
    assert_eq!(
        mine.json(),
        // Kept back for documents: nobody's alone on the internet.
        json!({"address": "198.51.100.7", "shared": true})
    );
    assert_eq!(mine.header("cache-control"), "no-store");
}

#[tokio::test]
async fn losses_are_told_by_day_and_reason_written_or_not() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let other = server.site("two").await;
    let losses = &server.app.collect.losses;
    losses.note((site.id, NOON_MS), What::Event, "bad_json");
    jobs::keep_losses(&server.app).await;
    losses.note((site.id, NOON_MS), What::Event, "bad_json");
    losses.note(
        (site.id, NOON_MS - 24 * 3_600_000),
        What::Recording,
        "too_large",
    );
    losses.note((other.id, NOON_MS), What::Event, "bad_json");
    let path = format!("/api/v1/sites/{}/losses", site.id);
    let told = async |query: &str| server.get(&Who::Control, &format!("{path}{query}")).await;
    let figure = |days: i64, what: &str, reason: &str, count: u64| {
        let day_ms = NOON_MS.div_euclid(24 * 3_600_000) * 24 * 3_600_000 - days * 24 * 3_600_000;
        json!({"day_ms": day_ms, "what": what, "reason": reason, "count": count})
    };
    let (today, yesterday) = (
        figure(0, "event", "bad_json", 2),
        figure(1, "recording", "too_large", 1),
    );
    assert_eq!(told("").await.json()["figures"], json!([yesterday, today]));
    assert_eq!(told("?days=1").await.json()["figures"], json!([today]));
    for wrong in ["?days=0", "?days=401", "?days=x"] {
        assert_eq!(told(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    // The owner sees what each site keeps.
    let status = server.get(&Who::Control, "/api/v1/status").await.json();
    let names: Vec<&Value> = status["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["name"])
        .collect();
    assert_eq!(names, ["one", "two"]);
}

#[tokio::test]
async fn excluded_addresses_are_told_to_admins_only() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let owner = server
        .signed_in(server.user("owner@example.org", true).await)
        .await;
    let path = format!("/api/v1/sites/{}", site.id);
    let settings = json!({"settings": {"excluded_addresses": ["203.0.113.7"]}});
    let saved = server.call(&owner, Method::PATCH, &path, settings).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text());
    let mut sees = Vec::new();
    for role in [Role::Viewer, Role::Editor, Role::Admin] {
        let user = server.signed_in(server.member(&site, role).await).await;
        sees.push((user, role == Role::Admin));
    }
    for scope in [Scope::Read, Scope::Admin] {
        sees.push((server.token(&site, scope).await, scope == Scope::Admin));
    }
    sees.push((owner, true));
    for (who, may) in &sees {
        for path in ["/api/v1/me", "/api/v1/sites", path.as_str()] {
            let answer = server.get(who, path).await;
            if answer.status != StatusCode::OK || !answer.text().contains("shop.example.org") {
                // A token is nobody who has a list of sites.
                assert!(matches!(who, Who::Bearer(_)), "{path} {who:?}");
                continue;
            }
            let is_told = answer.text().contains("203.0.113.7");
            assert_eq!(is_told, *may, "{path} {who:?}");
        }
    }
}
