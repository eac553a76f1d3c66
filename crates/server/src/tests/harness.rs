//! A server in a temporary folder, and requests to it by different callers.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use hitmetrix_model::{BoardCommon, SessionId, Site};
use hitmetrix_store::settings::{
    Author, Board, BoardShare, NewUser, Role, Scope, Share, ShareSecret, Token, TokenSecret, Touch,
    UserId,
};
use hitmetrix_store::{Clock, Randomness};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::api::login;
use crate::api::sites::blank;
use crate::app::{App, Outside};
use crate::auth::subject::{BOARD_PREFIX, SHARE_PREFIX, token_text};
use crate::clock::SystemRandomness;
use crate::config::Config;
use crate::egress::SystemResolver;
use crate::peer::Door;
use crate::{http, secret};

/// A clock that goes only when it is told to.
pub struct StillClock(AtomicI64);

impl Clock for StillClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Bytes that look random and are the same in each run.
#[derive(Default)]
struct SameBytes(AtomicU64);

impl Randomness for SameBytes {
    fn fill(&self, bytes: &mut [u8]) {
        let turn = self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes();
        blake3::Hasher::new()
            .update(&turn)
            .finalize_xof()
            .fill(bytes);
    }
}

pub const NOON_MS: i64 = 1_767_268_800_000;

pub struct TestServer {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: Arc<StillClock>,
    pub folder: TempDir,
}

/// Who sends a request.
#[derive(Debug, Clone)]
pub enum Who {
    Nobody,
    Cookie(String),
    Bearer(String),
    Control,
}

pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answered {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

impl TestServer {
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A server with these settings.
    pub async fn with(settings: &[(&str, &str)]) -> Self {
        let clock = Arc::new(StillClock(AtomicI64::new(NOON_MS)));
        let randomness = Arc::new(SystemRandomness);
        Self::open((TempDir::new().unwrap(), clock), randomness, settings).await
    }

    /// The same, which gives the same ids and secrets in each run.
    pub async fn repeatable(settings: &[(&str, &str)]) -> Self {
        let clock = Arc::new(StillClock(AtomicI64::new(NOON_MS)));
        let randomness = Arc::new(SameBytes::default());
        Self::open((TempDir::new().unwrap(), clock), randomness, settings).await
    }

    /// The same server started again, after something was done to its data folder.
    pub async fn again(self, settings: &[(&str, &str)], between: impl FnOnce(&Path)) -> Self {
        let Self {
            app,
            router,
            clock,
            folder,
        } = self;
        app.store.close().await.unwrap();
        drop((app, router));
        between(&folder.path().join("data"));
        Self::open((folder, clock), Arc::new(SystemRandomness), settings).await
    }

    async fn open(
        (folder, clock): (TempDir, Arc<StillClock>),
        randomness: Arc<dyn Randomness>,
        settings: &[(&str, &str)],
    ) -> Self {
        let data = folder.path().join("data");
        let config = Config::resolve(&|setting| {
            if setting.name == "data" {
                return Some(data.display().to_string());
            }
            let found = settings.iter().find(|(name, _)| *name == setting.name);
            found.map(|(_, value)| (*value).to_owned())
        })
        .unwrap();
        let outside = Outside {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            randomness,
            resolver: Arc::new(SystemResolver),
        };
        let app = App::open(config, outside).await.unwrap();
        let router = http::router(&app);
        Self {
            app,
            router,
            clock,
            folder,
        }
    }

    pub fn pass_ms(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn site(&self, name: &str) -> Site {
        let mut new = blank(&self.app);
        new.name = name.to_owned();
        new.domains = vec!["shop.example.org".to_owned()];
        let site = self.app.settings().create_site(new).await.unwrap();
        self.app.settings_changed().await.unwrap();
        site
    }

    pub async fn user(&self, email: &str, owner: bool) -> UserId {
        let new = NewUser {
            email: email.to_owned(),
            password_hash: Some("not one that any password has".to_owned()),
            owner,
            created_at_ms: NOON_MS,
        };
        self.app.settings().create_user(new).await.unwrap().id
    }

    pub async fn member(&self, site: &Site, role: Role) -> UserId {
        let email = format!("{}-{}@example.org", role.name(), site.id);
        let user = self.user(&email, false).await;
        self.app
            .settings()
            .set_role(site.id, user, role)
            .await
            .unwrap();
        user
    }

    pub async fn signed_in(&self, user: UserId) -> Who {
        let (_, [(_, cookie)]) = login::signed_in(&self.app, user).await.unwrap();
        Who::Cookie(
            cookie
                .to_str()
                .unwrap()
                .split(';')
                .next()
                .unwrap()
                .to_owned(),
        )
    }

    pub async fn token(&self, site: &Site, scope: Scope) -> Who {
        let text = secret::random_secret(&SystemRandomness);
        let id = secret::random_id(&SystemRandomness);
        let token = Token {
            id: id.clone(),
            site: site.id,
            name: scope.name().to_owned(),
            scope,
            created_at_ms: NOON_MS,
        };
        let new = TokenSecret {
            token,
            secret_hash: secret::hash(&text),
        };
        self.app.settings().create_token(&new).await.unwrap();
        self.app.settings_changed().await.unwrap();
        Who::Bearer(token_text(&id, &text))
    }

    /// A link to a recording of the site, whether there is one or not.
    pub async fn share(&self, site: &Site, session: SessionId) -> Who {
        let pass = secret::random_pass(&SystemRandomness);
        let id = secret::random_id(&SystemRandomness);
        let share = Share {
            id: id.clone(),
            site: site.id,
            session,
            person_hidden: false,
            created: Touch {
                at_ms: NOON_MS,
                by: Author::Control,
            },
            ends_at_ms: NOON_MS + 1_000,
            opened: 0,
            opened_at_ms: None,
        };
        let secret_hash = secret::hash(&pass);
        let new = ShareSecret { share, secret_hash };
        self.app.settings().create_share(&new).await.unwrap();
        Who::Bearer(format!("{SHARE_PREFIX}{id}_{pass}"))
    }

    /// A link to a new board of the site, which is empty.
    pub async fn board_share(&self, site: &Site) -> Who {
        let pass = secret::random_pass(&SystemRandomness);
        let id = secret::random_id(&SystemRandomness);
        let created = Touch {
            at_ms: NOON_MS,
            by: Author::Control,
        };
        let board = Board {
            id: id.clone(),
            name: id.clone(),
            description: String::new(),
            version: 1,
            common: BoardCommon::default(),
            panels: Vec::new(),
        };
        let settings = self.app.settings();
        settings
            .create_board(site.id, &board, &created)
            .await
            .unwrap();
        let share = BoardShare {
            id: id.clone(),
            site: site.id,
            board: id.clone(),
            name: String::new(),
            password_hash: None,
            period_days: None,
            annotations: false,
            origins: Vec::new(),
            created,
            ends_at_ms: NOON_MS + 1_000,
            revoked_at_ms: None,
            opened: 0,
            opened_at_ms: None,
        };
        let secret_hash = secret::hash(&pass);
        let new = ShareSecret { share, secret_hash };
        settings.create_board_share(&new).await.unwrap();
        Who::Bearer(format!("{BOARD_PREFIX}{id}_{pass}"))
    }

    pub async fn send(&self, mut request: Request<Body>, door: Door) -> Answered {
        request.extensions_mut().insert(door);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answered {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// A request as the dashboard or a program sends it, with a JSON body unless it is null.
    pub async fn call(&self, who: &Who, method: Method, path: &str, body: Value) -> Answered {
        let mut request = Request::builder().method(method).uri(path);
        let mut door = Door::Network(IpAddr::from([198, 51, 100, 7]));
        request = request.header("sec-fetch-site", "same-origin");
        match who {
            Who::Nobody => {}
            Who::Cookie(cookie) => request = request.header("cookie", cookie),
            Who::Bearer(token) => {
                request = request.header("authorization", format!("Bearer {token}"))
            }
            Who::Control => door = Door::Control,
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        };
        let request = request.body(body).unwrap();
        let documented = documented(request.method(), request.uri().path());
        let answered = self.send(request, door).await;
        if let Some(documented) = documented.filter(|_| answered.status.is_success()) {
            let status = answered.status.as_u16().to_string();
            assert_eq!(status, documented, "{path}: not as documented");
        }
        answered
    }

    pub async fn get(&self, who: &Who, path: &str) -> Answered {
        self.call(who, Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, who: &Who, path: &str, body: Value) -> Answered {
        self.call(who, Method::POST, path, body).await
    }

    /// A plain GET with these headers.
    pub async fn plain(&self, path: &str, headers: &[(&str, &str)]) -> Answered {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let door = Door::Network(IpAddr::from([198, 51, 100, 7]));
        self.send(request.body(Body::empty()).unwrap(), door).await
    }
}

/// The status that the table of routes says of a success.
fn documented(method: &Method, path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        let same = |(wanted, part): (&&str, &&str)| wanted.starts_with('{') || wanted == part;
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(same)
    };
    let all = crate::api::routes::all();
    // What is spelt out comes before what has names in it.
    let found = all
        .iter()
        .filter(|route| route.method == *method && fits(route.path))
        .min_by_key(|route| route.path_params().count())?;
    Some(found.success)
}

/// A body that no route takes, but that is JSON.
pub fn nonsense() -> Value {
    json!({"nonsense": true})
}
