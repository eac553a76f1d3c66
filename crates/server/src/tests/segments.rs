//! Segments, the people behind cells, properties, and problems that point at a field.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::{Chunk, ChunkFacts, Site, VisitorId, WindowId};
use hitmetrix_store::settings::{Role, Scope};
use serde_json::{Value, json};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use crate::peer::Door;

/// A site with three visitors: `a` saw the cart and bought, `b` saw the cart, `c` did neither.
struct Shop {
    server: TestServer,
    site: Site,
    editor: Who,
}

impl Shop {
    async fn new() -> Self {
        let server = TestServer::new().await;
        let site = server.site("one").await;
        let editor = server.member(&site, Role::Editor).await;
        let editor = server.signed_in(editor).await;
        let token = server.token(&site, Scope::Ingest).await;
        let line = |id: u32, visitor: &str, event: &str, page: &str| {
            let time = NOON_MS - 3_600_000 + i64::from(id) * 1_000;
            let url = format!("https://shop.example.org{page}");
            let properties = json!({"value": id, "plan": "pro"});
            json!({"id": id.to_string(), "event": event, "time": time, "visitor": visitor,
                   "url": url, "properties": properties})
        };
        let lines = [
            line(1, "a", "pageview", "/cart"),
            line(2, "a", "purchase", "/thanks"),
            line(3, "b", "pageview", "/cart"),
            line(4, "b", "pageview", "/"),
            line(5, "c", "pageview", "/"),
        ];
        let Who::Bearer(token) = token else {
            panic!("a token");
        };
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let request = Request::builder()
            .method("POST")
            .uri(format!("/api/v1/sites/{}/events", site.id))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body))
            .unwrap();
        let door = Door::Network([198, 51, 100, 7].into());
        let sent = server.send(request, door).await;
        assert_eq!(sent.json()["accepted"], 5, "{}", sent.text());
        Self {
            server,
            site,
            editor,
        }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        let path = format!("/api/v1/sites/{}/{path}", self.site.id);
        self.server.call(&self.editor, method, &path, body).await
    }

    async fn post(&self, path: &str, body: Value) -> Answered {
        self.call(Method::POST, path, body).await
    }

    async fn save(&self, name: &str, of: &str, conditions: Value) -> Answered {
        let draft = json!({"name": name, "of": of, "conditions": conditions});
        self.post("segments", draft).await
    }

    async fn archive(&self, segment: &str) -> Answered {
        let path = format!("segments/{segment}/archived");
        self.call(Method::PUT, &path, Value::Null).await
    }

    /// Persons and pageviews with these filters.
    async fn count(&self, filters: Value) -> Value {
        let question = json!({
            "kind": "totals", "period": {"last": "1d"}, "bots": "include",
            "measures": ["persons", "pageviews"], "filters": filters,
        });
        let answered = self.post("ask", question).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        answered.json()["rows"][0].clone()
    }
}

fn is(dimension: &str, value: &str) -> Value {
    json!({"dimension": dimension, "operator": "is", "values": [value]})
}

