//! Events that a customer's own server sends with a secret token. They are believed: revenue and
//! persons are verified, times are taken as they come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::{Request, State};
use hitmetrix_ingest::access_log::ImportFacts;
use hitmetrix_ingest::server_events::{self, RequestFacts};
use hitmetrix_ingest::{Rejected, Sessions};
use hitmetrix_model::{SiteId, WindowId, limits};
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use crate::app::App;
use crate::auth::access::SiteAccess;
use crate::problem::{Code, Problem};

/// Longest `Idempotency-Key`.
const KEY_BYTES_MAX: usize = 256;

/// Open sessions of server events, by site: an event without session joins the last one of its
/// visitor. A restart begins new ones.
#[derive(Debug, Default)]
pub struct ServerSessions {
    open: Mutex<HashMap<SiteId, Sessions>>,
}

/// What became of the lines.
#[derive(Serialize, ToSchema)]
pub struct Received {
    /// Events that are on stable storage now.
    accepted: u32,
    /// Events that were stored before.
    duplicates: u32,
    /// Lines that were not taken.
    rejected: Vec<RejectedLine>,
    /// Events that would count again if this body were sent again: they have no `id`, and the
    /// request no `Idempotency-Key`.
    without_id: u32,
}

/// One line that was not taken.
#[derive(Serialize, ToSchema)]
pub struct RejectedLine {
    /// Its number, from 1.
    line: u32,
    /// Stable code.
    code: String,
    /// The field or the limit.
    field: String,
    /// What is wrong, and the way out.
    message: String,
}

impl From<Rejected> for RejectedLine {
    fn from(rejected: Rejected) -> Self {
        Self {
            line: rejected.line,
            code: rejected.code,
            field: rejected.field,
            message: rejected.message,
        }
    }
}

/// Takes events in.
///
/// # Errors
/// When the body is over a limit, or nothing can be stored now.
pub async fn receive(
    State(app): State<Arc<App>>,
    access: SiteAccess,
    request: Request,
) -> Result<Json<Received>, Problem> {
    let key = idempotency_key(&request)?;
    let bytes = body::read(
        request.into_body(),
        limits::EVENTS_WIRE_BYTES,
        app.config.body_ms_max,
    )
    .await?;
    let inbound = {
        let mut open = app
            .server_sessions
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = access.known();
        let facts = ImportFacts {
            site: &known.site,
            secret: &known.secret,
            received_at_ms: app.now_ms(),
            lookups: &app.lookups,
        };
        let request = RequestFacts {
            idempotency_key: &key,
            receipt: random_window(&app),
        };
        server_events::read(
            &bytes,
            &facts,
            &request,
            open.entry(access.id()).or_default(),
        )
    };
    let inbound = inbound.map_err(|error| Problem::from_error(error.kind(), &error))?;
    let (accepted, duplicates) = match inbound.batch {
        Some(batch) => {
            let receipt = app.store.append(batch).await?;
            (receipt.accepted, receipt.duplicates)
        }
        None => (0, 0),
    };
    app.counters.events_accepted.add(u64::from(accepted));
    app.counters.events_duplicate.add(u64::from(duplicates));
    app.counters
        .events_rejected
        .add(inbound.rejected.len() as u64);
    Ok(Json(Received {
        accepted,
        duplicates,
        rejected: inbound
            .rejected
            .into_iter()
            .map(RejectedLine::from)
            .collect(),
        without_id: inbound.without_id,
    }))
}

fn idempotency_key(request: &Request) -> Result<String, Problem> {
    let Some(key) = request.headers().get("idempotency-key") else {
        return Ok(String::new());
    };
    match key.to_str() {
        Ok(key) if key.len() <= KEY_BYTES_MAX => Ok(key.to_owned()),
        _ => Err(Problem::new(
            Code::Invalid,
            format!("Idempotency-Key must be ASCII of at most {KEY_BYTES_MAX} bytes"),
        )),
    }
}

fn random_window(app: &App) -> WindowId {
    let mut bytes = [0; 16];
    app.randomness.fill(&mut bytes);
    WindowId::from_bytes(bytes)
}
