//! Signing in: the first user, invitations, wrong passwords, ends of logins.

use axum::http::StatusCode;
use hitmetrix_store::settings::LinkPurpose;
use serde_json::{Value, json};

use super::harness::{TestServer, Who};
use crate::api::first_user;

const EMAIL: &str = "ada@example.org";
const PASSWORD: &str = "correct horse battery";
const DAY_MS: i64 = 24 * 3600 * 1000;

async fn link_token(server: &TestServer) -> String {
    let link = first_user::make_link(&server.app, LinkPurpose::FirstUser)
        .await
        .unwrap();
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, "http://127.0.0.1:8126/welcome");
    token.to_owned()
}

async fn with_owner() -> TestServer {
    let server = TestServer::new().await;
    let token = link_token(&server).await;
    let body = json!({"token": token, "email": EMAIL, "password": PASSWORD});
    let answered = server.post(&Who::Nobody, "/api/v1/first-user", body).await;
    assert_eq!(
        answered.status,
        StatusCode::NO_CONTENT,
        "{}",
        answered.text()
    );
    server
}

fn credentials(password: &str) -> Value {
    json!({"email": EMAIL, "password": password})
}

async fn sign_in(server: &TestServer) -> Who {
    let answered = server
        .post(&Who::Nobody, "/api/v1/login", credentials(PASSWORD))
        .await;
    assert_eq!(
        answered.status,
        StatusCode::NO_CONTENT,
        "{}",
        answered.text()
    );
    let cookie = answered.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    Who::Cookie(cookie.split(';').next().unwrap().to_owned())
}

#[tokio::test]
async fn first_link_makes_the_owner_once() {
    let server = TestServer::new().await;
    let token = link_token(&server).await;
    let try_with = async |token: &str, password: &str| {
        let body = json!({"token": token, "email": EMAIL, "password": password});
        server.post(&Who::Nobody, "/api/v1/first-user", body).await
    };
    let look = async |token: &str| {
        let body = json!({"token": token});
        server
            .post(&Who::Nobody, "/api/v1/first-user/look", body)
            .await
    };
    assert_eq!(try_with("wrong", PASSWORD).await.code(), "link_used");
    assert_eq!(look("wrong").await.code(), "link_used");
    // Whoever looks uses nothing up.
    for _ in 0..2 {
        assert_eq!(look(&token).await.json()["purpose"], "first_user");
    }
    assert_eq!(
        try_with(&token, "short").await.code(),
        "invalid",
        "and the link still works"
    );
    let made = try_with(&token, PASSWORD).await;
    assert_eq!(made.status, StatusCode::NO_CONTENT, "{}", made.text());
    assert_eq!(try_with(&token, PASSWORD).await.code(), "link_used");
    assert_eq!(look(&token).await.code(), "link_used");
    let cookie = Who::Cookie(
        made.header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned(),
    );
    let me = server.get(&cookie, "/api/v1/me").await.json();
    assert_eq!(me["user"]["email"], EMAIL);
    assert_eq!(me["user"]["owner"], true);
}

#[tokio::test]
async fn second_owner_cannot_be_made_by_an_older_first_link() {
    let server = with_owner().await;
    let token = link_token(&server).await;
    let body = json!({"token": token, "email": "eve@example.org", "password": PASSWORD});
    let answered = server.post(&Who::Nobody, "/api/v1/first-user", body).await;
    assert_eq!(answered.code(), "link_used");
    let looked = json!({"token": token});
    let looked = server.post(&Who::Nobody, "/api/v1/first-user/look", looked);
    assert_eq!(looked.await.code(), "link_used");
}

#[tokio::test]
async fn link_ends_by_itself() {
    let server = TestServer::new().await;
    let token = link_token(&server).await;
    server.pass_ms(4 * DAY_MS);
    let body = json!({"token": token, "email": EMAIL, "password": PASSWORD});
    let answered = server.post(&Who::Nobody, "/api/v1/first-user", body).await;
    assert_eq!(answered.code(), "link_used");
}

#[tokio::test]
async fn wrong_password_and_unknown_account_answer_alike() {
    let server = with_owner().await;
    let wrong = server
        .post(
            &Who::Nobody,
            "/api/v1/login",
            credentials("not the password"),
        )
        .await;
    let unknown = json!({"email": "nobody@example.org", "password": "not the password"});
    let unknown = server.post(&Who::Nobody, "/api/v1/login", unknown).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert_eq!((wrong.status, wrong.body), (unknown.status, unknown.body));
}

#[tokio::test]
async fn account_waits_after_ten_wrong_passwords() {
    let server = with_owner().await;
    for _ in 0..10 {
        let answered = server
            .post(&Who::Nobody, "/api/v1/login", credentials("wrong"))
            .await;
        assert_eq!(answered.code(), "wrong_password");
    }
    let refused = server
        .post(&Who::Nobody, "/api/v1/login", credentials(PASSWORD))
        .await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header("retry-after"), "900");
    server.pass_ms(900_000);
    sign_in(&server).await;
}

#[tokio::test]
async fn login_ends_by_signing_out_by_idling_and_by_age() {
    let server = with_owner().await;
    let status = async |who: &Who| server.get(who, "/api/v1/me").await.status;
    let first = sign_in(&server).await;
    assert_eq!(status(&first).await, StatusCode::OK);
    let out = server.post(&first, "/api/v1/logout", Value::Null).await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(status(&first).await, StatusCode::UNAUTHORIZED);

    let idle = sign_in(&server).await;
    server.pass_ms(13 * DAY_MS);
    assert_eq!(status(&idle).await, StatusCode::OK, "use keeps it");
    server.pass_ms(14 * DAY_MS);
    assert_eq!(status(&idle).await, StatusCode::UNAUTHORIZED);

    let old = sign_in(&server).await;
    for _ in 0..8 {
        server.pass_ms(10 * DAY_MS);
        assert_eq!(status(&old).await, StatusCode::OK);
    }
    server.pass_ms(10 * DAY_MS);
    assert_eq!(status(&old).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn invitation_sets_a_password_and_a_reset_ends_all_logins() {
    let server = with_owner().await;
    let owner = sign_in(&server).await;
    let invited = server
        .post(&owner, "/api/v1/users", json!({"email": "Bob@example.org"}))
        .await;
    assert_eq!(invited.status, StatusCode::CREATED, "{}", invited.text());
    let open = async |link: &str, email: &str| {
        let token = link.split_once('#').unwrap().1;
        let body = json!({"token": token, "email": email, "password": "another long one"});
        server.post(&Who::Nobody, "/api/v1/first-user", body).await
    };
    let link = invited.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(open(&link, "eve@example.org").await.code(), "invalid");
    let opened = open(&link, "bob@example.org").await;
    assert_eq!(opened.status, StatusCode::NO_CONTENT, "{}", opened.text());
    let bob = Who::Cookie(
        opened
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned(),
    );
    assert_eq!(
        server.get(&bob, "/api/v1/me").await.json()["user"]["owner"],
        false
    );

    let reset = server
        .post(&owner, "/api/v1/users/2/reset", Value::Null)
        .await;
    let link = reset.json()["link"].as_str().unwrap().to_owned();
    assert_eq!(
        open(&link, "bob@example.org").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        server.get(&bob, "/api/v1/me").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn last_owner_stays() {
    let server = with_owner().await;
    let owner = sign_in(&server).await;
    let answered = server
        .call(
            &owner,
            axum::http::Method::DELETE,
            "/api/v1/users/1",
            Value::Null,
        )
        .await;
    assert_eq!(answered.status, StatusCode::CONFLICT);
}
