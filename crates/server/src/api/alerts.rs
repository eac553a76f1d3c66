//! Alerts of a site: who is told when a number of a saved insight is not as it should be, what would
//! have been said in the past, and what was. Viewers see how alerts stand; where messages go only
//! editors see, and a webhook's secret is told once, when it is made.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use hitmetrix_model::{Alert, AlertBucket, AlertCondition, AlertState, AlertWatch, SiteId, limits};
use hitmetrix_store::settings::{
    AlertEntry, AlertWebhook, Delivery, KnownAlert, Role, SettingsError,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alert_preview::numbers_for;
use super::authors::{shown, touch};
use super::body::{JsonBody, PathPart};
use super::room::room;
use super::saved::{SavedPath, SavedThing, find};
use super::site_input;
use crate::alerts::check::{addressed, buckets_max, watched};
use crate::alerts::judge::{Verdict, judge, looks_back};
use crate::alerts::message::{AlertMessage, sentence};
use crate::alerts::series;
use crate::app::App;
use crate::audit::Told;
use crate::auth::access::{Caller, SiteAccess};
use crate::auth::subject::Subject;
use crate::egress;
use crate::problem::{Code, Problem};
use crate::recipients::Recipients;
use crate::secret;

/// Least minutes between two checks.
const EVERY_MINUTES_MIN: u32 = 5;
/// Hours without a second message: up to 30 days.
const COOL_DOWN_HOURS_MAX: u32 = 30 * 24;
/// Lines of a log that are shown.
const LOG_SHOWN: u32 = 100;

/// The alerts of a site.
#[derive(Serialize, ToSchema)]
pub struct AlertList {
    /// By name, archived ones too.
    alerts: Vec<AlertRow>,
    /// Whether this server can send mail; the setting `smtp_host` says by whom.
    mail: bool,
    /// Hosts to which the owner lets webhooks go, from the setting `egress_allow`; for editors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_hosts: Option<Vec<String>>,
    /// Domains to which the owner lets mail go beside members of the site and owners, from the setting
    /// `mail_domains`; for editors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail_domains: Option<Vec<String>>,
}

/// One alert.
#[derive(Serialize, ToSchema)]
pub struct AlertRow {
    /// Public id.
    id: String,
    /// Unique among those that are not archived.
    name: String,
    /// What is watched.
    watch: AlertWatch,
    /// Name of the insight; none when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    insight_name: Option<String>,
    /// Minutes between two checks.
    every_minutes: u32,
    /// Hours after a message in which no other is sent.
    cool_down_hours: u32,
    /// Who is told by mail; for editors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    emails: Option<Vec<String>>,
    /// Where it is told by webhook; for editors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhooks: Option<Vec<String>>,
    /// How it stands.
    state: AlertState,
    /// What the last check found, in a sentence.
    said: String,
    /// When it was checked last; UTC, milliseconds since the epoch, as all times here.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked_at_ms: Option<i64>,
    /// When it sent its last message.
    #[serde(skip_serializing_if = "Option::is_none")]
    fired_at_ms: Option<i64>,
    /// Until when it sends none.
    #[serde(skip_serializing_if = "Option::is_none")]
    muted_until_ms: Option<i64>,
    /// When it was made.
    created_at_ms: i64,
    /// Who made it, as for segments.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    /// Since when it is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at_ms: Option<i64>,
}

/// An alert that was saved, with what is told only now.
#[derive(Serialize, ToSchema)]
pub struct AlertSaved {
    /// The alert.
    #[serde(flatten)]
    row: AlertRow,
    /// The secrets of webhooks that are new; they are not shown again.
    secrets: Vec<WebhookSecret>,
}

/// With what a webhook's messages are signed, after Standard Webhooks 1.0.
#[derive(Serialize, ToSchema)]
pub struct WebhookSecret {
    /// Where the webhook is.
    address: String,
    /// `whsec_` and Base64.
    secret: String,
}

/// An alert to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AlertDraft {
    /// Unique among those that are not archived.
    name: String,
    /// What is watched.
    watch: AlertWatch,
    /// Minutes between two checks, from 5 up to the width of the bucket; 60 when absent.
    #[serde(default = "hourly")]
    every_minutes: u32,
    /// Hours after a message in which no other is sent, up to 720; 24 when absent.
    #[serde(default = "daily")]
    cool_down_hours: u32,
    /// Who is told by mail: members of the site, owners, addresses of domains that the owner allows.
    #[serde(default)]
    emails: Vec<String>,
    /// Where it is told by webhook: https addresses of hosts that the owner allows. One that the alert
    /// has already keeps its secret.
    #[serde(default)]
    webhooks: Vec<String>,
}

