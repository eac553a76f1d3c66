//! `cargo xtask test`: everything that must hold before a change lands, in the order in which a
//! mistake is cheapest to hear of. It goes on after a failure, so that one run tells all, and ends
//! with the line `N passed, N failed`: tests, and each check as one.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::step::{self, Failure, cargo, show, show_and_keep};
use crate::{chromium, crash, node, tidy};

#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    failures: Vec<String>,
}

/// What a runner told of its tests.
#[derive(Debug, Default, PartialEq)]
struct Ran {
    passed: u64,
    failed: u64,
    /// What failed, a line each: the last lines of a long run are what is read.
    names: Vec<String>,
}

impl Tally {
    /// Counts one check that has no tests of its own.
    fn check(&mut self, outcome: Result<(), Failure>) -> bool {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                true
            }
            Err(failure) => {
                self.failed += 1;
                self.failures.push(failure.to_string());
                false
            }
        }
    }

    /// Counts the tests of a runner; one that failed without a failed test counts as one.
    fn tests(&mut self, title: &str, outcome: Result<(), Failure>, ran: Ran) {
        let Ran { passed, failed, .. } = ran;
        self.passed += passed;
        self.failed += failed;
        match outcome {
            Err(failure) => {
                self.failed += u64::from(failed == 0);
                let names = ran.names.iter().map(|name| format!("\n  {name}"));
                self.failures
                    .push(failure.to_string() + &names.collect::<String>());
            }
            Ok(()) if passed + failed == 0 => {
                self.failed += 1;
                self.failures.push(format!("{title}: no test ran"));
            }
            Ok(()) => {}
        }
    }
}

/// Runs the parts that `arguments` name, or all of them.
pub fn test(arguments: &[String]) -> Result<(), Failure> {
    const PARTS: &[&str] = &["rust", "web", "browser"];
    if let Some(unknown) = arguments
        .iter()
        .find(|part| !PARTS.contains(&part.as_str()))
    {
        return Err(Failure::new(format!(
            "there is no part `{unknown}`; parts: rust, web, browser"
        )));
    }
    let wanted = |part: &str| arguments.is_empty() || arguments.iter().any(|name| name == part);
    let mut tally = Tally::default();
    let web_stands = tally.check(node::install()) && tally.check(node::build());
    // The recorder's unit tests need a real browser too.
    let chromium = if wanted("web") || wanted("browser") {
        chromium::find_or_install()
            .map_err(|failure| tally.check(Err(failure)))
            .ok()
    } else {
        None
    };
    if let (true, true, Some(chromium)) = (wanted("web"), web_stands, &chromium) {
        web(&mut tally, chromium);
    }
    if wanted("rust") {
        rust(&mut tally);
    }
    if let (true, true, Some(chromium)) = (wanted("browser"), web_stands, &chromium) {
        browser(&mut tally, chromium);
    }
    close(&tally)
}

fn rust(tally: &mut Tally) {
    tally.check(show("format", &mut cargo(&["fmt", "--all", "--check"])));
    tally.check(step::timed("tidy", tidy::tidy));
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ];
    tally.check(show("lints", &mut cargo(&lints)));
    let tests = ["test", "--workspace", "--no-fail-fast"];
    let (outcome, output) = show_and_keep("Rust tests", &mut cargo(&tests));
    tally.tests("Rust tests", outcome, told_by_cargo(&output));
    if tally.check(build_server()) {
        tally.check(step::timed("crash test", || crash::crash(&[])));
    }
}

/// The binary as `cargo test` builds it: a plain build would choose other features of the
/// dependencies and compile most of them once more.
pub fn build_server() -> Result<(), Failure> {
    show(
        "build the server",
        &mut cargo(&["test", "--workspace", "--no-run"]),
    )
}

fn web(tally: &mut Tally, chromium: &Path) {
    tally.check(show(
        "web format and lints",
        &mut node::tool("biome", &["ci", "."]),
    ));
    tally.check(show(
        "web types",
        &mut step::command("node", &["web/check.mjs"]),
    ));
    let environment = [(
        "HITMETRIX_CHROMIUM",
        chromium.to_string_lossy().into_owned(),
    )];
    vitest(tally, ("web tests", "."), &environment);
}

fn browser(tally: &mut Tally, chromium: &Path) {
    if tally.check(build_server()) {
        let environment = [
            (
                "HITMETRIX_CHROMIUM",
                chromium.to_string_lossy().into_owned(),
            ),
            (
                "HITMETRIX_BINARY",
                step::binary("debug").to_string_lossy().into_owned(),
            ),
        ];
        vitest(tally, ("browser tests", "e2e"), &environment);
    }
}

