//! A site whose privacy mode is cookieless: whatever a tag says, nothing that is stored leads from one
//! day to the next.

use hitmetrix_model::Mode;
use hitmetrix_store::settings::SiteChange;

use super::*;
use crate::collect::signs::Sign;

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

/// Whether a visitor's id is anywhere in what the server has written, as bytes or as text.
async fn is_on_disk(server: Server, visitor: u128) -> bool {
    server.app.store.seal().await.unwrap();
    server.app.store.close().await.unwrap();
    let text = format!("{visitor:032x}").into_bytes();
    let forms = [
        visitor.to_be_bytes().to_vec(),
        visitor.to_le_bytes().to_vec(),
        text,
    ];
    files(server.folder.path()).iter().any(|bytes| {
        let has = |form: &Vec<u8>| bytes.windows(form.len()).any(|window| window == form);
        forms.iter().any(has)
    })
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
    let said = first.json["rejected"][0]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        said.contains("the site's privacy mode is cookieless"),
        "{said}"
    );
    let signs = server.app.collect.signs.of(server.site.id);
    assert!(signs.get(Sign::NameRefused).is_some());
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

    assert!(!is_on_disk(server, VISITOR).await);
}

#[tokio::test]
async fn visitor_of_a_persistent_site_is_found_on_the_disk() {
    const VISITOR: u128 = 0x5eed_1234_5678_9abc_def0_1122_3344_5566;
    let server = server(SiteSettings::default(), &[]).await;
    let tag = persistent(VISITOR, 0xfeed_1234_5678_9abc_def0_1122_3344_5577);
    server.events(1, &tag, 0..1).await;
    assert!(
        is_on_disk(server, VISITOR).await,
        "the search finds what is there"
    );
}

#[tokio::test]
async fn page_that_is_open_at_the_switch_leads_no_further_to_its_lasting_visitor() {
    const VISITOR: u128 = 0x5eed_1234_5678_9abc_def0_1122_3344_5566;
    const SESSION: u128 = 0xfeed_1234_5678_9abc_def0_1122_3344_5577;
    let server = server(SiteSettings::default(), &[]).await;
    let tag = persistent(VISITOR, SESSION);
    let before = server.events(1, &tag, 0..1).await;
    assert_eq!(before.json["session"], format!("{SESSION:032x}"));
    let settings = SiteSettings {
        mode: Mode::Cookieless,
        ..SiteSettings::default()
    };
    let change = SiteChange {
        settings: Some(settings),
        ..SiteChange::default()
    };
    let saved = server.app.settings();
    saved.change_site(server.site.id, &change).await.unwrap();
    server.app.settings_changed().await.unwrap();
    // The page has not heard of it and goes on as it was; its events are new ones.
    server.set_now(NOON + 60_000);
    let after = server.events(1, &tag, 1..2).await;
    assert_eq!(after.json["accepted"], 1, "{}", after.json);
    assert_ne!(after.json["session"], before.json["session"]);
    let chunk = server.send_chunk(server.chunk(1, 0, &tag, SNAPSHOT)).await;
    assert_eq!(chunk.json["session"], after.json["session"]);
    let mut stored = server.stored().await;
    stored.sort_by_key(|row| row.event.time_ms);
    let lasting: Vec<bool> = stored
        .iter()
        .map(|row| row.sender.visitor.0 == VISITOR)
        .collect();
    assert_eq!(lasting, [true, false]);
    assert_eq!(stored[1].sender.mode, Mode::Cookieless);
}

#[tokio::test]
async fn persistent_site_tells_its_pages_nothing_of_a_mode() {
    let server = server(SiteSettings::default(), &[]).await;
    let rules = Request::get("/c/publickey").body(Body::empty()).unwrap();
    assert_eq!(server.send(rules).await.json["mode"], Value::Null);
    server.events(1, &persistent(2, 3), 0..1).await;
    assert_eq!(server.stored().await[0].sender.visitor.0, 2);
}
