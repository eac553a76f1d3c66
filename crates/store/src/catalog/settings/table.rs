//! Tables of what belongs to a site: what is the same for every kind of row with the columns `site`
//! and `id`. What a kind is made of, and how it is written, its own file knows.

use hitmetrix_model::SiteId;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteExecutor};

use super::SettingsError;
use super::sites::missing_unless;

/// A table of one kind of thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    /// As SQL calls it.
    pub(super) name: &'static str,
    /// What a row is.
    pub(super) what: &'static str,
    /// The same with its article.
    pub(super) one: &'static str,
}

impl Table {
    /// The rows of a site by their column `name`, archived ones too.
    pub(super) async fn by_name(
        self,
        executor: impl SqliteExecutor<'_>,
        site: SiteId,
    ) -> Result<Vec<SqliteRow>, SettingsError> {
        let table = self.name;
        let sql = format!("SELECT * FROM {table} WHERE site = $1 ORDER BY name, id");
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(i64::from(site.0));
        Ok(rows.fetch_all(executor).await?)
    }

    /// The row of this site with this id.
    pub(super) async fn row(
        self,
        executor: impl SqliteExecutor<'_>,
        (site, id): (SiteId, &str),
    ) -> Result<Option<SqliteRow>, SettingsError> {
        let table = self.name;
        let sql = format!("SELECT * FROM {table} WHERE site = $1 AND id = $2");
        let row = sqlx::query(AssertSqlSafe(sql))
            .bind(i64::from(site.0))
            .bind(id);
        Ok(row.fetch_optional(executor).await?)
    }

    /// Archives what this site has under this id and name, or with `None` brings it back: while it is
    /// archived, another may have its name.
    pub(super) async fn archive(
        self,
        executor: impl SqliteExecutor<'_>,
        (site, id, name): (SiteId, &str, &str),
        at_ms: Option<i64>,
    ) -> Result<(), SettingsError> {
        let table = self.name;
        let sql = format!("UPDATE {table} SET archived_at_ms = $3 WHERE site = $1 AND id = $2");
        let changed = sqlx::query(AssertSqlSafe(sql))
            .bind(i64::from(site.0))
            .bind(id)
            .bind(at_ms)
            .execute(executor)
            .await
            .map_err(|error| SettingsError::taken(error, (self.one, name)))?;
        missing_unless(changed.rows_affected(), self.what)
    }

    /// Removes what this site has under this id, for good.
    pub(super) async fn remove(
        self,
        executor: impl SqliteExecutor<'_>,
        (site, id): (SiteId, &str),
    ) -> Result<(), SettingsError> {
        let sql = format!("DELETE FROM {} WHERE site = $1 AND id = $2", self.name);
        let removed = sqlx::query(AssertSqlSafe(sql))
            .bind(i64::from(site.0))
            .bind(id)
            .execute(executor)
            .await?;
        missing_unless(removed.rows_affected(), self.what)
    }
}
