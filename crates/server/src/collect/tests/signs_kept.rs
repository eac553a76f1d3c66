//! What the check of an installation goes by outlives the server.

use super::*;
use crate::collect::signs::Sign;

async fn started_again(server: Server, after_ms: i64) -> Server {
    crate::jobs::keep_signs(&server.app).await;
    server.set_now(server.now() + after_ms);
    server.restarted().await
}

#[tokio::test]
async fn signs_are_known_after_a_restart_and_gone_with_their_site() {
    let server = server(SiteSettings::default(), &[]).await;
    let first = server.events(1, "", 0..1).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    let foreign = server.request(
        "/e/",
        "203.0.113.7",
        &[("origin", "https://other.example")],
        server.body(2, "", 0..1),
    );
    assert_eq!(server.send(foreign).await.status, StatusCode::FORBIDDEN);
    let before = server.app.collect.signs.of(server.site.id);
    assert!(before.get(Sign::Counted).is_some());
    let server = started_again(server, 60_000).await;
    let signs = &server.app.collect.signs;
    let after = signs.of(server.site.id);
    for sign in [Sign::Counted, Sign::ForeignPage, Sign::Rules] {
        assert_eq!(after.get(sign), before.get(sign), "{sign:?}");
    }
    assert_eq!(after.get(Sign::ForeignPage).unwrap().word, "other.example");
    assert_eq!(after.unrecorded, before.unrecorded);
    assert_eq!((signs.since_ms, signs.resumed_ms), (NOON, NOON));
    // It was away for long: since then it cannot know of a silence.
    let server = started_again(server, 2 * 3_600_000).await;
    let signs = &server.app.collect.signs;
    assert_eq!(signs.since_ms, NOON);
    assert_eq!(signs.resumed_ms, server.now());
    let settings = server.app.settings();
    settings.remove_site(server.site.id).await.unwrap();
    assert_eq!(settings.signs().await.unwrap().1, []);
    // What was noted meanwhile is not written for a site that is gone.
    server.events(3, "", 0..1).await;
    crate::jobs::keep_signs(&server.app).await;
    assert_eq!(settings.signs().await.unwrap().1, []);
}
