//! The public endpoints with a real store in a temporary folder and a clock that stands still
//! until it is moved.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use hitmetrix_model::{SessionId, Site, SiteSettings};
use hitmetrix_store::settings::NewSite;
use hitmetrix_store::{Clock, Randomness};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::quota::DAY_MS;
use super::*;
use crate::config::Config;
use crate::peer::Door;

mod disk;
mod pictures;
mod privacy_mode;
mod sent_twice;
mod sheets;
mod signs_kept;

/// Noon of a day.
const NOON: i64 = 20_000 * DAY_MS + DAY_MS / 2;
const ORIGIN: &str = "https://shop.example";
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Different bytes with each call, the same in each run.
#[derive(Default)]
struct Counted(AtomicU64);

impl Randomness for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let mut reader = blake3::Hasher::new()
            .update(&count.to_le_bytes())
            .finalize_xof();
        reader.fill(bytes);
    }
}

struct Server {
    app: Arc<App>,
    clock: Arc<SetClock>,
    site: Site,
    folder: tempfile::TempDir,
}

async fn server(settings: SiteSettings, config: &[(&str, &str)]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(SetClock(AtomicI64::new(NOON)));
    let app = open(&folder, &clock, config).await;
    let site = app
        .settings()
        .create_site(NewSite {
            name: "Shop".to_owned(),
            domains: vec!["shop.example".to_owned()],
            key: "publickey".to_owned(),
            settings,
            ..crate::api::sites::blank(&app)
        })
        .await
        .unwrap();
    app.settings_changed().await.unwrap();
    Server {
        app,
        clock,
        site,
        folder,
    }
}

async fn open(
    folder: &tempfile::TempDir,
    clock: &Arc<SetClock>,
    config: &[(&str, &str)],
) -> Arc<App> {
    let config = Config::resolve(&|setting| {
        if setting.name == "data" {
            return Some(folder.path().to_str().unwrap().to_owned());
        }
        config
            .iter()
            .find(|(name, _)| *name == setting.name)
            .map(|(_, value)| (*value).to_owned())
    })
    .unwrap();
    let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
    App::open(
        config,
        Outside {
            clock,
            randomness: Arc::new(Counted::default()),
            resolver: Arc::new(crate::egress::SystemResolver),
        },
    )
    .await
    .unwrap()
}

struct Answer {
    status: StatusCode,
    headers: axum::http::HeaderMap,
    json: Value,
}

impl Server {
    /// The same after its process ended and began anew.
    async fn restarted(self) -> Self {
        self.app.store.close().await.unwrap();
        drop(self.app);
        let app = open(&self.folder, &self.clock, &[]).await;
        Self { app, ..self }
    }

    fn now(&self) -> i64 {
        self.clock.now_ms()
    }

    fn set_now(&self, now_ms: i64) {
        self.clock.0.store(now_ms, Ordering::SeqCst);
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = router()
            .with_state(Arc::clone(&self.app))
            .oneshot(request)
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status: parts.status,
            headers: parts.headers,
            json,
        }
    }

    fn request(
        &self,
        path: &str,
        address: &str,
        more: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Request<Body> {
        let mut request = Request::post(format!("{path}{}", self.site.key))
            .header("user-agent", CHROME)
            .header("content-type", "text/plain");
        if !more.iter().any(|(name, _)| *name == "origin") {
            request = request.header("origin", ORIGIN);
        }
        for (name, value) in more.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.into()).unwrap();
        request
            .extensions_mut()
            .insert(Door::Network(address.parse::<IpAddr>().unwrap()));
        request
    }

    fn body(&self, window: u128, more: &str, sequences: std::ops::Range<u32>) -> String {
        let now = self.now();
        let mut text =
            format!("{{\"v\":1,\"window\":\"{window:032x}\",\"sent_ms\":{now}{more}}}\n");
        for sequence in sequences {
            text += &format!(
                "{{\"name\":\"pageview\",\"sequence\":{sequence},\"time_ms\":{now},\
                 \"url\":\"https://shop.example/\"}}\n"
            );
        }
        text
    }

    async fn events(&self, window: u128, more: &str, sequences: std::ops::Range<u32>) -> Answer {
        let body = self.body(window, more, sequences);
        self.send(self.request("/e/", "203.0.113.7", &[], body))
            .await
    }

    async fn stored(&self) -> Vec<hitmetrix_store::StoredEvent> {
        let snapshot = self.app.store.snapshot(self.site.id).unwrap();
        let mut events = Vec::new();
        self.app
            .store
            .export(&snapshot, &mut |event| {
                events.push(event.clone());
                std::ops::ControlFlow::Continue(())
            })
            .unwrap();
        events
    }
}

