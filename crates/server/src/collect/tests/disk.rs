//! What is taken when the disk has little room left.

use axum::http::StatusCode;
use hitmetrix_model::{SiteSettings, limits};

use super::{SNAPSHOT, persistent, server};
use crate::health::{Report, Word};

#[tokio::test]
async fn the_last_room_is_kept_for_events() {
    let server = server(SiteSettings::default(), &[]).await;
    let free = |disk_free_bytes| {
        server.app.health.set(Report {
            word: Word::Degraded,
            reasons: Vec::new(),
            disk_free_bytes,
            disk_total_bytes: 1 << 40,
            probed_at_ms: 0,
        })
    };
    free(limits::RECORDING_DISK_FREE_BYTES - 1);
    let chunk = server.chunk(1, 0, &persistent(2, 3), SNAPSHOT);
    let refused = server.send_chunk(chunk.clone()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    let detail = refused.json["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("134217728 bytes"), "{detail}");
    assert!(detail.contains("Send it again later"), "{detail}");
    let events = server.events(1, &persistent(2, 3), 0..1).await;
    assert_eq!(events.status, StatusCode::OK, "{}", events.json);
    // The same chunk is taken as soon as there is room again.
    free(limits::RECORDING_DISK_FREE_BYTES);
    let taken = server.send_chunk(chunk).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.json);
}
