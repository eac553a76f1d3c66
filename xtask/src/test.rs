//! `cargo xtask test`: everything that must hold before a change lands, in the order in which a
//! mistake is cheapest to hear of. It goes on after a failure, so that one run tells all, and ends
//! with the line `N passed, N failed`: tests, and each check as one.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::step::{self, Failure, cargo, show, show_and_keep};
use crate::{chromium, crash, node, tidy};

/// So many files of tests in Node.js and in browsers are tried a second time, each in a world of its
/// own and alone on the machine, before they count as failed; when more fail, it is not chance.
const SECOND_TRY_FILES_MAX: usize = 3;

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

/// What vitest told of one file of tests.
#[derive(Clone, Debug, Default, PartialEq)]
struct TestFile {
    path: String,
    passed: u64,
    /// What failed, a line each.
    failed: Vec<String>,
    /// What passed once it was tried again, a line each.
    shaky: Vec<String>,
}

impl Ran {
    fn of(files: &[TestFile]) -> Self {
        let names: Vec<_> = files.iter().flat_map(|file| file.failed.clone()).collect();
        Self {
            passed: files.iter().map(|file| file.passed).sum(),
            failed: names.len() as u64,
            names,
        }
    }
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

/// Runs a suite, and the files that failed once more.
fn vitest(tally: &mut Tally, suite: (&str, &str), environment: &[(&str, String)]) {
    let (title, folder) = suite;
    let (outcome, files) = vitest_files(title, folder, &[], environment);
    let failed: Vec<_> = files
        .iter()
        .filter(|file| !file.failed.is_empty())
        .collect();
    if failed.is_empty() || failed.len() > SECOND_TRY_FILES_MAX {
        return tally.tests(title, outcome, Ran::of(&files));
    }
    let again: Vec<_> = failed.iter().map(|file| file.path.clone()).collect();
    let (outcome, second) =
        vitest_files(&format!("{title} that failed"), folder, &again, environment);
    if outcome.is_ok() {
        let first = failed.iter().flat_map(|file| &file.failed);
        first.for_each(|reason| tell_shaky(reason));
    }
    tally.tests(title, outcome, Ran::of(&with_second_try(files, second)));
}

/// Runs the test files whose paths are in `only`, one at a time, or all of a folder.
fn vitest_files(
    title: &str,
    folder: &str,
    only: &[String],
    environment: &[(&str, String)],
) -> (Result<(), Failure>, Vec<TestFile>) {
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
    if !only.is_empty() {
        command.arg("--no-file-parallelism").args(only);
    }
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let outcome = show(title, &mut command);
    let files = fs::read(&report)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok())
        .map(|json| told_by_vitest(&json))
        .unwrap_or_default();
    let shaky = files.iter().flat_map(|file| &file.shaky);
    shaky.for_each(|reason| tell_shaky(reason));
    (outcome, files)
}

fn tell_shaky(reason: &str) {
    println!("passed at the second try only, to be mended: {reason}");
}

/// What was told of `files`, but of those that were run again what the second try told.
fn with_second_try(files: Vec<TestFile>, second: Vec<TestFile>) -> Vec<TestFile> {
    let told = |file: &TestFile| second.iter().any(|other| other.path == file.path);
    let kept: Vec<_> = files.into_iter().filter(|file| !told(file)).collect();
    kept.into_iter().chain(second).collect()
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

/// The files of vitest's JSON report.
fn told_by_vitest(report: &Value) -> Vec<TestFile> {
    all(&report["testResults"]).iter().map(test_file).collect()
}

/// One file with what failed in it and the first line of each reason; a file that failed outside its
/// tests failed once by itself.
fn test_file(told: &Value) -> TestFile {
    let path = told["name"].as_str().unwrap_or("");
    let name = Path::new(path).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    let mut file = TestFile {
        path: path.to_owned(),
        ..TestFile::default()
    };
    for test in all(&told["assertionResults"]) {
        let title = test["fullName"].as_str().unwrap_or("");
        // One that was tried twice has the reasons of its first try, also when it passed.
        let reason = test["failureMessages"].get(0).map(first_line);
        let line = |reason| format!("{name}: {title}: {reason}");
        match test["status"].as_str() {
            Some("passed") => {
                file.passed += 1;
                file.shaky.extend(reason.map(line));
            }
            Some("failed") => file.failed.push(line(reason.unwrap_or_default())),
            _ => {}
        }
    }
    if file.failed.is_empty() && told["status"] == "failed" {
        let reason = first_line(&told["message"]);
        file.failed.push(format!("{name}: {reason}"));
    }
    file
}

fn all(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn first_line(text: &Value) -> String {
    let first = text.as_str().unwrap_or("").lines().next().unwrap_or("");
    first.chars().take(300).collect()
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
            "testResults": [
                {"name": "/x/e2e/tests/good.test.ts", "status": "passed", "assertionResults": [
                    {"fullName": "stands", "status": "passed", "failureMessages": []},
                    {"fullName": "goes", "status": "passed", "failureMessages": []},
                ]},
                {"name": "/x/e2e/tests/shop.test.ts", "status": "failed", "message": "", "assertionResults": [
                    {"fullName": "opens", "status": "passed", "failureMessages": []},
                    {"fullName": "pays", "status": "failed", "failureMessages": ["Error: no button\n at x"]},
                ]},
                {"name": "/x/e2e/tests/start.test.ts", "status": "failed", "message": "Hook timed out\nx",
                 "assertionResults": [{"fullName": "runs", "status": "skipped", "failureMessages": []}]},
            ],
        });
        let files = told_by_vitest(&report);
        let ran = Ran::of(&files);
        assert_eq!((ran.passed, ran.failed), (3, 2));
        assert_eq!(
            ran.names,
            [
                "shop.test.ts: pays: Error: no button",
                "start.test.ts: Hook timed out"
            ]
        );
        let second = serde_json::json!({
            "testResults": [
                {"name": "/x/e2e/tests/shop.test.ts", "status": "passed", "message": "", "assertionResults": [
                    {"fullName": "opens", "status": "passed", "failureMessages": ["Error: late\n at x"]},
                    {"fullName": "pays", "status": "passed", "failureMessages": []},
                ]},
            ],
        });
        let second = told_by_vitest(&second);
        assert_eq!(second[0].shaky, ["shop.test.ts: opens: Error: late"]);
        let ran = Ran::of(&with_second_try(files, second));
        assert_eq!((ran.passed, ran.failed), (4, 1));
        assert_eq!(ran.names, ["start.test.ts: Hook timed out"]);
    }

    #[test]
    fn a_runner_without_a_test_is_a_failure() {
        let mut tally = Tally::default();
        tally.tests("x", Ok(()), Ran::default());
        assert_eq!((tally.passed, tally.failed), (0, 1));
    }
}
