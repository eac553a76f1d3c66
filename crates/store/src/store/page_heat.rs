//! What recordings tell of pages: which are still to be read, what was read, and its sums.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use hitmetrix_model::page_heat::PageHeat;
use hitmetrix_model::{SessionId, SiteId};

use super::{Store, StoreError};
use crate::catalog::{HeatOfPage, HeatQuery, PageView};

impl Store {
    /// Sealed recordings that ended before a time and were not read to their end, each with its
    /// end, the newest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn recordings_to_read(
        &self,
        site: SiteId,
        before_ms: i64,
        limit: u32,
    ) -> Result<Vec<(SessionId, i64)>, StoreError> {
        let catalog = &self.inner.catalog;
        Ok(catalog.recordings_to_read(site, before_ms, limit).await?)
    }

    /// The end until which a recording was read; none when it was not.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn read_until(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Option<i64>, StoreError> {
        Ok(self.inner.catalog.read_until(site, session).await?)
    }

    /// Unread recordings with a chunk that began on a page, the newest, at most so many of those
    /// that are sealed and of those that are not; those that are sealed ended before a time.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn unread_on_page(
        &self,
        site: SiteId,
        page: &str,
        (before_ms, limit): (i64, u32),
    ) -> Result<Vec<SessionId>, StoreError> {
        let inner = &*self.inner;
        // The tail first: what a seal moves meanwhile is then seen twice rather than not at all.
        let mut unsealed: BTreeMap<SessionId, i64> = BTreeMap::new();
        for chunk in inner.tail_chunks(site, |facts| facts.path == page) {
            let last_ms = unsealed.entry(chunk.facts.session).or_default();
            *last_ms = chunk.facts.last_ms.max(*last_ms);
        }
        let mut newest: Vec<(SessionId, i64)> = unsealed.into_iter().collect();
        newest.sort_by_key(|(_, last_ms)| Reverse(*last_ms));
        newest.truncate(limit as usize);
        let mut found: BTreeSet<SessionId> =
            newest.into_iter().map(|(session, _)| session).collect();
        let stored = inner.catalog.unread_on_page(site, page, (before_ms, limit));
        found.extend(stored.await?);
        Ok(found.into_iter().collect())
    }

    /// Where a page is to be seen in recordings that were read, the newest first: on any device
    /// when none is named, and where it came up from a time on and before another.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn page_views(
        &self,
        site: SiteId,
        of: (&str, Option<&str>, (i64, i64)),
        limit: u32,
    ) -> Result<Vec<PageView>, StoreError> {
        Ok(self.inner.catalog.page_views(site, of, limit).await?)
    }

    /// Notes what a recording tells of its pages, read until its end, in the place of what it told
    /// before; nothing of one that has gone meanwhile.
    ///
    /// # Errors
    /// When the catalog could not be changed; then nothing of it is.
    pub async fn put_page_heat(
        &self,
        site: SiteId,
        read: (SessionId, i64),
        pages: &[HeatOfPage],
    ) -> Result<(), StoreError> {
        let inner = &*self.inner;
        let is_unsealed = || {
            let mine = inner.tail_chunks(site, |facts| facts.session == read.0);
            !mine.is_empty()
        };
        let putting = inner
            .catalog
            .put_page_heat(site, read, (pages, is_unsealed));
        Ok(putting.await?)
    }

    /// The sums of a page, of recordings that have gone too.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn page_heat_sum(
        &self,
        site: SiteId,
        query: &HeatQuery,
    ) -> Result<PageHeat, StoreError> {
        Ok(self.inner.catalog.page_heat_sum(site, query).await?)
    }

    /// What each recording that is still there tells of a page.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn page_heat_by_session(
        &self,
        site: SiteId,
        query: &HeatQuery,
    ) -> Result<Vec<(SessionId, PageHeat)>, StoreError> {
        Ok(self.inner.catalog.page_heat_by_session(site, query).await?)
    }
}
