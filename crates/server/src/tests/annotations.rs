//! Annotations: what is kept, of which time they are found, and what is refused.

use axum::http::{Method, StatusCode};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::TestServer;

#[tokio::test]
async fn annotations_are_kept_found_by_their_time_changed_and_removed() {
    let server = TestServer::new().await;
    let (one, other) = (server.site("one").await, server.site("two").await);
    let editor = server.member(&one, Role::Editor).await;
    let editor = server.signed_in(editor).await;
    let path = |rest: &str| format!("/api/v1/sites/{}/annotations{rest}", one.id);
    let call = async |method: Method, path: String, body: Value| {
        server.call(&editor, method, &path, body).await
    };
    let texts = async |query: &str| {
        let found = call(Method::GET, path(query), json!(null)).await.json();
        let rows = found["annotations"].as_array().unwrap().clone();
        let texts = rows
            .iter()
            .map(|row| row["text"].as_str().unwrap().to_owned());
        texts.collect::<Vec<String>>().join(", ")
    };
    for draft in [
        json!({"kind": "campaign", "text": " Sale ", "from_ms": 1_000, "to_ms": 5_000}),
        json!({"kind": "release", "text": "Version 2", "from_ms": 3_000}),
        json!({"text": "Now"}),
    ] {
        let made = call(Method::POST, path(""), draft).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    }
    assert_eq!(texts("").await, "Sale, Version 2, Now");
    assert_eq!(texts("?from_ms=4000&to_ms=6000").await, "Sale");
    assert_eq!(texts("?from_ms=5000&to_ms=6000").await, "");
    assert_eq!(texts("?from_ms=3000&to_ms=3001").await, "Sale, Version 2");
    assert_eq!(texts("?to_ms=3000").await, "Sale");

    let all = call(Method::GET, path(""), json!(null)).await.json();
    let id = all["annotations"][1]["id"].as_str().unwrap().to_owned();
    let changed = call(
        Method::PUT,
        path(&format!("/{id}")),
        json!({"kind": "release", "text": "Version 2.1", "from_ms": 3_500}),
    );
    assert_eq!(changed.await.json()["from_ms"], 3_500);
    let elsewhere = format!("/api/v1/sites/{}/annotations/{id}", other.id);
    let stranger = server.member(&other, Role::Admin).await;
    let stranger = server.signed_in(stranger).await;
    let refused = server
        .call(&stranger, Method::DELETE, &elsewhere, json!(null))
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let removed = call(Method::DELETE, path(&format!("/{id}")), json!(null)).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(texts("").await, "Sale, Now");

    for (draft, field) in [
        (json!({"text": " "}), "text"),
        (json!({"text": "a\u{7}"}), "text"),
        (json!({"text": "x".repeat(201)}), "text"),
        (json!({"text": "x", "from_ms": -1}), "from_ms"),
        (json!({"text": "x", "from_ms": 9, "to_ms": 9}), "to_ms"),
    ] {
        let refused = call(Method::POST, path(""), draft.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{draft}");
        assert!(refused.text().contains(field), "{}", refused.text());
    }
}