fn persistent(visitor: u128, session: u128) -> String {
    format!(
        ",\"mode\":\"persistent\",\"visitor\":\"{visitor:032x}\",\"session\":\"{session:032x}\""
    )
}

#[tokio::test]
async fn events_are_stored_once_and_acknowledged() {
    let server = server(SiteSettings::default(), &[]).await;
    let first = server.events(1, &persistent(2, 3), 0..3).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    assert_eq!(first.json["accepted"], 3);
    assert_eq!(first.json["session"], format!("{:032x}", 3));
    assert_eq!(first.headers["access-control-allow-origin"], ORIGIN);
    let again = server.events(1, &persistent(2, 3), 0..4).await;
    assert_eq!(
        (&again.json["accepted"], &again.json["duplicates"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(server.stored().await.len(), 4);
}

#[tokio::test]
async fn bad_lines_are_told_and_bad_bodies_refused() {
    let server = server(SiteSettings::default(), &[]).await;
    let body = server.body(1, "", 0..1) + "nonsense\n";
    let answer = server
        .send(server.request("/e/", "203.0.113.7", &[], body))
        .await;
    assert_eq!(answer.json["rejected"][0]["line"], 3);
    assert_eq!(answer.json["rejected"][0]["code"], "bad_json");
    let answer = server
        .send(server.request("/e/", "203.0.113.7", &[], "nonsense"))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers["access-control-allow-origin"], ORIGIN);
    let large = vec![b'a'; EVENTS_WIRE + 1];
    let answer = server
        .send(server.request("/e/", "203.0.113.7", &[], large))
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        answer.json["detail"].as_str().unwrap().contains("1048576"),
        "{}",
        answer.json
    );
}

const EVENTS_WIRE: usize = hitmetrix_model::limits::EVENTS_WIRE_BYTES;

#[tokio::test]
async fn only_pages_of_the_site_may_send() {
    let server = server(SiteSettings::default(), &[]).await;
    for (origin, status) in [
        ("https://shop.example:8443", StatusCode::OK),
        ("https://evil.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
        ("", StatusCode::FORBIDDEN),
    ] {
        for path in ["/e/", "/r/"] {
            if path == "/r/" && status == StatusCode::OK {
                continue;
            }
            let body = server.body(1, "", 0..1);
            let request = server.request(path, "203.0.113.7", &[("origin", origin)], body);
            let answer = server.send(request).await;
            assert_eq!(answer.status, status, "{path} {origin}");
            let echoed = answer.headers.contains_key("access-control-allow-origin");
            assert_eq!(echoed, status == StatusCode::OK, "{path} {origin}");
        }
    }
    let unknown = Request::post("/e/otherkey")
        .header("origin", ORIGIN)
        .body(Body::empty())
        .unwrap();
    assert_eq!(server.send(unknown).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn rules_are_readable_and_cacheable() {
    let server = server(SiteSettings::default(), &[]).await;
    let get = Request::get("/c/publickey")
        .header("origin", ORIGIN)
        .body(Body::empty())
        .unwrap();
    let answer = server.send(get).await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=60");
    assert_eq!(answer.headers["vary"], "Origin");
    assert_eq!(answer.json["record"], true);
    assert_eq!(answer.json["session_idle_ms"], 1_800_000);
}

#[tokio::test]
async fn session_after_a_consent_inherits_entry_page_and_source() {
    let server = server(SiteSettings::default(), &[]).await;
    let now = server.now();
    let visit = |window: u128, more: &str, lines: &[&str]| {
        let mut body = server.body(window, more, 0..0);
        for line in lines {
            body += &line.replace("TIME", &now.to_string());
            body.push('\n');
        }
        server.request("/e/", "203.0.113.7", &[], body)
    };
    let entry = r#"{"name":"pageview","sequence":0,"time_ms":TIME,"url":"https://shop.example/hats?utm_source=news&utm_campaign=may","referrer":"https://mail.example/x","title":"Hats"}"#;
    let consent =
        r#"{"name":"consent","sequence":1,"time_ms":TIME,"url":"https://shop.example/cart"}"#;
    server.send(visit(1, "", &[entry])).await;
    // The consent comes on a later page of the same cookieless session.
    let next =
        r#"{"name":"pageview","sequence":0,"time_ms":TIME,"url":"https://shop.example/cart"}"#;
    server.send(visit(2, "", &[next])).await;
    // The new session's recording is faster.
    let chunk = server.chunk(2, 0, &persistent(5, 6), SNAPSHOT);
    assert_eq!(server.send_chunk(chunk).await.status, StatusCode::OK);
    let answer = server.send(visit(2, &persistent(5, 6), &[consent])).await;
    assert_eq!(answer.json["accepted"], 1, "{}", answer.json);
    let again = server.send(visit(2, &persistent(5, 6), &[consent])).await;
    assert_eq!(again.json["duplicates"], 1);
    let stored = server.stored().await;
    let found = stored
        .iter()
        .find(|row| row.event.name == "consent")
        .unwrap();
    assert_eq!(found.sender.session, SessionId(6));
    assert_eq!(
        (&*found.event.page.path, &*found.event.page.title),
        ("/hats", "Hats")
    );
    assert_eq!(
        (
            &*found.event.source,
            &*found.event.campaign,
            &*found.event.referrer_host
        ),
        ("news", "may", "mail.example")
    );
    // From another address there is nothing to inherit.
    let line = consent.replace("TIME", &now.to_string());
    let body = server.body(3, &persistent(7, 8), 0..0) + &line;
    let request = server.request("/e/", "203.0.113.99", &[], body);
    assert_eq!(server.send(request).await.json["accepted"], 1);
    let stored = server.stored().await;
    let other = stored.iter().find(|row| row.sender.window.0 == 3).unwrap();
    assert_eq!(
        (&*other.event.page.path, &*other.event.source),
        ("/cart", "")
    );
}

#[tokio::test]
async fn cookieless_visitors_get_sessions_and_leave_no_address() {
    let server = server(SiteSettings::default(), &[]).await;
    let first = server.events(1, "", 0..1).await.json["session"].clone();
    assert_eq!(
        server.events(2, "", 0..1).await.json["session"],
        first,
        "another tab"
    );
    let body = server.body(3, "", 0..1);
    let other = server
        .send(server.request("/e/", "203.0.113.8", &[], body))
        .await;
    assert_ne!(other.json["session"], first, "another address");
    let before_restart = server.stored().await;
    for event in &before_restart {
        assert!(!format!("{event:?}").contains("203.0.113"));
    }
    // After a restart the log remembers.
    let server = server.restarted().await;
    assert_eq!(server.events(1, "", 1..2).await.json["session"], first);
    assert_eq!(server.events(9, "", 0..1).await.json["session"], first);
    // Half an hour after midnight it ends, whoever it was.
    server.set_now(NOON + DAY_MS / 2 - 60_000);
    let evening = server.events(10, "", 0..1).await.json["session"].clone();
    server.set_now(NOON + DAY_MS / 2 + 60_000);
    assert_eq!(server.events(10, "", 1..2).await.json["session"], evening);
    server.set_now(NOON + DAY_MS / 2 + 1_800_000);
    assert_ne!(server.events(10, "", 2..3).await.json["session"], evening);
}

#[tokio::test]
async fn what_comes_from_an_excluded_network_is_own_traffic_and_its_address_goes_no_further() {
    let ranges = ["203.0.113.0/24", "2001:db8::/32"];
    let settings = SiteSettings {
        excluded_addresses: ranges.map(str::to_owned).to_vec(),
        ..SiteSettings::default()
    };
    let server = server(settings, &[]).await;
    let cases = [
        ("203.0.113.7", "own traffic"),
        ("::ffff:203.0.113.9", "own traffic"),
        ("2001:db8:5::1", "own traffic"),
        ("203.0.114.7", ""),
        ("2001:db9::1", ""),
    ];
    for (window, (address, _)) in (1_u128..).zip(cases) {
        let body = server.body(window, "", 0..1);
        let sent = server.send(server.request("/e/", address, &[], body)).await;
        assert_eq!(sent.json["accepted"], 1, "{}", sent.json);
    }
    let stored = server.stored().await;
    for (window, (address, bot)) in (1_u128..).zip(cases) {
        let event = stored.iter().find(|one| one.sender.window.0 == window);
        let context = &event.unwrap().sender.context;
        assert_eq!(context.bot, bot, "{address}");
        assert_eq!(context.device, "desktop", "{address}");
    }
    assert!(!format!("{stored:?}").contains("203.0.11"));
    // Pages are not told of the list.
    let get = Request::get("/c/publickey").body(Body::empty()).unwrap();
    assert!(
        !server
            .send(get)
            .await
            .json
            .to_string()
            .contains("203.0.113")
    );
}

#[tokio::test]
async fn what_is_refused_is_counted_by_day_and_reason_and_outlives_a_restart() {
    let server = server(SiteSettings::default(), &[]).await;
    let body = server.body(1, "", 0..1) + "nonsense\nnonsense too\n";
    server
        .send(server.request("/e/", "203.0.113.7", &[], body))
        .await;
    let foreign = [("origin", "https://evil.example")];
    for path in ["/e/", "/r/"] {
        let body = server.body(2, "", 0..1);
        server
            .send(server.request(path, "203.0.113.7", &foreign, body))
            .await;
    }
    let told = async |server: &Server| {
        let site = server.site.id;
        let rows = server.app.settings().losses(site, (0, i64::MAX)).await;
        let rows = rows.unwrap().into_iter();
        rows.map(|row| (row.day_ms, row.what, row.reason, row.count))
            .collect::<Vec<_>>()
    };
    assert_eq!(server.app.collect.losses.held().len(), 3);
    assert_eq!(told(&server).await, []);
    crate::jobs::keep_losses(&server.app).await;
    assert_eq!(server.app.collect.losses.held(), []);
    let day = NOON - DAY_MS / 2;
    let row = |what: &str, reason: &str, count| (day, what.to_owned(), reason.to_owned(), count);
    let mut expected = vec![
        row("event", "bad_json", 2),
        row("events", "origin_refused", 1),
        row("recording", "origin_refused", 1),
    ];
    assert_eq!(told(&server).await, expected);
    // More of the same is added, and nothing is added twice.
    let body = server.body(3, "", 0..1) + "nonsense\n";
    server
        .send(server.request("/e/", "203.0.113.7", &[], body))
        .await;
    crate::jobs::keep_losses(&server.app).await;
    crate::jobs::keep_losses(&server.app).await;
    expected[0].3 = 3;
    assert_eq!(told(&server).await, expected);
}

#[tokio::test]
async fn refusals_are_enforced_by_the_server() {
    let server = server(SiteSettings::default(), &[]).await;
    let body = server.body(1, &persistent(2, 3), 0..1);
    let request = server.request("/e/", "203.0.113.7", &[("sec-gpc", "1")], body);
    let answer = server.send(request).await;
    assert_ne!(answer.json["session"], format!("{:032x}", 3));
    let stored = server.stored().await;
    assert_eq!(stored[0].sender.mode, hitmetrix_model::Mode::Cookieless);
    assert_ne!(stored[0].sender.visitor.0, 2);
    for header in ["sec-gpc", "dnt"] {
        let body = server.chunk(1, 0, "", SNAPSHOT);
        let request = server.request("/r/", "203.0.113.7", &[(header, "1")], body);
        assert_eq!(
            server.send(request).await.status,
            StatusCode::FORBIDDEN,
            "{header}"
        );
    }
}

#[tokio::test]
async fn another_visitors_session_is_refused() {
    let server = server(SiteSettings::default(), &[]).await;
    assert_eq!(
        server.events(1, &persistent(2, 3), 0..1).await.status,
        StatusCode::OK
    );
    let foreign = server.events(4, &persistent(5, 3), 0..1).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}", foreign.json);
    let body = server.chunk(4, 0, &persistent(5, 3), SNAPSHOT);
    let answer = server
        .send(server.request("/r/", "203.0.113.7", &[], body))
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn session_belongs_to_who_recorded_it_first() {
    let server = server(SiteSettings::default(), &[]).await;
    let body = server.chunk(1, 0, &persistent(2, 3), SNAPSHOT);
    assert_eq!(server.send_chunk(body).await.status, StatusCode::OK);
    let foreign = server.events(4, &persistent(5, 3), 0..1).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}", foreign.json);
    // A cookieless session is nobody's to claim either.
    let given = server.events(7, "", 0..1).await.json["session"].clone();
    let given: SessionId = given.as_str().unwrap().parse().unwrap();
    let foreign = server.events(8, &persistent(5, given.0), 0..1).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "{}", foreign.json);
}

#[tokio::test]
async fn refusal_on_the_page_counts_like_one_by_header() {
    let server = server(SiteSettings::default(), &[]).await;
    let more = persistent(2, 3) + ",\"gpc\":true";
    let answer = server.events(1, &more, 0..1).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_ne!(answer.json["session"], format!("{:032x}", 3));
    for signal in ["gpc", "dnt"] {
        for piece in ["", ",\"piece\":[0,2]"] {
            let more = format!("{},\"{signal}\":true{piece}", persistent(2, 3));
            let answer = server.send_chunk(server.chunk(1, 0, &more, SNAPSHOT)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{signal} {piece}");
        }
    }
    // What did not refuse says so with false.
    let more = persistent(2, 4) + ",\"gpc\":false,\"dnt\":false,\"automated\":false,\"lost\":0";
    let answer = server.events(9, &more, 0..1).await;
    assert_eq!(answer.json["session"], format!("{:032x}", 4));
}

#[tokio::test]
async fn blocked_pages_and_sites_without_recordings_refuse_every_piece() {
    let mut settings = SiteSettings::default();
    settings.rules.blocked = vec!["/".to_owned()];
    let blocked = server(settings.clone(), &[]).await;
    settings.rules = hitmetrix_model::Rules {
        record: false,
        ..hitmetrix_model::Rules::default()
    };
    let silent = server(settings, &[]).await;
    for server in [blocked, silent] {
        for piece in ["", ",\"piece\":[0,2]", ",\"piece\":[1,2]"] {
            let answer = server.send_chunk(server.chunk(1, 0, piece, SNAPSHOT)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{piece}");
        }
    }
}

#[tokio::test]
async fn floods_wait() {
    let config = [
        ("address_requests_a_second_max", "1"),
        ("site_requests_a_second_max", "2"),
    ];
    let server = server(SiteSettings::default(), &config).await;
    let mut statuses = Vec::new();
    for sequence in 0..6 {
        statuses.push(server.events(1, "", sequence..sequence + 1).await.status);
    }
    assert_eq!(statuses[..5], [StatusCode::OK; 5]);
    assert_eq!(statuses[5], StatusCode::TOO_MANY_REQUESTS);
    let answer = server.events(1, "", 9..10).await;
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(
        answer.headers["access-control-expose-headers"],
        "Retry-After"
    );
    for number in 0..5 {
        let body = server.body(1, "", number..number + 1);
        let other = server.request("/e/", &format!("198.51.100.{number}"), &[], body);
        assert_eq!(server.send(other).await.status, StatusCode::OK, "{number}");
    }
    let body = server.body(1, "", 0..1);
    let key_is_empty = server.request("/e/", "198.51.100.99", &[], body);
    assert_eq!(
        server.send(key_is_empty).await.status,
        StatusCode::TOO_MANY_REQUESTS
    );
    server.set_now(server.now() + 1_000);
    assert_eq!(server.events(1, "", 5..6).await.status, StatusCode::OK);
}

#[tokio::test]
async fn forwarded_addresses_count_only_from_trusted_proxies() {
    let server = server(SiteSettings::default(), &[("trusted_proxy", "10.0.0.0/8")]).await;
    let ask = async |window: u128, peer: &str, forwarded: &str| {
        let body = server.body(window, "", 0..1);
        let request = server.request("/e/", peer, &[("x-forwarded-for", forwarded)], body);
        server.send(request).await.json["session"].clone()
    };
    let direct = ask(1, "203.0.113.7", "").await;
    assert_eq!(
        ask(2, "203.0.113.7", "198.51.100.1").await,
        direct,
        "not believed"
    );
    assert_eq!(ask(3, "10.0.0.1", "203.0.113.7").await, direct, "believed");
}

const SNAPSHOT: &str = r#"{"type":4,"timestamp":TIME,"data":{"href":"https://shop.example/","width":800,"height":600}}
{"type":2,"timestamp":TIME,"data":{"node":{"type":0,"id":1,"childNodes":[{"type":2,"id":2,"tagName":"html","attributes":{},"childNodes":[]}]},"initialOffset":{"top":0,"left":0}}}
"#;

impl Server {
    fn chunk(&self, window: u128, sequence: u32, more: &str, lines: &str) -> String {
        let now = self.now();
        let lines = lines.replace("TIME", &now.to_string());
        format!(
            "{{\"v\":1,\"window\":\"{window:032x}\",\"sent_ms\":{now},\"sequence\":{sequence},\
             \"recorder\":\"rrweb-2.1.6/1\",\"url\":\"https://shop.example/\"{more}}}\n{lines}"
        )
    }

    async fn send_chunk(&self, body: impl Into<Body>) -> Answer {
        self.send(self.request("/r/", "203.0.113.7", &[], body))
            .await
    }
}

#[tokio::test]
async fn chunks_are_stored_and_answered() {
    let server = server(SiteSettings::default(), &[]).await;
    let session = server.events(1, "", 0..1).await.json["session"].clone();
    let answer = server.send_chunk(server.chunk(1, 0, "", SNAPSHOT)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    assert_eq!(answer.json["session"], session);
    assert_eq!(answer.json["watched"], false);
    let id: SessionId = session.as_str().unwrap().parse().unwrap();
    server.app.watched.look(server.site.id, id, server.now());
    let again = server.send_chunk(server.chunk(1, 1, "", SNAPSHOT)).await;
    assert_eq!(again.json["watched"], true);
    let (summary, chunks) = server
        .app
        .store
        .recording(server.site.id, id)
        .await
        .unwrap()
        .unwrap();
    assert!(summary.playable);
    assert_eq!(chunks.len(), 2);
    let refused = server
        .send_chunk(server.chunk(1, 2, "", "nonsense\n"))
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.json);
}

#[tokio::test]
async fn pieces_are_joined() {
    let server = server(SiteSettings::default(), &[]).await;
    let lines = SNAPSHOT.replace("TIME", &server.now().to_string());
    let (first, second) = lines.split_at(lines.len() / 2);
    let piece =
        |index: u32, bytes: &str| server.chunk(1, 0, &format!(",\"piece\":[{index},2]"), bytes);
    let answer = server.send_chunk(piece(1, second)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    let id: SessionId = answer.json["session"].as_str().unwrap().parse().unwrap();
    let answer = server.send_chunk(piece(0, first)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    let (_, chunks) = server
        .app
        .store
        .recording(server.site.id, id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (chunks.len(), chunks[0].events, chunks[0].snapshot),
        (1, 2, true)
    );
}

#[tokio::test]
async fn recordings_have_a_daily_quota() {
    let settings = SiteSettings {
        recording_bytes_a_day: 800,
        ..SiteSettings::default()
    };
    let server = server(settings, &[]).await;
    assert_eq!(
        server
            .send_chunk(server.chunk(1, 0, "", SNAPSHOT))
            .await
            .status,
        StatusCode::OK
    );
    let over = server.send_chunk(server.chunk(1, 1, "", SNAPSHOT)).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(over.headers["retry-after"], (DAY_MS / 2 / 1000).to_string());
    server.set_now(NOON + DAY_MS);
    assert_eq!(
        server
            .send_chunk(server.chunk(1, 1, "", SNAPSHOT))
            .await
            .status,
        StatusCode::OK
    );
}
