//! Alerts of a site and their webhooks: made, changed, muted, archived and removed. What checks
//! write stands in `alert_checks`.

use hitmetrix_model::{Alert, AlertState, SiteId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, Sqlite, Transaction};

use super::alert_checks::withdraw;
use super::authors::{Touch, read_touch};
use super::columns::{from_json, named};
use super::sites::{json, missing_unless, site_id};
use super::table::Table;
use super::{Settings, SettingsError};

/// A receiver of an alert's messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertWebhook {
    /// Public id.
    pub id: String,
    /// Where it is.
    pub address: String,
    /// With what its messages are signed.
    pub secret: String,
}

/// An alert with its history.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownAlert {
    /// Public id.
    pub id: String,
    /// Its site.
    pub site: SiteId,
    /// What is watched and who is told.
    pub alert: Alert,
    /// How it stands.
    pub state: AlertState,
    /// What the last check found, in words.
    pub said: String,
    /// When it is checked next; UTC, milliseconds since the epoch, as all times here.
    pub due_at_ms: i64,
    /// When it was checked last.
    pub checked_at_ms: Option<i64>,
    /// When it sent its last message.
    pub fired_at_ms: Option<i64>,
    /// For which bucket.
    pub fired_bucket_ms: Option<i64>,
    /// The end of the last bucket that was judged.
    pub judged_to_ms: Option<i64>,
    /// Until when it sends none.
    pub muted_until_ms: Option<i64>,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
    /// Since when it is archived.
    pub archived_at_ms: Option<i64>,
}

const ALERTS: Table = Table {
    name: "alerts",
    what: "alert",
    one: "an alert",
};

impl Settings {
    /// The alerts of a site by name, archived ones too.
    pub async fn alerts(&self, site: SiteId) -> Result<Vec<KnownAlert>, SettingsError> {
        let rows = ALERTS.by_name(&self.pool, site).await?;
        rows.iter().map(read_alert).collect()
    }

    /// One alert of this site.
    pub async fn alert(&self, site: SiteId, id: &str) -> Result<Option<KnownAlert>, SettingsError> {
        let row = ALERTS.row(&self.pool, (site, id)).await?;
        row.as_ref().map(read_alert).transpose()
    }

