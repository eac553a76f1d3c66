//! The audit log as it is read: a page at a time, with filters; and as a file.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use hitmetrix_model::{SiteId, limits};
use hitmetrix_store::settings::{AuditEntry, AuditSearch};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::body::Params;
use super::export::{self, Piece};
use super::route::Param;
use crate::app::App;
use crate::audit::Action;
use crate::auth::access::SiteAccess;
use crate::cli::cell;
use crate::problem::Problem;

/// Rows of a page unless somebody says otherwise.
const ROWS: u32 = 100;
/// Rows of a page at most, and of a piece of a file.
const ROWS_MAX: u32 = 500;

/// Parameters of the list.
pub const PARAMS: &[Param] = &[
    Param {
        name: "who",
        doc: "Only entries of this one, as `people` of the answer names them.",
    },
    Param {
        name: "action",
        doc: "Only this action.",
    },
    Param {
        name: "from_ms",
        doc: "Only from this time on, UTC milliseconds.",
    },
    Param {
        name: "to_ms",
        doc: "Only before this time, UTC milliseconds.",
    },
    Param {
        name: "before",
        doc: "Only entries older than this one: `next` of the page before.",
    },
    Param {
        name: "limit",
        doc: "Entries of a page, at most 500; 100 when absent.",
    },
];

/// Parameters of the file.
pub const FILE_PARAMS: &[Param] = &[
    PARAMS[0],
    PARAMS[1],
    PARAMS[2],
    PARAMS[3],
    Param {
        name: "format",
        doc: "`ndjson` (when absent) or `csv`.",
    },
];

