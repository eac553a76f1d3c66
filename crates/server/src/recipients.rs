//! To whom a site may send mail: its members, the owners of the installation, and addresses of the
//! domains that the owner lists in `mail_domains`. Asked when an alert or a board is set up, and again
//! when a message is written: who is no member any more gets none.

use std::collections::HashSet;

use hitmetrix_model::SiteId;
use hitmetrix_store::settings::{Delivery, SettingsError};

use crate::app::App;
use crate::egress::MailDomains;

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
