//! Settings of the process: by flag, by `HITMETRIX_*` in the environment, or by one TOML file, in
//! this order. Each is declared once, with its doc, unit and default, in the table below, from
//! which come the struct, the command line's flags and docs/reference/config.md.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;

use hitmetrix_model::ErrorKind;

use crate::cidr::Cidr;
use crate::egress::{Allowed, MailDomains};
use crate::public_url::PublicUrl;

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The value is not of the setting's kind.
    #[error("setting `{name}` is `{value}`: {reason}")]
    Value {
        /// Which setting.
        name: &'static str,
        /// What it is set to.
        value: String,
        /// Why that cannot be.
        reason: String,
    },
    /// The file cannot be read.
    #[error("settings file {} cannot be read; name another with --config", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("settings file {} is not TOML: {message}", path.display())]
    Toml {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// The file has a setting that does not exist.
    #[error("settings file {} sets `{name}`, which does not exist; see docs/reference/config.md", path.display())]
    Unknown {
        /// Which file.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

impl ConfigError {
    /// What the caller should do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        ErrorKind::Invalid
    }
}

/// One setting, as flags and the reference page show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Name in the file, with underscores.
    pub name: &'static str,
    /// What it does.
    pub doc: &'static str,
    /// Unit or form of the value.
    pub unit: &'static str,
    /// Value when nobody sets it; empty for none.
    pub default: &'static str,
}

impl Setting {
    /// The flag, without dashes in front.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }

    /// The name in the environment.
    #[must_use]
    pub fn environment(&self) -> String {
        format!("HITMETRIX_{}", self.name.to_uppercase())
    }

    /// True for a flag that takes no value.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        self.unit == "switch"
    }

    /// True when the flag may stand several times.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.unit.starts_with("list")
    }
}

/// A kind of value that a setting can have.
trait Value: Sized {
    fn read(text: &str) -> Result<Self, String>;
}

macro_rules! value_by_from_str {
    ($($kind:ty: $what:literal),+) => {
        $(impl Value for $kind {
            fn read(text: &str) -> Result<Self, String> {
                text.parse().map_err(|_| format!("this is no {}", $what))
            }
        })+
    };
}

value_by_from_str!(
    SocketAddr: "address with port, as 127.0.0.1:8126",
    u64: "whole number",
    usize: "whole number",
    PathBuf: "path",
    String: "text"
);

impl Value for bool {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err("this is neither true nor false".to_owned()),
        }
    }
}

/// How mail goes to its server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// Plain at first, then encrypted, or not at all.
    Starttls,
    /// Encrypted from the first byte.
    Tls,
    /// Not encrypted.
    None,
}

impl SmtpTls {
    /// The word in the settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starttls => "starttls",
            Self::Tls => "tls",
            Self::None => "none",
        }
    }
}

impl Value for SmtpTls {
    fn read(text: &str) -> Result<Self, String> {
        [Self::Starttls, Self::Tls, Self::None]
            .into_iter()
            .find(|known| known.name() == text)
            .ok_or_else(|| "this is none of starttls, tls and none".to_owned())
    }
}

/// A setting that is shown nowhere.
#[derive(Clone)]
pub struct Hidden(String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Value for Hidden {
    fn read(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }
}

impl Value for Allowed {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
}

impl Value for MailDomains {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
}

impl Value for PublicUrl {
    fn read(text: &str) -> Result<Self, String> {
        text.parse()
    }
}

impl<T: Value> Value for Option<T> {
    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(None);
        }
        T::read(text).map(Some)
    }
}

impl Value for Vec<Cidr> {
    fn read(text: &str) -> Result<Self, String> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::parse)
            .collect()
    }
}

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty = $default:literal, $unit:literal;)+) => {
        /// The settings of one process.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $name: $kind,)+
        }

        /// All settings, in the order of the reference page.
        pub const ALL: &[Setting] = &[$(Setting {
            name: stringify!($name),
            doc: concat!($($doc),+),
            unit: $unit,
            default: $default,
        }),+];

        impl Config {
            /// Every setting from `look_up` by its name, or its default.
            ///
            /// # Errors
            /// When a value is not of its setting's kind.
            pub fn resolve(
                look_up: &dyn Fn(&Setting) -> Option<String>,
            ) -> Result<Self, ConfigError> {
                let mut all = ALL.iter();
                Ok(Self {
                    $($name: {
                        let setting = all.next().expect("the table has a row for each field");
                        let value = look_up(setting).unwrap_or_else(|| setting.default.to_owned());
                        <$kind as Value>::read(&value).map_err(|reason| ConfigError::Value {
                            name: setting.name,
                            value,
                            reason,
                        })?
                    },)+
                })
            }
        }
    };
}

