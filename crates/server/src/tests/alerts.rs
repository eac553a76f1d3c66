//! Alerts: what is told, to whom, and once; what is silent and why; what would have been told; and
//! that no address of a webhook leads where it must not.

use axum::http::{Method, StatusCode};
use hitmetrix_store::settings::Role;
use serde_json::{Value, json};

use super::alert_world::{DAY_MS, HOUR_MS, World, local, receiver};
use super::harness::NOON_MS;
use crate::alerts::{check, send};
use crate::egress;

#[tokio::test]
async fn alert_that_fires_tells_webhook_and_mail_once_with_the_way_to_the_insight() {
    let hooks = receiver(204).await;
    let (world, mail) = World::with_mail(&[("egress_allow", &hooks.allowed())]).await;
    let alert = world
        .alert(world.draft(&["shop@example.org"], &[local(hooks.port)]))
        .await;
    let secret = alert["secrets"][0]["secret"].as_str().unwrap().to_owned();
    // Two turns at one time, as a server that was restarted and one that was not.
    let app = &world.server.app;
    let (one, other) = tokio::join!(check::check_due(app), check::check_due(app));
    one.unwrap();
    other.unwrap();
    let (one, other) = tokio::join!(send::send_due(app), send::send_due(app));
    one.unwrap();
    other.unwrap();
    let heard = hooks.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    let (head, body) = heard[0].split_once("\r\n\r\n").unwrap();
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_else(|| panic!("{name} {head}")).to_owned()
    };
    let id = header("webhook-id: ");
    let at_s: i64 = header("webhook-timestamp: ").parse().unwrap();
    let signed = egress::signature(&secret, (&id, at_s), body);
    assert_eq!(header("webhook-signature: "), signed);
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!(message["type"], "alert.fired");
    assert_eq!(message["value"], 40.0);
    assert_eq!(message["from_ms"], NOON_MS - DAY_MS - 12 * HOUR_MS);
    assert_eq!(message["said"], "Purchases: 40 on Wed 31 Dec, above 10");
    let link = message["link"].as_str().unwrap();
    let expected = format!(
        "explore?insight={}&kind=trend&event=purchase&from_ms=",
        world.insight
    );
    assert!(link.contains(&expected), "{link}");
    let mails = mail.heard();
    assert_eq!(mails.len(), 1, "{mails:?}");
    for part in [
        "RCPT TO:<shop@example.org>",
        "Subject: Many purchases (one)",
        "40 on Wed 31 Dec, above 10",
    ] {
        assert!(mails[0].contains(part), "{part}: {}", mails[0]);
    }

    let log = world.log(&alert).await;
    assert_eq!(log.len(), 1);
    for delivery in log[0]["deliveries"].as_array().unwrap() {
        assert_eq!(delivery["state"], "sent", "{delivery}");
    }
    // The same bucket is told once, the next one is as it should be.
    world.server.pass_ms(2 * HOUR_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["firing", "fired"]);
    world.server.pass_ms(DAY_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["ok", "firing", "fired"]);
    assert_eq!((hooks.heard().len(), mail.heard().len()), (1, 1));
}

#[tokio::test]
async fn muted_alert_is_silent_and_speaks_after_it() {
    let hooks = receiver(200).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let alert = world.alert(world.draft(&[], &[local(hooks.port)])).await;
    let muted = format!("alerts/{}/muted", alert["id"].as_str().unwrap());
    let until = json!({"until_ms": NOON_MS + HOUR_MS});
    world.call(Method::PUT, &muted, until).await;
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["muted"]);
    assert!(hooks.heard().is_empty());
    world.server.pass_ms(2 * HOUR_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["fired", "muted"]);
    assert_eq!(hooks.heard().len(), 1);
}

#[tokio::test]
async fn second_message_waits_for_the_cool_down() {
    let hooks = receiver(200).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let mut draft = world.draft(&[], &[local(hooks.port)]);
    draft["watch"]["condition"] = json!({"kind": "threshold", "side": "below", "value": 50});
    draft["cool_down_hours"] = json!(36);
    let alert = world.alert(draft).await;
    for _ in 0..3 {
        world.turn().await;
        world.server.pass_ms(DAY_MS);
    }
    assert_eq!(world.outcomes(&alert).await, ["fired", "cooling", "fired"]);
    assert_eq!(hooks.heard().len(), 2);
}

