//! Segments: saved conditions of a site, and who made and changed them. An archived one keeps
//! everything but its claim on the name.

use hitmetrix_model::{Segment, SegmentOf, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::{from_json, named};
use super::sites::{json, missing_unless};
use super::table::Table;
use super::{Settings, SettingsError};

/// A segment with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSegment {
    /// The segment.
    pub segment: Segment,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
    /// Since when it is archived, UTC, milliseconds since the epoch.
    pub archived_at_ms: Option<i64>,
}

const SEGMENTS: Table = Table {
    name: "segments",
    what: "segment",
    one: "a segment",
};

/// The segment whose name would be taken: one that is archived has no claim on it.
const NAMED: &str =
    "SELECT id FROM segments WHERE site = $1 AND name = $2 AND archived_at_ms IS NULL";

impl Settings {
    /// The segments of a site by name, archived ones too.
    pub async fn segments(&self, site: SiteId) -> Result<Vec<KnownSegment>, SettingsError> {
        let rows = SEGMENTS.by_name(&self.pool, site).await?;
        rows.iter().map(read_segment).collect()
    }

    /// Makes a segment of this site.
    pub async fn create_segment(
        &self,
        site: SiteId,
        segment: &Segment,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        let made = sqlx::query(
            "INSERT INTO segments (id, site, name, of, conditions, created_at_ms, created_by, \
             changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)",
        )
        .bind(&segment.id)
        .bind(i64::from(site.0))
        .bind(&segment.name)
        .bind(segment.of.name())
        .bind(json(&segment.conditions))
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await;
        match made {
            Err(error) if SettingsError::is_taken(&error) => {
                Err(self.which_is_taken(site, segment).await?)
            }
            made => Ok(made.map(|_| ())?),
        }
    }

    /// Whether a segment's name or its id is that of another; of another site's nothing is told.
    async fn which_is_taken(
        &self,
        site: SiteId,
        segment: &Segment,
    ) -> Result<SettingsError, SettingsError> {
        let named = sqlx::query(NAMED)
            .bind(i64::from(site.0))
            .bind(&segment.name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(match named {
            Some(_) => SettingsError::NameTaken {
                what: "a segment",
                name: segment.name.clone(),
            },
            None => SettingsError::IdTaken {
                id: segment.id.clone(),
            },
        })
    }

    /// Puts a segment of this site in the place of the one with its id.
    pub async fn change_segment(
        &self,
        site: SiteId,
        segment: &Segment,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE segments SET name = $3, of = $4, conditions = $5, changed_at_ms = $6, \
             changed_by = $7 WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(&segment.id)
        .bind(&segment.name)
        .bind(segment.of.name())
        .bind(json(&segment.conditions))
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, (SEGMENTS.one, &segment.name)))?;
        missing_unless(changed.rows_affected(), SEGMENTS.what)
    }

    /// Archives a segment of this site, or with `None` brings it back.
    pub async fn archive_segment(
        &self,
        site: SiteId,
        segment: &Segment,
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        SEGMENTS
            .archive(&self.pool, (site, &segment.id, &segment.name), at_ms)
            .await
    }

    /// Removes a segment of this site for good.
    pub async fn remove_segment(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        SEGMENTS.remove(&self.pool, (site, id)).await
    }
}

fn read_segment(row: &SqliteRow) -> Result<KnownSegment, SettingsError> {
    Ok(KnownSegment {
        segment: Segment {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            of: named(
                ("kind of a segment", row.try_get("of")?),
                SegmentOf::ALL,
                SegmentOf::name,
            )?,
            conditions: from_json("conditions of a segment", row.try_get("conditions")?)?,
        },
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
        archived_at_ms: row.try_get("archived_at_ms")?,
    })
}
