//! Boards by mail: on their day, at their hour, once, within the hour's limit; and not when archived.

use axum::http::{Method, StatusCode};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::alert_world::{DAY_MS, HOUR_MS, World};
use super::harness::{NOON_MS, Who};
use crate::alerts::send;

#[tokio::test]
async fn archived_board_sends_nothing_that_waits_and_nothing_on_request() {
    let world = World::new(&[]).await;
    let panels = json!([{"id": "a", "place": {"x": 0, "y": 0, "width": 6, "height": 2},
                         "shows": {"insight": world.insight}}]);
    let board = json!({"name": "Shop", "panels": panels});
    let board = world.call(Method::POST, "boards", board).await.json();
    let path = format!("boards/{}", board["id"].as_str().unwrap());
    let set = json!({"recipients": ["shop@example.org"], "day": "daily", "hour": 8});
    let mail = format!("{path}/mail");
    world.call(Method::PUT, &mail, set).await;
    let now = format!("{mail}/now");
    let sent = world.call(Method::POST, &now, json!(null)).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text());
    let archived = format!("{path}/archived");
    world.call(Method::PUT, &archived, json!(null)).await;
    let view = world.call(Method::GET, &mail, json!(null)).await.json();
    assert_eq!(view["log"][0]["delivery"]["state"], "withdrawn", "{view}");
    let refused = world.call(Method::POST, &now, json!(null)).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    assert!(refused.text().contains("bring it back first"));
}

#[tokio::test]
async fn board_that_is_due_counts_in_the_hours_messages_and_waits_for_the_next() {
    let world = World::new(&[]).await;
    let most = hitmetrix_model::limits::SITE_MESSAGES_HOUR;
    let board = json!({"name": "Shop", "panels": []});
    let board = world.call(Method::POST, "boards", board).await.json();
    let path = format!("boards/{}/mail", board["id"].as_str().unwrap());
    let set = json!({"recipients": ["one@example.org", "two@example.org"], "day": "daily",
                     "hour": 13});
    let set = world.call(Method::PUT, &path, set).await.json();
    assert_eq!(set["schedule"]["due_at_ms"], NOON_MS + HOUR_MS, "{set}");
    world.server.pass_ms(HOUR_MS);
    let app = &world.server.app;
    app.messages
        .take(world.site.id, most - 1, app.now_ms())
        .unwrap();
    let sent = async || {
        crate::board_mail::send_due(app).await.unwrap();
        let view = world.call(Method::GET, &path, json!(null)).await.json();
        (
            view["log"].as_array().unwrap().len(),
            view["schedule"]["due_at_ms"].clone(),
        )
    };
    assert_eq!(sent().await, (0, json!(NOON_MS + 2 * HOUR_MS)));
    world.server.pass_ms(HOUR_MS);
    assert_eq!(sent().await, (2, json!(NOON_MS + HOUR_MS + DAY_MS)));
    let told = world
        .server
        .get(&Who::Control, "/api/v1/audit?who=system")
        .await;
    let told = told.json()["entries"][0].clone();
    assert_eq!(told["action"], "board_mailed", "{told}");
    assert_eq!(told["detail"], "Shop", "{told}");
    let left = app.messages.take(world.site.id, most - 1, app.now_ms());
    assert!(left.is_err(), "what was sent counts");
}

