//! Owners, members and passwords: who may make whom what, and what is taken back.

use axum::http::{Method, StatusCode};
use hitmetrix_store::settings::{NewUser, Role, UserId};
use serde_json::{Value, json};

use super::harness::{NOON_MS, TestServer, Who};

const OLD: &str = "an old long password";
const NEW: &str = "a new long password";

async fn status(server: &TestServer, who: &Who, method: Method, path: &str) -> StatusCode {
    server.call(who, method, path, Value::Null).await.status
}

#[tokio::test]
async fn another_owner_is_made_by_address_and_the_last_one_stays() {
    let server = TestServer::new().await;
    let first = server.user("first@example.org", true).await;
    let second = server.user("second@example.org", false).await;
    let (one, two) = (
        server.signed_in(first).await,
        server.signed_in(second).await,
    );
    let path = |user: UserId| format!("/api/v1/users/{}/owner", user.0);
    let make = async |user: UserId, email: &str| {
        let body = json!({"email": email});
        server.call(&one, Method::PUT, &path(user), body).await
    };
    assert_eq!(
        status(&server, &two, Method::GET, "/api/v1/users").await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        make(second, "first@example.org").await.status,
        StatusCode::BAD_REQUEST
    );
    let alone = server
        .call(&one, Method::DELETE, &path(first), Value::Null)
        .await;
    assert_eq!(alone.status, StatusCode::CONFLICT);
    assert!(alone.text().contains("last owner"), "{}", alone.text());
    // Somebody who cannot sign in is no owner to rely on.
    let invited = NewUser {
        email: "invited@example.org".to_owned(),
        password_hash: None,
        owner: false,
        created_at_ms: NOON_MS,
    };
    let invited = server.app.settings().create_user(invited).await.unwrap();
    let refused = make(invited.id, "invited@example.org").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);

    let made = make(second, "second@example.org").await;
    assert_eq!(made.status, StatusCode::NO_CONTENT, "{}", made.text());
    assert_eq!(
        status(&server, &two, Method::GET, "/api/v1/users").await,
        StatusCode::OK
    );
    // The other one, and oneself: the rights end with the answer.
    let unmade = status(&server, &two, Method::DELETE, &path(first)).await;
    assert_eq!(unmade, StatusCode::NO_CONTENT);
    assert_eq!(
        status(&server, &one, Method::GET, "/api/v1/users").await,
        StatusCode::FORBIDDEN
    );
    let last = status(&server, &two, Method::DELETE, &path(second)).await;
    assert_eq!(last, StatusCode::CONFLICT);
    let audit = server.get(&two, "/api/v1/audit").await.text();
    assert!(
        audit.contains("owner_made") && audit.contains("owner_unmade"),
        "{audit}"
    );
}

#[tokio::test]
async fn an_admin_brings_back_whom_they_took_away_and_nobody_else() {
    let server = TestServer::new().await;
    let (site, other) = (server.site("one").await, server.site("two").await);
    let admin = server.member(&site, Role::Admin).await;
    let admin = server.signed_in(admin).await;
    let viewer = server.member(&site, Role::Viewer).await;
    let stranger = server.member(&other, Role::Viewer).await;
    let path = |user: UserId| format!("/api/v1/sites/{}/members/{}", site.id, user.0);
    let give = async |user: UserId| {
        let body = json!({"role": "viewer"});
        server
            .call(&admin, Method::PUT, &path(user), body)
            .await
            .status
    };
    assert_eq!(give(stranger).await, StatusCode::NOT_FOUND);
    let remove = async || status(&server, &admin, Method::DELETE, &path(viewer)).await;
    assert_eq!(remove().await, StatusCode::NO_CONTENT);
    assert_eq!(give(viewer).await, StatusCode::NO_CONTENT);
    assert_eq!(remove().await, StatusCode::NO_CONTENT);
    server.pass_ms(10 * 60 * 1000);
    assert_eq!(give(viewer).await, StatusCode::NOT_FOUND);
    // Who was taken off one site is none to be had on another.
    let other_admin = server.member(&other, Role::Admin).await;
    let other_admin = server.signed_in(other_admin).await;
    let there = format!("/api/v1/sites/{}/members/{}", other.id, viewer.0);
    let body = json!({"role": "viewer"});
    let refused = server.call(&other_admin, Method::PUT, &there, body).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_changed_password_ends_the_other_logins_and_no_old_one_signs_in() {
    let server = TestServer::new().await;
    let hash = server.app.passwords.hash(OLD.to_owned()).await.unwrap();
    let new = NewUser {
        email: "ada@example.org".to_owned(),
        password_hash: Some(hash),
        owner: true,
        created_at_ms: NOON_MS,
    };
    let ada = server.app.settings().create_user(new).await.unwrap().id;
    let (here, there) = (server.signed_in(ada).await, server.signed_in(ada).await);
    let change = async |old: &str, new: &str| {
        let body = json!({"old": old, "new": new});
        server
            .call(&here, Method::PUT, "/api/v1/me/password", body)
            .await
    };
    for (old, new, field) in [
        ("wrong", NEW, "old"),
        (OLD, "short", "new"),
        (OLD, OLD, "new"),
    ] {
        let refused = change(old, new).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{}",
            refused.text()
        );
        assert_eq!(refused.json()["field"], field, "{}", refused.text());
    }
    assert_eq!(
        status(&server, &there, Method::GET, "/api/v1/users").await,
        StatusCode::OK
    );
    let changed = change(OLD, NEW).await;
    assert_eq!(changed.status, StatusCode::NO_CONTENT, "{}", changed.text());
    assert_eq!(
        status(&server, &here, Method::GET, "/api/v1/users").await,
        StatusCode::OK
    );
    let ended = status(&server, &there, Method::GET, "/api/v1/users").await;
    assert_eq!(ended, StatusCode::UNAUTHORIZED);
    let sign_in = async |password: &str| {
        let body = json!({"email": "ada@example.org", "password": password});
        server
            .post(&Who::Nobody, "/api/v1/login", body)
            .await
            .status
    };
    assert_eq!(sign_in(OLD).await, StatusCode::UNAUTHORIZED);
    assert!(sign_in(NEW).await.is_success());
    let audit = server.get(&here, "/api/v1/audit").await.text();
    assert!(audit.contains("password_changed"), "{audit}");
    assert!(!audit.contains(NEW) && !audit.contains(OLD));
}
