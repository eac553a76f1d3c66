//! The one router: the API from its table, the public endpoints, the web parts; around all of it
//! the security headers and one log line per request.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use crate::api::routes;
use crate::app::App;
use crate::clock::Stopwatch;
use crate::{collect, headers, static_files};

/// Everything that the server answers.
pub fn router(app: &Arc<App>) -> Router {
    let mut router = Router::new();
    for route in routes::all() {
        router = route.mount(router, app);
    }
    router
        .merge(collect::router())
        .fallback(static_files::serve)
        .method_not_allowed_fallback(static_files::wrong_method)
        .layer(from_fn_with_state(Arc::clone(app), headers::secure))
        .layer(from_fn_with_state(Arc::clone(app), log))
        .with_state(Arc::clone(app))
}

/// One line per request: the route's pattern, never the path itself, which may hold ids or what
/// somebody typed; and never an address.
async fn log(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let stopwatch = Stopwatch::start();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    app.counters.requests.add(1);
    if status >= 500 {
        app.counters.requests_failed.add(1);
    }
    let route = route.as_ref().map_or("web", MatchedPath::as_str);
    let ms = u64::try_from(stopwatch.elapsed().as_millis()).unwrap_or(u64::MAX);
    if route.starts_with("/api/") {
        tracing::info!(%method, route, status, ms, "request");
    } else {
        tracing::debug!(%method, route, status, ms, "request");
    }
    response
}
