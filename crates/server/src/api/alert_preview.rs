//! What an alert would have done: the numbers of the last weeks, which of them would have fired, and
//! how often somebody would have been told, so that nobody sets a threshold that cries every day or
//! never.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use hitmetrix_model::{AlertWatch, Cell, Unit};
use hitmetrix_store::settings::Insight;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alerts::checked_condition;
use super::body::JsonBody;
use crate::alerts::check::watched;
use crate::alerts::judge::{Verdict, judge, looks_back};
use crate::alerts::series::{self, Numbers};
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::Problem;
use crate::questions::Asker;

const HOUR_MS: i64 = 3_600_000;

/// An alert that is being thought about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewDraft {
    /// What would be watched; an empty `column` or `row` is filled in with what is most usual.
    watch: AlertWatch,
    /// Hours after a message in which no other is sent; 24 when absent.
    #[serde(default)]
    cool_down_hours: Option<u32>,
}

/// What it would have done.
#[derive(Serialize, ToSchema)]
pub struct AlertPreview {
    /// The last 30 days by hour or day, or 12 weeks.
    points: Vec<PreviewPoint>,
    /// Unit of the numbers.
    unit: Unit,
    /// How often somebody would have been told.
    sent: u32,
    /// For how many buckets nothing could be told.
    unknown: u32,
    /// What is watched, with what was not given filled in.
    watch: AlertWatch,
    /// Columns that could be watched.
    columns: Vec<String>,
    /// Rows that could be watched, where a time has several.
    #[schema(value_type = Vec<Object>)]
    rows: Vec<BTreeMap<String, Cell>>,
    /// What could not be read, in words; then nothing fires.
    missing: Vec<String>,
    /// Time zone of the buckets.
    time_zone: String,
}

/// One bucket.
#[derive(Serialize, ToSchema)]
pub struct PreviewPoint {
    /// Its start; UTC, milliseconds since the epoch.
    from_ms: i64,
    /// Its end.
    to_ms: i64,
    /// Its number.
    value: Option<f64>,
    /// The lowest value that would not fire.
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<f64>,
    /// The highest value that would not fire.
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<f64>,
    /// Whether it would have fired.
    fires: bool,
    /// Whether somebody would have been told: not within the cool-down.
    sends: bool,
}

/// Says what an alert would have done.
///
/// # Errors
/// When there is no such insight, column or row, or the condition is not valid.
pub async fn preview(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    JsonBody(draft): JsonBody<PreviewDraft>,
) -> Result<Json<AlertPreview>, Problem> {
    let condition = checked_condition(draft.watch.condition)?;
    let watch = &draft.watch;
    let shown = series::shown(watch.bucket);
    let buckets = shown + looks_back(&condition, watch.bucket);
    let (_, numbers) = numbers_for(&app, &access, watch, buckets).await?;
    let values: Vec<Option<f64>> = numbers.points.iter().map(|point| point.value).collect();
    let cool_down_ms = i64::from(draft.cool_down_hours.unwrap_or(24)).saturating_mul(HOUR_MS);
    let (mut sent, mut unknown, mut told_ms) = (0, 0, None::<i64>);
    let mut points = Vec::with_capacity(shown);
    let skipped = numbers.points.len().saturating_sub(shown);
    for (place, point) in numbers.points.iter().enumerate().skip(skipped) {
        let kind = (watch.bucket, numbers.unit);
        let (fires, (low, high)) = match judge(&values, place, &condition, kind) {
            Verdict::Judged { fires, expected } => (fires, expected),
            Verdict::Unknown(_) => {
                unknown += 1;
                (false, (None, None))
            }
        };
        // It is known when the bucket is over.
        let cools = told_ms.is_some_and(|told_ms| point.to_ms < told_ms + cool_down_ms);
        let sends = fires && !cools && numbers.missing.is_empty();
        if sends {
            sent += 1;
            told_ms = Some(point.to_ms);
        }
        points.push(PreviewPoint {
            from_ms: point.from_ms,
            to_ms: point.to_ms,
            value: point.value,
            low,
            high,
            fires,
            sends,
        });
    }
    Ok(Json(AlertPreview {
        points,
        unit: numbers.unit,
        sent,
        unknown,
        watch: numbers.watch,
        columns: numbers.columns,
        rows: numbers.rows,
        missing: numbers.missing,
        time_zone: numbers.time_zone,
    }))
}

/// The insight that is watched, and at least so many of its full buckets.
///
/// # Errors
/// When the site has no such insight, or it cannot be watched so.
pub async fn numbers_for(
    app: &Arc<App>,
    access: &SiteAccess,
    watch: &AlertWatch,
    buckets: usize,
) -> Result<(Insight, Numbers), Problem> {
    let insight = watched(app, access.id(), watch).await?;
    let asked = (access.id(), &insight.question);
    let numbers = series::ask(app, asked, watch, (buckets, Asker::Person)).await?;
    Ok((insight, numbers))
}
