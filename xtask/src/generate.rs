//! `cargo xtask gen`: pages and types that are declared once in code are written anew from it.
//! Tests of the server fail when what is checked in is out of step.

use crate::node;
use crate::step::{self, Failure, cargo, show};

/// Writes docs/reference and web/wire anew.
pub fn generate() -> Result<(), Failure> {
    let reference = [
        "run",
        "--quiet",
        "--package",
        "hitmetrix",
        "--",
        "reference",
        "docs/reference",
    ];
    show(
        "reference pages and the API document",
        &mut cargo(&reference),
    )?;
    node::install()?;
    show(
        "wire types",
        &mut step::command("node", &["web/wire/generate.mjs"]),
    )
}
