//! Recorder events of strangers, raw and as the sanitiser lets them through, followed to keyframes;
//! a keyframe must lead to the state that it was made of.
#![no_main]

use hitmetrix_ingest::recording;
use hitmetrix_recording::replica::{Keyframes, Replica};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|lines: &[u8]| {
    follow(lines);
    if let Ok(sanitised) = recording::sanitise(lines, 0) {
        follow(&sanitised.lines);
    }
});

fn follow(lines: &[u8]) {
    Keyframes::default().before(&[lines.to_vec()]);
    let mut replica = Replica::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line) else {
            continue;
        };
        let _ = replica.apply(line);
        let Some(keyframe) = replica.keyframe(0) else {
            continue;
        };
        let mut again = Replica::new();
        for line in keyframe.split(|byte| *byte == b'\n') {
            let line = std::str::from_utf8(line).expect("it is written from texts");
            again.apply(line).expect("it holds less than the page did");
        }
        assert_eq!(again.keyframe(0), Some(keyframe));
    }
}
