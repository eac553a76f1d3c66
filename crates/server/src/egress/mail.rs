//! Mail, by the server that the owner named in the settings; without one none is sent. A mail goes
//! to one recipient at a time, as text and as the same in simple HTML without pictures or links but
//! those into the dashboard.

use std::fmt::Write as _;
use std::time::Duration;

use hitmetrix_model::limits;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use serde::{Deserialize, Serialize};

use crate::config::{Config, ConfigError, SmtpTls};

/// A mail could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Nobody said by which server.
    #[error("no mail can be sent: the setting `smtp_host` is empty")]
    NotSet,
    /// The address is none.
    #[error("`{address}` is no e-mail address; write it as name@example.org")]
    Address {
        /// The address.
        address: String,
    },
    /// The mail cannot be made.
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// The server takes too long.
    #[error("the mail server took longer than {SEND_MS} ms")]
    TooSlow,
    /// The server did not take it.
    #[error("the mail server did not take it: {0}")]
    Server(#[from] lettre::transport::smtp::Error),
}

impl MailError {
    /// Whether a later attempt may succeed without anybody changing anything.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Server(error) => !error.is_permanent(),
            Self::TooSlow => true,
            Self::NotSet | Self::Address { .. } | Self::Message(_) => false,
        }
    }
}

/// Time for all steps of one mail.
const SEND_MS: u64 = 3 * limits::MAIL_MS;

/// One part of a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A heading.
    Title(String),
    /// A link into the dashboard: its words and its address.
    Link(String, String),
    /// A table under a title: its head and its rows.
    Table(String, Vec<String>, Vec<Vec<String>>),
}

/// A mail without its recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The subject; ends of lines in it become spaces.
    pub subject: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Mail {
    /// The mail as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for block in &self.blocks {
            match block {
                Block::Text(said) | Block::Title(said) => text.push_str(said),
                Block::Link(words, address) => {
                    write!(text, "{words}: {address}").expect("a string takes it");
                }
                Block::Table(title, head, rows) => {
                    text.push_str(title);
                    for row in std::iter::once(head).chain(rows) {
                        text.push('\n');
                        text.push_str(&row.join(" | "));
                    }
                }
            }
            text.push_str("\n\n");
        }
        text
    }

    /// The mail as HTML; every value is escaped.
    #[must_use]
    pub fn html(&self) -> String {
        let mut html = String::from(
            "<!doctype html><html><body style=\"font:14px/20px sans-serif;color:#14161a\">",
        );
        for block in &self.blocks {
            match block {
                Block::Text(said) => {
                    let said = escaped(said).replace('\n', "<br>");
                    write!(html, "<p>{said}</p>")
                }
                Block::Title(said) => {
                    write!(html, "<h2 style=\"font-size:16px\">{}</h2>", escaped(said))
                }
                Block::Link(words, address) => write!(
                    html,
                    "<p><a href=\"{}\">{}</a></p>",
                    escaped(address),
                    escaped(words)
                ),
                Block::Table(title, head, rows) => {
                    write!(html, "<h2 style=\"font-size:16px\">{}</h2>", escaped(title))
                        .expect("a string takes it");
                    html.push_str("<table cellpadding=\"6\" style=\"border-collapse:collapse\">");
                    row_html(&mut html, "th", head);
                    for row in rows {
                        row_html(&mut html, "td", row);
                    }
                    html.push_str("</table>");
                    Ok(())
                }
            }
            .expect("a string takes it");
        }
        html.push_str("</body></html>");
        html
    }
}

fn row_html(html: &mut String, tag: &str, cells: &[String]) {
    html.push_str("<tr>");
    for (place, cell) in cells.iter().enumerate() {
        // The first says what the row is; what follows are mostly numbers.
        let side = if place == 0 { "left" } else { "right" };
        let style = "border-bottom:1px solid #e4e7ec;white-space:nowrap";
        write!(
            html,
            "<{tag} align=\"{side}\" style=\"{style}\">{}</{tag}>",
            escaped(cell)
        )
        .expect("a string takes it");
    }
    html.push_str("</tr>");
}

