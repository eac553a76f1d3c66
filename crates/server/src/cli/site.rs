//! `hitmetrix site`.

use axum::http::Method;
use hitmetrix_model::{Site, SiteSettings};
use serde::Deserialize;
use serde_json::json;

use super::arguments::{SiteAdd, SiteCommand, SiteList, SiteRemove};
use super::table::{TableCell, draw};
use super::{CommandError, print};
use crate::client::Client;

#[derive(Deserialize)]
struct Sites {
    sites: Vec<Site>,
}

#[derive(Deserialize)]
struct Installation {
    origin: String,
}

pub async fn run(client: &Client, command: SiteCommand) -> Result<(), CommandError> {
    match command {
        SiteCommand::Add(add) => add_site(client, add).await,
        SiteCommand::List(list) => list_sites(client, &list).await,
        SiteCommand::Remove(remove) => remove_site(client, &remove).await,
    }
}

/// The site with this name or number.
pub async fn find(client: &Client, wanted: &str) -> Result<Site, CommandError> {
    let sites: Sites = client.get("/api/v1/sites").await?;
    let named = sites.sites.iter().find(|site| site.name == wanted);
    let numbered = || {
        sites
            .sites
            .iter()
            .find(|site| site.id.to_string() == wanted)
    };
    named.or_else(numbered).cloned().ok_or_else(|| {
        let names: Vec<&str> = sites.sites.iter().map(|site| site.name.as_str()).collect();
        CommandError::Usage(format!(
            "there is no site `{wanted}`; there are: {}",
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(", ")
            }
        ))
    })
}

/// The demo site.
pub async fn demo(client: &Client) -> Result<Site, CommandError> {
    let Sites { sites } = client.get("/api/v1/sites").await?;
    sites.into_iter().find(|site| site.demo).ok_or_else(|| {
        let way = "there is no demo site; start the server with --demo to have one again";
        CommandError::Usage(way.to_owned())
    })
}

async fn add_site(client: &Client, add: SiteAdd) -> Result<(), CommandError> {
    let settings = SiteSettings {
        count_automated: add.count_automated,
        ..SiteSettings::default()
    };
    let draft = json!({
        "name": add.name,
        "domains": add.domains,
        "time_zone": add.time_zone,
        "settings": settings,
    });
    let site: Site = client.call((Method::POST, "/api/v1/sites"), &draft).await?;
    if add.json {
        return print(&format!("{}\n", json!(site)));
    }
    let path = format!("/api/v1/sites/{}/installation", site.id);
    let Installation { origin } = client.get(&path).await?;
    print(&format!(
        "Site {} `{}` is there. Put this into the head of its pages:\n\n    \
         <script defer src=\"{origin}/t.js\" data-key=\"{}\" data-mode=\"cookieless\" referrerpolicy=\"origin\"></script>\n",
        site.id, site.name, site.key
    ))
}

async fn list_sites(client: &Client, list: &SiteList) -> Result<(), CommandError> {
    let sites: Sites = client.get("/api/v1/sites").await?;
    if list.json {
        return print(&format!("{}\n", json!(sites.sites)));
    }
    let head = ["id", "name", "domains", "key", "time zone"].map(str::to_owned);
    let rows: Vec<Vec<TableCell>> = sites
        .sites
        .iter()
        .map(|site| {
            vec![
                TableCell {
                    text: site.id.to_string(),
                    is_number: true,
                },
                TableCell::text(&site.name),
                TableCell::text(site.domains.join(", ")),
                TableCell::text(&site.key),
                TableCell::text(&site.time_zone),
            ]
        })
        .collect();
    print(&draw(&head, &rows))
}

async fn remove_site(client: &Client, remove: &SiteRemove) -> Result<(), CommandError> {
    let site = find(client, &remove.site).await?;
    let path = format!("/api/v1/sites/{}", site.id);
    let confirmation = json!({"name": remove.confirm});
    client
        .call::<()>((Method::DELETE, &path), &confirmation)
        .await?;
    print(&format!("Site {} `{}` is gone.\n", site.id, site.name))
}
