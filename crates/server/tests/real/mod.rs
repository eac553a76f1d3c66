//! What tests on real data share: where the data lies, and the real binary.
//!
//! The files are not part of the project: they lie in the folder that `HITMETRIX_TEST_INPUTS`
//! names (default: `../shared/inputs` beside the checkout).

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file of real data; without it says that the test is skipped.
pub fn input(name: &str) -> Option<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/inputs");
    let folder = std::env::var_os("HITMETRIX_TEST_INPUTS").map_or(default, PathBuf::from);
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    println!(
        "skipped: {} is not there; set HITMETRIX_TEST_INPUTS",
        path.display()
    );
    None
}

/// Runs a command of the binary on a data folder; what it prints.
pub fn hitmetrix(data: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hitmetrix"))
        .args(words)
        .arg("--data")
        .arg(data)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "hitmetrix {}: {errors}",
        words.join(" ")
    );
    String::from_utf8(output.stdout).unwrap()
}
