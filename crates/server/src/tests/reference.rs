//! What is generated from code and checked in stands in step with it.

use std::path::Path;

use crate::cli::reference::pages;

#[test]
fn checked_in_reference_is_the_generated_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference");
    for (name, text) in pages() {
        let checked_in = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
        assert_eq!(
            checked_in, text,
            "docs/reference/{name} is out of step; run `cargo xtask gen`"
        );
    }
}