/// Until when an alert is silent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MuteDraft {
    /// UTC, milliseconds since the epoch; until somebody ends it when absent.
    #[serde(default)]
    until_ms: Option<i64>,
}

/// What an alert found and sent, the latest first.
#[derive(Serialize, ToSchema)]
pub struct AlertLog {
    /// The latest 100 lines.
    entries: Vec<AlertLogRow>,
}

/// One line of an alert's log.
#[derive(Serialize, ToSchema)]
pub struct AlertLogRow {
    /// When it was checked, the last time with this outcome.
    at_ms: i64,
    /// Start of the bucket that was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    bucket_ms: Option<i64>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    /// `fired`, `ok`, `firing` (told already), `cooling` (told a while ago), `muted`, `unknown`, or
    /// `test`.
    outcome: String,
    /// The same in a sentence.
    said: String,
    /// What was sent.
    deliveries: Vec<DeliveryRow>,
}

/// One message to one destination.
#[derive(Serialize, ToSchema)]
pub struct DeliveryRow {
    /// Its id; webhooks get it as `webhook-id`.
    id: String,
    /// `email`, `webhook` or `board`.
    kind: String,
    /// Where it went; for editors only.
    #[serde(skip_serializing_if = "Option::is_none")]
    destination: Option<String>,
    /// `sent`, `waiting`, `withdrawn` (while it waited) or `failed`.
    state: String,
    /// Attempts so far.
    attempts: u32,
    /// When it was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at_ms: Option<i64>,
    /// What came of the last attempt.
    said: String,
}

fn hourly() -> u32 {
    60
}

fn daily() -> u32 {
    24
}

impl SavedThing for KnownAlert {
    const WHAT: &'static str = "alert";

    type Shown = AlertRow;

    async fn look_up(app: &App, site: SiteId, id: &str) -> Result<Option<Self>, SettingsError> {
        app.settings().alert(site, id).await
    }

    fn name(&self) -> &str {
        &self.alert.name
    }

    fn archived_at_ms(&self) -> Option<i64> {
        self.archived_at_ms
    }

    async fn shown(
        self,
        app: &App,
        (access, subject): (&SiteAccess, &Subject),
    ) -> Result<AlertRow, Problem> {
        let insight = app
            .settings()
            .insight(access.id(), &self.alert.watch.insight)
            .await?;
        let is_editor = access.role() >= Role::Editor;
        let webhooks = match is_editor {
            false => None,
            true => {
                let known = app.settings().alert_webhooks(&self.id).await?;
                Some(known.into_iter().map(|one| one.address).collect())
            }
        };
        let now_ms = app.now_ms();
        Ok(AlertRow {
            id: self.id,
            name: self.alert.name,
            watch: self.alert.watch,
            insight_name: insight.map(|known| known.insight.name),
            every_minutes: self.alert.every_minutes,
            cool_down_hours: self.alert.cool_down_hours,
            emails: is_editor.then_some(self.alert.emails),
            webhooks,
            state: self.state,
            said: self.said,
            checked_at_ms: self.checked_at_ms,
            fired_at_ms: self.fired_at_ms,
            muted_until_ms: self.muted_until_ms.filter(|until_ms| *until_ms > now_ms),
            created_at_ms: self.created.at_ms,
            created_by: shown(app, (access, subject), &self.created.by).await?,
            archived_at_ms: self.archived_at_ms,
        })
    }

    async fn archive(&self, app: &App, site: SiteId, at_ms: Option<i64>) -> Result<(), Problem> {
        if at_ms.is_none() {
            watched(app, site, &self.alert.watch).await?;
        }
        let named = (self.id.as_str(), self.name());
        let settings = app.settings();
        Ok(settings.archive_alert(site, named, at_ms).await?)
    }

