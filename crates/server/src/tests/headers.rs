//! Security headers, on every route and on the web parts.

use axum::http::Method;
use serde_json::Value;

use super::harness::{TestServer, Who, nonsense};
use super::web::with_web_parts;
use crate::api::routes;

#[tokio::test]
async fn every_route_has_the_security_headers() {
    let server = TestServer::new().await;
    let site = server.site("one").await;
    for route in routes::all() {
        let path = route.path.replace("{site}", &site.id.to_string());
        for who in [Who::Nobody, Who::Control] {
            let body = if route.method == Method::GET {
                Value::Null
            } else {
                nonsense()
            };
            let answered = server.call(&who, route.method.clone(), &path, body).await;
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answered.header(name), value, "{path}");
            }
            let policy = answered.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert!(
                policy.contains("frame-ancestors 'none'"),
                "{path}: {policy}"
            );
            assert_eq!(answered.header("access-control-allow-origin"), "", "{path}");
        }
    }
}

#[tokio::test]
async fn players_frame_runs_nothing_and_fetches_nothing() {
    let server = TestServer::new().await;
    let answered = server.plain("/player-frame", &[]).await;
    assert_eq!(
        answered.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; \
         font-src data: blob:; media-src blob:; form-action 'none'; base-uri 'none'; \
         frame-ancestors 'self'"
    );
    assert!(!answered.text().contains("<script"));
}

#[tokio::test]
async fn dashboard_runs_its_own_files_only() {
    let (server, _web) = with_web_parts().await;
    let answered = server.plain("/sites/1/overview", &[]).await;
    let policy = answered.header("content-security-policy");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-eval"), "{policy}");
    assert!(
        !policy.contains("script-src 'self' 'unsafe-inline'"),
        "{policy}"
    );
}

#[tokio::test]
async fn https_makes_transport_strict() {
    let plain = TestServer::new().await;
    assert_eq!(
        plain
            .plain("/healthz", &[])
            .await
            .header("strict-transport-security"),
        ""
    );
    let https = TestServer::with(&[("public_url", "https://stats.example.org")]).await;
    let answered = https.plain("/healthz", &[]).await;
    assert!(
        answered
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}
