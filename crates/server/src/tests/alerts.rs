//! Alerts: what is told, to whom, and once; what is silent and why; what would have been told; and
//! that no address of a webhook leads where it must not.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_model::Site;
use hitmetrix_store::settings::{Role, Scope};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::harness::{Answered, NOON_MS, TestServer, Who};
use crate::alerts::{check, send};
use crate::egress;
use crate::peer::Door;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Something that listens, and all that it was told.
struct Listener {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// It, as the owner lists it.
    fn allowed(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Takes webhooks and answers with this status.
async fn receiver(status: u16) -> Listener {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let hearing = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            let mut piece = [0; 4096];
            while !request.ends_with('}') {
                match stream.read(&mut piece).await {
                    Ok(0) | Err(_) => break,
                    Ok(read) => request.push_str(&String::from_utf8_lossy(&piece[..read])),
                }
            }
            hearing.lock().unwrap().push(request);
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    Listener { port, heard }
}

/// Takes mail.
async fn mail_sink() -> Listener {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    let hearing = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_mail(stream, Arc::clone(&hearing)));
        }
    });
    Listener { port, heard }
}

async fn take_mail(stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await.ok()?;
    let (mut mail, mut is_data) = (String::new(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return Some(());
        }
        mail.push_str(&line);
        if is_data && line != ".\r\n" {
            continue;
        }
        is_data = line.starts_with("DATA");
        let answer = match line.as_str() {
            "DATA\r\n" => "354 go\r\n",
            ".\r\n" => {
                // Long lines come in pieces.
                let whole = std::mem::take(&mut mail).replace("=\r\n", "");
                heard.lock().unwrap().push(whole);
                "250 ok\r\n"
            }
            _ => "250 ok\r\n",
        };
        stream.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// A site where 4 persons a day bought for two months, and 40 yesterday.
struct World {
    server: TestServer,
    site: Site,
    editor: Who,
    insight: String,
}

impl World {
    async fn new(settings: &[(&str, &str)]) -> Self {
        Self::of_days(60, settings).await
    }

    /// The same with so many days.
    async fn of_days(days: i64, settings: &[(&str, &str)]) -> Self {
        let mut all = settings.to_vec();
        all.push(("mail_domains", "example.org"));
        let server = TestServer::with(&all).await;
        let site = server.site("one").await;
        let editor = server.member(&site, Role::Editor).await;
        let editor = server.signed_in(editor).await;
        let mut world = Self {
            server,
            site,
            editor,
            insight: String::new(),
        };
        world.buy(days).await;
        let question = json!({
            "kind": "trend", "period": {"last": "30d"}, "bots": "include",
            "trend": {"series": [{"events": ["purchase"]}]},
        });
        let draft = json!({"name": "Purchases", "address": "kind=trend&last=90d&event=purchase",
                           "question": question});
        let saved = world.call(Method::POST, "insights", draft).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        world.insight = saved.json()["id"].as_str().unwrap().to_owned();
        world
    }

    async fn buy(&self, days: i64) {
        let mut body = String::new();
        for day in 1..=days {
            for number in 0..if day == 1 { 40 } else { 4 } {
                let id = format!("{day}-{number}");
                let time = NOON_MS - day * DAY_MS + number;
                let line = json!({"id": id, "event": "purchase", "time": time, "visitor": id});
                body.push_str(&format!("{line}\n"));
            }
        }
        self.send(body, 36 + 4 * days).await;
    }

    /// Sends lines of events, all of which are accepted.
    async fn send(&self, body: String, events: i64) {
        let Who::Bearer(token) = self.server.token(&self.site, Scope::Ingest).await else {
            panic!("a token");
        };
        let request = Request::builder()
            .method("POST")
            .uri(format!("/api/v1/sites/{}/events", self.site.id))
            .header("authorization", format!("Bearer {token}"))
            .body(Body::from(body))
            .unwrap();
        let door = Door::Network([198, 51, 100, 7].into());
        let sent = self.server.send(request, door).await;
        assert_eq!(sent.json()["accepted"], events, "{}", sent.text());
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        let path = format!("/api/v1/sites/{}/{path}", self.site.id);
        self.server.call(&self.editor, method, &path, body).await
    }

    fn draft(&self, emails: &[&str], webhooks: &[String]) -> Value {
        json!({
            "name": "Many purchases", "emails": emails, "webhooks": webhooks,
            "watch": {"insight": self.insight, "column": "A",
                      "condition": {"kind": "threshold", "side": "above", "value": 10}},
        })
    }

    async fn alert(&self, draft: Value) -> Value {
        let saved = self.call(Method::POST, "alerts", draft).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        saved.json()
    }

    /// What the jobs do at one turn.
    async fn turn(&self) {
        let app = &self.server.app;
        check::check_due(app).await.unwrap();
        send::send_due(app).await.unwrap();
    }

    async fn log(&self, alert: &Value) -> Vec<Value> {
        let path = format!("alerts/{}/log", alert["id"].as_str().unwrap());
        let log = self.call(Method::GET, &path, json!(null)).await.json();
        log["entries"].as_array().unwrap().clone()
    }

    async fn outcomes(&self, alert: &Value) -> Vec<String> {
        let log = self.log(alert).await;
        let outcome = |entry: &Value| entry["outcome"].as_str().unwrap().to_owned();
        log.iter().map(outcome).collect()
    }
}

fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}/hooks")
}

