//! Bodies, queries and path parts of the API, with errors that name the field and the way out.
//! Every body has a limit and a time, whatever the extractor.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header;
use axum::http::request::Parts;
use hitmetrix_model::{join_places, limits, place_of};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::problem::{Code, Problem};

/// How much of a field's place is told; its names are those of the sender.
const FIELD_CHARACTERS_MAX: usize = 300;

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
        parsed(&bytes).map(Self)
    }
}

/// A body of JSON as what it should be; the error points at the field that does not fit.
fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut body = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut body).map_err(|error| misfit(&error))?;
    let refused = |error| Problem::invalid(format!("the body does not fit: {error}"));
    body.end().map_err(refused)?;
    Ok(value)
}

fn misfit(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let what = error.inner().to_string();
    if !error.inner().is_data() {
        return Problem::invalid(format!("the body is no JSON: {what}"));
    }
    let mut field = String::new();
    join_places(&mut field, &error.path().to_string());
    let (inner, what) = place_of(&what);
    join_places(&mut field, &inner);
    let field: String = field.chars().take(FIELD_CHARACTERS_MAX).collect();
    if field.is_empty() {
        return Problem::invalid(format!("the body does not fit: {what}"));
    }
    Problem::invalid(format!("{field} does not fit: {what}")).at(field)
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

#[cfg(test)]
mod tests {
    use hitmetrix_model::{PeopleQuestion, Question};

    use super::*;

    fn field_of<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> (String, String) {
        let problem = parsed::<T>(body.as_bytes()).unwrap_err();
        let field = problem.field().unwrap_or_default().to_owned();
        (field, problem.detail().to_owned())
    }

    #[test]
    fn error_of_a_body_points_at_the_field() {
        let cases = [
            (
                r#"{"kind":"totals","period":{"last":"7d"},"measures":["persons","horses"]}"#,
                "measures[1]",
            ),
            (
                r#"{"kind":"totals","period":{"last":"7d"},"horses":1}"#,
                "horses",
            ),
            (r#"{"kind":"totals","period":{"recently":"7d"}}"#, "period"),
            (
                r#"{"kind":"funnel","period":{"last":"7d"},"funnel":{"steps":[{},
                   {"filters":[{"all":[{"dimension":"page","operator":"is"},
                   {"dimension":"page","operator":"like"}]}]}]}}"#,
                "funnel.steps[1].filters[0].all[1].operator",
            ),
            (r#"{"kind":"totals"}"#, ""),
            (r#"{"kind":"#, ""),
            (r#"{"kind":"totals","period":{"last":"7d"}} x"#, ""),
        ];
        for (body, expected) in cases {
            let (field, detail) = field_of::<Question>(body);
            assert_eq!(field, expected, "{body}: {detail}");
            assert!(!detail.contains("in ."), "{detail}");
        }
        let people = r#"{"question":{"kind":"totals","period":{"last":"7d"},
            "filters":[{"not":{"property":"x"}}]},"cell":{"column":"persons"}}"#;
        let (field, detail) = field_of::<PeopleQuestion>(people);
        assert_eq!(field, "question.filters[0].not", "{detail}");
        assert!(detail.contains("missing field `operator`"), "{detail}");
    }
}
