//! Settings of a site, changed by several people at once.

use axum::http::{Method, StatusCode};
use hitmetrix_model::Site;
use serde_json::{Value, json};

use super::harness::{Answered, TestServer, Who};

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
    assert!(refused.text().contains("somebody else has changed rules.mask"));
    // Who has seen it may put something else in its place, and so may who does not ask.
    let was = json!({"rules": {"mask": [".theirs"]}});
    let seen = patch(&server, &site, json!({"settings": change, "was": was})).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text());
    let plain = patch(&server, &site, json!({"settings": {"rules": {"mask": []}}})).await;
    assert_eq!(plain.json()["settings"]["rules"]["mask"], json!([]));
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
        let now = server.get(&Who::Control, &format!("/api/v1/sites/{}", site.id)).await;
        let now = now.json();
        assert_eq!(now["name"], format!("Shop {round}"));
        assert_eq!(now["settings"]["recording_days"], 30 + round);
        assert_eq!(now["settings"]["rules"]["mask"], json!([format!(".round-{round}")]));
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
