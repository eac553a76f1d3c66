//! Pointer and attention on a page, from recordings: sums over days, and over sessions that pass
//! conditions while their recordings are there.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::page_heat::{COLUMNS, PageHeat, ROW_PX};
use hitmetrix_model::{Condition, Period, Question, QuestionKind};
use hitmetrix_store::HeatQuery;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ask;
use super::body::Params;
use super::route::Param;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::page_heat;
use crate::problem::Problem;

/// Parameters.
pub const PARAMS: &[Param] = &[
    Param {
        name: "page",
        doc: "Path of the page.",
    },
    Param {
        name: "device",
        doc: "Only of this kind of device: `desktop`, `phone`, `tablet`.",
    },
    Param {
        name: "from_ms",
        doc: "Of the days from that of this time on, in the site's time zone.",
    },
    Param {
        name: "to_ms",
        doc: "Of the days to the one before which this time ends.",
    },
    Param {
        name: "filters",
        doc: "Only of sessions that begin from `from_ms` to `to_ms` and pass these conditions, a \
              JSON list as the `filters` of a question: then of recordings that are still there.",
    },
];

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    page: String,
    device: Option<String>,
    from_ms: i64,
    to_ms: i64,
    filters: Option<String>,
}

/// What recordings tell of a page: a sample of its visits.
#[derive(Serialize, ToSchema)]
pub struct RecordedHeat {
    /// Recorded sessions that it is the sum of.
    sessions: u64,
    /// The middle height of their windows, CSS pixels; none of no session.
    window_px: Option<u32>,
    /// Height of a row, CSS pixels of the page.
    row_px: u32,
    /// Columns, each an equal share of the window's width.
    columns: u8,
    /// By row from the top of the page, what was in view.
    rows: Vec<RecordedRow>,
    /// Row, column, and how often the pointer was there when the recorder looked.
    moves: Vec<[u64; 3]>,
}

/// What was in view in a row of the page.
#[derive(Serialize, ToSchema)]
pub struct RecordedRow {
    /// Time in view while the visitor attended, all sessions together, milliseconds.
    ms: u64,
    /// Sessions that had it in view.
    sessions: u64,
}

/// Pointer and attention on a page.
///
/// # Errors
/// When the conditions are not valid, or the store fails.
pub async fn recorded(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(search): Params<Search>,
) -> Result<Json<RecordedHeat>, Problem> {
    let site = access.site();
    page_heat::read_page(&app, site, &search.page).await?;
    let day = |time_ms: i64| page_heat::day_of(time_ms, &site.time_zone);
    let query = HeatQuery {
        page: search.page,
        device: search.device,
        days: (day(search.from_ms), day(search.to_ms.saturating_sub(1))),
    };
    let Some(filters) = &search.filters else {
        let sum = app.store.page_heat_sum(site.id, &query).await?;
        return Ok(Json(answer(&sum)));
    };
    let filters: Vec<Condition> = serde_json::from_str(filters).map_err(|error| {
        Problem::invalid(format!("filters do not fit: {error}")).at("filters".to_owned())
    })?;
    let question = Question {
        filters,
        ..Question::new(
            QuestionKind::Sessions,
            Period::Span {
                from_ms: search.from_ms,
                to_ms: search.to_ms,
            },
        )
    };
    let told = app.store.page_heat_by_session(site.id, &query).await?;
    let recorded = told.iter().map(|(session, _)| *session).collect();
    let sessions = ask::counted(&app, &access, question, Some(recorded)).await?;
    let mut sum = PageHeat::default();
    for (session, heat) in &told {
        if sessions.contains(session) {
            sum.add(heat);
        }
    }
    Ok(Json(answer(&sum)))
}

fn answer(sum: &PageHeat) -> RecordedHeat {
    let rows = sum.rows.iter().map(|row| RecordedRow {
        ms: row.ms,
        sessions: row.sessions,
    });
    let moves = sum
        .moves
        .iter()
        .map(|((row, column), count)| [u64::from(*row), u64::from(*column), *count]);
    RecordedHeat {
        sessions: sum.sessions,
        window_px: sum.window_px_median(),
        row_px: ROW_PX,
        columns: COLUMNS,
        rows: rows.collect(),
        moves: moves.collect(),
    }
}
