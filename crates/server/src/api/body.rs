//! Bodies, queries and path parts of the API, with errors that name the field and the way out.
//! Every body has a limit and a time, whatever the extractor.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use hitmetrix_model::limits;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::problem::{Code, Problem};

/// A body of JSON.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for JsonBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return Err(Problem::invalid(
                "the body must be JSON, with Content-Type: application/json",
            ));
        }
        let bytes = read(
            request.into_body(),
            limits::API_JSON_BYTES,
            app.config.body_ms_max,
        )
        .await?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Problem::invalid(format!("the body does not fit: {error}")))
    }
}

/// Reads a body of at most so many bytes within so many milliseconds.
///
/// # Errors
/// When it is larger or slower, or breaks off.
pub async fn read(
    body: axum::body::Body,
    bytes_max: usize,
    ms_max: u64,
) -> Result<Vec<u8>, Problem> {
    let reading = Limited::new(body, bytes_max).collect();
    let Ok(read) = tokio::time::timeout(Duration::from_millis(ms_max), reading).await else {
        return Err(Problem::new(
            Code::TooSlow,
            format!("the body took longer than {ms_max} ms; send smaller bodies"),
        ));
    };
    match read {
        Ok(collected) => Ok(collected.to_bytes().to_vec()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Problem::new(
            Code::TooLarge,
            format!("the body is over the limit of {bytes_max} bytes; send smaller ones"),
        )),
        Err(_) => Err(Problem::invalid("the body broke off")),
    }
}

/// The query.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Arc<App>> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &Arc<App>) -> Result<Self, Problem> {
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(value)| Self(value))
            .map_err(|error| {
                Problem::invalid(format!("the query does not fit: {}", error.body_text()))
            })
    }
}

/// Named parts of the path. The site among them is for the guard only.
#[derive(Debug)]
pub struct PathPart<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for PathPart<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        Path::<T>::from_request_parts(parts, app)
            .await
            .map(|Path(value)| Self(value))
            .map_err(|error| {
                Problem::invalid(format!("the path does not fit: {}", error.body_text()))
            })
    }
}
