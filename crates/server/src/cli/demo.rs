//! `hitmetrix demo`.

use axum::http::Method;
use hitmetrix_model::Site;

use super::arguments::DemoData;
use super::{CommandError, print, site};
use crate::client::Client;
use crate::demo::Filled;

pub async fn run(client: &Client, command: &DemoData) -> Result<(), CommandError> {
    let Site { id, name, .. } = site::demo(client).await?;
    let path = format!("/api/v1/sites/{id}/demo-data");
    if command.remove {
        client.call::<()>((Method::DELETE, &path), &()).await?;
        return print(&format!("`{name}` is empty now.\n"));
    }
    let path = format!("{path}?times={}", command.times);
    let filled: Filled = client.call((Method::POST, &path), &()).await?;
    print(&format!(
        "`{name}` has {} days of made-up visits: {} events and {} recordings now, {} events were \
         there already. What can be found in them stands in docs/guide/demo.md; `hitmetrix demo \
         --remove` takes them out.\n",
        filled.days, filled.events, filled.recordings, filled.duplicates
    ))
}
