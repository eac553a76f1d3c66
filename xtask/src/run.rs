//! `cargo xtask run`: from a clone to a sign-in link.

use std::process::Command;
use std::time::Instant;

use crate::step::{self, Failure};
use crate::{node, step::show};

/// Builds everything and becomes the server, with `arguments` passed on.
pub fn run(arguments: &[String]) -> Result<(), Failure> {
    let started = Instant::now();
    println!("Hitmetrix: building the web parts, then the server; a first time takes minutes.");
    node::install()?;
    node::build()?;
    show(
        "build the server",
        &mut step::cargo(&["build", "--release", "--package", "hitmetrix"]),
    )?;
    println!(
        "\nBuilt in {:.0} s. Starting.\n",
        started.elapsed().as_secs_f64()
    );
    let mut server = step::command(&step::binary("release").to_string_lossy(), &["serve"]);
    if !arguments
        .iter()
        .any(|argument| argument.starts_with("--data"))
    {
        server.args(["--data", "data"]);
    }
    server.arg("--demo-data");
    server.args(arguments);
    become_server(&mut server)
}

/// The server takes this process over, so that signals of a service manager reach it.
#[cfg(unix)]
fn become_server(server: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    Err(Failure::from(server.exec()))
}

#[cfg(not(unix))]
fn become_server(server: &mut Command) -> Result<(), Failure> {
    let status = server.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("the server ended with {status}")))
    }
}
