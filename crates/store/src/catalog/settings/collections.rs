//! Collections: named lists of recordings of one site, in an order of their own.

use hitmetrix_model::{SessionId, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::seen::session_of;
use super::sites::missing_unless;
use super::{Settings, SettingsError};

/// A collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Public id.
    pub id: String,
    /// Unique on the site.
    pub name: String,
    /// When and by whom it was made.
    pub created: Touch,
    /// How many recordings it has.
    pub recordings: u32,
}

const COLLECTIONS: &str = "SELECT c.id, c.name, c.created_at_ms, c.created_by, \
    (SELECT COUNT(*) FROM collection_recordings AS m WHERE m.collection = c.id) AS recordings \
    FROM collections AS c";

impl Settings {
    /// The collections of a site, by name.
    pub async fn collections(&self, site: SiteId) -> Result<Vec<Collection>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!("{COLLECTIONS} WHERE c.site = $1 ORDER BY c.name"));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read_collection).collect()
    }

    /// The collections of a site that have this recording, by name.
    pub async fn collections_of(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<Collection>, SettingsError> {
        let sql = sqlx::AssertSqlSafe(format!(
            "{COLLECTIONS} WHERE c.site = $1 AND EXISTS (SELECT 1 FROM collection_recordings AS m \
             WHERE m.collection = c.id AND m.session = $2) ORDER BY c.name"
        ));
        let rows = sqlx::query(sql)
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read_collection).collect()
    }

    /// Makes a collection of this site.
    pub async fn create_collection(
        &self,
        site: SiteId,
        collection: &Collection,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO collections (id, site, name, created_at_ms, created_by) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&collection.id)
        .bind(i64::from(site.0))
        .bind(&collection.name)
        .bind(collection.created.at_ms)
        .bind(collection.created.by.word())
        .execute(&self.pool)
        .await
        .map_err(|error| SettingsError::taken(error, ("a collection", &collection.name)))?;
        Ok(())
    }

    /// Gives a collection of this site another name.
    pub async fn rename_collection(
        &self,
        site: SiteId,
        id: &str,
        name: &str,
    ) -> Result<(), SettingsError> {
        let renamed = sqlx::query("UPDATE collections SET name = $3 WHERE site = $1 AND id = $2")
            .bind(i64::from(site.0))
            .bind(id)
            .bind(name)
            .execute(&self.pool)
            .await
            .map_err(|error| SettingsError::taken(error, ("a collection", name)))?;
        missing_unless(renamed.rows_affected(), "collection")
    }

    /// Removes a collection of this site; its recordings stay.
    pub async fn remove_collection(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM collection_recordings WHERE site = $1 AND collection = $2")
            .bind(i64::from(site.0))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        let removed = sqlx::query("DELETE FROM collections WHERE site = $1 AND id = $2")
            .bind(i64::from(site.0))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        missing_unless(removed.rows_affected(), "collection")?;
        transaction.commit().await?;
        Ok(())
    }

    /// The sessions of a collection of this site, in its order.
    pub async fn collection_sessions(
        &self,
        site: SiteId,
        id: &str,
    ) -> Result<Vec<SessionId>, SettingsError> {
        let rows = sqlx::query(
            "SELECT session FROM collection_recordings WHERE site = $1 AND collection = $2 \
             ORDER BY place, session",
        )
        .bind(i64::from(site.0))
        .bind(id)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(session_of).collect()
    }

    /// Puts the sessions of a collection of this site in this order; it has these and no other
    /// afterwards.
    pub async fn set_collection_sessions(
        &self,
        site: SiteId,
        id: &str,
        sessions: &[SessionId],
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("DELETE FROM collection_recordings WHERE site = $1 AND collection = $2")
            .bind(i64::from(site.0))
            .bind(id)
            .execute(&mut *transaction)
            .await?;
        for (place, session) in (0_i64..).zip(sessions) {
            sqlx::query(
                "INSERT INTO collection_recordings (collection, site, session, place) \
                 SELECT id, site, $3, $4 FROM collections WHERE site = $1 AND id = $2",
            )
            .bind(i64::from(site.0))
            .bind(id)
            .bind(session.to_bytes().to_vec())
            .bind(place)
            .execute(&mut *transaction)
            .await?;
        }
        transaction.commit().await?;
        Ok(())
    }
}

fn read_collection(row: &SqliteRow) -> Result<Collection, SettingsError> {
    let recordings: i64 = row.try_get("recordings")?;
    Ok(Collection {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        created: read_touch(row, "created")?,
        recordings: u32::try_from(recordings).unwrap_or(u32::MAX),
    })
}