settings! {
    /// Folder that holds everything; one process at a time owns it.
    data: PathBuf = "./data", "folder";
    /// Address of dashboard, API and collection.
    listen: SocketAddr = "127.0.0.1:8126", "address:port";
    /// Address under which browsers reach the server; with https cookies become secure.
    public_url: Option<PublicUrl> = "", "http(s)://host[:port]";
    /// Proxies whose X-Forwarded-For counts; from anybody else it is ignored.
    trusted_proxy: Vec<Cidr> = "", "list of address ranges";
    /// Serve the demo shop even though other sites exist.
    demo: bool = "false", "switch";
    /// Fill the demo site with 90 days of made-up visits when it is made.
    demo_data: bool = "false", "switch";
    /// Address of the demo shop.
    demo_listen: SocketAddr = "127.0.0.1:8127", "address:port";
    /// Folder of the web parts, in place of those that are built in.
    web: Option<PathBuf> = "", "folder";
    /// What is logged: error, warn, info, debug or trace, also by module.
    log: String = "info", "filter";
    /// Connections at one time; further ones wait.
    connections_max: usize = "4096", "connections";
    /// Connections of one network address at one time; further ones are closed.
    connections_per_address_max: usize = "256", "connections";
    /// Time that a connection may take to send the head of a request.
    header_ms_max: u64 = "10000", "milliseconds";
    /// Time that a request may take to send its body.
    body_ms_max: u64 = "60000", "milliseconds";
    /// Time that a client may take nothing of its answer; then the connection is closed.
    answer_ms_max: u64 = "60000", "milliseconds";
    /// Requests with one site's public key that are taken in a second; further ones get 429.
    site_requests_a_second_max: u64 = "20000", "requests";
    /// Requests with a public key that are taken from one network address in a second. Loopback
    /// and trusted proxies stand for many and are not held to it.
    address_requests_a_second_max: u64 = "100", "requests";
    /// Questions that are computed at one time; further ones wait.
    questions_max: usize = "2", "questions";
    /// Questions that may wait; further ones are refused.
    questions_waiting_max: usize = "64", "questions";
    /// Days without use after which a login ends.
    login_idle_days: u64 = "14", "days";
    /// Days after which a login ends in any case.
    login_days: u64 = "90", "days";
    /// Hours that a one-time link works.
    link_hours: u64 = "72", "hours";
    /// Failed sign-ins of one account in 15 minutes before it has to wait.
    account_attempts_max: usize = "10", "attempts";
    /// Failed sign-ins from one network address in 15 minutes before it has to wait.
    address_attempts_max: usize = "30", "attempts";
    /// Share of the disk in use above which recordings give way and health is degraded.
    disk_mark_percent: u64 = "90", "percent";
    /// Time that running requests get to finish when the server stops.
    stop_ms_max: u64 = "10000", "milliseconds";
    /// Receivers of webhooks; nobody else is reached. A host, as `hooks.example.org`, `*.example.org`
    /// or with a port, is reached at public addresses and by https; a range of addresses, as
    /// `10.20.0.0/16:8080`, is the owner's own network and may be plain http. The port is 443 where
    /// none is named.
    egress_allow: Allowed = "", "list of hosts and address ranges";
    /// Domains to whose addresses alerts and boards may be mailed; members of the site and owners of
    /// the installation always may.
    mail_domains: MailDomains = "", "list of domains";
    /// Server by which mail is sent; without it none is sent.
    smtp_host: Option<String> = "", "host name";
    /// Its port.
    smtp_port: u64 = "587", "port";
    /// How the connection to it is encrypted: starttls, tls (from the first byte, port 465) or none.
    smtp_tls: SmtpTls = "starttls", "word";
    /// User name at it; without one nobody signs in.
    smtp_user: Option<String> = "", "text";
    /// Password at it; better in the environment or in a file of its own than as a flag.
    smtp_password: Option<Hidden> = "", "text";
    /// File whose first line is that password.
    smtp_password_file: Option<PathBuf> = "", "file";
    /// Sender of mail.
    smtp_from: Option<String> = "", "e-mail address";
}

