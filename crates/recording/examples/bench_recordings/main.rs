//! The measuring side of `cargo xtask bench recordings`: what recorded sessions take at rest, in
//! the order in which they came, under the rule that only what five visitors sent is shared. Prints
//! JSON. It checks on the way that every session comes back byte for byte.

#![allow(clippy::disallowed_methods, reason = "it measures time")]

mod kept;
mod shelf;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use kept::Session;
use shelf::{Bytes, Shelf};

/// One session, as it came.
#[derive(Serialize)]
struct Row {
    number: usize,
    site_ms: u64,
    windows: usize,
    events: usize,
    json: usize,
    gzip: usize,
    /// The same without pictures and fonts.
    gzip_plain: usize,
    zstd: usize,
    ours: Bytes,
    pack_ms: f64,
    unpack_ms: f64,
}

/// One site.
#[derive(Serialize)]
struct Site {
    name: String,
    sessions: Vec<Row>,
    bases: usize,
    shared_assets: usize,
    /// Everything that lies there in the end.
    in_the_end: Bytes,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("name the folder of the sessions")?;
    let mut sites = Vec::new();
    for site in kept::sites(Path::new(&folder))? {
        sites.push(measure(&site)?);
    }
    let text = serde_json::to_string(&sites)?;
    #[allow(clippy::print_stdout, reason = "the answer goes to who asked")]
    {
        println!("{text}");
    }
    Ok(())
}

/// What some work gives, and how long it takes when nobody is in its way: the fastest of three.
pub fn fastest<T>(
    work: impl Fn() -> Result<T, Box<dyn Error>>,
) -> Result<(T, Duration), Box<dyn Error>> {
    let mut fastest = Duration::MAX;
    let mut given = None;
    for _ in 0..3 {
        let started = Instant::now();
        given = Some(work()?);
        fastest = fastest.min(started.elapsed());
    }
    given
        .map(|given| (given, fastest))
        .ok_or_else(|| "nothing ran".into())
}

fn measure(site: &Path) -> Result<Site, Box<dyn Error>> {
    let mut shelf = Shelf::default();
    let mut sessions = Vec::new();
    for (number, file) in kept::files(site)?.iter().enumerate() {
        let session = Session::read(file)?;
        let all: Vec<u8> = session
            .windows
            .iter()
            .flat_map(|window| window.lines.clone())
            .collect();
        let (ours, packing) = shelf.put(number, &session)?;
        let (back, unpacking) = fastest(|| shelf.get(number))?;
        if back != all {
            return Err(format!("{} did not come back as it was", file.display()).into());
        }
        sessions.push(Row {
            number: number + 1,
            site_ms: session.site_ms,
            windows: session.windows.len(),
            events: all.split(|byte| *byte == b'\n').count() - 1,
            json: all.len(),
            gzip: kept::gzip(&all)?,
            gzip_plain: kept::gzip(&kept::without_files(&all))?,
            zstd: zstd::bulk::compress(&all, 3)?.len(),
            ours,
            pack_ms: packing.as_secs_f64() * 1000.0,
            unpack_ms: unpacking.as_secs_f64() * 1000.0,
        });
    }
    let (bases, shared_assets) = shelf.shared();
    Ok(Site {
        name: site
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        sessions,
        bases,
        shared_assets,
        in_the_end: shelf.total(),
    })
}