#[tokio::test]
async fn questions_asked_together_are_answered_as_alone_and_fail_alone() {
    let shop = Shop::new().await;
    let cart = json!([{"dimension": "page", "operator": "is", "values": ["/cart"]}]);
    let made = shop.save("Saw the cart", "persons", cart).await.json();
    let question = |filters: Value| {
        json!({"kind": "totals", "period": {"last": "1d"}, "bots": "include",
               "measures": ["persons", "pageviews"], "filters": filters})
    };
    let by_page = json!({"kind": "breakdown", "period": {"last": "1d"}, "bots": "include",
        "measures": ["pageviews"], "dimension": "page"});
    let of_segment = question(json!([{"segment": made["id"]}]));
    let unknown = question(json!([{"segment": "0123456789abcdef0123456789abcdef"}]));
    let wrong = json!({"kind": "totals", "period": {"last": "1d"}});
    let all = [question(json!([])), by_page, of_segment, unknown, wrong];
    let together = shop.post("ask-together", json!({"questions": all})).await;
    assert_eq!(together.status, StatusCode::OK, "{}", together.text());
    let answers = together.json()["answers"].as_array().unwrap().clone();
    assert_eq!(answers.len(), all.len());
    for (asked, found) in all.iter().zip(&answers).take(3) {
        let alone = shop.post("ask", asked.clone()).await.json();
        assert_eq!(found["answer"]["rows"], alone["rows"], "{asked}");
        assert_eq!(found["answer"]["columns"], alone["columns"], "{asked}");
        assert!(found.get("problem").is_none(), "{found}");
    }
    assert_eq!(answers[0]["answer"]["rows"], json!([[3, 4]]));
    for (asked, found) in all.iter().zip(&answers).skip(3) {
        let alone = shop.post("ask", asked.clone()).await.json();
        assert!(found.get("answer").is_none(), "{found}");
        for fact in ["code", "status", "detail", "field"] {
            assert_eq!(found["problem"][fact], alone[fact], "{fact} of {found}");
        }
    }
    for count in [0, 33] {
        let questions = vec![all[0].clone(); count];
        let refused = shop
            .post("ask-together", json!({"questions": questions}))
            .await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{}",
            refused.text()
        );
        assert_eq!(refused.json()["field"], "questions");
        assert!(refused.text().contains("32"), "{}", refused.text());
    }
}

#[tokio::test]
async fn segment_narrows_questions_as_it_is_when_they_are_asked() {
    let shop = Shop::new().await;
    let saved = shop
        .save("Cart", "sessions", json!([is("page", "/cart")]))
        .await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
    let cart = saved.json();
    let id = cart["id"].as_str().unwrap();
    assert_eq!(shop.count(json!([])).await, json!([3, 4]));
    for name in ["Cart", id] {
        assert_eq!(
            shop.count(json!([{"segment": name}])).await,
            json!([2, 3]),
            "whole sessions are in it"
        );
    }
    assert_eq!(
        shop.count(json!([is("page", "/cart")])).await,
        json!([2, 2])
    );
    let without = json!([{"not": {"segment": "Cart"}}]);
    assert_eq!(shop.count(without).await, json!([1, 1]));
    let buyers = json!([{"segment": "Cart"}, is("event", "purchase")]);
    let buyers = shop.save("Buyers", "persons", buyers).await;
    assert_eq!(buyers.status, StatusCode::CREATED, "{}", buyers.text());
    assert_eq!(
        buyers.json()["conditions"][0],
        json!({"segment": id}),
        "kept by id, so that it can have another name"
    );
    let of_buyers = json!([{"segment": "Buyers"}]);
    assert_eq!(shop.count(of_buyers.clone()).await, json!([1, 1]));
    let home = json!({"name": "Home", "of": "sessions", "conditions": [is("page", "/")]});
    let path = format!("segments/{id}");
    let changed = shop.call(Method::PUT, &path, home).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    assert_eq!(
        shop.count(of_buyers).await,
        json!([0, 0]),
        "the answer that is kept was to other conditions"
    );
}

