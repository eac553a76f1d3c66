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
    for keyframe in Keyframes::new(lines, 0) {
        let mut again = Replica::new();
        for line in keyframe.lines.split(|byte| *byte == b'\n') {
            let line = std::str::from_utf8(line).expect("it is written from texts");
            again.apply(line).expect("it holds less than the page did");
        }
        let made = again.keyframe(keyframe.time_ms).expect("there is a page");
        assert!(keyframe.lines.ends_with(&made));
    }
}
