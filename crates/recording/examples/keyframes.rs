//! Prints the state before some lines of a file with the recorder events of one window, one JSON
//! object a line, for trials of the player: `keyframes FILE LINE,LINE,…`, counted from 0; as many as
//! there are lines is the state at the end.

use std::error::Error;
use std::io::Write as _;

use hitmetrix_recording::replica::Replica;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, wanted] = &arguments[..] else {
        return Err("usage: keyframes FILE LINE,LINE,…".into());
    };
    let wanted: Result<Vec<usize>, _> = wanted.split(',').map(str::parse).collect();
    let wanted = wanted?;
    let lines = std::fs::read_to_string(file)?;
    let lines: Vec<&str> = lines.lines().collect();
    let mut out = std::io::stdout().lock();
    let mut replica = Replica::new();
    let mut time_ms = 0;
    for index in 0..=lines.len() {
        let line = lines.get(index).copied();
        if let Some(line) = line {
            let event: serde_json::Value = serde_json::from_str(line)?;
            time_ms = time_ms.max(event["timestamp"].as_i64().unwrap_or_default());
        }
        if wanted.contains(&index)
            && let Some(lines) = replica.keyframe(time_ms)
        {
            let lines = String::from_utf8(lines)?;
            let state =
                serde_json::json!({"before_line": index, "time_ms": time_ms, "lines": lines});
            writeln!(out, "{state}")?;
        }
        if let Some(line) = line {
            replica.apply(line)?;
        }
    }
    Ok(())
}
