//! The audit log: who did what, and when. Entries are added, read and, when they are old, forgotten;
//! there is no way to change one, here or in SQL.

use hitmetrix_model::SiteId;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::sites::site_id;
use super::{Settings, SettingsError};

/// An entry to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// UTC, milliseconds since the epoch.
    pub at_ms: i64,
    /// Who, as `user:7`, `token:1f…`, `control`, `link:2a…`, `system` or `nobody`.
    pub who: String,
    /// Who in words, as an e-mail address.
    pub who_name: String,
    /// With what, as `Firefox on Linux`.
    pub via: String,
    /// On which site; none for what is about the whole installation.
    pub site: Option<SiteId>,
    /// What, as a stable word.
    pub action: &'static str,
    /// On what, as `board 1f…`; may be empty.
    pub object: String,
    /// How, in a few words; may be empty.
    pub detail: String,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts all entries of the installation.
    pub id: i64,
    /// UTC, milliseconds since the epoch.
    pub at_ms: i64,
    /// Who, as [`NewAudit::who`].
    pub who: String,
    /// Who in words.
    pub who_name: String,
    /// With what.
    pub via: String,
    /// On which site.
    pub site: Option<SiteId>,
    /// What.
    pub action: String,
    /// On what.
    pub object: String,
    /// How.
    pub detail: String,
}

/// Which entries are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditSearch {
    /// Only those of this site.
    pub site: Option<SiteId>,
    /// Only those of this one, as [`NewAudit::who`].
    pub who: Option<String>,
    /// Only this action.
    pub action: Option<String>,
    /// Only from this time on, UTC milliseconds.
    pub from_ms: Option<i64>,
    /// Only before this time, UTC milliseconds.
    pub to_ms: Option<i64>,
    /// Only those older than the entry with this id.
    pub before: Option<i64>,
    /// So many at most.
    pub limit: u32,
}

impl Settings {
    /// Adds an entry.
    pub async fn add_audit(&self, new: &NewAudit) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO audit (at_ms, who, who_name, via, site, action, object, detail) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.at_ms)
        .bind(&new.who)
        .bind(&new.who_name)
        .bind(&new.via)
        .bind(new.site.map(|site| i64::from(site.0)))
        .bind(new.action)
        .bind(&new.object)
        .bind(&new.detail)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Entries, the newest first.
    pub async fn audit(&self, search: &AuditSearch) -> Result<Vec<AuditEntry>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, at_ms, who, who_name, via, site, action, object, detail FROM audit \
             WHERE ($1 IS NULL OR site = $1) AND ($2 IS NULL OR who = $2) \
             AND ($3 IS NULL OR action = $3) AND ($4 IS NULL OR at_ms >= $4) \
             AND ($5 IS NULL OR at_ms < $5) AND ($6 IS NULL OR id < $6) \
             ORDER BY id DESC LIMIT $7",
        )
        .bind(search.site.map(|site| i64::from(site.0)))
        .bind(&search.who)
        .bind(&search.action)
        .bind(search.from_ms)
        .bind(search.to_ms)
        .bind(search.before)
        .bind(i64::from(search.limit))
        .fetch_all(&self.reader)
        .await?;
        rows.iter().map(read_entry).collect()
    }

    /// Everybody who has entries, with the words of their last one; by those words.
    pub async fn audit_people(
        &self,
        site: Option<SiteId>,
    ) -> Result<Vec<(String, String)>, SettingsError> {
        let rows = sqlx::query(
            "SELECT who, who_name, MAX(id) FROM audit WHERE ($1 IS NULL OR site = $1) \
             GROUP BY who ORDER BY who_name, who LIMIT 1000",
        )
        .bind(site.map(|site| i64::from(site.0)))
        .fetch_all(&self.reader)
        .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// Forgets entries of before a time, and says how many.
    pub async fn remove_old_audit(&self, before_ms: i64) -> Result<u64, SettingsError> {
        let removed = sqlx::query("DELETE FROM audit WHERE at_ms < $1")
            .bind(before_ms)
            .execute(&self.pool)
            .await?;
        Ok(removed.rows_affected())
    }
}

fn read_entry(row: &SqliteRow) -> Result<AuditEntry, SettingsError> {
    let site: Option<i64> = row.try_get("site")?;
    Ok(AuditEntry {
        id: row.try_get("id")?,
        at_ms: row.try_get("at_ms")?,
        who: row.try_get("who")?,
        who_name: row.try_get("who_name")?,
        via: row.try_get("via")?,
        site: site.map(site_id).transpose()?,
        action: row.try_get("action")?,
        object: row.try_get("object")?,
        detail: row.try_get("detail")?,
    })
}
