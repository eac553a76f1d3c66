//! The control plane in SQL: sites, users, logins, API tokens, members, segments, saved
//! insights, boards with links to them, one-time links, the resume points of imports, and what people do with
//! recordings.
//!
//! Nothing here is asked per event: the server holds sites and tokens in memory and reads them
//! anew when it has changed them. Secrets lie here only as hashes, but for the secret of a site
//! and those of webhooks, which must be known to check and to make signatures. Every look-up of something that belongs to a site
//! takes the site too, so that an id from elsewhere finds nothing.

mod alert_checks;
mod alerts;
mod annotations;
mod audit;
mod authors;
mod board_mails;
mod board_shares;
mod boards;
mod collections;
mod columns;
mod error;
mod goals;
mod imports;
mod insights;
mod links;
mod logins;
mod losses;
mod members;
mod notes;
mod second_factors;
mod seen;
mod segments;
mod shares;
mod signs;
mod sites;
mod surveys;
mod table;
mod tags;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

use sqlx::SqlitePool;

pub use alert_checks::{AlertEntry, Checked, Delivery, DeliveryKind};
pub use alerts::{AlertWebhook, KnownAlert};
pub use annotations::KnownAnnotation;
pub use audit::{AuditEntry, AuditSearch, NewAudit};
pub use authors::{Author, Touch};
pub use board_mails::{BoardMail, BoardMailDay};
pub use board_shares::BoardShare;
pub use boards::{Board, KnownBoard};
pub use collections::Collection;
pub use error::SettingsError;
pub use goals::KnownGoal;
pub use imports::ImportPoint;
pub use insights::{Insight, KnownInsight};
pub use links::{Link, LinkPurpose};
pub use logins::Login;
pub use losses::LossRow;
pub use members::{Member, Role};
pub use notes::{Note, Removed};
pub use second_factors::SecondFactor;
pub use segments::KnownSegment;
pub use shares::{Share, ShareSecret};
pub use signs::{SignsNoted, SignsRow};
pub use sites::{KnownSite, NewSite, SiteChange};
pub use surveys::{KnownSurvey, SurveyState};
pub use tokens::{Scope, Token, TokenSecret};
pub use users::{NewUser, User, UserId};

/// The tables of the control plane, each created by a numbered migration of its own.
#[derive(Debug, Clone)]
pub struct Settings {
    pool: SqlitePool,
    /// For what reads much and holds up nobody who writes.
    reader: SqlitePool,
}

impl Settings {
    /// Settings in a database that is migrated already, by connections that write and that read.
    #[must_use]
    pub fn new(pool: SqlitePool, reader: SqlitePool) -> Self {
        Self { pool, reader }
    }
}
