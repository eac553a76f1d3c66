//! `GET /c/{key}`: the rules of a site, which its pages fetch before they capture anything.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use hitmetrix_model::{Mode, PageRules};

use super::cors;
use super::door::{Knock, admit, allowed_origin};
use super::sheets;
use super::signs::Sign;
use crate::app::App;
use crate::peer::ClientAddress;

/// How long browsers may keep the rules.
const CACHE: &str = "public, max-age=60";

/// Answers with the rules.
pub(super) async fn get(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Response {
    let knock = Knock {
        method: &Method::GET,
        key: &key,
        address,
        headers: &headers,
    };
    let answer = match admit(&app, &knock) {
        Ok(admitted) => {
            let settings = &admitted.known.site.settings;
            let site = (admitted.known.site.id, admitted.now_ms);
            app.collect.signs.note(site, Sign::Rules, "");
            let sheets = match settings.rules.record {
                true => sheets::told(&app, admitted.known.site.id),
                false => Vec::new(),
            };
            let rules = PageRules {
                rules: settings.rules.clone(),
                session_idle_ms: settings.session_idle_ms,
                mode: Some(settings.mode).filter(|mode| *mode == Mode::Cookieless),
                surveys: app.sites.surveys(admitted.known.site.id).to_vec(),
                sheets,
            };
            ([(header::CACHE_CONTROL, CACHE)], Json(rules)).into_response()
        }
        Err(problem) => problem.into_response(),
    };
    cors::readable(answer, allowed_origin(&app, &key, &headers))
}
