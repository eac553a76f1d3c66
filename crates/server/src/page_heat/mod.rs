//! What recordings tell of pages beyond events: pointer, attention, and where a page is to be seen.
//! A job reads each recording once it is quiet, and again when it went on; who asks for a page has
//! its newest recordings read at once. What was read is kept a session and page while the recording
//! is there, and as sums by day that stay when it grows old; what is erased leaves the sums.

mod read;

use hitmetrix_model::{SessionId, Site, WindowId};
use hitmetrix_store::{ChunkSpan, HeatOfPage, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::app::App;

/// A recording is read by the job when nothing came for so long.
const QUIET_MS: i64 = 10_000;
/// One that somebody asks for is read after so long.
const ASKED_QUIET_MS: i64 = 2000;
/// Recordings of one site that are read in one turn of the job.
const TURN: usize = 500;
/// Recordings that are read while somebody waits.
const ASKED: u32 = 20;
/// What of one recording is read at most.
const BYTES_MAX: usize = 96 << 20;

/// Reads recordings of each site that nobody has read, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn read_all(app: &App) -> Result<(), StoreError> {
    let before_ms = app.now_ms() - QUIET_MS;
    for known in app.sites.all() {
        let site = &known.site;
        let unread = app
            .store
            .recordings_to_read(site.id, before_ms, TURN as u32);
        for (session, _) in unread.await? {
            read_session(app, site, session).await?;
        }
    }
    Ok(())
}

/// Reads the newest recordings of a page that nobody has read.
///
/// # Errors
/// When the store fails.
pub async fn read_page(app: &App, site: &Site, page: &str) -> Result<(), StoreError> {
    let quiet_ms = app.now_ms() - ASKED_QUIET_MS;
    let unread = app.store.unread_on_page(site.id, page, (quiet_ms, ASKED));
    for session in unread.await? {
        let Some((summary, _)) = app.store.recording(site.id, session).await? else {
            continue;
        };
        let read_ms = app.store.read_until(site.id, session).await?;
        if summary.ended_ms < quiet_ms && read_ms.is_none_or(|ms| ms < summary.ended_ms) {
            read_session(app, site, session).await?;
        }
    }
    Ok(())
}

/// The calendar day of a time in a zone, in days since 1970-01-01; in UTC where the zone is none.
#[must_use]
pub fn day_of(time_ms: i64, zone: &str) -> i64 {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    let time = Timestamp::from_millisecond(time_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let date = time.to_zoned(zone).date();
    let since = date.since(Date::constant(1970, 1, 1));
    since.map_or(0, |span| i64::from(span.get_days()))
}

async fn read_session(app: &App, site: &Site, session: SessionId) -> Result<(), StoreError> {
    let Some((summary, chunks)) = app.store.recording(site.id, session).await? else {
        return Ok(());
    };
    let events = app.store.events_of_session(site.id, session).await?;
    let contexts = events.iter().map(|one| &one.sender.context);
    // As sessions are counted: one event that is no bot's is enough.
    let is_bot = !events.is_empty() && contexts.clone().all(|context| !context.bot.is_empty());
    let mut devices = contexts.map(|context| &context.device);
    let device = devices.find(|device| !device.is_empty());
    let device = device.cloned().unwrap_or_default();
    let mut told = Vec::new();
    let mut bytes = 0;
    for chunk in chunks.iter().filter(|_| !is_bot) {
        let span = ChunkSpan {
            session,
            window: chunk.window,
            sequence: chunk.sequence,
            last_sequence: chunk.last_sequence,
            keyframe: false,
        };
        // One whose key was erased, or that is broken, tells nothing; the others do.
        let Ok(Some(lines)) = app.store.chunk(site.id, span).await else {
            continue;
        };
        bytes += lines.len();
        if bytes > BYTES_MAX {
            break;
        }
        told.push((chunk.window, chunk.path.clone(), lines));
    }
    let day = day_of(summary.started_ms, &site.time_zone);
    let pages = blocking(site.clone(), told).await?;
    let pages: Vec<HeatOfPage> = pages
        .into_iter()
        .map(|(page, told)| HeatOfPage {
            page,
            device: device.clone(),
            day,
            window: told.window,
            from_ms: told.from_ms,
            at_ms: told.at_ms,
            heat: told.heat,
        })
        .collect();
    let read = (session, summary.ended_ms);
    app.store.put_page_heat(site.id, read, &pages).await
}

type Told = Vec<(WindowId, String, Vec<u8>)>;
type Pages = Vec<(String, read::ToldOfPage)>;

/// Reads where it holds nobody up.
async fn blocking(site: Site, told: Told) -> Result<Pages, StoreError> {
    let reading = tokio::task::spawn_blocking(move || {
        let rules = &site.settings.rules;
        let mut reader = read::Reader::new(rules);
        for (window, page, lines) in &told {
            reader.chunk(*window, page, lines);
        }
        reader.finish().into_iter().collect()
    });
    reading.await.map_err(|_| StoreError::Stopped)
}

#[cfg(test)]
mod tests {
    use super::day_of;

    #[test]
    fn days_are_those_of_the_zone() {
        let midnight = 20_000 * 86_400_000;
        assert_eq!(day_of(midnight, "UTC"), 20_000);
        assert_eq!(day_of(midnight - 1, "UTC"), 19_999);
        assert_eq!(day_of(midnight - 1, "Europe/Berlin"), 20_000);
        assert_eq!(day_of(midnight, "America/New_York"), 19_999);
        assert_eq!(day_of(midnight, "nowhere"), 20_000);
        assert_eq!(day_of(-1, "UTC"), -1);
    }
}
