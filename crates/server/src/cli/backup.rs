//! `hitmetrix backup` and `hitmetrix restore`.

use std::path::{Path, PathBuf};

use axum::http::Method;
use hitmetrix_store::{KeysRestored, Store, StoreConfig};
use serde_json::json;

use super::arguments::{Backup, Restore};
use super::{CommandError, cell, print};
use crate::app::{App, Outside};
use crate::client::{Client, ClientError};
use crate::config::Config;

pub async fn backup(client: &Client, backup: Backup) -> Result<(), CommandError> {
    let parts = [
        ("data", "the data is", &backup.folder),
        ("keys", "the keys are", &backup.keys),
    ];
    for (part, where_it_is, folder) in parts {
        let Some(folder) = folder else {
            continue;
        };
        let folder = absolute(folder)?;
        let to = json!({"part": part, "folder": folder});
        client
            .call::<serde_json::Value>((Method::POST, "/api/v1/backup"), &to)
            .await?;
        print(&format!("{where_it_is} in {}\n", folder.display()))?;
    }
    Ok(())
}

pub async fn restore(restore: Restore, config: Config) -> Result<(), CommandError> {
    let socket = crate::control::path(&config.data);
    if tokio::net::UnixStream::connect(&socket).await.is_ok() {
        return Err(CommandError::Usage(format!(
            "a server runs on {}; stop it first",
            config.data.display()
        )));
    }
    let outside = Outside::system();
    let to = StoreConfig::new(config.data.clone(), outside.clock, outside.randomness);
    let report = Store::restore(&restore.folder, restore.keys.as_deref(), to).await?;
    print(&format!(
        "restored {} events, {} files, {} bytes into {}\n",
        report.events,
        report.files,
        report.bytes,
        config.data.display()
    ))?;
    if report.erased_again > 0 {
        print(&format!(
            "recordings that were erased since this backup, and are erased again: {}\n",
            report.erased_again
        ))?;
    }
    if report.keys == KeysRestored::No {
        print(
            "without keys: none of the recordings in this backup can be read; restore again \
             with --keys to have them\n",
        )?;
    }
    if restore.verify {
        verify(config).await?;
    }
    Ok(())
}

/// Opens what was restored and checks all of it.
async fn verify(config: Config) -> Result<(), CommandError> {
    let app = App::open(config, Outside::system())
        .await
        .map_err(ClientError::from)?;
    let findings = app.store.doctor().await;
    for known in app.sites.all() {
        let snapshot = app.store.snapshot(known.site.id)?;
        let events: usize = snapshot.runs.iter().map(|run| run.len()).sum();
        print(&format!(
            "site {} `{}`: {events} events\n",
            known.site.id, known.site.name
        ))?;
    }
    app.store.close().await?;
    for finding in &findings {
        print(&format!("{}\n", cell::printable(&finding.to_string())))?;
    }
    match findings.len() {
        0 => print("everything is sound\n"),
        count => Err(CommandError::Findings { count }),
    }
}

fn absolute(folder: &Path) -> Result<PathBuf, CommandError> {
    std::path::absolute(folder).map_err(|source| CommandError::File {
        action: "find",
        path: folder.to_owned(),
        source,
    })
}
