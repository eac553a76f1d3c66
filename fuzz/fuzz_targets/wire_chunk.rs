//! Recorder bodies of pages, and the sanitiser behind them.
#![no_main]

#[allow(dead_code, reason = "only the site is used here")]
mod accepted;

use std::sync::LazyLock;

use hitmetrix_ingest::{ClientHints, Facts, Lookups, Signals, recording, wire};
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
    if let Ok(chunk) = wire::chunk(body, &facts) {
        let _ = recording::sanitise(&chunk.bytes, chunk.shift_ms);
    }
});