#[tokio::test]
async fn segment_that_cannot_be_asked_is_not_saved() {
    let shop = Shop::new().await;
    shop.save("Cart", "sessions", json!([is("page", "/cart")]))
        .await;
    let cases = [
        (json!([]), "invalid", "conditions"),
        (
            json!([{"segment": "Carts"}]),
            "unknown_segment",
            "conditions[0]",
        ),
        (
            json!([{"segment": "New"}]),
            "segment_cycle",
            "conditions[0]",
        ),
        (
            json!([is("page", "/"), {"not": {"dimension": "page", "operator": "matches", "values": ["("]}}]),
            "bad_pattern",
            "conditions[1].not",
        ),
        (
            json!([{"all": [{"dimension": "horse", "operator": "is", "values": ["x"]}]}]),
            "invalid",
            "conditions[0].all[0].dimension",
        ),
    ];
    for (conditions, code, field) in cases {
        let refused = shop.save("New", "persons", conditions).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let problem = refused.json();
        assert_eq!(
            (&problem["code"], &problem["field"]),
            (&json!(code), &json!(field)),
            "{problem}"
        );
    }
    let cart = json!([is("page", "/cart")]);
    let taken = shop.save("Cart", "persons", cart.clone()).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let id_like = shop.save("0123456789abcdef", "persons", cart).await;
    assert_eq!(id_like.json()["field"], "name");
    let list = shop.call(Method::GET, "segments", Value::Null).await.json();
    assert_eq!(list["segments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn segment_in_use_is_neither_removed_nor_made_to_use_its_user() {
    let shop = Shop::new().await;
    let cart = json!([is("page", "/cart")]);
    shop.save("Cart", "sessions", cart.clone()).await;
    for (name, of) in [("Buyers", "persons"), ("Visits", "sessions")] {
        shop.save(name, of, json!([{"segment": "Cart"}])).await;
    }
    let archived = shop.archive("Cart").await;
    assert_eq!(archived.status, StatusCode::NO_CONTENT);
    let refused = shop
        .call(Method::DELETE, "segments/Cart", Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text().contains("`Buyers`, `Visits`"),
        "{}",
        refused.text()
    );
    let draft =
        |conditions: Value| json!({"name": "Cart", "of": "sessions", "conditions": conditions});
    let cycle = draft(json!([{"segment": "Buyers"}]));
    let refused = shop.call(Method::PUT, "segments/Cart", cycle).await;
    assert_eq!(
        refused.json()["code"],
        "segment_cycle",
        "{}",
        refused.text()
    );
    // Alone it is as deep as may be; those that use it would be deeper, within what persons did too.
    let deep = (0..14).fold(is("page", "/"), |inner, _| json!({"not": inner}));
    let refused = shop
        .call(Method::PUT, "segments/Cart", draft(json!([deep])))
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    assert!(refused.text().contains("`Buyers`"), "{}", refused.text());
    for (segment, status) in [
        ("Buyers", StatusCode::NO_CONTENT),
        ("Visits", StatusCode::NO_CONTENT),
        ("Cart", StatusCode::NO_CONTENT),
        ("Cart", StatusCode::NOT_FOUND),
    ] {
        shop.archive(segment).await;
        let path = format!("segments/{segment}");
        let removed = shop.call(Method::DELETE, &path, Value::Null).await;
        assert_eq!(removed.status, status, "{segment}");
    }
}

#[tokio::test]
async fn archived_segment_still_counts_and_its_name_is_free_for_another() {
    let shop = Shop::new().await;
    let cart = json!([is("page", "/cart")]);
    let made = shop.save("Cart", "sessions", cart.clone()).await.json();
    let id = made["id"].as_str().unwrap();
    let before = shop.count(json!([{"segment": id}])).await;
    let refused = shop
        .call(Method::DELETE, &format!("segments/{id}"), Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "it is in use");
    assert_eq!(shop.archive(id).await.status, StatusCode::NO_CONTENT);
    for word in [id, "Cart"] {
        let again = shop.count(json!([{"segment": word}])).await;
        assert_eq!(again, before, "{word}");
    }
    let listed = shop.call(Method::GET, "segments", Value::Null).await.json();
    assert_eq!(listed["segments"][0]["archived_at_ms"], NOON_MS);
    let home = json!([is("page", "/")]);
    let other = shop.save("Cart", "sessions", home).await;
    assert_eq!(other.status, StatusCode::CREATED, "{}", other.text());
    let by_name = shop.count(json!([{"segment": "Cart"}])).await;
    let other_id = other.json()["id"].clone();
    assert_eq!(by_name, shop.count(json!([{"segment": other_id}])).await);
    assert_eq!(shop.count(json!([{"segment": id}])).await, before);
    let back = format!("segments/{id}/archived");
    let taken = shop.call(Method::DELETE, &back, Value::Null).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.text());
    shop.archive(other_id.as_str().unwrap()).await;
    let returned = shop.call(Method::DELETE, &back, Value::Null).await;
    assert_eq!(returned.status, StatusCode::NO_CONTENT);
    assert_eq!(shop.count(json!([{"segment": "Cart"}])).await, before);
}

#[tokio::test]
async fn author_of_a_segment_is_named_to_those_who_may_see_the_members() {
    let shop = Shop::new().await;
    shop.save("Cart", "sessions", json!([is("page", "/cart")]))
        .await;
    let path = format!("/api/v1/sites/{}/segments/Cart", shop.site.id);
    let viewer = shop.server.member(&shop.site, Role::Viewer).await;
    let viewer = shop.server.signed_in(viewer).await;
    let admin = shop.server.member(&shop.site, Role::Admin).await;
    let admin = shop.server.signed_in(admin).await;
    let author = json!(format!("editor-{}@example.org", shop.site.id));
    for (who, expected) in [
        (&viewer, &Value::Null),
        (&shop.editor, &author),
        (&admin, &author),
    ] {
        let segment = shop.server.get(who, &path).await.json();
        assert_eq!(&segment["created_by"], expected);
        assert_eq!(segment["created_at_ms"], NOON_MS);
    }
}

#[tokio::test]
async fn segment_belongs_to_its_site() {
    let shop = Shop::new().await;
    let saved = shop
        .save("Cart", "sessions", json!([is("page", "/cart")]))
        .await;
    let id = saved.json()["id"].as_str().unwrap().to_owned();
    let other = shop.server.site("other").await;
    let owner = shop.server.user("owner@example.org", true).await;
    let owner = shop.server.signed_in(owner).await;
    let path = format!("/api/v1/sites/{}/segments/{id}", other.id);
    let foreign = shop.server.get(&owner, &path).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    let question = json!({
        "kind": "totals", "period": {"last": "1d"}, "measures": ["persons"],
        "filters": [{"segment": id}],
    });
    let path = format!("/api/v1/sites/{}/ask", other.id);
    let foreign = shop.server.post(&owner, &path, question).await;
    assert_eq!(foreign.code(), "unknown_segment");
}

#[tokio::test]
async fn segment_that_was_removed_comes_back_under_its_id() {
    let shop = Shop::new().await;
    let draft = json!({"name": "Cart", "of": "sessions", "conditions": [
        {"dimension": "page", "operator": "is", "values": ["/cart"]}]});
    let with = |id: &Value| {
        let mut draft = draft.clone();
        draft["id"] = id.clone();
        draft
    };
    let made = shop.post("segments", draft.clone()).await.json();
    let id = &made["id"];
    let again = shop.post("segments", with(id)).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it is there");
    shop.archive(id.as_str().unwrap()).await;
    let path = format!("segments/{}", id.as_str().unwrap());
    let removed = shop.call(Method::DELETE, &path, Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let back = shop.post("segments", with(id)).await;
    assert_eq!(back.status, StatusCode::CREATED, "{}", back.text());
    assert_eq!(&back.json()["id"], id);
    for wrong in [json!("Cart"), json!("ABCDEF0123456789"), json!("")] {
        let refused = shop.post("segments", with(&wrong)).await;
        assert_eq!(refused.json()["field"], "id", "{wrong}");
    }
    let other = with(&json!("0123456789abcdef"));
    let changed = shop.call(Method::PUT, &path, other).await;
    assert_eq!(changed.json()["field"], "id");
}

#[tokio::test]
async fn people_behind_a_cell_come_with_their_sessions() {
    let shop = Shop::new().await;
    let question = json!({
        "kind": "breakdown", "period": {"last": "1d"}, "bots": "include",
        "measures": ["persons"], "dimension": "page",
    });
    let cell = json!({"column": "persons", "row": {"page": "/cart"}});
    let body = json!({"question": question, "cell": cell, "limit": 1});
    let people = shop.post("people", body).await;
    assert_eq!(people.status, StatusCode::OK, "{}", people.text());
    let people = people.json();
    let columns: Vec<&str> = people["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    assert_eq!(columns, ["person", "session", "at", "user"]);
    assert_eq!(
        (&people["persons_total"], &people["rows_total"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(people["rows"].as_array().unwrap().len(), 1);
    let row = &people["rows"][0];
    assert_eq!(row[2], NOON_MS - 3_600_000 + 3_000, "the latest first");
    let session = format!("sessions/{}", row[1].as_str().unwrap());
    let session = shop.call(Method::GET, &session, Value::Null).await;
    assert_eq!(session.status, StatusCode::OK, "{}", session.text());
}

#[tokio::test]
async fn problem_points_at_the_field_of_the_question() {
    let shop = Shop::new().await;
    let question = |more: Value| {
        let mut question = json!({
            "kind": "funnel", "period": {"last": "1d"}, "funnel": {"steps": [
                {"events": ["pageview"]}, {"events": ["purchase"]}
            ]},
        });
        for (field, value) in more.as_object().unwrap() {
            question[field] = value.clone();
        }
        question
    };
    let no_values = json!({"dimension": "page", "operator": "is"});
    let cases = [
        (
            json!({"funnel": {"steps": [{}, {"filters": [{"all": [no_values]}]}]}}),
            "filter_without_values",
            "funnel.steps[1].filters[0].all[0]",
        ),
        (
            json!({"filters": [{"segment": "none"}]}),
            "unknown_segment",
            "filters[0]",
        ),
        (
            json!({"measures": ["persons"]}),
            "not_for_this_kind",
            "measures",
        ),
        (
            json!({"time_zone": "Mars"}),
            "unknown_time_zone",
            "time_zone",
        ),
        (
            json!({"funnel": {"steps": [{"event": 1}]}}),
            "invalid",
            "funnel.steps[0].event",
        ),
        (json!({"limit": "many"}), "invalid", "limit"),
    ];
    for (more, code, field) in cases {
        let asked = shop.post("ask", question(more.clone())).await;
        let cell = json!({"column": "reached", "row": {"step": 1}});
        let body = json!({"question": question(more), "cell": cell});
        let behind = shop.post("people", body).await;
        for (answered, within) in [(asked, ""), (behind, "question.")] {
            assert_eq!(answered.status, StatusCode::BAD_REQUEST);
            let problem = answered.json();
            assert_eq!(problem["code"], code, "{problem}");
            assert_eq!(problem["field"], format!("{within}{field}"), "{problem}");
            assert_eq!(problem["type"], "/reference/errors.md#invalid");
        }
    }
    let body =
        json!({"question": question(json!({})), "cell": {"column": "horses", "row": {"step": 1}}});
    let problem = shop.post("people", body).await.json();
    assert_eq!(problem["code"], "unknown_column");
    assert_eq!(problem["field"], "cell.column");
}

#[tokio::test]
async fn answer_comes_as_lines_with_the_progress_before_it() {
    let shop = Shop::new().await;
    let lines = async |question: Value| {
        let request = Request::builder()
            .method("POST")
            .uri(format!("/api/v1/sites/{}/ask", shop.site.id))
            .header("content-type", "application/json")
            .header("accept", "application/x-ndjson")
            .body(Body::from(question.to_string()))
            .unwrap();
        let answered = shop.server.send(request, Door::Control).await;
        let text = answered.text();
        assert!(text.ends_with('\n'), "{text}");
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        (answered.status, lines.collect::<Vec<Value>>())
    };
    let question = json!({
        "kind": "totals", "period": {"last": "1d"}, "bots": "include", "measures": ["persons"],
    });
    let (status, told) = lines(question.clone()).await;
    assert_eq!(status, StatusCode::OK);
    let (last, before) = told.split_last().unwrap();
    assert_eq!(last["answer"]["rows"], json!([[3]]));
    for line in before {
        let share = line["progress"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&share), "{line}");
    }
    let mut wrong = question;
    wrong["time_zone"] = json!("Mars");
    let (status, told) = lines(wrong).await;
    assert_eq!(status, StatusCode::OK);
    let problem = &told.last().unwrap()["problem"];
    assert_eq!(
        (&problem["code"], &problem["status"]),
        (&json!("unknown_time_zone"), &json!(400))
    );
}

#[tokio::test]
async fn properties_of_the_site_are_listed_with_their_kinds() {
    let shop = Shop::new().await;
    let list = shop.call(Method::GET, "properties", Value::Null).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text());
    let expected = json!({
        "properties": [
            {"name": "plan", "rows": 5, "kinds": ["text"]},
            {"name": "value", "rows": 5, "kinds": ["number"]},
        ],
        "total": 2, "left_out": {"names": 0, "rows": 0}, "missing": [],
    });
    assert_eq!(list.json(), expected);
}

#[tokio::test]
async fn recordings_are_those_of_the_sessions_that_pass() {
    let shop = Shop::new().await;
    let question = json!({"kind": "sessions", "period": {"last": "1d"}, "bots": "include"});
    let answered = shop.post("ask", question).await.json();
    let sessions: Vec<&str> = answered["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[0].as_str().unwrap())
        .collect();
    let [c, b, a] = sessions[..] else {
        panic!("three sessions: {answered}");
    };
    // `c` and `a` have one each; another recording is of a session without events.
    for (number, session) in [(1, c), (2, a), (3, "f00df00df00df00df00df00df00df00d")] {
        let first_ms = NOON_MS - 3_600_000 + number;
        let facts = ChunkFacts {
            site: shop.site.id,
            visitor: VisitorId(number as u128),
            cookieless: false,
            session: session.parse().unwrap(),
            window: WindowId(number as u128),
            sequence: 0,
            recorder: "rrweb-2.1.6/1".to_owned(),
            first_ms,
            last_ms: first_ms + 10,
            received_at_ms: first_ms + 10,
            events: 1,
            snapshot: true,
            path: "/".to_owned(),
            piece: None,
        };
        let bytes = b"{\"type\":2}\n".to_vec();
        let store = &shop.server.app.store;
        store.append_chunk(Chunk { facts, bytes }).await.unwrap();
    }
    shop.save("Cart", "sessions", json!([is("page", "/cart")]))
        .await;
    let listed = async |query: &str| {
        let path = format!("recordings?{query}");
        let answered = shop.call(Method::GET, &path, Value::Null).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        let list = answered.json();
        let of = |row: &Value| row["session"].as_str().unwrap().to_owned();
        let found: Vec<String> = list["recordings"]
            .as_array()
            .unwrap()
            .iter()
            .map(of)
            .collect();
        assert_eq!(list["total"], found.len());
        found
    };
    let cart = "%5B%7B%22segment%22:%22Cart%22%7D%5D";
    assert_eq!(listed("").await.len(), 3);
    assert_eq!(listed("filters=%5B%5D").await, [a, c]);
    assert_eq!(listed(&format!("filters={cart}")).await, [a]);
    assert_eq!(listed(&format!("sessions={c},{b}")).await, [c]);
    assert_eq!(
        listed(&format!("sessions={c}&filters={cart}")).await,
        [""; 0]
    );

    let path = format!("recordings/{a}/seen");
    assert_eq!(listed("seen=false").await.len(), 3);
    let seen = shop.call(Method::PUT, &path, Value::Null).await;
    assert_eq!(seen.status, StatusCode::NO_CONTENT, "{}", seen.text());
    assert_eq!(listed("seen=true").await, [a]);
    assert_eq!(listed("seen=false&filters=%5B%5D").await, [c]);
    assert_eq!(listed(&format!("seen=true&sessions={c}")).await, [""; 0]);
    let list = shop.call(Method::GET, "recordings", Value::Null).await;
    let list = list.json();
    let marked = list["recordings"].as_array().unwrap().iter();
    let marked = marked.filter(|row| row["seen"] == true);
    assert_eq!(marked.count(), 1);
    // Another user has seen nothing, and nobody sees what there is not.
    let other = shop.server.member(&shop.site, Role::Viewer).await;
    let other = shop.server.signed_in(other).await;
    let all = format!("/api/v1/sites/{}/recordings?seen=true", shop.site.id);
    assert_eq!(shop.server.get(&other, &all).await.json()["total"], 0);
    let none = format!("recordings/{b}/seen");
    let none = shop.call(Method::PUT, &none, Value::Null).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let unseen = shop.call(Method::DELETE, &path, Value::Null).await;
    assert_eq!(unseen.status, StatusCode::NO_CONTENT);
    assert_eq!(listed("seen=true").await, [""; 0]);

    for (query, field) in [
        ("filters=%7B", "filters"),
        (
            "filters=%5B%7B%22segment%22:%22Carts%22%7D%5D",
            "filters[0]",
        ),
        ("sessions=x", "sessions"),
    ] {
        let path = format!("recordings?{query}");
        let refused = shop.call(Method::GET, &path, Value::Null).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.json()["field"], field, "{}", refused.text());
    }
}
