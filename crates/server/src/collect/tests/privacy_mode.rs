//! A site whose privacy mode is cookieless: whatever a tag says, nothing that is stored leads from one
//! day to the next.

use hitmetrix_model::Mode;

use super::*;

/// Every file below the folder.
fn files(folder: &std::path::Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push(bytes);
        }
    }
    found
}

#[tokio::test]
async fn cookieless_site_keeps_no_lasting_visitor_of_a_persistent_tag() {
    const VISITOR: u128 = 0x5eed_1234_5678_9abc_def0_1122_3344_5566;
    const SESSION: u128 = 0xfeed_1234_5678_9abc_def0_1122_3344_5577;
    let settings = SiteSettings {
        mode: Mode::Cookieless,
        ..SiteSettings::default()
    };
    let server = server(settings, &[]).await;
    let rules = Request::get("/c/publickey").body(Body::empty()).unwrap();
    assert_eq!(server.send(rules).await.json["mode"], "cookieless");
    let tag = persistent(VISITOR, SESSION);
    let now = server.now();
    let identify = format!(
        "{{\"name\":\"identify\",\"sequence\":1,\"time_ms\":{now},\
         \"url\":\"https://shop.example/\",\"properties\":{{\"user\":\"u-17\"}}}}\n"
    );
    let body = server.body(1, &tag, 0..1) + &identify;
    let first = server
        .send(server.request("/e/", "203.0.113.7", &[], body))
        .await;
    assert_eq!(first.json["accepted"], 1, "{}", first.json);
    assert_eq!(first.json["rejected"][0]["code"], "identity_refused");
    // Recordings are the business of the site's rules.
    let chunk = server.send_chunk(server.chunk(1, 0, &tag, SNAPSHOT)).await;
    assert_eq!(chunk.status, StatusCode::OK, "{}", chunk.json);
    assert_eq!(chunk.json["session"], first.json["session"]);
    // The next day the same browser with the same cookie is somebody else.
    server.set_now(NOON + DAY_MS);
    let next = server.events(2, &tag, 0..1).await;
    assert_ne!(next.json["session"], first.json["session"]);
    let stored = server.stored().await;
    assert_eq!(stored.len(), 2);
    assert!(stored.iter().all(|row| row.sender.mode == Mode::Cookieless));
    assert_ne!(stored[0].sender.visitor, stored[1].sender.visitor);
    assert!(stored.iter().all(|row| row.sender.visitor.0 != VISITOR));

    server.app.store.seal().await.unwrap();
    server.app.store.close().await.unwrap();
    let text = format!("{VISITOR:032x}");
    for needle in [
        VISITOR.to_be_bytes().as_slice(),
        VISITOR.to_le_bytes().as_slice(),
        text.as_bytes(),
    ] {
        for bytes in files(server.folder.path()) {
            let is_there = bytes.windows(needle.len()).any(|window| window == needle);
            assert!(!is_there, "the visitor of the tag is on the disk");
        }
    }
}

#[tokio::test]
async fn persistent_site_tells_its_pages_nothing_of_a_mode() {
    let server = server(SiteSettings::default(), &[]).await;
    let rules = Request::get("/c/publickey").body(Body::empty()).unwrap();
    assert_eq!(server.send(rules).await.json["mode"], Value::Null);
    server.events(1, &persistent(2, 3), 0..1).await;
    assert_eq!(server.stored().await[0].sender.visitor.0, 2);
}
