//! Checks of alerts: which buckets are judged, when, and what is refused rather than never judged.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::alert_world::{DAY_MS, HOUR_MS, World, local, receiver};
use super::harness::NOON_MS;

#[tokio::test]
async fn days_before_the_sites_first_event_are_no_zeros() {
    // Yesterday was a Wednesday; the fourth Wednesday before it has numbers after 29 days and more.
    for (days, outcome, said) in [
        (28, "unknown", "3 of the weeks before have a number"),
        (30, "fired", "40 on Wed 31 Dec, above 11"),
    ] {
        let world = World::of_days(days, &[]).await;
        let mut draft = world.draft(&["shop@example.org"], &[]);
        draft["watch"]["condition"] = json!({"kind": "anomaly"});
        let alert = world.alert(draft).await;
        world.turn().await;
        let log = world.log(&alert).await;
        assert_eq!(log[0]["outcome"], outcome, "{days}: {log:?}");
        let told = log[0]["said"].as_str().unwrap();
        assert!(told.contains(said), "{days}: {told}");
        // The first day, which began before its first event, has no number either.
        let watch = json!({"insight": world.insight, "column": "A",
                           "condition": {"kind": "threshold", "side": "below", "value": 1}});
        let preview = world.call(Method::POST, "alerts/preview", json!({"watch": watch}));
        let preview = preview.await.json();
        let points = preview["points"].as_array().unwrap().clone();
        let known = points.iter().filter(|point| !point["value"].is_null());
        assert_eq!(known.count() as i64, days - 1, "{preview}");
        assert_eq!(preview["sent"], 0);
    }
}

#[tokio::test]
async fn interval_longer_than_the_bucket_is_refused() {
    let world = World::new(&[]).await;
    for (bucket, most) in [("hour", 60), ("day", 1_440), ("week", 10_080)] {
        let mut draft = world.draft(&["shop@example.org"], &[]);
        draft["name"] = json!(bucket);
        draft["watch"]["bucket"] = json!(bucket);
        draft["every_minutes"] = json!(most + 1);
        let refused = world.call(Method::POST, "alerts", draft.clone()).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bucket}");
        assert_eq!(refused.json()["field"], "every_minutes");
        let why = format!("longer than the {bucket} that is judged, which has {most}");
        assert!(refused.text().contains(&why), "{}", refused.text());
        draft["every_minutes"] = json!(most);
        world.alert(draft).await;
    }
}

#[tokio::test]
async fn days_that_ended_while_the_server_stood_still_are_judged_too() {
    let hooks = receiver(200).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let mut draft = world.draft(&[], &[local(hooks.port)]);
    draft["watch"]["condition"] = json!({"kind": "threshold", "side": "below", "value": 3});
    draft["cool_down_hours"] = json!(0);
    let alert = world.alert(draft).await;
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["ok"]);
    world.server.pass_ms(3 * DAY_MS);
    world.turn().await;
    let log = world.log(&alert).await;
    let told: Vec<(&str, i64)> = log
        .iter()
        .map(|entry| {
            let day = entry["bucket_ms"].as_i64().unwrap() + 12 * HOUR_MS;
            (entry["outcome"].as_str().unwrap(), (day - NOON_MS) / DAY_MS)
        })
        .collect();
    assert_eq!(told, [("fired", 2), ("fired", 1), ("fired", 0), ("ok", -1)]);
    assert_eq!(hooks.heard().len(), 3);
    world.server.pass_ms(2 * HOUR_MS);
    world.turn().await;
    let outcomes = world.outcomes(&alert).await;
    assert_eq!(outcomes, ["firing", "fired", "fired", "fired", "ok"]);
    assert_eq!(hooks.heard().len(), 3, "none is told twice");
    // Of a pause without end so many are judged, and the log says that the others are not.
    for _ in 0..6 {
        world.server.pass_ms(10 * DAY_MS);
        // A login that nobody uses ends.
        world.log(&alert).await;
    }
    world.turn().await;
    let outcomes = world.outcomes(&alert).await;
    let most = hitmetrix_model::limits::ALERT_BUCKETS;
    assert_eq!(outcomes.len(), 5 + 1 + most);
    assert_eq!(outcomes[most], "unknown", "{outcomes:?}");
    assert_eq!(outcomes[..most], vec!["fired"; most]);
}

