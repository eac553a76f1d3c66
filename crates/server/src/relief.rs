//! What goes when the disk is over its mark: recordings, the oldest first, of the site that takes
//! most beyond its share. Events stay. One step at a time, so that no more goes than must; the
//! probe says after each whether another is needed.

use hitmetrix_model::{RecordingSummary, SiteId};
use hitmetrix_store::{RecordingQuery, StoreError};

use crate::app::App;

/// Recordings that go in one step.
const STEP: u32 = 20;
/// Rows that are read at once to learn what a site takes.
const PAGE: u32 = 1_000;

/// What a step took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relieved {
    /// Whose recordings.
    pub site: SiteId,
    /// How many.
    pub recordings: u64,
}

/// One site's recordings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    site: SiteId,
    bytes: u64,
    recordings: u64,
}

/// Takes one step; none when there are no recordings.
///
/// # Errors
/// When the store fails.
pub async fn relieve(app: &App) -> Result<Option<Relieved>, StoreError> {
    let mut all = Vec::new();
    for known in app.sites.all() {
        all.push(taken(app, known.site.id).await?);
    }
    let Some(most) = most_beyond_share(&all) else {
        return Ok(None);
    };
    let mut recordings = 0;
    for summary in oldest(app, most).await? {
        if app
            .store
            .remove_recording(most.site, summary.session)
            .await?
        {
            recordings += 1;
        }
    }
    Ok(Some(Relieved {
        site: most.site,
        recordings,
    }))
}

/// All sites have equal shares, so the one that takes most is the one most beyond its own.
fn most_beyond_share(all: &[Taken]) -> Option<Taken> {
    let some = all.iter().filter(|taken| taken.recordings > 0);
    some.max_by_key(|taken| (taken.bytes, std::cmp::Reverse(taken.site)))
        .copied()
}

async fn taken(app: &App, site: SiteId) -> Result<Taken, StoreError> {
    let mut taken = Taken {
        site,
        bytes: 0,
        recordings: 0,
    };
    loop {
        let offset = u32::try_from(taken.recordings).unwrap_or(u32::MAX);
        let page = page(app, site, (PAGE, offset)).await?;
        if page.is_empty() {
            return Ok(taken);
        }
        taken.recordings += page.len() as u64;
        taken.bytes += page.iter().map(|summary| summary.stored_bytes).sum::<u64>();
    }
}

async fn oldest(app: &App, taken: Taken) -> Result<Vec<RecordingSummary>, StoreError> {
    let before = taken.recordings.saturating_sub(u64::from(STEP));
    let offset = u32::try_from(before).unwrap_or(u32::MAX);
    page(app, taken.site, (STEP, offset)).await
}

/// Recordings, the newest first: `limit` of them behind `offset`.
async fn page(
    app: &App,
    site: SiteId,
    (limit, offset): (u32, u32),
) -> Result<Vec<RecordingSummary>, StoreError> {
    let query = RecordingQuery {
        limit,
        offset,
        ..RecordingQuery::default()
    };
    let (summaries, _) = app.store.recordings(site, &query).await?;
    Ok(summaries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn site_that_takes_most_loses_first() {
        let taken = |site, bytes, recordings| Taken {
            site: SiteId(site),
            bytes,
            recordings,
        };
        assert_eq!(most_beyond_share(&[taken(1, 0, 0)]), None);
        let all = [taken(1, 5, 9), taken(2, 7, 1), taken(3, 0, 0)];
        assert_eq!(most_beyond_share(&all), Some(taken(2, 7, 1)));
    }
}
