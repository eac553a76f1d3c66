//! What a site's numbers may have missed: what pages reported lost, and what was refused, by day and
//! reason. Bots and own traffic are stored and marked; a question with `bots: only` counts those.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::Params;
use super::route::Param;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Days that are told at most, and kept.
pub const DAYS_MAX: i64 = 400;
/// Days that are told when none are named.
const DAYS_USUAL: i64 = 30;

/// Parameters.
pub const PARAMS: &[Param] = &[Param {
    name: "days",
    doc: "Of so many days UTC up to today, 30 when absent, 400 at most.",
}];

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    days: Option<i64>,
}

/// What the numbers may have missed.
#[derive(Serialize, ToSchema)]
pub struct LossFigures {
    /// Start of the first day UTC that is told.
    from_ms: i64,
    /// Start of the last one: today.
    to_ms: i64,
    /// Sums that are not zero, the first day first.
    figures: Vec<LossFigure>,
}

/// One sum.
#[derive(Serialize, ToSchema)]
pub struct LossFigure {
    /// Start of the day UTC.
    day_ms: i64,
    /// `lost`: events and pieces of recordings that pages gave up and told of. `event`: refused out
    /// of a body that was taken. `events`, `recording`: a body that was refused as a whole.
    /// `unplayable`: recordings that are kept and that no player can show.
    what: String,
    /// Why: a code of docs/reference/errors.md or docs/reference/wire.md; `given_up` of what was lost,
    /// `no_first_picture` of recordings.
    reason: String,
    /// How often.
    count: u64,
}

/// What the numbers may have missed.
///
/// # Errors
/// When the days are out of bounds, or the database fails.
pub async fn get(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(search): Params<Search>,
) -> Result<Json<LossFigures>, Problem> {
    let days = search.days.unwrap_or(DAYS_USUAL);
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(Problem::invalid(format!(
            "days is {days}, it must be 1 to {DAYS_MAX}"
        )));
    }
    let to_ms = app.now_ms().div_euclid(DAY_MS) * DAY_MS;
    let from_ms = to_ms - (days - 1) * DAY_MS;
    let mut sums: BTreeMap<(i64, String, String), u64> = BTreeMap::new();
    let written = app
        .settings()
        .losses(access.id(), (from_ms, to_ms + DAY_MS))
        .await?;
    let held = app.collect.losses.held().into_iter();
    let held = held.filter(|row| row.site == access.id() && row.day_ms >= from_ms);
    for row in written.into_iter().chain(held) {
        *sums.entry((row.day_ms, row.what, row.reason)).or_default() += row.count;
    }
    let (store, site) = (app.store.clone(), access.id());
    let snapshot = tokio::task::spawn_blocking(move || store.snapshot(site))
        .await
        .map_err(|_| Problem::internal("looking for losses panicked"))??;
    for day in 0..days {
        let day_ms = from_ms + day * DAY_MS;
        let lost = snapshot.lost(day_ms, day_ms + DAY_MS);
        if lost > 0 {
            sums.insert((day_ms, "lost".to_owned(), "given_up".to_owned()), lost);
        }
    }
    let span_ms = (from_ms, to_ms + DAY_MS);
    for (day_ms, count) in app.store.unplayable_days(access.id(), span_ms).await? {
        let key = (
            day_ms,
            "unplayable".to_owned(),
            "no_first_picture".to_owned(),
        );
        *sums.entry(key).or_default() += count;
    }
    let figure = |((day_ms, what, reason), count)| LossFigure {
        day_ms,
        what,
        reason,
        count,
    };
    Ok(Json(LossFigures {
        from_ms,
        to_ms,
        figures: sums.into_iter().map(figure).collect(),
    }))
}
