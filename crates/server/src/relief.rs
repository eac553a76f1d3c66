//! What goes when the disk is over its mark: recordings that are not pinned, the oldest first, of
//! the site that takes most beyond its share. Events stay. One step at a time, so that no more goes
//! than must; the probe says after each whether another is needed.

use hitmetrix_model::SiteId;
use hitmetrix_store::{RecordingQuery, StoreError};

use crate::app::App;

/// Recordings that go in one step.
const STEP: u32 = 20;

/// What a step took away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Relieved {
    /// Whose recordings.
    pub site: SiteId,
    /// How many.
    pub recordings: u64,
}

/// One site's recordings, and how many of them may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Taken {
    site: SiteId,
    bytes: u64,
    recordings: u64,
}

/// Takes one step; none when there are no recordings but pinned ones.
///
/// # Errors
/// When the store fails.
pub async fn relieve(app: &App) -> Result<Option<Relieved>, StoreError> {
    let mut most = most_beyond_share(&all(app).await?);
    if most.is_none() && some_are_in_the_log(app).await? {
        app.store.seal().await?;
        most = most_beyond_share(&all(app).await?);
    }
    let Some(most) = most else {
        return Ok(None);
    };
    let recordings = app.store.remove_oldest_recordings(most.site, STEP).await?;
    Ok(Some(Relieved {
        site: most.site,
        recordings,
    }))
}

async fn all(app: &App) -> Result<Vec<Taken>, StoreError> {
    let mut all = Vec::new();
    for known in app.sites.all() {
        all.push(taken(app, known.site.id).await?);
    }
    Ok(all)
}

/// Whether a site has recordings that are not stored yet, so that they cannot go.
async fn some_are_in_the_log(app: &App) -> Result<bool, StoreError> {
    for known in app.sites.all() {
        let site = known.site.id;
        let (_, listed) = app
            .store
            .recordings(site, &RecordingQuery::default())
            .await?;
        if listed > app.store.recordings_kept(site).await?.recordings {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All sites have equal shares, so the one that takes most is the one most beyond its own.
fn most_beyond_share(all: &[Taken]) -> Option<Taken> {
    let some = all.iter().filter(|taken| taken.recordings > 0);
    some.max_by_key(|taken| (taken.bytes, std::cmp::Reverse(taken.site)))
        .copied()
}

async fn taken(app: &App, site: SiteId) -> Result<Taken, StoreError> {
    let kept = app.store.recordings_kept(site).await?;
    Ok(Taken {
        site,
        bytes: kept.bytes,
        recordings: kept.recordings - kept.pinned,
    })
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
        // The third takes most, but all of it is pinned.
        let all = [taken(1, 5, 9), taken(2, 7, 1), taken(3, 90, 0)];
        assert_eq!(most_beyond_share(&all), Some(taken(2, 7, 1)));
    }
}