/// Which entries are wanted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    who: Option<String>,
    action: Option<Action>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    before: Option<i64>,
    limit: Option<u32>,
    format: Option<Format>,
}

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Format {
    #[default]
    Ndjson,
    Csv,
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditList {
    /// The newest first.
    entries: Vec<AuditRow>,
    /// For `before`, when there are older ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<i64>,
    /// Everybody who has entries, whatever the filters.
    people: Vec<AuditPerson>,
    /// How many days entries are kept.
    kept_days: u32,
}

/// Somebody with entries.
#[derive(Serialize, ToSchema)]
pub struct AuditPerson {
    /// For the filter: `user:7`, `token:1f…`, `link:2a…`, `control`, `nobody`.
    who: String,
    /// In words; empty for somebody who is not known.
    name: String,
}

/// One entry.
#[derive(Serialize, ToSchema)]
pub struct AuditRow {
    /// Counts all entries of the installation.
    id: i64,
    /// UTC, milliseconds since the epoch.
    at_ms: i64,
    /// Who, as in `people`.
    who: String,
    /// Who in words, as they were called then.
    name: String,
    /// With what: browser and system, `command line`, or `a program`. No network address is kept.
    via: String,
    /// Number of the site; absent for what is about the whole installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<u32>,
    /// What was done.
    #[schema(value_type = Action)]
    action: String,
    /// On what, as `board 1f2e…`; a person is a fingerprint.
    object: String,
    /// How, in a few words; may be empty.
    detail: String,
}

/// Entries of the whole installation.
///
/// # Errors
/// When the database fails.
pub async fn all(
    State(app): State<Arc<App>>,
    Params(wanted): Params<Wanted>,
) -> Result<Json<AuditList>, Problem> {
    page(&app, None, wanted).await
}

/// Entries of one site.
///
/// # Errors
/// When the database fails.
pub async fn of_site(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(wanted): Params<Wanted>,
) -> Result<Json<AuditList>, Problem> {
    page(&app, Some(access.id()), wanted).await
}

/// All entries as a file.
///
/// # Errors
/// When too many exports run.
pub async fn export_all(
    State(app): State<Arc<App>>,
    Params(wanted): Params<Wanted>,
) -> Result<File, Problem> {
    file(app, None, wanted)
}

/// Entries of one site as a file.
///
/// # Errors
/// When too many exports run.
pub async fn export_of_site(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    Params(wanted): Params<Wanted>,
) -> Result<File, Problem> {
    file(app, Some(access.id()), wanted)
}

/// A file on its way out.
type File = ([(HeaderName, &'static str); 3], Body);

impl Wanted {
    fn search(self, site: Option<SiteId>, limit: u32) -> AuditSearch {
        AuditSearch {
            site,
            who: self.who,
            action: self.action.map(|action| action.word().to_owned()),
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            before: self.before,
            limit,
        }
    }
}

async fn page(app: &App, site: Option<SiteId>, wanted: Wanted) -> Result<Json<AuditList>, Problem> {
    let rows = wanted.limit.unwrap_or(ROWS);
    if rows == 0 || rows > ROWS_MAX {
        return Err(
            Problem::invalid(format!("limit is {rows}, it must be 1 to {ROWS_MAX}")).at("limit"),
        );
    }
    let search = wanted.search(site, rows + 1);
    let mut entries = app.settings().audit(&search).await?;
    let more = entries.len() > rows as usize;
    entries.truncate(rows as usize);
    let people = app.settings().audit_people(site).await?;
    Ok(Json(AuditList {
        next: entries.last().filter(|_| more).map(|entry| entry.id),
        entries: entries.into_iter().map(AuditRow::from).collect(),
        people: people
            .into_iter()
            .map(|(who, name)| AuditPerson { who, name })
            .collect(),
        kept_days: limits::AUDIT_DAYS,
    }))
}

impl From<AuditEntry> for AuditRow {
    fn from(entry: AuditEntry) -> Self {
        Self {
            id: entry.id,
            at_ms: entry.at_ms,
            who: entry.who,
            name: entry.who_name,
            via: entry.via,
            site: entry.site.map(|site| site.0),
            action: entry.action,
            object: entry.object,
            detail: entry.detail,
        }
    }
}

fn file(app: Arc<App>, site: Option<SiteId>, wanted: Wanted) -> Result<File, Problem> {
    let format = wanted.format.unwrap_or_default();
    let slot = export::slot(&app)?;
    let (sender, body) = export::channel();
    let mut search = wanted.search(site, ROWS_MAX);
    tokio::spawn(async move {
        let _slot = slot;
        if format == Format::Csv {
            let head = "id,time,who,name,with,site,action,object,detail\r\n";
            if sender.send(Piece::Bytes(head.into())).await.is_err() {
                return;
            }
        }
        loop {
            let entries = match app.settings().audit(&search).await {
                Ok(entries) => entries,
                Err(error) => {
                    let problem = Problem::from(error);
                    let broken = Piece::Broken(problem.detail().to_owned());
                    let _ = sender.send(broken).await;
                    return;
                }
            };
            let Some(last) = entries.last() else {
                // When the client has left there is nobody to tell.
                let _ = sender.send(Piece::End).await;
                return;
            };
            search.before = Some(last.id);
            let text: String = entries.iter().map(|entry| line(format, entry)).collect();
            if sender.send(Piece::Bytes(text.into())).await.is_err() {
                return;
            }
        }
    });
    let (media, disposition) = match format {
        Format::Ndjson => (
            "application/x-ndjson",
            "attachment; filename=\"audit.ndjson\"",
        ),
        Format::Csv => (
            "text/csv; charset=utf-8",
            "attachment; filename=\"audit.csv\"",
        ),
    };
    let headers = [
        (CONTENT_TYPE, media),
        (CACHE_CONTROL, "private, no-store"),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, body))
}

fn line(format: Format, entry: &AuditEntry) -> String {
    let AuditEntry {
        id,
        at_ms,
        who,
        who_name,
        via,
        site,
        action,
        object,
        detail,
    } = entry;
    let time = cell::time(*at_ms);
    match format {
        Format::Ndjson => {
            let value = json!({"id": id, "time": time, "who": who, "name": who_name, "with": via,
                "site": site.map(|site| site.0), "action": action, "object": object,
                "detail": detail});
            format!("{value}\n")
        }
        Format::Csv => {
            let site = site.map_or_else(String::new, |site| site.0.to_string());
            let texts = [who, who_name, via]
                .map(|text| cell::csv_text(text))
                .join(",");
            let rest = [action, object, detail]
                .map(|text| cell::csv_text(text))
                .join(",");
            format!("{id},{time},{texts},{site},{rest}\r\n")
        }
    }
}
