//! The command line's way to the server: over the control socket when one runs, else through the
//! same router in this very process, which then holds the data folder's lock itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, header};
use hitmetrix_store::StoreError;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::net::UnixStream;
use tower::ServiceExt;

use crate::api::ask_lines;
use crate::app::{App, OpenError, Outside};
use crate::clock::Stopwatch;
use crate::config::Config;
use crate::peer::Door;
use crate::problem::ProblemDocument;
use crate::{control, http};

/// A data folder that is owned by a server which does not answer yet is waited for this long.
const STARTING_MAX: Duration = Duration::from_secs(10);
/// And tried this often.
const TRY_EVERY: Duration = Duration::from_millis(100);

/// A request of the command line failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No server runs, and the data folder cannot be opened either.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The server refused.
    #[error("{title}: {detail} ({code})")]
    Refused {
        /// The same few words for each code.
        title: String,
        /// What happened.
        detail: String,
        /// Stable code.
        code: String,
    },
    /// The connection broke.
    #[error("the connection to the server broke; look at its log and try again")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is not what this version expects.
    #[error("the server answered what this version does not understand; use the same version")]
    Unreadable(#[from] serde_json::Error),
    /// The data folder could not be closed.
    #[error(transparent)]
    Close(#[from] StoreError),
}

/// A way to the server.
pub enum Client {
    /// A server runs and listens here.
    Socket(PathBuf),
    /// None runs; this process is it.
    Here {
        /// Its state.
        app: Arc<App>,
        /// What answers.
        router: Router,
    },
}

impl Client {
    /// Finds a server, or opens the data folder.
    ///
    /// # Errors
    /// When neither works.
    pub async fn open(config: Config) -> Result<Self, ClientError> {
        let socket = control::path(&config.data);
        let stopwatch = Stopwatch::start();
        loop {
            if UnixStream::connect(&socket).await.is_ok() {
                return Ok(Self::Socket(socket));
            }
            match App::open(config.clone(), Outside::system()).await {
                Ok(app) => {
                    let router = http::router(&app);
                    return Ok(Self::Here { app, router });
                }
                // A server that starts owns the folder before it answers; another command ends.
                Err(OpenError::Store(StoreError::Locked { .. }))
                    if stopwatch.elapsed() < STARTING_MAX =>
                {
                    tokio::time::sleep(TRY_EVERY).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Lets go of the data folder.
    ///
    /// # Errors
    /// When it cannot be closed.
    pub async fn close(self) -> Result<(), ClientError> {
        if let Self::Here { app, .. } = self {
            app.store.close().await?;
        }
        Ok(())
    }

    /// Sends a request and gives the answer, whose body is still to come.
    ///
    /// # Errors
    /// When the server refuses or the connection breaks.
    pub async fn send(&self, request: Request<Body>) -> Result<Response<Body>, ClientError> {
        let response = match self {
            Self::Socket(socket) => send_over(socket, request).await?,
            Self::Here { router, .. } => {
                let mut request = request;
                request.extensions_mut().insert(Door::Control);
                let Ok(response) = router.clone().oneshot(request).await;
                response
            }
        };
        if response.status().is_success() {
            return Ok(response);
        }
        let bytes = collect(response).await?;
        let problem: ProblemDocument = serde_json::from_slice(&bytes)?;
        Err(refused(problem))
    }

    /// Gets JSON.
    ///
    /// # Errors
    /// When the server refuses or answers something else.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        let response = self.send(request(Method::GET, path, Body::empty())).await?;
        Ok(serde_json::from_slice(&collect(response).await?)?)
    }

    /// Sends JSON and gets JSON; what gives nothing gives `null`.
    ///
    /// # Errors
    /// When the server refuses or answers something else.
    pub async fn call<T: DeserializeOwned>(
        &self,
        (method, path): (Method, &str),
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let request = json_request((method, path), body)?;
        let bytes = collect(self.send(request).await?).await?;
        let bytes = if bytes.is_empty() {
            b"null".to_vec()
        } else {
            bytes
        };
        Ok(serde_json::from_slice(&bytes)?)
    }
}

impl Client {
    /// Asks for an answer that says how far it has come, from 0 to 1, until it is there.
    ///
    /// # Errors
    /// When the server refuses, at once or in the end, or answers something else.
    pub async fn ask(
        &self,
        path: &str,
        body: &impl Serialize,
        mut progress: impl FnMut(f64),
    ) -> Result<serde_json::Value, ClientError> {
        let mut request = json_request((Method::POST, path), body)?;
        let lines = HeaderValue::from_static(ask_lines::MEDIA);
        request.headers_mut().insert(header::ACCEPT, lines);
        let mut body = self.send(request).await?.into_body();
        let mut waiting = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| ClientError::Broken(error.into()))?;
            waiting.extend_from_slice(frame.data_ref().map_or(&[][..], |data| &data[..]));
            while let Some(end) = waiting.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = waiting.drain(..=end).collect();
                match serde_json::from_slice(&line)? {
                    AnswerLine::Progress(share) => progress(share),
                    AnswerLine::Answer(answer) => return Ok(answer),
                    AnswerLine::Problem(problem) => return Err(refused(problem)),
                }
            }
        }
        Err(ClientError::Broken("the answer ended early".into()))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerLine {
    Progress(f64),
    Answer(serde_json::Value),
    Problem(ProblemDocument),
}

fn refused(problem: ProblemDocument) -> ClientError {
    ClientError::Refused {
        title: problem.title,
        detail: problem.detail,
        code: problem.code,
    }
}

fn json_request(
    (method, path): (Method, &str),
    body: &impl Serialize,
) -> Result<Request<Body>, ClientError> {
    let mut request = request(method, path, Body::from(serde_json::to_vec(body)?));
    request.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    Ok(request)
}

/// A request of the command line.
#[must_use]
pub fn request(method: Method, path: &str, body: Body) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "hitmetrix")
        .body(body)
        .expect("paths of the command line are made of known parts and encoded ones")
}

/// A text as one part of a path or one value of a query.
#[must_use]
pub fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a string does not fail");
        }
    }
    encoded
}

async fn collect(response: Response<Body>) -> Result<Vec<u8>, ClientError> {
    let collected = response.into_body().collect().await;
    let collected = collected.map_err(|error| ClientError::Broken(error.into()))?;
    Ok(collected.to_bytes().to_vec())
}

async fn send_over(
    socket: &PathBuf,
    request: Request<Body>,
) -> Result<Response<Body>, ClientError> {
    let broken = |error: hyper::Error| ClientError::Broken(error.into());
    let stream = UnixStream::connect(socket)
        .await
        .map_err(|error| ClientError::Broken(error.into()))?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    Ok(response.map(Body::new))
}
