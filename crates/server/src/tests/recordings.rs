//! Recordings as files: those of other programs are imported once, found by what lists ask, gone
//! and back again; ours come out as rrweb events and as a page.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::{SessionId, Site, VisitorId};
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use super::web::with_web_parts;
use crate::peer::Door;

/// A page with a scroll each second, and then another page.
fn recording(began_ms: i64) -> Vec<Value> {
    let picture = |timestamp: i64| {
        json!({"type": 2, "timestamp": timestamp, "data": {"node": {"type": 0, "id": 1,
            "childNodes": []}, "initialOffset": {"left": 0, "top": 0}}})
    };
    let meta = |path: &str, timestamp: i64| {
        let href = format!("https://shop.example.org{path}");
        json!({"type": 4, "timestamp": timestamp, "data": {"href": href, "width": 800, "height": 600}})
    };
    let scroll = |timestamp: i64| json!({"type": 3, "timestamp": timestamp, "data": {"source": 3, "id": 1, "x": 0, "y": 5}});
    let mut events = vec![meta("/", began_ms), picture(began_ms)];
    events.extend((1..60).map(|second| scroll(began_ms + second * 1000)));
    events.push(meta("/cart", began_ms + 60_000));
    events.push(picture(began_ms + 60_000));
    events.push(scroll(began_ms + 70_000));
    events
}

/// Sends a piece as the command line does.
async fn send(server: &TestServer, site: &Site, query: &str, body: String) -> Answered {
    let path = format!("/api/v1/sites/{}/imports/one?format=rrweb&{query}", site.id);
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .body(Body::from(body))
        .unwrap();
    server.send(request, Door::Control).await
}

fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}

async fn recordings(server: &TestServer, site: &Site, query: &str) -> Value {
    let path = format!("/api/v1/sites/{}/recordings?{query}", site.id);
    server.get(&Who::Control, &path).await.json()
}

async fn sessions(server: &TestServer, site: &Site, filters: Value) -> Vec<Vec<Value>> {
    let question = json!({"kind": "sessions", "period": {"last": "1d"}, "filters": filters});
    let path = format!("/api/v1/sites/{}/ask", site.id);
    let answer = server.post(&Who::Control, &path, question).await.json();
    serde_json::from_value(answer["rows"].clone()).unwrap_or_else(|_| panic!("{answer}"))
}

#[tokio::test]
async fn imported_recording_is_found_by_its_pages_and_counts_once() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let events = recording(NOON_MS - 100_000);
    let body = lines(&events);
    let first = send(&server, &site, "from=0&last=true", body.clone()).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let first = first.json();
    assert_eq!(
        (&first["accepted"], &first["duplicates"]),
        (&json!(64), &json!(0))
    );
    let again = send(&server, &site, "from=0&last=true", body).await.json();
    assert_eq!(
        (&again["accepted"], &again["duplicates"]),
        (&json!(0), &json!(64))
    );
    // In another form, and in parts.
    let list = send(
        &server,
        &site,
        "from=0&last=true",
        json!({"events": events}).to_string(),
    )
    .await;
    assert_eq!(list.json()["duplicates"], 64, "{}", list.text());
    let (front, rest) = events.split_at(30);
    let (front, rest) = (lines(front), lines(rest));
    send(&server, &site, "from=0", front.clone()).await;
    let query = format!("from={}&last=true", front.len());
    let parts = send(&server, &site, &query, rest).await.json();
    assert_eq!(parts["accepted"], 0, "{parts}");

    let found = recordings(&server, &site, "path=cart").await;
    assert_eq!(found["total"], 1, "{found}");
    let row = &found["recordings"][0];
    assert_eq!(row["session"], first["session"]);
    assert_eq!(
        (&row["playable"], &row["chunks_missing"]),
        (&json!(true), &json!(0))
    );
    assert_eq!((&row["pageviews"], &row["events"]), (&json!(2), &json!(4)));
    let cart = json!([{"dimension": "page", "operator": "is", "values": ["/cart"]}]);
    let rows = sessions(&server, &site, cart).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0][0], first["session"]);
}

#[tokio::test]
async fn removed_recording_comes_back_with_the_same_session() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let body = lines(&recording(NOON_MS - 100_000));
    let mut sessions = Vec::new();
    for _ in 0..3 {
        let sent = send(&server, &site, "from=0&last=true", body.clone())
            .await
            .json();
        assert_eq!(sent["accepted"], 64, "{sent}");
        let session = sent["session"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/sites/{}/recordings/{session}", site.id);
        let removed = server
            .call(&Who::Control, Method::DELETE, &path, Value::Null)
            .await;
        assert_eq!(removed.status, StatusCode::NO_CONTENT);
        sessions.push(session);
    }
    sessions.dedup();
    assert_eq!(sessions.len(), 1);
    assert_eq!(recordings(&server, &site, "").await["total"], 0);
    send(&server, &site, "from=0&last=true", body).await;
    let found = recordings(&server, &site, "").await;
    assert_eq!(
        (&found["total"], &found["recordings"][0]["events"]),
        (&json!(1), &json!(4))
    );
}

