//! Links to boards: each opens what its board's panels ask, until it ends or is revoked, and nothing
//! else; who may frame it is in its own allow-list, and nobody may frame anything else.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use hitmetrix_model::Site;
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use super::web::with_web_parts;
use crate::api::routes;
use crate::{demo, jobs};

const DAY_MS: i64 = 24 * 3600 * 1000;

/// A server with a site, a board of each kind of panel, and a board that is not shared.
struct World {
    server: TestServer,
    site: Site,
    board: String,
    other_insight: String,
}

impl World {
    async fn new() -> Self {
        Self::of(TestServer::new().await).await
    }

    async fn of(server: TestServer) -> Self {
        let site = server.site("one").await;
        let mut world = Self {
            server,
            site,
            board: String::new(),
            other_insight: String::new(),
        };
        world.send_events().await;
        let trend = world.insight(
            "Orders",
            json!({"kind": "trend", "period": {"last": "30d"},
            "trend": {"series": [{"events": ["order"]}], "breakdown": [{"dimension": "page"}]},
            "filters": [{"dimension": "page", "operator": "is", "values": ["/a"]}]}),
        );
        let trend = trend.await;
        let retention = world.insight(
            "Back",
            json!({"kind": "retention", "period": {"last": "30d"}, "interval": "day",
            "retention": {"start": {"events": ["order"]}, "return": {"events": ["order"]}}}),
        );
        let retention = retention.await;
        world.other_insight = world
            .insight(
                "Secret",
                json!({"kind": "breakdown", "period": {"last": "30d"},
                "measures": ["events"], "dimension": "page"}),
            )
            .await;
        let place = |y: u16| json!({"x": 0, "y": y, "width": 6, "height": 4});
        let panels = json!([
            {"id": "chart", "place": place(0), "shows": {"insight": trend}},
            {"id": "number", "place": place(4), "shows": {"measure": "events"}},
            {"id": "words", "place": place(8), "shows": {"text": "Read this"}},
            {"id": "one", "place": place(12), "shows": {"insight": trend, "display": "number"}},
            {"id": "back", "place": place(16), "shows": {"insight": retention}},
        ]);
        world.board = world.board("Sales", panels).await;
        let panels = json!([{"id": "secret", "place": place(0),
            "shows": {"insight": world.other_insight}}]);
        world.board("Not shared", panels).await;
        world
    }

