//! Imports of tables, cut into two runs anywhere. The first byte says how the table is read.
#![no_main]

mod accepted;

use std::sync::LazyLock;

use hitmetrix_ingest::Lookups;
use hitmetrix_ingest::access_log::ImportFacts;
use hitmetrix_ingest::csv::{Importer, Mapping, State};
use libfuzzer_sys::fuzz_target;

static LOOKUPS: LazyLock<Lookups> = LazyLock::new(Lookups::new);

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, file)) = bytes.split_first() else {
        return;
    };
    let site = accepted::site();
    let facts = ImportFacts {
        site: &site,
        secret: &[7; 32],
        received_at_ms: 1,
        lookups: &LOOKUPS,
    };
    let pair = |field: &str, given: &str| (field.to_owned(), given.to_owned());
    let mapping = Mapping {
        map: [pair("visitor", "#1"), pair("event", "#2")].into(),
        set: [pair("time", "2026-01-31")].into(),
        delimiter: ["auto", "comma", "tab", "space"][usize::from(choice % 4)].to_owned(),
        header: choice & 4 == 0,
        decimal_comma: choice & 8 == 0,
        ..Mapping::default()
    };
    let (first, second) = file.split_at(file.len() / 2);
    let Ok(mut importer) = Importer::new(facts, State::new(mapping)) else {
        return;
    };
    if importer.push(first).is_err() {
        return;
    }
    let mut imported = importer.take();
    let Ok(mut importer) = Importer::new(facts, importer.into_state()) else {
        return;
    };
    if importer.push(second).and_then(|()| importer.finish()).is_ok() {
        imported.batches.extend(importer.take().batches);
    }
    for event in imported.batches.iter().flat_map(|batch| &batch.events) {
        accepted::check(event);
    }
});