#[tokio::test]
async fn recording_that_is_there_from_a_browser_is_left_alone() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let (session, visitor) = (SessionId(5), VisitorId(6));
    let chunk = hitmetrix_model::Chunk {
        facts: hitmetrix_model::ChunkFacts {
            site: site.id,
            visitor,
            cookieless: false,
            session,
            window: hitmetrix_model::WindowId(1),
            sequence: 0,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms: NOON_MS - 10,
            last_ms: NOON_MS,
            received_at_ms: NOON_MS,
            events: 1,
            snapshot: true,
            path: "/".to_owned(),
            piece: None,
        },
        bytes: b"{}\n".to_vec(),
    };
    server.app.store.append_chunk(chunk).await.unwrap();
    let mut events = recording(NOON_MS - 100_000);
    let payload = json!({"session": session, "visitor": visitor});
    let named =
        json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-session", "payload": payload}});
    events.insert(0, named);
    let sent = send(&server, &site, "from=0&last=true", lines(&events))
        .await
        .json();
    assert_eq!(
        (&sent["accepted"], &sent["duplicates"]),
        (&json!(0), &json!(64))
    );
    assert_eq!(
        recordings(&server, &site, "").await["recordings"][0]["chunks"],
        1
    );
    assert!(sessions(&server, &site, json!([])).await.is_empty());
}

#[tokio::test]
async fn recording_older_than_the_retention_is_refused_or_put_at_another_time() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let body = lines(&recording(0));
    let refused = send(&server, &site, "from=0&last=true", body.clone()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(
        refused.text().contains("recording_days"),
        "{}",
        refused.text()
    );
    assert_eq!(recordings(&server, &site, "").await["total"], 0);
    let query = format!("from=0&last=true&at_ms={}", NOON_MS - 90_000);
    let sent = send(&server, &site, &query, body).await;
    assert_eq!(sent.json()["accepted"], 64, "{}", sent.text());
    let row = &recordings(&server, &site, "").await["recordings"][0];
    assert_eq!(
        (&row["started_ms"], &row["ended_ms"]),
        (&json!(NOON_MS - 90_000), &json!(NOON_MS - 20_000))
    );
}

#[tokio::test]
async fn what_is_no_recording_is_told() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    let sent = send(
        &server,
        &site,
        "from=0&last=true",
        "nonsense\n[1,2]\n".to_owned(),
    )
    .await
    .json();
    assert_eq!(
        (&sent["accepted"], &sent["rejected"]),
        (&json!(0), &json!(2))
    );
    assert!(
        sent["problems"][0].as_str().unwrap().contains("line 1"),
        "{sent}"
    );
    let cut = lines(&recording(NOON_MS - 100_000)[..3]);
    let sent = send(
        &server,
        &site,
        "from=0&last=true",
        format!("[{}", cut.replace('\n', ",")),
    )
    .await
    .json();
    assert_eq!(sent["accepted"], 3, "{sent}");
    assert!(
        sent["problems"][0]
            .as_str()
            .unwrap()
            .contains("ends before"),
        "{sent}"
    );
    let away = send(&server, &site, "from=7&last=true", String::new()).await;
    assert_eq!(away.code(), "conflict");
}

/// Events of a file without those of our own.
fn of_recorder(file: &Value) -> Vec<Value> {
    let events = file.as_array().unwrap().iter();
    events.filter(|event| event["type"] != 5).cloned().collect()
}

