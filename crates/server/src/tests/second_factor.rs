//! Second factors: made with password and code, asked for at the sign-in, each code once, limited,
//! asked of everybody where the owner wants it, and reset for those who lost it.

use axum::http::{Method, StatusCode};
use hitmetrix_store::settings::{NewUser, Role, UserId};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use crate::api::first_user;

const PASSWORD: &str = "correct horse battery";
const OWN: &str = "/api/v1/me/second-factor";
const STEP_MS: i64 = 30_000;

async fn user(server: &TestServer, email: &str, owner: bool) -> UserId {
    let hash = server.app.passwords.hash(PASSWORD.to_owned()).await;
    let new = NewUser {
        email: email.to_owned(),
        password_hash: Some(hash.unwrap()),
        owner,
        created_at_ms: NOON_MS,
    };
    server.app.settings().create_user(new).await.unwrap().id
}

/// The code that an app shows so many steps from now.
pub(super) fn code(server: &TestServer, secret: &str, steps: i64) -> String {
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(secret).unwrap())
        .build()
        .unwrap();
    let ms = server.app.now_ms() + steps * STEP_MS;
    let code = totp.generate(u64::try_from(ms / 1000).unwrap()).to_string();
    code.chars().filter(char::is_ascii_digit).collect()
}

/// Makes a second factor and gives its secret and recovery codes.
async fn enrol(server: &TestServer, who: &Who) -> (String, Vec<String>) {
    let begun = server.post(who, OWN, json!({"password": PASSWORD})).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.text());
    let secret = begun.json()["secret"].as_str().unwrap().to_owned();
    let path = format!("{OWN}/confirm");
    let body = json!({"code": code(server, &secret, 0)});
    let confirmed = server.post(who, &path, body).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.text());
    let codes = confirmed.json()["recovery_codes"]
        .as_array()
        .unwrap()
        .clone();
    let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

async fn sign_in(server: &TestServer, email: &str, code: Option<&str>) -> Answered {
    let mut body = json!({"email": email, "password": PASSWORD});
    if let Some(code) = code {
        body["code"] = json!(code);
    }
    server.post(&Who::Nobody, "/api/v1/login", body).await
}

