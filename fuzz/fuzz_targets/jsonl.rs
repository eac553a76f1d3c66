//! Imports of JSON lines, cut into two runs in the middle.
#![no_main]

mod accepted;

use std::sync::LazyLock;

use hitmetrix_ingest::Lookups;
use hitmetrix_ingest::access_log::ImportFacts;
use hitmetrix_ingest::jsonl::{Importer, State};
use libfuzzer_sys::fuzz_target;

static LOOKUPS: LazyLock<Lookups> = LazyLock::new(Lookups::new);

fuzz_target!(|file: &[u8]| {
    let site = accepted::site();
    let facts = ImportFacts {
        site: &site,
        secret: &[7; 32],
        received_at_ms: 1,
        lookups: &LOOKUPS,
    };
    let lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
    let (first, second) = lines.split_at(lines.len() / 2);
    let mut importer = Importer::new(facts, State::default());
    first.iter().for_each(|line| importer.push(line));
    let mut imported = importer.take();
    let mut importer = Importer::new(facts, importer.state());
    second.iter().for_each(|line| importer.push(line));
    imported.batches.extend(importer.take().batches);
    for event in imported.batches.iter().flat_map(|batch| &batch.events) {
        accepted::check(event);
    }
});