#[tokio::test]
async fn exported_recording_is_taken_back() {
    let server = TestServer::new().await;
    let (one, two) = (server.site("one").await, server.site("two").await);
    // Two tabs at one time, as two files of other programs would not have them.
    let tab = |window: &str| {
        let payload = json!({"window": window.repeat(32)});
        json!({"type": 5, "timestamp": 1, "data": {"tag": "hm-window", "payload": payload}})
    };
    let mut events = vec![tab("1")];
    events.extend(recording(NOON_MS - 200_000));
    events.push(tab("2"));
    events.extend(recording(NOON_MS - 170_500));
    let sent = send(&server, &one, "from=0&last=true", lines(&events))
        .await
        .json();
    let session = sent["session"].as_str().unwrap();
    let export = |site: &Site| format!("/api/v1/sites/{}/recordings/{session}/export", site.id);
    let file = server.get(&Who::Control, &export(&one)).await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text());
    let name = file.header("content-disposition");
    assert_eq!(
        name,
        format!("attachment; filename=\"recording-{session}.json\"")
    );
    let times: Vec<i64> = of_recorder(&file.json())
        .iter()
        .map(|event| event["timestamp"].as_i64().unwrap())
        .collect();
    assert_eq!(times.len(), 128);
    assert!(times.is_sorted(), "{times:?}");

    let again = send(&server, &one, "from=0&last=true", file.text())
        .await
        .json();
    assert_eq!(
        (&again["accepted"], &again["duplicates"]),
        (&json!(0), &json!(128))
    );
    let moved = send(&server, &two, "from=0&last=true", file.text())
        .await
        .json();
    assert_eq!(
        (&moved["accepted"], &moved["session"]),
        (&json!(128), &json!(session))
    );
    let back = server.get(&Who::Control, &export(&two)).await;
    assert_eq!(of_recorder(&back.json()), of_recorder(&file.json()));
    let first = recordings(&server, &one, "").await;
    let second = recordings(&server, &two, "").await;
    for column in [
        "session",
        "visitor",
        "started_ms",
        "ended_ms",
        "playable",
        "chunks_missing",
    ] {
        assert_eq!(
            first["recordings"][0][column], second["recordings"][0][column],
            "{column}"
        );
    }
}

#[tokio::test]
async fn exported_page_has_the_recording_as_data_and_hides_the_person() {
    let (server, _web) = with_web_parts().await;
    let site = server.site("one").await;
    let mut events = recording(NOON_MS - 100_000);
    events.push(json!({"type": 3, "timestamp": NOON_MS - 20_000, "data": {"source": 0, "adds": [],
        "removes": [], "attributes": [], "texts": [{"id": 3, "value": "</script><script>alert(1)</script>"}]}}));
    let sent = send(&server, &site, "from=0&last=true", lines(&events))
        .await
        .json();
    let session = sent["session"].as_str().unwrap().to_owned();
    let said = |name: &str, properties: Value| json!({"event": name, "time": NOON_MS - 50_000, "visitor": session, "session": session, "properties": properties});
    let told = [
        said("identify", json!({"user": "ada-17"})),
        said("order", json!({"buyer": "Ada Lovelace"})),
        said("click", json!({"text": "Pay now"})),
    ];
    let events = format!("/api/v1/sites/{}/events", site.id);
    let body = Body::from(lines(&told));
    let request = Request::builder()
        .method(Method::POST)
        .uri(events)
        .body(body)
        .unwrap();
    let sent = server.send(request, Door::Control).await.json();
    assert_eq!(sent["accepted"], 3, "{sent}");

    let export = format!(
        "/api/v1/sites/{}/recordings/{session}/export?format=html",
        site.id
    );
    let shown = server.get(&Who::Control, &export).await.text();
    let hidden = server
        .get(&Who::Control, &format!("{export}&hide_person=true"))
        .await
        .text();
    let recording = format!("/api/v1/sites/{}/recordings/{session}", site.id);
    let recording = server.get(&Who::Control, &recording).await.json();
    let chunks = recording["chunks"].as_array().unwrap().len();
    for secret in ["ada-17", "Ada Lovelace"] {
        assert!(shown.contains(secret), "{shown}");
        assert!(!hidden.contains(secret), "{hidden}");
    }
    for page in [&shown, &hidden] {
        assert!(page.starts_with(
            "<!doctype html><main></main><script type=\"application/json\" id=\"about\">"
        ));
        assert!(
            page.ends_with("</script>\n<script>play()</script>"),
            "{page}"
        );
        assert!(
            page.contains("\"order\"") && page.contains("Pay now"),
            "{page}"
        );
        assert!(page.contains("\\u003c/script>"), "{page}");
        // Ids that lead back to the person are in neither.
        assert!(!page.contains("\"visitor\""), "{page}");
        let blocks = page.matches("type=\"application/x-ndjson\"").count();
        assert_eq!(blocks, chunks, "{page}");
    }
    let absent = format!(
        "/api/v1/sites/{}/recordings/{}/export",
        site.id,
        SessionId(1)
    );
    assert_eq!(
        server.get(&Who::Control, &absent).await.status,
        StatusCode::NOT_FOUND
    );
}

