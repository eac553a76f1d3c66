//! The job that checks alerts which are due: asks, judges, and writes the outcome together with the
//! messages that follow from it.

use std::sync::Arc;

use hitmetrix_model::{AlertState, AlertWatch, ErrorKind, SiteId, limits};
use hitmetrix_store::settings::{
    AlertEntry, Checked, Delivery, DeliveryKind, Insight, KnownAlert, SettingsError,
};

use super::judge::{Verdict, judge, looks_back};
use super::message::{AlertMessage, sentence};
use super::series::{self, Numbers, Point};
use crate::app::App;
use crate::problem::Problem;
use crate::questions::Asker;
use crate::recipients::Recipients;
use crate::secret;

/// Alerts that one turn checks; further ones wait for the next.
const AT_ONCE: u32 = 50;
/// How long a check may take before it is due again.
const CLAIM_MS: i64 = 5 * 60_000;
/// Full buckets that may still change: no settling takes longer than the narrowest two.
const UNSETTLED: usize = 2;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// Checks what is due.
///
/// # Errors
/// When the database fails.
pub async fn check_due(app: &Arc<App>) -> Result<(), SettingsError> {
    let due = app.settings().due_alerts(app.now_ms(), AT_ONCE).await?;
    for known in due {
        let now_ms = app.now_ms();
        let until_ms = now_ms + CLAIM_MS;
        let is_ours = app
            .settings()
            .claim_alert((&known.id, known.due_at_ms), (now_ms, until_ms));
        if !is_ours.await? {
            continue;
        }
        // Alerts from before there was a limit may say more.
        let every = known.alert.every_minutes;
        let every = every.min(known.alert.watch.bucket.minutes());
        let every_ms = i64::from(every) * MINUTE_MS;
        let (checked, wait_ms) = match check(app, &known).await {
            Ok(checked) => (checked, every_ms),
            Err(problem) if is_passing(&problem) => {
                let said = format!(
                    "the server was busy; tried again after {} minutes: {}",
                    limits::ALERT_AGAIN_MS / MINUTE_MS,
                    problem.detail()
                );
                let again_ms = limits::ALERT_AGAIN_MS.min(every_ms);
                (unknown(app, None, said), again_ms)
            }
            Err(problem) => (unknown(app, None, problem.detail().to_owned()), every_ms),
        };
        let next_ms = app.now_ms() + wait_ms;
        app.settings()
            .alert_checked((&known.id, until_ms), &checked, next_ms)
            .await?;
    }
    Ok(())
}

/// Whether the same question may be answered a little later.
fn is_passing(problem: &Problem) -> bool {
    matches!(
        problem.code().kind(),
        ErrorKind::TooMany | ErrorKind::Unavailable
    )
}

async fn check(app: &Arc<App>, known: &KnownAlert) -> Result<Checked, Problem> {
    let watch = &known.alert.watch;
    let insight = watched(app, known.site, watch).await?;
    let buckets = looks_back(&watch.condition, watch.bucket) + ended_since(known, app.now_ms());
    let asked = (known.site, &insight.question);
    let mut numbers = series::ask(app, asked, watch, (buckets, Asker::Job)).await?;
    let settled_ms = app.now_ms() - series::settle_ms(&insight.question, &watch.column);
    numbers.points.retain(|point| point.to_ms <= settled_ms);
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
    judged(app, (known, &insight), &numbers).await
}

/// The insight that is watched; the same is said of a missing one when an alert is saved and checked.
///
/// # Errors
/// When it is gone or archived.
pub async fn watched(app: &App, site: SiteId, watch: &AlertWatch) -> Result<Insight, Problem> {
    let refused = |why: String| Err(Problem::invalid(why).at("watch.insight"));
    let Some(known) = app.settings().insight(site, &watch.insight).await? else {
        return refused("the insight to be watched is not there; watch another".to_owned());
    };
    match known.archived_at_ms {
        None => Ok(known.insight),
        Some(_) => refused(format!(
            "the insight `{}` is archived; bring it back first",
            known.insight.name
        )),
    }
}

/// Buckets that a check may ask for at most.
#[must_use]
pub fn buckets_max(watch: &AlertWatch) -> usize {
    looks_back(&watch.condition, watch.bucket) + limits::ALERT_BUCKETS + UNSETTLED
}

/// Buckets that ended since the last check, within the limit, and those that may not be settled yet.
fn ended_since(known: &KnownAlert, now_ms: i64) -> usize {
    let width_ms = i64::from(known.alert.watch.bucket.minutes()) * MINUTE_MS;
    let since_ms = known
        .judged_to_ms
        .map_or(0, |to_ms| now_ms.saturating_sub(to_ms));
    let ended = usize::try_from(since_ms / width_ms).unwrap_or(0);
    (ended + 1).min(limits::ALERT_BUCKETS) + UNSETTLED
}

