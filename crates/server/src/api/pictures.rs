//! Pictures of pages: where in the recordings a page is to be seen as it was last, for heatmaps to
//! be drawn on. When it was on the screen is known from reading recordings, what has to be played
//! for it says the catalog.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::{ChunkRow, SessionId, SiteId, WindowId};
use hitmetrix_store::PageView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Params;
use super::route::Param;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::page_heat;
use crate::problem::Problem;

/// The newest sessions on a page among which one is looked for that shows it whole.
const VIEWS_MAX: u32 = 20;
/// Who left sooner may not have seen all of the page.
const LOOK_MS_MIN: i64 = 1500;
/// Pictures and fonts of the page come so long after it.
const ASSETS_MS: i64 = 10_000;
/// A snapshot of the recorder's own is taken that lies so far back.
const REPLAYED_MS: i64 = 600_000;
/// Rows of chunks of one picture; a page load that needs more is passed over.
const ROWS_MAX: usize = 200;
/// Whenever it was.
const ALWAYS: (i64, i64) = (i64::MIN, i64::MAX);

/// Parameters of a picture.
pub const PARAMS: &[Param] = &[
    Param {
        name: "page",
        doc: "Path of the page.",
    },
    Param {
        name: "device",
        doc: "Only as seen on this kind of device: `desktop`, `phone`, `tablet`.",
    },
    Param {
        name: "from_ms",
        doc: "Rather as seen from this time on, UTC, milliseconds since the epoch.",
    },
    Param {
        name: "to_ms",
        doc: "Rather as seen before this time.",
    },
];

/// The query of a picture.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    page: String,
    device: Option<String>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
}

/// Where a page is to be seen: chunks of one page load, and the moment.
#[derive(Serialize, ToSchema)]
pub struct PagePicture {
    /// The session in which it was recorded.
    #[schema(value_type = String)]
    session: SessionId,
    /// The page load.
    #[schema(value_type = String)]
    window: WindowId,
    /// When the page came up, UTC, milliseconds since the epoch.
    recorded_ms: i64,
    /// The moment to be shown: when it had settled, or was left.
    at_ms: i64,
    /// Kind of the device; empty when it is not known.
    device: String,
    /// What has to be played, in this order, the first with its keyframe where it has one.
    chunks: Vec<ChunkRow>,
}

/// A picture, where there is one.
#[derive(Serialize, ToSchema)]
pub struct FoundPicture {
    /// None where no recording shows the page on such a device.
    picture: Option<PagePicture>,
}

/// The newest picture of a page, rather one of the time that is asked for, where there is one; and
/// rather one of somebody who did not leave at once.
///
/// # Errors
/// When the store fails.
pub async fn picture(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(search): Params<Search>,
) -> Result<Json<FoundPicture>, Problem> {
    let Search { page, device, .. } = &search;
    let span = (
        search.from_ms.unwrap_or(i64::MIN),
        search.to_ms.unwrap_or(i64::MAX),
    );
    let of = |span| (page.as_str(), device.as_deref(), span);
    let mut picture = newest(&app, access.id(), of(span)).await?;
    if picture.is_none() {
        // The job reads recordings within a minute; the first picture of a page does not wait so long.
        page_heat::read_page(&app, access.site(), page).await?;
        picture = newest(&app, access.id(), of(span)).await?;
    }
    if picture.is_none() && span != ALWAYS {
        picture = newest(&app, access.id(), of(ALWAYS)).await?;
    }
    Ok(Json(FoundPicture { picture }))
}

/// The newest picture of a page on a device, that came up within a span.
async fn newest(
    app: &App,
    site: SiteId,
    of: (&str, Option<&str>, (i64, i64)),
) -> Result<Option<PagePicture>, Problem> {
    let mut views = app.store.page_views(site, of, VIEWS_MAX).await?;
    views.sort_by_key(|view| view.at_ms - view.from_ms < LOOK_MS_MIN);
    for view in views {
        let Some((_, chunks)) = app.store.recording(site, view.session).await? else {
            continue;
        };
        if let Some(chunks) = played(&view, chunks) {
            return Ok(Some(PagePicture {
                session: view.session,
                window: view.window,
                recorded_ms: view.from_ms,
                at_ms: view.at_ms,
                device: view.device,
                chunks,
            }));
        }
    }
    Ok(None)
}

