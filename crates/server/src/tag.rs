//! `GET /tag/{key}.js`: the site's tag as one address, for tag managers, site builders and frameworks
//! that drop the attributes of a script, run it late, or run it as a module. It is a few bytes that
//! put the ordinary tag, with its attributes, into the page; `?mode=` chooses the mode.

use axum::body::Body;
use axum::http::{HeaderValue, Response, Uri, header};
use axum::response::IntoResponse;
use hitmetrix_model::Mode;

use crate::app::App;
use crate::problem::Problem;

/// Modes that an address may name; any other one is the first, as on the tag itself.
const MODES: [&str; 3] = ["cookieless", "persistent", "none"];

/// The script behind an address, for a key that is known.
#[must_use]
pub fn serve(app: &App, name: &str, uri: &Uri) -> Response<Body> {
    let known = name
        .strip_suffix(".js")
        .and_then(|key| app.sites.by_key(key));
    let Some(known) = known else {
        return Problem::not_found("site with this key; copy the address from its Get code")
            .into_response();
    };
    let mode = match (mode_of(uri), known.site.settings.mode) {
        // The site's privacy mode allows no more.
        ("persistent", Mode::Cookieless) => "cookieless",
        (asked, _) => asked,
    };
    app.collect.signs.tagged(app, known.site.id, mode);
    let text = script(&app.config.origin(), &known.site.key, mode);
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
        // Any site's page may load it, as a module too.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    let mut response = (headers, text).into_response();
    response.headers_mut().insert(
        "cross-origin-resource-policy",
        HeaderValue::from_static("cross-origin"),
    );
    response
}

fn mode_of(uri: &Uri) -> &'static str {
    let asked = uri.query().unwrap_or_default().split('&');
    let asked = asked
        .filter_map(|pair| pair.strip_prefix("mode="))
        .next_back();
    MODES
        .into_iter()
        .find(|mode| Some(*mode) == asked)
        .unwrap_or(MODES[0])
}

/// Puts the tag into the page once, with the nonce that this script itself came with.
fn script(origin: &str, key: &str, mode: &str) -> String {
    let text = |value: &str| serde_json::Value::from(value).to_string();
    let (src, key, mode) = (text(&format!("{origin}/t.js")), text(key), text(mode));
    format!(
        "(()=>{{if(window.hitmetrix&&window.hitmetrix.track)return;\
         const own=document.currentScript,tag=document.createElement(\"script\");\
         tag.src={src};tag.dataset.key={key};tag.dataset.mode={mode};\
         tag.referrerPolicy=\"origin\";if(own&&own.nonce)tag.nonce=own.nonce;\
         (document.head||document.documentElement).append(tag)}})();\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_is_one_of_the_three_and_the_careful_one_else() {
        let cases = [
            ("/tag/k.js", "cookieless"),
            ("/tag/k.js?mode=persistent", "persistent"),
            ("/tag/k.js?x=1&mode=none", "none"),
            ("/tag/k.js?mode=%22);alert(1)//", "cookieless"),
            ("/tag/k.js?mode=", "cookieless"),
        ];
        for (uri, mode) in cases {
            assert_eq!(mode_of(&uri.parse().unwrap()), mode, "{uri}");
        }
    }
}