    async fn remove(&self, app: &App, access: &SiteAccess) -> Result<(), Problem> {
        Ok(app.settings().remove_alert(access.id(), &self.id).await?)
    }
}

/// The alerts of the site.
///
/// # Errors
/// When the database fails.
pub async fn list(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
) -> Result<Json<AlertList>, Problem> {
    let mut alerts = Vec::new();
    for known in app.settings().alerts(access.id()).await? {
        alerts.push(known.shown(&app, (&access, &subject)).await?);
    }
    let is_editor = access.role() >= Role::Editor;
    Ok(Json(AlertList {
        alerts,
        mail: app.mailer.is_some(),
        webhook_hosts: is_editor.then(|| app.egress.hosts()),
        mail_domains: is_editor.then(|| app.config.mail_domains.names().to_vec()),
    }))
}

/// Saves a new alert; it is checked within seconds.
///
/// # Errors
/// When it is not valid, the name is taken, or there are too many.
pub async fn create(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    JsonBody(draft): JsonBody<AlertDraft>,
) -> Result<(StatusCode, Extension<Told>, Json<AlertSaved>), Problem> {
    let there = app.settings().alerts(access.id()).await?.len();
    let many = (there, limits::SITE_ALERTS);
    room(many, ("the site", "alerts"), "remove archived ones")?;
    let (alert, addresses) = checked(&app, &access, draft).await?;
    let webhooks = with_secrets(&app, &addresses, &[]);
    let touch = touch(&app, &subject)?;
    let known = KnownAlert {
        id: secret::random_id(&*app.randomness),
        site: access.id(),
        alert,
        state: AlertState::New,
        said: String::new(),
        due_at_ms: touch.at_ms,
        checked_at_ms: None,
        fired_at_ms: None,
        fired_bucket_ms: None,
        judged_to_ms: None,
        muted_until_ms: None,
        created: touch.clone(),
        changed: touch,
        archived_at_ms: None,
    };
    app.settings().create_alert(&known, &webhooks).await?;
    let named = Told::object(format!("alert {}", known.id), known.alert.name.clone());
    let saved = AlertSaved {
        row: known.shown(&app, (&access, &subject)).await?,
        secrets: told(&webhooks, &[]),
    };
    Ok((StatusCode::CREATED, Extension(named), Json(saved)))
}

/// Puts an alert in the place of another; it is checked anew. What it has told is forgotten only
/// where something else is watched.
///
/// # Errors
/// As [`create`]; when the site has no such alert.
pub async fn change(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Caller(subject): Caller,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<AlertDraft>,
) -> Result<(Extension<Told>, Json<AlertSaved>), Problem> {
    let known: KnownAlert = find(&app, &access, &path.id).await?;
    let before = app.settings().alert_webhooks(&known.id).await?;
    let (alert, addresses) = checked(&app, &access, draft).await?;
    let webhooks = with_secrets(&app, &addresses, &before);
    let touch = touch(&app, &subject)?;
    // Another name or destination is no reason to tell the same once more.
    let is_same = known.alert.watch == alert.watch;
    let mut changed = KnownAlert {
        alert,
        due_at_ms: touch.at_ms,
        changed: touch,
        ..known
    };
    if !is_same {
        changed.state = AlertState::New;
        changed.said = String::new();
        changed.fired_at_ms = None;
        changed.fired_bucket_ms = None;
        changed.judged_to_ms = None;
    }
    app.settings().change_alert(&changed, &webhooks).await?;
    let named = Told::detail(changed.alert.name.clone());
    let saved = AlertSaved {
        row: changed.shown(&app, (&access, &subject)).await?,
        secrets: told(&webhooks, &before),
    };
    Ok((Extension(named), Json(saved)))
}