/// Judges the buckets that ended since the last check; the last one again where none did, because
/// late events may have changed it.
async fn judged(
    app: &App,
    (known, insight): (&KnownAlert, &Insight),
    numbers: &Numbers,
) -> Result<Checked, Problem> {
    let watch = &known.alert.watch;
    let points = &numbers.points;
    let values: Vec<Option<f64>> = points.iter().map(|point| point.value).collect();
    let last = points.len() - 1;
    let is_old = |point: &Point| known.judged_to_ms.is_some_and(|to| point.from_ms < to);
    let new = known
        .judged_to_ms
        .map_or(last, |_| points.partition_point(is_old));
    let oldest = points.len().saturating_sub(limits::ALERT_BUCKETS);
    let first = new.min(last).max(oldest);
    let mut checked = Checked {
        at_ms: app.now_ms(),
        state: AlertState::Unknown,
        said: String::new(),
        entries: Vec::new(),
        fired_bucket_ms: None,
        judged_to_ms: Some(points[last].to_ms),
    };
    checked
        .entries
        .extend(left_out(known, &points[first], checked.at_ms));
    for (place, point) in points.iter().enumerate().skip(first) {
        let verdict = judge(
            &values,
            place,
            &watch.condition,
            (watch.bucket, numbers.unit),
        );
        let said = sentence((&insight.name, watch), (numbers, point), &verdict);
        let (state, outcome) = match verdict {
            Verdict::Unknown(_) => (AlertState::Unknown, Some("unknown")),
            Verdict::Judged { fires: false, .. } => (AlertState::Ok, Some("ok")),
            Verdict::Judged { fires: true, .. } => {
                (AlertState::Firing, silence(known, &checked, point.from_ms))
            }
        };
        let deliveries = match outcome {
            Some(_) => Vec::new(),
            None => {
                checked.fired_bucket_ms = Some(point.from_ms);
                deliveries(app, (known, insight), (numbers, point), &said).await?
            }
        };
        checked.state = state;
        checked.said.clone_from(&said);
        checked.entries.push(AlertEntry {
            at_ms: checked.at_ms,
            bucket_ms: Some(point.from_ms),
            value: point.value.filter(|_| state != AlertState::Unknown),
            outcome: outcome.unwrap_or("fired").to_owned(),
            said,
            deliveries,
        });
    }
    Ok(checked)
}

/// Says that the first buckets after a pause are not looked at, where there are more than the limit.
fn left_out(known: &KnownAlert, first: &Point, at_ms: i64) -> Option<AlertEntry> {
    // Less than a bucket is no pause: the site has got another time zone.
    let width_ms = first.to_ms - first.from_ms;
    let is_gap = |to: &i64| *to + width_ms <= first.from_ms;
    known.judged_to_ms.filter(is_gap)?;
    Some(AlertEntry {
        at_ms,
        bucket_ms: None,
        value: None,
        outcome: "unknown".to_owned(),
        said: format!(
            "no check for a while: only the last {} {}s of that time are judged",
            limits::ALERT_BUCKETS,
            known.alert.watch.bucket.name()
        ),
        deliveries: Vec::new(),
    })
}

/// Why an alert that fires says nothing, if it does not; what this check has told already counts.
fn silence(known: &KnownAlert, checked: &Checked, bucket_ms: i64) -> Option<&'static str> {
    let now_ms = checked.at_ms;
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
    let told_ms = checked
        .fired_bucket_ms
        .map_or(known.fired_at_ms, |_| Some(now_ms));
    // What was told at a time that is still to come was told before the clock was set back.
    let cools = |fired_at_ms: i64| {
        fired_at_ms <= now_ms && now_ms < fired_at_ms.saturating_add(cool_down_ms)
    };
    told_ms.is_some_and(cools).then_some("cooling")
}

fn unknown(app: &App, bucket_ms: Option<i64>, said: String) -> Checked {
    let at_ms = app.now_ms();
    Checked {
        at_ms,
        state: AlertState::Unknown,
        said: said.clone(),
        entries: vec![AlertEntry {
            at_ms,
            bucket_ms,
            value: None,
            outcome: "unknown".to_owned(),
            said,
            deliveries: Vec::new(),
        }],
        fired_bucket_ms: None,
        judged_to_ms: None,
    }
}

/// The messages about a point to everybody who wants to know.
async fn deliveries(
    app: &App,
    (known, insight): (&KnownAlert, &Insight),
    (numbers, point): (&Numbers, &Point),
    said: &str,
) -> Result<Vec<Delivery>, Problem> {
    let site = app.sites.by_id(known.site);
    let site = site.ok_or_else(|| Problem::not_found("site"))?;
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
    let now_ms = app.now_ms();
    let to = |kind, destination| {
        let id = secret::random_pass(&*app.randomness);
        Delivery::due(id, now_ms, (kind, destination), body.clone())
    };
    let mut all: Vec<Delivery> = Vec::new();
    let recipients = Recipients::of(app, known.site).await?;
    for email in &known.alert.emails {
        all.push(recipients.held(to(DeliveryKind::Email, email.clone())));
    }
    for webhook in app.settings().alert_webhooks(&known.id).await? {
        all.push(Delivery {
            webhook: Some(webhook.id),
            ..to(DeliveryKind::Webhook, webhook.address)
        });
    }
    Ok(all)
}
