//! `cargo xtask gen`: pages and types that are declared once in code are written anew from it.
//! Tests of the server and of the web parts fail when what is checked in is out of step.

use crate::node;
use crate::step::{self, Failure, cargo, show};

/// Has a test ask every route of a server of its own, and keeps what it answers as the API
/// document's examples; then writes what is made of them.
pub fn answers() -> Result<(), Failure> {
    let file = step::root().join("crates/server/src/api/answers.json");
    let test = ["test", "--package", "hitmetrix", "every_route_answers"];
    show(
        "answers of every route",
        cargo(&test).env("HITMETRIX_ANSWERS", file),
    )?;
    generate()
}

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
        "limits in the browser",
        &mut step::command("node", &["web/wire/limits.mjs"]),
    )?;
    show(
        "wire types",
        &mut step::command("node", &["web/wire/generate.mjs"]),
    )
}