impl Config {
    /// The address under which browsers reach this server.
    #[must_use]
    pub fn origin(&self) -> String {
        match &self.public_url {
            Some(url) => url.to_string(),
            None => format!("http://{}", self.listen),
        }
    }

    /// The password at the mail server, from the setting or from its file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn smtp_password(&self) -> Result<String, ConfigError> {
        let Some(path) = &self.smtp_password_file else {
            let password = self.smtp_password.as_ref();
            return Ok(password.map_or_else(String::new, |hidden| hidden.0.clone()));
        };
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Value {
            name: "smtp_password_file",
            value: path.display().to_string(),
            reason: format!("it cannot be read: {error}"),
        })?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    /// Whether browsers reach this server by https only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_https)
    }
}

/// Reads the TOML file into texts by setting name.
///
/// # Errors
/// When it cannot be read, is not TOML, or sets what does not exist.
pub fn read_file(path: &std::path::Path) -> Result<Vec<(String, String)>, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File {
        path: path.to_owned(),
        source,
    })?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| ConfigError::Toml {
            path: path.to_owned(),
            message: error.message().to_owned(),
        })?;
    let mut values = Vec::with_capacity(table.len());
    for (name, value) in table {
        if !ALL.iter().any(|setting| setting.name == name) {
            return Err(ConfigError::Unknown {
                path: path.to_owned(),
                name,
            });
        }
        values.push((name, plain_text(&value)));
    }
    Ok(values)
}

fn plain_text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(values) => values.iter().map(plain_text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

/// The page docs/reference/config.md.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         Generated from crates/server/src/config.rs by `cargo xtask gen`; change it there.\n\n\
         A setting comes from its flag, else from the environment, else from the TOML file that\n\
         `--config FILE` or `HITMETRIX_CONFIG` names, else it has its default.\n\n\
         | flag | environment | in the file | unit | default | what it does |\n\
         |---|---|---|---|---|---|\n",
    );
    for setting in ALL {
        let default = if setting.default.is_empty() {
            String::new()
        } else {
            format!("`{}`", setting.default)
        };
        writeln!(
            page,
            "| `--{}` | `{}` | `{}` | {} | {default} | {} |",
            setting.flag(),
            setting.environment(),
            setting.name,
            setting.unit,
            setting.doc.trim(),
        )
        .expect("writing to a string does not fail");
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_of_its_setting() {
        let config = Config::resolve(&|_| None).unwrap();
        assert_eq!(config.listen.port(), 8126);
        assert_eq!(config.demo_listen.port(), 8127);
        assert_eq!(config.origin(), "http://127.0.0.1:8126");
        assert!(!config.is_https());
    }

    #[test]
    fn value_of_another_kind_names_the_setting() {
        let error =
            Config::resolve(&|setting| (setting.name == "listen").then(|| "everywhere".to_owned()))
                .unwrap_err();
        assert!(
            error.to_string().contains("`listen` is `everywhere`"),
            "{error}"
        );
    }

    #[test]
    fn file_sets_texts_numbers_switches_and_lists() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hitmetrix.toml");
        std::fs::write(
            &path,
            "listen = \"127.0.0.1:9000\"\ndemo = true\nlogin_days = 5\n\
             trusted_proxy = [\"10.0.0.0/8\", \"::1\"]\n",
        )
        .unwrap();
        let values = read_file(&path).unwrap();
        let config = Config::resolve(&|setting| {
            values
                .iter()
                .find(|(name, _)| name == setting.name)
                .map(|(_, value)| value.clone())
        })
        .unwrap();
        assert_eq!(config.listen.port(), 9000);
        assert!(config.demo);
        assert_eq!(config.login_days, 5);
        assert_eq!(config.trusted_proxy.len(), 2);
    }

    #[test]
    fn file_with_an_unknown_setting_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hitmetrix.toml");
        std::fs::write(&path, "lisen = \"127.0.0.1:9000\"\n").unwrap();
        assert!(
            read_file(&path)
                .unwrap_err()
                .to_string()
                .contains("`lisen`")
        );
    }
}
