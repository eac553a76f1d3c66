//! Notes, tags and collections: who may make and change them, what lists find by them, and that
//! they go with their recordings.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::{SessionId, Site, WindowId};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::{NOON_MS, TestServer, Who};
use super::shares::record;
use crate::jobs;
use crate::peer::Door;

struct Marks {
    server: TestServer,
    site: Site,
}

impl Marks {
    /// A site with recordings of the sessions 1 to 4, each with a pageview.
    async fn new() -> Self {
        let server = TestServer::new().await;
        let site = server.site("one").await;
        let mut lines = String::new();
        for session in 1..=4 {
            record(&server, &site, SessionId(session)).await;
            let id = SessionId(session);
            let time = NOON_MS - 10_000 + i64::try_from(session).unwrap();
            let event = json!({"event": "pageview", "time": time, "visitor": id, "session": id,
                "url": "https://shop.example.org/"});
            lines.push_str(&format!("{event}\n"));
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1/sites/{}/events", site.id))
            .body(Body::from(lines))
            .unwrap();
        let sent = server.send(request, Door::Control).await.json();
        assert_eq!(sent["accepted"], 4, "{sent}");
        Self { server, site }
    }

    fn path(&self, tail: &str) -> String {
        format!("/api/v1/sites/{}/{tail}", self.site.id)
    }

    fn of(&self, session: u128, tail: &str) -> String {
        self.path(&format!("recordings/{}{tail}", SessionId(session)))
    }

    async fn call(
        &self,
        who: &Who,
        method: Method,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let answered = self.server.call(who, method, path, body).await;
        (answered.status, answered.json())
    }

    async fn put(&self, path: &str) -> StatusCode {
        self.call(&Who::Control, Method::PUT, path, Value::Null)
            .await
            .0
    }

    async fn delete(&self, path: &str) -> StatusCode {
        self.call(&Who::Control, Method::DELETE, path, Value::Null)
            .await
            .0
    }

    async fn get(&self, path: &str) -> Value {
        self.server.get(&Who::Control, path).await.json()
    }

    /// Numbers of the sessions that the list of recordings and the question for sessions find.
    async fn found(&self, query: &str, marked: Value) -> Vec<u32> {
        let number = |text: &Value| u32::from_str_radix(text.as_str().unwrap(), 16).unwrap();
        let list = self.get(&self.path(&format!("recordings?{query}"))).await;
        let mut found: Vec<u32> = list["recordings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| number(&row["session"]))
            .collect();
        found.sort_unstable();
        assert_eq!(list["total"], found.len());
        let question =
            json!({"kind": "sessions", "period": {"last": "1d"}, "sessions": {"marked": marked}});
        let answer = self
            .server
            .post(&Who::Control, &self.path("ask"), question)
            .await
            .json();
        let rows = answer["rows"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"));
        let mut asked: Vec<u32> = rows.iter().map(|row| number(&row[0])).collect();
        asked.sort_unstable();
        assert_eq!(asked, found, "{query}");
        assert_eq!(answer["rows_total"], found.len());
        found
    }
}

#[tokio::test]
async fn note_is_its_authors_and_can_be_brought_back() {
    let marks = Marks::new().await;
    let server = &marks.server;
    let author = server.member(&marks.site, Role::Editor).await;
    let author = server.signed_in(author).await;
    let admin = server
        .signed_in(server.member(&marks.site, Role::Admin).await)
        .await;
    let other = server.user("other@example.org", false).await;
    server
        .app
        .settings()
        .set_role(marks.site.id, other, Role::Editor)
        .await
        .unwrap();
    let other = server.signed_in(other).await;
    let notes = marks.of(1, "/notes");
    let draft = json!({"time_ms": NOON_MS - 5, "text": "  Pays twice  "});
    let (status, made) = marks.call(&author, Method::POST, &notes, draft).await;
    assert_eq!(
        (status, &made["text"]),
        (StatusCode::CREATED, &json!("Pays twice"))
    );
    let note = format!("{notes}/{}", made["id"].as_str().unwrap());
    let words = |text: &str| json!({"time_ms": NOON_MS - 4, "text": text});
    let refused = marks.call(&other, Method::PUT, &note, words("mine")).await;
    assert_eq!(refused.0, StatusCode::FORBIDDEN);
    let refused = marks.call(&other, Method::DELETE, &note, Value::Null).await;
    assert_eq!(refused.0, StatusCode::FORBIDDEN);
    let changed = marks
        .call(&author, Method::PUT, &note, words("Pays three times"))
        .await;
    assert_eq!(changed.1["time_ms"], NOON_MS - 4);
    let shown = async |who: &Who| server.get(who, &marks.of(1, "")).await.json()["notes"].clone();
    let seen = shown(&other).await;
    assert_eq!(
        (&seen[0]["text"], &seen[0]["changeable"]),
        (&json!("Pays three times"), &json!(false))
    );
    assert!(
        seen[0].get("created_by").is_none(),
        "addresses are for admins: {seen}"
    );
    assert!(
        shown(&admin).await[0]["created_by"]
            .as_str()
            .unwrap()
            .contains('@')
    );

    let (status, _) = marks.call(&admin, Method::DELETE, &note, Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(shown(&author).await, json!([]));
    let again = marks.call(&admin, Method::DELETE, &note, Value::Null).await;
    assert_eq!(again.0, StatusCode::NOT_FOUND);
    let back = format!("{note}/restore");
    let (status, _) = marks.call(&author, Method::POST, &back, json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(shown(&author).await[0]["text"], "Pays three times");
    marks
        .call(&author, Method::DELETE, &note, Value::Null)
        .await;
    server.pass_ms(24 * 3600 * 1000 + 1);
    jobs::expire(&server.app).await;
    let late = marks.call(&author, Method::POST, &back, json!({})).await;
    assert_eq!(late.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn note_fits_its_recording() {
    let marks = Marks::new().await;
    let notes = marks.of(1, "/notes");
    for (field, draft) in [
        ("text", json!({"time_ms": NOON_MS, "text": " \n "})),
        (
            "text",
            json!({"time_ms": NOON_MS, "text": "a".repeat(4097)}),
        ),
        ("time_ms", json!({"time_ms": NOON_MS - 11, "text": "a"})),
        ("time_ms", json!({"time_ms": NOON_MS + 60_001, "text": "a"})),
    ] {
        let (status, refused) = marks.call(&Who::Control, Method::POST, &notes, draft).await;
        assert_eq!(
            (status, &refused["field"]),
            (StatusCode::BAD_REQUEST, &json!(field))
        );
    }
    let draft = json!({"time_ms": NOON_MS, "text": "a"});
    let none = marks
        .call(&Who::Control, Method::POST, &marks.of(9, "/notes"), draft)
        .await;
    assert_eq!(none.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn tags_are_free_words_and_suggest_themselves() {
    let marks = Marks::new().await;
    for (session, tag) in [
        (1, "Bug%20%20here"),
        (2, "bug%20HERE"),
        (2, "a%2Fb"),
        (3, "a%2Fb"),
        (4, "a%2Fb"),
    ] {
        let path = marks.of(session, &format!("/tags/{tag}"));
        assert_eq!(marks.put(&path).await, StatusCode::NO_CONTENT, "{tag}");
        assert_eq!(marks.put(&path).await, StatusCode::NO_CONTENT, "{tag}");
    }
    let tags = marks.get(&marks.path("tags")).await;
    assert_eq!(
        tags["tags"],
        json!([{"tag": "a/b", "recordings": 3}, {"tag": "Bug here", "recordings": 2}])
    );
    assert_eq!(
        marks.get(&marks.of(2, "")).await["tags"],
        json!(["Bug here", "a/b"])
    );
    assert_eq!(
        marks
            .found("tag=Bug%20here", json!({"tags": ["Bug here"]}))
            .await,
        [1, 2]
    );
    assert_eq!(
        marks.found("tag=a/b", json!({"tags": ["a/b"]})).await,
        [2, 3, 4]
    );
    assert!(
        marks
            .found("tag=nothing", json!({"tags": ["nothing"]}))
            .await
            .is_empty()
    );
    let both = json!({"kind": "sessions", "period": {"last": "1d"},
        "sessions": {"marked": {"tags": ["a/b", "Bug here"]}}});
    let answer = marks
        .server
        .post(&Who::Control, &marks.path("ask"), both)
        .await
        .json();
    assert_eq!(answer["rows_total"], 1, "{answer}");
    assert_eq!(
        marks.delete(&marks.of(2, "/tags/a%2Fb")).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        marks.found("tag=a/b", json!({"tags": ["a/b"]})).await,
        [3, 4]
    );
    for wrong in ["%20", &"x".repeat(61), "a%00b"] {
        let status = marks.put(&marks.of(1, &format!("/tags/{wrong}"))).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    for number in 0..19 {
        let path = marks.of(1, &format!("/tags/t{number}"));
        assert_eq!(marks.put(&path).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(
        marks.put(&marks.of(1, "/tags/over")).await,
        StatusCode::CONFLICT
    );
    assert_eq!(
        marks.put(&marks.of(1, "/tags/T3")).await,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn collection_keeps_its_order_and_its_recordings_stay() {
    let marks = Marks::new().await;
    let draft = json!({"name": "Meeting"});
    let (status, made) = marks
        .call(
            &Who::Control,
            Method::POST,
            &marks.path("collections"),
            draft.clone(),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let taken = marks
        .call(
            &Who::Control,
            Method::POST,
            &marks.path("collections"),
            draft,
        )
        .await;
    assert_eq!(taken.0, StatusCode::CONFLICT);
    let id = made["id"].as_str().unwrap();
    let path = marks.path(&format!("collections/{id}"));
    for session in [3, 1, 2, 3] {
        let member = format!("{path}/recordings/{}", SessionId(session));
        assert_eq!(marks.put(&member).await, StatusCode::NO_CONTENT);
    }
    let absent = format!("{path}/recordings/{}", SessionId(9));
    assert_eq!(marks.put(&absent).await, StatusCode::NOT_FOUND);
    let order =
        |sessions: &[u128]| -> Value { sessions.iter().map(|id| json!(SessionId(*id))).collect() };
    assert_eq!(marks.get(&path).await["sessions"], order(&[3, 1, 2]));
    let patch = json!({"name": "Meeting, Monday", "sessions": order(&[2, 9, 2, 3])});
    let (_, changed) = marks.call(&Who::Control, Method::PATCH, &path, patch).await;
    assert_eq!(changed["sessions"], order(&[2, 3, 1]));
    assert_eq!(changed["name"], "Meeting, Monday");
    let of = marks.get(&marks.of(3, "")).await["collections"].clone();
    assert_eq!(
        (&of[0]["name"], &of[0]["recordings"]),
        (&json!("Meeting, Monday"), &json!(3))
    );
    let query = format!("collection={id}");
    assert_eq!(
        marks.found(&query, json!({"collection": id})).await,
        [1, 2, 3]
    );
    marks.put(&marks.of(2, "/tags/x")).await;
    let both = json!({"collection": id, "tags": ["x"]});
    assert_eq!(marks.found(&format!("{query}&tag=x"), both).await, [2]);
    let out = format!("{path}/recordings/{}", SessionId(3));
    assert_eq!(marks.delete(&out).await, StatusCode::NO_CONTENT);
    assert_eq!(marks.get(&path).await["sessions"], order(&[2, 1]));

    // Another site's collection is not there.
    let other = marks.server.site("two").await;
    let foreign = format!("/api/v1/sites/{}/collections/{id}", other.id);
    assert_eq!(
        marks.server.get(&Who::Control, &foreign).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(marks.delete(&foreign).await, StatusCode::NOT_FOUND);
    assert_eq!(marks.get(&path).await["sessions"], order(&[2, 1]));

    assert_eq!(marks.delete(&path).await, StatusCode::NO_CONTENT);
    assert_eq!(
        marks.get(&marks.path("collections")).await["collections"],
        json!([])
    );
    assert_eq!(marks.get(&marks.path("recordings")).await["total"], 4);
}

#[tokio::test]
async fn marks_go_with_their_recording_and_their_site() {
    let marks = Marks::new().await;
    let draft = json!({"time_ms": NOON_MS, "text": "a"});
    marks
        .call(&Who::Control, Method::POST, &marks.of(1, "/notes"), draft)
        .await;
    marks.put(&marks.of(1, "/tags/x")).await;
    let name = json!({"name": "Meeting"});
    let (_, made) = marks
        .call(
            &Who::Control,
            Method::POST,
            &marks.path("collections"),
            name,
        )
        .await;
    let id = made["id"].as_str().unwrap();
    let path = marks.path(&format!("collections/{id}"));
    marks
        .put(&format!("{path}/recordings/{}", SessionId(1)))
        .await;
    marks
        .put(&format!("{path}/recordings/{}", SessionId(2)))
        .await;
    assert_eq!(marks.found("notes=true", json!({"notes": true})).await, [1]);
    let row = &marks.get(&marks.path("recordings?notes=true")).await["recordings"][0];
    assert_eq!((&row["tags"], &row["notes"]), (&json!(["x"]), &json!(1)));
    assert_eq!(marks.delete(&marks.of(1, "")).await, StatusCode::NO_CONTENT);
    assert_eq!(marks.get(&marks.path("tags")).await["tags"], json!([]));
    assert_eq!(marks.get(&path).await["sessions"], json!([SessionId(2)]));
    assert!(
        marks
            .found("notes=true", json!({"notes": true}))
            .await
            .is_empty()
    );
    let confirmation = json!({"name": marks.site.name});
    let site = format!("/api/v1/sites/{}", marks.site.id);
    let (status, gone) = marks
        .call(&Who::Control, Method::DELETE, &site, confirmation)
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT, "{gone}");
}

#[tokio::test]
async fn sessions_of_one_person_are_asked_for_by_its_key() {
    let marks = Marks::new().await;
    let question = json!({"kind": "sessions", "period": {"last": "1d"},
        "sessions": {"person": SessionId(2).to_string()}});
    let path = marks.path("ask");
    let answer = marks.server.post(&Who::Control, &path, question).await;
    let answer = answer.json();
    assert_eq!(answer["rows_total"], 1, "{answer}");
    assert_eq!(answer["rows"][0][0], json!(SessionId(2)));
}

#[tokio::test]
async fn who_watches_a_session_asks_for_what_came_since() {
    let marks = Marks::new().await;
    let window = WindowId(1);
    let chunks = async |after: &str| {
        let since = marks.get(&marks.of(1, &format!("/chunks{after}"))).await;
        since["chunks"].as_array().map(Vec::len)
    };
    assert_eq!(chunks("").await, Some(1));
    assert_eq!(chunks("?after=").await, Some(1));
    assert_eq!(chunks(&format!("?after={window}-0")).await, Some(0));
    let other = WindowId(77);
    assert_eq!(chunks(&format!("?after={other}-5")).await, Some(1));
    for wrong in ["x", "x-1", &format!("{window}-"), &window.to_string()] {
        let path = marks.of(1, &format!("/chunks?after={wrong}"));
        let refused = marks.server.get(&Who::Control, &path).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let nobody = marks.of(999, "/chunks");
    let missing = marks.server.get(&Who::Control, &nobody).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