#[tokio::test]
async fn board_is_sent_on_its_day_and_hour_once_with_its_numbers() {
    let (world, mail) = World::with_mail(&[]).await;
    let place = |y: u16| json!({"x": 0, "y": y, "width": 6, "height": 2});
    let panels = json!([
        {"id": "a", "place": place(2), "shows": {"insight": world.insight}},
        {"id": "b", "place": place(0), "title": "Read <b>me</b>", "shows": {"text": "1 < 2"}},
        {"id": "c", "place": place(4), "shows": {"measure": "persons"}},
    ]);
    let draft = json!({"name": "Shop", "panels": panels, "common": {"bots": "include"}});
    let board = world.call(Method::POST, "boards", draft).await;
    assert_eq!(board.status, StatusCode::CREATED, "{}", board.text());
    let path = format!("boards/{}/mail", board.json()["id"].as_str().unwrap());
    let set = json!({"recipients": ["shop@example.org", "two@example.org"], "day": "friday",
                     "hour": 8});
    let set = world.call(Method::PUT, &path, set).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    // It is Thursday noon.
    assert_eq!(set.json()["schedule"]["due_at_ms"], NOON_MS + 20 * HOUR_MS);
    let app = &world.server.app;
    crate::board_mail::send_due(app).await.unwrap();
    world.turn().await;
    assert!(mail.heard().is_empty());
    world.server.pass_ms(20 * HOUR_MS);
    let (one, other) = tokio::join!(
        crate::board_mail::send_due(app),
        crate::board_mail::send_due(app)
    );
    one.unwrap();
    other.unwrap();
    send::send_due(app).await.unwrap();
    crate::board_mail::send_due(app).await.unwrap();
    send::send_due(app).await.unwrap();
    let heard = mail.heard();
    assert_eq!(heard.len(), 2, "{heard:?}");
    for part in [
        "Subject: Shop (one)",
        ">purchase</td>",
        ">148</td>",
        ">116</td>",
        "=E2=96=82=E2=96=88=E2=96=81</td>",
        "Read &lt;b&gt;me&lt;/b&gt;",
        "1 &lt; 2",
    ] {
        assert!(heard[0].contains(part), "{part}: {}", heard[0]);
    }
    let view = world.call(Method::GET, &path, json!(null)).await.json();
    assert_eq!(
        view["schedule"]["due_at_ms"],
        NOON_MS + 20 * HOUR_MS + 7 * DAY_MS
    );
    let log = view["log"].as_array().unwrap();
    assert_eq!(log.len(), 2);
    assert!(
        log.iter().all(|one| one["delivery"]["state"] == "sent"),
        "{view}"
    );
    let viewer = world.server.member(&world.site, Role::Viewer).await;
    let viewer = world.server.signed_in(viewer).await;
    let whole = format!("/api/v1/sites/{}/{path}", world.site.id);
    let of_viewer = world.server.get(&viewer, &whole).await.text();
    assert!(!of_viewer.contains("shop@example.org"), "{of_viewer}");
    let ended = world.call(Method::DELETE, &path, json!(null)).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    for (draft, field) in [
        (
            json!({"recipients": [], "day": "daily", "hour": 1}),
            "recipients",
        ),
        (
            json!({"recipients": ["x"], "day": "daily", "hour": 1}),
            "recipients[0]",
        ),
        (
            json!({"recipients": ["a@example.org"], "day": "never", "hour": 1}),
            "day",
        ),
        (
            json!({"recipients": ["a@example.org"], "day": "daily", "hour": 24}),
            "hour",
        ),
    ] {
        let refused = world.call(Method::PUT, &path, draft).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        assert_eq!(refused.json()["field"], field);
    }
    let archived = format!("{}/archived", path.trim_end_matches("/mail"));
    world.call(Method::PUT, &archived, json!(null)).await;
    let gone = path.trim_end_matches("/mail");
    let gone = world.call(Method::DELETE, gone, json!(null)).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", gone.text());
}

#[tokio::test]
async fn mail_that_waits_goes_to_nobody_who_was_taken_off_or_left_meanwhile() {
    let (world, mail) = World::with_mail(&[]).await;
    let server = &world.server;
    let leaving = server.user("leaving@elsewhere.test", false).await;
    let settings = server.app.settings();
    let role = settings
        .set_role(world.site.id, leaving, Role::Viewer)
        .await;
    role.unwrap();
    let board = json!({"name": "Shop", "panels": []});
    let board = world.call(Method::POST, "boards", board).await.json();
    let path = format!("boards/{}/mail", board["id"].as_str().unwrap());
    let schedule =
        |recipients: &[&str]| json!({"recipients": recipients, "day": "daily", "hour": 8});
    let all = [
        "stays@example.org",
        "off@example.org",
        "leaving@elsewhere.test",
    ];
    let set = world.call(Method::PUT, &path, schedule(&all)).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    let now = format!("{path}/now");
    let sent = world.call(Method::POST, &now, json!(null)).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text());
    // They wait; one address is taken off the board, and one member leaves the site.
    let left = schedule(&["stays@example.org", "leaving@elsewhere.test"]);
    let set = world.call(Method::PUT, &path, left).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    settings
        .remove_member(world.site.id, leaving)
        .await
        .unwrap();
    send::send_due(&server.app).await.unwrap();
    let heard = mail.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].contains("stays@example.org"), "{}", heard[0]);
    let view = world.call(Method::GET, &path, json!(null)).await.json();
    let said = |address: &str| {
        let log = view["log"].as_array().unwrap().iter();
        let mut found = log.filter(|one| one["delivery"]["destination"] == address);
        found.next().unwrap()["delivery"].clone()
    };
    assert_eq!(said("stays@example.org")["state"], "sent");
    for (address, why) in [
        ("off@example.org", "taken off the recipients meanwhile"),
        ("leaving@elsewhere.test", "is no member of the site"),
    ] {
        let delivery = said(address);
        assert_eq!(delivery["state"], "failed", "{delivery}");
        assert!(
            delivery["said"].as_str().unwrap().contains(why),
            "{delivery}"
        );
    }
}

