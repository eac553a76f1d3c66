//! The job that sends what alerts have to say and boards by mail, and tries again what did not get through: after 30
//! seconds, then after four times as long each.

use std::sync::Arc;

use hitmetrix_model::limits;
use hitmetrix_store::settings::{Delivery, DeliveryKind, SettingsError};
use tokio::task::JoinSet;

use super::message::AlertMessage;
use crate::app::App;
use crate::egress::Webhook;
use crate::egress::mail::{Mail, MailError};
use crate::recipients::Recipients;

/// Messages that one turn sends side by side; further ones wait for the next.
const AT_ONCE: u32 = 16;
/// How long an attempt may take before it is due again: longer than any does.
const CLAIM_MS: i64 = 5 * 60_000;
/// Time before the second attempt.
const AGAIN_MS: i64 = 30_000;

/// Sends what is due.
///
/// # Errors
/// When the database fails.
pub async fn send_due(app: &Arc<App>) -> Result<(), SettingsError> {
    let due = app.settings().due_deliveries(app.now_ms(), AT_ONCE).await?;
    let mut sending = JoinSet::new();
    for delivery in due {
        let until_ms = app.now_ms() + CLAIM_MS;
        if app.settings().claim_delivery(&delivery, until_ms).await? {
            let app = Arc::clone(app);
            sending.spawn(async move { attempt(&app, &delivery).await });
        }
    }
    let mut outcome = Ok(());
    while let Some(ended) = sending.join_next().await {
        if let Ok(Err(error)) = ended {
            outcome = Err(error);
        }
    }
    outcome
}

/// What came of an attempt: what was said, or why not and whether to try again.
type Attempted = Result<String, (String, bool)>;

async fn attempt(app: &App, delivery: &Delivery) -> Result<(), SettingsError> {
    let attempted = match delivery.kind {
        DeliveryKind::Email | DeliveryKind::Board => match unwanted(app, delivery).await? {
            Some(why) => Err((why, false)),
            None => mail(app, delivery).await,
        },
        DeliveryKind::Webhook => post(app, delivery).await?,
    };
    let now_ms = app.now_ms();
    let begun = delivery.attempts + 1;
    let (times, said) = match attempted {
        Ok(said) => ((Some(now_ms), None), said),
        Err((why, true)) if begun < limits::DELIVERY_ATTEMPTS => {
            let wait_ms = AGAIN_MS << (2 * delivery.attempts.min(8));
            ((None, Some(now_ms + wait_ms)), why)
        }
        Err((why, _)) => ((None, None), why),
    };
    let is_sent = times.0.is_some();
    tracing::info!(
        delivery = delivery.id,
        kind = delivery.kind.name(),
        attempt = begun,
        is_sent,
        "alert message tried"
    );
    app.settings()
        .delivery_tried(&delivery.id, times, &said)
        .await
}

/// Why a mail is not for its address any more; none while it is. Asked before each attempt, because
/// hours lie between the first and the last.
async fn unwanted(app: &App, delivery: &Delivery) -> Result<Option<String>, SettingsError> {
    let found = app.settings().delivery_recipients(&delivery.id).await?;
    let Some((site, recipients)) = found else {
        return Ok(Some("what it tells of was removed meanwhile".to_owned()));
    };
    if !recipients.contains(&delivery.destination) {
        return Ok(Some(
            "the address was taken off the recipients meanwhile".to_owned(),
        ));
    }
    let may = Recipients::of(app, site).await?;
    Ok(may.check(&delivery.destination).err())
}

async fn mail(app: &App, delivery: &Delivery) -> Attempted {
    let failed = |error: MailError| {
        let is_passing = error.is_passing();
        Err((error.to_string(), is_passing))
    };
    let Some(mailer) = &app.mailer else {
        return failed(MailError::NotSet);
    };
    let read = match delivery.kind {
        DeliveryKind::Board => serde_json::from_str::<Mail>(&delivery.body),
        _ => serde_json::from_str::<AlertMessage>(&delivery.body).map(|message| message.mail()),
    };
    let Ok(message) = read else {
        return Err(("the message cannot be read".to_owned(), false));
    };
    match mailer.send(&delivery.destination, &message).await {
        Ok(()) => Ok("the mail server took it".to_owned()),
        Err(error) => failed(error),
    }
}

async fn post(app: &App, delivery: &Delivery) -> Result<Attempted, SettingsError> {
    let secret = match &delivery.webhook {
        Some(id) => app.settings().webhook_secret(id).await?,
        None => None,
    };
    let Some(secret) = secret else {
        return Ok(Err(("the webhook was removed meanwhile".to_owned(), false)));
    };
    let webhook = Webhook {
        secret: &secret,
        id: &delivery.id,
        at_ms: app.now_ms(),
        body: &delivery.body,
    };
    let answered = app.egress.deliver(&delivery.destination, &webhook).await;
    Ok(match answered {
        Ok(status) => Ok(format!("answered {status}")),
        Err(error) => Err((error.to_string(), error.is_passing())),
    })
}
