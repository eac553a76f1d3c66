//! Sessions as the recording side of the benchmark kept them: a line about the session, then its
//! events.

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;

/// One session.
pub struct Session {
    /// How long the visit lasted.
    pub site_ms: u64,
    /// Page loads, in the order of their first chunk.
    pub windows: Vec<Window>,
}

/// One page load.
pub struct Window {
    /// Path of the page.
    pub path: String,
    /// Its events, one a line.
    pub lines: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    site_ms: u64,
    chunks: Vec<Chunk>,
}

#[derive(Deserialize)]
struct Chunk {
    window: String,
    path: String,
    events: usize,
}

impl Session {
    /// Reads one.
    pub fn read(file: &Path) -> Result<Self, Box<dyn Error>> {
        let bytes = fs::read(file)?;
        let mut lines = bytes.split_inclusive(|byte| *byte == b'\n');
        let head: Head = serde_json::from_slice(lines.next().ok_or("no head")?)?;
        let mut windows: Vec<(String, Window)> = Vec::new();
        for chunk in head.chunks {
            let at = windows.iter().position(|(id, _)| *id == chunk.window);
            let at = at.unwrap_or_else(|| {
                windows.push((
                    chunk.window.clone(),
                    Window {
                        path: chunk.path.clone(),
                        lines: Vec::new(),
                    },
                ));
                windows.len() - 1
            });
            for line in lines.by_ref().take(chunk.events) {
                windows[at].1.lines.extend_from_slice(line);
            }
        }
        Ok(Self {
            site_ms: head.site_ms,
            windows: windows.into_iter().map(|(_, window)| window).collect(),
        })
    }
}

#[derive(Deserialize)]
struct Timed {
    timestamp: i64,
}

/// Lines of a page load, a minute at a time.
pub fn minutes(lines: &[u8]) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut minutes: Vec<Vec<u8>> = Vec::new();
    let mut until_ms = i64::MIN;
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let Timed { timestamp } = serde_json::from_slice(line)?;
        if timestamp >= until_ms {
            until_ms = timestamp + 60_000;
            minutes.push(Vec::new());
        }
        if let Some(minute) = minutes.last_mut() {
            minute.extend_from_slice(line);
        }
    }
    Ok(minutes)
}

/// Folders of sites, by name.
pub fn sites(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut sites: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    sites.sort();
    Ok(sites)
}

/// Files of sessions, in the order in which they came.
pub fn files(site: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = fs::read_dir(site)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "jsonl"))
        .collect();
    files.sort();
    Ok(files)
}

/// The lines without those that bring a picture or a font: other recorders do not send them.
pub fn without_files(lines: &[u8]) -> Vec<u8> {
    const FILE: &[u8] = b"{\"type\":5,\"data\":{\"tag\":\"hm-asset\"";
    let lines = lines.split_inclusive(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.starts_with(FILE))
        .flatten()
        .copied()
        .collect()
}

/// Bytes of `gzip -6`.
pub fn gzip(bytes: &[u8]) -> Result<usize, Box<dyn Error>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