    /// Alerts of all sites whose check is due, the longest due first; at most so many. One that was
    /// checked or changed at a time that is still to come is due too: the clock was set back.
    pub async fn due_alerts(
        &self,
        now_ms: i64,
        limit: u32,
    ) -> Result<Vec<KnownAlert>, SettingsError> {
        let rows = sqlx::query(
            "SELECT * FROM alerts WHERE archived_at_ms IS NULL AND (due_at_ms <= $1 \
             OR checked_at_ms > $1 OR (due_at_ms > $1 AND due_at_ms = changed_at_ms)) \
             ORDER BY due_at_ms, id LIMIT $2",
        )
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_alert).collect()
    }

    /// The receivers of an alert.
    pub async fn alert_webhooks(&self, alert: &str) -> Result<Vec<AlertWebhook>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, address, secret FROM alert_webhooks WHERE alert = $1 ORDER BY address, id",
        )
        .bind(alert)
        .fetch_all(&self.pool)
        .await?;
        let read = |row: &SqliteRow| {
            Ok(AlertWebhook {
                id: row.try_get("id")?,
                address: row.try_get("address")?,
                secret: row.try_get("secret")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Makes an alert with its webhooks.
    pub async fn create_alert(
        &self,
        known: &KnownAlert,
        webhooks: &[AlertWebhook],
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "INSERT INTO alerts (id, site, name, insight, definition, state, said, due_at_ms, \
             created_at_ms, created_by, changed_at_ms, changed_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, $10)",
        )
        .bind(&known.id)
        .bind(i64::from(known.site.0))
        .bind(&known.alert.name)
        .bind(&known.alert.watch.insight)
        .bind(json(&known.alert))
        .bind(known.state.name())
        .bind(&known.said)
        .bind(known.due_at_ms)
        .bind(known.created.at_ms)
        .bind(known.created.by.word())
        .execute(&mut *transaction)
        .await
        .map_err(|error| SettingsError::taken(error, (ALERTS.one, &known.alert.name)))?;
        put_webhooks(&mut transaction, &known.id, webhooks).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Puts an alert of its site in the place of the one with its id; it is checked anew. In the state
    /// of a new one it forgets what it has told.
    pub async fn change_alert(
        &self,
        known: &KnownAlert,
        webhooks: &[AlertWebhook],
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query(
            "UPDATE alerts SET name = $3, insight = $4, definition = $5, state = $6, said = $7, \
             due_at_ms = $8, changed_at_ms = $9, changed_by = $10, \
             fired_at_ms = CASE WHEN $6 = 'new' THEN NULL ELSE fired_at_ms END, \
             fired_bucket_ms = CASE WHEN $6 = 'new' THEN NULL ELSE fired_bucket_ms END, \
             judged_to_ms = CASE WHEN $6 = 'new' THEN NULL ELSE judged_to_ms END \
             WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(known.site.0))
        .bind(&known.id)
        .bind(&known.alert.name)
        .bind(&known.alert.watch.insight)
        .bind(json(&known.alert))
        .bind(known.state.name())
        .bind(&known.said)
        .bind(known.due_at_ms)
        .bind(known.changed.at_ms)
        .bind(known.changed.by.word())
        .execute(&mut *transaction)
        .await
        .map_err(|error| SettingsError::taken(error, (ALERTS.one, &known.alert.name)))?;
        missing_unless(changed.rows_affected(), ALERTS.what)?;
        sqlx::query("DELETE FROM alert_webhooks WHERE alert = $1")
            .bind(&known.id)
            .execute(&mut *transaction)
            .await?;
        put_webhooks(&mut transaction, &known.id, webhooks).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Has an alert of this site send nothing until then, or with `None` speak again. What waits to be
    /// sent is taken back.
    pub async fn mute_alert(
        &self,
        (site, id): (SiteId, &str),
        until_ms: Option<i64>,
        now_ms: i64,
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        // Another due time ends the claim of a check that runs and does not know of this yet.
        let changed = sqlx::query(
            "UPDATE alerts SET muted_until_ms = $3, due_at_ms = due_at_ms - 1 \
             WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(id)
        .bind(until_ms)
        .execute(&mut *transaction)
        .await?;
        missing_unless(changed.rows_affected(), ALERTS.what)?;
        if until_ms.is_some() {
            let why = "withdrawn: the alert was muted";
            withdraw(&mut transaction, (Some(id), None), (now_ms, why)).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Archives an alert of this site, or with `None` brings it back. What waits to be sent is taken
    /// back.
    pub async fn archive_alert(
        &self,
        site: SiteId,
        (id, name): (&str, &str),
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        ALERTS
            .archive(&mut *transaction, (site, id, name), at_ms)
            .await?;
        if let Some(now_ms) = at_ms {
            let why = "withdrawn: the alert was archived";
            withdraw(&mut transaction, (Some(id), None), (now_ms, why)).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Removes an alert of this site for good, with its log.
    pub async fn remove_alert(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        for statement in [
            "DELETE FROM deliveries WHERE alert = $1 \
             AND alert IN (SELECT id FROM alerts WHERE site = $2)",
            "DELETE FROM alert_log WHERE alert = $1 \
             AND alert IN (SELECT id FROM alerts WHERE site = $2)",
            "DELETE FROM alert_webhooks WHERE alert = $1 \
             AND alert IN (SELECT id FROM alerts WHERE site = $2)",
        ] {
            sqlx::query(statement)
                .bind(id)
                .bind(i64::from(site.0))
                .execute(&mut *transaction)
                .await?;
        }
        ALERTS.remove(&mut *transaction, (site, id)).await?;
        transaction.commit().await?;
        Ok(())
    }
}

async fn put_webhooks(
    transaction: &mut Transaction<'_, Sqlite>,
    alert: &str,
    webhooks: &[AlertWebhook],
) -> Result<(), SettingsError> {
    for webhook in webhooks {
        sqlx::query(
            "INSERT INTO alert_webhooks (id, alert, address, secret) VALUES ($1, $2, $3, $4)",
        )
        .bind(&webhook.id)
        .bind(alert)
        .bind(&webhook.address)
        .bind(&webhook.secret)
        .execute(&mut **transaction)
        .await?;
    }
    Ok(())
}

fn read_alert(row: &SqliteRow) -> Result<KnownAlert, SettingsError> {
    Ok(KnownAlert {
        id: row.try_get("id")?,
        site: site_id(row.try_get("site")?)?,
        alert: from_json("definition of an alert", row.try_get("definition")?)?,
        state: named(
            ("state of an alert", row.try_get("state")?),
            AlertState::ALL,
            AlertState::name,
        )?,
        said: row.try_get("said")?,
        due_at_ms: row.try_get("due_at_ms")?,
        checked_at_ms: row.try_get("checked_at_ms")?,
        fired_at_ms: row.try_get("fired_at_ms")?,
        fired_bucket_ms: row.try_get("fired_bucket_ms")?,
        judged_to_ms: row.try_get("judged_to_ms")?,
        muted_until_ms: row.try_get("muted_until_ms")?,
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
        archived_at_ms: row.try_get("archived_at_ms")?,
    })
}
