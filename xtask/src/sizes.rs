//! `cargo xtask sizes`: every shipped script, compressed as it is served, against its budget.

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::node;
use crate::report::{self, Row};
use crate::step::{self, Failure};

/// Script in web/dist, what it is, budget in bytes of brotli (DESIGN section 10).
const SCRIPTS: &[(&str, &str, f64)] = &[
    ("t.js", "tracker core", 3.0 * 1024.0),
    ("x.js", "tracker, second file", 4.0 * 1024.0),
    ("f.js", "surveys", 6.0 * 1024.0),
    ("i.js", "own traffic", 1.0 * 1024.0),
    ("r.js", "recorder", 18.0 * 1024.0),
    ("r-logs.js", "recorder, console and network", 3.0 * 1024.0),
    ("r-assets.js", "recorder, pictures and fonts", 2.0 * 1024.0),
    ("r-canvas.js", "recorder, canvases", 1.5 * 1024.0),
];
const DASHBOARD_BYTES_MAX: f64 = 120.0 * 1024.0;

/// Builds the web parts and prints the table.
pub fn sizes(arguments: &[String]) -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let dist = step::root().join("web/dist");
    let mut rows = Vec::new();
    for (file, what, budget) in SCRIPTS {
        let bytes = brotli_bytes(&dist.join(file))?;
        rows.push(Row::at_most(
            format!("{what} ({file})"),
            bytes,
            "bytes br",
            *budget,
        ));
    }
    rows.push(Row::plain(
        "web vitals (v.js)",
        brotli_bytes(&dist.join("v.js"))?,
        "bytes br",
    ));
    let first = first_load(&dist.join("dashboard"))?;
    rows.push(Row::at_most(
        "dashboard, first load",
        first,
        "bytes br",
        DASHBOARD_BYTES_MAX,
    ));
    report::publish(&rows, arguments)
}

/// index.html and everything that it names.
fn first_load(folder: &Path) -> Result<f64, Failure> {
    let index = fs::read_to_string(folder.join("index.html"))?;
    let named = Regex::new(r#"(?:src|href)="/?((?:assets/)[^"]+)""#)
        .map_err(|error| Failure::new(error.to_string()))?;
    let mut bytes = brotli_bytes(&folder.join("index.html"))?;
    for found in named.captures_iter(&index) {
        bytes += brotli_bytes(&folder.join(&found[1]))?;
    }
    Ok(bytes)
}

fn brotli_bytes(path: &Path) -> Result<f64, Failure> {
    let mut compressed = path.as_os_str().to_owned();
    compressed.push(".br");
    let compressed = Path::new(&compressed);
    let place = if compressed.exists() {
        compressed
    } else {
        path
    };
    let length = fs::metadata(place)
        .map_err(|error| Failure::new(format!("{}: {error}", place.display())))?
        .len();
    Ok(length as f64)
}