/// What of a page load has to be played to see a moment, and what came a little later, because the
/// page's pictures are in it. It begins with the last snapshot of the recorder before the page came
/// up, because pictures follow that too; with one that the server worked out where the recorder's is
/// long ago or something after it is missing. None when there is no whole way.
fn played(view: &PageView, chunks: Vec<ChunkRow>) -> Option<Vec<ChunkRow>> {
    let mut rows: Vec<ChunkRow> = chunks
        .into_iter()
        .filter(|row| row.window == view.window && row.first_ms <= view.at_ms + ASSETS_MS)
        .collect();
    rows.sort_by_key(|row| row.sequence);
    let before = |row: &ChunkRow| row.first_ms <= view.from_ms;
    let recorded = rows
        .iter()
        .rposition(|row| row.snapshot && before(row))
        .filter(|at| view.at_ms - rows[*at].first_ms <= REPLAYED_MS);
    let made = rows
        .iter()
        .rposition(|row| (row.snapshot || row.keyframe) && before(row));
    // A snapshot may follow the page within a moment.
    let first = rows.iter().position(|row| row.snapshot || row.keyframe);
    let starts = [recorded, made, first];
    let way = |at| whole_way(&rows[at..], view.at_ms);
    starts.into_iter().flatten().find_map(way)
}

/// The rows until the first that is missing, where that is after the moment.
fn whole_way(rows: &[ChunkRow], at_ms: i64) -> Option<Vec<ChunkRow>> {
    let needed = rows.iter().filter(|row| row.first_ms <= at_ms).count();
    let is_hole = |pair: &[ChunkRow]| pair[0].last_sequence + 1 != pair[1].sequence;
    let hole = rows.windows(2).position(is_hole);
    let whole = hole.map_or(rows.len(), |at| at + 1).min(ROWS_MAX);
    (needed > 0 && whole >= needed).then(|| rows[..whole].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(sequence: u32, first_ms: i64, snapshot: bool) -> ChunkRow {
        ChunkRow {
            window: WindowId(1),
            sequence,
            last_sequence: sequence,
            first_ms,
            last_ms: first_ms + 900,
            events: 1,
            snapshot,
            keyframe: false,
            stored_bytes: 1,
            path: "/a".to_owned(),
            recorder: String::new(),
        }
    }

    /// A page that came up at a time and is shown at another needs these.
    fn check((from_ms, at_ms): (i64, i64), rows: Vec<ChunkRow>, expected: Option<&[u32]>) {
        let view = PageView {
            session: SessionId(7),
            device: "desktop".to_owned(),
            window: WindowId(1),
            from_ms,
            at_ms,
        };
        let found = played(&view, rows).map(|rows| {
            let sequences: Vec<u32> = rows.iter().map(|row| row.sequence).collect();
            sequences
        });
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_page_is_played_from_its_snapshot_until_it_has_settled() {
        let rows: Vec<ChunkRow> = (0..9)
            .map(|one| row(one, i64::from(one) * 5000, one == 0))
            .collect();
        check((0, 3000), rows.clone(), Some(&[0, 1, 2]));
        check((20_500, 23_500), rows.clone(), Some(&[0, 1, 2, 3, 4, 5, 6]));
        // A hole among what only has its pictures is none.
        let rows = [&rows[..1], &rows[2..]].concat();
        check((0, 3000), rows, Some(&[0]));
    }

    #[test]
    fn a_page_of_an_app_is_played_from_the_last_snapshot_before_it() {
        let mut merged = row(3, 60_000, false);
        (merged.last_sequence, merged.keyframe) = (14, true);
        let rows = vec![
            row(0, 0, true),
            row(1, 10_000, false),
            row(2, 50_000, false),
            merged,
            row(15, 120_000, false),
        ];
        check((11_000, 14_000), rows.clone(), Some(&[0, 1]));
        // The pictures of all its pages follow the recorder's own snapshot.
        check((62_000, 65_000), rows.clone(), Some(&[0, 1, 2, 3]));
        // One that the server worked out does where something is missing, or after a long time.
        let hole = [&rows[..1], &rows[2..]].concat();
        check((62_000, 65_000), hole, Some(&[3]));
        let mut late = rows;
        late.truncate(4);
        late[3].first_ms = 700_000;
        check((701_000, 704_000), late, Some(&[3]));
    }

    #[test]
    fn what_has_a_hole_or_no_snapshot_is_no_picture() {
        check((0, 900), vec![row(1, 0, false)], None);
        check((0, 9000), vec![row(0, 0, true), row(2, 5000, false)], None);
        // The first chunk may begin shortly after the page did.
        check((0, 900), vec![row(0, 5, true)], Some(&[0]));
        let mut other = row(1, 500, true);
        other.window = WindowId(2);
        check((0, 900), vec![row(0, 0, true), other], Some(&[0]));
    }
}
