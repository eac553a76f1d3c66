//! What goes when the disk is over its mark: recordings that are not pinned, the oldest first, of
//! the site that takes most beyond its share, until what is over the mark is free again. Events
//! stay. A turn ends after some steps; the probe says before the next what is still over.

use hitmetrix_model::SiteId;
use hitmetrix_store::{RecordingQuery, StoreError};

use crate::app::App;

/// Recordings that go in one step at the most: their packs are written anew once a step.
const STEP: u32 = 500;
/// Steps of one turn at the most.
const STEPS: usize = 20;
/// The least part of what has to go that a step takes from one site, so that sites of equal size
/// do not take turns recording by recording.
const STEP_PART: u64 = 16;

/// What a turn took away from a site.
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

/// Takes recordings away until they held `over_bytes`, or there are none but pinned ones; returns
/// what went of each site, in the order in which they first lost.
///
/// # Errors
/// When the store fails; what went before is gone.
pub async fn relieve(app: &App, over_bytes: u64) -> Result<Vec<Relieved>, StoreError> {
    let mut relieved: Vec<Relieved> = Vec::new();
    let mut left = over_bytes;
    for _ in 0..STEPS {
        let Some((site, bytes)) = next(app, left).await? else {
            break;
        };
        let removed = app
            .store
            .remove_oldest_recordings(site, (STEP, bytes))
            .await?;
        match relieved.iter_mut().find(|of| of.site == site) {
            Some(of) => of.recordings += removed.recordings,
            None => relieved.push(Relieved {
                site,
                recordings: removed.recordings,
            }),
        }
        left = left.saturating_sub(removed.bytes);
        if left == 0 || removed.recordings == 0 {
            break;
        }
    }
    Ok(relieved)
}

/// Which site loses next, and how many bytes at once.
async fn next(app: &App, left: u64) -> Result<Option<(SiteId, u64)>, StoreError> {
    let mut step = step(&all(app).await?, left);
    if step.is_none() && some_are_in_the_log(app).await? {
        app.store.seal().await?;
        step = self::step(&all(app).await?, left);
    }
    Ok(step)
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

/// All sites have equal shares, so the one that takes most is the one most beyond its own; it loses
/// what it has more than the next one.
fn step(all: &[Taken], left: u64) -> Option<(SiteId, u64)> {
    let mut some: Vec<&Taken> = all.iter().filter(|taken| taken.recordings > 0).collect();
    some.sort_by_key(|taken| (std::cmp::Reverse(taken.bytes), taken.site));
    let most = some.first()?;
    let second = some.get(1).map_or(0, |taken| taken.bytes);
    let more = (most.bytes - second).max(left / STEP_PART).min(left);
    Some((most.site, more))
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
    fn site_that_takes_most_loses_what_it_has_more_than_the_next() {
        let taken = |site, bytes, recordings| Taken {
            site: SiteId(site),
            bytes,
            recordings,
        };
        assert_eq!(step(&[taken(1, 0, 0)], 10), None);
        // The third takes most, but all of it is pinned.
        let all = [taken(1, 50, 9), taken(2, 70, 1), taken(3, 90, 0)];
        assert_eq!(step(&all, 100), Some((SiteId(2), 20)));
        assert_eq!(step(&all, 5), Some((SiteId(2), 5)));
        // Equal ones take turns, but not byte by byte.
        let equal = [taken(1, 500, 9), taken(2, 500, 9)];
        assert_eq!(step(&equal, 320), Some((SiteId(1), 20)));
        assert_eq!(step(&[taken(1, 500, 9)], 320), Some((SiteId(1), 320)));
    }
}
