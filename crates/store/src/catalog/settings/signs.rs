//! What pages have asked and sent, as far as it tells whether a site's tag works. What a sign is knows
//! the server; here lies one text for each site.

use hitmetrix_model::SiteId;
use sqlx::Row;

use super::sites::site_id;
use super::{Settings, SettingsError};

/// The signs of one site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignsRow {
    /// Whose pages they are.
    pub site: SiteId,
    /// The signs, as the server writes them.
    pub signs: String,
}

/// When signs were noted; UTC, milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignsNoted {
    /// Since when.
    pub since_ms: i64,
    /// Since when without the server being away for long.
    pub resumed_ms: i64,
    /// For the last time.
    pub noted_ms: i64,
}

impl Settings {
    /// Writes signs in place of those of before, all or none. Of a site that was removed meanwhile
    /// nothing is written.
    pub async fn keep_signs(
        &self,
        noted: SignsNoted,
        rows: &[SignsRow],
    ) -> Result<(), SettingsError> {
        let mut transaction = self.pool.begin().await?;
        for row in rows {
            sqlx::query(
                "INSERT INTO signs (site, signs) SELECT id, $2 FROM sites WHERE id = $1 \
                 ON CONFLICT (site) DO UPDATE SET signs = excluded.signs",
            )
            .bind(i64::from(row.site.0))
            .bind(&row.signs)
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "INSERT INTO signs_noted (one, since_ms, resumed_ms, noted_ms) VALUES (1, $1, $2, $3) \
             ON CONFLICT (one) DO UPDATE SET since_ms = excluded.since_ms, \
             resumed_ms = excluded.resumed_ms, noted_ms = excluded.noted_ms",
        )
        .bind(noted.since_ms)
        .bind(noted.resumed_ms)
        .bind(noted.noted_ms)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The signs of all sites, and when they were noted; nothing where none ever were.
    pub async fn signs(&self) -> Result<(Option<SignsNoted>, Vec<SignsRow>), SettingsError> {
        let noted = sqlx::query("SELECT since_ms, resumed_ms, noted_ms FROM signs_noted")
            .fetch_optional(&self.pool)
            .await?;
        let noted = match noted {
            None => None,
            Some(row) => Some(SignsNoted {
                since_ms: row.try_get("since_ms")?,
                resumed_ms: row.try_get("resumed_ms")?,
                noted_ms: row.try_get("noted_ms")?,
            }),
        };
        let rows = sqlx::query("SELECT site, signs FROM signs ORDER BY site")
            .fetch_all(&self.pool)
            .await?;
        let rows = rows.iter().map(|row| {
            Ok(SignsRow {
                site: site_id(row.try_get("site")?)?,
                signs: row.try_get("signs")?,
            })
        });
        Ok((noted, rows.collect::<Result<_, SettingsError>>()?))
    }
}
