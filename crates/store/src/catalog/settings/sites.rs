//! Sites: what is measured, with its public key and the secret that signs identities and keys
//! the visitors of imports.

use hitmetrix_model::{Site, SiteId, SiteSettings};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::columns::{from_json, whole};
use super::{Settings, SettingsError};

/// A site with what only the server may know of it.
#[derive(Clone, PartialEq)]
pub struct KnownSite {
    /// The site.
    pub site: Site,
    /// 32 random bytes, made with the site: the key of its HMACs and of import visitors.
    pub secret: [u8; 32],
}

impl std::fmt::Debug for KnownSite {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("KnownSite")
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}

/// A site to be made.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// Unique name.
    pub name: String,
    /// Host names that may send.
    pub domains: Vec<String>,
    /// IANA time zone.
    pub time_zone: String,
    /// Random public key.
    pub key: String,
    /// Random secret.
    pub secret: [u8; 32],
    /// True for the built-in demo site.
    pub demo: bool,
    /// The rest.
    pub settings: SiteSettings,
    /// UTC, milliseconds since the epoch.
    pub created_at_ms: i64,
}

/// What of a site changes; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct SiteChange {
    /// New name.
    pub name: Option<String>,
    /// New domains.
    pub domains: Option<Vec<String>>,
    /// New time zone.
    pub time_zone: Option<String>,
    /// New settings, whole.
    pub settings: Option<SiteSettings>,
}

impl Settings {
    /// All sites, oldest first.
    pub async fn sites(&self) -> Result<Vec<KnownSite>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, name, domains, key, time_zone, created_at_ms, demo, settings, secret \
             FROM sites ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_site).collect()
    }

    /// Makes a site; its number was never another's.
    pub async fn create_site(&self, new: NewSite) -> Result<Site, SettingsError> {
        let id: i64 = sqlx::query(
            "INSERT INTO sites (name, domains, key, time_zone, created_at_ms, demo, settings, secret) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
        )
        .bind(&new.name)
        .bind(json(&new.domains))
        .bind(&new.key)
        .bind(&new.time_zone)
        .bind(new.created_at_ms)
        .bind(i64::from(new.demo))
        .bind(json(&new.settings))
        .bind(&new.secret[..])
        .fetch_one(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, ("a site", &new.name)))?
        .try_get(0)?;
        Ok(Site {
            id: site_id(id)?,
            name: new.name,
            domains: new.domains,
            key: new.key,
            time_zone: new.time_zone,
            created_at_ms: new.created_at_ms,
            demo: new.demo,
            settings: new.settings,
        })
    }

    /// Changes a site.
    pub async fn change_site(
        &self,
        site: SiteId,
        change: &SiteChange,
    ) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE sites SET name = COALESCE($2, name), domains = COALESCE($3, domains), \
             time_zone = COALESCE($4, time_zone), settings = COALESCE($5, settings) WHERE id = $1",
        )
        .bind(i64::from(site.0))
        .bind(&change.name)
        .bind(change.domains.as_ref().map(json))
        .bind(&change.time_zone)
        .bind(change.settings.as_ref().map(json))
        .execute(&self.pool)
        .await
        .map_err(|error| {
            let name = change.name.as_deref().unwrap_or_default();
            SettingsError::taken(error, ("a site", name))
        })?;
        missing_unless(changed.rows_affected(), "site")
    }

    /// Removes a site with all that belongs to it here; its number stays used.
    pub async fn remove_site(&self, site: SiteId) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        for statement in [
            "DELETE FROM tokens WHERE site = $1",
            "DELETE FROM members WHERE site = $1",
            "DELETE FROM losses WHERE site = $1",
            "DELETE FROM signs WHERE site = $1",
            "DELETE FROM segments WHERE site = $1",
            "DELETE FROM annotations WHERE site = $1",
            "DELETE FROM goals WHERE site = $1",
            "DELETE FROM surveys WHERE site = $1",
            "DELETE FROM insights WHERE site = $1",
            "DELETE FROM deliveries WHERE board IN (SELECT id FROM boards WHERE site = $1)",
            "DELETE FROM board_mails WHERE site = $1",
            "DELETE FROM board_shares WHERE site = $1",
            "DELETE FROM boards WHERE site = $1",
            "DELETE FROM imports WHERE site = $1",
            "DELETE FROM seen_recordings WHERE site = $1",
            "DELETE FROM recording_shares WHERE site = $1",
            "DELETE FROM recording_notes WHERE site = $1",
            "DELETE FROM deliveries WHERE alert IN (SELECT id FROM alerts WHERE site = $1)",
            "DELETE FROM alert_log WHERE alert IN (SELECT id FROM alerts WHERE site = $1)",
            "DELETE FROM alert_webhooks WHERE alert IN (SELECT id FROM alerts WHERE site = $1)",
            "DELETE FROM alerts WHERE site = $1",
            "DELETE FROM recording_tags WHERE site = $1",
            "DELETE FROM collection_recordings WHERE site = $1",
            "DELETE FROM collections WHERE site = $1",
        ] {
            sqlx::query(statement)
                .bind(i64::from(site.0))
                .execute(&mut *transaction)
                .await?;
        }
        let removed = sqlx::query("DELETE FROM sites WHERE id = $1")
            .bind(i64::from(site.0))
            .execute(&mut *transaction)
            .await?;
        missing_unless(removed.rows_affected(), "site")?;
        transaction.commit().await?;
        Ok(())
    }
}

/// An error of [`SettingsError::Missing`] when no row was touched.
pub(super) fn missing_unless(rows: u64, what: &'static str) -> Result<(), SettingsError> {
    if rows == 0 {
        return Err(SettingsError::Missing { what });
    }
    Ok(())
}

/// A site's number as SQL has it, back as what it is.
pub(super) fn site_id(id: i64) -> Result<SiteId, SettingsError> {
    u32::try_from(id)
        .map(SiteId)
        .map_err(|_| SettingsError::UnknownWord {
            what: "site id",
            word: id.to_string(),
        })
}

fn read_site(row: &SqliteRow) -> Result<KnownSite, SettingsError> {
    let site = Site {
        id: site_id(row.try_get("id")?)?,
        name: row.try_get("name")?,
        domains: from_json("domains of a site", row.try_get("domains")?)?,
        key: row.try_get("key")?,
        time_zone: row.try_get("time_zone")?,
        created_at_ms: row.try_get("created_at_ms")?,
        demo: row.try_get::<i64, _>("demo")? != 0,
        settings: from_json("settings of a site", row.try_get("settings")?)?,
    };
    let secret = whole("secret of a site", row.try_get("secret")?)?;
    Ok(KnownSite { site, secret })
}

/// A value as it is stored.
pub(super) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("settings have text keys and finite numbers")
}
