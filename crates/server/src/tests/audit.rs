//! The audit log: every route that changes something leaves an entry, through the guard; who may read
//! it; and what must not stand in it.

use std::collections::BTreeSet;

use axum::http::{Method, Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, any};
use axum::{Extension, Router};
use hitmetrix_model::SessionId;
use hitmetrix_store::settings::{AuditSearch, NewUser, Role, Scope};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

use super::harness::{NOON_MS, TestServer, Who};
use crate::api::route::Route;
use crate::api::routes;
use crate::audit::{Action, Audit, Told};
use crate::auth::access::Needs;
use crate::auth::guard::{Guard, guard};
use crate::jobs;
use crate::peer::Door;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// Routes that are no GET and leave nothing, written by hand a second time: whoever adds one says so
/// here too.
const CHANGE_NOTHING: &[&str] = &[
    "POST /api/v1/first-user/look",
    "POST /api/v1/me/second-factor",
    "POST /api/v1/sites/{site}/ask",
    "POST /api/v1/sites/{site}/ask-together",
    "POST /api/v1/sites/{site}/people",
    "POST /api/v1/sites/{site}/persons",
    "POST /api/v1/shared/board/ask",
    "POST /api/v1/sites/{site}/events",
    "POST /api/v1/sites/{site}/imports/{file}",
    "POST /api/v1/sites/{site}/alerts/preview",
    "POST /api/v1/sites/{site}/surveys/{survey}/answers",
    "PUT /api/v1/sites/{site}/recordings/{session}/seen",
    "DELETE /api/v1/sites/{site}/recordings/{session}/seen",
];

/// Routes that only read and leave an entry: what people take out, and what they watch.
const READ_AND_TOLD: &[&str] = &[
    "GET /api/v1/sites/{site}/export",
    "GET /api/v1/sites/{site}/recordings/{session}",
    "GET /api/v1/sites/{site}/recordings/{session}/chunks",
    "GET /api/v1/sites/{site}/recordings/{session}/chunks/{window}/{sequence}",
    "GET /api/v1/sites/{site}/recordings/{session}/export",
    "GET /api/v1/sites/{site}/persons/{person}/export",
    "GET /api/v1/shared",
    "GET /api/v1/shared/chunks/{window}/{sequence}",
    "GET /api/v1/shared/board",
    "GET /api/v1/audit/export",
    "GET /api/v1/sites/{site}/audit/export",
];

async fn entries(server: &TestServer) -> Vec<hitmetrix_store::settings::AuditEntry> {
    let search = AuditSearch {
        limit: 1_000,
        ..AuditSearch::default()
    };
    server.app.settings().audit(&search).await.unwrap()
}

fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.path)
}

#[test]
fn every_route_that_changes_something_has_an_action() {
    let mut silent = BTreeSet::new();
    let mut told = BTreeSet::new();
    for route in routes::all() {
        match (route.audit, route.method == Method::GET) {
            (Audit::Nothing, false) => panic!("{} says nothing of the audit log", name(&route)),
            (Audit::Not(why), _) => {
                assert!(!why.is_empty());
                silent.insert(name(&route));
            }
            (Audit::Action(_) | Audit::SignIn(_), true) => {
                told.insert(name(&route));
            }
            _ => {}
        }
    }
    let listed = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
    assert_eq!(silent, listed(CHANGE_NOTHING));
    assert_eq!(told, listed(READ_AND_TOLD));
}

/// Somebody whom the route lets through.
async fn somebody(server: &TestServer, site: &hitmetrix_model::Site, needs: Needs) -> Who {
    match needs {
        Needs::Share => server.share(site, SessionId(7)).await,
        Needs::Board | Needs::BoardLink => server.board_share(site).await,
        _ => Who::Control,
    }
}

