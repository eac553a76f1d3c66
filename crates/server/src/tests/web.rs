//! The web parts: scripts for any site, the dashboard, compression and lifetimes.

use axum::http::{Method, StatusCode};
use serde_json::Value;
use tempfile::TempDir;

use super::harness::{TestServer, Who};

/// A server with web parts of our own making.
pub async fn with_web_parts() -> (TestServer, TempDir) {
    let web = TempDir::new().unwrap();
    let files = [
        ("t.js", "tracker"),
        ("t.js.br", "compressed tracker"),
        ("dashboard/index.html", "<!doctype html>dashboard"),
        ("dashboard/share.html", "<!doctype html>a recording"),
        ("dashboard/board.html", "<!doctype html>a board"),
        ("dashboard/assets/main-1a2b.js", "main"),
        ("dashboard/favicon.svg", "<svg/>"),
        (
            "demo-shop/index.html",
            "<script src=\"{{HITMETRIX_ORIGIN}}/t.js\" data-key=\"{{HITMETRIX_KEY}}\">",
        ),
        ("docs/index.html", "all documents"),
        ("docs/docs.css", "main{}"),
        ("docs/concepts/periods.html", "periods"),
        ("demo-shop/product.html", "a product"),
        ("demo-shop/cart.html", "the cart"),
        ("demo-shop/shop.css", "body{}"),
        ("demo-shop/error.html", "nothing here"),
        (
            "offline.html",
            "<!doctype html><main></main>{{HITMETRIX_RECORDING}}<script>play()</script>",
        ),
        ("secret.txt", "not reachable"),
    ];
    for (name, text) in files {
        let path = web.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let folder = web.path().display().to_string();
    (TestServer::with(&[("web", &folder)]).await, web)
}

#[tokio::test]
async fn tag_of_a_site_is_one_address_that_names_key_and_mode() {
    let server = TestServer::with(&[("public_url", "https://stats.example.org")]).await;
    let site = server.site("one").await;
    let plain = server.plain(&format!("/tag/{}.js", site.key), &[]).await;
    assert_eq!(plain.status, StatusCode::OK);
    assert_eq!(plain.header("access-control-allow-origin"), "*");
    assert_eq!(plain.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(plain.header("cache-control"), "public, max-age=300");
    let text = plain.text();
    assert!(
        text.contains("\"https://stats.example.org/t.js\""),
        "{text}"
    );
    assert!(
        text.contains(&format!("dataset.key=\"{}\"", site.key)),
        "{text}"
    );
    assert!(text.contains("dataset.mode=\"cookieless\""), "{text}");
    let path = format!("/tag/{}.js?mode=persistent", site.key);
    let persistent = server.plain(&path, &[]).await.text();
    assert!(
        persistent.contains("dataset.mode=\"persistent\""),
        "{persistent}"
    );
    // The site's privacy mode allows no more than it says.
    let mut settings = site.settings.clone();
    settings.mode = hitmetrix_model::Mode::Cookieless;
    let change = hitmetrix_store::settings::SiteChange {
        settings: Some(settings),
        ..Default::default()
    };
    let kept = server.app.settings().change_site(site.id, &change).await;
    kept.unwrap();
    server.app.settings_changed().await.unwrap();
    let capped = server.plain(&path, &[]).await.text();
    assert!(capped.contains("dataset.mode=\"cookieless\""), "{capped}");
    for unknown in ["/tag/nobody.js", "/tag/"] {
        let missing = server.plain(unknown, &[]).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[tokio::test]
async fn script_loads_on_any_site_and_is_fresh_soon() {
    let (server, _web) = with_web_parts().await;
    let plain = server.plain("/t.js", &[]).await;
    assert_eq!(plain.text(), "tracker");
    assert_eq!(plain.header("access-control-allow-origin"), "*");
    assert_eq!(plain.header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(plain.header("cache-control"), "public, max-age=300");
    assert_eq!(
        plain.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    let compressed = server
        .plain("/t.js", &[("accept-encoding", "gzip, br")])
        .await;
    assert_eq!(compressed.text(), "compressed tracker");
    assert_eq!(compressed.header("content-encoding"), "br");
    assert_eq!(compressed.header("vary"), "Accept-Encoding");
    assert_ne!(plain.header("etag"), compressed.header("etag"));
}

#[tokio::test]
async fn page_behind_a_link_is_for_no_index_and_tells_nobody() {
    let (server, _web) = with_web_parts().await;
    let page = server.plain("/share/0123456789abcdef", &[]).await;
    assert_eq!(page.text(), "<!doctype html>a recording");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.header("x-robots-tag").contains("noindex"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(policy.contains("script-src 'self';"), "{policy}");
}

#[tokio::test]
async fn unchanged_file_is_not_sent_again() {
    let (server, _web) = with_web_parts().await;
    let first = server.plain("/t.js", &[]).await;
    let again = server
        .plain("/t.js", &[("if-none-match", first.header("etag"))])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    let other = server
        .plain("/t.js", &[("if-none-match", "\"other\"")])
        .await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn unknown_page_is_the_dashboard_and_a_missing_file_is_missing() {
    let (server, _web) = with_web_parts().await;
    for page in ["/", "/welcome", "/sites/1/sessions?last=7d"] {
        let answered = server.plain(page, &[]).await;
        assert_eq!(answered.text(), "<!doctype html>dashboard", "{page}");
        assert_eq!(answered.header("cache-control"), "no-cache");
    }
    let asset = server.plain("/assets/main-1a2b.js", &[]).await;
    assert_eq!(
        asset.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    for missing in ["/assets/other.js", "/api/v1/nothing", "/api", "/r.map"] {
        let answered = server.plain(missing, &[]).await;
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{missing}");
        assert_eq!(
            answered.header("content-type"),
            "application/problem+json",
            "{missing}"
        );
    }
}

#[tokio::test]
async fn documentation_is_there_for_everybody_and_runs_nothing() {
    let (server, _web) = with_web_parts().await;
    for (path, text) in [
        ("/docs", "all documents"),
        ("/docs/concepts/periods", "periods"),
        ("/docs/concepts/periods/", "periods"),
        ("/docs/docs.css", "main{}"),
    ] {
        let answered = server.plain(path, &[]).await;
        assert_eq!(answered.text(), text, "{path}");
        let policy = answered.header("content-security-policy").to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"));
        assert!(!policy.contains("script"), "{policy}");
    }
    for missing in ["/docs/concepts/nothing", "/docs/../secret.txt", "/docs/"] {
        let answered = server.plain(missing, &[]).await;
        assert_ne!(answered.text(), "not reachable", "{missing}");
    }
    let missing = server.plain("/docs/concepts/nothing", &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_outside_the_folder_is_reached() {
    let (server, _web) = with_web_parts().await;
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/../../secret.txt",
        "//etc/passwd",
        "/.git",
    ] {
        let answered = server.plain(path, &[]).await;
        assert!(!answered.text().contains("not reachable"), "{path}");
        assert!(!answered.text().contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn missing_web_parts_are_named_with_the_way_out() {
    let empty = TempDir::new().unwrap();
    let server = TestServer::with(&[("web", &empty.path().display().to_string())]).await;
    for path in ["/", "/t.js"] {
        let answered = server.plain(path, &[]).await;
        assert_eq!(answered.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answered.text().contains("cargo xtask run"));
    }
}

#[tokio::test]
async fn wrong_method_and_unknown_route_are_problems() {
    let server = TestServer::new().await;
    let wrong = server
        .call(&Who::Nobody, Method::PUT, "/api/v1/me", Value::Null)
        .await;
    assert_eq!(wrong.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(wrong.code(), "method_not_allowed");
    let unknown = server
        .call(&Who::Nobody, Method::POST, "/anything", Value::Null)
        .await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
