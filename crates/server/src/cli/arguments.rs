//! What can be typed. Flags of `serve` come from the table of settings.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use hitmetrix_model::{SegmentOf, SessionId, VisitorId};
use hitmetrix_store::Clock;
use hitmetrix_store::settings::Scope;

use crate::clock::SystemClock;
use crate::config::{self, Config, ConfigError, Setting};

/// User behavior analytics & recording.
#[derive(Debug, Parser)]
#[command(name = "hitmetrix", version, about, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the server.
    Serve,
    /// List, add and remove sites.
    #[command(subcommand)]
    Site(SiteCommand),
    /// Users of the dashboard.
    #[command(subcommand)]
    User(UserCommand),
    /// API tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Who is one person and why, and taking that back.
    #[command(subcommand)]
    Person(PersonCommand),
    /// Bring in what happened before; can be stopped, resumed and run again.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Ask a question, as docs/reference/openapi.json describes it.
    Ask(Ask),
    /// Show who stands behind a cell of a question's answer, with their sessions.
    People(People),
    /// Saved conditions on sessions or persons, for questions.
    #[command(subcommand)]
    Segment(SegmentCommand),
    /// Fill the demo site with 90 days of made-up visits, or empty it.
    Demo(DemoData),
    /// Write every event of a site, or one recording, into a file or folder.
    Export(Export),
    /// Write a backup; recordings can be read again only with the keys, which go elsewhere.
    Backup(Backup),
    /// Bring a backup back into an empty data folder; refused while a server runs.
    Restore(Restore),
    /// Check everything that is stored.
    Doctor(Doctor),
    /// Put all recordings in order now, also those of sessions that may go on; else it happens by
    /// itself when a session is over.
    Repack(Repack),
    /// Print the OpenAPI document.
    #[command(hide = true)]
    Openapi,
    /// Write the generated reference pages.
    #[command(hide = true)]
    Reference(Reference),
}

/// What to do with the demo site.
#[derive(Debug, Args)]
pub struct DemoData {
    /// Make so many times as many visits, to see how the program does with as much as a busy site
    /// sends; 90 times are 20 million events.
    #[arg(long, default_value_t = 1, conflicts_with = "remove", value_name = "N")]
    pub times: u32,
    /// Empty it: everything that it has measured and recorded goes.
    #[arg(long)]
    pub remove: bool,
}

/// Sites.
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Add a site and print its snippet.
    Add(SiteAdd),
    /// List all sites.
    List(SiteList),
    /// Remove a site with all its events and recordings.
    Remove(SiteRemove),
}

/// A site to add.
#[derive(Debug, Args)]
pub struct SiteAdd {
    /// Its name.
    pub name: String,
    /// A host name that may send; *.example.org allows all subdomains. May stand several times.
    #[arg(long = "domain", required = true)]
    pub domains: Vec<String>,
    /// IANA time zone.
    #[arg(long, default_value = "UTC")]
    pub time_zone: String,
    /// Count automated browsers as people, for test sites.
    #[arg(long)]
    pub count_automated: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// How to list sites.
#[derive(Debug, Args)]
pub struct SiteList {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A site to remove.
#[derive(Debug, Args)]
pub struct SiteRemove {
    /// Name or number.
    pub site: String,
    /// Its name again, so that no other goes.
    #[arg(long)]
    pub confirm: String,
}

/// Users.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// List all users.
    List,
    /// Print a one-time link that sets a user's password.
    ResetPassword {
        /// Their e-mail address.
        email: String,
    },
    /// Remove the second factor of a user who lost phone and recovery codes.
    ResetSecondFactor {
        /// Their e-mail address.
        email: String,
    },
}

/// Tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print its secret, once.
    Create(TokenCreate),
}

/// A token to make.
#[derive(Debug, Args)]
pub struct TokenCreate {
    /// Name or number of its site.
    #[arg(long)]
    pub site: String,
    /// What to call it.
    #[arg(long)]
    pub name: String,
    /// What it may do.
    #[arg(long, value_enum)]
    pub scope: ScopeWord,
}

/// What a token may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ScopeWord {
    /// Send events.
    Ingest,
    /// Ask and look.
    Read,
    /// Everything on its site.
    Admin,
}

impl From<ScopeWord> for Scope {
    fn from(word: ScopeWord) -> Self {
        match word {
            ScopeWord::Ingest => Self::Ingest,
            ScopeWord::Read => Self::Read,
            ScopeWord::Admin => Self::Admin,
        }
    }
}

