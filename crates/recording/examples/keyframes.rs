//! Prints keyframes of a file with the recorder events of one window, one JSON object a line, for
//! trials of the player: `keyframes FILE EVERY_MS` as a repack makes them, `keyframes FILE --before
//! LINE,LINE,…` the state before each of these lines, counted from 0; as many as there are lines is
//! the state at the end.

use std::error::Error;
use std::io::Write as _;

use hitmetrix_recording::replica::{Keyframe, Replica, keyframes};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let all = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [file, "--before", list] => {
            let wanted: Result<Vec<usize>, _> = list.split(',').map(str::parse).collect();
            before(&std::fs::read_to_string(file)?, &wanted?)?
        }
        [file, every_ms] => keyframes(&std::fs::read(file)?, every_ms.parse()?)?,
        _ => return Err("usage: keyframes FILE EVERY_MS | FILE --before LINE,LINE".into()),
    };
    let mut out = std::io::stdout().lock();
    for keyframe in all {
        let object = serde_json::json!({
            "before_line": keyframe.before_line,
            "time_ms": keyframe.time_ms,
            "lines": String::from_utf8(keyframe.lines)?,
        });
        writeln!(out, "{object}")?;
    }
    Ok(())
}

/// The state before each of some lines, at the time of the line; after the last one, at its time.
fn before(lines: &str, wanted: &[usize]) -> Result<Vec<Keyframe>, Box<dyn Error>> {
    let mut replica = Replica::new();
    let mut found = Vec::new();
    let mut time_ms = 0;
    let lines: Vec<&str> = lines.lines().collect();
    for index in 0..=lines.len() {
        let line = lines.get(index).copied();
        if let Some(line) = line {
            let event: serde_json::Value = serde_json::from_str(line)?;
            time_ms = time_ms.max(event["timestamp"].as_i64().unwrap_or_default());
        }
        if wanted.contains(&index) {
            found.extend(replica.keyframe(time_ms).map(|lines| Keyframe {
                before_line: index,
                time_ms,
                lines,
            }));
        }
        if let Some(line) = line {
            replica.apply(line)?;
        }
    }
    Ok(found)
}
