//! Surveys of a site, and who made and changed them. An archived one keeps everything but its claim
//! on the name.

use hitmetrix_model::{SiteId, Survey};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::{from_json, named};
use super::sites::{json, missing_unless};
use super::table::Table;
use super::{Settings, SettingsError};

/// Whether pages have a survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SurveyState {
    /// It was never switched on.
    Draft,
    /// It is switched on.
    Active,
    /// It was switched off again.
    Paused,
}

impl SurveyState {
    const ALL: [Self; 3] = [Self::Draft, Self::Active, Self::Paused];

    /// As it is stored and told.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }
}

/// A survey with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSurvey {
    /// Public id.
    pub id: String,
    /// Its name, for the site's own people.
    pub name: String,
    /// The survey.
    pub survey: Survey,
    /// Whether pages have it.
    pub state: SurveyState,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    pub archived_at_ms: Option<i64>,
}

impl KnownSurvey {
    /// Whether pages have it now.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.state == SurveyState::Active && self.archived_at_ms.is_none()
    }
}

const SURVEYS: Table = Table {
    name: "surveys",
    what: "survey",
    one: "a survey",
};

impl Settings {
    /// The surveys of a site by name, archived ones too.
    pub async fn surveys(&self, site: SiteId) -> Result<Vec<KnownSurvey>, SettingsError> {
        let rows = SURVEYS.by_name(&self.pool, site).await?;
        rows.iter().map(read_survey).collect()
    }

    /// One survey of this site.
    pub async fn survey(
        &self,
        site: SiteId,
        id: &str,
    ) -> Result<Option<KnownSurvey>, SettingsError> {
        let row = SURVEYS.row(&self.pool, (site, id)).await?;
        row.as_ref().map(read_survey).transpose()
    }

    /// Makes a survey of this site.
    pub async fn create_survey(
        &self,
        site: SiteId,
        known: &KnownSurvey,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO surveys (id, site, name, survey, state, created_at_ms, created_by, \
             changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)",
        )
        .bind(&known.id)
        .bind(i64::from(site.0))
        .bind(&known.name)
        .bind(json(&known.survey))
        .bind(known.state.name())
        .bind(known.created.at_ms)
        .bind(known.created.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (SURVEYS.one, &known.name)))?;
        Ok(())
    }

    /// Puts a survey of this site in the place of the one with its id, with its state.
    pub async fn change_survey(
        &self,
        site: SiteId,
        known: &KnownSurvey,
    ) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE surveys SET name = $3, survey = $4, state = $5, changed_at_ms = $6, \
             changed_by = $7 WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(&known.id)
        .bind(&known.name)
        .bind(json(&known.survey))
        .bind(known.state.name())
        .bind(known.changed.at_ms)
        .bind(known.changed.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (SURVEYS.one, &known.name)))?;
        missing_unless(changed.rows_affected(), SURVEYS.what)
    }

    /// Archives a survey of this site, which switches it off, or with `None` brings it back as it
    /// was left then.
    pub async fn archive_survey(
        &self,
        site: SiteId,
        known: &KnownSurvey,
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        let state = match known.state {
            SurveyState::Active => SurveyState::Paused,
            state => state,
        };
        let changed = sqlx::query(
            "UPDATE surveys SET archived_at_ms = $3, state = $4 WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(&known.id)
        .bind(at_ms)
        .bind(state.name())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (SURVEYS.one, &known.name)))?;
        missing_unless(changed.rows_affected(), SURVEYS.what)
    }

    /// Removes a survey of this site for good. Its answers are events and stay.
    pub async fn remove_survey(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        SURVEYS.remove(&self.pool, (site, id)).await
    }
}

fn read_survey(row: &SqliteRow) -> Result<KnownSurvey, SettingsError> {
    Ok(KnownSurvey {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        survey: from_json("survey", row.try_get("survey")?)?,
        state: named(
            ("state of a survey", row.try_get("state")?),
            SurveyState::ALL,
            SurveyState::name,
        )?,
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
        archived_at_ms: row.try_get("archived_at_ms")?,
    })
}
