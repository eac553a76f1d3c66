//! What tests find, told to `cargo xtask proof erasing` for its section of docs/recording-proofs.md.

use std::fs::OpenOptions;
use std::io::Write;

/// Tells rows of a table, where somebody asked for them.
pub(super) fn tell(table: &str, rows: &[Vec<String>]) {
    let Some(path) = std::env::var_os("HITMETRIX_PROOF_REPORT") else {
        return;
    };
    let lines: String = rows
        .iter()
        .map(|cells| serde_json::json!({ "table": table, "cells": cells }).to_string() + "\n")
        .collect();
    // In one piece: tests run beside each other.
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.write_all(lines.as_bytes()).unwrap();
}

/// A row: what it is about, and numbers.
pub(super) fn row(title: &str, numbers: &[usize]) -> Vec<String> {
    let numbers = numbers.iter().map(usize::to_string);
    std::iter::once(title.to_owned()).chain(numbers).collect()
}
