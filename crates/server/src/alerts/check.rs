//! The job that checks alerts which are due: asks, judges, and writes the outcome together with the
//! messages that follow from it.

use std::sync::Arc;

use hitmetrix_model::AlertState;
use hitmetrix_store::settings::{
    AlertEntry, Checked, Delivery, DeliveryKind, Insight, KnownAlert, SettingsError,
};

use super::judge::{Verdict, judge, looks_back};
use super::message::{AlertMessage, sentence};
use super::series::{self, Numbers};
use crate::app::App;
use crate::problem::Problem;
use crate::secret;

/// Alerts that one turn checks; further ones wait for the next.
const AT_ONCE: u32 = 50;
/// How long a check may take before it is due again.
const CLAIM_MS: i64 = 5 * 60_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Checks what is due.
///
/// # Errors
/// When the database fails.
pub async fn check_due(app: &Arc<App>) -> Result<(), SettingsError> {
    let due = app.settings().due_alerts(app.now_ms(), AT_ONCE).await?;
    for known in due {
        let until_ms = app.now_ms() + CLAIM_MS;
        let is_ours = app
            .settings()
            .claim_alert((&known.id, known.due_at_ms), until_ms);
        if !is_ours.await? {
            continue;
        }
        let checked = match check(app, &known).await {
            Ok(checked) => checked,
            Err(problem) => unknown(app, None, problem.detail().to_owned()),
        };
        let next_ms = app.now_ms() + i64::from(known.alert.every_minutes) * MINUTE_MS;
        app.settings()
            .alert_checked((&known.id, until_ms), &checked, next_ms)
            .await?;
    }
    Ok(())
}

async fn check(app: &Arc<App>, known: &KnownAlert) -> Result<Checked, Problem> {
    let watch = &known.alert.watch;
    let insight = app.settings().insight(known.site, &watch.insight).await?;
    let Some(insight) = insight else {
        let why = "the insight that it watches is not there any more".to_owned();
        return Ok(unknown(app, None, why));
    };
    let insight = insight.insight;
    let buckets = looks_back(&watch.condition, watch.bucket) + 1;
    let asked = (known.site, &insight.question);
    let numbers = series::ask(app, asked, watch, buckets).await?;
    let Some(last) = numbers.points.last() else {
        let why = "there is no full bucket yet".to_owned();
        return Ok(unknown(app, None, why));
    };
    if !numbers.missing.is_empty() {
        let why = format!(
            "not judged, because part of the events cannot be read: {}",
            numbers.missing.join("; ")
        );
        return Ok(unknown(app, Some(last.from_ms), why));
    }
    let values: Vec<Option<f64>> = numbers.points.iter().map(|point| point.value).collect();
    let kind = (watch.bucket, numbers.unit);
    let verdict = judge(&values, values.len() - 1, &watch.condition, kind);
    let said = sentence((&insight.name, watch), (&numbers, last), &verdict);
    let fires = match verdict {
        Verdict::Unknown(_) => return Ok(unknown(app, Some(last.from_ms), said)),
        Verdict::Judged { fires, .. } => fires,
    };
    let now_ms = app.now_ms();
    let outcome = if fires {
        silence(known, last.from_ms, now_ms)
    } else {
        Some("ok")
    };
    let deliveries = match outcome {
        Some(_) => Vec::new(),
        None => deliveries(app, (known, &insight), &numbers, &said).await?,
    };
    Ok(Checked {
        state: if fires {
            AlertState::Firing
        } else {
            AlertState::Ok
        },
        has_fired: outcome.is_none(),
        entry: AlertEntry {
            at_ms: now_ms,
            bucket_ms: Some(last.from_ms),
            value: last.value,
            outcome: outcome.unwrap_or("fired").to_owned(),
            said,
            deliveries,
        },
    })
}

/// Why an alert that fires says nothing, if it does not.
fn silence(known: &KnownAlert, bucket_ms: i64, now_ms: i64) -> Option<&'static str> {
    let cool_down_ms = i64::from(known.alert.cool_down_hours) * HOUR_MS;
    if known.fired_bucket_ms == Some(bucket_ms) {
        return Some("firing");
    }
    if known
        .muted_until_ms
        .is_some_and(|until_ms| now_ms < until_ms)
    {
        return Some("muted");
    }
    let cools = |fired_at_ms: i64| now_ms < fired_at_ms.saturating_add(cool_down_ms);
    known.fired_at_ms.is_some_and(cools).then_some("cooling")
}

fn unknown(app: &App, bucket_ms: Option<i64>, said: String) -> Checked {
    Checked {
        state: AlertState::Unknown,
        has_fired: false,
        entry: AlertEntry {
            at_ms: app.now_ms(),
            bucket_ms,
            value: None,
            outcome: "unknown".to_owned(),
            said,
            deliveries: Vec::new(),
        },
    }
}

/// The messages to everybody who wants to know.
async fn deliveries(
    app: &App,
    (known, insight): (&KnownAlert, &Insight),
    numbers: &Numbers,
    said: &str,
) -> Result<Vec<Delivery>, Problem> {
    let site = app.sites.by_id(known.site);
    let site = site.ok_or_else(|| Problem::not_found("site"))?;
    let Some(point) = numbers.points.last() else {
        return Ok(Vec::new());
    };
    let message = AlertMessage::of(app, (known, insight, &site.site), (numbers, point), said);
    addressed(app, known, &message).await
}

/// A message to every destination of an alert, due now.
///
/// # Errors
/// When the database fails.
pub async fn addressed(
    app: &App,
    known: &KnownAlert,
    message: &AlertMessage,
) -> Result<Vec<Delivery>, Problem> {
    let body = serde_json::to_string(message)
        .map_err(|_| Problem::internal("a message could not be written as JSON"))?;
    let due_at_ms = Some(app.now_ms());
    let to = |kind, destination: String, webhook| Delivery {
        id: secret::random_pass(&*app.randomness),
        kind,
        destination,
        webhook,
        body: body.clone(),
        attempts: 0,
        due_at_ms,
        sent_at_ms: None,
        said: String::new(),
    };
    let mut all: Vec<Delivery> = Vec::new();
    for email in &known.alert.emails {
        all.push(to(DeliveryKind::Email, email.clone(), None));
    }
    for webhook in app.settings().alert_webhooks(&known.id).await? {
        all.push(to(DeliveryKind::Webhook, webhook.address, Some(webhook.id)));
    }
    Ok(all)
}
