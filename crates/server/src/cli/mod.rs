//! The command line: what can be typed, and which command runs. Commands are clients of the same
//! router that the network reaches; they add files, tables and progress, no rights of their own.

mod arguments;
mod ask;
mod backup;
pub mod cell;
mod demo;
mod doctor;
mod export;
mod import;
mod import_rrweb;
mod mapping;
mod people;
mod person;
mod progress;
pub(crate) mod reference;
mod repack;
mod segment;
mod site;
mod table;
#[cfg(test)]
mod tests;
mod token;
mod user;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;
use tracing_subscriber::EnvFilter;

use crate::client::{Client, ClientError};
use crate::config::{Config, ConfigError};
use crate::serve::{self, ServeError};
use arguments::{Arguments, Command, SiteCommand};

/// What is logged unless somebody says otherwise.
const DEFAULT_LOG: &str = "info";

/// A command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The server could not start or stop.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The server refused, or cannot be reached.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] hitmetrix_store::StoreError),
    /// A file cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Standard output was closed or is full.
    #[error("cannot write to standard output")]
    Output(#[source] std::io::Error),
    /// What was asked for cannot be done as it was asked.
    #[error("{0}")]
    Usage(String),
    /// Checks found something.
    #[error("{count} findings; see above")]
    Findings {
        /// How many.
        count: usize,
    },
}

/// Runs the command line and gives the exit code of the process.
pub fn run(words: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = arguments::command().get_matches_from(words);
    let parsed = Arguments::from_arg_matches(&matches);
    let parsed = parsed.unwrap_or_else(|error| error.exit());
    let outcome = arguments::config(&matches)
        .map_err(CommandError::from)
        .and_then(|config| {
            start_log(&config, &parsed.command);
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()
                .map_err(|source| CommandError::File {
                    action: "start threads for",
                    path: config.data.clone(),
                    source,
                })?;
            runtime.block_on(execute(parsed.command, config))
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Runs one command.
///
/// # Errors
/// When it fails.
pub async fn execute(command: Command, config: Config) -> Result<(), CommandError> {
    match command {
        Command::Serve => return Ok(serve::serve(config).await?),
        Command::Restore(restore) => return backup::restore(restore, config).await,
        Command::Reference(folder) => return reference::write(&folder),
        Command::Openapi => return print(&crate::api::openapi::text()),
        _ => {}
    }
    check_folder(&command, &config)?;
    let client = Client::open(config).await?;
    let outcome = match command {
        Command::Site(command) => site::run(&client, command).await,
        Command::User(command) => user::run(&client, command).await,
        Command::Token(command) => token::run(&client, command).await,
        Command::Person(command) => person::run(&client, command).await,
        Command::Import(command) => import::run(&client, command).await,
        Command::Ask(command) => ask::run(&client, command).await,
        Command::People(command) => people::run(&client, command).await,
        Command::Segment(command) => segment::run(&client, command).await,
        Command::Demo(command) => demo::run(&client, &command).await,
        Command::Export(command) => export::run(&client, command).await,
        Command::Backup(command) => backup::backup(&client, command).await,
        Command::Doctor(command) => doctor::run(&client, command).await,
        Command::Repack(command) => repack::run(&client, command).await,
        Command::Serve | Command::Restore(_) | Command::Reference(_) | Command::Openapi => Ok(()),
    };
    let closed = client.close().await;
    outcome?;
    Ok(closed?)
}

/// A folder that is not there is begun by the first site only: anything else that is done to an empty
/// one was meant for another.
fn check_folder(command: &Command, config: &Config) -> Result<(), CommandError> {
    let begins = matches!(command, Command::Site(SiteCommand::Add(_)));
    if begins || hitmetrix_store::is_data_folder(&config.data) {
        return Ok(());
    }
    let detail = format!(
        "there are no data of Hitmetrix in {}; name their folder with --data or HITMETRIX_DATA, or \
         begin one with `hitmetrix serve`",
        config.data.display()
    );
    Err(CommandError::Usage(detail))
}

/// Prints a text to standard output.
pub(super) fn print(text: &str) -> Result<(), CommandError> {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(CommandError::Output)
}

/// The server logs what it is told to; the other commands, whose log would stand between what
/// they print, only warnings unless they are told more.
fn start_log(config: &Config, command: &Command) {
    let is_told = config.log != DEFAULT_LOG || matches!(command, Command::Serve);
    let wanted = if is_told { config.log.as_str() } else { "warn" };
    let filter = EnvFilter::try_new(wanted).unwrap_or_else(|_| EnvFilter::new(DEFAULT_LOG));
    // A second call, as in tests, keeps the first.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .try_init();
}

fn complain(error: &CommandError) {
    use std::fmt::Write as _;
    use std::io::Write as _;
    let mut text = format!("hitmetrix: {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            let _ = write!(text, ": {cause_text}");
        }
        source = cause.source();
    }
    let _ = writeln!(std::io::stderr(), "{text}");
}
