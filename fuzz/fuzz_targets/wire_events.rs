//! Events bodies of pages.
#![no_main]

mod accepted;

use std::sync::LazyLock;

use hitmetrix_ingest::{ClientHints, Facts, Lookups, Signals, wire};
use libfuzzer_sys::fuzz_target;

static LOOKUPS: LazyLock<Lookups> = LazyLock::new(Lookups::new);

fuzz_target!(|body: &[u8]| {
    let site = accepted::site();
    let facts = Facts {
        site: &site,
        received_at_ms: 1_800_000_000_000,
        user_agent: "",
        hints: ClientHints::default(),
        accept_language: "",
        country: "",
        signals: Signals::default(),
        identify_key: Some(b"key"),
        own: false,
        lookups: &LOOKUPS,
    };
    if let Ok(inbound) = wire::events(body, &facts) {
        inbound.events.iter().for_each(accepted::check);
    }
});
