//! Segments: saved conditions of a site, and who made and changed them.

use hitmetrix_model::{Segment, SegmentOf, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::sites::{json, missing_unless, unreadable};
use super::{Settings, SettingsError, UserId};

/// Who did something to a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A user; may be gone by now.
    User(UserId),
    /// An API token, by its public id; may be gone by now.
    Token(String),
    /// The command line.
    Control,
}

impl Author {
    fn word(&self) -> String {
        match self {
            Self::User(user) => format!("user:{}", user.0),
            Self::Token(id) => format!("token:{id}"),
            Self::Control => "control".to_owned(),
        }
    }

    fn from_word(word: &str) -> Result<Self, SettingsError> {
        let unknown = || SettingsError::UnknownWord {
            what: "author of a segment",
            word: word.to_owned(),
        };
        match word.split_once(':') {
            Some(("user", number)) => {
                let number = number.parse().map_err(|_| unknown())?;
                Ok(Self::User(UserId(number)))
            }
            Some(("token", id)) => Ok(Self::Token(id.to_owned())),
            None if word == "control" => Ok(Self::Control),
            _ => Err(unknown()),
        }
    }
}

/// When and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    /// UTC, milliseconds since the epoch.
    pub at_ms: i64,
    /// Who.
    pub by: Author,
}

/// A segment with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSegment {
    /// The segment.
    pub segment: Segment,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
}

impl Settings {
    /// The segments of a site, by name.
    pub async fn segments(&self, site: SiteId) -> Result<Vec<KnownSegment>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, name, of, conditions, created_at_ms, created_by, changed_at_ms, \
             changed_by FROM segments WHERE site = $1 ORDER BY name",
        )
        .bind(i64::from(site.0))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_segment).collect()
    }

    /// Makes a segment of this site.
    pub async fn create_segment(
        &self,
        site: SiteId,
        segment: &Segment,
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        sqlx::query(
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
        .await
        .map_err(|error| taken(error, &segment.name))?;
        Ok(())
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
        .map_err(|error| taken(error, &segment.name))?;
        missing_unless(changed.rows_affected(), "segment")
    }

    /// Removes a segment of this site.
    pub async fn remove_segment(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        let removed = sqlx::query("DELETE FROM segments WHERE site = $1 AND id = $2")
            .bind(i64::from(site.0))
            .bind(id)
            .execute(&self.pool)
            .await?;
        missing_unless(removed.rows_affected(), "segment")
    }
}

fn read_segment(row: &SqliteRow) -> Result<KnownSegment, SettingsError> {
    let of: String = row.try_get("of")?;
    let conditions: String = row.try_get("conditions")?;
    let touch = |at: &str, by: &str| -> Result<Touch, SettingsError> {
        Ok(Touch {
            at_ms: row.try_get(at)?,
            by: Author::from_word(row.try_get(by)?)?,
        })
    };
    Ok(KnownSegment {
        segment: Segment {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            of: SegmentOf::ALL
                .into_iter()
                .find(|known| known.name() == of)
                .ok_or(SettingsError::UnknownWord {
                    what: "kind of a segment",
                    word: of,
                })?,
            conditions: unreadable("conditions of a segment", serde_json::from_str(&conditions))?,
        },
        created: touch("created_at_ms", "created_by")?,
        changed: touch("changed_at_ms", "changed_by")?,
    })
}

fn taken(error: sqlx::Error, name: &str) -> SettingsError {
    if SettingsError::is_taken(&error) {
        return SettingsError::SegmentNameTaken {
            name: name.to_owned(),
        };
    }
    error.into()
}
