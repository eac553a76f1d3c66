//! A page that did not hear of an answer sends the same again: nothing is counted twice for that.

use super::*;

#[tokio::test]
async fn chunk_that_is_sent_again_takes_nothing_more_of_the_quota() {
    let chunk_bytes = {
        let server = server(SiteSettings::default(), &[]).await;
        server.chunk(1, 0, "", SNAPSHOT).len() as u64
    };
    let settings = SiteSettings {
        recording_bytes_a_day: 3 * chunk_bytes,
        ..SiteSettings::default()
    };
    let server = server(settings, &[]).await;
    for _ in 0..5 {
        let answer = server.send_chunk(server.chunk(1, 0, "", SNAPSHOT)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    }
    for sequence in 1..3 {
        let chunk = server.chunk(1, sequence, "", SNAPSHOT);
        assert_eq!(server.send_chunk(chunk).await.status, StatusCode::OK);
    }
    let over = server.send_chunk(server.chunk(1, 3, "", SNAPSHOT)).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_a_recorder_lost_is_told_once_however_often_its_chunk_is_sent() {
    let server = server(SiteSettings::default(), &[]).await;
    let lost = || {
        let snapshot = server.app.store.snapshot(server.site.id).unwrap();
        snapshot.lost(0, i64::MAX)
    };
    for _ in 0..3 {
        let chunk = server.chunk(1, 0, ",\"lost\":3", SNAPSHOT);
        let answer = server.send_chunk(chunk).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        assert_eq!(lost(), 3);
    }
    assert_eq!(server.app.counters.events_lost.get(), 3);
}

#[tokio::test]
async fn chunk_that_cannot_be_stored_takes_no_quota_and_tells_no_loss() {
    let settings = SiteSettings {
        recording_bytes_a_day: 1_000,
        ..SiteSettings::default()
    };
    let server = server(settings, &[]).await;
    // Nothing can be written any more.
    server.app.store.close().await.unwrap();
    for _ in 0..10 {
        let chunk = server.chunk(1, 0, ",\"lost\":3", SNAPSHOT);
        let answer = server.send_chunk(chunk).await;
        assert_eq!(
            answer.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            answer.json
        );
    }
    assert_eq!(server.app.counters.events_lost.get(), 0);
}

#[tokio::test]
async fn refused_row_is_told_once_however_often_its_batch_is_sent() {
    let server = server(SiteSettings::default(), &[]).await;
    let old_ms = server.now() - 8 * DAY_MS;
    let old = format!(
        "{{\"name\":\"pageview\",\"sequence\":9,\"time_ms\":{old_ms},\"url\":\"https://shop.example/\"}}\n"
    );
    let send = async |window, lines: &str| {
        let body = server.body(window, "", 0..1) + lines;
        let request = server.request("/e/", "203.0.113.7", &[], body);
        server.send(request).await
    };
    for _ in 0..3 {
        // The envelope is written anew at each attempt.
        server.set_now(server.now() + 1_000);
        let now = NOON;
        let event = format!(
            "{{\"name\":\"pageview\",\"sequence\":0,\"time_ms\":{now},\"url\":\"https://shop.example/\"}}\n"
        );
        let body = server.body(1, "", 0..0) + &event + "nonsense\n" + &old;
        let request = server.request("/e/", "203.0.113.7", &[], body);
        let answer = server.send(request).await;
        assert_eq!(answer.json["rejected"].as_array().unwrap().len(), 2);
    }
    let told = || {
        let held = server.app.collect.losses.held().into_iter();
        held.map(|row| (row.reason, row.count)).collect::<Vec<_>>()
    };
    assert_eq!(told(), [("bad_json".to_owned(), 1)]);
    let snapshot = server.app.store.snapshot(server.site.id).unwrap();
    assert_eq!(
        snapshot.lost(0, i64::MAX),
        1,
        "what was too old is lost once"
    );
    // The same mistake of another page load, or of other lines, is another one.
    send(2, "nonsense\n").await;
    send(1, "nonsense too\n").await;
    assert_eq!(told(), [("bad_json".to_owned(), 3)]);
}