#[tokio::test]
async fn message_that_is_refused_is_tried_again_and_given_up_after_the_last_attempt() {
    let hooks = receiver(503).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let alert = world
        .alert(world.draft(&["shop@example.org"], &[local(hooks.port)]))
        .await;
    for _ in 0..20 {
        world.turn().await;
        world.server.pass_ms(HOUR_MS);
    }
    let heard = hooks.heard();
    assert_eq!(heard.len(), 6);
    let id = |request: &String| {
        request
            .lines()
            .find(|line| line.starts_with("webhook-id"))
            .unwrap()
            .to_owned()
    };
    assert!(heard.iter().all(|request| id(request) == id(&heard[0])));
    let log = world.log(&alert).await;
    let fired = log
        .iter()
        .find(|entry| entry["outcome"] == "fired")
        .unwrap();
    let [mail, webhook] = &fired["deliveries"].as_array().unwrap()[..] else {
        panic!("{fired}");
    };
    assert_eq!(webhook["state"], "failed");
    assert_eq!(webhook["said"], "127.0.0.1 answered 503");
    assert_eq!(mail["state"], "failed");
    assert!(
        mail["said"].as_str().unwrap().contains("smtp_host"),
        "{mail}"
    );
}

#[tokio::test]
async fn webhook_to_where_it_must_not_is_refused_when_made_and_when_changed() {
    let hooks = receiver(200).await;
    // Also where the owner lists the name: only a range opens what is not public.
    let allowed = format!("localhost:{0},metadata.test:{0}", hooks.port);
    let world = World::new(&[("egress_allow", &allowed)]).await;
    let fine = world.alert(world.draft(&["shop@example.org"], &[])).await;
    let path = format!("alerts/{}", fine["id"].as_str().unwrap());
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
    ] {
        for scheme in ["https", "http"] {
            let address = format!("{scheme}://{host}:{}/", hooks.port);
            let draft = world.draft(&[], &[address]);
            let made = world.call(Method::POST, "alerts", draft.clone()).await;
            assert_eq!(made.status, StatusCode::BAD_REQUEST, "{}", made.text());
            assert_eq!(made.json()["field"], "webhooks[0]");
            let changed = world.call(Method::PUT, &path, draft).await;
            assert_eq!(
                changed.status,
                StatusCode::BAD_REQUEST,
                "{}",
                changed.text()
            );
        }
    }
    assert!(hooks.heard().is_empty());
}

#[tokio::test]
async fn secrets_are_told_once_and_destinations_to_editors_only() {
    let hooks = receiver(200).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let draft = world.draft(&["shop@example.org"], &[local(hooks.port)]);
    let alert = world.alert(draft.clone()).await;
    assert!(
        alert["secrets"][0]["secret"]
            .as_str()
            .unwrap()
            .starts_with("whsec_")
    );
    let path = format!("alerts/{}", alert["id"].as_str().unwrap());
    let changed = world.call(Method::PUT, &path, draft).await.json();
    assert_eq!(changed["secrets"], json!([]), "it kept its secret");
    world.turn().await;
    let viewer = world.server.member(&world.site, Role::Viewer).await;
    let viewer = world.server.signed_in(viewer).await;
    for path in ["alerts".to_owned(), path.clone(), format!("{path}/log")] {
        let of_editor = world.call(Method::GET, &path, json!(null)).await.text();
        assert!(!of_editor.contains("whsec_"), "{of_editor}");
        assert!(of_editor.contains("shop@example.org"), "{of_editor}");
        let path = format!("/api/v1/sites/{}/{path}", world.site.id);
        let of_viewer = world.server.get(&viewer, &path).await.text();
        assert!(!of_viewer.contains("shop@example.org"), "{of_viewer}");
        assert!(!of_viewer.contains("/hooks"), "{of_viewer}");
    }
}

