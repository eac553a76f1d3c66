//! Errors as the outside sees them: RFC 9457 problem documents with a stable code, and a link to
//! docs/reference/errors.md, which is generated from the table below.
//!
//! This is the only place that knows which status an [`ErrorKind`] has. What is internal (a
//! defect, a broken file, a database) is told to the log under a random id; the outside gets the
//! id and no more.

use std::fmt::Write as _;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hitmetrix_insights::AskError;
use hitmetrix_model::ErrorKind;
use serde::Serialize;

/// Where this server explains the codes: a reference relative to itself, because it calls no one.
const REFERENCE: &str = "/reference/errors.md#";

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $code:literal, $kind:ident, $title:literal;)+) => {
        /// Every code that a problem can have.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the reference page.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What the caller should do.
            #[must_use]
            pub const fn kind(self) -> ErrorKind {
                match self { $(Self::$variant => ErrorKind::$kind,)+ }
            }

            /// The same few words each time.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What it means and what to do.
            #[must_use]
            pub const fn doc(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+),)+ }
            }
        }
    };
}

codes! {
    /// The request is not of the form that the reference shows. Mend it as the detail says.
    Invalid = "invalid", Invalid, "The request cannot be understood";
    /// Nobody is signed in, the login ended, or the token is unknown. Sign in again.
    Unauthorized = "unauthorized", Unauthorized, "Sign in first";
    /// E-mail address or password is wrong; which of them is not told.
    WrongPassword = "wrong_password", Unauthorized, "E-mail address or password is wrong";
    /// The password is right, and the user has a second factor. Send its code along, as `code`.
    FactorNeeded = "factor_needed", Unauthorized, "The sign-in asks for a code";
    /// The code is wrong, too old, or was used already. Wait for the next one, or use a recovery code.
    WrongCode = "wrong_code", Unauthorized, "The code is not right";
    /// Everybody must have a second factor here, and the user has none. Make one under Account.
    FactorRequired = "factor_required", Forbidden, "A second factor must be made first";
    /// A one-time link was used up, is too old, or never was. Ask for a new one.
    LinkUsed = "link_used", Unauthorized, "This link works no more";
    /// A link to a board was good until a time that is over. Ask for a new one.
    LinkEnded = "link_ended", Unauthorized, "This link has ended";
    /// A link to a board was taken back by those who made it. Ask them.
    LinkRevoked = "link_revoked", Unauthorized, "This link was revoked";
    /// A link to a board asks for a password that was not given, or not in the last twelve hours.
    Locked = "locked", Unauthorized, "The link asks for a password";
    /// The password is not the one of the link. Ask who gave it to you.
    WrongLinkPassword = "wrong_link_password", Unauthorized, "The password of the link is wrong";
    /// Signed in, but the role or the token's scope does not allow this.
    Forbidden = "forbidden", Forbidden, "This is not allowed";
    /// A state change came from a page of another origin. Only the dashboard's own pages may do so.
    CrossOrigin = "cross_origin", Forbidden, "The request came from another page";
    /// The Origin of the page is none of the site's domains. Add its host name under Sites.
    OriginRefused = "origin_refused", Forbidden, "The page is none of the site's domains";
    /// There is no such thing, or it belongs to another site.
    NotFound = "not_found", NotFound, "There is no such thing";
    /// The path exists, but not with this method.
    MethodNotAllowed = "method_not_allowed", Invalid, "The method does not fit the path";
    /// Something else stands in the way, as a name that is taken.
    Conflict = "conflict", Conflict, "Something else stands in the way";
    /// Too many requests. Wait as long as Retry-After says.
    TooMany = "too_many", TooMany, "Too many requests";
    /// The body is larger than the limit in the detail.
    TooLarge = "too_large", TooLarge, "The body is too large";
    /// The body did not arrive in time.
    TooSlow = "too_slow", Unavailable, "The body did not arrive in time";
    /// Nothing was stored and nothing is wrong with the request. Send it again later.
    Unavailable = "unavailable", Unavailable, "Not now";
    /// Stored bytes are broken. `hitmetrix doctor` says which.
    Corrupt = "corrupt", Corrupt, "Stored data is broken";
    /// A defect of ours. The log knows more under the id.
    Internal = "internal", Internal, "A defect in Hitmetrix";
}

