//! What heatmaps are drawn on and what recordings tell of pages, over the API: found as soon as
//! they are there, told by device and by conditions, kept as sums when recordings go.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::{Chunk, ChunkFacts, SessionId, Site, VisitorId, WindowId};
use hitmetrix_store::settings::{Role, Scope};
use serde_json::{Value, json};

use super::harness::{NOON_MS, TestServer, Who};
use crate::peer::Door;
use crate::{jobs, page_heat};

const DESKTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1";
const DAY_MS: i64 = 24 * 3600 * 1000;

struct World {
    server: TestServer,
    site: Site,
    editor: Who,
}

/// A visit on a desktop, and a later one on a phone: each is on `/a` for five seconds.
async fn world() -> World {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let editor = server
        .signed_in(server.member(&site, Role::Editor).await)
        .await;
    let world = World {
        server,
        site,
        editor,
    };
    world.visit(1, DESKTOP, NOON_MS - 600_000).await;
    world.visit(2, PHONE, NOON_MS - 300_000).await;
    world
}

impl World {
    async fn visit(&self, session: u128, user_agent: &str, at_ms: i64) {
        let Who::Bearer(token) = self.server.token(&self.site, Scope::Ingest).await else {
            panic!("a token");
        };
        let id = format!("{session:032x}");
        let event = json!({
            "event": "pageview", "time": at_ms, "visitor": id, "session": id,
            "user_agent": user_agent, "url": "https://shop.example.org/a",
        });
        let request = Request::builder()
            .method("POST")
            .uri(format!("/api/v1/sites/{}/events", self.site.id))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(event.to_string()))
            .unwrap();
        let door = Door::Network([198, 51, 100, 7].into());
        let sent = self.server.send(request, door).await;
        assert_eq!(sent.json()["accepted"], 1, "{}", sent.text());
        let href = "https://shop.example.org/a";
        let size = if user_agent == PHONE {
            (400, 800)
        } else {
            (1200, 600)
        };
        let lines = [
            json!({"type": 4, "timestamp": at_ms, "data": {"href": href, "width": size.0, "height": size.1}}),
            json!({"type": 2, "timestamp": at_ms, "data": {"node": {"type": 0, "id": 1, "childNodes": []}, "initialOffset": {"top": 0, "left": 0}}}),
            json!({"type": 3, "timestamp": at_ms + 5000, "data": {"source": 1, "positions": [{"x": size.0 / 2, "y": 75, "id": 1, "timeOffset": 0}]}}),
        ];
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let chunk = Chunk {
            facts: ChunkFacts {
                site: self.site.id,
                visitor: VisitorId(session),
                cookieless: false,
                session: SessionId(session),
                window: WindowId(session + 10),
                sequence: 0,
                recorder: "rrweb-2.1.6/1".to_owned(),
                first_ms: at_ms,
                last_ms: at_ms + 5000,
                received_at_ms: at_ms + 5100,
                events: 3,
                snapshot: true,
                path: "/a".to_owned(),
                piece: None,
            },
            bytes: lines.into_bytes(),
        };
        self.server.app.store.append_chunk(chunk).await.unwrap();
    }

    async fn get(&self, rest: &str) -> Value {
        let path = format!("/api/v1/sites/{}/heatmaps/{rest}", self.site.id);
        let answer = self.server.get(&self.editor, &path).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }

    /// Session and device of the picture of a page.
    async fn picture(&self, query: &str) -> Option<(u64, String)> {
        let found = self.get(&format!("picture?{query}")).await;
        let session = found["picture"]["session"].as_str()?;
        let device = found["picture"]["device"].as_str()?.to_owned();
        Some((u64::from_str_radix(session, 16).unwrap(), device))
    }

    /// What recordings of the last days tell of `/a`.
    async fn recorded(&self, more: &str) -> Value {
        let (from, to) = (NOON_MS - DAY_MS, NOON_MS + DAY_MS);
        self.get(&format!("recorded?page=/a&from_ms={from}&to_ms={to}{more}"))
            .await
    }
}

fn phones() -> String {
    // As a browser would send it.
    "&filters=%5B%7B%22dimension%22%3A%22device%22%2C%22operator%22%3A%22is%22%2C%22values%22%3A%5B%22phone%22%5D%7D%5D"
        .to_owned()
}

