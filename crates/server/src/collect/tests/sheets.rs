//! Style sheets that pages need not send again: told once five visitors sent them, put in where a
//! chunk names one, asked for where nobody has it.

use std::ops::RangeInclusive;

use hitmetrix_ingest::recording::SheetDigest;

use super::*;

/// The JSON of a style sheet that pages are told of.
fn sheet(colour: &str) -> String {
    format!("\"{}\"", format!("a{{color:{colour}}}").repeat(200))
}

fn digest(sheet: &str) -> String {
    SheetDigest::of(sheet.as_bytes()).digits()
}

fn named(sheet: &str) -> String {
    format!("{{\"sheet\":\"{}\"}}", digest(sheet))
}

/// A page with this as its sheet.
fn page(sheet: &str) -> String {
    format!(
        "{{\"type\":4,\"timestamp\":TIME,\"data\":{{\"href\":\"https://shop.example/\",\"width\":800,\"height\":600}}}}\n\
         {{\"type\":2,\"timestamp\":TIME,\"data\":{{\"node\":{{\"type\":0,\"id\":1,\"childNodes\":[{{\"type\":2,\"id\":2,\
         \"tagName\":\"style\",\"attributes\":{{\"_cssText\":{sheet}}},\"childNodes\":[]}}]}},\"initialOffset\":{{\"left\":0,\"top\":0}}}}}}\n"
    )
}

async fn told(server: &Server) -> Vec<String> {
    // Whoever asks for a sheet waits until all is known; rules do not.
    let site = server.site.id;
    server.app.store.sheets(site, &[].into()).await.unwrap();
    let mut get = Request::get("/c/publickey").body(Body::empty()).unwrap();
    let address = "203.0.113.7".parse::<IpAddr>().unwrap();
    get.extensions_mut().insert(Door::Network(address));
    let rules = server.send(get).await;
    assert_eq!(rules.status, StatusCode::OK);
    let sheets = rules.json.get("sheets").cloned().unwrap_or(json!([]));
    serde_json::from_value(sheets).unwrap()
}

/// A chunk of a visitor's only page load.
async fn send(server: &Server, visitor: u128, sequence: u32, lines: &str) -> Answer {
    let body = server.chunk(visitor, sequence, &persistent(visitor, visitor), lines);
    let answer = server.send_chunk(body).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    answer
}

async fn at_rest(server: &Server) {
    server.app.store.seal().await.unwrap();
    server.app.store.repack(server.site.id, 0).await.unwrap();
}

async fn stored(server: &Server, visitor: u128, sequence: u32) -> String {
    let span = hitmetrix_store::ChunkSpan {
        session: SessionId(visitor),
        window: hitmetrix_model::WindowId(visitor),
        sequence,
        last_sequence: sequence,
        keyframe: false,
    };
    let lines = server.app.store.chunk(server.site.id, span).await;
    String::from_utf8(lines.unwrap().unwrap()).unwrap()
}

/// A server to whose site five visitors have sent the red sheet.
async fn with_red_sheet() -> Server {
    let server = server(SiteSettings::default(), &[]).await;
    for visitor in 1..=5 {
        assert_eq!(told(&server).await, Vec::<String>::new());
        send(&server, visitor, 0, &page(&sheet("red"))).await;
        at_rest(&server).await;
    }
    server
}

#[tokio::test]
async fn a_sheet_that_five_visitors_sent_is_named_from_then_on() {
    let server = with_red_sheet().await;
    let red = sheet("red");
    assert_eq!(told(&server).await, [digest(&red)]);
    let answer = send(&server, 6, 0, &page(&named(&red))).await;
    assert_eq!(answer.json.get("sheets"), None);
    // What is stored is what it would be if the sheet had come, wherever it lies.
    for place in ["log", "pack", "segment"] {
        assert_eq!(
            stored(&server, 6, 0).await,
            stored(&server, 1, 0).await,
            "{place}"
        );
        match place {
            "log" => drop(server.app.store.seal().await.unwrap()),
            _ => drop(server.app.store.repack(server.site.id, 0).await.unwrap()),
        }
    }
    // Also where its recordings are the only ones that are left.
    remove(&server, 1..=5).await;
    assert!(stored(&server, 6, 0).await.contains(&red));
    assert_eq!(told(&server).await, [digest(&red)]);
    remove(&server, 6..=6).await;
    assert_eq!(told(&server).await, Vec::<String>::new());
}

/// Takes the recordings of these sessions away, and what only they had.
async fn remove(server: &Server, sessions: RangeInclusive<u128>) {
    let (store, site) = (&server.app.store, server.site.id);
    for session in sessions {
        store
            .remove_recording(site, SessionId(session))
            .await
            .unwrap();
    }
    store.tidy_recordings(site).await.unwrap();
}

