//! Tags of recordings: free words. Words that differ in case alone are one tag, in the spelling
//! that came first.

use std::collections::BTreeSet;

use hitmetrix_model::{Marked, SessionId, SiteId};
use sqlx::Row;

use super::seen::session_of;
use super::{Settings, SettingsError};

impl Settings {
    /// The tags of a site, each with the number of its recordings, the most used first.
    pub async fn tags(&self, site: SiteId) -> Result<Vec<(String, u32)>, SettingsError> {
        let rows = sqlx::query(
            "SELECT tag, COUNT(*) FROM recording_tags WHERE site = $1 GROUP BY tag \
             ORDER BY 2 DESC, 1",
        )
        .bind(i64::from(site.0))
        .fetch_all(&self.pool)
        .await?;
        let tag = |row: &sqlx::sqlite::SqliteRow| {
            let count: i64 = row.try_get(1)?;
            Ok((row.try_get(0)?, u32::try_from(count).unwrap_or(u32::MAX)))
        };
        rows.iter().map(tag).collect()
    }

    /// The tags of a recording of this site, by name.
    pub async fn tags_of(
        &self,
        site: SiteId,
        session: SessionId,
    ) -> Result<Vec<String>, SettingsError> {
        let rows = sqlx::query(
            "SELECT tag FROM recording_tags WHERE site = $1 AND session = $2 ORDER BY tag",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Tags a recording of this site; once is as good as often.
    pub async fn add_tag(
        &self,
        (site, session): (SiteId, SessionId),
        tag: &str,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO recording_tags (site, session, tag) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING",
        )
        .bind(i64::from(site.0))
        .bind(session.to_bytes().to_vec())
        .bind(tag)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes a tag from a recording of this site.
    pub async fn remove_tag(
        &self,
        (site, session): (SiteId, SessionId),
        tag: &str,
    ) -> Result<(), SettingsError> {
        sqlx::query("DELETE FROM recording_tags WHERE site = $1 AND session = $2 AND tag = $3")
            .bind(i64::from(site.0))
            .bind(session.to_bytes().to_vec())
            .bind(tag)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The sessions of this site whose recordings have all these tags, are in the collection, and
    /// have notes, as far as each is asked for.
    pub async fn marked_sessions(
        &self,
        site: SiteId,
        marked: &Marked,
    ) -> Result<BTreeSet<SessionId>, SettingsError> {
        const TAGGED: &str = "SELECT session FROM recording_tags WHERE site = $1 AND tag = $2";
        const COLLECTED: &str = "SELECT m.session FROM collection_recordings AS m \
            JOIN collections AS c ON c.id = m.collection WHERE c.site = $1 AND c.id = $2";
        const NOTED: &str = "SELECT DISTINCT session FROM recording_notes WHERE site = $1 \
            AND removed_at_ms IS NULL AND $2 = ''";
        let tags = marked.tags.iter().map(|tag| (TAGGED, tag.as_str()));
        let collection = marked.collection.iter().map(|id| (COLLECTED, id.as_str()));
        let notes = marked.notes.then_some((NOTED, ""));
        let mut sessions: Option<BTreeSet<SessionId>> = None;
        for (sql, value) in tags.chain(collection).chain(notes) {
            let rows = sqlx::query(sql)
                .bind(i64::from(site.0))
                .bind(value)
                .fetch_all(&self.pool)
                .await?;
            let found: BTreeSet<SessionId> =
                rows.iter().map(session_of).collect::<Result<_, _>>()?;
            sessions = Some(match sessions {
                Some(before) => before.intersection(&found).copied().collect(),
                None => found,
            });
        }
        Ok(sessions.unwrap_or_default())
    }
}
