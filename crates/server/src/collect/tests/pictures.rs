//! Pictures that pages name: who has to send them, and where they come into the lines.

use axum::http::StatusCode;
use hitmetrix_model::{SessionId, SiteSettings};
use hitmetrix_store::ChunkSpan;

use super::{SNAPSHOT, server};

/// What names `picture(200)` and `picture(1500)`: the first half of the SHA-256 of their text.
const SHORT: &str = "de35bd5ec5dbf26bde635d8b49bceb5c";
const LONG: &str = "dd8f4396a382fa2f6fef2403c645a0e9";

/// A file that begins as PNG files do.
fn picture(length: usize) -> String {
    format!("iVBORw0KGgoA{}", "AAAA".repeat(length))
}

fn line(member: &str, value: &str) -> String {
    format!(
        "{{\"type\":5,\"timestamp\":TIME,\"data\":{{\"tag\":\"hm-asset\",\"payload\":\
         {{\"href\":\"https://shop.example/~1\",\"type\":\"image/png\",\"{member}\":\"{value}\"}}}}}}\n"
    )
}

#[tokio::test]
async fn only_pictures_that_the_server_does_not_have_are_asked_for() {
    let server = server(SiteSettings::default(), &[]).await;
    let data = picture(200);
    let known = SHORT;
    let unknown = "f".repeat(32);
    let named = line("digest", known) + &line("digest", &unknown);
    let sent = SNAPSHOT.to_owned() + &line("data", &data);
    let first = server.send_chunk(server.chunk(1, 0, "", &named)).await;
    let wanted = first.json["wanted"].as_array().map_or(0, Vec::len);
    assert_eq!(
        (first.status, wanted),
        (StatusCode::OK, 2),
        "{}",
        first.json
    );
    let second = server.send_chunk(server.chunk(1, 1, "", &sent)).await;
    assert_eq!(
        (second.status, second.json.get("wanted")),
        (StatusCode::OK, None)
    );
    server.app.store.seal().await.unwrap();
    server.app.store.repack(server.site.id, 0).await.unwrap();
    let third = server.send_chunk(server.chunk(1, 2, "", &named)).await;
    assert_eq!(
        third.json["wanted"],
        serde_json::json!([unknown]),
        "{}",
        third.json
    );
    // In pieces too.
    let named = named.replace("TIME", &server.now().to_string());
    let (head, tail) = named.split_at(100);
    let piece = |index: u32, bytes: &str| {
        let body = server.chunk(1, 3, &format!(",\"piece\":[{index},2]"), bytes);
        server.send_chunk(body)
    };
    assert_eq!(piece(0, head).await.json.get("wanted"), None);
    assert_eq!(
        piece(1, tail).await.json["wanted"],
        serde_json::json!([unknown])
    );
}

#[tokio::test]
async fn what_a_session_sent_is_put_in_where_it_is_named() {
    let server = server(SiteSettings::default(), &[]).await;
    let text = picture(200);
    let (sent, named) = (line("data", &text), line("digest", SHORT));
    let first = server
        .send_chunk(server.chunk(1, 0, "", &(SNAPSHOT.to_owned() + &sent)))
        .await;
    let session: SessionId = first.json["session"].as_str().unwrap().parse().unwrap();
    let second = server.send_chunk(server.chunk(1, 1, "", &named)).await;
    assert_eq!(
        (second.status, second.json.get("wanted")),
        (StatusCode::OK, None),
        "{}",
        second.json
    );
    let window = server
        .app
        .store
        .recording(server.site.id, session)
        .await
        .unwrap()
        .unwrap()
        .1[0]
        .window;
    let span = ChunkSpan {
        session,
        window,
        sequence: 1,
        last_sequence: 1,
        keyframe: false,
    };
    let lines = server.app.store.chunk(server.site.id, span).await.unwrap();
    assert!(String::from_utf8(lines.unwrap()).unwrap().contains(&text));
    // Sent once more: nobody knows whether it was put in the first time.
    let again = server.send_chunk(server.chunk(1, 1, "", &named)).await;
    assert_eq!(again.json["wanted"].as_array().map(Vec::len), Some(1));
    // What a repeated chunk says it brings is not there.
    let other = line("data", &picture(1500));
    let lie = server.send_chunk(server.chunk(1, 1, "", &other)).await;
    assert_eq!(lie.status, StatusCode::OK, "{}", lie.json);
    let named = line("digest", LONG);
    let third = server.send_chunk(server.chunk(1, 2, "", &named)).await;
    assert_eq!(third.json["wanted"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_picture_beyond_the_quota_stays_named_and_its_chunk_is_kept() {
    let settings = SiteSettings {
        recording_bytes_a_day: 10_000,
        ..SiteSettings::default()
    };
    let server = server(settings, &[]).await;
    let (sent, named) = (line("data", &picture(1500)), line("digest", LONG));
    let first = server
        .send_chunk(server.chunk(1, 0, "", &(SNAPSHOT.to_owned() + &sent)))
        .await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    let second = server.send_chunk(server.chunk(1, 1, "", &named)).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.json);
    assert_eq!(second.json["wanted"].as_array().map(Vec::len), Some(1));
}