async fn actions(server: &TestServer) -> Vec<String> {
    let list = server.get(&Who::Control, "/api/v1/audit").await.json();
    let entries = list["entries"].as_array().unwrap().clone();
    entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn factor_is_made_with_password_and_code() {
    let server = TestServer::new().await;
    let who = server.signed_in(user(&server, "ada@example.org", false).await);
    let who = who.await;
    let wrong = server
        .post(&who, OWN, json!({"password": "another one"}))
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json()["field"], "password");
    let confirm = format!("{OWN}/confirm");
    let nothing = server.post(&who, &confirm, json!({"code": "000000"})).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let begun = server
        .post(&who, OWN, json!({"password": PASSWORD}))
        .await
        .json();
    let secret = begun["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32);
    assert!(begun["address"].as_str().unwrap().contains(secret));
    assert!(begun["picture"].as_array().unwrap().len() > 20);
    // Until it is confirmed the password alone signs in.
    let early = sign_in(&server, "ada@example.org", None).await;
    assert_eq!(early.status, StatusCode::NO_CONTENT);
    let old = json!({"code": code(&server, secret, -4)});
    assert_eq!(server.post(&who, &confirm, old).await.code(), "wrong_code");
    let (secret, codes) = enrol(&server, &who).await;
    assert_eq!(codes.len(), 10);
    let me = server.get(&who, "/api/v1/me").await.json();
    assert_eq!(me["user"]["second_factor"], true);
    assert_eq!(me["user"]["recovery_codes_left"], 10);
    let again = server.post(&who, OWN, json!({"password": PASSWORD})).await;
    assert_eq!(again.code(), "conflict");
    // It goes with a code of it and not without.
    let remove = async |code: String| {
        let body = json!({"code": code});
        server.call(&who, Method::DELETE, OWN, body).await.status
    };
    assert_eq!(remove("000000".to_owned()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        remove(code(&server, &secret, 1)).await,
        StatusCode::NO_CONTENT
    );
    let plain = sign_in(&server, "ada@example.org", None).await;
    assert_eq!(plain.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn sign_in_asks_for_a_code_and_takes_each_once() {
    let server = TestServer::new().await;
    let email = "ada@example.org";
    let who = server.signed_in(user(&server, email, false).await).await;
    let (secret, codes) = enrol(&server, &who).await;
    let needed = sign_in(&server, email, None).await;
    assert_eq!(needed.code(), "factor_needed");
    assert_eq!(needed.header("set-cookie"), "");
    let mut body = json!({"email": email, "password": "not the right one", "code": "1"});
    let wrong = server
        .post(&Who::Nobody, "/api/v1/login", body.take())
        .await;
    assert_eq!(wrong.code(), "wrong_password");
    // The code that confirmed it is used up.
    let now = code(&server, &secret, 0);
    assert_eq!(
        sign_in(&server, email, Some(&now)).await.code(),
        "wrong_code"
    );
    server.pass_ms(STEP_MS);
    let now = code(&server, &secret, 0);
    let spaced = format!("{} {}", &now[..3], &now[3..]);
    let taken = sign_in(&server, email, Some(&spaced)).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.text());
    assert!(taken.header("set-cookie").contains("hitmetrix_login="));
    assert_eq!(
        sign_in(&server, email, Some(&now)).await.code(),
        "wrong_code"
    );
    // A step ahead is taken, and after it none of before.
    let ahead = code(&server, &secret, 1);
    let taken = sign_in(&server, email, Some(&ahead)).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT);
    server.pass_ms(STEP_MS);
    assert_eq!(
        sign_in(&server, email, Some(&ahead)).await.code(),
        "wrong_code"
    );
    let far = code(&server, &secret, 3);
    assert_eq!(
        sign_in(&server, email, Some(&far)).await.code(),
        "wrong_code"
    );
    // Recovery codes, however they are typed, each once.
    let typed = codes[3].to_uppercase().replace('-', " ");
    let taken = sign_in(&server, email, Some(&typed)).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.text());
    assert_eq!(
        sign_in(&server, email, Some(&codes[3])).await.code(),
        "wrong_code"
    );
    let me = server.get(&who, "/api/v1/me").await.json();
    assert_eq!(me["user"]["recovery_codes_left"], 9);
    let mut kept = String::new();
    for entry in std::fs::read_dir(server.folder.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            kept.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    assert!(
        kept.contains("recovery_codes"),
        "the database was looked at"
    );
    assert!(
        codes
            .iter()
            .all(|code| !kept.contains(&code.replace('-', "")))
    );
    let told = actions(&server).await;
    let count = |word: &str| told.iter().filter(|one| *one == word).count();
    assert_eq!(
        (
            count("factor_made"),
            count("signed_in"),
            count("sign_in_failed"),
            count("code_asked")
        ),
        (1, 3, 6, 1)
    );
    let asked = server.get(&Who::Control, "/api/v1/audit?action=code_asked");
    assert_eq!(asked.await.json()["entries"][0]["name"], email);
}

#[tokio::test]
async fn recovery_codes_are_made_anew_with_password_and_code() {
    let server = TestServer::new().await;
    let email = "ada@example.org";
    let who = server.signed_in(user(&server, email, false).await).await;
    let path = format!("{OWN}/recovery-codes");
    let renew = async |password: &str, code: &str| {
        let body = json!({"password": password, "code": code});
        server.post(&who, &path, body).await
    };
    let none = renew(PASSWORD, "000000").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.text());
    let (secret, old) = enrol(&server, &who).await;
    server.pass_ms(STEP_MS);
    let now = code(&server, &secret, 0);
    let wrong = renew("another one", &now).await;
    assert_eq!(wrong.json()["field"], "password", "{}", wrong.text());
    assert_eq!(renew(PASSWORD, "000000").await.code(), "wrong_code");
    let renewed = renew(PASSWORD, &now).await;
    assert_eq!(renewed.status, StatusCode::OK, "{}", renewed.text());
    let codes = renewed.json()["recovery_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    // The code is used up, those of before sign nobody in, a new one does.
    assert_eq!(renew(PASSWORD, &now).await.code(), "wrong_code");
    let with_old = sign_in(&server, email, Some(&old[0])).await;
    assert_eq!(with_old.code(), "wrong_code");
    let with_new = sign_in(&server, email, codes[0].as_str()).await;
    assert_eq!(
        with_new.status,
        StatusCode::NO_CONTENT,
        "{}",
        with_new.text()
    );
    let told = actions(&server).await;
    assert!(
        told.iter().any(|one| one == "factor_codes_renewed"),
        "{told:?}"
    );
}

#[tokio::test]
async fn who_has_the_password_cannot_guess_codes() {
    let server = TestServer::new().await;
    let email = "ada@example.org";
    let who = server.signed_in(user(&server, email, false).await).await;
    let (secret, codes) = enrol(&server, &who).await;
    server.pass_ms(STEP_MS);
    for _ in 0..server.app.config.account_attempts_max {
        assert_eq!(
            sign_in(&server, email, Some("000001")).await.code(),
            "wrong_code"
        );
        // The right password between them forgives nothing.
        assert_eq!(sign_in(&server, email, None).await.code(), "factor_needed");
    }
    let right = code(&server, &secret, 0);
    for code in [right.as_str(), codes[0].as_str()] {
        assert_eq!(sign_in(&server, email, Some(code)).await.code(), "too_many");
    }
    server.pass_ms(15 * 60 * 1000);
    let right = code(&server, &secret, 0);
    let taken = sign_in(&server, email, Some(&right)).await;
    assert_eq!(taken.status, StatusCode::NO_CONTENT, "{}", taken.text());
}

#[tokio::test]
async fn owner_asks_it_of_everybody_and_resets_that_of_one() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let owner = server.signed_in(user(&server, "owner@example.org", true).await);
    let owner = owner.await;
    let ada_id = user(&server, "ada@example.org", false).await;
    let settings = server.app.settings();
    settings
        .set_role(site.id, ada_id, Role::Admin)
        .await
        .unwrap();
    let ada = server.signed_in(ada_id).await;
    let rule = "/api/v1/second-factor-rule";
    let required = json!({"required": true});
    let require = async || {
        let set = server
            .call(&owner, Method::PUT, rule, required.clone())
            .await;
        (set.status, set.code())
    };
    assert_eq!(
        require().await,
        (StatusCode::CONFLICT, "conflict".to_owned())
    );
    enrol(&server, &owner).await;
    assert_eq!(require().await.0, StatusCode::NO_CONTENT);
    assert_eq!(server.get(&owner, rule).await.json(), required);
    let path = format!("/api/v1/sites/{}", site.id);
    for path in [path.as_str(), "/api/v1/sites", "/api/v1/users"] {
        let refused = server.get(&ada, path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(refused.code(), "factor_required", "{path}");
    }
    let me = server.get(&ada, "/api/v1/me").await.json();
    assert_eq!(me["user"]["must_make_factor"], true);
    assert_eq!(me["sites"], json!([]));
    enrol(&server, &ada).await;
    assert_eq!(server.get(&ada, &path).await.status, StatusCode::OK);
    let users = server.get(&owner, "/api/v1/users").await;
    assert_eq!(users.json()["users"][1]["second_factor"], true);

    // A new password is one step of two.
    let link = first_user::password_link(&server.app, ada_id)
        .await
        .unwrap();
    let token = link.split_once('#').unwrap().1;
    let body = json!({"token": token, "email": "ada@example.org", "password": PASSWORD});
    let set = server.post(&Who::Nobody, "/api/v1/first-user", body).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT, "{}", set.text());
    assert_eq!(set.header("set-cookie"), "");
    assert_eq!(
        sign_in(&server, "ada@example.org", None).await.code(),
        "factor_needed"
    );

    let reset = format!("/api/v1/users/{}/second-factor", ada_id.0);
    let done = server
        .call(&owner, Method::DELETE, &reset, Value::Null)
        .await;
    assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
    let again = server
        .call(&owner, Method::DELETE, &reset, Value::Null)
        .await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let plain = sign_in(&server, "ada@example.org", None).await;
    assert_eq!(plain.status, StatusCode::NO_CONTENT);
    let told = actions(&server).await;
    for word in ["factor_rule_changed", "factor_reset"] {
        assert!(told.iter().any(|one| one == word), "{word}: {told:?}");
    }
    // It holds after a restart.
    assert!(settings.second_factor_required().await.unwrap());
}

#[tokio::test]
async fn logins_from_before_it_was_confirmed_end_and_ones_own_is_not_reset() {
    let server = TestServer::new().await;
    let id = user(&server, "ada@example.org", true).await;
    let (own, stolen) = (server.signed_in(id).await, server.signed_in(id).await);
    let me = async |who: &Who| server.get(who, "/api/v1/me").await.status;
    assert_eq!(me(&stolen).await, StatusCode::OK);
    enrol(&server, &own).await;
    assert_eq!(me(&own).await, StatusCode::OK);
    assert_eq!(me(&stolen).await, StatusCode::UNAUTHORIZED);
    let reset = format!("/api/v1/users/{}/second-factor", id.0);
    let by_herself = server.call(&own, Method::DELETE, &reset, Value::Null).await;
    assert_eq!(by_herself.code(), "conflict");
    let bob = user(&server, "bob@example.org", true).await;
    let other = server.signed_in(bob).await;
    let by_other = server
        .call(&other, Method::DELETE, &reset, Value::Null)
        .await;
    assert_eq!(by_other.status, StatusCode::NO_CONTENT);
    assert_eq!(me(&own).await, StatusCode::UNAUTHORIZED);
}