#[tokio::test]
async fn hour_is_judged_when_late_events_have_come() {
    let world = World::new(&[]).await;
    let minute_ms = HOUR_MS / 60;
    for (question, settles) in [
        (
            json!({"kind": "trend", "trend": {"series": [{"events": ["purchase"]}]}}),
            10,
        ),
        (json!({"kind": "trend", "measures": ["sessions"]}), 60),
    ] {
        let mut question = question;
        question["period"] = json!({"last": "7d"});
        question["bots"] = json!("include");
        let insight = json!({"name": format!("settles in {settles}"), "question": question});
        let insight = world.call(Method::POST, "insights", insight).await.json();
        let mut draft = world.draft(&["shop@example.org"], &[]);
        draft["name"] = insight["name"].clone();
        let condition = json!({"kind": "threshold", "side": "below", "value": 1});
        draft["watch"] = json!({"insight": insight["id"], "column": "", "bucket": "hour",
                                "condition": condition});
        draft["every_minutes"] = json!(5);
        let alert = world.alert(draft).await;
        let on_the_hour_ms = world.server.app.now_ms();
        world.server.pass_ms((settles - 1) * minute_ms);
        world.turn().await;
        let log = world.log(&alert).await;
        let before_ms = on_the_hour_ms - 2 * HOUR_MS;
        assert_eq!(log[0]["bucket_ms"], before_ms, "{settles}: {log:?}");
        assert_eq!(log[0]["outcome"], "fired");
        let line = json!({"id": format!("late {settles}"), "event": "purchase", "visitor": "late",
                          "time": on_the_hour_ms - minute_ms});
        world.send(format!("{line}\n"), 1).await;
        world.server.pass_ms(5 * minute_ms);
        world.turn().await;
        let log = world.log(&alert).await;
        assert_eq!(
            log[0]["bucket_ms"],
            on_the_hour_ms - HOUR_MS,
            "{settles}: {log:?}"
        );
        assert_eq!(log[0]["outcome"], "ok", "{settles}: {log:?}");
        world
            .server
            .pass_ms(on_the_hour_ms + DAY_MS - world.server.app.now_ms());
    }
}

#[tokio::test]
async fn check_for_which_the_server_was_too_busy_is_tried_again_in_minutes() {
    let slots = [("questions_max", "1"), ("questions_waiting_max", "1")];
    let world = World::new(&slots).await;
    let alert = world.alert(world.draft(&["shop@example.org"], &[])).await;
    let questions = &world.server.app.questions;
    let running = questions.take().await.unwrap();
    let mut waiting = Box::pin(questions.take());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(waiting.as_mut().poll(&mut context).is_pending());
    world.turn().await;
    let log = world.log(&alert).await;
    assert_eq!(log[0]["outcome"], "unknown");
    let said = log[0]["said"].as_str().unwrap();
    assert!(
        said.contains("busy") && said.contains("questions wait"),
        "{said}"
    );
    drop(running);
    drop(waiting);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["unknown"], "not at once");
    world
        .server
        .pass_ms(hitmetrix_model::limits::ALERT_AGAIN_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["fired", "unknown"]);
}

#[tokio::test]
async fn what_was_told_is_told_again_only_under_another_condition() {
    let hooks = receiver(200).await;
    let world = World::new(&[("egress_allow", &hooks.allowed())]).await;
    let mut draft = world.draft(&[], &[local(hooks.port)]);
    let alert = world.alert(draft.clone()).await;
    let path = format!("alerts/{}", alert["id"].as_str().unwrap());
    world.turn().await;
    draft["name"] = json!("Very many purchases");
    draft["cool_down_hours"] = json!(0);
    let changed = world.call(Method::PUT, &path, draft.clone()).await.json();
    assert_eq!(changed["state"], "firing", "{changed}");
    assert_eq!(changed["fired_at_ms"], NOON_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["firing", "fired"]);
    draft["watch"]["condition"]["value"] = json!(20);
    let changed = world.call(Method::PUT, &path, draft).await.json();
    assert_eq!(changed["state"], "new", "{changed}");
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["fired", "firing", "fired"]);
    assert_eq!(hooks.heard().len(), 2);
}

