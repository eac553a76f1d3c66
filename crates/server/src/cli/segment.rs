//! `hitmetrix segment`.

use axum::http::Method;
use hitmetrix_model::{Condition, Site};
use serde::Deserialize;
use serde_json::{Value, json};

use super::arguments::{SegmentAdd, SegmentArchive, SegmentCommand, SegmentList, SegmentRemove};
use super::cell::{printable, time};
use super::table::{TableCell, draw};
use super::{CommandError, ask, print, site};
use crate::client::{Client, encoded};

#[derive(Deserialize)]
struct Segments {
    segments: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    id: String,
    name: String,
    of: String,
    conditions: Vec<Condition>,
    changed_at_ms: i64,
    #[serde(default)]
    changed_by: String,
    #[serde(default)]
    archived_at_ms: Option<i64>,
}

pub async fn run(client: &Client, command: SegmentCommand) -> Result<(), CommandError> {
    match command {
        SegmentCommand::List(list) => list_segments(client, &list).await,
        SegmentCommand::Add(add) => add_segment(client, &add).await,
        SegmentCommand::Archive(archive) => archive_segment(client, &archive).await,
        SegmentCommand::Remove(remove) => remove_segment(client, &remove).await,
    }
}

async fn list_segments(client: &Client, list: &SegmentList) -> Result<(), CommandError> {
    let site = site::find(client, &list.site).await?;
    let segments: Value = client.get(&path(&site)).await?;
    if list.json {
        return print(&format!("{:#}\n", segments["segments"]));
    }
    let head = [
        "id",
        "name",
        "of",
        "conditions",
        "changed",
        "by",
        "archived",
    ]
    .map(str::to_owned);
    let Segments { segments } =
        serde_json::from_value(segments).map_err(crate::client::ClientError::from)?;
    let rows: Vec<Vec<TableCell>> = segments
        .iter()
        .map(|segment| {
            vec![
                TableCell::text(&segment.id),
                TableCell::text(printable(&segment.name)),
                TableCell::text(&segment.of),
                TableCell {
                    text: segment.conditions.len().to_string(),
                    is_number: true,
                },
                TableCell::text(time(segment.changed_at_ms)),
                TableCell::text(printable(&segment.changed_by)),
                TableCell::text(segment.archived_at_ms.map(time).unwrap_or_default()),
            ]
        })
        .collect();
    print(&draw(&head, &rows))
}

async fn add_segment(client: &Client, add: &SegmentAdd) -> Result<(), CommandError> {
    let conditions = match ask::read_json(&add.conditions, "the file")? {
        list @ Value::Array(_) => list,
        one => json!([one]),
    };
    let site = site::find(client, &add.site).await?;
    let draft = json!({"name": add.name, "of": add.of.name(), "conditions": conditions});
    let path = path(&site);
    let Segments { segments } = client.get(&path).await?;
    let known = segments
        .iter()
        .find(|known| known.name == add.name && known.archived_at_ms.is_none());
    let saved: Segment = match known {
        Some(known) if add.replace => {
            let path = format!("{path}/{}", known.id);
            client.call((Method::PUT, &path), &draft).await?
        }
        _ => client.call((Method::POST, &path), &draft).await?,
    };
    print(&format!(
        "Segment {} `{}` is saved. Use it in a question as {}.\n",
        saved.id,
        printable(&saved.name),
        json!({"segment": saved.name})
    ))
}

async fn archive_segment(client: &Client, archive: &SegmentArchive) -> Result<(), CommandError> {
    let site = site::find(client, &archive.site).await?;
    let (method, segment) = match archive.back {
        true => {
            let meant = archived(client, &site, &archive.segment).await?;
            (Method::DELETE, meant)
        }
        false => (Method::PUT, archive.segment.clone()),
    };
    let path = format!("{}/{}/archived", path(&site), encoded(&segment));
    client.call::<()>((method, &path), &()).await?;
    let name = printable(&archive.segment);
    print(&match archive.back {
        true => format!("Segment `{name}` is back.\n"),
        false => format!("Segment `{name}` is archived; what uses it still does.\n"),
    })
}

async fn remove_segment(client: &Client, remove: &SegmentRemove) -> Result<(), CommandError> {
    let site = site::find(client, &remove.site).await?;
    let segment = archived(client, &site, &remove.segment).await?;
    let path = format!("{}/{}", path(&site), encoded(&segment));
    client.call::<()>((Method::DELETE, &path), &()).await?;
    print(&format!(
        "Segment `{}` is gone.\n",
        printable(&remove.segment)
    ))
}

/// The id of the archived segment that a word means. What is no name of one stays as it is: an id,
/// or what the server refuses.
async fn archived(client: &Client, site: &Site, word: &str) -> Result<String, CommandError> {
    let Segments { segments } = client.get(&path(site)).await?;
    if segments.iter().any(|one| one.id == word) {
        return Ok(word.to_owned());
    }
    let ids: Vec<&str> = segments
        .iter()
        .filter(|one| one.name == word && one.archived_at_ms.is_some())
        .map(|one| one.id.as_str())
        .collect();
    match ids[..] {
        [] => Ok(word.to_owned()),
        [one] => Ok(one.to_owned()),
        [..] => Err(CommandError::Usage(format!(
            "{} archived segments are named `{}`, with the ids {}; give its id",
            ids.len(),
            printable(word),
            ids.join(", ")
        ))),
    }
}

fn path(site: &Site) -> String {
    format!("/api/v1/sites/{}/segments", site.id)
}