impl Code {
    /// The general code of a kind of error.
    #[must_use]
    pub const fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Invalid => Self::Invalid,
            ErrorKind::Unauthorized => Self::Unauthorized,
            ErrorKind::Forbidden => Self::Forbidden,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Conflict => Self::Conflict,
            ErrorKind::TooMany => Self::TooMany,
            ErrorKind::TooLarge => Self::TooLarge,
            ErrorKind::Unavailable => Self::Unavailable,
            ErrorKind::Corrupt => Self::Corrupt,
            ErrorKind::Internal => Self::Internal,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        if matches!(self, Self::MethodNotAllowed) {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        if matches!(self, Self::TooSlow) {
            return StatusCode::REQUEST_TIMEOUT;
        }
        match self.kind() {
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            ErrorKind::Unauthorized => StatusCode::UNAUTHORIZED,
            ErrorKind::Forbidden => StatusCode::FORBIDDEN,
            ErrorKind::NotFound => StatusCode::NOT_FOUND,
            ErrorKind::Conflict => StatusCode::CONFLICT,
            ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            ErrorKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Corrupt | ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// One error on its way out.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    /// What exactly is wrong with a question, in place of the general code.
    question_code: Option<&'static str>,
    detail: String,
    field: Option<String>,
    id: Option<String>,
    retry_after_s: Option<u64>,
}

/// The JSON of a problem.
#[derive(Debug, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// Link to the explanation of the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same few words for each code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened here and what to do.
    pub detail: String,
    /// Stable name, for programs; of a question that cannot be answered one of its own.
    pub code: String,
    /// The part of the body that the problem is about, as `funnel.steps[1].filters[0]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Under which the log knows more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Problem {
    /// A problem whose detail anybody may read.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            code,
            question_code: None,
            detail: detail.into(),
            field: None,
            id: None,
            retry_after_s: None,
        }
    }

    /// The request is wrong, and this is how.
    #[must_use]
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(Code::Invalid, detail)
    }

    /// There is no such thing (here).
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {what}"))
    }

    /// An error of another stage. What is internal stays inside: the log has it, with its
    /// sources, under the id that the outside gets.
    #[must_use]
    pub fn from_error(kind: ErrorKind, error: &dyn std::error::Error) -> Self {
        let code = Code::of(kind);
        match kind {
            ErrorKind::Internal | ErrorKind::Corrupt => {
                let id = log_inside(code, error);
                Self {
                    id: Some(id.clone()),
                    ..Self::new(code, format!("see id {id} in the server's log"))
                }
            }
            ErrorKind::Unavailable => {
                let id = log_inside(code, error);
                Self {
                    id: Some(id),
                    retry_after_s: Some(5),
                    ..Self::new(code, "nothing was stored; send it again later")
                }
            }
            _ => Self::new(code, error.to_string()),
        }
    }

    /// A defect of ours that no stage has an error for.
    #[must_use]
    pub fn internal(what: &'static str) -> Self {
        let id = error_id();
        tracing::error!(id, what, "request failed inside");
        let detail = format!("see id {id} in the server's log");
        Self {
            id: Some(id),
            ..Self::new(Code::Internal, detail)
        }
    }

    /// The same with the seconds after which to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The same about one part of the body, as `filters[0].values`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into()).filter(|field| !field.is_empty());
        self
    }

    /// A question that cannot be answered; `within` is where in the body the question stands.
    #[must_use]
    pub fn of_question(error: &AskError, within: &str) -> Self {
        let mut problem = Self::from_error(error.kind(), error);
        problem.question_code = Some(error.code());
        problem.field = error.field().map(|field| {
            let is_of_cell = field.starts_with("cell.");
            if within.is_empty() || is_of_cell {
                return field.into_owned();
            }
            format!("{within}.{field}")
        });
        problem
    }

    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The part of the body that it is about.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What happened.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