/// Has an alert send nothing.
///
/// # Errors
/// When the site has no such alert.
pub async fn mute(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
    JsonBody(draft): JsonBody<MuteDraft>,
) -> Result<StatusCode, Problem> {
    let until_ms = draft.until_ms.unwrap_or(i64::MAX);
    app.settings()
        .mute_alert((access.id(), &path.id), Some(until_ms), app.now_ms())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has an alert speak again.
///
/// # Errors
/// When the site has no such alert.
pub async fn unmute(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<StatusCode, Problem> {
    app.settings()
        .mute_alert((access.id(), &path.id), None, app.now_ms())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What an alert found and sent.
///
/// # Errors
/// When the site has no such alert.
pub async fn log(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<Json<AlertLog>, Problem> {
    let known: KnownAlert = find(&app, &access, &path.id).await?;
    let entries = app
        .settings()
        .alert_log((access.id(), &known.id), LOG_SHOWN)
        .await?;
    let is_editor = access.role() >= Role::Editor;
    let entries = entries.into_iter().map(|one| log_row(one, is_editor));
    Ok(Json(AlertLog {
        entries: entries.collect(),
    }))
}

/// Sends a message about the last full bucket to every destination, whether it fires or not.
///
/// # Errors
/// When the site has no such alert, or its insight cannot be asked.
pub async fn test(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    PathPart(path): PathPart<SavedPath>,
) -> Result<StatusCode, Problem> {
    let known: KnownAlert = find(&app, &access, &path.id).await?;
    let watch = &known.alert.watch;
    let buckets = looks_back(&watch.condition, watch.bucket) + 1;
    let (insight, numbers) = numbers_for(&app, &access, watch, buckets).await?;
    let Some(point) = numbers.points.last().copied() else {
        return Err(Problem::new(
            Code::Conflict,
            "there is no full bucket yet; try again later",
        ));
    };
    let values: Vec<Option<f64>> = numbers.points.iter().map(|one| one.value).collect();
    let kind = (watch.bucket, numbers.unit);
    let verdict: Verdict = judge(&values, values.len() - 1, &watch.condition, kind);
    let said = sentence((&insight.name, watch), (&numbers, &point), &verdict);
    let about = (&known, &insight, access.site());
    let mut message = AlertMessage::of(&app, about, (&numbers, &point), &said);
    message.kind = "alert.test".to_owned();
    let deliveries = addressed(&app, &known, &message).await?;
    app.messages
        .take(access.id(), deliveries.len(), app.now_ms())?;
    let entry = AlertEntry {
        at_ms: app.now_ms(),
        bucket_ms: Some(point.from_ms),
        value: point.value,
        outcome: "test".to_owned(),
        said,
        deliveries,
    };
    app.settings().add_alert_entry(&known.id, &entry).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A draft as it can be saved, and the addresses of its webhooks.
async fn checked(
    app: &Arc<App>,
    access: &SiteAccess,
    draft: AlertDraft,
) -> Result<(Alert, Vec<String>), Problem> {
    let name = site_input::name(&draft.name).map_err(|problem| problem.at("name"))?;
    let every = checked_interval(draft.every_minutes, draft.watch.bucket)?;
    let cool_down = draft.cool_down_hours;
    if cool_down > COOL_DOWN_HOURS_MAX {
        let why = format!("cool_down_hours is {cool_down}; it may be up to {COOL_DOWN_HOURS_MAX}");
        return Err(Problem::invalid(why).at("cool_down_hours"));
    }
    let most = limits::ALERT_DESTINATIONS;
    for (name, count) in [
        ("emails", draft.emails.len()),
        ("webhooks", draft.webhooks.len()),
    ] {
        if count > most {
            let why = format!("there are {count} {name}; an alert has at most {most}");
            return Err(Problem::invalid(why).at(name));
        }
    }
    if draft.emails.is_empty() && draft.webhooks.is_empty() {
        let why = "an alert needs somebody to tell: an e-mail address or a webhook";
        return Err(Problem::invalid(why).at("emails"));
    }
    let recipients = Recipients::of(app, access.id()).await?;
    let emails = recipients.typed("emails", &draft.emails)?;
    let mut webhooks: Vec<String> = Vec::with_capacity(draft.webhooks.len());
    for (place, text) in draft.webhooks.iter().enumerate() {
        let destination = app.egress.check(text.trim()).await.map_err(|error| {
            Problem::invalid(error.to_string()).at(format!("webhooks[{place}]"))
        })?;
        let address = destination.to_string();
        if !webhooks.contains(&address) {
            webhooks.push(address);
        }
    }
    let condition = checked_condition(draft.watch.condition)?;
    let watch = AlertWatch {
        condition,
        ..draft.watch
    };
    // As much as a check asks for: what it would refuse is refused now. Of several rows the first is
    // looked for over as much as rows are ranked over.
    let buckets = buckets_max(&watch).max(series::shown(watch.bucket));
    let (_, numbers) = numbers_for(app, access, &watch, buckets).await?;
    if numbers.watch != watch {
        numbers_for(app, access, &numbers.watch, buckets_max(&watch)).await?;
    }
    let watch = numbers.watch;
    let alert = Alert {
        name,
        watch,
        every_minutes: every,
        cool_down_hours: cool_down,
        emails,
    };
    Ok((alert, webhooks))
}

/// Minutes between two checks that let no bucket go by.
fn checked_interval(every: u32, bucket: AlertBucket) -> Result<u32, Problem> {
    let refused = |why: String| Err(Problem::invalid(why).at("every_minutes"));
    if every < EVERY_MINUTES_MIN {
        return refused(format!(
            "every_minutes is {every}, the least is {EVERY_MINUTES_MIN}; check less often"
        ));
    }
    let (word, most) = (bucket.name(), bucket.minutes());
    if every > most {
        return refused(format!(
            "every_minutes is {every}, longer than the {word} that is judged, which has {most}; check \
             more often, or look at longer times"
        ));
    }
    Ok(every)
}

/// A condition whose numbers mean something.
///
/// # Errors
/// When they do not.
pub fn checked_condition(condition: AlertCondition) -> Result<AlertCondition, Problem> {
    let refused = |field: &'static str, why: &str| {
        Err(Problem::invalid(why).at(format!("watch.condition.{field}")))
    };
    match condition {
        AlertCondition::Threshold { value, .. } if !value.is_finite() => {
            refused("value", "the value is no number")
        }
        AlertCondition::Change { percent, .. } if !(percent > 0.0 && percent <= 1e6) => {
            refused("percent", "percent must be more than 0 and at most 1000000")
        }
        AlertCondition::Anomaly {
            width: Some(width), ..
        } if !(1.0..=20.0).contains(&width) => refused("width", "width must be 1 to 20"),
        fine => Ok(fine),
    }
}

/// The webhooks of an alert: those that it has keep their ids and secrets.
fn with_secrets(app: &App, addresses: &[String], before: &[AlertWebhook]) -> Vec<AlertWebhook> {
    let webhook = |address: &String| {
        let kept = before.iter().find(|one| one.address == *address).cloned();
        kept.unwrap_or_else(|| AlertWebhook {
            id: secret::random_id(&*app.randomness),
            address: address.clone(),
            secret: egress::new_secret(&*app.randomness),
        })
    };
    addresses.iter().map(webhook).collect()
}

fn told(webhooks: &[AlertWebhook], before: &[AlertWebhook]) -> Vec<WebhookSecret> {
    let new = webhooks.iter().filter(|one| !before.contains(one));
    new.map(|one| WebhookSecret {
        address: one.address.clone(),
        secret: one.secret.clone(),
    })
    .collect()
}

impl DeliveryRow {
    /// A message as it is shown; where it went is for editors.
    #[must_use]
    pub fn of(delivery: Delivery, is_editor: bool) -> Self {
        let state = match (delivery.sent_at_ms, delivery.due_at_ms) {
            (Some(_), _) => "sent",
            (None, Some(_)) => "waiting",
            (None, None) if delivery.withdrawn_at_ms.is_some() => "withdrawn",
            (None, None) => "failed",
        };
        Self {
            id: delivery.id,
            kind: delivery.kind.name().to_owned(),
            destination: is_editor.then_some(delivery.destination),
            state: state.to_owned(),
            attempts: delivery.attempts,
            sent_at_ms: delivery.sent_at_ms,
            // Answers of hosts and mail servers name them.
            said: if is_editor {
                delivery.said
            } else {
                String::new()
            },
        }
    }
}

fn log_row(entry: AlertEntry, is_editor: bool) -> AlertLogRow {
    let deliveries = entry.deliveries.into_iter();
    let deliveries = deliveries.map(|one| DeliveryRow::of(one, is_editor));
    AlertLogRow {
        at_ms: entry.at_ms,
        bucket_ms: entry.bucket_ms,
        value: entry.value,
        outcome: entry.outcome,
        said: entry.said,
        deliveries: deliveries.collect(),
    }
}