/// Text as it may stand in HTML, also within an attribute.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(one),
        }
    }
    html
}

/// An e-mail address as it was typed, without what stands around it.
///
/// # Errors
/// When it is none.
pub fn address(text: &str) -> Result<String, MailError> {
    let text = text.trim();
    let wrong = || MailError::Address {
        address: text.chars().take(80).collect(),
    };
    if text.len() > limits::EMAIL_BYTES || text.chars().any(char::is_control) {
        return Err(wrong());
    }
    let read: lettre::Address = text.parse().map_err(|_| wrong())?;
    Ok(read.to_string())
}

/// The mail server of the settings.
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// The mail server that the settings name; none when they name none.
    ///
    /// # Errors
    /// When the settings do not fit together.
    pub fn of(config: &Config) -> Result<Option<Self>, ConfigError> {
        let Some(host) = config.smtp_host.clone() else {
            return Ok(None);
        };
        let wrong = |name: &'static str, value: &str, reason: String| ConfigError::Value {
            name,
            value: value.to_owned(),
            reason,
        };
        let from = config.smtp_from.clone().unwrap_or_default();
        let from: Mailbox = from.parse().map_err(|_| {
            let reason = "mail needs a sender, as hitmetrix@example.org".to_owned();
            wrong("smtp_from", &from, reason)
        })?;
        let tls = || {
            TlsParameters::new(host.clone())
                .map_err(|error| wrong("smtp_tls", config.smtp_tls.name(), error.to_string()))
        };
        let tls = match config.smtp_tls {
            SmtpTls::Starttls => Tls::Required(tls()?),
            SmtpTls::Tls => Tls::Wrapper(tls()?),
            SmtpTls::None => Tls::None,
        };
        let port = u16::try_from(config.smtp_port).map_err(|_| {
            let reason = "a port is at most 65535".to_owned();
            wrong("smtp_port", &config.smtp_port.to_string(), reason)
        })?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .timeout(Some(Duration::from_millis(limits::MAIL_MS)));
        if let Some(user) = &config.smtp_user {
            let password = config.smtp_password()?;
            builder = builder.credentials(Credentials::new(user.clone(), password));
        }
        Ok(Some(Self {
            transport: builder.build(),
            from,
        }))
    }

    /// Sends a mail to one recipient; the server has it when this returns.
    ///
    /// # Errors
    /// When the address is none or the server does not take it.
    pub async fn send(&self, to: &str, mail: &Mail) -> Result<(), MailError> {
        let wrong = |_| MailError::Address {
            address: to.to_owned(),
        };
        let to: Mailbox = to.parse().map_err(wrong)?;
        let subject: String = mail
            .subject
            .chars()
            .map(|one| if one.is_control() { ' ' } else { one })
            .collect();
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .multipart(MultiPart::alternative_plain_html(mail.text(), mail.html()))?;
        // The transport's own limit holds for connecting only.
        let sending = self.transport.send(message);
        tokio::time::timeout(Duration::from_millis(SEND_MS), sending)
            .await
            .map_err(|_| MailError::TooSlow)??;
        Ok(())
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_escaped_in_html_and_plain_in_text() {
        let hostile = "<script>alert(\"1\")</script>&'";
        let mail = Mail {
            subject: "x".to_owned(),
            blocks: vec![
                Block::Text(hostile.to_owned()),
                Block::Link(hostile.to_owned(), format!("https://x/{hostile}")),
                Block::Table(
                    hostile.to_owned(),
                    vec![hostile.to_owned()],
                    vec![vec![hostile.to_owned()]],
                ),
            ],
        };
        let html = mail.html();
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(
            html.matches("&lt;script&gt;alert(&quot;1&quot;)").count(),
            6
        );
        assert_eq!(mail.text().matches(hostile).count(), 6);
    }

    #[test]
    fn addresses_are_told_from_other_text() {
        assert_eq!(address(" a@example.org ").unwrap(), "a@example.org");
        for wrong in [
            "",
            "a",
            "a@",
            "a@b@c",
            "a@example.org\nBcc: b@example.org",
            "a b@c.d",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