/// Persons.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// Show the visitors of a person, and every identify, alias and undo that made it.
    Show(PersonShow),
    /// Make a visitor a person of its own again.
    Undo(PersonUndo),
    /// Erase a person for good, in restored backups too: events, recordings, and who they were.
    Erase(PersonErase),
    /// Erase all recordings of a person for good, in restored backups too; its events stay.
    EraseRecordings(PersonErase),
}

/// A person who goes, or whose recordings do.
#[derive(Debug, Args)]
pub struct PersonErase {
    /// The user's name as the site passed it, the person's key, or the id of one of its visitors.
    pub person: String,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// The person again, so that no other's go.
    #[arg(long)]
    pub confirm: String,
}

/// A person to show.
#[derive(Debug, Args)]
pub struct PersonShow {
    /// The user's name as the site passed it, the person's key, or the id of one of its visitors.
    pub person: String,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// A visitor that was joined to the wrong person.
#[derive(Debug, Args)]
pub struct PersonUndo {
    /// Its id, as `person show` prints it.
    pub visitor: VisitorId,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
}

/// Imports.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// An access log of a web server in the common or combined format.
    AccessLog(ImportFile),
    /// A table of a shop, a CRM or a spreadsheet; each line is an event.
    Csv(Box<ImportCsv>),
    /// JSON lines, one event each, as docs/guide describes them.
    Jsonl(ImportFile),
    /// Recordings of rrweb, and of what `export recording` wrote; each becomes a session.
    Rrweb(ImportRrweb),
}

/// Recordings to import.
#[derive(Debug, Args)]
pub struct ImportRrweb {
    /// Files with rrweb events: a JSON list, one event a line, or an object with the list as its
    /// `events`.
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// Put the beginning at this time, as 2026-01-31T12:00:00Z or now [default: its own].
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub at: Option<i64>,
}

/// A file to import.
#[derive(Debug, Default, Args)]
pub struct ImportFile {
    /// The file.
    pub file: PathBuf,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
}

/// A table to import, and what its columns are.
#[derive(Debug, Args)]
pub struct ImportCsv {
    #[command(flatten)]
    pub file: ImportFile,
    /// Which column gives a field: event, time, visitor, person, id, session, url, referrer,
    /// user_agent or property.NAME. A column is its name in the header, or # and its number. May
    /// stand several times.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_parser = pair)]
    pub map: Vec<(String, String)>,
    /// A field that is the same for every line, as event=purchase. May stand several times.
    #[arg(long = "set", value_name = "FIELD=TEXT", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// TOML file with the tables map and set and the other options; flags go before it.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// comma, semicolon, tab, space (any number of blanks), or one character [default: the one
    /// that the first line has most often].
    #[arg(long)]
    pub delimiter: Option<String>,
    /// The first line is an event already; columns have numbers from 1.
    #[arg(long)]
    pub no_header: bool,
    /// iso (2026-01-31T12:00:00Z, 2026-01-31 12:00, 2026-01-31), epoch-s, epoch-ms, or a pattern as
    /// %d.%m.%Y %H:%M [default: iso].
    #[arg(long, value_name = "FORMAT")]
    pub time_format: Option<String>,
    /// IANA time zone of times that name none [default: UTC].
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Numbers are written as 1.234,56.
    #[arg(long)]
    pub decimal_comma: bool,
    /// A column whose values must be numbers, also as 1,234.56; other lines are refused.
    #[arg(long, value_name = "COLUMN")]
    pub number: Vec<String>,
    /// A column whose values stay texts, as postcodes and item numbers.
    #[arg(long, value_name = "COLUMN")]
    pub text: Vec<String>,
    /// Leave out columns that are not mapped; otherwise they become properties by their names.
    #[arg(long)]
    pub only_mapped: bool,
}

/// A question to ask.
#[derive(Debug, Args)]
pub struct Ask {
    /// File with the question; - reads standard input.
    pub question: PathBuf,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    #[command(flatten)]
    pub form: AnswerForm,
}

/// How an answer is printed; as a table unless said otherwise.
#[derive(Debug, Clone, Copy, Args)]
pub struct AnswerForm {
    /// Print the whole answer as JSON.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print the rows as CSV.
    #[arg(long)]
    pub csv: bool,
}

