//! Annotations: what happened beside the numbers, as a release or a campaign.

use hitmetrix_model::{Annotation, AnnotationKind, SiteId};
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::authors::{Touch, read_touch};
use super::columns::named;
use super::sites::missing_unless;
use super::table::Table;
use super::{Settings, SettingsError};

/// An annotation with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAnnotation {
    /// Public id.
    pub id: String,
    /// The annotation.
    pub annotation: Annotation,
    /// When it was made.
    pub created: Touch,
    /// When it was changed last; when it was made, if never.
    pub changed: Touch,
}

const ANNOTATIONS: Table = Table {
    name: "annotations",
    what: "annotation",
    one: "an annotation",
};

impl Settings {
    /// The latest annotations of a site that touch a span, by time; at most so many.
    pub async fn annotations(
        &self,
        site: SiteId,
        (from_ms, to_ms): (i64, i64),
        limit: u32,
    ) -> Result<Vec<KnownAnnotation>, SettingsError> {
        let rows = sqlx::query(
            "SELECT id, kind, text, from_ms, to_ms, created_at_ms, created_by, changed_at_ms, \
             changed_by FROM annotations \
             WHERE site = $1 AND from_ms < $3 AND COALESCE(to_ms, from_ms + 1) > $2 \
             ORDER BY from_ms DESC, id LIMIT $4",
        )
        .bind(i64::from(site.0))
        .bind(from_ms)
        .bind(to_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().rev().map(read_annotation).collect()
    }

    /// How many annotations a site has.
    pub async fn annotation_count(&self, site: SiteId) -> Result<usize, SettingsError> {
        let row = sqlx::query("SELECT COUNT(*) FROM annotations WHERE site = $1")
            .bind(i64::from(site.0))
            .fetch_one(&self.pool)
            .await?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX))
    }

    /// One annotation of this site.
    pub async fn annotation(
        &self,
        site: SiteId,
        id: &str,
    ) -> Result<Option<KnownAnnotation>, SettingsError> {
        let row = ANNOTATIONS.row(&self.pool, (site, id)).await?;
        row.as_ref().map(read_annotation).transpose()
    }

    /// Makes an annotation of this site.
    pub async fn create_annotation(
        &self,
        site: SiteId,
        (id, annotation): (&str, &Annotation),
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        sqlx::query(
            "INSERT INTO annotations (id, site, kind, text, from_ms, to_ms, created_at_ms, \
             created_by, changed_at_ms, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $8)",
        )
        .bind(id)
        .bind(i64::from(site.0))
        .bind(annotation.kind.name())
        .bind(&annotation.text)
        .bind(annotation.from_ms)
        .bind(annotation.to_ms)
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Puts an annotation of this site in the place of the one with its id.
    pub async fn change_annotation(
        &self,
        site: SiteId,
        (id, annotation): (&str, &Annotation),
        touch: &Touch,
    ) -> Result<(), SettingsError> {
        let changed = sqlx::query(
            "UPDATE annotations SET kind = $3, text = $4, from_ms = $5, to_ms = $6, \
             changed_at_ms = $7, changed_by = $8 WHERE site = $1 AND id = $2",
        )
        .bind(i64::from(site.0))
        .bind(id)
        .bind(annotation.kind.name())
        .bind(&annotation.text)
        .bind(annotation.from_ms)
        .bind(annotation.to_ms)
        .bind(touch.at_ms)
        .bind(touch.by.word())
        .execute(&self.pool)
        .await?;
        missing_unless(changed.rows_affected(), ANNOTATIONS.what)
    }

    /// Removes an annotation of this site.
    pub async fn remove_annotation(&self, site: SiteId, id: &str) -> Result<(), SettingsError> {
        ANNOTATIONS.remove(&self.pool, (site, id)).await
    }
}

fn read_annotation(row: &SqliteRow) -> Result<KnownAnnotation, SettingsError> {
    Ok(KnownAnnotation {
        id: row.try_get("id")?,
        annotation: Annotation {
            kind: named(
                ("kind of an annotation", row.try_get("kind")?),
                AnnotationKind::ALL,
                AnnotationKind::name,
            )?,
            text: row.try_get("text")?,
            from_ms: row.try_get("from_ms")?,
            to_ms: row.try_get("to_ms")?,
        },
        created: read_touch(row, "created")?,
        changed: read_touch(row, "changed")?,
    })
}
