//! Surveys: drafts that nobody is asked, what pages have of those that are switched on, what is
//! refused and where, and the answers one by one.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::{Site, limits};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use crate::peer::Door;

struct World {
    server: TestServer,
    site: Site,
    editor: Who,
}

const ORIGIN: &str = "https://shop.example.org";

impl World {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let site = server.site("one").await;
        let editor = server.member(&site, Role::Editor).await;
        let editor = server.signed_in(editor).await;
        Self {
            server,
            site,
            editor,
        }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        let path = format!("/api/v1/sites/{}/surveys{path}", self.site.id);
        self.server.call(&self.editor, method, &path, body).await
    }

    /// Saves a survey, switched on.
    async fn active(&self, draft: Value) -> String {
        let saved = self.call(Method::POST, "", draft).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        let id = saved.json()["id"].as_str().unwrap().to_owned();
        let on = self.switch(Method::PUT, &id, "active").await;
        assert_eq!(on, StatusCode::NO_CONTENT);
        id
    }

    async fn switch(&self, method: Method, id: &str, what: &str) -> StatusCode {
        let path = format!("/{id}/{what}");
        self.call(method, &path, json!(null)).await.status
    }

    /// What pages are told.
    async fn rules(&self) -> Value {
        let path = format!("/c/{}", self.site.key);
        let answered = self.server.plain(&path, &[("origin", ORIGIN)]).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        assert_eq!(answered.header("cache-control"), "public, max-age=60");
        answered.json()
    }

    /// What a page sends, and the acknowledgement.
    async fn send(&self, (window, visitor): (u128, Option<u128>), events: &[Value]) -> Value {
        let mut envelope = json!({"v": 1, "window": format!("{window:032x}"), "sent_ms": NOON_MS,
                                  "mode": "cookieless", "tracker": "1"});
        if let Some(id) = visitor {
            envelope["mode"] = json!("persistent");
            envelope["visitor"] = json!(format!("{id:032x}"));
            envelope["session"] = json!(format!("{id:032x}"));
        }
        let mut body = envelope.to_string();
        for (sequence, event) in events.iter().enumerate() {
            let mut line = event.clone();
            line["sequence"] = json!(sequence);
            body += &format!("\n{line}");
        }
        let request = Request::post(format!("/e/{}", self.site.key))
            .header("origin", ORIGIN)
            .header(
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64) Chrome/141.0.0.0",
            )
            .body(Body::from(body))
            .unwrap();
        let door = Door::Network([203, 0, 113, 7].into());
        let answered = self.server.send(request, door).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        answered.json()
    }
}

fn rating() -> Value {
    json!({"name": "After the order", "survey": {"kind": "rating", "moment": {"event": "order"},
        "words": {"question": " How easy was it? ", "follow_up": "Why?"}}})
}

fn event(name: &str, at_ms: i64, properties: Value) -> Value {
    json!({"name": name, "time_ms": at_ms, "url": format!("{ORIGIN}/thanks"),
           "properties": properties})
}