#[tokio::test]
async fn the_guard_of_every_such_route_writes_its_entry() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let mut written = 0;
    for route in routes::all() {
        let (Audit::Action(action) | Audit::SignIn(action)) = route.audit else {
            continue;
        };
        // The guard as it is mounted, before a handler that has always succeeded.
        let state = Guard {
            app: Arc::clone(&server.app),
            needs: route.needs,
            audit: route.audit,
        };
        let handler = any(|| async { StatusCode::NO_CONTENT });
        let router: Router = Router::new()
            .route(route.path, handler.layer(from_fn_with_state(state, guard)))
            .with_state(Arc::clone(&server.app));
        let path = route.path.replace("{site}", &site.id.to_string());
        let path = path.split('/').map(|part| match part.starts_with('{') {
            true => "ada@example.org",
            false => part,
        });
        let path = path.collect::<Vec<_>>().join("/");
        let who = somebody(&server, &site, route.needs).await;
        let mut request = Request::builder()
            .method(route.method.clone())
            .uri(&path)
            .header("sec-fetch-site", "same-origin");
        let mut door = Door::Network([198, 51, 100, 7].into());
        match &who {
            Who::Bearer(pass) => {
                request = request.header("authorization", format!("Bearer {pass}"));
            }
            _ => door = Door::Control,
        }
        let mut request = request.body(axum::body::Body::empty()).unwrap();
        request.extensions_mut().insert(door);
        // The guards of chunks tell what the one of their recording has told a moment ago.
        server.app.told.forget();
        let answered = router.oneshot(request).await.unwrap();
        assert_eq!(
            answered.status(),
            StatusCode::NO_CONTENT,
            "{}",
            name(&route)
        );
        written += 1;
        let all = entries(&server).await;
        assert_eq!(all.len(), written, "{}", name(&route));
        assert_eq!(all[0].action, action.word(), "{}", name(&route));
        if route.path.contains("{person}") {
            assert!(!all[0].object.contains("ada"), "{}", all[0].object);
            assert!(all[0].object.starts_with("person "), "{}", all[0].object);
        }
    }
    assert!(written > 50, "{written} routes");
}

