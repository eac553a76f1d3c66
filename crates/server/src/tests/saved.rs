//! Saved insights and boards: what is refused, what stays when other things change, and who wins
//! when two change the same.

use axum::http::{Method, StatusCode};
use hitmetrix_model::Site;
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::{Answered, TestServer, Who};

struct Desk {
    server: TestServer,
    site: Site,
    editor: Who,
}

impl Desk {
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
        let path = format!("/api/v1/sites/{}/{path}", self.site.id);
        self.server.call(&self.editor, method, &path, body).await
    }

    async fn get(&self, path: &str) -> Value {
        let answered = self.call(Method::GET, path, Value::Null).await;
        assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
        answered.json()
    }

    async fn save(&self, name: &str, question: Value) -> Answered {
        let draft = json!({"name": name, "question": question});
        self.call(Method::POST, "insights", draft).await
    }

    async fn saved(&self, name: &str) -> String {
        let saved = self.save(name, trend(json!([]))).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        saved.json()["id"].as_str().unwrap().to_owned()
    }

    async fn board(&self, name: &str, panels: Value) -> Answered {
        let draft = json!({"name": name, "panels": panels});
        self.call(Method::POST, "boards", draft).await
    }

    async fn segment(&self, name: &str) -> String {
        let draft = json!({"name": name, "of": "sessions", "conditions": [
            {"dimension": "page", "operator": "is", "values": ["/cart"]}
        ]});
        let saved = self.call(Method::POST, "segments", draft).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        saved.json()["id"].as_str().unwrap().to_owned()
    }
}

fn trend(filters: Value) -> Value {
    json!({"kind": "trend", "period": {"last": "30d"}, "filters": filters,
           "trend": {"series": [{"events": ["order"], "aggregate": "count"}]}})
}

fn panel(id: &str, x: u16, shows: Value) -> Value {
    let place = json!({"x": x, "y": 0, "width": 6, "height": 4});
    json!({"id": id, "place": place, "shows": shows})
}

#[tokio::test]
async fn insight_comes_back_as_it_was_saved_and_its_question_can_be_asked() {
    let desk = Desk::new().await;
    let draft = json!({
        "name": " Orders ", "description": "Paid ones.\nBy day.", "address": "series=order~do!count",
        "question": trend(json!([])),
    });
    let saved = desk.call(Method::POST, "insights", draft).await.json();
    assert_eq!(saved["name"], "Orders");
    assert_eq!(saved["kind"], "trend");
    let id = saved["id"].as_str().unwrap();
    let found = desk.get(&format!("insights/{id}")).await;
    assert_eq!(found, saved);
    assert_eq!(found["created_by"], "editor-1@example.org");
    let asked = desk
        .call(Method::POST, "ask", found["question"].clone())
        .await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.text());
    let list = desk.get("insights").await;
    assert_eq!(list["insights"][0]["address"], "series=order~do!count");
    assert!(list["insights"][0].get("question").is_none());
}

#[tokio::test]
async fn insight_that_cannot_be_asked_is_not_saved() {
    let desk = Desk::new().await;
    let cases = [
        (
            json!({"kind": "sessions", "period": {"last": "7d"}}),
            "invalid",
            "question.kind",
        ),
        (
            trend(json!([{"segment": "Carts"}])),
            "unknown_segment",
            "question.filters[0]",
        ),
        (
            trend(json!([{"dimension": "page", "operator": "matches", "values": ["("]}])),
            "bad_pattern",
            "question.filters[0]",
        ),
        (
            json!({"kind": "funnel", "period": {"last": "7d"}, "funnel": {"steps": [{}]}}),
            "out_of_bounds",
            "question.funnel.steps",
        ),
        (
            json!({"kind": "trend", "period": {"last": "tomorrow"}, "measures": ["events"]}),
            "period_not_understood",
            "question.period.last",
        ),
    ];
    for (question, code, field) in cases {
        let refused = desk.save("New", question).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{}",
            refused.text()
        );
        let problem = refused.json();
        assert_eq!(problem["field"], field, "{problem}");
        assert_eq!(problem["code"], code, "{problem}");
    }
    for (name, address, field) in [
        ("", "", "name"),
        ("New", "?kind=funnel", "address"),
        ("New", "kind=funnel#t=4", "address"),
        ("New", "kind=a b", "address"),
    ] {
        let draft = json!({"name": name, "address": address, "question": trend(json!([]))});
        let refused = desk.call(Method::POST, "insights", draft).await;
        assert_eq!(refused.json()["field"], field, "{}", refused.text());
    }
    assert_eq!(desk.get("insights").await["insights"], json!([]));
}