/// A cell to look behind.
#[derive(Debug, Args)]
pub struct People {
    /// File with the question; - reads standard input.
    pub question: PathBuf,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// Column of the cell, as persons.
    #[arg(long)]
    pub column: Option<String>,
    /// What tells the cell's row, as page=/cart. May stand several times. Numbers, true, false
    /// and times are taken for what they look like; in quotes, as plan='"10"', they are texts.
    #[arg(long, value_name = "NAME=VALUE")]
    pub row: Vec<String>,
    /// File with the cell, as {"column": "persons", "row": {"page": "/cart"}}, in place of
    /// --column and --row.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["column", "row"])]
    pub cell: Option<PathBuf>,
    /// How many rows at most; 100 unless said otherwise.
    #[arg(long)]
    pub limit: Option<u32>,
    #[command(flatten)]
    pub form: AnswerForm,
}

/// Segments.
#[derive(Debug, Subcommand)]
pub enum SegmentCommand {
    /// List all segments of a site.
    List(SegmentList),
    /// Save conditions as a segment.
    Add(SegmentAdd),
    /// Archive a segment: no picker offers it, what uses it still does.
    Archive(SegmentArchive),
    /// Remove an archived segment that nothing uses, for good.
    Remove(SegmentRemove),
}

/// How to list segments.
#[derive(Debug, Args)]
pub struct SegmentList {
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// Print JSON, with the conditions.
    #[arg(long)]
    pub json: bool,
}

/// A segment to save.
#[derive(Debug, Args)]
pub struct SegmentAdd {
    /// Its name.
    pub name: String,
    /// File with its conditions, a JSON list or a single one; - reads standard input.
    pub conditions: PathBuf,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// Whether sessions or persons are in it.
    #[arg(long, value_enum)]
    pub of: SegmentOfWord,
    /// Replace the segment of this name, if there is one.
    #[arg(long)]
    pub replace: bool,
}

/// What a segment is of.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SegmentOfWord {
    /// Sessions with an event for which all conditions hold.
    Sessions,
    /// Persons with such an event in the question's period.
    Persons,
}

impl SegmentOfWord {
    /// The word in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sessions => SegmentOf::Sessions.name(),
            Self::Persons => SegmentOf::Persons.name(),
        }
    }
}

/// A segment to archive.
#[derive(Debug, Args)]
pub struct SegmentArchive {
    /// Id or name; to bring one back, the name of an archived one.
    pub segment: String,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// Bring it back instead.
    #[arg(long)]
    pub back: bool,
}

/// A segment to remove.
#[derive(Debug, Args)]
pub struct SegmentRemove {
    /// Id, or the name of an archived one.
    pub segment: String,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
}

/// An export.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Export {
    #[command(subcommand)]
    pub command: Option<ExportCommand>,
    #[command(flatten)]
    pub events: Option<ExportEvents>,
}

/// What else can be exported.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Write one recording: rrweb events, or a page that plays it without a server.
    Recording(ExportRecording),
}

/// An export of events.
#[derive(Debug, Args)]
pub struct ExportEvents {
    /// Name or number of the site.
    #[arg(long, required = true)]
    pub site: String,
    /// What to write.
    #[arg(long, value_enum, default_value = "parquet")]
    pub format: ExportFormat,
    /// The file, or for Parquet the folder; must not exist.
    #[arg(long, required = true)]
    pub out: PathBuf,
}

/// An export of a recording.
#[derive(Debug, Args)]
pub struct ExportRecording {
    /// Id of the session.
    pub session: SessionId,
    /// Name or number of the site.
    #[arg(long)]
    pub site: String,
    /// What to write.
    #[arg(long, value_enum, default_value = "html")]
    pub format: RecordingFormat,
    /// Say nothing of who it was, in the page.
    #[arg(long)]
    pub hide_person: bool,
    /// The file; must not exist.
    #[arg(long)]
    pub out: PathBuf,
}

/// Formats of a recording's export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RecordingFormat {
    /// A page that plays it.
    Html,
    /// A JSON list of rrweb events, which `import rrweb` takes back.
    Rrweb,
}

impl RecordingFormat {
    /// The word in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Rrweb => "rrweb",
        }
    }
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Parquet files in a folder.
    Parquet,
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values with a head line.
    Csv,
}