#[tokio::test]
async fn what_fails_leaves_nothing_but_a_failed_sign_in_does() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let viewer = server
        .signed_in(server.member(&site, Role::Viewer).await)
        .await;
    let path = format!("/api/v1/sites/{}", site.id);
    let refused = server
        .call(&viewer, Method::PATCH, &path, json!({"name": "two"}))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let wrong = server
        .call(&Who::Control, Method::PATCH, &path, json!({"nonsense": 1}))
        .await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(entries(&server).await, []);
    let credentials = |email: &str| json!({"email": email, "password": "not the right one"});
    server
        .post(&Who::Nobody, "/api/v1/login", json!({"nonsense": 1}))
        .await;
    let known = "ada@example.org";
    let hash = server
        .app
        .passwords
        .hash("correct horse battery".to_owned());
    let new = NewUser {
        email: known.to_owned(),
        password_hash: Some(hash.await.unwrap()),
        owner: false,
        created_at_ms: NOON_MS,
    };
    server.app.settings().create_user(new).await.unwrap();
    for email in [known, "typed-into-the-wrong-field"] {
        let failed = server
            .post(&Who::Nobody, "/api/v1/login", credentials(email))
            .await;
        assert_eq!(failed.status, StatusCode::UNAUTHORIZED);
    }
    let all = entries(&server).await;
    let told: Vec<(&str, &str)> = all
        .iter()
        .map(|entry| (entry.action.as_str(), entry.who_name.as_str()))
        .collect();
    assert_eq!(told, [("sign_in_failed", ""), ("sign_in_failed", known)]);
    let text = format!("{all:?}");
    for secret in ["typed-into", "not the right one", "198.51"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[tokio::test]
async fn entry_says_who_did_what_on_what_and_with_what() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let owner = server.signed_in(server.user("owner@example.org", true).await);
    let owner = owner.await;
    let token = server.token(&site, Scope::Admin).await;
    let path = format!("/api/v1/sites/{}", site.id);
    let made = server
        .post(&owner, "/api/v1/users", json!({"email": "ada@example.org"}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let users = server.get(&owner, "/api/v1/users").await.json();
    let ada = users["users"][1]["id"].as_i64().unwrap();
    let member = format!("{path}/members/{ada}");
    let body = json!({"role": "editor"});
    let set = server.call(&owner, Method::PUT, &member, body).await;
    assert_eq!(set.status, StatusCode::NO_CONTENT);
    let body = json!({"name": "Shop"});
    let changed = server.call(&token, Method::PATCH, &path, body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let body = json!({"settings": {"recording_days": 3650}});
    let changed = server.call(&token, Method::PATCH, &path, body).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let all = entries(&server).await;
    let told: Vec<[&str; 5]> = all
        .iter()
        .map(|entry| {
            [
                entry.who_name.as_str(),
                entry.action.as_str(),
                entry.object.as_str(),
                entry.detail.as_str(),
                entry.via.as_str(),
            ]
        })
        .collect();
    let user = format!("user {ada}");
    assert_eq!(
        told,
        [
            ["admin", "site_changed", "", "recording_days", "a program"],
            ["admin", "site_changed", "", "name", "a program"],
            [
                "owner@example.org",
                "role_given",
                &user,
                "ada@example.org is editor",
                "a program"
            ],
            [
                "owner@example.org",
                "user_invited",
                &user,
                "ada@example.org",
                "a program"
            ],
        ]
    );
    assert!(all.iter().all(|entry| entry.at_ms == NOON_MS));
}

#[tokio::test]
async fn admin_reads_the_entries_of_the_site_and_the_owner_all() {
    let server = TestServer::new().await;
    let (one, two) = (server.site("one").await, server.site("two").await);
    let admin = server
        .signed_in(server.member(&one, Role::Admin).await)
        .await;
    for (site, name) in [(&one, "Shop"), (&two, "Blog")] {
        let path = format!("/api/v1/sites/{}", site.id);
        let changed = server.call(&Who::Control, Method::PATCH, &path, json!({"name": name}));
        assert_eq!(changed.await.status, StatusCode::OK);
    }
    let of_one = format!("/api/v1/sites/{}/audit", one.id);
    let list = server.get(&admin, &of_one).await.json();
    assert_eq!(list["entries"].as_array().unwrap().len(), 1);
    assert_eq!(list["entries"][0]["action"], "site_changed");
    assert_eq!(list["entries"][0]["via"], "command line");
    assert_eq!(
        list["people"],
        json!([{"who": "control", "name": "command line"}])
    );
    let of_two = format!("/api/v1/sites/{}/audit", two.id);
    assert_eq!(
        server.get(&admin, &of_two).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        server.get(&admin, "/api/v1/audit").await.status,
        StatusCode::FORBIDDEN
    );
    let all = server.get(&Who::Control, "/api/v1/audit").await.json();
    assert_eq!(all["entries"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn list_is_filtered_paged_and_taken_out_as_a_file() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let path = format!("/api/v1/sites/{}", site.id);
    for index in 0..5 {
        let body = json!({"name": format!("=Shop {index}")});
        let tokens = format!("{path}/tokens");
        let draft = json!({"name": format!("=token {index}"), "scope": "read"});
        let made = server.post(&Who::Control, &tokens, draft);
        assert_eq!(made.await.status, StatusCode::CREATED);
        let changed = server.call(&Who::Control, Method::PATCH, &path, body);
        assert_eq!(changed.await.status, StatusCode::OK);
        server.pass_ms(1_000);
    }
    let get = async |query: &str| {
        let answered = server
            .get(&Who::Control, &format!("/api/v1/audit?{query}"))
            .await;
        assert_eq!(
            answered.status,
            StatusCode::OK,
            "{query}: {}",
            answered.text()
        );
        answered.json()
    };
    let count = async |query: &str| get(query).await["entries"].as_array().unwrap().len();
    assert_eq!(count("").await, 10);
    assert_eq!(count("action=token_made").await, 5);
    assert_eq!(count("who=control&action=site_changed").await, 5);
    assert_eq!(count("who=user:1").await, 0);
    assert_eq!(count(&format!("from_ms={}", NOON_MS + 3_000)).await, 4);
    assert_eq!(count(&format!("to_ms={}", NOON_MS + 1_000)).await, 2);
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("limit=3{before}")).await;
        let entries = page["entries"].as_array().unwrap().clone();
        seen.extend(entries.iter().map(|entry| entry["id"].as_i64().unwrap()));
        match page.get("next") {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(seen, (1..=10).rev().collect::<Vec<i64>>());
    for wrong in ["limit=0", "limit=501", "action=nonsense", "nonsense=1"] {
        let refused = server
            .get(&Who::Control, &format!("/api/v1/audit?{wrong}"))
            .await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let file = async |query: &str| {
        let path = format!("/api/v1/audit/export?action=token_made&{query}");
        server.get(&Who::Control, &path).await.text()
    };
    let csv = file("format=csv").await;
    assert_eq!(csv.lines().count(), 6);
    assert!(csv.contains("\"'=token 4, read\""), "{csv}");
    let lines = file("").await;
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(lines.lines().count(), 5);
    assert_eq!(first["detail"], "=token 4, read");
    // Taking it out is told too.
    assert_eq!(count("action=audit_exported").await, 2);
}

#[tokio::test]
async fn entries_cannot_be_changed_and_go_after_the_time_that_is_named() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let path = format!("/api/v1/sites/{}", site.id);
    let changed = server.call(&Who::Control, Method::PATCH, &path, json!({"name": "Shop"}));
    assert_eq!(changed.await.status, StatusCode::OK);
    let days = i64::from(hitmetrix_model::limits::AUDIT_DAYS);
    server.pass_ms(days * DAY_MS);
    jobs::expire(&server.app).await;
    assert_eq!(entries(&server).await.len(), 1);
    server.pass_ms(1);
    jobs::expire(&server.app).await;
    assert_eq!(entries(&server).await, []);
}

/// The guard as it is mounted, before a handler of the test.
fn guarded(server: &TestServer, path: &'static str, handler: MethodRouter) -> Router {
    let route = routes::all().into_iter().find(|route| route.path == path);
    let route = route.unwrap();
    let state = Guard {
        app: Arc::clone(&server.app),
        needs: Needs::Nothing,
        audit: route.audit,
    };
    Router::new().route(path, handler.layer(from_fn_with_state(state, guard)))
}

async fn asked(router: &Router, method: Method, path: &str) -> StatusCode {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header("sec-fetch-site", "same-origin")
        .body(axum::body::Body::empty())
        .unwrap();
    request.extensions_mut().insert(Door::Control);
    router.clone().oneshot(request).await.unwrap().status()
}

async fn breaks() -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn panics() -> StatusCode {
    panic!("on the way")
}

#[tokio::test]
async fn deed_on_which_the_server_broke_may_have_been_done_and_is_told() {
    let server = TestServer::new().await;
    let broken = StatusCode::INTERNAL_SERVER_ERROR;
    let users = guarded(&server, "/api/v1/users/{user}", any(breaks));
    assert_eq!(
        asked(&users, Method::DELETE, "/api/v1/users/7").await,
        broken
    );
    let users = guarded(&server, "/api/v1/users/{user}", any(panics));
    assert_eq!(
        asked(&users, Method::DELETE, "/api/v1/users/8").await,
        broken
    );
    // Asking again fills nothing, and what is to be asked again later has not begun.
    for _ in 0..50 {
        asked(&users, Method::DELETE, "/api/v1/users/8").await;
    }
    let later = || async { StatusCode::SERVICE_UNAVAILABLE };
    let users = guarded(&server, "/api/v1/users/{user}", any(later));
    asked(&users, Method::DELETE, "/api/v1/users/9").await;
    // Nothing was taken out.
    let export = guarded(&server, "/api/v1/audit/export", any(breaks));
    assert_eq!(
        asked(&export, Method::GET, "/api/v1/audit/export").await,
        broken
    );
    let all = entries(&server).await;
    let told: Vec<[&str; 3]> = all
        .iter()
        .map(|one| [&*one.action, &*one.object, &*one.detail])
        .collect();
    let maybe = "may have been done, the server failed";
    assert_eq!(
        told,
        [
            ["user_removed", "user 8", maybe],
            ["user_removed", "user 7", maybe]
        ]
    );
}

#[tokio::test]
async fn nothing_is_seen_or_taken_out_while_the_log_cannot_be_written() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let done = || async { StatusCode::OK };
    let watching = "/api/v1/sites/{site}/recordings/{session}";
    let path = format!("/api/v1/sites/{}/recordings/00ff", site.id);
    let watch = guarded(&server, watching, any(done));
    let export = guarded(&server, "/api/v1/audit/export", any(done));
    let users = guarded(&server, "/api/v1/users/{user}", any(done));
    server.app.store.close().await.unwrap();
    for _ in 0..2 {
        let seen = asked(&watch, Method::GET, &path).await;
        assert!(seen.is_server_error(), "{seen}");
    }
    let taken = asked(&export, Method::GET, "/api/v1/audit/export").await;
    assert!(taken.is_server_error(), "{taken}");
    // What is done is done, and its answer goes out.
    let removed = asked(&users, Method::DELETE, "/api/v1/users/7").await;
    assert_eq!(removed, StatusCode::OK);
}

#[tokio::test]
async fn failed_sign_ins_of_nobody_fill_no_log_and_are_counted() {
    let server = TestServer::new().await;
    let unauthorized = || async { StatusCode::UNAUTHORIZED };
    let login = guarded(&server, "/api/v1/login", any(unauthorized));
    let most = hitmetrix_model::limits::AUDIT_NOBODY_HOUR;
    for _ in 0..most + 5 {
        let mut request = Request::post("/api/v1/login")
            .header("sec-fetch-site", "same-origin")
            .body(axum::body::Body::empty())
            .unwrap();
        let door = Door::Network([198, 51, 100, 7].into());
        request.extensions_mut().insert(door);
        login.clone().oneshot(request).await.unwrap();
    }
    assert_eq!(entries(&server).await.len() as u64, most);
    jobs::expire(&server.app).await;
    assert_eq!(
        entries(&server).await.len() as u64,
        most,
        "the hour goes on"
    );
    server.pass_ms(3_600_000);
    jobs::expire(&server.app).await;
    jobs::expire(&server.app).await;
    let all = entries(&server).await;
    assert_eq!(all.len() as u64, most + 1);
    assert_eq!(all[0].action, "sign_in_failed");
    assert_eq!(
        all[0].detail,
        "5 more in an hour, which are not told one by one"
    );
}

#[tokio::test]
async fn what_goes_by_age_is_told_once_a_day_as_the_servers_own_deed() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    for _ in 0..3 {
        server.app.told.expired(site.id, (2, 1));
        crate::audit::tell_expired(&server.app).await.unwrap();
    }
    server.pass_ms(DAY_MS);
    jobs::expire(&server.app).await;
    let all = entries(&server).await;
    let told: Vec<[&str; 3]> = all
        .iter()
        .map(|one| [&*one.who, &*one.action, &*one.detail])
        .collect();
    assert_eq!(
        told,
        [
            ["system", "data_expired", "4 events, 2 recordings"],
            ["system", "data_expired", "2 events, 1 recordings"]
        ]
    );
    assert_eq!(all[0].site, Some(site.id));
}

#[tokio::test]
async fn insights_goals_and_boards_are_named_beside_their_ids() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let path = |rest: &str| format!("/api/v1/sites/{}/{rest}", site.id);
    let call = async |method: Method, rest: &str, body: Value| {
        let answered = server.call(&Who::Control, method, &path(rest), body).await;
        assert!(answered.status.is_success(), "{rest}: {}", answered.text());
        answered.json()
    };
    let question = json!({"kind": "totals", "period": {"last": "7d"}, "measures": ["persons"]});
    for (list, one, draft) in [
        (
            "insights",
            "insight",
            json!({"name": "People", "question": question}),
        ),
        ("boards", "board", json!({"name": "People", "panels": []})),
        (
            "goals",
            "goal",
            json!({"name": "People", "event": {"events": ["order"]}}),
        ),
    ] {
        let made = call(Method::POST, list, draft).await;
        let id = made["id"].as_str().unwrap();
        let archived = format!("{list}/{id}/archived");
        call(Method::PUT, &archived, Value::Null).await;
        call(Method::DELETE, &archived, Value::Null).await;
        call(Method::PUT, &archived, Value::Null).await;
        call(Method::DELETE, &format!("{list}/{id}"), Value::Null).await;
        let all = entries(&server).await;
        let told: Vec<(&str, &str)> = all
            .iter()
            .take(5)
            .map(|entry| (entry.object.as_str(), entry.detail.as_str()))
            .collect();
        let object = format!("{one} {id}");
        let named = |detail| (object.as_str(), detail);
        assert_eq!(
            told,
            [
                named("People"),
                named("People"),
                named("People, brought back"),
                named("People"),
                named("People")
            ]
        );
    }
}

#[tokio::test]
async fn segment_that_is_archived_reads_otherwise_than_one_that_is_brought_back() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let editor = server.member(&site, Role::Editor).await;
    let editor = server.signed_in(editor).await;
    let call = async |method: Method, path: &str, body: Value| {
        let path = format!("/api/v1/sites/{}/{path}", site.id);
        server.call(&editor, method, &path, body).await
    };
    let cart = json!({"dimension": "page", "operator": "is", "values": ["/cart"]});
    let draft = json!({"name": "Cart", "of": "sessions", "conditions": [cart]});
    let made = call(Method::POST, "segments", draft).await.json();
    let archived = format!("segments/{}/archived", made["id"].as_str().unwrap());
    call(Method::PUT, &archived, Value::Null).await;
    call(Method::DELETE, &archived, Value::Null).await;
    let all = entries(&server).await;
    let told: Vec<&str> = all.iter().take(2).map(|one| one.detail.as_str()).collect();
    assert_eq!(told, ["brought back", ""], "and no name");
}

#[test]
fn handlers_add_only_words() {
    let told = Told::object("token 1f", "Deploy, read");
    assert_eq!(
        (told.object.as_str(), told.detail.as_str()),
        ("token 1f", "Deploy, read")
    );
    assert!(Told::detail("x").user.is_none());
    let _: Extension<Told> = Extension(told);
    assert!(Action::ALL.len() > 40);
}
