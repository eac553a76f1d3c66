//! What checks of alerts write: the claim that makes a check happen once, the log, and the messages
//! on their way. A check's outcome and its messages are written in one transaction, so that a crash
//! leaves both or neither; a message is claimed before it is sent, and is sent again, under the same
//! id, when the server ends in between.

use hitmetrix_model::{Alert, AlertState, SiteId, limits};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::columns::{from_json, named};
use super::sites::site_id;
use super::{Settings, SettingsError};

/// How a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryKind {
    /// By e-mail.
    Email,
    /// To a webhook.
    Webhook,
    /// By e-mail, and what it says is a mail already: a board.
    Board,
}

impl DeliveryKind {
    const ALL: [Self; 3] = [Self::Email, Self::Webhook, Self::Board];

    /// As it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Board => "board",
        }
    }
}

/// A message to one destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Public id.
    pub id: String,
    /// How it goes.
    pub kind: DeliveryKind,
    /// An e-mail address or the address of a webhook.
    pub destination: String,
    /// Id of the webhook.
    pub webhook: Option<String>,
    /// What it says: JSON.
    pub body: String,
    /// Attempts that were begun.
    pub attempts: u32,
    /// When the next attempt is due; none when it was sent or has failed.
    pub due_at_ms: Option<i64>,
    /// When it was sent.
    pub sent_at_ms: Option<i64>,
    /// When it was taken back while it waited.
    pub withdrawn_at_ms: Option<i64>,
    /// What came of the last attempt, in words.
    pub said: String,
}

impl Delivery {
    /// A message whose first attempt is due then.
    #[must_use]
    pub fn due(
        id: String,
        at_ms: i64,
        (kind, destination): (DeliveryKind, String),
        body: String,
    ) -> Self {
        Self {
            id,
            kind,
            destination,
            webhook: None,
            body,
            attempts: 0,
            due_at_ms: Some(at_ms),
            sent_at_ms: None,
            withdrawn_at_ms: None,
            said: String::new(),
        }
    }
}

/// A line of an alert's log, and the messages that went out with it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertEntry {
    /// When it was checked, the last time with this outcome.
    pub at_ms: i64,
    /// Start of the bucket that was judged.
    pub bucket_ms: Option<i64>,
    /// Its number.
    pub value: Option<f64>,
    /// What came out, in a word.
    pub outcome: String,
    /// The same in words.
    pub said: String,
    /// Messages.
    pub deliveries: Vec<Delivery>,
}

/// The outcome of a check.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// When it was.
    pub at_ms: i64,
    /// How the alert stands now.
    pub state: AlertState,
    /// What it says of that, in words.
    pub said: String,
    /// Lines of the log, the oldest bucket first, with the messages to be sent.
    pub entries: Vec<AlertEntry>,
    /// The last bucket of which messages are sent.
    pub fired_bucket_ms: Option<i64>,
    /// The end of the last bucket that was judged; none when nothing could be. It never goes back to
    /// what was judged before, but from a time that is still to come, as after the clock was set back.
    pub judged_to_ms: Option<i64>,
}

