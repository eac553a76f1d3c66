//! One step of a command: a program that runs in the checkout, with its name before it and the
//! time it took behind it, so that a person sees where the minutes go.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Why a command stopped, in words for the person who started it.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Root of the checkout: where `cargo run` found it, since checkouts that share a target folder
/// share this binary too; else where it was built.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().unwrap_or(&here).to_path_buf()
}

/// Where cargo puts what it builds for this checkout.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The server that cargo built.
pub fn binary(profile: &str) -> PathBuf {
    target()
        .join(profile)
        .join(format!("hitmetrix{}", std::env::consts::EXE_SUFFIX))
}

/// A command in the root of the checkout.
pub fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Cargo, the same that started us.
pub fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = command(&cargo, arguments);
    // Set for us by the cargo that runs xtask; the inner one must find its own.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

/// Runs `command` with its output in view and says how long it took.
pub fn show(title: &str, command: &mut Command) -> Result<(), Failure> {
    timed(title, || {
        let status = command
            .stdin(Stdio::null())
            .status()
            .map_err(|error| cannot_start(command, &error))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!(
                "{title}: {} ended with {status}",
                describe(command)
            )))
        }
    })
}

/// Runs `command`, shows its standard output line by line and also returns it.
pub fn show_and_keep(title: &str, command: &mut Command) -> (Result<(), Failure>, String) {
    use std::io::{BufRead, BufReader};
    let mut kept = String::new();
    let outcome = timed(title, || {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| cannot_start(command, &error))?;
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines() {
                let line = line?;
                println!("{line}");
                kept.push_str(&line);
                kept.push('\n');
            }
        }
        let status = child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!(
                "{title}: {} ended with {status}",
                describe(command)
            )))
        }
    });
    (outcome, kept)
}

/// Runs `work` between a title and its time.
pub fn timed<T>(title: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    println!("\n── {title}");
    let started = Instant::now();
    let outcome = work();
    let seconds = started.elapsed().as_secs_f64();
    let word = if outcome.is_ok() { "done" } else { "FAILED" };
    println!("── {title}: {word} in {seconds:.1} s");
    outcome
}

fn describe(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn cannot_start(command: &Command, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot start {}: {error}", describe(command)))
}
