//! The demo shop on its own origin.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use hitmetrix_store::RecordingQuery;
use hitmetrix_store::settings::SiteChange;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::harness::TestServer;
use super::web::with_web_parts;
use crate::demo;

async fn get(server: &TestServer, path: &str) -> (StatusCode, String) {
    let request = Request::builder().uri(path).body(Body::empty()).unwrap();
    let response = demo::router(&Arc::clone(&server.app))
        .oneshot(request)
        .await
        .unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test]
async fn pages_carry_this_servers_origin_and_the_demo_sites_key() {
    let (server, _web) = with_web_parts().await;
    demo::make_site(&server.app).await.unwrap();
    let site = demo::site(&server.app).unwrap();
    assert!(site.site.demo && site.site.settings.count_automated);
    let (status, page) = get(&server, "/").await;
    assert_eq!(status, StatusCode::OK);
    let expected = format!(
        "<script src=\"http://127.0.0.1:8126/t.js\" data-key=\"{}\">",
        site.site.key
    );
    assert_eq!(page, expected);
}

#[tokio::test]
async fn product_has_a_page_and_what_is_unknown_the_error_page() {
    let (server, _web) = with_web_parts().await;
    demo::make_site(&server.app).await.unwrap();
    let cases = [
        ("/product/blue-mug", StatusCode::OK, "a product"),
        ("/cart", StatusCode::OK, "the cart"),
        ("/shop.css", StatusCode::OK, "body{}"),
        ("/product/blue/mug", StatusCode::NOT_FOUND, "nothing here"),
        ("/nowhere", StatusCode::NOT_FOUND, "nothing here"),
        ("/../secret.txt", StatusCode::NOT_FOUND, "nothing here"),
    ];
    for (path, status, page) in cases {
        assert_eq!(
            get(&server, path).await,
            (status, page.to_owned()),
            "{path}"
        );
    }
}

#[tokio::test]
async fn shop_goes_when_a_real_site_comes() {
    let (server, _web) = with_web_parts().await;
    demo::make_site(&server.app).await.unwrap();
    assert!(demo::is_wanted(&server.app));
    server.site("a real one").await;
    assert!(!demo::is_wanted(&server.app));
    assert_eq!(get(&server, "/").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn demo_site_is_made_once() {
    let (server, _web) = with_web_parts().await;
    demo::make_site(&server.app).await.unwrap();
    demo::make_site(&server.app).await.unwrap();
    assert_eq!(server.app.sites.all().len(), 1);
}

#[tokio::test]
async fn demo_site_is_filled_once_emptied_and_filled_again() {
    let (server, _web) = with_web_parts().await;
    demo::make_site(&server.app).await.unwrap();
    let site = demo::site(&server.app).unwrap().site.id;
    let first = demo::fill(&server.app, site, 1).await.unwrap();
    assert!(first.events > 60_000, "{} events", first.events);
    assert_eq!(first.duplicates, 0);
    let goals = async || server.app.settings().goals(site).await.unwrap();
    let made = goals().await;
    assert_eq!(made.len(), 3);
    let archived = server.app.settings().archive_goal(site, &made[0], Some(7));
    archived.await.unwrap();
    let again = demo::fill(&server.app, site, 1).await.unwrap();
    assert_eq!((again.events, again.duplicates), (0, first.events));
    assert!(first.recordings > 30, "{} recordings", first.recordings);
    assert_eq!(again.recordings, 0);
    let after: Vec<_> = goals().await.iter().map(|one| one.archived_at_ms).collect();
    assert_eq!(after, [Some(7), None, None], "an archived goal stays so");
    let path = format!("/api/v1/sites/{site}/demo-data");
    let owner = server.user("owner@example.org", true).await;
    let who = server.signed_in(owner).await;
    let noted = async || {
        let all = server.app.settings().annotations(site, (0, i64::MAX), 9);
        all.await.unwrap().len()
    };
    assert_eq!(noted().await, 2);
    let emptied = server.call(&who, Method::DELETE, &path, Value::Null).await;
    assert_eq!(emptied.status, StatusCode::NO_CONTENT);
    assert!(!server.app.store.sites_with_data().contains(&site));
    assert_eq!((goals().await, noted().await), (Vec::new(), 0));
    let back = demo::fill(&server.app, site, 1).await.unwrap();
    assert_eq!((back.events, back.duplicates), (first.events, 0));
    assert_eq!(back.recordings, first.recordings);
    let query = RecordingQuery {
        limit: 100,
        ..RecordingQuery::default()
    };
    let (all, _) = server.app.store.recordings(site, &query).await.unwrap();
    assert_eq!(all.len() as u64, back.recordings);
    assert!(
        all.iter()
            .all(|one| one.playable && one.chunks_missing == 0)
    );
    // A site that keeps recordings for three days is told none that would go at the next cleaning.
    let mut known = demo::site(&server.app).unwrap().site.clone();
    known.settings.recording_days = 3;
    let change = SiteChange {
        settings: Some(known.settings),
        ..SiteChange::default()
    };
    let settings = server.app.settings();
    settings.change_site(site, &change).await.unwrap();
    server.app.settings_changed().await.unwrap();
    server.call(&who, Method::DELETE, &path, Value::Null).await;
    let few = demo::fill(&server.app, site, 1).await.unwrap();
    assert_eq!(few.events, first.events, "events are kept for longer");
    assert!((1..20).contains(&few.recordings), "{}", few.recordings);
}

#[tokio::test]
async fn only_the_demo_site_takes_made_up_visits() {
    let (server, _web) = with_web_parts().await;
    let site = server.site("a real one").await;
    let path = format!("/api/v1/sites/{}/demo-data", site.id);
    let owner = server.user("owner@example.org", true).await;
    let who = server.signed_in(owner).await;
    for method in [Method::POST, Method::DELETE] {
        let answered = server.call(&who, method, &path, Value::Null).await;
        assert_eq!(answered.status, StatusCode::BAD_REQUEST);
        let problem = answered.json();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("not the demo site"), "{detail}");
    }
}
