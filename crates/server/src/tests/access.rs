//! Every route with every kind of caller: who may use it stands here a second time, written by
//! hand, and a route that does not stand here fails the test.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use hitmetrix_model::{SessionId, Site};
use hitmetrix_store::settings::{Role, Scope, UserId};
use serde_json::Value;

use super::harness::{Answered, TestServer, Who, nonsense};
use crate::api::routes;

/// Who may use each route. `all` is everybody, `in` everybody with a login, `view` the roles of
/// the site with its tokens read and admin, and so on: see [`Callers::named`].
const EXPECTED: &[(&str, &str)] = &[
    ("POST /api/v1/first-user", "all"),
    ("POST /api/v1/first-user/look", "all"),
    ("POST /api/v1/login", "all"),
    ("POST /api/v1/logout", "in"),
    ("GET /api/v1/me", "in"),
    ("GET /api/v1/me/address", "in"),
    ("PUT /api/v1/me/password", "in"),
    ("POST /api/v1/me/second-factor", "in"),
    ("POST /api/v1/me/second-factor/confirm", "in"),
    ("POST /api/v1/me/second-factor/recovery-codes", "in"),
    ("DELETE /api/v1/me/second-factor", "in"),
    ("DELETE /api/v1/users/{user}/second-factor", "owner"),
    ("PUT /api/v1/users/{user}/owner", "owner"),
    ("DELETE /api/v1/users/{user}/owner", "owner"),
    ("GET /api/v1/second-factor-rule", "owner"),
    ("PUT /api/v1/second-factor-rule", "owner"),
    ("GET /api/v1/sites", "in"),
    ("POST /api/v1/sites", "owner"),
    ("GET /api/v1/sites/{site}", "view"),
    ("PATCH /api/v1/sites/{site}", "administer"),
    ("DELETE /api/v1/sites/{site}", "owner"),
    ("POST /api/v1/sites/{site}/demo-data", "administer"),
    ("DELETE /api/v1/sites/{site}/demo-data", "administer"),
    ("GET /api/v1/sites/{site}/installation", "view"),
    ("POST /api/v1/sites/{site}/ask", "view"),
    ("POST /api/v1/sites/{site}/ask-together", "view"),
    ("POST /api/v1/sites/{site}/people", "view"),
    ("GET /api/v1/sites/{site}/heatmaps/picture", "view"),
    ("GET /api/v1/sites/{site}/heatmaps/recorded", "view"),
    ("GET /api/v1/sites/{site}/properties", "view"),
    ("GET /api/v1/sites/{site}/segments", "view"),
    ("POST /api/v1/sites/{site}/segments", "edit"),
    ("GET /api/v1/sites/{site}/segments/{segment}", "view"),
    ("PUT /api/v1/sites/{site}/segments/{segment}", "edit"),
    ("DELETE /api/v1/sites/{site}/segments/{segment}", "edit"),
    (
        "PUT /api/v1/sites/{site}/segments/{segment}/archived",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/segments/{segment}/archived",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/insights", "view"),
    ("POST /api/v1/sites/{site}/insights", "edit"),
    ("GET /api/v1/sites/{site}/insights/{insight}", "view"),
    ("PUT /api/v1/sites/{site}/insights/{insight}", "edit"),
    ("DELETE /api/v1/sites/{site}/insights/{insight}", "edit"),
    (
        "PUT /api/v1/sites/{site}/insights/{insight}/archived",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/insights/{insight}/archived",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/boards", "view"),
    ("POST /api/v1/sites/{site}/boards", "edit"),
    ("GET /api/v1/sites/{site}/boards/{board}", "view"),
    ("PUT /api/v1/sites/{site}/boards/{board}", "edit"),
    ("DELETE /api/v1/sites/{site}/boards/{board}", "edit"),
    ("PUT /api/v1/sites/{site}/boards/{board}/archived", "edit"),
    (
        "DELETE /api/v1/sites/{site}/boards/{board}/archived",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/boards/{board}/shares", "edit"),
    ("POST /api/v1/sites/{site}/boards/{board}/shares", "edit"),
    (
        "DELETE /api/v1/sites/{site}/boards/{board}/shares/{share}",
        "edit",
    ),
    ("POST /api/v1/shared/board/unlock", "reader"),
    ("GET /api/v1/shared/board", "reader"),
    ("GET /api/v1/shared/board/now", "reader"),
    ("POST /api/v1/shared/board/ask", "reader"),
    ("GET /api/v1/sites/{site}/annotations", "view"),
    ("POST /api/v1/sites/{site}/annotations", "edit"),
    ("PUT /api/v1/sites/{site}/annotations/{annotation}", "edit"),
    (
        "DELETE /api/v1/sites/{site}/annotations/{annotation}",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/boards/{board}/mail", "view"),
    ("PUT /api/v1/sites/{site}/boards/{board}/mail", "edit"),
    ("DELETE /api/v1/sites/{site}/boards/{board}/mail", "edit"),
    ("POST /api/v1/sites/{site}/boards/{board}/mail/now", "edit"),
    ("GET /api/v1/sites/{site}/alerts", "view"),
    ("POST /api/v1/sites/{site}/alerts", "edit"),
    ("POST /api/v1/sites/{site}/alerts/preview", "view"),
    ("GET /api/v1/sites/{site}/alerts/{alert}", "view"),
    ("PUT /api/v1/sites/{site}/alerts/{alert}", "edit"),
    ("DELETE /api/v1/sites/{site}/alerts/{alert}", "edit"),
    ("PUT /api/v1/sites/{site}/alerts/{alert}/archived", "edit"),
    (
        "DELETE /api/v1/sites/{site}/alerts/{alert}/archived",
        "edit",
    ),
    ("PUT /api/v1/sites/{site}/alerts/{alert}/muted", "edit"),
    ("DELETE /api/v1/sites/{site}/alerts/{alert}/muted", "edit"),
    ("GET /api/v1/sites/{site}/alerts/{alert}/log", "view"),
    ("POST /api/v1/sites/{site}/alerts/{alert}/test", "edit"),
    ("GET /api/v1/sites/{site}/goals", "view"),
    ("POST /api/v1/sites/{site}/goals", "edit"),
    ("GET /api/v1/sites/{site}/goals/{goal}", "view"),
    ("PUT /api/v1/sites/{site}/goals/{goal}", "edit"),
    ("DELETE /api/v1/sites/{site}/goals/{goal}", "edit"),
    ("PUT /api/v1/sites/{site}/goals/{goal}/archived", "edit"),
    ("DELETE /api/v1/sites/{site}/goals/{goal}/archived", "edit"),
    ("GET /api/v1/sites/{site}/surveys", "view"),
    ("POST /api/v1/sites/{site}/surveys", "edit"),
    ("GET /api/v1/sites/{site}/surveys/{survey}", "view"),
    ("PUT /api/v1/sites/{site}/surveys/{survey}", "edit"),
    ("DELETE /api/v1/sites/{site}/surveys/{survey}", "edit"),
    ("PUT /api/v1/sites/{site}/surveys/{survey}/active", "edit"),
    (
        "DELETE /api/v1/sites/{site}/surveys/{survey}/active",
        "edit",
    ),
    ("PUT /api/v1/sites/{site}/surveys/{survey}/archived", "edit"),
    (
        "DELETE /api/v1/sites/{site}/surveys/{survey}/archived",
        "edit",
    ),
    ("POST /api/v1/sites/{site}/surveys/{survey}/answers", "view"),
    ("GET /api/v1/sites/{site}/losses", "view"),
    ("GET /api/v1/sites/{site}/live", "view"),
    ("GET /api/v1/sites/{site}/sessions/{session}", "view"),
    ("POST /api/v1/sites/{site}/persons", "view"),
    ("GET /api/v1/sites/{site}/persons/{person}", "view"),
    ("DELETE /api/v1/sites/{site}/persons/{person}", "administer"),
    ("GET /api/v1/sites/{site}/persons/{person}/events", "view"),
    (
        "GET /api/v1/sites/{site}/persons/{person}/export",
        "administer",
    ),
    ("GET /api/v1/sites/{site}/persons/{person}/ledger", "view"),
    ("POST /api/v1/sites/{site}/persons/{person}/undo", "edit"),
    ("POST /api/v1/sites/{site}/events", "send"),
    ("GET /api/v1/sites/{site}/export", "administer"),
    ("GET /api/v1/sites/{site}/imports/{file}", "control"),
    ("POST /api/v1/sites/{site}/imports/{file}", "control"),
    ("GET /api/v1/sites/{site}/recordings", "view"),
    ("GET /api/v1/sites/{site}/recordings/{session}", "view"),
    (
        "GET /api/v1/sites/{site}/recordings/{session}/chunks",
        "view",
    ),
    (
        "GET /api/v1/sites/{site}/recordings/{session}/chunks/{window}/{sequence}",
        "view",
    ),
    (
        "GET /api/v1/sites/{site}/recordings/{session}/export",
        "edit",
    ),
    ("PUT /api/v1/sites/{site}/recordings/{session}/seen", "view"),
    (
        "DELETE /api/v1/sites/{site}/recordings/{session}/seen",
        "view",
    ),
    ("DELETE /api/v1/sites/{site}/recordings/{session}", "edit"),
    ("PUT /api/v1/sites/{site}/recordings/{session}/pin", "edit"),
    (
        "DELETE /api/v1/sites/{site}/recordings/{session}/pin",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/storage", "view"),
    (
        "DELETE /api/v1/sites/{site}/persons/{person}/recordings",
        "administer",
    ),
    (
        "GET /api/v1/sites/{site}/recordings/{session}/shares",
        "edit",
    ),
    (
        "POST /api/v1/sites/{site}/recordings/{session}/shares",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/recordings/{session}/shares/{share}",
        "edit",
    ),
    (
        "POST /api/v1/sites/{site}/recordings/{session}/notes",
        "edit",
    ),
    (
        "PUT /api/v1/sites/{site}/recordings/{session}/notes/{note}",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/recordings/{session}/notes/{note}",
        "edit",
    ),
    (
        "POST /api/v1/sites/{site}/recordings/{session}/notes/{note}/restore",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/tags", "view"),
    (
        "PUT /api/v1/sites/{site}/recordings/{session}/tags/{tag}",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/recordings/{session}/tags/{tag}",
        "edit",
    ),
    ("GET /api/v1/sites/{site}/collections", "view"),
    ("POST /api/v1/sites/{site}/collections", "edit"),
    ("GET /api/v1/sites/{site}/collections/{collection}", "view"),
    (
        "PATCH /api/v1/sites/{site}/collections/{collection}",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/collections/{collection}",
        "edit",
    ),
    (
        "PUT /api/v1/sites/{site}/collections/{collection}/recordings/{session}",
        "edit",
    ),
    (
        "DELETE /api/v1/sites/{site}/collections/{collection}/recordings/{session}",
        "edit",
    ),
    ("GET /api/v1/shared", "share"),
    ("GET /api/v1/shared/chunks/{window}/{sequence}", "share"),
    ("GET /api/v1/sites/{site}/tokens", "administer"),
    ("POST /api/v1/sites/{site}/tokens", "administer"),
    ("DELETE /api/v1/sites/{site}/tokens/{token}", "administer"),
    ("GET /api/v1/sites/{site}/members", "administer"),
    ("PUT /api/v1/sites/{site}/members/{user}", "administer"),
    ("DELETE /api/v1/sites/{site}/members/{user}", "administer"),
    ("GET /api/v1/sites/{site}/audit", "administer"),
    ("GET /api/v1/sites/{site}/audit/export", "administer"),
    ("GET /api/v1/audit", "owner"),
    ("GET /api/v1/audit/export", "owner"),
    ("GET /api/v1/users", "owner"),
    ("POST /api/v1/users", "owner"),
    ("DELETE /api/v1/users/{user}", "owner"),
    ("POST /api/v1/users/{user}/reset", "owner"),
    ("GET /api/v1/status", "owner"),
    ("POST /api/v1/backup", "control"),
    ("POST /api/v1/seal", "control"),
    ("POST /api/v1/repack", "control"),
    ("GET /api/v1/doctor", "control"),
    ("GET /api/v1/openapi.json", "all"),
    ("GET /healthz", "all"),
    ("GET /metrics", "numbers"),
];

/// Callers by name, and the callers that each word of the table stands for.
const WORDS: &[(&str, &str)] = &[
    (
        "all",
        "nobody viewer editor admin owner stranger ingest read administrate foreign share reader control",
    ),
    ("in", "viewer editor admin owner stranger control"),
    ("owner", "owner control"),
    (
        "view",
        "viewer editor admin owner read administrate control",
    ),
    ("edit", "editor admin owner administrate control"),
    ("administer", "admin owner administrate control"),
    ("send", "admin owner ingest administrate control"),
    ("numbers", "owner read administrate foreign control"),
    ("share", "share"),
    ("reader", "reader"),
    ("control", "control"),
];

const CALLERS: [&str; 14] = [
    "nobody",
    "key",
    "viewer",
    "editor",
    "admin",
    "owner",
    "stranger",
    "ingest",
    "read",
    "administrate",
    "foreign",
    "share",
    "reader",
    "control",
];

struct World {
    server: TestServer,
    site: Site,
    users: Vec<(&'static str, UserId)>,
    tokens: Vec<(&'static str, Who)>,
}

impl World {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let site = server.site("one").await;
        let other = server.site("other").await;
        let users = vec![
            ("viewer", server.member(&site, Role::Viewer).await),
            ("editor", server.member(&site, Role::Editor).await),
            ("admin", server.member(&site, Role::Admin).await),
            ("stranger", server.member(&other, Role::Admin).await),
            ("owner", server.user("owner@example.org", true).await),
        ];
        let tokens = vec![
            ("key", Who::Bearer(site.key.clone())),
            ("ingest", server.token(&site, Scope::Ingest).await),
            ("read", server.token(&site, Scope::Read).await),
            ("administrate", server.token(&site, Scope::Admin).await),
            ("foreign", server.token(&other, Scope::Admin).await),
            ("share", server.share(&site, SessionId(7)).await),
            ("reader", server.board_share(&site).await),
        ];
        Self {
            server,
            site,
            users,
            tokens,
        }
    }

    async fn who(&self, name: &str) -> Who {
        if name == "control" {
            return Who::Control;
        }
        if let Some((_, user)) = self.users.iter().find(|(known, _)| *known == name) {
            return self.server.signed_in(*user).await;
        }
        let token = self.tokens.iter().find(|(known, _)| *known == name);
        token.map_or(Who::Nobody, |(_, who)| who.clone())
    }

    fn path(&self, pattern: &str) -> String {
        let id = "0".repeat(32);
        pattern
            .replace("{site}", &self.site.id.to_string())
            .replace("{session}", &id)
            .replace("{person}", &id)
            .replace("{window}", &id)
            .replace("{sequence}", "0")
            .replace("{token}", "0000")
            .replace("{user}", "999")
            .replace("{file}", "nothing")
            .replace("{segment}", "nothing")
            .replace("{insight}", "nothing")
            .replace("{board}", "nothing")
            .replace("{share}", "nothing")
            .replace("{note}", "nothing")
            .replace("{tag}", "nothing")
            .replace("{collection}", "nothing")
            .replace("{alert}", "nothing")
            .replace("{goal}", "nothing")
            .replace("{annotation}", "nothing")
            .replace("{survey}", "nothing")
    }
}

/// Whether the guard let the request through to its handler.
fn passed(answered: &Answered) -> bool {
    let detail = answered.json()["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    match answered.status {
        StatusCode::FORBIDDEN => false,
        StatusCode::UNAUTHORIZED => answered.code() != "unauthorized",
        StatusCode::NOT_FOUND => detail != "there is no such site",
        _ => true,
    }
}

#[tokio::test]
async fn every_route_lets_through_exactly_those_it_should() {
    let listed: BTreeSet<String> = EXPECTED
        .iter()
        .map(|(route, _)| (*route).to_owned())
        .collect();
    let routed: BTreeSet<String> = routes::all()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert_eq!(
        routed, listed,
        "each route stands in the table of this test"
    );
    let world = World::new().await;
    let mut wrong = Vec::new();
    for (route, word) in EXPECTED {
        let allowed = WORDS.iter().find(|(known, _)| known == word).unwrap().1;
        let (method, pattern) = route.split_once(' ').unwrap();
        let method: Method = method.parse().unwrap();
        for caller in CALLERS {
            let who = world.who(caller).await;
            let body = if method == Method::GET {
                Value::Null
            } else {
                nonsense()
            };
            let answered = world
                .server
                .call(&who, method.clone(), &world.path(pattern), body)
                .await;
            let expected = allowed.split(' ').any(|name| name == caller);
            if passed(&answered) != expected {
                wrong.push(format!(
                    "{route} by {caller}: {} {}, expected {}",
                    answered.status,
                    answered.text(),
                    if expected { "to pass" } else { "to be refused" },
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Endpoints beside the table: what they need is the key in the path, whoever calls.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/c/{key}"),
    ("POST", "/e/{key}"),
    ("POST", "/r/{key}"),
];

#[tokio::test]
async fn public_endpoints_ask_for_the_key_only() {
    let collect = include_str!("../collect/mod.rs");
    let http = include_str!("../http.rs");
    for (method, path) in PUBLIC {
        let route = format!(".route(\"{path}\", {}(", method.to_lowercase());
        assert!(collect.contains(&route), "{route}");
    }
    assert_eq!(
        collect.matches(".route(").count(),
        PUBLIC.len(),
        "each public endpoint stands in the table of this test"
    );
    assert!(!http.contains(".route("), "routes stand in the API's table");
    let world = World::new().await;
    for (method, pattern) in PUBLIC {
        let method: Method = method.parse().unwrap();
        let body = match method {
            Method::GET => Value::Null,
            _ => nonsense(),
        };
        for key in [world.site.key.as_str(), "0000000000000000"] {
            let path = pattern.replace("{key}", key);
            let call = |who| {
                let (method, path, body) = (method.clone(), path.clone(), body.clone());
                let server = &world.server;
                async move { server.call(&who, method, &path, body).await }
            };
            let nobody = call(Who::Nobody).await;
            for caller in CALLERS {
                let answered = call(world.who(caller).await).await;
                assert_eq!(
                    answered.status, nobody.status,
                    "{method} {path} by {caller}"
                );
                assert_eq!(
                    answered.code(),
                    nobody.code(),
                    "{method} {path} by {caller}"
                );
            }
        }
    }
}

#[tokio::test]
async fn site_that_is_not_there_answers_like_one_of_others() {
    let world = World::new().await;
    let viewer = world.who("viewer").await;
    let foreign = world.server.get(&viewer, "/api/v1/sites/2").await;
    let missing = world.server.get(&viewer, "/api/v1/sites/999").await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(foreign.body, missing.body);
}

#[tokio::test]
async fn object_of_another_site_is_not_found() {
    let world = World::new().await;
    let foreign_token = world.server.app.settings().tokens().await.unwrap();
    let foreign_token = foreign_token
        .iter()
        .find(|known| known.token.site != world.site.id)
        .map(|known| known.token.id.clone())
        .unwrap();
    let admin = world.who("admin").await;
    let path = format!("/api/v1/sites/{}/tokens/{foreign_token}", world.site.id);
    let answered = world
        .server
        .call(&admin, Method::DELETE, &path, Value::Null)
        .await;
    assert_eq!(answered.status, StatusCode::NOT_FOUND);
    let still_there = world.server.app.sites.token(&foreign_token);
    assert!(still_there.is_some());
}

#[tokio::test]
async fn admin_of_a_site_changes_its_members_and_learns_of_nobody_else() {
    let world = World::new().await;
    let members = format!("/api/v1/sites/{}/members", world.site.id);
    let put = async |who: &str, user: UserId| {
        let path = format!("{members}/{}", user.0);
        let role = serde_json::json!({"role": "editor"});
        let who = world.who(who).await;
        world
            .server
            .call(&who, Method::PUT, &path, role)
            .await
            .status
    };
    let named = |name| {
        world
            .users
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
    };
    for admin in ["admin", "administrate"] {
        assert_eq!(put(admin, named("stranger")).await, StatusCode::NOT_FOUND);
        assert_eq!(put(admin, named("viewer")).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        put("owner", named("stranger")).await,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn state_changes_by_cookie_need_a_page_of_this_origin() {
    let world = World::new().await;
    for route in routes::all() {
        if route.method == Method::GET {
            continue;
        }
        let Who::Cookie(cookie) = world.who("owner").await else {
            panic!("the owner has a cookie");
        };
        for site in ["same-site", "cross-site", ""] {
            let mut request = axum::http::Request::builder()
                .method(route.method.clone())
                .uri(world.path(route.path))
                .header("cookie", &cookie)
                .header("content-type", "application/json");
            if !site.is_empty() {
                request = request.header("sec-fetch-site", site);
            }
            let request = request.body(axum::body::Body::from("{}")).unwrap();
            let door = crate::peer::Door::Network([127, 0, 0, 1].into());
            let answered = world.server.send(request, door).await;
            assert_eq!(
                answered.code(),
                "cross_origin",
                "{} {} {site}",
                route.method,
                route.path
            );
        }
    }
}

#[tokio::test]
async fn wrong_token_never_falls_back_to_the_cookie() {
    let world = World::new().await;
    let Who::Cookie(cookie) = world.who("owner").await else {
        panic!("the owner has a cookie");
    };
    for token in [
        "Bearer hm_0000000000000000_00",
        "Bearer x",
        "Basic eDp5",
        "Bearer",
    ] {
        let headers = [("cookie", cookie.as_str()), ("authorization", token)];
        let answered = world.server.plain("/api/v1/me", &headers).await;
        assert_eq!(answered.status, StatusCode::UNAUTHORIZED, "{token}");
    }
}

#[tokio::test]
async fn removed_token_works_no_more() {
    let world = World::new().await;
    let (admin, read) = (world.who("admin").await, world.who("read").await);
    let path = format!("/api/v1/sites/{}", world.site.id);
    assert_eq!(world.server.get(&read, &path).await.status, StatusCode::OK);
    let list = world
        .server
        .get(&admin, &format!("{path}/tokens"))
        .await
        .json();
    for token in list["tokens"].as_array().unwrap() {
        assert!(token.get("secret").is_none());
        let id = token["id"].as_str().unwrap();
        let path = format!("{path}/tokens/{id}");
        let removed = world
            .server
            .call(&admin, Method::DELETE, &path, Value::Null)
            .await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        world.server.get(&read, &path).await.status,
        StatusCode::UNAUTHORIZED
    );
}
