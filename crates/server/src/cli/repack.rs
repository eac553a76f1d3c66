//! `hitmetrix repack`: puts recordings in order now.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::arguments::Repack;
use super::{CommandError, print};
use crate::client::Client;

#[derive(Deserialize, Serialize)]
struct Repacked {
    recordings: u64,
    bytes_before: u64,
    bytes_after: u64,
    bytes_beside: u64,
    failed: u64,
}

pub async fn run(client: &Client, repack: Repack) -> Result<(), CommandError> {
    let done: Repacked = client.call((Method::POST, "/api/v1/repack"), &()).await?;
    if repack.json {
        return print(&format!("{}\n", json!(done)));
    }
    print(&format!(
        "{} recordings put in order: {} bytes before, {} now, and {} beside them that recordings \
         share\n",
        done.recordings, done.bytes_before, done.bytes_after, done.bytes_beside
    ))?;
    match done.failed {
        0 => Ok(()),
        count => print(&format!(
            "{count} recordings cannot be read and stay as they are; the log says why\n"
        )),
    }
}
