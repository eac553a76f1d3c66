//! The web parts: the scripts that sites load, the dashboard, the player's frame. Built in, or
//! read from the folder of `--web`; served compressed where the browser takes it, with an ETag
//! and a lifetime that fits.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use axum::response::IntoResponse;

use crate::app::App;
use crate::collect::signs::Script;
use crate::headers;
use crate::problem::{self, Code, Problem};
use crate::tag;

#[derive(rust_embed::Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Built;

/// Scripts that any site's pages load.
const SCRIPTS: [&str; 9] = [
    "t.js",
    "x.js",
    "r.js",
    "r-logs.js",
    "r-assets.js",
    "r-canvas.js",
    "v.js",
    "f.js",
    "i.js",
];
/// A site's pages ask again for the scripts after five minutes, so that an upgrade spreads soon.
const SOON: &str = "public, max-age=300";
/// Files whose names carry their hash never change.
const FOREVER: &str = "public, max-age=31536000, immutable";
const ASK_EACH_TIME: &str = "no-cache";

/// The page behind a link to a recording.
const SHARE_PAGE: &str = "dashboard/share.html";
/// The page behind a link to a board.
const BOARD_PAGE: &str = "dashboard/board.html";

const PLAYER_FRAME: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
     <title>Recording</title></head><body></body></html>\n";

/// What stands in place of the dashboard while it is not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
     <title>Hitmetrix</title></head><body><h1>The web parts are not built</h1><p>Run \
     <code>cargo xtask run</code> in the checkout: it builds them and starts the server. The API \
     and the collection of events work meanwhile.</p></body></html>\n";

/// A file of the web parts.
pub type File = Cow<'static, [u8]>;

/// The file at this path below the web parts' folder.
#[must_use]
pub fn find(app: &App, path: &str) -> Option<File> {
    let is_plain = path.split('/').all(|part| {
        !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0', ':'])
    });
    if !is_plain {
        return None;
    }
    match &app.config.web {
        Some(folder) => std::fs::read(Path::new(folder).join(path))
            .ok()
            .map(Cow::Owned),
        None => Built::get(path).map(|file| file.data),
    }
}

/// Everything that is no route of the API: files for GET, a problem for all else.
pub async fn serve(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return Problem::not_found("route; see /api/v1/openapi.json").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::not_found("route").into_response();
    }
    let wanted = path.trim_start_matches('/');
    match wanted {
        "player-frame" => player_frame(),
        "reference/errors.md" => plain(problem::reference()),
        "reference/config.md" => plain(crate::config::reference()),
        _ if wanted.starts_with("share/board/") => {
            shared_page(&app, (BOARD_PAGE, request.headers()), headers::DASHBOARD)
        }
        _ if wanted.starts_with("share/") => {
            shared_page(&app, (SHARE_PAGE, request.headers()), headers::DASHBOARD)
        }
        _ if wanted.starts_with("embed/board/") => embed(&app, wanted, request.headers()).await,
        "docs" | "docs/" => document(&app, "docs/index.html", request.headers()),
        _ if wanted.starts_with("docs/") => document(&app, wanted, request.headers()),
        _ if wanted.starts_with("tag/") => tag::serve(&app, &wanted["tag/".len()..], request.uri()),
        _ if SCRIPTS.contains(&wanted) => script(&app, wanted, request.headers()),
        _ => dashboard(&app, wanted, request.headers()),
    }
}

fn script(app: &App, name: &str, headers: &HeaderMap) -> Response<Body> {
    let Some(mut response) = file(
        app,
        &Wanted {
            path: name,
            headers,
            cache: SOON,
        },
    ) else {
        return not_built();
    };
    let loaded = match name {
        "t.js" => Some(Script::Tracker),
        "r.js" => Some(Script::Recorder),
        _ => None,
    };
    if let Some(loaded) = loaded {
        app.collect.signs.loaded(app, loaded, headers);
    }
    let answer = response.headers_mut();
    // Any site's page may load it, as a module too.
    answer.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    answer.insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
    response
}

