//! Rules of the tree that no compiler checks: which crate may know which, module docs, file
//! lengths, banned file names, colours outside the tokens, leftovers.
//!
//! Each rule is a function from a file to what is wrong with it, so that a new rule is a few
//! lines and its message says what to do.

use std::fs;
use std::path::Path;

use regex::Regex;

use crate::step::{self, Failure};

/// A crate may use only those before it; `ingest` and `store` do not know each other.
const CRATES: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("recording", &["model"]),
    ("ingest", &["model", "recording"]),
    ("store", &["model", "recording"]),
    ("insights", &["model", "store"]),
    (
        "server",
        &["model", "recording", "ingest", "store", "insights"],
    ),
];
const FILE_LINES_MAX: usize = 800;
const BANNED_STEMS: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "manager", "misc", "v2",
];

/// Checks the whole tree and lists what is wrong.
pub fn tidy() -> Result<(), Failure> {
    let rules = Rules::new()?;
    let mut wrong = crate_graph()?;
    for file in tracked_files()? {
        let path = step::root().join(&file);
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        rules.check(&file, &text, &mut wrong);
    }
    if wrong.is_empty() {
        println!("the tree is tidy");
        return Ok(());
    }
    for line in &wrong {
        println!("  {line}");
    }
    Err(Failure::new(format!(
        "tidy: {} places to mend",
        wrong.len()
    )))
}

/// Files that git tracks, and new ones it does not ignore.
fn tracked_files() -> Result<Vec<String>, Failure> {
    let arguments = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let output = step::command("git", &arguments).output()?;
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}

fn crate_graph() -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for (name, allowed) in CRATES {
        let manifest = fs::read_to_string(step::root().join(format!("crates/{name}/Cargo.toml")))?;
        for (other, _) in CRATES {
            let known = manifest.contains(&format!("hitmetrix-{other} ="));
            if known && !allowed.contains(other) {
                wrong.push(format!("crates/{name} must not know crates/{other}"));
            }
        }
    }
    Ok(wrong)
}

struct Rules {
    raw_colour: Regex,
    leftover: Regex,
    machine_path: Regex,
    registry_host: Regex,
}

impl Rules {
    fn new() -> Result<Self, Failure> {
        let regex = |text: &str| Regex::new(text).map_err(|error| Failure::new(error.to_string()));
        Ok(Self {
            raw_colour: regex(r"#[0-9a-fA-F]{3,8}\b")?,
            leftover: regex(concat!(
                r"\b(TO",
                r"DO|FIX",
                r"ME|todo!\(|unimplemented!\()"
            ))?,
            machine_path: regex(r"(^|[^a-z.\w])/(work|farm|root|home/\w+)/")?,
            registry_host: regex(concat!(
                r"registry\.npm",
                r"js|static\.crates|pypi\.",
                r"org"
            ))?,
        })
    }

    fn check(&self, file: &str, text: &str, wrong: &mut Vec<String>) {
        let extension = Path::new(file)
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or("");
        let code = matches!(
            extension,
            "rs" | "ts" | "svelte" | "css" | "mjs" | "js" | "html"
        );
        self.check_lines(file, text, (code, extension), wrong);
        if !code {
            return;
        }
        let stem = Path::new(file)
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("");
        if BANNED_STEMS.contains(&stem) {
            wrong.push(format!(
                "{file}: name the file for the thing inside, not `{stem}`"
            ));
        }
        if is_generated(file, text) {
            return;
        }
        let lines = text.lines().count();
        if lines > FILE_LINES_MAX {
            wrong.push(format!(
                "{file}: {lines} lines, the limit is {FILE_LINES_MAX}; split it by idea"
            ));
        }
        if extension == "rs" && !text.starts_with("//!") && !is_test_file(file) {
            wrong.push(format!("{file}: open with a module doc (//!)"));
        }
    }

    fn check_lines(&self, file: &str, text: &str, kind: (bool, &str), wrong: &mut Vec<String>) {
        let (code, extension) = kind;
        let styled = matches!(extension, "svelte" | "css")
            && file.starts_with("web/dashboard")
            && !file.ends_with("tokens.css");
        let lock = file.ends_with("lock") || file.ends_with("-lock.json");
        for (index, line) in text.lines().enumerate() {
            let place = format!("{file}:{}", index + 1);
            if styled && self.raw_colour.is_match(line) && !line.contains("href") {
                wrong.push(format!("{place}: a raw colour; use a role of tokens.css"));
            }
            if code && self.leftover.is_match(line) {
                wrong.push(format!("{place}: left open; finish it or name the issue"));
            }
            if self.machine_path.is_match(line) {
                wrong.push(format!("{place}: a path of one machine"));
            }
            if !lock && self.registry_host.is_match(line) {
                wrong.push(format!("{place}: names a registry's host"));
            }
        }
    }
}

fn is_generated(file: &str, text: &str) -> bool {
    file.contains("generated")
        || file.ends_with(".d.ts")
        || text.lines().take(5).any(|line| line.contains("@generated"))
}

fn is_test_file(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: &str, text: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        Rules::new().unwrap().check(file, text, &mut wrong);
        wrong
    }

    #[test]
    fn a_module_without_doc_is_told() {
        assert_eq!(wrong("crates/x/src/a.rs", "fn a() {}").len(), 1);
        assert!(wrong("crates/x/src/a.rs", "//! What it is for.\nfn a() {}").is_empty());
    }

    #[test]
    fn raw_colours_stand_in_the_tokens_only() {
        assert_eq!(
            wrong("web/dashboard/src/a.css", "a { color: #fff; }").len(),
            1
        );
        assert!(wrong("web/dashboard/src/tokens.css", "a { color: #fff; }").is_empty());
    }

    #[test]
    fn long_files_and_banned_names_are_told() {
        let long = format!("//! x\n{}", "\n".repeat(FILE_LINES_MAX));
        assert_eq!(wrong("crates/x/src/a.rs", &long).len(), 1);
        assert_eq!(wrong("crates/x/src/utils.rs", "//! x").len(), 1);
    }
}
