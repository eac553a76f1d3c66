//! Pages that are declared in code and written into docs/reference; a test fails when what is
//! checked in is another.

use std::fmt::Write as _;
use std::path::Path;

use hitmetrix_model::limits;

use super::CommandError;
use super::arguments::Reference;
use crate::{api, config, problem};

/// The generated files with what stands in them.
pub fn pages() -> [(&'static str, String); 4] {
    [
        ("config.md", config::reference()),
        ("errors.md", problem::reference()),
        ("limits.md", limits_page()),
        ("openapi.json", api::openapi::text()),
    ]
}

/// Writes the generated files.
pub fn write(reference: &Reference) -> Result<(), CommandError> {
    let failed = |path: &Path, source| CommandError::File {
        action: "write",
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(&reference.folder)
        .map_err(|source| failed(&reference.folder, source))?;
    for (name, text) in pages() {
        let path = reference.folder.join(name);
        std::fs::write(&path, text).map_err(|source| failed(&path, source))?;
    }
    Ok(())
}

fn limits_page() -> String {
    let mut page = String::from(
        "# Limits\n\n\
         Generated from crates/model/src/limits.rs by `cargo xtask gen`; change it there. Limits\n\
         that the owner can set stand in config.md.\n\n\
         | limit | value | unit | what it bounds, and what happens beyond it |\n\
         |---|---|---|---|\n",
    );
    for limit in limits::ALL {
        writeln!(
            page,
            "| `{}` | {} | {} | {} |",
            limit.name,
            limit.value,
            limit.unit,
            limit.doc.trim()
        )
        .expect("writing to a string does not fail");
    }
    page
}
