//! Events made up for tests.

use hitmetrix_model::{
    Context, Event, Mode, Origin, Page, PersonKey, Properties, Sender, SessionId, Value, VisitorId,
    WindowId,
};

use crate::StoredEvent;

/// Monday, 5 January 2026, 00:00 UTC: the first moment of a period.
pub(crate) const MONDAY_MS: i64 = 1_767_571_200_000;

/// One page view of a visitor that nobody identified.
pub(crate) fn event(visitor: u128, time_ms: i64, window: u128, sequence: u32) -> StoredEvent {
    StoredEvent {
        received_at_ms: time_ms + 20,
        origin: Origin::Browser,
        person: PersonKey(visitor),
        sender: Sender {
            visitor: VisitorId(visitor),
            session: SessionId(visitor * 1000 + window),
            window: WindowId(window),
            mode: Mode::Persistent,
            context: Context {
                country: ["DE", "AT", "", "FR"][(visitor % 4) as usize].to_owned(),
                browser: "Firefox".to_owned(),
                screen_px: [1440, 900],
                ..Context::default()
            },
        },
        event: Event {
            sender: 0,
            name: if sequence % 3 == 2 {
                "page_leave"
            } else {
                "pageview"
            }
            .to_owned(),
            time_ms,
            sequence,
            external: None,
            page: Page {
                host: "shop.example".to_owned(),
                path: format!("/p/{}", (visitor + u128::from(sequence)) % 7),
                query: String::new(),
                title: "Größe & Maß".to_owned(),
            },
            referrer_host: String::new(),
            referrer_path: String::new(),
            channel: if sequence == 0 { "Direct" } else { "" }.to_owned(),
            source: String::new(),
            medium: String::new(),
            campaign: String::new(),
            term: String::new(),
            content: String::new(),
            unverified: false,
            cut: false,
            properties: if sequence % 3 == 2 {
                Properties::from([("engaged_ms".to_owned(), Value::Number(1500.0))])
            } else {
                Properties::new()
            },
        },
    }
}
