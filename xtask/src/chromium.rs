//! A real Chromium for the browser tests: found, or installed from Debian's package where that
//! is allowed, or else named with the one command to run.

use std::path::{Path, PathBuf};

use crate::step::{self, Failure};

const PLACES: &[&str] = &[
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
];
const INSTALL: &str =
    "apt-get update && apt-get install --yes --no-install-recommends chromium fonts-liberation";

/// Path of the browser's program.
pub fn find_or_install() -> Result<PathBuf, Failure> {
    if let Some(path) = find() {
        return Ok(path);
    }
    if is_root() && Path::new("/usr/bin/apt-get").exists() {
        let mut install = step::command("sh", &["-c", INSTALL]);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        step::show("install Chromium", &mut install)?;
        if let Some(path) = find() {
            return Ok(path);
        }
    }
    Err(Failure::new(format!(
        "the browser tests need Chromium; run `sudo sh -c '{INSTALL}'`, or set \
         HITMETRIX_CHROMIUM to the path of one"
    )))
}

fn find() -> Option<PathBuf> {
    let chosen = std::env::var_os("HITMETRIX_CHROMIUM").map(PathBuf::from);
    chosen
        .into_iter()
        .chain(PLACES.iter().map(PathBuf::from))
        .find(|path| path.exists())
}

fn is_root() -> bool {
    step::command("id", &["-u"])
        .output()
        .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim() == "0")
}