/// A page of the documentation, or a file that it needs; for everybody, as the program is.
fn document(app: &App, wanted: &str, asked: &HeaderMap) -> Response<Body> {
    let is_page = !wanted.ends_with(".css") && !wanted.ends_with(".webp");
    let wanted = wanted.trim_end_matches('/');
    let path = match is_page && !wanted.ends_with(".html") {
        true => format!("{wanted}.html"),
        false => wanted.to_owned(),
    };
    let found = Wanted {
        path: &path,
        headers: asked,
        cache: ASK_EACH_TIME,
    };
    let Some(mut response) = file(app, &found) else {
        return Problem::not_found("page of the documentation; all of them stand under /docs")
            .into_response();
    };
    let policy = HeaderValue::from_static(headers::DOCS);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn dashboard(app: &App, wanted: &str, headers: &HeaderMap) -> Response<Body> {
    let cache = if wanted.starts_with("assets/") {
        FOREVER
    } else {
        ASK_EACH_TIME
    };
    if !wanted.is_empty() && wanted != "index.html" {
        let path = format!("dashboard/{wanted}");
        if let Some(response) = file(
            app,
            &Wanted {
                path: &path,
                headers,
                cache,
            },
        ) {
            return response;
        }
        // A missing file is missing; a page in its place would only confuse.
        if wanted
            .rsplit('/')
            .next()
            .is_some_and(|name| name.contains('.'))
        {
            return Problem::not_found("file").into_response();
        }
    }
    let index = Wanted {
        path: "dashboard/index.html",
        headers,
        cache: ASK_EACH_TIME,
    };
    let Some(mut response) = file(app, &index) else {
        return not_built();
    };
    response.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(headers::DASHBOARD),
    );
    response
}

/// The page behind a link to a board, in a frame: the one page that pages of others may frame, and
/// only those that the link names. It sets and reads no cookie.
async fn embed(app: &App, wanted: &str, asked: &HeaderMap) -> Response<Body> {
    let id = wanted.strip_prefix("embed/board/").unwrap_or_default();
    let id = id.strip_suffix('/').unwrap_or(id);
    let found = match app.settings().board_share(id).await {
        Ok(found) => found.map(|known| known.share),
        Err(error) => return Problem::from(error).into_response(),
    };
    let origins = found
        .filter(|share| share.revoked_at_ms.is_none() && app.now_ms() < share.ends_at_ms)
        .map_or_else(Vec::new, |share| share.origins);
    let policy = headers::framed_by(&origins);
    let mut response = shared_page(app, (BOARD_PAGE, asked), &policy);
    // A kept copy would keep the policy of a link that was revoked since.
    let cache = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    response
}

/// The page behind a link: for whoever has it, and for no index. The link's secret stands behind the
/// `#`, which no browser sends.
fn shared_page(app: &App, (path, asked): (&str, &HeaderMap), policy: &str) -> Response<Body> {
    let page = Wanted {
        path,
        headers: asked,
        cache: ASK_EACH_TIME,
    };
    let Some(mut response) = file(app, &page) else {
        return not_built();
    };
    let Ok(policy) = HeaderValue::from_str(policy) else {
        return Problem::internal("a policy has other characters than a header may")
            .into_response();
    };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_SECURITY_POLICY, policy);
    answer.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    answer.insert(
        "x-robots-tag",
        HeaderValue::from_static("noindex, nofollow, noarchive"),
    );
    response
}

fn player_frame() -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, headers::PLAYER_FRAME),
        (header::CACHE_CONTROL, ASK_EACH_TIME),
    ];
    (headers, PLAYER_FRAME).into_response()
}

fn plain(text: String) -> Response<Body> {
    (
        [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")],
        text,
    )
        .into_response()
}

fn not_built() -> Response<Body> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response()
}

/// A file as one request wants it.
struct Wanted<'a> {
    path: &'a str,
    headers: &'a HeaderMap,
    cache: &'static str,
}

fn file(app: &App, wanted: &Wanted<'_>) -> Option<Response<Body>> {
    let plain = find(app, wanted.path)?;
    let compressed = accepts_brotli(wanted.headers)
        .then(|| find(app, &format!("{}.br", wanted.path)))
        .flatten();
    let is_compressed = compressed.is_some();
    let bytes = compressed.unwrap_or(plain);
    let tag = format!("\"{}\"", &blake3::hash(&bytes).to_hex()[..32]);
    let known = wanted
        .headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .any(|known| known.trim().trim_start_matches("W/") == tag)
        });
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(bytes.into_owned()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(wanted.cache),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    if !known {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(media_type(wanted.path)),
        );
        if is_compressed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
    }
    Some(response)
}

/// The media type of a file, by the end of its name.
#[must_use]
pub fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn accepts_brotli(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let refused = |part: &str| part.replace(' ', "").trim_end_matches(['0', '.']) == "q=";
            parts.next() == Some("br") && !parts.any(refused)
        })
}

/// A method that a path does not have.
pub async fn wrong_method() -> Problem {
    Problem::new(
        Code::MethodNotAllowed,
        "see /api/v1/openapi.json for the methods of each path",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brotli_is_taken_only_where_it_is_accepted() {
        let cases = [
            ("gzip, deflate, br, zstd", true),
            ("br;q=0.5", true),
            ("br;q=0", false),
            ("br; q=0.0", false),
            ("gzip", false),
            ("", false),
        ];
        for (value, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            assert_eq!(accepts_brotli(&headers), expected, "{value}");
        }
    }
}