#[tokio::test]
async fn a_sheet_that_nobody_has_is_asked_for_and_counted_once() {
    let server = with_red_sheet().await;
    // One visitor's own is nobody else's to name, nor theirs.
    send(&server, 1, 1, &page(&sheet("blue"))).await;
    at_rest(&server).await;
    let lost = || {
        let snapshot = server.app.store.snapshot(server.site.id).unwrap();
        snapshot.lost(0, i64::MAX)
    };
    for visitor in [6, 6, 1] {
        let answer = send(&server, visitor, 2, &page(&named(&sheet("blue")))).await;
        assert_eq!(answer.json["sheets"], json!([digest(&sheet("blue"))]));
    }
    assert_eq!(lost(), 2);
    assert_eq!(stored(&server, 6, 2).await, stored(&server, 1, 2).await);
    assert!(stored(&server, 6, 2).await.contains("\"_cssText\":\"\""));
    // In pieces too.
    let lines = page(&named(&sheet("blue"))).replace("TIME", &server.now().to_string());
    let (head, tail) = lines.split_at(100);
    for (index, part) in [head, tail].into_iter().enumerate() {
        let more = persistent(6, 6) + &format!(",\"piece\":[{index},2]");
        let answer = server.send_chunk(server.chunk(6, 3, &more, part)).await;
        let asked = answer.json.get("sheets").cloned();
        let expected = (index == 1).then(|| json!([digest(&sheet("blue"))]));
        assert_eq!(asked, expected);
    }
    assert_eq!(lost(), 3);
}

/// Bytes that a site's recordings may have in a day, from the next day on.
async fn allow(server: &Server, recording_bytes_a_day: usize) {
    let change = hitmetrix_store::settings::SiteChange {
        settings: Some(SiteSettings {
            recording_bytes_a_day: recording_bytes_a_day as u64,
            ..server.site.settings.clone()
        }),
        ..Default::default()
    };
    let saved = server.app.settings();
    saved.change_site(server.site.id, &change).await.unwrap();
    server.app.settings_changed().await.unwrap();
    server.set_now(server.now() + DAY_MS);
}

#[tokio::test]
async fn what_is_put_in_counts_as_much_as_if_it_had_come_packed() {
    let server = with_red_sheet().await;
    let red = sheet("red");
    let lines = page(&named(&red));
    let whole = |visitor| server.chunk(visitor, 0, &persistent(visitor, visitor), &lines);
    let cost = whole(6).len() + red.len().div_ceil(4);
    allow(&server, cost - 1).await;
    let over = server.send_chunk(whole(6)).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    allow(&server, cost).await;
    let answer = server.send_chunk(whole(6)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    let over = server.send_chunk(server.chunk(6, 1, "", SNAPSHOT)).await;
    assert_eq!(over.status, StatusCode::TOO_MANY_REQUESTS);
    // What is there already takes nothing for good.
    allow(&server, cost).await;
    for _ in 0..3 {
        let again = server.send_chunk(whole(6)).await;
        assert_eq!(again.status, StatusCode::OK, "{}", again.json);
    }
}

#[tokio::test]
async fn what_is_put_in_counts_once_the_pieces_are_there() {
    let server = with_red_sheet().await;
    let red = sheet("red");
    for (short, expected) in [(1, StatusCode::TOO_MANY_REQUESTS), (0, StatusCode::OK)] {
        // The pieces are of another day than what they are cut from: its digits are as many.
        let pieces = || {
            let lines = page(&named(&red)).replace("TIME", &server.now().to_string());
            let (head, tail) = lines.split_at(100);
            [head, tail]
                .into_iter()
                .enumerate()
                .map(|(index, part)| {
                    let more = persistent(6, 6) + &format!(",\"piece\":[{index},2]");
                    server.chunk(6, 3 + short, &more, part)
                })
                .collect::<Vec<_>>()
        };
        let wire: usize = pieces().iter().map(String::len).sum();
        allow(&server, wire + red.len().div_ceil(4) - short as usize).await;
        let mut status = StatusCode::OK;
        for piece in pieces() {
            assert_eq!(status, StatusCode::OK);
            status = server.send_chunk(piece).await.status;
        }
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn a_site_that_does_not_record_tells_of_no_sheets() {
    let server = with_red_sheet().await;
    let mut settings = server.site.settings.clone();
    settings.rules.record = false;
    let change = hitmetrix_store::settings::SiteChange {
        settings: Some(settings),
        ..Default::default()
    };
    let saved = server.app.settings();
    saved.change_site(server.site.id, &change).await.unwrap();
    server.app.settings_changed().await.unwrap();
    assert_eq!(told(&server).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_restart_forgets_no_sheet() {
    let server = with_red_sheet().await;
    let red = sheet("red");
    let server = server.restarted().await;
    let answer = send(&server, 6, 0, &page(&named(&red))).await;
    assert_eq!(answer.json.get("sheets"), None);
    assert!(stored(&server, 6, 0).await.contains(&red));
}
