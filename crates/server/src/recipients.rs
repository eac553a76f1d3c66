//! To whom a site may send mail: its members, the owners of the installation, and addresses of the
//! domains that the owner lists in `mail_domains`. Asked when an alert or a board is set up, and again
//! when a message is written: who is no member any more gets none.

use std::collections::HashSet;

use hitmetrix_model::SiteId;
use hitmetrix_store::settings::{Delivery, SettingsError};

use crate::app::App;
use crate::egress::{MailDomains, mail};
use crate::problem::Problem;

/// Who may be sent mail of one site.
#[derive(Debug)]
pub struct Recipients {
    people: HashSet<String>,
    domains: MailDomains,
}

impl Recipients {
    /// Those of a site, as they are now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn of(app: &App, site: SiteId) -> Result<Self, SettingsError> {
        let members = app.settings().members(site).await?;
        let users = app.settings().users().await?;
        let owners = users.into_iter().filter(|user| user.owner);
        let people = members.into_iter().map(|member| member.email);
        Ok(Self {
            people: people.chain(owners.map(|owner| owner.email)).collect(),
            domains: app.config.mail_domains.clone(),
        })
    }

    /// The addresses that somebody typed into a field, each once.
    ///
    /// # Errors
    /// When one is none or may not be sent mail; the problem names its place.
    pub fn typed(&self, field: &str, texts: &[String]) -> Result<Vec<String>, Problem> {
        let mut addresses: Vec<String> = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            let wrong = |why: String| Problem::invalid(why).at(format!("{field}[{place}]"));
            let address = mail::address(text).map_err(|error| wrong(error.to_string()))?;
            self.check(&address).map_err(wrong)?;
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        Ok(addresses)
    }

    /// Whether an address may be sent mail.
    ///
    /// # Errors
    /// Why not, and the way out.
    pub fn check(&self, address: &str) -> Result<(), String> {
        if self.people.contains(&address.to_lowercase()) || self.domains.has(address) {
            return Ok(());
        }
        Err(format!(
            "`{address}` is no member of the site, nor of a domain that the owner allows; add the \
             member, or have the owner list the domain in the setting `mail_domains`"
        ))
    }

    /// A message that is not sent where its address may not be, and says why.
    #[must_use]
    pub fn held(&self, mut delivery: Delivery) -> Delivery {
        if let Err(why) = self.check(&delivery.destination) {
            delivery.due_at_ms = None;
            delivery.body = String::new();
            delivery.said = why;
        }
        delivery
    }
}
