//! A site with purchases whose alerts are tried, and what listens for their messages.

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
use crate::peer::Door;

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// Something that listens, and all that it was told.
pub struct Listener {
    pub port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Listener {
    /// It, as the owner lists it.
    pub fn allowed(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// Takes webhooks and answers with this status.
pub async fn receiver(status: u16) -> Listener {
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
pub struct World {
    pub server: TestServer,
    pub site: Site,
    pub editor: Who,
    pub insight: String,
}

impl World {
    pub async fn new(settings: &[(&str, &str)]) -> Self {
        Self::of_days(60, settings).await
    }

    /// The same, whose mail something takes; what the settings say comes first.
    pub async fn with_mail(settings: &[(&str, &str)]) -> (Self, Listener) {
        let mail = mail_sink().await;
        let port = mail.port.to_string();
        let mut all = settings.to_vec();
        all.extend([
            ("smtp_host", "127.0.0.1"),
            ("smtp_port", &port),
            ("smtp_tls", "none"),
            ("smtp_from", "Hitmetrix <alerts@example.org>"),
        ]);
        (Self::new(&all).await, mail)
    }

    /// The same with so many days.
    pub async fn of_days(days: i64, settings: &[(&str, &str)]) -> Self {
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
    pub async fn send(&self, body: String, events: i64) {
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

    pub async fn call(&self, method: Method, path: &str, body: Value) -> Answered {
        let path = format!("/api/v1/sites/{}/{path}", self.site.id);
        self.server.call(&self.editor, method, &path, body).await
    }

    pub fn draft(&self, emails: &[&str], webhooks: &[String]) -> Value {
        json!({
            "name": "Many purchases", "emails": emails, "webhooks": webhooks,
            "watch": {"insight": self.insight, "column": "A",
                      "condition": {"kind": "threshold", "side": "above", "value": 10}},
        })
    }

    pub async fn alert(&self, draft: Value) -> Value {
        let saved = self.call(Method::POST, "alerts", draft).await;
        assert_eq!(saved.status, StatusCode::CREATED, "{}", saved.text());
        saved.json()
    }

    /// What the jobs do at one turn.
    pub async fn turn(&self) {
        let app = &self.server.app;
        check::check_due(app).await.unwrap();
        send::send_due(app).await.unwrap();
    }

    pub async fn log(&self, alert: &Value) -> Vec<Value> {
        let path = format!("alerts/{}/log", alert["id"].as_str().unwrap());
        let log = self.call(Method::GET, &path, json!(null)).await.json();
        log["entries"].as_array().unwrap().clone()
    }

    pub async fn outcomes(&self, alert: &Value) -> Vec<String> {
        let log = self.log(alert).await;
        let outcome = |entry: &Value| entry["outcome"].as_str().unwrap().to_owned();
        log.iter().map(outcome).collect()
    }
}

pub fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}/hooks")
}
