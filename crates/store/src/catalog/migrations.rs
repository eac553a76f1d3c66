//! Brings the tables up to date: numbered files, each run once, in order, never taken back.
//!
//! Before the first one of a run that finds older tables, the whole database is copied, so that
//! the older version of the program can still be used with the copy. All pending files run in
//! one transaction: a crash leaves the old schema or the new one.

use std::path::Path;

use sqlx::{Row, SqlitePool};

use super::CatalogError;

/// One numbered file.
pub(super) struct Migration {
    pub(super) number: i64,
    pub(super) sql: &'static str,
}

/// All migrations, oldest first.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("../../migrations/sqlite/0001_catalog.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("../../migrations/sqlite/0002_settings.sql"),
    },
    Migration {
        number: 3,
        sql: include_str!("../../migrations/sqlite/0003_seen.sql"),
    },
    Migration {
        number: 4,
        sql: include_str!("../../migrations/sqlite/0004_identity_reason.sql"),
    },
    Migration {
        number: 5,
        sql: include_str!("../../migrations/sqlite/0005_segments.sql"),
    },
    Migration {
        number: 6,
        sql: include_str!("../../migrations/sqlite/0006_seen_recordings.sql"),
    },
    Migration {
        number: 7,
        sql: include_str!("../../migrations/sqlite/0007_segments_of_recordings.sql"),
    },
    Migration {
        number: 8,
        sql: include_str!("../../migrations/sqlite/0008_insights_boards.sql"),
    },
    Migration {
        number: 9,
        sql: include_str!("../../migrations/sqlite/0009_page_heat.sql"),
    },
    Migration {
        number: 10,
        sql: include_str!("../../migrations/sqlite/0010_watching.sql"),
    },
    Migration {
        number: 11,
        sql: include_str!("../../migrations/sqlite/0011_goals.sql"),
    },
    Migration {
        number: 12,
        sql: include_str!("../../migrations/sqlite/0012_annotations.sql"),
    },
    Migration {
        number: 13,
        sql: include_str!("../../migrations/sqlite/0013_alerts.sql"),
    },
    Migration {
        number: 15,
        sql: include_str!("../../migrations/sqlite/0015_surveys.sql"),
    },
    Migration {
        number: 16,
        sql: include_str!("../../migrations/sqlite/0016_board_shares.sql"),
    },
    Migration {
        number: 17,
        sql: include_str!("../../migrations/sqlite/0017_audit.sql"),
    },
    Migration {
        number: 18,
        sql: include_str!("../../migrations/sqlite/0018_totp.sql"),
    },
    Migration {
        number: 19,
        sql: include_str!("../../migrations/sqlite/0019_alerts_again.sql"),
    },
    Migration {
        number: 20,
        sql: include_str!("../../migrations/sqlite/0020_audit_by_time.sql"),
    },
    Migration {
        number: 21,
        sql: include_str!("../../migrations/sqlite/0021_losses.sql"),
    },
    Migration {
        number: 22,
        sql: include_str!("../../migrations/sqlite/0022_signs.sql"),
    },
    Migration {
        number: 23,
        sql: include_str!("../../migrations/sqlite/0023_recordings_gone.sql"),
    },
    Migration {
        number: 24,
        sql: include_str!("../../migrations/sqlite/0024_segments_archived.sql"),
    },
];

pub(super) async fn migrate(pool: &SqlitePool, snapshots: &Path) -> Result<(), CatalogError> {
    run(pool, snapshots, MIGRATIONS).await
}

pub(super) async fn run(
    pool: &SqlitePool,
    snapshots: &Path,
    migrations: &[Migration],
) -> Result<(), CatalogError> {
    sqlx::query("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY)")
        .execute(pool)
        .await?;
    let row = sqlx::query("SELECT COALESCE(MAX(number), 0) FROM migrations")
        .fetch_one(pool)
        .await?;
    let found: i64 = row.try_get(0)?;
    let known = migrations.last().map_or(0, |migration| migration.number);
    if found > known {
        return Err(CatalogError::NewerSchema { found, known });
    }
    let pending: Vec<&Migration> = migrations
        .iter()
        .filter(|migration| migration.number > found)
        .collect();
    if pending.is_empty() {
        return Ok(());
    }
    if found > 0 {
        copy_before(pool, snapshots, found).await?;
    }
    let mut transaction = pool.begin().await?;
    for migration in &pending {
        sqlx::raw_sql(migration.sql)
            .execute(&mut *transaction)
            .await?;
        sqlx::query("INSERT INTO migrations (number) VALUES ($1)")
            .bind(migration.number)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    tracing::info!(from = found, to = known, "catalog migrated");
    Ok(())
}

/// Copies the database to a name that says its schema; an older copy of the same schema, left
/// by a migration that did not end, is replaced.
async fn copy_before(pool: &SqlitePool, snapshots: &Path, found: i64) -> Result<(), CatalogError> {
    let path = snapshots.join(format!("catalog-schema-{found}.db"));
    let failed = |source| CatalogError::Copy {
        path: path.clone(),
        source,
    };
    std::fs::create_dir_all(snapshots).map_err(failed)?;
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    super::copy(pool, &path).await?;
    std::fs::File::open(&path)
        .and_then(|file| file.sync_all())
        .map_err(failed)
}