#[tokio::test]
async fn clock_that_is_set_back_holds_no_check_up() {
    let world = World::new(&[]).await;
    world.server.pass_ms(3 * DAY_MS);
    let checked = world.alert(world.draft(&["shop@example.org"], &[])).await;
    world.turn().await;
    assert_eq!(world.outcomes(&checked).await, ["ok"]);
    let mut draft = world.draft(&["shop@example.org"], &[]);
    draft["name"] = json!("Made just before");
    let unchecked = world.alert(draft).await;
    world.server.pass_ms(-3 * DAY_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&checked).await, ["fired", "ok"]);
    assert_eq!(world.outcomes(&unchecked).await, ["fired"]);
    world.turn().await;
    assert_eq!(
        world.outcomes(&unchecked).await,
        ["fired"],
        "not at every turn"
    );
    world.server.pass_ms(HOUR_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&unchecked).await, ["firing", "fired"]);
}

#[tokio::test]
async fn answer_that_is_not_whole_is_not_judged_and_says_why() {
    let mut world = World::new(&[]).await;
    let alert = world.alert(world.draft(&["shop@example.org"], &[])).await;
    world.server.app.store.seal().await.unwrap();
    let parts = format!("parts/site={}", world.site.id);
    world.server = world
        .server
        .again(&[("mail_domains", "example.org")], |data| {
            let mut folder = data.join(parts);
            while folder.is_dir() {
                let first = std::fs::read_dir(&folder).unwrap().next();
                folder = first.unwrap().unwrap().path();
            }
            let mut bytes = std::fs::read(&folder).unwrap();
            bytes[100] ^= 1;
            std::fs::write(&folder, bytes).unwrap();
            std::fs::remove_dir_all(data.join("lanes")).unwrap();
        })
        .await;
    world.turn().await;
    let log = world.log(&alert).await;
    assert_eq!(log[0]["outcome"], "unknown", "{log:?}");
    assert_eq!(log[0]["deliveries"], json!([]));
    let said = log[0]["said"].as_str().unwrap();
    assert!(
        said.starts_with("not judged, because part of the events cannot be read: "),
        "{said}"
    );
}

#[tokio::test]
async fn watched_insight_is_not_put_away_and_one_that_is_gone_is_said() {
    let world = World::new(&[]).await;
    let draft = world.draft(&["shop@example.org"], &[]);
    let alert = world.alert(draft.clone()).await;
    let path = format!("alerts/{}", alert["id"].as_str().unwrap());
    let insight = format!("insights/{}", world.insight);
    let archived = format!("{insight}/archived");
    let archive = async |path: &str| world.call(Method::PUT, path, json!(null)).await;
    let refused = archive(&archived).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(
        refused
            .text()
            .contains("watched by the alerts `Many purchases`; archive them first"),
        "{}",
        refused.text()
    );
    let of_alert = format!("{path}/archived");
    assert_eq!(archive(&of_alert).await.status, StatusCode::NO_CONTENT);
    assert_eq!(archive(&archived).await.status, StatusCode::NO_CONTENT);
    // Saved, brought back and checked: the same words.
    let why = "the insight `Purchases` is archived; bring it back first";
    for (method, path, body) in [
        (Method::POST, "alerts", draft.clone()),
        (Method::PUT, path.as_str(), draft),
        (Method::DELETE, of_alert.as_str(), json!(null)),
    ] {
        let refused = world.call(method, path, body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(refused.json()["detail"], why, "{path}");
    }
    let back = world.call(Method::DELETE, &archived, json!(null)).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT);
    let back = world.call(Method::DELETE, &of_alert, json!(null)).await;
    assert_eq!(back.status, StatusCode::NO_CONTENT);
    // As in data from before this was refused.
    let settings = world.server.app.settings();
    let site = world.site.id;
    settings.remove_insight(site, &world.insight).await.unwrap();
    world.turn().await;
    let found = world.call(Method::GET, &path, json!(null)).await.json();
    assert_eq!(found["state"], "unknown");
    assert_eq!(
        found["said"],
        "the insight to be watched is not there; watch another"
    );
}