impl ExportFormat {
    /// The word in the API.
    pub fn name(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// A backup.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Backup {
    /// Empty folder for everything but the keys of recordings.
    pub folder: Option<PathBuf>,
    /// Empty folder for the keys of recordings and the journal of erasures.
    #[arg(long)]
    pub keys: Option<PathBuf>,
}

/// A backup to bring back.
#[derive(Debug, Args)]
pub struct Restore {
    /// Folder with the backup.
    pub folder: PathBuf,
    /// Folder with the keys, from `backup --keys`.
    #[arg(long)]
    pub keys: Option<PathBuf>,
    /// Check everything afterwards.
    #[arg(long)]
    pub verify: bool,
}

/// A check.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Seal the log's tail into parts first.
    #[arg(long)]
    pub seal: bool,
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// How to tell what a repack did.
#[derive(Debug, Args)]
pub struct Repack {
    /// Print JSON.
    #[arg(long)]
    pub json: bool,
}

/// Where to write the generated pages.
#[derive(Debug, Args)]
pub struct Reference {
    /// The folder docs/reference.
    pub folder: PathBuf,
}

/// The whole command line, with the flags of the settings.
#[must_use]
pub fn command() -> clap::Command {
    let data = config::ALL
        .iter()
        .filter(|setting| is_everywhere(setting))
        .map(flag);
    let file = Arg::new("config")
        .long("config")
        .env("HITMETRIX_CONFIG")
        .value_name("FILE")
        .global(true)
        .help("TOML file with settings");
    let rest = config::ALL
        .iter()
        .filter(|setting| !is_everywhere(setting))
        .map(flag);
    Arguments::command()
        .args(data.map(|flag| flag.global(true)))
        .arg(file)
        .mut_subcommand("serve", |serve| serve.args(rest))
}

/// Settings that every command takes.
fn is_everywhere(setting: &Setting) -> bool {
    matches!(setting.name, "data" | "log")
}

/// A time as milliseconds since the epoch.
fn moment(text: &str) -> Result<i64, String> {
    if text == "now" {
        return Ok(SystemClock.now_ms());
    }
    let time: Result<jiff::Timestamp, _> = text.parse();
    time.map(jiff::Timestamp::as_millisecond)
        .map_err(|_| "write it as 2026-01-31T12:00:00Z, or now".to_owned())
}

/// `KEY=VALUE`; the value may hold further equals signs.
fn pair(text: &str) -> Result<(String, String), String> {
    let pair = text
        .split_once('=')
        .map(|(key, value)| (key.trim(), value.trim()));
    let (key, value) = pair.ok_or("write it as FIELD=COLUMN or FIELD=TEXT, with an equals sign")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn flag(setting: &Setting) -> Arg {
    let help = if setting.default.is_empty() || setting.is_switch() {
        setting.doc.trim().to_owned()
    } else {
        format!("{} [default: {}]", setting.doc.trim(), setting.default)
    };
    let flag = Arg::new(setting.name)
        .long(setting.flag())
        .help(format!("{help} [env: {}]", setting.environment()));
    if setting.is_switch() {
        return flag.action(ArgAction::SetTrue);
    }
    let flag = flag.value_name(setting.unit.to_uppercase());
    if setting.is_list() {
        return flag.action(ArgAction::Append);
    }
    flag
}

/// The settings of this process: flag, else environment, else file, else default.
///
/// # Errors
/// When a value or the file cannot be used.
pub fn config(matches: &ArgMatches) -> Result<Config, ConfigError> {
    let serve = matches.subcommand_matches("serve");
    // Global flags reach the innermost subcommand; any level has them.
    let file = innermost(matches).get_one::<String>("config");
    let from_file = match file {
        Some(path) => config::read_file(std::path::Path::new(path))?,
        None => Vec::new(),
    };
    Config::resolve(&|setting| {
        let level = if is_everywhere(setting) {
            Some(innermost(matches))
        } else {
            serve
        };
        level
            .and_then(|level| typed(level, setting))
            .or_else(|| std::env::var(setting.environment()).ok())
            .or_else(|| {
                let found = from_file.iter().find(|(name, _)| name == setting.name);
                found.map(|(_, value)| value.clone())
            })
    })
}

fn innermost(matches: &ArgMatches) -> &ArgMatches {
    let mut level = matches;
    while let Some((_, inner)) = level.subcommand() {
        level = inner;
    }
    level
}

fn typed(matches: &ArgMatches, setting: &Setting) -> Option<String> {
    if setting.is_switch() {
        return matches.get_flag(setting.name).then(|| "true".to_owned());
    }
    let values: Vec<String> = matches.get_many::<String>(setting.name)?.cloned().collect();
    Some(values.join(","))
}