#[tokio::test]
async fn alert_that_fires_tells_webhook_and_mail_once_with_the_way_to_the_insight() {
    let (hooks, mail) = (receiver(204).await, mail_sink().await);
    let port = mail.port.to_string();
    let world = World::new(&[
        ("egress_allow", &hooks.allowed()),
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", &port),
        ("smtp_tls", "none"),
        ("smtp_from", "Hitmetrix <alerts@example.org>"),
    ])
    .await;
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
        (json!({"kind": "trend", "trend": {"series": [{"events": ["purchase"]}]}}), 10),
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
        assert_eq!(log[0]["bucket_ms"], on_the_hour_ms - HOUR_MS, "{settles}: {log:?}");
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
    assert!(said.contains("busy") && said.contains("questions wait"), "{said}");
    drop(running);
    drop(waiting);
    world.turn().await;
    assert_eq!(world.outcomes(&alert).await, ["unknown"], "not at once");
    world.server.pass_ms(hitmetrix_model::limits::ALERT_AGAIN_MS);
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
        let body = if word == "muted" { json!({}) } else { json!(null) };
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
    assert_eq!(world.outcomes(&unchecked).await, ["fired"], "not at every turn");
    world.server.pass_ms(HOUR_MS);
    world.turn().await;
    assert_eq!(world.outcomes(&unchecked).await, ["firing", "fired"]);
}

#[tokio::test]
async fn messages_go_only_where_the_owner_lets_them() {
    let allowed = "hooks.test,*.office.test:8443,10.0.0.0/8:8080";
    let mail = mail_sink().await;
    let world = World::new(&[
        ("egress_allow", allowed),
        ("mail_domains", "partner.test"),
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", &mail.port.to_string()),
        ("smtp_tls", "none"),
        ("smtp_from", "alerts@example.org"),
    ])
    .await;
    let refused = async |emails: &[&str], webhooks: &[&str]| {
        let webhooks: Vec<String> = webhooks.iter().map(|one| (*one).to_owned()).collect();
        let draft = world.draft(emails, &webhooks);
        let answered = world.call(Method::POST, "alerts", draft).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{}", answered.text());
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
    assert!(said.contains("hooks.test cannot be a destination"), "{said}");
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
    let alert = world.alert(world.draft(&[&member, "bob@partner.test"], &[])).await;
    let list = world.call(Method::GET, "alerts", json!(null)).await.json();
    assert_eq!(list["webhook_hosts"], json!(["hooks.test", "*.office.test:8443"]));
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
    app.messages.take(world.site.id, most - 1, app.now_ms()).unwrap();
    let sent = async || {
        crate::board_mail::send_due(app).await.unwrap();
        let view = world.call(Method::GET, &path, json!(null)).await.json();
        (view["log"].as_array().unwrap().len(), view["schedule"]["due_at_ms"].clone())
    };
    assert_eq!(sent().await, (0, json!(NOON_MS + 2 * HOUR_MS)));
    world.server.pass_ms(HOUR_MS);
    assert_eq!(sent().await, (2, json!(NOON_MS + HOUR_MS + DAY_MS)));
    let told = world.server.get(&Who::Control, "/api/v1/audit?who=system").await;
    let told = told.json()["entries"][0].clone();
    assert_eq!(told["action"], "board_mailed", "{told}");
    assert_eq!(told["detail"], "Shop", "{told}");
    let left = app.messages.take(world.site.id, most - 1, app.now_ms());
    assert!(left.is_err(), "what was sent counts");
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
    assert!(said.starts_with("not judged, because part of the events cannot be read: "), "{said}");
}

#[tokio::test]
async fn mail_goes_to_no_server_that_does_not_encrypt_where_it_should() {
    let mail = mail_sink().await;
    let world = World::new(&[
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", &mail.port.to_string()),
        ("smtp_tls", "starttls"),
        ("smtp_from", "alerts@example.org"),
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
    assert!(delivery["said"].as_str().unwrap().contains("STARTTLS"), "{delivery}");
    assert_eq!(mail.heard(), Vec::<String>::new());
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
        refused.text().contains("watched by the alerts `Many purchases`; archive them first"),
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
    assert_eq!(found["said"], "the insight to be watched is not there; watch another");
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
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text());
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
async fn board_is_sent_on_its_day_and_hour_once_with_its_numbers() {
    let mail = mail_sink().await;
    let port = mail.port.to_string();
    let world = World::new(&[
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", &port),
        ("smtp_tls", "none"),
        ("smtp_from", "alerts@example.org"),
    ])
    .await;
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
        "=E2=96=82=E2=96=88=E2=96=81=E2=96=81</td>",
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
