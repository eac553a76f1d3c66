//! What the server knows of a request beside its body. Ingest reads no clock, no settings and no
//! network, so all of it is passed in.

use hitmetrix_model::{Context, Mode, Site, SiteSettings};

use crate::Lookups;
use crate::user_agent::Agent;

/// Refusals that came as request headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signals {
    /// `Sec-GPC: 1`
    pub gpc: bool,
    /// `DNT: 1`
    pub dnt: bool,
}

/// Client hints as they came; empty when absent. They say more than the user agent, whose version
/// and system are frozen in some browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientHints<'a> {
    /// `Sec-CH-UA`
    pub brands: &'a str,
    /// `Sec-CH-UA-Mobile`
    pub mobile: &'a str,
    /// `Sec-CH-UA-Platform`
    pub platform: &'a str,
    /// `Sec-CH-UA-Platform-Version`
    pub platform_version: &'a str,
}

/// One request, without its body.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The site that the public key belongs to, with its rules.
    pub site: &'a Site,
    /// Server time of receipt, UTC, milliseconds since the epoch.
    pub received_at_ms: i64,
    /// `User-Agent`; empty when absent.
    pub user_agent: &'a str,
    /// `Sec-CH-UA-*`
    pub hints: ClientHints<'a>,
    /// `Accept-Language`; empty when absent.
    pub accept_language: &'a str,
    /// Country code of the network address, which itself does not come here.
    pub country: &'a str,
    /// Refusals by header.
    pub signals: Signals,
    /// Key with which the site signs the users it identifies.
    pub identify_key: Option<&'a [u8]>,
    /// Whether the network address is one that the site leaves out.
    pub own: bool,
    /// Tables of user agents, bots and referrers.
    pub lookups: &'a Lookups,
}

impl Facts<'_> {
    /// Whether the browser refuses to be tracked, by header or by what the page saw.
    pub(crate) fn is_refused(&self, page: Signals) -> bool {
        let gpc = self.signals.gpc || page.gpc;
        let dnt = self.signals.dnt || page.dnt;
        gpc || (dnt && self.site.settings.rules.respect_dnt)
    }

    /// Whether nobody may be known for longer than a day: the browser refuses, or the site's privacy
    /// mode allows no more.
    pub(crate) fn is_nameless(&self, page: Signals) -> bool {
        self.is_refused(page) || self.site.settings.mode == Mode::Cookieless
    }

    /// The mode that counts: what the page asks for, unless the browser or the site allows no more.
    pub(crate) fn mode(&self, asked: Mode, page: Signals) -> Mode {
        if self.is_nameless(page) {
            Mode::Cookieless
        } else {
            asked
        }
    }

    /// What the request tells of its browser. `automated` is the page's own word.
    pub(crate) fn context(&self, screen_px: [u16; 2], automated: Automated) -> Context {
        let agent = self.lookups.agent(self.user_agent).with_hints(&self.hints);
        let bot = if self.own {
            crate::bots::OWN.to_owned()
        } else {
            bot_of(&agent, self.user_agent, automated, &self.site.settings)
        };
        Context {
            country: self.country.to_owned(),
            browser: agent.browser,
            browser_version: agent.browser_version,
            system: agent.system,
            system_version: agent.system_version,
            device: if bot.is_empty() || self.own {
                agent.device
            } else {
                String::new()
            },
            language: crate::language::first(self.accept_language),
            screen_px,
            bot,
        }
    }
}

/// Why the sender is a bot; empty for people.
pub(crate) fn bot_of(
    agent: &Agent,
    user_agent: &str,
    automated: Automated,
    settings: &SiteSettings,
) -> String {
    if !agent.bot.is_empty() {
        return agent.bot.clone();
    }
    if user_agent.trim().is_empty() {
        return crate::bots::NO_USER_AGENT.to_owned();
    }
    let is_automated = agent.headless || automated == Automated::Yes;
    if is_automated && !settings.count_automated {
        return crate::bots::AUTOMATED.to_owned();
    }
    String::new()
}

/// Whether the page found that a program drives the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Automated {
    /// `navigator.webdriver` or another sign.
    Yes,
    /// No sign of it.
    #[default]
    No,
}
