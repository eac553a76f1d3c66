//! `cargo xtask proof`: that no secret of a page leaves it or is kept, under every option and every
//! two of them; that no recording does anything to who looks at it; that a replay looks as the page
//! did; and that nothing is left of what was erased or expired. The tests do the work; this only
//! asks them for all of it, and writes or lets them write docs/recording-proofs.md.

mod erasing;

use std::fs;

use crate::section::Page;
use crate::step::{self, Failure, show};
use crate::{chromium, node, test};

const PAGE: Page = Page {
    path: "docs/recording-proofs.md",
    command: "proof",
};
/// Proofs that a browser makes, with their tests, which write their own sections.
const BROWSER: [(&str, &[&str]); 3] = [
    ("secrets", &["tests/recording_secrets.test.ts"]),
    ("hostile", &["tests/hostile_corpus.test.ts"]),
    (
        "fidelity",
        &["tests/foreign_sites.test.ts", "tests/fidelity.test.ts"],
    ),
];
const ERASING: &str = "erasing";

/// Runs the proofs that `arguments` name, or all of them, which takes about half an hour.
pub fn proof(arguments: &[String]) -> Result<(), Failure> {
    let is_known = |word: &str| word == ERASING || BROWSER.iter().any(|(name, _)| *name == word);
    if let Some(unknown) = arguments.iter().find(|word| !is_known(word)) {
        return Err(Failure::new(format!(
            "there is no proof `{unknown}`; proofs: secrets, hostile, fidelity, erasing"
        )));
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|word| word == name);
    let in_browser: Vec<_> = BROWSER.iter().filter(|(name, _)| wanted(name)).collect();
    if !in_browser.is_empty() {
        browser(&in_browser)?;
    }
    if wanted(ERASING) {
        erasing()?;
    }
    Ok(())
}

fn browser(proofs: &[&(&str, &[&str])]) -> Result<(), Failure> {
    node::install()?;
    node::build()?;
    let chromium = chromium::find_or_install()?;
    test::build_server()?;
    let words: Vec<&str> = proofs.iter().map(|(name, _)| *name).collect();
    let tests = proofs.iter().flat_map(|(_, tests)| tests.iter().copied());
    let arguments: Vec<&str> = ["run", "--root", "e2e"].into_iter().chain(tests).collect();
    let mut command = node::tool("vitest", &arguments);
    command
        .env("HITMETRIX_PROOF", words.join(","))
        .env("HITMETRIX_CHROMIUM", chromium)
        .env("HITMETRIX_BINARY", step::binary("debug"));
    show("proof of recordings in a browser", &mut command)
}

/// The store's own tests, which count what they find where they are told a file to say it in.
fn erasing() -> Result<(), Failure> {
    let told = step::target().join("proof-erasing.jsonl");
    let _ = fs::remove_file(&told);
    let arguments = [
        "test",
        "--package",
        "hitmetrix-store",
        "--lib",
        "--",
        "store::tests::erased::",
        "store::tests::person_erased::",
        "store::tests::keeping::",
    ];
    let mut command = step::cargo(&arguments);
    command.env("HITMETRIX_PROOF_REPORT", &told);
    show("proof of erasing and retention", &mut command)?;
    PAGE.write(ERASING, &erasing::page(&fs::read_to_string(&told)?)?)
}