#[tokio::test]
async fn survey_is_a_draft_until_it_is_switched_on_and_pages_have_only_those_that_are() {
    let world = World::new().await;
    let saved = world.call(Method::POST, "", rating()).await.json();
    assert_eq!(saved["state"], "draft");
    assert_eq!(saved["survey"]["words"]["question"], "How easy was it?");
    assert_eq!(saved["survey"]["share_percent"], 100);
    let id = saved["id"].as_str().unwrap();
    assert_eq!(world.rules().await.get("surveys"), None);

    assert_eq!(
        world.switch(Method::PUT, id, "active").await,
        StatusCode::NO_CONTENT
    );
    let rules = world.rules().await;
    assert_eq!(
        rules["surveys"],
        json!([{"id": id, "kind": "rating", "moment": {"event": "order"}, "share_percent": 100,
                "words": {"question": "How easy was it?", "follow_up": "Why?"}}]),
        "and not its name, which is the site's own"
    );
    assert_eq!(
        world.switch(Method::DELETE, id, "active").await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(world.rules().await.get("surveys"), None);
    let path = format!("/{id}");
    let paused = world.call(Method::GET, &path, json!(null)).await.json();
    assert_eq!(paused["state"], "paused");

    let mut changed = rating();
    changed["survey"]["moment"] = json!("exit");
    world.switch(Method::PUT, id, "active").await;
    let put = world.call(Method::PUT, &path, changed).await.json();
    assert_eq!(put["state"], "active", "a change switches nothing off");
    assert_eq!(world.rules().await["surveys"][0]["moment"], "exit");
}

#[tokio::test]
async fn archived_survey_is_off_gives_its_name_away_and_comes_back_paused() {
    let world = World::new().await;
    let id = world.active(rating()).await;
    let taken = world.call(Method::POST, "", rating()).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let path = format!("/{id}");
    let in_use = world.call(Method::DELETE, &path, json!(null)).await;
    assert_eq!(in_use.status, StatusCode::CONFLICT);

    world.switch(Method::PUT, &id, "archived").await;
    assert_eq!(world.rules().await.get("surveys"), None);
    let on = world.switch(Method::PUT, &id, "active").await;
    assert_eq!(on, StatusCode::CONFLICT);
    let other = world.call(Method::POST, "", rating()).await;
    assert_eq!(other.status, StatusCode::CREATED);
    let back = world.switch(Method::DELETE, &id, "archived").await;
    assert_eq!(back, StatusCode::CONFLICT, "its name has another one now");
    let other = other.json()["id"].as_str().unwrap().to_owned();
    world.switch(Method::PUT, &other, "archived").await;
    let back = world.switch(Method::DELETE, &id, "archived").await;
    assert_eq!(back, StatusCode::NO_CONTENT);
    let found = world.call(Method::GET, &path, json!(null)).await.json();
    assert_eq!(found["state"], "paused");
    assert_eq!(world.rules().await.get("surveys"), None);
    let other = format!("/{other}");
    let gone = world.call(Method::DELETE, &other, json!(null)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let again = world.call(Method::DELETE, &other, json!(null)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn survey_out_of_bounds_is_refused_with_its_place() {
    let world = World::new().await;
    let refused = async |path: &str, value: Value| {
        let mut draft = rating();
        *draft.pointer_mut(path).unwrap() = value;
        let answered = world.call(Method::POST, "", draft).await;
        let status = answered.status;
        assert_eq!(
            status,
            StatusCode::BAD_REQUEST,
            "{path}: {}",
            answered.text()
        );
        let field = answered.json()["field"].clone();
        field.as_str().unwrap_or_default().to_owned()
    };
    let survey = |more: Value| {
        let mut survey = rating()["survey"].clone();
        for (name, value) in more.as_object().unwrap() {
            survey[name] = value.clone();
        }
        survey
    };
    assert_eq!(refused("/name", json!(" ")).await, "name");
    let question = "/survey/words/question";
    assert_eq!(refused(question, json!(" ")).await, "survey.words.question");
    let long = "x".repeat(limits::SURVEY_TEXT_CHARACTERS + 1);
    assert_eq!(
        refused(question, json!(long)).await,
        "survey.words.question"
    );
    for (more, field) in [
        (json!({"choices": ["a", "b"]}), "survey.choices"),
        (json!({"kind": "choice"}), "survey.choices"),
        (
            json!({"kind": "choice", "choices": ["a", "a"]}),
            "survey.choices",
        ),
        (
            json!({"kind": "choice", "choices": ["a", " "]}),
            "survey.choices[1]",
        ),
        (json!({"several": true}), "survey.several"),
        (json!({"language": "de DE"}), "survey.language"),
        (json!({"moment": {"event": " "}}), "survey.moment"),
        (
            json!({"moment": {"event": "survey_answered"}}),
            "survey.moment",
        ),
        (json!({"moment": {"seconds": 3601}}), "survey.moment"),
        (json!({"pages": ["cart"]}), "survey.pages[0]"),
        (json!({"devices": ["phone", "phone"]}), "survey.devices"),
        (json!({"share_percent": 0}), "survey.share_percent"),
    ] {
        assert_eq!(refused("/survey", survey(more)).await, field);
    }
}

#[tokio::test]
async fn so_many_surveys_may_be_on_at_one_time() {
    let world = World::new().await;
    let mut last = String::new();
    for number in 0..limits::ACTIVE_SURVEYS {
        let mut draft = rating();
        draft["name"] = json!(format!("Survey {number}"));
        last = world.active(draft).await;
    }
    let saved = world.call(Method::POST, "", rating()).await.json();
    let id = saved["id"].as_str().unwrap();
    assert_eq!(
        world.switch(Method::PUT, id, "active").await,
        StatusCode::CONFLICT
    );
    let again = world.switch(Method::PUT, &last, "active").await;
    assert_eq!(again, StatusCode::NO_CONTENT, "it is on already");
    world.switch(Method::DELETE, &last, "active").await;
    assert_eq!(
        world.switch(Method::PUT, id, "active").await,
        StatusCode::NO_CONTENT
    );
}

#[tokio::test]
async fn so_much_of_surveys_is_loaded_by_each_page() {
    let world = World::new().await;
    let long = |number: usize, question: &str| {
        let words = ["follow_up", "low", "high", "send", "close", "tab", "thanks"];
        let text = "x".repeat(limits::SURVEY_TEXT_CHARACTERS);
        let mut draft = rating();
        draft["name"] = json!(format!("Survey {number}"));
        draft["survey"]["pages"] =
            json!(vec![format!("/{}", "x".repeat(255)); limits::SURVEY_PAGES]);
        for word in words {
            draft["survey"]["words"][word] = json!(text);
        }
        draft["survey"]["words"]["question"] = json!(question);
        draft
    };
    let each = long(0, "?").to_string().len();
    let fit = limits::ACTIVE_SURVEYS_BYTES / each;
    let mut last = String::new();
    for number in 0..fit {
        last = world.active(long(number, "?")).await;
    }
    let saved = world.call(Method::POST, "", long(fit, "?")).await.json();
    let id = saved["id"].as_str().unwrap();
    let path = format!("/{id}/active");
    let refused = world.call(Method::PUT, &path, json!(null)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.text().contains("32768"), "{}", refused.text());
    // A short one still fits; made long it does not, and a draft may be as it likes.
    let short = world.active(rating()).await;
    let path = format!("/{short}");
    let longer = world.call(Method::PUT, &path, long(fit + 1, "?")).await;
    assert_eq!(longer.status, StatusCode::CONFLICT);
    let path = format!("/{id}");
    let draft = world.call(Method::PUT, &path, long(fit, "Why?")).await;
    assert_eq!(draft.status, StatusCode::OK);
    world.switch(Method::DELETE, &last, "active").await;
    let on = world.switch(Method::PUT, id, "active").await;
    assert_eq!(on, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_a_survey_asks_for_stays_once_it_was_switched_on() {
    let world = World::new().await;
    let mut other = rating();
    other["survey"]["kind"] = json!("nps");
    let saved = world.call(Method::POST, "", rating()).await.json();
    let id = saved["id"].as_str().unwrap();
    let path = format!("/{id}");
    let draft = world.call(Method::PUT, &path, other.clone()).await;
    assert_eq!(draft.status, StatusCode::OK);
    world.switch(Method::PUT, id, "active").await;
    for state in ["active", "paused"] {
        let refused = world.call(Method::PUT, &path, rating()).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{state}");
        let words = world.call(Method::PUT, &path, other.clone()).await;
        assert_eq!(words.status, StatusCode::OK, "{state}");
        world.switch(Method::DELETE, id, "active").await;
    }
}

#[tokio::test]
async fn bringing_back_what_was_never_archived_leaves_it_switched_on() {
    let world = World::new().await;
    let id = world.active(rating()).await;
    let back = world.switch(Method::DELETE, &id, "archived").await;
    assert_eq!(back, StatusCode::NO_CONTENT);
    assert_eq!(world.rules().await["surveys"][0]["id"], json!(id));
}

#[tokio::test]
async fn answers_come_the_newest_first_with_what_was_said_and_without_secrets() {
    let world = World::new().await;
    let id = world.active(rating()).await;
    let answer = |at_ms: i64, score: u8, comment: &str| {
        let mut said = json!({"survey": id, "question": "How easy was it?", "score": score});
        if !comment.is_empty() {
            said["comment"] = json!(comment);
        }
        event("survey_answered", at_ms, said)
    };
    let other = event(
        "survey_answered",
        NOON_MS,
        json!({"survey": "other", "score": 1}),
    );
    world
        .send(
            (1, Some(11)),
            &[answer(NOON_MS - 3000, 2, "No field for my Voucher")],
        )
        .await;
    world
        .send((2, Some(12)), &[answer(NOON_MS - 2000, 5, "")])
        .await;
    let secret = "Charge 4111 1111 1111 1111, write to ada@example.org";
    world
        .send((3, Some(13)), &[answer(NOON_MS - 1000, 1, secret), other])
        .await;

    let path = format!("/{id}/answers");
    let ask = async |more: Value| {
        let mut body = json!({"period": {"last": "7d"}});
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let answered = world.call(Method::POST, &path, body).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        answered.json()
    };
    let scores = |list: &Value| -> Vec<f64> {
        let answers = list["answers"].as_array().unwrap();
        answers
            .iter()
            .map(|one| one["score"].as_f64().unwrap())
            .collect()
    };
    let all = ask(json!({})).await;
    assert_eq!(scores(&all), [1.0, 5.0, 2.0]);
    assert_eq!(all["total"], 3);
    assert_eq!(all["left_out"], 0);
    let first = &all["answers"][0];
    assert_eq!(first["comment"], "Charge [card], write to [email]");
    assert_eq!(first["page"], "/thanks");
    assert_eq!(first["session"], format!("{:032x}", 13));
    assert_eq!(first["question"], "How easy was it?");
    assert_eq!(first.get("recording_started_ms"), None);

    assert_eq!(scores(&ask(json!({"find": "voucher"})).await), [2.0]);
    assert_eq!(scores(&ask(json!({"commented": true})).await), [1.0, 2.0]);
    assert_eq!(scores(&ask(json!({"scores": [5, 2]})).await), [5.0, 2.0]);
    let page = ask(json!({"limit": 2})).await;
    assert_eq!(scores(&page), [1.0, 5.0]);
    let next = ask(json!({"limit": 2, "before": page["next"]})).await;
    assert_eq!(scores(&next), [2.0]);
    assert_eq!(next.get("next"), None);
    assert_eq!(next["total"], 3);
    let page = json!({"dimension": "page", "operator": "is", "values": ["/elsewhere"]});
    assert_eq!(scores(&ask(json!({"filters": [page]})).await), [0.0; 0]);
    world.server.app.store.seal().await.unwrap();
    assert_eq!(
        scores(&ask(json!({})).await),
        [1.0, 5.0, 2.0],
        "as before, from a part"
    );

    let wrong = world.call(
        Method::POST,
        &path,
        json!({"period": {"last": "7d"}, "before": "x"}),
    );
    assert_eq!(wrong.await.json()["field"], "before");
    let missing = world.call(
        Method::POST,
        "/nothing/answers",
        json!({"period": {"last": "7d"}}),
    );
    assert_eq!(missing.await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn page_without_a_cookie_learns_what_its_session_was_shown_and_others_nothing() {
    let world = World::new().await;
    let id = world.active(rating()).await;
    let tab = json!({"name": "Tab", "survey": {"kind": "text", "moment": "tab",
                     "words": {"question": "What is missing?"}}});
    let tab = world.active(tab).await;
    let shown = |id: &str| event("survey_shown", NOON_MS, json!({"survey": id}));
    let unknown = shown("made up by somebody");
    let first = world
        .send((1, None), &[shown(&id), unknown, shown(&tab)])
        .await;
    assert_eq!(first["surveys"], json!([id]), "a tab may be opened again");
    let next = world.send((2, None), &[]).await;
    assert_eq!(next["session"], first["session"]);
    assert_eq!(next["surveys"], json!([id]));
    let answered = event(
        "survey_answered",
        NOON_MS,
        json!({"survey": tab, "comment": "Lamps"}),
    );
    let next = world.send((3, None), &[answered]).await;
    assert_eq!(next["surveys"], json!([id, tab]));
    let persistent = world.send((4, Some(9)), &[shown(&id)]).await;
    assert_eq!(persistent.get("surveys"), None, "its browser knows");
}