    async fn send_events(&self) {
        let mut lines = String::new();
        for (index, (name, path, days)) in [
            ("order", "/a", 1),
            ("order", "/a", 2),
            ("order", "/a", 60),
            ("order", "/b", 1),
            ("pageview", "/b", 1),
        ]
        .into_iter()
        .enumerate()
        {
            let visitor = format!("{:032x}", index + 1);
            let event = json!({"event": name, "time": NOON_MS - days * DAY_MS,
                "visitor": visitor, "session": visitor, "id": format!("e{index}"),
                "url": format!("https://shop.example.org{path}")});
            lines.push_str(&format!("{event}\n"));
        }
        let request = axum::http::Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1/sites/{}/events", self.site.id))
            .body(axum::body::Body::from(lines))
            .unwrap();
        let sent = self.server.send(request, crate::peer::Door::Control).await;
        assert_eq!(sent.json()["accepted"], 5, "{}", sent.text());
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let path = format!("/api/v1/sites/{}/{path}", self.site.id);
        let made = self.server.post(&Who::Control, &path, body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
        made.json()
    }

    async fn insight(&self, name: &str, question: Value) -> String {
        let made = self.made("insights", json!({"name": name, "question": question}));
        made.await["id"].as_str().unwrap().to_owned()
    }

    async fn board(&self, name: &str, panels: Value) -> String {
        let made = self.made("boards", json!({"name": name, "panels": panels}));
        made.await["id"].as_str().unwrap().to_owned()
    }

    async fn share(&self, body: Value) -> (Who, Value) {
        let made = self
            .made(&format!("boards/{}/shares", self.board), body)
            .await;
        (pass(&made), made)
    }

    async fn ask(&self, who: &Who, body: Value) -> Answered {
        self.server
            .post(who, "/api/v1/shared/board/ask", body)
            .await
    }

    async fn status(&self, who: &Who) -> (StatusCode, String) {
        let answered = self.server.get(who, "/api/v1/shared/board").await;
        (answered.status, answered.code())
    }
}

/// What somebody with the link sends.
fn pass(made: &Value) -> Who {
    let link = made["link"].as_str().unwrap();
    let (_, rest) = link.split_once("/share/board/").unwrap();
    let (id, secret) = rest.split_once('#').unwrap();
    assert_eq!(secret.len(), 32, "128 bits: {link}");
    Who::Bearer(format!("hmb_{id}_{secret}"))
}

fn sum(answered: &Answered) -> i64 {
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
    let answer = answered.json();
    let columns = answer["columns"].as_array().unwrap();
    let numbers: Vec<usize> = (0..columns.len())
        .filter(|at| columns[*at]["unit"] == "count")
        .collect();
    let rows = answer["rows"].as_array().unwrap();
    let cells = rows
        .iter()
        .flat_map(|row| numbers.iter().map(move |at| &row[*at]));
    cells.filter_map(Value::as_i64).sum()
}

#[tokio::test]
async fn link_shows_what_its_panels_ask() {
    let world = World::new().await;
    let (who, made) = world.share(json!({"name": "Boats Ltd"})).await;
    assert_eq!(made["ends_at_ms"], NOON_MS + 30 * DAY_MS);
    let shared = world.server.get(&who, "/api/v1/shared/board").await.json();
    assert_eq!(shared["name"], "Sales");
    assert_eq!(shared["demo"], false);
    assert_eq!(shared["panels"].as_array().unwrap().len(), 5);
    assert_eq!(shared["insights"].as_array().unwrap().len(), 2);
    let ask = async |panel: &str, part: &str| {
        let body = json!({"panel": panel, "part": part});
        sum(&world.ask(&who, body).await)
    };
    assert_eq!(ask("chart", "answer").await, 2);
    assert_eq!(ask("one", "line").await, 2);
    assert_eq!(ask("number", "line").await, 4);
    for (panel, part) in [
        ("words", "answer"),
        ("number", "answer"),
        ("one", "answer"),
        ("one", "whole"),
        ("chart", "number"),
        ("secret", "answer"),
        ("", "line"),
    ] {
        let refused = world.ask(&who, json!({"panel": panel, "part": part})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{panel} {part}");
    }
}

#[tokio::test]
async fn annotations_are_shown_where_the_link_says_so_of_its_times_and_without_who_made_them() {
    let world = World::new().await;
    for (text, ago) in [("Version 2.4", 2), ("Last year's sale", 400)] {
        let from_ms = NOON_MS - ago * DAY_MS;
        let draft = json!({"kind": "release", "text": text, "from_ms": from_ms});
        world.made("annotations", draft).await;
    }
    let seen = async |who: &Who| {
        let shared = world.server.get(who, "/api/v1/shared/board").await.json();
        shared["annotations"].clone()
    };
    let (silent, made) = world.share(json!({"name": "Silent"})).await;
    assert_eq!(made["annotations"], false);
    assert_eq!(seen(&silent).await, json!([]));
    let (who, made) = world.share(json!({"annotations": true})).await;
    assert_eq!(made["annotations"], true);
    let expected = json!([{"kind": "release", "text": "Version 2.4",
                           "from_ms": NOON_MS - 2 * DAY_MS}]);
    assert_eq!(seen(&who).await, expected);
    let wide = json!({"annotations": true, "period_days": 500});
    let (wide, _) = world.share(wide).await;
    assert_eq!(seen(&wide).await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn filters_questions_and_periods_cannot_be_widened() {
    let world = World::new().await;
    let (fixed, _) = world.share(json!({})).await;
    let (free, made) = world.share(json!({"period_days": 90})).await;
    assert_eq!(made["period_days"], 90);
    let body = |more: &str, value: Value| {
        let mut body = json!({"panel": "chart", "part": "answer"});
        body[more] = value;
        body
    };
    let question = json!({"kind": "breakdown", "period": {"last": "30d"}, "dimension": "page",
        "measures": ["events"]});
    for (more, value) in [
        ("filters", json!([])),
        ("question", question),
        ("common", json!({"filters": []})),
        ("compare", json!("previous")),
        ("limit", json!(1000)),
        ("insight", json!(world.other_insight)),
        ("site", json!(1)),
        ("board", json!("another")),
    ] {
        for who in [&fixed, &free] {
            let refused = world.ask(who, body(more, value.clone())).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{more}");
        }
    }
    let wide = [
        json!({"last": "100d"}),
        json!({"last": "10y"}),
        json!({"from": "2001-01-01", "to": "2025-12-31"}),
        json!({"from_ms": 0, "to_ms": NOON_MS}),
    ];
    for period in wide {
        let refused = world.ask(&free, body("period", period.clone())).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{period}");
    }
    let near = json!({"last": "90d"});
    assert_eq!(
        sum(&world.ask(&free, body("period", near.clone())).await),
        3
    );
    let refused = world.ask(&fixed, body("period", near)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let nonsense = world.ask(&free, body("period", json!({"last": "x"}))).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn period_that_ends_in_the_future_opens_nothing_before_the_range() {
    let world = World::new().await;
    let (who, _) = world.share(json!({"period_days": 30})).await;
    let day = |days: i64| (NOON_MS + days * DAY_MS) / DAY_MS * DAY_MS;
    let asked = async |period: Value| {
        let body = json!({"panel": "number", "part": "number", "period": period});
        world.ask(&who, body).await
    };
    // The board compares: what is before such a period would be all that was ever collected.
    for period in [
        json!({"from": "2025-12-02", "to": "2026-12-02"}),
        json!({"from": "2026-01-01", "to": "2026-02-15"}),
        json!({"from_ms": day(-30), "to_ms": day(335)}),
        json!({"from_ms": day(0), "to_ms": day(32)}),
    ] {
        let refused = asked(period.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{period}");
    }
    for period in [
        json!({"from": "2025-12-02", "to": "2026-01-01"}),
        json!({"from_ms": day(-30), "to_ms": day(1)}),
        json!({"last": "30d"}),
    ] {
        let answered = asked(period.clone()).await;
        assert_eq!(answered.status, StatusCode::OK, "{period}");
        let previous = &answered.json()["previous"]["from_ms"];
        let first_ms = NOON_MS - 2 * 31 * DAY_MS;
        assert!(
            previous.as_i64().unwrap() >= first_ms,
            "{period}: {previous}"
        );
    }
}

#[tokio::test]
async fn nobody_is_picked_out_by_moments() {
    let world = World::new().await;
    let (who, _) = world.share(json!({"period_days": 30})).await;
    const HOUR_MS: i64 = 3_600_000;
    let span = |from_ms: i64, to_ms: i64| json!({"from_ms": from_ms, "to_ms": to_ms});
    let at_ms = NOON_MS - DAY_MS;
    for (period, expected) in [
        (span(at_ms, at_ms + 1), StatusCode::FORBIDDEN),
        (span(at_ms, at_ms + HOUR_MS / 4), StatusCode::FORBIDDEN),
        (span(at_ms - 1, at_ms + HOUR_MS), StatusCode::FORBIDDEN),
        (span(at_ms, at_ms + HOUR_MS + 1), StatusCode::FORBIDDEN),
        (json!({"last": "60m"}), StatusCode::FORBIDDEN),
        (span(at_ms, at_ms + HOUR_MS), StatusCode::OK),
        (span(at_ms - HOUR_MS / 4, at_ms + HOUR_MS), StatusCode::OK),
        (json!({"last": "1h"}), StatusCode::OK),
        (json!({"last": "1mo"}), StatusCode::OK),
    ] {
        let body = json!({"panel": "number", "part": "line", "period": period});
        let answered = world.ask(&who, body).await;
        assert_eq!(answered.status, expected, "{period}: {}", answered.text());
    }
}

#[tokio::test]
async fn retention_is_the_same_on_the_board_and_by_its_link() {
    let world = World::new().await;
    let (who, _) = world.share(json!({"period_days": 90})).await;
    let period = json!({"last": "90d"});
    // As the dashboard asks it.
    let question = json!({"kind": "retention", "period": period, "interval": "week",
        "retention": {"start": {"events": ["order"]}, "return": {"events": ["order"]}}});
    let path = format!("/api/v1/sites/{}/ask", world.site.id);
    let on_board = world.server.post(&Who::Control, &path, question).await;
    assert_eq!(on_board.status, StatusCode::OK, "{}", on_board.text());
    let body = json!({"panel": "back", "part": "answer", "period": period});
    let by_link = world.ask(&who, body).await;
    assert_eq!(by_link.status, StatusCode::OK, "{}", by_link.text());
    let (on_board, by_link) = (on_board.json(), by_link.json());
    assert!(on_board["rows"].as_array().unwrap().len() > 1, "{on_board}");
    assert_eq!(by_link["rows"], on_board["rows"]);
    assert_eq!(by_link["interval"], "week");
    // What it was counted on is the site's and no reader's.
    assert_ne!(on_board["rows_scanned"], 0, "{on_board}");
    assert_eq!(by_link["rows_scanned"], 0);
    assert_eq!(by_link["data_version"], "");
}

#[tokio::test]
async fn open_page_sees_that_the_board_changed_and_is_no_further_opening() {
    let world = World::new().await;
    let (who, made) = world.share(json!({})).await;
    let shares = format!(
        "/api/v1/sites/{}/boards/{}/shares",
        world.site.id, world.board
    );
    let used = async || {
        let list = world.server.get(&Who::Control, &shares).await.json();
        let share = list["shares"][0].clone();
        assert_eq!(share["id"], made["id"]);
        (
            share["opened"].as_i64().unwrap(),
            share["opened_at_ms"].as_i64(),
        )
    };
    let look = async |path: &str| {
        let path = format!("/api/v1/shared/board{path}");
        let answered = world.server.get(&who, &path).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        assert_eq!(answered.header("cache-control"), "private, no-store");
        answered.json()
    };
    let first = look("").await;
    assert_eq!(used().await, (1, Some(NOON_MS)));
    world.server.pass_ms(60_000);
    assert_eq!(look("/now").await, first);
    assert_eq!(used().await, (1, Some(NOON_MS)));
    world.server.pass_ms(30 * 60_000);
    let path = format!("/api/v1/sites/{}/boards/{}", world.site.id, world.board);
    let mut board = world.server.get(&Who::Control, &path).await.json();
    let panels = board["panels"].as_array().unwrap()[..1].to_vec();
    let draft = json!({"name": "Sold", "panels": panels, "version": board["version"].take()});
    let changed = world
        .server
        .call(&Who::Control, Method::PUT, &path, draft)
        .await;
    assert!(changed.status.is_success(), "{}", changed.text());
    let second = look("/now").await;
    assert_eq!(second["name"], "Sold");
    assert_eq!(second["panels"].as_array().unwrap().len(), 1);
    assert_eq!(used().await, (1, Some(NOON_MS + 31 * 60_000)));
    look("").await;
    assert_eq!(used().await.0, 2);
    let asked = world.ask(&who, json!({"panel": "chart", "part": "answer"}));
    assert_eq!(asked.await.header("cache-control"), "private, no-store");
}

#[tokio::test]
async fn demo_site_says_that_its_visits_are_made_up() {
    let server = TestServer::new().await;
    assert!(demo::make_site(&server.app).await.unwrap());
    let site = demo::site(&server.app).unwrap().site.clone();
    let who = server.board_share(&site).await;
    let shared = server.get(&who, "/api/v1/shared/board").await.json();
    assert_eq!(shared["demo"], true, "{shared}");
}

#[tokio::test]
async fn link_opens_no_other_route() {
    let world = World::new().await;
    let (who, made) = world.share(json!({"period_days": 30})).await;
    let mut opened = BTreeSet::new();
    for route in routes::all() {
        let path = route
            .path
            .replace("{site}", &world.site.id.to_string())
            .replace("{board}", &world.board)
            .replace("{insight}", &world.other_insight)
            .replace("{share}", made["id"].as_str().unwrap())
            .replace("{sequence}", "0")
            .replace("{user}", "1");
        let path = path.split('/').map(|part| match part.starts_with('{') {
            true => "00000000000000000000000000000001",
            false => part,
        });
        let path = path.collect::<Vec<_>>().join("/");
        // A body that the route would take.
        let body = match route.path {
            "/api/v1/shared/board/ask" => json!({"panel": "chart", "part": "answer"}),
            "/api/v1/shared/board/unlock" => json!({"password": "none is asked for"}),
            "/api/v1/sites/{site}/ask" => json!({"kind": "totals", "period": {"last": "7d"},
                "measures": ["events"]}),
            "/api/v1/sites/{site}/ask-together" => json!({"questions": [
                {"kind": "totals", "period": {"last": "7d"}, "measures": ["events"]}]}),
            _ if route.method == Method::GET => Value::Null,
            _ => json!({}),
        };
        let answered = world
            .server
            .call(&who, route.method.clone(), &path, body)
            .await;
        if answered.status.is_success() {
            opened.insert(format!("{} {}", route.method, route.path));
        } else if route.path.starts_with("/api/v1/sites") {
            assert_eq!(
                answered.status,
                StatusCode::FORBIDDEN,
                "{} {path}",
                route.method
            );
        }
    }
    let expected = [
        "GET /api/v1/openapi.json",
        "GET /api/v1/shared/board",
        "GET /api/v1/shared/board/now",
        "POST /api/v1/shared/board/ask",
        "POST /api/v1/shared/board/unlock",
    ];
    assert_eq!(opened, expected.map(str::to_owned).into());
}

#[tokio::test]
async fn link_ends_is_revoked_and_says_which_to_whoever_has_it() {
    let world = World::new().await;
    let (kept, _) = world.share(json!({"days": 366})).await;
    let (short, _) = world.share(json!({"days": 1})).await;
    let (gone, made) = world.share(json!({})).await;
    let shares = format!(
        "/api/v1/sites/{}/boards/{}/shares",
        world.site.id, world.board
    );
    let revoke = format!("{shares}/{}", made["id"].as_str().unwrap());
    let revoked = world
        .server
        .call(&Who::Control, Method::DELETE, &revoke, Value::Null);
    assert_eq!(revoked.await.status, StatusCode::NO_CONTENT);
    let refused = |code: &str| (StatusCode::UNAUTHORIZED, code.to_owned());
    assert_eq!(world.status(&gone).await, refused("link_revoked"));
    assert_eq!(world.status(&short).await.0, StatusCode::OK);
    world.server.pass_ms(DAY_MS);
    assert_eq!(world.status(&short).await, refused("link_ended"));
    // Another's id with one's own secret learns nothing, nor do words.
    let (Who::Bearer(one), Who::Bearer(two)) = (&short, &kept) else {
        panic!("links are bearer tokens");
    };
    let mixed = format!("{}_{}", &one[..20], &two[21..]);
    for wrong in [mixed.as_str(), &two[..52], "hmb_", "hmb_x_y", "hmb_'--"] {
        let who = Who::Bearer(wrong.to_owned());
        assert_eq!(world.status(&who).await, refused("unauthorized"), "{wrong}");
    }
    let list = world.server.get(&Who::Control, &shares).await.json();
    let list = list["shares"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert!(list.iter().all(|share| share.get("link").is_none()));
    assert!(list.iter().any(|share| share["opened"] == 1), "{list:?}");
    // One that has ended is taken off the list, and has ended all the same.
    let ended = list.iter().find(|share| share["opened"] == 1).unwrap();
    let forget = format!("{shares}/{}", ended["id"].as_str().unwrap());
    let forgotten = world
        .server
        .call(&Who::Control, Method::DELETE, &forget, Value::Null);
    assert_eq!(forgotten.await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.status(&short).await, refused("link_ended"));
    // What ended long ago is forgotten.
    world.server.pass_ms(31 * DAY_MS);
    jobs::expire(&world.server.app).await;
    assert_eq!(world.status(&short).await, refused("unauthorized"));
    assert_eq!(world.status(&gone).await, refused("unauthorized"));
    assert_eq!(world.status(&kept).await.0, StatusCode::OK);
    // An archived board is out of use; it comes back with its links, and takes them along at its end.
    let board = format!("/api/v1/sites/{}/boards/{}", world.site.id, world.board);
    let archived = format!("{board}/archived");
    let call = async |method: Method, path: &str| {
        let done = world.server.call(&Who::Control, method, path, Value::Null);
        assert_eq!(done.await.status, StatusCode::NO_CONTENT, "{path}");
    };
    call(Method::PUT, &archived).await;
    assert_eq!(world.status(&kept).await.0, StatusCode::NOT_FOUND);
    let further = world.server.post(&Who::Control, &shares, json!({})).await;
    assert_eq!(further.status, StatusCode::CONFLICT);
    call(Method::DELETE, &archived).await;
    assert_eq!(world.status(&kept).await.0, StatusCode::OK);
    call(Method::PUT, &archived).await;
    call(Method::DELETE, &board).await;
    assert_eq!(world.status(&kept).await, refused("unauthorized"));
}

#[tokio::test]
async fn readers_leave_a_place_to_those_who_have_a_login() {
    let world = World::new().await;
    let app = &world.server.app;
    // As many readers as may ask at one time, each in a place of those who have a login.
    let mut held = Vec::new();
    while let Some(place) = at_once(app.shared_questions.take("a link")) {
        let slot = at_once(app.questions.take()).expect("a place is left for the reader");
        held.push((place.unwrap(), slot.unwrap()));
    }
    assert!(!held.is_empty());
    let free = at_once(app.questions.take()).expect("a place is left for who has a login");
    drop(free);
    let (who, _) = world.share(json!({})).await;
    let path = format!("/api/v1/sites/{}/ask", world.site.id);
    let question = json!({"kind": "totals", "period": {"last": "7d"}, "measures": ["events"]});
    let answered = world.server.post(&Who::Control, &path, question).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
    drop(held);
    let asked = json!({"panel": "number", "part": "line"});
    assert_eq!(world.ask(&who, asked).await.status, StatusCode::OK);
}

/// What a future gives when it is asked once; none while it waits.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}

#[tokio::test]
async fn password_is_asked_for_and_limited() {
    let world = World::new().await;
    let path = format!(
        "/api/v1/sites/{}/boards/{}/shares",
        world.site.id, world.board
    );
    let body = json!({"password": "short"});
    let short = world.server.post(&Who::Control, &path, body);
    assert_eq!(short.await.json()["field"], "password");
    let (who, made) = world.share(json!({"password": "three plain words"})).await;
    assert_eq!(made["has_password"], true);
    let locked = (StatusCode::UNAUTHORIZED, "locked".to_owned());
    assert_eq!(world.status(&who).await, locked);
    let asked = world
        .ask(&who, json!({"panel": "chart", "part": "answer"}))
        .await;
    assert_eq!(asked.code(), "locked");
    let unlock = async |password: &str| {
        let body = json!({"password": password});
        world
            .server
            .post(&who, "/api/v1/shared/board/unlock", body)
            .await
    };
    assert_eq!(
        unlock("three other words").await.code(),
        "wrong_link_password"
    );
    let unlocked = unlock("three plain words").await;
    assert_eq!(unlocked.status, StatusCode::OK, "{}", unlocked.text());
    assert_eq!(unlocked.header("cache-control"), "private, no-store");
    let text = unlocked.json()["unlocked"].as_str().unwrap().to_owned();
    let Who::Bearer(bearer) = &who else {
        panic!("a link is a bearer token");
    };
    let bearer = format!("Bearer {bearer}");
    let open = async |text: &str| {
        let headers = [
            ("authorization", bearer.as_str()),
            ("hitmetrix-unlocked", text),
        ];
        world
            .server
            .plain("/api/v1/shared/board", &headers)
            .await
            .status
    };
    assert_eq!(open(&text).await, StatusCode::OK);
    let later = text.replacen(char::is_numeric, "9", 1);
    for wrong in ["", "x", &text[..text.len() - 1], later.as_str()] {
        if wrong != text {
            assert_eq!(open(wrong).await, StatusCode::UNAUTHORIZED, "{wrong}");
        }
    }
    world.server.pass_ms(DAY_MS / 2);
    assert_eq!(open(&text).await, StatusCode::UNAUTHORIZED);
    // Guessing ends, from whatever address.
    let mut codes = BTreeSet::new();
    for _ in 0..world.server.app.config.account_attempts_max + 1 {
        codes.insert(unlock("three wrong words").await.code());
    }
    assert!(codes.contains("too_many"), "{codes:?}");
    assert_eq!(unlock("three plain words").await.code(), "too_many");
}

#[tokio::test]
async fn limits_of_a_link_are_told() {
    let world = World::new().await;
    let path = format!(
        "/api/v1/sites/{}/boards/{}/shares",
        world.site.id, world.board
    );
    for (field, value) in [
        ("days", json!(0)),
        ("days", json!(367)),
        ("period_days", json!(0)),
        ("period_days", json!(100_000)),
        ("origins", json!(["https://a.example/path"])),
        ("origins", json!(["*"])),
        ("name", json!("x".repeat(200))),
    ] {
        let mut body = json!({});
        body[field] = value.clone();
        let refused = world.server.post(&Who::Control, &path, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{field} {value}");
        assert_eq!(refused.json()["field"], field);
    }
    let nowhere = path.replace(&world.board, "nothing");
    let refused = world.server.post(&Who::Control, &nowhere, json!({})).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let mut secrets = Vec::new();
    for _ in 0..50 {
        let Who::Bearer(text) = world.share(json!({})).await.0 else {
            panic!("a link is a bearer token");
        };
        secrets.push(text.rsplit('_').next().unwrap().to_owned());
    }
    let over = world.server.post(&Who::Control, &path, json!({})).await;
    assert_eq!(over.code(), "conflict");
    let mut kept = String::new();
    for entry in std::fs::read_dir(world.server.folder.path().join("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            kept.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    assert!(kept.contains("board_shares"), "the database was looked at");
    assert!(secrets.iter().all(|secret| !kept.contains(secret.as_str())));
}

#[tokio::test]
async fn only_the_page_of_an_embedded_board_may_be_framed_and_by_its_origins_alone() {
    let (server, _web) = with_web_parts().await;
    let world = World::of(server).await;
    let origins = json!(["https://intranet.example.org", "http://127.0.0.1:7"]);
    let (_, made) = world.share(json!({"origins": origins})).await;
    let (_, plain) = world.share(json!({})).await;
    assert!(plain.get("embed").is_none());
    let id = made["id"].as_str().unwrap();
    let embed = made["embed"].as_str().unwrap();
    assert!(embed.contains(&format!("/embed/board/{id}#")), "{embed}");
    let policy = async |path: &str| {
        let answered = world.server.plain(path, &[]).await;
        assert_eq!(answered.header("set-cookie"), "", "{path}");
        assert_eq!(answered.header("referrer-policy"), "no-referrer", "{path}");
        let policy = answered.header("content-security-policy").to_owned();
        (policy, answered.header("x-robots-tag").to_owned())
    };
    let (framed, robots) = policy(&format!("/embed/board/{id}")).await;
    assert!(
        framed.contains("frame-ancestors https://intranet.example.org http://127.0.0.1:7;"),
        "{framed}"
    );
    assert!(robots.contains("noindex"), "{robots}");
    let others = [
        "/".to_owned(),
        "/login".to_owned(),
        format!("/sites/{}/boards/{}", world.site.id, world.board),
        format!("/share/board/{id}"),
        format!("/share/{id}"),
        format!("/embed/{id}"),
        "/embed/board/".to_owned(),
        "/embed/board/nothing".to_owned(),
        format!("/embed/board/{}", plain["id"].as_str().unwrap()),
        format!("/embed/board/{id}/x"),
        format!("/embed/board/embed/board/{id}"),
        format!("/embed/board/{id}//"),
    ];
    for path in &others {
        let (framed, _) = policy(path).await;
        assert!(
            framed.contains("frame-ancestors 'none'"),
            "{path}: {framed}"
        );
    }
    // Once it is revoked, nobody frames it.
    let revoke = format!(
        "/api/v1/sites/{}/boards/{}/shares/{id}",
        world.site.id, world.board
    );
    let revoked = world
        .server
        .call(&Who::Control, Method::DELETE, &revoke, Value::Null);
    assert_eq!(revoked.await.status, StatusCode::NO_CONTENT);
    let (framed, _) = policy(&format!("/embed/board/{id}")).await;
    assert!(framed.contains("frame-ancestors 'none'"), "{framed}");
}