#[tokio::test]
async fn the_newest_picture_of_a_page_is_found_for_each_device() {
    let world = world().await;
    let phone = Some((2, "phone".to_owned()));
    assert_eq!(world.picture("page=/a").await, phone);
    assert_eq!(world.picture("page=/a&device=phone").await, phone);
    let desktop = Some((1, "desktop".to_owned()));
    assert_eq!(world.picture("page=/a&device=desktop").await, desktop);
    assert_eq!(world.picture("page=/a&device=tablet").await, None);
    assert_eq!(world.picture("page=/").await, None);
    let found = world.get("picture?page=/a").await;
    let picture = &found["picture"];
    assert_eq!(picture["recorded_ms"], NOON_MS - 300_000);
    assert_eq!(picture["at_ms"], NOON_MS - 297_000);
    assert_eq!(picture["chunks"].as_array().unwrap().len(), 1);
    world.server.app.store.seal().await.unwrap();
    assert_eq!(world.picture("page=/a&device=desktop").await, desktop);
    // A time before is drawn as the page was then; where nothing shows it then, as it was last.
    let before = format!("page=/a&from_ms=0&to_ms={}", NOON_MS - 300_000);
    assert_eq!(world.picture(&before).await, desktop);
    let since = format!("page=/a&from_ms={}", NOON_MS - 300_000);
    assert_eq!(world.picture(&since).await, phone);
    assert_eq!(world.picture("page=/a&from_ms=0&to_ms=1").await, phone);
    let none = "page=/a&device=tablet&from_ms=0&to_ms=1";
    assert_eq!(world.picture(none).await, None);
}

#[tokio::test]
async fn what_recordings_tell_is_read_when_somebody_asks_and_by_the_job() {
    let world = world().await;
    let told = world.recorded("").await;
    assert_eq!(told["sessions"], 2);
    assert_eq!(told["rows"][0], json!({"ms": 10_000, "sessions": 2}));
    assert_eq!(
        told["rows"][12],
        json!({"ms": 5000, "sessions": 1}),
        "of the higher window"
    );
    assert_eq!(told["moves"], json!([[1, 25, 2]]));
    assert_eq!(told["window_px"], 600);
    assert_eq!(world.recorded("&device=phone").await["sessions"], 1);
    assert_eq!(world.recorded(&phones()).await["sessions"], 1);
    assert_eq!(
        world.recorded("&device=tablet").await["window_px"],
        Value::Null
    );
    // Nobody asked for these yet.
    world.visit(3, DESKTOP, NOON_MS - 100_000).await;
    world.server.app.store.seal().await.unwrap();
    page_heat::read_all(&world.server.app).await.unwrap();
    let read = world
        .server
        .app
        .store
        .read_until(world.site.id, SessionId(3))
        .await;
    assert_eq!(read.unwrap(), Some(NOON_MS - 95_000));
    assert_eq!(world.recorded("").await["sessions"], 3);
    page_heat::read_all(&world.server.app).await.unwrap();
    assert_eq!(world.recorded("").await["sessions"], 3, "each once");
}

#[tokio::test]
async fn a_recording_that_somebody_removes_leaves_the_sums_and_one_that_grows_old_stays_in_them() {
    let mut world = world().await;
    assert_eq!(world.recorded("").await["sessions"], 2);
    let path = format!("/api/v1/sites/{}/recordings/{:032x}", world.site.id, 1);
    let gone = world
        .server
        .call(&world.editor, Method::DELETE, &path, Value::Null)
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
    let told = world.recorded("").await;
    assert_eq!(
        (&told["sessions"], &told["rows"][0]["ms"]),
        (&json!(1), &json!(5000))
    );
    world.server.pass_ms(40 * DAY_MS);
    // A sign-in does not last that long.
    let later = world.server.member(&world.site, Role::Viewer).await;
    world.editor = world.server.signed_in(later).await;
    jobs::expire(&world.server.app).await;
    page_heat::read_all(&world.server.app).await.unwrap();
    assert_eq!(world.picture("page=/a").await, None);
    assert_eq!(world.recorded("").await["sessions"], 1);
    assert_eq!(
        world.recorded(&phones()).await["sessions"],
        0,
        "nobody knows whose it was"
    );
}
