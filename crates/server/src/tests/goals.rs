//! Saved goals: what is kept, what is refused and where, and what may not go while a goal needs it.

use axum::http::{Method, StatusCode};
use hitmetrix_model::Site;
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::harness::{Answered, TestServer, Who};

struct World {
    server: TestServer,
    site: Site,
    editor: Who,
}

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
        let path = format!("/api/v1/sites/{}/{path}", self.site.id);
        self.server.call(&self.editor, method, &path, body).await
    }

    async fn save(&self, draft: Value) -> Answered {
        self.call(Method::POST, "goals", draft).await
    }

    /// Archives a goal and removes it.
    async fn remove(&self, goal: &Value) -> Answered {
        let path = format!("goals/{}", goal["id"].as_str().unwrap());
        let archived = format!("{path}/archived");
        self.call(Method::PUT, &archived, json!(null)).await;
        self.call(Method::DELETE, &path, json!(null)).await
    }
}

fn thanks() -> Value {
    let page = json!({"dimension": "page", "operator": "is", "values": ["/thanks"]});
    json!({"name": "Order", "event": {"events": ["pageview"], "filters": [page]},
           "value_thousandths": 5000, "currency": "EUR", "on_overview": true})
}

#[tokio::test]
async fn goal_is_kept_changed_archived_brought_back_and_removed() {
    let world = World::new().await;
    let saved = world.save(thanks()).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
    let goal = saved.json();
    assert_eq!(goal["value_thousandths"], 5000);
    assert_eq!(goal["currency"], "EUR");
    assert_eq!(goal["on_overview"], true);
    let path = format!("goals/{}", goal["id"].as_str().unwrap());
    let found = world.call(Method::GET, &path, json!(null)).await;
    assert_eq!(found.json(), goal);

    let draft = json!({"name": "Sale", "event": {"events": ["order"]}, "value_property": "value"});
    let changed = world.call(Method::PUT, &path, draft).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let changed = changed.json();
    assert_eq!(
        changed["on_overview"], false,
        "what is left out is not there"
    );
    assert_eq!(changed.get("value_thousandths"), None);
    let list = world.call(Method::GET, "goals", json!(null)).await.json();
    assert_eq!(list["goals"], json!([changed]));

    let in_use = world.call(Method::DELETE, &path, json!(null)).await;
    assert_eq!(in_use.status, StatusCode::CONFLICT);
    let archived = format!("{path}/archived");
    let put = world.call(Method::PUT, &archived, json!(null)).await;
    assert_eq!(put.status, StatusCode::NO_CONTENT);
    let found = world.call(Method::GET, &path, json!(null)).await.json();
    assert!(found["archived_at_ms"].is_i64(), "{found}");
    let back = world.call(Method::DELETE, &archived, json!(null)).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT);
    let found = world.call(Method::GET, &path, json!(null)).await.json();
    assert_eq!(found, changed);
    world.call(Method::PUT, &archived, json!(null)).await;
    let gone = world.call(Method::DELETE, &path, json!(null)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let again = world.call(Method::DELETE, &path, json!(null)).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn goal_that_no_question_could_ask_is_refused_with_its_place() {
    let world = World::new().await;
    let refused = async |draft: Value| {
        let answered = world.save(draft).await;
        assert_eq!(
            answered.status,
            StatusCode::BAD_REQUEST,
            "{}",
            answered.text()
        );
        answered.json()["field"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let with = |name: &str, value: Value| {
        let mut draft = thanks();
        draft[name] = value;
        draft
    };
    assert_eq!(refused(with("name", json!(" "))).await, "name");
    assert_eq!(refused(with("currency", json!("euro"))).await, "currency");
    assert_eq!(refused(with("event", json!(null))).await, "event");
    assert_eq!(refused(with("sessions", json!(0))).await, "sessions");
    assert_eq!(
        refused(with("value_property", json!("value"))).await,
        "value_property"
    );
    let filters = json!([{"dimension": "page", "operator": "matches", "values": ["a(b"]}]);
    assert_eq!(refused(with("filters", filters)).await, "filters[0]");
    let filters = json!([{"segment": "nobody"}]);
    assert_eq!(refused(with("filters", filters)).await, "filters[0]");
    let event = json!({"filters": [{"not": {"dimension": "page", "operator": "is"}}]});
    assert_eq!(refused(with("event", event)).await, "event.filters[0].not");

    world.save(thanks()).await;
    let taken = world.save(thanks()).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert!(
        taken.text().contains("`Order` exists already"),
        "{}",
        taken.text()
    );
}

#[tokio::test]
async fn segment_of_a_goal_stands_by_its_id_and_does_not_go_before_it() {
    let world = World::new().await;
    let cart = json!({"dimension": "page", "operator": "is", "values": ["/cart"]});
    let draft = json!({"name": "Cart", "of": "sessions", "conditions": [cart]});
    let segment = world.call(Method::POST, "segments", draft).await.json();
    let mut goal = thanks();
    goal["filters"] = json!([{"not": {"segment": "Cart"}}]);
    let saved = world.save(goal).await.json();
    assert_eq!(
        saved["filters"],
        json!([{"not": {"segment": segment["id"]}}])
    );

    world
        .call(Method::PUT, "segments/Cart/archived", json!(null))
        .await;
    let kept = world
        .call(Method::DELETE, "segments/Cart", json!(null))
        .await;
    assert_eq!(kept.status, StatusCode::CONFLICT);
    assert!(kept.text().contains("the goal `Order`"), "{}", kept.text());
    world.remove(&saved).await;
    let gone = world
        .call(Method::DELETE, "segments/Cart", json!(null))
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn goal_in_conditions_is_the_goal_as_it_is_now_and_does_not_go_before_them() {
    let world = World::new().await;
    let goal = world.save(thanks()).await.json();
    let reached = json!({"goal": goal["id"]});
    let question = json!({"kind": "totals", "period": {"last": "30d"}, "measures": ["sessions"],
                          "filters": [{"not": reached}]});
    let answered = world.call(Method::POST, "ask", question.clone()).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());
    let unknown = json!({"kind": "totals", "period": {"last": "30d"}, "measures": ["sessions"],
                         "filters": [{"goal": "Order"}]});
    let unknown = world.call(Method::POST, "ask", unknown).await;
    assert_eq!(unknown.json()["code"], "unknown_goal");
    assert_eq!(unknown.json()["field"], "filters[0]");

    let draft = json!({"name": "Late", "of": "persons", "conditions": [{"not": reached}]});
    let segment = world.call(Method::POST, "segments", draft).await;
    assert_eq!(segment.status, StatusCode::CREATED, "{}", segment.text());
    let mut round = thanks();
    round["filters"] = json!([{"segment": "Late"}]);
    let path = format!("goals/{}", goal["id"].as_str().unwrap());
    let round = world.call(Method::PUT, &path, round).await;
    assert_eq!(round.json()["code"], "segment_cycle", "{}", round.text());
    let board = json!({"name": "Buyers", "common": {"filters": [{"not": reached}]}, "panels": []});
    let board = world.call(Method::POST, "boards", board).await;
    assert_eq!(board.status, StatusCode::CREATED, "{}", board.text());

    let question = json!({"kind": "goals", "period": {"last": "30d"}, "goals": {
        "goals": [{"label": "Order", "goal": goal["id"]}], "breakdown": {"dimension": "source"}}});
    let insight = json!({"name": "Orders by source", "question": question});
    let insight = world.call(Method::POST, "insights", insight).await;
    assert_eq!(insight.status, StatusCode::CREATED, "{}", insight.text());
    let answered = world.call(Method::POST, "ask", question.clone()).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text());

    let kept = world.remove(&goal).await;
    assert_eq!(kept.status, StatusCode::CONFLICT);
    assert!(kept.text().contains("`Late`"), "{}", kept.text());
    assert!(
        kept.text().contains("the insight `Orders by source`"),
        "{}",
        kept.text()
    );
    assert!(
        kept.text().contains("the board `Buyers`"),
        "{}",
        kept.text()
    );
    let answered = world.call(Method::POST, "ask", question).await;
    assert_eq!(answered.status, StatusCode::OK, "archived ones still hold");
}