#[tokio::test]
async fn preview_tells_how_often_it_would_have_fired_and_fills_in_what_is_usual() {
    let world = World::new(&[]).await;
    let preview = async |condition: Value| {
        let watch = json!({"insight": world.insight, "column": "", "condition": condition});
        let told = world
            .call(Method::POST, "alerts/preview", json!({"watch": watch}))
            .await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text());
        told.json()
    };
    let anomaly = preview(json!({"kind": "anomaly"})).await;
    assert_eq!(anomaly["points"].as_array().unwrap().len(), 30);
    assert_eq!(anomaly["sent"], 1, "{anomaly}");
    assert_eq!(anomaly["watch"]["column"], "A");
    let last = anomaly["points"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["value"], 40.0);
    assert_eq!(last["sends"], true);
    let daily = preview(json!({"kind": "threshold", "side": "above", "value": 3})).await;
    assert_eq!(daily["sent"], 30);
    let never = preview(json!({"kind": "threshold", "side": "above", "value": 40})).await;
    assert_eq!(never["sent"], 0);
}

#[tokio::test]
async fn waiting_messages_go_with_what_they_are_of() {
    let hooks = receiver(503).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    for (path, word) in [("archived", "archived"), ("muted", "muted")] {
        let mut draft = world.draft(&[], &[local(hooks.port)]);
        draft["name"] = json!(word);
        let alert = world.alert(draft).await;
        let before = hooks.heard().len();
        world.turn().await;
        assert_eq!(hooks.heard().len(), before + 1, "it was tried");
        let path = format!("alerts/{}/{path}", alert["id"].as_str().unwrap());
        let body = if word == "muted" {
            json!({})
        } else {
            json!(null)
        };
        let done = world.call(Method::PUT, &path, body).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text());
        let log = world.log(&alert).await;
        let delivery = &log[0]["deliveries"][0];
        assert_eq!(delivery["state"], "withdrawn", "{delivery}");
        let said = format!("withdrawn: the alert was {word}");
        assert_eq!(delivery["said"], said, "{delivery}");
        world.server.pass_ms(HOUR_MS / 30);
        world.turn().await;
        assert_eq!(hooks.heard().len(), before + 1, "{word}: not again");
    }
}