/// Logs an error with everything that caused it.
fn log_inside(code: Code, error: &dyn std::error::Error) -> String {
    let id = error_id();
    let mut causes = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        write!(causes, ": {cause}").expect("writing to a string does not fail");
        source = cause.source();
    }
    tracing::error!(id, code = code.name(), causes, "request failed inside");
    id
}

/// A random name for one error, so that a report from outside finds its line in the log.
fn error_id() -> String {
    crate::secret::random_id(&crate::clock::SystemRandomness)
}

impl Problem {
    /// What it looks like from outside.
    #[must_use]
    pub fn document(self) -> ProblemDocument {
        ProblemDocument {
            kind: format!("{REFERENCE}{}", self.code.name()),
            title: self.code.title().to_owned(),
            status: self.code.status().as_u16(),
            detail: self.detail,
            code: self.question_code.unwrap_or(self.code.name()).to_owned(),
            field: self.field,
            id: self.id,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after_s) = (self.code.status(), self.retry_after_s);
        let mut response = (status, Json(self.document())).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<hitmetrix_store::settings::SettingsError> for Problem {
    fn from(error: hitmetrix_store::settings::SettingsError) -> Self {
        Self::from_error(error.kind(), &error)
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        Self::of_question(&error, "")
    }
}

impl From<hitmetrix_store::StoreError> for Problem {
    fn from(error: hitmetrix_store::StoreError) -> Self {
        Self::from_error(error.kind(), &error)
    }
}

/// The page docs/reference/errors.md.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         Generated from crates/server/src/problem.rs by `cargo xtask gen`; change it there.\n\n\
         Every error is a problem document (RFC 9457) with one of these codes; a question that\n\
         cannot be answered has one of [its own](#codes-of-questions). Titles and details may\n\
         change; codes do not. With an `id` the server's log has a line that says more.\n\n\
         `field` is the part of the JSON body that the problem is about, where it is about one:\n\
         names joined by dots, places in lists from 0 in brackets, as\n\
         `funnel.steps[1].filters[0].values`.\n\n\
         ```json\n\
         {\n  \"type\": \"/reference/errors.md#invalid\",\n  \
         \"title\": \"The request cannot be understood\",\n  \
         \"status\": 400,\n  \
         \"detail\": \"filters[0]: there is no segment `buyers`; `GET \
         /api/v1/sites/SITE/segments` lists them\",\n  \
         \"code\": \"unknown_segment\",\n  \
         \"field\": \"filters[0]\"\n}\n\
         ```\n",
    );
    for code in Code::ALL {
        write!(
            page,
            "\n## {}\n\n{} ({}).\n{}\n",
            code.name(),
            code.title(),
            code.status().as_u16(),
            code.doc().trim(),
        )
        .expect("writing to a string does not fail");
    }
    page.push_str(
        "\n## Codes of questions\n\n\
         In place of `invalid` and `too_large`, to which the `type` still links. The detail says\n\
         what to change.\n\n",
    );
    for code in AskError::CODES {
        writeln!(page, "- `{code}`").expect("writing to a string does not fail");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inside_text_of_a_defect_stays_inside() {
        let cause = std::io::Error::other("/secret/path is broken");
        let problem = Problem::from_error(ErrorKind::Internal, &cause);
        assert!(!problem.detail().contains("secret"));
        assert!(problem.detail().contains("id "));
    }

    #[test]
    fn problem_of_a_question_points_at_its_part_of_the_body() {
        let error = AskError::TooDeep.at("filters[0].any[2]");
        let problem = Problem::of_question(&error, "question");
        assert_eq!(problem.code(), Code::Invalid);
        assert_eq!(problem.question_code, Some("conditions_too_deep"));
        assert_eq!(problem.field.as_deref(), Some("question.filters[0].any[2]"));
        let of_cell = AskError::RowKey {
            column: "page".to_owned(),
        };
        let problem = Problem::of_question(&of_cell, "question");
        assert_eq!(problem.field.as_deref(), Some("cell.row"));
    }

    #[test]
    fn every_code_is_in_the_reference_once() {
        let page = reference();
        for code in Code::ALL {
            assert_eq!(page.matches(&format!("\n## {}\n", code.name())).count(), 1);
        }
    }
}
