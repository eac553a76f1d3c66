//! Sites, API tokens, segments, goals and active surveys in memory, so that no request with an event
//! and no question asks the database. Read at start and again whenever this process changed them; no
//! other process can, because one owns the data folder.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use hitmetrix_model::{PageSurvey, Saved, SavedGoal, SiteId};
use hitmetrix_store::settings::{
    KnownGoal, KnownSite, KnownSurvey, Settings, SettingsError, TokenSecret,
};

use crate::cidr::Cidr;
use crate::hosts::Hosts;

/// One reading of the settings.
#[derive(Debug, Default)]
pub struct SiteTable {
    by_id: HashMap<SiteId, Arc<KnownSite>>,
    by_key: HashMap<String, Arc<KnownSite>>,
    in_order: Vec<Arc<KnownSite>>,
    tokens: HashMap<String, TokenSecret>,
    saved: HashMap<SiteId, Arc<Saved>>,
    surveys: HashMap<SiteId, Arc<[PageSurvey]>>,
    excluded: HashMap<SiteId, Vec<Cidr>>,
    hosts: Hosts,
}

impl SiteTable {
    /// All sites, oldest first.
    pub fn in_order(&self) -> impl Iterator<Item = &KnownSite> {
        self.in_order.iter().map(|known| &**known)
    }

    /// The sites that the host of a page belongs to.
    pub(crate) fn of_host(&self, host: &str) -> Vec<SiteId> {
        self.hosts.sites(host)
    }
}

/// The newest reading; a request takes it once and keeps it.
#[derive(Debug, Default)]
pub struct Sites {
    /// Guards only the pointer: readers clone it and let go.
    newest: RwLock<Arc<SiteTable>>,
}

impl Sites {
    /// The newest reading.
    #[must_use]
    pub fn table(&self) -> Arc<SiteTable> {
        Arc::clone(&self.newest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The site with this public key.
    #[must_use]
    pub fn by_key(&self, key: &str) -> Option<Arc<KnownSite>> {
        self.table().by_key.get(key).cloned()
    }

    /// The site with this number.
    #[must_use]
    pub fn by_id(&self, id: SiteId) -> Option<Arc<KnownSite>> {
        self.table().by_id.get(&id).cloned()
    }

    /// All sites, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<KnownSite>> {
        self.table().in_order.clone()
    }

    /// The API token with this public id.
    #[must_use]
    pub fn token(&self, id: &str) -> Option<TokenSecret> {
        self.table().tokens.get(id).cloned()
    }

    /// What questions about a site may name: its segments and goals.
    #[must_use]
    pub fn saved(&self, id: SiteId) -> Arc<Saved> {
        self.table().saved.get(&id).cloned().unwrap_or_default()
    }

    /// What pages of a site ask visitors.
    #[must_use]
    pub fn surveys(&self, id: SiteId) -> Arc<[PageSurvey]> {
        self.table().surveys.get(&id).cloned().unwrap_or_default()
    }

    /// Whether a site leaves out what comes from this address.
    #[must_use]
    pub fn is_excluded(&self, id: SiteId, address: IpAddr) -> bool {
        let table = self.table();
        let ranges = table.excluded.get(&id);
        ranges.is_some_and(|ranges| ranges.iter().any(|range| range.contains(address)))
    }

    /// Reads sites, tokens, segments, goals and surveys anew.
    ///
    /// # Errors
    /// When the database fails; the reading before stays.
    pub async fn refresh(&self, settings: &Settings) -> Result<(), SettingsError> {
        let in_order: Vec<_> = settings.sites().await?.into_iter().map(Arc::new).collect();
        let tokens = settings.tokens().await?;
        let mut saved = HashMap::with_capacity(in_order.len());
        let mut surveys = HashMap::new();
        for known in &in_order {
            let mut of_site = settings.segments(known.site.id).await?;
            // A name means the one that is in use, and only without such a one an archived one.
            of_site.sort_by_key(|one| one.archived_at_ms.is_some());
            let goals = settings.goals(known.site.id).await?;
            let goals = goals
                .into_iter()
                .map(|KnownGoal { id, goal, .. }| SavedGoal { id, goal });
            let of_site = Saved {
                segments: of_site.into_iter().map(|one| one.segment).collect(),
                goals: goals.collect(),
            };
            saved.insert(known.site.id, Arc::new(of_site));
            let asked = settings.surveys(known.site.id).await?;
            let asked = asked.into_iter().filter(KnownSurvey::is_asked);
            let asked = asked.map(|KnownSurvey { id, survey, .. }| PageSurvey { id, survey });
            surveys.insert(known.site.id, asked.collect());
        }
        let excluded = in_order
            .iter()
            .map(|known| {
                let ranges = known.site.settings.excluded_addresses.iter();
                // They were checked when they were saved.
                let ranges = ranges.filter_map(|range| range.parse().ok()).collect();
                (known.site.id, ranges)
            })
            .collect();
        let table = SiteTable {
            by_id: in_order
                .iter()
                .map(|known| (known.site.id, Arc::clone(known)))
                .collect(),
            by_key: in_order
                .iter()
                .map(|known| (known.site.key.clone(), Arc::clone(known)))
                .collect(),
            hosts: Hosts::of(in_order.iter().map(|known| &known.site)),
            in_order,
            tokens: tokens
                .into_iter()
                .map(|secret| (secret.token.id.clone(), secret))
                .collect(),
            saved,
            surveys,
            excluded,
        };
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
        Ok(())
    }
}