#[tokio::test]
async fn messages_go_only_where_the_owner_lets_them() {
    let allowed = "hooks.test,*.office.test:8443,10.0.0.0/8:8080";
    let owners = [("egress_allow", allowed), ("mail_domains", "partner.test")];
    let (world, mail) = World::with_mail(&owners).await;
    let refused = async |emails: &[&str], webhooks: &[&str]| {
        let webhooks: Vec<String> = webhooks.iter().map(|one| (*one).to_owned()).collect();
        let draft = world.draft(emails, &webhooks);
        let answered = world.call(Method::POST, "alerts", draft).await;
        assert_eq!(
            answered.status,
            StatusCode::BAD_REQUEST,
            "{}",
            answered.text()
        );
        answered.json()["detail"].as_str().unwrap().to_owned()
    };
    let said = refused(&["ada@elsewhere.test"], &[]).await;
    assert!(said.contains("mail_domains"), "{said}");
    let said = refused(&[], &["https://other.test/x"]).await;
    assert_eq!(
        said,
        "other.test is not among the destinations that the owner allows; have the owner list it in \
         the setting `egress_allow`"
    );
    let said = refused(&[], &["https://hooks.test:8080/x"]).await;
    assert!(
        said.contains("hooks.test cannot be a destination"),
        "{said}"
    );
    // What is not found and what is not public are one answer.
    let unknown = refused(&[], &["https://hooks.test/x"]).await;
    let private = refused(&[], &["https://localhost:8080/x"]).await;
    assert_eq!(unknown, private.replace("localhost", "hooks.test"));
    let board = json!({"name": "Shop", "panels": []});
    let board = world.call(Method::POST, "boards", board).await.json();
    let path = format!("boards/{}/mail", board["id"].as_str().unwrap());
    let set = json!({"recipients": ["ada@elsewhere.test"], "day": "daily", "hour": 8});
    let set = world.call(Method::PUT, &path, set).await;
    assert_eq!(set.json()["field"], "recipients[0]", "{}", set.text());

    // A member is told, and is not any more when the site has let them go.
    let viewer = world.server.member(&world.site, Role::Viewer).await;
    let member = format!("viewer-{}@example.org", world.site.id);
    let alert = world
        .alert(world.draft(&[&member, "bob@partner.test"], &[]))
        .await;
    let list = world.call(Method::GET, "alerts", json!(null)).await.json();
    assert_eq!(
        list["webhook_hosts"],
        json!(["hooks.test", "*.office.test:8443"])
    );
    assert_eq!(list["mail_domains"], json!(["partner.test"]));
    let settings = world.server.app.settings();
    settings.remove_member(world.site.id, viewer).await.unwrap();
    world.turn().await;
    let log = world.log(&alert).await;
    let state = |address: &str| {
        let all = log[0]["deliveries"].as_array().unwrap();
        let one = all.iter().find(|one| one["destination"] == address);
        one.unwrap()["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state("bob@partner.test"), "sent", "{log:?}");
    assert_eq!(state(&member), "failed", "{log:?}");
    assert_eq!(mail.heard().len(), 1);
}

#[tokio::test]
async fn mail_goes_to_no_server_that_does_not_encrypt_where_it_should() {
    let (world, mail) = World::with_mail(&[
        ("smtp_tls", "starttls"),
        ("smtp_user", "shop"),
        ("smtp_password", "not for plain lines"),
    ])
    .await;
    let alert = world.alert(world.draft(&["shop@example.org"], &[])).await;
    world.turn().await;
    let log = world.log(&alert).await;
    let delivery = &log[0]["deliveries"][0];
    assert_ne!(delivery["state"], "sent", "{delivery}");
    assert_eq!(delivery["attempts"], 1, "{delivery}");
    assert!(
        delivery["said"].as_str().unwrap().contains("STARTTLS"),
        "{delivery}"
    );
    assert_eq!(mail.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn test_is_sent_on_demand_with_the_verdict_on_the_last_bucket() {
    let hooks = receiver(200).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let mut draft = world.draft(&[], &[local(hooks.port)]);
    draft["watch"]["condition"] = json!({"kind": "anomaly"});
    let alert = world.alert(draft).await;
    let path = format!("alerts/{}/test", alert["id"].as_str().unwrap());
    let asked = world.call(Method::POST, &path, json!(null)).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.text());
    send::send_due(&world.server.app).await.unwrap();
    let heard = hooks.heard();
    let message: Value = serde_json::from_str(heard[0].split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(message["type"], "alert.test");
    let said = message["said"].as_str().unwrap();
    assert!(said.contains("40 on Wed 31 Dec, above 11"), "{said}");
    assert!(said.contains("outside its usual range"), "{said}");
    assert_eq!(world.outcomes(&alert).await, ["test"]);
}

#[tokio::test]
async fn alerts_are_not_behind_the_mails_of_boards() {
    let (world, mail) = World::with_mail(&[]).await;
    // More mails of a board than one turn sends, due before the alert's.
    let board = json!({"name": "Shop", "panels": []});
    let board = world.call(Method::POST, "boards", board).await.json();
    let path = format!("boards/{}/mail", board["id"].as_str().unwrap());
    let recipients: Vec<String> = (0..20).map(|one| format!("b{one}@example.org")).collect();
    let set = json!({"recipients": recipients, "day": "daily", "hour": 8});
    let set = world.call(Method::PUT, &path, set).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.text());
    let now = format!("{path}/now");
    let sent = world.call(Method::POST, &now, json!(null)).await;
    assert_eq!(sent.status, StatusCode::ACCEPTED, "{}", sent.text());
    world.server.pass_ms(1_000);
    world.alert(world.draft(&["who@example.org"], &[])).await;
    world.turn().await;
    let heard = mail.heard();
    let is_alert = |mail: &&String| mail.contains("RCPT TO:<who@example.org>");
    assert_eq!(heard.iter().filter(is_alert).count(), 1, "{heard:?}");
}

/// Saves a question, and tells what an alert on it would watch.
async fn previewed(world: &World, question: &Value, bucket: &str) -> Value {
    let kind = question["kind"].as_str().unwrap();
    let name = format!("{kind} by {bucket} {}", question["distribution"]);
    let draft = json!({"name": &name[..name.len().min(100)], "address": "", "question": question});
    let saved = world.call(Method::POST, "insights", draft).await;
    assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
    let watch = json!({"insight": saved.json()["id"], "column": "", "bucket": bucket,
                       "condition": {"kind": "anomaly"}});
    let told = world
        .call(Method::POST, "alerts/preview", json!({"watch": watch}))
        .await;
    told.json()
}

/// The value of the bucket that has this time.
fn value_at(preview: &Value, at_ms: i64) -> Value {
    let points = preview["points"].as_array().unwrap();
    let has = |point: &&Value| {
        let (from_ms, to_ms) = (point["from_ms"].as_i64(), point["to_ms"].as_i64());
        from_ms.is_some_and(|from_ms| from_ms <= at_ms) && to_ms.is_some_and(|to_ms| at_ms < to_ms)
    };
    points.iter().find(has).unwrap()["value"].clone()
}

#[tokio::test]
async fn stickiness_is_watched_as_days_a_person_and_a_distribution_as_its_middle() {
    let world = World::new(&[]).await;
    // Three weeks back, Monday: the week is over whatever day it is today.
    let day = (NOON_MS - 21 * DAY_MS).div_euclid(DAY_MS);
    let monday_ms = (day - (day + 3).rem_euclid(7)) * DAY_MS;
    let amounts = [
        ("often", 0, 10),
        ("once", 0, 90),
        ("often", 1, 20),
        ("often", 2, 20),
    ];
    let mut body = String::new();
    for (visitor, after, amount) in amounts {
        let time = monday_ms + after * DAY_MS + 12 * HOUR_MS;
        let line = json!({"id": format!("{visitor}-{after}"), "event": "visit", "time": time,
                          "visitor": visitor,
                          "properties": {"amount": amount, "plan": "pro"}});
        body.push_str(&format!("{line}\n"));
    }
    world.send(body, 4).await;
    let visits = json!({"events": ["visit"]});
    let sticky = json!({"kind": "stickiness", "period": {"last": "30d"}, "bots": "include",
                        "stickiness": {"active": visits}});
    let weeks = previewed(&world, &sticky, "week").await;
    assert_eq!(weeks["watch"]["column"], "active_days_per_person");
    assert_eq!(weeks["unit"], "ratio");
    // One was there on three days, one on one.
    assert_eq!(value_at(&weeks, monday_ms), 2.0, "{weeks}");
    assert_eq!(value_at(&weeks, monday_ms + 7 * DAY_MS), Value::Null);
    let days = previewed(&world, &sticky, "day").await;
    assert_eq!(days["watch"]["column"], "active_hours_per_person");
    assert_eq!(value_at(&days, monday_ms), 1.0, "{days}");
    let hours = previewed(&world, &sticky, "hour").await;
    assert!(
        hours["detail"].as_str().unwrap().contains("by `day`"),
        "{hours}"
    );

    let spread = |fact: Value| {
        json!({"kind": "distribution", "period": {"last": "30d"}, "bots": "include",
               "distribution": {"fact": fact, "events": visits}})
    };
    let amounts = previewed(&world, &spread(json!({"property": "amount"})), "week").await;
    assert_eq!(
        amounts["columns"],
        json!(["median", "average", "events", "persons"])
    );
    assert_eq!(value_at(&amounts, monday_ms), 20.0, "{amounts}");
    // Words have no middle.
    let plans = previewed(&world, &spread(json!({"property": "plan"})), "week").await;
    assert_eq!(plans["watch"]["column"], "events");
    assert_eq!(
        plans["columns"],
        json!(["events", "persons", "median", "average"])
    );
    assert_eq!(value_at(&plans, monday_ms), 4.0, "{plans}");
    let names = previewed(&world, &spread(json!({"dimension": "event"})), "week").await;
    assert_eq!(names["columns"], json!(["events", "persons"]));
    assert_eq!(value_at(&names, monday_ms), 4.0, "{names}");
}

#[tokio::test]
async fn what_comes_to_no_single_number_is_refused_with_what_can_be_watched() {
    let world = World::new(&[]).await;
    for question in [
        json!({"kind": "paths", "period": {"last": "30d"}, "paths": {}}),
        json!({"kind": "correlation", "period": {"last": "30d"},
               "correlation": {"goal": {"events": ["purchase"]}}}),
    ] {
        let refused = previewed(&world, &question, "day").await;
        assert_eq!(refused["code"], "invalid", "{refused}");
        assert!(
            refused["detail"].as_str().unwrap().contains("funnels"),
            "{refused}"
        );
    }
}
