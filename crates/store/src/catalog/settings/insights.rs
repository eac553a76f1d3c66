//! Insights: saved questions of a site, each as the dashboard's address has it and as the engine
//! takes it. An archived one keeps everything but its claim on the name.

use hitmetrix_model::{Question, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::from_json;
use super::sites::{json, missing_unless};
use super::table::Table;
use super::{Settings, SettingsError};

/// A saved question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insight {
    /// Public id.
    pub id: String,
    /// Unique among those of its site that are not archived.
    pub name: String,
    /// What it is for, in plain text; may be empty.
    pub description: String,
    /// The search part of the address under which Explore shows it, without question mark; empty
    /// where it was made elsewhere.
    pub address: String,
    /// The question; uses segments by id.
    pub question: Question,
}

/// An insight with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownInsight {
    /// The insight.
    pub insight: Insight,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    pub archived_at_ms: Option<i64>,
}

const INSIGHTS: Table = Table {
    name: "insights",
    what: "insight",
    one: "an insight",
};

impl Settings {
    /// The insights of a site by name, archived ones too.
    pub async fn insights(&self, site: SiteId) -> Result<Vec<KnownInsight>, SettingsError> {
        let rows = INSIGHTS.by_name(&self.pool, site).await?;
        rows.iter().map(read_insight).collect()
    }

    /// One insight of this site.
    pub async fn insight(
        &self,
        site: SiteId,
        id: &str,
    ) -> Result<Option<KnownInsight>, SettingsError> {
        let row = INSIGHTS.row(&self.pool, (site, id)).await?;
        row.as_ref().map(read_insight).transpose()
    }

    /// Makes an insight of this site.
    pub async fn create_insight(
        &self,
        site: SiteId,
        insight: &Insight,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO insights (id, site, name, description, address, question, \
             created_at_ms, created_by, changed_at_ms, changed_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)",
        )
        .bind(&insight.id)
        .bind(i64::from(site.0))
        .bind(&insight.name)
        .bind(&insight.description)
        .bind(&insight.address)
        .bind(json(&insight.question))
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (INSIGHTS.one, &insight.name)))?;
        Ok(())
    }

    /// Puts an insight of this site in the place of the one with its id.
    pub async fn change_insight(
        &self,
        site: SiteId,
        insight: &Insight,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE insights SET name = $3, description = $4, address = $5, question = $6, \
             changed_at_ms = $7, changed_by = $8 WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(&insight.id)
        .bind(&insight.name)
        .bind(&insight.description)
        .bind(&insight.address)
        .bind(json(&insight.question))
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (INSIGHTS.one, &insight.name)))?;
        missing_unless(changed.rows_affected(), INSIGHTS.what)
    }

    /// Archives an insight of this site, or with `None` brings it back.
    pub async fn archive_insight(
        &self,
        site: SiteId,
        insight: &Insight,
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        INSIGHTS
            .archive(&self.pool, (site, &insight.id, &insight.name), at_ms)
            .await
    }

    /// Removes an insight of this site for good.
    pub async fn remove_insight(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        INSIGHTS.remove(&self.pool, (site, id)).await
    }
}

fn read_insight(row: &SqliteRow) -> Result<KnownInsight, SettingsError> {
    Ok(KnownInsight {
        insight: Insight {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            description: row.try_get("description")?,
            address: row.try_get("address")?,
            question: from_json("question of an insight", row.try_get("question")?)?,
        },
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
        archived_at_ms: row.try_get("archived_at_ms")?,
    })
}
