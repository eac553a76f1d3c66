//! Recordings at rest: packed bytes that somebody spoiled or made up, and lines of every kind on
//! the way there and back.
#![no_main]

use std::sync::Arc;

use hitmetrix_recording::{base, pack, put_assets, take_assets, unpack};
use libfuzzer_sys::fuzz_target;

const BYTES_MAX: usize = 1 << 16;

fuzz_target!(|input: (Option<&[u8]>, &[u8])| {
    let (given, bytes) = input;
    if let Ok(lines) = unpack(bytes, given, BYTES_MAX) {
        assert!(lines.len() <= BYTES_MAX);
    }
    let packed = pack(bytes, given).expect("any lines can be packed");
    assert_eq!(unpack(&packed, given, bytes.len()).expect("they come back"), bytes);
    let taken = take_assets(bytes, &[7; 32]).expect("any lines can be read");
    let mut lookup = |id| {
        let asset = taken.assets.iter().find(|asset| asset.id == id);
        asset.map(|asset| Arc::from(asset.bytes.as_slice()))
    };
    let (back, lost) = put_assets(&taken.lines, &mut lookup).expect("any lines can be read");
    assert_eq!(lost, 0);
    // What is put back once loses and gains nothing when it goes there once more.
    let again = take_assets(&back, &[7; 32]).expect("any lines can be read");
    assert_eq!(again.assets, taken.assets);
    let visits: Vec<&[u8]> = bytes.split(|byte| *byte == 0).collect();
    let _ = base(&visits);
});