fn vitest(tally: &mut Tally, suite: (&str, &str), environment: &[(&str, String)]) {
    let (title, folder) = suite;
    let report = step::target().join(format!("{}.json", title.replace(' ', "-")));
    let _ = fs::remove_file(&report);
    let file = format!("--outputFile.json={}", report.display());
    let arguments = [
        "run",
        "--root",
        folder,
        "--reporter=default",
        "--reporter=json",
        &file,
    ];
    let mut command = node::tool("vitest", &arguments);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let outcome = show(title, &mut command);
    let ran = fs::read(&report)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .map(|json| told_by_vitest(&json))
        .unwrap_or_default();
    tally.tests(title, outcome, ran);
}

/// Sums the lines `test result: ok. 3 passed; 0 failed; …` and names `test NAME ... FAILED`.
fn told_by_cargo(output: &str) -> Ran {
    let (Ok(sums), Ok(failed)) = (
        Regex::new(r"test result: \w+\. (\d+) passed; (\d+) failed"),
        Regex::new(r"(?m)^test (.+) \.\.\. FAILED$"),
    ) else {
        return Ran::default();
    };
    let names = failed
        .captures_iter(output)
        .map(|found| found[1].to_owned());
    let start = Ran {
        names: names.collect(),
        ..Ran::default()
    };
    sums.captures_iter(output).fold(start, |ran, found| {
        let number = |place: usize| found[place].parse::<u64>().unwrap_or(0);
        Ran {
            passed: ran.passed + number(1),
            failed: ran.failed + number(2),
            ..ran
        }
    })
}

/// The counts of vitest's JSON report; what failed with the first line of its reason, and a file that
/// failed outside its tests by itself.
fn told_by_vitest(report: &Value) -> Ran {
    let count = |name: &str| report[name].as_u64().unwrap_or(0);
    let all = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let is_failed = |value: &Value| value["status"] == "failed";
    let line = |text: &Value| {
        let first = text.as_str().unwrap_or("").lines().next().unwrap_or("");
        first.chars().take(300).collect::<String>()
    };
    let mut names = Vec::new();
    for file in all(&report["testResults"])
        .iter()
        .filter(|file| is_failed(file))
    {
        let path = file["name"].as_str().unwrap_or("");
        let name = Path::new(path).file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        let tests = all(&file["assertionResults"]);
        let before = names.len();
        for test in tests.iter().filter(|test| is_failed(test)) {
            let title = test["fullName"].as_str().unwrap_or("");
            names.push(format!(
                "{name}: {title}: {}",
                line(&test["failureMessages"][0])
            ));
        }
        if names.len() == before {
            names.push(format!("{name}: {}", line(&file["message"])));
        }
    }
    Ran {
        passed: count("numPassedTests"),
        failed: count("numFailedTests"),
        names,
    }
}

fn close(tally: &Tally) -> Result<(), Failure> {
    for failure in &tally.failures {
        println!("\nFAILED {failure}");
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 {
        return Ok(());
    }
    // The closing line must stay the last of standard output; the status says the rest.
    std::process::exit(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_all_test_binaries_are_summed() {
        let output = "test result: ok. 3 passed; 0 failed; 0 ignored\n\
                      test a::b ... FAILED\ntest a::c ... ok\ntest a::d ... FAILED\n\
                      test result: FAILED. 1 passed; 2 failed; 0 ignored\n";
        let names = vec!["a::b".to_owned(), "a::d".to_owned()];
        let (passed, failed) = (4, 2);
        assert_eq!(
            told_by_cargo(output),
            Ran {
                passed,
                failed,
                names
            }
        );
    }

    #[test]
    fn what_failed_in_a_browser_is_named_with_its_reason() {
        let report = serde_json::json!({
            "numPassedTests": 7,
            "numFailedTests": 1,
            "testResults": [
                {"name": "/x/e2e/tests/good.test.ts", "status": "passed", "assertionResults": []},
                {"name": "/x/e2e/tests/shop.test.ts", "status": "failed", "message": "", "assertionResults": [
                    {"fullName": "opens", "status": "passed", "failureMessages": []},
                    {"fullName": "pays", "status": "failed", "failureMessages": ["Error: no button\n at x"]},
                ]},
                {"name": "/x/e2e/tests/start.test.ts", "status": "failed", "message": "Hook timed out\nx",
                 "assertionResults": [{"fullName": "runs", "status": "skipped", "failureMessages": []}]},
            ],
        });
        let ran = told_by_vitest(&report);
        assert_eq!((ran.passed, ran.failed), (7, 1));
        assert_eq!(
            ran.names,
            [
                "shop.test.ts: pays: Error: no button",
                "start.test.ts: Hook timed out"
            ]
        );
    }

    #[test]
    fn a_runner_without_a_test_is_a_failure() {
        let mut tally = Tally::default();
        tally.tests("x", Ok(()), Ran::default());
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }
}