#[tokio::test]
async fn what_a_check_would_refuse_is_refused_when_it_is_saved() {
    let world = World::new(&[]).await;
    let mut lines = String::new();
    for number in 0..12 {
        let line = json!({"id": format!("kind {number}"), "event": format!("kind{number}"),
                          "time": NOON_MS - DAY_MS, "visitor": "one"});
        lines.push_str(&format!("{line}\n"));
    }
    world.send(lines, 12).await;
    let question = json!({"kind": "trend", "period": {"last": "7d"}, "bots": "include",
        "trend": {"series": [{}], "breakdown": [{"dimension": "event"}]}});
    let insight = json!({"name": "Kinds", "question": question});
    let insight = world.call(Method::POST, "insights", insight).await;
    assert_eq!(insight.status, StatusCode::CREATED, "{}", insight.text());
    // Eleven rows of a month of hours are few enough; what is unusual is held against eight weeks.
    let mut draft = world.draft(&["shop@example.org"], &[]);
    draft["every_minutes"] = json!(60);
    draft["watch"]["insight"] = insight.json()["id"].clone();
    draft["watch"]["bucket"] = json!("hour");
    draft["name"] = json!("Crossing");
    let saved = world.alert(draft.clone()).await;
    assert_eq!(saved["watch"]["row"]["event"], "purchase", "{saved}");
    draft["name"] = json!("Unusual");
    draft["watch"]["condition"] = json!({"kind": "anomaly"});
    let refused = world.call(Method::POST, "alerts", draft).await;
    assert_eq!(
        refused.status,
        StatusCode::BAD_REQUEST,
        "{}",
        refused.text()
    );
    assert!(refused.text().contains("rows"), "{}", refused.text());
}

#[tokio::test]
async fn questions_without_numbers_over_time_are_refused() {
    let world = World::new(&[]).await;
    let question = json!({"kind": "breakdown", "period": {"last": "30d"}, "dimension": "page",
                          "measures": ["persons"]});
    let saved = world
        .call(
            Method::POST,
            "insights",
            json!({"name": "Pages", "question": question}),
        )
        .await;
    let mut draft = world.draft(&["shop@example.org"], &[]);
    draft["watch"]["insight"] = saved.json()["id"].clone();
    let refused = world.call(Method::POST, "alerts", draft).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text().contains("breakdown"), "{}", refused.text());
    let mut draft = world.draft(&["shop@example.org"], &[]);
    draft["watch"]["column"] = json!("B");
    let refused = world.call(Method::POST, "alerts", draft).await;
    assert!(
        refused.text().contains("no number `B`; it has A"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn every_kind_with_numbers_over_time_can_be_watched() {
    let world = World::new(&[]).await;
    let steps = json!([{"events": ["purchase"]}, {"events": ["order"]}]);
    for (kind, more, column, unit, last) in [
        (
            "totals",
            json!({"measures": ["persons"]}),
            "persons",
            "count",
            40.0,
        ),
        (
            "funnel",
            json!({"funnel": {"steps": steps}}),
            "share",
            "share",
            0.0,
        ),
        (
            "goals",
            json!({"goals": {"goals": [{"label": "Bought", "event": {"events": ["purchase"]}}]}}),
            "conversion_rate",
            "share",
            1.0,
        ),
        (
            "retention",
            json!({"retention": {}}),
            "interval_1",
            "share",
            0.0,
        ),
        ("lifecycle", json!({"lifecycle": {}}), "new", "count", 40.0),
    ] {
        let mut question = json!({"kind": kind, "period": {"last": "7d"}, "bots": "include"});
        for (name, value) in more.as_object().unwrap() {
            question[name] = value.clone();
        }
        let saved = world
            .call(
                Method::POST,
                "insights",
                json!({"name": kind, "question": question}),
            )
            .await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        let watch = json!({"insight": saved.json()["id"], "column": "",
                           "condition": {"kind": "anomaly"}});
        let told = world
            .call(Method::POST, "alerts/preview", json!({"watch": watch}))
            .await
            .json();
        assert_eq!(told["watch"]["column"], column, "{kind}: {told}");
        assert_eq!(told["unit"], unit, "{kind}");
        let points = told["points"].as_array().unwrap();
        assert_eq!(points.len(), 30, "{kind}");
        assert_eq!(points[29]["value"], last, "{kind}: {:?}", points[29]);
        // Yesterday, or of retention the day before, whose next day is over.
        let ago = if kind == "retention" { 2 } else { 1 };
        let expected = NOON_MS - 12 * HOUR_MS - ago * DAY_MS;
        assert_eq!(points[29]["from_ms"], expected, "{kind}");
    }
}
