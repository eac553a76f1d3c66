//! The binary `hitmetrix`: everything stands in the library, so that tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    hitmetrix_server::cli::run(std::env::args_os())
}
