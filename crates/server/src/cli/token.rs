//! `hitmetrix token`.

use axum::http::Method;
use hitmetrix_store::settings::Scope;
use serde::Deserialize;
use serde_json::json;

use super::arguments::TokenCommand;
use super::{CommandError, print, site};
use crate::client::Client;

#[derive(Deserialize)]
struct NewToken {
    secret: String,
}

pub async fn run(client: &Client, command: TokenCommand) -> Result<(), CommandError> {
    let TokenCommand::Create(create) = command;
    let site = site::find(client, &create.site).await?;
    let path = format!("/api/v1/sites/{}/tokens", site.id);
    let draft = json!({"name": create.name, "scope": Scope::from(create.scope)});
    let token: NewToken = client.call((Method::POST, &path), &draft).await?;
    print(&format!("{}\n", token.secret))
}
