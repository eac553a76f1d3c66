//! Node.js: is it there, are the packages of the lock file installed, are the web parts built.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::step::{self, Failure};

/// Oldest Node.js that the build tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Installs what package-lock.json says, unless exactly that is installed already.
pub fn install() -> Result<(), Failure> {
    check_version()?;
    let root = step::root();
    let lock = fs::read(root.join("package-lock.json"))?;
    let stamp = root.join("node_modules/.hitmetrix-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let arguments = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    step::show(
        "install web packages",
        &mut step::command("npm", &arguments),
    )?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Builds tracker, recorder, dashboard and demo shop into web/dist.
pub fn build() -> Result<(), Failure> {
    step::show(
        "build web parts",
        &mut step::command("node", &["web/build.mjs"]),
    )
}

/// A program that an npm package brought.
pub fn tool(name: &str, arguments: &[&str]) -> Command {
    let path = Path::new("node_modules/.bin").join(name);
    step::command(&path.to_string_lossy(), arguments)
}

fn check_version() -> Result<(), Failure> {
    let missing = || {
        Failure::new(format!(
            "Node.js {NODE_MAJOR_MIN} or newer is needed to build the tracker and the dashboard; \
             install it and run this again"
        ))
    };
    let output = step::command("node", &["--version"])
        .output()
        .map_err(|_| missing())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let major = text
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .unwrap_or_default();
    match major.parse::<u32>() {
        Ok(major) if major >= NODE_MAJOR_MIN => Ok(()),
        _ => Err(missing()),
    }
}