impl Settings {
    /// Takes the check of an alert: true for one caller, who has until then to write what came out;
    /// otherwise it is due again.
    pub async fn claim_alert(
        &self,
        (id, due_at_ms): (&str, i64),
        (now_ms, until_ms): (i64, i64),
    ) -> Result<bool, SettingsError> {
        // A check from a time that is still to come, as after the clock was set back, was now.
        let claimed = sqlx::query(
            "UPDATE alerts SET due_at_ms = $3, \
             checked_at_ms = CASE WHEN checked_at_ms > $4 THEN $4 ELSE checked_at_ms END \
             WHERE id = $1 AND due_at_ms = $2 AND archived_at_ms IS NULL",
        )
        .bind(id)
        .bind(due_at_ms)
        .bind(until_ms)
        .bind(now_ms)
        .execute(&self.pool)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// Writes what came out of a check that was claimed until then. Nothing is written, and false is
    /// told, when the alert was changed, muted or archived meanwhile.
    pub async fn alert_checked(
        &self,
        (id, claimed_until_ms): (&str, i64),
        checked: &Checked,
        next_ms: i64,
    ) -> Result<bool, SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let fired_at_ms = checked.fired_bucket_ms.map(|_| checked.at_ms);
        let changed = sqlx::query(
            "UPDATE alerts SET state = $3, said = $4, due_at_ms = $5, checked_at_ms = $6, \
             fired_at_ms = COALESCE($7, fired_at_ms), \
             fired_bucket_ms = COALESCE($8, fired_bucket_ms), \
             judged_to_ms = CASE WHEN $9 IS NULL OR (judged_to_ms > $9 AND judged_to_ms <= $6) \
             THEN judged_to_ms ELSE $9 END \
             WHERE id = $1 AND due_at_ms = $2 AND archived_at_ms IS NULL",
        )
        .bind(id)
        .bind(claimed_until_ms)
        .bind(checked.state.name())
        .bind(&checked.said)
        .bind(next_ms)
        .bind(checked.at_ms)
        .bind(fired_at_ms)
        .bind(checked.fired_bucket_ms)
        .bind(checked.judged_to_ms)
        .execute(&mut *transaction)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        for entry in &checked.entries {
            put_entry(&mut transaction, id, entry).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Adds a line to an alert's log that comes from no check, as a test of its destinations.
    pub async fn add_alert_entry(
        &self,
        alert: &str,
        entry: &AlertEntry,
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        add_entry(&mut transaction, alert, entry).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The log of an alert of this site, the latest first; at most so many lines.
    pub async fn alert_log(
        &self,
        (site, id): (SiteId, &str),
        limit: u32,
    ) -> Result<Vec<AlertEntry>, SettingsError> {
        let rows = sqlx::query(
            "SELECT l.id, l.at_ms, l.bucket_ms, l.value, l.outcome, l.said FROM alert_log l \
             JOIN alerts a ON a.id = l.alert WHERE a.site = $1 AND a.id = $2 \
             ORDER BY l.id DESC LIMIT $3",
        )
        .bind(i64::from(site.0))
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let deliveries = sqlx::query(
                "SELECT * FROM deliveries WHERE entry = $1 ORDER BY kind, destination, id",
            )
            .bind(row.try_get::<i64, _>("id")?)
            .fetch_all(&self.pool)
            .await?;
            entries.push(AlertEntry {
                at_ms: row.try_get("at_ms")?,
                bucket_ms: row.try_get("bucket_ms")?,
                value: row.try_get("value")?,
                outcome: row.try_get("outcome")?,
                said: row.try_get("said")?,
                deliveries: deliveries
                    .iter()
                    .map(read_delivery)
                    .collect::<Result<_, _>>()?,
            });
        }
        Ok(entries)
    }

    /// Messages whose next attempt is due, those of alerts before boards, the longest due first; at
    /// most so many.
    pub async fn due_deliveries(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, SettingsError> {
        let rows = sqlx::query(
            "SELECT * FROM deliveries WHERE due_at_ms <= $1 \
             ORDER BY CASE WHEN board IS NULL THEN 0 ELSE 1 END, due_at_ms, id LIMIT $2",
        )
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_delivery).collect()
    }

    /// Takes an attempt at a message: true for one caller. When that says nothing, it is due again
    /// then.
    pub async fn claim_delivery(
        &self,
        delivery: &Delivery,
        until_ms: i64,
    ) -> Result<bool, SettingsError> {
        let claimed = sqlx::query(
            "UPDATE deliveries SET due_at_ms = $3, attempts = attempts + 1 \
             WHERE id = $1 AND due_at_ms = $2",
        )
        .bind(&delivery.id)
        .bind(delivery.due_at_ms)
        .bind(until_ms)
        .execute(&self.pool)
        .await?;
        Ok(claimed.rows_affected() == 1)
    }

    /// Writes what came of an attempt: when it was sent, or when to try again, which one that was
    /// withdrawn meanwhile is not.
    pub async fn delivery_tried(
        &self,
        id: &str,
        (sent_at_ms, due_at_ms): (Option<i64>, Option<i64>),
        said: &str,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            // What was in it is not kept once it has ended: it may outlive what it told.
            "UPDATE deliveries SET sent_at_ms = $2, said = $4, \
             due_at_ms = CASE WHEN withdrawn_at_ms IS NULL THEN $3 END, \
             body = CASE WHEN $3 IS NULL THEN '' ELSE body END WHERE id = $1",
        )
        .bind(id)
        .bind(sent_at_ms)
        .bind(due_at_ms)
        .bind(said)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Whose a mail is, and who is to have such mails now; none when its alert or board is gone.
    pub async fn delivery_recipients(
        &self,
        id: &str,
    ) -> Result<Option<(SiteId, Vec<String>)>, SettingsError> {
        let row = sqlx::query(
            "SELECT COALESCE(a.site, b.site) AS site, a.definition, m.recipients \
             FROM deliveries d LEFT JOIN alerts a ON a.id = d.alert \
             LEFT JOIN boards b ON b.id = d.board LEFT JOIN board_mails m ON m.board = d.board \
             WHERE d.id = $1 AND (a.id IS NOT NULL OR b.id IS NOT NULL)",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let site = site_id(row.try_get("site")?)?;
        let definition: Option<String> = row.try_get("definition")?;
        let recipients: Option<String> = row.try_get("recipients")?;
        let addresses = match (definition, recipients) {
            (Some(definition), _) => {
                let alert: Alert = from_json("definition of an alert", &definition)?;
                alert.emails
            }
            (None, Some(recipients)) => from_json("recipients of a board", &recipients)?,
            (None, None) => Vec::new(),
        };
        Ok(Some((site, addresses)))
    }

    /// The secret of a webhook, while there is one.
    pub async fn webhook_secret(&self, id: &str) -> Result<Option<String>, SettingsError> {
        let row = sqlx::query("SELECT secret FROM alert_webhooks WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.map(|row| row.try_get("secret")).transpose()?)
    }
}

/// Takes back what waits to be sent of an alert or of a board.
pub(super) async fn withdraw(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    (alert, board): (Option<&str>, Option<&str>),
    (at_ms, why): (i64, &str),
) -> Result<(), SettingsError> {
    sqlx::query(
        "UPDATE deliveries SET due_at_ms = NULL, withdrawn_at_ms = $3, said = $4, body = '' \
         WHERE due_at_ms IS NOT NULL AND (alert = $1 OR board = $2)",
    )
    .bind(alert)
    .bind(board)
    .bind(at_ms)
    .bind(why)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// Puts a line in the place of the log's last one where that says the same of the same bucket, and
/// adds it where not.
async fn put_entry(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    alert: &str,
    entry: &AlertEntry,
) -> Result<(), SettingsError> {
    let last = sqlx::query(
        "SELECT id, bucket_ms, outcome FROM alert_log WHERE alert = $1 ORDER BY id DESC LIMIT 1",
    )
    .bind(alert)
    .fetch_optional(&mut **transaction)
    .await?;
    let same = match &last {
        Some(row) if entry.deliveries.is_empty() => {
            let bucket_ms: Option<i64> = row.try_get("bucket_ms")?;
            let outcome: String = row.try_get("outcome")?;
            (bucket_ms == entry.bucket_ms && outcome == entry.outcome)
                .then(|| row.try_get::<i64, _>("id"))
                .transpose()?
        }
        _ => None,
    };
    match same {
        Some(line) => {
            sqlx::query("UPDATE alert_log SET at_ms = $2, value = $3, said = $4 WHERE id = $1")
                .bind(line)
                .bind(entry.at_ms)
                .bind(entry.value)
                .bind(&entry.said)
                .execute(&mut **transaction)
                .await?;
        }
        None => add_entry(transaction, alert, entry).await?,
    }
    Ok(())
}

async fn add_entry(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    alert: &str,
    entry: &AlertEntry,
) -> Result<(), SettingsError> {
    let line = sqlx::query(
        "INSERT INTO alert_log (alert, at_ms, bucket_ms, value, outcome, said) \
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(alert)
    .bind(entry.at_ms)
    .bind(entry.bucket_ms)
    .bind(entry.value)
    .bind(&entry.outcome)
    .bind(&entry.said)
    .fetch_one(&mut **transaction)
    .await?;
    let line: i64 = line.try_get("id")?;
    for delivery in &entry.deliveries {
        add_delivery(
            transaction,
            (Some(line), Some(alert), None),
            (delivery, entry.at_ms),
        )
        .await?;
    }
    // The oldest go; what is still on its way keeps its line.
    for statement in [
        "DELETE FROM deliveries WHERE alert = $1 AND due_at_ms IS NULL AND entry <= \
         (SELECT id FROM alert_log WHERE alert = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
        "DELETE FROM alert_log WHERE alert = $1 AND id <= \
         (SELECT id FROM alert_log WHERE alert = $1 ORDER BY id DESC LIMIT 1 OFFSET $2) \
         AND id NOT IN (SELECT entry FROM deliveries WHERE alert = $1)",
    ] {
        sqlx::query(statement)
            .bind(alert)
            .bind(limits::ALERT_LOG as i64)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// Adds a message of a line of an alert's log, or of a board.
pub(super) async fn add_delivery(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    (entry, alert, board): (Option<i64>, Option<&str>, Option<&str>),
    (delivery, made_at_ms): (&Delivery, i64),
) -> Result<(), SettingsError> {
    sqlx::query(
        "INSERT INTO deliveries (id, entry, alert, board, made_at_ms, kind, destination, webhook, \
         body, attempts, due_at_ms, sent_at_ms, said) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(&delivery.id)
    .bind(entry)
    .bind(alert)
    .bind(board)
    .bind(made_at_ms)
    .bind(delivery.kind.name())
    .bind(&delivery.destination)
    .bind(&delivery.webhook)
    .bind(&delivery.body)
    .bind(i64::from(delivery.attempts))
    .bind(delivery.due_at_ms)
    .bind(delivery.sent_at_ms)
    .bind(&delivery.said)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

pub(super) fn read_delivery(row: &SqliteRow) -> Result<Delivery, SettingsError> {
    Ok(Delivery {
        id: row.try_get("id")?,
        kind: named(
            ("kind of a message", row.try_get("kind")?),
            DeliveryKind::ALL,
            DeliveryKind::name,
        )?,
        destination: row.try_get("destination")?,
        webhook: row.try_get("webhook")?,
        body: row.try_get("body")?,
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
        due_at_ms: row.try_get("due_at_ms")?,
        sent_at_ms: row.try_get("sent_at_ms")?,
        withdrawn_at_ms: row.try_get("withdrawn_at_ms")?,
        said: row.try_get("said")?,
    })
}
