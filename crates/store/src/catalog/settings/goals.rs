//! Saved goals of a site, and who made and changed them. An archived one keeps everything but its
//! claim on the name.

use hitmetrix_model::{Goal, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::from_json;
use super::sites::{json, missing_unless};
use super::table::Table;
use super::{Settings, SettingsError};

/// A goal with its history. Its label is its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownGoal {
    /// Public id.
    pub id: String,
    /// What it is; uses segments and other goals by id.
    pub goal: Goal,
    /// Whether it stands on the overview.
    pub on_overview: bool,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    pub archived_at_ms: Option<i64>,
}

const GOALS: Table = Table {
    name: "goals",
    what: "goal",
    one: "a goal",
};

impl Settings {
    /// The goals of a site by name, archived ones too.
    pub async fn goals(&self, site: SiteId) -> Result<Vec<KnownGoal>, SettingsError> {
        let rows = GOALS.by_name(&self.pool, site).await?;
        rows.iter().map(read_goal).collect()
    }

    /// One goal of this site.
    pub async fn goal(&self, site: SiteId, id: &str) -> Result<Option<KnownGoal>, SettingsError> {
        let row = GOALS.row(&self.pool, (site, id)).await?;
        row.as_ref().map(read_goal).transpose()
    }

    /// Makes a goal of this site.
    pub async fn create_goal(&self, site: SiteId, known: &KnownGoal) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO goals (id, site, name, goal, on_overview, created_at_ms, created_by, \
             changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)",
        )
        .bind(&known.id)
        .bind(i64::from(site.0))
        .bind(&known.goal.label)
        .bind(json(&known.goal))
        .bind(i64::from(known.on_overview))
        .bind(known.created.at_ms)
        .bind(known.created.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (GOALS.one, &known.goal.label)))?;
        Ok(())
    }

    /// Puts a goal of this site in the place of the one with its id.
    pub async fn change_goal(&self, site: SiteId, known: &KnownGoal) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE goals SET name = $3, goal = $4, on_overview = $5, changed_at_ms = $6, \
             changed_by = $7 WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(&known.id)
        .bind(&known.goal.label)
        .bind(json(&known.goal))
        .bind(i64::from(known.on_overview))
        .bind(known.changed.at_ms)
        .bind(known.changed.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (GOALS.one, &known.goal.label)))?;
        missing_unless(changed.rows_affected(), GOALS.what)
    }

    /// Archives a goal of this site, or with `None` brings it back.
    pub async fn archive_goal(
        &self,
        site: SiteId,
        known: &KnownGoal,
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        GOALS
            .archive(&self.pool, (site, &known.id, &known.goal.label), at_ms)
            .await
    }

    /// Removes a goal of this site for good.
    pub async fn remove_goal(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        GOALS.remove(&self.pool, (site, id)).await
    }
}

fn read_goal(row: &SqliteRow) -> Result<KnownGoal, SettingsError> {
    let goal: Goal = from_json("goal", row.try_get("goal")?)?;
    Ok(KnownGoal {
        id: row.try_get("id")?,
        goal: Goal {
            label: row.try_get("name")?,
            ..goal
        },
        on_overview: row.try_get::<i64, _>("on_overview")? != 0,
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
        archived_at_ms: row.try_get("archived_at_ms")?,
    })
}
