//! `POST /e/{key}`: events of a page. The answer comes after they are on stable storage.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use hitmetrix_ingest::wire::{self, Inbound};
use hitmetrix_ingest::{IDENTITY_REFUSED, Rejected, Rejection, TOO_OLD};
use hitmetrix_model::limits::EVENTS_WIRE_BYTES;
use hitmetrix_model::{Mode, SessionId};
use serde::Serialize;

use super::body::{self, BodyLimits};
use super::cors;
use super::door::{Knock, admit, allowed_origin};
use super::inherit::inherit;
use super::losses::What;
use super::request::{Asked, Incoming, refused};
use super::signs::Sign;
use crate::app::App;
use crate::peer::ClientAddress;
use crate::problem::Problem;

/// Bodies up to this size are read where they arrive; larger ones on a thread of their own, so
/// that unpacking them holds nobody up.
const INLINE_BYTES_MAX: usize = 32 << 10;

/// The acknowledgement.
#[derive(Debug, Serialize)]
struct Ack {
    /// Events that are stored now and were not before.
    accepted: u32,
    /// Events that had been stored before.
    duplicates: u32,
    /// Lines that were not taken.
    rejected: Vec<Rejected>,
    /// The session of these events.
    session: SessionId,
    /// Surveys that this session was shown, where its browser keeps nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    surveys: Vec<String>,
}

/// Takes events.
pub(super) async fn post(
    State(app): State<Arc<App>>,
    Path(key): Path<String>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let origin = allowed_origin(&app, &key, &headers);
    let knock = Knock {
        method: &Method::POST,
        key: &key,
        address,
        headers: &headers,
    };
    let answer = match admit(&app, &knock) {
        Ok(admitted) => take(Incoming::new(&app, admitted, address, &headers), body).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = &answer {
        let losses = &app.collect.losses;
        losses.refused(&app, &key, (What::Events, problem));
        let signs = &app.collect.signs;
        signs.refused(&app, &key, (Sign::EventsRefused, problem));
    }
    cors::readable(answer.map(Json), origin)
}

async fn take(incoming: Incoming, body: Body) -> Result<Ack, Problem> {
    let limits = BodyLimits::new(EVENTS_WIRE_BYTES, incoming.app.config.body_ms_max);
    let bytes = body::read(body, limits).await?;
    let (incoming, inbound) = parse(incoming, bytes).await?;
    let inbound = inbound.map_err(|rejection| refused(&rejection))?;
    let asked = Asked {
        window: inbound.window,
        mode: inbound.mode,
        claimed: inbound.claimed,
        first_ms: inbound.first_ms(),
        last_ms: inbound.last_ms(),
    };
    let given = incoming.sender(&asked)?;
    let counters = &incoming.app.counters;
    let mut inbound = inbound;
    inherit(&incoming, &asked, &mut inbound).await?;
    let rejected = std::mem::take(&mut inbound.rejected);
    counters.events_rejected.add(rejected.len() as u64);
    let site = (incoming.known.site.id, incoming.now_ms);
    let losses = &incoming.app.collect.losses;
    let batch = (incoming.known.site.id, inbound.window, inbound.lines_hash);
    let is_again = !rejected.is_empty() && losses.were_told(&batch);
    if is_again {
        let old = rejected.iter().filter(|row| row.code == TOO_OLD).count();
        let old = u32::try_from(old).unwrap_or(u32::MAX);
        inbound.lost = inbound.lost.saturating_sub(old);
    }
    counters.events_lost.add(inbound.lost.into());
    let signs = &incoming.app.collect.signs;
    let mut ack = Ack {
        accepted: 0,
        duplicates: 0,
        rejected,
        session: given.session,
        surveys: shown(&incoming, &inbound, given.session),
    };
    if !inbound.events.is_empty() || inbound.lost > 0 {
        let told = (!inbound.events.is_empty()).then(|| inbound.context.bot.clone());
        let is_refusing = inbound.refused;
        let stored = inbound.into_batch(given.visitor, given.session);
        let receipt = incoming.app.store.append(stored).await?;
        if let Some(bot) = told {
            signs.stored(site, &bot, is_refusing);
        }
        counters.events_accepted.add(receipt.accepted.into());
        counters.events_duplicate.add(receipt.duplicates.into());
        ack.accepted = receipt.accepted;
        ack.duplicates = receipt.duplicates;
    }
    for row in &ack.rejected {
        match row.code.as_str() {
            // A visitor who refuses is no fault of the site; that the site itself takes no names is
            // told to who calls `identify` in its pages.
            IDENTITY_REFUSED if incoming.known.site.settings.mode == Mode::Cookieless => {
                signs.note(site, Sign::NameRefused, "");
            }
            IDENTITY_REFUSED => {}
            code => signs.note(site, Sign::EventRefused, code),
        }
        // What is too old is among the lost already.
        if !is_again && row.code != TOO_OLD {
            losses.note(site, What::Event, &row.code);
        }
    }
    if !is_again && !ack.rejected.is_empty() {
        losses.have_told(batch);
    }
    Ok(ack)
}

/// The surveys that a session without a cookie was shown, these events included.
fn shown(incoming: &Incoming, inbound: &Inbound, session: SessionId) -> Vec<String> {
    if inbound.mode != Mode::Cookieless {
        return Vec::new();
    }
    let site = incoming.known.site.id;
    let asked = incoming.app.sites.surveys(site);
    let surveyed = &incoming.app.collect.surveyed;
    surveyed.note((site, session), &inbound.events, &asked)
}

/// Reads a body, a large one where it holds nobody up.
async fn parse(
    incoming: Incoming,
    bytes: Vec<u8>,
) -> Result<(Incoming, Result<Inbound, Rejection>), Problem> {
    let is_small = bytes.len() <= INLINE_BYTES_MAX;
    let work = move || {
        let inbound = wire::events(&bytes, &incoming.facts());
        (incoming, inbound)
    };
    if is_small {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::internal("reading an events body"))
}