/// Ten seconds of one page load, as its recorder sends them; in the log and then in a pack.
async fn browser_records(
    server: &TestServer,
    site: &Site,
    (window, first_ms): (u128, i64),
    snapshot: bool,
) {
    let facts = hitmetrix_model::ChunkFacts {
        site: site.id,
        visitor: VisitorId(6),
        cookieless: false,
        session: SessionId(5),
        window: hitmetrix_model::WindowId(window),
        sequence: 0,
        recorder: "rrweb-2.1.6/1".to_owned(),
        first_ms,
        last_ms: first_ms + 10_000,
        received_at_ms: NOON_MS,
        events: 1,
        snapshot,
        path: "/".to_owned(),
        piece: None,
    };
    let bytes = b"{}\n".to_vec();
    let chunk = hitmetrix_model::Chunk { facts, bytes };
    server.app.store.append_chunk(chunk).await.unwrap();
    server.app.store.seal().await.unwrap();
}

/// Events of one page load, as its browser sends them.
async fn page_sends(server: &TestServer, site: &Site, window: u128, events: &[(&str, i64)]) {
    let head = json!({"v": 1, "mode": "persistent", "window": format!("{window:032x}"),
        "visitor": VisitorId(6), "session": SessionId(5), "sent_ms": NOON_MS});
    let mut body = format!("{head}\n");
    for (sequence, (name, time_ms)) in events.iter().enumerate() {
        let url = format!("https://shop.example.org/{window}");
        let event = json!({"name": name, "sequence": sequence, "time_ms": time_ms, "url": url});
        body.push_str(&format!("{event}\n"));
    }
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/e/{}", site.key))
        .header("origin", "https://shop.example.org")
        .body(Body::from(body))
        .unwrap();
    let sent = server
        .send(request, Door::Network([198, 51, 100, 7].into()))
        .await;
    assert_eq!(sent.status, StatusCode::OK, "{}", sent.text());
}

#[tokio::test]
async fn pages_of_which_nothing_came_and_ends_that_were_lost_are_counted() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    for (window, first_ms) in [(1, NOON_MS - 90_000), (3, NOON_MS - 40_000)] {
        browser_records(&server, &site, (window, first_ms), true).await;
    }
    let lacks = |row: &Value| (row["pages_missing"].clone(), row["pages_cut"].clone());
    page_sends(
        &server,
        &site,
        1,
        &[("pageview", NOON_MS - 90_000), ("click", NOON_MS - 80_000)],
    )
    .await;
    // It is so young that its chunk may be on its way.
    page_sends(&server, &site, 4, &[("pageview", NOON_MS - 2_000)]).await;
    let found = recordings(&server, &site, "").await;
    assert_eq!(
        lacks(&found["recordings"][0]),
        (json!(0), json!(0)),
        "{found}"
    );

    page_sends(&server, &site, 2, &[("pageview", NOON_MS - 70_000)]).await;
    page_sends(
        &server,
        &site,
        3,
        &[("pageview", NOON_MS - 40_000), ("click", NOON_MS - 20_000)],
    )
    .await;
    let found = recordings(&server, &site, "").await;
    assert_eq!(
        lacks(&found["recordings"][0]),
        (json!(1), json!(1)),
        "{found}"
    );
    server.pass_ms(60_000);
    let found = recordings(&server, &site, "").await;
    assert_eq!(
        lacks(&found["recordings"][0]),
        (json!(2), json!(1)),
        "{found}"
    );
}

#[tokio::test]
async fn session_says_that_its_recording_was_deleted() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    browser_records(&server, &site, (1, NOON_MS - 90_000), true).await;
    page_sends(&server, &site, 1, &[("pageview", NOON_MS - 90_000)]).await;
    let path = |of: &str| format!("/api/v1/sites/{}/{of}/{}", site.id, SessionId(5));
    let gone = async || {
        let session = server.get(&Who::Control, &path("sessions")).await.json();
        session["recording_gone"].clone()
    };
    assert_eq!(gone().await, Value::Null);
    let removed = server
        .call(
            &Who::Control,
            Method::DELETE,
            &path("recordings"),
            Value::Null,
        )
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(gone().await, json!("deleted"));
    // What comes later is a recording again.
    browser_records(&server, &site, (2, NOON_MS - 60_000), true).await;
    assert_eq!(gone().await, Value::Null);
}

#[tokio::test]
async fn recording_without_a_first_picture_counts_among_the_losses() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    browser_records(&server, &site, (1, NOON_MS - 90_000), false).await;
    let path = format!("/api/v1/sites/{}/losses", site.id);
    let figures = async || server.get(&Who::Control, &path).await.json()["figures"].clone();
    let day_ms = NOON_MS - NOON_MS.rem_euclid(24 * 3_600_000);
    let told = json!([{"day_ms": day_ms, "what": "unplayable", "reason": "no_first_picture",
        "count": 1}]);
    assert_eq!(figures().await, told);
    browser_records(&server, &site, (2, NOON_MS - 60_000), true).await;
    assert_eq!(figures().await, json!([]));
}