#[tokio::test]
async fn fixed_values_have_the_sites_currency_behind_them_and_sums_of_any_currency_none() {
    let (world, mail) = World::with_mail(&[]).await;
    let order = |id: &str, currency: &str| {
        let order = json!({"id": id, "event": "order", "time": NOON_MS - HOUR_MS, "visitor": "a",
                           "properties": {"value": 10.25, "currency": currency}});
        format!("{order}\n")
    };
    world.send(order("a", "USD") + &order("b", "EUR"), 2).await;
    let site = format!("/api/v1/sites/{}", world.site.id);
    let set = async |currency: &str| {
        let body = json!({"settings": {"currency": currency}});
        let server = &world.server;
        server.call(&Who::Control, Method::PATCH, &site, body).await
    };
    let refused = set("EURO").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json()["field"], "settings.currency");
    let saved = set("chf").await.json();
    assert_eq!(saved["settings"]["currency"], "CHF", "{saved}");
    let goals = |worth: Value| {
        let mut goal = json!({"label": "Order", "event": {"events": ["order"]}});
        let worth = worth.as_object().unwrap().clone();
        goal.as_object_mut().unwrap().extend(worth);
        json!({"kind": "goals", "period": {"last": "7d"}, "bots": "include",
               "goals": {"goals": [goal]}})
    };
    let sum = json!({"kind": "trend", "period": {"last": "7d"}, "bots": "include", "trend": {"series":
                     [{"events": ["order"], "aggregate": "sum", "property": "value"}]}});
    let questions = [
        goals(json!({"value_thousandths": 12_500})),
        goals(json!({"value_property": "value"})),
        goals(json!({"value_property": "value", "currency": "USD"})),
        sum,
    ];
    let mut panels = Vec::new();
    for (place, question) in questions.iter().enumerate() {
        let kind = question["kind"].as_str().unwrap();
        let draft = json!({"name": format!("Worth {place}"), "address": format!("kind={kind}"),
                           "question": question});
        let insight = world.call(Method::POST, "insights", draft).await;
        assert_eq!(insight.status, StatusCode::CREATED, "{}", insight.text());
        panels.push(json!({"id": format!("p{place}"),
                           "place": {"x": 0, "y": 2 * place, "width": 6, "height": 2},
                           "shows": {"insight": insight.json()["id"]}}));
    }
    let board = json!({"name": "Shop", "panels": panels});
    let board = world.call(Method::POST, "boards", board).await.json();
    let path = format!("boards/{}/mail", board["id"].as_str().unwrap());
    let schedule = json!({"recipients": ["a@example.org"], "day": "daily", "hour": 8});
    world.call(Method::PUT, &path, schedule).await;
    let now = format!("{path}/now");
    world.call(Method::POST, &now, json!(null)).await;
    send::send_due(&world.server.app).await.unwrap();
    let heard = mail.heard();
    assert_eq!(heard.len(), 1);
    let mail = &heard[0];
    for said in [
        "| 12.50 CHF | 0.20 CHF",
        "| 20.50 | 0.34",
        "| 10.25 USD | 0.17 USD",
        "sum of value of order | 20.50 | 0",
    ] {
        assert!(mail.contains(said), "{said}: {mail}");
    }
}