#[tokio::test]
async fn archived_insight_frees_its_name_and_comes_back_when_that_is_free() {
    let desk = Desk::new().await;
    let first = desk.saved("Orders").await;
    let taken = desk.save("Orders", trend(json!([]))).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    let archived = format!("insights/{first}/archived");
    let call = |method, path: String| {
        let desk = &desk;
        async move { desk.call(method, &path, Value::Null).await.status }
    };
    let removed = call(Method::DELETE, format!("insights/{first}")).await;
    assert_eq!(removed, StatusCode::CONFLICT, "it is in use");
    assert_eq!(
        call(Method::PUT, archived.clone()).await,
        StatusCode::NO_CONTENT
    );
    let second = desk.saved("Orders").await;
    assert_eq!(
        call(Method::DELETE, archived.clone()).await,
        StatusCode::CONFLICT
    );
    let renamed = json!({"name": "Older orders", "question": trend(json!([]))});
    let renamed = desk
        .call(Method::PUT, &format!("insights/{first}"), renamed)
        .await;
    assert!(renamed.json()["archived_at_ms"].is_i64());
    assert_eq!(call(Method::DELETE, archived).await, StatusCode::NO_CONTENT);
    let second = format!("insights/{second}");
    assert_eq!(
        call(Method::PUT, format!("{second}/archived")).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(call(Method::DELETE, second).await, StatusCode::NO_CONTENT);
    let list = desk.get("insights").await;
    assert_eq!(list["insights"].as_array().unwrap().len(), 1);
    assert_eq!(list["insights"][0]["name"], "Older orders");
}

#[tokio::test]
async fn segment_that_insights_and_boards_use_stays_and_may_have_another_name() {
    let desk = Desk::new().await;
    let cart = desk.segment("Cart").await;
    let saved = desk
        .save("Orders", trend(json!([{"not": {"segment": "Cart"}}])))
        .await
        .json();
    assert_eq!(
        saved["question"]["filters"],
        json!([{"not": {"segment": cart}}])
    );
    let board = json!({"name": "Sales", "common": {"filters": [{"segment": "Cart"}]}});
    let board = desk.call(Method::POST, "boards", board).await.json();
    assert_eq!(board["common"]["filters"], json!([{"segment": cart}]));
    let refused = desk
        .call(Method::DELETE, "segments/Cart", Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused.text().contains("archive it first"),
        "{}",
        refused.text()
    );
    let archived = desk
        .call(Method::PUT, "segments/Cart/archived", Value::Null)
        .await;
    assert_eq!(archived.status, StatusCode::NO_CONTENT);
    let refused = desk
        .call(Method::DELETE, "segments/Cart", Value::Null)
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    for user in ["the insight `Orders`", "the board `Sales`"] {
        assert!(refused.text().contains(user), "{}", refused.text());
    }
}

#[tokio::test]
async fn board_brings_each_insight_that_it_shows_once() {
    let desk = Desk::new().await;
    let orders = desk.saved("Orders").await;
    desk.saved("Others").await;
    let panels = json!([
        panel("a", 0, json!({"insight": orders})),
        panel("b", 6, json!({"insight": orders, "display": "number"})),
    ]);
    let made = desk.board("Sales", panels).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let board = made.json();
    assert_eq!(board["version"], 1);
    assert_eq!(board["insights"].as_array().unwrap().len(), 1);
    assert_eq!(board["insights"][0]["name"], "Orders");
    assert_eq!(
        board["insights"][0]["question"],
        trend(json!([])).with_defaults()
    );
    let path = format!("insights/{orders}");
    assert_eq!(desk.get(&path).await["boards"], 1);
    let archived = format!("{path}/archived");
    desk.call(Method::PUT, &archived, Value::Null).await;
    let refused = desk.call(Method::DELETE, &path, Value::Null).await;
    assert!(refused.text().contains("`Sales`"), "{}", refused.text());
    let id = board["id"].as_str().unwrap();
    let still = desk.get(&format!("boards/{id}")).await;
    assert_eq!(still["insights"][0]["archived"], true);
    assert_eq!(desk.get("boards").await["boards"][0]["panel_count"], 2);
}

/// A question as it comes back.
trait WithDefaults {
    fn with_defaults(self) -> Value;
}

impl WithDefaults for Value {
    fn with_defaults(self) -> Value {
        let question: hitmetrix_model::Question = serde_json::from_value(self).unwrap();
        serde_json::to_value(question).unwrap()
    }
}

#[tokio::test]
async fn of_two_who_change_a_board_at_once_the_second_is_told() {
    let desk = Desk::new().await;
    let made = desk.board("Sales", json!([])).await.json();
    let path = format!("boards/{}", made["id"].as_str().unwrap());
    let change = |version: i64, text: &str| {
        let panels = json!([panel("a", 0, json!({"text": text}))]);
        let draft = json!({"name": "Sales", "panels": panels, "version": version});
        desk.call(Method::PUT, &path, draft)
    };
    let first = change(1, "first").await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!(first.json()["version"], 2);
    let second = change(1, "second").await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    assert!(second.text().contains("at version 2"), "{}", second.text());
    let found = desk.get(&path).await;
    assert_eq!(found["panels"][0]["shows"]["text"], "first");
    let without = json!({"name": "Sales"});
    let refused = desk.call(Method::PUT, &path, without).await;
    assert_eq!(refused.json()["field"], "version");
}

#[tokio::test]
async fn board_is_refused_with_the_place_of_what_is_wrong() {
    let desk = Desk::new().await;
    let text = |id: &str, x: u16| panel(id, x, json!({"text": "x"}));
    let cases = [
        (
            json!({"name": "A", "panels": [text("a", 0), text("a", 6)]}),
            "panels[1].id",
        ),
        (
            json!({"name": "A", "panels": [text("a", 0), text("b", 5)]}),
            "panels[1].place",
        ),
        (
            json!({"name": "A", "panels": [panel("a", 0, json!({"insight": "nothing"}))]}),
            "panels[0].shows.insight",
        ),
        (
            json!({"name": "A", "common": {"filters": [{"not": {"segment": "x"}}]}}),
            "common.filters[0]",
        ),
        (
            json!({"name": "A", "common": {"filters": [{"segment": "x"}]}}),
            "common.filters[0]",
        ),
        (json!({"name": "A", "panels": [{"id": "a"}]}), "panels[0]"),
        (json!({"name": " "}), "name"),
    ];
    for (draft, field) in cases {
        let refused = desk.call(Method::POST, "boards", draft.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{draft}");
        assert_eq!(refused.json()["field"], field, "{}", refused.text());
    }
    let period = json!({"name": "A", "common": {"period": {"last": "0d"}}});
    let refused = desk.call(Method::POST, "boards", period).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(desk.get("boards").await["boards"], json!([]));
}

#[tokio::test]
async fn saved_things_of_another_site_are_not_found() {
    let desk = Desk::new().await;
    let other = desk.server.site("other").await;
    let insight = desk.saved("Orders").await;
    let board = desk.board("Sales", json!([])).await.json();
    let board = board["id"].as_str().unwrap();
    let owner = desk.server.user("owner@example.org", true).await;
    let owner = desk.server.signed_in(owner).await;
    for path in [
        format!("insights/{insight}"),
        format!("insights/{insight}/archived"),
        format!("boards/{board}"),
        format!("boards/{board}/archived"),
    ] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let is_detail = !path.ends_with("/archived");
            if method == Method::GET && !is_detail {
                continue;
            }
            let body = match (&method, is_detail, path.starts_with("boards")) {
                (&Method::PUT, true, true) => json!({"name": "A", "version": 1}),
                (&Method::PUT, true, false) => json!({"name": "A", "question": trend(json!([]))}),
                _ => Value::Null,
            };
            let path = format!("/api/v1/sites/{}/{path}", other.id);
            let answered = desk.server.call(&owner, method.clone(), &path, body).await;
            assert_eq!(answered.status, StatusCode::NOT_FOUND, "{method} {path}");
        }
    }
    let panels = json!([panel("a", 0, json!({"insight": insight}))]);
    let draft = json!({"name": "A", "panels": panels});
    let path = format!("/api/v1/sites/{}/boards", other.id);
    let refused = desk.server.post(&owner, &path, draft).await;
    assert_eq!(refused.json()["field"], "panels[0].shows.insight");
}
